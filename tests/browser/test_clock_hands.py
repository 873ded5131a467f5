"""The hands of sinusoidal positions: every hand, bar and number as Python has them."""

import math
import random
import re

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

from attn_utils import sinusoidal_positions
from attn_utils.positions import angles
from attn_utils.widgets import ClockHands

MATHS = "clock_hands/clock_hands_math.js"
HINT = "pull position: every hand turns, the angles stay. Then pull offset. Which clocks change the product?"
NAMES = ("position", "other")
DIMS = [8, 16, 24]
BASES = [10, 100, 1000, 10000]
PLACES = [
    {},
    {"position": 30, "offset": -30, "dim": 24, "base": 10000},
    {"position": 90, "offset": 30, "dim": 24, "base": 10},
    {"position": 61, "offset": 0, "dim": 8, "base": 100},
    {"position": 77, "offset": -4, "dim": 8, "base": 10},
    {"position": 88, "offset": 22, "dim": 24, "base": 1000},
]


def made(**traits):
    return ClockHands(**({"hint": HINT} | traits))


def whole(widget, change):
    """All that a state sets, whether it was said or not."""
    return {name: getattr(widget, name) for name in widget.settable} | change


def turned(state, position):
    """The angle of each hand at a position, in radians."""
    (row,) = angles(1, state["dim"], position, float(state["base"])).tolist()
    return row


def vector(state, position):
    """The features of a position, in double precision."""
    turn = torch.tensor(turned(state, position), dtype=torch.float64)
    waves = torch.stack([turn.sin(), turn.cos()], dim=-1).flatten()
    given = sinusoidal_positions(
        1, state["dim"], position, float(state["base"])
    )[0]
    assert torch.allclose(waves, given.double(), atol=1e-5)
    return waves.tolist()


def product(state, offset):
    """The dot product of the position and another one."""
    one, other = (vector(state, state["position"] + at) for at in (0, offset))
    return sum(a * b for a, b in zip(one, other, strict=True))


def apart(state):
    """The angles between the hands of both positions, -pi to pi."""
    both = zip(
        turned(state, state["position"]),
        turned(state, state["position"] + state["offset"]),
        strict=True,
    )
    return [math.remainder(b - a, math.tau) for a, b in both]


def plain(text):
    """What is written with a real minus sign, as a number."""
    return float(text.replace("−", "-").replace(",", "").removeprefix("+"))


def shift(offset):
    return f"{offset:+d}".replace("-", "−") if offset else "0"


def numbers(path):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", path)]


def places(parts, *names):
    """The attributes of all parts, as numbers."""
    return parts.evaluate_all(
        "(all, names) => all.map((n) => names.map((name) => Number(n.getAttribute(name))))",
        [*names],
    )


PATHS = "(all) => all.map((n) => n.getAttribute('d'))"
TEXTS = "(all) => all.map((n) => [n.textContent, Number(n.getAttribute('x')), Number(n.getAttribute('y'))])"
NEAR = {"abs": 0.03}


def check_cell(text, value, wide):
    """A number in as many digits as its place has room for."""
    if wide == "none":
        assert text == ""
    elif wide == "one":
        assert re.fullmatch(r"0|−?(1|\.[1-9])", text), text
        assert plain(text) == pytest.approx(value, abs=0.0501)
    else:
        assert re.fullmatch(r"−?(\.\d\d|1\.00)", text), text
        assert text != "−.00"
        assert plain(text) == pytest.approx(value, abs=0.00501)


def check_period(text, period, tight):
    """A period in at most six letters."""
    if text.endswith("k"):
        assert tight
        assert period > 999
        number = float(text.removesuffix("k")) * 1000
        assert number == pytest.approx(period, rel=0.06)
    else:
        digits = 1 if period < 99.95 else 0
        assert text == f"{period:,.{digits}f}"
        assert period < 1000 or not tight


