"""What a page's head and foot say, with a repository and without one."""

import io
import re

import pytest
import tiny_book
import yaml
from docutils import nodes
from PIL import Image
from tiny_book import ROOT, build

from tests.extensions import load
from tools import stamp

share, cards, cite, moved = map(load, ("share", "cards", "cite", "moved"))
TEXT = "# Who is heard?\n\n*Listening*\n\nFifty people stand along a street. Each tells you a number.\n\n## Next\n\nMore."
OUTWARD = ("colab.research", "/issues/new", "/blob/", "Repository")


def settings(folder, url, base):
    """A copy of the book's settings, with another repository."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    config["repository"]["url"] = url
    config["html"]["baseurl"] = base
    folder.mkdir()
    (folder / "_config.yml").write_text(yaml.safe_dump(config), "utf-8")
    (folder / "book").symlink_to(ROOT / "book")
    return folder


def page_of(folder, monkeypatch, url, base):
    monkeypatch.setattr(tiny_book, "ROOT", settings(folder / "root", url, base))
    (folder / "made").mkdir()
    site, warnings = build(folder / "made", TEXT)
    assert not warnings
    return site, (site / f"{tiny_book.PAGE}.html").read_text("utf-8")


@pytest.mark.long
def test_with_a_repository_everything_leads_there(tmp_path, monkeypatch):
    url, base = "https://github.com/me/fork", "https://me.github.io/fork/"
    site, page = page_of(tmp_path, monkeypatch, url, base)
    name = "chapters/01_tiny"
    assert f"/github/me/fork/blob/colab/{name}.ipynb" in page
    assert f'href="{url}/blob/colab/{name}.ipynb"' in page
    assert f'href="{url}/issues/new?title=Error+in' in page
    assert f"_sources/{name}.ipynb" in page
    assert (site / "_sources" / f"{name}.ipynb").is_file()
    assert f'<meta property="og:url" content="{base}{name}.html" />' in page
    assert f'<link rel="canonical" href="{base}{name}.html"' in page
    assert f"<loc>{base}{name}.html</loc>" in (site / "sitemap.xml").read_text(
        "utf-8"
    )
    assert "url = {" + f"{base}{name}.html" in page
    assert "attn-source" not in page
    (picture,) = re.findall(r'og:image" content="([^"]+)"', page)
    assert (site / picture.removeprefix(base)).is_file()
    start = (site / "index.html").read_text("utf-8")
    assert "og:image" in start
    assert f"url={name}.html" in start


@pytest.mark.long
def test_without_a_repository_nothing_leads_there(tmp_path, monkeypatch):
    site, page = page_of(tmp_path, monkeypatch, "", "")
    assert not [word for word in OUTWARD if word in page]
    assert "og:url" not in page
    assert not (site / "sitemap.xml").exists()
    assert "Cite this page" in page
    assert "_sources/chapters/01_tiny.ipynb" in page


def test_a_description_is_the_first_sentences_that_fit():
    assert share.described(["One. Two \0 here. Three:", "Four."]) == (
        "One. Three. Four."
    )
    long = "word " * 60 + "end."
    assert share.described([long]).endswith("word…")
    assert len(share.described([long])) <= share.LONGEST
    first = "A" * 100 + "."
    assert share.described([f"{first} {'B' * 80}."]) == first


@pytest.mark.long
def test_a_picture_is_of_the_right_size_and_the_same_again():
    svg = cards.composed("Above", "A title?", "Words → 键", cards.BARS)
    png = cards.drawn(svg)
    assert png == cards.drawn(svg)
    assert Image.open(io.BytesIO(png)).size == (1200, 630)
    assert len(png) < 100_000
    assert "→" not in svg


def test_an_entry_of_a_bibliography_escapes_what_tex_would_read():
    book = {"title": "B: more", "author": "A", "version": "", "year": "2026"}
    entry = cite.bibtex(book, "R&D", "https://a.org/x_y")
    assert "title = {{R\\&D}}" in entry
    assert "url = {https://a.org/x_y}" in entry
    assert entry.startswith("@misc{b-r-d,")


def test_a_page_is_cited_in_a_line_with_what_is_known():
    book = {"title": "B: more", "author": "A", "version": "1", "year": "2026"}
    line = cite.plain(book, "Why?", "https://a.org/x")
    assert line == "A. “Why?” In B: more, version 1 (2026). https://a.org/x"
    bare = book | {"version": "", "year": ""}
    assert cite.plain(bare, "Why", "") == "A. “Why.” In B: more."


def test_a_renamed_anchor_stands_where_the_new_one_does():
    page = '<section id="new"><h2>New</h2></section>'
    assert moved.with_old(page, "old", "new") == f'<span id="old"></span>{page}'
    with pytest.raises(LookupError, match="no 'gone'"):
        moved.with_old(page, "old", "gone")
    with pytest.raises(LookupError, match="still has 'new'"):
        moved.with_old(page, "new", "new")


@pytest.mark.parametrize(
    ("paragraph", "subtitle"),
    [
        ([nodes.Text("From here to there")], True),
        ([nodes.Text("It ends.")], False),
        ([nodes.Text("It ends. "), nodes.math("", "x")], False),
        # A tag of one's own is no word.
        ([nodes.Text("It ends."), nodes.raw("", "</b>")], False),
        ([nodes.Text("From here"), nodes.raw("", "</b>")], True),
    ],
)
def test_a_line_under_the_title_has_no_end_and_no_formula(paragraph, subtitle):
    assert share.is_subtitle(nodes.paragraph("", "", *paragraph)) == subtitle


def test_the_version_to_cite_is_that_of_the_package():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert cited["version"] == stamp.version()
