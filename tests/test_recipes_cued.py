"""Chapter 10's cues: what each summary keeps of them, and the gates that read them."""

import pytest
import torch
from tensors import normal

from attn_utils.cbam import average, maximum
from attn_utils.data import runs
from attn_utils.recipes import cued
from attn_utils.recipes.cued import (
    TASKS,
    CuedReader,
    cue_results,
    cue_scenes,
    planes_chosen,
    teach_cue,
)
from attn_utils.recipes.gated import GatedNetwork

STORED = runs.load("cues")


def scenes(task, count=2000, seed=0, held_out=False):
    return cue_scenes(
        task, count, torch.Generator().manual_seed(seed), held_out
    )


def cue_planes(task):
    images, _, plane = scenes(task)
    return images[:, 2].flatten(1), plane == 0


def test_a_spot_is_a_square_on_an_even_plane():
    cue, first = cue_planes("spot")
    base = cue.median(dim=1, keepdim=True).values
    assert (base.abs() <= 0.2).all()
    assert base.std() > 0.1
    off = cue - base
    spot = torch.where(first, 1.0, -1.0)[:, None]
    is_spot = off.abs() > 0.5
    assert (is_spot.sum(dim=1) == 9).all()
    assert torch.allclose(off[is_spot], spot.expand_as(off)[is_spot], atol=1e-6)
    assert off[~is_spot].abs().max() == 0


def test_brightness_says_nothing_of_the_cue():
    cue, first = cue_planes("spot")
    base = cue.median(dim=1).values
    assert abs(base[first].mean() - base[~first].mean()) < 0.02


def test_of_a_spot_the_maximum_tells_all_and_the_mean_little():
    cue, first = cue_planes("spot")
    assert maximum(cue)[first].min() > maximum(cue)[~first].max() + 0.3
    right = ((average(cue) > 0) == first).float().mean()
    # A half, and the part of the brightness that the spot outweighs.
    assert right.item() == pytest.approx(0.5 + 9 / 144 / 0.4, abs=0.04)


def test_a_shade_has_dots_of_one_size_and_six_in_ten_on_one_side():
    cue, first = cue_planes("shade")
    assert set(cue.unique().tolist()) == {-0.5, 0.5}
    up = (cue > 0).float().mean(dim=1)
    assert up[first].mean().item() == pytest.approx(0.6, abs=0.01)
    assert up[~first].mean().item() == pytest.approx(0.4, abs=0.01)
    assert (maximum(cue) == 0.5).all()
    assert ((average(cue) > 0) == first).float().mean() > 0.95


def test_either_is_half_spots_and_half_shades():
    cue, first = cue_planes("either")
    is_shade = (cue.abs() == 0.5).all(dim=1)
    assert is_shade.float().mean().item() == pytest.approx(0.5, abs=0.04)
    assert ((average(cue) > 0) == first)[is_shade].float().mean() > 0.95
    assert maximum(cue)[first & ~is_shade].min() > 0.75
    assert maximum(cue)[~first & ~is_shade].max() < 0.25


def test_the_digit_that_counts_lies_in_its_plane_and_is_one_of_those_asked_for(
    monkeypatch,
):
    asked = []

    def digits(held_out=False):
        asked.append(held_out)
        return torch.arange(1.0, 4)[:, None, None].expand(
            3, 8, 8
        ), torch.arange(3)

    monkeypatch.setattr(cued, "digit_images", digits)
    for task in TASKS:
        images, label, plane = scenes(task, 50, held_out=True)
        ink = images.flatten(2).max(dim=-1).values
        assert torch.equal(ink[torch.arange(50), plane], label + 1.0)
    assert asked == [True] * 3


def test_the_gate_stands_before_all_else():
    torch.manual_seed(0)
    model = CuedReader("both").eval()
    images = normal(2, 3, 12, 12, seed=1)
    expected = model.network(images * model.gate(images))
    assert torch.equal(model(images), expected)
    bare = CuedReader(None).eval()
    assert torch.equal(bare(images), bare.network(images))
    assert CuedReader("average").gate.pools == (average,)
    assert CuedReader("maximum").gate.pools == (maximum,)


def test_the_plane_with_the_larger_weight_is_chosen():
    images = torch.zeros(3, 3, 12, 12)
    plane = torch.tensor([0, 1, 1])

    class Gate(torch.nn.Module):
        def forward(self, images):
            weights = torch.tensor(
                [[0.6, 0.5, 0.9], [0.1, 0.2, 0], [0.3, 0.1, 0]]
            )
            return weights[..., None, None]

    model = CuedReader(None)
    model.gate = Gate()
    assert planes_chosen(model, (images, None, plane)) == pytest.approx(2 / 3)


def test_inside_the_gates_stand_behind_convolutions():
    model, losses = teach_cue("spot", "maximum", 0, num_steps=2, inside=True)
    assert isinstance(model, GatedNetwork)
    assert model.stages[0].channel is None
    assert model.stages[2].channel.pools == (maximum,)
    assert model.stages[2].spatial is None
    assert len(losses) == 2
    bare, _ = teach_cue("spot", None, 0, num_steps=1, inside=True)
    assert bare.stages[2].channel is None


def test_results_say_what_was_chosen_only_of_a_gate_before_all():
    few = {"seed": 0, "num_steps": 1}
    gated = cue_results("shade", "average", **few)
    assert 0 <= gated["chosen"] <= 1
    assert cue_results("shade", None, **few)["chosen"] == []
    assert cue_results("shade", "both", inside=True, **few)["chosen"] == []


def test_the_scenes_are_the_same_whatever_the_pools(monkeypatch):
    seen = []
    draw = cued.cue_scenes

    def drawn(*given, **options):
        seen.append(draw(*given, **options)[0])
        return draw(*given, **options)

    monkeypatch.setattr(cued, "cue_scenes", drawn)
    for pools in (None, "both"):
        teach_cue("either", pools, seed=4, num_steps=1)
    assert torch.equal(*seen)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: scenes("both"), "^task must be one of spot,.*is 'both'"),
        (lambda: teach_cue("x", None), "^task must be one of spot,.*is 'x'"),
        (lambda: teach_cue("spot", "min"), "^pools must be one of average,"),
    ],
)
def test_another_name_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def right(task, pools):
    return torch.tensor(
        STORED.column("right", task=task, pools=pools, inside=False)
    )


def test_each_summary_keeps_in_every_seed_what_the_other_loses():
    assert right("spot", "maximum").min() >= 0.80
    assert right("spot", "average").max() <= 0.72
    assert right("spot", None).max() <= 0.72
    assert right("shade", "average").min() >= 0.80
    assert right("shade", "maximum").max() <= 0.75
    for task in TASKS:
        assert right(task, "both").min() >= 0.85
    alone = max(
        right("either", pools).max() for pools in ("average", "maximum")
    )
    assert right("either", "both").min() > alone + 0.05
