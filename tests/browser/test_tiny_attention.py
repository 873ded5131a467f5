"""A whole self-attention by hand: what is drawn is what the package computes."""

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

from attn_utils import DotScore, ScaledDotScore, attention, causal_mask
from attn_utils.widgets import TinyAttention

MATHS = "tiny_attention/tiny_math.js"
TABLES = {"inputs": 3, "query_map": 2, "key_map": 2, "value_map": 2}
FOUND = ["query", "key", "value", "score", "weight", "context"]
SINCE = {
    **{"query": 1, "key": 1, "value": 1},
    **{"score": 2, "weight": 3, "context": 4},
}
NAMES = ["inputs", "Q, K, V", "scores", "weights", "contexts"]
HINT = "set the query map's first number to 3."
PLAIN = {
    "inputs": [1, 0, 0, 1, 1, 1],
    "query_map": [2, 0, 0, 1],
    "key_map": [0, 1, 1, 0],
    "value_map": [1, 1, -1, 1],
}
SHOWN = {"step": 4, "mask": "none", "token": 2}


def drawn(seed):
    """Four tables of random whole numbers from -3 to 3."""
    generator = torch.Generator().manual_seed(seed)
    return {
        name: torch.randint(-3, 4, (2 * rows,), generator=generator).tolist()
        for name, rows in TABLES.items()
    }


def made(seed=None, **traits):
    tables = PLAIN if seed is None else drawn(seed)
    return TinyAttention(**({"hint": HINT} | tables | traits))


def by_torch(inputs, query_map, key_map, value_map, mask="none", **shown):
    """Every number on the way, and which scores may be seen."""
    x, *maps = (
        torch.tensor(flat).view(-1, 2).double()
        for flat in (inputs, query_map, key_map, value_map)
    )
    query, key, value = (x @ each.T for each in maps)
    seen = causal_mask(3) if mask == "causal" else torch.ones(3, 3) == 1
    context, weight = attention(query, key, value, seen, ScaledDotScore())
    return {
        **{"query": query, "key": key, "value": value},
        **{"score": DotScore()(query, key), "seen": seen},
        **{"weight": weight, "context": context},
    }


ALL = """
async (states) => {
  const { selfAttention } = await import("./tiny_attention/tiny_math.js");
  return states.map(selfAttention);
}
"""


def test_on_two_hundred_states_the_page_computes_as_torch_does(modules):
    states = [
        drawn(seed) | {"mask": ["none", "causal"][seed % 2]}
        for seed in range(200)
    ]
    found = modules.evaluate(ALL, states)
    assert len(found) == 200
    for state, got in zip(states, found, strict=True):
        expected = by_torch(**state)
        for name in FOUND:
            assert same(got[name], expected[name]), name
        assert got["seen"] == expected["seen"].tolist()


def test_the_largest_scores_overflow_nothing(modules):
    cross = [3, -3, -3, 3]
    maps = {"query_map": cross, "key_map": cross, "value_map": cross}
    state = {"inputs": [*cross, 3, -3], "mask": "causal"} | maps
    got = call(modules, MATHS, "selfAttention", state)
    for name in ("score", "weight", "context"):
        assert same(got[name], by_torch(**state)[name])


def signed(value, digits=0):
    """A number as it stands on the page."""
    text = f"{value:.{digits}f}"
    if not float(text):
        text = text.lstrip("-")
    return text.replace("-", "−")


GRID = """
(group) => ({
  shown: getComputedStyle(group.querySelector(".tiny-box")).visibility === "visible",
  cells: [...group.querySelectorAll(".tiny-box")].map((box) => ({
    number: Number(box.dataset.number), ink: Number(box.getAttribute("fill-opacity")),
    text: box.parentNode.querySelectorAll(".tiny-number")[[...group.querySelectorAll(".tiny-box")].indexOf(box)].textContent,
    hatched: ((hatch) => getComputedStyle(hatch).visibility === "visible" && hatch.getAttribute("d") !== "")(
      group.querySelectorAll(".tiny-hatch")[[...group.querySelectorAll(".tiny-box")].indexOf(box)]),
    at: ((b) => [b.x, b.y, b.width, b.height])(box.getBoundingClientRect()),
  })),
  frame: ((b) => [b.x, b.y, b.width, b.height])(group.querySelector(".tiny-frame").getBoundingClientRect()),
  later: group.querySelector(".tiny-title").classList.contains("tiny-later"),
})
"""
BOXES = """
(all) => all.map((node) => ({
  text: node.textContent, now: node.ariaValueNow, label: node.ariaLabel,
  at: ((b) => [b.x, b.y, b.width, b.height])(node.getBoundingClientRect()),
}))
"""


