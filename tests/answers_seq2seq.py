"""Answers to chapter 11's exercises: right ones, and wrong ones people write."""

import math

import torch

from attn_utils.exercises import seq2seq as check

NAMED = {
    "A": "reverse, one-way encoder",
    "B": "padding heard",
    "C": "query ignored",
    "D": "copy",
}
HELD = [1, 1, 2, 0, 0.5]
ROOM = [355, 22, 4.507]


def renamed(**names):
    return NAMED | names


def local(scores, centre, half):
    far = torch.arange(len(scores)) - centre
    inside = torch.where(far.abs() > half, -torch.inf, scores).softmax(-1)
    return inside * torch.exp(-2 * (far / half) ** 2)


def in_a_loop(scores, centre, half):
    inside = [n for n in range(len(scores)) if abs(n - centre) <= half]
    total = sum(math.exp(scores[n]) for n in inside)
    weights = torch.zeros(len(scores))
    for n in inside:
        bell = math.exp(-((n - centre) ** 2) / (2 * (half / 2) ** 2))
        weights[n] = math.exp(scores[n]) / total * bell
    return weights


def bell(scores, centre, half, sigma=0.5, twice=2, power=2):
    far = (torch.arange(len(scores)) - centre).abs()
    return torch.exp(-(far**power) / (twice * (sigma * half) ** 2))


def inside(scores, centre, half):
    far = torch.arange(len(scores)) - centre
    return scores.masked_fill(far.abs() > half, -torch.inf).softmax(-1)


def with_bell(**how):
    return lambda scores, centre, half: (
        inside(scores, centre, half) * bell(scores, centre, half, **how)
    )


def cut_afterwards(scores, centre, half):
    far = torch.arange(len(scores)) - centre
    return scores.softmax(-1) * bell(scores, centre, half) * (far.abs() <= half)


def summing_to_one(scores, centre, half):
    weights = local(scores, centre, half)
    return weights / weights.sum()


def by_hand(**rows):
    """The rows of the input map, by the names of the gates."""
    made = {
        "write": [10.0, -10.0, -10.0],
        "keep": [-10.0, -10.0, 10.0],
        "new": [10.0, 0.0, 0.0],
        "show": [10.0, 10.0, 10.0],
    } | rows
    return {
        "input_map": list(made.values()),
        "hidden_map": [[0.0]] * 4,
        "bias": [0.0] * 4,
    }


RIGHT = [
    (check.memories, HELD),
    (check.memories, torch.tensor(HELD)),
    (check.room, ROOM),
    (check.room, (355, 22, 4.5)),
    (check.local_weights, local),
    (check.local_weights, in_a_loop),
    (check.alignments_named, NAMED),
    (check.alignments_named, {k.lower(): v.upper() for k, v in NAMED.items()}),
    (check.bracket, by_hand()),
    (check.bracket, {k: torch.tensor(v) for k, v in by_hand().items()}),
    (check.bracket, by_hand(new=[10.0, -10.0, -10.0])),
    (check.bracket, by_hand(keep=[-9.0, -9.0, 9.0])),
    (check.shuffled, "b"),
    (check.shuffled, "(B)"),
]

