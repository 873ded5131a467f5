"""Checkers for chapter 02, Scoring functions."""

import math

import torch
from torch.nn.functional import normalize

from .._shapes import Float, Tensor
from ..scores import BilinearScore, DotScore, GaussianScore
from .base import (
    Verdict,
    judge,
    judge_choice,
    judge_names,
    judge_numbers,
    judge_tensors,
)
from .drawn import normal
from .words import written

# The query and the two keys of exercise 1: whole numbers, whole lengths.
ASKED, NEAR, LONG = (5.0, 12.0), (3.0, 4.0), (12.0, 5.0)
# The keys of the four planes of exercise 3, and how far its maps reach.
SONGS = ((0.6, 0.8), (1.2, 1.6), (-0.6, 0.8))
REACH, STEPS = 2.0, 41
NUMBERS = ("I", "II", "III", "IV")


def _dot(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def product_and_cosine(answer: object) -> Verdict:
    """Check, by pen, the dot products of two keys and their cosines."""
    dots = tuple(_dot(ASKED, key) for key in (NEAR, LONG))
    lengths = tuple(math.hypot(*key) for key in (NEAR, LONG))
    query = math.hypot(*ASKED)
    first, second = (
        dot / (query * length)
        for dot, length in zip(dots, lengths, strict=True)
    )
    distances = tuple(math.dist(ASKED, key) for key in (NEAR, LONG))
    crossed = tuple(
        ASKED[0] * key[1] - ASKED[1] * key[0] for key in (NEAR, LONG)
    )
    return judge_numbers(
        answer,
        (*dots, first, second),
        mistakes={
            (first, second, *dots): "first the two products, then the cosines",
            (*dots[::-1], second, first): "the key (3, 4) comes first",
            (*dots, dots[0] / query, dots[1] / query): (
                "divide by the length of the key as well as by the query's"
            ),
            (
                *dots,
                dots[0] / lengths[0],
                dots[1] / lengths[1],
            ): "divide by the length of the query as well as by the key's",
            (
                *dots,
                dots[0] / (query * lengths[0]) ** 2,
                dots[1] / (query * lengths[1]) ** 2,
            ): "a length is the root of the sum of squares",
            (
                *dots,
                math.acos(first),
                math.acos(second),
            ): "those are the angles; their cosines are asked for",
            (
                *dots,
                *distances,
            ): "those are the distances; the cosine divides by the lengths",
            (
                *crossed,
                first,
                second,
            ): "first times first plus second times second",
        },
        because=(
            f"the product prefers the key of length {written(lengths[1])}, the "
            "cosine the one that points more nearly its way"
        ),
    )


def maps_set_by_hand(answer: object) -> Verdict:
    """Check two matrices: one that turns the query back, one of rank one."""
    query, key = normal(5, 2, seed=1), normal(7, 2, seed=2)
    # A quarter turn to the left takes (1, 0) to (0, 1).
    turned = torch.stack([-query[:, 1], query[:, 0]], dim=-1)

    def scored(matrix: Tensor, query: Tensor) -> Tensor:
        score = BilinearScore(2, 2)
        with torch.no_grad():
            score.weight.copy_(matrix)
            return score(query, key)

    def turns_back(turn_back: Tensor, **_) -> str:
        got, wish = scored(turn_back, turned), DotScore()(query, key)
        if torch.allclose(got, wish, atol=1e-3):
            return ""
        hint = "which way does the query have to be turned?"
        if torch.allclose(got, -wish, atol=1e-3):
            hint = "the sign is wrong: you turned it the same way once more"
        elif torch.allclose(turn_back, torch.eye(2)):
            hint = "this leaves the query as it is"
        elif torch.allclose(turn_back @ turn_back.T, torch.eye(2), atol=1e-3):
            hint = "it is a turn or a mirror, but not the one that undoes this"
        return f"turn_back does not give the product of the unturned ({hint})"

    def looks_at_one(first_only: Tensor, **_) -> str:
        got = scored(first_only, query)
        wish = torch.outer(query[:, 0], key[:, 0])
        if torch.allclose(got, wish, atol=1e-3):
            return ""
        hint = "which entry meets the first feature of both?"
        if torch.linalg.matrix_rank(first_only) == 2:
            hint = "as it is, it compares two features: its rank must be one"
        elif torch.allclose(
            got, torch.outer(query[:, 1], key[:, 1]), atol=1e-3
        ):
            hint = "this compares the second feature"
        elif not first_only.any():
            hint = "this compares nothing: every score is zero"
        return f"first_only does not compare the first feature alone ({hint})"

    return judge_tensors(
        answer,
        {"turn_back": (2, 2), "first_only": (2, 2)},
        [turns_back, looks_at_one],
        because="a matrix between query and key says what is compared with what",
    )


# What made a plane, and by what one would know it.
SIGNS = {
    "distance": (
        "then a query at a key's own place would always find that key"
    ),
    "product": (
        "then the borders would be rays from the origin, and a query on song A "
        "would find B"
    ),
    "first feature": (
        "then going up or down would change nothing: the bands would be upright"
    ),
    "second feature": (
        "then going left or right would change nothing: the bands would lie flat"
    ),
    "cosine": (
        "then two keys of one direction would have equal weights everywhere"
    ),
    "wide distance": (
        "then the cells would be those of the distance, but nobody sure of them"
    ),
}


def _places() -> Float[Tensor, "places 2"]:
    """The places of a plane's map, row by row from the lower left."""
    line = torch.linspace(-REACH, REACH, STEPS)
    return torch.cartesian_prod(line, line).flip(-1)


@torch.no_grad()
def _plane(name: str) -> Float[Tensor, "rows columns keys"]:
    """The weights that a score gives the three keys, from every place."""
    query, key = _places(), torch.tensor(SONGS)
    kept = {"first feature": [1.0, 0.0], "second feature": [0.0, 1.0]}
    if name in kept:
        query = query * torch.tensor(kept[name])
    scores = {
        "distance": lambda: GaussianScore(0.5)(query, key),
        "wide distance": lambda: GaussianScore(2.0)(query, key),
        "cosine": lambda: (
            4 * DotScore()(normalize(query, dim=-1), normalize(key, dim=-1))
        ),
    }
    scored = scores.get(name, lambda: 2 * DotScore()(query, key))()
    # Two keys of one direction have one cosine, however it was rounded.
    return scored.round(decimals=4).softmax(dim=-1).unflatten(0, (STEPS, STEPS))


def four_planes() -> dict[str, Float[Tensor, "rows columns keys"]]:
    """Return the planes of exercise "Four planes": three keys, four numbers."""
    drawn = ("product", "first feature", "distance", "cosine")
    return dict(zip(NUMBERS, map(_plane, drawn), strict=True))


def _made_by(plane: Float[Tensor, "rows columns keys"]) -> str:
    """Name the score that made a plane, by what is in it."""
    rows, columns = plane[:, :1], plane[:1]
    if torch.allclose(plane, columns.expand_as(plane), atol=1e-5):
        return "first feature"
    if torch.allclose(plane, rows.expand_as(plane), atol=1e-5):
        return "second feature"
    if torch.allclose(plane[..., 0], plane[..., 1], atol=1e-5):
        return "cosine"
    middle = STEPS // 2
    if torch.allclose(
        plane[middle, middle], torch.ones(3) / 3, atol=1e-5
    ):  # a query of length zero
        return "product"
    return "distance" if plane.amax() > 0.99 else "wide distance"


def planes_named(answer: object) -> Verdict:
    """Check which score made which of the four planes."""
    truth = {letter: _made_by(plane) for letter, plane in four_planes().items()}
    return judge_names(answer, truth, SIGNS)


def divided_by_the_width(answer: object) -> Verdict:
    """Check the guess: what do the weights do if √d becomes d?"""
    width, keys = 1024, 16
    score = normal(256, width, seed=3) @ normal(keys, width, seed=4).T

    def largest(score: Tensor) -> float:
        return score.softmax(dim=-1).amax(dim=-1).mean().item()

    got = largest(score / width)
    options = {"a": 1 / keys, "b": largest(score / width**0.5), "c": 1.0}
    right = min(options, key=lambda letter: abs(options[letter] - got))
    reasons = {
        "a": "the scores are not that small",
        "b": "that is what the root keeps: the scores of unit variance",
        "c": (
            "that is what happens without any division: one key takes almost all "
            "the weight"
        ),
    }
    del reasons[right]
    return judge_choice(
        answer,
        right,
        reasons,
        f"at width {width} the largest of {keys} weights is {written(got, 2)} on "
        f"average, and all alike would be {written(1 / keys, 2)}: the scores shrink "
        "to nothing, and no key stands out",
    )


def pull(answer: object) -> Verdict:
    """Check how much the context moves when one score grows: α (v − c)."""

    def reference(weights: Tensor, value: Tensor) -> Tensor:
        return weights * (value - weights @ value)

    def case(keys: int, seed: int) -> tuple[Tensor, Tensor]:
        weights = normal(keys, seed=seed).softmax(dim=-1)
        return weights, normal(keys, seed=seed + 100)

    return judge(
        answer,
        reference,
        [case(3, 1), case(7, 2), case(5, 3)],
        mistakes={
            lambda weights, value: weights * value: (
                "the other weights shrink when this one grows: take away the context"
            ),
            lambda weights, value: value - weights @ value: (
                "a key that is hardly heard can hardly pull: times its weight"
            ),
            lambda weights, value: weights * (weights @ value - value): (
                "a sign: a value above the context pulls it up"
            ),
            lambda weights, value: weights * (1 - weights) * value: (
                "that is what its own weight does; the others move as well"
            ),
            lambda weights, value: weights * (value - value.mean()): (
                "from the weighted mean, the context, not from the plain mean"
            ),
            lambda weights, value: (
                weights * (value - weights @ value)
            ).sum(): ("one number for each key is asked for, not their sum"),
        },
    )


def cosine_score(answer: object) -> Verdict:
    """Check the score that compares directions alone, with a temperature."""

    def reference(query: Tensor, key: Tensor, temperature: float) -> Tensor:
        made = normalize(query, dim=-1), normalize(key, dim=-1)
        return made[0] @ made[1].transpose(-2, -1) / temperature

    def query_alone(query: Tensor, key: Tensor, temperature: float) -> Tensor:
        return normalize(query, dim=-1) @ key.transpose(-2, -1) / temperature

    def key_alone(query: Tensor, key: Tensor, temperature: float) -> Tensor:
        return query @ normalize(key, dim=-1).transpose(-2, -1) / temperature

    def squared(query: Tensor, key: Tensor, temperature: float) -> Tensor:
        lengths = query.square().sum(-1, keepdim=True), key.square().sum(-1)
        product = query @ key.transpose(-2, -1)
        return product / (lengths[0] * lengths[1].unsqueeze(-2)) / temperature

    def over_keys(query: Tensor, key: Tensor, temperature: float) -> Tensor:
        made = normalize(query, dim=-2), normalize(key, dim=-2)
        return made[0] @ made[1].transpose(-2, -1) / temperature

    return judge(
        answer,
        reference,
        [
            (normal(3, 5, seed=1), normal(7, 5, seed=2), 0.5),
            (normal(2, 3, 5, seed=3), normal(2, 7, 5, seed=4), 3.0),
            (normal(2, 3, 5, 7, seed=7), normal(2, 3, 11, 7, seed=8), 2.0),
            (10 * normal(3, 2, seed=5), normal(5, 2, seed=6) / 10, 0.1),
        ],
        mistakes={
            query_alone: "the keys keep their lengths: divide by these too",
            key_alone: "the query keeps its length: divide by that too",
            squared: "a length is the root of the sum of squares",
            over_keys: "the length of a vector sums over its features, dim=-1",
            lambda query, key, temperature: (
                reference(query, key, 1.0) * temperature
            ): "divide by the temperature: a low one sharpens the weights",
            lambda query, key, temperature: reference(query, key, 1.0): (
                "the temperature changes nothing here: divide by it"
            ),
            lambda query, key, temperature: (
                query @ key.transpose(-2, -1) / temperature
            ): "that is the dot product; divide by both lengths",
        },
    )
