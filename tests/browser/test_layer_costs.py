"""What layers cost: the curves, their crossing and every number as Python counts."""

import itertools
import math
import random
import re
from urllib.parse import quote

import pytest
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
    size_of,
    tied_to,
    written_in,
)
from extensions import load
from test_digit_recall import held_by

from attn_utils.recipes import costs, crossing, layer_cost
from attn_utils.widgets import LayerCosts

MATHS = "layer_costs/layer_costs_math.js"
OWN = "attention"
HINT = "pull n to the right until both cost the same. What does that have to do with d?"
WORDS = {"": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9}
LETTERS = {"k": 10**3, "M": 10**6, "bn": 10**9}
ARTICLES = {
    "RNN": "an RNN",
    "GRU": "a GRU",
    "LSTM": "an LSTM",
    "convolution": "a convolution",
    "fully connected": "a fully connected layer",
}
PLACES = [
    {},
    {"num_tokens": 64, "width": 64, "rival": "GRU"},
    {"num_tokens": 8, "width": 8, "count": "mixing", "rival": "RNN"},
    {
        "num_tokens": 4096,
        "width": 1024,
        "kernel_size": 9,
        "count": "mixing",
        "rival": "convolution",
    },
    {"num_tokens": 96, "kernel_size": 7, "rival": "convolution"},
    {"num_tokens": 3072, "width": 256, "rival": "fully connected"},
    {"num_tokens": 12, "width": 1024, "rival": "RNN"},
]


def made(**traits):
    return LayerCosts(**({"hint": HINT} | traits))


def whole(widget, change):
    """All that a state sets, whether it was said or not."""
    return {name: getattr(widget, name) for name in widget.settable} | change


def times(mixer, n, state):
    """How often a layer multiplies for n tokens, in this state."""
    cost = layer_cost(mixer, n, state["width"], state["kernel_size"])
    return cost.mixing + cost.maps * (state["count"] == "with maps")


def meeting(state):
    """Where attention and the rival meet, in this state."""
    sizes = state["width"], state["kernel_size"]
    return crossing(OWN, state["rival"], *sizes, state["count"] == "with maps")


def read(text):
    """The number that is written, and the half of its last digit's worth."""
    found = re.fullmatch(r"([\d,]+)(?:\.(\d+))? ?([a-zA-Z]*)", text)
    assert found, text
    thousands, decimals, unit = found.groups("")
    worth = (WORDS | LETTERS)[unit]
    number = float(f"{thousands.replace(',', '')}.{decimals}") * worth
    digits = thousands.replace(",", "")
    assert f"{int(digits):,}" == thousands
    # Two digits or the whole, and none that says nothing.
    assert not decimals or (len(digits), len(decimals)) == (1, 1)
    assert decimals != "0"
    return number, 0.51 * worth / (10 if len(digits) == 1 else 1)


def check_number(text, expected):
    number, near = read(text)
    assert number == pytest.approx(expected, abs=near), text


TEXTS = """
(all) => all.map((n) => [n.textContent, ...["x", "y", "text-anchor", "class"].map((name) => n.getAttribute(name))])
"""
PATHS = "(all) => all.map((n) => n.getAttribute('d'))"


def numbers(path):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", path)]


def texts(face, part):
    found = face.locator(part).evaluate_all(TEXTS)
    return [(t, float(x), float(y), *more) for t, x, y, *more in found]


class Axes:
    """Where a number stands, by what is written beside the two axes."""

    def __init__(self, face):
        ticks = texts(face, ".cost-tick")
        below = [tick for tick in ticks if tick[3] == "middle"]
        beside = [tick for tick in ticks if tick[3] == "end"]
        assert [text for text, *_ in below] == ["8", "64", "512", "4,096"]
        assert [text for text, *_ in beside][1:] == ["million", "billion"]
        self.left, self.right = below[0][1], below[-1][1]
        self.upper = {"million": beside[1][2] - 4, "billion": beside[2][2] - 4}
        self.base = below[0][2] - 18

    def x(self, n):
        share = math.log(n / 8) / math.log(4096 / 8)
        return self.left + share * (self.right - self.left)

    def y(self, count):
        million, billion = self.upper.values()
        return million + math.log10(count / 1e6) / 3 * (billion - million)


