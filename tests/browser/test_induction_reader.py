"""A model that carries on what repeats: what is drawn is what the package computes."""

import base64
import random

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
    tied_to,
)
from extensions import load
from test_digit_recall import held_by
from test_order_reader import MAP
from torch import nn
from typing_laws import (
    hold_letter_by_letter,
    hold_refused,
    hold_the_hand_stays,
)

from attn_utils.recipes.induction import InductionModel, look_inside
from attn_utils.recipes.inside import mean_said
from attn_utils.recipes.repeated_lines import (
    Lines,
    returning_letters,
    unseen_lines,
)
from attn_utils.widgets import InductionReader

MATHS = "induction_reader/induction_math.js"
ALPHABET = "abcdefghijklmnopqrstuvwx"
HINT = "take out one head after another. Which two can the line not do without?"
OFF, ON, MEAN = 0, 1, 2
WORDS = ("off", "on", "mean")
STEPS = (0, 70, 150, 500)
PLAIN = [ON] * 8
SHORT = "birdlampbirdlamp"
LONG = "attentionallyousee".replace("y", "d") * 3


def opinionated(seed, start=True):
    """A model with opinions, as the page holds it: in half precision."""
    torch.manual_seed(seed)
    model = InductionModel(start=start)
    for name, parameter in model.named_parameters():
        nn.init.normal_(parameter, std=0.5 if "embedding" in name else 0.25)
    return model.half().double().eval()


def made(seed=0, start=True, steps=STEPS, **traits):
    """The model at several moments, of which each is another model."""
    models = {step: opinionated(10 * seed + step, start) for step in steps}
    lines = unseen_lines(5, seed, start)
    means = {
        step: mean_said(model, lines).half().double()
        for step, model in models.items()
    }
    widget = InductionReader(
        {step: model.state_dict() for step, model in models.items()},
        means,
        **{"hint": HINT, "text": SHORT} | traits,
    )
    widget.taught, widget.means, widget.start = models, means, start
    return widget


def tokens_of(line, start=True):
    letters = [ALPHABET.index(letter) for letter in line]
    return torch.tensor([[24] * start + letters])


def by_torch(widget, line, moment, heads):
    """The logits and the maps of a line, with some heads taken out."""
    instead = widget.means[moment]

    def speak(layer, said):
        states = torch.tensor(heads).view(2, 4)[layer].view(1, 4, 1, 1)
        mean = instead[layer].view(1, 4, 1, -1)
        return said * (states == ON) + mean * (states == MEAN)

    tokens = tokens_of(line, widget.start)
    inside = look_inside(widget.taught[moment], tokens, speak=speak)
    return inside.logits[0], inside.weights[:, 0]


ARITHMETIC = """
async ([bytes, shapes, asked]) => {
  const { unpack } = await import("./parts/weights.js");
  const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  const models = unpack(new DataView(raw.buffer), shapes);
  const js = await import("./induction_reader/induction_math.js");
  return asked.map(([n, tokens, heads]) => js.inductionModel(models[n], tokens, heads, 4));
}
"""


def drawn(seed, count):
    """Lines that repeat a block of few letters, and states of all heads."""
    draw = random.Random(seed)
    for _ in range(count):
        block = "".join(draw.choices(ALPHABET, k=draw.choice([1, 3, 7, 20])))
        heads = draw.choices([OFF, ON, ON, MEAN], k=8)
        yield (block * 20)[: draw.choice([1, 2, 12, 40])], heads


