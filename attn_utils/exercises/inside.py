"""Checkers for chapter 09, Inside a trained Transformer."""

import itertools
from collections.abc import Callable

import torch
import torch.nn.functional as F

from .._shapes import Bool, Float, Int, Tensor
from ..attention import masked_softmax, scaled_dot_product_attention
from ..masks import causal_mask
from .base import (
    Verdict,
    judge,
    judge_choice,
    judge_names,
    judge_numbers,
    judge_tensors,
)
from .words import BEYOND_FLOATS, written

SHARP = 50  # a match among whole letters: of the others nothing is left
# Exercise 3: the line of its maps.
LINE = "abcadbcad"
SIGNS = {
    "previous token": (
        "then each place would look at the one before it, whatever stands there"
    ),
    "induction": (
        "then each place would look at what came after its letter, which lies to "
        "the right of the letter's column; a letter that is new finds nothing, and "
        "its row would be equally pale"
    ),
    "same letter": (
        "then each place would look at all places with its own letter, of which it "
        "is one itself"
    ),
    "first token": "then the first column would be full, and no other cell",
    "itself": "then the diagonal would be full, and no other cell",
    "uniform": "then every row would be equally pale up to the diagonal",
}
# Exercise 5: how many letters there are, how much of its weight a place must give.
LETTERS, ENOUGH = "abcd", 0.9
# Exercise 6: letters of a block that comes twice; what the second head gives.
NUM_SYMBOLS, BLOCK, UNKNOWN = 24, 7, 0.6


def _tokens(line: str) -> Int[Tensor, "tokens"]:
    return torch.tensor([ord(letter) - ord("a") for letter in line])


def _letters(
    tokens: Int[Tensor, "*batch tokens"], num_symbols: int = NUM_SYMBOLS
) -> Float[Tensor, "*batch tokens symbols"]:
    return F.one_hot(tokens, num_symbols).float()


def _moved(
    letters: Float[Tensor, "*batch tokens symbols"], places: int = 1
) -> Float[Tensor, "*batch tokens symbols"]:
    """Return the letter so many places before each; before the first, nothing."""
    return F.pad(letters, (0, 0, places, 0))[..., : letters.shape[-2], :]


def _look_up(
    letters: Float[Tensor, "*batch tokens symbols"],
) -> tuple[Float[Tensor, "*batch tokens tokens"], Tensor]:
    """Return an induction head's weights, and the letters that it reads."""
    scores = SHARP * letters @ _moved(letters).mT
    weights = masked_softmax(scores, causal_mask(letters.shape[-2]))
    return weights, weights @ letters


def what_follows(answer: object) -> Verdict:
    """Check, by pen, where an induction head looks and what it reads."""
    once, twice, double, new = "bdacbda", "abacaba", "baa", "abcad"

    def place(line: str) -> int:
        return int(_look_up(_letters(_tokens(line)))[0][-1].argmax()) + 1

    def share(line: str, letter: str) -> float:
        said = _look_up(_letters(_tokens(line)))[1][-1]
        return said[_tokens(letter)].item()

    right = (place(once), share(twice, "b"), place(double), share(new, "a"))
    first, often, second, unknown = right
    itself = (
        "there the letter stood before, if places are counted from 1: the head "
        "looks at what came after it"
    )
    alphabet = (
        "the weight is shared among the places, and not among the letters"
    )
    return judge_numbers(
        answer,
        right,
        mistakes={
            (first - 1, often, second - 1, unknown): itself,
            (first - 1, often, second, unknown): itself,
            (first, often, second - 1, unknown): (
                "what came after the first a is the second, that is the last place "
                "itself"
            ),
            **{
                (len(once) - 1, often, each, unknown): (
                    "the letter before is what the heads of layer 1 look at; here "
                    "it is asked who has an a before it"
                )
                for each in (second, second - 1)
            },
            (len(once), often, second, unknown): (
                "the last place has a d before it, and an a is asked for"
            ),
            (first, 1 / 2, second, unknown): (
                "three places have an a before them: each gets a third, whatever "
                "stands there"
            ),
            (first, 1 / 3, second, unknown): (
                "of the three places that share the weight, two hold a b: add them"
            ),
            (first, 1.0, second, unknown): (
                "the latest place is not preferred: equal scores make equal weights"
            ),
            (first, often, second, 0.0): (
                "softmax gives away all of the weight, also where no key matches"
            ),
            (first, often, second, 1 / len(new)): (
                "two of the five places hold an a: add them"
            ),
            (first, often, second, 1 / 2): (
                "the last place sees itself, too: five places share the weight"
            ),
            (first, often, second, 1 / NUM_SYMBOLS): alphabet,
            (first, often, second, 1 / len(set(new))): alphabet,
        },
        because=(
            f"at place {first} stands {once[first - 1]}, which is said; where "
            "nothing matches all scores are 0, and the places share alike"
        ),
    )


