"""The letters of a word and their counts: what is drawn is what the package computes."""

import base64
import random

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
    alive,
    call,
    frames,
    hold_apart,
    hold_height,
    python_sets,
    tied_to,
    written_in,
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

from attn_utils.recipes.letter_counts import LetterCounter
from attn_utils.widgets import LetterCounts

MATHS = "letter_counts/letter_counts_math.js"
NAMES = {"start token": True, "none": False}
HINT = "write ab, then aabb, with a start token and without."
LONG = "abcdefghijklmnop"


def taught(start, seed):
    """A model with opinions, as the page holds it: in half precision."""
    torch.manual_seed(seed)
    model = LetterCounter(start).eval()
    for name, parameter in model.named_parameters():
        if "norm" not in name:
            nn.init.normal_(parameter, std=0.4)
    return model.half().float()


def made(seed=0, **traits):
    """Two models: one with a start token, one without."""
    models = {
        name: taught(start, 10 * seed + n)
        for n, (name, start) in enumerate(NAMES.items())
    }
    widget = LetterCounts(models, **{"hint": HINT} | traits)
    widget.taught = models
    return widget


@torch.no_grad()
def by_torch(widget, model, word):
    """The logits, what the model says, the truth, and the weights of each letter."""
    module = widget.taught[model]
    letters = torch.tensor([[ord(letter) - ord("a") + 1 for letter in word]])
    logits, weights = module(letters)
    return {
        "logits": logits[0],
        "says": logits[0].argmax(-1).tolist(),
        "truth": [word.count(letter) for letter in word],
        "weights": weights[0][int(NAMES[model]) :],
    }


ARITHMETIC = """
async ([bytes, shapes, starts, asked]) => {
  const { unpack } = await import("./parts/weights.js");
  const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  const models = unpack(new DataView(raw.buffer), shapes);
  const { countLetters, truths } = await import("./letter_counts/letter_counts_math.js");
  return asked.map(([n, word]) => ({ ...countLetters(models[n], word, starts[n]), truth: truths(word) }));
}
"""


def test_on_two_hundred_words_the_page_counts_as_torch_does(modules):
    drawn = random.Random(5)
    count, said = 0, set()
    for seed in range(5):
        widget = made(seed)
        asked = []
        for _ in range(40):
            some = drawn.sample(
                "abcdefghijklmnopqrstuvwxyz", drawn.randint(1, 8)
            )
            word = "".join(drawn.choices(some, k=drawn.randint(1, 16)))
            asked.append([drawn.randrange(2), word])
        packed = base64.b64encode(widget.weights).decode()
        given = [packed, widget.shapes, widget.starts, asked]
        got = modules.evaluate(ARITHMETIC, given)
        for (n, word), page in zip(asked, got, strict=True):
            package = by_torch(widget, widget.names[n], word)
            for part in ("logits", "weights"):
                numbers = torch.tensor(page[part]).float()
                assert numbers.shape == package[part].shape
                assert torch.allclose(numbers, package[part], atol=1e-4, rtol=0)
            assert page["says"] == package["says"]
            assert page["truth"] == package["truth"]
            said |= set(page["says"])
            count += 1
    assert count == 200
    assert len(said) > 5


@pytest.mark.parametrize(
    ("text", "letters", "others"),
    [
        ("Anna", "anna", []),
        ("naïve Ï", "nave", ["ï", " ", "Ï"]),
        ("a1b1", "ab", ["1"]),
        ("\u212a!😀!", "", ["\u212a", "!", "😀"]),
        (LONG + "Q", LONG, []),
        ("-" * 20 + LONG, LONG, ["-"]),
        ("", "", []),
    ],
)
def test_of_a_text_the_letters_from_a_to_z_remain(
    modules, text, letters, others
):
    assert call(modules, MATHS, "lettersOf", text) == letters
    assert call(modules, MATHS, "strangers", text) == others


