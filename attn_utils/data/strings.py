"""Strings of symbols: reverse, shift, count, copy, recall and continue them."""

import torch

from .._checks import check_at_most, check_size
from .._shapes import Bool, Int, Tensor
from .vocabulary import END, NUM_SPECIAL, PADDING, START

# Where there is nothing to foretell: torch's cross_entropy leaves it out.
IGNORED = -100
# Whoever counts letters says this at most.
MOST_COUNTED = 12
NUM_LETTERS = 26


def reversal(
    num_examples: int,
    num_tokens: int = 16,
    num_symbols: int = 12,
    generator: torch.Generator | None = None,
) -> tuple[Int[Tensor, "batch tokens"], Int[Tensor, "batch tokens"]]:
    """Write a string backwards: each place must read one other place.

    Args:
        num_examples: how many strings.
        num_tokens: length of each string.
        num_symbols: the symbols are 0 to `num_symbols` - 1.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        inputs: random strings.
        targets: the same backwards.

    Raises:
        ValueError, TypeError: a size that is no whole number, 1 or more.
    """
    inputs = _random_strings(num_examples, num_tokens, num_symbols, generator)
    return inputs, inputs.flip(-1)


def previous_tokens(
    num_examples: int,
    num_tokens: int = 12,
    num_symbols: int = 12,
    generator: torch.Generator | None = None,
) -> tuple[Int[Tensor, "batch tokens"], Int[Tensor, "batch tokens"]]:
    """Say at each place what stood one place before: a relative task.

    Args:
        num_examples: how many strings.
        num_tokens: length of each string.
        num_symbols: the symbols are 0 to `num_symbols` - 1.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        inputs: random strings.
        targets: the same, one place later; the first place has nothing before
            it and is IGNORED. (Wrapped around, it would be another task: read
            the end of the string.)

    Raises:
        ValueError, TypeError: a size that is no whole number, 1 or more.
    """
    inputs = _random_strings(num_examples, num_tokens, num_symbols, generator)
    targets = inputs.roll(1, dims=-1)
    targets[:, 0] = IGNORED
    return inputs, targets


def letter_strings(
    num_examples: int,
    num_tokens: int = 8,
    shortest: int | None = None,
    alphabet_sizes: tuple[int, int] = (2, 8),
    generator: torch.Generator | None = None,
) -> tuple[Int[Tensor, "batch tokens"], Int[Tensor, "batch tokens"]]:
    """Say of each letter how often it occurs: a task of counting.

    Every string has an alphabet of its own, of a few letters, so that some
    occur often. (Of letters drawn from all 26 most occur once, and whoever
    always says "once" is mostly right.)

    Args:
        num_examples: how many strings.
        num_tokens: length of each string.
        shortest: if given, lengths lie between it and `num_tokens`, and what
            is left is padding.
        alphabet_sizes: how many letters an alphabet has at least, at most.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        letters: 1 to 26 for a to z; PADDING, which is 0, behind a shorter one.
        counts: how often each letter occurs in its string, 12 at most; IGNORED
            where there is padding.

    Raises:
        ValueError: a size below 1, `shortest` above `num_tokens`, or an
            alphabet larger than 26 or smaller than the smallest.
        TypeError: a size that is no whole number, or sizes that are no two.
    """
    num_examples = check_size("num_examples", num_examples, least=1)
    num_tokens = check_size("num_tokens", num_tokens, least=1)
    try:
        few, many = alphabet_sizes
    except (TypeError, ValueError):
        raise TypeError(
            f"alphabet_sizes must be two ints, but is {alphabet_sizes!r}"
        ) from None
    smallest, largest = "alphabet_sizes[0]", "alphabet_sizes[1]"
    many = check_size(largest, many, least=1)
    few = check_size(smallest, few, least=1)
    check_at_most(largest, many, NUM_LETTERS, "letters")
    check_at_most(smallest, few, many, largest)
    alphabets = torch.rand(num_examples, NUM_LETTERS, generator=generator)
    size = torch.randint(few, many + 1, (num_examples, 1), generator=generator)
    place = torch.rand(num_examples, num_tokens, generator=generator) * size
    letters = alphabets.argsort(-1).gather(-1, place.long()) + 1
    real = torch.ones_like(letters, dtype=torch.bool)
    if shortest is not None:
        shortest = check_size("shortest", shortest, least=1)
        check_at_most("shortest", shortest, num_tokens, "num_tokens")
        length = torch.randint(
            shortest, num_tokens + 1, (num_examples, 1), generator=generator
        )
        real = torch.arange(num_tokens) < length
    letters = letters.where(real, PADDING)
    same = letters.unsqueeze(-1) == letters.unsqueeze(-2)
    counts = same.sum(-1).clamp(max=MOST_COUNTED)
    return letters, counts.where(real, IGNORED)


