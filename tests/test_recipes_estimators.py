"""Chapter 03's gradients: the exact one, its estimates, and what is stored."""

import pytest
import torch
from tensors import normal
from torch.testing import assert_close

from attn_utils.data import runs
from attn_utils.recipes.estimators import (
    ESTIMATORS,
    NUM_SCENES,
    best_baseline,
    estimator_results,
    every_loss,
    exact_gradient,
    judge_estimator,
    reinforce_variance,
    sampled_gradients,
    score_jacobian,
)
from attn_utils.recipes.glimpses import GlimpseReader, draw_scenes, look_losses
from attn_utils.recipes.glimpses import look as look_at

STORED = runs.load("estimators")
UNBIASED = ("reinforce", "reinforce + baseline", "reinforce + best baseline")


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def reader():
    torch.manual_seed(0)
    model = GlimpseReader()
    with torch.no_grad():  # so that losses differ
        for part in model.parameters():
            part.mul_(2)
    return model


@pytest.fixture
def scenes():
    return draw_scenes(3, generator(1), True, 5)


@pytest.fixture
def known(reader, scenes):
    """Chances, losses and Jacobian of the scenes."""
    chances = reader.scores(scenes[0]).squeeze(1).softmax(-1).detach()
    return chances, every_loss(reader, scenes), score_jacobian(reader, scenes)


def test_every_loss_is_that_of_reading_one_glimpse(reader, scenes):
    glimpses, labels, _ = scenes
    losses = every_loss(reader, scenes)
    assert losses.shape == (3, 5)
    for place in range(5):
        scores = torch.zeros(3, 1, 5)
        scores[..., place] = 9
        read = look_at(scores, glimpses, "argmax")
        assert_close(losses[:, place], look_losses(reader, read, labels, None))


def test_the_exact_gradient_is_that_of_the_expected_loss(reader, scenes, known):
    chances, losses, _ = known
    scores = reader.scores(scenes[0]).squeeze(1).detach().requires_grad_()
    expected = (scores.softmax(-1) * losses).sum(-1).mean()
    (gradient,) = torch.autograd.grad(expected, scores)
    assert_close(exact_gradient(chances, losses), gradient)


def test_the_jacobian_carries_a_gradient_from_scores_to_parameters(
    reader, scenes, known
):
    _, _, jacobian = known
    assert jacobian.shape[:2] == (3, 5)
    direction = normal(3, 5, seed=2)
    total = (reader.scores(scenes[0]).squeeze(1) * direction).sum()
    parts = torch.autograd.grad(total, [*reader.score.parameters()])
    expected = torch.cat([part.flatten() for part in parts])
    got = direction.flatten() @ jacobian.flatten(0, 1)
    assert_close(got, expected, rtol=1e-4, atol=1e-5)


def test_the_best_baseline_leaves_the_least_variance(known):
    known = [part.double() for part in known]
    best = best_baseline(*known)
    assert best.shape == (3,)
    least = reinforce_variance(*known, best)
    for scene in range(3):
        for step in (-0.005, 0.005):
            other = best.clone()
            other[scene] += step
            assert reinforce_variance(*known, other) > least


def test_a_variance_by_hand():
    # Two glimpses, one parameter that lifts one score and lowers the other.
    chances = torch.tensor([[0.5, 0.5]])
    losses = torch.tensor([[3.0, 1.0]])
    jacobian = torch.tensor([[[1.0], [-1.0]]])
    # Estimates 3 and -1, whose mean is 1; less 2 from each loss, 1 and 1.
    assert reinforce_variance(chances, losses, jacobian, 0.0) == 4
    assert reinforce_variance(chances, losses, jacobian, 2.0) == 0
    assert best_baseline(chances, losses, jacobian).tolist() == [2]


@pytest.mark.long
def test_a_baseline_changes_the_variance_and_not_the_mean(
    reader, scenes, known
):
    chances, losses, jacobian = known
    exact = exact_gradient(chances, losses)
    for baseline in (0.0, torch.tensor([1.0, 3.0, 2.0])):
        got = sampled_gradients(
            reader, scenes, "reinforce", baseline, 20011, generator(3)
        )
        assert got.shape == (20011, 3, 5)
        spread = got.std(0) / 20011**0.5
        assert ((got.mean(0) - exact).abs() < 4.5 * spread).all()
        flat = got.flatten(1) @ jacobian.flatten(0, 1)
        variance = flat.var(0).sum().item()
        expected = reinforce_variance(chances, losses, jacobian, baseline)
        assert variance == pytest.approx(expected, rel=0.05)


def test_the_mean_of_the_same_sample_shrinks_the_gradient(
    reader, scenes, known
):
    chances, losses, _ = known
    got = sampled_gradients(
        reader, scenes, "reinforce + own mean", None, 20011, generator(3)
    )
    spread = got.std(0) / 20011**0.5
    # Of three scenes a third of each loss is its own.
    shrunk = exact_gradient(chances, losses) * (1 - 1 / 3)
    assert ((got.mean(0) - shrunk).abs() < 4.5 * spread).all()
    off = (got.mean(0) - exact_gradient(chances, losses)).abs()
    assert (off > 4.5 * spread).any()


def test_one_estimate_is_that_of_one_step_of_teaching(reader, scenes):
    glimpses, labels, _ = scenes
    for estimator, baseline in (
        ("soft", None),
        ("straight-through", None),
        ("reinforce", 0.7),
    ):
        scores = reader.scores(glimpses).detach().requires_grad_()
        sample = ESTIMATORS[estimator]
        read = look_at(scores, glimpses, sample, generator(3))
        loss = look_losses(reader, read, labels, baseline).mean()
        (expected,) = torch.autograd.grad(loss, scores)
        got = sampled_gradients(
            reader, scenes, estimator, baseline, 1, generator(3)
        )
        assert_close(got, expected.view(1, 3, 5))


