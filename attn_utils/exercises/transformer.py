"""Checkers for chapter 08, The Transformer."""

import functools
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from .._shapes import Bool, Float, Tensor
from ..data import date_pairs
from ..layers import DecoderLayer, EncoderLayer
from ..masks import causal_mask, padding_mask
from ..recipes.dates import READ, WRITE, date_lessons, write_dates
from ..transformer import Transformer
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

# Exercise 3: characters that are read, of which the last are padding, and places
# that are written; how many different characters there are.
NUM_READ, NUM_PADDED, NUM_WRITTEN, SYMBOLS = 6, 2, 5, 11
SIGNS = {
    "sound": (
        "then the rows of the padding would be empty, and below the line an input "
        "would be heard at its own place and at all later ones, and nowhere else"
    ),
    "padding heard": (
        "then the last two rows above the line would be full like the others"
    ),
    "no causal mask": "then all cells below the line would be full",
    "one place too far": (
        "then below the line each input would be heard one place too early, too"
    ),
    "the wrong way round": (
        "then below the line an input would be heard at its own place, through the "
        "sum, and at those before it"
    ),
    "no self-attention": (
        "then below the line the diagonal alone would be full: a place would know "
        "one written character, its own input"
    ),
    "no encoder-decoder attention": (
        "then all rows above the line would be empty"
    ),
}
# Exercise 6: how long a small machine learns, from when on nothing is left of its
# loss, and how many days it is asked for.
NUM_STEPS, GONE, NUM_DATES = 60, 0.05, 40


def _count(part: nn.Module) -> int:
    return sum(each.numel() for each in part.parameters())


