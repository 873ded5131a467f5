"""Both gates by hand: what is drawn is what the package computes."""

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
    hold_letters,
    hold_room,
    python_sets,
    same,
    size_of,
    tied_to,
    written_in,
)
from extensions import load
from test_digit_recall import held_by

from attn_utils import CBAM, SpatialAttention
from attn_utils.cbam import average, maximum
from attn_utils.widgets import GatesByHand

MATHS = "gates_by_hand/gates_math.js"
HINT = "lower the largest number. Which weights follow?"
KEPT = ["features", "cell", "pools"]
POOLS = {"average": average, "maximum": maximum}


def drawn(seed):
    """Features and the weights of both gates, none its own mirror image."""
    generator = torch.Generator().manual_seed(seed)

    def quarters(*shape):
        return torch.randint(-5, 6, shape, generator=generator) / 4

    return (
        torch.randint(0, 10, (2, 4, 4), generator=generator),
        quarters(1, 2) / 2,
        quarters(2, 1) / 2,
        quarters(2, 3, 3) / 4,
    )


def made(seed=0, **traits):
    return GatesByHand(*drawn(seed), **({"hint": HINT} | traits))


def state(widget, **change):
    return {name: getattr(widget, name) for name in KEPT} | change


def paths_of(pools):
    return [*POOLS] if pools == "both" else [pools]


@torch.no_grad()
def by_torch(widget, features, pools, cell=0):
    """Every number on the way, by CBAM's own parts."""
    paths = paths_of(pools)
    module = CBAM(2, reduction=2, kernel_size=3).double()
    network = module.channel.network
    kernel = torch.tensor(widget.kernel).double().view(2, 3, 3)
    network[0].weight.copy_(torch.tensor(widget.first).view(1, 2))
    network[2].weight.copy_(torch.tensor(widget.second).view(2, 1))
    module.spatial.convolution.weight.copy_(kernel[None])
    if len(paths) == 1:
        pool = (POOLS[pools],)
        module.channel.pools = pool
        module.spatial = SpatialAttention(3, pools=pool).double()
        which = [*POOLS].index(pools)
        module.spatial.convolution.weight.copy_(kernel[None, which, None])
    image = torch.tensor(features).double().view(1, 2, 4, 4)
    weights = module.channel(image)
    weighed = image * weights
    return {
        "channel": {
            path: {
                "summary": (seen := POOLS[path](image[0].flatten(1))),
                "hidden": network[:2](seen),
                "scores": network(seen),
            }
            for path in paths
        },
        "sums": sum(
            network(POOLS[path](image[0].flatten(1))) for path in paths
        ),
        "weights": weights.flatten(),
        "planes": {
            path: POOLS[path](weighed[0].movedim(0, -1)) for path in paths
        },
        "kernels": dict(zip(POOLS, kernel, strict=True)),
        "map": module.spatial(weighed)[0, 0],
        "refined": module(image)[0],
    }


@pytest.mark.parametrize("pools", ["both", *POOLS])
@pytest.mark.parametrize("seed", range(5))
def test_the_page_computes_what_the_package_does(modules, seed, pools):
    widget = made(seed)
    found = by_torch(widget, widget.features, pools)
    given = {name: getattr(widget, name) for name in ("features", "first")}
    given |= {"second": widget.second, "kernel": widget.kernel, "pools": pools}
    got = call(modules, MATHS, "throughBoth", given)
    assert got["channel"].keys() == found["channel"].keys()
    for path, numbers in found["channel"].items():
        for name, expected in numbers.items():
            assert same(got["channel"][path][name], expected), (path, name)
    assert got["planes"].keys() == found["planes"].keys()
    for path, plane in found["planes"].items():
        assert same(got["planes"][path], plane)
    for name in ("sums", "weights", "map"):
        assert same(got[name], found[name]), name
    assert same(got["refined"], found["refined"].movedim(0, -1))
    for path, kernel in found["kernels"].items():
        assert same(got["kernels"][path], kernel.flatten())
    assert call(modules, MATHS, "pathsOf", pools) == paths_of(pools)


def test_cells_are_counted_row_by_row_and_channel_by_channel(modules):
    got = [call(modules, MATHS, "placeOf", cell) for cell in range(32)]
    places = torch.cartesian_prod(*map(torch.arange, (2, 4, 4)))
    assert got == places.tolist()


