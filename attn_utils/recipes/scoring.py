"""Chapter 02's look-ups: which score finds the slot that a noisy query means?"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn

from .._shapes import Float, Tensor
from ..attention import attention
from ..data import addressing, random_rotation
from ..scores import (
    AdditiveScore,
    BilinearScore,
    DotScore,
    GaussianScore,
    LowRankScore,
    ScaledDotScore,
)
from ..train import seeded, train

WIDTH = 16
NUM_SYMBOLS = 32
NUM_TESTS = 4000
# What one makes of the scores, before they learn. The Gaussian is not one of the
# four: it knows how the noise was made, and says what there is to be had.
SCORES = {
    "dot": DotScore,
    "scaled dot": ScaledDotScore,
    "bilinear": lambda: BilinearScore(WIDTH, WIDTH),
    "additive": lambda: AdditiveScore(WIDTH, WIDTH, WIDTH),
    "gaussian": GaussianScore,
}


class Taught(NamedTuple):
    """A score after its lessons.

    Args:
        score: the module, in eval mode.
        losses: the loss of every step; none where there is nothing to train.
        accuracy: share of look-ups in which the largest entry of what was read
            is the class asked for. A slot at random gives it in 1/8, and in
            1/8 of the rest holds the same class: .234 together.
        found: share of look-ups in which the slot asked for has the largest
            weight; 1/8 at random.
        elsewhere: the accuracy with keys that no lesson had, turned alike.
    """

    score: nn.Module
    losses: list[float]
    accuracy: float
    found: float
    elsewhere: float


def teach_addressing(
    make_score: Callable[[], nn.Module],
    rotated: bool,
    seed: int,
    num_steps: int = 600,
    batch_size: int = 128,
) -> Taught:
    """Teach a score to find the slot that is asked for, and test it on others.

    Nothing but the score is trained: what attention reads is judged as it is.
    A score without parameters is tested as it is. Lessons and tests have the
    same 32 keys; a second test has 32 others, turned by the same matrix, and
    tells who has learned the turn from who has learned the list.

    Args:
        make_score: makes the score, one of `SCORES` or another.
        rotated: whether queries live in a different space: all are turned by
            one matrix that nobody is told.
        seed: decides the keys, that matrix, every look-up and the first
            parameters; the look-ups are the same for every score.
        num_steps: how many batches it sees.
        batch_size: look-ups in a batch.
    """
    generator = seeded(seed)
    codebook = torch.randn(NUM_SYMBOLS, WIDTH, generator=generator)
    turn = random_rotation(WIDTH, generator)

    def draw(
        num_examples: int, keys: Tensor = codebook, generator=generator
    ) -> tuple:
        return addressing(
            num_examples,
            keys,
            rotation=turn if rotated else None,
            generator=generator,
        )

    tests = draw(NUM_TESTS)
    apart = torch.Generator().manual_seed(1000 + seed)
    others = torch.randn(NUM_SYMBOLS, WIDTH, generator=apart)
    score, losses = make_score(), []
    if any(True for _ in score.parameters()):
        losses = train(
            score,
            (draw(batch_size) for _ in range(num_steps)),
            look_up_loss,
            num_steps,
            learning_rate=3e-3,
            clip=None,
        )
    elsewhere, _ = hits(score, draw(NUM_TESTS, others, apart))
    return Taught(score, losses, *hits(score, tests), elsewhere)


@torch.no_grad()
def hits(score: nn.Module, look_ups: tuple) -> tuple[float, float]:
    """Return in which share of look-ups the class is right, and the slot found."""
    query, key, value, label, place = look_ups
    read, weights = attention(query, key, value, score=score)
    right = read.squeeze(1).argmax(-1) == label
    found = weights.squeeze(1).argmax(-1) == place
    return right.float().mean().item(), found.float().mean().item()


def look_up_loss(score: nn.Module, look_ups: tuple) -> Float[Tensor, ""]:
    """Return -log of the share of what was read that is the class asked for."""
    query, key, value, label, _ = look_ups
    read, _ = attention(query, key, value, score=score)
    share = read.squeeze(1).gather(-1, label.unsqueeze(-1))
    # A share may round to 0, whose logarithm would end the training.
    return -(share + 1e-9).log().mean()


def score_results(score: str, rotated: bool, seed: int) -> dict[str, float]:
    """Teach one of `SCORES`; say how well it does and how many numbers it has."""
    return _results(teach_addressing(SCORES[score], rotated, seed))


def rank_results(rank: int, seed: int) -> dict[str, float]:
    """Teach a bilinear score of this rank in the different space."""
    return _results(
        teach_addressing(
            lambda: LowRankScore(WIDTH, WIDTH, rank), rotated=True, seed=seed
        )
    )


def _results(taught: Taught) -> dict[str, float]:
    return {
        "accuracy": taught.accuracy,
        "found": taught.found,
        "elsewhere": taught.elsewhere,
        "parameters": sum(p.numel() for p in taught.score.parameters()),
    }
