"""An encoder layer, followed: what is drawn and told is what the package computes."""

import copy
import itertools
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
    hold_apart,
    hold_height,
    hold_spare,
    python_sets,
    same,
    tied_to,
    written_in,
)
from extensions import load
from test_digit_recall import held_by
from torch import nn

from attn_utils import EncoderLayer
from attn_utils.recipes.taken_away import Nothing
from attn_utils.widgets import EncoderBlock

MATHS = "encoder_block/block_math.js"
HINT = "switch a part off and see what leaves."
PARTS = ("attention", "feed_forward", "residual", "norm")
KEPT = ("token", "head", "norm_first", *PARTS)
TEXT = "3 mei 9"


def layer_of(seed=0, model_dim=8, num_heads=2, ff_dim=12):
    """A layer with a mind of its own, which half precision holds exactly."""
    torch.manual_seed(seed)
    layer = EncoderLayer(model_dim, num_heads, ff_dim, norm_first=True)
    for parameter in layer.parameters():
        nn.init.normal_(parameter, std=0.5)
    return layer.half().double().eval().requires_grad_(False)


def made(seed=0, text=TEXT, layer=None, **traits):
    layer = layer or layer_of(seed)
    torch.manual_seed(100 + seed)
    rows = torch.randn(len(text), layer.model_dim).half().double()
    widget = EncoderBlock(layer, rows, text, **{"hint": HINT} | traits)
    widget.layer, widget.rows, widget.text = layer, rows, text
    return widget


class Silent(nn.Module):
    """An attention that adds nothing, and still looks."""

    def __init__(self, attention):
        super().__init__()
        self.attention = attention

    def forward(self, inputs, **options):
        read, weights = self.attention(inputs, **options)
        return torch.zeros_like(read), weights


class Recorded(nn.Module):
    """A Residual that remembers what it was given, and may leave out the sum."""

    def __init__(self, residual, keep):
        super().__init__()
        self.residual, self.norm, self.keep = residual, residual.norm, keep

    def enter(self, x):
        self.came, self.seen = x, self.residual.enter(x)
        return self.seen

    def leave(self, x, change):
        self.before = x if self.keep else torch.zeros_like(x)
        self.change = change
        self.left = self.residual.leave(self.before, change)
        return self.left


def without(layer, norm_first, on):
    """A copy of the layer in this order, some of its parts taken away."""
    layer = copy.deepcopy(layer)
    for name in ("around_attention", "around_feed_forward"):
        around = getattr(layer, name)
        around.norm_first = norm_first
        if not on["norm"]:
            around.norm = nn.Identity()
        setattr(layer, name, Recorded(around, on["residual"]))
    if not on["attention"]:
        layer.attention = Silent(layer.attention)
    if not on["feed_forward"]:
        layer.feed_forward = Nothing()
    return layer


def way_of(layer, rows, norm_first, on):
    """What the package's layer computes: its stations, and the maps of its heads."""
    layer = without(layer, norm_first, on)
    outputs, weights = layer(rows[None], need_weights=True)
    first, second = layer.around_attention, layer.around_feed_forward
    list_ = [{"name": "in", "x": first.came}]
    for name, around in (("attention", first), ("feed_forward", second)):
        norm = {"name": "norm", "off": not on["norm"]}
        total = {
            **{"name": name, "off": not on[name]},
            **{"before": around.before, "change": around.change},
            "x": around.before + around.change,
        }
        if norm_first:
            list_ += [norm | {"x": around.seen}, total]
        else:
            list_ += [total, norm | {"x": around.left}]
    assert torch.equal(list_[-1]["x"], outputs)
    for station in list_:
        for key in ("x", "before", "change"):
            if key in station:
                station[key] = station[key][0]
    return list_, weights[0]


ALL = [
    dict(zip(PARTS, on, strict=True))
    for on in itertools.product([True, False], repeat=4)
]
WHOLE = ALL[0]
ORDERS = [True, False]


