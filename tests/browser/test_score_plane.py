"""The plane of scores: what is drawn is what the package computes."""

import re

import pytest
import torch
from access import (
    assert_can_be_hit,
    assert_drawn,
    assert_no_violation,
    narrow_and_wide,
)
from conftest import Handle, alive, call, frames, hold_height, python_sets, same
from test_weighted_fusion import swipe

from attn_utils import (
    AdditiveScore,
    BilinearScore,
    DotScore,
    GaussianScore,
    ScaledDotScore,
    attention,
)
from attn_utils.widgets import ScorePlane

MATHS = "score_plane/plane_math.js"
SCORES = ["distance", "product", "scaled", "bilinear", "additive"]
SIZE = 49
LETTERS = "ABCDE"


def plane(**traits):
    """Four keys and all scores, as a chapter shows them."""
    first = {
        "key": [[1.0, 0.6], [-0.8, 1.2], [-0.4, -1.1], [1.2, -1.3]],
        "value": [10.0, 20.0, 40.0, -5.0],
        "query": [0.3, 0.2],
        "scores": SCORES,
        "bandwidth": 0.7,
        "matrix": [[1.0, -0.5], [0.5, 2.0]],
        "additive": {
            "query_map": [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]],
            "key_map": [[-1.0, 0.5], [0.0, -1.0], [1.0, -1.0]],
            "read_out": [1.5, -2.0, 1.0],
        },
        "hint": "move key A twice as far from the middle. Whose region grows?",
    }
    return ScorePlane(**(first | traits))


def drawn_at_random(seed):
    """A plane with everything drawn anew, two to five keys."""
    generator = torch.Generator().manual_seed(seed)

    def uniform(*shape):
        return 4 * torch.rand(*shape, generator=generator) - 2

    count = 2 + seed % 4
    return plane(
        key=uniform(count, 2),
        value=10 * uniform(count),
        query=uniform(2),
        bandwidth=0.3 + 0.2 * seed,
        matrix=uniform(2, 2),
        additive={
            "query_map": uniform(3, 2),
            "key_map": uniform(3, 2),
            "read_out": 2 * uniform(3),
        },
        score=SCORES[seed % 5],
    )


@torch.no_grad()
def by_torch(widget, query):
    """Ask the package at these queries: scores, weights and contexts."""
    score = {
        "distance": GaussianScore(widget.bandwidth),
        "product": DotScore(),
        "scaled": ScaledDotScore(),
        "bilinear": BilinearScore(2, 2),
        "additive": AdditiveScore(2, 2, 3),
    }[widget.score]
    score = score.double()
    if widget.score == "bilinear":
        score.weight.copy_(torch.tensor(widget.matrix))
    if widget.score == "additive":
        maps = widget.additive
        score.query_map.weight.copy_(torch.tensor(maps["query_map"]))
        score.key_map.weight.copy_(torch.tensor(maps["key_map"]))
        score.read_out.weight.copy_(torch.tensor([maps["read_out"]]))
    query = torch.as_tensor(query).double().reshape(-1, 2)
    key = torch.tensor(widget.key).double()
    value = torch.tensor(widget.value).double().unsqueeze(-1)
    context, weights = attention(query, key, value, score=score)
    return score(query, key), weights, context[:, 0]


def state_of(widget):
    names = [
        "key",
        "value",
        "low",
        "high",
        "score",
        "bandwidth",
        "matrix",
        "additive",
    ]
    return {name: getattr(widget, name) for name in names}


def places(widget):
    """All places that are asked, the lowest row first."""
    line = torch.linspace(widget.low, widget.high, SIZE).double()
    return torch.cartesian_prod(line, line).flip(-1)


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?(?:e-\d+)?", text)]


def attributes(face, part, name):
    found = face.locator(part).evaluate_all(
        "(all, name) => all.map((n) => n.getAttribute(name))", name
    )
    return [numbers(text or "") for text in found]


def cells(face, column):
    """The numbers of one column of the table."""
    texts = face.locator(f".plane-{column}").all_text_contents()
    assert not any("-" in text for text in texts), "no real minus sign"
    return [float(text.replace("−", "-")) for text in texts]


