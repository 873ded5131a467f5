"""Chapter 07's readers of order: one model, told in six ways where tokens stand."""

from collections.abc import Callable
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn

from .._checks import check_one_of, check_size
from .._shapes import Float, Int, Tensor
from ..data import IGNORED, previous_tokens, reversal
from ..layers import EncoderLayer
from ..masks import causal_mask
from ..positions import (
    DistancePenaltyScore,
    LearnedPositions,
    RelativeScore,
    rotate,
    sinusoidal_positions,
)
from ..train import seeded, train
from .taught import TaughtModel

NUM_SYMBOLS = 12
WIDTH, NUM_HEADS, FF_DIM, NUM_LAYERS = 24, 4, 48, 2
HEAD_DIM = WIDTH // NUM_HEADS
# Of the lessons; then of the tests, which only the first has in common with them.
TAUGHT = 12
LENGTHS = (12, 16, 24, 48, 60)
MOST_TOKENS = 60
# Relative vectors reach as far as a neighbour and a little more.
FARTHEST = 4
NUM_TESTS = 400

TASKS = {"previous": previous_tokens, "reverse": reversal}
SCHEMES = ("none", "sinusoidal", "learned", "relative", "rotary", "penalty")


class OrderModel(nn.Module):
    """Two layers of self-attention that are told where tokens stand, or not.

    Args:
        scheme: "none"; "sinusoidal" or "learned" vectors added to the inputs;
            "relative" vectors in the score; "rotary" turns of queries and keys;
            or a "penalty" on distance in the score.
        causal: whether a token sees only itself and what came before.

    Raises:
        ValueError: a scheme of another name.
    """

    def __init__(self, scheme: str, causal: bool = False):
        super().__init__()
        check_one_of("scheme", scheme, SCHEMES)
        self.scheme, self.causal = scheme, causal
        self.embedding = nn.Embedding(NUM_SYMBOLS, WIDTH)
        self.positions = {
            "sinusoidal": partial(sinusoidal_positions, model_dim=WIDTH),
            "learned": LearnedPositions(MOST_TOKENS, WIDTH),
        }.get(scheme)
        scores = {
            "relative": partial(RelativeScore, FARTHEST, HEAD_DIM),
            "penalty": partial(DistancePenaltyScore, NUM_HEADS),
        }
        self.layers = nn.ModuleList(
            EncoderLayer(
                WIDTH,
                NUM_HEADS,
                FF_DIM,
                rotate=rotate if scheme == "rotary" else None,
                score=scores[scheme]() if scheme in scores else None,
            )
            for _ in range(NUM_LAYERS)
        )
        self.read_out = nn.Linear(WIDTH, NUM_SYMBOLS)

    def enter(
        self, tokens: Int[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens width"]:
        """Return what the first layer gets: symbols, and places if added."""
        inputs = self.embedding(tokens)
        if self.positions is not None:
            inputs = inputs + self.positions(tokens.shape[-1]).to(inputs)
        return inputs

    def forward(
        self, tokens: Int[Tensor, "batch tokens"], need_weights: bool = False
    ):
        """Read the symbols, and say one at each place.

        Args:
            tokens: symbols from 0 to 11; where positions are learned, 60 at most.
            need_weights: whether to return the maps of all layers as well.

        Returns:
            logits (batch, tokens, symbols); with `need_weights`, a pair of these
            and weights (layers, batch, heads, tokens, tokens).
        """
        outputs, maps = self.enter(tokens), []
        mask = None
        if self.causal:
            mask = causal_mask(tokens.shape[-1], device=tokens.device)
        for layer in self.layers:
            outputs, weights = layer(outputs, mask, need_weights=True)
            maps.append(weights)
        logits = self.read_out(outputs)
        return (logits, torch.stack(maps)) if need_weights else logits


def task_of(name: str) -> Callable[..., tuple[Tensor, Tensor]]:
    """Return what draws lines, and the symbol that is asked for at each place."""
    check_one_of("task", name, TASKS)
    return TASKS[name]


def order_loss(model: nn.Module, batch: tuple) -> Float[Tensor, ""]:
    """Return the cross-entropy of the symbols asked for, the mean over places."""
    tokens, targets = batch
    return F.cross_entropy(model(tokens).flatten(0, 1), targets.flatten())


def teach_order(
    scheme: str,
    causal: bool,
    seed: int,
    task: str = "previous",
    num_steps: int = 400,
    batch_size: int = 64,
) -> TaughtModel:
    """Teach a model lines of twelve symbols, as every other is taught.

    Args:
        scheme: as in `OrderModel`.
        causal: whether a token sees only itself and what came before.
        seed: decides the lines and the first parameters. The lines are the same
            for all schemes.
        task: "previous" asks at each place for the symbol before it; "reverse" for
            the one that stands as far from the other end.
        num_steps: how many batches it sees.
        batch_size: lines in a batch.

    Raises:
        ValueError: a scheme or a task of another name, no step.
    """
    draw = task_of(task)
    num_steps = check_size("num_steps", num_steps, least=1)
    generator = seeded(seed)
    model = OrderModel(scheme, causal)
    batches = (
        draw(batch_size, TAUGHT, NUM_SYMBOLS, generator)
        for _ in range(num_steps)
    )
    losses = train(
        model, batches, order_loss, num_steps, learning_rate=5e-3, num_warm=30
    )
    return TaughtModel(model, losses)


@torch.no_grad()
def order_rate(
    model: nn.Module, num_tokens: int, seed: int, task: str = "previous"
) -> float:
    """Return the share of places at which the right symbol is said, in new lines.

    Raises:
        ValueError: a task of another name.
    """
    draw = task_of(task)
    generator = torch.Generator().manual_seed(1000 + seed)
    tokens, targets = draw(NUM_TESTS, num_tokens, NUM_SYMBOLS, generator)
    asked = targets != IGNORED
    right = model(tokens).argmax(-1) == targets
    return right[asked].float().mean().item()


def order_results(
    scheme: str,
    causal: bool,
    seed: int,
    task: str = "previous",
    num_steps: int = 400,
) -> dict[str, list[float]]:
    """Teach a model lines of twelve symbols, and ask it in longer ones.

    Returns:
        "right": the share of places at which it says the right symbol, in lines of
            12, 16, 24, 48 and 60 symbols; 1/12 is chance.
    """
    model, _ = teach_order(scheme, causal, seed, task, num_steps)
    return {
        "right": [order_rate(model, length, seed, task) for length in LENGTHS]
    }
