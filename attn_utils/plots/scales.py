"""Numbers on a line and on a circle, with what they average to."""

import math
from dataclasses import dataclass

from . import canvas
from .canvas import Drawing, Sketch, number, part, text
from .colours import ROLES, Number


@dataclass(frozen=True)
class Dial(Drawing):
    """Numbers on a circle; made by `dial`."""

    points: tuple[Number, ...]
    period: Number
    answer: Number | None
    role: str
    name: str

    def lay(self, room: Number, down: bool = False) -> Sketch:
        """Draw the circle, its quarters, the points and what they average to."""
        r, edge, top = 62.0, 30.0, 22.0 if self.name else 0.0
        cx, cy = r + edge, r + edge + top

        def at(value, radius):
            angle = 2 * math.pi * value / self.period
            return cx + radius * math.sin(angle), cy - radius * math.cos(angle)

        body, labels = canvas.dot(cx, cy, r, "line", full=False), ""
        if self.name:
            body += text(cx, 8, self.name, "ink", bold=True)
        for quarter in range(4):
            value = self.period * quarter / 4
            (x1, y1), (x2, y2) = at(value, r - 4), at(value, r + 4)
            body += canvas.path(
                f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}", "soft"
            )
            labels += text(
                *at(value, r - 15),
                f"{value:g}",
                "soft",
                canvas.SMALL,
                apart=True,
            )
        for value in self.points:
            x, y = at(value, r)
            spoke = canvas.path(
                f"M{number(cx)} {number(cy)}L{number(x)} {number(y)}",
                self.role,
                1,
            )
            label = text(*at(value, r + 17), f"{value:g}", self.role, bold=True)
            body += part(
                spoke + canvas.dot(x, y, 5, self.role) + label, [self.role]
            )
        if self.answer is not None:
            x, y = at(self.answer, r)
            line = canvas.path(
                f"M{number(cx)} {number(cy)}L{number(x)} {number(y)}",
                "query",
                1.75,
                "2 4",
            )
            body += part(line + canvas.diamond(x, y), ["answer"])
        return Sketch(2 * cx, cy + r + edge, (cx, cy), body + labels)

    def words(self) -> str:
        """Say the points and what they average to."""
        start = f"{self.name or 'a circle'}, once around is {self.period:g}"
        return f"{start}: {_together(self.points, self.answer)}"


def dial(
    points,
    period: Number,
    answer: Number | None = None,
    name: str = "",
    role: str = "value",
) -> Dial:
    """Draw numbers that come round again, such as hours, on a circle.

    Args:
        points: the numbers.
        period: the number at which the circle is closed, such as 24.
        answer: what they average to there, or None.
        name: what it is.
        role: the colour of the points.

    Raises:
        ValueError: no point, one that is not finite, a period that is not positive.
    """
    points = _points(points, role)
    if not period > 0:
        raise ValueError(f"period must be positive, but is {period}")
    return Dial(points, float(period), _answer(answer), role, name)


@dataclass(frozen=True)
class Line(Drawing):
    """Numbers on a line; made by `line`."""

    points: tuple[Number, ...]
    ends: tuple[Number, Number]
    answer: Number | None
    role: str
    name: str

    def lay(self, room: Number, down: bool = False) -> Sketch:
        """Draw the line, its quarters, the points and what they average to."""
        long, edge, top = (
            min(260.0, room - 30),
            15.0,
            22.0 if self.name else 0.0,
        )
        low, high = self.ends
        y = top + 30

        def at(value):
            return edge + long * (value - low) / (high - low)

        body = canvas.path(
            f"M{number(edge)} {number(y)}h{number(long)}", "line"
        )
        if self.name:
            body += text(edge + long / 2, 8, self.name, "ink", bold=True)
        for quarter in range(5):
            value = low + (high - low) * quarter / 4
            body += canvas.path(
                f"M{number(at(value))} {number(y - 4)}v8", "soft"
            )
            body += text(at(value), y + 18, f"{value:g}", "soft", canvas.SMALL)
        for value in self.points:
            label = text(at(value), y - 18, f"{value:g}", self.role, bold=True)
            body += part(
                canvas.dot(at(value), y, 5, self.role) + label, [self.role]
            )
        if self.answer is not None:
            x = at(self.answer)
            dots = canvas.path(
                f"M{number(x)} {number(y - 20)}v34", "query", 1.75, "2 4"
            )
            body += part(dots + canvas.diamond(x, y), ["answer"])
        return Sketch(2 * edge + long, y + 28, (edge + long / 2, y), body)

    def words(self) -> str:
        """Say the points and what they average to."""
        low, high = self.ends
        start = f"{self.name or 'a line'} from {low:g} to {high:g}"
        return f"{start}: {_together(self.points, self.answer)}"


def line(
    points, ends: tuple[Number, Number], answer: Number | None = None, name: str = "",
    role: str = "value",
) -> Line:  # fmt: skip
    """Draw numbers on a line, with what they average to.

    Args:
        points: the numbers.
        ends: where the line begins and ends.
        answer: what they average to, or None.
        name: what it is.
        role: the colour of the points.

    Raises:
        ValueError: no point, one outside the ends or not finite, an answer
            outside them, ends out of order, another role.
    """
    points = _points(points, role)
    low, high = ends
    if not low < high:
        raise ValueError(
            f"ends must be the lower one and the higher, but are {ends}"
        )
    if not all(low <= point <= high for point in points):
        raise ValueError(
            f"points must lie between the ends {ends}, but are {points}"
        )
    if answer is not None and not low <= answer <= high:
        raise ValueError(
            f"answer must lie between the ends {ends}, but is {answer}"
        )
    return Line(points, (float(low), float(high)), _answer(answer), role, name)


def _answer(answer) -> Number | None:
    return None if answer is None else float(answer)


def _points(points, role: str) -> tuple[Number, ...]:
    given = points.tolist() if hasattr(points, "tolist") else list(points)
    if not given or not all(
        isinstance(value, int | float) and math.isfinite(value)
        for value in given
    ):
        raise ValueError(
            f"points must be finite numbers on one axis, but are {given}"
        )
    if role not in ROLES:
        raise ValueError(f"role must be one of {[*ROLES]}, but is {role!r}")
    return tuple(given)


def _together(points, answer: Number | None) -> str:
    """Say points and, if there is one, what they average to."""
    said = ", ".join(f"{value:g}" for value in points)
    return said if answer is None else f"{said}, together {answer:.3g}"
