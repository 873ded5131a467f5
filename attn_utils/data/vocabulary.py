"""Numbers for characters, and strings of unequal length in one tensor."""

from collections.abc import Iterable, Sequence

import torch

from .._shapes import Int, Tensor

# The ids below NUM_SPECIAL stand for no character.
PADDING, START, END, UNKNOWN = range(4)
NUM_SPECIAL = 4


class CharacterVocabulary:
    """Give every character a number, and write numbers as characters again.

    The characters are sorted, so that their ids depend on nothing else. A
    decoder's target is `[START, *vocabulary.encode(text), END]`.

    Args:
        characters: the characters there are; a repetition counts once.

    Raises:
        ValueError: something among them is not a single character.
    """

    def __init__(self, characters: Iterable[str]):
        self.characters = sorted(set(characters))
        for character in self.characters:
            if len(character) != 1:
                raise ValueError(
                    "characters must be single characters, but one is "
                    f"{character!r}"
                )
        self._ids = {
            character: number
            for number, character in enumerate(self.characters, NUM_SPECIAL)
        }

    def __len__(self) -> int:
        """Return how many ids there are, the special ones included."""
        return NUM_SPECIAL + len(self.characters)

    def encode(self, text: str) -> list[int]:
        """Return one id for each character; UNKNOWN for one that is new."""
        return [self._ids.get(character, UNKNOWN) for character in text]

    def decode(self, ids: Int[Tensor, "tokens"] | Sequence[int]) -> str:
        """Write ids as text: up to END, without PADDING and START.

        Args:
            ids: whole numbers, in a list or a tensor of one axis.

        Returns:
            The text, with the character � for UNKNOWN.

        Raises:
            ValueError: an id that the vocabulary does not have.
        """
        shown = ["", "", "", "�", *self.characters]
        text = ""
        for number in map(int, ids):
            if not 0 <= number < len(shown):
                raise ValueError(
                    f"ids must lie between 0 and {len(shown) - 1}, but one is "
                    f"{number}"
                )
            if number == END:
                break
            text += shown[number]
        return text

    @staticmethod
    def pad_batch(
        sequences: Sequence[Sequence[int]],
    ) -> tuple[Int[Tensor, "batch tokens"], Int[Tensor, "batch"]]:
        """Lay lists of ids one below the other, PADDING after the shorter ones.

        Args:
            sequences: the lists; an empty one becomes a row of PADDING.

        Returns:
            tokens: as wide as the longest list.
            lengths: how many ids of each row are real.

        Raises:
            ValueError: no list at all.
        """
        if not sequences:
            raise ValueError(
                "sequences must hold one list or more, but is empty"
            )
        lengths = torch.tensor([len(sequence) for sequence in sequences])
        tokens = torch.full((len(sequences), int(lengths.max())), PADDING)
        for row, sequence in zip(tokens, sequences, strict=True):
            row[: len(sequence)] = torch.tensor(sequence, dtype=torch.long)
        return tokens, lengths
