"""Positions: by hand, by their laws, and at the ends of their ranges."""

import copy
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from modules import assert_near
from tensors import normal
from torch.autograd import gradcheck
from torch.testing import assert_close

from attn_utils import LearnedPositions, rotate, sinusoidal_positions

SEEDS = st.integers(0, 9999)
PLACES = st.integers(0, 997)


@pytest.fixture
def float64_by_default():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


# Sinusoids


def test_sinusoids_by_hand():
    # Two pairs: the first turns by 1 a step, the second by 1 / 10000^(2/4).
    expected = [
        [0.0, 1.0, 0.0, 1.0],
        [math.sin(1), math.cos(1), math.sin(0.01), math.cos(0.01)],
        [math.sin(2), math.cos(2), math.sin(0.02), math.cos(0.02)],
    ]
    assert_close(sinusoidal_positions(3, 4), torch.tensor(expected))


def test_sinusoids_of_an_odd_width_by_hand():
    # One pair and a half: the last sine has no cosine beside it.
    last = 10000 ** (-2 / 3)
    expected = [
        [0.0, 1.0, 0.0],
        [math.sin(1), math.cos(1), math.sin(last)],
        [math.sin(2), math.cos(2), math.sin(2 * last)],
    ]
    assert_close(sinusoidal_positions(3, 3), torch.tensor(expected))
    assert_close(
        sinusoidal_positions(2, 1), torch.tensor([[0.0], [math.sin(1)]])
    )


@pytest.mark.parametrize(("base", "slower"), [(16.0, 0.75), (1.44, 2.5)])
def test_sinusoids_with_another_base_by_hand(base, slower):
    got = sinusoidal_positions(1, 4, offset=3, base=base)
    waves = [math.sin(3), math.cos(3), math.sin(slower), math.cos(slower)]
    assert_close(got, torch.tensor([waves]))


def test_even_features_are_sines_and_odd_ones_cosines_of_one_angle():
    waves = sinusoidal_positions(101, 14)
    even, odd = waves[:, 0::2], waves[:, 1::2]
    assert torch.equal(even[0], torch.zeros(7))
    assert torch.equal(odd[0], torch.ones(7))
    assert_close(even.square() + odd.square(), torch.ones(101, 7))
    # The last pair is the slowest: it has hardly begun to turn.
    assert even[100, -1] < 0.05 < even[1, 0]


@given(offset=PLACES, num_tokens=st.integers(0, 13))
def test_with_an_offset_the_table_begins_later(offset, num_tokens):
    table = sinusoidal_positions(offset + num_tokens, 14)
    got = sinusoidal_positions(num_tokens, 14, offset)
    assert torch.equal(got, table[offset:])


def test_the_dot_product_of_two_positions_depends_on_their_distance_only(
    float64_by_default,
):
    waves = sinusoidal_positions(53, 14)
    gram = waves @ waves.T
    for distance in range(53):
        diagonal = gram.diagonal(distance)
        by_hand = sum(
            math.cos(distance / 10000 ** (2 * i / 14)) for i in range(7)
        )
        assert_near(diagonal, torch.full_like(diagonal, by_hand), torch.float64)
    assert_near(gram, gram.T, torch.float64)
    assert (gram.diagonal(1) < gram.diagonal()[1:]).all()


@given(offset=PLACES, step=st.integers(0, 97))
def test_a_step_turns_every_sinusoid_alike_wherever_it_is_taken(offset, step):
    # sin(a + b) = sin a cos b + cos a sin b: linear in the position's vector.
    here, there = (
        sinusoidal_positions(1, 14, place)[0].double().unflatten(0, (7, 2))
        for place in (offset, offset + step)
    )
    turn = sinusoidal_positions(1, 14, step)[0].double().unflatten(0, (7, 2))
    sine = here[:, 0] * turn[:, 1] + here[:, 1] * turn[:, 0]
    cosine = here[:, 1] * turn[:, 1] - here[:, 0] * turn[:, 0]
    assert_close(torch.stack([sine, cosine], -1), there, atol=1e-6, rtol=1e-6)


