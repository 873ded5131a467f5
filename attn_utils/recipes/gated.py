"""Chapter 10's small network with gates, and the digits that it finds in clutter."""

import copy
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils import fuse_conv_bn_eval

from .._checks import check_one_of
from .._shapes import Bool, Float, Int, Tensor
from ..cbam import (
    ChannelAttention,
    EfficientChannelAttention,
    Pool,
    SpatialAttention,
    average,
    maximum,
)
from ..data import cluttered_digits, digit_images
from ..train import seeded, train
from .taught import TaughtModel

CHANNELS, STRIDES = (12, 24, 32), (1, 2, 2)
REDUCTION, KERNEL_SIZE, NUM_CLASSES = 4, 7, 10
GATES = ("none", "channel", "spatial", "both", "efficient")
CANVAS, BOX = 24, 8
NUM_TESTS = 3000
POOLS = {
    "average": (average,),
    "maximum": (maximum,),
    "both": (average, maximum),
}


class Gates(NamedTuple):
    """What a stage multiplied its features by.

    Args:
        channel: one weight for each channel; None where there is no such gate.
        spatial: one for each place; None where there is no such gate.
    """

    channel: Float[Tensor, "batch channels 1 1"] | None
    spatial: Float[Tensor, "batch 1 height width"] | None


class Stage(nn.Module):
    """A 3 by 3 convolution, a batch norm and a ReLU, and then the gates.

    Args:
        in_channels: channels of what comes in.
        out_channels: channels of what goes out.
        stride: every how many places it looks.
        gates: one of `GATES`, with the biases and the batch norm that the
            authors' code of CBAM has.
        pools: the summaries of the channel gate.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int,
        gates: str = "none",
        pools: Sequence[Pool] = (average, maximum),
    ):
        super().__init__()
        self.convolution = nn.Conv2d(
            in_channels, out_channels, 3, stride, padding=1, bias=False
        )
        self.norm = nn.BatchNorm2d(out_channels)
        self.channel = self.spatial = None
        if gates in ("channel", "both"):
            self.channel = ChannelAttention(
                out_channels, REDUCTION, bias=True, pools=pools
            )
        if gates == "efficient":
            self.channel = EfficientChannelAttention()
        if gates in ("spatial", "both"):
            self.spatial = SpatialAttention(KERNEL_SIZE, batch_norm=True)

    def forward(
        self, images: Float[Tensor, "batch channels height width"]
    ) -> tuple[Float[Tensor, "batch out high wide"], Gates]:
        """Return the features, channel gate first, and what they were weighed by."""
        features = self.norm(self.convolution(images)).relu()
        channel = spatial = None
        if self.channel is not None:
            channel = self.channel(features)
            features = features * channel
        if self.spatial is not None:
            spatial = self.spatial(features)
            features = features * spatial
        return features, Gates(channel, spatial)


class GatedNetwork(nn.Module):
    """Say which of ten digits an image shows, with gates after stages 2 and 3.

    Three stages of 12, 24 and 32 channels, the second and third half as wide
    and high as what they read; the mean over all places, and a linear map.

    Args:
        gates: "none"; "channel", "spatial" or "both" of CBAM's; or "efficient",
            the channel gate of ECA.
        in_channels: channels of an image.
        pools: the summaries of the channel gates.
        more: whether a fourth stage of 32 channels follows, without gates.

    Raises:
        ValueError: gates of another name; no pool.
    """

    def __init__(
        self,
        gates: str = "both",
        in_channels: int = 1,
        pools: Sequence[Pool] = (average, maximum),
        more: bool = False,
    ):
        super().__init__()
        check_one_of("gates", gates, GATES)
        first, second, third = CHANNELS
        self.stages = nn.ModuleList(
            [
                Stage(in_channels, first, STRIDES[0]),
                Stage(first, second, STRIDES[1], gates, pools),
                Stage(second, third, STRIDES[2], gates, pools),
            ]
        )
        if more:
            self.stages.append(Stage(third, third, 1))
        self.read_out = nn.Linear(third, NUM_CLASSES)

    def forward(
        self,
        images: Float[Tensor, "batch channels height width"],
        need_gates: bool = False,
    ) -> (
        Float[Tensor, "batch classes"]
        | tuple[Float[Tensor, "batch classes"], list[Gates]]
    ):
        """Return a logit for each digit; with `need_gates` also each stage's gates."""
        features, gates = images, []
        for stage in self.stages:
            features, of_stage = stage(features)
            gates.append(of_stage)
        logits = self.read_out(features.mean(dim=(2, 3)))
        return (logits, gates) if need_gates else logits


