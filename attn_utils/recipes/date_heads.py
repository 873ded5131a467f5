"""What the heads of chapter 08's machine do: where each looks, who misses it."""

import torch

from .._shapes import Float, Tensor
from ..data import DatePair
from ..transformer import Transformer
from .dates import FIELDS, alignment_hits, attentions, teach_dates, write_dates
from .taken_away import date_exam, share_right

# The fields of an answer, as its digits stand; and who attends to whom.
DATE_FIELDS = tuple(dict.fromkeys(filter(None, FIELDS)))
DATE_ATTENTIONS = (
    "encoder 1",
    "encoder 2",
    "decoder, itself",
    "decoder to source",
)


def looks_inside(
    model: Transformer, pairs: list[DatePair]
) -> Float[Tensor, "heads fields"]:
    """Say how often each head looks most at the field that is written.

    It is asked of the last layer's attention to the source.

    Returns:
        One row for each head; the shares over the digits of year, month and day.
    """
    digits = [field for field in FIELDS if field is not None]
    rows = []
    for head in range(attentions(model)[-1].num_heads):
        hits = alignment_hits(model, pairs, head).float().mean(dim=0)
        rows.append(
            [
                hits[[each == field for each in digits]].mean()
                for field in DATE_FIELDS
            ]
        )
    return torch.tensor(rows)


def right_without_heads(
    model: Transformer, pairs: list[DatePair]
) -> Float[Tensor, "attentions heads"]:
    """Switch off one head at a time: the share of answers that stay right."""
    rows = []
    for attention in attentions(model):
        row = []
        for head in range(attention.num_heads):
            attention.switch_heads(torch.arange(attention.num_heads) != head)
            written = write_dates(model, [pair.source for pair in pairs])
            row.append(share_right(pairs, written))
        attention.switch_heads(None)
        rows.append(row)
    return torch.tensor(rows)


def date_head_results(
    seed: int, num_steps: int = 1200
) -> dict[str, list[float]]:
    """Teach the machine, and ask what its heads do.

    Returns:
        "looks": of each head of the attention to the source, how often it looks
        most at the year, the month and the day that it writes, head after head.
        "left": the share of 300 answers that stay right without a head, for each
        head of the four attentions, one attention after the other.
    """
    model, _ = teach_dates(seed=seed, num_steps=num_steps)
    pairs, _ = date_exam(model)
    return {
        "looks": looks_inside(model, pairs).flatten().tolist(),
        "left": right_without_heads(model, pairs[:300]).flatten().tolist(),
    }
