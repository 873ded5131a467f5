"""The date reader's controls, maps, strips and words against the model in torch."""

import datetime
import functools
import re
from typing import NamedTuple

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
    call,
    frames,
    hold_apart,
    hold_height,
    hold_spare,
    python_sets,
    same,
    tied_to,
    written_in,
)
from extensions import load

from attn_utils import Transformer, recipes
from attn_utils.data import (
    END,
    LOCALES,
    START,
    date_words,
    month_words,
    write_date,
)
from attn_utils.train import in_eight_bits
from attn_utils.widgets import DateReader

HEADS, ENCODER, DECODER = 5, 3, 2
TEXT = "13 May 2019"
# Each attention: its name, and whose characters ask and answer.
ATTENTIONS = [
    ("encoder 1", "source", "source"),
    ("encoder 2", "source", "source"),
    ("encoder 3", "source", "source"),
    ("decoder 1, itself", "target", "target"),
    ("decoder 1 → source", "target", "source"),
    ("decoder 2, itself", "target", "target"),
    ("decoder 2 → source", "target", "source"),
]
NUMBERS = range(len(ATTENTIONS) * HEADS)
KEPT = ["text", "step", "layer", "head", "off"]


@functools.cache
def untaught():
    """A model that eight bits hold exactly; it writes five characters, then ends."""
    torch.manual_seed(284)
    sizes = len(recipes.READ), len(recipes.WRITE), 2 * HEADS, HEADS, 7
    model = Transformer(*sizes, ENCODER, DECODER).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter))
        # What stands for no character is never written.
        model.output_map.bias[[0, START, 3]] = -30.0
    return in_eight_bits(model)


class Reading(NamedTuple):
    """What a model makes of a text: what it writes, its odds, every map."""

    written: str
    odds: torch.Tensor
    maps: list[torch.Tensor]


@torch.no_grad()
def reading(model, text, off=()):
    """Let torch read a text while the heads with these numbers are off."""
    layers = [layer.attention for layer in model.encoder.layers]
    for layer in model.decoder.layers:
        layers += [layer.attention, layer.memory_attention]
    heads = layers[0].num_heads
    for place, layer in enumerate(layers):
        active = [place * heads + head not in off for head in range(heads)]
        layer.switch_heads(torch.tensor(active))
    source = torch.tensor([recipes.READ.encode(text)])
    ends = {"start": START, "end": END, "max_tokens": recipes.MAX_TOKENS}
    tokens = model.greedy(source, **ends)[0].tolist()
    if END in tokens:
        tokens = tokens[: tokens.index(END) + 1]
    read = torch.tensor([[START, *tokens[:-1]]])
    logits, maps = model(source, read, need_weights=True)
    for layer in layers:
        layer.switch_heads(None)
    every = list(maps.encoder)
    for layer in maps.decoder:
        every += [layer.target, layer.memory]
    return Reading(
        recipes.WRITE.decode(tokens),
        logits[0].softmax(-1),
        [m[0] for m in every],
    )


SHOWN = """
async (face) => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const tiles = (name) => [...face.querySelectorAll(`[aria-label="${name}"] .attn-tile`)].map((tile) => [
    tile.textContent.replace("\\u00a0", " "), Number(tile.dataset.weight),
    Number(tile.style.getPropertyValue("--shade")), tile.classList.contains("attn-tile-marked")]);
  const inks = (canvas) => {
    const pen = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
    pen.drawImage(canvas, 0, 0);
    const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
    const rows = Array.from({ length: canvas.height }, () => []);
    for (let i = 3; i < data.length; i += 4) rows[Math.floor(i / 4 / canvas.width)].push(data[i] / 255);
    return rows;
  };
  const said = (part) => {
    const copy = face.querySelector(part).cloneNode(true);
    const values = [...copy.querySelectorAll("data")].map((one) => Number(one.value));
    for (const one of copy.querySelectorAll("data")) one.textContent = "#";
    return [copy.textContent, values];
  };
  const buttons = [...face.querySelectorAll(".reader-map")];
  const { left, top } = face.querySelector(".reader-strips").getBoundingClientRect();
  const middles = (name) => [...face.querySelectorAll(`[aria-label="${name}"] .attn-tile`)].map((tile) => {
    const box = tile.getBoundingClientRect();
    return [box.left + box.width / 2 - left, box.top - top, box.bottom - top];
  });
  const large = face.querySelector(".reader-large");
  const within = (node) => {
    const [box, map] = [node, large].map((one) => one.getBoundingClientRect());
    return [(box.x - map.x) / map.width, (box.y - map.y) / map.height, box.width / map.width, box.height / map.height];
  };
  return {
    written: tiles("what it writes"), read: tiles("what it reads"),
    maps: Object.fromEntries(buttons.map((one) => [one.ariaLabel, inks(one.querySelector("canvas"))])),
    pressed: buttons.filter((one) => one.ariaPressed === "true").map((one) => one.ariaLabel),
    off: [...face.querySelectorAll(".reader-head input")].filter((one) => !one.checked).map((one) => one.ariaLabel),
    hatched: buttons.filter((one) => getComputedStyle(one.querySelector("svg")).display !== "none").map((one) => one.ariaLabel),
    silent: [...face.querySelectorAll(".reader-all input")].map((one) => [one.checked, one.indeterminate]),
    arcs: [...face.querySelectorAll(".reader-arc")].map((one) => [
      one.getAttribute("d").match(/-?[\\d.]+/g).map(Number), Number(one.getAttribute("stroke-width"))]),
    middles: { written: middles("what it writes"), read: middles("what it reads") },
    large: {
      map: inks(large), size: [large.getBoundingClientRect().width, large.getBoundingClientRect().height], title: face.querySelector(".reader-title").textContent, band: within(face.querySelector(".reader-band")),
      turned: Boolean(face.querySelector(".reader-turned")), off: face.querySelector(".reader-axes .reader-hatch").getAttribute("d") !== "",
      rows: [...face.querySelectorAll("text.reader-query")].map((one) => [one.textContent, within(one), one.classList.contains("reader-chosen")]),
      columns: [...face.querySelectorAll("text.reader-key")].map((one) => [one.textContent, within(one), one.classList.contains("reader-chosen")]),
    },
    words: said(".attn-readout"), odds: said(".reader-odds"), box: face.querySelector(".reader-text").value,
  };
}
"""
# Click a control by its label, or the n-th character of a strip by the strip's.
CLICK = """
(face, [label, place]) => {
  const [node] = [...face.querySelectorAll("[aria-label]")].filter((one) => one.ariaLabel === label);
  (place === null ? node : node.querySelectorAll(".attn-tile")[place]).click();
}
"""


