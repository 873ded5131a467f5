"""Chapter 05's counting: what softmax forgets, by argument and by training."""

import copy

import pytest
import torch
import torch.nn.functional as F
from modules import filled
from torch.testing import assert_close

from attn_utils.data import IGNORED, PADDING, letter_strings, runs
from attn_utils.recipes.letter_counts import (
    START_TOKEN,
    TEST_LENGTHS,
    LetterCounter,
    count_loss,
    count_results,
    equal_share,
    right_counts,
    start_weights,
    teach_counts,
)

STORED = runs.load("letter_counts")

each_start = pytest.mark.parametrize(
    "start", [True, False], ids=["a start token", "none"]
)


def spelt(*words):
    """Return words as letters and counts, padded to the longest."""
    rows = [[ord(letter) - ord("a") + 1 for letter in word] for word in words]
    counts = [
        [min(word.count(letter), 12) for letter in word] for word in words
    ]
    longest = max(map(len, words))
    return tuple(
        torch.tensor([row + [gap] * (longest - len(row)) for row in table])
        for table, gap in ((rows, PADDING), (counts, IGNORED))
    )


def random_counter(start, seed=1):
    """Return a model whose parameters are random, in double precision."""
    torch.manual_seed(0)
    return filled(LetterCounter(start), seed).double().eval()


class Ideal(LetterCounter):
    """Give all equal letters and the start token the same score, others none."""

    def forward(self, letters):
        same = letters.unsqueeze(-1) == letters.unsqueeze(-2)
        seen = same & (letters != PADDING).unsqueeze(-2)
        counts = seen.sum(-1).clamp(max=12)
        if self.start:
            seen = F.pad(seen, (1, 0, 1, 0), value=True)
        weights = seen / seen.sum(-1, keepdim=True).clamp(min=1)
        return F.one_hot(counts, 13).float(), weights


class Level(Ideal):
    """Look at every letter alike, and say of each that it occurs once."""

    def forward(self, letters):
        seen = F.pad(letters != PADDING, (int(self.start), 0), value=True)
        weights = seen.unsqueeze(1).repeat(1, seen.shape[-1], 1)
        once = F.one_hot(torch.ones_like(letters), 13).float()
        return once, weights / weights.sum(-1, keepdim=True)


# -- the model -------------------------------------------------------------------


@each_start
def test_every_letter_has_thirteen_logits_and_a_row_of_weights(start):
    letters, _ = letter_strings(3, 7, generator=torch.Generator())
    logits, weights = random_counter(start)(letters)
    assert logits.shape == (3, 7, 13)
    assert weights.shape == (3, 7 + start, 7 + start)
    assert_close(weights.sum(-1), torch.ones_like(weights[..., 0]))


@each_start
def test_a_padded_word_is_read_as_if_it_stood_alone(start):
    model = random_counter(start)
    letters, _ = spelt("see", "banana")
    logits, weights = model(letters)
    alone, own = model(letters[:1, :3])
    assert_close(logits[:1, :3], alone)
    assert_close(weights[:1, : 3 + start, : 3 + start], own)
    assert not weights[0, :, 3 + start :].any()


@each_start
def test_the_order_of_the_letters_does_not_matter(start):
    model, order = random_counter(start), torch.tensor([3, 0, 4, 1, 2])
    letters, _ = spelt("hello")
    assert_close(model(letters[:, order])[0], model(letters)[0][:, order])


def test_without_a_start_token_a_word_and_its_multiple_get_the_same_logits():
    # Softmax keeps shares: twice as many of every letter halve each one's weight.
    words = [spelt(word)[0] for word in ("ab", "aabb", "aaabbb")]
    for seed in range(5):
        once, twice, thrice = (
            random_counter(False, seed)(letters)[0] for letters in words
        )
        assert_close(twice[:, ::2], once, atol=1e-12, rtol=0)
        assert_close(thrice[:, ::3], once, atol=1e-12, rtol=0)
        # With one they need not: the start token stays one voice of many.
        once, twice, thrice = (
            random_counter(True, seed)(letters)[0] for letters in words
        )
        assert (twice[:, ::2] - once).abs().max() > 1e-3
        assert (thrice[:, ::3] - once).abs().max() > 1e-3


def test_other_letters_are_voices_to_be_counted_against_too():
    # So a word of known length can be counted without a start token: the share
    # of its letters tells how many they are.
    model = random_counter(False)
    few, many = (model(spelt(word)[0])[0][0, 0] for word in ("abbb", "aaab"))
    assert (few - many).abs().max() > 1e-3


