"""What chapter 09 asks its model: heads taken away, weights replaced and moved."""

import sys

import pytest
import torch
from torch.testing import assert_close

from attn_utils.data import runs
from attn_utils.recipes import induction_runs, inside
from attn_utils.recipes.experiments import EXPERIMENTS
from attn_utils.recipes.induction import (
    NUM_HEADS,
    WIDTH,
    Induced,
    InductionModel,
    Inside,
    induction_rate,
    look_inside,
    share_known,
    share_said,
)
from attn_utils.recipes.induction_runs import (
    EVERY,
    NUM_KEYS,
    induction_results,
    inside_results,
)
from attn_utils.recipes.inside import (
    REMOVALS,
    REPLACEMENTS,
    how_far_weights_move,
    length_of_the_first,
    mean_said,
    moved_share,
    on_the_first,
    pulls,
    replaced,
    right_replaced,
    right_without,
    right_without_pairs,
    same_answer,
    same_favourite,
)
from attn_utils.recipes.repeated_lines import (
    new_letters,
    returning_letters,
    unseen_lines,
)

pytestmark = pytest.mark.long

STORED = runs.load("inside")
each_kind = pytest.mark.parametrize("kind", REPLACEMENTS)


def made(num_layers=2, smeared=False, start=True, seed=0):
    torch.manual_seed(seed)
    return InductionModel(num_layers, smeared, start).eval()


def seen(weights, values):
    """Return what is seen inside a model, as far as weights and values go."""
    return Inside(torch.empty(0), weights, values, torch.empty(0))


def some_weights(*shape, seed=0):
    """Return weights (*shape, tokens, tokens) under a causal mask."""
    generator = torch.Generator().manual_seed(seed)
    scores = torch.randn(*shape, shape[-1], generator=generator)
    hidden = torch.ones(shape[-1], shape[-1]).triu(1).bool()
    return scores.masked_fill(hidden, -torch.inf).softmax(-1)


# -- heads taken away ------------------------------------------------------------


@pytest.mark.parametrize("start", [True, False])
def test_a_head_taken_away_by_zero_is_switched_off(start, monkeypatch):
    model, lines = made(start=start), unseen_lines(7, start=start)
    heard = []
    monkeypatch.setattr(
        inside,
        "share_known",
        lambda logits, of: heard.append((logits, of)) or 0.5,
    )
    right_without(model, lines, [(0, 2), (1, 0), (1, 3)])
    ((logits, of),) = heard
    assert of is lines
    model.layers[0].switch_heads(torch.tensor([True, True, False, True]))
    model.layers[1].switch_heads(torch.tensor([False, True, True, False]))
    with torch.no_grad():
        assert_close(logits, model(lines.tokens))


def test_a_head_says_its_mean_instead(monkeypatch):
    model, lines, others = made(), unseen_lines(5), unseen_lines(7, seed=1)
    means = mean_said(model, others)
    assert means.shape == (2, NUM_HEADS, WIDTH)
    heard = []
    monkeypatch.setattr(
        inside, "share_known", lambda logits, of: heard.append(logits) or 0.5
    )
    right_without(model, lines, [(0, 1), (1, 2)], means)
    found = look_inside(model, lines.tokens)
    # The second layer hears the first's, and is asked anew.
    first = (found.weights @ found.values)[0]
    first[:, 1] = means[0, 1]
    stream = found.streams[0] + first.sum(1) + model.layers[0].output_map.bias
    change, _ = model.layers[1](stream, mask=torch.ones(41, 41).tril().bool())
    model.layers[1].switch_heads(torch.arange(4) != 2)
    change, _ = model.layers[1](stream, mask=torch.ones(41, 41).tril().bool())
    with torch.no_grad():
        expected = model.read_out(stream + change + means[1, 2])
    assert_close(heard[0], expected)


def test_the_mean_is_over_all_places_of_all_lines():
    model, lines = made(), unseen_lines(5)
    found = look_inside(model, lines.tokens)
    said = [
        found.weights[1, line, 2, place] @ found.values[1, line, 2]
        for line in range(5)
        for place in range(41)
    ]
    assert_close(mean_said(model, lines)[1, 2], torch.stack(said).mean(0))


