"""The Python side of the widget that shows who reaches whom."""

import pytest
from refused import hold_refused

from attn_utils.recipes import wires_of
from attn_utils.recipes.wiring import WIRED
from attn_utils.widgets import ReachPaths

KEPT = (
    *("mixer", "num_tokens", "num_layers"),
    *("kernel_size", "origin", "target"),
)


def kept(widget):
    return tuple(getattr(widget, name) for name in KEPT)


def test_unless_it_is_said_three_layers_of_attention_join_first_and_last():
    assert kept(ReachPaths()) == ("attention", 8, 3, 3, 0, 15)
    given = dict(zip(KEPT, ("dilated", 13, 2, 5, 11, 7), strict=True))
    assert kept(ReachPaths(**given)) == (*given.values(),)


def test_its_layers_are_those_whose_wires_the_recipes_know():
    assert ReachPaths().settable["mixer"] == [*WIRED]
    for mixer in WIRED:
        assert ReachPaths(mixer=mixer).mixer == mixer
        assert wires_of(mixer, 3)


def test_a_link_may_set_all_of_its_state():
    assert ReachPaths().settable == {
        "mixer": [
            "attention",
            "RNN",
            "convolution",
            "dilated",
            "fully connected",
        ],
        "num_tokens": [2, 16, 1],
        "num_layers": [1, 7, 1],
        "kernel_size": [3, 7, 2],
        "origin": [0, 15, 1],
        "target": [0, 15, 1],
    }


@pytest.mark.parametrize("name", ["num_tokens", "num_layers", "kernel_size"])
def test_each_number_goes_from_end_to_end(name):
    least, most, step = ReachPaths().settable[name]
    for number in range(least, most + 1, step):
        assert getattr(ReachPaths(**{name: number}), name) == number


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mixer": "GRU"}, ["mixer", str([*WIRED]), "'GRU'"]),
        ({"mixer": 3}, ["mixer", "3"]),
        ({"num_tokens": 1}, ["num_tokens", "2", "1"]),
        ({"num_tokens": 17}, ["num_tokens", "16", "17"]),
        ({"num_tokens": 5.5}, ["num_tokens", "5.5"]),
        ({"num_layers": 0}, ["num_layers", "1", "0"]),
        ({"num_layers": 8}, ["num_layers", "7", "8"]),
        ({"kernel_size": 4}, ["kernel_size", "[3, 5, 7]", "4"]),
        ({"kernel_size": 9}, ["kernel_size", "[3, 5, 7]", "9"]),
        ({"origin": -1}, ["origin", "0", "-1"]),
        ({"origin": 16}, ["origin", "15", "16"]),
        ({"target": -1}, ["target", "0", "-1"]),
        ({"target": 16}, ["target", "15", "16"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(ReachPaths, change, words, later)


def test_a_place_after_the_last_token_is_kept_for_when_there_are_more():
    widget = ReachPaths(num_tokens=5, origin=7, target=11)
    widget.num_tokens = 13
    assert (widget.origin, widget.target) == (7, 11)


def test_a_longer_hint_makes_more_room():
    widget = ReachPaths()
    before = list(widget.room)
    widget.hint = "move one token away from the other, step by step. " * 7
    assert all(b > a for a, b in zip(before, widget.room, strict=True))
