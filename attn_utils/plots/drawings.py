"""What joins tensors: arrows, maps, rows and columns, heads, a way around.

Parts are put together by `row` and `column`; a `Picture` takes the whole. A row
that does not fit on a phone becomes a column there, and its arrows point down.
"""

import math
from dataclasses import dataclass, replace

from . import canvas
from .canvas import LETTERS, Drawing, Sketch, number, part, span, text
from .colours import Number
from .given import as_rows, check_role, depth
from .grids import Grid, grid


@dataclass(frozen=True)
class Arrow(Drawing):
    """An arrow; made by `arrow` and `linear`."""

    label: str
    note: str
    role: str | None

    def lay(self, room: Number, down: bool = False) -> Sketch:
        """Draw it to the right, or down with its words beside it."""
        colour = self.role or "soft"
        words = [
            (self.label, self.role or "ink", LETTERS, bool(self.role)),
            (self.note, "soft", canvas.SMALL, False),
        ]
        if down:
            lines = [line for line in words if line[0]]
            height = max(30.0, 17.0 * len(lines) + 6)
            wide = max(
                [span(w, size, bold) for w, _, size, bold in lines], default=0
            )
            body = canvas.path(f"M6 0V{number(height - 6)}", colour)
            body += canvas.head(6, height, True, colour)
            for i, (w, ink, size, bold) in enumerate(lines):
                y = height / 2 + 17.0 * (i - (len(lines) - 1) / 2)
                body += text(18, y, w, ink, size, bold, "start")
            return Sketch(
                18 + wide, height, (6, height / 2), part(body, self.names)
            )
        wide = max(
            [span(w, size, bold) + 14 for w, _, size, bold in words if w],
            default=0,
        )
        wide = max(36.0, wide)
        body = canvas.path(f"M0 20H{number(wide - 6)}", colour)
        body += canvas.head(wide, 20, False, colour)
        for (w, ink, size, bold), y in zip(words, (8, 33), strict=True):
            if w:
                body += text(wide / 2 - 3, y, w, ink, size, bold)
        return Sketch(wide, 40, (wide / 2, 20), part(body, self.names))

    @property
    def names(self) -> list[str]:
        """Under what prose can light it."""
        return [self.role or "", self.label] if self.role else []

    def words(self) -> str:
        """Say what is done on the way."""
        said = ", ".join(word for word in (self.label, self.note) if word)
        return f"then {said}" if said else "then"


def arrow(label: str = "", note: str = "", role: str | None = None) -> Arrow:
    """Draw an arrow from what stands before it to what stands after it.

    Args:
        label: what is done, above the arrow.
        note: a second line, below it, such as a shape.
        role: the colour of what it makes, or None.

    Raises:
        ValueError: a role that has no colour.
    """
    check_role(role)
    return Arrow(label, note, role)


def linear(weight, name: str, role: str | None = None) -> Arrow:
    """Draw a linear map as an arrow with its shape.

    Args:
        weight: the map's matrix (outputs, inputs), as `nn.Linear` keeps it.
        name: what it is called.
        role: the colour of what it makes, or None.

    Raises:
        ValueError: the matrix has not two axes.
    """
    cells = as_rows(weight, "weight")
    if depth(weight) != 2:
        raise ValueError(
            f"weight must be a matrix (outputs, inputs), but has {depth(weight)} axes"
        )
    return arrow(name, f"{len(cells[0])} → {len(cells)}", role)


@dataclass(frozen=True)
class Sign(Drawing):
    """A sign or a few words between parts; made by `sign`."""

    label: str
    size: Number

    def lay(self, room: Number, down: bool = False) -> Sketch:
        """Draw the words."""
        lines = self.label.split("\n")
        wide, high = (
            max(span(line, self.size) for line in lines),
            self.size * 1.4,
        )
        body = "".join(
            text(wide / 2, (i + 0.5) * high, line, "ink", self.size)
            for i, line in enumerate(lines)
        )
        return Sketch(
            wide, high * len(lines), (wide / 2, high * len(lines) / 2), body
        )

    def words(self) -> str:
        """Say the sign."""
        return self.label.replace("\n", " ")


def sign(label: str, size: Number = 18) -> Sign:
    """Draw a sign such as × or = between two parts, or a few words.

    Args:
        label: what it says; a line break begins another line.
        size: of the letters, in pixels.

    Raises:
        ValueError: a label that says nothing.
    """
    if not label.strip():
        raise ValueError("label must say something, but is empty")
    return Sign(label, size)


