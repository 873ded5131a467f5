"""Chapter 02's prompts: the kernel that is learned, and the one direction."""

import itertools

import pytest
import torch
from tensors import normal
from torch.testing import assert_close

from attn_utils import BilinearScore, GaussianScore, attention
from attn_utils.data import ridge_prompts, runs, wave_prompts
from attn_utils.recipes.in_context import (
    GRID,
    MappedDistance,
    best_bandwidth,
    direction_results,
    implied_bandwidth,
    in_context_results,
    prompt_error,
    teach_direction,
    teach_in_context,
)

KERNELS = runs.load("in_context")
DIRECTIONS = runs.load("one_direction")


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_an_error_is_the_mean_square_of_answer_less_label():
    query, key = torch.zeros(2, 1, 3), torch.ones(2, 5, 3)
    value = torch.arange(10.0).view(2, 5, 1)  # means 2 and 7
    label = torch.tensor([3.0, 4.0])
    error = prompt_error(lambda q, k: q @ k.mT, (query, key, value, label))
    assert error.item() == pytest.approx((1**2 + 3**2) / 2)


def test_a_multiple_of_the_identity_is_the_kernel_of_the_bandwidth_it_implies():
    query, key, value, _ = wave_prompts(7, 5, 11, generator(1))
    score = BilinearScore(5, 5)
    score.weight.data = 6.25 * torch.eye(5)
    bandwidth = implied_bandwidth(score.weight)
    assert bandwidth == pytest.approx(0.4)
    got = attention(query, key, value, score=score)
    kernel = attention(query, key, value, score=GaussianScore(bandwidth))
    assert_close(got, kernel, atol=1e-5, rtol=1e-5)


def test_the_best_bandwidth_is_the_one_of_the_grid_with_the_least_error():
    prompts = wave_prompts(499, 3, generator=generator(1))
    best, least = best_bandwidth(prompts)
    place = GRID.index(best)
    for other in GRID[place - 1], GRID[place + 1]:
        assert prompt_error(GaussianScore(other), prompts) > least
    assert prompt_error(GaussianScore(best), prompts).item() == least


def test_the_grid_rises_in_equal_steps_past_every_best():
    steps = [b / a for a, b in itertools.pairwise(GRID)]
    assert all(1.075 < step < 1.085 for step in steps)
    bests = KERNELS.column("h: best of the grid")
    assert GRID[0] < min(bests)
    assert max(bests) < GRID[-1]


def test_teaching_changes_one_matrix_and_lowers_the_error():
    score, losses = teach_in_context(3, seed=1, num_steps=101)
    assert [tuple(p.shape) for p in score.parameters()] == [(3, 3)]
    assert len(losses) == 101
    assert sum(losses[-11:]) < 0.8 * sum(losses[:11])
    assert not score.training


def test_the_seed_decides_everything():
    for teach in (
        lambda seed: teach_in_context(3, seed, num_steps=2)[1],
        lambda seed: teach_direction("distance", seed, 3, num_steps=2)[2],
    ):
        assert teach(1) == teach(1)
        assert teach(1) != teach(2)


def test_the_tests_are_none_of_the_lessons(monkeypatch):
    drawn = []

    def listening(num_prompts, *sizes, generator):
        prompts = wave_prompts(num_prompts, *sizes, generator=generator)
        drawn.append(prompts)
        return prompts

    monkeypatch.setattr("attn_utils.recipes.in_context.wave_prompts", listening)
    in_context_results(3, seed=1, num_steps=2)
    lesson, _, tests = drawn
    assert len(lesson[0]) == 128 < len(tests[0])
    assert not torch.equal(lesson[0], tests[0][:128])


def test_results_describe_the_matrix_that_was_learned():
    got = in_context_results(3, seed=1, num_steps=5)
    score, _ = teach_in_context(3, seed=1, num_steps=5)
    matrix = score.weight.detach()
    assert_close(torch.tensor(got["matrix"]).view(3, 3), matrix)
    assert got["mean of the diagonal"] == pytest.approx(
        matrix.trace().item() / 3
    )
    beside = [
        abs(matrix[i, j].item()) for i in range(3) for j in range(3) if i != j
    ]
    assert got["largest beside it"] == pytest.approx(max(beside))
    assert got["error: learned"] != got["error: implied"]


@pytest.mark.parametrize("width", [3, 4])
def test_what_was_learned_is_the_best_kernel_in_three_and_four_dimensions(
    width,
):
    def column(name):
        return KERNELS.column(name, width=width)

    assert len(column("h: implied")) == 5
    pairs = zip(
        column("h: implied"), column("h: best of the grid"), strict=True
    )
    assert all(abs(mine / best - 1) < 0.1 for mine, best in pairs)
    pairs = zip(
        column("error: learned"), column("error: best of the grid"), strict=True
    )
    assert all(mine < 1.02 * best for mine, best in pairs)
    pairs = zip(
        column("largest beside it"), column("mean of the diagonal"), strict=True
    )
    assert all(beside < 0.15 * diagonal for beside, diagonal in pairs)


