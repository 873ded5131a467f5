"""How a test holds that what a widget cannot show is refused, and why."""

import contextlib

import pytest
import traitlets


@contextlib.contextmanager
def refused(error, words, match=None):
    """Hold that what runs inside raises this error, which says all the words."""
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
