"""Answers to chapter 02's exercises: right ones, and wrong ones people write."""

import math

import torch
from torch.nn.functional import normalize

from attn_utils.exercises import scoring_functions as check

DOTS, COSINES = (63, 120), (63 / 65, 120 / 169)
NAMED = {
    "I": "product",
    "II": "first feature",
    "III": "distance",
    "IV": "cosine",
}
TURN_BACK, FIRST = [[0, -1], [1, 0]], [[1, 0], [0, 0]]


def renamed(**names):
    return NAMED | names


def made(turn_back=TURN_BACK, first_only=FIRST):
    return {"turn_back": turn_back, "first_only": first_only}


def pulls(weights, value):
    """Right, by the gradient of the context."""
    score = weights.log().requires_grad_()
    (score.softmax(dim=-1) @ value).backward()
    return score.grad


def unit(x, dim=-1):
    return x / x.square().sum(dim, keepdim=True).sqrt()


def cosine(query, key, temperature):
    return unit(query) @ unit(key).mT / temperature


RIGHT = [
    (check.product_and_cosine, [*DOTS, *COSINES]),
    (check.product_and_cosine, (63.0, 120.0, 0.97, 0.71)),
    (check.product_and_cosine, torch.tensor([*DOTS, *COSINES])),
    (check.maps_set_by_hand, made()),
    (check.maps_set_by_hand, made(torch.tensor(TURN_BACK).double())),
    (check.planes_named, NAMED),
    (check.planes_named, {k.lower(): v.upper() for k, v in NAMED.items()}),
    (check.divided_by_the_width, "a"),
    (check.divided_by_the_width, "(A)"),
    (check.pull, pulls),
    (check.pull, lambda weights, value: weights * (value - (weights * value).sum())),
    (
        check.pull,
        lambda weights, value: (torch.diag(weights) - torch.outer(weights, weights))
        @ value,
    ),
    (check.cosine_score, cosine),
    (
        check.cosine_score,
        lambda query, key, temperature: (
            torch.cosine_similarity(query.unsqueeze(-2), key.unsqueeze(-3), dim=-1)
            / temperature
        ),
    ),
]  # fmt: skip

WRONG = [
    (
        check.cosine_score,
        lambda q, k, t: torch.bmm(*(normalize(q, dim=-1), normalize(k, dim=-1).mT)) / t,
        "batch1 must be a 3D tensor, for query",
    ),
    (check.product_and_cosine, [*COSINES, *DOTS], "first the two products"),
    (check.product_and_cosine, [120, 63, *COSINES[::-1]], "the key (3, 4) comes first"),
    (check.product_and_cosine, [*DOTS, 63 / 13, 120 / 13], "by the length of the key"),
    (check.product_and_cosine, [*DOTS, 63 / 5, 120 / 13], "by the length of the query"),
    (
        check.product_and_cosine,
        [*DOTS, 63 / 65**2, 120 / 169**2],
        "the root of the sum of squares",
    ),
    (check.product_and_cosine, [*DOTS, *map(math.acos, COSINES)], "those are the angles"),
    (
        check.product_and_cosine,
        [*DOTS, math.dist((5, 12), (3, 4)), math.dist((5, 12), (12, 5))],
        "those are the distances",
    ),
    (check.product_and_cosine, [-16, -119, *COSINES], "first times first"),
    (check.product_and_cosine, [63, 120, 0.9, 0.7], "the third number, 0.9, is too small"),
    (check.product_and_cosine, [63, 120], "there are 2"),
    (check.maps_set_by_hand, made([[0, 1], [-1, 0]]), "the same way once more"),
    (check.maps_set_by_hand, made([[1, 0], [0, 1]]), "leaves the query as it is"),
    (check.maps_set_by_hand, made([[1, 0], [0, -1]]), "a turn or a mirror"),
    (check.maps_set_by_hand, made([[1, 2], [3, 4]]), "which way does the query"),
    (check.maps_set_by_hand, made(first_only=[[1, 0], [0, 1]]), "its rank must be one"),
    (check.maps_set_by_hand, made(first_only=[[0, 0], [0, 1]]), "the second feature"),
    (check.maps_set_by_hand, made(first_only=[[0, 0], [0, 0]]), "compares nothing"),
    (check.maps_set_by_hand, made(first_only=[[0, 1], [0, 0]]), "which entry meets"),
    (check.maps_set_by_hand, made(first_only=[1, 0]), "of first_only: the shape must be"),
    (check.planes_named, renamed(I="distance"), "3 of 4 are right; I is not 'distance'"),
    (check.planes_named, renamed(III="product"), "rays from the origin"),
    (check.planes_named, renamed(I="first feature"), "upright"),
    (check.planes_named, renamed(II="second feature"), "lie flat"),
    (check.planes_named, renamed(I="cosine"), "equal weights everywhere"),
    (check.planes_named, renamed(III="wide distance"), "nobody sure of them"),
    (check.planes_named, renamed(III="nearness"), "'nearness' for III is no name"),
    (check.divided_by_the_width, "b", "what the root keeps"),
    (check.divided_by_the_width, "c", "without any division"),
    (check.divided_by_the_width, "d", "'d' is none of them"),
    (check.divided_by_the_width, 1.0, "this is a float"),
    (check.divided_by_the_width, ..., "not yet: pick one of"),
    (check.pull, lambda weights, value: weights * value, "take away the context"),
    (check.pull, lambda weights, value: value - weights @ value, "times its weight"),
    (check.pull, lambda weights, value: -pulls(weights, value), "a sign"),
    (
        check.pull,
        lambda weights, value: weights * (1 - weights) * value,
        "the others move as well",
    ),
    (
        check.pull,
        lambda weights, value: weights * (value - value.mean()),
        "not from the plain mean",
    ),
    (check.pull, lambda weights, value: pulls(weights, value).sum(), "not their sum"),
    (check.pull, lambda weights: weights, "must take 2 arguments: weights, value"),
    (
        check.cosine_score,
        lambda query, key, temperature: unit(query) @ key.mT / temperature,
        "divide by these too",
    ),
    (
        check.cosine_score,
        lambda query, key, temperature: query @ unit(key).mT / temperature,
        "divide by that too",
    ),
    (
        check.cosine_score,
        lambda query, key, temperature: (
            query
            / query.square().sum(-1, keepdim=True)
            @ (key / key.square().sum(-1, keepdim=True)).mT
            / temperature
        ),
        "the root of the sum of squares",
    ),
    (
        check.cosine_score,
        lambda query, key, temperature: unit(query, -2) @ unit(key, -2).mT / temperature,
        "sums over its features",
    ),
    (
        check.cosine_score,
        lambda query, key, temperature: unit(query) @ unit(key).mT * temperature,
        "a low one sharpens",
    ),
    (
        check.cosine_score,
        lambda query, key, temperature: unit(query) @ unit(key).mT,
        "changes nothing here",
    ),
    (
        check.cosine_score,
        lambda query, key, temperature: query @ key.mT / temperature,
        "divide by both lengths",
    ),
]  # fmt: skip
