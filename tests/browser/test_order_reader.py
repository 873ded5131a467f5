"""Models that say what stood one place before: what is drawn is what the package computes."""

import base64
import itertools
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
    tied_to,
)
from extensions import load
from test_digit_recall import held_by
from torch import nn
from typing_laws import (
    hold_letter_by_letter,
    hold_refused,
    hold_the_hand_stays,
)

from attn_utils.data import IGNORED, previous_tokens
from attn_utils.recipes.order import SCHEMES, OrderModel, teach_order
from attn_utils.widgets import OrderReader

MATHS = "order_reader/order_math.js"
LETTERS = "ABCDEFGHIJKL"
HINT = "make the line longer than the lessons were. Who still knows what stood before?"
CAUSAL = {"none", "relative"}
LONG = "BADLIKEFGCHJ" * 5


def opinionated(scheme, causal, seed):
    """A model with opinions, as the page holds it: in half precision."""
    torch.manual_seed(seed)
    model = OrderModel(scheme, causal).eval()
    for name, parameter in model.named_parameters():
        if "norm" not in name:
            nn.init.normal_(parameter, std=0.5)
        elif name.endswith("bias"):
            nn.init.normal_(parameter, std=0.3)
    return model.half().double()


def made(seed=0, models=None, **traits):
    """A model of each scheme, some of them causal."""
    models = models or {
        scheme: opinionated(scheme, scheme in CAUSAL, 10 * seed + n)
        for n, scheme in enumerate(SCHEMES)
    }
    widget = OrderReader(models, **{"hint": HINT} | traits)
    widget.taught = models
    return widget


@torch.no_grad()
def by_torch(module, line):
    """The logits and the maps of a line."""
    tokens = torch.tensor([[LETTERS.index(letter) for letter in line]])
    logits, maps = module(tokens, need_weights=True)
    return logits[0], maps[:, 0]


def before(weights):
    """The weight on the token before, at each place from the second on."""
    return weights.diagonal(-1)


ARITHMETIC = """
async ([bytes, shapes, kinds, asked]) => {
  const { unpack } = await import("./parts/weights.js");
  const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  const models = unpack(new DataView(raw.buffer), shapes);
  const js = await import("./order_reader/order_math.js");
  return asked.map(([n, line]) => {
    const tokens = js.tokensOf(line);
    const found = js.orderModel(models[n], kinds[n], tokens);
    return {
      ...found, entered: js.entered(models[n], kinds[n].scheme, tokens), right: js.verdicts(tokens, found.says),
      before: found.weights.map((heads) => heads.map((head) => js.weightBefore(head, 1, line.length))),
      later: found.weights.map((heads) => heads.map((head) => js.weightBefore(head, 13, line.length))),
    };
  });
}
"""


def read(modules, widget, asked):
    """What the page makes of (model, line)."""
    packed = base64.b64encode(widget.weights).decode()
    given = [packed, widget.shapes, widget.kinds, asked]
    return modules.evaluate(ARITHMETIC, given)


def drawn_lines(seed, count):
    draw = random.Random(seed)
    return [
        "".join(draw.choices(LETTERS, k=draw.choice([1, 2, 5, 12, 13, 37, 60])))
        for _ in range(count)
    ]


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("seed", range(2))
@torch.no_grad()
def test_the_page_reads_a_line_as_torch_does(modules, causal, seed):
    models = {
        scheme: opinionated(scheme, causal, 100 * seed + n)
        for n, scheme in enumerate(SCHEMES)
    }
    widget = made(models=models)
    asked = [
        [n, line]
        for n in range(len(SCHEMES))
        for line in drawn_lines(10 * seed + n, 10)
    ]
    said = set()
    for (n, line), page in zip(
        asked, read(modules, widget, asked), strict=True
    ):
        module = [*models.values()][n]
        logits, maps = by_torch(module, line)
        tokens = torch.tensor([[LETTERS.index(letter) for letter in line]])
        # Sinusoids come in single precision.
        assert same(page["entered"], module.enter(tokens)[0])
        for part, package in (
            ("logits", logits),
            ("odds", logits.softmax(-1)),
            ("weights", maps),
        ):
            numbers = torch.tensor(page[part]).double()
            assert numbers.shape == package.shape
            assert torch.allclose(numbers, package, atol=1e-4, rtol=0), part
        assert page["says"] == logits.argmax(-1).tolist()
        truth = ["", *line[:-1]]
        assert page["right"] == [
            LETTERS[token] == letter if letter else None
            for token, letter in zip(page["says"], truth, strict=True)
        ]
        if len(line) > 1:
            share = [[before(head).mean() for head in heads] for heads in maps]
            assert same(page["before"], torch.tensor(share))
        if len(line) > 12:
            share = [
                [before(head)[11:].mean() for head in heads] for heads in maps
            ]
            assert same(page["later"], torch.tensor(share))
        said |= set(page["says"])
    assert len(said) > 9


