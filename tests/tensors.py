"""Random tensors with an explicit seed, for every test."""

import torch


def normal(
    *shape: int, seed: int, dtype: torch.dtype = torch.float32
) -> torch.Tensor:
    """Return unit-variance numbers; `seed` alone decides them."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(shape, generator=generator, dtype=torch.float64).to(
        dtype
    )


def coin(*shape: int, seed: int) -> torch.Tensor:
    """Return a random mask, half of it True."""
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(*shape, generator=generator) < 0.5
