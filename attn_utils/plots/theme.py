"""Figures that follow the book's theme; ordinary matplotlib everywhere else.

A `Picture` is a matplotlib figure as inline SVG whose colours are the page's
variables, so that it turns dark with the page. Elsewhere (Colab, JupyterLab)
the light colours stand in.
"""

import base64
import html
import io
import itertools
import re

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from .canvas import Drawing
from .colours import COLOURS, variable

# Weights have one scale everywhere: from 0 to 1, by the root, so that a tenth
# can still be told from nothing. Between lies ink and no ink, no mixture, so that
# the page can give the ink its colour in light and in dark.


def ramp(role: str, most: float = 1.0) -> LinearSegmentedColormap:
    """Return the colour map from nothing to `most` parts of the colour of `role`.

    Raises:
        ValueError: no colour has that name.
    """
    if role not in COLOURS:
        raise ValueError(f"role must be one of {[*COLOURS]}, but is {role!r}")
    full = COLOURS[role]
    return LinearSegmentedColormap.from_list(role, [f"{full}00", (full, most)])


WEIGHTS = ramp("weight")
FROM_0_TO_1 = PowerNorm(gamma=0.5, vmin=0, vmax=1)

_numbers = itertools.count(1)


def use_book_style() -> None:
    """Give matplotlib the book's colours, sizes and calm axes.

    It starts from matplotlib's own defaults: a matplotlibrc of one's own, or a
    style used before, changes no figure of the book.
    """
    ink, soft, line = COLOURS["ink"], COLOURS["soft"], COLOURS["line"]
    plt.style.use("default")
    plt.rcParams.update(
        {
            "figure.figsize": (7.0, 3.2),
            "figure.facecolor": "none",
            "figure.constrained_layout.use": True,
            "axes.facecolor": "none",
            "axes.edgecolor": line,
            "axes.labelcolor": soft,
            # Room for the letters to grow by a third on a phone.
            "axes.labelpad": 10,
            "axes.titlecolor": ink,
            "axes.titlesize": 11,
            "axes.titlelocation": "left",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": False,
            "font.size": 10,
            # A pixel for each cell; the browser scales them without a blur.
            "image.interpolation": "none",
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
    """A figure or a drawing, ready for the page, with its caption and alt text.

    An artist is a part that the prose can light, `[the query](#show:query)`, once
    it has `set_gid("show:query")`; several artists may be one part.

    Args:
        drawn: a matplotlib figure, which is closed, so that it shows once; or a
            drawing, such as a `grid` or a `row` of them.
        caption: the sentence beneath it.
        alt: what is to be seen, for those who cannot see it. A drawing says it
            by itself.

    Raises:
        TypeError: `drawn` is neither a figure nor a drawing.
        ValueError: an empty caption or alt text; a drawing too wide for a phone.
    """

    def __init__(self, drawn: Figure | Drawing, caption: str, alt: str = ""):
        if not isinstance(drawn, Figure | Drawing):
            raise TypeError(
                "drawn must be a matplotlib figure or a drawing, but is "
                f"{type(drawn).__name__}"
            )
        if isinstance(drawn, Drawing):
            alt = alt.strip() or drawn.words()
        for name, text in (("caption", caption), ("alt", alt)):
            if not text.strip():
                raise ValueError(f"{name} must say something, but is empty")
        self.caption, self.alt = caption, alt
        if isinstance(drawn, Drawing):
            self._svg = drawn.panel(alt)
        else:
            prefix = f"figure{next(_numbers)}"
            self._svg = _themed_svg(drawn, prefix, alt)
            plt.close(drawn)

    def _repr_html_(self) -> str:
        caption = html.escape(self.caption)
        return (
            f'<figure class="attn-figure">{self._svg}'
            f"<figcaption>{caption}</figcaption></figure>"
        )

    def __repr__(self) -> str:
        return f"Picture: {self.alt}"


_IMAGE = re.compile(
    r'<image xlink:href="data:image/png;base64,\s*([^"]+)"([^>]*?)/>', re.DOTALL
)


def _inked(found: re.Match, prefix: str) -> str:
    """Return an image as masks over the variables of the colours it is made of.

    An image in other colours, such as a photograph, stays as it is.
    """
    pixels = np.array(
        Image.open(io.BytesIO(base64.b64decode(found[1]))).convert("RGBA")
    )
    place = dict(re.findall(r'([\w:-]+)="([^"]*)"', found[2]))
    ink, left = pixels[..., 3], pixels[..., 3] > 0
    layers = []
    for name, colour in COLOURS.items():
        here = left & (pixels[..., :3] == _bytes(colour)).all(axis=-1)
        if here.any():
            layers.append((name, np.where(here, ink, 0)))
            left = left & ~here
    if left.any():
        return found[0]
    box = " ".join(
        f'{k}="{place[k]}"' for k in ("x", "y", "width", "height") if k in place
    )
    box = box if "x" in place else f'x="0" y="0" {box}'
    parts = []
    for name, alpha in layers:
        mask = f"{prefix}-ink{next(_numbers)}"
        parts.append(
            f'<mask id="{mask}" maskUnits="userSpaceOnUse" {box} '
            f'style="mask-type: alpha"><image {box} preserveAspectRatio="none" '
            f'style="image-rendering: pixelated" href="{_png(alpha)}"/></mask>'
            f'<rect {box} style="fill: {COLOURS[name]}" mask="url(#{mask})"/>'
        )
    transform = place.get("transform", "")
    return f'<g transform="{transform}">{"".join(parts)}</g>'


def _bytes(colour: str) -> list[int]:
    return list(bytes.fromhex(colour[1:]))


def _png(alpha: np.ndarray) -> str:
    """Return the address of a picture that is black as far as `alpha` says."""
    black = Image.new("L", alpha.shape[::-1])
    file = io.BytesIO()
    Image.merge("LA", (black, Image.fromarray(alpha))).save(
        file, "png", optimize=True
    )
    text = base64.b64encode(file.getvalue()).decode()
    return f"data:image/png;base64,{text}"


_LINES = re.compile(
    r'<g id="lines:(left|center|right):([\d.]+)">(.*?)</g>', re.DOTALL
)
_ANCHORS = {
    "left": (0, "start"),
    "center": (0.5, "middle"),
    "right": (1, "end"),
}


def _name_lines(figure: Figure) -> None:
    """Give each level text of several lines a name that says where they are held.

    matplotlib tells the SVG only where each line begins, and so all would grow
    to the right. A text that has a name keeps it.
    """
    figure.draw_without_rendering()
    # It alone measures as the SVG will.
    renderer = RendererSVG(1, 1, io.StringIO())
    for text in figure.findobj(Text):
        level = not text.get_rotation() and text.get_gid() is None
        if level and "\n" in text.get_text():
            text.set_linespacing(1.3)  # room to grow, for the next one
            width = text.get_window_extent(renderer, dpi=72).width
            text.set_gid(f"lines:{text.get_horizontalalignment()}:{width:.2f}")


def _held(found: re.Match) -> str:
    """Return lines of a text that are held where its alignment says."""
    share, anchor = _ANCHORS[found[1]]
    begins = map(float, re.findall(r"translate\(([-\d.]+)", found[3]))
    at = min(begins) + share * float(found[2])
    lines = re.sub(r"translate\([-\d.]+", f"translate({at:.6f}", found[3])
    return lines.replace('" transform=', f'; text-anchor: {anchor}" transform=')


def _themed_svg(figure: Figure, prefix: str, alt: str) -> str:
    """Return the figure as SVG text that can stand in a page beside others."""
    file = io.StringIO()
    _name_lines(figure)
    with plt.rc_context({"svg.hashsalt": prefix}):
        figure.savefig(
            file, format="svg", metadata={"Date": None}, transparent=True
        )
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = _LINES.sub(_held, svg)
    svg = re.sub(r' id="show:([^"]*)"', r' data-show="\1"', svg)
    # Ids must differ from figure to figure; those nobody points to can go.
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', svg))
    svg = re.sub(
        r' id="([^"]+)"',
        lambda m: f' id="{prefix}-{m[1]}"' if m[1] in used else "",
        svg,
    )
    svg = re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}-", svg)
    svg = _IMAGE.sub(lambda found: _inked(found, prefix), svg)
    for name, colour in COLOURS.items():
        svg = svg.replace(colour, variable(name))
    # One family for all letters, in the short form or, since 3.11, the long.
    letters = "var(--attn-sans, sans-serif)"
    svg = re.sub(r"(font: [\d.]+px)[^;\"]*", rf"\1 {letters}", svg)
    svg = re.sub(r"font-family: [^;\"]*", f"font-family: {letters}", svg)
    # A phone shrinks the picture; the page may let its letters grow in place. Not
    # those of a formula, each of which has its own place.
    svg = re.sub(
        r'(<text style="(?:fill: [^;"]*; )?font(?:-size)?: )([\d.]+px)',
        r"\1calc(\2 * var(--attn-letters, 1))",
        svg,
    )
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg).groups()
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{html.escape(alt)}" style="width: 100%; '
        f"max-width: {float(width) * 4 / 3:.0f}px; height: auto; "
        f'background: {variable("paper")}">'
    )
    body = svg[svg.index(">") + 1 :]
    return re.sub(r"\n\s*", "\n", head + body)