def test_a_model_that_was_taught_is_right_in_the_page_too(modules):
    model = teach_order("relative", True, 0, num_steps=60).model
    model = model.half().float().eval()
    generator = torch.Generator().manual_seed(3)
    tokens, targets = previous_tokens(8, 24, 12, generator)
    lines = ["".join(LETTERS[token] for token in row) for row in tokens]
    widget = made(models={"taught": model})
    got = read(modules, widget, [[0, line] for line in lines])
    says = torch.tensor([page["says"] for page in got])
    with torch.no_grad():
        assert torch.equal(says, model(tokens).argmax(-1))
    asked = targets != IGNORED
    right = torch.tensor([page["right"][1:] for page in got])
    assert torch.equal(right.flatten(), (says == targets)[asked])
    assert right.float().mean() > 0.5


def test_a_line_is_lengthened_to_the_next_length_and_always_alike(modules):
    steps = (12, 16, 24, 48, 60)
    added = set()
    for start in ("A", "B", "LIKE", "ABCDEFGHIJKL", LONG[:17], LONG[:59]):
        line = start
        for length in [each for each in steps if each > len(start)]:
            longer = call(modules, MATHS, "longerLine", line)
            assert longer == call(modules, MATHS, "longerLine", line)
            assert longer.startswith(line)
            assert len(longer) == length
            assert set(longer) <= set(LETTERS)
            added.add(longer[len(line) :])
            line = longer
        assert call(modules, MATHS, "longerLine", line) == line
    drawn = "".join(added)
    assert len(added) == 5 + 5 + 5 + 4 + 3 + 1
    assert {drawn.count(letter) > 5 for letter in LETTERS} == {True}


STRIPS = """
(face) => [...face.querySelectorAll(".order-row")].map((row) => {
  const style = getComputedStyle(face);
  const probe = document.createElement("i");
  probe.style.color = "var(--query)";
  face.append(probe);
  const blue = getComputedStyle(probe).color;
  probe.remove();
  const tiles = [...row.querySelectorAll(".order-tile")].filter((tile) => tile.checkVisibility());
  return {
    name: row.querySelector(".order-name").textContent, score: row.querySelector(".order-score")?.textContent,
    pressed: row.getAttribute("aria-pressed"), outlined: getComputedStyle(row).borderTopColor === style.color,
    label: row.querySelector(".order-tiles").getAttribute("aria-label"),
    tiles: tiles.map((tile) => {
      const [own, box] = [getComputedStyle(tile), tile.getBoundingClientRect()];
      return {
        letter: tile.textContent, struck: own.textDecorationLine === "line-through",
        filled: own.backgroundColor !== "rgba(0, 0, 0, 0)", here: own.borderTopColor === blue,
        last: getComputedStyle(tile, "::after").content !== "none", x: box.x, y: box.y,
      };
    }),
  };
})
"""
MAP = """
(canvas) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const shades = Array.from({ length: canvas.width * canvas.height }, (_, i) => data[4 * i + 3] / 255);
  const box = canvas.getBoundingClientRect();
  return { size: [canvas.height, canvas.width], shades, box: [box.x, box.y, box.width, box.height] };
}
"""
BESIDE = """
(face, part) => [...face.querySelectorAll(`.attn-picture ${part}`)].filter((node) => node.textContent).map((node) => {
  const box = node.getBoundingClientRect();
  return [node.textContent, box.x + box.width / 2, box.y + box.height / 2, getComputedStyle(node).fontWeight === "700"];
})
"""
HEADS = """
(face) => [...face.querySelectorAll(".order-head")].map((head) => {
  const bar = head.querySelector(".order-bar").getBoundingClientRect();
  const box = head.getBoundingClientRect();
  return {
    text: head.querySelector(".order-share").textContent, pressed: head.getAttribute("aria-pressed") === "true",
    bar: bar.width / (box.width - 8), outlined: getComputedStyle(head).borderTopColor === getComputedStyle(face).color,
  };
})
"""


