"""Chapter 03's memory: half a digit calls the rest, a spoilt digit its original.

Nothing here is trained. The remembered digits are keys and values, one bandwidth
decides between the mean of all of them and a copy of one.
"""

from typing import NamedTuple

import torch
from torch.nn.functional import normalize, one_hot

from .._checks import check_one_of, check_size
from .._shapes import Bool, Float, Int, Tensor
from ..attention import attention
from ..data import digit_images
from ..scores import GaussianScore

NUM_ASKED = 600
GRID = (0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1.0, 2.0, 5.0)
NOISE = 0.3


class Digits(NamedTuple):
    """Some handwritten digits.

    Args:
        images: ink between 0 and 1.
        labels: what they show.
    """

    images: Float[Tensor, "digits 8 8"]
    labels: Int[Tensor, "digits"]


class Recalled(NamedTuple):
    """What a memory gave back.

    Args:
        images: one for each query.
        weights: how much of it came from each remembered digit.
    """

    images: Float[Tensor, "queries height 8"]
    weights: Float[Tensor, "queries remembered"]


def split_digits(num_remembered: int, seed: int) -> tuple[Digits, Digits]:
    """Deal scikit-learn's digits: some to remember, others to ask about.

    Args:
        num_remembered: how many are remembered, at most 1,197. A larger memory
            of the same seed holds the smaller one.
        seed: decides which.

    Returns:
        remembered: these.
        asked: 600 others, the same for every size of memory.

    Raises:
        ValueError: a size below 1, or one that leaves fewer than 600 others.
        TypeError: a size that is not whole.
    """
    num_remembered = check_size("num_remembered", num_remembered, least=1)
    parts = digit_images(), digit_images(held_out=True)
    images, labels = (torch.cat(both) for both in zip(*parts, strict=True))
    most = len(images) - NUM_ASKED
    if num_remembered > most:
        raise ValueError(
            f"num_remembered must be at most {most}, which leaves {NUM_ASKED} "
            f"to ask about, but is {num_remembered}"
        )
    seed = check_size("seed", seed, least=0)
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(images), generator=generator)
    chosen = order[:num_remembered], order[-NUM_ASKED:]
    remembered, asked = (Digits(images[c], labels[c]) for c in chosen)
    return remembered, asked


def complete(
    upper: Float[Tensor, "queries 4 8"],
    memory: Float[Tensor, "remembered 8 8"],
    bandwidth: float,
) -> Recalled:
    """Recall lower halves by upper ones: a key that is not the value.

    Args:
        upper: upper halves, the queries.
        memory: whole digits; their upper halves are keys, their lower values.
        bandwidth: of the Gaussian that compares upper halves.

    Returns:
        The lower halves, and who gave them.
    """
    key, value = memory[:, :4].flatten(1), memory[:, 4:].flatten(1)
    score = GaussianScore(bandwidth).requires_grad_(False)
    lower, weights = attention(upper.flatten(1), key, value, score=score)
    return Recalled(lower.unflatten(1, (4, 8)), weights)


def mend(
    spoilt: Float[Tensor, "queries 8 8"],
    memory: Float[Tensor, "remembered 8 8"],
    bandwidth: float,
) -> Recalled:
    """Recall whole digits by spoilt ones: key and value are the same.

    Args:
        spoilt: digits that something happened to, the queries.
        memory: whole digits, keys and values in one.
        bandwidth: of the Gaussian that compares whole digits. Where all that
            happened is normal noise, its standard deviation is the best one:
            then the weights are how likely each digit is to be the original.

    Returns:
        Whole digits, and who gave them.
    """
    key = memory.flatten(1)
    score = GaussianScore(bandwidth).requires_grad_(False)
    whole, weights = attention(spoilt.flatten(1), key, key, score=score)
    return Recalled(whole.unflatten(1, (8, 8)), weights)


class Spoilt(NamedTuple):
    """Digits that something happened to.

    Args:
        images: what is seen of them.
        known: True for the pixels that are left; the others show no ink.
    """

    images: Float[Tensor, "digits 8 8"]
    known: Bool[Tensor, "digits 8 8"]


def add_noise(
    images: Float[Tensor, "digits 8 8"], generator: torch.Generator
) -> Spoilt:
    """Add normal noise to every pixel, of standard deviation .3."""
    noise = NOISE * torch.randn(images.shape, generator=generator)
    return Spoilt(images + noise, torch.ones_like(images, dtype=torch.bool))


def erase_pixels(
    images: Float[Tensor, "digits 8 8"], generator: torch.Generator
) -> Spoilt:
    """Take the ink from half of each digit's pixels, drawn anew for each."""
    places = torch.rand(images.flatten(1).shape, generator=generator)
    order = places.argsort(-1).view_as(images)
    known = order < images[0].numel() // 2
    return Spoilt(images * known, known)


def erase_lower_half(
    images: Float[Tensor, "digits 8 8"], generator: torch.Generator
) -> Spoilt:
    """Take the ink from every lower half; `generator` is not asked."""
    known = torch.ones_like(images, dtype=torch.bool)
    known[:, 4:] = False
    return Spoilt(images * known, known)


DAMAGES = {
    "noise": add_noise,
    "erased pixels": erase_pixels,
    "erased lower half": erase_lower_half,
}


