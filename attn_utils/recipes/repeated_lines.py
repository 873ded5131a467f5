"""Chapter 09's lines, which repeat themselves, and what can be known in them."""

from typing import NamedTuple

import torch
import torch.nn.functional as F

from .._shapes import Bool, Int, Tensor
from ..data import induction_sequences

LETTERS = "abcdefghijklmnopqrstuvwx"
NUM_TOKENS = 40


class Lines(NamedTuple):
    """Lines that repeat themselves.

    Args:
        tokens: (batch, tokens) as the model reads them.
        known: (batch, tokens) True where the *next* letter is the one that always
            came after this one, so that it can be known.
    """

    tokens: Tensor
    known: Tensor


def induction_lines(
    num_lines: int, generator: torch.Generator, start: bool = True
) -> Lines:
    """Draw lines of 40 letters: a block of 6 to 20, again and again."""
    tokens, predictable = induction_sequences(
        num_lines, NUM_TOKENS, len(LETTERS), generator=generator
    )
    known = F.pad(predictable[:, 1:], (0, 1))
    if start:
        tokens = F.pad(tokens, (1, 0), value=len(LETTERS))
        known = F.pad(known, (1, 0))
    return Lines(tokens, known)


def unseen_lines(num_lines: int, seed: int = 0, start: bool = True) -> Lines:
    """Draw lines that are in no lesson."""
    return induction_lines(
        num_lines, torch.Generator().manual_seed(1000 + seed), start
    )


def same_letter(
    tokens: Int[Tensor, "batch tokens"],
) -> Bool[Tensor, "batch tokens tokens"]:
    """Say which two places have one letter."""
    return tokens.unsqueeze(-1) == tokens.unsqueeze(-2)


def new_letters(lines: Lines) -> Bool[Tensor, "batch tokens"]:
    """Say where a letter stands that has not stood before: nothing is found.

    The first token is left out, as whoever stands there sees nothing else.
    """
    new = ~same_letter(lines.tokens).tril(-1).any(-1)
    new[:, 0] = False
    return new


class Returning(NamedTuple):
    """Places where a letter comes again, and after it what came after it before.

    Args:
        settled: (batch, tokens) True where it has had one follower up to here.
        wavering: where it has had several, so that the current letter alone
            does not tell which of them comes.
    """

    settled: Tensor
    wavering: Tensor


def returning_letters(lines: Lines) -> Returning:
    """Find where a letter comes again, and after it what has followed it before.

    Returns:
        The places where it had one follower so far, and those where it had several;
        the last place of a line, with no next letter, is in neither.
    """
    following = F.one_hot(lines.tokens.roll(-1, dims=-1), len(LETTERS) + 1)
    had = same_letter(lines.tokens).tril(-1).long() @ following > 0
    again = (had & (following > 0)).any(-1)
    again[:, -1] = False
    num_followers = had.sum(-1)
    return Returning(again & (num_followers == 1), again & (num_followers > 1))
