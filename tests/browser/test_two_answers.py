"""Two names and the heads that answer them: what is drawn is what the package computes."""

import base64

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
    hold_apart,
    hold_height,
    python_sets,
    tied_to,
    tools_in,
    written_in,
)
from extensions import load
from test_digit_recall import held_by
from torch import nn
from torch.nn.functional import normalize, one_hot

from attn_utils.recipes.two_names import TwoNames
from attn_utils.widgets import TwoAnswers

MATHS = "two_answers/two_answers_math.js"
WIDGET = "two_answers/two_answers.js"
HEADS = {"one head": 1, "two heads": 2, "four heads": 4, "hidden": 2}
LETTERS = "ABCDEFGH"
HINT = "take four heads and switch them off, one by one."


def taught(num_heads, seed, hidden_dim=None):
    """A model with opinions, as the page holds it: in half precision."""
    torch.manual_seed(seed)
    model = TwoNames(num_heads, hidden_dim=hidden_dim).eval()
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.6)
    return model.half().float()


def people(seed=0):
    """Ids of length 1 in half precision, and classes of which each is there."""
    generator = torch.Generator().manual_seed(seed)
    ids = normalize(torch.randn(12, 16, generator=generator), dim=-1)
    classes = torch.randperm(12, generator=generator) % 8
    return ids.half().float(), classes


def made(seed=0, **traits):
    """Four models: one head, two, four, and two with a hidden layer."""
    models = {
        name: taught(heads, 10 * seed + n, 7 if name == "hidden" else None)
        for n, (name, heads) in enumerate(HEADS.items())
    }
    given = {"hint": HINT, "first": 2, "second": 9} | traits
    widget = TwoAnswers(models, people(seed), **given)
    widget.taught, widget.given = models, people(seed)
    return widget


@torch.no_grad()
def by_torch(widget, model, first, second, off="none"):
    """The weights of every head, both rows of odds, answers and truths."""
    module, (ids, classes) = widget.taught[model], widget.given
    active = [str(h + 1) not in off for h in range(HEADS[model])]
    module.switch_heads(torch.tensor(active))
    query = torch.cat([ids[first], ids[second]]).view(1, 1, -1)
    value = one_hot(classes, 8).float()
    logits, weights = module(query, ids.unsqueeze(0), value.unsqueeze(0))
    module.switch_heads(None)
    odds = logits[0].softmax(-1)
    return {
        "weights": weights[0],
        "active": active,
        "odds": odds,
        "answers": odds.argmax(-1).tolist(),
        "truths": classes[[first, second]].tolist(),
    }


ARITHMETIC = """
async ([bytes, shapes, classes, counts, asked]) => {
  const { unpack } = await import("./parts/weights.js");
  const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  const { ids, ...models } = unpack(new DataView(raw.buffer), shapes);
  const { answerBoth, largest } = await import("./two_answers/two_answers_math.js");
  return asked.map(([n, named, active]) => {
    const { weights, odds } = answerBoth(models[n], ids, classes, named, counts[n], active);
    return { weights, odds, answers: odds.map(largest) };
  });
}
"""


def test_on_two_hundred_questions_the_page_answers_as_torch_does(modules):
    generator = torch.Generator().manual_seed(5)

    def drawn(most):
        return torch.randint(most, (), generator=generator).item()

    count = 0
    for seed in range(5):
        widget = made(seed)
        asked, expected = [], []
        for _ in range(40):
            n, named = drawn(4), [drawn(12), drawn(12)]
            name = widget.names[n]
            off = "+".join(
                str(h + 1) for h in range(HEADS[name]) if drawn(3) == 0
            )
            found = by_torch(widget, name, *named, off or "none")
            asked.append([n, named, found["active"]])
            expected.append(found)
        got = modules.evaluate(
            ARITHMETIC,
            [
                base64.b64encode(widget.weights).decode(),
                widget.shapes,
                widget.classes,
                widget.heads,
                asked,
            ],
        )
        for page, package in zip(got, expected, strict=True):
            for part in ("weights", "odds"):
                numbers = torch.tensor(page[part])
                assert numbers.shape == package[part].shape
                assert torch.allclose(numbers, package[part], atol=1e-4, rtol=0)
            assert page["answers"] == package["answers"]
            count += 1
    assert count == 200


