"""Answers to chapter 04's exercises: right ones, and wrong ones people write."""

import torch

from attn_utils.exercises import multi_head as check

SHAPE, MAPS = (3, 8, 10, 64), 4 * 512**2
EYE, NONE = torch.eye(4), torch.zeros(4, 4)
NAMED = {"A": "head 2", "B": "one head", "C": "switched off", "D": "head 1"}


def renamed(**names):
    return NAMED | names


def beside(left, right):
    return torch.cat([left, right], dim=1)


def set_to(head_1, head_2):
    return {"head_1": head_1, "head_2": head_2}


FIRST, SECOND = beside(10 * EYE, NONE), beside(NONE, 10 * EYE)


def cut(x, num_heads):
    return x.reshape(*x.shape[:2], num_heads, x.shape[-1] // num_heads)


def split(x, num_heads):
    return cut(x, num_heads).permute(0, 2, 1, 3)


def merge(heads):
    return heads.permute(0, 2, 1, 3).reshape(len(heads), heads.shape[2], -1)


def spoiling(answer):
    """The same answer, which empties what it was given."""

    def spoiled(*given):
        result = answer(*given).clone()
        given[0].zero_()
        return result

    return spoiled


RIGHT = [
    (check.shapes_of_heads, [*SHAPE, MAPS, MAPS]),
    (check.shapes_of_heads, (3, 8, 10, 512 / 8, 2**20, 2**20)),
    (check.merge, merge),
    (check.merge, lambda heads: torch.cat(heads.unbind(1), dim=-1)),
    (check.merge, spoiling(merge)),
    (check.heads_set_by_hand, set_to(FIRST, SECOND)),
    (check.heads_set_by_hand, set_to(FIRST.tolist(), SECOND.double())),
    (check.heads_set_by_hand, set_to(FIRST + 3, beside(-20 * EYE, 20 * EYE))),
    (check.maps_named, NAMED),
    (check.maps_named, {k.lower(): v.upper() for k, v in NAMED.items()}),
    (check.rank_of_scores, [4, 16, 16]),
    (check.rank_of_scores, torch.tensor([4, 16, 16])),
    (check.switched_off, "c"),
    (check.switched_off, " (C)"),
]  # fmt: skip

WRONG = [
    (
        check.merge,
        lambda h: torch.cat([h[:, n] for n in range(4)], dim=-1),
        "it raised IndexError: index 2 is out of bounds for dimension 1 with size 2",
    ),
    (check.shapes_of_heads, [3, 10, 8, 64, MAPS, MAPS], "the heads stand before"),
    (check.shapes_of_heads, [3, 8, 10, 512, MAPS, MAPS], "not all of them"),
    (check.shapes_of_heads, [3, 8, 10, 8, MAPS, MAPS], "how wide is each?"),
    (check.shapes_of_heads, [8, 3, 10, 64, MAPS, MAPS], "the batch stays first"),
    (check.shapes_of_heads, [*SHAPE, MAPS, 2 * MAPS], "half as wide"),
    (check.shapes_of_heads, [*SHAPE, MAPS, MAPS // 2], "but more of them"),
    (check.shapes_of_heads, [*SHAPE, 131072, 65536], "the share of one head"),
    (check.shapes_of_heads, [*SHAPE, 786432, 786432], "W_O"),
    (check.shapes_of_heads, [*SHAPE, 512**2, 512**2], "there are four"),
    (check.shapes_of_heads, [*SHAPE, 8 * MAPS, 16 * MAPS], "from 512 to 512"),
    (check.shapes_of_heads, [*SHAPE, MAPS + 2048, MAPS + 2048], "without a bias"),
    (check.shapes_of_heads, [*SHAPE], "there are 4"),
    (check.merge, lambda x: x.reshape(len(x), x.shape[2], -1), "reads on along"),
    (check.merge, lambda x: x.permute(0, 2, 1, 3), "flatten these"),
    (
        check.merge,
        lambda x: x.reshape(len(x), -1, x.shape[-1]),
        "the tokens of all heads in a row",
    ),
    (
        check.merge,
        lambda x: x.permute(0, 2, 3, 1).reshape(len(x), x.shape[2], -1),
        "then those of the second",
    ),
    (check.merge, lambda x: sum(x.unbind(1)), "a sum mixes"),
    (check.merge, lambda x: sum(x.unbind(1)) / x.shape[1], "a mean mixes"),
    (check.heads_set_by_hand, set_to(FIRST, FIRST), "both heads have one map"),
    (check.heads_set_by_hand, set_to(SECOND, FIRST), "the heads are exchanged"),
    (
        check.heads_set_by_hand,
        set_to(-FIRST, SECOND),
        "head_1 looks away from the name",
    ),
    (
        check.heads_set_by_hand,
        set_to(FIRST, beside(10 * EYE, 10 * EYE)),
        "head_2 shares its weight between both",
    ),
    (
        check.heads_set_by_hand,
        set_to(FIRST / 10, SECOND / 10),
        "larger numbers make softmax surer (the scores are divided by √4)",
    ),
    (
        check.heads_set_by_hand,
        set_to(beside(10 * EYE.roll(1, 0), NONE), SECOND),
        "looks away",
    ),
    (
        check.heads_set_by_hand,
        set_to(FIRST, beside(NONE, 10 * EYE.diag().index_fill(0, torch.tensor(0), 0).diag())),
        "named 2 and 1, head_2 gives its item",
    ),
    (check.heads_set_by_hand, set_to(FIRST.T, SECOND.T), "of head_1: the shape must be"),
    (check.heads_set_by_hand, {"head_1": FIRST}, "not yet: head_2"),
    (check.maps_named, renamed(A="head 1"), "3 of 4 are right; A is not 'head 1'"),
    (check.maps_named, renamed(D="head 2"), "that it names second"),
    (check.maps_named, renamed(A="one head"), "share its weight"),
    (check.maps_named, renamed(B="switched off"), "not even a little"),
    (check.maps_named, renamed(C="untrained"), "weigh all items about alike"),
    (check.maps_named, renamed(B="always the same"), "whatever they name"),
    (check.maps_named, renamed(B="two heads"), "'two heads' for B is no name"),
    (check.rank_of_scores, [16, 16, 16], "however large the table is"),
    (check.rank_of_scores, [4, 64, 16], "more independent rows than rows"),
    (check.rank_of_scores, [4, 64, 64], "more independent rows than rows"),
    (check.rank_of_scores, [4, 16, 4], "leaves tables out"),
    (check.rank_of_scores, [4, 16, 256], "only 16 rows"),
    (check.rank_of_scores, [4, 16, 15], "once softmax follows"),
    (check.rank_of_scores, [8, 16, 16], "do not add up"),
    (check.rank_of_scores, [1, 1, 1], "one query's row"),
    (check.switched_off, "a", "still stands where it stood"),
    (check.switched_off, "b", "nobody tells it"),
    (check.switched_off, "d", "do not share the work"),
    (check.switched_off, "e", "'e' is none of them"),
    (check.switched_off, 2, "this is an int"),
    (check.switched_off, ..., "not yet: pick one of"),
]  # fmt: skip
