"""Tensors as grids of cells, with their numbers and the names of their axes."""

import itertools
import math
from dataclasses import dataclass, replace

from . import canvas
from .canvas import LETTERS, Drawing, Sketch, box, part, span, text
from .given import as_rows, check_labels, check_role, depth, digits_of

# The least a cell measures, with a number in it and without.
CELL, DOT = 28.0, 13.0
# More numbers than these are not read out one by one.
READ_OUT = 30


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
    of_truths: bool
    least: float = 0.0

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

    def lay(self, room: float, down: bool = False) -> Sketch:
        """Draw the cells, what they are called above, their axes at the sides."""
        count, wide = len(self.cells), len(self.cells[0])
        shown = self.numbers and not self.of_truths
        cell = max(self.cell_width, self.least)
        if wide * cell + self.left > room:
            cell = max((room - self.left) / wide, self.cell_width - 7, DOT - 4)
        high = CELL if shown else min(cell, 22.0)
        gap = 8.0 if self.groups > 1 else 0.0
        across = wide * cell + (self.groups - 1) * gap
        heads = [
            line
            for line, there in (
                ("name", self.name),
                ("axis", self.across),
                ("columns", self.columns),
            )
            if there
        ]
        title = 19.0 * len(heads)
        left = self.left
        pieces = []
        size = span(self.name, LETTERS, True)
        beyond = max(
            0.0, (max(size, span(self.across, canvas.SMALL)) - across) / 2
        )
        left = max(left, beyond)
        centre = left + across / 2
        for i, line in enumerate(heads):
            y = 19.0 * i + 8
            if line == "name":
                pieces.append(
                    text(centre, y, self.name, self.role or "ink", bold=True)
                )
            elif line == "axis":
                pieces.append(
                    text(centre, y, self.across, "soft", canvas.SMALL)
                )
            else:
                for j, words in enumerate(self.columns):
                    x = left + self.at(j, cell, gap) + cell / 2
                    pieces.append(text(x, y, words, "soft", canvas.SMALL))
        height = count * high
        if self.upward:
            along = left - self.left + 8
            y, turned = title + height / 2, self.turned
            words = f"← {self.upward}" if turned else f"{self.upward} ↓"
            at = along if turned else left - self.row_labels - 6
            anchor = "middle" if turned else "end"
            pieces.append(
                text(
                    at,
                    y,
                    words,
                    "soft",
                    canvas.SMALL,
                    anchor=anchor,
                    turned=turned,
                )
            )
        for i, words in enumerate(self.rows):
            y = title + (i + 0.5) * high
            pieces.append(
                text(left - 6, y, words, "soft", canvas.SMALL, anchor="end")
            )
        for i, line in enumerate(self.cells):
            for j, value in enumerate(line):
                x, y = left + self.at(j, cell, gap), title + i * high
                pieces.append(self.cell(x, y, cell, high, value, shown))
        for i, j in self.marked:
            x, y = left + self.at(j, cell, gap), title + i * high
            pieces.append(box(x, y, cell, high, line="ink", thick=2))
        width = left + across + beyond
        middle = (centre, title + height / 2)
        return Sketch(
            width, title + height + 1, middle, part("".join(pieces), self.names)
        )

    @property
    def cell_width(self) -> float:
        """How wide a cell must be for what stands in it and above it."""
        labels = max(
            [span(c, canvas.SMALL) + 8 for c in self.columns], default=0.0
        )
        if not self.numbers or self.of_truths:
            return max(DOT, labels)
        longest = max(span(self.said(v)) for line in self.cells for v in line)
        return max(CELL + 6, longest + 12, labels)

    def at(self, column: int, cell: float, gap: float) -> float:
        """Return where a column begins."""
        return column * cell + gap * (
            column * self.groups // len(self.cells[0])
        )

    def cell(self, x, y, wide, high, value, shown) -> str:
        """Draw one cell: its ground tells the role, or how large a weight is."""
        if self.of_truths:
            if value:
                return box(x, y, wide, high, "weight")
            return canvas.hatched(x, y, wide, high) + box(x, y, wide, high)
        if self.role == "weight":
            # Half the ramp where a number stands on it, as on the widgets' tiles.
            ink = math.sqrt(min(max(value, 0.0), 1.0)) * (0.5 if shown else 1.0)
            ground = box(x, y, wide, high, "paper", line=None)
            ground += box(x, y, wide, high, "weight", ink)
        else:
            ground = box(x, y, wide, high, "paper", line=None)
            ground += box(x, y, wide, high, self.role, 0.12 if shown else 0.6)
        if not shown:
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
    def row_labels(self) -> float:
        """How wide the labels of the rows are."""
        return max([span(r, canvas.SMALL) + 8 for r in self.rows], default=0.0)

    @property
    def left(self) -> float:
        """The room that the labels at the left take."""
        if not self.upward:
            return self.row_labels
        words = span(self.upward + " ↓", canvas.SMALL)
        return self.row_labels + (18 if self.turned else words + 6)

    @property
    def turned(self) -> bool:
        """Whether the cells are high enough for the first axis' name beside them."""
        high = CELL if self.numbers and not self.of_truths else DOT
        return span(f"← {self.upward}", canvas.SMALL) <= len(self.cells) * high

    def words(self) -> str:
        """Say the shape, and the numbers if they can be listened to."""
        count, wide = len(self.cells), len(self.cells[0])
        sizes = {0: "", 1: f"{wide}"}.get(len(self.axes), f"{count} by {wide}")
        named = " by ".join(axis for axis in self.axes if axis)
        shape = ", ".join(words for words in (named, sizes) if words)
        start = (self.name or "cells") + (f" ({shape})" if shape else "")
        if self.of_truths:
            return f"{start}: {_looks(self.cells)}"
        if not self.numbers or count * wide > READ_OUT:
            flat = [value for line in self.cells for value in line]
            return f"{start}, from {self.said(min(flat))} to {self.said(max(flat))}"
        lines = "; ".join(
            ", ".join(map(self.said, line)) for line in self.cells
        )
        return f"{start}: {lines}"


def _looks(cells) -> str:
    """Say which columns the rows of a mask may look at, equal rows together."""
    said, first = [], 1
    for line, same in itertools.groupby(cells):
        last = first + len(list(same)) - 1
        at = _run([j for j, may in enumerate(line, start=1) if may])
        said.append(f"{_run([*range(first, last + 1)])} may look at {at}")
        first = last + 1
    return "; ".join(said)


def _run(places: list[int]) -> str:
    """Say places, those in a row by the first and the last."""
    runs = []
    for place in places:
        if runs and place <= runs[-1][1] + 1:
            runs[-1][1] = place
        else:
            runs.append([place, place])
    said = [str(a) if a == b else f"{a} to {b}" for a, b in runs]
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
        of_truths=False,
    )


def mask(
    tensor,
    name: str = "",
    axes: tuple[str, str] = ("queries", "keys"),
    *,
    rows=None,
    columns=None,
    show: str = "",
) -> Grid:
    """Draw a mask: full where a query may look, hatched where it may not.

    Args:
        tensor: a bool tensor or list (queries, keys), True where one may look.
        name: what it is.
        axes: the names of the two axes.
        rows: a label for each row.
        columns: a label for each column.
        show: further names under which prose lights it.

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
    return replace(drawn, cells=tuple(map(tuple, cells)), of_truths=True)
