"""How a page starts: what it fetches, and in which order."""

import re

import pytest
from conftest import PAGES, come_alive

CHAPTER = PAGES[0]
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


def test_a_widget_comes_alive_before_any_other_script(watch, site):
    watched = watch()
    held = []
    others = re.compile(r"/(?!live)[\w.-]+\.js(\?|$)")
    watched.context.route(others, lambda route: held.append(route))
    page = watched.context.new_page()
    page.goto(f"{site}/{CHAPTER}", wait_until="commit")
    page.locator(".attn-live[data-state=live]").first.wait_for()
    assert len(held) > 5
    assert not any("mathjax" in route.request.url for route in held)
    watched.context.unroute(others)
    for route in held:
        route.continue_()
    come_alive(page)
    page.locator("mjx-container").first.wait_for()