def tree(layer):
    """A layer's parameters as the page holds them."""
    root = {}
    for name, tensor in layer.state_dict().items():
        *path, last = name.split(".")
        node = root
        for step in path:
            node = node.setdefault(step, {})
        node[last] = tensor.tolist()
    return root


@pytest.mark.parametrize("norm_first", ORDERS)
@pytest.mark.parametrize("seed", range(3))
def test_every_station_is_that_of_the_package(modules, seed, norm_first):
    layer = layer_of(seed, model_dim=6, num_heads=3, ff_dim=10)
    rows = torch.randn(5, 6, dtype=torch.float64)
    module, x = tree(layer), rows.tolist()
    for on in ALL:
        expected, weights = way_of(layer, rows, norm_first, on)
        normed = norm_first and on["norm"]
        read = call(
            modules,
            MATHS,
            "readAlone",
            module,
            x,
            {"numHeads": 3, "normed": normed},
        )
        assert same(read["weights"], weights)
        got = call(
            modules,
            MATHS,
            "stations",
            module,
            x,
            read["output"],
            norm_first,
            on,
        )
        assert [one["name"] for one in got] == [one["name"] for one in expected]
        for one, twin in zip(got, expected, strict=True):
            assert one["off"] == twin.get("off", False)
            for key in {"x", "before", "change"} & twin.keys():
                assert same(one[key], twin[key]), (on, one["name"], key)
        assert same(
            call(modules, MATHS, "meanMap", read["weights"]),
            weights.mean(dim=0),
        )


def largest_of(layer, rows):
    """The largest feature of each token, at any station, whatever is taken away."""
    ways = [
        way_of(layer, rows, norm_first, on)[0]
        for norm_first in ORDERS
        for on in ALL
    ]
    every = torch.stack([station["x"] for way in ways for station in way])
    return every.abs().amax(dim=(0, 2))


def test_the_scale_is_that_of_the_largest_feature_of_all_states(modules):
    layer = layer_of(5)
    rows = torch.randn(3, 8, dtype=torch.float64)
    expected = largest_of(layer, rows)
    for at in range(3):
        reads = [
            call(
                modules, MATHS, "readAlone", tree(layer), rows.tolist(),
                {"numHeads": 2, "normed": normed},
            )["output"][at]
            for normed in (False, True)
        ]  # fmt: skip
        got = call(
            modules, MATHS, "largestOf", tree(layer), rows[at].tolist(), reads
        )
        assert got == pytest.approx(expected[at].item(), abs=1e-6)


def test_a_length_is_the_vectors_norm(modules):
    vector = torch.randn(7, dtype=torch.float64)
    got = call(modules, MATHS, "lengthOf", vector.tolist())
    assert got == pytest.approx(torch.linalg.vector_norm(vector).item())


@pytest.mark.parametrize(
    ("before", "change", "kept", "added", "taken"),
    [
        (2, 1, 2, 3, 2),
        (2, -0.5, 1.5, 1.5, 2),
        (2, -3, 0, -1, 2),
        (-2, -1, -2, -3, -2),
        (-2, 0.5, -1.5, -1.5, -2),
        (-2, 3, 0, 1, -2),
        (0, 1.5, 0, 1.5, 0),
        (2, -2, 0, 0, 2),
    ],
)
def test_a_change_is_stacked_on_what_it_changes(
    modules, before, change, kept, added, taken
):
    got = call(modules, MATHS, "stacked", before, change)
    assert got == {
        "kept": [0, kept], "added": [kept, added], "taken": [kept, taken],
    }  # fmt: skip


def stack(before, change):
    """From where to where the three kinds of bars go."""
    after = before + change
    agree = (before.sign() == after.sign()).double()
    kept = agree * torch.minimum(before.abs(), after.abs()) * before.sign()
    return {
        "kept": (torch.zeros_like(kept), kept),
        "added": (kept, after),
        "taken": (kept, before),
    }


BOX = r"M(-?[\d.]+) (-?[\d.]+)h([\d.]+)v([\d.]+)h-([\d.]+)z"


