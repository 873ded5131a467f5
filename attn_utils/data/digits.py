"""Handwritten digits, and scenes in which they must be found."""

from functools import cache

import torch
from torch.nn.functional import one_hot

from .._checks import check_at_most, check_size, shape_of
from .._shapes import Float, Int, Tensor
from ._common import check_axes, check_noise


def digit_images(
    held_out: bool = False,
) -> tuple[Float[Tensor, "images 8 8"], Int[Tensor, "images"]]:
    """Load scikit-learn's small digits: 1305 to train on, 492 held out.

    Args:
        held_out: the images for testing instead of those for training; no
            image is in both. (The same people wrote both.)

    Returns:
        images: ink between 0 and 1.
        labels: the digits, 0 to 9.

    Raises:
        ModuleNotFoundError: scikit-learn is not installed.

    Source: Alpaydin and Kaynak 1998, "Optical Recognition of Handwritten
    Digits", in scikit-learn's copy.
    """
    images, labels = _all_digits()
    # The file often counts from 0 to 9, with which 11 cannot fall in step.
    is_held_out = torch.arange(len(images)) % 11 < 3
    chosen = is_held_out if held_out else ~is_held_out
    return images[chosen], labels[chosen]


def glimpse_scenes(
    images: Float[Tensor, "images height width"],
    labels: Int[Tensor, "images"],
    num_examples: int,
    num_glimpses: int = 25,
    generator: torch.Generator | None = None,
) -> tuple[
    Float[Tensor, "batch glimpses height width"],
    Int[Tensor, "batch"],
    Int[Tensor, "batch"],
]:
    """Hide one digit among glimpses of shuffled pixels: where to look?

    Args:
        images: digits, as from `digit_images`.
        labels: what they show.
        num_examples: how many scenes.
        num_glimpses: glimpses in each, one of them a digit.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        glimpses: one digit; the others are digits too, but each with its
            pixels shuffled in a way of its own, so that ink tells nothing.
        label: what the one digit is.
        place: the number of its glimpse.

    Raises:
        ValueError: a size below 1, or images and labels that do not fit.
        TypeError: images that are not floating, a size that is not whole.
    """
    _check_digits(images, labels)
    num_examples = check_size("num_examples", num_examples, least=1)
    num_glimpses = check_size("num_glimpses", num_glimpses, least=1)
    size = num_examples, num_glimpses
    chosen = torch.randint(len(images), size, generator=generator)
    place = torch.randint(num_glimpses, (num_examples,), generator=generator)
    pixels = images.flatten(1)[chosen]
    shuffled = torch.rand(pixels.shape, generator=generator).argsort(-1)
    in_order = torch.arange(pixels.shape[-1])
    is_digit = one_hot(place, num_glimpses).bool().unsqueeze(-1)
    order = torch.where(is_digit, in_order, shuffled)
    glimpses = pixels.gather(-1, order).unflatten(-1, images.shape[1:])
    return glimpses, labels[chosen[torch.arange(num_examples), place]], place


def cluttered_digits(
    images: Float[Tensor, "images height width"],
    labels: Int[Tensor, "images"],
    num_examples: int,
    canvas_size: int = 24,
    num_crops: int = 6,
    crop_size: int = 4,
    noise: float = 0.1,
    generator: torch.Generator | None = None,
) -> tuple[
    Float[Tensor, "batch 1 canvas canvas"],
    Int[Tensor, "batch"],
    Int[Tensor, "batch 2"],
]:
    """Lay a digit among pieces of others: does the attention map find it?

    Args:
        images: digits, as from `digit_images`.
        labels: what they show.
        num_examples: how many scenes.
        canvas_size: height and width of a scene.
        num_crops: pieces of clutter in each, 0 or more.
        crop_size: height and width of a piece.
        noise: standard deviation of what is added everywhere.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        canvas: pieces at random places, over them one whole digit, and noise.
        label: what that digit is.
        corner: row and column of its first pixel; its box is as large as an
            image.

    Raises:
        ValueError: a canvas smaller than an image or a crop larger than one,
            noise that is negative or infinite, images and labels that do not
            fit, or another size that is too small.
        TypeError: images that are not floating, a size that is not whole.
    """
    _check_digits(images, labels)
    smallest, largest = min(images.shape[1:]), max(images.shape[1:])
    num_examples = check_size("num_examples", num_examples, least=1)
    canvas_size = check_size("canvas_size", canvas_size, least=largest)
    num_crops = check_size("num_crops", num_crops, least=0)
    crop_size = check_size("crop_size", crop_size, least=1)
    check_at_most("crop_size", crop_size, smallest, "the size of an image")
    check_noise(noise)
    canvas = torch.zeros(num_examples, canvas_size, canvas_size)
    for _ in range(num_crops):
        whole, _ = _draw_digits(images, labels, num_examples, generator)
        corner = _draw_corner(whole, crop_size, generator)
        piece = whole[_window(corner, (crop_size, crop_size))]
        corner = _draw_corner(canvas, crop_size, generator)
        canvas[_window(corner, piece.shape[1:])] = piece
    digit, label = _draw_digits(images, labels, num_examples, generator)
    corner = _draw_corner(canvas, largest, generator)
    canvas[_window(corner, digit.shape[1:])] = digit
    canvas = canvas + noise * torch.randn(canvas.shape, generator=generator)
    return canvas.unsqueeze(1), label, corner


