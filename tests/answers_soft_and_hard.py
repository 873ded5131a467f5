"""Answers to chapter 03's exercises: right ones, and wrong ones people write."""

import math

import torch

from attn_utils.exercises import soft_and_hard as check

SHARES, KEYS = (1 / 14, 4 / 14, 9 / 14), 2.0
WARM = tuple(root / (1 + 2**0.5 + 3**0.5) for root in (1, 2**0.5, 3**0.5))
NAMED = {
    "I": "straight-through",
    "II": "reinforce",
    "III": "soft",
    "IV": "reinforce + baseline",
}


def renamed(**names):
    return NAMED | names


def keys(*weights):
    return 1 / sum(weight**2 for weight in weights)


def by_autograd(chances, losses):
    scores = chances.log().requires_grad_()
    (scores.softmax(dim=-1) @ losses).backward()
    return scores.grad


def parts(memory):
    return memory[:, :, :4], memory[:, :, 4:]


def apart(left, key):
    return (left[:, None] - key[None]).square().sum((-1, -2))


def mixed(weights, value):
    return torch.einsum("qk,krc->qrc", weights, value)


def recalled(left, memory, bandwidth):
    key, value = parts(memory)
    scores = -apart(left, key) / (2 * bandwidth**2)
    return mixed(scores.softmax(dim=-1), value)


def by_scores(scores):
    """An answer to exercise 3 whose scores are computed in another way."""
    return lambda left, memory, bandwidth: mixed(
        scores(apart(left, parts(memory)[0]), bandwidth).softmax(dim=-1),
        parts(memory)[1],
    )


def rowwise(left, memory, bandwidth):
    """Right, one query at a time."""
    rows = []
    for one in left:
        squares = ((memory[..., :4] - one) ** 2).sum(dim=(1, 2))
        weights = torch.exp(-squares / (2 * bandwidth * bandwidth))
        weights = weights / weights.sum()
        rows.append((weights[:, None, None] * memory[..., 4:]).sum(dim=0))
    return torch.stack(rows)


def upper_compared(left, memory, bandwidth):
    key = memory[:, :4].reshape(-1, 8, 4)
    scores = -apart(left, key) / (2 * bandwidth**2)
    return mixed(scores.softmax(dim=-1), parts(memory)[1])


def lower_read(left, memory, bandwidth):
    scores = -apart(left, parts(memory)[0]) / (2 * bandwidth**2)
    return mixed(scores.softmax(dim=-1), memory[:, 4:].reshape(-1, 8, 4))


def key_read(left, memory, bandwidth):
    scores = -apart(left, parts(memory)[0]) / (2 * bandwidth**2)
    return mixed(scores.softmax(dim=-1), parts(memory)[0])


def over_queries(left, memory, bandwidth):
    scores = -apart(left, parts(memory)[0]) / (2 * bandwidth**2)
    return mixed(scores.softmax(dim=0), parts(memory)[1])


def nearest(left, memory, bandwidth):
    return parts(memory)[1][apart(left, parts(memory)[0]).argmin(dim=-1)]


def spoiling(answer):
    """The same answer, which empties what it was given."""

    def spoiled(*given):
        result = answer(*given).clone()
        for one in given:
            if isinstance(one, torch.Tensor):
                one.zero_()
        return result

    return spoiled


def rows_jump(x):
    return (x[..., 1:, :] - x[..., :-1, :]).abs().sum((-1, -2))


def columns_jump(x):
    return (x[..., 1:] - x[..., :-1]).abs().sum((-1, -2))


