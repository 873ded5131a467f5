"""The Python side of the widget on which a mask is painted."""

import json

import pytest
import torch
from refused import hold_refused, refused

from attn_utils import causal_mask, padding_mask, window_mask
from attn_utils.widgets import MaskPaint

torch.manual_seed(0)
QUERY, KEY = torch.randn(6, 3), torch.randn(6, 3)
NAMES = ["all", "causal", "window", "padding"]
PEEK = causal_mask(6)
PEEK[1, 5] = True


def made(query=QUERY, key=KEY, **traits):
    return MaskPaint(query, key, **traits)


def test_query_and_key_travel_as_they_are():
    widget = made()
    assert torch.equal(torch.tensor(widget.query), QUERY)
    assert torch.equal(torch.tensor(widget.key), KEY)
    assert json.dumps(widget.get_state(), allow_nan=False)
    # A parameter is taken too.
    other = made(torch.nn.Parameter(QUERY), KEY.double())
    assert (other.query, other.key) == (widget.query, widget.key)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("all", torch.ones(6, 6, dtype=torch.bool)),
        ("causal", causal_mask(6)),
        ("window", window_mask(6, 2) & causal_mask(6)),
        ("padding", padding_mask([4], 6)[0].expand(6, 6)),
    ],
)
def test_a_mask_with_a_name_is_the_packages(name, expected):
    assert torch.equal(made(mask=name).cells, expected)
    # Painted cell by cell, it is called by its name.
    assert made(mask=expected).mask == name
    widget = made()
    widget.mask = "".join("01"[cell] for cell in expected.flatten().tolist())
    assert widget.mask == name


def test_a_painted_mask_is_36_letters_a_row_after_the_other():
    widget = made(mask=PEEK)
    assert widget.mask == "100000" + "110001" + "".join(
        "1" * n + "0" * (6 - n) for n in range(3, 7)
    )
    assert torch.equal(widget.cells, PEEK)
    other = made(mask=widget.mask)
    assert torch.equal(other.cells, PEEK)


def test_further_masks_have_names_of_their_own():
    widget = made(masks={"one peek": PEEK}, mask="one peek")
    assert torch.equal(widget.cells, PEEK)
    widget.mask = ~PEEK
    assert torch.equal(widget.cells, ~PEEK)
    widget.mask = PEEK
    assert widget.mask == "one peek"
    assert widget.settable["mask"] == [*NAMES, "one peek"]


def test_unless_it_is_said_a_causal_mask_and_one_layer_are_shown():
    widget = made()
    assert (widget.mask, widget.layers, widget.token) == ("causal", 1, 3)
    assert widget.tokens == ["the", "cat", "sat", "on", "the", "mat"]
    widget = made(mask="all", layers=2, token=5, tokens=[*"abcdef"])
    assert (widget.mask, widget.layers, widget.token) == ("all", 2, 5)
    assert widget.tokens == [*"abcdef"]


def test_a_link_may_set_all_of_its_state():
    assert made().settable == {
        "mask": NAMES,
        "layers": [1, 2, 1],
        "token": [0, 5, 1],
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mask": "causl"}, ["mask", str(NAMES), "36 letters", "'causl'"]),
        ({"mask": "1" * 35}, ["mask", "36 letters", "may look"]),
        ({"mask": "1" * 35 + "2"}, ["mask", "36 letters"]),
        ({"mask": PEEK.float()}, ["mask", "bools", "float32"]),
        ({"mask": PEEK[:5]}, ["mask", "(6, 6)", "(5, 6)"]),
        ({"layers": 3}, ["layers", "2", "3"]),
        ({"layers": 0}, ["layers", "1", "0"]),
        ({"token": 6}, ["token", "5", "6"]),
        ({"token": -1}, ["token", "0", "-1"]),
        ({"tokens": [*"abcde"]}, ["tokens", "6 words", "are 5"]),
        ({"tokens": [*"abcde", ""]}, ["tokens", "1 to 6", "''"]),
        ({"tokens": [*"abcde", "mattress"]}, ["tokens", "'mattress'"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


@pytest.mark.parametrize(
    ("tensor", "words"),
    [
        (QUERY[:5], ["(6, features)", "(5, 3)"]),
        (QUERY[0], ["(6, features)", "(3,)"]),
        (QUERY[:, :0], ["(6, features)", "(6, 0)"]),
        (torch.ones(6, 33), ["up to 32", "(6, 33)"]),
        (torch.ones(6, 3, dtype=torch.long), ["floating-point", "int64"]),
        (QUERY / 0, ["finite", "inf"]),
    ],
)
@pytest.mark.parametrize("side", ["query", "key"])
def test_a_query_or_a_key_that_does_not_fit_is_refused(side, tensor, words):
    with refused(ValueError, words, match=f"^{side} must"):
        made(**{side: tensor})


def test_query_and_key_must_have_as_many_features():
    with pytest.raises(ValueError, match=r"as many features, but have 3 and 2"):
        made(key=KEY[:, :2])


@pytest.mark.parametrize(
    ("masks", "words"),
    [
        ([PEEK], ["dict", "list"]),
        (dict.fromkeys("abc", PEEK), ["up to 2", "of 3"]),
        ({"causal": PEEK}, ["names of their own", "'causal'"]),
        ({"": PEEK}, ["names", "''"]),
        ({3: PEEK}, ["names", "is 3"]),
        ({"a": PEEK.int()}, ["masks['a']", "bools", "int32"]),
        ({"a": [[True] * 6] * 6}, ["masks['a']", "bools", "list"]),
        ({"a": PEEK[:, :5]}, ["masks['a']", "(6, 6)", "(6, 5)"]),
        ({"a": causal_mask(6)}, ["masks['a']", "'causal'", "the same"]),
        ({"a": PEEK, "b": PEEK}, ["masks['b']", "'a'", "the same"]),
    ],
)
def test_further_masks_that_do_not_fit_are_refused(masks, words):
    with refused(ValueError, words, match=r"^masks"):
        made(masks=masks)


def test_a_longer_hint_and_more_chips_make_more_room():
    widget = made()
    before = list(widget.room)
    widget.hint = "paint one cell, and then another one. " * 7
    assert all(b > a for a, b in zip(before, widget.room, strict=True))
    more = made(masks={"one peek further": PEEK, "the rest": ~PEEK}).room
    assert more[0] > before[0]
    assert more[2] > before[2]
