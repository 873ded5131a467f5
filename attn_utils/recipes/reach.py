"""Chapter 06's race: who still knows at the last place what stood at the first?"""

import copy
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from .._checks import check_one_of, check_size
from .._shapes import Float, Int, Tensor
from ..data import first_symbol_recall, needle_recall
from ..multihead import MultiHeadAttention
from ..positions import sinusoidal_positions
from ..train import seeded, train
from .taught import TaughtModel

WIDTH = 32
NUM_HEADS = 4
KERNEL = 3
NUM_KEYS, NUM_NOISE = 8, 10
NUM_SYMBOLS = NUM_KEYS + NUM_NOISE + 1
NUM_TESTS = 1000
LENGTHS = (4, 8, 16, 32, 64, 128)
# Distances of the needle, from the nearest: 1 to 2, 3 to 8, and so on.
REACHES = ((1, 2), (3, 8), (9, 32), (33, 127))
# Lessons that grow: up to an eighth of the length first, up to all of it last.
GROWING = (8, 4, 2, 1)
# Lengths between those of the lessons, and beyond them.
BETWEEN = (5, 13, 31, 63, 127, 129)


class Attention(nn.Module):
    """Self-attention of four heads over tokens with sinusoidal positions."""

    def __init__(self):
        super().__init__()
        self.attention = MultiHeadAttention(WIDTH, NUM_HEADS)

    def forward(
        self, inputs: Float[Tensor, "batch tokens 32"]
    ) -> Float[Tensor, "batch tokens 32"]:
        """Let every token read all."""
        positions = sinusoidal_positions(inputs.shape[-2], WIDTH).to(inputs)
        return self.attention(inputs + positions, need_weights=False)[0]


class Recurrent(nn.Module):
    """A recurrent layer from left to right, its first parameters as torch draws them.

    Only the forget gate of an LSTM starts otherwise, with a bias of 1 beside the
    small one that torch draws for the state: a step keeps nearly three quarters.

    Args:
        kind: `nn.RNN`, `nn.GRU` or `nn.LSTM`.
    """

    def __init__(self, kind: type[nn.RNNBase]):
        super().__init__()
        self.layer = kind(WIDTH, WIDTH, batch_first=True)
        if kind is nn.LSTM:
            with torch.no_grad():
                self.layer.bias_ih_l0[WIDTH : 2 * WIDTH] = 1

    def forward(
        self, inputs: Float[Tensor, "batch tokens 32"]
    ) -> Float[Tensor, "batch tokens 32"]:
        """Hand the state from each token to the next."""
        return self.layer(inputs)[0]


class Convolution(nn.Module):
    """Convolutions of three neighbours, one upon the other, each with a residual.

    Args:
        dilations: how far apart the neighbours are, for each layer.
    """

    def __init__(self, dilations: tuple[int, ...]):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Conv1d(WIDTH, WIDTH, KERNEL, padding=step, dilation=step)
            for step in dilations
        )

    def forward(
        self, inputs: Float[Tensor, "batch tokens 32"]
    ) -> Float[Tensor, "batch tokens 32"]:
        """Let every token read its neighbours, layer by layer."""
        outputs = inputs.mT
        for layer in self.layers:
            outputs = outputs + layer(outputs).relu()
        return outputs.mT


class FullyConnected(nn.Module):
    """A weight for each pair of places, the same for every feature.

    Args:
        num_tokens: the one length that it takes.

    Raises:
        ValueError: inputs of another length, when it is called.
    """

    def __init__(self, num_tokens: int):
        super().__init__()
        self.num_tokens = num_tokens
        self.across = nn.Linear(num_tokens, num_tokens)

    def forward(
        self, inputs: Float[Tensor, "batch tokens 32"]
    ) -> Float[Tensor, "batch tokens 32"]:
        """Let every place read all places, by stored weights."""
        if inputs.shape[-2] != self.num_tokens:
            raise ValueError(
                f"inputs must be {self.num_tokens} tokens long, as each pair of "
                f"places has a weight of its own, but are {inputs.shape[-2]} long"
            )
        return self.across(inputs.mT).mT


