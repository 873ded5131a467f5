"""Chapter 02's root: what wide products do to softmax, and to learning."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from .._shapes import Float, Int, Tensor
from ..attention import attention
from ..data import reversal
from ..positions import LearnedPositions
from ..scores import DotScore, ScaledDotScore
from ..train import seeded, train

NUM_TOKENS, NUM_SYMBOLS = 16, 12
WIDTHS = tuple(2**power for power in range(11))  # 1 to 1024
KINDS = {"raw": DotScore, "scaled": ScaledDotScore}


def softmax_jacobian(
    weights: Float[Tensor, "*batch keys"],
) -> Float[Tensor, "*batch keys keys"]:
    """Return how each weight follows each score, diag(a) - a aᵀ."""
    crossed = weights.unsqueeze(-1) * weights.unsqueeze(-2)
    return torch.diag_embed(weights) - crossed


def softmax_jacobian_norm(
    weights: Float[Tensor, "*batch keys"],
) -> Float[Tensor, "*batch"]:
    """Return how much of a gradient softmax lets through (Frobenius norm).

    0 where one key has all the weight: then no score moves any weight.
    """
    return torch.linalg.matrix_norm(softmax_jacobian(weights))


def saturation(
    width: int, seed: int, num_draws: int = 512, num_keys: int = 16
) -> dict[str, float]:
    """Compare one random query with random keys, many times, raw and scaled.

    Args:
        width: width of queries and keys, whose features have variance 1.
        seed: decides all of them.
        num_draws: how many queries, each with keys of its own.
        num_keys: keys of each query.

    Returns:
        For "raw" and "scaled" products: their variance; of the weights the
        mean entropy and the mean largest; the mean and the median norm of
        softmax's Jacobian.
    """
    generator = torch.Generator().manual_seed(seed)
    # In double precision: of a weight near 1, float32 loses what is left.
    query, key = (
        torch.randn(shape, generator=generator, dtype=torch.float64)
        for shape in ((num_draws, 1, width), (num_draws, num_keys, width))
    )
    results = {}
    for kind, score in KINDS.items():
        scores = score()(query, key).squeeze(1)
        weights = scores.softmax(dim=-1)
        norms = softmax_jacobian_norm(weights)
        measured = {
            "variance": scores.var(),
            "entropy": torch.special.entr(weights).sum(-1).mean(),
            "largest weight": weights.amax(-1).mean(),
            "mean Jacobian": norms.mean(),
            "median Jacobian": norms.quantile(0.5),
        }
        results |= {f"{kind}: {k}": v.item() for k, v in measured.items()}
    return results


def saturation_results(seed: int) -> dict[str, list[int | float]]:
    """Measure `saturation` at every width; one list for each measure."""
    rows = [{"width": width} | saturation(width, seed) for width in WIDTHS]
    return {name: [row[name] for row in rows] for name in rows[0]}


class ReversalLayer(nn.Module):
    """One head of attention over its own inputs, added to them.

    Queries and keys have unit variance where the inputs have.

    Args:
        width: width of inputs, queries, keys and values.
        score: how queries and keys are compared.
    """

    def __init__(self, width: int, score: nn.Module):
        super().__init__()
        self.query_map = nn.Linear(width, width, bias=False)
        self.key_map = nn.Linear(width, width, bias=False)
        self.value_map = nn.Linear(width, width, bias=False)
        for linear in (self.query_map, self.key_map, self.value_map):
            nn.init.normal_(linear.weight, std=width**-0.5)
        self.score = score

    def forward(
        self, inputs: Float[Tensor, "batch tokens width"]
    ) -> Float[Tensor, "batch tokens width"]:
        """Add to every token what it reads."""
        context, _ = attention(
            self.query_map(inputs),
            self.key_map(inputs),
            self.value_map(inputs),
            score=self.score,
        )
        return inputs + context


class ReversalModel(nn.Module):
    """Two layers of attention that write a string backwards, nothing else.

    Args:
        width: width of everything inside.
        score: how queries and keys are compared.
    """

    def __init__(self, width: int, score: nn.Module):
        super().__init__()
        self.embedding = nn.Embedding(NUM_SYMBOLS, width)
        self.positions = LearnedPositions(NUM_TOKENS, width)
        # Embeddings and positions start with variance 1, their sum with 2.
        self.layers = nn.Sequential(
            ReversalLayer(width, score), ReversalLayer(width, score)
        )
        self.read_out = nn.Linear(width, NUM_SYMBOLS)

    def forward(
        self, symbols: Int[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens symbols"]:
        """Return logits for the symbol that each place must write."""
        positions = self.positions(symbols.shape[1])
        inputs = (self.embedding(symbols) + positions) / 2**0.5
        return self.read_out(self.layers(inputs))


def reversal_loss(
    model: Callable[..., Tensor], strings: tuple
) -> Float[Tensor, ""]:
    """Return the cross-entropy of each symbol of the strings, backwards."""
    inputs, targets = strings
    return F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())


def teach_reversal(
    scaled: bool,
    seed: int,
    width: int = 256,
    num_steps: int = 40,
    batch_size: int = 64,
) -> tuple[ReversalModel, list[float], float]:
    """Teach strings of 16 symbols backwards, with or without the root.

    Args:
        scaled: whether scores are divided by the root of the width.
        seed: decides every string and the first parameters.
        width: width of the model, and of its queries and keys.
        num_steps: how many batches it sees.
        batch_size: strings in a batch.

    Returns:
        model: in eval mode.
        losses: the loss of every step.
        gradient: norm of the first batch's gradient of all query and key maps,
            before any step.
    """
    generator = seeded(seed)
    model = ReversalModel(width, (ScaledDotScore if scaled else DotScore)())
    batches = [
        reversal(batch_size, NUM_TOKENS, NUM_SYMBOLS, generator)
        for _ in range(num_steps)
    ]
    gradient = comparing_gradient(model, batches[0])
    losses = train(model, batches, reversal_loss, num_steps, learning_rate=3e-3)
    return model, losses, gradient


def comparing_gradient(model: ReversalModel, strings: tuple) -> float:
    """Return the norm of the gradient of all maps that make queries and keys."""
    maps = [
        linear.weight
        for layer in model.layers
        for linear in (layer.query_map, layer.key_map)
    ]
    found = torch.autograd.grad(reversal_loss(model, strings), maps)
    return torch.stack([part.norm() for part in found]).norm().item()


def reversal_results(
    scaled: bool, seed: int, width: int, num_steps: int
) -> dict[str, float | list[float]]:
    """Teach strings backwards; say how much of new strings comes out right.

    Returns:
        The share of symbols that are right, the gradient of the maps that
        compare before the first step, and the mean loss of each ten steps.
    """
    model, losses, gradient = teach_reversal(scaled, seed, width, num_steps)
    generator = torch.Generator().manual_seed(1000 + seed)
    inputs, targets = reversal(500, NUM_TOKENS, NUM_SYMBOLS, generator)
    with torch.no_grad():
        right = model(inputs).argmax(-1) == targets
    tens = torch.tensor(losses).split(10)
    return {
        "accuracy": right.float().mean().item(),
        "gradient": gradient,
        "losses": [ten.mean().item() for ten in tens],
    }