class Opened:
    """The reader's face: what is shown, and what its controls do."""

    def __init__(self, face):
        self.face = face

    def shown(self):
        return self.face.evaluate(SHOWN)

    def click(self, label, place=None):
        self.face.evaluate(CLICK, [label, place])
        return self

    def traits(self):
        """What the page holds of all that a link keeps."""
        return self.face.page.evaluate(
            "(names) => { const [one] = Object.values(window.models);"
            " return Object.fromEntries(names.map((name) => [name, one.get(name)])); }",
            KEPT,
        )


@pytest.fixture
def opened(watch, bare):
    """Open a reader of the untaught model on a page of its own."""

    def start(theme="light", watched=None, **traits):
        widget = made(**traits)
        handle = Handle(of=widget.model_id)
        one = alive(bare(watched or watch(), widget, handle, theme=theme))
        one.widget = widget
        return one

    return start


def made(**traits):
    """A reader of the untaught model, which knows one month and one example."""
    given = {
        "month_names": [["may"], *[["june"]] * 11],
        "words": ["may"],
        "examples": [{"language": "English", "text": "7 May 1968"}],
        "text": TEXT,
    }
    return DateReader(
        untaught().state_dict(),
        num_heads=HEADS,
        source_characters="".join(recipes.READ.characters),
        target_characters="".join(recipes.WRITE.characters),
        **given | traits,
    )


def with_all_examples(**traits):
    """Return what the chapter's reader has: a date in every language."""
    day = datetime.date(2019, 5, 3)
    return {
        "month_names": month_words(),
        "words": date_words(),
        "longest": 48,
        "examples": [
            {
                "language": language,
                "lang": locale.replace("_", "-"),
                "text": write_date(day, locale, "full").text,
            }
            for locale, language in LOCALES.items()
        ],
        "hint": "switch heads off, one after the other. Which can the answer "
        "not do without?",
    } | traits


def alive(page):
    page.locator(".attn-reader").wait_for()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.wait_for_function("Object.values(window.models ?? {}).length")
    return Opened(page.locator(".attn-reader"))


def label_of(number, heads=HEADS, attentions=ATTENTIONS):
    layer, head = divmod(number, heads)
    return f"{attentions[layer][0]}, head {head + 1}"


def average(found, layer, off=()):
    """The mean of the maps of those heads that speak; of none, of all."""
    heads = len(found.maps[layer])
    speak = [h for h in range(heads) if layer * heads + h not in off]
    return found.maps[layer][speak or [*range(heads)]].mean(0)


def close(got, expected, within=1e-4):
    """Whether numbers that the page shows are torch's, in their shape."""
    got = torch.tensor(got, dtype=torch.float32)
    return got.shape == expected.shape and torch.allclose(
        got, expected, atol=within, rtol=0
    )


def drawn_right(shown, found, heads=HEADS, attentions=ATTENTIONS, off=()):
    """Whether every map stands under its own label, its rows asking, by the root."""
    expected = {
        f"show {label_of(number, heads, attentions)}": found.maps[
            number // heads
        ][number % heads]
        for number in range(len(found.maps) * heads)
    } | {
        f"show {name}, average": average(found, layer, off)
        for layer, (name, _, _) in enumerate(attentions)
    }
    assert shown["maps"].keys() == expected.keys()
    # An ink is a whole number of 255.
    return all(
        close(shown["maps"][label], expected[label].sqrt(), within=0.004)
        for label in expected
    )


