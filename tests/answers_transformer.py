"""Answers to chapter 08's exercises: right ones, and wrong ones people write."""

import torch

from attn_utils.exercises import transformer as check

COUNTS = [440, 640, 1120, 1580]
LEFT = [13, 1 / 13, 1 / 4096, 4095]
NAMED = {
    "A": "one place too far",
    "B": "padding heard",
    "C": "no self-attention",
    "D": "the wrong way round",
}


def renamed(**names):
    return NAMED | names


def counts(**others):
    names = ("attention", "network", "encoder", "decoder")
    return list((dict(zip(names, COUNTS, strict=True)) | others).values())


def whole(attention=440, network=640, norm=20):
    """Counts that follow from three wrong ones."""
    encoder = attention + network + 2 * norm
    return [attention, network, encoder, encoder + attention + norm]


def left(**others):
    names = ("variance", "before", "after", "sums")
    return list((dict(zip(names, LEFT, strict=True)) | others).values())


def layer(x, memory, attend, ask, think, norm):
    read = x + attend(norm(x))
    found = read + ask(norm(read), memory)
    return found + think(norm(found))


def in_place(x, memory, attend, ask, think, norm):
    x += attend(norm(x))
    x += ask(norm(x), memory)
    x += think(norm(x))
    memory.zero_()
    return x


def in_a_loop(x, memory, attend, ask, think, norm):
    for part in (attend, lambda x: ask(x, memory), think):
        x = x + part(norm(x))
    return x


def by_steps(read, find, make):
    """A layer that goes wrong in one of its three steps."""

    def call(x, memory, attend, ask, think, norm):
        x = read(x, attend, norm)
        x = find(x, memory, ask, norm)
        return make(x, think, norm)

    return call


def read(x, attend, norm):
    return x + attend(norm(x))


def find(x, memory, ask, norm):
    return x + ask(norm(x), memory)


def make(x, think, norm):
    return x + think(norm(x))


def after_the_sum(x, memory, attend, ask, think, norm):
    x = norm(x + attend(x))
    x = norm(x + ask(x, memory))
    return norm(x + think(x))


def of_the_norm(x, memory, attend, ask, think, norm):
    x = norm(x)
    x = norm(x + attend(x))
    x = norm(x + ask(x, memory))
    return x + think(x)


def asks_first(x, memory, attend, ask, think, norm):
    return make(read(find(x, memory, ask, norm), attend, norm), think, norm)


def asks_last(x, memory, attend, ask, think, norm):
    return find(make(read(x, attend, norm), think, norm), memory, ask, norm)


def side_by_side(x, memory, attend, ask, think, norm):
    y = norm(x)
    return x + attend(y) + ask(y, memory) + think(y)


def by_hand(**others):
    made = {
        "w_1": torch.tensor([[-1.0], [1.0]]),
        "b_1": torch.zeros(1),
        "w_2": torch.tensor([[1.0, -1.0]]),
        "b_2": torch.zeros(2),
    }
    return made | others


MINUS = torch.tensor([[1.0], [-1.0]])

RIGHT = [
    (check.parameters, COUNTS),
    (check.parameters, torch.tensor(COUNTS)),
    (check.pre_norm, layer),
    (check.pre_norm, in_place),
    (check.pre_norm, in_a_loop),
    (check.faults_named, NAMED),
    (check.faults_named, {k.lower(): v.upper() for k, v in NAMED.items()}),
    (check.sorted_pair, by_hand()),
    (check.sorted_pair, {k: v.tolist() for k, v in by_hand().items()}),
    (
        check.sorted_pair,
        by_hand(w_1=[[-4], [4]], w_2=[[0.25, -0.25]]),
    ),
    (check.shares_left, LEFT),
    (check.shares_left, [13, 0.077, 0.00024, 4095]),
    (check.no_shift, "c"),
    (check.no_shift, "(C)"),
]

