"""Drawings: they show the tensor's numbers, say themselves, and fit a phone."""

import dataclasses
import re
import xml.etree.ElementTree as ElementTree

import pytest
import torch

from attn_utils import plots
from attn_utils.plots import (
    COLOURS,
    Picture,
    arrow,
    column,
    dial,
    grid,
    here,
    line,
    linear,
    mask,
    merge,
    plan,
    residual,
    row,
    sign,
    split,
    wires,
)

TABLE = torch.tensor([[0.25, -1.5, 2.0], [0.0, 7.0, 11.0]])
SVG = "{http://www.w3.org/2000/svg}"
LAYERS = [["query", "keys", "values"], ["scores"], ["weights"], ["context"]]
LINKS = [
    ("query", "scores"),
    ("keys", "scores"),
    ("scores", "weights"),
    ("weights", "context"),
    ("values", "context"),
]


def heads(count=3, wide=8):
    return torch.arange(count * wide).reshape(count, wide) / 10


DRAWINGS = {
    "grid": grid(TABLE, "query", ("tokens", "features"), "query"),
    "weights": grid(TABLE.softmax(1), "weights", ("queries", "keys"), "weight"),
    "blank": grid(torch.rand(5, 22), "features", role="value", numbers=False),
    "mask": mask(torch.ones(5, 7).tril().bool(), "causal"),
    "row": row(
        grid(TABLE), arrow("softmax", "over keys"), grid(TABLE), sign("=")
    ),
    "column": column(grid([1, 2], "a"), arrow("exp"), grid([3, 4], "b")),
    "linear": row(grid(TABLE), linear(torch.rand(2, 3), "W_Q", "query")),
    "split": split(heads(), 2, "query", "query"),
    "merge": merge(heads(), 2, "context", "value"),
    "residual": residual(row(grid(TABLE), arrow("attention"), grid(TABLE))),
    "plan": plan(
        LAYERS, LINKS, {"query": "query"}, {"weights": "sum to 1"}, ["scores"]
    ),
    "line": line([23, 1], (0, 24), 12, "on a line"),
    "dial": dial([23, 1], 24, 0, "on a circle"),
    "wires": wires(
        [((0, n), (1, m)) for n in range(13) for m in range(13)],
        "thirteen tokens, each reading all",
        lit=[(0, 0), (1, 12)],
        marked=[(0, 0), *((1, n) for n in range(13))],
    ),
}
EACH = pytest.mark.parametrize("name", DRAWINGS)


def page(drawing) -> str:
    return Picture(drawing, "A caption.")._repr_html_()


def pictures(drawing) -> list[ElementTree.Element]:
    """Return the layouts: one, or that for the column and that for a phone."""
    return [*ElementTree.fromstring(page(drawing)).iter(f"{SVG}svg")]


def words(element) -> list[str]:
    return ["".join(text.itertext()) for text in element.iter(f"{SVG}text")]


def numbers(element) -> list[float]:
    """Return what the cells show, in reading order."""
    found = [
        text.replace("−", "-").replace("∞", "inf") for text in words(element)
    ]
    return [float(t) for t in found if re.fullmatch(r"-?(\d+(\.\d+)?|inf)", t)]


def lit(element) -> set[str]:
    return {
        name
        for group in element.iter(f"{SVG}g")
        for name in group.get("data-show", "").split()
    }


@EACH
def test_a_drawing_is_well_formed_and_says_what_is_drawn(name):
    drawing = DRAWINGS[name]
    for svg in pictures(drawing):
        assert svg.get("role") == "img"
        assert svg.get("aria-label") == drawing.words()
    assert len(drawing.words()) > 5


@EACH
def test_a_drawing_has_a_panel_and_a_caption_in_a_figure(name):
    figure = ElementTree.fromstring(page(DRAWINGS[name]))
    assert figure.get("class") == "attn-figure"
    assert figure[0].get("class") == "attn-panel"
    assert f"background: var(--attn-panel, {COLOURS['panel']})" in figure[
        0
    ].get("style")
    assert figure[1].tag == "figcaption"


@EACH
def test_every_colour_of_a_drawing_is_a_variable(name):
    text = page(DRAWINGS[name])
    for colour, value in COLOURS.items():
        text = text.replace(f"var(--attn-{colour}, {value})", "")
    text = text.replace("var(--attn-sans, sans-serif)", "")
    assert "--attn-" not in text
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgb", text)
    assert not re.search(r"(?:fill|stroke): (?!none)[a-z]", text)


@EACH
def test_a_drawing_needs_no_id(name):
    assert not re.search(r"\bid=|url\(#", page(DRAWINGS[name]))


