"""The three steps of attention, row by row."""

from .by_hand import ByHand

__all__ = ["ByHand"]