@dataclass(frozen=True)
class Group(Drawing):
    """Parts side by side or one above the other; made by `row` and `column`."""

    parts: tuple[Drawing, ...]
    upright: bool
    gap: Number

    def lay(self, room: Number, down: bool = False) -> Sketch:
        """Lay the parts out; a row that is too wide is broken, or stands upright."""
        if self.upright:
            return canvas.stacked(
                [p.lay(room, True) for p in self.parts], self.gap
            )
        sketches = [p.lay(room, False) for p in self.parts]
        if (
            sum(s.width for s in sketches) + self.gap * (len(sketches) - 1)
            <= room
        ):
            return canvas.beside(sketches, self.gap)
        if any(isinstance(p, Arrow | Sign) for p in self.parts):
            return canvas.stacked([p.lay(room, True) for p in self.parts], 12)
        lines, width = [[]], -self.gap
        for sketch in sketches:
            width += sketch.width + self.gap
            if width > room and lines[-1]:
                lines.append([])
                width = sketch.width
            lines[-1].append(sketch)
        return canvas.stacked(
            [_centred(canvas.beside(line, self.gap)) for line in lines], 20
        )

    def words(self) -> str:
        """Say the parts one after the other."""
        return ". ".join(_capital(p.words()) for p in self.parts)


def _centred(sketch: Sketch) -> Sketch:
    return replace(sketch, middle=(sketch.width / 2, sketch.middle[1]))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _group(parts: tuple, upright: bool, gap: Number) -> Group:
    if not parts:
        raise ValueError(
            "parts must hold at least one drawing, but there is none"
        )
    for given in parts:
        if not isinstance(given, Drawing):
            raise TypeError(
                f"parts must be drawings, but one is {type(given).__name__}"
            )
    return Group(parts, upright, gap)


def row(*parts: Drawing, gap: Number = 14) -> Group:
    """Put parts side by side; where they do not fit, one under the other."""
    return _group(parts, False, gap)


def column(*parts: Drawing, gap: Number = 12) -> Group:
    """Put parts one under the other, their cells on one line."""
    grids = [p for p in parts if isinstance(p, Grid)]
    widths = {}
    for p in grids:
        count = len(p.cells[0])
        widths[count] = max(widths.get(count, 0.0), p.cell_width)
    return _group(
        tuple(
            replace(p, least=widths[len(p.cells[0])]) if p in grids else p
            for p in parts
        ),
        True,
        gap,
    )


def split(
    tensor, num_heads: int, name: str, role: str | None = None, **more
) -> Group:
    """Draw how the features of each token are split among the heads.

    Args:
        tensor: (tokens, model_dim), a tensor or list.
        num_heads: how many heads share the features.
        name: what it is.
        role: its colour.
        more: what `grid` takes as well, such as `rows` or `digits`; but `axes` and
            `groups`, which the heads give.

    Raises:
        TypeError: `axes` or `groups`.
        ValueError: `num_heads` does not divide the features.
    """
    whole, parts = _heads(tensor, num_heads, name, role, more)
    size = len(whole.cells[0]) // num_heads
    return row(
        whole, arrow("split", f"{num_heads} × {size}"), column(*parts, gap=10)
    )


def merge(
    tensor, num_heads: int, name: str, role: str | None = None, **more
) -> Group:
    """Draw how what the heads give is put side by side again: `split` backwards.

    Args:
        tensor: (tokens, model_dim), what comes out.
        num_heads: how many heads it comes from.
        name: what it is.
        role: its colour.
        more: what `grid` takes as well; but `axes` and `groups`, which the heads give.

    Raises:
        TypeError: `axes` or `groups`.
        ValueError: `num_heads` does not divide the features.
    """
    whole, parts = _heads(tensor, num_heads, name, role, more)
    size = len(whole.cells[0]) // num_heads
    return row(
        column(*parts, gap=10), arrow("merge", f"{num_heads} × {size}"), whole
    )