def drawn(face, look, at):
    """The boxes of one look at one station: left, top, width, height."""
    d = face.locator(f".block-{look}").nth(at).get_attribute("d") or ""
    found = re.findall(BOX, d)
    assert d.count("M") == len(found)
    return torch.tensor([[*map(float, box[:4])] for box in found])


def scale_of(face):
    """Of each station the place of zero, and how many pixels are 1, as it is written."""
    zeros = [
        float(re.match(r"M[\d.]+ ([\d.]+)H", zero.get_attribute("d"))[1])
        for zero in face.locator(".block-zero").all()
    ]
    above, below = face.locator(".block-number").all_text_contents()
    assert below == f"−{above}"
    units = []
    for zero, rule in zip(
        zeros, face.locator(".block-rule").all(), strict=True
    ):
        ends = re.findall(r"M[\d.]+ ([\d.]+)H", rule.get_attribute("d"))
        top, bottom = map(float, ends)
        assert zero - top == pytest.approx(bottom - zero, abs=0.021)
        units.append((bottom - top) / 2 / float(above))
    assert max(units) == pytest.approx(min(units), rel=1e-2)
    return zeros, units[0]


def hold_bars(face, look, at, zero, unit, span):
    """Bars go from where to where they are to."""
    boxes = drawn(face, look, at)
    top, bottom = boxes[:, 1], boxes[:, 1] + boxes[:, 3]
    low, high = torch.minimum(*span), torch.maximum(*span)
    assert torch.allclose(zero - top, high.float() * unit, atol=0.25)
    assert torch.allclose(zero - bottom, low.float() * unit, atol=0.25)
    return boxes


def called(text, at):
    name = "the space" if text[at] == " " else f"“{text[at]}”"
    return f"{name} ({at + 1})" if text.count(text[at]) > 1 else name


def length(vector):
    return torch.linalg.vector_norm(vector).item()


NAMES = {"attention": "attention", "feed_forward": "feed-forward"}


def name_of(station, now, part):
    """What is written over a station."""
    if station["name"] == "in":
        return "comes in"
    if station["name"] == "norm":
        whole = f"norm, for {part}" if now["norm_first"] else "norm of the sum"
        return whole if now["norm"] else "norm is off"
    if station["off"]:
        return f"{part} is off"
    if not now["residual"]:
        return f"{part}, no sum"
    return f"+ {part}, "


