"""The Python side of the widget in which networks remember a capital."""

import numpy
import pytest
import torch
from refused import hold_refused, refused
from torch import nn

from attn_utils.recipes.reach import RecallNetwork
from attn_utils.widgets import RecallRace

torch.manual_seed(0)
RNN, GRU, LSTM = (RecallNetwork(kind, 5) for kind in ("RNN", "GRU", "LSTM"))
ATTENTION, ACROSS = (
    RecallNetwork(kind, 11) for kind in ("attention", "fully connected")
)
DILATED = RecallNetwork("dilated", 11)
MODELS = {
    "attention": {11: ATTENTION, 3: ATTENTION},
    "GRU, taught anywhere": {5: GRU},
    "dilated": {11: DILATED},
    "fully connected": {11: ACROSS},
}


def made(models=None, **traits):
    return RecallRace(MODELS if models is None else models, **traits)


def changed(kind="RNN", **modules):
    """A network one of whose parts is another."""
    network = RecallNetwork(kind, 11)
    for name, module in modules.items():
        setattr(network, name, module)
    return network


def other_layer(layer):
    network = RecallNetwork("RNN", 11)
    network.mixer.layer = layer
    return network


def other_convolution(**choices):
    network = RecallNetwork("convolution", 11)
    network.mixer.layers[1] = nn.Conv1d(32, 32, 3, **choices)
    return network


def huge():
    network = RecallNetwork("RNN", 11)
    nn.init.constant_(network.read_out.bias, 1e9)
    return network


def test_the_page_gets_every_network_once_in_half_precision():
    widget = made()
    assert widget.names == [*MODELS]
    assert widget.lengths == [3, 5, 11]
    assert widget.served == [[0, -1, 0], [-1, 1, -1], [-1, -1, 2], [-1, -1, 3]]
    numbers = torch.tensor(numpy.frombuffer(widget.weights, "<f2").copy())
    states = [each.state_dict() for each in (ATTENTION, GRU, DILATED, ACROSS)]
    at, found = 0, set()
    for name, shape in widget.shapes:
        n, _, tensor = name.partition(".")
        expected = states[int(n)][tensor]
        if expected.ndim == 3:  # the neighbours of a kernel stand side by side
            assert shape == [32, 96]
            expected = expected.reshape(32, 96)
        assert list(expected.shape) == shape
        got = numbers[at : at + expected.numel()].view(shape)
        assert torch.equal(got, expected.half())
        at += expected.numel()
        found.add(name)
    assert at == len(numbers)
    assert len(found) == sum(len(state) for state in states)


@pytest.mark.parametrize(
    ("network", "mixer"),
    [
        (ATTENTION, {"kind": "attention", "heads": 4}),
        (RNN, {"kind": "RNN"}),
        (GRU, {"kind": "GRU"}),
        (LSTM, {"kind": "LSTM"}),
        (
            RecallNetwork("convolution", 7),
            {"kind": "convolution", "steps": [1, 1, 1]},
        ),
        (
            DILATED,
            {"kind": "convolution", "steps": [1, 2, 4, 8, 16, 32, 64]},
        ),
        (ACROSS, {"kind": "fully connected"}),
    ],
)
def test_a_network_says_itself_what_mixes_its_tokens(network, mixer):
    assert made({"one of them": {11: network}}).mixers == [mixer]


def test_unless_it_is_said_the_shortest_string_is_read_and_the_first_read_out():
    widget = made()
    assert (widget.length, widget.racer) == (3, "attention")
    assert widget.text == "Bjcafid"
    other = made(length=11, racer="dilated", text="aGh")
    assert (other.length, other.racer, other.text) == (11, "dilated", "aGh")


def test_a_link_may_set_all_of_its_state():
    assert made().settable == {
        "text": "text",
        "length": [3, 11, [3, 5, 11]],
        "racer": [*MODELS],
    }


