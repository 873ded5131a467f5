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

__all__ = [
    "FIELDS",
    "MAX_TOKENS",
    "READ",
    "WRITE",
    "DateBatch",
    "alignment_hits",
    "date_batch",
    "date_lessons",
    "date_loss",
    "date_maps",
    "teach_dates",
    "write_dates",
]
