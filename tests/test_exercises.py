"""Checkers accept right answers, and refuse the wrong ones people write.

The answers stand in a table for each chapter, answers_<module>.py; the checkers
are those that the chapter calls.
"""

import importlib
import json
import re
from pathlib import Path

import answers_cbam
import answers_inside
import answers_multi_head
import answers_position
import answers_reach
import answers_scoring_functions
import answers_self_attention
import answers_seq2seq
import answers_soft_and_hard
import answers_transformer
import pytest
import torch
from answers_weighted_fusion import NAMED, renamed
from exercise_table import CHECKERS, assert_refused, hints, judges

from attn_utils import recipes
from attn_utils.exercises import (
    cbam,
    clouds,
    inside,
    multi_head,
    position,
    reach,
    scoring_functions,
    self_attention,
    seq2seq,
    soft_and_hard,
    transformer,
    weighted_fusion,
)

CHAPTERS = Path(__file__).parents[1] / "chapters"
MODULES = sorted({checker.__module__ for checker in CHECKERS})
TABLES = [
    importlib.import_module(f"answers_{name.rpartition('.')[2]}")
    for name in MODULES
]
RIGHT = [entry for table in TABLES for entry in table.RIGHT]
WRONG = [entry for table in TABLES for entry in table.WRONG]
# How many hints a checker keeps at least; of weights set by hand there is no table.
HINTS = {"judge_choice": 2, "judge_tensors": 0}

each_checker = pytest.mark.parametrize(
    "checker", CHECKERS, ids=lambda checker: checker.__name__
)


def called():
    """Return the names of the checkers that a chapter calls, by their module."""
    names = {}
    for path in CHAPTERS.glob("*.ipynb"):
        code = "\n".join(
            "".join(cell["source"])
            for cell in json.loads(path.read_text("utf-8"))["cells"]
            if cell["cell_type"] == "code"
        )
        for module in re.findall(r"\.exercises import (\w+) as check", code):
            names[module] = set(re.findall(r"^check\.(\w+)\(", code, re.M))
    return names


def test_every_checker_is_called_by_its_chapter():
    there = {}
    for checker in CHECKERS:
        module = checker.__module__.rpartition(".")[2]
        there.setdefault(module, set()).add(checker.__name__)
    assert there == called()


@pytest.mark.long
@pytest.mark.parametrize(
    ("checker", "answer"),
    RIGHT,
    ids=[checker.__name__ for checker, _ in RIGHT],
)
def test_a_right_answer_is_accepted_however_it_is_written(checker, answer):
    verdict = checker(answer)
    assert verdict, verdict
    assert repr(verdict).startswith("✓ right")


@pytest.mark.long
@pytest.mark.parametrize("checker", CHECKERS, ids=lambda each: each.__name__)
def test_a_checker_works_with_gradients_switched_off(checker):
    transformer._without_the_shift.cache_clear()
    cbam._learns.cache_clear()
    answers = [answer for each, answer in RIGHT if each is checker]
    with torch.no_grad():
        verdicts = [checker(answer) for answer in answers]
    # An answer that differentiates cannot do so there, and is told.
    told = [v for v in verdicts if not v and "does not require grad" in repr(v)]
    assert all(v or v in told for v in verdicts)
    assert len(told) < len(verdicts)


@pytest.mark.long
@pytest.mark.parametrize("checker", CHECKERS, ids=lambda each: each.__name__)
def test_a_checker_works_where_floats_are_doubles(checker):
    answers = [answer for each, answer in RIGHT if each is checker]
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        for answer in answers:
            assert checker(answer)
    finally:
        torch.set_default_dtype(before)


@pytest.mark.long
@pytest.mark.parametrize(
    ("checker", "answer", "words"),
    WRONG,
    ids=[f"{checker.__name__}: {words}" for checker, _, words in WRONG],
)
def test_a_wrong_answer_is_refused_with_its_reason(checker, answer, words):
    assert_refused(checker, answer, words)