@pytest.mark.parametrize(
    ("off", "active"),
    [
        ("none", [True, True, True]),
        ("2", [True, False, True]),
        ("1+3", [False, True, False]),
        ("1+2+3", [False, False, False]),
    ],
)
def test_heads_that_are_off_are_counted_from_one(modules, off, active):
    assert call(modules, WIDGET, "activeHeads", off, 3) == active
    assert call(modules, WIDGET, "offWord", active) == off


def test_a_head_that_a_model_lacks_cannot_be_switched_off(modules):
    assert call(modules, WIDGET, "activeHeads", "2+4", 2) == [True, False]


def test_every_two_different_people_can_be_drawn(modules):
    drawn = [
        tuple(call(modules, WIDGET, "twoOf", 3, one, other))
        for one in (0.0, 0.34, 0.9999)
        for other in (0.0, 0.4999, 0.5, 0.9999)
    ]
    assert drawn == [
        *((0, 1), (0, 1), (0, 2), (0, 2)),
        *((1, 0), (1, 0), (1, 2), (1, 2)),
        *((2, 0), (2, 0), (2, 1), (2, 1)),
    ]


def picker(face, name):
    return face.get_by_role("combobox", name=name, exact=True)


def texts(face, part):
    return face.locator(part).all_text_contents()


ROWS = """
(face) => [...face.querySelectorAll(".two-row")].filter((row) => row.getAttribute("visibility") === "visible").map((row) => ({
  off: row.classList.contains("two-off"),
  hatched: row.querySelector(".two-hatch").getAttribute("d") !== "",
  shades: [...row.querySelectorAll(".two-cell")].map((cell) => Number(cell.getAttribute("fill-opacity"))),
  boxes: [...row.querySelectorAll(".two-cell")].map((cell) => cell.getBoundingClientRect().toJSON()),
}))
"""
BARS = """
(group) => [...group.querySelectorAll(".two-bar")].map((bar) => ({
  high: bar.height.baseVal.value, foot: bar.y.baseVal.value + bar.height.baseVal.value,
  best: bar.classList.contains("two-best"), middle: bar.x.baseVal.value + bar.width.baseVal.value / 2,
}))
"""


