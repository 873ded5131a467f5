"""Weighted fusion: every control, the picture, and the same numbers as torch."""

import itertools
import re

import pytest
import torch
from access import assert_can_be_hit, assert_no_violation, narrow_and_wide
from conftest import (
    Handle,
    call,
    frames,
    python_sets,
    same,
    standing,
)

from attn_utils import GaussianScore, attention, masked_softmax
from attn_utils.data import noisy_curve, true_curve
from attn_utils.widgets import WeightedFusion

MATHS = "weighted_fusion/fusion_math.js"
LABELS = ["query x", "bandwidth", "window ±"]
SAYS = ["at 1 says", "at 2 says", "at 4 says"]


def street(**traits):
    """Fifty people, as in the chapter."""
    place, number = noisy_curve(generator=torch.Generator().manual_seed(0))
    first = {
        "key": place,
        "value": number,
        "truth": true_curve(torch.linspace(0, 5, 201)),
        "query": 2.1,
        "bandwidth": 0.3,
        "show_errors": True,
        "hint": "ask at 3, halfway between two people. Is the answer halfway too?",
    }
    return WeightedFusion(**(first | traits))


def three(**traits):
    """Three people whose values can be moved."""
    first = {
        "key": [1.0, 2.0, 4.0],
        "value": [10.0, 20.0, 40.0],
        "query": 2.0,
        "movable": [0, 1, 2],
        "most": 100.0,
        "hint": "ask at 3, halfway between two people. Is the answer halfway too?",
    }
    return WeightedFusion(**(first | traits))


def alive(bare, watched, *widgets, **options):
    """Open the widgets on a bare page and wait until each is drawn."""
    page = bare(watched, *widgets, **options)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    faces = page.locator(".attn-fusion")
    for i in range(sum(isinstance(w, WeightedFusion) for w in widgets)):
        faces.nth(i).wait_for()
    return page


@pytest.fixture
def page(watch, bare):
    return alive(bare, watch(), street(), three())


def on_a_phone(watch, bare, *widgets):
    """Open widgets on a touch screen; returns the first of them as well."""
    watched = watch(has_touch=True, viewport={"width": 390, "height": 800})
    page = alive(bare, watched, *(widgets or [street()]))
    return watched, page, page.locator(".attn-fusion").first


def swipe(watched, page, points):
    """Draw one finger over these points."""
    touch = watched.context.new_cdp_session(page)
    for i, (x, y) in enumerate(points):
        kind = "touchMove" if i else "touchStart"
        touch.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y}]},
        )
    touch.send(
        "Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []}
    )


def seen(face):
    """What a reader sees and what a reader hears, after the next frame."""
    frames(face.page)
    picture = face.locator("svg.attn-picture")
    return picture.inner_html(), picture.get_attribute("aria-label")


SLIDERS = [
    *((0, label) for label in LABELS),
    *((1, label) for label in LABELS + SAYS),
]


@pytest.mark.parametrize(("which", "label"), SLIDERS)
def test_every_slider_moves_picture_and_text_by_keyboard(page, which, label):
    face = page.locator(".attn-fusion").nth(which)
    slider = face.get_by_label(label)
    states = []
    for key in ("Home", "ArrowRight", "End"):
        slider.press(key)
        drawn = seen(face)
        states.append((*drawn, slider.get_attribute("aria-valuetext")))
    home, right, end = states
    assert home[0] != end[0]
    assert home[1] != end[1]
    assert home[2] != right[2] != end[2] != home[2]
    assert slider.input_value() == slider.get_attribute("max")


@pytest.mark.parametrize(("which", "label"), SLIDERS)
def test_every_slider_moves_picture_and_text_by_pointer(page, which, label):
    face = page.locator(".attn-fusion").nth(which)
    slider = face.get_by_label(label)
    box = standing(slider)
    middle = box["height"] / 2
    slider.click(position={"x": 2, "y": middle})
    low = seen(face)
    assert slider.input_value() == slider.get_attribute("min")
    slider.click(position={"x": box["width"] - 2, "y": middle})
    high = seen(face)
    assert slider.input_value() == slider.get_attribute("max")
    assert low[0] != high[0]
    assert low[1] != high[1]


def test_the_query_can_be_dragged_and_then_moved_by_arrow_keys(page):
    face = page.locator(".attn-fusion").first
    box = standing(face.locator(".attn-stage"))
    row = box["y"] + 100
    page.mouse.move(box["x"] + 120, row)
    page.mouse.down()
    near = seen(face)
    page.mouse.move(box["x"] + box["width"] - 120, row, steps=5)
    far = seen(face)
    page.mouse.up()
    page.mouse.move(box["x"] + 200, row + 260)
    assert near[0] != far[0]
    assert near[1] != far[1]
    assert seen(face) == far, "it followed a pointer that was not pressed"
    page.keyboard.press("ArrowLeft")
    assert seen(face)[1] != far[1]


