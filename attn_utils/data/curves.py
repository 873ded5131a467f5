"""Points near a curve, to be smoothed by attention."""

import torch

from .._checks import check_size
from .._shapes import Float, Tensor
from ._common import check_noise


def true_curve(x: Float[Tensor, "*points"]) -> Float[Tensor, "*points"]:
    """Return the hidden curve, 2 sin x + x^0.8, that `noisy_curve` samples.

    Source: the regression task of Zhang et al. 2021, "Dive into Deep Learning",
    where Nadaraya-Watson regression is read as attention.
    """
    return 2 * torch.sin(x) + x**0.8


def noisy_curve(
    num_points: int = 50,
    noise: float = 0.5,
    generator: torch.Generator | None = None,
) -> tuple[Float[Tensor, "points"], Float[Tensor, "points"]]:
    """Draw points near the hidden curve on 0 ≤ x < 5.

    Args:
        num_points: how many points, 1 or more.
        noise: standard deviation of what is added to the curve, 0 or more.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        x: places, in ascending order.
        y: noisy heights of the curve there.

    Raises:
        ValueError: fewer than 1 point, or noise that is negative or infinite.
    """
    num_points = check_size("num_points", num_points, least=1)
    check_noise(noise)
    x = torch.rand(num_points, generator=generator).mul(5).sort().values
    y = true_curve(x) + noise * torch.randn(num_points, generator=generator)
    return x, y
