"""Scores and their width: pictures, curves and numbers as torch computes them."""

import math
import re
from urllib.parse import quote

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
    hold_height,
    linked,
    python_sets,
    same,
    tied_to,
    written_in,
)
from extensions import load
from torch.func import jacrev, vmap

from attn_utils.widgets import ScoreWidth

MODULE = "score_width/score_width.js"
REACH, BINS = 10, 20
CURVES = ["variance", "entropy", "jacobian"]
DIVISORS = {"raw": lambda d: 1, "√d": math.sqrt, "d": lambda d: d}
HINT = "pull the width to its right end. Which panel still hears several keys?"
POWERS = [2**power for power in range(11)]


def drawn(widths, queries, keys, seed):
    """Scores of normal queries and keys of every width."""
    generator = torch.Generator().manual_seed(seed)
    return torch.stack(
        [
            torch.randn(queries, d, generator=generator)
            @ torch.randn(keys, d, generator=generator).T
            for d in widths
        ]
    )


def by_torch(scores, divisor):
    """All that is shown of the scores of one width."""
    scores = scores.double() / divisor
    weights = scores.softmax(dim=-1)
    jacobian = vmap(jacrev(lambda row: row.softmax(dim=-1)))(scores)
    norm, typical = torch.linalg.matrix_norm(jacobian).median(dim=0)
    ends = {"bins": BINS, "min": -REACH, "max": REACH}
    below, above = (scores < -REACH).sum(), (scores > REACH).sum()
    counts = [below[None], torch.histc(scores, **ends), above[None]]
    return {
        "variance": scores.var(),
        "entropy": torch.special.entr(weights).sum(dim=-1).mean(),
        "jacobian": norm,
        "weights": weights[typical].sort(descending=True).values,
        "shares": torch.cat(counts) / scores.numel(),
    }


class Told:
    """A widget, its draws as the page gets them, and what torch says of them."""

    def __init__(self, widths=POWERS, queries=48, keys=16, seed=0, **traits):
        scores = drawn(widths, queries, keys, seed)
        self.widget = ScoreWidth(scores, widths, hint=HINT, **traits)
        self.widths, self.keys = widths, keys
        self.expected = {
            name: [
                by_torch(one.half(), divide(d))
                for d, one in zip(widths, scores, strict=True)
            ]
            for name, divide in DIVISORS.items()
        }

    def at(self, width, divisor):
        """What the two panels show, and what their curves run through."""
        lines = {"raw": self.expected["raw"], "scaled": self.expected[divisor]}
        here = self.widths.index(width)
        return {name: line[here] for name, line in lines.items()}, lines


def attributes(part, *names):
    """These attributes of all elements, as numbers where they are numbers."""
    found = part.evaluate_all(
        "(all, names) => all.map((n) => names.map((name) => n.getAttribute(name)))",
        names,
    )
    return [[float(text) for text in row] for row in found]


