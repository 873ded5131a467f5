"""Chapter 07's readers of order: one model, told in six ways where tokens stand."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.testing import assert_close

from attn_utils import (
    DistancePenaltyScore,
    LearnedPositions,
    RelativeScore,
    rotate,
    sinusoidal_positions,
)
from attn_utils.data import IGNORED, previous_tokens, reversal
from attn_utils.recipes import order
from attn_utils.recipes.experiments import EXPERIMENTS
from attn_utils.recipes.order import (
    LENGTHS,
    MOST_TOKENS,
    NUM_SYMBOLS,
    NUM_TESTS,
    SCHEMES,
    TASKS,
    TAUGHT,
    OrderModel,
    order_loss,
    order_rate,
    order_results,
    teach_order,
)

pytestmark = pytest.mark.long

each_scheme = pytest.mark.parametrize("scheme", SCHEMES)
either_way = pytest.mark.parametrize(
    "causal", [False, True], ids=["both ways", "causal"]
)
ADDED = {"sinusoidal", "learned"}


def made(scheme, causal=False, seed=0):
    torch.manual_seed(seed)
    return OrderModel(scheme, causal).eval()


def lines(num_lines=5, num_tokens=7, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(
        NUM_SYMBOLS, (num_lines, num_tokens), generator=generator
    )


def around(model):
    """Return the parameters of all that is not told where tokens stand."""
    return {
        name: x
        for name, x in model.state_dict().items()
        if not name.startswith("positions.") and ".score." not in name
    }


class Says(nn.Module):
    """Say at each place what a function of the line says."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, tokens):
        return 9.0 * F.one_hot(self.answer(tokens), NUM_SYMBOLS)


# -- nothing but the scheme differs ----------------------------------------------


@each_scheme
def test_all_models_are_alike_but_for_how_they_are_told(scheme):
    first, model = made("none"), made(scheme)
    shapes = {name: x.shape for name, x in around(first).items()}
    assert {name: x.shape for name, x in around(model).items()} == shapes
    # One seed gives all the same symbols, as these are drawn first.
    assert torch.equal(model.embedding.weight, first.embedding.weight)
    told = {*model.state_dict()} - {*around(model)}
    assert bool(told) == (scheme in ("learned", "relative"))


@each_scheme
def test_what_is_added_is_added_before_the_first_layer(scheme):
    model, tokens = made(scheme), lines()
    added = {
        "sinusoidal": lambda: sinusoidal_positions(7, 24),
        "learned": lambda: model.positions(7),
    }.get(scheme, lambda: torch.zeros(7, 24))
    expected = model.embedding(tokens) + added()
    assert_close(model.enter(tokens), expected)
    heard = []
    model.layers[0].register_forward_pre_hook(
        lambda _, given: heard.append(given[0])
    )
    model(tokens)
    assert_close(heard[0], expected)


@each_scheme
def test_every_layer_turns_and_compares_as_the_scheme_says(scheme):
    model = made(scheme)
    heads = [layer.attention for layer in model.layers]
    assert len(heads) == 2
    for each in heads:
        assert each.rotate is (rotate if scheme == "rotary" else None)
        assert isinstance(each.score, RelativeScore) == (scheme == "relative")
        assert isinstance(each.score, DistancePenaltyScore) == (
            scheme == "penalty"
        )
    if scheme == "relative":
        # Each layer has a table of its own, from four before to four after.
        first, second = (each.score.table.weight for each in heads)
        assert first.shape == (9, 6)
        assert first is not second
        assert not torch.equal(first, second)


@either_way
@each_scheme
def test_maps_are_weights_and_the_logits_are_those_without_them(scheme, causal):
    model, tokens = made(scheme, causal), lines()
    logits, maps = model(tokens, need_weights=True)
    assert torch.equal(model(tokens), logits)
    assert logits.shape == (5, 7, NUM_SYMBOLS)
    assert maps.shape == (2, 5, 4, 7, 7)
    assert_close(maps.sum(-1), torch.ones(2, 5, 4, 7))
    hidden = torch.ones(7, 7).triu(1).bool()
    assert bool(maps[..., hidden].any()) != causal
    assert (maps[..., ~hidden] > 0).all()


# -- what each can know ----------------------------------------------------------


