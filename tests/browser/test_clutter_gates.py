"""A digit and its clutter under both gates: what is drawn is what the package computes."""

import base64
import itertools

import pytest
import torch
from access import (
    assert_can_be_hit,
    assert_drawn,
    assert_no_violation,
    narrow_and_wide,
)
from colour import contrast
from conftest import (
    call,
    frames,
    hold_apart,
    hold_letters,
    hold_room,
    python_sets,
    tied_to,
    tools_in,
    written_in,
)
from extensions import load
from test_digit_recall import alphas, colour_at, held, held_by, role_colour
from torch import nn

from attn_utils.cbam import average, maximum
from attn_utils.data import cluttered_digits
from attn_utils.recipes.gated import GatedNetwork, fold_norms
from attn_utils.widgets import ClutterGates

MATHS = "clutter_gates/clutter_math.js"
HINT = "lay a piece over the digit's edge. Does the map follow?"
KEPT = [
    *("digit", "place", "spots", "chosen", "stage"),
    *("channel_gate", "spatial_gate", "pools"),
]
POOLS = {
    "both": (average, maximum),
    "average": (average,),
    "maximum": (maximum,),
}


def taught(seed):
    """A network with opinions, as the page holds it: in half precision."""
    torch.manual_seed(seed)
    network = fold_norms(GatedNetwork())
    for name, parameter in network.named_parameters():
        std = {"channel": 2.0, "spatial": 0.5, "read_out": 2.0}
        part = next((part for part in std if part in name), None)
        nn.init.normal_(parameter, std=std.get(part, 0.2))
    return network.half().float()


def made(seed=0, digits=3, pieces=4, labels=None, **traits):
    """Digits and pieces of random ink; the network answers the first one right.

    Unless it is said what the digits are.
    """
    generator = torch.Generator().manual_seed(seed)
    ink = torch.randint(0, 17, (digits, 8, 8), generator=generator) / 16
    cut = torch.randint(0, 17, (pieces, 4, 4), generator=generator) / 16
    network = taught(seed)
    drawn = torch.randint(0, 10, (digits,), generator=generator)
    given = {"hint": HINT} | traits
    widget = ClutterGates(
        network, ink, drawn if labels is None else labels, cut, **given
    )
    widget.taught = network
    if labels is None:
        drawn[0] = by_torch(widget, **state(widget))["answer"]
        return made(seed, digits, pieces, drawn.tolist(), **traits)
    return widget


def state(widget, **change):
    return {name: getattr(widget, name) for name in KEPT} | change


def scene(widget, digit, place, spots):
    """The canvas as it is laid: later pieces over earlier ones, the digit over all."""
    canvas = torch.zeros(24, 24)
    cut = torch.tensor(widget.pieces).view(-1, 4, 4) / 16
    corners = zip(spots[::2], spots[1::2], strict=True)
    for piece, (row, column) in zip(cut, corners, strict=True):
        canvas[row : row + 4, column : column + 4] = piece
    row, column = place
    ink = held(widget.digits)[digit].float()
    canvas[row : row + 8, column : column + 8] = ink
    return canvas


@torch.no_grad()
def by_torch(
    widget,
    digit,
    place,
    spots,
    stage,
    channel_gate,
    spatial_gate,
    pools,
    chosen=0,
):
    """The canvas, both gates' weights of each stage, and the probabilities."""
    canvas = scene(widget, digit, place, spots)
    network = widget.taught
    features = canvas[None, None]
    channels, maps = [], []
    for each in network.stages:
        features = each.convolution(features).relu()
        if each.channel is None:
            continue
        each.channel.pools = POOLS[pools]
        channel = each.channel(features)
        each.channel.pools = POOLS["both"]
        channels.append(channel if channel_gate else torch.ones_like(channel))
        features = features * channels[-1]
        spatial = each.spatial(features)
        maps.append(spatial if spatial_gate else torch.ones_like(spatial))
        features = features * maps[-1]
    odds = network.read_out(features.mean((2, 3)))[0].softmax(-1)
    places = maps[stage - 2][0, 0]
    most = places.argmax().item()
    size = len(places)
    return {
        "canvas": canvas,
        "channels": [each.flatten() for each in channels],
        "maps": [each[0, 0] for each in maps],
        "map": places,
        "most": divmod(most, size),
        "weight": places.max().item(),
        "inside": points_into(maps[stage - 2], torch.tensor([place])).item(),
        "odds": odds,
        "answer": odds.argmax().item(),
    }


