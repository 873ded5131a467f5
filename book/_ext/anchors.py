"""Let a link to a heading work in the book and in JupyterLab alike.

Lab names a heading by its words, `#Teach-it`; MyST by `#teach-it`. A chapter
writes Lab's name, and here it becomes MyST's. Colab knows neither, so the words
of such a link are the heading's own: what it leads to can be found by eye.
"""

import json
import re
from pathlib import Path

from myst_parser.mdit_to_docutils.base import default_slugify

LINK = re.compile(r"\[([^\]]*)\]\(([\w./-]*\.ipynb)?#([^)\s]+)\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
MARKS = re.compile(r"[*_`$]")


def markdown_cells(notebook: dict) -> list[dict]:
    """Return the cells that hold text."""
    return [c for c in notebook["cells"] if c["cell_type"] == "markdown"]


def names(notebook: dict) -> dict[str, str]:
    """Return the headings, without their marks, by the names that Lab gives them."""
    found = {}
    for cell in markdown_cells(notebook):
        for words in HEADING.findall(FENCE.sub("", "".join(cell["source"]))):
            heading = MARKS.sub("", words)
            found[heading.replace(" ", "-")] = heading
    return found


def with_slugs(text: str, own: dict[str, str], folder: Path) -> str:
    """Return Markdown whose links to headings are as MyST knows them."""

    def resolve(match) -> str:
        words, path, name = match.groups()
        known = own
        if path and (folder / path).is_file():
            known = names(json.loads((folder / path).read_text("utf-8")))
        if name not in known:
            return match[0]
        return f"[{words}]({path or ''}#{default_slugify(known[name])})"

    return LINK.sub(resolve, text)


def resolve_links(app, docname, content):
    """Rewrite the links in the Markdown cells of a chapter as Sphinx reads it."""
    path = Path(app.env.doc2path(docname))
    if path.suffix != ".ipynb":
        return
    notebook = json.loads(content[0])
    own = names(notebook)
    for cell in markdown_cells(notebook):
        cell["source"] = with_slugs("".join(cell["source"]), own, path.parent)
    content[0] = json.dumps(notebook)


def setup(app):
    """Connect to Sphinx."""
    app.connect("source-read", resolve_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
