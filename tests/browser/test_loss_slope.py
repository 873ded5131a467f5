"""A loss and its gradient: what is drawn is what torch computes."""

import pytest
import torch
from access import (
    assert_can_be_hit,
    assert_drawn,
    assert_no_violation,
    narrow_and_wide,
)
from conftest import (
    call,
    frames,
    hold_apart,
    hold_letters,
    hold_room,
    python_sets,
    same,
    size_of,
    tied_to,
    written_in,
)
from extensions import load
from test_digit_recall import held_by
from torch.nn.functional import cross_entropy

from attn_utils.widgets import LossSlope

MATHS = "loss_slope/slope_math.js"
HINT = "press one step a few times. What becomes of the gradient?"
KEPT = ["logits", "target"]
THREE = ["cat", "dog", "bird"]
FOUR = ["cat", "rabbit", "bird", "ferret"]
ENDS = [-4, 4]


def made(names=THREE, **traits):
    logits = [1.0, 2.0, -1.5, 0.5][: len(names)]
    given = {"logits": logits, "target": "cat", "hint": HINT}
    return LossSlope(names=names, **(given | traits))


def state(widget, **change):
    return {name: getattr(widget, name) for name in KEPT} | change


def by_torch(logits, right):
    """Probabilities, loss, gradient and the scores after a step of SGD."""
    scores = torch.tensor(logits, dtype=torch.double, requires_grad=True)
    loss = cross_entropy(scores, torch.tensor(right))
    loss.backward()
    step = torch.optim.SGD([scores], lr=1.0)
    found = {"p": scores.detach().softmax(0), "loss": loss.detach()}
    found["gradient"] = scores.grad.clone()
    step.step()
    return found | {"next": scores.detach().clamp(*ENDS)}


@pytest.mark.parametrize("seed", range(12))
def test_the_page_computes_what_torch_does(modules, seed):
    generator = torch.Generator().manual_seed(seed)
    count = 3 + seed % 2
    logits = (8 * torch.rand(count, generator=generator) - 4).tolist()
    if seed > 8:
        logits[seed - 9] = 4.0
        logits[seed - 8] = -4.0
    for right in range(count):
        found = by_torch(logits, right)
        assert same(call(modules, MATHS, "probabilitiesOf", logits), found["p"])
        assert same(
            call(modules, MATHS, "lossOf", logits, right), found["loss"]
        )
        got = call(modules, MATHS, "gradientOf", logits, right)
        assert same(got, found["gradient"])
        got = call(modules, MATHS, "stepDown", logits, right, ENDS)
        assert same(got, found["next"])


def test_a_loss_of_large_scores_is_no_overflow(modules):
    got = call(modules, MATHS, "lossOf", [2000.0, 0.0], 1)
    assert got == 2000


def chance(p):
    return f"{p:.{4 if p < 0.00995 else 3 if p < 0.0995 else 2}f}"


def signed(value):
    text = f"{value:.2f}".replace("-", "−")
    return "0.00" if text == "−0.00" else text


BARS = """
(face) => Object.fromEntries(['slope-bar', 'slope-gradient'].map((look) => [look,
  [...face.querySelectorAll(`.${look}`)].map((box) => [Number(box.dataset.number),
    ...['x', 'y', 'width', 'height'].map((name) => Number(box.getAttribute(name)))])]))
"""
LINES = """
(face) => Object.fromEntries(['probability', 'gradient'].map((part) => [part,
  [...face.querySelectorAll(`g[data-show=${part}] line`)].map((line) => [line.nextElementSibling.textContent,
    ...['x1', 'x2', 'y1', 'y2'].map((name) => Number(line.getAttribute(name)))])]))
"""
NUMBERS = """
(face) => ['probability', 'gradient'].map((part) => [...face.querySelectorAll(`g[data-show=${part}] .slope-number`)]
  .map((n) => [n.textContent, ...['x', 'y'].map((name) => Number(n.getAttribute(name)))]))
"""


