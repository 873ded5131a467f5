"""What a layer costs: as torch counts it on real layers, and by hand."""

import itertools

import pytest
import torch
from tensors import normal
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from attn_utils import MultiHeadAttention, attention
from attn_utils.recipes import Cost, costs, crossing, layer_cost

pytestmark = pytest.mark.long

# Tokens, width, kernel: each another prime, but where four heads share a width.
SIZES = [(5, 8, 3), (7, 12, 5), (101, 4, 7)]
RECURRENT = {"RNN": nn.RNNCell, "GRU": nn.GRUCell, "LSTM": nn.LSTMCell}


def counted(call):
    """How often torch multiplies: each multiplication goes with an addition."""
    with FlopCounterMode(display=False) as counter:
        call()
    operations = counter.get_total_flops()
    assert operations > 0
    assert operations % 2 == 0
    return operations // 2


@pytest.mark.parametrize(("num_tokens", "width", "kernel_size"), SIZES)
def test_an_attention_multiplies_as_often_as_torch_counts(
    num_tokens, width, kernel_size
):
    cost = layer_cost("attention", num_tokens, width, kernel_size)
    inputs = normal(1, num_tokens, width, seed=1)
    module = MultiHeadAttention(width, num_heads=4)
    assert counted(lambda: module(inputs)) == cost.mixing + cost.maps
    assert counted(lambda: attention(inputs, inputs, inputs)) == cost.mixing
    theirs = nn.MultiheadAttention(width, 4, batch_first=True)
    whole = counted(lambda: theirs(inputs, inputs, inputs))
    assert whole == cost.mixing + cost.maps


@pytest.mark.parametrize(("num_tokens", "width", "kernel_size"), SIZES)
@pytest.mark.parametrize("mixer", RECURRENT)
def test_a_recurrent_layer_multiplies_as_often_as_torch_counts_for_its_cell(
    mixer, num_tokens, width, kernel_size
):
    cost = layer_cost(mixer, num_tokens, width, kernel_size)
    cell = RECURRENT[mixer](width, width)
    token = normal(1, width, seed=1)

    def each(weight):
        return num_tokens * counted(lambda: functional.linear(token, weight))

    assert num_tokens * counted(lambda: cell(token)) == cost.mixing + cost.maps
    assert each(cell.weight_hh) == cost.mixing
    assert each(cell.weight_ih) == cost.maps