def check_picture(face, widget, **state):
    """Everything that is drawn and told is what the package says."""
    now = dict.fromkeys(PARTS, True) | {"head": 0, "norm_first": True} | state
    on = {part: now[part] for part in PARTS}
    at, text, rows = now["token"], widget.text, widget.rows
    way, maps = way_of(widget.layer, rows, now["norm_first"], on)
    whole, _ = way_of(widget.layer, rows, now["norm_first"], WHOLE)
    map_ = maps[now["head"] - 1] if now["head"] else maps.mean(dim=0)
    count, size = rows.shape

    # The map: weights by their root, the row outlined, the most marked.
    cells = face.locator(".block-weight")
    opacities = cells.evaluate_all(
        "(all) => all.map((cell) => Number(getComputedStyle(cell).fillOpacity))"
    )
    shades = torch.tensor(opacities).float().view(count, count)
    assert torch.allclose(shades, map_.float().sqrt(), atol=2e-4)
    best = map_.argmax(dim=-1)
    row = cells.nth(at * count).bounding_box()
    frame = face.locator(".block-frame").bounding_box()
    assert frame["y"] + frame["height"] / 2 == pytest.approx(
        row["y"] + row["height"] / 2, abs=0.6
    )
    most = cells.nth(at * count + best[at].item()).bounding_box()
    mark = face.locator(".block-most").bounding_box()
    for side, extent in (("x", "width"), ("y", "height")):
        assert mark[side] + mark[extent] / 2 == pytest.approx(
            most[side] + most[extent] / 2, abs=0.6
        )
    shown = text.replace(" ", "␣")
    for look in ("query", "column"):
        letters = face.locator(f".block-{look}").all_text_contents()
        assert "".join(letters) == shown
    asking = face.locator(".block-query").evaluate_all(
        "(all) => all.map((one) => getComputedStyle(one).fontWeight === '700')"
    )
    assert asking == [n == at for n in range(count)]
    hatched = face.locator(".block-hatch").evaluate(
        "(node) => getComputedStyle(node).visibility === 'visible'"
    )
    assert hatched != on["attention"]
    told = [
        "reads "
        + ("itself" if best[n] == n else called(text, best[n].item()))
        + f" most, {100 * map_[n].max().item():.0f} %"
        for n in range(count)
    ]
    assert face.locator(".block-reads").text_content() == told[at]
    boxes = face.locator(".block-row")
    assert boxes.evaluate_all("(all) => all.map((n) => n.ariaLabel)") == [
        f"{called(text, n)} {told[n]}" for n in range(count)
    ]
    assert boxes.evaluate_all("(all) => all.map((n) => n.ariaChecked)") == [
        str(n == at).lower() for n in range(count)
    ]
    stops = boxes.evaluate_all("(all) => all.map((n) => n.tabIndex)")
    assert stops == [0 if n == at else -1 for n in range(count)]
    box = boxes.nth(at).bounding_box()
    assert box["height"] >= 24
    assert box["y"] == pytest.approx(row["y"], abs=1)

    # The stations, all on one scale.
    title = face.locator(".block-title").nth(1).text_content()
    assert title == f"{called(text, at)} on its way"
    zeros, unit = scale_of(face)
    largest = largest_of(widget.layer, rows)[at].item()
    room = (zeros[1] - zeros[0] - 26) / 2
    assert largest * unit == pytest.approx(room, rel=1e-2)
    says = face.locator(".block-says").all_text_contents()
    names = face.locator(".block-name").all_text_contents()
    parts = {
        1: "attention",
        2: "attention",
        3: "feed-forward",
        4: "feed-forward",
    }
    for n, station in enumerate(way):
        x = station["x"][at]
        long = says[n].removeprefix("length ")
        assert float(long) == pytest.approx(length(x), abs=0.0501)
        expected = name_of(station, now, parts.get(n))
        if expected.startswith("+"):
            assert names[n].startswith(expected)
            added = float(names[n].split()[-1])
            assert added == pytest.approx(
                length(station["change"][at]), abs=0.0501
            )
        else:
            assert names[n] == expected
        if "change" in station:
            spans = stack(station["before"][at], station["change"][at])
        else:
            look = "normed" if station["name"] == "norm" else "kept"
            spans = {look: (torch.zeros_like(x), x)}
        for look in ("kept", "added", "taken", "normed", "left"):
            if look not in spans:
                assert len(drawn(face, look, n)) == 0, (look, n)
                continue
            bars = hold_bars(face, look, n, zeros[n], unit, spans[look])
            assert len(bars) == size
            apart = bars[1:, 0] - (bars[:-1, 0] + bars[:-1, 2])
            assert apart.min() > 0
    # What would have left.
    would = whole[-1]["x"][at]
    intact = all(on.values())
    bars = drawn(face, "left", 5)
    if intact:
        assert len(bars) == 0
        assert (names[5], says[5]) == ("switch a part off to compare", "")
    else:
        span = (torch.zeros_like(would), would)
        hold_bars(face, "left", 5, zeros[5], unit, span)
        assert names[5] == "would leave, all parts on"
        assert float(says[5].removeprefix("length ")) == pytest.approx(
            length(would), abs=0.0501
        )
    hold_paths(face, zeros, now, on)

    # The same in words; numbers stand with all their digits beside them.
    out = way[-1]["x"][at]
    verb = "adds" if now["residual"] else "gives"
    changes = {s["name"]: s["change"][at] for s in way if "change" in s}
    numbers = [100 * map_[at].max().item(), length(rows[at])]
    words = (
        f"In head {now['head']} "
        if now["head"]
        else f"On average over {len(maps)} heads "
    )
    words += f"{called(text, at)} {told[at].split(', ')[0]}, #%. It comes in with length #"
    words += "; " if now["residual"] else ", which is added to nothing; "
    pieces = []
    for part, name in NAMES.items():
        pieces.append(f"{name} {verb} {'#' if on[part] else 'nothing'}")
        numbers += [length(changes[part])] if on[part] else []
    words += ", ".join(pieces) + "; it leaves with #."
    numbers.append(length(out))
    if not intact:
        words += " With all parts on it would leave with #, # away from there."
        numbers += [length(would), length(would - out)]
    readout = face.locator(".attn-readout")
    data = readout.locator("data").evaluate_all(
        "(all) => all.map((n) => Number(n.value))"
    )
    assert data == pytest.approx(numbers, abs=1e-4, rel=1e-4)
    texts = readout.locator("data").all_text_contents()
    said = readout.text_content()
    for digits in texts:
        words = words.replace("#", digits + (" " if "#%" in words else ""), 1)
    assert said == words
    assert face.locator(".attn-picture").get_attribute("aria-label") == said

    # The controls.
    head = str(now["head"]) if now["head"] else "average"
    assert face.get_by_role("radio", name=head, exact=True).is_checked()
    place = (
        "before the part (pre-norm)"
        if now["norm_first"]
        else "after the sum (post-norm)"
    )
    assert face.get_by_role("radio", name=place, exact=True).is_checked()
    for part in PARTS:
        switch = face.get_by_role(
            "checkbox", name=NAMES.get(part, part), exact=True
        )
        assert switch.is_checked() == on[part]