def parameters(answer: object) -> Verdict:
    """Check, by pen, how many parameters the parts of a layer have."""
    width, hidden, heads = 10, 30, 2
    with torch.random.fork_rng(devices=[]):
        encoder = EncoderLayer(width, heads, hidden)
        decoder = DecoderLayer(width, heads, hidden)
    attention = _count(encoder.attention)
    network = _count(encoder.feed_forward)
    norm = _count(encoder.around_attention.norm)
    right = (attention, network, _count(encoder), _count(decoder))

    def told(attention: int, network: int, norm: int) -> tuple:
        both = attention + network
        return attention, network, both + 2 * norm, attention + both + 3 * norm

    def in_decoder(number: int) -> tuple:
        return (*right[:3], number)

    one, part = width * width + width, width * (width // heads) + width // heads
    twice = (
        "heads share the width: of each map a head has five of the ten columns, "
        "so that their number changes nothing"
    )
    alone = "that is one head; there are two"
    return judge_numbers(
        answer,
        right,
        mistakes={
            told(4 * width**2, 2 * width * hidden, norm): (
                "each map has a bias as well, a number for each feature that it makes"
            ),
            told(4 * width**2, network, norm): (
                "the four maps of an attention have biases, too"
            ),
            told(attention, 2 * width * hidden, norm): (
                "both maps of the network have biases, b₁ and b₂"
            ),
            told(3 * one, network, norm): (
                "a fourth map, W_O, joins what the heads have read"
            ),
            told(heads * attention, network, norm): twice,
            told(3 * heads * one + one, network, norm): twice,
            told(3 * part + one, network, norm): alone,
            told(4 * part, network, norm): alone,
            told(attention, width * hidden + hidden, norm): (
                "the network has two maps, to 30 hidden units and back to 10 features"
            ),
            told(attention, 2 * (width * hidden + hidden), norm): (
                "the second map makes 10 features, and so it has 10 biases"
            ),
            told(attention, network, 0): (
                "the first two are right; a norm has parameters, too: a scale and a "
                "shift for each feature"
            ),
            told(attention, network, width): (
                "the first two are right; a norm has a scale and a shift for each "
                "feature"
            ),
            told(attention, network, 2): (
                "the first two are right; scale and shift are each feature's own"
            ),
            (
                attention,
                network,
                right[2] - norm,
                right[3] - 2 * norm,
            ): "every sum has its own norm: an encoder layer has two, the other three",
            in_decoder(right[2]): (
                "a decoder layer has one part more: the attention to the memory"
            ),
            in_decoder(right[3] - norm): (
                "around the attention to the memory there is a norm as well"
            ),
            in_decoder(right[3] - 2 * one): (
                "keys and values of the memory are made by maps of the decoder's own"
            ),
        },
        because=(
            f"in the encoder layer {network / right[2]:.0%} of the parameters are the "
            f"network's, in the decoder layer {network / right[3]:.0%}"
        ),
    )


def pre_norm(answer: object) -> Verdict:
    """Check a decoder layer whose norms stand before its parts."""

    def reference(x, memory, attend, ask, think, norm):
        x = x + attend(norm(x))
        x = x + ask(norm(x), memory)
        return x + think(norm(x))

    def norm(x: Tensor) -> Tensor:
        return F.layer_norm(x, x.shape[-1:])

    def case(seed: int, num_read: int) -> tuple:
        """Return tokens, a memory and the three parts of a layer."""
        near, far = 0.5 * normal(2, 7, 7, seed=seed)
        turn = normal(7, 7, seed=seed + 10)

        def attend(x):
            scores = (x @ near @ x.T).masked_fill(
                ~causal_mask(len(x)), -torch.inf
            )
            return scores.softmax(-1) @ x

        def ask(x, memory):
            return (x @ far @ memory.T).softmax(-1) @ memory

        def think(x):
            return (x @ turn).relu()

        x = 3 * normal(5, 7, seed=seed + 20)
        memory = 2 * normal(num_read, 7, seed=seed + 30) + 1
        return x, memory, attend, ask, think, norm

    def layer(
        sums: tuple[int, int, int] = (1, 1, 1),
        norms: tuple[int, int, int] = (1, 1, 1),
        order: tuple[str, str, str] = ("attend", "ask", "think"),
        of_memory: bool = False,
        exchanged: bool = False,
    ) -> Callable:
        """Return a layer with something left out, put in, or exchanged."""

        def call(x, memory, attend, ask, think, norm):
            read = norm(memory) if of_memory else memory
            parts = {
                "attend": attend,
                "ask": lambda x: ask(read, x) if exchanged else ask(x, read),
                "think": think,
            }
            for name, kept, normed in zip(order, sums, norms, strict=True):
                x = kept * x + parts[name](norm(x) if normed else x)
            return x

        return call

    def post_norm(x, memory, attend, ask, think, norm):
        x = norm(x + attend(x))
        x = norm(x + ask(x, memory))
        return norm(x + think(x))

    def sum_of_the_norm(x, memory, attend, ask, think, norm):
        x = norm(x)
        x = norm(x + attend(x))
        x = norm(x + ask(x, memory))
        return x + think(x)

    def side_by_side(x, memory, attend, ask, think, norm):
        seen = norm(x)
        return x + attend(seen) + ask(seen, memory) + think(seen)

    forgotten = "the residual connection is forgotten: add what {} returns to x"
    bare = "what {} is given is normed as well"
    return judge(
        answer,
        reference,
        [case(1, 5), case(2, 3), case(3, 1)],
        mistakes={
            layer(sums=(0, 0, 0)): (
                "what a part returns is added to what came in; all three sums are "
                "missing"
            ),
            layer(sums=(0, 1, 1)): forgotten.format("attend"),
            layer(sums=(1, 0, 1)): forgotten.format("ask"),
            layer(sums=(1, 1, 0)): forgotten.format("think"),
            layer(norms=(0, 0, 0)): (
                "the norms are missing: each part is given the norm of what comes in"
            ),
            layer(norms=(0, 1, 1)): bare.format("attend"),
            layer(norms=(1, 0, 1)): bare.format("ask"),
            layer(norms=(1, 1, 0)): bare.format("think"),
            layer(order=("ask", "attend", "think")): (
                "first attend, to what has been written, then ask the memory"
            ),
            layer(order=("attend", "think", "ask")): (
                "think comes last, when both attentions have read"
            ),
            layer(of_memory=True): (
                "the memory comes normed from the encoder: hand it on as it is"
            ),
            layer(exchanged=True): (
                "queries come from x, keys and values from the memory: ask(x, memory)"
            ),
            post_norm: "that is post-norm: here the norm comes before each part",
            sum_of_the_norm: (
                "add to the stream itself, not to its norm: that is for the part "
                "alone"
            ),
            side_by_side: "each part sees what those before it have added",
            lambda *given: norm(reference(*given)): (
                "nothing is normed after the last sum"
            ),
        },
    )


@torch.no_grad()
def map_of(name: str) -> Bool[Tensor, "changed places"]:
    """Return which written places hear of what, in a machine with this fault.

    A row for each character that is read, padding last, and then for each of the
    decoder's inputs; True where an exchange moves the logits of a place.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Transformer(SYMBOLS, SYMBOLS, 16, 2, 16, encoder_layers=1)
    num_rows = NUM_READ + NUM_WRITTEN
    tokens = torch.arange(num_rows) % SYMBOLS
    exchanged = tokens.repeat(1 + num_rows, 1)
    place = torch.arange(num_rows)
    exchanged[1 + place, place] = (tokens + 1) % SYMBOLS
    source, inputs = exchanged.split((NUM_READ, NUM_WRITTEN), dim=1)

    nobody = torch.zeros(NUM_WRITTEN, NUM_WRITTEN, dtype=torch.bool)
    causal = causal_mask(NUM_WRITTEN)
    masks = {
        "no causal mask": ~nobody,
        "one place too far": (~nobody).tril(1),
        "the wrong way round": ~causal,
        "no self-attention": nobody,
    }
    real = padding_mask([NUM_READ - NUM_PADDED], NUM_READ)
    real = real.expand(len(source), -1, -1)
    if name == "padding heard":
        real = torch.ones_like(real)
    memory = model.encode(source, real)
    if name == "no encoder-decoder attention":
        real = torch.zeros_like(real)
    outputs = model.decoder(
        model.embed(inputs, model.target_embedding),
        memory,
        masks.get(name, causal),
        real,
    )
    logits = model.output_map(outputs)
    return (logits[1:] - logits[:1]).abs().amax(-1) > 1e-4


@functools.cache
def _drawn(name: str) -> Bool[Tensor, "changed places"]:
    return map_of(name)


def four_faults() -> dict[str, Bool[Tensor, "changed places"]]:
    """Return the maps of exercise "Who hears of it?": four letters."""
    drawn = (
        "one place too far",
        "padding heard",
        "no self-attention",
        "the wrong way round",
    )
    return {
        letter: _drawn(name).clone()
        for letter, name in zip("ABCD", drawn, strict=True)
    }


def _heard_as(heard: Bool[Tensor, "changed places"]) -> str:
    """Name a map by what is in it."""
    real = NUM_READ - NUM_PADDED
    source, padding, inputs = heard.split((real, NUM_PADDED, NUM_WRITTEN))
    everyone = torch.ones_like(inputs)
    if padding.any():
        return "padding heard"
    if not source.any():
        return "no encoder-decoder attention"
    shapes = {
        "sound": everyone.triu(),
        "no causal mask": everyone,
        "one place too far": everyone.triu(-1),
        "the wrong way round": everyone.tril(),
        "no self-attention": everyone.triu().tril(),
    }
    for name, shape in shapes.items():
        if torch.equal(inputs, shape):
            return name
    return "none of these"


def faults_named(answer: object) -> Verdict:
    """Check which fault each of four machines has."""
    truth = {letter: _heard_as(h) for letter, h in four_faults().items()}
    return judge_names(answer, truth, SIGNS)


def _pair(pair: Float[Tensor, "2"]) -> str:
    return f"({', '.join(written(each, 2) for each in pair.tolist())})"


def sorted_pair(answer: object) -> Verdict:
    """Try a feed-forward network, set by hand, that sorts two features."""
    steps = torch.tensor([1.0, 3.0, 0.0, -1.0, -3.0, 0.5, 20.0]).float()
    pairs = torch.cartesian_prod(steps, steps)
    ordered = pairs[:, 0] >= pairs[:, 1]
    wish = pairs.sort(dim=-1, descending=True).values

    def alike(one: Tensor, other: Tensor) -> Bool[Tensor, "pairs"]:
        return torch.isclose(one, other, atol=1e-3).all(-1)

    def tested(w_1: Tensor, b_1: Tensor, w_2: Tensor, b_2: Tensor) -> str:
        """Say which pair comes out otherwise, and what that tells."""
        outputs = pairs + (pairs @ w_1 + b_1).relu() @ w_2 + b_2
        missed = ~alike(outputs, wish)
        if not missed.any():
            return ""
        if alike(outputs, pairs).all():
            return (
                "nothing changes: the network adds (0, 0) to every pair, also to "
                "those that are to be exchanged"
            )
        if alike(outputs, wish.flip(-1)).all():
            return (
                "the smaller of the two stands first: let the hidden unit speak where "
                "the second is the larger"
            )
        at = (missed & ordered if (missed & ordered).any() else missed).int()
        given, got = pairs[at.argmax()], outputs[at.argmax()]
        told = f"{_pair(given)} becomes {_pair(got)}"
        if ordered[at.argmax()]:
            return (
                f"{told}, and is in order as it is: nothing may be added there, by the "
                "hidden unit or by b_2"
            )
        if abs(got.sum() - given.sum()) > 1e-3:
            return (
                f"{told}: what one feature gains the other must lose, for the sum "
                "carries both past the network"
            )
        if got[1] - got[0] > given[1] - given[0]:
            return f"{told}, further apart: w_2 has plus and minus exchanged"
        return f"{told}, and {_pair(wish[at.argmax()])} is asked for"

    return judge_tensors(
        answer,
        {"w_1": (2, 1), "b_1": (1,), "w_2": (1, 2), "b_2": (2,)},
        [tested],
        because=(
            f"all {len(pairs)} pairs come out with the larger first; what stays is "
            "carried past the network, which adds the difference alone"
        ),
    )


def shares_left(answer: object) -> Verdict:
    """Check, by a short derivation, what is left of an input in the stream."""
    layers, sums = 6, 12
    post = 0.5**sums

    def told(
        variance: float, share: float | None = None, after: float = post
    ) -> tuple:
        """Return the four numbers; that of sums is what the third asks for."""
        left = 1 / variance if share is None else share
        return variance, left, after, round(1 / after) - 1

    right = told(1.0 + sums)
    variance, share, *_ = right
    squared = variance**2
    return judge_numbers(
        answer,
        right,
        tolerance=(0.005, 0.0005, 5e-6, 0.01),
        mistakes={
            told(1.0 + layers, after=0.5**layers): (
                "a layer has two sums, around its attention and around its network"
            ),
            (float(sums), 1 / sums, post, 1 / post): (
                "the input is in the stream as well, beside what the parts add"
            ),
            (*right[:3], 1 / post): (
                "the input is one of the voices: 1 + n of them"
            ),
            (1 / post, post, post, float(sums)): (
                "before the part a norm does not touch the stream: each sum adds a "
                "variance of 1, it does not double what is there"
            ),
            (squared, 1 / squared, *right[2:]): (
                "what is uncorrelated adds up by its variance, not by its standard "
                "deviation"
            ),
            (squared, 1 / squared, post, post**-0.5 - 1): (
                "what is uncorrelated adds up by its variance, not by its standard "
                "deviation"
            ),
            told(variance, after=post**2): (
                "a norm divides by the standard deviation, √2, and so the variance by "
                "2"
            ),
            told(variance, share**0.5, after=post**0.5): (
                "that is what the features shrink to; a share of the variance is the "
                "square of it"
            ),
            told(variance, 1 - share): (
                "that is the share of all that was added; the input's is asked for"
            ),
            told(variance, after=0.5): (
                "after one sum it is a half; each of the next sums halves that again"
            ),
            told(variance, after=share): (
                "a norm leaves the shares as they are, but it makes the stream so "
                "small that the next part counts as much as all before it"
            ),
        },
        because=(
            "with the norm before the part the input's share falls as 1 / (1 + n), "
            "with the norm after the sum as 1 / 2ⁿ"
        ),
    )


@functools.cache
@torch.enable_grad()
def _without_the_shift() -> tuple[bool, str]:
    """Teach a small machine so: is its loss gone, and what does it write?"""
    generator = torch.Generator().manual_seed(0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        model = Transformer(len(READ), len(WRITE), 32, 2, 32, encoder_layers=1)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for batch in date_lessons(NUM_STEPS, 32, generator):
        logits = model(batch.source, batch.target, batch.mask)
        loss = F.cross_entropy(logits.flatten(0, 1), batch.target.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    pairs = date_pairs(NUM_DATES, generator=generator)
    answers = write_dates(model, [pair.source for pair in pairs])
    late = [a[1:11] == p.target for a, p in zip(answers, pairs, strict=True)]
    true = [a == p.target for a, p in zip(answers, pairs, strict=True)]
    if all(len(set(each)) == 1 for each in answers):
        what = "one character"
    elif sum(late) > NUM_DATES / 2:
        what = "dates, late"
    else:
        what = "dates" if sum(true) > NUM_DATES / 2 else "no dates"
    return loss.item() < GONE, what


def no_shift(answer: object) -> Verdict:
    """Check the guess: what becomes of the machine if nothing is shifted."""
    options = {
        "a": (False, "dates"),
        "b": (False, "no dates"),
        "c": (True, "one character"),
        "d": (True, "dates"),
        "e": (True, "dates, late"),
    }
    found = _without_the_shift()
    right = next(letter for letter, both in options.items() if both == found)
    reasons = {
        "a": (
            "the causal mask hides what comes after a place, and not the place "
            "itself: what is to be predicted stands in its own input"
        ),
        "b": (
            "a place lacks nothing: it sees all that it saw before, and the "
            "character that it is to predict besides"
        ),
        "c": "whoever is handed the answer learns to hand it on",
        "d": (
            "it learns to hand on what it reads, and when it writes nobody hands it "
            "the answer"
        ),
        "e": (
            "it would have to read the source for that, and its lessons never made "
            "that necessary"
        ),
    }
    del reasons[right]
    return judge_choice(
        answer,
        right,
        reasons,
        "it has learnt to repeat what it reads. By itself it reads the start token, "
        "which no lesson had, makes some character of it, and repeats that one",
    )