def two_letters(answer: object) -> Verdict:
    """Check a head that compares the last two letters instead of one."""

    def read_by(
        score: Callable,
        moved: Callable = _moved,
        sharp: int = SHARP,
        visible: Callable = causal_mask,
    ) -> Callable:
        """Return weights by a score of the letter, and of one and two before."""

        def call(tokens: Tensor, num_symbols: int) -> Tensor:
            letters = _letters(tokens, num_symbols)
            scores = score(letters, moved(letters, 1), moved(letters, 2))
            return masked_softmax(sharp * scores, visible(len(tokens)))

        return call

    def both(letters: Tensor, before: Tensor, earlier: Tensor) -> Tensor:
        return letters @ before.T + before @ earlier.T

    def reference(tokens: Tensor, num_symbols: int) -> Tensor:
        return read_by(both)(tokens, num_symbols)

    def answers(tokens: Tensor, num_symbols: int) -> Tensor:
        return reference(tokens, num_symbols) @ _letters(tokens, num_symbols)

    def first_letter(letters: Tensor, places: int) -> Tensor:
        moved = _moved(letters, places)
        moved[:places, 0] = 1
        return moved

    def ahead(letters: Tensor, places: int) -> Tensor:
        return _moved(letters.flip(0), places).flip(0)

    def everything(num_tokens: int) -> Tensor:
        return torch.ones(num_tokens, num_tokens, dtype=torch.bool)

    def random(num_tokens: int, num_symbols: int) -> tuple[Tensor, int]:
        generator = torch.Generator().manual_seed(num_tokens)
        shape = (num_tokens,)
        return (
            torch.randint(num_symbols, shape, generator=generator),
            num_symbols,
        )

    what = (
        "the weights are asked for, and not the letters that are read with them"
    )
    return judge(
        answer,
        reference,
        [
            (_tokens("bacbac"), 3),
            (_tokens("abcadabdca"), 4),
            *(random(*sizes) for sizes in ((13, 3), (17, 5), (11, 2))),
            (_tokens("bb"), 2),
            (_tokens("c"), 3),
        ],
        mistakes={
            read_by(lambda here, before, earlier: here @ before.T): (
                "that compares one letter; the one before it is to agree as well"
            ),
            read_by(lambda here, before, earlier: before @ earlier.T): (
                "my own letter is to agree as well: the key has it right before it"
            ),
            read_by(lambda here, before, earlier: here @ earlier.T): (
                "my own letter stands right before the place that is looked for, the "
                "letter before mine two places before it"
            ),
            read_by(
                lambda here, before, earlier: (
                    here @ earlier.T + before @ before.T
                )
            ): (
                "crossed: my own letter stands right before the place that is looked "
                "for, the letter before mine two places before it"
            ),
            read_by(
                lambda here, before, earlier: here @ here.T + before @ before.T
            ): (
                "that finds where the two letters stood; look at what came after "
                "them, one place on"
            ),
            read_by(
                lambda here, before, earlier: (
                    (here @ before.T) * (before @ earlier.T)
                )
            ): (
                "a place where one of the two agrees counts for a half: add the two "
                "scores"
            ),
            read_by(both, moved=lambda letters, n: letters.roll(n, 0)): (
                "`roll` brings the end of the line to its beginning: before the "
                "first place stands nothing, and two before the second"
            ),
            read_by(both, moved=first_letter): (
                "a 0 before the tokens is a letter, too, the first: put zeros before "
                "the rows of letters"
            ),
            read_by(both, moved=ahead): (
                "moved the wrong way: that is the letter after each place"
            ),
            read_by(
                both, visible=everything
            ): "a place sees no later one: mask them",
            read_by(both, visible=lambda n: causal_mask(n).tril(-1)): (
                "a place may look at itself, too, as in `look_up`"
            ),
            read_by(both, sharp=1): "the scores are to be multiplied by 50",
            answers: what,
            lambda *given: (reference(*given), answers(*given)): what,
        },
    )


