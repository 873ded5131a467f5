"""Answers to chapter 08's exercises: right ones, and wrong ones people write."""

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


def in_place(x, attend, think, norm):
    x += attend(norm(x))
    x += think(norm(x))
    return x


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
    (check.pre_norm, in_place),
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
    (check.split, lambda x, h: None, "not yet"),
    (check.split, lambda x, h: x, "the shape must be (1, 2, 3, 2), but is (1, 3, 4)"),
    (check.split, lambda x, h: x.reshape(x.shape[0], h, x.shape[1], -1), "exchange two axes"),
    (check.split, lambda x, h: x.unflatten(-1, (-1, h)).movedim(-1, 1), "a run of features"),
    (check.split, lambda x, h: by_loop(x, h).flip(1), "the first run"),
    (check.split, lambda x, h: by_loop(x, h).transpose(1, 2), "before the tokens"),
    (check.split, lambda x, h: by_loop(x, h).transpose(2, 3), "features of a head"),
    (check.split, lambda x, h: by_loop(x, h).transpose(0, 1), "the batch stays"),
    (check.split, lambda x, h: merge_heads(by_loop(x, h)), "the shape must be"),
    (check.split, lambda x, h: x.chunk(h, dim=-1), "`torch.stack` makes one of it"),
    (check.step_mask, lambda old, new: causal_mask(new), "the old keys are there"),
    (check.step_mask, lambda old, new: causal_mask(old + new), "the old ones ask no more"),
    (check.step_mask, lambda old, new: causal_mask(old + new)[:new], "the last rows"),
    (check.step_mask, lambda old, new: ~causal_mask(old + new)[old:], "True means may look"),
    (check.step_mask, lambda old, new: torch.ones(new, old + new) > 0, "must not see"),
    (
        check.step_mask,
        lambda old, new: causal_mask(old + new)[old:].float(),
        "must hold True and False",
    ),
    (
        check.step_mask,
        lambda old, new: torch.ones(old + new, old + new).tril(-1)[old:] > 0,
        "look at itself",
    ),
    (
        check.step_mask,
        lambda old, new: torch.cat(
            [torch.zeros(new, old) > 0, causal_mask(new)], dim=1
        ),
        "see all the old keys",
    ),
    (check.step_mask, lambda old, new: causal_mask(old + new)[old:].T, "queries are the rows"),
    (check.pre_norm, lambda x, attend, think, norm: x, "expected"),
    (check.pre_norm, lambda x, attend, think, norm: think(norm(attend(norm(x)))), "both sums"),
    (
        check.pre_norm,
        lambda x, attend, think, norm: norm(
            norm(x + attend(x)) + think(norm(x + attend(x)))
        ),
        "post-norm",
    ),
    (
        check.pre_norm,
        lambda x, attend, think, norm: x + attend(norm(x)) + think(norm(x)),
        "what the first has added",
    ),
    (
        check.pre_norm,
        lambda x, attend, think, norm: layer(x, think, attend, norm),
        "first attend",
    ),
    (
        check.pre_norm,
        lambda x, attend, think, norm: norm(layer(x, attend, think, norm)),
        "after the last sum",
    ),
    (
        check.pre_norm,
        lambda x, attend, think, norm: think(norm(x + attend(norm(x)))),
        "add what think returns",
    ),
    (
        check.pre_norm,
        lambda x, attend, think, norm: (
            attend(norm(x)) + think(norm(attend(norm(x))))
        ),
        "add what attend returns",
    ),
    (
        check.pre_norm,
        lambda x, attend, think, norm: layer(norm(x), attend, think, lambda y: y),
        "expected",
    ),
    (
        check.pre_norm,
        lambda x, attend, think, norm: (
            norm(norm(x) + attend(norm(x)))
            + think(norm(norm(x) + attend(norm(x))))
        ),
        "not to its norm",
    ),
    (
        check.pre_norm,
        lambda x, attend, think, norm: x + attend(x) + think(x + attend(x)),
        "the norm of what comes in",
    ),
    (
        check.pre_norm,
        lambda x, attend, think, norm: (
            x + attend(norm(x)) + think(x + attend(norm(x)))
        ),
        "a norm as well",
    ),
    (check.mass_inside, lambda w, s: w.sum(dim=-1), "inside the span alone"),
    (check.mass_inside, lambda w, s: w.max(dim=-1).values, "not the largest"),
    (check.mass_inside, lambda w, s: 1 - spans_of(w, s), "not outside"),
    (check.mass_inside, lambda w, s: spans_of(w, s + 1), "counted from 0"),
    (check.mass_inside, lambda w, s: spans_of(w, s + torch.tensor([0, 1])), "as a slice does"),
    (check.mass_inside, lambda w, s: spans_of(w, s + torch.tensor([1, 0])), "with its start"),
    (check.mass_inside, lambda w, s: spans_of(w, s).mean(), "a share for each row"),
    (check.mass_inside, lambda w, s: spans_of(w, s) / (s[:, 1] - s[:, 0]), "not the mean"),
    (
        check.mass_inside,
        lambda w, s: (
            (s[:, 0] <= w.argmax(-1)) & (w.argmax(-1) < s[:, 1])
        ).float(),
        "whether the largest is",
    ),
    (check.mass_inside, lambda w, s: spans_of(w, s).unsqueeze(-1), "left over"),
    (check.mass_inside, lambda w, s: spans_of(w, s) * float("nan"), "not a number (NaN)"),
]  # fmt: skip
