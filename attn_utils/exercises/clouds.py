"""The picture of chapter 03's exercise "Four clouds": estimates of one gradient.

A scene has three glimpses, with one number to read in each. The loss is how far
what was read is from 3, squared, and 3 more that no choice can spare. So few
choices can all be tried: the gradient of the expected loss is known.
"""

import torch

from .._shapes import Float, Tensor
from ..attention import attention, hard_attention
from ..recipes.estimators import exact_gradient

# What each glimpse holds, and the chance of reading it.
VALUES, CHANCES = (0.0, 2.0, 4.0), (0.3, 0.4, 0.3)
WANTED, LEAST = 3.0, 3.0
LOSSES = tuple((value - WANTED) ** 2 + LEAST for value in VALUES)
EXPECTED = sum(a * loss for a, loss in zip(CHANCES, LOSSES, strict=True))
POINTS, CHOICES = 200, 8
NUMBERS = ("I", "II", "III", "IV")
# How each way reads, what it takes off the loss before it blames the choice (None
# where it blames nothing), and how many choices one point is the mean of.
WAYS = {
    "reinforce": ("categorical", 0.0, CHOICES),
    "reinforce + baseline": ("categorical", EXPECTED, CHOICES),
    "straight-through": ("gumbel", None, CHOICES),
    "soft": (None, None, 1),
    "argmax": ("argmax", None, CHOICES),
    "one choice": ("categorical", 0.0, 1),
}
# What made a cloud, and by what one would know it.
SIGNS = {
    "reinforce": (
        "then its middle would be the cross, and no other cloud would be as wide"
    ),
    "reinforce + baseline": (
        "then its middle would be the cross, and the cloud narrower than another "
        "around it"
    ),
    "straight-through": (
        "then there would be a cloud whose middle misses the cross"
    ),
    "soft": "then there would be one point alone, for nothing is drawn",
    "argmax": (
        "then there would be one point, at zero: nothing tells the scores anything"
    ),
    "one choice": ("then only three places would be hit, one for each glimpse"),
}


def true_gradient() -> Float[Tensor, "2"]:
    """Return how the first two scores move the expected loss of one choice.

    The third adds nothing to the picture: the three together make zero.
    """
    chances, losses = torch.tensor([CHANCES]), torch.tensor([LOSSES])
    return exact_gradient(chances, losses)[0, :2]


def four_clouds() -> dict[str, Float[Tensor, "points 2"]]:
    """Return the clouds of exercise "Four clouds": four numbers, 200 points each.

    A point is an estimate of how the first two scores move the loss. By
    REINFORCE a single choice can give but three of them, one for each glimpse:
    so that a cloud appears, every point is the mean of eight choices. Soft
    attention chooses nothing, and all its points are one.
    """
    drawn = ("straight-through", "reinforce", "soft", "reinforce + baseline")
    return dict(zip(NUMBERS, map(cloud, drawn), strict=True))


@torch.enable_grad()
def cloud(way: str) -> Float[Tensor, "points 2"]:
    """Estimate the gradient 200 times, in one of `WAYS`."""
    sample, baseline, choices = WAYS[way]
    generator = torch.Generator().manual_seed(0)
    scores = torch.tensor(CHANCES).log().repeat(POINTS * choices, 1, 1)
    scores.requires_grad_()
    value = torch.tensor(VALUES).view(1, -1, 1).expand(len(scores), -1, -1)
    query = value[:, :1]  # asked for its shape alone: the scores are there

    def given(query: Tensor, key: Tensor) -> Tensor:
        return scores

    if sample is None:
        context, _ = attention(query, value, value, score=given)
        loss = ((context - WANTED).square() + LEAST).sum()
    else:
        read = hard_attention(
            query, value, value, score=given, sample=sample, generator=generator
        )
        losses = ((read.context - WANTED).square() + LEAST).squeeze(-1)
        blame = losses.detach() - (0.0 if baseline is None else baseline)
        if baseline is None:
            blame = torch.zeros_like(blame)
        loss = (losses + blame * read.log_probability).sum()
    (gradient,) = torch.autograd.grad(loss, scores)
    return gradient.view(POINTS, choices, -1).mean(1)[:, :2]


def made_by(points: Float[Tensor, "points 2"]) -> str:
    """Name the way that made a cloud, by where it lies and how wide it is."""
    middle = points.mean(0)
    width = (points - middle).square().sum(-1).mean().sqrt()
    if width < 1e-4:
        return "argmax" if middle.norm() < 1e-4 else "soft"
    if len(points.round(decimals=3).unique(dim=0)) <= len(VALUES):
        return "one choice"
    # So far from the truth is a mean by chance alone, of so many points.
    if (middle - true_gradient()).norm() > 4 * width / len(points) ** 0.5:
        return "straight-through"
    hits = {
        name: abs(width.item() - _width(WAYS[name][1]))
        for name in ("reinforce", "reinforce + baseline")
    }
    return min(hits, key=hits.get)


def _width(baseline: float) -> float:
    """Return, by trying every choice, how wide a cloud of REINFORCE is."""
    chances, losses = torch.tensor(CHANCES), torch.tensor(LOSSES)
    log_gradient = torch.eye(len(chances)) - chances
    each = ((losses - baseline).unsqueeze(-1) * log_gradient)[:, :2]
    squares = (each - true_gradient()).square().sum(-1)
    return (chances @ squares / CHOICES).sqrt().item()