def _line() -> Float[Tensor, "tokens symbols"]:
    return _letters(_tokens(LINE), len(LETTERS))


def map_of(name: str) -> Float[Tensor, "queries keys"]:
    """Return the weights of a head, made by hand, over the line."""
    letters = _line()
    size = len(letters)
    scores = {
        "previous token": torch.eye(size).roll(-1, 1).tril(),
        "induction": letters @ _moved(letters).T,
        "same letter": letters @ letters.T,
        "first token": torch.eye(size)[:1].expand(size, size),
        "itself": torch.eye(size),
        "uniform": torch.zeros(size, size),
    }
    return masked_softmax(SHARP * scores[name], causal_mask(size))


def four_heads() -> dict[str, Float[Tensor, "queries keys"]]:
    """Return the maps of exercise "Who looks where?": four letters."""
    drawn = ("same letter", "previous token", "induction", "first token")
    return dict(zip("ABCD", map(map_of, drawn), strict=True))


def _seen_as(weights: Float[Tensor, "queries keys"]) -> str:
    """Name a map by which places each row gives its weight to."""
    for name in SIGNS:
        expected = torch.zeros_like(weights)
        for query, own in enumerate(LINE):
            seen = range(query + 1)
            places = {
                "previous token": [k for k in seen if k == query - 1],
                "induction": [k for k in seen if k and LINE[k - 1] == own],
                "same letter": [k for k in seen if LINE[k] == own],
                "first token": [0],
                "itself": [query],
                "uniform": seen,
            }[name]
            chosen = list(places or seen)
            expected[query, chosen] = 1 / len(chosen)
        if torch.allclose(weights, expected, atol=1e-3):
            return name
    return "none of these"


def heads_read(answer: object) -> Verdict:
    """Check which head made which of the four maps."""
    truth = {letter: _seen_as(w) for letter, w in four_heads().items()}
    return judge_names(answer, truth, SIGNS)


