"""The Python side of the widget that takes a matrix product apart."""

import numpy
import pytest
import torch
from refused import hold_refused, refused

from attn_utils.widgets import MatrixProduct

LEFT = torch.tensor([[1, 0, -1], [2, 3, 9]])
RIGHT = torch.tensor([[2, 1], [3, 0], [4, -9]])


def made(left=LEFT, right=RIGHT, **traits):
    return MatrixProduct(left, right, **traits)


def test_the_page_gets_every_number_row_by_row():
    widget = made()
    assert widget.left == LEFT.flatten().tolist()
    assert widget.right == RIGHT.flatten().tolist()
    assert widget.sizes == [2, 3, 2]
    assert (widget.row, widget.column, widget.transposed) == (1, 1, False)


def test_what_is_written_as_rows_is_given_as_rows():
    widget = made(right=RIGHT.T, transposed=True)
    assert widget.right == RIGHT.flatten().tolist()
    assert widget.sizes == [2, 3, 2]
    assert widget.transposed is True


@pytest.mark.parametrize(
    "kind", [torch.Tensor.float, torch.Tensor.numpy, torch.Tensor.tolist]
)
def test_matrices_are_taken_from_tensors_arrays_and_lists(kind):
    widget = made(kind(LEFT), kind(RIGHT))
    assert (widget.left, widget.right) == (made().left, made().right)
    assert all(type(each) is int for each in widget.left + widget.right)


def test_a_link_may_set_all_of_its_state():
    assert MatrixProduct([[0] * 3] * 2, [[0] * 4] * 3).settable == {
        "left": [[-9, 9, 1]] * 6,
        "right": [[-9, 9, 1]] * 12,
        "row": [1, 2, 1],
        "column": [1, 4, 1],
        "transposed": "switch",
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"row": 3}, ["row", "between 1 and 2", "3"]),
        ({"row": 0}, ["row", "0"]),
        ({"column": 3}, ["column", "between 1 and 2", "3"]),
        ({"column": 0}, ["column", "0"]),
        ({"transposed": "yes"}, ["transposed", "yes"]),
    ],
)
def test_a_trait_that_cannot_be_shown_is_refused_later(change, words):
    hold_refused(made, change, words, later=True)


@pytest.mark.parametrize("change", [{"row": 3}, {"column": 3}])
def test_a_cell_that_is_not_there_is_refused_at_once(change):
    hold_refused(made, change, [*change, "between 1 and 2"], later=False)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"left": [1] * 5}, ["left", "6 numbers", "has 5"]),
        ({"right": [1] * 7}, ["right", "6 numbers", "has 7"]),
        ({"left": [10] * 6}, ["left", "10"]),
        ({"right": [-10] * 6}, ["right", "-10"]),
        ({"right": [0.5] * 6}, ["right", "0.5"]),
    ],
)
def test_numbers_that_cannot_be_shown_are_refused_later_too(change, words):
    hold_refused(made, change, words, later=True)


def test_each_matrix_has_its_own_count():
    def wide(**change):
        return MatrixProduct(torch.zeros(2, 3), torch.zeros(3, 4), **change)

    widget = wide()
    widget.left, widget.right = [1] * 6, [2] * 12
    for name, words in (("left", "6 numbers"), ("right", "12 numbers")):
        hold_refused(wide, {name: [1] * 8}, [name, words], later=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"left": LEFT[0]}, ["left", "2 to 4 rows and columns", "(3,)"]),
        ({"left": LEFT[:1]}, ["left", "2 to 4", "(1, 3)"]),
        ({"left": torch.ones(5, 3)}, ["left", "2 to 4", "(5, 3)"]),
        ({"left": torch.ones(2, 5)}, ["left", "2 to 4", "(2, 5)"]),
        ({"left": "many"}, ["left", "'many'"]),
        ({"left": None}, ["left", "None"]),
        ({"left": LEFT / 2}, ["left", "whole numbers", "0.5"]),
        ({"left": LEFT + 1}, ["left", "from -9 to 9", "10"]),
        ({"left": LEFT / 0}, ["left", "whole numbers"]),
        ({"left": LEFT > 0}, ["left", "numbers", "torch.bool"]),
        ({"left": LEFT * 1j}, ["left", "numbers", "complex"]),
        ({"right": RIGHT - 1}, ["right", "from -9 to 9", "-10"]),
        (
            {"right": RIGHT[:2]},
            ["right", "3 rows", "left has 3 columns", "(2, 2)"],
        ),
        (
            {"right": RIGHT, "transposed": True},
            ["right", "3 columns", "left has 3 columns", "(3, 2)"],
        ),
    ],
)
def test_matrices_that_cannot_be_shown_are_refused(change, words):
    with refused(ValueError, words, match=f"^{next(iter(change))} must"):
        made(**change)


def test_numbers_at_the_ends_are_taken():
    widget = made(numpy.full((4, 4), 9), [[-9] * 4] * 4, row=4, column=4)
    assert widget.left == [9] * 16
    assert widget.right == [-9] * 16
    assert (widget.row, widget.column) == (4, 4)


def test_a_longer_hint_and_more_numbers_make_more_room():
    widget = made()
    before = list(widget.room)
    widget.hint = "choose another cell of the product. " * 9
    assert all(b > a for a, b in zip(before, widget.room, strict=True))
    large = MatrixProduct(torch.ones(4, 4), torch.ones(4, 4)).room
    assert all(b > a for a, b in zip(before, large, strict=True))
