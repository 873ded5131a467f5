"""Weights beside the lengths of what they weigh."""

from .weighed_values import WeighedValues

__all__ = ["WeighedValues"]
