"""Who reaches whom, on the page: what is drawn and told is what the package says."""

import itertools
import re

import pytest
from access import (
    assert_can_be_hit,
    assert_drawn,
    assert_no_violation,
    narrow_and_wide,
)
from conftest import (
    call,
    frames,
    hold_room,
    python_sets,
    size_of,
    tied_to,
)
from extensions import load
from test_digit_recall import held_by

from attn_utils.recipes import Node, reached_nodes, shortest_path, wires_of
from attn_utils.widgets import ReachPaths

MATHS = "reach_paths/reach_paths_math.js"
MIXERS = ["attention", "RNN", "convolution", "dilated", "fully connected"]
HINT = "take another mixer, and move the two tokens apart."
KEPT = (
    *("mixer", "num_tokens", "num_layers"),
    *("kernel_size", "origin", "target"),
)


def made(**traits):
    return ReachPaths(**({"hint": HINT} | traits))


def wired(mixer, num_tokens, num_layers, kernel_size):
    """What a test asks for, as the page takes it."""
    names = ("mixer", "numTokens", "numLayers", "kernelSize")
    return dict(
        zip(names, (mixer, num_tokens, num_layers, kernel_size), strict=True)
    )


def plain(nodes):
    return [[*node] for node in nodes]


ARITHMETIC = """
async (asked) => {
  const js = await import("./reach_paths/reach_paths_math.js");
  return asked.map(([given, places]) => {
    const wires = js.wiresOf(given);
    const [net, top] = [js.netOf(wires), given.numLayers];
    return [
      wires,
      places.map(([from, to]) => js.shortestPath(net, [0, from], [top, to])),
      places.map(([from]) => js.reachedNodes(net, [0, from])),
    ];
  });
}
"""


def test_wires_ways_and_what_is_reached_are_those_of_the_package(modules):
    asked = []
    for mixer in MIXERS:
        for tokens in (2, 3, 5, 7, 11, 16):
            for layers in (1, 2, 3, 5, 7):
                for kernel in (3, 5, 7):
                    if kernel > 3 and mixer not in ("convolution", "dilated"):
                        continue
                    ends = [0, tokens - 1, (3 * layers + kernel) % tokens]
                    places = [[a, b] for a in ends for b in ends]
                    asked.append([[mixer, tokens, layers, kernel], places])
    got = modules.evaluate(
        ARITHMETIC, [[wired(*given), places] for given, places in asked]
    )
    lengths = set()
    for (given, places), (wires, ways, reached) in zip(asked, got, strict=True):
        expected = wires_of(*given)
        assert wires == [plain(wire) for wire in expected]
        for (origin, target), way, all_ in zip(
            places, ways, reached, strict=True
        ):
            start, end = Node(0, origin), Node(given[2], target)
            assert way == plain(shortest_path(expected, start, end)), given
            assert sorted(all_) == sorted(plain(reached_nodes(expected, start)))
            assert len({*map(str, all_)}) == len(all_)
            lengths.add(len(way))
    assert {0, 2, 23} <= lengths


@pytest.mark.parametrize("mixer", ["convolution", "dilated"])
def test_how_far_neighbours_reach_is_how_far_a_way_leads(modules, mixer):
    for layers in range(1, 8):
        for kernel in (3, 5, 7):
            side = call(
                modules, MATHS, "sideOf", wired(mixer, 0, layers, kernel)
            )
            if side > 60:
                continue
            # The middle one of so many that none lies at an end.
            tokens = 2 * side + 5
            wires = wires_of(mixer, tokens, layers, kernel)
            reached = reached_nodes(wires, Node(0, side + 2))
            top = [place for level, place in reached if level == layers]
            assert (min(top), max(top)) == (2, 2 * side + 2)


def counted(number, noun):
    return f"{number} {noun}{'' if number == 1 else 's'}"


WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven"]


