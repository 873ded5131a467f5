"""Chapter 10's network with gates, and its maps that point at a digit."""

import pytest
import torch
from tensors import normal
from torch import nn
from torch.testing import assert_close

from attn_utils.cbam import CBAM, EfficientChannelAttention, average, maximum
from attn_utils.data import runs
from attn_utils.recipes import gated
from attn_utils.recipes.gated import (
    GATES,
    GatedNetwork,
    clutter_results,
    clutter_scenes,
    digits_named,
    fold_norms,
    pointing_rates,
    points_into,
    teach_clutter,
)

STORED = runs.load("clutter")
each_gates = pytest.mark.parametrize("gates", GATES)


def network(gates="both", **options):
    """A network whose norms have seen something."""
    torch.manual_seed(3)
    model = GatedNetwork(gates, **options)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 2)
            nn.init.normal_(module.bias)
    for seed in range(3):
        model(
            normal(
                5, model.stages[0].convolution.in_channels, 11, 13, seed=seed
            )
        )
    return model.eval()


def size(model):
    return sum(each.numel() for each in model.parameters())


def test_each_gate_costs_what_it_costs():
    bare = size(GatedNetwork("none"))
    # Two linear maps and their biases, behind 24 channels and 32.
    channel = sum(2 * n * (n // 4) + n // 4 + n for n in (24, 32))
    spatial = 2 * (2 * 49 + 2)
    assert bare == 9 * 12 + 9 * 12 * 24 + 9 * 24 * 32 + 2 * 68 + 330
    assert size(GatedNetwork("channel")) == bare + channel
    assert size(GatedNetwork("spatial")) == bare + spatial
    assert size(GatedNetwork("both")) == bare + channel + spatial
    assert size(GatedNetwork("efficient")) == bare + 2 * 3
    assert size(GatedNetwork("none", more=True)) == bare + 9 * 32 * 32 + 64
    assert size(GatedNetwork("none", 3)) == bare + 2 * 9 * 12


@each_gates
def test_gates_stand_after_the_second_and_third_stage_alone(gates):
    model = network(gates, more=True)
    logits, given = model(normal(2, 1, 24, 24, seed=1), need_gates=True)
    assert logits.shape == (2, 10)
    there = [[each is not None for each in stage] for stage in given]
    channel = gates in ("channel", "both", "efficient")
    assert there == [
        [False, False],
        [channel, gates in ("spatial", "both")],
        [channel, gates in ("spatial", "both")],
        [False, False],
    ]
    for stage, channels, side in ((1, 24, 12), (2, 32, 6)):
        if channel:
            assert given[stage].channel.shape == (2, channels, 1, 1)
        if gates in ("spatial", "both"):
            assert given[stage].spatial.shape == (2, 1, side, side)


def test_a_stage_with_both_gates_is_cbam_behind_a_convolution():
    model = network()
    stage, images = model.stages[1], normal(2, 12, 7, 5, seed=2)
    block = CBAM(24, 4, as_in_code=True).eval()
    block.spatial.pools = (average, maximum)
    block.load_state_dict(
        {
            name: tensor
            for name, tensor in stage.state_dict().items()
            if name.startswith(("channel", "spatial"))
        }
    )
    features = stage.norm(stage.convolution(images)).relu()
    got, given = stage(images)
    assert_close(got, block(features))
    assert_close(given.channel, block.channel(features))
    assert_close(given.spatial, block.spatial(features * given.channel))


def test_the_pools_are_those_of_the_channel_gates():
    model = GatedNetwork("both", pools=(maximum,))
    for stage in model.stages[1:]:
        assert stage.channel.pools == (maximum,)
        assert stage.spatial.pools == (average, maximum)
    assert isinstance(
        GatedNetwork("efficient").stages[2].channel, EfficientChannelAttention
    )


@each_gates
def test_without_its_norms_the_same_is_computed(gates):
    model = network(gates)
    before = {name: t.clone() for name, t in model.state_dict().items()}
    folded = fold_norms(model)
    kinds = [type(module) for module in folded.modules()]
    assert nn.BatchNorm2d not in kinds
    images = normal(3, 1, 24, 24, seed=5)
    ours, expected = (m(images, need_gates=True) for m in (folded, model))
    assert_close(ours[0], expected[0])
    for mine, theirs in zip(ours[1], expected[1], strict=True):
        for a, b in zip(mine, theirs, strict=True):
            assert (a is None) == (b is None)
            if a is not None:
                assert_close(a, b)
    assert not folded.training
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_a_map_points_into_the_box_where_its_largest_weight_stands_for_a_pixel_of_it():
    weights = torch.zeros(4, 1, 6, 6)
    weights[:, 0, 2, 4] = 1  # the pixel in row 8, column 16
    corner = torch.tensor([[8, 16], [1, 9], [0, 16], [8, 17]])
    assert points_into(weights, corner).tolist() == [True, True, False, False]
    wide = torch.zeros(2, 1, 12, 12)
    wide[:, 0, 11, 0] = 1  # row 22, column 0
    assert points_into(wide, torch.tensor([[15, 0], [14, 0]])).tolist() == [
        True,
        False,
    ]


def test_a_place_at_random_lies_in_a_box_in_one_of_nine():
    for side in (6, 12):
        maps = torch.eye(side * side).view(-1, 1, side, side)
        for corner in ((0, 0), (3, 16), (13, 7)):
            hits = points_into(
                maps, torch.tensor([corner]).expand(len(maps), 2)
            )
            assert hits.float().mean().item() == pytest.approx(1 / 9)


def test_rates_are_those_of_each_stage_that_has_a_map():
    scenes = clutter_scenes(40, torch.Generator().manual_seed(1))
    model = network("both")
    rates = pointing_rates(model, scenes)
    _, given = model(scenes[0], need_gates=True)
    assert rates == [
        points_into(each.spatial, scenes[2]).float().mean().item()
        for each in given[1:]
    ]
    assert pointing_rates(network("channel"), scenes) == []


def test_digits_are_named_by_the_largest_logit():
    scenes = torch.eye(10)[:4], torch.tensor([0, 1, 2, 9]), None
    assert digits_named(nn.Identity(), scenes) == 0.75


def test_scenes_to_test_on_have_other_digits(monkeypatch):
    asked = []

    def digits(held_out=False):
        asked.append(held_out)
        return torch.ones(3, 8, 8), torch.arange(3)

    monkeypatch.setattr(gated, "digit_images", digits)
    clutter_scenes(2, torch.Generator())
    clutter_results("none", 0, num_steps=1)
    assert asked == [False, False, True]


def test_the_scenes_are_the_same_whatever_the_gates(monkeypatch):
    seen = []
    draw = gated.clutter_scenes

    def drawn(*given, **options):
        scenes = draw(*given, **options)
        seen.append(scenes[0])
        return scenes

    monkeypatch.setattr(gated, "clutter_scenes", drawn)
    for gates in ("none", "both"):
        teach_clutter(gates, seed=2, num_steps=2)
    first, second = seen[:2], seen[2:]
    assert all(map(torch.equal, first, second))
    assert not torch.equal(*first)


@pytest.mark.long
def test_lessons_lower_the_loss_and_leave_eval_mode():
    model, losses = teach_clutter("spatial", seed=0, num_steps=60)
    assert len(losses) == 60
    assert not model.training
    assert sum(losses[-5:]) < sum(losses[:5])


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: GatedNetwork("se"), "^gates must be one of none,.*is 'se'"),
        (
            lambda: teach_clutter("both", pools="max"),
            "^pools must be one of average,.*is 'max'",
        ),
        (lambda: GatedNetwork("channel", pools=()), "^pools must name"),
    ],
)
def test_another_name_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def column(name, **which):
    named = {"more": False, "num_steps": 800} | which
    return torch.tensor(STORED.column(name, **named))


def test_the_stored_networks_have_as_many_parameters_as_they_say():
    for row in STORED.rows:
        made = GatedNetwork(
            row.settings["gates"],
            pools=gated.POOLS[row.settings["pools"]],
            more=row.settings["more"],
        )
        assert row.results["parameters"] == size(made)


def test_the_last_stored_maps_point_far_more_often_than_chance():
    for gates in ("spatial", "both"):
        for steps in (800, 1600):
            rates = column("pointing", gates=gates, num_steps=steps)[:, 1]
            assert rates.min() > 3 / 9
