"""One string, written again without attention and with it: chapter 11's widget."""

import math
from collections.abc import Mapping

import traitlets

from ..base import TOGETHER, LiveWidget
from ..weights import MOST_BYTES, check_shapes, check_tensors, pack, shape_of

LONGEST, MOST_TOKENS = 40, 45
NUM_SPECIAL = 4  # ids that stand for no letter
BYTES_OF_BOTH = 400_000
ALPHABET = "abcdefghijklmnopqrst"
TEXT = "forgetmenot"
TASKS = ["copy", "reverse"]


class SideBySide(LiveWidget):
    """Type a string: two models write it again, character by character.

    The left one has nothing of the string but one vector, which is drawn beneath
    what it writes; the right one looks at all states of its encoder, and its map
    says where.

    Args:
        plain_state: the `state_dict()` of a Seq2Seq of a one-way RecurrentEncoder
            and a RecurrentDecoder.
        attending_state: that of one with a LuongDecoder and its BilinearScore.
            The page gets both rounded as `pack` says: 300,000 bytes at most of
            one, 400,000 of both.
        alphabet: the letters that they know, 2 to 26 small ones, sorted; the first
            one's id is 4.
        text: 1 to 40 of these letters.
        step: up to which character the answers are shown, 1 to 45; of shorter
            answers the page shows all.
        task: "copy", or "reverse" where the last letter comes first.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: states that do not fit, or weigh too much.
    """

    files = "side_by_side"

    # Each model travels by itself: a page asks no more of one buffer.
    plain_weights = traitlets.Bytes().tag(sync=True)
    plain_shapes = traitlets.List().tag(sync=True)
    attending_weights = traitlets.Bytes().tag(sync=True)
    attending_shapes = traitlets.List().tag(sync=True)
    alphabet = traitlets.Unicode(ALPHABET).tag(sync=True)
    task = traitlets.Unicode(TASKS[0]).tag(sync=True)
    text = traitlets.Unicode(TEXT).tag(sync=True)
    step = traitlets.Int(MOST_TOKENS, min=1, max=MOST_TOKENS).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["read", "without", "vector", "with", "map"]
    ).tag(sync=True)

    def __init__(self, plain_state, attending_state, **traits):
        """Take the states of both models, and the traits by their names."""
        state = _state("plain_state", plain_state, False)
        num_symbols = len(state["encoder.embedding.weight"])
        plain_weights, plain_shapes = _packed("plain_state", state)
        state = _state("attending_state", attending_state, True, num_symbols)
        weights, shapes = _packed("attending_state", state)
        total = len(plain_weights) + len(weights)
        if total > BYTES_OF_BOTH:
            raise ValueError(
                "plain_state and attending_state must weigh "
                f"{BYTES_OF_BOTH} bytes at most as they travel, but weigh {total}"
            )
        # Said, so that the one is held to the other.
        traits = {"alphabet": ALPHABET, "text": TEXT} | traits
        super().__init__(
            plain_weights=plain_weights,
            plain_shapes=plain_shapes,
            attending_weights=weights,
            attending_shapes=shapes,
            **traits,
        )

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(80, 85, 38)
        numbers = shape_of("decoder.output_map.weight", self.plain_shapes)[1]
        more = max(0, 22 * math.ceil(numbers / 12) - 272)  # than the map has
        held = 12 * math.ceil(numbers / 24)
        return [739 + more + beside, 827 + more + below, 1157 + held + phone]

    @traitlets.default("settable")
    def _ends(self):
        return {"text": "text", "step": [1, MOST_TOKENS, 1]}

    @traitlets.validate("task")
    def _one_of_the_tasks(self, proposal):
        return self._one_of(TASKS, proposal)

    @traitlets.validate("alphabet", "text")
    def _fitting(self, proposal):
        return self._checked(proposal, ["alphabet", "text"])

    def _fault(self, alphabet, text) -> str | None:
        """Return what is wrong with these traits together, if anything is."""
        small = all("a" <= letter <= "z" for letter in alphabet)
        if not small or [*alphabet] != sorted({*alphabet}) or len(alphabet) < 2:
            return (
                "alphabet must be 2 small letters or more, sorted, each once, but "
                f"is {alphabet!r}"
            )
        num_symbols, _ = shape_of("encoder.embedding.weight", self.plain_shapes)
        if len(alphabet) + NUM_SPECIAL != num_symbols:
            return (
                f"alphabet must have {num_symbols - NUM_SPECIAL} letters, as the "
                f"models have, but has {len(alphabet)}"
            )
        if not 1 <= len(text) <= LONGEST or {*text} - {*alphabet}:
            return (
                f"text must be 1 to {LONGEST} letters of {alphabet!r}, but is "
                f"{text!r}{TOGETHER}"
            )
        return None


def _state(
    called: str, state, attends: bool, num_symbols: int | None = None
) -> dict:
    """Return the parameters of one model in their order, or raise a ValueError.

    Args:
        called: what an error calls it.
        state: its `state_dict()`.
        attends: whether its decoder is to be Luong's.
        num_symbols: how many ids it must know; None takes what it knows.
    """
    if not isinstance(state, Mapping):
        raise ValueError(
            f"{called} must be a state_dict, but is {type(state).__name__}"
        )
    check_tensors(called, state, _shapes(1, 1, 1, attends))
    own, embed_dim = state["encoder.embedding.weight"].shape
    hidden = state["decoder.output_map.weight"].shape[-1]
    shapes = _shapes(num_symbols or own, embed_dim, hidden, attends)
    check_shapes(called, state, shapes)
    return {name: state[name] for name in shapes}


def _packed(called: str, state: dict) -> tuple[bytes, list]:
    """Return the parameters of one model as they travel, or raise a ValueError."""
    weights, shapes = pack(state)
    if len(weights) > MOST_BYTES:
        raise ValueError(
            f"{called} must weigh {MOST_BYTES} bytes at most as it travels, "
            f"but weighs {len(weights)}"
        )
    return weights, shapes


def _shapes(num_symbols: int, embed_dim: int, hidden: int, attends: bool):
    """Return the shapes of a model's tensors by their names."""
    shapes = {
        f"{side}.{name}": shape
        for side in ("encoder", "decoder")
        for name, shape in {
            "embedding.weight": (num_symbols, embed_dim),
            "recurrent.weight_ih_l0": (3 * hidden, embed_dim),
            "recurrent.weight_hh_l0": (3 * hidden, hidden),
            "recurrent.bias_ih_l0": (3 * hidden,),
            "recurrent.bias_hh_l0": (3 * hidden,),
        }.items()
    }
    shapes["decoder.output_map.weight"] = (num_symbols, hidden)
    shapes["decoder.output_map.bias"] = (num_symbols,)
    if attends:
        shapes["decoder.score.weight"] = (hidden, hidden)
        shapes["decoder.join.weight"] = (hidden, 2 * hidden)
        shapes["decoder.join.bias"] = (hidden,)
    return shapes