def coordinates(part):
    """The numbers in the paths of all elements."""
    paths = part.evaluate_all("(all) => all.map((n) => n.getAttribute('d'))")
    return [
        [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", path)]
        for path in paths
    ]


def check_number(text, expected):
    """A written number is the expected one, to its own last digit."""
    if text == "< 0.001":
        assert expected < 0.0005
        return
    digits = len(text.partition(".")[2])
    assert digits == sum(expected < least for least in (100, 10, 0.095))
    assert float(text) == pytest.approx(expected, abs=0.51 * 10**-digits)


def check_picture(face, told, width, divisor):
    """Everything that is drawn is where torch says."""
    near = {"abs": 0.03}
    here, lines = told.at(width, divisor)
    for name, expected in here.items():
        panel = face.locator(f".width-panel[data-show={name}]")
        scale, top = coordinates(panel.locator(".width-scale"))[0][1::3]
        bars = attributes(panel.locator(".width-weight"), "y", "height", "x")
        heights = [height / (scale - top) for _, height, _ in bars]
        assert heights == pytest.approx(expected["weights"].tolist(), abs=2e-4)
        assert all(y + h == pytest.approx(scale, **near) for y, h, _ in bars)
        assert [x for _, _, x in bars] == sorted(x for _, _, x in bars)
        (alike,) = coordinates(panel.locator(".width-alike"))
        assert scale - alike[1] == pytest.approx(
            (scale - top) / told.keys, **near
        )

        bars = attributes(
            panel.locator(".width-score"), "y", "height", "x", "width"
        )
        (half,) = coordinates(panel.locator(".width-half"))
        ground = bars[0][0] + bars[0][1]
        assert all(y + h == pytest.approx(ground, **near) for y, h, *_ in bars)
        shares = [0.5 * height / (ground - half[1]) for _, height, *_ in bars]
        assert shares == pytest.approx(expected["shares"].tolist(), abs=3e-4)
        # The bins stand where the axis says, what lies beyond it outside.
        centres = [x + wide / 2 for *_, x, wide in bars]
        slot = centres[2] - centres[1]
        for text, x in panel.locator(".width-tick").evaluate_all(
            "(all) => all.map((t) => [t.textContent, Number(t.getAttribute('x'))])"
        ):
            score = float(text.replace("−", "-"))
            bin_after = int(score + REACH) + 1
            assert centres[bin_after] - slot / 2 == pytest.approx(x, **near)
        assert centres[0] < centres[1] - slot
        assert centres[-1] > centres[-2] + slot

        texts = panel.locator(".width-number").all_text_contents()
        for curve, text in zip(CURVES, texts, strict=True):
            check_number(text, expected[curve].item())

    first, last = told.widths[0], told.widths[-1]
    for curve in CURVES:
        group = face.locator(f".width-curve[data-show={curve}]")
        ends = group.locator("text[text-anchor=middle]").evaluate_all(
            "(all) => all.map((t) => [Number(t.textContent), Number(t.getAttribute('x'))])"
        )
        assert [number for number, _ in ends] == [first, last]
        (_, left), (_, right) = ends

        def to_x(d, left=left, right=right):
            share = math.log(d / first) / math.log(last / first)
            return left + share * (right - left)

        rules = [path[1] for path in coordinates(group.locator(".width-rule"))]
        texts = group.locator(".width-figure").all_text_contents()
        if curve == "variance":
            values = [math.log10(float(text)) for text in texts]
            assert values[1] == 0
        else:
            values = [
                0,
                {"entropy": math.log(told.keys), "jacobian": 0.5}[curve],
            ]
            shown = [float(text) for text in texts]
            assert shown == pytest.approx(values, abs=0.005)
        per = (rules[-1] - rules[0]) / (values[-1] - values[0])
        assert per < 0, "upwards"

        def to_y(one, curve=curve, from_=(rules[0], values[0]), per=per):
            n = one[curve].item()
            n = math.log10(n) if curve == "variance" else n
            return from_[0] + (n - from_[1]) * per

        (now,) = coordinates(group.locator(".width-now"))
        assert now[0] == pytest.approx(to_x(width), **near)
        for name, line in lines.items():
            (path,) = coordinates(group.locator(f".width-trend.width-{name}"))
            expected = [
                at
                for d, one in zip(told.widths, line, strict=True)
                for at in (to_x(d), to_y(one))
            ]
            assert path == pytest.approx(expected, abs=0.05)
            ((x, y),) = attributes(
                group.locator(f".width-dot.width-{name}"), "cx", "cy"
            )
            assert x == pytest.approx(to_x(width), **near)
            assert y == pytest.approx(to_y(here[name]), abs=0.05)
            label = group.locator(f".width-name.width-{name}")
            word = {"raw": "q·k", "scaled": f"÷ {divisor}"}[name]
            assert label.text_content() == word
            ((at,),) = attributes(label, "y")
            assert at == pytest.approx(path[-1] + 4, abs=14)


@pytest.mark.parametrize("seed", range(10))
def test_the_arithmetic_in_javascript_is_torchs(modules, seed):
    queries, keys = 5 + seed, 2 + seed
    divisor = [1, 0.5, 8][seed % 3]
    scores = drawn([3, 64], queries, keys, seed)[1].half()
    got = call(modules, MODULE, "study", scores.tolist(), divisor)
    expected = by_torch(scores, divisor)
    assert got.keys() == expected.keys()
    for name, numbers in expected.items():
        assert same(got[name], numbers), name


@pytest.mark.parametrize("seed", range(5))
def test_each_function_is_its_twin(modules, seed):
    generator = torch.Generator().manual_seed(seed)
    numbers = 8 * torch.randn(7 + seed, generator=generator).double()
    weights = (numbers / 4).softmax(dim=0)
    jacobian = torch.diag(weights) - torch.outer(weights, weights)
    for name, given, expected in (
        ("variance", numbers, numbers.var()),
        ("entropy", weights, torch.special.entr(weights).sum()),
        ("jacobianNorm", weights, jacobian.norm()),
        ("medianPlace", numbers, numbers.median(dim=0).indices),
    ):
        assert same(call(modules, MODULE, name, given.tolist()), expected), name
    for reach, bins in ((10, 20), (3, 7)):
        got = call(modules, MODULE, "histogram", numbers.tolist(), reach, bins)
        histc = torch.histc(numbers, bins=bins, min=-reach, max=reach)
        assert same(got["inside"], histc)
        assert got["below"] == (numbers < -reach).sum()
        assert got["above"] == (numbers > reach).sum()


def test_the_ends_of_the_axis_still_lie_inside_it(modules):
    got = call(modules, MODULE, "histogram", [-3, 3, 3.01, -3.01, 0], 3, 6)
    assert got == {"below": 1, "inside": [1, 0, 0, 1, 0, 1], "above": 1}


def test_weights_that_are_nothing_add_nothing_to_the_entropy(modules):
    assert call(modules, MODULE, "entropy", [1, 0, 0]) == 0
    assert call(modules, MODULE, "jacobianNorm", [1, 0, 0]) == 0


def test_two_keys_half_and_half_have_the_largest_norm(modules):
    half = call(modules, MODULE, "jacobianNorm", [0.5, 0.5, 0, 0])
    assert half == pytest.approx(0.5)
    generator = torch.Generator().manual_seed(0)
    for concentration in (0.1, 1.0):
        rows = torch.distributions.Dirichlet(torch.full((5,), concentration))
        torch.manual_seed(generator.initial_seed())
        for row in rows.sample((20,)).tolist():
            assert call(modules, MODULE, "jacobianNorm", row) <= 0.5 + 1e-9


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1082.4, "1082"),
        (67.64, "67.6"),
        (9.996, "10.00"),
        (2.366, "2.37"),
        (0.0949, "0.095"),
        (0.001, "0.001"),
        (0.00049, "< 0.001"),
        (0, "< 0.001"),
    ],
)
def test_a_number_of_any_size_is_written_in_a_few_letters(
    modules, number, text
):
    assert call(modules, MODULE, "written", number) == text


