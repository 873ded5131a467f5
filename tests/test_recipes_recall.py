"""Chapter 03's memory: what is remembered, completed, mended, measured, stored."""

import pytest
import torch
from tensors import normal
from torch.testing import assert_close

from attn_utils.data import digit_images, runs
from attn_utils.recipes.recall import (
    DAMAGES,
    GRID,
    NOISE,
    add_noise,
    complete,
    effective_keys,
    erase_lower_half,
    erase_pixels,
    heaviest_label,
    mend,
    mending_results,
    recall_results,
    split_digits,
)

RECALL = runs.load("recall")
MENDING = runs.load("mending")
# Five digits and three others, of nobody's hand.
MEMORY = normal(5, 8, 8, seed=1).sigmoid()
OTHERS = normal(3, 8, 8, seed=2).sigmoid()


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def at(curve, bandwidth):
    """Return the entry of a list over `GRID`."""
    return curve[GRID.index(bandwidth)]


def mean(rows):
    """Return the mean over the seeds, for each bandwidth."""
    return torch.tensor(rows).mean(0).tolist()


# -- what is remembered ----------------------------------------------------------


def test_what_is_asked_is_never_remembered():
    remembered, asked = split_digits(503, seed=3)
    assert remembered.images.shape == (503, 8, 8)
    assert asked.labels.shape == (600,)
    both = torch.cat([remembered.images, asked.images]).flatten(1)
    assert len(both.unique(dim=0)) == 1103


def test_a_larger_memory_holds_the_smaller_one_and_is_asked_the_same():
    small, asked = split_digits(7, seed=3)
    large, asked_again = split_digits(11, seed=3)
    assert_close(large.images[:7], small.images, rtol=0, atol=0)
    assert_close(asked_again, asked, rtol=0, atol=0)
    assert not torch.equal(split_digits(7, seed=5)[0].images, small.images)


def test_every_image_keeps_its_label():
    known, labels = digit_images()
    remembered, _ = split_digits(101, seed=1)
    same = (remembered.images.unsqueeze(1) == known).flatten(2).all(-1)
    digit, which = same.nonzero(as_tuple=True)
    assert len(digit) > 50
    assert torch.equal(remembered.labels[digit], labels[which])


def test_all_but_six_hundred_can_be_remembered_and_no_more():
    assert len(split_digits(1197, 1)[0].images) == 1197
    with pytest.raises(
        ValueError,
        match=r"num_remembered must be at most 1197, .*600 .*but is 1198",
    ):
        split_digits(1198, 1)
    with pytest.raises(ValueError, match="num_remembered must be at least 1"):
        split_digits(0, 1)


def test_the_digits_leave_torch_s_own_randomness_alone():
    before = torch.get_rng_state()
    recall_results(3, seed=1)
    mending_results("noise", seed=1, num_remembered=3)
    assert torch.equal(torch.get_rng_state(), before)


# -- completing and mending ------------------------------------------------------


def test_a_narrow_bandwidth_copies_the_lower_half_of_the_nearest():
    lower, weights = complete(MEMORY[2:4, :4], MEMORY, 0.01)
    assert lower.shape == (2, 4, 8)
    assert weights.shape == (2, 5)
    assert_close(lower, MEMORY[2:4, 4:])
    assert weights.argmax(-1).tolist() == [2, 3]


def test_a_wide_bandwidth_gives_the_mean_of_all():
    lower, weights = complete(OTHERS[:, :4], MEMORY, 1e4)
    assert_close(lower, MEMORY[:, 4:].mean(0).expand(3, 4, 8))
    assert_close(effective_keys(weights), torch.full((3,), 5.0))
    whole, _ = mend(OTHERS, MEMORY, 1e4)
    assert_close(whole, MEMORY.mean(0).expand(3, 8, 8))


def test_a_lower_half_is_no_key_and_an_upper_half_is_no_value():
    memory = MEMORY.clone()
    memory[:, 4:] += 1
    lower, weights = complete(OTHERS[:, :4], MEMORY, 0.5)
    moved, same = complete(OTHERS[:, :4], memory, 0.5)
    assert_close(same, weights)
    assert_close(moved, lower + 1)


