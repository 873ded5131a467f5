"""Checkers for chapter 06, Against recurrence and convolution."""

import copy
import functools
import math
from collections.abc import Callable, Sequence

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from .._shapes import Float, Tensor
from ..attention import attention
from ..masks import causal_mask, window_mask
from ..multihead import MultiHeadAttention
from ..positions import sinusoidal_positions
from ..recipes import layer_cost
from ..recipes.reach import WIDTH, Attention, Convolution, Recurrent
from ..scores import DotScore
from .base import (
    Verdict,
    judge,
    judge_choice,
    judge_names,
    judge_numbers,
    wrong,
)
from .drawn import normal
from .words import written

# Exercise 4: tokens of its maps, over how many fresh layers each is averaged.
NUM_TOKENS, NUM_LAYERS = 9, 20
FADED = 0.1  # what is left of a recurrent layer's first token at its last one
# Exercise 5: lines of which one is twice the other, what twice the work is at most,
# and what makes no number.
LENGTHS, TWICE = (64, 128), 2.2
JOINS = {
    *("cat", "concat", "concatenate", "stack"),
    *("vstack", "hstack", "row_stack", "column_stack"),
}
SIGNS = {
    "RNN": (
        "then all above the diagonal would be empty, and every row would fade "
        "from its diagonal to the left"
    ),
    "RNN from right to left": (
        "then all below the diagonal would be empty, and every row would fade "
        "from its diagonal to the right"
    ),
    "convolution": (
        "then there would be a band of five cells, since two layers of three "
        "neighbours reach two places to either side"
    ),
    "dilated": (
        "then there would be a band of seven cells, since steps of 1 and of 2 "
        "reach three places to either side"
    ),
    "attention": "then no cell would be empty",
    "causal attention": (
        "then all above the diagonal would be empty, and no row would fade: the "
        "first token moves the last output about as much as its neighbours do"
    ),
}


def ways(answer: object) -> Verdict:
    """Check, by pen, how many wires lead from the first of 100 tokens to the last."""
    num_tokens = 100
    steps = num_tokens - 1

    def path(mixer: str, kernel_size: int = 3) -> int:
        return layer_cost(mixer, num_tokens, 1, kernel_size).path

    three, five, dilated = (
        path("convolution"),
        path("convolution", 5),
        path("dilated"),
    )
    rnn, direct = path("RNN"), path("attention")
    return judge_numbers(
        answer,
        (rnn, three, five, dilated, direct),
        mistakes={
            (rnn - 1, three, five, dilated, direct): (
                "99 wires lead from state to state; one more leads from the first "
                "token into the first state"
            ),
            (rnn, three + 1, five, dilated, direct): (
                "from the first to the last of 100 tokens it is 99 steps, a layer "
                "each"
            ),
            (rnn, steps / 3, round(steps / 5), dilated, direct): (
                "three taps reach one place to the left, five taps two: the token "
                "itself is one of them"
            ),
            (rnn, round(steps / 2), round(steps / 4), dilated, direct): (
                "the field grows to both sides, and only the half of it that looks "
                "at the first token is of use"
            ),
            (rnn, three, steps / 2, dilated, direct): (
                "there is no half of a layer: how many reach 99 places?"
            ),
            (rnn, three, five - 1, dilated, direct): (
                "49 layers of five taps reach 98 places"
            ),
            (rnn, three, five, three, direct): (
                "dilated layers take longer steps: the second 2, the third 4"
            ),
            (rnn, three, five, dilated - 1, direct): (
                "1 + 2 + 4 + 8 + 16 + 32 is 63, which is not yet 99"
            ),
            (rnn, three, five, dilated + 1, direct): (
                "the steps of all layers add up; the longest need not make 99 by "
                "itself"
            ),
            **{
                (rnn, three, five, dilated, each): (
                    "of attention every output reads every token itself"
                )
                for each in (rnn, steps, dilated)
            },
        },
        because=(
            f"{rnn} one after the other, {three} and {five} layers that reach 1 and "
            f"2 places each, {dilated} whose reach doubles, and a single wire"
        ),
    )