def axes(face):
    """Read both axes back from their tick labels; returns pixels -> data."""

    def read(kind, at):
        found = face.locator(f".plane-tick-{kind}").evaluate_all(
            "(all, at) => all.map((t) => [Number(t.textContent.replace('−', '-')),"
            " Number(t.getAttribute(at))])",
            at,
        )
        (one, at_one), *_, (two, at_two) = found
        shift = 4 if kind == "y" else 0
        return lambda pixel: (
            one + (pixel + shift - at_one) * (two - one) / (at_two - at_one)
        )

    return read("x", "x"), read("y", "y")


def pixels(face):
    """The field as it is painted, four numbers a pixel, the topmost row first."""
    return face.locator("canvas").evaluate(
        "(c) => { const { width, height } = c;"
        " const copy = Object.assign(document.createElement('canvas'), { width, height });"
        " const pen = copy.getContext('2d', { willReadFrequently: true });"
        " pen.drawImage(c, 0, 0);"
        " return [...pen.getImageData(0, 0, width, height).data]; }"
    )


@pytest.mark.parametrize("seed", range(10))
def test_the_arithmetic_in_javascript_is_pythons(modules, seed):
    widget = drawn_at_random(seed)
    query = [widget.query_x, widget.query_y]
    found = call(modules, MATHS, "attend", query, state_of(widget))
    scores, weights, context = by_torch(widget, query)
    assert same(found["scores"], scores[0])
    assert same(found["weights"], weights[0])
    assert same(found["pieces"], weights[0] * torch.tensor(widget.value))
    assert same(found["context"], context[0])
    assert found["winner"] == weights[0].argmax()
    asked = modules.evaluate(
        "async ([state, size]) => { const { field } = await import('/score_plane/plane_math.js');"
        " const { scores, winner, weight } = field(state, size);"
        " return { scores, winner: [...winner], weight: [...weight] }; }",
        [state_of(widget), SIZE],
    )
    scores, weights, _ = by_torch(widget, places(widget))
    assert same(asked["scores"], scores)
    assert same(asked["weight"], weights.amax(-1))
    sure = scores.topk(2).values.diff().abs()[:, 0] > 1e-6
    winner = torch.tensor(asked["winner"])
    assert torch.equal(winner[sure], scores.argmax(-1)[sure])


@pytest.mark.parametrize("bandwidth", [0.3, 0.7, 3.0])
@pytest.mark.parametrize("seed", range(3))
def test_another_bandwidth_changes_the_weights_alone(modules, seed, bandwidth):
    widget = drawn_at_random(seed)
    first = state_of(widget) | {"score": "distance"}
    weight = modules.evaluate(
        "async ([state, size, times]) => { const m = await import('/score_plane/plane_math.js');"
        " return [...m.weightsAt(m.field(state, size), times)]; }",
        [first, SIZE, (first["bandwidth"] / bandwidth) ** 2],
    )
    widget.score, widget.bandwidth = "distance", bandwidth
    _, expected, _ = by_torch(widget, places(widget))
    assert same(weight, expected.amax(-1))


@pytest.mark.parametrize("seed", range(10))
def test_borders_lie_where_the_winner_changes_and_nowhere_else(modules, seed):
    widget = drawn_at_random(seed)
    pieces = modules.evaluate(
        "async ([state, size]) => { const m = await import('/score_plane/plane_math.js');"
        " return m.borders(m.field(state, size)); }",
        [state_of(widget), SIZE],
    )
    pieces = torch.tensor(pieces, dtype=torch.float64).reshape(-1, 2, 2)
    straight = widget.score != "additive"
    step = 4 / (SIZE - 1)
    # Along each piece the two best score alike.
    shares = torch.linspace(0.05, 0.95, 7).double().reshape(-1, 1, 1)
    along = pieces[:, 0] + shares * (pieces[:, 1] - pieces[:, 0])
    scores, _, _ = by_torch(widget, along)
    gap = scores.topk(2).values.diff().abs()
    assert gap.max() < (1e-6 if straight else 0.2) if len(pieces) else True
    # Between two neighbours of the grid of which different keys win lies a piece.
    winner = by_torch(widget, places(widget))[0].argmax(-1)
    winner = winner.reshape(SIZE, SIZE)
    asked = places(widget).reshape(SIZE, SIZE, 2)
    changes = winner[:, 1:] != winner[:, :-1]
    middle = (asked[:, 1:] + asked[:, :-1])[changes] / 2
    assert (len(middle) == 0) or (len(pieces) > 0)
    for place in middle[::5]:
        start, way = pieces[:, 0], pieces[:, 1] - pieces[:, 0]
        share = ((place - start) * way).sum(-1) / way.square().sum(-1)
        foot = start + share.nan_to_num(0).clamp(0, 1).unsqueeze(-1) * way
        assert (place - foot).norm(dim=-1).min() < step
    if straight:
        count = len(widget.key)
        assert len(pieces) <= count * (count - 1) / 2


