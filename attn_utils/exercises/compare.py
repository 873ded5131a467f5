"""How a result differs from what was asked for, in the result's own types."""

import torch

from .._shapes import Tensor
from .words import both, kind, number_of, ordinal

HALF = (torch.float16, torch.bfloat16)
NAN = "not a number (NaN), as 0 / 0 and inf - inf are"


def difference(got: object, expected: object, tolerance: float) -> str:
    """Say how `got` differs from `expected`, or return an empty string.

    Args:
        got: whatever an answer returned, on any device, with or without
            gradient.
        expected: a tensor, a number, or a tuple of them.
        tolerance: how far a number may be off, relative or absolute.
    """
    if isinstance(expected, tuple):
        return _tuple(got, expected, tolerance)
    if isinstance(expected, Tensor):
        return _tensor(got, expected, tolerance)
    number = number_of(got)
    if number is None:
        taken = isinstance(got, Tensor) and got.numel() == 1
        hint = " (`.item()` takes its number out)" if taken else ""
        return f"it must return a number, but returned {kind(got)}{hint}"
    if number != number:
        return f"it returned {NAN}"
    # Of a choice among numbers, 0.1 in float32 is the 0.1 that was offered.
    if abs(number - expected) <= tolerance * (1 + abs(expected)):
        return ""
    right, wrong = both(expected, number)
    return f"expected {right}, got {wrong}"


def _tuple(got: object, expected: tuple, tolerance: float) -> str:
    if not isinstance(got, tuple | list):
        return (
            f"it must return {len(expected)} things, as in `return a, b`, but "
            f"returned {kind(got)}"
        )
    if len(got) != len(expected):
        return f"it must return {len(expected)} things, but returned {len(got)}"
    for place, (mine, right) in enumerate(zip(got, expected, strict=True)):
        if fault := difference(mine, right, tolerance):
            return f"of result {place + 1}: {fault}"
    return ""


def form_fault(got: object, expected: Tensor) -> str:
    """Say what, but for its numbers, keeps a result from being compared."""
    shape = tuple(expected.shape)
    if not isinstance(got, Tensor):
        make = (
            "torch.stack"
            if isinstance(got, list | tuple)
            and any(isinstance(part, Tensor) for part in got)
            else "torch.tensor"
        )
        listed = isinstance(got, list | tuple) or hasattr(got, "__array__")
        hint = f" (`{make}` makes one of it)" if listed else ""
        what = kind(got)
        alike = [
            isinstance(part, Tensor)
            and not part.is_nested
            and part.shape == shape
            for part in (got if isinstance(got, tuple | list) else ())
        ]
        if sum(alike) == 1 or (any(alike) and isinstance(got, tuple)):
            what = (
                "one thing in brackets"
                if len(got) == 1
                else f"{len(got)} things"
            )
            hint = f": return its {ordinal(alike.index(True))} alone"
        return f"it must return a tensor of shape {shape}, but returned {what}{hint}"
    if got.is_nested:
        return f"it must return a tensor of shape {shape}, but returned {kind(got)}"
    if fault := shape_fault(tuple(got.shape), shape):
        return fault
    if fault := _dtype(got.dtype, expected.dtype):
        return fault
    if got.is_meta:
        return 'it lives on the device "meta", where tensors hold no numbers'
    return ""


def _tensor(got: object, expected: Tensor, tolerance: float) -> str:
    if expected.shape == () and number_of(got) is not None:
        got = torch.as_tensor(float(number_of(got)))
    if fault := form_fault(got, expected):
        return fault
    got = got.detach().to_dense().cpu()
    expected = expected.detach().cpu()
    if expected.dtype == torch.bool:
        wrong = got != expected
        close = ~wrong
    else:
        got, expected = got.double(), expected.double()
        close = torch.isclose(got, expected, rtol=tolerance, atol=tolerance)
    if close.all():
        return ""
    where = tuple(int(i) for i in (~close).nonzero()[0])
    place = f" at {list(where)}" if where else ""
    mine, right = got[where].item(), expected[where].item()
    if expected.dtype == torch.bool:
        count = f"{(~close).sum()} of {close.numel()} entries are wrong"
        return f"{count}, the first{place}: it must be {right}"
    if mine != mine:
        return f"the result{place} is {NAN}"
    right, mine = both(right, mine)
    return f"expected {right}{place}, got {mine}"


def shape_fault(got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """Say how a shape is wrong, and what may have led to it, or nothing."""
    if got == expected:
        return ""
    hint = ""
    if got == ():
        hint = " (one number for all, where each is asked for by itself)"
    elif sorted(got) == sorted(expected):
        hint = " (the axes are exchanged)"
    elif [n for n in got if n != 1] == [n for n in expected if n != 1]:
        hint = (
            " (an axis of one is left over: `squeeze`)"
            if len(got) > len(expected)
            else " (an axis of one is missing: `unsqueeze`)"
        )
    elif len(got) <= len(expected) and all(
        mine in (1, asked)
        for mine, asked in zip(reversed(got), reversed(expected), strict=False)
    ):
        hint = " (torch would spread it over the rest without a word)"
    return f"the shape must be {expected}, but is {got}{hint}"


def _dtype(got: torch.dtype, expected: torch.dtype) -> str:
    """Say what is wrong about a dtype, or return an empty string."""
    if got == expected:
        return ""
    if expected == torch.bool:
        return (
            f"it must hold True and False (torch.bool), but holds {got}; "
            "compare, as in `a < b`, or call `.bool()`"
        )
    if got == torch.bool:
        return f"it must hold numbers ({expected}), but holds {got}"
    if expected.is_floating_point and not got.is_floating_point:
        return f"it must hold floats ({expected}), but holds {got}"
    if expected.is_floating_point and got in HALF:
        return f"it must keep the digits of {expected}, but holds {got}"
    return ""
