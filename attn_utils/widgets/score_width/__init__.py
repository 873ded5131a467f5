"""What the width of queries and keys does to their scores."""

from .score_width import ScoreWidth

__all__ = ["ScoreWidth"]
