"""Chapter 02's root: softmax's Jacobian, random products, strings backwards."""

import math

import pytest
import torch
from tensors import normal
from torch.autograd.functional import jacobian
from torch.testing import assert_close

from attn_utils import DotScore, ScaledDotScore
from attn_utils.data import reversal, runs
from attn_utils.recipes.scaling import (
    WIDTHS,
    ReversalModel,
    comparing_gradient,
    reversal_loss,
    reversal_results,
    saturation,
    softmax_jacobian,
    softmax_jacobian_norm,
    teach_reversal,
)

SATURATION = runs.load("saturation")
REVERSAL = runs.load("reversal")


@pytest.mark.parametrize("spread", [0.1, 1.0, 30.0])
def test_the_jacobian_of_softmax_is_torch_s(spread):
    scores = spread * normal(3, 7, seed=1, dtype=torch.float64)
    for row in scores:
        expected = jacobian(lambda x: x.softmax(-1), row)
        weights = row.softmax(-1)
        assert_close(softmax_jacobian(weights), expected)
        assert_close(softmax_jacobian_norm(weights), expected.norm())
    assert softmax_jacobian_norm(scores.softmax(-1)).shape == (3,)


def test_the_norm_of_the_jacobian_by_hand():
    half = torch.tensor([0.5, 0.5])  # entries of a quarter, four of them
    assert softmax_jacobian_norm(half).item() == pytest.approx(0.5)
    even = torch.full((5,), 0.2)  # the centring matrix, over 5
    assert softmax_jacobian_norm(even).item() == pytest.approx(2 / 5)


def test_where_one_key_has_all_the_weight_nothing_passes():
    one = torch.tensor([0.0, 1.0, 0.0])
    assert softmax_jacobian_norm(one) == 0
    # Nearly all of it: float32 has not lost what is left.
    nearly = torch.tensor([1.0, 1e-6, 1e-7])
    assert softmax_jacobian_norm(nearly).item() < 3e-6


def test_random_products_by_their_own_numbers():
    got = saturation(7, seed=3, num_draws=11, num_keys=5)
    draw = torch.Generator().manual_seed(3)
    query = torch.randn(11, 1, 7, generator=draw, dtype=torch.float64)
    key = torch.randn(11, 5, 7, generator=draw, dtype=torch.float64)
    products = (query * key).sum(-1)
    for kind, scores in (("raw", products), ("scaled", products / 7**0.5)):
        weights = scores.softmax(-1)
        entropy = -(weights * weights.log()).sum(-1).mean().item()
        norms = torch.stack(
            [jacobian(lambda x: x.softmax(-1), row).norm() for row in scores]
        )
        expected = {
            "variance": scores.var().item(),
            "entropy": entropy,
            "largest weight": weights.max(-1).values.mean().item(),
            "mean Jacobian": norms.mean().item(),
            "median Jacobian": norms.sort().values[5].item(),
        }
        for name, number in expected.items():
            assert got[f"{kind}: {name}"] == pytest.approx(number, rel=1e-4)


def test_random_products_leave_torch_s_own_randomness_alone():
    before = torch.get_rng_state()
    saturation(3, seed=1)
    assert torch.equal(torch.get_rng_state(), before)


def test_weights_that_round_to_0_have_an_entropy():
    assert math.isfinite(saturation(300_007, 1, 3, 5)["raw: entropy"])


@pytest.mark.parametrize("seed", SATURATION.seeds)
def test_wide_products_saturate_softmax_and_the_root_prevents_it(seed):
    def at(name):
        (column,) = SATURATION.column(name, seed=seed)
        return dict(zip(WIDTHS, column, strict=True))

    raw, scaled = at("raw: variance"), at("scaled: variance")
    for width in WIDTHS[1:]:
        assert 0.8 < raw[width] / width < 1.2
        assert 0.8 < scaled[width] < 1.2
    assert at("raw: entropy")[1024] < 0.15
    assert 2.2 < at("scaled: entropy")[1024] < 2.5
    assert at("raw: median Jacobian")[1024] < 1e-3
    assert at("scaled: median Jacobian")[1024] > 0.25
    # The mean hides it: a few queries are left undecided.
    assert at("raw: mean Jacobian")[1024] > 0.03