@pytest.mark.parametrize(("num_tokens", "width", "kernel_size"), SIZES)
def test_what_stores_its_weights_multiplies_as_often_as_torch_counts(
    num_tokens, width, kernel_size
):
    inputs = normal(1, width, num_tokens, seed=1)
    across = nn.Linear(num_tokens, num_tokens)
    made = {"fully connected": counted(lambda: across(inputs))}
    for mixer, step in (("convolution", 1), ("dilated", 3)):
        layer = nn.Conv1d(
            width,
            width,
            kernel_size,
            padding=step * (kernel_size // 2),
            dilation=step,
        )
        assert layer(inputs).shape == inputs.shape
        made[mixer] = counted(lambda layer=layer: layer(inputs))
    for mixer, times in made.items():
        cost = layer_cost(mixer, num_tokens, width, kernel_size)
        assert cost[:2] == (times, 0), mixer


@pytest.mark.parametrize(
    ("mixer", "expected"),
    [
        # Three tokens of width 2, a kernel of 5.
        ("attention", Cost(2 * 9 * 2, 4 * 3 * 4, steps=1, path=1)),
        ("RNN", Cost(3 * 4, 3 * 4, steps=3, path=3)),
        ("GRU", Cost(3 * 3 * 4, 3 * 3 * 4, steps=3, path=3)),
        ("LSTM", Cost(4 * 3 * 4, 4 * 3 * 4, steps=3, path=3)),
        ("convolution", Cost(5 * 3 * 4, 0, steps=1, path=1)),
        ("dilated", Cost(5 * 3 * 4, 0, steps=1, path=1)),
        ("fully connected", Cost(9 * 2, 0, steps=1, path=1)),
    ],
)
def test_a_small_layer_by_hand(mixer, expected):
    assert layer_cost(mixer, 3, 2, kernel_size=5) == expected


def test_every_layer_is_counted_by_hand_too():
    by_hand = "attention, RNN, GRU, LSTM, convolution, dilated, fully connected"
    assert ", ".join(costs.COUNTED) == by_hand


def hears_the_first(num_tokens, kernel_size, num_layers, dilated):
    """Whether a pile of convolutions lets the last output hear the first input."""
    inputs = torch.zeros(1, 1, num_tokens, dtype=torch.float64)
    inputs[..., 0] = 1
    weight = inputs.new_ones(1, 1, kernel_size)
    for layer in range(num_layers):
        step = 2**layer if dilated else 1
        inputs = functional.conv1d(
            inputs, weight, padding=step * (kernel_size // 2), dilation=step
        )
    return bool(inputs[..., -1] > 0)


@pytest.mark.parametrize("kernel_size", [3, 5, 7])
@pytest.mark.parametrize("mixer", ["convolution", "dilated"])
def test_the_longest_path_is_as_many_layers_as_it_takes_to_hear_the_first(
    mixer, kernel_size
):
    for num_tokens in (2, 3, 4, 5, 7, 8, 9, 10, 16, 17, 29, 31, 32):
        path = layer_cost(mixer, num_tokens, 1, kernel_size).path
        sizes = num_tokens, kernel_size
        assert hears_the_first(*sizes, path, mixer == "dilated")
        # One token hears itself without any layer.
        assert not hears_the_first(*sizes, path - 1, mixer == "dilated")


def test_a_single_token_passes_one_wire_in_every_layer():
    assert {layer_cost(mixer, 1, 2).path for mixer in costs.COUNTED} == {1}


def test_steps_that_double_make_a_path_of_a_logarithm():
    paths = [layer_cost("dilated", n, 1).path for n in (2, 3, 4, 5, 8, 9, 256)]
    assert paths == [1, 2, 2, 3, 3, 4, 8]
    assert layer_cost("convolution", 256, 1).path == 255


def times(mixer, num_tokens, width, kernel_size, maps):
    cost = layer_cost(mixer, num_tokens, width, kernel_size)
    return cost.mixing + cost.maps if maps else cost.mixing


@pytest.mark.parametrize("maps", [True, False])
@pytest.mark.parametrize(("width", "kernel_size"), [(1, 3), (6, 5), (11, 7)])
def test_two_layers_cross_where_a_search_over_the_tokens_finds_it(
    width, kernel_size, maps
):
    met = 0
    for mixer, rival in itertools.product(costs.COUNTED, repeat=2):
        sizes = width, kernel_size, maps
        differences = {
            n: times(mixer, n, *sizes) - times(rival, n, *sizes)
            for n in range(1, 100)
        }
        found = crossing(mixer, rival, *sizes)
        if found is None:
            signs = {(n > 0) - (n < 0) for n in differences.values()}
            assert len(signs) == 1, (mixer, rival)
            continue
        met += 1
        assert type(found) is float
        assert 0 < found < 99
        before = {d > 0 for n, d in differences.items() if n < found}
        after = {d > 0 for n, d in differences.items() if n > found}
        assert len(before) <= len(after) == 1
        assert before.isdisjoint(after), (mixer, rival)
        equal = [n for n, difference in differences.items() if not difference]
        assert equal == ([found] if found % 1 == 0 else [])
    assert met > 7


def test_attention_meets_each_rival_where_the_formulas_say():
    def meeting(rival, **more):
        return crossing("attention", rival, width=64, **more)

    assert meeting("RNN") is None
    assert meeting("GRU") == 64
    assert meeting("LSTM") == 128
    assert meeting("fully connected") is None
    assert [meeting("convolution", kernel_size=k) for k in (3, 5, 7)] == [
        *(None, 32, 96)
    ]
    # Of what mixes alone, as Vaswani et al. count, but with both products.
    assert meeting("RNN", maps=False) == 32
    assert meeting("LSTM", maps=False) == 128
    assert meeting("convolution", maps=False) == 96


def test_where_layers_meet_does_not_depend_on_who_asks():
    one = crossing("LSTM", "attention", 7, maps=False)
    assert one == crossing("attention", "LSTM", 7, maps=False) == 14
    assert crossing("attention", "RNN", 7, maps=False) == 3.5


def test_layers_that_always_cost_the_same_do_not_cross():
    assert crossing("convolution", "dilated", 5) is None
    assert crossing("convolution", "GRU", 5, 3, maps=False) is None
    assert crossing("attention", "attention", 5) is None


@pytest.mark.usefixtures("without_the_shape_hook")
def test_sizes_of_torch_and_numpy_are_counted_as_plain_ints():
    sizes = [torch.tensor(n).numpy() for n in (2**20, 2**11, 3)]
    cost = layer_cost("attention", *sizes)
    assert cost == layer_cost("attention", 2**20, 2**11)
    assert {type(number) for number in cost} == {int}
    assert crossing("attention", "LSTM", torch.tensor(5)) == 10


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        (("CNN", 3, 2), ValueError, "^mixer must be one of attention, .*'CNN'"),
        ((None, 3, 2), ValueError, "^mixer must be one of .*None"),
        (("RNN", 0, 2), ValueError, "^num_tokens must be at least 1, but is 0"),
        (("RNN", 3, -1), ValueError, "^width must be at least 1, but is -1"),
        (("RNN", 3, 2, 4), ValueError, "^kernel_size must be odd .* is 4"),
        (("RNN", 3, 2, 1), ValueError, "^kernel_size must be .*3 or more.* 1"),
        (("RNN", 3.0, 2), TypeError, "^num_tokens must be an int.* 3.0"),
        (("RNN", 3, True), TypeError, "^width must be an int.* True"),
        (("RNN", 3, 2, "3"), TypeError, "^kernel_size must be an int.* '3'"),
    ],
)
@pytest.mark.usefixtures("without_the_shape_hook")
def test_a_layer_that_cannot_be_counted_is_refused(arguments, kind, words):
    with pytest.raises(kind, match=words):
        layer_cost(*arguments)


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        (("CNN", "RNN", 2), ValueError, "^mixer must be one of .*'CNN'"),
        (("RNN", "CNN", 2), ValueError, "^rival must be one of .*'CNN'"),
        (("RNN", "GRU", 0), ValueError, "^width must be at least 1, but is 0"),
        (("RNN", "GRU", 2.5), TypeError, "^width must be an int.* 2.5"),
        (("RNN", "GRU", 2, 6), ValueError, "^kernel_size must be odd .* is 6"),
    ],
)
@pytest.mark.usefixtures("without_the_shape_hook")
def test_layers_that_cannot_be_compared_are_refused(arguments, kind, words):
    with pytest.raises(kind, match=words):
        crossing(*arguments)
