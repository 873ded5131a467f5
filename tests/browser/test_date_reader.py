"""Chapter 08's live model: the same answers as torch, and every control."""

import base64

import numpy
import pytest
import torch
from conftest import call, come_alive, states_of
from test_reader_face import Opened, drawn_right, label_of, reading

from attn_utils import Transformer, recipes
from attn_utils.data import date_pairs
from attn_utils.plots import FROM_0_TO_1

CHAPTER = "chapters/08_transformer.html"
# Read texts by the module and the weights that the page itself holds.
READ = """
async ([texts, off]) => {
  const data = (name) => Object.assign(
    {}, ...[...document.querySelectorAll(`script.${name}`)].map((one) => JSON.parse(one.textContent)));
  const programs = data("attn-texts");
  for (const { state, buffers } of Object.values(data("attn-state"))) {
    if (!state.source_characters) continue;
    const url = URL.createObjectURL(new Blob(state._esm.map((part) => programs[part]), { type: "text/javascript" }));
    const { read, openModel } = await import(url);
    const bytes = Uint8Array.from(atob(buffers[0].data), (letter) => letter.charCodeAt(0));
    const model = openModel({ ...state, weights: new DataView(bytes.buffer) });
    return texts.map((text) => {
      const { target, odds, maps } = read(text, model, off);
      const flat = Float32Array.from(maps.flat(3));
      let letters = "";
      for (const byte of new Uint8Array(flat.buffer)) letters += String.fromCharCode(byte);
      return { target: target.join(""), odds, maps: btoa(letters) };
    });
  }
}
"""


@pytest.fixture
def page(watch, site):
    page = watch().open(f"{site}/{CHAPTER}")
    page.locator(".attn-reader").wait_for()
    return page


def state_of(page):
    return next(
        entry
        for entry in states_of(page).values()
        if "source_characters" in entry["state"]
    )


def model_of(state):
    """The torch model whose weights the page holds."""
    raw = base64.b64decode(state["buffers"][0]["data"])
    parameters, start = {}, 0

    def numbers(dtype, count):
        nonlocal start
        data = numpy.frombuffer(raw, dtype, count, start)
        start += data.nbytes
        return torch.tensor(data.astype("f4"))

    for name, shape, *in_levels in state["state"]["shapes"]:
        if in_levels == [True]:
            rows = [
                numbers("<f2", 1) * numbers("i1", shape[1])
                for _ in range(shape[0])
            ]
            parameters[name] = torch.stack(rows)
        else:
            parameters[name] = numbers("<f2", shape[0])
    assert start == len(raw)
    heads = state["state"]["num_heads"]
    model = Transformer(len(recipes.READ), len(recipes.WRITE), num_heads=heads)
    model.load_state_dict(parameters)
    return model.eval(), len(raw)


@torch.no_grad()
def test_the_page_s_model_is_torch_s_on_200_days_that_it_never_saw(page):
    model, size = model_of(state_of(page))
    assert size <= 180_000
    generator = torch.Generator().manual_seed(2026)
    half = date_pairs(100, held_out=True, generator=generator)
    pairs = half + date_pairs(100, True, True, generator=generator)
    texts = [pair.source.replace("\u202f", " ") for pair in pairs]
    written = recipes.write_dates(model, texts)
    got = page.evaluate(READ, [texts, []])
    assert [entry["target"] for entry in got] == written
    for text, target, entry in zip(texts, written, got, strict=True):
        maps = recipes.date_maps(model, [text], [target])
        layers = [weights[0] for weights in maps.encoder]
        for decoder in maps.decoder:
            layers += [decoder.target[0], decoder.memory[0]]
        expected = torch.cat([layer.flatten() for layer in layers])
        raw = bytearray(base64.b64decode(entry["maps"]))
        flat = torch.frombuffer(raw, dtype=torch.float32)
        assert flat.shape == expected.shape
        assert (flat - expected).abs().max() < 1e-4


@torch.no_grad()
def test_a_head_that_is_off_is_off_in_torch_as_well(page):
    model, _ = model_of(state_of(page))
    layers = [layer.attention for layer in model.encoder.layers]
    for layer in model.decoder.layers:
        layers += [layer.attention, layer.memory_attention]
    texts = ["vrijdag 3 mei 2019", "2019年5月3日", "3 мая 2019 г."]
    usual = [entry["target"] for entry in page.evaluate(READ, [texts, []])]
    different = 0
    for number in range(16):
        layer, head = divmod(number, 4)
        layers[layer].switch_heads(torch.arange(4) != head)
        got = page.evaluate(READ, [texts, [number]])
        layers[layer].switch_heads(None)
        changed = [entry["target"] for entry in got]
        different += changed != usual
        layers[layer].switch_heads(torch.arange(4) != head)
        assert changed == recipes.write_dates(model, texts)
        layers[layer].switch_heads(None)
    assert different >= 1