def check_strip(strip, letters, wrong, here):
    """A row has these letters in order, its marks, and breaks evenly."""
    tiles = strip["tiles"]
    assert [tile["letter"] for tile in tiles] == letters
    assert [tile["struck"] for tile in tiles] == wrong
    assert [tile["here"] for tile in tiles] == [
        n == here - 1 for n in range(len(tiles))
    ]
    assert [n for n, tile in enumerate(tiles) if tile["last"]] == (
        [11] if len(tiles) >= 12 else []
    )
    lines = [
        [*line] for _, line in itertools.groupby(tiles, key=lambda t: t["y"])
    ]
    for line in lines:
        assert [t["x"] for t in line] == sorted({t["x"] for t in line})
    assert len({len(line) for line in lines[:-1]}) <= 1
    assert len(lines[-1]) <= len(lines[0])
    return len(lines)


def numbers(path):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", path)]


def corners(path):
    """All points of a path of M, h, v and l."""
    x = y = 0
    for letter, rest in re.findall(r"([Mhvl])([^Mhvl]*)", path):
        at = numbers(rest)
        if letter == "M":
            x, y = at
        elif letter == "l":
            x, y = x + at[0], y + at[1]
        else:
            x, y = (x + at[0], y) if letter == "h" else (x, y + at[0])
        yield x, y


def check_map(face, text, weights, place):
    """The map: a pixel for each weight, by the root, and what is marked in it."""
    count = len(text)
    seen = face.locator(".order-map").evaluate(MAP)
    assert seen["size"] == [count, count]
    assert seen["shades"] == pytest.approx(
        weights.sqrt().flatten().tolist(), abs=4e-3
    )
    x, y, wide, high = seen["box"]
    assert wide == pytest.approx(high, abs=0.1)
    cell = wide / count
    # Letters where there is room, else each twelfth number.
    named = {
        n: text[n] if cell >= 13 else str(n + 1)
        for n in range(count)
        if cell >= 13 or n == 0 or (n + 1) % 12 == 0
    }
    for part, along, chosen in (
        ("query", 2, place - 1),
        ("offer", 1, place - 2),
    ):
        title, *written = face.evaluate(BESIDE, f".order-{part}")
        assert title[0] == {"query": "query", "offer": "key"}[part]
        assert [each[0] for each in written] == [*named.values()]
        corner = y if along == 2 else x
        for (n, _), each in zip(named.items(), written, strict=True):
            assert each[along] == pytest.approx(
                corner + (n + 0.5) * cell, abs=2
            )
            assert each[3 - along] < (x if along == 2 else y)
            assert each[3] == (n == chosen)
    band = face.locator(".order-band").bounding_box()
    assert band["y"] == pytest.approx(y + (place - 1) * cell - 2, abs=1.2)
    assert band["height"] == pytest.approx(cell + 4, abs=1.2)
    assert band["width"] == pytest.approx(wide + 4, abs=1.2)
    # All steps of the outline are corners of the cells one before, and of all.
    left, top = (
        float(face.locator(".order-frame").get_attribute(name)) for name in "xy"
    )
    marks = face.locator(".order-step").get_attribute("d")
    if count == 1:
        assert marks == ""
    elif cell >= 8:
        found = {
            (round((a - left) / cell), round((b - top) / cell))
            for a, b in corners(marks)
        }
        assert found == {
            (n - 1 + right, n + down)
            for n in range(1, count)
            for right in (0, 1)
            for down in (0, 1)
        }
    else:
        a, b, c, d = (
            ((p - left) / cell, (q - top) / cell) for p, q in corners(marks)
        )
        for start, end, apart in ((a, b, -0.4), (c, d, 2.4)):
            for right, down in (start, end):
                assert down - right == pytest.approx(apart, abs=0.02)
            assert min(start) == pytest.approx(0, abs=0.02)
            assert max(end) == pytest.approx(count, abs=0.02)
    limit = numbers(face.locator(".order-limit").get_attribute("d"))
    if count <= 12:
        assert limit == []
    else:
        assert [limit[0] - left, limit[4] - top] == pytest.approx(
            [12 * cell] * 2, abs=0.05
        )