@each_checker
def test_a_checker_has_been_tried_on_at_least_five_wrong_answers(checker):
    assert sum(c is checker for c, *_ in WRONG) >= 5
    assert sum(c is checker for c, _ in RIGHT) >= 2


@pytest.mark.long
@each_checker
def test_every_hint_is_reached_by_a_wrong_answer(checker, monkeypatch):
    kept = hints(checker, monkeypatch)
    said = [checker(answer).sentence for c, answer, _ in WRONG if c is checker]
    (judge,) = judges(checker)
    assert len(kept) >= HINTS.get(judge, 5)
    for hint in kept:
        assert any(hint in sentence for sentence in said), hint


# -- a picture to diagnose -----------------------------------------------------


def test_the_four_maps_are_weights_of_nine_people_each_with_one_name():
    maps = weighted_fusion.four_maps()
    assert list(maps) == list(NAMED)
    for letter, weights in maps.items():
        assert weights.shape == (9, 9)
        assert weighted_fusion.maps_named(NAMED)
        assert not weighted_fusion.maps_named(renamed(**{letter: "a window"}))
    assert torch.equal(maps["D"] > 0, maps["A"] > 0)


def test_all_names_that_may_be_given_can_be_told_from_the_map(monkeypatch):
    people = torch.ones(9, 9)
    shapes = {
        "copies itself": people.tril().triu(),
        "a window": people.tril(2).triu(-2),
        "causal": people.tril(),
        "upside down": people.triu(1),
        "leave one out": people - people.tril().triu(),
    }
    for name, shape in shapes.items():
        weights = shape / shape.sum(dim=-1, keepdim=True).clamp(min=1)
        maps = {"A": weights}
        monkeypatch.setattr(
            weighted_fusion, "four_maps", lambda maps=maps: maps
        )
        assert weighted_fusion.maps_named({"A": name}), name
    monkeypatch.setattr(
        weighted_fusion, "four_maps", lambda: {"A": people.tril() / 9}
    )
    assert weighted_fusion.maps_named({"A": "hidden too late"})
    monkeypatch.setattr(weighted_fusion, "four_maps", lambda: {"A": people / 9})
    with pytest.raises(ValueError, match="lack"):
        weighted_fusion.maps_named({"A": "causal"})


def test_the_four_planes_are_weights_of_three_songs_each_with_one_name():
    planes = scoring_functions.four_planes()
    truth = answers_scoring_functions.NAMED
    assert list(planes) == list(truth)
    for weights in planes.values():
        assert weights.shape == (41, 41, 3)
        assert torch.allclose(weights.sum(dim=-1), torch.ones(41, 41))


def test_all_names_that_may_be_given_can_be_told_from_the_plane(monkeypatch):
    for name in scoring_functions.SIGNS:
        planes = {"A": scoring_functions._plane(name)}
        monkeypatch.setattr(
            scoring_functions, "four_planes", lambda planes=planes: planes
        )
        assert scoring_functions.planes_named({"A": name}), name


def test_the_four_clouds_lie_where_their_ways_put_them():
    drawn = soft_and_hard.four_clouds()
    named = {
        answers_soft_and_hard.NAMED[letter]: points
        for letter, points in drawn.items()
    }
    truth = soft_and_hard.true_gradient()
    # By hand: α = .3, .4, .3; ℓ = 12, 4, 4; Σ α ℓ = 6.4; α (ℓ - 6.4).
    assert torch.allclose(truth, torch.tensor([1.68, -0.96]))
    middle = {name: points.mean(dim=0) for name, points in named.items()}
    width = {name: points.std(dim=0).norm() for name, points in named.items()}
    off = {name: (m - truth).norm() for name, m in middle.items()}
    assert all(points.shape == (200, 2) for points in named.values())
    assert off["reinforce"] < 0.3
    assert off["reinforce + baseline"] < 0.15
    assert off["straight-through"] > 0.5
    assert width["reinforce"] > 2 * width["reinforce + baseline"]
    # Soft reads 2, which is 1 off: 2 (2 - 3) α (v - 2) by its scores.
    assert torch.allclose(
        named["soft"], torch.tensor([1.2, 0.0]).expand(200, 2), atol=1e-5
    )