def other_weights(answer: object) -> Verdict:
    """Check, by a short derivation, which weights have the same output."""
    width, few, many = 16, 12, 20
    values, weights = (
        torch.tensor([1.0, 2.0, 4.0]),
        torch.tensor([0.5, 0.3, 0.2]),
    )

    def free(num_keys: int, equations: int = width + 1) -> int:
        return max(num_keys - equations, 0)

    def first(equations: int = width + 1) -> int:
        return next(n for n in itertools.count(1) if free(n, equations))

    # What keeps both the sum and the output, and how far each weight is from 0.
    change = torch.linalg.cross(torch.ones(3), values)
    steps = weights / change
    without = (weights - steps[1] * change).tolist()
    most = (weights - steps[[0, 2]].min() * change).tolist()
    right = (free(few), free(many), first(), without[0], most[1])
    counts, shares = right[:3], right[3:]
    rest = weights[0] + weights[2]
    return judge_numbers(
        answer,
        right,
        tolerance=(0.05, 0.05, 0.05, 0.005, 0.005),
        mistakes={
            (free(few), free(many, width), first(width), *shares): (
                "beside the output the sum of the weights stays: that is one equation "
                "more"
            ),
            (few - width - 1, *right[1:]): (
                "with no more keys than equations nothing is free, and there is no "
                "less than that"
            ),
            (few, many, 1, *shares): (
                "each feature of the output and the sum of the weights is an equation "
                "that the change must meet"
            ),
            (few - 1, many - 1, 2, *shares): (
                "the sum stays there; each feature of the output must stay as well"
            ),
            (*right[:2], first() - 1, *shares): (
                "17 keys for 17 equations: nothing is free yet"
            ),
            (
                *right[:2],
                many,
                *shares,
            ): "it begins earlier: at which n is n - d - 1 one?",
            (*counts, (weights[0] + weights[1]).item(), most[1]): (
                "if the first gets all of it, less is read: 1.6, and 1.9 is to stay"
            ),
            (*counts, (weights[0] / rest).item(), most[1]): (
                "shared out in proportion, it moves the output: two equations say "
                "what the first and the third get"
            ),
            (*counts, without[2], most[1]): (
                "that is the weight of the third key; the first key's is asked for"
            ),
            (*counts, without[0], 1.0): (
                "then the output would be 2, and 1.9 is to stay"
            ),
            (*counts, without[0], most[0]): (
                "that is the weight of the first key there; the second key's is asked "
                "for"
            ),
            (*counts, without[0], weights[1].item()): (
                "as it stands the second holds as much; take 2 of the first and 1 of "
                "the third for every 3 that it gains"
            ),
        },
        because=(
            f"from place {right[2]} on there are other weights with the very same "
            f"output; and here ({_row(without)}) and ({_row(most)}) read the same as "
            f"({_row(weights.tolist())})"
        ),
    )


def _row(numbers: list[float]) -> str:
    return ", ".join(written(round(each, 6), 2) for each in numbers)


def _lines() -> list[str]:
    """Return lines on which two heads are tried."""
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randint(len(LETTERS), (60, 10), generator=generator)
    return ["".join(LETTERS[each] for each in row) for row in drawn.tolist()]


def _agree(
    lines: list[str],
) -> tuple[Float[Tensor, "lines tokens features"], dict[str, Tensor]]:
    """Return the features of lines, and where a query agrees with a key in what."""
    letters = _letters(
        torch.stack([_tokens(each) for each in lines]), len(LETTERS)
    )
    before = _moved(letters)
    pairs = {
        "same letter": (letters, letters),
        "induction": (letters, before),
        "crossed": (before, letters),
        "same before": (before, before),
    }
    seen = causal_mask(letters.shape[1])
    agree = {
        name: (query @ key.mT > 0) & seen
        for name, (query, key) in pairs.items()
    }
    return torch.cat([letters, before], dim=-1), agree


def _tried(name: str, hints: dict[str, str]) -> Callable[..., str]:
    """Return a test of one head: where it looks instead, or too little."""
    lines = _lines()
    inputs, agree = _agree(lines)
    seen = causal_mask(inputs.shape[1])

    def given(
        weights: Tensor, wished: Bool[Tensor, "lines queries keys"]
    ) -> Tensor:
        """Return each query's weight on the keys wished; 1 where there is none."""
        share = (weights * wished).sum(-1)
        return share.masked_fill(~wished.any(-1), 1.0)

    def tested(query_map: Tensor, key_map: Tensor) -> str:
        weights = scaled_dot_product_attention(
            inputs @ query_map.T, inputs @ key_map.T, inputs, seen
        )[1]
        if not weights.isfinite().all():
            return BEYOND_FLOATS
        share = given(weights, agree[name])
        if (share >= ENOUGH).all():
            return ""
        if torch.allclose(weights, weights[:, :, :1] * seen):
            return "it looks everywhere alike: set its query_map and its key_map, both"
        for other, hint in hints.items():
            if (given(weights, agree[other]) >= ENOUGH).all():
                return hint
        line, place = divmod(share.argmin().item(), share.shape[1])
        told = (
            f"in {lines[line]}, place {place + 1} ({lines[line][place]}) gives "
            f"{written(share[line, place].item(), 2)} of its weight to the right "
            f"places, and {ENOUGH} is asked for"
        )
        most = weights[line, place].argmax().item()
        elsewhere = weights[line, place].masked_fill(
            agree[name][line, place], 0
        )
        right = weights[line, place] * agree[name][line, place]
        if (
            min(elsewhere.max(), right.max())
            > 0.999 * weights[line, place, most]
        ):
            most = elsewhere.argmax().item()
            return (
                f"{told}; as much as to one of these goes to place {most + 1} "
                f"({lines[line][most]})"
            )
        if agree[name][line, place, most]:
            return f"{told}: larger numbers make softmax surer"
        return (
            f"{told}; it looks most at place {most + 1} ({lines[line][most]})"
        )

    return tested


