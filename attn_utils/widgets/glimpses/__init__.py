"""Soft attention reads all glimpses, hard attention one of them."""

from .glimpses import Glimpses

__all__ = ["Glimpses"]