def labels():
    """What each number that can be changed is called."""
    for name, rows in TABLES.items():
        for row in range(1, rows + 1):
            for column in (1, 2):
                if name == "inputs":
                    yield f"token {row}, feature {column}"
                else:
                    called = name.replace("_", " ")
                    yield f"{called}, row {row}, column {column}"


def grid_of(face, name):
    """What is drawn of one tensor that is computed."""
    group = face.locator(f"g[data-show={name}]:has(.tiny-box)")
    assert group.count() == 1
    return group.evaluate(GRID)


def check_picture(face, step, mask, token, **tables):
    """Everything that is drawn is what the package says."""
    found = by_torch(**tables, mask=mask)

    # What can be changed.
    boxes = face.get_by_role("spinbutton").evaluate_all(BOXES)
    flat = [number for name in TABLES for number in tables[name]]
    assert [box["text"] for box in boxes] == [signed(n) for n in flat]
    assert [box["now"] for box in boxes] == [str(n) for n in flat]
    assert [box["label"] for box in boxes] == [*labels()]

    # What is computed of it.
    for name in FOUND:
        got, expected = grid_of(face, name), found[name]
        here = step >= SINCE[name]
        assert got["shown"] == here
        assert got["later"] == (not here)
        columns = expected.shape[1]
        digits = 2 if name in ("weight", "context") else 0
        numbers = [cell["number"] for cell in got["cells"]]
        assert same(numbers, expected.flatten())
        places = [(i, j) for i in range(3) for j in range(columns)]
        for cell, (i, j) in zip(got["cells"], places, strict=True):
            number = expected[i, j].item()
            hidden = (
                name in ("score", "weight") and not found["seen"][i, j].item()
            )
            text = signed(number, digits)
            if hidden:
                text = {"score": "", "weight": "0"}[name]
            assert cell["text"] == text, (name, i, j)
            assert cell["hatched"] == (hidden and here)
            ink = number**0.5 / 2 if name == "weight" else 0.12
            assert cell["ink"] == pytest.approx(ink, abs=1e-4)
        # Cells lie in rows and columns, and the frame around the asked row.
        corner, wide = got["cells"][0]["at"], got["cells"][0]["at"][2]
        for cell, (i, j) in zip(got["cells"], places, strict=True):
            expected_at = [corner[0] + j * wide, corner[1] + 28 * i]
            assert cell["at"][:2] == pytest.approx(expected_at, abs=0.1)
        around = [corner[0], corner[1] + 28 * token, columns * wide, 28]
        assert got["frame"] == pytest.approx(around, abs=0.1)
    frame = face.locator("g[data-show=inputs] .tiny-frame").bounding_box()
    first, second = boxes[2 * token]["at"], boxes[2 * token + 1]["at"]
    assert frame["x"] == pytest.approx(first[0], abs=3)
    assert frame["x"] + frame["width"] == pytest.approx(
        second[0] + second[2], abs=3
    )
    middle = frame["y"] + frame["height"] / 2
    assert middle == pytest.approx(first[1] + first[3] / 2, abs=1)
    asking = face.locator(".tiny-asking").all_text_contents()
    assert asking
    assert {*asking} == {str(token + 1)}

    # The controls.
    assert face.get_by_role("radio", name=mask).is_checked()
    outputs = face.locator(".attn-control output").all_text_contents()
    assert outputs == [NAMES[step], str(token + 1)]
    words = face.locator(".attn-readout").text_content()
    assert words == sentence(found, tables["inputs"], step, token)
    label = face.locator(".attn-picture").get_attribute("aria-label")
    assert label == words


def vector(row, digits=0):
    return f"({', '.join(signed(n, digits) for n in row.tolist())})"


def listed(texts):
    return " and ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))