@torch.no_grad()
def fold_norms(model: GatedNetwork) -> GatedNetwork:
    """Return a copy that computes the same without a batch norm, in eval mode.

    Each norm, of the stages and of the spatial gates, becomes the scale and the
    bias of the convolution before it, so that a page has less to compute.
    """
    folded = copy.deepcopy(model).eval()
    for stage in folded.stages:
        for part in filter(None, (stage, stage.spatial)):
            part.convolution = fuse_conv_bn_eval(part.convolution, part.norm)
            part.norm = nn.Identity()
    return folded


def clutter_scenes(
    num_scenes: int, generator: torch.Generator, held_out: bool = False
) -> tuple:
    """Draw `cluttered_digits` of scikit-learn's, those held out or others."""
    digits = digit_images(held_out)
    return cluttered_digits(*digits, num_scenes, generator=generator)


def digit_loss(model: nn.Module, scenes: tuple) -> Float[Tensor, ""]:
    """Return the cross-entropy of the digits that the scenes show."""
    images, labels, _ = scenes
    return F.cross_entropy(model(images), labels)


@torch.no_grad()
def digits_named(model: nn.Module, scenes: tuple) -> float:
    """Return the share of scenes whose digit is named; a guess gets 1/10."""
    images, labels, _ = scenes
    return (model(images).argmax(-1) == labels).float().mean().item()


def teach_clutter(
    gates: str = "both",
    seed: int = 0,
    num_steps: int = 800,
    pools: str = "both",
    more: bool = False,
    report: Callable[[int, int, float], None] | None = None,
) -> TaughtModel:
    """Teach a network which digit lies, whole, among pieces of others.

    Args:
        gates: as in `GatedNetwork`.
        seed: decides every scene and the first parameters. The scenes are the
            same whatever the gates.
        num_steps: how many batches of 64 it sees.
        pools: the summaries of its channel gates, one of "average", "maximum"
            and "both".
        more: as in `GatedNetwork`.
        report: as in `train`.

    Raises:
        ValueError: gates or pools of another name.
    """
    check_one_of("pools", pools, POOLS)
    generator = seeded(seed)
    model = GatedNetwork(gates, pools=POOLS[pools], more=more)
    batches = (clutter_scenes(64, generator) for _ in range(num_steps))
    losses = train(
        model,
        batches,
        digit_loss,
        num_steps,
        learning_rate=5e-3,
        num_warm=num_steps // 10,
        decay=True,
        report=report,
    )
    return TaughtModel(model, losses)


def points_into(
    weights: Float[Tensor, "batch 1 height width"],
    corner: Int[Tensor, "batch 2"],
) -> Bool[Tensor, "batch"]:
    """Say of each map whether its largest weight lies in the digit's box.

    A place of a map stands for the pixel in the middle of what its stage's
    convolutions read. A place drawn at random lies in the box in 1/9.

    Args:
        weights: a spatial gate's, on scenes of 24 by 24 pixels.
        corner: row and column of the first pixel of each box of 8 by 8.

    Source: the pointing game, Zhang et al. 2018.
    """
    width = weights.shape[-1]
    best = weights.flatten(1).argmax(-1)
    place = torch.stack([best // width, best % width], dim=-1)
    offset = place * (CANVAS // width) - corner
    return ((offset >= 0) & (offset < BOX)).all(-1)


@torch.no_grad()
def pointing_rates(model: GatedNetwork, scenes: tuple) -> list[float]:
    """Return how often each spatial map, stage by stage, points at the digit."""
    images, _, corner = scenes
    _, gates = model(images, need_gates=True)
    maps = [each.spatial for each in gates if each.spatial is not None]
    return [points_into(each, corner).float().mean().item() for each in maps]


def clutter_results(
    gates: str,
    seed: int,
    num_steps: int = 800,
    pools: str = "both",
    more: bool = False,
) -> dict[str, float | list[float]]:
    """Teach a network; ask it for 3,000 scenes of digits that no lesson had.

    Returns:
        "right": the share of digits that it names.
        "pointing": the share of scenes in which the map of stage 2, and that of
            stage 3, is largest in the digit's box; empty without spatial gates.
        "parameters": how many the network has.
    """
    model, _ = teach_clutter(gates, seed, num_steps, pools, more)
    generator = torch.Generator().manual_seed(1000 + seed)
    scenes = clutter_scenes(NUM_TESTS, generator, held_out=True)
    return {
        "right": digits_named(model, scenes),
        "pointing": pointing_rates(model, scenes),
        "parameters": sum(each.numel() for each in model.parameters()),
    }
