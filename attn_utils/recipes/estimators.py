"""Chapter 03's gradients: what each way to learn a choice costs, and is off by.

A scene has few glimpses, so every choice can be tried: the true gradient of the
expected loss is known, and every estimate of it can be judged.
"""

import torch
import torch.nn.functional as F

from .._checks import check_one_of, check_size
from .._shapes import Float, Tensor
from ..train import seeded
from .glimpses import (
    METHODS,
    GlimpseReader,
    draw_scenes,
    look,
    look_losses,
    teach_glimpses,
)

NUM_GLIMPSES, NUM_SCENES, NUM_SAMPLES = 9, 16, 16000
CHUNK = 500
# How each estimate reads; what REINFORCE takes off the loss is in `baseline_of`.
ESTIMATORS = METHODS | {
    "reinforce + own mean": "categorical",
    "reinforce + best baseline": "categorical",
}


@torch.no_grad()
def every_loss(
    reader: GlimpseReader, scenes: tuple
) -> Float[Tensor, "batch glimpses"]:
    """Return the loss that reading each one of the glimpses would give."""
    glimpses, labels, _ = scenes
    logits = reader.classify(glimpses.flatten(2))
    labels = labels.unsqueeze(-1).expand(logits.shape[:2])
    return F.cross_entropy(logits.mT, labels, reduction="none")


def exact_gradient(
    chances: Float[Tensor, "batch glimpses"],
    losses: Float[Tensor, "batch glimpses"],
) -> Float[Tensor, "batch glimpses"]:
    """Return how the scores move the expected loss of a batch, by enumeration.

    Args:
        chances: of reading each glimpse, softmax of the scores.
        losses: what reading it would give.
    """
    expected = (chances * losses).sum(-1, keepdim=True)
    return chances * (losses - expected) / len(losses)


def score_jacobian(
    reader: GlimpseReader, scenes: tuple
) -> Float[Tensor, "batch glimpses parameters"]:
    """Return how the parameters of the score move every score of a batch."""
    scores = reader.scores(scenes[0]).squeeze(1)
    each = torch.eye(scores.numel()).view(-1, *scores.shape)
    parts = torch.autograd.grad(
        scores, [*reader.score.parameters()], each, is_grads_batched=True
    )
    flat = torch.cat([part.flatten(1) for part in parts], dim=1)
    return flat.view(*scores.shape, -1)


def best_baseline(
    chances: Float[Tensor, "batch glimpses"],
    losses: Float[Tensor, "batch glimpses"],
    jacobian: Float[Tensor, "batch glimpses parameters"],
) -> Float[Tensor, "batch"]:
    """Return the baseline of every scene that leaves the least variance.

    The mean of the losses, where a choice counts by its chance times the square
    of the gradient of its log-probability.
    """
    log_gradient = jacobian - chances.unsqueeze(1) @ jacobian
    weights = chances * log_gradient.square().sum(-1)
    return (weights * losses).sum(-1) / weights.sum(-1)


def reinforce_variance(
    chances: Float[Tensor, "batch glimpses"],
    losses: Float[Tensor, "batch glimpses"],
    jacobian: Float[Tensor, "batch glimpses parameters"],
    baseline: float | Float[Tensor, "batch"],
) -> float:
    """Return the variance of REINFORCE's estimate, by enumeration.

    The choices of different scenes know nothing of each other: what each adds
    to the variance is added up.
    """
    log_gradient = jacobian - chances.unsqueeze(1) @ jacobian
    blame = losses - torch.as_tensor(baseline).reshape(-1, 1)
    square = blame.square() * log_gradient.square().sum(-1)
    mean = ((chances * blame).unsqueeze(1) @ log_gradient).squeeze(1)
    each = (chances * square).sum(-1) - mean.square().sum(-1)
    return each.sum().item() / len(losses) ** 2