def receptive_field(answer: object) -> Verdict:
    """Check how many places an output of a pile of convolutions sees."""

    def reference(dilations: Sequence[int], kernel_size: int) -> int:
        return 1 + (kernel_size - 1) * sum(dilations)

    multiplied = (
        "each layer adds to what the layers below see: add, do not multiply"
    )
    taps = "between kernel_size taps there are only kernel_size - 1 steps"
    return judge(
        answer,
        reference,
        [
            ((1, 2, 4), 3),
            ((1, 1, 1), 3),
            ((1,), 5),
            ((4, 2, 1), 5),
            ((3, 1), 7),
            ((1, 2, 4, 8, 16, 32, 64), 3),
            ((), 3),
        ],
        mistakes={
            lambda d, k: 1 + k * sum(d): taps,
            lambda d, k: k * sum(d): taps,
            lambda d, k: 2 + (k - 1) * sum(d): (
                "one too many: a single layer of three taps, at a dilation of 1, "
                "sees 3 places"
            ),
            lambda d, k: (k - 1) * sum(d): (
                "the place itself is seen, too, even without any layer"
            ),
            lambda d, k: 1 + (k - 1) * len(d): (
                "the dilations are left out: that layer's taps lie so far apart"
            ),
            lambda d, k: 1 + 2 * sum(d): (
                "that is right for three taps; of five, two lie on either side"
            ),
            lambda d, k: math.prod(
                1 + (k - 1) * step for step in d
            ): multiplied,
            lambda d, k: k ** len(d): multiplied,
            lambda d, k: 1 + (k - 1) * sum(d[1:]): (
                "the first layer looks around itself, too"
            ),
            lambda d, k: 1 + (k - 1) * sum(d[-1:]): (
                "that is what the last layer sees of the layer below; those see "
                "further"
            ),
            lambda d, k: 1 + (k - 1) // 2 * sum(d): (
                "that is one side alone; a layer looks to both"
            ),
        },
    )


def echo(answer: object) -> Verdict:
    """Check, by a short derivation, how far the gradient of a linear RNN carries."""
    least, fast, slow, steps, grows = 1e-6, 0.9, 0.99, 100, 1.1

    def unrounded(share: float) -> float:
        return math.log(least) / math.log(share)

    def whole(number_of: Callable[[float], float]) -> tuple[int, int]:
        """Return the next whole distances of both shares."""
        return math.ceil(number_of(fast)), math.ceil(number_of(slow))

    first, second = whole(unrounded)
    kept, grown = 0.5 ** (1 / steps), grows**steps
    right = (first, second, kept, grown)
    return judge_numbers(
        answer,
        right,
        tolerance=(0.05, 0.05, 5e-4, 0.05 * grown),
        mistakes={
            (first - 1, second - 1, *right[2:]): (
                "there it is still a little more than 10⁻⁶: one step more"
            ),
            (unrounded(fast), unrounded(slow), *right[2:]): (
                "a distance is a whole number of steps: the first at which the "
                "gradient is below 10⁻⁶"
            ),
            (
                *whole(lambda share: math.log10(least) / math.log(share)),
                *right[2:],
            ): "take both logarithms to one base: ln 10⁻⁶ is -13.8",
            (*whole(lambda share: math.log(least) / (share - 1)), *right[2:]): (
                "ln w is only about w - 1: take the logarithm itself"
            ),
            (
                *(round(1 / (1 - share)) for share in (fast, slow)),
                *right[2:],
            ): (
                "after 1 / (1 - w) steps about a third is left, not a millionth"
            ),
            (first, second, 1 - 0.5 / steps, grown): (
                "each step takes its share of what is left: w to the power of 100 "
                "is to be 0.5"
            ),
            (first, second, 0.5, grown): (
                "then every single step would halve it; all 100 together should"
            ),
            (first, second, kept, steps * grows): (
                "steps multiply: the gradient is the product of 100 factors of 1.1"
            ),
            (first, second, kept, math.exp(steps * (grows - 1))): (
                "ln 1.1 is less than 0.1: take the power itself"
            ),
            (first, second, kept, grows ** (steps - 1)): (
                "over 100 steps there are 100 factors, and not 99; or keep more digits"
            ),
        },
        because=(
            "over k steps the gradient is w to the power of k, which no w keeps "
            f"but 1: at {written(kept)} half is left of it after 100 steps, and at "
            f"1.1 it is {round(grown, -2):,.0f} times as large"
        ),
    )


def _causal() -> Callable[[Tensor], Tensor]:
    layer = MultiHeadAttention(WIDTH, num_heads=4)

    def call(inputs: Tensor) -> Tensor:
        inputs = inputs + sinusoidal_positions(NUM_TOKENS, WIDTH)
        mask = causal_mask(NUM_TOKENS)
        return layer(inputs, mask=mask, need_weights=False)[0]

    return call


