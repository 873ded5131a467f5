"""Figures that follow the book's theme; ordinary matplotlib everywhere else.

A `Picture` is a matplotlib figure as inline SVG whose colours are the page's
variables, so that it turns dark with the page. Elsewhere (Colab, JupyterLab)
the light colours stand in.
"""

import html
import io
import itertools
import re

import matplotlib.pyplot as plt
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from matplotlib.figure import Figure

# The light variant of the stylesheet's colours; a test holds the two equal.
COLOURS = {
    "paper": "#fdfcf9",
    "line": "#d9d4c7",
    "ink": "#22211e",
    "soft": "#64615a",
    "query": "#0f5ff0",
    "key": "#a03a08",
    "value": "#0d6c54",
    "weight": "#4a2881",
}

# Weights have one scale everywhere: from 0 to 1, by the root, so that a tenth
# can still be told from nothing. Nothing is transparent and one is a violet that
# stands out on light and dark paper alike, since pixels cannot follow a theme.
WEIGHTS = LinearSegmentedColormap.from_list(
    "weights", ["#7a4fd008", "#7a4fd0ff"]
)
FROM_0_TO_1 = PowerNorm(gamma=0.5, vmin=0, vmax=1)

_numbers = itertools.count(1)


def use_book_style() -> None:
    """Give matplotlib the book's colours, sizes and calm axes."""
    ink, soft, line = COLOURS["ink"], COLOURS["soft"], COLOURS["line"]
    plt.rcParams.update(
        {
            "figure.figsize": (7.0, 3.2),
            "figure.facecolor": "none",
            "figure.constrained_layout.use": True,
            "axes.facecolor": "none",
            "axes.edgecolor": line,
            "axes.labelcolor": soft,
            # Room for the letters to grow by a third on a phone.
            "axes.labelpad": 7,
            "axes.titlecolor": ink,
            "axes.titlesize": 11,
            "axes.titlelocation": "left",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": False,
            "font.size": 10,
            "legend.frameon": False,
            "lines.linewidth": 1.75,
            "text.color": ink,
            "xtick.color": line,
            "ytick.color": line,
            "xtick.labelcolor": soft,
            "ytick.labelcolor": soft,
            "svg.fonttype": "none",
        }
    )


class Picture:
    """A figure ready for the page: inline SVG with its alt text and caption.

    Args:
        figure: a matplotlib figure; it is closed, so that it shows once.
        caption: the sentence beneath it.
        alt: what is to be seen, for those who cannot see it.

    Raises:
        TypeError: `figure` is not a matplotlib figure.
        ValueError: an empty caption or alt text.
    """

    def __init__(self, figure: Figure, caption: str, alt: str):
        if not isinstance(figure, Figure):
            raise TypeError(
                f"figure must be a matplotlib figure, but is {type(figure).__name__}"
            )
        for name, text in (("caption", caption), ("alt", alt)):
            if not text.strip():
                raise ValueError(f"{name} must say something, but is empty")
        self.caption, self.alt = caption, alt
        self._svg = _themed_svg(
            figure, prefix=f"figure{next(_numbers)}", alt=alt
        )
        plt.close(figure)

    def _repr_html_(self) -> str:
        caption = html.escape(self.caption)
        return (
            f'<figure class="attn-figure">{self._svg}'
            f"<figcaption>{caption}</figcaption></figure>"
        )

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"


def _themed_svg(figure: Figure, prefix: str, alt: str) -> str:
    """Return the figure as SVG text that can stand in a page beside others."""
    file = io.StringIO()
    with plt.rc_context({"svg.hashsalt": prefix}):
        figure.savefig(
            file, format="svg", metadata={"Date": None}, transparent=True
        )
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    # Ids must differ from figure to figure; those nobody points to can go.
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg))
    svg = re.sub(
        r' id="([^"]+)"',
        lambda m: f' id="{prefix}-{m[1]}"' if m[1] in used else "",
        svg,
    )
    svg = re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}-", svg)
    for role, colour in COLOURS.items():
        svg = svg.replace(colour, f"var(--attn-{role}, {colour})")
    # One family for all letters, in the short form or, since 3.11, the long.
    letters = "var(--attn-sans, sans-serif)"
    svg = re.sub(r"(font: [\d.]+px)[^;\"]*", rf"\1 {letters}", svg)
    svg = re.sub(r"font-family: [^;\"]*", f"font-family: {letters}", svg)
    # A phone shrinks the picture; the page may let its letters grow in place. Not
    # those of a formula, each of which has its own place.
    svg = re.sub(
        r'(<text style="font(?:-size)?: )([\d.]+px)',
        r"\1calc(\2 * var(--attn-letters, 1))",
        svg,
    )
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{html.escape(alt)}" style="width: 100%; '
        f"max-width: {float(width) * 4 / 3:.0f}px; height: auto; "
        f'background: var(--attn-paper, {COLOURS["paper"]})">'
    )
    body = svg[svg.index(">") + 1 :]
    return re.sub(r"\n\s*", "\n", head + body)