def string_pairs(
    num_examples: int,
    min_length: int = 2,
    max_length: int = 30,
    num_symbols: int = 20,
    backwards: bool = False,
    generator: torch.Generator | None = None,
) -> tuple[
    Int[Tensor, "batch tokens"],
    Int[Tensor, "batch"],
    Int[Tensor, "batch target_tokens"],
]:
    """Copy strings of varied length through an encoder and a decoder.

    Args:
        num_examples: how many strings.
        min_length: length of the shortest, 1 or more.
        max_length: length of the longest; every length is drawn alike.
        num_symbols: how many symbols there are; their ids follow the special
            ones, as in a `CharacterVocabulary` of so many characters.
        backwards: whether the copy is to be written from its end.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        source: the strings, `max_length` wide, PADDING after the shorter ones.
        lengths: how many symbols each string has.
        target: START, the copy, END, then PADDING; two wider.

    Raises:
        ValueError: a size below 1, or `min_length` above `max_length`.
        TypeError: a size that is no whole number.
    """
    min_length = check_size("min_length", min_length, least=1)
    max_length = check_size("max_length", max_length, least=1)
    check_at_most("min_length", min_length, max_length, "max_length")
    num_examples = check_size("num_examples", num_examples, least=1)
    symbols = _random_strings(num_examples, max_length, num_symbols, generator)
    lengths = torch.randint(
        min_length, max_length + 1, (num_examples,), generator=generator
    )
    places = torch.arange(max_length)
    is_padding = places >= lengths.unsqueeze(-1)
    source = (symbols + NUM_SPECIAL).masked_fill(is_padding, PADDING)
    copy = source
    if backwards:
        # Place n of the copy is place length - 1 - n; below 0 lies the padding,
        # which the remainder finds from the end of the row.
        mirrored = lengths.unsqueeze(-1) - 1 - places
        copy = source.gather(-1, mirrored % max_length)
    target = torch.nn.functional.pad(copy, (1, 1), value=PADDING)
    target[:, 0] = START
    target[torch.arange(num_examples), lengths + 1] = END
    return source, lengths, target


def first_symbol_recall(
    num_examples: int,
    num_tokens: int = 32,
    num_keys: int = 8,
    num_noise: int = 10,
    generator: torch.Generator | None = None,
) -> tuple[Int[Tensor, "batch tokens"], Int[Tensor, "batch"]]:
    """Remember the first symbol until the last: a test of reach.

    Args:
        num_examples: how many strings.
        num_tokens: length of each string, 2 or more.
        num_keys: the symbols to remember, 0 to `num_keys` - 1.
        num_noise: the symbols in between come next, then the one question
            mark, `num_keys` + `num_noise`, at the end.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        tokens: a key, noise, the question mark.
        label: the key.

    Raises:
        ValueError: fewer than 2 tokens, or another size below 1.
        TypeError: a size that is no whole number.
    """
    tokens = _noise_and_question(
        num_examples, num_tokens, num_keys, num_noise, generator
    )
    label = torch.randint(num_keys, (num_examples,), generator=generator)
    tokens[:, 0] = label
    return tokens, label


