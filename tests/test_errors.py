"""Errors: each names the argument, what was expected and what came.

These tests run WITHOUT the shape hook (`--jaxtyping-packages`), which would
raise first; with it they are skipped.
"""

import numpy
import pytest
import torch
from errors_table import check_row, row

from attn_utils import (
    AdditiveScore,
    BilinearScore,
    DotScore,
    GaussianScore,
    LowRankScore,
    ScaledDotScore,
    attention,
    causal_mask,
    masked_softmax,
    padding_mask,
    scaled_dot_product_attention,
    window_mask,
)

pytestmark = pytest.mark.usefixtures("without_the_shape_hook")

NAN, INF = float("nan"), float("inf")
EVERY_SCORE = [
    DotScore(),
    ScaledDotScore(),
    BilinearScore(7, 7),
    AdditiveScore(7, 7, 3),
    LowRankScore(7, 7, 3),
    GaussianScore(),
]


def attend(query, key, value, mask=None):
    """Return a call of attention on ones of these shapes."""
    tensors = [torch.ones(shape) for shape in (query, key, value)]
    return lambda: scaled_dot_product_attention(*tensors, mask)


def attend_masked(mask, *batch):
    """Return a call with 5 queries and 11 keys, and this mask."""
    return attend((*batch, 5, 7), (*batch, 11, 7), (*batch, 11, 13), mask)


def shown(*shape):
    return torch.ones(shape, dtype=torch.bool)


def call(score, query, key):
    return lambda: score(torch.ones(query), torch.ones(key))


