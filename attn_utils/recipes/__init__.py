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
from .induction import MOMENTS as INDUCTION_MOMENTS
from .induction import (
    InductionModel,
    SmearedScore,
    induction_rate,
    look_inside,
    share_known,
    share_said,
    teach_induction,
    what_is_reached,
    what_is_read,
)
from .inside import (
    REMOVALS,
    REPLACEMENTS,
    how_far_weights_move,
    length_of_the_first,
    mean_said,
    moved_share,
    on_the_first,
    pulls,
    replaced,
    right_replaced,
    right_without,
    right_without_pairs,
    same_answer,
    same_favourite,
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
from .repeated_lines import LETTERS as INDUCTION_LETTERS
from .repeated_lines import (
    induction_lines,
    new_letters,
    returning_letters,
    unseen_lines,
)
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
    "INDUCTION_LETTERS",
    "INDUCTION_MOMENTS",
    "MAX_TOKENS",
    "MIXERS",
    "ORDER_LENGTHS",
    "READ",
    "RECALL_GRID",
    "REMOVALS",
    "REPLACEMENTS",
    "SCHEMES",
    "WRITE",
    "Cost",
    "DateBatch",
    "GlimpseReader",
    "InductionModel",
    "MappedDistance",
    "Node",
    "OrderModel",
    "ReversalModel",
    "SmearedScore",
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
    "how_far_weights_move",
    "induction_lines",
    "induction_rate",
    "layer_cost",
    "length_of_the_first",
    "look_inside",
    "look_losses",
    "looks",
    "looks_inside",
    "mean_said",
    "mend",
    "moved_share",
    "multiply_adds",
    "new_letters",
    "on_the_first",
    "order_rate",
    "plain_heads",
    "prompt_error",
    "pulls",
    "reached_nodes",
    "read_by_queries",
    "recall_rate",
    "recall_results",
    "replaced",
    "returning_letters",
    "right_counts",
    "right_replaced",
    "right_without",
    "right_without_heads",
    "right_without_pairs",
    "same_answer",
    "same_favourite",
    "share_known",
    "share_right",
    "share_said",
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
    "teach_induction",
    "teach_order",
    "teach_recall",
    "teach_reversal",
    "teach_store",
    "teach_two_names",
    "tiny_attention",
    "unseen_lines",
    "what_is_reached",
    "what_is_read",
    "wires_of",
    "without_each_head",
    "write_dates",
]
