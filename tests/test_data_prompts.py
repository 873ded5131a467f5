"""Prompts: what is told and what is asked come from one function, new each time."""

import math

import pytest
import torch
from tensors import normal
from torch.testing import assert_close

from attn_utils.data import ridge_prompts, wave_prompts


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def slanted(width: int = 5) -> torch.Tensor:
    return torch.nn.functional.normalize(normal(width, seed=1), dim=0)


TASKS = pytest.mark.parametrize(
    "make",
    [
        lambda seed: wave_prompts(7, 5, 11, generator(seed)),
        lambda seed: ridge_prompts(7, slanted(), 11, generator(seed)),
    ],
    ids=["wave", "ridge"],
)


@TASKS
def test_a_prompt_has_its_pairs_and_one_question(make):
    query, key, value, label = make(3)
    assert query.shape == (7, 1, 5)
    assert key.shape == (7, 11, 5)
    assert value.shape == (7, 11, 1)
    assert label.shape == (7,)


@TASKS
def test_the_seed_alone_decides_the_prompts(make):
    first, before = make(3), torch.get_rng_state()
    torch.manual_seed(0)
    assert_close(make(3), first, rtol=0, atol=0)
    assert not torch.equal(make(5)[0], first[0])
    torch.set_rng_state(before)
    make(3)
    assert torch.equal(torch.get_rng_state(), before)


@TASKS
def test_every_x_has_length_1_and_no_two_are_the_same(make):
    query, key, *_ = make(3)
    points = torch.cat([query, key], dim=1)
    assert_close(points.norm(dim=-1), torch.ones(7, 12))
    assert points.flatten(0, 1).unique(dim=0).shape == (7 * 12, 5)


def test_the_directions_of_x_prefer_none():
    _, key, *_ = wave_prompts(499, 3, 7, generator(1))
    assert_close(key.mean((0, 1)), torch.zeros(3), rtol=0, atol=0.05)
    spread = (key.flatten(0, 1).T @ key.flatten(0, 1)) / (499 * 7)
    assert_close(spread, torch.eye(3) / 3, rtol=0, atol=0.03)


def test_values_agree_as_far_as_one_normal_w_makes_them():
    query, key, value, label = wave_prompts(4999, 3, 31, generator(1))
    agree = label[:, None] * value[..., 0]
    # Of two sines of a normal w the mean product is a difference of kernels,
    # and its bandwidth is the 3 in sin(3 w · x).
    apart, together = ((query - s * key).square().sum(-1) for s in (1, -1))
    expected = (torch.exp(-9 * apart / 2) - torch.exp(-9 * together / 2)) / 2
    for near, far in ((0.0, 0.2), (0.2, 0.4), (0.4, 0.7), (1.3, 1.5), (1.9, 2)):
        ring = (near <= apart.sqrt()) & (apart.sqrt() < far)
        assert ring.sum() > 500
        assert agree[ring].mean().item() == pytest.approx(
            expected[ring].mean().item(), abs=0.03
        )


def test_the_values_of_a_wave_have_the_spread_of_a_normal_w():
    *_, label = wave_prompts(9973, 5, 2, generator(1))
    # sin of a normal number of deviation 3: its square is (1 - exp(-18)) / 2.
    expected = (1 - math.exp(-18)) / 2
    assert label.square().mean().item() == pytest.approx(expected, abs=0.02)
    assert label.mean().item() == pytest.approx(0, abs=0.03)


def test_question_and_pairs_belong_to_one_function():
    # Of width 1 every x is 1 or -1, and sine is odd.
    query, key, value, label = wave_prompts(13, 1, 7, generator(1))
    assert_close(value[..., 0], (label * query[:, 0, 0])[:, None] * key[..., 0])
    assert label.abs().unique().numel() == 13
    query, key, value, label = ridge_prompts(13, slanted(1), 7, generator(1))
    same = key[..., 0] == query[:, 0]
    assert 0 < same.sum() < same.numel()
    expected = label[:, None].expand(13, 7)
    assert_close(value[..., 0][same], expected[same])
    assert not torch.isclose(value[..., 0][~same], expected[~same]).any()


def test_a_ridge_is_the_same_wherever_its_direction_is_the_same():
    # Turn all of space about the direction: neither values nor labels move.
    axis = torch.tensor([0.0, 0.0, 1.0])
    _, key, value, _ = ridge_prompts(3, axis, 499, generator(1))
    order = key[..., 2].argsort(dim=-1)
    along = key[..., 2].gather(-1, order)
    said = value[..., 0].gather(-1, order)
    steps = (said[:, 1:] - said[:, :-1]).abs()
    # At most 3 |a| times the step along u; |a| < 4 in three draws.
    assert (steps <= 12 * (along[:, 1:] - along[:, :-1]) + 1e-5).all()
    across = key[..., 0].gather(-1, key[..., 0].argsort(dim=-1))
    by_another = value[..., 0].gather(-1, key[..., 0].argsort(dim=-1))
    jumps = (by_another[:, 1:] - by_another[:, :-1]).abs()
    assert not (jumps <= 12 * (across[:, 1:] - across[:, :-1]) + 1e-5).all()


def test_the_phase_of_a_ridge_is_anywhere_on_the_circle():
    # Where u · x is near 0, the value is the sine of the phase alone.
    query, _, _, label = ridge_prompts(9973, slanted(3), 2, generator(1))
    middle = (query[:, 0] @ slanted(3)).abs() < 0.03
    said = label[middle]
    assert said.square().mean().item() == pytest.approx(0.5, abs=0.06)
    assert said.mean().item() == pytest.approx(0, abs=0.1)
    # A fifth of the circle lies where the sine is above 0.809.
    assert (said > 0.809).float().mean().item() == pytest.approx(0.2, abs=0.05)


def test_the_defaults_are_width_4_and_32_pairs():
    torch.manual_seed(3)
    first = wave_prompts(7)
    torch.manual_seed(3)
    assert_close(first, wave_prompts(7, 4, 32), rtol=0, atol=0)
    torch.manual_seed(3)
    first = ridge_prompts(7, slanted())
    torch.manual_seed(3)
    assert_close(first, ridge_prompts(7, slanted(), 32), rtol=0, atol=0)
