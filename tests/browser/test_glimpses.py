"""Glimpses read softly or one at a time: what is drawn is what the package computes."""

import base64
import math

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
from test_digit_recall import (
    alphas,
    colour_at,
    held,
    held_by,
    pixels,
    role_colour,
)
from torch import nn

from attn_utils.recipes.glimpses import GlimpseReader, look
from attn_utils.widgets import Glimpses

MATHS = "glimpses/glimpses_math.js"
NAMES = ["taught soft", "taught hard"]
SCENES = 3
HINT = "raise the temperature. When does one look miss the digit?"


def taught(seed):
    """A reader with opinions, as the page holds it: in half precision."""
    torch.manual_seed(seed)
    reader = GlimpseReader().eval()
    for parameter in reader.parameters():
        nn.init.normal_(parameter, std=0.3)
    return reader.half().float()


def scenes(count=SCENES, seed=0):
    """Glimpses of random ink, labels and places."""
    generator = torch.Generator().manual_seed(seed)
    ink = torch.randint(0, 17, (count, 25, 8, 8), generator=generator) / 16
    labels = torch.randint(0, 10, (count,), generator=generator)
    # A place that is not its own mirror image in the grid.
    places = torch.tensor([7, 22, 3])[:count]
    return ink, labels, places


def made(seed=0, **traits):
    """Two readers and three scenes; the first reader answers some of them right."""
    readers = {name: taught(10 * seed + n) for n, name in enumerate(NAMES)}
    ink, labels, places = scenes(seed=seed)
    with torch.no_grad():
        digits = ink[torch.arange(2), places[:2]].flatten(1)
        labels[:2] = readers[NAMES[0]].classify(digits).argmax(-1)
    widget = Glimpses(
        readers, (ink, labels, places), **({"hint": HINT} | traits)
    )
    widget.taught = readers
    return widget


@torch.no_grad()
def by_torch(
    widget, reader, scene, temperature, mode="soft", chosen=-1, reveal=False
):
    """Weights, what is read, the answers, and what single looks may expect."""
    module = widget.taught[reader]
    ink = held(widget.glimpses).float()[25 * scene : 25 * (scene + 1)]
    label, place = widget.labels[scene], widget.places[scene]
    scores = module.scores(ink.unsqueeze(0)) / temperature
    soft = look(scores, ink.unsqueeze(0), None)
    weights = soft.weights[0, 0]
    read = soft.context[0, 0]
    if mode == "hard":
        read = None if chosen < 0 else ink[chosen].flatten()
    odds = None if read is None else module.classify(read).softmax(-1)
    right = module.classify(ink.flatten(1)).argmax(-1) == label
    return {
        "ink": ink,
        "weights": weights,
        "read": read,
        "odds": odds,
        "label": label,
        "place": place,
        "right": right,
        "expected": [weights[place].item(), weights[right].sum().item()],
    }


def close(got, expected, atol=1e-4):
    got = torch.as_tensor(got, dtype=torch.float64)
    expected = torch.as_tensor(expected, dtype=torch.float64)
    return got.shape == expected.shape and torch.allclose(
        got, expected, atol=atol, rtol=0
    )


ARITHMETIC = """
async ([bytes, shapes, glimpses, temperatures, chances]) => {
  const { unpack } = await import("./parts/weights.js");
  const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  const [reader] = Object.values(unpack(new DataView(raw.buffer), shapes));
  const js = await import("./glimpses/glimpses_math.js");
  const { readRows } = await import("./parts/attention.js");
  const scores = js.glimpseScores(reader, glimpses);
  return {
    scores,
    best: js.largest(scores),
    single: glimpses.map((glimpse) => js.classify(reader, glimpse)),
    answers: glimpses.map((glimpse) => js.largest(js.classify(reader, glimpse))),
    soft: temperatures.map((temperature) => {
      const weights = js.weigh(scores, temperature);
      const read = readRows(weights, glimpses);
      return [weights, read, js.classify(reader, read), chances.map((chance) => js.drawOne(weights, chance))];
    }),
  };
}
"""


