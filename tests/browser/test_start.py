"""How a page starts: what it fetches, and in which order."""

import pytest
from conftest import PAGES, come_alive

EVERY = [*PAGES, "search.html", "genindex.html"]


@pytest.mark.parametrize("name", EVERY)
def test_mathjax_comes_to_pages_with_formulas_only(watch, site, name):
    watched = watch()
    asked = []
    watched.context.on("request", lambda request: asked.append(request.url))
    page = watched.open(f"{site}/{name}")
    come_alive(page)
    page.wait_for_load_state("networkidle")
    formulas = page.locator(".math").count()
    assert any("math" in url for url in asked) == (formulas > 0)
    assert (page.locator("mjx-container").count() > 0) == (formulas > 0)


