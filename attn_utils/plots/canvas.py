"""The canvas of the drawings: letters, cells and lines in the page's colours.

A drawing is laid out twice, for a text column and for a phone, at the size at
which it is shown: nothing is scaled, so that letters stay letters. It stands on
the same panel as the widgets.
"""

import html
import re
from dataclasses import dataclass

from .colours import Number, variable

# What fits on the panel, in pixels: in the text column, and where 360 are wide.
COLUMN, PHONE = 660, 320
LETTERS, SMALL = 13, 12


@dataclass(frozen=True)
class Sketch:
    """A piece of SVG, how large it is, and the point at which others align."""

    width: Number
    height: Number
    middle: tuple[Number, Number]
    body: str


class Drawing:
    """What can be drawn on a panel. A subclass lays itself out and says itself."""

    def lay(self, room: Number, down: bool = False) -> Sketch:
        """Return the sketch for `room` pixels; `down` if it stands in a column."""
        raise NotImplementedError

    def words(self) -> str:
        """Return in words what is drawn."""
        raise NotImplementedError

    def panel(self, alt: str) -> str:
        """Return the panel with the layout for a column and that for a phone.

        Raises:
            ValueError: a layout is wider than what it is for.
        """
        wide, narrow = self.lay(COLUMN), self.lay(PHONE)
        for sketch, room, where in (
            (wide, COLUMN, "in the text column"),
            (narrow, PHONE, "on a phone"),
        ):
            if sketch.width > room + 0.5:
                raise ValueError(
                    f"a drawing must be at most {room} pixels wide {where}, but this "
                    f"one is {sketch.width:.0f}: draw fewer columns, or no numbers"
                )
        if wide.body == narrow.body:
            return _PANEL.format(svg(wide, alt, "attn-drawn", "block"))
        return _PANEL.format(
            _BY_WIDTH
            + svg(wide, alt, "attn-drawn attn-drawn-wide", "block")
            + svg(narrow, alt, "attn-drawn attn-drawn-narrow", "none")
        )

    def _repr_html_(self) -> str:
        return (
            f'<figure class="attn-figure">{self.panel(self.words())}</figure>'
        )


# Without style rules (an untrusted notebook) the wide one alone is shown.
_BY_WIDTH = (
    "<style>@container (max-width: 500px) {"
    ".attn-drawn-wide { display: none !important } "
    ".attn-drawn-narrow { display: block !important } }</style>"
)
_PANEL = (
    '<div class="attn-panel" style="container-type: inline-size; box-sizing: '
    f"border-box; width: 100%; padding: 1.25rem 0.5rem; "
    f"border: 1px solid {variable('line')}; border-radius: 0.75rem; "
    f'background: {variable("panel")}">{{}}</div>'
)


def svg(sketch: Sketch, alt: str, classes: str, display: str) -> str:
    """Return a sketch as an SVG of its own size, or smaller where room is short."""
    width, height = round(sketch.width) + 2, round(sketch.height) + 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{classes}" '
        f'viewBox="-1 -1 {width} {height}" role="img" '
        f'aria-label="{html.escape(alt)}" style="display: {display}; width: 100%; '
        f"max-width: {width}px; height: auto; margin: 0 auto; "
        f'font-family: var(--attn-sans, sans-serif)">{sketch.body}</svg>'
    )


def number(value: Number) -> str:
    """Return a length or a place, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")


def span(words: str, size: Number = LETTERS, bold: bool = False) -> Number:
    """Return about how wide words are in the book's sans letters."""
    ems = 0.0
    for letter in words:
        if letter in " .,:;|!'()[]ijlftI·":
            ems += 0.34
        elif letter in "mwMW→−+=×∞":
            ems += 0.82
        elif letter.isupper():
            ems += 0.68
        elif ord(letter) > 0x2E80:
            ems += 1.0
        else:
            ems += 0.6
    return ems * size * (1.05 if bold else 1.0)


def text(
    x: Number,
    y: Number,
    words: str,
    colour: str = "ink",
    size: Number = LETTERS,
    bold: bool = False,
    anchor: str = "middle",
    turned: bool = False,
    apart: bool = False,
) -> str:
    """Return words whose middle line is at `y`.

    `turned` reads upwards; `apart` keeps lines that pass behind at a distance.
    """
    edge = ""
    if apart:
        edge = f"; paint-order: stroke; stroke: {variable('panel')}; stroke-width: 4"
    turn = f' transform="rotate(-90 {number(x)} {number(y)})"' if turned else ""
    weight = "; font-weight: 650" if bold else ""
    return (
        f'<text x="{number(x)}" y="{number(y)}" text-anchor="{anchor}" '
        f'dominant-baseline="central"{turn} style="font-size: {size}px; '
        f'fill: {variable(colour)}{weight}; font-variant-numeric: tabular-nums{edge}">'
        f"{_lowered(html.escape(words))}</text>"
    )