@pytest.mark.parametrize("start", [False, True])
@pytest.mark.parametrize("seed", range(2))
def test_the_page_reads_a_line_as_torch_does(modules, start, seed):
    widget = made(seed=seed, start=start)
    asked = [
        [n, line, heads]
        for n in range(len(STEPS))
        for line, heads in [(SHORT, PLAIN), *drawn(10 * seed + n, 10)]
    ]
    packed = base64.b64encode(widget.weights).decode()
    given = [
        [n, tokens_of(line, start)[0].tolist(), heads]
        for n, line, heads in asked
    ]
    found = modules.evaluate(ARITHMETIC, [packed, widget.shapes, given])
    said = set()
    for (n, line, heads), page in zip(asked, found, strict=True):
        logits, maps = by_torch(widget, line, STEPS[n], heads)
        for part, package in (
            ("logits", logits),
            ("odds", logits.softmax(-1)),
            ("weights", maps),
        ):
            numbers = torch.tensor(page[part]).double()
            assert numbers.shape == package.shape
            assert torch.allclose(numbers, package, atol=1e-4, rtol=0), part
        said |= set(logits.argmax(-1).tolist())
    assert len(said) > 9


@pytest.mark.parametrize("seed", range(3))
def test_what_is_counted_is_counted_as_in_python(modules, seed):
    torch.manual_seed(seed)
    means, odds = torch.randn(3, 5), torch.rand(13)
    states = [MEAN, ON, MEAN] if seed else [OFF, ON, OFF]
    mean = torch.tensor([state == MEAN for state in states])
    got = call(modules, MATHS, "insteadOf", means.tolist(), states)
    assert same(got, means[mean].sum(0))
    got = call(modules, MATHS, "likeliest", odds.tolist(), 5)
    assert got == odds.topk(5).indices.tolist()
    some = set()
    for line, _ in drawn(seed, 12):
        tokens = tokens_of(line)
        row = tokens[0].tolist()
        for start in (True, False):
            page = call(modules, MATHS, "tokensOf", line, ALPHABET, start)
            assert page == row[1 - start :]
        told = told_before(tokens)
        assert call(modules, MATHS, "toldBefore", row) == told.tolist()
        logits = torch.randn(len(row), 24)
        # Every other letter is said, told or not.
        logits[:-1:2].scatter_(1, tokens[0, 1::2, None], 9.0)
        right = logits.argmax(-1)[:-1] == tokens[0, 1:]
        score = {
            "numTold": told.sum().item(),
            "numRight": (told[:-1] & right).sum().item(),
        }
        page = call(modules, MATHS, "scoreOf", row, logits.tolist())
        assert page == score
        some.add((score["numTold"] > 0, score["numRight"] > 0))
        for n in range(len(row)):
            assert call(modules, MATHS, "lastTime", row, n) == last(row, n)
    assert {(True, True), (False, False)} <= some


def told_before(tokens):
    """Where what comes next has come after the same letter before."""
    settled, wavering = returning_letters(Lines(tokens, tokens > 0))
    return (settled | wavering)[0]


def last(row, here):
    """What came last time after what stands here, if it stood before."""
    seen = [row[k + 1] for k in range(here) if row[k] == row[here]]
    return seen[-1] if seen else None


