"""Checkers for chapter 05, Self-attention."""

import math
from collections.abc import Callable

import torch
from torch.nn import functional as F

from .._shapes import Bool, Float, Tensor
from ..attention import attention, masked_softmax
from ..masks import causal_mask, padding_mask
from ..masks import window_mask as both_sides
from ..recipes import tiny_attention
from .base import Verdict, judge, judge_choice, judge_names, judge_numbers
from .drawn import normal
from .words import kind, written

# Exercise 4: tokens of its maps, how many are padding, how far a window looks.
NUM_TOKENS, NUM_PADDED, WIDTH = 7, 2, 2
SIGNS = {
    "all visible": "then no cell would be empty",
    "causal": (
        "then all above the diagonal would be empty and each row would make one, "
        "so that the first token gives itself all its weight"
    ),
    "window": (
        "then each token would see itself and the two before it, and no other"
    ),
    "padding": (
        "then the same columns would be empty for every token, and each row "
        "would make one"
    ),
    "reads ahead": (
        "then each token would see itself and what comes after it, and the last "
        "one itself alone"
    ),
    "hidden too late": (
        "then weights would have been set to zero after the softmax, and the "
        "rows that lost some would make less than one"
    ),
}


def tiny_by_hand(answer: object) -> Verdict:
    """Check, by pen, weights and a context of the tiny causal self-attention."""
    inputs, query_map, key_map, value_map = tiny_attention()
    query, key, value = (
        inputs @ each.T for each in (query_map, key_map, value_map)
    )
    seen = causal_mask(len(inputs))
    scores = query @ key.T
    root = key.shape[-1] ** 0.5

    def told(weights: Tensor, read: Tensor = value) -> tuple[float, ...]:
        """Return the weights of token 2 and the context of token 1."""
        return *weights[1].tolist(), *(weights @ read)[0].tolist()

    weights = masked_softmax(scores / root, seen)
    right = told(weights)
    before = torch.ones_like(seen).tril(-1)
    return judge_numbers(
        answer,
        right,
        mistakes={
            told(masked_softmax(scores, seen)): "divide the scores by √2 first",
            told(masked_softmax(scores / root**2, seen)): (
                "divide the scores by √2, not by 2"
            ),
            told((scores / root).softmax(-1) * seen): (
                "hide scores before the softmax: set to zero after it, the "
                "weights that are left no longer make one"
            ),
            told((scores / root).softmax(-1)): (
                "without a mask, that is: token 1 sees itself alone, token 2 "
                "itself and token 1"
            ),
            told(masked_softmax(scores / root, ~seen)): (
                "there the mask blocks what it should show: True means may look"
            ),
            told(
                masked_softmax(scores / root, before)
            ): "a token sees itself, too",
            told(masked_softmax(scores.T / root, seen)): (
                "rows are queries: token 2 asks, with its query, and what is "
                "compared are the keys of tokens 1 and 2"
            ),
            told(masked_softmax(inputs @ inputs.T / root, seen)): (
                "is the first weight that of token 1? Or were the inputs compared "
                "themselves: map them to queries and keys"
            ),
            told(weights, inputs): (
                "the weights are right; what is read is a value, not an input"
            ),
            told(weights, inputs @ value_map): (
                "the weights are right; the value is W_V x: each of its numbers "
                "takes a row of W_V"
            ),
        },
        because=(
            "what is hidden gets no weight, and whoever sees one token reads its "
            "value, whatever the score"
        ),
    )


def window_mask(answer: object) -> Verdict:
    """Check a mask under which a token sees itself and the `width` before it."""

    def reference(num_tokens: int, width: int) -> Tensor:
        return both_sides(num_tokens, width) & causal_mask(num_tokens)

    def back(num_tokens: int) -> Tensor:
        """Return how many steps each key lies before each query."""
        place = torch.arange(num_tokens)
        return place.unsqueeze(1) - place

    def from_the_end(num_tokens: int, width: int) -> Tensor:
        mask = torch.zeros(num_tokens, num_tokens, dtype=torch.bool)
        for place in range(num_tokens):
            mask[place, place - width : place + 1] = True
        return mask

    return judge(
        answer,
        reference,
        [(7, 2), (5, 0), (11, 1), (5, 13), (13, 5), (3, 2)],
        mistakes={
            both_sides: "the tokens after it are hidden",
            lambda n, w: (back(n) >= 0) & (back(n) < w): (
                "off by one: it sees itself and as many as `width` before it"
            ),
            lambda n, w: (back(n) >= 0) & (back(n) <= w + 1): (
                "off by one: the farthest that it sees is `width` steps back"
            ),
            lambda n, w: (back(n) > 0) & (back(n) <= w): (
                "each token sees itself, too"
            ),
            lambda n, w: reference(n, w).T: (
                "rows are queries: that is transposed, and looks ahead"
            ),
            lambda n, w: ~reference(n, w): (
                "just the other way round: True means may look"
            ),
            lambda n, w: causal_mask(n): (
                "that sees all that came before: where does `width` end it?"
            ),
            from_the_end: (
                "near the beginning the slice starts below 0, which counts from "
                "the end: `max(0, …)`"
            ),
            lambda n, w: back(n) % n <= w: (
                "at the beginning it goes on at the end: nothing stands before "
                "the first token"
            ),
        },
    )


