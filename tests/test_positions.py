"""Positions: by hand, by their laws, and at the ends of their ranges."""

import copy
import math
import pickle

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from modules import assert_near, filled
from tensors import normal
from torch.autograd import gradcheck
from torch.testing import assert_close

from attn_utils import (
    DistancePenaltyScore,
    LearnedPositions,
    RelativeScore,
    ScaledDotScore,
    attention,
    causal_mask,
    positions,
    rotate,
    sinusoidal_positions,
)
from attn_utils.positions import offsets, penalty_slopes

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


# Offsets


def test_offsets_by_hand():
    assert offsets(3, 3).tolist() == [[0, 1, 2], [-1, 0, 1], [-2, -1, 0]]


def test_the_last_query_stands_where_the_last_key_does():
    assert offsets(2, 5).tolist() == [[-3, -2, -1, 0, 1], [-4, -3, -2, -1, 0]]
    assert torch.equal(offsets(3, 7), offsets(7, 7)[4:])
    assert offsets(1, 1).tolist() == [[0]]


def test_without_queries_or_keys_there_are_no_offsets():
    assert offsets(0, 5).shape == (0, 5)
    assert offsets(0, 0).shape == (0, 0)


# Scores that know how far apart query and key stand

# 3 heads and a batch of 2, 5 queries of 11 keys, 7 features; vectors up to 2 away.
HEADS, FAR, WIDTH = 3, 2, 7
MAKERS = {
    "relative": lambda: filled(RelativeScore(FAR, WIDTH), 4),
    "penalty": lambda: DistancePenaltyScore(HEADS),
}
each_score = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def queries_and_keys(queries=5, keys=11, dtype=torch.float64):
    return (
        normal(2, HEADS, length, WIDTH, seed=seed, dtype=dtype)
        for seed, length in enumerate((queries, keys), start=50)
    )


def pairs(query, key):
    """Go through all batches, heads, queries and keys, and say how far apart."""
    behind = key.shape[-2] - query.shape[-2]
    for b in range(2):
        for h in range(HEADS):
            for i in range(query.shape[-2]):
                for j in range(key.shape[-2]):
                    yield (b, h, i, j), j - (i + behind)


def test_shaw_s_formula_in_a_loop():
    ours = MAKERS["relative"]().double()
    query, key = queries_and_keys()
    expected = torch.zeros(2, HEADS, 5, 11, dtype=torch.float64)
    for (b, h, i, j), apart in pairs(query, key):
        a = ours.table.weight[min(max(apart, -FAR), FAR) + FAR]
        expected[b, h, i, j] = query[b, h, i] @ (key[b, h, j] + a) / WIDTH**0.5
    assert_near(ours(query, key), expected, torch.float64)


def test_alibi_s_formula_in_a_loop():
    query, key = queries_and_keys()
    expected = torch.zeros(2, HEADS, 5, 11, dtype=torch.float64)
    for (b, h, i, j), apart in pairs(query, key):
        match = query[b, h, i] @ key[b, h, j] / WIDTH**0.5
        slope = 2 ** (-8 * (h + 1) / HEADS)
        expected[b, h, i, j] = match - slope * abs(apart)
    assert_near(MAKERS["penalty"]()(query, key), expected, torch.float64)


def test_a_relative_score_by_hand():
    # Vectors for one before, here, one after: 10, 0 and -6; no root of one.
    ours = RelativeScore(1, 1)
    ours.table.weight.data = torch.tensor([[10.0], [0.0], [-6.0]])
    query, key = torch.tensor([[1.0], [2.0], [0.0]]), torch.ones(3, 1)
    # Two away is as one away.
    expected = [[1.0, -5.0, -5.0], [22.0, 2.0, -10.0], [0.0, 0.0, 0.0]]
    assert ours(query, key).tolist() == expected


