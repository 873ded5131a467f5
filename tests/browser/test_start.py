"""How a page starts: widgets wait for no script, formulas come last, no jumps."""

import re

import pytest
from conftest import (
    BESIDE,
    CHAPTERS,
    PAGES,
    at_widths,
    come_alive,
    eventually,
    rest,
    typeset,
)
from extensions import load

styles = load("styles")
CHAPTER = PAGES[0]
LIVE = [*CHAPTERS, "book/intro.html"]
EVERY = [*PAGES, "search.html"]


@pytest.mark.parametrize("name", EVERY)
def test_the_words_of_the_book_come_to_the_search_page_only(build, name):
    html = (build / name).read_text("utf-8")
    assert ("searchindex.js" in html) == (name == "search.html")


def test_the_search_finds_a_word(watch, site):
    page = watch().open(f"{site}/search.html?q=bandwidth")
    found = page.locator("#search-results li a").first
    found.wait_for()
    assert "bandwidth" in page.locator("#search-results").inner_text()


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


def test_the_first_widget_does_not_wait_until_the_page_is_drawn(watch, site):
    watched = watch()
    # What an observer says comes after a drawing; this one never says anything.
    watched.context.add_init_script(
        "window.IntersectionObserver = class { observe() {} unobserve() {} };"
    )
    page = watched.open(f"{site}/{CHAPTER}")
    places = page.locator(".attn-live")
    page.locator(".attn-live[data-state=live]").first.wait_for()
    states = places.evaluate_all("all => all.map((p) => p.dataset.state)")
    assert states == ["live", *[None] * (places.count() - 1)]


# Everything that the page's scripts make on demand: the search, the side bars,
# a hint, the other theme, an opened solution.
STIR = """
() => {
  document.querySelector(".search-button__button")?.click();
  document.querySelector(".theme-switch-button")?.click();
  for (const node of document.querySelectorAll("details")) node.open = true;
  for (const node of document.querySelectorAll("[data-bs-toggle]")) {
    for (const kind of ["mouseenter", "focusin"]) {
      node.dispatchEvent(new MouseEvent(kind, { bubbles: true }));
    }
    if (node.dataset.bsToggle !== "tooltip") node.click();
  }
}
"""
NAMES = """
() => [...document.querySelectorAll("body *:not(mjx-container, mjx-container *)")]
  .flatMap((node) => [...node.classList])
"""


@pytest.fixture(scope="module")
def words(build):
    """What the style sheet was told that scripts write."""
    return styles.written(build)


@pytest.mark.parametrize("name", ["search.html?q=kernel", *EVERY])
def test_a_rule_for_every_class_that_a_script_writes_is_kept(
    watch, site, words, name
):
    page = watch().open(f"{site}/{name}")
    come_alive(page)
    page.evaluate(STIR)
    page.locator(".tooltip.show").first.wait_for()
    used = {
        part
        for name in page.evaluate(NAMES)
        for part in styles.WORD.findall(name)
    }
    assert used
    assert used - words == set()


# How high the place of a widget is kept until it comes, and how high it became.
HEIGHTS = """
(place) => {
  const bare = place.cloneNode(false);
  delete bare.dataset.state;
  place.after(bare);
  const kept = parseFloat(getComputedStyle(bare).minHeight);
  bare.remove();
  return [kept, place.getBoundingClientRect().height];
}
"""


@pytest.mark.parametrize("name", LIVE)
def test_the_place_kept_for_a_widget_is_as_high_as_it_becomes(
    watch, site, name
):
    page = watch(viewport={"width": 360, "height": 800}).open(f"{site}/{name}")
    come_alive(page)
    # A guess has its still's height, and test_guess.py holds that.
    others = page.locator(".attn-live:not(.attn-guess)").all()
    assert others or name in BESIDE
    for width in at_widths(page, 360, 900, 1280, 1680):
        for place in others:
            kept, became = place.evaluate(HEIGHTS)
            near = kept == pytest.approx(became, abs=40)
            which = place.locator(".attn-face").get_attribute("class")
            assert near, (
                f"at {width} pixels the `room` of {which} must be {became}, not {kept}"
            )


SHIFTS = """
window.shifts = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifts += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_jumps_while_a_page_starts(browser, site, name, width):
    # One set of fonts throughout: which one comes first is a matter of time.
    context = browser.new_context(viewport={"width": width, "height": 800})
    context.route("**/*.woff2", lambda route: route.abort())
    context.add_init_script(SHIFTS)
    page = context.new_page()
    page.goto(f"{site}/{name}")
    place = page.locator(".attn-live").first
    if place.count() and place.bounding_box()["y"] < 800:
        page.locator(".attn-live[data-state=live]").first.wait_for()
    typeset(page)
    rest(page)
    shifts = page.evaluate("window.shifts")
    context.close()
    assert shifts < 0.02


def test_a_jump_would_be_seen(watch, site):
    page = watch().context.new_page()
    page.add_init_script(SHIFTS)
    page.goto(f"{site}/{CHAPTER}")
    come_alive(page)
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    page.wait_for_timeout(500)
    before = page.evaluate("window.shifts")
    page.evaluate(
        "document.querySelector('article h1').style.marginTop = '200px'"
    )
    assert eventually(
        page, lambda: page.evaluate("window.shifts") > before + 0.02
    )
