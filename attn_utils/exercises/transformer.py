"""Checkers for chapter 08, The Transformer."""

from collections.abc import Callable

import torch

from .._shapes import Tensor
from ..masks import causal_mask
from ..multihead import split_heads
from .base import Verdict, judge


def _normal(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def split(answer: Callable[[Tensor, int], Tensor]) -> Verdict:
    """Check exercise 1: split features into heads."""
    return judge(
        answer,
        split_heads,
        [
            (_normal(1, 2, 4, seed=1), 2),
            (_normal(2, 3, 10, seed=2), 5),
            (_normal(3, 5, 14, seed=3), 7),
        ],
        mistakes={
            lambda x, h: x.reshape(
                x.shape[0], h, x.shape[1], -1
            ): "cut the features first, then exchange two axes",
            lambda x, h: x.unflatten(-1, (-1, h)).movedim(
                -1, 1
            ): "each head gets a run of features, not every h-th one",
        },
    )


def step_mask(answer: Callable[[int, int], Tensor]) -> Verdict:
    """Check exercise 2: whom new queries may see beside the old keys."""

    def reference(old: int, new: int) -> Tensor:
        return causal_mask(old + new)[old:]

    return judge(
        answer,
        reference,
        [(0, 3), (5, 1), (4, 3), (2, 7)],
        mistakes={
            lambda old, new: torch.ones(
                new, old + new, dtype=torch.bool
            ): "new tokens must not see those after them",
            lambda old, new: causal_mask(old + new)[
                :new
            ]: "the new queries are the last rows, not the first",
        },
    )


def pre_norm(answer: Callable[..., Tensor]) -> Verdict:
    """Check exercise 3: a pre-norm layer out of its parts."""

    def reference(x, attend, think, norm):
        x = x + attend(norm(x))
        return x + think(norm(x))

    def norm(x: Tensor) -> Tensor:
        return torch.nn.functional.layer_norm(x, x.shape[-1:])

    cases = []
    for seed in (1, 2, 3):
        mix, turn = _normal(5, 5, seed=seed), _normal(7, 7, seed=seed + 10)

        def attend(x, mix=mix):
            return mix.softmax(-1) @ x

        def think(x, turn=turn):
            return (x @ turn).relu()

        cases.append((3 * _normal(5, 7, seed=seed + 20), attend, think, norm))
    return judge(
        answer,
        reference,
        cases,
        mistakes={
            lambda x, attend, think, norm: norm(
                norm(x + attend(x)) + think(norm(x + attend(x)))
            ): "that is post-norm: the norm comes before each part",
            lambda x, attend, think, norm: (
                x + attend(norm(x)) + think(norm(x))
            ): "the second part sees what the first has added",
        },
    )


def mass_inside(answer: Callable[[Tensor, Tensor], Tensor]) -> Verdict:
    """Check exercise 4: the share of each row inside its span."""

    def reference(weights: Tensor, spans: Tensor) -> Tensor:
        place = torch.arange(weights.shape[-1])
        inside = (spans[:, :1] <= place) & (place < spans[:, 1:])
        return (weights * inside).sum(dim=-1)

    return judge(
        answer,
        reference,
        [
            (torch.full((2, 4), 0.25), torch.tensor([[0, 4], [1, 2]])),
            (
                _normal(3, 7, seed=1).softmax(-1),
                torch.tensor([[0, 2], [2, 5], [5, 7]]),
            ),
            (
                _normal(2, 5, seed=2).softmax(-1),
                torch.tensor([[3, 4], [0, 1]]),
            ),
        ],
        mistakes={
            lambda w, s: torch.stack(
                [row[a : b + 1].sum() for row, (a, b) in zip(w, s, strict=True)]
            ): "a span ends before its end, as a slice does",
        },
    )
