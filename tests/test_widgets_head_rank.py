"""The Python side of the widget that shows what a head's width leaves."""

import numpy
import pytest
import torch
from refused import hold_refused, refused
from torch import nn

from attn_utils.recipes import head_rank
from attn_utils.train import in_eight_bits
from attn_utils.widgets import HeadRank

WIDTHS = [2, 3, 7]
torch.manual_seed(0)
TABLES = {"a": torch.randn(5, 11).softmax(-1), "b": torch.eye(11)[:5]}
HEADS = {
    name: {
        width: (torch.randn(5, width), torch.randn(11, width))
        for width in WIDTHS
    }
    for name in TABLES
}


def made(targets=TABLES, fits=HEADS, **traits):
    return HeadRank(targets, fits, **traits)


def test_tables_and_heads_are_packed_in_half_precision_under_their_numbers():
    widget = made()
    assert widget.names == ["a", "b"]
    numbers = torch.tensor(numpy.frombuffer(widget.weights, "<f2").copy())
    found, at = {}, 0
    for name, shape in widget.shapes:
        size = shape[0] * shape[1]
        found[name] = numbers[at : at + size].view(shape)
        at += size
    assert at == len(numbers)
    expected = {f"wanted.{n}": TABLES[name] for n, name in enumerate("ab")}
    for n, name in enumerate("ab"):
        for width, (query, key) in HEADS[name].items():
            expected[f"fits.{n}.{width}.query"] = query
            expected[f"fits.{n}.{width}.key"] = key
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        assert torch.equal(found[name], tensor.half()), name


def test_fitted_heads_are_taken_as_they_are():
    table = head_rank.one_each(torch.Generator().manual_seed(0))
    fits = {width: head_rank.FreeHead(width) for width in (3, 1)}
    widget = HeadRank({"one": table}, {"one": fits})
    assert widget.widths == [1, 3]
    assert widget.size == [16, 16]
    pairs = {w: (head.query, head.key) for w, head in fits.items()}
    other = HeadRank({"one": table}, {"one": pairs})
    assert (other.weights, other.shapes) == (widget.weights, widget.shapes)


def test_chapter_four_weighs_less_than_11_kilobytes():
    eye = torch.eye(16)
    fits = {d: (eye[:, :1].repeat(1, d),) * 2 for d in (1, 2, 3, 4, 8, 12, 15)}
    widget = HeadRank(dict.fromkeys("abc", eye), dict.fromkeys("abc", fits))
    assert len(widget.weights) < 11_000


def test_the_shares_beyond_a_width_are_what_no_lower_rank_can_hold():
    for shares, table in zip(made().shares, TABLES.values(), strict=True):
        assert sum(shares) == pytest.approx(1)
        for width in (1, 2, 4):
            assert sum(shares[width:]) == pytest.approx(
                head_rank.left_over(table, width), abs=1e-6
            )


def test_unless_it_is_said_the_first_table_and_the_least_width_are_shown():
    widget = made()
    assert (widget.target, widget.width) == ("a", 2)
    assert (widget.row, widget.column) == (0, 0)
    widget = made(target="b", width=7, row=4, column=10)
    assert (widget.target, widget.width) == ("b", 7)
    assert (widget.row, widget.column) == (4, 10)


