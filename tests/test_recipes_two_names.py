"""Chapter 04's two names: what one head cannot return, by argument and by training."""

import math

import pytest
import torch
from modules import filled
from torch.testing import assert_close

from attn_utils.data import runs, two_name_recall
from attn_utils.recipes.two_names import (
    TwoNames,
    accuracy,
    all_four,
    hits,
    looks,
    name_twice,
    teach_two_names,
    two_names_loss,
    two_names_results,
    without_each_head,
)

pytestmark = pytest.mark.long

STORED = runs.load("two_names")


def questions(num_examples=7, num_items=5, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return two_name_recall(num_examples, num_items, generator=generator)


def blank(num_heads, hidden_dim=None):
    """Return a model of one layer whose parameters are all 0."""
    model = TwoNames(num_heads, hidden_dim=hidden_dim)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    return model


@torch.no_grad()
def two_by_hand():
    """Return two heads that are set, not taught: one finds a, the other b."""
    model = blank(2)
    (layer,), out = model.layers, model.read_out.weight
    layer.query_map.weight.copy_(200 * torch.eye(32))
    layer.key_map.weight.copy_(torch.eye(16).repeat(2, 1))
    for head in (0, 1):
        layer.value_map.weight[16 * head : 16 * head + 8] = torch.eye(8)
        out[8 * head : 8 * head + 8, 16 * head : 16 * head + 8] = torch.eye(8)
    return model


@torch.no_grad()
def one_by_hand(hidden_dim=None):
    """Return one head that weighs a about twice as much as b, and reads both."""
    model = blank(1, hidden_dim)
    layer = model.layers[0]
    root = 32**0.5
    for run, slope in ((0, 200 + math.log(2)), (16, 200)):
        layer.query_map.weight[:16, run : run + 16] = (
            root * slope * torch.eye(16)
        )
    layer.key_map.weight[:16] = torch.eye(16)
    layer.value_map.weight[:8] = torch.eye(8)
    return model


# -- the model -------------------------------------------------------------------


def test_the_parameters_are_as_many_whatever_the_heads():
    for num_heads in (1, 2, 4, 8):
        assert sum(p.numel() for p in TwoNames(num_heads).parameters()) == 2416
    for row in STORED.rows:
        hidden, layers = row.settings["hidden_dim"], row.settings["num_layers"]
        read_out = (
            33 * 16 if hidden is None else 33 * hidden + (hidden + 1) * 16
        )
        assert row.results["parameters"] == 1888 * layers + read_out


@pytest.mark.parametrize("num_layers", [1, 3])
@pytest.mark.parametrize("hidden_dim", [None, 13])
def test_there_are_two_answers_and_weights_for_every_head(
    num_layers, hidden_dim
):
    torch.manual_seed(0)
    model = TwoNames(2, num_layers, hidden_dim)
    logits, weights = model(*questions()[:3])
    assert logits.shape == (7, 2, 8)
    assert weights.shape == (7, 2 * num_layers, 5)
    assert_close(weights.sum(-1), torch.ones(7, 2 * num_layers))


def test_two_heads_set_by_hand_return_both_values():
    model, asked = two_by_hand(), questions(499, 12)
    assert accuracy(model, asked) == (1, 1, 1)
    assert all_four(model, asked) == 1
    assert_close(looks(model, asked), torch.eye(2), atol=1e-3, rtol=0)


def test_the_second_layer_asks_with_what_the_first_has_read():
    model = filled(TwoNames(2, 2), 3)
    query, key, value, *_ = questions()
    first, second = model.layers
    read, _ = first(query, key, value)
    again, _ = second(query + read, key, value)
    logits, _ = model(query, key, value)
    assert_close(logits.flatten(1), model.read_out((read + again).squeeze(1)))
    bare, _ = second(query, key, value)
    logits, _ = model(query, key, value, linked=False)
    assert_close(logits.flatten(1), model.read_out((read + bare).squeeze(1)))
    assert not torch.allclose(bare, again)


def test_a_read_out_with_hidden_units_is_not_linear_and_the_other_is():
    read = torch.randn(7, 32, generator=torch.Generator().manual_seed(1))
    for hidden_dim, linear in ((None, True), (13, False)):
        torch.manual_seed(0)
        out = TwoNames(1, hidden_dim=hidden_dim).read_out
        means = (out(read) + out(-read)) / 2
        assert torch.allclose(means, out(0 * read), atol=1e-5) == linear


def test_a_head_is_switched_off_in_its_own_layer():
    model = filled(TwoNames(2, 2), 3)
    asked = questions()
    before, _ = model(*asked[:3])
    model.switch_heads(torch.tensor([True, True, True, False]))
    first, second = (layer.active_heads.tolist() for layer in model.layers)
    assert (first, second) == ([True, True], [True, False])
    changed, _ = model(*asked[:3])
    assert not torch.allclose(changed, before)
    model.switch_heads(None)
    assert_close(model(*asked[:3])[0], before)


def test_without_one_of_two_heads_its_answer_alone_is_a_guess():
    model = two_by_hand()
    left = without_each_head(model, questions(1999, 12))
    for off in (0, 1):
        assert left[off][1 + off] == pytest.approx(1 / 8, abs=0.03)
        assert left[off][2 - off] == 1
    assert accuracy(model, questions()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("error", "call", "said"),
    [
        (ValueError, lambda: TwoNames(3), "num_heads"),
        (ValueError, lambda: TwoNames(0), "num_heads must be at least 1"),
        (ValueError, lambda: TwoNames(1, 0), "num_layers must be at least 1"),
        (ValueError, lambda: TwoNames(1, 1, 0), "hidden_dim must be at least"),
        (
            ValueError,
            lambda: TwoNames(2, 2).switch_heads(torch.ones(2) > 0),
            r"active must have the shape .*\(4,\), but has \(2,\)",
        ),
    ],
)
def test_what_does_not_fit_is_refused(error, call, said):
    with pytest.raises(error, match=said):
        call()


# -- how it is judged ------------------------------------------------------------


def test_the_loss_is_the_mean_over_both_answers():
    model, (*rest, label, place) = two_by_hand(), questions()
    with torch.no_grad():
        model.read_out.weight *= 20
    good = two_names_loss(model, (*rest, label, place))
    one_wrong = torch.stack([label[:, 0], (label[:, 1] + 1) % 8], -1)
    bad = two_names_loss(model, (*rest, one_wrong, place))
    assert good < 1e-3
    assert bad.item() == pytest.approx(10, abs=0.1)


def test_a_second_guess_counts_the_second_largest_logit():
    model, (query, key, value, label, place) = two_by_hand(), questions(499)
    # The second logit in line is the class after the largest.
    with torch.no_grad():
        model.read_out.weight[:8, :8] += 0.5 * torch.eye(8).roll(1, 0)
    asked = query, key, value, torch.stack([(label[:, 0] + 1) % 8] * 2, -1)
    asked = *asked, place
    assert not hits(model, asked)[:, 0].any()
    assert hits(model, asked, num_guesses=2)[:, 0].all()
    assert accuracy(model, asked)[0] == 0


def test_a_name_given_twice_asks_for_a_and_again_for_a():
    query, key, value, label, place = questions()
    twice, same_key, same_value, labels, places = name_twice(
        (query, key, value, label, place)
    )
    assert torch.equal(twice[..., :16], query[..., :16])
    assert torch.equal(twice[..., 16:], query[..., :16])
    assert torch.equal(labels, torch.stack([label[:, 0]] * 2, -1))
    assert torch.equal(places, torch.stack([place[:, 0]] * 2, -1))
    assert same_key is key
    assert same_value is value
    assert accuracy(two_by_hand(), name_twice(questions(499))) == (1, 1, 1)


@pytest.mark.parametrize("size", [1.0, 30.0])
def test_one_head_and_a_linear_read_out_never_answer_all_four_cases(size):
    # Parameters of any size: heads that point sharply too.
    asked = questions(499)
    for seed in range(23):
        model = filled(TwoNames(1), seed)
        with torch.no_grad():
            model.layers[0].query_map.weight *= size
        assert all_four(model, asked) == 0


def test_one_head_can_if_its_read_out_has_hidden_units():
    # What is read is about 2/3 of a's class and 1/3 of b's. A bent line that is
    # highest at 1/3 and at 1, three hidden units for each class, tells b.
    model = one_by_hand(24)
    into, _, out = model.read_out
    with torch.no_grad():
        into.weight[:, :8] = torch.eye(8).repeat(3, 1)
        into.bias.copy_(torch.tensor([0, -1 / 3, -2 / 3]).repeat_interleave(8))
        out.weight[:8, :8] = torch.eye(8)
        slopes = torch.tensor([3.0, -4.5, 3.0]).repeat_interleave(8)
        out.weight[8:] = torch.eye(8).repeat(1, 3) * slopes
    asked = questions(1999, 12)
    assert accuracy(model, asked)[0] > 0.95
    assert all_four(model, asked) > 0.95


def test_a_linear_read_out_that_prefers_later_classes_gets_36_of_64():
    # 1/8 is where training ends, and no bound. The later of the two classes
    # wins here, whichever item holds it; b holds it in 36 of 64 cases.
    model = one_by_hand()
    with torch.no_grad():
        model.read_out.weight[:8, :8] = torch.eye(8)
        model.read_out.weight[8:, :8] = (10.0 ** torch.arange(8)).diag()
    asked = questions(3999, 12)
    both, first, _ = accuracy(model, asked)
    assert first > 0.97
    assert both == pytest.approx(36 / 64, abs=0.03)
    assert all_four(model, asked) == 0


# -- teaching --------------------------------------------------------------------


def test_what_has_not_learned_gets_as_much_as_a_guess():
    taught = teach_two_names(2, seed=3, num_steps=1)
    assert taught.first == pytest.approx(1 / 8, abs=0.05)
    assert taught.both < 0.06
    assert not taught.model.training


def test_two_heads_learn_soon_what_one_does_not():
    two = teach_two_names(2, seed=3, num_steps=307)
    one = teach_two_names(1, seed=3, num_steps=307)
    assert len(two.losses) == 307
    assert two.both > 0.95
    assert one.both < 0.3
    assert 0.5 * (one.first + one.second) == pytest.approx(0.56, abs=0.08)


def test_the_seed_decides_everything():
    def losses(seed, **choices):
        return teach_two_names(2, seed, num_steps=2, **choices).losses

    assert losses(1) == losses(1)
    assert losses(1) != losses(2)
    assert losses(1) != losses(1, num_layers=2)
    assert losses(1) != losses(1, hidden_dim=7)


def test_the_tests_are_none_of_the_lessons_and_some_have_more_items(
    monkeypatch,
):
    drawn = []

    def listening(*sizes, **named):
        drawn.append(two_name_recall(*sizes, **named))
        return drawn[-1]

    monkeypatch.setattr(
        "attn_utils.recipes.two_names.two_name_recall", listening
    )
    got = two_names_results(1, 1, None, 1, seed=1)
    lesson, taught, tests, many = drawn
    assert len(lesson[0]) == 128 < len(tests[0])
    assert not torch.equal(lesson[0], tests[0][:128])
    assert torch.equal(taught[0], tests[0])
    assert tests[1].shape[1] == 12
    assert many[1].shape[1] == 48
    assert got["both"] <= min(got["first"], got["second"])


def test_results_have_a_number_for_every_head():
    got = two_names_results(2, 2, 7, 1, seed=1)
    for name in ("weight on first", "weight on second"):
        assert len(got[name]) == 4
    assert len(got["first without"]) == len(got["second without"]) == 4
    taught = teach_two_names(2, 1, 2, 7, num_steps=1)
    generator = torch.Generator().manual_seed(1001)
    asked = two_name_recall(4000, generator=generator)
    assert got["both"] == taught.both == accuracy(taught.model, asked)[0]
    on_first, on_second = looks(taught.model, asked).T
    assert_close(torch.tensor(got["weight on first"]), on_first)
    assert_close(torch.tensor(got["weight on second"]), on_second)
    bare = accuracy(taught.model, asked, linked=False)
    assert got["both: not linked"] == bare[0]
    left = without_each_head(taught.model, asked)
    assert got["second without"] == [second for _, _, second in left]


# -- what is stored --------------------------------------------------------------


def column(name, num_heads=1, num_layers=1, hidden_dim=None, num_steps=800):
    return STORED.column(
        name,
        num_heads=num_heads,
        num_layers=num_layers,
        hidden_dim=hidden_dim,
        num_steps=num_steps,
    )


def test_one_head_returns_both_no_more_often_than_a_guess_and_two_always_do():
    assert len(column("both")) == len(column("both", 2)) == 5
    assert max(column("both")) < 0.25
    assert min(column("both", 2)) > 0.99
    assert max(column("both", num_steps=3000)) < 0.25
    assert set(column("parameters") + column("parameters", 8)) == {2416}


def test_one_head_knows_what_the_two_hold_and_not_who_holds_which():
    assert min(column("both: two guesses")) > 0.95
    assert set(column("all four")) == {0}
    assert min(column("all four", 2)) > 0.99
    # Where both are one there is nothing to be told apart.
    assert min(column("both: one name twice")) > 0.99


def test_each_of_two_heads_looks_at_one_name_and_carries_one_answer():
    for seed, places in enumerate(column("weight on first", 2)):
        (first,) = STORED.column(
            "first without",
            num_heads=2,
            num_layers=1,
            hidden_dim=None,
            seed=seed,
        )
        (second,) = STORED.column(
            "second without",
            num_heads=2,
            num_layers=1,
            hidden_dim=None,
            seed=seed,
        )
        of_first = places.index(max(places))
        assert max(places) > 0.8
        assert min(places) < 0.05
        assert first[of_first] == pytest.approx(1 / 8, abs=0.02)
        assert second[1 - of_first] == pytest.approx(1 / 8, abs=0.02)
        assert min(first[1 - of_first], second[of_first]) > 0.99


def test_two_layers_of_one_head_are_two_heads_and_need_not_be_linked():
    assert min(column("both", 1, 2)) > 0.99
    assert min(column("both: not linked", 1, 2)) > 0.99
    assert set(column("parameters", 1, 2)) == {2416 + 1888}


def test_hidden_units_lift_one_head_and_leave_it_behind_two():
    for hidden, num_steps, least in (
        (64, 800, 0.9),
        (64, 3000, 0.92),
        (256, 3000, 0.92),
    ):
        lifted = column("both", 1, 1, hidden, num_steps)
        assert least < min(lifted) <= max(lifted) < 0.99
        # It weighs one of the two twice as much as the other.
        pairs = zip(
            column("weight on first", 1, 1, hidden, num_steps),
            column("weight on second", 1, 1, hidden, num_steps),
            strict=True,
        )
        for (first,), (second,) in pairs:
            assert 1.8 < max(first, second) / min(first, second) < 3


def test_narrow_heads_lose_among_many_items():
    for few, many in ((2, 4), (4, 8)):
        assert min(column("both: 48 items", few)) > max(
            column("both: 48 items", many)
        )
    assert min(column("both: 48 items", 2)) > 0.99
    assert max(column("both: 48 items", 8)) < 0.75
    assert 0.9 < min(column("both", 8)) < max(column("both", 8)) < 0.98


def test_a_head_that_has_a_double_is_missed_little():
    for name in ("first without", "second without"):
        for left in column(name, 4):
            assert min(left) > 0.7
