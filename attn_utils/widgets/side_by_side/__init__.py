"""A string written again twice: from one vector, and with attention."""

from .side_by_side import SideBySide

__all__ = ["SideBySide"]