SEQUENCES = [
    row(
        "fewer values than keys",
        ValueError,
        attend((3, 7), (11, 7), (5, 2)),
        "^value must have one row for each key, 11, but has 5",
        r"\(5, 2\)",
    ),
    row(
        "one value for all keys",
        ValueError,
        attend((3, 7), (11, 7), (1, 2)),
        "^value must have one row for each key, 11, but has 1",
        r"\(1, 2\)",
    ),
    row(
        "more values than keys",
        ValueError,
        attend((2, 3, 7), (2, 11, 7), (2, 13, 5)),
        "^value must have one row for each key, 11, but has 13",
        r"\(2, 13, 5\)",
    ),
    row(
        "one batch entry of keys for three of queries",
        ValueError,
        attend((3, 5, 7), (1, 11, 7), (1, 11, 2)),
        r"^key must have the batch axes of query, \(3,\)",
        r"has \(1, 11, 7\)",
    ),
    row(
        "one batch entry of values for three of keys",
        ValueError,
        attend((3, 5, 7), (3, 11, 7), (1, 11, 2)),
        r"^value must have the batch axes of query, \(3,\)",
        r"has \(1, 11, 2\)",
    ),
    row(
        "a query without the batch axis of the keys",
        ValueError,
        attend((5, 7), (3, 11, 7), (3, 11, 2)),
        r"^key must have the batch axes of query, \(\)",
        r"has \(3, 11, 7\)",
    ),
    row(
        "a value without the batch axis of the keys",
        ValueError,
        attend((3, 5, 7), (3, 11, 7), (11, 2)),
        r"^value must have the batch axes of query, \(3,\)",
        r"has \(11, 2\)",
    ),
    row(
        "batch, tokens, heads, dim",
        ValueError,
        attend((2, 5, 3, 7), (2, 11, 3, 7), (2, 11, 3, 7)),
        r"^key must have the batch axes of query, \(2, 5\)",
        r"has \(2, 11, 3, 7\)",
        r"\(batch, tokens, heads, dim\).*transpose\(1, 2\)",
    ),
    row(
        "one query in batch, tokens, heads, dim",
        ValueError,
        attend((2, 1, 3, 7), (2, 11, 3, 7), (2, 11, 3, 7)),
        r"^key must have the batch axes of query, \(2, 1\)",
        r"has \(2, 11, 3, 7\)",
    ),
    row(
        "a query of one axis",
        ValueError,
        attend((7,), (11, 7), (11, 2)),
        r"^query must have the shape \(\*batch, length, dim\), but has \(7,\)",
    ),
    row(
        "a key of one axis",
        ValueError,
        attend((5, 7), (7,), (7,)),
        r"^key must have the shape \(\*batch, length, dim\), but has \(7,\)",
    ),
    row(
        "a value of one axis",
        ValueError,
        attend((5, 7), (11, 7), (11,)),
        r"^value must have the shape \(\*batch, length, dim\), but has \(11,\)",
    ),
    row(
        "integer tensors",
        TypeError,
        lambda: attention(
            *(torch.ones(3, 5, dtype=torch.int64) for _ in range(3))
        ),
        "^query must hold floating-point numbers.*torch.int64",
        r"write 1.0 instead of 1",
    ),
    row(
        "integer values",
        TypeError,
        lambda: attention(
            torch.ones(3, 5), torch.ones(7, 5), torch.arange(7)[:, None]
        ),
        "^value must hold floating-point numbers.*torch.int64",
    ),
    row(
        "complex queries",
        TypeError,
        lambda: DotScore()(*torch.ones(2, 3, 5, dtype=torch.complex64)),
        "^query must hold floating-point numbers.*torch.complex64",
    ),
    row(
        "float64 keys for float32 queries",
        TypeError,
        lambda: attention(
            torch.ones(3, 5), torch.ones(7, 5).double(), torch.ones(7, 2)
        ),
        r"^key must have the dtype of query \(torch.float32\), but has torch.float64",
    ),
    row(
        "half values for float32 keys",
        TypeError,
        lambda: attention(
            torch.ones(3, 5), torch.ones(7, 5), torch.ones(7, 2).half()
        ),
        r"^value must have the dtype of query \(torch.float32\).*torch.float16",
    ),
    row(
        "a list for the query",
        TypeError,
        lambda: attention([[1.0]], torch.ones(1, 1), torch.ones(1, 1)),
        "^query must be a tensor, but is list",
    ),
    row(
        "a list for the value",
        TypeError,
        lambda: attention(torch.ones(1, 1), torch.ones(1, 1), [[1.0]]),
        "^value must be a tensor, but is list",
    ),
    row(
        "a numpy array for the key",
        TypeError,
        lambda: DotScore()(torch.ones(1, 1), numpy.ones((1, 1))),
        "^key must be a tensor, but is ndarray",
    ),
    row(
        "a score that returns a list",
        TypeError,
        lambda: attention(*torch.ones(3, 5, 7), score=lambda q, k: [1.0]),
        "^the result of score must be a tensor, but is list",
    ),
    row(
        "scores that are a list",
        TypeError,
        lambda: masked_softmax([1.0, 2.0]),
        "^scores must be a tensor, but is list",
    ),
    row(
        "scores that are whole numbers",
        TypeError,
        lambda: masked_softmax(torch.tensor([1, 2])),
        "^scores must hold floating-point numbers, but its dtype is torch.int64",
    ),
    row(
        "a score that returns the transposed shape",
        ValueError,
        lambda: attention(
            torch.ones(5, 7),
            torch.ones(11, 7),
            torch.ones(11, 2),
            score=lambda q, k: k @ q.T,
        ),
        r"^score must return the shape \(\*batch, queries, keys\) = \(5, 11\)",
        r"returned \(11, 5\)",
    ),
    row(
        "a score that keeps one row for all queries",
        ValueError,
        lambda: attention(
            torch.ones(5, 7),
            torch.ones(11, 7),
            torch.ones(11, 2),
            score=lambda q, k: k.T[:1],
        ),
        r"^score must return the shape .* = \(5, 11\), but returned \(1, 11\)",
    ),
    row(
        "a score that loses the batch",
        ValueError,
        lambda: attention(
            *torch.ones(3, 2, 5, 7),
            score=lambda q, k: (q @ k.transpose(1, 2))[0],
        ),
        r"^score must return the shape .* = \(2, 5, 5\), but returned \(5, 5\)",
    ),
    row(
        "a score in another precision than what it compares",
        TypeError,
        lambda: attention(
            *torch.ones(3, 5, 7, dtype=torch.float16),
            score=lambda q, k: (q @ k.T).float(),
        ),
        r"^score must return the dtype of query \(torch.float16\), but returned "
        r"torch.float32; let it end in `.to\(query.dtype\)`",
    ),
]

