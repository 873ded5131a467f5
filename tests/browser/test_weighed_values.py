"""Weights and the values that they weigh: every bar and number as torch has it."""

import pytest
import torch
from access import (
    assert_can_be_hit,
    assert_drawn,
    assert_no_violation,
    narrow_and_wide,
)
from conftest import (
    Handle,
    alive,
    call,
    frames,
    hold_apart,
    hold_letters,
    hold_room,
    python_sets,
    same,
    written_in,
)
from tensors import normal

from attn_utils.widgets import WeighedValues

MODULE = "weighed_values/weighed_math.js"
TOKENS = ["start", *"qfcamtkqfcamt"]
HINT = "stretch the value that has most of the weight."
TALL = 56
STATES = [
    {"head": 1, "query": 14, "key": 1, "times": 1.0},
    {"head": 2, "query": 1, "key": 1, "times": 2.0},
    {"head": 3, "query": 7, "key": 3, "times": 0.0},
    {"head": 2, "query": 13, "key": 14, "times": 1.5},
]


def tables():
    """Weights and values as the page gets them, in half precision."""
    hidden = torch.ones(14, 14).triu(1).bool()
    scores = 3 * normal(3, 14, 14, seed=0)
    weights = scores.masked_fill(hidden, -torch.inf).softmax(-1)
    values = normal(3, 14, 8, seed=1) * torch.linspace(0.1, 3, 14)[:, None]
    return weights.half().float(), values.half().float()


WEIGHTS, VALUES = tables()


def made(**traits):
    """A widget of three heads over fourteen tokens."""
    return WeighedValues(WEIGHTS, VALUES, TOKENS, **traits)


def expected(head, query, key, times):
    """What must be drawn: weights, lengths, what is added, the sum and its turn."""
    row = WEIGHTS[head - 1, query - 1].double()
    before = VALUES[head - 1].double()
    held = before.clone()
    held[key - 1] *= times
    lengths = held.norm(dim=-1)
    was, is_now = row @ before, row @ held
    cosine = torch.cosine_similarity(was, is_now, dim=0).clamp(-1, 1)
    return {
        "weights": row,
        "lengths": lengths,
        "added": row * lengths,
        "was": was.norm(),
        "sum": is_now.norm(),
        "angle": 0 if is_now.norm() == 0 else cosine.acos().rad2deg(),
    }


def numbers(face, name, attribute="data-number"):
    return [
        float(each)
        for each in face.locator(name).evaluate_all(
            "(all, name) => all.map((n) => n.getAttribute(name))", attribute
        )
    ]


@pytest.fixture
def opened(watch, bare):
    """Open the widget on a page of its own; returns it, its page and its face."""

    def opened(theme="light", watched=None, **traits):
        widget = made(hint=HINT, **traits)
        handle = Handle(of=widget.model_id)
        return widget, *alive(
            bare, watched or watch(), widget, handle, theme=theme
        )

    return opened


@pytest.mark.parametrize("seed", range(5))
def test_the_arithmetic_is_torch_s(modules, seed):
    values, weights = normal(6, 4, seed=seed), normal(6, seed=seed).softmax(0)
    rows, row = values.tolist(), weights.tolist()
    lengths = values.norm(dim=-1)
    assert same(call(modules, MODULE, "lengthOf", rows[0]), lengths[0])
    assert same(call(modules, MODULE, "added", row, rows), weights * lengths)
    assert same(call(modules, MODULE, "contextOf", row, rows), weights @ values)
    held = values.clone()
    held[2] *= 1.5
    assert same(call(modules, MODULE, "stretched", rows, 2, 1.5), held)
    turned = torch.cosine_similarity(values[0], values[1], dim=0)
    got = torch.tensor(call(modules, MODULE, "angle", *rows[:2])).double()
    assert torch.allclose(got.deg2rad().cos().float(), turned, atol=1e-6)
    assert call(modules, MODULE, "angle", rows[0], [0, 0, 0, 0]) == 0
    assert call(modules, MODULE, "angle", rows[0], rows[0]) < 1e-4


@pytest.mark.parametrize("state", STATES, ids=str)
def test_every_bar_is_torch_s(opened, state):
    _, _, face = opened(**state)
    true = expected(**state)
    longest = VALUES.norm(dim=-1).max()
    for name, drawn, scale in (
        ("weight", true["weights"], 1),
        ("length", true["lengths"], longest),
        ("added", true["added"], longest),
    ):
        bars = f".weighed-{name}"
        assert numbers(face, bars) == pytest.approx(drawn.tolist(), abs=1e-5)
        tall = torch.tensor(numbers(face, bars, "height"))
        share = (drawn / scale).clamp(max=1)
        assert tall.tolist() == pytest.approx((TALL * share).tolist(), abs=0.01)
        feet = torch.tensor(numbers(face, bars, "y")) + tall
        assert feet.max() - feet.min() < 0.03
        places = numbers(face, bars, "x")
        assert places == sorted(places)
        assert len({*places}) == 14
    (height,) = numbers(face, ".weighed-sum", "height")
    share = min(1, true["sum"] / longest)
    assert height == pytest.approx(float(TALL * share), abs=0.01)


