"""The book from the cache is the book as executed: so one of them is tested."""

import build
import pytest
from conftest import BOOK, DRAFT


def pages(folder):
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*.html")}


def test_both_builds_have_the_same_pages():
    assert pages(BOOK) == pages(DRAFT)
    assert len(pages(BOOK)) > 8


@pytest.mark.parametrize("name", sorted(pages(BOOK)))
def test_a_page_from_the_cache_is_the_page_as_executed(name):
    executed, cached = (
        (folder / name).read_text("utf-8") for folder in (BOOK, DRAFT)
    )
    # What was made of the whole book is offered where it lies.
    assert cached == build.OFFER.sub(r"\1\2", executed)
