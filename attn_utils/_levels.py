"""Eight bits a number: each row of a matrix as whole levels of a step of its own."""

import torch

from ._checks import known
from ._shapes import Float, Int, Tensor

MOST = 127  # levels above zero, and below


def to_levels(
    name: str,
    matrix: Float[Tensor, "rows columns"],
) -> tuple[Int[Tensor, "rows columns"], Float[Tensor, "rows"]]:
    """Return the levels of a matrix, and the step of each of its rows.

    The step is in half precision, so level times step is exact in single.

    Args:
        name: what an error calls the matrix.
        matrix: any numbers, row by row.

    Raises:
        ValueError: a number that is not finite, or that no step can reach.
    """
    steps = (matrix.detach().float().abs().amax(dim=1) / MOST).half()
    if known(steps.isfinite().all()) is False:
        raise ValueError(
            f"{name} must be finite, and below {MOST * 65504} in size, to be "
            "rounded to eight bits"
        )
    steps = torch.where(steps == 0, torch.ones_like(steps), steps)
    levels = (matrix.detach() / steps.float().unsqueeze(1)).round()
    return levels.clamp(-MOST, MOST).to(torch.int8), steps


def from_levels(
    levels: Int[Tensor, "rows columns"], steps: Float[Tensor, "rows"]
) -> Float[Tensor, "rows columns"]:
    """Return the matrix that `to_levels` has left."""
    return levels.float() * steps.float().unsqueeze(1)


def in_levels(matrix: Float[Tensor, "rows columns"]) -> bool:
    """Return whether levels hold a matrix as it is, to the last digit."""
    matrix = matrix.detach().float()
    if not matrix.any() or not matrix.abs().amax() / MOST <= 65504:
        return False  # zeros hold no levels, and no step reaches what is larger
    return torch.equal(from_levels(*to_levels("", matrix)), matrix)
