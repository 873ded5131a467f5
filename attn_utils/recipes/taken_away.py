"""Chapter 08's machine without one of its parts: what do the dates score then?"""

from collections.abc import Callable
from functools import partial

import torch
from torch import nn

from .._checks import check_one_of
from ..data import DatePair, date_pairs
from ..scores import DotScore
from ..transformer import Transformer
from .dates import attentions, teach_dates, write_dates

NUM_DATES = 2000


class Unhidden(nn.Module):
    """An attention whose mask is left out.

    Args:
        attention: a MultiHeadAttention.
    """

    def __init__(self, attention: nn.Module):
        super().__init__()
        self.attention = attention

    def forward(self, *inputs, mask=None, **options):
        """Read as the attention does, whatever the mask says."""
        return self.attention(*inputs, **options)


class Replacing(nn.Module):
    """A residual connection that is none: what a part makes replaces its input.

    Args:
        residual: the Residual whose norm goes on before the part.
    """

    def __init__(self, residual: nn.Module):
        super().__init__()
        self.norm, self.enter = residual.norm, residual.enter

    def leave(self, x, change):
        """Return what the part has made."""
        return change


class Nothing(nn.Module):
    """A part that adds nothing."""

    def forward(self, x):
        """Return zeros."""
        return torch.zeros_like(x)


def _layers(model: Transformer) -> list[nn.Module]:
    return [*model.encoder.layers, *model.decoder.layers]


def _without_scale(model: Transformer) -> None:
    for attention in attentions(model):
        attention.score = DotScore()


def _without_positions(model: Transformer) -> None:
    def embed(tokens, embedding, offset=0):
        return model.dropout(embedding(tokens) * model.model_dim**0.5)

    model.embed = embed


def _without_causal_mask(model: Transformer) -> None:
    for layer in model.decoder.layers:
        layer.attention = Unhidden(layer.attention)


def _without_residuals(model: Transformer) -> None:
    for layer in _layers(model):
        for name, child in [*layer.named_children()]:
            if name.startswith("around_"):
                setattr(layer, name, Replacing(child))


def _without_norms(model: Transformer) -> None:
    for stack in (model.encoder, model.decoder):
        stack.norm = nn.Identity()
        for layer in stack.layers:
            for name, child in layer.named_children():
                if name.startswith("around_"):
                    child.norm = nn.Identity()


def _without_feed_forward(model: Transformer) -> None:
    for layer in _layers(model):
        layer.feed_forward = Nothing()


PARTS: dict[str, Callable[[Transformer], None]] = {
    "scale": _without_scale,
    "positions": _without_positions,
    "causal mask": _without_causal_mask,
    "residual": _without_residuals,
    "norm": _without_norms,
    "feed-forward": _without_feed_forward,
}


def take_away(model: Transformer, part: str) -> None:
    """Take a part out of every layer of a Transformer, before it is taught.

    Args:
        model: pre-norm, as chapter 08's is; it is changed.
        part: "scale", the root in the scores; "positions"; "causal mask";
            "residual", all sums around parts; "norm", all layer norms; or
            "feed-forward", the networks of all layers.

    Raises:
        ValueError: a part of another name.
    """
    check_one_of("part", part, PARTS)
    PARTS[part](model)


def date_exam(
    model: Transformer, as_typed: bool = False, num_dates: int = NUM_DATES
) -> tuple[list[DatePair], list[str]]:
    """Ask for days that no lesson had: the pairs, and what the model wrote."""
    generator = torch.Generator().manual_seed(7)
    pairs = date_pairs(
        num_dates, held_out=True, as_typed=as_typed, generator=generator
    )
    return pairs, write_dates(model, [pair.source for pair in pairs])


def share_right(pairs: list[DatePair], written: list[str]) -> float:
    """Return the share of answers that are right, character for character."""
    right = sum(w == p.target for p, w in zip(pairs, written, strict=True))
    return right / len(pairs)


def date_results(
    seed: int,
    num_heads: int = 4,
    without: str | None = None,
    num_steps: int = 1200,
) -> dict[str, float]:
    """Teach the machine, whole or without a part, and examine it.

    Returns:
        "exact": the share of unseen days that it writes without a mistake.
        "typed": the same of texts varied as people type.
        "loss": the mean of the last fifty steps.
    """
    change = partial(take_away, part=without) if without else None
    model, losses = teach_dates(num_heads, seed, num_steps, change=change)
    return {
        "exact": share_right(*date_exam(model)),
        "typed": share_right(*date_exam(model, as_typed=True)),
        "loss": sum(losses[-50:]) / 50,
    }