# What turns a sequence into one of the same length, made for a length.
MIXERS: dict[str, Callable[[int], nn.Module]] = {
    "attention": lambda _: Attention(),
    "RNN": lambda _: Recurrent(nn.RNN),
    "GRU": lambda _: Recurrent(nn.GRU),
    "LSTM": lambda _: Recurrent(nn.LSTM),
    "convolution": lambda _: Convolution((1, 1, 1)),
    "dilated": lambda _: Convolution(tuple(2**n for n in range(7))),
    "fully connected": FullyConnected,
}


class RecallNetwork(nn.Module):
    """Read a string, and say at its last place which key stood in it.

    All have the same embedding, the same two norms, one residual and the same
    read-out; only what mixes the tokens differs.

    Args:
        mixer: "attention", "RNN", "GRU", "LSTM", "convolution" (three layers),
            "dilated" (seven, whose steps double) or "fully connected".
        num_tokens: length of its lessons; "fully connected" takes no other.

    Raises:
        ValueError: a mixer of another name, or fewer than 2 tokens.
        TypeError: a length that is no whole number.
    """

    def __init__(self, mixer: str, num_tokens: int):
        super().__init__()
        check_one_of("mixer", mixer, MIXERS)
        num_tokens = check_size("num_tokens", num_tokens, least=2)
        self.embedding = nn.Embedding(NUM_SYMBOLS, WIDTH)
        self.norm_in = nn.LayerNorm(WIDTH)
        self.mixer = MIXERS[mixer](num_tokens)
        self.norm_out = nn.LayerNorm(WIDTH)
        self.read_out = nn.Linear(WIDTH, NUM_KEYS)

    def forward(
        self, tokens: Int[Tensor, "batch tokens"]
    ) -> Float[Tensor, "batch keys"]:
        """Return the logits of the keys, read at the last place."""
        inputs = self.embedding(tokens)
        outputs = inputs + self.mixer(self.norm_in(inputs))
        return self.read_out(self.norm_out(outputs[:, -1]))


def recall_loss(model: RecallNetwork, batch: tuple) -> Float[Tensor, ""]:
    """Return the cross-entropy of the key, the mean over strings."""
    tokens, label, *_ = batch
    return F.cross_entropy(model(tokens), label)