@EACH
def test_a_drawing_fits_the_column_and_a_phone_at_its_own_size(name):
    layouts = pictures(DRAWINGS[name])
    for svg, room in zip(layouts, (660, 320), strict=False):
        width = float(svg.get("viewBox").split()[2])
        assert width <= room + 3
        assert f"max-width: {width:.0f}px" in svg.get("style")
        sizes = re.findall(
            r"font-size: (\d+)px", ElementTree.tostring(svg, "unicode")
        )
        assert all(int(size) >= 12 for size in sizes)


@EACH
def test_the_layout_of_a_phone_shows_the_same_words(name):
    first, *others = pictures(DRAWINGS[name])
    tidy = str.maketrans("", "", "←↓→ ")
    for other in others:
        assert sorted(w.translate(tidy) for w in words(first)) == sorted(
            w.translate(tidy) for w in words(other)
        )
        assert lit(first) == lit(other)


def test_what_does_not_fit_a_phone_stands_upright_there():
    wide, narrow = pictures(DRAWINGS["row"])
    assert "display: block" in wide.get("style")
    assert "display: none" in narrow.get("style")
    sizes = [
        [float(n) for n in svg.get("viewBox").split()[2:]]
        for svg in (wide, narrow)
    ]
    assert sizes[0][0] > sizes[0][1]
    assert sizes[1][0] < sizes[1][1]


def test_a_small_drawing_has_one_layout():
    assert len(pictures(DRAWINGS["grid"])) == 1


def test_a_grid_shows_the_tensors_numbers_in_order():
    (svg,) = pictures(DRAWINGS["grid"])
    assert numbers(svg) == TABLE.flatten().tolist()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ([1.0, -2.0], ["1", "−2"]),
        ([0.5, 2.0], ["0.5", "2.0"]),
        ([1 / 3, 2.0], ["0.33", "2.00"]),
        ([-0.001, 1.0], ["0.00", "1.00"]),
        ([float("-inf"), 3.0], ["−∞", "3"]),
        (torch.tensor(18.0667), ["18.07"]),
    ],
)
def test_numbers_have_as_few_digits_as_tell_them(given, shown):
    (svg,) = pictures(grid(given))
    assert words(svg) == shown


def test_digits_can_be_asked_for():
    (svg,) = pictures(grid([1.0, 2.0], digits=1))
    assert words(svg) == ["1.0", "2.0"]


def test_a_grid_names_itself_its_axes_and_its_labels():
    drawn = grid(
        TABLE,
        "query",
        ("tokens", "features"),
        rows="ab",
        columns=["x", "y", "z"],
    )
    (svg,) = pictures(drawn)
    assert "query" in words(svg)
    assert {"a", "b", "x", "y", "z"} <= set(words(svg))
    assert any("tokens" in word for word in words(svg))
    assert any("features" in word for word in words(svg))
    assert drawn.words() == (
        "query (tokens by features, 2 by 3): columns x, y, z; "
        "a: 0.25, −1.50, 2.00; b: 0.00, 7.00, 11.00"
    )


def test_a_large_grid_says_its_range_instead_of_every_number():
    assert grid(torch.arange(40.0)).words() == "cells (40), from 0 to 39"
    few = grid([[0.0], [9.0]], rows="ab", columns="c", numbers=False)
    assert few.words() == "cells (2 by 1): rows a, b; columns c; from 0 to 9"


def fills(element, colour: str) -> list[float]:
    """Return with how much ink each cell of a colour is filled."""
    styles = [rect.get("style") for rect in element.iter(f"{SVG}rect")]
    found = [
        re.match(
            rf"fill: var\(--attn-{colour}, #\w+\); fill-opacity: ([\d.]+)",
            style,
        )
        for style in styles
    ]
    return [float(match[1]) for match in found if match]


def test_weights_are_inked_by_the_root_half_as_much_under_numbers():
    weights = [0.0, 0.25, 1.0]
    (svg,) = pictures(grid(weights, role="weight"))
    assert fills(svg, "weight") == [0, 0.25, 0.5]
    (svg,) = pictures(grid(weights, role="weight", numbers=False))
    assert fills(svg, "weight") == [0, 0.5, 1]


def test_a_mask_is_full_where_one_may_look_and_hatched_elsewhere():
    seen = torch.tensor([[True, False, False], [True, True, False]])
    (svg,) = pictures(mask(seen))
    assert fills(svg, "weight") == [1, 1, 1]
    hatches = [
        p for p in svg.iter(f"{SVG}path") if "--attn-soft" in p.get("style")
    ]
    assert len(hatches) == 3