WIDTHS = [
    row(
        f"a key {width} wide instead of 7 for {type(score).__name__}",
        ValueError,
        call(score, (2, 3, 7), (2, 5, width)),
        f"^key must be 7 wide .{reason}., but is {width} wide",
        rf"\(2, 5, {width}\)",
    )
    for score, reason in zip(
        EVERY_SCORE,
        ["the width of query"] * 2 + ["key_dim"] * 3 + ["the width of query"],
        strict=True,
    )
    for width in (1, 11)
] + [
    row(
        f"a query {width} wide instead of 7 for {type(score).__name__}",
        ValueError,
        call(score, (2, 3, width), (2, 5, 7)),
        f"^query must be 7 wide .query_dim., but is {width} wide",
        rf"\(2, 3, {width}\)",
    )
    for score in EVERY_SCORE[2:5]
    for width in (1, 11)
]

BATCHES = [
    row(
        f"a key batch of 1 for {type(score).__name__}",
        ValueError,
        call(score, (3, 5, 7), (1, 11, 7)),
        r"^key must have the batch axes of query, \(3,\), but has \(1, 11, 7\)",
    )
    for score in EVERY_SCORE
]

MASKS = [
    row(
        "a mask of (batch, keys)",
        ValueError,
        lambda: attention(
            *(torch.ones(3, size, 7) for size in (5, 11, 11)), shown(3, 11)
        ),
        r"but has \(3, 11\); of \(batch, keys\), write `mask.unsqueeze\(1\)`$",
    ),
    row(
        "a float mask",
        TypeError,
        attend_masked(torch.zeros(5, 11)),
        "^mask must be a bool tensor, True where a query may look",
        r"torch.float32.*\(0 or -inf\), write `mask == 0`.*`mask.bool\(\)`",
    ),
    row(
        "an integer mask",
        TypeError,
        attend_masked(torch.ones(5, 11, dtype=torch.int64)),
        "^mask must be a bool tensor, True where a query may look",
        "torch.int64",
    ),
    row(
        "a mask of bytes",
        TypeError,
        lambda: masked_softmax(
            torch.ones(5, 11), torch.ones(5, 11, dtype=torch.uint8)
        ),
        "^mask must be a bool tensor, True where a query may look",
        "torch.uint8",
    ),
    row(
        "a list for the mask",
        TypeError,
        lambda: masked_softmax(torch.ones(2, 2), [[True, False], [True, True]]),
        "^mask must be a bool tensor",
        "but is list",
    ),
    row(
        "a mask with queries and keys exchanged",
        ValueError,
        attend_masked(shown(11, 5)),
        r"^mask must have the shape \(queries, keys\) = \(5, 11\)",
        r"has \(11, 5\)",
    ),
    row(
        "a mask of (batch, keys)",
        ValueError,
        attend_masked(shown(3, 11), 3),
        r"^mask .* \(5, 11\) or all axes of the scores, \(3, 5, 11\)",
        r"1 allowed on any axis, but has \(3, 11\)",
    ),
    row(
        "a mask of (batch, keys), as many sequences as heads and queries",
        ValueError,
        attend_masked(shown(5, 5, 11), 2, 5),
        r"^mask .* all axes of the scores, \(2, 5, 5, 11\)",
        r"has \(5, 5, 11\)",
    ),
    row(
        "a mask of (batch, queries, keys) over heads",
        ValueError,
        attend_masked(shown(3, 5, 11), 3, 3),
        r"^mask .* \(3, 3, 5, 11\)",
        r"has \(3, 5, 11\)",
    ),
    row(
        "a mask of (batch, 1, keys) over heads",
        ValueError,
        attend_masked(padding_mask([11, 2, 3], 11), 3, 3),
        r"^mask .* \(3, 3, 5, 11\)",
        r"has \(3, 1, 11\)",
    ),
    row(
        "a mask of (batch, queries, keys) over heads in an empty batch",
        ValueError,
        lambda: masked_softmax(torch.ones(2, 0, 5, 11), shown(0, 5, 11)),
        r"^mask .* \(2, 0, 5, 11\)",
        r"has \(0, 5, 11\)",
    ),
    row(
        "a mask of (queries,)",
        ValueError,
        lambda: masked_softmax(torch.ones(7, 7), shown(7)),
        r"^mask must have the shape \(queries, keys\) = \(7, 7\)",
        r"has \(7,\)",
    ),
    row(
        "a mask of (keys,) over a batch",
        ValueError,
        attend_masked(shown(11), 3),
        r"^mask must have the shape \(queries, keys\) = \(5, 11\)",
        r"has \(11,\)",
    ),
    row(
        "a mask without axes",
        ValueError,
        lambda: masked_softmax(torch.ones(7), torch.tensor(True)),
        r"^mask must have the shape",
        r"has \(\)",
    ),
    row(
        "a mask for three sequences over one",
        ValueError,
        attend_masked(shown(3, 5, 11), 1),
        r"^mask .* \(1, 5, 11\)",
        r"has \(3, 5, 11\)",
    ),
    row(
        "a mask for seven queries over one",
        ValueError,
        lambda: masked_softmax(torch.ones(3, 1, 11), shown(7, 11)),
        r"^mask must have the shape \(queries, keys\) = \(1, 11\)",
        r"has \(7, 11\)",
    ),
    row(
        "a mask for eleven keys over one",
        ValueError,
        lambda: masked_softmax(torch.ones(5, 1), shown(5, 11)),
        r"^mask must have the shape \(queries, keys\) = \(5, 1\)",
        r"has \(5, 11\)",
    ),
    row(
        "a mask with more axes than the scores",
        ValueError,
        attend_masked(shown(1, 5, 11)),
        r"^mask must have the shape \(queries, keys\) = \(5, 11\)",
        r"has \(1, 5, 11\)",
    ),
    row(
        "a mask with two axes over one row of scores",
        ValueError,
        lambda: masked_softmax(torch.ones(7), shown(1, 7)),
        r"^mask must have the shape",
        r"has \(1, 7\)",
    ),
]