def check_clocks(face, state):
    """Rings, hands, wedges, bars and their numbers."""
    count = state["dim"] // 2
    roomy = face.locator(".attn-stage").bounding_box()["width"] >= 480
    rings = places(face.locator(".clock-ring"), "cx", "cy", "r")
    assert len(rings) == count
    in_row = count if roomy else count // 2
    rows = [rings[i : i + in_row] for i in range(0, count, in_row)]
    for row in rows:
        assert len({y for _, y, _ in row}) == 1
        unit = row[1][0] - row[0][0]
        for k, (x, _, r) in enumerate(row):
            assert x == pytest.approx(row[0][0] + k * unit, **NEAR)
            assert r < unit / 2
    assert [row[0][0] for row in rows] == [rows[0][0][0]] * len(rows)

    at = dict(
        zip(
            NAMES,
            (state["position"], state["position"] + state["offset"]),
            strict=True,
        )
    )
    cells = places(face.locator(".clock-cell"), "x", "y", "width", "height")
    assert len(cells) == 4 * count
    wide = cells[0][2]
    room = "two" if wide >= 29 else "one" if wide >= 20 else "none"
    for name in NAMES:
        group = face.locator(f"g[data-show={name}]")
        lines = group.locator(".clock-hand").evaluate_all(PATHS)[1:]
        ends = places(group.locator(".clock-end"), "cx", "cy")[1:]
        bars = places(group.locator(".clock-bar"), "x", "y", "width", "height")
        texts = group.locator(".clock-number").evaluate_all(TEXTS)
        features = vector(state, at[name])
        assert len(lines) == len(ends) == count
        assert len(bars) == len(texts) == 2 * count
        for i, (x, y, r) in enumerate(rings):
            sine, cosine = features[2 * i : 2 * i + 2]
            tip = [x + r * cosine, y - r * sine]
            assert ends[i] == pytest.approx(tip, **NEAR)
            assert numbers(lines[i]) == pytest.approx([x, y, *tip], **NEAR)
            for j in (0, 1):
                value = features[2 * i + j]
                cell = cells[4 * i + 2 * NAMES.index(name) + j]
                # The sine left of the clock's middle, the cosine right of it.
                assert cell[0] == pytest.approx(x + (j - 1) * wide, **NEAR)
                middle = cell[1] + cell[3] / 2
                long = abs(value) * (cell[3] / 2 - 1)
                bar = bars[2 * i + j]
                upper = middle - long if value > 0 else middle
                assert [bar[1], bar[3]] == pytest.approx([upper, long], **NEAR)
                assert cell[0] < bar[0] < bar[0] + bar[2] < cell[0] + cell[2]
                text, left, _ = texts[2 * i + j]
                check_cell(text, value, room)
                assert left == pytest.approx(cell[0] + wide / 2, **NEAR)
        named = group.locator(".clock-name").all_text_contents()
        with_offset = roomy and name == "other"
        assert named[0] == f"position {at[name]}" + (
            f", offset {shift(state['offset'])}" if with_offset else ""
        )
        assert named[1:] == [str(at[name])] * len(rows)

    tight = unit < 44
    periods = face.locator("g[data-show=period] .clock-number").evaluate_all(
        TEXTS
    )
    cosines = face.locator("g[data-show=angle] .clock-number").evaluate_all(
        TEXTS
    )
    wedges = face.locator(".clock-sector").evaluate_all(PATHS)
    first = turned(state, at["position"])
    speeds = turned(state, 1)
    for i, between in enumerate(apart(state)):
        x, y, r = rings[i]
        check_period(periods[i][0], math.tau / speeds[i], tight)
        check_cell(cosines[i][0], math.cos(between), "one" if tight else "two")
        assert periods[i][1] == cosines[i][1] == x
        # From one hand to the other, the shorter way round.
        points = [
            (x + 0.55 * r * math.cos(a), y - 0.55 * r * math.sin(a))
            for a in (first[i], first[i] + between)
        ]
        found = numbers(wedges[i])
        assert found[:4] == pytest.approx([x, y, *points[0]], **NEAR)
        assert found[4:6] == pytest.approx([0.55 * r] * 2, **NEAR)
        assert found[6:9] == [0, 0, 0 if between > 0 else 1]
        assert found[9:] == pytest.approx(points[1], **NEAR)