def test_a_mask_says_who_may_look_at_what_equal_rows_together():
    seen = [[True, False, True], [True, False, True], [False] * 3]
    assert mask(seen, "holes").words() == (
        "holes (queries by keys, 3 by 3): 1 to 2 may look at 1 and 3; "
        "3 may look at nothing"
    )


def test_a_mask_says_what_its_rows_do():
    heard = mask([[True, True], [False, True]], "heard", verb="moves")
    assert (
        heard.words()
        == "heard (queries by keys, 2 by 2): 1 moves 1 to 2; 2 moves 2"
    )


def test_a_mask_calls_rows_and_columns_by_their_names():
    moves = mask([[False, True, True]], rows=["4"], columns="345", verb="moves")
    assert moves.words() == "cells (queries by keys, 1 by 3): 4 moves 4 to 5"
    # Where two have one name only a number tells them apart.
    found = mask([[True, False]] * 2, rows="ab", columns="cc", verb="finds")
    assert found.words() == (
        "cells (queries by keys, 2 by 2): columns c, c; a to b finds 1"
    )


def test_marked_cells_have_a_frame():
    (svg,) = pictures(grid(TABLE, marked=[(1, 2)]))
    frames = [
        r for r in svg.iter(f"{SVG}rect") if "stroke-width: 2" in r.get("style")
    ]
    cells = [
        r for r in svg.iter(f"{SVG}rect") if "--attn-line" in r.get("style")
    ]
    assert len(frames) == 1
    assert [frames[0].get(k) for k in "xy"] == [cells[-1].get(k) for k in "xy"]


def test_parts_can_be_lit_by_role_by_name_and_by_what_is_added():
    drawn = row(
        grid(TABLE, "weight × value", role="value", show="products"),
        linear(torch.rand(2, 3), "W_Q", "query"),
    )
    for svg in pictures(drawn):
        assert lit(svg) == {"products", "value", "weight-value", "query", "w-q"}
    (svg,) = pictures(DRAWINGS["plan"])[:1]
    assert lit(svg) == {
        "query",
        "keys",
        "values",
        "scores",
        "weights",
        "context",
    }
    (svg,) = pictures(DRAWINGS["dial"])
    assert lit(svg) == {"value", "answer"}


def test_the_cells_of_a_column_line_up():
    drawn = column(
        grid([1, 2, 3]), arrow("× 100"), grid([100.25, 200.0, 300.0])
    )
    widths = {
        p.least
        for p in drawn.parts
        if dataclasses.is_dataclass(p) and hasattr(p, "least")
    }
    assert len(widths) == 1
    (svg,) = pictures(drawn)
    cells = [
        r for r in svg.iter(f"{SVG}rect") if "--attn-line" in r.get("style")
    ]
    assert [c.get("width") for c in cells[:3]] == [
        c.get("width") for c in cells[3:]
    ]


def test_a_linear_map_says_its_shape_as_torch_keeps_it():
    drawn = linear(torch.nn.Linear(5, 3).weight, "W_K", "key")
    assert drawn.words() == "then W_K, 5 → 3"
    (svg,) = pictures(drawn)
    assert words(svg) == ["WK", "5 → 3"]


@pytest.mark.parametrize("draw", [split, merge])
def test_heads_hold_the_columns_of_the_whole_in_order(draw):
    x = heads(2, 6)
    for svg in pictures(draw(x, 3, "x")):
        parts = [*x.reshape(2, 3, 2).transpose(0, 1).flatten().tolist()]
        whole = x.flatten().tolist()
        expected = whole + parts if draw is split else parts + whole
        assert numbers(svg) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("draw", [split, merge])
def test_what_is_framed_in_the_whole_is_framed_in_its_head(draw):
    drawn = draw(heads(2, 6), 3, "x", marked=[(0, 1), (1, 4)])
    first, _, last = drawn.parts
    whole, beside = (first, last) if draw is split else (last, first)
    assert whole.marked == ((0, 1), (1, 4))
    assert [part.marked for part in beside.parts] == [((0, 1),), (), ((1, 0),)]


@pytest.mark.parametrize("draw", [split, merge])
@pytest.mark.parametrize("given", [{"groups": 2}, {"axes": ("a", "b")}])
def test_the_heads_alone_say_groups_and_axes(draw, given):
    (name,) = given
    with pytest.raises(TypeError, match=f"{name} is given by the heads"):
        draw(heads(2, 6), 3, "x", **given)