SIZES = (
    [
        row(
            "a first position that a causal mask does not have",
            ValueError,
            lambda: causal_mask(3, first=4),
            r"^first must be at most 3 \(num_tokens\), but is 4",
        ),
    ]
    + [
        row(
            f"{name} = {given!r} in {mask}",
            error,
            lambda make=make, given=given: make(given),
            f"^{name} must be {expected}.*{came}",
        )
        for mask, name, make in [
            ("causal_mask", "num_tokens", causal_mask),
            ("causal_mask", "first", lambda size: causal_mask(3, first=size)),
            ("window_mask", "num_tokens", lambda size: window_mask(size, 1)),
            (
                "padding_mask",
                "num_tokens",
                lambda size: padding_mask([0], size),
            ),
            ("window_mask", "radius", lambda size: window_mask(3, size)),
        ]
        for error, given, expected, came in [
            (ValueError, -1, "at least 0", "-1"),
            (TypeError, 3.0, "an int", r"3\.0 \(float\)"),
            (TypeError, True, "an int", r"True \(bool\)"),
            (TypeError, "3", "an int", r"'3' \(str\)"),
        ]
    ]
    + [
        row(
            f"{name} = {given!r} in {make.__name__}",
            error,
            lambda make=make, sizes=sizes: make(*sizes),
            f"^{name} must be {expected}.*{came}",
        )
        for make, names in [
            (BilinearScore, ["query_dim", "key_dim"]),
            (AdditiveScore, ["query_dim", "key_dim", "hidden_dim"]),
            (LowRankScore, ["query_dim", "key_dim", "rank"]),
        ]
        for place, name in enumerate(names)
        for error, given, expected, came in [
            (ValueError, 0, "at least 1", "0"),
            (TypeError, 7.0, "an int", r"7\.0 \(float\)"),
        ]
        for sizes in [[given if i == place else 5 for i in range(len(names))]]
    ]
)