def hold_paths(face, zeros, now, on):
    """The residual path goes around each part; what is off is dashed."""
    solid, dashed = (
        face.locator(".block-path").nth(n).get_attribute("d") for n in range(2)
    )
    (main,) = {*re.findall(r"M([\d.]+) [\d.]+V", solid + dashed)}
    spans = [(0, 2), (2, 4)] if now["norm_first"] else [(0, 1), (2, 3)]
    for part, (start, end) in zip(
        ("attention", "feed_forward"), spans, strict=True
    ):
        a, b = (f"{zeros[n]:.2f}".rstrip("0").rstrip(".") for n in (start, end))
        around = f"M{main} {a}V{b}"
        through = re.compile(rf"M{main} {a}H[\d.]+V{b}H")
        assert (around in solid, around in dashed) == (
            now["residual"], not now["residual"],
        )  # fmt: skip
        found = bool(through.search(solid)), bool(through.search(dashed))
        assert found == (on[part], not on[part])
    dots = re.findall(
        r"M([\d.]+) ([\d.]+)a", face.locator(".block-dot").get_attribute("d")
    )
    assert [float(y) for _, y in dots] == zeros[:5]
    beside = [float(x) + 4 != float(main) for x, _ in dots]
    norms = [1, 3] if now["norm_first"] else []
    assert beside == [n in norms for n in range(5)]


STATES = [
    {"token": 0},
    {"token": 6, "head": 2, "norm_first": False},
    {"token": 1, "head": 1, "attention": False},
    {"token": 3, "feed_forward": False, "norm_first": False},
    {"token": 5, "head": 2, "residual": False},
    {"token": 2, "norm": False},
    {"token": 4, "norm_first": False, "residual": False},
    {"token": 4, "norm_first": False, "norm": False, "attention": False},
    {"token": 3, "residual": False, "feed_forward": False},
]
FULL = dict.fromkeys(PARTS, True) | {"head": 0, "norm_first": True}


@pytest.mark.parametrize(("window", "seed"), [(320, 1), (360, 2), (1440, 3)])
def test_the_picture_is_what_the_package_says(opened, watch, window, seed):
    watched = watch(viewport={"width": window, "height": 1400})
    widget, page, face = opened(watched=watched, seed=seed)
    for state in STATES:
        python_sets(page, widget, **FULL | state)
        check_picture(face, widget, **state)


