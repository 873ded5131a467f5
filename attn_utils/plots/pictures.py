"""The pictures that chapters draw again and again, in the book's colours.

Each function draws into matplotlib axes that the chapter made, so that what it
shows can be titled, limited and combined as usual.
"""

import math

import numpy
from matplotlib.colors import to_hex
from matplotlib.ticker import MaxNLocator

from .colours import COLOURS
from .given import as_weights, check_labels, plain
from .theme import FROM_0_TO_1, WEIGHTS, ramp

# Up to how many cells a side a map has lines between them, so as to be counted.
COUNTED = 24


def _map(ax, weights, axes: tuple[str, str], **options):
    """Draw a heat map of weights in one frame, its cells apart if they are few."""
    rows = as_weights(weights, axes)
    image = ax.imshow(rows, cmap=WEIGHTS, norm=FROM_0_TO_1, **options)
    ax.spines[:].set_visible(False)
    high, wide = len(rows), len(rows[0])
    cut = {"color": COLOURS["line"], "lw": 0.6, "clip_on": False}
    few = max(high, wide) <= COUNTED
    ax.hlines(_edges(high, few), -0.5, wide - 0.5, **cut)
    ax.vlines(_edges(wide, few), -0.5, high - 0.5, **cut)
    ax.tick_params(length=0)
    return image


def _edges(count: int, every: bool) -> list[float]:
    return [i - 0.5 for i in range(0, count + 1, 1 if every else count)]


def weights_map(ax, weights, title: str = "") -> None:
    """Draw weights (queries, keys) as a heat map from 0 to 1, scale shown.

    Args:
        ax: the matplotlib axes to draw into.
        weights: tensor or list, one row for each query.
        title: what the map shows.

    Raises:
        TypeError: what should be a weight is no number.
        ValueError: weights of other axes, none at all, NaN, or beyond 0 and 1.
    """
    image = _map(ax, weights, ("queries", "keys"))
    ax.set(xlabel="key", ylabel="query", title=title)
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(5, integer=True, min_n_ticks=1))
    ax.figure.colorbar(
        image, ax=ax, label="weight", ticks=[0, 0.1, 0.5, 1], shrink=0.8
    )


def alignment_map(ax, weights, written, read) -> None:
    """Draw where each written character looked, the characters at the sides.

    Args:
        ax: the matplotlib axes to draw into.
        weights: tensor or list, one row for each written character.
        written: the characters of the rows.
        read: the characters of the columns.

    Raises:
        TypeError: what should be a weight is no number.
        ValueError: weights of other axes, none at all, NaN, or beyond 0 and 1;
            not as many characters as rows or columns.
    """
    rows = as_weights(weights, ("written", "read"))
    written = check_labels(written, len(rows), "written")
    read = check_labels(read, len(rows[0]), "read")
    _map(ax, rows, ("written", "read"), aspect="auto")
    ax.set_xticks(range(len(read)), read)
    ax.set_yticks(range(len(written)), written)
    ax.tick_params(length=0)


def pixels(ax, image, roles: str | list[str] = "ink", title: str = "") -> None:
    """Draw ink from 0 (none) to 1, pixel by pixel, in the colour of a role.

    Args:
        ax: the matplotlib axes to draw into.
        image: tensor or list, (height, width).
        roles: the name of one of the book's colours, or one for each row.
        title: what the picture shows.

    Raises:
        ValueError: ink that is not from 0 to 1, an unknown colour, or as many
            of them as there are not rows.
    """
    ink = numpy.array([[float(level) for level in row] for row in image])
    if not ((ink >= 0) & (ink <= 1)).all():  # a NaN is not, either
        raise ValueError(
            "image must hold ink from 0 to 1, but goes from "
            f"{ink.min():g} to {ink.max():g}"
        )
    names = [roles] * len(ink) if isinstance(roles, str) else list(roles)
    if len(names) != len(ink):
        raise ValueError(
            f"roles must be one colour, or one for each of the {len(ink)} rows, "
            f"but are {len(names)}"
        )
    unknown = [name for name in names if name not in COLOURS]
    if unknown:
        raise ValueError(
            f"roles must be of {[*COLOURS]}, but hold {unknown[0]!r}"
        )
    for role in dict.fromkeys(
        names
    ):  # a layer for each colour, as the page needs
        elsewhere = numpy.array([[name != role] for name in names])
        layer = numpy.where(elsewhere, numpy.nan, ink)
        ax.imshow(layer, cmap=ramp(role), vmin=0, vmax=1)
    ax.set(xticks=[], yticks=[], title=title)
    for spine in ax.spines.values():
        spine.set(visible=True, color=COLOURS["line"], linewidth=0.8)


