"""Prompts: known pairs and one question, about a function that is new each time."""

import math

import torch
from torch.nn.functional import normalize

from .._checks import check_size
from .._shapes import Float, Tensor
from ._common import check_axes


def wave_prompts(
    num_prompts: int,
    width: int = 4,
    num_pairs: int = 32,
    generator: torch.Generator | None = None,
) -> tuple[
    Float[Tensor, "prompts 1 width"],
    Float[Tensor, "prompts pairs width"],
    Float[Tensor, "prompts pairs 1"],
    Float[Tensor, "prompts"],
]:
    """Ask for sin(3 w · x), having told it at other x: w is new in every prompt.

    Nothing can be learned about w beforehand, only how far a pair reaches.

    Args:
        num_prompts: how many prompts.
        width: width of x.
        num_pairs: pairs that a prompt tells.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        query: the x that is asked about, of length 1, in any direction alike.
        key: the x that are told, of the same kind.
        value: the function at each key.
        label: the function at the query.

    Raises:
        ValueError, TypeError: a size that is no whole number, 1 or more.
    """
    num_prompts = check_size("num_prompts", num_prompts, least=1)
    width = check_size("width", width, least=1)
    num_pairs = check_size("num_pairs", num_pairs, least=1)
    x = _unit_vectors(num_prompts, num_pairs, width, generator)
    w = torch.randn(num_prompts, width, 1, generator=generator)
    return _told_and_asked(x, torch.sin(3 * x @ w))


def ridge_prompts(
    num_prompts: int,
    direction: Float[Tensor, "width"],
    num_pairs: int = 32,
    generator: torch.Generator | None = None,
) -> tuple[
    Float[Tensor, "prompts 1 width"],
    Float[Tensor, "prompts pairs width"],
    Float[Tensor, "prompts pairs 1"],
    Float[Tensor, "prompts"],
]:
    """Ask for a function of one direction u only, sin(3 a (u · x) + phase).

    The slope a and the phase are new in every prompt, u is always the same:
    what x is besides does not matter, and that can be learned.

    Args:
        num_prompts: how many prompts.
        direction: the direction u, of length 1.
        num_pairs: pairs that a prompt tells.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        query, key, value and label, as in `wave_prompts`.

    Raises:
        ValueError: a size below 1, a direction of another length than 1 or of
            more than one axis.
        TypeError: a size that is no whole number, a direction that is no
            tensor of floating-point numbers.
    """
    num_prompts = check_size("num_prompts", num_prompts, least=1)
    num_pairs = check_size("num_pairs", num_pairs, least=1)
    check_axes("direction", direction, "width")
    length = direction.norm().item()
    if not abs(length - 1) < 1e-3:
        raise ValueError(
            f"direction must have length 1, but {tuple(direction.tolist())} has "
            f"length {length:g}"
        )
    x = _unit_vectors(num_prompts, num_pairs, len(direction), generator)
    slope = torch.randn(num_prompts, 1, 1, generator=generator)
    phase = torch.rand(num_prompts, 1, 1, generator=generator) * 2 * math.pi
    along = x @ direction.unsqueeze(-1)
    return _told_and_asked(x, torch.sin(3 * slope * along + phase))


def _unit_vectors(
    num_prompts: int,
    num_pairs: int,
    width: int,
    generator: torch.Generator | None,
) -> Float[Tensor, "prompts points width"]:
    """Draw, for each prompt, the point asked about and those told."""
    shape = num_prompts, 1 + num_pairs, width
    return normalize(torch.randn(shape, generator=generator), dim=-1)


def _told_and_asked(
    x: Float[Tensor, "prompts points width"],
    y: Float[Tensor, "prompts points 1"],
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    return x[:, :1], x[:, 1:], y[:, 1:], y[:, 0, 0]
