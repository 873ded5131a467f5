"""Three tokens of two features, to compute by hand: chapter 05's, and later ones'."""

from typing import NamedTuple

import torch

from .._shapes import Float, Tensor


class Tiny(NamedTuple):
    """What self-attention needs, in whole numbers.

    A row of `inputs` is a token. The maps are written as torch writes them:
    the queries are `inputs @ query_map.T`.

    Args:
        inputs: three tokens of two features.
        query_map: makes what each token looks for.
        key_map: makes what each token offers to the comparison.
        value_map: makes what is read from each token.
    """

    inputs: Float[Tensor, "tokens features"]
    query_map: Float[Tensor, "out features"]
    key_map: Float[Tensor, "out features"]
    value_map: Float[Tensor, "out features"]


def tiny_attention() -> Tiny:
    """Return the book's smallest self-attention, anew at each call."""
    return Tiny(
        inputs=torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
        query_map=torch.tensor([[2.0, 0.0], [0.0, 1.0]]),
        key_map=torch.tensor([[0.0, 1.0], [1.0, 0.0]]),
        value_map=torch.tensor([[1.0, 1.0], [-1.0, 1.0]]),
    )