def check_picture(face, widget, change):
    """Everything that is drawn and said is what Python counts."""
    state = whole(widget, change)
    near = {"abs": 0.06}
    n, rival = state["num_tokens"], state["rival"]
    tokens = widget.settable["num_tokens"][2]
    axes = Axes(face)

    mixers = [*widget.settable["rival"], OWN]
    for mixer in mixers:
        part = mixer.replace("fully ", "")
        group = face.locator(f"g[data-show={part}]")
        curve = group.locator(".cost-curve")
        points = numbers(curve.get_attribute("d"))
        assert points[::2] == pytest.approx(
            [axes.x(at) for at in tokens], **near
        )
        heights = [axes.y(times(mixer, at, state)) for at in tokens]
        assert points[1::2] == pytest.approx(heights, **near), mixer
        assert all(b < a for a, b in itertools.pairwise(heights))
        kind = {OWN: "cost-curve cost-own", rival: "cost-curve cost-rival"}
        assert curve.get_attribute("class") == kind.get(mixer, "cost-curve")
        ((name, x, y, _, style),) = texts(face, f"g[data-show={part}] text")
        assert name in (mixer, part)
        strong = mixer in kind
        assert style == ("cost-name cost-strong" if strong else "cost-name")
        lead = numbers(group.locator(".cost-lead").get_attribute("d"))
        assert lead == pytest.approx(
            [axes.right + 2, points[-1], x - 3, y - 4], abs=0.02
        )
        assert abs(y - 4 - points[-1]) < 75

    # The line of n tokens, and both layers' values on it.
    values = [times(mixer, n, state) for mixer in (rival, OWN)]
    (now,) = face.locator(".cost-now").evaluate_all(PATHS)
    assert numbers(now)[0] == pytest.approx(axes.x(n), **near)
    dots = face.locator(".cost-dot").evaluate_all(
        "(all) => all.map((n) => ['cx', 'cy'].map((name) => Number(n.getAttribute(name))))"
    )
    for dot, value in zip(dots, values, strict=True):
        assert dot == pytest.approx([axes.x(n), axes.y(value)], **near)
    hollow = face.locator(".cost-dot").evaluate_all(
        "(all) => all.map((n) => n.classList.contains('cost-hollow'))"
    )
    assert hollow == [True, False]
    written = texts(face, ".cost-value")
    # The larger one stands left of the line, the smaller one right of it, but
    # for the ends of the axis.
    short = axes.right - axes.left < 165
    room = 50 if short else 88
    own_side = -1 if values[1] >= values[0] else 1
    sides = [-own_side, own_side]
    if axes.x(n) - axes.left < room:
        sides = [1, 1]
    elif axes.right - axes.x(n) < room:
        sides = [-1, -1]
    for (text, x, y, anchor, _), value, side in zip(
        written, values, sides, strict=True
    ):
        check_number(text, value)
        units = "k|M|bn" if short else "thou|mill|bill"
        assert re.search(units, text) or value < 10_000
        assert x == pytest.approx(axes.x(n) + 8 * side, **near)
        assert anchor == ("end" if side < 0 else "start")
        assert abs(y - axes.y(value)) < 35
        assert 50 < y < axes.base, "inside the axes"
    lower, upper = (y for _, _, y, *_ in written)
    assert abs(lower - upper) >= 14.9
    if values[0] != values[1]:
        assert (lower > upper) == (values[0] < values[1])

    # Where they meet.
    words = texts(face, ".cost-words")
    assert words[1][0] == f"n = {n:,}"
    assert words[1][1] == pytest.approx(axes.x(n), abs=33)
    found = meeting(state)
    mark, drop = (
        numbers(face.locator(f".cost-{part}").get_attribute("d"))
        for part in ("mark", "drop")
    )
    inside = found is not None and 8 <= found <= 4096
    assert bool(mark) == bool(drop) == inside
    if inside:
        at = [axes.x(found), axes.y(times(OWN, int(found), state))]
        assert found % 1 == 0
        assert [mark[0], mark[1] + 8] == pytest.approx(at, **near)
        assert [drop[0], drop[2]] == pytest.approx(at, **near)
        assert words[0][0] == f"they meet at n = {found:,.0f}"
        assert words[0][1] == pytest.approx(at[0], abs=67)
    elif found is None:
        assert words[0][0] == "they never meet"
    else:
        said = f"they meet at n = {found:,.0f}"
        assert words[0][0] == (f"← {said}" if found < 8 else f"{said} →")
    check_words(face, state)


