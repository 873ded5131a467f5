"""Answers to chapter 06's exercises: right ones, and wrong ones people write."""

import math

import torch
from torch import nn

from attn_utils import attention, causal_mask
from attn_utils.exercises import reach as check

NAMED = {
    "A": "causal attention",
    "B": "RNN from right to left",
    "C": "dilated",
    "D": "RNN",
}


def renamed(**names):
    return NAMED | names


def field(dilations, kernel_size):
    places = 1
    for dilation in dilations:
        places += (kernel_size - 1) * dilation
    return places


def field_by_sets(dilations, kernel_size):
    seen, side = {0}, kernel_size // 2
    for dilation in dilations:
        seen = {
            place + tap * dilation
            for place in seen
            for tap in range(-side, side + 1)
        }
    return torch.tensor(max(seen) - min(seen) + 1)


def field_by_gradient(dilations, kernel_size):
    """Real convolutions, and how far from the middle one of them is felt."""
    inputs = torch.ones(1, 1, 401, requires_grad=True)
    outputs = inputs
    for dilation in dilations:
        layer = nn.Conv1d(1, 1, kernel_size, padding="same", dilation=dilation)
        nn.init.ones_(layer.weight)
        outputs = layer(outputs)
    outputs[0, 0, 200].backward()
    felt = inputs.grad[0, 0].nonzero()
    return (felt.max() - felt.min() + 1).item()


def carried(
    query,
    key,
    value,
    write=torch.outer,
    read=lambda q, state, k, v: q @ state,
):
    """Hand on a state, token by token, or do one thing otherwise."""
    state = torch.zeros_like(write(key[0], value[0]))
    outputs = []
    for q, k, v in zip(query, key, value, strict=True):
        state = state + write(k, v)
        outputs.append(read(q, state, k, v))
    return torch.stack(outputs)


def sums_to(query, key):
    """Return the sum of the scores of each token, itself included."""
    return (query * key.cumsum(0)).sum(-1, keepdim=True)


def average(query, key, value):
    return carried(query, key, value) / sums_to(query, key)


def without(**otherwise):
    return lambda q, k, v: carried(q, k, v, **otherwise) / sums_to(q, k)


def two_states(query, key, value):
    whole, total = torch.zeros(key.shape[1], value.shape[1]), 0
    outputs = []
    for q, k, v in zip(query, key, value, strict=True):
        whole, total = whole + torch.outer(k, v), total + k
        outputs.append(q @ whole / (q @ total))
    return torch.stack(outputs)


def by_all_scores(query, key, value):
    scores = (query @ key.T).tril()
    return scores / scores.sum(-1, keepdim=True) @ value


def back_to_all(query, key, value):
    """Go back to every earlier token at each step, without any table."""
    outputs = []
    for step in range(1, len(query) + 1):
        shares = key[:step] @ query[step - 1]
        outputs.append(shares @ value[:step] / shares.sum())
    return torch.stack(outputs)


def pair_by_pair(query, key, value):
    outputs = []
    for step in range(len(query)):
        read, total = torch.zeros(value.shape[1]), torch.zeros(())
        for earlier in range(step + 1):
            score = query[step].dot(key[earlier])
            read, total = read + score * value[earlier], total + score
        outputs.append(read / total)
    return torch.stack(outputs)


def all_pairs(query, key, value):
    """Lay all pairs in one row."""
    asking, asked = torch.tril_indices(len(query), len(query))
    scores = (query[asking] * key[asked]).sum(-1, keepdim=True)
    sums = torch.zeros(len(query), value.shape[1] + 1)
    sums.index_add_(0, asking, torch.cat([scores * value[asked], scores], -1))
    return sums[:, :-1] / sums[:, -1:]


def one_by_one(query, key, value):
    """Put the outputs together as they come; read whole parts of what is given."""
    outputs = value[:0]
    whole = torch.zeros(key.shape[1], value.shape[1])
    total = torch.zeros(key.shape[1])
    for step in range(len(query)):
        whole.addr_(key.T[:, step], value[step])
        total.add_(key[step])
        read = query[step] @ whole / (query[step] @ total)
        outputs = torch.cat([outputs, read.unsqueeze(0)])
    return outputs


def last_state(query, key, value):
    whole = torch.zeros(key.shape[1], value.shape[1])
    for k, v in zip(key, value, strict=True):
        whole += torch.outer(k, v)
    return query @ whole / (query @ key.sum(0)).unsqueeze(-1)