def test_nothing_is_asked_of_the_start_token_and_it_is_no_letter():
    letters, counts = letter_strings(97, 11, generator=torch.Generator())
    assert not (letters == START_TOKEN).any()
    model = random_counter(True)
    assert model.embedding.num_embeddings == START_TOKEN + 1
    assert model(letters)[0].shape[:2] == counts.shape


# -- how it is judged ------------------------------------------------------------


@each_start
def test_the_loss_is_the_mean_over_letters_and_leaves_padding_out(start):
    model = random_counter(start)
    words = "see", "banana"
    alone = [
        F.cross_entropy(model(letters)[0][0], counts[0], reduction="sum")
        for letters, counts in map(spelt, words)
    ]
    assert_close(count_loss(model, spelt(*words)), sum(alone) / 9)


@each_start
def test_a_letter_is_right_if_its_count_has_the_largest_logit(start):
    words = spelt("see", "banana")
    letter = words[0] != PADDING
    assert torch.equal(right_counts(Ideal(start), words), letter)
    once = torch.tensor([[1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0]])
    assert torch.equal(right_counts(Level(start), words), once > 0)


def test_equal_scores_give_the_start_token_one_of_one_and_c_parts():
    words = spelt(*("a" * count + "xyz" for count in range(1, 9)))
    expected = torch.tensor([1 / (1 + count) for count in range(1, 9)])
    assert_close(torch.tensor(start_weights(Ideal(), words)), expected)
    # Who looks everywhere alike gives it one part of them all.
    level = torch.tensor(start_weights(Level(), words))
    assert_close(level[1:], torch.tensor([1 / (4 + c) for c in range(2, 9)]))


def test_a_count_that_no_letter_has_gets_no_weight_of_a_start_token():
    once, twice, *others = start_weights(Ideal(), spelt("banal"))
    assert (once, twice) == pytest.approx((1 / 2, 1 / 3))
    assert all(weight != weight for weight in others)


def test_a_model_without_a_start_token_has_no_weight_on_it():
    with pytest.raises(ValueError, match="model must have a start token"):
        start_weights(LetterCounter(start=False), spelt("banana"))


@each_start
def test_what_goes_to_equal_letters_is_a_share_of_what_goes_to_letters(start):
    words = spelt("see", "banana")
    assert equal_share(Ideal(start), words) == pytest.approx(1)
    # see: 1, 2, 2 of 3; banana: 1, 3, 2, 3, 2, 3 of 6; nine letters in all.
    shares = 5 / 3 + 14 / 6
    assert equal_share(Level(start), words) == pytest.approx(shares / 9)


# -- teaching --------------------------------------------------------------------


def test_the_seed_decides_everything():
    def losses(start, seed, **choices):
        return teach_counts(start, seed, num_steps=2, **choices).losses

    assert losses(True, 1) == losses(True, 1)
    assert losses(True, 1) != losses(True, 2)
    assert losses(True, 1) != losses(False, 1)
    assert losses(True, 1) != losses(True, 1, longest=7)
    assert not teach_counts(True, 1, num_steps=2).model.training


@each_start
def test_teaching_lowers_the_loss_of_new_words(start):
    words = letter_strings(499, 5, generator=torch.Generator().manual_seed(1))
    taught = [
        teach_counts(start, seed=3, num_steps=steps, longest=5)
        for steps in (1, 31)
    ]
    assert [len(counted.losses) for counted in taught] == [1, 31]
    before, after = (count_loss(each.model, words).item() for each in taught)
    assert before > 1.5 * after


def listen(monkeypatch):
    """Return a list that gathers all words that are drawn."""
    drawn = []

    def listening(*sizes, **named):
        drawn.append(letter_strings(*sizes, **named))
        return copy.deepcopy(drawn[-1])

    monkeypatch.setattr(
        "attn_utils.recipes.letter_counts.letter_strings", listening
    )
    return drawn


def test_the_words_are_the_same_with_a_start_token_and_without(monkeypatch):
    drawn = listen(monkeypatch)
    for start in (True, False):
        teach_counts(start, seed=5, num_steps=3, batch_size=17)
    assert len(drawn) == 6
    assert all(letters.shape == (17, 12) for letters, _ in drawn)
    for one, other in zip(drawn[:3], drawn[3:], strict=True):
        assert torch.equal(one[0], other[0])
    fresh = torch.Generator().manual_seed(5)
    for letters, counts in drawn[:3]:
        expected = letter_strings(17, 12, 1, generator=fresh)
        assert torch.equal(letters, expected[0])
        assert torch.equal(counts, expected[1])