LENGTHS = [
    row(
        "a length above num_tokens",
        ValueError,
        lambda: padding_mask([2, 8], 7),
        r"^lengths must lie between 0 and num_tokens = 7, but are \[2, 8\]",
    ),
    row(
        "a length below 0",
        ValueError,
        lambda: padding_mask(torch.tensor([-1, 2]), 7),
        r"^lengths must lie between 0 and num_tokens = 7, but are \[-1, 2\]",
    ),
    row(
        "float lengths",
        TypeError,
        lambda: padding_mask([1.0, 2.5], 7),
        "^lengths must be whole numbers, but their dtype is torch.float32",
    ),
    row(
        "a mask instead of lengths",
        TypeError,
        lambda: padding_mask(torch.tensor([True, False]), 7),
        "^lengths must be whole numbers, but their dtype is torch.bool",
    ),
    row(
        "lengths on two axes",
        ValueError,
        lambda: padding_mask(torch.ones(2, 3, dtype=torch.int64), 7),
        r"^lengths must have the shape \(batch,\), but has \(2, 3\)",
    ),
    row(
        "one length instead of a list",
        ValueError,
        lambda: padding_mask(3, 7),
        r"^lengths must have the shape \(batch,\), but has \(\)",
    ),
]

NUMBERS = [
    row(
        f"bandwidth = {given}",
        ValueError,
        lambda given=given: GaussianScore(given),
        f"^bandwidth must be finite and above 0, but is {given}",
    )
    for given in (0, -1.5, NAN, INF)
] + [
    row(
        "features of no width, which cannot be scaled",
        ValueError,
        attend((3, 0), (5, 0), (5, 2)),
        "^the width of query must be at least 1, but is 0",
    ),
]


@pytest.mark.parametrize(
    ("error", "bad_call", "fragments"),
    SEQUENCES + WIDTHS + BATCHES + MASKS + SIZES + LENGTHS + NUMBERS,
)
def test_a_bad_argument_is_named_with_what_was_expected_and_what_came(
    error, bad_call, fragments
):
    check_row(error, bad_call, fragments)


def test_a_picture_of_anything_but_a_figure_is_refused():
    # Imported here, since matplotlib is slow to load.
    plots = pytest.importorskip("attn_utils.plots")
    with pytest.raises(
        TypeError,
        match=r"^drawn must be a matplotlib figure or a drawing.*list",
    ):
        plots.Picture([], "A caption.", "An alt text.")


def test_a_mask_may_have_1_on_any_axis_or_leave_the_batch_away():
    scores = torch.ones(2, 3, 5, 11)
    for sizes in [(5, 11), (1, 11), (5, 1), (1, 1), (1, 5, 11), (1, 1, 5, 11)]:
        assert masked_softmax(scores, shown(*sizes)).shape == scores.shape
    for sizes in [(2, 3, 5, 11), (2, 1, 1, 11), (1, 3, 5, 1), (2, 1, 5, 11)]:
        assert masked_softmax(scores, shown(*sizes)).shape == scores.shape
