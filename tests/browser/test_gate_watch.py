"""The gates of an LSTM over a string: what is drawn is what the package computes."""

import base64
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
    hold_height,
    hold_readable,
    hold_spare,
    python_sets,
    same,
    standing,
    tied_to,
)
from extensions import load
from test_digit_recall import held_by
from torch import nn
from typing_laws import (
    hold_left_out,
    hold_letter_by_letter,
    hold_read_when_set,
    hold_rewritten,
    hold_told,
    line_of,
)

from attn_utils.seq2seq import LSTMCell
from attn_utils.widgets import GateWatch

MATHS = "gate_watch/gate_watch_math.js"
ALPHABET = "()abcmw"
UNITS = 5
HINT = "hold the forget gate at 0. What does the unit still know of the string?"
LONG = "(a(b)w)(cm()ab()wc()(((("
HELD = {"its own": None, "at 1": 1.0, "at 0": 0.0}
GATES = {"input": "write", "forget": "keep", "output": "read"}


def opinionated(seed, units=UNITS, std=1.2):
    """A cell and vectors with opinions, as the page holds them: in half precision."""
    torch.manual_seed(seed)
    cell = LSTMCell(3, units)
    for parameter in cell.parameters():
        nn.init.normal_(parameter, std=std)
    vectors = torch.randn(len(ALPHABET), 3).half().double()
    return cell.half().double(), vectors


def made(seed=0, cell=None, **traits):
    """A cell that was never taught anything."""
    cell, vectors = cell or opinionated(seed)
    traits = {"text": "(a(b)a)(ab", "hint": HINT} | traits
    widget = GateWatch(cell.state_dict(), vectors, ALPHABET, **traits)
    widget.cell, widget.vectors = cell, vectors
    return widget


@torch.no_grad()
def by_torch(widget, text, forget="its own"):
    """What the cell does at each character, (names, characters, units)."""
    cell, found = widget.cell, []
    hidden = memory = torch.zeros(1, cell.hidden_dim, dtype=torch.float64)
    for letter in text:
        vector = widget.vectors[[ALPHABET.index(letter)]]
        mapped = cell.input_map(vector) + cell.hidden_map(hidden)
        write, keep, fresh, read = mapped.chunk(4, dim=-1)
        write, keep, read = write.sigmoid(), keep.sigmoid(), read.sigmoid()
        fresh, before = fresh.tanh(), memory
        if HELD[forget] is None:
            hidden, memory = cell(vector, hidden, memory)
        else:
            keep = torch.full_like(keep, HELD[forget])
            memory = keep * memory + write * fresh
            hidden = read * memory.tanh()
        found.append(
            {
                "write": write[0], "keep": keep[0], "fresh": fresh[0],
                "read": read[0], "before": before[0], "cell": memory[0],
                "hidden": hidden[0],
            }
        )  # fmt: skip
    return {
        name: torch.stack([each[name] for each in found]) for name in found[0]
    }


ARITHMETIC = """
async ([bytes, shapes, alphabet, asked]) => {
  const { unpack } = await import("./parts/weights.js");
  const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  const { embedding, layer } = unpack(new DataView(raw.buffer), shapes);
  const { readGates } = await import("./gate_watch/gate_watch_math.js");
  return asked.map(([text, keep]) => readGates(layer, [...text].map((each) => embedding.weight[alphabet.indexOf(each)]), keep));
}
"""


def page_reads(modules, widget, asked):
    packed = base64.b64encode(widget.weights).decode()
    given = [packed, widget.shapes, widget.alphabet, asked]
    return modules.evaluate(ARITHMETIC, given)


def drawn_texts(seed, count):
    draw = random.Random(seed)
    return [
        "".join(draw.choices(ALPHABET, k=draw.randint(1, 24)))
        for _ in range(count)
    ]


