"""The whole book as one PDF and as one EPUB, as `make book` leaves them."""

import io
import json
import posixpath
import re
import xml.etree.ElementTree as ElementTree
import zipfile
from urllib.parse import unquote

import pypdf
import pytest
import yaml
from chromium import serving
from conftest import BOOK, CHAPTERS, ROOT
from PIL import Image

LARGEST = 25e6
XHTML = "{http://www.w3.org/1999/xhtml}"
HREF = "{http://www.w3.org/1999/xlink}href"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
NUMBERED = [name for name in CHAPTERS if re.match(r"chapters/\d", name)]
# Readouts: what only a widget that was mounted says.
READOUT = re.compile(r'class="attn-live full-width"')


def words(text):
    return re.sub(r"\s+", "", text)


def places_of(name):
    """How many widgets a page of the book shows."""
    return len(READOUT.findall((BOOK / name).read_text("utf-8")))


@pytest.fixture(scope="module")
def pdf():
    path = BOOK / "attention-alive.pdf"
    assert path.stat().st_size <= LARGEST
    return pypdf.PdfReader(path)


@pytest.fixture(scope="module")
def texts(pdf):
    return [page.extract_text() for page in pdf.pages]


@pytest.fixture(scope="module")
def bookmarks(pdf):
    """Chapters by title: the page where each begins, and its sections."""
    found, last = {}, None

    def walk(items):
        nonlocal last
        for item in items:
            if isinstance(item, list):
                walk(item)
                continue
            number = pdf.get_destination_page_number(item)
            if item.title in captions:
                last = None
            elif item.title in titles:
                last = found.setdefault(item.title, (number, []))
            elif last:
                last[1].append((item.title, number))

    titles = {e.get("title") for p in TOC["parts"] for e in p["chapters"]}
    captions = {part["caption"] for part in TOC["parts"]}
    walk(pdf.outline)
    return found


def links(pdf):
    """Each link: the number of its page, and where it leads, name or address."""
    for number, page in enumerate(pdf.pages, 1):
        for link in page.get("/Annots") or []:
            link = link.get_object()
            if link.get("/Subtype") == "/Link":
                target = link.get("/Dest") or link["/A"].get("/URI")
                yield number, link, target


def test_every_chapter_of_the_pdf_has_bookmarks_down_to_its_sections(
    bookmarks, texts
):
    chapters = [
        e["title"]
        for p in TOC["parts"]
        for e in p["chapters"]
        if e["file"].startswith("chapters/")
    ]
    assert set(chapters) <= bookmarks.keys()
    begins = [bookmarks[title][0] for title in chapters]
    assert begins == sorted(begins)
    for title in chapters:
        start, sections = bookmarks[title]
        assert len(sections) >= 4, title
        assert [n for _, n in sections] == sorted(n for _, n in sections)
        for name, number in sections:
            if name.isascii() and "2h2" not in name:
                assert words(name) in words(texts[number]), name
        assert start <= sections[0][1]


def test_links_within_the_pdf_land_and_none_leads_to_this_machine(pdf):
    known = {name.removeprefix("/") for name in pdf.trailer["/Root"]["/Dests"]}
    inside = outside = 0
    for number, link, target in links(pdf):
        if "/Dest" in link:
            assert str(target).removeprefix("/") in known, (number, target)
            inside += 1
        else:
            assert target.startswith("https://"), (number, target)
            outside += 1
    assert inside > 500
    assert outside > 30


def test_no_page_of_the_pdf_is_blank_and_all_are_numbered(pdf, texts):
    assert 200 < len(texts) < 450
    first = next(
        n
        for n, text in enumerate(texts)
        if "What is different" in text and n > 2
    )
    for number, text in enumerate(texts[first:], first + 1):
        assert re.search(rf"(?m)^{number}$", text), number
        resources = pdf.pages[number - 1]["/Resources"]
        assert len(text) > 60 or "/XObject" in resources, number


def test_the_contents_say_on_which_page_each_section_begins(pdf, texts):
    captions = {part["caption"] for part in TOC["parts"]}
    begins = []

    def walk(items):
        for item in items:
            if isinstance(item, list):
                walk(item)
            elif item.title not in captions:
                begins.append(pdf.get_destination_page_number(item) + 1)

    walk(pdf.outline)
    front = "\n".join(texts[1 : begins[0] - 1])
    assert [int(n) for n in re.findall(r"(?m)^\d+$", front)] == begins
    assert len(begins) > 150


