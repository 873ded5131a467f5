"""The search page of the built book: English words and Chinese terms."""

import functools
import re
from html import unescape
from urllib.parse import urlparse

import pytest
from conftest import PAGES, ROOT, eventually, rest

CHINESE = re.compile("[\u3400-\u9fff]{2,}")
GLOSSARY = (ROOT / "book" / "glossary.md").read_text("utf-8")
CHAPTER = PAGES[0]
TERMS = sorted(set(CHINESE.findall(GLOSSARY)))


def search(page, words):
    """Type the words as a reader would; returns the pages found, best first."""
    field = page.locator("main input[name=q]")
    field.fill(words)
    field.press("Enter")
    page.wait_for_url("**/search.html?q=*")
    summary = page.locator(".search-summary")
    summary.filter(has_text=re.compile("Found|did not match")).wait_for()
    links = page.locator("#search-results li > a").all()
    return [urlparse(link.get_attribute("href")).path for link in links]


@pytest.fixture
def page(watch, site):
    page = watch().open(f"{site}/search.html")
    # Its icon comes last; a search before that would break it off.
    rest(page)
    return page


@pytest.mark.parametrize("words", ["缩放点积", "注意力", "点积", "键", "加权"])
def test_a_chinese_term_or_a_part_of_one_is_found(page, build, words):
    found = search(page, words)
    assert "book/glossary.html" in found
    for name in found:
        text = (build / name).read_text("utf-8")
        assert words in text


def test_chinese_and_english_can_be_asked_for_together(page):
    assert CHAPTER in search(page, "加权融合 weighted")


@pytest.mark.parametrize("words", ["attention", "注意力", "attention 注意力"])
def test_either_word_or_both_find_the_page_that_has_both(page, build, words):
    found = search(page, words)
    assert CHAPTER in found
    assert "book/glossary.html" in found
    for name in found:
        text = (build / name).read_text("utf-8").lower()
        assert all(word in text for word in words.split()), name


# What the page itself would list, without a new page for each of the terms.
LOST = """
(terms) => terms.filter((term) => !Search._performSearch(...Search._parseQuery(term))
  .some(([name]) => name === "book/glossary"))
"""


def test_every_term_of_the_glossary_is_found_there(page):
    assert len(TERMS) >= 15
    search(page, TERMS[0])
    assert page.evaluate(LOST, [*TERMS, "龘"]) == ["龘"]


@pytest.mark.parametrize("words", ["权注意", "积点", "龘"])
def test_chinese_that_stands_nowhere_is_not_found(page, words):
    assert search(page, words) == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("bandwidth", CHAPTER),
        ("Bandwidths", CHAPTER),
        ("leave one out", CHAPTER),
        ("masked_softmax", CHAPTER),
        ("nadaraya", "book/references.html"),
    ],
)
def test_plain_english_is_found_as_before(page, words, name):
    assert name in search(page, words)


def excerpts(page, words):
    """Search, wait until every result has its excerpt; returns them."""
    search(page, words)
    results = page.locator("#search-results > ul > li")
    quoted = results.filter(has=page.locator("p.context"))
    assert eventually(page, lambda: quoted.count() == results.count() > 0)
    return [p.inner_text() for p in page.locator("p.context").all()]


def test_a_result_shows_where_the_term_stands_and_in_which_language(page):
    assert any("缩放点积" in text for text in excerpts(page, "缩放点积"))
    run = page.locator("p.context [lang]", has_text="缩放点积").first
    assert run.get_attribute("lang") == "zh-Hans"


def test_a_result_names_page_and_section_and_leads_there(page, build):
    excerpts(page, "bandwidth")
    links = page.locator("#search-results li > a")
    places = 0
    for link in links.all():
        where = urlparse(link.get_attribute("href"))
        html = (build / where.path).read_text("utf-8")
        title, _, section = link.inner_text().partition(" › ")
        assert title in unescape(re.sub(r"<[^>]*>", "", html))
        assert bool(section) == bool(where.fragment)
        if section:
            assert f'id="{where.fragment}"' in html
            places += 1
    assert places > links.count() / 2
    hrefs = [link.get_attribute("href") for link in links.all()]
    assert len(hrefs) == len(set(hrefs))


@pytest.mark.parametrize(
    ("words", "hit"),
    [
        ("bandwidths", r"(?i)bandwidths?"),
        ("query", r"(?i)quer(y|ies).*"),
        ("注意力", "注意力?|意力"),
    ],
)
def test_what_was_asked_for_is_marked(page, words, hit):
    texts = excerpts(page, words)
    for mark in page.locator("#search-results mark").all_inner_texts():
        assert re.fullmatch(hit, mark)
    told = page.locator("p.context:has(mark)")
    assert told.count() > 0.8 * len(texts)


def test_an_excerpt_comes_from_sentences_before_it_comes_from_code(page):
    for text in excerpts(page, "softmax"):
        assert "import " not in text
        assert " = torch." not in text


@pytest.mark.parametrize(
    "words",
    [
        "attention",
        "query",
        "bandwidth",
        "score",
        "masked_softmax",
        "formula",
        "gradient",
        "注意力",
        "temperature",
    ],
)
def test_an_excerpt_reads_as_prose_without_formulas_and_glued_words(
    page, build, words
):
    found = excerpts(page, words)
    assert found
    for text in found:
        assert not re.search(r"\\[a-zA-Z(\[]|[{}]\s*[_^]|\^\{|\$", text), text
        assert not re.search(r"</?[a-z]|&\w+;|:::|```|\{\w+\}`", text), text
        assert len(text) <= 260
        # A word that ends in a small letter, a full stop or a closing bracket
        # never has the next one's capital glued to it, but for names in code.
        for word in re.findall(r"[a-z]+[.):][A-Za-z]+", text):
            assert any(word in html for html in sources(build)), word


@functools.cache
def sources(build):
    """What stands in the pages without their marks, block by block."""
    texts = []
    for name in PAGES:
        html = (build / name).read_text("utf-8")
        html = re.sub(r"</?(?:span|code|a|em|strong|b|i)\b[^>]*>", "", html)
        texts.append(unescape(re.sub(r"<[^>]*>", "\n", html)))
    return texts


@pytest.mark.parametrize("width", [280, 320, 360])
def test_the_results_fit_on_a_phone(watch, site, width):
    watched = watch(viewport={"width": width, "height": 740})
    for words in ("attention", "masked_softmax", "bandwidth", "键"):
        page = watched.open(f"{site}/search.html")
        rest(page)
        excerpts(page, words)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_from_the_disk_pages_are_found_and_the_missing_excerpts_explained(
    watch, build
):
    page = watch().open((build / "search.html").as_uri() + "?q=bandwidth")
    page.locator("#search-results li a", has_text="Whom do you").wait_for()
    assert page.locator("p.context").count() == 0
    note = page.locator(".attn-note")
    assert "those need a server" in note.inner_text()
    assert note.evaluate("(n) => n.getClientRects().length") == 1


def test_on_a_server_nothing_has_to_be_explained(page):
    assert page.locator(".attn-note").count() == 0