@pytest.mark.parametrize("forget", HELD)
@pytest.mark.parametrize("seed", range(3))
def test_the_page_reads_a_string_as_the_package_does(modules, seed, forget):
    widget = made(seed)
    texts = drawn_texts(seed, 12)
    asked = [[text, HELD[forget]] for text in texts]
    for text, page in zip(
        texts, page_reads(modules, widget, asked), strict=True
    ):
        for name, expected in by_torch(widget, text, forget).items():
            assert same([each[name] for each in page], expected), name


@torch.no_grad()
def test_left_alone_it_is_torchs_own_lstm(modules):
    widget = made(7)
    theirs = nn.LSTM(3, UNITS, batch_first=True).double()
    for ours, name in (("input_map", "ih"), ("hidden_map", "hh")):
        for part in ("weight", "bias"):
            given = getattr(getattr(widget.cell, ours), part)
            getattr(theirs, f"{part}_{name}_l0").copy_(given)
    texts = drawn_texts(8, 10)
    asked = [[text, None] for text in texts]
    for text, page in zip(
        texts, page_reads(modules, widget, asked), strict=True
    ):
        places = [ALPHABET.index(letter) for letter in text]
        states, (_, cell) = theirs(widget.vectors[places].unsqueeze(0))
        assert same([each["hidden"] for each in page], states[0])
        assert same(page[-1]["cell"], cell[0, 0])


@pytest.mark.parametrize(
    ("numbers", "reach"),
    [
        ([0.0, 0.2], 1),
        ([1.0, -1.0], 1),
        ([1.01], 1.5),
        ([0.3, -1.5], 1.5),
        ([-13.6, 2], 14),
    ],
)
def test_an_axis_reaches_as_far_as_its_numbers(modules, numbers, reach):
    assert call(modules, MATHS, "reachOf", numbers) == reach


def test_of_a_reading_one_unit_is_taken(modules):
    reading = [{"keep": [0.1, 0.2], "cell": [3, 4]}, {"keep": [0.5, 0.6], "cell": [7, 8]}]  # fmt: skip
    got = call(modules, MATHS, "unitOf", reading, 1)
    assert got == [{"keep": 0.2, "cell": 4}, {"keep": 0.6, "cell": 8}]


def numbers(path):
    return [float(each) for each in re.findall(r"-?[\d.]+", path or "")]


def points(path):
    """The corners of a line."""
    found = numbers(path)
    return [*zip(found[::2], found[1::2], strict=True)]


def rules_of(face):
    """The axes' lines and numbers, from the top: their height and their text."""
    lines = face.locator(".gate-rule").evaluate_all(
        "(all) => all.map((p) => p.getAttribute('d'))"
    )
    heights = [numbers(line)[1] for line in lines]
    words = face.locator(
        ".attn-picture > text:not(.gate-letter, .gate-name)"
    ).evaluate_all(
        "(all) => all.map((t) => [Number(t.getAttribute('y')) - 4, t.textContent])"
    )
    assert [y for y, _ in words] == pytest.approx(heights)
    return words


BARS = """
(group) => [...group.querySelectorAll("rect")].map((bar) => {
  const read = (name) => Number(bar.getAttribute(name));
  return [read("x") + read("width") / 2, read("y") + read("height"), read("width"), read("height"), getComputedStyle(bar).fill === "none"];
})
"""


def signed(value):
    text = f"{value:.2f}".replace("-", "−")
    return "0.00" if text == "−0.00" else text