def check_picture(face, widget, model, first, second, off):
    """Everything that is drawn is what the package says."""
    found = by_torch(widget, model, first, second, off)
    classes = widget.classes
    named = [first, second]

    # The people, and who of them is asked for.
    names = face.locator(".two-name")
    assert names.all_text_contents() == widget.people
    assert texts(face, ".two-held") == [LETTERS[each] for each in classes]
    holders = [
        box["x"] + box["width"] / 2
        for box in (n.bounding_box() for n in face.locator(".two-held").all())
    ]
    assert texts(face, ".two-mark") == ["1st", "2nd"]
    for part in (".two-mark", ".two-frame"):
        for node, i in zip(face.locator(part).all(), named, strict=True):
            box = node.bounding_box()
            middle = box["x"] + box["width"] / 2
            assert middle == pytest.approx(holders[i], abs=1.1)

    # The heads: one row each, of one height, which together fill one room.
    rows = face.evaluate(ROWS)
    assert len(rows) == HEADS[model]
    switches = [
        box for box in face.get_by_role("checkbox").all() if box.is_visible()
    ]
    assert len(switches) == len(rows)
    for h, (row, box) in enumerate(zip(rows, switches, strict=True)):
        expected = found["weights"][h].sqrt().tolist()
        assert row["shades"] == pytest.approx(expected, abs=2e-3)
        assert row["off"] == row["hatched"] == (not found["active"][h])
        assert box.is_checked() == found["active"][h]
        assert len({cell["y"] for cell in row["boxes"]}) == 1
        for cell, middle in zip(row["boxes"], holders, strict=True):
            assert cell["x"] + cell["width"] / 2 == pytest.approx(
                middle, abs=1.1
            )
        at = box.bounding_box()
        cell = row["boxes"][0]
        assert at["y"] + at["height"] / 2 == pytest.approx(
            cell["y"] + cell["height"] / 2, abs=2
        )
    tall = sum(row["boxes"][0]["height"] + 2 for row in rows)
    assert tall == pytest.approx(34 * max(widget.heads), abs=0.2)

    # The answers.
    for n, group in enumerate(face.locator("g[data-show=answer]").all()):
        answer, truth = found["answers"][n], found["truths"][n]
        bars = group.evaluate(BARS)
        assert len({round(bar["foot"], 1) for bar in bars}) == 1
        odds = found["odds"][n].tolist()
        for k, bar in enumerate(bars):
            assert bar["high"] == pytest.approx(72 * odds[k], abs=0.03)
            assert bar["best"] == (k == answer)
        ring = float(group.locator(".two-truth").get_attribute("cx"))
        assert ring == pytest.approx(bars[truth]["middle"], abs=0.02)
        place = ["1st", "2nd"][n]
        title = f"{place}: {widget.people[named[n]]}"
        assert texts(group, ".two-title") == [title]
        assert texts(group, ".two-answer") == [LETTERS[answer]]
        assert texts(group, ".two-letter") == [*LETTERS]
        shown = float(group.locator(".two-odds").text_content())
        assert shown == pytest.approx(odds[answer], abs=0.0051)
        wrong = f"wrong: {LETTERS[truth]}"
        verdict = "right" if answer == truth else wrong
        assert texts(group, ".two-verdict") == [verdict]

    # The controls.
    assert face.get_by_role("radio", name=model, exact=True).is_checked()
    assert [
        picker(face, name).input_value() for name in ("first", "second")
    ] == [str(first), str(second)]
    check_words(face, widget, found, named)


def check_words(face, widget, found, named):
    """What is said is what is drawn."""
    heads = []
    for h, row in enumerate(found["weights"]):
        if not found["active"][h]:
            heads.append(f"head {h + 1} is off")
            continue
        best = row.argmax().item()
        heads.append(
            f"head {h + 1} looks most at {widget.people[best]} ({row[best]:.2f})"
        )
    answers = []
    for n, verb in enumerate(("it answers ", "")):
        answer, truth = found["answers"][n], found["truths"][n]
        end = (
            "which is right"
            if answer == truth
            else f"but it is {LETTERS[truth]}"
        )
        answers.append(
            f"{widget.people[named[n]]} {verb}{LETTERS[answer]} "
            f"({found['odds'][n][answer]:.2f}), {end}"
        )
    expected = f"{', '.join(heads)}. On {'; on '.join(answers)}."
    expected = expected[0].upper() + expected[1:]
    if named[0] == named[1]:
        expected += " In no lesson was one person named twice."
    text = face.locator(".attn-readout").text_content()
    assert text == expected
    label = face.locator(".attn-picture").get_attribute("aria-label")
    assert label == text


STATES = [
    {"model": "one head", "first": 0, "second": 11, "off": "none"},
    {"model": "four heads", "first": 4, "second": 5, "off": "2+3"},
    {"model": "two heads", "first": 11, "second": 0, "off": "1"},
    {"model": "hidden", "first": 3, "second": 8, "off": "none"},
    {"model": "one head", "first": 6, "second": 2, "off": "1"},
    {"model": "four heads", "first": 7, "second": 7, "off": "none"},
    {"model": "two heads", "first": 1, "second": 10, "off": "1+4"},
    {"model": "hidden", "first": 9, "second": 6, "off": "1+2"},
]