def test_a_penalty_by_hand():
    zero = torch.zeros(4, 3, 1)
    first, *_, last = DistancePenaltyScore(4)(zero, zero)
    assert first.tolist() == [
        [0, -0.25, -0.5],
        [-0.25, 0, -0.25],
        [-0.5, -0.25, 0],
    ]
    assert torch.equal(last, first / 64)


@pytest.mark.parametrize(
    ("num_heads", "slopes"),
    [
        (1, [1 / 256]),
        (4, [1 / 4, 1 / 16, 1 / 64, 1 / 256]),
        (8, [1 / 2**n for n in range(1, 9)]),
        (3, [2 ** (-8 / 3), 2 ** (-16 / 3), 1 / 256]),
    ],
)
def test_slopes_by_hand(num_heads, slopes):
    ours = DistancePenaltyScore(num_heads).slopes
    assert_close(ours, torch.tensor(slopes), rtol=1e-6, atol=0)
    double = penalty_slopes(num_heads, dtype=torch.float64)
    assert_near(
        double, torch.tensor(slopes, dtype=torch.float64), torch.float64
    )


@pytest.mark.parametrize("max_distance", [0, 1, 4, 10, 30])
def test_what_is_further_away_shares_the_last_vector_of_its_side(max_distance):
    ours = filled(RelativeScore(max_distance, WIDTH), 4)
    query = normal(1, WIDTH, seed=1).expand(11, WIDTH)
    scores = ours(query, torch.zeros(11, WIDTH))
    for distance in range(-10, 11):
        vector = ours.table.weight[
            min(max(distance, -max_distance), max_distance) + max_distance
        ]
        found = scores.diagonal(distance)
        expected = query[0] @ vector / WIDTH**0.5
        assert_near(found, expected.expand_as(found))


def test_a_table_of_zeros_and_a_distance_of_zero_leave_the_scaled_dot_product():
    query, key = queries_and_keys()
    expected = ScaledDotScore()(query, key)
    relative = RelativeScore(FAR, WIDTH).double()
    torch.nn.init.zeros_(relative.table.weight)
    assert_near(relative(query, key), expected, torch.float64)
    penalty = DistancePenaltyScore(HEADS)(query, key)
    for place in range(5):
        here = place, place + 6
        assert_near(penalty[..., *here], expected[..., *here], torch.float64)
    assert (penalty <= expected).all()


@each_score
@given(seed=SEEDS, before=st.integers(0, 7), after=st.integers(0, 5))
def test_a_shift_of_query_and_key_together_leaves_scores_equal(
    make, seed, before, after
):
    query, key = (
        normal(2, HEADS, 5, WIDTH, seed=seed + side, dtype=torch.float64)
        for side in (0, 1)
    )
    score = make().double()
    here = score(query, key)
    ends = ((0, 0, before, after),) * 2
    there = score(*map(torch.nn.functional.pad, (query, key), ends))
    window = slice(before, before + 5)
    assert_near(there[..., window, window], here, torch.float64)


@each_score
def test_scores_do_depend_on_how_far_apart_query_and_key_stand(make):
    same = torch.ones(2, HEADS, 5, WIDTH)
    scores = make()(same, same)
    assert not torch.allclose(
        scores.diagonal(1, -2, -1),
        scores.diagonal(0, -2, -1)[..., 1:],
        atol=1e-3,
    )


def test_vectors_tell_before_from_after_and_a_penalty_does_not():
    same = torch.ones(2, HEADS, 5, WIDTH)
    relative, penalty = (make()(same, same) for make in MAKERS.values())
    assert torch.equal(penalty, penalty.mT)
    assert not torch.allclose(relative, relative.mT, atol=1e-2)


@each_score
@pytest.mark.parametrize("steps", [[1] * 7, [2, 5], [3, 1, 3]], ids=str)
def test_queries_one_after_the_other_get_the_scores_of_all_at_once(make, steps):
    query, key = queries_and_keys(7, 7, torch.float32)
    score, seen = make(), 0
    whole = score(query, key)
    for step in steps:
        now = slice(seen, seen + step)
        seen += step
        got = score(query[..., now, :], key[..., :seen, :])
        assert_near(got, whole[..., now, :seen])


