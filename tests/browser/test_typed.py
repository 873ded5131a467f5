"""A typed line: read in its alphabet's case, or refused with a reason."""

import pytest
from conftest import call

MODULE = "parts/typed.js"
SMALL, CAPITAL = "abcdefghijklmnopqrstuvwx", "ABCDEFGHIJKL"
LONG = "abcdefghij" * 4


@pytest.mark.parametrize(
    ("text", "line", "others"),
    [
        ("abk", "abk", []),
        ("aBLk", "ablk", []),
        ("aBy", "", ["y"]),
        ("a b?bY", "", [" ", "?", "Y"]),
        ("\u212a\u0131", "", ["\u212a", "\u0131"]),
        ("世a", "", ["世"]),
        (LONG, LONG, []),
        (LONG + "a", "", []),
        ("", "", []),
    ],
)
@pytest.mark.parametrize("alphabet", [SMALL, CAPITAL])
def test_a_text_is_a_line_or_is_none(modules, alphabet, text, line, others):
    own_case = line.lower() if alphabet == SMALL else line.upper()
    assert call(modules, MODULE, "lineOf", text, alphabet, 40) == own_case
    assert call(modules, MODULE, "strangers", text, alphabet) == others


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("abz", "know{s} {a} to {l}, not z: {it} still read{s} “DAB”."),
        ("a z!", "not the space z !: {it} still read{s} “DAB”."),
        ("1 2 3 4", "not 1 the space 2 3 …: {it} still read{s} “DAB”."),
        ("1 23", "not 1 the space 2 3: {it} still read{s} “DAB”."),
        (LONG + "ab", "40 letters at most, not 42: {it} still read{s} “DAB”."),
        ("", "No letter: {it} still read{s} “DAB”."),
        (LONG, ""),
    ],
)
@pytest.mark.parametrize("alphabet", [SMALL, CAPITAL])
@pytest.mark.parametrize("several", [False, True])
def test_what_is_no_line_is_refused_in_words(
    modules, alphabet, several, typed, reason
):
    knows = {"alphabet": alphabet, "longest": 40, "several": several}
    said = call(modules, MODULE, "objection", typed, "DAB", knows)
    words = reason.format(
        s="" if several else "s",
        it="they" if several else "it",
        a=alphabet[0],
        l=alphabet[-1],
    )
    assert said.endswith(words)
    assert bool(said) == bool(reason)


def test_a_long_line_is_named_by_its_beginning(modules):
    knows = {"alphabet": SMALL, "longest": 40}
    for text, named in (
        (LONG[:13], LONG[:12] + "…"),
        (LONG[:12], LONG[:12]),
    ):
        said = call(modules, MODULE, "objection", "", text, knows)
        assert said == f"No letter: it still reads “{named}”."
