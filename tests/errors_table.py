"""The tables of bad calls in test_errors*.py: how a row is written and checked."""

import re

import pytest


def row(name, error, call, *fragments):
    """Return one row: the bad call, its error, and what the message must say."""
    return pytest.param(error, call, fragments, id=name)


def check_row(error, bad_call, fragments):
    """Hold that the call raises the error and that its message says it all."""
    with pytest.raises(error) as caught:
        bad_call()
    for fragment in fragments:
        assert re.search(fragment, str(caught.value)), (
            fragment,
            str(caught.value),
        )
