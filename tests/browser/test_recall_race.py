"""Networks that remember a capital: what is drawn is what the package computes."""

import base64
import itertools
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
    python_sets,
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

from attn_utils.data import first_symbol_recall
from attn_utils.recipes.reach import MIXERS, RecallNetwork, teach_recall
from attn_utils.widgets import RecallRace

MATHS = "recall_race/recall_race_math.js"
KEYS, NOISE = "ABCDEFGH", "abcdefghij"
SYMBOLS = KEYS + NOISE + "?"
HINT = "another capital at 8 tokens, then 32, then 128."
ANYWHERE = "GRU, taught anywhere"
# Who has been taught at which lengths.
TAUGHT = {
    "attention": (8, 32, 128),
    "RNN": (8, 32),
    ANYWHERE: (8, 32, 128),
    "LSTM": (8, 32, 128),
    "dilated": (8, 128),
    "fully connected": (8, 32),
}
LONG = "Cab" + "jihg" * 31


def opinionated(mixer, length, seed):
    """A network with opinions, as the page holds it: in half precision."""
    torch.manual_seed(seed)
    network = RecallNetwork(mixer, length).eval()
    for parameter in (
        *network.embedding.parameters(),
        *network.read_out.parameters(),
    ):
        nn.init.normal_(parameter, std=0.7)
    for norm in (network.norm_in, network.norm_out):
        nn.init.normal_(norm.bias, std=0.4)
        nn.init.normal_(norm.weight, mean=1, std=0.2)
    return network.half().float()


def made(seed=0, taught=TAUGHT, **traits):
    """Six networks, of which not all have all lengths."""
    models = {}
    for n, (name, lengths) in enumerate(taught.items()):
        kind = "GRU" if name == ANYWHERE else name
        first = opinionated(kind, lengths[0], 10 * seed + n)
        models[name] = {
            length: first
            if name == ANYWHERE or length == lengths[0]
            else opinionated(kind, length, 10 * seed + n + length)
            for length in lengths
        }
    widget = RecallRace(models, **{"hint": HINT, "length": 8} | traits)
    widget.taught = models
    return widget


def read(text, length):
    """The string that is read."""
    noise = [letter for letter in text if letter in NOISE] or NOISE
    letters = itertools.chain(text, itertools.cycle(noise))
    return "".join(itertools.islice(letters, length - 1)) + "?"


@torch.no_grad()
def logits_of(network, string):
    tokens = torch.tensor([[SYMBOLS.index(each) for each in string]])
    return network(tokens)[0]


ARITHMETIC = """
async ([bytes, shapes, mixers, asked]) => {
  const { unpack } = await import("./parts/weights.js");
  const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  const networks = unpack(new DataView(raw.buffer), shapes);
  const { recall, stringOf } = await import("./recall_race/recall_race_math.js");
  return asked.map(([n, text, length]) => {
    const string = stringOf(text, length);
    return { string, ...recall(networks[n], mixers[n], string) };
  });
}
"""


def recalled(modules, widget, asked):
    """What the page makes of (network, text, length)."""
    packed = base64.b64encode(widget.weights).decode()
    given = [packed, widget.shapes, widget.mixers, asked]
    return modules.evaluate(ARITHMETIC, given)


def test_on_two_hundred_strings_the_page_recalls_as_torch_does(modules):
    drawn = random.Random(7)
    said, counts = set(), dict.fromkeys(MIXERS, 0)
    lengths = (2, 3, 5, 13, 37, 128)
    for n, length in enumerate(lengths):
        networks = {
            kind: opinionated(kind, length, 100 * n + k)
            for k, kind in enumerate(MIXERS)
        }
        # No more names than six: the seventh travels by itself.
        for kinds in ([*MIXERS][:6], [*MIXERS][6:]):
            some = {kind: {length: networks[kind]} for kind in kinds}
            widget = RecallRace(some)
            asked = []
            for k in range(len(kinds)):
                for _ in range(5):
                    letters = drawn.choices(NOISE, k=drawn.randint(1, length))
                    place = drawn.randrange(len(letters))
                    letters[place] = drawn.choice(KEYS)
                    asked.append([k, "".join(letters), length])
            for (k, text, _), page in zip(
                asked, recalled(modules, widget, asked), strict=True
            ):
                string = read(text, length)
                assert page["string"] == string
                package = logits_of(networks[kinds[k]], string)
                numbers = torch.tensor(page["logits"]).float()
                assert numbers.shape == package.shape
                assert torch.allclose(numbers, package, atol=1e-4, rtol=0)
                odds = torch.tensor(page["odds"]).float()
                assert torch.allclose(odds, package.softmax(-1), atol=1e-4)
                assert page["says"] == package.argmax().item()
                said.add(page["says"])
                counts[kinds[k]] += 1
    assert sum(counts.values()) >= 200
    assert min(counts.values()) == 5 * len(lengths)
    assert len(said) == 8


