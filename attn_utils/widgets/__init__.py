"""The widgets that the chapters show: live in the page and in Jupyter."""

from .weighted_fusion import WeightedFusion

__all__ = ["WeightedFusion"]