def check_words(face, state):
    """The readout says it, and the picture's text is the readout."""
    text = face.locator(".attn-readout").text_content()
    assert face.locator(".attn-picture").get_attribute("aria-label") == text
    n, rival = state["num_tokens"], state["rival"]
    own, other = (times(mixer, n, state) for mixer in (OWN, rival))
    data = face.locator(".attn-readout data").evaluate_all(
        "(all) => all.map((n) => [n.textContent, Number(n.value)])"
    )
    for shown, value in data:
        check_number(shown, value)
    found = meeting(state)
    mine, its = (
        layer_cost(mixer, n, state["width"], state["kernel_size"])
        for mixer in (OWN, rival)
    )
    expected = [n, state["width"], own, other]
    if own != other:
        expected.append(max(own / other, other / own))
    if found is not None:
        expected.append(found)
    expected += [mine.steps, its.steps, mine.path, its.path]
    assert [value for _, value in data] == pytest.approx(expected)
    some = ARTICLES[rival]
    the = re.sub("^an? ", "the ", some)
    mixes = " times to mix, " if state["count"] == "mixing" else " times, "
    assert f"{mixes}{some} " in text
    assert f"{written_formula(rival, state)} = " in text
    assert f"attention multiplies {written_formula(OWN, state)} = " in text
    if own == other:
        assert ": both equally often." in text
    else:
        who = OWN if own > other else the
        assert re.search(f": {who} [\\d,.]+ times as often\\.", text)
    if found is None:
        more = "more" if own > other else "less"
        assert (
            f"They never meet: attention always multiplies {more} often."
            in text
        )
    else:
        beside = "" if 8 <= found <= 4096 else ", beside the picture"
        assert f"They meet at n = {found:,.0f}{beside}. " in text
    assert text.endswith(", a layer each.") == (rival == "convolution")
    assert "Steps in a row: 1 against " in text
    assert ". Way: 1 against " in text


def written_formula(mixer, state):
    """a·n²d + b·nd², as its values at a few sizes tell a and b."""
    kernel = {"kernel_size": state["kernel_size"], "count": state["count"]}
    one, two = (times(mixer, n, {"width": 1} | kernel) for n in (1, 2))
    squares = two // 2 - one
    for n, d in ((3, 2), (5, 7)):
        count = squares * n**2 * d + (one - squares) * n * d**2
        assert count == times(mixer, n, {"width": d} | kernel)
    pieces = [(squares, "n²d"), (one - squares, "nd²")]
    return " + ".join(f"{a if a > 1 else ''}{p}" for a, p in pieces if a)


ALL = """
async (sizes) => {
  const js = await import("./layer_costs/layer_costs_math.js");
  return sizes.map(([mixer, rival, n, d, k, withMaps]) => {
    const { mixing, maps, steps, path } = js.layerCost(mixer, n, d, k);
    return [[mixing, maps, steps, path], js.multiplications(mixer, n, d, k, withMaps), js.crossing(mixer, rival, d, k, withMaps)];
  });
}
"""


def test_the_arithmetic_in_javascript_is_pythons_to_the_last_digit(modules):
    draw = random.Random(0)
    sizes = [
        (
            *(mixer, draw.choice(costs.COUNTED)),
            *(draw.randint(1, 2 ** draw.randint(1, 16)) for _ in range(2)),
            *(draw.randrange(3, 18, 2), draw.random() < 0.5),
        )
        for mixer in costs.COUNTED
        for _ in range(300)
    ]
    met = 0
    found = modules.evaluate(ALL, [[*one] for one in sizes])
    for (mixer, rival, n, d, k, maps), (cost, count, cross) in zip(
        sizes, found, strict=True
    ):
        expected = layer_cost(mixer, n, d, k)
        assert max(expected) < 2**53
        assert cost == [*expected], (mixer, n, d, k)
        assert count == expected.mixing + maps * expected.maps
        assert cross == crossing(mixer, rival, d, k, maps)
        met += cross is not None
    assert 500 < met < 1600


