"""A mask painted by hand, its weights, and what leaks through it."""

from .mask_paint import MaskPaint

__all__ = ["MaskPaint"]