def test_weights_are_the_gaussian_of_the_distance():
    _, weights = mend(OTHERS, MEMORY, 0.7)
    squares = (OTHERS.unsqueeze(1) - MEMORY).square().sum((-2, -1))
    assert_close(weights, (-squares / (2 * 0.7**2)).softmax(-1))
    _, weights = complete(OTHERS[:, :4], MEMORY, 0.7)
    squares = (OTHERS - MEMORY.unsqueeze(1))[..., :4, :].square().sum((-2, -1))
    assert_close(weights, (-squares.T / (2 * 0.7**2)).softmax(-1))


def test_keys_that_share_the_weight_are_counted():
    weights = torch.tensor([[1.0, 0, 0, 0], [0.25] * 4, [0.5, 0.25, 0.25, 0]])
    assert_close(effective_keys(weights), torch.tensor([1, 4, 8 / 3]))


def test_two_light_digits_of_one_label_outweigh_a_heavy_one():
    weights = torch.tensor([[0.4, 0.3, 0.3], [0.8, 0.1, 0.1]])
    labels = torch.tensor([7, 2, 2])
    assert heaviest_label(weights, labels).tolist() == [2, 7]


# -- what happens to a digit -----------------------------------------------------


def test_noise_has_the_deviation_that_is_said_and_hides_no_pixel():
    spoilt, known = add_noise(torch.zeros(499, 8, 8), generator(1))
    assert spoilt.std().item() == pytest.approx(NOISE, rel=0.02)
    assert known.all()


def test_half_of_the_pixels_are_erased_others_in_every_digit():
    whole = OTHERS + 1
    spoilt, known = erase_pixels(whole, generator(1))
    assert known.flatten(1).sum(-1).tolist() == [32, 32, 32]
    assert_close(spoilt, torch.where(known, whole, 0.0), rtol=0, atol=0)
    assert not torch.equal(known[0], known[1])
    # Anywhere: no pixel is spared.
    _, known = erase_pixels(torch.ones(499, 8, 8), generator(1))
    share = known.float().mean(0)
    assert 0.4 < share.min() < share.max() < 0.6


def test_the_lower_half_is_erased_and_the_upper_is_not():
    spoilt, known = erase_lower_half(OTHERS, generator(1))
    assert_close(spoilt[:, :4], OTHERS[:, :4], rtol=0, atol=0)
    assert not spoilt[:, 4:].any()
    assert known[:, :4].all()
    assert not known[:, 4:].any()


def test_digits_that_are_spoilt_are_left_as_they_are():
    before = MEMORY.clone()
    for damage in DAMAGES.values():
        damage(MEMORY, generator(1))
    assert torch.equal(MEMORY, before)


def test_an_unknown_damage_is_refused():
    with pytest.raises(
        ValueError, match=r"damage must be one of noise, .*but is 'coffee'"
    ):
        mending_results("coffee", 1)


# -- what is measured ------------------------------------------------------------


def test_results_end_at_the_copy_and_at_the_mean():
    got = recall_results(13, seed=3)
    assert {len(c) for c in got.values() if isinstance(c, list)} == {len(GRID)}
    copy, mean_of_all = (
        got["error: copy of the nearest"],
        got["error: mean of all"],
    )
    assert got["error"][0] == pytest.approx(copy, rel=0.02)
    assert got["error"][-1] == pytest.approx(mean_of_all, rel=0.02)
    assert got["keys"][0] == pytest.approx(1, abs=0.01)
    assert got["keys"][-1] == pytest.approx(13, abs=0.1)
    remembered, asked = split_digits(13, seed=3)
    ends = remembered.images[:, 4:].mean(0) - asked.images[:, 4:]
    assert mean_of_all == pytest.approx(ends.square().mean().item())


def test_the_copy_is_of_the_digit_whose_upper_half_is_nearest():
    remembered, asked = split_digits(13, seed=3)
    got = recall_results(13, seed=3)
    errors, right = [], []
    for image, label in zip(*asked, strict=True):
        apart = (remembered.images[:, :4] - image[:4]).square().sum((1, 2))
        nearest = apart.argmin()
        lower = remembered.images[nearest, 4:]
        errors.append((lower - image[4:]).square().mean().item())
        right.append(bool(remembered.labels[nearest] == label))
    assert got["error: copy of the nearest"] == pytest.approx(
        sum(errors) / 600, rel=1e-4
    )
    assert got["right: weight"][0] == pytest.approx(sum(right) / 600, abs=0.005)