TAUGHT = [
    *[(name, "source", "source") for name in ("encoder 1", "encoder 2")],
    ("decoder, itself", "target", "target"),
    ("decoder → source", "target", "source"),
]


def test_each_switch_silences_its_own_head_of_the_trained_model(page):
    state = state_of(page)
    model, _ = model_of(state)
    text = state["state"]["text"]
    one = Opened(face_of(page))
    for off in [[], *([number] for number in range(16))]:
        labels = [f"{label_of(number, 4, TAUGHT)} speaks" for number in off]
        for label in labels:
            one.click(label)
        shown, found = one.shown(), reading(model, text, off)
        assert shown["off"] == labels
        assert shown["words"][0].startswith(
            f"The model writes {found.written} "
        )
        assert drawn_right(shown, found, 4, TAUGHT, off)
        for label in labels:
            one.click(label)


def face_of(page):
    face = page.locator(".attn-reader")
    face.scroll_into_view_if_needed()
    return face


def settled(page):
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def said(face):
    settled(face.page)
    return face.locator(".attn-readout").inner_text()


def painted(face):
    """All that is drawn: the tiles' shades and the maps' pixels."""
    settled(face.page)
    return face.evaluate(
        "(face) => [[...face.querySelectorAll('.attn-tile')].map((t) => [t.textContent,"
        " t.dataset.weight, t.className]), [...face.querySelectorAll('canvas')]"
        ".map((c) => c.toDataURL()), [...face.querySelectorAll('.reader-map')]"
        ".map((b) => b.getAttribute('aria-pressed'))]"
    )


def test_what_is_typed_is_written_as_iso(page):
    face = face_of(page)
    box = face.get_by_label("A date, in any of eleven languages")
    for text, answer in [
        ("17 de abril de 2021", "2021-04-17"),
        ("mercredi 1 mai 1968", "1968-05-01"),
        ("friday,  may 3 2019", "2019-05-03"),
        ("VRIJDAG 3 MEI 2019", "2019-05-03"),
        ("May 3rd, 2019", "2019-05-03"),
        ("the 22nd of October 1954", "1954-10-22"),
        ("1er mai 1968", "1968-05-01"),
    ]:
        box.fill(text)
        words = said(face)
        assert f"The model writes {answer} (checked by rule: it agrees" in words
        tiles = face.get_by_role("toolbar", name="what it writes")
        assert tiles.inner_text().replace("\n", "")[1:] == f"{answer}end"


def test_every_example_is_read_right(page):
    face = face_of(page)
    chips = face.locator(".reader-chip").all()
    assert len(chips) == 12
    for chip in chips:
        chip.click()
        assert "2019-05-03 (checked by rule: it agrees" in said(face)


def test_a_written_digit_lights_its_source_and_the_other_way_round(page):
    face = face_of(page)
    written = face.get_by_role("toolbar", name="what it writes")
    read = face.get_by_role("toolbar", name="what it reads")
    # The row is what a pointer hits, and the nearest tile is meant.
    written.get_by_role("button", name="2").first.dispatch_event("click")
    before, words = painted(face), said(face)
    assert "“2” was written while looking most at" in words
    written.get_by_role("button").last.dispatch_event("click")
    assert painted(face)[0] != before[0]
    assert said(face) != words
    read.get_by_role("button", name="m", exact=True).dispatch_event("click")
    assert "“m” is looked at most for" in said(face)
    weights = written.locator(".attn-tile").evaluate_all(
        "tiles => tiles.map((tile) => Number(tile.dataset.weight))"
    )
    assert max(weights) > 0


def test_the_characters_are_reached_by_keyboard(page):
    face = face_of(page)
    written = face.get_by_role("toolbar", name="what it writes")
    tile = written.locator(".attn-tile[tabindex='0']")
    assert tile.count() == 1
    tile.focus()
    seen = {said(face)}
    for key in ("Home", "ArrowRight", "ArrowRight", "End", "ArrowLeft"):
        page.keyboard.press(key)
        words = said(face)
        assert words not in seen or key == "ArrowLeft"
        seen.add(words)
    assert "step 10 of 11" in face.locator(".reader-steps").inner_text()


