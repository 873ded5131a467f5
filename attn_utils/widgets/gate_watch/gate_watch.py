"""The gates, the cell and the state of an LSTM over a string: chapter 11's."""

from collections.abc import Mapping

import torch
import traitlets

from ..base import TOGETHER, LiveWidget
from ..weights import check_shapes, check_tensors, pack, shape_of

LONGEST = 24  # letters of a string
MOST_UNITS, MOST_LETTERS = 16, 40
# What may be done to the forget gate.
FORGETS = ["its own", "at 1", "at 0"]
# An LSTMCell's names, and those of nn.LSTM, which the page reads.
NAMES = {
    "input_map.weight": "weight_ih_l0",
    "input_map.bias": "bias_ih_l0",
    "hidden_map.weight": "weight_hh_l0",
    "hidden_map.bias": "bias_hh_l0",
}


class GateWatch(LiveWidget):
    """Type a string: an LSTM reads it, and one of its units is watched.

    A bar for each character says how far each gate is open, and two curves what
    the unit's cell holds and what it lets out. The forget gate can be held open
    or shut; the dashed curve is then the cell with its own forget gate.

    Args:
        state_dict: of an LSTMCell of up to 16 units. The page gets it rounded to
            half precision, so round the cell first.
        embedding: a vector for each letter, (letters, input_dim), rounded as well;
            `torch.eye` gives each an input of its own.
        alphabet: the letters in the order of these vectors, 2 to 40, each once.
        text: 1 to 24 of these letters; the first of the alphabet, unless it is
            said.
        unit: which unit is watched, from 1.
        step: up to which character is drawn, 1 to 24; of a shorter string the page
            draws all.
        forget: "its own", "at 1" or "at 0": where the forget gates of all units stand.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: a state and an embedding that do not fit each other.
    """

    files = "gate_watch"

    weights = traitlets.Bytes().tag(sync=True)
    shapes = traitlets.List().tag(sync=True)
    alphabet = traitlets.Unicode().tag(sync=True)
    text = traitlets.Unicode().tag(sync=True)
    unit = traitlets.Int(1, min=1).tag(sync=True)
    step = traitlets.Int(LONGEST, min=1, max=LONGEST).tag(sync=True)
    forget = traitlets.Unicode(FORGETS[0]).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["input", "forget", "output", "cell", "state"]
    ).tag(sync=True)

    def __init__(self, state_dict, embedding, alphabet, **traits):
        """Take the cell's state, the letters' vectors, the letters, the traits."""
        weights, shapes = pack(_parameters(state_dict, embedding))
        if isinstance(alphabet, str):
            traits = {"text": alphabet[:LONGEST]} | traits
        super().__init__(
            weights=weights, shapes=shapes, alphabet=alphabet, **traits
        )

    def _sizes(self) -> tuple[int, int]:
        """Return how many letters and how many units there are."""
        letters, _ = shape_of("embedding.weight", self.shapes)
        return letters, shape_of("layer.weight_hh_l0", self.shapes)[1]

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(32, 85, 38)
        return [max(560, 440 + beside), 780 + below, 1001 + phone]

    @traitlets.default("settable")
    def _ends(self):
        return {
            "text": "text",
            "unit": [1, self._sizes()[1], 1],
            "step": [1, LONGEST, 1],
            "forget": FORGETS,
        }

    @traitlets.validate("forget")
    def _one_of_the_ways(self, proposal):
        return self._one_of(FORGETS, proposal)

    @traitlets.validate("alphabet", "text", "unit")
    def _fitting(self, proposal):
        return self._checked(proposal, ["alphabet", "text", "unit"])

    def _fault(self, alphabet, text, unit) -> str | None:
        """Return what is wrong with these traits together, if anything is."""
        num_letters, num_units = self._sizes()
        if len({*alphabet}) != len(alphabet) or {*alphabet} & {*" \t\n\r"}:
            return (
                "alphabet must have each letter once, and no space, but is "
                f"{alphabet!r}"
            )
        if len(alphabet) != num_letters:
            return (
                f"alphabet must have {num_letters} letters, one for each vector of "
                f"the embedding, but has {len(alphabet)}"
            )
        if not 1 <= len(text) <= LONGEST or {*text} - {*alphabet}:
            return (
                f"text must be 1 to {LONGEST} letters of {alphabet!r}, but is "
                f"{text!r}{TOGETHER}"
            )
        if unit > num_units:
            return f"unit must be 1 to {num_units}, but is {unit}"
        return None


def _parameters(state, embedding) -> dict:
    """Return what travels, by the page's names, or raise a ValueError."""
    if not isinstance(state, Mapping):
        raise ValueError(
            f"state_dict must be that of an LSTMCell, but is {type(state).__name__}"
        )
    check_tensors("state_dict", state, NAMES)
    hidden_dim = state["hidden_map.weight"].shape[-1]
    if not 1 <= hidden_dim <= MOST_UNITS:
        raise ValueError(
            f"state_dict must have 1 to {MOST_UNITS} units, but has {hidden_dim}"
        )
    embedding = torch.as_tensor(embedding)
    if embedding.ndim != 2 or not 2 <= len(embedding) <= MOST_LETTERS:
        raise ValueError(
            f"embedding must have the shape (letters, input_dim), 2 to "
            f"{MOST_LETTERS} letters, but has the shape {tuple(embedding.shape)}"
        )
    parts = 4 * hidden_dim
    check_shapes(
        "state_dict",
        state,
        {
            "input_map.weight": (parts, embedding.shape[1]),
            "input_map.bias": (parts,),
            "hidden_map.weight": (parts, hidden_dim),
            "hidden_map.bias": (parts,),
        },
    )
    return {
        "embedding.weight": embedding,
        **{f"layer.{theirs}": state[ours] for ours, theirs in NAMES.items()},
    }
