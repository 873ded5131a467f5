"""A mask painted by hand: what is drawn and told is what the package computes."""

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
    size_of,
    tied_to,
    tools_in,
    written_in,
)
from extensions import load
from test_digit_recall import held_by

from attn_utils import attention, causal_mask
from attn_utils.widgets import MaskPaint

MATHS = "mask_paint/mask_paint_math.js"
COUNT, FEATURES = 6, 5
WORDS = ["the", "cat", "sat", "on", "the", "mat"]
CALLED = ["the (1)", "cat", "sat", "on", "the (5)", "mat"]
HINT = "let one token look ahead, and then two."
# A causal mask, but that cat sees mat: what changes before it comes through it.
PEEK = causal_mask(COUNT)
PEEK[1, 5] = True
# The first row sees nothing; the second hears of the third through the fourth.
LEAKY = "000000" + "100100" + "111000" + "111100" + "111110" + "111111"


def letters(mask):
    return "".join("01"[cell] for cell in mask.flatten().tolist())


def drawn(seed, share=0.5):
    """A mask of which each cell is open with that chance."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(COUNT, COUNT, generator=generator) < share


def made(seed=0, **traits):
    generator = torch.Generator().manual_seed(seed)
    given = torch.randn(2, COUNT, FEATURES, generator=generator).double()
    widget = MaskPaint(*given, **({"hint": HINT} | traits))
    widget.given = given
    return widget


def by_torch(widget, mask, layers, token):
    """Weights and shares, and which outputs another token changes."""
    query, key = widget.given

    def read(key, value):
        for _ in range(layers):
            value, weights = attention(query, key, value, mask)
        return value, weights

    value = torch.eye(COUNT, COUNT + 1).double()
    before, weights = read(key, value)
    key, value = key.clone(), value.clone()
    key[token] = -key[token]
    value[token] = 0
    value[token, -1] = 1
    after, _ = read(key, value)
    changed = ((after - before).abs() > 1e-9).any(-1)
    return {
        "weights": weights,
        "shares": before[:, :-1],
        "changed": changed.tolist(),
    }


ARITHMETIC = """
async ([query, key, asked]) => {
  const js = await import("./mask_paint/mask_paint_math.js");
  return asked.map(([letters, layers, token]) => {
    const mask = js.cellsOf(letters, key.length);
    const given = { query, key, mask, layers };
    return [
      js.lettersOf(mask), js.readLayers({ ...given, layers: 1 }, js.oneHot(key.length)),
      js.readLayers(given, js.oneHot(key.length)), js.changedBy(token, given),
    ];
  });
}
"""


def test_under_two_hundred_masks_the_page_computes_what_torch_does(modules):
    for seed in range(4):
        widget, asked, expected = made(seed), [], []
        for n in range(50):
            mask = drawn(100 * seed + n, share=0.1 + 0.2 * (n % 4))
            asked.append([letters(mask), 1 + n % 2, n % COUNT])
            expected.append(by_torch(widget, mask, *asked[-1][1:]))
        got = modules.evaluate(ARITHMETIC, [widget.query, widget.key, asked])
        blind = 0
        for (given, *_), (text, one, all_, changed), found in zip(
            asked, got, expected, strict=True
        ):
            assert text == given
            assert same(one, found["weights"])
            assert same(all_, found["shares"])
            assert changed == found["changed"]
            blind += (found["weights"].sum(-1) == 0).sum().item()
        assert blind > 0


def changed_by(modules, widget, mask, layers, token):
    given = {
        "query": widget.query,
        "key": widget.key,
        "mask": mask.tolist(),
        "layers": layers,
    }
    return call(modules, MATHS, "changedBy", token, given)


def test_a_change_goes_where_the_mask_lets_it_and_nowhere_else(modules):
    widget = made(7)
    for n in range(24):
        mask, layers, token = drawn(n, share=0.3), 1 + n % 2, n % COUNT
        paths = torch.linalg.matrix_power(mask.double(), layers)[:, token] > 0
        got = torch.tensor(changed_by(modules, widget, mask, layers, token))
        assert got[paths].all()
        assert not got[~(paths | mask[:, token])].any()


def test_a_token_that_has_nothing_to_pass_on_is_still_heard_by_its_key(modules):
    # The third is blind, and gives the second layer nothing: zeros for zeros.
    mask = torch.eye(COUNT, dtype=torch.bool)
    mask[2, 2] = False
    mask[0, :3] = torch.tensor([False, True, True])
    widget = made(7)
    for layers in (1, 2):
        got = changed_by(modules, widget, mask, layers, 2)
        assert got == [True] + 5 * [False]


def test_of_all_ways_of_a_leak_the_widest_is_told(modules):
    weights = [[0.2, 0.8, 0], [0, 0.5, 0.5], [0, 0, 1]]
    assert call(modules, MATHS, "heardThrough", weights, 0, 2) == 1
    assert call(modules, MATHS, "heardThrough", weights, 1, 2) == 2
    assert call(modules, MATHS, "heardThrough", weights, 2, 0) is None


def boxes(face, part):
    return face.locator(part).evaluate_all(
        "(all) => all.map((n) => n.getBoundingClientRect()).map((b) => [b.x, b.y, b.width, b.height])"
    )


def attributes(face, part, name):
    return face.locator(part).evaluate_all(
        "(all, name) => all.map((n) => n.getAttribute(name))", name
    )


def hatched(face, part):
    """Which cells the hatching of a map covers, all over."""
    middles = face.locator(f"g[data-show={part}]").evaluate(
        """(group) => {
          const d = group.querySelector(".paint-hatch").getAttribute("d");
          return d.split("M").slice(1).map((line) => line.split("L").map((end) => end.split(" ").map(Number)))
            .map(([from, to]) => [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]);
        }"""
    )
    shape = "rect:not(.paint-pass)"
    cells = face.locator(f"g[data-show={part}] > {shape}").evaluate_all(
        "(all) => all.map((n) => ['x', 'y', 'width', 'height'].map((name) => Number(n.getAttribute(name))))"
    )
    assert len(cells) == COUNT**2
    lines = [0] * COUNT**2
    for x, y in middles:
        (inside,) = [
            n
            for n, (left, top, wide, high) in enumerate(cells)
            if left < x < left + wide and top < y < top + high
        ]
        lines[inside] += 1
    full = {count for count in lines if count}
    assert len(full) <= 1
    return torch.tensor(lines).view(COUNT, COUNT) > 0


def kinds_of(found, token):
    """What is told of every output."""
    early = [q < token for q in range(COUNT)]
    return [
        ("leaks" if before else "changes") if changes else "stays"
        for changes, before in zip(found["changed"], early, strict=True)
    ]


def pass_of(mask, found, kinds, token, row):
    """The query that hears of the change through another token, and which."""
    passing = [
        q for q in range(COUNT) if kinds[q] == "leaks" and not mask[q, token]
    ]
    if not passing:
        return None
    q = row if row in passing else passing[0]
    weights = found["weights"]
    return q, (weights[q] * weights[:, token]).argmax().item()


def sentence(mask, found, layers, token, row):
    """All that is told of a mask."""
    kinds = kinds_of(found, token)
    seen, blind = mask[row].sum().item(), ~mask.any(-1)
    others = blind.sum().item() - blind[row].item()
    parts = [
        f"{CALLED[row]} may look at {seen} of 6 tokens."
        if seen
        else f"{CALLED[row]} may look at nothing: its weights are all zeros."
    ]
    if others:
        parts.append(
            f"{others} other {'row is' if others == 1 else 'rows are'} all zeros."
        )
    reached = COUNT - kinds.count("stays")
    what = f"In {'one layer' if layers == 1 else 'two layers'} a change of {CALLED[token]} changes"
    early = kinds.count("leaks")
    if not reached:
        parts.append(f"{what} no output.")
    else:
        one = reached == 1
        if token == 0:
            which = "and none stands before it."
        elif not early:
            which = f"{'not' if one else 'none of them'} before it: no leak."
        elif one:
            which = "which stands before it: a leak."
        else:
            which = f"{early} of them before it: a leak."
        outputs = "output" if one else "outputs"
        parts.append(f"{what} {reached} {outputs}, {which}")
    passes = pass_of(mask, found, kinds, token, row)
    if passes:
        who, through = (CALLED[n] for n in passes)
        parts.append(
            f"{who} looks at {through}, which looks at {CALLED[token]}."
        )
    return " ".join(parts)


def check_picture(face, widget, mask, layers, token, row):
    """Everything that is drawn is what the package says."""
    found = by_torch(widget, mask, layers, token)
    shares = found["shares"]
    flat = mask.flatten().tolist()

    # The mask: its cells, their hatching, their labels.
    cells = face.locator("g[data-show=mask] > rect:not(.paint-pass)")
    opens = cells.evaluate_all(
        "(all) => all.map((n) => n.getAttribute('class'))"
    )
    assert opens == [("paint-shut", "paint-open")[may] for may in flat]
    for part in ("mask", "weight"):
        assert torch.equal(hatched(face, part), ~mask)
    labels = attributes(face, ".paint-box", "aria-label")
    assert labels == [
        f"{q} {'may' if mask[i, j] else 'may not'} look at {k}"
        for i, q in enumerate(CALLED)
        for j, k in enumerate(CALLED)
    ]
    selected = attributes(face, ".paint-box", "aria-selected")
    assert selected == [str(may).lower() for may in flat]
    # Each of these lies over its cell.
    over = boxes(face, ".paint-box")
    under = boxes(face, "g[data-show=mask] > rect:not(.paint-pass)")
    for one, other in zip(over, under, strict=True):
        middles = [
            [x + wide / 2, y + high / 2] for x, y, wide, high in (one, other)
        ]
        assert middles[0] == pytest.approx(middles[1], abs=0.6)

    # The weights, or shares.
    weights = [
        float(w) for w in attributes(face, ".paint-weight", "data-weight")
    ]
    assert same(weights, shares.flatten())
    inks = [float(w) for w in attributes(face, ".paint-weight", "fill-opacity")]
    pale = 0.5 * shares.flatten().sqrt()
    assert inks == pytest.approx(pale.tolist(), abs=1e-4)
    zeros = (shares == 0).all(-1)
    numbers = face.locator(".paint-number").all_text_contents()
    if numbers:
        shown = (mask | (shares > 0)) & ~zeros.unsqueeze(-1)
        for text, share, there in zip(
            numbers,
            shares.flatten().tolist(),
            shown.flatten().tolist(),
            strict=True,
        ):
            assert (text != "") == there
            if there:
                assert float(text) == pytest.approx(share, abs=0.0051)
                assert len(text) == 4
    blind = face.locator(".paint-blind").all_text_contents()
    assert blind == [("", "all zeros")[blank] for blank in zeros.tolist()]
    title = face.locator("g[data-show=weight] .paint-title").text_content()
    assert title == ("weights" if layers == 1 else "shares after two layers")

    # What the change of the token does.
    kinds = kinds_of(found, token)
    signs = face.locator("g[data-show=leak] > path[transform]").evaluate_all(
        "(all) => all.slice(0, 6).map((n) => [n.getAttribute('class'), n.getAttribute('d').split('a').length])"
    )
    # A disc and a ring are two arcs, a cross is none.
    assert signs == [
        [f"paint-{kind}", 1 if kind == "leaks" else 3] for kind in kinds
    ]
    words = face.locator(".paint-said").all_text_contents()
    assert words in ([], kinds)
    passes = pass_of(mask, found, kinds, token, row)
    rings = [
        face.locator(".paint-pass").nth(n).bounding_box()
        for n in range(2)
        if face.locator(".paint-pass").nth(n).is_visible()
    ]
    if passes:
        assert layers == 2
        who, through = passes
        for ring, at in zip(
            rings,
            (who * COUNT + through, through * COUNT + token),
            strict=True,
        ):
            x, y, wide, high = under[at]
            assert ring["x"] + ring["width"] / 2 == pytest.approx(
                x + wide / 2, abs=0.6
            )
            assert ring["y"] + ring["height"] / 2 == pytest.approx(
                y + high / 2, abs=0.6
            )
    else:
        assert rings == []

    # The row that is told, the column that changes, on both maps.
    for n, part in enumerate(("mask", "weight")):
        all_ = boxes(face, f"g[data-show={part}] > rect:not(.paint-pass)")
        band = boxes(face, ".paint-band")[n]
        assert band[0] == pytest.approx(all_[0][0], abs=1.1)
        assert band[1] == pytest.approx(all_[row * COUNT][1], abs=1.1)
        frame = boxes(face, ".paint-frame")[n]
        assert frame[0] == pytest.approx(all_[token][0], abs=2.1)
        last = all_[-1]
        assert frame[1] < all_[0][1]
        assert frame[1] + frame[3] == pytest.approx(last[1] + last[3], abs=3.1)
    divide = boxes(face, ".paint-divide")[0]
    assert bool(attributes(face, ".paint-divide", "d")[0]) == (token > 0)
    if token:
        assert divide[1] + divide[3] / 2 == pytest.approx(
            all_[token * COUNT][1], abs=1.1
        )

    # What is said.
    told = sentence(mask, found, layers, token, row)
    assert face.locator(".attn-readout").text_content() == told
    picture = face.locator(".attn-picture")
    assert picture.get_attribute("aria-label") == told
    slider = face.get_by_label("changed")
    assert slider.get_attribute("aria-valuetext") == CALLED[token]
    stops = face.locator("[role=gridcell][tabindex='0']")
    assert stops.count() == 1
    return kinds


STATES = [
    {"mask": "causal", "layers": 1, "token": 3},
    {"mask": "all", "layers": 1, "token": 4},
    {"mask": "window", "layers": 2, "token": 1},
    {"mask": "padding", "layers": 2, "token": 5},
    {"mask": letters(PEEK), "layers": 1, "token": 2},
    {"mask": letters(PEEK), "layers": 2, "token": 2},
    {"mask": "0" * 36, "layers": 2, "token": 0},
    {"mask": letters(drawn(3, 0.3)), "layers": 2, "token": 4},
    {"mask": letters(drawn(4, 0.2)), "layers": 1, "token": 5},
]


def cells_of(mask):
    return torch.tensor([letter == "1" for letter in mask]).view(COUNT, COUNT)


def cells(widget, mask):
    return cells_of(dict(widget.presets).get(mask, mask))


def look(face, widget, mask, layers=1, token=3, row=3):
    return check_picture(
        face, widget, cells(widget, mask), layers=layers, token=token, row=row
    )


@pytest.mark.parametrize(("window", "dense"), [(360, 2), (1280, 1), (620, 1.5)])
@pytest.mark.parametrize("seed", range(2))
def test_the_picture_is_what_the_package_says(
    opened, watch, seed, window, dense
):
    watched = watch(
        viewport={"width": window, "height": 1400},
        device_scale_factor=dense,
    )
    widget, page, face = opened(watched=watched, seed=seed)
    seen = set()
    for now in STATES:
        python_sets(page, widget, **now)
        seen |= set(look(face, widget, **now))
    assert seen == {"changes", "stays", "leaks"}
    assert bool(face.locator(".paint-said").count()) == (window > 360)
    assert face.locator(".paint-number").count() == 36


def test_two_layers_pass_on_what_neither_shows_alone(opened):
    widget, page, face = opened(mask=PEEK, token=2)
    assert "leaks" not in look(face, widget, letters(PEEK), token=2, row=2)
    face.locator(".attn-chip", has_text="two").click()
    frames(page)
    kinds = look(face, widget, letters(PEEK), layers=2, token=2, row=2)
    assert kinds == [
        "stays",
        "leaks",
        "changes",
        "changes",
        "changes",
        "changes",
    ]
    told = face.locator(".attn-readout").text_content()
    assert told.endswith("cat looks at mat, which looks at sat.")


def middle(face, row, column):
    x, y, wide, high = boxes(face, ".paint-box")[row * COUNT + column]
    return x + wide / 2, y + high / 2


def test_a_click_turns_a_cell_and_a_second_one_turns_it_back(opened):
    widget, page, face = opened()
    mask = causal_mask(COUNT)
    for row, column in ((1, 4), (5, 0), (1, 4), (2, 2)):
        page.mouse.click(*middle(face, row, column))
        frames(page)
        mask[row, column] = ~mask[row, column]
        assert held_by(page, widget, "mask") == letters(mask)
        look(face, widget, letters(mask), row=row)
    # Another button paints nothing.
    page.mouse.click(*middle(face, 0, 0), button="right")
    frames(page)
    assert held_by(page, widget, "mask") == letters(mask)
    # Nor does the click that some browsers send after the pointer.
    face.locator(".paint-box").nth(1).evaluate(
        "(box) => box.dispatchEvent(new MouseEvent('click', { detail: 1, bubbles: true }))"
    )
    frames(page)
    assert held_by(page, widget, "mask") == letters(mask)
    # One that comes without a pointer, as a screen reader sends it, does.
    face.locator(".paint-box").nth(1).evaluate("(box) => box.click()")
    frames(page)
    mask[0, 1] = True
    look(face, widget, letters(mask), row=0)


def test_a_cell_that_changes_no_share_is_drawn_anew(opened):
    widget, page, face = opened(mask="0" * 36, layers=2)
    mask = torch.zeros(COUNT, COUNT, dtype=torch.bool)
    for row, column in ((0, 1), (2, 4)):
        page.mouse.click(*middle(face, row, column))
        frames(page)
        mask[row, column] = True
        look(face, widget, letters(mask), layers=2, row=row)


def test_a_mask_that_has_a_name_is_called_by_it(opened):
    widget, page, face = opened(mask="all")
    for n in range(COUNT):
        page.mouse.move(*middle(face, n, n))
        page.mouse.click(*middle(face, n, n))
    frames(page)
    assert face.locator(".attn-chips :checked").count() == 1, "the layers'"
    for n in range(COUNT):
        page.mouse.click(*middle(face, n, n))
    frames(page)
    assert held_by(page, widget, "mask") == "all"
    assert face.get_by_role("radio", name="all").is_checked()


def test_a_drag_paints_all_that_it_crosses_as_it_began(opened):
    widget, page, face = opened()
    mask = causal_mask(COUNT)
    page.mouse.move(*middle(face, 0, 1))
    page.mouse.down()
    # So fast that cells are skipped; what is open stays open.
    page.mouse.move(*middle(face, 0, 5))
    page.mouse.move(*middle(face, 4, 5))
    page.mouse.move(*middle(face, 4, 2))
    x, y = middle(face, 4, 0)
    page.mouse.move(x - 60, y)
    page.mouse.move(*middle(face, 1, 3))
    page.mouse.up()
    page.mouse.move(*middle(face, 5, 5))
    frames(page)
    mask[0, 1:] = True
    mask[:5, 5] = True
    mask[4, 2:] = True
    mask[1, 3] = True
    assert held_by(page, widget, "mask") == letters(mask)
    look(face, widget, letters(mask), row=1)
    # One that begins on an open cell closes.
    page.mouse.move(*middle(face, 5, 0))
    page.mouse.down()
    page.mouse.move(*middle(face, 1, 4))
    page.mouse.up()
    frames(page)
    for row, column in ((5, 0), (4, 1), (3, 2), (2, 3), (1, 4)):
        mask[row, column] = False
    assert held_by(page, widget, "mask") == letters(mask)


def test_a_finger_paints_by_tap_and_by_drag(opened, watch):
    watched = watch(has_touch=True, viewport={"width": 360, "height": 500})
    widget, page, face = opened(watched=watched)
    mask = causal_mask(COUNT)
    page.touchscreen.tap(*middle(face, 2, 4))
    frames(page)
    mask[2, 4] = True
    look(face, widget, letters(mask), row=2)
    hand = page.context.new_cdp_session(page)
    ends = [middle(face, row, 3) for row in (2, 0)]
    for kind, (x, y) in (
        ("touchStart", ends[0]),
        ("touchMove", ends[1]),
        ("touchEnd", ends[1]),
    ):
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        hand.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
        )
    frames(page)
    mask[:3, 3] = True
    assert held_by(page, widget, "mask") == letters(mask)
    assert page.evaluate("scrollY") == 0


def test_the_mask_is_walked_and_painted_by_keyboard(opened):
    widget, page, face = opened()
    mask = causal_mask(COUNT)
    face.locator("[role=gridcell][tabindex='0']").focus()
    row, column = 3, 3
    for key, down, right in (
        *(("ArrowRight", 0, 1), (" ", 0, 0), ("ArrowDown", 1, 0)),
        *(("ArrowUp", -1, 0), ("ArrowUp", -1, 0), ("Enter", 0, 0)),
        *(("ArrowLeft", 0, -1), ("End", 0, 2), ("ArrowRight", 0, 0)),
        *((" ", 0, 0), ("Home", 0, -5), ("ArrowLeft", 0, 0)),
    ):
        page.keyboard.press(key)
        frames(page)
        row, column = row + down, column + right
        if key in (" ", "Enter"):
            mask[row, column] = ~mask[row, column]
        told = page.evaluate("document.activeElement.ariaLabel")
        may = "may" if mask[row, column] else "may not"
        assert told == f"{CALLED[row]} {may} look at {CALLED[column]}", key
    for key, at in (("ArrowUp", 0), ("ArrowDown", 5)):
        for _ in range(COUNT):
            page.keyboard.press(key)
        told = page.evaluate("document.activeElement.ariaLabel")
        assert told.startswith(CALLED[at])
    frames(page)
    look(face, widget, letters(mask), row=5)
    # Two keys within a frame are two steps.
    page.evaluate(
        "(key) => { for (let i = 0; i < 2; i++) document.activeElement"
        ".dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); }",
        "ArrowUp",
    )
    told = page.evaluate("document.activeElement.ariaLabel")
    assert told.startswith(CALLED[3])
    # What is pressed beside the mask calls nobody into it.
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert page.evaluate("document.activeElement.textContent") == "Reset"
    look(face, widget, "causal")


def test_the_way_of_the_row_that_is_read_out_is_told(opened):
    mask = PEEK.clone()
    mask[0, 4] = True
    widget, page, face = opened(mask=mask, layers=2, token=2)
    for row, through in (
        (3, "the (1) looks at the (5)"),
        (1, "cat looks at mat"),
    ):
        # There and back: the mask stays as it was.
        for _ in range(2):
            page.mouse.click(*middle(face, row, 0))
        frames(page)
        look(face, widget, letters(mask), layers=2, token=2, row=row)
        told = face.locator(".attn-readout").text_content()
        assert told.endswith(f" {through}, which looks at sat.")


def test_chips_paint_masks_and_set_layers_by_key_and_by_click(opened):
    widget, page, face = opened()
    face.get_by_role("radio", name="causal").focus()
    page.keyboard.press("ArrowRight")
    frames(page)
    assert held_by(page, widget, "mask") == "window"
    look(face, widget, "window")
    face.locator(".attn-chip", has_text="padding").click()
    face.locator(".attn-chip", has_text="two").click()
    frames(page)
    assert held_by(page, widget, "mask", "layers") == ["padding", 2]
    look(face, widget, "padding", layers=2)


def test_further_masks_are_chips_too(opened):
    widget, page, face = opened(masks={"one peek": PEEK})
    face.locator(".attn-chip", has_text="one peek").click()
    frames(page)
    assert held_by(page, widget, "mask") == "one peek"
    look(face, widget, "one peek")


def test_a_link_sets_every_trait_and_reset_brings_it_back(opened_with_a_link):
    widget = made(masks={"one peek": PEEK})
    goals = {"mask": "one peek", "layers": 2, "token": 2}
    page, face = opened_with_a_link(widget, goals)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(500)
        assert held_by(page, widget, *goals) == [*goals.values()]
        look(face, widget, **goals)
        page.mouse.click(*middle(face, 0, 2))
        face.get_by_role("button", name="Reset").click()
        frames(page)
        assert held_by(page, widget, *goals) == ["causal", 1, 3]
        look(face, widget, "causal")


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    widget = made(masks={"one peek": PEEK})
    picture = tied_to(widget)
    found = ties.settings("mask=one peek&layers=2&token=4", picture)
    assert found == {"mask": "one peek", "layers": 2, "token": 4}
    for wrong in ("mask=none", "layers=3", "token=6"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


# What takes most words: nearly all rows see nothing, and one hears through another.
LONG = "000000" + "000001" + "000000" + "000000" + "000000" + "000010"


@pytest.mark.parametrize("width", [280, 320, 360, 620, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 1400})
    widget, page, face = opened(watched=watched, tokens=["window"] * COUNT)
    longest = {"mask": LONG, "layers": 2, "token": 4}
    hold_room(widget, page, face, (*STATES, longest))


@pytest.mark.parametrize("tokens", [WORDS, ["window"] * COUNT], ids=len)
@pytest.mark.parametrize("width", [280, 320, 360, 620, 800, 860, 1440])
def test_no_words_touch_others_or_leave_the_picture(
    opened, watch, width, tokens
):
    watched = watch(viewport={"width": width, "height": 1400})
    _, _, face = opened(
        watched=watched, tokens=tokens, layers=2, mask=LONG, token=4
    )
    boxes = written_in(face.locator(".attn-picture text, .paint-scale"))
    boxes += tools_in(face.locator("div.paint-grid"))
    assert len(boxes) > 25
    hold_apart(face, boxes, left=10, right=10)


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    for part in widget.parts:
        assert face.locator(f"g[data-show={part}]").count() == 1
    for part, inside in (
        *(("query", "text.paint-query"), ("key", "text.paint-key")),
        *(("mask", ".paint-open"), ("weight", ".paint-weight")),
        ("leak", ".paint-stays"),
    ):
        assert face.locator(f"g[data-show={part}] {inside}").count() > 0


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 1400})
    _, page, face = opened(theme, watched=watched)
    assert_no_violation(page)
    assert_can_be_hit(
        face.locator("input[type=range], label, button, .paint-box")
    )


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(
        watched=watch(forced_colors="active"),
        mask=LEAKY,
        layers=2,
        token=2,
    )
    assert_drawn(
        face,
        stroke="paint-hatch paint-band paint-frame paint-pass paint-stays paint-leaks",
        fill="paint-weight paint-query paint-key paint-title paint-changes paint-blind",
    )


def test_the_state_is_small():
    assert size_of(made()) < 4_000
