"""Pictures: they follow the theme, speak to everyone and do not collide."""

import base64
import io
import math
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from PIL import Image

from attn_utils.plots import (
    COLOURS,
    FROM_0_TO_1,
    WEIGHTS,
    Picture,
    alignment_map,
    bell,
    fused_points,
    ramp,
    score_plane,
    use_book_style,
    weights_map,
)

matplotlib.use("agg")
STYLESHEET = Path(__file__).parents[1] / "book" / "_assets" / "book.css"
TABLE = torch.tensor([[0.0, 0.25, 0.75], [1.0, 0.0, 0.0]])


@pytest.fixture(autouse=True)
def book_style():
    with plt.rc_context():
        use_book_style()
        yield
    plt.close("all")


def fusion_picture(
    caption="A caption.", alt="Three dots and an answer."
) -> Picture:
    figure, ax = plt.subplots()
    fused_points(
        ax, [1, 2, 4], [10, 20, 40], [0.3, 0.5, 0.2], 2, 21, ([0, 5], [9, 41])
    )
    ax.legend()
    return Picture(figure, caption, alt)


def map_picture() -> Picture:
    figure, ax = plt.subplots()
    weights_map(ax, TABLE, title="Who looks where")
    return Picture(figure, "A map.", "Two rows of three weights.")


OTHER_TASTES = {
    "text.usetex": True,
    "axes.grid": True,
    "axes.unicode_minus": False,
    "figure.dpi": 300,
    "font.family": ["monospace"],
    "lines.linestyle": "--",
    "savefig.bbox": "tight",
    "savefig.facecolor": "red",
    "svg.image_inline": False,
}


def test_the_style_starts_from_matplotlibs_defaults():
    wanted = dict(plt.rcParams)
    plt.style.use("dark_background")
    plt.rcParams.update(OTHER_TASTES)
    use_book_style()
    assert dict(plt.rcParams) == wanted


PICTURES = pytest.mark.parametrize("make", [fusion_picture, map_picture])


def page(picture: Picture) -> str:
    return picture._repr_html_()


def ids(text: str) -> list[str]:
    return re.findall(r'\bid="([^"]+)"', text)


def targets(text: str) -> set[str]:
    return set(re.findall(r'(?:url\(|href=")#([^)"]+)', text))


@PICTURES
def test_a_picture_is_well_formed_and_an_image_to_a_screen_reader(make):
    picture = make()
    figure = ElementTree.fromstring(page(picture))
    svg = figure[0]
    assert figure.tag == "figure"
    assert svg.tag.endswith("svg")
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == picture.alt
    assert figure[1].tag == "figcaption"
    assert figure[1].text == picture.caption


def test_markup_in_alt_text_and_caption_is_shown_as_written():
    figure = ElementTree.fromstring(
        page(fusion_picture('a < b & "c"', 'x > <i>y</i> "z"'))
    )
    assert figure[0].get("aria-label") == 'x > <i>y</i> "z"'
    assert figure[1].text == 'a < b & "c"'


@pytest.mark.parametrize("nothing", ["", " \n"])
def test_caption_and_alt_text_must_say_something(nothing):
    with pytest.raises(ValueError, match=r"^caption must say something"):
        fusion_picture(caption=nothing)
    with pytest.raises(ValueError, match=r"^alt must say something"):
        fusion_picture(alt=nothing)


def test_a_picture_says_its_alt_text_where_html_is_not_shown():
    assert repr(fusion_picture(alt="Three dots.")) == "Picture: Three dots."


def test_a_picture_closes_its_figure_so_that_it_shows_once():
    fusion_picture()
    assert plt.get_fignums() == []


@PICTURES
def test_every_target_in_a_picture_exists_once(make):
    text = page(make())
    assert targets(text)
    assert targets(text) == set(ids(text))
    assert len(ids(text)) == len(set(ids(text)))


@PICTURES
def test_two_pictures_share_no_id(make):
    first, second = page(make()), page(make())
    assert ids(first)
    assert not set(ids(first)) & set(ids(second))


@PICTURES
def test_every_colour_is_a_variable_of_the_theme(make):
    text = page(make())
    for role, colour in COLOURS.items():
        text = text.replace(f"var(--attn-{role}, {colour})", "")
    text = re.sub(r"data:image/png;base64,[^\"]*", "", text)
    for other in ("var(--attn-sans, sans-serif)", "var(--attn-letters, 1)"):
        text = text.replace(other, "")
    assert "--attn-" not in text
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", text)
    assert not re.search(r"(?:fill|stroke): (?!none|url)[a-z]", text)


