"""What the chapters draw with: the theme, pictures of results, drawings.

`theme` holds matplotlib's style and `Picture`, `colours` the colours;
`pictures` draws weights and answers into matplotlib axes, `spreads` what has a
spread; `grids`, `drawings`, `plans`, `scales` and `wiring` are the chapters' own
diagrams, which need no matplotlib. Tensors and lists are taken alike.
"""

from .colours import COLOURS
from .drawings import (
    arrow,
    column,
    linear,
    merge,
    residual,
    row,
    sign,
    split,
)
from .grids import grid, mask
from .pictures import (
    alignment_map,
    bell,
    fused_points,
    pixels,
    score_plane,
    weights_map,
)
from .plans import here, plan
from .scales import dial, line
from .spreads import annotated, distribution, spread
from .theme import (
    FROM_0_TO_1,
    WEIGHTS,
    Picture,
    ramp,
    use_book_style,
)
from .wiring import wires

__all__ = [
    "COLOURS",
    "FROM_0_TO_1",
    "WEIGHTS",
    "Picture",
    "alignment_map",
    "annotated",
    "arrow",
    "bell",
    "column",
    "dial",
    "distribution",
    "fused_points",
    "grid",
    "here",
    "line",
    "linear",
    "mask",
    "merge",
    "pixels",
    "plan",
    "ramp",
    "residual",
    "row",
    "score_plane",
    "sign",
    "split",
    "spread",
    "use_book_style",
    "weights_map",
    "wires",
]
