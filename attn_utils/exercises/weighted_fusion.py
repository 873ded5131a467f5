"""Checkers for chapter 01, Weighted fusion."""

import math
from collections.abc import Callable

import torch

from .._shapes import Bool, Float, Tensor
from ..attention import attention, masked_softmax
from ..masks import causal_mask, window_mask
from ..scores import DotScore, GaussianScore
from .base import (
    Verdict,
    judge,
    judge_choice,
    judge_names,
    judge_numbers,
    judge_tensors,
)
from .drawn import uniform
from .words import shown, written

# The three people of the chapter: where they stand, and what they say.
PLACES, SAID = (1.0, 2.0, 4.0), (10.0, 20.0, 40.0)


def _wave(points: int, seed: int) -> tuple[Tensor, Tensor]:
    x = 5 * uniform(points, seed=seed)
    return x, torch.sin(2 * x) + 0.5 * uniform(points, seed=seed + 100)


def _in_order(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Put points in the order of x: neighbours in the list are so on the line."""
    order = x.argsort()
    return x[order], y[order]


def _outlier(points: int, seed: int) -> tuple[Tensor, Tensor]:
    """Draw a wave with one voice far off, which squares mind more than sizes."""
    x, y = _wave(points, seed)
    return x, y.index_fill(0, torch.tensor([points // 2]), 4.0)


def best_bandwidth(answer: object) -> Verdict:
    """Check the candidate that predicts best with one left out."""

    @torch.no_grad()
    def errors(
        x: Tensor,
        y: Tensor,
        candidates: list[float],
        mask: Tensor | None,
        size: Callable[[Tensor], Tensor] = torch.square,
    ) -> list[float]:
        columns = x.unsqueeze(-1), x.unsqueeze(-1), y.unsqueeze(-1)
        found = []
        for bandwidth in candidates:
            guess, _ = attention(*columns, mask, GaussianScore(bandwidth))
            found.append(size(guess.squeeze(-1) - y).mean().item())
        return found

    def others(x: Tensor) -> Tensor:
        return ~torch.eye(len(x), dtype=torch.bool)

    def best(candidates: list[float], found: list[float]) -> float:
        return candidates[found.index(min(found))]

    def reference(x: Tensor, y: Tensor, candidates: list[float]) -> float:
        return best(candidates, errors(x, y, candidates, others(x)))

    def on_itself(x: Tensor, y: Tensor, candidates: list[float]) -> float:
        return best(candidates, errors(x, y, candidates, None))

    def by_size(x: Tensor, y: Tensor, candidates: list[float]) -> float:
        return best(candidates, errors(x, y, candidates, others(x), torch.abs))

    def worst(x: Tensor, y: Tensor, candidates: list[float]) -> float:
        found = errors(x, y, candidates, others(x))
        return candidates[found.index(max(found))]

    def not_squared(x: Tensor, y: Tensor, candidates: list[float]) -> float:
        roots = [bandwidth**0.5 for bandwidth in candidates]
        return best(candidates, errors(x, y, roots, others(x)))

    def itself_alone(x: Tensor, y: Tensor, candidates: list[float]) -> float:
        return best(candidates, errors(x, y, candidates, ~others(x)))

    # No bandwidth is so small that all exponentials are 0, as the chapter adds them.
    return judge(
        answer,
        reference,
        [
            (*_wave(13, seed=8), [0.1, 0.4, 1.6]),
            (*_wave(29, seed=9), [0.8, 0.4, 0.3, 0.2, 0.1, 0.05]),
            (*_in_order(*_wave(21, seed=4)), [0.1, 0.2, 0.3, 0.5, 0.8]),
            (
                5 * uniform(17, seed=10),
                5 * uniform(17, seed=11),
                [0.2, 8.0, 1.0],
            ),
            (*_wave(7, seed=12), [0.3, 5.0]),
            (*_outlier(17, seed=27), [0.2, 0.5, 1.0, 2.0, 4.0]),
            (*_outlier(17, seed=43), [0.2, 0.5, 1.0, 2.0, 4.0]),
        ],
        mistakes={
            on_itself: "is each point predicted by itself as well?",
            itself_alone: (
                "does each point look at itself alone? True means may look"
            ),
            by_size: (
                "square each miss before the mean: its size alone minds a large "
                "miss less"
            ),
            not_squared: "the bandwidth is squared in the score: 2h²",
            worst: "the smallest error is asked for, not the largest",
            lambda x, y, c: c.index(reference(x, y, c)): (
                "its place in the list is not the bandwidth"
            ),
            lambda x, y, c: min(errors(x, y, c, others(x))): (
                "the bandwidth is asked for, not its error"
            ),
        },
    )


def fourth_voice(answer: object) -> Verdict:
    """Check, by pen, the weights of four people when one moves in at 3."""
    places, ask = (1.0, 2.0, 3.0, 4.0), 2.0
    score = [-((ask - place) ** 2) / 2 for place in places]

    def shares(grown: list[float]) -> tuple[float, ...]:
        return tuple(one / sum(grown) for one in grown)

    grown = [math.exp(s) for s in score]
    three = shares(
        [g for g, place in zip(grown, places, strict=True) if place in PLACES]
    )
    right = shares(grown)
    return judge_numbers(
        answer,
        right,
        mistakes={
            tuple(grown): "divide each exponential by the sum of all four",
            tuple(
                score
            ): "those are the scores: take exponentials, then shares",
            shares(score): "take the exponential of each score first",
            shares([math.exp(2 * s) for s in score]): (
                "the square is divided by 2h², which is 2 here"
            ),
            shares([math.exp(-s) for s in score]): (
                "the nearer, the higher: a score is minus a distance"
            ),
            shares([math.exp(-abs(ask - place)) for place in places]): (
                "square the distance"
            ),
            (*three[:2], grown[2] / sum(grown), three[2]): (
                "a new voice makes every other share smaller"
            ),
            (1 / 4,)
            * 4: "that is the mean of all, for a bandwidth without end",
        },
        because=(
            f"they make one, and the two at distance 1, with "
            f"{written(right[0], 2)} each, are heard alike"
        ),
    )


def louder(answer: object) -> Verdict:
    """Check where one of two people is heard `r` times as much as the other."""

    def reference(a: float, b: float, h: float, r: float) -> float:
        return (a + b) / 2 + h**2 * math.log(r) / (a - b)

    return judge(
        answer,
        reference,
        [
            (2.0, 4.0, 1.0, 3.0),
            (1.0, 4.0, 0.5, 2.0),
            (4.0, 1.0, 2.0, 0.25),
            (-1.0, 1.5, 0.8, 1.0),
        ],
        mistakes={
            lambda a, b, h, r: a + b - reference(a, b, h, r): (
                "there the other one is heard more: check a sign"
            ),
            lambda a, b, h, r: reference(a, b, h**0.5, r): (
                "the bandwidth is squared in the score"
            ),
            lambda a, b, h, r: reference(a, b, h, math.exp(r)): (
                "the ratio is one of exponentials: take its logarithm"
            ),
            lambda a, b, h, r: reference(a, b, h, r) - (a + b) / 2: (
                "for a ratio of 1 it is the middle between the two"
            ),
            lambda a, b, h, r: (a + b) / 2: (
                "there the two are heard alike, whatever the ratio"
            ),
            lambda a, b, h, r: reference(a, b, h / 2**0.5, r): (
                "the squares' difference has a factor 2, which meets that of 2h²"
            ),
            lambda a, b, h, r: reference(a, b, h * 2**0.5, r): (
                "the squares' difference has a factor 2, which meets that of 2h²"
            ),
            lambda a, b, h, r: (
                (a + b) / 2 + h**2 * math.log(r) * (a - b)
            ): "divide by the distance between the two",
        },
    )


# What a map of weights can be, and by what one would know it.
SIGNS = {
    "causal": (
        "then nothing would lie above the diagonal and each row would make one, "
        "so that the first query hears itself with all its weight"
    ),
    "hidden too late": (
        "then some weights would be struck out after the softmax, and the rows "
        "that lost them would be pale: they make less than one"
    ),
    "upside down": (
        "then exactly those would be heard that a causal mask hides, and the "
        "last query nobody"
    ),
    "leave one out": "then the diagonal alone would be empty",
    "a window": "then a band along the diagonal would be dark",
    "copies itself": "then the diagonal alone would be dark",
}


@torch.no_grad()
def four_maps() -> dict[str, Float[Tensor, "queries keys"]]:
    """Return the maps of exercise "Four maps": nine people, four letters."""
    place = torch.arange(9.0).unsqueeze(-1)
    scores = GaussianScore(3.0)(place, place)
    causal = causal_mask(len(place))
    return {
        "A": masked_softmax(scores) * causal,
        "B": masked_softmax(scores, ~torch.eye(len(place), dtype=torch.bool)),
        "C": masked_softmax(scores, ~causal),
        "D": masked_softmax(scores, causal),
    }


def _seen_as(weights: Float[Tensor, "people people"]) -> str:
    """Name a map by what is in it."""
    size = len(weights)
    heard: Bool[Tensor, "people people"] = weights > 0
    complete = torch.allclose(weights.sum(dim=-1), torch.ones(size))
    causal, oneself = causal_mask(size), torch.eye(size, dtype=torch.bool)
    if (weights[oneself] > 0.99).all():
        return "copies itself"
    if torch.equal(heard, causal):
        return "causal" if complete else "hidden too late"
    if torch.equal(heard, ~causal):
        return "upside down"
    if torch.equal(heard, ~oneself):
        return "leave one out"
    if any(
        torch.equal(heard, window_mask(size, r)) for r in range(1, size - 1)
    ):
        return "a window"
    return "none of these"


def maps_named(answer: object) -> Verdict:
    """Check which name goes to which of the four maps."""
    truth = {letter: _seen_as(w) for letter, w in four_maps().items()}
    return judge_names(answer, truth, SIGNS)


def without_the_sum(answer: object) -> Verdict:
    """Check the guess: asked at 9, with weights that nothing divides."""
    grown = [math.exp(-((9 - place) ** 2) / 2) for place in PLACES]
    pairs = list(zip(grown, SAID, strict=True))
    got = sum(g * v for g, v in pairs)
    options = {
        "a": got / sum(grown),
        "b": 0.0,
        "c": sum(SAID) / len(SAID),
    }
    right = min(options, key=lambda letter: abs(options[letter] - got))
    reasons = {
        "a": (
            "that is what the division does: the nearest of all is far, but has "
            "almost the whole sum"
        ),
        "b": "the exponentials are not that small",
        "c": "the mean comes of equal weights, and these are far from equal",
    }
    del reasons[right]
    return judge_choice(
        answer,
        right,
        reasons,
        f"the largest exponential is {written(max(grown), 2)}; only the division "
        "by their sum makes shares of what is tiny",
    )


def three_questions(answer: object) -> Verdict:
    """Check keys and queries set by hand: one set of keys, three questions."""
    said = torch.tensor(SAID).float().unsqueeze(-1)
    wanted = {
        "the mean of all": torch.ones(3).float() / 3,
        "the second alone": torch.tensor([0.0, 1.0, 0.0]).float(),
        "the first and the third, alike": torch.tensor([0.5, 0.0, 0.5]).float(),
    }

    def does(key: Tensor, query: Tensor) -> str:
        _, weights = attention(query, key, said, score=DotScore())
        for place, (name, wish) in enumerate(wanted.items()):
            row = weights[place]
            if row.isnan().any():
                return f"row {place} of query makes scores too large for floats"
            if (row - wish).abs().max() <= 0.01:
                continue
            sentence = f"row {place} of query should hear {name}"
            hint = "which key should score highest, and which alike?"
            if place == 0:
                hint = "which query scores every key alike, whatever the key?"
            elif torch.equal(row > row.mean(), wish > wish.mean()) and (
                row[wish > 0].max() - row[wish > 0].min() <= 0.01
            ):
                hint = "the right ones lead: a longer query lets them lead more"
            elif torch.equal(row > row.mean(), wish < wish.mean()):
                hint = "just the others: turn the query round"
            return f"{sentence}, but its weights are {shown(row)} ({hint})"
        return ""

    return judge_tensors(
        answer,
        {"key": (3, 2), "query": (3, 2)},
        [does],
        because="one set of keys answers all three",
    )
