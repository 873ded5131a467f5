"""Training: batches of like length, the learning rate, and the plain loop."""

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tensors import normal
from torch import nn
from torch.testing import assert_close

from attn_utils.train import bucketed_batches, seeded, train, warm_up

NAN = float("nan")
SEEDS = st.integers(0, 9999)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def lengths_of(count: int, seed: int = 0) -> torch.Tensor:
    """Return lengths from 1 to 97."""
    return torch.randint(1, 98, (count,), generator=generator(seed))


def padded(lengths, batches) -> int:
    """Return how many places stay empty when each batch is as wide as needed."""
    return sum(
        (lengths[batch].max() - lengths[batch]).sum().item()
        for batch in batches
    )


# Batches


@given(
    seed=SEEDS,
    count=st.integers(0, 61),
    batch_size=st.integers(1, 7),
    pool=st.integers(1, 5),
)
def test_every_example_comes_once_and_all_batches_but_one_are_full(
    seed, count, batch_size, pool
):
    lengths = lengths_of(count, seed)
    batches = list(bucketed_batches(lengths, batch_size, pool, generator(seed)))
    drawn = [place for batch in batches for place in batch.tolist()]
    assert sorted(drawn) == [*range(count)]
    sizes = sorted(len(batch) for batch in batches)
    assert len(sizes) == math.ceil(count / batch_size)
    assert all(size == batch_size for size in sizes[1:])
    assert all(1 <= size <= batch_size for size in sizes)


def test_little_is_padded():
    lengths = lengths_of(2003)
    shuffled = torch.randperm(2003, generator=generator(1)).split(16)
    at_random = padded(lengths, shuffled)
    sorted_in_pools = {
        pool: padded(lengths, bucketed_batches(lengths, 16, pool, generator(1)))
        for pool in (1, 8, 1000)
    }
    assert sorted_in_pools[1] == pytest.approx(at_random, rel=0.1)
    assert sorted_in_pools[8] < at_random / 5
    assert sorted_in_pools[1000] < at_random / 50


def test_a_pool_of_one_batch_sorts_nothing_between_batches():
    lengths = lengths_of(101)
    batches = bucketed_batches(lengths, 7, 1, generator(1))
    expected = torch.randperm(101, generator=generator(1)).split(7)
    first = {frozenset(next(batches).tolist())}
    # Only the draw of the turns comes in between.
    assert first == {frozenset(expected[0].tolist())}


def test_one_pool_of_all_cuts_the_sorted_lengths():
    lengths = torch.randperm(101, generator=generator(0))
    batches = list(bucketed_batches(lengths, 7, 15, generator(1)))
    ranges = sorted(sorted(lengths[batch].tolist()) for batch in batches)
    assert [*itertools.chain(*ranges)] == [*range(101)]


def test_the_batches_come_in_no_order_of_length():
    lengths = lengths_of(2003)
    batches = list(bucketed_batches(lengths, 16, 1000, generator(1)))
    means = torch.stack([lengths[b].float().mean() for b in batches])
    turns = torch.stack([means, torch.arange(len(means)).float()])
    assert torch.corrcoef(turns)[0, 1].abs() < 0.25
    # The batch that is not full may come anywhere.
    places = set()
    for seed in range(7):
        sizes = [
            len(b)
            for b in bucketed_batches(lengths[:13], 3, 5, generator(seed))
        ]
        places.add(sizes.index(1))
    assert len(places) > 1


def test_examples_of_one_length_are_shuffled():
    lengths = torch.ones(101, dtype=torch.int64)
    drawn = torch.cat([*bucketed_batches(lengths, 7, 3, generator(1))])
    assert not torch.equal(drawn, torch.arange(101))
    near = (drawn[1:] - drawn[:-1]).abs() == 1
    assert near.float().mean() < 0.1


def test_the_generator_decides_the_batches():
    lengths = lengths_of(101)

    def drawn(seed):
        return torch.cat([*bucketed_batches(lengths, 7, 3, generator(seed))])

    assert torch.equal(drawn(1), drawn(1))
    assert not torch.equal(drawn(1), drawn(2))


def test_without_a_generator_torch_s_own_decides():
    lengths = lengths_of(101)

    def drawn(seed):
        torch.manual_seed(seed)
        return torch.cat([*bucketed_batches(lengths, 7)])

    assert torch.equal(drawn(1), drawn(1))
    assert not torch.equal(drawn(1), drawn(2))


def test_eight_batches_are_sorted_together_unless_told_otherwise():
    lengths = lengths_of(2003)
    untold = bucketed_batches(lengths, 7, generator=generator(1))
    told = bucketed_batches(lengths, 7, 8, generator(1))
    assert torch.equal(torch.cat([*untold]), torch.cat([*told]))


def test_without_examples_there_are_no_batches():
    assert list(bucketed_batches(torch.ones(0, dtype=torch.int64), 7)) == []


