"""Ties, folds and coloured formulas in the browser, on a page made for it."""

import pytest
import tiny_book
from chromium import serving
from conftest import (
    CHAPTERS,
    ROOT,
    alive,
    come_alive,
    eventually,
    linked,
    states_of,
    typeset,
)
from test_access import violations
from tiny_book import cell

import attn_utils
from attn_utils.notebook import say, source
from attn_utils.widgets import WeightedFusion

PHONE = {"width": 360, "height": 740}
FILL = "\n\n".join(["Words that fill the page."] * 40)
# A widget with parts, one of them rebuilt whenever its trait changes.
PROBE = """
function render({ model, el }) {
  el.innerHTML = `<div class="attn-face"><p>words</p>
    <div data-show="query"><span data-show="inner">a</span></div>
    <div data-show="key first">b</div><div data-show="">c</div>
    <section data-show="group"><i data-show="value">d</i></section></div>`;
  const built = () => {
    el.querySelector(".made")?.remove();
    const made = Object.assign(document.createElement("p"), { className: "made", textContent: "e" });
    made.dataset.show = "weight";
    el.firstChild.append(made);
  };
  built();
  model.on("change", built);
}
export default { render };
"""


class Probe:
    """What a notebook keeps of a small widget with parts."""

    def get_state(self):
        return {
            "_esm": PROBE,
            "_css": "",
            "kind": "",
            "room": [200, 200, 200],
            "settable": {"count": [0, 9, 1], "size": [0, 100]},
            "parts": ["query", "key", "first", "value", "weight"],
            "count": 1,
            "size": 10,
        }


class Drawing:
    """A figure with two parts."""

    def _repr_html_(self):
        return (
            '<figure class="attn-figure"><svg viewBox="0 0 100 40" role="img" '
            'aria-label="Two."><g data-show="row"><rect width="9" height="9"/></g>'
            '<g data-show="column"><rect width="9" height="9"/></g></svg>'
            "<figcaption>Two.</figcaption></figure>"
        )


def street(**traits):
    people = {"key": [1.0, 2.0, 4.0], "value": [10.0, 20.0, 40.0]}
    return WeightedFusion(**people, query=2, bandwidth=1.0, **traits)


