"""What holds wherever a line of letters is typed: one law for all such widgets."""

from collections.abc import Callable
from typing import NamedTuple

from conftest import frames, python_sets
from playwright.sync_api import Locator
from test_digit_recall import held_by


def hold_letter_by_letter(line, held, check, typed, read):
    """Hold that each letter typed is read at once, in the case of the alphabet.

    Args:
        line: the box.
        held: returns the text that the page holds.
        check: compares the picture of a text with the package.
        typed: letters of both cases.
        read: the same as they are read.
    """
    line.fill("")
    for count, letter in enumerate(typed, 1):
        line.press_sequentially(letter)
        frames(line.page)
        assert held() == line.input_value() == read[:count]
        check(read[:count])


def hold_the_hand_stays(line, held, second, third, expected):
    """Hold that who writes two letters behind the first goes on there."""
    line.focus()
    for key in ("Home", "ArrowRight", second):
        line.page.keyboard.press(key)
    frames(line.page)
    line.page.keyboard.press(third)
    frames(line.page)
    assert held() == line.input_value() == expected


def hold_refused(line, held, check, notice, title, typed, reason, good):
    """Hold that what is no line is told so, and that the line before is still read.

    Args:
        line, held, check: as in `hold_letter_by_letter`.
        notice: returns what is told.
        title: what stands in its place otherwise.
        typed: what is no line.
        reason: what must be told.
        good: the line before, and one that is typed afterwards.
    """
    before, after = good
    line.fill(typed)
    frames(line.page)
    assert held() == before
    assert line.input_value() == typed
    assert reason in notice()
    assert not title.is_visible()
    check(before)
    line.fill(after)
    frames(line.page)
    assert notice() == ""
    check(after)


class Line(NamedTuple):
    """A line in which strange characters are left out, and what is read of it.

    Attributes:
        box, held, check, notice, title: as in `hold_refused`.
        sets: has the page's state hold another text.
    """

    box: Locator
    held: Callable[[], str]
    check: Callable[[str], None]
    notice: Callable[[], str]
    title: Locator
    sets: Callable[[str], None]


def line_of(opened, box_in, name, trait, check):
    """Return the line of an opened widget, whose parts `letterLine` names.

    Args:
        opened: widget, page and face.
        box_in: returns the box of a face.
        name: before the names of the parts.
        trait: what the text is called.
        check: compares face, widget and a text with the package.
    """
    widget, page, face = opened
    return Line(
        box=box_in(face),
        held=lambda: held_by(page, widget, trait),
        check=lambda text: check(face, widget, text),
        notice=lambda: face.locator(f".{name}-notice").text_content(),
        title=face.locator(f".{name}-title"),
        sets=lambda text: python_sets(page, widget, **{trait: text}),
    )


def hold_told(line, words):
    """Hold that these words are told in the title's place; "" that none are."""
    assert words in line.notice()
    assert (line.notice() == "") == (words == "")
    assert line.title.is_visible() == (words == "")


def hold_left_out(line, typed, read, words):
    """Hold that of what is typed this is read, and what is told of the rest."""
    line.box.fill(typed)
    frames(line.box.page)
    assert line.held() == read
    assert line.box.input_value() == typed
    line.check(read)
    hold_told(line, words)


def hold_rewritten(line, typed, own, button):
    """Hold that a button rewrites the line, though the letters stay the same."""
    line.box.fill(typed)
    frames(line.box.page)
    assert line.held() == own
    assert line.notice() != ""
    button.click()
    frames(line.box.page)
    assert line.box.input_value() == own
    hold_told(line, "")


def hold_read_when_set(line, text, read, words, still):
    """Hold that a text from a link is read as if it were typed, or else the one before.

    Args:
        line: the line.
        text, read, words: what is set, what is read of it, what is told.
        still: what is told of a text of which nothing can be read.
    """
    line.sets(text)
    line.check(read)
    assert line.box.input_value() == text
    hold_told(line, words)
    line.sets("42")
    line.check(read)
    hold_told(line, still)
