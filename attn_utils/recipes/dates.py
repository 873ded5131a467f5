"""The Transformer that reads dates: its batches, its lessons, its judge."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
import torch.nn.functional as F

from .._checks import device_of
from .._shapes import Bool, Float, Int, Tensor
from ..data import (
    END,
    SOURCE_CHARACTERS,
    START,
    TARGET_CHARACTERS,
    CharacterVocabulary,
    DatePair,
    date_pairs,
)
from ..decoding import shift_right
from ..masks import padding_mask
from ..multihead import MultiHeadAttention
from ..train import bucketed_batches, in_eight_bits, seeded, train
from ..transformer import Transformer, TransformerMaps

READ = CharacterVocabulary(SOURCE_CHARACTERS)
WRITE = CharacterVocabulary(TARGET_CHARACTERS)
MAX_TOKENS = len("YYYY-MM-DD") + 2  # room for the end, and for a mistake
# Which field each character of the answer is copied from.
FIELDS = ("year",) * 4 + (None,) + ("month",) * 2 + (None,) + ("day",) * 2


class DateBatch(NamedTuple):
    """Written dates as tokens, and the answers with their end."""

    source: Int[Tensor, "batch source"]
    mask: Bool[Tensor, "batch 1 source"]
    target: Int[Tensor, "batch target"]


def date_batch(sources: list[str], targets: list[str]) -> DateBatch:
    """Turn texts and their answers into tokens, padded to one length."""
    source, lengths = READ.pad_batch([READ.encode(text) for text in sources])
    target, _ = WRITE.pad_batch([[*WRITE.encode(t), END] for t in targets])
    return DateBatch(source, padding_mask(lengths, source.shape[1]), target)


def to_model(batch: DateBatch, model: Transformer) -> DateBatch:
    """Return the batch where the model lives."""
    return DateBatch(*(tensor.to(device_of(model)) for tensor in batch))


def date_loss(model: Transformer, batch: DateBatch) -> Float[Tensor, ""]:
    """Return the cross-entropy of each character, given those before it."""
    batch = to_model(batch, model)
    read = shift_right(batch.target, START)
    logits = model(batch.source, read, batch.mask)
    return F.cross_entropy(logits.flatten(0, 1), batch.target.flatten())


def date_lessons(
    num_steps: int, batch_size: int, generator: torch.Generator
) -> Iterator[DateBatch]:
    """Draw every batch of a training run, each pair once; half as typed."""
    half = num_steps * batch_size // 2
    pairs = date_pairs(half, generator=generator)
    pairs += date_pairs(half, as_typed=True, generator=generator)
    lengths = torch.tensor([len(pair.source) for pair in pairs])
    for places in bucketed_batches(lengths, batch_size, generator=generator):
        chosen = [pairs[place] for place in places.tolist()]
        yield date_batch([p.source for p in chosen], [p.target for p in chosen])


def teach_dates(
    num_heads: int = 4,
    seed: int = 0,
    num_steps: int = 1200,
    batch_size: int = 64,
    device: torch.device | str | None = None,
    report: Callable[[int, int, float], None] | None = None,
    change: Callable[[Transformer], None] | None = None,
) -> tuple[Transformer, list[float]]:
    """Train a Transformer to write dates as ISO 8601.

    Args:
        num_heads: heads of every attention.
        seed: decides the data, their order and the first parameters.
        num_steps: how many batches it sees.
        batch_size: pairs in a batch.
        device: where the model lives and learns; None takes torch's default.
        report: called after every step, as in `train`.
        change: what is done to the model before the first lesson, such as taking
            a part away.

    Returns:
        model: trained, and rounded to eight bits as the page gets it.
        losses: the loss of every step.
    """
    generator = seeded(seed)
    model = Transformer(len(READ), len(WRITE), num_heads=num_heads)
    if change is not None:
        change(model)
    model.to(device)
    losses = train(
        model,
        date_lessons(num_steps, batch_size, generator),
        date_loss,
        num_steps,
        learning_rate=2e-3,
        num_warm=100,
        decay=True,
        betas=(0.9, 0.98),
        report=report,
    )
    return in_eight_bits(model), losses


def write_dates(model: Transformer, sources: list[str]) -> list[str]:
    """Let the model write each text as a date, greedily."""
    source, lengths = READ.pad_batch([READ.encode(text) for text in sources])
    mask = padding_mask(lengths, source.shape[1])
    device = device_of(model)
    tokens = model.greedy(
        source.to(device),
        mask.to(device),
        start=START,
        end=END,
        max_tokens=MAX_TOKENS,
    )
    return [WRITE.decode(row) for row in tokens]


@torch.no_grad()
def date_maps(
    model: Transformer, sources: list[str], targets: list[str]
) -> TransformerMaps:
    """Return where every head looks while the model writes the targets."""
    batch = to_model(date_batch(sources, targets), model)
    read = shift_right(batch.target, START)
    return model(batch.source, read, batch.mask, need_weights=True)[1]


def attentions(model: Transformer) -> list[MultiHeadAttention]:
    """Return a model's attentions in the order in which they are run."""
    found = [layer.attention for layer in model.encoder.layers]
    for layer in model.decoder.layers:
        found += [layer.attention, layer.memory_attention]
    return found


def alignment_hits(
    model: Transformer, pairs: list[DatePair], head: int | None = None
) -> Bool[Tensor, "pairs characters"]:
    """Say of each digit of the answer whether it looked at its field.

    The last layer's attention to the source should be strongest inside the span
    of the year, the month or the day.

    Args:
        model: one that reads dates.
        pairs: texts and their answers, which the model is fed.
        head: which head is asked, from 0; None takes the average of all.

    Returns:
        One row for each pair, one column for each of the eight digits.
    """
    maps = date_maps(
        model, [p.source for p in pairs], [p.target for p in pairs]
    )
    memory = maps.decoder[-1].memory
    weights = memory.mean(dim=1) if head is None else memory[:, head]
    looked = weights.argmax(dim=-1)
    columns = []
    for place, field in enumerate(FIELDS):
        if field is not None:
            start, end = looked.new_tensor(
                [getattr(pair, field) for pair in pairs]
            ).T
            columns.append(
                (start <= looked[:, place]) & (looked[:, place] < end)
            )
    return torch.stack(columns, dim=1)
