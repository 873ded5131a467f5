"""Checks that several data sets share."""

from .._checks import check_floating, check_not_negative, shape_of
from .._shapes import Tensor


def check_noise(noise: float) -> None:
    """Raise unless `noise` can be a standard deviation."""
    check_not_negative("noise", noise)


def check_axes(name: str, tensor: Tensor, axes: str) -> None:
    """Raise unless `tensor` is floating, with the axes that `axes` names."""
    check_floating(name, tensor)
    names = axes.split()
    if tensor.ndim != len(names):
        raise ValueError(
            f"{name} must have the shape ({', '.join(names)}), but has "
            f"{shape_of(tensor)}"
        )
