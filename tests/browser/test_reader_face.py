"""The date reader's controls, maps, strips and words against the model in torch."""

import functools
import re
from typing import NamedTuple

import pytest
import torch
from conftest import Handle, call, frames

from attn_utils import Transformer, recipes
from attn_utils.data import END, START
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
    """A model that half precision holds exactly; it writes five characters, then ends."""
    torch.manual_seed(284)
    sizes = len(recipes.READ), len(recipes.WRITE), 2 * HEADS, HEADS, 7
    model = Transformer(*sizes, ENCODER, DECODER).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter).half())
        # What stands for no character is never written.
        model.output_map.bias[[0, START, 3]] = -30.0
    return model


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
      map: inks(large), title: face.querySelector(".reader-title").textContent, band: within(face.querySelector(".reader-band")),
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

    def start(**traits):
        widget = DateReader(
            untaught().state_dict(),
            num_heads=HEADS,
            source_characters="".join(recipes.READ.characters),
            target_characters="".join(recipes.WRITE.characters),
            month_names=[["may"], *[["june"]] * 11],
            words=["may"],
            examples=[{"language": "English", "text": "7 May 1968"}],
            **{"text": TEXT} | traits,
        )
        handle = Handle(of=widget.model_id)
        return alive(bare(watch(), widget, handle))

    return start


def alive(page):
    page.locator(".attn-reader").wait_for()
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
