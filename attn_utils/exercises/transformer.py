"""Checkers for chapter 08, The Transformer."""

import torch

from .._shapes import Tensor
from ..masks import causal_mask
from ..multihead import split_heads
from .base import Verdict, judge


def _normal(*shape: int, seed: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def split(answer: object) -> Verdict:
    """Check exercise 1: split features into heads."""
    return judge(
        answer,
        split_heads,
        [
            (_normal(1, 3, 4, seed=1), 2),
            (_normal(2, 3, 10, seed=2), 5),
            (_normal(3, 5, 14, seed=3), 7),
        ],
        mistakes={
            lambda x, h: x.reshape(x.shape[0], h, x.shape[1], -1): (
                "cut the features first, then exchange two axes"
            ),
            lambda x, h: x.unflatten(-1, (-1, h)).movedim(-1, 1): (
                "each head gets a run of features, not every h-th one"
            ),
            lambda x, h: x.unflatten(-1, (h, -1)): (
                "the heads come before the tokens: exchange two axes"
            ),
            lambda x, h: split_heads(x, h).transpose(-2, -1): (
                "the tokens come before the features of a head"
            ),
            lambda x, h: split_heads(x, h).movedim(1, 0): (
                "the batch stays the first axis"
            ),
            lambda x, h: split_heads(x, h).flip(1): (
                "the first head gets the first run of features"
            ),
        },
    )


def step_mask(answer: object) -> Verdict:
    """Check exercise 2: whom new queries may see beside the old keys."""

    def reference(old: int, new: int) -> Tensor:
        return causal_mask(old + new)[old:]

    return judge(
        answer,
        reference,
        [(0, 3), (5, 1), (4, 3), (2, 7)],
        mistakes={
            lambda old, new: torch.ones(new, old + new, dtype=torch.bool): (
                "new tokens must not see those after them"
            ),
            lambda old, new: causal_mask(old + new)[:new]: (
                "the new queries are the last rows, not the first"
            ),
            lambda old, new: ~reference(old, new): "True means may look",
            lambda old, new: causal_mask(new): (
                "the old keys are there as well, before the new ones"
            ),
            lambda old, new: causal_mask(old + new): (
                "a row for each new query; the old ones ask no more"
            ),
            lambda old, new: causal_mask(old + new)[old:].tril(old - 1): (
                "a new token may look at itself"
            ),
            lambda old, new: (
                reference(old, new) & (torch.arange(old + new) >= old)
            ): ("every new query may see all the old keys"),
            lambda old, new: reference(old, new).T: "queries are the rows",
        },
    )


def pre_norm(answer: object) -> Verdict:
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

    def no_sum_at_the_first(x, attend, think, norm):
        x = attend(norm(x))
        return x + think(norm(x))

    def no_sum_at_the_second(x, attend, think, norm):
        return think(norm(x + attend(norm(x))))

    def no_sum_at_all(x, attend, think, norm):
        return think(norm(attend(norm(x))))

    def sum_of_the_norm(x, attend, think, norm):
        x = norm(x)
        x = norm(x + attend(x))
        return x + think(x)

    def second_before_the_first(x, attend, think, norm):
        return reference(x, think, attend, norm)

    return judge(
        answer,
        reference,
        cases,
        mistakes={
            no_sum_at_all: (
                "what a part returns is added to what it was given; both sums "
                "are missing"
            ),
            no_sum_at_the_first: (
                "the residual is forgotten: add what attend returns to x"
            ),
            no_sum_at_the_second: (
                "the residual is forgotten: add what think returns to what went "
                "in"
            ),
            sum_of_the_norm: "add to the input itself, not to its norm",
            second_before_the_first: "first attend, then think",
            lambda x, attend, think, norm: norm(
                norm(x + attend(x)) + think(norm(x + attend(x)))
            ): "that is post-norm: the norm comes before each part",
            lambda x, attend, think, norm: (
                x + attend(norm(x)) + think(norm(x))
            ): ("the second part sees what the first has added"),
            lambda x, attend, think, norm: (
                x + attend(x) + think(x + attend(x))
            ): "each part is given the norm of what comes in",
            lambda x, attend, think, norm: (
                x + attend(norm(x)) + think(x + attend(norm(x)))
            ): "the second part is given a norm as well",
            lambda x, attend, think, norm: norm(
                reference(x, attend, think, norm)
            ): "nothing is normalised after the last sum",
        },
    )


def mass_inside(answer: object) -> Verdict:
    """Check exercise 4: the share of each row inside its span."""

    def reference(weights: Tensor, spans: Tensor) -> Tensor:
        place = torch.arange(weights.shape[-1])
        inside = (spans[:, :1] <= place) & (place < spans[:, 1:])
        return (weights * inside).sum(dim=-1)

    def inside(weights: Tensor, spans: Tensor) -> Tensor:
        peak = weights.argmax(dim=-1)
        return (spans[:, 0] <= peak) & (peak < spans[:, 1])

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
            lambda w, s: reference(w, s + torch.tensor([0, 1])): (
                "a span ends before its end, as a slice does"
            ),
            lambda w, s: reference(w, s + torch.tensor([1, 0])): (
                "a span begins with its start"
            ),
            lambda w, s: reference(w, s + 1): "places are counted from 0",
            lambda w, s: w.sum(dim=-1) - reference(w, s): (
                "the share inside, not outside"
            ),
            lambda w, s: reference(w, s) / (s[:, 1] - s[:, 0]): (
                "the sum over the span, not the mean"
            ),
            lambda w, s: reference(w, s).mean(): (
                "a share for each row, not one for all"
            ),
            lambda w, s: w.sum(dim=-1): "the weights inside the span alone",
            lambda w, s: w.max(dim=-1).values: (
                "all the weight inside, not the largest"
            ),
            lambda w, s: inside(w, s).float(): (
                "how much weight is inside, not whether the largest is"
            ),
        },
    )