@pytest.mark.parametrize(
    ("number", "words", "letters"),
    [
        (512, "512", "512"),
        (999, "999", "999"),
        (1024, "1,024", "1,024"),
        (9999, "9,999", "9,999"),
        (10_240, "10 thousand", "10 k"),
        (32_768, "33 thousand", "33 k"),
        (999_499, "999 thousand", "999 k"),
        (999_600, "1 million", "1 M"),
        (9_940_000, "9.9 million", "9.9 M"),
        (9_960_000, "10 million", "10 M"),
        (41_943_040, "42 million", "42 M"),
        (51_539_607_552, "52 billion", "52 bn"),
        (3e12, "3,000 billion", "3,000 bn"),
    ],
)
def test_a_large_number_is_written_as_one_says_it(
    modules, number, words, letters
):
    assert call(modules, MATHS, "amount", number) == words
    assert call(modules, MATHS, "amount", number, True) == letters


@pytest.mark.parametrize(
    ("mixer", "maps", "expected"),
    [
        ("attention", True, "2n²d + 4nd²"),
        ("attention", False, "2n²d"),
        ("RNN", False, "nd²"),
        ("LSTM", True, "8nd²"),
        ("convolution", True, "5nd²"),
        ("fully connected", True, "n²d"),
    ],
)
def test_a_formula_says_what_is_counted(modules, mixer, maps, expected):
    assert call(modules, MATHS, "formula", mixer, 5, maps) == expected