def test_all_names_that_may_be_given_can_be_told_from_the_cloud(monkeypatch):
    assert list(clouds.WAYS) == list(clouds.SIGNS)
    for name in clouds.SIGNS:
        drawn = {"A": clouds.cloud(name)}
        monkeypatch.setattr(
            soft_and_hard, "four_clouds", lambda drawn=drawn: drawn
        )
        assert soft_and_hard.clouds_named({"A": name}), name


def test_the_four_maps_of_heads_weigh_what_each_question_names():
    maps = multi_head.four_heads()
    named = {
        answers_multi_head.NAMED[letter]: one for letter, one in maps.items()
    }
    assert list(maps) == list(answers_multi_head.NAMED)
    question = torch.arange(8)
    first, second = question, (question + 3) % 8
    for name, places in (("head 1", first), ("head 2", second)):
        assert (named[name][question, places] > 0.8).all()
    both = named["one head"]
    for places in (first, second):
        assert (
            (both[question, places] > 0.25) & (both[question, places] < 0.65)
        ).all()
    assert not named["switched off"].any()


def test_all_names_that_may_be_given_can_be_told_from_the_map_of_a_head(
    monkeypatch,
):
    for name in multi_head.SIGNS:
        drawn = {"A": multi_head.map_of(name)}
        monkeypatch.setattr(multi_head, "four_heads", lambda drawn=drawn: drawn)
        assert multi_head.maps_named({"A": name}), name
    alike = multi_head.map_of("always the same")
    assert (alike.argmax(-1) == alike[0].argmax()).sum() >= 4
    assert torch.allclose(
        multi_head.map_of("untrained"), torch.full((8, 8), 1 / 8), atol=0.09
    )


def test_the_four_maps_of_places_show_what_their_gates_do():
    maps = cbam.four_maps()
    assert list(maps) == list(answers_cbam.NAMED)
    named = {answers_cbam.NAMED[letter]: one for letter, one in maps.items()}
    sound = cbam.map_of("sound")
    assert divmod(int(sound.argmax()), 7) == (1, 4)
    assert torch.allclose(named["inverted"], 1 - sound, atol=1e-6)
    assert torch.allclose(named["on its side"], sound.T)
    assert torch.isclose(named["softmax"].sum(), torch.tensor(1.0))
    assert torch.equal(cbam.map_of("no sigmoid").sigmoid(), sound)
    for place in ((5, 1), (4, 5), (6, 3)):
        assert named["kernel of one"][place] > 0.95 > 0.3 > sound[place]


def test_all_names_that_may_be_given_can_be_told_from_the_map_of_places(
    monkeypatch,
):
    for name in cbam.SIGNS:
        drawn = {"A": cbam.map_of(name)}
        monkeypatch.setattr(cbam, "four_maps", lambda drawn=drawn: drawn)
        assert cbam.maps_named({"A": name}), name


def test_only_a_unit_that_sees_both_summaries_learns_one_and_not_both():
    before = torch.get_rng_state()
    learns = {
        change: cbam._learns.__wrapped__(change)
        for change in ("wide", "deep", "two", "beside")
    }
    assert learns == {
        "wide": False,
        "deep": False,
        "two": False,
        "beside": True,
    }
    assert torch.equal(torch.get_rng_state(), before)


def test_the_four_maps_of_masks_hide_what_their_masks_hide():
    maps = self_attention.four_masks()
    assert list(maps) == list(answers_self_attention.NAMED)
    named = {
        answers_self_attention.NAMED[letter]: one
        for letter, one in maps.items()
    }
    place = torch.arange(7)
    back = place[:, None] - place
    seen = {
        "reads ahead": back <= 0,
        "hidden too late": back >= 0,
        "window": (back >= 0) & (back <= 2),
        "padding": (place < 5).expand(7, 7),
    }
    for name, weights in named.items():
        assert torch.equal(weights > 0, seen[name])
        # What is seen can be seen: no cell is so pale as to look empty.
        assert weights[seen[name]].min() > 0.02
        makes_one = name != "hidden too late"
        rows = weights.sum(-1)
        assert torch.allclose(rows, torch.ones(7)) == makes_one
    assert named["hidden too late"][:4].sum(-1).max() < 0.75


