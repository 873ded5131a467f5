"""A guess: a question, and further down its answer."""

from .guess import Guess

__all__ = ["Guess"]
