"""Scores: by hand, against one another, and at the ends of the number range."""

import math

import pytest
import torch
from tensors import normal
from torch import nn
from torch.autograd import gradcheck
from torch.func import functional_call
from torch.testing import assert_close

from attn_utils import (
    AdditiveScore,
    BilinearScore,
    DotScore,
    GaussianScore,
    LowRankScore,
    ScaledDotScore,
)

EVERY_SCORE = pytest.mark.parametrize(
    "make",
    [
        DotScore,
        ScaledDotScore,
        lambda: BilinearScore(7, 7),
        lambda: AdditiveScore(7, 7, 11),
        lambda: GaussianScore(1.5),
        lambda: LowRankScore(7, 7, 3),
    ],
    ids=["dot", "scaled", "bilinear", "additive", "gaussian", "low rank"],
)


def test_dot_score_by_hand():
    query = torch.tensor([[1.0, 2.0], [0.0, 1.0]])
    key = torch.tensor([[3.0, 4.0], [1.0, 0.0], [0.0, 2.0]])
    expected = torch.tensor([[11.0, 1.0, 4.0], [4.0, 0.0, 2.0]])
    assert torch.equal(DotScore()(query, key), expected)


def test_scaled_dot_score_by_hand():
    query = torch.tensor([[1.0, 2.0, 0.0, 1.0]])
    key = torch.tensor([[3.0, 4.0, 9.0, -1.0], [2.0, 0.0, 5.0, 0.0]])
    # 10 and 2, over the root of 4.
    assert_close(ScaledDotScore()(query, key), torch.tensor([[5.0, 1.0]]))


def test_bilinear_score_by_hand():
    score = BilinearScore(2, 3)
    score.weight.data = torch.tensor([[1.0, 0.0, 2.0], [0.0, 3.0, 0.0]])
    query = torch.tensor([[1.0, 2.0]])
    key = torch.tensor([[1.0, 1.0, 1.0], [0.0, 0.0, 4.0]])
    # The query becomes (1, 6, 2) in the keys' space.
    assert_close(score(query, key), torch.tensor([[9.0, 8.0]]))


def test_low_rank_score_by_hand():
    score = LowRankScore(2, 3, 1)
    score.query_map.weight.data = torch.tensor([[1.0, 2.0]])
    score.key_map.weight.data = torch.tensor([[0.0, 1.0, -1.0]])
    query = torch.tensor([[1.0, 2.0], [4.0, 0.0]])
    key = torch.tensor([[5.0, 3.0, 1.0], [7.0, 0.0, 2.0]])
    # The queries become 5 and 4, the keys 2 and -2.
    expected = torch.tensor([[10.0, -10.0], [8.0, -8.0]])
    assert torch.equal(score(query, key), expected)


def test_additive_score_by_hand():
    score = AdditiveScore(2, 1, 2)
    score.query_map.weight.data = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    score.key_map.weight.data = torch.tensor([[1.0], [2.0]])
    score.read_out.weight.data = torch.tensor([[3.0, -1.0]])
    query = torch.tensor([[0.5, -1.0]])
    key = torch.tensor([[0.25], [1.0]])
    expected = [
        3 * math.tanh(0.75) - math.tanh(-0.5),
        3 * math.tanh(1.5) - math.tanh(1.0),
    ]
    assert_close(score(query, key), torch.tensor([expected]))


def test_one_map_of_query_and_key_side_by_side_is_an_additive_score():
    # Luong's "concat", as code has it: one Linear with its bias, then v.
    both, read_out = nn.Linear(5 + 7, 3), nn.Linear(3, 1, bias=False)
    score = AdditiveScore(5, 7, 3, bias=True)
    score.query_map.weight.data, score.key_map.weight.data = (
        both.weight.data.split([5, 7], dim=1)
    )
    score.query_map.bias.data = both.bias.data
    score.read_out.weight.data = read_out.weight.data
    query, key = normal(2, 3, 5, seed=1), normal(2, 11, 7, seed=2)
    pairs = [
        query.unsqueeze(2).expand(2, 3, 11, 5),
        key.unsqueeze(1).expand(2, 3, 11, 7),
    ]
    expected = read_out(both(torch.cat(pairs, dim=-1)).tanh()).squeeze(-1)
    assert_close(score(query, key), expected)
    biases = [n for n, _ in score.named_parameters() if "bias" in n]
    assert biases == ["query_map.bias"]
    assert not [
        n for n, _ in AdditiveScore(5, 7, 3).named_parameters() if "bias" in n
    ]


