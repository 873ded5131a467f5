"""Which key wins where in a plane."""

from .score_plane import ScorePlane

__all__ = ["ScorePlane"]