def test_a_comma_stands_after_each_thousand(modules):
    for number in (7, 96, 512, 1024, 12_345, 1_234_567):
        assert call(modules, MATHS, "grouped", number) == f"{number:,}"
    assert call(modules, MATHS, "grouped", 1234.5) == "1,234.5"


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("place", range(len(PLACES)))
def test_the_picture_is_what_python_counts(opened, watch, place, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    python_sets(page, widget, **PLACES[place])
    check_picture(face, widget, PLACES[place])


def test_anywhere_the_picture_is_what_python_counts(opened):
    widget, page, face = opened()
    draw = random.Random(1)
    stops = {
        name: next((stop for stop in ends if isinstance(stop, list)), ends)
        for name, ends in widget.settable.items()
    }
    for _ in range(12):
        change = {name: draw.choice(all_) for name, all_ in stops.items()}
        python_sets(page, widget, **change)
        check_picture(face, widget, change)


def test_the_axes_stand_still_and_hold_every_curve(opened):
    widget, page, face = opened()

    def drawn():
        return (
            face.locator(".cost-rule").evaluate_all(PATHS),
            texts(face, ".cost-tick"),
        )

    before = drawn()
    heights = set()
    for n, d, k, count in (
        (8, 8, 3, "mixing"),
        (4096, 1024, 9, "with maps"),
        (64, 512, 5, "mixing"),
    ):
        change = {"num_tokens": n, "width": d, "kernel_size": k, "count": count}
        python_sets(page, widget, **change)
        assert drawn() == before
        for path in face.locator(".cost-curve").evaluate_all(PATHS):
            heights |= set(numbers(path)[1::2])
    base = Axes(face).base
    assert max(heights) == pytest.approx(base, abs=0.02), "the least is lowest"
    assert min(heights) == pytest.approx(42, abs=0.02), "the most is highest"


def test_sliders_and_chips_set_what_they_say(opened):
    widget, page, face = opened()
    for label, trait, value in (
        ("tokens n", "num_tokens", 768),
        ("width d", "width", 128),
        ("kernel k", "kernel_size", 5),
    ):
        slider = face.get_by_label(label)
        slider.press("ArrowRight")
        frames(page)
        assert held_by(page, widget, trait) == value
        assert slider.get_attribute("aria-valuetext") == str(value)
    for name, trait in (
        ("convolution", "rival"),
        ("mixing", "count"),
        ("fully connected", "rival"),
        ("with maps", "count"),
    ):
        face.get_by_role("radio", name=name, exact=True).check()
        frames(page)
        assert held_by(page, widget, trait) == name
    change = {"num_tokens": 768, "width": 128, "kernel_size": 5}
    check_picture(face, widget, change | {"rival": "fully connected"})


def test_attention_beside_an_lstm_by_hand(opened):
    _, _, face = opened()
    assert face.locator(".attn-readout").text_content() == (
        "For 512 tokens of width 64, attention multiplies 2n²d + 4nd² = 42 million "
        "times, an LSTM 8nd² = 17 million: attention 2.5 times as often. They meet "
        "at n = 128. Steps in a row: 1 against 512. Way: 1 against 512."
    )


def test_reset_brings_everything_back(opened):
    first = {
        "num_tokens": 96,
        "width": 32,
        "kernel_size": 5,
        "count": "mixing",
        "rival": "GRU",
    }
    widget, page, face = opened(**first)
    for label in ("tokens n", "width d", "kernel k"):
        face.get_by_label(label).press("End")
    for name in ("with maps", "RNN"):
        face.get_by_role("radio", name=name).check()
    frames(page)
    moved = {"num_tokens": 4096, "width": 1024, "kernel_size": 9}
    moved |= {"count": "with maps", "rival": "RNN"}
    check_picture(face, widget, moved)
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert held_by(page, widget, *first) == [*first.values()]
    check_picture(face, widget, first)
    for name in ("mixing", "GRU"):
        assert face.get_by_role("radio", name=name).is_checked()


def test_a_link_sets_everything_and_passes_through_known_numbers_only(
    opened_with_a_link,
):
    widget = made(num_tokens=8, width=8)
    goals = {
        "num_tokens": 4096,
        "width": 1024,
        "kernel_size": 9,
        "count": "mixing",
        "rival": "convolution",
    }
    page, face = opened_with_a_link(widget, goals)
    page.evaluate(
        """(of) => {
          window.passed = [];
          const model = window.models[of];
          model.on("change:num_tokens", () => window.passed.push(model.get("num_tokens")));
        }""",
        widget.model_id,
    )
    page.get_by_role("button", name="go").click()
    page.wait_for_timeout(600)
    passed = page.evaluate("passed")
    assert passed[-1] == 4096
    assert set(passed) <= set(widget.settable["num_tokens"][2])
    check_picture(face, widget, goals)


def test_a_link_in_the_prose_may_ask_for_every_stop():
    ties = load("ties")
    widget = made()
    picture = tied_to(widget)
    for n in widget.settable["num_tokens"][2]:
        assert ties.settings(f"num_tokens={n}", picture) == {"num_tokens": n}
    rival, count = quote("fully connected"), quote("with maps")
    found = ties.settings(f"rival={rival}&count={count}&width=64", picture)
    assert found == {
        "rival": "fully connected",
        "count": "with maps",
        "width": 64,
    }
    with pytest.raises(ties.TieError, match="num_tokens must be one of 8, 12,"):
        ties.settings("num_tokens=100", picture)


# What takes most words.
LONGEST = [
    {"num_tokens": 1536, "width": 1024, "rival": "convolution"},
    {"num_tokens": 1536, "width": 1024, "rival": "fully connected"},
    {
        "num_tokens": 3072,
        "width": 1024,
        "kernel_size": 9,
        "count": "mixing",
        "rival": "convolution",
    },
]


@pytest.mark.parametrize("width", [280, 320, 360, 620, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    changes = [whole(made(), change) for change in (*PLACES, *LONGEST)]
    hold_room(widget, page, face, changes)


@pytest.mark.parametrize("width", [280, 320, 360, 800, 1440])
def test_no_words_touch_others_or_leave_the_picture(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    words = face.locator(".attn-picture text")
    tokens = widget.settable["num_tokens"][2]
    places = [{"num_tokens": n} for n in tokens]
    places += [{"num_tokens": n, "width": 512} for n in tokens]
    for change in (*PLACES, *places):
        python_sets(page, widget, **whole(made(), change))
        hold_apart(face, written_in(words))
        hold_letters(words)


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part in widget.parts:
        groups = face.locator(f"[data-show~={part}]")
        assert groups.count() == 1 + (part in ("tokens", "crossing"))
        assert groups.evaluate_all(
            "(all) => all.every((g) => g.tagName === 'g' && !g.hasAttribute('opacity'))"
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
        fill="cost-dot",
        stroke="cost-curve cost-own cost-rival cost-mark cost-drop cost-now",
    )


def test_attention_and_its_rival_are_told_apart_without_colour(opened):
    _, _, face = opened()
    dashes, widths = (
        [
            face.locator(part).first.evaluate(
                "(n, name) => getComputedStyle(n)[name]", name
            )
            for part in (".cost-own", ".cost-rival", "g[data-show=GRU] path")
        ]
        for name in ("strokeDasharray", "strokeWidth")
    )
    assert dashes[0] == dashes[2] == "none" != dashes[1]
    own, rival, other = (float(width.removesuffix("px")) for width in widths)
    assert own == rival >= 2 * other


def test_the_state_is_small():
    assert size_of(made()) < 3000