@pytest.mark.parametrize("window", [320, 620, 1280])
@pytest.mark.parametrize("seed", range(2))
def test_the_picture_is_what_the_package_says(opened, watch, seed, window):
    watched = watch(
        viewport={"width": window, "height": 900}, reduced_motion="reduce"
    )
    widget, page, face = opened(watched=watched, seed=seed)
    said = set()
    for state in STATES:
        python_sets(page, widget, **state)
        check_picture(face, widget, **state)
        said |= set(texts(face, ".two-verdict"))
    assert len(said) > 3, "right and wrong"


def press(page, face, name):
    face.get_by_role("button", name=name).click()
    frames(page)


FOUR = {"model": "four heads", "first": 2, "second": 9, "off": "none"}


def test_heads_go_off_and_on_by_click_and_by_key(opened):
    widget, page, face = opened(**FOUR)
    for head, off in ((3, "3"), (1, "1+3"), (4, "1+3+4"), (3, "1+4")):
        face.locator(".two-switch").nth(head - 1).click()
        frames(page)
        assert held_by(page, widget, "off") == off
        check_picture(face, widget, **FOUR | {"off": off})
    face.get_by_label("head 2 speaks").focus()
    page.keyboard.press("Space")
    frames(page)
    check_picture(face, widget, **FOUR | {"off": "1+2+4"})


def test_another_model_has_all_its_heads_on(opened):
    widget, page, face = opened(**FOUR | {"off": "1+2"})
    face.get_by_role("radio", name="four heads").focus()
    page.keyboard.press("ArrowLeft")
    frames(page)
    assert held_by(page, widget, "model", "off") == ["two heads", "none"]
    now = FOUR | {"model": "two heads"}
    check_picture(face, widget, **now)
    face.locator(".attn-chip", has_text="one head").click()
    frames(page)
    check_picture(face, widget, **now | {"model": "one head"})


def test_a_head_that_the_model_lacks_is_forgotten_with_the_next_switch(opened):
    now = {"model": "two heads", "first": 2, "second": 9, "off": "3"}
    widget, page, face = opened(**now)
    check_picture(face, widget, **now)
    face.get_by_label("head 2 speaks").uncheck()
    frames(page)
    assert held_by(page, widget, "off") == "2"


def test_people_are_chosen_swapped_and_drawn(opened):
    widget, page, face = opened(**FOUR)
    picker(face, "first").select_option("Hana")
    picker(face, "second").select_option("Ben")
    frames(page)
    assert held_by(page, widget, "first", "second") == [7, 1]
    check_picture(face, widget, **FOUR | {"first": 7, "second": 1})
    press(page, face, "swap")
    assert held_by(page, widget, "first", "second") == [1, 7]
    check_picture(face, widget, **FOUR | {"first": 1, "second": 7})
    page.evaluate(
        "() => { const all = [0.99, 0.3]; Math.random = () => all.shift(); }"
    )
    press(page, face, "two at random")
    assert held_by(page, widget, "first", "second") == [11, 3]
    check_picture(face, widget, **FOUR | {"first": 11, "second": 3})


def test_reset_brings_everything_back(opened):
    first = FOUR | {"off": "2", "second": 5}
    widget, page, face = opened(**first)
    press(page, face, "swap")
    face.get_by_role("radio", name="hidden").check()
    face.get_by_label("head 1 speaks").uncheck()
    frames(page)
    assert held_by(page, widget, *first) == ["hidden", 5, 2, "1"]
    press(page, face, "Reset")
    assert held_by(page, widget, *first) == [*first.values()]
    check_picture(face, widget, **first)


def test_the_answers_are_spoken_once_the_hand_rests(opened):
    _, page, face = opened(**FOUR)
    press(page, face, "swap")
    page.wait_for_timeout(700)
    text = face.locator(".attn-readout").text_content()
    assert face.locator(".attn-spoken").text_content() == text


