"""The Python side of the widget that counts letters."""

import numpy
import pytest
import torch
from refused import hold_refused, refused

from attn_utils.layers import EncoderLayer
from attn_utils.recipes.letter_counts import LetterCounter
from attn_utils.widgets import LetterCounts

torch.manual_seed(0)
WITH, WITHOUT = LetterCounter(), LetterCounter(start=False)
LONG = "abcdefghijklmnop"


def made(models=None, **traits):
    models = (
        {"start token": WITH, "none": WITHOUT} if models is None else models
    )
    return LetterCounts(models, **traits)


def changed(**modules):
    """A model one of whose parts is another."""
    model = LetterCounter()
    for name, module in modules.items():
        setattr(model, name, module)
    return model


def post_norm():
    return changed(layer=EncoderLayer(32, 1, 64))


def two_heads():
    return changed(layer=EncoderLayer(32, 2, 64, norm_first=True))


def huge():
    model = LetterCounter()
    torch.nn.init.constant_(model.read_out.bias, 1e9)
    return model


def test_the_page_gets_the_models_in_half_precision_under_their_numbers():
    widget = made()
    assert widget.names == ["start token", "none"]
    assert widget.starts == [True, False]
    numbers = torch.tensor(numpy.frombuffer(widget.weights, "<f2").copy())
    states = {"0": WITH.state_dict(), "1": WITHOUT.state_dict()}
    at, found = 0, set()
    for name, shape in widget.shapes:
        n, _, tensor = name.partition(".")
        expected = states[n][tensor]
        assert list(expected.shape) == shape
        got = numbers[at : at + expected.numel()].view(shape)
        assert torch.equal(got, expected.half())
        at += expected.numel()
        found.add(name)
    assert at == len(numbers)
    assert len(found) == sum(len(state) for state in states.values())


def test_a_model_weighs_less_than_twenty_one_kilobytes():
    assert len(made({"one": WITH}).weights) < 21_000


def test_unless_it_is_said_the_first_model_counts_the_first_word():
    widget = made()
    assert (widget.model, widget.word) == ("start token", "mississippi")
    assert widget.place == 0
    assert widget.examples == ["mississippi", "ab", "aabb", "banana"]
    assert made(model="none").model == "none"


def test_a_link_may_set_all_of_its_state():
    assert made().settable == {
        "model": ["start token", "none"],
        "word": "text",
        "place": [0, 15, 1],
    }


def test_capitals_become_small_letters():
    widget = made(word="Anna", examples=["Otto", "NOON"])
    assert (widget.word, widget.examples) == ("anna", ["otto", "noon"])
    widget.word = LONG.upper()
    assert widget.word == LONG


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "both"}, ["model must be", "'none'", "'both'"]),
        ({"place": 16}, ["place", "16"]),
        ({"place": -1}, ["place", "-1"]),
        ({"place": 0.5}, ["place", "0.5"]),
        ({"word": ""}, ["word must be 1 to 16 letters from a to z", "''"]),
        ({"word": LONG + "q"}, ["word must be 1 to 16", LONG + "q"]),
        ({"word": "two words"}, ["word must be", "'two words'"]),
        ({"word": "ab\n"}, ["word must be", r"'ab\n'"]),
        ({"word": "naïve"}, ["word must be", "'naïve'"]),
        ({"word": "\u212a"}, ["word must be", "\u212a"]),  # small, it is a k
        ({"word": 3}, ["word", "3"]),
        ({"examples": ["ab", "a-b"]}, ["examples must be", "'a-b'"]),
        ({"examples": ["a"] * 7}, ["examples must be 6 at most", "are 7"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


@pytest.mark.parametrize(
    ("models", "words"),
    [
        ([WITH], ["models must be a dict", "list"]),
        (WITH, ["models must be a dict", "LetterCounter"]),
        ({}, ["models must be 1 to 3", "are 0"]),
        (dict.fromkeys("abcd", WITH), ["models must be 1 to 3", "are 4"]),
        ({"": WITH}, ["names", "''"]),
        ({3: WITH}, ["names", "is 3"]),
        ({"a": 3}, ["models['a'] must be a module", "int"]),
        ({"a": torch.nn.Linear(2, 3)}, ["models['a']", "start is None"]),
        ({"a": changed(start=1)}, ["models['a']", "start is 1"]),
        (
            {"a": changed(norm=torch.nn.Identity())},
            ["models['a'] must have the tensors", "norm.weight", "but has"],
        ),
        (
            {"a": changed(embedding=torch.nn.Embedding(27, 32))},
            ["embedding.weight of models['a']", "(28, 32)", "(27, 32)"],
        ),
        (
            {"a": changed(read_out=torch.nn.Linear(32, 11))},
            ["read_out.weight of models['a']", "(13, 32)", "(11, 32)"],
        ),
        ({"a": two_heads()}, ["models['a'] must have one head", "has 2"]),
        ({"a": post_norm()}, ["models['a']", "pre-norm"]),
        ({"a": huge()}, ["0.read_out.bias must be finite"]),
    ],
)
def test_models_that_cannot_be_shown_are_refused(models, words):
    with refused(ValueError, words, match=r"models|0\.read_out"):
        made(models)


def test_more_models_more_examples_and_a_longer_hint_make_more_room():
    widget = made({"start token": WITH}, examples=["ab"])
    before = list(widget.room)
    many = dict.fromkeys(
        ["start token", "no start token", "none of them"], WITH
    )
    assert made(many, examples=["ab"]).room[2] > before[2]
    widget.examples = ["abcdefghijklmno" + letter for letter in "abcdef"]
    longer = list(widget.room)
    assert longer[2] > before[2]
    widget.hint = "type another word, then take the start token away. " * 5
    assert widget.room[2] > longer[2]
    assert widget.room[1] > longer[1]
