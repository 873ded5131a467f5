"""How a checker writes what it was given and what it got."""

from collections.abc import Mapping

import torch
from torch import nn

from .._shapes import Tensor

FEW = 8  # of so many numbers each is written
BEYOND_FLOATS = (
    "the scores leave what a float can hold: smaller numbers will do"
)
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")


def ordinal(place: int) -> str:
    """Say a place, counted from 0, as a person would."""
    return ORDINALS[place] if place < len(ORDINALS) else f"{place + 1}th"


def written(number: int | float, digits: int = 4) -> str:
    """Write a number as a person would: 2.2, not 2.200000047683716."""
    try:
        text = f"{number + 0.0:.{digits}g}"  # + 0.0 makes -0 a 0
    except OverflowError:
        return "a number beyond all floats"
    return f"{number:.0f}" if "e+" in text and abs(number) < 1e12 else text


def both(expected: int | float, got: int | float) -> tuple[str, str]:
    """Write two numbers with so many digits that they differ."""
    for digits in range(4, 17):
        pair = written(expected, digits), written(got, digits)
        if pair[0] != pair[1]:
            break
    return pair


def kind(thing: object) -> str:
    """Name what something is, as in "a list"."""
    if isinstance(thing, Tensor) and thing.is_nested:
        return "a nested tensor"
    if isinstance(thing, Tensor):
        return f"a tensor of shape {tuple(thing.shape)}"
    if isinstance(thing, type):
        return f"the class {thing.__name__}"
    if isinstance(thing, nn.Module):
        return f"the module {type(thing).__name__}"
    if callable(thing):
        return "a function"
    names = {
        type(None): "None",
        str: f"a string ({thing!r})",
        bool: f"{thing}",
        dict: "a dict",
    }
    name = type(thing).__name__
    article = "an" if name[0] in "aeio" else "a"
    return names.get(type(thing), f"{article} {name}")


def shown(thing: object) -> str:
    """Write an argument in few words; a function by its name alone."""
    if isinstance(thing, Tensor):
        if thing.is_nested or thing.numel() > FEW or thing.is_meta:
            return kind(thing)
        return shown(thing.detach().to_dense().tolist())
    if isinstance(thing, bool | str | None):
        return repr(thing)
    if isinstance(thing, int | float):
        return written(thing)
    if isinstance(thing, Mapping):
        inside = (f"{shown(k)}: {shown(v)}" for k, v in thing.items())
        return f"{{{', '.join(inside)}}}"
    if isinstance(thing, list | tuple):
        if len(thing) > FEW:
            return f"{kind(thing)} of {len(thing)}"
        inside = ", ".join(shown(part) for part in thing)
        return f"[{inside}]" if isinstance(thing, list) else f"({inside})"
    name = getattr(thing, "__name__", "<")
    return kind(thing) if "<" in name else f"{name}"


def number_of(thing: object) -> int | float | None:
    """Return the number that something is, None where it is none."""
    if isinstance(thing, bool | str | bytes | complex):
        return None
    if isinstance(thing, Tensor) and thing.is_nested:  # it cannot say its shape
        return None
    if getattr(thing, "shape", ()) != ():  # an array, even of one number
        return None
    if isinstance(thing, Tensor):
        if thing.dtype == torch.bool or thing.is_complex() or thing.is_meta:
            return None
        return thing.detach().to_dense().item()
    try:
        return float(thing)
    except (TypeError, ValueError, OverflowError):
        return None
