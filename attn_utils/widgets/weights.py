"""A trained model on its way into the page: its parameters, packed."""

from collections.abc import Mapping

import numpy
import traitlets

from .base import LiveWidget


class ModelWidget(LiveWidget):
    """A widget that runs a model: it takes its `state_dict()` first.

    The page gets the parameters in half precision, so a page that is to agree
    with torch to the last digit needs a model that is rounded first.
    """

    weights = traitlets.Bytes().tag(sync=True)
    shapes = traitlets.List().tag(sync=True)
    num_heads = traitlets.Int(1, min=1).tag(sync=True)
    norm_first = traitlets.Bool(True).tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)

    def __init__(self, parameters: Mapping, **traits):
        """Take the parameters, and the traits by their names."""
        weights, shapes = pack(parameters)
        super().__init__(weights=weights, shapes=shapes, **traits)


def pack(parameters: Mapping) -> tuple[bytes, list]:
    """Return parameters as half-precision bytes, and what lies where.

    Args:
        parameters: names and tensors of one or two axes, as `state_dict()`
            gives them.

    Returns:
        weights: all numbers, one after the other, two bytes each, the low
            byte first; `unpack` of nn.js undoes it.
        shapes: [name, shape] of each tensor, in that order.

    Raises:
        ValueError: a tensor of other axes, or a number that half precision
            cannot hold.
    """
    parts, shapes = [], []
    for name, tensor in parameters.items():
        array = tensor.detach().cpu().numpy()
        if array.ndim not in (1, 2):
            raise ValueError(
                f"{name} must have one axis or two, but has the shape "
                f"{array.shape}"
            )
        with numpy.errstate(over="ignore"):
            half = array.astype("<f2")
        if not numpy.isfinite(half).all():
            raise ValueError(
                f"{name} must be finite in half precision, below 65504"
            )
        parts.append(half.tobytes())
        shapes.append([name, list(array.shape)])
    return b"".join(parts), shapes