def test_decoding_goes_step_by_step_with_its_candidates(page):
    face = face_of(page)
    back = face.get_by_role("button", name="one step back")
    forward = face.get_by_role("button", name="one step on")
    while back.is_enabled():
        back.click()
        settled(page)
    steps = face.locator(".reader-steps")
    assert "step 1 of 11" in steps.inner_text()
    seen = []
    while True:
        odds = face.locator(".reader-odds data").evaluate_all(
            "all => all.map((one) => Number(one.value))"
        )
        assert len(odds) == 4
        assert odds == sorted(odds, reverse=True)
        assert sum(odds) <= 1 + 1e-6
        seen.append(face.locator(".reader-odds").inner_text())
        if not forward.is_enabled():
            break
        forward.click()
        settled(page)
    assert len(seen) == 11
    best = "".join(text.split()[1] for text in seen)
    assert (
        best
        == face.get_by_role("toolbar", name="what it writes")
        .inner_text()
        .replace("\n", "")[1:]
    )


def test_every_head_can_be_shown_and_switched_off(page):
    face = face_of(page)
    shows = face.locator(".reader-map").all()
    boxes = face.locator(".reader-head input").all()
    assert len(shows) == 4 + len(boxes) == 20  # and four averages
    words = set()
    for show in shows:
        show.click()
        settled(page)
        assert show.get_attribute("aria-pressed") == "true"
        words.add(said(face).split(". ")[1][:40])
    assert len(words) == 20
    drawn = painted(face)
    for box in boxes:
        box.uncheck()
    assert painted(face) != drawn
    assert "it is wrong" in said(face) or "do not trust" in said(face)
    face.get_by_role("button", name="Reset").click()
    assert "it agrees" in said(face)
    assert all(box.is_checked() for box in boxes)


