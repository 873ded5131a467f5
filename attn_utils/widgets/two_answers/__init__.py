"""Two names in one query, and the heads that answer them."""

from .two_answers import TwoAnswers

__all__ = ["TwoAnswers"]