# Seeds and the learning rate


def test_a_seed_decides_modules_and_data():
    def drawn(seed):
        source = seeded(seed)
        return torch.cat(
            [nn.Linear(3, 5).bias, torch.rand(7, generator=source)]
        )

    assert torch.equal(drawn(1), drawn(1))
    both = drawn(1) == drawn(2)
    assert not both[:5].any()
    assert not both[5:].any()


def test_the_generator_is_not_torch_s_own():
    source = seeded(1)
    expected = torch.rand(3, generator=source)
    torch.rand(11)
    source = seeded(1)
    torch.rand(11)
    assert torch.equal(torch.rand(3, generator=source), expected)


def test_the_share_of_the_learning_rate_by_hand():
    shares = [warm_up(step, 10, 4) for step in range(10)]
    up, down = [0.25, 0.5, 0.75, 1.0], [1.0, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6]
    assert shares == pytest.approx(up + down)
    assert [warm_up(step, 4, 0) for step in range(4)] == [1, 0.75, 0.5, 0.25]
    assert [warm_up(step, 3, 2) for step in range(4)] == [0.5, 1, 1, 0]
    assert [warm_up(step, 2, 2) for step in range(3)] == [0.5, 1, 0]
    assert [warm_up(step, 2, 4) for step in range(2)] == [0.25, 0.5]


# The loop


class Bowl(nn.Module):
    """Two parameters, to be moved to where the batch says."""

    def __init__(self):
        super().__init__()
        self.place = nn.Parameter(
            torch.tensor([1.0, -2.0], dtype=torch.float64)
        )
        self.depth = nn.Parameter(torch.tensor([0.5], dtype=torch.float64))


def height(bowl, batch):
    """Return a smooth loss with its lowest point where the batch says."""
    away = bowl.place - batch[:2]
    return (away.square() * batch.new_tensor([1.0, 9.0])).sum() + (
        bowl.depth - batch[2]
    ).square().sum()


def batches_of(count=None, seed: int = 1):
    numbers = itertools.count() if count is None else range(count)
    return (
        normal(3, seed=1000 * seed + n, dtype=torch.float64) for n in numbers
    )


def adamw(batches, shares, rate, betas, weight_decay, clip):
    """Loshchilov and Hutter 2019, algorithm 2, in plain numbers."""
    places = [1.0, -2.0, 0.5]
    first, second = [0.0] * 3, [0.0] * 3
    for step, (batch, share) in enumerate(zip(batches, shares, strict=True), 1):
        goal = batch.tolist()
        slopes = [
            2 * steep * (x - g)
            for x, g, steep in zip(places, goal, (1, 9, 1), strict=True)
        ]
        length = math.hypot(*slopes)
        if clip is not None and length > clip:
            # torch's 1e-6 saves a gradient of 0.
            slopes = [slope * clip / (length + 1e-6) for slope in slopes]
        for i, slope in enumerate(slopes):
            first[i] = betas[0] * first[i] + (1 - betas[0]) * slope
            second[i] = betas[1] * second[i] + (1 - betas[1]) * slope**2
            mean = first[i] / (1 - betas[0] ** step)
            spread = second[i] / (1 - betas[1] ** step)
            places[i] -= rate * share * weight_decay * places[i]
            places[i] -= rate * share * mean / (spread**0.5 + 1e-8)
        yield list(places)


@pytest.mark.parametrize("clip", [None, 0.5, 1e3], ids=str)
@pytest.mark.parametrize(
    ("num_warm", "decay", "shares"),
    [
        (0, False, [1.0] * 7),
        (3, False, [1 / 3, 2 / 3, 1.0, 1.0, 1.0, 1.0, 1.0]),
        (0, True, [1.0, 6 / 7, 5 / 7, 4 / 7, 3 / 7, 2 / 7, 1 / 7]),
        (3, True, [1 / 3, 2 / 3, 1.0, 1.0, 3 / 4, 2 / 4, 1 / 4]),
    ],
    ids=["constant", "warm-up", "decay", "both"],
)
def test_every_step_equals_adamw_by_hand(num_warm, decay, shares, clip):
    bowl, seen = Bowl(), []
    options = {"betas": (0.8, 0.95), "weight_decay": 0.1, "clip": clip}
    train(
        bowl,
        batches_of(7),
        height,
        num_steps=7,
        learning_rate=0.05,
        num_warm=num_warm,
        decay=decay,
        report=lambda *_: seen.append(
            [*bowl.place.tolist(), *bowl.depth.tolist()]
        ),
        **options,
    )
    expected = list(adamw(batches_of(7), shares, 0.05, **options))
    assert_close(torch.tensor(seen), torch.tensor(expected))
    for got, right in zip(seen, expected, strict=True):
        assert got == pytest.approx(right, abs=1e-10)