def test_no_ring_stands_on_a_slider_that_nobody_touched(page):
    face = page.locator(".attn-fusion").first
    slider = face.get_by_label("query x")
    box = standing(face.locator(".attn-stage"))
    page.keyboard.press("Tab")
    page.mouse.click(box["x"] + 120, box["y"] + 100)
    outline = "(node) => getComputedStyle(node).outlineStyle"
    assert slider.evaluate("(node) => node === document.activeElement")
    assert slider.evaluate(outline) == "none"
    page.keyboard.press("ArrowLeft")
    assert slider.evaluate(outline) == "solid"


def test_dragging_past_the_ends_stops_at_the_ends(page):
    face = page.locator(".attn-fusion").first
    box = standing(face.locator(".attn-stage"))
    page.mouse.move(box["x"] + 120, box["y"] + 100)
    page.mouse.down()
    for x, end in (
        (box["x"] - 200, "min"),
        (box["x"] + box["width"] + 200, "max"),
    ):
        page.mouse.move(x, box["y"] + 100)
        seen(face)
        slider = face.get_by_label("query x")
        assert slider.input_value() == slider.get_attribute(end)


def test_the_query_follows_a_finger(watch, bare):
    watched, page, face = on_a_phone(watch, bare)
    box = standing(face.locator(".attn-stage"))
    before = seen(face)
    y = box["y"] + 240
    swipe(watched, page, [(box["x"] + x, y) for x in (100, 200, 280)])
    after = seen(face)
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_a_swipe_up_the_page_does_not_move_the_query(watch, bare):
    watched, page, face = on_a_phone(watch, bare)
    box = standing(face.locator(".attn-stage"))
    before = seen(face)
    x, y = box["x"] + 250, box["y"] + 250
    swipe(watched, page, [(x + i / 2, y - 12 * i) for i in range(8)])
    assert seen(face) == before


def test_a_tap_moves_the_query(watch, bare):
    _, page, face = on_a_phone(watch, bare)
    before = seen(face)
    box = standing(face.locator(".attn-stage"))
    page.touchscreen.tap(box["x"] + box["width"] - 90, box["y"] + 40)
    assert seen(face)[1] != before[1]


def test_it_says_that_the_query_can_be_dragged_until_it_has_been(page):
    face = page.locator(".attn-fusion").first
    hint = face.locator(".attn-grip-hint")
    assert hint.is_visible()
    assert hint.text_content() == "drag"
    face.get_by_label("bandwidth").press("End")
    frames(page)
    assert hint.is_visible()
    box = standing(face.locator(".attn-stage"))
    page.mouse.click(box["x"] + 120, box["y"] + 100)
    frames(page)
    assert not hint.is_visible()
    assert not face.locator(".attn-grip-arrows").is_visible()


def test_reset_brings_the_first_state_back(page):
    face = page.locator(".attn-fusion").nth(1)
    face.get_by_label("query x").press("ArrowRight")
    face.get_by_label("query x").press("ArrowLeft")
    before = seen(face)
    for label in LABELS + SAYS:
        face.get_by_label(label).press("Home")
    assert seen(face)[1] != before[1]
    face.get_by_role("button", name="Reset").click()
    page.mouse.move(0, 0)
    assert seen(face) == before


def test_one_widget_leaves_the_other_alone(page):
    first, second = page.locator(".attn-fusion").all()
    before = seen(second)
    first.get_by_label("bandwidth").press("End")
    assert seen(second) == before


def test_the_state_is_spoken_as_it_is_shown_once_the_hand_rests(page):
    face = page.locator(".attn-fusion").first
    face.get_by_label("query x").press("Home")
    _, text = seen(face)
    for part in (".attn-readout", ".fusion-errors"):
        assert face.locator(part).text_content() in text
    spoken = face.locator("[aria-live=polite]")
    assert spoken.inner_text() != text
    page.wait_for_function(
        "([node, text]) => node.textContent === text",
        arg=[spoken.element_handle(), text],
    )


# A clock that stands, but for the milliseconds that a test lets pass.
STANDS = """
() => {
  let now = 0;
  let waiting = [];
  performance.now = () => now;
  window.setTimeout = (work, after = 0) => waiting.push({ work, at: now + after });
  window.pass = (time) => {
    now += time;
    const due = waiting.filter(({ at }) => at <= now);
    waiting = waiting.filter(({ at }) => at > now);
    for (const { work } of due) work();
  };
}
"""


