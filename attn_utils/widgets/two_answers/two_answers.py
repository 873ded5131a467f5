"""Name two people and switch heads off: chapter 04's widget."""

import itertools
from collections.abc import Mapping

import torch
import traitlets

from ..base import LiveWidget, check_named, chip_rows
from ..ink import whole_numbers
from ..weights import check_plain, check_shapes, pack

ITEMS, ID_DIM, CLASSES = 12, 16, 8
WIDTH = 2 * ID_DIM
MOST_MODELS, MOST_HEADS, LONGEST_NAME = 4, 4, 8
NONE = "none"
PEOPLE = [
    *("Ada", "Ben", "Cleo", "Dan", "Eva", "Finn"),
    *("Gus", "Hana", "Ida", "Jack", "Kim", "Leo"),
]
# What one attention is made of, and a linear read-out or one with a ReLU;
# None is a width of its own.
ATTENTION = {
    f"layers.0.{name}_map.{part}": (WIDTH, width)[
        : 2 if part == "weight" else 1
    ]
    for name, width in (("query", WIDTH), ("key", ID_DIM), ("value", CLASSES))
    for part in ("weight", "bias")
}
LINEAR = {
    "read_out.weight": (2 * CLASSES, WIDTH),
    "read_out.bias": (2 * CLASSES,),
}
HIDDEN = {
    "read_out.0.weight": (None, WIDTH),
    "read_out.0.bias": (None,),
    "read_out.2.weight": (2 * CLASSES, None),
    "read_out.2.bias": (2 * CLASSES,),
}


class TwoAnswers(LiveWidget):
    """Twelve people hold a class each; name two, and see which heads answer.

    A trained model gets the ids of both, side by side, and answers for both. Its
    heads can be switched off one by one: what is off reads zeros.

    Args:
        models: from names to trained models, 1 to 4 of them: modules of one
            layer, `layers[0]`, that is a MultiHeadAttention of ids without an
            output map, and a `read_out` that is linear, or two linear maps
            with a ReLU between them. The page gets them rounded to half
            precision.
        items: the ids of the twelve, (12, 16), which the page gets in half
            precision; the class of each, (12,), from 0 to 7, drawn as A to H.
        people: what the twelve are called, in up to 8 letters.
        model: whose heads are shown; the first's, unless it is said.
        first: who is named first, 0 to 11.
        second: who is named second; the same person may be named twice.
        off: the heads that are switched off, counted from 1 and joined by "+",
            such as "1+3", or "none"; those that the model lacks change nothing.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: models or items that do not fit, or are none.
    """

    files = "two_answers"

    weights = traitlets.Bytes().tag(sync=True)
    shapes = traitlets.List().tag(sync=True)
    names = traitlets.List(traitlets.Unicode()).tag(sync=True)
    heads = traitlets.List(traitlets.Int()).tag(sync=True)
    classes = traitlets.List(traitlets.Int()).tag(sync=True)
    people = traitlets.List(traitlets.Unicode(), PEOPLE).tag(sync=True)
    model = traitlets.Unicode().tag(sync=True)
    first = traitlets.Int(0, min=0, max=ITEMS - 1).tag(sync=True)
    second = traitlets.Int(1, min=0, max=ITEMS - 1).tag(sync=True)
    off = traitlets.Unicode(NONE).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["query", "key", "value", "weight", "answer"]
    ).tag(sync=True)

    def __init__(self, models, items, **traits):
        """Take the models, the items, and the traits by their names."""
        states, heads = _states(models)
        ids, classes = _items(items)
        # The numbers tell the page which model a tensor belongs to.
        tensors = {
            f"{n}.{name}": tensor
            for n, state in enumerate(states.values())
            for name, tensor in state.items()
        }
        weights, shapes = pack({"ids": ids} | tensors)
        traits = {"model": next(iter(states))} | traits
        super().__init__(
            weights=weights,
            shapes=shapes,
            names=[*states],
            heads=heads,
            classes=classes,
            **traits,
        )

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(32, 85, 32)
        # Rows of chips, with the space between them.
        chips = [42 * chip_rows(self.names, wide) for wide in (255, 680, 278)]
        board = 34 * max(2, *self.heads)
        return [
            max(318 + board, 380 + chips[0] + beside),
            518 + board + chips[1] + below,
            645 + board + chips[2] + phone,
        ]

    @traitlets.default("settable")
    def _ends(self):
        everyone = [0, ITEMS - 1, 1]
        return {
            "model": self.names,
            "first": everyone,
            "second": everyone,
            "off": _choices(max(self.heads, default=0)),
        }

    @traitlets.validate("model")
    def _one_of_the_models(self, proposal):
        return self._one_of(self.names, proposal)

    @traitlets.validate("off")
    def _some_of_the_heads(self, proposal):
        return self._one_of(self.settable["off"], proposal)

    @traitlets.validate("people")
    def _twelve_names(self, proposal):
        people = proposal["value"]
        if len(people) != ITEMS:
            raise traitlets.TraitError(
                f"people must be {ITEMS} names, but are {len(people)}"
            )
        for name in people:
            if not 1 <= len(name) <= LONGEST_NAME:
                raise traitlets.TraitError(
                    f"people must have names of 1 to {LONGEST_NAME} letters, but "
                    f"one is {name!r}"
                )
            if people.count(name) > 1:
                raise traitlets.TraitError(
                    f"people must have different names, but {name!r} is there "
                    "twice"
                )
        return people


