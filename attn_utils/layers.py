"""The layers that a Transformer stacks: attention, then thought, then sums.

Every layer takes one vector for each position and returns one of the same
width; a residual connection runs past each of its parts.
"""

from typing import NamedTuple

from torch import nn

from ._checks import (
    check_heads_mask,
    check_inputs,
    check_kept,
    check_kind,
    check_parameters,
    check_same_shape,
    check_share,
    check_size,
    check_sizes,
)
from ._copies import copied_decoder_layer, copied_encoder_layer
from ._shapes import Bool, Float, Tensor
from .multihead import KeyValueCache, MultiHeadAttention


class FeedForward(nn.Module):
    """Two linear maps with a ReLU between them, the same at every position.

    Args:
        model_dim: width of inputs and outputs.
        ff_dim: how many hidden units each position has.
        dropout: chance that a hidden unit is dropped while training.

    Raises:
        ValueError: a size below 1; a dropout outside of 0 to 1.
        TypeError: a size that is no whole number, a dropout that is no number.

    Source: Vaswani et al. 2017, eq. 2.
    """

    def __init__(self, model_dim: int, ff_dim: int, dropout: float = 0.0):
        super().__init__()
        model_dim, ff_dim = check_sizes(model_dim=model_dim, ff_dim=ff_dim)
        self.model_dim = model_dim
        check_share("dropout", dropout)
        self.widen = nn.Linear(model_dim, ff_dim)
        self.narrow = nn.Linear(ff_dim, model_dim)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, inputs: Float[Tensor, "*batch model_dim"]
    ) -> Float[Tensor, "*batch model_dim"]:
        """Transform each position by itself.

        Raises:
            ValueError: not `model_dim` wide.
            TypeError: not floating-point numbers of the parameters' dtype.
        """
        check_parameters(
            "inputs", inputs, self.widen, self.model_dim, "model_dim"
        )
        return self.narrow(self.dropout(self.widen(inputs).relu()))


class Residual(nn.Module):
    """The way around a sub-layer: its input is added to what it computes.

    Args:
        model_dim: width of what flows past.
        dropout: chance that a feature of the change is dropped in training.
        norm_first: whether the layer norm stands before the sub-layer
            (pre-norm), or after the sum (post-norm, as in the paper).

    Raises:
        ValueError: a `model_dim` below 1; a dropout outside of 0 to 1.
        TypeError: a size that is no whole number, a dropout that is no number.

    Source: Vaswani et al. 2017, section 3.1; pre-norm: Xiong et al. 2020.
    """

    def __init__(self, model_dim: int, dropout: float, norm_first: bool):
        super().__init__()
        self.model_dim = check_size("model_dim", model_dim, least=1)
        check_share("dropout", dropout)
        self.norm = nn.LayerNorm(self.model_dim)
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def enter(
        self, x: Float[Tensor, "*batch model_dim"]
    ) -> Float[Tensor, "*batch model_dim"]:
        """Return what the sub-layer gets to see.

        Raises:
            ValueError: not `model_dim` wide.
            TypeError: not floating-point numbers of the parameters' dtype.
        """
        check_parameters("x", x, self.norm, self.model_dim, "model_dim")
        return self.norm(x) if self.norm_first else x

    def leave(
        self,
        x: Float[Tensor, "*batch model_dim"],
        change: Float[Tensor, "*batch model_dim"],
    ) -> Float[Tensor, "*batch model_dim"]:
        """Return the sum of what came in and what the sub-layer made of it.

        Raises:
            ValueError: a change of another shape, which torch might broadcast.
        """
        check_same_shape("change", change, x)
        outputs = x + self.dropout(change)
        return outputs if self.norm_first else self.norm(outputs)


class EncoderLayer(nn.Module):
    """Self-attention, then a feed-forward network, each with a residual.

    Args:
        model_dim: width of inputs and outputs.
        num_heads: heads of the attention.
        ff_dim: hidden units of the feed-forward network.
        dropout: chance of dropping a weight, a hidden unit or a change.
        norm_first: pre-norm instead of the paper's post-norm.
        rotate: turns queries and keys by position; see MultiHeadAttention.
        score: how queries and keys are compared; see MultiHeadAttention.

    Raises:
        ValueError: a size below 1, or heads that do not divide `model_dim`.
        TypeError: a size that is no whole number.

    Source: Vaswani et al. 2017, section 3.1.
    """

    def __init__(
        self,
        model_dim: int,
        num_heads: int,
        ff_dim: int,
        dropout: float = 0.0,
        norm_first: bool = False,
        rotate=None,
        score=None,
    ):
        super().__init__()
        self.model_dim = check_size("model_dim", model_dim, least=1)
        self.attention = MultiHeadAttention(
            model_dim, num_heads, dropout, rotate=rotate, score=score
        )
        self.feed_forward = FeedForward(model_dim, ff_dim, dropout)
        self.around_attention = Residual(model_dim, dropout, norm_first)
        self.around_feed_forward = Residual(model_dim, dropout, norm_first)

    def forward(
        self,
        inputs: Float[Tensor, "batch tokens model_dim"],
        mask: Bool[Tensor, "..."] | None = None,
        need_weights: bool = False,
    ):
        """Let the positions look at one another, then think by themselves.

        Args:
            inputs: one vector for each position.
            mask: True where a position may look; see MultiHeadAttention. Of
                torch's two it is
                `~src_mask & ~src_key_padding_mask.unsqueeze(1)`.
            need_weights: whether to return the attention map as well. True
                also gives second derivatives, which torch's fused kernel lacks.

        Returns:
            outputs (batch, tokens, model_dim); with `need_weights`, a pair of
            outputs and weights (batch, heads, tokens, tokens).

        Raises:
            TypeError, ValueError: an argument that does not fit, by its name.
        """
        norm = self.around_attention.norm
        check_inputs(norm, self.model_dim, inputs=inputs)
        seen = self.around_attention.enter(inputs)
        read, weights = self.attention(
            seen, mask=mask, need_weights=need_weights
        )
        inputs = self.around_attention.leave(inputs, read)
        thought = self.feed_forward(self.around_feed_forward.enter(inputs))
        outputs = self.around_feed_forward.leave(inputs, thought)
        return (outputs, weights) if need_weights else outputs

    @classmethod
    def from_torch(cls, theirs: nn.TransformerEncoderLayer) -> "EncoderLayer":
        """Return a copy of torch's layer: weights, modes, what is frozen.

        Raises:
            TypeError: not an `nn.TransformerEncoderLayer`.
            ValueError: an activation other than ReLU; an attention made with
                `add_bias_kv` or `add_zero_attn`.
        """
        return copied_encoder_layer(cls, theirs)


