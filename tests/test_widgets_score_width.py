"""The Python side of the widget of scores and their width."""

import numpy
import pytest
import torch
from refused import hold_refused, refused
from tensors import normal

from attn_utils.widgets import ScoreWidth

WIDTHS = [1, 4, 64]
SCORES = normal(3, 5, 7, seed=0)


def test_the_page_gets_the_draws_themselves_in_half_precision():
    widget = ScoreWidth(SCORES, WIDTHS)
    assert widget.shapes == [[f"scores.{d}", [5, 7]] for d in WIDTHS]
    numbers = numpy.frombuffer(widget.scores, dtype="<f2").reshape(3, 5, 7)
    assert torch.equal(torch.tensor(numbers), SCORES.half())


def test_a_chapters_draws_weigh_less_than_30_kilobytes():
    widths = [2**power for power in range(11)]
    widget = ScoreWidth(torch.zeros(11, 48, 16), widths)
    assert len(widget.scores) * 4 / 3 < 30_000, "as the page writes them"


@pytest.mark.parametrize("kind", [list, tuple, numpy.array, torch.tensor])
def test_widths_and_scores_are_taken_from_lists_and_tensors_alike(kind):
    scores = SCORES.tolist() if kind in (list, tuple) else kind(SCORES.tolist())
    widget = ScoreWidth(scores, kind(WIDTHS))
    assert widget.widths == WIDTHS
    assert all(type(width) is int for width in widget.widths)
    assert widget.scores == ScoreWidth(SCORES, WIDTHS).scores


def test_unless_it_is_said_the_first_width_is_shown_divided_by_the_root():
    widget = ScoreWidth(SCORES, WIDTHS)
    assert (widget.width, widget.divisor) == (1, "√d")
    assert ScoreWidth(SCORES, WIDTHS, width=64, divisor="d").width == 64


def test_a_link_may_set_one_of_the_widths_and_what_divides():
    assert ScoreWidth(SCORES, WIDTHS).settable == {
        "width": [1, 64, WIDTHS],
        "divisor": ["√d", "d"],
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"width": 2}, ["width", "one of [1, 4, 64]", "is 2"]),
        ({"width": 0}, ["width", "is 0"]),
        ({"width": 4.5}, ["width", "4.5"]),
        ({"divisor": "√"}, ["divisor", "√d", "'√'"]),
        ({"divisor": 4}, ["divisor", "√d", "4"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    def made(**traits):
        return ScoreWidth(SCORES, WIDTHS, **({"width": 4} | traits))

    hold_refused(made, change, words, later)


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        (SCORES[0], ["scores", "(widths, queries, keys)", "(5, 7)"]),
        (SCORES[None], ["scores", "(1, 3, 5, 7)"]),
        (SCORES[..., :1], ["scores", "2 keys", "(3, 5, 1)"]),
        (SCORES[:, :0], ["scores", "(3, 0, 7)"]),
        (SCORES * 1e6, ["scores.1", "finite in half precision"]),
        (SCORES / 0, ["scores.1", "finite"]),
    ],
)
def test_scores_that_cannot_be_drawn_are_refused(scores, words):
    with refused(ValueError, words, match=r"^scores"):
        ScoreWidth(scores, WIDTHS)


@pytest.mark.parametrize(
    ("widths", "words"),
    [
        ([1, 4], ["there are 3", "there are 2"]),
        ([1, 4, 16, 64], ["there are 3", "there are 4"]),
        ([4, 1, 64], ["ascend", "[4, 1, 64]"]),
        ([1, 4, 4], ["ascend", "[1, 4, 4]"]),
        ([0, 1, 4], ["from 1", "[0, 1, 4]"]),
        ([1, 2.5, 4], ["whole numbers", "2.5"]),
        ([True, 4, 64], ["whole numbers", "True"]),
        ("123", ["whole numbers", "'123'"]),
        (64, ["whole numbers", "64"]),
    ],
)
def test_widths_that_do_not_fit_are_refused(widths, words):
    with refused(ValueError, words, match=r"^widths must"):
        ScoreWidth(SCORES, widths)


def test_a_single_width_makes_no_curve():
    with pytest.raises(ValueError, match="widths must be 2 or more"):
        ScoreWidth(SCORES[:1], [1])


def test_a_longer_hint_makes_more_room():
    widget = ScoreWidth(SCORES, WIDTHS)
    before = list(widget.room)
    widget.hint = "pull the width to its right end. " * 5
    assert widget.room[0] == before[0]
    assert all(b > a for a, b in zip(before[1:], widget.room[1:], strict=True))


def test_scores_in_levels_and_in_half_the_bits_are_taken():
    levels = torch.tensor([[[127.0, 1.0]], [[-127.0, 5.0]]])
    assert ScoreWidth(levels, [1, 2]).widths == [1, 2]
    assert ScoreWidth(SCORES.bfloat16(), WIDTHS).widths == WIDTHS