def test_what_the_untaught_model_writes_can_be_told_apart():
    found = reading(untaught(), TEXT)
    assert len(found.written) == 5
    assert found.odds.shape == (6, len(recipes.WRITE))
    shapes = {m.shape for m in found.maps}
    assert shapes == {(5, 11, 11), (5, 6, 6), (5, 6, 11)}
    flat = torch.stack([m.flatten()[:180] for m in found.maps])
    assert torch.pdist(flat).min() > 0.1


def test_each_map_is_drawn_on_its_own_canvas(opened):
    shown = opened().shown()
    labels = [
        f"show {name}, {which}"
        for name, _, _ in ATTENTIONS
        for which in [*(f"head {n + 1}" for n in range(HEADS)), "average"]
    ]
    assert list(shown["maps"]) == labels
    assert drawn_right(shown, reading(untaught(), TEXT))


def test_each_switch_silences_its_own_head_alone(opened):
    one = opened()
    usual = reading(untaught(), TEXT)
    changed = 0
    for number in NUMBERS:
        one.click(f"{label_of(number)} speaks")
        shown = one.shown()
        found = reading(untaught(), TEXT, [number])
        assert shown["off"] == [f"{label_of(number)} speaks"]
        assert one.traits()["off"] == [number]
        assert shown["words"][0].startswith(
            f"The model writes {found.written} "
        )
        assert shown["hatched"] == [f"show {label_of(number)}"]
        assert drawn_right(shown, found, off=[number])
        changed += not drawn_right(shown, usual)
        one.click(f"{label_of(number)} speaks")
    assert changed > len(NUMBERS) / 2
    shown = one.shown()
    assert shown["off"] == []
    assert drawn_right(shown, usual)


def test_heads_that_are_off_together_stay_off(opened):
    one = opened()
    off = [23, 7, 31]
    for number in off:
        one.click(f"{label_of(number)} speaks")
    assert one.traits()["off"] == sorted(off)
    assert drawn_right(one.shown(), reading(untaught(), TEXT, off), off=off)
    one.click(f"{label_of(7)} speaks")
    assert one.traits()["off"] == [23, 31]
    found = reading(untaught(), TEXT, [23, 31])
    assert drawn_right(one.shown(), found, off=[23, 31])


def letters_of(shown):
    """What is read and what is written, as the strips show it."""
    strip = {name: [t[0] for t in shown[name]] for name in ("read", "written")}
    start, *written, end = strip["written"]
    assert (start, end) == ("▸", "end")
    return strip["read"], written


def said_right(shown, name, verb, asking, weights, letters):
    """Whether the sentence names the two that get most, and how much."""
    best = weights.argsort(descending=True)[:2].tolist()
    first, second = ("space" if letters[i] == " " else letters[i] for i in best)
    asking = "space" if asking == " " else asking
    words, values = shown["words"]
    assert words.endswith(
        f"). In {name}, “{asking}” {verb} “{first}” (#) and “{second}” (#)."
    )
    return close(values, weights[best])


def shaded_right(shown, strip, weights):
    """Whether one strip is shaded by these weights, and the other not at all."""
    other = {"read": "written", "written": "read"}[strip]
    assert not any(weight for _, weight, _, _ in shown[other])
    tiles = shown[strip]
    wanted = torch.zeros(len(tiles))
    wanted[: len(weights)] = weights[: len(tiles)]
    return close([t[1] for t in tiles], wanted) and close(
        [t[2] for t in tiles], wanted.sqrt()
    )


def test_each_head_is_shaded_and_said_at_its_step(opened):
    one = opened()
    found = reading(untaught(), TEXT)
    for number in NUMBERS:
        layer, head = divmod(number, HEADS)
        step = (layer + head) % (len(found.written) + 1)
        _, query, key = ATTENTIONS[layer]
        one.click(f"show {label_of(number)}")
        one.click("what it writes", step + 1)
        shown = one.shown()
        assert shown["pressed"] == [f"show {label_of(number)}"]
        read, written = letters_of(shown)
        assert ("".join(read), "".join(written)) == (TEXT, found.written)
        row = found.maps[layer][head][step if query == "target" else 0]
        letters_written = [*written, "end"]
        asking = letters_written[step] if query == "target" else read[0]
        letters = read if key == "source" else ["start", *written]
        verb = (
            "was written while looking most at"
            if query == "target"
            else "looks most at"
        )
        assert said_right(shown, label_of(number), verb, asking, row, letters)
        strip = "read" if key == "source" else "written"
        assert shaded_right(shown, strip, row)
        marked = [i for i, t in enumerate(shown["written"]) if t[3]]
        assert marked == ([step + 1] if query == "target" else [])