def sentence(mixer, num_tokens, num_layers, kernel_size, origin, target):
    """All that is told."""
    wires = wires_of(mixer, num_tokens, num_layers, kernel_size)
    start, end = Node(0, origin), Node(num_layers, target)
    way = shortest_path(wires, start, end)
    between = f"input {origin + 1} to output {target + 1}"
    far = target - origin
    if way:
        told = (
            f"From {between}: {counted(len(way) - 1, 'wire')} in "
            f"{counted(num_layers, 'layer')}"
        )
        if mixer == "RNN" and far:
            on = "the next token" if far == 1 else f"each of {far} more tokens"
            told += f", {num_layers} up and one for {on}"
    elif mixer == "RNN":
        told = (
            f"No way from {between}: an RNN hands its state to the right only"
        )
    else:
        reach = (kernel_size - 1) // 2 * num_layers
        if mixer == "dilated":
            reach = (kernel_size - 1) // 2 * (2**num_layers - 1)
        kind = "dilated " if mixer == "dilated" else ""
        stack = (
            f"one {kind}layer of {kernel_size} neighbours reaches"
            if num_layers == 1
            else f"{WORDS[num_layers]} {kind}layers of {kernel_size} neighbours reach"
        )
        told = (
            f"No way from {between}: {stack} {counted(reach, 'place')} each way"
        )
    each = [
        sum(wire.end.level == level + 1 for wire in wires)
        for level in range(num_layers)
    ]
    if mixer == "dilated" and num_layers > 1:
        layers = f"The first layer has {counted(each[0], 'wire')}, the last {each[-1]}"
    else:
        assert len({*each}) == 1
        layers = f"One layer has {counted(each[0], 'wire')}"
    heard = sum(level == num_layers for level, _ in reached_nodes(wires, start))
    hear = "hears" if heard == 1 else "hear"
    return f"{told}. {layers}. {heard} of {num_tokens} outputs {hear} input {origin + 1}."


POINT = r"(-?[\d.]+) (-?[\d.]+)"


def attribute(face, part, name="d"):
    return face.locator(part).get_attribute(name)


def points(face, part):
    """The dots of a path: where their middles stand."""
    d = attribute(face, part)
    found = re.findall(rf"M{POINT}a([\d.]+)", d)
    assert d.count("M") == len(found)
    return [(float(x) + float(r), float(y)) for x, y, r in found]


def ends_of(face, part):
    """The lines of a path: both of their ends."""
    d = attribute(face, part)
    found = re.findall(rf"M{POINT}L{POINT}", d)
    assert d.count("M") == len(found)
    return [tuple(map(float, each)) for each in found]


def nearest(places, at):
    """Which of some places is meant; it is met, up to what rounding takes."""
    best = min(range(len(places)), key=lambda n: abs(places[n] - at))
    assert places[best] == pytest.approx(at, abs=0.1)
    return best


def box_of(face, part, at=0):
    box = face.locator(part).nth(at).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def shown(**state):
    """The state as it is shown: places after the last token are the last."""
    last = state["num_tokens"] - 1
    return state | {n: min(state[n], last) for n in ("origin", "target")}


