"""CBAM: which channels of a feature map matter, and then which places.

Both gates look at two summaries, an average and a maximum, and answer with
weights between 0 and 1 that the features are multiplied by. Beside them stands
ECA's, which asks of a channel what its neighbours are.
"""

from collections.abc import Callable, Sequence

import torch
from torch import nn

from ._checks import (
    check_channels,
    check_dtype,
    check_features,
    check_kernel,
    check_pools,
)
from ._shapes import Float, Tensor


def average(x: Float[Tensor, "*rows last"]) -> Float[Tensor, "*rows"]:
    """Summarise the last axis by its mean."""
    return x.mean(dim=-1)


def maximum(x: Float[Tensor, "*rows last"]) -> Float[Tensor, "*rows"]:
    """Summarise the last axis by its largest entry."""
    # amax would share the gradient among ties, and is slower on a CPU.
    return x.max(dim=-1).values


Pool = Callable[[Tensor], Tensor]


class ChannelAttention(nn.Module):
    """Weigh the channels: what is in the picture?

    Each summary of a channel over all places goes through one small network,
    the same for all; the answers are added, and a sigmoid makes them weights.

    Args:
        num_channels: how many channels the features have.
        reduction: the network has num_channels / reduction hidden units, rounded
            down.
        bias: whether its maps have one. The paper's equation has none, its
            authors' code does.
        pools: the summaries. The paper takes both; the average alone is
            squeeze-and-excitation.

    Raises:
        ValueError: a reduction that leaves no hidden unit; no pool, or one that
            does not summarise the last axis.

    Source: Woo et al. 2018, eq. 2.
    """

    def __init__(
        self,
        num_channels: int,
        reduction: int = 16,
        bias: bool = False,
        pools: Sequence[Pool] = (average, maximum),
    ):
        super().__init__()
        num_channels, reduction = check_channels(num_channels, reduction)
        check_pools(pools)
        hidden = num_channels // reduction
        self.num_channels = num_channels
        self.pools = tuple(pools)
        self.network = nn.Sequential(
            nn.Linear(num_channels, hidden, bias),
            nn.ReLU(),
            nn.Linear(hidden, num_channels, bias),
        )

    def forward(
        self, features: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch channels 1 1"]:
        """Return one weight for each channel.

        Raises:
            ValueError: not four axes, another number of channels, no place.
            TypeError: not floating-point numbers of the parameters' dtype.
        """
        check_features(features, self.num_channels)
        check_dtype("features", features, self.network[0])
        places = features.flatten(2)
        scores = sum(self.network(pool(places)) for pool in self.pools)
        return scores.sigmoid().unsqueeze(-1).unsqueeze(-1)


class EfficientChannelAttention(nn.Module):
    """Weigh the channels by their averages and those of their neighbours.

    One short convolution along the channels, the same everywhere, stands in
    for the network of ChannelAttention. Which channels are neighbours means
    nothing at first; what comes before can learn to make use of it.

    Args:
        kernel_size: how many channels are asked for one, an odd number.

    Raises:
        ValueError: an even kernel, which has no middle.

    Source: Wang et al. 2020, eq. 7.
    """

    def __init__(self, kernel_size: int = 3):
        super().__init__()
        kernel_size = check_kernel(kernel_size)
        self.convolution = nn.Conv1d(
            1, 1, kernel_size, padding=kernel_size // 2, bias=False
        )

    def forward(
        self, features: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch channels 1 1"]:
        """Return one weight for each channel.

        Raises:
            ValueError: not four axes, or no channel.
            TypeError: not floating-point numbers of the parameters' dtype.
        """
        check_features(features)
        check_dtype("features", features, self.convolution)
        averages = average(features.flatten(2)).unsqueeze(1)
        weights = self.convolution(averages).squeeze(1).sigmoid()
        return weights.unsqueeze(-1).unsqueeze(-1)


class SpatialAttention(nn.Module):
    """Weigh the places: where is it?

    Each summary of a place over all channels becomes one plane; a convolution
    looks at a neighbourhood of the planes, and a sigmoid makes weights of it.

    Args:
        kernel_size: how wide the neighbourhood is, an odd number.
        batch_norm: whether the convolution is followed by a batch norm. The
            paper's equation has none, its authors' code does.
        pools: the summaries, one plane each, in the order in which the
            convolution reads them.

    Raises:
        ValueError: an even kernel, which has no middle; no pool, or one that
            does not summarise the last axis.

    Source: Woo et al. 2018, eq. 3.
    """

    def __init__(
        self,
        kernel_size: int = 7,
        batch_norm: bool = False,
        pools: Sequence[Pool] = (average, maximum),
    ):
        super().__init__()
        kernel_size = check_kernel(kernel_size)
        check_pools(pools)
        self.pools = tuple(pools)
        self.convolution = nn.Conv2d(
            len(pools), 1, kernel_size, padding=kernel_size // 2, bias=False
        )
        # momentum as in the authors' code
        self.norm = (
            nn.BatchNorm2d(1, momentum=0.01) if batch_norm else nn.Identity()
        )

    def forward(
        self, features: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch 1 height width"]:
        """Return one weight for each place.

        Raises:
            ValueError: not four axes, or no channel.
            TypeError: not floating-point numbers of the parameters' dtype.
        """
        check_features(features)
        check_dtype("features", features, self.convolution)
        channels_last = features.movedim(1, -1)
        planes = torch.stack(
            [pool(channels_last) for pool in self.pools], dim=1
        )
        return self.norm(self.convolution(planes)).sigmoid()


class CBAM(nn.Module):
    """Refine features by what is in them, and then by where it is.

    Args:
        num_channels: how many channels the features have.
        reduction: see ChannelAttention.
        kernel_size: see SpatialAttention.
        as_in_code: also what the paper's authors add in their code: biases
            in the channel gate, batch norm in the spatial one. Its convolution
            then reads the maximum first and the average second, as theirs does
            and the equation does not: weights of one order, copied into the
            other, fit without an error and compute something else. Those saved
            by this module before it minded the order had the average first.

    Source: Woo et al. 2018, eq. 1.
    """

    def __init__(
        self,
        num_channels: int,
        reduction: int = 16,
        kernel_size: int = 7,
        as_in_code: bool = False,
    ):
        super().__init__()
        self.channel = ChannelAttention(num_channels, reduction, as_in_code)
        pools = (maximum, average) if as_in_code else (average, maximum)
        self.spatial = SpatialAttention(kernel_size, as_in_code, pools)

    def forward(
        self, features: Float[Tensor, "batch channels height width"]
    ) -> Float[Tensor, "batch channels height width"]:
        """Return the features, weighed by channel first, then by place."""
        features = features * self.channel(features)
        return features * self.spatial(features)