def check_picture(face, widget, text, model, layer, head, place):
    """Everything that is drawn and said is what the package says."""
    count = len(text)
    place = min(place, count)
    given, *rows = face.evaluate(STRIPS)
    plural = "letter" if count == 1 else "letters"
    assert given["label"] == f"{count} {plural}: {' '.join(text)}"
    lines = {check_strip(given, [*text], [False] * count, place)}
    assert {tile["filled"] for tile in given["tiles"]} == {True}

    assert [row["name"] for row in rows] == [*widget.taught]
    for (name, module), row in zip(widget.taught.items(), rows, strict=True):
        logits, maps = by_torch(module, text)
        says = [LETTERS[token] for token in logits.argmax(-1)]
        wrong = [False] + [a != b for a, b in zip(says[1:], text, strict=False)]
        lines.add(check_strip(row, ["", *says[1:]], wrong, place))
        assert [tile["filled"] for tile in row["tiles"]] == [
            n > 0 and not each for n, each in enumerate(wrong)
        ]
        right = count - 1 - sum(wrong)
        asked = f"{right} of {count - 1} right"
        assert row["score"] == (asked if count > 1 else "nothing asked")
        assert (row["pressed"] == "true") == row["outlined"] == (name == model)
        if name == model:
            own = {"says": says, "odds": logits.softmax(-1), "right": right}
            own["maps"] = maps
    assert len(lines) == 1

    heads = face.evaluate(HEADS)
    assert len(heads) == 8
    for (one, two), each in zip(
        itertools.product(range(2), range(4)), heads, strict=True
    ):
        share = before(own["maps"][one, two]).mean().item()
        chosen = (one, two) == (layer - 1, head - 1)
        assert each["pressed"] == each["outlined"] == chosen
        if count == 1:
            assert each["text"] == "–"
            assert each["bar"] == 0
        else:
            shown = float(each["text"].removesuffix("\u00a0%"))
            assert shown == pytest.approx(100 * share, abs=0.51)
            assert each["bar"] == pytest.approx(share, abs=0.01)
    assert face.locator(".order-whose").text_content() == model
    check_map(face, text, own["maps"][layer - 1, head - 1], place)
    slider = face.get_by_role("slider", name="place")
    assert slider.input_value() == str(place)
    assert slider.get_attribute("max") == str(count)
    assert face.get_by_role("button", name="longer").is_disabled() == (
        count == 60
    )
    check_words(face, text, model, layer, head, place, own)


def check_words(face, text, model, layer, head, place, own):
    """What is said is what is drawn, and the picture's text is the readout."""
    count = len(text)
    said = face.locator(".attn-readout").text_content()
    label = face.locator(".attn-picture").get_attribute("aria-label")
    assert label == said
    if count == 1:
        assert said == f"{model}: of a line of one letter nothing is asked."
        return
    share = before(own["maps"][layer - 1, head - 1])
    values = [own["right"], 100 * share.mean().item()]
    if count > 12:
        values += [
            100 * part.mean().item() for part in (share[:11], share[11:])
        ]
    if place > 1:
        values.append(100 * own["odds"][place - 1].max().item())
    held = face.locator(".attn-readout data").evaluate_all(
        "(all) => all.map((n) => Number(n.value))"
    )
    assert held == pytest.approx(values, abs=0.02)
    right, whole, *rest = (f"{value:.0f}" for value in held)
    expected = (
        f"{model}: {right} of {count - 1} right. Head {head} of layer {layer} "
        f"puts {whole}\u00a0% of its weight on the token before, on average over "
        "places"
    )
    if count > 12:
        first, beyond, *rest = rest
        expected += (
            f"; {first}\u00a0% up to place 12, {beyond}\u00a0% beyond it"
        )
    expected += f". At place {place} "
    if place == 1:
        expected += "nothing is asked."
    else:
        says, truth = own["says"][place - 1], text[place - 2]
        verdict = "right" if says == truth else "wrong"
        expected += (
            f"the model says {says} ({rest[0]}\u00a0%); {truth} stood one place "
            f"before: {verdict}."
        )
    assert said == expected


def now(text, model="none", layer=1, head=1, place=8):
    return {
        "text": text,
        "model": model,
        "layer": layer,
        "head": head,
        "place": place,
    }


