"""Wires: tokens as dots, level upon level, what reads what, and one way lit."""

import operator
from dataclasses import dataclass

from .canvas import (
    LETTERS,
    SMALL,
    Drawing,
    Sketch,
    dot,
    number,
    part,
    path,
    span,
    text,
)
from .colours import Number

# Between levels; between dots at most; what the words left of the dots take.
RISE, STEP = 46.0, 30.0
RADIUS = 4.5
THICK = 2.5  # of the way; wires are thinner where each dot has more than CROWD
THIN, THINNEST, CROWD = 0.6, 0.25, 8
HALF = 0.4  # of the ink, in a dot that is marked

Place = tuple[int, int]


@dataclass(frozen=True)
class Wires(Drawing):
    """Levels of dots, the inputs lowest; made by `wires`."""

    joined: tuple[tuple[Place, Place], ...]
    num_tokens: int
    num_levels: int
    title: str
    lit: tuple[Place, ...]
    marked: frozenset[Place]

    def lay(self, room: Number, down: bool = False) -> Sketch:
        """Draw what is joined, thin, and the way that is lit, thick."""
        side = max(span("outputs", SMALL), span("inputs", SMALL)) + 12
        gaps = self.num_tokens - 1
        step = min(STEP, (room - side - 2 * RADIUS) / max(1, gaps))
        # Many tokens have small dots, that none touches the next.
        radius = min(RADIUS, 0.4 * step)
        own = side + step * gaps + 2 * RADIUS
        # A little more than the letters are said to take: they differ.
        width = max(own, 1.08 * span(self.title, LETTERS, bold=True))
        left, top = side + (width - own) / 2, 26.0

        def at(node: Place) -> tuple[Number, Number]:
            level, place = node
            x = left + RADIUS + step * place
            return x, top + RISE * (self.num_levels - 1 - level) + RADIUS

        def line(start: Place, end: Place) -> str:
            (x, y), (to_x, to_y) = at(start), at(end)
            return f"M{number(x)} {number(y)}L{number(to_x)} {number(to_y)}"

        body = text(width / 2, 9, self.title, bold=True)
        for level, words in ((0, "inputs"), (self.num_levels - 1, "outputs")):
            y = at((level, 0))[1]
            body += text(left - 8, y, words, "soft", SMALL, anchor="end")
        lines = "".join(line(*wire) for wire in self.joined)
        crowded = len(self.joined) > CROWD * self.num_tokens * (
            self.num_levels - 1
        )
        thin = THINNEST if crowded else THIN
        body += part(path(lines, "soft", thin), ["wire"])
        for level in range(self.num_levels):
            for place in range(self.num_tokens):
                x, y = at((level, place))
                body += dot(x, y, radius, "soft", full=False)
        reached = [
            dot(*at(node), radius, "soft", ink=HALF)
            for node in sorted(self.marked.difference(self.lit))
        ]
        if reached:
            body += part("".join(reached), ["reach"])
        if self.lit:
            way = "".join(map(line, self.lit, self.lit[1:]))
            dots = "".join(dot(*at(node), radius, "ink") for node in self.lit)
            body += part(
                (path(way, "ink", THICK) if way else "") + dots, ["way"]
            )
        # Words are higher than dots.
        height = top + RISE * (self.num_levels - 1) + 2 * RADIUS + 4
        return Sketch(width, height, (width / 2, height / 2), body)

    def words(self) -> str:
        """Say how many are joined, how long the way is, how many are marked."""
        said = (
            f"{self.title}: {self.num_tokens} tokens on {self.num_levels} levels, "
            f"{_wires(len(self.joined))}"
        )
        if len(self.lit) > 1:
            said += f"; the thick way has {_wires(len(self.lit) - 1)}"
        if self.marked:
            said += f"; marked dots: {len(self.marked)}"
        return said


def _wires(count: int) -> str:
    return f"{count} wire{'s' * (count != 1)}"


def wires(joined, title: str, lit=(), marked=()) -> Wires:
    """Draw who reads whom, level upon level, the inputs lowest.

    Args:
        joined: pairs (start, end) of nodes (level, place), both counted from 0.
        title: what it is.
        lit: the nodes of one way, which is drawn thick.
        marked: nodes whose dots are half full, such as all that one reaches.

    Raises:
        ValueError: nothing is joined, or what is no pair of nodes; a title
            without words; a way along what is not joined; a marked node that is
            not there.
    """
    joined = tuple(_pair(pair) for pair in joined)
    if not joined:
        raise ValueError("joined must hold pairs of nodes, but is empty")
    if not title.strip():
        raise ValueError("title must say something, but is empty")
    nodes = {node for pair in joined for node in pair}
    drawing = Wires(
        joined=joined,
        num_tokens=1 + max(place for _, place in nodes),
        num_levels=1 + max(level for level, _ in nodes),
        title=title,
        lit=tuple(_node("lit", node) for node in lit),
        marked=frozenset(_node("marked", node) for node in marked),
    )
    for name in ("lit", "marked"):
        strange = [node for node in getattr(drawing, name) if node not in nodes]
        if strange:
            raise ValueError(
                f"{name} must hold nodes that are joined, but {strange[0]} is not"
            )
    known = set(joined)
    for pair in zip(drawing.lit, drawing.lit[1:], strict=False):
        if pair not in known:
            raise ValueError(
                f"lit must follow what is joined, but {pair[0]} and {pair[1]} are not"
            )
    return drawing


def _pair(pair) -> tuple[Place, Place]:
    """Return two nodes, or raise a ValueError."""
    try:
        start, end = pair
    except (TypeError, ValueError):
        raise ValueError(
            f"joined must hold pairs (start, end) of nodes, but holds {pair!r}"
        ) from None
    return _node("joined", start), _node("joined", end)


def _node(name: str, node) -> Place:
    """Return a level and a place, or raise a ValueError."""
    try:
        level, place = map(operator.index, node)
    except (TypeError, ValueError):
        level = place = -1
    if min(level, place) < 0:
        raise ValueError(
            f"{name} must hold nodes (level, place), both counted from 0, but "
            f"holds {node!r}"
        )
    return level, place