PAGE = [
    "# Tiny",
    cell("live", street(), tags=["hide-input"]),
    "Take [bandwidth 0.3](#live:bandwidth=0.3), or [a query at 3 and a much wider "
    "bandwidth of 8](#live:query=3&bandwidth=8). $\\alpha_n \\mathbf v_n$\n\n"
    "$$\\frac{\\mathbf q_i^\\top \\mathbf k_n}{\\sqrt{d_k}} + \\alpha_n^2$$",
    cell("say('fold')", say("A sentence."), tags=["hide-input"]),
    "## After it\n\nWords.",
    cell("source(attention)", source(attn_utils.attention)),
    cell("probe", Probe(), tags=["hide-input"]),
    "See [the query](#show:query), [the key](#show:key), [the value](#show:value), "
    "[the weight](#show:weight) and [both](#show:query+key). "
    "[seven](#live:count=7)",
    cell("drawing", Drawing(), tags=["hide-input"]),
    "And [the row](#show:row).",
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The address of the page."""
    folder, warnings = tiny_book.build(
        tmp_path_factory.mktemp("tiny"), *PAGE, pages=["book/package"]
    )
    assert tiny_book.PAGE not in warnings
    with serving(folder) as address:
        yield f"{address}/{tiny_book.PAGE}.html"


@pytest.fixture(scope="module")
def far(tmp_path_factory):
    """The address of a page whose widget is far below its tie."""
    folder, _ = tiny_book.build(
        tmp_path_factory.mktemp("far"),
        "# Far\n\n## Set\n\nSet [bandwidth 0.3](#live:bandwidth=0.3).\n\n"
        + FILL,
        cell("live", street()),
    )
    with serving(folder) as address:
        yield f"{address}/{tiny_book.PAGE}.html"


def tie(page, text):
    return page.locator("a.attn-tie", has_text=text).first


def bandwidth(page):
    slider = page.get_by_role("slider", name="bandwidth").first
    return float(slider.get_attribute("aria-valuetext"))


def opened(watch, address, **options):
    page = watch(**options).open(address)
    page.locator("a.attn-tie[role]").first.wait_for()
    return page


# Every value that the slider passes through, as the page draws it.
RECORD = """
() => {
  const slider = document.querySelectorAll(".attn-live input[type=range]")[1];
  window.seen = [slider.getAttribute("aria-valuetext")];
  new MutationObserver(() => window.seen.push(slider.getAttribute("aria-valuetext")))
    .observe(slider, { attributes: true, attributeFilter: ["aria-valuetext"] });
}
"""


@pytest.mark.parametrize("key", ["click", "Enter", " "])
def test_a_tie_sets_the_widget_smoothly_and_moves_nothing(watch, tiny, key):
    page = opened(watch, tiny)
    page.locator(".attn-live[data-state=live]").first.wait_for()
    page.evaluate(RECORD)
    node = tie(page, "bandwidth 0.3")
    node.scroll_into_view_if_needed()
    before = page.evaluate("scrollY"), node.bounding_box()
    if key == "click":
        node.click()
    else:
        node.focus()
        page.keyboard.press(key)
    assert eventually(page, lambda: bandwidth(page) == 0.3)
    assert (page.evaluate("scrollY"), node.bounding_box()) == before
    seen = [float(text) for text in page.evaluate("seen")]
    assert len(seen) > 3
    assert seen == sorted(seen, reverse=True)
    page.get_by_role("button", name="Reset").first.click()
    assert eventually(page, lambda: bandwidth(page) == 1.0)


def test_a_tie_sets_several_traits(watch, tiny):
    page = opened(watch, tiny)
    tie(page, "a query at 3").click()
    assert eventually(page, lambda: bandwidth(page) == 8.0)
    query = page.get_by_role("slider", name="query").first
    assert query.get_attribute("aria-valuetext") == "3.00"


def test_with_reduced_motion_it_is_set_at_once(watch, tiny):
    page = opened(watch, tiny, reduced_motion="reduce")
    page.locator(".attn-live[data-state=live]").first.wait_for()
    page.evaluate(RECORD)
    tie(page, "bandwidth 0.3").click()
    assert eventually(page, lambda: bandwidth(page) == 0.3)
    assert page.evaluate("seen") == ["1.00", "0.30"]


def test_a_reader_who_moves_meanwhile_is_not_overruled(watch, tiny):
    page = opened(watch, tiny)
    page.locator(".attn-live[data-state=live]").first.wait_for()
    page.evaluate("""() => {
      document.querySelector("a.attn-tie").click();
      setTimeout(() => {
        const slider = document.querySelectorAll(".attn-live input[type=range]")[1];
        slider.value = 1;
        slider.dispatchEvent(new Event("input"));
      }, 80);
    }""")
    page.wait_for_timeout(600)
    assert bandwidth(page) == 20.0


def test_a_widget_far_away_keeps_its_own_start(watch, far):
    page = opened(watch, far, viewport={"width": 1280, "height": 500})
    assert page.locator(".attn-live[data-state]").count() == 0
    tie(page, "bandwidth 0.3").click()
    assert eventually(
        page,
        lambda: page.locator(".attn-face").count() and bandwidth(page) == 0.3,
    )
    page.get_by_role("button", name="Reset").click()
    assert eventually(page, lambda: bandwidth(page) == 1.0)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_tie_far_from_its_widget_leads_there_and_back_returns(
    watch, bare, motion
):
    widget = street()
    far = '<div style="height: 4000px"></div>'
    link = linked(widget, bandwidth=0.5)
    page, _ = alive(bare, watch(reduced_motion=motion), widget, far, link, far)
    go = page.get_by_role("button", name="go")
    go.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    assert before > 2000
    page.evaluate(
        "addEventListener('scrollend', () => { window.at = scrollY; })"
    )
    go.click()
    assert eventually(page, lambda: page.evaluate("window.at < 100"))
    assert eventually(page, lambda: bandwidth(page) == 0.5)
    page.go_back()
    assert eventually(page, lambda: page.evaluate("scrollY") == before)


def test_a_tie_whose_widget_is_hardly_seen_leads_there(watch, bare):
    widget = street()
    far = '<div style="height: {}px"></div>'
    link = linked(widget, bandwidth=0.5)
    page, _ = alive(
        bare,
        watch(reduced_motion="reduce"),
        *(widget, far.format(300), link, far.format(4000)),
    )
    box = page.locator(".attn-live").bounding_box()
    below = box["y"] + box["height"]
    page.evaluate("(y) => scrollTo(0, y)", below - 40)
    page.get_by_role("button", name="go").click()
    assert eventually(page, lambda: bandwidth(page) == 0.5)
    top = page.locator(".attn-live").bounding_box()["y"]
    assert top == pytest.approx(0, abs=60)  # below what sticks to the top


def test_a_tie_whose_widget_is_seen_moves_nothing(watch, bare):
    widget = street()
    link = linked(widget, bandwidth=0.5)
    page, _ = alive(
        bare, watch(), widget, link, '<div style="height: 4000px"></div>'
    )
    page.evaluate("scrollTo(0, 40)")
    length = page.evaluate("history.length")
    page.get_by_role("button", name="go").click()
    assert eventually(page, lambda: bandwidth(page) == 0.5)
    assert page.evaluate("scrollY") == 40
    assert page.evaluate("history.length") == length


def test_a_number_on_steps_passes_through_them_only(watch, tiny):
    page = opened(watch, tiny)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.locator(".made").wait_for()
    page.evaluate("""() => {
      window.counts = 0;
      new MutationObserver(() => { window.counts += 1; })
        .observe(document.querySelector(".made").parentNode, { childList: true });
    }""")
    tie(page, "seven").click()
    page.wait_for_timeout(600)
    # 1 becomes 7 in six steps at most: each is one record, of one part remade.
    assert 1 <= page.evaluate("counts") <= 12


PARTS = {
    "query": '[data-show="query"]',
    "inner": '[data-show="inner"]',
    "key": '[data-show="key first"]',
    "never": '[data-show=""]',
    "group": '[data-show="group"]',
    "value": '[data-show="value"]',
    "weight": '[data-show="weight"]',
    "plain": ".attn-face > p:not([data-show])",
}


def dim(page):
    """The parts of the probe that are dimmed."""
    page.wait_for_timeout(350)  # the fade has ended
    shown = {
        name: page.locator(f".attn-live:has(.made) {selector}").first.evaluate(
            "(node) => Number(getComputedStyle(node).opacity)"
        )
        for name, selector in PARTS.items()
    }
    assert set(shown.values()) <= {0.2, 1.0}
    return {name for name, opacity in shown.items() if opacity < 1}


@pytest.fixture
def probe(watch, tiny):
    page = opened(watch, tiny)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.locator(".made").wait_for()
    tie(page, "the query").scroll_into_view_if_needed()
    page.mouse.move(1, 1)
    assert dim(page) == set()
    return page


OTHERS = {"key", "never", "group", "value", "weight"}


def test_a_term_that_is_pointed_at_lights_its_part(probe):
    tie(probe, "the query").hover()
    assert dim(probe) == OTHERS
    tie(probe, "the key").hover()
    assert dim(probe) == {"query", "inner", "never", "group", "value", "weight"}
    probe.mouse.move(1, 1)
    assert dim(probe) == set()


def test_a_part_of_a_group_and_several_parts_can_be_lit(probe):
    tie(probe, "the value").hover()
    assert dim(probe) == {"query", "inner", "key", "never", "weight"}
    tie(probe, "both").hover()
    assert dim(probe) == {"never", "group", "value", "weight"}


def test_a_term_that_has_the_focus_lights_its_part(probe):
    tie(probe, "the query").focus()
    probe.keyboard.press("Shift+Tab")
    probe.keyboard.press("Tab")
    assert dim(probe) == OTHERS
    probe.keyboard.press("Tab")
    assert dim(probe) == {"query", "inner", "never", "group", "value", "weight"}
    probe.keyboard.press("Escape")
    assert dim(probe) == set()


def test_a_tap_holds_the_light_until_the_next(watch, tiny):
    page = opened(watch, tiny, viewport=PHONE, has_touch=True)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.locator(".made").wait_for()
    node = tie(page, "the query")
    node.tap()
    assert dim(page) == OTHERS
    assert node.get_attribute("aria-pressed") == "true"
    tie(page, "the key").tap()
    assert "key" not in dim(page)
    assert node.get_attribute("aria-pressed") == "false"
    tie(page, "the key").tap()
    assert dim(page) == set()
    node.tap()
    page.locator("article h1").first.tap()
    assert dim(page) == set()


def test_a_part_that_is_built_anew_stays_lit(probe):
    tie(probe, "the weight").hover()
    expected = {"query", "inner", "key", "never", "group", "value"}
    assert dim(probe) == expected
    probe.evaluate("document.querySelector('.made').dataset.old = 'yes'")
    tie(probe, "seven").evaluate("(node) => node.click()")
    probe.wait_for_timeout(400)
    assert probe.locator(".made[data-old]").count() == 0
    assert dim(probe) == expected


def test_a_figure_lights_its_part_as_a_widget_does(watch, tiny):
    page = opened(watch, tiny)
    tie(page, "the row").hover()
    page.wait_for_timeout(350)
    assert page.locator("figure [data-show]").evaluate_all(
        "(all) => all.map((node) => Number(getComputedStyle(node).opacity))"
    ) == [1, 0.2]


def test_without_javascript_a_tie_is_plain_text(watch, tiny):
    page = watch(java_script_enabled=False).open(tiny)
    for node in page.locator("a.attn-tie").all():
        for name in ("role", "tabindex", "href"):
            assert node.get_attribute(name) is None
    look = "(n) => { const s = getComputedStyle(n); return [s.color, s.textDecorationLine, s.cursor]; }"
    node = tie(page, "bandwidth 0.3")
    color, line, cursor = node.evaluate(look)
    assert color == node.locator("..").evaluate(look)[0]
    assert (line, cursor) == ("none", "auto")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_ties_and_folds_are_large_enough_and_named(watch, tiny, scheme, width):
    page = opened(
        watch,
        tiny,
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
    )
    for node in page.locator(
        "a.attn-tie, .attn-code > summary, .attn-source > summary"
    ).all():
        for box in node.evaluate(
            "(n) => [...n.getClientRects()].map((r) => [r.width, r.height])"
        ):
            assert box[1] >= 24
    for node in page.locator("a.attn-tie").all():
        assert node.get_attribute("role") == "button"
        does = node.get_attribute("title")
        assert does.startswith(("Sets ", "Lights "))
        assert does.endswith(("above", "below"))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate(
        "document.querySelectorAll('details').forEach((d) => d.open = true)"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


@pytest.mark.parametrize("width", [1280, 360])
def test_code_unfolds_beneath_and_moves_nothing_above(watch, tiny, width):
    page = opened(watch, tiny, viewport={"width": width, "height": 800})
    typeset(page)
    fold = page.locator("details.attn-code", has_text="say('fold')")
    word = fold.locator("summary")
    sentence = page.locator(".cell_output > p", has_text="A sentence.")
    word.scroll_into_view_if_needed()
    before = [n.bounding_box() for n in (sentence, word)]
    # Beneath the sentence and at the column's right.
    assert before[1]["y"] >= before[0]["y"] + before[0]["height"] - 1
    right = [box["x"] + box["width"] for box in before]
    assert abs(right[0] - right[1]) < 3
    word.focus()
    page.keyboard.press("Enter")
    code = fold.locator("pre")
    code.wait_for()
    assert [n.bounding_box() for n in (sentence, word)] == before
    assert code.bounding_box()["y"] >= before[1]["y"] + 20
    page.keyboard.press("Enter")
    assert not code.is_visible()


@pytest.mark.parametrize("width", [1280, 360])
def test_a_source_unfolds_by_key_and_its_link_stands_apart(watch, tiny, width):
    page = opened(watch, tiny, viewport={"width": width, "height": 800})
    block = page.locator(".attn-source-block")
    title, link = block.locator("summary"), block.locator("a")
    code = block.locator("pre")
    assert not code.is_visible()
    title.focus()
    page.keyboard.press("Enter")
    assert code.is_visible()
    assert code.inner_text().startswith("def attention(")
    # No letter of the title lies under the link.
    words = title.evaluate("""(node) => {
      const range = document.createRange();
      range.selectNodeContents(node);
      return Math.max(...[...range.getClientRects()].map((r) => r.right));
    }""")
    assert words <= link.bounding_box()["x"]
    link.click()
    page.wait_for_url("**/book/package.html#attn_utils.attention")


COLOUR = "(n) => getComputedStyle(n).color"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_symbol_has_the_colour_of_its_role_in_both_themes(
    watch, tiny, scheme
):
    page = opened(watch, tiny, color_scheme=scheme)
    typeset(page)
    assert page.locator("mjx-merror").count() == 0
    ink = page.get_by_text("A sentence.").evaluate(COLOUR)
    for role, count in {"query": 1, "key": 1, "value": 1, "weight": 3}.items():
        symbols = page.locator(f"mjx-math .attn-{role}")
        assert symbols.count() == count
        expected = page.evaluate(f"""() => {{
          const node = document.body.appendChild(document.createElement("i"));
          node.style.color = "var(--attn-{role})";
          const colour = getComputedStyle(node).color;
          node.remove();
          return colour;
        }}""")
        assert expected != ink
        for symbol in symbols.all():
            assert symbol.evaluate(COLOUR) == expected
            letter = symbol.locator("mjx-c").first
            assert letter.evaluate(COLOUR) == expected
    # Sphinx wrote the plain TeX, which is what is read without JavaScript.
    plain = watch(java_script_enabled=False).open(tiny)
    assert "class" not in " ".join(plain.locator(".math").all_inner_texts())
    # The width under the root, and the square, stay in ink.
    rest = page.locator("mjx-msqrt mjx-c").first
    assert rest.evaluate(COLOUR) == ink


NAMES = """
(states) => [...document.querySelectorAll(".attn-live")].map((place) => {
  const shown = [...place.querySelectorAll("[data-show]")]
    .flatMap((node) => node.dataset.show.split(" ")).filter(Boolean);
  return [states[place.dataset.model].state.parts, [...new Set(shown)]];
})
"""


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_widget_has_the_parts_that_it_names(watch, site, name):
    page = watch().open(f"{site}/{name}")
    come_alive(page)
    found = page.evaluate(NAMES, states_of(page))
    assert found
    for named, there in found:
        assert sorted(named) == sorted(there)


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_term_of_a_chapter_lights_something(watch, site, name):
    page = watch().open(f"{site}/{name}")
    come_alive(page)
    ties = page.locator("a.attn-tie[data-light]").all()
    source = (ROOT / name).with_suffix(".ipynb").read_text("utf-8")
    assert len(ties) == source.count("](#show:")
    for node in ties:
        node.hover()
        lit = page.locator("[data-lit]")
        assert lit.count() == 1
        for part in node.get_attribute("data-light").split():
            assert lit.locator(f'[data-show~="{part}"]').count() > 0
