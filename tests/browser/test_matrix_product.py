"""A matrix product by hand: what is drawn is what torch computes."""

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

from attn_utils.widgets import MatrixProduct

MATHS = "matrix_product/product_math.js"
HINT = "choose another cell of the product. Which numbers meet?"
KEPT = ["left", "right", "row", "column", "transposed"]
SIZES = [(2, 3, 2), (4, 2, 3), (2, 3, 4), (4, 4, 4)]


def drawn(seed, sizes):
    """Two matrices of random whole numbers from -9 to 9."""
    generator = torch.Generator().manual_seed(seed)
    queries, dim, keys = sizes
    return [
        torch.randint(-9, 10, shape, generator=generator)
        for shape in ((queries, dim), (dim, keys))
    ]


def made(sizes=(2, 3, 4), seed=0, transposed=False, **traits):
    left, right = drawn(seed, sizes)
    right = right.T if transposed else right
    traits = {"hint": HINT, "transposed": transposed} | traits
    return MatrixProduct(left, right, **traits)


def state(widget, **change):
    return {name: getattr(widget, name) for name in KEPT} | change


@pytest.mark.parametrize("seed", range(8))
def test_the_page_computes_what_torch_does(modules, seed):
    sizes = SIZES[seed % 4]
    left, right = (each.double() for each in drawn(seed, sizes))
    left, right = left + seed / 7, right - seed / 9
    flat = right.flatten().tolist()
    assert same(call(modules, MATHS, "rowsOf", flat, sizes[2]), right)
    a, b = left.tolist(), right.tolist()
    assert same(call(modules, MATHS, "turned", b), right.T)
    product = torch.einsum("qd,dk->qk", left, right)
    assert same(call(modules, MATHS, "matrixProduct", a, b), product)
    by_rows = call(modules, MATHS, "productOfRows", a, right.T.tolist())
    assert same(by_rows, torch.einsum("qd,kd->qk", left, right.T))
    for i in range(sizes[0]):
        for j in range(sizes[2]):
            pairs = call(modules, MATHS, "pairsOf", a, b, i, j)
            assert same(pairs, torch.stack([left[i], right[:, j]], 1))


def text_of(number):
    return str(number).replace("-", "−")


def factor(number):
    return f"({text_of(number)})" if number < 0 else str(number)


def table_of(face, name):
    """What stands in a grid: of each row its cells, with their boxes."""
    return face.locator(f".product-grid[data-show={name}]").evaluate(
        "(grid) => [...grid.children].map((row) => [...row.children].map((cell) => {"
        " const b = cell.getBoundingClientRect();"
        " return { text: cell.textContent, label: cell.ariaLabel, selected: cell.ariaSelected,"
        " stop: cell.tabIndex, lit: cell.classList.contains('product-lit'),"
        " ground: getComputedStyle(cell).backgroundColor,"
        " box: [b.left, b.top, b.right, b.bottom] }; }))"
    )


def box_of(part):
    found = part.bounding_box()
    left, top = found["x"], found["y"]
    return [left, top, left + found["width"], top + found["height"]]