def _choices(num_heads: int) -> list[str]:
    """Return every choice of heads that can be off, as a link writes it."""
    heads = [str(head + 1) for head in range(num_heads)]
    return [NONE] + [
        "+".join(some)
        for count in range(1, num_heads + 1)
        for some in itertools.combinations(heads, count)
    ]


def _states(models) -> tuple[dict[str, Mapping], list[int]]:
    """Return each model's parameters and its number of heads, or raise."""
    check_named("models", models, "models", MOST_MODELS)
    heads = [_num_heads(name, model) for name, model in models.items()]
    states = {name: _state(name, model) for name, model in models.items()}
    return states, heads


def _num_heads(name: str, model) -> int:
    """Return how many heads a model of one layer has, or raise a ValueError."""
    layers = getattr(model, "layers", None)
    if layers is None or not hasattr(model, "state_dict"):
        raise ValueError(
            f"models[{name!r}] must be a module with layers and a read_out, but "
            f"is {type(model).__name__}"
        )
    if len(layers) != 1:
        raise ValueError(
            f"models[{name!r}] must have one layer, but has {len(layers)}"
        )
    num_heads = getattr(layers[0], "num_heads", None)
    if not isinstance(num_heads, int) or not 1 <= num_heads <= MOST_HEADS:
        raise ValueError(
            f"models[{name!r}] must have 1 to {MOST_HEADS} heads, but has "
            f"{num_heads}"
        )
    check_plain(f"models[{name!r}]", layers[0])
    return num_heads


def _state(name: str, model) -> Mapping:
    """Return the parameters of one model, or raise a ValueError."""
    state = model.state_dict()
    options = [ATTENTION | LINEAR, ATTENTION | HIDDEN]
    if all(state.keys() != option.keys() for option in options):
        raise ValueError(
            f"models[{name!r}] must have the tensors {', '.join(options[0])}, or "
            f"{', '.join(HIDDEN)} for the last two, but has "
            f"{', '.join(state) or 'none'}"
        )
    shapes = options["read_out.0.weight" in state]
    width = len(state.get("read_out.0.bias", ()))
    check_shapes(f"models[{name!r}]", state, shapes, width)
    return {tensor: state[tensor] for tensor in shapes}


def _items(items) -> tuple[torch.Tensor, list[int]]:
    """Return ids and classes, or raise a ValueError that says why not."""
    try:
        ids, classes = items
    except (TypeError, ValueError):
        raise ValueError(
            "items must be two: the ids and the classes, but is "
            f"{type(items).__name__}"
            + (f" of {len(items)}" if hasattr(items, "__len__") else "")
        ) from None
    ids = torch.as_tensor(ids).detach().cpu()
    if ids.shape != (ITEMS, ID_DIM) or not ids.is_floating_point():
        raise ValueError(
            f"ids must be floating-point numbers of the shape ({ITEMS}, {ID_DIM}), "
            f"but are {ids.dtype} of the shape {tuple(ids.shape)}"
        )
    last = CLASSES - 1
    return ids, whole_numbers("classes", classes, "the items", ITEMS, last)
