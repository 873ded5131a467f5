"""Recipes: how the book's larger models are taught, and how they are judged.

One module for each trained model. A chapter shows a recipe's source and runs it;
`make bench` repeats it with other seeds.
"""

from .costs import Cost, crossing, layer_cost
from .date_heads import (
    DATE_ATTENTIONS,
    DATE_FIELDS,
    looks_inside,
    right_without_heads,
)
from .dates import (
    FIELDS,
    MAX_TOKENS,
    READ,
    WRITE,
    DateBatch,
    alignment_hits,
    attentions,
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
from .order import LENGTHS as ORDER_LENGTHS
from .order import SCHEMES, OrderModel, order_rate, teach_order
from .reach import (
    MIXERS,
    first_gradient,
    gradient_to_first,
    recall_rate,
    teach_recall,
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
from .taken_away import PARTS as DATE_PARTS
from .taken_away import date_exam, share_right, take_away
from .tiny import Tiny, tiny_attention
from .two_masters import teach_store
from .two_names import all_four, looks, teach_two_names, without_each_head
from .wiring import Node, Wire, reached_nodes, shortest_path, wires_of

__all__ = [
    "DAMAGES",
    "DATE_ATTENTIONS",
    "DATE_FIELDS",
    "DATE_PARTS",
    "ESTIMATORS",
    "FIELDS",
    "GLIMPSE_METHODS",
    "HEAD_TARGETS",
    "MAX_TOKENS",
    "MIXERS",
    "ORDER_LENGTHS",
    "READ",
    "RECALL_GRID",
    "SCHEMES",
    "WRITE",
    "Cost",
    "DateBatch",
    "GlimpseReader",
    "MappedDistance",
    "Node",
    "OrderModel",
    "ReversalModel",
    "Taught",
    "Tiny",
    "Wire",
    "alignment_hits",
    "all_four",
    "attentions",
    "complete",
    "crossing",
    "date_batch",
    "date_exam",
    "date_lessons",
    "date_loss",
    "date_maps",
    "draw_scenes",
    "equal_share",
    "estimator_results",
    "first_gradient",
    "fit_head",
    "gradient_to_first",
    "heaviest_label",
    "layer_cost",
    "look_losses",
    "looks",
    "looks_inside",
    "mend",
    "multiply_adds",
    "order_rate",
    "plain_heads",
    "prompt_error",
    "reached_nodes",
    "read_by_queries",
    "recall_rate",
    "recall_results",
    "right_counts",
    "right_without_heads",
    "share_right",
    "shortest_path",
    "split_digits",
    "start_weights",
    "take_away",
    "teach_addressing",
    "teach_counts",
    "teach_dates",
    "teach_direction",
    "teach_glimpses",
    "teach_in_context",
    "teach_order",
    "teach_recall",
    "teach_reversal",
    "teach_store",
    "teach_two_names",
    "tiny_attention",
    "wires_of",
    "without_each_head",
    "write_dates",
]
