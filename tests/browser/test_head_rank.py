"""What a head's width leaves of its weights: what is drawn is what torch computes."""

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
    hold_room,
    python_sets,
    same,
    tied_to,
)
from extensions import load
from test_digit_recall import (
    alphas,
    colour_at,
    held_by,
    role_colour,
)

from attn_utils import ScaledDotScore, masked_softmax
from attn_utils.recipes import head_rank
from attn_utils.widgets import HeadRank

MATHS = "head_rank/rank_math.js"
QUERIES, KEYS = 5, 7
WIDTHS = [1, 2, 3, 11]
NAMES = ["one key", "two keys", "any"]
NUM_KEYS = dict(zip(NAMES, (1, 2, 1), strict=True))
HINT = "set the width to 2."


def tables(seed, queries=QUERIES, keys=KEYS):
    """A table of each kind, as the page holds it: in half precision."""
    generator = torch.Generator().manual_seed(seed)
    order = torch.rand(queries, keys, generator=generator).argsort(-1)
    zero = torch.zeros(queries, keys)
    any_ = torch.randn(queries, keys, generator=generator).softmax(-1)
    return {
        NAMES[0]: zero.scatter(1, order[:, :1], 1.0),
        NAMES[1]: zero.scatter(1, order[:, :2], 0.5),
        NAMES[2]: any_.half().float(),
    }


def heads(seed, queries=QUERIES, keys=KEYS):
    """A head of each width for each table, in half precision; wide ones point."""
    generator = torch.Generator().manual_seed(100 + seed)
    made = {}
    for name, table in tables(seed, queries, keys).items():
        made[name] = {}
        for width in WIDTHS:
            query = torch.randn(queries, width, generator=generator)
            key = torch.randn(keys, width, generator=generator)
            if width > keys:
                # The scores are the table, ten times over, and a little noise.
                query[:, :keys] = 10 * table * width**0.5
                key = torch.eye(keys, width) + 0.05 * key
            made[name][width] = (query.half().float(), key.half().float())
    return made


def made(seed=0, queries=QUERIES, keys=KEYS, **traits):
    sizes = (seed, queries, keys)
    widget = HeadRank(
        tables(*sizes), heads(*sizes), **({"hint": HINT} | traits)
    )
    widget.given = tables(*sizes), heads(*sizes)
    return widget


def by_torch(widget, target, width):
    """All that is shown of a table and a width."""
    targets, fits = widget.given
    wanted, (query, key) = targets[target], fits[target][width]
    scores = ScaledDotScore()(query, key)
    share = head_rank.pointing(scores, wanted, NUM_KEYS[target])
    return {
        "wanted": wanted,
        "scores": scores,
        "made": masked_softmax(scores),
        "rank": torch.linalg.matrix_rank(scores).item(),
        "pointing": round(share * len(wanted)),
        "divergence": head_rank.divergence(lambda: scores, wanted).item(),
        "left": head_rank.left_over(wanted, width),
    }


ARITHMETIC = """
async ([bytes, shapes, shares, widths]) => {
  const { unpack } = await import("./parts/weights.js");
  const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  const given = unpack(new DataView(raw.buffer), shapes);
  const js = await import("./head_rank/rank_math.js");
  return Object.values(given.wanted).map((rows, n) => widths.map((width) => {
    const wanted = rows.map((row) => [...row]);
    const { query, key } = given.fits[n][width];
    const scores = js.tableOf(query, key);
    return {
      wanted, scores, made: js.softRows(scores),
      divergence: js.divergence(scores, wanted),
      right: js.pointsRight(scores, wanted),
      left: js.leftOver(shares[n], width),
    };
  }));
}
"""


@pytest.mark.parametrize("seed", range(6))
def test_the_arithmetic_in_javascript_is_torchs(modules, seed):
    widget = made(seed)
    found = modules.evaluate(
        ARITHMETIC,
        [
            base64.b64encode(widget.weights).decode(),
            widget.shapes,
            widget.shares,
            WIDTHS,
        ],
    )
    for name, of_widths in zip(NAMES, found, strict=True):
        for width, got in zip(WIDTHS, of_widths, strict=True):
            expected = by_torch(widget, name, width)
            assert torch.equal(torch.tensor(got["wanted"]), expected["wanted"])
            for part in ("scores", "made"):
                near = torch.tensor(got[part]) - expected[part]
                assert near.abs().max() < 1e-4
            assert sum(got["right"]) == expected["pointing"]
            for part in ("divergence", "left"):
                assert got[part] == pytest.approx(expected[part], abs=1e-5)