def _causal(inputs: Tensor) -> Tensor:
    return attention(inputs, inputs, inputs, causal_mask(len(inputs)))[0]


def _everything(inputs: Tensor) -> Tensor:
    return attention(inputs, inputs, inputs)[0]


def _normed(inputs: Tensor) -> Tensor:
    return _everything(F.layer_norm(inputs, inputs.shape[-1:]))


def _nearly_causal(inputs: Tensor) -> Tensor:
    """Lower the scores of what should be hidden, and not far enough."""
    scores = (-6.0 * ~causal_mask(len(inputs))).to(inputs.dtype)
    return scores.softmax(-1) @ inputs


def _itself(inputs: Tensor) -> Tensor:
    return inputs.square()


def _the_one_before(inputs: Tensor) -> Tensor:
    return F.pad(inputs[:-1], (0, 0, 1, 0))


def _second_reads_last(inputs: Tensor) -> Tensor:
    return torch.cat([inputs[:1], inputs[-1:], inputs[2:]])


def _first_reads_second(inputs: Tensor) -> Tensor:
    return torch.cat([inputs[:2][-1:], inputs[1:]])


def _last_but_one_reads_last(inputs: Tensor) -> Tensor:
    return torch.cat([inputs[:-2], inputs[-1:], inputs[-1:]])[-len(inputs) :]


def _directions(inputs: Tensor) -> Tensor:
    return F.normalize(inputs, dim=-1).mean(0).expand_as(inputs)


def _squares(inputs: Tensor) -> Tensor:
    return inputs.square().mean(0).expand_as(inputs)


def _second_reads_third(inputs: Tensor) -> Tensor:
    return torch.cat([inputs[:1], inputs[2:3], inputs[2:]])


def _leaks(
    layer: Callable,
    inputs: Tensor,
    places: slice = slice(None),
    compared: Callable[[int], slice] = lambda place: slice(place),
    change: Callable[[Tensor], Tensor] = lambda token: token.flip(-1) - 3.0,
    least: float = 1e-5,
    anew: bool = True,
) -> bool:
    """Say whether an output changes as a later token does.

    Args:
        layer: (tokens, features) -> (tokens, features).
        inputs: what it is tried on.
        places: of the tokens that are changed, one after the other.
        compared: the outputs that are looked at, by the place of the token.
        change: makes another token of a token.
        least: changes up to this size are passed over.
        anew: whether each change starts from the inputs as they were.
    """
    outputs, changed = layer(inputs), inputs.clone()
    for place in range(len(inputs))[places]:
        changed = inputs.clone() if anew else changed
        changed[place] = change(changed[place])
        part = compared(place)
        off = (layer(changed)[part] - outputs[part]).abs()
        if not (off <= least).all():  # a NaN is neither
            return True
    return False