def test_nothing_is_spoken_while_the_hand_moves(page):
    face = page.locator(".attn-fusion").first
    spoken = face.locator(".attn-spoken")
    page.wait_for_timeout(1000)  # the first state has come to rest
    page.evaluate(STANDS)
    for key in ("Home", "End", "Home", "End"):
        face.get_by_label("query x").press(key)
        _, text = seen(face)
        page.evaluate("pass(400)")
        assert spoken.text_content() == ""
    page.evaluate("pass(400)")
    assert spoken.text_content() == text


def test_a_query_that_sees_nobody_gets_zeros_and_is_told_so(page):
    face = page.locator(".attn-fusion").nth(1)
    face.get_by_label("query x").press("Home")
    face.get_by_label("window ±").press("Home")
    picture, text = seen(face)
    assert "nobody stands inside the window" in text
    assert "NaN" not in picture + text


def test_far_is_not_hidden(page):
    face = page.locator(".attn-fusion").first
    face.get_by_label("bandwidth").press("Home")
    _, text = seen(face)
    assert "50 inside the window" in text
    assert face.locator(".fusion-hidden").count() == 0


def numbers(face):
    """The widget's own numbers, in full precision."""
    picture = face.locator("svg.attn-picture")
    weights = picture.evaluate("(picture) => picture.weights")
    answer = face.locator(".attn-readout data.context").get_attribute("value")
    return weights, float(answer)


def set_slider(slider, value):
    slider.evaluate(
        "(input, value) => { input.value = value;"
        " input.dispatchEvent(new Event('input')); }",
        value,
    )
    return float(slider.input_value())


def told(query, state):
    """Ask the package: the answers and weights at these queries."""
    ask = torch.as_tensor(query).double().reshape(-1, 1)
    key, value = (torch.tensor(state[n]).double() for n in ("key", "value"))
    return attention(
        ask,
        key.unsqueeze(-1),
        value.unsqueeze(-1),
        (ask - key).abs() <= state["window"],
        GaussianScore(state["bandwidth"]).double().requires_grad_(False),
    )


def axis(face, kind, coordinate, shift=0.0):
    """Read an axis back from its tick labels; returns data -> pixels."""
    found = face.locator(f".fusion-tick-{kind}").evaluate_all(
        "(all, at) => all.map((t) => [Number(t.textContent), Number(t.getAttribute(at))])",
        coordinate,
    )
    (one, at_one), *_, (two, at_two) = found
    scale = (at_two - at_one) / (two - one)
    for value, at in found:
        assert at == pytest.approx(at_one + (value - one) * scale, abs=0.02)
    return lambda data: at_one - shift + (data - one) * scale


def attributes(face, part, *names):
    return face.locator(part).evaluate_all(
        "(all, names) => all.map((n) => names.map((name) => n.getAttribute(name)))",
        list(names),
    )


def coordinates(path):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", path)]