def sampled_gradients(
    reader: GlimpseReader,
    scenes: tuple,
    estimator: str,
    baseline: float | Float[Tensor, "batch"] | None,
    num_samples: int,
    generator: torch.Generator,
) -> Float[Tensor, "samples batch glimpses"]:
    """Estimate how the scores move the loss of a batch, many times.

    Args:
        reader: as it is; nothing is trained.
        scenes: glimpses, labels and places.
        estimator: one of `ESTIMATORS`.
        baseline: as in `look_losses`; "reinforce + own mean" takes the mean
            loss of the same sample instead.
        num_samples: how many estimates, each from one choice for each scene.
        generator: decides the choices.
    """
    glimpses, labels, _ = scenes
    with torch.no_grad():
        scores = reader.scores(glimpses)
    scores = scores.repeat(num_samples, 1, 1).requires_grad_()
    glimpses = glimpses.repeat(num_samples, 1, 1, 1)
    labels = labels.repeat(num_samples)
    read = look(scores, glimpses, ESTIMATORS[estimator], generator)
    if estimator == "reinforce + own mean":
        losses = look_losses(reader, read, labels, None).detach()
        means = losses.view(num_samples, -1).mean(1)
        baseline = means.repeat_interleave(len(scenes[0]))
    elif isinstance(baseline, Tensor):
        baseline = baseline.repeat(num_samples)
    losses = look_losses(reader, read, labels, baseline)
    (gradient,) = torch.autograd.grad(losses.sum(), scores)
    return gradient.view(num_samples, len(scenes[0]), -1) / len(scenes[0])


def judge_estimator(
    estimator: str,
    reader: GlimpseReader,
    scenes: tuple,
    generator: torch.Generator,
    num_samples: int = NUM_SAMPLES,
) -> dict[str, float]:
    """Hold many estimates of a gradient against the exact one.

    The gradient is that of the expected loss of hard attention, by the
    parameters of the score. Soft attention has another loss, whose gradient
    needs no sample.

    Args:
        estimator: one of `ESTIMATORS`.
        reader: as it is.
        scenes: glimpses, labels and places.
        generator: decides the choices.
        num_samples: how many estimates.

    Returns:
        "variance": the mean squared distance of an estimate from their mean.
        "bias": how far their mean is from the exact gradient, over the
        latter's length. "error of bias": how large that would be for an
        estimator without bias, by chance alone (the root of its mean square).
        "cosine" between mean and exact: 1 says that the direction is right.

    Raises:
        ValueError: an unknown estimator; fewer samples than one.
    """
    check_one_of("estimator", estimator, ESTIMATORS)
    num_samples = check_size("num_samples", num_samples, least=1)
    jacobian = score_jacobian(reader, scenes)
    with torch.no_grad():
        chances = reader.scores(scenes[0]).squeeze(1).softmax(-1)
    losses = every_loss(reader, scenes)
    exact = exact_gradient(chances, losses).flatten() @ jacobian.flatten(0, 1)
    baseline = {
        "reinforce": 0.0,
        "reinforce + baseline": (chances * losses).sum(-1).mean().item(),
        "reinforce + best baseline": best_baseline(chances, losses, jacobian),
    }.get(estimator)
    if ESTIMATORS[estimator] is None:
        num_samples = 1
    estimates = torch.cat(
        [
            sampled_gradients(
                reader, scenes, estimator, baseline, size, generator
            )
            for size in _chunks(num_samples)
        ]
    )
    gradients = estimates.flatten(1) @ jacobian.flatten(0, 1)
    mean = gradients.mean(0)
    squares = (gradients - mean).square().sum().item()
    variance = squares / max(1, num_samples - 1)
    length = exact.norm().item()
    return {
        "variance": variance,
        "bias": (mean - exact).norm().item() / length,
        "error of bias": (variance / num_samples) ** 0.5 / length,
        "cosine": F.cosine_similarity(mean, exact, dim=0).item(),
    }


def estimator_results(
    estimator: str, seed: int, num_steps: int = 0
) -> dict[str, float]:
    """Judge an estimator on one batch of new scenes, 9 glimpses in each.

    Args:
        estimator: one of `ESTIMATORS`.
        seed: decides the reader, the scenes and the choices.
        num_steps: lessons before that, by REINFORCE with a baseline; 0 takes
            the reader as it starts.

    Returns:
        As `judge_estimator`.
    """
    if num_steps:
        method = "reinforce + baseline"
        reader = teach_glimpses(method, seed, num_steps).reader
    else:
        seeded(seed)
        reader = GlimpseReader()
    generator = torch.Generator().manual_seed(3000 + seed)
    scenes = draw_scenes(NUM_SCENES, generator, True, NUM_GLIMPSES)
    return judge_estimator(estimator, reader, scenes, generator)


def _chunks(num_samples: int) -> list[int]:
    """Cut the samples so that few of them are in memory at a time."""
    full, rest = divmod(num_samples, CHUNK)
    return [CHUNK] * full + [rest] * bool(rest)
