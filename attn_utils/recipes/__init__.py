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
from .estimators import ESTIMATORS, estimator_results
from .glimpses import METHODS as GLIMPSE_METHODS
from .glimpses import (
    GlimpseReader,
    draw_scenes,
    look_losses,
    multiply_adds,
    teach_glimpses,
)
from .in_context import (
    MappedDistance,
    prompt_error,
    teach_direction,
    teach_in_context,
)
from .recall import (
    DAMAGES,
    complete,
    heaviest_label,
    mend,
    recall_results,
    split_digits,
)
from .recall import GRID as RECALL_GRID
from .scaling import ReversalModel, teach_reversal
from .scoring import Taught, teach_addressing
from .two_masters import teach_store

__all__ = [
    "DAMAGES",
    "ESTIMATORS",
    "FIELDS",
    "GLIMPSE_METHODS",
    "MAX_TOKENS",
    "READ",
    "RECALL_GRID",
    "WRITE",
    "DateBatch",
    "GlimpseReader",
    "MappedDistance",
    "ReversalModel",
    "Taught",
    "alignment_hits",
    "complete",
    "date_batch",
    "date_lessons",
    "date_loss",
    "date_maps",
    "draw_scenes",
    "estimator_results",
    "heaviest_label",
    "look_losses",
    "mend",
    "multiply_adds",
    "prompt_error",
    "recall_results",
    "split_digits",
    "teach_addressing",
    "teach_dates",
    "teach_direction",
    "teach_glimpses",
    "teach_in_context",
    "teach_reversal",
    "teach_store",
    "write_dates",
]
