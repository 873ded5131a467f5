"""Checkers for chapter 07, Position."""

import itertools
import math
from collections import Counter
from collections.abc import Callable

import torch
from torch.nn.functional import one_hot

from .._shapes import Float, Int, Tensor
from ..attention import attention
from ..masks import causal_mask
from ..positions import (
    DistancePenaltyScore,
    RelativeScore,
    angles,
    rotate,
    sinusoidal_positions,
)
from ..recipes.order import NUM_SYMBOLS, TAUGHT
from ..scores import DotScore, ScaledDotScore
from .base import (
    Verdict,
    judge,
    judge_names,
    judge_numbers,
    judge_tensors,
)
from .drawn import normal
from .words import BEYOND_FLOATS, written

# Exercise 4: tokens of its maps, all of one symbol; a head's width; how far the
# relative vectors reach.
NUM_TOKENS, HEAD_DIM, FARTHEST = 9, 8, 2
BASE, SEED = 20.0, 453
SIGNS = {
    "none": "then no token would stand out, and all cells would be alike",
    "none, causal": (
        "then all above the diagonal would be empty, and each row would share its "
        "weight equally"
    ),
    "sinusoidal": (
        "then a map would not look the same along its diagonals: what is added to "
        "the inputs tells where a token stands, not only how far away"
    ),
    "relative": (
        "then stripes would run along the diagonal, and from two places on each "
        "side would have one tone"
    ),
    "rotary": (
        "then stripes would run along the diagonal, and go on changing into both "
        "corners"
    ),
    "penalty": (
        "then every row would be darkest on the diagonal, and fade alike to the "
        "left and to the right"
    ),
}
# Exercise 5: symbols, width of query and key, how far its vectors reach, what
# the place before must be given at least.
SYMBOLS, DIM, REACH, ENOUGH = 5, 2, 2, 0.9


def turns(answer: object) -> Verdict:
    """Check, by pen, angles and periods of sinusoids that are eight wide."""
    place, dim, base, whole = 30, 8, 10000, 2 * math.pi

    def told(speed: Callable, turn: int | float = whole) -> tuple:
        """Return two angles at one place, and the periods of two pairs."""
        return (
            place * speed(1),
            place * speed(3),
            turn / speed(0),
            turn / speed(3),
        )

    def right(pair: int) -> int | float:
        return base ** (-2 * pair / dim)

    numbers = told(right)
    return judge_numbers(
        answer,
        numbers,
        tolerance=(0.005, 0.0005, 0.01, 5),
        mistakes={
            told(lambda pair: base ** (-pair / dim)): (
                "the exponent is 2i / 8: eight features are only four pairs"
            ),
            told(lambda pair: right(pair - 1)): (
                "pairs are counted from 0, and the first of them turns by 1 a place"
            ),
            told(lambda pair: 1 / right(pair)): (
                "a later pair turns more slowly: divide the place by 10000^(2i / 8)"
            ),
            told(right, turn=1): (
                "the angles are right; a whole turn is 2π, and not 1"
            ),
            told(right, turn=whole / 2): (
                "after π the sine is 0 again, but on its way down: a whole turn is 2π"
            ),
            told(right, turn=360): "angles are in radians: a whole turn is 2π",
            (*numbers[:2], whole * right(0), whole * right(3)): (
                "the slower a pair, the longer its period: divide 2π by the angle of "
                "one place"
            ),
            (right(1), right(3), *numbers[2:]): (
                "that is the angle of one place; at place 30 it is 30 times as large"
            ),
            (right(1) ** place, right(3) ** place, *numbers[2:]): (
                "each place adds the same angle: multiply by 30"
            ),
        },
        because=(
            f"the fastest pair comes round after {written(numbers[2], 3)} places, "
            f"the slowest after {numbers[3]:,.0f}"
        ),
    )


def _matrix(first: tuple, second: tuple) -> Float[Tensor, "2 2"]:
    return torch.tensor([first, second])