def test_unless_told_otherwise_gradients_are_clipped_to_1_and_nothing_decays():
    bowl, seen = Bowl(), []
    train(
        bowl,
        batches_of(7),
        height,
        7,
        report=lambda *_: seen.append(
            [*bowl.place.tolist(), *bowl.depth.tolist()]
        ),
    )
    expected = adamw(batches_of(7), [1.0] * 7, 1e-3, (0.9, 0.999), 0.0, 1.0)
    for got, right in zip(seen, expected, strict=True):
        assert got == pytest.approx(right, abs=1e-10)


def test_the_learning_rate_is_not_warmed_up_unless_told_otherwise():
    untold, told = (
        train(Bowl(), batches_of(7), height, 7, decay=True, **options)
        for options in ({}, {"num_warm": 0})
    )
    assert untold == told


def test_a_convex_loss_falls_to_its_known_optimum():
    torch.manual_seed(0)
    inputs = normal(101, 5, seed=1)
    outputs = normal(101, 1, seed=2)
    with_one = torch.cat([inputs, torch.ones(101, 1)], dim=1)
    best = torch.linalg.lstsq(with_one, outputs).solution
    lowest = (with_one @ best - outputs).square().mean().item()
    model = nn.Linear(5, 1)
    losses = train(
        model,
        itertools.repeat((inputs, outputs)),
        lambda model, batch: (model(batch[0]) - batch[1]).square().mean(),
        num_steps=300,
        learning_rate=0.05,
        num_warm=10,
        decay=True,
    )
    assert losses[0] > 1.1 * lowest
    assert min(losses) >= lowest - 1e-5
    assert losses[-1] == pytest.approx(lowest, abs=1e-4)
    learned = torch.cat([model.weight, model.bias[None]], dim=1).detach().T
    assert_close(learned, best, atol=1e-2, rtol=0)


def test_the_losses_are_those_before_each_step_and_are_reported():
    bowl, reports = Bowl(), []
    losses = train(
        bowl, batches_of(5), height, 5, report=lambda *r: reports.append(r)
    )
    first = height(Bowl(), next(batches_of(1))).item()
    assert losses[0] == first
    assert reports == [(n + 1, 5, loss) for n, loss in enumerate(losses)]
    assert all(type(loss) is float for loss in losses)


def test_the_gradient_of_one_step_is_forgotten_in_the_next():
    bowl, gradients = Bowl(), []
    train(
        bowl,
        itertools.repeat(torch.zeros(3, dtype=torch.float64)),
        height,
        2,
        clip=None,
        report=lambda *_: gradients.append(bowl.depth.grad.item()),
    )
    # Twice what is left of the way: 2 · 0.5, and a little less.
    assert gradients == pytest.approx([1.0, 0.998])


def test_the_model_is_trained_in_train_mode_and_left_in_eval_mode():
    modes = []

    def loss_of(bowl, batch):
        modes.append(bowl.training)
        return height(bowl, batch)

    bowl = Bowl().eval()
    train(bowl, batches_of(3), loss_of, 3)
    assert modes == [True] * 3
    assert not bowl.training


def test_no_batch_is_drawn_beyond_the_last_step():
    batches = batches_of()
    train(Bowl(), batches, height, 3)
    fourth = next(itertools.islice(batches_of(), 3, None))
    assert torch.equal(next(batches), fourth)


def test_the_same_seed_trains_the_same_model():
    def trained(seed):
        source = seeded(seed)
        model = nn.Sequential(nn.Linear(3, 5), nn.Dropout(0.5), nn.Linear(5, 1))
        batches = (torch.rand(7, 3, generator=source) for _ in range(11))
        return train(
            model, batches, lambda model, batch: model(batch).var(), 11
        )

    assert trained(1) == trained(1)
    assert trained(1) != trained(2)


def test_too_few_batches_are_an_error_that_says_how_many_came():
    for count in (0, 4):
        with pytest.raises(
            ValueError,
            match=f"^batches must be at least num_steps = 5.*ended after {count}",
        ):
            train(Bowl(), batches_of(count), height, 5)


@pytest.mark.parametrize("loss", [NAN, float("inf"), float("-inf")])
def test_a_loss_that_is_no_number_stops_before_it_reaches_the_model(loss):
    bowl = Bowl()

    def loss_of(bowl, batch):
        factor = loss if batch[0] == 3 else 1.0
        return factor * height(bowl, batch)

    batches = [torch.full((3,), n, dtype=torch.float64) for n in (1, 2, 3)]
    with pytest.raises(
        ValueError, match=f"^loss must be finite, but is {loss} at step 2"
    ):
        train(bowl, batches, loss_of, 3)
    assert bowl.place.isfinite().all()
    again = Bowl()
    train(again, batches[:2], height, 2)
    assert torch.equal(bowl.place, again.place)
