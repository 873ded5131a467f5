"""Who reaches whom: the wires are those of real layers, the ways are shortest."""

import itertools

import pytest
import torch
from torch import nn

from attn_utils import MultiHeadAttention
from attn_utils.recipes import (
    Node,
    Wire,
    layer_cost,
    reached_nodes,
    shortest_path,
    wires_of,
)
from attn_utils.recipes.wiring import WIRED

ALL = ("attention", "fully connected")
TAPS = ("convolution", "dilated")
WIDTH = 6


def joined(mixer, num_tokens, num_layers=1, kernel_size=3):
    """The wires as (level, place, level, place), so that sets can be written."""
    wires = wires_of(mixer, num_tokens, num_layers, kernel_size)
    found = {(*wire.start, *wire.end) for wire in wires}
    assert len(found) == len(wires), "a wire is there once"
    return found


@pytest.mark.parametrize("mixer", ALL)
def test_every_token_reads_all_in_every_layer(mixer):
    assert joined(mixer, 3, 2) == {
        (level, start, level + 1, end)
        for level in range(2)
        for start in range(3)
        for end in range(3)
    }


def test_an_rnn_reads_its_input_and_the_state_before():
    up = {(0, n, 1, n) for n in range(3)} | {(1, n, 2, n) for n in range(3)}
    on = {(level, n, level, n + 1) for level in (1, 2) for n in range(2)}
    assert joined("RNN", 3, 2) == up | on


def test_a_convolution_reads_its_neighbours_and_nothing_beyond_the_ends():
    assert joined("convolution", 5) == {
        *((0, n, 1, n) for n in range(5)),
        *((0, n, 1, n + 1) for n in range(4)),
        *((0, n + 1, 1, n) for n in range(4)),
    }
    assert {
        start
        for _, start, _, end in joined("convolution", 11, 1, 7)
        if end == 5
    } == {2, 3, 4, 5, 6, 7, 8}


def test_the_neighbours_of_a_dilated_layer_lie_twice_as_far_apart_as_below():
    wires = joined("dilated", 11, 3)
    for level, starts in enumerate(({4, 5, 6}, {3, 5, 7}, {1, 5, 9})):
        assert {
            start for low, start, _, end in wires if (low, end) == (level, 5)
        } == starts
    # Every neighbour but itself lies outside.
    assert {s for low, s, _, end in wires if (low, end) == (2, 3)} == {3, 7}


def test_a_way_is_its_nodes_from_start_to_end():
    wires = wires_of("RNN", 4)
    assert shortest_path(wires, Node(0, 1), Node(1, 3)) == [
        (0, 1),
        (1, 1),
        (1, 2),
        (1, 3),
    ]
    assert all(
        isinstance(node, Node) for node in shortest_path(wires, (0, 1), (1, 3))
    )
    assert shortest_path(wires, Node(0, 3), Node(1, 1)) == []
    assert shortest_path(wires, Node(0, 2), Node(0, 2)) == [(0, 2)]


def test_the_shortest_way_is_taken_whichever_wires_come_first():
    a, b, c, d = (Node(0, n) for n in range(4))
    around = [Wire(a, b), Wire(b, c), Wire(c, d)]
    for wires in ([*around, Wire(a, d)], [Wire(a, d), *around]):
        assert shortest_path(wires, a, d) == [a, d]
    # A circle does not keep it busy for ever.
    assert shortest_path([*around, Wire(c, a)], b, a) == [b, c, a]
    assert shortest_path(iter(around), a, d) == [a, b, c, d]


@pytest.mark.parametrize(
    ("mixer", "num_layers", "start", "end", "places"),
    [
        ("attention", 3, 0, 6, [0, 2, 4, 6]),
        ("attention", 2, 5, 1, [5, 3, 1]),
        ("convolution", 7, 5, 5, [5] * 8),
        ("convolution", 4, 3, 1, [3, 2, 2, 1, 1]),
        ("dilated", 3, 0, 7, [0, 1, 3, 7]),
        ("dilated", 3, 7, 1, [7, 7, 5, 1]),
    ],
)
def test_of_several_shortest_ways_the_straightest_is_taken(
    mixer, num_layers, start, end, places
):
    wires = wires_of(mixer, 8, num_layers)
    path = shortest_path(wires, Node(0, start), Node(num_layers, end))
    assert path == [*enumerate(places)]


def test_through_layers_of_an_rnn_the_way_climbs_along_the_line():
    path = shortest_path(wires_of("RNN", 5, 2), Node(0, 0), Node(2, 4))
    assert path == [(0, 0), (1, 0), (1, 1), (1, 2), (1, 3), (2, 3), (2, 4)]


def test_what_is_reached_is_where_a_way_leads():
    wires = wires_of("convolution", 7, 2)
    assert reached_nodes(wires, Node(0, 1)) == {
        (0, 1),
        *((1, n) for n in (0, 1, 2)),
        *((2, n) for n in (0, 1, 2, 3)),
    }
    for mixer in WIRED:
        wires = wires_of(mixer, 5, 2)
        reached = reached_nodes(wires, Node(0, 2))
        for node in {node for wire in wires for node in wire}:
            way = shortest_path(wires, Node(0, 2), node)
            assert (node in reached) == bool(way)
            assert all(pair in wires for pair in itertools.pairwise(way))