class Axes:
    """Where an offset and a product stand, by what is written beside the axes."""

    def __init__(self, face, state):
        ticks = face.locator(".clock-tick").evaluate_all(TEXTS)
        most = state["dim"] // 2
        beside = {plain(text): y - 4 for text, _, y in ticks[:4]}
        assert [*beside] == [-most / 2, 0, most / 2, most]
        below = {plain(text): x for text, x, _ in ticks[4:]}
        assert min(below) == -30
        assert max(below) == 30
        self.left, self.right = below[-30], below[30]
        self.zero, self.top, self.most = beside[0], beside[most], most
        for tick, x in below.items():
            assert x == pytest.approx(self.x(tick), **NEAR)
        for tick, y in beside.items():
            assert y == pytest.approx(self.y(tick), **NEAR)

    def x(self, offset):
        return self.left + (offset + 30) / 60 * (self.right - self.left)

    def y(self, product):
        return self.zero + product / self.most * (self.top - self.zero)


def check_product(face, state):
    """The curve over all offsets, and the one that is asked for."""
    axes = Axes(face, state)
    (curve,) = face.locator(".clock-curve").evaluate_all(PATHS)
    points = numbers(curve)
    offsets = range(-30, 31)
    assert points[::2] == pytest.approx([axes.x(n) for n in offsets], **NEAR)
    heights = [axes.y(product(state, n)) for n in offsets]
    assert points[1::2] == pytest.approx(heights, **NEAR)
    (now,) = face.locator(".clock-now").evaluate_all(PATHS)
    offset = state["offset"]
    x, bottom, top = numbers(now)
    assert x == pytest.approx(axes.x(offset), **NEAR)
    assert top < min(points[1::2]) <= max(points[1::2]) < bottom
    (mark,) = places(face.locator(".clock-mark"), "cx", "cy")
    here = product(state, offset)
    assert mark == pytest.approx([axes.x(offset), axes.y(here)], **NEAR)
    ((words, at, _),) = face.locator(".clock-words").evaluate_all(TEXTS)
    name, _, value = words.partition(": ")
    assert name == f"offset {shift(offset)}"
    assert plain(value) == pytest.approx(here, abs=0.00501)
    assert at == pytest.approx(axes.x(offset), abs=40)


def check_picture(face, widget, change):
    """Everything that is drawn and said is what Python computes."""
    state = whole(widget, change)
    check_clocks(face, state)
    check_product(face, state)
    check_words(face, state)


def check_words(face, state):
    """The readout says it, and the picture's text is the readout."""
    text = face.locator(".attn-readout").text_content()
    assert face.locator(".attn-picture").get_attribute("aria-label") == text
    data = face.locator(".attn-readout data").evaluate_all(
        "(all) => all.map((n) => [n.textContent, Number(n.value)])"
    )
    between = [abs(angle) for angle in apart(state)]
    position, offset = state["position"], state["offset"]
    count = state["dim"] // 2
    here = product(state, offset)
    expected = [
        *(position, position + offset, between[0], between[-1]),
        *(count, here),
    ]
    assert [value for _, value in data] == pytest.approx(expected, abs=1e-6)
    for (shown, _), angle in zip(
        data[2:4], (between[0], between[-1]), strict=True
    ):
        degrees = math.degrees(angle)
        near = 0.501 if degrees >= 9.95 else 0.051 * max(degrees, 1e-9)
        assert float(shown.removesuffix("°")) == pytest.approx(
            degrees, abs=near
        )
        assert len(shown) <= 7
    assert plain(data[5][0]) == pytest.approx(here, abs=0.00501)
    sums = sum(math.cos(angle) for angle in between)
    assert sums == pytest.approx(here, abs=1e-9), "what the sentence says"
    assert f"those of clock {count} " in text
    assert f" of at most {count}, the dot product. " in text
    assert text.endswith(
        "It depends on the offset only: another position turns every hand and keeps "
        "what lies between them."
    )