STATES = [
    now("BLACKFIGHEDJ"),
    now("A", "rotary", 2, 3, 1),
    now("LK", "learned", 1, 4, 2),
    now("BLACKFIGHEDJAB", "relative", 2, 2, 1),
    now(LONG[:24], "penalty", 2, 1, 14),
    now(LONG[:25], "sinusoidal", 1, 2, 60),
    now(LONG[:31], "relative", 1, 3, 31),
    now(LONG[:48], "learned", 2, 4, 13),
    now(LONG, "rotary", 1, 1, 47),
]


@pytest.mark.parametrize("window", [320, 620, 1280])
@pytest.mark.parametrize("seed", range(2))
def test_the_picture_is_what_the_package_says(opened, watch, seed, window):
    watched = watch(viewport={"width": window, "height": 900})
    widget, page, face = opened(watched=watched, seed=seed)
    for state in STATES:
        python_sets(page, widget, **state)
        check_picture(face, widget, **state)


@pytest.mark.parametrize("window", [360, 1280])
@pytest.mark.parametrize("count", [12, 20, 21, 30, 31, 40, 41, 60])
def test_a_long_line_breaks_into_even_lines(opened, watch, window, count):
    watched = watch(viewport={"width": window, "height": 900})
    _, _, face = opened(watched=watched, text=LONG[:count])
    given, *_ = face.evaluate(STRIPS)
    wrong = [False] * count
    lines = check_strip(given, [*LONG[:count]], wrong, 8)
    assert lines == -(-count // (20 if window == 360 else 30))
    widths = [b["x"] - a["x"] for a, b in itertools.pairwise(given["tiles"])]
    assert max(widths) < 45
    assert min(width for width in widths if width > 0) > 10


def certain(says):
    """A model that says one letter wherever it is asked."""
    model = opinionated("none", False, 1)
    with torch.no_grad():
        model.read_out.bias[LETTERS.index(says)] += 1000
    return model


@pytest.mark.parametrize("says", ["C", "D"])
def test_right_and_wrong_are_marked_in_shape_and_words(opened, says):
    widget = made(models={"one": certain(says)}, text="CCCC", place=3)
    _, _, face = opened(widget=widget)
    _, row = face.evaluate(STRIPS)
    right = says == "C"
    assert {tile["struck"] for tile in row["tiles"][1:]} == {not right}
    assert {tile["filled"] for tile in row["tiles"][1:]} == {right}
    assert not row["tiles"][0]["struck"]
    assert row["score"] == f"{3 if right else 0} of 3 right"
    said = face.locator(".attn-readout").text_content()
    assert said.endswith(
        f"says {says} (100\u00a0%); C stood one place before: "
        f"{'right' if right else 'wrong'}."
    )


def line(face):
    return face.get_by_role("textbox", name="a line")


def notice(face):
    return face.locator(".order-notice").text_content()


def test_a_line_is_typed_letter_by_letter_and_becomes_capitals(opened):
    widget, page, face = opened()
    assert line(face).input_value() == "BLACKFIGHEDJ"
    hold_letter_by_letter(
        line(face),
        lambda: held_by(page, widget, "text"),
        lambda text: check_picture(face, widget, **now(text)),
        "bIke",
        "BIKE",
    )
    assert notice(face) == ""
    assert face.locator(".order-title").is_visible()


def test_who_writes_inside_the_line_goes_on_there(opened):
    widget, page, face = opened(text="ABCD")
    hold_the_hand_stays(
        line(face), lambda: held_by(page, widget, "text"), "k", "l", "AKLBCD"
    )


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("ABM", "They know A to L, not M: they still read “DAB”."),
        ("A b!", "They know A to L, not the space !: they still"),
        ("1 2 3 4 5", "not 1 the space 2 3 …: they still read “DAB”."),
        ("世界", "They know A to L, not 世 界: they"),
        (LONG + "ABC", "60 letters at most, not 63: they still read “DAB”."),
        ("", "No letter: they still read “DAB”."),
    ],
)
def test_what_is_no_line_is_refused_and_the_line_stays(opened, typed, words):
    widget, page, face = opened(text="DAB")
    hold_refused(
        line(face),
        lambda: held_by(page, widget, "text"),
        lambda text: check_picture(face, widget, **now(text)),
        lambda: notice(face),
        face.locator(".order-title"),
        typed,
        words,
        ("DAB", "EB"),
    )