def test_all_names_that_may_be_given_can_be_told_from_the_map_of_a_mask(
    monkeypatch,
):
    for name in self_attention.SIGNS:
        drawn = {"A": self_attention.map_of(name)}
        monkeypatch.setattr(
            self_attention, "four_masks", lambda drawn=drawn: drawn
        )
        assert self_attention.masks_named({"A": name}), name
    leave_one_out = (1 - torch.eye(7)) / 6
    monkeypatch.setattr(
        self_attention, "four_masks", lambda: {"A": leave_one_out}
    )
    with pytest.raises(ValueError, match="lack"):
        self_attention.masks_named({"A": "causal"})


def test_the_four_maps_of_who_moves_whom_show_what_their_layers_do():
    maps = reach.four_reaches()
    assert list(maps) == list(answers_reach.NAMED)
    named = {answers_reach.NAMED[letter]: one for letter, one in maps.items()}
    place = torch.arange(9)
    back = place[:, None] - place
    felt = {
        "causal attention": back >= 0,
        "RNN": back >= 0,
        "RNN from right to left": back <= 0,
        "dilated": back.abs() <= 3,
    }
    for name, moved in named.items():
        assert torch.equal(moved > 1e-5, felt[name])
        assert torch.equal(moved.max(-1).values, torch.ones(9))
    # An RNN fades so soon that it is seen, attention does not.
    for step in range(1, 9):
        assert named["RNN"].diagonal(-step).max() < 0.55**step
        assert named["causal attention"].diagonal(-step).min() > 0.5
        left = named["RNN from right to left"].diagonal(step)
        assert left.max() < 0.55**step
    # No cell of the band is so pale as to look empty.
    assert named["dilated"][felt["dilated"]].min() > 0.02


def test_all_names_that_may_be_given_can_be_told_from_the_map_of_a_layer(
    monkeypatch,
):
    assert list(reach.LAYERS) == list(reach.SIGNS)
    for name in reach.SIGNS:
        drawn = {"A": reach.map_of(name)}
        monkeypatch.setattr(reach, "four_reaches", lambda drawn=drawn: drawn)
        assert reach.wired({"A": name}), name
    one_sided = torch.ones(9, 9).tril().triu(-2)
    monkeypatch.setattr(reach, "four_reaches", lambda: {"A": one_sided})
    with pytest.raises(ValueError, match="lack"):
        reach.wired({"A": "convolution"})


def test_a_map_of_a_layer_leaves_torch_s_own_randomness_alone():
    before = torch.get_rng_state()
    reach.map_of("convolution")
    assert torch.equal(torch.get_rng_state(), before)


def test_the_four_maps_of_one_symbol_show_what_their_schemes_tell():
    maps = position.four_schemes()
    assert list(maps) == list(answers_position.NAMED)
    named = {
        answers_position.NAMED[letter]: one for letter, one in maps.items()
    }
    for weights in named.values():
        assert weights.shape == (9, 9)
        assert torch.allclose(weights.sum(-1), torch.ones(9))
        assert weights.max() < 0.7
    assert torch.allclose(named["none"], torch.full((9, 9), 1 / 9))
    middle = named["penalty"][4]
    assert torch.allclose(middle, middle.flip(0))
    assert (middle[:4].diff() > 0.01).all()
    # Seven stripes would be one tone each; five are, and all can be told apart.
    tones = named["relative"][4, 2:7]
    assert torch.allclose(named["relative"][4, :3], tones[:1].expand(3))
    assert torch.allclose(named["relative"][4, 6:], tones[4:].expand(3))
    assert tones.log().diff().abs().min() > 0.25
    # Where the head looks moves otherwise than the token that asks.
    apart = named["sinusoidal"].argmax(-1) - torch.arange(9)
    assert len(set(apart.tolist())) >= 4