def check_picture(face, **state):
    """Everything that is drawn and told is what the package says."""
    now = shown(**state)
    mixer, tokens, layers, kernel, origin, target = (now[n] for n in KEPT)
    wires = wires_of(mixer, tokens, layers, kernel)
    start, end = Node(0, origin), Node(layers, target)
    way = shortest_path(wires, start, end)
    reached = reached_nodes(wires, start)

    # The dots stand in a grid, inputs lowest.
    every = points(face, ".reach-open")
    across = sorted({round(x, 1) for x, _ in every})
    heights = sorted({round(y, 1) for _, y in every}, reverse=True)
    assert (len(across), len(heights)) == (tokens, layers + 1)
    assert len(every) == tokens * (layers + 1)
    where = {
        (level, place): (x, y)
        for level, y in enumerate(heights)
        for place, x in enumerate(across)
    }

    def nodes(*numbers):
        """The nodes that stand at pairs of numbers."""
        return tuple(
            (nearest(heights, y), nearest(across, x))
            for x, y in zip(numbers[::2], numbers[1::2], strict=True)
        )

    found = [nodes(*each) for each in ends_of(face, ".reach-wire")]
    assert found == [tuple(map(tuple, wire)) for wire in wires]
    found = [nodes(*each) for each in ends_of(face, ".reach-way")]
    assert found == [*itertools.pairwise(way)]
    assert [*nodes(*itertools.chain(*points(face, ".reach-on")))] == way
    found = nodes(*itertools.chain(*points(face, ".reach-heard")))
    assert sorted(found) == sorted(reached - {*way})

    # Both ends have a ring and a name, and a box over them.
    for n, (what, node) in enumerate((("input", start), ("output", end))):
        ring = [
            float(face.locator(".reach-ring").nth(n).get_attribute(name))
            for name in ("cx", "cy")
        ]
        assert ring == pytest.approx(where[node], abs=0.1)
        name = face.locator(".reach-name").nth(n)
        assert name.text_content() == f"{what} {node.place + 1}"
        boxes = face.get_by_role("radiogroup", name=f"which {what}").locator(
            ".reach-box:visible"
        )
        assert boxes.count() == tokens
        checked = boxes.evaluate_all("(all) => all.map((n) => n.ariaChecked)")
        stops = boxes.evaluate_all("(all) => all.map((n) => n.tabIndex)")
        for place in range(tokens):
            chosen = place == node.place
            assert checked[place] == str(chosen).lower()
            assert stops[place] == (0 if chosen else -1)
        x, _ = box_of(face, ".reach-ring", n)
        box = boxes.nth(node.place).bounding_box()
        assert box["x"] + box["width"] / 2 == pytest.approx(x, abs=0.6)
        ring = face.locator(".reach-ring").nth(n).bounding_box()
        assert box["y"] <= ring["y"]
        assert box["y"] + box["height"] >= ring["y"] + ring["height"]
        labels = boxes.evaluate_all("(all) => all.map((n) => n.ariaLabel)")
        for place, label in enumerate(labels):
            told = ""
            if what == "output":
                hears = Node(layers, place) in reached
                told = ", hears" if hears else ", does not hear"
                told += f" input {origin + 1}"
            assert label == f"{what} {place + 1}{told}"

    # What is said, and what the controls say.
    told = sentence(mixer, tokens, layers, kernel, origin, target)
    assert face.locator(".attn-readout").text_content() == told
    assert attribute(face, ".attn-picture", "aria-label") == told
    assert face.get_by_role("radio", name=mixer, exact=True).is_checked()
    taps = mixer in ("convolution", "dilated")
    for label, value in (
        *(("from input", origin + 1), ("to output", target + 1)),
        *(("tokens", tokens), ("layers", layers)),
        ("kernel", kernel if taps else "none"),
    ):
        slider = slider_of(face, label)
        assert slider.get_attribute("aria-valuetext") == str(value)
        assert slider.is_enabled() == (taps or label != "kernel")
    for label in ("from input", "to output"):
        assert slider_of(face, label).get_attribute("max") == str(tokens - 1)
    return bool(way)


def slider_of(face, label):
    return face.get_by_role("slider", name=label)


def state(*values):
    return dict(zip(KEPT, values, strict=True))


STATES = [
    state("attention", 8, 3, 3, 0, 15),
    state("attention", 16, 7, 3, 13, 2),
    state("attention", 2, 1, 3, 1, 0),
    state("RNN", 8, 1, 3, 0, 7),
    state("RNN", 16, 7, 5, 0, 15),
    state("RNN", 5, 3, 3, 3, 1),
    state("RNN", 5, 2, 3, 2, 2),
    state("RNN", 11, 1, 3, 6, 7),
    state("convolution", 8, 3, 3, 0, 7),
    state("convolution", 16, 3, 5, 4, 10),
    state("convolution", 13, 1, 7, 11, 2),
    state("convolution", 13, 1, 3, 6, 4),
    state("dilated", 16, 4, 3, 0, 15),
    state("dilated", 16, 2, 3, 15, 0),
    state("dilated", 16, 1, 5, 8, 9),
    state("dilated", 16, 1, 3, 8, 11),
    state("fully connected", 7, 2, 3, 15, 15),
]


@pytest.mark.parametrize("window", [280, 360, 620, 1440])
def test_the_picture_is_what_the_package_says(opened, watch, window):
    watched = watch(viewport={"width": window, "height": 1400})
    widget, page, face = opened(watched=watched)
    seen = set()
    for now in STATES:
        python_sets(page, widget, **now)
        seen.add((now["mixer"], check_picture(face, **now)))
    assert seen >= {
        (mixer, there)
        for mixer in ("RNN", "convolution", "dilated")
        for there in (True, False)
    }


