"""What the pictures of results draw: which character stands where, on which scale."""

import re

import matplotlib
import matplotlib.pyplot as plt
import pytest
import torch

from attn_utils.plots import (
    COLOURS,
    FROM_0_TO_1,
    WEIGHTS,
    Picture,
    alignment_map,
    fused_points,
    pixels,
    score_plane,
    weights_map,
)

matplotlib.use("agg")
TABLE = torch.tensor([[0.0, 0.25, 0.75], [1.0, 0.0, 0.0]])


@pytest.fixture
def ax():
    _, ax = plt.subplots()
    yield ax
    plt.close("all")


def said(axis):
    """Return where an axis says what."""
    labels = [label.get_text() for label in axis.get_ticklabels()]
    return dict(zip(axis.get_ticklocs(), labels, strict=True))


@pytest.mark.parametrize(
    "given", [TABLE, TABLE.tolist()], ids=["tensor", "list"]
)
def test_an_alignment_has_what_was_read_below_and_what_was_written_beside(
    ax, given
):
    alignment_map(ax, given, written="ab", read="xyz")
    assert said(ax.xaxis) == {0: "x", 1: "y", 2: "z"}
    assert said(ax.yaxis) == {0: "a", 1: "b"}
    (image,) = ax.images
    assert image.get_array().tolist() == TABLE.tolist()
    # The first written character stands at the top.
    low, high = ax.get_ylim()
    assert low > high


@pytest.mark.parametrize("draw", [alignment_map, weights_map])
def test_a_map_of_weights_is_on_the_one_scale(ax, draw):
    more = ("ab", "xyz") if draw is alignment_map else ()
    draw(ax, TABLE, *more)
    (image,) = ax.images
    assert image.norm is FROM_0_TO_1
    assert image.get_cmap() == WEIGHTS


def test_the_scale_goes_by_the_root_from_0_to_1():
    for weight in (0, 0.01, 0.25, 0.81, 1):
        assert FROM_0_TO_1(weight) == pytest.approx(weight**0.5)


def test_a_line_of_a_fusion_is_as_strong_as_its_weight(ax):
    fused_points(ax, [1, 2, 4], [10, 20, 40], [0.1, 0.2, 0.7], 2, 21)
    lines = [line for line in ax.lines if line.get_color() == COLOURS["weight"]]
    assert [line.get_alpha() for line in lines] == pytest.approx(
        [0.4, 0.8, 1.0]
    )


def test_the_query_of_a_fusion_is_a_line_and_the_answer_lies_on_it(ax):
    fused_points(ax, [1, 2, 4], [10, 20, 40], [0.1, 0.2, 0.7], 3, 21)
    dotted = [line for line in ax.lines if line.get_linestyle() == ":"]
    assert [list(line.get_xdata()) for line in dotted] == [[3, 3]]
    assert dotted[0].get_color() == COLOURS["query"]
    answer = ax.lines[-1]
    assert answer.get_markeredgecolor() == COLOURS["query"]
    assert (list(answer.get_xdata()), list(answer.get_ydata())) == ([3], [21])


def test_the_keys_of_a_fusion_stand_at_its_foot(ax):
    fused_points(ax, [1, 2, 4], [10, 20, 40], [0.1, 0.2, 0.7], 3, 21)
    (feet,) = [line for line in ax.lines if line.get_marker() == "|"]
    assert list(feet.get_xdata()) == [1, 2, 4]
    assert feet.get_color() == COLOURS["key"]
    assert max(feet.get_ydata()) < 10


KEYS = torch.tensor([[-1.0, 0.5], [1.0, 0.5]])


def cells(rows=21, columns=31):
    """Weights of two keys: the left half is the first one's, .75 to .25."""
    left = torch.arange(columns) < columns / 2
    first = torch.where(left, 0.75, 0.25).expand(rows, columns)
    return torch.stack([first, 1 - first], dim=-1)


@pytest.mark.parametrize("kind", [lambda x: x, lambda x: x.tolist()])
def test_a_plane_shows_the_largest_weight_from_the_lower_left(ax, kind):
    weights = cells()
    weights[0, 0] = torch.tensor([1.0, 0.0])
    score_plane(ax, kind(weights), kind(KEYS))
    (image,) = ax.images
    assert image.origin == "lower"
    assert image.get_extent() == [-2, 2, -2, 2]
    shown = image.get_array()
    assert shown.shape == (21, 31)
    assert shown[0, 0] == 1
    assert shown[1:].min() == shown[1:].max() == 0.75
    assert image.norm is FROM_0_TO_1
    assert image.get_cmap() == WEIGHTS


