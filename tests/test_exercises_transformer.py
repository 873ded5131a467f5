"""Chapter 08's checkers accept right answers and refuse the wrong ones people write."""

import pytest
import torch

from attn_utils import causal_mask, merge_heads
from attn_utils.exercises import transformer as check


def by_loop(x, num_heads):
    width = x.shape[-1] // num_heads
    runs = [x[..., h * width : (h + 1) * width] for h in range(num_heads)]
    return torch.stack(runs, dim=1)


def spans_of(weights, spans):
    inside = [
        row[a:b].sum() for row, (a, b) in zip(weights, spans, strict=True)
    ]
    return torch.stack(inside)


def layer(x, attend, think, norm):
    read = x + attend(norm(x))
    return read + think(norm(read))


RIGHT = [
    (check.split, by_loop),
    (check.split, lambda x, h: torch.stack(x.chunk(h, dim=-1), dim=1)),
    (check.step_mask, lambda old, new: causal_mask(old + new)[old:]),
    (
        check.step_mask,
        lambda old, new: (
            torch.arange(old + new)
            <= torch.arange(old, old + new).unsqueeze(-1)
        ),
    ),
    (check.pre_norm, layer),
    (
        check.pre_norm,
        lambda x, attend, think, norm: (
            x + attend(norm(x)) + think(norm(x + attend(norm(x))))
        ),
    ),
    (check.mass_inside, spans_of),
    (
        check.mass_inside,
        lambda w, s: torch.stack(
            [w[i, s[i, 0] : s[i, 1]].sum() for i in range(len(w))]
        ),
    ),
]
WRONG = [
    (check.split, lambda x, h: None),
    (check.split, lambda x, h: x),
    (
        check.split,
        lambda x, h: x.reshape(x.shape[0], h, x.shape[1], -1),
    ),
    (check.split, lambda x, h: x.unflatten(-1, (-1, h)).movedim(-1, 1)),
    (check.split, lambda x, h: by_loop(x, h).flip(1)),
    (check.split, lambda x, h: by_loop(x, h).transpose(1, 2)),
    (check.split, lambda x, h: merge_heads(by_loop(x, h))),
    (check.step_mask, lambda old, new: causal_mask(new)),
    (check.step_mask, lambda old, new: causal_mask(old + new)),
    (check.step_mask, lambda old, new: causal_mask(old + new)[:new]),
    (check.step_mask, lambda old, new: ~causal_mask(old + new)[old:]),
    (
        check.step_mask,
        lambda old, new: torch.ones(new, old + new, dtype=torch.bool),
    ),
    (check.step_mask, lambda old, new: causal_mask(old + new)[old:].float()),
    (check.step_mask, lambda old, new: causal_mask(old + new)[old:].tril(-1)),
    (check.pre_norm, lambda x, attend, think, norm: x),
    (check.pre_norm, lambda x, attend, think, norm: think(attend(x))),
    (
        check.pre_norm,
        lambda x, attend, think, norm: norm(
            norm(x + attend(x)) + think(norm(x + attend(x)))
        ),
    ),
    (
        check.pre_norm,
        lambda x, attend, think, norm: x + attend(norm(x)) + think(norm(x)),
    ),
    (
        check.pre_norm,
        lambda x, attend, think, norm: layer(x, think, attend, norm),
    ),
    (
        check.pre_norm,
        lambda x, attend, think, norm: norm(layer(x, attend, think, norm)),
    ),
    (
        check.pre_norm,
        lambda x, attend, think, norm: think(norm(x + attend(norm(x)))),
    ),
    (check.mass_inside, lambda w, s: w.sum(dim=-1)),
    (check.mass_inside, lambda w, s: w.max(dim=-1).values),
    (check.mass_inside, lambda w, s: 1 - spans_of(w, s)),
    (check.mass_inside, lambda w, s: spans_of(w, s + 1)),
    (
        check.mass_inside,
        lambda w, s: spans_of(w, s + torch.tensor([0, 1])),
    ),
    (check.mass_inside, lambda w, s: spans_of(w, s).mean()),
    (check.mass_inside, lambda w, s: spans_of(w, s) / (s[:, 1] - s[:, 0])),
]


@pytest.mark.parametrize(("checker", "answer"), RIGHT)
def test_a_right_answer_is_accepted(checker, answer):
    verdict = checker(answer)
    assert verdict, repr(verdict)


@pytest.mark.parametrize(("checker", "answer"), WRONG)
def test_a_wrong_answer_is_refused_with_a_reason(checker, answer):
    verdict = checker(answer)
    assert not verdict
    assert len(verdict.sentence) > 15


def test_common_mistakes_get_a_hint():
    for checker, answer, words in [
        (check.split, WRONG[2][1], "exchange two axes"),
        (check.split, WRONG[3][1], "a run of features"),
        (check.step_mask, WRONG[9][1], "the last rows"),
        (check.step_mask, WRONG[11][1], "must not see"),
        (check.pre_norm, WRONG[16][1], "post-norm"),
        (check.pre_norm, WRONG[17][1], "what the first has added"),
        (check.mass_inside, WRONG[25][1], "as a slice does"),
    ]:
        assert words in repr(checker(answer))
