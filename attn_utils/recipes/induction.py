"""Chapter 09's model: nothing but attention, that carries on what repeats."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from .._checks import check_size
from .._shapes import Bool, Float, Int, Tensor
from ..masks import causal_mask
from ..multihead import MultiHeadAttention, split_heads
from ..positions import rotate
from ..scores import ScaledDotScore
from ..train import seeded, train
from .repeated_lines import (
    LETTERS,
    Lines,
    induction_lines,
    same_letter,
    unseen_lines,
)

WIDTH, NUM_HEADS, BASE = 64, 4, 1000.0
NUM_STEPS = 500
# When the model is looked at: untaught, on the plateau, in the drop, at the end.
MOMENTS = (0, 100, 150, 500)


class SmearedScore(nn.Module):
    """Scaled dot product with keys that are mixed with the one before.

    Args:
        num_heads: each has a share of its own, learned, a half at first.

    Source: Olsson et al. 2022, "In-context Learning and Induction Heads".
    """

    def __init__(self, num_heads: int = NUM_HEADS):
        super().__init__()
        self.own = nn.Parameter(torch.zeros(num_heads, 1, 1))
        self.score = ScaledDotScore()

    def forward(
        self,
        query: Float[Tensor, "batch heads queries head_dim"],
        key: Float[Tensor, "batch heads keys head_dim"],
    ) -> Float[Tensor, "batch heads queries keys"]:
        """Compare each query with each key, of which a share is its neighbour's."""
        before = F.pad(key, (0, 0, 1, 0))[..., :-1, :]
        return self.score(query, before.lerp(key, self.own.sigmoid()))


class InductionModel(nn.Module):
    """Layers of attention, each added to what came in, and nothing else.

    Args:
        num_layers: how many.
        smeared: whether keys are mixed with the one before (`SmearedScore`).
        start: whether a start token of its own stands before every line.

    Raises:
        ValueError: no layer.
    """

    def __init__(
        self, num_layers: int = 2, smeared: bool = False, start: bool = True
    ):
        super().__init__()
        num_layers = check_size("num_layers", num_layers, least=1)
        self.start = start
        self.embedding = nn.Embedding(len(LETTERS) + start, WIDTH)
        self.layers = nn.ModuleList(
            MultiHeadAttention(
                WIDTH,
                NUM_HEADS,
                rotate=partial(rotate, base=BASE),
                score=SmearedScore() if smeared else None,
            )
            for _ in range(num_layers)
        )
        self.read_out = nn.Linear(WIDTH, len(LETTERS))

    def forward(
        self, tokens: Int[Tensor, "batch tokens"], need_weights: bool = False
    ):
        """Read a line, and say at each place which letter comes next.

        Args:
            tokens: letters from 0 to 23; 24 first, where there is a start.
            need_weights: whether to return the maps of all layers as well.

        Returns:
            logits (batch, tokens, letters); with `need_weights`, a pair of these
            and weights (layers, batch, heads, tokens, tokens).
        """
        stream, maps = self.embedding(tokens), []
        mask = causal_mask(tokens.shape[-1], device=tokens.device)
        for layer in self.layers:
            change, weights = layer(stream, mask=mask)
            stream = stream + change
            maps.append(weights)
        logits = self.read_out(stream)
        return (logits, torch.stack(maps)) if need_weights else logits


def next_letter_loss(model: nn.Module, lines: Lines) -> Float[Tensor, ""]:
    """Return the cross-entropy of the next letter, the mean over all places."""
    logits = model(lines.tokens[:, :-1])
    return F.cross_entropy(logits.flatten(0, 1), lines.tokens[:, 1:].flatten())


class Induced(NamedTuple):
    """A model that was taught to carry on what repeats.

    Args:
        model: in eval mode, rounded to half precision.
        losses: the loss of every step.
        moments: by the number of steps, the model as it then was.
    """

    model: InductionModel
    losses: list[float]
    moments: dict[int, InductionModel]


def teach_induction(
    num_layers: int = 2,
    smeared: bool = False,
    start: bool = True,
    seed: int = 0,
    num_steps: int = NUM_STEPS,
    report: Callable[[int, int, float], None] | None = None,
) -> Induced:
    """Teach a model to say the next letter of lines that repeat themselves.

    Args:
        num_layers: as in `InductionModel`, like the next two.
        smeared: whether keys are mixed with the one before.
        start: whether a start token stands before every line.
        seed: decides the lines and the first parameters.
        num_steps: batches of 64 lines.
        report: called as `(step, num_steps, loss)` after every step.

    Raises:
        ValueError: no step, no layer.
    """
    num_steps = check_size("num_steps", num_steps, least=1)
    generator = seeded(seed)
    model = InductionModel(num_layers, smeared, start)
    moments = {0: _kept(model)}

    def look(step: int, num_steps: int, loss: float) -> None:
        if step in MOMENTS:
            moments[step] = _kept(model)
        if report:
            report(step, num_steps, loss)

    batches = (induction_lines(64, generator, start) for _ in range(num_steps))
    losses = train(
        model,
        batches,
        next_letter_loss,
        num_steps,
        learning_rate=3e-3,
        num_warm=30,
        report=look,
    )
    return Induced(model.half().float(), losses, moments)


