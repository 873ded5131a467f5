"""Checkers for chapter 04, Multi-head attention."""

import itertools

import torch
from torch.nn.functional import one_hot

from .._shapes import Float, Tensor
from ..data import runs
from ..multihead import merge_heads
from ..scores import ScaledDotScore
from .base import (
    Verdict,
    judge,
    judge_choice,
    judge_names,
    judge_numbers,
    judge_tensors,
)
from .drawn import uniform
from .words import written

# Exercise 3: how many items there are, and what a head must weigh the named one.
NUM_ITEMS, ENOUGH = 4, 0.9
# Exercise 4: questions and items of its maps.
NUM_QUESTIONS = 8
SIGNS = {
    "one head": (
        "then every question would look at two items, and share its weight "
        "between them"
    ),
    "head 1": "then every question would look at the item that it names first",
    "head 2": "then every question would look at the item that it names second",
    "switched off": "then it would add nothing at all, not even a little",
    "untrained": "then a question would weigh all items about alike",
    "always the same": (
        "then all questions would look at the same items, whatever they name"
    ),
}


def shapes_of_heads(answer: object) -> Verdict:
    """Check, by pen, the shape of a split query and the parameters of heads."""
    batch, tokens, model_dim, few = 3, 10, 512, 8
    many, square = 2 * few, model_dim**2
    head_dim = model_dim // few
    right = (batch, few, tokens, head_dim)
    maps = 4 * square
    numbers = (maps, maps)
    return judge_numbers(
        answer,
        (*right, *numbers),
        mistakes={
            (batch, tokens, few, head_dim, *numbers): (
                "the heads stand before the tokens, so that each head has scores "
                "of its own, tokens by tokens"
            ),
            (batch, few, tokens, model_dim, *numbers): (
                "each head gets its part of the 512 features, not all of them"
            ),
            (batch, few, tokens, few, *numbers): (
                "8 is how many heads there are; how wide is each?"
            ),
            (few, batch, tokens, head_dim, *numbers): "the batch stays first",
            (*right, maps, 2 * maps): (
                "twice as many heads are half as wide: the maps stay as they are"
            ),
            (*right, maps, maps // 2): (
                "narrower heads, but more of them: the maps stay as they are"
            ),
            (*right, maps // few, maps // many): (
                "that is the share of one head; all are asked for"
            ),
            (*right, 3 * square, 3 * square): (
                "a fourth map mixes what the heads have read: W_O"
            ),
            (*right, square, square): "that is one map, and there are four",
            (*right, few * maps, many * maps): (
                "that gives each head maps of its own from 512 to 512 features"
            ),
            (*right, maps + 4 * model_dim, maps + 4 * model_dim): (
                "without a bias, it says"
            ),
        },
        because=(
            f"{few} heads or {many}, the four maps hold {maps:,} numbers: heads "
            "share the width, they do not add to it"
        ),
    )


def merge(answer: object) -> Verdict:
    """Check a function that puts the features of all heads side by side."""

    def reference(heads: Tensor) -> Tensor:
        return merge_heads(heads)

    return judge(
        answer,
        reference,
        [
            (uniform(2, 4, 5, 3, seed=3),),
            (uniform(3, 2, 5, 7, seed=4),),
            (uniform(2, 3, 11, 7, seed=5),),
            (uniform(5, 6, 3, 2, seed=6),),
        ],
        mistakes={
            lambda heads: heads.reshape(len(heads), heads.shape[2], -1): (
                "a view alone reads on along the tokens of one head: first "
                "exchange heads and tokens"
            ),
            lambda heads: heads.transpose(1, 2): (
                "a token's features lie on two axes still: flatten these"
            ),
            lambda heads: heads.flatten(1, 2): (
                "that puts the tokens of all heads in a row, not their features"
            ),
            lambda heads: heads.permute(0, 2, 3, 1).flatten(2): (
                "first all features of the first head, then those of the second"
            ),
            lambda heads: heads.sum(dim=1): (
                "side by side: a sum mixes what the heads have read"
            ),
            lambda heads: heads.mean(dim=1): (
                "side by side: a mean mixes what the heads have read"
            ),
        },
    )


def heads_set_by_hand(answer: object) -> Verdict:
    """Try query maps of two heads, set by hand: each looks at one of two names."""
    shape = (NUM_ITEMS, 2 * NUM_ITEMS)
    names = one_hot(torch.arange(NUM_ITEMS)).float()
    pairs = torch.tensor(list(itertools.permutations(range(NUM_ITEMS), 2)))
    query = names[pairs].flatten(1)
    example = torch.arange(len(pairs))

    def weights(query_map: Tensor) -> Tensor:
        return ScaledDotScore()(query @ query_map.T, names).softmax(dim=-1)

    def tested(head_1: Tensor, head_2: Tensor) -> str:
        """Say what is wrong with the first head that does not do its work."""
        found = [
            weights(each)[example[:, None], pairs] for each in (head_1, head_2)
        ]
        if torch.allclose(head_1, head_2):
            return (
                "both heads have one map, so they look at the same items: what "
                "tells the two names apart is where in the query they stand"
            )
        if all((on[:, 1 - n] > ENOUGH).all() for n, on in enumerate(found)):
            return "the heads are exchanged: the first looks at the second name"
        for n, on in enumerate(found):
            own, other = on[:, n], on[:, 1 - n]
            if (own >= ENOUGH).all():
                continue
            head = f"head_{n + 1}"
            if (own < 1 / NUM_ITEMS).all():
                return (
                    f"{head} looks away from the name that it should look at: "
                    "a sign, or a block in the wrong place"
                )
            if torch.allclose(own, other, atol=1e-3) and (own > 0.4).all():
                return (
                    f"{head} shares its weight between both names: it must be "
                    "blind to one of them"
                )
            least = own.argmin()
            first, second = (pairs[least] + 1).tolist()
            weak = (own > other).all() and (own > 1 / NUM_ITEMS).all()
            hint = (
                ": larger numbers make softmax surer (the scores are divided "
                f"by √{NUM_ITEMS})"
                if weak
                else ""
            )
            return (
                f"named {first} and {second}, {head} gives its item "
                f"{written(own[least].item(), 2)} of its weight, and {ENOUGH} is "
                f"asked for{hint}"
            )
        return ""

    return judge_tensors(
        answer,
        {"head_1": shape, "head_2": shape},
        [tested],
        because=(
            f"for all {len(pairs)} pairs of names, each head finds its own and is "
            "blind to the other"
        ),
    )