def test_on_a_circle_the_learned_kernel_is_too_wide_and_narrows_with_more_steps():
    def ratios(num_steps, seeds=3):
        pairs = zip(
            KERNELS.column("h: implied", width=2, num_steps=num_steps)[:seeds],
            KERNELS.column("h: best of the grid", width=2, num_steps=num_steps)[
                :seeds
            ],
            strict=True,
        )
        return [mine / best for mine, best in pairs]

    assert min(ratios(600)) > 1.5
    assert max(ratios(6000)) < 1.3
    errors = zip(
        KERNELS.column("error: learned", num_steps=6000),
        KERNELS.column("error: best of the grid", num_steps=6000),
        strict=True,
    )
    assert all(mine < 1.03 * best for mine, best in errors)


def test_the_distance_after_a_map_is_a_product_less_the_length_of_the_key():
    torch.manual_seed(0)
    score = MappedDistance(5)
    query, key = normal(2, 3, 5, seed=1), normal(2, 7, 5, seed=2)
    product = query @ score.weight @ key.mT
    length = (key @ score.weight * key).sum(-1).unsqueeze(-2)
    got = score(query, key).softmax(-1)
    assert_close(got, (product - length / 2).softmax(-1))
    assert [n for n, p in score.named_parameters() if p.requires_grad] == [
        "map.weight"
    ]
    assert score.distance.bandwidth == 1


def test_the_direction_is_drawn_and_has_length_1():
    _, first, _ = teach_direction("product", 1, 5, num_steps=1)
    _, other, _ = teach_direction("product", 2, 5, num_steps=1)
    assert first.shape == (5,)
    assert_close(first.norm(), torch.tensor(1.0))
    assert not torch.allclose(first, other)


def test_results_of_a_direction_are_measured_on_new_prompts_along_it(
    monkeypatch,
):
    drawn = []

    def listening(num_prompts, direction, generator):
        prompts = ridge_prompts(num_prompts, direction, generator=generator)
        drawn.append((direction, prompts))
        return prompts

    def short(comparison, seed, width):
        return teach_direction(comparison, seed, width, num_steps=2)

    where = "attn_utils.recipes.in_context"
    monkeypatch.setattr(f"{where}.ridge_prompts", listening)
    monkeypatch.setattr(f"{where}.teach_direction", short)
    got = direction_results("product", 1, 3)
    (u, lesson), *_, (same, tests) = drawn
    assert torch.equal(u, same)
    assert not torch.equal(lesson[0], tests[0][:128])
    assert got["error: along the direction"] < got["error: best of the grid"]
    mean = (tests[2].mean(1).squeeze(-1) - tests[3]).square().mean()
    assert got["error: mean of all"] == pytest.approx(mean.item(), rel=1e-4)
    score, _, _ = short("product", 1, 3)
    matrix = score.weight.detach()
    sizes = got["singular values"]
    assert sum(s**2 for s in sizes) == pytest.approx(
        matrix.square().sum().item(), rel=1e-4
    )
    assert got["share of the first"] == pytest.approx(
        sizes[0] ** 2 / sum(s**2 for s in sizes), rel=1e-4
    )
    # The first singular vectors are those of the two Gram matrices.
    for name, gram in (
        ("query", matrix @ matrix.T),
        ("key", matrix.T @ matrix),
    ):
        first = torch.linalg.eigh(gram).eigenvectors[:, -1]
        assert got[f"cosine: {name}"] == pytest.approx(
            (first @ u).abs().item(), rel=1e-3
        )


def test_a_distance_finds_the_one_direction_and_nothing_else():
    def column(name):
        return DIRECTIONS.column(name, comparison="distance")

    assert min(column("share of the first")) > 0.9999
    assert min(column("cosine: query")) > 0.999
    pairs = zip(
        column("error: learned"),
        column("error: along the direction"),
        strict=True,
    )
    assert all(mine < 2 * best for mine, best in pairs)


def test_a_product_looks_that_way_and_keeps_the_others():
    def column(name):
        return DIRECTIONS.column(name, comparison="product")

    # The key's length along the direction would have to be taken off.
    assert max(column("share of the first")) < 0.6
    assert min(column("cosine: query")) > 0.99
    assert min(column("cosine: key")) > 0.99
    errors = column("error: learned")
    assert min(errors) > 5 * max(column("error: along the direction"))
    pairs = zip(errors, column("error: best of the grid"), strict=True)
    assert all(mine < best for mine, best in pairs)
