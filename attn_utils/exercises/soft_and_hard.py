"""Checkers for chapter 03, Soft, hard and key-value attention."""

import math
from functools import cache

import torch
from torch.nn.functional import one_hot

from .._shapes import Float, Int, Tensor
from ..attention import attention
from ..data import runs
from ..recipes.estimators import exact_gradient
from ..recipes.glimpses import draw_scenes
from ..recipes.recall import GRID
from ..scores import GaussianScore
from .base import Verdict, judge, judge_choice, judge_names, judge_numbers
from .clouds import SIGNS, four_clouds, made_by
from .clouds import true_gradient as true_gradient  # the chapter draws it
from .compare import NAN, form_fault
from .drawn import uniform
from .words import written

# How many new scenes exercise 5 tries, and in what share of them a score must find.
NUM_SCENES, ENOUGH = 500, 0.9


def temperatures(answer: object) -> Verdict:
    """Check, by pen, three weights at half the temperature, and their number."""
    scores, temperature = (0.0, math.log(2), math.log(3)), 0.5

    def shares(parts: list[float]) -> tuple[float, ...]:
        return tuple(part / sum(parts) for part in parts)

    def weights(factor: float) -> tuple[float, ...]:
        return shares([math.exp(factor * score) for score in scores])

    def keys(parts: tuple[float, ...]) -> float:
        return 1 / sum(part**2 for part in parts)

    right, plain = weights(1 / temperature), weights(1.0)
    warmer = weights(temperature)
    grown = tuple(math.exp(score / temperature) for score in scores)
    halves = tuple(temperature * part for part in plain)
    doubles = tuple(part / temperature for part in plain)
    by_score = shares([*scores])
    return judge_numbers(
        answer,
        (*right, keys(right)),
        mistakes={
            (*warmer, keys(warmer)): (
                "divide the scores by T: half a temperature doubles them"
            ),
            (*plain, keys(plain)): "those are the weights at T = 1",
            **{
                (*parts, keys(of)): (
                    "the scores are divided by T, before the softmax; weights "
                    "must make one"
                )
                for parts in (halves, doubles)
                for of in (parts, plain, right)
            },
            **{
                (*grown, keys(of)): "divide each exponential by their sum"
                for of in (grown, right)
            },
            (*by_score, keys(by_score)): "take the exponential of each score",
            (*right[::-1], keys(right)): "the key with the score 0 comes first",
            (*right, 1 / keys(right)): (
                "that is the sum of the squares; the number of keys is one over it"
            ),
            (*right, keys(plain)): (
                "that is how many keys take part at T = 1: square the new weights"
            ),
            (*right, keys(grown)): "square the weights, not the exponentials",
            (*right, 1.0): "first square each weight, then add them up",
            (*right, 3.0): "so many would take part if all weighed alike",
        },
        because=(
            f"at T = 1 it is {written(keys(plain), 2)} keys that take part, at "
            f"T = ½ {written(keys(right), 2)}: the colder, the fewer"
        ),
    )


def expected_gradient(answer: object) -> Verdict:
    """Check how a score moves the expected loss: α (ℓ − Σ α ℓ)."""

    def reference(chances: Tensor, losses: Tensor) -> Tensor:
        return exact_gradient(chances.unsqueeze(0), losses.unsqueeze(0))[0]

    def case(keys: int, seed: int) -> tuple[Tensor, Tensor]:
        chances = (3 * uniform(keys, seed=seed)).softmax(dim=-1)
        return chances, 4 * uniform(keys, seed=seed + 100)

    return judge(
        answer,
        reference,
        [case(3, 1), case(7, 2), case(5, 3)],
        mistakes={
            lambda chances, losses: chances * losses: (
                "when one score grows, the other chances shrink: take the "
                "expected loss off"
            ),
            lambda chances, losses: losses - chances @ losses: (
                "a glimpse that is hardly ever read hardly matters: times its chance"
            ),
            lambda chances, losses: -reference(chances, losses): (
                "a sign: a score whose loss is above the expected one raises it"
            ),
            lambda chances, losses: chances * (losses - losses.mean()): (
                "take off the expected loss, in which each counts by its chance, "
                "not the plain mean"
            ),
            lambda chances, losses: chances * (1 - chances) * losses: (
                "that is what its own chance does; the others move as well"
            ),
            lambda chances, losses: losses: (
                "that is the gradient by the chances; go on to the scores, "
                "through the softmax"
            ),
            lambda chances, losses: chances @ losses: (
                "that is the expected loss; its gradient is asked for"
            ),
            lambda chances, losses: reference(chances, losses).sum(): (
                "one number for each score is asked for; their sum is always 0"
            ),
        },
    )