def map_of(name: str) -> Float[Tensor, "questions items"]:
    """Return weights as the name says: question i names item i, then i + 3."""
    first = torch.eye(NUM_QUESTIONS)
    second = first.roll(3, dims=1)
    noise = 0.5 * uniform(NUM_QUESTIONS, NUM_QUESTIONS, seed=7)
    scores = {
        "one head": 4.0 * first + 4.3 * second,
        "head 1": 5.0 * first,
        "head 2": 5.0 * second,
        "untrained": torch.zeros_like(first),
        "always the same": 4.0 * (first[2] + first[5]).expand_as(first),
    }
    if name == "switched off":
        return torch.zeros_like(first)
    return (scores[name] + noise).softmax(dim=-1)


def four_heads() -> dict[str, Float[Tensor, "questions items"]]:
    """Return the maps of exercise "Four maps": question i names i, then i + 3."""
    drawn = ("head 2", "one head", "switched off", "head 1")
    return dict(zip("ABCD", map(map_of, drawn), strict=True))


def _name_of(weights: Tensor) -> str:
    """Return the name whose map this is."""
    return next(name for name in SIGNS if torch.equal(map_of(name), weights))


def maps_named(answer: object) -> Verdict:
    """Check which head of which model each of the four maps is of."""
    truth = {letter: _name_of(one) for letter, one in four_heads().items()}
    return judge_names(answer, truth, SIGNS)


def rank_of_scores(answer: object) -> Verdict:
    """Check, by a short derivation, the largest rank that scores can have."""
    tokens, narrow, wide = 16, 4, 64
    right = (min(tokens, narrow), min(tokens, wide), tokens)
    return judge_numbers(
        answer,
        right,
        mistakes={
            (tokens, tokens, tokens): (
                "a sum of 4 products of a column and a row has rank 4 at most, "
                "however large the table is"
            ),
            **{
                (narrow, wide, least): (
                    "no table has more independent rows than rows"
                )
                for least in (tokens, wide)
            },
            (narrow, tokens, narrow): (
                "every sum of 4 products leaves tables out: which rank may any "
                "table have?"
            ),
            (narrow, tokens, tokens**2): (
                "a table has 256 entries, but only 16 rows to be independent"
            ),
            (narrow, tokens, tokens - 1): (
                "so many are enough once softmax follows, which forgets what a row "
                "adds to all its scores; the scores alone are asked for"
            ),
            (2 * narrow, tokens, tokens): (
                "the ranks of query and key do not add up: the product has no "
                "more than either"
            ),
            (1, 1, 1): (
                "that is the rank of one query's row of scores; the whole table "
                "is asked for"
            ),
        },
        because=(
            "the scores have a rank of d_k at most, and never above the number of "
            "tokens; what softmax makes of them is another matter"
        ),
    )


def switched_off(answer: object) -> Verdict:
    """Check the guess: of two heads, the one for the second name is switched off."""
    stored = runs.load("two_names")
    of_two = {"num_heads": 2, "num_layers": 1, "hidden_dim": None}

    def left(which: str) -> float:
        """Return the mean share of right answers without the second name's head."""
        rows = zip(
            stored.column("weight on second", **of_two),
            stored.column(f"{which} without", **of_two),
            strict=True,
        )
        found = [without[on.index(max(on))] for on, without in rows]
        return sum(found) / len(found)

    first, second = left("first"), left("second")
    stays, goes = first > 0.9, second < 0.2
    right = {(True, True): "c", (False, True): "a", (True, False): "b"}.get(
        (stays, goes), "d"
    )
    reasons = {
        "a": (
            "what the other head has read still stands where it stood, and the "
            "read-out finds it there"
        ),
        "b": (
            "the other head asks for the first name alone: nobody tells it to ask "
            "for the second as well"
        ),
        "c": "the answer on the first name depends on both heads",
        "d": (
            "the two do not share the work: each reads one item, and the answer "
            "on the other stays whole"
        ),
    }
    del reasons[right]
    return judge_choice(
        answer,
        right,
        reasons,
        f"{first:.0%} of the answers on the first name are still right, and "
        f"{second:.0%} on the second, where a guess is right in {1 / 8:.1%}: each "
        "head has one name for its own",
    )