def _kept(model: InductionModel) -> InductionModel:
    """Return a copy, rounded as the page gets it."""
    return deepcopy(model).half().float().eval()


class Inside(NamedTuple):
    """All that goes on in a model while it reads.

    A stream is the one before it, the sum over the heads of `weights @ values`,
    and the bias of the output map.

    Args:
        streams: (layers + 1, batch, tokens, width) before each layer; the last is
            read out.
        weights: (layers, batch, heads, tokens, tokens).
        values: (layers, batch, heads, tokens, width) what each head makes of each
            token, through the head's share of the output map.
        logits: (batch, tokens, letters).
    """

    streams: Tensor
    weights: Tensor
    values: Tensor
    logits: Tensor


@torch.no_grad()
def look_inside(
    model: InductionModel,
    tokens: Int[Tensor, "batch tokens"],
    reweigh: Callable[[int, Tensor], Tensor] | None = None,
    speak: Callable[[int, Tensor], Tensor] | None = None,
) -> Inside:
    """Read lines and keep all; change weights or heads on the way.

    Args:
        model: taught or not.
        tokens: as the model reads them.
        reweigh: `(layer, weights) -> weights`, the weights (batch, heads, tokens,
            tokens) by which the values are summed.
        speak: `(layer, said) -> said`, what the heads add to the stream, (batch,
            heads, tokens, width).
    """
    streams, maps, values = [model.embedding(tokens)], [], []
    mask = causal_mask(tokens.shape[-1], device=tokens.device)
    for number, layer in enumerate(model.layers):
        _, weights = layer(streams[-1], mask=mask)
        if reweigh:
            weights = reweigh(number, weights)
        value = head_values(layer, streams[-1])
        said = weights @ value
        if speak:
            said = speak(number, said)
        change = said.sum(dim=1) + layer.output_map.bias
        streams.append(streams[-1] + change)
        maps.append(weights)
        values.append(value)
    return Inside(
        torch.stack(streams),
        torch.stack(maps),
        torch.stack(values),
        model.read_out(streams[-1]),
    )


def head_values(
    layer: MultiHeadAttention, stream: Float[Tensor, "batch tokens width"]
) -> Float[Tensor, "batch heads tokens width"]:
    """Return what each head adds for a token that has all of its weight."""
    value = split_heads(layer.value_map(stream), layer.num_heads)
    shares = layer.output_map.weight.T.unflatten(0, (layer.num_heads, -1))
    return value @ shares


def share_said(
    logits: Float[Tensor, "batch tokens letters"],
    tokens: Int[Tensor, "batch tokens"],
    where: Bool[Tensor, "batch tokens"],
) -> float:
    """Return the share of some places where the next letter is said.

    Args:
        logits: of a model that has read the tokens.
        tokens: the lines.
        where: the places; the last has no next letter, and does not count.
    """
    right = logits[:, :-1].argmax(-1) == tokens[:, 1:]
    return right[where[:, :-1]].float().mean().item()


def share_known(
    logits: Float[Tensor, "batch tokens letters"], lines: Lines
) -> float:
    """Return the share of next letters said, where the next letter can be known."""
    return share_said(logits, lines.tokens, lines.known)


def induction_rate(
    model: InductionModel, seed: int = 0, num_lines: int = 400
) -> float:
    """Return the share of known next letters said over new lines; 1/24 is chance."""
    lines = unseen_lines(num_lines, seed, model.start)
    with torch.no_grad():
        return share_known(model(lines.tokens), lines)


def what_is_read(
    weights: Float[Tensor, "layers batch heads tokens tokens"], lines: Lines
) -> Float[Tensor, "layers heads 2"]:
    """Say where each head's weight lies, at places whose next letter is known.

    Returns:
        The mean weight on the letter before, and that on all letters whose own
        letter before is the current one.
    """
    tokens = lines.tokens
    before = torch.diag_embed(torch.ones(tokens.shape[-1] - 1), -1).bool()
    after = F.pad(same_letter(tokens)[:, :, :-1], (1, 0))
    return torch.stack(
        [_weight_on(each, weights, lines) for each in (before, after)], dim=-1
    )


def what_is_reached(
    weights: Float[Tensor, "2 batch heads tokens tokens"], lines: Lines
) -> Float[Tensor, "second first"]:
    """Say what lies at the end of two maps, one after the other.

    Returns:
        The mean weight, of the product of their maps, on earlier places with the
        same letter, for each head of the second layer (row) and each of the first.
    """
    product = weights[1].unsqueeze(2) @ weights[0].unsqueeze(1)
    earlier = same_letter(lines.tokens).tril(-1)
    of_all = _weight_on(earlier, product.flatten(1, 2).unsqueeze(0), lines)
    return of_all.unflatten(-1, product.shape[1:3])[0]


def _weight_on(where: Tensor, weights: Tensor, lines: Lines) -> Tensor:
    """Return the mean weight (layers, heads) on some places, from known ones."""
    there = (weights * where.unsqueeze(-3)).sum(-1)
    return there.transpose(1, 2)[:, :, lines.known].mean(-1)
