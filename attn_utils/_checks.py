"""Errors that name the argument, what was expected and what came.

Every check here stands before something that torch would refuse with a
message about strides, or worse: broadcast silently into a wrong answer.
"""

import torch

from ._shapes import Tensor


def shape_of(tensor: Tensor) -> str:
    """Return the shape as it is written in the docstrings: (2, 3, 5)."""
    return str(tuple(tensor.shape))


def check_size(name: str, size: int, least: int) -> None:
    """Raise unless `size` is a whole number, at least `least`."""
    if isinstance(size, bool) or not isinstance(size, int):
        raise TypeError(
            f"{name} must be an int, but is {size!r} ({type(size).__name__})"
        )
    if size < least:
        raise ValueError(f"{name} must be at least {least}, but is {size}")


def check_floating(name: str, tensor: Tensor) -> None:
    """Raise unless `tensor` is a tensor of floating-point numbers."""
    if not isinstance(tensor, Tensor):
        raise TypeError(
            f"{name} must be a tensor, but is {type(tensor).__name__}"
        )
    if not tensor.is_floating_point():
        raise TypeError(
            f"{name} must hold floating-point numbers, but its dtype is "
            f"{tensor.dtype}; write 1.0 instead of 1, or call .float()"
        )


def check_sequences(**tensors: Tensor) -> None:
    """Raise unless all are floating (*batch, length, dim) of one batch.

    torch would broadcast a batch of 1 against a batch of 4, and would compare
    heads instead of positions in a (batch, tokens, heads, dim) layout.
    """
    (first_name, first), *_ = tensors.items()
    for name, tensor in tensors.items():
        check_floating(name, tensor)
        if tensor.dtype != first.dtype:
            raise TypeError(
                f"{name} must have the dtype of {first_name} ({first.dtype}), "
                f"but has {tensor.dtype}"
            )
        if tensor.ndim < 2:
            raise ValueError(
                f"{name} must have the shape (*batch, length, dim), but has "
                f"{shape_of(tensor)}"
            )
        if tensor.shape[:-2] != first.shape[:-2]:
            raise ValueError(
                f"{name} must have the batch axes of {first_name}, "
                f"{tuple(first.shape[:-2])}, but has {shape_of(tensor)}; in a "
                "(batch, tokens, heads, dim) layout, call .transpose(1, 2) first"
            )


def check_width(name: str, tensor: Tensor, dim: int, reason: str) -> None:
    """Raise unless the last axis of `tensor` is `dim` wide."""
    if tensor.shape[-1] != dim:
        raise ValueError(
            f"{name} must be {dim} wide ({reason}), but is "
            f"{tensor.shape[-1]} wide: its shape is {shape_of(tensor)}"
        )


def check_lengths(key: Tensor, value: Tensor) -> None:
    """Raise unless there is one value for each key."""
    if value.shape[-2] != key.shape[-2]:
        raise ValueError(
            f"value must have one row for each key, {key.shape[-2]}, but has "
            f"{value.shape[-2]}: its shape is {shape_of(value)}"
        )


def check_scores(scores: Tensor, query: Tensor, key: Tensor) -> None:
    """Raise unless a score function returned one score for every pair."""
    check_floating("the result of score", scores)
    expected = (*query.shape[:-1], key.shape[-2])
    if tuple(scores.shape) != expected:
        raise ValueError(
            "score must return the shape (*batch, queries, keys) = "
            f"{expected}, but returned {shape_of(scores)}"
        )


def check_mask(mask: Tensor, scores_shape: torch.Size) -> None:
    """Raise unless `mask` is bool and lies over the scores in one way only.

    A mask has the last two axes of the scores, (queries, keys), with nothing
    before them or with every batch axis; 1 stands for "the same for all".
    Anything between, such as (batch, keys) or (batch, queries, keys) over
    (batch, heads, queries, keys), would fit only by accident of the sizes.
    """
    if not isinstance(mask, Tensor) or mask.dtype != torch.bool:
        kind = mask.dtype if isinstance(mask, Tensor) else type(mask).__name__
        raise TypeError(
            "mask must be a bool tensor, True where a query may look, but is "
            f"{kind}; call .bool() if 1 means look, or compare, as in `scores > 0`"
        )
    rank = len(scores_shape)
    pairs = zip(reversed(mask.shape), reversed(scores_shape), strict=False)
    fits = min(2, rank) <= mask.ndim <= rank and all(
        size in (1, full) for size, full in pairs
    )
    complete = mask.ndim == rank or all(size == 1 for size in mask.shape[:-2])
    if not (fits and complete):
        raise ValueError(
            f"mask must have the shape (queries, keys) = "
            f"{tuple(scores_shape[-2:])} or all axes of the scores, "
            f"{tuple(scores_shape)}, with 1 allowed on any axis, but has "
            f"{shape_of(mask)}"
        )
