"""The Python side of the widget that follows a token through an encoder layer."""

import functools

import numpy
import pytest
import torch
from refused import hold_refused, refused
from tensors import normal
from torch import nn

from attn_utils import DotScore, EncoderLayer, rotate
from attn_utils.train import in_eight_bits
from attn_utils.widgets import EncoderBlock

LAYER = EncoderLayer(6, 3, 5, norm_first=True)
ROWS = normal(5, 6, seed=1)
SWITCHES = ("attention", "feed_forward", "residual", "norm")


def made(layer=LAYER, inputs=ROWS, tokens="3 mei", **traits):
    return EncoderBlock(layer, inputs, tokens, **traits)


def other(change):
    """A layer of which one thing is another."""
    layer = EncoderLayer(6, 3, 5)
    change(layer)
    return layer


def test_unless_it_is_said_all_parts_are_on_and_heads_are_averaged():
    widget = made()
    assert (widget.token, widget.head, widget.num_heads) == (0, 0, 3)
    assert [getattr(widget, name) for name in SWITCHES] == [True] * 4
    given = {"token": 4, "head": 3, "residual": False, "norm": False}
    widget = made(**given)
    assert {name: getattr(widget, name) for name in given} == given


def test_the_order_of_the_norm_is_the_layers_own_unless_it_is_said():
    assert made().norm_first is True
    assert made(EncoderLayer(6, 3, 5)).norm_first is False
    assert made(EncoderLayer(6, 3, 5), norm_first=True).norm_first is True


@pytest.mark.parametrize(
    "kind", [lambda rows: rows, lambda rows: rows.tolist()]
)
def test_inputs_and_parameters_travel_in_half_precision(kind):
    widget = made(inputs=kind(ROWS))
    assert widget.shapes[0] == ["inputs", [5, 6]]
    numbers = torch.tensor(numpy.frombuffer(widget.weights, "<f2"))
    at = 0
    expected = {"inputs": ROWS} | {
        f"layer.{name}": tensor for name, tensor in LAYER.state_dict().items()
    }
    assert [name for name, _ in widget.shapes] == [*expected]
    for tensor in expected.values():
        size = tensor.numel()
        assert torch.equal(numbers[at : at + size], tensor.half().flatten())
        at += size
    assert at == len(numbers)


def test_inputs_with_a_gradient_are_taken():
    assert made(inputs=ROWS.clone().requires_grad_()).shapes[0][1] == [5, 6]


def test_a_link_may_set_all_of_its_state():
    assert made().settable == {
        "token": [0, 4, 1],
        "head": [0, 3, 1],
        "norm_first": "switch",
        "attention": "switch",
        "feed_forward": "switch",
        "residual": "switch",
        "norm": "switch",
    }


def test_a_layer_of_the_dates_machine_fits():
    layer = EncoderLayer(64, 4, 128, norm_first=True)
    widget = made(layer, normal(20, 64, seed=2), "v" * 20, token=19, head=4)
    assert len(widget.weights) < 100_000


def test_a_layer_may_be_as_heavy_as_the_error_says():
    assert len(made(EncoderLayer(6, 3, 3828)).weights) == 99_984


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"token": -1}, ["token", "-1"]),
        ({"token": 5}, ["token", "below 5", "is 5"]),
        ({"token": 1.5}, ["token", "1.5"]),
        ({"head": -1}, ["head", "-1"]),
        ({"head": 4}, ["head", "1 to 3", "is 4"]),
        ({"norm_first": 2}, ["norm_first", "2"]),
        *(({name: "off"}, [name, "off"]) for name in SWITCHES),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


@pytest.mark.parametrize("tokens", ["3 me", "3 mei 2019", ""])
def test_tokens_have_one_character_for_each_row(tokens):
    words = ["tokens", "one character for each row", "5", str(len(tokens))]
    hold_refused(
        lambda tokens="3 mei": made(tokens=tokens),
        {"tokens": tokens},
        words,
        False,
    )


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (normal(5, 7, seed=1), ["(1 to 20, 6)", "(5, 7)"]),
        (normal(1, 5, 6, seed=1), ["(1 to 20, 6)", "(1, 5, 6)"]),
        (normal(6, seed=1), ["(1 to 20, 6)", "(6,)"]),
        (normal(0, 6, seed=1), ["(1 to 20, 6)", "(0, 6)"]),
        (normal(21, 6, seed=1), ["(1 to 20, 6)", "(21, 6)"]),
        ([[1.0, 2.0], [3.0]], ["inputs must be rows of numbers"]),
        ("3 mei", ["inputs must be rows of numbers"]),
        (ROWS / 0, ["inputs must be finite"]),
        (ROWS * 0 + 65520, ["inputs must be finite", "65504"]),
    ],
)
def test_inputs_that_cannot_be_read_are_refused(inputs, words):
    with refused(ValueError, words, match="^inputs"):
        made(inputs=inputs)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (LAYER.state_dict(), ["must be an EncoderLayer", "OrderedDict"]),
        (nn.Linear(6, 6), ["must be an EncoderLayer", "Linear"]),
        (
            other(
                lambda layer: setattr(
                    layer.around_attention, "norm", nn.Identity()
                )
            ),
            [
                "must have the tensors attention.query_map.weight",
                "feed_forward.narrow.bias",
            ],
        ),
        (
            EncoderLayer(6, 3, 5, rotate=functools.partial(rotate)),
            ["without rotate", "partial"],
        ),
        (
            EncoderLayer(6, 3, 5, score=DotScore()),
            ["layer must have an attention with ScaledDotScore", "DotScore"],
        ),
        (EncoderLayer(66, 3, 5), ["64 features at most", "66"]),
        (
            EncoderLayer(6, 3, 3829),
            [
                "layer and inputs must weigh 100000 bytes at most",
                "weigh 100010",
            ],
        ),
        (
            other(lambda layer: layer.feed_forward.widen.bias.data.fill_(1e5)),
            ["layer.feed_forward.widen.bias must be finite"],
        ),
    ],
)
def test_a_layer_that_the_page_cannot_compute_is_refused(layer, words):
    with refused(ValueError, words, match="^layer"):
        made(layer)


def test_more_tokens_and_a_longer_hint_make_more_room():
    small = made().room
    more = made(inputs=normal(11, 6, seed=3), tokens="v" * 11).room
    assert more[2] > small[2]
    widget = made()
    widget.hint = "switch a part off, and see what leaves. " * 9
    assert all(b > a for a, b in zip(small[1:], widget.room[1:], strict=True))


def test_what_was_rounded_or_is_in_half_the_bits_before_is_taken():
    rounded = in_eight_bits(nn.Embedding(5, 6)).weight.detach()
    widget = made(in_eight_bits(EncoderLayer(6, 3, 5)), rounded)
    assert widget.settable["token"][1] == made().settable["token"][1]
    brief = made(EncoderLayer(6, 3, 5).bfloat16(), ROWS.bfloat16())
    assert brief.shapes == made(EncoderLayer(6, 3, 5)).shapes
