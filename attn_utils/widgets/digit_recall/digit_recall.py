"""Half a digit calls the rest: chapter 03's widget."""

import math

import numpy
import torch
import traitlets

from ..base import LiveWidget, SettableFloat
from ..ink import LEVELS, SIDE, pack_levels, whole_levels, whole_numbers

MOST_DIGITS = 500
MOST_HELD_OUT = 20


class DigitRecall(LiveWidget):
    """Draw half a digit; attention to remembered ones recalls the other half.

    A Gaussian score compares what is drawn with that half of every remembered
    digit, its key; the values are their other halves. In the ordinary mode key
    and value are the same whole digit, which mends a spoilt one.

    Args:
        digits: the remembered ones, (digits, 8, 8), up to 500: floating ink from
            0 to 1, or ink from 0 to 16; the page gets 17 levels of it.
        labels: what they show, 0 to 9.
        held_out: digits that can be laid on the pad, up to 20: such as are not
            remembered, or, to be spoilt and mended, some of those that are.
        held_out_labels: what these show.
        bandwidth: over what distance a key counts as near, 0.05 to 2.
        mode: "key-value" or "ordinary".
        half: which half is the key, "upper" or "lower".
        digit: which of the held-out ones lies on the pad; −1 for what was drawn.
        ink: what was drawn, row by row: 64 levels from 0 to 16, or nothing.
        began: which held-out digit the drawing began with; −1 for none.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: digits and labels that do not fit, or are none.
    """

    files = "digit_recall"

    remembered = traitlets.Bytes().tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(sync=True)
    held_out = traitlets.Bytes().tag(sync=True)
    held_out_labels = traitlets.List(traitlets.Int()).tag(sync=True)
    bandwidth = SettableFloat(0.3).tag(sync=True)
    mode = traitlets.Enum(["key-value", "ordinary"], "key-value").tag(sync=True)
    half = traitlets.Enum(["upper", "lower"], "upper").tag(sync=True)
    digit = traitlets.Int(0).tag(sync=True)
    ink = traitlets.List(traitlets.Int(min=0, max=LEVELS)).tag(sync=True)
    began = traitlets.Int(-1).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["query", "key", "value", "weight", "truth"]
    ).tag(sync=True)

    def __init__(self, digits, labels, held_out, held_out_labels, **traits):
        """Take both kinds of digits, their labels, and the traits by name."""
        known = _levels("digits", digits, MOST_DIGITS)
        other = _levels("held_out", held_out, MOST_HELD_OUT)
        super().__init__(
            remembered=pack_levels(known),
            labels=whole_numbers("labels", labels, "digits", len(known), 9),
            held_out=pack_levels(other),
            held_out_labels=whole_numbers(
                "held_out_labels", held_out_labels, "held_out", len(other), 9
            ),
            **traits,
        )

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        below, phone = self._hint_height(85, 38)
        # Rows of the wall, 15 or 11 pixels high.
        wall = [
            high * math.ceil(len(self.labels) / columns)
            for columns, high in ((40, 15), (42, 15), (25, 11))
        ]
        return [
            414 + wall[0],
            564 + wall[1] + below,
            848 + wall[2] + phone,
        ]

    @traitlets.default("settable")
    def _ends(self):
        return {
            "bandwidth": [0.05, 2.0],
            "half": ["upper", "lower"],
            "mode": ["key-value", "ordinary"],
            "digit": [0, len(self.held_out_labels) - 1, 1],
        }

    @traitlets.validate("digit", "began")
    def _one_of_them(self, proposal):
        name, last = proposal["trait"].name, len(self.held_out_labels) - 1
        if not -1 <= proposal["value"] <= last:
            raise traitlets.TraitError(
                f"{name} must be one of the held-out digits, 0 to {last}, or −1, "
                f"but is {proposal['value']}"
            )
        return proposal["value"]

    @traitlets.validate("ink")
    def _whole(self, proposal):
        if len(proposal["value"]) not in (0, SIDE * SIDE):
            raise traitlets.TraitError(
                f"ink must be {SIDE * SIDE} levels, row by row, or none, but has "
                f"{len(proposal['value'])}"
            )
        return proposal["value"]


def _levels(name: str, digits, most: int) -> numpy.ndarray:
    """Return ink in whole levels, or raise a ValueError that says why not."""
    digits = torch.as_tensor(digits).detach().cpu()
    if digits.ndim != 3 or digits.shape[1:] != (SIDE, SIDE):
        raise ValueError(
            f"{name} must have the shape (digits, {SIDE}, {SIDE}), but has the "
            f"shape {tuple(digits.shape)}"
        )
    if not 1 <= len(digits) <= most:
        raise ValueError(
            f"{name} must be 1 to {most} digits, but there are {len(digits)}"
        )
    return whole_levels(name, digits)