def test_a_head_that_is_off_looks_at_nothing(page):
    face = face_of(page)
    for number in (0, 5, 15):
        # After four heads comes their average.
        face.locator(".reader-map").nth(number + number // 4).click()
        box = face.locator(".reader-head input").nth(number)
        assert "looking" in said(face) or "looks" in said(face)
        box.uncheck()
        assert "is switched off: nothing uses what it looks at." in said(face)
        assert "looking most" not in said(face)
        assert not any(float(weight or 0) for _, weight, _ in painted(face)[0])
        box.check()
        assert "switched off" not in said(face)


def test_the_state_travels_in_the_address(page, watch, site):
    face = face_of(page)
    face.get_by_label("A date, in any of eleven languages").fill("1 mei 2020")
    face.locator(".reader-map").nth(5).click()
    face.locator(".reader-head input").nth(2).uncheck()
    words = said(face)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    face.get_by_role("button", name="Link to this").click()
    page.wait_for_function("location.hash.startsWith('#date=')")
    other = watch().open(page.url)
    other.locator(".attn-reader").wait_for()
    again = face_of(other)
    assert said(again) == words
    assert not again.locator(".reader-head input").nth(2).is_checked()


@pytest.mark.parametrize(
    "end",
    ["%7B", "null", "5", "%7B%22text%22%3A5%2C%22layer%22%3A99%7D", "%E0%A4%A"],
)
def test_an_address_cut_short_changes_nothing(watch, site, end):
    page = watch().open(f"{site}/{CHAPTER}#date={end}")
    page.locator(".attn-reader").wait_for()
    assert "2019-05-03 (checked by rule: it agrees" in said(face_of(page))


STRANGE = [
    ("", "The box is empty"),
    ("tomorrow", "needs a year of four digits"),
    ("1445 رمضان 12", "has never seen"),
    ("令和6年5月1日", "has never seen"),
    ("12 Ramadan 1445", "never taught the word “ramadan”"),
    ("2019-05-03", "taught to write this format"),
    ("tercer 3 de mayo de 2019", "never taught the word “tercer”"),
    ("3 May 2019 BC", "never taught the word “bc”"),
    ("x" * 300, "300 characters long"),
    ("🎉 3 May 2019 🎉", "has never seen 🎉"),
    ("31 February 2019", "has only 28 days"),
    ("29 February 2019", "has only 28 days"),
    ("3/4/19", "needs a year of four digits"),
    ("3/4/2019", "Day first or month first?"),
    ("١٢ مارس ٢٠١٩", "has never seen"),
    ("3 May 12", "needs a year of four digits"),
    ("3 May 012", "taught the years 1000 to 2999"),
    ("3 May 13019", "taught the years 1000 to 2999"),
    ("3 May 2019 or 4 May 2020", "more here than one date"),
    ("3 and 4 May 2019", "more here than one date"),
    ("3 May or June 2019", "more here than one date"),
    ("May 2019", "A day is missing"),
    ("2019", "finds no month"),
    ("2019年13月3日", "there is no month 13"),
    ("<img src=x onerror=alert(1)>", "has never seen"),
]


def test_what_a_stranger_tries_gets_a_friendly_word_and_no_guess(page):
    face = face_of(page)
    box = face.get_by_label("A date, in any of eleven languages")
    for text, words in STRANGE:
        box.fill(text)
        assert words in said(face), text
        box.fill("1 mei 2020")
        assert "2020-05-01 (checked by rule: it agrees" in said(face), text
    assert page.evaluate("window.harmed") is None


def test_the_year_5019_is_read_and_the_page_says_what_it_was_taught(page):
    model, _ = model_of(state_of(page))
    face = face_of(page)
    text = "3 May 5019"
    face.get_by_label("A date, in any of eleven languages").fill(text)
    (written,) = recipes.write_dates(model, [text])
    words = said(face)
    assert words.startswith(f"The model writes {written} (checked by rule: it ")
    assert "; it was taught the years 1000 to 2999)" in words


def test_an_example_keeps_the_step(page):
    face = face_of(page)
    steps = face.locator(".reader-steps")
    assert "step 7 of 11" in steps.inner_text()
    for chip in face.locator(".reader-chip").all():
        chip.click()
        settled(page)
        assert "step 7 of 11" in steps.inner_text()


def test_what_a_kernel_s_choices_were_is_said(page):
    words = page.locator(".attn-snapshot").inner_text()
    assert "Shown with locale = ru, style = full, head = 1." in words


# The widget's height after every step, every letter pointed at, every head shown.
HEIGHTS = """
async (face) => {
  const heights = {};
  const look = async () => {
    // The widget has asked for this frame before.
    await new Promise((done) => requestAnimationFrame(done));
    const height = Math.round(face.getBoundingClientRect().height);
    heights[height] = face.querySelector(".attn-readout").textContent;
  };
  for (const button of face.querySelectorAll(".attn-tile:enabled, .reader-map")) {
    button.click();
    await look();
  }
  return heights;
}
"""


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_nothing_jumps_while_its_heads_are_looked_at(watch, site, width):
    page = watch(viewport={"width": width, "height": 900}).open(
        f"{site}/{CHAPTER}"
    )
    come_alive(page)
    heights = page.locator(".attn-reader").evaluate(HEIGHTS)
    assert len(heights) == 1, heights


INKS = """(canvases) => [...new Set(canvases.flatMap((canvas) => {
  const pen = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0);
  const { data } = pen.getImageData(0, 0, canvas.width, canvas.height);
  const inks = [];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] === 255) inks.push([...data.slice(i, i + 3)].join(", "));
  }
  return inks;
}))]"""


def test_the_maps_turn_with_the_page_s_theme(page):
    face = face_of(page)
    seen = []
    for theme in ("light", "dark"):
        page.evaluate(
            "(t) => { document.documentElement.dataset.theme = t; }", theme
        )
        settled(page)
        inks = face.locator("canvas").evaluate_all(INKS)
        colour = face.locator("canvas").first.evaluate(
            "(c) => getComputedStyle(c).color"
        )
        assert inks == [colour.removeprefix("rgb(").removesuffix(")")]
        seen += inks
    assert seen[0] != seen[1]


def test_a_map_is_inked_by_the_root_as_the_figures_are(modules):
    for weight in (0, 0.01, 0.25, 1):
        assert call(modules, "parts/ramp.js", "shade", weight) == FROM_0_TO_1(
            weight
        )
    alpha = modules.evaluate(
        """async () => {
          const { paintMap } = await import("./parts/ramp.js");
          const canvas = document.createElement("canvas");
          paintMap(canvas, [[0, 0.25], [0.01, 1]]);
          const { data } = canvas.getContext("2d").getImageData(0, 0, 2, 2);
          return [3, 7, 11, 15].map((i) => data[i]);
        }"""
    )
    assert alpha == [0, 128, 26, 255]