TILES = """
(face) => {
  const style = getComputedStyle(face);
  const probe = document.createElement("i");
  probe.style.color = "var(--query)";
  face.append(probe);
  const blue = getComputedStyle(probe).color;
  probe.remove();
  return [...face.querySelectorAll(".attn-tile")].map((tile) => {
    const box = tile.getBoundingClientRect();
    return {
      letter: tile.textContent, weight: Number(tile.dataset.weight), here: getComputedStyle(tile).borderTopColor === blue,
      x: box.x + box.width / 2, top: box.y, disabled: tile.disabled, stop: tile.tabIndex === 0,
    };
  });
}
"""
ARCS = """
(face) => [...face.querySelectorAll(".induce-arc")].map((path) => {
  const at = (length) => {
    const point = path.getPointAtLength(length).matrixTransform(path.getScreenCTM());
    return [point.x, point.y];
  };
  const box = path.getBoundingClientRect();
  return {
    wide: Number(path.getAttribute("stroke-width")), from: at(0), to: at(path.getTotalLength()), top: box.y,
    drawn: getComputedStyle(path).strokeWidth,
  };
})
"""
BOARD = """
(face) => [...face.querySelectorAll(".induce-map")].map((map, i) => {
  const canvas = map.querySelector("canvas");
  const turn = face.querySelectorAll(".induce-switch")[i];
  const box = canvas.getBoundingClientRect();
  return {
    shown: map.getAttribute("aria-pressed") === "true", outlined: getComputedStyle(map).borderTopColor === getComputedStyle(face).color,
    hatched: getComputedStyle(map.querySelector("svg")).display !== "none", hatch: map.querySelector("path").getAttribute("d"),
    pale: getComputedStyle(canvas).opacity === "0.2", square: Math.abs(box.width - box.height) < 0.1,
    words: turn.textContent, called: turn.getAttribute("aria-label"), names: map.getAttribute("aria-label"),
    out: getComputedStyle(turn).borderTopWidth === "2px",
  };
})
"""
BARS = """
(face) => [...face.querySelectorAll(".induce-odd")].filter((row) => row.checkVisibility({ visibilityProperty: true })).map((row) => {
  const [letter, track, share] = row.children;
  const [whole, bar] = [track.getBoundingClientRect(), track.firstChild.getBoundingClientRect()];
  const mark = getComputedStyle(track, "::after");
  return {
    letter: letter.textContent, comes: getComputedStyle(letter).borderTopColor === getComputedStyle(face).color, share: share.textContent,
    bar: bar.width / whole.width, begins: bar.left - whole.left, chance: parseFloat(mark.left) / whole.width, dashed: mark.borderLeftStyle,
  };
})
"""


def check_line(face, text, place, weights, start):
    """The tiles, their marks, and an arc to each that is read."""
    tiles = face.evaluate(TILES)
    letters = ["▸"] * start + [*text]
    at = place - 1 + start
    assert [tile["letter"] for tile in tiles] == letters
    assert [tile["here"] for tile in tiles] == [
        n == at for n in range(len(tiles))
    ]
    assert [n for n, tile in enumerate(tiles) if tile["stop"]] == [at]
    assert [n for n, tile in enumerate(tiles) if tile["disabled"]] == (
        [0] if start else []
    )
    # Whatever is free lies above them, not between them and what is said.
    room = face.locator(".induce-line").bounding_box()
    below = max(tile["top"] for tile in tiles) + 44
    assert room["y"] + room["height"] == pytest.approx(below, abs=0.5)
    shades = [0.0] * len(tiles) if weights is None else weights.tolist()
    assert [tile["weight"] for tile in tiles] == pytest.approx(shades, abs=1e-4)
    arcs = face.evaluate(ARCS)
    read = [n for n, weight in enumerate(shades) if weight >= 0.004]
    assert len(arcs) == len(read)
    top = min(tile["top"] for tile in tiles)
    for n, arc in zip(read, arcs, strict=True):
        assert arc["wide"] == pytest.approx(12 * shades[n], abs=0.01)
        assert arc["drawn"] == f"{arc['wide']:g}px"
        apart = 6 if n == at else 0
        for end, tile, way in ((arc["from"], at, -1), (arc["to"], n, 1)):
            assert end[0] == pytest.approx(
                tiles[tile]["x"] + way * apart, abs=1
            )
            assert end[1] == pytest.approx(tiles[tile]["top"], abs=1)
        assert arc["top"] < top - 15


