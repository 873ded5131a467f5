"""Answers to chapter 05's exercises: right ones, and wrong ones people write."""

import numpy
import torch

from attn_utils.exercises import self_attention as check

NAMED = {
    "A": "reads ahead",
    "B": "hidden too late",
    "C": "window",
    "D": "padding",
}
TWO_THIRDS = [0.67, 0.33, 0]


def renamed(**names):
    return NAMED | names


def back(num_tokens):
    place = torch.arange(num_tokens)
    return place[:, None] - place


def window(num_tokens, width):
    return (back(num_tokens) >= 0) & (back(num_tokens) <= width)


def window_by_loop(num_tokens, width):
    mask = torch.zeros(num_tokens, num_tokens, dtype=torch.bool)
    for i in range(num_tokens):
        mask[i, max(0, i - width) : i + 1] = True
    return mask


def window_from_the_end(num_tokens, width):
    mask = torch.zeros(num_tokens, num_tokens, dtype=torch.bool)
    for i in range(num_tokens):
        mask[i, i - width : i + 1] = True
    return mask


def window_that_turns(num_tokens, width):
    rows = torch.arange(num_tokens)
    mask = torch.zeros(num_tokens, num_tokens, dtype=torch.bool)
    for step in range(width + 1):
        mask[rows, (rows - step) % num_tokens] = True
    return mask


def drawn(token):
    return torch.randn(token.shape, generator=torch.Generator().manual_seed(1))


def leaks(layer, inputs):
    kept = layer(inputs)
    for j in range(1, len(inputs)):
        changed = inputs.clone()
        changed[j] = drawn(inputs[j])
        if not torch.allclose(layer(changed)[:j], kept[:j]):
            return True
    return False


def leaks_by_gradient(layer, inputs):
    slopes = torch.autograd.functional.jacobian(layer, inputs).abs().sum((1, 3))
    return (slopes.triu(1) > 0).any()


def leaks_later_first(layer, inputs):
    """All later tokens change at once, which is as good."""
    for i in range(len(inputs) - 1):
        changed = inputs.clone()
        changed[i + 1 :] = drawn(changed[i + 1 :])
        if (layer(changed)[i] - layer(inputs)[i]).abs().max() > 1e-6:
            return True
    return False


def leaks_by_prefixes(layer, inputs):
    """What comes later is left out instead of changed."""
    outputs = layer(inputs)
    return not all(
        torch.allclose(layer(inputs[:end]), outputs[:end], atol=1e-6)
        for end in range(1, len(inputs) + 1)
    )


def trial(part, places=range, change=drawn, atol=1e-8):
    """Return a leak test that looks at a part of the outputs alone."""

    def test(layer, inputs):
        kept = layer(inputs)
        for j in places(len(inputs)):
            changed = inputs.clone()
            changed[j] = change(inputs[j])
            if not torch.allclose(
                part(layer(changed), j), part(kept, j), atol=atol
            ):
                return True
        return False

    return test


def before(outputs, j):
    return outputs[:j]


def leaks_in_place(layer, inputs):
    kept = layer(inputs).clone()
    for j in range(len(inputs)):
        inputs[j] = drawn(inputs[j])
        if not torch.allclose(layer(inputs)[:j], kept[:j]):
            return True
    return False


def compared_with_itself(layer, inputs):
    for j in range(len(inputs)):
        changed = inputs
        changed[j] = drawn(inputs[j])
        if not torch.allclose(layer(changed)[:j], layer(inputs)[:j]):
            return True
    return False


RIGHT = [
    (check.tiny_by_hand, [0.67, 0.33, 0, 1, -1]),
    (check.tiny_by_hand, torch.tensor([0.6698, 0.3302, 0, 1, -1])),
    (check.window_mask, window),
    (check.window_mask, window_by_loop),
    (check.window_mask, lambda n, w: torch.ones(n, n).tril().triu(-w).bool()),
    (check.leaks, leaks),
    (check.leaks, leaks_by_gradient),
    (check.leaks, leaks_later_first),
    (check.leaks, leaks_by_prefixes),
    (check.leaks, lambda layer, inputs: numpy.bool_(leaks(layer, inputs))),
    (check.leaks, lambda layer, inputs: leaks(layer, inputs.double())),
    (check.tiny_by_hand, [[0.67, 0.33, 0], [1, -1]]),
    (check.masks_named, NAMED),
    (check.masks_named, {k.lower(): v.upper() for k, v in NAMED.items()}),
    (check.start_token, [1 / 4, 4, 2, 1]),
    (check.start_token, torch.tensor([0.25, 4, 2, 1])),
    (check.order_taken, "c"),
    (check.order_taken, " (C)"),
]  # fmt: skip

