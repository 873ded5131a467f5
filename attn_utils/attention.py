"""Attention: compare, normalise, read.

Everything else in the book is this function with something before or after it.
"""

from collections.abc import Callable

from ._checks import (
    check_floating,
    check_lengths,
    check_mask,
    check_scores,
    check_sequences,
)
from ._shapes import Bool, Float, Tensor
from .scores import ScaledDotScore


def masked_softmax(
    scores: Float[Tensor, "*rows keys"],
    mask: Bool[Tensor, "*#rows #keys"] | None = None,
) -> Float[Tensor, "*rows keys"]:
    """Turn scores into weights over the visible keys.

    Args:
        scores: how well each key matches; any real numbers.
        mask: True where a key is visible. None shows every key.

    Returns:
        Rows that sum to 1 with exact zeros at hidden keys; a row with nothing
        visible is all zeros. A NaN among the visible scores stays NaN.

    Raises:
        TypeError: a mask that is not bool; scores that are no floating tensor.
        ValueError: a mask that does not lie over the scores in one way only.
    """
    check_floating("scores", scores)
    if mask is None:
        return scores.softmax(dim=-1)
    check_mask(mask, scores.shape)
    hidden = ~mask
    nothing_visible = hidden.all(dim=-1, keepdim=True)
    visible_scores = scores.masked_fill(hidden, float("-inf"))
    # Softmax of a row of -inf would be NaN, in its gradient too.
    visible_scores = visible_scores.masked_fill(nothing_visible, 0.0)
    return visible_scores.softmax(dim=-1).masked_fill(hidden, 0.0)


def attention(
    query: Float[Tensor, "*batch queries query_dim"],
    key: Float[Tensor, "*batch keys key_dim"],
    value: Float[Tensor, "*batch keys value_dim"],
    mask: Bool[Tensor, "*#batch #queries #keys"] | None = None,
    score: Callable[[Tensor, Tensor], Tensor] | None = None,
) -> tuple[
    Float[Tensor, "*batch queries value_dim"],
    Float[Tensor, "*batch queries keys"],
]:
    """Read `value` at every query, weighted by how well each key matches it.

    Args:
        query: what each position is looking for.
        key: what each position offers to the comparison.
        value: what is read out, one for each key.
        mask: True where a query may look. None lets every query see every key.
        score: the comparison, `(query, key) -> (*batch, queries, keys)`; any
            of scores.py or your own. None takes the scaled dot product.

    Returns:
        context: the weighted values.
        weights: rows sum to 1; a query with no visible key gets zeros, and so
            a zero context.

    Raises:
        ValueError: lengths, widths or batch axes that do not fit together.
        TypeError: a mask that is not bool; not floating-point tensors.
    """
    check_sequences(query=query, key=key, value=value)
    check_lengths(key, value)
    scores = (score or ScaledDotScore())(query, key)
    check_scores(scores, query, key)
    weights = masked_softmax(scores, mask)
    return weights @ value, weights


def scaled_dot_product_attention(
    query: Float[Tensor, "*batch queries key_dim"],
    key: Float[Tensor, "*batch keys key_dim"],
    value: Float[Tensor, "*batch keys value_dim"],
    mask: Bool[Tensor, "*#batch #queries #keys"] | None = None,
) -> tuple[
    Float[Tensor, "*batch queries value_dim"],
    Float[Tensor, "*batch queries keys"],
]:
    """Attend by the scaled dot product, the Transformer's attention.

    Args:
        query: what each position is looking for.
        key: what each position offers, compared over `key_dim` features.
        value: what is read out; `value_dim` may differ from `key_dim`.
        mask: True where a query may look. None lets every query see every key.

    Returns:
        context: the weighted values.
        weights: rows sum to 1, except that a query with no visible key gets
            zeros (and so a zero context) rather than NaN. A NaN in a query
            makes its row NaN; torch's fused kernel may return zeros there.

    Raises:
        ValueError: lengths, widths or batch axes that do not fit together.
        TypeError: a mask that is not bool; not floating-point tensors.

    Source: Vaswani et al. 2017, eq. 1.
    """
    return attention(query, key, value, mask, score=ScaledDotScore())