def check_picture(face, widget, text, unit, step, forget):
    """Everything that is drawn is what the package says."""
    step = min(step, len(text))
    ways = {
        name: {
            part: values[:, unit - 1]
            for part, values in by_torch(widget, text, name).items()
        }
        for name in HELD
    }
    own = ways[forget]
    own_gate = forget == "its own"

    # The characters, those that are not yet read softer, the last one in a band.
    letters = face.locator(".gate-letter").evaluate_all(
        "(all) => all.map((t) => [t.textContent, Number(t.getAttribute('x')), getComputedStyle(t).fontWeight])"
    )
    assert len(letters) == 24
    assert "".join(letter for letter, *_ in letters) == text
    x = [at for _, at, _ in letters[: len(text)]]
    assert [weight == "500" for _, _, weight in letters[: len(text)]] == [
        n < step for n in range(len(text))
    ]
    pitch = 2 * (x[0] - 30)
    assert x == pytest.approx(
        [30 + (n + 0.5) * pitch for n in range(len(text))], abs=0.3
    )
    band = face.locator(".gate-band")
    left, wide = (float(band.get_attribute(name)) for name in ("x", "width"))
    assert left + wide / 2 == pytest.approx(x[step - 1], abs=0.2)

    # A bar for each gate and character, on an axis from 0 to 1.
    rules = rules_of(face)
    assert [text for _, text in rules[:6]] == ["1", "0"] * 3
    for n, (part, name) in enumerate(GATES.items()):
        group = face.locator(f"[data-show={part}]")
        (top, _), (base, _) = rules[2 * n : 2 * n + 2]
        held = name == "keep" and not own_gate
        bars = group.evaluate(BARS)
        assert len(bars) == 24
        for place, (middle, foot, wide, high, hollow) in enumerate(bars):
            if place >= step:
                assert wide == 0 or high == 0
                continue
            assert middle == pytest.approx(x[place], abs=0.1)
            assert wide > 0
            assert foot == pytest.approx(base, abs=0.02)
            share = high / (base - top)
            assert share == pytest.approx(own[name][place].item(), abs=1e-3)
            assert hollow == held
        hatched = group.locator(".gate-hatch").get_attribute("d") != ""
        assert hatched == (held and forget == "at 1")

    # Two curves, on axes that neither step nor switch moves.
    largest = max(way["cell"].abs().max().item() for way in ways.values())
    for n, (part, name) in enumerate((("cell", "cell"), ("state", "hidden"))):
        (top, most), (middle, zero), (bottom, least) = rules[
            6 + 3 * n : 9 + 3 * n
        ]
        reach = float(most)
        assert zero == "0"
        assert least == f"−{most}"
        if part == "state":
            assert reach == 1
        else:
            assert reach >= 1
            assert reach == 1 or reach - 0.5 <= largest <= reach + 1e-6
        group = face.locator(f"[data-show={part}]")
        expected = {
            ".gate-curve": own[name][:step],
            ".gate-other": ways["its own"][name][: 0 if own_gate else step],
        }
        for line, values in expected.items():
            if part == "state" and line == ".gate-other":
                assert group.locator(line).count() == 0
                continue
            corners = points(group.locator(line).get_attribute("d"))
            assert len(corners) == len(values)
            for (at, y), value, place in zip(corners, values, x, strict=False):
                assert at == pytest.approx(place, abs=0.1)
                height = (middle - y) / (middle - top) * reach
                assert height == pytest.approx(value.item(), abs=0.02 * reach)
        dots = group.locator(".gate-dots").get_attribute("d")
        assert dots.count("M") == step
        now = group.locator(".gate-now")
        at, y = (float(now.get_attribute(each)) for each in ("cx", "cy"))
        last = points(group.locator(".gate-curve").get_attribute("d"))[-1]
        assert (at, y) == pytest.approx(last, abs=0.02)
        assert bottom - middle == pytest.approx(middle - top)

    # The controls.
    for name, value, most in (
        ("character", step, len(text)),
        ("unit", unit, widget.cell.hidden_dim),
    ):
        slider = face.get_by_role("slider", name=name)
        assert slider.input_value() == str(value)
        assert slider.get_attribute("max") == str(most)
    assert face.get_by_role("radio", name=forget).is_checked()

    # The same in words.
    write, keep, read, fresh, before, cell, hidden = (
        signed(own[name][step - 1].item())
        for name in ("write", "keep", "read", "fresh", "before", "cell", "hidden")
    )  # fmt: skip
    free = signed(ways["its own"]["cell"][step - 1].item())
    held = "" if own_gate else " (held)"
    by_its_own = "" if own_gate else f"; its own gate would leave {free}"
    assert face.locator(".attn-readout").text_content() == (
        f"Character {step}, “{text[step - 1]}”, unit {unit}: input gate {write}, "
        f"forget gate {keep}{held}, output gate {read}. The memory keeps {keep} × "
        f"{before} and is given {write} × {fresh}: it holds {cell}{by_its_own}. "
        f"The unit says {read} × tanh {cell} = {hidden}."
    )