def test_a_network_that_was_taught_is_right_in_the_page_too(modules):
    network = teach_recall("attention", 8, 0, num_steps=150).model
    network = network.half().float().eval()
    generator = torch.Generator().manual_seed(3)
    tokens, label = first_symbol_recall(20, 8, generator=generator)
    asked = [
        [0, "".join(SYMBOLS[token] for token in row[:-1]), 8]
        for row in tokens.tolist()
    ]
    widget = RecallRace({"attention": {8: network}})
    got = recalled(modules, widget, asked)
    says = [page["says"] for page in got]
    with torch.no_grad():
        package = network(tokens)
    assert says == package.argmax(-1).tolist()
    assert sum(a == b for a, b in zip(says, label.tolist(), strict=True)) > 15


@pytest.mark.parametrize(
    ("text", "length", "string"),
    [
        ("Bcaf", 12, "Bcafcafcafc?"),
        ("aBc", 8, "aBcacac?"),
        ("Bcafj", 6, "Bcafj?"),
        ("Bcafj", 4, "Bca?"),
        ("B", 13, "Babcdefghija?"),
        ("BE", 5, "BEab?"),
        ("a", 2, "a?"),
        ("ab", 2, "a?"),
    ],
)
def test_the_noise_of_a_text_is_repeated_up_to_the_question_mark(
    modules, text, length, string
):
    assert call(modules, MATHS, "stringOf", text, length) == string
    assert read(text, length) == string


@pytest.mark.parametrize(
    ("text", "letters", "others"),
    [
        ("Bcaf", "Bcaf", []),
        ("HIJ", "H", ["I", "J"]),
        ("jk B?", "jB", ["k", " ", "?"]),
        ("\u00c4B\u00e4!😀!", "B", ["\u00c4", "\u00e4", "!", "😀"]),
        ("a" * 128 + "B", "a" * 128, []),
        ("-" * 20 + LONG, LONG, ["-"]),
        ("", "", []),
    ],
)
def test_of_a_text_the_letters_of_symbols_remain(
    modules, text, letters, others
):
    assert call(modules, MATHS, "lettersOf", text) == letters
    assert call(modules, MATHS, "strangers", text) == others


@pytest.mark.parametrize(
    ("text", "key", "other"),
    [
        ("Bcaf", "H", "Hcaf"),
        ("cBaf", "A", "cAaf"),
        ("cab", "D", "Dcab"),
        ("cBaBfG", "E", "cEaf"),
        ("BBB", "B", "B"),
        ("j" * 128, "C", "C" + "j" * 127),
    ],
)
def test_another_capital_takes_the_place_of_the_first(
    modules, text, key, other
):
    assert call(modules, MATHS, "withCapital", text, key) == other


def test_other_noise_is_another_letter_in_every_place_and_always_the_same(
    modules,
):
    for text in ("Bjcafid", "jjjCjjj", "a", LONG):
        seen = [text]
        for _ in range(8):
            other = call(modules, MATHS, "otherNoise", seen[-1])
            assert other == call(modules, MATHS, "otherNoise", seen[-1])
            for before, after in zip(seen[-1], other, strict=True):
                if before in KEYS:
                    assert after == before
                else:
                    assert after in NOISE
                    assert after != before
            seen.append(other)
        if len(text) > 1:
            assert len(set(seen)) == len(seen)
    # A text without noise gets some; a full one stays as long as it is.
    for text, length in (("B", 7), ("CC", 8), ("D" * 125, 128)):
        other = call(modules, MATHS, "otherNoise", text)
        assert len(other) == length
        assert other.startswith(text)
        assert set(other[len(text) :]) <= set(NOISE)
    full = "E" * 128
    assert call(modules, MATHS, "otherNoise", full) == full


