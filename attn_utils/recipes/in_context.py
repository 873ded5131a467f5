"""Chapter 02's prompts: a learned comparison finds chapter 01's kernel again."""

from collections.abc import Callable

import torch
from torch import nn
from torch.nn.functional import normalize

from .._shapes import Float, Tensor
from ..attention import attention
from ..data import ridge_prompts, wave_prompts
from ..scores import BilinearScore, GaussianScore
from ..train import seeded, train

NUM_TESTS = 16000
# Each bandwidth is 8 % above the one before: .05 to .54.
GRID = tuple(round(0.05 * 1.08**step, 4) for step in range(32))


class MappedDistance(nn.Module):
    """Compare by the distance after a learned map M, -|M q - M k|² / 2.

    The product of M q and M k less what length alone would win, |M k|² / 2;
    what -|M q|² / 2 adds is the same for every key, and softmax drops it.

    Args:
        width: width of queries and keys.
    """

    def __init__(self, width: int):
        super().__init__()
        self.map = nn.Linear(width, width, bias=False)
        self.distance = GaussianScore(1.0).requires_grad_(False)

    @property
    def weight(self) -> Float[Tensor, "width width"]:
        """The matrix Mᵀ M, between query and key as a bilinear score's."""
        return self.map.weight.T @ self.map.weight

    def forward(
        self,
        query: Float[Tensor, "*batch queries width"],
        key: Float[Tensor, "*batch keys width"],
    ) -> Float[Tensor, "*batch queries keys"]:
        """Score every key for every query."""
        return self.distance(self.map(query), self.map(key))


# What learns, and how fast: its matrix has far to go from where it starts.
COMPARISONS = {
    "product": (BilinearScore, 0.5),
    "distance": (MappedDistance, 0.1),
}


def prompt_error(
    score: Callable[..., Tensor], prompts: tuple
) -> Float[Tensor, ""]:
    """Answer every prompt by attention; return the mean squared error."""
    query, key, value, label = prompts
    answer, _ = attention(query, key, value, score=score)
    return (answer[:, 0, 0] - label).square().mean()


def implied_bandwidth(matrix: Float[Tensor, "width width"]) -> float:
    """Return the bandwidth of the kernel that a multiple of the identity is.

    Keys of length 1 make q · k / h² the Gaussian's score but for what is the
    same for all keys; so the diagonal is 1 / h².
    """
    return matrix.diagonal().mean().item() ** -0.5


def teach_in_context(
    width: int,
    seed: int,
    num_steps: int = 600,
    batch_size: int = 128,
) -> tuple[BilinearScore, list[float]]:
    """Teach one bilinear score on `wave_prompts`, and nothing else.

    Args:
        width: width of x.
        seed: decides every prompt and the first parameters.
        num_steps: how many batches it sees.
        batch_size: prompts in a batch.

    Returns:
        score: the module, in eval mode.
        losses: the loss of every step.
    """
    generator = seeded(seed)
    score = BilinearScore(width, width)
    batches = (
        wave_prompts(batch_size, width, generator=generator)
        for _ in range(num_steps)
    )
    return score, _teach(score, batches, num_steps, COMPARISONS["product"][1])


def in_context_results(
    width: int, seed: int, num_steps: int = 600
) -> dict[str, float | list[float]]:
    """Teach a product, and compare it with the kernel on the same new prompts.

    Returns:
        The matrix row by row, the mean of its diagonal and the largest number
        beside it; under "h: …" the bandwidth that it implies and the best of a
        grid; under "error: …" how far each, and the mean of all, is off.
    """
    score, _ = teach_in_context(width, seed, num_steps)
    matrix = score.weight.detach()
    tests = wave_prompts(NUM_TESTS, width, generator=_apart(seed))
    implied = implied_bandwidth(matrix)
    best, least = best_bandwidth(tests)
    beside = matrix - matrix.diagonal().diag()
    return {
        "matrix": matrix.flatten().tolist(),
        "mean of the diagonal": matrix.diagonal().mean().item(),
        "largest beside it": beside.abs().max().item(),
        "h: implied": implied,
        "h: best of the grid": best,
        "error: learned": _error(score, tests),
        "error: implied": _error(GaussianScore(implied), tests),
        "error: best of the grid": least,
        "error: mean of all": _error(_uniform, tests),
    }


@torch.no_grad()
def best_bandwidth(prompts: tuple) -> tuple[float, float]:
    """Return the bandwidth of `GRID` with the least error, and that error."""
    errors = {h: _error(GaussianScore(h), prompts) for h in GRID}
    best = min(errors, key=errors.get)
    return best, errors[best]


def teach_direction(
    comparison: str,
    seed: int,
    width: int = 4,
    num_steps: int = 600,
    batch_size: int = 128,
) -> tuple[nn.Module, Float[Tensor, "width"], list[float]]:
    """Teach a comparison on `ridge_prompts`: one direction counts.

    Args:
        comparison: one of `COMPARISONS`, "product" or "distance".
        seed: decides the direction, every prompt and the first parameters.
        width: width of x.
        num_steps: how many batches it sees.
        batch_size: prompts in a batch.

    Returns:
        score: the module, in eval mode; its `weight` is the matrix.
        direction: the one that counts.
        losses: the loss of every step.
    """
    generator = seeded(seed)
    direction = normalize(torch.randn(width, generator=generator), dim=0)
    make, learning_rate = COMPARISONS[comparison]
    score = make(width, width) if comparison == "product" else make(width)
    batches = (
        ridge_prompts(batch_size, direction, generator=generator)
        for _ in range(num_steps)
    )
    losses = _teach(score, batches, num_steps, learning_rate)
    return score, direction, losses


def direction_results(
    comparison: str, seed: int, width: int = 4
) -> dict[str, float | list[float]]:
    """Teach a comparison; does its matrix come to look along one direction only?

    Returns:
        The singular values; the share of their squares that the first has, 1
        for a matrix of rank one; the cosine between its two sides and the
        direction; and errors on new prompts. "along the direction" is the
        best Gaussian that is told which direction counts, "best of the grid"
        the best that is not.
    """
    score, direction, _ = teach_direction(comparison, seed, width)
    tests = ridge_prompts(NUM_TESTS, direction, generator=_apart(seed))
    sides, sizes, others = torch.linalg.svd(score.weight.detach())
    query, key, value, label = tests
    line = direction.unsqueeze(-1)
    return {
        "singular values": sizes.tolist(),
        "share of the first": (sizes[0] ** 2 / sizes.square().sum()).item(),
        "cosine: query": (sides[:, 0] @ direction).abs().item(),
        "cosine: key": (others[0] @ direction).abs().item(),
        "error: learned": _error(score, tests),
        "error: along the direction": best_bandwidth(
            (query @ line, key @ line, value, label)
        )[1],
        "error: best of the grid": best_bandwidth(tests)[1],
        "error: mean of all": _error(_uniform, tests),
    }


def _teach(score, batches, num_steps: int, learning_rate: float) -> list[float]:
    return train(
        score,
        batches,
        prompt_error,
        num_steps,
        learning_rate=learning_rate,
        decay=True,
        clip=None,
    )


def _apart(seed: int) -> torch.Generator:
    """Return a generator for the tests, none that a lesson is drawn from."""
    return torch.Generator().manual_seed(1000 + seed)


@torch.no_grad()
def _error(score: Callable[..., Tensor], prompts: tuple) -> float:
    return prompt_error(score, prompts).item()


def _uniform(query: Tensor, key: Tensor) -> Tensor:
    """Score every key alike, which makes attention the mean of all."""
    return query @ key.transpose(-2, -1) * 0