def last_sum(query, key, value):
    return carried(query, key, value) / (query @ key.sum(0)).unsqueeze(-1)


def divided_by_count(query, key, value):
    return torch.stack(
        [
            row / count
            for count, row in enumerate(carried(query, key, value), start=1)
        ]
    )


def into_the_keys(query, key, value):
    outputs = average(query, key, value)
    key += 1
    return outputs


def into_the_values(query, key, value):
    """Add up in place, in what was handed in."""
    outputs = average(query, key, value)
    value.copy_(outputs)
    return value


PATHS = [100, 99, 50, 7, 1]
ECHO = [132, 1375, 0.9931, 13781]


def path(**others):
    names = dict(
        zip(("rnn", "three", "five", "dilated", "direct"), PATHS, strict=True)
    )
    return list((names | others).values())


def told(**others):
    names = dict(zip(("fast", "slow", "kept", "grown"), ECHO, strict=True))
    return list((names | others).values())


RIGHT = [
    (check.ways, PATHS),
    (check.ways, torch.tensor(PATHS)),
    (check.receptive_field, field),
    (check.receptive_field, field_by_sets),
    (check.receptive_field, field_by_gradient),
    (check.receptive_field, lambda d, k: 1 + (k - 1) * sum(d)),
    (check.echo, ECHO),
    (check.echo, (132, 1375.0, 0.993, 1.1**100)),
    (check.echo, told(grown=14000)),
    (check.wired, NAMED),
    (check.wired, {k.lower(): v.upper() for k, v in NAMED.items()}),
    (check.echo, [132, 1375, 0.993, 13200]),
    (check.running_average, average),
    (check.running_average, two_states),
    (check.running_average, one_by_one),
    (check.cheaper, "c"),
    (check.cheaper, " (C)"),
]

