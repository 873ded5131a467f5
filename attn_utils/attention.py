"""Attention: compare, normalise, read.

Everything else in the book is this function with something before or after it.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch

from ._checks import (
    check_callable,
    check_choice,
    check_floating,
    check_kind,
    check_lengths,
    check_mask,
    check_scores,
    check_sequences,
    known,
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
        mask: True where a key is visible, of the last two axes of the scores or
            of all, 1 allowed on any. None shows every key.

    Returns:
        Rows that sum to 1 with exact zeros at hidden keys; a row with nothing
        visible is all zeros. A NaN among the visible scores makes its row NaN.

    Raises:
        TypeError: a mask that is not bool; scores that are no floating tensor.
        ValueError: a mask that does not lie over the scores in one way only.
    """
    check_floating("scores", scores)
    if mask is None:
        return scores.softmax(dim=-1)
    check_mask(mask, scores.shape)
    visible_scores = scores.masked_fill(~mask, float("-inf"))
    blind = ~mask.any(dim=-1, keepdim=True)
    # On a CPU it costs less to ask than to fill the scores twice more.
    if blind.is_cpu and known(~blind.any()):
        return visible_scores.softmax(dim=-1)
    # Softmax of a row of -inf would be NaN, in its gradient too.
    visible_scores = visible_scores.masked_fill(blind, 0.0)
    return visible_scores.softmax(dim=-1).masked_fill(blind, 0.0)


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
        mask: True where a query may look, (queries, keys) or all axes of the
            weights, 1 allowed on any; masks.py turns other masks into such.
            None lets every query see every key.
        score: the comparison, `(query, key) -> (*batch, queries, keys)`; any
            of scores.py or your own. None takes the scaled dot product.

    Returns:
        context: the weighted values.
        weights: rows sum to 1; a query with no visible key gets zeros, and so
            a zero context.

    Raises:
        ValueError: lengths, widths or batch axes that do not fit together.
        TypeError: a mask that is not bool; not floating-point tensors; a score
            that returns another dtype than the query's.
    """
    check_sequences(query=query, key=key, value=value)
    check_lengths(key, value)
    check_callable("score", score, "DotScore()")
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

    torch's function of this name returns the context alone.

    Args:
        query: what each position is looking for.
        key: what each position offers, compared over `key_dim` features.
        value: what is read out; `value_dim` may differ from `key_dim`.
        mask: True where a query may look, (queries, keys) or all axes of the
            weights, 1 allowed on any; masks.py turns other masks into such.
            None lets every query see every key.

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


class HardAttention(NamedTuple):
    """What hard attention read, and how likely it was to read it."""

    context: Float[Tensor, "*batch queries value_dim"]
    weights: Float[Tensor, "*batch queries keys"]
    log_probability: Float[Tensor, "*batch queries"]


def hard_attention(
    query: Float[Tensor, "*batch queries query_dim"],
    key: Float[Tensor, "*batch keys key_dim"],
    value: Float[Tensor, "*batch keys value_dim"],
    mask: Bool[Tensor, "*#batch #queries #keys"] | None = None,
    score: Callable[[Tensor, Tensor], Tensor] | None = None,
    sample: str = "argmax",
    temperature: float = 1.0,
    generator: torch.Generator | None = None,
) -> HardAttention:
    """Read the value of one key at every query, instead of an average.

    Args:
        query: what each position is looking for.
        key: what each position offers to the comparison.
        value: what is read out, one for each key.
        mask: True where a query may look, (queries, keys) or all axes of the
            weights, 1 allowed on any; masks.py turns other masks into such.
            None lets every query see every key.
        score: the comparison; None takes the scaled dot product.
        sample: how the key is chosen. "argmax" takes the best match;
            "categorical" draws a key by the soft weights, and the way to
            train is REINFORCE, by the log-probability; "gumbel" draws the
            same way, and the gradient goes straight through to the softmax
            of the perturbed scores.
        temperature: of that softmax, above 0: the lower, the sharper what the
            gradient goes through. It changes no draw.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        context: the value of the chosen key.
        weights: 1 at the chosen key, 0 elsewhere.
        log_probability: of the choice, with its gradient. A query that sees
            nothing reads zeros, and its log-probability is 0.

    Raises:
        ValueError: shapes as in `attention`; no key at all; an unknown
            `sample`; a temperature that is not above 0.
        TypeError: as in `attention`.

    Source: Xu et al. 2015, section 4.1; Williams 1992; Jang et al. 2017.
    """
    check_sequences(query=query, key=key, value=value)
    check_lengths(key, value)
    check_choice(sample, temperature, key)
    check_callable("score", score, "DotScore()")
    check_kind("generator", generator, torch.Generator)
    scores = (score or ScaledDotScore())(query, key)
    check_scores(scores, query, key)
    if mask is None:
        mask = torch.ones(1, 1, dtype=torch.bool, device=scores.device)
    probability = masked_softmax(scores, mask)
    ranks, soft = scores, probability.detach()
    if sample != "argmax":  # the best after this noise is a draw by the weights
        # It stays in float32: the coarse steps of half precision would tie.
        noise = torch.empty_like(
            scores,
            dtype=torch.float32,
            device=generator.device if generator else scores.device,
            memory_format=torch.contiguous_format,
        ).exponential_(generator=generator)
        ranks = scores - noise.log().to(scores.device)
    if sample == "gumbel":
        soft = masked_softmax(ranks / temperature, mask).to(scores.dtype)
    chosen = ranks.masked_fill(~mask, float("-inf")).argmax(-1, keepdim=True)
    sees = mask.any(dim=-1, keepdim=True)
    one_hot = torch.zeros_like(scores).scatter(-1, chosen, 1.0) * sees
    # Adds nothing but the gradient of `soft`, or NaN where there is one.
    weights = one_hot + (soft - soft.detach())
    chance = probability.gather(-1, chosen).masked_fill(~sees, 1.0)
    return HardAttention(weights @ value, weights, chance.log().squeeze(-1))