WRONG = [
    (check.tiny_by_hand, [0.731, 0.269, 0, 1, -1], "by √2 first"),
    (check.tiny_by_hand, [0.622, 0.378, 0, 1, -1], "not by 2"),
    (check.tiny_by_hand, [0.401, 0.198, 0, 0.108, -0.108], "no longer make one"),
    (check.tiny_by_hand, [0.401, 0.198, 0.401, 1.446, 0.337], "without a mask"),
    (check.tiny_by_hand, [0, 0, 1, 1.5, 0.5], "True means may look"),
    (check.tiny_by_hand, [1, 0, 0, 0, 0], "a token sees itself, too"),
    (check.tiny_by_hand, [0.804, 0.196, 0, 1, -1], "rows are queries"),
    (check.tiny_by_hand, [0.33, 0.67, 0, 1, -1], "map them to queries and keys"),
    (check.tiny_by_hand, [*TWO_THIRDS, 1, 0], "a value, not an input"),
    (check.tiny_by_hand, [*TWO_THIRDS, 1, 1], "takes a row of W_V"),
    (check.tiny_by_hand, [*TWO_THIRDS], "there are 3"),
    (check.window_mask, lambda n, w: back(n).abs() <= w, "after it are hidden"),
    (check.window_mask, lambda n, w: window(n, w - 1), "as many as `width` before"),
    (check.window_mask, lambda n, w: window(n, w + 1), "is `width` steps back"),
    (
        check.window_mask,
        lambda n, w: window(n, w) & (back(n) != 0),
        "each token sees itself, too",
    ),
    (check.window_mask, lambda n, w: window(n, w).T, "that is transposed"),
    (check.window_mask, lambda n, w: ~window(n, w), "just the other way round"),
    (check.window_mask, lambda n, w: back(n) >= 0, "where does `width` end it?"),
    (check.window_mask, window_from_the_end, "`max(0, …)`"),
    (check.window_mask, window_that_turns, "nothing stands before the first"),
    (check.window_mask, lambda n, w: window(n, w or n), "num_tokens = 5, width = 0"),
    (
        check.window_mask,
        lambda n, w: window(n, min(w, 3)),
        "num_tokens = 5, width = 13",
    ),
    (check.window_mask, lambda n, w: window(n, w).float(), "True and False"),
    (check.leaks, trial(lambda outputs, j: outputs), "stand before the changed"),
    (check.leaks, trial(lambda outputs, j: outputs[: j + 1]), "`outputs[:place]`"),
    (check.leaks, trial(lambda outputs, j: outputs[j + 1 :]), "the other way"),
    (check.leaks, trial(before, lambda n: [n - 1]), "not the last alone"),
    (check.leaks, trial(before, lambda n: [0]), "is a token really changed"),
    (check.leaks, compared_with_itself, "with the first outputs kept"),
    (
        check.leaks,
        trial(lambda outputs, j: outputs[max(j - 1, 0) : j]),
        "further than to the next token",
    ),
    (
        check.leaks,
        trial(lambda outputs, j: outputs[: min(j, 1)]),
        "the first output is not the only one",
    ),
    (
        check.leaks,
        trial(before, change=lambda token: token + 1, atol=1e-4),
        "a layer that norms its tokens",
    ),
    (
        check.leaks,
        trial(before, change=lambda token: 2 * token, atol=1e-4),
        "or by one factor",
    ),
    (check.leaks, trial(before, change=lambda token: -token), "does not notice a sign"),
    (
        check.leaks,
        trial(before, lambda n: range(2, n)),
        "layer = the_first_reads_the_second",
    ),
    (
        check.leaks,
        trial(before, change=lambda token: 10 * token),
        "layer = the_mean_of_directions",
    ),
    (
        check.leaks,
        lambda layer, inputs: True if leaks(layer, inputs) else None,
        "each way through it end in a `return`?), for layer = causal",
    ),
    (check.leaks, trial(before, change=lambda token: torch.nan), "change it to numbers"),
    (check.leaks, trial(before, change=lambda token: torch.inf * token), "change it to numbers"),
    (check.leaks, trial(before, atol=0.1), "a small leak is a leak"),
    (check.leaks, leaks_in_place, "`.clone()`"),
    (check.leaks, lambda layer, inputs: not leaks(layer, inputs), "it must be False"),
    (check.leaks, lambda layer, inputs: layer(inputs), "must return True or False"),
    (check.leaks, lambda layer, inputs: 1, "but returned an int"),
    (check.masks_named, renamed(A="window"), "3 of 4 are right; A is not 'window'"),
    (check.masks_named, renamed(A="causal"), "gives itself all its weight"),
    (check.masks_named, renamed(B="causal"), "each row would make one"),
    (check.masks_named, renamed(C="padding"), "the same columns would be empty"),
    (check.masks_named, renamed(C="reads ahead"), "what comes after it"),
    (check.masks_named, renamed(D="hidden too late"), "make less than one"),
    (check.masks_named, renamed(D="all visible"), "no cell would be empty"),
    (check.masks_named, renamed(D="half"), "'half' for D is no name"),
    (check.start_token, [1 / 3, 5, 2.5, 1], "one more voice"),
    (check.start_token, [1 / 5, 3, 1, 1], "is one of the c"),
    (check.start_token, [3 / 4, 1 / 4, 1 / 8, 1], "what the letters hold"),
    (check.start_token, [1 / 4, 4, 5.77, 1], "ln 2 more is twice as much"),
    (check.start_token, [1 / 4, 4, 8, 1], "fewer of them take as much"),
    (check.start_token, [1 / 4, 4, 4, 1], "each of them count for more"),
    (check.start_token, [1 / 4, 4, 2, 1 / 3], "together they hold all"),
    (check.start_token, [1 / 4, 4, 2, 1 / 4], "together they hold all"),
    (check.start_token, [1 / 4, 4, 2, 3 / 4], "what the start token held goes"),
    (check.start_token, [1 / 4, 4, 2, 0], "the fourth number, 0, is too small"),
    (check.order_taken, "a", "but it stands elsewhere now"),
    (check.order_taken, "b", "goes by the place"),
    (check.order_taken, "d", "which nobody has shuffled"),
    (check.order_taken, "e", "where a token stands"),
    (check.order_taken, "f", "'f' is none of them"),
    (check.order_taken, 3, "this is an int"),
    (check.order_taken, ..., "not yet: pick one of"),
]  # fmt: skip
