"""Ties between prose and picture: what they set, what they refuse."""

import pytest
from extensions import load

ties = load("ties")

STREET = ties.Picture(
    'data-model="m"',
    settable={
        "query": [0.0, 5.0],
        "bandwidth": [0.05, 20.0],
        "head": [0, 3, 1],
        "share": [0, 1, 0.25],
        "width": [1, 64, [1, 2, 16, 64]],
        "score": ["dot", "scaled"],
        "norm_first": "switch",
        "text": "text",
        "cells": [[-3, 3, 1], [-3, 3, 1], [0, 1]],
    },
    state={
        **{"head": 1, "query": 2.0, "share": 0.5, "width": 2},
        "cells": [0, 0, 0.5],
    },
    parts={"query", "weight", "second-row"},
)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("bandwidth=0.3", {"bandwidth": 0.3}),
        ("query=2&bandwidth=20", {"query": 2.0, "bandwidth": 20.0}),
        ("head=3", {"head": 3}),
        ("share=.75", {"share": 0.75}),
        ("width=16", {"width": 16}),
        ("score=dot", {"score": "dot"}),
        ("norm_first=true", {"norm_first": True}),
        ("norm_first=false", {"norm_first": False}),
        ("text=3 мая 2019", {"text": "3 мая 2019"}),
        ("text=3%20%26%3D", {"text": "3 &="}),
        ("text=", {"text": ""}),
        ("cells=2+-3+.25", {"cells": [2, -3, 0.25]}),
        ("cells=−1+0+1", {"cells": [-1, 0, 1.0]}),
    ],
)
def test_a_target_becomes_values_of_the_traits_own_types(target, expected):
    found = ties.settings(target, STREET)
    assert found == expected
    for name, value in found.items():
        assert type(value) is type(expected[name])
        if isinstance(value, list):
            assert [*map(type, value)] == [*map(type, expected[name])]


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("colour=1", ["colour", "bandwidth", "query"]),
        ("bandwidth", ["name=value", "bandwidth"]),
        ("", ["name=value"]),
        ("bandwidth=0.04", ["bandwidth", "0.05", "20", "0.04"]),
        ("bandwidth=20.1", ["bandwidth", "20.1"]),
        ("bandwidth=wide", ["bandwidth", "number", "wide"]),
        ("bandwidth=nan", ["bandwidth", "nan"]),
        ("bandwidth=inf", ["bandwidth", "inf"]),
        ("head=1.5", ["head", "steps of 1", "1.5"]),
        ("head=4", ["head", "4"]),
        ("share=0.3", ["share", "0.25", "0.3"]),
        ("width=32", ["width must be one of 1, 2, 16, 64", "32"]),
        ("width=128", ["width", "from 1 to 64", "128"]),
        ("score=cosine", ["score", "dot, scaled", "cosine"]),
        ("norm_first=yes", ["norm_first", "true, false", "yes"]),
        ("query=1&query=2", ["query", "twice"]),
        ("cells=1+0", ["cells", "3 numbers joined by +", "'1+0'"]),
        ("cells=1+0+0+0", ["cells", "3 numbers", "'1+0+0+0'"]),
        ("cells=1++0", ["cells", "number from -3 to 3", "''"]),
        ("cells=1+4+0", ["cells", "from -3 to 3", "'4'"]),
        ("cells=1+0.5+0", ["cells", "steps of 1", "0.5"]),
        ("cells=1+0+2", ["cells", "from 0 to 1", "'2'"]),
    ],
)
def test_a_target_that_cannot_be_set_is_refused(target, words):
    with pytest.raises(ties.TieError) as error:
        ties.settings(target, STREET)
    for word in words:
        assert word in str(error.value)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("bandwidth 0.3", "bandwidth=0.3"),
        ("h = 0.30", "bandwidth=0.3"),
        ("narrower", "bandwidth=0.3"),
        ("at 2, over 0.5", "query=2&bandwidth=0.5"),
        ("minus one, −1", "query=-1"),
        ("1,000 people", "people=1000"),
        (r"\mathbf k_2 at 4", "query=4"),
        ("h^2 for 3", "h=3"),
        ("the token (2, −3)", "cells=2+-3+0"),
        ("3 May 2019", "text=3 May 2019"),
        ("3 May 2019", "text=3%20May%202019"),
    ],
)
def test_a_number_in_the_text_is_one_of_the_targets(text, target):
    ties.check_numbers(text, target)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("bandwidth 0.4", "bandwidth=0.3"),
        ("bandwidth 3", "bandwidth=0.3"),
        ("−0.3", "bandwidth=0.3"),
        ("at 2, over 0.6", "query=2&bandwidth=0.5"),
        ("3 of 4", "head=3"),
        ("the token (2, 3)", "cells=2+-3+0"),
    ],
)
def test_a_text_that_says_another_number_is_refused(text, target):
    with pytest.raises(ties.TieError, match="the text says"):
        ties.check_numbers(text, target)