MAP = """
(canvas) => {
  const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
  const ink = [...data.slice(0, 3)];
  const shades = Array.from({ length: canvas.width * canvas.height }, (_, i) => data[4 * i + 3] / 255);
  const box = canvas.getBoundingClientRect();
  return { size: [canvas.height, canvas.width], ink, shades, box: [box.x, box.y, box.width, box.height] };
}
"""
TILES = """
(face) => [...face.querySelectorAll(".count-tile")].filter((tile) => tile.checkVisibility()).map((tile) => ({
  letter: tile.querySelector(".count-letter").textContent,
  says: tile.querySelector(".count-says").textContent,
  truth: tile.querySelector(".count-truth").textContent,
  label: tile.getAttribute("aria-label"),
  asked: tile.getAttribute("aria-pressed") === "true",
  framed: tile.classList.contains("count-asked"),
  struck: getComputedStyle(tile.querySelector(".count-says")).textDecorationLine === "line-through",
  dashed: getComputedStyle(tile).borderTopStyle === "dashed",
  stop: tile.tabIndex === 0,
}))
"""
SHOWN = """
(face, part) => [...face.querySelectorAll(part)].filter((node) => node.textContent).map((node) => {
  const box = node.getBoundingClientRect();
  return [node.textContent, box.x + box.width / 2, box.y + box.height / 2, getComputedStyle(node).fontWeight === "700"];
})
"""
CELLS = """
(face) => [...face.querySelectorAll(".count-row")].map((row) => [...row.children].map((cell) => ({
  label: cell.getAttribute("aria-label"), stop: cell.tabIndex === 0, box: cell.getBoundingClientRect().toJSON(),
})))
"""


def check_picture(face, widget, model, word, place, key=0):
    """Everything that is drawn is what the package says."""
    found = by_torch(widget, model, word)
    says, truth, weights = found["says"], found["truth"], found["weights"]
    start = NAMES[model]
    keys = ["▸"] * start + [*word]
    asked = min(place, len(word) - 1)
    key = min(key, len(keys) - 1)

    # Each letter, what the model says of it, and the truth where that is another.
    tiles = face.evaluate(TILES)
    assert [tile["letter"] for tile in tiles] == [*word]
    for i, tile in enumerate(tiles):
        right = says[i] == truth[i]
        assert tile["says"] == str(says[i])
        assert tile["truth"] == ("✓" if right else f"is {truth[i]}")
        assert tile["struck"] == tile["dashed"] == (not right)
        assert tile["asked"] == tile["framed"] == tile["stop"] == (i == asked)
        verdict = "right" if right else f"wrong, it is {truth[i]}"
        assert tile["label"] == (
            f"letter {i + 1}, {word[i]}: the model says {says[i]}, {verdict}"
        )

    # The map: a pixel for each weight, by the root, and its letters beside it.
    seen = face.locator(".count-map").evaluate(MAP)
    assert seen["size"] == list(weights.shape)
    expected = weights.sqrt().flatten().tolist()
    assert seen["shades"] == pytest.approx(expected, abs=4e-3)
    x, y, wide, high = seen["box"]
    across, down = wide / len(keys), high / len(word)
    queries = face.evaluate(SHOWN, "g[data-show=query] text:not([transform])")
    assert [each[0] for each in queries] == [*word]
    for q, (_, middle_x, middle_y, bold) in enumerate(queries):
        assert middle_y == pytest.approx(y + (q + 0.5) * down, abs=2)
        assert middle_x < x
        assert bold == (q == asked)
    offered = face.evaluate(SHOWN, "g[data-show=key] text")
    assert [each[0] for each in offered] == ["key", *keys]
    for k, (_, middle_x, middle_y, bold) in enumerate(offered[1:]):
        assert middle_x == pytest.approx(x + (k + 0.5) * across, abs=0.6)
        assert middle_y < y
        assert bold == (k == key)
    divided = face.locator(".count-divide").get_attribute("d") != ""
    assert divided == start

    # The asked row, the cell in it, and what they say.
    band = face.locator(".count-band").bounding_box()
    assert band["y"] == pytest.approx(y + asked * down - 2, abs=1.1)
    assert band["height"] == pytest.approx(down + 4, abs=1.1)
    assert band["width"] == pytest.approx(wide + 4, abs=1.1)
    mark = face.locator(".count-mark").bounding_box()
    middle = [mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2]
    assert middle == pytest.approx(
        [x + (key + 0.5) * across, y + (asked + 0.5) * down], abs=0.6
    )
    cells = face.evaluate(CELLS)
    assert [len(row) for row in cells] == [len(keys)] * len(word)
    for q, row in enumerate(cells):
        for k, cell in enumerate(row):
            looks = name_of(keys, k, start)
            assert cell["label"] == (
                f"letter {q + 1}, {word[q]}, looks at {looks} "
                f"with {weights[q][k]:.2f}"
            )
            assert cell["stop"] == (q == asked and k == key)
            box = cell["box"]
            assert [box["x"], box["y"]] == pytest.approx(
                [x + k * across, y + q * down], abs=0.6
            )
    assert face.locator(".count-cell").text_content() == (
        f"letter {asked + 1}, {word[asked]}, looks at "
        f"{name_of(keys, key, start)} with {weights[asked][key]:.2f}"
    )
    assert face.get_by_role("radio", name=model, exact=True).is_checked()
    check_words(face, found, word, asked, start)


