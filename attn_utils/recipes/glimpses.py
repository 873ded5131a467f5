"""Chapter 03's glimpses: attention that reads one of them, and how it can learn."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from .._checks import check_one_of, check_size
from .._shapes import Float, Int, Tensor
from ..attention import HardAttention, attention, hard_attention
from ..data import digit_images, glimpse_scenes
from ..scores import AdditiveScore
from ..train import seeded, train

NUM_GLIMPSES, NUM_PIXELS, HIDDEN, NUM_CLASSES = 25, 64, 64, 10
NUM_TESTS = 4000
EVERY = 25
# How each method reads while it learns; None reads a soft average.
METHODS = {
    "soft": None,
    "straight-through": "gumbel",
    "reinforce": "categorical",
    "reinforce + baseline": "categorical",
}


class GlimpseReader(nn.Module):
    """Say which digit a scene shows, from what one look at its glimpses gives.

    One additive score, whose query is always 1, is a network of one hidden
    layer that says of every glimpse how much it is worth; a second network
    sees nothing but what was read.
    """

    def __init__(self):
        super().__init__()
        self.score = AdditiveScore(1, NUM_PIXELS, HIDDEN)
        self.classify = nn.Sequential(
            nn.Linear(NUM_PIXELS, HIDDEN),
            nn.ReLU(),
            nn.Linear(HIDDEN, NUM_CLASSES),
        )

    def scores(
        self, glimpses: Float[Tensor, "batch glimpses 8 8"]
    ) -> Float[Tensor, "batch 1 glimpses"]:
        """Score every glimpse; the higher, the more it is worth a look."""
        key = glimpses.flatten(2)
        return self.score(key.new_ones(len(key), 1, 1), key)


def draw_scenes(
    num_scenes: int,
    generator: torch.Generator,
    held_out: bool = False,
    num_glimpses: int = NUM_GLIMPSES,
) -> tuple:
    """Draw `glimpse_scenes` of scikit-learn's digits, those held out or others."""
    digits = digit_images(held_out)
    return glimpse_scenes(*digits, num_scenes, num_glimpses, generator)


def look(
    scores: Float[Tensor, "batch 1 glimpses"],
    glimpses: Float[Tensor, "batch glimpses 8 8"],
    sample: str | None,
    generator: torch.Generator | None = None,
) -> HardAttention:
    """Read the glimpses by their scores.

    Args:
        scores: what each is worth.
        glimpses: what is read.
        sample: as in `hard_attention`, which reads one; None reads the soft
            average of all, whose log-probability is 0.
        generator: where the randomness comes from; None takes torch's own.
    """
    value = glimpses.flatten(2)
    query = value[:, :1]  # asked for its shape alone: the scores are there

    def given(query, key):
        return scores

    if sample is None:
        context, weights = attention(query, value, value, score=given)
        return HardAttention(context, weights, torch.zeros(len(value), 1))
    return hard_attention(
        query, value, value, score=given, sample=sample, generator=generator
    )


def look_losses(
    reader: GlimpseReader,
    read: HardAttention,
    labels: Int[Tensor, "batch"],
    baseline: float | Float[Tensor, "batch"] | None,
) -> Float[Tensor, "batch"]:
    """Return the cross-entropy of every scene, with the method's gradient.

    Args:
        reader: classifies what was read.
        read: what `look` gave.
        labels: the digits that are there.
        baseline: what REINFORCE takes off the loss before it praises or blames
            the choice; 0 takes nothing off. None is no REINFORCE: the gradient
            reaches the scores through what was read, or not at all.

    Source: Williams 1992.
    """
    logits = reader.classify(read.context.squeeze(1))
    losses = F.cross_entropy(logits, labels, reduction="none")
    if baseline is None:
        return losses
    chance = read.log_probability.squeeze(1)
    # Adds nothing to the loss but the gradient of the choice.
    blame = (losses.detach() - baseline) * (chance - chance.detach())
    return losses + blame


class Taught(NamedTuple):
    """A reader after its lessons.

    Args:
        reader: in eval mode.
        losses: the loss of every step.
        accuracy: share of new scenes whose digit is named; a guess gets 1/10.
            Soft attention reads its average, the others their best glimpse.
        pointing: share in which the digit has the largest weight; 1/25 at
            random.
        curve: `pointing` after every 25 steps, on 500 scenes.
    """

    reader: GlimpseReader
    losses: list[float]
    accuracy: float
    pointing: float
    curve: list[float]


