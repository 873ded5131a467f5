"""One line, several models: which symbol stood one place before? Chapter 07's."""

import re

import traitlets

from ..base import LiveWidget, check_named
from ..weights import check_shapes, check_tensors, pack_models

WIDTH, FF_DIM, NUM_HEADS, HEAD_DIM, NUM_LAYERS = 24, 48, 4, 6, 2
NUM_SYMBOLS = 12  # A to L
MOST_TOKENS = 60
FARTHEST = 4  # offsets each way that have a vector of their own
SCHEMES = ("none", "sinusoidal", "learned", "relative", "rotary", "penalty")
MOST_MODELS, LONGEST_NAME = 8, 24
TEXT = "BLACKFIGHEDJ"
LINE = re.compile(f"[A-La-l]{{1,{MOST_TOKENS}}}")
MAPS = {
    **{
        f"attention.{name}_map": (WIDTH, WIDTH)
        for name in ("query", "key", "value", "output")
    },
    "feed_forward.widen": (FF_DIM, WIDTH),
    "feed_forward.narrow": (WIDTH, FF_DIM),
    "around_attention.norm": (WIDTH,),
    "around_feed_forward.norm": (WIDTH,),
}
# What all models have, whatever tells them of places.
TENSORS = {
    "embedding.weight": (NUM_SYMBOLS, WIDTH),
    **{
        f"layers.{n}.{name}.{part}": shape if part == "weight" else shape[:1]
        for n in range(NUM_LAYERS)
        for name, shape in MAPS.items()
        for part in ("weight", "bias")
    },
    "read_out.weight": (NUM_SYMBOLS, WIDTH),
    "read_out.bias": (NUM_SYMBOLS,),
}
# And what a scheme adds.
OF_SCHEME = {
    "learned": {"positions.table.weight": (MOST_TOKENS, WIDTH)},
    "relative": {
        f"layers.{n}.attention.score.table.weight": (2 * FARTHEST + 1, HEAD_DIM)
        for n in range(NUM_LAYERS)
    },
}


# What tells of places inside an attention, by its score.
INSIDE = {
    "ScaledDotScore": "none",
    "RelativeScore": "relative",
    "DistancePenaltyScore": "penalty",
}


class OrderReader(LiveWidget):
    """Type a line: every model says at each place what stood one place before.

    Below the answers stands the map of one head of the chosen model, and beside
    it how much weight each of its heads puts on the token before.

    Args:
        models: from names of up to 24 letters, 1 to 8 of them, to models:
            OrderModels as chapter 07's recipe makes them, of any scheme, causal
            or not. The page gets them rounded to half precision, 300,000 bytes
            at most.
        text: the line, 1 to 60 letters from A to L; small ones become capitals.
        model: whose map is drawn; the first, unless it is said.
        layer: of its layers, 1 or 2.
        head: of that layer's heads, 1 to 4.
        place: which place of the line is asked about, 1 to 60; of a shorter line
            the page asks about the last one.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: models that do not fit, are none, or weigh too much.
    """

    files = "order_reader"

    weights = traitlets.Bytes().tag(sync=True)
    shapes = traitlets.List().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    kinds = traitlets.List(traitlets.Dict()).tag(sync=True)
    text = traitlets.Unicode(TEXT).tag(sync=True)
    model = traitlets.Unicode().tag(sync=True)
    layer = traitlets.Int(1, min=1, max=NUM_LAYERS).tag(sync=True)
    head = traitlets.Int(1, min=1, max=NUM_HEADS).tag(sync=True)
    place = traitlets.Int(8, min=1, max=MOST_TOKENS).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["line", "answers", "map", "heads"]
    ).tag(sync=True)

    def __init__(self, models, **traits):
        """Take the models, and the traits by their names."""
        _check_names(models)
        states = [_state(name, model) for name, model in models.items()]
        weights, shapes = pack_models(states)
        traits = {"model": next(iter(models))} | traits
        super().__init__(
            weights=weights,
            shapes=shapes,
            names=[*models],
            kinds=[
                {"scheme": model.scheme, "causal": model.causal}
                for model in models.values()
            ],
            **traits,
        )

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(32, 85, 32)
        rows = len(self.names)
        return [
            max(440 + 40 * rows, 320 + beside),
            590 + 40 * rows + below,
            1016 + 80 * rows + phone,
        ]

    @traitlets.default("settable")
    def _ends(self):
        return {
            "text": "text",
            "model": self.names,
            "layer": [1, NUM_LAYERS, 1],
            "head": [1, NUM_HEADS, 1],
            "place": [1, MOST_TOKENS, 1],
        }

    @traitlets.validate("text")
    def _capitals(self, proposal):
        text = proposal["value"]
        if not LINE.fullmatch(text):
            raise traitlets.TraitError(
                f"text must be 1 to {MOST_TOKENS} letters from A to L, but is "
                f"{text!r}"
            )
        return text.upper()

    @traitlets.validate("model")
    def _one_of_the_models(self, proposal):
        return self._one_of(self.names, proposal)


def _check_names(models) -> None:
    """Raise a ValueError unless these are models by names that can be shown."""
    check_named("models", models, "models", MOST_MODELS)
    for name in models:
        if len(name) > LONGEST_NAME:
            raise ValueError(
                f"models must have names of {LONGEST_NAME} letters at most, but "
                f"one is {name!r}"
            )


def _state(name: str, model) -> dict:
    """Return the parameters of one model, or raise a ValueError."""
    called = f"models[{name!r}]"
    scheme, causal = (
        getattr(model, trait, None) for trait in ("scheme", "causal")
    )
    fits = isinstance(causal, bool) and hasattr(model, "state_dict")
    if not fits or scheme not in SCHEMES:
        raise ValueError(
            f"{called} must be a module whose scheme is one of "
            f"{', '.join(SCHEMES)}, and whose causal is True or False, but is "
            f"{type(model).__name__} whose scheme is {scheme!r}, and whose "
            f"causal is {causal!r}"
        )
    state = model.state_dict()
    tensors = TENSORS | OF_SCHEME.get(scheme, {})
    check_tensors(called, state, tensors)
    check_shapes(called, state, tensors)
    for layer in model.layers:
        num_heads = layer.attention.num_heads
        if num_heads != NUM_HEADS:
            raise ValueError(
                f"{called} must have {NUM_HEADS} heads in each layer, but has "
                f"{num_heads}"
            )
        if layer.around_attention.norm_first:
            raise ValueError(
                f"{called} must have post-norm layers, but has a pre-norm one"
            )
    told = _told(model)
    if told != [scheme]:
        raise ValueError(
            f"{called} must be told of places as its scheme says, {scheme}, but "
            f"is told by {', '.join(told)}"
        )
    return {tensor: state[tensor] for tensor in tensors}


def _told(model) -> list[str]:
    """Return in which ways a model is told of places; "none" if in none."""
    ways = {_told_inside(layer.attention) for layer in model.layers}
    added = getattr(model, "positions", None)
    if added is not None:
        table = type(added).__name__ == "LearnedPositions"
        ways = ways - {"none"} | {"learned" if table else "sinusoidal"}
    return sorted(ways)


def _told_inside(attention) -> str:
    """Return how an attention is told of places, if it is."""
    if attention.rotate is not None:
        # One with choices of its own, a partial function, has no name.
        known = getattr(attention.rotate, "__name__", "") == "rotate"
        return "rotary" if known else "another rotation"
    score = type(attention.score).__name__
    return INSIDE.get(score, score)