def leaks(answer: object) -> Verdict:
    """Check a test that says whether a layer reads ahead, by changing tokens."""

    def reference(layer: Callable, inputs: Tensor) -> bool:
        return _leaks(layer, inputs)

    def mistake(**how: object) -> Callable:
        return lambda layer, inputs: _leaks(layer, inputs, **how)

    def compare(got: object, expected: bool, tolerance: float) -> str:
        """Say that True is not False, of one truth value."""
        meta = isinstance(got, Tensor) and (got.is_nested or got.is_meta)
        if not meta and getattr(got, "shape", None) == ():  # of torch or NumPy
            got = got.item()
        if not isinstance(got, bool):
            return f"it must return True or False, but returned {kind(got)}"
        return "" if got == expected else f"it must be {expected}, not {got}"

    def named(name: str, layer: Callable) -> Callable:
        """Return the layer under the name that the verdict shows."""

        def call(inputs: Tensor) -> Tensor:
            return layer(inputs)

        call.__name__ = name
        return call

    layers = {
        "causal": _causal,
        "everything_visible": _everything,
        "each_token_alone": _itself,
        "the_one_before": _the_one_before,
        "the_second_reads_the_third": _second_reads_third,
        "the_second_reads_the_last": _second_reads_last,
        "the_first_reads_the_second": _first_reads_second,
        "the_last_but_one_reads_the_last": _last_but_one_reads_last,
        "the_mean_of_directions": _directions,
        "the_mean_of_squares": _squares,
        "normed_and_visible": _normed,
        "nearly_causal": _nearly_causal,
    }
    cases = [
        (named(name, layer), normal(5, 3, seed=place))
        for place, (name, layer) in enumerate(layers.items())
    ]
    cases.append(
        (named("the_one_before", _the_one_before), normal(2, 3, seed=9))
    )
    return judge(
        answer,
        reference,
        cases,
        mistakes={
            mistake(compared=lambda place: slice(None)): (
                "an output may change with its own token and with earlier ones: "
                "compare those alone that stand before the changed token"
            ),
            mistake(compared=lambda place: slice(place + 1)): (
                "an output may change with its own token: `outputs[:place]` ends "
                "before it"
            ),
            mistake(compared=lambda place: slice(place + 1, None)): (
                "that later outputs follow earlier tokens is allowed; a leak goes "
                "the other way"
            ),
            mistake(places=slice(-1, None)): (
                "change each token by itself, not the last alone"
            ),
            mistake(places=slice(1)): (
                "it never finds a leak: is a token really changed, with the first "
                "outputs kept, and one that stands after others?"
            ),
            mistake(compared=lambda place: slice(max(place - 1, 0), place)): (
                "a leak may reach further than to the next token"
            ),
            mistake(compared=lambda place: slice(min(place, 1))): (
                "the first output is not the only one that may leak"
            ),
            **{
                mistake(change=change, least=least): (
                    "a layer that norms its tokens does not notice if all features "
                    "grow by one number, or by one factor: change them unlike"
                )
                for change in (lambda token: token + 1, lambda token: 2 * token)
                for least in (1e-5, 1e-4)
            },
            mistake(change=lambda token: -token): (
                "a layer that squares, or looks at sizes alone, does not notice a "
                "sign: change the features unlike"
            ),
            **{
                mistake(change=lambda token, other=other: other * token): (
                    "zero times NaN or infinity is NaN: a token that is hidden, with "
                    "the weight 0, spoils the row all the same; change it to numbers"
                )
                for other in (math.nan, math.inf)
            },
            mistake(least=0.05): "a small leak is a leak, too",
            mistake(anew=False): (
                "start each change from the inputs as they were: `.clone()`"
            ),
        },
        compare=compare,
    )


def map_of(name: str) -> Float[Tensor, "tokens tokens"]:
    """Return weights of seven tokens as the name says."""
    scores = 0.6 * normal(NUM_TOKENS, NUM_TOKENS, seed=3)
    causal = causal_mask(NUM_TOKENS)
    if name == "hidden too late":
        return scores.softmax(-1) * causal
    masks = {
        "all visible": torch.ones_like(causal),
        "causal": causal,
        "window": causal & both_sides(NUM_TOKENS, WIDTH),
        "padding": padding_mask([NUM_TOKENS - NUM_PADDED], NUM_TOKENS)[0],
        "reads ahead": causal.T,
    }
    return masked_softmax(scores, masks[name])


def four_masks() -> dict[str, Float[Tensor, "queries keys"]]:
    """Return the maps of exercise "Four masks": seven tokens, four letters."""
    drawn = ("reads ahead", "hidden too late", "window", "padding")
    return dict(zip("ABCD", map(map_of, drawn), strict=True))


def _seen_as(weights: Float[Tensor, "tokens tokens"]) -> str:
    """Name a map by what is in it."""
    size = len(weights)
    seen: Bool[Tensor, "tokens tokens"] = weights > 0
    causal = causal_mask(size)
    if not torch.allclose(weights.sum(-1), torch.ones(size)):
        return "hidden too late"
    if seen.all():
        return "all visible"
    if torch.equal(seen, causal):
        return "causal"
    if torch.equal(seen, causal.T):
        return "reads ahead"
    if torch.equal(seen, seen[:1].expand_as(seen)):
        return "padding"
    if torch.equal(seen, causal & both_sides(size, WIDTH)):
        return "window"
    return "none of these"