def check_picture(face, widget, chosen=("left", 0, 0), **now):
    """Everything that is drawn is what torch says."""
    queries, dim, keys = widget.sizes
    left = torch.tensor(now["left"]).view(queries, dim)
    right = torch.tensor(now["right"]).view(dim, keys)
    transposed = now["transposed"]
    i, j = now["row"] - 1, now["column"] - 1
    tables = {
        "left": left,
        "right": right.T if transposed else right,
        "product": left @ right,
    }
    lit = {
        "left": lambda row, _: row == i,
        "right": lambda row, column: (row if transposed else column) == j,
        "product": lambda row, column: (row, column) == (i, j),
    }
    for name, numbers in tables.items():
        cells = table_of(face, name)
        assert [len(row) for row in cells] == [numbers.shape[1]] * len(numbers)
        stops = 0
        for row, line in enumerate(cells):
            for column, cell in enumerate(line):
                text = text_of(numbers[row, column].item())
                assert cell["text"] == text
                where = f"{name}, row {row + 1}, column {column + 1}"
                assert cell["label"] == f"{where}: {text}"
                assert cell["lit"] == lit[name](row, column)
                marked = (name, row, column) == (
                    ("product", i, j) if name == "product" else chosen
                )
                assert cell["selected"] == str(marked).lower()
                stops += cell["stop"] == 0
                assert not marked or cell["stop"] == 0
        assert stops == 1
        # What is lit is framed, and nothing else.
        boxes = [cell["box"] for line in cells for cell in line if cell["lit"]]
        assert len(boxes) == (1 if name == "product" else dim)
        around = [
            work(box[side] for box in boxes)
            for side, work in enumerate((min, min, max, max))
        ]
        frame = face.locator(f".product-frame.product-{name}")
        assert frame.count() == 1
        half = 1.25  # of its stroke, which lies on the edges
        found = box_of(frame)
        inner = [*(n + half for n in found[:2]), *(n - half for n in found[2:])]
        assert inner == pytest.approx(around, abs=0.1)
        title = face.locator(f".product-title.product-{name}")
        shape = ", ".join(map(str, numbers.shape))
        assert title.text_content() == f"{name} ({shape})"

    # The product's rows are those of the left, its columns stand below the right.
    grids = {name: table_of(face, name) for name in tables}
    for row, (a, b) in enumerate(
        zip(grids["left"], grids["product"], strict=True)
    ):
        assert a[0]["box"][1] == pytest.approx(b[0]["box"][1], abs=0.1), row
        assert a[-1]["box"][2] < b[0]["box"][0]
    lowest = grids["right"][-1][0]["box"][3]
    # Between them there is room for the names of the columns.
    below = grids["product"][0][0]["box"][1] - lowest
    assert below == pytest.approx(26, abs=0.1)
    if not transposed:
        for a, b in zip(grids["right"][0], grids["product"][0], strict=True):
            assert a["box"][::2] == pytest.approx(b["box"][::2], abs=0.1)

    # The axes have their names, and the lit places are marked on them.
    marks = face.locator(".product-index").evaluate_all(
        "(all) => all.map((n) => [n.parentNode.dataset.show, n.textContent, n.classList.length])"
    )
    axes = {"q": queries, "d": dim, "k": keys}
    expected = [
        [name, f"{axis}{n + 1}", 1 + ((axis, n) in (("q", i), ("k", j)))]
        for name, named in (
            ("left", "qd"),
            ("right", "kd" if transposed else "dk"),
            ("product", "k"),
        )
        for axis in named
        for n in range(axes[axis])
    ]
    assert marks == expected
    check_words(face, widget, tables, (i, j), chosen, transposed)


def check_words(face, widget, tables, cell, chosen, transposed):
    """What is said, and what the controls say."""
    i, j = cell
    others = tables["right"] if transposed else tables["right"].T
    terms = " + ".join(
        f"{factor(a)}·{factor(b)}"
        for a, b in zip(
            tables["left"][i].tolist(), others[j].tolist(), strict=True
        )
    )
    told = (
        f"Row {i + 1} of left meets {'row' if transposed else 'column'} {j + 1} of "
        f"right: {terms} = {text_of(tables['product'][i, j].item())}."
    )
    code = (
        'left @ right.T\n= einsum("qd,kd->qk", left, right)'
        if transposed
        else 'left @ right\n= einsum("qd,dk->qk", left, right)'
    )
    assert face.locator(".attn-readout").text_content() == told
    assert face.locator(".product-formula").text_content() == code
    label = face.locator(".attn-picture").get_attribute("aria-label")
    assert label == f"{told} {code}"
    for name, at in (("row", i), ("column", j)):
        slider = face.get_by_role("slider", name=name)
        assert slider.input_value() == str(at + 1)
        assert slider.get_attribute("aria-valuetext") == str(at + 1)
    assert face.get_by_role("checkbox").is_checked() == transposed
    name, row, column = chosen
    value = tables[name][row, column].item()
    entry = f"{name}, row {row + 1}, column {column + 1}"
    assert face.locator(".product-amount").text_content() == text_of(value)
    assert (
        face.locator(".product-named .attn-steady-words").text_content()
        == entry
    )
    for words, end in (("−1: lower", -9), ("+1: raise", 9)):
        button = face.get_by_role("button", name=f"{words} {entry}")
        off = button.get_attribute("aria-disabled")
        assert off == str(value == end).lower()


