"""The Python side of the widget that answers for two names."""

import numpy
import pytest
import torch
from refused import hold_refused, refused

from attn_utils.recipes.two_names import TwoNames
from attn_utils.widgets import TwoAnswers

torch.manual_seed(0)
ONE, TWO, FOUR = TwoNames(1), TwoNames(2), TwoNames(4)
HIDDEN = TwoNames(2, hidden_dim=7)
IDS = torch.randn(12, 16)
CLASSES = [3, 1, 4, 1, 5, 0, 2, 6, 5, 3, 5, 7]


def made(models=None, ids=IDS, classes=CLASSES, **traits):
    models = {"one": ONE, "four": FOUR} if models is None else models
    return TwoAnswers(models, (ids, classes), **traits)


def changed(**tensors):
    """A model one of whose parameters is another."""
    model = TwoNames(1)
    for name, tensor in tensors.items():
        *path, last = name.split("__")
        module = model.get_submodule(".".join(path))
        setattr(module, last, torch.nn.Parameter(tensor))
    return model


def test_the_page_gets_ids_and_models_in_half_precision_under_their_numbers():
    widget = made({"a": ONE, "b": HIDDEN})
    assert widget.names == ["a", "b"]
    assert widget.heads == [1, 2]
    assert widget.classes == CLASSES
    numbers = torch.tensor(numpy.frombuffer(widget.weights, "<f2").copy())
    at, found = 0, set()
    for name, shape in widget.shapes:
        n, _, tensor = name.partition(".")
        states = {"0": ONE.state_dict(), "1": HIDDEN.state_dict()}
        expected = IDS if name == "ids" else states[n][tensor]
        assert list(expected.shape) == shape
        got = numbers[at : at + expected.numel()].view(shape)
        assert torch.equal(got, expected.half())
        at += expected.numel()
        found.add(name)
    assert at == len(numbers)
    assert len(found) == 1 + 8 + 10


def test_items_are_taken_from_arrays_and_tensors():
    other = made(ids=IDS.numpy(), classes=torch.tensor(CLASSES))
    assert (other.weights, other.classes) == (made().weights, CLASSES)
    assert all(type(each) is int for each in other.classes)


def test_a_model_weighs_less_than_five_kilobytes():
    assert len(made({"four": FOUR}).weights) < 5_400


def test_unless_it_is_said_the_first_model_speaks_with_all_its_heads():
    widget = made()
    assert (widget.model, widget.off) == ("one", "none")
    assert (widget.first, widget.second) == (0, 1)
    assert len(set(widget.people)) == 12
    assert made(model="four").model == "four"


def test_a_link_may_set_all_of_its_state():
    assert made({"one": ONE, "two": TWO}).settable == {
        "model": ["one", "two"],
        "first": [0, 11, 1],
        "second": [0, 11, 1],
        "off": ["none", "1", "2", "1+2"],
    }
    off = made().settable["off"]
    assert len(off) == len(set(off)) == 16
    assert off[-1] == "1+2+3+4"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "two"}, ["model must be", "'one', 'four'", "'two'"]),
        ({"first": 12}, ["first", "12"]),
        ({"second": -1}, ["second", "-1"]),
        ({"first": 0.5}, ["first", "0.5"]),
        ({"off": "5"}, ["off must be", "'1+2'", "'5'"]),
        ({"off": "2+1"}, ["off must be", "'2+1'"]),
        ({"off": [1]}, ["off", "[1]"]),
        ({"people": ["Ada"] * 11}, ["people must be 12", "11"]),
        ({"people": ["Ada"] * 12}, ["people", "different", "'Ada'"]),
        (
            {"people": [*"abcdefghijk", "Alexandra"]},
            ["people", "1 to 8", "'Alexandra'"],
        ),
        ({"people": [*"abcdefghijk", ""]}, ["people", "1 to 8", "''"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


@pytest.mark.parametrize(
    ("models", "words"),
    [
        ([ONE], ["models must be a dict", "list"]),
        (ONE, ["models must be a dict", "TwoNames"]),
        ({}, ["models must be 1 to 4", "are 0"]),
        (dict.fromkeys("abcde", ONE), ["models must be 1 to 4", "are 5"]),
        ({"": ONE}, ["names", "''"]),
        ({3: ONE}, ["names", "is 3"]),
        ({"a": 3}, ["models['a'] must be a module", "int"]),
        ({"a": ONE.state_dict()}, ["models['a'] must be a module", "Dict"]),
        ({"a": TwoNames(2, 2)}, ["models['a']", "one layer", "has 2"]),
        ({"a": TwoNames(8)}, ["models['a']", "1 to 4 heads", "has 8"]),
        (
            {"a": changed(layers__0__key_map__weight=torch.ones(32, 17))},
            ["layers.0.key_map.weight of models['a']", "(32, 16)", "(32, 17)"],
        ),
        (
            {"a": changed(layers__0__value_map__bias=torch.ones(31))},
            ["layers.0.value_map.bias", "(32,)", "(31,)"],
        ),
        (
            {"a": changed(read_out__bias=torch.full((16,), 1e9))},
            ["0.read_out.bias must be finite"],
        ),
        (
            {"a": changed(read_out__more=torch.ones(2))},
            ["models['a'] must have the tensors", "read_out.more"],
        ),
    ],
)
def test_models_that_cannot_be_shown_are_refused(models, words):
    with refused(ValueError, words, match=r"models|0\.read_out"):
        made(models)


def test_a_read_out_whose_layers_do_not_fit_is_refused():
    model = TwoNames(1, hidden_dim=7)
    model.read_out[2] = torch.nn.Linear(5, 16)
    with pytest.raises(ValueError, match=r"read_out\.2\.weight") as error:
        made({"a": model})
    assert "(16, 7)" in str(error.value)
    assert "(16, 5)" in str(error.value)


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ((IDS,), ["items must be two", "tuple of 1"]),
        (3, ["items must be two", "int"]),
        ((IDS[:11], CLASSES), ["ids must", "(12, 16)", "(11, 16)"]),
        ((IDS.int(), CLASSES), ["ids must", "floating-point", "int32"]),
        ((IDS, CLASSES[:11]), ["classes must", "(12,)", "(11,)"]),
        ((IDS, [8] * 12), ["classes must", "0 to 7", "has 8"]),
        ((IDS * 1e9, CLASSES), ["ids must be finite"]),
    ],
)
def test_items_that_cannot_be_shown_are_refused(items, words):
    with refused(ValueError, words, match=r"^(items|ids|classes) must"):
        TwoAnswers({"one": ONE}, items)


def test_more_models_more_heads_and_a_longer_hint_make_more_room():
    widget = made({"one head": ONE})
    before = list(widget.room)
    assert made({"four heads": FOUR}).room[1] > before[1]
    many = dict.fromkeys(["one head", "two heads", "three heads"], ONE)
    assert made(many).room[2] > before[2]
    widget.hint = "switch off one head after the other. " * 5
    assert all(b > a for a, b in zip(before, widget.room, strict=True))