def _from_right_to_left() -> Callable[[Tensor], Tensor]:
    layer = Recurrent(nn.RNN)
    return lambda inputs: layer(inputs.flip(-2)).flip(-2)


# What makes a fresh layer of each name that may be given.
LAYERS = {
    "RNN": lambda: Recurrent(nn.RNN),
    "RNN from right to left": _from_right_to_left,
    "convolution": lambda: Convolution((1, 1)),
    "dilated": lambda: Convolution((1, 2)),
    "attention": Attention,
    "causal attention": _causal,
}


@torch.no_grad()
def map_of(name: str) -> Float[Tensor, "tokens tokens"]:
    """Return how far each output (row) moves as each token (column) is exchanged.

    The mean over twenty fresh layers; the most in each row is 1.
    """
    itself = torch.arange(NUM_TOKENS)
    moved = torch.zeros(NUM_TOKENS, NUM_TOKENS)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        for _ in range(NUM_LAYERS):
            layer = LAYERS[name]()
            inputs = torch.randn(1, NUM_TOKENS, WIDTH)
            exchanged = inputs.repeat(NUM_TOKENS, 1, 1)
            exchanged[itself, itself] = torch.randn(NUM_TOKENS, WIDTH)
            moved += (layer(exchanged) - layer(inputs)).norm(dim=-1).mT
    return moved / moved.max(dim=-1, keepdim=True).values


@functools.cache
def _drawn(name: str) -> Float[Tensor, "tokens tokens"]:
    return map_of(name)


def four_reaches() -> dict[str, Float[Tensor, "tokens tokens"]]:
    """Return the maps of exercise "Who moves whom": nine tokens, four letters."""
    drawn = ("causal attention", "RNN from right to left", "dilated", "RNN")
    return {
        letter: _drawn(name).clone()
        for letter, name in zip("ABCD", drawn, strict=True)
    }


def _seen_as(moved: Float[Tensor, "tokens tokens"]) -> str:
    """Name a map by what is in it."""
    size = len(moved)
    felt, causal = moved > 1e-5, causal_mask(size)
    if felt.all():
        return "attention"
    if torch.equal(felt, causal):
        return "RNN" if moved[-1, 0] < FADED else "causal attention"
    if torch.equal(felt, causal.T) and moved[0, -1] < FADED:
        return "RNN from right to left"
    for radius, name in ((2, "convolution"), (3, "dilated")):
        if torch.equal(felt, window_mask(size, radius)):
            return name
    return "none of these"


def wired(answer: object) -> Verdict:
    """Check which layer made which of the four maps of who moves whom."""
    truth = {letter: _seen_as(m) for letter, m in four_reaches().items()}
    return judge_names(answer, truth, SIGNS)


