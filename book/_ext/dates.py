"""Keep each ISO date in one line: a browser would break it after a hyphen."""

import re
from pathlib import Path

from languages import rewritten

DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")


def kept(text: str, tag: str) -> str:
    """Return a text with each date in an element that does not break."""
    if tag != "span":  # the lines of a drawing do not break
        return text
    return DATE.sub(r'<span class="attn-date">\g<0></span>', text)


def keep_dates(app, exception):
    """Mark the dates of every page that was written."""
    if exception or app.builder.name != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        if "_static" not in path.parts:
            page = rewritten(path.read_text("utf-8"), kept)
            path.write_text(page, "utf-8")


def setup(app):
    """Connect to Sphinx, after the languages were marked."""
    app.connect("build-finished", keep_dates, priority=610)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