TILES = """
(face) => [...face.querySelectorAll(".race-tile")].map((tile) => {
  const style = getComputedStyle(tile);
  const face_ink = getComputedStyle(tile.closest(".attn-face")).color;
  return {
    text: tile.textContent, filled: style.backgroundColor === face_ink,
    framed: style.outlineStyle === "solid", bold: style.fontWeight === "700",
    soft: style.color !== face_ink && style.backgroundColor !== face_ink,
    empty: style.boxShadow !== "none",
  };
})
"""
ROWS = """
(face) => [...face.querySelectorAll(".race-row")].map((row) => {
  const [grid, frame] = [row.querySelector(".race-cells"), row.querySelector(".race-frame")];
  const wide = grid.getBoundingClientRect();
  const at = frame.getBoundingClientRect();
  const text = (part) => {
    const node = row.querySelector(part);
    return node.checkVisibility() ? node.textContent : "";
  };
  return {
    name: text(".race-name"), says: text(".race-says"), odds: text(".race-odds"),
    verdict: text(".race-verdict"), none: text(".race-none"),
    shades: [...row.querySelectorAll(".race-cell")].map((cell) => Number(getComputedStyle(cell).fillOpacity)),
    hatched: row.querySelector(".race-hatch").checkVisibility(),
    framed: frame.checkVisibility({ visibilityProperty: true }) ? (at.x + at.width / 2 - wide.x) / wide.width : null,
    chosen: row.getAttribute("aria-pressed") === "true",
    outlined: getComputedStyle(row).borderTopColor === getComputedStyle(face).color,
  };
})
"""
LETTERS = """
(face) => [...face.querySelectorAll(".race-letter, .race-key")].map((node) => [
  node.textContent, node.getAttribute("aria-pressed"), getComputedStyle(node).backgroundColor === getComputedStyle(node.closest(".attn-face")).color,
])
"""


def check_picture(face, widget, text, length, racer):
    """Everything that is drawn is what the package says."""
    string = read(text, length)
    capitals = [n for n, each in enumerate(string) if each in KEYS]
    truth = KEYS.index(string[capitals[0]]) if len(capitals) == 1 else None
    answers = {}
    for name, of_name in widget.taught.items():
        network = of_name.get(length)
        answers[name] = network and logits_of(network, string).softmax(-1)

    # The string: capitals filled, what is repeated softer, the rest left empty.
    tiles = face.evaluate(TILES)
    assert len(tiles) == max(widget.lengths)
    assert "".join(tile["text"] for tile in tiles) == string
    for n, tile in enumerate(tiles):
        last = n == length - 1
        assert tile["filled"] == (n in capitals)
        assert tile["framed"] == tile["bold"] == (n in capitals or last)
        assert tile["empty"] == (n >= length)
        if n < length:
            assert tile["soft"] == (len(text) <= n < length - 1)
    label = face.get_by_role("img").first.get_attribute("aria-label")
    assert label == f"{length} tokens: {string}"
    far = length - 1 - capitals[0] if capitals else None
    places = "place" if far == 1 else "places"
    count = f"{len(capitals)} capitals" if capitals else "no capital"
    gap = face.locator(".race-distance").text_content()
    if truth is None:
        assert gap == f"{count}, which no lesson had"
    else:
        assert gap == f"from {KEYS[truth]} to ?: {far} {places}"

    # The letter of the truth above the cells, and among the buttons.
    letters = face.evaluate(LETTERS)
    for part in (letters[:8], letters[8:]):
        assert [each[0] for each in part] == [*KEYS]
        assert [each[2] for each in part] == [k == truth for k in range(8)]
    pressed = [each[1] for each in letters if each[1]]
    assert pressed == [str(k == truth).lower() for k in range(8)]

    # A row for each network.
    for (name, odds), row in zip(
        answers.items(), face.evaluate(ROWS), strict=True
    ):
        assert row["name"] == name
        assert row["chosen"] == row["outlined"] == (name == racer)
        assert row["hatched"] == (odds is None)
        if odds is None:
            assert row["none"] == f"has no weights for {length} tokens"
            assert row["says"] == row["odds"] == row["verdict"] == ""
            assert row["shades"] == [0] * 8
            assert row["framed"] is None
            continue
        best = odds.argmax().item()
        assert row["none"] == ""
        assert row["says"] == KEYS[best]
        assert float(row["odds"]) == pytest.approx(
            odds.max().item(), abs=0.0051
        )
        assert row["shades"] == pytest.approx(odds.tolist(), abs=2e-4)
        if truth is None:
            assert row["verdict"] == ""
            assert row["framed"] is None
        else:
            right = best == truth
            assert row["verdict"] == ("✓ right" if right else "✗ wrong")
            middle = (truth + 0.5) / 8
            assert row["framed"] == pytest.approx(middle, abs=0.01)

    # All probabilities of one.
    own = answers[racer]
    assert face.locator(".race-whose").text_content() == racer
    numbers = face.locator(".race-number").all_text_contents()
    assert [each[:2] for each in numbers] == [f"{key} " for key in KEYS]
    if own is None:
        assert {each[2:] for each in numbers} == {"–"}
    else:
        shown = [float(each[2:]) for each in numbers]
        assert shown == pytest.approx(own.tolist(), abs=0.0051)
    assert face.get_by_role("radio", name=str(length), exact=True).is_checked()
    assert face.get_by_role("radio", checked=True).count() == 1

    # The same in words.
    said = face.locator(".attn-readout").text_content()
    if truth is None:
        begin = (
            f"At {length} tokens the string has {count}, which no lesson had: "
            "no answer is right. "
        )
    else:
        right = [
            name
            for name, odds in answers.items()
            if odds is not None and odds.argmax() == truth
        ]
        begin = (
            f"At {length} tokens the capital {KEYS[truth]} stands {far} {places} "
            f"before the question mark. Right: {listed(right)}. "
        )
    subject = racer[0].upper() + racer[1:] + "," * ("," in racer)
    if own is None:
        end = f"{subject} has no weights for {length} tokens."
    else:
        best = own.argmax().item()
        verdict = "right" if best == truth else "wrong"
        odds = face.locator(".race-row[aria-pressed=true] .race-odds")
        end = f"{subject} says {KEYS[best]} with {odds.text_content()}"
        end += "." if truth is None else f": {verdict}."
    assert said == begin + end


