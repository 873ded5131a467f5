"""Chapter 01's widget: every control, and the same numbers as torch."""

import json
import math

import pytest
import torch
from conftest import call, come_alive, same, standing

from attn_utils import GaussianScore, attention, masked_softmax

CHAPTER = "chapters/01_weighted_fusion.html"


@pytest.fixture
def page(watch, site):
    page = watch().open(f"{site}/{CHAPTER}")
    come_alive(page)
    return page


def on_a_phone(watch, site):
    """Open the chapter on a touch screen; returns its first widget as well."""
    watched = watch(has_touch=True, viewport={"width": 390, "height": 800})
    page = watched.open(f"{site}/{CHAPTER}")
    come_alive(page)
    return watched, page, page.locator(".attn-fusion").first


def seen(face):
    """What a reader sees and what a reader hears, after the next frame."""
    face.page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    picture = face.locator("svg.attn-picture")
    return picture.inner_html(), picture.get_attribute("aria-label")


def test_the_page_has_two_of_them(page):
    assert page.locator(".attn-fusion").count() == 2


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("label", ["query x", "bandwidth", "window ±"])
def test_every_slider_moves_picture_and_text_by_keyboard(page, which, label):
    face = page.locator(".attn-fusion").nth(which)
    slider = face.get_by_label(label)
    states = [seen(face)]
    for key in ("Home", "ArrowRight", "End"):
        slider.press(key)
        states.append(seen(face))
    _, home, right, end = states
    assert home[0] != right[0] != end[0] != home[0]
    assert home[1] != end[1]
    assert slider.input_value() == slider.get_attribute("max")
    assert slider.get_attribute("aria-valuetext")


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("label", ["query x", "bandwidth", "window ±"])
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
    stage = face.locator(".attn-stage")
    box = standing(stage)
    row = box["y"] + 100
    page.mouse.move(box["x"] + 120, row)
    page.mouse.down()
    near = seen(face)
    page.mouse.move(box["x"] + box["width"] - 120, row, steps=5)
    far = seen(face)
    page.mouse.up()
    page.mouse.move(box["x"] + 200, row)
    assert near[0] != far[0]
    assert near[1] != far[1]
    assert seen(face) == far, "it followed a pointer that was not pressed"
    page.keyboard.press("ArrowLeft")
    assert seen(face)[1] != far[1]


def test_dragging_past_the_ends_stops_at_the_ends(page):
    face = page.locator(".attn-fusion").first
    stage = face.locator(".attn-stage")
    box = standing(stage)
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


def test_the_query_follows_a_finger(watch, site):
    watched, page, face = on_a_phone(watch, site)
    box = standing(face.locator(".attn-stage"))
    before = seen(face)
    touch = watched.context.new_cdp_session(page)
    y = box["y"] + 60
    for kind, x in (
        ("touchStart", 100),
        ("touchMove", 200),
        ("touchMove", 280),
    ):
        points = [{"x": box["x"] + x, "y": y}]
        touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
        )
    touch.send(
        "Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []}
    )
    after = seen(face)
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_reset_brings_the_first_state_back(page):
    face = page.locator(".attn-fusion").first
    before = seen(face)
    for label in ("query x", "bandwidth", "window ±"):
        face.get_by_label(label).press("Home")
    assert seen(face)[1] != before[1]
    face.get_by_role("button", name="Reset").click()
    assert seen(face) == before


def test_one_widget_leaves_the_other_alone(page):
    first, second = page.locator(".attn-fusion").all()
    before = seen(second)
    first.get_by_label("bandwidth").press("End")
    assert seen(second) == before


def test_the_state_is_spoken_once_the_hand_rests(page):
    face = page.locator(".attn-fusion").first
    face.get_by_label("query x").press("Home")
    _, text = seen(face)
    spoken = face.locator("[aria-live=polite]")
    assert spoken.inner_text() != text
    page.wait_for_function(
        "([node, text]) => node.textContent === text",
        arg=[spoken.element_handle(), text],
    )


def test_a_query_that_sees_nobody_gets_zeros_and_is_told_so(page):
    face = page.locator(".attn-fusion").nth(1)
    face.get_by_label("query x").press("Home")
    face.get_by_label("window ±").press("Home")
    picture, text = seen(face)
    assert "nobody stands inside the window" in text
    assert "NaN" not in picture + text