def test_the_roles_of_a_fusion_have_their_own_colours():
    text = page(fusion_picture())
    for role in ("query", "value", "weight", "ink", "paper"):
        assert f"var(--attn-{role}, {COLOURS[role]})" in text


@PICTURES
def test_the_letters_are_those_of_the_theme(make):
    text = page(make())
    assert "var(--attn-sans, sans-serif)" in text
    assert "DejaVu" not in text


@pytest.mark.parametrize(
    ("align", "anchor"),
    [("left", "start"), ("center", "middle"), ("right", "end")],
)
def test_lines_of_one_text_grow_from_where_it_is_held(align, anchor):
    figure, ax = plt.subplots()
    ax.text(0.5, 0.5, "a longer one\nline", ha=align)
    ax.text(0.5, 0.2, "alone", ha=align)
    svg = Picture(figure, "caption", "alt")._repr_html_()
    places = {
        words: (held, float(x))
        for held, x, words in re.findall(
            r'text-anchor: (\w+)[^"]*" (?:transform="translate\(|x=")([\d.]+)[^>]*>'
            r"([^<]+)<",
            svg,
        )
    }
    first, second = places["a longer one"], places["line"]
    assert first == second
    assert first[0] == anchor
    held, at = places["alone"]  # a text of one line, by matplotlib itself
    assert held == anchor
    assert first[1] == pytest.approx(at, abs=0.1)


def test_letters_can_grow_in_place_but_not_those_of_a_formula():
    figure, ax = plt.subplots()
    ax.set(xscale="log", title="Plain")
    text = page(Picture(figure, "A scale.", "A logarithmic scale."))
    grown = re.search(r'<text style="([^"]*)"[^>]*>Plain<', text)[1]
    assert "11px * var(--attn-letters, 1)" in grown
    formula = re.findall(r"<tspan[^>]*>", text)
    assert formula
    assert "--attn-letters" not in "".join(formula)


@PICTURES
def test_a_picture_has_no_metadata_and_no_plate_behind_it(make):
    text = page(make())
    assert "<metadata" not in text
    assert "<?xml" not in text
    assert "<!DOCTYPE" not in text
    assert "#ffffff" not in text


def test_an_artist_can_be_a_part_that_the_prose_lights():
    fig, ax = plt.subplots()
    for height, gid in ((0, "show:query"), (1, "show:query first"), (2, "x")):
        ax.plot([0, 1], [height, height])[0].set_gid(gid)
    svg = Picture(fig, "Lines.", "Three lines.")._repr_html_()
    parts = re.findall(r'<g data-show="([^"]*)">\s*<path', svg)
    assert parts == ["query", "query first"]
    assert "show:" not in svg


def test_a_picture_scales_with_the_page():
    figure, ax = plt.subplots(figsize=(6, 3))
    ax.plot([0, 1])
    svg = ElementTree.fromstring(page(Picture(figure, "A line.", "A line.")))[0]
    assert svg.get("viewBox") == "0 0 432 216"
    assert "width: 100%; max-width: 576px; height: auto" in svg.get("style")
    assert svg.get("width") is svg.get("height") is None


@pytest.mark.skipif(
    not STYLESHEET.exists(), reason="the book's stylesheet is not here"
)
def test_the_light_colours_are_those_of_the_stylesheet():
    light = STYLESHEET.read_text("utf-8")
    for role, colour in COLOURS.items():
        found = re.search(rf"--attn-{role}:\s*(#[0-9a-fA-F]+)", light)
        assert found, role
        assert found[1].lower() == colour


@pytest.mark.parametrize(
    "given", [TABLE, TABLE.tolist()], ids=["tensor", "list"]
)
def test_a_weights_map_shows_the_weights_from_0_to_1_with_the_scale(given):
    figure, ax = plt.subplots()
    weights_map(ax, given, title="Who looks where")
    (image,) = ax.images
    assert image.get_array().tolist() == TABLE.tolist()
    assert image.get_clim() == (0, 1)
    assert image.get_cmap() == WEIGHTS
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("key", "query")
    assert ax.get_title() + ax.get_title(loc="left") == "Who looks where"
    scale = figure.axes[1]
    assert scale.get_ylabel() == "weight"
    assert scale.get_ylim() == (0, 1)


