"""Multi-head attention: several small attentions side by side, then joined.

Expand, split, attend, merge: the last four lines of the module's `forward`.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from ._checks import (
    check_active_heads,
    check_cache,
    check_callable,
    check_floating,
    check_heads,
    check_heads_mask,
    check_kind,
    check_lengths,
    check_parameters,
    check_scores,
    check_sequences,
    check_share,
    check_sizes,
    device_of,
    shape_of,
)
from ._copies import copied_attention
from ._shapes import Bool, Float, Int, Tensor
from .attention import masked_softmax
from .scores import ScaledDotScore


def split_heads(
    x: Float[Tensor, "*batch tokens model_dim"], num_heads: int
) -> Float[Tensor, "*batch heads tokens head_dim"]:
    """Cut the features into heads, and let the heads stand before the tokens.

    Args:
        x: features, `model_dim` = heads · head_dim of them.
        num_heads: how many heads; it must divide `model_dim`.

    Returns:
        Head h holds the h-th run of head_dim features.

    Raises:
        ValueError: `num_heads` below 1, or one that does not divide `model_dim`.

    Source: Vaswani et al. 2017, section 3.2.2.
    """
    check_sequences(x=x)
    _, num_heads = check_heads(x.shape[-1], num_heads)
    return x.unflatten(-1, (num_heads, -1)).transpose(-3, -2)


def merge_heads(
    x: Float[Tensor, "*batch heads tokens head_dim"],
) -> Float[Tensor, "*batch tokens model_dim"]:
    """Put the features of all heads side by side again; undoes `split_heads`.

    Raises:
        ValueError: fewer than the three axes heads, tokens and head_dim.
    """
    check_floating("x", x)
    if x.ndim < 3:
        raise ValueError(
            "x must have the shape (*batch, heads, tokens, head_dim), but has "
            f"{shape_of(x)}"
        )
    return x.transpose(-3, -2).flatten(-2)


class KeyValueCache:
    """The keys and values that one attention keeps from step to step.

    A decoder that writes token by token expands each token once: its own keys
    and values are added to those of the tokens before it.
    """

    def __init__(self):
        self.key = self.value = None

    @property
    def num_tokens(self) -> int:
        """How many tokens are kept."""
        return 0 if self.key is None else self.key.shape[-2]

    def extend(self, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        """Add keys and values, (batch, heads, new, head_dim); return all.

        Raises:
            ValueError: not one value for each key; keys or values of another
                batch, width or dtype than those that are kept.
            TypeError: not floating-point tensors of one dtype.
        """
        check_sequences(key=key, value=value)
        check_lengths(key, value)
        if self.key is not None:
            check_cache(self.key, key)
            check_cache(self.value, value, "values")
            key = torch.cat([self.key, key], dim=-2)
            value = torch.cat([self.value, value], dim=-2)
        self.key, self.value = key, value
        return key, value

    def select(self, rows: Int[Tensor, "rows"]) -> None:
        """Keep these rows of the batch, in this order, as beam search asks."""
        if self.key is not None:
            self.key, self.value = self.key[rows], self.value[rows]


class MultiHeadAttention(nn.Module):
    """Attend in several heads at once, each over features of its own.

    Args:
        model_dim: width of queries and outputs.
        num_heads: how many heads; each is model_dim / num_heads wide.
        dropout: chance that a weight is dropped while training.
        bias: whether the four linear maps have one.
        key_dim: width of the keys; None takes `model_dim`.
        value_dim: width of the values; None takes `model_dim`.
        rotate: turns the queries and keys of every head by their positions,
            `(x, offset) -> x`, as `rotate` of positions.py does; in the layout
            of Llama, `functools.partial(rotate, halves=True)`.
        score: how the queries and keys of the heads are compared,
            `(query, key) -> scores (batch, heads, queries, keys)`, as the scores
            of scores.py and positions.py do; None takes the scaled dot product.

    Raises:
        ValueError: sizes below 1, or heads that do not divide `model_dim`; a
            dropout outside of 0 to 1.
        TypeError: a size that is no whole number, a dropout that is no number; a
            score or a rotation that cannot be called.

    Source: Vaswani et al. 2017, section 3.2.2.
    """

    def __init__(
        self,
        model_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        *,
        key_dim: int | None = None,
        value_dim: int | None = None,
        rotate: Callable[[Tensor, int], Tensor] | None = None,
        score: Callable[[Tensor, Tensor], Tensor] | None = None,
    ):
        super().__init__()
        model_dim, num_heads = check_heads(model_dim, num_heads)
        key_dim = model_dim if key_dim is None else key_dim
        value_dim = model_dim if value_dim is None else value_dim
        key_dim, value_dim = check_sizes(key_dim=key_dim, value_dim=value_dim)
        check_share("dropout", dropout)
        check_callable("score", score, "DotScore()")
        check_callable("rotate", rotate, "positions.rotate")
        self.model_dim, self.num_heads = model_dim, num_heads
        self.key_dim, self.value_dim = key_dim, value_dim
        self.rotate = rotate
        self.register_buffer("active_heads", None, persistent=False)
        self.query_map = nn.Linear(model_dim, model_dim, bias)
        self.key_map = nn.Linear(key_dim, model_dim, bias)
        self.value_map = nn.Linear(value_dim, model_dim, bias)
        self.output_map = nn.Linear(model_dim, model_dim, bias)
        self.score = ScaledDotScore() if score is None else score
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        query: Float[Tensor, "batch queries model_dim"],
        key: Float[Tensor, "batch new key_dim"] | None = None,
        value: Float[Tensor, "batch new value_dim"] | None = None,
        mask: Bool[Tensor, "..."] | None = None,
        need_weights: bool = True,
        cache: KeyValueCache | None = None,
    ) -> tuple[
        Float[Tensor, "batch queries model_dim"],
        Float[Tensor, "batch heads queries keys"] | None,
    ]:
        """Read the values in every head, and join what the heads have read.

        Args:
            query: what each position is looking for.
            key: what is compared; None is self-attention, the query itself.
            value: what is read; None reads the key.
            mask: True where a query may look: (queries, keys) for all,
                (batch, queries, keys) for all heads, or
                (batch, heads, queries, keys); 1 allowed on any axis. Two axes
                are never (batch, keys): that is `mask.unsqueeze(1)`. How other
                masks are turned into such stands in masks.py.
            need_weights: False does not return the weights and, unless another
                `score` was given, runs torch's fused kernel; that may read zeros
                where a query is NaN, it calls no hook of `score` or `dropout`,
                and it has neither second derivatives nor those of forward mode:
                for them, leave this True.
            cache: keys and values of earlier calls, seen before the new ones.

        Returns:
            output: a query that sees nothing reads zeros, so that only the
                bias of the last map is left.
            weights: those of each head, before dropout; None if not needed.

        Raises:
            ValueError: axes, lengths or widths that do not fit together.
            TypeError: a mask that is not bool; not floating-point tensors; a score
                that returns another dtype than the query's.
        """
        key = query if key is None else key
        value = key if value is None else value
        self._check(query, key, value, mask, cache)
        query, key, value = self._expand(query, key, value)
        query, key, value = self._split(query, key, value, cache)
        context, weights = self._attend(query, key, value, mask, need_weights)
        return self._merge(context), weights

    def _expand(self, query, key, value):
        """Map to what is asked, what is compared and what is read."""
        return self.query_map(query), self.key_map(key), self.value_map(value)

    def _split(self, query, key, value, cache):
        """Cut into heads, turned by position; put what is cached before."""
        expanded = query, key, value
        query, key, value = (split_heads(x, self.num_heads) for x in expanded)
        if self.rotate is not None:
            offset = 0 if cache is None else cache.num_tokens
            query, key = self.rotate(query, offset), self.rotate(key, offset)
        if cache is not None:
            key, value = cache.extend(key, value)
        return query, key, value

    def _attend(self, query, key, value, mask, need_weights):
        """Attend inside every head; heads that are switched off read zeros."""
        if mask is not None and mask.ndim == 3:
            mask = mask.unsqueeze(-3)  # the same for all heads
        # Of another dropout nobody knows the probability: it is called itself.
        plain = type(self.dropout) is nn.Dropout
        if need_weights or not plain or type(self.score) is not ScaledDotScore:
            scores = self.score(query, key)
            check_scores(scores, query, key)
            weights = masked_softmax(scores, mask)
            context = self.dropout(weights) @ value
        else:
            weights = None
            dropout = self.dropout.p if self.dropout.training else 0.0
            context = F.scaled_dot_product_attention(
                query, key, value, attn_mask=mask, dropout_p=dropout
            )
        if self.active_heads is not None:
            context = context * self.active_heads.unsqueeze(-1).unsqueeze(-1)
        return context, weights if need_weights else None

    def _merge(self, context):
        """Join what the heads have read, and map it."""
        return self.output_map(merge_heads(context))

    def _check(self, query, key, value, mask, cache):
        """Raise, before the cache is extended, unless all fit together."""
        check_kind("cache", cache, KeyValueCache)
        check_sequences(query=query, key=key, value=value)
        check_lengths(key, value)
        if query.ndim != 3:
            raise ValueError(
                "query must have the shape (batch, queries, model_dim), but has "
                f"{shape_of(query)}"
            )
        for name, tensor, child, dim, reason in (
            ("query", query, self.query_map, self.model_dim, "model_dim"),
            ("key", key, self.key_map, self.key_dim, "key_dim"),
            ("value", value, self.value_map, self.value_dim, "value_dim"),
        ):
            check_parameters(name, tensor, child, dim, reason)
        if mask is not None:
            batch, queries, keys = *query.shape[:2], key.shape[1]
            keys += 0 if cache is None else cache.num_tokens
            check_heads_mask(mask, (batch, self.num_heads, queries, keys))

    def switch_heads(self, active: Bool[Tensor, "heads"] | None) -> None:
        """Let only some heads speak, from now on; None lets all.

        Args:
            active: True for each head that stays on. The context of the
                others is zero; their weights are still returned. The
                state_dict does not hold it.

        Raises:
            ValueError: not one entry for each head.
            TypeError: not a bool tensor.
        """
        if active is not None:
            check_active_heads(active, self.num_heads)
            active = active.to(device_of(self), copy=True)
        self.active_heads = active

    @classmethod
    def from_torch(cls, theirs: nn.MultiheadAttention) -> "MultiHeadAttention":
        """Return a copy of torch's module: weights, mode, what is frozen.

        Ours is batch first, whatever `batch_first` was, and its masks say who
        may look: invert torch's (see masks.py). torch averages the weights of
        the heads unless told not to; ours returns those of each.

        Raises:
            TypeError: not an `nn.MultiheadAttention`.
            ValueError: one made with `add_bias_kv` or `add_zero_attn`.
        """
        return copied_attention(cls, theirs)
