"""What the chapters draw with: the theme, pictures of results, drawings.

`theme` holds the colours, matplotlib's style and `Picture`; `pictures` draws
weights and answers into matplotlib axes. Tensors and lists are taken alike.
"""

from .pictures import alignment_map, fused_points, weights_map
from .theme import COLOURS, FROM_0_TO_1, WEIGHTS, Picture, use_book_style

__all__ = [
    "COLOURS",
    "FROM_0_TO_1",
    "WEIGHTS",
    "Picture",
    "alignment_map",
    "fused_points",
    "use_book_style",
    "weights_map",
]