def check_board(face, maps, layer, head, heads):
    """A map of every head, hatched where it is off, and what it is in words."""
    board = face.evaluate(BOARD)
    assert len(board) == 8
    for n, each in enumerate(board):
        one, two = divmod(n, 4)
        chosen = (one, two) == (layer - 1, head - 1)
        assert each["shown"] == each["outlined"] == chosen
        assert each["hatched"] == (heads[n] == OFF)
        assert each["hatch"].count("M") > 9
        assert each["pale"] == each["out"] == (heads[n] != ON)
        assert each["square"]
        assert each["words"] == f"{two + 1}: {WORDS[heads[n]]}"
        assert each["called"] == f"layer {one + 1}, head {each['words']}"
        assert each["names"] == f"show layer {one + 1}, head {two + 1}"
        seen = face.locator(".induce-map canvas").nth(n).evaluate(MAP)
        assert seen["size"] == [*maps.shape[-2:]]
        assert seen["shades"] == pytest.approx(
            maps[one, two].sqrt().flatten().tolist(), abs=5e-3
        )


def check_bars(face, text, place, odds):
    """The five likeliest letters, over what chance has, and which comes."""
    bars = face.evaluate(BARS)
    assert face.locator(".induce-asked").text_content() == (
        f"after “{text[place - 1]}”"
    )
    values, tokens = odds.topk(5)
    for value, token, bar in zip(values, tokens, bars, strict=True):
        assert bar["letter"] == ALPHABET[token]
        assert bar["comes"] == (bar["letter"] == text[place : place + 1])
        shown = float(bar["share"].removesuffix("\u00a0%"))
        assert shown == pytest.approx(100 * value.item(), abs=0.51)
        assert bar["bar"] == pytest.approx(value.item(), abs=0.01)
        assert bar["begins"] == pytest.approx(0, abs=0.1)
        assert bar["chance"] == pytest.approx(1 / 24, abs=2e-3)
        assert bar["dashed"] == "dashed"
    keys = face.locator(".induce-keys").text_content()
    assert keys == "chance 4\u00a0%the line goes on so"


def check_picture(face, widget, text, place, layer, head, moment, heads):
    """Everything that is drawn and said is what the package says."""
    place = min(place, len(text))
    logits, maps = by_torch(widget, text, moment, heads)
    at = place - 1 + widget.start
    is_on = heads[4 * layer + head - 5] == ON
    weights = maps[layer - 1, head - 1, at]
    odds = logits.softmax(-1)
    check_line(face, text, place, weights if is_on else None, widget.start)
    check_board(face, maps, layer, head, heads)
    check_bars(face, text, place, odds[at])
    slider = face.get_by_role("slider", name="place")
    assert slider.input_value() == str(place)
    assert slider.get_attribute("max") == str(len(text))
    when = face.get_by_role("slider", name="training")
    assert when.get_attribute("aria-valuetext") == f"{moment} steps"
    assert when.input_value() == str([*widget.taught].index(moment))
    expected, values = words(
        widget, text, place, layer, head, moment, heads, odds, weights
    )
    said = face.locator(".attn-readout").text_content()
    assert said == expected
    label = face.locator(".attn-picture").get_attribute("aria-label")
    assert label == said
    held = face.locator(".attn-readout data").evaluate_all(
        "(all) => all.map((n) => Number(n.value))"
    )
    assert held == pytest.approx(values, abs=0.02)


def percent(value):
    return f"{100 * value:.0f}\u00a0%"