def test_the_table_has_each_head_and_each_pair(monkeypatch):
    model, asked = made(), []

    def right(model, lines, heads, instead):
        asked.append((lines, heads, instead))
        return sum(10 ** (4 * layer + head) for layer, head in heads)

    monkeypatch.setattr(inside, "right_without", right)
    table = right_without_pairs(model, "zero", seed=3, num_lines=5)
    sizes = 10.0 ** torch.arange(8)
    expected = sizes + sizes[:, None] - torch.diag(sizes)
    assert torch.equal(table, expected)
    assert all(instead is None for *_, instead in asked)
    lines = unseen_lines(5, 3).tokens
    assert all(torch.equal(each.tokens, lines) for each, *_ in asked)
    asked.clear()
    right_without_pairs(model, "mean", seed=3, num_lines=5)
    # The mean is that of lines which are not asked.
    means = mean_said(model, unseen_lines(5, 4))
    assert all(torch.equal(instead, means) for *_, instead in asked)
    assert all(torch.equal(each.tokens, lines) for each, *_ in asked)


def test_no_head_taken_away_is_the_whole_model():
    model, lines = made(), unseen_lines(20)
    logits = look_inside(model, lines.tokens).logits
    assert right_without(model, lines, []) == share_known(logits, lines)


# -- weights replaced ------------------------------------------------------------


@each_kind
def test_what_replaces_weights_are_weights_of_visible_keys(kind):
    weights = some_weights(3, 2, 7)
    other = replaced(kind, weights)
    assert_close(other.sum(-1), torch.ones(3, 2, 7))
    assert not other.triu(1).any()
    assert (other >= 0).all()
    assert not torch.allclose(other, weights)


def test_each_replacement_is_what_it_is_called():
    weights = some_weights(3, 2, 7)
    uniform = replaced("uniform", weights)
    assert_close(uniform[1, 1, 4], torch.tensor([0.2] * 5 + [0.0] * 2))
    permuted = replaced("permuted", weights)
    assert torch.equal(permuted.sort(-1).values, weights.sort(-1).values)
    # Every query has an order of its own, but always the same.
    assert torch.equal(replaced("permuted", weights), permuted)
    orders = {
        tuple(row.argsort().tolist())
        for row in replaced("permuted", weights[:1, :1].expand(3, 2, 7, 7))[
            ..., -1, :
        ].flatten(0, 1)
    }
    assert len(orders) > 3
    other = replaced("of another line", weights)
    assert torch.equal(other, weights[[2, 0, 1]])


@each_kind
def test_the_weights_of_one_layer_are_replaced(kind, monkeypatch):
    model = made()
    logits = []
    monkeypatch.setattr(
        inside,
        "share_known",
        lambda given, lines: logits.append((given, lines)) or 0.5,
    )
    for layer in (0, 1):
        assert right_replaced(model, kind, layer, seed=2) == 0.5
    lines = unseen_lines(100, 2)
    for layer, (given, of) in enumerate(logits):
        assert torch.equal(of.tokens, lines.tokens)
        expected = look_inside(
            model,
            lines.tokens,
            lambda number, weights, layer=layer: (
                replaced(kind, weights) if number == layer else weights
            ),
        ).logits
        assert_close(given, expected)
    assert not torch.allclose(logits[0][0], logits[1][0])


# -- where heads look when they find nothing; what values weigh -------------------


def test_the_weight_on_the_first_token_is_that_of_the_places_asked():
    weights = some_weights(2, 3, 4, 5)
    places = torch.zeros(3, 5, dtype=torch.bool)
    places[0, 2] = places[1, 3] = places[1, 4] = True
    expected = (
        weights[:, 0, :, 2, 0] + weights[:, 1, :, 3, 0] + weights[:, 1, :, 4, 0]
    ) / 3
    assert_close(on_the_first(weights, places), expected)