def effective_keys(
    weights: Float[Tensor, "*batch keys"],
) -> Float[Tensor, "*batch"]:
    """Return how many keys, each with the same weight, would be as spread out.

    1 for a copy of one key, all of them for the mean of all.
    """
    return 1 / weights.square().sum(-1)


def heaviest_label(
    weights: Float[Tensor, "queries remembered"],
    labels: Int[Tensor, "remembered"],
) -> Int[Tensor, "queries"]:
    """Return the label whose digits have the most weight together.

    The same weights, reading another value.
    """
    return (weights @ one_hot(labels, 10).float()).argmax(-1)


def recall_results(
    num_remembered: int, seed: int
) -> dict[str, float | list[float]]:
    """Complete 600 digits from their upper halves, at every bandwidth of `GRID`.

    Returns:
        Lists, one entry for each bandwidth: under "error" the mean squared
        error of a pixel of the lower half; under "right: weight" the share in
        which the label with the most weight is right (a guess is in 1/10, and
        where all weigh alike the commonest label wins, which is right as
        rarely); under "right: neighbour" the share in which the remembered
        digit nearest to the completed one shows the right one (a guess is in
        1/10, but the upper half is seen here too: with the mean of all beneath
        it, two in three are right); under "keys" the median number of
        `effective_keys`. And the error of both ends, under "error: mean of all"
        and "error: copy of the nearest".
    """
    remembered, asked = split_digits(num_remembered, seed)
    memory, upper = remembered.images, asked.images[:, :4]
    truth = asked.images[:, 4:]
    results = {"error": [], "right: weight": [], "right: neighbour": []}
    results["keys"] = []
    for bandwidth in GRID:
        lower, weights = complete(upper, memory, bandwidth)
        whole = torch.cat([upper, lower], dim=1)
        label = heaviest_label(weights, remembered.labels)
        neighbour = remembered.labels[_nearest(whole, memory)]
        results["error"].append(_error(lower, truth))
        results["right: weight"].append(_share(label == asked.labels))
        results["right: neighbour"].append(_share(neighbour == asked.labels))
        keys = effective_keys(weights).quantile(0.5).item()
        results["keys"].append(keys)
    copy = memory[_nearest(upper, memory[:, :4]), 4:]
    mean = memory[:, 4:].mean(0).expand_as(truth)
    results["error: mean of all"] = _error(mean, truth)
    results["error: copy of the nearest"] = _error(copy, truth)
    return results


def mending_results(
    damage: str, seed: int, num_remembered: int = 500
) -> dict[str, float | list[float]]:
    """Spoil remembered digits and others, and mend them at every bandwidth.

    Args:
        damage: one of `DAMAGES`.
        seed: decides which digits are remembered, and what happens to them.
        num_remembered: how many.

    Returns:
        Under "error: spoilt" how far the spoilt remembered digits are off (mean
        square of a pixel), under "error: spoilt, new" the same of 600 that are
        not remembered. Lists, one entry for each bandwidth of `GRID`: "error"
        and "error: new" after mending, and "keys", the median number of
        `effective_keys`. And the share of spoilt remembered digits whose
        original wins (one drawn from 500 is it in 1/500): "found: distance" by
        the Gaussian, at any bandwidth; "found: angle" by the product with keys
        of length 1; "found: known pixels" by the Gaussian if it is told which
        pixels are left, so that the key is no longer the value.

    Raises:
        ValueError: an unknown damage; `num_remembered` as in `split_digits`.
    """
    check_one_of("damage", damage, DAMAGES)
    remembered, asked = split_digits(num_remembered, seed)
    memory, new = remembered.images, asked.images
    generator = torch.Generator().manual_seed(1000 + seed)
    spoilt, known = DAMAGES[damage](memory, generator)
    spoilt_new, _ = DAMAGES[damage](new, generator)
    results = {
        "error: spoilt": _error(spoilt, memory),
        "error: spoilt, new": _error(spoilt_new, new),
        "error": [],
        "error: new": [],
        "keys": [],
    }
    for bandwidth in GRID:
        mended, weights = mend(spoilt, memory, bandwidth)
        mended_new, _ = mend(spoilt_new, memory, bandwidth)
        keys = effective_keys(weights).quantile(0.5).item()
        results["error"].append(_error(mended, memory))
        results["error: new"].append(_error(mended_new, new))
        results["keys"].append(keys)
    query, key = spoilt.flatten(1), memory.flatten(1)
    left = known.flatten(1).float()
    # |q - k|² over the pixels that are left, without |q|²: that is no choice.
    apart = left @ key.square().T - 2 * (query * left) @ key.T
    winners = {
        "found: distance": _nearest(spoilt, memory),
        "found: angle": (query @ normalize(key, dim=-1).T).argmax(-1),
        "found: known pixels": apart.argmin(-1),
    }
    originals = torch.arange(len(memory))
    return results | {
        name: _share(winner == originals) for name, winner in winners.items()
    }


def _nearest(
    query: Float[Tensor, "queries height 8"],
    memory: Float[Tensor, "remembered height 8"],
) -> Int[Tensor, "queries"]:
    """Return, for each query, the number of the remembered part nearest to it."""
    return torch.cdist(query.flatten(1), memory.flatten(1)).argmin(-1)


def _error(guess: Tensor, truth: Tensor) -> float:
    return (guess - truth).square().mean().item()


def _share(right: Tensor) -> float:
    return right.float().mean().item()
