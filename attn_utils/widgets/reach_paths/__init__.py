"""Two tokens, layers of five kinds between them, and the shortest way."""

from .reach_paths import ReachPaths

__all__ = ["ReachPaths"]