def test_a_long_line_is_shortened_where_it_is_named(opened):
    _, page, face = opened(text=LONG)
    line(face).fill("")
    frames(page)
    assert notice(face) == f"No letter: they still read “{LONG[:12]}…”."


def test_another_state_rewrites_the_line_even_for_the_same_letters(opened):
    _, page, face = opened(text="BAC")
    line(face).fill("B?AC")
    frames(page)
    assert notice(face) != ""
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert line(face).input_value() == "BAC"
    assert notice(face) == ""


def test_a_text_from_a_link_is_read_as_if_it_were_typed(opened):
    widget, page, face = opened()
    python_sets(page, widget, text="bad")
    check_picture(face, widget, **now("BAD"))
    assert line(face).input_value() == "BAD"
    python_sets(page, widget, text="Go, a Bee!")
    check_picture(face, widget, **now("BAD"))
    assert line(face).input_value() == "Go, a Bee!"
    assert "still read “BAD”" in notice(face)


def test_a_button_lengthens_the_line_step_by_step_and_alike(opened):
    widget, page, face = opened(text="BADE")
    runs = []
    for _ in range(2):
        run = ["BADE"]
        for length in (12, 16, 24, 48, 60):
            face.get_by_role("button", name="longer").click()
            frames(page)
            run.append(held_by(page, widget, "text"))
            assert len(run[-1]) == length
            assert run[-1].startswith(run[-2])
            assert line(face).input_value() == run[-1]
            check_picture(face, widget, **now(run[-1]))
        runs.append(run)
        face.get_by_role("button", name="Reset").click()
        frames(page)
    assert runs[0] == runs[1]


def test_the_button_lengthens_what_is_read_not_what_was_refused(opened):
    widget, page, face = opened(text="BADE")
    line(face).fill("no")
    face.get_by_role("button", name="longer").click()
    frames(page)
    text = held_by(page, widget, "text")
    assert text.startswith("BADE")
    assert line(face).input_value() == text
    assert notice(face) == ""


@pytest.mark.parametrize("how", ["click", "key"])
def test_a_model_is_chosen_by_its_row(opened, how):
    widget, page, face = opened()
    for name in ("rotary", "penalty", "none", "learned"):
        row = face.get_by_role("button", name=re.compile(f"^{name} .* right$"))
        if how == "click":
            row.locator(".order-name").click()
        else:
            row.focus()
            page.keyboard.press("Enter")
        frames(page)
        assert held_by(page, widget, "model", "place") == [name, 8]
        check_picture(face, widget, **now("BLACKFIGHEDJ", name))


@pytest.mark.parametrize("how", ["click", "key"])
def test_a_head_is_chosen_by_its_button(opened, how):
    widget, page, face = opened()
    for layer, head in ((2, 4), (1, 3), (2, 1), (1, 1)):
        group = face.get_by_role("group", name=f"layer {layer}")
        button = group.get_by_role("button", name=f"head {head} ")
        if how == "click":
            button.click()
        else:
            button.focus()
            page.keyboard.press("Space")
        frames(page)
        assert held_by(page, widget, "layer", "head") == [layer, head]
        check_picture(
            face, widget, **now("BLACKFIGHEDJ", layer=layer, head=head)
        )


def test_a_place_is_chosen_by_a_click_on_its_tile(opened):
    widget, page, face = opened(text=LONG)
    rows = face.locator(".order-row")
    for row, model, place in (
        (0, "none", 47),
        (5, "rotary", 13),
        (0, "rotary", 1),
    ):
        rows.nth(row).locator(".order-tile").nth(place - 1).click()
        frames(page)
        assert held_by(page, widget, "model", "place") == [model, place]
        check_picture(face, widget, **now(LONG, model, place=place))


def test_a_place_is_chosen_by_a_click_on_its_row_of_the_map(opened):
    widget, page, face = opened(text=LONG[:17])
    box = face.locator(".order-map").bounding_box()
    for place in (1, 17, 6):
        high = box["height"] / 17
        page.mouse.click(box["x"] + 30, box["y"] + (place - 0.5) * high)
        frames(page)
        assert held_by(page, widget, "place") == place
        check_picture(face, widget, **now(LONG[:17], place=place))


