"""Chapter 01's checkers accept right answers and refuse the wrong ones people write."""

import math

import pytest
import torch
from exercise_table import assert_refused, checkers, hints

from attn_utils import attention
from attn_utils.exercises import weighted_fusion as check


def column(x):
    return x.unsqueeze(-1)


def others(x):
    return ~torch.eye(len(x), dtype=torch.bool)


def misses(x, y, bandwidth, mask=None):
    def score(query, key):
        return -((query - key.transpose(-2, -1)) ** 2) / (2 * bandwidth**2)

    guess, _ = attention(column(x), column(x), column(y), mask, score)
    return guess.squeeze(-1) - y


def kernel_error(x, y, bandwidth, mask=None):
    return (misses(x, y, bandwidth, mask) ** 2).mean().item()


def choose(x, y, candidates, mask):
    return min(candidates, key=lambda h: kernel_error(x, y, h, mask))


def empty_the_list(x, y, candidates):
    """Right, though it leaves nothing of what it was given."""
    best = None
    while candidates:
        bandwidth = candidates.pop()
        error = kernel_error(x, y, bandwidth, others(x))
        if best is None or error < best[0]:
            best = error, bandwidth
    x.zero_(), y.zero_()
    return best[1]


def place(a, b, h, ratio):
    return (a + b) / 2 + h**2 * math.log(ratio) / (a - b)


def shares(grown):
    return [g / sum(grown) for g in grown]


FOUR = [math.exp(-0.5), 1.0, math.exp(-0.5), math.exp(-2)]
NAMED = {
    "A": "hidden too late",
    "B": "leave one out",
    "C": "upside down",
    "D": "causal",
}
KEY = [[1, 0], [0, 1], [1, 0]]
QUERY = [[0, 0], [0, 9], [9, 0]]


def renamed(**names):
    return NAMED | names


def made(key=KEY, query=QUERY):
    return {"key": key, "query": query}


RIGHT = [
    (check.best_bandwidth, lambda x, y, c: choose(x, y, c, others(x))),
    (check.best_bandwidth, empty_the_list),
    (
        check.best_bandwidth,
        lambda x, y, c: torch.tensor(
            sorted(c, key=lambda h: kernel_error(x, y, h, others(x)))[0]
        ),
    ),
    (check.fourth_voice, shares(FOUR)),
    (check.fourth_voice, (0.26, 0.43, 0.26, 0.06)),
    (check.fourth_voice, torch.tensor(shares(FOUR))),
    (check.fourth_voice, torch.tensor(shares(FOUR)).numpy()),
    (check.louder, place),
    (check.louder, lambda *given: torch.tensor(place(*given))),
    (
        check.louder,
        lambda a, b, h, ratio: (
            (a * a - b * b + 2 * h * h * math.log(ratio)) / (2 * (a - b))
        ),
    ),
    (check.maps_named, NAMED),
    (check.maps_named, {k.lower(): v.upper() for k, v in NAMED.items()}),
    (check.without_the_sum, "b"),
    (check.without_the_sum, " (B) "),
    (check.three_questions, made()),
    (check.three_questions, made(-3 * torch.tensor(KEY), torch.tensor(QUERY) / -2.0)),
    (check.three_questions, made([[2, 3], [3, -2], [2, 3]], [[0, 0], [4, -9], [3, 3]])),
    (
        check.three_questions,
        made(query=torch.nn.Parameter(torch.tensor(QUERY).double())),
    ),
]  # fmt: skip

