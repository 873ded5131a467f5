"""Move every control of every widget, many times: nothing may be left behind.

`make soak` moves each a thousand times, in the built pages; here it is a few dozen, of
widgets on pages of their own.
"""

import pytest
import soak as tool
import traitlets
from conftest import Watched
from test_every_widget import MADE

from attn_utils.widgets.base import LiveWidget

MOVES, EVERY = 24, 4
# A program is still being compiled after so few moves, which takes heap.
WARM = 1_200
# What costs a second a move, or has nothing but a click.
SHORT = {"DateReader": (12, 2), "InductionReader": (12, 2)}


def soaked(browser, bare, widget, moves=MOVES, every=EVERY, **options):
    """Open a widget, soak it, and return its curve."""
    watched = Watched(browser, reduced_motion="reduce", **options)
    watched.context.add_init_script(tool.MOVER)
    try:
        page = bare(watched, widget)
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        faces = page.locator(".attn-face")
        faces.first.wait_for()
        curve = tool.Curve("bare", type(widget).__name__)
        tool.soak(page, faces.all(), curve, moves, every)
        curve.faults = watched.faults
        return curve
    finally:
        watched.context.close()


@pytest.mark.parametrize("name", MADE)
def test_no_control_of_it_leaves_anything_behind(browser, bare, name):
    curve = soaked(browser, bare, MADE[name](), *SHORT.get(name, ()))
    assert curve.wrong(WARM) == []
    assert len(curve.done) >= 2
    assert min(curve.done.values()) > 0


LEAKY = """
const kept = [];
const ways = {
  listener: (root) => root.addEventListener("blur", () => {}),
  node: (root) => root.append(document.createElement("i")),
  detached: () => kept.push(document.createElement("i")),
  heap: () => kept.push(new Array(999).fill(0.5)),
  page: () => window.addEventListener("blur", () => {}),
  error: () => { throw new Error("on purpose"); },
  nothing: () => {},
};
export default { render({ model, el }) {
  const root = document.createElement("div");
  root.className = "attn-face attn-leaky";
  root.innerHTML = '<div class="attn-stage"><input type="range" min="0" max="9"><button type="button">go</button></div>';
  el.append(root);
  root.querySelector(model.get("by")).addEventListener(model.get("on"), () => ways[model.get("way")](root));
} };
"""


class Leaky(LiveWidget):
    """Leaves something behind with each move of one of its two controls."""

    _esm = LEAKY
    way = traitlets.Unicode().tag(sync=True)
    by = traitlets.Unicode("input").tag(sync=True)
    on = traitlets.Unicode("input").tag(sync=True)


@pytest.mark.parametrize(
    ("way", "said"),
    [
        ("listener", "listeners change by +"),
        ("page", "listeners change by +"),
        ("node", "nodes change by +"),
        ("detached", "nodes change by +"),
        ("heap", "the heap grows by"),
        ("error", "on purpose"),
    ],
)
@pytest.mark.parametrize(
    ("by", "on"), [("input", "input"), ("button", "click")]
)
def test_a_widget_that_leaves_something_behind_is_refused(
    browser, bare, way, said, by, on
):
    wrong = soaked(browser, bare, Leaky(way=way, by=by, on=on)).wrong(WARM)
    assert any(said in each for each in wrong), wrong


def test_one_that_leaves_nothing_is_not(browser, bare):
    assert soaked(browser, bare, Leaky(way="nothing")).wrong(WARM) == []


def test_a_control_that_never_moves_is_told(browser, bare):
    widget = Leaky(way="nothing")
    widget._esm = LEAKY.replace("<button", "<button disabled")
    wrong = soaked(browser, bare, widget).wrong(WARM)
    assert wrong
    assert "cannot be moved" in wrong[0]


def curve_of(widget, heap, nodes):
    """The curve of a widget with one control, by what was there at each look."""
    looks = len(heap)
    return tool.Curve(
        "one.html",
        widget,
        moves=[100 * n for n in range(looks)],
        heap=heap,
        nodes=nodes,
        listeners=[7] * looks,
        documents=[1] * looks,
        all=100 * (looks - 1),
        done={"1: slider": 100 * (looks - 1)},
    )


@pytest.mark.parametrize(("count", "told"), [(300, 0), (299, 1), (0, 1)])
def test_a_control_that_moves_seldom_is_told(count, told):
    curve = curve_of("1 shy", [0] * 5, [3] * 5)
    curve.done["1: shy"] = count
    wrong = curve.wrong()
    assert len(wrong) == told
    assert all(what.startswith("1: shy ") for what in wrong)


def test_curves_hold_for_the_build_that_was_soaked(tmp_path, monkeypatch):
    monkeypatch.setattr(tool, "BOOK", tmp_path)
    monkeypatch.setattr(tool, "OUT", tmp_path / "soak")
    monkeypatch.setattr(tool, "pages_of", lambda _: ["one.html", "two.html"])
    page = tmp_path / "one.html"
    page.write_text("as it is", "utf-8")
    curves = [curve_of("1 guess", [0] * 5, [3] * 5)]
    tool.kept("one.html", curves)
    assert tool.known() == {"one.html": curves}
    page.write_text("as it has become", "utf-8")
    assert tool.known() == {}


def test_the_table_says_the_worst_of_a_page():
    flat = curve_of("1 flat", [0] * 5, [3] * 5)
    leaky = curve_of("2 leaky", [0, 0, 0, 90_000, 180_000], [3, 3, 3, 3, 40])
    assert leaky.slope() == 900
    told = tool.told("one.html", [flat, leaky])
    cells = [cell.strip() for cell in told.strip("|").split("|")]
    assert cells[:8] == [
        "one.html",
        "2",
        "2",
        "400",
        "800",
        "900.0",
        "+37",
        "+0",
    ]
    assert cells[8].startswith(
        "2 leaky: nodes change by +37; 2 leaky: the heap"
    )
    assert told in tool.summary({"one.html": [flat, leaky]})
    assert tool.told("one.html", [flat]).endswith("| flat |")


def test_what_was_soaked_in_an_earlier_build_keeps_its_row():
    curves = [curve_of("1 flat", [0] * 5, [3] * 5)]
    before = tool.summary({"one.html": curves, "two.html": curves})
    for _ in range(2):  # once and again
        after = tool.summary({"two.html": curves}, before)
        one, two = after.splitlines()[-2:]
        assert one == tool.told("one.html", curves)[:-2] + tool.EARLIER
        assert two == tool.told("two.html", curves)
        before = after