def teach_recall(
    mixer: str,
    num_tokens: int,
    seed: int,
    num_steps: int = 400,
    anywhere: bool = False,
    batch_size: int = 64,
    growing: bool = False,
) -> TaughtModel:
    """Teach a network to recall a key, as every other is taught.

    Args:
        mixer: as in `RecallNetwork`.
        num_tokens: length of every string, or of the last ones.
        seed: decides the strings and the first parameters. The strings are the
            same for all mixers.
        num_steps: how many batches it sees.
        anywhere: whether the key stands at any place, else at the first.
        batch_size: strings in a batch.
        growing: whether the strings grow, a quarter of the steps each: up to an
            eighth of `num_tokens`, a quarter, a half, all. Each batch has a length
            of its own, more than half of that, 2 or more: a layer that sees only
            even lengths may learn to swing to and fro instead of to hold.
    """
    generator = seeded(seed)
    model = RecallNetwork(mixer, num_tokens)
    draw = needle_recall if anywhere else first_symbol_recall

    def length_of(step: int) -> int:
        if not growing:
            return num_tokens
        part = GROWING[step * len(GROWING) // num_steps]
        most = max(2, num_tokens // part)
        least = max(2, most // 2 + 1)
        return int(torch.randint(least, most + 1, (), generator=generator))

    batches = (
        draw(batch_size, length_of(step), generator=generator)
        for step in range(num_steps)
    )
    losses = train(
        model, batches, recall_loss, num_steps, learning_rate=5e-3, num_warm=30
    )
    return TaughtModel(model, losses)


@torch.no_grad()
def recall_rate(
    model: RecallNetwork, num_tokens: int, seed: int, num_tests: int = NUM_TESTS
) -> float:
    """Return how often the first symbol is recalled, of new strings."""
    generator = torch.Generator().manual_seed(1000 + seed)
    tokens, label = first_symbol_recall(
        num_tests, num_tokens, generator=generator
    )
    return (model(tokens).argmax(-1) == label).float().mean().item()


def reach_results(mixer: str, num_tokens: int, seed: int) -> dict[str, float]:
    """Teach a network the first symbol at one length, and ask it there.

    Returns:
        "right": how often it recalls the first symbol; 1/8 is chance.
    """
    model, _ = teach_recall(mixer, num_tokens, seed)
    return {"right": recall_rate(model, num_tokens, seed)}


def growing_results(mixer: str, seed: int) -> dict[str, list[float]]:
    """Teach a network by strings that grow up to 32 symbols; ask at all lengths.

    Returns:
        "right": how often it recalls the first of 4, 8, 16, 32, 64 and 128
            symbols; it never saw the two longest.
        "between": the same of 5, 13, 31, 63, 127 and 129.
        "log gradient": what the last output owes to the first symbol, at the
            lengths of "right", as far as it reaches: the power of ten of the median
            string.
    """
    model, _ = teach_recall(mixer, 32, seed, growing=True)
    generator = torch.Generator().manual_seed(2000 + seed)
    gradients = [
        first_gradient(model, length, generator).median() for length in LENGTHS
    ]
    return {
        "right": [recall_rate(model, length, seed) for length in LENGTHS],
        "between": [recall_rate(model, length, seed) for length in BETWEEN],
        "log gradient": [
            gradient.log10().item() for gradient in gradients if gradient
        ],
    }


def needle_results(mixer: str, seed: int) -> dict[str, float | list[float]]:
    """Teach a network a key anywhere in 128 tokens; ask by distance and length.

    Returns:
        "by distance": how often it recalls a key 1 to 2, 3 to 8, 9 to 32, and
            33 to 127 places back.
        "first of 512": how often the first of 512 symbols, a length it never
            saw: one number, or none for "fully connected", which takes one length.
    """
    model, _ = teach_recall(mixer, 128, seed, num_steps=500, anywhere=True)
    generator = torch.Generator().manual_seed(1000 + seed)
    tokens, label, place = needle_recall(4000, 128, generator=generator)
    with torch.no_grad():
        right = model(tokens).argmax(-1) == label
    back = tokens.shape[-1] - 1 - place
    return {
        "by distance": [
            right[(back >= least) & (back <= most)].float().mean().item()
            for least, most in REACHES
        ],
        "first of 512": []
        if mixer == "fully connected"
        else [recall_rate(model, 512, seed, num_tests=200)],
    }


def first_gradient(
    model: RecallNetwork,
    num_tokens: int,
    generator: torch.Generator,
    num_strings: int = 16,
) -> Float[Tensor, "strings"]:
    """Measure what the last output of a mixer owes to the first symbol.

    In float64, since float32 knows nothing below 1e-45. Before the mixer stands
    the norm; the residual around it carries nothing from place to place.

    Args:
        model: a network, which is left as it is.
        num_tokens: how long the strings are.
        generator: where strings and directions come from.
        num_strings: how many strings, as those of the lessons are.

    Returns:
        The length of the gradient of the last output, along a random direction,
        by the first embedding. A mixer that does not reach so far gets 0.

    Raises:
        ValueError: fewer than 2 tokens, no string.
        TypeError: a number that is not whole.
    """
    num_strings = check_size("num_strings", num_strings, least=1)
    tokens, _ = first_symbol_recall(
        num_strings, num_tokens, generator=generator
    )
    model = copy.deepcopy(model).double()
    inputs = model.embedding(tokens).detach().requires_grad_()
    last = model.mixer(model.norm_in(inputs))[:, -1]
    along = torch.randn(last.shape, generator=generator, dtype=last.dtype)
    along = F.normalize(along, dim=-1)
    (gradient,) = torch.autograd.grad((last * along).sum(), inputs)
    return gradient[:, 0].norm(dim=-1)


def gradient_to_first(
    mixer: str, num_tokens: int, num_starts: int = 5, num_strings: int = 16
) -> Float[Tensor, "starts strings"]:
    """Measure the first gradient of untaught networks, from several starts.

    Args:
        mixer: as in `RecallNetwork`.
        num_tokens: how long the strings are.
        num_starts: how many first parameters, seeds 0, 1, ...
        num_strings: how many strings for each.

    Returns:
        What `first_gradient` does, of each start.

    Raises:
        ValueError: a mixer of another name, fewer than 2 tokens, no start, no
            string.
        TypeError: a number that is not whole.
    """
    num_starts = check_size("num_starts", num_starts, least=1)
    norms = []
    for seed in range(num_starts):
        generator = seeded(seed)
        model = RecallNetwork(mixer, num_tokens)
        norms.append(first_gradient(model, num_tokens, generator, num_strings))
    return torch.stack(norms)