def test_sinusoids_are_exact_at_far_positions():
    # In float32, the angle 100003 itself is known to 0.004 only.
    waves = sinusoidal_positions(1, 4, offset=100_003)
    angles = [100_003, 1000.03]
    expected = [f(angle) for angle in angles for f in (math.sin, math.cos)]
    assert_close(waves, torch.tensor([expected]), atol=1e-6, rtol=0)


def test_sinusoids_come_in_the_default_dtype(float64_by_default):
    waves = sinusoidal_positions(2, 4)
    assert waves.dtype == torch.float64
    assert waves[1, 0].item() == math.sin(1)


def test_no_positions_make_an_empty_table():
    assert sinusoidal_positions(0, 14).shape == (0, 14)
    assert LearnedPositions(5, 7)(0).shape == (0, 7)
    assert rotate(torch.ones(2, 0, 14)).shape == (2, 0, 14)
    assert rotate(torch.ones(0, 3, 14)).shape == (0, 3, 14)


# Learned vectors


def test_learned_positions_are_the_rows_of_a_table():
    positions = LearnedPositions(5, 3)
    table = torch.arange(15.0).view(5, 3)
    positions.table.weight.data = table
    assert torch.equal(positions(2), table[:2])
    assert torch.equal(positions(2, offset=3), table[3:])
    assert torch.equal(positions(5), table)


def test_only_the_positions_that_were_used_learn():
    positions = LearnedPositions(7, 3)
    positions(2, offset=3).sum().backward()
    used = positions.table.weight.grad.sum(dim=-1)
    assert used.tolist() == [0, 0, 0, 3, 3, 0, 0]


def test_learned_positions_survive_a_state_dict():
    positions, other = LearnedPositions(7, 3), LearnedPositions(7, 3)
    other.load_state_dict(positions.state_dict())
    assert torch.equal(other(7), positions(7))
    assert torch.equal(copy.deepcopy(positions)(7), positions(7))


# Rotations


def test_a_rotation_by_hand():
    # Position 1 turns the first pair by 1 and the second by 0.01.
    x = torch.tensor([[1.0, 0.0, 0.0, 2.0], [1.0, 0.0, 0.0, 2.0]])
    expected = [
        [1.0, 0.0, 0.0, 2.0],
        [math.cos(1), math.sin(1), -2 * math.sin(0.01), 2 * math.cos(0.01)],
    ]
    assert_close(rotate(x), torch.tensor(expected))


def test_a_rotation_by_hand_from_a_later_position_with_another_base():
    x = torch.tensor([[1.0, 1.0, 3.0, 0.0]])
    got = rotate(x, offset=3, base=16.0)
    expected = [
        math.cos(3) - math.sin(3),
        math.sin(3) + math.cos(3),
        3 * math.cos(0.75),
        3 * math.sin(0.75),
    ]
    assert_close(got, torch.tensor([expected]))


def test_a_rotation_multiplies_complex_numbers():
    x = normal(2, 3, 5, 14, seed=1, dtype=torch.float64)
    angles = torch.arange(5.0, dtype=torch.float64)[:, None] / 10000 ** (
        torch.arange(7, dtype=torch.float64) / 7
    )
    pairs = torch.view_as_complex(x.unflatten(-1, (7, 2)))
    turned = pairs * torch.polar(torch.ones_like(angles), angles)
    assert_near(
        rotate(x), torch.view_as_real(turned).flatten(-2), torch.float64
    )


@given(seed=SEEDS, offset=PLACES)
def test_a_rotation_keeps_the_length_of_every_pair(seed, offset):
    x = normal(2, 3, 5, 14, seed=seed)
    before, after = (
        y.unflatten(-1, (7, 2)).norm(dim=-1) for y in (x, rotate(x, offset))
    )
    assert_near(after, before)


@given(seed=SEEDS, query_at=PLACES, step=PLACES, shift=PLACES)
def test_the_product_of_rotated_vectors_depends_on_their_distance_only(
    seed, query_at, step, shift
):
    query, key = normal(2, 1, 14, seed=seed, dtype=torch.float64)
    key_at = query_at + step

    def product(query_at, key_at):
        return (rotate(query, query_at) * rotate(key, key_at)).sum()

    here = product(query_at, key_at)
    assert_near(product(query_at + shift, key_at + shift), here, torch.float64)
    assert_near(product(0, step), here, torch.float64)