WRONG = [
    (check.echo, [132, 1374.63, 0.993, 13781], "1374.63, is not whole"),
    (check.echo, [132, 1375, 0.993, 13068], "and not 99; or keep more digits"),
    (check.ways, path(rnn=99), "one more leads from the first token"),
    (check.ways, path(three=100), "it is 99 steps"),
    (check.ways, path(three=33, five=20), "the token itself is one of them"),
    (check.ways, path(three=50, five=25), "the field grows to both sides"),
    (check.ways, path(five=49.5), "no half of a layer"),
    (check.ways, path(five=49), "reach 98 places"),
    (check.ways, path(dilated=99), "take longer steps"),
    (check.ways, path(dilated=6), "is 63, which is not yet 99"),
    (check.ways, path(dilated=8), "the steps of all layers add up"),
    (check.ways, path(direct=100), "every output reads every token itself"),
    (check.ways, path(direct=99), "every output reads every token itself"),
    (check.ways, path(direct=7), "every output reads every token itself"),
    (check.ways, path(direct=0), "the fifth number, 0, is too small"),
    (check.ways, PATHS[:4], "there are 4"),
    (check.receptive_field, lambda d, k: 1 + k * sum(d), "kernel_size - 1 steps"),
    (check.receptive_field, lambda d, k: k * sum(d), "kernel_size - 1 steps"),
    (check.receptive_field, lambda d, k: field(d, k) + 1, "sees 3 places"),
    (check.receptive_field, lambda d, k: field(d, k) - 1, "the place itself"),
    (
        check.receptive_field,
        lambda d, k: field([1] * len(d), k),
        "the dilations are left out",
    ),
    (check.receptive_field, lambda d, k: field(d, 3), "of five, two lie on either"),
    (
        check.receptive_field,
        lambda d, k: math.prod(field([each], k) for each in d),
        "do not multiply",
    ),
    (check.receptive_field, lambda d, k: k ** len(d), "do not multiply"),
    (check.receptive_field, lambda d, k: field(d[1:], k), "the first layer looks"),
    (check.receptive_field, lambda d, k: field([d[-1]], k), "those see further"),
    (check.receptive_field, lambda d, k: field(d[-1:], k), "those see further"),
    (
        check.receptive_field,
        lambda d, k: 1 + sum(k // 2 * each for each in d),
        "a layer looks to both",
    ),
    (check.receptive_field, lambda d, k: field(d, k) or 0 if d else 0, "expected 1"),
    (check.receptive_field, lambda d, k: list(d), "must return a number"),
    (check.receptive_field, lambda d: 1, "must take 2 arguments: dilations, kernel"),
    (check.echo, told(fast=131, slow=1374), "one step more"),
    (check.echo, told(fast=131.13, slow=1374.63), "a whole number of steps"),
    (check.echo, told(fast=57, slow=597), "both logarithms to one base"),
    (check.echo, told(fast=139, slow=1382), "ln w is only about w - 1"),
    (check.echo, told(fast=10, slow=100), "about a third is left"),
    (check.echo, told(kept=0.995), "its share of what is left"),
    (check.echo, told(kept=0.5), "every single step would halve it"),
    (check.echo, told(grown=110), "steps multiply"),
    (check.echo, told(grown=11), "steps multiply"),
    (check.echo, told(grown=22026), "ln 1.1 is less than 0.1"),
    (check.echo, told(grown=1.1**99), "there are 100 factors"),
    (check.echo, told(kept=1.007), "the third number, 1.007, is too large"),
    (check.echo, told(grown=14500), "the fourth number, 14500, is close"),
    (check.wired, renamed(A="RNN"), "3 of 4 are right; A is not 'RNN'"),
    (check.wired, renamed(A="RNN"), "fade from its diagonal to the left"),
    (check.wired, renamed(D="causal attention"), "no row would fade"),
    (check.wired, renamed(C="convolution"), "a band of five cells"),
    (check.wired, renamed(B="dilated"), "a band of seven cells"),
    (check.wired, renamed(A="attention"), "no cell would be empty"),
    (
        check.wired,
        renamed(D="RNN from right to left"),
        "all below the diagonal would be empty",
    ),
    (check.wired, renamed(D="LSTM"), "'LSTM' for D is no name"),
    (check.running_average, lambda q, k, v: attention(q, k, v, causal_mask(len(q)))[0], "there is no softmax here"),
    (
        check.running_average,
        lambda q, k, v: (q @ k.T + torch.full((len(q), len(q)), -1e9).triu(1)).softmax(-1) @ v,
        "there is no softmax here",
    ),
    (check.running_average, carried, "the weights are to sum to one"),
    (check.running_average, divided_by_count, "divide by the sum of their scores"),
    (check.running_average, last_sum, "the sum of the keys is a state, too"),
    (check.running_average, last_state, "which knows what comes after it"),
    (
        check.running_average,
        without(write=lambda k, v: torch.outer(v, k)),
        "a row for each feature of a key",
    ),
    (
        check.running_average,
        without(read=lambda q, state, k, v: state @ q),
        "a row for each feature of a key",
    ),
    (check.running_average, lambda q, k, v: average(k, q, v), "there they are exchanged"),
    (check.running_average, lambda q, k, v: v.clone(), "with empty states"),
    (check.running_average, by_all_scores, "it makes a table of tokens by tokens"),
    (
        check.running_average,
        lambda q, k, v: attention(q, k, v, causal_mask(len(q)), lambda a, b: (a @ b.mT).log())[0],
        "it makes a table of tokens by tokens",
    ),
    (
        check.running_average,
        lambda q, k, v: (s := (q[:, None] * k).sum(-1, keepdim=True).squeeze(-1).tril())
        @ v
        / s.sum(-1, keepdim=True),
        "it makes a table of tokens by tokens",
    ),
    (check.running_average, back_to_all, "it goes back to earlier ones"),
    (check.running_average, pair_by_pair, "it goes back to earlier ones"),
    (check.running_average, all_pairs, "it goes back to earlier ones"),
    (check.running_average, into_the_keys, "key is another than before"),
    (check.running_average, into_the_values, "value is another than before"),
    (check.running_average, lambda q, k, v: average(q, k, v)[-1], "the shape must be (7, 3)"),
    (check.running_average, lambda q, k, v: list(average(q, k, v)), "`torch.stack` makes"),
    (
        check.running_average,
        lambda q, k, v: average(q, k, v) if len(q) > 1 else v + 1,
        "for query = ",
    ),
    (
        check.running_average,
        lambda q, k, v: average(q, k, v[:, : k.shape[1]]),
        "the shape must be (7, 5)",
    ),
    (check.cheaper, "a", "a GRU has six maps"),
    (check.cheaper, "b", "if a GRU had five maps"),
    (check.cheaper, "d", "attention multiplies twice for each pair"),
    (check.cheaper, "e", "overtakes any number of maps"),
    (check.cheaper, "f", "'f' is none of them"),
    (check.cheaper, 128, "this is an int"),
    (check.cheaper, ..., "not yet: pick one of"),
]  # fmt: skip