WRONG = [
    (check.room, [355.4, 22, 4.5], "the first number, 355.4, is not whole"),
    (check.room, [355, 23, 4.5], "the second number, 23, is too large"),
    (check.memories, [5, 0, 1, -0.5, 0.5], "at 1 nothing is forgotten"),
    (check.memories, [4, -1, 0, -0.5, 0.75], "the input gate with the new"),
    (check.memories, [5, 5, 6, 5, 5.5], "multiplied by the forget gate before"),
    (check.memories, [1, 0, 1, -0.5, 0.5], "multiplied by the input gate"),
    (check.memories, [1, 1, 1, 0, 0], "a GRU's blend"),
    (check.memories, [1, 0, 1, -1, 0.5], "the old memory is left out"),
    (check.memories, [0.7616, 0.7616, 0.964, 0, 0.4621], "asked for is the memory"),
    (check.memories, [1, 1, 2, 1, 0.5], "the fourth number, 1, is too large"),
    (check.memories, HELD[:4], "there are 4"),
    (check.room, [356, 23, 4.507], "one letter more does not fit"),
    (check.room, [76, 4, 0.974], "the logarithm of 20 to the base 2"),
    (check.room, [512, 32, 6.503], "the natural logarithm"),
    (check.room, [1180, 73, 14.97], "the logarithm to the base 10"),
    (check.room, [307, 19, 3.896], "no whole number of bits"),
    (check.room, [22, 22, 4.507], "each of the 96 numbers has 16 bits"),
    (check.room, [355, 44, 4.507], "above 0 or not is one bit"),
    (check.room, [355, 22, 36524.25], "where 20ⁿ is the number of days"),
    (check.room, [355, 22, 19.48], "letters are asked for"),
    (check.room, [355, 22, 5], "the third number, 5, is"),
    (check.local_weights, lambda s, c, h: s.softmax(-1), "that looks everywhere"),
    (check.local_weights, inside, "are still to be multiplied"),
    (
        check.local_weights,
        lambda s, c, h: s.softmax(-1) * bell(s, c, h),
        "must get no weight at all",
    ),
    (check.local_weights, cut_afterwards, "hide what is outside before softmax"),
    (check.local_weights, summing_to_one, "leave it at the product"),
    (check.local_weights, with_bell(sigma=1), "σ is half of `half`"),
    (check.local_weights, with_bell(twice=1), "divided by 2σ²"),
    (check.local_weights, with_bell(power=1), "is to be squared"),
    (
        check.local_weights,
        lambda s, c, h: local(s, float(round(c)), h),
        "do not round it",
    ),
    (check.local_weights, lambda s, c: s, "must take 3 arguments"),
    (check.alignments_named, renamed(A="copy"), "3 of 4 are right; A is not 'copy'"),
    (check.alignments_named, renamed(A="copy"), "the diagonal from the upper left"),
    (check.alignments_named, renamed(A="reverse"), "to the first letter in the last"),
    (
        check.alignments_named,
        renamed(D="reverse, one-way encoder"),
        "one place to the right",
    ),
    (check.alignments_named, renamed(D="query ignored"), "all rows would be the same"),
    (check.alignments_named, renamed(C="no scores"), "equally dark in all rows"),
    (check.alignments_named, renamed(D="padding heard"), "would not be empty"),
    (check.alignments_named, renamed(D="mask"), "'mask' for D is no name"),
    (check.bracket, by_hand(write=[-10.0, -10.0, -10.0]), "right after a “(”"),
    (check.bracket, by_hand(new=[-10.0, 0.0, 0.0]), "right after a “(”"),
    (check.bracket, by_hand(show=[-10.0, 10.0, 10.0]), "right after a “(”"),
    (check.bracket, by_hand(keep=[-10.0, -10.0, -10.0]), "does not stay open"),
    (check.bracket, by_hand(keep=[-10.0, -10.0, 2.0]), "does not stay open"),
    (check.bracket, by_hand(keep=[-10.0, 10.0, 10.0]), "there it must forget"),
    (check.bracket, by_hand(keep=[-10.0, -1.0, 10.0]), "still shows 0.26"),
    (
        check.bracket,
        by_hand(
            write=[10.0, -10.0, 10.0],
            new=[10.0, 0.0, 10.0],
        ),
        "other letters must not write",
    ),
    (check.bracket, {**by_hand(), "bias": [0.0] * 3}, "of bias: the shape must be (4,)"),
    (check.shuffled, "a", "is not the order of writing"),
    (check.shuffled, "(c)", "they move with them"),
    (check.shuffled, "D", "the later as little as the first"),
    (check.shuffled, "e", "'e' is none of them"),
    (check.shuffled, 2, "this is an int"),
]  # fmt: skip
