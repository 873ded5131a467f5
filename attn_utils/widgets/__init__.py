"""The widgets that the chapters show: live in the page and in Jupyter."""

from .by_hand import ByHand
from .date_reader import DateReader
from .digit_recall import DigitRecall
from .encoder_block import EncoderBlock
from .glimpses import Glimpses
from .guess import Guess
from .head_rank import HeadRank
from .score_plane import ScorePlane
from .score_width import ScoreWidth
from .two_answers import TwoAnswers
from .weighted_fusion import WeightedFusion

__all__ = [
    "ByHand",
    "DateReader",
    "DigitRecall",
    "EncoderBlock",
    "Glimpses",
    "Guess",
    "HeadRank",
    "ScorePlane",
    "ScoreWidth",
    "TwoAnswers",
    "WeightedFusion",
]