@either_way
@each_scheme
def test_a_shuffled_line_gives_shuffled_logits_to_a_bag_of_words_alone(
    scheme, causal
):
    model, tokens = made(scheme, causal), lines()
    shuffled = torch.tensor([2, 0, 4, 6, 5, 1, 3])
    moved, kept = model(tokens[:, shuffled]), model(tokens)[:, shuffled]
    is_a_bag = scheme == "none" and not causal
    assert torch.allclose(moved, kept, atol=1e-5) == is_a_bag
    assert is_a_bag or (moved - kept).abs().max() > 1e-2


@each_scheme
def test_a_line_read_backwards_is_the_same_to_a_penalty(scheme):
    model, tokens = made(scheme), lines()
    moved, kept = model(tokens.flip(1)), model(tokens).flip(1)
    same = scheme in ("none", "penalty")
    assert torch.allclose(moved, kept, atol=1e-5) == same


@each_scheme
def test_where_all_symbols_are_alike_only_what_was_added_tells_places(scheme):
    model = made(scheme)
    logits = model(torch.full((1, 7), 3))
    same = torch.allclose(logits, logits[:, :1].expand_as(logits), atol=1e-5)
    assert same == (scheme not in ADDED)


@each_scheme
def test_under_a_causal_mask_no_symbol_changes_what_came_before(scheme):
    both, causal = made(scheme), made(scheme, causal=True)
    tokens, place = lines(), 4
    changed = tokens.clone()
    changed[:, place] = (changed[:, place] + 5) % NUM_SYMBOLS
    before, after = causal(tokens), causal(changed)
    assert torch.equal(before[:, :place], after[:, :place])
    assert not torch.allclose(before[:, place:], after[:, place:])
    assert not torch.allclose(both(tokens)[:, :place], both(changed)[:, :place])


@each_scheme
def test_only_learned_vectors_end(scheme):
    model = made(scheme)
    assert model(lines(1, MOST_TOKENS)).shape == (1, 60, NUM_SYMBOLS)
    if scheme != "learned":
        assert model(lines(1, 61)).shape == (1, 61, NUM_SYMBOLS)
        return
    assert isinstance(model.positions, LearnedPositions)
    with pytest.raises(ValueError, match="within the 60 positions"):
        model(lines(1, 61))


# -- lessons and tests -----------------------------------------------------------


def test_the_loss_is_the_mean_over_the_places_that_are_asked():
    tokens, targets = previous_tokens(3, 5, NUM_SYMBOLS)
    assert (targets == IGNORED).sum() == 3
    model = Says(lambda tokens: tokens.roll(1, dims=-1))
    right = order_loss(model, (tokens, targets))
    # One of twelve has 9, the others 0.
    assert_close(right, (11 * torch.tensor(-9.0).exp()).log1p())
    wrong = targets.clone()
    wrong[0, 1] = (targets[0, 1] + 1) % NUM_SYMBOLS
    assert_close(
        order_loss(model, (tokens, wrong)) - right, torch.tensor(9 / 12)
    )


def test_all_schemes_are_taught_the_same_lines(monkeypatch):
    heard = []

    def noted(*arguments):
        heard.append(previous_tokens(*arguments))
        return heard[-1]

    monkeypatch.setitem(TASKS, "previous", noted)
    for seed, scheme in (
        (3, "none"),
        (3, "learned"),
        (3, "relative"),
        (4, "none"),
    ):
        teach_order(scheme, False, seed, num_steps=2, batch_size=5)
    batches = [tokens for tokens, _ in heard]
    assert all(x.shape == (5, TAUGHT) for x in batches)
    for place in (2, 4):
        assert torch.equal(batches[place], batches[0])
        assert torch.equal(batches[place + 1], batches[1])
    assert not torch.equal(batches[0], batches[1])
    assert not torch.equal(batches[6], batches[0])
    assert TAUGHT == 12


@either_way
def test_a_model_is_taught_as_it_was_asked_for(causal):
    taught = teach_order("penalty", causal, 5, num_steps=3, batch_size=7)
    assert len(taught.losses) == 3
    assert (taught.model.scheme, taught.model.causal) == ("penalty", causal)
    assert not taught.model.training
    again = teach_order("penalty", causal, 5, num_steps=3, batch_size=7)
    assert again.losses == taught.losses
    other = teach_order("penalty", causal, 6, num_steps=3, batch_size=7)
    assert other.losses != taught.losses
    # Chance is a loss of ln 12, about 2.5.
    assert 1.5 < taught.losses[0] < 4


