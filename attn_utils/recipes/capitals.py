"""Chapter 11's small LSTM: which capital came last? Its gates can be watched."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from .._checks import check_one_of, check_size
from .._shapes import Float, Int, Tensor
from ..seq2seq import LSTMCell, RNNCell
from ..train import seeded, train
from .taught import TaughtModel

CAPITALS, SMALL = "ABCD", "efghij"
CHARACTERS = CAPITALS + SMALL
CAPITAL_CELLS = {"LSTM": nn.LSTM, "RNN": nn.RNN}
EMBED_DIM, WIDTH = 6, 8
# Of the lessons, and of how far back the last capital lies in the tests.
NUM_TOKENS, RARE = 24, 0.12
DISTANCES = (0, 1, 2, 4, 8, 16, 32)
NUM_TESTS = 400


class CapitalReader(nn.Module):
    """A recurrent network that says after each character which capital came last.

    Args:
        kind: "LSTM" or "RNN".

    Raises:
        ValueError: another kind.
    """

    def __init__(self, kind: str = "LSTM"):
        super().__init__()
        check_one_of("kind", kind, CAPITAL_CELLS)
        self.embedding = nn.Embedding(len(CHARACTERS), EMBED_DIM)
        self.layer = CAPITAL_CELLS[kind](EMBED_DIM, WIDTH, batch_first=True)
        self.read_out = nn.Linear(WIDTH, len(CAPITALS))

    def forward(
        self, tokens: Int[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch tokens capitals"]:
        """Read characters by their numbers; score the capitals after each."""
        states, _ = self.layer(self.embedding(tokens))
        return self.read_out(states)

    def cell(self) -> LSTMCell | RNNCell:
        """Return a copy of the layer as the package's cell."""
        lstm = isinstance(self.layer, nn.LSTM)
        return (LSTMCell if lstm else RNNCell).from_torch(self.layer)


def capital_strings(
    num_examples: int, num_tokens: int, generator: torch.Generator
) -> tuple[Int[Tensor, "batch tokens"], Int[Tensor, "batch tokens"]]:
    """Draw strings that begin with a capital, and the last capital so far."""
    size = num_examples, num_tokens
    small = torch.randint(
        len(CAPITALS), len(CHARACTERS), size, generator=generator
    )
    capital = torch.randint(len(CAPITALS), size, generator=generator)
    rare = torch.rand(size, generator=generator) < RARE
    rare[:, 0] = True
    place = torch.where(rare, torch.arange(num_tokens), 0)
    last = place.cummax(dim=1).values
    return torch.where(rare, capital, small), capital.gather(1, last)


def capital_loss(model: nn.Module, batch: tuple) -> Float[Tensor, ""]:
    """Return the cross-entropy of the last capital, at all places alike."""
    tokens, last = batch
    return F.cross_entropy(model(tokens).flatten(0, 1), last.flatten())


def teach_capitals(
    kind: str = "LSTM", seed: int = 0, num_steps: int = 500
) -> TaughtModel:
    """Teach a recurrent network to say after each character the last capital.

    Args:
        kind: "LSTM" or "RNN".
        seed: decides the strings and the first parameters.
        num_steps: how many batches of 64 strings of 24 characters it sees.

    Raises:
        ValueError: another kind, no step.
    """
    num_steps = check_size("num_steps", num_steps, least=1)
    generator = seeded(seed)
    model = CapitalReader(kind)
    batches = (
        capital_strings(64, NUM_TOKENS, generator) for _ in range(num_steps)
    )
    losses = train(
        model, batches, capital_loss, num_steps, learning_rate=1e-2, decay=True
    )
    return TaughtModel(model.half().float(), losses)


class WatchedGates(NamedTuple):
    """What an LSTM does at each character of its strings.

    Args:
        input, forget, output: how far each gate is open, from 0 to 1.
        new: what the input gate lets into the memory.
        memory, state: what is held, and shown, after the character.
    """

    input: Float[Tensor, "batch tokens width"]
    forget: Float[Tensor, "batch tokens width"]
    new: Float[Tensor, "batch tokens width"]
    output: Float[Tensor, "batch tokens width"]
    memory: Float[Tensor, "batch tokens width"]
    state: Float[Tensor, "batch tokens width"]


