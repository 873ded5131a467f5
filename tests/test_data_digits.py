"""Digits and scenes: each label belongs to a digit that is really there."""

import pytest
import torch
from tensors import normal
from torch.testing import assert_close

from attn_utils.data import (
    cluttered_digits,
    cued_digits,
    digit_images,
    glimpse_scenes,
)

# Nobody's handwriting, and no two pixels alike: all between 1 and 2.
IMAGES = normal(11, 5, 7, seed=1).sigmoid() + 1
LABELS = torch.arange(11) + 100


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def boxes(canvas, corner):
    """Cut a box as large as an image out of each canvas, by a loop."""
    return torch.stack(
        [
            scene[row : row + 5, column : column + 7]
            for scene, (row, column) in zip(
                canvas, corner.tolist(), strict=True
            )
        ]
    )


def test_the_digits_are_ink_between_0_and_1():
    images, labels = digit_images()
    assert images.shape == (1305, 8, 8)
    assert images.dtype == torch.float32
    assert (images.min(), images.max()) == (0, 1)
    assert labels.unique().tolist() == list(range(10))
    assert labels[:3].tolist() == [3, 4, 5]  # 0, 1, 2 are held out


def test_training_and_held_out_digits_are_different_and_alike():
    images, labels = digit_images()
    others, other_labels = digit_images(held_out=True)
    assert len(images) + len(others) == 1797
    shared = (others.flatten(1).unsqueeze(1) == images.flatten(1)).all(-1)
    assert not shared.any()
    share = labels.bincount() / len(labels)
    other_share = other_labels.bincount() / len(other_labels)
    assert_close(other_share, share, rtol=0, atol=0.02)


def test_changing_a_digit_does_not_change_it_for_others():
    images, _ = digit_images()
    images.zero_()
    assert digit_images()[0].max() == 1


@pytest.mark.parametrize(
    "make", [glimpse_scenes, cluttered_digits, cued_digits]
)
def test_the_seed_alone_decides_the_scenes(make):
    first = make(IMAGES, LABELS, 3, generator=generator(3))
    torch.manual_seed(0)
    again = make(IMAGES, LABELS, 3, generator=generator(3))
    assert_close(again, first, rtol=0, atol=0)
    other = make(IMAGES, LABELS, 3, generator=generator(5))
    assert not torch.equal(other[0], first[0])


def test_exactly_one_glimpse_is_a_digit():
    glimpses, label, place = glimpse_scenes(IMAGES, LABELS, 13, 3, generator(1))
    assert glimpses.shape == (13, 3, 5, 7)
    is_digit = (glimpses.unsqueeze(2) == IMAGES).all(-1).all(-1)
    assert (is_digit.sum((1, 2)) == 1).all()
    _, where, which = is_digit.nonzero(as_tuple=True)
    assert torch.equal(where, place)
    assert torch.equal(which + 100, label)


def test_the_other_glimpses_have_the_ink_of_a_digit():
    glimpses, _, _ = glimpse_scenes(IMAGES, LABELS, 13, 3, generator(1))
    ink = glimpses.flatten(2).sort().values
    known = IMAGES.flatten(1).sort().values
    same = (ink.unsqueeze(2) == known).all(-1)
    assert (same.sum(-1) == 1).all()


def test_every_glimpse_is_shuffled_in_a_way_of_its_own():
    one = torch.arange(35.0).reshape(1, 5, 7)
    glimpses, _, _ = glimpse_scenes(one, torch.tensor([4]), 7, 5, generator(1))
    assert glimpses.flatten(0, 1).flatten(1).unique(dim=0).shape[0] == 29


def test_the_place_of_the_digit_is_drawn_alike():
    _, _, place = glimpse_scenes(IMAGES, LABELS, 999, 3, generator(1))
    assert place.bincount(minlength=3).min() > 280


def test_the_whole_digit_stands_at_its_corner():
    canvas, label, corner = cluttered_digits(
        IMAGES, LABELS, 97, 13, 3, 2, noise=0.0, generator=generator(1)
    )
    assert canvas.shape == (97, 1, 13, 13)
    assert torch.equal(boxes(canvas[:, 0], corner), IMAGES[label - 100])
    assert corner.amin(0).tolist() == [0, 0]
    assert corner.amax(0).tolist() == [6, 6]


def test_the_clutter_is_pieces_of_digits():
    canvas, _, _ = cluttered_digits(
        IMAGES, LABELS, 97, 13, 1, 2, noise=0.0, generator=generator(1)
    )
    ink = (canvas > 0).sum((1, 2, 3))
    assert ink.min() == 5 * 7  # the digit lies over the piece
    assert ink.max() == 5 * 7 + 2 * 2
    assert torch.isin(canvas[canvas > 0], IMAGES).all()


def test_a_piece_keeps_the_order_of_its_pixels():
    one = torch.arange(1.0, 26.0).reshape(1, 5, 5)
    canvas, _, corner = cluttered_digits(
        one, LABELS[:1], 97, 23, 1, 2, noise=0.0, generator=generator(1)
    )
    corners_seen = set()
    for scene, (row, column) in zip(canvas[:, 0], corner, strict=True):
        scene[row : row + 5, column : column + 5] = 0
        piece = scene[scene > 0]
        if len(piece) == 4:
            first = piece[0]
            assert piece.tolist() == [first, first + 1, first + 5, first + 6]
            corners_seen.add(int(first))
    assert min(corners_seen) == 1
    assert max(corners_seen) == 19


def test_without_clutter_only_the_digit_and_the_noise_are_left():
    canvas, _, _ = cluttered_digits(
        IMAGES * 0, LABELS, 97, num_crops=0, noise=0.3, generator=generator(1)
    )
    assert canvas.std().item() == pytest.approx(0.3, rel=0.02)


def test_the_cue_says_which_colour_counts():
    canvas, label, plane = cued_digits(IMAGES, LABELS, 97, 12, 3, generator(1))
    assert canvas.shape == (97, 3, 12, 12)
    cue = canvas[:, 2].flatten(1)
    assert torch.equal(cue.sum(-1), torch.where(plane == 0, 9.0, -9.0))
    assert cue.unique().tolist() == [-1, 0, 1]
    shown = canvas[torch.arange(97), plane].flatten(1).amax(-1)
    assert torch.equal(shown, IMAGES[label - 100].flatten(1).amax(-1))
    assert 30 < plane.sum() < 67


def test_the_cue_is_a_square_anywhere():
    canvas, _, _ = cued_digits(IMAGES, LABELS, 997, 12, 3, generator(1))
    cue = canvas[:, 2].abs()
    windows = cue.unfold(1, 3, 1).unfold(2, 3, 1).sum((-2, -1))
    assert (windows.flatten(1).amax(-1) == 9).all()
    places = (windows == 9).nonzero()[:, 1:].unique(dim=0)
    assert len(places) == 10 * 10


def test_both_colours_show_one_whole_digit():
    canvas, _, _ = cued_digits(IMAGES, LABELS, 97, 12, 3, generator(1))
    for colour in (0, 1):
        for scene in canvas[:, colour]:
            rows, columns = scene.nonzero(as_tuple=True)
            box = scene[rows.min() : rows.max() + 1]
            box = box[:, columns.min() : columns.max() + 1]
            assert (box == IMAGES).all(-1).all(-1).sum() == 1


def test_the_sources_are_left_as_they_are():
    before = IMAGES.clone()
    for make in (glimpse_scenes, cluttered_digits, cued_digits):
        make(IMAGES, LABELS, 3, generator=generator(1))
    assert torch.equal(IMAGES, before)
