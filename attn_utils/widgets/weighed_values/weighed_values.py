"""Weights beside the lengths of what they weigh: chapter 09's second widget."""

import torch
import traitlets

from ..base import LiveWidget
from ..weights import pack

MOST_HEADS, MOST_TOKENS, MOST_FEATURES = 8, 40, 64
LONGEST_TOKEN = 6
MOST_TIMES, TIMES_STEP = 2.0, 0.25


class WeighedValues(LiveWidget):
    """Weights of a head beside the lengths of its values, and what it adds.

    One query is looked at. Above stand the weights that it gives, below them how
    long each value is, and what each adds: the product. One value can be
    stretched, which moves no weight.

    Args:
        weights: (heads, tokens, tokens), a row for each query, 1 in sum; up to 8
            heads and 40 tokens, 2 or more.
        values: (heads, tokens, features), what each token adds if it has all of
            the weight; 64 features at most. The page gets both in half precision.
        tokens: a name for each token, of up to 6 letters.
        head: whose weights are shown, from 1.
        query: which token asks, from 1; the last, unless it is said.
        key: whose value can be stretched, from 1.
        times: by how much, 0 to 2, in quarters.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: weights, values or tokens that do not fit.

    Source: Kobayashi et al. 2020, "Attention is Not Only a Weight".
    """

    files = "weighed_values"

    numbers = traitlets.Bytes().tag(sync=True)
    shapes = traitlets.List().tag(sync=True)
    tokens = traitlets.List(traitlets.Unicode()).tag(sync=True)
    head = traitlets.Int(1, min=1).tag(sync=True)
    query = traitlets.Int(min=1).tag(sync=True)
    key = traitlets.Int(1, min=1).tag(sync=True)
    times = traitlets.Float(1.0, min=0.0, max=MOST_TIMES).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["weight", "value", "added", "context"]
    ).tag(sync=True)

    def __init__(self, weights, values, tokens, **traits):
        """Take weights, values and names, and the traits by their names."""
        weights, values = _three_axes(weights, values)
        names = _names(tokens, weights.shape[1])
        numbers, shapes = pack(
            {
                f"heads.{head}.{name}": each[head]
                for head in range(len(weights))
                for name, each in (("weights", weights), ("values", values))
            }
        )
        super().__init__(
            numbers=numbers,
            shapes=shapes,
            tokens=names,
            **{"query": len(names)} | traits,
        )

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        beside, below, phone = self._hint_height(110, 80, 36)
        return [478 + beside, 548 + below, 728 + phone]

    @traitlets.default("settable")
    def _ends(self):
        count = len(self.tokens)
        return {
            "head": [1, len(self.shapes) // 2, 1],
            "query": [1, count, 1],
            "key": [1, count, 1],
            "times": [0.0, MOST_TIMES, TIMES_STEP],
        }

    @traitlets.validate("head", "query", "key")
    def _there(self, proposal):
        name, value = proposal["trait"].name, proposal["value"]
        most = self.settable[name][1]
        if value > most:
            raise traitlets.TraitError(
                f"{name} must be {most} at most, but is {value}"
            )
        return value

    @traitlets.validate("times")
    def _in_quarters(self, proposal):
        times = proposal["value"]
        if times % TIMES_STEP:
            raise traitlets.TraitError(
                f"times must be a multiple of {TIMES_STEP}, but is {times}"
            )
        return times


def _three_axes(weights, values) -> tuple[torch.Tensor, torch.Tensor]:
    """Return both as tensors, or raise a ValueError that says why not."""
    weights = torch.as_tensor(weights).detach().cpu()
    values = torch.as_tensor(values).detach().cpu()
    heads, tokens = weights.shape[0], weights.shape[-1] if weights.ndim else 0
    if (
        weights.ndim != 3
        or weights.shape[1] != tokens
        or not 1 <= heads <= MOST_HEADS
        or not 2 <= tokens <= MOST_TOKENS
    ):
        raise ValueError(
            f"weights must have the shape (heads, tokens, tokens), {MOST_HEADS} "
            f"heads and 2 to {MOST_TOKENS} tokens at most, but has the shape "
            f"{tuple(weights.shape)}"
        )
    off = (weights.double().sum(-1) - 1).abs().max().item()
    if not (off < 1e-3 and weights.min() >= 0):
        raise ValueError(
            "weights must have rows of numbers of 0 or more that are 1 in sum, "
            f"but the least is {weights.min():.3g} and a sum is {off:.3g} off"
        )
    if values.ndim != 3 or values.shape[:2] != (heads, tokens):
        raise ValueError(
            f"values must have the shape ({heads}, {tokens}, features), but has "
            f"the shape {tuple(values.shape)}"
        )
    if not 1 <= values.shape[2] <= MOST_FEATURES:
        raise ValueError(
            f"values must have 1 to {MOST_FEATURES} features, but has "
            f"{values.shape[2]}"
        )
    return weights, values


def _names(tokens, count: int) -> list[str]:
    """Return the names of the tokens, or raise a ValueError that says why not."""
    names = [*tokens]
    if len(names) != count:
        raise ValueError(
            f"tokens must be {count} names, one for each, but are {len(names)}"
        )
    for name in names:
        if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_TOKEN:
            raise ValueError(
                f"tokens must be names of 1 to {LONGEST_TOKEN} letters, but one "
                f"is {name!r}"
            )
    return names