def points_into(weights, corner):
    """Whether the first pixel of the strongest place lies in each digit's box."""
    places = weights.shape[-1]
    best = weights.flatten(1).argmax(-1)
    at = torch.stack([best // places, best % places], -1) * (24 // places)
    return ((at >= corner) & (at < corner + 8)).all(-1)


def close(got, expected, atol=1e-4):
    got = torch.as_tensor(got, dtype=torch.float64)
    expected = torch.as_tensor(expected, dtype=torch.float64)
    return got.shape == expected.shape and torch.allclose(
        got, expected, atol=atol, rtol=0
    )


def spots_of(pieces, generator):
    return torch.randint(0, 21, (2 * pieces,), generator=generator).tolist()


ARITHMETIC = """
async ([bytes, shapes, digit, place, pieces, spots, now]) => {
  const { unpack } = await import("./parts/weights.js");
  const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  const network = unpack(new DataView(raw.buffer), shapes)[0];
  const js = await import("./clutter_gates/clutter_math.js");
  const canvas = js.composed(digit, place, pieces, spots);
  return { canvas, ...js.throughGates(network, canvas, now) };
}
"""
SWITCHES = [*itertools.product([True, False], [True, False], POOLS)]


@pytest.mark.parametrize("seed", range(3))
def test_the_page_weighs_and_answers_as_the_package_does(modules, seed):
    widget = made(seed)
    weights = base64.b64encode(widget.weights).decode()
    generator = torch.Generator().manual_seed(seed)
    answers = set()
    for n, (by_channel, by_place, pools) in enumerate(SWITCHES):
        now = state(
            widget,
            digit=n % 3,
            place=torch.randint(0, 17, (2,), generator=generator).tolist(),
            spots=spots_of(4, generator),
            channel_gate=by_channel,
            spatial_gate=by_place,
            pools=pools,
        )
        found = by_torch(widget, **now)
        got = modules.evaluate(
            ARITHMETIC,
            [
                *(weights, widget.shapes),
                held(widget.digits)[n % 3].flatten().tolist(),
                now["place"],
                (torch.tensor(widget.pieces) / 16).tolist(),
                *(now["spots"], now),
            ],
        )
        assert close(got["canvas"], found["canvas"], atol=1e-6)
        for each, channel, places in zip(
            got["gates"], found["channels"], found["maps"], strict=True
        ):
            assert close(each["weights"], channel)
            assert close(each["map"], places)
        assert close(got["odds"], found["odds"])
        answers.add(tuple(round(p, 3) for p in got["odds"]))
    assert len(answers) > 8, "the switches change nothing"


@torch.no_grad()
def test_with_all_on_the_page_is_the_network_as_it_was_taught(modules):
    torch.manual_seed(3)
    network = GatedNetwork()
    network(torch.rand(64, 1, 24, 24))  # its norms have seen something
    network.eval()
    widget = made()
    given = ClutterGates(
        fold_norms(network), torch.rand(1, 8, 8), [0], torch.rand(4, 4, 4)
    )
    weights = base64.b64encode(given.weights).decode()
    canvas = scene(given, 0, given.place, given.spots)
    logits, gates = network(canvas[None, None], need_gates=True)
    got = modules.evaluate(
        ARITHMETIC,
        [
            *(weights, given.shapes),
            held(given.digits)[0].flatten().tolist(),
            given.place,
            (torch.tensor(given.pieces) / 16).tolist(),
            *(given.spots, state(widget)),
        ],
    )
    # What half precision leaves of it.
    assert close(got["odds"], logits[0].softmax(-1), atol=2e-3)
    for each, (channel, spatial) in zip(got["gates"], gates[1:], strict=True):
        assert close(each["weights"], channel.flatten(), atol=2e-3)
        assert close(each["map"], spatial[0, 0], atol=2e-3)


def test_without_noise_the_scene_is_the_packages(modules):
    # One digit of a single ink and no pieces: the corner alone says where it lies.
    images, labels = torch.full((1, 8, 8), 0.5), torch.tensor([3])
    canvas, _, corner = cluttered_digits(
        images,
        labels,
        5,
        num_crops=0,
        noise=0.0,
        generator=torch.Generator().manual_seed(2),
    )
    for one, place in zip(canvas[:, 0], corner.tolist(), strict=True):
        got = call(modules, MATHS, "composed", [0.5] * 64, place, [], [])
        assert close(got, one)


@pytest.mark.parametrize("seed", range(3))
def test_the_strongest_place_is_the_first_of_the_largest(modules, seed):
    generator = torch.Generator().manual_seed(seed)
    places = torch.randint(0, 9, (5, 7), generator=generator) / 8
    row, column = divmod(places.argmax().item(), 7)
    got = call(modules, MATHS, "strongest", places.tolist())
    first = (places.flatten() == places.max()).nonzero()[0].item()
    assert divmod(first, 7) == (got["row"], got["column"])
    assert got["weight"] == places.max().item() == places[row, column].item()


def test_a_place_points_at_the_digit_as_in_the_package(modules):
    seen = set()
    for places, corner in itertools.product((12, 6), ([0, 0], [5, 16], [8, 4])):
        for n in range(places**2):
            weights = torch.zeros(1, 1, places, places)
            weights.view(-1)[n] = 1
            inside = points_into(weights, torch.tensor([corner])).item()
            at = dict(zip(("row", "column"), divmod(n, places), strict=True))
            got = call(modules, MATHS, "pointsAt", at, places, corner)
            assert got == inside, (places, corner, at)
            seen.add(inside)
    assert seen == {True, False}


def numbers_of(face, part, *names):
    """Attributes of all these parts, as numbers."""
    return face.locator(part).evaluate_all(
        "(all, names) => all.map((n) => names.map((name) => Number(n.getAttribute(name))))",
        list(names),
    )


# Of each row of bars: where each begins, how far up it goes, how wide it is, and down.
BARS = """
(rows) => rows.map((row) => row.getAttribute("d").split("z").slice(0, -1).map((bar) =>
  bar.match(/-?[\\d.]+/g).map(Number)))
"""


def text_of(face, part):
    return face.locator(part).text_content()


def boxes_of(face, parts):
    return [part.bounding_box() for part in face.locator(parts).all()]


def check_picture(face, widget, **now):
    """Everything that is drawn is what the package says."""
    found = by_torch(widget, **now)
    near = {"atol": 1.6 / 255, "rtol": 0}
    on = now["spatial_gate"]
    weights = found["map"].double()
    least, most = weights.min(), weights.max()
    shown = (weights - least) / ((most - least) or 1) * on
    scale = face.locator(".clutter-scale")
    assert scale.is_visible() == on
    assert scale.text_content() == f"weight {least:.2f}{most:.2f}"

    # The map, and the ink over it.
    assert torch.allclose(
        alphas(face, ".clutter-map"), shown.double().sqrt(), **near
    )
    canvas = found["canvas"].double()
    assert torch.allclose(alphas(face, ".clutter-ink"), canvas, **near)
    pitch = 24 // len(shown)
    full = (canvas == 1).nonzero().tolist()
    for row, column in (full[0], full[len(full) // 2], full[-1]):
        assert colour_at(face, ".clutter-ink", row, column) == role_colour(
            face, "ink"
        )
    ground = face.locator(".clutter-map").bounding_box()
    assert boxes_of(face, ".clutter-ink, .clutter-things") == [ground] * 2
    cell = ground["width"] / 24

    # Where the map is strongest, and that nothing is where it is off.
    for mark in (".clutter-halo", ".clutter-strongest"):
        node = face.locator(mark)
        assert node.is_visible() == on
        ((x, y, wide, high),) = numbers_of(
            face, mark, "x", "y", "width", "height"
        )
        if on:
            row, column = found["most"]
            assert [x, y - 22, wide, high] == [
                column * pitch * cell,
                row * pitch * cell,
                *([pitch * cell] * 2),
            ]
    assert face.locator(".clutter-hatch").first.is_visible() != on
    stage = now["stage"]
    words = text_of(face, ".attn-picture")
    title = "canvas: every place weighs 1"
    if on:
        title = f"canvas and map of stage {stage}"
    assert words.startswith(title)
    assert ("bold square: the strongest place" in words) == on

    # Every thing has its frame, and says where it is.
    things = face.locator(".clutter-thing").all()
    assert len(things) == 1 + len(widget.pieces)
    label = widget.labels[now["digit"]]
    for n, thing in enumerate(things):
        row, column = now["spots"][2 * n - 2 : 2 * n] if n else now["place"]
        box = thing.bounding_box()
        long = (4 if n else 8) * cell
        assert [box["x"] - ground["x"], box["y"] - ground["y"]] == (
            pytest.approx([column * cell, row * cell], abs=0.01)
        )
        assert box["width"] == box["height"] == pytest.approx(long, abs=0.01)
        name = f"piece {n}" if n else f"digit {label}"
        told = f"{name}, row {row + 1}, column {column + 1}"
        assert thing.get_attribute("aria-label") == told
        pressed = thing.get_attribute("aria-pressed")
        assert pressed == str(n == now["chosen"]).lower()

    # The weights of the channels.
    rows = face.locator(".clutter-bar").evaluate_all(BARS)
    assert [len(bars) for bars in rows] == [24, 32]
    for n, (bars, weights) in enumerate(
        zip(rows, found["channels"], strict=True)
    ):
        tall = 40 if now["channel_gate"] else 0
        _, foot, up, wide, down = map(list, zip(*bars, strict=True))
        assert down == pytest.approx((tall * weights).tolist(), abs=0.02)
        assert [-high for high in up] == down
        assert len(set(foot)) == len(set(wide)) == 1
        assert min(wide) > 0
        hatch = face.locator(".clutter-hatch").nth(n + 1)
        assert hatch.is_visible() != now["channel_gate"]
        told = f"channel weights of stage {n + 2}, 0–1"
        off = f"stage {n + 2}: every channel weighs 1"
        assert (told in words) == now["channel_gate"]
        assert (off in words) != now["channel_gate"]

    # What is answered.
    odds, answer = found["odds"], found["answer"]
    assert text_of(face, ".clutter-answer") == str(answer)
    assert float(text_of(face, ".clutter-odds")) == pytest.approx(
        odds[answer].item(), abs=0.0051
    )
    columns = face.locator(".clutter-odd").evaluate_all(
        "(all) => all.map((n) => [n.height.baseVal.value, n.y.baseVal.value + n.height.baseVal.value,"
        " n.classList.contains('clutter-best'), n.x.baseVal.value + n.width.baseVal.value / 2])"
    )
    assert [one[0] for one in columns] == pytest.approx(
        (56 * odds).tolist(), abs=0.02
    )
    assert len({round(one[1], 1) for one in columns}) == 1
    assert [one[2] for one in columns] == [n == answer for n in range(10)]
    ((ring,),) = numbers_of(face, ".clutter-truth", "cx")
    assert ring == pytest.approx(columns[label][3], abs=0.02)
    right = answer == label
    verdict = text_of(face, "g[data-show=answer]")
    article = "an" if label == 8 else "a"
    assert (f"wrong: it is {article} {label}" in verdict) != right
    assert (("right" in verdict) and "wrong" not in verdict) == right

    # What is said, and what the controls say.
    told = sentence(found, right=right, label=label, **now)
    assert text_of(face, ".attn-readout") == told
    assert face.locator(".attn-picture").get_attribute("aria-label") == told
    chosen = now["chosen"]
    spot = now["spots"][2 * chosen - 2 : 2 * chosen] if chosen else now["place"]
    name = f"piece {chosen}" if chosen else "digit"
    for at, way in zip(spot, ("row", "column"), strict=True):
        slider = face.get_by_role("slider", name=f"{name}, {way}")
        assert slider.input_value() == str(at)
        assert slider.get_attribute("aria-valuetext") == str(at + 1)
        assert slider.get_attribute("max") == ("20" if chosen else "16")
    for trait in ("channel_gate", "spatial_gate"):
        box = face.get_by_role("checkbox", name=trait.replace("_", " "))
        assert box.is_checked() == now[trait]
    for path in ("average", "maximum"):
        box = face.get_by_role("checkbox", name=path)
        assert box.is_checked() == (now["pools"] in ("both", path))
        alone = now["pools"] == path
        assert box.is_enabled() == (now["channel_gate"] and not alone)
    radio = face.get_by_role("radio", name=f"stage {stage}")
    assert radio.is_checked()
    assert radio.is_enabled() == on


def sentence(
    found,
    right,
    label,
    stage,
    channel_gate,
    spatial_gate,
    pools,
    chosen,
    place,
    spots,
    **_,
):
    """What is said aloud, in words."""
    thing = f"piece {chosen}" if chosen else "digit"
    row, column = spots[2 * chosen - 2 : 2 * chosen] if chosen else place
    lies = f"The {thing} lies at row {row + 1}, column {column + 1}."
    off = {"both": [], "average": ["the maxima"], "maximum": ["the averages"]}
    without = off[pools] if channel_gate else ["the channel gate"]
    if not spatial_gate:
        without = [*without, "the spatial gate"]
    begins = f"Without {' and '.join(without)} the" if without else "The"
    answer = found["answer"]
    article = "an" if label == 8 else "a"
    verdict = "which is right" if right else f"but it is {article} {label}"
    odds = found["odds"][answer]
    told = f"{lies} {begins} network says {answer} ({odds:.2f}), {verdict}."
    if not spatial_gate:
        return f"{told} Every place weighs 1."
    where = "in" if found["inside"] else "outside"
    return (
        f"{told} The map of stage {stage} is strongest ({found['weight']:.2f}) "
        f"{where} the digit’s box."
    )


STATES = [
    {},
    {"stage": 2, "digit": 1, "chosen": 2},
    {"place": [0, 16], "spots": [0, 0, 20, 20, 1, 2, 9, 9], "chosen": 4},
    {"place": [16, 0], "pools": "average", "stage": 2},
    {"pools": "maximum", "digit": 2, "spots": [5, 6, 6, 7, 7, 8, 8, 9]},
    {"channel_gate": False, "chosen": 1},
    {"spatial_gate": False, "pools": "average"},
    {"channel_gate": False, "spatial_gate": False, "stage": 2, "digit": 1},
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
    first = state(widget)
    for change in STATES:
        python_sets(page, widget, **first | change)
        check_picture(face, widget, **first | change)


def test_all_that_may_be_said_is_said(opened):
    widget, page, face = opened(seed=4)
    kinds = {}
    for digit, *place in itertools.product(range(3), *[range(0, 17, 4)] * 2):
        now = state(widget, digit=digit, place=place)
        found = by_torch(widget, **now)
        right = found["answer"] == widget.labels[digit]
        kinds.setdefault((right, found["inside"]), now)
    assert len(kinds) == 4
    for now in kinds.values():
        python_sets(page, widget, **now)
        check_picture(face, widget, **now)


def test_an_eight_has_its_article(opened):
    widget = made(labels=[8, 8, 8])
    _, page, face = opened(widget=widget)
    for digit in range(3):
        now = state(widget, digit=digit)
        python_sets(page, widget, digit=digit)
        check_picture(face, widget, **now)


def middle(face, n):
    box = face.locator(".clutter-thing").nth(n).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def cell_of(face):
    return face.locator(".clutter-map").bounding_box()["width"] / 24


@pytest.mark.parametrize("n", [0, 3])
def test_a_thing_is_dragged_to_the_nearest_place(opened, n):
    widget, page, face = opened()
    now = state(widget, chosen=n)
    cell = cell_of(face)
    x, y = middle(face, n)
    row, column = now["spots"][2 * n - 2 : 2 * n] if n else now["place"]
    page.mouse.move(x + 9, y - 7)
    page.mouse.down()
    frames(page)
    check_picture(face, widget, **now)
    most = 20 if n else 16
    for right, down in ((3, -2), (3.4, 1.7), (-30, 2), (40, 40)):
        page.mouse.move(x + 9 + right * cell, y - 7 + down * cell)
        frames(page)
        spot = [
            min(max(round(at), 0), most) for at in (row + down, column + right)
        ]
        if n:
            now["spots"] = [
                *now["spots"][: 2 * n - 2],
                *spot,
                *now["spots"][2 * n :],
            ]
        else:
            now["place"] = spot
        check_picture(face, widget, **now)
    page.mouse.up()
    page.mouse.move(x, y)
    frames(page)
    check_picture(face, widget, **now)
    # The keys go on from there.
    page.keyboard.press("ArrowUp")
    frames(page)
    where = held_by(page, widget, "spots" if n else "place")
    assert where[2 * n - 2 if n else 0] == most - 1


def test_a_right_click_moves_nothing(opened):
    widget, page, face = opened()
    x, y = middle(face, 2)
    page.mouse.move(x, y)
    page.mouse.down(button="right")
    page.mouse.move(x + 60, y + 60)
    page.mouse.up(button="right")
    frames(page)
    assert held_by(page, widget, "spots") == widget.spots


def test_a_finger_drags_a_thing_and_scrolls_beside_it(opened, watch):
    watched = watch(has_touch=True, viewport={"width": 360, "height": 700})
    _, _, face = opened(watched=watched)
    style = "(node) => getComputedStyle(node).touchAction"
    for thing in face.locator(".clutter-thing").all():
        assert thing.evaluate(style) == "none"
    assert face.locator(".attn-stage").evaluate(style) == "pan-y"


@pytest.mark.parametrize("n", [0, 1, 4])
def test_every_thing_is_moved_by_its_arrow_keys(opened, n):
    widget, page, face = opened()
    now = state(widget, chosen=n)
    things = face.locator(".clutter-thing")
    things.first.focus()
    for _ in range(n):
        page.keyboard.press("Tab")
    frames(page)
    check_picture(face, widget, **now)
    most = 20 if n else 16
    row, column = now["spots"][2 * n - 2 : 2 * n] if n else now["place"]
    for key, down, right in (
        *(("ArrowRight", 0, 1), ("ArrowDown", 1, 0), ("ArrowDown", 1, 0)),
        *(("ArrowLeft", 0, -1), ("ArrowUp", -1, 0), ("Home", 0, -24)),
        *(("ArrowLeft", 0, -1), ("End", 0, 24), ("ArrowRight", 0, 1)),
    ):
        page.keyboard.press(key)
        frames(page)
        row = min(max(row + down, 0), most)
        column = min(max(column + right, 0), most)
        got = held_by(page, widget, "spots" if n else "place")
        spot = got[2 * n - 2 : 2 * n] if n else got
        assert spot == [row, column], key
    spots = list(now["spots"])
    if n:
        spots[2 * n - 2 : 2 * n] = [row, column]
        now["spots"] = spots
    else:
        now["place"] = [row, column]
    check_picture(face, widget, **now)
    # Another key does nothing.
    page.keyboard.press("a")
    frames(page)
    check_picture(face, widget, **now)


def test_sliders_move_what_is_chosen(opened):
    widget, page, face = opened()
    now = state(widget)
    for n, name, trait in ((0, "digit", "place"), (2, "piece 2", "spots")):
        python_sets(page, widget, chosen=n)
        now["chosen"] = n
        for axis, way in enumerate(("row", "column")):
            slider = face.get_by_role("slider", name=f"{name}, {way}")
            spot = 2 * n - 2 + axis if n else axis
            for key, to in (("Home", 0), ("End", 20 if n else 16), ("", 3)):
                if key:
                    slider.press(key)
                else:
                    slider.fill(str(to))
                frames(page)
                now[trait] = [*now[trait][:spot], to, *now[trait][spot + 1 :]]
                assert held_by(page, widget, trait) == now[trait]
        check_picture(face, widget, **now)


def test_switches_and_chips_set_what_they_say(opened):
    widget, page, face = opened()
    now = state(widget)
    for role, name, change in (
        ("checkbox", "average", {"pools": "maximum"}),
        ("checkbox", "average", {"pools": "both"}),
        ("checkbox", "maximum", {"pools": "average"}),
        ("checkbox", "spatial gate", {"spatial_gate": False}),
        ("checkbox", "spatial gate", {"spatial_gate": True}),
        ("radio", "stage 2", {"stage": 2}),
        ("checkbox", "channel gate", {"channel_gate": False}),
        ("checkbox", "channel gate", {"channel_gate": True}),
        ("radio", "stage 3", {"stage": 3}),
        ("button", "next digit", {"digit": 1}),
        ("button", "next digit", {"digit": 2}),
        ("button", "next digit", {"digit": 0}),
    ):
        face.get_by_role(role, name=name).focus()
        page.keyboard.press("Space")
        frames(page)
        now |= change
        check_picture(face, widget, **now)


def test_the_last_path_cannot_be_switched_off(opened):
    widget, page, face = opened(pools="average")
    box = face.get_by_role("checkbox", name="average")
    assert box.is_disabled()
    box.evaluate("(box) => box.click()")
    frames(page)
    assert held_by(page, widget, "pools") == "average"


def test_it_says_how_to_move_until_something_was_moved(opened):
    _, page, face = opened()
    hint = "drag a frame, or use arrow keys"
    assert hint in text_of(face, ".attn-picture")
    page.mouse.click(*middle(face, 0))  # taken hold of, and left there
    frames(page)
    assert hint not in text_of(face, ".attn-picture")
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert hint in text_of(face, ".attn-picture")


def test_reset_brings_everything_back(opened):
    widget, page, face = opened(stage=2, chosen=2, pools="maximum")
    first = state(widget)
    face.get_by_role("checkbox", name="spatial gate").uncheck()
    face.get_by_role("checkbox", name="average").check()
    face.get_by_role("checkbox", name="channel gate").uncheck()
    face.get_by_role("button", name="next digit").click()
    for n in (1, 0):
        face.locator(".clutter-thing").nth(n).press("ArrowRight")
    frames(page)
    python_sets(page, widget, stage=3)
    assert held_by(page, widget, *KEPT) != [*first.values()]
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert held_by(page, widget, *KEPT) == [*first.values()]
    check_picture(face, widget, **first)


GOALS = {
    "digit": 2,
    "place": [3, 14],
    "spots": [0, 1, 2, 3, 18, 19, 20, 0],
    "chosen": 3,
    "stage": 2,
    "channel_gate": False,
    "spatial_gate": True,
    "pools": "maximum",
}


def test_a_link_sets_every_trait(opened_with_a_link):
    widget = made(spatial_gate=False)
    page, face = opened_with_a_link(widget, GOALS)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(500)
        assert held_by(page, widget, *GOALS) == [*GOALS.values()]
        check_picture(face, widget, **GOALS)
        face.get_by_role("button", name="Reset").click()
        frames(page)
        check_picture(face, widget, **state(widget))


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    picture = tied_to(made())
    asked = (
        "digit=2&place=3+14&spots=0+1+2+3+18+19+20+0&chosen=3&stage=2"
        "&channel_gate=false&spatial_gate=true&pools=maximum"
    )
    assert ties.settings(asked, picture) == GOALS
    for wrong in ("digit=3", "place=3+17", "stage=4", "pools=none"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


@pytest.mark.parametrize("width", [280, 320, 360, 480, 620, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(widget=made(labels=[8, 8, 8]), watched=watched)
    first = state(widget)
    hold_room(widget, page, face, [first | change for change in STATES])


@pytest.mark.parametrize("width", [280, 320, 360, 620, 800, 1440])
def test_no_words_touch_others_or_leave_the_picture(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    for change in STATES:
        python_sets(page, widget, **state(widget) | change)
        words = face.locator(".attn-picture text")
        hold_letters(words)
        boxes = written_in(words)
        boxes += tools_in(
            face.locator(".clutter-map, .clutter-scale, .clutter-next")
        )
        hold_apart(face, boxes, left=10, right=10)


@pytest.mark.parametrize("width", [280, 360])
def test_controls_stay_in_the_widget(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    _, _, face = opened(watched=watched, chosen=4)
    frame = face.bounding_box()
    for part in face.locator("input, output, label, button").all():
        box = part.bounding_box()
        assert box["x"] >= frame["x"] + 10
        assert box["x"] + box["width"] <= frame["x"] + frame["width"] - 10


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part, inside in (
        *(("digit", "canvas.clutter-ink"), ("digit", ".clutter-digit")),
        *(("pieces", "canvas.clutter-ink"), ("pieces", ".clutter-piece")),
        *(("place", "canvas.clutter-map"), ("weight", "canvas.clutter-map")),
        *(
            ("weight", "g:has(.clutter-bar)"),
            ("channel", "g:has(.clutter-bar)"),
        ),
        ("answer", "g:has(.clutter-answer)"),
    ):
        assert part in widget.parts
        shown = face.locator(inside).first.get_attribute("data-show")
        assert part in shown.split()


def test_the_pictures_turn_dark_with_the_page(opened):
    widget, page, face = opened()
    now = state(widget)
    light = role_colour(face, "weight")
    check_picture(face, widget, **now)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    frames(page)
    assert role_colour(face, "weight") != light
    check_picture(face, widget, **now)
    best = by_torch(widget, **now)["most"]
    got = colour_at(face, ".clutter-map", *best)
    wanted = role_colour(face, "weight")
    # An alpha below 1 is multiplied in and out again.
    assert got == pytest.approx(wanted, abs=2)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_ink_stands_out_wherever_the_map_is_strong(opened, theme):
    _, page, face = opened()
    page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    frames(page)
    ink, paper, weight = (
        role_colour(face, role) for role in ("ink", "paper", "weight")
    )
    thin = [
        float(face.locator(part).evaluate("(n) => getComputedStyle(n).opacity"))
        for part in (".clutter-map", ".clutter-scale .attn-ramp")
    ]
    assert thin[0] == thin[1]
    # The strongest place of the map, over paper.
    ground = [
        round(thin[0] * over + (1 - thin[0]) * under)
        for over, under in zip(weight, paper, strict=True)
    ]
    assert contrast(*(f"#{bytes(rgb).hex()}" for rgb in (ink, ground))) >= 4.5
    assert contrast(*(f"#{bytes(rgb).hex()}" for rgb in (paper, ground))) >= 2


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(theme, watched=watched)
    for on in (True, False):
        python_sets(page, widget, spatial_gate=on)
        assert_no_violation(page)
    assert_can_be_hit(face.locator("input[type=range], label, button"))


def test_at_280_pixels_every_frame_can_be_hit(opened, watch):
    watched = watch(viewport={"width": 280, "height": 900})
    _, _, face = opened(watched=watched)
    assert_can_be_hit(face.locator(".clutter-thing"))


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(
        watched=watch(forced_colors="active"), channel_gate=False
    )
    assert_drawn(
        face,
        stroke="clutter-strongest clutter-truth clutter-hatch",
        fill="clutter-best clutter-answer clutter-bar",
    )