def words(widget, text, place, layer, head, moment, heads, odds, weights):
    """The readout, and the numbers in it."""
    at = place - 1 + widget.start
    tokens = tokens_of(text, widget.start)
    row = tokens[0].tolist()
    best = odds[at].argmax().item()
    own, came = text[place - 1], last(row, at)
    values = [100 * odds[at, best].item()]
    said = (
        f"After {moment} steps the model expects “{ALPHABET[best]}” "
        f"({percent(odds[at, best].item())}) after the “{own}” at place {place}. "
    )
    said += (
        f"No “{own}” stood before it; "
        if came is None
        else f"Last time “{ALPHABET[came]}” came; "
    )
    if place == len(text):
        said += "here the line ends."
    else:
        verdict = "right" if ALPHABET[best] == text[place] else "wrong"
        said += f"now “{text[place]}” comes: {verdict}."
    told = told_before(tokens)
    right = told[:-1] & (odds.argmax(-1)[:-1] == tokens[0, 1:])
    if told.any():
        values.append(right.sum().item())
        letters = "letter" if told.sum() == 1 else "letters"
        said += (
            f" Of {told.sum()} {letters} that could be known it says "
            f"{right.sum()}."
        )
    else:
        said += " No letter of the line could be known."
    state = heads[4 * layer + head - 5]
    whose = f" Head {head} of layer {layer}"
    if state == OFF:
        said += f"{whose} is off: what it reads is not used."
    elif state == MEAN:
        said += f"{whose} says its mean, whatever it reads."
    else:
        named = [
            (n, weights[n].item())
            for n in weights[: at + 1].argsort(descending=True)[:2].tolist()
            if weights[n] >= 0.005
        ]
        values += [100 * weight for _, weight in named]
        said += f"{whose} reads " + " and ".join(
            f"{called(n, text, widget.start)} ({percent(weight)})"
            for n, weight in named
        )
        said += "."
    for kind, word in ((OFF, "Off"), (MEAN, "At their means")):
        which = [
            f"{n // 4 + 1}.{n % 4 + 1}" for n in range(8) if heads[n] == kind
        ]
        said += f" {word}: {', '.join(which)}." if which else ""
    return said, values


def called(n, text, start):
    if n < start:
        return "the start"
    return f"“{text[n - start]}” at {n - start + 1}"


def now(text=SHORT, place=12, layer=2, head=1, moment=500, heads=PLAIN):
    return {
        "text": text,
        "place": place,
        "layer": layer,
        "head": head,
        "moment": moment,
        "heads": [*heads],
    }


STATES = [
    now(),
    now("a", 1, 1, 2, 0),
    now("ab", 40, 2, 3, 70, [0] * 8),
    now("aba", 3, 2, 4, 150, [1, 0, 2, 1, 0, 1, 2, 1]),
    now("aaaaaaa", 5, 1, 1, 500, [0, 1, 2, 2, 2, 2, 2, 2]),
    now(LONG[:25], 25, 1, 3, 150),
    now(LONG[:26], 26, 2, 2, 0, [1, 1, 1, 0, 1, 1, 1, 1]),
    now(LONG[:40], 40, 1, 4, 500, [0, 0, 0, 1, 2, 2, 2, 2]),
    now(LONG[:40], 21, 2, 1, 500, [2, 0, 2, 0, 2, 0, 2, 0]),
]


@pytest.mark.parametrize("start", [True, False])
@pytest.mark.parametrize("window", [320, 620, 1280])
def test_the_picture_is_what_the_package_says(opened, watch, window, start):
    watched = watch(viewport={"width": window, "height": 900})
    widget, page, face = opened(watched=watched, start=start, seed=window)
    for state in STATES:
        python_sets(page, widget, **state)
        check_picture(face, widget, **state)


def certain(says):
    """A widget whose models say one letter wherever they are asked."""
    widget = made(steps=(0, 1))
    for model in widget.taught.values():
        with torch.no_grad():
            model.read_out.bias[ALPHABET.index(says)] += 1000
    again = InductionReader(
        {step: each.state_dict() for step, each in widget.taught.items()},
        widget.means,
        text="ccccc",
        place=3,
    )
    return again


@pytest.mark.parametrize("says", ["c", "d"])
def test_right_and_wrong_are_told_in_shape_and_words(opened, says):
    _, _, face = opened(widget=certain(says))
    bar = face.evaluate(BARS)[0]
    assert (bar["letter"], bar["share"]) == (says, "100\u00a0%")
    assert bar["comes"] == (says == "c")
    said = face.locator(".attn-readout").text_content()
    assert said.startswith(f"After 1 step the model expects “{says}”")
    assert ("comes: right." in said) == (says == "c")
    assert ("comes: wrong." in said) == (says == "d")
    assert (
        f"Of 3 letters that could be known it says {3 * (says == 'c')}." in said
    )
    when = face.get_by_role("slider", name="training")
    assert when.get_attribute("aria-valuetext") == "1 step"