def name_of(keys, k, start):
    if start and k == 0:
        return "the start token"
    return f"letter {k + 1 - start}, {keys[k]},"


def check_words(face, found, word, asked, start):
    """What is said is what is drawn."""
    says, truth, row = found["says"], found["truth"], found["weights"][asked]
    own = word[asked]
    right = sum(a == b for a, b in zip(says, truth, strict=True))
    rest = sum(
        row[k + start].item() for k, each in enumerate(word) if each != own
    )
    looks = [f"at the start token with {row[0]:.2f}"] * start
    same = f"each {own}" if truth[asked] > 1 else "itself"
    looks.append(f"at {same} with {row[asked + start]:.2f}")
    if truth[asked] < len(word):
        looks.append(f"at the others with {rest:.2f} in all")
    looks = " and ".join([", ".join(looks[:-1]), looks[-1]][len(looks) == 1 :])
    verdict = "right" if says[asked] == truth[asked] else "wrong"
    most = " It can say 12 at most." if truth[asked] > 12 else ""
    text = face.locator(".attn-readout").text_content()
    assert text == (
        f"Counted right: {right} of {len(word)} letters. The word has "
        f"{truth[asked]} of {own}; the model says {says[asked]}: {verdict}."
        f"{most} {own} looks {looks}."
    )
    label = face.locator(".attn-picture").get_attribute("aria-label")
    assert label == text


STATES = [
    {"model": "start token", "word": "mississippi", "place": 2},
    {"model": "none", "word": "ab", "place": 15},
    {"model": "none", "word": "a", "place": 0},
    {"model": "start token", "word": "z", "place": 4},
    {"model": "start token", "word": "aaaaaaaaaaaaabbb", "place": 9},
    {"model": "none", "word": LONG, "place": 15},
    {"model": "start token", "word": "qrstuvwxyzqrstuv", "place": 8},
    {"model": "none", "word": "aabb", "place": 1},
]


@pytest.mark.parametrize("window", [320, 620, 1280])
@pytest.mark.parametrize("seed", range(2))
def test_the_picture_is_what_the_package_says(opened, watch, seed, window):
    watched = watch(viewport={"width": window, "height": 900})
    widget, page, face = opened(watched=watched, seed=seed)
    for state in STATES:
        python_sets(page, widget, **state)
        check_picture(face, widget, **state)


@pytest.mark.parametrize("right", [True, False])
def test_right_and_wrong_are_marked_in_shape_and_words(watch, bare, right):
    models = {"one": taught(True, 3)}
    with torch.no_grad():
        models["one"].read_out.bias[2 if right else 5] += 100
    widget = LetterCounts(models, word="abba")
    _, face = alive(bare, watch(), widget)
    tiles = face.evaluate(TILES)
    assert {tile["says"] for tile in tiles} == {"2" if right else "5"}
    assert {tile["truth"] for tile in tiles} == {"✓" if right else "is 2"}
    assert {tile["dashed"] for tile in tiles} == {not right}
    text = face.locator(".attn-readout").text_content()
    count = 4 if right else 0
    assert text.startswith(f"Counted right: {count} of 4 letters.")


def now(word, model="start token", place=0):
    return {"model": model, "word": word, "place": place}


def line(face):
    return face.get_by_role("textbox", name="a word")


def line_in(opened):
    """The line, its notice, and what compares the picture with the package."""

    def check(face, widget, word):
        check_picture(face, widget, **now(word))

    return line_of(opened, line, "count", "word", check)


def test_a_word_is_typed_letter_by_letter(opened):
    line = line_in(opened())
    assert line.box.input_value() == "mississippi"
    hold_letter_by_letter(line.box, line.held, line.check, "book", "book")
    hold_told(line, "")


