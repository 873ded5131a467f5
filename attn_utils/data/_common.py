"""Checks that several data sets share."""

from .._checks import check_floating, shape_of
from .._shapes import Tensor


def check_noise(noise: float) -> None:
    """Raise unless `noise` can be a standard deviation."""
    if not 0 <= noise < float("inf"):
        raise ValueError(f"noise must be finite and 0 or more, but is {noise}")


def check_axes(name: str, tensor: Tensor, axes: str) -> None:
    """Raise unless `tensor` is floating, with the axes that `axes` names."""
    check_floating(name, tensor)
    names = axes.split()
    if tensor.ndim != len(names):
        raise ValueError(
            f"{name} must have the shape ({', '.join(names)}), but has "
            f"{shape_of(tensor)}"
        )