def test_the_readout_says_it_in_one_sentence_for_each(opened):
    widget, page, face = opened()
    for now, told in (
        (
            state("RNN", 8, 1, 3, 0, 7),
            "From input 1 to output 8: 8 wires in 1 layer, 1 up and one for each "
            "of 7 more tokens. One layer has 15 wires. 8 of 8 outputs hear input 1.",
        ),
        (
            state("convolution", 8, 3, 3, 0, 7),
            "No way from input 1 to output 8: three layers of 3 neighbours reach 3 "
            "places each way. One layer has 22 wires. 4 of 8 outputs hear input 1.",
        ),
        (
            state("RNN", 8, 3, 3, 7, 0),
            "No way from input 8 to output 1: an RNN hands its state to the right "
            "only. One layer has 15 wires. 1 of 8 outputs hears input 8.",
        ),
        (
            state("dilated", 8, 3, 3, 0, 7),
            "From input 1 to output 8: 3 wires in 3 layers. The first layer has 22 "
            "wires, the last 16. 8 of 8 outputs hear input 1.",
        ),
        (
            state("attention", 8, 1, 3, 0, 7),
            "From input 1 to output 8: 1 wire in 1 layer. One layer has 64 wires. "
            "8 of 8 outputs hear input 1.",
        ),
    ):
        python_sets(page, widget, **now)
        assert face.locator(".attn-readout").text_content() == told


FIRST = state("RNN", 8, 2, 3, 1, 6)


def opened_at_first(opened, **options):
    return opened(**options, **FIRST)


def dot_at(face, level, place):
    """Where a dot stands on the page, level 0 or the last."""
    every = points(face, ".reach-open")
    across = sorted({round(x, 1) for x, _ in every})
    heights = sorted({y for _, y in every})
    picture = face.locator(".attn-picture").bounding_box()
    y = heights[-1] if level == 0 else heights[0]
    return picture["x"] + across[place], picture["y"] + y


def test_a_dot_that_is_pressed_is_an_end_of_the_way(opened):
    widget, page, face = opened_at_first(opened)
    page.mouse.click(*dot_at(face, 0, 4))
    frames(page)
    check_picture(face, **FIRST | {"origin": 4})
    # Between two dots, above them, the nearest is meant.
    x, y = dot_at(face, 2, 2)
    near = 0.45 * (dot_at(face, 2, 3)[0] - x)
    for place, by in ((2, near), (5, 0), (2, -near)):
        page.mouse.click(dot_at(face, 2, place)[0] + by, y - 20)
        frames(page)
        check_picture(face, **FIRST | {"origin": 4, "target": place})
    assert held_by(page, widget, "origin", "target") == [4, 2]
    # Beside the dots, the first and the last.
    row = face.locator(".reach-row").nth(0).bounding_box()
    page.mouse.click(row["x"] + row["width"] - 2, row["y"] + 5)
    frames(page)
    check_picture(face, **FIRST | {"origin": 4, "target": 7})
    page.mouse.click(row["x"] + 1, row["y"] + 5)
    frames(page)
    check_picture(face, **FIRST | {"origin": 4, "target": 0})
    # The dots of the levels between are no ends.
    picture = face.locator(".attn-picture").bounding_box()
    page.mouse.click(x, picture["y"] + picture["height"] / 2)
    frames(page)
    assert held_by(page, widget, "origin", "target") == [4, 0]


def test_a_press_that_goes_on_drags_the_end_along(opened):
    widget, page, face = opened_at_first(opened)
    page.mouse.move(*dot_at(face, 0, 0))
    page.mouse.down()
    for place in (2, 5, 3):
        page.mouse.move(*dot_at(face, 0, place))
        frames(page)
        check_picture(face, **FIRST | {"origin": place})
    page.mouse.up()
    page.mouse.move(*dot_at(face, 0, 7))
    frames(page)
    assert held_by(page, widget, "origin", "target") == [3, 6]
    # The keys go on from there.
    page.keyboard.press("ArrowRight")
    frames(page)
    check_picture(face, **FIRST | {"origin": 4})


def test_a_finger_chooses_by_tap_and_still_scrolls_the_page(opened, watch):
    watched = watch(has_touch=True, viewport={"width": 360, "height": 500})
    _, page, face = opened_at_first(opened, watched=watched)
    face.locator(".attn-picture").scroll_into_view_if_needed()
    page.touchscreen.tap(*dot_at(face, 0, 5))
    page.touchscreen.tap(*dot_at(face, 2, 3))
    frames(page)
    check_picture(face, **FIRST | {"origin": 5, "target": 3})
    touch = face.locator(".reach-row").first.evaluate(
        "(row) => getComputedStyle(row).touchAction"
    )
    assert touch == "pan-y"