def numbers(face):
    """The widget's own numbers, in full precision."""
    picture = face.locator("svg.attn-picture")
    weights = picture.evaluate("(picture) => picture.weights")
    answer = face.locator(".attn-readout data.value").get_attribute("value")
    return weights, float(answer)


def set_slider(slider, value):
    slider.evaluate(
        "(input, value) => { input.value = value;"
        " input.dispatchEvent(new Event('input')); }",
        value,
    )
    return float(slider.input_value())


def test_the_built_pages_numbers_are_torchs(page):
    state = json.loads(page.locator("script.attn-state").text_content())
    generator = torch.Generator().manual_seed(0)
    places = page.locator(".attn-live:not(.attn-guess)").all()
    assert len(places) == 2
    for place in places:
        traits = state[place.get_attribute("data-model")]["state"]
        key, value = (
            torch.tensor(traits[n]).double() for n in ("key", "value")
        )
        face = place.locator(".attn-fusion")
        for draw in torch.rand(25, 3, generator=generator).mul(5).tolist():
            query, width, window = draw
            query = set_slider(face.get_by_label("query x"), query)
            window = set_slider(face.get_by_label("window ±"), window)
            # Its thumb goes from 0 to 1 in equal factors, from 0.05 to 20.
            thumb = math.log(width / 0.05) / math.log(400)
            bandwidth = 0.05 * 400 ** set_slider(
                face.get_by_label("bandwidth"), thumb
            )
            seen(face)
            weights, answer = numbers(face)
            ask = torch.tensor([[query]]).double()
            context, expected = attention(
                ask,
                key.unsqueeze(-1),
                value.unsqueeze(-1),
                (ask - key).abs() <= window,
                GaussianScore(bandwidth).double(),
            )
            assert same(weights, expected[0])
            assert same(answer, context[0, 0])


def test_the_round_numbers_of_the_text_stand_in_the_widget(page):
    face = page.locator(".attn-fusion").nth(1)
    _, text = seen(face)
    sentence = page.get_by_text("The scores are -0.5, 0.0, -2.0").inner_text()
    for number in ("0.35", "0.57", "0.08", "18.07"):
        assert number in text
        assert number in sentence


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
    got = call(
        modules, "weighted_fusion/weighted_fusion.js", "windowMask", *region
    )
    assert got == mask.tolist()

    context, weights = attention(
        query.view(1, 1),
        key.unsqueeze(-1),
        value.unsqueeze(-1),
        mask.view(1, -1),
        score,
    )
    state = {
        "key": key.tolist(),
        "value": value.tolist(),
        "bandwidth": bandwidth.item(),
        "window": window.item(),
    }
    fused = call(
        modules,
        "weighted_fusion/weighted_fusion.js",
        "fuse",
        query.item(),
        state,
    )
    assert same(fused["weights"], weights[0].detach())
    assert same(fused["context"], context[0, 0].detach())

    effective = call(
        modules,
        "weighted_fusion/weighted_fusion.js",
        "effectiveKeys",
        fused["weights"],
    )
    expected = 1 / weights.square().sum() if mask.any() else torch.tensor(0.0)
    assert same(effective, expected.detach())


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
    got = call(
        modules, "weighted_fusion/weighted_fusion.js", "tickStep", span, count
    )
    assert got == pytest.approx(step)
    assert span / got <= count


def test_a_swipe_up_the_page_does_not_move_the_query(watch, site):
    watched, page, face = on_a_phone(watch, site)
    box = standing(face.locator(".attn-stage"))
    before = seen(face)
    touch = watched.context.new_cdp_session(page)
    for step in range(8):
        point = {
            "x": box["x"] + 250 + step / 2,
            "y": box["y"] + 150 - 12 * step,
        }
        kind = "touchMove" if step else "touchStart"
        touch.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]}
        )
    touch.send(
        "Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []}
    )
    assert seen(face) == before


def test_a_tap_moves_the_query(watch, site):
    _, page, face = on_a_phone(watch, site)
    before = seen(face)
    box = standing(face.locator(".attn-stage"))
    page.touchscreen.tap(box["x"] + box["width"] - 60, box["y"] + 60)
    assert seen(face)[1] != before[1]


def test_far_is_not_hidden(page):
    face = page.locator(".attn-fusion").first
    face.get_by_label("bandwidth").press("Home")
    _, text = seen(face)
    assert "50 inside the window" in text
    assert face.locator(".fusion-hidden").count() == 0