def listed(names):
    if len(names) < 2:
        return "".join(names) or "none"
    if any("," in name for name in names):
        return "; ".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1]


def now(text, length=8, racer="attention"):
    return {"text": text, "length": length, "racer": racer}


STATES = [
    now("Bjcafid"),
    now("Bjcafid", 32, "fully connected"),
    now("Hab", 128, "RNN"),
    now("abcG", 128, ANYWHERE),
    now("abcdefD", 8, "LSTM"),
    now("abcdefgD", 8, "dilated"),
    now("AbBcCd", 32, "dilated"),
    now("E", 32, "LSTM"),
    now(LONG, 8, "RNN"),
    now(LONG, 128, "attention"),
]


@pytest.mark.parametrize("window", [320, 620, 1280])
@pytest.mark.parametrize("seed", range(2))
def test_the_picture_is_what_the_package_says(opened, watch, seed, window):
    watched = watch(viewport={"width": window, "height": 900})
    widget, page, face = opened(watched=watched, seed=seed)
    for state in STATES:
        python_sets(page, widget, **state)
        check_picture(face, widget, **state)


@pytest.mark.parametrize("second", ["GRU", ANYWHERE])
@pytest.mark.parametrize("right", [0, 1, 2, 3])
def test_who_is_right_is_said_in_shape_and_words(opened, right, second):
    taught = dict.fromkeys(("RNN", second, "LSTM"), (5,))
    widget = made(taught=taught, length=5)
    with torch.no_grad():
        for n, of_name in enumerate(widget.taught.values()):
            of_name[5].read_out.bias[1 if n < right else 4] += 100
    networks = widget.taught
    widget = RecallRace(networks, text="Bad")
    widget.taught = networks
    _, _, face = opened(widget=widget)
    check_picture(face, widget, "Bad", 5, "RNN")
    rows = face.evaluate(ROWS)
    assert [row["verdict"] for row in rows] == (
        ["✓ right"] * right + ["✗ wrong"] * (3 - right)
    )
    named = {
        "GRU": ["none", "RNN", "RNN and GRU", "RNN, GRU and LSTM"],
        ANYWHERE: ["none", "RNN", f"RNN; {ANYWHERE}", f"RNN; {ANYWHERE}; LSTM"],
    }[second][right]
    said = face.locator(".attn-readout").text_content()
    assert f"question mark. Right: {named}. RNN says" in said