class DecoderMaps(NamedTuple):
    """Where a decoder layer looked, each (batch, heads, queries, keys)."""

    target: Float[Tensor, "batch heads tokens tokens"]
    memory: Float[Tensor, "batch heads tokens source"]


class DecoderCache(NamedTuple):
    """What a decoder layer keeps from step to step, for each attention.

    Args:
        target: of the self-attention; KeyValueCache() to begin with.
        memory: of the attention to the memory, likewise.
    """

    target: KeyValueCache
    memory: KeyValueCache


class DecoderLayer(nn.Module):
    """Self-attention, attention to the encoder's memory, feed-forward.

    Args:
        model_dim: width of inputs, memory and outputs.
        num_heads: heads of both attentions.
        ff_dim: hidden units of the feed-forward network.
        dropout: chance of dropping a weight, a hidden unit or a change.
        norm_first: pre-norm instead of the paper's post-norm.
        rotate: turns queries and keys of the self-attention by position.

    Raises:
        ValueError: a size below 1, or heads that do not divide `model_dim`.
        TypeError: a size that is no whole number.

    Source: Vaswani et al. 2017, section 3.1.
    """

    def __init__(
        self,
        model_dim: int,
        num_heads: int,
        ff_dim: int,
        dropout: float = 0.0,
        norm_first: bool = False,
        rotate=None,
    ):
        super().__init__()
        self.model_dim = check_size("model_dim", model_dim, least=1)
        self.attention = MultiHeadAttention(
            model_dim, num_heads, dropout, rotate=rotate
        )
        self.memory_attention = MultiHeadAttention(
            model_dim, num_heads, dropout
        )
        self.feed_forward = FeedForward(model_dim, ff_dim, dropout)
        self.around_attention = Residual(model_dim, dropout, norm_first)
        self.around_memory = Residual(model_dim, dropout, norm_first)
        self.around_feed_forward = Residual(model_dim, dropout, norm_first)

    def forward(
        self,
        inputs: Float[Tensor, "batch tokens model_dim"],
        memory: Float[Tensor, "batch source model_dim"],
        mask: Bool[Tensor, "..."] | None = None,
        memory_mask: Bool[Tensor, "..."] | None = None,
        cache: DecoderCache | None = None,
        need_weights: bool = False,
    ):
        """Look at the target so far, then at the memory, then think.

        Args:
            inputs: one vector for each target position; with a cache, those
                of the new positions only.
            memory: what the encoder has read; keys and values come from here.
            mask: True where a target position may look at another. None hides
                nothing, not even the future: give `causal_mask(tokens)`.
            memory_mask: True where a target position may look at the memory.
            cache: keys and values of earlier steps, which this call extends.
                What it holds of the memory is not read again: give the same
                memory at every step.
            need_weights: whether to return the attention maps as well; True
                also gives second derivatives, as in EncoderLayer.

        Returns:
            outputs (batch, tokens, model_dim); with `need_weights`, a pair of
            outputs and DecoderMaps.

        Raises:
            TypeError, ValueError: an argument that does not fit, by its name.
        """
        norm = self.around_attention.norm
        check_inputs(norm, self.model_dim, inputs=inputs, memory=memory)
        if memory_mask is not None:  # asked here, so that an error says which
            heads = self.memory_attention.num_heads
            batch, tokens, _ = inputs.shape
            shape = (batch, heads, tokens, memory.shape[1])
            check_heads_mask(memory_mask, shape, "memory_mask")
        check_kind("cache", cache, DecoderCache)
        if cache is None:
            cache = DecoderCache(None, None)
        seen = self.around_attention.enter(inputs)
        read, target_weights = self.attention(
            seen, mask=mask, need_weights=need_weights, cache=cache.target
        )
        inputs = self.around_attention.leave(inputs, read)
        asked = self.around_memory.enter(inputs)
        new = memory
        if cache.memory is not None:  # what is expanded already is kept there
            new = memory[:, check_kept(memory, cache.memory.num_tokens) :]
        read, memory_weights = self.memory_attention(
            asked, new, new, memory_mask, need_weights, cache.memory
        )
        inputs = self.around_memory.leave(inputs, read)
        thought = self.feed_forward(self.around_feed_forward.enter(inputs))
        outputs = self.around_feed_forward.leave(inputs, thought)
        if not need_weights:
            return outputs
        return outputs, DecoderMaps(target_weights, memory_weights)

    @classmethod
    def from_torch(cls, theirs: nn.TransformerDecoderLayer) -> "DecoderLayer":
        """Return a copy of torch's layer: weights, modes, what is frozen.

        Raises:
            TypeError: not an `nn.TransformerDecoderLayer`.
            ValueError: an activation other than ReLU; an attention made with
                `add_bias_kv` or `add_zero_attn`.
        """
        return copied_decoder_layer(cls, theirs)
