"""Answers to chapter 07's exercises: right ones, and wrong ones people write."""

import math

import torch

from attn_utils import (
    attention,
    causal_mask,
    rotate,
    scaled_dot_product_attention,
)
from attn_utils.exercises import position as check

NAMED = {"A": "relative", "B": "none", "C": "sinusoidal", "D": "penalty"}
TURNS = [3, 0.03, 6.283, 6283]
SHARES = [13 / 24, 1, 7 / 12, 1]


def renamed(**names):
    return NAMED | names


def turn(**others):
    names = dict(zip(("first", "last", "fast", "slow"), TURNS, strict=True))
    return list((names | others).values())


def share(**others):
    names = dict(zip(("middle", "end", "all", "masked"), SHARES, strict=True))
    return list((names | others).values())


def carry(steps, frequency):
    angle = torch.tensor(float(steps * frequency))
    sine, cosine = angle.sin(), angle.cos()
    return torch.stack(
        [torch.stack([cosine, sine]), torch.stack([-sine, cosine])]
    )


def carry_by_solving(steps, frequency):
    """Two places, and what stands some steps later, decide the matrix."""

    def waves(place):
        angle = torch.tensor(place * frequency, dtype=torch.float64)
        return torch.stack([angle.sin(), angle.cos()])

    places = (0.0, 0.5 * math.pi / frequency)
    here = torch.stack([waves(p) for p in places], 1)
    there = torch.stack([waves(p + steps) for p in places], 1)
    return there @ torch.linalg.inv(here)


def rows(first, second):
    return torch.tensor([first, second])


def of_step(make):
    return lambda k, w: make(math.sin(k * w), math.cos(k * w))


