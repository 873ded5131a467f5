"""Every checker accepts right answers and refuses the wrong ones people write."""

import pytest
import torch

from attn_utils import attention
from attn_utils.exercises import weighted_fusion as check
from attn_utils.exercises.base import Verdict, judge


def column(x):
    return x.unsqueeze(-1)


def others(x):
    return ~torch.eye(len(x), dtype=torch.bool)


def kernel_error(x, y, bandwidth, mask=None):
    def score(query, key):
        return -((query - key.transpose(-2, -1)) ** 2) / (2 * bandwidth**2)

    guess, _ = attention(column(x), column(x), column(y), mask, score)
    return ((guess.squeeze(-1) - y) ** 2).mean().item()


def choose(x, y, candidates, mask):
    return min(candidates, key=lambda h: kernel_error(x, y, h, mask))


def distance(query, key):
    return (query.unsqueeze(-1) - key).abs()


def nearest(query, key, count):
    order = distance(query, key).argsort(dim=-1)[:, :count]
    mask = torch.zeros(len(query), len(key), dtype=torch.bool)
    return mask.scatter(-1, order, True)


def spoil(weights):
    weights += 1
    return 1 / (weights - 1).square().sum(-1)


RIGHT = [
    (check.effective_keys, lambda w: 1 / (w**2).sum(-1)),
    (check.effective_keys, lambda w: w.norm(dim=-1) ** -2),
    (check.effective_keys, spoil),
    (check.nearest_mask, nearest),
    (
        check.nearest_mask,
        lambda q, k, n: (
            distance(q, k)
            <= distance(q, k).kthvalue(n, dim=-1, keepdim=True).values
        ),
    ),
    (check.best_bandwidth, lambda x, y, c: choose(x, y, c, others(x))),
    (
        check.best_bandwidth,
        lambda x, y, c: torch.tensor(
            sorted(c, key=lambda h: kernel_error(x, y, h, others(x)))[0]
        ),
    ),
    (check.laplace_score, lambda q, k, h=1.0: -torch.cdist(q, k, p=1) / h),
]

WRONG = [
    (
        check.effective_keys,
        "the count of keys",
        lambda w: (w > 0).sum(-1).float(),
    ),
    (
        check.effective_keys,
        "the entropy's",
        lambda w: torch.exp(-(w * w.log()).sum(-1)),
    ),
    (check.effective_keys, "over queries", lambda w: 1 / w.square().sum(0)),
    (check.effective_keys, "all rows at once", lambda w: 1 / w.square().sum()),
    (check.effective_keys, "no inverse", lambda w: w.square().sum(-1)),
    (
        check.effective_keys,
        "one over the largest",
        lambda w: 1 / w.max(-1).values,
    ),
    (
        check.effective_keys,
        "square after the sum",
        lambda w: 1 / w.sum(-1).square(),
    ),
    (
        check.effective_keys,
        "a list",
        lambda w: (1 / w.square().sum(-1)).tolist(),
    ),
    (check.effective_keys, "nothing", lambda w: None),
    (check.effective_keys, "raises", lambda w: w.nonsense()),
    (check.nearest_mask, "inverted", lambda q, k, n: ~nearest(q, k, n)),
    (check.nearest_mask, "float", lambda q, k, n: nearest(q, k, n).float()),
    (check.nearest_mask, "transposed", lambda q, k, n: nearest(q, k, n).T),
    (
        check.nearest_mask,
        "farthest",
        lambda q, k, n: ~nearest(q, k, len(k) - n),
    ),
    (check.nearest_mask, "one too few", lambda q, k, n: nearest(q, k, n - 1)),
    (
        check.nearest_mask,
        "without abs",
        lambda q, k, n: (q.unsqueeze(-1) - k).argsort(-1).argsort(-1) < n,
    ),
    (
        check.nearest_mask,
        "positions, not ranks",
        lambda q, k, n: distance(q, k).argsort(-1) < n,
    ),
    (
        check.nearest_mask,
        "the same keys for all",
        lambda q, k, n: nearest(q[:1], k, n).expand(len(q), -1),
    ),
    (check.best_bandwidth, "no mask", lambda x, y, c: choose(x, y, c, None)),
    (
        check.best_bandwidth,
        "only oneself",
        lambda x, y, c: choose(x, y, c, ~others(x)),
    ),
    (
        check.best_bandwidth,
        "only the past",
        lambda x, y, c: choose(
            x, y, c, torch.ones(len(x), len(x)).tril(-1) > 0
        ),
    ),
    (
        check.best_bandwidth,
        "the worst",
        lambda x, y, c: max(c, key=lambda h: kernel_error(x, y, h, others(x))),
    ),
    (check.best_bandwidth, "the smallest", lambda x, y, c: min(c)),
    (check.best_bandwidth, "the first", lambda x, y, c: c[0]),
    (
        check.best_bandwidth,
        "its place in the list",
        lambda x, y, c: c.index(choose(x, y, c, others(x))),
    ),
    (
        check.best_bandwidth,
        "its error",
        lambda x, y, c: min(kernel_error(x, y, h, others(x)) for h in c),
    ),
    (
        check.best_bandwidth,
        "bandwidth not squared",
        lambda x, y, c: min(
            c, key=lambda h: kernel_error(x, y, h**0.5, others(x))
        ),
    ),
    (check.laplace_score, "positive", lambda q, k, h=1.0: (q - k.T).abs() / h),
    (check.laplace_score, "squared", lambda q, k, h=1.0: -((q - k.T) ** 2) / h),
    (
        check.laplace_score,
        "bandwidth ignored",
        lambda q, k, h=1.0: -(q - k.T).abs(),
    ),
    (check.laplace_score, "times h", lambda q, k, h=1.0: -(q - k.T).abs() * h),
    (check.laplace_score, "without abs", lambda q, k, h=1.0: -(q - k.T) / h),
    (
        check.laplace_score,
        "keys by queries",
        lambda q, k, h=1.0: -(k - q.T).abs() / h,
    ),
    (
        check.laplace_score,
        "normalised already",
        lambda q, k, h=1.0: (-(q - k.T).abs() / h).softmax(-1),
    ),
]


