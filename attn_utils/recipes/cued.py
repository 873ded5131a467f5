"""Chapter 10's cues: one that the average loses, one that the maximum loses."""

from collections.abc import Callable

import torch
from torch import nn

from .._checks import check_one_of
from .._shapes import Float, Tensor
from ..cbam import ChannelAttention
from ..data import cued_digits, digit_images
from ..train import seeded, train
from .gated import NUM_TESTS, POOLS, GatedNetwork, digit_loss, digits_named
from .taught import TaughtModel

TASKS = ("spot", "shade", "either")
# How far the brightness of a plane with a spot goes up and down, how bright
# the dots of a shade are, and how many more of them are on the cue's side.
BRIGHTNESS, DOT, MAJORITY = 0.2, 0.5, 0.1


def cue_scenes(
    task: str,
    num_scenes: int,
    generator: torch.Generator,
    held_out: bool = False,
) -> tuple:
    """Draw two digits in two planes; the cue in a third says which one counts.

    Args:
        task: "spot": a small square, of +1 or -1, on a plane whose brightness
            is drawn anew for each scene; the maximum tells the two apart, the
            average hardly does. "shade": every pixel is a dot of +.5 or -.5, and
            six in ten, by chance, have the cue's sign; the average tells, the
            maximum is always .5. "either": half of the scenes have a spot, the
            others a shade.
        num_scenes: how many.
        generator: where the randomness comes from.
        held_out: digits for testing instead of those for training.

    Returns:
        The three planes, the label and the plane that counts, as `cued_digits` does.

    Raises:
        ValueError: an unknown task.
    """
    check_one_of("task", task, TASKS)
    digits = digit_images(held_out)
    canvas, label, plane = cued_digits(*digits, num_scenes, generator=generator)
    cue = canvas[:, 2]
    shape = num_scenes, 1, 1
    brightness = BRIGHTNESS * (2 * torch.rand(shape, generator=generator) - 1)
    spot = cue + brightness
    share = torch.where(plane == 0, 0.5 + MAJORITY, 0.5 - MAJORITY)
    is_up = torch.rand(cue.shape, generator=generator) < share[:, None, None]
    shade = torch.where(is_up, DOT, -DOT)
    has_spot = {
        "spot": torch.ones(shape, dtype=torch.bool),
        "shade": torch.zeros(shape, dtype=torch.bool),
        "either": torch.rand(shape, generator=generator) < 0.5,
    }[task]
    canvas[:, 2] = torch.where(has_spot, spot, shade)
    return canvas, label, plane


class CuedReader(nn.Module):
    """Weigh the three planes by a channel gate, and read the digit that counts.

    The gate stands before all convolutions, so that its summaries are those of
    the planes themselves.

    Args:
        pools: the summaries of the gate, one of "average", "maximum" and "both";
            None is a network without a gate.
    """

    def __init__(self, pools: str | None = "both"):
        super().__init__()
        self.gate = pools and ChannelAttention(
            3, reduction=1, bias=True, pools=POOLS[pools]
        )
        self.network = GatedNetwork("none", in_channels=3)

    def forward(
        self, images: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch classes"]:
        """Return a logit for each digit."""
        if self.gate is not None:
            images = images * self.gate(images)
        return self.network(images)


def teach_cue(
    task: str,
    pools: str | None = "both",
    seed: int = 0,
    num_steps: int = 1000,
    inside: bool = False,
    report: Callable[[int, int, float], None] | None = None,
) -> TaughtModel:
    """Teach a network to name the digit that a cue points out.

    Args:
        task: as in `cue_scenes`.
        pools: as in `CuedReader`.
        seed: decides every scene and the first parameters. The scenes are the
            same whatever the pools.
        num_steps: how many batches of 64 it sees.
        inside: whether the gates stand after stages 2 and 3 of a `GatedNetwork`,
            where convolutions come first, instead of before all of them.
        report: as in `train`.

    Raises:
        ValueError: an unknown task, or pools of another name.
    """
    check_one_of("task", task, TASKS)
    if pools is not None:
        check_one_of("pools", pools, POOLS)
    generator = seeded(seed)
    if inside:
        gates = "channel" if pools else "none"
        model = GatedNetwork(gates, 3, POOLS[pools or "both"])
    else:
        model = CuedReader(pools)
    batches = (cue_scenes(task, 64, generator) for _ in range(num_steps))
    losses = train(
        model,
        batches,
        digit_loss,
        num_steps,
        learning_rate=8e-3,
        num_warm=num_steps // 10,
        decay=True,
        report=report,
    )
    return TaughtModel(model, losses)


@torch.no_grad()
def planes_chosen(model: CuedReader, scenes: tuple) -> float:
    """Return how often the digit that counts has the larger weight of the two."""
    images, _, plane = scenes
    weights = model.gate(images).flatten(1)
    chosen = (weights[:, 1] > weights[:, 0]).long()
    return (chosen == plane).float().mean().item()


def cue_results(
    task: str,
    pools: str | None,
    seed: int,
    num_steps: int = 1000,
    inside: bool = False,
) -> dict[str, float | list[float]]:
    """Teach a network; ask it for 3,000 scenes of digits that no lesson had.

    Returns:
        "right": the share of digits that it names.
        "chosen": the share in which the gate gives the digit that counts the
            larger weight; empty unless one gate stands before all convolutions.
    """
    model, _ = teach_cue(task, pools, seed, num_steps, inside)
    generator = torch.Generator().manual_seed(1000 + seed)
    scenes = cue_scenes(task, NUM_TESTS, generator, held_out=True)
    right = digits_named(model, scenes)
    lone = isinstance(model, CuedReader) and model.gate is not None
    return {
        "right": right,
        "chosen": planes_chosen(model, scenes) if lone else [],
    }
