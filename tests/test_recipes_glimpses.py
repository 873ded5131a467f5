"""Chapter 03's glimpses: how they are read, how that is learned, what is stored."""

import pytest
import torch
import torch.nn.functional as F
from tensors import normal
from torch.testing import assert_close
from torch.utils.flop_counter import FlopCounterMode

from attn_utils.data import digit_images, runs
from attn_utils.recipes.glimpses import (
    EVERY,
    METHODS,
    GlimpseReader,
    draw_scenes,
    glimpse_results,
    look,
    look_losses,
    multiply_adds,
    pointing,
    steps_until,
    teach_glimpses,
)

pytestmark = pytest.mark.long

STORED = runs.load("glimpses")


def stored(name, method, num_steps=600):
    """Return a result of a method, one for each stored seed."""
    return STORED.column(name, method=method, num_steps=num_steps)


GLIMPSES = normal(3, 5, 8, 8, seed=1)
LABELS = torch.tensor([2, 7, 1])


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def reader(seed=0):
    torch.manual_seed(seed)
    return GlimpseReader()


# -- reading ---------------------------------------------------------------------


def test_every_glimpse_has_a_score_of_its_own():
    model = reader()
    scores = model.scores(GLIMPSES)
    assert scores.shape == (3, 1, 5)
    order = torch.tensor([4, 0, 3, 1, 2])
    assert_close(model.scores(GLIMPSES[:, order]), scores[..., order])
    moved = GLIMPSES.clone()
    moved[:, 2] += 1
    changed = (model.scores(moved) - scores).abs().squeeze(1) > 1e-6
    assert changed.tolist() == [[False, False, True, False, False]] * 3


def test_a_soft_look_is_the_average_by_the_softmax_of_the_scores():
    scores = normal(3, 1, 5, seed=2)
    read = look(scores, GLIMPSES, None)
    weights = scores.softmax(-1)
    assert_close(read.weights, weights)
    expected = (weights.squeeze(1)[:, :, None, None] * GLIMPSES).sum(1)
    assert_close(read.context, expected.view(3, 1, 64))
    assert not read.log_probability.any()


def test_the_best_look_copies_the_glimpse_that_scores_highest():
    scores = normal(3, 1, 5, seed=2)
    best = scores.squeeze(1).argmax(-1)
    read = look(scores, GLIMPSES, "argmax")
    expected = GLIMPSES[torch.arange(3), best].view(3, 1, 64)
    assert_close(read.context, expected)


def test_a_choice_is_drawn_by_the_scores_and_from_the_generator():
    scores = torch.tensor([0.1, 0.7, 0.2]).log().expand(997, 1, 3)
    glimpses = normal(997, 3, 8, 8, seed=1)
    for sample in ("categorical", "gumbel"):
        first = look(scores, glimpses, sample, generator(1)).weights
        again = look(scores, glimpses, sample, generator(1)).weights
        assert torch.equal(first, again)
        shares = first.mean((0, 1))
        assert_close(shares, torch.tensor([0.1, 0.7, 0.2]), atol=0.05, rtol=0)


# -- the losses and their gradients ----------------------------------------------


def test_every_method_has_the_loss_of_what_was_read():
    model = reader()
    for sample, baseline in (
        (None, None),
        ("gumbel", None),
        ("categorical", 7.0),
    ):
        scores = model.scores(GLIMPSES)
        read = look(scores, GLIMPSES, sample, generator(3))
        losses = look_losses(model, read, LABELS, baseline)
        logits = model.classify(read.context.squeeze(1))
        expected = F.cross_entropy(logits, LABELS, reduction="none")
        assert_close(losses, expected)


def test_reinforce_blames_the_choice_by_loss_less_baseline():
    model = reader()
    scores = normal(3, 1, 5, seed=2).requires_grad_()
    read = look(scores, GLIMPSES, "categorical", generator(3))
    baseline = torch.tensor([0.5, 3.0, 1.0])
    losses = look_losses(model, read, LABELS, baseline)
    (gradient,) = torch.autograd.grad(losses.sum(), scores)
    chosen = read.weights.detach()
    blame = (losses.detach() - baseline).view(3, 1, 1)
    assert_close(gradient, blame * (chosen - scores.detach().softmax(-1)))