def test_chinese_and_formulas_of_the_pdf_are_text(texts):
    whole = "".join(texts)
    assert whole.count("注意力") > 10
    assert "\\frac" not in whole
    assert "\\mathbf" not in whole


@pytest.mark.parametrize("name", CHAPTERS)
def test_stills_stand_in_the_pdf_with_their_captions(watch, site, texts, name):
    page = watch(java_script_enabled=False).open(f"{site}/{name}")
    said = page.locator(".attn-live figcaption").all_inner_texts()
    assert len(said) >= places_of(name) / 2
    whole = words("".join(texts))
    for sentence in said:
        assert words(sentence)[:24] in whole, sentence


@pytest.mark.parametrize("name", NUMBERED)
def test_solutions_stand_at_the_end_of_their_chapter(texts, name):
    (title,) = [
        entry["title"]
        for part in TOC["parts"]
        for entry in part["chapters"]
        if f"{entry['file']}.html" == name
    ]
    pages = [text for text in texts if text.strip().startswith(title)]
    assert len(pages) > 5
    asked, _, solved = "".join(pages).rpartition("Worked out under Solutions")
    folded = (BOOK / name).read_text("utf-8").count("tag_solution")
    assert asked.count("Worked out under Solutions") == folded - 1
    assert "@title Solution" not in asked
    for number in range(1, folded + 1):
        assert f"@title Solution {number}" in solved


def test_nothing_in_the_pdf_asks_for_a_hand(texts):
    whole = "".join(texts)
    for words_of_controls in ("Your guess", "Try: ", "Pick one.", "drag any"):
        assert words_of_controls not in whole
    assert "every picture stands still" in texts[0]


@pytest.fixture(scope="module")
def epub():
    path = BOOK / "attention-alive.epub"
    assert path.stat().st_size <= LARGEST
    with zipfile.ZipFile(path) as packed:
        assert packed.testzip() is None
        yield packed


@pytest.fixture(scope="module")
def trees(epub):
    """Every page of the EPUB, read as XML."""
    return {
        name: ElementTree.fromstring(epub.read(name))
        for name in epub.namelist()
        if name.endswith((".xhtml", ".opf", ".ncx"))
    }


def test_the_epub_begins_as_one_must(epub, trees):
    first = epub.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", 0)
    assert epub.read("mimetype").strip() == b"application/epub+zip"
    opf = trees["content.opf"]
    space = {"o": "http://www.idpf.org/2007/opf"}
    items = {
        n.get("id"): n.get("href") for n in opf.findall(".//o:item", space)
    }
    assert set(items.values()) <= {*epub.namelist()}
    spine = [items[n.get("idref")] for n in opf.findall(".//o:itemref", space)]
    listed = [e["file"] for p in TOC["parts"] for e in p["chapters"]]
    assert spine == [f"{name}.xhtml" for name in [TOC["root"], *listed]]


def test_the_epubs_contents_name_every_chapter_and_its_sections(trees):
    nav = trees["nav.xhtml"]
    named = {"".join(n.itertext()): n for n in nav.iter(f"{XHTML}a")}
    for part in TOC["parts"]:
        for entry in part["chapters"]:
            if "title" in entry:
                assert entry["title"] in named
    assert len(named) > 50


def test_the_epubs_contents_have_the_parts_and_their_pages_below(trees):
    (top,) = trees["nav.xhtml"].iter(f"{XHTML}nav")
    rows = top.find(f"{XHTML}ol").findall(f"{XHTML}li")
    found = {
        "".join(row.find(f"{XHTML}a").itertext()): row.findall(
            f"{XHTML}ol/{XHTML}li"
        )
        for row in rows
    }
    for part in TOC["parts"]:
        assert len(found[part["caption"]]) == len(part["chapters"])