def teach_glimpses(
    method: str, seed: int, num_steps: int = 600, batch_size: int = 64
) -> Taught:
    """Teach a reader where to look, by one of four methods, and test it.

    Args:
        method: one of `METHODS`. The baseline is a running mean of the losses
            of earlier batches.
        seed: decides every scene and the first parameters, the same for every
            method, and the choices.
        num_steps: how many batches it sees.
        batch_size: scenes in a batch.

    Raises:
        ValueError: an unknown method.
    """
    check_one_of("method", method, METHODS)
    generator = seeded(seed)
    choices = torch.Generator().manual_seed(1000 + seed)
    reader = GlimpseReader()
    baseline = {"reinforce": 0.0, "reinforce + baseline": 0.0}.get(method)

    def loss_of(reader: GlimpseReader, scenes: tuple) -> Float[Tensor, ""]:
        nonlocal baseline
        glimpses, labels, _ = scenes
        read = look(reader.scores(glimpses), glimpses, METHODS[method], choices)
        loss = look_losses(reader, read, labels, baseline).mean()
        if method == "reinforce + baseline":
            baseline += 0.1 * (loss.item() - baseline)
        return loss

    tests = draw_scenes(
        NUM_TESTS, torch.Generator().manual_seed(2000 + seed), True
    )
    some, curve = tuple(part[:500] for part in tests), []

    def report(step: int, num_steps: int, loss: float) -> None:
        if step % EVERY == 0:
            curve.append(pointing(reader, some))

    batches = (draw_scenes(batch_size, generator) for _ in range(num_steps))
    losses = train(
        reader, batches, loss_of, num_steps, clip=None, report=report
    )
    glimpses, labels, _ = tests
    sample = None if method == "soft" else "argmax"
    with torch.no_grad():
        read = look(reader.scores(glimpses), glimpses, sample)
        right = reader.classify(read.context.squeeze(1)).argmax(-1) == labels
    accuracy = right.float().mean().item()
    return Taught(reader, losses, accuracy, pointing(reader, tests), curve)


@torch.no_grad()
def pointing(reader: GlimpseReader, scenes: tuple) -> float:
    """Return the share of scenes in which the digit scores highest."""
    glimpses, _, place = scenes
    best = reader.scores(glimpses).squeeze(1).argmax(-1)
    return (best == place).float().mean().item()


def steps_until(curve: list[float], share: float = 0.9) -> int | None:
    """Return after how many steps pointing first reached this share, if ever."""
    steps = range(EVERY, EVERY * len(curve) + 1, EVERY)
    reached = (s for s, p in zip(steps, curve, strict=True) if p >= share)
    return next(reached, None)


def glimpse_results(
    method: str, seed: int, num_steps: int = 600
) -> dict[str, float | list[float]]:
    """Teach a reader; say how well it names, how well it points, and how soon."""
    taught = teach_glimpses(method, seed, num_steps)
    return {
        "accuracy": taught.accuracy,
        "pointing": taught.pointing,
        "curve": taught.curve,
    }


def multiply_adds(num_glimpses: int) -> dict[str, int]:
    """Count the multiplications of one scene: what need not be read?

    Args:
        num_glimpses: glimpses in the scene.

    Returns:
        Under "scores" those that score every glimpse, which soft and hard
        attention both need; "soft: average" those of the weighted average,
        which hard attention spares (it copies one glimpse; `hard_attention`
        multiplies all the same, so that a gradient may go through); "classify
        one" those of the second network. If that network saw every glimpse and
        its answers were averaged, soft attention would need "soft: classify
        all"; hard attention would still need "classify one".

    Raises:
        ValueError: no glimpse.
        TypeError: a number that is not whole.
    """
    num_glimpses = check_size("num_glimpses", num_glimpses, least=1)
    classify = HIDDEN * (NUM_PIXELS + NUM_CLASSES)
    return {
        "scores": HIDDEN + num_glimpses * HIDDEN * (NUM_PIXELS + 1),
        "soft: average": num_glimpses * NUM_PIXELS,
        "classify one": classify,
        "soft: classify all": num_glimpses * (classify + NUM_CLASSES),
    }