def check_picture(face, widget, **now):
    """Everything that is drawn is what torch says."""
    names, target = widget.names, now["target"]
    right = names.index(target)
    found = by_torch(now["logits"], right)
    bars, lines = face.evaluate(BARS), face.evaluate(LINES)
    said, told = face.evaluate(NUMBERS)

    # The scales: where 1, 0 and, of the gradient, −1 stand.
    heights = {part: {} for part in lines}
    for part, drawn in lines.items():
        for text, left, end, top, bottom in drawn:
            assert top == bottom
            assert left < end
            heights[part][float(text.replace("−", "-"))] = top
    assert list(heights["probability"]) == [1, 0]
    assert set(heights["gradient"]) == {-1, 0, 1}
    one, zero = (heights["probability"][n] for n in (1, 0))
    up, level, down = (heights["gradient"][n] for n in (1, 0, -1))
    assert one < zero < up < level < down
    assert level - up == down - level

    assert [len(each) for each in bars.values()] == [len(names)] * 2
    places = []
    for n, (p, g) in enumerate(
        zip(found["p"].tolist(), found["gradient"].tolist(), strict=True)
    ):
        number, x, y, wide, high = bars["slope-bar"][n]
        assert number == pytest.approx(p, abs=1e-6)
        assert high == pytest.approx(p * (zero - one), abs=0.011)
        assert y + high == pytest.approx(zero, abs=0.011)
        middle = pytest.approx(x + wide / 2, abs=0.02)
        assert said[n][0] == f"{p:.2f}"
        assert said[n][1] == middle
        assert y - 12 < said[n][2] < y
        places.append(x)

        number, x, y, wide, high = bars["slope-gradient"][n]
        assert number == pytest.approx(g, abs=1e-6)
        assert high == pytest.approx(abs(g) * (level - up), abs=0.011)
        # Upwards where the loss grows with the score, else downwards.
        edge = y + high if g >= 0 else y
        assert edge == pytest.approx(level, abs=0.011)
        assert told[n][0] == signed(g)
        assert told[n][1] == middle == x + wide / 2
        tip = y if n != right else y + high
        assert abs(told[n][2] - tip) < 15
        assert (told[n][2] < tip) == (n != right)
    assert places == sorted(set(places))

    shown = face.locator(".slope-name").all_text_contents()
    assert shown == names
    assert face.locator(".slope-right").all_text_contents() == [target]
    marks = face.locator(".slope-mark").all_text_contents()
    assert marks == ["target" if name == target else "" for name in names]
    loss = f"{found['loss']:.2f}"
    p = chance(found["p"][right])
    words = face.locator("g[data-show=loss]").text_content()
    assert words == f"loss = −log {p} = {loss}"

    # What is said, and what the controls say.
    by = [
        f"{abs(b - a):.2f}"
        for a, b in zip(now["logits"], found["next"].tolist(), strict=True)
    ]
    *first, last = [
        f"{move} from {name}"
        for name, move in zip(names, by, strict=True)
        if name != target
    ]
    spoken = (
        f"The target, {target}, has the probability {p}, and the loss is {loss}. "
        f"One step adds {by[right]} to its score, and takes {', '.join(first)} "
        f"and {last}."
    )
    assert face.locator(".attn-readout").text_content() == spoken
    label = face.locator(".attn-picture").get_attribute("aria-label")
    assert label == spoken
    sliders = face.locator("input[type=range]").all()
    for name, slider, logit in zip(names, sliders, now["logits"], strict=True):
        assert slider.get_attribute("aria-valuetext") == signed(logit)
        row = slider.locator("xpath=..")
        assert row.text_content() == f"{name}{signed(logit)}"
        assert float(slider.input_value()) == pytest.approx(logit, abs=0.0501)
    for name in names:
        radio = face.get_by_role("radio", name=name)
        assert radio.is_checked() == (name == target)


def states_of(names):
    """Even scores, extreme ones, and each class as the target."""
    count = len(names)
    flat = [0.0] * count
    return [
        {},
        {"logits": flat, "target": names[1]},
        {"logits": [-4.0, *[4.0] * (count - 1)], "target": names[0]},
        {"logits": [4.0, *[-4.0] * (count - 1)], "target": names[0]},
        {"logits": [4.0, *[-4.0] * (count - 1)], "target": names[-1]},
        {"logits": [0.25, *flat[1:-1], -3.97], "target": names[-1]},
        {"logits": [*flat[1:], 4.0], "target": names[-1]},
    ]


@pytest.mark.parametrize("names", [THREE, FOUR])
@pytest.mark.parametrize("window", [320, 1280])
def test_the_picture_is_what_torch_says(opened, watch, window, names):
    watched = watch(viewport={"width": window, "height": 900})
    widget, page, face = opened(watched=watched, names=names)
    for change in states_of(names):
        now = state(widget, **change)
        python_sets(page, widget, **now)
        check_picture(face, widget, **now)


def test_each_slider_sets_its_own_score(opened):
    widget, page, face = opened(names=FOUR)
    now = state(widget)
    for n, slider in enumerate(face.locator("input[type=range]").all()):
        for key, value in (("End", 4), ("Home", -4), ("ArrowRight", -3.9)):
            slider.press(key)
            frames(page)
            now["logits"] = [
                value if i == n else each
                for i, each in enumerate(now["logits"])
            ]
            got = held_by(page, widget, "logits")
            assert got == pytest.approx(now["logits"])
        check_picture(face, widget, **now)


def test_a_chip_sets_the_target(opened):
    widget, page, face = opened()
    for name in ("bird", "dog", "cat"):
        face.get_by_role("radio", name=name).check()
        frames(page)
        assert held_by(page, widget, "target") == name
        check_picture(face, widget, **state(widget, target=name))


def step(page, face):
    face.get_by_role("button", name="one step").press("Enter")
    frames(page)