def test_a_key_pulls_by_its_weight_and_the_length_of_its_value():
    weights = torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.6, 0.3, 0.1]])
    values = torch.tensor([[1.0, 0.0], [0.0, 4.0], [3.0, 4.0]])
    found = seen(weights.view(1, 1, 1, 3, 3), values.view(1, 1, 1, 3, 2))
    expected = torch.tensor(
        [[1, 0, 0], [0.2, 0.8, 0], [0.6 / 2.3, 1.2 / 2.3, 0.5 / 2.3]]
    )
    assert_close(pulls(found)[0, 0, 0], expected)
    places = torch.tensor([[True, False, True]])
    # The first place agrees, the last does not.
    assert same_favourite(found, places).tolist() == [[0.5]]
    apart = (0.6 - 0.6 / 2.3) / 2
    assert_close(moved_share(found, places), torch.tensor([[apart]]))
    assert_close(length_of_the_first(found), torch.tensor([[1 / 4.5]]))


def test_values_of_one_length_pull_as_they_weigh():
    weights = some_weights(2, 3, 4, 5)
    values = torch.nn.functional.normalize(torch.randn(2, 3, 4, 5, 6), dim=-1)
    found = seen(weights, values)
    assert_close(pulls(found), weights)
    places = torch.ones(3, 5, dtype=torch.bool)
    assert (same_favourite(found, places) == 1).all()
    assert (moved_share(found, places) < 1e-6).all()
    assert_close(length_of_the_first(found), torch.ones(2, 4))


# -- other weights with the same answer -------------------------------------------


def test_the_favourite_loses_all_that_it_can_by_hand():
    weights = torch.tensor([0.3, 0.5, 0.2])
    values = torch.tensor([[1.0], [2.0], [4.0]])
    # (2, -3, 1) changes neither sum nor context; the second can lose all.
    found = same_answer(weights, values)
    assert_close(found, torch.tensor([0.3 + 1 / 3, 0.0, 0.2 + 1 / 6]))
    assert_close(found @ values, weights @ values)
    # The first cannot: what the second would give is used up.
    weights = torch.tensor([0.6, 0.3, 0.1])
    found = same_answer(weights, values)
    assert_close(found, torch.tensor([0.4, 0.6, 0.0]))


def test_a_double_takes_all_the_weight():
    values = torch.randn(5, 7)
    values[3] = values[1]
    weights = torch.tensor([0.1, 0.6, 0.1, 0.05, 0.15])
    found = same_answer(weights, values)
    assert_close(found, torch.tensor([0.1, 0.0, 0.1, 0.65, 0.15]))


@pytest.mark.parametrize("num_keys", [1, 2, 7, 8, 9, 20])
def test_weights_can_move_once_there_are_two_keys_more_than_features(num_keys):
    generator = torch.Generator().manual_seed(num_keys)
    values = torch.randn(num_keys, 7, generator=generator)
    weights = torch.randn(num_keys, generator=generator).softmax(0)
    found = same_answer(weights, values)
    assert (found >= 0).all()
    assert_close(found.sum(), torch.tensor(1.0))
    assert_close(found @ values, weights @ values, atol=1e-5, rtol=0)
    assert torch.allclose(found, weights, atol=1e-5) == (num_keys <= 8)
    assert found[weights.argmax()] <= weights.max() + 1e-6


def test_the_way_that_weights_move_is_half_the_sum_of_what_changed():
    model = made()
    found = look_inside(model, unseen_lines(3).tokens[:, :25])
    moved = how_far_weights_move(found, num_lines=2, place=20)
    assert moved.shape == (2, NUM_HEADS)
    expected = []
    for line in range(2):
        own = found.weights[1, line, 3, 20, :21]
        other = same_answer(own, found.values[1, line, 3, :21])
        expected.append((own - other).abs().sum() / 2)
    assert_close(moved[1, 3], torch.stack(expected).mean())
    last, named = (
        how_far_weights_move(found, num_lines=2, place=place)
        for place in (-1, 24)
    )
    assert torch.equal(last, named)
    assert ((moved >= 0) & (moved <= 1)).all()


def test_equal_letters_have_equal_values_in_the_first_layer_alone():
    model = made()
    tokens = unseen_lines(50).tokens
    found = look_inside(model, tokens)
    few = how_far_weights_move(found, num_lines=20, place=NUM_KEYS[0] - 1)
    # 17 different values of 16 features leave no choice; equal ones do.
    assert few[1].max() < 1e-4
    assert few[0].min() > 0.01
    line = tokens[0]
    first, second = ((line == line[1]).nonzero().flatten()[[0, -1]]).tolist()
    assert first != second
    values = found.values[:, 0]
    assert_close(values[0, :, first], values[0, :, second])
    assert not torch.allclose(values[1, :, first], values[1, :, second])