@pytest.mark.parametrize(("checker", "answer"), RIGHT)
def test_a_right_answer_is_accepted_however_it_is_written(checker, answer):
    verdict = checker(answer)
    assert verdict
    assert repr(verdict).startswith("✓")


@pytest.mark.parametrize(
    ("checker", "answer"),
    [pytest.param(c, a, id=f"{c.__name__}: {name}") for c, name, a in WRONG],
)
def test_a_wrong_answer_is_refused_with_a_reason(checker, answer):
    verdict = checker(answer)
    assert not verdict
    assert repr(verdict).startswith("✗ ")
    assert len(verdict.sentence) > 10


def test_every_checker_has_been_tried_on_at_least_five_wrong_answers():
    checkers = [
        thing
        for name, thing in vars(check).items()
        if getattr(thing, "__module__", "") == check.__name__ and name[0] != "_"
    ]
    assert len(checkers) == 4
    for checker in checkers:
        assert sum(c is checker for c, _, _ in WRONG) >= 5


def test_a_missing_answer_is_told_apart_from_a_wrong_one():
    sentence = check.nearest_mask(lambda q, k, n: None).sentence
    assert sentence.startswith("not yet: it returns None")


def test_a_nan_is_never_right():
    verdict = check.effective_keys(lambda w: w.sum(-1) * float("nan"))
    assert not verdict


def test_judge_says_where_the_first_difference_is():
    verdict = judge(
        lambda x: x * 2, lambda x: x * 1, [(torch.tensor([0.0, 3.0]),)]
    )
    assert not verdict
    assert "expected 3.0000 at [1], got 6.0000" in verdict.sentence
    assert isinstance(verdict, Verdict)


@pytest.mark.parametrize(
    ("checker", "answer", "hint"),
    [
        (
            check.nearest_mask,
            lambda q, k, n: ~nearest(q, k, n),
            "True means may look",
        ),
        (
            check.best_bandwidth,
            lambda x, y, c: choose(x, y, c, None),
            "predicted by itself",
        ),
        (check.effective_keys, lambda w: w.square().sum(-1), "one over it"),
        (
            check.laplace_score,
            lambda q, k, h=1.0: (q - k.T).abs() / h,
            "the better the match, the higher",
        ),
    ],
)
def test_a_common_mistake_gets_a_hint(checker, answer, hint):
    assert hint in checker(answer).sentence