def sentence(found, inputs, step, token):
    """What shall be said."""
    name = f"Token {token + 1}"
    if step == 0:
        x = torch.tensor(inputs).view(3, 2)
        return (
            f"{name} is {vector(x[token])}. Of this the maps make what it asks, "
            "what it offers and what it holds."
        )
    asks = f"{name} asks {vector(found['query'][token])}"
    if step == 1:
        key, value = (vector(found[part][token]) for part in ("key", "value"))
        return f"{asks}, offers {key} to whoever asks, and holds {value}."
    sees = found["seen"][token]
    scores = listed([signed(n) for n in found["score"][token][sees].tolist()])
    one = sees.sum() == 1
    said = f"{asks}. Its {'score is' if one else 'scores are'} {scores}"
    if one:
        said += " (tokens 2 and 3 hidden)"
    elif not sees.all():
        said += " (token 3 hidden)"
    if step == 2:
        return f"{said}."
    weights = found["weight"][token]
    shown = listed([signed(n, 2) for n in weights[sees].tolist()])
    said += f", its {'weight' if one else 'weights'} {shown}: "
    near = torch.isclose(weights, weights.max(), rtol=0, atol=1e-9)
    best = [k for k in range(3) if near[k]]
    if one:
        said += "it sees only itself"
    elif len(best) == sees.sum():
        said += f"it looks at {'both' if len(best) == 2 else 'all three'} alike"
    else:
        said += "it looks most at " + " and ".join(
            "itself" if k == token else f"token {k + 1}" for k in best
        )
    if step == 3:
        return f"{said}."
    return f"{said}, and reads {vector(found['context'][token], 2)}."