def test_three_sectors_of_the_product_meet_in_the_middle(modules):
    widget = plane(key=[[1.0, 0.0], [-0.5, 0.9], [-0.5, -0.9]], value=[1.0] * 3)
    for score in ("product", "scaled"):
        pieces = modules.evaluate(
            "async (state) => { const m = await import('/score_plane/plane_math.js');"
            " return m.borders(m.field(state, 49)); }",
            state_of(widget) | {"score": score},
        )
        assert len(pieces) == 3
        for x1, y1, x2, y2 in pieces:
            near = min(abs(x1) + abs(y1), abs(x2) + abs(y2))
            assert near == pytest.approx(0, abs=1e-9)


def test_a_key_that_wins_nowhere_has_no_name_in_the_plane(watch, bare):
    # Between two others in a row, and shorter: the product never likes it best.
    widget = plane(
        key=[[1.0, 1.0], [0.2, 0.2], [-1.0, -1.0]],
        value=[1.0] * 3,
        score="product",
    )
    _, face = alive(bare, watch(), widget)
    shown = face.locator(".plane-tag").evaluate_all(
        "(all) => all.map((n) => n.getAttribute('visibility'))"
    )
    assert shown == ["visible", "hidden", "visible"]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("width", [360, 1280])
def test_the_picture_is_what_the_package_says(watch, bare, seed, width):
    widget = drawn_at_random(seed)
    options = {"viewport": {"width": width, "height": 900}}
    _, face = alive(bare, watch(**options), widget)
    query = [widget.query_x, widget.query_y]
    scores, weights, context = by_torch(widget, query)
    scores, weights = scores[0], weights[0]
    near = {"abs": 0.02}
    x_of, y_of = axes(face)
    for part, expected in (
        (".plane-query", [query]),
        (".plane-key", widget.key),
    ):
        found = attributes(face, part, "transform")
        assert len(found) == len(expected)
        for (x, y), place in zip(found, expected, strict=True):
            assert (x_of(x), y_of(y)) == pytest.approx(place, **near)
    # A line from the query to each key, as thick as its weight.
    lines = attributes(face, ".plane-ray", "d")
    thick = attributes(face, ".plane-ray", "stroke-width")
    for line, (wide,), key, weight in zip(
        lines, thick, widget.key, weights, strict=True
    ):
        ends = [x_of(line[0]), y_of(line[1]), x_of(line[2]), y_of(line[3])]
        assert ends == pytest.approx([*query, *key], **near)
        assert wide == pytest.approx(8 * weight.item(), abs=0.01)
    # The shade of each place is the largest weight there, by the root.
    ink = pixels(face)[3::4]
    largest = by_torch(widget, places(widget))[1].amax(-1)
    expected = 255 * largest.reshape(SIZE, SIZE).flip(0).sqrt().flatten()
    assert torch.allclose(torch.tensor(ink).double(), expected, atol=1)
    # The outermost pixels' middles lie on the edge of the frame.
    frame = face.locator(".plane-frame").bounding_box()
    canvas = face.locator("canvas").bounding_box()
    pixel = canvas["width"] / SIZE
    assert frame["x"] == pytest.approx(canvas["x"] + pixel / 2, abs=1)
    assert frame["y"] == pytest.approx(canvas["y"] + pixel / 2, abs=1)
    assert frame["width"] == pytest.approx(canvas["width"] - pixel, abs=1.5)
    # Each name stands where its key wins.
    tags = face.locator(".plane-tag")
    wins = by_torch(widget, places(widget))[0].argmax(-1)
    for i in range(len(widget.key)):
        if (wins == i).double().mean() > 0.1:
            assert tags.nth(i).is_visible()
    for i, place in enumerate(attributes(face, ".plane-tag", "transform")):
        if tags.nth(i).get_attribute("visibility") == "visible":
            x, y = place
            around = [(x, y)]
            if tags.nth(i).text_content().endswith("wins"):
                around += [(x - 14, y), (x + 14, y), (x, y - 8), (x, y + 8)]
            there = [[x_of(a), y_of(b)] for a, b in around]
            assert (by_torch(widget, there)[0].argmax(-1) == i).all()
            assert tags.nth(i).text_content()[0] == LETTERS[i]
    # The borders, read from the picture.
    ends = attributes(face, ".plane-border", "d")[0]
    for x, y in zip(ends[::2], ends[1::2], strict=True):
        best = by_torch(widget, [x_of(x), y_of(y)])[0].topk(2).values[0]
        assert (best[0] - best[1]).item() < 0.3
    # The numbers.
    for column, found in (
        ("score", scores),
        ("weight", weights),
        ("piece", weights * torch.tensor(widget.value)),
        ("value", torch.tensor(widget.value)),
        ("context", context),
    ):
        assert cells(face, column) == pytest.approx(found.tolist(), abs=0.051)
        if found.abs().max() < 100:
            assert cells(face, column) == pytest.approx(
                found.tolist(), abs=0.00501
            )
    full = attributes(face, ".plane-track", "d")
    for bar, track, weight in zip(
        attributes(face, ".plane-bar", "d"), full, weights, strict=True
    ):
        assert bar[:2] == track[:2]
        assert bar[2] == pytest.approx(track[2] * weight.item(), **near)
    wins = face.locator(".plane-row").evaluate_all(
        "(all) => all.map((n) => n.classList.contains('plane-wins'))"
    )
    assert wins == [i == weights.argmax() for i in range(len(weights))]


