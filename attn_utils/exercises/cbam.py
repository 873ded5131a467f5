"""Checkers for chapter 10, CBAM."""

import copy
import functools

import torch
import torch.nn.functional as F
from torch import nn

from .._shapes import Float, Tensor
from ..cbam import CBAM
from .base import (
    Verdict,
    judge,
    judge_choice,
    judge_names,
    judge_numbers,
    judge_tensors,
)
from .drawn import normal
from .words import BEYOND_FLOATS

# Exercise 4: how many places a side of the maps has, where something is found, and
# where a lone place is as loud.
SIDE, SPOT, LONE = 7, (1, 4), ((5, 1), (4, 5), (6, 3))
SIGNS = {
    "sound": (
        "then a place in the second row, further to the right, would weigh most, and "
        "lone places little"
    ),
    "inverted": (
        "then what was found would weigh least, and places where nothing is the most"
    ),
    "on its side": (
        "then the darkest place would lie where row and column are exchanged"
    ),
    "softmax": (
        "then all weights would be 1 in sum, and nearly all places would be white"
    ),
    "kernel of one": (
        "then lone places, that answer loudly among silent ones, would be as dark as "
        "what was found"
    ),
    "no sigmoid": "then weights would lie above one, or below zero",
}
# Exercise 5: means and maxima of a channel, and which are to open it.
MEANS = (0.0, 1.0, 2.0, 3.0)
SHUT, OPEN = (3.0, 3.5, 4.0), (6.0, 7.0, 20.0)


def parameters(answer: object) -> Verdict:
    """Check, by pen, how many parameters the gates have."""
    channels, reduction, wide = 64, 16, 7
    hidden = channels // reduction
    with torch.device("meta"):
        blocks = [
            CBAM(channels, reduction, wide, code) for code in (False, True)
        ]

    def count(part: nn.Module) -> int:
        return sum(each.numel() for each in part.parameters())

    right = tuple(
        count(part)
        for kind in ("channel", "spatial")
        for part in (getattr(block, kind) for block in blocks)
    )
    plain, code, places, norm = right
    twice = "the network is shared: both summaries go through the same maps"
    return judge_numbers(
        answer,
        right,
        mistakes={
            (2 * plain, 2 * code, places, norm): twice,
            (2 * plain, 2 * plain + channels + hidden, places, norm): twice,
            (plain // 2, plain // 2 + hidden, places, norm): (
                "the network goes to the hidden units, and back to the channels"
            ),
            (2 * channels**2, 2 * channels**2 + 2 * channels, places, norm): (
                f"the reduction is missing: there are {channels} / {reduction} hidden "
                "units"
            ),
            (plain, plain + 2, places, norm): (
                "a map has a bias for each number that it makes"
            ),
            (plain, plain + channels, places, norm): (
                "both maps have biases: the hidden units, too"
            ),
            (plain, plain + 2 * channels, places, norm): (
                "the first map makes the hidden units, and has as many biases"
            ),
            (plain, code, wide**2, wide**2 + 2): (
                "the convolution reads two planes, a kernel for each"
            ),
            (plain, code, places * channels, places * channels + 2): (
                "the convolution reads the two summaries, not the channels"
            ),
            (plain, code, places + 1, norm + 1): "the convolution has no bias",
            (plain, code, places, places + 1): (
                "a batch norm has a scale and a shift"
            ),
            (plain, code, places, places + 4): (
                "what a batch norm keeps of the batches is measured, not learnt; and "
                "its one plane has one scale and one shift"
            ),
        },
        because=(
            f"the spatial gate costs {places} wherever it stands, the channel gate "
            "grows with the square of the channels"
        ),
    )


def what_the_mean_tells(answer: object) -> Verdict:
    """Check, by a short derivation, how far the mean and the maximum reach."""
    width, side, brightness = 16, 2, 0.25
    moved = side**2 / width**2  # by how much the spot moves the mean

    def share(moved: float) -> float:
        """Return how often the mean lies on its own side of 0."""
        return 0.5 + moved / (2 * brightness)

    enough = next(
        s for s in range(1, width + 1) if s**2 / width**2 >= brightness
    )
    right = (share(moved), enough, 0.5)
    return judge_numbers(
        answer,
        right,
        tolerance=(0.0005, 0.01, 0.005),
        mistakes={
            (share(moved) - 0.5, enough, 0.5): (
                "that is what the mean adds to chance, which is a half"
            ),
            (0.5 + moved / brightness, enough, 0.5): (
                "the brightness has room on both sides of zero: its range is twice "
                "as wide"
            ),
            (
                share(side / width),
                enough,
                0.5,
            ): "the spot is a square, and so is the plane",
            (share(moved), enough**2, 0.5): (
                "that is how many pixels the spot needs; its side is asked for"
            ),
            (share(moved), width, 0.5): (
                "it need not fill the plane: the mean has to move by more than the "
                "brightness can"
            ),
            (share(moved), enough, 1.0): (
                "the largest of a plane with a dark spot is its brightness, and that "
                "of one with a bright spot may be as little as 1 minus the most"
            ),
            (share(moved), enough, 2.0): (
                "beside a dark spot the largest is the brightness, not the spot"
            ),
        },
        because=(
            "the mean needs a spot that is large against the brightness, the maximum "
            "one that is strong against it"
        ),
    )


