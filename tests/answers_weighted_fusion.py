"""Answers to chapter 01's exercises: right ones, and wrong ones people write."""

import math

import torch

from attn_utils import attention, window_mask
from attn_utils.exercises import weighted_fusion as check


def column(x):
    return x.unsqueeze(-1)


def others(x):
    return ~torch.eye(len(x), dtype=torch.bool)


def misses(x, y, bandwidth, mask=None):
    def score(query, key):
        return -((query - key.transpose(-2, -1)) ** 2) / (2 * bandwidth**2)

    guess, _ = attention(column(x), column(x), column(y), mask, score)
    return guess.squeeze(-1) - y


def kernel_error(x, y, bandwidth, mask=None):
    return (misses(x, y, bandwidth, mask) ** 2).mean().item()


def choose(x, y, candidates, mask):
    return min(candidates, key=lambda h: kernel_error(x, y, h, mask))


def empty_the_list(x, y, candidates):
    """Right, though it leaves nothing of what it was given."""
    best = None
    while candidates:
        bandwidth = candidates.pop()
        error = kernel_error(x, y, bandwidth, others(x))
        if best is None or error < best[0]:
            best = error, bandwidth
    x.zero_(), y.zero_()
    return best[1]


def place(a, b, h, ratio):
    return (a + b) / 2 + h**2 * math.log(ratio) / (a - b)


def shares(grown):
    return [g / sum(grown) for g in grown]


FOUR = [math.exp(-0.5), 1.0, math.exp(-0.5), math.exp(-2)]
NAMED = {
    "A": "hidden too late",
    "B": "leave one out",
    "C": "upside down",
    "D": "causal",
}
KEY = [[1, 0], [0, 1], [1, 0]]
QUERY = [[0, 0], [0, 9], [9, 0]]


def renamed(**names):
    return NAMED | names


def made(key=KEY, query=QUERY):
    return {"key": key, "query": query}


def by_the_chapters_lines(x, y, candidates):
    """Weights as the chapter first writes them, one person after the other."""
    errors = []
    for h in candidates:
        misses = []
        for i, place in enumerate(x):
            others = [j for j in range(len(x)) if j != i]
            grown = [
                math.exp(-((place - x[j]).item() ** 2) / (2 * h**2))
                for j in others
            ]
            weights = [each / sum(grown) for each in grown]
            guess = sum(
                w * y[j].item() for w, j in zip(weights, others, strict=True)
            )
            misses.append((guess - y[i].item()) ** 2)
        errors.append(sum(misses))
    return candidates[errors.index(min(errors))]


RIGHT = [
    (check.best_bandwidth, lambda x, y, c: choose(x, y, c, others(x))),
    (check.best_bandwidth, empty_the_list),
    (check.best_bandwidth, by_the_chapters_lines),
    (
        check.best_bandwidth,
        lambda x, y, c: torch.tensor(
            sorted(c, key=lambda h: kernel_error(x, y, h, others(x)))[0]
        ),
    ),
    (check.fourth_voice, shares(FOUR)),
    (check.fourth_voice, (0.26, 0.43, 0.26, 0.06)),
    (check.fourth_voice, torch.tensor(shares(FOUR))),
    (check.fourth_voice, torch.tensor(shares(FOUR)).numpy()),
    (check.louder, place),
    (check.louder, lambda *given: torch.tensor(place(*given))),
    (
        check.louder,
        lambda a, b, h, ratio: (
            (a * a - b * b + 2 * h * h * math.log(ratio)) / (2 * (a - b))
        ),
    ),
    (check.maps_named, NAMED),
    (check.maps_named, {k.lower(): v.upper() for k, v in NAMED.items()}),
    (check.without_the_sum, "b"),
    (check.without_the_sum, " (B) "),
    (check.three_questions, made()),
    (check.three_questions, made(-3 * torch.tensor(KEY), torch.tensor(QUERY) / -2.0)),
    (check.three_questions, made([[2, 3], [3, -2], [2, 3]], [[0, 0], [4, -9], [3, 3]])),
    (
        check.three_questions,
        made(query=torch.nn.Parameter(torch.tensor(QUERY).double())),
    ),
]  # fmt: skip