def by_pairs(
    x, first=0, speed=lambda i, dim: 10000.0 ** (-2 * i / dim), sign=1.0
):
    """Turn neighbours, token by token and pair by pair."""
    turned = x.clone()
    for place in range(len(x)):
        for i in range(x.shape[1] // 2):
            angle = sign * (place + first) * speed(i, x.shape[1])
            a, b = x[place, 2 * i], x[place, 2 * i + 1]
            turned[place, 2 * i] = a * math.cos(angle) - b * math.sin(angle)
            turned[place, 2 * i + 1] = a * math.sin(angle) + b * math.cos(angle)
    return turned


def by_complex_numbers(x):
    places = torch.arange(len(x)).unsqueeze(1)
    speed = 10000.0 ** (-torch.arange(0, x.shape[1], 2) / x.shape[1])
    pairs = torch.view_as_complex(x.unflatten(1, (-1, 2)))
    angle = places * speed
    whole = pairs * torch.polar(torch.ones_like(angle), angle)
    return torch.view_as_real(whole).flatten(1)


def by_power(x):
    """The place as exponent."""
    places = torch.arange(len(x)).unsqueeze(1)
    speed = 10000.0 ** (-torch.arange(0, x.shape[1], 2) / x.shape[1])
    pairs = torch.view_as_complex(x.unflatten(1, (-1, 2)))
    angle = speed**places
    whole = pairs * torch.polar(torch.ones_like(angle), angle)
    return torch.view_as_real(whole).flatten(1)


def read(turn, turn_key=None, turn_value=lambda x: x):
    def call(query, key, value):
        other = turn_key or turn
        return scaled_dot_product_attention(
            turn(query), other(key), turn_value(value)
        )[0]

    return call


def slower(speed):
    return lambda x: by_pairs(x, speed=speed)


def itself(x):
    return x


def without_root(query, key, value):
    return (rotate(query) @ rotate(key).T).softmax(-1) @ value


def by_hand(**others):
    """A query that is 1, 0 whatever it reads, and vectors that use the 1."""
    query_map = torch.zeros(2, 5)
    query_map[0] = 1.0
    table = torch.zeros(5, 2)
    table[1, 0] = 20.0
    made = {
        "query_map": query_map,
        "key_map": torch.zeros(2, 5),
        "table": table,
    }
    return made | others


def only(row, size=20.0):
    table = torch.zeros(5, 2)
    table[row, 0] = size
    return table


FULL = torch.ones(2, 5)

RIGHT = [
    (check.turns, TURNS),
    (check.turns, [3.0, 0.03, 2 * math.pi, 2000 * math.pi]),
    (check.carried, carry),
    (
        check.carried,
        lambda k, w: rows(
            [math.cos(k * w), math.sin(k * w)],
            [-math.sin(k * w), math.cos(k * w)],
        ),
    ),
    (check.carried, carry_by_solving),
    (check.rotary, read(by_pairs)),
    (check.rotary, read(by_complex_numbers)),
    (check.rotary, read(lambda x: by_pairs(x, first=1))),
    (check.schemes_named, NAMED),
    (check.schemes_named, {k.lower(): v.upper() for k, v in NAMED.items()}),
    (check.one_back, by_hand()),
    (check.one_back, {k: v.tolist() for k, v in by_hand().items()}),
    (check.one_back, {k: [*v] for k, v in by_hand().items()}),
    (
        check.one_back,
        by_hand(query_map=FULL, table=torch.eye(5)[:, [1, 1]] * 9),
    ),
    (check.left_or_right, SHARES),
    (check.left_or_right, [0.542, 1.0, 0.583, 1.0]),
]

WRONG = [
    (check.turns, [9.487, 0.9487, 6.283, 198.7], "are only four pairs"),
    (check.turns, [30, 0.3, 0.6283, 628.3], "pairs are counted from 0"),
    (check.turns, [300, 30000, 6.283, 0.006283], "turns more slowly"),
    (check.turns, [3, 0.03, 1, 1000], "a whole turn is 2π, and not 1"),
    (check.turns, [3, 0.03, 3.1416, 3141.6], "on its way down"),
    (check.turns, [3, 0.03, 360, 360000], "angles are in radians"),
    (check.turns, turn(slow=0.006283), "the slower a pair, the longer"),
    (check.turns, [0.1, 0.001, 6.283, 6283], "the angle of one place"),
    (check.turns, [0.1**30, 0.001**30, 6.283, 6283], "adds the same angle"),
    (check.turns, turn(first=2.5), "the first number, 2.5, is too small"),
    (check.turns, TURNS[:3], "there are 3"),
    (check.carried, lambda k, w: carry(k, w).T, "that carries (cos, sin), or goes back"),
    (check.carried, lambda k, w: carry(-k, w), "that carries (cos, sin), or goes back"),
    (check.carried, of_step(lambda s, c: rows([c, s], [s, c])), "with a minus"),
    (check.carried, of_step(lambda s, c: rows([s, c], [c, -s])), "must change nothing"),
    (check.carried, of_step(lambda s, c: rows([s, c], [-c, s])), "must change nothing"),
    (check.carried, of_step(lambda s, c: rows([c, 0.0], [0.0, c])), "needs the old cosine"),
    (check.carried, of_step(lambda s, c: rows([s, 0.0], [0.0, c])), "a sum of two products"),
    (check.carried, lambda k, w: carry(k, 1.0), "the frequency is left out"),
    (check.carried, lambda k, w: carry(1, w), "that is one step"),
    (check.carried, lambda k, w: carry(1, w**k), "they are no exponent"),
    (check.carried, lambda k, w: carry(k, 1 / w), "place · frequency: multiply"),
    (check.carried, lambda k, w: carry(k, w).flatten(), "the shape must be (2, 2)"),
    (check.carried, lambda k, w: carry(k, w).tolist(), "`torch.tensor` makes one"),
    (check.rotary, read(itself), "nothing is turned there"),
    (check.rotary, read(by_pairs, itself), "both are to be turned"),
    (check.rotary, read(itself, by_pairs), "both are to be turned"),
    (check.rotary, read(by_pairs, by_pairs, by_pairs), "values are read"),
    (check.rotary, read(lambda x: rotate(x, halves=True)), "neighbours are a pair"),
    (check.rotary, read(lambda x: by_pairs(x, sign=-1.0)), "turned the wrong way"),
    (check.rotary, read(by_pairs, lambda x: by_pairs(x, sign=-1.0)), "the sum of their places"),
    (check.rotary, read(by_power), "it is no exponent"),
    (check.rotary, read(slower(lambda i, dim: 10000.0 ** (-i / dim))), "only dim / 2 pairs"),
    (check.rotary, read(slower(lambda i, dim: 10000.0 ** (2 * i / dim))), "turns more slowly"),
    (check.rotary, read(slower(lambda i, dim: 1.0)), "a speed of its own"),
    (check.rotary, without_root, "divided by the root of dim"),
    (
        check.rotary,
        lambda q, k, v: attention(rotate(q), rotate(k), v, causal_mask(len(q)))[0],
        "no mask is asked for",
    ),
    (check.rotary, lambda q, k, v: rotate(q) @ rotate(k).T, "the shape must be (7, 2)"),
    (check.rotary, lambda x: rotate(x), "must take 3 arguments: query, key, value"),
    (check.schemes_named, renamed(B="none, causal"), "3 of 4 are right; B is not"),
    (check.schemes_named, renamed(B="none, causal"), "would share its weight equally"),
    (check.schemes_named, renamed(C="none"), "no token would stand out"),
    (check.schemes_named, renamed(A="sinusoidal"), "not look the same along its diagonals"),
    (check.schemes_named, renamed(C="relative"), "from two places on each side"),
    (check.schemes_named, renamed(A="rotary"), "changing into both corners"),
    (check.schemes_named, renamed(A="penalty"), "fade alike to the left and to the right"),
    (check.schemes_named, renamed(D="ALiBi"), "'ALiBi' for D is no name"),
    (check.one_back, by_hand(query_map=torch.zeros(2, 5)), "looks everywhere alike"),
    (check.one_back, by_hand(table=torch.zeros(5, 2)), "looks everywhere alike"),
    (check.one_back, by_hand(table=torch.eye(2)[[1]].expand(5, 2)), "every vector of the table"),
    (check.one_back, by_hand(table=only([1, 2])), "; as much goes to place"),
    (
        check.one_back,
        by_hand(query_map=1e20 * FULL, table=only(1, 1e20)),
        "leave what a float can hold",
    ),
    (check.one_back, by_hand(table=only(3)), "looks one place ahead"),
    (check.one_back, by_hand(table=only(2)), "each token looks at itself"),
    (check.one_back, by_hand(query_map=torch.eye(5)[:2]), "other symbols, other weights"),
    (
        check.one_back,
        by_hand(key_map=30 * torch.eye(5)[:2]),
        "other symbols, other weights",
    ),
    (check.one_back, by_hand(table=only(1, 3.0)), "larger numbers make softmax surer"),
    (check.one_back, by_hand(table=only(0)), "it looks most at place 0"),
    (check.one_back, by_hand(table=only(1).T), "the axes are exchanged"),
    (check.one_back, by_hand(key_map=...), "not yet: key_map must have the shape (2, 5)"),
    (check.left_or_right, [0.5, 1, 6 / 11, 1], "both neighbours are one symbol"),
    (check.left_or_right, [1 / 12, 1 / 12, 1 / 12, 1], "stand out from all others"),
    (check.left_or_right, [1, 1, 1, 1], "read backwards the line gives it the same"),
    (check.left_or_right, [13 / 24, 13 / 24, 13 / 24, 1], "has one neighbour alone"),
    (check.left_or_right, share(all=0.5347), "there are eleven"),
    (check.left_or_right, share(all=0.5799), "There are eleven"),
    (check.left_or_right, share(all=0.7708), "the last place is one of eleven"),
    (check.left_or_right, share(masked=13 / 24), "under the mask nothing to the right"),
    (check.left_or_right, share(middle=0.7), "the first number, 0.7, is too large"),
    (check.left_or_right, share(end=0.5), "the second number, 0.5, is too small"),
]  # fmt: skip