def test_judging_counts_every_sample(reader, scenes, known, monkeypatch):
    chances, losses, jacobian = known
    exact = exact_gradient(chances, losses)
    drawn = []

    def listening(*arguments):
        drawn.append(sampled_gradients(*arguments))
        return drawn[-1]

    module = "attn_utils.recipes.estimators"
    monkeypatch.setattr(f"{module}.sampled_gradients", listening)
    got = judge_estimator("reinforce", reader, scenes, generator(3), 701)
    assert [len(part) for part in drawn] == [500, 201]
    flat = torch.cat(drawn).flatten(1) @ jacobian.flatten(0, 1)
    true = exact.flatten() @ jacobian.flatten(0, 1)
    variance = flat.var(0).sum()
    off = flat.mean(0) - true
    expected = {
        "variance": variance,
        "bias": off.norm() / true.norm(),
        "error of bias": (variance / 701).sqrt() / true.norm(),
        "cosine": flat.mean(0) @ true / flat.mean(0).norm() / true.norm(),
    }
    assert got.keys() == expected.keys()
    for name, number in expected.items():
        assert got[name] == pytest.approx(number.item(), rel=1e-3)


def test_each_estimator_has_its_baseline(reader, scenes, known, monkeypatch):
    chances, losses, jacobian = known
    heard = {}

    def listening(reader, scenes, estimator, baseline, *others):
        heard[estimator] = baseline
        return sampled_gradients(reader, scenes, estimator, baseline, *others)

    module = "attn_utils.recipes.estimators"
    monkeypatch.setattr(f"{module}.sampled_gradients", listening)
    for estimator in ESTIMATORS:
        judge_estimator(estimator, reader, scenes, generator(3), 2)
    best = heard.pop("reinforce + best baseline")
    assert_close(best, best_baseline(chances, losses, jacobian))
    mean = (chances * losses).sum() / 3
    assert heard.pop("reinforce + baseline") == pytest.approx(mean.item())
    assert heard == {
        "soft": None,
        "straight-through": None,
        "reinforce": 0.0,
        "reinforce + own mean": None,
    }


def test_soft_attention_has_no_variance_and_another_gradient(reader, scenes):
    got = judge_estimator("soft", reader, scenes, generator(3))
    assert got["variance"] == got["error of bias"] == 0
    assert got["bias"] > 0.2


def test_an_unknown_estimator_or_no_sample_is_refused(reader, scenes):
    with pytest.raises(
        ValueError, match=r"estimator must be one of soft, .*but is 'luck'"
    ):
        judge_estimator("luck", reader, scenes, generator(3))
    with pytest.raises(ValueError, match="num_samples must be at least 1"):
        judge_estimator("reinforce", reader, scenes, generator(3), 0)


def test_results_judge_a_reader_before_or_after_lessons(monkeypatch):
    readers, module = [], "attn_utils.recipes.estimators"

    def listening(estimator, reader, scenes, generator):
        readers.append(reader)
        assert scenes[0].shape == (16, 9, 8, 8)
        return {"bias": 0.0}

    monkeypatch.setattr(f"{module}.judge_estimator", listening)
    estimator_results("soft", 3)
    estimator_results("soft", 3, num_steps=2)
    torch.manual_seed(3)
    start = GlimpseReader().classify[0].weight
    untaught, taught = (reader.classify[0].weight for reader in readers)
    assert torch.equal(untaught, start)
    assert not torch.equal(taught, start)


# -- what is stored --------------------------------------------------------------


def column(name, estimator, num_steps=0):
    return STORED.column(name, estimator=estimator, num_steps=num_steps)


def test_a_baseline_takes_most_of_the_variance():
    pairs = zip(
        column("variance", "reinforce"),
        column("variance", "reinforce + baseline"),
        strict=True,
    )
    assert all(none > 50 * some for none, some in pairs)
    pairs = zip(
        column("variance", "reinforce + baseline"),
        column("variance", "reinforce + best baseline"),
        strict=True,
    )
    assert all(some > 2 * best for some, best in pairs)


def test_reinforce_is_off_by_no_more_than_chance_explains():
    for estimator in UNBIASED:
        for num_steps in (0, 300):
            pairs = zip(
                column("bias", estimator, num_steps),
                column("error of bias", estimator, num_steps),
                strict=True,
            )
            assert all(bias < 3 * error for bias, error in pairs)


def test_straight_through_is_steady_and_off():
    for bias, error, cosine in zip(
        column("bias", "straight-through"),
        column("error of bias", "straight-through"),
        column("cosine", "straight-through"),
        strict=True,
    ):
        assert bias > 0.2
        assert bias > 10 * error
        assert 0.9 < cosine < 0.98
    for other in UNBIASED:
        pairs = zip(
            column("variance", "straight-through"),
            column("variance", other),
            strict=True,
        )
        assert all(steady < spread for steady, spread in pairs)


def test_soft_attention_learns_something_else():
    assert min(column("bias", "soft")) > 0.4
    assert set(column("variance", "soft")) == {0}


def test_the_mean_of_sixteen_losses_takes_a_sixteenth_of_the_gradient():
    assert NUM_SCENES == 16
    # After lessons of seed 2, chance blurs the bias least.
    bias = column("bias", "reinforce + own mean", 300)[2]
    error = column("error of bias", "reinforce + own mean", 300)[2]
    assert abs(bias - 1 / 16) < 2 * error
    assert bias > 5 * error