@torch.no_grad()
def test_on_two_hundred_glimpses_the_page_answers_as_torch_does(modules):
    temperatures = [0.05, 1.0, 3.7, 20.0]
    for seed in range(8):
        reader = taught(100 + seed)
        ink = scenes(1, seed)[0]
        chances = torch.rand(
            25, generator=torch.Generator().manual_seed(seed)
        ).tolist()
        rows = ink[0].flatten(1)
        one = Glimpses({"one": reader}, scenes(1, seed))
        weights = base64.b64encode(one.weights).decode()
        got = modules.evaluate(
            ARITHMETIC,
            [weights, one.shapes, rows.tolist(), temperatures, chances],
        )
        scores = reader.scores(ink)
        assert close(got["scores"], scores[0, 0])
        assert got["best"] == scores.argmax().item()
        single = reader.classify(rows)
        assert close(got["single"], single.softmax(-1))
        assert got["answers"] == single.argmax(-1).tolist()
        for soft, temperature in zip(got["soft"], temperatures, strict=True):
            read = look(scores / temperature, ink, None)
            weights = read.weights[0, 0]
            assert close(soft[0], weights)
            assert close(soft[1], read.context[0, 0])
            odds = reader.classify(read.context[0, 0]).softmax(-1)
            assert close(soft[2], odds)
            edges = weights.double().cumsum(0)
            drawn = torch.searchsorted(edges, torch.tensor(chances).double())
            assert soft[3] == drawn.tolist()


def test_each_glimpse_is_drawn_as_often_as_it_weighs(modules):
    weights = [0.0, 0.25, 0.0, 0.5, 0.25, 0.0]
    for chance, place in (
        *((0.0, 1), (0.2499, 1), (0.25, 3), (0.7499, 3)),
        *((0.75, 4), (0.9999, 4), (1.0, 4)),
    ):
        assert call(modules, MATHS, "drawOne", weights, chance) == place


def test_a_share_adds_the_weights_of_those_of_which_it_holds(modules):
    weights = [0.125, 0.5, 0.25, 0.125]
    holds = [True, False, True, False]
    assert call(modules, MATHS, "shareOf", weights, holds) == 0.375


@torch.no_grad()
def test_cold_is_the_best_glimpse_and_hot_is_almost_the_mean(modules):
    reader, ink = taught(5), scenes(1)[0]
    rows = ink[0].flatten(1)
    scores = reader.scores(ink)[0, 0]
    cold = call(modules, MATHS, "weigh", scores.tolist(), 0.05)
    assert cold[scores.argmax()] > 0.99
    hot = call(modules, MATHS, "weigh", (scores / 50).tolist(), 20)
    read = call(modules, "parts/attention.js", "readRows", hot, rows.tolist())
    assert close(read, rows.mean(0), atol=0.02)


def number_in(face, part):
    return float(face.locator(part).text_content())


def length(face, part):
    """How long each of these lines is, along its one way."""
    found = face.locator(part).evaluate_all(
        "(all) => all.map((n) => n.getAttribute('d').match(/^M([-\\d.]+) ([-\\d.]+)[hv]([-\\d.]+)$/).slice(1).map(Number))"
    )
    return found


