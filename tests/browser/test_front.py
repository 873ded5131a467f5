"""The landing page: it moves once by itself, and then waits for the hand."""

import pytest
from conftest import come_alive
from extensions import load

chapter_map = load("chapter_map")
INTRO = "book/intro.html"
# What the first widget's first slider, the query's, shows from now on.
RECORD = """
() => {
  window.seen = [];
  const note = () => {
    const slider = document.querySelector(".attn-live .attn-view input[type=range]");
    if (slider) window.seen.push(Number(slider.value));
    requestAnimationFrame(note);
  };
  note();
}
"""


def landing(watched, site):
    """The page, its first widget alive, what its sliders show noted from the start."""
    watched.context.add_init_script(f"({RECORD})()")
    page = watched.open(f"{site}/{INTRO}")
    page.locator(".attn-live[data-state=live]").first.wait_for()
    return page


def test_the_query_glides_once_and_comes_back(watch, site):
    page = landing(watch(), site)
    page.wait_for_function(
        "seen.some((query) => query === 4.4) && seen.at(-1) === 2.1"
    )
    seen = page.evaluate("seen")
    assert seen[0] == 2.1
    assert len(set(seen)) > 4
    page.evaluate("seen.length = 0")
    page.wait_for_timeout(2500)  # once
    assert set(page.evaluate("seen")) == {2.1}


def test_it_begins_with_a_bandwidth_of_its_own(watch, site):
    page = landing(watch(reduced_motion="reduce"), site)
    bandwidth = page.locator(".attn-live input[type=range]").nth(1)
    assert bandwidth.get_attribute("aria-valuetext") == "0.50"


def test_who_wants_no_motion_sees_none(watch, site):
    page = landing(watch(reduced_motion="reduce"), site)
    page.wait_for_timeout(2500)
    assert set(page.evaluate("seen")) == {2.1}


def test_whoever_takes_the_query_keeps_it(watch, site):
    page = landing(watch(), site)
    slider = page.locator(".attn-live input[type=range]").first
    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(2500)
    assert slider.input_value() == slider.get_attribute("min")


@pytest.mark.parametrize("width", [360, 1440])
def test_the_map_shows_every_chapter_whole_and_apart(watch, site, width):
    page = watch(viewport={"width": width, "height": 900}).open(
        f"{site}/{INTRO}"
    )
    come_alive(page)
    cards = page.locator(".attn-map li a")
    chapters = chapter_map.chapters()
    assert cards.count() == len(chapters)
    boxes = [card.bounding_box() for card in cards.all()]
    for n, one in enumerate(boxes):
        assert one["x"] >= 0
        assert one["x"] + one["width"] <= width
        for other in boxes[:n]:
            assert (
                one["x"] >= other["x"] + other["width"]
                or other["x"] >= one["x"] + one["width"]
                or one["y"] >= other["y"] + other["height"]
                or other["y"] >= one["y"] + one["height"]
            )
    cut = cards.evaluate_all(
        "(all) => all.filter((each) => each.scrollHeight > each.clientHeight + 1)"
        ".map((each) => each.textContent)"
    )
    assert cut == []
    lines = page.locator(".attn-map svg")
    assert lines.locator("path").count() == len(chapter_map.arrows(chapters))
    assert lines.is_visible() == (width > 1200)
