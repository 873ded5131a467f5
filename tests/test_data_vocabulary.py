"""Characters and ids: there and back, and in one tensor."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from attn_utils.data import (
    END,
    PADDING,
    START,
    UNKNOWN,
    CharacterVocabulary,
)


def test_characters_are_numbered_in_order_after_the_special_ids():
    vocabulary = CharacterVocabulary("cab")
    assert vocabulary.encode("abc") == [4, 5, 6]
    assert vocabulary.characters == ["a", "b", "c"]
    assert len(vocabulary) == 7
    assert (PADDING, START, END, UNKNOWN) == (0, 1, 2, 3)


def test_neither_order_nor_repetition_changes_an_id():
    first, second = CharacterVocabulary("cab"), CharacterVocabulary("abbcca")
    assert first.encode("bca") == second.encode("bca")


def test_a_new_character_is_unknown_and_read_back_as_such():
    vocabulary = CharacterVocabulary("ab")
    assert vocabulary.encode("axb") == [4, UNKNOWN, 5]
    assert vocabulary.decode([4, UNKNOWN, 5]) == "a�b"


def test_reading_stops_at_the_end_and_skips_start_and_padding():
    vocabulary = CharacterVocabulary("ab")
    ids = [START, 5, PADDING, 4, END, 5, PADDING]
    assert vocabulary.decode(ids) == "ba"
    assert vocabulary.decode(torch.tensor(ids)) == "ba"


@given(st.text("abcäß日 ,"))
def test_what_is_written_reads_the_same(text):
    vocabulary = CharacterVocabulary("日ßäcba, ")
    assert vocabulary.decode(vocabulary.encode(text)) == text


def test_a_batch_is_as_wide_as_its_longest_row():
    tokens, lengths = CharacterVocabulary.pad_batch([[7], [], [5, 6, 4]])
    assert tokens.tolist() == [[7, 0, 0], [0, 0, 0], [5, 6, 4]]
    assert lengths.tolist() == [1, 0, 3]
    assert tokens.dtype == lengths.dtype == torch.int64
