"""The reader of what repeats: what came after this letter last time?"""

from .induction_reader import InductionReader

__all__ = ["InductionReader"]