def line(face):
    return face.get_by_role("textbox", name="a line")


def notice(face):
    return face.locator(".induce-notice").text_content()


def test_a_line_is_typed_letter_by_letter_and_becomes_small(opened):
    widget, page, face = opened()
    assert line(face).input_value() == SHORT
    hold_letter_by_letter(
        line(face),
        lambda: held_by(page, widget, "text"),
        lambda text: check_picture(face, widget, **now(text)),
        "DoGd",
        "dogd",
    )
    assert notice(face) == ""
    assert face.locator(".induce-title").is_visible()


def test_who_writes_inside_the_line_goes_on_there(opened):
    widget, page, face = opened(text="abcd")
    hold_the_hand_stays(
        line(face), lambda: held_by(page, widget, "text"), "K", "l", "aklbcd"
    )


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("aby", "It knows a to x, not y: it still reads “dab”."),
        ("a b!", "It knows a to x, not the space !: it still reads"),
        ("1 2 3 4 5", "not 1 the space 2 3 …: it still reads “dab”."),
        ("世界", "It knows a to x, not 世 界: it still reads"),
        (LONG[:43], "40 letters at most, not 43: it still reads “dab”."),
        ("", "No letter: it still reads “dab”."),
    ],
)
def test_what_is_no_line_is_refused_and_the_line_stays(opened, typed, reason):
    widget, page, face = opened(text="dab")
    hold_refused(
        line(face),
        lambda: held_by(page, widget, "text"),
        lambda text: check_picture(face, widget, **now(text)),
        lambda: notice(face),
        face.locator(".induce-title"),
        typed,
        reason,
        ("dab", "eb"),
    )


def test_a_long_line_is_shortened_where_it_is_named(opened):
    _, page, face = opened(text=LONG[:40])
    line(face).fill("")
    frames(page)
    assert notice(face) == f"No letter: it still reads “{LONG[:12]}…”."


def test_a_text_from_a_link_is_read_as_if_it_were_typed(opened):
    widget, page, face = opened()
    python_sets(page, widget, text="BAD")
    check_picture(face, widget, **now("bad"))
    assert line(face).input_value() == "bad"
    python_sets(page, widget, text="go, a bee!")
    check_picture(face, widget, **now("bad"))
    assert line(face).input_value() == "go, a bee!"
    assert "still reads “bad”" in notice(face)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_place_is_chosen_by_a_click_on_its_tile(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched, text=LONG[:40])
    for place in (40, 1, 13, 29):
        box = face.locator(".attn-tile").nth(place).bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
        frames(page)
        assert held_by(page, widget, "place") == place
        check_picture(face, widget, **now(LONG[:40], place=place))


def test_the_start_cannot_be_stood_on(opened):
    widget, page, face = opened(place=7)
    box = face.locator(".attn-tile").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    frames(page)
    assert held_by(page, widget, "place") == 1


@pytest.mark.parametrize("on", ["slider", "tile"])
def test_arrow_keys_lead_from_place_to_place(opened, on):
    widget, page, face = opened(text=LONG[:14], place=3)
    if on == "slider":
        face.get_by_role("slider", name="place").focus()
    else:
        face.locator(".attn-tile[tabindex='0']").focus()
    for key, place in (
        ("ArrowRight", 4),
        ("End", 14),
        ("ArrowRight", 14),
        ("ArrowLeft", 13),
        ("Home", 1),
    ):
        page.keyboard.press(key)
        frames(page)
        assert held_by(page, widget, "place") == place
        check_picture(face, widget, **now(LONG[:14], place=place))