def cued_digits(
    images: Float[Tensor, "images height width"],
    labels: Int[Tensor, "images"],
    num_examples: int,
    canvas_size: int = 12,
    cue_size: int = 3,
    generator: torch.Generator | None = None,
) -> tuple[
    Float[Tensor, "batch 3 canvas canvas"],
    Int[Tensor, "batch"],
    Int[Tensor, "batch"],
]:
    """Show two digits in two colours, and a small cue that says which counts.

    The cue is strong and small: a channel's maximum keeps it, its average
    nearly loses it.

    Args:
        images: digits, as from `digit_images`.
        labels: what they show.
        num_examples: how many scenes.
        canvas_size: height and width of a scene.
        cue_size: height and width of the cue.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        canvas: a digit in plane 0, another in plane 1, and in plane 2 the cue,
            a square of +1 or -1; all at random places.
        label: the digit of the plane that counts.
        plane: that plane; 0 where the cue is +1, 1 where it is -1.

    Raises:
        ValueError: a canvas smaller than an image or than the cue, images and
            labels that do not fit, or another size below 1.
        TypeError: images that are not floating, a size that is not whole.
    """
    _check_digits(images, labels)
    largest = max(images.shape[1:])
    num_examples = check_size("num_examples", num_examples, least=1)
    canvas_size = check_size("canvas_size", canvas_size, least=largest)
    cue_size = check_size("cue_size", cue_size, least=1)
    check_at_most("cue_size", cue_size, canvas_size, "canvas_size")
    canvas = torch.zeros(num_examples, 3, canvas_size, canvas_size)
    plane = torch.randint(2, (num_examples,), generator=generator)
    label = torch.zeros(num_examples, dtype=torch.long)
    for colour in (0, 1):
        digit, shown = _draw_digits(images, labels, num_examples, generator)
        corner = _draw_corner(canvas, largest, generator)
        canvas[:, colour][_window(corner, digit.shape[1:])] = digit
        label = torch.where(plane == colour, shown, label)
    cue = torch.where(plane == 0, 1.0, -1.0)[:, None, None]
    corner = _draw_corner(canvas, cue_size, generator)
    canvas[:, 2][_window(corner, (cue_size, cue_size))] = cue
    return canvas, label, plane


@cache
def _all_digits() -> tuple[Float[Tensor, "images 8 8"], Int[Tensor, "images"]]:
    """Load all images and labels, once."""
    try:
        from sklearn.datasets import load_digits
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "digit_images needs scikit-learn, which is not installed: "
            "pip install scikit-learn"
        ) from None
    digits = load_digits()
    images = torch.tensor(digits.images, dtype=torch.float32) / 16
    return images, torch.tensor(digits.target)


def _check_digits(images: Tensor, labels: Tensor) -> None:
    """Raise unless there is one label for each image."""
    check_axes("images", images, "images height width")
    if labels.shape != images.shape[:1]:
        raise ValueError(
            f"labels must have one entry for each image, {len(images)}, but "
            f"have the shape {shape_of(labels)}"
        )


def _draw_digits(
    images: Float[Tensor, "images height width"],
    labels: Int[Tensor, "images"],
    num_examples: int,
    generator: torch.Generator | None,
) -> tuple[Float[Tensor, "batch height width"], Int[Tensor, "batch"]]:
    """Draw one image for each scene, and what it shows."""
    chosen = torch.randint(len(images), (num_examples,), generator=generator)
    return images[chosen], labels[chosen]


def _draw_corner(
    canvas: Float[Tensor, "batch *planes height width"],
    size: int,
    generator: torch.Generator | None,
) -> Int[Tensor, "batch 2"]:
    """Draw row and column where a square of this size fits on each canvas."""
    last_row, last_column = (side - size for side in canvas.shape[-2:])
    count = (len(canvas),)
    row = torch.randint(last_row + 1, count, generator=generator)
    column = torch.randint(last_column + 1, count, generator=generator)
    return torch.stack([row, column], dim=-1)


def _window(
    corner: Int[Tensor, "batch 2"], size: tuple[int, ...]
) -> tuple[
    Int[Tensor, "batch 1 1"],
    Int[Tensor, "batch height 1"],
    Int[Tensor, "batch 1 width"],
]:
    """Return the index of the box at `corner` in each canvas of a batch."""
    height, width = size
    example = torch.arange(len(corner))[:, None, None]
    rows = corner[:, :1] + torch.arange(height)
    columns = corner[:, 1:] + torch.arange(width)
    return example, rows[:, :, None], columns[:, None, :]