def test_marks_that_would_touch_stand_on_two_lines(opened, watch):
    watched = watch(viewport={"width": 320, "height": 900})
    widget, page, face = opened(watched=watched)
    for first, second, lines in ((4, 5, 2), (5, 4, 2), (6, 6, 2), (2, 9, 1)):
        python_sets(page, widget, first=first, second=second)
        boxes = [
            mark.bounding_box() for mark in face.locator(".two-mark").all()
        ]
        assert len({box["y"] for box in boxes}) == lines
        if lines == 2:
            assert boxes[0]["y"] + 12 <= boxes[1]["y"]
        assert boxes[0]["y"] >= face.bounding_box()["y"]


def test_a_link_sets_every_trait(opened_with_a_link):
    widget = made()
    goals = {"model": "four heads", "first": 9, "second": 0, "off": "1+4"}
    page, face = opened_with_a_link(widget, goals)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(600)
        assert held_by(page, widget, *goals) == [*goals.values()]
        check_picture(face, widget, **goals)
        press(page, face, "swap")
        face.get_by_role("radio", name="one head").check()


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    widget = made()
    picture = tied_to(widget)
    found = ties.settings(
        "model=two%20heads&first=3&second=11&off=1+2", picture
    )
    assert found == {
        "model": "two heads",
        "first": 3,
        "second": 11,
        "off": "1+2",
    }
    for wrong in ("first=12", "off=5", "off=2+1", "model=three heads"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)
    # The numbers in a link's text are those of its target.
    ties.check_numbers("without heads 1 and 2", "off=1+2")
    with pytest.raises(ties.TieError, match="3"):
        ties.check_numbers("without head 3", "off=1+2")


@pytest.mark.parametrize("width", [320, 360, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    heights, scales = set(), set()
    for model in HEADS:
        for first, second in ((2, 5), (9, 9), (5, 11)):
            python_sets(page, widget, model=model, first=first, second=second)
            heights.add(face.bounding_box()["height"])
            scales.add(face.locator(".two-scale").bounding_box()["y"])
    assert len(scales) == 1
    hold_height(widget, page, heights)


@pytest.mark.parametrize("width", [320, 360, 620, 800, 1440])
def test_no_words_touch_others_or_leave_the_picture(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    long = ["Veronica", *(f"Person{n:02}" for n in range(11))]
    for traits in ({}, {"people": long}):
        _, _, face = opened(watched=watched, **FOUR | traits)
        boxes = written_in(face.locator(".attn-picture text"))
        boxes += tools_in(face.locator(".two-switch:not([hidden]), .two-scale"))
        hold_apart(face, boxes, right=16)


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part, name in (
        ("query", "1st"),
        ("key", "Ada"),
        ("value", "holds"),
        ("weight", "head"),
        ("answer", "2nd: Jack"),
    ):
        assert part in widget.parts
        group = face.locator(f"g[data-show={part}]")
        assert group.filter(has_text=name).count() == 1


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(theme, watched=watched)
    for model in ("one head", "four heads"):
        python_sets(page, widget, model=model, off="1")
        assert_no_violation(page)
    assert_can_be_hit(face.locator(".two-switch, .attn-chip, select, button"))


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_where_less_motion_is_asked_for(opened, watch, motion):
    _, _, face = opened(watched=watch(reduced_motion=motion))
    for part in (".two-cell", ".two-bar"):
        lasts = face.locator(part).first.evaluate(
            "(node) => parseFloat(getComputedStyle(node).transitionDuration)"
        )
        assert (lasts == 0) == (motion == "reduce")


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(
        watched=watch(forced_colors="active"), **FOUR | {"off": "1"}
    )
    assert_drawn(
        face,
        stroke="two-frame two-hatch two-truth two-edge",
        fill="two-cell two-best two-name two-held two-mark",
    )


def test_the_state_is_small():
    assert len(made().weights) < 20_000