def _lowered(words: str) -> str:
    """Set what follows the underscore of a map's name, as in W_Q, lower."""
    return re.sub(
        r"\b([A-Z])_(\w+)",
        r'\1<tspan dy="3" style="font-size: 85%">\2</tspan>',
        words,
    )


def box(
    x: Number,
    y: Number,
    width: Number,
    height: Number,
    fill: str | None = None,
    ink: Number = 1.0,
    line: str | None = "line",
    thick: Number = 1.0,
    radius: Number = 0.0,
) -> str:
    """Return a rectangle, filled with `ink` parts of a colour, with its line."""
    inside = (
        f"fill: {variable(fill)}; fill-opacity: {ink:.3f}"
        if fill
        else "fill: none"
    )
    stroke = (
        f"; stroke: {variable(line)}; stroke-width: {thick}" if line else ""
    )
    return (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" '
        f'height="{number(height)}" rx="{number(radius)}" style="{inside}{stroke}"/>'
    )


def path(
    d: str,
    colour: str = "soft",
    thick: Number = 1.5,
    dashes: str = "",
    fill: bool = False,
) -> str:
    """Return a line along `d`, or the area within it."""
    if fill:
        return f'<path d="{d}" style="fill: {variable(colour)}"/>'
    dash = (
        f"; stroke-dasharray: {dashes}; stroke-linecap: round" if dashes else ""
    )
    return (
        f'<path d="{d}" style="fill: none; stroke: {variable(colour)}; '
        f'stroke-width: {thick}{dash}"/>'
    )


def head(x: Number, y: Number, down: bool = False, colour: str = "soft") -> str:
    """Return the head of an arrow with its tip at (x, y)."""
    if down:
        d = f"M{number(x)} {number(y)} l-4.5 -8 h9 z"
    else:
        d = f"M{number(x)} {number(y)} l-8 -4.5 v9 z"
    return path(d, colour, fill=True)


def dot(
    x: Number,
    y: Number,
    radius: Number,
    colour: str,
    full: bool = True,
    thick: Number = 1.5,
    ink: Number = 1.0,
) -> str:
    """Return a dot, full or open as values are in the widgets.

    A full one may be filled with `ink` parts of its colour.
    """
    fill = variable(colour) if full else variable("panel")
    part = f"; fill-opacity: {ink:.3f}" if ink < 1 else ""
    return (
        f'<circle cx="{number(x)}" cy="{number(y)}" r="{number(radius)}" '
        f'style="fill: {fill}{part}; stroke: {variable(colour)}; '
        f'stroke-width: {thick}"/>'
    )


def diamond(x: Number, y: Number) -> str:
    """Return the answer to a query, as the widgets mark it."""
    d = f"M{number(x)} {number(y - 7)} l7 7 l-7 7 l-7 -7 z"
    return (
        f'<path d="{d}" style="fill: {variable("panel")}; '
        f'stroke: {variable("query")}; stroke-width: 2.5"/>'
    )


def hatched(x: Number, y: Number, width: Number, height: Number) -> str:
    """Return the hatching of what is off, within a cell."""
    step, lines = 6.0, []
    along = step
    while along < width + height:
        right, below = min(along, width), max(0.0, along - width)
        left, bottom = max(0.0, along - height), min(along, height)
        lines.append(
            f"M{number(x + right)} {number(y + below)}"
            f"L{number(x + left)} {number(y + bottom)}"
        )
        along += step
    return path("".join(lines), "soft", 0.75)


def part(body: str, names: list[str]) -> str:
    """Return a group that prose can light under its names."""
    shown = " ".join(dict.fromkeys(name for name in map(slug, names) if name))
    return f'<g data-show="{shown}">{body}</g>' if shown else f"<g>{body}</g>"


def slug(name: str) -> str:
    """Return a name as a link writes it: lower-case words with hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))


def moved(sketch: Sketch, x: Number, y: Number) -> str:
    """Return the sketch's body with its upper left corner at (x, y)."""
    if not x and not y:
        return sketch.body
    return (
        f'<g transform="translate({number(x)} {number(y)})">{sketch.body}</g>'
    )


def beside(sketches: list[Sketch], gap: Number) -> Sketch:
    """Return sketches from left to right, their middles at one height."""
    above = max(s.middle[1] for s in sketches)
    below = max(s.height - s.middle[1] for s in sketches)
    x, bodies = 0.0, []
    for sketch in sketches:
        bodies.append(moved(sketch, x, above - sketch.middle[1]))
        x += sketch.width + gap
    width = x - gap
    return Sketch(width, above + below, (width / 2, above), "".join(bodies))


def stacked(sketches: list[Sketch], gap: Number) -> Sketch:
    """Return sketches from top to bottom, their middles on one line."""
    before = max(s.middle[0] for s in sketches)
    after = max(s.width - s.middle[0] for s in sketches)
    y, bodies = 0.0, []
    for sketch in sketches:
        bodies.append(moved(sketch, before - sketch.middle[0], y))
        y += sketch.height + gap
    height = y - gap
    return Sketch(before + after, height, (before, height / 2), "".join(bodies))
