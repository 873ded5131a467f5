"""Type a word and have its letters counted: chapter 05's widget."""

import re
from collections.abc import Mapping

import traitlets

from ..base import LiveWidget, check_named, chip_rows
from ..weights import check_plain, check_shapes, check_tensors, pack_models

WIDTH, HIDDEN = 32, 64
TOKENS = 28  # padding, a to z, the start token
COUNTS = 13  # 0 to 12
LONGEST, MOST_MODELS, MOST_EXAMPLES = 16, 3, 6
EXAMPLES = ["mississippi", "ab", "aabb", "banana"]
WORD = re.compile(f"[A-Za-z]{{1,{LONGEST}}}")
# What a model is made of: maps with a weight and a bias, and norms.
MAPS = {
    **{
        f"layer.attention.{name}_map": (WIDTH, WIDTH)
        for name in ("query", "key", "value", "output")
    },
    "layer.feed_forward.widen": (HIDDEN, WIDTH),
    "layer.feed_forward.narrow": (WIDTH, HIDDEN),
    "layer.around_attention.norm": (WIDTH,),
    "layer.around_feed_forward.norm": (WIDTH,),
    "norm": (WIDTH,),
    "read_out": (COUNTS, WIDTH),
}
TENSORS = {
    "embedding.weight": (TOKENS, WIDTH),
    **{f"{name}.weight": shape for name, shape in MAPS.items()},
    **{f"{name}.bias": shape[:1] for name, shape in MAPS.items()},
}


class LetterCounts(LiveWidget):
    """Type a word: a trained model says of every letter how often it occurs.

    The map that the word makes is drawn, and one of its rows is read out. Another
    model, taught without a start token, shows what that token is for.

    Args:
        models: from names to trained models, 1 to 3 of them: modules with an
            `embedding` of padding, a to z and the start token, a `layer` that is
            a pre-norm EncoderLayer of one head, a `norm` and a `read_out` of the
            counts 0 to 12. Whether a start token stands before the word is read
            from their `start`. The page gets them rounded to half precision.
        model: which one counts; the first, unless it is said.
        word: 1 to 16 letters from a to z; capitals become small letters.
        place: which of its letters is asked about, 0 to 15; in a shorter word
            the page asks about the last one.
        examples: words to pick from, 6 at most.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: models that do not fit, or are none.
    """

    files = "letter_counts"

    weights = traitlets.Bytes().tag(sync=True)
    shapes = traitlets.List().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    starts = traitlets.List(traitlets.Bool()).tag(sync=True)
    examples = traitlets.List(traitlets.Unicode(), EXAMPLES).tag(sync=True)
    model = traitlets.Unicode().tag(sync=True)
    word = traitlets.Unicode(EXAMPLES[0]).tag(sync=True)
    place = traitlets.Int(0, min=0, max=LONGEST - 1).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["query", "key", "weight", "answer"]
    ).tag(sync=True)

    def __init__(self, models, **traits):
        """Take the models, and the traits by their names."""
        states = _states(models)
        weights, shapes = pack_models(states.values())
        traits = {"model": next(iter(states))} | traits
        super().__init__(
            weights=weights,
            shapes=shapes,
            names=[*states],
            starts=[model.start for model in models.values()],
            **traits,
        )

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(32, 85, 32)
        # Rows of chips, and of examples, which are narrower.
        chips = [42 * chip_rows(self.names, wide) for wide in (255, 318, 278)]
        spare = 56 + 14 * len(self.examples)
        examples = [
            38 * chip_rows(self.examples, wide + spare)
            for wide in (560, 660, 286)
        ]
        return [
            max(506 + examples[0], 250 + chips[0] + beside),
            615 + examples[1] + chips[1] + below,
            869 + examples[2] + chips[2] + phone,
        ]

    @traitlets.observe("hint", "examples")
    def _make_room(self, change):
        self.room = self._room()

    @traitlets.default("settable")
    def _ends(self):
        return {
            "model": self.names,
            "word": "text",
            "place": [0, LONGEST - 1, 1],
        }

    @traitlets.validate("model")
    def _one_of_the_models(self, proposal):
        return self._one_of(self.names, proposal)

    @traitlets.validate("word")
    def _letters(self, proposal):
        return _small("word must be", proposal["value"])

    @traitlets.validate("examples")
    def _words(self, proposal):
        examples = proposal["value"]
        if len(examples) > MOST_EXAMPLES:
            raise traitlets.TraitError(
                f"examples must be {MOST_EXAMPLES} at most, but are "
                f"{len(examples)}"
            )
        return [_small("each of examples must be", word) for word in examples]


def _small(must_be: str, word: str) -> str:
    """Return a word in small letters, or raise a TraitError that says why not."""
    if not WORD.fullmatch(word):
        raise traitlets.TraitError(
            f"{must_be} 1 to {LONGEST} letters from a to z, but is {word!r}"
        )
    return word.lower()


def _states(models) -> dict[str, Mapping]:
    """Return each model's parameters, or raise a ValueError that says why not."""
    check_named("models", models, "models", MOST_MODELS)
    return {name: _state(name, model) for name, model in models.items()}


def _state(name: str, model) -> Mapping:
    """Return the parameters of one model, or raise a ValueError."""
    start = getattr(model, "start", None)
    if not hasattr(model, "state_dict") or not isinstance(start, bool):
        raise ValueError(
            f"models[{name!r}] must be a module whose start is True or False, "
            f"but is {type(model).__name__} whose start is {start!r}"
        )
    state = model.state_dict()
    check_tensors(f"models[{name!r}]", state, TENSORS)
    check_shapes(f"models[{name!r}]", state, TENSORS)
    num_heads = model.layer.attention.num_heads
    if num_heads != 1:
        raise ValueError(
            f"models[{name!r}] must have one head, but has {num_heads}"
        )
    check_plain(f"models[{name!r}]", model.layer.attention)
    if not model.layer.around_attention.norm_first:
        raise ValueError(
            f"models[{name!r}] must have a pre-norm layer, but has a post-norm "
            "one"
        )
    return {tensor: state[tensor] for tensor in TENSORS}