@pytest.mark.parametrize("kernel_size", [3, 5, 7])
@pytest.mark.parametrize("mixer", WIRED)
def test_the_way_from_first_to_last_is_as_long_as_the_cost_says(
    mixer, kernel_size
):
    for num_tokens in (2, 3, 4, 5, 7, 8, 9, 11, 16, 17, 31, 33):
        path = layer_cost(mixer, num_tokens, 1, kernel_size).path
        # Neighbours need as many layers as there are wires, no fewer.
        num_layers = path if mixer in TAPS else 1
        ends = {}
        for layers in {num_layers, max(1, num_layers - 1)}:
            wires = wires_of(mixer, num_tokens, layers, kernel_size)
            ends[layers] = len(
                shortest_path(wires, Node(0, 0), Node(layers, num_tokens - 1))
            )
        assert ends[num_layers] == path + 1
        assert num_layers == 1 or ends[num_layers - 1] == 0


class Across(nn.Module):
    """A weight for each pair of places."""

    def __init__(self, num_tokens):
        super().__init__()
        self.map = nn.Linear(num_tokens, num_tokens)

    def forward(self, inputs):
        return self.map(inputs.mT).mT


class Recurrent(nn.Module):
    """The states of an RNN."""

    def __init__(self, num_layers):
        super().__init__()
        self.rnn = nn.RNN(WIDTH, WIDTH, num_layers, batch_first=True)

    def forward(self, inputs):
        return self.rnn(inputs)[0]


class Convolution(nn.Module):
    """A convolution over the tokens."""

    def __init__(self, kernel_size, step):
        super().__init__()
        side = kernel_size // 2 * step
        self.taps = nn.Conv1d(
            WIDTH, WIDTH, kernel_size, padding=side, dilation=step
        )

    def forward(self, inputs):
        return self.taps(inputs.mT).mT


class Looking(nn.Module):
    """Self-attention."""

    def __init__(self):
        super().__init__()
        self.attention = MultiHeadAttention(WIDTH, 2)

    def forward(self, inputs):
        return self.attention(inputs)[0]


def real_layers(mixer, num_tokens, num_layers, kernel_size):
    """Layers of torch and of the package, that nobody taught."""
    torch.manual_seed(0)
    if mixer == "RNN":
        return Recurrent(num_layers).double()
    kinds = {
        "attention": lambda _: Looking(),
        "fully connected": lambda _: Across(num_tokens),
        "convolution": lambda _: Convolution(kernel_size, 1),
        "dilated": lambda layer: Convolution(kernel_size, 2**layer),
    }
    return nn.Sequential(*map(kinds[mixer], range(num_layers))).double()


@pytest.mark.parametrize(
    ("num_tokens", "num_layers", "kernel_size"),
    [(11, 1, 3), (11, 3, 3), (13, 2, 5), (7, 3, 7)],
)
@pytest.mark.parametrize("mixer", WIRED)
def test_another_token_changes_the_outputs_that_the_wires_lead_to(
    mixer, num_tokens, num_layers, kernel_size
):
    layers = real_layers(mixer, num_tokens, num_layers, kernel_size)
    wires = wires_of(mixer, num_tokens, num_layers, kernel_size)
    inputs = torch.randn(1, num_tokens, WIDTH).double()
    before = layers(inputs)
    for place in range(num_tokens):
        other = inputs.clone()
        other[:, place] = torch.randn(WIDTH).double()
        gap = (layers(other) - before)[0].abs().amax(-1)
        changed = (gap > 1e-12).nonzero().flatten().tolist()
        reached = reached_nodes(wires, Node(0, place))
        assert changed == sorted(
            n for level, n in reached if level == num_layers
        )


REFUSED = {
    "mixer": (lambda: wires_of("GRU", 3), "mixer must be one of attention, RNN, convolution, dilated, fully connected, but is 'GRU'"),
    "tokens": (lambda: wires_of("RNN", 0), "num_tokens must be at least 1, but is 0"),
    "layers": (lambda: wires_of("RNN", 3, 0), "num_layers must be at least 1, but is 0"),
    "kernel": (lambda: wires_of("convolution", 3, 1, 4), "kernel_size must be odd, but is 4"),
    "start": (lambda: shortest_path(wires_of("RNN", 3), Node(0, 3), Node(1, 2)), r"start must be a node that the wires join, but is Node\(level=0, place=3\)"),
    "end": (lambda: shortest_path(wires_of("RNN", 3), Node(0, 2), Node(2, 2)), r"end must be a node that the wires join, but is Node\(level=2, place=2\)"),
    "from": (lambda: reached_nodes(wires_of("RNN", 3), Node(0, -1)), "start must be a node that the wires join"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_there_is_refused_by_name(case):
    call, message = REFUSED[case]
    with pytest.raises(ValueError, match=f"^{message}"):
        call()
