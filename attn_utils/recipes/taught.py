"""What a recipe returns whose model has nothing more to say than its losses."""

from typing import NamedTuple

from torch import nn


class TaughtModel(NamedTuple):
    """A model after its lessons.

    Args:
        model: in eval mode.
        losses: the loss of every step.
    """

    model: nn.Module
    losses: list[float]