@each_score
def test_without_queries_or_keys_there_are_no_scores(make):
    for queries, keys in ((0, 0), (0, 5)):
        query, key = queries_and_keys(queries, keys, torch.float32)
        assert make()(query, key).shape == (2, HEADS, queries, keys)
    none = torch.ones(0, HEADS, 5, WIDTH)
    assert make()(none, none).shape == (0, HEADS, 5, 5)


@each_score
def test_both_score_in_attention_under_a_mask(make):
    query, key = queries_and_keys(7, 7, torch.float32)
    context, weights = attention(query, key, key, causal_mask(7), make())
    scores = make()(query, key).masked_fill(~causal_mask(7), float("-inf"))
    assert_near(weights, scores.softmax(-1))
    assert_near(context, weights @ key)


@each_score
def test_scores_leave_query_and_key_alone_and_have_the_right_gradient(make):
    given = [x.requires_grad_() for x in queries_and_keys(3, 5)]
    score = make().double()
    score(*given)
    for got, expected in zip(given, queries_and_keys(3, 5), strict=True):
        assert torch.equal(got, expected)
    parameters = list(score.parameters())
    assert gradcheck(lambda *inputs: score(*inputs[:2]), (*given, *parameters))


def test_every_vector_learns_from_the_offsets_at_which_it_stands():
    score = RelativeScore(3, 1)
    ones = torch.ones(3, 1)
    score(ones, ones).sum().backward()
    # Of three places, offsets from -2 to 2; the outermost vectors are of no use.
    assert score.table.weight.grad.flatten().tolist() == [0, 1, 2, 3, 2, 1, 0]


@each_score
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_scores_in_half_precision_are_close(make, dtype):
    query, key = queries_and_keys(dtype=torch.float32)
    expected = make()(query, key)
    got = make().to(dtype)(query.to(dtype), key.to(dtype))
    assert got.dtype == dtype
    assert_close(got.float(), expected, atol=0.05, rtol=0.05)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_a_penalty_in_half_precision_is_finite_however_far_a_key_stands(dtype):
    # 70,000 is no number of float16, 70,000 / 256 is.
    query = torch.zeros(1, 1, 1, dtype=dtype)
    key = torch.zeros(1, 70_001, 1, dtype=dtype)
    score = DistancePenaltyScore(1).to(dtype)(query, key)
    assert_close(
        score[0, 0, 0].float(), torch.tensor(-70_000 / 256), rtol=4e-3, atol=0
    )


@each_score
def test_scores_survive_a_copy_a_pickle_and_a_state_dict(make):
    score, (query, key) = make(), queries_and_keys(dtype=torch.float32)
    loaded = type(score)(*((FAR, WIDTH) if score.state_dict() else (HEADS,)))
    loaded.load_state_dict(score.state_dict())
    for again in (
        copy.deepcopy(score),
        pickle.loads(pickle.dumps(score)),
        loaded,
    ):
        assert torch.equal(again(query, key), score(query, key))


def test_what_is_kept_is_a_table_and_of_a_penalty_nothing():
    assert {
        name: tuple(x.shape)
        for name, x in MAKERS["relative"]().state_dict().items()
    } == {"table.weight": (2 * FAR + 1, WIDTH)}
    penalty = MAKERS["penalty"]()
    assert not [*penalty.parameters(), *penalty.buffers()]


def test_vectors_lie_where_torch_puts_what_has_no_device(monkeypatch):
    # As on Apple's chips: the angles are computed elsewhere.
    angles = positions.angles
    monkeypatch.setattr(
        positions, "angles", lambda *sizes: angles(*sizes[:-1], "cpu")
    )
    with torch.device("meta"):
        assert sinusoidal_positions(3, 4).device.type == "meta"