def masks_named(answer: object) -> Verdict:
    """Check which mask made which of the four maps."""
    truth = {letter: _seen_as(w) for letter, w in four_masks().items()}
    return judge_names(answer, truth, SIGNS)


def start_token(answer: object) -> Verdict:
    """Check, by a short derivation, what the weight on a start token tells."""
    count, weight, factor = 3, 0.2, 2.0
    alone = 1 / (1 + count)
    voices = (
        1 / weight - 1
    )  # what all letters are worth, the start token being 1
    right = (alone, voices, voices / factor, 1.0)
    return judge_numbers(
        answer,
        right,
        mistakes={
            (1 / count, voices + 1, (voices + 1) / factor, 1.0): (
                "the start token is one more voice: the sum has 1 + c parts"
            ),
            (1 / (2 + count), voices - 1, voices / factor - 1, 1.0): (
                "the letter that asks is one of the c"
            ),
            (1 - alone, 1 / voices, 1 / voices / factor, 1.0): (
                "that is what the letters hold; the weight on the start token is "
                "asked for"
            ),
            (alone, voices, voices / math.log(factor), 1.0): (
                "softmax takes the exponential of a score: ln 2 more is twice as "
                "much"
            ),
            (alone, voices, voices * factor, 1.0): (
                "each letter counts double there, so fewer of them take as much "
                "from the start token"
            ),
            (alone, voices, voices, 1.0): (
                "a higher score of the letters makes each of them count for more"
            ),
            **{
                (*right[:3], each): (
                    "that is each letter's; together they hold all there is"
                )
                for each in (1 / count, 1 / (1 + count))
            },
            (*right[:3], 1 - alone): (
                "softmax shares out everything: what the start token held goes to "
                "the letters"
            ),
        },
        because=(
            f"the weight is 1 / (1 + c e^(s - s₀)), {written(alone)} for {count}, "
            "and falls with c; without a start token the letters hold all, "
            "however many they are"
        ),
    )


def order_taken(answer: object) -> Verdict:
    """Check the guess: what becomes of the outputs if the tokens are shuffled."""
    tokens, others, key_map = (
        normal(*shape, seed=seed)
        for shape, seed in (((5, 3), 1), ((7, 3), 2), ((3, 3), 3))
    )
    order, other_order = torch.tensor([2, 0, 4, 1, 3]), torch.arange(7).roll(3)

    def read(x: Tensor, keys: Tensor, mask: Tensor | None = None) -> Tensor:
        return attention(x, keys @ key_map, keys, mask)[0]

    def became(before: Tensor, after: Tensor) -> str:
        if torch.allclose(before, after, atol=1e-5):
            return "unchanged"
        alike = torch.allclose(before[order], after, atol=1e-5)
        return "shuffled alike" if alike else "other numbers"

    seen = causal_mask(len(tokens))
    shuffled = tokens[order]
    found = (
        became(read(tokens, tokens), read(shuffled, shuffled)),
        became(read(tokens, tokens, seen), read(shuffled, shuffled, seen)),
        became(read(tokens, others), read(tokens, others[other_order])),
    )
    options = {
        "a": ("unchanged", "unchanged", "unchanged"),
        "b": ("shuffled alike", "shuffled alike", "unchanged"),
        "c": ("shuffled alike", "other numbers", "unchanged"),
        "d": ("shuffled alike", "other numbers", "shuffled alike"),
        "e": ("other numbers", "other numbers", "other numbers"),
    }
    right = next(letter for letter, all_3 in options.items() if all_3 == found)
    reasons = {
        "a": (
            "each token reads the same as before, but it stands elsewhere now, and "
            "its output with it"
        ),
        "b": (
            "a causal mask goes by the place: who stands elsewhere sees other "
            "tokens"
        ),
        "c": "all three are as they are, whatever the order",
        "d": (
            "in cross-attention the outputs stand in the order of the queries, "
            "which nobody has shuffled, and a sum over keys does not mind theirs"
        ),
        "e": (
            "without a mask nothing tells attention where a token stands: look at "
            "one token, and at what it sees"
        ),
    }
    del reasons[right]
    return judge_choice(
        answer,
        right,
        reasons,
        f"without a mask the outputs are {found[0]}, under a causal mask they are "
        f"{found[1]}, and in cross-attention they stay {found[2]}: a sum has no "
        "order, a mask has one",
    )