STATES = [
    {"query": 2.1, "bandwidth": 0.3, "window": 5.0},
    {"query": 0.0, "bandwidth": 20.0, "window": 5.0},
    {"query": 4.2, "bandwidth": 0.0035, "window": 5.0},
    {"query": 3.0, "bandwidth": 0.5, "window": 0.4},
]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("make", [street, three])
def test_the_picture_is_where_the_package_says(watch, bare, make, state, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget = make(**state)
    page = alive(bare, watched, widget)
    face = page.locator(".attn-fusion")
    seen(face)
    to_x, to_y = axis(face, "x", "x"), axis(face, "y", "y", shift=4)
    assert to_x(1) > to_x(0), "x grows to the right"
    assert to_y(1) < to_y(0), "y grows upwards"
    now = {n: getattr(widget, n) for n in ("key", "value")} | state
    context, (weights,) = told(state["query"], now)
    answer = (to_x(state["query"]), to_y(context.item()))
    near = {"abs": 0.03}

    (shift,) = attributes(face, ".fusion-answer", "transform")[0]
    assert coordinates(shift) == pytest.approx(answer, **near)
    (line,) = attributes(face, ".fusion-query", "d")[0]
    foot, _, end = coordinates(line)
    assert (foot, end) == pytest.approx(answer, **near)
    keys = attributes(face, "[data-show=key] .fusion-key", "d")
    dots = attributes(face, ".fusion-dot", "cx", "cy", "r")
    rays = attributes(face, "[data-show=weight] .fusion-ray", "d", "opacity")
    hidden = face.locator(".fusion-dot").evaluate_all(
        "(all) => all.map((dot) => dot.classList.contains('fusion-hidden'))"
    )
    (bars,) = attributes(face, "[data-show=weight] .fusion-bar", "d")[0]
    bars = bars.split("z")[:-1]
    assert len(keys) == len(dots) == len(rays) == len(bars) == len(now["key"])
    # The bars stand on 0 of their own axis, which ends at 1.
    marks = attributes(face, ".fusion-tick-weight", "y")
    ground, top = (float(marks[i][0]) - 4 for i in (0, -1))
    few = len(now["key"]) <= 6
    for i, (key, value) in enumerate(
        zip(now["key"], now["value"], strict=True)
    ):
        weight = weights[i].item()
        at = to_x(key)
        assert coordinates(keys[i][0])[0] == pytest.approx(at, **near)
        x, y, radius = map(float, dots[i])
        assert (x, y) == pytest.approx((at, to_y(value)), **near)
        assert radius == pytest.approx(3 + 13 * weight**0.5, **near)
        d, opacity = rays[i]
        assert float(opacity) == pytest.approx(weight**0.5, abs=0.005)
        if weight > 1e-4:
            assert coordinates(d) == pytest.approx((x, y, *answer), **near)
        left, base, up, wide, _ = coordinates(bars[i])
        assert left + wide / 2 == pytest.approx(at, **near)
        assert base == pytest.approx(ground, **near)
        tall = weight if few else weight**0.5
        assert -up == pytest.approx((ground - top) * tall, **near)
        assert hidden[i] == (abs(key - state["query"]) > state["window"])


@pytest.mark.parametrize("bandwidth", [0.0035, 0.02, 0.3, 20.0])
@pytest.mark.parametrize("window", [5.0, 0.3])
@pytest.mark.parametrize("make", [street, three])
def test_the_line_of_answers_is_right_between_its_points_too(
    watch, bare, make, bandwidth, window
):
    widget = make(bandwidth=bandwidth, window=window)
    face = alive(bare, watch(), widget).locator(".attn-fusion")
    seen(face)
    to_x, to_y = axis(face, "x", "x"), axis(face, "y", "y", shift=4)
    (path,) = attributes(face, ".fusion-fit", "d")[0]
    pixel = 1 / (to_x(1) - to_x(0))
    now = {n: getattr(widget, n) for n in ("key", "value")} | {
        "bandwidth": bandwidth,
        "window": window,
    }
    strokes = [coordinates(stroke) for stroke in path.split("M")[1:]]
    drawn = [
        list(zip(stroke[::2], stroke[1::2], strict=True)) for stroke in strokes
    ]
    # Anywhere on the line of ten thousand places: what is drawn there is one of
    # the answers within half a pixel to each side, or between them.
    at = torch.linspace(0, 5, 10_001).double()
    context, weights = told(at, now)
    heights = to_y(context.flatten())
    heard = weights.sum(dim=-1) > 0
    for stroke in drawn:
        for (x0, y0), (x1, y1) in itertools.pairwise(stroke):
            middle = ((x0 + x1) / 2 - to_x(0)) * pixel
            around = (at - middle).abs() <= max((x1 - x0) / 2, 0.75) * pixel
            around = heights[around & heard]
            y = (y0 + y1) / 2
            assert around.min() - 0.6 <= y <= around.max() + 0.6
    # And every answer that is heard lies on a stroke: none is left out.
    reach = torch.zeros(len(at), dtype=torch.bool)
    for stroke in drawn:
        ends = [(x - to_x(0)) * pixel for x in (stroke[0][0], stroke[-1][0])]
        reach |= (at >= ends[0] - pixel) & (at <= ends[1] + pixel)
    assert reach[heard].all()
    if make is three and window < 1:
        assert len(drawn) == 3
        assert not reach[~heard].all()


@pytest.mark.parametrize(("window", "seen_by"), [(1.0, 2), (0.999, 1)])
def test_the_windows_edge_belongs_to_the_window(watch, bare, window, seen_by):
    widget = three(query=2.0, window=window)
    face = alive(bare, watch(), widget).locator(".attn-fusion")
    seen(face)
    hidden = face.locator(".fusion-hidden").count()
    assert 3 - hidden == seen_by
    band = face.locator(".fusion-window")
    to_x = axis(face, "x", "x")
    left, wide = (float(band.get_attribute(n)) for n in ("x", "width"))
    expected = (to_x(2 - window), to_x(2 + window))
    assert (left, left + wide) == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("query", [0.0, 1.0, 3.75, 5.0])
def test_the_truth_is_said_between_its_heights_too(watch, bare, query):
    widget = street(truth=[0.0, 8.0, 4.0], query=query)
    face = alive(bare, watch(), widget).locator(".attn-fusion")
    _, text = seen(face)
    heights = {0.0: 0.0, 1.0: 3.2, 3.75: 6.0, 5.0: 4.0}
    assert f"(the truth is {heights[query]:.2f})" in text


def test_a_logarithmic_thumb_stands_where_its_value_is(watch, bare):
    widget = street()
    low, high = widget.settable["bandwidth"]
    for share in (0.0, 0.25, 0.5, 1.0):
        at = street(bandwidth=low * (high / low) ** share)
        face = alive(bare, watch(), at).locator(".attn-fusion")
        thumb = face.get_by_label("bandwidth").input_value()
        assert float(thumb) == pytest.approx(share, abs=0.005)


def test_the_scale_of_the_weights_stands_still(page):
    for face in page.locator(".attn-fusion").all():
        scale = attributes(face, ".fusion-tick-weight", "y")
        assert len(scale) >= 2
        for label in LABELS:
            for key in ("Home", "End"):
                face.get_by_label(label).press(key)
                frames(page)
                now = attributes(face, ".fusion-tick-weight", "y")
                assert now == scale


def test_the_axis_of_the_values_stands_still_while_one_is_dragged(page):
    face = page.locator(".attn-fusion").nth(1)
    scale = attributes(face, ".fusion-tick-y", "y")
    assert len(scale) >= 2
    for label in SAYS:
        for key in ("End", "Home"):
            face.get_by_label(label).press(key)
            frames(page)
            assert attributes(face, ".fusion-tick-y", "y") == scale


def test_a_ray_grows_with_its_weight_and_never_in_a_jump(page):
    face = page.locator(".attn-fusion").first
    slider = face.get_by_label("query x")
    before = None
    for step in range(60):
        set_slider(slider, 1 + step * 0.025)
        frames(page)
        weights, _ = numbers(face)
        rays = attributes(face, "[data-show=weight] .fusion-ray", "opacity")
        opacity = [float(o) for (o,) in rays]
        ordered = [o for _, o in sorted(zip(weights, opacity, strict=True))]
        assert ordered == sorted(ordered)
        if before:
            assert (
                max(abs(a - b) for a, b in zip(opacity, before, strict=True))
                < 0.05
            )
        before = opacity


def test_things_are_named_where_they_are(page):
    face = page.locator(".attn-fusion").first
    words = face.locator(".attn-picture text").all_text_contents()
    for name in ("answers", "truth", "weight, by the root"):
        assert name in words
    for title in ("value: what each says", "key: where each stands"):
        assert title in words
    assert page.locator(".attn-legend").count() == 0
    own, true = face.locator(".fusion-name").all()
    for bandwidth in (0.0, 0.3, 0.6, 1.0):
        set_slider(face.get_by_label("bandwidth"), bandwidth)
        frames(page)
        gap = float(own.get_attribute("y")) - float(true.get_attribute("y"))
        assert abs(gap) >= 14


def test_parts_can_be_lit_from_the_prose(page):
    face = page.locator(".attn-fusion").first
    for part in WeightedFusion(key=[1.0], value=[1.0]).parts:
        group = face.locator(f"[data-show~={part}]")
        assert group.count() >= 1
        assert group.first.get_attribute("opacity") is None


def test_a_slider_has_the_colour_of_its_role_or_none(page):
    face = page.locator(".attn-fusion").nth(1)
    colour = (
        "(node, role) => getComputedStyle(node).getPropertyValue(`--${role}`)"
    )
    accent = "(node) => getComputedStyle(node).accentColor"
    paint = (
        "(node, colour) => { node.style.color = colour;"
        " return getComputedStyle(node).color; }"
    )
    roles = ["query", "ink", "ink", "value", "value", "value"]
    for label, role in zip(LABELS + SAYS, roles, strict=True):
        wanted = face.evaluate(paint, face.evaluate(colour, role).strip())
        assert face.get_by_label(label).evaluate(accent) == wanted


# A value that moves, a person that is pointed at ----------------------------
def centre(node):
    box = node.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_value_can_be_dragged_and_the_answer_follows(page):
    face = page.locator(".attn-fusion").nth(1)
    face.scroll_into_view_if_needed()
    to_y = axis(face, "y", "y", shift=4)
    x, y = centre(face.locator(".fusion-hold").nth(2))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + to_y(100) - to_y(40), steps=4)
    frames(page)
    page.mouse.up()
    _, text = seen(face)
    _, answer = numbers(face)
    state = {"key": [1.0, 2.0, 4.0], "value": [10.0, 20.0, 100.0]}
    context, _ = told(2.0, state | {"bandwidth": 1.0, "window": 5.0})
    assert same(answer, context[0, 0])
    assert face.get_by_label("at 4 says").input_value() == "100"
    assert f"{context.item():.2f}" in text
    page.keyboard.press("ArrowLeft")
    frames(page)
    assert face.get_by_label("at 4 says").input_value() == "99"