def test_sixty_four_features_are_told_apart_on_a_phone(opened, watch):
    layer = layer_of(4, model_dim=64, num_heads=4, ff_dim=128)
    for parameter in layer.parameters():
        parameter.mul_(0.25)
    layer = layer.half().double()
    watched = watch(viewport={"width": 360, "height": 1400})
    widget = made(
        layer=layer, text="vrijdag 3 mei 2019", token=9, residual=False
    )
    _, _, face = opened(watched=watched, widget=widget)
    check_picture(face, widget, token=9, residual=False)
    pitch = drawn(face, "kept", 0)[:, 0].diff()
    assert pitch.min() > 3


def test_one_token_reads_itself(opened):
    widget, _, face = opened(text="v")
    check_picture(face, widget, token=0)
    assert (
        face.locator(".block-reads").text_content()
        == "reads itself most, 100 %"
    )


def test_a_layer_that_makes_nothing_of_nothing_is_drawn_flat(opened):
    layer = layer_of()
    for parameter in layer.parameters():
        parameter.zero_()
    widget = EncoderBlock(layer, torch.zeros(2, 8), "ab", hint=HINT)
    _, _, face = opened(widget=widget)
    boxes = torch.cat([drawn(face, "kept", n) for n in (0, 2, 4)])
    assert boxes.isfinite().all()
    assert (boxes[:, 3] == 0).all()
    assert scale_of(face)[1] > 0


def test_a_row_that_is_pressed_is_followed(opened):
    widget, page, face = opened()
    for token in (3, 6, 0):
        face.locator(".block-row").nth(token).click()
        frames(page)
        assert held_by(page, widget, "token") == token
        check_picture(face, widget, token=token)


def test_the_rows_are_moved_by_keyboard(opened):
    widget, page, face = opened(token=2)
    face.locator(".block-row[tabindex='0']").focus()
    token = 2
    for key, by in (
        *(("ArrowDown", 1), ("ArrowRight", 1), ("ArrowUp", -1)),
        *(("ArrowLeft", -1), ("Home", -7), ("ArrowUp", -1)),
        *(("End", 7), ("ArrowDown", 1)),
    ):
        page.keyboard.press(key)
        frames(page)
        token = min(max(token + by, 0), 6)
        assert held_by(page, widget, "token") == token, key
        told = page.evaluate("document.activeElement.ariaLabel")
        assert told.startswith(called(TEXT, token)), key
    check_picture(face, widget, token=6)
    # Two keys within a frame are two steps.
    page.evaluate(
        "(key) => { for (let i = 0; i < 2; i++) document.activeElement"
        ".dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); }",
        "ArrowUp",
    )
    frames(page)
    check_picture(face, widget, token=4)
    page.keyboard.press("a")
    frames(page)
    assert held_by(page, widget, "token") == 4


def test_chips_and_switches_set_every_trait(opened):
    widget, page, face = opened(token=3)
    now = {"token": 3}
    for name, state in (
        ("2", {"head": 2}), ("1", {"head": 1}), ("average", {"head": 0}),
        ("after the sum (post-norm)", {"norm_first": False}),
    ):  # fmt: skip
        face.get_by_role("radio", name=name, exact=True).check()
        frames(page)
        now |= state
        check_picture(face, widget, **now)
    for part in PARTS:
        switch = face.get_by_role(
            "checkbox", name=NAMES.get(part, part), exact=True
        )
        switch.uncheck()
        frames(page)
        check_picture(face, widget, **now | {part: False})
        switch.check()
        frames(page)
        check_picture(face, widget, **now)


def test_the_scale_stands_still_while_parts_are_taken_away(opened):
    widget, page, face = opened(token=3)
    scales = set()
    for order in ORDERS:
        for on in ALL:
            python_sets(page, widget, norm_first=order, **on)
            scales.add(scale_of(face)[1])
    assert len(scales) == 1


GOALS = {
    **{"token": 5, "head": 2, "norm_first": False},
    **dict.fromkeys(PARTS, False),
}