@pytest.mark.parametrize(
    "as_given", [list, torch.tensor], ids=["list", "tensor"]
)
def test_fused_points_draws_a_dot_for_each_input_as_large_as_its_weight(
    as_given,
):
    _, ax = plt.subplots()
    key, value = as_given([1.0, 2.0, 4.0]), as_given([10.0, 20.0, 40.0])
    fused_points(ax, key, value, as_given([0.25, 0.75, 0.0]), 2, 17.5)
    dots = ax.collections[0]
    assert dots.get_offsets().tolist() == [[1, 10], [2, 20], [4, 40]]
    small, large, least = dots.get_sizes()
    assert large - least == pytest.approx(3 * (small - least))
    lines = [line for line in ax.lines if list(line.get_ydata()) == [10, 17.5]]
    assert [list(line.get_xdata()) for line in lines] == [[1, 2]]
    answer = ax.lines[-1]
    assert (list(answer.get_xdata()), list(answer.get_ydata())) == ([2], [17.5])


def test_fused_points_draws_the_curve_where_one_is_given():
    _, ax = plt.subplots()
    fused_points(ax, [1], [10], [1], 1, 10, curve=([0, 5], [9, 41]))
    assert [9, 41] in [list(line.get_ydata()) for line in ax.lines]
    assert ax.get_legend_handles_labels()[1] == ["the answer at every x"]


@pytest.mark.parametrize(
    ("value", "weights", "said"),
    [
        ([10, 20], [1.0], "weights must be one for each of the 2 keys"),
        ([10], [0.5, 0.5], "value must be one for each of the 2 keys"),
        ([10, 20], [1.5, -0.5], "weights must lie from 0 to 1, but one is 1.5"),
        (
            [10, 20],
            [0.5, math.nan],
            "weights must hold numbers, but one is NaN",
        ),
    ],
)
def test_fused_points_refuses_what_does_not_fit(value, weights, said):
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=said):
        fused_points(ax, [1, 2], value, weights, 1, 10)


@pytest.mark.parametrize(("rows", "columns"), [(1, 12), (2, 1), (30, 7)])
def test_a_weights_map_counts_whole_queries_and_keys(rows, columns):
    _, ax = plt.subplots()
    weights_map(ax, torch.full((rows, columns), 0.5))
    for axis, count in ((ax.xaxis, columns), (ax.yaxis, rows)):
        inside = [at for at in axis.get_ticklocs() if -0.5 <= at <= count - 0.5]
        assert inside
        assert all(at == int(at) for at in inside)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_what_a_model_computes_can_be_drawn_as_it_is(dtype):
    weights = torch.rand(4, 4, 2, dtype=dtype, requires_grad=True).softmax(-1)
    place = torch.rand(2, 2, dtype=dtype, requires_grad=True)
    _, (plane, points) = plt.subplots(1, 2)
    score_plane(plane, weights, place, (0, 1), query=place[0])
    fused_points(points, *place, weights[0, 0], place[0, 0], place[1, 1])
    assert len(points.lines) > 2


def test_weights_may_be_lists_of_tensors_or_of_what_numpy_makes():
    numbers = [0.25, 0.75]
    each = [
        [torch.tensor(n) for n in numbers],
        [np.float32(n) for n in numbers],
        torch.tensor(numbers)[:, None],
    ]
    for weights in each:
        _, ax = plt.subplots()
        fused_points(ax, [1, 2], [10, 20], weights, 1, 10)
    rows = [torch.tensor(numbers), np.array(numbers), numbers]
    _, ax = plt.subplots()
    weights_map(ax, rows)
    assert ax.images[0].get_array().tolist() == [numbers] * 3


@pytest.mark.parametrize("draw", [weights_map, alignment_map])
@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (
            torch.eye(2)[None],
            r"must have the axes \((queries|written), .*have 3",
        ),
        ([0.5, 0.5], "but have 1"),
        ([[0.5, 0.5], [1.0]], "rows of one length"),
        ([[2.0, -1.0], [0.5, 0.5]], "must lie from 0 to 1, but one is 2"),
        ([[math.nan, 1.0], [0.5, 0.5]], "one is NaN"),
    ],
)
def test_a_map_refuses_what_are_no_weights(draw, weights, said):
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=said):
        draw(ax, weights, *([] if draw is weights_map else ["ab", "xy"]))