def test_a_tie_says_what_it_does():
    given = ties.tie_live("query=2&norm_first=false", "q 2", STREET)
    assert given["data-does"] == "Sets query to 2 and norm first to off"
    given = ties.tie_live("text=abc", "abc", STREET)
    assert given["data-does"] == "Sets text to “abc”"
    given = ties.tie_live("cells=2+-3+0.25", "cells", STREET)
    assert given["data-does"] == "Sets cells to 2, -3, 0.25"
    given = ties.tie_show("query+second-row", "both", STREET)
    assert given["data-does"] == "Lights query and second-row"
    assert given["data-light"] == "query second-row"


def test_a_term_has_the_colour_of_its_role_and_a_free_name_none():
    assert "attn-weight" in ties.tie_show("weight", "", STREET)["class"]
    for target in ("second-row", "query+weight"):
        assert ties.tie_show(target, "", STREET)["class"] == "attn-tie"


@pytest.mark.parametrize("target", ["key", "query+key", "quer", "", "+"])
def test_a_part_that_is_not_there_is_refused(target):
    with pytest.raises(ties.TieError, match="part"):
        ties.tie_show(target, "the key", STREET)


PLAIN = ties.Picture('data-model="guess"')
LIT = ties.Picture('data-picture="1"', parts={"query"})


@pytest.mark.parametrize(
    ("at", "asks", "expected", "where"),
    [
        (5, "settable", STREET, "above"),
        (25, "settable", STREET, "above"),
        (1, "settable", STREET, "below"),
        (35, "parts", LIT, "above"),
        (25, "parts", STREET, "above"),
    ],
)
def test_it_means_the_nearest_picture_above_else_below(
    at, asks, expected, where
):
    places = [(3, STREET), (20, PLAIN), (30, LIT)]
    assert ties.nearest(at, places, asks) == (expected, where)


def test_a_widget_that_has_what_is_named_goes_before_a_nearer_one():
    other = ties.Picture('data-model="b"', settable={"angle": [0, 9]})
    places = [(3, STREET), (20, other)]
    bandwidth = ties.nearest(25, places, "settable", ["bandwidth"])
    assert bandwidth == (STREET, "above")
    assert ties.nearest(25, places, "settable", ["angle"]) == (other, "above")
    assert ties.nearest(1, places, "settable", ["angle"]) == (other, "below")
    # No widget has both: the nearest is blamed.
    both = ties.nearest(25, places, "settable", ["bandwidth", "angle"])
    assert both == (other, "above")


def test_what_a_target_names_is_found():
    target = "text=3 May 5019&step=6"
    assert ties.SET.findall(target) == ["text", "step"]
    assert ties.SET.findall("a%20b=1") == ["a%20b"]


@pytest.mark.parametrize("asks", ["settable", "parts"])
def test_a_page_without_such_a_picture_is_refused(asks):
    with pytest.raises(ties.TieError, match="on this page"):
        ties.nearest(5, [(3, PLAIN)], asks)