RIGHT = [
    (check.temperatures, [*SHARES, KEYS]),
    (check.temperatures, (0.07, 0.29, 0.64, 2)),
    (check.temperatures, torch.tensor([*SHARES, KEYS])),
    (check.expected_gradient, by_autograd),
    (
        check.expected_gradient,
        lambda chances, losses: chances * (losses - (chances * losses).sum()),
    ),
    (
        check.expected_gradient,
        lambda chances, losses: (torch.diag(chances) - torch.outer(chances, chances))
        @ losses,
    ),
    (check.expected_gradient, spoiling(by_autograd)),
    (check.recall_right, recalled),
    (check.recall_right, rowwise),
    (check.recall_right, spoiling(recalled)),
    (check.clouds_named, NAMED),
    (check.clouds_named, {k.lower(): v.upper() for k, v in NAMED.items()}),
    (check.digit_finder, lambda x: -rows_jump(x)),
    (check.digit_finder, lambda x: -rows_jump(x) - columns_jump(x)),
    (check.digit_finder, lambda x: -(x[..., 0] + x[..., 7]).sum(-1)),
    (check.digit_finder, spoiling(lambda x: -rows_jump(x).double())),
    (check.digit_finder, lambda x: -(x[..., [0, 7]] > 0).sum((-1, -2))),
    (check.digit_finder, lambda x: -rows_jump(x) * torch.ones(1, requires_grad=True)),
    (check.bandwidth_for_more, "a"),
    (check.bandwidth_for_more, " (A)"),
]  # fmt: skip

