"""Move a digit and its clutter under both gates: chapter 10's widget."""

from collections.abc import Mapping

import numpy
import torch
import traitlets

from ..base import LiveWidget
from ..ink import SIDE, pack_levels, whole_levels, whole_numbers
from ..weights import check_shapes, check_tensors, pack_models

CANVAS, PIECE = 24, 4
MOST_DIGITS, MOST_PIECES = 20, 8
STAGES = [2, 3]  # those that have gates
POOLS = ["both", "average", "maximum"]
# Where the pieces lie unless it is said, and the digit.
SPOTS = [1, 2, 2, 18, 17, 1, 19, 17, 0, 10, 20, 9, 9, 0, 10, 20]
PLACE = [8, 9]
# What the network is made of, but for its gates, and how many channels a stage with
# gates has, by its number.
NETWORK = {
    "stages.0.convolution.weight": (12, 1, 3, 3),
    "stages.0.convolution.bias": (12,),
    "stages.1.convolution.weight": (24, 12, 3, 3),
    "stages.1.convolution.bias": (24,),
    "stages.2.convolution.weight": (32, 24, 3, 3),
    "stages.2.convolution.bias": (32,),
    "read_out.weight": (10, 32),
    "read_out.bias": (10,),
}
GATED = {1: 24, 2: 32}
KERNEL = 7  # of the spatial gates