def numbers_in(face):
    """All numbers of the picture, by the tables in which they stand."""
    return face.locator(".attn-picture").evaluate(
        """(picture) => Object.fromEntries(['channel', 'place', 'kernel', 'weight place', 'refined'].map((name) => [name,
          [...picture.querySelectorAll(`g[data-show="${name}"] .gates-box`)].map((box) => [box.dataset.number,
            box.nextElementSibling.textContent, Number(box.getAttribute('fill-opacity')), box.classList.contains('gates-weight')])]))"""
    )


def frames_in(face):
    """Each frame that is seen: its left, top, width and height in the picture."""
    return face.locator(".gates-frame").evaluate_all(
        "(all) => all.filter((n) => n.checkVisibility({ visibilityProperty: true })).map((n) =>"
        " ['x', 'y', 'width', 'height'].map((name) => Number(n.getAttribute(name))))"
    )


TWO = re.compile(r"−?\d+\.\d\d")
SHORT = re.compile(r"−?\d+(\.\d?[1-9])?")


def check_table(got, tensors, written=TWO):
    """Hold that these cells show these tensors; None where nothing is computed."""
    expected = []
    for tensor, count in tensors:
        expected += [None] * count if tensor is None else tensor.tolist()
    assert len(got) == len(expected)
    for (number, text, opacity, weighs), value in zip(
        got, expected, strict=True
    ):
        if value is None:
            assert (number, text) == ("", "")
            continue
        assert float(number) == pytest.approx(value, abs=1e-6)
        assert written.fullmatch(text)
        # Half of a hundredth goes to either side.
        near = pytest.approx(value, abs=0.005001)
        assert float(text.replace("−", "-")) == near
        assert not re.fullmatch("−[0.]+", text)
        if weighs:
            assert opacity == pytest.approx(0.5 * value**0.5, abs=1e-3)


def check_picture(face, widget, **now):
    """Everything that is drawn is what the package says."""
    found = by_torch(widget, **now)
    features, cell, pools = (now[name] for name in KEPT)
    c, (i, j) = cell // 16, divmod(cell % 16, 4)
    shown = numbers_in(face)

    # A table has its rows in the order in which they are read.
    tables = []
    for path in POOLS:
        here = found["channel"].get(path)
        for name, count in (("summary", 2), ("hidden", 1), ("scores", 2)):
            tables.append((here and here[name], count))
    tables += [(found["sums"], 2), (found["weights"], 2)]
    check_table(shown["channel"], tables)
    flat = {path: plane.flatten() for path, plane in found["planes"].items()}
    check_table(shown["place"], [(flat.get(path), 16) for path in POOLS])
    kernels = [
        (found["kernels"][path].flatten() if path in flat else None, 9)
        for path in POOLS
    ]
    check_table(shown["kernel"], kernels, SHORT)
    check_table(shown["weight place"], [(found["map"].flatten(), 16)])
    check_table(shown["refined"], [(found["refined"].flatten(), 32)])
    weights = [one[3] for one in shown["weight place"]]
    assert all(weights)
    assert [one[3] for one in shown["channel"]] == [False] * 12 + [True] * 2
    hatched = face.locator(".gates-hatch").evaluate_all(
        "(all) => all.filter((n) => n.checkVisibility({ visibilityProperty: true })).length"
    )
    assert hatched == (0 if pools == "both" else 5)

    # The features, which can be changed.
    cells = face.locator(".gates-cell").all()
    assert len(cells) == 32
    for n, node in enumerate(cells):
        i_, across = divmod(n, 8)
        c_, j_ = divmod(across, 4)
        at = 16 * c_ + 4 * i_ + j_
        value = features[at]
        assert node.text_content() == str(value)
        label = f"channel {c_ + 1}, row {i_ + 1}, column {j_ + 1}: {value}"
        assert node.get_attribute("aria-label") == label
        chosen = node.get_attribute("aria-selected")
        assert chosen == str(at == cell).lower()
        assert node.get_attribute("tabindex") == ("0" if at == cell else "-1")

    # What follows from the chosen one is framed: in the gate of the channels, in
    # both planes, around it in the map, and in both refined channels.
    wide = cells[0].bounding_box()["width"]
    picture = face.locator(".attn-picture").bounding_box()
    boxes = frames_in(face)
    once = len(paths_of(pools))
    assert len(boxes) == 2 * once + 1 + 1 + 2
    planes = boxes[once + 1 : 2 * once + 1]
    (map_frame,) = boxes[2 * once + 1 : 2 * once + 2]
    refined = boxes[2 * once + 2 :]
    corners = {
        part: face.locator(f"g[data-show='{part}'] .gates-box").first
        for part in ("place", "weight place", "refined")
    }
    for part, frame in (
        *(("place", frame) for frame in planes[: "average" in flat]),
        ("refined", refined[0]),
    ):
        left, top = (
            float(corners[part].get_attribute(way)) for way in ("x", "y")
        )
        assert frame == pytest.approx(
            [left + j * wide, top + 27 * i, wide, 27], abs=0.02
        )
    left, top = (
        float(corners["weight place"].get_attribute(way)) for way in ("x", "y")
    )
    up, before = max(i - 1, 0), max(j - 1, 0)
    down, after = min(i + 2, 4), min(j + 2, 4)
    assert map_frame == pytest.approx(
        [
            left + before * wide,
            top + 27 * up,
            (after - before) * wide,
            27 * (down - up),
        ],
        abs=0.02,
    )
    summaries = boxes[:once]
    slot = summaries[0][2]
    start = face.locator("g[data-show=channel] .gates-box").first
    left = float(start.get_attribute("x"))
    assert [box[0] for box in summaries] == [left + c * slot] * once
    assert picture["width"] >= max(x + w for x, _, w, _ in boxes)

    # What is said, and what the controls say.
    a, b = (f"{each:.2f}" for each in found["weights"])
    place = f"{found['map'][i, j]:.2f}"
    told = (
        f"Channel {c + 1}, row {i + 1}, column {j + 1} holds {features[cell]}. "
        f"The channels weigh {a} and {b}, this place {place}: {features[cell]} × "
        f"{(a, b)[c]} × {place} = {found['refined'][c, i, j]:.2f}."
    )
    assert face.locator(".attn-readout").text_content() == told
    label = face.locator(".attn-picture").get_attribute("aria-label")
    assert label == told
    slider = face.get_by_role("slider", name="value")
    assert slider.input_value() == str(features[cell])
    assert slider.get_attribute("aria-valuetext") == str(features[cell])
    for name, end in (("lower", 0), ("raise", 9)):
        button = face.get_by_role("button", name=f"{name} the value")
        off = button.get_attribute("aria-disabled")
        assert off == str(features[cell] == end).lower()
    for path in POOLS:
        box = face.get_by_role("checkbox", name=path)
        assert box.is_checked() == (path in paths_of(pools))
        assert box.is_enabled() == (pools != path)


