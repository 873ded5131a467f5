"""Attention: by hand, against torch, and by the laws it obeys."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from tensors import coin, normal
from torch.testing import assert_close

from attn_utils import (
    AdditiveScore,
    BilinearScore,
    DotScore,
    GaussianScore,
    LowRankScore,
    ScaledDotScore,
    attention,
    causal_mask,
    masked_softmax,
    padding_mask,
    scaled_dot_product_attention,
)

NAN = float("nan")
SEEDS = st.integers(0, 9999)
SIZES = st.integers(1, 7)


def three(*batch: int, seed: int = 0, dtype: torch.dtype = torch.float32):
    """Return query, key, value: 5 queries, 11 keys, 7 features, 13 read out."""
    return (
        normal(*batch, 5, 7, seed=seed, dtype=dtype),
        normal(*batch, 11, 7, seed=seed + 1, dtype=dtype),
        normal(*batch, 11, 13, seed=seed + 2, dtype=dtype),
    )


# By hand


def test_masked_softmax_by_hand():
    scores = torch.tensor([[0.0, 3.0, 0.0, 9.0], [4.0, 4.0, 4.0, 4.0]])
    scores[0, 1] = torch.tensor(3.0).log()
    mask = torch.tensor([[True, True, True, False], [False, True, False, True]])
    expected = torch.tensor([[0.2, 0.6, 0.2, 0.0], [0.0, 0.5, 0.0, 0.5]])
    assert_close(masked_softmax(scores, mask), expected)


def test_masked_softmax_without_a_mask_by_hand():
    scores = torch.tensor([[1.0, 1.0], [0.0, torch.tensor(3.0).log()]])
    assert_close(
        masked_softmax(scores), torch.tensor([[0.5, 0.5], [0.25, 0.75]])
    )


def test_scaled_dot_product_attention_by_hand():
    # Scores 0 and 2 log 3, over the root of 4: 0 and log 3, weights 1/4 and 3/4.
    query = torch.tensor([[torch.tensor(9.0).log(), 0.0, 0.0, 0.0]])
    key = torch.tensor([[0.0, 5.0, 5.0, 5.0], [1.0, 5.0, 5.0, 5.0]])
    value = torch.tensor([[4.0, 0.0, 1.0], [8.0, 4.0, 1.0]])
    context, weights = scaled_dot_product_attention(query, key, value)
    assert_close(weights, torch.tensor([[0.25, 0.75]]))
    assert_close(context, torch.tensor([[7.0, 3.0, 1.0]]))


def test_attention_with_a_score_of_one_s_own_by_hand():
    def table(query, key):
        return torch.tensor([[0.0, 0.0, -1e9], [-1e9, -1e9, 0.0]])

    value = torch.tensor([[10.0], [20.0], [40.0]])
    context, _ = attention(
        torch.ones(2, 5), torch.ones(3, 7), value, score=table
    )
    assert_close(context, torch.tensor([[15.0], [40.0]]))


# Against torch

TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-10}
MASKS = {
    "no mask": lambda batch: None,
    "one table": lambda batch: coin(5, 11, seed=6),
    "one table each": lambda batch: coin(*batch, 5, 11, seed=7),
    "keys only": lambda batch: coin(*batch, 1, 11, seed=8),
    "queries only": lambda batch: coin(*batch, 5, 1, seed=9),
    "one for the batch": lambda batch: coin(
        *(1 for _ in batch), 5, 11, seed=10
    ),
}


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("mask_kind", MASKS)
@pytest.mark.parametrize("batch", [(), (3,), (2, 3)], ids=str)
def test_outputs_and_gradients_agree_with_torch(batch, mask_kind, dtype):
    mask = MASKS[mask_kind](batch)
    wave = normal(*batch, 5, 13, seed=5, dtype=dtype)

    def outcome(function):
        tensors = [t.requires_grad_() for t in three(*batch, dtype=dtype)]
        context = function(*tensors)
        return context, *torch.autograd.grad((context * wave).sum(), tensors)

    ours = outcome(lambda *three: scaled_dot_product_attention(*three, mask)[0])
    torchs = outcome(
        lambda *three: F.scaled_dot_product_attention(*three, mask)
    )
    tolerance = TOLERANCE[dtype]
    for got, expected in zip(ours, torchs, strict=True):
        assert_close(got, expected, atol=tolerance, rtol=tolerance)


def test_the_weights_agree_with_torch():
    query, key, _ = three(3)
    mask = coin(3, 5, 11, seed=7)
    _, weights = scaled_dot_product_attention(query, key, key, mask)
    expected = F.scaled_dot_product_attention(
        query, key, torch.eye(11).expand(3, 11, 11), mask
    )
    assert_close(weights, expected, atol=1e-5, rtol=1e-5)


def test_attention_scales_the_dot_product_unless_told_otherwise():
    tensors = three(2)
    for got in (
        attention(*tensors),
        attention(*tensors, score=ScaledDotScore()),
    ):
        assert_close(got, scaled_dot_product_attention(*tensors))
    unscaled, _ = attention(*tensors, score=DotScore())
    expected = F.scaled_dot_product_attention(*tensors, scale=1.0)
    assert_close(unscaled, expected, atol=1e-5, rtol=1e-5)


# Laws


@given(seed=SEEDS, queries=SIZES, keys=SIZES)
def test_rows_sum_to_1_or_see_nothing_and_are_0(seed, queries, keys):
    mask = coin(2, queries, keys, seed=seed)
    weights = masked_softmax(10 * normal(2, queries, keys, seed=seed), mask)
    assert_close(weights.sum(dim=-1), mask.any(dim=-1).float())
    assert (weights >= 0).all()
    assert (weights[~mask] == 0).all()


@given(seed=SEEDS, shift=st.floats(-1e3, 1e3))
def test_a_constant_added_to_a_row_changes_nothing(seed, shift):
    scores = normal(5, 7, seed=seed, dtype=torch.float64)
    mask = coin(5, 7, seed=seed)
    assert_close(
        masked_softmax(scores + shift, mask), masked_softmax(scores, mask)
    )


@given(seed=SEEDS)
def test_permuting_keys_with_their_values_changes_nothing(seed):
    query, key, value = three(2, seed=seed)
    mask = coin(2, 5, 11, seed=seed)
    order = torch.randperm(11, generator=torch.Generator().manual_seed(seed))
    context, weights = scaled_dot_product_attention(query, key, value, mask)
    again, permuted = scaled_dot_product_attention(
        query, key[:, order], value[:, order], mask[..., order]
    )
    assert_close(again, context)
    assert_close(permuted, weights[..., order])


@given(seed=SEEDS)
def test_permuting_queries_permutes_the_outputs(seed):
    query, key, value = three(2, seed=seed)
    order = torch.randperm(5, generator=torch.Generator().manual_seed(seed))
    context, weights = scaled_dot_product_attention(query, key, value)
    permuted = scaled_dot_product_attention(query[:, order], key, value)
    assert_close(permuted, (context[:, order], weights[:, order]))


@given(seed=SEEDS, size=st.sampled_from([1.0, -1e4, 1e10]))
def test_a_hidden_key_or_value_has_no_influence(seed, size):
    query, key, value = three(2, seed=seed)
    mask = coin(5, 11, seed=seed)
    mask[:, 3] = False
    before = scaled_dot_product_attention(query, key, value, mask)
    key[:, 3], value[:, 3] = size, size
    after = scaled_dot_product_attention(query, key, value, mask)
    assert torch.equal(after[0], before[0])
    assert torch.equal(after[1], before[1])


@given(seed=SEEDS, now=st.integers(0, 6))
def test_under_a_causal_mask_the_future_cannot_change_the_past(seed, now):
    inputs = normal(2, 7, 3, seed=seed)
    changed = inputs.clone()
    changed[:, now + 1 :] = 1e10 * normal(2, 6 - now, 3, seed=seed + 1)
    before, _ = scaled_dot_product_attention(
        inputs, inputs, inputs, causal_mask(7)
    )
    after, _ = scaled_dot_product_attention(
        changed, changed, changed, causal_mask(7)
    )
    assert torch.equal(after[:, : now + 1], before[:, : now + 1])


def test_what_stands_in_the_padding_does_not_matter():
    query, key, value = three(3)
    lengths = [11, 2, 5]
    context, _ = scaled_dot_product_attention(
        query, key, value, padding_mask(lengths, 11)
    )
    for b, length in enumerate(lengths):
        alone, _ = scaled_dot_product_attention(
            query[b], key[b, :length], value[b, :length]
        )
        assert_close(context[b], alone)


@pytest.mark.parametrize(
    "score",
    [
        DotScore(),
        BilinearScore(7, 7),
        AdditiveScore(7, 7, 3),
        GaussianScore(0.5),
        LowRankScore(7, 7, 3),
    ],
    ids=lambda score: type(score).__name__,
)
def test_every_score_makes_weights_and_reads_by_them(score):
    query, key, value = three(2, 3)
    context, weights = attention(query, key, value, score=score)
    assert_close(weights.sum(dim=-1), torch.ones(2, 3, 5))
    assert_close(weights, score(query, key).softmax(dim=-1))
    for n in range(5):
        read = (weights[..., n, :, None] * value).sum(dim=-2)
        assert_close(context[..., n, :], read)


def test_query_and_key_may_differ_in_width_where_the_score_allows_it():
    query, key, value = (
        normal(3, 5, seed=1),
        normal(11, 7, seed=2),
        normal(11, 2, seed=3),
    )
    context, weights = attention(query, key, value, score=BilinearScore(5, 7))
    assert context.shape == (3, 2)
    assert weights.shape == (3, 11)


def test_sizes_beyond_python_s_cached_integers_fit_as_well():
    query, key = normal(257, 263, seed=1), normal(269, 263, seed=2)
    value, mask = normal(269, 271, seed=3), coin(257, 269, seed=4)
    for score in (
        ScaledDotScore(),
        BilinearScore(263, 263),
        GaussianScore(20.0),
    ):
        context, weights = attention(query, key, value, mask, score)
        assert context.shape == (257, 271)
        assert_close(weights.sum(dim=-1), torch.ones(257))


def test_a_mask_with_two_axes_is_queries_and_keys_whatever_the_batch():
    scores = normal(5, 5, 7, seed=1)
    mask = coin(5, 7, seed=2)
    expected = torch.stack([masked_softmax(table, mask) for table in scores])
    assert torch.equal(masked_softmax(scores, mask), expected)


def test_scores_of_one_row_take_a_mask_of_one_row():
    weights = masked_softmax(torch.zeros(3), torch.tensor([True, False, True]))
    assert weights.tolist() == [0.5, 0.0, 0.5]


def test_attention_leaves_its_arguments_alone():
    tensors, mask = three(3), coin(3, 5, 11, seed=7)
    scores = normal(3, 5, 11, seed=8)
    scaled_dot_product_attention(*tensors, mask)
    masked_softmax(scores, mask)
    for after, before in zip(tensors, three(3), strict=True):
        assert torch.equal(after, before)
    assert torch.equal(mask, coin(3, 5, 11, seed=7))
    assert torch.equal(scores, normal(3, 5, 11, seed=8))


# Nothing to see


@pytest.mark.filterwarnings("ignore:Anomaly Detection")
def test_a_query_that_sees_nothing_gets_zeros_and_no_gradient():
    query, key, value = (t.requires_grad_() for t in three(3))
    mask = coin(3, 5, 11, seed=1)
    mask[1, 2] = False
    # Anomaly detection raises as soon as any step of the gradient is NaN.
    with torch.autograd.detect_anomaly(check_nan=True):
        context, weights = scaled_dot_product_attention(query, key, value, mask)
        context.square().sum().backward()
    assert (weights[1, 2] == 0).all()
    assert (context[1, 2] == 0).all()
    assert (query.grad[1, 2] == 0).all()
    assert (query.grad[1, 1] != 0).any()
    assert all(t.grad.isfinite().all() for t in (query, key, value))


def test_if_no_query_sees_anything_all_is_zero():
    query, key, value = (t.requires_grad_() for t in three(3))
    mask = torch.zeros(1, 1, dtype=torch.bool)
    context, weights = scaled_dot_product_attention(query, key, value, mask)
    (context.sum() + weights.sum()).backward()
    for tensor in (context, weights, query.grad, key.grad, value.grad):
        assert (tensor == 0).all()


def test_the_softmax_of_nothing_but_minus_infinity_would_be_nan_with_its_gradient():
    scores = torch.full((3,), float("-inf"), requires_grad=True)
    weights = scores.softmax(dim=-1)
    weights[0].backward()
    assert weights.isnan().all()
    assert scores.grad.isnan().all()


def test_without_keys_the_context_is_zero():
    query = torch.ones(2, 3, 7)
    for mask in (None, torch.ones(3, 0, dtype=torch.bool)):
        context, weights = scaled_dot_product_attention(
            query, torch.ones(2, 0, 7), torch.ones(2, 0, 5), mask
        )
        assert weights.shape == (2, 3, 0)
        assert torch.equal(context, torch.zeros(2, 3, 5))


def test_without_queries_or_without_a_batch_the_outputs_are_empty():
    key, value = torch.ones(2, 11, 7), torch.ones(2, 11, 13)
    context, weights = scaled_dot_product_attention(
        torch.ones(2, 0, 7), key, value
    )
    assert context.shape == (2, 0, 13)
    assert weights.shape == (2, 0, 11)
    context, weights = scaled_dot_product_attention(
        *three(0), padding_mask([], 11)
    )
    assert context.shape == (0, 5, 13)
    assert weights.shape == (0, 5, 11)


# The ends of the number range


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision_is_close_to_float32(dtype):
    tensors = three(3)
    mask = coin(3, 5, 11, seed=1)
    mask[1, 2] = False
    expected = scaled_dot_product_attention(*tensors, mask)
    got = scaled_dot_product_attention(*(t.to(dtype) for t in tensors), mask)
    for ours, reference in zip(got, expected, strict=True):
        assert ours.dtype == dtype
        assert_close(ours.float(), reference, atol=0.03, rtol=0.03)
    assert (got[1][~mask] == 0).all()


def test_attention_in_half_precision_does_not_overflow():
    query = torch.full((1, 2), 200.0, dtype=torch.float16)
    key = torch.tensor([[200.0, 200.0], [199.0, 199.0]], dtype=torch.float16)
    # The unscaled products overflow to infinity, whose softmax is NaN.
    assert (query @ key.T).isinf().all()
    _, weights = scaled_dot_product_attention(query, key, key)
    assert weights.tolist() == [[1.0, 0.0]]


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32], ids=str)
def test_scores_of_ten_thousand_give_the_right_weights(dtype):
    scores = torch.tensor([[1e4, 1e4, -1e4], [-1e4, -1e4, -1e4]], dtype=dtype)
    expected = torch.tensor(
        [[0.5, 0.5, 0.0], [1 / 3, 1 / 3, 1 / 3]], dtype=dtype
    )
    assert_close(masked_softmax(scores), expected)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32], ids=str)
@pytest.mark.parametrize("low", [-1e4, -6e4])
def test_a_very_low_visible_score_still_beats_a_hidden_one(dtype, low):
    scores = torch.tensor([[low, 0.0, low]], dtype=dtype)
    weights = masked_softmax(scores, torch.tensor([[True, False, True]]))
    assert weights.tolist() == [[0.5, 0.0, 0.5]]


def test_the_lowest_number_there_is_still_beats_a_hidden_one():
    low = torch.finfo(torch.float32).min
    scores = torch.tensor([[low, low, 0.0]])
    weights = masked_softmax(scores, torch.tensor([[True, True, False]]))
    assert weights.tolist() == [[0.5, 0.5, 0.0]]


def test_a_nan_in_a_query_stays_in_its_row():
    query, key, value = three(3)
    query[1, 2, 4] = NAN
    expected, _ = scaled_dot_product_attention(*three(3))
    context, weights = scaled_dot_product_attention(query, key, value)
    assert context[1, 2].isnan().all()
    assert weights[1, 2].isnan().all()
    others = torch.ones(3, 5, dtype=torch.bool)
    others[1, 2] = False
    assert torch.equal(context[others], expected[others])


def test_a_nan_in_a_query_is_lost_in_torch_s_fused_kernel_but_not_here():
    query, key, value = (
        torch.full((1, 1, 1, 5), NAN),
        *torch.ones(2, 1, 1, 3, 5),
    )
    assert (F.scaled_dot_product_attention(query, key, value) == 0).all()
    assert scaled_dot_product_attention(query, key, value)[0].isnan().all()


def test_a_nan_among_the_visible_scores_stays_and_a_hidden_one_does_not_matter():
    scores = torch.tensor([[0.0, NAN, 0.0]], requires_grad=True)
    shown = torch.tensor([[True, True, False]])
    assert masked_softmax(scores)[0].isnan().all()
    assert masked_softmax(scores, shown)[0, :2].isnan().all()
    weights = masked_softmax(scores, torch.tensor([[True, False, True]]))
    weights[0, 0].backward()
    assert weights.tolist() == [[0.5, 0.0, 0.5]]
    assert scores.grad.tolist() == [[0.25, 0.0, -0.25]]


def test_a_nan_where_nothing_is_visible_does_not_matter():
    weights = masked_softmax(
        torch.full((1, 3), NAN), torch.zeros(1, 3, dtype=torch.bool)
    )
    assert weights.tolist() == [[0.0, 0.0, 0.0]]