@pytest.mark.parametrize("text", ["A", "abcdefghij", "ABCDEFGH", "Hj" * 64])
def test_a_text_has_capitals_small_letters_or_both(text):
    widget = made(text=text)
    assert widget.text == text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"length": 4}, ["length must be one of [3, 5, 11]", "is 4"]),
        ({"length": 5.5}, ["length", "5.5"]),
        ({"racer": "LSTM"}, ["racer must be one of", "dilated", "'LSTM'"]),
        ({"text": ""}, ["text must be 1 to 128 letters", "''"]),
        ({"text": "a" * 129}, ["text must be 1 to 128", "a" * 129]),
        ({"text": "I"}, ["A to H or a to j", "'I'"]),
        ({"text": "k"}, ["A to H or a to j", "'k'"]),
        ({"text": "B a"}, ["text must be", "'B a'"]),
        ({"text": "Ba\n"}, ["text must be", r"'Ba\n'"]),
        ({"text": "Ba?"}, ["text must be", "'Ba?'"]),
        ({"text": 3}, ["text", "3"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


@pytest.mark.parametrize(
    ("models", "words"),
    [
        ([RNN], ["models must be a dict", "list"]),
        (RNN, ["models must be a dict", "RecallNetwork"]),
        ({}, ["models must be 1 to 6", "are 0"]),
        (
            {name: {5: RNN} for name in "abcdefg"},
            ["models must be 1 to 6", "are 7"],
        ),
        ({"": {5: RNN}}, ["names", "''"]),
        ({"n" * 25: {5: RNN}}, ["names of 24 letters at most", "n" * 25]),
        ({3: {5: RNN}}, ["names", "is 3"]),
        ({"a": RNN}, ["models['a'] must be a dict from lengths", "RecallNet"]),
        ({"a": {}}, ["models['a'] must be a dict", "1 or more", "empty"]),
        ({"a": {1: RNN}}, ["models['a']", "lengths from 2 to 128", "is 1"]),
        ({"a": {129: RNN}}, ["models['a']", "2 to 128", "is 129"]),
        ({"a": {True: RNN}}, ["models['a']", "lengths", "is True"]),
        ({"a": {"8": RNN}}, ["models['a']", "lengths", "is '8'"]),
        (
            {"a": dict.fromkeys([2, 3, 5, 7, 11, 13, 17], RNN)},
            ["6 lengths at most", "have 7: [2, 3, 5, 7, 11, 13, 17]"],
        ),
        ({"a": {5: 3}}, ["models['a'][5] must be a module", "int"]),
        ({"a": {5: nn.Linear(2, 3)}}, ["models['a'][5]", "mixer", "Linear"]),
        (
            {"a": {5: changed(mixer=nn.Identity())}},
            ["models['a'][5] must have a mixer", "an attention", "none"],
        ),
        (
            {"a": {5: changed(mixer=nn.Linear(5, 5))}},
            ["models['a'][5]", "across the tokens", "mixer.weight"],
        ),
        (
            {"a": {5: changed(norm_in=nn.Identity())}},
            ["models['a'][5] must have the tensors", "norm_in.weight", "but"],
        ),
        (
            {"a": {5: changed(embedding=nn.Embedding(20, 32))}},
            ["embedding.weight of models['a'][5]", "(19, 32)", "(20, 32)"],
        ),
        (
            {"a": {5: changed(read_out=nn.Linear(32, 7))}},
            ["read_out.weight of models['a'][5]", "(8, 32)", "(7, 32)"],
        ),
        (
            {"a": {5: ACROSS}},
            ["mixer.across.weight of models['a'][5]", "(5, 5)", "(11, 11)"],
        ),
        (
            {"a": {5: other_layer(nn.RNN(32, 32, nonlinearity="relu"))}},
            ["models['a'][5]", "RNN_TANH, GRU, LSTM", "is RNN_RELU"],
        ),
        (
            {"a": {5: other_layer(nn.GRU(32, 31))}},
            ["mixer.layer.weight_ih_l0", "(96, 32)", "(93, 32)"],
        ),
        (
            {"a": {5: other_layer(nn.LSTM(32, 32, num_layers=2))}},
            ["models['a'][5] must have the tensors", "weight_ih_l1"],
        ),
        (
            {"a": {5: other_convolution(padding=1, stride=2)}},
            ["models['a'][5]", "stride 1", "stride=(2,)"],
        ),
        (
            {"a": {5: other_convolution(padding=1, dilation=2)}},
            ["models['a'][5]", "as many zeros", "dilation=(2,)"],
        ),
        (
            {"a": {5: other_convolution(padding=1, padding_mode="circular")}},
            ["models['a'][5]", "zeros", "circular"],
        ),
        ({"a": {5: huge()}}, ["0.read_out.bias must be finite"]),
        (
            {
                name: {n: RecallNetwork("dilated", n) for n in (5, 7)}
                for name in "abcd"
            },
            ["models must weigh 300000 bytes at most", "but weigh"],
        ),
    ],
)
def test_models_that_cannot_be_shown_are_refused(models, words):
    with refused(ValueError, words, match=r"models|0\.read_out"):
        made(models)


def test_more_names_longer_strings_and_a_longer_hint_make_more_room():
    one = {"one": {5: RNN}}
    small = list(made(one).room)
    more = list(made({"one": {5: RNN}, "two": {5: RNN}}).room)
    longer = list(made({"one": {128: RNN}}).room)
    for place in range(3):
        assert more[place] > small[place]
        assert longer[place] > small[place]
    widget = made(one)
    widget.hint = (
        "put the capital where you like, then lengthen the string. " * 5
    )
    assert widget.room[1] > small[1]
    assert widget.room[2] > small[2]