def test_who_has_no_weights_is_hatched_and_says_so(opened):
    widget, _, face = opened(length=128, racer="fully connected")
    row = face.locator(".race-row").last
    assert row.evaluate("(row) => row.innerText").endswith(
        "has no weights for 128 tokens"
    )
    assert [each["hatched"] for each in face.evaluate(ROWS)] == [
        128 not in of_name for of_name in widget.taught.values()
    ]


def test_a_row_is_heard_as_a_sentence(opened):
    widget, _, face = opened(text="Gab", length=128)
    odds = logits_of(widget.taught["LSTM"][128], read("Gab", 128)).softmax(-1)
    best = odds.argmax().item()
    verdict = "✓ right" if KEYS[best] == "G" else "✗ wrong"
    heard = f"LSTM says {KEYS[best]} with {odds[best]:.2f} {verdict}"
    assert face.get_by_role("button", name=heard, exact=True).count() == 1
    heard = "fully connected has no weights for 128 tokens"
    assert face.get_by_role("button", name=heard, exact=True).count() == 1


def line(face):
    return face.get_by_role("textbox", name="a string")


def line_in(opened):
    """The line, its notice, and what compares the picture with the package."""

    def check(face, widget, text):
        check_picture(face, widget, **now(text))

    return line_of(opened, line, "race", "text", check)


def test_a_string_is_typed_letter_by_letter(opened):
    line = line_in(opened())
    assert line.box.input_value() == "Bjcafid"
    hold_letter_by_letter(line.box, line.held, line.check, "aFcj", "aFcj")
    hold_told(line, "")


@pytest.mark.parametrize(
    ("typed", "text", "words"),
    [
        ("Hab", "Hab", ""),
        ("Hab Jk", "Hab", "read A–H and a–j. Left out: the space J k"),
        ("1B2a3c-d?", "Bacd", "Left out: 1 2 3 - …"),
        ("Ba 世界", "Ba", "Left out: the space 世 界"),
        (LONG + "ab", LONG + "a", "takes 128 letters; the rest is left out."),
        (
            "Bacdefgh",
            "Bacdefgh",
            "Of 8 tokens, 7 are letters: the rest is cut.",
        ),
        ("", "Gab", "No letter: they still read “Gab”."),
        ("123", "Gab", "No letter"),
    ],
)
def test_what_is_left_out_is_said(opened, typed, text, words):
    hold_left_out(line_in(opened(text="Gab")), typed, text, words)


def test_a_long_text_is_shortened_where_it_is_named(opened):
    line = line_in(opened(text=LONG, length=128))
    line.box.fill("")
    frames(line.box.page)
    hold_told(line, f"No letter: they still read “{LONG[:12]}…”.")


def test_the_cut_is_no_longer_said_where_the_string_is_longer(opened):
    _, page, face = shown = opened(text="Bacdefgh")
    line = line_in(shown)
    hold_told(line, "cut")
    face.get_by_role("radio", name="32").check()
    frames(page)
    hold_told(line, "")


@pytest.mark.parametrize("name", ["Reset", "B"])
def test_another_state_rewrites_the_line_even_for_the_same_letters(
    opened, name
):
    _, _, face = shown = opened(text="Bac")
    button = face.get_by_role("button", name=name, exact=True)
    hold_rewritten(line_in(shown), "B?ac", "Bac", button)


def test_a_text_from_a_link_is_read_as_if_it_were_typed(opened):
    words = ["Left out: o , the space !", "still read “GaBee”"]
    hold_read_when_set(line_in(opened()), "Go, a Bee!", "GaBee", *words)


def test_a_capital_is_exchanged_by_a_button(opened):
    widget, page, face = opened(text="abBc")
    for key, text in (("H", "abHc"), ("A", "abAc")):
        face.get_by_role("button", name=key, exact=True).click()
        frames(page)
        assert held_by(page, widget, "text") == text
        assert line(face).input_value() == text
        check_picture(face, widget, **now(text))
    line(face).fill("abc")
    face.get_by_role("button", name="D", exact=True).click()
    frames(page)
    check_picture(face, widget, **now("Dabc"))


def test_other_noise_keeps_the_capital_and_begins_anew_after_reset(opened):
    widget, page, face = opened(text="cBadeh", length=32)
    runs = []
    for _ in range(2):
        run = []
        for _ in range(3):
            face.get_by_role("button", name="other noise").click()
            frames(page)
            run.append(held_by(page, widget, "text"))
            check_picture(face, widget, **now(run[-1], 32))
        runs.append(run)
        face.get_by_role("button", name="Reset").click()
        frames(page)
    assert runs[0] == runs[1]
    assert len({"cBadeh", *runs[0]}) == 4
    assert {text[1] for text in runs[0]} == {"B"}