def running_average(answer: object) -> Verdict:
    """Check causal attention whose weights are shares of scores, as two states."""

    def scores_of(query: Tensor, key: Tensor) -> Tensor:
        return (query @ key.T).tril()

    def undivided(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return scores_of(query, key) @ value

    def reference(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        total = scores_of(query, key).sum(-1, keepdim=True)
        return undivided(query, key, value) / total

    def softmax(scaled: bool) -> Callable:
        score = None if scaled else DotScore()
        return lambda q, k, v: attention(q, k, v, causal_mask(len(q)), score)[0]

    def transposed(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        states = torch.einsum("nd,ne->ned", key, value).cumsum(0)
        total = scores_of(query, key).sum(-1, keepdim=True)
        return torch.einsum("nd,nde->ne", query, states) / total

    no_softmax = (
        "there is no softmax here: a weight is a score, divided by the sum of the "
        "scores so far"
    )
    cases = [
        tuple(
            normal(num_tokens, width, seed=3 * case + part).abs()
            for part, width in enumerate(widths)
        )
        for case, (num_tokens, *widths) in enumerate(
            ((7, 3, 3, 3), (1, 3, 3, 3), (5, 2, 2, 2), (7, 3, 3, 5))
        )
    ]
    verdict = judge(
        answer,
        reference,
        cases,
        mistakes={
            softmax(scaled=True): no_softmax,
            softmax(scaled=False): no_softmax,
            undivided: (
                "the weights are to sum to one: divide by the sum of the scores, "
                "which is the query times the sum of the keys so far"
            ),
            lambda q, k, v: (
                undivided(q, k, v) / torch.arange(1, len(q) + 1).unsqueeze(-1)
            ): (
                "that is divided by how many tokens there were: divide by the sum of "
                "their scores"
            ),
            lambda q, k, v: undivided(q, k, v) / (q @ k.sum(0)).unsqueeze(-1): (
                "the sum of the keys is a state, too: it holds those up to the token, "
                "not all of them"
            ),
            lambda q, k, v: q @ (k.T @ v) / (q @ k.sum(0)).unsqueeze(-1): (
                "every token reads the last state there, which knows what comes "
                "after it: read as soon as the token itself is written"
            ),
            transposed: (
                "the state is transposed: it has a row for each feature of a key "
                "and a column for each of a value, key ⊗ value"
            ),
            lambda q, k, v: reference(k, q, v): (
                "keys are written, with their values, and queries read: there they "
                "are exchanged"
            ),
            lambda _q, _k, v: v: (
                "each token begins with empty states: hand them on, and add to them"
            ),
        },
    )
    return _by_two_sums(answer, cases[0], verdict) if verdict else verdict


class _Made(TorchFunctionMode):
    """Counts the numbers that are made; notes a table of tokens by tokens."""

    def __init__(self, num_tokens: int):
        super().__init__()
        self.num_tokens, self.table, self.count = num_tokens, False, 0

    def __torch_function__(self, func, types, args=(), kwargs=None):
        """Do what is asked, and look at what comes of it."""
        made = func(*args, **(kwargs or {}))
        if isinstance(made, Tensor):
            self.table |= made.shape.count(self.num_tokens) > 1
            # Neither to look at a part nor to put parts together computes any.
            if not (made._is_view() or func.__name__ in JOINS):
                self.count += made.numel()
        return made


def _by_two_sums(
    answer: Callable, arguments: tuple, verdict: Verdict
) -> Verdict:
    """Return the verdict, unless there is a table or a change in what was given."""
    given = copy.deepcopy(arguments)
    longer = [
        [normal(length, 3, seed=part).abs() for part in range(3)]
        for length in LENGTHS
    ]
    made = []
    try:
        for line in (given, *longer):
            with _Made(len(line[0])) as each:
                answer(*line)
            made.append(each)
    except Exception as error:  # as anywhere, what it raises is news
        return wrong(f"called once more, it raised {type(error).__name__}")
    instead = "keep two sums instead, and go from left to right"
    if made[0].table:
        return wrong(
            "the outputs are right, but it makes a table of tokens by tokens",
            instead,
        )
    short, long = (each.count for each in made[1:])
    if long > TWICE * short:
        return wrong(
            "the outputs are right, but for twice the tokens it makes "
            f"{long / short:.1f} times the numbers: it goes back to earlier ones",
            instead,
        )
    for name, before, after in zip(
        ("query", "key", "value"), arguments, given, strict=True
    ):
        if not torch.equal(before, after):
            return wrong(
                f"the outputs are right, but {name} is another than before",
                "make a state of your own, with `torch.zeros` or `.clone()`",
            )
    return verdict


@functools.cache
def _not_dearer_up_to(width: int, longest: int = 4096) -> int | float:
    """Return the length above which attention multiplies more than a GRU."""

    def multiplications(mixer: str, num_tokens: int) -> int:
        cost = layer_cost(mixer, num_tokens, width)
        return cost.mixing + cost.maps

    dearer = [
        num_tokens
        for num_tokens in range(1, longest + 1)
        if multiplications("attention", num_tokens)
        > multiplications("GRU", num_tokens)
    ]
    return min(dearer, default=math.inf) - 1


def cheaper(answer: object) -> Verdict:
    """Check the guess: above which length attention is dearer than a GRU."""
    above = _not_dearer_up_to(width=96)
    options = {"a": 0, "b": 48, "c": 96, "d": 192, "e": math.inf}
    right = next(letter for letter, least in options.items() if least == above)
    reasons = {
        "a": (
            "a GRU has six maps, three of its inputs and three of its state; with "
            "three alone attention would be dearer at any length"
        ),
        "b": (
            "that would be so if a GRU had five maps: there are three of its inputs "
            "and three of its state"
        ),
        "c": "below it the maps decide, above it the scores and averages",
        "d": (
            "attention multiplies twice for each pair, for the score and for the "
            "average"
        ),
        "e": (
            "what pairs cost grows with the square of the length: it overtakes any "
            "number of maps"
        ),
    }
    del reasons[right]
    return judge_choice(
        answer,
        right,
        reasons,
        f"2n²d + 4nd² is more than 6nd² where n is above d = {above}",
    )
