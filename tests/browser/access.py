"""What is asked of every widget: axe, targets for a finger, forced colours."""

import pytest
from axe_playwright_python.sync_playwright import Axe

RULES = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
]
# Widths and themes are one style sheet: each is looked at once. What a widget writes is
# read in both themes, by test_access.py.
narrow_and_wide = pytest.mark.parametrize(
    ("width", "theme"), [(360, "light"), (1280, "dark")]
)
PAINT = "(node, paint) => getComputedStyle(node)[paint]"


def assert_no_violation(page):
    """Let axe look at the widgets of a page."""
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    context = {"include": [[".attn-live"]]}
    found = Axe().run(page, context=context, options=options)
    assert found.response["violations"] == []


def assert_can_be_hit(targets):
    """Measure what is pressed: 24 pixels each way, at least."""
    found = targets.all()
    assert found
    for target in found:
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 24


def assert_drawn(face, **parts):
    """Hold the `fill` or `stroke` of parts, by their class, apart from the ground."""
    paper = face.evaluate(PAINT, "backgroundColor")
    for paint, names in parts.items():
        for name in names.split():
            part = face.locator(f".{name}").first
            assert part.evaluate(PAINT, paint) not in (paper, "none"), name
