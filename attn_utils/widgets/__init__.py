"""The widgets that the chapters show: live in the page and in Jupyter."""

from .date_reader import DateReader
from .encoder_block import EncoderBlock
from .weighted_fusion import WeightedFusion

__all__ = ["DateReader", "EncoderBlock", "WeightedFusion"]
