"""Chapter 01's comparison: how far to listen, learned, chosen or given."""

import torch

from .._shapes import Bool, Float, Tensor
from ..attention import attention
from ..data import noisy_curve, true_curve
from ..scores import GaussianScore

GRID = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1.0, 1.5, 2.0)
BY_EYE = 0.3


def answers(
    query: Float[Tensor, "queries"],
    place: Float[Tensor, "people"],
    number: Float[Tensor, "people"],
    bandwidth: float | GaussianScore,
    mask: Bool[Tensor, "queries people"] | None = None,
) -> Float[Tensor, "queries"]:
    """Answer at every query on a line by what the people there say."""
    score = bandwidth
    if not isinstance(score, GaussianScore):
        score = GaussianScore(bandwidth).requires_grad_(False)
    columns = (points.unsqueeze(-1) for points in (query, place, number))
    return attention(*columns, mask, score)[0].squeeze(-1)


def learn_bandwidth(
    place: Float[Tensor, "people"],
    number: Float[Tensor, "people"],
    mask: Bool[Tensor, "people people"] | None = None,
    num_steps: int = 300,
) -> GaussianScore:
    """Fit the bandwidth to the people; the mask says who hears whom."""
    score = GaussianScore(1.0)
    optimiser = torch.optim.Adam(score.parameters(), lr=0.1)
    for _ in range(num_steps):
        loss = _error(answers(place, place, number, score, mask), number)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return score.requires_grad_(False)


def street_errors(seed: int) -> dict[str, float]:
    """Pool one street of fifty people in every way, and measure each.

    Args:
        seed: which street is drawn.

    Returns:
        The mean squared error along the street of each way of pooling, and
        under "h: …" each bandwidth that was learned or chosen. "best of the
        grid" is chosen by the truth itself, which nobody on the street knows.
    """
    place, number = noisy_curve(generator=torch.Generator().manual_seed(seed))
    street = torch.linspace(0, 5, 201)
    truth = true_curve(street)
    others = ~torch.eye(len(place), dtype=torch.bool)

    def along(bandwidth: float) -> float:
        return _error(answers(street, place, number, bandwidth), truth).item()

    def on_the_others(bandwidth: float) -> float:
        left_out = answers(place, place, number, bandwidth, others)
        return _error(left_out, number).item()

    chosen = {
        "on itself": learn_bandwidth(place, number).bandwidth.item(),
        "leave one out": learn_bandwidth(
            place, number, others
        ).bandwidth.item(),
        "cross-validated": min(GRID, key=on_the_others),
        "best of the grid": min(GRID, key=along),
    }
    errors = {
        "mean of all": _error(number.mean().expand_as(truth), truth).item(),
        "h = 1": along(1.0),
        "by eye": along(BY_EYE),
    }
    errors |= {name: along(h) for name, h in chosen.items()}
    return errors | {f"h: {name}": h for name, h in chosen.items()}


def _error(
    guess: Float[Tensor, "*points"], truth: Float[Tensor, "*points"]
) -> Float[Tensor, ""]:
    return (guess - truth).square().mean()