def test_a_link_may_set_all_of_its_state():
    assert made().settable == {
        "target": ["a", "b"],
        "width": [2, 7, WIDTHS],
        "row": [0, 4, 1],
        "column": [0, 10, 1],
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"target": "c"}, ["target", "['a', 'b']", "'c'"]),
        ({"width": 4}, ["width", "[2, 3, 7]", "is 4"]),
        ({"row": 5}, ["row", "0 to 4", "is 5"]),
        ({"row": -1}, ["row", "is -1"]),
        ({"column": 11}, ["column", "0 to 10", "is 11"]),
        ({"column": -1}, ["column", "is -1"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


EYE = torch.eye(3)


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ([EYE], ["must be a dict", "list"]),
        ({}, ["1 to 4", "are 0"]),
        (dict.fromkeys("abcde", EYE), ["1 to 4", "are 5"]),
        ({"": EYE}, ["names", "''"]),
        ({3: EYE}, ["names", "is 3"]),
        ({"a": EYE[0]}, ["targets['a']", "(queries, keys)", "(3,)"]),
        ({"a": EYE[:1]}, ["2 to 24", "(1, 3)"]),
        ({"a": torch.eye(25)}, ["2 to 24", "(25, 25)"]),
        ({"a": EYE, "b": torch.eye(5)}, ["one shape", "(5, 5)", "(3, 3)"]),
        ({"a": 2 * EYE}, ["rows that sum to 1", "to 2"]),
        ({"a": 2 * EYE - EYE.roll(1, 0)}, ["0 or more", "-1"]),
        ({"a": EYE / 0}, ["0 or more"]),
        ({"a": EYE.long()}, ["floating", "torch.int64"]),
    ],
)
def test_tables_that_are_no_weights_are_refused(targets, words):
    with refused(ValueError, words, match=r"^targets"):
        made(targets)


def changed(width, head):
    """The heads, one of them another."""
    return {**HEADS, "b": {**HEADS["b"], width: head}}


Q, K = HEADS["b"][3]


@pytest.mark.parametrize(
    ("fits", "words"),
    [
        ([HEADS], ["dict with the names of targets", "['a', 'b']", "list"]),
        ({"a": HEADS["a"]}, ["['a', 'b']", "is ['a']"]),
        ({**HEADS, "b": [1]}, ["fits['b'] must be a dict", "list"]),
        ({**HEADS, "b": {2.5: (Q, K)}}, ["whole numbers", "[2.5]"]),
        ({**HEADS, "b": {True: (Q, K)}}, ["whole numbers", "[True]"]),
        ({**HEADS, "a": {3: (Q, K)}}, ["fits['a']", "2 to 12", "[3]"]),
        (changed(0, (Q, K)), ["from 1 on", "[0, 2, 3, 7]"]),
        (changed(4, (Q, K)), ["the same widths", "[2, 3, 4, 7]", "[2, 3, 7]"]),
        (changed(3, 5), ["fits['b'][3] must be a module", "int"]),
        (changed(3, (Q,)), ["fits['b'][3]", "pair", "tuple"]),
        (
            changed(3, (K, Q)),
            ["the query of fits['b'][3]", "(5, width)", "(11, 3)"],
        ),
        (
            changed(3, (Q, K[0])),
            ["the key of fits['b'][3]", "(11, width)", "(3,)"],
        ),
        (changed(3, HEADS["b"][2]), ["fits['b'][3]", "3 features", "(5, 2)"]),
        (changed(3, (Q, HEADS["b"][2][1])), ["fits['b'][3]", "(11, 2)"]),
        (changed(3, (Q, 1e9 * K)), ["fits.1.3.key must be finite"]),
    ],
)
def test_heads_that_do_not_fit_are_refused(fits, words):
    with refused(ValueError, words, match=r"fits"):
        made(fits=fits)


def test_a_longer_hint_and_more_queries_make_more_room():
    widget = made()
    before = list(widget.room)
    widget.hint = "set the width to 2 and then to 3. " * 7
    assert all(b > a for a, b in zip(before, widget.room, strict=True))
    tall = torch.eye(11).repeat(2, 1)
    heads = {d: (torch.ones(22, d), torch.ones(11, d)) for d in WIDTHS}
    more = HeadRank({"a": tall}, {"a": heads}).room
    assert all(b >= a for a, b in zip(before, more, strict=True))
    assert more[1] > before[1]


def test_heads_that_were_rounded_are_taken():
    def rounded(matrix):
        return in_eight_bits(
            nn.Embedding.from_pretrained(matrix)
        ).weight.detach()

    heads = {
        name: {width: tuple(map(rounded, pair)) for width, pair in fits.items()}
        for name, fits in HEADS.items()
    }
    assert made(fits=heads).widths == made().widths