def test_the_product_of_rotated_vectors_does_depend_on_their_distance():
    query = key = torch.ones(1, 14)
    near, far = ((rotate(query) * rotate(key, n)).sum() for n in (1, 29))
    assert near > far


@given(seed=SEEDS, first=PLACES, second=PLACES)
def test_two_rotations_add_up(seed, first, second):
    x = normal(1, 14, seed=seed, dtype=torch.float64)
    assert_near(
        rotate(rotate(x, first), second),
        rotate(x, first + second),
        torch.float64,
    )


def test_with_an_offset_the_rotation_begins_later():
    x = normal(2, 3, 7, 14, seed=1)
    assert torch.equal(rotate(x)[..., 2:, :], rotate(x[..., 2:, :], offset=2))
    assert torch.equal(rotate(x)[..., 0, :], x[..., 0, :])


def test_every_batch_entry_and_head_turns_alike():
    x = normal(2, 3, 7, 14, seed=1)
    turned = rotate(x)
    for b in range(2):
        for h in range(3):
            assert torch.equal(turned[b, h], rotate(x[b, h]))


def test_a_rotation_leaves_its_argument_alone_and_has_the_right_gradient():
    x = normal(2, 3, 14, seed=1, dtype=torch.float64).requires_grad_()
    rotate(x, offset=5)
    assert torch.equal(x, normal(2, 3, 14, seed=1, dtype=torch.float64))
    assert gradcheck(lambda x: rotate(x, offset=5), x)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_a_rotation_in_half_precision_is_close_even_far_away(dtype):
    x = normal(2, 3, 14, seed=1)
    expected = rotate(x, offset=5003)
    got = rotate(x.to(dtype), offset=5003)
    assert got.dtype == dtype
    assert_close(got.float(), expected, atol=0.03, rtol=0.03)


def test_a_nan_in_a_pair_stays_in_the_pair():
    x = torch.ones(3, 6)
    x[1, 2] = float("nan")
    nan = rotate(x).isnan()
    assert nan[1].tolist() == [False, False, True, True, False, False]
    assert not nan[[0, 2]].any()


# In halves, as GPT-NeoX and Llama have it


def test_a_rotation_of_halves_by_hand():
    # Features 0 and 2 turn by 1 a step, 1 and 3 by 1 / 10000^(2/4) = 0.01.
    x = torch.tensor([[5.0, 7.0, 2.0, 3.0], [1.0, 0.0, 0.0, 1.0]])
    expected = [
        [5.0, 7.0, 2.0, 3.0],
        [math.cos(1), -math.sin(0.01), math.sin(1), math.cos(0.01)],
    ]
    assert_close(rotate(x, halves=True), torch.tensor(expected))


@given(seed=SEEDS, offset=PLACES)
def test_halves_turn_as_pairs_do_that_were_put_beside_each_other(seed, offset):
    x = normal(2, 3, 5, 14, seed=seed, dtype=torch.float64)
    beside = x.unflatten(-1, (2, 7)).transpose(-2, -1).flatten(-2)
    expected = rotate(beside, offset)
    apart = expected.unflatten(-1, (7, 2)).transpose(-2, -1).flatten(-2)
    got = rotate(x, offset, halves=True)
    assert_near(got, apart, torch.float64)
    assert_near(got.norm(dim=-1), x.norm(dim=-1), torch.float64)


def test_halves_turn_by_the_formula_with_a_half_that_is_negated():
    # As written with tables that are twice as wide.
    x = normal(2, 5, 14, seed=1, dtype=torch.float64)
    frequency = 10000.0 ** -(torch.arange(7, dtype=torch.float64) / 7)
    angle = torch.arange(5, dtype=torch.float64).unsqueeze(-1) * frequency
    angle = angle.repeat(1, 2)
    negated = torch.cat([-x[..., 7:], x[..., :7]], dim=-1)
    expected = x * angle.cos() + negated * angle.sin()
    assert_near(rotate(x, halves=True), expected, torch.float64)
