"""The counter of letters, with a start token and without."""

from .letter_counts import LetterCounts

__all__ = ["LetterCounts"]