def test_a_key_that_is_meant_must_outweigh_every_other(modules):
    scores = [[3.0, 2.0, 1.0], [3.0, 1.0, 2.0], [2.0, 2.0, 2.0]]
    wanted = [[0.5, 0.5, 0.0]] * 3
    right = call(modules, MATHS, "pointsRight", scores, wanted)
    assert right == [True, False, False]


def test_scores_beyond_what_the_exponential_can_hold_give_numbers(modules):
    scores = torch.tensor([[1e4, -1e4], [0.0, 1.0]])
    wanted = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    got = call(modules, MATHS, "divergence", scores.tolist(), wanted.tolist())
    expected = head_rank.divergence(lambda: scores, wanted)
    assert same(got, expected)
    weights = call(modules, MATHS, "softRows", scores.tolist())
    assert same(weights, scores.softmax(-1))


def number_in(face, part):
    return face.locator(f"g[data-show={part}] .rank-number").text_content()


def box_of(face, part):
    return face.locator(part).evaluate_all(
        "(all) => all.map((n) => n.getBoundingClientRect()).map((b) => [b.x, b.y, b.width, b.height])"
    )


def check_picture(face, widget, target, width, row, column):
    """Everything that is drawn is what the package says."""
    found = by_torch(widget, target, width)
    for n, part in enumerate(("wanted", "made")):
        got = alphas(face, f".rank-map[data-show={part}]")
        expected = found[part].double().sqrt()
        assert got.shape == expected.shape
        assert torch.allclose(got, expected, atol=1.6 / 255, rtol=0)
        x, y, wide, high = box_of(face, f".rank-map[data-show={part}]")[0]
        queries, keys = expected.shape
        assert wide / keys == pytest.approx(high / queries, abs=0.02)
        cell = wide / keys
        mark = box_of(face, ".rank-cell")[n]
        assert mark[0] + mark[2] / 2 == pytest.approx(
            x + (column + 0.5) * cell, abs=0.6
        )
        assert mark[1] + mark[3] / 2 == pytest.approx(
            y + (row + 0.5) * cell, abs=0.6
        )
        band = box_of(face, ".rank-band")[n]
        assert band[0] == pytest.approx(x, abs=0.6)
        assert band[1] == pytest.approx(y + row * cell, abs=0.6)
    assert number_in(face, "rank") == f"at most {found['rank']}"
    of = f"{found['pointing']} of {queries}"
    assert number_in(face, "pointing") == of
    far = number_in(face, "divergence")
    if found["divergence"] < 0.0005:
        assert far == "< 0.001"
    else:
        exact = found["divergence"]
        assert float(far) == pytest.approx(
            exact, abs=5.1e-4 if exact < 0.095 else 5.1e-3
        )
    left = float(number_in(face, "left"))
    assert left == pytest.approx(found["left"], abs=0.0051)
    title = face.locator("g[data-show=made] .rank-title").text_content()
    assert title == f"made by a head of width {width}"

    # The cells that are walked lie over the map that is made.
    made_at = box_of(face, ".rank-map[data-show=made]")[0]
    cells = box_of(face, ".rank-box")
    assert box_of(face, ".rank-grid")[0] == pytest.approx(made_at, abs=0.1)
    assert cells[row * keys + column] == pytest.approx(
        [made_at[0] + column * cell, made_at[1] + row * cell, cell, cell],
        abs=0.1,
    )

    # Crosses stand at the rows that point wrong.
    moves = face.locator(".rank-wrong").get_attribute("d")
    middles = [
        float(part.split("l")[0].split()[1]) + 3.5
        for part in moves.split("M")[1:]
    ]
    top = box_of(face, ".attn-picture")[0][1]
    rows = [(top + at - y) / cell - 0.5 for at in middles]
    scores, wanted = found["scores"], found["wanted"]
    wrong = [
        q
        for q in range(queries)
        if head_rank.pointing(
            scores[q : q + 1], wanted[q : q + 1], NUM_KEYS[target]
        )
        == 0
    ]
    assert rows == pytest.approx(wrong, abs=0.05)

    # What is said of it, and of every cell.
    text = face.locator(".attn-readout").text_content()
    one, two = (found[part][row, column].item() for part in ("wanted", "made"))
    assert text.startswith(
        f"A head of width {width} has scores of rank {found['rank']} at most. "
        f"With softmax {of} queries point right, "
    )
    assert text.endswith(
        f" Query {row + 1} should give key {column + 1} a weight of {one:.2f} "
        f"and gives {two:.2f}; it points {'wrong' if row in wrong else 'right'}."
    )
    numbers = face.locator(".attn-readout data").evaluate_all(
        "(all) => all.map((n) => Number(n.value))"
    )
    assert numbers == pytest.approx(
        [
            width,
            found["pointing"],
            found["divergence"],
            found["left"],
            one,
            two,
        ],
        abs=1e-4,
    )
    labels = face.get_by_role("gridcell").evaluate_all(
        "(all) => all.map((n) => n.getAttribute('aria-label'))"
    )
    assert len(labels) == queries * keys
    at = row * keys + column
    assert labels[at] == (
        f"query {row + 1}, key {column + 1}: wanted {one:.2f}, made {two:.2f}"
    )
    stops = face.locator("[role=gridcell][tabindex='0']")
    assert stops.count() == 1
    assert stops.get_attribute("aria-label") == labels[at]


