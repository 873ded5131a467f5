"""The three steps row by row: numbers as by hand, geometry as computed."""

import itertools
import re

import pytest
import torch
from access import (
    assert_can_be_hit,
    assert_drawn,
    assert_no_violation,
    narrow_and_wide,
)
from conftest import Handle, alive, call, frames, python_sets, same

from attn_utils import GaussianScore, attention
from attn_utils.widgets import ByHand

MODULE = "by_hand/by_hand.js"
NAMES = ["distance", "score", "exponential", "weight", "context"]
BUSY = {
    "key": [1.0, 1.1, 1.3, 4.9, 5.0],
    "value": [10.0, -20.0, 40.5, 0.0, 7.25],
    "query": 0.5,
    "bandwidth": 0.6,
}


def three(**traits):
    """The chapter's three people."""
    first = {
        "key": [1.0, 2.0, 4.0],
        "value": [10.0, 20.0, 40.0],
        "query": 2.0,
        "step": 5,
        "hint": "step through the rows, then ask at 3. Which row changes least?",
    }
    return ByHand(**(first | traits))


def by_torch(key, value, query, bandwidth):
    """Ask the package for every row."""
    key, value = (torch.tensor(part).double() for part in (key, value))
    score = GaussianScore(bandwidth).double().requires_grad_(False)
    ask = torch.tensor([[query]]).double()
    scores = score(ask, key.unsqueeze(-1))[0]
    context, weights = attention(
        ask, key.unsqueeze(-1), value.unsqueeze(-1), score=score
    )
    return {
        "distance": (query - key).abs(),
        "score": scores,
        "exponential": scores.exp(),
        "total": scores.exp().sum(),
        "weight": weights[0],
        "piece": weights[0] * value,
        "context": context[0, 0],
    }


def shown(face, name):
    """The numbers that stand under the people in one row."""
    row = face.locator(f"[data-show={name}]").last
    texts = row.locator(".hand-number:not(.hand-sum)").all_text_contents()
    return [float(text.replace("−", "-")) for text in texts]


@pytest.mark.parametrize("seed", range(10))
def test_the_arithmetic_in_javascript_is_pythons(modules, seed):
    generator = torch.Generator().manual_seed(seed)
    count = 1 + seed % 5
    key, value = (
        (5 * torch.randn(2, count, generator=generator)).double().tolist()
    )
    query, bandwidth = (
        torch.rand(2, generator=generator).double() * 3 + 0.1
    ).tolist()
    state = {"key": key, "value": value, "bandwidth": bandwidth}
    found = call(modules, MODULE, "byHand", query, state)
    expected = by_torch(key, value, query, bandwidth)
    assert found.keys() == expected.keys()
    for name, numbers in expected.items():
        assert same(found[name], numbers), name


def test_far_from_everyone_the_weights_are_still_right(modules):
    state = {"key": [0.0, 5.0], "value": [1.0, 2.0], "bandwidth": 0.02}
    found = call(modules, MODULE, "byHand", 2.4, state)
    assert found["total"] == 0, "too small for a computer"
    assert same(found["weight"], torch.tensor([1.0, 0.0]))


def test_pieces_are_stacked_from_nothing_to_their_sum(modules):
    got = call(modules, MODULE, "stacked", [2.0, 3.0, -1.0, 4.0, -2.0])
    assert got == [[0, 2], [2, 5], [-1, 0], [5, 9], [-3, -1]]


@pytest.mark.parametrize(
    ("places", "gap", "expected"),
    [
        ([10, 50, 90], 20, [10, 50, 90]),
        ([50, 50, 50], 20, [50, 70, 90]),
        ([90, 88, 10], 20, [92, 72, 10]),
        ([5, 100], 20, [8, 92]),
    ],
)
def test_columns_move_apart_and_stay_inside(modules, places, gap, expected):
    got = call(modules, "parts/axes.js", "spread", places, gap, 8, 92)
    assert got == expected


def test_the_numbers_are_those_that_one_gets_by_hand(watch, bare):
    _, face = alive(bare, watch(), three())
    assert shown(face, "distance") == [1, 0, 2]
    assert shown(face, "score") == [-0.5, 0, -2]
    assert shown(face, "exponential") == [0.61, 1, 0.14]
    assert shown(face, "weight") == [0.35, 0.57, 0.08]
    assert shown(face, "context") == [3.48, 11.48, 3.11]
    sums = face.locator(".hand-sum").all_text_contents()
    assert [s for s in sums if s] == ["sum 1.74", "sum 1.00", "= 18.07"]
    text = face.locator(".attn-readout").text_content()
    assert text == (
        "Read: 0.35 × 10 + 0.57 × 20 + 0.08 × 40 = 18.07, the answer."
    )
    assert "-" not in face.locator(".attn-picture").text_content()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("state", [{}, {"query": 3.4}, BUSY])
