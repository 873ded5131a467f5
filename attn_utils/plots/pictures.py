"""The pictures that chapters draw again and again, in the book's colours.

Each function draws into matplotlib axes that the chapter made, so that what it
shows can be titled, limited and combined as usual.
"""

from matplotlib.colors import to_hex

from .theme import COLOURS, FROM_0_TO_1, WEIGHTS


def weights_map(ax, weights, title: str = "") -> None:
    """Draw weights (queries, keys) as a heat map from 0 to 1, scale shown.

    Args:
        ax: the matplotlib axes to draw into.
        weights: tensor or list, one row for each query.
        title: what the map shows.
    """
    rows = weights.tolist() if hasattr(weights, "tolist") else weights
    image = ax.imshow(
        rows, cmap=WEIGHTS, norm=FROM_0_TO_1, interpolation="nearest"
    )
    ax.set(xlabel="key", ylabel="query", title=title)
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
    """
    rows = weights.tolist() if hasattr(weights, "tolist") else weights
    ax.imshow(
        rows,
        cmap=WEIGHTS,
        norm=FROM_0_TO_1,
        interpolation="nearest",
        aspect="auto",
    )
    ax.set_xticks(range(len(read)), list(read))
    ax.set_yticks(range(len(written)), list(written))
    ax.tick_params(length=0)


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
    """
    key, value, weights = (
        [float(n) for n in given] for given in (key, value, weights)
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