def recall_right(answer: object) -> Verdict:
    """Check the recall of right halves by left ones, with a Gaussian."""

    def halves(memory: Tensor) -> tuple[Tensor, Tensor]:
        return memory[..., :4].flatten(1), memory[..., 4:].flatten(1)

    def read(
        query: Tensor, key: Tensor, value: Tensor, bandwidth: float
    ) -> Tensor:
        score = GaussianScore(bandwidth).requires_grad_(False)
        context, _ = attention(query.flatten(1), key, value, score=score)
        return context.unflatten(1, (8, 4))

    def reference(left: Tensor, memory: Tensor, bandwidth: float) -> Tensor:
        return read(left, *halves(memory), bandwidth)

    def weighed(left: Tensor, memory: Tensor, scores: Tensor) -> Tensor:
        value = halves(memory)[1]
        return (scores.softmax(dim=-1) @ value).unflatten(1, (8, 4))

    def squares(left: Tensor, memory: Tensor) -> Tensor:
        return torch.cdist(left.flatten(1), halves(memory)[0]).square()

    def over_queries(left: Tensor, memory: Tensor, bandwidth: float) -> Tensor:
        scores = -squares(left, memory) / (2 * bandwidth**2)
        summed = scores.softmax(dim=0) @ halves(memory)[1]
        return summed.unflatten(1, (8, 4))

    def case(
        queries: int, remembered: int, bandwidth: float, seed: int
    ) -> tuple[Tensor, Tensor, float]:
        memory = uniform(remembered, 8, 8, seed=seed + 100)
        return uniform(queries, 8, 4, seed=seed), memory, bandwidth

    not_squared = "the bandwidth is squared in the score: 2h²"
    return judge(
        answer,
        reference,
        [case(3, 7, 0.8, 1), case(5, 11, 1.5, 2), case(2, 3, 0.6, 3)],
        mistakes={
            lambda left, memory, bandwidth: read(
                left, memory[:, :4].flatten(1), halves(memory)[1], bandwidth
            ): "left halves meet upper ones: the key is memory[:, :, :4]",
            lambda left, memory, bandwidth: read(
                left,
                halves(memory)[0],
                memory[:, 4:].flatten(1),
                bandwidth,
            ): "those are lower halves: the value is memory[:, :, 4:]",
            lambda left, memory, bandwidth: read(
                left, *halves(memory)[:1] * 2, bandwidth
            ): "those are left halves: the value is not the key",
            lambda left, memory, bandwidth: weighed(
                left, memory, -squares(left, memory) / (2 * bandwidth)
            ): not_squared,
            lambda left, memory, bandwidth: weighed(
                left, memory, -squares(left, memory) / bandwidth
            ): not_squared,
            lambda left, memory, bandwidth: weighed(
                left, memory, -squares(left, memory) / bandwidth**2
            ): "the squared distance is divided by 2h²: a 2 is missing",
            lambda left, memory, bandwidth: weighed(
                left, memory, squares(left, memory) / (2 * bandwidth**2)
            ): "the nearer, the higher: a score is minus a distance",
            lambda left, memory, bandwidth: weighed(
                left, memory, -squares(left, memory).sqrt() / (2 * bandwidth**2)
            ): "square the distance",
            lambda left, memory, bandwidth: weighed(
                left, memory, -squares(left, memory) / 32 / (2 * bandwidth**2)
            ): "a distance adds the pixels up; it does not take their mean",
            lambda left, memory, bandwidth: weighed(
                left, memory, left.flatten(1) @ halves(memory)[0].T
            ): "that compares by a product; a Gaussian compares by distance",
            lambda left, memory, bandwidth: reference(left, memory, 1e-3): (
                "that copies the nearest; weigh all of them, by the softmax"
            ),
            lambda left, memory, bandwidth: reference(left, memory, 1e3): (
                "that is the mean of all, whoever asks: weigh them by the scores"
            ),
            over_queries: (
                "each query's weights make one: the softmax runs over the "
                "remembered, dim=-1"
            ),
        },
    )


def clouds_named(answer: object) -> Verdict:
    """Check which way to estimate a gradient gave which of the four clouds."""
    truth = {
        letter: made_by(points) for letter, points in four_clouds().items()
    }
    return judge_names(answer, truth, SIGNS)


@cache
def _scenes() -> tuple[
    Float[Tensor, "batch glimpses 8 8"], Int[Tensor, "batch"]
]:
    """Draw new scenes, and where their digits are."""
    generator = torch.Generator().manual_seed(4000)
    glimpses, _, place = draw_scenes(NUM_SCENES, generator, held_out=True)
    return glimpses, place


def _jumps(glimpses: Tensor, dim: int) -> Tensor:
    """Return how much ink changes from pixel to pixel along an axis."""
    return glimpses.diff(dim=dim).abs().sum((-1, -2))