WRONG = [
    (check.shares_left, [13, 1 / 13, 0.5**12, 4095.4], "4095.4, is not whole"),
    (check.shares_left, [13, 1 / 13, 0.5**12, 4094], "4094, is too small"),
    (check.parameters, whole(400, 600), "each map has a bias as well"),
    (check.parameters, whole(attention=400), "the four maps of an attention have biases"),
    (check.parameters, whole(network=600), "have biases, b₁ and b₂"),
    (check.parameters, whole(attention=330), "a fourth map, W_O"),
    (check.parameters, whole(attention=880), "heads share the width"),
    (check.parameters, whole(attention=770), "heads share the width"),
    (check.parameters, whole(attention=275), "that is one head"),
    (check.parameters, whole(attention=220), "that is one head"),
    (check.parameters, whole(network=330), "the network has two maps"),
    (check.parameters, whole(network=660), "so it has 10 biases"),
    (check.parameters, whole(norm=0), "a norm has parameters, too"),
    (check.parameters, whole(norm=10), "a scale and a shift for each feature"),
    (check.parameters, whole(norm=2), "are each feature's own"),
    (check.parameters, counts(encoder=1100, decoder=1540), "every sum has its own norm"),
    (check.parameters, counts(decoder=1120), "a decoder layer has one part more"),
    (check.parameters, counts(decoder=1560), "there is a norm as well"),
    (check.parameters, counts(decoder=1360), "maps of the decoder's own"),
    (check.parameters, counts(network=700), "the second number, 700, is too large"),
    (check.parameters, COUNTS[:3], "there are 3"),
    (check.pre_norm, lambda x, memory, attend, ask, think, norm: x, "expected"),
    (check.pre_norm, lambda x, attend, think, norm: x, "must take 6 arguments: x, memory"),
    (
        check.pre_norm,
        lambda x, memory, attend, ask, think, norm: think(norm(ask(norm(attend(norm(x))), memory))),
        "all three sums are missing",
    ),
    (
        check.pre_norm,
        by_steps(lambda x, attend, norm: attend(norm(x)), find, make),
        "add what attend returns",
    ),
    (
        check.pre_norm,
        by_steps(read, lambda x, memory, ask, norm: ask(norm(x), memory), make),
        "add what ask returns",
    ),
    (
        check.pre_norm,
        by_steps(read, find, lambda x, think, norm: think(norm(x))),
        "add what think returns",
    ),
    (
        check.pre_norm,
        lambda x, memory, attend, ask, think, norm: layer(x, memory, attend, ask, think, lambda y: y),
        "the norms are missing",
    ),
    (
        check.pre_norm,
        by_steps(lambda x, attend, norm: x + attend(x), find, make),
        "what attend is given is normed",
    ),
    (
        check.pre_norm,
        by_steps(read, lambda x, memory, ask, norm: x + ask(x, memory), make),
        "what ask is given is normed",
    ),
    (
        check.pre_norm,
        by_steps(read, find, lambda x, think, norm: x + think(x)),
        "what think is given is normed",
    ),
    (check.pre_norm, asks_first, "first attend"),
    (check.pre_norm, asks_last, "think comes last"),
    (
        check.pre_norm,
        by_steps(read, lambda x, memory, ask, norm: x + ask(norm(x), norm(memory)), make),
        "hand it on as it is",
    ),
    (
        check.pre_norm,
        by_steps(read, lambda x, memory, ask, norm: x + ask(memory, norm(x)), make),
        "keys and values from the memory: ask(x, memory)",
    ),
    (check.pre_norm, after_the_sum, "that is post-norm"),
    (check.pre_norm, of_the_norm, "not to its norm"),
    (check.pre_norm, side_by_side, "what those before it have added"),
    (
        check.pre_norm,
        lambda x, memory, attend, ask, think, norm: norm(layer(x, memory, attend, ask, think, norm)),
        "nothing is normed after the last sum",
    ),
    (check.faults_named, renamed(A="sound"), "3 of 4 are right; A is not 'sound'"),
    (check.faults_named, renamed(A="sound"), "the rows of the padding would be empty"),
    (check.faults_named, renamed(D="padding heard"), "would be full like the others"),
    (check.faults_named, renamed(A="no causal mask"), "all cells below the line"),
    (check.faults_named, renamed(B="one place too far"), "heard one place too early"),
    (check.faults_named, renamed(A="the wrong way round"), "and at those before it"),
    (check.faults_named, renamed(D="no self-attention"), "the diagonal alone"),
    (
        check.faults_named,
        renamed(C="no encoder-decoder attention"),
        "all rows above the line would be empty",
    ),
    (check.faults_named, renamed(C="causal"), "'causal' for C is no name"),
    (check.sorted_pair, by_hand(w_2=torch.zeros(1, 2)), "nothing changes"),
    (check.sorted_pair, by_hand(b_1=[-99.0]), "nothing changes"),
    (
        check.sorted_pair,
        by_hand(w_1=MINUS, w_2=torch.tensor([[-1.0, 1.0]])),
        "the smaller of the two stands first",
    ),
    (check.sorted_pair, by_hand(w_1=MINUS), "(1, 0) becomes (2, -1), and is in order"),
    (check.sorted_pair, by_hand(b_2=[1.0, 0.0]), "by the hidden unit or by b_2"),
    (check.sorted_pair, by_hand(w_2=[[1.0, 0.0]]), "(1, 3) becomes (3, 3): what one feature"),
    (check.sorted_pair, by_hand(w_2=[[-1.0, 1.0]]), "(1, 3) becomes (-1, 5), further apart"),
    (check.sorted_pair, by_hand(w_2=[[0.5, -0.5]]), "(1, 3) becomes (2, 2), and (3, 1) is"),
    (check.sorted_pair, by_hand(w_1=[[0.0], [1.0]]), "(1, 1) becomes (2, 0), and is in order"),
    (
        check.sorted_pair,
        by_hand(w_1=[[-1.0], [1.0]], b_1=[2.0], w_2=[[0.5, -0.5]], b_2=[0.0, 0.0]),
        "(1, 1) becomes (2, 0), and is in order as it is",
    ),
    (check.sorted_pair, by_hand(w_1=[[-1.0, 1.0]]), "the axes are exchanged"),
    (check.sorted_pair, by_hand(b_1=0.0), "of b_1: the shape must be (1,)"),
    (check.shares_left, [7, 1 / 7, 1 / 64, 63], "a layer has two sums"),
    (check.shares_left, [12, 1 / 12, 1 / 4096, 4096], "the input is in the stream as well"),
    (check.shares_left, left(sums=4096), "the input is one of the voices"),
    (check.shares_left, [4096, 1 / 4096, 1 / 4096, 12], "does not touch the stream"),
    (check.shares_left, [169, 1 / 169, 1 / 4096, 4095], "adds up by its variance"),
    (check.shares_left, [169, 1 / 169, 1 / 4096, 63], "adds up by its variance"),
    (check.shares_left, [13, 1 / 13, 4.0**-12, 4.0**12 - 1], "divides by the standard deviation"),
    (check.shares_left, [13, 13**-0.5, 1 / 64, 63], "what the features shrink to"),
    (check.shares_left, left(before=12 / 13), "the share of all that was added"),
    (check.shares_left, left(after=0.5, sums=1), "after one sum it is a half"),
    (check.shares_left, [13, 1 / 13, 1 / 13, 12], "counts as much as all before it"),
    (check.shares_left, left(after=0.0005), "the third number, 0.0005, is too large"),
    (check.shares_left, left(variance=14), "the first number, 14, is too large"),
    (check.no_shift, "a", "stands in its own input"),
    (check.no_shift, "(b)", "a place lacks nothing"),
    (check.no_shift, "D", "nobody hands it the answer"),
    (check.no_shift, "e.", "its lessons never made that necessary"),
    (check.no_shift, "f", "'f' is none of them"),
    (check.no_shift, 3, "this is an int"),
]  # fmt: skip
