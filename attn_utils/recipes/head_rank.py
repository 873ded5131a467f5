"""Chapter 04's price of a head: its scores have no rank above its width.

What softmax makes of such scores is another matter: two features are enough to
point each query at any one key, and not to share its weight as it should.
"""

import itertools
from collections.abc import Callable

import torch
from torch import nn

from .._checks import check_one_of, check_size, shape_of
from .._shapes import Float, Tensor
from ..scores import ScaledDotScore
from ..train import seeded, train

NUM_TOKENS = 16
WIDTHS = (1, 2, 3, 4, 6, 8, 12, 15)


def one_each(generator: torch.Generator) -> Float[Tensor, "queries keys"]:
    """Point every query at one key of its own, in a random order."""
    return torch.eye(NUM_TOKENS)[
        torch.randperm(NUM_TOKENS, generator=generator)
    ]


def two_each(generator: torch.Generator) -> Float[Tensor, "queries keys"]:
    """Point every query at two random keys, half of its weight on each."""
    chances = torch.rand(NUM_TOKENS, NUM_TOKENS, generator=generator)
    two = chances.argsort(-1)[:, :2]
    return torch.zeros(NUM_TOKENS, NUM_TOKENS).scatter(1, two, 0.5)


def any_table(generator: torch.Generator) -> Float[Tensor, "queries keys"]:
    """Share every query's weight by random scores, 2 their standard deviation."""
    scores = torch.randn(NUM_TOKENS, NUM_TOKENS, generator=generator)
    return (2 * scores).softmax(-1)


# How the weights are made that a head shall have, and on how many keys of a row
# they are judged to point.
TARGETS = {"one": (one_each, 1), "two": (two_each, 2), "any": (any_table, 1)}


class FreeHead(nn.Module):
    """A head whose queries and keys are free: none is mapped from an input.

    A head inside a network has fewer choices.

    Args:
        width: features of a query and of a key, d_k.
    """

    def __init__(self, width: int):
        super().__init__()
        width = check_size("width", width, least=1)
        self.query = nn.Parameter(torch.randn(NUM_TOKENS, width))
        self.key = nn.Parameter(torch.randn(NUM_TOKENS, width))
        self.score = ScaledDotScore()

    def forward(self) -> Float[Tensor, "queries keys"]:
        """Return the scores, before softmax."""
        return self.score(self.query, self.key)


def divergence(
    head: Callable[[], Tensor], weights: Float[Tensor, "queries keys"]
) -> Float[Tensor, ""]:
    """Return how far a head's weights are from these: KL, the mean over rows."""
    log_weights = head().log_softmax(-1)
    entropy = -torch.special.xlogy(weights, weights).sum(-1)
    return (-(weights * log_weights).sum(-1) - entropy).mean()


def fit_head(
    weights: Float[Tensor, "queries keys"],
    width: int,
    seed: int,
    num_steps: int = 2000,
) -> tuple[FreeHead, list[float]]:
    """Bring a free head's weights as near to these as training can.

    Training finds a good head, which need not be the best.

    Args:
        weights: rows sum to 1.
        width: of the head.
        seed: decides where it starts.
        num_steps: how many steps, all on the same table.

    Returns:
        head: in eval mode.
        losses: the divergence at every step.

    Raises:
        ValueError: not a table of 16 queries and 16 keys.
    """
    if weights.shape != (NUM_TOKENS, NUM_TOKENS):
        raise ValueError(
            "weights must have the shape (queries, keys) = "
            f"{(NUM_TOKENS, NUM_TOKENS)}, but has {shape_of(weights)}"
        )
    seeded(seed)
    head = FreeHead(width)
    losses = train(
        head,
        itertools.repeat(weights),
        divergence,
        num_steps,
        learning_rate=0.1,
        decay=True,
        clip=None,
    )
    return head, losses


def left_over(table: Float[Tensor, "queries keys"], width: int) -> float:
    """Return the share of a table's squares that no table of this rank can hold.

    Without softmax this is the least that a head of this width gets wrong.

    Source: Eckart & Young 1936, "The approximation of one matrix by another of
    lower rank".
    """
    width = check_size("width", width, least=1)
    squares = torch.linalg.svdvals(table).square()
    return (squares[width:].sum() / squares.sum()).item()


def pointing(
    scores: Float[Tensor, "queries keys"],
    weights: Float[Tensor, "queries keys"],
    num_keys: int,
) -> float:
    """Return in which share of rows the heaviest keys are those of `weights`."""
    top, wanted = (
        table.topk(num_keys).indices.sort(-1).values
        for table in (scores, weights)
    )
    return (top == wanted).all(-1).float().mean().item()


def head_rank_results(target: str, width: int, seed: int) -> dict[str, float]:
    """Fit a head of this width to one of `TARGETS`, with and without softmax.

    Returns:
        "divergence" of the fitted weights and "divergence: uniform", that of a
        head which says nothing, in nats; the share of rows that are "pointing"
        right (1/16 at random, 1/120 for two keys); the "largest score"; and
        "left over", which is what the same width gets wrong without softmax.

    Raises:
        ValueError: a target that there is not.
    """
    check_one_of("target", target, TARGETS)
    make, num_keys = TARGETS[target]
    weights = make(torch.Generator().manual_seed(1000 + seed))
    head, _ = fit_head(weights, width, seed)
    with torch.no_grad():
        scores = head()
        found = divergence(head, weights).item()
        uniform = divergence(lambda: torch.zeros_like(scores), weights).item()
    return {
        "divergence": found,
        "divergence: uniform": uniform,
        "pointing": pointing(scores, weights, num_keys),
        "largest score": scores.abs().max().item(),
        "left over": left_over(weights, width),
    }
