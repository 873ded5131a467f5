"""The mechanisms of *Attention, Alive*, short enough to be read on the page.

Importing the package loads torch and nothing heavier. What draws and what
moves is imported by name: `from attn_utils import plots`, `widgets`.
"""

from .attention import (
    HardAttention,
    attention,
    hard_attention,
    masked_softmax,
    scaled_dot_product_attention,
)
from .cbam import (
    CBAM,
    ChannelAttention,
    EfficientChannelAttention,
    SpatialAttention,
)
from .decoding import Writer, shift_right
from .layers import (
    DecoderCache,
    DecoderLayer,
    EncoderLayer,
    FeedForward,
    Residual,
)
from .masks import causal_mask, padding_mask, window_mask
from .multihead import (
    KeyValueCache,
    MultiHeadAttention,
    merge_heads,
    split_heads,
)
from .positions import (
    DistancePenaltyScore,
    LearnedPositions,
    RelativeScore,
    rotate,
    sinusoidal_positions,
)
from .scores import (
    AdditiveScore,
    BilinearScore,
    DotScore,
    GaussianScore,
    LowRankScore,
    ScaledDotScore,
)
from .seq2seq import (
    BahdanauDecoder,
    LSTMCell,
    LuongDecoder,
    RecurrentDecoder,
    RecurrentEncoder,
    RNNCell,
    Seq2Seq,
)
from .transformer import Decoder, Encoder, Transformer

__version__ = "0.1.0"

__all__ = [
    "CBAM",
    "AdditiveScore",
    "BahdanauDecoder",
    "BilinearScore",
    "ChannelAttention",
    "Decoder",
    "DecoderCache",
    "DecoderLayer",
    "DistancePenaltyScore",
    "DotScore",
    "EfficientChannelAttention",
    "Encoder",
    "EncoderLayer",
    "FeedForward",
    "GaussianScore",
    "HardAttention",
    "KeyValueCache",
    "LSTMCell",
    "LearnedPositions",
    "LowRankScore",
    "LuongDecoder",
    "MultiHeadAttention",
    "RNNCell",
    "RecurrentDecoder",
    "RecurrentEncoder",
    "RelativeScore",
    "Residual",
    "ScaledDotScore",
    "Seq2Seq",
    "SpatialAttention",
    "Transformer",
    "Writer",
    "attention",
    "causal_mask",
    "hard_attention",
    "masked_softmax",
    "merge_heads",
    "padding_mask",
    "rotate",
    "scaled_dot_product_attention",
    "shift_right",
    "sinusoidal_positions",
    "split_heads",
    "window_mask",
]
