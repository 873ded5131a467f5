"""The Transformer that reads dates."""

from .date_reader import DateReader

__all__ = ["DateReader"]
