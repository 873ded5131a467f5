"""What has a spread: runs over seeds, intervals, distributions, numbered maps.

Drawn by seaborn, in the book's colours and at full strength: by itself it
pales what it fills and draws in greys and whites of its own, which would not
follow the page's theme. It takes a second to load: only who draws a spread pays.
"""

import math

import numpy

from .colours import COLOURS, Number
from .given import plain
from .theme import FROM_0_TO_1, ramp

GOLDEN = 0.618034  # steps of this part of a whole fall nowhere twice
# In parts of the way to the next group: how far apart its dots stand, and how
# far from them their mean.
ABREAST, BESIDE = 0.2, 0.2


def _table(runs, name: str) -> list[list[Number]]:
    """Return runs (seeds, steps) as lists, or say what is wrong with them."""
    rows = plain(runs)
    if not rows or not (
        isinstance(rows, list)
        and all(isinstance(row, list) and row for row in rows)
    ):
        raise ValueError(f"{name} must be (seeds, steps), but is {runs!r}")
    if len({len(row) for row in rows}) > 1:
        raise ValueError(
            f"{name} must have as many steps for each seed, but have "
            f"{[len(row) for row in rows]}"
        )
    if not all(math.isfinite(value) for row in rows for value in row):
        raise ValueError(f"{name} must be finite, but one number is not")
    return rows


def _colour(colour: str) -> str:
    if colour not in COLOURS:
        raise ValueError(
            f"colour must be one of {[*COLOURS]}, but is {colour!r}"
        )
    return COLOURS[colour]


def _interval(interval: Number):
    """Return seaborn's error bar that holds this part of the numbers."""
    if not 0 < interval <= 1:
        raise ValueError(
            f"interval must be above 0 and at most 1, but is {interval}"
        )
    return ("pi", 100 * interval)


def _room(label: str) -> str:
    """Return blanks beside a label: room for its letters to grow on a phone."""
    return "\u00a0" * math.ceil(0.6 * len(label))


def spread(
    ax,
    runs,
    x=None,
    colour: str = "ink",
    label: str = "",
    interval: Number = 1.0,
    dashes: str = "-",
) -> None:
    """Draw runs over seeds: each thin, their mean thick, a band around them.

    Args:
        ax: the matplotlib axes to draw into.
        runs: a number for each seed at each step (tensor or lists).
        x: where the steps stand; None counts them from 0.
        colour: the name of one of the book's colours.
        label: what the runs are of, written at the end of their mean.
        interval: the part of the seeds that the band holds; 1 is from the least
            to the most.
        dashes: matplotlib's style of the mean's line.

    Raises:
        ValueError: runs of different length or not finite, as many places as
            there are not steps, an unknown colour, or no such interval.
    """
    import seaborn

    rows, ink = _table(runs, "runs"), _colour(colour)
    places = [*range(len(rows[0]))] if x is None else [float(n) for n in x]
    if len(places) != len(rows[0]):
        raise ValueError(
            f"x must have a place for each of the {len(rows[0])} steps, but has "
            f"{len(places)}"
        )
    for row in rows:
        ax.plot(places, row, color=ink, lw=0.75, alpha=0.35)
    seaborn.lineplot(
        x=places * len(rows),
        y=[value for row in rows for value in row],
        ax=ax, color=ink, errorbar=_interval(interval), linestyle=dashes,
        err_kws={"alpha": 0.15, "lw": 0},
    )  # fmt: skip
    if label:
        last = sum(row[-1] for row in rows) / len(rows)
        end, style = (places[-1], last), {"va": "center", "color": ink}
        ax.annotate(
            label + _room(label),
            end,
            (6, 0),
            textcoords="offset points",
            **style,
        )


def distribution(
    ax, groups, colour: str = "ink", interval: Number = 1.0
) -> None:
    """Draw groups of numbers: every number a dot, beside them mean and interval.

    Args:
        ax: the matplotlib axes to draw into.
        groups: the numbers of each group by its name (tensors or lists).
        colour: the name of one of the book's colours.
        interval: the part of the numbers that the bar holds; 1 is from the least
            to the most.

    Raises:
        ValueError: no group, one without numbers or with one that is not finite,
            an unknown colour, or no such interval.
    """
    import seaborn

    ink = _colour(colour)
    if not groups:
        raise ValueError(
            "groups must hold the numbers of a group, but are empty"
        )
    names, numbers = [], []
    for name, given in groups.items():
        values = [float(value) for value in given]
        if not values or not all(map(math.isfinite, values)):
            raise ValueError(
                f"groups must hold finite numbers, but {name!r} does not"
            )
        names += [name] * len(values)
        numbers += values
    first = len(ax.collections)
    seaborn.stripplot(
        x=names, y=numbers, ax=ax, color=ink, alpha=0.45, size=4.5, jitter=False
    )
    # Spread sideways in an even rhythm, never by chance; a swarm would leave
    # out dots where many stand close together.
    for dots in ax.collections[first:]:
        places = dots.get_offsets()
        rhythm = numpy.arange(len(places)) * GOLDEN % 1
        places[:, 0] += ABREAST * (rhythm - 0.5)
        dots.set_offsets(places)
    before = len(ax.lines)
    seaborn.pointplot(
        x=names, y=numbers, ax=ax, color=ink,
        errorbar=_interval(interval), linestyle="none", marker="_", markersize=16,
        capsize=0.12, err_kws={"color": ink, "linewidth": 1.5},
    )  # fmt: skip
    for bar in ax.lines[before:]:
        bar.set_xdata([x + BESIDE for x in bar.get_xdata()])
    ax.set(xlabel="", ylabel="", xlim=(-0.5, len(groups) - 0.5))
    ax.tick_params(axis="x", length=0)


def annotated(
    ax, table, rows, columns, colour: str = "weight", digits: int = 2
) -> None:
    """Draw a table of numbers from 0 to 1 as a heat map, each number in its cell.

    The ink is that of weights, by the root, at a third of its strength, so that the
    numbers can be read on it.

    Args:
        ax: the matplotlib axes to draw into.
        table: (rows, columns), a tensor or lists.
        rows: a name for each row.
        columns: a name for each column.
        colour: the name of one of the book's colours.
        digits: digits after the point.

    Raises:
        ValueError: numbers outside 0 to 1, names that do not fit, or an unknown
            colour.
    """
    import seaborn

    cells = _table(table, "table")
    _colour(colour)
    sizes = {"rows": (rows, len(cells)), "columns": (columns, len(cells[0]))}
    for name, (names, count) in sizes.items():
        if len(names) != count:
            raise ValueError(
                f"{name} must name each of the {count}, but names {len(names)}"
            )
    if not all(0 <= value <= 1 for row in cells for value in row):
        raise ValueError(
            "table must hold numbers from 0 to 1, but one lies outside"
        )
    seaborn.heatmap(
        cells, ax=ax, annot=True, fmt=f".{digits}f", cbar=False, linewidths=0.6,
        cmap=ramp(colour, most=0.35), norm=FROM_0_TO_1, linecolor=COLOURS["line"],
        annot_kws={"color": COLOURS["ink"]},
        xticklabels=[*columns], yticklabels=[_room(row) + row for row in rows],
    )  # fmt: skip
    ax.tick_params(length=0, labelrotation=0)