def test_the_picture_is_where_the_package_says(watch, bare, state, width):
    widget = three(**state)
    options = {"viewport": {"width": width, "height": 900}}
    _, face = alive(bare, watch(**options), widget)
    now = {
        n: getattr(widget, n) for n in ("key", "value", "query", "bandwidth")
    }
    expected = by_torch(**now)
    near = {"abs": 0.03}

    def axis(kind):
        found = face.locator(f".hand-tick-{kind}").evaluate_all(
            "(all) => all.map((t) => [Number(t.textContent), Number(t.getAttribute('x'))])"
        )
        (one, at_one), *_, (two, at_two) = found
        scale = (at_two - at_one) / (two - one)
        assert scale > 0
        return lambda data: at_one + (data - one) * scale

    def coordinates(part, name="d"):
        return [
            [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", text)]
            for text in face.locator(part).evaluate_all(
                "(all, name) => all.map((n) => n.getAttribute(name))", name
            )
        ]

    to_x, to_value = axis("x"), axis("value")
    marks = [first for first, *_ in coordinates("[data-show=key] .hand-key")]
    assert marks == pytest.approx([to_x(k) for k in now["key"]], **near)
    ((grip, _),) = coordinates(".attn-grip", "transform")
    assert grip == pytest.approx(to_x(now["query"]), **near)
    # From the query to each key; then the bars, on scales that stand still.
    (lines,) = coordinates(".hand-distance")
    for i, k in enumerate(now["key"]):
        x, _, to, *_ = lines[6 * i : 6 * i + 6]
        assert (x, to) == pytest.approx((to_x(now["query"]), to_x(k)), **near)
    for name, share in (
        ("score", -(expected["score"].clamp(min=-4) / -4)),
        ("exponential", expected["exponential"]),
        ("weight", expected["weight"]),
    ):
        (bars,) = coordinates(f".hand-{name}")
        columns = coordinates(f"[data-show={name}] .hand-number", "x")
        for i in range(len(now["key"])):
            left, _, up, wide, down = bars[5 * i : 5 * i + 5]
            assert -up == pytest.approx(20 * share[i].item(), **near)
            assert down == pytest.approx(-up, **near)
            assert left + wide / 2 == pytest.approx(columns[i][0], **near)
    # The stack adds up to the answer.
    pieces = face.locator(".hand-piece").evaluate_all(
        "(all) => all.map((n) => [Number(n.getAttribute('x')), Number(n.getAttribute('width'))])"
    )
    scale = to_value(1) - to_value(0)
    for (_, wide), piece in zip(pieces, expected["piece"], strict=True):
        assert wide == pytest.approx(abs(piece.item()) * scale, **near)
    up = [p for p, v in zip(pieces, now["value"], strict=True) if v >= 0]
    down = [p for p, v in zip(pieces, now["value"], strict=True) if v < 0]
    assert up[0][0] == pytest.approx(to_value(0), **near)
    for (x, wide), (following, _) in itertools.pairwise(up):
        assert following == pytest.approx(x + wide, **near)
    for x, wide in down[:1]:
        assert x + wide == pytest.approx(to_value(0), **near)
    ((answer, _),) = coordinates(".hand-answer", "transform")
    assert answer == pytest.approx(to_value(expected["context"].item()), **near)


def test_numbers_under_each_other_do_not_touch(watch, bare):
    options = {"viewport": {"width": 360, "height": 900}}
    _, face = alive(bare, watch(**options), three(**BUSY))
    for name in NAMES:
        boxes = face.locator(f"[data-show={name}]").last.evaluate(
            "(row) => [...row.querySelectorAll('.hand-number')].filter((n) => n.textContent)"
            ".map((n) => { const b = n.getBoundingClientRect(); return [b.left, b.right]; })"
        )
        boxes.sort()
        for (_, right), (left, _) in itertools.pairwise(boxes):
            assert left >= right - 1, name


@pytest.mark.parametrize("how", ["click", "key"])
def test_next_and_back_build_it_up_row_by_row(watch, bare, how):
    page, face = alive(bare, watch(), three(step=0))
    back, following = (
        face.get_by_role("button", name=name) for name in ("Back", "Next")
    )

    def press(button):
        if how == "click":
            button.click(force=True)
        else:
            button.focus()
            page.keyboard.press("Enter")
        frames(page)

    def rows():
        return [
            face.locator(f"[data-show={name}]").last.is_visible()
            and face.locator(
                f"[data-show={name}] .hand-number"
            ).first.is_visible()
            for name in NAMES
        ]

    said = set()
    for step in range(6):
        assert rows() == [i < step for i in range(5)]
        said.add(face.locator(".attn-readout").text_content())
        assert face.locator(".hand-where").inner_text() == f"{step} of 5"
        press(following)
    assert rows() == [True] * 5
    assert following.get_attribute("aria-disabled") == "true"
    assert len(said) == 6
    for step in (4, 3, 2, 1, 0):
        press(back)
        assert rows() == [i < step for i in range(5)]
    assert back.get_attribute("aria-disabled") == "true"
    press(back)
    assert rows() == [False] * 5


@pytest.mark.parametrize("label", ["query q", "bandwidth h"])
def test_a_slider_changes_picture_and_words(watch, bare, label):
    page, face = alive(bare, watch(), three())
    slider = face.get_by_label(label)
    seen = set()
    for key in ("Home", "ArrowRight", "End"):
        slider.press(key)
        frames(page)
        picture = face.locator(".attn-picture")
        seen.add((picture.inner_html(), slider.get_attribute("aria-valuetext")))
        assert (
            picture.get_attribute("aria-label")
            == face.locator(".attn-readout").text_content()
        )
    assert len(seen) == 3


def test_the_query_can_be_dragged_and_says_so_until_then(watch, bare):
    page, face = alive(bare, watch(), three())
    hint = face.locator(".attn-grip-hint")
    assert hint.is_visible()
    box = face.locator(".attn-stage").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"], box["y"] + 60, steps=3)
    page.mouse.up()
    frames(page)
    assert float(face.get_by_label("query q").input_value()) == 5
    assert not hint.is_visible()
    page.keyboard.press("ArrowLeft")
    assert float(face.get_by_label("query q").input_value()) == 4.95


def test_reset_brings_the_first_state_back(watch, bare):
    page, face = alive(bare, watch(), three(step=2))
    before = face.locator(".attn-readout").text_content()
    face.get_by_role("button", name="Next").click()
    face.get_by_label("query q").press("End")
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert face.locator(".attn-readout").text_content() == before


def test_what_python_changes_later_is_drawn(watch, bare):
    widget = three()
    page, face = alive(bare, watch(), widget, Handle(of=widget.model_id))
    python_sets(page, widget, key=[1.0, 3.0])
    python_sets(page, widget, value=[10.0, 30.0])
    assert shown(face, "distance") == [1, 1]
    assert face.locator(".hand-piece").count() == 2
    python_sets(page, widget, step=1, bandwidth=2.0, query=1.0)
    assert face.locator(".attn-readout").text_content().startswith("Compare")
    assert shown(face, "distance") == [0, 2]


@pytest.mark.parametrize("width", [320, 360, 800, 1440])
@pytest.mark.parametrize("state", [{}, BUSY])
def test_its_height_never_changes_and_is_the_room_kept(
    watch, bare, state, width
):
    widget = three(step=0, **state)
    options = {"viewport": {"width": width, "height": 900}}
    page, face = alive(bare, watch(**options), widget)
    heights = set()
    for _ in range(6):
        for label in ("query q", "bandwidth h"):
            for key in ("Home", "End"):
                face.get_by_label(label).press(key)
                frames(page)
                heights.add(face.bounding_box()["height"])
        face.get_by_role("button", name="Next").click(force=True)
    assert len(heights) == 1
    if width > 320 and not state:
        room = widget.room[{360: 2, 800: 1, 1440: 0}[width]]
        assert heights.pop() == pytest.approx(room, abs=25)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_part_can_be_lit_from_the_prose(watch, bare):
    widget = three()
    _, face = alive(bare, watch(), widget)
    assert set(widget.parts) >= {"query", "key", "value", "weight", "context"}
    for part in widget.parts:
        group = face.locator(f"[data-show~={part}]")
        assert group.count() == 1
        assert group.get_attribute("opacity") is None


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(watch, bare, theme, width):
    options = {"viewport": {"width": width, "height": 900}}
    page, face = alive(bare, watch(**options), three(), theme=theme)
    assert_no_violation(page)
    assert_can_be_hit(face.locator("input, button"))


def test_in_forced_colours_everything_is_still_drawn(watch, bare):
    _, face = alive(bare, watch(forced_colors="active"), three())
    assert_drawn(
        face,
        fill="hand-weight hand-piece",
        stroke="hand-key hand-answer hand-exponential",
    )
