"""A line that repeats, read by chapter 09's model, whose heads can be taken out."""

import re
from collections.abc import Mapping

import torch
import traitlets

from ..base import LiveWidget
from ..weights import check_shapes, check_tensors, pack_models

ALPHABET = "abcdefghijklmnopqrstuvwx"
NUM_LAYERS, MOST_HEADS = 2, 4
LONGEST = 40  # letters of a line
FEWEST_MOMENTS, MOST_MOMENTS = 2, 4
OFF, ON, MEAN = 0, 1, 2  # what a head can be
LETTERS = re.compile("[a-z]{2,26}")
MAPS = ("query_map", "key_map", "value_map", "output_map")


class InductionReader(LiveWidget):
    """Type a line that repeats: a small model says at each place what comes next.

    Arcs lead from the chosen place to those that the chosen head reads. A board
    has a map of each head, and a switch that takes it out; a slider leads through
    the moments of the model's training.

    Args:
        checkpoints: from the number of steps to the `state_dict()` that the model
            then had, 2 to 4 of them: two layers of attention with rotary positions
            of base 1000, each added to what came in, and nothing else. Whether a
            start token stands before every line shows in its embedding. The page
            gets them rounded to half precision, 300,000 bytes at most.
        means: by the same numbers, what each head adds on average, after the map
            of its outputs: (layers, heads, width).
        num_heads: heads of each layer.
        alphabet: the letters that it knows, small ones, in the order of their ids.
        text: the line, 1 to 40 of these; capitals become small.
        place: which letter the model stands at, 1 to 40; of a shorter line the
            page takes the last.
        layer: whose head is looked at, 1 or 2.
        head: which of that layer's heads, from 1.
        moment: how many steps the shown model was taught; all of them, unless it
            is said.
        heads: what each head of both layers says, the first layer's first: 1 what
            it has read, 0 nothing, 2 its mean.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: checkpoints or means that do not fit, or weigh too much.
    """

    files = "induction_reader"

    weights = traitlets.Bytes().tag(sync=True)
    shapes = traitlets.List().tag(sync=True)
    num_heads = traitlets.Int(4).tag(sync=True)
    alphabet = traitlets.Unicode(ALPHABET).tag(sync=True)
    moments = traitlets.List(traitlets.Int()).tag(sync=True)
    text = traitlets.Unicode("birdlampbirdlamp").tag(sync=True)
    place = traitlets.Int(12, min=1, max=LONGEST).tag(sync=True)
    layer = traitlets.Int(NUM_LAYERS, min=1, max=NUM_LAYERS).tag(sync=True)
    head = traitlets.Int(1, min=1).tag(sync=True)
    moment = traitlets.Int().tag(sync=True)
    heads = traitlets.List(traitlets.Int(min=OFF, max=MEAN)).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["line", "arcs", "next", "heads"]
    ).tag(sync=True)

    def __init__(
        self, checkpoints, means, num_heads=4, alphabet=ALPHABET, **traits
    ):
        """Take the model's moments and means, and the traits by their names."""
        _check_alphabet(alphabet)
        _check_heads(num_heads)
        moments = _moments(checkpoints)
        if not isinstance(means, Mapping) or {*means} != {*moments}:
            raise ValueError(
                f"means must be a dict that has the steps {moments} of the "
                f"checkpoints, but is {_brief(means)}"
            )
        states = [
            _state(step, checkpoints[step], num_heads, alphabet)
            | _means(step, means[step], num_heads, checkpoints[step])
            for step in moments
        ]
        weights, shapes = pack_models(states)
        super().__init__(
            weights=weights,
            shapes=shapes,
            num_heads=num_heads,
            alphabet=alphabet,
            moments=moments,
            **{"moment": moments[-1]} | traits,
        )

    @traitlets.default("heads")
    def _all_on(self):
        return [ON] * (NUM_LAYERS * self.num_heads)

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(48, 33, 35)
        # At a desk three lines of the hint stand beside the board.
        return [725 + max(beside - 66, 0), 688 + below, 1237 + phone]

    @traitlets.default("settable")
    def _ends(self):
        return {
            "place": [1, LONGEST, 1],
            "layer": [1, NUM_LAYERS, 1],
            "head": [1, self.num_heads, 1],
            "moment": [self.moments[0], self.moments[-1], self.moments],
            "heads": [[OFF, MEAN, 1]] * (NUM_LAYERS * self.num_heads),
            "text": "text",
        }

    @traitlets.validate("text")
    def _small_letters(self, proposal):
        text = proposal["value"]
        known = self.alphabet + self.alphabet.upper()
        if not 1 <= len(text) <= LONGEST or {*text} - {*known}:
            raise traitlets.TraitError(
                f"text must be 1 to {LONGEST} letters of {self.alphabet}, but is "
                f"{text!r}"
            )
        return text.lower()

    @traitlets.validate("head")
    def _of_the_layer(self, proposal):
        if proposal["value"] > self.num_heads:
            raise traitlets.TraitError(
                f"head must be {self.num_heads} at most, but is "
                f"{proposal['value']}"
            )
        return proposal["value"]

    @traitlets.validate("moment")
    def _one_of_the_moments(self, proposal):
        return self._one_of(self.moments, proposal)

    @traitlets.validate("heads")
    def _one_for_each(self, proposal):
        count = NUM_LAYERS * self.num_heads
        if len(proposal["value"]) != count:
            raise traitlets.TraitError(
                f"heads must be {count} numbers, one for each head, but are "
                f"{len(proposal['value'])}"
            )
        return proposal["value"]