def digit_finder(answer: object) -> Verdict:
    """Check a score set by hand: in how many new scenes does it find the digit?"""
    glimpses, place = _scenes()
    found = []

    def reference(glimpses: Tensor) -> Tensor:
        return one_hot(place, glimpses.shape[1]).float()

    def pointing(got: object, expected: Tensor, tolerance: float) -> str:
        """Say how rarely two scores point to the same glimpse, if too rarely."""
        # What counts may be counted: whole numbers have a largest one as well.
        if isinstance(got, Tensor) and not (got.is_nested or got.is_complex()):
            got = got if got.dtype == torch.bool else got.float()
        if fault := form_fault(got, expected):
            return fault
        got = got.detach().to_dense().cpu()
        if got.isnan().any():
            return f"a score is {NAN}"
        if (got == got[:, :1]).all():
            return "all glimpses of a scene score alike: none stands out"
        same = got.argmax(dim=-1) == expected.argmax(dim=-1)
        found.append(same.double().mean().item())
        if found[-1] >= ENOUGH:
            return ""
        return (
            f"the digit scores highest in {found[-1]:.1%} of {NUM_SCENES} new "
            f"scenes, and {ENOUGH:.0%} are asked for"
        )

    ink = (
        "shuffling keeps the ink, its mean, its variance and its darkest pixel: a "
        "score must mind where the ink is"
    )
    verdict = judge(
        answer,
        reference,
        [(glimpses,)],
        mistakes={
            **{
                lambda x, f=f, sign=sign: sign * f(x.flatten(2)): ink
                for f in (
                    lambda x: x.sum(dim=-1),
                    lambda x: x.var(dim=-1),
                    lambda x: x.amax(dim=-1),
                )
                for sign in (1, -1)
            },
            lambda x: _jumps(x, -2): (
                "the right measure with the wrong sign: a digit is smooth from top "
                "to bottom, so it should score high for few jumps"
            ),
            lambda x: _jumps(x, -2) + _jumps(x, -1): (
                "the wrong sign: shuffled ink jumps, so it should score low for that"
            ),
            lambda x: -_jumps(x, -1): (
                "strokes are upright: from left to right ink jumps in a digit, too. "
                "Look along the strokes"
            ),
            lambda x: _jumps(x, -1): (
                "shuffled ink jumps, and so does a digit's from left to right: mind "
                "the sign, and look along the strokes"
            ),
            lambda x: -(x[..., 0, :] + x[..., -1, :]).sum(-1): (
                "digits reach the upper and the lower edge; which edges do they not "
                "reach?"
            ),
            lambda x: (x[..., 0] + x[..., -1]).sum(-1): (
                "a digit hardly has ink there: a sign"
            ),
            lambda x: x[..., 2:6, 2:6].sum((-1, -2)): (
                "a zero is empty in the middle, and a shuffled digit may be dark "
                "there: where has no digit any ink?"
            ),
            lambda x: torch.arange(25.0).expand(len(x), -1): (
                "the digit may be at any place: score what is in a glimpse"
            ),
        },
        compare=pointing,
    )
    if not verdict:
        return verdict
    return Verdict(
        True,
        f"right: the digit scores highest in {found[0]:.1%} of {NUM_SCENES} new "
        "scenes",
    )


def bandwidth_for_more(answer: object) -> Verdict:
    """Check the guess: 100 digits are remembered, and no longer 500."""
    stored = runs.load("recall")

    def best(num_remembered: int) -> tuple[float, float]:
        """Return the bandwidth with the least mean error, and that error."""
        rows = stored.column("error", num_remembered=num_remembered)
        errors = torch.tensor(rows).mean(dim=0)
        return GRID[errors.argmin()], errors.min().item()

    (before, error), (after, more) = best(500), best(100)
    if abs(more / error - 1) < 0.05:
        right = "d"
    else:
        right = "b" if after == before else "a" if after > before else "c"
    reasons = {
        "a": "the neighbours are not farther away",
        "b": (
            "how wide to average hangs on how near the remembered ones lie, not on "
            "the digits alone"
        ),
        "c": (
            "with fewer to choose from, the nearest is farther away, and a narrow "
            "bandwidth would copy it, with all that is wrong about it"
        ),
        "d": (
            "few keys take part either way, but with fewer to choose from they "
            "are farther away, and less like what is asked for"
        ),
    }
    del reasons[right]
    return judge_choice(
        answer,
        right,
        reasons,
        f"the best bandwidth goes from {written(before)} to {written(after)}, the "
        f"error from {written(error, 2)} to {written(more, 2)}: whoever has few "
        "examples must listen farther, since the neighbours are farther off. With "
        f"1000 it is {written(best(1000)[0])}, and {written(best(1000)[1], 2)}",
    )
