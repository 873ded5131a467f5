"""Chapter 02's look-ups: what is taught, what is measured, what is stored."""

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from attn_utils import DotScore, GaussianScore
from attn_utils.data import runs
from attn_utils.recipes.scoring import (
    SCORES,
    look_up_loss,
    rank_results,
    score_results,
    teach_addressing,
)

STORED = runs.load("scores")
RANKS = runs.load("ranks")


class ByPlace(nn.Module):
    """Scores every key by its place alone, whatever the query."""

    def __init__(self, *scores):
        super().__init__()
        self.scores = torch.tensor(scores)

    def forward(self, query, key):
        return self.scores.expand(*query.shape[:-1], key.shape[-2])


def look_ups():
    """Return two look-ups of three slots and two classes; places 0 and 2."""
    value = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]] * 2)
    place = torch.tensor([0, 2])
    vectors = torch.ones(2, 1, 5), torch.ones(2, 3, 5)
    return *vectors, value, torch.tensor([0, 1]), place


def test_the_loss_is_the_logarithm_of_the_share_of_the_right_class():
    loss = look_up_loss(ByPlace(0.0, 0.0, 0.0), look_ups())
    shares = torch.tensor([1 / 3, 2 / 3])
    assert_close(loss, -shares.log().mean())


def test_a_share_that_rounds_to_0_leaves_the_loss_finite():
    assert look_up_loss(ByPlace(-999.0, 0.0, 0.0), look_ups()).isfinite()


def test_what_never_learns_finds_as_much_as_chance():
    taught = teach_addressing(lambda: ByPlace(*[0.0] * 8), False, seed=3)
    # All weights are alike: the first slot and the commonest class win.
    assert taught.found == pytest.approx(1 / 8, abs=0.03)
    first = teach_addressing(
        lambda: ByPlace(9.0, *[0.0] * 7), False, seed=3
    ).accuracy
    assert first == pytest.approx(1 / 8 + 7 / 8 / 8, abs=0.03)


def test_a_score_without_parameters_is_tested_as_it_is():
    taught = teach_addressing(DotScore, rotated=False, seed=0, num_steps=7)
    assert taught.losses == []
    assert taught.accuracy > 0.95


def test_teaching_lowers_the_loss_and_moves_the_score():
    taught = teach_addressing(SCORES["bilinear"], True, seed=0, num_steps=101)
    assert len(taught.losses) == 101
    assert sum(taught.losses[-7:]) < sum(taught.losses[:7]) / 2
    assert not taught.score.training


def test_every_score_is_asked_the_same():
    asked = []

    class Listening(DotScore):
        def forward(self, query, key):
            asked.append((query, key))
            return super().forward(query, key)

    class Learning(Listening):
        def __init__(self):
            super().__init__()
            self.number = nn.Parameter(torch.zeros(3, 5).normal_())

        def forward(self, query, key):
            return super().forward(query, key) + self.number.sum()

    teach_addressing(Listening, True, seed=5)
    teach_addressing(Learning, True, seed=5, num_steps=2)
    # Of each the tests, with other keys and with the same; two lessons between.
    (others, tests), (*lessons, others_too, tests_too) = asked[:2], asked[2:]
    assert len(lessons) == 2
    assert_close(tests, tests_too, rtol=0, atol=0)
    assert_close(others, others_too, rtol=0, atol=0)
    assert not torch.equal(lessons[0][0], lessons[1][0])
    teach_addressing(Listening, False, seed=5)
    assert torch.equal(asked[-1][1], tests[1])
    assert not torch.allclose(asked[-1][0], tests[0])
    # Turned, every query keeps its length.
    assert_close(asked[-1][0].norm(dim=-1), tests[0].norm(dim=-1))


def test_the_other_keys_are_none_that_a_lesson_had():
    seen = []

    class Listening(DotScore):
        def forward(self, query, key):
            seen.append({tuple(row) for row in key.flatten(0, 1).tolist()})
            return super().forward(query, key)

    teach_addressing(Listening, True, seed=5)
    others, tests = seen
    assert len(others) == len(tests) == 32
    assert not others & tests