STATES = [
    {},
    {"cell": 31, "pools": "average"},
    {"cell": 6, "pools": "maximum"},
    {"cell": 21, "features": [*range(10), *range(9, -1, -1), *[3] * 12]},
    {"cell": 12, "features": [0] * 32},
    {"cell": 19, "features": [9] * 32},
]


@pytest.mark.parametrize("window", [320, 360, 620, 1280])
def test_the_picture_is_what_the_package_says(opened, watch, window):
    watched = watch(viewport={"width": window, "height": 900})
    widget, page, face = opened(watched=watched, seed=window)
    for change in STATES:
        now = state(widget, **change)
        python_sets(page, widget, **now)
        check_picture(face, widget, **now)


def test_the_networks_weights_are_written(opened):
    widget = GatesByHand(
        torch.ones(2, 4, 4), [[0.5, -0.25]], [[1], [-2.5]], torch.ones(2, 3, 3)
    )
    _, _, face = opened(widget=widget)
    words = face.locator("g[data-show=channel]").text_content()
    assert "hidden = ReLU(0.5 ch 1 − 0.25 ch 2)" in words
    assert "scores = 1 hidden, −2.5 hidden" in words


def cell_of(face, at):
    c, rest = divmod(at, 16)
    i, j = divmod(rest, 4)
    name = f"channel {c + 1}, row {i + 1}, column {j + 1}:"
    return face.locator(f".gates-cell[aria-label^='{name}']")


def test_a_cell_is_chosen_by_click_and_changed_by_key(opened):
    widget, page, face = opened()
    now = state(widget)
    cell_of(face, 22).click()
    frames(page)
    now["cell"] = 22
    check_picture(face, widget, **now)
    was = now["features"][22]
    for key, value in (
        *(("7", 7), ("+", 8), ("+", 9), ("+", 9), ("0", 0), ("-", 0)),
        *(("+", 1), ("a", 1), ("4", 4), ("-", 3), ("Control+5", 3)),
    ):
        page.keyboard.press(key)
        frames(page)
        assert held_by(page, widget, "features")[22] == value, key
    assert was != 3
    now["features"] = [
        3 if n == 22 else each for n, each in enumerate(now["features"])
    ]
    check_picture(face, widget, **now)


def test_a_screen_readers_click_chooses_a_cell(opened):
    widget, page, face = opened()
    cell_of(face, 18).evaluate("(cell) => cell.click()")
    frames(page)
    check_picture(face, widget, **state(widget, cell=18))