def test_periods_and_products_are_pythons(modules):
    draw = random.Random(0)
    for _ in range(60):
        dim, most = draw.randrange(2, 40), draw.randrange(1, 40)
        base = draw.uniform(1.5, 20_000)
        got = call(modules, MATHS, "periods", dim, base)
        speeds = angles(2, dim, 0, base)[1]
        assert got == pytest.approx((math.tau / speeds).tolist())
        # In double precision: float32 alone is off by more than 1e-6 here.
        turn = angles(2 * most + 1, dim, 0, base)
        waves = torch.stack([turn.sin(), turn.cos()], dim=-1).flatten(-2)
        waves = waves[:, :dim]
        given = sinusoidal_positions(2 * most + 1, dim, 0, base)
        assert torch.allclose(waves.float(), given, atol=1e-5)
        got = call(modules, MATHS, "productByOffset", dim, base, most)
        assert same(got, waves @ waves[most])


def test_of_two_ways_round_the_shorter_one_is_taken(modules):
    draw = random.Random(1)
    for _ in range(200):
        one, other = (draw.uniform(-200, 200) for _ in range(2))
        got = call(modules, MATHS, "shortTurn", one, other)
        turn = other - one
        expected = math.atan2(math.sin(turn), math.cos(turn))
        assert got == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("value", "two", "one"),
    [
        (0.924, ".92", ".9"),
        (-0.4, "−.40", "−.4"),
        (1, "1.00", "1"),
        (-0.996, "−1.00", "−1"),
        (0.049, ".05", "0"),
        (-0.049, "−.05", "0"),
        (-0.004, ".00", "0"),
        (0.051, ".05", ".1"),
        (-0.0, ".00", "0"),
    ],
)
def test_a_number_is_written_in_the_room_of_its_cell(modules, value, two, one):
    assert call(modules, MATHS, "inCell", value, False) == two
    assert call(modules, MATHS, "inCell", value, True) == one


@pytest.mark.parametrize(
    ("period", "long", "short"),
    [
        (math.tau, "6.3", "6.3"),
        (99.94, "99.9", "99.9"),
        (99.96, "100", "100"),
        (628.3, "628", "628"),
        (999.6, "1,000", "1.0k"),
        (1353.7, "1,354", "1.4k"),
        (9960, "9,960", "10k"),
        (29_164, "29,164", "29k"),
    ],
)
def test_a_period_is_written_in_a_few_letters(modules, period, long, short):
    assert call(modules, MATHS, "inTokens", period, False) == long
    assert call(modules, MATHS, "inTokens", period, True) == short


