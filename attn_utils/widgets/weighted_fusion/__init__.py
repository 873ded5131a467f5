"""Weighted fusion along a line."""

from .weighted_fusion import WeightedFusion

__all__ = ["WeightedFusion"]
