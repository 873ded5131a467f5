"""Plans: boxes, what leads from one to the other, and which of them are lit."""

import html
import itertools
from dataclasses import dataclass

from . import canvas
from .canvas import Drawing, Sketch, box, number, part, span, text
from .colours import ROLES, Number


@dataclass(frozen=True)
class Plan(Drawing):
    """Boxes in layers and what leads from one to the other; made by `plan`."""

    layers: tuple[tuple[str, ...], ...]
    links: tuple[tuple[str, str], ...]
    roles: dict[str, str]
    notes: dict[str, str]
    lit: tuple[str, ...]

    def size(self, name: str) -> tuple[Number, Number]:
        """Return how large a box is."""
        lines = name.split("\n")
        note = self.notes.get(name, "")
        wide = max(
            [span(line, bold=True) for line in lines]
            + [span(note, canvas.SMALL)]
        )
        return max(64.0, wide + 22), 17.0 * (len(lines) + bool(note)) + 15

    def lay(self, room: Number, down: bool = False) -> Sketch:
        """Lay the layers from left to right, or from top to bottom if they fit not."""
        sizes = {
            name: self.size(name) for layer in self.layers for name in layer
        }
        wide = [max(sizes[n][0] for n in layer) for layer in self.layers]
        between = max(len(wide) - 1, 1)
        gap = min(40.0, (room - sum(wide)) / between)
        if gap >= 24 and not down:
            return self.across(sizes, wide, gap)
        return self.upright(sizes)

    def across(self, sizes, wide, gap) -> Sketch:
        """Lay it from left to right."""
        between = 16.0
        tall = [
            sum(sizes[n][1] for n in layer) + between * (len(layer) - 1)
            for layer in self.layers
        ]
        height, x, places = max(tall), 0.0, {}
        for layer, width, high in zip(self.layers, wide, tall, strict=True):
            y = (height - high) / 2
            for name in layer:
                places[name] = (x, y, width, sizes[name][1])
                y += sizes[name][1] + between
            x += width + gap
        return self.drawn(places, x - gap, height, False)

    def upright(self, sizes) -> Sketch:
        """Lay it from top to bottom."""
        between, gap = 14.0, 34.0
        wide = [
            sum(sizes[n][0] for n in layer) + between * (len(layer) - 1)
            for layer in self.layers
        ]
        width, y, places = max(wide), 0.0, {}
        for layer, across in zip(self.layers, wide, strict=True):
            x = (width - across) / 2
            high = max(sizes[n][1] for n in layer)
            for name in layer:
                places[name] = (x, y, sizes[name][0], high)
                x += sizes[name][0] + between
            y += high + gap
        return self.drawn(places, width, y - gap, True)

    def drawn(
        self, places, width: Number, height: Number, down: bool
    ) -> Sketch:
        """Draw the links, then the boxes."""
        body = "".join(
            self.link(places, start, end, down) for start, end in self.links
        )
        body += "".join(
            self.box(name, *place) for name, place in places.items()
        )
        return Sketch(width, height, (width / 2, height / 2), body)

    def box(self, name, x, y, wide, high) -> str:
        """Draw one box; a lit one is filled, the others wait."""
        role, lit = self.roles.get(name), name in self.lit
        lines = name.split("\n")
        body = box(x, y, wide, high, "paper", line=None, radius=6)
        fill = (role or "ink") if lit else None
        body += box(
            x,
            y,
            wide,
            high,
            fill,
            0.16,
            role or "soft",
            2.5 if lit else 1.5,
            radius=6,
        )
        note = self.notes.get(name, "")
        top = y + high / 2 - 17.0 * (len(lines) + bool(note) - 1) / 2
        for i, line in enumerate(lines):
            body += text(
                x + wide / 2, top + 17.0 * i, line, role or "ink", bold=True
            )
        if note:
            at = top + 17.0 * len(lines)
            body += text(x + wide / 2, at, note, "soft", canvas.SMALL)
        return part(body, [role or "", name])

    def link(self, places, start: str, end: str, down: bool) -> str:
        """Draw what leads from one box to another, straight past those between."""
        before = next(
            i for i, layer in enumerate(self.layers) if start in layer
        )
        after = next(i for i, layer in enumerate(self.layers) if end in layer)
        a, b = places[start], places[end]
        last, far = self.layers[after - 1], after - before > 1
        colour = self.roles.get(start, "soft")
        if down:
            x1, y1, x2, y2 = (
                a[0] + a[2] / 2,
                a[1] + a[3],
                b[0] + b[2] / 2,
                b[1] - 8,
            )
            turn = max(
                [places[n][1] + places[n][3] for n in last] if far else [y1]
            )
            half = (turn + y2) / 2
            d = _line(
                [("M", x1, y1), ("L", x1, turn)], (x1, half, x2, half, x2, y2)
            )
            tip = canvas.head(x2, y2 + 8, True, colour)
        else:
            x1, y1, x2, y2 = (
                a[0] + a[2],
                a[1] + a[3] / 2,
                b[0] - 8,
                b[1] + b[3] / 2,
            )
            turn = max(
                [places[n][0] + places[n][2] for n in last] if far else [x1]
            )
            half = (turn + x2) / 2
            d = _line(
                [("M", x1, y1), ("L", turn, y1)], (half, y1, half, y2, x2, y2)
            )
            tip = canvas.head(x2 + 8, y2, False, colour)
        return canvas.path(d, colour) + tip

    def words(self) -> str:
        """Say what leads to what, what is noted in the boxes, which are lit."""
        called = self.called
        targets = {}
        for start, end in self.links:
            targets.setdefault(end, []).append(called[start])
        said = [
            f"from {_and(starts)} to {called[end]}"
            for end, starts in targets.items()
        ] or [", ".join(called.values())]
        held = [f"{called[n]}: {note}" for n, note in self.notes.items()]
        if held:
            said.append(f"noted: {', '.join(held)}")
        if self.lit:
            said.append(f"lit: {_and([called[name] for name in self.lit])}")
        return f"A plan: {'; '.join(said)}"

    @property
    def called(self) -> dict[str, str]:
        """What the boxes are called aloud; of those with one name the second is (2)."""
        names = [name for layer in self.layers for name in layer]
        plain = [*map(_plain, names)]
        times = [plain[: i + 1].count(each) for i, each in enumerate(plain)]
        return {
            name: each + f" ({time})" * (time > 1)
            for name, each, time in zip(names, plain, times, strict=True)
        }