WRONG = [
    (
        check.best_bandwidth,
        "no mask",
        lambda x, y, c: choose(x, y, c, None),
        "predicted by itself",
    ),
    (
        check.best_bandwidth,
        "only oneself",
        lambda x, y, c: choose(x, y, c, ~others(x)),
        "look at itself alone",
    ),
    (
        check.best_bandwidth,
        "only the past",
        lambda x, y, c: choose(
            x, y, c, torch.ones(len(x), len(x)).tril(-1) > 0
        ),
        "expected 0.1, got 0.2",
    ),
    (
        check.best_bandwidth,
        "the mean absolute error",
        lambda x, y, c: min(
            c, key=lambda h: misses(x, y, h, others(x)).abs().mean()
        ),
        "square each miss",
    ),
    (
        check.best_bandwidth,
        "the worst",
        lambda x, y, c: max(c, key=lambda h: kernel_error(x, y, h, others(x))),
        "not the largest",
    ),
    (check.best_bandwidth, "the smallest", lambda x, y, c: min(c), "predicted by itself"),
    (check.best_bandwidth, "the first", lambda x, y, c: c[0], "look at itself alone"),
    (
        check.best_bandwidth,
        "its place in the list",
        lambda x, y, c: c.index(choose(x, y, c, others(x))),
        "its place in the list",
    ),
    (
        check.best_bandwidth,
        "its error",
        lambda x, y, c: min(kernel_error(x, y, h, others(x)) for h in c),
        "not its error",
    ),
    (
        check.best_bandwidth,
        "bandwidth not squared",
        lambda x, y, c: min(
            c, key=lambda h: kernel_error(x, y, h**0.5, others(x))
        ),
        "2h²",
    ),
    (
        check.best_bandwidth,
        "in a list",
        lambda x, y, c: [choose(x, y, c, others(x))],
        "must return a number, but returned a list",
    ),
    (check.fourth_voice, "not divided", FOUR, "divide each exponential"),
    (check.fourth_voice, "the scores", [-0.5, 0, -0.5, -2], "those are the scores"),
    (
        check.fourth_voice,
        "shares of the scores",
        shares([-0.5, 0, -0.5, -2]),
        "take the exponential of each",
    ),
    (
        check.fourth_voice,
        "without the half",
        shares([math.exp(-1), 1, math.exp(-1), math.exp(-4)]),
        "2h², which is 2",
    ),
    (
        check.fourth_voice,
        "farther is better",
        shares([1 / g for g in FOUR]),
        "the nearer, the higher",
    ),
    (
        check.fourth_voice,
        "not squared",
        shares([math.exp(-1), 1, math.exp(-1), math.exp(-2)]),
        "square the distance",
    ),
    (
        check.fourth_voice,
        "the old three kept",
        [0.348, 0.574, 0.258, 0.078],
        "every other share smaller",
    ),
    (check.fourth_voice, "the mean", [0.25] * 4, "a bandwidth without end"),
    (check.fourth_voice, "three", [0.35, 0.57, 0.08], "there are 3"),
    (check.fourth_voice, "the answer", 21.2, "4 numbers are asked for, but this is"),
    (check.fourth_voice, "rounded far", [0.3, 0.4, 0.3, 0.1], "keep more digits"),
    (check.fourth_voice, "in quotes", ["0.26"] * 4, "leave out the quotes"),
    (check.fourth_voice, "a stub", [..., ..., ..., ...], "not yet"),
    (
        check.louder,
        "the other side",
        lambda a, b, h, r: (a + b) / 2 - h**2 * math.log(r) / (a - b),
        "the other one is heard more",
    ),
    (
        check.louder,
        "bandwidth not squared",
        lambda a, b, h, r: (a + b) / 2 + h * math.log(r) / (a - b),
        "bandwidth is squared",
    ),
    (
        check.louder,
        "no logarithm",
        lambda a, b, h, r: (a + b) / 2 + h**2 * r / (a - b),
        "take its logarithm",
    ),
    (
        check.louder,
        "the step alone",
        lambda a, b, h, r: h**2 * math.log(r) / (a - b),
        "for a ratio of 1 it is the middle",
    ),
    (check.louder, "the middle", lambda a, b, h, r: (a + b) / 2, "heard alike"),
    (
        check.louder,
        "half the step",
        lambda a, b, h, r: (a + b) / 2 + h**2 * math.log(r) / (2 * (a - b)),
        "a factor 2",
    ),
    (
        check.louder,
        "twice the step",
        lambda a, b, h, r: (a + b) / 2 + 2 * h**2 * math.log(r) / (a - b),
        "a factor 2",
    ),
    (
        check.louder,
        "times the distance",
        lambda a, b, h, r: (a + b) / 2 + h**2 * math.log(r) * (a - b),
        "divide by the distance",
    ),
    (check.louder, "called", place(2.0, 4.0, 1.0, 3.0), "without calling it"),
    (check.louder, "too few arguments", lambda a, b: a + b, "must take 4 arguments"),
    (
        check.maps_named,
        "broken is causal",
        renamed(A="causal"),
        "3 of 4 are right; A is not 'causal'",
    ),
    (check.maps_named, "the two exchanged", renamed(D="hidden too late"), "pale"),
    (check.maps_named, "a copy", renamed(B="copies itself"), "the diagonal alone would be dark"),
    (check.maps_named, "a window", renamed(B="a window"), "a band along"),
    (check.maps_named, "one out", renamed(C="leave one out"), "the diagonal alone would be empty"),
    (check.maps_named, "turned", renamed(D="upside down"), "the last query nobody"),
    (check.maps_named, "a typo", renamed(D="casual"), "'casual' for D is no name"),
    (check.maps_named, "one missing", {"A": "causal"}, "not yet: B has no name"),
    (check.maps_named, "a list", list(NAMED.values()), "but this is a list"),
    (check.without_the_sum, "as before", "a", "what the division does"),
    (check.without_the_sum, "the mean", "c", "far from equal"),
    (check.without_the_sum, "no option", "d", "'d' is none of them"),
    (check.without_the_sum, "a number", 0.0, "pick one of 'a', 'b', 'c'; this is a float"),
    (check.without_the_sum, "a stub", ..., "not yet: pick one of"),
    (
        check.three_questions,
        "ones for the mean",
        made(query=[[1, 1], [0, 9], [9, 0]], key=[[1, 0], [0, 2], [1, 0]]),
        "which query scores every key alike",
    ),
    (
        check.three_questions,
        "too short",
        made(query=[[0, 0], [0, 2], [9, 0]]),
        "a longer query",
    ),
    (
        check.three_questions,
        "turned round",
        made(query=[[0, 0], [0, -9], [9, 0]]),
        "turn the query round",
    ),
    (
        check.three_questions,
        "one of two",
        made(key=[[2, 0], [0, 1], [1, 0]]),
        "which key should score highest, and which alike?",
    ),
    (
        check.three_questions,
        "too long",
        made(query=[[0, 0], [0, 9], [3e38, 3e38]], key=[[9, 0], [0, 9], [9, 0]]),
        "too large for floats",
    ),
    (
        check.three_questions,
        "keys as columns",
        made(key=[[1, 0, 1], [0, 1, 0]]),
        "of key: the shape must be (3, 2), but is (2, 3) (the axes are exchanged)",
    ),
    (
        check.three_questions,
        "one query alone",
        made(query=[0, 9]),
        "of query: the shape must be (3, 2), but is (2,)",
    ),
    (check.three_questions, "rows unlike", made(key=[[1], [0, 1]]), "rows of numbers"),
    (check.three_questions, "a mask", made(key=torch.ones(3, 2) > 0), "must hold numbers"),
    (check.three_questions, "no end", made(query=[[0, 0], [0, math.inf], [9, 0]]), "finite"),
    (check.three_questions, "a stub", made(query=...), "not yet: query must have"),
    (check.three_questions, "a list", [KEY, QUERY], "a dict is asked for"),
]  # fmt: skip


