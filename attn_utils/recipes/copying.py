"""Chapter 11's writers: say a string, or a date, again, from one vector or by looking.

All are GRUs; what differs is the decoder, and whether the encoder reads both ways.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from .._checks import check_one_of, check_size
from .._shapes import Bool, Float, Int, Tensor
from ..data import (
    END,
    PADDING,
    START,
    CharacterVocabulary,
    date_pairs,
    string_pairs,
)
from ..seq2seq import (
    BahdanauDecoder,
    LuongDecoder,
    RecurrentDecoder,
    RecurrentEncoder,
    Seq2Seq,
)
from ..train import bucketed_batches, seeded, train
from .dates import READ, WRITE
from .taught import TaughtModel

SYMBOLS = "abcdefghijklmnopqrst"
LETTERS = CharacterVocabulary(SYMBOLS)
EMBED_DIM = 32
# Of the lessons; then of the tests, of which the last two are longer than any lesson.
SHORTEST, LONGEST = 2, 30
COPY_LENGTHS = (5, 10, 15, 20, 25, 30, 35, 40)
# Of a model without attention, by its width: lessons and tests.
SHORT_LENGTHS = (2, 4, 6, 8, 10, 12, 14, 16)
NUM_TESTS = 200
MOST_TOKENS = 45

COPY_TASKS = ("copy", "reverse", "dates")
COPY_DECODERS = ("none", "luong", "bahdanau")


class CopyBatch(NamedTuple):
    """Sources as tokens, how long each is, and what is to be written."""

    source: Int[Tensor, "batch source"]
    lengths: Int[Tensor, "batch"]
    target: Int[Tensor, "batch target"]  # START, the answer, END


def copying_model(
    decoder: str, task: str = "copy", two_way: bool = False, width: int = 96
) -> Seq2Seq:
    """Return an untaught writer.

    Args:
        decoder: "none" has one vector of the source, "luong" and "bahdanau" look
            at all states of the encoder as well.
        task: "copy", "reverse" or "dates"; says how many tokens there are.
        two_way: whether a second GRU of the encoder reads from the right.
        width: of the states.

    Raises:
        ValueError: a decoder or a task of another name, a width below 1.
    """
    check_one_of("decoder", decoder, COPY_DECODERS)
    check_one_of("task", task, COPY_TASKS)
    dates = task == "dates"
    read, write = (READ, WRITE) if dates else (LETTERS, LETTERS)
    encoder = RecurrentEncoder(len(read), EMBED_DIM, width, two_way)
    sizes = len(write), EMBED_DIM, width
    if decoder == "none":
        return Seq2Seq(encoder, RecurrentDecoder(*sizes))
    kind = LuongDecoder if decoder == "luong" else BahdanauDecoder
    return Seq2Seq(encoder, kind(*sizes, encoder.memory_dim))


def copy_batch(sources: list[str], targets: list[str]) -> CopyBatch:
    """Turn strings of the letters a to t, and what they become, into tokens."""
    return _batch(sources, targets, LETTERS, LETTERS)


def _batch(sources, targets, read, write) -> CopyBatch:
    source, lengths = read.pad_batch([read.encode(text) for text in sources])
    target, _ = write.pad_batch(
        [[START, *write.encode(text), END] for text in targets]
    )
    return CopyBatch(source, lengths, target)


def draw_copies(
    task: str,
    num_examples: int,
    generator: torch.Generator,
    shortest: int = SHORTEST,
    longest: int = LONGEST,
    held_out: bool = False,
) -> CopyBatch:
    """Draw strings of random letters, or dates, and what is to be written.

    Args:
        task: "copy", "reverse" or "dates", which are padded in front to one length.
        num_examples: how many.
        generator: where the randomness comes from.
        shortest: length of the shortest string; dates are as long as they are.
        longest: length of the longest.
        held_out: whether the dates are those that no lesson has.

    Raises:
        ValueError: an unknown task; numbers that `string_pairs` or `date_pairs`
            refuses.
    """
    check_one_of("task", task, COPY_TASKS)
    if task == "dates":
        pairs = date_pairs(num_examples, held_out, generator=generator)
        sources, targets = zip(
            *((pair.source, pair.target) for pair in pairs), strict=True
        )
        return _in_front(_batch(sources, targets, READ, WRITE))
    return CopyBatch(
        *string_pairs(
            num_examples,
            shortest,
            longest,
            len(SYMBOLS),
            backwards=task == "reverse",
            generator=generator,
        )
    )


def _in_front(batch: CopyBatch) -> CopyBatch:
    """Move the padding before the sources, where it is read like any character."""
    width = batch.source.shape[1]
    places = torch.arange(width) + batch.lengths.unsqueeze(-1)
    source = batch.source.gather(1, places % width)
    return CopyBatch(
        source, torch.full_like(batch.lengths, width), batch.target
    )


def copy_lessons(
    task: str,
    num_steps: int,
    batch_size: int,
    generator: torch.Generator,
    longest: int = LONGEST,
) -> Iterator[CopyBatch]:
    """Draw every batch of a training run, each of sources of like length."""
    drawn = draw_copies(
        task, num_steps * batch_size, generator, longest=longest
    )
    for rows in bucketed_batches(
        drawn.lengths, batch_size, generator=generator
    ):
        source, lengths, target = (each[rows] for each in drawn)
        written = int((target != PADDING).sum(dim=1).max())
        yield CopyBatch(
            source[:, : int(lengths.max())], lengths, target[:, :written]
        )


def copy_loss(model: Seq2Seq, batch: CopyBatch) -> Float[Tensor, ""]:
    """Return the cross-entropy of each token, given the right ones before it."""
    source, lengths, target = batch
    logits, _ = model(source, lengths, target[:, :-1])
    return F.cross_entropy(
        logits.flatten(0, 1), target[:, 1:].flatten(), ignore_index=PADDING
    )


def teach_copying(
    decoder: str = "none",
    task: str = "copy",
    two_way: bool = False,
    seed: int = 0,
    num_steps: int = 800,
    width: int = 96,
    longest: int = LONGEST,
    batch_size: int = 64,
    report: Callable[[int, int, float], None] | None = None,
) -> TaughtModel:
    """Teach a writer to say again what it has read.

    Args:
        decoder: "none", "luong" or "bahdanau".
        task: "copy" a string, "reverse" it, or write "dates" as ISO 8601.
        two_way: whether the encoder reads both ways.
        seed: decides the lessons and the first parameters. The lessons are the
            same for all decoders.
        num_steps: how many batches it sees.
        width: of the states.
        longest: length of the longest string; the shortest has 2 letters.
        batch_size: sources in a batch.
        report: called after every step, as in `train`.

    Returns:
        The model, rounded to half precision, and its losses.

    Raises:
        ValueError: a decoder or a task of another name, a size below 1.
    """
    num_steps = check_size("num_steps", num_steps, least=1)
    generator = seeded(seed)
    model = copying_model(decoder, task, two_way, width)
    losses = train(
        model,
        copy_lessons(task, num_steps, batch_size, generator, longest),
        copy_loss,
        num_steps,
        learning_rate=3e-3,
        num_warm=100,
        decay=True,
        report=report,
    )
    return TaughtModel(model.half().float(), losses)


def write_copies(model: Seq2Seq, texts: list[str]) -> list[str]:
    """Let the model write strings of the letters a to t again, greedily."""
    source, lengths, _ = copy_batch(texts, texts)
    tokens = model.greedy(
        source, lengths, start=START, end=END, max_tokens=MOST_TOKENS
    )
    return [LETTERS.decode(row) for row in tokens]


@torch.no_grad()
def copy_alignment(
    model: Seq2Seq, text: str, written: str
) -> Float[Tensor, "written read"]:
    """Return where a model that attends looks while it writes; without the end."""
    source, lengths, target = copy_batch([text], [written])
    _, weights = model(source, lengths, target[:, :-1])
    return weights[0, :-1]


@torch.no_grad()
def written_right(
    model: nn.Module, batch: CopyBatch
) -> tuple[Bool[Tensor, "batch places"], Bool[Tensor, "batch places"]]:
    """Say of each place of answers of one length whether it is written right.

    Args:
        model: a writer.
        batch: whose answers are all of one length.

    Returns:
        alone: when the model reads what it has written itself.
        forced: when it is told the right token, whatever it has written.
        The end counts as a place; alone is right there if nothing follows.
    """
    source, lengths, target = batch
    answer = target[:, 1:]
    tokens = model.greedy(
        source, lengths, start=START, end=END, max_tokens=answer.shape[1]
    )
    missing = answer.shape[1] - tokens.shape[1]
    tokens = F.pad(tokens, (0, missing), value=END)
    logits, _ = model(source, lengths, target[:, :-1])
    return tokens == answer, logits.argmax(-1) == answer


@torch.no_grad()
def looked_beside(
    model: nn.Module, batch: CopyBatch, backwards: bool
) -> Float[Tensor, "3"]:
    """Say how often it looks most one before, at, and one after the right place.

    It is told the right tokens, of strings of one length.
    """
    source, lengths, target = batch
    _, weights = model(source, lengths, target[:, :-1])
    looked = weights[:, :-1].argmax(-1)  # the last row wrote the end
    places = torch.arange(looked.shape[1])
    right = places.flip(0) if backwards else places
    return torch.stack(
        [(looked - right == off).float().mean() for off in (-1, 0, 1)]
    )


def copying_results(
    decoder: str, task: str, two_way: bool, num_steps: int, seed: int
) -> dict[str, list[float]]:
    """Teach a writer strings, and ask it for strings of every length.

    Returns:
        "broken": the share of 200 strings written with a mistake, at lengths 5, 10,
            15, 20, 25, 30, 35 and 40.
        "letters": the share of places that are right, the end among them.
        "forced": the same when it is told the right letters before each place.
        "places": the share right at each of the ten places of strings of ten.
        "beside": in strings of twenty, how often it looks most at the letter
            before the right one, at the right one, at the one after it; nothing
            without attention.
    """
    model, _ = teach_copying(decoder, task, two_way, seed, num_steps)
    results = {"broken": [], "letters": [], "forced": []}
    for length in COPY_LENGTHS:
        batch = _exam(task, length, seed)
        alone, forced = written_right(model, batch)
        results["broken"].append(_broken(alone))
        results["letters"].append(alone.float().mean().item())
        results["forced"].append(forced.float().mean().item())
    alone, _ = written_right(model, _exam(task, 10, seed))
    results["places"] = alone[:, :-1].float().mean(dim=0).tolist()
    results["beside"] = (
        []
        if decoder == "none"
        else looked_beside(
            model, _exam(task, 20, seed), task == "reverse"
        ).tolist()
    )
    return results


def copy_width_results(
    width: int, num_steps: int, seed: int
) -> dict[str, list[float]]:
    """Teach a writer without attention to copy 2 to 16 letters; ask what it holds.

    Returns:
        "broken": the share of 200 strings copied with a mistake, at lengths 2, 4,
            6, 8, 10, 12, 14 and 16.
        "letters": the share of places that are right, the end among them.
    """
    model, _ = teach_copying(
        seed=seed,
        num_steps=num_steps,
        width=width,
        longest=SHORT_LENGTHS[-1],
    )
    results = {"broken": [], "letters": []}
    for length in SHORT_LENGTHS:
        alone, _ = written_right(model, _exam("copy", length, seed))
        results["broken"].append(_broken(alone))
        results["letters"].append(alone.float().mean().item())
    return results


def copy_date_results(
    decoder: str, num_steps: int, seed: int
) -> dict[str, float]:
    """Teach a writer dates, and ask it for days that no lesson had.

    Returns:
        "broken": the share of 1,000 dates written with a mistake; "short" of
        those of 12 characters or fewer, "long" of those of 21 or more.
    """
    model, _ = teach_copying(decoder, "dates", seed=seed, num_steps=num_steps)
    generator = torch.Generator().manual_seed(1000 + seed)
    batch = draw_copies("dates", 1000, generator, held_out=True)
    alone, _ = written_right(model, batch)
    lengths = (batch.source != PADDING).sum(dim=1)
    return {
        "broken": _broken(alone),
        "short": _broken(alone[lengths <= 12]),
        "long": _broken(alone[lengths >= 21]),
    }


def _broken(right: Bool[Tensor, "batch places"]) -> float:
    """Return the share of answers with a mistake."""
    return 1 - right.all(dim=1).float().mean().item()


def _exam(task: str, length: int, seed: int) -> CopyBatch:
    """Draw strings of one length that no lesson was drawn with."""
    generator = torch.Generator().manual_seed(1000 + seed)
    return draw_copies(task, NUM_TESTS, generator, length, length)
