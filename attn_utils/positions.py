"""Positions: without a mask, attention does not know the order of its inputs.

Five ways to tell it: sinusoids or learned vectors that are added to the inputs,
rotations that turn queries and keys, and two scores that know how far apart
query and key stand.
"""

import torch
from torch import nn

from ._checks import (
    check_above,
    check_at_most,
    check_even,
    check_floating,
    check_parameters,
    check_score_heads,
    check_size,
    device_of,
    shape_of,
)
from ._shapes import Float, Int, Tensor
from .scores import ScaledDotScore

EXACT = (
    2**53
)  # the last place up to which float64 tells every place from the next


def _default_device() -> torch.device:
    """Return where torch puts what has no device.

    torch 2.6 has a function for it that overlooks `with torch.device(...)`.
    """
    return torch.empty(0).device


def angles(
    num_tokens: int,
    dim: int,
    offset: int,
    base: float,
    device: torch.device | str | None = None,
) -> Float[Tensor, "tokens pairs"]:
    """Return the angle of each pair of features at each position.

    Args:
        num_tokens: how many positions, 0 or more.
        dim: how many features; two share a frequency, and an odd one out has
            the last for itself.
        offset: the first position.
        base: the slowest pair turns by about one radian in `base` positions.
        device: where to compute; None takes torch's default.

    Returns:
        position / base^(2i / dim) for the pair i, in float64.

    Raises:
        ValueError: a size that is negative, or a base that is 1 or less.
    """
    num_tokens = check_size("num_tokens", num_tokens, least=0)
    offset = check_size("offset", offset, least=0)
    check_above("base", base, 1)
    if isinstance(offset, int):  # not where torch leaves it open
        check_at_most("offset", offset, EXACT, "beyond, float64 skips places")
    if device is None:
        device = _default_device()
    if torch.device(device).type == "mps":
        device = "cpu"  # Apple's chips have no float64
    double = {"dtype": torch.float64, "device": device}
    positions = torch.arange(num_tokens, **double) + offset
    frequencies = base ** -(torch.arange(0, dim, 2, **double) / dim)
    return positions.unsqueeze(-1) * frequencies


def sinusoidal_positions(
    num_tokens: int,
    model_dim: int,
    offset: int = 0,
    base: float = 10000.0,
    device: torch.device | str | None = None,
) -> Float[Tensor, "tokens model_dim"]:
    """Return one fixed vector for each position, to be added to the inputs.

    Args:
        num_tokens: how many positions, 0 or more.
        model_dim: width of a vector.
        offset: the first position.
        base: what sets the slowest wave, finite and above 1.
        device: where the vectors will live; None takes torch's default.

    Returns:
        The sine of each angle at even features, its cosine at odd ones; of an
        odd width the last feature is a sine.

    Raises:
        ValueError: a size that is negative, or a width of 0.

    Source: Vaswani et al. 2017, section 3.5.
    """
    model_dim = check_size("model_dim", model_dim, least=1)
    if device is None:
        device = _default_device()
    turned = angles(num_tokens, model_dim, offset, base, device)
    waves = torch.stack([turned.sin(), turned.cos()], dim=-1).flatten(-2)
    waves = waves[:, :model_dim]
    return waves.to(device=device, dtype=torch.get_default_dtype())


class LearnedPositions(nn.Module):
    """One trained vector for each position, to be added to the inputs.

    Args:
        max_tokens: how many positions have a vector; there are none beyond.
        model_dim: width of a vector.

    Raises:
        ValueError: a size below 1.
        TypeError: a size that is no whole number.

    Source: Gehring et al. 2017, section 3.1.
    """

    def __init__(self, max_tokens: int, model_dim: int):
        super().__init__()
        max_tokens = check_size("max_tokens", max_tokens, least=1)
        model_dim = check_size("model_dim", model_dim, least=1)
        self.max_tokens = max_tokens
        self.table = nn.Embedding(max_tokens, model_dim)

    def forward(
        self, num_tokens: int, offset: int = 0
    ) -> Float[Tensor, "tokens model_dim"]:
        """Return the vectors of `num_tokens` positions, from `offset` on.

        Raises:
            ValueError: positions below 0, or beyond the table.
        """
        num_tokens = check_size("num_tokens", num_tokens, least=0)
        offset = check_size("offset", offset, least=0)
        if offset + num_tokens > self.max_tokens:
            raise ValueError(
                f"num_tokens must stay within the {self.max_tokens} "
                f"positions that have a vector, but reaches {offset + num_tokens}"
            )
        places = torch.arange(num_tokens, device=device_of(self)) + offset
        return self.table(places)


def rotate(
    x: Float[Tensor, "*batch tokens dim"],
    offset: int = 0,
    base: float = 10000.0,
    halves: bool = False,
) -> Float[Tensor, "*batch tokens dim"]:
    """Turn each pair of features by an angle that grows with its position.

    The dot product of two rotated vectors depends on their features and on how
    far apart they stand, not on where.

    Args:
        x: queries or keys, `dim` even; tokens stand next to the last axis, so
            heads before them.
        offset: the position of the first token.
        base: what sets the slowest rotation, finite and above 1.
        halves: whether feature i turns with i + dim / 2, as in GPT-NeoX and
            Llama, instead of 2i with 2i + 1, as in the paper. Weights that were
            trained with one do not fit the other.

    Returns:
        The features, each pair turned; lengths are kept.

    Raises:
        ValueError: an odd `dim`, fewer than two axes, a negative offset.
        TypeError: not floating-point numbers.

    Source: Su et al. 2021, section 3.2.2.
    """
    check_floating("x", x)
    if x.ndim < 2:
        raise ValueError(
            f"x must have the shape (*batch, tokens, dim), but has {shape_of(x)}"
        )
    check_even("the width of x", x.shape[-1])
    turned = angles(x.shape[-2], x.shape[-1], offset, base, x.device)
    cosine, sine = turned.cos().to(x), turned.sin().to(x)
    one, other = x.chunk(2, dim=-1) if halves else (x[..., 0::2], x[..., 1::2])
    pairs = one * cosine - other * sine, one * sine + other * cosine
    if halves:
        return torch.cat(pairs, dim=-1)
    return torch.stack(pairs, dim=-1).flatten(-2)