def test_a_model_of_strings_starts_with_queries_and_keys_of_unit_variance():
    torch.manual_seed(0)
    model = ReversalModel(251, ScaledDotScore())
    inputs, _ = reversal(53, generator=torch.Generator().manual_seed(1))
    seen = []
    first = model.layers[0]
    for part in (first.query_map, first.key_map):
        part.register_forward_hook(lambda *told: seen.append(told[2]))
    logits = model(inputs)
    assert logits.shape == (53, 16, 12)
    for made in seen:
        assert made.var().item() == pytest.approx(1, abs=0.15)


def test_a_model_of_strings_adds_what_it_reads():
    layer = ReversalModel(7, DotScore()).layers[0]
    inputs = normal(2, 3, 7, seed=1)
    with torch.no_grad():
        layer.value_map.weight.zero_()
    assert torch.equal(layer(inputs), inputs)


def test_the_loss_asks_for_every_symbol_backwards():
    inputs, targets = reversal(5, generator=torch.Generator().manual_seed(1))

    def right(symbols):
        return 99.0 * torch.nn.functional.one_hot(symbols.flip(-1), 12)

    assert reversal_loss(right, (inputs, targets)) < 1e-6
    assert reversal_loss(lambda x: right(x.flip(-1)), (inputs, targets)) > 1


def test_the_gradient_is_that_of_the_maps_that_compare():
    torch.manual_seed(0)
    model = ReversalModel(13, DotScore())
    strings = reversal(5, generator=torch.Generator().manual_seed(1))
    reversal_loss(model, strings).backward()
    squares = [
        p.grad.square().sum()
        for name, p in model.named_parameters()
        if "query_map" in name or "key_map" in name
    ]
    assert len(squares) == 4
    assert comparing_gradient(model, strings) == pytest.approx(
        sum(squares).sqrt().item(), rel=1e-4
    )


def test_the_root_is_all_that_differs():
    raw, raw_losses, raw_gradient = teach_reversal(False, 1, 17, 3, 5)
    scaled, losses, gradient = teach_reversal(True, 1, 17, 3, 5)
    assert len(losses) == len(raw_losses) == 3
    assert isinstance(raw.layers[1].score, DotScore)
    assert isinstance(scaled.layers[0].score, ScaledDotScore)
    assert losses != raw_losses
    assert raw_gradient > gradient
    assert not raw.training
    assert teach_reversal(True, 1, 17, 3, 5)[1:] == (losses, gradient)
    assert teach_reversal(True, 2, 17, 3, 5)[1] != losses


def test_results_average_the_losses_by_tens():
    got = reversal_results(True, seed=1, width=17, num_steps=23)
    _, losses, gradient = teach_reversal(True, 1, 17, 23)
    assert got["losses"] == pytest.approx(
        [sum(losses[:10]) / 10, sum(losses[10:20]) / 10, sum(losses[20:]) / 3],
        rel=1e-5,
    )
    assert got["gradient"] == gradient
    assert 0 < got["accuracy"] < 0.5


def test_with_the_root_forty_steps_are_enough_and_without_it_they_are_not():
    def column(scaled):
        return REVERSAL.column(
            "accuracy", scaled=scaled, width=256, num_steps=40
        )

    assert len(column(True)) == len(column(False)) == 3
    assert min(column(True)) > 0.98
    assert max(column(False)) < 0.6


def test_without_the_root_it_learns_later_and_is_not_dead():
    def column(num_steps):
        return REVERSAL.column(
            "accuracy", scaled=False, width=256, num_steps=num_steps
        )

    pairs = zip(column(40), column(300), strict=True)
    assert all(late > early + 0.2 for early, late in pairs)


def test_the_gradient_of_the_maps_is_larger_without_the_root():
    for width in (64, 256):
        pairs = zip(
            REVERSAL.column(
                "gradient", scaled=False, width=width, num_steps=40
            ),
            REVERSAL.column("gradient", scaled=True, width=width, num_steps=40),
            strict=True,
        )
        assert all(raw > 3 * scaled for raw, scaled in pairs)