def test_each_head_is_asked_about_the_character_pointed_at(opened):
    one = opened(step=1)
    found = reading(untaught(), TEXT)
    for number in NUMBERS:
        layer, head = divmod(number, HEADS)
        _, query, key = ATTENTIONS[layer]
        place = 3 * number % len(TEXT)
        one.click(f"show {label_of(number)}")
        one.click("what it reads", place)
        shown = one.shown()
        read, written = letters_of(shown)
        weights = found.maps[layer][head]
        if query == "source":
            verb, asking, letters = "looks most at", read[place], read
            weights, strip = weights[place], "read"
        elif key == "source":
            # A character is written by the row before it: START shifts by one.
            verb, asking = "is looked at most for", read[place]
            weights, strip = weights[:, place], "written"
            letters = [*written, "end"]
        else:
            verb, asking = "was written while looking most at", written[1]
            weights, strip, letters = weights[1], "written", ["start", *written]
        assert said_right(
            shown, label_of(number), verb, asking, weights, letters
        )
        if query != key:
            weights = torch.cat([torch.zeros(1), weights])
        assert shaded_right(shown, strip, weights)
        assert [i for i, t in enumerate(shown["read"]) if t[3]] == [place]


def test_the_candidates_of_each_step_are_the_model_s(opened):
    one = opened()
    found = reading(untaught(), TEXT)
    names = {END: "end"} | dict(enumerate(recipes.WRITE.characters, 4))
    for step in range(6):
        one.click("what it writes", step + 1)
        best = found.odds[step].argsort(descending=True)[:4]
        words, values = one.shown()["odds"]
        listed = " · ".join(f"{names.get(int(t), '?')} #" for t in best)
        assert words == f"candidates: {listed}"
        assert close(values, found.odds[step][best])


MOVED = {"text": "7 May 1968", "step": 1, "layer": 4, "head": 3, "off": [8, 34]}
START_AT = {"text": TEXT, "step": 4, "layer": 1, "head": 2, "off": [22]}


def move(one, name):
    """Change one trait by its control, to what `MOVED` says."""
    if name == "text":
        one.face.locator(".reader-text").fill(MOVED["text"])
    elif name == "step":
        one.click("what it writes", MOVED["step"] + 1)
    elif name == "off":
        for number in {*MOVED["off"], *one.traits()["off"]}:
            one.click(f"{label_of(number)} speaks")
    else:
        now = one.traits() | {name: MOVED[name]}
        one.click(f"show {label_of(now['layer'] * HEADS + now['head'])}")
    frames(one.face.page)


@pytest.mark.parametrize("names", [*[[name] for name in KEPT], KEPT])
def test_reset_brings_each_trait_back(opened, names):
    one = opened(**START_AT)
    before = one.shown()
    for name in names:
        move(one, name)
    now = one.traits()
    assert {name: now[name] for name in names} == {
        name: MOVED[name] for name in names
    }
    assert one.shown() != before
    one.face.get_by_role("button", name="Reset").click()
    assert one.shown() == before
    assert one.traits() == START_AT


@pytest.mark.parametrize("names", [*[[name] for name in KEPT], KEPT])
def test_the_link_keeps_each_trait(opened, names):
    one = opened(**START_AT)
    for name in names:
        move(one, name)
    expected = START_AT | {name: MOVED[name] for name in names}
    written = reading(untaught(), expected["text"], expected["off"]).written
    # No step lies beyond the end.
    expected["step"] = min(expected["step"], len(written))
    before = one.shown()
    one.face.get_by_role("button", name="Link to this").click()
    page = one.face.page
    page.wait_for_function("location.hash.startsWith('#date=')")
    other = page.context.new_page()
    other.goto(page.url)
    again = alive(other)
    assert again.shown() == before
    assert again.traits() == expected
    # There Reset leads to where the page began, not to what the link said.
    again.face.get_by_role("button", name="Reset").click()
    again.shown()
    assert again.traits() == START_AT


@pytest.mark.parametrize(
    ("name", "held", "refused"),
    [
        ("text", ["", "x" * 400], ["x" * 401, 5, None]),
        ("step", [0, 11], [-1, 12, 1.5, "1"]),
        ("layer", [0, 6], [-1, 7, 0.5, None]),
        ("head", [0, 5], [-1, 6, 0.5, "0"]),
        ("off", [[], [0, 34]], [[-1], [35], [0, "1"], 3, None]),
    ],
)
def test_an_address_sets_what_fits_only(modules, name, held, refused):
    def fitting(value):
        file = "date_reader/date_reader.js"
        return call(modules, file, "fitting", {name: value}, 7, 5)

    assert [fitting(value) for value in held] == [{name: v} for v in held]
    assert [fitting(value) for value in refused] == [{}] * len(refused)


def test_an_address_may_hold_nothing_else(modules):
    state = START_AT | {"answer": "x", "hint": "x", "weights": 0}
    got = call(modules, "date_reader/date_reader.js", "fitting", state, 7, 5)
    assert got == START_AT