def test_a_value_follows_a_finger_up_while_the_page_stands(watch, bare):
    watched, page, face = on_a_phone(watch, bare, three(), "<p>more</p>" * 40)
    x, y = centre(face.locator(".fusion-hold").nth(2))
    scrolled = page.evaluate("scrollY")
    swipe(watched, page, [(x, y - 10 * i) for i in range(5)])
    frames(page)
    assert float(face.get_by_label("at 4 says").input_value()) > 45
    assert page.evaluate("scrollY") == scrolled
    assert face.get_by_label("query x").input_value() == "2"


def test_whoever_is_pointed_at_is_lit_and_its_part_is_printed(page):
    face = page.locator(".attn-fusion").nth(1)
    face.scroll_into_view_if_needed()
    lit = face.locator(".fusion-lit")
    assert not lit.locator(".fusion-ring").is_visible()
    before = seen(face)
    x, y = centre(face.locator(".fusion-dot").nth(0))
    page.mouse.move(x + 8, y)
    _, text = seen(face)
    assert "The person at 1.00 says 10.00" in text
    assert "0.348 × 10.00 = 3.48 of the answer, 18.07" in text
    assert lit.locator("text").text_content() == "0.348 × 10.00 = 3.48"
    ((at, *_),) = [attributes(face, ".fusion-dot", "cx")[0]]
    for part in ("key", "ray"):
        (d,) = attributes(face, f".fusion-lit .fusion-{part}", "d")[0]
        assert coordinates(d)[0] == float(at)
    (bar,) = attributes(face, ".fusion-lit .fusion-bar", "d")[0]
    left, _, _, wide, _ = coordinates(bar)
    assert left + wide / 2 == pytest.approx(float(at), abs=0.03)
    page.mouse.move(x + 60, y - 60)
    assert seen(face)[1] == before[1]
    assert not lit.locator(".fusion-ring").is_visible()


