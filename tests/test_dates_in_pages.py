"""An ISO date is kept in one line, and nothing else is touched."""

import pytest

from tests.extensions import load

dates, languages = load("dates"), load("languages")


def kept(page):
    return languages.rewritten(page, dates.kept)


def test_a_date_does_not_break():
    assert kept("<p>It writes 2019-05-03.</p>") == (
        '<p>It writes <span class="attn-date">2019-05-03</span>.</p>'
    )


@pytest.mark.parametrize(
    "page",
    [
        "<p>pages 141-142, 2019-5-3, 12019-05-03</p>",
        '<a href="/2019-05-03">then</a>',
        "<svg><text>2019-05-03</text></svg>",
        '<script type="application/json">"2019-05-03"</script>',
    ],
)
def test_what_is_no_date_in_a_line_is_left_alone(page):
    assert kept(page) == page
