"""Chapter 06's race: the same network but for what mixes its tokens."""

import copy
import math

import pytest
import torch
import torch.nn.functional as F
from tensors import normal
from torch import nn
from torch.testing import assert_close

from attn_utils import sinusoidal_positions
from attn_utils.data import first_symbol_recall, needle_recall, runs
from attn_utils.recipes import reach
from attn_utils.recipes.reach import (
    MIXERS,
    NUM_KEYS,
    NUM_SYMBOLS,
    Attention,
    Convolution,
    FullyConnected,
    RecallNetwork,
    Recurrent,
    first_gradient,
    gradient_to_first,
    growing_results,
    needle_results,
    reach_results,
    recall_loss,
    recall_rate,
    teach_recall,
)
from attn_utils.recipes.taught import TaughtModel

pytestmark = pytest.mark.long

each_mixer = pytest.mark.parametrize("mixer", MIXERS)


def made(mixer, num_tokens=7, seed=0):
    torch.manual_seed(seed)
    return RecallNetwork(mixer, num_tokens)


def around(network):
    """Return the parameters of all but the mixer."""
    return {
        name: tensor
        for name, tensor in network.state_dict().items()
        if not name.startswith("mixer.")
    }


def strings(num_examples=5, num_tokens=7, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(
        NUM_SYMBOLS, (num_examples, num_tokens), generator=generator
    )


class Silent(nn.Module):
    """Tell no token anything."""

    def forward(self, inputs):
        return torch.zeros_like(inputs)


class Carries(nn.Module):
    """Carry what stands at one place to another, `factor` times as large."""

    def __init__(self, origin, target=-1, factor=1.0):
        super().__init__()
        self.origin, self.target, self.factor = origin, target, factor

    def forward(self, inputs):
        outputs = torch.zeros_like(inputs)
        outputs[:, self.target] = self.factor * inputs[:, self.origin]
        return outputs


class Knows(RecallNetwork):
    """Name the key if it stands at most `reach` places back, else another."""

    def __init__(self, reach):
        super().__init__("convolution", 2)
        self.reach = reach

    def forward(self, tokens):
        place = (tokens < NUM_KEYS).int().argmax(-1)
        key = tokens.gather(-1, place.unsqueeze(-1)).squeeze(-1)
        back = tokens.shape[-1] - 1 - place
        said = torch.where(back <= self.reach, key, (key + 1) % NUM_KEYS)
        return F.one_hot(said, NUM_KEYS).float()


# -- nothing but the mixer differs -----------------------------------------------


@each_mixer
def test_all_networks_are_alike_but_for_their_mixer(mixer):
    first, network = made("attention"), made(mixer)
    shapes = {name: x.shape for name, x in around(first).items()}
    assert {name: x.shape for name, x in around(network).items()} == shapes
    # One seed gives all the same embedding, as it is drawn first.
    assert torch.equal(network.embedding.weight, first.embedding.weight)
    network.load_state_dict(around(first), strict=False)
    for mixing in (Silent(), Carries(0, factor=3.0)):
        first.mixer = network.mixer = mixing
        assert torch.equal(network(strings()), first(strings()))


@each_mixer
def test_a_mixer_takes_normed_tokens_and_the_read_out_a_normed_sum(mixer):
    network, heard = made(mixer), []
    with torch.no_grad():
        network.embedding.weight.mul_(5).add_(2)
    for part in (network.mixer, network.read_out):
        part.register_forward_pre_hook(lambda _, given: heard.extend(given))
    network(strings())
    assert [x.shape for x in heard] == [(5, 7, 32), (5, 32)]
    for x in heard:
        assert_close(x.mean(-1), torch.zeros(x.shape[:-1]), atol=1e-5, rtol=0)
        variance = x.var(-1, correction=0)
        assert_close(variance, torch.ones(x.shape[:-1]), atol=1e-3, rtol=0)


@each_mixer
def test_without_its_mixer_a_network_knows_the_last_symbol_alone(mixer):
    network, tokens = made(mixer), strings(num_examples=2)
    network.mixer = Silent()
    tokens[1, -1] = tokens[0, -1]
    same, one = network(tokens)
    assert torch.equal(same, one)
    tokens[1, -1] = (tokens[0, -1] + 1) % NUM_SYMBOLS
    same, other = network(tokens)
    assert (same - other).abs().max() > 1e-2


@each_mixer
def test_a_mixer_hands_on_what_the_first_symbol_was_if_it_reaches_so_far(mixer):
    network, tokens = made(mixer).double(), strings(num_examples=2)
    tokens[1] = tokens[0]
    tokens[1, 0] = (tokens[0, 0] + 1) % NUM_SYMBOLS
    one, other = network(tokens)
    assert bool((one - other).any()) == (mixer != "convolution")


# -- what mixes ------------------------------------------------------------------


@each_mixer
def test_a_mixer_keeps_the_shape_and_no_string_hears_of_another(mixer):
    mixing, inputs = made(mixer).mixer, normal(5, 7, 32, seed=2)
    outputs = mixing(inputs)
    assert outputs.shape == inputs.shape
    for alone, expected in zip(inputs, outputs, strict=True):
        assert_close(mixing(alone.unsqueeze(0))[0], expected)


def felt(mixer, num_tokens, place):
    """Return the places that an output is moved by, counted from its own."""
    inputs = normal(1, num_tokens, 32, seed=3).requires_grad_()
    mixer(inputs)[:, place].sum().backward()
    moved = inputs.grad[0].abs().sum(-1).nonzero().flatten()
    return set((moved - place).tolist())


def test_an_attention_and_a_fully_connected_layer_hear_all():
    for mixer in (Attention(), FullyConnected(11)):
        for place in (0, 4, 10):
            assert felt(mixer, 11, place) == set(range(-place, 11 - place))


@pytest.mark.parametrize("kind", [nn.RNN, nn.GRU, nn.LSTM])
def test_a_recurrent_layer_hears_itself_and_what_was_before(kind):
    for place in (0, 4, 10):
        assert felt(Recurrent(kind), 11, place) == set(range(-place, 1))


@pytest.mark.parametrize(
    ("dilations", "reached"),
    [
        ((1, 1, 1), range(-3, 4)),
        ((1, 2), range(-3, 4)),
        ((2, 5), (-7, -5, -3, -2, 0, 2, 3, 5, 7)),
        ((3,), (-3, 0, 3)),
    ],
)
def test_a_convolution_hears_its_neighbours_at_its_dilations(
    dilations, reached
):
    assert felt(Convolution(dilations), 19, 9) == set(reached)


def test_a_convolution_adds_to_what_comes_in_and_never_takes_away():
    mixer, inputs = Convolution((1, 2)), normal(3, 7, 32, seed=5)
    assert (mixer(inputs) - inputs).min() >= -1e-6
    assert (mixer(inputs) - inputs).max() > 0.1
    with torch.no_grad():
        for layer in mixer.layers:
            layer.bias.fill_(-100)
    assert torch.equal(mixer(inputs), inputs)


def test_the_piles_that_race_reach_three_places_and_a_hundred_and_twenty_seven():
    for mixer, reached in (("convolution", 3), ("dilated", 127)):
        seen = felt(made(mixer).mixer, 269, 134)
        assert (min(seen), max(seen)) == (-reached, reached)
        assert len(seen) == 2 * reached + 1


def test_attention_is_told_the_places_and_takes_any_length():
    mixer = Attention()
    for num_tokens in (5, 11):
        inputs = normal(3, num_tokens, 32, seed=num_tokens)
        placed = inputs + sinusoidal_positions(num_tokens, 32)
        assert_close(mixer(inputs), mixer.attention(placed)[0])
        backwards = mixer(inputs.flip(1)).flip(1)
        assert (backwards - mixer(inputs)).abs().max() > 1e-2
    assert mixer.attention(inputs)[1].shape[1] == 4  # heads


def test_only_the_forget_bias_of_an_lstm_is_not_as_torch_draws_it():
    for kind, changed in ((nn.RNN, 0), (nn.GRU, 0), (nn.LSTM, 32)):
        torch.manual_seed(3)
        ours = Recurrent(kind).layer.state_dict()
        torch.manual_seed(3)
        theirs = kind(32, 32).state_dict()
        assert ours.keys() == theirs.keys()
        others = sum((ours[name] != theirs[name]).sum() for name in ours)
        assert others == changed


def test_an_lstm_begins_by_keeping_nearly_three_quarters_of_its_cell():
    layer, nothing = Recurrent(nn.LSTM).layer, torch.zeros(1, 1, 32)
    with torch.no_grad():
        full, empty = (
            layer(nothing, (nothing, cell))[1][1]
            for cell in (torch.ones(1, 1, 32), nothing)
        )
    kept = (full - empty).flatten()
    # sigmoid(1 + b), where torch draws b between -1/√32 and 1/√32.
    least, most = (1 / (1 + math.exp(-1 - b / 32**0.5)) for b in (-1, 1))
    assert least < kept.min() < kept.max() < most
    assert kept.mean() == pytest.approx(0.73, abs=0.02)


def test_a_fully_connected_layer_weighs_places_alike_for_all_features():
    layer = FullyConnected(7)
    inputs, order = normal(3, 7, 32, seed=4), torch.randperm(32)
    assert_close(layer(inputs[..., order]), layer(inputs)[..., order])
    assert sum(x.numel() for x in layer.parameters()) == 7 * 7 + 7
    with torch.no_grad():
        layer.across.weight.copy_(torch.eye(7).roll(2, 0))
        layer.across.bias.zero_()
    assert torch.equal(layer(inputs), inputs.roll(2, 1))


# -- teaching --------------------------------------------------------------------


def test_the_seed_decides_everything():
    def losses(seed, **choices):
        return teach_recall("GRU", 5, seed, num_steps=2, **choices).losses

    assert losses(1) == losses(1)
    assert losses(1) != losses(2)
    assert losses(1) != losses(1, anywhere=True)
    assert losses(1) != losses(1, batch_size=17)
    assert not teach_recall("GRU", 5, 1, num_steps=2).model.training


def listen(monkeypatch):
    """Return a list that gathers all strings that are drawn."""
    drawn = []

    def listening_to(draw):
        def call(*sizes, **named):
            drawn.append(draw(*sizes, **named))
            return copy.deepcopy(drawn[-1])

        return call

    for draw in (first_symbol_recall, needle_recall):
        monkeypatch.setattr(reach, draw.__name__, listening_to(draw))
    return drawn


@pytest.mark.parametrize("anywhere", [False, True])
def test_all_networks_are_taught_the_same_strings(anywhere, monkeypatch):
    drawn = listen(monkeypatch)
    for mixer in MIXERS:
        teach_recall(mixer, 5, 3, 2, anywhere=anywhere, batch_size=17)
    assert len(drawn) == 2 * len(MIXERS)
    draw = needle_recall if anywhere else first_symbol_recall
    fresh = torch.Generator().manual_seed(3)
    expected = [draw(17, 5, generator=fresh) for _ in range(2)]
    for batches in zip(drawn[::2], drawn[1::2], strict=True):
        for batch, same in zip(batches, expected, strict=True):
            assert all(map(torch.equal, batch, same))


def test_the_key_stands_first_unless_it_may_stand_anywhere(monkeypatch):
    drawn = listen(monkeypatch)
    for anywhere in (False, True):
        teach_recall("RNN", 7, 1, num_steps=3, anywhere=anywhere)
    places = []
    for tokens, label, *_ in drawn:
        assert tokens.shape == (64, 7)
        is_key = tokens < NUM_KEYS
        assert torch.equal(is_key.sum(-1), torch.ones(64, dtype=torch.long))
        assert torch.equal(tokens[is_key], label)
        places.append(is_key.int().argmax(-1))
    assert not torch.cat(places[:3]).any()
    counts = torch.cat(places[3:]).bincount()
    assert len(counts) == 6  # anywhere but at the question mark
    assert counts.min() > 192 / 6 / 2


@each_mixer
def test_teaching_lowers_the_loss_of_new_strings(mixer):
    fresh = torch.Generator().manual_seed(1)
    batch = first_symbol_recall(499, 3, generator=fresh)
    taught = [teach_recall(mixer, 3, 5, num_steps=steps) for steps in (1, 41)]
    assert [len(each.losses) for each in taught] == [1, 41]
    before, after = (recall_loss(each.model, batch).item() for each in taught)
    assert before > 3 * after


def test_the_loss_is_the_mean_over_strings_and_asks_for_no_place():
    network = made("GRU")
    tokens, label = strings(), torch.tensor([1, 0, 7, 3, 2])
    alone = [
        recall_loss(network, (tokens[n : n + 1], label[n : n + 1]))
        for n in range(5)
    ]
    loss = recall_loss(network, (tokens, label))
    assert_close(loss, sum(alone) / 5)
    assert torch.equal(recall_loss(network, (tokens, label, label)), loss)
    nn.init.zeros_(network.read_out.weight)
    nn.init.zeros_(network.read_out.bias)
    assert recall_loss(network, (tokens, label)).item() == pytest.approx(
        math.log(8)
    )


# -- how it is judged ------------------------------------------------------------


def test_the_rate_is_how_often_the_first_of_new_strings_is_named(monkeypatch):
    drawn = listen(monkeypatch)
    assert recall_rate(Knows(6), 7, seed=3) == 1
    assert recall_rate(Knows(5), 7, seed=3, num_tests=59) == 0
    assert [tokens.shape for tokens, _ in drawn] == [(1000, 7), (59, 7)]
    for tokens, _ in drawn:
        fresh = torch.Generator().manual_seed(1003)
        expected, _ = first_symbol_recall(len(tokens), 7, generator=fresh)
        assert torch.equal(tokens, expected)


def test_who_knows_nothing_is_right_once_in_eight():
    nothing = made("convolution")
    nn.init.zeros_(nothing.read_out.weight)
    assert recall_rate(nothing, 7, seed=1) == pytest.approx(1 / 8, abs=0.03)


def teach_nothing(monkeypatch, reached):
    """Let every lesson end with a network that knows so far; return the lessons."""
    asked = []

    def taught(*arguments, **named):
        asked.append((arguments, named))
        return TaughtModel(Knows(reached), [])

    monkeypatch.setattr(reach, "teach_recall", taught)
    return asked


def test_a_row_of_reach_is_asked_at_the_length_of_its_lessons(monkeypatch):
    asked = teach_nothing(monkeypatch, 15)
    assert reach_results("GRU", 16, seed=3) == {"right": 1}
    assert reach_results(mixer="RNN", num_tokens=17, seed=5) == {"right": 0}
    assert asked == [(("GRU", 16, 3), {}), (("RNN", 17, 5), {})]


@pytest.mark.parametrize("reached", [2, 5, 8, 20, 32, 127])
def test_needles_are_told_apart_by_their_distance(reached, monkeypatch):
    asked = teach_nothing(monkeypatch, reached)
    drawn = listen(monkeypatch)
    got = needle_results("LSTM", seed=3)
    assert asked == [(("LSTM", 128, 3), {"num_steps": 500, "anywhere": True})]
    (tokens, _, place), (far, _) = drawn
    assert (tokens.shape, far.shape) == ((4000, 128), (200, 512))
    back = (127 - place).tolist()
    assert min(back) == 1
    assert max(back) == 127
    expected = []
    for least, most in ((1, 2), (3, 8), (9, 32), (33, 127)):
        inside = [n for n in back if least <= n <= most]
        expected.append(sum(n <= reached for n in inside) / len(inside))
    assert got["by distance"] == pytest.approx(expected)
    assert got["first of 512"] == [0]
    lessons = torch.Generator().manual_seed(3)
    assert not torch.equal(
        tokens, needle_recall(4000, 128, generator=lessons)[0]
    )


def test_what_takes_one_length_is_not_asked_at_another(monkeypatch):
    teach_nothing(monkeypatch, 1000)
    got = needle_results("fully connected", seed=1)
    assert got == {"by distance": [1, 1, 1, 1], "first of 512": []}
    assert needle_results("GRU", seed=1)["first of 512"] == [1]


def test_lessons_may_grow_from_an_eighth_of_the_length(monkeypatch):
    seen = []

    def drawn(num_strings, num_tokens, generator):
        seen.append(num_tokens)
        return first_symbol_recall(num_strings, num_tokens, generator=generator)

    monkeypatch.setattr(reach, "first_symbol_recall", drawn)
    teach_recall("RNN", 24, seed=0, num_steps=400, batch_size=1, growing=True)
    quarters = [set(seen[start : start + 100]) for start in range(0, 400, 100)]
    assert quarters == [{2, 3}, {4, 5, 6}, {*range(7, 13)}, {*range(13, 25)}]
    seen.clear()
    teach_recall("RNN", 24, seed=0, num_steps=5, batch_size=3)
    assert seen == [24] * 5


def test_after_growing_lessons_every_length_is_asked(monkeypatch):
    taught = []

    def knowing(mixer, num_tokens, seed, growing):
        taught.append((mixer, num_tokens, seed, growing))
        return TaughtModel(Knows(20), [])

    monkeypatch.setattr(reach, "teach_recall", knowing)
    got = growing_results("GRU", seed=3)
    # Knows what stands at most 20 places back, and is wrong else.
    assert got["right"] == [1, 1, 1, 0, 0, 0]
    assert got["between"] == [1, 1, 0, 0, 0, 0]
    # A convolution of three layers reaches three places back.
    (log,) = got["log gradient"]
    assert -3 < log < 0
    assert taught == [("GRU", 32, 3, True)]


# -- the gradient ----------------------------------------------------------------


def gradients(mixer, num_tokens, num_starts=5, num_strings=4):
    return gradient_to_first(mixer, num_tokens, num_starts, num_strings)


def test_the_gradient_is_that_of_the_last_output_by_the_first_input(
    monkeypatch,
):
    def measured(*arguments, **named):
        monkeypatch.setitem(
            MIXERS, "carries", lambda _: Carries(*arguments, **named)
        )
        return gradients("carries", 7, 3, 5)

    once = measured(0)
    assert once.shape == (3, 5)
    assert once.dtype == torch.float64
    # Of length 1 before the norm, which divides by about 1 and keeps a sum of 0.
    assert once.mean().item() == pytest.approx(1, abs=0.2)
    assert_close(measured(0, factor=3.0), 3 * once)
    assert not measured(1).any()
    assert not measured(0, target=-2).any()
    assert not measured(-1).any()


def test_a_network_is_measured_as_it_is_and_left_so():
    network = made("GRU")
    before = {name: x.clone() for name, x in network.state_dict().items()}

    def measured():
        generator = torch.Generator().manual_seed(2)
        return first_gradient(network, 11, generator, num_strings=3)

    once = measured()
    assert once.shape == (3,)
    assert_close(measured(), once, rtol=0, atol=0)
    for name, x in network.state_dict().items():
        assert_close(x, before[name], rtol=0, atol=0)  # the type, too
    with torch.no_grad():
        network.mixer.layer.weight_hh_l0.mul_(2)
    assert not torch.isclose(measured(), once).any()


def test_each_start_has_parameters_and_strings_of_its_own():
    few, many = gradients("GRU", 5, 2, 3), gradients("GRU", 5, 3, 3)
    assert torch.equal(many[:2], few)
    assert len(set(many.flatten().tolist())) == 9


def test_what_a_convolution_does_not_reach_has_no_gradient_at_all():
    for mixer, reached in (("convolution", 3), ("dilated", 127)):
        assert gradients(mixer, reached + 1, 2, 3).min() > 0
        assert not gradients(mixer, reached + 2, 2, 3).any()


def test_the_gradient_of_attention_falls_about_as_one_of_the_length_does():
    near, far = (gradients("attention", n).mean() for n in (16, 64))
    assert 2.5 < near / far < 6


def orders_a_token(mixer, *lengths):
    """Return by how many powers of ten it falls with each token, between lengths."""
    logs = [
        gradients(mixer, n, num_strings=16).log10().mean().item()
        for n in lengths
    ]
    return [
        (near - far) / (more - less)
        for near, far, less, more in zip(
            logs, logs[1:], lengths, lengths[1:], strict=False
        )
    ]


@pytest.mark.parametrize(
    ("mixer", "least"), [("RNN", 0.3), ("GRU", 0.17), ("LSTM", 0.07)]
)
def test_the_gradient_of_a_recurrent_layer_falls_by_a_factor_with_each_token(
    mixer, least
):
    early, late = orders_a_token(mixer, 16, 32, 64)
    assert least < late < 1.5 * least
    assert early == pytest.approx(late, rel=0.2)


@pytest.mark.parametrize("mixer", ["attention", "dilated"])
def test_the_gradient_of_other_mixers_falls_by_less_with_each_further_token(
    mixer,
):
    early, late = orders_a_token(mixer, 16, 32, 64)
    assert late < 0.8 * early


# -- what is stored --------------------------------------------------------------

LUCK = 0.16  # of a thousand strings; chance is 1/8


def rights(mixer, num_tokens):
    found = runs.load("reach").column(
        "right", mixer=mixer, num_tokens=num_tokens
    )
    assert len(found) == 5
    return found


@pytest.mark.parametrize("num_tokens", reach.LENGTHS)
def test_attention_and_a_fully_connected_layer_recall_at_every_length(
    num_tokens,
):
    for mixer in ("attention", "fully connected"):
        assert min(rights(mixer, num_tokens)) == 1


@pytest.mark.parametrize(
    ("mixer", "always", "never"),
    [
        ("RNN", 4, 16),
        ("GRU", 16, 128),
        ("LSTM", 16, 32),
        ("convolution", 4, 8),
        ("dilated", 8, 32),
    ],
)
def test_every_other_mixer_recalls_up_to_a_length_and_is_lost_from_another(
    mixer, always, never
):
    for num_tokens in reach.LENGTHS:
        found = rights(mixer, num_tokens)
        if num_tokens <= always:
            assert min(found) > 0.99
        if num_tokens >= never:
            assert max(found) < LUCK


@pytest.mark.parametrize(
    ("mixer", "num_tokens"), [("RNN", 8), ("GRU", 32), ("dilated", 16)]
)
def test_in_between_the_seed_decides(mixer, num_tokens):
    found = rights(mixer, num_tokens)
    assert max(found) - min(found) > 0.6


def test_one_gated_layer_of_five_finds_half_a_way_over_sixty_four():
    found = sorted(rights("GRU", 64))
    assert found[-1] > 0.3
    assert found[-2] < LUCK


@pytest.mark.parametrize("mixer", ["attention", "GRU", "fully connected"])
def test_lessons_with_near_keys_teach_to_recall_far_ones(mixer):
    by_distance = runs.load("needles").column("by distance", mixer=mixer)
    assert len(by_distance) == 5
    assert min(map(min, by_distance)) > 0.98
    far = runs.load("needles").column("first of 512", mixer=mixer)
    # Nobody has shown them so long a string; some hold, some do not.
    assert all(right > 0.5 for each in far for right in each)


def test_of_lstms_such_lessons_teach_most_and_not_all():
    by_distance = runs.load("needles").column("by distance", mixer="LSTM")
    learned = [min(each) > 0.98 for each in by_distance]
    assert learned.count(True) == 3
    assert min(map(min, by_distance)) > 2 * LUCK


@pytest.mark.parametrize("mixer", ["RNN", "convolution", "dilated"])
def test_other_mixers_learn_at_most_the_nearest_keys_of_such_lessons(mixer):
    by_distance = runs.load("needles").column("by distance", mixer=mixer)
    for near, *others in by_distance:
        assert near < 0.55
        assert max(others) < LUCK + 0.01


# -- errors ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "call", "said"),
    [
        (
            ValueError,
            lambda: RecallNetwork("lstm", 7),
            r"mixer must be one of attention, RNN, .* connected, but is 'lstm'",
        ),
        (
            ValueError,
            lambda: teach_recall("Transformer", 7, 0),
            "mixer must be one of attention",
        ),
        (
            ValueError,
            lambda: RecallNetwork("RNN", 1),
            "num_tokens must be at least 2, but is 1",
        ),
        (
            TypeError,
            lambda: RecallNetwork("RNN", 2.5),
            "num_tokens must be an int, but is 2.5",
        ),
        (
            ValueError,
            lambda: gradient_to_first("RNN", 1),
            "num_tokens must be at least 2, but is 1",
        ),
        (
            ValueError,
            lambda: gradient_to_first("RNN", 7, num_starts=0),
            "num_starts must be at least 1, but is 0",
        ),
        (
            ValueError,
            lambda: gradient_to_first("RNN", 7, num_strings=0),
            "num_strings must be at least 1, but is 0",
        ),
    ],
)
def test_a_bad_argument_is_named(error, call, said, without_the_shape_hook):
    with pytest.raises(error, match=said):
        call()


def test_a_fully_connected_layer_refuses_another_length():
    network = made("fully connected", num_tokens=7)
    assert network(strings(num_tokens=7)).shape == (5, 8)
    for num_tokens in (5, 1, 11):
        said = f"inputs must be 7 tokens long, .* but are {num_tokens} long"
        with pytest.raises(ValueError, match=said):
            network(strings(num_tokens=num_tokens))


@pytest.mark.parametrize(
    "mixer", [name for name in MIXERS if name != "fully connected"]
)
def test_every_other_mixer_takes_any_length(mixer):
    network = made(mixer, num_tokens=7)
    for num_tokens in (1, 5, 11):
        assert network(strings(num_tokens=num_tokens)).shape == (5, 8)