def test_arrows_lead_through_both_channels(opened):
    widget, page, face = opened(cell=9)
    cell_of(face, 9).focus()
    for key, at in (
        *(("ArrowRight", 10), ("ArrowRight", 11), ("ArrowRight", 24)),
        *(("ArrowUp", 20), ("ArrowLeft", 7), ("Home", 4), ("ArrowLeft", 4)),
        *(("End", 23), ("ArrowDown", 27), ("ArrowDown", 31)),
        *(("ArrowDown", 31), ("ArrowRight", 31)),
    ):
        page.keyboard.press(key)
        frames(page)
        assert held_by(page, widget, "cell") == at, key
        told = page.evaluate("document.activeElement.ariaLabel")
        assert told == cell_of(face, at).get_attribute("aria-label")
    check_picture(face, widget, **state(widget, cell=31))


def test_who_stands_at_a_cell_goes_where_another_is_chosen(opened):
    widget, page, face = opened()
    cell_of(face, 0).focus()
    python_sets(page, widget, cell=17)
    told = page.evaluate("document.activeElement.ariaLabel")
    assert told.startswith("channel 2, row 1, column 2")
    assert held_by(page, widget, "cell") == 17


def test_buttons_and_slider_change_the_chosen_cell(opened):
    widget, page, face = opened(cell=13)
    now = state(widget)
    slider = face.get_by_role("slider", name="value")
    for work, value in (
        (lambda: slider.fill("4"), 4),
        (lambda: press(face, "raise the value"), 5),
        (lambda: press(face, "lower the value"), 4),
        (lambda: slider.press("End"), 9),
        (lambda: press(face, "raise the value"), 9),
        (lambda: slider.press("Home"), 0),
        (lambda: press(face, "lower the value"), 0),
    ):
        work()
        frames(page)
        now["features"] = [
            *now["features"][:13],
            value,
            *now["features"][14:],
        ]
        assert held_by(page, widget, "features") == now["features"]
    check_picture(face, widget, **now)


def press(face, name):
    # What is off is pressed too.
    face.get_by_role("button", name=name).click(force=True)


def test_a_path_is_switched_off_but_never_both(opened):
    widget, page, face = opened()
    for name, pools in (
        *(("average", "maximum"), ("average", "both")),
        *(("maximum", "average"), ("maximum", "both")),
    ):
        face.get_by_role("checkbox", name=name).focus()
        page.keyboard.press("Space")
        frames(page)
        check_picture(face, widget, **state(widget, pools=pools))


GOALS = {
    "features": [*range(10), *range(10), *[5] * 12],
    "cell": 18,
    "pools": "maximum",
}


def test_a_link_sets_every_trait_and_reset_brings_it_back(opened_with_a_link):
    widget = made(cell=3)
    page, face = opened_with_a_link(widget, GOALS)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(500)
        check_picture(face, widget, **GOALS)
        press(face, "Reset")
        frames(page)
        check_picture(face, widget, **state(widget))


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    picture = tied_to(made())
    numbers = "+".join(map(str, GOALS["features"]))
    asked = f"features={numbers}&cell=18&pools=maximum"
    assert ties.settings(asked, picture) == GOALS
    for wrong in ("cell=32", "pools=none", f"features={numbers}+1"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


@pytest.mark.parametrize("width", [320, 360, 480, 620, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    first = state(widget)
    hold_room(widget, page, face, [first | change for change in STATES])


@pytest.mark.parametrize("width", [320, 360, 620, 800, 1440])
def test_no_words_touch_others_or_leave_the_picture(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched)
    for change in STATES:
        python_sets(page, widget, **state(widget, **change))
        words = face.locator(".attn-picture text")
        hold_letters(words)
        hold_apart(face, written_in(words), left=10, right=10)


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part, words in (
        *(("features", "channel 2"), ("channel", "hidden")),
        *(("place", "maxima"), ("kernel", "kernel: averages")),
        *(("weight", "map of weights"), ("refined", "refined 2")),
    ):
        assert part in widget.parts
        group = face.locator(f"g[data-show~={part}]")
        assert group.filter(has_text=words).count() == 1


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(theme, watched=watched)
    for pools in ("both", "average"):
        python_sets(page, widget, pools=pools)
        assert_no_violation(page)
    assert_can_be_hit(
        face.locator("input[type=range], label, button, .gates-cell")
    )


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    watched = watch(forced_colors="active")
    _, _, face = opened(watched=watched, pools="average")
    assert_drawn(face, stroke="gates-frame gates-hatch", fill="gates-number")


def test_the_state_is_small():
    assert size_of(made()) < 2_000
