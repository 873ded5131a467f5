"""Random tensors for checkers' cases: the same ones for the same seed."""

import torch

from .._shapes import Tensor


def normal(*shape: int, seed: int) -> Tensor:
    """Return a tensor of normal numbers; torch's own randomness is left alone."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def uniform(*shape: int, seed: int) -> Tensor:
    """Return a tensor of numbers from 0 to 1, drawn in the same way."""
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))