def now(text="(a(b)a)(ab", unit=1, step=24, forget="its own"):
    return {"text": text, "unit": unit, "step": step, "forget": forget}


STATES = [
    now(),
    now(step=1, unit=2),
    now(step=4, unit=3, forget="at 1"),
    now("m", 4, forget="at 0"),
    now(LONG, 5, forget="at 1"),
    now(LONG, 1, 13, "at 0"),
    now("wwww", 2, 3),
]


@pytest.mark.parametrize("window", [320, 620, 1280])
@pytest.mark.parametrize("seed", range(2))
def test_the_picture_is_what_the_package_says(opened, watch, seed, window):
    watched = watch(viewport={"width": window, "height": 900})
    widget, page, face = opened(watched=watched, seed=seed)
    for state in STATES:
        python_sets(page, widget, **state)
        check_picture(face, widget, **state)


def test_the_axis_stands_still_while_the_switch_and_the_step_move(opened):
    widget, page, face = opened()
    seen = set()
    for forget in HELD:
        for step in (1, 5, 10):
            python_sets(page, widget, step=step, forget=forget)
            seen.add(tuple(text for _, text in rules_of(face)))
    assert len(seen) == 1


def line(face):
    return face.get_by_role("textbox", name="a string")


def line_in(opened):
    """The line, its notice, and what compares the picture with the package."""

    def check(face, widget, text):
        check_picture(face, widget, **now(text))

    return line_of(opened, line, "gate", "text", check)


def test_a_string_is_typed_letter_by_letter(opened):
    line = line_in(opened())
    hold_letter_by_letter(line.box, line.held, line.check, "(b)c", "(b)c")
    hold_told(line, "")


@pytest.mark.parametrize(
    ("typed", "text", "words"),
    [
        ("(ab)", "(ab)", ""),
        ("A(B)", "a(b)", ""),
        ("a b", "ab", "Left out: the space"),
        ("xay", "a", "Known: ( to w. Left out: x y"),
        (LONG + "ab", LONG, "It takes 24 letters; the rest is left out."),
        ("", "(a)", "Still read: “(a)”."),
        ("42", "(a)", "Known: ( to w. Still read"),
    ],
)
def test_what_is_left_out_is_said(opened, typed, text, words):
    hold_left_out(line_in(opened(text="(a)")), typed, text, words)


def test_a_text_from_a_link_is_read_as_if_it_were_typed(opened):
    words = ["Left out: ! the space", "Still read: “mm(”"]
    hold_read_when_set(line_in(opened()), "Mm! (", "mm(", *words)


def test_sliders_chips_and_buttons_set_what_they_say(opened):
    widget, page, face = opened(step=3)
    for name in ("at 1", "at 0", "its own"):
        face.get_by_role("radio", name=name).check()
        frames(page)
        assert held_by(page, widget, "forget") == name
        check_picture(face, widget, **now(step=3, forget=name))
    for way, step in (("on", 4), ("on", 5), ("back", 4)):
        face.get_by_role("button", name=f"one character {way}").click()
        frames(page)
        assert held_by(page, widget, "step") == step
    face.get_by_role("slider", name="unit").press("End")
    frames(page)
    check_picture(face, widget, **now(step=4, unit=UNITS))
    ends = {"Home": "back", "End": "on"}
    for key, way in ends.items():
        face.get_by_role("slider", name="character").press(key)
        frames(page)
        assert face.get_by_role(
            "button", name=f"one character {way}"
        ).is_disabled()


def test_from_beyond_the_string_a_button_leads_back_into_it(opened):
    widget, page, face = opened(text="abcm", step=24)
    face.get_by_role("button", name="one character back").click()
    frames(page)
    assert held_by(page, widget, "step") == 3