def test_it_says_who_wins_how_surely_and_what_comes_of_it(watch, bare):
    page, face = alive(bare, watch(), plane(score="distance"))
    picture = face.locator(".attn-picture")
    text = picture.get_attribute("aria-label")
    assert text == (
        "At (0.30, 0.20) key A wins with weight 0.67; C 0.14 · B 0.14 · D 0.06. "
        "The context is 14.70."
    )
    data = face.locator(".attn-readout data.context").get_attribute("value")
    _, _, context = by_torch(plane(), [0.3, 0.2])
    assert float(data) == pytest.approx(context.item(), abs=1e-6)
    face.get_by_role("radio", name="product", exact=True).check()
    for label in ("query x", "query y"):
        face.get_by_label(label).evaluate(
            "(n) => { n.value = 0; n.dispatchEvent(new Event('input')); }"
        )
    frames(page)
    text = picture.get_attribute("aria-label")
    assert "nobody wins alone: A 0.25 · B 0.25 · C 0.25 · D 0.25." in text
    assert "-" not in face.locator(".attn-picture").text_content()


def traits_of(page, widget, *names):
    page.wait_for_function("(of) => window.models?.[of]", arg=widget.model_id)
    return page.evaluate(
        "([of, names]) => names.map((name) => window.models[of].get(name))",
        [widget.model_id, names],
    )


@pytest.fixture
def opened(watch, bare):
    """One plane whose traits a test can read."""
    widget = plane()
    page, face = alive(bare, watch(), widget, Handle(of=widget.model_id))
    return widget, page, face


def test_every_score_shows_how_it_is_computed_and_with_what(opened):
    _, page, face = opened
    pictures = set()
    for name, words in (
        ("distance", "−|q − k|² / 2h²"),
        ("product", "q · k"),
        ("scaled product", "q · k / √2"),
        ("bilinear", "qᵀ W kW = 1−0.50.52"),
        ("additive", "wᵀ tanh(U q + V k)U = 100111V = −10.50−11−1w = 1.5−21"),
    ):
        face.get_by_role("radio", name=name, exact=True).check()
        frames(page)
        shown = face.locator(".plane-setting:not(.plane-absent)")
        assert shown.count() == 1
        assert shown.is_visible()
        assert words in shown.text_content()
        h = face.get_by_label("bandwidth h")
        assert h.is_visible() == (name == "distance")
        pictures.add(face.locator(".plane-border").get_attribute("d"))
    assert len(pictures) == 4, (
        "only a product and its scaled twin share borders"
    )


