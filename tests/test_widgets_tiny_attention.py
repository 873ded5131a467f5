"""The Python side of the widget that shows a whole self-attention by hand."""

import numpy
import pytest
import torch
from refused import hold_refused

from attn_utils import recipes
from attn_utils.widgets import TinyAttention

ROWS = {"inputs": 3, "query_map": 2, "key_map": 2, "value_map": 2}
GIVEN = {
    "inputs": [[1, -2], [0, 3], [-3, 2]],
    "query_map": [[2, 0], [-1, 3]],
    "key_map": [[0, 1], [1, -3]],
    "value_map": [[-2, 1], [3, 0]],
}


def made(**change):
    return TinyAttention(**(GIVEN | change))


def test_the_books_smallest_attention_is_taken_as_it_is():
    tiny = recipes.tiny_attention()
    widget = TinyAttention(*tiny)
    for name, rows in ROWS.items():
        kept = torch.tensor(getattr(widget, name)).view(rows, 2)
        assert torch.equal(kept.float(), getattr(tiny, name)), name


@pytest.mark.parametrize("name", ROWS)
def test_rows_are_kept_one_after_the_other_as_plain_whole_numbers(name):
    rows = GIVEN[name]
    flat = [number for row in rows for number in row]
    for given in (
        *(rows, flat, tuple(flat), torch.tensor(rows)),
        *(torch.tensor(rows).double(), numpy.array(rows), numpy.array(flat)),
        torch.tensor(rows).float().requires_grad_(),
    ):
        kept = getattr(made(**{name: given}), name)
        assert kept == flat
        assert {*map(type, kept)} == {int}
        later = made(**{name: [0] * len(flat)})
        setattr(later, name, given)
        assert getattr(later, name) == flat


def test_unless_it_is_said_all_is_shown_of_the_last_token_without_a_mask():
    widget = made()
    assert (widget.step, widget.mask, widget.token) == (4, "none", 2)


def test_a_link_may_set_all_of_its_state():
    cell = [-3, 3, 1]
    assert made().settable == {
        "inputs": [cell] * 6,
        "query_map": [cell] * 4,
        "key_map": [cell] * 4,
        "value_map": [cell] * 4,
        "step": [0, 4, 1],
        "mask": ["none", "causal"],
        "token": [0, 2, 1],
    }


WRONG = {
    "inputs": [
        ([1, 2], ["(3, 2)", "6 numbers", "(2,)"]),
        ([[1, 2]] * 2, ["(3, 2)", "(2, 2)"]),
        (torch.zeros(2, 3), ["(3, 2)", "(2, 3)"]),
        (torch.zeros(1, 3, 2), ["(3, 2)", "(1, 3, 2)"]),
        (4, ["(3, 2)", "shape ()"]),
    ],
    "query_map": [
        ([1, 2, 3], ["(2, 2)", "4 numbers", "(3,)"]),
        ([[1, 2]] * 3, ["(2, 2)", "(3, 2)"]),
        ([[1, 2], [3]], ["a tensor or list", "(2, 2)", "[[1, 2], [3]]"]),
        ("abcd", ["a tensor or list", "'abcd'"]),
        (None, ["a tensor or list", "None"]),
        ([1, 2, "a", 0], ["a tensor or list", "'a'"]),
    ],
    "key_map": [
        ([1, 2, 4, 0], ["whole numbers from -3 to 3", "holds 4"]),
        ([1, -4, 2, 0], ["holds -4"]),
        ([1, 0.5, 2, 0], ["whole numbers", "holds 0.5"]),
        ([1, float("nan"), 2, 0], ["holds nan"]),
        ([1, float("inf"), 2, 0], ["holds inf"]),
        ([True, False, True, True], ["whole numbers", "torch.bool"]),
        (torch.ones(2, 2).cfloat(), ["whole numbers", "complex64"]),
    ],
    "value_map": [([3, 3, 3, 3.5], ["value_map", "holds 3.5"])],
    "step": [(5, ["step", "5"]), (-1, ["step", "-1"])],
    "token": [(3, ["token", "3"]), (-1, ["token", "-1"])],
    "mask": [("window", ["mask", "['none', 'causal']", "'window'"])],
}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [(name, *case) for name, cases in WRONG.items() for case in cases],
)
@pytest.mark.parametrize("later", [False, True])
def test_what_cannot_be_shown_is_refused(name, value, words, later):
    hold_refused(made, {name: value}, [name, *words], later)


def test_all_four_tables_must_be_given():
    with pytest.raises(TypeError, match="value_map"):
        TinyAttention(*[*GIVEN.values()][:3])


def test_two_widgets_share_no_table():
    one, two = made(), made()
    one.inputs = [0] * 6
    assert two.inputs == made().inputs


def test_a_longer_hint_makes_more_room():
    widget = made()
    before = list(widget.room)
    widget.hint = "raise the query map's first number to three. " * 7
    assert all(b > a for a, b in zip(before, widget.room, strict=True))