def test_gaussian_score_by_hand():
    query = torch.tensor([[2.0]])
    key = torch.tensor([[1.0], [2.0], [4.0]])
    assert_close(GaussianScore()(query, key), torch.tensor([[-0.5, 0.0, -2.0]]))
    assert_close(
        GaussianScore(2.0)(query, key), torch.tensor([[-0.125, 0.0, -0.5]])
    )


def test_gaussian_score_measures_the_straight_distance_in_the_plane():
    query = torch.tensor([[0.0, 0.0]])
    key = torch.tensor([[3.0, 4.0]])
    assert_close(GaussianScore(5.0)(query, key), torch.tensor([[-0.5]]))


@EVERY_SCORE
def test_every_batch_entry_is_scored_by_itself(make):
    score = make()
    query, key = normal(2, 3, 5, 7, seed=1), normal(2, 3, 11, 7, seed=2)
    scores = score(query, key)
    assert scores.shape == (2, 3, 5, 11)
    for b in range(2):
        for h in range(3):
            assert_close(scores[b, h], score(query[b, h], key[b, h]))


@EVERY_SCORE
def test_every_pair_is_scored_by_itself(make):
    score = make()
    query, key = normal(3, 7, seed=1), normal(5, 7, seed=2)
    pairs = [[score(q[None], k[None]).item() for k in key] for q in query]
    assert_close(score(query, key), torch.tensor(pairs))


@EVERY_SCORE
def test_a_score_leaves_its_arguments_alone(make):
    query, key = normal(3, 7, seed=1), normal(5, 7, seed=2)
    make()(query, key)
    assert torch.equal(query, normal(3, 7, seed=1))
    assert torch.equal(key, normal(5, 7, seed=2))


@EVERY_SCORE
def test_the_gradients_of_a_score_are_right(make):
    score = make().double()
    names = [name for name, _ in score.named_parameters()]
    values = list(score.parameters())
    query = normal(2, 3, 7, seed=1, dtype=torch.float64).requires_grad_()
    key = normal(2, 5, 7, seed=2, dtype=torch.float64).requires_grad_()

    def scores(query, key, *values):
        parameters = dict(zip(names, values, strict=True))
        return functional_call(score, parameters, (query, key))

    assert gradcheck(scores, (query, key, *values))


@EVERY_SCORE
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_a_score_in_half_precision_is_close_to_float32(make, dtype):
    torch.manual_seed(0)
    score = make()
    query, key = normal(3, 7, seed=1), normal(5, 7, seed=2)
    expected = score(query, key).detach()
    got = score.to(dtype)(query.to(dtype), key.to(dtype)).detach()
    assert got.dtype == dtype
    assert_close(got.float(), expected, atol=0.1, rtol=0.02)


@EVERY_SCORE
def test_no_queries_no_keys_or_no_batch_gives_an_empty_table(make):
    score = make()
    assert score(torch.ones(0, 7), torch.ones(5, 7)).shape == (0, 5)
    assert score(torch.ones(3, 7), torch.ones(0, 7)).shape == (3, 0)
    assert score(torch.ones(0, 3, 7), torch.ones(0, 5, 7)).shape == (0, 3, 5)
    assert score(torch.ones(2, 0, 7), torch.ones(2, 5, 7)).shape == (2, 0, 5)


def test_query_and_key_may_differ_in_width_where_the_score_is_learned():
    query, key = normal(2, 3, 5, seed=1), normal(2, 11, 7, seed=2)
    assert BilinearScore(5, 7)(query, key).shape == (2, 3, 11)
    assert AdditiveScore(5, 7, 13)(query, key).shape == (2, 3, 11)
    assert LowRankScore(5, 7, 13)(query, key).shape == (2, 3, 11)


@pytest.mark.parametrize("width", [3, 31, 307])
def test_scaling_keeps_unit_variance_at_every_width(width):
    query, key = normal(199, width, seed=1), normal(211, width, seed=2)
    assert ScaledDotScore()(query, key).var().item() == pytest.approx(
        1, abs=0.1
    )
    assert DotScore()(query, key).var().item() == pytest.approx(width, rel=0.1)


def test_scaling_before_the_product_keeps_half_precision_finite():
    query = key = torch.full((1, 2), 200.0, dtype=torch.float16)
    assert DotScore()(query, key).isinf().all()
    scores = ScaledDotScore()(query, key)
    assert scores.item() == pytest.approx(80_000 / 2**0.5, rel=1e-3)


