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
from .head_rank import TARGETS as HEAD_TARGETS
from .head_rank import fit_head
from .in_context import (
    MappedDistance,
    prompt_error,
    teach_direction,
    teach_in_context,
)
from .letter_counts import (
    equal_share,
    right_counts,
    start_weights,
    teach_counts,
)
from .many_queries import plain_heads, read_by_queries
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
from .tiny import Tiny, tiny_attention
from .two_masters import teach_store
from .two_names import all_four, looks, teach_two_names, without_each_head

__all__ = [
    "DAMAGES",
    "ESTIMATORS",
    "FIELDS",
    "GLIMPSE_METHODS",
    "HEAD_TARGETS",
    "MAX_TOKENS",
    "READ",
    "RECALL_GRID",
    "WRITE",
    "DateBatch",
    "GlimpseReader",
    "MappedDistance",
    "ReversalModel",
    "Taught",
    "Tiny",
    "alignment_hits",
    "all_four",
    "complete",
    "date_batch",
    "date_lessons",
    "date_loss",
    "date_maps",
    "draw_scenes",
    "equal_share",
    "estimator_results",
    "fit_head",
    "heaviest_label",
    "look_losses",
    "looks",
    "mend",
    "multiply_adds",
    "plain_heads",
    "prompt_error",
    "read_by_queries",
    "recall_results",
    "right_counts",
    "split_digits",
    "start_weights",
    "teach_addressing",
    "teach_counts",
    "teach_dates",
    "teach_direction",
    "teach_glimpses",
    "teach_in_context",
    "teach_reversal",
    "teach_store",
    "teach_two_names",
    "tiny_attention",
    "without_each_head",
    "write_dates",
]