def test_the_steps_end_where_the_answer_ends(opened):
    one = opened(step=0)
    last = len(reading(untaught(), TEXT).written)
    back, on = (f"one step {way}" for way in ("back", "on"))
    seen = []
    for label in [*[on] * (last + 1), *[back] * (last + 1)]:
        one.click(label)
        frames(one.face.page)
        seen.append(one.traits()["step"])
    assert seen == [1, 2, 3, 4, 5, 5, 4, 3, 2, 1, 0, 0]
    numbers = re.findall(r"\d+", one.face.locator(".reader-steps").inner_text())
    assert numbers == ["1", str(last + 1)]


def test_what_is_declined_draws_nothing(opened):
    one = opened()
    one.face.locator(".reader-text").fill("tomorrow")
    shown = one.shown()
    assert {str(rows) for rows in shown["maps"].values()} == {"[[0]]"}
    assert shown["written"] == shown["read"] == []
    assert shown["odds"] == ["", []]
    assert shown["arcs"] == []
    one.face.get_by_role("button", name="English").click()
    found = reading(untaught(), "7 May 1968")
    assert drawn_right(one.shown(), found)
    assert one.shown()["box"] == "7 May 1968"


def test_the_average_is_that_of_the_heads_that_speak(modules):
    torch.manual_seed(3)
    maps = torch.rand(5, 3, 7, dtype=torch.float64)
    for speaks in (
        [True] * 5,
        [False] * 5,
        [True, False, False, True, False],
        [False, False, True, False, False],
    ):
        heard = maps[torch.tensor(speaks)] if any(speaks) else maps
        file = "date_reader/date_model.js"
        got = call(modules, file, "averageMap", maps.tolist(), speaks)
        assert same(got, heard.mean(0))


def wanted(found, layer, head, step, pointed, off=()):
    """What is to be seen of one map: it, who asks, from where arcs lead, and to which."""
    _, query, key = ATTENTIONS[layer]
    weights = (
        found.maps[layer][head] if head < HEADS else average(found, layer, off)
    )
    strip = {"source": "read", "target": "written"}
    if query == "source":
        at = pointed or 0
        arcs = ("read", at), [("read", i, w) for i, w in enumerate(weights[at])]
        return weights, at, False, arcs
    if pointed is not None and key == "source":
        # The start stands before what is written.
        ends = enumerate(weights[:, pointed], 1)
        arcs = ("read", pointed), [("written", i, w) for i, w in ends]
        return weights, pointed, True, arcs
    ends = [(strip[key], i, w) for i, w in enumerate(weights[step])]
    return weights, step, False, (("written", step + 1), ends)


def arcs_right(shown, origin, ends):
    """Whether each arc begins and ends at its tiles, as wide as its weight."""
    ends = [(*tile, float(w)) for *tile, w in ends if w >= 0.004]
    assert len(shown["arcs"]) == len(ends)
    for (numbers, wide), (side, at, weight) in zip(
        shown["arcs"], ends, strict=True
    ):
        assert wide == pytest.approx(12 * weight, abs=0.01)
        start, end = numbers[:2], numbers[-2:]
        # An arc of a character to itself is a loop of 14 pixels.
        loop = 7 if (side, at) == origin else 0
        for (x, y), (name, place), by in (
            (start, origin, -loop),
            (end, (side, at), loop),
        ):
            middle, above, below = shown["middles"][name][place]
            edge = above if name == "read" else below
            assert [x, y] == pytest.approx([middle + by, edge], abs=0.6)
    return True


def large_right(shown, name, found, text, weights, at, turned, layer):
    """Whether the large map is this one, with its letters, and its row outlined."""
    _, query, key = ATTENTIONS[layer]
    large = shown["large"]
    assert large["title"] == name
    assert close(large["map"], weights.sqrt(), within=0.004)
    assert large["turned"] == turned
    written = [*found.written, "end"]
    rows = [*text] if query == "source" else written
    columns = [*text] if key == "source" else ["▸", *written[:-1]]
    sides = {"source": "read", "target": "written"}
    for (title, *letters), expected, role, axis, chosen in (
        (large["rows"], rows, "query", 1, not turned),
        (large["columns"], columns, "key", 0, turned),
    ):
        side = query if role == "query" else key
        assert title[0] == f"{role}: {sides[side]}"
        shown_letters = [each[0] for each in letters]
        assert shown_letters == expected
        for i, (letter, box, strong) in enumerate(letters):
            if letter.strip():
                middle = box[axis] + box[axis + 2] / 2
                middle_of_cell = (i + 0.5) / len(expected)
                assert middle == pytest.approx(middle_of_cell, abs=0.02)
                assert box[1 - axis] + box[3 - axis] < 0.01
            assert strong == (chosen and i == at)
    x, y, wide, high = large["band"]
    count = len(columns) if turned else len(rows)
    # Every cell is a square, and the outline lies one pixel around it.
    cell = large["size"][1] / len(rows)
    assert cell <= 24
    assert large["size"][0] / len(columns) == pytest.approx(cell, abs=0.1)
    across = (x, wide, y, high) if turned else (y, high, x, wide)
    expected = [at / count, 1 / count, 0, 1]
    around = 2.2 / min(large["size"])
    assert across == pytest.approx(expected, abs=around)
    return True