@torch.no_grad()
def watch_gates(
    model: CapitalReader,
    tokens: Int[Tensor, "batch tokens"],
    forget: float | None = None,
) -> WatchedGates:
    """Read strings with an LSTM, and keep what its gates do.

    Args:
        model: an LSTM's.
        tokens: characters by their numbers.
        forget: at what the forget gate is held, from 0 to 1; None lets it do as it
            has learnt.
    """
    cell = model.cell()
    state = memory = torch.zeros(len(tokens), WIDTH)
    steps = []
    for vector in model.embedding(tokens).unbind(dim=1):
        write, keep, new, show = sum(cell.expand(vector, state)).chunk(4, -1)
        write, keep, new, show = (
            write.sigmoid(),
            keep.sigmoid() if forget is None else torch.full_like(keep, forget),
            new.tanh(),
            show.sigmoid(),
        )
        memory = keep * memory + write * new
        state = show * memory.tanh()
        steps.append((write, keep, new, show, memory, state))
    return WatchedGates(
        *(torch.stack(part, dim=1) for part in zip(*steps, strict=True))
    )


@torch.no_grad()
def read_holding(
    model: CapitalReader,
    tokens: Int[Tensor, "batch tokens"],
    forget: float | None = None,
) -> Float[Tensor, "batch tokens capitals"]:
    """Score the capitals after each character, as in `watch_gates`."""
    return model.read_out(watch_gates(model, tokens, forget).state)


@torch.no_grad()
def capital_rate(
    model: nn.Module,
    distance: int,
    seed: int,
    forget: float | None = None,
    first: bool = False,
) -> float:
    """Return how often the last capital is named so many characters after it.

    Args:
        model: the network.
        distance: how many small letters follow the last capital.
        seed: decides the strings.
        forget: as in `watch_gates`.
        first: whether to count the string's first capital instead, which is
            another one in three strings of four.
    """
    generator = torch.Generator().manual_seed(1000 + seed)
    tokens, _ = capital_strings(NUM_TESTS, distance + 8, generator)
    # Eight characters of any kind, the last of them a capital; then small ones.
    place = torch.arange(distance + 8)
    small = torch.randint(
        len(CAPITALS), len(CHARACTERS), tokens.shape, generator=generator
    )
    capital = torch.randint(len(CAPITALS), (NUM_TESTS, 1), generator=generator)
    tokens = torch.where(place > 7, small, tokens)
    tokens = torch.where(place == 7, capital, tokens)
    logits = (
        model(tokens) if forget is None else read_holding(model, tokens, forget)
    )
    wanted = tokens[:, 0 if first else 7]
    return (logits[:, -1].argmax(-1) == wanted).float().mean().item()


@torch.no_grad()
def forget_means(model: CapitalReader, seed: int) -> list[float]:
    """Return how far an LSTM's forget gate is open at small letters, and at capitals.

    Args:
        model: an LSTM's.
        seed: decides the strings.
    """
    generator = torch.Generator().manual_seed(2000 + seed)
    tokens, _ = capital_strings(NUM_TESTS, NUM_TOKENS, generator)
    opened = watch_gates(model, tokens).forget
    capital = tokens < len(CAPITALS)
    return [opened[where].mean().item() for where in (~capital, capital)]


def capital_results(kind: str, seed: int) -> dict[str, list[float]]:
    """Teach a network which capital came last, and ask it further and further on.

    Returns:
        "right": how often it is right 0, 1, 2, 4, 8, 16 and 32 characters after
            the last capital; 1/4 is chance. "held at 1" and "held at 0" the same
            with an LSTM's forget gate held there, and "first at 1" how often it
            then names the string's first capital; "forget gate" how far that gate
            is open at small letters and at capitals; nothing for an RNN.
    """
    model, _ = teach_capitals(kind, seed)

    def rates(forget: float | None = None, first: bool = False) -> list[float]:
        return [
            capital_rate(model, each, seed, forget, first) for each in DISTANCES
        ]

    lstm = kind == "LSTM"
    return {
        "right": rates(),
        "held at 1": rates(1.0) if lstm else [],
        "held at 0": rates(0.0) if lstm else [],
        "first at 1": rates(1.0, first=True) if lstm else [],
        "forget gate": forget_means(model, seed) if lstm else [],
    }