def test_without_scipy_one_line_says_what_is_needed(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    said = "same_answer needs SciPy, which is not installed: pip install scipy"
    with pytest.raises(ModuleNotFoundError, match=said):
        same_answer(torch.ones(1), torch.ones(1, 1))


# -- results ---------------------------------------------------------------------


@pytest.fixture
def untaught(monkeypatch):
    """Teach nothing; return what was asked for."""
    asked = []

    def teach(num_layers, smeared, start, seed, num_steps):
        asked.append((num_layers, smeared, start, seed, num_steps))
        model = made(num_layers, smeared, start, seed)
        losses = [float(step) for step in range(num_steps)]
        return Induced(model, losses, {0: model, num_steps: model})

    monkeypatch.setattr(induction_runs, "teach_induction", teach)
    return asked


@pytest.mark.parametrize("start", [True, False])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_results_are_those_of_the_model_that_was_asked_for(
    num_layers, start, untaught
):
    found = induction_results(num_layers, False, start, seed=3, num_steps=25)
    assert untaught == [(num_layers, False, start, 3, 25)]
    model, lines = (
        made(num_layers, False, start, 3),
        unseen_lines(100, 3, start),
    )
    assert found["right"] == induction_rate(model, 3)
    assert found["moments"] == [found["right"]] * 2
    assert found["losses"] == [4.5, 14.5, 22.0]
    seen_in = look_inside(model, lines.tokens)
    again = returning_letters(lines)
    for name in ("settled", "wavering"):
        expected = share_said(
            seen_in.logits, lines.tokens, getattr(again, name)
        )
        assert found[name] == expected
    for name, places in (("new", new_letters(lines)), ("known", lines.known)):
        expected = on_the_first(seen_in.weights, places)
        assert found[f"first: {name}"] == expected.flatten().tolist()
    read = induction_runs.what_is_read(seen_in.weights, lines)
    assert found["before"] == read[..., 0].flatten().tolist()
    assert found["after"] == read[..., 1].flatten().tolist()
    assert len(found["reached"]) == (16 if num_layers == 2 else 0)


def test_results_from_inside_are_those_of_the_functions(untaught, monkeypatch):
    monkeypatch.setattr(
        induction_runs,
        "right_without_pairs",
        lambda model, removal, seed: (
            torch.full((2, 2), REMOVALS.index(removal)) + seed
        ),
    )
    monkeypatch.setattr(
        induction_runs,
        "right_replaced",
        lambda model, kind, layer, seed: [kind, layer, seed],
    )
    monkeypatch.setattr(
        induction_runs,
        "how_far_weights_move",
        lambda given, num_lines, place: torch.full((2, 2), place + 0.12345),
    )
    found = inside_results(False, seed=5, num_steps=7)
    assert untaught == [(2, False, False, 5, 7)]
    assert found["zero"] == [5] * 4
    assert found["mean"] == [6] * 4
    for kind in REPLACEMENTS:
        assert found[kind] == [[kind, 0, 5], [kind, 1, 5]]
    for keys in NUM_KEYS:
        assert found[f"moved: {keys} keys"] == pytest.approx(
            [keys - 1 + 0.123] * 4, abs=1e-5
        )
    model, lines = made(2, False, False, 5), unseen_lines(100, 5, False)
    seen_in = look_inside(model, lines.tokens)
    assert found["right"] == share_known(seen_in.logits, lines)
    for name, expected in (
        ("same favourite", same_favourite(seen_in, lines.known)),
        ("moved share", moved_share(seen_in, lines.known)),
        ("lengths", length_of_the_first(seen_in)),
    ):
        assert found[name] == expected.flatten().tolist()


def test_every_row_of_both_experiments_can_be_run(untaught, monkeypatch):
    monkeypatch.setattr(
        induction_runs,
        "unseen_lines",
        lambda num_lines, *given: unseen_lines(5, *given),
    )
    monkeypatch.setattr(induction_runs, "induction_rate", lambda *given: 0.5)
    for each in EXPERIMENTS["induction"].settings[::3]:
        assert len(induction_results(**each)["losses"]) == (
            each["num_steps"] / EVERY
        )
    for name in ("right_without_pairs", "how_far_weights_move"):
        monkeypatch.setattr(
            induction_runs, name, lambda *given: torch.zeros(2, 2)
        )
    for each in EXPERIMENTS["inside"].settings[::3]:
        assert len(inside_results(**each)["uniform"]) == 2


# -- over seeds ------------------------------------------------------------------


def column(name, start=True):
    """Return a stored result of all seeds."""
    return STORED.column(name, start=start, num_steps=500)


@pytest.mark.parametrize("removal", REMOVALS)
def test_nobody_is_missed_like_the_heads_that_look_back(removal):
    for found in column(removal):
        table = torch.tensor(found).view(8, 8)
        single = table.diag()
        assert table[0, 1] == table[1, 0]
        # One head of the second layer stands in for another.
        assert single[4:].min() > 0.98
        assert table[4:, 4:].min() > 0.93
        # Of the first layer, one or two are what all rests on.
        assert single[:4].min() < 0.75
        assert table[:4, :4].min() < 0.25


def test_by_zero_or_by_the_mean_is_nearly_the_same_here():
    for start in (True, False):
        for zero, mean in zip(
            column("zero", start), column("mean", start), strict=True
        ):
            apart = torch.tensor(zero) - torch.tensor(mean)
            assert apart.abs().max() < 0.03


def test_the_first_layer_may_look_as_in_another_line_and_the_second_not():
    for start in (True, False):
        for first, second in column("of another line", start):
            assert first > 0.9
            assert second < 0.2
        for kind in ("uniform", "permuted"):
            for either in column(kind, start):
                assert max(either) < 0.3


def test_weights_of_the_first_layer_can_move_and_those_of_the_second_hardly():
    for start in (True, False):
        for keys in NUM_KEYS:
            for moved in column(f"moved: {keys} keys", start):
                assert max(moved[4:]) < (0.1 if keys > 17 else 0.002)
        for moved in column("moved: 28 keys", start):
            assert max(moved[:4]) > 0.98


def test_weights_and_what_they_move_mostly_agree_on_the_favourite():
    for start in (True, False):
        for same in column("same favourite", start):
            assert 0.85 < min(same[4:]) <= max(same[4:]) < 0.98


def test_the_value_of_a_start_is_short_in_the_second_layer():
    for lengths in column("lengths"):
        assert max(lengths[4:]) < 0.25
    for lengths in column("lengths", start=False):
        assert min(lengths[4:]) > 0.6


# -- errors ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: right_without(made(), unseen_lines(2), [(2, 0)]),
            r"layer must be at most 1 \(the last\), but is 2",
        ),
        (
            lambda: right_without(made(), unseen_lines(2), [(-1, 0)]),
            "layer must be at least 0, but is -1",
        ),
        (
            lambda: right_without(made(), unseen_lines(2), [(0, 0), (1, 4)]),
            r"head must be at most 3 \(the last\), but is 4",
        ),
        (
            lambda: right_without_pairs(made(), "median"),
            "removal must be one of zero, mean, but is 'median'",
        ),
        (
            lambda: replaced("shuffled", some_weights(2, 3)),
            "kind must be one of uniform, permuted, of another line, but is "
            "'shuffled'",
        ),
        (
            lambda: right_replaced(made(), "uniform", 2),
            r"layer must be at most 1 \(the last\), but is 2",
        ),
        (
            lambda: how_far_weights_move(
                look_inside(made(), unseen_lines(3).tokens), num_lines=4
            ),
            r"num_lines must be at most 3 \(lines read\), but is 4",
        ),
        (
            lambda: same_answer(torch.tensor([0.5, 0.6, -0.1]), torch.eye(3)),
            "no weights found",
        ),
    ],
)
def test_a_bad_argument_is_named(call, said, without_the_shape_hook):
    with pytest.raises((ValueError, RuntimeError), match=said):
        call()
