"""What a head's width leaves of the weights that it should have."""

from .head_rank import HeadRank

__all__ = ["HeadRank"]
