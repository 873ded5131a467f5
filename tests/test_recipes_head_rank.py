"""Chapter 04's price of a head: the rank of its scores, before and after softmax."""

import itertools
import math

import pytest
import torch
from tensors import normal
from torch.testing import assert_close

from attn_utils.data import runs
from attn_utils.recipes.head_rank import (
    TARGETS,
    FreeHead,
    divergence,
    fit_head,
    head_rank_results,
    left_over,
    pointing,
)

STORED = runs.load("head_rank")


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


# -- the tables ------------------------------------------------------------------


@pytest.mark.parametrize("target", TARGETS)
def test_rows_of_a_table_sum_to_1_and_the_seed_decides_it(target):
    make, _ = TARGETS[target]
    weights = make(generator(1))
    assert weights.shape == (16, 16)
    assert_close(weights.sum(-1), torch.ones(16))
    assert torch.equal(make(generator(1)), weights)
    assert not torch.equal(make(generator(2)), weights)


def test_one_is_a_permutation_two_are_halves_and_any_has_no_zeros():
    one, two, any_weights = (TARGETS[t][0](generator(1)) for t in TARGETS)
    assert torch.equal(one.sum(0), torch.ones(16))
    assert set(one.unique().tolist()) == {0, 1}
    # No shift: the keys of neighbouring queries are no constant step apart.
    assert len((one.argmax(-1).diff() % 16).unique()) > 2
    assert torch.equal((two == 0.5).sum(-1), torch.full((16,), 2))
    assert two.any(0).sum() > 8  # each query has keys of its own
    assert any_weights.min() > 0
    assert any_weights.log().std(-1).mean().item() == pytest.approx(2, abs=0.3)


# -- scores ----------------------------------------------------------------------


@pytest.mark.parametrize("width", [1, 3, 7, 13])
def test_the_scores_of_a_head_have_no_rank_above_its_width(width):
    torch.manual_seed(0)
    head = FreeHead(width)
    scores = head().detach()
    assert torch.linalg.matrix_rank(scores) == width
    assert_close(scores, head.query @ head.key.T / width**0.5)


@pytest.mark.parametrize("width", [1, 3, 7, 13])
def test_what_is_left_over_of_a_permutation_is_1_less_its_share_of_the_ranks(
    width,
):
    one = TARGETS["one"][0](generator(1))
    assert left_over(one, width) == pytest.approx(1 - width / 16)


def test_what_is_left_over_is_the_least_that_any_such_table_leaves():
    table = normal(16, 16, seed=1)
    left, right = normal(16, 3, seed=2), normal(3, 16, seed=3)
    for _ in range(50):  # each side is the best for the other, in turn
        left = torch.linalg.lstsq(right.T, table.T).solution.T
        right = torch.linalg.lstsq(left, table).solution
    share = (table - left @ right).square().sum() / table.square().sum()
    assert left_over(table, 3) == pytest.approx(share.item(), rel=1e-3)
    assert left_over(table, 16) == 0


# -- weights ---------------------------------------------------------------------


def test_a_divergence_is_the_mean_over_rows_of_what_the_logarithms_differ_by():
    scores = torch.zeros(2, 4)
    weights = torch.tensor([[1.0, 0, 0, 0], [0.5, 0.5, 0, 0]])
    found = divergence(lambda: scores, weights)
    assert found.item() == pytest.approx((math.log(4) + math.log(2)) / 2)
    any_scores = normal(2, 4, seed=1)
    same = divergence(lambda: any_scores, any_scores.softmax(-1))
    assert same.abs() < 1e-6


def test_two_features_point_every_query_at_a_key_of_its_own():
    # Keys on a circle: each is the farthest along its own direction.
    turn = 2 * torch.pi * torch.arange(16) / 16
    keys = torch.stack([turn.cos(), turn.sin()], -1)
    order = torch.randperm(16, generator=generator(1))
    weights = torch.eye(16)[order]
    scores = 100 * keys[order] @ keys.T
    assert torch.linalg.matrix_rank(scores, rtol=1e-4) == 2
    assert pointing(scores, weights, 1) == 1
    assert divergence(lambda: scores, weights) < 0.01