def test_a_tap_on_a_person_lights_it_and_a_second_asks_there(watch, bare):
    _, page, face = on_a_phone(watch, bare)
    face.locator(".fusion-dot").nth(49).scroll_into_view_if_needed()
    x, y = centre(face.locator(".fusion-dot").nth(49))
    page.touchscreen.tap(x, y)
    _, text = seen(face)
    assert text.startswith("The person at ")
    assert "At x" not in text
    page.touchscreen.tap(x, y)
    assert seen(face)[1].startswith("At x = ")


def test_the_arrow_keys_lead_from_person_to_person(page):
    face = page.locator(".attn-fusion").first
    pointer = face.get_by_role("slider", name="person")
    pointer.focus()
    key = sorted(street().key)
    for press, i in (
        (None, 0),
        ("ArrowRight", 1),
        ("ArrowUp", 2),
        ("ArrowLeft", 1),
        ("End", 49),
        ("ArrowRight", 49),
        ("Home", 0),
    ):
        if press:
            page.keyboard.press(press)
        _, text = seen(face)
        assert text.startswith(f"The person at {key[i]:.2f} says")
        assert pointer.get_attribute("aria-valuenow") == str(i + 1)
        assert f"at {key[i]:.2f}" in pointer.get_attribute("aria-valuetext")
    ring, dot = pointer.bounding_box(), face.locator(".fusion-dot").first
    x, y = centre(dot)
    assert ring["x"] + ring["width"] / 2 == pytest.approx(x, abs=1)
    assert ring["y"] + ring["height"] / 2 == pytest.approx(y, abs=1)
    page.keyboard.press("Tab")
    assert seen(face)[1].startswith("At x = ")


# Room, changes from Python, access ------------------------------------------
MAKES = {
    "street": street,
    "three": three,
    "plain": lambda: street(show_errors=False),
    "moved": lambda: street(movable=[3, 20, 40]),
}
SWEEP = """
async (face) => {
  const drawn = () => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(done)));
  const heights = new Set();
  for (const input of face.querySelectorAll("input[type=range]")) {
    for (let i = 0; i <= 12; i++) {
      input.value = Number(input.min) + (input.max - input.min) * i / 12;
      input.dispatchEvent(new Event("input"));
      await drawn();
      heights.add(face.getBoundingClientRect().height);
    }
  }
  face.querySelector("[role=slider]").focus();
  await drawn();
  heights.add(face.getBoundingClientRect().height);
  return [...heights];
}
"""