def _check_alphabet(alphabet) -> None:
    """Raise a ValueError unless these are small letters, each once."""
    fits = isinstance(alphabet, str) and LETTERS.fullmatch(alphabet)
    if not fits or len({*alphabet}) < len(alphabet):
        raise ValueError(
            "alphabet must be 2 to 26 letters from a to z, each once, but is "
            f"{alphabet!r}"
        )


def _check_heads(num_heads) -> None:
    """Raise a ValueError unless so many heads can be shown."""
    whole = isinstance(num_heads, int) and not isinstance(num_heads, bool)
    if not whole or not 1 <= num_heads <= MOST_HEADS:
        raise ValueError(
            f"num_heads must be 1 to {MOST_HEADS}, but is {num_heads!r}"
        )


def _brief(given) -> str:
    """Return what an error says of something that is no such dict."""
    if isinstance(given, Mapping):
        return f"one that has {[*given]}"
    return type(given).__name__


def _moments(checkpoints) -> list[int]:
    """Return the numbers of steps, ascending, or raise a ValueError."""
    if not isinstance(checkpoints, Mapping):
        raise ValueError(
            "checkpoints must be a dict from numbers of steps to state_dicts, "
            f"but is {_brief(checkpoints)}"
        )
    if not FEWEST_MOMENTS <= len(checkpoints) <= MOST_MOMENTS:
        raise ValueError(
            f"checkpoints must be {FEWEST_MOMENTS} to {MOST_MOMENTS}, but there "
            f"are {len(checkpoints)}"
        )
    for step in checkpoints:
        if isinstance(step, bool) or not isinstance(step, int) or step < 0:
            raise ValueError(
                "checkpoints must have whole numbers of steps, 0 or more, but one "
                f"is {step!r}"
            )
    return sorted(checkpoints)


def _state(step: int, state, num_heads: int, alphabet: str) -> dict:
    """Return the parameters at one moment, or raise a ValueError."""
    called = f"checkpoints[{step}]"
    if not isinstance(state, Mapping):
        raise ValueError(
            f"{called} must be a state_dict, but is {type(state).__name__}"
        )
    shapes = {
        "embedding.weight": (len(alphabet), None),
        **{
            f"layers.{n}.{name}.{part}": (None, None)[: 1 + (part == "weight")]
            for n in range(NUM_LAYERS)
            for name in MAPS
            for part in ("weight", "bias")
        },
        "read_out.weight": (len(alphabet), None),
        "read_out.bias": (len(alphabet),),
    }
    check_tensors(called, state, shapes)
    rows, width = _rows_and_width(state, called)
    # One row more is that of a start token.
    start = rows == len(alphabet) + 1
    shapes["embedding.weight"] = (len(alphabet) + start, None)
    check_shapes(called, state, shapes, width)
    if width % (2 * num_heads):
        raise ValueError(
            f"{called} must have a pair of features, or several, for each of "
            f"{num_heads} heads, but is {width} wide"
        )
    return {name: state[name] for name in shapes}


def _rows_and_width(state: Mapping, called: str) -> list[int]:
    """Return the sizes of the embedding, or raise a ValueError."""
    shape = [*state["embedding.weight"].shape]
    if len(shape) != 2:
        raise ValueError(
            f"embedding.weight of {called} must have two axes, but has the shape "
            f"{tuple(shape)}"
        )
    return shape


def _means(step: int, means, num_heads: int, state: Mapping) -> dict:
    """Return what each head adds on average as one matrix, or raise."""
    width = state["embedding.weight"].shape[-1]
    means = torch.as_tensor(means)
    if means.shape != (NUM_LAYERS, num_heads, width):
        raise ValueError(
            f"means[{step}] must have the shape {(NUM_LAYERS, num_heads, width)}, "
            f"but has the shape {tuple(means.shape)}"
        )
    return {"means": means.flatten(0, 1)}
