"""Keep old addresses alive: an anchor that was renamed still leads to its place.

book/moved.toml says what became of each; a chapter's Markdown has no way to.
"""

import tomllib
from pathlib import Path


def with_old(page: str, old: str, new: str) -> str:
    """Return a page in which an old anchor stands where the new one does."""
    mark = f' id="{new}"'
    if f' id="{old}"' in page:
        raise LookupError(f"moved.toml: the page still has {old!r}")
    at = page.find(mark)
    if at < 0:
        raise LookupError(f"moved.toml: the page has no {new!r}")
    start = page.rindex("<", 0, at)
    return f'{page[:start]}<span id="{old}"></span>{page[start:]}'


def keep_old(app, exception):
    """Put every anchor that was renamed back into its page."""
    table = Path(app.srcdir, "book", "moved.toml")
    if exception or app.builder.name != "html" or not table.is_file():
        return
    for page, anchors in tomllib.loads(table.read_text("utf-8")).items():
        # A book of a few pages, as tests build, has no others to mend.
        if page.removesuffix(".html") not in app.env.found_docs:
            continue
        path = Path(app.outdir, page)
        text = path.read_text("utf-8")
        for old, new in anchors.items():
            text = with_old(text, old, new)
        path.write_text(text, "utf-8")


def setup(app):
    """Connect to Sphinx, after all else that touches an anchor."""
    app.connect("build-finished", keep_old, priority=620)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
