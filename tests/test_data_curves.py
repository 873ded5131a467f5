"""Curves: what they promise about the points they draw."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from attn_utils.data import noisy_curve, true_curve


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_true_curve_by_hand():
    heights = true_curve(torch.tensor([0.0, 1.0, math.pi]))
    expected = [0.0, 2 * math.sin(1) + 1, math.pi**0.8]
    assert_close(heights, torch.tensor(expected))


def test_the_generator_alone_decides_the_points():
    x, y = noisy_curve(7, generator=generator(3))
    torch.manual_seed(0)
    again = noisy_curve(7, generator=generator(3))
    assert torch.equal(x, again[0])
    assert torch.equal(y, again[1])
    assert not torch.equal(x, noisy_curve(7, generator=generator(5))[0])


def test_a_generator_leaves_torch_s_own_randomness_alone():
    before = torch.get_rng_state()
    noisy_curve(7, generator=generator(3))
    assert torch.equal(torch.get_rng_state(), before)


def test_without_a_generator_torch_s_own_randomness_decides():
    torch.manual_seed(3)
    x, y = noisy_curve(7)
    torch.manual_seed(3)
    assert_close(noisy_curve(7), (x, y))


@given(num_points=st.integers(1, 101), seed=st.integers(0, 9999))
def test_places_ascend_from_0_to_below_5(num_points, seed):
    x, y = noisy_curve(num_points, generator=generator(seed))
    assert x.shape == y.shape == (num_points,)
    assert (x[1:] >= x[:-1]).all()
    assert x.min() >= 0
    assert x.max() < 5


def test_places_fill_the_whole_line():
    x, _ = noisy_curve(997, generator=generator(1))
    assert x.mean().item() == pytest.approx(2.5, abs=0.2)
    assert x.max() > 4.9


def test_without_noise_the_points_lie_on_the_curve():
    x, y = noisy_curve(11, noise=0.0, generator=generator(1))
    assert torch.equal(y, true_curve(x))


@pytest.mark.parametrize("noise", [0.5, 2.0])
def test_noise_is_the_standard_deviation_about_the_curve(noise):
    x, y = noisy_curve(4999, noise=noise, generator=generator(1))
    residual = y - true_curve(x)
    assert residual.std().item() == pytest.approx(noise, rel=0.05)
    assert residual.mean().item() == pytest.approx(0, abs=0.1 * noise)


def test_the_defaults_are_50_points_with_noise_one_half():
    torch.manual_seed(3)
    x, y = noisy_curve()
    torch.manual_seed(3)
    assert_close(noisy_curve(50, 0.5), (x, y))
