"""Drawn wires: each line joins two dots, the way is thick, what hears is marked."""

import itertools
import re
import xml.etree.ElementTree as ElementTree

import pytest

from attn_utils.plots import wires
from attn_utils.recipes import Node, reached_nodes, shortest_path, wires_of

SVG = "{http://www.w3.org/2000/svg}"
POINT = r"(-?[\d.]+) (-?[\d.]+)"


def picture(drawing, narrow=False):
    """The layout for a column, or that for a phone."""
    figure = ElementTree.fromstring(drawing._repr_html_())
    return [*figure.iter(f"{SVG}svg")][-1 if narrow else 0]


def dots(svg):
    """The circles by how they are drawn, in the order of their places."""
    found = {"open": [], "half": [], "full": []}
    for circle in svg.iter(f"{SVG}circle"):
        style = circle.get("style")
        kind = (
            "half"
            if "fill-opacity: 0.400" in style
            else "full"
            if "fill: var(--attn-ink," in style
            else "open"
        )
        found[kind].append(tuple(float(circle.get(n)) for n in ("cx", "cy")))
    return found


def lines(svg, colour, thick):
    """The ends of all lines of a colour and a width."""
    return [
        tuple(map(float, ends))
        for path in svg.iter(f"{SVG}path")
        if f"stroke: var(--attn-{colour}," in path.get("style")
        and path.get("style").endswith(f"stroke-width: {thick}")
        for ends in re.findall(f"M{POINT}L{POINT}", path.get("d"))
    ]


def at(drawing, svg):
    """Where each node stands, from the dots: levels upwards, places to the right."""
    every = dots(svg)["open"]
    heights = sorted({y for _, y in every}, reverse=True)
    across = sorted({x for x, _ in every})
    assert len(every) == len(heights) * len(across)
    assert len(heights) == drawing.num_levels
    assert len(across) == drawing.num_tokens
    return {
        (level, place): (x, y)
        for level, y in enumerate(heights)
        for place, x in enumerate(across)
    }


def way_of(mixer, num_tokens, num_layers, start, end):
    found = wires_of(mixer, num_tokens, num_layers)
    start, end = Node(0, start), Node(num_layers, end)
    path, reached = (
        shortest_path(found, start, end),
        reached_nodes(found, start),
    )
    drawing = wires(found, f"{mixer}, layer on layer", path, reached)
    return found, path, reached, drawing


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize(
    "case",
    [
        ("RNN", 5, 1, 0, 4),
        ("RNN", 5, 2, 3, 1),
        ("attention", 13, 1, 11, 2),
        ("dilated", 11, 3, 4, 10),
        ("convolution", 7, 2, 2, 3),
    ],
)
def test_every_line_joins_two_dots_and_every_dot_is_there(case, narrow):
    found, path, reached, drawing = way_of(*case)
    svg = picture(drawing, narrow)
    where = at(drawing, svg)
    # Attention has 13 wires for a dot: each is fainter.
    thin = lines(svg, "soft", 0.25 if case[0] == "attention" else 0.6)
    assert sorted(thin) == sorted(where[s] + where[e] for s, e in found)
    thick = lines(svg, "ink", 2.5)
    assert thick == [where[s] + where[e] for s, e in itertools.pairwise(path)]
    drawn = dots(svg)
    assert drawn["full"] == [where[node] for node in path]
    assert sorted(drawn["half"]) == sorted(
        where[node] for node in reached - {*path}
    )


def test_inputs_stand_lowest_and_are_named():
    svg = picture(wires(wires_of("RNN", 3, 2), "an RNN"))
    named = {t.text: float(t.get("y")) for t in svg.iter(f"{SVG}text")}
    heights = [y for _, y in dots(svg)["open"]]
    assert named["an RNN"] < named["outputs"] == min(heights)
    assert named["inputs"] == max(heights)


def test_dots_do_not_touch_where_many_stand_on_a_phone():
    svg = picture(wires(wires_of("RNN", 31), "long"), narrow=True)
    across = sorted({x for x, _ in dots(svg)["open"]})
    least = min(b - a for a, b in itertools.pairwise(across))
    radii = {float(c.get("r")) for c in svg.iter(f"{SVG}circle")}
    assert 2 * max(radii) + 1 < least
    assert float(svg.get("viewBox").split()[2]) <= 323


def test_a_title_wider_than_its_dots_has_its_room():
    title = "a convolution, drawn for two tokens"
    svg = picture(wires(wires_of("convolution", 2), title))
    _, _, width, _ = map(float, svg.get("viewBox").split())
    assert width > 6 * len(title)
    xs = [x for x, _ in dots(svg)["open"]]
    labels = [t for t in svg.iter(f"{SVG}text") if t.text == "inputs"]
    own = (float(labels[0].get("x")) - 50 + max(xs)) / 2
    assert own == pytest.approx(width / 2, abs=12), "dots stand in the middle"


def test_a_drawing_says_its_wires_its_way_and_what_is_marked():
    drawing = wires([((0, 0), (1, 0)), ((0, 1), (1, 0))], "two into one")
    said = "two into one: 2 tokens on 2 levels, 2 wires"
    assert drawing.words() == said
    *_, drawing = way_of("RNN", 5, 1, 1, 3)
    assert drawing.words() == (
        "RNN, layer on layer: 5 tokens on 2 levels, 9 wires; the thick way "
        "has 3 wires; marked dots: 5"
    )
    # One node is no way yet.
    lone = wires([((0, 0), (1, 0))], "one", lit=[(0, 0)])
    assert lone.words() == "one: 1 tokens on 2 levels, 1 wire"
    assert dots(picture(lone))["full"] == [at(lone, picture(lone))[0, 0]]


def test_prose_can_light_wires_what_hears_and_the_way():
    *_, drawing = way_of("RNN", 5, 1, 1, 3)
    svg = picture(drawing)
    groups = {g.get("data-show"): g for g in svg.iter(f"{SVG}g")}
    assert groups.keys() == {"wire", "reach", "way"}
    assert len(lines(groups["wire"], "soft", 0.6)) == 9
    assert len(dots(groups["reach"])["half"]) == 1
    assert len(dots(groups["way"])["full"]) == 4
    alone = picture(wires(wires_of("RNN", 5), "an RNN"))
    assert [g.get("data-show") for g in alone.iter(f"{SVG}g")] == ["wire"]