def test_bilinear_score_is_the_dot_product_of_mapped_features():
    query, key = normal(3, 5, seed=1), normal(11, 7, seed=2)
    query_map, key_map = normal(5, 2, seed=3), normal(7, 2, seed=4)
    score = BilinearScore(5, 7)
    score.weight.data = query_map @ key_map.T
    mapped = DotScore()(query @ query_map, key @ key_map)
    assert_close(score(query, key), mapped, atol=1e-5, rtol=1e-5)


def test_a_low_rank_score_is_a_bilinear_one_whose_matrix_has_that_rank():
    torch.manual_seed(0)
    low = LowRankScore(5, 7, 3)
    matrix = low.query_map.weight.T @ low.key_map.weight
    assert torch.linalg.matrix_rank(matrix) == 3
    full = BilinearScore(5, 7)
    full.weight.data = matrix.detach()
    query, key = normal(2, 11, 5, seed=1), normal(2, 13, 7, seed=2)
    assert_close(low(query, key), full(query, key))


def test_a_low_rank_score_has_two_maps_and_no_biases():
    shapes = {
        name: tuple(p.shape)
        for name, p in LowRankScore(5, 7, 3).named_parameters()
    }
    assert shapes == {"query_map.weight": (3, 5), "key_map.weight": (3, 7)}


def test_bilinear_score_starts_with_weights_that_keep_the_scale():
    torch.manual_seed(0)
    weight = BilinearScore(31, 37).weight
    # Glorot and Bengio 2010: uniform with the variance 2 / (31 + 37).
    assert weight.std().item() == pytest.approx((2 / 68) ** 0.5, rel=0.05)
    assert weight.abs().max() <= (6 / 68) ** 0.5


def test_additive_score_has_three_maps_and_no_biases():
    shapes = {
        name: tuple(p.shape)
        for name, p in AdditiveScore(3, 5, 7).named_parameters()
    }
    assert shapes == {
        "query_map.weight": (7, 3),
        "key_map.weight": (7, 5),
        "read_out.weight": (1, 7),
    }


def test_softmax_over_gaussian_scores_is_the_kernel_average():
    query = torch.tensor([[2.0]])
    key = torch.tensor([[1.0], [2.0], [4.0]])
    kernel = torch.tensor([[math.exp(-0.5), 1.0, math.exp(-2)]])
    weights = GaussianScore()(query, key).softmax(dim=-1)
    assert_close(weights, kernel / kernel.sum())


def test_gaussian_score_depends_on_differences_only():
    query, key, step = (normal(n, 2, seed=n) for n in (3, 5, 1))
    score = GaussianScore(0.7)
    assert_close(score(query + step, key + step), score(query, key))


def test_the_bandwidth_is_what_was_asked_for_and_stays_positive():
    score = GaussianScore(0.3)
    assert score.bandwidth.item() == pytest.approx(0.3)
    score.log_bandwidth.data -= 50
    assert score.bandwidth > 0


@pytest.mark.parametrize("bandwidth", [1e-46, 1e39])
def test_any_positive_bandwidth_has_a_finite_logarithm(bandwidth):
    assert GaussianScore(bandwidth).log_bandwidth.isfinite()


def test_the_bandwidth_carries_its_gradient():
    score = GaussianScore(2.0)
    score.bandwidth.backward()
    # d exp(x) / dx is exp(x) itself.
    assert score.log_bandwidth.grad.item() == pytest.approx(2.0)


@pytest.mark.parametrize(
    "make", [DotScore, ScaledDotScore], ids=["dot", "scaled"]
)
def test_the_smallest_sizes_are_welcome(make):
    one = torch.ones(1, 1)
    assert make()(one, one).item() == 1
    assert BilinearScore(1, 1)(one, one).shape == (1, 1)
    assert AdditiveScore(1, 1, 1)(one, one).shape == (1, 1)
    assert LowRankScore(1, 1, 1)(one, one).shape == (1, 1)


@pytest.mark.parametrize("bandwidth", [1e-25, 1e25])
def test_an_extreme_bandwidth_gives_numbers(bandwidth):
    points = torch.tensor([[1.0], [2.0]])
    scores = GaussianScore(bandwidth)(points, points)
    assert not scores.isnan().any()
    assert scores.diagonal().eq(0).all()


@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.bfloat16, torch.float32]
)
def test_keys_that_are_all_far_away_still_share_the_weight(dtype):
    far = 400.0 if dtype == torch.float16 else 1e25
    query = torch.full((1, 1), far, dtype=dtype, requires_grad=True)
    scores = GaussianScore()(query, torch.zeros(2, 1, dtype=dtype))
    assert scores.dtype == dtype
    weights = scores.softmax(-1)
    assert weights.tolist() == [[0.5, 0.5]]
    weights.sum().backward()
    assert query.grad.isfinite().all()