@pytest.mark.parametrize("name", ["query", "A", "B", "C", "D"])
def test_everything_can_be_moved_by_sliders_and_by_arrow_keys(opened, name):
    widget, page, face = opened
    face.get_by_role("radio", name=name, exact=True).check()
    frames(page)
    label = "query" if name == "query" else f"key {name}"

    def where():
        x, y, key = traits_of(page, widget, "query_x", "query_y", "key")
        return {"query": [x, y], **dict(zip(LETTERS, key, strict=False))}

    before = where()
    face.get_by_label(f"{label} x").press("Home")
    face.get_by_label(f"{label} y").press("End")
    frames(page)
    assert where() == before | {name: [-2, 2]}
    hold = face.get_by_role("slider", name=f"{label} in the plane")
    assert hold.get_attribute("tabindex") == "0"
    assert face.locator(".plane-hold[tabindex='0']").count() == 1
    for key, place in (
        ("ArrowLeft", [-2, 2]),
        ("ArrowRight", [-1.9, 2]),
        ("ArrowDown", [-1.9, 1.9]),
        ("ArrowUp", [-1.9, 2]),
    ):
        hold.press(key)
        frames(page)
        assert where()[name] == pytest.approx(place), key
    assert hold.get_attribute("aria-valuetext") == "x −1.90, y 2.00"
    assert face.locator(".plane-chosen").text_content()[0] == (
        "q" if name == "query" else name
    )


def middle_of(part):
    box = part.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("name", ["query", "key C"])
def test_what_is_taken_hold_of_follows_the_pointer(opened, name):
    widget, page, face = opened
    assert face.locator(".attn-grip-hint").is_visible()
    hold = face.get_by_role("slider", name=f"{name} in the plane")
    hold.scroll_into_view_if_needed()
    x, y = middle_of(hold)
    before = traits_of(page, widget, "query_x", "query_y", "key")
    page.mouse.move(x + 6, y + 4)
    page.mouse.down()
    page.mouse.move(x + 66, y + 44, steps=4)
    page.mouse.up()
    page.mouse.move(x + 90, y)
    frames(page)
    side = face.locator(".plane-frame").bounding_box()["width"]
    after = traits_of(page, widget, "query_x", "query_y", "key")
    far = 4 / side
    if name == "query":
        was, now, others = before[:2], after[:2], before[2] == after[2]
    else:
        was, now = before[2][2], after[2][2]
        others = before[:2] == after[:2] and before[2][:2] == after[2][:2]
    assert others, "something else moved too"
    assert now == pytest.approx(
        [was[0] + 60 * far, was[1] - 40 * far], abs=0.02
    )
    # It was taken hold of off its middle, and has not jumped.
    assert not face.locator(".attn-grip-hint").is_visible()
    (chosen,) = traits_of(page, widget, "chosen")
    assert chosen == name.removeprefix("key ")
    page.keyboard.press("ArrowUp")
    frames(page)
    again = traits_of(page, widget, "query_x", "query_y", "key")
    assert again != after


def test_a_press_elsewhere_calls_the_query_there_and_not_out_of_the_plane(
    opened,
):
    widget, page, face = opened
    face.locator(".attn-stage").scroll_into_view_if_needed()
    box = face.locator(".plane-frame").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    frames(page)
    x, y = traits_of(page, widget, "query_x", "query_y")
    assert (x, y) == pytest.approx((-1, 0), abs=0.03)
    page.mouse.down()
    page.mouse.move(box["x"] - 300, box["y"] - 10, steps=3)
    page.mouse.up()
    frames(page)
    assert traits_of(page, widget, "query_x", "query_y") == [-2, 2]


def test_a_finger_moves_a_key_upwards_too(watch, bare):
    watched = watch(has_touch=True, viewport={"width": 390, "height": 800})
    widget = plane()
    page, face = alive(bare, watched, widget, Handle(of=widget.model_id))
    x, y = middle_of(face.get_by_role("slider", name="key C in the plane"))
    (before,) = traits_of(page, widget, "key")
    swipe(watched, page, [(x, y - 15 * i) for i in range(5)])
    frames(page)
    (after,) = traits_of(page, widget, "key")
    assert after[2][0] == pytest.approx(before[2][0], abs=0.021)
    assert after[2][1] > before[2][1] + 0.5
    assert page.evaluate("scrollY") == 0


