"""Checkers for chapter 11, Seq2seq."""

import datetime
import math
from collections.abc import Callable

import torch
from torch.nn.functional import one_hot

from .._shapes import Float, Int, Tensor
from ..attention import attention
from ..scores import DotScore
from ..seq2seq import LSTMCell, LuongDecoder
from .base import (
    Verdict,
    judge,
    judge_choice,
    judge_names,
    judge_numbers,
    judge_tensors,
)
from .drawn import normal
from .words import written

# Exercise 1: the memory before, and at each step what the gates are and what is new.
BEFORE = 4.0
FORGET = (0.0, 1.0, 1.0, 0.5, 1.0)
INPUT = (1.0, 0.0, 1.0, 1.0, 0.5)
NEW = (1.0, -1.0, 1.0, -1.0, 1.0)
# Exercise 2: numbers of a vector, bits of each, letters of an alphabet.
WIDTH, BITS, SYMBOLS = 96, 16, 20
# Exercise 4: letters of a string, and places of padding behind it.
LETTERS, PADDED = 8, 2
SIGNS = {
    "copy": "then every row would be darkest on the diagonal from the upper left",
    "reverse": (
        "then the dark cells would run from the last letter in the first row to the "
        "first letter in the last"
    ),
    "reverse, one-way encoder": (
        "then the dark cells would run to the lower left, each one place to the right "
        "of the letter that is written"
    ),
    "query ignored": (
        "then all rows would be the same, and yet some letters darker than others"
    ),
    "no scores": "then all letters would be equally dark in all rows",
    "padding heard": "then the columns of the padding would not be empty",
}
# Exercise 5: what the state must show inside brackets at least, outside at most.
INSIDE, OUTSIDE = 0.5, 0.1
OPEN, CLOSE, OTHER = range(3)


def memories(answer: object) -> Verdict:
    """Check, by pen, what an LSTM's memory of one feature holds after each step."""

    def told(step: Callable[..., float]) -> tuple[float, ...]:
        memory, after = BEFORE, []
        for forget, enter, new in zip(FORGET, INPUT, NEW, strict=True):
            memory = step(memory, forget, enter, new)
            after.append(memory)
        return tuple(after)

    right = told(lambda c, f, i, g: f * c + i * g)
    return judge_numbers(
        answer,
        right,
        tolerance=0.001,
        mistakes={
            told(lambda c, f, i, g: (1 - f) * c + i * g): (
                "the forget gate says how much is kept: at 1 nothing is forgotten"
            ),
            told(lambda c, f, i, g: i * c + f * g): (
                "the forget gate goes with the memory, the input gate with the new"
            ),
            told(lambda c, f, i, g: c + i * g): (
                "the memory is multiplied by the forget gate before it is added to"
            ),
            told(lambda c, f, i, g: f * c + g): (
                "what is new is multiplied by the input gate"
            ),
            told(lambda c, f, i, g: f * c + (1 - f) * g): (
                "that is a GRU's blend; here the new has a gate of its own"
            ),
            told(lambda c, f, i, g: i * g): "the old memory is left out",
            tuple(map(math.tanh, right)): (
                "that is what an open output gate would show; asked for is the memory"
            ),
        },
        because="a memory may grow beyond 1: nothing bends it",
    )


def room(answer: object) -> Verdict:
    """Check, by a short derivation, how many letters a vector could spell."""
    first, last = datetime.date(1000, 1, 1), datetime.date(2999, 12, 31)
    num_days = (last - first).days + 1

    def told(letter: int | float, whole: Callable = math.floor) -> tuple:
        """Return the three numbers, if a letter takes so many bits."""
        return (
            whole(WIDTH * BITS / letter),
            whole(WIDTH / letter),
            math.log2(num_days) / letter,
        )

    bits = math.log2(SYMBOLS)
    right = told(bits)
    return judge_numbers(
        answer,
        right,
        tolerance=(0.01, 0.01, 0.06),
        mistakes={
            told(bits, math.ceil): (
                "one letter more does not fit: there would be more strings than vectors"
            ),
            told(SYMBOLS): (
                "twenty letters are told apart by the logarithm of 20 to the base 2, "
                "in bits"
            ),
            told(math.log(SYMBOLS)): (
                "the natural logarithm does not count bits: take the one to the base 2"
            ),
            told(math.log10(SYMBOLS)): (
                "the logarithm to the base 10 does not count bits: take base 2"
            ),
            told(math.ceil(bits)): (
                "a letter needs no whole number of bits: count all strings of n "
                "letters at once"
            ),
            (right[1], right[1], right[2]): (
                "each of the 96 numbers has 16 bits"
            ),
            (right[0], math.floor(2 * WIDTH / bits), right[2]): (
                "above 0 or not is one bit, not two"
            ),
            (*right[:2], num_days / SYMBOLS): (
                "the first two are right; a date is worth n letters where 20ⁿ is the "
                "number of days"
            ),
            (*right[:2], math.log2(num_days)): (
                "the first two are right; those are bits, and letters are asked for"
            ),
        },
        because=(
            "so the vectors of this chapter are far from full when they fail, and a "
            "date is worth fewer than five letters"
        ),
    )