@pytest.mark.parametrize("names", [THREE, FOUR])
def test_steps_lead_down_within_the_ends(opened, names):
    logits = [4.0, -3.5, -3.9, 3.0][: len(names)]
    widget, page, face = opened(names=names, logits=logits, target=names[1])
    now = state(widget)
    losses = [by_torch(now["logits"], 1)["loss"]]
    for _ in range(12):
        step(page, face)
        now["logits"] = by_torch(now["logits"], 1)["next"].tolist()
        got = held_by(page, widget, "logits")
        assert got == pytest.approx(now["logits"], abs=1e-9)
        check_picture(face, widget, **now)
        losses.append(by_torch(now["logits"], 1)["loss"])
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.1 * losses[0]


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_only_a_step_is_shown_as_motion(opened, watch, motion):
    _, page, face = opened(watched=watch(reduced_motion=motion))
    bars = face.locator(".slope-bar, .slope-gradient")
    ask = "(all) => [...new Set(all.map((n) => getComputedStyle(n).transitionDuration))]"
    assert bars.evaluate_all(ask) == ["0s"]
    step(page, face)
    moves = ["0s"] if motion == "reduce" else ["0.2s, 0.2s"]
    assert bars.evaluate_all(ask) == moves
    face.locator("input[type=range]").first.press("ArrowLeft")
    frames(page)
    assert bars.evaluate_all(ask) == ["0s"]


def test_after_a_step_the_bars_stand_where_they_are_said_to(opened):
    _, page, face = opened()
    step(page, face)
    page.wait_for_timeout(400)
    bars = face.evaluate(BARS)
    picture = face.locator(".attn-picture").bounding_box()
    for look, half in (("slope-bar", 0), ("slope-gradient", 0.75)):
        for n, bar in enumerate(face.locator(f".{look}").all()):
            box = bar.bounding_box()
            _, x, y, wide, high = bars[look][n]
            assert box["x"] - picture["x"] == pytest.approx(x - half, abs=0.6)
            assert box["y"] - picture["y"] == pytest.approx(y - half, abs=0.6)
            assert box["width"] == pytest.approx(wide + 2 * half, abs=0.6)
            assert box["height"] == pytest.approx(high + 2 * half, abs=0.6)


GOALS = {"logits": [0.3, -4.0, 1.2], "target": "bird"}


def test_a_link_sets_every_trait_and_reset_brings_it_back(opened_with_a_link):
    widget = made()
    page, face = opened_with_a_link(widget, GOALS)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(500)
        check_picture(face, widget, **GOALS)
        step(page, face)
        face.get_by_role("button", name="Reset").click()
        frames(page)
        check_picture(face, widget, **state(widget))


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    picture = tied_to(made())
    asked = "logits=0.3+-4+1.2&target=bird"
    assert ties.settings(asked, picture) == GOALS
    for wrong in ("target=cow", "logits=0.3+-4", "logits=0.3+-4+4.1"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


LONG = (["nightjar", "kangaroo", "elephant"], ["parrot", *FOUR[1:]])


@pytest.mark.parametrize("names", [THREE, *LONG])
@pytest.mark.parametrize("width", [320, 360, 480, 620, 800, 900, 1440])
def test_its_height_never_changes_and_is_the_room_kept(
    opened, watch, width, names
):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched, names=names, target=names[0])
    first = state(widget)
    changes = [first | each for each in states_of(names)]
    hold_room(widget, page, face, changes)


@pytest.mark.parametrize("names", LONG)
@pytest.mark.parametrize("width", [320, 360, 620, 800, 1440])
def test_no_words_touch_others_or_leave_the_picture(
    opened, watch, width, names
):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched, names=names, target=names[0])
    for change in states_of(names):
        python_sets(page, widget, **state(widget, **change))
        words = face.locator(".attn-picture text")
        hold_letters(words)
        hold_letters(face.locator(".slope-heading, .attn-chip"))
        hold_apart(face, written_in(words), left=10, right=10)


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part, words in (
        *(("probability", "softmax"), ("loss", "−log")),
        ("gradient", "p − target"),
    ):
        assert part in widget.parts
        group = face.locator(f"g[data-show={part}]")
        assert group.filter(has_text=words).count() == 1
    assert "score" in widget.parts
    scores = face.locator("[data-show=score]")
    assert scores.locator("input[type=range]").count() == 3
    assert face.get_by_role("group", name="scores").count() == 1


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    _, page, face = opened(theme, watched=watched, names=FOUR)
    assert_no_violation(page)
    assert_can_be_hit(face.locator("input[type=range], label, button"))


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    watched = watch(forced_colors="active")
    _, _, face = opened(watched=watched)
    assert_drawn(
        face,
        stroke="slope-gradient slope-rule slope-zero",
        fill="slope-bar slope-number",
    )


def test_the_state_is_small():
    assert size_of(made(names=FOUR)) < 2_000
