"""Every link of the book's sources leads to a file, and to a heading in it."""

import json
import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.anchors import anchors_plugin

from tools import links as weekly
from tools import prose

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("book/*.md"), *ROOT.glob("chapters/*.ipynb")])
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
LEVELS = CONFIG["sphinx"]["config"]["myst_heading_anchors"]
# The same anchors as MyST's, which says that it mirrors this plugin.
READ = MarkdownIt("commonmark").enable("table")
READ = READ.use(anchors_plugin, max_level=LEVELS)


def markdown(path):
    text = path.read_text("utf-8")
    if path.suffix != ".ipynb":
        return text
    return "\n\n".join(
        "".join(cell["source"])
        for cell in json.loads(text)["cells"]
        if cell["cell_type"] == "markdown"
    )


def anchors(text):
    """Return the anchors of the headings, of as many levels as _config.yml."""
    return {t.attrs["id"] for t in READ.parse(text) if "id" in t.attrs}


def names_in_lab(text):
    """Return the anchors that JupyterLab gives the headings of a notebook."""
    blocks = READ.parse(text)
    return {
        words.content.replace(" ", "-")
        for opened, words in pairwise(blocks)
        if opened.type == "heading_open"
    }


def links(text):
    return [
        unquote(token.attrs["href"])
        for block in READ.parse(text)
        for token in block.children or ()
        if token.type == "link_open"
    ]


def astray(path, text, read=markdown):
    """Return the links of a page that lead nowhere; ties have their own test."""
    lost = []
    for link in links(text):
        if urlparse(link).scheme or link.startswith(("#live:", "#show:")):
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        # From notebook to notebook by Lab's name, which the build makes MyST's.
        inside = path.suffix == target.suffix == ".ipynb"
        named = names_in_lab if inside else anchors
        if not target.is_file() or (
            anchor and anchor not in named(read(target) if file else text)
        ):
            lost.append(link)
    return lost


@pytest.mark.long
@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_every_link_of_a_page_leads_to_a_file_and_a_heading(path):
    assert astray(path, markdown(path)) == []


@pytest.mark.parametrize("name", ["from_the_notes", "glossary"])
def test_the_notes_page_and_the_glossary_lead_to_sections(name):
    found = links(markdown(ROOT / f"book/{name}.md"))
    assert sum("#" in link for link in found) >= 20


def test_the_guard_on_links_can_fail():
    page = ROOT / "book/glossary.md"
    text = (
        "# Why 2h²?\n\n## Two\n\n## Two\n\n#### Deep\n\n| [a](LINK) |\n|---|\n"
    )

    def lost(link):
        return astray(page, text.replace("LINK", link))

    for link in ("https://a.org/#b", "#live:x=1", "#why-2h²", "#two-1"):
        assert lost(link) == []
    assert lost("notation.md#colours") == lost("../book/notation.md") == []
    for link in ("nowhere.md", "#three", "#two-2", "#deep", "#why-2h2"):
        assert lost(link) == [link]
    assert lost("notation.md#colors") == ["notation.md#colors"]
    assert lost("../chapters/08_transformer.ipynb#where-a-sign-stands")


def chapters():
    """Return the chapters' text in the order in which they are read."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    files = [
        entry["file"] for part in toc["parts"] for entry in part["chapters"]
    ]
    return {
        file: markdown(ROOT / f"{file}.ipynb")
        for file in files
        if file.startswith("chapters/")
    }


def without_its_chinese(texts, english, chinese):
    """Return in which text a bold term comes first, if no Chinese is with it."""
    words = r"\s+".join(map(re.escape, english.split()))
    bold = rf"\*\*{words}(?:s|es)?\*\*"
    for file, text in texts.items():
        if first := re.search(bold, text, re.IGNORECASE):
            # In a title, or in the parenthesis that follows.
            so_far = text[: first.end()] + text[first.end() :].partition(")")[0]
            return None if chinese in so_far else file
    return None


def test_a_key_term_has_its_chinese_where_it_is_first_bold():
    glossary = prose.terms((ROOT / prose.GLOSSARY).read_text("utf-8"))
    texts = chapters()
    assert len(texts) > 12
    assert len(glossary) > 90
    for term in glossary:
        late = without_its_chinese(texts, term.english, term.chinese)
        assert not late, f"{late}: {term.english} without {term.chinese}"


def test_a_key_term_without_its_chinese_is_found():
    texts = {
        "one": "A **key\nmap**, a (word).",
        "two": "**Key maps** (键映射).",
    }
    assert without_its_chinese(texts, "key map", "键映射") == "one"
    del texts["one"]
    assert without_its_chinese(texts, "key map", "键映射") is None
    assert without_its_chinese(texts, "value", "值") is None


def test_the_weekly_check_asks_for_what_each_entry_of_the_bibliography_names(
    monkeypatch,
):
    monkeypatch.chdir(ROOT)
    asked = weekly.outside()
    entries = (ROOT / "book/references.bib").read_text("utf-8").split("\n@")
    for entry in entries:
        number = re.search(r"(eprint|doi|url)\s*=\s*\{([^}]+)\}", entry)
        assert number is None or any(number[2] in link for link in asked), entry
    assert "https://arxiv.org/abs/1706.03762" in asked
    assert len(asked) > 100