@pytest.mark.parametrize("window", [360, 1280])
@pytest.mark.parametrize("seed", range(3))
def test_the_picture_is_what_torch_says(watch, bare, seed, window):
    sizes = [
        {},
        {"widths": [2, 11, 64, 300], "queries": 7, "keys": 5},
        {"widths": [3, 5000], "queries": 6, "keys": 3},
    ][seed]
    told = Told(seed=seed, **sizes)
    options = {"viewport": {"width": window, "height": 900}}
    handle = Handle(of=told.widget.model_id)
    page, face = alive(bare, watch(**options), told.widget, handle)
    generator = torch.Generator().manual_seed(seed)
    for divisor in ("√d", "d"):
        for place in torch.randperm(len(told.widths), generator=generator)[:4]:
            width = told.widths[place]
            python_sets(page, told.widget, width=width, divisor=divisor)
            if window == 1280:
                check_picture(face, told, width, divisor)
            else:
                check_narrow(face, told, width, divisor)


def check_narrow(face, told, width, divisor):
    """On a phone the axes bear fewer figures: bars, numbers and their order."""
    here, _ = told.at(width, divisor)
    boxes = {}
    for name, expected in here.items():
        panel = face.locator(f".width-panel[data-show={name}]")
        boxes[name] = panel.bounding_box()
        scale, top = coordinates(panel.locator(".width-scale"))[0][1::3]
        bars = attributes(panel.locator(".width-weight"), "height")
        heights = [height / (scale - top) for (height,) in bars]
        assert heights == pytest.approx(expected["weights"].tolist(), abs=2e-4)
        texts = panel.locator(".width-number").all_text_contents()
        for curve, text in zip(CURVES, texts, strict=True):
            check_number(text, expected[curve].item())
    raw, scaled = boxes["raw"], boxes["scaled"]
    assert scaled["y"] >= raw["y"] + raw["height"], "one below the other"