def test_arrow_keys_lead_from_place_to_place(opened):
    widget, page, face = opened(text=LONG[:14], place=3)
    slider = face.get_by_role("slider", name="place")
    slider.focus()
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
    widget, page, face = opened(text=LONG, place=40)
    for text in ("BAD", LONG[:50]):
        python_sets(page, widget, text=text)
        assert held_by(page, widget, "place") == 40
        check_picture(face, widget, **now(text, place=40))


def test_reset_brings_everything_back(opened):
    first = now("LIKE", "rotary", 2, 3, 4)
    widget, page, face = opened(**first)
    face.locator(".order-row").last.click()
    face.locator(".order-head").first.click()
    face.locator(".order-tile").first.click()
    line(face).fill("b?")
    face.get_by_role("button", name="longer").click()
    frames(page)
    moved = held_by(page, widget, *first)
    assert moved[1:] == ["penalty", 1, 1, 1]
    assert len(moved[0]) == 12
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert held_by(page, widget, *first) == [*first.values()]
    check_picture(face, widget, **first)
    assert line(face).input_value() == "LIKE"


def test_the_answer_is_spoken_once_the_hand_rests(opened):
    _, page, face = opened()
    face.get_by_role("button", name=re.compile("^rotary")).click()
    page.wait_for_timeout(700)
    text = face.locator(".attn-readout").text_content()
    assert face.locator(".attn-spoken").text_content() == text
    assert text.startswith("rotary: ")


def test_a_link_sets_every_trait(opened_with_a_link):
    widget = made()
    goals = now("HIKE", "learned", 2, 4, 3)
    page, face = opened_with_a_link(widget, goals)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(600)
        assert held_by(page, widget, *goals) == [*goals.values()]
        check_picture(face, widget, **goals)
        face.locator(".order-row").last.click()
        face.locator(".order-head").first.click()
        face.get_by_role("button", name="longer").click()


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    picture = tied_to(made())
    found = ties.settings(
        "text=BAD&model=rotary&layer=2&head=3&place=14", picture
    )
    assert found == now("BAD", "rotary", 2, 3, 14)
    for wrong in ("layer=3", "head=5", "place=61", "model=both"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


@pytest.mark.parametrize("width", [280, 320, 360, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    heights, places = set(), set()

    def measure():
        heights.add(face.bounding_box()["height"])
        for n, part in enumerate(("answers", "board", "scale")):
            box = face.locator(f".order-{part}").bounding_box()
            places.add(box["y"] + 10_000 * n)

    for state in STATES:
        python_sets(page, widget, **state)
        measure()
        hold_spare(face)
    for typed in ("1 2 3 4 5 6", "", "世界 1 2 3 4", LONG + "abc"):
        line(face).fill(typed)
        frames(page)
        measure()
    assert len(places) == 3
    hold_height(widget, page, heights)


@pytest.mark.parametrize("width", [360, 800, 1440])
@pytest.mark.parametrize("count", [1, 3, 8])
def test_room_is_kept_for_any_number_of_models(opened, watch, width, count):
    models = {
        f"{n} long and winding name"[:24]: opinionated("none", True, n)
        for n in range(count)
    }
    widget = made(models=models, text=LONG, hint="try. " * 20)
    watched = watch(viewport={"width": width, "height": 900})
    _, page, face = opened(watched=watched, widget=widget)
    hold_spare(face)
    hold_height(widget, page, {face.bounding_box()["height"]})


def test_six_models_stay_below_seven_hundred_pixels(opened, watch):
    watched = watch(viewport={"width": 1440, "height": 900})
    _, _, face = opened(watched=watched, text=LONG)
    assert face.bounding_box()["height"] < 700


@pytest.mark.parametrize("width", [280, 320, 360, 620, 1440])
def test_no_words_touch_others_leave_the_widget_or_are_too_small(
    opened, watch, width
):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    for state in STATES:
        python_sets(page, widget, **state)
        hold_readable(face, 40)


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part in ("line", "answers", "map", "heads"):
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
    assert_can_be_hit(face.locator("button, input"))


def test_the_map_follows_the_theme(opened):
    _, page, face = opened()
    ink = """
    (canvas) => {
      const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      return [...copy.getImageData(0, 0, 1, 1).data].slice(0, 3);
    }
    """
    light = face.locator(".order-map").evaluate(ink)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    frames(page)
    assert face.locator(".order-map").evaluate(ink) != light


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(watched=watch(forced_colors="active"), text=LONG)
    assert_drawn(face, stroke="order-band order-step order-limit")