def test_a_place_beyond_the_line_waits_for_a_longer_one(opened):
    widget, page, face = opened(text=LONG[:40], place=33)
    for text in ("bad", LONG[:38]):
        python_sets(page, widget, text=text)
        assert held_by(page, widget, "place") == 33
        check_picture(face, widget, **now(text, place=33))


def test_a_slider_leads_through_the_training(opened):
    widget, page, face = opened()
    face.get_by_role("slider", name="training").focus()
    for key, moment in (
        ("Home", 0),
        ("ArrowRight", 70),
        ("ArrowRight", 150),
        ("End", 500),
    ):
        page.keyboard.press(key)
        frames(page)
        assert held_by(page, widget, "moment") == moment
        check_picture(face, widget, **now(moment=moment))


@pytest.mark.parametrize("how", ["click", "key"])
def test_a_head_is_shown_by_its_map(opened, how):
    widget, page, face = opened()
    for layer, head in ((2, 4), (1, 3), (2, 1), (1, 1)):
        button = face.get_by_role(
            "button", name=f"show layer {layer}, head {head}"
        )
        if how == "click":
            button.click()
        else:
            button.focus()
            page.keyboard.press("Space")
        frames(page)
        assert held_by(page, widget, "layer", "head") == [layer, head]
        check_picture(face, widget, **now(layer=layer, head=head))


@pytest.mark.parametrize("how", ["click", "key"])
def test_a_switch_takes_a_head_out_gives_its_mean_and_brings_it_back(
    opened, how
):
    widget, page, face = opened(layer=1, head=2)
    for which in (1, 4, 7):
        for state in (OFF, MEAN, ON):
            button = face.locator(".induce-switch").nth(which)
            if how == "click":
                button.click()
            else:
                button.focus()
                page.keyboard.press("Enter")
            frames(page)
            heads = [state if n == which else ON for n in range(8)]
            assert held_by(page, widget, "heads") == heads
            check_picture(face, widget, **now(layer=1, head=2, heads=heads))


def test_a_head_that_is_out_changes_what_is_said(opened):
    widget, page, face = opened()
    shares = set()
    for heads in ([1] * 8, [0] + [1] * 7, [2] + [1] * 7, [1] * 7 + [0]):
        python_sets(page, widget, heads=heads)
        shares.add(tuple(round(bar["bar"], 4) for bar in face.evaluate(BARS)))
    assert len(shares) == 4


FOCUSED = "() => document.activeElement.getAttribute('aria-label')"


def test_the_board_is_one_stop_and_keys_lead_on_inside_it(opened):
    _, page, face = opened()
    stops = face.locator(".induce-board [tabindex='0']")
    assert stops.count() == 1
    stops.focus()
    for key, name in (
        ("ArrowRight", "show layer 1, head 2"),
        ("ArrowDown", "layer 1, head 2: on"),
        ("ArrowDown", "show layer 2, head 2"),
        ("End", "show layer 2, head 4"),
        ("ArrowDown", "layer 2, head 4: on"),
        ("ArrowDown", "layer 2, head 4: on"),
        ("Home", "layer 2, head 1: on"),
        ("ArrowUp", "show layer 2, head 1"),
    ):
        page.keyboard.press(key)
        assert page.evaluate(FOCUSED) == name
        assert stops.count() == 1
        # Who tabs away and back comes to where they were.
        assert page.evaluate("() => document.activeElement.tabIndex") == 0
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "Reset"


def test_reset_brings_everything_back(opened):
    first = now("dogdog", 4, 1, 3, 150, [1, 1, 1, 0, 1, 1, 2, 1])
    widget, page, face = opened(**first)
    face.locator(".induce-map").last.click()
    face.locator(".induce-switch").first.click()
    face.locator(".attn-tile").nth(1).focus()
    page.keyboard.press("End")
    face.get_by_role("slider", name="training").press("Home")
    line(face).fill("b?")
    frames(page)
    moved = held_by(page, widget, *first)
    assert moved == ["dogdog", 6, 2, 4, 0, [0, 1, 1, 0, 1, 1, 2, 1]]
    assert notice(face) != ""
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert held_by(page, widget, *first) == [*first.values()]
    check_picture(face, widget, **first)
    assert line(face).input_value() == "dogdog"
    assert notice(face) == ""