def test_a_screen_readers_click_chooses_a_dot(opened):
    _, page, face = opened_at_first(opened)
    boxes = face.get_by_role("radiogroup", name="which output").locator(
        ".reach-box"
    )
    boxes.nth(3).evaluate("(box) => box.click()")
    frames(page)
    check_picture(face, **FIRST | {"target": 3})


def test_the_ends_are_moved_by_keyboard(opened):
    widget, page, face = opened_at_first(opened)
    for what, trait, start in (("input", "origin", 1), ("output", "target", 6)):
        boxes = face.get_by_role("radiogroup", name=f"which {what}")
        boxes.locator("[tabindex='0']").focus()
        place, now = start, FIRST
        for key, by in (
            *(("ArrowRight", 1), ("ArrowUp", 1), ("ArrowLeft", -1)),
            *(("Home", -7), ("ArrowDown", -1), ("ArrowRight", 1)),
            *(("End", 7), ("ArrowRight", 1), ("ArrowDown", -1)),
        ):
            page.keyboard.press(key)
            frames(page)
            place = min(max(place + by, 0), 7)
            assert held_by(page, widget, trait) == place, key
            told = page.evaluate("document.activeElement.ariaLabel")
            assert told.startswith(f"{what} {place + 1}"), key
        now = FIRST | {trait: place}
        check_picture(face, **now)
        python_sets(page, widget, **FIRST)
    # Two keys within a frame are two steps.
    page.evaluate(
        "(key) => { for (let i = 0; i < 2; i++) document.activeElement"
        ".dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); }",
        "ArrowLeft",
    )
    frames(page)
    check_picture(face, **FIRST | {"target": 4})
    # Another key does nothing.
    page.keyboard.press("a")
    frames(page)
    check_picture(face, **FIRST | {"target": 4})


def test_who_stands_at_a_dot_stays_at_the_chosen_one(opened):
    widget, page, face = opened_at_first(opened)
    focused = "document.activeElement.ariaLabel"
    face.get_by_role("radiogroup", name="which output").locator(
        "[tabindex='0']"
    ).focus()
    # Fewer tokens, another end: the focus goes with it.
    python_sets(page, widget, num_tokens=3)
    check_picture(face, **FIRST | {"num_tokens": 3})
    assert page.evaluate(focused).startswith("output 3")
    python_sets(page, widget, num_tokens=8, target=1)
    assert page.evaluate(focused).startswith("output 2")
    # A key, and another end from elsewhere before that is drawn.
    page.evaluate(
        "([of, key]) => { document.activeElement.dispatchEvent(new KeyboardEvent("
        "'keydown', { key, bubbles: true })); window.models[of].set({ target: 4 }); }",
        [widget.model_id, "End"],
    )
    frames(page)
    assert page.evaluate(focused).startswith("output 5")
    check_picture(face, **FIRST | {"target": 4})
    # What happens elsewhere calls nobody to the dots.
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert page.evaluate("document.activeElement.textContent") == "Reset"
    check_picture(face, **FIRST)


def test_an_end_that_has_no_token_comes_back_with_it(opened):
    widget, page, face = opened(**FIRST | {"target": 15})
    for tokens in (3, 16, 11):
        slider_of(face, "tokens").fill(str(tokens))
        frames(page)
        check_picture(face, **FIRST | {"num_tokens": tokens, "target": 15})
    assert held_by(page, widget, "target") == 15


def test_chips_and_sliders_set_every_trait(opened):
    _, page, face = opened_at_first(opened)
    now = dict(FIRST)
    for mixer in (*MIXERS[2:], *MIXERS[:2], "dilated"):
        face.locator(".attn-chip").get_by_text(mixer, exact=True).click()
        frames(page)
        now["mixer"] = mixer
        check_picture(face, **now)
    for label, trait, value in (
        *(("tokens", "num_tokens", 13), ("layers", "num_layers", 3)),
        *(("kernel", "kernel_size", 5), ("from input", "origin", 11)),
        ("to output", "target", 5),
    ):
        slider_of(face, label).fill(str(value))
        frames(page)
        now[trait] = value
        check_picture(face, **now)