def states_of_cells(widget):
    """Each end of the product, both ways to write the right, and extreme numbers."""
    queries, _, keys = widget.sizes
    return [
        {},
        {"row": queries, "column": keys},
        {"row": queries, "column": 2, "transposed": True},
        {"column": keys, "transposed": True},
        {
            "left": [-9] * len(widget.left),
            "right": [-9] * len(widget.right),
            "row": 2,
        },
        {
            "left": [-9] * len(widget.left),
            "right": [9] * len(widget.right),
            "transposed": True,
        },
        {"left": [0] * len(widget.left), "column": 2},
    ]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("window", [320, 1280])
def test_the_picture_is_what_torch_says(opened, watch, window, sizes):
    watched = watch(viewport={"width": window, "height": 900})
    widget, page, face = opened(watched=watched, sizes=sizes, seed=window)
    for change in states_of_cells(widget):
        now = state(widget, **change)
        python_sets(page, widget, **now)
        check_picture(face, widget, **now)


def test_it_opens_with_the_right_written_as_rows(opened):
    widget, _, face = opened(transposed=True, row=2, column=3)
    check_picture(face, widget, **state(widget))


@pytest.mark.parametrize("transposed", [False, True])
def test_what_meets_is_tinted_in_the_colour_of_its_role(opened, transposed):
    _, page, face = opened(transposed=transposed, row=2)
    page.wait_for_timeout(300)
    found = {}
    for name in ("left", "right"):
        for line in table_of(face, name):
            for cell in line:
                key = name if cell["lit"] else "plain"
                found.setdefault(key, set()).add(cell["ground"])
    assert [len(each) for each in found.values()] == [1] * 3
    assert len(set.union(*found.values())) == 3


def cell_of(face, name, row, column):
    grid = face.locator(f".product-grid[data-show={name}]")
    return grid.locator(
        f".product-cell[aria-label^='{name}, row {row}, column {column}:']"
    )


def test_a_cell_of_the_product_is_chosen_by_click(opened):
    widget, page, face = opened()
    cell_of(face, "product", 2, 3).click()
    frames(page)
    check_picture(face, widget, **state(widget, row=2, column=3))
    # As a screen reader clicks.
    cell_of(face, "product", 1, 4).evaluate("(cell) => cell.click()")
    frames(page)
    check_picture(face, widget, **state(widget, row=1, column=4))


def test_arrows_lead_through_the_product(opened):
    widget, page, face = opened()
    cell_of(face, "product", 1, 1).focus()
    for key, at in (
        *(("ArrowRight", (1, 2)), ("ArrowDown", (2, 2)), ("End", (2, 4))),
        *(("ArrowRight", (2, 4)), ("ArrowDown", (2, 4)), ("Home", (2, 1))),
        *(("ArrowUp", (1, 1)), ("ArrowLeft", (1, 1)), ("5", (1, 1))),
    ):
        page.keyboard.press(key)
        frames(page)
        found = held_by(page, widget, "row"), held_by(page, widget, "column")
        assert found == at, key
        told = page.evaluate("document.activeElement.ariaLabel")
        assert told.startswith("product, row {}, column {}".format(*at))
    check_picture(face, widget, **state(widget))


