"""A checker tries an answer on inputs its author has not seen."""

from collections.abc import Callable, Iterable

import torch

from .._shapes import Tensor


class Verdict:
    """What a checker found: true if the answer is right, and a sentence."""

    def __init__(self, right: bool, sentence: str):
        self.right, self.sentence = right, sentence

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return f"{'✓' if self.right else '✗'} {self.sentence}"


def judge(
    answer: Callable[..., Tensor],
    reference: Callable[..., Tensor],
    cases: Iterable[tuple],
    tolerance: float = 1e-5,
    mistakes: dict[Callable[..., Tensor], str] | None = None,
) -> Verdict:
    """Compare an answer with the reference on every case.

    Args:
        answer: the reader's function.
        reference: what it should compute.
        cases: arguments for both; chosen so that near misses show.
        tolerance: how far a number may be off, relative or absolute.
        mistakes: wrong functions that people write, each with a hint.

    Returns:
        The first difference in words, or that all cases agree.
    """
    count = 0
    for arguments in cases:
        count += 1
        shown = ", ".join(_shown(argument) for argument in arguments)
        try:
            # A copy: an answer that writes into its input spoils only its own.
            copies = (
                a.clone() if isinstance(a, Tensor) else a for a in arguments
            )
            got = answer(*copies)
        except Exception as error:  # whatever the reader's code raises is news
            kind = type(error).__name__
            return Verdict(False, f"it raised {kind}: {error}, for {shown}")
        if got is None:
            return Verdict(
                False, "not yet: it returns None (is there a `return`?)"
            )
        fault = _difference(got, reference(*arguments), tolerance)
        if fault:
            hints = [
                f" ({hint})"
                for mistake, hint in (mistakes or {}).items()
                if not _difference(got, mistake(*arguments), tolerance)
            ]
            return Verdict(False, f"{fault}, for {shown}{''.join(hints[:1])}")
    return Verdict(True, f"right, on all {count} inputs tried")


def _difference(got, expected: Tensor, tolerance: float) -> str:
    """Say how `got` differs from `expected`, or return an empty string."""
    if isinstance(got, float):
        got = torch.tensor(got)
    if not isinstance(got, Tensor):
        return f"it must return a tensor, but returned {type(got).__name__}"
    if got.shape != expected.shape:
        return f"the shape must be {tuple(expected.shape)}, but is {tuple(got.shape)}"
    if (got.dtype == torch.bool) != (expected.dtype == torch.bool):
        return f"the dtype must be {expected.dtype}, but is {got.dtype}"
    if expected.dtype == torch.bool:
        wrong = (got != expected).sum().item()
        return (
            f"{wrong} of {expected.numel()} entries are wrong" if wrong else ""
        )
    close = torch.isclose(
        got.to(expected.dtype), expected, rtol=tolerance, atol=tolerance
    )
    if close.all():
        return ""
    where = tuple(int(i) for i in (~close).nonzero()[0])
    place = f" at {list(where)}" if where else ""
    return f"expected {expected[where].item():.4f}{place}, got {got[where].item():.4f}"


def _shown(argument) -> str:
    """Write an argument in few words."""
    if not isinstance(argument, Tensor):
        return str(argument)
    if argument.numel() > 6:
        return f"a tensor {tuple(argument.shape)}"
    return str(argument.mul(1000).round().div(1000).tolist())
