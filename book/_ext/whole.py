"""Keep in one line what a browser would break.

It would break an ISO date after a hyphen, and a formula from the full stop behind it.
"""

import re

from languages import rewrite_pages, rewritten

# What may not begin a line.
STOPS = r"[.,;:!?)’]+"
DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
# A short one: where no script sets formulas, a long one must break.
STOPPED = re.compile(
    rf'(<span class="math [^>]*>\\\([^<]{{1,16}}\\\)</span>{STOPS})'
)


def kept(text: str, tag: str) -> str:
    """Return a text with each date in an element that does not break."""
    if tag != "span":  # the lines of a drawing do not break
        return text
    return DATE.sub(r'<span class="attn-whole">\g<0></span>', text)


def whole(page: str) -> str:
    """Return a page whose dates and stopped formulas do not break."""
    return STOPPED.sub(
        r'<span class="attn-whole">\1</span>', rewritten(page, kept)
    )


def keep_whole(app, exception):
    """Mark what must not break in every page."""
    rewrite_pages(app, exception, whole)


def setup(app):
    """Connect to Sphinx, after the languages were marked."""
    app.connect("build-finished", keep_whole, priority=610)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
