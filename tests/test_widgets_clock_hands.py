"""The Python side of the widget of sinusoidal positions."""

import pytest
from refused import hold_refused

from attn_utils import sinusoidal_positions
from attn_utils.widgets import ClockHands

DIMS = [8, 16, 24]
BASES = [10, 100, 1000, 10000]


def test_unless_it_is_said_eight_clocks_show_42_and_45():
    widget = ClockHands()
    assert (widget.position, widget.offset) == (42, 3)
    assert (widget.dim, widget.base) == (16, 10000)
    assert widget.hint == ""


def test_a_link_may_set_every_number_that_can_be_shown():
    assert ClockHands().settable == {
        "position": [30, 90, 1],
        "offset": [-30, 30, 1],
        "dim": [8, 24, DIMS],
        "base": [10, 10000, BASES],
    }


def test_wherever_both_hands_stand_python_knows_that_position():
    ends = ClockHands().settable
    for position in ends["position"][:2]:
        for offset in ends["offset"][:2]:
            sinusoidal_positions(1, 8, position + offset)
    with pytest.raises(ValueError, match="offset"):
        sinusoidal_positions(1, 8, ends["position"][0] - 1 + ends["offset"][0])


def test_every_choice_is_accepted():
    widget = ClockHands()
    for trait, (*_, choices) in list(widget.settable.items())[2:]:
        for value in choices:
            setattr(widget, trait, value)
            assert getattr(widget, trait) == value


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"position": 29}, ["position", "30", "29"]),
        ({"position": 91}, ["position", "90", "91"]),
        ({"position": 41.5}, ["position", "41.5"]),
        ({"position": "41"}, ["position", "'41'"]),
        ({"offset": -31}, ["offset", "-30", "-31"]),
        ({"offset": 31}, ["offset", "30", "31"]),
        ({"offset": 0.5}, ["offset", "0.5"]),
        ({"dim": 12}, ["dim", "[8, 16, 24]", "is 12"]),
        ({"dim": 0}, ["dim", "is 0"]),
        ({"dim": "16"}, ["dim", "'16'"]),
        ({"base": 1}, ["base", "[10, 100, 1000, 10000]", "is 1"]),
        ({"base": 500}, ["base", "is 500"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    given = {"position": 60, "offset": -2, "dim": 24, "base": 100}

    def made(**traits):
        return ClockHands(**(given | traits))

    hold_refused(made, change, words, later)


def test_a_longer_hint_makes_more_room():
    widget = ClockHands()
    before = list(widget.room)
    widget.hint = "pull position to the right. " * 9
    assert all(b > a for a, b in zip(before, widget.room, strict=True))