WRONG = [
    (
        check.best_bandwidth,
        lambda x, y, c: choose(x, y, c, ~window_mask(len(x), 1)),
        "expected 0.1, got 0.3",
    ),
    (check.best_bandwidth, lambda x, y, c: choose(x, y, c, None), "predicted by itself"),
    (
        check.best_bandwidth,
        lambda x, y, c: choose(x, y, c, ~others(x)),
        "look at itself alone",
    ),
    (
        check.best_bandwidth,
        lambda x, y, c: choose(
            x, y, c, torch.ones(len(x), len(x)).tril(-1) > 0
        ),
        "expected 0.1, got 0.2",
    ),
    (
        check.best_bandwidth,
        lambda x, y, c: min(
            c, key=lambda h: misses(x, y, h, others(x)).abs().mean()
        ),
        "square each miss",
    ),
    (
        check.best_bandwidth,
        lambda x, y, c: max(c, key=lambda h: kernel_error(x, y, h, others(x))),
        "not the largest",
    ),
    (check.best_bandwidth, lambda x, y, c: min(c), "predicted by itself"),
    (check.best_bandwidth, lambda x, y, c: c[0], "look at itself alone"),
    (
        check.best_bandwidth,
        lambda x, y, c: c.index(choose(x, y, c, others(x))),
        "its place in the list",
    ),
    (
        check.best_bandwidth,
        lambda x, y, c: min(kernel_error(x, y, h, others(x)) for h in c),
        "not its error",
    ),
    (
        check.best_bandwidth,
        lambda x, y, c: min(
            c, key=lambda h: kernel_error(x, y, h**0.5, others(x))
        ),
        "2h²",
    ),
    (
        check.best_bandwidth,
        lambda x, y, c: [choose(x, y, c, others(x))],
        "must return a number, but returned a list",
    ),
    (check.fourth_voice, FOUR, "divide each exponential"),
    (check.fourth_voice, [-0.5, 0, -0.5, -2], "those are the scores"),
    (check.fourth_voice, shares([-0.5, 0, -0.5, -2]), "take the exponential of each"),
    (
        check.fourth_voice,
        shares([math.exp(-1), 1, math.exp(-1), math.exp(-4)]),
        "2h², which is 2",
    ),
    (check.fourth_voice, shares([1 / g for g in FOUR]), "the nearer, the higher"),
    (
        check.fourth_voice,
        shares([math.exp(-1), 1, math.exp(-1), math.exp(-2)]),
        "square the distance",
    ),
    (check.fourth_voice, [0.348, 0.574, 0.258, 0.078], "every other share smaller"),
    (check.fourth_voice, [0.25] * 4, "a bandwidth without end"),
    (check.fourth_voice, [0.35, 0.57, 0.08], "there are 3"),
    (check.fourth_voice, 21.2, "4 numbers are asked for, but this is"),
    (check.fourth_voice, [0.3, 0.4, 0.3, 0.1], "keep more digits"),
    (check.fourth_voice, ["0.26"] * 4, "leave out the quotes"),
    (check.fourth_voice, [..., ..., ..., ...], "not yet"),
    (
        check.louder,
        lambda a, b, h, r: (a + b) / 2 - h**2 * math.log(r) / (a - b),
        "the other one is heard more",
    ),
    (
        check.louder,
        lambda a, b, h, r: (a + b) / 2 + h * math.log(r) / (a - b),
        "bandwidth is squared",
    ),
    (
        check.louder,
        lambda a, b, h, r: (a + b) / 2 + h**2 * r / (a - b),
        "take its logarithm",
    ),
    (
        check.louder,
        lambda a, b, h, r: h**2 * math.log(r) / (a - b),
        "for a ratio of 1 it is the middle",
    ),
    (check.louder, lambda a, b, h, r: (a + b) / 2, "heard alike"),
    (
        check.louder,
        lambda a, b, h, r: (a + b) / 2 + h**2 * math.log(r) / (2 * (a - b)),
        "a factor 2",
    ),
    (
        check.louder,
        lambda a, b, h, r: (a + b) / 2 + 2 * h**2 * math.log(r) / (a - b),
        "a factor 2",
    ),
    (
        check.louder,
        lambda a, b, h, r: (a + b) / 2 + h**2 * math.log(r) * (a - b),
        "divide by the distance",
    ),
    (check.louder, place(2.0, 4.0, 1.0, 3.0), "without calling it"),
    (check.louder, lambda a, b: a + b, "must take 4 arguments"),
    (check.maps_named, renamed(A="causal"), "3 of 4 are right; A is not 'causal'"),
    (check.maps_named, renamed(D="hidden too late"), "pale"),
    (check.maps_named, renamed(B="copies itself"), "the diagonal alone would be dark"),
    (check.maps_named, renamed(B="a window"), "a band along"),
    (check.maps_named, renamed(C="leave one out"), "the diagonal alone would be empty"),
    (check.maps_named, renamed(D="upside down"), "the last query nobody"),
    (check.maps_named, renamed(D="casual"), "'casual' for D is no name"),
    (check.maps_named, {"A": "causal"}, "not yet: B has no name"),
    (check.maps_named, list(NAMED.values()), "but this is a list"),
    (check.without_the_sum, "a", "what the division does"),
    (check.without_the_sum, "c", "far from equal"),
    (check.without_the_sum, "d", "'d' is none of them"),
    (check.without_the_sum, 0.0, "pick one of 'a', 'b', 'c'; this is a float"),
    (check.without_the_sum, ..., "not yet: pick one of"),
    (
        check.three_questions,
        made(query=[[1, 1], [0, 9], [9, 0]], key=[[1, 0], [0, 2], [1, 0]]),
        "which query scores every key alike",
    ),
    (check.three_questions, made(query=[[0, 0], [0, 2], [9, 0]]), "a longer query"),
    (
        check.three_questions,
        made(query=[[0, 0], [0, -9], [9, 0]]),
        "turn the query round",
    ),
    (
        check.three_questions,
        made(key=[[2, 0], [0, 1], [1, 0]]),
        "which key should score highest, and which alike?",
    ),
    (
        check.three_questions,
        made(query=[[0, 0], [0, 9], [3e38, 3e38]], key=[[9, 0], [0, 9], [9, 0]]),
        "too large for floats",
    ),
    (
        check.three_questions,
        made(key=[[1, 0, 1], [0, 1, 0]]),
        "of key: the shape must be (3, 2), but is (2, 3) (the axes are exchanged)",
    ),
    (
        check.three_questions,
        made(query=[0, 9]),
        "of query: the shape must be (3, 2), but is (2,)",
    ),
    (check.three_questions, made(key=[[1], [0, 1]]), "rows of numbers"),
    (check.three_questions, made(key=torch.ones(3, 2) > 0), "must hold numbers"),
    (check.three_questions, made(query=[[0, 0], [0, math.inf], [9, 0]]), "finite"),
    (check.three_questions, made(query=...), "not yet: query must have"),
    (check.three_questions, [KEY, QUERY], "a dict is asked for"),
]  # fmt: skip