def test_who_stands_at_a_cell_goes_where_another_is_chosen(opened):
    widget, page, face = opened()
    cell_of(face, "product", 1, 1).focus()
    python_sets(page, widget, row=2, column=2)
    told = page.evaluate("document.activeElement.ariaLabel")
    assert told.startswith("product, row 2, column 2")
    assert held_by(page, widget, "row") == 2


@pytest.mark.parametrize("transposed", [False, True])
def test_an_entry_is_chosen_by_click_and_changed_by_button(opened, transposed):
    widget, page, face = opened(transposed=transposed)
    now = state(widget)
    for name, row, column in (("left", 2, 3), ("right", 3, 2)):
        cell_of(face, name, row, column).click()
        frames(page)
        at = (name, row - 1, column - 1)
        check_picture(face, widget, at, **now)
        long = widget.sizes[1 if name == "left" else 2]
        place = (row - 1) * long + column - 1
        if name == "right" and transposed:
            place = (column - 1) * long + row - 1
        value = now[name][place]
        for words, by in (("+1", 1), ("−1", -1), ("−1", -1), *[("+1", 1)] * 21):
            # What is off is pressed too.
            button = face.get_by_role("button", name=words)
            button.click(force=True)
            frames(page)
            value = min(max(value + by, -9), 9)
            assert held_by(page, widget, name)[place] == value
        assert value == 9
        now[name] = [9 if n == place else v for n, v in enumerate(now[name])]
        check_picture(face, widget, at, **now)
        for _ in range(19):
            face.get_by_role("button", name="−1").click(force=True)
        frames(page)
        now[name] = [-9 if n == place else v for n, v in enumerate(now[name])]
        check_picture(face, widget, at, **now)


def test_an_entry_is_changed_by_keys(opened):
    widget, page, face = opened()
    now = state(widget)
    cell_of(face, "left", 1, 1).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    for key, value in (
        *(("7", 7), ("+", 8), ("+", 9), ("+", 9), ("0", 0), ("-", -1)),
        *(("a", -1), ("4", 4), ("Control+5", 4)),
    ):
        page.keyboard.press(key)
        frames(page)
        assert held_by(page, widget, "left")[4] == value, key
    now["left"] = [4 if n == 4 else v for n, v in enumerate(now["left"])]
    check_picture(face, widget, ("left", 1, 1), **now)


def test_the_entry_stays_the_same_when_the_right_is_turned(opened):
    widget, page, face = opened()
    cell_of(face, "right", 3, 2).click()
    box = face.get_by_role("checkbox")
    for transposed, at in ((True, (1, 2)), (False, (2, 1))):
        box.focus()
        page.keyboard.press("Space")
        frames(page)
        now = state(widget, transposed=transposed)
        check_picture(face, widget, ("right", *at), **now)


def test_each_grid_is_one_stop_of_the_tab_key(opened):
    _, page, _ = opened()
    stops = []
    page.keyboard.press("Tab")
    for _ in range(30):
        found = page.evaluate(
            "document.activeElement.ariaLabel ?? document.activeElement.textContent"
        )
        if found in stops:
            break
        stops.append(found)
        page.keyboard.press("Tab")
    grids = [stop for stop in stops if re.match(r"\w+, row", stop)]
    found = [stop.split(",")[0] for stop in grids]
    assert found == ["left", "right", "product"]


GOALS = {
    "left": [1, 2, 3, -4, -5, -6],
    "right": [*range(9), -1, -2, -9],
    "row": 2,
    "column": 4,
    "transposed": True,
}


def test_a_link_sets_every_trait_and_reset_brings_it_back(opened_with_a_link):
    widget = made(column=3)
    page, face = opened_with_a_link(widget, GOALS)
    for _ in range(2):
        page.get_by_role("button", name="go").click()
        page.wait_for_timeout(500)
        check_picture(face, widget, **GOALS)
        cell_of(face, "right", 1, 2).click()
        face.get_by_role("button", name="Reset").click()
        frames(page)
        check_picture(face, widget, **state(widget))