@pytest.mark.parametrize(
    ("degrees", "text"),
    [
        (171.9, "172°"),
        (9.96, "10°"),
        (9.94, "9.9°"),
        (0.0123, "0.012°"),
        (0.0, "0°"),
    ],
)
def test_an_angle_has_two_digits_or_is_whole(modules, degrees, text):
    radians = math.radians(degrees)
    assert call(modules, MATHS, "inDegrees", radians) == text


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("place", range(len(PLACES)))
def test_the_picture_is_what_python_computes(opened, watch, place, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    python_sets(page, widget, **PLACES[place])
    check_picture(face, widget, PLACES[place])


def test_anywhere_the_picture_is_what_python_computes(opened):
    widget, page, face = opened()
    draw = random.Random(1)
    for _ in range(12):
        change = {
            "position": draw.randint(30, 90),
            "offset": draw.randint(-30, 30),
            "dim": draw.choice(DIMS),
            "base": draw.choice(BASES),
        }
        python_sets(page, widget, **change)
        check_picture(face, widget, change)


def test_another_position_turns_every_hand_and_keeps_every_angle(opened):
    widget, page, face = opened()

    def drawn():
        cosines = face.locator("g[data-show=angle] text").all_text_contents()
        marks = places(face.locator(".clock-mark"), "cx", "cy")
        product_now = face.locator(".clock-words").text_content()
        curve = face.locator(".clock-curve").get_attribute("d")
        return cosines, marks, product_now, curve

    def hands():
        return face.locator(".clock-hand").evaluate_all(PATHS)

    kept, before = drawn(), hands()
    python_sets(page, widget, position=83)
    assert drawn() == kept
    looks = 2  # what each look means does not turn
    moved = [a != b for a, b in zip(before, hands(), strict=True)]
    assert moved.count(True) == len(moved) - looks


def test_no_curve_leaves_its_axes(opened):
    widget, page, face = opened()
    for dim in DIMS:
        for base in BASES:
            python_sets(page, widget, dim=dim, base=base)
            heights = numbers(face.locator(".clock-curve").get_attribute("d"))[
                1::2
            ]
            _, bottom, top = numbers(
                face.locator(".clock-now").get_attribute("d")
            )
            assert top < min(heights) <= max(heights) < bottom


def test_sliders_and_chips_set_what_they_say(opened):
    widget, page, face = opened()
    for label, key, value, said in (
        ("position", "ArrowRight", 43, "43"),
        ("offset", "ArrowLeft", 2, "+2"),
        ("offset", "Home", -30, "−30"),
    ):
        slider = face.get_by_role("slider", name=label)
        slider.press(key)
        frames(page)
        assert held_by(page, widget, label) == value
        assert slider.get_attribute("aria-valuetext") == said
    for name, trait, value in (
        ("24", "dim", 24),
        ("1,000", "base", 1000),
        ("10", "base", 10),
    ):
        face.get_by_role("radio", name=name, exact=True).check()
        frames(page)
        assert held_by(page, widget, trait) == value
    change = {"position": 43, "offset": -30, "dim": 24, "base": 10}
    check_picture(face, widget, change)


def test_42_and_45_by_hand(opened):
    _, _, face = opened()
    assert face.locator(".attn-readout").text_content() == (
        "Positions 42 and 45: the hands of clock 1 are 172° apart, those of clock 8 "
        "0.054°. The cosines of all 8 such angles add up to 5.54 of at most 8, the "
        "dot product. It depends on the offset only: another position turns every "
        "hand and keeps what lies between them."
    )


def test_what_a_hand_and_its_numbers_are_is_said(opened):
    _, _, face = opened()
    legend = face.locator(".attn-legend").text_content()
    for words in (
        "as high as the sine of its angle and as wide as the cosine",
        "Angle 0 points right.",
        "after how many tokens its hand is back",
        "the cosine of the angle between its hands",
    ):
        assert words in legend
    rows = face.locator(".clock-row").all_text_contents()
    assert sorted(rows) == ["dot", "every"]


def test_reset_brings_everything_back(opened):
    first = {"position": 50, "offset": -7, "dim": 24, "base": 100}
    widget, page, face = opened(**first)
    for label in ("position", "offset"):
        face.get_by_role("slider", name=label).press("End")
    for name in ("8", "10,000"):
        face.get_by_role("radio", name=name, exact=True).check()
    frames(page)
    moved = {"position": 90, "offset": 30, "dim": 8, "base": 10000}
    check_picture(face, widget, moved)
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert held_by(page, widget, *first) == [*first.values()]
    check_picture(face, widget, first)
    for name in ("24", "100"):
        assert face.get_by_role("radio", name=name, exact=True).is_checked()


def test_a_link_sets_everything(opened_with_a_link):
    widget = made(position=30, dim=8, base=10)
    goals = {"position": 90, "offset": -12, "dim": 24, "base": 10000}
    page, face = opened_with_a_link(widget, goals)
    page.evaluate(
        """(of) => {
          window.passed = [];
          const model = window.models[of];
          for (const name of ["dim", "base"]) model.on(`change:${name}`, () => window.passed.push(model.get(name)));
        }""",
        widget.model_id,
    )
    page.get_by_role("button", name="go").click()
    page.wait_for_timeout(600)
    passed = page.evaluate("passed")
    assert set(passed) <= {*DIMS, *BASES}
    check_picture(face, widget, goals)


def test_a_link_in_the_prose_may_ask_for_every_number():
    ties = load("ties")
    picture = tied_to(made())
    asked = "position=60&offset=-4&dim=24&base=1000"
    assert ties.settings(asked, picture) == {
        "position": 60,
        "offset": -4,
        "dim": 24,
        "base": 1000,
    }
    for wrong in ("dim=12", "base=20", "position=29", "offset=31"):
        with pytest.raises(ties.TieError, match=wrong.partition("=")[0]):
            ties.settings(wrong, picture)


# What takes most words.
LONGEST = [
    {"position": 88, "offset": 29, "dim": 24, "base": 10000},
    {"position": 90, "offset": 27, "dim": 24, "base": 10},
    {"position": 88, "offset": 22, "dim": 24, "base": 10},
]


@pytest.mark.parametrize("width", [280, 320, 360, 620, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    changes = [whole(made(), change) for change in (*PLACES, *LONGEST)]
    hold_room(widget, page, face, changes)


def test_a_sentence_without_room_and_a_height_that_changes_would_be_noticed(
    opened, watch
):
    watched = watch(viewport={"width": 360, "height": 900})
    widget, page, face = opened(watched=watched)
    changes = [whole(made(), change) for change in (*PLACES, *LONGEST)]
    hold_room(widget, page, face, changes)
    page.add_style_tag(content=".attn-face { padding-top: 60px }")
    with pytest.raises(AssertionError, match="±"):  # the room kept is less
        hold_room(widget, page, face, changes)
    page.add_style_tag(content=".attn-readout { min-height: 0 !important }")
    with pytest.raises(AssertionError, match="outgrows its room"):
        hold_room(widget, page, face, changes)


@pytest.mark.parametrize("width", [280, 320, 360, 620, 800, 1440])
def test_no_words_touch_others_or_leave_the_picture(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    words = face.locator(".attn-picture text")
    ends = [{"offset": n, "position": 90} for n in (-30, -29, 28, 29, 30)]
    most = [{"dim": d, "base": 10000} | end for d in DIMS for end in ends]
    for change in (*PLACES, *most):
        python_sets(page, widget, **whole(made(), change))
        hold_apart(face, written_in(words))
        hold_letters(words)


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part in widget.parts:
        groups = face.locator(f"[data-show~={part}]")
        assert groups.count() == 1
        assert groups.evaluate_all(
            "(all) => all.every((g) => g.tagName === 'g' && !g.hasAttribute('opacity') && g.childElementCount)"
        )


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    _, page, face = opened(theme, watched)
    assert_no_violation(page)
    # Of a chip, whose label is pressed, the whole.
    assert_can_be_hit(face.locator("[type=range], .attn-chip, button"))


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(watched=watch(forced_colors="active"))
    assert_drawn(
        face,
        fill="clock-mark clock-bar",
        stroke="clock-ring clock-hand clock-end clock-curve clock-now clock-cell",
    )


def test_both_positions_are_told_apart_without_colour(opened):
    _, _, face = opened()

    def style(part, name):
        return face.locator(part).last.evaluate(
            "(n, name) => getComputedStyle(n)[name]", name
        )

    dashes = [style(f".clock-hand.clock-{n}", "strokeDasharray") for n in NAMES]
    assert dashes[0] == "none" != dashes[1]
    paper = face.evaluate("(n) => getComputedStyle(n).backgroundColor")
    for part in ("end", "bar"):
        fills = [style(f".clock-{part}.clock-{n}", "fill") for n in NAMES]
        assert fills[0] != paper == fills[1]
    # Where both hands meet, the end of the other shows around the first one's.
    inner, outer = (
        places(face.locator(f".clock-end.clock-{n}"), "r")[0][0] for n in NAMES
    )
    assert outer > inner + 1
    assert face.evaluate(
        "(n) => n.querySelector('[data-show=other]').compareDocumentPosition("
        "n.querySelector('[data-show=position]')) & Node.DOCUMENT_POSITION_FOLLOWING"
    )


def test_the_state_is_small():
    assert size_of(made()) < 3000