class ClutterGates(LiveWidget):
    """A digit among pieces of others, seen by a network with both of CBAM's gates.

    The reader moves the digit and the pieces; the weights of the channels, the
    map of the places and the probabilities of the ten digits follow. A gate that
    is switched off weighs everything by 1. The scene is one of cluttered_digits,
    without its noise.

    Args:
        parameters: a trained GatedNetwork with both gates, without its batch
            norms, as `fold_norms` makes it, or its `state_dict()`. The page gets
            it rounded to half precision.
        digits: (digits, 8, 8), 1 to 20 of them: floating ink from 0 to 1, or ink
            from 0 to 16; the page gets 17 levels of it.
        labels: what they show, 0 to 9.
        pieces: of other digits, (pieces, 4, 4), 1 to 8 of them, as digits.
        digit: which of the digits lies on the canvas.
        place: row and column of its first pixel, 0 to 16.
        spots: row and column of each piece's first pixel, 0 to 20, one piece
            after the other. A later piece covers an earlier one, the digit all.
        chosen: what the sliders move: 0 for the digit, 1 for the first piece.
        stage: whose map lies over the canvas, 2 or 3.
        channel_gate: whether channels are weighed.
        spatial_gate: whether places are weighed.
        pools: what the channel gate looks at: "both", or the "average" or
            "maximum" alone.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: a network, digits or pieces that do not fit, or are none.
    """

    files = "clutter_gates"

    weights = traitlets.Bytes().tag(sync=True)
    shapes = traitlets.List().tag(sync=True)
    digits = traitlets.Bytes().tag(sync=True)
    labels = traitlets.List(traitlets.Int()).tag(sync=True)
    pieces = traitlets.List(traitlets.List(traitlets.Int())).tag(sync=True)
    digit = traitlets.Int(0).tag(sync=True)
    place = traitlets.List(traitlets.Int(), PLACE).tag(sync=True)
    spots = traitlets.List(traitlets.Int()).tag(sync=True)
    chosen = traitlets.Int(0).tag(sync=True)
    stage = traitlets.Int(STAGES[-1]).tag(sync=True)
    channel_gate = traitlets.Bool(True).tag(sync=True)
    spatial_gate = traitlets.Bool(True).tag(sync=True)
    pools = traitlets.Unicode(POOLS[0]).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(),
        ["digit", "pieces", "weight", "channel", "place", "answer"],
    ).tag(sync=True)

    def __init__(self, parameters, digits, labels, pieces, **traits):
        """Take the network, the digits, the pieces, and the traits by name."""
        weights, shapes = pack_models([_state(parameters)])
        ink = _levels("digits", digits, SIDE, MOST_DIGITS)
        cut = _levels("pieces", pieces, PIECE, MOST_PIECES)
        traits = {"spots": SPOTS[: 2 * len(cut)]} | traits
        super().__init__(
            weights=weights,
            shapes=shapes,
            digits=pack_levels(ink),
            labels=whole_numbers("labels", labels, "digits", len(ink), 9),
            pieces=cut.reshape(len(cut), -1).tolist(),
            **traits,
        )

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(32, 85, 38)
        return [max(480, 452 + beside), 681 + below, 1184 + phone]

    @traitlets.default("settable")
    def _ends(self):
        return {
            "digit": [0, len(self.labels) - 1, 1],
            "place": [[0, CANVAS - SIDE, 1]] * 2,
            "spots": [[0, CANVAS - PIECE, 1]] * (2 * len(self.pieces)),
            "chosen": [0, len(self.pieces), 1],
            "stage": [STAGES[0], STAGES[-1], 1],
            "channel_gate": "switch",
            "spatial_gate": "switch",
            "pools": POOLS,
        }

    @traitlets.validate("digit", "chosen", "stage")
    def _within_its_ends(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        low, high, _ = self.settable[name]
        if not low <= value <= high:
            raise traitlets.TraitError(
                f"{name} must be {low} to {high}, but is {value}"
            )
        return value

    @traitlets.validate("place", "spots")
    def _on_the_canvas(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        ends = self.settable[name]
        if len(value) != len(ends):
            raise traitlets.TraitError(
                f"{name} must be {len(ends)} numbers, rows and columns, but has "
                f"{len(value)}"
            )
        low, high, _ = ends[0]
        wrong = [each for each in value if not low <= each <= high]
        if wrong:
            raise traitlets.TraitError(
                f"{name} must lie on the canvas, {low} to {high}, but has "
                f"{wrong[0]}"
            )
        return value

    @traitlets.validate("pools")
    def _one_of_the_pools(self, proposal):
        return self._one_of(POOLS, proposal)


def _state(parameters) -> dict[str, torch.Tensor]:
    """Return a network's tensors in rows, or raise a ValueError that says why not."""
    state = parameters
    if hasattr(parameters, "state_dict"):
        state = parameters.state_dict()
    if not isinstance(state, Mapping):
        raise ValueError(
            "parameters must be a module or its state_dict(), but is "
            f"{type(parameters).__name__}"
        )
    if any(name.endswith(".running_mean") for name in state):
        raise ValueError(
            "parameters must be without batch norms, as fold_norms makes them, "
            "but have some"
        )
    shapes = dict(NETWORK)
    for n in GATED:
        shapes |= _gates(n, state)
    check_tensors("parameters", state, shapes)
    check_shapes("parameters", state, shapes)
    # The page holds a kernel as a row, the channels of each of its places together.
    return {
        name: state[name].permute(0, 2, 3, 1).flatten(1)
        if len(shape) == 4
        else state[name]
        for name, shape in shapes.items()
    }


def _gates(n: int, state: Mapping) -> dict[str, tuple]:
    """Return the shapes of the tensors of a stage's gates, which one of them tells."""
    channel, spatial = f"stages.{n}.channel.network", f"stages.{n}.spatial"
    size = GATED[n]
    first = state.get(f"{channel}.0.weight", torch.ones(1))
    hidden = first.shape[0] if first.ndim else 1
    return {
        f"{channel}.0.weight": (hidden, size),
        f"{channel}.0.bias": (hidden,),
        f"{channel}.2.weight": (size, hidden),
        f"{channel}.2.bias": (size,),
        f"{spatial}.convolution.weight": (1, 2, KERNEL, KERNEL),
        f"{spatial}.convolution.bias": (1,),
    }


def _levels(name: str, ink, side: int, most: int) -> numpy.ndarray:
    """Return ink in whole levels, or raise a ValueError that says why not."""
    ink = torch.as_tensor(ink).detach().cpu()
    if ink.ndim != 3 or ink.shape[1:] != (side, side):
        raise ValueError(
            f"{name} must have the shape ({name}, {side}, {side}), but has the "
            f"shape {tuple(ink.shape)}"
        )
    if not 1 <= len(ink) <= most:
        raise ValueError(
            f"{name} must be 1 to {most}, but there are {len(ink)}"
        )
    return whole_levels(name, ink)
