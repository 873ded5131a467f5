"""Recipes: how the book's larger models are taught, and how they are judged.

One module for each trained model. A chapter shows a recipe's source and runs it;
`make bench` repeats it with other seeds.
"""

from .dates import (
    FIELDS,
    MAX_TOKENS,
    READ,
    WRITE,
    DateBatch,
    alignment_hits,
    date_batch,
    date_lessons,
    date_loss,
    date_maps,
    teach_dates,
    write_dates,
)
from .in_context import (
    MappedDistance,
    prompt_error,
    teach_direction,
    teach_in_context,
)
from .scaling import ReversalModel, teach_reversal
from .scoring import Taught, teach_addressing

__all__ = [
    "FIELDS",
    "MAX_TOKENS",
    "READ",
    "WRITE",
    "DateBatch",
    "MappedDistance",
    "ReversalModel",
    "Taught",
    "alignment_hits",
    "date_batch",
    "date_lessons",
    "date_loss",
    "date_maps",
    "prompt_error",
    "teach_addressing",
    "teach_dates",
    "teach_direction",
    "teach_in_context",
    "teach_reversal",
    "write_dates",
]
