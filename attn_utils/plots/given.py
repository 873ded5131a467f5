"""What a drawing is given: tensors or lists, checked and made plain."""

import math
from collections.abc import Iterable

from .colours import ROLES, Number

# So far beyond 0 or 1 a weight may lie that was computed in short numbers.
ROUNDED = 1e-3


def plain(given):
    """Return numbers, or lists of them, of tensors, arrays and whatever holds some."""
    if hasattr(given, "tolist"):
        return given.tolist()
    if isinstance(given, Iterable) and not isinstance(given, str):
        return [plain(part) for part in given]
    return given


def as_rows(tensor, name: str) -> list[list]:
    """Return a tensor of at most two axes as rows."""
    values = tensor.tolist() if hasattr(tensor, "tolist") else tensor
    if not isinstance(values, list | tuple):
        values = [values]
    rows = (
        values if values and isinstance(values[0], list | tuple) else [values]
    )
    flat = [value for row in rows for value in row] if rows else []
    if any(isinstance(value, list | tuple) for value in flat):
        raise ValueError(
            f"{name} must have at most 2 axes to be drawn as cells, but has more: "
            "draw one entry of the first axis"
        )
    if not flat:
        raise ValueError(f"{name} must have at least one cell, but is empty")
    if len({len(row) for row in rows}) > 1:
        raise ValueError(
            f"{name} must have rows of one length, but they have "
            f"{[len(row) for row in rows]}"
        )
    for value in flat:
        if not isinstance(value, int | float):
            raise TypeError(f"{name} must hold numbers, but holds {value!r}")
        if math.isnan(value):
            raise ValueError(f"{name} must hold numbers, but one is NaN")
    return [list(row) for row in rows]


def as_weights(tensor, axes: tuple[str, ...]) -> list:
    """Return weights from 0 to 1 with such axes as lists, one or two deep."""
    tensor = plain(tensor)
    if depth(tensor) != len(axes):
        raise ValueError(
            f"weights must have the axes ({', '.join(axes)}), but have {depth(tensor)}"
        )
    rows = as_rows(tensor, "weights")
    for weight in (weight for row in rows for weight in row):
        if not -ROUNDED <= weight <= 1 + ROUNDED:
            raise ValueError(
                f"weights must lie from 0 to 1, but one is {weight:g}"
            )
    return rows if len(axes) > 1 else rows[0]


def depth(tensor) -> int:
    """Return how many axes a tensor or list has."""
    values = tensor.tolist() if hasattr(tensor, "tolist") else tensor
    depth = 0
    while isinstance(values, list | tuple) and values:
        depth, values = depth + 1, values[0]
    return depth


def digits_of(flat: list[Number]) -> int:
    """Return how many digits, at most two, tell the numbers."""
    finite = [value for value in flat if not math.isinf(value)]
    for digits in (0, 1):
        if all(abs(value - round(value, digits)) < 5e-4 for value in finite):
            return digits
    return 2


def check_role(role: str | None) -> None:
    """Refuse what is no role."""
    if role is not None and role not in ROLES:
        raise ValueError(
            f"role must be one of {[*ROLES]} or None, but is {role!r}"
        )


def check_labels(labels, count: int, name: str) -> tuple[str, ...]:
    """Return one label for each of `count` places, or none."""
    if labels is None:
        return ()
    labels = tuple(str(label) for label in labels)
    if len(labels) != count:
        raise ValueError(
            f"{name} must name each of the {count}, but names {len(labels)}"
        )
    return labels
