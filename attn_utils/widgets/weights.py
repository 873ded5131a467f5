"""A trained model on its way into the page: its parameters, packed."""

from collections.abc import Iterable, Mapping

import numpy
import traitlets
from torch import Tensor, bfloat16

from .._levels import in_levels, to_levels
from .base import LiveWidget

MOST_BYTES = 300_000


class ModelWidget(LiveWidget):
    """A widget that runs a model: it takes its `state_dict()` first.

    The page gets the parameters in half precision, and in eight bits the matrices
    that `in_eight_bits` has rounded, or all of them, so a page that is to agree with
    torch to the last digit needs a model that is rounded first.
    """

    eight_bits = False

    weights = traitlets.Bytes().tag(sync=True)
    shapes = traitlets.List().tag(sync=True)
    num_heads = traitlets.Int(1, min=1).tag(sync=True)
    norm_first = traitlets.Bool(True).tag(sync=True)
    hint = traitlets.Unicode().tag(sync=True)

    def __init__(self, parameters: Mapping, **traits):
        """Take the parameters, and the traits by their names."""
        if not isinstance(parameters, Mapping):
            raise ValueError(
                "parameters must be a model's state_dict(), but is "
                f"{type(parameters).__name__}"
            )
        weights, shapes = pack(parameters, eight_bits=self.eight_bits)
        super().__init__(weights=weights, shapes=shapes, **traits)


def check_plain(called: str, attention) -> None:
    """Raise a ValueError unless an attention is one that the pages compute.

    Args:
        called: what an error calls its model.
        attention: a MultiHeadAttention.
    """
    score = type(attention.score).__name__
    if score != "ScaledDotScore":
        raise ValueError(
            f"{called} must have an attention with ScaledDotScore, but it has "
            f"{score}"
        )
    if attention.rotate is not None:
        raise ValueError(
            f"{called} must have an attention without rotate, but it has "
            f"{attention.rotate!r}"
        )


def check_tensors(called: str, state: Mapping, names: Iterable[str]) -> None:
    """Raise a ValueError unless a model has the tensors of these names alone.

    Args:
        called: what an error calls the model.
        state: its parameters by their names.
        names: of all the tensors that it must have.
    """
    names = [*names]
    if set(state) != set(names):
        raise ValueError(
            f"{called} must have the tensors {', '.join(names)}, but has "
            f"{', '.join(map(str, state)) or 'none'}"
        )


def check_shapes(
    called: str, state: Mapping, shapes: Mapping, width: int | None = None
) -> None:
    """Raise a ValueError unless the tensors of a model have these shapes.

    Args:
        called: what an error calls the model.
        state: its parameters by their names.
        shapes: by the same names; a size of None is that of `width`.
        width: how many features what is of no fixed size has.
    """
    for name, shape in shapes.items():
        expected = tuple(width if size is None else size for size in shape)
        if tuple(state[name].shape) != expected:
            raise ValueError(
                f"{name} of {called} must have the shape {expected}, but has the "
                f"shape {tuple(state[name].shape)}"
            )


def pack_models(states: Iterable[Mapping]) -> tuple[bytes, list]:
    """Return the parameters of several models as `pack` does for one.

    Args:
        states: of each model its tensors by their names, which get the model's
            number before them: "0.read_out.weight".

    Raises:
        ValueError: as `pack`; models that weigh more than 300,000 bytes.
    """
    weights, shapes = pack(
        {
            f"{n}.{name}": tensor
            for n, state in enumerate(states)
            for name, tensor in state.items()
        }
    )
    if len(weights) > MOST_BYTES:
        raise ValueError(
            f"models must weigh {MOST_BYTES} bytes at most as they travel, but "
            f"weigh {len(weights)}"
        )
    return weights, shapes


def pack(parameters: Mapping, eight_bits: bool = False) -> tuple[bytes, list]:
    """Return parameters as half-precision bytes, and what lies where.

    Args:
        parameters: names and tensors of one or two axes, as `state_dict()`
            gives them.
        eight_bits: whether every matrix is rounded further: for each row a step,
            in half precision, and then for each number one byte, its level. So
            travels, in any case, a matrix that was rounded so before.

    Returns:
        weights: all numbers, one after the other, two bytes each, the low
            byte first; `unpack` of weights.js undoes it.
        shapes: [name, shape] of each tensor, in that order; behind a shape stands
            True where the tensor is in levels.

    Raises:
        ValueError: a tensor of other axes, or a number that half precision
            cannot hold.
    """
    parts, shapes = [], []
    for name, tensor in parameters.items():
        if tensor.ndim == 2 and (eight_bits or in_levels(tensor)):
            parts.append(_rows_of_levels(name, tensor))
            shapes.append([name, list(tensor.shape), True])
            continue
        tensor = tensor.detach().cpu()
        # NumPy has no bfloat16.
        array = (tensor.float() if tensor.dtype == bfloat16 else tensor).numpy()
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


def shape_of(name: str, shapes: list) -> list[int]:
    """Return the shape of one of the tensors that `pack` has packed."""
    return next(shape for each, shape, *_ in shapes if each == name)


def _rows_of_levels(name: str, matrix: Tensor) -> bytes:
    """Return the bytes of a matrix in eight bits, each row behind its step."""
    levels, steps = (part.cpu().numpy() for part in to_levels(name, matrix))
    steps = steps.astype("<f2").view(numpy.uint8).reshape(-1, 2)
    return numpy.hstack([steps, levels.view(numpy.uint8)]).tobytes()
