"""Checkers for chapter 01, Weighted fusion."""

from collections.abc import Callable

import torch

from .._shapes import Tensor
from ..attention import attention
from ..scores import GaussianScore
from .base import Verdict, judge


def _random(*shape: int, seed: int) -> Tensor:
    return 5 * torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def _wave(points: int, seed: int) -> tuple[Tensor, Tensor]:
    x = _random(points, seed=seed)
    return x, torch.sin(2 * x) + 0.1 * _random(points, seed=seed + 100)


def effective_keys(answer: Callable[[Tensor], Tensor]) -> Verdict:
    """Check exercise 1: 1 / Σ α² for each row of weights."""

    def reference(weights: Tensor) -> Tensor:
        return 1 / weights.square().sum(dim=-1)

    return judge(
        answer,
        reference,
        [
            (torch.full((3, 5), 1 / 5),),
            (torch.tensor([[1.0, 0.0], [0.5, 0.5], [0.9, 0.1]]),),
            (_random(7, 11, seed=1).softmax(dim=-1),),
        ],
        mistakes={
            lambda w: w.square().sum(dim=-1): "one over it is asked for",
            lambda w: 1 / w.sum(dim=-1).square(): "square first, then sum",
        },
    )


def nearest_mask(answer: Callable[[Tensor, Tensor, int], Tensor]) -> Verdict:
    """Check exercise 2: True at each query's `count` nearest keys."""

    def reference(query: Tensor, key: Tensor, count: int) -> Tensor:
        distance = (query.unsqueeze(-1) - key).abs()
        rank = distance.argsort(dim=-1).argsort(dim=-1)
        return rank < count

    return judge(
        answer,
        reference,
        [
            (torch.tensor([2.2]), torch.tensor([4.0, 1.0, 2.0]), 1),
            (_random(5, seed=2), _random(11, seed=3), 3),
            (_random(7, seed=4), _random(7, seed=5), 2),
            (_random(3, seed=6), _random(5, seed=7), 5),
        ],
        mistakes={
            lambda q, k, n: ~reference(q, k, n): "True means may look",
            lambda q, k, n: reference(q, k, n).T: "queries are the rows",
        },
    )


def best_bandwidth(
    answer: Callable[[Tensor, Tensor, list[float]], float],
) -> Verdict:
    """Check exercise 3: the candidate that predicts best with one left out."""

    @torch.no_grad()
    def choose(
        x: Tensor, y: Tensor, candidates: list, mask: Tensor | None
    ) -> Tensor:
        def error(bandwidth: float) -> float:
            columns = x.unsqueeze(-1), x.unsqueeze(-1), y.unsqueeze(-1)
            guess, _ = attention(*columns, mask, GaussianScore(bandwidth))
            return (guess.squeeze(-1) - y).square().mean().item()

        return torch.tensor(min(candidates, key=error))

    def reference(x: Tensor, y: Tensor, candidates: list[float]) -> Tensor:
        return choose(x, y, candidates, ~torch.eye(len(x), dtype=torch.bool))

    def on_itself(x: Tensor, y: Tensor, candidates: list[float]) -> Tensor:
        return choose(x, y, candidates, None)

    return judge(
        answer,
        reference,
        [
            (*_wave(13, seed=8), [0.1, 0.4, 1.6]),
            (*_wave(29, seed=9), [0.8, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02]),
            (_random(17, seed=10), _random(17, seed=11), [0.2, 8.0, 1.0]),
            (*_wave(7, seed=12), [0.01, 5.0]),
        ],
        mistakes={on_itself: "is each point predicted by itself as well?"},
    )


def laplace_score(answer: Callable[[Tensor, Tensor, float], Tensor]) -> Verdict:
    """Check exercise 4: -|q - k| / h for every query and key."""

    def reference(query: Tensor, key: Tensor, bandwidth: float) -> Tensor:
        return -(query - key.squeeze(-1)).abs() / bandwidth

    return judge(
        answer,
        reference,
        [
            (torch.tensor([[2.0]]), torch.tensor([[1.0], [2.0], [4.0]]), 1.0),
            (_random(5, 1, seed=12), _random(7, 1, seed=13), 0.5),
            (_random(3, 1, seed=14), _random(3, 1, seed=15), 3.0),
        ],
        mistakes={
            lambda q, k, h: (
                -reference(q, k, h)
            ): "the better the match, the higher",
            lambda q, k, h: reference(q, k, h).T: "queries are the rows",
        },
    )