@pytest.mark.parametrize("state", STATES, ids=str)
def test_marks_stand_at_the_query_the_key_and_the_sum_before(opened, state):
    _, _, face = opened(**state)
    true = expected(**state)
    column = numbers(face, ".weighed-asks", "width")[0] + 2
    (left,) = numbers(face, ".weighed-asks", "x")
    assert left == pytest.approx((state["query"] - 1) * column + 1, abs=0.2)
    assert face.locator(".weighed-hidden").count() == 14 - state["query"]
    marked = face.locator(".weighed-mark").get_attribute("d")
    x = float(marked[1:].split()[0])
    assert x == pytest.approx((state["key"] - 0.5) * column, abs=0.2)
    line = face.locator(".weighed-before").get_attribute("d")
    assert bool(line) == (state["times"] != 1)
    if line:
        ground = numbers(face, ".weighed-sum", "y")[0]
        ground += numbers(face, ".weighed-sum", "height")[0]
        share = min(1, true["was"] / VALUES.norm(dim=-1).max())
        y = float(line.split()[1].split("h")[0])
        assert ground - y == pytest.approx(float(TALL * share), abs=0.03)


@pytest.mark.parametrize("state", STATES, ids=str)
def test_what_is_said_is_torch_s(opened, state):
    _, _, face = opened(**state)
    true = expected(**state)
    best = int(true["weights"].argmax())
    own = VALUES[state["head"] - 1, best].norm()
    said = (
        f"Head {state['head']}, asked from {TOKENS[state['query'] - 1]} "
        f"({state['query']}), lays {true['weights'][best]:.2f} on "
        f"{TOKENS[best]} ({best + 1}), whose value is {own:.1f} long, and adds a "
        f"vector of length {true['was']:.1f}."
    )
    if state["times"] != 1:
        said += (
            f" With the value of {TOKENS[state['key'] - 1]} ({state['key']}) times "
            f"{state['times']:g} no weight moves; it adds {true['sum']:.1f}, "
            f"turned by {true['angle']:.0f}°."
        )
    assert face.locator(".attn-readout").inner_text() == said
    picture = face.locator(".attn-picture")
    assert picture.get_attribute("aria-label") == said


def test_stretching_a_value_moves_no_weight_and_no_scale(opened):
    widget, page, face = opened()
    before = numbers(face, ".weighed-weight", "height")
    titles = face.locator(".weighed-title").all_inner_texts()
    for times in (0.0, 2.0):
        python_sets(page, widget, times=times)
        assert numbers(face, ".weighed-weight", "height") == before
        assert face.locator(".weighed-title").all_inner_texts() == titles


def test_its_controls_set_what_they_name(opened):
    widget, page, face = opened()
    face.locator(".attn-chip").nth(2).click()
    for place, name in enumerate(("query", "key", "times")):
        face.locator("[type=range]").nth(place).press("Home")
        frames(page)
        least = widget.settable[name][0]
        got = page.evaluate(
            "([of, name]) => window.models[of].get(name)",
            [widget.model_id, name],
        )
        assert got == least, name
    assert "Head 3, asked from start (1)" in face.inner_text()


@pytest.mark.parametrize("width", [280, 320, 360, 620, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    hold_room(widget, page, face, STATES)


@pytest.mark.parametrize("width", [280, 320, 360, 800, 1440])
def test_no_words_touch_others_or_leave_the_picture(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    words = face.locator(".attn-picture text")
    for state in STATES:
        python_sets(page, widget, **state)
        hold_apart(face, written_in(words))
        hold_letters(words)


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part in widget.parts:
        groups = face.locator(f"[data-show~={part}]")
        assert groups.count() == 1
        assert groups.evaluate("(g) => g.tagName") == "g"


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    _, page, face = opened(theme, watched, **STATES[3])
    assert_no_violation(page)
    assert_can_be_hit(face.locator("[type=range], .attn-chip, button"))


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(watched=watch(forced_colors="active"), **STATES[3])
    assert_drawn(
        face,
        fill="weighed-weight weighed-added weighed-sum weighed-mark",
        stroke="weighed-length weighed-asks weighed-before",
    )