WRONG = [
    (check.temperatures, [*WARM, keys(*WARM)], "half a temperature doubles them"),
    (check.temperatures, [1 / 6, 2 / 6, 3 / 6, 36 / 14], "the weights at T = 1"),
    (check.temperatures, [1 / 12, 2 / 12, 3 / 12, 2], "before the softmax"),
    (check.temperatures, [2 / 6, 4 / 6, 1, 9 / 14], "before the softmax"),
    (check.temperatures, [1, 4, 9, 2], "divide each exponential by their sum"),
    (check.temperatures, [1, 4, 9, 1 / 98], "divide each exponential by their sum"),
    (
        check.temperatures,
        [0, math.log(2, 6), math.log(3, 6), keys(math.log(2, 6), math.log(3, 6))],
        "take the exponential of each score",
    ),
    (check.temperatures, [*SHARES[::-1], 2], "the score 0 comes first"),
    (check.temperatures, [*SHARES, 0.5], "is one over it"),
    (check.temperatures, [*SHARES, 36 / 14], "take part at T = 1: square the new"),
    (check.temperatures, [*SHARES, 1 / 98], "square the weights, not the exponentials"),
    (check.temperatures, [*SHARES, 1], "first square each weight"),
    (check.temperatures, [*SHARES, 3], "if all weighed alike"),
    (check.temperatures, [*SHARES, 2.5], "the fourth number, 2.5, is too large"),
    (check.temperatures, [*SHARES], "there are 3"),
    (check.expected_gradient, lambda chances, losses: chances * losses, "loss off"),
    (
        check.expected_gradient,
        lambda chances, losses: losses - (chances * losses).sum(),
        "times its chance",
    ),
    (
        check.expected_gradient,
        lambda chances, losses: -by_autograd(chances, losses),
        "a sign",
    ),
    (
        check.expected_gradient,
        lambda chances, losses: chances * (losses - losses.mean()),
        "not the plain mean",
    ),
    (
        check.expected_gradient,
        lambda chances, losses: chances * (1 - chances) * losses,
        "the others move as well",
    ),
    (
        check.expected_gradient,
        lambda chances, losses: losses,
        "the gradient by the chances",
    ),
    (
        check.expected_gradient,
        lambda chances, losses: (chances * losses).sum(),
        "its gradient is asked for",
    ),
    (
        check.expected_gradient,
        lambda chances, losses: by_autograd(chances, losses).sum(),
        "their sum is always 0",
    ),
    (check.expected_gradient, lambda chances: chances, "must take 2 arguments"),
    (check.recall_right, upper_compared, "left halves meet upper ones"),
    (check.recall_right, lower_read, "those are lower halves"),
    (check.recall_right, key_read, "the value is not the key"),
    (check.recall_right, by_scores(lambda d, h: -d / (2 * h)), "squared in the score"),
    (check.recall_right, by_scores(lambda d, h: -d / h), "squared in the score"),
    (check.recall_right, by_scores(lambda d, h: -d / h**2), "a 2 is missing"),
    (check.recall_right, by_scores(lambda d, h: d / (2 * h**2)), "minus a distance"),
    (
        check.recall_right,
        by_scores(lambda d, h: -d.sqrt() / (2 * h**2)),
        "square the distance",
    ),
    (
        check.recall_right,
        by_scores(lambda d, h: -d / 32 / (2 * h**2)),
        "does not take their mean",
    ),
    (
        check.recall_right,
        lambda left, memory, bandwidth: mixed(
            torch.einsum("qrc,krc->qk", left, parts(memory)[0]).softmax(dim=-1),
            parts(memory)[1],
        ),
        "compares by a product",
    ),
    (check.recall_right, nearest, "that copies the nearest"),
    (
        check.recall_right,
        lambda left, memory, bandwidth: parts(memory)[1].mean(dim=0).expand(len(left), 8, 4),
        "the mean of all, whoever asks",
    ),
    (check.recall_right, over_queries, "runs over the remembered"),
    (
        check.recall_right,
        lambda *given: recalled(*given).flatten(1),
        "the shape must be (3, 8, 4), but is (3, 32)",
    ),
    (check.clouds_named, renamed(I="reinforce"), "3 of 4 are right; I is not 'reinforce'"),
    (check.clouds_named, renamed(IV="reinforce"), "no other cloud would be as wide"),
    (check.clouds_named, renamed(II="reinforce + baseline"), "narrower than another"),
    (check.clouds_named, renamed(IV="straight-through"), "misses the cross"),
    (check.clouds_named, renamed(I="soft"), "nothing is drawn"),
    (check.clouds_named, renamed(III="argmax"), "one point, at zero"),
    (check.clouds_named, renamed(II="one choice"), "three places"),
    (check.clouds_named, renamed(II="hard"), "'hard' for II is no name"),
    (check.digit_finder, lambda x: x.sum((-1, -2)), "shuffling keeps the ink"),
    (check.digit_finder, lambda x: -x.mean((-1, -2)), "shuffling keeps the ink"),
    (check.digit_finder, lambda x: x.flatten(2).std(-1), "shuffling keeps the ink"),
    (check.digit_finder, lambda x: x.amax((-1, -2)), "shuffling keeps the ink"),
    (check.digit_finder, rows_jump, "the right measure with the wrong sign"),
    (check.digit_finder, lambda x: rows_jump(x) + columns_jump(x), "score low for that"),
    (check.digit_finder, lambda x: -columns_jump(x), "strokes are upright"),
    (check.digit_finder, columns_jump, "and look along the strokes"),
    (
        check.digit_finder,
        lambda x: -(x[..., 0, :] + x[..., 7, :]).sum(-1),
        "which edges do they not",
    ),
    (check.digit_finder, lambda x: (x[..., 0] + x[..., 7]).sum(-1), "hardly has ink there"),
    (
        check.digit_finder,
        lambda x: x[..., 2:6, 2:6].mean((-1, -2)),
        "a zero is empty in the middle",
    ),
    (
        check.digit_finder,
        lambda x: 2 * torch.arange(25.0).expand(len(x), 25),
        "score what is in a glimpse",
    ),
    (check.digit_finder, lambda x: torch.ones(len(x), 25), "none stands out"),
    (
        check.digit_finder,
        lambda x: (x[..., 1:] * x[..., :-1]).sum((-1, -2)),
        "% of 500 new scenes, and 90% are asked for",
    ),
    (
        check.digit_finder,
        lambda x: -rows_jump(x).sum(-1),
        "the shape must be (500, 25), but is (500,)",
    ),
    (check.digit_finder, lambda x: rows_jump(x) * math.nan, "a score is not a number"),
    (
        check.digit_finder,
        lambda x: rows_jump(x).argmin(-1),
        "the shape must be (500, 25), but is (500,)",
    ),
    (check.bandwidth_for_more, "b", "not on the digits alone"),
    (check.bandwidth_for_more, "c", "would copy it"),
    (check.bandwidth_for_more, "d", "they are farther away"),
    (check.bandwidth_for_more, "e", "'e' is none of them"),
    (check.bandwidth_for_more, 0.5, "this is a float"),
    (check.bandwidth_for_more, ..., "not yet: pick one of"),
]  # fmt: skip