def test_the_seed_decides_everything():
    first, again, other = (
        teach_addressing(SCORES["additive"], True, seed, num_steps=2)
        for seed in (1, 1, 2)
    )
    assert first.losses == again.losses
    assert first[2:] == again[2:]
    assert first.losses != other.losses


def test_the_parameters_are_counted():
    counts = {
        row.settings["score"]: row.results["parameters"] for row in STORED.rows
    }
    assert counts == {
        "dot": 0,
        "scaled dot": 0,
        "bilinear": 16 * 16,
        "additive": 2 * 16 * 16 + 16,
        "gaussian": 1,
    }
    ranks = {
        row.settings["rank"]: row.results["parameters"] for row in RANKS.rows
    }
    assert ranks == {rank: 2 * 16 * rank for rank in (1, 2, 4, 8, 16)}


def test_what_has_nothing_to_learn_comes_out_again_in_both_spaces():
    for rotated in (False, True):
        (kept,) = [
            row.results
            for row in STORED.rows
            if row.settings == {"score": "dot", "rotated": rotated, "seed": 3}
        ]
        again = score_results("dot", rotated, 3)
        assert again == pytest.approx(kept, rel=1e-3)


def test_in_the_same_space_every_score_finds_the_slot():
    for score, bar in [
        ("dot", 0.95),
        ("scaled dot", 0.95),
        ("bilinear", 0.98),
        ("additive", 0.95),
    ]:
        assert min(STORED.column("accuracy", score=score, rotated=False)) > bar


def test_in_a_different_space_only_what_is_learned_between_them_finds_it():
    def column(name, score):
        return STORED.column(name, score=score, rotated=True)

    assert min(column("accuracy", "bilinear")) > 0.95
    assert min(column("accuracy", "additive")) > 0.93
    for score in ("dot", "scaled dot", "gaussian"):
        # Thirty-two keys, turned at random, may happen to lie well: one in eight
        # is found on average, and a quarter with some luck.
        found = column("found", score)
        assert 0.08 < sum(found) / len(found) < 0.2
        assert max(found) < 0.3
        assert max(column("accuracy", score)) < 0.4


def test_the_bilinear_score_learns_the_turn_and_the_additive_one_the_list():
    def column(score):
        return STORED.column("elsewhere", score=score, rotated=True)

    chance = 1 / 8 + 7 / 8 / 8
    assert min(column("bilinear")) > 0.85
    assert max(column("additive")) < chance + 0.1
    # In one space there is no turn, and the product needs no lessons.
    assert min(STORED.column("elsewhere", score="dot", rotated=False)) > 0.95


def test_in_the_same_space_the_distance_beats_every_product():
    def column(score):
        return STORED.column("accuracy", score=score, rotated=False)

    for other in ("dot", "scaled dot", "bilinear", "additive"):
        pairs = zip(column("gaussian"), column(other), strict=True)
        assert all(best > less for best, less in pairs)


@pytest.mark.long
def test_the_bandwidth_of_the_distance_comes_down_towards_the_noise():
    taught = teach_addressing(GaussianScore, rotated=False, seed=0)
    # From 1; with noise of deviation .5 that would be the best.
    assert 0.45 < taught.score.bandwidth.item() < 0.65


def test_each_doubling_of_the_rank_helps_until_eight():
    means = {
        rank: sum(RANKS.column("found", rank=rank)) / 5
        for rank in (1, 2, 4, 8, 16)
    }
    assert means[1] < 0.35 < 0.45 < means[2] < 0.75 < means[4] < 0.97 < means[8]
    assert means[8] < means[16] <= 1


def test_a_rank_is_the_width_of_the_space_where_the_two_meet(monkeypatch):
    made = []

    def teach(make_score, rotated, seed):
        made.append(make_score())
        assert rotated
        return teach_addressing(make_score, rotated, seed, num_steps=1)

    monkeypatch.setattr("attn_utils.recipes.scoring.teach_addressing", teach)
    assert rank_results(rank=3, seed=7)["parameters"] == 2 * 16 * 3
    assert made[0].query_map.weight.shape == (3, 16)