def carried(answer: object) -> Verdict:
    """Check, by a short derivation, the matrix that carries a sinusoid on."""

    def reference(steps: int, frequency: int | float) -> Tensor:
        return turned(steps * frequency)

    def turned(angle: int | float) -> Tensor:
        sine, cosine = math.sin(angle), math.cos(angle)
        return _matrix((cosine, sine), (-sine, cosine))

    def of(entries: Callable) -> Callable:
        """Return a matrix made of the sine and the cosine of the step."""
        return lambda steps, frequency: entries(
            math.sin(steps * frequency), math.cos(steps * frequency)
        )

    return judge(
        answer,
        reference,
        [(1, 1.0), (3, 0.1), (7, 0.01), (0, 0.5), (5, 0.7), (40, 0.1)],
        mistakes={
            of(lambda s, c: _matrix((c, -s), (s, c))): (
                "that carries (cos, sin), or goes back: here the sine stands first, "
                "and sin(a + b) = sin a cos b + cos a sin b"
            ),
            of(lambda s, c: _matrix((c, s), (s, c))): (
                "cos(a + b) = cos a cos b - sin a sin b, with a minus"
            ),
            of(lambda s, c: _matrix((s, c), (c, -s))): (
                "a step of 0 must change nothing, so the cosine of the step stands "
                "on the diagonal"
            ),
            of(lambda s, c: _matrix((s, c), (-c, s))): (
                "a step of 0 must change nothing, so the cosine of the step stands "
                "on the diagonal"
            ),
            of(lambda s, c: _matrix((c, 0.0), (0.0, c))): (
                "the new sine needs the old cosine as well, and the new cosine the "
                "old sine"
            ),
            of(lambda s, c: _matrix((s, 0.0), (0.0, c))): (
                "that multiplies sine by sine: sin(a + b) is a sum of two products"
            ),
            lambda k, w: turned(k): (
                "the pair turns by steps · frequency: the frequency is left out"
            ),
            lambda k, w: turned(w): (
                "that is one step; there are `steps` of them"
            ),
            lambda k, w: turned(w**k): (
                "the steps multiply the frequency, they are no exponent"
            ),
            lambda k, w: turned(k / w): (
                "the angle of a place is place · frequency: multiply"
            ),
        },
    )


def _turned(
    x: Float[Tensor, "tokens dim"],
    angle: Float[Tensor, "tokens pairs"],
) -> Float[Tensor, "tokens dim"]:
    """Turn neighbours by any angles."""
    pairs = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous())
    whole = pairs * torch.polar(torch.ones_like(angle), angle)
    return torch.view_as_real(whole).flatten(-2).to(x)