@pytest.mark.parametrize(
    ("written", "read", "named"),
    [("abc", "xy", "written"), ("ab", "x", "read")],
)
def test_an_alignment_names_every_row_and_column(written, read, named):
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=f"{named} must name each of the 2"):
        alignment_map(ax, torch.eye(2), written, read)


MASK = re.compile(
    r'<mask id="([^"]+)"[^>]*>.*?href="data:image/png;base64,([^"]+)"/></mask>'
    r'<rect [^>]*style="fill: ([^"]+)" mask="url\(#\1\)"/>',
    re.DOTALL,
)


def masks(text: str) -> list[tuple[str, Image.Image]]:
    """Return for each mask what it is filled with and its picture."""
    return [
        (fill, Image.open(io.BytesIO(base64.b64decode(data))))
        for _, data, fill in MASK.findall(text)
    ]


def test_a_heat_map_is_a_mask_over_the_colour_of_weights_by_the_root():
    text = page(map_picture())
    cells, scale = masks(text)
    for fill, _ in (cells, scale):
        assert fill == f"var(--attn-weight, {COLOURS['weight']})"
    assert cells[1].size == (3, 2)
    alpha = (
        np.asarray(cells[1].convert("LA").getchannel("A")).flatten().tolist()
    )
    expected = [
        255 * math.sqrt(weight) for row in TABLE.tolist() for weight in row
    ]
    assert alpha == pytest.approx(expected, abs=1.5)


def test_the_scale_beside_a_map_has_the_same_ink_by_the_root():
    text = page(map_picture())
    inks = masks(text)[1][1].convert("LA").getchannel("A")
    column = [inks.getpixel((inks.width // 2, y)) for y in range(inks.height)]
    assert column == sorted(column)  # its image lies upside down
    # Along the scale ink grows evenly, as its numbers stand by the root.
    middle = column[len(column) // 2]
    assert middle == pytest.approx(127, abs=4)
    assert FROM_0_TO_1(0.25) == pytest.approx(0.5)


def test_an_image_in_other_colours_stays_as_it_is():
    figure, ax = plt.subplots()
    ax.imshow([[0, 1], [1, 0]], cmap="viridis")
    text = page(Picture(figure, "A photograph.", "Four squares."))
    assert "<mask" not in text
    assert "data:image/png" in text


def test_a_map_in_two_inks_has_a_mask_for_each():
    figure, ax = plt.subplots()
    two = [COLOURS["key"], COLOURS["value"]]
    ax.imshow([[0, 1, 1]], cmap=matplotlib.colors.ListedColormap(two))
    found = masks(page(Picture(figure, "Two inks.", "Three squares.")))
    assert {fill for fill, _ in found} == {
        f"var(--attn-{role}, {COLOURS[role]})" for role in ("key", "value")
    }


def test_a_ramp_of_no_colour_is_refused():
    with pytest.raises(ValueError, match=r"^role must be one of .*'violet'"):
        ramp("violet")


@pytest.mark.parametrize("draw", ["weights", "alignment"])
@pytest.mark.parametrize(("size", "counted"), [(9, True), (50, False)])
def test_the_cells_of_a_small_map_can_be_counted_and_no_spine_is_left(
    draw, size, counted
):
    _, ax = plt.subplots()
    if draw == "weights":
        weights_map(ax, torch.eye(size))
    else:
        alignment_map(ax, torch.eye(size), "a" * size, "b" * size)
    assert not any(spine.get_visible() for spine in ax.spines.values())
    across, down = ([len(c.get_segments()) for c in ax.collections] + [0, 0])[
        :2
    ]
    assert across == down == (size + 1 if counted else 2)


def test_the_bell_passes_through_the_tops_of_the_weights():
    _, ax = plt.subplots()
    key = torch.tensor([1.0, 2.0, 4.0])
    weights = (-((key - 2.5) ** 2) / (2 * 0.7**2)).softmax(dim=0)
    bell(ax, key, weights, 2.5, 0.7)
    there = np.interp(key, *ax.lines[0].get_data())
    assert there.tolist() == pytest.approx(weights.tolist(), abs=1e-3)
    tops = [segment[1].tolist() for segment in ax.collections[0].get_segments()]
    for top, place, weight in zip(
        tops, key.tolist(), weights.tolist(), strict=True
    ):
        assert top == pytest.approx([place, weight])
