"""A loss and its gradient, descended by hand: its three files."""

from .loss_slope import LossSlope

__all__ = ["LossSlope"]