@pytest.mark.parametrize("width", [320, 360, 800, 1440])
@pytest.mark.parametrize("which", MAKES)
def test_its_height_never_changes_and_is_the_room_kept(
    watch, bare, which, width
):
    widget = MAKES[which]()
    watched = watch(viewport={"width": width, "height": 900})
    page = alive(bare, watched, widget)
    heights = page.locator(".attn-fusion").evaluate(SWEEP)
    assert len(heights) == 1
    room = widget.room[{360: 2, 800: 1, 1440: 0}.get(width, 2)]
    if width > 320:
        assert heights[0] == pytest.approx(room, abs=25)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_python_changes_later_is_drawn(watch, bare):
    widget = three()
    page = alive(bare, watch(), widget, Handle(of=widget.model_id))
    face = page.locator(".attn-fusion")
    widget.high = 8.0
    python_sets(page, widget, high=8.0, settable=widget.settable)
    assert face.get_by_label("query x").get_attribute("max") == "8"
    to_x = axis(face, "x", "x")
    assert to_x(8) > to_x(5)
    # A kernel tells of keys and of values one after the other.
    python_sets(page, widget, key=[1.0, 2.0, 4.0, 7.0])
    python_sets(page, widget, value=[10.0, 20.0, 40.0, 200.0])
    dots = attributes(face, ".fusion-dot", "cx", "cy")
    assert len(dots) == 4
    to_x, to_y = axis(face, "x", "x"), axis(face, "y", "y", shift=4)
    assert [float(n) for n in dots[3]] == pytest.approx(
        [to_x(7), to_y(200)], abs=0.03
    )
    python_sets(page, widget, query=7.0, truth=[0.0, 100.0])
    _, text = seen(face)
    assert text.startswith("At x = 7.00")
    assert face.locator(".fusion-truth").count() == 1
    face.get_by_role("button", name="Reset").click()
    assert seen(face)[1].startswith("At x = 2.00")