def check_picture(face, widget, tally=(0, 0, 0), **now):
    """Everything that is drawn is what the package says."""
    found = by_torch(widget, **now)
    near = {"atol": 1.6 / 255, "rtol": 0}
    weights, odds = found["weights"].double(), found["odds"]

    # The glimpses: a tile is lit by its weight, and every cell has its ink.
    wall = alphas(face, ".glimpse-wall")
    pitch = wall.shape[0] // 5
    assert wall.shape == (5 * pitch, 5 * pitch)
    dense = face.evaluate("() => devicePixelRatio")
    cell = math.floor((pitch - 4 * dense) / 8)
    inset = (pitch - 8 * cell) // 2
    for i in range(25):
        y, x = (i // 5) * pitch, (i % 5) * pitch
        lit = weights[i].sqrt()
        assert wall[y, x].item() == pytest.approx(lit.item(), abs=1.6 / 255)
        assert wall[y + pitch - 1, x] == wall[y, x + pitch - 1] == 0
        middles = torch.arange(8) * cell + inset + cell // 2
        got = wall[y + middles][:, x + middles]
        ink = found["ink"][i].double() * (1.0 if lit > 0.5 else 0.4)
        assert torch.allclose(got, ink + lit * (1 - ink), **near)
        edges = wall[y + middles - cell // 2][:, x + middles - cell // 2]
        assert torch.allclose(edges, got, **near), "sharp"

    # The marks.
    box = face.locator(".glimpse-wall").bounding_box()
    chosen = now["chosen"] if now["mode"] == "hard" else -1
    marked = found["place"] if now["reveal"] else -1
    for mark, place in (("chosen", chosen), ("found", marked)):
        node = face.locator(f".glimpse-{mark}")
        assert node.is_visible() == (place >= 0)
        if place >= 0:
            at = node.bounding_box()
            tile = box["width"] / 5
            for way, n in (("x", place % 5), ("y", place // 5)):
                length_ = at["width" if way == "x" else "height"]
                middle = box[way] + (n + 0.5) * tile
                assert at[way] + length_ / 2 == pytest.approx(middle, abs=1.1)
                assert tile - 1 <= length_ <= tile + 12
    text = face.locator(".attn-picture").text_content()
    assert ("solid: what is read" in text) == (chosen >= 0)
    assert ("dashed: the digit" in text) == (marked >= 0)

    # What is read, and what is answered.
    read = torch.zeros(64) if found["read"] is None else found["read"]
    assert torch.allclose(
        alphas(face, ".glimpse-read"), read.double().view(8, 8), **near
    )
    bars = face.locator(".glimpse-bar").evaluate_all(
        "(all) => all.map((n) => [n.height.baseVal.value, n.y.baseVal.value + n.height.baseVal.value,"
        " n.classList.contains('glimpse-best'), n.x.baseVal.value + n.width.baseVal.value / 2])"
    )
    assert len({round(bar[1], 1) for bar in bars}) == 1
    ring = face.locator(".glimpse-truth")
    assert float(ring.get_attribute("cx")) == pytest.approx(
        bars[found["label"]][3], abs=0.02
    )
    said = face.locator(".glimpse-value").text_content()
    if odds is None:
        assert said == "read: nothing yet"
        assert face.locator(".glimpse-answer").text_content() == "–"
        assert all(bar[0] == 0 and not bar[2] for bar in bars)
    else:
        soft = now["mode"] == "soft"
        assert said == ("read: the average" if soft else "read: one glimpse")
        answer = odds.argmax().item()
        assert number_in(face, ".glimpse-answer") == answer
        shown = number_in(face, ".glimpse-odds")
        assert shown == pytest.approx(odds[answer].item(), abs=0.0051)
        for digit, bar in enumerate(bars):
            expected = 56 * odds[digit].item()
            assert bar[0] == pytest.approx(expected, abs=0.02)
            assert bar[2] == (digit == answer)
        verdict = face.locator("g[data-show=answer]").text_content()
        wrong = answer != found["label"]
        assert ("wrong: it is a" in verdict) == wrong
    # Many single looks.
    for button in face.get_by_role("button", name="look ").all():
        assert button.is_disabled() == (now["mode"] == "soft")
    times, *counts = tally
    shares = [count / times if times else 0 for count in counts]
    tracks, made_, ticks = (
        length(face, f".glimpse-{name}")
        for name in ("track", "share", "expected")
    )
    for n, (x, y, long) in enumerate(tracks):
        assert made_[n] == pytest.approx([x, y, long * shares[n]], abs=0.02)
        place = x + long * found["expected"][n]
        assert ticks[n][0] == pytest.approx(place, abs=0.05)
    words = face.locator("g[data-show=looks]").text_content()
    assert f", {times} so far" in words


STATES = [
    {"mode": "soft", "temperature": 1.0, "scene": 0, "chosen": -1},
    {"mode": "soft", "temperature": 4.2, "scene": 2, "chosen": 6},
    {"mode": "hard", "temperature": 20.0, "scene": 1, "chosen": 13},
    {"mode": "hard", "temperature": 2.5, "scene": 0, "chosen": -1},
    {"mode": "hard", "temperature": 0.5, "scene": 2, "chosen": 24},
    {"mode": "hard", "temperature": 7.0, "scene": 1, "chosen": 22},
]


@pytest.mark.parametrize(("window", "dense"), [(360, 2), (1280, 1), (620, 1.5)])
@pytest.mark.parametrize("seed", range(2))
def test_the_picture_is_what_the_package_says(
    opened, watch, seed, window, dense
):
    watched = watch(
        viewport={"width": window, "height": 900}, device_scale_factor=dense
    )
    widget, page, face = opened(watched=watched, seed=seed)
    for n, state in enumerate(STATES):
        now = {"reader": NAMES[n % 2], "reveal": n % 3 == 0, **state}
        python_sets(page, widget, **now)
        check_picture(face, widget, **now)


def chances(page, numbers):
    """Let Math.random give these numbers, one after the other."""
    page.evaluate(
        "(all) => { Math.random = () => { if (!all.length) throw new Error('too often'); return all.shift(); }; }",
        numbers,
    )


def drawn_by(found, numbers):
    edges = found["weights"].double().cumsum(0)
    return torch.searchsorted(edges, torch.tensor(numbers).double()).tolist()


def counts(found, drawn):
    """How many looks, how many on the digit, how many answered right."""
    hits = sum(i == found["place"] for i in drawn)
    return len(drawn), hits, sum(found["right"][drawn].tolist())


def press(page, face, name):
    face.get_by_role("button", name=name).click()
    frames(page)


HARD = {
    "mode": "hard",
    "temperature": 6.0,
    "scene": 1,
    "reader": NAMES[0],
    "reveal": False,
}


def test_a_look_reads_one_glimpse_and_a_hundred_are_counted(opened):
    widget, page, face = opened(**HARD)
    found = by_torch(widget, **HARD)
    edges = found["weights"].double().cumsum(0).tolist()
    place = found["place"]
    generator = torch.Generator().manual_seed(1)
    many = torch.rand(100, generator=generator).tolist()
    onto = (edges[place - 1] + edges[place]) / 2
    beside = edges[0] / 2
    chances(page, [onto, beside, beside, *many])
    drawn = []
    for name, numbers in (
        ("look once", [onto]),
        ("look once", [beside]),
        ("look once", [beside]),
        ("look 100 times", many),
    ):
        press(page, face, name)
        drawn += drawn_by(found, numbers)
        assert held_by(page, widget, "chosen") == drawn[-1]
        now = HARD | {"chosen": drawn[-1]}
        tally = counts(found, drawn)
        check_picture(face, widget, tally=tally, **now)
        times, hits, right = tally
        text = face.locator(".attn-readout").text_content()
        looks = "look" if times == 1 else "looks"
        were = "was" if right == 1 else "were"
        hit, good = (f"{share:.2f}" for share in found["expected"])
        assert text.endswith(
            f"Of {times} {looks} {hits} hit the digit ({hit} expected), "
            f"{right} {were} answered right ({good})."
        )
    assert drawn[:3] == [place, 0, 0]
    assert 0 < hits < right or right < hits < 103
    assert 0 < right < 103


@pytest.mark.parametrize(
    "change", [{"temperature": 3.0}, {"scene": 0}, {"reader": NAMES[1]}]
)
def test_other_weights_begin_a_new_count(opened, change):
    widget, page, face = opened(**HARD)
    press(page, face, "look 100 times")
    assert ", 100 so far" in face.text_content()
    python_sets(page, widget, reveal=True)
    assert ", 100 so far" in face.text_content()
    chosen = held_by(page, widget, "chosen")
    python_sets(page, widget, **change)
    now = HARD | {"reveal": True, "chosen": chosen} | change
    check_picture(face, widget, **now)
    press(page, face, "look once")
    assert ", 1 so far" in face.text_content()


def test_the_next_scene_and_another_reader_have_been_read_by_nobody(opened):
    widget, page, face = opened(**HARD, chosen=5)
    for scene in (2, 0, 1):
        press(page, face, "next scene")
        assert held_by(page, widget, "scene", "chosen") == [scene, -1]
        check_picture(face, widget, **(HARD | {"scene": scene, "chosen": -1}))
        press(page, face, "look once")
        assert held_by(page, widget, "chosen") >= 0
    face.get_by_role("radio", name=NAMES[1]).check()
    frames(page)
    assert held_by(page, widget, "reader", "chosen") == [NAMES[1], -1]
    other = {"reader": NAMES[1], "chosen": -1}
    check_picture(face, widget, **(HARD | other))


def test_soft_and_hard_are_chosen_by_key_and_by_click(opened):
    widget, page, face = opened(temperature=3.0)
    now = {"reader": NAMES[0], "scene": 0, "temperature": 3.0, "reveal": False}
    face.get_by_role("radio", name="soft", exact=True).focus()
    page.keyboard.press("ArrowRight")
    frames(page)
    assert held_by(page, widget, "mode") == "hard"
    check_picture(face, widget, mode="hard", chosen=-1, **now)
    face.locator(".attn-chip", has_text="soft").first.click()
    frames(page)
    check_picture(face, widget, mode="soft", **now, chosen=-1)


def test_the_digit_is_marked_once_it_is_asked_for(opened):
    widget, page, face = opened()
    box = face.get_by_role("checkbox", name="show the digit")
    assert not box.is_checked()
    box.focus()
    page.keyboard.press("Space")
    frames(page)
    assert held_by(page, widget, "reveal") is True
    assert face.locator(".glimpse-found").is_visible()
    box.uncheck()
    frames(page)
    assert not face.locator(".glimpse-found").is_visible()


def test_reset_brings_all_back_and_forgets_the_looks(opened):
    first = HARD | {"chosen": 4}
    widget, page, face = opened(**first)
    press(page, face, "look 100 times")
    press(page, face, "look 100 times")
    face.get_by_role("checkbox").check()
    press(page, face, "next scene")
    face.get_by_role("radio", name=NAMES[1]).check()
    face.get_by_label("temperature").press("End")
    press(page, face, "Reset")
    assert held_by(page, widget, *first) == [*first.values()]
    check_picture(face, widget, **first)
    # The count alone may be what is to be forgotten.
    edges = by_torch(widget, **first)["weights"].double().cumsum(0).tolist()
    chances(page, [(edges[3] + edges[4]) / 2] * 2)
    for _ in range(2):
        press(page, face, "look once")
    assert held_by(page, widget, "chosen") == 4
    press(page, face, "Reset")
    check_picture(face, widget, **first)


def numbers(face):
    return face.locator(".attn-readout data").evaluate_all(
        "(all) => all.map((n) => Number(n.value))"
    )


@pytest.mark.parametrize("mode", ["soft", "hard"])
@pytest.mark.parametrize("seed", range(3))
def test_it_says_weights_and_answer_and_whether_that_is_right(
    opened, mode, seed
):
    widget, page, face = opened(seed=seed, temperature=5.0, mode=mode)
    for scene, chosen in ((0, 7), (1, 3), (2, 3)):
        now = {"scene": scene, "chosen": chosen}
        python_sets(page, widget, **now)
        found = by_torch(widget, NAMES[0], temperature=5.0, mode=mode, **now)
        weights, odds = found["weights"], found["odds"]
        answer, label = odds.argmax().item(), found["label"]
        expected = [
            weights[found["place"]].item(),
            1 / (weights**2).sum().item(),
            odds[answer].item(),
            *found["expected"],
        ]
        assert numbers(face) == pytest.approx(expected, abs=1e-3)
        text = face.locator(".attn-readout").text_content()
        assert text.startswith("The digit’s glimpse weighs ")
        on = "the digit" if chosen == found["place"] else "another one"
        verb = {
            "soft": "Soft attention reads their average and answers ",
            "hard": f"Hard attention reads {on} and answers ",
        }[mode]
        article = "an" if label == 8 else "a"
        end = (
            "), which is right."
            if answer == label
            else f"), but it is {article} {label}."
        )
        assert f"{verb}{answer} (" in text
        assert f" ({odds[answer]:.2f}{end}" in text
        assert " One look hits the digit with probability " in text


def test_before_the_first_look_nothing_is_said_to_be_read(opened):
    _, _, face = opened(mode="hard", temperature=5.0)
    text = face.locator(".attn-readout").text_content()
    assert " Hard attention has read nothing yet. One look hits " in text
    assert len(numbers(face)) == 4


def test_an_eight_has_its_article(opened):
    ink, _, places = scenes(1)
    reader = {"one": taught(0)}
    for label, named in ((8, "an 8"), (7, "a 7")):
        widget = Glimpses(reader, (ink, [label], places))
        _, _, face = opened(widget=widget)
        text = face.locator(".attn-readout").text_content()
        assert f"), but it is {named}." in text
        verdict = face.locator("g[data-show=answer]").text_content()
        assert f"wrong: it is {named}" in verdict


def test_a_link_sets_every_trait(opened_with_a_link):
    widget = made()
    goals = {
        "temperature": 4.0,
        "mode": "hard",
        "reader": NAMES[1],
        "scene": 2,
        "chosen": 11,
        "reveal": True,
    }
    page, face = opened_with_a_link(widget, goals)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(500)
        assert held_by(page, widget, *goals) == [*goals.values()]
        check_picture(face, widget, **goals)
        press(page, face, "look once")
        press(page, face, "next scene")
        face.get_by_role("checkbox").uncheck()


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    widget = made()
    picture = tied_to(widget)
    found = ties.settings(
        "temperature=.6&mode=hard&reader=taught hard&scene=2&chosen=-1", picture
    )
    assert found == {
        "temperature": 0.6,
        "mode": "hard",
        "reader": "taught hard",
        "scene": 2,
        "chosen": -1,
    }
    for wrong in ("scene=3", "chosen=25"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


@pytest.mark.parametrize("width", [320, 360, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    heights = set()
    for mode in ("soft", "hard"):
        for chosen, temperature, reveal in ((-1, 9.0, True), (3, 0.5, False)):
            python_sets(
                page,
                widget,
                **{"mode": mode, "chosen": chosen, "reveal": reveal},
                temperature=temperature,
            )
            heights.add(face.bounding_box()["height"])
    for _ in range(11):
        press(page, face, "look 100 times")
    heights.add(face.bounding_box()["height"])
    hold_height(widget, page, heights)


@pytest.mark.parametrize("width", [320, 360, 620, 800, 1440])
def test_no_words_touch_others_or_leave_the_picture(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    _, page, face = opened(watched=watched, **HARD | {"reveal": True})
    press(page, face, "look 100 times")
    boxes = written_in(face.locator(".attn-picture text"))
    boxes += tools_in(
        face.locator(".glimpse-tools :is(label, button), .glimpse-scale")
    )
    hold_apart(face, boxes, right=16)


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part, name in (
        ("weight", "each lit by its weight"),
        ("value", "read: the average"),
        ("answer", "probabilities"),
        ("looks", "single looks"),
    ):
        assert part in widget.parts
        group = face.locator(f"g[data-show={part}]")
        assert group.filter(has_text=name).count() == 1
    for part in ("weight", "value"):
        assert face.locator(f"canvas[data-show={part}]").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_is_read_has_the_colour_of_values(opened, theme):
    ink = torch.ones(1, 25, 8, 8)
    widget = Glimpses({"one": taught(0)}, (ink, [1], [2]))
    _, _, face = opened(theme, widget=widget)
    assert colour_at(face, ".glimpse-read", 3, 4) == role_colour(face, "value")


def test_the_pictures_turn_dark_with_the_page(opened):
    _, page, face = opened(temperature=0.5)
    best = (pixels(face, ".glimpse-wall")[..., 3] > 250).nonzero()[0].tolist()
    light = [
        colour_at(face, ".glimpse-read", 3, 4),
        colour_at(face, ".glimpse-wall", *best),
    ]
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    frames(page)
    dark = [
        colour_at(face, ".glimpse-read", 3, 4),
        colour_at(face, ".glimpse-wall", *best),
    ]
    assert light[0] != dark[0]
    assert light[1] != dark[1]


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(theme, watched=watched)
    for mode in ("soft", "hard"):
        python_sets(page, widget, mode=mode)
        assert_no_violation(page)
    assert_can_be_hit(face.locator("input[type=range], label, button"))


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, page, face = opened(
        watched=watch(forced_colors="active"), **HARD | {"reveal": True}
    )
    press(page, face, "look 100 times")
    assert_drawn(
        face,
        stroke="glimpse-chosen glimpse-found glimpse-share glimpse-expected glimpse-truth",
        fill="glimpse-best glimpse-answer",
    )
    paper = face.evaluate("(node) => getComputedStyle(node).backgroundColor")
    ground = [int(n) for n in paper[4:-1].split(",")[:3]]
    levels = alphas(face, ".glimpse-read")
    row, column = divmod(levels.argmax().item(), 8)
    assert colour_at(face, ".glimpse-read", row, column) != ground
