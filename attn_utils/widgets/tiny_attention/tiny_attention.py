"""Three tokens ask each other, by hand: chapter 05's second widget."""

import torch
import traitlets

from ..base import LiveWidget

TOKENS, FEATURES, STEPS = 3, 2, 4
LEAST, MOST = -3, 3
MASKS = ["none", "causal"]
ROWS = {
    "inputs": TOKENS,
    "query_map": FEATURES,
    "key_map": FEATURES,
    "value_map": FEATURES,
}


class Pairs(traitlets.List):
    """Rows of two whole numbers from -3 to 3, kept one after the other.

    `rows` says how many; a tensor or list of the shape (rows, 2) is accepted, or
    one of all the numbers.
    """

    def __init__(self, rows: int, **metadata):
        """Take the number of rows."""
        super().__init__(traitlets.Int(), [0] * rows * FEATURES, **metadata)
        self.rows = rows

    def validate(self, obj, value):
        """Return plain ints, or raise a TraitError that says why not."""
        shape, size = (self.rows, FEATURES), self.rows * FEATURES
        try:
            numbers = torch.as_tensor(value).detach().cpu()
        except (RuntimeError, TypeError, ValueError):
            raise traitlets.TraitError(
                f"{self.name} must be a tensor or list of numbers of the shape "
                f"{shape}, but is {value!r}"
            ) from None
        if numbers.shape not in (shape, (size,)):
            raise traitlets.TraitError(
                f"{self.name} must have the shape {shape}, or {size} numbers on "
                f"one axis, but has the shape {tuple(numbers.shape)}"
            )
        wrong = (
            numbers.is_complex()
            or numbers.dtype == torch.bool
            or [n for n in numbers.flatten().tolist() if not _is_settable(n)]
        )
        if wrong:
            held = wrong[0] if isinstance(wrong, list) else numbers.dtype
            raise traitlets.TraitError(
                f"{self.name} must hold whole numbers from {LEAST} to {MOST}, "
                f"but holds {held}"
            )
        return super().validate(obj, numbers.flatten().long().tolist())


def _is_settable(number: int | float) -> bool:
    """Return whether a number is one that a cell can be set to."""
    # A NaN is neither above nor below.
    return LEAST <= number <= MOST and number == int(number)


class TinyAttention(LiveWidget):
    """Follow three tokens of two features through a whole self-attention.

    Every number stands in its cell, from the inputs to the contexts; those of
    the inputs and of the three maps can be changed. The maps are written as
    torch writes them: the queries are `inputs @ query_map.T`.

    Args:
        inputs: three tokens of two features, whole numbers from -3 to 3 (tensor
            or list). As a trait it is a flat list, and so are the maps.
        query_map: makes what each token looks for, (2, 2), whole numbers from
            -3 to 3.
        key_map: makes what each token is found by, the same.
        value_map: makes what is read from each token, the same.
        step: how much is shown: 0 inputs and maps, 1 queries, keys and values
            too, 2 the scores, 3 the weights, 4 the contexts.
        mask: "none", or "causal", under which no token sees a later one.
        token: which one is asked about, 0 to 2.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
    """

    files = "tiny_attention"

    inputs = Pairs(TOKENS).tag(sync=True)
    query_map = Pairs(FEATURES).tag(sync=True)
    key_map = Pairs(FEATURES).tag(sync=True)
    value_map = Pairs(FEATURES).tag(sync=True)
    step = traitlets.Int(STEPS, min=0, max=STEPS).tag(sync=True)
    mask = traitlets.Unicode(MASKS[0]).tag(sync=True)
    token = traitlets.Int(TOKENS - 1, min=0, max=TOKENS - 1).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(),
        [
            *("inputs", "map", "query", "key", "value"),
            *("score", "weight", "context"),
        ],
    ).tag(sync=True)

    def __init__(self, inputs, query_map, key_map, value_map, **traits):
        """Take the inputs, the maps, and the traits by their names."""
        super().__init__(
            inputs=inputs,
            query_map=query_map,
            key_map=key_map,
            value_map=value_map,
            **traits,
        )

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(32, 85, 38)
        return [max(416, 406 + beside), 618 + below, 998 + phone]

    @traitlets.default("settable")
    def _ends(self):
        cells = {
            name: [[LEAST, MOST, 1]] * rows * FEATURES
            for name, rows in ROWS.items()
        }
        return cells | {
            "step": [0, STEPS, 1],
            "mask": MASKS,
            "token": [0, TOKENS - 1, 1],
        }

    @traitlets.validate("mask")
    def _one_of_the_masks(self, proposal):
        return self._one_of(MASKS, proposal)