@dataclass(frozen=True)
class Here:
    """Where in a plan the text is: its boxes without words; made by `here`."""

    plan: Plan
    lit: tuple[str, ...]

    def _repr_html_(self) -> str:
        layers, across, down = self.plan.layers, 24, 17
        width = across * max(map(len, layers))
        places = {
            name: (
                width / 2 + across * (j - (len(layer) - 1) / 2),
                down * i + 1,
            )
            for i, layer in enumerate(layers)
            for j, name in enumerate(layer)
        }
        body = "".join(
            self.link(*places[start], *places[end])
            for start, end in self.plan.links
        )
        body += "".join(
            self.box(name, *place) for name, place in places.items()
        )
        height = down * len(layers) - 6
        sketch = Sketch(width, height, (width / 2, height / 2), body)
        names = _and([self.plan.called[name] for name in self.lit])
        drawn = canvas.svg(
            sketch, f"The plan; here: {names}", "attn-drawn", "block"
        )
        return (
            f'<div class="attn-here" style="width: 8rem">{drawn}'
            f'<p aria-hidden="true">{html.escape(names)}</p></div>'
        )

    def box(self, name, x, y) -> str:
        """Draw one box without its words; a lit one is full."""
        role, lit = self.plan.roles.get(name), name in self.lit
        fill, line = (role or "ink") if lit else "paper", role or "soft"
        return box(x - 9, y, 18, 10, fill, 1.0, line, 1.2, radius=2)

    def link(self, x, y, to, low) -> str:
        """Draw what leads from one box to another."""
        bend = (number(x), number(low - 3), number(to), number(low - 7))
        curve = " ".join((*bend, number(to), number(low)))
        return canvas.path(
            f"M{number(x)} {number(y + 10)}C{curve}", "soft", 1.0
        )


def here(plan: Plan, *lit: str) -> Here:
    """Show where in a plan the text is, small enough to stand beside it.

    Args:
        plan: made by `plan`; of its boxes no words are shown.
        lit: the names of the boxes that the text is at.

    Raises:
        ValueError: no box is lit, or one that the plan has not.
    """
    names = [name for layer in plan.layers for name in layer]
    if not lit or not {*lit} <= {*names}:
        raise ValueError(f"lit must name boxes of {names}, but is {[*lit]}")
    return Here(plan, lit)


def _line(straight, curve) -> str:
    """Return the path of straight pieces and then a curve."""
    pieces = [f"{kind}{number(x)} {number(y)}" for kind, x, y in straight]
    return f"{''.join(pieces)}C{' '.join(map(number, curve))}"


def _plain(name: str) -> str:
    """Return a name in one line; a hyphen at a line's end joins its words."""
    return name.replace("-\n", "-").replace("\n", " ").strip()


def _and(names) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def plan(layers, links=None, roles=None, notes=None, lit=()) -> Plan:
    """Draw a plan whose parts can be lit: boxes in layers, and what leads where.

    Args:
        layers: for each layer, from first to last, the names of its boxes; a name
            may have two lines.
        links: pairs (from, to) of names; None leads from each box of a layer to
            each of the next.
        roles: the role of a box by its name, which gives its colour.
        notes: a second line of a box by its name, such as a shape.
        lit: the names of the boxes that are lit.

    Raises:
        ValueError: a name twice or unknown, or a link that does not lead on.
    """
    layers = tuple((x,) if isinstance(x, str) else tuple(x) for x in layers)
    names = [name for layer in layers for name in layer]
    if not names or not all(layers):
        raise ValueError(
            "layers must each hold the name of a box, but one is empty"
        )
    if len(set(names)) < len(names):
        raise ValueError(f"layers must name each box once, but name {names}")
    if links is None:
        links = [
            pair
            for before, after in itertools.pairwise(layers)
            for pair in itertools.product(before, after)
        ]
    links = tuple((start, end) for start, end in links)
    roles, notes, lit = dict(roles or {}), dict(notes or {}), tuple(lit)
    known = {
        "links": [name for link in links for name in link],
        "roles": roles,
        "notes": notes,
        "lit": lit,
    }
    for argument, given in known.items():
        for name in given:
            if name not in names:
                raise ValueError(
                    f"{argument} must name boxes of {names}, but has {name!r}"
                )
    for name, role in roles.items():
        if role not in ROLES:
            raise ValueError(
                f"roles must be of {[*ROLES]}, but that of {name!r} is {role!r}"
            )
    place = {name: i for i, layer in enumerate(layers) for name in layer}
    for start, end in links:
        if place[start] >= place[end]:
            raise ValueError(
                f"links must lead to a later layer, but {start!r} → {end!r} does not"
            )
    return Plan(layers, links, roles, notes, lit)
