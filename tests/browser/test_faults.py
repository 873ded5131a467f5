"""What goes wrong in real use: many moves, hidden tabs, odd text, two of a kind."""

import pytest
from conftest import PAGES, altered, come_alive

CHAPTER = PAGES[0]
ODD = (
    'Żółw 🐢 سلحفاة 乌龟 <img src=x onerror="window.harmed = true"> <b>bold</b>'
)

MOVES = """
async (input) => {
  for (let i = 0; i <= 1000; i++) {
    input.value = String(0.005 * i);
    input.dispatchEvent(new Event("input"));
    if (i % 100 === 0) await new Promise(requestAnimationFrame);
  }
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}
"""


def counts(session):
    """Return how many nodes and listeners are alive, after a collection."""
    session.send("HeapProfiler.collectGarbage")
    metrics = session.send("Performance.getMetrics")["metrics"]
    found = {m["name"]: m["value"] for m in metrics}
    return found["Nodes"], found["JSEventListeners"], found["JSHeapUsedSize"]


def test_a_thousand_fast_moves_leave_nothing_behind_and_the_last_wins(
    watch, site
):
    watched = watch()
    page = watched.open(f"{site}/{CHAPTER}")
    come_alive(page)
    session = watched.context.new_cdp_session(page)
    session.send("Performance.enable")
    slider = page.locator(".attn-fusion").first.get_by_label("query x")
    slider.evaluate(MOVES)
    nodes, listeners, heap = counts(session)
    slider.evaluate(MOVES)
    more_nodes, more_listeners, more_heap = counts(session)
    assert more_listeners == listeners
    assert more_nodes <= nodes + 20
    assert more_heap <= heap + 1_000_000
    readout = page.locator(".attn-fusion").first.locator(".attn-readout")
    assert readout.inner_text().startswith("At x = 5.00")


def test_what_happens_while_no_frame_is_drawn_is_there_when_one_is(watch, site):
    page = watch().open(f"{site}/{CHAPTER}")
    come_alive(page)
    face = page.locator(".attn-fusion").first
    before = face.locator(".attn-readout").inner_text()
    # A hidden tab asks for frames and gets none.
    page.evaluate(
        "window.held = []; window.frame = window.requestAnimationFrame;"
        "window.requestAnimationFrame = (work) => window.held.push(work); null"
    )
    for key in ("Home", "ArrowRight", "ArrowRight"):
        face.get_by_label("query x").press(key)
    assert face.locator(".attn-readout").inner_text() == before
    page.evaluate(
        "window.requestAnimationFrame = window.frame;"
        "window.held.splice(0).forEach((work) => work(0))"
    )
    assert face.locator(".attn-readout").inner_text().startswith("At x = 0.05")


def test_the_same_widget_twice_on_a_page_moves_as_one(watch, site):
    watched = watch()

    def answer(route):
        html = route.fetch().text()
        start = html.index('<div class="attn-live ')
        opening = html[start : html.index(">", start) + 1]
        route.fulfill(
            body=html.replace(opening, f"{opening}</div>{opening}", 1),
            content_type="text/html",
        )

    watched.context.route(f"**/{CHAPTER}", answer)
    page = watched.open(f"{site}/{CHAPTER}")
    come_alive(page)
    first, second, *_ = page.locator(".attn-fusion").all()
    first.get_by_label("query x").press("Home")
    page.wait_for_function(
        "([a, b]) => a.textContent === b.textContent",
        arg=[
            face.locator(".attn-readout").element_handle()
            for face in (first, second)
        ],
    )
    assert second.get_by_label("query x").input_value() == "0"


def test_text_of_every_script_is_shown_as_text(watch, site):
    def say_odd_things(state):
        for model in state.values():
            model["state"]["hint"] = ODD

    page = altered(watch, site, say_odd_things)
    come_alive(page)
    hint = page.locator(".attn-try").first
    assert hint.inner_text() == f"Try: {ODD}"
    assert hint.locator("img").count() == 0
    assert page.evaluate("window.harmed") is None


@pytest.mark.parametrize("width", [240, 320, 2560])
def test_a_stage_of_any_width_keeps_everything_inside(watch, site, width):
    page = watch(viewport={"width": width, "height": 900}).open(
        f"{site}/{CHAPTER}"
    )
    come_alive(page)
    picture = page.locator(".attn-picture").first
    outside = picture.evaluate(
        "(svg) => { const box = svg.getBoundingClientRect();"
        " return [...svg.querySelectorAll('circle, text')].filter((n) => {"
        "   const b = n.getBoundingClientRect();"
        "   return b.left < box.left - 12 || b.right > box.right + 12; }).length }"
    )
    assert outside == 0


def test_a_resized_window_is_drawn_anew(watch, site):
    page = watch(viewport={"width": 1280, "height": 900}).open(
        f"{site}/{CHAPTER}"
    )
    come_alive(page)
    picture = page.locator(".attn-picture").first
    wide = picture.get_attribute("viewBox")
    page.set_viewport_size({"width": 400, "height": 900})
    page.wait_for_function(
        "([svg, old]) => svg.getAttribute('viewBox') !== old",
        arg=[picture.element_handle(), wide],
    )
    drawn = float(picture.get_attribute("viewBox").split()[2])
    assert drawn == pytest.approx(picture.bounding_box()["width"], abs=1)
