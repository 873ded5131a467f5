"""The Python side of the widget that shows both gates number by number."""

import numpy
import pytest
import torch
from refused import hold_refused, refused

from attn_utils.widgets import GatesByHand

FEATURES = torch.randint(
    0, 10, (2, 4, 4), generator=torch.Generator().manual_seed(0)
)
GATES = {
    "first": [[0.5, -0.25]],
    "second": [[1.0], [-2.0]],
    "kernel": (torch.arange(18) / 8 - 1).view(2, 3, 3),
}


def made(features=FEATURES, **change):
    return GatesByHand(features, **(GATES | change))


def test_the_page_gets_every_number_row_by_row():
    widget = made()
    assert widget.features == FEATURES.flatten().tolist()
    assert widget.first == [0.5, -0.25]
    assert widget.second == [1.0, -2.0]
    assert widget.kernel == (torch.arange(18) / 8 - 1).tolist()
    assert (widget.cell, widget.pools) == (0, "both")


@pytest.mark.parametrize(
    "kind", [torch.Tensor.float, torch.Tensor.numpy, torch.Tensor.tolist]
)
def test_features_are_taken_from_tensors_arrays_and_lists(kind):
    widget = made(kind(FEATURES))
    assert widget.features == FEATURES.flatten().tolist()
    assert all(type(each) is int for each in widget.features)


def test_a_link_may_set_all_of_its_state():
    assert made().settable == {
        "features": [[0, 9, 1]] * 32,
        "cell": [0, 31, 1],
        "pools": ["both", "average", "maximum"],
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cell": 32}, ["cell", "32"]),
        ({"cell": -1}, ["cell", "-1"]),
        ({"pools": "mean"}, ["pools", "average", "'mean'"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


@pytest.mark.parametrize(
    ("features", "words"),
    [
        ([1] * 31, ["features", "32 numbers", "has 31"]),
        ([10] * 32, ["features", "10"]),
        ([-1] * 32, ["features", "-1"]),
        ([0.5] * 32, ["features", "0.5"]),
    ],
)
def test_features_that_cannot_be_shown_are_refused_later_too(features, words):
    hold_refused(made, {"features": features}, words, later=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"features": FEATURES[0]}, ["features", "(2, 4, 4)", "(4, 4)"]),
        ({"features": FEATURES.mT[:, 1:]}, ["(2, 3, 4)"]),
        ({"features": "many"}, ["features", "'many'"]),
        ({"features": FEATURES / 2}, ["features", "whole numbers", ".5"]),
        ({"features": FEATURES - 10}, ["features", "from 0 to 9", "holds -"]),
        ({"features": FEATURES + 9}, ["features", "from 0 to 9"]),
        ({"features": FEATURES / 0}, ["features", "whole numbers"]),
        ({"features": FEATURES > 3}, ["features", "numbers", "torch.bool"]),
        ({"first": [0.5, -0.25]}, ["first", "(1, 2)", "(2,)"]),
        ({"first": [[9.5, 0]]}, ["first", "from -9 to 9", "9.5"]),
        ({"second": [[1.0, 2.0]]}, ["second", "(2, 1)", "(1, 2)"]),
        ({"second": [[float("nan")], [0]]}, ["second", "nan"]),
        ({"kernel": torch.ones(1, 2, 3, 3)}, ["kernel", "(2, 3, 3)"]),
        ({"kernel": torch.full((2, 3, 3), -9.1)}, ["kernel", "-9.1"]),
        ({"kernel": torch.ones(2, 3, 3) * 1j}, ["kernel", "complex"]),
        ({"kernel": None}, ["kernel", "None"]),
    ],
)
def test_numbers_that_cannot_be_shown_are_refused(change, words):
    with refused(ValueError, words, match=f"^{next(iter(change))} must"):
        made(**change)


def test_numbers_at_the_ends_are_taken():
    widget = made(
        numpy.full((2, 4, 4), 9), first=[[-9, 9]], cell=31, pools="maximum"
    )
    assert widget.first == [-9.0, 9.0]
    assert widget.features == [9] * 32


def test_a_longer_hint_makes_more_room():
    widget = made()
    before = list(widget.room)
    widget.hint = "lower the largest feature and look at the map. " * 9
    assert all(b > a for a, b in zip(before, widget.room, strict=True))