def test_a_link_in_the_prose_may_ask_for_every_trait():
    ties = load("ties")
    picture = tied_to(made())
    flat = ["+".join(map(str, GOALS[name])) for name in ("left", "right")]
    asked = f"left={flat[0]}&right={flat[1]}&row=2&column=4&transposed=true"
    assert ties.settings(asked, picture) == GOALS
    for wrong in ("row=3", "column=5", "transposed=rows", f"left={flat[0]}+1"):
        with pytest.raises(ties.TieError, match=wrong.split("=")[0]):
            ties.settings(wrong, picture)


@pytest.mark.parametrize("sizes", [(2, 3, 2), (3, 2, 4), (4, 4, 4)])
@pytest.mark.parametrize("width", [320, 360, 480, 620, 800, 900, 1440])
def test_its_height_never_changes_and_is_the_room_kept(
    opened, watch, width, sizes
):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched, sizes=sizes)
    first = state(widget)
    changes = [first | each for each in states_of_cells(widget)]
    hold_room(widget, page, face, changes)


@pytest.mark.parametrize("sizes", [(2, 3, 2), (4, 4, 4)])
@pytest.mark.parametrize("width", [320, 360, 620, 800, 1440])
def test_no_words_touch_others_or_leave_the_picture(
    opened, watch, width, sizes
):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(watched=watched, sizes=sizes)
    for change in states_of_cells(widget):
        python_sets(page, widget, **state(widget, **change))
        words = face.locator(".attn-picture text")
        hold_letters(words)
        hold_letters(face.locator(".product-cell"))
        hold_letters(face.locator(".product-formula, .product-named"))
        hold_apart(face, written_in(words), left=4, right=4)
        # A number keeps within its cell.
        over = face.locator(".product-cell").evaluate_all(
            "(all) => all.map((n) => { const r = document.createRange(); r.selectNodeContents(n);"
            " return r.getBoundingClientRect().width - n.getBoundingClientRect().width; })"
        )
        assert max(over) <= 0


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened()
    assert widget.parts == ["left", "right", "product"]
    for part in widget.parts:
        group = face.locator(f"g[data-show={part}]")
        assert group.filter(has_text=f"{part} (").count() == 1
        grid = face.locator(f".product-grid[data-show={part}]")
        assert grid.get_attribute("aria-label") == part


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(opened, watch, theme, width):
    watched = watch(viewport={"width": width, "height": 900})
    widget, page, face = opened(theme, watched=watched, sizes=(4, 4, 4))
    for transposed in (False, True):
        python_sets(page, widget, transposed=transposed)
        assert_no_violation(page)
    assert_can_be_hit(
        face.locator("input[type=range], label, button, .product-cell")
    )


def test_at_the_narrowest_everything_can_be_hit(opened, watch):
    watched = watch(viewport={"width": 320, "height": 900})
    _, _, face = opened(watched=watched, sizes=(4, 4, 4))
    assert_can_be_hit(
        face.locator("input[type=range], label, button, .product-cell")
    )


def test_in_forced_colours_everything_is_still_drawn(opened, watch):
    watched = watch(forced_colors="active")
    _, _, face = opened(watched=watched)
    assert_drawn(face, stroke="product-frame", fill="product-title")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_a_tint_takes_its_time_unless_that_is_unwanted(opened, watch, motion):
    _, _, face = opened(watched=watch(reduced_motion=motion))
    cell = face.locator(".product-cell").first
    takes = cell.evaluate("(n) => getComputedStyle(n).transitionDuration")
    assert takes == ("0s" if motion == "reduce" else "0.2s")


def test_the_state_is_small():
    assert size_of(made(sizes=(4, 4, 4))) < 2_000