def local_weights(answer: object) -> Verdict:
    """Check Luong's local attention around a predicted place."""

    def reference(scores: Tensor, centre: float, half: int) -> Tensor:
        return near(scores, centre, half)

    def near(
        scores: Float[Tensor, "letters"],
        centre: float,
        half: int,
        sigma: float = 0.5,
        twice: float = 2.0,
        power: int = 2,
    ) -> Float[Tensor, "letters"]:
        """Return softmax inside the window, times the bell."""
        far = torch.arange(len(scores)) - centre
        inside = scores.masked_fill(far.abs() > half, -torch.inf).softmax(-1)
        return inside * bell(far, half, sigma, twice, power)

    def bell(far, half, sigma=0.5, twice=2.0, power=2):
        return (-(far.abs() ** power) / (twice * (sigma * half) ** 2)).exp()

    def window(scores, centre, half):
        return near(scores, centre, half, sigma=1e6)

    def everywhere(scores, centre, half):
        far = torch.arange(len(scores)) - centre
        return scores.softmax(-1) * bell(far, half)

    def cut_afterwards(scores, centre, half):
        far = torch.arange(len(scores)) - centre
        return everywhere(scores, centre, half) * (far.abs() <= half)

    def summing_to_one(scores, centre, half):
        weights = near(scores, centre, half)
        return weights / weights.sum()

    cases = [
        (normal(9, seed=1), 4.0, 2),
        (normal(11, seed=2), 3.6, 2),
        (normal(7, seed=3), 0.4, 3),
        (normal(12, seed=4), 10.7, 4),
        (3 * normal(5, seed=5), 2.0, 1),
    ]
    return judge(
        answer,
        reference,
        cases,
        mistakes={
            lambda s, c, h: s.softmax(-1): (
                "that looks everywhere: letters outside the window get no weight"
            ),
            window: "inside the window the weights are still to be multiplied",
            everywhere: "letters outside the window must get no weight at all",
            cut_afterwards: (
                "hide what is outside before softmax, so that the window alone shares "
                "the weight"
            ),
            summing_to_one: (
                "leave it at the product: these weights need not sum to one"
            ),
            lambda s, c, h: near(s, c, h, sigma=1.0): "σ is half of `half`",
            lambda s, c, h: near(s, c, h, twice=1.0): (
                "the square of the distance is divided by 2σ²"
            ),
            lambda s, c, h: near(s, c, h, power=1): (
                "the distance from the centre is to be squared"
            ),
            lambda s, c, h: near(s, float(round(c)), h): (
                "the centre need not be a whole number: do not round it"
            ),
        },
    )


def alignment_of(name: str) -> Float[Tensor, "letters read"]:
    """Return the weights of a machine that writes eight letters, by its fault."""
    read = LETTERS + PADDED
    key = one_hot(torch.arange(read), read).to(torch.get_default_dtype())
    place = torch.arange(LETTERS)
    if name.startswith("reverse"):
        place = place.flip(0)
    if name == "reverse, one-way encoder":
        place = (place + 1).clamp(max=LETTERS - 1)
    query = 4 * key[place] + 0.5 * normal(LETTERS, read, seed=11)
    if name == "query ignored":
        query = 1.2 * normal(1, read, seed=12).expand(LETTERS, read)
    if name == "no scores":
        query = torch.zeros(LETTERS, read)
    mask = torch.arange(read) < LETTERS
    if name == "padding heard":
        query = query + 2.5 * (~mask)
        mask = torch.ones_like(mask)
    mask = mask.expand(LETTERS, read)
    return attention(query, key, key, mask, DotScore())[1]


def four_alignments() -> dict[str, Float[Tensor, "letters read"]]:
    """Return the maps of exercise "Which machine wrote this?": four letters."""
    drawn = (
        "reverse, one-way encoder",
        "padding heard",
        "query ignored",
        "copy",
    )
    return dict(zip("ABCD", map(alignment_of, drawn), strict=True))