def test_the_classifier_learns_from_the_loss_and_not_from_the_blame():
    gradients = []
    for baseline in (None, 0.0, 5.0):
        model = reader()
        read = look(
            model.scores(GLIMPSES), GLIMPSES, "categorical", generator(3)
        )
        losses = look_losses(model, read, LABELS, baseline)
        parts = [*model.classify.parameters()]
        gradients.append(torch.autograd.grad(losses.sum(), parts))
    assert_close(gradients[0], gradients[1])
    assert_close(gradients[0], gradients[2])


def test_without_blame_a_drawn_choice_teaches_the_scores_nothing():
    model = reader()
    scores = normal(3, 1, 5, seed=2).requires_grad_()
    for sample, learns in (
        (None, True),
        ("gumbel", True),
        ("categorical", False),
    ):
        read = look(scores, GLIMPSES, sample, generator(3))
        losses = look_losses(model, read, LABELS, None)
        (gradient,) = torch.autograd.grad(
            losses.sum(), scores, allow_unused=True, materialize_grads=True
        )
        assert bool((gradient.abs() > 1e-6).any()) == learns


# -- teaching --------------------------------------------------------------------


def test_scenes_for_lessons_and_for_tests_show_different_digits():
    for held_out in (False, True):
        known, _ = digit_images(held_out)
        glimpses, _, place = draw_scenes(11, generator(1), held_out, 3)
        assert glimpses.shape == (11, 3, 8, 8)
        shown = glimpses[torch.arange(11), place]
        same = (shown.unsqueeze(1) == known).flatten(2).all(-1).any(-1)
        assert same.all()


@pytest.mark.parametrize("method", METHODS)
def test_the_seed_decides_everything(method):
    first, again, other = (
        teach_glimpses(method, seed, num_steps=2, batch_size=5)
        for seed in (1, 1, 2)
    )
    assert first[1:] == again[1:]
    assert first.losses != other.losses
    assert not first.reader.training


def test_every_method_starts_alike_and_sees_the_same_scenes(monkeypatch):
    seen, module = [], "attn_utils.recipes.glimpses"

    def listening(num_scenes, generator, *others):
        seen.append(draw_scenes(num_scenes, generator, *others))
        return seen[-1]

    monkeypatch.setattr(f"{module}.draw_scenes", listening)
    for method in METHODS:
        teach_glimpses(method, 3, num_steps=2, batch_size=5)
    tests, first, second = seen[:3]
    assert len(seen) == 3 * len(METHODS)
    for i in range(3, len(seen), 3):
        assert_close(seen[i], tests, rtol=0, atol=0)
        assert_close(seen[i + 2], second, rtol=0, atol=0)
    assert not torch.equal(first[0], second[0])


def test_the_baseline_is_a_running_mean_of_earlier_losses(monkeypatch):
    heard, module = [], "attn_utils.recipes.glimpses"

    def listening(reader, read, labels, baseline):
        heard.append(baseline)
        return look_losses(reader, read, labels, baseline)

    monkeypatch.setattr(f"{module}.look_losses", listening)
    losses = teach_glimpses("reinforce + baseline", 3, 4, 5).losses
    expected, mean = [], 0.0
    for loss in losses:
        expected.append(mean)
        mean += 0.1 * (loss - mean)
    assert heard == pytest.approx(expected)
    heard.clear()
    teach_glimpses("reinforce", 3, 2, 5)
    teach_glimpses("straight-through", 3, 2, 5)
    assert heard == [0.0, 0.0, None, None]


def test_each_method_reads_in_its_own_way_and_is_tested_by_its_best(
    monkeypatch,
):
    heard, module = [], "attn_utils.recipes.glimpses"

    def listening(scores, glimpses, sample, *others):
        heard.append(sample)
        return look(scores, glimpses, sample, *others)

    monkeypatch.setattr(f"{module}.look", listening)
    for method in METHODS:
        teach_glimpses(method, 3, num_steps=1, batch_size=5)
    assert heard == [
        *(None, None),
        *("gumbel", "argmax"),
        *("categorical", "argmax"),
        *("categorical", "argmax"),
    ]


