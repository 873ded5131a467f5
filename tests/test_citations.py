"""Citations: what stands in the Markdown as [@key] becomes a link."""

import pytest
from extensions import load

citations = load("citations")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("as [@a1] says", "as {cite:p}`a1` says"),
        ("[@a1; @b-2]", "{cite:p}`a1,b-2`"),
        ("[@a1; @b2;\n@c3]", "{cite:p}`a1,b2,c3`"),
        ("mail@host [not @one]", "mail@host [not @one]"),
    ],
)
def test_keys_in_brackets_become_one_citation(text, expected):
    assert citations.with_roles(text) == expected