def test_all_names_that_may_be_given_can_be_told_from_the_map_of_one_symbol(
    monkeypatch,
):
    for name in position.SIGNS:
        drawn = {"A": position.map_of(name)}
        monkeypatch.setattr(position, "four_schemes", lambda drawn=drawn: drawn)
        assert position.schemes_named({"A": name}), name


def test_a_map_of_one_symbol_leaves_torch_s_own_randomness_alone():
    before = torch.get_rng_state()
    for name in position.SIGNS:
        position.map_of(name)
    position.one_back(answers_position.by_hand())
    assert torch.equal(torch.get_rng_state(), before)


def test_the_four_maps_of_who_hears_of_what_show_what_their_faults_do():
    maps = transformer.four_faults()
    assert list(maps) == list(answers_transformer.NAMED)
    place = torch.arange(5)
    later = place - place[:, None]
    inputs = {
        "one place too far": later >= -1,
        "padding heard": later >= 0,
        "no self-attention": later == 0,
        "the wrong way round": later <= 0,
    }
    for letter, heard in maps.items():
        name = answers_transformer.NAMED[letter]
        assert heard[:4].all()
        assert bool(heard[4:6].all()) == (name == "padding heard")
        assert bool(heard[4:6].any()) == (name == "padding heard")
        assert torch.equal(heard[6:], inputs[name])


def test_all_names_that_may_be_given_can_be_told_from_what_is_heard(
    monkeypatch,
):
    for name in transformer.SIGNS:
        drawn = {"A": transformer.map_of(name)}
        monkeypatch.setattr(
            transformer, "four_faults", lambda drawn=drawn: drawn
        )
        assert transformer.faults_named({"A": name}), name
    two_back = torch.ones(11, 5).triu(-2).bool()
    two_back[:4], two_back[4:6], two_back[6:] = True, False, two_back[:5]
    monkeypatch.setattr(transformer, "four_faults", lambda: {"A": two_back})
    with pytest.raises(ValueError, match="lack"):
        transformer.faults_named({"A": "one place too far"})


def test_what_is_heard_is_found_without_touching_torch_s_own_randomness():
    before = torch.get_rng_state()
    transformer.map_of("sound")
    transformer.parameters(answers_transformer.COUNTS)
    transformer._without_the_shift.__wrapped__()
    assert torch.equal(torch.get_rng_state(), before)


def test_the_four_maps_of_heads_by_hand_look_where_their_names_say():
    drawn = inside.four_heads()
    assert list(drawn) == list(answers_inside.NAMED)
    named = {answers_inside.NAMED[letter]: one for letter, one in drawn.items()}
    for weights in named.values():
        assert torch.equal(weights.triu(1), torch.zeros(9, 9))
        assert torch.allclose(weights.sum(-1), torch.ones(9))
    # Of a b c a d b c a d by hand: the places of a row's weight, from the fourth.
    looks = {
        "same letter": [{0, 3}, {4}, {1, 5}, {2, 6}, {0, 3, 7}, {4, 8}],
        "previous token": [{2}, {3}, {4}, {5}, {6}, {7}],
        "induction": [{1}, set(range(5)), {2}, {3}, {1, 4}, {5}],
        "first token": [{0}] * 6,
    }
    for name, places in looks.items():
        for row, wished in zip(named[name][3:], places, strict=True):
            seen = row > 1e-3
            assert set(seen.nonzero().flatten().tolist()) == wished
            assert torch.allclose(row[seen], torch.tensor(1 / len(wished)))


def test_all_names_that_may_be_given_can_be_told_from_a_head_by_hand(
    monkeypatch,
):
    for name in inside.SIGNS:
        drawn = {"A": inside.map_of(name)}
        monkeypatch.setattr(inside, "four_heads", lambda drawn=drawn: drawn)
        assert inside.heads_read({"A": name}), name
    two_back = torch.eye(9).roll(-2, 1).tril()
    monkeypatch.setattr(inside, "four_heads", lambda: {"A": two_back})
    with pytest.raises(ValueError, match="lack"):
        inside.heads_read({"A": "previous token"})