def offsets(
    num_queries: int,
    num_keys: int,
    device: torch.device | str | None = None,
) -> Int[Tensor, "queries keys"]:
    """Return how far each key stands from each query.

    Args:
        num_queries: how many queries; the last stands where the last key does,
            as in a decoder that keeps the keys of earlier steps.
        num_keys: how many keys, as many or more.
        device: where the numbers will live; None takes torch's default.

    Returns:
        Below 0 where the key comes before the query, above where it comes after.

    Raises:
        ValueError: a number below 0, or more queries than keys.
    """
    num_queries = check_size("num_queries", num_queries, least=0)
    num_keys = check_size("num_keys", num_keys, least=0)
    check_at_most("num_queries", num_queries, num_keys, "num_keys")
    places = torch.arange(num_keys, device=device)
    return places - places[num_keys - num_queries :].unsqueeze(-1)


class RelativeScore(nn.Module):
    """Compare by content and offset, q · (k + a) / √d, with a for each offset.

    Args:
        max_distance: the largest offset with a vector of its own; what stands
            further away, on its side, shares the last one.
        head_dim: width d of queries and keys.

    Raises:
        ValueError: a distance below 0, a width below 1.
        TypeError: one that is no whole number.

    Source: Shaw et al. 2018, section 3.1, without its vectors for the values.
    """

    def __init__(self, max_distance: int, head_dim: int):
        super().__init__()
        max_distance = check_size("max_distance", max_distance, least=0)
        head_dim = check_size("head_dim", head_dim, least=1)
        self.max_distance, self.head_dim = max_distance, head_dim
        self.table = nn.Embedding(2 * max_distance + 1, head_dim)

    def forward(
        self,
        query: Float[Tensor, "*batch queries dim"],
        key: Float[Tensor, "*batch keys dim"],
    ) -> Float[Tensor, "*batch queries keys"]:
        """Score every key for every query; the last of both stand together.

        Raises:
            ValueError: a width that is not `head_dim`, batch axes that differ,
                more queries than keys.
            TypeError: not floating-point tensors of one dtype.
        """
        scores = ScaledDotScore()(query, key)
        check_parameters("query", query, self.table, self.head_dim, "head_dim")
        far, device = self.max_distance, query.device
        apart = offsets(query.shape[-2], key.shape[-2], device)
        places = (apart.clamp(-far, far) + far).expand(scores.shape)
        vectors = self.table(torch.arange(2 * far + 1, device=device))
        # One product for each offset, not for each pair.
        by_offset = (query / self.head_dim**0.5) @ vectors.mT
        return scores + by_offset.gather(-1, places)


def penalty_slopes(
    num_heads: int,
    device: torch.device | str | None = None,
    dtype: torch.dtype | None = None,
) -> Float[Tensor, "heads"]:
    """Return how steeply each head's penalty grows with distance.

    Args:
        num_heads: how many heads.
        device: where the slopes will live; None takes torch's default.
        dtype: of the slopes; None takes torch's default.

    Returns:
        2^(-8 h / heads) for head number h = 1, 2, …; that of the last is 1/256.

    Raises:
        ValueError: fewer heads than 1.
        TypeError: a number that is no whole number.
    """
    num_heads = check_size("num_heads", num_heads, least=1)
    dtype = dtype or torch.get_default_dtype()
    numbers = torch.arange(1, num_heads + 1, dtype=dtype, device=device)
    return 2.0 ** (-8 * numbers / num_heads)


class DistancePenaltyScore(nn.Module):
    """Compare by content, less a penalty on distance, q · k / √d - m |i - j|.

    Nothing is learned. The slope m falls from head to head by one factor, which
    of 8 heads is a half, so that the first see only what is near and the last far;
    ALiBi is its name, too.

    Args:
        num_heads: how many heads; number h = 1, 2, … has the slope
            2^(-8 h / heads). Its authors' code takes other slopes where the heads
            are no power of 2.

    Raises:
        ValueError: fewer heads than 1.
        TypeError: a number that is no whole number.

    Source: Press et al. 2022, section 3, there under a causal mask only.
    """

    def __init__(self, num_heads: int):
        super().__init__()
        self.num_heads = check_size("num_heads", num_heads, least=1)

    @property
    def slopes(self) -> Float[Tensor, "heads"]:
        """The slope m of each head, the steepest first."""
        return penalty_slopes(self.num_heads)

    def forward(
        self,
        query: Float[Tensor, "*batch heads queries dim"],
        key: Float[Tensor, "*batch heads keys dim"],
    ) -> Float[Tensor, "*batch heads queries keys"]:
        """Score every key for every query; the last of both stand together.

        Raises:
            ValueError: not as many heads as slopes, other axes that differ, more
                queries than keys.
            TypeError: not floating-point tensors of one dtype.
        """
        scores = ScaledDotScore()(query, key)
        check_score_heads(query, self.num_heads)
        apart = offsets(query.shape[-2], key.shape[-2], query.device).abs()
        # Half precision has no whole number above 65,504, and few above 256.
        exact = torch.promote_types(scores.dtype, torch.float32)
        slopes = penalty_slopes(self.num_heads, query.device, exact)
        return scores - (slopes[:, None, None] * apart).to(scores)