def needle_recall(
    num_examples: int,
    num_tokens: int = 128,
    num_keys: int = 8,
    num_noise: int = 10,
    generator: torch.Generator | None = None,
) -> tuple[
    Int[Tensor, "batch tokens"], Int[Tensor, "batch"], Int[Tensor, "batch"]
]:
    """Remember the one key, wherever it stands; else as `first_symbol_recall`.

    Args:
        num_examples: how many strings.
        num_tokens: length of each string, 2 or more.
        num_keys: the symbols to remember, 0 to `num_keys` - 1.
        num_noise: how many symbols of noise, numbered after the keys.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        tokens: noise with one key in it, and the question mark at the end.
        label: the key.
        place: where it stands, anywhere before the question mark; the distance
            to be bridged is `num_tokens` - 1 - `place`.

    Raises:
        ValueError: fewer than 2 tokens, or another size below 1.
        TypeError: a size that is no whole number.
    """
    tokens = _noise_and_question(
        num_examples, num_tokens, num_keys, num_noise, generator
    )
    label = torch.randint(num_keys, (num_examples,), generator=generator)
    place = torch.randint(num_tokens - 1, (len(tokens),), generator=generator)
    tokens[torch.arange(len(tokens)), place] = label
    return tokens, label, place


def induction_sequences(
    num_examples: int,
    num_tokens: int = 40,
    num_symbols: int = 24,
    min_period: int = 6,
    max_period: int = 20,
    generator: torch.Generator | None = None,
) -> tuple[Int[Tensor, "batch tokens"], Bool[Tensor, "batch tokens"]]:
    """Repeat a random block: what came after this symbol the last time?

    The period differs from sequence to sequence; with one period for all, a
    model would learn the fixed distance instead.

    Args:
        num_examples: how many sequences.
        num_tokens: length of each sequence.
        num_symbols: the symbols are 0 to `num_symbols` - 1.
        min_period: length of the shortest block, 1 or more.
        max_period: length of the longest; every length is drawn alike.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        tokens: each sequence is its block, again and again.
        predictable: True from the second time round, where the symbol before
            is followed by this one and by no other. (A symbol may stand twice
            in a block.)

    Raises:
        ValueError: a size below 1, or `min_period` above `max_period`.
        TypeError: a size that is no whole number.

    Source: Olsson et al. 2022, "In-context Learning and Induction Heads".
    """
    num_tokens = check_size("num_tokens", num_tokens, least=1)
    min_period = check_size("min_period", min_period, least=1)
    max_period = check_size("max_period", max_period, least=1)
    check_at_most("min_period", min_period, max_period, "max_period")
    block = _random_strings(num_examples, max_period, num_symbols, generator)
    period = torch.randint(
        min_period, max_period + 1, (num_examples, 1), generator=generator
    )
    places = torch.arange(num_tokens)
    tokens = block.gather(-1, places % period)
    same = tokens.unsqueeze(-1) == tokens.unsqueeze(-2)
    same_predecessor = torch.nn.functional.pad(same[:, :-1, :-1], (1, 0, 1, 0))
    is_only_follower = (same | ~same_predecessor).all(-1)
    return tokens, (places > period) & is_only_follower


def _random_strings(
    num_examples: int,
    num_tokens: int,
    num_symbols: int,
    generator: torch.Generator | None,
) -> Int[Tensor, "batch tokens"]:
    """Draw every symbol of every string by itself."""
    num_examples = check_size("num_examples", num_examples, least=1)
    num_tokens = check_size("num_tokens", num_tokens, least=1)
    num_symbols = check_size("num_symbols", num_symbols, least=1)
    size = num_examples, num_tokens
    return torch.randint(num_symbols, size, generator=generator)


def _noise_and_question(
    num_examples: int,
    num_tokens: int,
    num_keys: int,
    num_noise: int,
    generator: torch.Generator | None,
) -> Int[Tensor, "batch tokens"]:
    """Draw noise, with the question mark at the end."""
    num_tokens = check_size("num_tokens", num_tokens, least=2)
    num_keys = check_size("num_keys", num_keys, least=1)
    num_noise = check_size("num_noise", num_noise, least=1)
    noise = _random_strings(num_examples, num_tokens, num_noise, generator)
    tokens = noise + num_keys
    tokens[:, -1] = num_keys + num_noise
    return tokens
