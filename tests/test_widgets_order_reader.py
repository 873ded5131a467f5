"""The Python side of the widget in which models say what stood one place before."""

from functools import partial

import numpy
import pytest
import torch
from refused import hold_refused, refused
from torch import nn

from attn_utils.layers import EncoderLayer
from attn_utils.positions import RelativeScore, rotate
from attn_utils.recipes.order import SCHEMES, OrderModel
from attn_utils.scores import DotScore
from attn_utils.widgets import OrderReader

torch.manual_seed(0)
MODELS = {
    "bag of words": OrderModel("none"),
    "one-way": OrderModel("none", causal=True),
    "table": OrderModel("learned"),
    "relative": OrderModel("relative", causal=True),
    "rotary": OrderModel("rotary"),
}
ANOTHER_ROTATION = nn.ModuleList(
    EncoderLayer(24, 4, 48, rotate=partial(rotate, halves=True))
    for _ in range(2)
)
LONG = "ABCDEFGHIJKL" * 5


def made(models=None, **traits):
    return OrderReader(MODELS if models is None else models, **traits)


def changed(kind="none", **parts):
    """A model one of whose parts is another."""
    model = OrderModel(kind)
    for name, part in parts.items():
        setattr(model, name, part)
    return model


def other_layer(*sizes, **choices):
    model = OrderModel("none")
    model.layers[1] = EncoderLayer(*(sizes or (24, 4, 48)), **choices)
    return model


def short_table():
    model = OrderModel("learned")
    model.positions.table = nn.Embedding(59, 24)
    return model


def huge():
    model = OrderModel("none")
    nn.init.constant_(model.read_out.bias, 1e9)
    return model


def test_the_page_gets_the_models_in_half_precision_under_their_numbers():
    widget = made()
    assert widget.names == [*MODELS]
    numbers = torch.tensor(numpy.frombuffer(widget.weights, "<f2").copy())
    states = [model.state_dict() for model in MODELS.values()]
    at, found = 0, set()
    for name, shape in widget.shapes:
        n, _, tensor = name.partition(".")
        expected = states[int(n)][tensor]
        assert list(expected.shape) == shape
        got = numbers[at : at + expected.numel()].view(shape)
        assert torch.equal(got, expected.half())
        at += expected.numel()
        found.add(name)
    assert at == len(numbers)
    assert len(found) == sum(len(state) for state in states)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_model_of_every_scheme_says_itself_what_it_is(scheme, causal):
    widget = made({"it": OrderModel(scheme, causal)})
    assert widget.kinds == [{"scheme": scheme, "causal": causal}]


def test_eight_models_weigh_less_than_a_chapter_may():
    models = {str(n): OrderModel("learned") for n in range(8)}
    assert 160_000 < len(made(models).weights) < 300_000


def test_unless_it_is_said_the_first_model_reads_twelve_different_letters():
    widget = made()
    assert (widget.model, widget.layer, widget.head) == ("bag of words", 1, 1)
    assert sorted(widget.text) == sorted("ABCDEFGHIJKL")
    assert widget.place == 8
    assert widget.hint == ""
    other = made(model="table", layer=2, head=4, place=60, text="LBA")
    assert (other.model, other.layer, other.head) == ("table", 2, 4)
    assert (other.place, other.text) == (60, "LBA")


def test_a_link_may_set_all_of_its_state():
    assert made().settable == {
        "text": "text",
        "model": [*MODELS],
        "layer": [1, 2, 1],
        "head": [1, 4, 1],
        "place": [1, 60, 1],
    }