def test_moving_the_query_leaves_the_field_alone(opened):
    _, page, face = opened
    face.evaluate(
        "(face) => { window.painted = 0;"
        " const put = CanvasRenderingContext2D.prototype.putImageData;"
        " CanvasRenderingContext2D.prototype.putImageData = function (...args) {"
        " window.painted += 1; return put.apply(this, args); }; }"
    )
    face.get_by_label("query x").press("End")
    frames(page)
    assert page.evaluate("window.painted") == 0
    for press in (
        lambda: face.get_by_label("bandwidth h").press("End"),
        lambda: face.get_by_role("radio", name="bilinear").check(),
        lambda: face.get_by_role("slider", name="key A in").press("ArrowUp"),
    ):
        before = page.evaluate("window.painted")
        press()
        frames(page)
        assert page.evaluate("window.painted") == before + 1


def test_the_field_follows_every_move_of_the_bandwidth(opened):
    widget, page, face = opened
    for bandwidth in (2.0, 0.3, 0.9):
        python_sets(page, widget, bandwidth=bandwidth)
        widget.bandwidth = bandwidth
        largest = by_torch(widget, places(widget))[1].amax(-1)
        expected = 255 * largest.reshape(SIZE, SIZE).flip(0).sqrt().flatten()
        ink = torch.tensor(pixels(face)[3::4]).double()
        assert torch.allclose(ink, expected, atol=1)


def test_reset_brings_keys_and_all_else_back(opened):
    widget, page, face = opened
    names = [*widget.settable, "key"]
    before = traits_of(page, widget, *names)
    for name in ("A", "query"):
        face.get_by_role("radio", name=name, exact=True).check()
        frames(page)
        for slider in face.locator("input[type=range]").all():
            slider.press("Home")
    face.get_by_role("radio", name="additive").check()
    frames(page)
    after = traits_of(page, widget, *names)
    assert all(
        a != b for a, b in zip(before, after, strict=True) if a != "query"
    )
    face.get_by_role("button", name="Reset").click()
    frames(page)
    assert traits_of(page, widget, *names) == before


def test_what_python_changes_later_is_drawn(opened):
    widget, page, face = opened
    python_sets(page, widget, value=[1.0, 2.0, 3.0, 4.0])
    assert cells(face, "value") == [1, 2, 3, 4]
    border = face.locator(".plane-border").get_attribute("d")
    python_sets(page, widget, score="bilinear", matrix=[[0.0, 1.0], [1.0, 0.0]])
    assert face.locator(".plane-border").get_attribute("d") != border
    assert "0110" in face.locator(".plane-matrix").first.text_content()
    python_sets(page, widget, key=[[1.0, 1.0], [-1.0, -1.0]])
    python_sets(page, widget, value=[5.0, 6.0])
    assert face.locator(".plane-row").count() == 2
    assert cells(face, "value") == [5, 6]
    names = face.locator(".attn-chip.key:visible").all_text_contents()
    assert names == ["A", "B"]


def test_the_field_turns_dark_with_the_page(opened):
    _, page, face = opened

    light = pixels(face)[4000:4004]
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    frames(page)
    dark = pixels(face)[4000:4004]
    assert light[:3] != dark[:3]
    assert light[3] == dark[3]


@pytest.mark.parametrize("width", [320, 360, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(watch, bare, width):
    widget = plane()
    options = {"viewport": {"width": width, "height": 900}}
    page, face = alive(bare, watch(**options), widget)
    heights = set()
    for score in face.locator(".attn-chips").first.locator("input").all():
        score.check()
        for thing in (
            face.locator(".attn-chips").last.locator("input:visible").all()
        ):
            thing.check()
            frames(page)
            for slider in face.locator("input[type=range]").all():
                if slider.is_visible():
                    slider.press("Home")
                    frames(page)
            heights.add(face.bounding_box()["height"])
    hold_height(widget, page, heights)


def test_every_part_can_be_lit_from_the_prose(opened):
    widget, _, face = opened
    for part in widget.parts:
        group = face.locator(f"[data-show~={part}]")
        assert group.count() >= 1, part
        assert group.first.is_visible()


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(watch, bare, theme, width):
    options = {"viewport": {"width": width, "height": 900}}
    page, face = alive(bare, watch(**options), plane(), theme=theme)
    assert_no_violation(page)
    assert_can_be_hit(
        face.locator(
            ":is([type=range], .attn-chip, .plane-hold, button):visible"
        )
    )


def test_in_forced_colours_everything_is_still_drawn(watch, bare):
    _, face = alive(bare, watch(forced_colors="active"), plane())
    assert_drawn(
        face,
        fill="plane-dot plane-diamond",
        stroke="plane-border plane-bar",
    )
