"""Handwritten digits on their way into the page: 17 levels of ink, packed."""

import numpy
import torch

SIDE = 8
LEVELS = 16  # of ink; with none at all there are 17
BITS = 5  # that a level takes


def pack_levels(levels: numpy.ndarray) -> bytes:
    """Return levels from 0 to 16 as bytes, five bits a level.

    Args:
        levels: whole numbers, (…, 8, 8): 40 bytes a picture.

    Returns:
        packed: one level after the other, the highest bit first;
            `unpackDigits` of ink.js undoes it.
    """
    bits = numpy.unpackbits(levels.reshape(-1, 1), axis=1)[:, -BITS:]
    return numpy.packbits(bits.ravel()).tobytes()


def whole_levels(name: str, ink: torch.Tensor) -> numpy.ndarray:
    """Return ink in whole levels, or raise a ValueError that says why not.

    Args:
        name: what the error calls it.
        ink: floating from 0 to 1, or from 0 to 16.
    """
    if ink.dtype == torch.bool or ink.is_complex():
        raise ValueError(f"{name} must hold numbers, but holds {ink.dtype}")
    least, largest = ink.min().item(), ink.max().item()
    # A NaN is neither above nor below.
    if not 0 <= least <= largest <= LEVELS:
        raise ValueError(
            f"{name} must hold ink from 0 to 1 or from 0 to {LEVELS}, but goes "
            f"from {least:g} to {largest:g}"
        )
    if ink.is_floating_point() and largest <= 1:
        ink = ink.double() * LEVELS
    return ink.double().round().to(torch.uint8).numpy()


def whole_numbers(
    name: str, numbers, of: str, count: int, last: int
) -> list[int]:
    """Return plain ints from 0 to `last`, or raise a ValueError that says why not.

    Args:
        name: what the error calls them.
        numbers: a list or tensor of them.
        of: what each of them belongs to.
        count: how many there must be.
        last: the largest allowed.
    """
    numbers = torch.as_tensor(numbers)
    if numbers.shape != (count,):
        raise ValueError(
            f"{name} must have the shape ({count},), one for each of {of}, but "
            f"has the shape {tuple(numbers.shape)}"
        )
    whole = not (
        numbers.is_floating_point()
        or numbers.is_complex()
        or numbers.dtype == torch.bool
    )
    if not whole:
        raise ValueError(
            f"{name} must hold whole numbers, but holds {numbers.dtype}"
        )
    wrong = [number for number in numbers.tolist() if not 0 <= number <= last]
    if wrong:
        raise ValueError(
            f"{name} must lie from 0 to {last}, but has {wrong[0]}"
        )
    return numbers.tolist()
