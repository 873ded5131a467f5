"""The Python side of the widget of weights and the values that they weigh."""

import numpy
import pytest
import torch
from refused import hold_refused, refused
from tensors import normal

from attn_utils.widgets import WeighedValues

WEIGHTS = normal(2, 4, 4, seed=0).tril().softmax(-1)
VALUES = normal(2, 4, 3, seed=1)


def made(**traits):
    return WeighedValues(WEIGHTS, VALUES, "abcd", **traits)


def test_the_page_gets_each_head_in_half_precision():
    widget = made()
    assert widget.shapes == [
        *(["heads.0.weights", [4, 4]], ["heads.0.values", [4, 3]]),
        *(["heads.1.weights", [4, 4]], ["heads.1.values", [4, 3]]),
    ]
    numbers = numpy.frombuffer(widget.numbers, dtype="<f2")
    kept = torch.tensor(numbers).split([16, 12, 16, 12])
    expected = [WEIGHTS[0], VALUES[0], WEIGHTS[1], VALUES[1]]
    for got, own in zip(kept, expected, strict=True):
        assert torch.equal(got, own.half().flatten())


def test_a_chapters_tables_weigh_less_than_20_kilobytes():
    widget = WeighedValues(
        torch.full((4, 14, 14), 1 / 14), torch.zeros(4, 14, 64), "a" * 14
    )
    assert len(widget.numbers) * 4 / 3 < 20_000, "as the page writes them"


def test_unless_it_is_said_the_last_token_asks_and_nothing_is_stretched():
    widget = made()
    assert (widget.head, widget.query, widget.key) == (1, 4, 1)
    assert widget.times == 1


def test_a_link_may_set_each_of_what_there_is():
    assert made().settable == {
        "head": [1, 2, 1],
        "query": [1, 4, 1],
        "key": [1, 4, 1],
        "times": [0.0, 2.0, 0.25],
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"head": 3}, ["head", "2 at most", "3"]),
        ({"head": 0}, ["head", "0"]),
        ({"query": 5}, ["query", "4 at most", "5"]),
        ({"query": 0}, ["query", "0"]),
        ({"key": 5}, ["key", "4 at most", "5"]),
        ({"key": 0}, ["key", "0"]),
        ({"times": 2.25}, ["times", "2.25"]),
        ({"times": -0.25}, ["times", "-0.25"]),
        ({"times": 0.3}, ["times", "multiple of 0.25", "0.3"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (WEIGHTS[0], ["(heads, tokens, tokens)", "(4, 4)"]),
        (WEIGHTS[:, :3], ["(heads, tokens, tokens)", "(2, 3, 4)"]),
        (torch.ones(2, 1, 1), ["2 to 40 tokens", "(2, 1, 1)"]),
        (torch.full((1, 41, 41), 1 / 41), ["40 tokens", "(1, 41, 41)"]),
        (torch.full((9, 2, 2), 0.5), ["8 heads", "(9, 2, 2)"]),
        (2 * WEIGHTS, ["1 in sum", "1 off"]),
        (WEIGHTS * torch.tensor([1.0, 1, 1, -1]), ["0 or more", "-"]),
        (WEIGHTS / 0, ["1 in sum"]),
        (torch.tensor([[[1.5, -0.5], [0.5, 0.5]]]), ["0 or more", "-0.5"]),
    ],
)
def test_weights_that_are_none_are_refused(weights, words):
    with refused(ValueError, words, match=r"^weights must"):
        WeighedValues(weights, VALUES, "abcd")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (VALUES[0], ["(2, 4, features)", "(4, 3)"]),
        (VALUES[:1], ["(2, 4, features)", "(1, 4, 3)"]),
        (VALUES[:, :3], ["(2, 4, features)", "(2, 3, 3)"]),
        (VALUES[..., :0], ["1 to 64 features", "has 0"]),
        (torch.ones(2, 4, 65), ["1 to 64 features", "has 65"]),
    ],
)
def test_values_that_do_not_fit_are_refused(values, words):
    with refused(ValueError, words, match=r"^values must"):
        WeighedValues(WEIGHTS, values, "abcd")


def test_values_that_are_not_finite_are_refused():
    with pytest.raises(ValueError, match="finite"):
        WeighedValues(WEIGHTS, VALUES / 0, "abcd")


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        ("abc", ["4 names", "are 3"]),
        (["a", "b", "c", ""], ["1 to 6 letters", "''"]),
        (["a", "b", "c", "letters"], ["1 to 6 letters", "'letters'"]),
        ([1, 2, 3, 4], ["1 to 6 letters", "1"]),
    ],
)
def test_names_that_do_not_fit_are_refused(tokens, words):
    with refused(ValueError, words, match=r"^tokens must"):
        WeighedValues(WEIGHTS, VALUES, tokens)


def test_a_longer_hint_makes_more_room():
    widget = made()
    before = list(widget.room)
    widget.hint = "stretch the value that has most of the weight. " * 6
    assert all(b > a for a, b in zip(before, widget.room, strict=True))