@pytest.mark.parametrize("width", [280, 360, 768, 1440])
def test_arcs_and_the_large_map_show_one_row_of_one_map(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    off = [1]  # with it off, an end is written all the same
    one = opened(watched=watched, off=off, longest=48)
    found = reading(untaught(), TEXT, off)
    count = 0
    for layer, (name, _, _) in enumerate(ATTENTIONS):
        for head in (layer % HEADS, HEADS):
            number = layer * HEADS + head
            if head < HEADS and number in off:
                head = (head + 1) % HEADS
            which = f"head {head + 1}" if head < HEADS else "average"
            one.click(f"show {name}, {which}")
            step = (layer + 2 * head) % (len(found.written) + 1)
            for pointed in (None, (3 * layer + head) % len(TEXT)):
                one.click("what it writes", step + 1)
                if pointed is not None:
                    one.click("what it reads", pointed)
                shown = one.shown()
                weights, at, turned, arcs = wanted(
                    found, layer, head, step, pointed, off
                )
                assert arcs_right(shown, *arcs)
                called = f"{name}, {which}"
                assert large_right(
                    shown, called, found, TEXT, weights, at, turned, layer
                )
                count += len(shown["arcs"])
    assert count > 100


@pytest.mark.parametrize("most", [1, 2, 3])
def test_letters_of_one_rank_stand_apart_where_ranks_are_enough(modules, most):
    file = "date_reader/date_map.js"
    for cell in (3, 3.9, 4, 4.9, 5.1, 7, 9.9, 10, 24):
        ranks = call(modules, file, "ranksOf", 37, cell, most)
        stand = [(i, rank) for i, rank in enumerate(ranks) if rank is not None]
        left_out = cell < 4
        assert [i for i, _ in stand] == [*range(0, 37, 1 + left_out)]
        count = 1 + max(rank for _, rank in stand)
        assert [rank for _, rank in stand] == [
            n % count for n in range(len(stand))
        ]
        apart = cell * (1 + left_out)
        assert count == most or count * apart >= 10
        assert count == 1 or (count - 1) * apart < 10


def test_a_word_among_ranks_of_letters_stands_beneath_them(opened):
    one = opened(layer=4, text="7 May 1968".ljust(40), longest=48)
    shown = one.shown()
    large = shown["large"]
    assert large["size"][1] / len(shown["written"][1:]) < 9
    *letters, (word, (_, y, _, high), _) = large["rows"]
    assert word == "end"
    assert y + high / 2 > 0.98
    lefts = {round(box[0], 3) for letter, box, _ in letters[1:] if letter}
    assert len(lefts) > 1


def test_the_average_is_said_with_the_heads_that_it_leaves_out(opened):
    one = opened(head=HEADS, layer=4, step=2)
    for off, words in (
        ([], "average of the heads"),
        ([22], "average of the heads that speak"),
    ):
        python_sets(one.face.page, one.widget, off=off)
        found = reading(untaught(), TEXT, off)
        row = average(found, 4, off)[2]
        name = f"decoder 1 → source, {words}"
        verb = "was written while looking most at"
        shown = one.shown()
        _, written = letters_of(shown)
        assert said_right(shown, name, verb, written[2], row, [*TEXT])
        assert shaded_right(shown, "read", row)
    python_sets(one.face.page, one.widget, off=[*range(20, 25)])
    shown = one.shown()
    assert shown["words"][0].endswith(
        "Now all heads of decoder 1 → source are switched off: nothing uses "
        "what they look at."
    )
    assert shown["arcs"] == []
    assert shown["large"]["off"]


def test_a_switch_silences_all_heads_of_an_attention_and_lets_them_speak(
    opened,
):
    one = opened(off=[2, 16])
    for layer, (name, _, _) in enumerate(ATTENTIONS):
        others = [n for n in (2, 16) if n // HEADS != layer]
        heads = [*range(layer * HEADS, layer * HEADS + HEADS)]
        some = len(others) < 2
        assert one.shown()["silent"][layer] == [not some, some]
        if some:  # those that speak stay, the other joins them
            one.click(f"{name}, all heads speak").shown()
            assert one.traits()["off"] == others
        one.click(f"{name}, all heads speak")
        shown = one.shown()
        assert one.traits()["off"] == sorted([*others, *heads])
        assert shown["silent"][layer] == [False, False]
        off = one.traits()["off"]
        assert drawn_right(shown, reading(untaught(), TEXT, off), off=off)
        called = [label_of(number) for number in off]
        called += [f"{name}, average"]
        assert {*shown["hatched"]} == {f"show {each}" for each in called}
        python_sets(one.face.page, one.widget, off=[2, 16])


def test_a_head_that_is_off_is_hatched_in_the_large_map_as_well(opened):
    one = opened(layer=3, head=1)
    assert not one.shown()["large"]["off"]
    one.click(f"{label_of(16)} speaks")
    shown = one.shown()
    assert shown["large"]["off"]
    assert shown["arcs"] == []
    assert shown["words"][0].endswith(
        "Now decoder 1, itself, head 2 is switched off: nothing uses what it "
        "looks at."
    )


def test_an_example_keeps_the_step(opened):
    one = opened(step=3)
    one.face.get_by_role("button", name="English").click()
    frames(one.face.page)
    assert one.traits() | {"step": 3, "text": "7 May 1968"} == one.traits()
    assert (
        one.face.locator(".reader-steps").inner_text().startswith("‹\nstep 4")
    )


def test_a_row_of_the_large_map_is_chosen_by_a_tap(opened):
    one = opened(layer=4)
    large = one.face.locator(".reader-large")
    rows = len(reading(untaught(), TEXT).written) + 1
    for row in (2, rows - 1):
        box = large.bounding_box()
        at = {"x": 3, "y": (row + 0.5) * box["height"] / rows}
        large.click(position=at)
        frames(one.face.page)
        assert one.traits()["step"] == row
    one.click("show encoder 1, head 1")
    frames(one.face.page)
    large.click(position={"x": 3, "y": large.bounding_box()["height"] - 3})
    shown = one.shown()
    assert [t[3] for t in shown["read"]] == [False] * 10 + [True]


@pytest.mark.parametrize("strip", ["what it writes", "what it reads"])
@pytest.mark.parametrize("width", [360, 1440])
def test_the_nearest_character_is_chosen_by_a_tap(opened, watch, strip, width):
    watched = watch(has_touch=True, viewport={"width": width, "height": 900})
    one = opened(watched=watched, layer=4, text="13 May 2019  " + " " * 26)
    page = one.face.page
    row = one.face.get_by_role("toolbar", name=strip)
    row.scroll_into_view_if_needed()
    tiles = row.locator(".attn-tile").all()
    for place in (1, len(tiles) - 1, 3):
        box = tiles[place].bounding_box()
        page.touchscreen.tap(
            box["x"] + 0.8 * box["width"], box["y"] + 0.2 * box["height"]
        )
        frames(page)
        marked = row.locator(".attn-tile-marked")
        assert marked.count() == 1
        assert marked.bounding_box() == box


def test_arrows_step_along_the_strips(opened):
    one = opened(layer=4, step=2)
    page = one.face.page
    written, read = (
        one.face.get_by_role("toolbar", name=f"what it {verb}")
        for verb in ("writes", "reads")
    )
    written.locator("[tabindex='0']").focus()
    for key, step in (
        ("ArrowRight", 3),
        ("End", 5),
        ("ArrowRight", 5),
        ("ArrowLeft", 4),
        ("Home", 0),
        ("ArrowLeft", 0),
    ):
        page.keyboard.press(key)
        frames(page)
        assert one.traits()["step"] == step
        assert written.locator(":focus").count() == 1
        assert written.locator("[tabindex='0']:focus").count() == 1
    read.locator("[tabindex='0']").focus()
    page.keyboard.press("End")
    shown = one.shown()
    assert [i for i, t in enumerate(shown["read"]) if t[3]] == [10]
    assert one.traits()["step"] == 0


def test_the_board_is_one_stop_of_the_tab_key_and_arrows_lead_on(opened):
    one = opened()
    page, board = one.face.page, one.face.locator(".reader-board")
    assert board.locator("[tabindex='0']").count() == 1
    board.locator("[tabindex='0']").focus()
    for keys, label in (
        (["ArrowRight", "ArrowRight"], "show encoder 1, head 3"),
        (["ArrowDown"], "encoder 1, head 3 speaks"),
        (["End"], "encoder 1, all heads speak"),
        (["ArrowDown"], "show encoder 2, average"),
        (["Home", "ArrowDown"], "encoder 2, head 1 speaks"),
    ):
        for key in keys:
            page.keyboard.press(key)
        focus = board.locator(":focus")
        assert focus.get_attribute("aria-label") == label
        assert board.locator("[tabindex='0']").count() == 1
    page.keyboard.press("Space")
    frames(page)
    assert one.traits()["off"] == [5]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    frames(page)
    assert one.traits() | {"layer": 1, "head": 0} == one.traits()


@pytest.mark.parametrize("width", [280, 360, 768, 1440])
def test_a_refusal_is_written_and_said_once(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    one = opened(watched=watched, longest=48)
    one.face.locator(".reader-text").fill("tomorrow")
    one.face.page.wait_for_timeout(700)
    words = "It needs a year of four digits, and a day and a month beside it."
    seen = one.face.locator(".attn-body").inner_text()
    assert seen.count(words) == 1
    live = one.face.locator("[aria-live], [role=status], [role=alert]")
    assert live.all_text_contents() == [words]
    readout = one.face.locator(".attn-readout").bounding_box()
    strips = one.face.locator(".reader-strips").bounding_box()
    assert readout["y"] == pytest.approx(strips["y"], abs=12)


LANGUAGES = """
(all) => all.map((text) => text.closest("[lang]").getAttribute("lang"))
"""


@pytest.mark.parametrize("layer", [0, 3, 4])
def test_letters_that_are_read_are_in_the_language_of_the_text(opened, layer):
    one = opened(**with_all_examples(layer=layer))
    for each in one.widget.examples:
        one.face.get_by_role("button", name=each["language"]).click()
        frames(one.face.page)
        sides = zip(("query", "key"), ATTENTIONS[layer][1:], strict=True)
        for role, side in sides:
            texts = one.face.locator(f"text.reader-{role}")
            title, *letters = texts.evaluate_all(LANGUAGES)
            assert title == "en"
            assert {*letters} == {each["lang"] if side == "source" else "en"}


@pytest.mark.parametrize("year", ["5019", "0012"])
def test_a_year_that_it_was_never_taught_is_read_and_said(opened, year):
    one = opened(text=f"13 May {year}")
    found = reading(untaught(), f"13 May {year}")
    shown = one.shown()
    assert letters_of(shown)[1] == [*found.written]
    assert shown["words"][0].startswith(
        f"The model writes {found.written} (checked by rule: it is wrong, the "
        f"text says {year}-01-13; it was taught the years 1000 to 2999). "
    )


def test_a_link_sets_what_it_may(opened_with_a_link):
    widget = made()
    goals = {"text": "3 May 5019", "step": 2, "layer": 6, "head": HEADS}
    page, face = opened_with_a_link(widget, goals)
    page.get_by_role("button", name="go").click()
    page.wait_for_timeout(600)
    one = Opened(face)
    assert one.traits() == goals | {"off": []}
    assert one.shown()["pressed"] == ["show decoder 2 → source, average"]
    assert one.shown()["box"] == "3 May 5019"


def test_a_link_in_the_prose_may_ask_for_text_step_layer_and_head():
    ties = load("ties")
    picture = tied_to(made())
    found = ties.settings("text=3 May 5019&step=11&layer=6&head=5", picture)
    assert found == {"text": "3 May 5019", "step": 11, "layer": 6, "head": 5}
    for wrong in ("step=12", "layer=7", "head=6"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


def test_every_part_can_be_lit_from_the_prose(opened):
    one = opened(layer=4)
    for part in ("written", "read", "arcs", "map", "heads"):
        assert part in one.widget.parts
        assert one.face.locator(f"[data-show={part}]").count() == 1


@pytest.mark.parametrize("width", [280, 320, 360, 768, 800, 1440])
def test_its_height_is_one_for_every_example_and_is_the_room_kept(
    opened, watch, width
):
    watched = watch(viewport={"width": width, "height": 900})
    traits = {"layer": 6, "head": HEADS, "text": "tomorrow"}
    one = opened(watched=watched, **with_all_examples(**traits))
    page, places = one.face.page, set()
    heights = {one.face.bounding_box()["height"]}
    texts = [
        *(each["text"] for each in one.widget.examples),
        "terça-feira, 30 de setembro de 5019".ljust(48),
        "31 February 5019",
        "tomorrow",
        "",
    ]
    for text in texts:
        for step, layer, head, off in ((0, 6, HEADS, []), (9, 0, 1, [31])):
            shown = {"step": step, "layer": layer, "head": head, "off": off}
            python_sets(page, one.widget, text=text, **shown)
            heights.add(one.face.bounding_box()["height"])
            board = one.face.locator(".reader-board").bounding_box()
            strips = one.face.locator(".reader-strips").bounding_box()
            readout = one.face.locator(".attn-readout-room").bounding_box()
            places.add(board["y"])
            under = readout["y"] - strips["y"] - strips["height"]
            assert 0 <= under <= 16
            hold_spare(one.face)
    assert len(places) == 1
    hold_height(one.widget, page, heights)


@pytest.mark.parametrize("width", [280, 360, 620, 800, 1440])
def test_no_words_touch_others_or_leave_the_widget(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    one = opened(watched=watched, **with_all_examples())
    texts = [
        *(each["text"] for each in one.widget.examples),
        "terça-feira, 30 de setembro de 2019".ljust(48),
    ]
    for i, text in enumerate(texts):
        python_sets(one.face.page, one.widget, text=text, layer=3 * (i % 3))
        boxes = written_in(
            one.face.locator(
                ".reader-axes text, .attn-letter, .reader-side, .reader-title,"
                " .reader-steps span, .reader-layer-name, .reader-average"
            )
        )
        hold_apart(one.face, [each for each in boxes if each[0].strip()])


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    one = opened(theme, watched, **with_all_examples(layer=6, off=[3]))
    for text in (TEXT, "tomorrow"):
        python_sets(one.face.page, one.widget, text=text)
        assert_no_violation(one.face.page)
    python_sets(one.face.page, one.widget, text=TEXT)
    assert_can_be_hit(
        one.face.locator(
            "button:not(.attn-tile, :disabled), .attn-strip, label, input[type=text]"
        )
    )


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    one = opened(watched=watch(forced_colors="active"), layer=4, off=[20])
    one.click("show decoder 1 → source, head 2")
    one.shown()
    assert_drawn(
        one.face,
        stroke="reader-arc reader-band reader-hatch",
        fill="reader-query reader-key",
    )
