"""Half a digit recalls the rest: what is drawn is what the package computes."""

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
    Handle,
    alive,
    call,
    frames,
    hold_apart,
    hold_room,
    linked,
    python_sets,
    same,
    tied_to,
    written_in,
)
from extensions import load

from attn_utils import GaussianScore, attention
from attn_utils.widgets import DigitRecall

MATHS = "digit_recall/recall_math.js"
ATTENTION = "parts/attention.js"
COUNT, OTHERS = 53, 3
HINT = "draw the top of a 7. Which bandwidth completes it best?"
ROWS = {"upper": (0, 4), "lower": (4, 8), "whole": (0, 8)}


def ink(count, seed):
    """Random levels, with paper at the left and right."""
    generator = torch.Generator().manual_seed(seed)
    levels = torch.randint(0, 17, (count, 8, 8), generator=generator)
    levels[..., [0, 7]] = 0
    return levels


def labelled(count, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 10, (count,), generator=generator)


def made(seed=0, count=COUNT, **traits):
    """Remembered digits drawn at random, and three for the pad, near some of these."""
    known, labels = ink(count, seed), labelled(count, seed)
    other = (known[[2, 0, 1]] * 0.75).round().long()
    first = {"bandwidth": 0.5, "hint": HINT}
    return DigitRecall(
        known, labels, other, labels[[2, 0, 1]], **(first | traits)
    )


def held(packed):
    """The ink that a widget holds, from 0 to 1, bit by bit."""
    bits = "".join(f"{byte:08b}" for byte in packed)
    levels = [int(bits[i : i + 5], 2) for i in range(0, len(bits) - 4, 5)]
    count = len(bits) // 320
    return torch.tensor(levels[: 64 * count]).double().view(count, 8, 8) / 16


def parts(mode, half):
    """Which rows are compared, and which recalled."""
    if mode == "ordinary":
        return ROWS["whole"], ROWS["whole"]
    return ROWS[half], ROWS["lower" if half == "upper" else "upper"]


def by_torch(widget, on_pad, mode, half, bandwidth):
    """Weights and recalled rows, as the package computes them."""
    known = held(widget.remembered)
    (a, b), (c, d) = parts(mode, half)
    context, weights = attention(
        on_pad[a:b].reshape(1, -1),
        known[:, a:b].flatten(1),
        known[:, c:d].flatten(1),
        score=GaussianScore(bandwidth).double(),
    )
    return weights[0].detach(), context[0].detach().view(d - c, 8)


def held_by(page, widget, *names):
    """What the page holds of these traits."""
    found = page.evaluate(
        "([of, names]) => names.map((name) => window.models[of].get(name))",
        [widget.model_id, names],
    )
    return found[0] if len(names) == 1 else found


# A canvas that is read often is kept elsewhere, and the browser says so: read a copy.
PIXELS = """
(canvas) => {
  const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  const pen = copy.getContext("2d", { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0);
  let text = "";
  for (const byte of pen.getImageData(0, 0, copy.width, copy.height).data) text += String.fromCharCode(byte);
  return [btoa(text), copy.width];
}
"""


def pixels(face, canvas):
    """What a canvas shows: (rows, columns, 4), from 0 to 255."""
    data, wide = face.locator(canvas).first.evaluate(PIXELS)
    data = bytearray(base64.b64decode(data))
    return torch.frombuffer(data, dtype=torch.uint8).int().view(-1, wide, 4)


def alphas(face, canvas):
    """The alpha of every pixel of a canvas, from 0 to 1, row by row."""
    return pixels(face, canvas)[..., 3].double() / 255


def colour_at(face, canvas, row, column):
    """The colour of one pixel, without its alpha."""
    return pixels(face, canvas)[row, column, :3].tolist()


def role_colour(face, role):
    return face.evaluate(
        """(face, role) => {
          const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
          pen.fillStyle = getComputedStyle(face).getPropertyValue(`--${role}`).trim();
          pen.fillRect(0, 0, 1, 1);
          return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }""",
        role,
    )