@pytest.mark.parametrize(("checker", "answer"), RIGHT)
def test_a_right_answer_is_accepted_however_it_is_written(checker, answer):
    verdict = checker(answer)
    assert verdict, verdict
    assert repr(verdict).startswith("✓ right")


@pytest.mark.parametrize(
    ("checker", "answer", "words"),
    [
        pytest.param(c, a, w, id=f"{c.__name__}: {name}")
        for c, name, a, w in WRONG
    ],
)
def test_a_wrong_answer_is_refused_with_its_reason(checker, answer, words):
    assert_refused(checker, answer, words)


def test_every_checker_has_been_tried_on_at_least_five_wrong_answers():
    assert len(checkers(check)) == 9
    for checker in checkers(check):
        assert sum(c is checker for c, *_ in WRONG) >= 5
        assert sum(c is checker for c, _ in RIGHT) >= 2


@pytest.mark.parametrize("checker", checkers(check), ids=lambda c: c.__name__)
def test_every_hint_is_reached_by_a_wrong_answer(checker, monkeypatch):
    kept = hints(checker, monkeypatch)
    said = [checker(a).sentence for c, _, a, _ in WRONG if c is checker]
    if checker is not check.three_questions:
        assert len(kept) >= 2
    for hint in kept:
        assert any(hint in sentence for sentence in said), hint


def test_the_four_maps_are_weights_of_nine_people_each_with_one_name():
    maps = check.four_maps()
    assert list(maps) == list(NAMED)
    for letter, weights in maps.items():
        assert weights.shape == (9, 9)
        assert check.maps_named(NAMED)
        assert not check.maps_named(renamed(**{letter: "a window"}))
    assert torch.equal(maps["D"] > 0, maps["A"] > 0)


def test_all_names_that_may_be_given_can_be_told_from_the_map(monkeypatch):
    people = torch.ones(9, 9)
    shapes = {
        "copies itself": people.tril().triu(),
        "a window": people.tril(2).triu(-2),
        "causal": people.tril(),
        "upside down": people.triu(1),
        "leave one out": people - people.tril().triu(),
    }
    for name, shape in shapes.items():
        weights = shape / shape.sum(dim=-1, keepdim=True).clamp(min=1)
        maps = {"A": weights}
        monkeypatch.setattr(check, "four_maps", lambda maps=maps: maps)
        assert check.maps_named({"A": name}), name
    monkeypatch.setattr(check, "four_maps", lambda: {"A": people.tril() / 9})
    assert check.maps_named({"A": "hidden too late"})
    monkeypatch.setattr(check, "four_maps", lambda: {"A": people / 9})
    with pytest.raises(ValueError, match="lack"):
        check.maps_named({"A": "causal"})