def test_a_character_is_chosen_in_the_picture(opened):
    widget, page, face = opened(step=2)
    picture = face.locator(".attn-picture")
    standing(picture)
    for place in (6, 0, 9):
        letter = face.locator(".gate-letter").nth(place).bounding_box()
        x = letter["x"] + letter["width"] / 2
        page.mouse.click(x, letter["y"] + 150)
        frames(page)
        assert held_by(page, widget, "step") == place + 1
    # Beside the last character the last is meant.
    box = picture.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + 150)
    frames(page)
    assert held_by(page, widget, "step") == 10


def test_reset_brings_everything_back(opened):
    first = now("abc", 2, 2, "at 0")
    widget, page, face = opened(**first)
    line(face).fill("wm!")
    face.get_by_role("radio", name="at 1").check()
    for slider in face.get_by_role("slider").all():
        slider.press("Home")
    frames(page)
    assert held_by(page, widget, *first) == ["wm", 1, 1, "at 1"]
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert held_by(page, widget, *first) == [*first.values()]
    check_picture(face, widget, **first)
    assert line(face).input_value() == "abc"


def test_another_state_rewrites_the_line_even_for_the_same_letters(opened):
    _, _, face = shown = opened(text="abc")
    button = face.get_by_role("button", name="Reset")
    hold_rewritten(line_in(shown), "a b c", "abc", button)


def test_a_link_sets_every_trait(opened_with_a_link):
    widget = made()
    goals = now("acm", 3, 2, "at 1")
    page, face = opened_with_a_link(widget, goals)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(600)
        assert held_by(page, widget, *goals) == [*goals.values()]
        check_picture(face, widget, **goals)
        line(face).fill("w")
        face.get_by_role("radio", name="at 0").check()


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    picture = tied_to(made())
    found = ties.settings("text=ab&unit=2&step=7&forget=at%201", picture)
    assert found == {"text": "ab", "unit": 2, "step": 7, "forget": "at 1"}
    for wrong in ("step=25", f"unit={UNITS + 1}", "forget=never"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


def overflowing():
    """A cell of sixteen units whose forget gate, once held, lets all grow."""
    cell, vectors = opinionated(3, units=16)
    with torch.no_grad():
        for part in (cell.input_map, cell.hidden_map):
            part.weight.zero_()
            part.bias.zero_()
        cell.input_map.bias[:16] = 20
        cell.input_map.bias[32:48] = -20
    return cell, vectors


@pytest.mark.parametrize("width", [280, 320, 360, 430, 620, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(
        watched=watched, widget=made(cell=overflowing(), unit=16)
    )
    heights, places = set(), set()

    def measure():
        heights.add(face.bounding_box()["height"])
        hold_spare(face)
        places.add(face.locator(".attn-picture").bounding_box()["y"])

    for forget in HELD:
        for text, step in (("m", 1), (LONG, 12), (LONG, 24)):
            python_sets(page, widget, text=text, step=step, forget=forget)
            measure()
    for typed in ("1 2 3 4 5 6", "", "世界 1 2 3", LONG + "abc"):
        line(face).fill(typed)
        frames(page)
        measure()
    assert len(places) == 1
    hold_height(widget, page, heights)


@pytest.mark.parametrize("width", [280, 320, 360, 620, 1440])
def test_no_words_touch_others_leave_the_widget_or_are_too_small(
    opened, watch, width
):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    for state in (*STATES, now("mwmwmwmwmwmwmwmwmwmwmwmw", 2, 20)):
        python_sets(page, widget, **state)
        hold_readable(face, 20)


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    assert len({*widget.parts}) == 5
    for part in widget.parts:
        assert face.locator(f"[data-show={part}]").count() == 1


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(theme, watched=watched)
    for state in STATES[:3]:
        python_sets(page, widget, **state)
        assert_no_violation(page)
    assert_can_be_hit(face.locator("button, .attn-chip, input[type=text]"))


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(watched=watch(forced_colors="active"), forget="at 1")
    assert_drawn(
        face,
        stroke="gate-curve gate-other gate-hatch gate-now",
        fill="gate-bar gate-dots",
    )
