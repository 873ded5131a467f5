"""Chapter 05's counting: softmax keeps shares, and forgets how many."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from .._shapes import Bool, Float, Int, Tensor
from ..data import IGNORED, PADDING, letter_strings
from ..data.strings import MOST_COUNTED, NUM_LETTERS
from ..layers import EncoderLayer
from ..masks import padding_mask
from ..train import seeded, train

WIDTH = 32
# What stands before a word; its number follows those of the letters.
START_TOKEN = NUM_LETTERS + 1
NUM_TESTS = 1000
# Lessons end at 12, or 16 where they are long.
TEST_LENGTHS = (4, 8, 12, 16, 24)


class LetterCounter(nn.Module):
    """Say of every letter how often it occurs in its word.

    One layer of self-attention with one head, pre-norm, without positions.

    Args:
        start: whether a start token stands before the word; nothing is asked
            of it.
    """

    def __init__(self, start: bool = True):
        super().__init__()
        self.start = start
        self.embedding = nn.Embedding(START_TOKEN + 1, WIDTH)
        self.layer = EncoderLayer(WIDTH, 1, 2 * WIDTH, norm_first=True)
        self.norm = nn.LayerNorm(WIDTH)
        self.read_out = nn.Linear(WIDTH, MOST_COUNTED + 1)

    def forward(
        self, letters: Int[Tensor, "batch tokens"]
    ) -> tuple[
        Float[Tensor, "batch tokens counts"], Float[Tensor, "batch seen seen"]
    ]:
        """Count the letters of each word.

        Args:
            letters: 1 to 26 for a to z, and PADDING behind a shorter word.

        Returns:
            logits: for each letter, of the counts from 0 to 12.
            weights: the map of the head, the start token first where there is
                one.
        """
        if self.start:
            letters = F.pad(letters, (1, 0), value=START_TOKEN)
        lengths = (letters != PADDING).sum(-1)
        outputs, weights = self.layer(
            self.embedding(letters),
            mask=padding_mask(lengths, letters.shape[-1]),
            need_weights=True,
        )
        logits = self.read_out(self.norm(outputs))
        return logits[:, int(self.start) :], weights.squeeze(1)


def count_loss(model: LetterCounter, words: tuple) -> Float[Tensor, ""]:
    """Return the cross-entropy of every letter's count, their mean."""
    letters, counts = words
    logits, _ = model(letters)
    return F.cross_entropy(
        logits.flatten(0, 1), counts.flatten(), ignore_index=IGNORED
    )


class Counted(NamedTuple):
    """A model after its lessons.

    Args:
        model: in eval mode.
        losses: the loss of every step.
    """

    model: LetterCounter
    losses: list[float]


def teach_counts(
    start: bool,
    seed: int,
    num_steps: int = 800,
    longest: int = 12,
    shortest: int = 1,
    batch_size: int = 128,
) -> Counted:
    """Teach a model to count the letters of words.

    Args:
        start: whether it gets a start token.
        seed: decides every word and the first parameters. The words are the
            same with a start token and without.
        num_steps: how many batches it sees.
        longest: letters of the longest word.
        shortest: letters of the shortest; every length is drawn alike.
        batch_size: words in a batch.
    """
    generator = seeded(seed)
    model = LetterCounter(start)
    batches = (
        letter_strings(batch_size, longest, shortest, generator=generator)
        for _ in range(num_steps)
    )
    losses = train(
        model, batches, count_loss, num_steps, learning_rate=4e-3, decay=True
    )
    return Counted(model, losses)


@torch.no_grad()
def right_counts(
    model: LetterCounter, words: tuple
) -> Bool[Tensor, "batch tokens"]:
    """Return which letters are counted right; padding never is."""
    letters, counts = words
    logits, _ = model(letters)
    return logits.argmax(-1) == counts


@torch.no_grad()
def start_weights(model: LetterCounter, words: tuple) -> list[float]:
    """Return the mean weight on the start token, for letters seen 1 to 8 times.

    It is not a number where no letter of `words` is seen so often.

    Raises:
        ValueError: a model without a start token.
    """
    if not model.start:
        raise ValueError("model must have a start token, but has none")
    letters, counts = words
    _, weights = model(letters)
    on_start = weights[:, 1:, 0]
    return [on_start[counts == count].mean().item() for count in range(1, 9)]


@torch.no_grad()
def equal_share(model: LetterCounter, words: tuple) -> float:
    """Return how much of what a letter gives to letters goes to its equals.

    What the start token gets is left out. The mean over all letters, each of
    which is its own equal, too.
    """
    letters, _ = words
    _, weights = model(letters)
    first = int(model.start)
    on_letters = weights[:, first:, first:]
    equal = letters.unsqueeze(-1) == letters.unsqueeze(-2)
    share = (on_letters * equal).sum(-1) / on_letters.sum(-1)
    return share[letters != PADDING].mean().item()


def count_results(
    start: bool, num_steps: int, shortest: int, longest: int, seed: int
) -> dict[str, float | list[float]]:
    """Teach a model; ask it for words of 4, 8, 12, 16 and 24 letters.

    Returns:
        "right": the share of letters that are counted right, at each length.
            Whoever always says the most frequent count gets .46, .30, .23,
            .18, .14.
        "start weight": the mean weight on the start token in words of 12, for
            letters seen 1 to 8 times; empty where there is no start token.
        "equal share": of the rest, how much goes to equal letters there.
    """
    model, _ = teach_counts(start, seed, num_steps, longest, shortest)
    generator = torch.Generator().manual_seed(1000 + seed)
    asked = {
        length: letter_strings(NUM_TESTS, length, generator=generator)
        for length in TEST_LENGTHS
    }
    return {
        "right": [
            right_counts(model, words).float().mean().item()
            for words in asked.values()
        ],
        "start weight": start_weights(model, asked[12]) if start else [],
        "equal share": equal_share(model, asked[12]),
    }
