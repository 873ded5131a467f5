"""The colours: legible, told apart by every kind of eye, kept for their roles."""

import itertools
import re
from pathlib import Path

import colour
import matplotlib.pyplot as plt
import pytest

from attn_utils import widgets
from attn_utils.plots import COLOURS, Picture, annotated

BOOK = Path(__file__).parents[1] / "book"
WIDGETS = Path(widgets.__file__).parent
SHEETS = [*sorted(BOOK.glob("_assets/*.css")), *sorted(WIDGETS.rglob("*.css"))]
ROLES = ["query", "key", "value", "weight"]
EYES = [None, *colour.BLINDNESS]
# What a reader of the page can operate; what one role's control may be tinted with.
CONTROLS = re.compile(
    r":focus|\ba\b|:hover|active|input|button|checkbox|aria-pressed"
)


def palettes() -> dict[str, dict[str, str]]:
    """Return the stylesheet's colours: light, dark, and dark by the system."""
    css = (BOOK / "_assets" / "book.css").read_text("utf-8")
    blocks = re.findall(r"\{([^{}]*--attn-query:[^{}]*)\}", css)
    named = zip(("light", "dark", "system"), blocks, strict=True)
    return {
        name: dict(re.findall(r"--attn-([\w-]+): (#[0-9a-f]{6});", block))
        for name, block in named
    }


SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


def closest(palette: dict[str, str], eye: str | None) -> float:
    """Return the least difference between two of the four roles."""
    looks = [colour.seen(palette[role], eye) for role in ROLES]
    return min(
        itertools.starmap(colour.difference, itertools.combinations(looks, 2))
    )


@SCHEMES
@pytest.mark.parametrize("eye", EYES)
def test_any_two_roles_are_told_apart_by_every_eye(scheme, eye):
    assert closest(palettes()[scheme], eye) >= 15


def test_the_colours_of_the_first_edition_would_not_pass():
    first = dict(
        zip(ROLES, ("#1763c6", "#b4480e", "#0a7a53", "#5b2fae"), strict=True)
    )
    assert closest(first, "deuteranopia") == pytest.approx(7.3, abs=0.1)


@SCHEMES
@pytest.mark.parametrize("ground", ["paper", "panel"])
@pytest.mark.parametrize("name", [*ROLES, "ink", "soft"])
def test_letters_of_every_colour_can_be_read_on_both_grounds(
    scheme, ground, name
):
    palette = palettes()[scheme]
    assert colour.contrast(palette[name], palette[ground]) >= 4.5


def test_the_dark_of_the_system_is_the_dark_of_the_switch():
    assert palettes()["system"] == palettes()["dark"]


def test_the_figures_have_the_light_colours():
    light = palettes()["light"]
    assert {name: light[name] for name in COLOURS} == COLOURS
    assert set(ROLES) < set(COLOURS)


def rules(path: Path) -> list[tuple[str, str]]:
    """Return the selector and the body of each rule of a style sheet."""
    css = re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL)
    return re.findall(r"([^{};]+)\{([^{}]*)\}", css)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_no_sheet_holds_a_colour_but_in_a_variable_or_its_fall_back(path):
    for selector, body in rules(path):
        rest = re.sub(r"var\(--attn-\w+, #[0-9a-f]{6}\)", "", body)
        rest = re.sub(r"--attn-[\w-]+: #[0-9a-f]{6};", "", rest)
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(", rest), selector


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_what_is_no_role_is_neutral_ink(path):
    for selector, body in rules(path):
        roles = re.findall(
            r"(?<!-fill)var\(--(?:attn-)?(query|key|value|weight)\b", body
        )
        if CONTROLS.search(selector) or "accent-color" in body:
            assert not roles, selector
    theme = dict(
        re.findall(r"(--pst-[\w-]+): ([^;]+);", path.read_text("utf-8"))
    )
    for name, value in theme.items():
        assert not any(role in value for role in ROLES), name


# CIEDE2000 in the pairs that its test data are known for.
PAIRS = [
    ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
    ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
    ((50, 2.5, 0), (73, 25, -18), 27.1492),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("one", "other", "expected"), PAIRS)
def test_the_difference_is_that_of_its_published_pairs(one, other, expected):
    assert colour.difference(one, other) == pytest.approx(expected, abs=1e-4)
    assert colour.difference(other, one) == pytest.approx(expected, abs=1e-4)


def test_the_contrast_of_black_on_white_is_21():
    assert colour.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colour.contrast("#777777", "#ffffff") == pytest.approx(
        4.48, abs=0.005
    )


def test_a_blind_eye_sees_greys_as_they_are_and_its_own_pair_as_one():
    for blindness in colour.BLINDNESS:
        for grey in ("#000000", "#808080", "#ffffff"):
            as_seen = colour.seen(grey, blindness)
            assert colour.difference(as_seen, colour.seen(grey)) < 0.1
    alike = (
        colour.seen("#a06000", "deuteranopia"),
        colour.seen("#6f7400", "deuteranopia"),
    )
    plain = colour.seen("#a06000"), colour.seen("#6f7400")
    assert colour.difference(*alike) < colour.difference(*plain) / 3


@pytest.mark.long
@SCHEMES
@pytest.mark.parametrize("role", ["ink", "weight"])
def test_a_number_can_be_read_on_the_fullest_cell_of_a_table(scheme, role):
    figure, ax = plt.subplots()
    annotated(ax, [[0.0, 1.0]], ["row"], ["none", "all"], colour=role)
    svg = Picture(figure, "A table.", "Two cells.")._repr_html_()
    most = max(map(float, re.findall(r"fill-opacity: ([\d.]+)", svg)))
    palette = palettes()[scheme]
    cell = colour.mixed(palette[role], palette["paper"], most)
    assert colour.contrast(palette["ink"], cell) >= 4.5