def test_a_line_stands_where_another_key_begins_to_win(ax):
    score_plane(ax, cells(), KEYS, ends=(-3.0, 3.0))
    paths = [path for c in ax.collections for path in c.get_paths()]
    points = [vertex for path in paths for vertex in path.vertices]
    assert points
    assert all(abs(x) < 0.11 for x, _ in points)
    assert max(y for _, y in points) == 3
    assert ax.get_ylim() == (-3, 3)


def test_no_line_is_drawn_where_one_key_wins_everywhere(ax):
    score_plane(ax, torch.tensor([0.9, 0.1]).expand(5, 7, 2), KEYS)
    assert not ax.collections


def test_keys_are_lettered_and_the_query_stands_where_it_is(ax):
    score_plane(ax, cells(), KEYS, query=torch.tensor([0.25, -1.5]))
    keys, query = ax.lines
    assert [*zip(*keys.get_data(), strict=True)] == [(-1, 0.5), (1, 0.5)]
    assert query.get_data() == ([0.25], [-1.5])
    assert query.get_color() == COLOURS["query"]
    assert keys.get_color() == COLOURS["key"]
    letters = {text.get_text(): text.get_position() for text in ax.texts}
    assert letters == {"A": (-1, 0.5), "B": (1, 0.5)}


def test_keys_may_go_without_letters(ax):
    score_plane(ax, cells(), KEYS, letters="")
    assert not ax.texts


@pytest.mark.parametrize(
    ("weights", "key", "words"),
    [
        (
            torch.ones(5, 7),
            KEYS,
            r"\(rows, columns, keys\), but have the shape \(5, 7\)",
        ),
        (
            torch.ones(5, 7, 3),
            KEYS,
            r"\(keys, 2\) = \(3, 2\), but has \(2, 2\)",
        ),
    ],
)
def test_a_plane_refuses_what_does_not_fit(ax, weights, key, words):
    with pytest.raises(ValueError, match=words):
        score_plane(ax, weights, key)


INK = torch.tensor([[0.0, 0.25, 1.0], [0.5, 0.0, 0.75]])


@pytest.mark.parametrize("given", [INK, INK.tolist()], ids=["tensor", "list"])
def test_pixels_have_their_ink_and_every_row_the_colour_of_its_role(ax, given):
    pixels(ax, given, ["query", "value"], title="a digit")
    for row, (image, role) in enumerate(
        zip(ax.images, ("query", "value"), strict=True)
    ):
        drawn = image.to_rgba(image.get_array())
        assert drawn[row, :, 3].tolist() == pytest.approx(
            INK[row].tolist(), abs=0.004
        )
        assert not drawn[1 - row, :, 3].any()
        for cell in drawn[row][INK[row] > 0]:
            assert matplotlib.colors.to_hex(cell[:3]) == COLOURS[role]
    # The first row stands at the top.
    low, high = ax.get_ylim()
    assert low > high
    assert ax.get_title() == "a digit"
    assert not ax.get_xticks().size
    assert not ax.get_yticks().size


def test_pixels_follow_the_theme_and_are_ink_where_no_role_is_named(ax):
    pixels(ax, INK)
    html = Picture(ax.figure, "Six pixels.", "Two rows.")._repr_html_()
    fills = re.findall(r'style="fill: ([^"]+)" mask=', html)
    assert fills == [f"var(--attn-ink, {COLOURS['ink']})"]
    # No image is left that has colours of its own.
    assert html.count("<image") == html.count("<mask") == 1


@pytest.mark.parametrize(
    ("image", "roles", "said"),
    [
        (
            [[0.5, 1.2]],
            "ink",
            "image must hold ink from 0 to 1, but goes from 0.5",
        ),
        ([[-0.1, 1.0]], "ink", "but goes from -0.1 to 1"),
        ([[float("nan")]], "ink", "image must hold ink from 0 to 1"),
        ([[0.5], [0.5]], ["key"], "one for each of the 2 rows, but are 1"),
        ([[0.5]], "mauve", "roles must be of .* but hold 'mauve'"),
    ],
)
def test_pixels_that_cannot_be_drawn_say_why(ax, image, roles, said):
    with pytest.raises(ValueError, match=said):
        pixels(ax, image, roles)


def test_one_key_alone_wins_the_whole_plane_and_has_no_border(ax):
    score_plane(ax, torch.ones(5, 5, 1), [[0.0, 0.0]], (-1, 1))
    assert not [each for each in ax.collections if each.get_paths()]
