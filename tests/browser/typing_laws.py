"""What holds wherever a line of letters is typed: one law for all such widgets."""

from conftest import frames


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