STATES = [
    {"target": NAMES[0], "width": 1, "row": 0, "column": 0},
    {"target": NAMES[1], "width": 1, "row": 4, "column": 2},
    {"target": NAMES[1], "width": 11, "row": 1, "column": 6},
    {"target": NAMES[2], "width": 2, "row": 3, "column": 5},
    {"target": NAMES[0], "width": 11, "row": 2, "column": 3},
]


@pytest.mark.parametrize(("window", "dense"), [(360, 2), (1280, 1), (620, 1.5)])
@pytest.mark.parametrize("seed", range(2))
def test_the_picture_is_what_the_package_says(
    opened, watch, seed, window, dense
):
    watched = watch(
        viewport={"width": window, "height": 1400}, device_scale_factor=dense
    )
    widget, page, face = opened(watched=watched, seed=seed)
    for now in STATES:
        python_sets(page, widget, **now)
        check_picture(face, widget, **now)


def test_the_cell_under_the_mouse_is_read_out(opened):
    widget, page, face = opened()
    for part, row, column in (("wanted", 3, 5), ("made", 1, 2), ("made", 4, 6)):
        x, y, wide, high = box_of(face, f".rank-map[data-show={part}]")[0]
        page.mouse.move(
            x + (column + 0.5) * wide / KEYS, y + (row + 0.5) * high / QUERIES
        )
        frames(page)
        assert held_by(page, widget, "row", "column") == [row, column]
        check_picture(
            face, widget, target=NAMES[0], width=1, row=row, column=column
        )


def test_a_tap_reads_a_cell_out(opened, watch):
    watched = watch(has_touch=True, viewport={"width": 360, "height": 1400})
    widget, page, face = opened(watched=watched)
    x, y, wide, high = box_of(face, ".rank-map[data-show=made]")[0]
    page.touchscreen.tap(x + 5.5 * wide / KEYS, y + 2.5 * high / QUERIES)
    frames(page)
    assert held_by(page, widget, "row", "column") == [2, 5]


def test_the_map_is_walked_by_keyboard(opened):
    widget, page, face = opened(row=3, column=1)
    face.locator("[role=gridcell][tabindex='0']").focus()
    row, column = 3, 1
    for key, down, right in (
        *(("ArrowRight", 0, 1), ("ArrowDown", 1, 0), ("ArrowDown", 0, 0)),
        *(("ArrowUp", -1, 0), ("ArrowLeft", 0, -1), ("End", 0, 5)),
        *(("ArrowRight", 0, 0), ("a", 0, 0), ("Home", 0, -6)),
        ("ArrowLeft", 0, 0),
    ):
        page.keyboard.press(key)
        frames(page)
        row, column = row + down, column + right
        assert held_by(page, widget, "row", "column") == [row, column], key
        told = page.evaluate("document.activeElement.ariaLabel")
        assert told.startswith(f"query {row + 1}, key {column + 1}: ")
    check_picture(
        face, widget, target=NAMES[0], width=1, row=row, column=column
    )
    # Two keys within a frame are two steps.
    page.evaluate(
        "(key) => { for (let i = 0; i < 2; i++) document.activeElement"
        ".dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); }",
        "ArrowRight",
    )
    frames(page)
    assert held_by(page, widget, "row", "column") == [row, column + 2]
    # Who stands on a cell goes with it when it is moved; nobody else is called.
    python_sets(page, widget, row=2, column=4)
    told = page.evaluate("document.activeElement.ariaLabel")
    assert told.startswith("query 3, key 5: ")
    face.get_by_label("width d").focus()
    python_sets(page, widget, row=0, column=0)
    assert page.evaluate("document.activeElement.type") == "range"


