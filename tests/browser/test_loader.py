"""The loader: lazily mounted, everything before print, a sentence on a fault."""

import json
import re

import pytest
from conftest import BESIDE, CHAPTERS, PAGES, altered, come_alive

CHAPTER = PAGES[0]
PICTURE = ".attn-live:not(.attn-guess)"
LIVE = "() => [...document.querySelectorAll('.attn-live')].map((p) => p.dataset.state)"


def pictures(state):
    """Return the models of the page's pictures, the first one first: guesses have none."""
    return [m for m in state if state[m]["state"]["kind"] == "widget"]


def test_a_widget_far_below_waits_and_a_print_wakes_it(watch, site):
    page = watch(viewport={"width": 1280, "height": 400}).open(
        f"{site}/{CHAPTER}"
    )
    page.locator(".attn-live[data-state=live]").first.wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate(LIVE)[-1] is None
    far = page.locator(PICTURE).last
    assert far.get_attribute("data-state") is None
    assert far.locator("figure").count() == 1
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function(f"({LIVE})().every((state) => state === 'live')")


@pytest.mark.parametrize("name", [*CHAPTERS, "book/intro.html"])
def test_without_javascript_every_picture_is_there(watch, site, name):
    page = watch(java_script_enabled=False).open(f"{site}/{name}")
    pictures = page.locator(PICTURE)
    assert pictures.count() > 0 or name in BESIDE
    for n, picture in enumerate(pictures.all(), 1):
        still = picture.locator("figure").is_visible()
        assert still, f"the page's {n}. widget has no `still`"


def test_the_still_picture_makes_way_for_the_live_one(watch, site):
    page = watch().open(f"{site}/{CHAPTER}")
    for place in come_alive(page).all():
        assert place.locator("figure").count() == 0
        assert place.locator(".attn-face").count() == 1


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (
            "export default { render() { throw new Error('on purpose'); } };",
            "on purpose",
        ),
        (
            "export default { initialize() { throw new Error('early'); } };",
            "early",
        ),
        ("throw new Error('at once');", "at once"),
        ("this is no module", "Unexpected identifier"),
    ],
)
def test_a_widget_that_cannot_start_says_so_and_keeps_its_picture(
    watch, site, source, reason
):
    def break_first(state):
        state[pictures(state)[0]]["state"]["_esm"] = source

    page = altered(watch, site, break_first)
    broken = page.locator(".attn-live:has(> .attn-fault)")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    broken.wait_for()
    sentence = broken.locator(".attn-fault").inner_text()
    assert sentence.startswith("This picture could not start: its program")
    assert reason in sentence
    assert broken.locator("figure").count() == 1
    page.locator(".attn-live[data-state=live]").first.wait_for()


def test_a_widget_without_state_says_so(watch, site):
    page = altered(watch, site, lambda state: state.pop(pictures(state)[0]))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    fault = page.locator(".attn-fault")
    fault.wait_for()
    assert "is missing from the page, or broken" in fault.inner_text()
    assert fault.locator("..").locator("figure").count() == 1


@pytest.mark.parametrize(
    "what",
    [
        lambda html: html.replace('attn-state">{', 'attn-state">{ "half'),
        lambda html: html.replace('class="attn-state"', 'class="x"'),
    ],
)
def test_state_that_arrives_broken_or_not_at_all_is_told_at_every_picture(
    watch, site, what
):
    watched = watch()
    watched.context.route(
        f"**/{CHAPTER}",
        lambda route: route.fulfill(
            body=what(route.fetch().text()),
            content_type="text/html",
        ),
    )
    page = watched.open(f"{site}/{CHAPTER}")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    faults = page.locator(".attn-live > .attn-fault")
    faults.nth(page.locator(".attn-live").count() - 1).wait_for()
    for sentence in faults.all_inner_texts():
        assert "This picture stays still" in sentence
        assert not re.search("undefined|null|JSON|token", sentence)


def test_a_buffer_that_cannot_be_read_stops_its_own_picture_alone(watch, site):
    def spoil(state):
        state[pictures(state)[0]]["buffers"] = [{"path": ["x"], "data": "%"}]

    page = altered(watch, site, spoil)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.locator(".attn-live[data-state=live]").first.wait_for()
    fault = page.locator(".attn-fault")
    fault.wait_for()
    assert "missing from the page, or broken" in fault.inner_text()


def test_a_strict_policy_keeps_the_picture_and_says_what_the_matter_is(
    browser, site
):
    page = browser.new_page()
    policy = "default-src 'self' 'unsafe-inline'; img-src 'self' data:"

    def answer(route):
        response = route.fetch()
        headers = response.headers | {"content-security-policy": policy}
        route.fulfill(response=response, headers=headers)

    page.route(f"**/{CHAPTER}", answer)
    page.goto(f"{site}/{CHAPTER}")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    places = page.locator(".attn-live")
    for place in places.all():
        sentence = place.locator(".attn-fault")
        sentence.wait_for()
        words = sentence.inner_text()
        assert "security policy of this site" in words
        assert "blob:" in words
        assert not re.search(r"https?:|dynamically|module|error", words)
    for picture in page.locator(PICTURE).all():
        assert picture.locator("figure").is_visible()
    page.close()


PROBE = """
export default () => ({
  initialize({ model }) { model.set("count", 1); },
  async render({ model, el }) {
    const other = await model.widget_manager.get_model("IPY_MODEL_" + model.get("other"));
    const heard = [];
    const one = () => heard.push(`change:${model.get("count")}`);
    model.on("change:count", one);
    model.on("change", () => heard.push("change"));
    model.set("count", 2);
    model.set("count", 2);
    model.off("change:count", one);
    model.set({ count: 3 });
    model.save_changes();
    model.send({});
    const bytes = model.get("nested").list[1];
    el.textContent = JSON.stringify({
      heard, bytes: [...new Uint8Array(bytes.buffer)], other: other.get("query"),
    });
  },
});
"""


@pytest.mark.parametrize("order", [1, -1], ids=["ahead of the page", "later"])
def test_the_host_keeps_anywidgets_front_end_contract(watch, site, order):
    other = []

    def probe(state):
        first, second, *_ = pictures(state)[::order]
        other.append(state[second]["state"]["query"])
        state[first]["state"] |= {
            "_esm": PROBE,
            "other": second,
            "nested": {"list": [0, None]},
        }
        state[first]["buffers"] = [
            {
                "path": ["nested", "list", 1],
                "data": "AQID",
                "encoding": "base64",
            }
        ]

    page = altered(watch, site, probe)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    view = page.locator(".attn-view", has_text="heard")
    view.wait_for()
    assert json.loads(view.inner_text()) == {
        "heard": ["change:2", "change", "change"],
        "bytes": [1, 2, 3],
        "other": other[0],
    }
