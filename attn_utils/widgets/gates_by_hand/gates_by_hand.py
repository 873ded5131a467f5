"""Both gates on a small image, number by number: chapter 10's second widget."""

import torch
import traitlets

from ..base import LiveWidget

CHANNELS, SIDE, KERNEL = 2, 4, 3
CELLS = CHANNELS * SIDE * SIDE
LEAST, MOST = 0, 9  # of a feature
WIDEST = 9.0  # of a weight of the gates
POOLS = ["both", "average", "maximum"]


class GatesByHand(LiveWidget):
    """Follow two channels of sixteen places through CBAM's two gates.

    Every number stands in its cell, from the features to the refined ones; the
    features can be changed, and what follows from a cell is framed. The numbers
    are those of `CBAM(2, reduction=2, kernel_size=3)` with these weights.

    Args:
        features: (2, 4, 4), whole numbers from 0 to 9 (tensor or list). As a
            trait it is a flat list.
        first: the first map of the channels' network, (1, 2), from -9 to 9.
        second: the second one, (2, 1), from -9 to 9.
        kernel: of the convolution, (2, 3, 3), from -9 to 9: of the averages
            first, then of the maxima.
        cell: which feature is changed, 0 to 31: row by row, channel by channel.
        pools: what both gates look at: "both", or the "average" or "maximum"
            alone.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: a tensor of another shape, or numbers that cannot be shown.
    """

    files = "gates_by_hand"

    features = traitlets.List(traitlets.Int(min=LEAST, max=MOST)).tag(sync=True)
    first = traitlets.List(traitlets.Float()).tag(sync=True)
    second = traitlets.List(traitlets.Float()).tag(sync=True)
    kernel = traitlets.List(traitlets.Float()).tag(sync=True)
    cell = traitlets.Int(0, min=0, max=CELLS - 1).tag(sync=True)
    pools = traitlets.Unicode(POOLS[0]).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(),
        ["features", "channel", "place", "weight", "kernel", "refined"],
    ).tag(sync=True)

    def __init__(self, features, first, second, kernel, **traits):
        """Take the features, the gates' weights, and the traits by their names."""
        super().__init__(
            features=_whole(features),
            first=_numbers("first", first, (1, CHANNELS)),
            second=_numbers("second", second, (CHANNELS, 1)),
            kernel=_numbers("kernel", kernel, (CHANNELS, KERNEL, KERNEL)),
            **traits,
        )

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(32, 85, 38)
        return [max(508, 300 + beside), 657 + below, 1199 + phone]

    @traitlets.default("settable")
    def _ends(self):
        return {
            "features": [[LEAST, MOST, 1]] * CELLS,
            "cell": [0, CELLS - 1, 1],
            "pools": POOLS,
        }

    @traitlets.validate("features")
    def _one_for_each_cell(self, proposal):
        if len(proposal["value"]) != CELLS:
            raise traitlets.TraitError(
                f"features must be {CELLS} numbers, but has "
                f"{len(proposal['value'])}"
            )
        return proposal["value"]

    @traitlets.validate("pools")
    def _one_of_the_pools(self, proposal):
        return self._one_of(POOLS, proposal)


def _tensor(name: str, given, shape: tuple) -> torch.Tensor:
    """Return a tensor of this shape, or raise a ValueError that says why not."""
    try:
        tensor = torch.as_tensor(given).detach().cpu()
    except (RuntimeError, TypeError, ValueError):
        raise ValueError(
            f"{name} must be a tensor or list of numbers of the shape {shape}, "
            f"but is {given!r}"
        ) from None
    if tensor.shape != shape:
        raise ValueError(
            f"{name} must have the shape {shape}, but has the shape "
            f"{tuple(tensor.shape)}"
        )
    if tensor.is_complex() or tensor.dtype == torch.bool:
        raise ValueError(f"{name} must hold numbers, but holds {tensor.dtype}")
    return tensor


def _whole(features) -> list[int]:
    """Return the features as plain ints, or raise a ValueError."""
    numbers = _tensor("features", features, (CHANNELS, SIDE, SIDE)).flatten()
    for number in numbers.tolist():
        # A NaN is neither above nor below.
        if not (LEAST <= number <= MOST and number == int(number)):
            raise ValueError(
                f"features must hold whole numbers from {LEAST} to {MOST}, but "
                f"holds {number}"
            )
    return numbers.long().tolist()


def _numbers(name: str, given, shape: tuple) -> list[float]:
    """Return weights of a gate as plain floats, or raise a ValueError."""
    numbers = _tensor(name, given, shape).double().flatten().tolist()
    for number in numbers:
        if not -WIDEST <= number <= WIDEST:
            raise ValueError(
                f"{name} must hold numbers from -{WIDEST:g} to {WIDEST:g}, but "
                f"holds {number:g}"
            )
    return numbers