@pytest.mark.parametrize("window", [320, 620, 1280])
@pytest.mark.parametrize("seed", range(2))
def test_the_picture_is_what_the_package_says(opened, watch, seed, window):
    watched = watch(
        viewport={"width": window, "height": 1400}, reduced_motion="reduce"
    )
    widget, page, face = opened(watched=watched)
    check_picture(face, **PLAIN, **SHOWN)
    for n in range(20):
        now = {
            "step": [4, 3, 2, 1, 0][n % 5],
            "mask": ["causal", "none"][n // 5 % 2],
            "token": (n + n // 10) % 3,
        }
        tables = drawn(100 * seed + n)
        python_sets(page, widget, **tables, **now)
        check_picture(face, **tables, **now)


@pytest.mark.parametrize(
    ("token", "mask", "words"),
    [
        (0, "none", "it looks at all three alike"),
        (1, "causal", "it looks at both alike"),
        (2, "causal", "it looks at all three alike"),
        (0, "causal", "it sees only itself"),
    ],
)
def test_equal_weights_are_said_to_be_equal(opened, token, mask, words):
    now = {"query_map": [0, 0, 0, 0], "token": token, "mask": mask}
    _, _, face = opened(**now)
    check_picture(face, **PLAIN | SHOWN | now)
    assert words in face.locator(".attn-readout").text_content()


def test_two_that_share_the_largest_weight_are_both_named(opened):
    now = {"inputs": [1, 0, 0, 0, 1, 0], "query_map": [1, 0, 0, 1]}
    now |= {"key_map": [1, 0, 0, 1], "token": 2}
    _, _, face = opened(**now)
    check_picture(face, **PLAIN | SHOWN | now)
    text = face.locator(".attn-readout").text_content()
    assert "it looks most at token 1 and itself" in text


def cell(face, label):
    return face.get_by_role("spinbutton", name=label, exact=True)


def test_a_number_is_changed_by_key_as_far_as_its_ends(opened):
    widget, page, face = opened()
    for label, name, at in (
        ("token 2, feature 1", "inputs", 2),
        ("query map, row 1, column 2", "query_map", 1),
        ("key map, row 2, column 1", "key_map", 2),
        ("value map, row 2, column 2", "value_map", 3),
    ):
        tables = {each: held_by(page, widget, each) for each in TABLES}
        box = cell(face, label)
        assert [box.get_attribute(f"aria-value{end}") for end in ("min", "max")]
        value = tables[name][at]
        for key, by in (
            *(("ArrowUp", 1), ("ArrowUp", 1), ("ArrowDown", -1)),
            *(("End", 9), ("ArrowUp", 1), ("Home", -9), ("ArrowDown", -1)),
            *(("ArrowUp", 1), ("x", 0)),
        ):
            box.press(key)
            frames(page)
            value = min(max(value + by, -3), 3)
            tables[name] = [
                value if n == at else old for n, old in enumerate(tables[name])
            ]
            assert held_by(page, widget, name) == tables[name], key
            assert box.get_attribute("aria-valuenow") == str(value)
        assert value == -2
        check_picture(face, **tables, **SHOWN)
    for box in face.get_by_role("spinbutton").all():
        ends = [box.get_attribute(f"aria-value{end}") for end in ("min", "max")]
        assert ends == ["-3", "3"]


def test_two_keys_within_a_frame_are_two_steps(opened):
    widget, page, face = opened()
    cell(face, "token 1, feature 2").focus()
    page.evaluate(
        "(key) => { for (let i = 0; i < 2; i++) document.activeElement"
        ".dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); }",
        "ArrowUp",
    )
    frames(page)
    assert held_by(page, widget, "inputs") == [1, 2, 0, 1, 1, 1]


def test_a_number_is_changed_by_the_two_buttons_as_far_as_its_ends(
    opened, watch
):
    watched = watch(has_touch=True, viewport={"width": 360, "height": 1400})
    widget, page, face = opened(watched=watched)
    stepper = face.locator(".tiny-stepper")
    assert stepper.locator(".attn-steady-words").text_content() == (
        "token 1, feature 1"
    )
    label = "value map, row 2, column 1"
    cell(face, label).tap()
    assert stepper.locator(".attn-steady-words").text_content() == label
    assert face.locator(".tiny-chosen").get_attribute("aria-label") == label
    for name, expected in (
        ("raise", [0, 1, 2, 3, 3]),
        ("lower", [2, 1, 0, -1, -2, -3, -3]),
    ):
        press = face.get_by_role("button", name=f"{name} {label}")
        for value in expected:
            press.tap(force=True)  # also where it does nothing more
            frames(page)
            assert held_by(page, widget, "value_map") == [1, 1, value, 1]
            amount = stepper.locator("output").text_content()
            assert amount == signed(value)
            check_picture(
                face, **PLAIN | {"value_map": [1, 1, value, 1]}, **SHOWN
            )
        assert press.get_attribute("aria-disabled") == "true"
        other = stepper.locator("button[aria-disabled=false]")
        assert other.count() == 1


def test_left_and_right_lead_from_number_to_number_within_a_table(opened):
    _, page, face = opened()

    def here():
        return page.evaluate("document.activeElement.ariaLabel")

    cell(face, "key map, row 1, column 1").focus()
    told = [name for name in labels() if name.startswith("key map")]
    walked = []
    for key in [*["ArrowRight"] * 4, *["ArrowLeft"] * 4]:
        walked.append(here())
        page.keyboard.press(key)
    assert walked == [*told, *told[::-1]]
    assert here() == told[0]
    page.keyboard.press("ArrowRight")
    # The Tab key stops once in each table, where one was last.
    stops = face.locator("[role=spinbutton][tabindex='0']")
    assert [stop.get_attribute("aria-label") for stop in stops.all()] == [
        *("token 1, feature 1", "query map, row 1, column 1"),
        *(told[1], "value map, row 1, column 1"),
    ]
    page.keyboard.press("Tab")
    assert here() == "value map, row 1, column 1"
    page.keyboard.press("Shift+Tab")
    assert here() == told[1]
    bars = face.get_by_role("toolbar").all()
    assert [bar.get_attribute("aria-label") for bar in bars] == [
        *("inputs X", "query map", "key map", "value map")
    ]


def test_step_token_and_mask_are_chosen_by_key_and_by_click(opened):
    widget, page, face = opened()
    now = dict(SHOWN)
    step = face.get_by_role("slider", name="step")
    for value in (3, 2, 1, 0):
        step.press("ArrowLeft")
        frames(page)
        now["step"] = value
        check_picture(face, **PLAIN, **now)
        assert step.get_attribute("aria-valuetext") == NAMES[value]
    step.press("End")
    face.get_by_role("slider", name="token").press("ArrowLeft")
    face.locator(".attn-chip", has_text="causal").click()
    frames(page)
    check_picture(face, **PLAIN, step=4, token=1, mask="causal")
    page.keyboard.press("ArrowLeft")
    frames(page)
    assert held_by(page, widget, "mask") == "none"
    check_picture(face, **PLAIN, step=4, token=1, mask="none")


def test_reset_brings_everything_back(opened):
    first = drawn(7) | {"step": 3, "mask": "causal", "token": 1}
    widget, page, face = opened(**first)
    for label in labels():
        cell(face, label).press("ArrowUp")
        cell(face, label).press("ArrowUp")
    face.get_by_role("slider", name="step").press("Home")
    face.get_by_role("slider", name="token").press("Home")
    face.get_by_role("radio", name="none").check()
    frames(page)
    moved = held_by(page, widget, *first)
    for then, now in zip(first.values(), moved, strict=True):
        assert then != now
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert held_by(page, widget, *first) == [*first.values()]
    check_picture(face, **first)


def test_a_change_is_spoken_once_the_hand_rests(opened):
    _, page, face = opened()
    cell(face, "token 3, feature 1").press("ArrowUp")
    page.wait_for_timeout(700)
    text = face.locator(".attn-readout").text_content()
    assert "asks (4, 1)" in text
    assert face.locator(".attn-spoken").text_content() == text


GOALS = drawn(3) | {"step": 3, "mask": "causal", "token": 0}


def test_a_link_sets_every_trait(opened_with_a_link):
    widget = made()
    page, face = opened_with_a_link(widget, GOALS)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(500)
        assert held_by(page, widget, *GOALS) == [*GOALS.values()]
        check_picture(face, **GOALS)
        cell(face, "token 1, feature 1").press("ArrowUp")
        cell(face, "token 1, feature 1").press("ArrowDown")
        face.get_by_role("button", name="Reset").click()
        frames(page)
        check_picture(face, **PLAIN, **SHOWN)


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    widget = made()
    picture = tied_to(widget)
    target = "&".join(
        f"{name}={'+'.join(map(str, value)) if isinstance(value, list) else value}"
        for name, value in GOALS.items()
    )
    assert ties.settings(target, picture) == GOALS
    for wrong in (
        *("inputs=1+0+0+1+1", "key_map=1+0+4+1", "value_map=1+0+.5+1"),
        *("step=5", "token=3", "mask=window"),
    ):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


LONGEST = {
    "inputs": [-3, -3, -3, -3, 3, 3],
    "query_map": [3, 3, 3, 3],
    "key_map": [-3, -3, -3, -3],
    "value_map": [3, 3, 3, 3],
}


@pytest.mark.parametrize("width", [280, 320, 360, 620, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 1400})
    widget, page, face = opened(watched=watched)
    heights = set()
    for tables in (PLAIN, LONGEST, drawn(1)):
        for mask, token in (("none", 0), ("causal", 0), ("none", 2)):
            for step in (0, 1, 2, 4):
                now = {"mask": mask, "token": token, "step": step}
                python_sets(page, widget, **tables, **now)
                heights.add(face.bounding_box()["height"])
                hold_spare(face)
    for label in ("token 1, feature 2", "value map, row 2, column 2"):
        cell(face, label).focus()
        frames(page)
        heights.add(face.bounding_box()["height"])
    hold_height(widget, page, heights)


@pytest.mark.parametrize("width", [280, 320, 360, 480, 620, 800, 1440])
@pytest.mark.parametrize("tables", [PLAIN, LONGEST])
def test_no_words_touch_others_or_leave_the_picture(
    opened, watch, width, tables
):
    watched = watch(viewport={"width": width, "height": 1400})
    _, _, face = opened(watched=watched, **tables)
    boxes = written_in(face.locator(".attn-picture text, .tiny-cell"))
    assert len(boxes) > 70
    hold_apart(face, boxes, left=16, right=16)


def test_arrows_lead_from_edge_to_edge_as_far_as_is_shown(opened):
    widget, page, face = opened()
    for step, shown in ((0, 0), (1, 6), (2, 8), (3, 9), (4, 11)):
        python_sets(page, widget, step=step)
        arrows = face.locator(".tiny-arrow")
        assert arrows.count() == 11
        assert face.locator(".tiny-arrow:not(.tiny-later)").count() == shown


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part, title in (
        *(("inputs", "inputs X"), ("map", "query map"), ("query", "queries Q")),
        *(("query", "query map"), ("key", "keys K"), ("key", "key map")),
        *(("value", "values V"), ("value", "value map"), ("score", "scores")),
        *(("weight", "weights"), ("context", "contexts")),
    ):
        assert part in widget.parts
        group = face.locator(f"g[data-show~={part}]")
        assert group.filter(has_text=title).count() == 1
    for bar in face.get_by_role("toolbar").all():
        name = bar.get_attribute("aria-label").split()[0]
        assert name in bar.get_attribute("data-show").split()


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 1400})
    widget, page, face = opened(theme, watched=watched)
    for step, mask in ((4, "causal"), (0, "none")):
        python_sets(page, widget, step=step, mask=mask)
        assert_no_violation(page)
    assert_can_be_hit(face.locator("input[type=range], label, button"))


@pytest.mark.parametrize("width", [280, 360, 1280])
def test_every_number_that_can_be_changed_can_be_hit(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 1400})
    _, _, face = opened(watched=watched)
    assert face.get_by_role("spinbutton").count() == 18
    assert_can_be_hit(face.get_by_role("spinbutton"))


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_where_less_motion_is_asked_for(opened, watch, motion):
    _, _, face = opened(watched=watch(reduced_motion=motion))
    lasts = face.locator(".tiny-box").first.evaluate(
        "(node) => parseFloat(getComputedStyle(node).transitionDuration)"
    )
    assert (lasts == 0) == (motion == "reduce")


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(watched=watch(forced_colors="active"), mask="causal")
    assert_drawn(
        face,
        stroke="tiny-frame tiny-hatch tiny-arrow tiny-edge",
        fill="tiny-number tiny-title tiny-column tiny-asking",
    )