def test_what_a_layer_has_no_use_for_looks_off(opened):
    widget, page, face = opened(**FIRST | {"mixer": "dilated"})
    label = face.locator("label.attn-control", has_text="kernel")
    look = "(label) => [getComputedStyle(label).color, getComputedStyle(label.querySelector('input')).opacity]"
    on = label.evaluate(look)
    python_sets(page, widget, mixer="attention")
    off = label.evaluate(look)
    assert on[0] != off[0]
    assert float(on[1]) > float(off[1])
    assert label.text_content() == "kernelnone"


def test_a_link_sets_every_trait_and_reset_brings_it_back(opened_with_a_link):
    widget = made(**FIRST)
    goals = state("dilated", 13, 4, 5, 12, 2)
    page, face = opened_with_a_link(widget, goals)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(500)
        assert held_by(page, widget, *goals) == [*goals.values()]
        check_picture(face, **goals)
        face.get_by_role("button", name="Reset").click()
        frames(page)
        assert held_by(page, widget, *FIRST) == [*FIRST.values()]
        check_picture(face, **FIRST)


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    widget = made()
    picture = tied_to(widget)
    asked = "mixer=fully%20connected&num_tokens=16&num_layers=7&kernel_size=5&origin=15&target=0"
    assert ties.settings(asked, picture) == state(
        "fully connected", 16, 7, 5, 15, 0
    )
    for wrong in ("mixer=GRU", "num_tokens=17", "kernel_size=4", "origin=16"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


# What takes most words.
LONG = [
    state("RNN", 16, 7, 3, 0, 15),
    state("RNN", 16, 7, 3, 15, 9),
    state("dilated", 16, 2, 3, 15, 9),
    state("convolution", 16, 3, 3, 15, 9),
]


@pytest.mark.parametrize(
    "width", [280, 320, 360, 480, 620, 700, 800, 860, 1440]
)
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 1400})
    widget, page, face = opened(watched=watched)
    hold_room(widget, page, face, (*STATES, *LONG))


@pytest.mark.parametrize("width", [280, 320, 360, 620, 860, 1440])
def test_names_and_dots_stay_in_the_picture_and_apart(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 1400})
    widget, page, face = opened(watched=watched)
    for now in STATES:
        python_sets(page, widget, **now)
        frame = face.bounding_box()
        rings = face.locator(".reach-ring, .reach-name").all()
        for one in (*rings, face.locator(".reach-open")):
            box = one.bounding_box()
            assert box["x"] >= frame["x"] + 10
            assert box["x"] + box["width"] <= frame["x"] + frame["width"] - 10
            assert box["y"] >= frame["y"] + 10
        for n in range(2):
            ring, name = (
                face.locator(part).nth(n).bounding_box()
                for part in (".reach-ring", ".reach-name")
            )
            below, above = (ring, name) if n == 1 else (name, ring)
            assert above["y"] + above["height"] <= below["y"] + 3
        across = sorted({round(x, 1) for x, _ in points(face, ".reach-open")})
        gap = across[1] - across[0]
        radius = re.search(r"a([\d.]+)", attribute(face, ".reach-open"))
        assert gap > 2 * float(radius[1]) + 1.5
    size = face.locator(".reach-name").first.evaluate(
        "(node) => parseFloat(getComputedStyle(node).fontSize)"
    )
    assert size >= 11


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part, inside in (
        *(("input", ".reach-ring"), ("output", ".reach-ring")),
        *(("wire", ".reach-wire"), ("reach", ".reach-heard")),
        *(("way", ".reach-way"), ("way", ".reach-on")),
    ):
        assert part in widget.parts
        assert face.locator(f"g[data-show={part}] {inside}").count() == 1
    for part in widget.parts:
        assert face.locator(f"g[data-show={part}]").count() == 1


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 1400})
    _, page, face = opened(theme, watched=watched, num_tokens=16)
    assert_no_violation(page)
    assert_can_be_hit(
        face.locator("input[type=range], label, button, .reach-row")
    )


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(watched=watch(forced_colors="active"), **FIRST)
    assert_drawn(
        face,
        stroke="reach-wire reach-way reach-open reach-ring",
        fill="reach-heard reach-on reach-name",
    )


def test_the_state_is_small():
    assert size_of(made()) < 2_000