def test_keys_stay_in_the_widget_unless_the_browser_needs_them(page):
    page.evaluate(
        "window.heard = []; document.addEventListener('keydown',"
        " (event) => window.heard.push(event.key)); null"
    )
    face = page.locator(".attn-fusion").first
    slider = face.get_by_label("query x")
    for key in ("ArrowDown", "d", "d", "Escape"):
        slider.press(key)
    assert page.evaluate("window.heard") == []
    slider.press("Control+k")
    assert page.evaluate("window.heard") == ["Control", "k"]
    assert face.get_attribute("data-lm-suppress-shortcuts") == "true"


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(watch, bare, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    page = alive(
        bare, watched, street(movable=[3, 20, 40]), three(), theme=theme
    )
    page.get_by_role("slider", name="person").first.focus()
    frames(page)
    assert_no_violation(page)
    assert_can_be_hit(page.locator(".attn-face :is(input, button, [tabindex])"))


def test_in_forced_colours_everything_is_still_drawn(watch, bare):
    page = alive(bare, watch(forced_colors="active"), street(), three())
    face = page.locator(".attn-fusion").first
    paper = face.evaluate("(node) => getComputedStyle(node).backgroundColor")
    for part in ("fit", "answer", "dot", "key"):
        stroke = face.locator(f".fusion-{part}").first.evaluate(
            "(node) => getComputedStyle(node).stroke"
        )
        assert stroke not in (paper, "none")
    fill = "(node) => getComputedStyle(node).fill"
    assert face.locator(".fusion-bar").first.evaluate(fill) != paper


def test_nothing_glides(watch, bare):
    page = alive(bare, watch(reduced_motion="reduce"), street())
    moving = page.evaluate(
        "[...document.querySelectorAll('.attn-live *')]"
        ".filter((n) => getComputedStyle(n).transitionDuration !== '0s').length"
    )
    assert moving == 0


# Arithmetic -----------------------------------------------------------------
@pytest.mark.parametrize("seed", range(20))
def test_the_arithmetic_in_javascript_is_pythons(modules, seed):
    generator = torch.Generator().manual_seed(seed)
    count = 1 + seed
    key, value = 5 * torch.randn(2, count, generator=generator).double()
    query, bandwidth, window = (
        torch.rand(3, generator=generator).double() * 3 + 0.05
    )
    visible = torch.rand(count, generator=generator) < 0.6

    score = GaussianScore(bandwidth.item()).double()
    scores = score(query.view(1, 1), key.unsqueeze(-1))[0].detach()
    scored = [query.item(), key.tolist(), bandwidth.item()]
    assert same(
        call(modules, "parts/scores.js", "gaussianScore", *scored), scores
    )

    weights = masked_softmax(scores, visible)
    masked = [scores.tolist(), visible.tolist()]
    assert same(
        call(modules, "parts/attention.js", "maskedSoftmax", *masked), weights
    )
    read = [weights.tolist(), value.tolist()]
    assert same(
        call(modules, "parts/attention.js", "weightedSum", *read),
        weights @ value,
    )

    mask = (key - query).abs() <= window
    region = [query.item(), key.tolist(), window.item()]
    assert call(modules, MATHS, "windowMask", *region) == mask.tolist()

    state = {
        "key": key.tolist(),
        "value": value.tolist(),
        "bandwidth": bandwidth.item(),
        "window": window.item(),
    }
    context, weights = told(query, state)
    fused = call(modules, MATHS, "fuse", query.item(), state)
    assert same(fused["weights"], weights[0])
    assert same(fused["context"], context[0, 0])
    alone = call(modules, MATHS, "answerAt", query.item(), state)
    assert (alone is None) == (not mask.any())
    assert same(alone or 0.0, context[0, 0])

    effective = call(modules, MATHS, "effectiveKeys", fused["weights"])
    expected = 1 / weights.square().sum() if mask.any() else torch.tensor(0.0)
    assert same(effective, expected.detach())


@pytest.mark.parametrize("bandwidth", [0.0025, 0.05, 0.3, 4.0])
@pytest.mark.parametrize("window", [5.0, 0.4, 0.01])
def test_the_errors_in_javascript_are_pythons(modules, bandwidth, window):
    place, number = (
        part.double()
        for part in noisy_curve(generator=torch.Generator().manual_seed(3))
    )
    line = torch.linspace(0, 5, 201).double()
    state = {
        "key": place.tolist(),
        "value": number.tolist(),
        "truth": true_curve(line).tolist(),
        "low": 0.0,
        "high": 5.0,
        "bandwidth": bandwidth,
        "window": window,
    }
    found = call(modules, MATHS, "errors", state)
    score = GaussianScore(bandwidth).double().requires_grad_(False)
    column = place.unsqueeze(-1), number.unsqueeze(-1)
    near = (place.unsqueeze(-1) - place).abs() <= window
    others = near & ~torch.eye(len(place), dtype=torch.bool)
    for name, mask in (("themselves", near), ("others", others)):
        guess, _ = attention(place.unsqueeze(-1), *column, mask, score)
        error = (guess.squeeze(-1) - number).square().mean()
        assert same(found[name], error)
    guess, _ = told(line, state)
    error = (guess.squeeze(-1) - true_curve(line)).square().mean()
    assert same(found["street"], error)


@pytest.mark.parametrize("size", [1e4, -1e4])
def test_large_scores_do_not_overflow_in_javascript(modules, size):
    scores = torch.tensor([size, 0.0, size], dtype=torch.float64)
    got = call(
        modules,
        "parts/attention.js",
        "maskedSoftmax",
        scores.tolist(),
        [True] * 3,
    )
    assert same(got, scores.softmax(-1))


@pytest.mark.parametrize(
    ("span", "count", "step"),
    [(5, 6, 1), (40, 5, 10), (4.7, 5, 1), (0.3, 6, 0.05)],
)
def test_ticks_are_round_and_not_too_many(modules, span, count, step):
    got = call(modules, "parts/axes.js", "tickStep", span, count)
    assert got == pytest.approx(step)
    assert span / got <= count


@pytest.mark.parametrize(
    ("low", "high", "at"),
    [
        (0.3, 5.2, [1, 2, 3, 4, 5]),
        (-1.5, 1.5, [-1, 0, 1]),
        (0, 4, [0, 1, 2, 3, 4]),
    ],
)
def test_no_tick_stands_outside_its_axis(modules, low, high, at):
    ticks = call(modules, "parts/axes.js", "ticks", low, high, 5)
    assert [tick["at"] for tick in ticks] == pytest.approx(at)
    assert [float(tick["text"]) for tick in ticks] == pytest.approx(at)


def test_a_product_that_is_printed_is_right_as_printed(modules):
    generator = torch.Generator().manual_seed(0)
    for weight, size in torch.rand(50, 2, generator=generator).tolist():
        value = 10 ** (4 * size - 1.5) * (-1 if weight < 0.3 else 1)
        text = call(
            modules,
            "weighted_fusion/weighted_fusion.js",
            "product",
            weight,
            value,
        )
        left, right = text.split(" = ")
        a, b = map(float, left.split(" × "))
        assert float(right) == pytest.approx(weight * value, abs=0.0051)
        assert a * b == pytest.approx(weight * value, rel=0.05, abs=0.015)


@pytest.mark.parametrize(
    ("bandwidth", "text"),
    [(0.0035, "0.0035"), (0.02512, "0.025"), (0.3, "0.30"), (20, "20.00")],
)
def test_a_small_bandwidth_is_not_shown_as_nothing(modules, bandwidth, text):
    assert call(modules, "parts/axes.js", "brief", bandwidth) == text
