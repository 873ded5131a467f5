"""Draw half a digit, and attention recalls the rest."""

from .digit_recall import DigitRecall

__all__ = ["DigitRecall"]