@pytest.mark.parametrize(
    ("typed", "word", "words"),
    [
        ("Anna", "anna", ""),
        ("na\u00efve", "nave", "reads a to z. Left out: \u00ef"),
        ("a b", "ab", "Left out: the space"),
        ("a1b2-c!d?", "abcd", "Left out: 1 2 - ! …"),
        ("hi 世界", "hi", "Left out: the space 世 界"),
        (LONG + "xyz", LONG, "takes 16 letters; the rest is left out."),
        ("", "ab", "No letter: it still counts “ab”."),
        ("123", "ab", "No letter"),
    ],
)
def test_what_the_model_lacks_is_left_out_with_a_word_about_it(
    opened, typed, word, words
):
    _, page, face = shown = opened(word="ab")
    line = line_in(shown)
    hold_left_out(line, typed, word, words)
    face.get_by_role("button", name="banana").click()
    frames(page)
    assert line.box.input_value() == "banana"
    hold_told(line, "")


@pytest.mark.parametrize("name", ["Reset", "ab"])
def test_another_state_rewrites_the_line_even_for_the_same_word(opened, name):
    _, _, face = shown = opened(word="ab")
    button = face.get_by_role("button", name=name, exact=True)
    hold_rewritten(line_in(shown), "a?b", "ab", button)


def test_a_word_from_a_link_is_read_as_if_it_were_typed(opened):
    words = ["Left out: . the space 7 !", "still counts “no”"]
    hold_read_when_set(line_in(opened()), "No. 7!", "no", *words)


def test_examples_are_buttons(opened):
    widget, page, face = opened(examples=["noon", "zzz"])
    for word in ("zzz", "noon"):
        face.get_by_role("button", name=word, exact=True).click()
        frames(page)
        assert held_by(page, widget, "word") == word
        check_picture(face, widget, **now(word))
    _, _, other = opened(examples=[])
    assert other.locator(".count-example").count() == 0


def test_a_letter_is_asked_about_by_click_and_by_key(opened):
    widget, page, face = opened(word="banana")
    face.locator(".count-tile").nth(4).click()
    frames(page)
    check_picture(face, widget, **now("banana", place=4))
    for key, place in (
        ("ArrowRight", 5),
        ("ArrowRight", 5),
        ("Home", 0),
        ("ArrowLeft", 0),
        ("End", 5),
        ("ArrowLeft", 4),
    ):
        page.keyboard.press(key)
        frames(page)
        assert held_by(page, widget, "place") == place
        focus = face.locator(".count-tile:focus")
        label = focus.get_attribute("aria-label")
        assert label.startswith(f"letter {place + 1}, ")
    check_picture(face, widget, **now("banana", place=4))


def test_every_cell_is_reached_by_keys_and_read_out(opened):
    widget, page, face = opened(word="noon", place=1)
    face.locator(".count-box[tabindex='0']").focus()
    for key, place, k in (
        ("ArrowRight", 1, 1),
        ("ArrowDown", 2, 1),
        ("End", 2, 4),
        ("ArrowRight", 2, 4),
        ("ArrowUp", 1, 4),
        ("ArrowLeft", 1, 3),
        ("Home", 1, 0),
        ("ArrowLeft", 1, 0),
    ):
        page.keyboard.press(key)
        frames(page)
        check_picture(face, widget, **now("noon", place=place), key=k)
        label = face.locator(".count-box:focus").get_attribute("aria-label")
        assert label.startswith(f"letter {place + 1}, ")
    for _ in range(2):  # two keys in one frame
        page.keyboard.press("ArrowRight")
    frames(page)
    check_picture(face, widget, **now("noon", place=1), key=2)


def test_who_stands_in_the_map_stays_in_it_when_the_word_is_another(opened):
    widget, page, face = opened(word="noon", place=3)
    face.locator(".count-box[tabindex='0']").focus()
    page.keyboard.press("End")
    frames(page)
    python_sets(page, widget, word="ab")
    assert face.locator(".count-box:focus").count() == 1
    label = face.locator(".count-box:focus").get_attribute("aria-label")
    assert label.startswith("letter 2, b, looks at letter 2, b,")
    check_picture(face, widget, **now("ab", place=3), key=2)


@pytest.mark.parametrize("how", ["hover", "tap"])
def test_the_cell_under_the_pointer_is_read_out(opened, watch, how):
    watched = watch(has_touch=True, viewport={"width": 360, "height": 900})
    widget, page, face = opened(watched=watched, word="noon")
    face.locator(".count-map").scroll_into_view_if_needed()
    for q, k in ((3, 4), (0, 0), (2, 1)):
        box = face.locator(".count-map").bounding_box()
        at = (
            box["x"] + (k + 0.5) * box["width"] / 5,
            box["y"] + (q + 0.5) * box["height"] / 4,
        )
        if how == "hover":
            page.mouse.move(*at)
        else:
            page.touchscreen.tap(*at)
        frames(page)
        assert held_by(page, widget, "place") == q
        check_picture(face, widget, **now("noon", place=q), key=k)