def test_small_letters_become_capitals():
    widget = made(text="abLk")
    assert widget.text == "ABLK"
    widget.text = LONG.lower()
    assert widget.text == LONG


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "learned"}, ["model must be one of", "'table'", "'learned"]),
        ({"layer": 0}, ["layer", "0"]),
        ({"layer": 3}, ["layer", "3"]),
        ({"head": 0}, ["head", "0"]),
        ({"head": 5}, ["head", "5"]),
        ({"place": 0}, ["place", "0"]),
        ({"place": 61}, ["place", "61"]),
        ({"place": 1.5}, ["place", "1.5"]),
        ({"text": ""}, ["text must be 1 to 60 letters from A to L", "''"]),
        ({"text": LONG + "A"}, ["text must be 1 to 60", LONG + "A"]),
        ({"text": "ABM"}, ["A to L", "'ABM'"]),
        ({"text": "A B"}, ["text must be", "'A B'"]),
        ({"text": "AB\n"}, ["text must be", r"'AB\n'"]),
        ({"text": "\u212a"}, ["text must be", "\u212a"]),  # small, it is a k
        ({"text": 3}, ["text", "3"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


@pytest.mark.parametrize(
    ("models", "words"),
    [
        ([MODELS["table"]], ["models must be a dict", "list"]),
        (MODELS["table"], ["models must be a dict", "OrderModel"]),
        ({}, ["models must be 1 to 8", "are 0"]),
        (
            dict.fromkeys("abcdefghi", MODELS["table"]),
            ["models must be 1 to 8", "are 9"],
        ),
        ({"": MODELS["table"]}, ["names", "''"]),
        ({3: MODELS["table"]}, ["names", "is 3"]),
        (
            {"n" * 25: MODELS["table"]},
            ["names of 24 letters at most", "n" * 25],
        ),
        ({"a": 3}, ["models['a'] must be a module", "int"]),
        (
            {"a": nn.Linear(2, 3)},
            ["models['a']", "scheme", "penalty", "Linear", "is None"],
        ),
        ({"a": changed(scheme="word")}, ["models['a']", "is 'word'"]),
        ({"a": changed(causal=1)}, ["models['a']", "causal is 1"]),
        (
            {"a": changed(embedding=nn.Embedding(13, 24))},
            ["embedding.weight of models['a']", "(12, 24)", "(13, 24)"],
        ),
        (
            {"a": changed(read_out=nn.Linear(24, 12, bias=False))},
            ["models['a'] must have the tensors", "read_out.bias"],
        ),
        (
            {"a": changed("learned", scheme="rotary")},
            ["models['a'] must have the tensors", "positions.table.weight"],
        ),
        (
            {"a": short_table()},
            ["positions.table.weight of models['a']", "(60, 24)", "(59, 24)"],
        ),
        (
            {"a": other_layer(24, 4, 96)},
            ["layers.1.feed_forward.widen.weight", "(48, 24)", "(96, 24)"],
        ),
        (
            {"a": other_layer(24, 3, 48)},
            ["models['a'] must have 4 heads", "has 3"],
        ),
        (
            {"a": other_layer(norm_first=True)},
            ["models['a']", "post-norm", "pre-norm"],
        ),
        (
            {"a": other_layer(score=RelativeScore(4, 6))},
            ["models['a'] must have the tensors", "attention.score.table"],
        ),
        (
            {"a": other_layer(rotate=rotate)},
            ["models['a']", "scheme says, none", "by none, rotary"],
        ),
        (
            {"a": changed("rotary", layers=ANOTHER_ROTATION)},
            ["models['a']", "scheme says, rotary", "by another rotation"],
        ),
        (
            {"a": changed("penalty", scheme="none")},
            ["models['a']", "scheme says, none", "by penalty"],
        ),
        (
            {"a": changed("none", scheme="penalty")},
            ["models['a']", "scheme says, penalty", "by none"],
        ),
        (
            {"a": changed("sinusoidal", scheme="none")},
            ["models['a']", "scheme says, none", "by sinusoidal"],
        ),
        (
            {"a": changed("none", scheme="sinusoidal")},
            ["models['a']", "scheme says, sinusoidal", "by none"],
        ),
        (
            {
                "a": changed(
                    "rotary", positions=OrderModel("sinusoidal").positions
                )
            },
            ["models['a']", "scheme says, rotary", "by rotary, sinusoidal"],
        ),
        (
            {"a": other_layer(score=DotScore())},
            ["models['a']", "scheme says, none", "DotScore"],
        ),
        ({"a": huge()}, ["0.read_out.bias must be finite"]),
    ],
)
def test_models_that_cannot_be_shown_are_refused(models, words):
    with refused(ValueError, words):
        made(models)


def test_models_that_weigh_too_much_are_refused(monkeypatch):
    monkeypatch.setattr("attn_utils.widgets.weights.MOST_BYTES", 100_000)
    with refused(ValueError, ["models must weigh 100000 bytes", "but weigh"]):
        made({str(n): MODELS["table"] for n in range(8)})


def test_more_models_and_a_longer_hint_make_more_room():
    one, two = (
        list(made(dict.fromkeys(names, MODELS["rotary"])).room)
        for names in ("a", "ab")
    )
    assert all(b > a for a, b in zip(one, two, strict=True))
    widget = made({"a": MODELS["rotary"]})
    widget.hint = "make the line longer than the lessons were. " * 15
    assert all(b > a for a, b in zip(one, widget.room, strict=True))
