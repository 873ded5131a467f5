"""The loader: lazily mounted, everything before print, a sentence on a fault."""

import json

import pytest
from conftest import PAGES, altered, come_alive

CHAPTER = PAGES[0]
LIVE = "() => [...document.querySelectorAll('.attn-live')].map((p) => p.dataset.state)"


def test_a_widget_far_below_waits_and_a_print_wakes_it(watch, site):
    page = watch(viewport={"width": 1280, "height": 400}).open(
        f"{site}/{CHAPTER}"
    )
    page.locator(".attn-live[data-state=live]").first.wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate(LIVE)[1] is None
    assert page.locator(".attn-live").nth(1).locator("figure svg").count() == 1
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function(f"({LIVE})().every((state) => state === 'live')")


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
        state[min(state)]["state"]["_esm"] = source

    page = altered(watch, site, break_first)
    broken = page.locator(".attn-live:has(> .attn-fault)")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    broken.wait_for()
    sentence = broken.locator(".attn-fault").inner_text()
    assert sentence.startswith("This picture could not start (")
    assert reason in sentence
    assert broken.locator("figure svg").count() == 1
    page.locator(".attn-live[data-state=live]").wait_for()


def test_a_widget_without_state_says_so(watch, site):
    page = altered(watch, site, lambda state: state.pop(min(state)))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    fault = page.locator(".attn-fault")
    fault.wait_for()
    assert "its state is missing from the page" in fault.inner_text()


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


def test_the_host_keeps_anywidgets_front_end_contract(watch, site):
    other = []

    def probe(state):
        first, second = sorted(state)
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
