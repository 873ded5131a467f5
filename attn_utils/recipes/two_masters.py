"""Chapter 03's narrow store: one vector as key and value, or one for each."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from .._checks import check_size
from .._shapes import Float, Int, Tensor
from ..attention import attention
from ..data import symbol_store
from ..train import seeded, train

NUM_SYMBOLS = 32
NUM_TESTS = 4000
# Fast enough for both: at .01 the shared vectors of width 8 are not done by 500.
LEARNING_RATE = 0.03


class SymbolStore(nn.Module):
    """Look a symbol up among pairs of symbols, by learned embeddings.

    Args:
        width: of queries, keys and values.
        shared: whether each pair is one vector, the sum of both embeddings,
            which is then key and value. Otherwise the one is the key and the
            other the value. The parameters are the same.
    """

    def __init__(self, width: int, shared: bool):
        super().__init__()
        width = check_size("width", width, least=1)
        self.shared = shared
        self.query = nn.Embedding(NUM_SYMBOLS, width)
        self.key = nn.Embedding(NUM_SYMBOLS, width)
        self.value = nn.Embedding(NUM_SYMBOLS, width)
        self.read_out = nn.Linear(width, NUM_SYMBOLS)

    def forward(
        self,
        key_symbols: Int[Tensor, "batch keys"],
        value_symbols: Int[Tensor, "batch keys"],
        query_symbol: Int[Tensor, "batch"],
    ) -> tuple[Float[Tensor, "batch symbols"], Float[Tensor, "batch keys"]]:
        """Return logits for the stored symbol, and the weight of every pair."""
        query = self.query(query_symbol).unsqueeze(1)
        key, value = self.key(key_symbols), self.value(value_symbols)
        if self.shared:
            key = value = key + value
        context, weights = attention(query, key, value)
        return self.read_out(context.squeeze(1)), weights.squeeze(1)


def store_loss(model: SymbolStore, store: tuple) -> Float[Tensor, ""]:
    """Return the cross-entropy of the symbol that is stored under the query."""
    *symbols, label = store
    logits, _ = model(*symbols)
    return F.cross_entropy(logits, label)


class Taught(NamedTuple):
    """A store after its lessons.

    Args:
        model: in eval mode.
        losses: the loss of every step.
        accuracy: share of new questions answered right. A guess gets 1/32, a
            pair read at random 1/12 and in the rest 1/32: .112 together.
        found: share in which the pair asked for has the largest weight; 1/12
            at random.
    """

    model: SymbolStore
    losses: list[float]
    accuracy: float
    found: float


def teach_store(
    width: int,
    shared: bool,
    seed: int,
    num_steps: int = 500,
    batch_size: int = 128,
) -> Taught:
    """Teach a store of this width, and ask it about new pairs.

    Args:
        width: of queries, keys and values.
        shared: whether one vector is key and value.
        seed: decides every pair and the first parameters, which are the same
            whether shared or not.
        num_steps: how many batches it sees.
        batch_size: stores in a batch, one question each.
    """
    generator = seeded(seed)
    model = SymbolStore(width, shared)
    batches = (
        symbol_store(batch_size, num_symbols=NUM_SYMBOLS, generator=generator)
        for _ in range(num_steps)
    )
    losses = train(
        model,
        batches,
        store_loss,
        num_steps,
        learning_rate=LEARNING_RATE,
        clip=None,
    )
    apart = torch.Generator().manual_seed(1000 + seed)
    tests = symbol_store(NUM_TESTS, num_symbols=NUM_SYMBOLS, generator=apart)
    key_symbols, _, query_symbol, label = tests
    with torch.no_grad():
        logits, weights = model(*tests[:3])
    right = logits.argmax(-1) == label
    asked = key_symbols.gather(1, weights.argmax(-1, keepdim=True)).squeeze(1)
    found = asked == query_symbol
    return Taught(
        model, losses, right.float().mean().item(), found.float().mean().item()
    )


def store_results(
    width: int, shared: bool, seed: int, num_steps: int = 500
) -> dict[str, float | int]:
    """Teach a store; say what it gets right and what it finds.

    Returns:
        "accuracy" and "found" as in `Taught`, and how many "parameters" learn.
    """
    taught = teach_store(width, shared, seed, num_steps)
    return {
        "accuracy": taught.accuracy,
        "found": taught.found,
        "parameters": sum(p.numel() for p in taught.model.parameters()),
    }
