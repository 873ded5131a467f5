"""Dates and stopped formulas are kept in one line, and nothing else is touched."""

import pytest

from tests.extensions import load

kept = load("whole").whole
FORMULA = '<span class="math notranslate">\\(x_1\\)</span>'


def test_a_date_does_not_break():
    assert kept("<p>It writes 2019-05-03.</p>") == (
        '<p>It writes <span class="attn-whole">2019-05-03</span>.</p>'
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


@pytest.mark.parametrize("stop", [".", ", ", ")."])
def test_a_formula_keeps_the_stop_behind_it(stop):
    held = f'<span class="attn-whole">{FORMULA}{stop.strip()}</span>'
    assert kept(f"<p>It is {FORMULA}{stop}</p>") == (
        f"<p>It is {held}{' ' if stop == ', ' else ''}</p>"
    )


def test_a_formula_without_a_stop_and_a_long_one_may_break():
    page = f"<p>{FORMULA} is {FORMULA.replace('x_1', 'x' * 30)}.</p>"
    assert kept(page) == page