def close(one, other):
    """Whether two weights are equal, but for the order in which terms were added."""
    return torch.isclose(one, other, rtol=1e-9, atol=0)


def check_picture(face, widget, on_pad, mode, half, bandwidth, truth=None):
    """Everything that is drawn is what the package says."""
    near = {"atol": 1.1 / 255, "rtol": 0}
    weights, context = by_torch(widget, on_pad, mode, half, bandwidth)
    (a, b), (c, d) = parts(mode, half)
    assert torch.allclose(alphas(face, ".recall-drawn"), on_pad[a:b], **near)
    recalled = face.locator(".recall-recalled")
    together = on_pad.clone()
    together[c:d] = context
    assert recalled.is_visible() == (mode == "key-value")
    if mode == "key-value":
        assert torch.allclose(alphas(face, ".recall-recalled"), context, **near)
    assert torch.allclose(alphas(face, ".recall-made"), together, **near)
    shown = torch.zeros(8, 8) if truth is None else held(widget.held_out)[truth]
    assert torch.allclose(alphas(face, ".recall-truth"), shown.double(), **near)

    # Each half lies where it belongs.
    grid = face.locator(".recall-pad").bounding_box()
    cell = grid["height"] / 8
    for canvas, (first, end) in (("drawn", (a, b)), ("recalled", (c, d))):
        box = face.locator(f".recall-{canvas}").bounding_box()
        assert box["y"] == pytest.approx(grid["y"] + first * cell, abs=1)
        assert box["height"] == pytest.approx((end - first) * cell, abs=1)
        assert box["width"] == pytest.approx(grid["width"], abs=1)

    # The five that are heard most.
    known, labels = held(widget.remembered), widget.labels
    texts = face.locator(".recall-label").all_text_contents()
    order = weights.argsort(descending=True, stable=True).tolist()
    for n, text in enumerate(texts):
        # Of those whose ink differs as much from the pad, any may come first.
        equal = [i for i in order[n:] if close(weights[i], weights[order[n]])]
        first = next((i for i in equal if str(labels[i]) == text), order[n])
        order.remove(first)
        order.insert(n, first)
    order = order[:5]
    assert texts == [str(labels[i]) for i in order]
    numbers = face.locator(".recall-weight").all_text_contents()
    bars = face.locator(".recall-bar").evaluate_all(
        "(all) => all.map((n) => Number(n.getAttribute('d').split('h')[1]))"
    )
    tracks = face.locator(".recall-track").evaluate_all(
        "(all) => all.map((n) => Number(n.getAttribute('d').split('h')[1]))"
    )
    for n, i in enumerate(order):
        weight = weights[i].item()
        digits = 3 if weight < 0.095 else 2
        assert numbers[n] == f"{weight:.{digits}f}"
        assert bars[n] == pytest.approx(tracks[n] * weight, abs=0.02)
        picture = alphas(face, f".recall-named >> nth={n}")
        assert torch.allclose(picture, known[i], **near)

    # The wall: where a digit has no ink its tile shows the weight alone.
    wall = alphas(face, ".recall-wall")
    columns = face.evaluate(
        "(face) => { const w = face.querySelector('.attn-stage').clientWidth;"
        " return Math.max(25, Math.ceil(w / 16)); }"
    )
    pitch = wall.shape[1] // columns
    assert wall.shape == (
        math.ceil(len(labels) / columns) * pitch,
        columns * pitch,
    )
    by_label = sorted(range(len(labels)), key=lambda i: labels[i])
    for n, i in enumerate(by_label):
        y, x = (n // columns) * pitch, (n % columns) * pitch
        assert wall[y + pitch // 2, x].item() == pytest.approx(
            math.sqrt(weights[i]), abs=1.1 / 255
        )
        assert wall[y + pitch // 2, x + pitch - 1] == 0, "a gap between tiles"
    # The strongest are marked on it.
    box = face.locator(".recall-wall").bounding_box()
    tile = box["width"] / columns
    for n, i in enumerate(order):
        place = by_label.index(i)
        mark = face.locator(".recall-mark").nth(n).bounding_box()
        x = box["x"] + (place % columns) * tile
        y = box["y"] + (place // columns) * tile
        assert mark["x"] == pytest.approx(x, abs=1.2)
        assert mark["y"] == pytest.approx(y, abs=1.2)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("mode", ["key-value", "ordinary"])
@pytest.mark.parametrize("half", ["upper", "lower"])
def test_the_arithmetic_in_javascript_is_the_packages(
    modules, seed, mode, half
):
    widget = made(seed, count=7 + seed)
    known = held(widget.remembered).flatten(1).tolist()
    asked = held(widget.held_out)[0]
    wired = call(modules, MATHS, "wiring", mode, half)
    key, value, query = (
        [call(modules, MATHS, "partOf", digit, wired[part]) for digit in rows]
        for part, rows in (
            ("key", known),
            ("value", known),
            ("key", [asked.flatten().tolist()]),
        )
    )
    for bandwidth in (0.05, 0.4, 2.0):
        got = call(modules, MATHS, "recall", query[0], key, value, bandwidth)
        weights, context = by_torch(widget, asked, mode, half, bandwidth)
        assert same(got["weights"], weights)
        assert same(got["context"], context.flatten())
        heard = call(modules, ATTENTION, "heard", got["weights"])
        assert heard == pytest.approx(1 / (weights**2).sum().item(), rel=1e-5)
        votes = call(modules, MATHS, "votes", got["weights"], widget.labels)
        expected = torch.zeros(10).double()
        expected.index_add_(0, torch.tensor(widget.labels), weights)
        assert same(votes, expected)
        order = call(modules, MATHS, "strongest", got["weights"], 5)
        assert order == weights.argsort(descending=True)[:5].tolist()


def test_the_page_unpacks_what_python_packs(modules):
    widget = made(count=11)
    got = modules.evaluate(
        """async (text) => {
          const raw = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
          const { unpackDigits } = await import("./parts/ink.js");
          return unpackDigits(new DataView(raw.buffer));
        }""",
        base64.b64encode(widget.remembered).decode(),
    )
    assert same(got, ink(11, 0).flatten(1) / 16)


def by_hand(levels, start, end, erase, rows):
    """A stroke, with a place on it every thousandth."""
    ways = torch.linspace(0, 1, 1001).double().view(-1, 1)
    line = torch.tensor(start).double() * (1 - ways) + torch.tensor(end) * ways
    place = torch.arange(8).double() + 0.5
    middles = torch.stack(torch.meshgrid(place, place, indexing="xy"), dim=-1)
    far = torch.cdist(middles.view(-1, 2), line).amin(-1).view(8, 8)
    level = (16 * (1.25 - far).clamp(0, 1)).round() / 16
    made = torch.minimum(levels, 1 - level) if erase else levels.maximum(level)
    made[: rows[0]], made[rows[1] :] = levels[: rows[0]], levels[rows[1] :]
    return made


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("erase", [False, True])
def test_a_stroke_leaves_ink_where_it_passes(modules, seed, erase):
    generator = torch.Generator().manual_seed(seed)
    rows = list(ROWS.values())[seed % 3 - 1]
    # It begins where it may leave ink; it may end anywhere.
    low, high = torch.tensor([[0, rows[0]], [8, rows[1]]])
    start, end = torch.rand(2, 2, generator=generator)
    start, end = (low + (high - low) * start).tolist(), (8 * end).tolist()
    if seed == 0:
        end = start  # a dab
    levels = ink(1, seed)[0].double() / 16
    got = call(
        modules,
        MATHS,
        "stroked",
        levels.flatten().tolist(),
        start,
        end,
        erase,
        rows,
    )
    expected = by_hand(levels, start, end, erase, rows)
    got = torch.tensor(got).double().view(8, 8)
    # Where the two round to neighbours, they are a level apart.
    assert (got - expected).abs().max() <= 1 / 16 + 1e-9
    assert ((got - expected).abs() > 1e-9).sum() <= 1
    assert not torch.equal(got, levels)


def test_the_middle_of_a_dab_is_full_and_its_neighbours_are_soft(modules):
    dab = [2.5, 1.5]
    got = call(modules, MATHS, "stroked", [0] * 64, dab, dab, False, [0, 8])
    got = torch.tensor(got).view(8, 8)
    assert got[1, 2] == 1
    assert got[0, 2] == got[2, 2] == got[1, 1] == got[1, 3] == 0.25
    assert got.sum() == 2


def test_spoiling_turns_the_chosen_cells_over(modules):
    got = call(modules, MATHS, "spoilt", [0, 0.25, 1, 0.5], [1, 2])
    assert got == [0, 0.75, 0, 0.5]


@pytest.mark.parametrize("window", [360, 1280])
@pytest.mark.parametrize("seed", range(3))
def test_the_picture_is_what_the_package_says(opened, watch, seed, window):
    watched = watch(viewport={"width": window, "height": 900})
    widget, page, face = opened(watched=watched, seed=seed)
    pads = held(widget.held_out)
    for mode, half, bandwidth, digit in (
        ("key-value", "upper", 0.5, 0),
        ("key-value", "lower", 1.1, 1),
        ("ordinary", "lower", 0.8, 2),
        ("key-value", "upper", 0.05, 2),
        ("ordinary", "upper", 2.0, 1),
    ):
        now = {"mode": mode, "half": half, "bandwidth": bandwidth}
        python_sets(page, widget, digit=digit, **now)
        check_picture(face, widget, pads[digit], truth=digit, **now)
    drawn = ink(1, seed + 9)[0]
    python_sets(page, widget, digit=-1, ink=drawn.flatten().tolist())
    check_picture(face, widget, drawn.double() / 16, **now)
    python_sets(page, widget, began=1)
    check_picture(face, widget, drawn.double() / 16, truth=1, **now)


def full_of_ink(**traits):
    """Five digits with nothing but ink, and two for the pad."""
    full = torch.full((5, 8, 8), 16)
    return DigitRecall(full, torch.arange(5), full[:2], [1, 2], **traits)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_half_has_the_colour_of_its_role(opened, theme):
    widget, page, face = opened(theme, widget=full_of_ink())
    role = {
        name: role_colour(face, name)
        for name in ("query", "key", "value", "soft", "weight")
    }
    assert len({tuple(colour) for colour in role.values()}) == 5
    for half, mode, rows, own in (
        ("upper", "key-value", ["query", "value"], ["key", "value"]),
        ("lower", "key-value", ["value", "query"], ["value", "key"]),
        ("lower", "ordinary", ["value", "value"], ["key", "key"]),
    ):
        python_sets(page, widget, half=half, mode=mode)
        for row, made, named in zip((3, 4), rows, own, strict=True):
            assert colour_at(face, ".recall-made", row, 2) == role[made]
            assert colour_at(face, ".recall-named", row, 2) == role[named]
            assert colour_at(face, ".recall-truth", row, 2) == role["soft"]
        assert colour_at(face, ".recall-drawn", 1, 2) == role["query"]
        if mode == "key-value":
            assert colour_at(face, ".recall-recalled", 1, 2) == role["value"]


def test_a_digit_that_is_heard_loudly_is_written_in_paper(opened):
    full, blank = torch.ones(1, 8, 8), torch.zeros(1, 8, 8)
    two = torch.cat([full, blank])
    _, _, face = opened(widget=DigitRecall(two, [1, 2], two, [1, 2]))
    wall = pixels(face, ".recall-wall")
    middle = wall.shape[0] // 2
    assert wall[middle, middle].tolist() == [*role_colour(face, "paper"), 255]
    assert wall[middle, 0].tolist() == [*role_colour(face, "weight"), 255]
    # Five that weigh .2 each are not loud enough.
    _, _, face = opened(widget=full_of_ink())
    seen = pixels(face, ".recall-wall")[middle, middle, :3].tolist()
    assert seen != role_colour(face, "paper")
    assert sum(seen) < sum(role_colour(face, "weight")), "ink upon it"


def test_the_pictures_turn_dark_with_the_page(opened):
    _, page, face = opened(widget=full_of_ink())
    canvases = [
        ".recall-drawn",
        ".recall-recalled",
        ".recall-named",
        ".recall-wall",
    ]
    light = [colour_at(face, canvas, 1, 2) for canvas in canvases]
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    frames(page)
    dark = [colour_at(face, canvas, 1, 2) for canvas in canvases]
    assert all(one != two for one, two in zip(light, dark, strict=True))
    assert dark[0] == role_colour(face, "query")


def cell(face, row, column):
    """A cell of the pad, its row and column counted from 0."""
    return face.locator(".recall-cell").nth(8 * row + column)


def focused(page):
    """Row and column of the cell that has the focus."""
    at = page.evaluate(
        "() => [...document.querySelectorAll('.recall-cell')].indexOf(document.activeElement)"
    )
    return divmod(at, 8)


def test_the_pad_is_drawn_on_by_keyboard(opened):
    widget, page, face = opened(digit=-1)
    assert face.locator(".recall-cell[tabindex='0']").count() == 1
    face.get_by_role("radio", name="ordinary").focus()
    page.keyboard.press("Shift+Tab")
    cell(face, 0, 0).focus()
    drawn = torch.zeros(8, 8)
    for keys, at in (
        (["ArrowUp", "ArrowLeft"], (0, 0)),
        (["ArrowDown", "ArrowRight", "ArrowRight"], (1, 2)),
        (["End"], (1, 7)),
        (["ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown"], (3, 7)),
        (["Home", "ArrowRight"], (3, 1)),
    ):
        for key in keys:
            page.keyboard.press(key)
        assert focused(page) == at
        page.keyboard.press("Space" if at[0] else "Enter")
        drawn[at] = 1
        frames(page)
        assert focused(page) == at
        assert face.locator(".recall-cell[tabindex='0']").count() == 1
    assert held_by(page, widget, "ink") == (16 * drawn).flatten().tolist()
    check_picture(face, widget, drawn.double(), "key-value", "upper", 0.5)
    label = cell(face, 3, 1).get_attribute("aria-label")
    assert label == "row 4, column 2: 16 of 16"

    face.get_by_role("radio", name="erase").check()
    cell(face, 3, 1).focus()
    page.keyboard.press("Space")
    frames(page)
    drawn[3, 1] = 0
    check_picture(face, widget, drawn.double(), "key-value", "upper", 0.5)


def test_the_cursor_stays_in_the_half_that_may_be_drawn_on(opened):
    widget, page, face = opened()
    read = face.locator(".recall-cell[aria-readonly='true']")
    assert read.count() == 32
    assert "recalled" in cell(face, 5, 2).get_attribute("aria-label")
    python_sets(page, widget, half="lower")
    assert read.count() == 32
    assert cell(face, 4, 0).get_attribute("tabindex") == "0"
    cell(face, 4, 0).focus()
    page.keyboard.press("ArrowUp")
    assert focused(page) == (4, 0)
    python_sets(page, widget, mode="ordinary")
    assert read.count() == 0
    page.keyboard.press("ArrowUp")
    assert focused(page) == (3, 0)


def test_the_labels_of_recalled_cells_say_their_ink(opened):
    widget, _, face = opened(half="lower")
    _, context = by_torch(
        widget, held(widget.held_out)[0], "key-value", "lower", 0.5
    )
    for row, column in ((0, 3), (3, 6)):
        level = round(16 * context[row, column].item())
        label = cell(face, row, column).get_attribute("aria-label")
        assert label.endswith(f": recalled, {level} of 16")


def middle(face, row, column):
    """Where a place of the pad lies on the screen, in cells."""
    box = face.locator(".recall-pad").bounding_box()
    size = box["width"] / 8
    return box["x"] + column * size, box["y"] + row * size


@pytest.mark.parametrize("erase", [False, True])
def test_a_stroke_of_the_pointer_leaves_or_takes_ink(opened, modules, erase):
    widget, page, face = opened()
    before = held(widget.held_out)[0].flatten().tolist()
    if erase:
        face.get_by_role("radio", name="erase").check()
    path = [[1.5, 1.5], [4.5, 1.5], [4.5, 3.2]]
    page.mouse.move(*middle(face, *path[0][::-1]))
    page.mouse.down()
    for x, y in path[1:]:
        page.mouse.move(*middle(face, y, x))
        frames(page)
    page.mouse.up()
    page.mouse.move(*middle(face, 0.5, 0.5))
    frames(page)
    expected = before
    for start, end in ((path[0], path[0]), path[:2], path[1:]):
        expected = call(
            modules, MATHS, "stroked", expected, start, end, erase, [0, 4]
        )
    assert expected != before
    assert same(held_by(page, widget, "ink"), 16 * torch.tensor(expected))
    assert held_by(page, widget, "digit", "began") == [-1, 0]
    on_pad = torch.tensor(expected).view(8, 8).double()
    check_picture(face, widget, on_pad, "key-value", "upper", 0.5, truth=0)
    assert focused(page) == (3, 4)


def test_a_finger_draws_too_and_the_page_does_not_scroll(opened, watch):
    watched = watch(has_touch=True, viewport={"width": 360, "height": 640})
    widget, page, face = opened(watched=watched, digit=-1)
    face.locator(".recall-pad").scroll_into_view_if_needed()
    page.touchscreen.tap(*middle(face, 2.5, 3.5))
    frames(page)
    drawn = torch.tensor(held_by(page, widget, "ink")).view(8, 8)
    assert drawn[2, 3] == 16
    assert drawn[4:].sum() == 0
    action = face.locator(".recall-pad").evaluate(
        "(pad) => getComputedStyle(pad).touchAction"
    )
    assert action == "none"


def test_another_button_of_the_mouse_does_not_draw(opened):
    widget, page, face = opened()
    page.mouse.click(*middle(face, 1.5, 1.5), button="right")
    frames(page)
    assert held_by(page, widget, "digit", "ink") == [0, []]


def test_next_digit_goes_round_and_clear_takes_all(opened):
    widget, page, face = opened(digit=1, mode="ordinary")
    pads = held(widget.held_out)
    next_one = face.get_by_role("button", name="next digit")
    for digit in (2, 0, 1):
        next_one.click()
        frames(page)
        assert held_by(page, widget, "digit") == digit
        check_picture(
            face, widget, pads[digit], "ordinary", "upper", 0.5, digit
        )
        name = face.locator(".attn-picture").get_by_text("truth:")
        assert name.text_content() == f"truth: {widget.held_out_labels[digit]}"
    page.mouse.click(*middle(face, 6.5, 3.5))
    frames(page)
    next_one.click()
    frames(page)
    assert held_by(page, widget, "digit") == 2, "the one after it began"
    face.get_by_role("button", name="clear").click()
    frames(page)
    check_picture(
        face, widget, torch.zeros(8, 8).double(), "ordinary", "upper", 0.5
    )
    assert name.text_content() == "truth: –"
    words = face.locator(".attn-readout").text_content()
    assert words.startswith("An empty pad looks most like a")


@pytest.mark.parametrize(
    ("mode", "half", "count"),
    [
        ("key-value", "upper", 6),
        ("key-value", "lower", 6),
        ("ordinary", "upper", 13),
    ],
)
def test_spoil_turns_a_fifth_of_what_is_drawn_over(opened, mode, half, count):
    widget, page, face = opened(mode=mode, half=half)
    face.get_by_role("button", name="spoil").click()
    frames(page)
    before = 16 * held(widget.held_out)[0]
    after = torch.tensor(held_by(page, widget, "ink")).double().view(8, 8)
    (first, end), _ = parts(mode, half)
    turned = after == 16 - before
    changed = after != before
    assert (turned | ~changed).all()
    # A cell with half its ink looks the same turned over.
    halves = (before == 8)[first:end].sum()
    assert count - halves <= changed.sum() <= count
    assert changed[first:end].sum() == changed.sum()
    check_picture(face, widget, after / 16, mode, half, 0.5, truth=0)


def test_it_says_label_number_heard_and_the_strongest(opened):
    widget, _, face = opened(bandwidth=0.8)
    weights, _ = by_torch(
        widget, held(widget.held_out)[0], "key-value", "upper", 0.8
    )
    labels = torch.tensor(widget.labels)
    votes = [weights[labels == label].sum().item() for label in range(10)]
    label = max(range(10), key=votes.__getitem__)
    order = weights.argsort(descending=True)[:5].tolist()
    numbers = face.locator(".attn-readout data").evaluate_all(
        "(all) => all.map((n) => Number(n.value))"
    )
    expected = [votes[label], 1 / (weights**2).sum().item()]
    expected += [weights[i].item() for i in order]
    assert numbers == pytest.approx(expected, rel=1e-4)
    text = face.locator(".attn-readout").text_content().replace("\xa0", " ")
    article = "an" if label == 8 else "a"
    assert text.startswith(f"It looks most like {article} {label}, which gets ")
    assert f" of {COUNT} digits are heard; the strongest: " in text
    spoken = text.split("strongest: ")[1].rstrip(".").split(" · ")
    assert [one.split()[0] for one in spoken] == [
        str(widget.labels[i]) for i in order
    ]
    for one, i in zip(spoken, order, strict=True):
        digits = 3 if weights[i] < 0.095 else 2
        assert one.split()[1] == f"{weights[i]:.{digits}f}"


def test_an_eight_has_its_article(opened):
    digits = torch.eye(8).unsqueeze(0)
    for label, article in ((8, "an"), (7, "a")):
        _, _, face = opened(
            widget=DigitRecall(digits, [label], digits, [label])
        )
        words = face.locator(".attn-readout").text_content()
        assert words.startswith(f"It looks most like {article} {label}")


def test_a_choice_is_made_by_key_and_by_click(opened):
    widget, page, face = opened()
    face.get_by_role("radio", name="upper").focus()
    page.keyboard.press("ArrowRight")
    frames(page)
    assert held_by(page, widget, "half") == "lower"
    pads = held(widget.held_out)
    check_picture(face, widget, pads[0], "key-value", "lower", 0.5, 0)
    face.locator(".attn-chip", has_text="ordinary").click()
    frames(page)
    check_picture(face, widget, pads[0], "ordinary", "lower", 0.5, 0)
    assert face.get_by_role("radio", name="upper").is_disabled()
    face.get_by_role("radio", name="key-value").check()
    frames(page)
    assert face.get_by_role("radio", name="lower").is_checked()
    assert face.get_by_role("radio", name="upper").is_enabled()


def test_reset_brings_back_ink_and_brush_and_all_else(opened):
    drawn = ink(1, 3)[0]
    first = {
        "bandwidth": 0.7,
        "mode": "key-value",
        "half": "lower",
        "digit": -1,
        "began": 2,
    }
    widget, page, face = opened(ink=drawn.flatten().tolist(), **first)
    erase, paint = (
        face.get_by_role("radio", name=name) for name in ("erase", "paint")
    )
    erase.check()
    page.mouse.click(*middle(face, 6.5, 3.5))
    face.get_by_role("radio", name="ordinary").check()
    face.get_by_role("button", name="clear").click()
    face.get_by_label("bandwidth h").press("End")
    frames(page)
    assert held_by(page, widget, "ink") == []
    assert erase.is_checked()
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert paint.is_checked()
    assert held_by(page, widget, *first) == [*first.values()]
    check_picture(
        face, widget, drawn.double() / 16, "key-value", "lower", 0.7, 2
    )


def test_a_link_sets_every_trait_even_after_something_was_drawn(watch, bare):
    widget = made()
    goals = {"bandwidth": 1.0, "half": "lower", "mode": "key-value", "digit": 2}
    assert goals.keys() == widget.settable.keys()
    link = linked(widget, **goals)
    handle = Handle(of=widget.model_id)
    page, face = alive(bare, watch(), widget, link, handle)
    page.wait_for_function("(of) => window.models?.[of]", arg=handle.of)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(500)
        assert held_by(page, widget, *goals) == [*goals.values()]
        pads = held(widget.held_out)
        check_picture(face, widget, pads[2], "key-value", "lower", 1.0, 2)
        page.mouse.click(*middle(face, 6.5, 3.5))
        frames(page)
        assert held_by(page, widget, "digit") == -1


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    widget = made()
    picture = tied_to(widget)
    found = ties.settings(
        "bandwidth=.1&mode=ordinary&half=lower&digit=2", picture
    )
    assert found == {
        "bandwidth": 0.1,
        "mode": "ordinary",
        "half": "lower",
        "digit": 2,
    }
    with pytest.raises(ties.TieError, match="digit"):
        ties.settings("digit=3", picture)


@pytest.mark.parametrize("width", [320, 360, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(opened, watch, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched, count=499)
    changes = [
        {"mode": mode, "half": half, "digit": digit, "bandwidth": bandwidth}
        for mode in ("key-value", "ordinary")
        for half in ("upper", "lower")
        for digit, bandwidth in ((-1, 0.3), (1, 0.05), (2, 2.0))
    ]
    hold_room(widget, page, face, changes)


def test_a_smaller_memory_has_a_lower_wall_and_less_room(opened, watch):
    more = made(count=499).room
    for width, place in ((1440, 0), (800, 1), (360, 2)):
        watched = watch(viewport={"width": width, "height": 900})
        widget, _, face = opened(watched=watched, count=13)
        height = face.bounding_box()["height"]
        assert widget.room[place] == pytest.approx(height, abs=25)
        assert widget.room[place] < more[place] - 100


@pytest.mark.parametrize("width", [320, 360, 800, 1440])
@pytest.mark.parametrize("mode", ["key-value", "ordinary"])
def test_no_words_touch_others_or_leave_the_picture(opened, watch, width, mode):
    watched = watch(viewport={"width": width, "height": 900})
    _, _, face = opened(watched=watched, mode=mode, bandwidth=1.0)
    boxes = written_in(face.locator(".attn-picture text"))
    tools = face.locator(".recall-tools").evaluate(
        "(node) => { const all = [...node.querySelectorAll('label, button')].map((n) => n.getBoundingClientRect());"
        " return ['tools', Math.min(...all.map((b) => b.left)), Math.max(...all.map((b) => b.right)),"
        " Math.min(...all.map((b) => b.top)), Math.max(...all.map((b) => b.bottom))]; }"
    )
    boxes.append(tools)
    hold_apart(face, boxes)


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, page, face = opened()
    for half in ("upper", "lower"):
        python_sets(page, widget, half=half)
        for part, name in (
            ("query", "query: draw here"),
            ("value", "recalled"),
        ):
            group = face.locator(f"g[data-show={part}]")
            assert group.filter(has_text=name).count() == 1
    for part in widget.parts:
        shown = face.locator(f"[data-show~={part}]")
        assert shown.count() >= 2
        assert shown.evaluate_all(
            "(all) => all.every((n) => !n.hasAttribute('opacity'))"
        )


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(theme, watched=watched)
    for mode in ("key-value", "ordinary"):
        python_sets(page, widget, mode=mode)
        assert_no_violation(page)
    assert_can_be_hit(face.locator("input[type=range], label, button"))
    # Cells share their borders: 24 pixels from middle to middle, at least.
    for target in (cell(face, 0, 0), cell(face, 7, 7)):
        box = target.bounding_box()
        assert min(box["width"], box["height"]) >= 24


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    _, _, face = opened(watched=watch(forced_colors="active"))
    assert_drawn(
        face,
        stroke="recall-bar recall-mark recall-divide",
        fill="recall-label",
    )
    paper = face.evaluate("(node) => getComputedStyle(node).backgroundColor")
    ground = [int(n) for n in paper[4:-1].split(",")[:3]]
    for canvas in (".recall-drawn", ".recall-recalled", ".recall-named"):
        assert alphas(face, canvas).max() > 0.3
        levels = alphas(face, canvas)
        row, column = divmod(levels.argmax().item(), 8)
        assert colour_at(face, canvas, row, column) != ground