def score_plane(
    ax, weights, key, ends=(-2.0, 2.0), query=None, letters="ABCDE"
) -> None:
    """Draw which key wins where in a plane of two features, and how surely.

    Each place is as violet as its largest weight; lines divide the regions of
    different winners.

    Args:
        ax: the matplotlib axes to draw into.
        weights: (rows, columns, keys), what a query at each place of an even
            net over the plane gives every key, from the lower left.
        key: where each key lies, two features each (tensor or list).
        ends: the least and the greatest of both features.
        query: where a query stands, two features, or None.
        letters: what the keys are called, one letter each, in their order; keys
            beyond them stay without.

    Raises:
        ValueError: weights of other axes, or not as many keys as weights.
    """
    weights, key = (
        numpy.asarray(plain(given), dtype=float) for given in (weights, key)
    )
    if weights.ndim != 3:
        raise ValueError(
            "weights must have the axes (rows, columns, keys), but have the shape "
            f"{weights.shape}"
        )
    if key.shape != (weights.shape[2], 2):
        raise ValueError(
            f"key must have the shape (keys, 2) = {(weights.shape[2], 2)}, but has "
            f"{key.shape}"
        )
    ax.imshow(
        weights.max(axis=2), cmap=WEIGHTS, norm=FROM_0_TO_1, origin="lower",
        extent=(*ends, *ends),
    )  # fmt: skip
    rows, columns, _ = weights.shape
    net = numpy.linspace(*ends, columns), numpy.linspace(*ends, rows)
    for place in range(len(key)):
        others = numpy.delete(weights, place, axis=2).max(axis=2, initial=0)
        ahead = weights[..., place] - others
        if (
            ahead.min() < 0 < ahead.max()
        ):  # it wins somewhere, but not everywhere
            for colour, wide in (("paper", 3), ("ink", 1)):
                ax.contour(
                    *net, ahead, [0.0], colors=COLOURS[colour], linewidths=wide
                )
    edge = {"mec": to_hex(COLOURS["paper"]), "mew": 1.2, "ls": "none"}
    ax.plot(*key.T, "o", ms=17 if letters else 8, color=COLOURS["key"], **edge)
    for letter, (x, y) in zip(letters, key, strict=False):
        ax.text(
            x, y, letter, ha="center", va="center_baseline",
            color=COLOURS["paper"],
        )  # fmt: skip
    if query is not None:
        x, y = _floats(query)
        ax.plot([x], [y], "D", ms=9, color=COLOURS["query"], **edge)
    ax.set(xlim=ends, ylim=ends)


def _floats(given) -> list[float]:
    """Return a number for each entry, which may still have its gradient."""
    return [float(n.detach() if hasattr(n, "detach") else n) for n in given]


def fused_points(ax, key, value, weights, query, context, curve=None) -> None:
    """Draw what one query hears: dots as large as their weights, the answer.

    Args:
        ax: the matplotlib axes to draw into.
        key: where each input stands (tensor or list).
        value: what each input says.
        weights: how much each input is heard.
        query: where we ask.
        context: the answer there.
        curve: `(x, y)` of the answer at every x, or None.

    Raises:
        ValueError: not as many values or weights as keys, or weights beyond 0 and 1.
    """
    key, value, weights = map(_floats, (key, value, weights))
    query, context = _floats((query, context))
    weights = as_weights(weights, ("inputs",))
    for name, given in {"value": value, "weights": weights}.items():
        if len(given) != len(key):
            raise ValueError(
                f"{name} must be one for each of the {len(key)} keys, but there "
                f"are {len(given)}"
            )
    for k, v, w in zip(key, value, weights, strict=True):
        strength = min(1.0, 4 * w)
        ax.plot(
            [k, query],
            [v, context],
            color=COLOURS["weight"],
            alpha=strength,
            lw=1,
        )
    areas = [18 + 520 * w for w in weights]
    ax.scatter(
        key, value, s=areas, facecolor=COLOURS["weight"], alpha=0.5, lw=0
    )
    ax.scatter(
        key, value, s=areas, facecolor="none", edgecolor=COLOURS["value"]
    )
    if curve is not None:
        ax.plot(*curve, color=COLOURS["ink"], label="the answer at every x")
    feet = [ax.get_ylim()[0]] * len(key)
    ax.plot(key, feet, "|", color=COLOURS["key"], ms=8, mew=1.5)
    ax.axvline(query, color=COLOURS["query"], ls=":")
    ax.plot(
        query,
        context,
        "D",
        ms=8,
        mew=2,
        mfc=to_hex(COLOURS["paper"]),
        mec=COLOURS["query"],
    )
    ax.set(xlabel="x")


def bell(ax, key, weights, query, bandwidth) -> None:
    """Draw the Gaussian of a query beside the weights that it gives.

    It is drawn as high as to pass through the tops of the weights: divided, as
    they are, by its sum over the keys.

    Args:
        ax: the matplotlib axes to draw into.
        key: where each input stands (tensor or list).
        weights: how much each input is heard.
        query: where we ask.
        bandwidth: how wide the Gaussian is.

    Raises:
        ValueError: the bandwidth is not positive, or so small that the Gaussian
            is 0 at every key; there are not as many weights as keys.
    """
    key, weights = ([float(n) for n in given] for given in (key, weights))
    query, bandwidth = float(query), float(bandwidth)
    if not bandwidth > 0:
        raise ValueError(f"bandwidth must be positive, but is {bandwidth}")
    if len(key) != len(weights):
        raise ValueError(
            f"weights must be one for each of the {len(key)} keys, but there are "
            f"{len(weights)}"
        )

    def gaussian(x: float) -> float:
        return math.exp(-((x - query) ** 2) / (2 * bandwidth**2))

    total = sum(map(gaussian, key))
    if not total:
        nearest = min(abs(x - query) for x in key)
        raise ValueError(
            f"bandwidth must reach a key: the nearest is {nearest:g} away, but it "
            f"is {bandwidth:g}"
        )
    low = min(*key, query) - 2 * bandwidth
    high = max(*key, query) + 2 * bandwidth
    places = [low + (high - low) * i / 200 for i in range(201)]
    ax.plot(
        places,
        [gaussian(x) / total for x in places],
        color=COLOURS["ink"],
        lw=1.25,
    )
    ax.vlines(key, 0, weights, color=COLOURS["weight"], lw=6)
    ax.plot(
        key,
        [0] * len(key),
        "|",
        color=COLOURS["key"],
        ms=12,
        mew=2,
        clip_on=False,
    )
    ax.axvline(query, color=COLOURS["query"], ls=":")
    ax.set(xlabel="x", ylabel="weight", ylim=(0, None))
