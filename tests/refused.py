"""How a test holds that what a widget cannot show is refused, and why."""

import contextlib

import pytest
import traitlets


@contextlib.contextmanager
def refused(error, words, match=None):
    """Hold that what runs inside raises this error, which says all the words.

    Args:
        error: the class of the error.
        words: a list of what it must say, one or more; none only beside a match.
        match: a pattern that its text must match.
    """
    # Of a text each letter would be a word, and of no words nothing is asked.
    assert not isinstance(words, str), f"{words!r} must be a list of words"
    assert words or match, "nothing is asked of what the error says"
    with pytest.raises(error, match=match) as caught:
        yield
    for word in words:
        assert word in str(caught.value)


def hold_refused(make, change, words, later):
    """Hold that traits are refused, with these words, and that nothing changes.

    Args:
        make: makes the widget; takes traits by their names.
        change: the traits that cannot be shown; several are set together.
        words: what the error must say.
        later: whether a widget is there already when they are set.
    """
    widget = make()
    before = widget.get_state()
    together = later and len(change) > 1
    held = (
        widget.hold_trait_notifications if together else contextlib.nullcontext
    )
    with refused(traitlets.TraitError, words), held():
        if later:
            for name, value in change.items():
                setattr(widget, name, value)
        else:
            make(**change)
    assert widget.get_state() == before