def test_no_checker_of_the_inside_touches_torch_s_own_randomness():
    before = torch.get_rng_state()
    inside.two_letters(answers_inside.look_up_two)
    inside.two_heads(answers_inside.maps())
    inside.taken_away("c")
    assert torch.equal(before, torch.get_rng_state())


def test_the_four_alignments_show_what_their_machines_do():
    maps = seq2seq.four_alignments()
    assert list(maps) == list(answers_seq2seq.NAMED)
    named = {answers_seq2seq.NAMED[letter]: one for letter, one in maps.items()}
    for name, weights in named.items():
        assert weights.shape == (8, 10)
        assert torch.allclose(weights.sum(-1), torch.ones(8))
        assert (weights[:, 8:].max() > 0.1) == (name == "padding heard")
    most = named["reverse, one-way encoder"].argmax(-1)
    assert most.tolist() == [7, 7, 6, 5, 4, 3, 2, 1]
    for name in ("copy", "padding heard"):
        assert named[name][:, :8].argmax(-1).tolist() == list(range(8))
    same = named["query ignored"]
    assert torch.allclose(same, same[:1].expand(8, 10))
    assert same[0].max() > 1.5 / 8


def test_all_names_that_may_be_given_can_be_told_from_an_alignment(monkeypatch):
    for name in seq2seq.SIGNS:
        drawn = {"A": seq2seq.alignment_of(name)}
        monkeypatch.setattr(
            seq2seq, "four_alignments", lambda drawn=drawn: drawn
        )
        assert seq2seq.alignments_named({"A": name}), name


def test_chapter_11_s_checkers_leave_torch_s_own_randomness_alone():
    before = torch.get_rng_state()
    for checker, answer in answers_seq2seq.RIGHT:
        checker(answer)
    seq2seq.alignment_of("copy")
    assert torch.equal(torch.get_rng_state(), before)


# -- a score set by hand ---------------------------------------------------------


@pytest.mark.parametrize(
    ("misses", "words"),
    [
        (0, "right: the digit scores highest in 100.0% of 500"),
        (50, "right: the digit scores highest in 90.0% of 500"),
        (51, "the digit scores highest in 89.8% of 500"),
    ],
)
def test_the_share_that_a_score_finds_is_told(misses, words):
    _, place = soft_and_hard._scenes()
    pointed = place.clone()
    pointed[:misses] = (pointed[:misses] + 1) % 25
    score = torch.nn.functional.one_hot(pointed, 25).float()
    verdict = soft_and_hard.digit_finder(lambda glimpses: score)
    assert bool(verdict) == (misses <= 50)
    assert verdict.sentence.startswith(words)


# -- wires and multiplications ---------------------------------------------------


def test_the_paths_by_hand_are_those_that_the_wires_have():
    (first, last), numbers = (0, 99), []
    for mixer, layers, kernel in (
        ("RNN", 1, 3),
        ("convolution", 99, 3),
        ("convolution", 50, 5),
        ("dilated", 7, 3),
        ("attention", 1, 3),
    ):
        wires = recipes.wires_of(mixer, 100, layers, kernel)
        start, end = recipes.Node(0, first), recipes.Node(layers, last)
        numbers.append(len(recipes.shortest_path(wires, start, end)) - 1)
    assert reach.ways(numbers)
    for mixer, layers, kernel in (
        ("convolution", 98, 3),
        ("convolution", 49, 5),
        ("dilated", 6, 3),
    ):
        wires = recipes.wires_of(mixer, 100, layers, kernel)
        end = recipes.Node(layers, last)
        assert not recipes.shortest_path(wires, recipes.Node(0, first), end)


# -- what is left of an input ----------------------------------------------------


