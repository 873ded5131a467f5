"""Tensors as grids of cells, with their numbers and the names of their axes."""

import itertools
import math
from dataclasses import dataclass, replace

from . import canvas
from .canvas import LETTERS, SMALL, Drawing, Sketch, box, part, span, text
from .colours import Number
from .given import as_rows, check_labels, check_role, depth, digits_of

# The least a cell measures, with a number in it and without.
CELL, DOT = 28.0, 13.0
# More numbers than these are not read out one by one.
READ_OUT = 30


@dataclass(frozen=True)
class Measures:
    """Where the cells of a grid lie: their size, and what stands around them."""

    cell: Number
    high: Number
    gap: Number  # between groups, each of `each` columns
    each: int
    left: Number
    top: Number
    across: Number
    rows: int
    beyond: Number  # how far the names reach beyond the cells

    def corner(self, row: int, column: int) -> tuple[Number, Number]:
        """Return a cell's upper left corner."""
        x = self.left + column * self.cell + self.gap * (column // self.each)
        return x, self.top + row * self.high

    @property
    def down(self) -> Number:
        """How high all rows are together."""
        return self.rows * self.high

    @property
    def middle(self) -> tuple[Number, Number]:
        """The middle of all cells."""
        return self.left + self.across / 2, self.top + self.down / 2


@dataclass(frozen=True)
class Grid(Drawing):
    """A tensor as cells; made by `grid` and `mask`."""

    cells: tuple[tuple, ...]
    name: str
    axes: tuple[str, ...]
    role: str | None
    digits: int
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    groups: int
    numbers: bool
    marked: tuple[tuple[int, int], ...]
    show: str
    verb: str  # of a mask: what a row may do with a column
    least: Number = 0.0

    @property
    def names(self) -> list[str]:
        """Under what prose can light it."""
        return [*self.show.split(), self.role or "", self.name]

    def said(self, value) -> str:
        """Return how a cell's number is written."""
        if math.isinf(value):
            return "∞" if value > 0 else "−∞"
        rounded = f"{value:.{self.digits}f}"
        if not float(rounded):
            rounded = rounded.lstrip("-")
        return rounded.replace("-", "−")

    def lay(self, room: Number, down: bool = False) -> Sketch:
        """Draw the cells, what they are called above, their axes at the sides."""
        m = self.measured(room)
        pieces = [self.above(m), self.aside(m)]
        for i, line in enumerate(self.cells):
            for j, value in enumerate(line):
                pieces.append(self.cell(*m.corner(i, j), m.cell, m.high, value))
        for i, j in self.marked:
            pieces.append(
                box(*m.corner(i, j), m.cell, m.high, line="ink", thick=2)
            )
        body = part("".join(pieces), self.names)
        width = m.left + m.across + m.beyond
        return Sketch(width, m.top + m.down + 1, m.middle, body)

    def measured(self, room: Number) -> "Measures":
        """Return where the cells lie; they shrink if they would not fit."""
        count, wide = len(self.cells), len(self.cells[0])
        gap = 8.0 if self.groups > 1 else 0.0
        free = room - self.left - gap * (self.groups - 1)
        cell = max(self.cell_width, self.least)
        if wide * cell > free:
            cell = max(free / wide, self.cell_width - 7, DOT - 4)
        across = wide * cell + gap * (self.groups - 1)
        names = (span(self.name, LETTERS, True), span(self.across, SMALL))
        beyond = max(0.0, (max(names) - across) / 2)
        return Measures(
            cell=cell,
            high=CELL if self.shown else min(cell, 22.0),
            gap=gap,
            each=wide // self.groups,
            left=max(self.left, beyond),
            top=19.0 * sum(map(bool, (self.name, self.across, self.columns))),
            across=across,
            rows=count,
            beyond=beyond,
        )

    def above(self, m: "Measures") -> str:
        """Draw the name, the axis that runs to the right, the columns' labels."""
        y, body = 8.0, ""
        if self.name:
            colour = self.role or "ink"
            body += text(m.middle[0], y, self.name, colour, bold=True)
            y += 19
        if self.across:
            body += text(m.middle[0], y, self.across, "soft", SMALL)
            y += 19
        for j, words in enumerate(self.columns):
            x = m.corner(0, j)[0] + m.cell / 2
            body += text(x, y, words, "soft", SMALL)
        return body

    def aside(self, m: "Measures") -> str:
        """Draw the axis that runs down, and the rows' labels."""
        body = ""
        if self.upward:
            words = f"← {self.upward}" if self.turned else f"{self.upward} ↓"
            x = m.left - (self.left - 8 if self.turned else self.row_labels + 6)
            anchor = "middle" if self.turned else "end"
            body += text(
                x,
                m.middle[1],
                words,
                "soft",
                SMALL,
                anchor=anchor,
                turned=self.turned,
            )
        for i, words in enumerate(self.rows):
            y = m.corner(i, 0)[1] + m.high / 2
            body += text(m.left - 6, y, words, "soft", SMALL, anchor="end")
        return body

    @property
    def shown(self) -> bool:
        """Whether numbers stand in the cells."""
        return self.numbers and not self.verb

    @property
    def cell_width(self) -> Number:
        """How wide a cell must be for what stands in it and above it."""
        labels = max([span(c, SMALL) + 8 for c in self.columns], default=0.0)
        if not self.shown:
            return max(DOT, labels)
        longest = max(span(self.said(v)) for line in self.cells for v in line)
        return max(CELL + 6, longest + 12, labels)

    def cell(self, x, y, wide, high, value) -> str:
        """Draw one cell: its ground tells the role, or how large a weight is."""
        if self.verb:
            if value:
                return box(x, y, wide, high, "weight")
            return canvas.hatched(x, y, wide, high) + box(x, y, wide, high)
        if self.role == "weight":
            # Half the ramp where a number stands on it, as on the widgets' tiles.
            ink = math.sqrt(min(max(value, 0.0), 1.0)) * (
                0.5 if self.shown else 1.0
            )
            ground = box(x, y, wide, high, "paper", line=None)
            ground += box(x, y, wide, high, "weight", ink)
        else:
            ground = box(x, y, wide, high, "paper", line=None)
            ground += box(
                x, y, wide, high, self.role, 0.12 if self.shown else 0.6
            )
        if not self.shown:
            return ground
        if math.isinf(value):
            ground += canvas.hatched(x, y, wide, high)
        return ground + text(x + wide / 2, y + high / 2, self.said(value))

    @property
    def across(self) -> str:
        """The axis that runs from left to right."""
        return f"{self.axes[-1]} →" if self.axes and self.axes[-1] else ""

    @property
    def upward(self) -> str:
        """The axis that runs from top to bottom."""
        return self.axes[0] if len(self.axes) == 2 else ""

    @property
    def row_labels(self) -> Number:
        """How wide the labels of the rows are."""
        return max([span(r, SMALL) + 8 for r in self.rows], default=0.0)

    @property
    def left(self) -> Number:
        """The room that the labels at the left take."""
        if not self.upward:
            return self.row_labels
        words = span(self.upward + " ↓", SMALL)
        return self.row_labels + (18 if self.turned else words + 6)

    @property
    def turned(self) -> bool:
        """Whether the cells are high enough for the first axis' name beside them."""
        high = CELL if self.shown else DOT
        return span(f"← {self.upward}", SMALL) <= len(self.cells) * high

    def words(self) -> str:
        """Say the shape, the names, and the numbers if they can be listened to."""
        count, wide = len(self.cells), len(self.cells[0])
        sizes = {0: "", 1: f"{wide}"}.get(len(self.axes), f"{count} by {wide}")
        named = " by ".join(axis for axis in self.axes if axis)
        shape = ", ".join(words for words in (named, sizes) if words)
        start = (self.name or "cells") + (f" ({shape})" if shape else "")
        if self.verb:
            return f"{start}: {self._does()}"
        if not self.numbers or count * wide > READ_OUT:
            flat = [value for line in self.cells for value in line]
            named = _listed(rows=self.rows, columns=self.columns)
            begin = f"{start}: {'; '.join(named)};" if named else f"{start},"
            return (
                f"{begin} from {self.said(min(flat))} to {self.said(max(flat))}"
            )
        lines = [", ".join(map(self.said, line)) for line in self.cells]
        if self.rows:
            named = zip(self.rows, lines, strict=True)
            lines = [f"{row}: {line}" for row, line in named]
        named = _listed(columns=self.columns)
        return f"{start}: {'; '.join([*named, *lines])}"

    def _does(self) -> str:
        """Say with which columns the rows of a mask do it, equal rows together.

        Both are called by their names where these are all different, else by numbers.
        """
        count, wide = len(self.cells), len(self.cells[0])
        rows, columns = (
            names if len({*names}) == size else [*map(str, range(1, size + 1))]
            for names, size in ((self.rows, count), (self.columns, wide))
        )
        said, first = [], 0
        for line, same in itertools.groupby(self.cells):
            last = first + len(list(same))
            at = _run([j for j, may in enumerate(line) if may], columns)
            who = _run([*range(first, last)], rows)
            said.append(f"{who} {self.verb} {at}")
            first = last
        named = _listed(
            rows=() if rows == self.rows else self.rows,
            columns=() if columns == self.columns else self.columns,
        )
        return "; ".join([*named, *said])


def _listed(**names) -> list[str]:
    """List the names of rows or columns, where there are any."""
    return [f"{what} {', '.join(each)}" for what, each in names.items() if each]


def _run(places: list[int], names) -> str:
    """Say places by their names, those in a row by the first and the last."""
    runs = []
    for place in places:
        if runs and place <= runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    said = [
        names[a] if a == b else f"{names[a]} to {names[b]}" for a, b in runs
    ]
    return " and ".join(said) or "nothing"


def grid(
    tensor,
    name: str = "",
    axes: tuple[str, ...] | None = None,
    role: str | None = None,
    *,
    digits: int | None = None,
    rows=None,
    columns=None,
    groups: int = 1,
    numbers: bool = True,
    marked=(),
    show: str = "",
) -> Grid:
    """Draw a tensor as a grid of cells with its numbers and the axes' names.

    Args:
        tensor: a tensor or list of at most two axes.
        name: what it is; prose lights it by `[…](#show:name)`.
        axes: a name for each axis, such as ("tokens", "features").
        role: "query", "key", "value" or "weight": its colour. Weights are shaded
            from 0 to 1, by the root.
        digits: digits after the point; None takes as few as tell the numbers, at
            most two.
        rows: a label for each row.
        columns: a label for each column.
        groups: into how many groups of equal size the columns part, such as heads.
        numbers: False for cells without numbers.
        marked: the (row, column) of each cell to be framed.
        show: further names under which prose lights it.

    Raises:
        TypeError: what stands in a cell is no number.
        ValueError: more than two axes, no cell, NaN, or names that do not fit.
    """
    cells = as_rows(tensor, "tensor")
    count, wide, num_axes = len(cells), len(cells[0]), depth(tensor)
    axes = ("",) * num_axes if axes is None else tuple(axes)
    if len(axes) != num_axes:
        raise ValueError(
            f"axes must name each of the tensor's {num_axes} axes, but is {axes}"
        )
    check_role(role)
    if groups < 1 or wide % groups:
        raise ValueError(
            f"groups must divide the {wide} columns, but is {groups}"
        )
    marked = tuple((int(i), int(j)) for i, j in marked)
    for i, j in marked:
        if not (0 <= i < count and 0 <= j < wide):
            raise ValueError(
                f"marked must lie within {count} rows and {wide} columns, "
                f"but holds {(i, j)}"
            )
    flat = [value for line in cells for value in line]
    return Grid(
        cells=tuple(map(tuple, cells)),
        name=name,
        axes=axes,
        role=role,
        digits=digits_of(flat) if digits is None else digits,
        rows=check_labels(rows, count, "rows"),
        columns=check_labels(columns, wide, "columns"),
        groups=groups,
        numbers=numbers,
        marked=marked,
        show=show,
        verb="",
    )


def mask(
    tensor,
    name: str = "",
    axes: tuple[str, str] = ("queries", "keys"),
    *,
    rows=None,
    columns=None,
    show: str = "",
    verb: str = "may look at",
) -> Grid:
    """Draw a mask: full where a query may look, hatched where it may not.

    Args:
        tensor: a bool tensor or list (queries, keys), True where one may look.
        name: what it is.
        axes: the names of the two axes.
        rows: a label for each row.
        columns: a label for each column.
        show: further names under which prose lights it.
        verb: what a row does with the columns that are full, for those who hear it.

    Raises:
        TypeError: the mask is not bool.
        ValueError: it has not two axes, or labels do not fit.
    """
    if depth(tensor) != 2:
        raise ValueError(
            f"tensor must be a mask (queries, keys), but has {depth(tensor)} axes"
        )
    cells = as_rows(tensor, "tensor")
    if not all(isinstance(value, bool) for line in cells for value in line):
        raise TypeError(
            "tensor must be a bool mask, True where a query may look, but holds numbers"
        )
    drawn = grid(
        [[int(value) for value in line] for line in cells],
        name, axes, rows=rows, columns=columns, show=show,
    )  # fmt: skip
    return replace(drawn, cells=tuple(map(tuple, cells)), verb=verb)
