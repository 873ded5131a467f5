"""Hard attention: by hand, by its draws, and its gradients by enumeration."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tensors import coin, normal
from torch.testing import assert_close

from attn_utils import attention, hard_attention, padding_mask

NAN = float("nan")
SEEDS = st.integers(0, 9999)
DRAWS = ["categorical", "gumbel"]
EVERY_SAMPLE = pytest.mark.parametrize("sample", ["argmax", *DRAWS])
EVERY_DRAW = pytest.mark.parametrize("sample", DRAWS)
TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-10}


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def three(*batch: int, seed: int = 0, dtype: torch.dtype = torch.float32):
    """Return query, key, value: 5 queries, 11 keys, 7 features, 13 read out."""
    return (
        normal(*batch, 5, 7, seed=seed, dtype=dtype),
        normal(*batch, 11, 7, seed=seed + 1, dtype=dtype),
        normal(*batch, 11, 13, seed=seed + 2, dtype=dtype),
    )


def choose(scores, mask=None, **options):
    """Choose by these scores, as they are; the values are one-hot."""
    keys = scores.shape[-1]
    value = torch.eye(keys, dtype=scores.dtype)
    value = value.expand(*scores.shape[:-2], keys, keys)
    return hard_attention(
        scores[..., :1], value, value, mask, lambda q, k: scores, **options
    )


def frequencies(weights: torch.Tensor) -> torch.Tensor:
    """Return how often each key was chosen, and hold that one always was."""
    assert_close(weights.sum(dim=-1), torch.ones_like(weights[..., 0]))
    return weights.float().flatten(0, -2).mean(dim=0)


def assert_drawn_by(probability, weights, deviations=4.0):
    """Hold the frequencies to the standard deviation of such a count."""
    probability = torch.as_tensor(probability)
    count = weights[..., 0].numel()
    bound = deviations * (probability * (1 - probability) / count).sqrt()
    assert ((frequencies(weights) - probability).abs() <= bound).all()


# By hand


def test_the_best_match_is_read_by_hand():
    # Weights 1/8, 3/8, 4/8, then 5/6, 1/6 and one hidden.
    scores = torch.tensor([[1.0, 3.0, 4.0], [5.0, 1.0, 7.0]]).log()
    mask = torch.tensor([[True, True, True], [True, True, False]])
    value = torch.tensor([[10.0, 1.0], [20.0, 2.0], [40.0, 4.0]])
    read = hard_attention(
        torch.ones(2, 5), torch.ones(3, 7), value, mask, lambda q, k: scores
    )
    assert read.context.tolist() == [[40.0, 4.0], [10.0, 1.0]]
    assert read.weights.tolist() == [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    assert_close(read.log_probability, torch.tensor([1 / 2, 5 / 6]).log())


def test_the_scaled_dot_product_is_the_score_unless_told_otherwise():
    query, key, value = three(2)
    _, weights = attention(query, key, value)
    read = hard_attention(query, key, value)
    best, place = weights.max(dim=-1)
    assert_close(read.log_probability, best.log())
    assert torch.equal(read.weights.argmax(dim=-1), place)
    doubled = hard_attention(query, key, value, score=lambda q, k: q @ k.mT)
    assert not torch.equal(doubled.log_probability, read.log_probability)


def test_among_equal_scores_the_first_key_is_the_best_match():
    weights = choose(torch.zeros(1, 3)).weights
    assert weights.tolist() == [[1.0, 0.0, 0.0]]


# What every way of choosing obeys


@EVERY_SAMPLE
@given(seed=SEEDS, temperature=st.sampled_from([0.1, 1.0, 7.0]))
def test_one_visible_key_is_read_and_its_log_probability_told(
    sample, seed, temperature
):
    query, key, value = three(2, 3, seed=seed)
    mask = coin(2, 3, 5, 11, seed=seed)
    mask[..., 4] = True
    read = hard_attention(
        query,
        key,
        value,
        mask,
        sample=sample,
        temperature=temperature,
        generator=generator(seed),
    )
    chosen = read.weights.argmax(dim=-1, keepdim=True)
    assert mask.gather(-1, chosen).all()
    assert_close(
        read.weights, torch.zeros_like(read.weights).scatter(-1, chosen, 1.0)
    )
    for b in range(2):
        for h in range(3):
            assert_close(read.context[b, h], value[b, h, chosen[b, h, :, 0]])
    _, soft = attention(query, key, value, mask)
    expected = soft.gather(-1, chosen).squeeze(-1).log()
    assert_close(read.log_probability, expected, atol=1e-5, rtol=1e-5)


@EVERY_SAMPLE
@given(seed=SEEDS, size=st.sampled_from([-1e4, 1e10]))
def test_a_hidden_key_or_value_has_no_influence(sample, seed, size):
    query, key, value = three(2, seed=seed)
    mask = coin(5, 11, seed=seed)
    mask[:, 3] = False

    def read():
        return hard_attention(
            query, key, value, mask, sample=sample, generator=generator(seed)
        )

    before = read()
    key[:, 3], value[:, 3] = size, size
    for now, then in zip(read(), before, strict=True):
        assert torch.equal(now, then)


@EVERY_SAMPLE
def test_a_nan_that_is_hidden_does_not_matter(sample):
    scores = torch.tensor([[0.0, NAN, 1.0]])
    mask = torch.tensor([[True, False, True]])
    for seed in range(7):
        read = choose(scores, mask, sample=sample, generator=generator(seed))
        assert read.weights[0, 1] == 0
        assert read.weights.sum() == 1
        assert read.log_probability.isfinite().all()


@EVERY_SAMPLE
def test_the_log_probability_and_its_gradient_are_exact(sample):
    for dtype, tolerance in TOLERANCE.items():
        tensors = three(3, dtype=dtype)
        query, key, value = (tensor.requires_grad_() for tensor in tensors)
        mask = coin(3, 5, 11, seed=3) | padding_mask([1, 1, 1], 11)
        wave = normal(3, 5, seed=4, dtype=dtype)
        read = hard_attention(
            query, key, value, mask, sample=sample, generator=generator(5)
        )
        scores = query @ key.mT / 7**0.5
        hidden = scores.masked_fill(~mask, float("-inf"))
        chosen = read.weights.argmax(dim=-1, keepdim=True)
        expected = hidden.log_softmax(dim=-1).gather(-1, chosen).squeeze(-1)
        for got, right in zip(
            (
                read.log_probability,
                *torch.autograd.grad(
                    (read.log_probability * wave).sum(), (query, key)
                ),
            ),
            (
                expected,
                *torch.autograd.grad((expected * wave).sum(), (query, key)),
            ),
            strict=True,
        ):
            assert_close(got, right, atol=tolerance, rtol=tolerance)


@pytest.mark.filterwarnings("ignore:Anomaly Detection")
@EVERY_SAMPLE
def test_a_query_that_sees_nothing_reads_zeros_for_certain(sample):
    query, key, value = (tensor.requires_grad_() for tensor in three(3))
    mask = coin(3, 5, 11, seed=1) | padding_mask([1, 1, 1], 11)
    mask[1, 2] = False
    with torch.autograd.detect_anomaly(check_nan=True):
        read = hard_attention(
            query, key, value, mask, sample=sample, generator=generator(0)
        )
        (read.context.square().sum() + read.log_probability.sum()).backward()
    assert (read.context[1, 2] == 0).all()
    assert (read.weights[1, 2] == 0).all()
    assert read.log_probability[1, 2] == 0
    assert (read.log_probability[1, [0, 1, 3, 4]] < 0).any()
    assert (query.grad[1, 2] == 0).all()
    assert (query.grad[1, 1] != 0).any()
    assert all(t.grad.isfinite().all() for t in (query, key, value))


@EVERY_SAMPLE
def test_if_no_query_sees_anything_all_is_zero(sample):
    mask = torch.zeros(1, 1, dtype=torch.bool)
    for result in hard_attention(*three(2), mask, sample=sample):
        assert (result == 0).all()


@EVERY_SAMPLE
def test_a_nan_in_a_query_stays_in_its_row(sample):
    query, key, value = three(3)
    query[1, 2, 4] = NAN
    others = torch.ones(3, 5, dtype=torch.bool)
    others[1, 2] = False
    read = hard_attention(
        query, key, value, sample=sample, generator=generator(0)
    )
    clean = hard_attention(*three(3), sample=sample, generator=generator(0))
    for got, expected in zip(read, clean, strict=True):
        assert got[1, 2].isnan().all()
        assert torch.equal(got[others], expected[others])


@EVERY_SAMPLE
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision_reads_one_value_exactly(sample, dtype):
    query, key, value = three(3, dtype=dtype)
    read = hard_attention(
        query, key, value, sample=sample, generator=generator(0)
    )
    assert {tensor.dtype for tensor in read} == {dtype}
    chosen = read.weights.argmax(dim=-1)
    for b in range(3):
        assert torch.equal(read.context[b], value[b, chosen[b]])
    assert (read.log_probability < 0).all()


@EVERY_SAMPLE
def test_a_constant_added_to_all_scores_changes_nothing(sample):
    scores = normal(97, 7, seed=1, dtype=torch.float64)
    before, after = (
        choose(scores + shift, sample=sample, generator=generator(1))
        for shift in (0.0, 100.0)
    )
    for got, expected in zip(after, before, strict=True):
        assert_close(got, expected)


@EVERY_SAMPLE
def test_the_arguments_are_left_alone(sample):
    tensors = three(3)
    hard_attention(*tensors, sample=sample)
    for after, before in zip(tensors, three(3), strict=True):
        assert torch.equal(after, before)


@EVERY_SAMPLE
def test_without_queries_or_without_a_batch_the_outputs_are_empty(sample):
    query, key, value = three(2)
    read = hard_attention(query[:, :0], key, value, sample=sample)
    assert [tuple(tensor.shape) for tensor in read] == [
        (2, 0, 13),
        (2, 0, 11),
        (2, 0),
    ]
    read = hard_attention(*three(0), sample=sample)
    assert [tuple(tensor.shape) for tensor in read] == [
        (0, 5, 13),
        (0, 5, 11),
        (0, 5),
    ]


# The draws

COUNT = 40_009
WEIGHTS = [0.1, 0.2, 0.0, 0.3, 0.4]


def many():
    """Return scores for the weights above, many times, and a mask for the 0."""
    scores = torch.tensor([1.0, 2.0, 9.0, 3.0, 4.0]).log()
    mask = torch.tensor([[True, True, False, True, True]])
    return scores.expand(COUNT, 5), mask


@EVERY_DRAW
@pytest.mark.parametrize("temperature", [1e-3, 1.0, 1e8])
def test_keys_are_drawn_by_the_soft_weights_at_every_temperature(
    sample, temperature
):
    read = choose(
        *many(),
        sample=sample,
        temperature=temperature,
        generator=generator(1),
    )
    assert_drawn_by(WEIGHTS, read.weights)
    assert (read.weights[:, 2] == 0).all()


@EVERY_DRAW
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_keys_are_drawn_by_the_soft_weights_in_half_precision(sample, dtype):
    # At 256 half precision counts in steps of 1/4, or of 2.
    scores = torch.full((COUNT, 2), 256.0, dtype=dtype)
    read = choose(scores, sample=sample, generator=generator(2))
    assert_drawn_by([0.5, 0.5], read.weights)


@EVERY_DRAW
def test_every_batch_entry_and_every_query_draws_for_itself(sample):
    read = choose(
        torch.zeros(101, 103, 2), sample=sample, generator=generator(3)
    )
    first = read.weights[..., 0]
    # The variance of a mean of 103 fair coins is 1 / 412, over queries as
    # over the batch; draws that are shared would show one of 1/4 or of 0.
    for axis, count in ((0, 101), (1, 103)):
        variance = first.mean(dim=axis).var().item()
        assert variance == pytest.approx(0.25 / count, rel=0.6)


@EVERY_DRAW
def test_the_same_generator_gives_the_same_draws(sample):
    scores = torch.zeros(97, 7)

    def chosen(seed):
        read = choose(scores, sample=sample, generator=generator(seed))
        return read.weights.argmax(dim=-1)

    assert torch.equal(chosen(1), chosen(1))
    assert not torch.equal(chosen(1), chosen(2))


@EVERY_SAMPLE
def test_a_way_to_choose_may_be_named_by_any_equal_string(sample):
    scores = normal(97, 7, seed=1).requires_grad_()
    another = "".join([*sample])
    assert another is not sample
    expected, got = (
        choose(scores, sample=name, generator=generator(1))
        for name in (sample, another)
    )
    assert torch.equal(got.weights, expected.weights)
    assert got.weights.requires_grad == expected.weights.requires_grad


@EVERY_DRAW
def test_without_a_generator_torch_s_own_is_used(sample):
    scores = torch.zeros(97, 7)

    def chosen(seed):
        torch.manual_seed(seed)
        return choose(scores, sample=sample).weights.argmax(dim=-1)

    assert torch.equal(chosen(1), chosen(1))
    assert not torch.equal(chosen(1), chosen(2))


def test_both_ways_of_drawing_and_both_precisions_draw_alike():
    scores = normal(97, 7, seed=1)
    draws = [
        choose(s, sample=sample, generator=generator(1)).weights.float()
        for sample in DRAWS
        for s in (scores, scores.double())
    ]
    assert all(torch.equal(draw, draws[0]) for draw in draws)


# The gradients


@EVERY_SAMPLE
def test_the_value_that_was_read_gets_the_gradient(sample):
    query, key, value = three(2)
    value.requires_grad_()
    wave = normal(2, 5, 13, seed=3)
    read = hard_attention(
        query, key, value, sample=sample, generator=generator(0)
    )
    (read.context * wave).sum().backward()
    assert_close(value.grad, read.weights.mT @ wave)


@pytest.mark.parametrize("sample", ["argmax", "categorical"])
def test_through_a_plain_choice_no_gradient_reaches_the_scores(sample):
    scores = normal(3, 7, seed=1).requires_grad_()
    read = choose(scores, sample=sample, generator=generator(0))
    assert not read.context.requires_grad
    assert not read.weights.requires_grad
    assert read.log_probability.requires_grad


def test_the_gradient_goes_straight_through_at_its_temperature():
    # Of two keys the first has the soft weight s, sigmoid of the difference
    # over the temperature T; its slope is s (1 - s) / T, whatever the draw.
    def slopes(temperature):
        scores = normal(19, 2, seed=1, dtype=torch.float64).requires_grad_()
        read = choose(
            scores,
            sample="gumbel",
            temperature=temperature,
            generator=generator(0),
        )
        read.weights[:, 0].sum().backward()
        assert_close(scores.grad[:, 1], -scores.grad[:, 0])
        return scores.grad[:, 0]

    slope = slopes(1.0)
    assert (slope > 0).all()
    assert (slope <= 0.25).all()
    difference = ((1 + (1 - 4 * slope).sqrt()) / 2).logit()
    for temperature in (0.5, 3.0):
        soft = (difference / temperature).sigmoid()
        assert_close(slopes(temperature), soft * (1 - soft) / temperature)


def test_the_temperature_is_1_unless_told_otherwise():
    scores = normal(19, 7, seed=1).requires_grad_()

    def slopes(**options):
        read = choose(
            scores, sample="gumbel", generator=generator(0), **options
        )
        return torch.autograd.grad(read.weights[:, 0].sum(), scores)[0]

    assert torch.equal(slopes(), slopes(temperature=1.0))


# The estimators, on a problem small enough to enumerate

DRAWN = 60_013


def setting():
    """Return one query, 5 keys of 3 features, 2 features read out."""
    return (
        normal(1, 3, seed=1, dtype=torch.float64),
        normal(5, 3, seed=2, dtype=torch.float64),
        normal(5, 2, seed=3, dtype=torch.float64),
    )


def loss_of(context):
    """Return a loss that bends, and that is never near 0."""
    return 3 + (2 * context[..., 0]).sin() + context[..., 1].square() / 2


def exact():
    """Return the expected loss and its gradient, over all keys."""
    query, key, value = setting()
    query.requires_grad_()
    _, weights = attention(query, key, value)
    expected = (weights * loss_of(value)).sum()
    return expected.item(), *torch.autograd.grad(expected, query)


def draw(sample):
    """Return the query many times, and what was read at each."""
    query, key, value = (
        tensor.repeat(DRAWN, 1, 1).requires_grad_() for tensor in setting()
    )
    return query, hard_attention(
        query, key, value, sample=sample, generator=generator(40)
    )


def reinforce(baseline):
    """Return one gradient for each draw."""
    query, read = draw("categorical")
    advantage = loss_of(read.context).detach() - baseline
    surrogate = (advantage * read.log_probability).sum()
    return torch.autograd.grad(surrogate, query)[0].squeeze(1)


def straight_through():
    """Return one gradient for each draw."""
    query, read = draw("gumbel")
    return torch.autograd.grad(loss_of(read.context).sum(), query)[0].squeeze(1)


def errors(gradients):
    """Return how far the mean is from the gradient, in standard errors."""
    standard_error = gradients.std(dim=0) / DRAWN**0.5
    return (gradients.mean(dim=0) - exact()[1].squeeze(0)) / standard_error


def variance(gradients):
    return gradients.var(dim=0).sum().item()


def exact_variance(baseline):
    """Return the variance of REINFORCE, over all keys."""
    query, key, value = setting()
    weights = attention(query, key, value)[1].squeeze(0)
    # The gradient of a log-probability: its key less the expected key.
    pulls = (loss_of(value) - baseline).unsqueeze(-1) * (key - weights @ key)
    pulls = pulls / 3**0.5
    mean = weights @ pulls
    return (weights @ pulls.square().sum(dim=-1) - mean @ mean).item()


def test_reinforce_is_unbiased_without_a_baseline_and_with_one():
    for baseline in (0.0, exact()[0]):
        assert (errors(reinforce(baseline)).abs() <= 3).all()


def test_a_bias_of_a_tenth_would_be_seen():
    gradients = reinforce(exact()[0])
    assert errors(gradients * 1.1).abs().max() > 5


def test_a_baseline_takes_most_of_the_variance_away():
    expected, _ = exact()
    without, with_one = variance(reinforce(0.0)), variance(reinforce(expected))
    assert without == pytest.approx(exact_variance(0.0), rel=0.05)
    assert with_one == pytest.approx(exact_variance(expected), rel=0.05)
    assert without / with_one >= 5


def test_straight_through_is_biased_but_varies_little():
    gradients = straight_through()
    assert errors(gradients).abs().max() > 5
    assert variance(gradients) < variance(reinforce(0.0)) / 5
    expected = exact()[1].squeeze(0)
    bias = (gradients.mean(dim=0) - expected).norm() / expected.norm()
    # Wrong, but of some use: less than 90 degrees from the right way.
    assert 0.1 < bias < 1
    assert gradients.mean(dim=0) @ expected > 0
