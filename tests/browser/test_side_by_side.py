"""One string, written again by two models: what is drawn is what the package computes."""

import base64
import itertools
import random
import re

import pytest
import torch
from access import (
    PAINT,
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
    hold_left_out,
    hold_letter_by_letter,
    hold_read_when_set,
    hold_rewritten,
    hold_told,
    line_of,
)

from attn_utils.data import END, START, CharacterVocabulary
from attn_utils.recipes.copying import teach_copying, write_copies
from attn_utils.seq2seq import (
    LuongDecoder,
    RecurrentDecoder,
    RecurrentEncoder,
    Seq2Seq,
)
from attn_utils.widgets import SideBySide

MATHS = "side_by_side/side_by_side_math.js"
TYPED = "parts/letters.js"
ALPHABET = "abcdefghijklmnopqrst"
LETTERS = CharacterVocabulary(ALPHABET)
MOST = 45
HINT = "a string of five letters, then one of twenty. Where is the thread lost?"
LONG = "thmgreatdolphins" * 2 + "farmhand"
NAMES = ["without attention", "with attention"]


def opinionated(attends, seed, endless=False, letters=LETTERS):
    """A writer with opinions, as the page holds it: in half precision."""
    torch.manual_seed(seed)
    encoder = RecurrentEncoder(len(letters), 5, 11)
    decoder = (
        LuongDecoder(len(letters), 5, 11, 11)
        if attends
        else RecurrentDecoder(len(letters), 5, 11)
    )
    model = Seq2Seq(encoder, decoder).eval()
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.7)
    with torch.no_grad():
        # Neither padding nor a second start is ever taught.
        decoder.output_map.bias[:4] -= 100 if endless else 3
        if not endless:
            decoder.output_map.bias[END] += 5
    return model.half().double()


def made(seed=0, endless=False, models=None, **traits):
    """Two writers that were never taught anything."""
    models = models or [
        opinionated(attends, 10 * seed + attends, endless)
        for attends in (False, True)
    ]
    states = [model.state_dict() for model in models]
    widget = SideBySide(*states, **{"hint": HINT} | traits)
    widget.taught = models
    return widget


@torch.no_grad()
def by_torch(model, text, letters=LETTERS):
    """What a model writes: tokens, the odds at each step, where it looked."""
    source = torch.tensor([letters.encode(text)])
    lengths = torch.tensor([len(text)])
    (tokens,) = model.greedy(
        source, lengths, start=START, end=END, max_tokens=MOST
    )
    target = torch.cat([torch.tensor([START]), tokens[:-1]]).unsqueeze(0)
    logits, weights = model(source, lengths, target)
    _, hidden = model.encoder(source, lengths)
    return (
        tokens.tolist(),
        logits[0].softmax(-1),
        None if weights is None else weights[0],
        hidden[0],
    )


ARITHMETIC = """
async ([packed, alphabet, texts]) => {
  const { unpack } = await import("./parts/weights.js");
  const models = packed.map(([bytes, shapes]) => {
    const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
    return unpack(new DataView(raw.buffer), shapes);
  });
  const { written } = await import("./side_by_side/side_by_side_math.js");
  return texts.map((text) => models.map((model) => {
    const found = written(model, text, alphabet);
    return { ...found, vector: [...found.vector] };
  }));
}
"""


def page_writes(modules, widget, texts):
    packed = [
        [base64.b64encode(weights).decode(), shapes]
        for weights, shapes in (
            (widget.plain_weights, widget.plain_shapes),
            (widget.attending_weights, widget.attending_shapes),
        )
    ]
    return modules.evaluate(ARITHMETIC, [packed, widget.alphabet, texts])


def drawn_texts(seed, count, most=40):
    draw = random.Random(seed)
    return [
        "".join(draw.choices(ALPHABET, k=draw.randint(1, most)))
        for _ in range(count)
    ]


@pytest.mark.parametrize("seed", [0, 1, 3])
def test_the_page_writes_as_the_package_does(modules, seed):
    widget = made(seed, endless=seed == 3)
    texts = drawn_texts(seed, 15)
    ended = 0
    for text, pair in zip(
        texts, page_writes(modules, widget, texts), strict=True
    ):
        for model, page in zip(widget.taught, pair, strict=True):
            tokens, odds, weights, hidden = by_torch(model, text)
            assert page["tokens"] == tokens
            assert same(page["odds"], odds)
            assert same(page["vector"], hidden)
            if weights is None:
                assert page["weights"] is None
            else:
                assert same(page["weights"], weights)
            ended += tokens[-1] == END
    assert (ended > 0) == (seed != 3)