def test_the_answer_is_spoken_once_the_hand_rests(opened):
    _, page, face = opened()
    face.locator(".induce-switch").first.click()
    page.wait_for_timeout(700)
    text = face.locator(".attn-readout").text_content()
    assert face.locator(".attn-spoken").text_content() == text
    assert text.endswith("Off: 1.1.")


def test_a_link_sets_every_trait(opened_with_a_link):
    widget = made()
    goals = now("hithit", 5, 1, 4, 70, [1, 0, 1, 1, 1, 2, 1, 1])
    page, face = opened_with_a_link(widget, goals)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(600)
        assert held_by(page, widget, *goals) == [*goals.values()]
        check_picture(face, widget, **goals)
        face.locator(".induce-switch").first.click()
        face.locator(".induce-map").last.click()
        line(face).fill("a")


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    picture = tied_to(made())
    found = ties.settings(
        "text=bad&place=3&layer=1&head=2&moment=70&heads=1+1+0+1+1+2+1+1",
        picture,
    )
    assert found == now("bad", 3, 1, 2, 70, [1, 1, 0, 1, 1, 2, 1, 1])
    for wrong in (
        "layer=3",
        "head=5",
        "place=41",
        "moment=71",
        "heads=1+1",
        "heads=1+1+3+1+1+2+1+1",
    ):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


@pytest.mark.parametrize("width", [280, 320, 360, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    heights, places = set(), set()

    def measure():
        heights.add(face.bounding_box()["height"])
        for n, part in enumerate(("line", "next", "board")):
            box = face.locator(f".induce-{part}").bounding_box()
            places.add(box["y"] + 10_000 * n)

    for state in STATES:
        python_sets(page, widget, **state)
        measure()
        hold_spare(face)
    for typed in ("1 2 3 4 5 6", "", "世界 1 2 3 4", LONG[:50]):
        line(face).fill(typed)
        frames(page)
        measure()
    assert len(places) == 3
    hold_height(widget, page, heights)


@pytest.mark.parametrize("width", [360, 800, 1440])
def test_room_is_kept_for_a_longer_hint(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched, hint="try. " * 30)
    hold_height(widget, page, {face.bounding_box()["height"]})


@pytest.mark.parametrize("width", [280, 320, 360, 620, 1440])
def test_no_words_touch_others_leave_the_widget_or_are_too_small(
    opened, watch, width
):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    for state in STATES:
        python_sets(page, widget, **state)
        hold_readable(face, 40, unseen=".attn-strip")


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part in ("line", "arcs", "next", "heads"):
        assert part in widget.parts
        assert face.locator(f"[data-show={part}]").count() == 1
    assert len(widget.parts) == 4


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(theme, watched=watched)
    for state in (STATES[0], STATES[-1]):
        python_sets(page, widget, **state)
        assert_no_violation(page)
    assert_can_be_hit(
        face.locator("button:not(.attn-tile), input, .attn-strip")
    )


def test_the_maps_follow_the_theme(opened):
    _, page, face = opened()
    ink = """
    (canvas) => {
      const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      return [...copy.getImageData(0, 0, 1, 1).data].slice(0, 3);
    }
    """
    maps = face.locator(".induce-map canvas").all()
    light = [each.evaluate(ink) for each in maps]
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    frames(page)
    for before, each in zip(light, maps, strict=True):
        assert each.evaluate(ink) != before


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(
        watched=watch(forced_colors="active"), heads=[0] + [1] * 7
    )
    assert_drawn(face, stroke="induce-arc induce-hatch")