def _heads(
    tensor, num_heads: int, name: str, role, more
) -> tuple[Grid, list[Grid]]:
    cells = as_rows(tensor, "tensor")
    wide = len(cells[0])
    if num_heads < 1 or wide % num_heads:
        raise ValueError(
            f"num_heads must divide the {wide} features, but is {num_heads}"
        )
    for given in ("axes", "groups"):
        if given in more:
            raise TypeError(f"{given} is given by the heads: leave it out")
    size = wide // num_heads
    axes = ("tokens", "features")
    whole = grid(cells, name, axes, role, groups=num_heads, **more)
    more = {"digits": whole.digits, **more, "columns": None}
    parts = []
    for h in range(num_heads):
        own = [line[h * size : (h + 1) * size] for line in cells]
        more["marked"] = [
            (i, j % size) for i, j in whole.marked if j // size == h
        ]
        parts.append(grid(own, f"head {h + 1}", ("tokens", ""), role, **more))
    return whole, parts


@dataclass(frozen=True)
class Residual(Drawing):
    """A part with a way around it; made by `residual`."""

    inner: Drawing
    label: str

    def lay(self, room: Number, down: bool = False) -> Sketch:
        """Draw the way in, the part, the way around it, and the sum."""
        whole = self.inner.lay(math.inf)
        if whole.width + 102 <= room and not down:
            return self.across(whole)
        return self.upright(self.inner.lay(room - 40, True))

    def across(self, inside: Sketch) -> Sketch:
        """Lay it from left to right, the way around above."""
        top = 34.0
        y = top + inside.middle[1]
        end = 44 + inside.width + 44
        plus = end - 24
        body = canvas.path(f"M0 {number(y)}H38") + canvas.head(44, y)
        body += canvas.path(
            f"M{number(44 + inside.width)} {number(y)}H{number(plus - 16)}"
        )
        body += canvas.head(plus - 10, y)
        body += canvas.path(
            f"M14 {number(y)}V18Q14 10 22 10H{number(plus - 8)}"
            f"Q{number(plus)} 10 {number(plus)} 18V{number(y - 16)}",
            "value", 2,
        )  # fmt: skip
        body += canvas.head(plus, y - 10, True, "value")
        body += text(end / 2, 22, self.label, "soft", canvas.SMALL)
        body += canvas.path(
            f"M{number(plus + 10)} {number(y)}H{number(end + 8)}"
        )
        body += canvas.head(end + 14, y) + _sum(plus, y)
        body += canvas.moved(inside, 44, top)
        height = top + inside.height
        return Sketch(end + 14, height, ((end + 14) / 2, y), body)

    def upright(self, inside: Sketch) -> Sketch:
        """Lay it from top to bottom, the way around at the left."""
        left, top = 30.0, 34.0
        x = left + inside.middle[0]
        plus = top + inside.height + 28
        body = canvas.path(f"M{number(x)} 0V{top - 6}") + canvas.head(
            x, top, True
        )
        body += canvas.path(
            f"M{number(x)} {number(top + inside.height + 2)}V{number(plus - 16)}"
        )
        body += canvas.head(x, plus - 10, True)
        body += canvas.path(
            f"M{number(x)} 12H18Q10 12 10 20V{number(plus - 8)}"
            f"Q10 {number(plus)} 18 {number(plus)}H{number(x - 16)}",
            "value", 2,
        )  # fmt: skip
        body += canvas.head(x - 10, plus, False, "value")
        middle = (top + plus) / 2
        body += text(20, middle, self.label, "soft", canvas.SMALL, turned=True)
        body += canvas.path(
            f"M{number(x)} {number(plus + 10)}V{number(plus + 24)}"
        )
        body += canvas.head(x, plus + 30, True) + _sum(x, plus)
        body += canvas.moved(inside, left, top)
        width = max(left + inside.width, x + 10)
        return Sketch(width, plus + 30, (x, (plus + 30) / 2), body)

    def words(self) -> str:
        """Say that the input is added to what the part makes of it."""
        return (
            f"{_capital(self.inner.words())}. {_capital(self.label)}: what goes in is "
            "added to what comes out"
        )


def _sum(x: Number, y: Number) -> str:
    """Draw the sign of a sum."""
    arms = f"M{number(x - 5)} {number(y)}h10M{number(x)} {number(y - 5)}v10"
    return canvas.dot(x, y, 10, "ink", full=False) + canvas.path(arms, "ink")


def residual(inner: Drawing, label: str = "unchanged") -> Residual:
    """Draw a residual connection around a part.

    Args:
        inner: what the connection goes around.
        label: the words at the way around.

    Raises:
        TypeError: `inner` is not a drawing.
    """
    if not isinstance(inner, Drawing):
        raise TypeError(
            f"inner must be a drawing, but is {type(inner).__name__}"
        )
    return Residual(inner, label)