def test_a_plan_fills_what_is_lit_and_says_what_leads_where():
    drawn = DRAWINGS["plan"]
    assert drawn.words() == (
        "A plan: from query and keys to scores; from scores to weights; "
        "from weights and values to context; noted: weights: sum to 1; "
        "lit: scores"
    )
    for svg in pictures(drawn):
        assert fills(svg, "ink") == [0.16]
    (svg,) = pictures(plan(LAYERS, LINKS, {"query": "query"}, lit=["query"]))[
        :1
    ]
    assert fills(svg, "query") == [0.16]


def test_here_is_the_plan_in_small_with_the_lit_boxes_full():
    drawn = DRAWINGS["plan"]
    shown = here(drawn, "query", "scores")._repr_html_()
    svg = ElementTree.fromstring(shown)[0]
    boxes = [*svg.iter(f"{SVG}rect")]
    assert len(boxes) == sum(map(len, LAYERS))
    assert fills(svg, "query") == fills(svg, "ink") == [1.0]
    assert len(fills(svg, "paper")) == len(boxes) - 2
    assert len([*svg.iter(f"{SVG}path")]) == len(LINKS)
    assert svg.get("aria-label") == "The plan; here: query and scores"
    assert '<p aria-hidden="true">query and scores</p>' in shown
    # Later layers stand lower, and all boxes of a layer equally low.
    tops = iter([float(each.get("y")) for each in boxes])
    rows = [{next(tops) for _ in layer} for layer in LAYERS]
    assert all(len(row) == 1 for row in rows)
    assert rows == sorted(rows, key=min)


def test_here_must_light_boxes_of_the_plan():
    for lit in ((), ("who",)):
        with pytest.raises(ValueError, match="lit must name boxes of"):
            here(DRAWINGS["plan"], *lit)


def test_a_name_that_is_parted_at_a_hyphen_is_said_as_one_word():
    drawn = plan(["self-\nattention", "next\ntoken"])
    assert drawn.words() == "A plan: from self-attention to next token"


def test_a_plan_says_what_its_boxes_note_and_tells_those_of_one_name_apart():
    drawn = plan(["norm", "norm "], notes={"norm ": "2 × 3"}, lit=["norm "])
    assert drawn.words() == (
        "A plan: from norm to norm (2); noted: norm (2): 2 × 3; lit: norm (2)"
    )
    assert "The plan; here: norm (2)" in here(drawn, "norm ")._repr_html_()


def test_without_links_each_layer_leads_to_the_next():
    assert plan(["a", ["b", "c"]]).words() == "A plan: from a to b; from a to c"


def centre(svg, colour: str, tag: str = "circle") -> list[tuple[float, float]]:
    return [
        (float(c.get("cx")), float(c.get("cy")))
        for c in svg.iter(f"{SVG}{tag}")
        if f"fill: var(--attn-{colour}," in c.get("style")
    ]


def test_a_dial_puts_its_numbers_where_a_clock_has_them():
    (svg,) = pictures(dial([0, 6, 12, 18], 24))
    (x, y), *_ = centre(svg, "panel")
    points = centre(svg, "value")
    turns = [(round(a - x), round(b - y)) for a, b in points]
    assert turns == [(0, -62), (62, 0), (0, 62), (-62, 0)]


def test_a_line_puts_its_numbers_in_proportion():
    (svg,) = pictures(line([0, 6, 24], (0, 24)))
    places = [x for x, _ in centre(svg, "value")]
    assert (places[1] - places[0]) / (places[2] - places[0]) == pytest.approx(
        0.25
    )


def test_line_and_dial_say_what_their_numbers_average_to():
    drawn = row(DRAWINGS["line"], DRAWINGS["dial"])
    assert drawn.words() == (
        "On a line from 0 to 24: 23, 1, together 12. "
        "On a circle, once around is 24: 23, 1, together 0"
    )


def test_a_given_alt_text_takes_the_place_of_the_drawings_own():
    picture = Picture(DRAWINGS["grid"], "A caption.", "Six numbers.")
    assert picture.alt == "Six numbers."
    assert 'aria-label="Six numbers."' in picture._repr_html_()


def test_words_with_markup_are_shown_as_written():
    (svg,) = pictures(grid([1], 'a < b & "c"'))
    assert words(svg)[0] == 'a < b & "c"'


def test_a_drawing_alone_shows_itself():
    assert (
        DRAWINGS["grid"]
        ._repr_html_()
        .startswith('<figure class="attn-figure">')
    )


def test_every_drawing_is_public():
    assert {"grid", "mask", "arrow", "linear", "sign", "row", "column"} <= set(
        plots.__all__
    )
    assert {"split", "merge", "residual", "plan", "line", "dial"} <= set(
        plots.__all__
    )