def test_the_models_are_exchanged(opened):
    widget, page, face = opened(word="aabb", place=3)
    for name in ("none", "start token"):
        face.get_by_role("radio", name=name, exact=True).check()
        frames(page)
        assert held_by(page, widget, "model") == name
        check_picture(face, widget, **now("aabb", name, 3))


def test_without_a_start_token_ab_and_aabb_get_the_same_answers(opened):
    widget, page, face = opened(model="none")
    answers = set()
    for word in ("ab", "aabb", "abababab"):
        python_sets(page, widget, word=word)
        tiles = face.evaluate(TILES)
        answers |= {(tile["letter"], tile["says"]) for tile in tiles}
    assert len(answers) == 2


def test_reset_brings_everything_back(opened):
    first = now("noon", "none", 2)
    widget, page, face = opened(**first)
    face.locator(".count-box[tabindex='0']").focus()
    page.keyboard.press("End")
    face.get_by_role("radio", name="start token").check()
    line(face).fill("a?")
    frames(page)
    assert held_by(page, widget, "model", "word") == ["start token", "a"]
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert held_by(page, widget, *first) == [*first.values()]
    check_picture(face, widget, **first)
    assert line(face).input_value() == "noon"


def test_the_count_is_spoken_once_the_hand_rests(opened):
    _, page, face = opened()
    face.get_by_role("button", name="banana").click()
    page.wait_for_timeout(700)
    text = face.locator(".attn-readout").text_content()
    assert face.locator(".attn-spoken").text_content() == text


def test_a_link_sets_every_trait(opened_with_a_link):
    widget = made()
    goals = {"model": "none", "word": "noon", "place": 2}
    page, face = opened_with_a_link(widget, goals)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(600)
        assert held_by(page, widget, *goals) == [*goals.values()]
        check_picture(face, widget, **goals)
        face.get_by_role("button", name="aabb").click()
        face.get_by_role("radio", name="start token").check()


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    widget = made()
    picture = tied_to(widget)
    found = ties.settings("model=start%20token&word=aabb&place=3", picture)
    assert found == {"model": "start token", "word": "aabb", "place": 3}
    for wrong in ("place=16", "model=both"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


@pytest.mark.parametrize("width", [280, 320, 360, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    heights, maps = set(), set()
    for model in NAMES:
        for word in ("a", "ab", "mississippi", "a" * 13 + "bcd", LONG):
            for place in (0, 15):
                python_sets(page, widget, model=model, word=word, place=place)
                heights.add(face.bounding_box()["height"])
                maps.add(face.locator(".count-board").bounding_box()["y"])
    line(face).fill("1 2 3 4 5 6")
    frames(page)
    line(face).fill("ab" + "世界 1 2 3 4")
    frames(page)
    heights.add(face.bounding_box()["height"])
    maps.add(face.locator(".count-board").bounding_box()["y"])
    assert len(maps) == 1
    hold_height(widget, page, heights)


@pytest.mark.parametrize("width", [280, 320, 430, 620, 1440])
def test_no_words_touch_others_or_leave_the_widget(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    for word in ("a" * 13 + "mmm", "w" * 16, "ab"):
        python_sets(page, widget, word=word)
        boxes = written_in(
            face.locator(
                ".attn-picture text, .count-letter, .count-says, .count-truth, .count-title, .count-cell, .count-scale"
            )
        )
        hold_apart(face, boxes)


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part in ("query", "key", "weight", "answer"):
        assert part in widget.parts
        assert face.locator(f"[data-show={part}]").count() == 1


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(theme, watched=watched)
    for word in ("ab", LONG):
        python_sets(page, widget, word=word)
        assert_no_violation(page)
    assert_can_be_hit(face.locator("button, .attn-chip, input[type=text]"))


def test_the_map_is_painted_anew_where_the_page_turns_dark(opened):
    _, page, face = opened()
    light = face.locator(".count-map").evaluate(MAP)["ink"]
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    frames(page)
    dark = face.locator(".count-map").evaluate(MAP)["ink"]
    assert sum(dark) > sum(light) + 60


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(watched=watch(forced_colors="active"))
    assert_drawn(
        face, stroke="count-band count-mark", fill="count-query count-key"
    )
    asked = face.locator(".count-asked").first
    assert asked.evaluate(PAINT, "borderTopWidth") == "3px"


def test_the_state_is_small():
    assert len(made().weights) < 42_000
