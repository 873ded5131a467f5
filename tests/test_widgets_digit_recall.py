"""The Python side of the widget that recalls half a digit."""

import numpy
import pytest
import torch
from refused import hold_refused, refused

from attn_utils.widgets import DigitRecall

LEVELS = torch.randint(
    0, 17, (7, 8, 8), generator=torch.Generator().manual_seed(0)
)
LEVELS[0, 0, :2] = torch.tensor([0, 16])
OTHERS = LEVELS[[2, 5, 3]]
LABELS = [3, 1, 4, 1, 5, 9, 2]


def made(
    digits=LEVELS, labels=LABELS, held_out=OTHERS, truth=(4, 9, 1), **traits
):
    return DigitRecall(digits, labels, held_out, list(truth), **traits)


def unpacked(packed):
    """The levels that stand in the bytes, five bits each."""
    bits = "".join(f"{byte:08b}" for byte in packed)
    assert len(bits) % 320 == 0
    levels = [int(bits[i : i + 5], 2) for i in range(0, len(bits), 5)]
    return torch.tensor(levels).view(-1, 8, 8)


def test_the_page_gets_every_level_in_five_bits():
    widget = made()
    assert len(widget.remembered) == 7 * 40
    assert torch.equal(unpacked(widget.remembered), LEVELS)
    assert torch.equal(unpacked(widget.held_out), OTHERS)
    assert (widget.labels, widget.held_out_labels) == (LABELS, [4, 9, 1])


def test_five_hundred_digits_weigh_less_than_28_kilobytes():
    widget = made(torch.zeros(500, 8, 8), torch.zeros(500, dtype=torch.int64))
    assert len(widget.remembered) == 20_000
    assert len(widget.remembered) * 4 / 3 < 28_000, "as the page writes them"


@pytest.mark.parametrize(
    "kind",
    [
        lambda levels: levels.double() / 16,
        lambda levels: levels.float(),
        lambda levels: levels.to(torch.uint8),
        lambda levels: levels.numpy(),
        lambda levels: (levels / 16).tolist(),
        lambda levels: levels / 16 + 0.01 * (levels < 16),
    ],
)
def test_ink_is_taken_in_shares_and_in_levels_alike(kind):
    assert made(kind(LEVELS)).remembered == made().remembered


def test_a_faint_digit_of_whole_levels_is_no_share():
    faint = torch.ones(2, 8, 8, dtype=torch.int64)
    widget = made(held_out=faint, truth=[1, 2])
    assert torch.equal(unpacked(widget.held_out), faint)
    widget = made(held_out=faint.float(), truth=[1, 2])
    assert torch.equal(unpacked(widget.held_out), 16 * faint)


@pytest.mark.parametrize("kind", [list, torch.tensor, numpy.array])
def test_labels_are_taken_from_lists_and_tensors_alike(kind):
    labels = made(labels=kind(LABELS)).labels
    assert labels == LABELS
    assert all(type(label) is int for label in labels)


def test_unless_it_is_said_the_first_digit_lies_on_the_pad():
    widget = made()
    assert (widget.digit, widget.began, widget.ink) == (0, -1, [])
    assert (widget.mode, widget.half) == ("key-value", "upper")
    assert widget.bandwidth == 0.3
    widget = made(digit=2, mode="ordinary", half="lower", bandwidth=1)
    assert (widget.digit, widget.mode) == (2, "ordinary")


def test_a_link_may_set_bandwidth_half_mode_and_digit():
    assert made().settable == {
        "bandwidth": [0.05, 2.0],
        "half": ["upper", "lower"],
        "mode": ["key-value", "ordinary"],
        "digit": [0, 2, 1],
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"bandwidth": 0.04}, ["bandwidth", "between 0.05 and 2.0", "0.04"]),
        ({"bandwidth": 2.1}, ["bandwidth", "2.1"]),
        ({"bandwidth": float("nan")}, ["bandwidth", "finite"]),
        ({"mode": "hard"}, ["mode", "ordinary", "'hard'"]),
        ({"half": "left"}, ["half", "upper", "'left'"]),
        ({"digit": 3}, ["digit", "0 to 2", "is 3"]),
        ({"digit": -2}, ["digit", "is -2"]),
        ({"began": 3}, ["began", "0 to 2", "is 3"]),
        ({"ink": [0] * 63}, ["ink", "64", "63"]),
        ({"ink": [0] * 63 + [17]}, ["ink", "17"]),
        ({"ink": [0] * 63 + [-1]}, ["ink", "-1"]),
        ({"ink": [0] * 63 + [0.5]}, ["ink", "0.5"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


@pytest.mark.parametrize("name", ["digits", "held_out"])
@pytest.mark.parametrize(
    ("digits", "words"),
    [
        (LEVELS[0], ["(digits, 8, 8)", "(8, 8)"]),
        (LEVELS.flatten(1), ["(digits, 8, 8)", "(7, 64)"]),
        (LEVELS[:, None], ["(digits, 8, 8)", "(7, 1, 8, 8)"]),
        (LEVELS[:, :4], ["(7, 4, 8)"]),
        (LEVELS[:0], ["there are 0"]),
        (LEVELS[:1].repeat(501, 1, 1), ["digits", "there are 501"]),
        (LEVELS * 16, ["from 0 to 16", "256"]),
        (LEVELS - 1, ["from -1 to 15"]),
        (LEVELS / 0, ["ink", "from 0 to 16"]),
        (LEVELS > 3, ["numbers", "torch.bool"]),
    ],
)
def test_digits_that_cannot_be_drawn_are_refused(name, digits, words):
    with refused(ValueError, words, match=f"^{name} must"):
        made(**{name: digits})


@pytest.mark.parametrize(
    ("name", "of", "count", "argument"),
    [
        ("labels", "digits", 7, "labels"),
        ("held_out_labels", "held_out", 3, "truth"),
    ],
)
def test_labels_that_do_not_fit_are_refused(name, of, count, argument):
    right = [1] * count
    for labels, words in (
        (right[1:], [f"({count},)", of, f"({count - 1},)"]),
        ([right], [f"(1, {count})"]),
        ([*right[1:], 10], ["0 to 9", "has 10"]),
        ([*right[1:], -1], ["0 to 9", "has -1"]),
        ([*right[1:], 1.5], ["whole numbers", "float"]),
        ([True] * count, ["whole numbers", "bool"]),
    ):
        with refused(ValueError, words, match=f"^{name} must"):
            made(**{argument: labels})


def test_more_held_out_digits_than_twenty_are_refused():
    many = LEVELS[:1].repeat(21, 1, 1)
    assert made(held_out=many[:20], truth=[1] * 20).settable["digit"] == [
        0,
        19,
        1,
    ]
    with pytest.raises(ValueError, match="held_out must be 1 to 20"):
        made(held_out=many, truth=[1] * 21)


def test_a_longer_hint_makes_more_room():
    widget = made()
    before = list(widget.room)
    widget.hint = "draw the top of a 7 or a 3. " * 5
    assert widget.room[0] == before[0]
    assert all(b > a for a, b in zip(before[1:], widget.room[1:], strict=True))