def two_heads(answer: object) -> Verdict:
    """Try an induction head and one for the same letter, both set by hand."""
    induction = _tried(
        "induction",
        {
            "same letter": (
                "it looks at places with its own letter: let key_map read the letter "
                "before, columns 4 to 7"
            ),
            "crossed": (
                "exchanged: it asks with the letter before it, and finds where that "
                "letter stands"
            ),
            "same before": (
                "it compares the letters before both: query_map is to read the letter "
                "itself, columns 0 to 3"
            ),
        },
    )
    same = _tried(
        "same letter",
        {
            "induction": "that is the induction head again",
            "crossed": (
                "it asks with the letter before it: query_map is to read columns 0 to 3"
            ),
            "same before": (
                "it compares the letters before both: query_map and key_map are to "
                "read columns 0 to 3"
            ),
        },
    )

    def told(head: str, fault: str) -> str:
        return fault and f"of the {head} head: {fault}"

    width, features = len(LETTERS), 2 * len(LETTERS)
    names = ("induction_query", "induction_key", "same_query", "same_key")
    return judge_tensors(
        answer,
        dict.fromkeys(names, (width, features)),
        [
            lambda **made: told(
                "induction",
                induction(made["induction_query"], made["induction_key"]),
            ),
            lambda **made: told(
                "same-letter", same(made["same_query"], made["same_key"])
            ),
        ],
        because=(
            f"in {len(_lines())} lines both look where they should; the two heads "
            "differ in what a key shows, and in nothing else"
        ),
    )


def _taken_away() -> tuple[str, str, str]:
    """Say whether answers change without a head.

    Without the fixed head, by zero and by its mean, and without the looking one,
    by its mean.
    """
    generator = torch.Generator().manual_seed(0)
    order = torch.rand(100, NUM_SYMBOLS, generator=generator).argsort(-1)
    lines = order[:, :BLOCK].repeat(1, 2)
    looks = F.pad(_look_up(_letters(lines))[1], (0, 1))
    fixed = torch.zeros_like(looks)
    fixed[..., NUM_SYMBOLS] = UNKNOWN
    said = (looks + fixed).argmax(-1)

    def became(votes: Float[Tensor, "lines places symbols"]) -> str:
        return "no" if torch.equal(votes.argmax(-1), said) else "yes"

    return (
        became(looks + torch.zeros_like(fixed)),
        became(looks + fixed.mean((0, 1))),
        became(looks.mean((0, 1)) + fixed),
    )


def taken_away(answer: object) -> Verdict:
    """Check the guess: what zero and the mean do to a head that never changes."""
    found = _taken_away()
    options = {
        "a": ("no", "no", "yes"),
        "b": ("no", "yes", "yes"),
        "c": ("yes", "no", "yes"),
        "d": ("yes", "yes", "yes"),
        "e": ("yes", "no", "no"),
    }
    right = next(letter for letter, all_3 in options.items() if all_3 == found)
    reasons = {
        "a": (
            "what is always the same votes, too: without its 0.6 no place says ? any "
            "more"
        ),
        "b": (
            "it is the other way round: the mean of what is always the same is the "
            "same, and zero is not"
        ),
        "d": "the mean of what is always the same is the same: nothing is exchanged",
        "e": (
            "on average the first head votes for every letter a little and for none "
            "enough: then ? is said everywhere"
        ),
    }
    return judge_choice(
        answer,
        right,
        reasons,
        "zero takes away what a head always says, the mean only what it says "
        "differently from place to place",
    )