def test_every_width_is_a_step_of_the_slider(opened):
    widget, page, face = opened()
    slider = face.get_by_label("width d")
    for width in WIDTHS:
        assert held_by(page, widget, "width") == width
        assert slider.get_attribute("aria-valuetext") == str(width)
        slider.press("ArrowRight")
        frames(page)


def test_the_wanted_table_is_chosen_by_key_and_by_click(opened):
    widget, page, face = opened()
    face.get_by_role("radio", name=NAMES[0]).focus()
    page.keyboard.press("ArrowRight")
    frames(page)
    now = {"width": 1, "row": 0, "column": 0}
    check_picture(face, widget, target=NAMES[1], **now)
    face.locator(".attn-chip", has_text=NAMES[2]).click()
    frames(page)
    assert held_by(page, widget, "target") == NAMES[2]
    check_picture(face, widget, target=NAMES[2], **now)


def test_a_link_sets_every_trait(opened_with_a_link):
    widget = made()
    goals = {"target": NAMES[2], "width": 11, "row": 4, "column": 5}
    page, face = opened_with_a_link(widget, goals)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(500)
        assert held_by(page, widget, *goals) == [*goals.values()]
        check_picture(face, widget, **goals)
        face.get_by_role("button", name="Reset").click()
        frames(page)
        assert held_by(page, widget, *goals) == [NAMES[0], 1, 0, 0]


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    widget = made()
    picture = tied_to(widget)
    found = ties.settings("target=two keys&width=3&row=4&column=6", picture)
    assert found == {"target": "two keys", "width": 3, "row": 4, "column": 6}
    for wrong in ("width=4", "row=5", "column=7"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


@pytest.mark.parametrize("width", [320, 360, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 1400})
    widget, page, face = opened(watched=watched, queries=16, keys=16)
    changes = [
        {"target": target, "width": each, "row": row, "column": column}
        for target in NAMES
        for each, row, column in ((1, 0, 0), (11, 15, 14))
    ]
    hold_room(widget, page, face, changes)


@pytest.mark.parametrize("width", [320, 360, 620, 800, 1440])
def test_no_words_touch_others_or_leave_the_picture(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 1400})
    _, _, face = opened(watched=watched, queries=16, keys=16, width=11)
    boxes = face.locator(
        ".attn-picture text, .rank-scale, canvas"
    ).evaluate_all(
        "(all) => all.map((t) => { const b = t.getBoundingClientRect();"
        " return [t.textContent || 'map', b.left, b.right, b.top + 3, b.bottom - 3]; })"
    )
    assert len(boxes) == 17
    hold_apart(face, boxes, right=16)


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part, name in (
        *(("wanted", "wanted"), ("made", "made by a head")),
        *(("rank", "rank of the scores"), ("pointing", "point right")),
        *(("divergence", "divergence"), ("left", "missed without softmax")),
    ):
        assert part in widget.parts
        group = face.locator(f"g[data-show={part}]")
        assert group.filter(has_text=name).count() == 1
    for part in ("wanted", "made"):
        assert face.locator(f"canvas[data-show={part}]").count() == 1


def test_the_maps_turn_dark_with_the_page(opened):
    _, page, face = opened(width=11)
    row, column = (
        (alphas(face, ".rank-map[data-show=wanted]") == 1).nonzero()[0].tolist()
    )
    seen = []
    for theme in ("light", "dark"):
        page.evaluate(
            "(theme) => { document.documentElement.dataset.theme = theme; }",
            theme,
        )
        frames(page)
        for part in ("wanted", "made"):
            got = colour_at(face, f".rank-map[data-show={part}]", row, column)
            near = torch.tensor(got) - torch.tensor(role_colour(face, "weight"))
            assert near.abs().max() <= 2
        seen.append(got)
    assert seen[0] != seen[1]


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 1400})
    _, page, face = opened(theme, watched=watched)
    assert_no_violation(page)
    assert_can_be_hit(face.locator("input[type=range], label, button"))


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(watched=watch(forced_colors="active"))
    assert_drawn(
        face,
        stroke="rank-cell rank-band rank-frame rank-wrong",
        fill="rank-number rank-title rank-query rank-key",
    )
    paper = face.evaluate("(node) => getComputedStyle(node).backgroundColor")
    ground = [int(n) for n in paper[4:-1].split(",")[:3]]
    best = alphas(face, ".rank-map[data-show=wanted]").argmax().item()
    at = divmod(best, KEYS)
    assert colour_at(face, ".rank-map[data-show=wanted]", *at) != ground