def test_a_task_decides_what_is_asked():
    previous, reverse = (
        teach_order("none", False, 5, task, num_steps=1).losses
        for task in ("previous", "reverse")
    )
    assert previous != reverse
    known = Says(lambda tokens: tokens.flip(-1))
    assert order_rate(known, 11, 0, "reverse") == 1
    assert order_rate(known, 11, 0, "previous") < 0.2
    known = Says(lambda tokens: tokens.roll(1, dims=-1))
    assert order_rate(known, 11, 0) == 1


def test_the_rate_is_the_share_of_places_that_are_asked(monkeypatch):
    # Right at every second place; the first is asked nothing.
    half = Says(
        lambda tokens: torch.where(
            torch.arange(tokens.shape[-1]) % 2 == 1, tokens.roll(1, dims=-1), 0
        )
    )
    # Of places 1 to 4, places 1 and 3; of the others each twelfth by luck.
    rate = order_rate(half, 5, 0)
    assert 0.5 < rate < 0.6
    heard = []

    def noted(*arguments):
        heard.append(reversal(*arguments))
        return heard[-1]

    monkeypatch.setitem(TASKS, "reverse", noted)
    for seed in (0, 1, 0):
        order_rate(half, 5, seed, "reverse")
    first, second, third = (tokens for tokens, _ in heard)
    assert first.shape == (NUM_TESTS, 5)
    assert torch.equal(first, third)
    assert not torch.equal(first, second)


def test_no_line_of_a_test_is_one_of_the_lessons(monkeypatch):
    lessons, tests = [], []
    monkeypatch.setitem(
        TASKS,
        "previous",
        lambda *given: lessons.append(previous_tokens(*given)) or lessons[-1],
    )
    model = teach_order("none", False, 0, num_steps=3).model
    monkeypatch.setitem(
        TASKS,
        "previous",
        lambda *given: tests.append(previous_tokens(*given)) or tests[-1],
    )
    order_rate(model, TAUGHT, 0)
    seen = {tuple(line) for tokens, _ in lessons for line in tokens.tolist()}
    assert not seen & {tuple(line) for line in tests[0][0].tolist()}


def test_results_are_rates_at_every_length(monkeypatch):
    asked = []

    def rate(model, num_tokens, seed, task):
        asked.append((model.scheme, model.causal, num_tokens, seed, task))
        return num_tokens / 100

    monkeypatch.setattr(order, "order_rate", rate)
    found = order_results("sinusoidal", True, 3, "reverse", num_steps=1)
    assert found == {"right": [0.12, 0.16, 0.24, 0.48, 0.6]}
    assert asked == [
        ("sinusoidal", True, length, 3, "reverse") for length in LENGTHS
    ]


def test_few_lessons_teach_what_stood_before_to_who_is_told_offsets():
    told, untold = (
        order_rate(teach_order(scheme, False, 0, num_steps=100).model, 12, 0)
        for scheme in ("relative", "none")
    )
    assert told > 0.8
    assert untold < 0.3


def test_every_row_of_the_experiment_can_be_run(monkeypatch):
    monkeypatch.setattr(
        order, "teach_order", lambda *given: (made(*given[:2]), [])
    )
    monkeypatch.setattr(order, "NUM_TESTS", 2)
    settings = EXPERIMENTS["order"].settings
    for each in settings[:: len(settings) // 9]:
        assert len(order_results(**each)["right"]) == len(LENGTHS)
    assert {each["scheme"] for each in settings} == {*SCHEMES}


# -- errors ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "call", "said"),
    [
        (
            ValueError,
            lambda: OrderModel("Rotary"),
            "scheme must be one of none, .* penalty, but is 'Rotary'",
        ),
        (
            ValueError,
            lambda: teach_order("ALiBi", False, 0),
            "scheme must be one of none",
        ),
        (
            ValueError,
            lambda: teach_order("none", False, 0, "backwards"),
            "task must be one of previous, reverse, but is 'backwards'",
        ),
        (
            ValueError,
            lambda: order_rate(made("none"), 12, 0, "next"),
            "task must be one of previous, reverse, but is 'next'",
        ),
        (
            ValueError,
            lambda: teach_order("none", False, 0, num_steps=0),
            "num_steps must be at least 1, but is 0",
        ),
        (
            ValueError,
            lambda: teach_order("none", False, 0, batch_size=0),
            "num_examples must be at least 1, but is 0",
        ),
        (
            TypeError,
            lambda: order_rate(made("none"), 12.0, 0),
            "num_tokens must be an int, but is 12.0",
        ),
    ],
)
def test_a_bad_argument_is_named(error, call, said, without_the_shape_hook):
    with pytest.raises(error, match=said):
        call()
