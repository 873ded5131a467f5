"""The widgets that the chapters show: live in the page and in Jupyter."""

from .by_hand import ByHand
from .clock_hands import ClockHands
from .clutter_gates import ClutterGates
from .date_reader import DateReader
from .digit_recall import DigitRecall
from .encoder_block import EncoderBlock
from .gate_watch import GateWatch
from .gates_by_hand import GatesByHand
from .glimpses import Glimpses
from .guess import Guess
from .head_rank import HeadRank
from .induction_reader import InductionReader
from .layer_costs import LayerCosts
from .letter_counts import LetterCounts
from .loss_slope import LossSlope
from .mask_paint import MaskPaint
from .matrix_product import MatrixProduct
from .order_reader import OrderReader
from .reach_paths import ReachPaths
from .recall_race import RecallRace
from .score_plane import ScorePlane
from .score_width import ScoreWidth
from .side_by_side import SideBySide
from .tiny_attention import TinyAttention
from .two_answers import TwoAnswers
from .weighed_values import WeighedValues
from .weighted_fusion import WeightedFusion

__all__ = [
    "ByHand",
    "ClockHands",
    "ClutterGates",
    "DateReader",
    "DigitRecall",
    "EncoderBlock",
    "GateWatch",
    "GatesByHand",
    "Glimpses",
    "Guess",
    "HeadRank",
    "InductionReader",
    "LayerCosts",
    "LetterCounts",
    "LossSlope",
    "MaskPaint",
    "MatrixProduct",
    "OrderReader",
    "ReachPaths",
    "RecallRace",
    "ScorePlane",
    "ScoreWidth",
    "SideBySide",
    "TinyAttention",
    "TwoAnswers",
    "WeighedValues",
    "WeightedFusion",
]
