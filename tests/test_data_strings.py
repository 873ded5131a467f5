"""Strings of symbols: every target is where its rule says."""

import pytest
import torch
from torch.testing import assert_close

from attn_utils.data import (
    END,
    IGNORED,
    PADDING,
    START,
    CharacterVocabulary,
    first_symbol_recall,
    induction_sequences,
    letter_strings,
    needle_recall,
    previous_tokens,
    reversal,
    string_pairs,
)

EVERY_TASK = [
    reversal,
    previous_tokens,
    letter_strings,
    string_pairs,
    first_symbol_recall,
    needle_recall,
    induction_sequences,
]


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("make", EVERY_TASK)
def test_the_seed_alone_decides_the_strings(make):
    first = make(7, generator=generator(3))
    torch.manual_seed(0)
    assert_close(make(7, generator=generator(3)), first, rtol=0, atol=0)
    assert not torch.equal(make(7, generator=generator(5))[0], first[0])


@pytest.mark.parametrize("make", EVERY_TASK)
def test_a_generator_leaves_torch_s_own_randomness_alone(make):
    before = torch.get_rng_state()
    make(7, generator=generator(3))
    assert torch.equal(torch.get_rng_state(), before)


def test_a_reversed_string_reads_backwards():
    inputs, targets = reversal(3, 5, 7, generator(1))
    for string, backwards in zip(
        inputs.tolist(), targets.tolist(), strict=True
    ):
        assert backwards == string[::-1]
    assert inputs.min() >= 0
    assert inputs.max() < 7


def test_each_place_asks_for_the_one_before_and_the_first_for_nothing():
    inputs, targets = previous_tokens(3, 5, 7, generator(1))
    assert torch.equal(targets[:, 1:], inputs[:, :-1])
    assert (targets[:, 0] == IGNORED).all()
    # What torch leaves out by default.
    loss = torch.nn.functional.cross_entropy
    assert loss(torch.ones(2, 3), torch.tensor([IGNORED, 1])) == loss(
        torch.ones(1, 3), torch.tensor([1])
    )


@pytest.mark.parametrize("shortest", [None, 3])
def test_each_letter_is_counted_in_its_own_string(shortest):
    letters, counts = letter_strings(97, 17, shortest, (1, 5), generator(1))
    assert letters.shape == counts.shape == (97, 17)
    lengths = set()
    for row, told in zip(letters.tolist(), counts.tolist(), strict=True):
        length = 17 - row.count(PADDING)
        string, behind = row[:length], row[length:]
        assert set(behind) <= {PADDING}
        assert told[:length] == [min(string.count(x), 12) for x in string]
        assert set(told[length:]) <= {IGNORED}
        lengths.add(length)
    assert lengths == ({17} if shortest is None else set(range(3, 18)))
    # Some letter occurs more often than is said of any.
    assert max(row.count(x) for row in letters.tolist() for x in row) > 12
    assert counts.max() == 12


def test_every_string_has_an_alphabet_of_its_own_of_every_size():
    letters, _ = letter_strings(499, 97, generator=generator(1))
    sizes = torch.tensor([row.unique().numel() for row in letters])
    assert sizes.unique().tolist() == [2, 3, 4, 5, 6, 7, 8]
    assert sizes.bincount()[2:].min() > 40
    assert letters.unique().tolist() == list(range(1, 27))
    # No letter of an alphabet is drawn much more often than another.
    pairs = letters[sizes == 2]
    first = (pairs == pairs[:, :1]).float().mean(-1)
    assert first.mean() == pytest.approx(0.5, abs=0.05)
    assert letters[:, 0].bincount(minlength=27)[1:].min() > 0