def test_the_length_is_chosen_by_chips(opened):
    widget, page, face = opened(text="Gab")
    for length in (128, 32, 8):
        face.get_by_role("radio", name=str(length), exact=True).check()
        frames(page)
        assert held_by(page, widget, "length") == length
        check_picture(face, widget, **now("Gab", length))


@pytest.mark.parametrize("how", ["click", "key"])
def test_the_network_of_a_row_is_read_out(opened, how):
    widget, page, face = opened(text="Gab", length=32)
    for name in ("LSTM", "dilated", ANYWHERE, "attention"):
        row = face.locator(".race-row").nth([*TAUGHT].index(name))
        if how == "click":
            row.click()
        else:
            row.focus()
            page.keyboard.press("Enter")
        frames(page)
        assert held_by(page, widget, "racer") == name
        check_picture(face, widget, **now("Gab", 32, name))


def test_reset_brings_everything_back(opened):
    first = now("aDe", 32, "RNN")
    widget, page, face = opened(**first)
    face.get_by_role("radio", name="128").check()
    face.locator(".race-row").last.click()
    line(face).fill("b?")
    frames(page)
    moved = ["b", 128, "fully connected"]
    assert held_by(page, widget, *first) == moved
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert held_by(page, widget, *first) == [*first.values()]
    check_picture(face, widget, **first)
    assert line(face).input_value() == "aDe"


def test_the_answer_is_spoken_once_the_hand_rests(opened):
    _, page, face = opened()
    face.get_by_role("button", name="H", exact=True).click()
    page.wait_for_timeout(700)
    text = face.locator(".attn-readout").text_content()
    assert face.locator(".attn-spoken").text_content() == text
    assert "capital H" in text


def test_a_link_sets_every_trait(opened_with_a_link):
    widget = made()
    goals = now("aGe", 32, "LSTM")
    page, face = opened_with_a_link(widget, goals)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(600)
        assert held_by(page, widget, *goals) == [*goals.values()]
        check_picture(face, widget, **goals)
        face.get_by_role("button", name="H", exact=True).click()
        face.get_by_role("radio", name="8", exact=True).check()
        face.locator(".race-row").first.click()


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    widget = made()
    picture = tied_to(widget)
    found = ties.settings(
        "text=Bad&length=128&racer=fully%20connected", picture
    )
    assert found == {"text": "Bad", "length": 128, "racer": "fully connected"}
    for wrong in ("length=16", "racer=both"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


@pytest.mark.parametrize("width", [280, 320, 360, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    heights, places = set(), set()

    def measure():
        heights.add(face.bounding_box()["height"])
        places.add(face.locator(".race-rows").bounding_box()["y"])
        places.add(face.locator(".race-full").bounding_box()["y"] + 10_000)

    for length in (8, 32, 128):
        for racer in TAUGHT:
            for text in ("Bjcafid", "ABCDEFGH" * 16, "a"):
                python_sets(page, widget, text=text, length=length, racer=racer)
                measure()
    for typed in ("1 2 3 4 5 6", "", "aB" + "世界 1 2 3 4", LONG + "abc"):
        line(face).fill(typed)
        frames(page)
        measure()
    assert len(places) == 2
    hold_height(widget, page, heights)


@pytest.mark.parametrize("width", [280, 320, 430, 620, 1440])
def test_no_words_touch_others_leave_the_widget_or_are_too_small(
    opened, watch, width
):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    for state in (
        now("Bjcafid", 32, ANYWHERE),
        now("ABCDEFGH" * 16, 128, "fully connected"),
        now("Hab", 128, "LSTM"),
    ):
        python_sets(page, widget, **state)
        hold_readable(face, 100, ".race-unseen")


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part in ("string", "answers"):
        assert part in widget.parts
        assert face.locator(f"[data-show={part}]").count() == 1
    assert len(widget.parts) == 2


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(theme, watched=watched)
    for state in (now("Bjcafid", 32, "dilated"), now("ABC", 128)):
        python_sets(page, widget, **state)
        assert_no_violation(page)
    assert_can_be_hit(face.locator("button, .attn-chip, input[type=text]"))


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(watched=watch(forced_colors="active"), length=128)
    assert_drawn(face, stroke="race-frame race-hatch", fill="race-cell")
