"""The search page of the built book: English words and Chinese terms."""

import re
from urllib.parse import urlparse

import pytest
from conftest import PAGES, ROOT

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
    summary.filter(has_text=re.compile("found|did not match")).wait_for()
    links = page.locator("#search-results li > a").all()
    return [urlparse(link.get_attribute("href")).path for link in links]


@pytest.fixture
def page(watch, site):
    page = watch().open(f"{site}/search.html")
    # Its icon comes last; a search before that would break it off.
    page.wait_for_load_state("networkidle")
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


def test_every_term_of_the_glossary_is_found_there(page):
    assert len(TERMS) >= 15
    for term in TERMS:
        assert "book/glossary.html" in search(page, term), term


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


def test_a_result_shows_where_the_term_stands(page):
    search(page, "缩放点积")
    excerpt = page.locator("#search-results li p.context").first
    excerpt.wait_for()
    assert "缩放点积" in excerpt.inner_text()