def test_a_model_that_was_taught_copies_in_the_page_too(modules):
    models = [
        teach_copying(kind, num_steps=60, width=24).model.eval().double()
        for kind in ("none", "luong")
    ]
    widget = made(models=models)
    texts = drawn_texts(9, 10, 8)
    pages = page_writes(modules, widget, texts)
    for n, model in enumerate(models):
        says = [LETTERS.decode(pair[n]["tokens"]) for pair in pages]
        assert says == write_copies(model, texts)


def test_both_alphabets_number_their_letters_alike(modules):
    for letters in ("ab", ALPHABET):
        for text in ("abba", "b"):
            expected = CharacterVocabulary(letters).encode(text)
            assert call(modules, MATHS, "encode", text, letters) == expected
        for token in range(4 + len(letters)):
            spelt = call(modules, MATHS, "spell", token, letters)
            own = "?" if token < 4 else letters[token - 4]
            assert spelt == (None if token == END else own)


@pytest.mark.parametrize(
    ("typed", "letters", "others"),
    [
        ("badge", "badge", []),
        ("BaDgE", "badge", []),
        ("z a-b u", "ab", ["z", " ", "-", "u"]),
        ("Ä😀é", "", ["Ä", "😀", "é"]),
        ("", "", []),
        (LONG + "bad", LONG, []),
        ("-" * 40 + "bad", "bad", ["-"]),
    ],
)
def test_of_a_text_the_letters_that_are_known_remain(
    modules, typed, letters, others
):
    assert call(modules, TYPED, "lettersOf", typed, ALPHABET, 40) == letters
    assert call(modules, TYPED, "strangers", typed, ALPHABET) == others


def wanted_of(text, task="copy"):
    return [*LETTERS.encode(text[::-1] if task == "reverse" else text), END]


def right_of(tokens, wanted, step):
    """How many letters are right up to a step, and the first wrong place."""
    places = range(min(step, len(wanted)))
    written = [*tokens, *[None] * len(wanted)]
    wrong = [n for n in places if written[n] != wanted[n]]
    right = sum(written[n] == wanted[n] for n in places if n < len(wanted) - 1)
    return right, wrong[0] if wrong else -1


@pytest.mark.parametrize("task", ["copy", "reverse"])
def test_what_is_right_is_counted_letter_by_letter(modules, task):
    draw = random.Random(3)
    for text in drawn_texts(5, 20, 12):
        wanted = wanted_of(text, task)
        assert call(modules, MATHS, "wantedOf", text, task, ALPHABET) == wanted
        tokens = [
            draw.choice([token, 4 + draw.randrange(20)]) for token in wanted
        ]
        tokens = tokens[: draw.randint(1, len(tokens))]
        tokens = draw.choice([tokens, [*tokens, 5, 5], wanted, [*wanted, 6]])
        for step in (1, 2, 5, len(wanted) - 1, len(wanted), 45):
            right, lost = right_of(tokens, wanted, step)
            given = [tokens, wanted, step]
            assert call(modules, MATHS, "countRight", *given) == right
            assert call(modules, MATHS, "lostAt", *given) == lost


TILES = """
(grid) => [...grid.querySelectorAll(".side-tile")].map((tile) => {
  const [sign, bar] = tile.children;
  const ink = getComputedStyle(tile.closest(".attn-face")).color;
  return {
    sign: sign.textContent, odds: new DOMMatrix(getComputedStyle(bar).transform).d,
    struck: getComputedStyle(sign).textDecorationLine === "line-through",
    hollow: getComputedStyle(bar).backgroundColor !== ink,
    framed: getComputedStyle(tile).borderTopColor === ink,
    there: getComputedStyle(tile).backgroundColor !== "rgba(0, 0, 0, 0)",
  };
})
"""
SOURCE = """
(strip) => [...strip.children].map((tile) => [
  tile.textContent, Number(tile.style.getPropertyValue("--weight-here")),
  new DOMMatrix(getComputedStyle(tile, "::after").transform).a,
  getComputedStyle(tile).backgroundColor !== "rgba(0, 0, 0, 0)",
])
"""
SQUARES = """
(svg) => [...svg.querySelectorAll("rect")].map((square) => {
  const box = square.getBBox();
  const hollow = getComputedStyle(square).fill === "none";
  return [box.x + box.width / 2, box.y + box.height / 2, box.width, box.height, hollow];
})
"""
MAP = """
(canvas) => {
  const { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, width, height);
  return Array.from({ length: height }, (_, r) => Array.from({ length: width }, (__, c) => data[4 * (r * width + c) + 3] / 255));
}
"""