def test_a_digit_that_is_remembered_completes_itself():
    results = mending_results("erased lower half", seed=3, num_remembered=101)
    assert results["found: known pixels"] == 1
    assert results["found: distance"] < 0.5


def test_a_mended_digit_is_held_against_its_original():
    got = mending_results("erased lower half", seed=3, num_remembered=101)
    remembered, asked = split_digits(101, seed=3)
    for name, whole in (("", remembered.images), (", new", asked.images)):
        lost = whole[:, 4:].square().mean().item() / 2
        assert got[f"error: spoilt{name}"] == pytest.approx(lost, rel=1e-4)
    # So wide that all weigh nearly alike.
    spread = remembered.images - remembered.images.mean(0)
    assert got["error"][-1] == pytest.approx(
        spread.square().mean().item(), rel=0.03
    )
    spread = asked.images - remembered.images.mean(0)
    assert got["error: new"][-1] == pytest.approx(
        spread.square().mean().item(), rel=0.03
    )


def test_the_angle_does_not_ask_how_much_ink_a_key_has():
    # By the product alone the digits with most ink win: one in four is found.
    got = mending_results("noise", seed=3, num_remembered=307)
    assert got["found: angle"] > 0.8


# -- what is stored --------------------------------------------------------------


def test_five_hundred_digits_are_best_between_the_copy_and_the_mean():
    for seed in RECALL.seeds:
        (error,) = RECALL.column("error", num_remembered=500, seed=seed)
        ends = (
            RECALL.column(name, num_remembered=500, seed=seed)[0]
            for name in ("error: copy of the nearest", "error: mean of all")
        )
        assert at(error, 0.3) < 0.75 * min(ends)
        assert 0.25 <= GRID[error.index(min(error))] <= 0.5


def test_the_more_is_remembered_the_sharper_is_the_best_and_the_less_is_its_error():
    curves = {
        size: mean(RECALL.column("error", num_remembered=size))
        for size in (100, 500, 1000)
    }
    bests = [GRID[c.index(min(c))] for c in curves.values()]
    errors = [min(c) for c in curves.values()]
    assert bests == sorted(bests, reverse=True)
    assert bests[0] > bests[-1]
    assert errors[0] > errors[1] > errors[2]


def test_few_keys_take_part_where_the_error_is_least():
    keys = mean(RECALL.column("keys", num_remembered=500))
    assert keys[0] == pytest.approx(1, abs=0.01)
    assert 2 < at(keys, 0.3) < 10
    assert keys[-1] > 495


def test_the_right_digit_is_completed_as_long_as_few_take_part():
    right = mean(RECALL.column("right: weight", num_remembered=500))
    assert at(right, 0.3) > 0.83
    assert at(right, 0.3) > at(right, 1.0) + 0.05
    assert right[-1] < 0.5


def test_the_best_bandwidth_against_noise_is_the_deviation_of_the_noise():
    for curve in MENDING.column("error", damage="noise"):
        place = GRID.index(NOISE)
        assert curve[place] < min(curve[:place] + curve[place + 1 :]) * 1.05
        assert curve[place] < 0.05 * NOISE**2
    assert min(MENDING.column("found: distance", damage="noise")) > 0.85


def test_an_ordinary_memory_takes_erased_pixels_for_paper():
    for damage in ("erased pixels", "erased lower half"):
        distance = MENDING.column("found: distance", damage=damage)
        angle = MENDING.column("found: angle", damage=damage)
        known = MENDING.column("found: known pixels", damage=damage)
        assert max(distance) < 0.3
        assert all(d < a for d, a in zip(distance, angle, strict=True))
        assert max(angle) < 0.5
        assert min(known) > 0.99


def test_a_digit_that_was_never_seen_is_mended_too():
    for damage in DAMAGES:
        before = MENDING.column("error: spoilt, new", damage=damage)
        after = MENDING.column("error: new", damage=damage)
        pairs = zip(after, before, strict=True)
        assert all(min(curve) < 0.6 * spoilt for curve, spoilt in pairs)