def map_of(name: str) -> Float[Tensor, "side side"]:
    """Return the weights that a spatial gate with this fault gives the places.

    Three channels have found something around one place, and lone places answer
    as loudly elsewhere.
    """
    rows = torch.arange(SIDE)
    far = (rows[:, None] - SPOT[0]) ** 2 + (rows - SPOT[1]) ** 2
    found = 3 * torch.exp(-far / 3)
    features = torch.stack([found, 0.6 * found, 0 * found])
    for place in LONE:
        features[2][place] = 3.0
    planes = torch.stack([features.mean(dim=0), features.max(dim=0).values])
    if name == "on its side":
        planes = planes.transpose(1, 2)
    wide = 1 if name == "kernel of one" else 3
    kernel = torch.full((1, 2, wide, wide), 4 / wide**2)
    kernel[:, 0] /= 2
    scores = F.conv2d(planes[None], kernel, padding=wide // 2)[0, 0] - 5
    if name == "inverted":
        scores = -scores
    if name == "softmax":
        return scores.flatten().softmax(0).view_as(scores)
    return scores if name == "no sigmoid" else scores.sigmoid()


def four_maps() -> dict[str, Float[Tensor, "side side"]]:
    """Return the maps of exercise "Which map is this?": four letters."""
    drawn = ("on its side", "kernel of one", "inverted", "softmax")
    return {
        letter: map_of(name) for letter, name in zip("ABCD", drawn, strict=True)
    }


def _looks_like(weights: Float[Tensor, "side side"]) -> str:
    """Name a map by what is in it."""
    if weights.max() > 1 or weights.min() < 0:
        return "no sigmoid"
    if abs(weights.sum() - 1) < 0.01:
        return "softmax"
    most, least = (
        divmod(int(place), SIDE)
        for place in (weights.argmax(), weights.argmin())
    )
    if least == SPOT:
        return "inverted"
    if most == SPOT[::-1]:
        return "on its side"
    lone = min(weights[place] for place in LONE)
    return "kernel of one" if lone > weights.mean() + 0.2 else "sound"


def maps_named(answer: object) -> Verdict:
    """Check which fault each of four maps shows."""
    truth = {letter: _looks_like(each) for letter, each in four_maps().items()}
    return judge_names(answer, truth, SIGNS)


def with_neighbours(answer: object) -> Verdict:
    """Check a channel gate that asks each channel and its neighbours."""

    def gate(pool=None, pad=None, turn=False, end=torch.sigmoid):
        """Return the gate that is asked for, or one in which one thing is another."""

        def call(features, kernel):
            places = features.flatten(1)
            summary = places.mean(dim=1) if pool is None else pool(places)
            padded = F.pad(summary[None, None], (1, 1), **(pad or {}))[0, 0]
            weights = kernel.flip(0) if turn else kernel
            return end(padded.unfold(0, 3, 1) @ weights)

        return call

    return judge(
        answer,
        gate(),
        [
            (normal(5, 3, 7, seed=1), torch.tensor([1.0, 2.0, -3.0])),
            (3 * normal(2, 4, 4, seed=2), torch.tensor([-2.0, 0.5, 4.0])),
            (normal(11, 1, 2, seed=3), torch.tensor([0.0, 5.0, 1.0])),
        ],
        mistakes={
            gate(pool=lambda x: x.max(dim=1).values): (
                "this gate asks for averages, not for maxima"
            ),
            gate(pool=lambda x: x.sum(dim=1)): (
                "that is the sum over the places; the average is asked for"
            ),
            gate(pad={"mode": "circular"}): (
                "beyond the first and the last channel there is nothing, a zero, and "
                "not the channel at the other end"
            ),
            gate(pad={"mode": "replicate"}): (
                "beyond the first and the last channel there is nothing: a zero"
            ),
            gate(turn=True): (
                "the kernel's first number belongs to the channel before, as in "
                "torch's convolutions"
            ),
            gate(end=lambda x: x): "the sigmoid is missing",
            gate(end=lambda x: x.softmax(0)): (
                "channels do not compete: a sigmoid for each, no softmax"
            ),
        },
    )


def opens_at_the_maximum(answer: object) -> Verdict:
    """Try a channel gate's network, set by hand, by the weights that it makes."""
    pairs = [(a, m) for m in (*SHUT, *OPEN) for a in MEANS]
    means, maxima = torch.tensor(pairs).float().T.unsqueeze(-1)
    opens = maxima.flatten() >= OPEN[0]

    def tested(w_1: Tensor, b_1: Tensor, w_2: Tensor, b_2: Tensor) -> str:
        """Say which channel gets a weight that it should not, and what that tells."""

        def network(x: Tensor) -> Tensor:
            return (x @ w_1 + b_1).relu() @ w_2 + b_2

        scores = network(means) + network(maxima)
        weights = scores.sigmoid().flatten()
        if not weights.isfinite().all():
            return BEYOND_FLOATS
        missed = torch.where(opens, weights <= 0.9, weights >= 0.1)
        if not missed.any():
            return ""
        at = int(missed.int().argmax())
        (a, m), weight = pairs[at], weights[at].item()
        told = (
            f"a channel with the mean {a:g} and the maximum {m:g} gets the weight "
            f"{weight:.2f}"
        )
        if weights.max() - weights.min() < 1e-3:
            return f"{told}, and so does every other: nothing depends on the summaries"
        once = (network(means) + network(maxima) - b_2).sigmoid().flatten()
        if not torch.where(opens, once <= 0.9, once >= 0.1).any():
            return (
                f"{told}: the network answers twice, once to each summary, and so b_2 "
                "is added twice"
            )
        if (weights[opens].mean() < 0.5) and (weights[~opens].mean() > 0.5):
            return (
                f"{told}: it opens where it should shut; turn w_2 and b_2 round"
            )
        quiet = network(means.new_tensor([[0.0], [3.0]])).flatten()
        if abs(quiet[1] - quiet[0]) > 1e-3:
            return (
                f"{told}: the mean speaks through the same unit; let the unit be "
                "silent up to 3, by b_1"
            )
        wish = "below 0.1" if not opens[at] else "above 0.9"
        return f"{told}; {wish} is asked for"

    return judge_tensors(
        answer,
        {"w_1": (1, 1), "b_1": (1,), "w_2": (1, 1), "b_2": (1,)},
        [tested],
        because=(
            f"all {len(pairs)} channels get what they should. The unit is deaf to all "
            "that a mean can be, and so the shared network tells the summaries apart"
        ),
    )


@functools.cache
@torch.enable_grad()
def _learns(change: str) -> bool:
    """Fit a gate to "one of the two, and not both"; can it?"""
    cases = torch.tensor([[1.0, 4], [1, 8], [2, 4], [2, 8]])  # mean, maximum
    cases = (cases - cases.mean(dim=0)) / cases.std(
        dim=0
    )  # learnt in fewer steps
    target = torch.tensor([0.0, 1, 1, 0])
    hidden = 32 if change == "wide" else 8
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        sizes = (2 if change == "beside" else 1, hidden, 1)
        layers = [nn.Linear(*sizes[:2]), nn.ReLU()]
        if change == "deep":
            layers += [nn.Linear(hidden, hidden), nn.ReLU()]
        network = nn.Sequential(*layers, nn.Linear(*sizes[1:]))
        other = copy.deepcopy(network) if change == "two" else network
        if change == "two":
            nn.init.normal_(other[0].weight)
    learnt = [
        *network.parameters(),
        *(other.parameters() if change == "two" else []),
    ]
    optimizer = torch.optim.Adam(learnt, lr=0.05)
    for _ in range(300):
        if change == "beside":
            scores = network(cases)
        else:
            scores = network(cases[:, :1]) + other(cases[:, 1:])
        loss = F.binary_cross_entropy_with_logits(scores.flatten(), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item() < 0.05


def one_and_not_both(answer: object) -> Verdict:
    """Check the guess: which change lets a gate open for one of two, not both?"""
    options = {"a": "wide", "b": "deep", "c": "two", "d": "beside"}
    right = next(
        letter for letter, change in options.items() if _learns(change)
    )
    added = (
        "the answers to the two summaries are still added: what the second summary "
        "adds to the score is the same whatever the first one is"
    )
    reasons = {
        "a": f"more units bend each answer more finely, and {added}",
        "b": f"one more layer bends each answer more finely, and {added}",
        "c": f"then each summary has a network of its own, and {added}",
        "d": (
            "a hidden unit that sees both summaries can hear that both are large, "
            "which no sum of two answers tells"
        ),
        "e": "one of the four does let it: try them",
    }
    del reasons[right]
    return judge_choice(
        answer,
        right,
        reasons,
        "a hidden unit that sees both summaries can hear that both are large. With a "
        "sum, score(1, 4) + score(2, 8) = score(1, 8) + score(2, 4), so that the two "
        "that are to be open cannot both lie above the two that are to be shut",
    )