def test_sums_of_equal_variance_leave_of_the_input_what_was_derived():
    generator = torch.Generator().manual_seed(0)
    first = torch.randn(2_000_000, generator=generator, dtype=torch.float64)
    stream, normed = first, first
    for _ in range(12):
        added = torch.randn(len(first), generator=generator).double()
        stream = stream + added
        normed = (normed + added) / (normed + added).std()
    numbers = [stream.var().item()]
    # The share of the variance is the square of the correlation.
    for each in (stream, normed):
        numbers.append(torch.corrcoef(torch.stack([first, each]))[0, 1] ** 2)
    share = answers_transformer.LEFT
    assert numbers[0] == pytest.approx(share[0], rel=0.02)
    assert numbers[1] == pytest.approx(share[1], rel=0.02)
    assert numbers[2] == pytest.approx(share[2], rel=0.2)
    assert 1 / (1 + share[3]) == share[2]


def test_without_the_shift_the_loss_is_gone_and_one_character_is_written():
    assert transformer._without_the_shift() == (True, "one character")


# -- other weights with the very same output --------------------------------------


def test_the_dimensions_of_change_are_those_that_the_equations_leave():
    generator = torch.Generator().manual_seed(0)

    def free(num_keys):
        value = torch.randn(num_keys, 16, generator=generator).double()
        equations = torch.cat([value, torch.ones(num_keys, 1)], dim=1).T
        return num_keys - torch.linalg.matrix_rank(equations).item()

    few, many, first, without, most = answers_inside.OTHERS
    assert (free(12), free(20)) == (few, many)
    assert (free(first - 1), free(first)) == (0, 1)
    # All weights in hundredths that read 1.9 of the values 1, 2 and 4.
    second, third = torch.cartesian_prod(*2 * [torch.arange(101)]).T
    weight = torch.stack([100 - second - third, second, third])
    read = torch.tensor([1, 2, 4]) @ weight
    same = weight[:, (read == 190) & (weight[0] >= 0)]
    assert same[0, same[1] == 0].tolist() == [100 * without]
    assert same[1].max() == 100 * most


# -- left and right --------------------------------------------------------------


def test_who_cannot_tell_left_from_right_is_right_as_often_as_predicted():
    # Of two neighbours either is said, and half of the lines have it on the left.
    symbols = range(12)
    right = sum(
        max((left, other).count(said) for said in (left, other)) / 2
        for left in symbols
        for other in symbols
    )
    middle = right / 144
    assert middle == pytest.approx(13 / 24)
    shares = [middle, 1.0, (10 * middle + 1) / 11, 1.0]
    assert position.left_or_right(shares)


# -- a guess about the stored runs -----------------------------------------------


def test_of_every_stored_pair_of_heads_one_answers_for_each_name():
    stored = multi_head.runs.load("two_names")
    rows = [
        row.results
        for row in stored.rows
        if row.settings["num_heads"] == 2
        and row.settings["num_layers"] == 1
        and row.settings["hidden_dim"] is None
    ]
    assert len(rows) >= 3
    for row in rows:
        # The head that looks at the second name is that without which it is lost.
        (off,) = [n for n, on in enumerate(row["weight on second"]) if on > 0.5]
        assert row["first without"][off] > 0.99
        assert row["second without"][off] < 0.15
    assert multi_head.switched_off("c").sentence.startswith(
        "right: 100% of the answers on the first name are still right, and 12% on "
    )


def test_the_guess_about_a_smaller_memory_is_true_of_every_stored_seed():
    stored = soft_and_hard.runs.load("recall")

    def best(size):
        return [
            min(zip(errors, soft_and_hard.GRID, strict=True))
            for errors in stored.column("error", num_remembered=size)
        ]

    for many, few in zip(best(500), best(100), strict=True):
        assert few[1] > many[1]
        assert few[0] > 1.2 * many[0]
    sentence = soft_and_hard.bandwidth_for_more("a").sentence
    assert "from 0.4 to 0.5" in sentence
    assert "With 1000 it is 0.3" in sentence
