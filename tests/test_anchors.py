"""Links to headings: in JupyterLab's words, and resolved for the book."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from tests.extensions import load

anchors = load("anchors")
ROOT = Path(__file__).parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
# A name that the book itself reads, such as #set:query=2, is no heading's.
OWN = re.compile(r"[a-z]+:\S")


def notebook(*texts):
    cells = [{"cell_type": "markdown", "source": text} for text in texts]
    return {"cells": [*cells, {"cell_type": "code", "source": "# Not a title"}]}


def test_a_heading_has_the_name_that_lab_gives_it():
    found = anchors.names(
        notebook(
            "# The *first* one?\n\ntext", "```\n# no\n```\n### Use `x` now"
        )
    )
    assert found == {
        "The-first-one?": "The first one?",
        "Use-x-now": "Use x now",
    }


def test_a_link_in_labs_words_becomes_mysts(tmp_path):
    other = notebook("## Keep it, at last")
    (tmp_path / "b.ipynb").write_text(json.dumps(other), "utf-8")
    text = (
        "[Teach it](#Teach-it), [there](b.ipynb#Keep-it,-at-last), "
        "[lost](#Nowhere), [tie](#show:query), [out](https://x.org/#Teach-it)"
    )
    own = anchors.names(notebook("## Teach it"))
    assert anchors.with_slugs(text, own, tmp_path) == (
        "[Teach it](#teach-it), [there](b.ipynb#keep-it-at-last), "
        "[lost](#Nowhere), [tie](#show:query), [out](https://x.org/#Teach-it)"
    )


def links(path):
    """The links to headings in a chapter's text: words, file, name."""
    cells = anchors.markdown_cells(nbformat.read(path, as_version=4))
    return [
        match.groups()
        for cell in cells
        for match in anchors.LINK.finditer(cell["source"])
        if not OWN.match(match[3])
    ]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_link_inside_a_chapter_is_labs_name_and_the_headings_words(path):
    for words, file, name in links(path):
        target = path.parent / file if file else path
        known = anchors.names(nbformat.read(target, as_version=4))
        assert name in known
        # Colab jumps to no heading: there the words must lead on.
        assert " ".join(words.split()) == known[name]


def test_there_are_such_links():
    assert any(links(path) for path in CHAPTERS)