def rotary(answer: object) -> Verdict:
    """Check attention whose queries and keys are turned by their places."""

    def reference(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return attention(rotate(query), rotate(key), value)[0]

    def by(turn: Callable, turn_key: Callable | None = None) -> Callable:
        """Return attention with queries and keys turned otherwise."""
        other = turn_key or turn
        return lambda q, k, v: attention(turn(q), other(k), v)[0]

    def turn(angle: Callable[[Tensor, Tensor], Tensor]) -> Callable:
        """Return what turns by an angle made of the place and each pair's speed."""

        def turned(x: Tensor) -> Tensor:
            place = torch.arange(len(x), dtype=torch.float64).unsqueeze(-1)
            speed = angles(1, x.shape[-1], 1, 10000.0)
            return _turned(x, angle(place, speed))

        return turned

    one_side = (
        "both are to be turned: only then does what is left depend on how far "
        "apart they stand"
    )
    itself, back = (lambda x: x), turn(lambda place, speed: -place * speed)
    cases = [
        tuple(
            scale * normal(num_tokens, width, seed=3 * case + part)
            for part, width in enumerate((dim, dim, value_dim))
        )
        for case, (num_tokens, dim, value_dim, scale) in enumerate(
            ((7, 4, 2, 1.5), (5, 6, 4, 1.5), (31, 8, 2, 2.0), (1, 4, 2, 1.0))
        )
    ]
    return judge(
        answer,
        reference,
        cases,
        mistakes={
            by(itself): "nothing is turned there: places leave no trace",
            by(rotate, itself): one_side,
            by(itself, rotate): one_side,
            lambda q, k, v: reference(q, k, rotate(v)): (
                "values are read, and not compared: leave them as they are"
            ),
            by(lambda x: rotate(x, halves=True)): (
                "that turns feature i with i + dim / 2; here neighbours are a pair, "
                "2i with 2i + 1"
            ),
            by(back): (
                "turned the wrong way: (a, b) becomes (a cos θ - b sin θ, "
                "a sin θ + b cos θ)"
            ),
            by(rotate, back): (
                "turn both the same way, or the sum of their places remains and not "
                "the difference"
            ),
            by(turn(lambda place, speed: speed**place)): (
                "the place multiplies the speed of a pair, it is no exponent"
            ),
            by(turn(lambda place, speed: place * speed.sqrt())): (
                "the exponent of pair i is 2i / dim: there are only dim / 2 pairs"
            ),
            by(turn(lambda place, speed: place / speed)): (
                "a later pair turns more slowly: base to the power of minus 2i / dim"
            ),
            by(turn(lambda place, speed: place.expand(-1, speed.shape[-1]))): (
                "each pair has a speed of its own; there all turn by 1 a place"
            ),
            lambda q, k, v: attention(
                rotate(q), rotate(k), v, score=DotScore()
            )[0]: "the scores are to be divided by the root of dim",
            lambda q, k, v: attention(
                rotate(q), rotate(k), v, causal_mask(len(q))
            )[0]: "no mask is asked for: each token sees all",
        },
    )


def _relative(table: Float[Tensor, "offsets dim"]) -> RelativeScore:
    """Return a score with this table; torch's own randomness is left alone."""
    with torch.random.fork_rng(devices=[]):
        score = RelativeScore(len(table) // 2, table.shape[1])
    score.table.weight.data = table
    return score


def map_of(name: str) -> Float[Tensor, "queries keys"]:
    """Return weights of nine tokens of one symbol, told by a scheme where they are."""
    inputs = normal(1, HEAD_DIM, seed=SEED).expand(NUM_TOKENS, HEAD_DIM)
    maps = normal(2, HEAD_DIM, HEAD_DIM, seed=SEED + 1) / HEAD_DIM**0.5
    score, mask = ScaledDotScore(), None
    if name == "sinusoidal":
        inputs = inputs + 2 * sinusoidal_positions(
            NUM_TOKENS, HEAD_DIM, base=BASE
        )
    query, key = (inputs @ each.T for each in maps)
    if name == "rotary":
        query, key = (1.5 * rotate(x, base=BASE) for x in (query, key))
    if name == "relative":
        score = _relative(normal(2 * FARTHEST + 1, HEAD_DIM, seed=SEED + 2))
    if name == "penalty":
        # The first head of eight, whose slope is 1/2; all have one query and key.
        query, key = query.expand(8, -1, -1), key.expand(8, -1, -1)
        score = DistancePenaltyScore(8)
    if name == "none, causal":
        mask = causal_mask(NUM_TOKENS)
    with torch.no_grad():
        weights = attention(query, key, key, mask, score)[1]
    return weights[0] if weights.ndim == 3 else weights


def four_schemes() -> dict[str, Float[Tensor, "queries keys"]]:
    """Return the maps of exercise "Nine times the same": four letters."""
    drawn = ("relative", "none", "sinusoidal", "penalty")
    return dict(zip("ABCD", map(map_of, drawn), strict=True))


def _seen_as(weights: Float[Tensor, "tokens tokens"]) -> str:
    """Name a map by what is in it."""
    if torch.equal(weights > 0, causal_mask(len(weights))):
        return "none, causal"
    # From key to key; what a row is divided by falls out.
    step = weights.log().diff(dim=-1)

    def alike(one: Tensor, other: Tensor) -> bool:
        return torch.allclose(one, other, atol=1e-3)

    if alike(step, torch.zeros_like(step)):
        return "none"
    if not alike(step[1:, 1:], step[:-1, :-1]):
        return "sinusoidal"
    before, after = step[-1, :-FARTHEST], step[0, FARTHEST:]
    if alike(torch.cat([before, after]), torch.zeros(1)):
        return "relative"
    rising = step.tril(-1) - step.triu()
    if alike(rising, rising[-1, 0].expand_as(rising)):
        return "penalty"
    return "rotary"


def schemes_named(answer: object) -> Verdict:
    """Check which scheme made which of the four maps."""
    truth = {letter: _seen_as(w) for letter, w in four_schemes().items()}
    return judge_names(answer, truth, SIGNS)


def _lines() -> Int[Tensor, "lines tokens"]:
    """Return lines on which a head is tried: of one symbol, and random ones."""
    generator = torch.Generator().manual_seed(0)
    random = torch.randint(SYMBOLS, (60, 8), generator=generator)
    alike = torch.arange(SYMBOLS).unsqueeze(-1).expand(-1, 8)
    return torch.cat([alike, random])


def one_back(answer: object) -> Verdict:
    """Try maps and relative vectors, set by hand: a head looks one place back."""
    inputs = one_hot(_lines(), SYMBOLS).float()
    num_tokens = inputs.shape[1]
    place = torch.arange(1, num_tokens)

    @torch.no_grad()
    def weights(query_map: Tensor, key_map: Tensor, table: Tensor) -> Tensor:
        score = _relative(table)
        return score(inputs @ query_map.T, inputs @ key_map.T).softmax(-1)

    def tested(query_map: Tensor, key_map: Tensor, table: Tensor) -> str:
        """Say where the head looks instead, or too little."""
        found = weights(query_map, key_map, table)
        if not found.isfinite().all():
            return BEYOND_FLOATS
        before = found[:, place, place - 1]
        if (before >= ENOUGH).all():
            return ""
        if torch.allclose(found, torch.full_like(found, 1 / num_tokens)):
            why = (
                "every vector of the table gives the queries the same score"
                if query_map.any() and table.any()
                else "a query of zeros meets every vector with 0, so set query_map, "
                "and the table"
            )
            return f"the head looks everywhere alike: {why}"
        ahead = found[:, place - 1, place]
        if (ahead > ENOUGH).all():
            return (
                "the head looks one place ahead: the table begins with what stands "
                "furthest before the query"
            )
        itself = found.diagonal(dim1=-2, dim2=-1)
        if (itself > ENOUGH).all():
            return (
                "each token looks at itself: the row in the middle is the offset 0, "
                "and one place before it stands the row above"
            )
        if not torch.allclose(found, found[:1].expand_as(found), atol=1e-3):
            return (
                "other symbols, other weights: the query must be the same whatever "
                "stands there, and the key must not matter"
            )
        line, query = divmod(before.argmin().item(), num_tokens - 1)
        query += 1
        row, share = found[line, query], before[line, query - 1].item()
        told = (
            f"the token at place {query} gives the one before it "
            f"{written(share, 2)} of its weight, and {ENOUGH} is asked for"
        )
        elsewhere = row.clone()
        elsewhere[query - 1] = 0
        if min(elsewhere.max(), share) > 0.999 * row.max():
            return f"{told}; as much goes to place {elsewhere.argmax().item()}"
        if row.argmax() == query - 1:
            return f"{told}: larger numbers make softmax surer"
        return f"{told}; it looks most at place {row.argmax().item()}"

    return judge_tensors(
        answer,
        {
            "query_map": (DIM, SYMBOLS),
            "key_map": (DIM, SYMBOLS),
            "table": (2 * REACH + 1, DIM),
        },
        [tested],
        because=(
            f"in {len(inputs)} lines every token but the first looks one place back, "
            "whatever stands there"
        ),
    )


def left_or_right(answer: object) -> Verdict:
    """Check the guess: how often one is right who cannot tell left from right."""
    symbols = range(NUM_SYMBOLS)
    # Of each pair that is seen, the side unknown, how often each was before.
    seen = Counter(
        (frozenset(both), both[0])
        for both in itertools.product(symbols, symbols)
    )
    pairs = {pair for pair, _ in seen}
    best = sum(max(seen[pair, one] for one in pair) for pair in pairs)
    middle = best / NUM_SYMBOLS**2
    num_asked, last, masked = TAUGHT - 1, 1.0, 1.0
    inner = num_asked - 1

    def told(
        share: int | float, end: int | float = last, asked: int = num_asked
    ) -> tuple:
        return share, end, (inner * share + end) / asked, masked

    right = told(middle)
    return judge_numbers(
        answer,
        right,
        tolerance=0.001,
        mistakes={
            told(1 / 2): (
                "where both neighbours are one symbol, either is right"
            ),
            told(1 / NUM_SYMBOLS, 1 / NUM_SYMBOLS): (
                "a penalty tells how far away a symbol stands: the two neighbours "
                "stand out from all others"
            ),
            told(1.0): (
                "it finds both neighbours; but read backwards the line gives it the "
                "same numbers, and the other neighbour is asked for"
            ),
            told(middle, middle): "the last token has one neighbour alone",
            told(middle, asked=TAUGHT): (
                "the first place is asked nothing: there are eleven"
            ),
            (middle, last, ((inner + 1) * middle + last) / TAUGHT, masked): (
                "keep three digits; or was the first place counted, which is asked "
                "nothing? There are eleven"
            ),
            (middle, last, (middle + last) / 2, masked): (
                "the last place is one of eleven"
            ),
            (*right[:3], middle): (
                "under the mask nothing to the right is seen: the nearest other "
                "token is the one before"
            ),
        },
        because=(
            "a penalty counts places without a sign, and the mask lends it one"
        ),
    )
