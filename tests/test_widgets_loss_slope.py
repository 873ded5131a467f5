"""The Python side of the widget whose loss is descended by hand."""

import pytest
import torch
from refused import hold_refused

from attn_utils.widgets import LossSlope

NAMES = ["cat", "dog", "bird"]
LOGITS = [1.0, 2.0, -1.5]


def made(**change):
    given = {"names": NAMES, "logits": LOGITS, "target": "cat"}
    return LossSlope(**(given | change))


def test_the_page_gets_names_scores_and_target():
    widget = made()
    assert (widget.names, widget.logits, widget.target) == (
        NAMES,
        LOGITS,
        "cat",
    )


@pytest.mark.parametrize("kind", [torch.Tensor, torch.Tensor.numpy])
def test_scores_are_taken_from_tensors_and_arrays(kind):
    widget = made(logits=kind(torch.tensor(LOGITS)))
    assert widget.logits == LOGITS
    assert all(type(each) is float for each in widget.logits)


def test_they_are_taken_in_order():
    widget = LossSlope(NAMES, LOGITS, "dog", hint="move.")
    assert (widget.names, widget.target) == (NAMES, "dog")
    assert widget.hint == "move."


def test_a_link_may_set_all_of_its_state():
    assert made().settable == {
        "logits": [[-4.0, 4.0, 0.1]] * 3,
        "target": NAMES,
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"logits": [1.0, 2.0]}, ["logits", "3 numbers", "each name", "are 2"]),
        ({"logits": [1.0] * 4}, ["logits", "3 numbers", "are 4"]),
        ({"logits": [0.0, 4.1, 0.0]}, ["logits", "-4 and 4", "4.1"]),
        ({"logits": [0.0, 0.0, -4.1]}, ["logits", "-4 and 4", "-4.1"]),
        ({"logits": [0.0, float("nan"), 0.0]}, ["logits", "finite", "nan"]),
        ({"logits": "high"}, ["logits", "numbers", "high"]),
        ({"target": "cow"}, ["target", "'cat'", "'cow'"]),
        ({"target": 1}, ["target", "1"]),
        ({"names": NAMES[:2]}, ["names", "3 or 4", "are 2"]),
        ({"names": [*NAMES, "a", "b"]}, ["names", "3 or 4", "are 5"]),
        ({"names": ["cat", "dog", "dog"]}, ["names", "differ", "dog"]),
        ({"names": ["cat", "dog", " "]}, ["names", "1 to 8", "' '"]),
        ({"names": ["cat", "dog", "nightjars"]}, ["names", "1 to 8", "night"]),
        ({"names": [*NAMES, "sparrow"]}, ["names", "1 to 6", "'sparrow'"]),
        ({"names": ["cat", "dog", 3]}, ["names", "3"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


def test_what_lies_at_the_ends_is_taken():
    long = ["nightjar", "kangaroo", "elephant"]
    widget = made(names=long, logits=[-4, 4, 0], target="nightjar")
    assert widget.logits == [-4.0, 4.0, 0.0]
    four = made(names=[*NAMES, "rabbit"], logits=[0, 0, 0, 0])
    assert four.settable["target"] == [*NAMES, "rabbit"]
    assert len(four.settable["logits"]) == 4


def test_a_longer_hint_and_more_classes_make_more_room():
    widget = made()
    before = list(widget.room)
    widget.hint = "press one step and look at the gradient. " * 9
    assert all(b > a for a, b in zip(before, widget.room, strict=True))
    four = made(names=[*NAMES, "rabbit"], logits=[0.0] * 4).room
    assert four[0] > before[0]
    assert four[2] > before[2]