def percent(odds):
    return f"{100 * odds:.0f}\u00a0%"


def named(token, end="the end"):
    return end if token == END else LETTERS.decode([token])


def check_tiles(face, n, answer, wanted, step, most):
    """The characters of one model up to a step, with their odds."""
    tokens, odds, *_ = answer
    panel = face.locator(".side-panel").nth(n)
    assert panel.locator(".side-name").text_content() == NAMES[n]
    right, _ = right_of(tokens, wanted, step)
    letters = min(step, len(wanted) - 1)
    score = panel.locator(".side-score").text_content()
    extra = sum(token != END for token in tokens[len(wanted) - 1 : step])
    more = f", {extra} over" if extra else " right"
    assert score == f"{right} of {letters}{more}"
    grid = panel.locator(".side-tiles")
    tiles = grid.evaluate(TILES)
    assert len(tiles) == MOST
    heard = []
    for place, tile in enumerate(tiles):
        there = place < min(step, len(tokens))
        assert tile["there"] == (place < most)
        assert tile["framed"] == (place == step - 1)
        if not there:
            assert (tile["sign"], tile["odds"]) == ("", 0)
            assert not tile["struck"]
            continue
        token = tokens[place]
        wrong = place >= len(wanted) or token != wanted[place]
        assert tile["sign"] == named(token, "■")
        assert tile["odds"] == pytest.approx(
            odds[place, token].item(), abs=1e-4
        )
        assert tile["struck"] == tile["hollow"] == wrong
        heard.append(named(token, "end") + " wrong" * wrong)
    label = grid.get_attribute("aria-label")
    assert label == f"{NAMES[n]}: {', '.join(heard)}"