def test_where_there_is_room_the_panels_stand_side_by_side(watch, bare):
    _, face = alive(bare, watch(), Told().widget)
    raw, scaled = (
        face.locator(f".width-panel[data-show={name}]").bounding_box()
        for name in ("raw", "scaled")
    )
    assert scaled["x"] >= raw["x"] + raw["width"]
    assert scaled["y"] == pytest.approx(raw["y"], abs=1)


def test_the_axes_stand_still(watch, bare):
    told = Told()
    handle = Handle(of=told.widget.model_id)
    page, face = alive(bare, watch(), told.widget, handle)

    def axes():
        lines = face.locator(".width-line, .width-alike")
        words = face.locator(".width-tick, .width-figure, .width-curve text")
        return [
            coordinates(lines),
            words.filter(has_not_text="÷").evaluate_all(
                "(all) => all.filter((t) => !t.classList.contains('width-name'))"
                ".map((t) => [t.textContent, t.getAttribute('x'), t.getAttribute('y')])"
            ),
        ]

    before = axes()
    for width, divisor in ((1024, "√d"), (64, "d"), (1024, "d")):
        python_sets(page, told.widget, width=width, divisor=divisor)
        assert axes() == before


def test_the_slider_goes_from_width_to_width(watch, bare):
    told = Told(widths=[1, 4, 64], queries=5, keys=7)
    page, face = alive(bare, watch(), told.widget)
    slider = face.get_by_label("width d")
    seen = []
    for key in ("Home", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"):
        slider.press(key)
        frames(page)
        seen.append(slider.get_attribute("aria-valuetext"))
    assert seen == ["1", "4", "64", "64", "4"]
    check_picture(face, told, 4, "√d")


def test_what_divides_is_chosen_by_key_and_by_click(watch, bare):
    told = Told(width=64)
    page, face = alive(bare, watch(), told.widget)
    root, whole = (
        face.get_by_role("radio", name=name, exact=True) for name in ("√d", "d")
    )
    assert root.is_checked()
    root.focus()
    page.keyboard.press("ArrowRight")
    frames(page)
    assert whole.is_checked()
    check_picture(face, told, 64, "d")
    titles = face.locator(".width-title").all_text_contents()
    assert titles == ["as they are: q · k", "divided by d: q · k / d"]
    face.locator(".attn-chip", has_text="√d").click()
    frames(page)
    assert root.is_checked()
    check_picture(face, told, 64, "√d")


def test_the_readout_says_the_numbers_of_both_panels(watch, bare):
    told = Told(width=256)
    _, face = alive(bare, watch(), told.widget)
    here, _ = told.at(256, "√d")
    text = face.locator(".attn-readout").text_content()
    assert face.locator(".attn-picture").get_attribute("aria-label") == text
    numbers = face.locator(".attn-readout data").all_text_contents()
    wanted = [
        one[name] if name != "largest" else one["weights"][0]
        for one in here.values()
        for name in ("variance", "largest", "entropy", "jacobian")
    ]
    for shown, expected in zip(numbers, wanted, strict=True):
        check_number(shown, expected.item())
    assert text.startswith("At width 256 the variance is ")
    assert (
        text.count("mean entropy") == 1
    )  # that of all queries, not of the typical one
    assert "Divided by √d: " in text


def test_reset_brings_width_and_divisor_back(watch, bare):
    told = Told(width=16)
    page, face = alive(bare, watch(), told.widget)
    face.get_by_label("width d").press("End")
    face.get_by_role("radio", name="d", exact=True).check()
    frames(page)
    check_picture(face, told, 1024, "d")
    face.get_by_role("button", name="Reset").click()
    frames(page)
    check_picture(face, told, 16, "√d")
    assert face.get_by_role("radio", name="√d").is_checked()


def test_a_link_sets_both_and_passes_through_known_widths_only(watch, bare):
    told = Told(widths=[1, 4, 64, 1024], width=1)
    widget = told.widget
    link = linked(widget, width=1024, divisor="d")
    handle = Handle(of=widget.model_id)
    page, face = alive(bare, watch(), widget, link, handle)
    page.wait_for_function("(of) => window.models?.[of]", arg=widget.model_id)
    page.evaluate(
        """(of) => {
          window.passed = [];
          const model = window.models[of];
          model.on("change:width", () => window.passed.push(model.get("width")));
        }""",
        widget.model_id,
    )
    page.get_by_role("button", name="go").click()
    page.wait_for_timeout(500)
    passed = page.evaluate("passed")
    assert passed[-1] == 1024
    assert set(passed) <= set(told.widths)
    check_picture(face, told, 1024, "d")


def test_a_link_in_the_prose_may_ask_for_every_width():
    ties = load("ties")
    widget = Told().widget
    picture = tied_to(widget)
    for width in POWERS:
        found = ties.settings(f"width={width}", picture)
        assert found == {"width": width}
        assert type(found["width"]) is int
    found = ties.settings(f"divisor={quote('√d')}&width=64", picture)
    assert found == {"divisor": "√d", "width": 64}
    with pytest.raises(ties.TieError, match="width must be one of 1, 2, 4"):
        ties.settings("width=100", picture)


@pytest.mark.parametrize("width", [320, 360, 800, 1440])
def test_its_height_never_changes_and_is_the_room_kept(watch, bare, width):
    told = Told()
    options = {"viewport": {"width": width, "height": 900}}
    handle = Handle(of=told.widget.model_id)
    page, face = alive(bare, watch(**options), told.widget, handle)
    heights = set()
    for divisor in ("√d", "d"):
        for at in told.widths:
            python_sets(page, told.widget, width=at, divisor=divisor)
            heights.add(face.bounding_box()["height"])
    hold_height(told.widget, page, heights)


@pytest.mark.parametrize("width", [320, 360, 800, 1440])
def test_no_words_touch_others_or_leave_the_picture(watch, bare, width):
    told = Told(width=1024, divisor="d")
    options = {"viewport": {"width": width, "height": 900}}
    _, face = alive(bare, watch(**options), told.widget)
    boxes = written_in(face.locator(".attn-picture text"))
    hold_apart(face, boxes)


def test_every_part_can_be_lit_from_the_prose(watch, bare):
    told = Told()
    _, face = alive(bare, watch(), told.widget)
    for part in told.widget.parts:
        groups = face.locator(f"[data-show~={part}]")
        assert groups.count() == {
            "raw": 1,
            "scaled": 1,
            "score": 2,
            "weight": 2,
        }.get(part, 3)
        assert groups.evaluate_all(
            "(all) => all.every((g) => g.tagName === 'g' && !g.hasAttribute('opacity'))"
        )


@narrow_and_wide
def test_axe_finds_nothing_at_the_widget(watch, bare, theme, width):
    options = {"viewport": {"width": width, "height": 900}}
    page, face = alive(bare, watch(**options), Told().widget, theme=theme)
    assert_no_violation(page)
    # Of a chip, whose label is pressed, the whole.
    assert_can_be_hit(face.locator("[type=range], .attn-chip, button"))


def test_in_forced_colours_everything_is_still_drawn(watch, bare):
    _, face = alive(bare, watch(forced_colors="active"), Told().widget)
    assert_drawn(
        face,
        fill="width-score width-weight",
        stroke="width-trend width-dot width-now",
    )