def test_whatever_the_epub_asks_for_is_in_it(epub, trees):
    ids = {
        name: {n.get("id") for n in tree.iter()} for name, tree in trees.items()
    }
    count = 0
    for name, tree in trees.items():
        for node in tree.iter():
            for attribute in ("href", "src", HREF):
                address = node.get(attribute)
                if not address or re.match(r"(https?|data|mailto):", address):
                    continue
                path, _, anchor = address.partition("#")
                beside = posixpath.join(posixpath.dirname(name), unquote(path))
                target = posixpath.normpath(beside) if path else name
                assert target in epub.namelist(), (name, address)
                assert not anchor or anchor in ids[target], (name, address)
                count += 1
    assert count > 1000


def test_no_page_of_the_epub_has_a_script_or_the_source_of_a_formula(trees):
    for name, tree in trees.items():
        tags = {n.tag.rpartition("}")[2] for n in tree.iter()}
        assert not tags & {"script", "button", "input", "iframe"}, name
        # In a program's text a backslash is its own.
        text = "".join(
            " ".join(node.itertext())
            for node in tree.iter()
            if node.tag in {f"{XHTML}p", f"{XHTML}td", f"{XHTML}li"}
            and not node.findall(f".//{XHTML}code")
        )
        assert not re.search(r"\\(frac|mathbf|sum|alpha|sqrt|\(|\[)", text), (
            name
        )
        ids = [n.get("id") for n in tree.iter() if n.get("id")]
        assert len(ids) == len({*ids}), name
        formulas = [n for n in tree.iter() if n.tag.endswith("}math")]
        assert not any("&" in "".join(n.itertext()) for n in formulas), name


def test_the_epub_says_what_it_is(epub, trees):
    titles = [
        n.text for n in trees["content.opf"].iter() if n.tag.endswith("}title")
    ]
    assert titles == ["Attention, Alive"]
    assert (
        "every picture stands still" in epub.read("book/intro.xhtml").decode()
    )
    (cover,) = [
        n.get("href")
        for n in trees["content.opf"].iter()
        if n.get("properties") == "cover-image"
    ]
    picture = Image.open(io.BytesIO(epub.read(cover)))
    assert picture.size == (1600, 2400)


@pytest.mark.parametrize("name", NUMBERED)
def test_a_chapter_of_the_epub_has_its_formulas_pictures_and_words(trees, name):
    text = (BOOK / name).read_text("utf-8")
    tree = trees[name.replace(".html", ".xhtml")]
    tags = [n.tag.rpartition("}")[2] for n in tree.iter()]
    assert tags.count("math") == text.count('class="math notranslate')
    live = [
        n for n in tree.iter() if "attn-live" in (n.get("class") or "").split()
    ]
    asked = [n for n in live if "attn-guess" in n.get("class")]
    assert len(live) - len(asked) == places_of(name)
    for node in live:
        assert (
            node in asked
            or node.find(".//{http://www.w3.org/2000/svg}svg") is not None
        )
    chinese = [n for n in tree.iter() if n.get("lang") == "zh-Hans"]
    assert chinese


def test_chromium_shows_a_chapter_of_the_epub(watch, epub, tmp_path):
    epub.extractall(tmp_path)
    with serving(tmp_path) as address:
        page = watch(java_script_enabled=True).open(
            f"{address}/chapters/02_scoring_functions.xhtml"
        )
        wide = page.locator("figure svg").first.bounding_box()["width"]
        assert wide > 200
        assert page.locator("math").first.bounding_box()["width"] > 5
        q = page.locator("math .attn-query").first
        colour = q.evaluate("(n) => getComputedStyle(n).color")
        assert json.loads(
            colour.removeprefix("rgb").replace("(", "[").replace(")", "]")
        ) == [15, 95, 240]


def test_the_landing_page_offers_both_with_their_sizes(watch):
    with serving(BOOK) as address:
        page = watch().open(f"{address}/book/intro.html")
        for kind in ("pdf", "epub"):
            size = (BOOK / f"attention-alive.{kind}").stat().st_size / 1e6
            link = page.locator(f'#attn-kept a[href$=".{kind}"]')
            assert link.inner_text() == kind.upper()
            assert f"({size:.1f} MB)" in page.locator("#attn-kept").inner_text()
    with zipfile.ZipFile(BOOK / "attention-alive.zip") as packed:
        names = packed.namelist()
        landing = packed.read("attention-alive/book/intro.html").decode()
    assert not [n for n in names if n.endswith((".pdf", ".epub", ".zip"))]
    assert '<span id="attn-kept"></span>' in landing