def check_vector(face, hidden):
    """Every number is a square, in rows from the left; below 0 it is hollow."""
    vector = face.locator(".side-vector")
    squares = vector.evaluate(SQUARES)
    assert len(squares) == len(hidden)
    wide, high = map(float, vector.get_attribute("viewBox").split()[2:])
    columns = round(wide / high)
    cell = high  # eleven numbers are one row
    roomy = "side-roomy" in face.get_attribute("class")
    assert columns == (12 if roomy else 24)
    for n, (x, y, wide, high, hollow) in enumerate(squares):
        assert x == pytest.approx((n % columns + 0.5) * cell, abs=0.05)
        assert y == pytest.approx((n // columns + 0.5) * cell, abs=0.05)
        side = (cell - 3) * abs(hidden[n].item()) ** 0.5
        assert wide == high == pytest.approx(max(0.5, side), abs=0.05)
        assert hollow == (hidden[n] < 0)


def check_map(face, text, step, answer):
    """The rows of what is written so far, the last one outlined."""
    tokens, _, weights, _ = answer
    shown = min(step, len(tokens))
    canvas = face.locator(".side-map")
    alphas = torch.tensor(canvas.evaluate(MAP)).float()
    assert alphas.shape == (len(tokens), len(text))
    assert torch.allclose(alphas, weights.sqrt().float(), atol=0.5 / 255 + 1e-3)
    box = canvas.bounding_box()
    band = face.locator(".side-band").bounding_box()
    cell = box["height"] / len(tokens)
    # Of the rows only those that are written can be seen.
    cut = canvas.evaluate("(node) => getComputedStyle(node).clipPath")
    after = float([*re.findall(r"[\d.]+", cut), "0", "0"][2])
    assert box["height"] - after == pytest.approx(cell * shown, abs=0.1)
    assert box["width"] == pytest.approx(cell * len(text), abs=0.5)
    middle = band["y"] + band["height"] / 2
    assert middle == pytest.approx(box["y"] + (shown - 0.5) * cell, abs=1)
    frame = face.locator(".side-frame").bounding_box()
    assert frame["height"] == pytest.approx(cell * len(tokens), abs=1.5)
    # Letters where they have room, else every tenth number.
    written = [named(token, "■") for token in tokens[:shown]]
    best = weights[shown - 1].argmax().item()
    for axis, words, start, chosen in (
        ("query", written, box["y"], shown - 1),
        ("key", [*text], box["x"], best),
    ):
        expected = [
            (word if cell >= 11 else str(n + 1), n)
            for n, word in enumerate(words)
            if cell >= 11 or (n + 1) % 10 == 0
        ]
        marks = face.locator(f".side-{axis}").evaluate_all(
            "(all) => all.filter((t) => t.textContent).map((t) => { const b = t.getBoundingClientRect();"
            " return [t.textContent, b.x + b.width / 2, b.y + b.height / 2, getComputedStyle(t).fontWeight]; })"
        )
        assert [mark[0] for mark in marks] == [word for word, _ in expected]
        for (_, *at, weight), (_, n) in zip(marks, expected, strict=True):
            place = at[axis == "query"]
            assert place == pytest.approx(start + (n + 0.5) * cell, abs=3)
            assert weight == ("700" if n == chosen else "400")


def check_words(face, text, step, answers, wanted):
    """The same in words."""
    token = wanted[step - 1] if step <= len(wanted) else None
    should = (
        "should not be there any more"
        if token is None
        else f"should be {named(token)}"
    )
    told = []
    for tokens, odds, *_ in answers:
        if step > len(tokens):
            told.append("it has ended before")
            continue
        own = tokens[step - 1]
        share = percent(odds[step - 1, own].item())
        verdict = "right" if own == token else "wrong"
        told.append(f"it is {named(own)} ({share}), {verdict}")
    letters = min(step, len(wanted) - 1)
    (right, lost), (attending_right, _) = (
        right_of(answer[0], wanted, step) for answer in answers
    )
    thread = (
        "" if lost < 0 else f": it loses the thread at character {lost + 1}"
    )
    looks = ""
    weights = answers[1][2]
    if step <= len(weights):
        best = weights[step - 1].argmax().item()
        share = percent(weights[step - 1, best].item())
        looks = f". It looks most at letter {best + 1}, {text[best]} ({share})"
    assert face.locator(".attn-readout").text_content() == (
        f"Character {step} {should}. Without attention {told[0]}; {right} of "
        f"{letters} so far{thread}. With attention {told[1]}; {attending_right} "
        f"of {letters} so far{looks}."
    )


def check_picture(face, widget, text, step):
    """Everything that is drawn is what the package says."""
    answers = [by_torch(model, text) for model in widget.taught]
    wanted = wanted_of(text, widget.task)
    most = max(len(answer[0]) for answer in answers)
    step = min(step, most)
    for n, answer in enumerate(answers):
        check_tiles(face, n, answer, wanted, step, most)
    check_vector(face, answers[0][3])
    check_map(face, text, step, answers[1])
    weights = answers[1][2]
    looked = weights[min(step, len(weights)) - 1].tolist()
    source = face.locator(".side-source")
    for n, (letter, weight, bar, there) in enumerate(source.evaluate(SOURCE)):
        assert letter == (text[n] if n < len(text) else "")
        expected = looked[n] if n < len(text) else 0
        assert weight == bar == pytest.approx(expected, abs=1e-4)
        assert there == (n < len(text))
    letters = "letter" if len(text) == 1 else "letters"
    label = source.get_attribute("aria-label")
    assert label == f"{len(text)} {letters}: {' '.join(text)}"
    slider = face.get_by_role("slider")
    assert [slider.get_attribute(name) for name in ("min", "max")] == [
        "1",
        str(most),
    ]
    assert slider.input_value() == str(step)
    check_words(face, text, step, answers, wanted)


STATES = [
    {"text": "forgetmenot", "step": 45},
    {"text": "forgetmenot", "step": 1},
    {"text": "badge", "step": 4},
    {"text": "a", "step": 2},
    {"text": LONG, "step": 45},
    {"text": LONG, "step": 23},
    {"text": "thecatsatonthemat", "step": 18},
]


@pytest.mark.parametrize("window", [320, 620, 1280])
@pytest.mark.parametrize("seed", range(3))
def test_the_picture_is_what_the_package_says(opened, watch, seed, window):
    watched = watch(viewport={"width": window, "height": 900})
    widget, page, face = opened(watched=watched, seed=seed, endless=seed == 2)
    for state in STATES:
        python_sets(page, widget, **state)
        check_picture(face, widget, **state)


def certain(letters, odds=40.0):
    """Two models that write these tokens, up to five, whatever they read."""
    models = []
    for attends, tokens in zip((False, True), letters, strict=True):
        model = opinionated(attends, 3)
        with torch.no_grad():
            for parameter in model.decoder.parameters():
                parameter.zero_()
            width = 11
            # As many steps as units: each token is one-hot in the state.
            path = [START, *tokens]
            assert len({*path[:-1]}) == len(path) - 1 <= 5
            gru = model.decoder.recurrent
            for n, (token, following) in enumerate(itertools.pairwise(path)):
                model.decoder.embedding.weight[token, n] = 8.0
                gru.weight_ih_l0[2 * width + n, n] = 8.0
                # The gate that keeps the state is shut.
                gru.bias_ih_l0[width : 2 * width] = -30.0
                model.decoder.output_map.weight[following, n] = odds
                if attends:
                    model.decoder.join.weight[n, width + n] = 8.0
        models.append(model)
    return models


def tokens_of(text):
    return [*LETTERS.encode(text), END]


@pytest.mark.parametrize(
    ("plain", "attending", "task", "words"),
    [
        ("bad", "bad", "copy", ["3 of 3 so far. With", "3 of 3 so far."]),
        ("bda", "bad", "copy", ["1 of 3 so far: it loses the thread at character 2."]),
        ("bade", "bad", "copy", ["3 of 3 so far: it loses", "character 4"]),
        ("ba", "bad", "copy", ["2 of 3 so far: it loses", "character 3"]),
        ("dab", "bad", "reverse", ["3 of 3 so far. With", "1 of 3 so far."]),
    ],
)  # fmt: skip
def test_who_loses_the_thread_is_said_and_where(
    opened, plain, attending, task, words
):
    models = certain([tokens_of(plain), tokens_of(attending)])
    widget = made(models=models, text="bad", task=task)
    assert by_torch(models[0], "bad")[0] == tokens_of(plain)
    assert by_torch(models[1], "bad")[0] == tokens_of(attending)
    widget, _, face = opened(widget=widget)
    check_picture(face, widget, "bad", 45)
    said = face.locator(".attn-readout").text_content()
    for word in words:
        assert word in said
    backwards = "backwards" in face.locator(".side-title").text_content()
    assert backwards == (task == "reverse")


def test_another_alphabet_is_named_where_a_letter_is_left_out(opened):
    letters = CharacterVocabulary("adg")
    models = [
        opinionated(attends, 5, letters=letters) for attends in (False, True)
    ]
    widget = made(models=models, alphabet="adg", text="dag")
    _, page, face = opened(widget=widget)
    line(face).fill("deg")
    frames(page)
    notice = face.locator(".side-notice").text_content()
    assert notice == "Known: a d g. Left out: e"
    tiles = face.locator(".side-tiles").first.evaluate(TILES)
    tokens, *_ = by_torch(models[0], "dg", letters)
    assert [tile["sign"] for tile in tiles[: len(tokens)]] == [
        "??■?adg"[token] for token in tokens
    ]


def line(face):
    return face.get_by_role("textbox", name="a string")


def line_in(opened):
    """The line, its notice, and what compares the picture with the package."""

    def check(face, widget, text):
        check_picture(face, widget, text, 45)

    return line_of(opened, line, "side", "text", check)


def test_a_string_is_typed_letter_by_letter(opened):
    line = line_in(opened())
    assert line.box.input_value() == "forgetmenot"
    hold_letter_by_letter(line.box, line.held, line.check, "dogs", "dogs")
    hold_told(line, "")


@pytest.mark.parametrize(
    ("typed", "text", "words"),
    [
        ("badge", "badge", ""),
        ("BADGE", "badge", ""),
        ("bad egg", "badegg", "Known: a to t. Left out: the space"),
        ("z1u2bx", "b", "Left out: z 1 u 2 …"),
        (LONG + "bad", LONG, "It takes 40 letters; the rest is left out."),
        ("", "goat", "Still read: “goat”."),
        ("42", "goat", "Known: a to t. Still read"),
    ],
)
def test_what_is_left_out_is_said(opened, typed, text, words):
    hold_left_out(line_in(opened(text="goat")), typed, text, words)


def test_a_long_string_is_shortened_where_it_is_named(opened):
    line = line_in(opened(text=LONG))
    line.box.fill("")
    frames(line.box.page)
    hold_told(line, f"Still read: “{LONG[:12]}…”.")


def test_another_state_rewrites_the_line_even_for_the_same_letters(opened):
    _, _, face = shown = opened(text="goat")
    button = face.get_by_role("button", name="Reset")
    hold_rewritten(line_in(shown), "Goat!", "goat", button)


def test_a_text_from_a_link_is_read_as_if_it_were_typed(opened):
    words = ["Left out: the space !", "Still read: “agoat”"]
    hold_read_when_set(line_in(opened()), "A goat!", "agoat", *words)


def turns(face):
    return [
        face.get_by_role("button", name=f"one character {way}")
        for way in ("back", "on")
    ]


def test_buttons_lead_from_character_to_character(opened):
    widget, page, face = opened(endless=True, text="goats", step=2)
    back, on = turns(face)
    for button, step in ((on, 3), (on, 4), (back, 3), (back, 2), (back, 1)):
        button.click()
        frames(page)
        assert held_by(page, widget, "step") == step
        check_picture(face, widget, "goats", step)
    assert back.is_disabled()
    assert on.is_enabled()
    python_sets(page, widget, step=45)
    assert back.is_enabled()
    assert on.is_disabled()


def test_beyond_the_answers_ends_a_button_leads_back_into_them(opened):
    models = certain([tokens_of("bad"), tokens_of("bade")])
    widget, page, face = opened(widget=made(models=models, text="bad"))
    assert held_by(page, widget, "step") == 45
    back, on = turns(face)
    assert on.is_disabled()
    for step in (4, 3):
        back.click()
        frames(page)
        assert held_by(page, widget, "step") == step
        check_picture(face, widget, "bad", step)


def test_a_character_is_chosen_by_a_click_on_its_tile(opened):
    widget, page, face = opened(endless=True, text="goats", step=45)
    for n, place in ((0, 7), (1, 3), (0, 31)):
        grid = face.locator(".side-tiles").nth(n)
        grid.locator(".side-tile").nth(place).click()
        frames(page)
        assert held_by(page, widget, "step") == place + 1
        check_picture(face, widget, "goats", place + 1)


def test_a_character_is_chosen_by_a_click_on_its_row_of_the_map(opened):
    widget, page, face = opened(endless=True, text="goats", step=45)
    canvas = face.locator(".side-map")
    for row in (20, 2):
        high = canvas.bounding_box()["height"] / 45
        canvas.click(position={"x": 5, "y": (row + 0.5) * high})
        frames(page)
        assert held_by(page, widget, "step") == row + 1


def test_whoever_plays_sees_the_answers_grow_and_can_stop(opened):
    widget, page, face = opened(text="goats", endless=True)
    play = face.get_by_role("button", name="Play")
    play.click()
    frames(page)
    assert held_by(page, widget, "step") == 1
    pause = face.get_by_role("button", name="Pause")
    page.wait_for_function(
        "(of) => window.models[of].get('step') === 3", arg=widget.model_id
    )
    pause.click()
    stopped = held_by(page, widget, "step")
    page.wait_for_timeout(900)
    assert held_by(page, widget, "step") == stopped
    check_picture(face, widget, "goats", stopped)
    play.click()
    frames(page)
    assert held_by(page, widget, "step") == stopped + 1


@pytest.mark.parametrize("how", ["end", "slider", "typing", "Reset"])
def test_nobody_plays_on_after_the_end_or_another_touch(opened, how):
    # Far from the end, which a slow machine may reach before the touch.
    step = 43 if how == "end" else 2
    widget, page, face = opened(text="goats", endless=True, step=step)
    face.get_by_role("button", name="Play").click()
    if how == "slider":
        face.get_by_role("slider").press("Home")
    elif how == "typing":
        line(face).fill("goat")
    elif how == "Reset":
        face.get_by_role("button", name="Reset").click()
    else:
        page.wait_for_function(
            "(of) => window.models[of].get('step') === 45",
            arg=widget.model_id,
        )
    frames(page)  # at once, not once it has come to the end
    assert face.get_by_role("button", name="Play").count() == 1
    before = held_by(page, widget, "step")
    page.wait_for_timeout(900)
    assert held_by(page, widget, "step") == before
    assert face.get_by_role("button", name="Play").count() == 1


def test_who_wants_no_motion_is_offered_none(opened, watch):
    _, _, face = opened(watched=watch(reduced_motion="reduce"))
    assert not face.locator(".side-play").is_visible()
    assert face.get_by_role("button", name="one character back").is_visible()


def test_reset_brings_everything_back(opened):
    first = {"text": "goats", "step": 3}
    widget, page, face = opened(**first)
    line(face).fill("b?")
    face.get_by_role("slider").press("Home")
    frames(page)
    assert held_by(page, widget, *first) == ["b", 1]
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert held_by(page, widget, *first) == [*first.values()]
    check_picture(face, widget, **first)
    assert line(face).input_value() == "goats"


def test_the_state_is_spoken_once_the_hand_rests(opened):
    _, page, face = opened(text="goats", step=3)
    face.get_by_role("button", name="one character back").click()
    page.wait_for_timeout(700)
    text = face.locator(".attn-readout").text_content()
    assert face.locator(".attn-spoken").text_content() == text
    assert text.startswith("Character 2 should be o.")


def test_a_link_sets_every_trait(opened_with_a_link):
    widget = made()
    goals = {"text": "goats", "step": 2}
    page, face = opened_with_a_link(widget, goals)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(600)
        assert held_by(page, widget, *goals) == [*goals.values()]
        check_picture(face, widget, **goals)
        line(face).fill("mat")
        face.get_by_role("slider").press("Home")


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    picture = tied_to(made())
    found = ties.settings("text=goat&step=7", picture)
    assert found == {"text": "goat", "step": 7}
    for wrong in ("step=46", "step=0", "task=reverse"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


def never_ending():
    """Both write on and on, each at its surest: the longest sentences."""
    models = [opinionated(attends, 4, endless=True) for attends in (0, 1)]
    with torch.no_grad():
        for model in models:
            model.decoder.output_map.bias[LETTERS.encode("m")[0]] += 300
    return models


@pytest.mark.parametrize("width", [280, 320, 360, 430, 620, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(
        watched=watched, widget=made(models=never_ending())
    )
    heights, places = set(), set()

    def measure():
        heights.add(face.bounding_box()["height"])
        hold_spare(face)
        for n, part in enumerate((".side-panels", ".side-board")):
            top = face.locator(part).bounding_box()["y"]
            places.add(10_000 * n + top)

    for text in ("a", "mmmm", "m" * 40, LONG):
        for step in (1, 5, 12, 40, 41, 45):
            python_sets(page, widget, text=text, step=step)
            measure()
    for typed in ("1 2 3 4 5 6", "", "世界 1 2 3", LONG + "abc"):
        line(face).fill(typed)
        frames(page)
        measure()
    assert len(places) == 2
    hold_height(widget, page, heights)


@pytest.mark.parametrize("width", [280, 320, 360, 620, 1440])
def test_no_words_touch_others_leave_the_widget_or_are_too_small(
    opened, watch, width
):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched, endless=True)
    for state in STATES:
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
    assert_can_be_hit(face.locator("button, input"))


def test_the_map_follows_the_theme(opened):
    _, page, face = opened(text="a")  # which is all that can be looked at
    ink = """
    (canvas) => {
      const copy = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
      copy.drawImage(canvas, 0, 0);
      return [...copy.getImageData(0, 0, 1, 1).data];
    }
    """
    light = face.locator(".side-map").evaluate(ink)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    frames(page)
    dark = face.locator(".side-map").evaluate(ink)
    assert light[3] == dark[3] == 255
    assert light != dark


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(watched=watch(forced_colors="active"))
    assert_drawn(
        face, stroke="side-band side-number", fill="side-query side-key"
    )
    ramp = face.locator(".attn-ramp").first
    assert "gradient" in ramp.evaluate(PAINT, "backgroundImage")
