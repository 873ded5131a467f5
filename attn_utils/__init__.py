"""The mechanisms of *Attention, Alive*, short enough to be read on the page.

Importing the package loads torch and nothing heavier. What draws and what
moves is imported by name: `from attn_utils import plots`, `widgets`.
"""

from .attention import attention, masked_softmax, scaled_dot_product_attention
from .masks import causal_mask, padding_mask, window_mask
from .scores import (
    AdditiveScore,
    BilinearScore,
    DotScore,
    GaussianScore,
    ScaledDotScore,
)

__version__ = "0.1.0"

__all__ = [
    "AdditiveScore",
    "BilinearScore",
    "DotScore",
    "GaussianScore",
    "ScaledDotScore",
    "attention",
    "causal_mask",
    "masked_softmax",
    "padding_mask",
    "scaled_dot_product_attention",
    "window_mask",
]