def test_a_link_sets_every_trait_and_reset_brings_it_back(opened_with_a_link):
    first = {"token": 1, "head": 1}
    widget = made(**first)
    page, face = opened_with_a_link(widget, GOALS)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(600)
        assert held_by(page, widget, *GOALS) == [*GOALS.values()]
        check_picture(face, widget, **GOALS)
        face.get_by_role("button", name="Reset").click()
        frames(page)
        assert held_by(page, widget, *KEPT) == [1, 1, *[True] * 5]
        check_picture(face, widget, **first)


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    picture = tied_to(made())
    asked = "&".join(
        f"{name}={str(goal).lower()}" for name, goal in GOALS.items()
    )
    assert ties.settings(asked, picture) == GOALS
    for wrong in ("token=7", "head=3", "norm=off"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


def test_the_state_is_spoken_once_the_hand_rests(opened):
    _, page, face = opened()
    face.get_by_role("checkbox", name="norm").uncheck()
    page.wait_for_timeout(800)
    text = face.locator(".attn-readout").text_content()
    assert face.locator(".attn-spoken").text_content() == text
    assert "With all parts on" in text


@pytest.mark.parametrize(
    ("text", "heads"), [(TEXT, 2), ("vrijdag 3 mei 2019", 4)]
)
@pytest.mark.parametrize("width", [320, 360, 480, 620, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(
    opened, watch, width, text, heads
):
    watched = watch(viewport={"width": width, "height": 1400})
    layer = layer_of(num_heads=heads)
    widget, page, face = opened(watched=watched, text=text, layer=layer)
    heights = set()
    for state in (*STATES, GOALS):
        python_sets(page, widget, **FULL | state)
        heights.add(face.bounding_box()["height"])
        hold_spare(face)
    hold_height(widget, page, heights)


@pytest.mark.parametrize("text", [TEXT, "vrijdag 3 mei 2019"])
@pytest.mark.parametrize("width", [320, 360, 620, 1440])
def test_no_words_touch_one_another(opened, watch, width, text):
    watched = watch(viewport={"width": width, "height": 1400})
    widget, page, face = opened(watched=watched, text=text)
    for state in STATES:
        python_sets(page, widget, **FULL | state)
        hold_apart(face, written_in(face.locator(".attn-picture text")))
    sizes = face.locator(".attn-picture text").evaluate_all(
        "(all) => all.map((node) => parseFloat(getComputedStyle(node).fontSize))"
    )
    assert min(sizes) >= 11


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened(norm=False)
    for part, inside in (
        *(("read", ".block-weight"), ("stream", ".block-kept")),
        *(("added", ".block-added"), ("added", ".block-taken")),
        *(("norm", ".block-normed"), ("left", ".block-left")),
    ):
        assert part in widget.parts
        assert face.locator(f"g[data-show={part}] {inside}").count() >= 1
    for part in widget.parts:
        assert face.locator(f"g[data-show={part}]").count() >= 1


LOOKS = """
(face) => Object.fromEntries(["kept", "added", "taken"].map((look) => {
  const bars = getComputedStyle(face.querySelector(`.block-${look}`));
  const key = getComputedStyle(face.querySelector(`.block-key-${look}`));
  return [look, [bars.fill, bars.stroke, key.backgroundColor, key.borderTopStyle, parseFloat(key.width)]];
}))
"""


def test_what_is_added_looks_other_than_what_was_there_but_for_its_colour(
    opened,
):
    _, _, face = opened(token=2)
    looks = face.evaluate(LOOKS)
    assert looks["taken"][0] == "none" != looks["taken"][1]
    assert looks["taken"][3] == "solid"
    for look in ("kept", "added"):
        assert looks[look][0] == looks[look][2]
        assert looks[look][1] == "none"
    assert looks["added"][4] < 0.6 * looks["kept"][4]
    kept, added = (drawn(face, look, 2) for look in ("kept", "added"))
    assert (added[:, 2] < 0.6 * kept[:, 2]).all()


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 1400})
    _, page, face = opened(theme, watched=watched, attention=False)
    assert_no_violation(page)
    assert_can_be_hit(face.locator("label, button, .block-row"))


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(watched=watch(forced_colors="active"), norm=False)
    assert_drawn(
        face,
        stroke="block-frame block-most block-path block-taken block-zero",
        fill="block-kept block-added block-weight block-name block-dot",
    )