def _seen_as(weights: Float[Tensor, "letters read"]) -> str:
    """Name a map by what is in it."""
    if (weights[:, LETTERS:] > 0).any():
        return "padding heard"
    real = weights[:, :LETTERS]
    if torch.allclose(real, torch.full_like(real, 1 / LETTERS)):
        return "no scores"
    if torch.allclose(real, real[:1].expand_as(real)):
        return "query ignored"
    most, place = real.argmax(-1), torch.arange(LETTERS)
    if torch.equal(most, place):
        return "copy"
    return (
        "reverse"
        if torch.equal(most, place.flip(0))
        else "reverse, one-way encoder"
    )


def alignments_named(answer: object) -> Verdict:
    """Check which machine made which of the four maps."""
    truth = {letter: _seen_as(w) for letter, w in four_alignments().items()}
    return judge_names(answer, truth, SIGNS)


def _bracket_lines() -> Int[Tensor, "lines tokens"]:
    """Return lines of brackets and other letters, brackets never nested."""
    generator = torch.Generator().manual_seed(0)
    lines = torch.full((60, 40), OTHER)
    for line in lines:
        inside = False
        for place in range(len(line)):
            if torch.rand((), generator=generator) < 0.12:
                line[place] = CLOSE if inside else OPEN
                inside = not inside
    return lines


def bracket(answer: object) -> Verdict:
    """Try an LSTM of one feature, set by hand: is the state high inside brackets?"""
    lines = _bracket_lines()
    opened = (lines == OPEN).cumsum(dim=1) > (lines == CLOSE).cumsum(dim=1)

    @torch.no_grad()
    def shown(
        input_map: Tensor, hidden_map: Tensor, bias: Tensor
    ) -> Float[Tensor, "lines tokens"]:
        """Return what the state shows after each character."""
        with torch.random.fork_rng(devices=[]):
            cell = LSTMCell(3, 1).float()
        cell.input_map.weight.data = input_map
        cell.input_map.bias.data = bias
        cell.hidden_map.weight.data = hidden_map
        cell.hidden_map.bias.data = torch.zeros_like(bias)
        state = memory = bias.new_zeros(len(lines), 1)
        after = []
        for tokens in one_hot(lines, 3).float().unbind(dim=1):
            state, memory = cell(tokens, state, memory)
            after.append(state)
        return torch.cat(after, dim=1)

    def tested(input_map: Tensor, hidden_map: Tensor, bias: Tensor) -> str:
        """Say where the state is too low or too high, and at which character."""
        state = shown(input_map, hidden_map, bias)
        low = opened & (state < INSIDE)
        high = ~opened & (state > OUTSIDE)
        at_open, at_close = lines == OPEN, lines == CLOSE
        if (low & at_open).any():
            least = state[at_open].min().item()
            return (
                f"right after a “(” it shows {written(least, 2)}, and {INSIDE} is "
                "asked for: it must write something positive there, with nothing left "
                "from before, and show it"
            )
        if low.any():
            return (
                "it opens, but does not stay open over other letters: keep what is "
                "there, write nothing onto it, and show it"
            )
        if (high & at_close).any():
            most = state[at_close].max().item()
            return (
                f"after a “)” it still shows {written(most, 2)}, and at most "
                f"{OUTSIDE} is allowed: there it must forget, and write nothing"
            )
        if high.any():
            return (
                "it shows something outside of brackets, where a letter has been "
                "read: other letters must not write, and a “)” must leave nothing"
            )
        return ""

    return judge_tensors(
        answer,
        {"input_map": (4, 3), "hidden_map": (4, 1), "bias": (4,)},
        [tested],
        because=(
            f"in {len(lines)} lines the state is above {INSIDE} inside brackets and "
            f"below {OUTSIDE} outside"
        ),
    )


def shuffled(answer: object) -> Verdict:
    """Check the guess: what is written when the memory is shuffled."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        decoder = LuongDecoder(11, 5, 7, 7)
    memory, hidden = normal(1, 6, 7, seed=1), normal(1, 7, seed=2)
    target = torch.tensor([[1, 4, 5, 6]])
    mask = torch.ones(1, 1, 6, dtype=torch.bool)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    with torch.no_grad():
        logits, weights, _ = decoder(target, hidden, memory, mask)
        others, moved, _ = decoder(target, hidden, memory[:, order], mask)
    same = torch.allclose(logits, others, atol=1e-5)
    carried = torch.allclose(weights[..., order], moved, atol=1e-5)
    reasons = {
        "a": (
            "each step finds its letter wherever it lies: the order of the memory is "
            "not the order of writing"
        ),
        "c": (
            "the scores are computed anew, from the states as they lie now: they move "
            "with them"
        ),
        "d": "no step depends on where a state lies, the later as little as the first",
    }
    right = "b" if same and carried else "c"
    because = (
        "a context is a sum over the memory, each state with its own weight; what a "
        "state knows of its place it has from the encoder"
    )
    return judge_choice(answer, right, reasons, because)