def test_one_feature_points_at_two_keys_and_no_more():
    # A product of two numbers is largest at the largest or the smallest key.
    scores = normal(16, 1, seed=1) * normal(1, 16, seed=2)
    assert len(scores.argmax(-1).unique()) == 2


def test_pointing_compares_the_heaviest_keys_whatever_their_order():
    weights = torch.tensor([[0.6, 0.4, 0, 0], [0, 0.5, 0, 0.5]])
    scores = torch.tensor([[1.0, 3, 0, 0], [0, 2, 3, 1]])
    assert pointing(scores, weights, 2) == 0.5
    assert pointing(scores, weights.flip(-1), 2) == 0
    assert pointing(10 * weights, weights, 2) == 1


def test_fitting_brings_the_weights_nearer_and_starts_where_the_seed_says():
    weights = TARGETS["any"][0](generator(1))
    head, losses = fit_head(weights, 3, seed=1, num_steps=101)
    assert len(losses) == 101
    assert losses[-1] < 0.5 * losses[0]
    assert divergence(head, weights) <= losses[-1] + 1e-3
    assert not head.training
    assert fit_head(weights, 3, seed=1, num_steps=1)[1] == losses[:1]
    assert fit_head(weights, 3, seed=2, num_steps=1)[1] != losses[:1]


def test_results_are_about_the_table_of_the_seed(monkeypatch):
    def short(weights, width, seed):
        return fit_head(weights, width, seed, num_steps=2)

    monkeypatch.setattr("attn_utils.recipes.head_rank.fit_head", short)
    got = head_rank_results("two", 3, seed=1)
    weights = TARGETS["two"][0](generator(1001))
    head, _ = short(weights, 3, 1)
    scores = head().detach()
    assert got == {
        "divergence": pytest.approx(divergence(head, weights).item()),
        "divergence: uniform": pytest.approx(math.log(8)),
        "pointing": pointing(scores, weights, 2),
        "largest score": scores.abs().max().item(),
        "left over": left_over(weights, 3),
    }


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: FreeHead(0), "width must be at least 1, but is 0"),
        (
            lambda: left_over(torch.eye(3), 0),
            "width must be at least 1, but is 0",
        ),
        (
            lambda: fit_head(torch.ones(1, 16) / 16, 3, 0),
            r"weights must have the shape .*\(16, 16\), but has \(1, 16\)",
        ),
        (
            lambda: head_rank_results("none", 3, 0),
            "target must be one of one, two, any, but is 'none'",
        ),
    ],
)
def test_what_does_not_fit_is_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


# -- what is stored --------------------------------------------------------------


def column(name, target, width):
    return STORED.column(name, target=target, width=width)


def test_two_features_point_at_one_key_and_what_is_left_over_says_they_cannot():
    assert len(column("pointing", "one", 2)) == 5
    assert min(column("pointing", "one", 2)) == 1
    assert max(column("divergence", "one", 2)) < 0.005
    for share in column("left over", "one", 2):
        assert share == pytest.approx(1 - 2 / 16)


def test_one_feature_points_at_two_of_sixteen():
    assert column("pointing", "one", 1) == [2 / 16] * 5
    assert min(column("divergence", "one", 1)) > 1.5


def test_four_features_point_at_any_two_keys_and_two_do_not():
    assert min(column("pointing", "two", 4)) == 1
    assert max(column("divergence", "two", 4)) < 0.001
    assert max(column("pointing", "two", 2)) < 0.8
    assert min(column("divergence", "two", 2)) > 0.2
    three = column("pointing", "two", 3)
    assert min(three) < 1 == max(three)


def test_any_table_needs_all_features_but_one():
    widths = (1, 2, 3, 4, 6, 8, 12, 15)
    by_width = [column("divergence", "any", width) for width in widths]
    for narrow, wide in itertools.pairwise(by_width):
        assert all(n > 1.3 * w for n, w in zip(narrow, wide, strict=True))
    uniform = column("divergence: uniform", "any", 2)
    pairs = list(zip(by_width[1], uniform, strict=True))
    assert all(0.2 < found / whole < 0.5 for found, whole in pairs)
    assert max(by_width[-1]) < 1e-5
    assert min(by_width[-2]) > 1e-4


def test_pointing_with_little_room_costs_large_scores():
    assert min(column("largest score", "one", 2)) > 100
    assert max(column("largest score", "one", 15)) < 30