def test_an_alphabet_may_have_one_letter_or_all():
    one, counts = letter_strings(
        7, 5, alphabet_sizes=(1, 1), generator=generator(1)
    )
    assert torch.equal(one, one[:, :1].expand(7, 5))
    assert (counts == 5).all()
    every, _ = letter_strings(
        3, 499, alphabet_sizes=(26, 26), generator=generator(1)
    )
    assert all(row.unique().numel() == 26 for row in every)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_target_is_the_string_between_start_and_end(backwards):
    source, lengths, target = string_pairs(97, 2, 7, 5, backwards, generator(1))
    assert source.shape == (97, 7)
    assert target.shape == (97, 9)
    for row, length, aim in zip(
        source.tolist(), lengths.tolist(), target.tolist(), strict=True
    ):
        string, padding = row[:length], row[length:]
        wanted = string[::-1] if backwards else string
        assert aim == [START, *wanted, END, *padding]
        assert set(padding) <= {PADDING}
        assert set(string) <= {4, 5, 6, 7, 8}


def test_every_length_and_every_symbol_is_drawn():
    source, lengths, _ = string_pairs(999, generator=generator(1))
    assert lengths.unique().tolist() == list(range(2, 31))
    assert source.unique().tolist() == [PADDING, *range(4, 24)]


def test_a_vocabulary_of_as_many_characters_reads_the_strings():
    letters = CharacterVocabulary("abcdefghijklmnopqrst")
    source, lengths, target = string_pairs(3, generator=generator(1))
    assert source.max() < len(letters)
    text = letters.decode(target[0])
    assert len(text) == lengths[0]
    assert letters.encode(text) == source[0, : lengths[0]].tolist()


def test_the_first_symbol_is_the_only_key_and_the_question_the_last():
    tokens, label = first_symbol_recall(97, 7, 3, 5, generator(1))
    assert torch.equal(tokens[:, 0], label)
    assert label.unique().tolist() == [0, 1, 2]
    assert tokens[:, 1:-1].unique().tolist() == [3, 4, 5, 6, 7]
    assert (tokens[:, -1] == 8).all()


def test_the_shortest_string_is_a_key_and_the_question():
    tokens, label = first_symbol_recall(5, 2, 3, 5, generator(1))
    assert torch.equal(tokens, torch.stack([label, torch.full((5,), 8)], 1))


def test_the_needle_is_the_only_key_and_may_be_anywhere():
    tokens, label, place = needle_recall(997, 7, 3, 5, generator(1))
    is_key = tokens < 3
    assert (is_key.sum(-1) == 1).all()
    assert torch.equal(tokens[is_key], label)
    assert torch.equal(is_key.int().argmax(-1), place)
    assert place.unique().tolist() == [0, 1, 2, 3, 4, 5]
    assert (tokens[:, -1] == 8).all()


def test_an_induction_sequence_repeats_one_block():
    tokens, _ = induction_sequences(97, 40, 24, 6, 20, generator(1))
    found = set()
    for string in tokens.tolist():
        found.add(
            next(p for p in range(6, 21) if string[p:] == string[: 40 - p])
        )
    assert found == set(range(6, 21))


def test_what_is_called_predictable_follows_from_the_symbol_before():
    tokens, predictable = induction_sequences(97, 40, 7, 3, 11, generator(1))
    assert 0.2 < predictable.float().mean() < 0.8
    for string, flags in zip(
        tokens.tolist(), predictable.tolist(), strict=True
    ):
        followers = {}
        for place in range(1, 40):
            before, now = string[place - 1 : place + 1]
            if flags[place]:
                assert followers[before] == {now}
            followers.setdefault(before, set()).add(now)


def test_without_repetition_in_the_block_all_is_predictable_after_it():
    tokens, predictable = induction_sequences(97, 13, 997, 5, 5, generator(1))
    clean = torch.tensor([row[:5].unique().numel() == 5 for row in tokens])
    assert clean.sum() > 80
    assert (predictable[clean] == (torch.arange(13) > 5)).all()


def test_luck_in_the_first_round_is_not_called_predictable():
    tokens, predictable = induction_sequences(3, 13, 1, 11, 11, generator(1))
    assert tokens.max() == 0
    assert (predictable == (torch.arange(13) > 11)).all()