def test_words_have_the_lengths_that_were_asked_for(monkeypatch):
    drawn = listen(monkeypatch)
    teach_counts(False, 1, num_steps=2, longest=7)
    teach_counts(False, 1, num_steps=2, longest=7, shortest=5)
    lengths = [(letters != PADDING).sum(-1) for letters, _ in drawn]
    assert torch.cat(lengths[:2]).unique().tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert torch.cat(lengths[2:]).unique().tolist() == [5, 6, 7]


@each_start
def test_results_are_those_of_new_words_of_every_length(start, monkeypatch):
    drawn = listen(monkeypatch)
    got = count_results(start, num_steps=1, shortest=2, longest=11, seed=3)
    (lesson, _), *tests = drawn
    assert lesson.shape[1] == 11
    assert [letters.shape for letters, _ in tests] == [
        (1000, length) for length in TEST_LENGTHS
    ]
    assert not torch.equal(tests[2][0][:128, :11], lesson)
    model, _ = teach_counts(start, 3, 1, longest=11, shortest=2)
    fresh = torch.Generator().manual_seed(1003)
    expected = [letter_strings(1000, n, generator=fresh) for n in TEST_LENGTHS]
    assert got["right"] == [
        right_counts(model, words).float().mean().item() for words in expected
    ]
    assert got["equal share"] == equal_share(model, expected[2])
    assert got["start weight"] == (
        start_weights(model, expected[2]) if start else []
    )


def test_who_always_says_the_most_frequent_count_gets_what_is_said():
    shares = []
    for length in TEST_LENGTHS:
        generator = torch.Generator().manual_seed(length)
        _, counts = letter_strings(4000, length, generator=generator)
        shares.append(counts.flatten().bincount().max().item() / counts.numel())
    assert shares == pytest.approx([0.46, 0.30, 0.23, 0.18, 0.14], abs=0.01)


# -- what is stored --------------------------------------------------------------


def column(name, start, num_steps=800, shortest=1, longest=12):
    found = STORED.column(
        name,
        start=start,
        num_steps=num_steps,
        shortest=shortest,
        longest=longest,
    )
    assert len(found) == 5
    return torch.tensor(found)


def test_with_a_start_token_letters_are_counted_and_without_they_are_not():
    one, none = (column("right", start) for start in (True, False))
    assert (one[:, :3] > torch.tensor([0.98, 0.95, 0.85])).all()
    # No better than whoever always says the most frequent count, but for luck.
    assert (none[:, [0, 2, 3, 4]] < torch.tensor([0.46, 0.25, 0.2, 0.14])).all()
    assert (none[:, 1] < 0.5).all()


def test_longer_lessons_carry_a_start_token_further_and_none_to_a_length():
    short, long = (
        column("right", True, *lessons)
        for lessons in ((800, 1, 12), (2000, 1, 16))
    )
    assert (long.min(0).values > short.max(0).values)[2:].all()
    assert long[:, :4].min() > 0.9
    # Without one a model settles on a length that is frequent, and is right there
    # more often than elsewhere, but never mostly.
    none = column("right", False, 2000, 1, 16)
    assert (none.argmax(-1) == TEST_LENGTHS.index(12)).all()
    assert none.max() < 0.7
    assert none[:, [0, 3, 4]].max() < 0.2


def test_the_weight_on_the_start_token_falls_as_one_of_one_and_c_parts_do():
    parts = 1 / torch.arange(2.0, 10.0)
    for lessons in ((800, 1, 12), (2000, 1, 16)):
        found = column("start weight", True, *lessons)
        assert (found.diff(dim=-1) < 0).all()
        # All that the letters hold, measured by the start token's weight, would
        # be eight times as much for eight equal ones as for one.
        others = 1 / found - 1
        ratio = others[:, -1] / others[:, 0]
        assert ((ratio > 5) & (ratio < 9)).all()
        assert column("start weight", False, *lessons).numel() == 0
    short = column("start weight", True)
    assert ((short / parts).mean(-1) - 1).abs().max() < 0.25
    # Taught longer, the start token is worth more than a letter.
    assert (column("start weight", True, 2000, 1, 16) > parts).all()


def test_with_a_start_token_letters_look_at_their_equals():
    one, none = (column("equal share", start) for start in (True, False))
    assert one.min() > 0.9
    assert none.max() < 0.7


def test_words_of_one_length_are_counted_without_a_start_token():
    # The share of a letter times a length that is always 8 is its count.
    right = column("right", False, 2000, 8, 8)
    assert right[:, 1].min() > 0.85
    assert right[:, [0, 2, 3, 4]].max() < 0.2
