"""Read the average or a single glimpse: chapter 03's second widget."""

from collections.abc import Mapping

import torch
import traitlets

from ..base import LiveWidget, SettableFloat, check_named, chip_rows
from ..ink import SIDE, pack_levels, whole_levels, whole_numbers
from ..weights import check_shapes, check_tensors, pack_models

GLIMPSES, CLASSES, PIXELS = 25, 10, SIDE * SIDE
MOST_READERS, MOST_SCENES = 3, 12
# What a reader is made of; None is a width of its own.
TENSORS = {
    "score.query_map.weight": (None, 1),
    "score.key_map.weight": (None, PIXELS),
    "score.read_out.weight": (1, None),
    "classify.0.weight": (None, PIXELS),
    "classify.0.bias": (None,),
    "classify.2.weight": (CLASSES, None),
    "classify.2.bias": (CLASSES,),
}


class Glimpses(LiveWidget):
    """One of 25 glimpses is a digit; attention reads the average, or one of them.

    A trained scorer says what each glimpse is worth. Soft attention reads their
    weighted average, hard attention a single one, drawn by the weights; a
    trained classifier sees nothing but what was read.

    Args:
        readers: from names to trained readers, 1 to 3 of them: modules whose
            `score` is an AdditiveScore of a query that is always 1, and whose
            `classify` is a Sequential of two linear maps with a ReLU between
            them; or their `state_dict()`. The page gets them rounded to half
            precision.
        scenes: glimpses, (scenes, 25, 8, 8), up to 12 scenes of floating ink
            from 0 to 1, of which the page gets 17 levels, or of ink from 0 to
            16; the digits that are there; the places of their glimpses.
        reader: whose scores and answers are shown; the first's, unless it is
            said.
        scene: which scene is shown.
        temperature: what scores are divided by, 0.5 to 20; 1 is as taught.
        mode: "soft" or "hard".
        chosen: which glimpse hard attention has read, row by row; −1 for none
            yet.
        reveal: whether the digit's glimpse is marked.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: readers or scenes that do not fit, or are none.
    """

    files = "glimpses"

    weights = traitlets.Bytes().tag(sync=True)
    shapes = traitlets.List().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    glimpses = traitlets.Bytes().tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(sync=True)
    places = traitlets.List(traitlets.Int()).tag(sync=True)
    reader = traitlets.Unicode().tag(sync=True)
    scene = traitlets.Int(0).tag(sync=True)
    temperature = SettableFloat(1.0).tag(sync=True)
    mode = traitlets.Enum(["soft", "hard"], "soft").tag(sync=True)
    chosen = traitlets.Int(-1, min=-1, max=GLIMPSES - 1).tag(sync=True)
    reveal = traitlets.Bool(False).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["weight", "value", "answer", "looks"]
    ).tag(sync=True)

    def __init__(self, readers, scenes, **traits):
        """Take the readers, the scenes, and the traits by their names."""
        states = _states(readers)
        # The numbers tell the page which reader a tensor belongs to.
        weights, shapes = pack_models(
            {name: state[name] for name in TENSORS} for state in states.values()
        )
        try:
            glimpses, labels, places = scenes
        except (TypeError, ValueError):
            raise ValueError(
                "scenes must be three: the glimpses, their labels and the "
                f"places of the digits, but is {type(scenes).__name__}"
                + (f" of {len(scenes)}" if hasattr(scenes, "__len__") else "")
            ) from None
        glimpses = _levels(glimpses)
        count = len(glimpses)
        traits = {"reader": next(iter(states))} | traits
        super().__init__(
            weights=weights,
            shapes=shapes,
            names=[*states],
            glimpses=pack_levels(glimpses),
            labels=whole_numbers("labels", labels, "the scenes", count, 9),
            places=whole_numbers(
                "places", places, "the scenes", count, GLIMPSES - 1
            ),
            **traits,
        )

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(32, 85, 32)
        # Rows of chips, 34 pixels high.
        chips = [34 * chip_rows(self.names, wide) for wide in (264, 317, 278)]
        return [
            max(453, 374 + chips[0] + beside),
            591 + chips[1] + below,
            1141 + chips[2] + phone,
        ]

    @traitlets.default("settable")
    def _ends(self):
        return {
            "temperature": [0.5, 20.0],
            "mode": ["soft", "hard"],
            "reader": self.names,
            "scene": [0, len(self.labels) - 1, 1],
            "chosen": [-1, GLIMPSES - 1, 1],
            "reveal": "switch",
        }

    @traitlets.validate("reader")
    def _one_of_the_readers(self, proposal):
        return self._one_of(self.names, proposal)

    @traitlets.validate("scene")
    def _one_of_the_scenes(self, proposal):
        last = len(self.labels) - 1
        if not 0 <= proposal["value"] <= last:
            raise traitlets.TraitError(
                f"scene must be one of the scenes, 0 to {last}, but is "
                f"{proposal['value']}"
            )
        return proposal["value"]


def _states(readers) -> dict[str, Mapping]:
    """Return each reader's parameters, or raise a ValueError that says why not."""
    check_named("readers", readers, "readers", MOST_READERS)
    return {name: _state(name, reader) for name, reader in readers.items()}


def _state(name: str, reader) -> Mapping:
    """Return the parameters of one reader, or raise a ValueError."""
    state = reader if isinstance(reader, Mapping) else None
    if state is None and hasattr(reader, "state_dict"):
        state = reader.state_dict()
    if state is None:
        raise ValueError(
            f"readers[{name!r}] must be a module or its state_dict(), but is "
            f"{type(reader).__name__}"
        )
    check_tensors(f"readers[{name!r}]", state, TENSORS)
    for network, first in (
        ("score", "score.key_map"),
        ("classify", "classify.0"),
    ):
        shapes = {
            tensor: shape
            for tensor, shape in TENSORS.items()
            if tensor.startswith(network)
        }
        # Each network has one width, which its first map tells.
        width = next(iter(state[f"{first}.weight"].shape), 1)
        check_shapes(f"readers[{name!r}]", state, shapes, width)
    return state


def _levels(glimpses):
    """Return the glimpses in whole levels, or raise a ValueError."""
    glimpses = torch.as_tensor(glimpses).detach().cpu()
    if glimpses.ndim != 4 or glimpses.shape[1:] != (GLIMPSES, SIDE, SIDE):
        raise ValueError(
            f"glimpses must have the shape (scenes, {GLIMPSES}, {SIDE}, {SIDE}), "
            f"but has the shape {tuple(glimpses.shape)}"
        )
    if not 1 <= len(glimpses) <= MOST_SCENES:
        raise ValueError(
            f"glimpses must be of 1 to {MOST_SCENES} scenes, but there are "
            f"{len(glimpses)}"
        )
    return whole_levels("glimpses", glimpses)
