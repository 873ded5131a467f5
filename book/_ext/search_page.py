"""Give the search page its own excerpts: `search.js` after Sphinx's script.

It must run before the index arrives, since that starts the search.
"""

import hashlib
import re
from pathlib import Path

OURS = Path(__file__).parents[1] / "_assets" / "search.js"
SPHINX = re.compile(r"<script[^>]*_static/searchtools\.js[^>]*></script>")


def add_excerpts(app, exception):
    """Put our script after Sphinx's on the search page."""
    if exception or app.builder.name != "html":
        return
    path = Path(app.outdir) / "search.html"
    page = path.read_text("utf-8")
    if "_static/search.js" in page:
        return
    version = hashlib.sha256(OURS.read_bytes()).hexdigest()[:8]
    ours = f'<script defer src="_static/search.js?v={version}"></script>'
    page, count = SPHINX.subn(rf"\g<0>\n  {ours}", page)
    if count != 1:
        raise LookupError(
            "search.html brings searchtools.js in another way now"
        )
    path.write_text(page, "utf-8")


def setup(app):
    """Connect to Sphinx, after the pages were mended."""
    app.connect("build-finished", add_excerpts, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