def test_soft_attention_learns_in_a_few_steps_to_point():
    taught = teach_glimpses("soft", 0, num_steps=4 * EVERY)
    assert len(taught.curve) == 4
    assert taught.curve[0] < taught.curve[-1]
    assert taught.pointing > 0.95
    assert len(taught.losses) == 4 * EVERY
    assert 0.1 < taught.accuracy < 0.9


def test_pointing_is_the_share_of_scenes_whose_digit_scores_highest():
    model = reader()
    best = model.scores(GLIMPSES).squeeze(1).argmax(-1)
    place = best.clone()
    place[1] = (place[1] + 1) % 5
    assert pointing(model, (GLIMPSES, LABELS, place)) == pytest.approx(2 / 3)


def test_the_first_step_that_reaches_the_share_counts():
    assert steps_until([0.2, 0.9, 0.3, 1.0]) == 2 * EVERY
    assert steps_until([0.2, 0.9, 0.3, 1.0], 0.95) == 4 * EVERY
    assert steps_until([0.2, 0.8999]) is None
    assert steps_until([]) is None


def test_an_unknown_method_is_refused():
    with pytest.raises(
        ValueError, match=r"method must be one of soft, .*but is 'luck'"
    ):
        teach_glimpses("luck", 1)


def test_results_are_those_of_the_lessons():
    got = glimpse_results("soft", 3, num_steps=EVERY)
    taught = teach_glimpses("soft", 3, num_steps=EVERY)
    assert got == {
        "accuracy": taught.accuracy,
        "pointing": taught.pointing,
        "curve": taught.curve,
    }


# -- operations ------------------------------------------------------------------


def multiplications(function) -> int:
    """Count those of the matrix products that a call makes."""
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        function()
    return counter.get_total_flops() // 2  # an addition comes with each


def test_multiplications_are_those_that_torch_counts():
    model, glimpses = reader(), normal(1, 7, 8, 8, seed=1)
    counted = multiply_adds(7)
    scores = model.scores(glimpses)
    value = glimpses.flatten(2)
    assert counted["scores"] == multiplications(lambda: model.scores(glimpses))
    assert counted["soft: average"] == multiplications(
        lambda: look(scores, glimpses, None)
    )
    assert counted["classify one"] == multiplications(
        lambda: model.classify(value[:, 2])
    )
    assert counted["soft: classify all"] == multiplications(
        lambda: scores.softmax(-1) @ model.classify(value)
    )


def test_hard_attention_spares_little_unless_every_glimpse_is_costly():
    counted = multiply_adds(25)
    soft = (
        counted["scores"] + counted["soft: average"] + counted["classify one"]
    )
    hard = counted["scores"] + counted["classify one"]
    assert 0.98 < hard / soft < 1
    soft = counted["scores"] + counted["soft: classify all"]
    assert 0.45 < hard / soft < 0.5
    with pytest.raises(ValueError, match="num_glimpses must be at least 1"):
        multiply_adds(0)


# -- what is stored --------------------------------------------------------------

LEARN = ("soft", "straight-through", "reinforce + baseline")


def steps(method):
    return [steps_until(c) or 999 for c in stored("curve", method)]


def test_three_methods_learn_to_point_and_to_name():
    for method in LEARN:
        assert min(stored("accuracy", method)) > 0.88
        assert min(stored("pointing", method)) > 0.99


def test_without_a_baseline_it_is_worse_with_every_seed_and_much_later():
    bare = stored("accuracy", "reinforce")
    assert sum(bare) / len(bare) < 0.6
    assert max(bare) < 0.91  # one seed arrives after all
    for method in LEARN:
        pairs = zip(
            stored("accuracy", "reinforce"),
            stored("accuracy", method),
            strict=True,
        )
        assert all(less < more for less, more in pairs)
    late = zip(steps("reinforce"), steps("reinforce + baseline"), strict=True)
    assert all(never > 2 * soon for never, soon in late)


def test_soft_attention_points_first_and_a_baseline_comes_last():
    order = zip(*(steps(method) for method in LEARN), strict=True)
    assert all(soft < through < reinforce for soft, through, reinforce in order)


def test_without_a_baseline_three_times_the_lessons_help():
    short, long = (
        stored("accuracy", "reinforce"),
        stored("accuracy", "reinforce", 1800),
    )
    assert len(long) == len(short) == 5
    assert sum(share > 0.85 for share in long) > sum(s > 0.85 for s in short)
