"""Masks: which query may look at which key? True means *may look*.

This book has one meaning. Others, and torch itself, have several; what they
use becomes one of ours so:

- `F.scaled_dot_product_attention`, bool: `mask`, the same.
- `nn.MultiheadAttention` and torch's layers, bool, True where *blocked*: `~mask`.
- what is added to the scores, 0 or -inf: `mask == 0`; `mask.bool()` inverts it.
- `key_padding_mask`, bool, (batch, keys): `~mask.unsqueeze(1)`.
- `attention_mask`, ones and zeros, (batch, keys): `mask.bool().unsqueeze(1)`.
- lengths: `padding_mask(lengths, num_tokens)`.

Several are joined by `&`. Two axes are always (queries, keys): a mask of
(batch, keys) is given an axis for the queries, `mask.unsqueeze(1)`. Where there
are as many queries as sequences, nobody could tell that it is missing.
"""

from collections.abc import Sequence

import torch

from ._checks import (
    as_lengths,
    check_at_most,
    check_size,
    known,
    shape_of,
)
from ._shapes import Bool, Int, Tensor


def causal_mask(
    num_tokens: int, device: torch.device | str | None = None, first: int = 0
) -> Bool[Tensor, "queries tokens"]:
    """Let each position see itself and what came before it.

    Args:
        num_tokens: length of the sequence, 0 or more.
        device: where the mask will live; None takes torch's default.
        first: the first position that asks; with a cache only the new ones do.

    Returns:
        True on and below the diagonal, from row `first` on. For torch's layers,
        `~mask`.

    Raises:
        ValueError: a length below 0, or a `first` that is not from 0 to it.
        TypeError: one of them that is no whole number.

    Source: Vaswani et al. 2017, section 3.2.3.
    """
    num_tokens = check_size("num_tokens", num_tokens, least=0)
    first = check_size("first", first, least=0)
    check_at_most("first", first, num_tokens, "num_tokens")
    shape = num_tokens - first, num_tokens
    return torch.ones(shape, dtype=torch.bool, device=device).tril(first)


def padding_mask(
    lengths: Int[Tensor, "batch"] | Sequence[int],
    num_tokens: int,
    device: torch.device | str | None = None,
) -> Bool[Tensor, "batch 1 tokens"]:
    """Let every query see the real tokens of its sequence, not the padding.

    Args:
        lengths: how many tokens of each sequence are real.
        num_tokens: the length to which all were padded.
        device: where the mask will live; None takes that of `lengths`.

    Returns:
        True where a token is real, the same for every query of a sequence. As
        torch's `key_padding_mask`, `~mask.squeeze(1)`.

    Raises:
        ValueError: a length below 0 or above `num_tokens`, or not one axis.
        TypeError: lengths that are not whole numbers.
    """
    num_tokens = check_size("num_tokens", num_tokens, least=0)
    lengths = as_lengths(lengths, device)
    whole = not (lengths.is_floating_point() or lengths.dtype == torch.bool)
    # An empty list becomes a float tensor; an empty batch has no fractions.
    if lengths.numel() and not whole:
        raise TypeError(
            f"lengths must be whole numbers, but their dtype is {lengths.dtype}"
        )
    lengths = lengths.long()  # num_tokens may not fit into a narrower type
    if lengths.ndim != 1:
        raise ValueError(
            f"lengths must have the shape (batch,), but has {shape_of(lengths)}"
        )
    if known(((lengths < 0) | (lengths > num_tokens)).any()):
        raise ValueError(
            f"lengths must lie between 0 and num_tokens = {num_tokens}, "
            f"but are {lengths.tolist()}"
        )
    positions = torch.arange(num_tokens, device=lengths.device)
    return (positions < lengths.unsqueeze(-1)).unsqueeze(-2)


def window_mask(
    num_tokens: int, radius: int, device: torch.device | str | None = None
) -> Bool[Tensor, "tokens tokens"]:
    """Let each position see its neighbours up to `radius` steps away.

    Args:
        num_tokens: length of the sequence, 0 or more.
        radius: how far to look to either side; 0 sees only itself.
        device: where the mask will live; None takes torch's default.

    Returns:
        True where |i - j| ≤ radius.

    Raises:
        ValueError: a length or a radius below 0.
        TypeError: one that is no whole number.
    """
    num_tokens = check_size("num_tokens", num_tokens, least=0)
    radius = check_size("radius", radius, least=0)
    positions = torch.arange(num_tokens, device=device)
    return (positions.unsqueeze(-1) - positions).abs() <= radius
