"""Errors of heads, positions, layers, the Transformer and decoding.

Each names the argument, what was expected and what came; or the answer is right.
"""

import pytest
import torch
from errors_table import check_row, row
from modules import filled
from torch import nn

from attn_utils import (
    Decoder,
    DecoderLayer,
    DistancePenaltyScore,
    Encoder,
    EncoderLayer,
    FeedForward,
    KeyValueCache,
    LearnedPositions,
    MultiHeadAttention,
    RelativeScore,
    Transformer,
    merge_heads,
    padding_mask,
    rotate,
    shift_right,
    sinusoidal_positions,
    split_heads,
)
from attn_utils.layers import DecoderCache
from attn_utils.positions import offsets

pytestmark = [
    pytest.mark.usefixtures("without_the_shape_hook"),
    pytest.mark.filterwarnings("ignore:enable_nested_tensor"),
]

NAN, INF = float("nan"), float("inf")


def ones(*shape, dtype=None):
    return torch.ones(shape, dtype=dtype)


def shown(*shape):
    return torch.ones(shape, dtype=torch.bool)


def tokens(*shape):
    return torch.zeros(shape, dtype=torch.int64)


def attend(query, key=None, value=None, mask=None, **how):
    """Return a call of an attention with 3 heads, each 7 wide."""
    given = [
        None if shape is None else ones(*shape) for shape in (query, key, value)
    ]
    return lambda: MultiHeadAttention(21, 3)(*given, mask, **how)


def attend_masked(mask):
    """Return a call of it: a batch of 2, 5 queries, 11 keys, and this mask."""
    return attend((2, 5, 21), (2, 11, 21), mask=mask)


def model(**choices):
    return Transformer(17, 19, 14, 7, 13, **choices)


def write(source=(2, 11), target=(2, 5), mask=None):
    """Return a call of a Transformer of 17 source and 19 target tokens."""
    return lambda: model()(tokens(*source), tokens(*target), mask)


def encode(*shape, mask=None, norm_first=False):
    layer = EncoderLayer(21, 3, 13, norm_first=norm_first)
    return lambda: layer(ones(*shape), mask)


def decode(inputs, memory, *masks, norm_first=False):
    layer = DecoderLayer(21, 3, 13, norm_first=norm_first)
    return lambda: layer(ones(*inputs), ones(*memory), *masks)


def shorter_memory():
    """Give a decoder layer less of the memory than its cache has kept."""
    cache = DecoderCache(KeyValueCache(), KeyValueCache())
    layer = DecoderLayer(21, 3, 5)
    layer(ones(2, 1, 21), ones(2, 11, 21), cache=cache)
    layer(ones(2, 1, 21), ones(2, 7, 21), cache=cache)


def cached(*shape, module=None):
    """Return a call with a cache that keeps 5 tokens of a batch of 2."""

    def call():
        ours, cache = MultiHeadAttention(21, 3), KeyValueCache()
        ours(ones(2, 5, 21), cache=cache)
        (module or ours)(ones(*shape), cache=cache)

    return call


SIZES = [
    row(
        f"{name} = {given!r} of {kind.__name__}",
        error,
        lambda kind=kind, sizes=sizes: kind(*sizes),
        f"^{name} must be {expected}.*{came}",
    )
    for kind, names in [
        (MultiHeadAttention, ["model_dim", "num_heads"]),
        (FeedForward, ["model_dim", "ff_dim"]),
        (EncoderLayer, ["model_dim", "num_heads", "ff_dim"]),
        (DecoderLayer, ["model_dim", "num_heads", "ff_dim"]),
        (Encoder, ["num_layers", "model_dim", "num_heads", "ff_dim"]),
        (Decoder, ["num_layers", "model_dim", "num_heads", "ff_dim"]),
        (LearnedPositions, ["max_tokens", "model_dim"]),
        (DistancePenaltyScore, ["num_heads"]),
        (
            Transformer,
            ["source_size", "target_size", "model_dim", "num_heads", "ff_dim"],
        ),
    ]
    for place, name in enumerate(names)
    for error, given, expected, came in [
        (ValueError, 0, "at least [12]", "0"),
        (ValueError, -3, "at least [12]", "-3"),
        (TypeError, 2.0, "an int", r"2\.0 \(float\)"),
        (TypeError, True, "an int", r"True \(bool\)"),
    ]
    for sizes in [[given if i == place else 2 for i in range(len(names))]]
] + [
    row(
        "heads that do not divide the width",
        ValueError,
        lambda: MultiHeadAttention(21, 5),
        "^num_heads must divide model_dim = 21, but is 5",
    ),
    row(
        "more heads than features",
        ValueError,
        lambda: MultiHeadAttention(3, 21),
        "^num_heads must divide model_dim = 3, but is 21",
    ),
    row(
        "heads that do not divide the features of a tensor",
        ValueError,
        lambda: split_heads(ones(2, 5, 21), 2),
        "^num_heads must divide model_dim = 21, but is 2",
    ),
    row(
        "no heads to split into",
        ValueError,
        lambda: split_heads(ones(2, 5, 21), 0),
        "^num_heads must be at least 1, but is 0",
    ),
    row(
        "keys of no width",
        ValueError,
        lambda: MultiHeadAttention(21, 3, key_dim=0),
        "^key_dim must be at least 1, but is 0",
    ),
    row(
        "values of no width",
        ValueError,
        lambda: MultiHeadAttention(21, 3, value_dim=0),
        "^value_dim must be at least 1, but is 0",
    ),
    row(
        "a dropout above 1",
        ValueError,
        lambda: EncoderLayer(21, 3, 13, dropout=1.5),
        "^dropout must lie between 0 and 1, but is 1.5",
    ),
]

BY_POSITION = RelativeScore(2, 7), DistancePenaltyScore(3)
POSITIONS = [
    row(
        "sinusoids of no width",
        ValueError,
        lambda: sinusoidal_positions(5, 0),
        "^model_dim must be at least 1, but is 0",
    ),
    row(
        "a negative number of positions",
        ValueError,
        lambda: sinusoidal_positions(-1, 14),
        "^num_tokens must be at least 0, but is -1",
    ),
    row(
        "half a position",
        TypeError,
        lambda: sinusoidal_positions(0.5, 14),
        r"^num_tokens must be an int, but is 0\.5 \(float\)",
    ),
    row(
        "sinusoids from before the start",
        ValueError,
        lambda: sinusoidal_positions(5, 14, offset=-1),
        "^offset must be at least 0, but is -1",
    ),
    *[
        row(
            f"a base of {base}",
            ValueError,
            lambda base=base: sinusoidal_positions(5, 14, base=base),
            f"^base must be finite and above 1, but is {base}",
        )
        for base in (0.0, 1.0, -2.0, INF, NAN)
    ],
    row(
        "learned positions beyond the table",
        ValueError,
        lambda: LearnedPositions(7, 3)(5, offset=3),
        "^num_tokens must stay within the 7 positions .* but reaches 8",
    ),
    row(
        "learned positions from before the start",
        ValueError,
        lambda: LearnedPositions(7, 3)(5, offset=-1),
        "^offset must be at least 0, but is -1",
    ),
    row(
        "a negative number of learned positions",
        ValueError,
        lambda: LearnedPositions(7, 3)(-5),
        "^num_tokens must be at least 0, but is -5",
    ),
    row(
        "a rotation of an odd width",
        ValueError,
        lambda: rotate(ones(2, 5, 7)),
        "^the width of x must be even, as features come in pairs, but is 7",
    ),
    row(
        "a rotation of heads of an odd width",
        ValueError,
        lambda: MultiHeadAttention(21, 3, rotate=rotate)(ones(2, 5, 21)),
        "^the width of x must be even.*is 7",
    ),
    row(
        "a rotation of one vector without its place",
        ValueError,
        lambda: rotate(ones(14)),
        r"^x must have the shape \(\*batch, tokens, dim\), but has \(14,\)",
    ),
    row(
        "a rotation of whole numbers",
        TypeError,
        lambda: rotate(tokens(5, 14)),
        "^x must hold floating-point numbers.*torch.int64",
    ),
    row(
        "a rotation from before the start",
        ValueError,
        lambda: rotate(ones(5, 14), offset=-2),
        "^offset must be at least 0, but is -2",
    ),
    *[
        row(
            f"{name} = {given!r} of {kind}",
            error,
            lambda call=call, sizes={**sizes, name: given}: call(**sizes),
            f"^{name} must be {expected}",
        )
        for kind, call, sizes in [
            ("offsets", offsets, {"num_queries": 3, "num_keys": 5}),
            ("vectors", RelativeScore, {"max_distance": 3, "head_dim": 7}),
        ]
        for name in sizes
        for error, given, expected in [
            (ValueError, -3, "at least [01], but is -3"),
            (TypeError, 2.0, r"an int, but is 2\.0 \(float\)"),
            (TypeError, True, r"an int, but is True \(bool\)"),
        ]
    ],
    row(
        "vectors of no width",
        ValueError,
        lambda: RelativeScore(3, 0),
        "^head_dim must be at least 1, but is 0",
    ),
    row(
        "more queries than keys have offsets",
        ValueError,
        lambda: offsets(5, 3),
        r"^num_queries must be at most 3 \(num_keys\), but is 5",
    ),
    *[
        row(
            f"{what} for {type(score).__name__}",
            error,
            lambda score=score, query=query, key=key: score(query, key),
            words,
        )
        for what, error, query, key, words in (
            (
                "more queries than keys",
                ValueError,
                ones(3, 5, 7),
                ones(3, 4, 7),
                r"^num_queries must be at most 4 \(num_keys\), but is 5",
            ),
            (
                "keys of another width",
                ValueError,
                ones(3, 5, 7),
                ones(3, 5, 6),
                r"^key must be 7 wide \(the width of query\), but is 6 wide",
            ),
            (
                "keys of another batch",
                ValueError,
                ones(3, 5, 7),
                ones(1, 5, 7),
                r"^key must have the batch axes of query, \(3,\)",
            ),
            (
                "whole numbers",
                TypeError,
                tokens(3, 5, 7),
                tokens(3, 5, 7),
                "^query must hold floating-point numbers",
            ),
        )
        for score in BY_POSITION
    ],
    row(
        "queries of another width than the vectors of offsets",
        ValueError,
        lambda: RelativeScore(3, 7)(ones(5, 6), ones(5, 6)),
        r"^query must be 7 wide \(head_dim\), but is 6 wide",
    ),
    row(
        "queries of another dtype than the vectors of offsets",
        TypeError,
        lambda: RelativeScore(3, 7)(*ones(2, 5, 7, dtype=torch.float64)),
        r"^query must have the dtype of the parameters \(torch.float32\)",
        r"has torch.float64",
    ),
    *[
        row(
            f"a penalty of three heads on {shape}",
            ValueError,
            lambda shape=shape: DistancePenaltyScore(3)(
                ones(*shape), ones(*shape)
            ),
            r"^query must have the shape \(\*batch, heads, queries, dim\) with 3 "
            "heads, but has",
            str(shape).replace("(", r"\(").replace(")", r"\)"),
        )
        for shape in [(5, 7), (2, 5, 7), (3, 2, 5, 7), (1, 5, 7)]
    ],
    row(
        "a penalty for fewer heads than there are",
        ValueError,
        lambda: MultiHeadAttention(21, 3, score=DistancePenaltyScore(2))(
            ones(2, 5, 21)
        ),
        r"^query must have the shape .* with 2 heads, but has \(2, 3, 5, 7\)",
    ),
    row(
        "vectors for wider heads than there are",
        ValueError,
        lambda: MultiHeadAttention(21, 3, score=RelativeScore(2, 21))(
            ones(2, 5, 21)
        ),
        r"^query must be 21 wide \(head_dim\), but is 7 wide",
    ),
    *[
        row(
            f"a score of one for all heads, weights {needed}",
            ValueError,
            lambda needed=needed: MultiHeadAttention(
                21, 3, score=lambda query, key: (query @ key.mT)[:, :1]
            )(ones(2, 5, 21), need_weights=needed),
            r"^score must return the shape \(\*batch, queries, keys\) = "
            r"\(2, 3, 5, 5\), but returned \(2, 1, 5, 5\)",
        )
        for needed in (True, False)
    ],
    row(
        "a score that returns nothing",
        TypeError,
        lambda: MultiHeadAttention(21, 3, score=lambda query, key: None)(
            ones(2, 5, 21)
        ),
        "^the result of score must be a tensor, but is NoneType",
    ),
    row(
        "a layer's score that exchanges queries and keys",
        ValueError,
        lambda: MultiHeadAttention(
            21, 3, score=lambda query, key: key @ query.mT
        )(ones(2, 5, 21), ones(2, 11, 21)),
        r"^score must return .* \(2, 3, 5, 11\), but returned \(2, 3, 11, 5\)",
    ),
]

TENSORS = [
    row(
        "one feature vector to split",
        ValueError,
        lambda: split_heads(ones(21), 3),
        r"^x must have the shape \(\*batch, length, dim\), but has \(21,\)",
    ),
    row(
        "whole numbers to split",
        TypeError,
        lambda: split_heads(tokens(5, 21), 3),
        "^x must hold floating-point numbers.*torch.int64",
    ),
    row(
        "two axes to merge",
        ValueError,
        lambda: merge_heads(ones(5, 7)),
        r"^x must have the shape \(\*batch, heads, tokens, head_dim\)",
        r"has \(5, 7\)",
    ),
    row(
        "a list to merge",
        TypeError,
        lambda: merge_heads([[1.0]]),
        "^x must be a tensor, but is list",
    ),
    row(
        "queries without a batch",
        ValueError,
        attend((5, 21)),
        r"^query must have the shape \(batch, queries, model_dim\)",
        r"has \(5, 21\)",
    ),
    row(
        "queries split into heads already",
        ValueError,
        attend((2, 5, 3, 7)),
        r"^query must have the shape \(batch, queries, model_dim\)",
        r"has \(2, 5, 3, 7\)",
    ),
    row(
        "a list of queries",
        TypeError,
        lambda: MultiHeadAttention(21, 3)([[[1.0] * 21]]),
        "^query must be a tensor, but is list",
    ),
    row(
        "queries that are tokens",
        TypeError,
        lambda: MultiHeadAttention(21, 3)(tokens(2, 5, 21)),
        "^query must hold floating-point numbers.*torch.int64",
    ),
    *[
        row(
            f"{name} {width} wide instead of {expected}",
            ValueError,
            lambda name=name, width=width: MultiHeadAttention(
                21, 3, key_dim=13, value_dim=17
            )(
                **{
                    side: ones(2, 5, width if side == name else dim)
                    for side, dim in [("query", 21), ("key", 13), ("value", 17)]
                }
            ),
            f"^{name} must be {expected} wide .{reason}., but is {width} wide",
            rf"\(2, 5, {width}\)",
        )
        for name, expected, reason in [
            ("query", 21, "model_dim"),
            ("key", 13, "key_dim"),
            ("value", 17, "value_dim"),
        ]
        for width in (1, 11)
    ],
    row(
        "fewer values than keys",
        ValueError,
        attend((2, 5, 21), (2, 11, 21), (2, 7, 21)),
        "^value must have one row for each key, 11, but has 7",
    ),
    row(
        "one value for all keys",
        ValueError,
        attend((2, 5, 21), (2, 11, 21), (2, 1, 21), need_weights=False),
        "^value must have one row for each key, 11, but has 1",
    ),
    row(
        "more values than keys, which torch would read beyond their end",
        ValueError,
        attend((2, 5, 21), (2, 3, 21), (2, 11, 21), need_weights=False),
        "^value must have one row for each key, 3, but has 11",
    ),
    row(
        "one sequence of keys for two of queries",
        ValueError,
        attend((2, 5, 21), (1, 11, 21)),
        r"^key must have the batch axes of query, \(2,\), but has \(1, 11, 21\)",
    ),
    row(
        "two sequences of keys for one of queries",
        ValueError,
        attend((1, 5, 21), (2, 11, 21), need_weights=False),
        r"^key must have the batch axes of query, \(1,\), but has \(2, 11, 21\)",
    ),
    row(
        "float64 inputs of a float32 module",
        TypeError,
        lambda: MultiHeadAttention(21, 3)(ones(2, 5, 21).double()),
        r"^query must have the dtype of the parameters \(torch.float32\)",
        r"torch.float64; convert .*module.to\(torch.float64\)",
    ),
    row(
        "half keys of a float32 module",
        TypeError,
        lambda: MultiHeadAttention(21, 3)(
            ones(2, 5, 21), ones(2, 5, 21).half()
        ),
        r"^key must have the dtype of query \(torch.float32\).*torch.float16",
    ),
    row(
        "hidden units from tokens",
        TypeError,
        lambda: FeedForward(7, 13)(tokens(2, 7)),
        "^inputs must hold floating-point numbers.*torch.int64",
    ),
    row(
        "hidden units from a list",
        TypeError,
        lambda: FeedForward(7, 13)([1.0] * 7),
        "^inputs must be a tensor, but is list",
    ),
    row(
        "a feed-forward network of another width",
        ValueError,
        lambda: FeedForward(7, 13)(ones(2, 5)),
        r"^inputs must be 7 wide .model_dim., but is 5 wide.*\(2, 5\)",
    ),
    row(
        "a feed-forward network of another dtype",
        TypeError,
        lambda: FeedForward(7, 13).half()(ones(2, 7)),
        r"^inputs must have the dtype of the parameters \(torch.float16\)",
        "has torch.float32",
    ),
    *[
        row(
            f"{what} of {name}, norm_first={norm_first}",
            error,
            make(norm_first),
            *fragments,
        )
        for norm_first in (False, True)
        for name, what, error, make, *fragments in [
            (
                "an encoder layer",
                "inputs of another width",
                ValueError,
                lambda first: encode(2, 5, 20, norm_first=first),
                "^inputs must be 21 wide .model_dim., but is 20 wide",
                r"\(2, 5, 20\)",
            ),
            (
                "an encoder layer",
                "inputs without a batch",
                ValueError,
                lambda first: encode(5, 21, norm_first=first),
                r"^inputs must have the shape \(batch, tokens, model_dim\)",
                r"has \(5, 21\)",
            ),
            (
                "an encoder layer",
                "inputs for each head",
                ValueError,
                lambda first: encode(2, 3, 5, 21, norm_first=first),
                r"^inputs must have the shape \(batch, tokens, model_dim\)",
                r"has \(2, 3, 5, 21\)",
            ),
            (
                "a decoder layer",
                "inputs of another width",
                ValueError,
                lambda first: decode((2, 5, 1), (2, 11, 21), norm_first=first),
                "^inputs must be 21 wide .model_dim., but is 1 wide",
            ),
            (
                "a decoder layer",
                "memory of another width",
                ValueError,
                lambda first: decode((2, 5, 21), (2, 11, 14), norm_first=first),
                "^memory must be 21 wide .model_dim., but is 14 wide",
                r"\(2, 11, 14\)",
            ),
            (
                "a decoder layer",
                "one memory for two targets",
                ValueError,
                lambda first: decode((2, 5, 21), (1, 11, 21), norm_first=first),
                r"^memory must have the batch axes of inputs, \(2,\)",
                r"has \(1, 11, 21\)",
            ),
            (
                "a decoder layer",
                "memory without a batch",
                ValueError,
                lambda first: decode((5, 21), (11, 21), norm_first=first),
                r"^inputs must have the shape \(batch, tokens, model_dim\)",
            ),
        ]
    ],
]

MASKS = [
    row(
        "a float mask",
        TypeError,
        attend_masked(ones(5, 11)),
        "^mask must be a bool tensor, True where a query may look",
        r"torch.float32.*\.bool\(\)",
    ),
    row(
        "a list for the mask",
        TypeError,
        attend_masked([[True] * 11] * 5),
        "^mask must be a bool tensor",
        "but is list",
    ),
    row(
        "a mask of (batch, keys)",
        ValueError,
        attend_masked(shown(2, 11)),
        r"^mask must have the shape \(queries, keys\) = \(5, 11\)",
        r"or all axes of the scores, \(2, 3, 5, 11\)",
        r"has \(2, 11\)",
    ),
    row(
        "a mask of (keys,)",
        ValueError,
        attend_masked(shown(11)),
        r"^mask must have the shape \(queries, keys\) = \(5, 11\)",
        r"has \(11,\)",
    ),
    row(
        "a mask of (keys, queries)",
        ValueError,
        attend_masked(shown(11, 5)),
        r"^mask must have the shape \(queries, keys\) = \(5, 11\)",
        r"has \(11, 5\)",
    ),
    row(
        "a mask of (heads, queries, keys)",
        ValueError,
        attend_masked(shown(3, 5, 11)),
        r"^mask .* all axes of the scores, \(2, 5, 11\)",
        r"has \(3, 5, 11\)",
    ),
    row(
        "a mask as nn.MultiheadAttention wants it, (batch · heads, queries, keys)",
        ValueError,
        attend_masked(shown(6, 5, 11)),
        r"^mask .* all axes of the scores, \(2, 5, 11\)",
        r"has \(6, 5, 11\)",
    ),
    row(
        "a mask of (heads, batch, queries, keys)",
        ValueError,
        attend_masked(shown(3, 2, 5, 11)),
        r"^mask .* all axes of the scores, \(2, 3, 5, 11\)",
        r"has \(3, 2, 5, 11\)",
    ),
    row(
        "a mask of five axes",
        ValueError,
        attend_masked(shown(1, 1, 1, 5, 11)),
        r"^mask must have the shape",
        r"has \(1, 1, 1, 5, 11\)",
    ),
    row(
        "a mask for more sequences than there are",
        ValueError,
        attend((1, 5, 21), mask=shown(2, 5, 5), need_weights=False),
        r"^mask .* all axes of the scores, \(1, 5, 5\)",
        r"has \(2, 5, 5\)",
    ),
    row(
        "a mask that forgets the cached keys",
        ValueError,
        lambda: [
            ours(ones(2, 5, 21), mask=shown(5, 5), cache=cache)
            for ours, cache in [(MultiHeadAttention(21, 3), KeyValueCache())]
            for _ in range(2)
        ],
        r"^mask must have the shape \(queries, keys\) = \(5, 10\)",
        r"has \(5, 5\)",
    ),
    row(
        "a float mask of an encoder layer",
        TypeError,
        encode(2, 5, 21, mask=ones(5, 5)),
        "^mask must be a bool tensor",
        "torch.float32",
    ),
    row(
        "the target's mask for the memory",
        ValueError,
        decode((2, 5, 21), (2, 11, 21), None, shown(5, 5)),
        r"^memory_mask must have the shape \(queries, keys\) = \(5, 11\)",
        r"has \(5, 5\)",
    ),
    row(
        "a memory that is shorter than what a cache has kept of it",
        ValueError,
        shorter_memory,
        "^memory must be the same at every step: cache keeps 11 tokens of it",
        "but it has 7",
    ),
    row(
        "a source mask of (batch, source), as many sequences as tokens",
        ValueError,
        write((11, 11), (11, 5), shown(11, 11)),
        r"^source_mask must have the shape \(batch, 1, source\) = \(11, 1, 11\)",
        r"has \(11, 11\)",
    ),
    row(
        "a source mask for one of two sources",
        ValueError,
        write(mask=shown(1, 1, 11)),
        r"^source_mask must have the shape \(batch, 1, source\) = \(2, 1, 11\)",
        r"has \(1, 1, 11\)",
    ),
    row(
        "the mask of the target for the source",
        ValueError,
        write(mask=padding_mask([5, 3], 5)),
        r"^source_mask must have the shape .* \(2, 1, 11\)",
        r"has \(2, 1, 5\)",
    ),
    row(
        "a source mask of numbers",
        TypeError,
        write(mask=ones(2, 1, 11)),
        "^source_mask must be a bool tensor, True where a query may look",
        "torch.float32",
    ),
    row(
        "another source's mask while decoding",
        ValueError,
        lambda: model().decode(tokens(2, 5), ones(2, 11, 14), shown(2, 1, 7)),
        r"^source_mask must have the shape .* \(2, 1, 11\), as padding_mask",
        r"has \(2, 1, 7\)",
    ),
]

HEADS = [
    row(
        "a list of active heads",
        TypeError,
        lambda: MultiHeadAttention(21, 3).switch_heads([True, False, True]),
        r"^active must be a bool tensor, .* but is \[True, False, True\]",
    ),
    row(
        "active heads as numbers",
        TypeError,
        lambda: MultiHeadAttention(21, 3).switch_heads(ones(3)),
        "^active must be a bool tensor, True for each head that stays on",
    ),
    row(
        "too few active heads",
        ValueError,
        lambda: MultiHeadAttention(21, 3).switch_heads(shown(2)),
        r"^active must have the shape \(heads,\) = \(3,\), but has \(2,\)",
    ),
    row(
        "too many active heads",
        ValueError,
        lambda: MultiHeadAttention(21, 3).switch_heads(shown(5)),
        r"^active must have the shape \(heads,\) = \(3,\), but has \(5,\)",
    ),
    row(
        "active heads by sequence",
        ValueError,
        lambda: MultiHeadAttention(21, 3).switch_heads(shown(2, 3)),
        r"^active must have the shape \(heads,\) = \(3,\), but has \(2, 3\)",
    ),
]

CACHES = [
    row(
        "a cache of another batch",
        ValueError,
        cached(3, 1, 21),
        r"^cache must be of this batch and this module: .* \(2, 3, 5, 7\)",
        r"gets \(3, 3, 1, 7\)",
    ),
    row(
        "a cache of one sequence for two",
        ValueError,
        cached(1, 1, 21),
        r"^cache must be of this batch .* gets \(1, 3, 1, 7\)",
    ),
    row(
        "a cache of another module",
        ValueError,
        cached(2, 1, 21, module=MultiHeadAttention(21, 7)),
        r"^cache must be of this batch and this module: .* \(2, 3, 5, 7\)",
        r"gets \(2, 7, 1, 3\)",
    ),
    row(
        "a float32 cache of a float64 module",
        ValueError,
        lambda: KeyValueCache.extend(
            filled_cache(), *ones(2, 2, 3, 1, 7).double()
        ),
        "^cache must be .* torch.float32, but gets .* torch.float64",
    ),
    row(
        "fewer values than keys for the cache",
        ValueError,
        lambda: KeyValueCache().extend(ones(2, 3, 5, 7), ones(2, 3, 1, 7)),
        "^value must have one row for each key, 5, but has 1",
    ),
    row(
        "one cache for two layers",
        ValueError,
        lambda: Decoder(2, 21, 3, 13)(
            ones(2, 5, 21), ones(2, 11, 21), caches=[empty_cache()]
        ),
        "^caches must have one entry for each layer, 2, but have 1",
    ),
    row(
        "three caches for two layers",
        ValueError,
        lambda: Decoder(2, 21, 3, 13)(
            ones(2, 5, 21), ones(2, 11, 21), caches=[empty_cache()] * 3
        ),
        "^caches must have one entry for each layer, 2, but have 3",
    ),
    row(
        "no cache for a layer that decodes",
        ValueError,
        lambda: model().decode(tokens(2, 5), ones(2, 11, 14), caches=[]),
        "^caches must have one entry for each layer, 1, but have 0",
    ),
    row(
        "None for a layer's cache",
        TypeError,
        lambda: model().decode(tokens(2, 5), ones(2, 11, 14), caches=[None]),
        "^caches must be a DecoderCache for each layer.*entry 0 is None",
    ),
]

TOKENS = [
    row(
        "a source token that has no vector",
        ValueError,
        lambda: model()(torch.tensor([[0, 17]]), tokens(1, 5)),
        "^source must hold tokens from 0 to 16, but holds 0 to 17",
    ),
    row(
        "a target token that has no vector",
        ValueError,
        lambda: model()(tokens(1, 5), torch.tensor([[19, 3]])),
        "^target must hold tokens from 0 to 18, but holds 3 to 19",
    ),
    row(
        "a negative token",
        ValueError,
        lambda: model()(torch.tensor([[2, -1]]), tokens(1, 5)),
        "^source must hold tokens from 0 to 16, but holds -1 to 2",
    ),
    row(
        "tokens that are not whole",
        TypeError,
        lambda: model()(ones(2, 11), tokens(2, 5)),
        "^source must be a tensor of whole numbers, but is torch.float32",
    ),
    row(
        "tokens that are a mask",
        TypeError,
        lambda: model()(tokens(2, 11), shown(2, 5)),
        "^target must be a tensor of whole numbers, but is torch.bool",
    ),
    row(
        "a text instead of tokens",
        TypeError,
        lambda: model().encode("3 May"),
        "^source must be a tensor of whole numbers, but is str",
    ),
    row(
        "a source without a batch",
        ValueError,
        write((11,), (2, 5)),
        r"^source must have the shape \(batch, tokens\), but has \(11,\)",
    ),
    row(
        "a target of three axes",
        ValueError,
        write((2, 11), (2, 5, 19)),
        r"^target must have the shape \(batch, tokens\), but has \(2, 5, 19\)",
    ),
    row(
        "one source for two targets",
        ValueError,
        write((1, 11), (2, 5)),
        r"^target must have as many rows as source, 1, but has \(2, 5\)",
    ),
    row(
        "memory of another width",
        ValueError,
        lambda: model().decode(tokens(2, 5), ones(2, 11, 13)),
        "^memory must be 14 wide .model_dim., but is 13 wide",
    ),
    row(
        "memory of another dtype",
        TypeError,
        lambda: model().decode(tokens(2, 5), ones(2, 11, 14).double()),
        r"^memory must have the dtype of inputs \(torch.float32\)",
        "has torch.float64",
    ),
    row(
        "one target to shift",
        ValueError,
        lambda: shift_right(tokens(5), 1),
        r"^tokens must have the shape \(batch, tokens\), but has \(5,\)",
    ),
    row(
        "vectors to shift",
        TypeError,
        lambda: shift_right(ones(2, 5), 1),
        "^tokens must be a tensor of whole numbers, but is torch.float32",
    ),
    row(
        "a shift by half a token",
        TypeError,
        lambda: shift_right(tokens(2, 5), 1.5),
        r"^start must be an int, but is 1\.5 \(float\)",
    ),
    row(
        "a shift by a negative token",
        ValueError,
        lambda: shift_right(tokens(2, 5), -1),
        "^start must be at least 0, but is -1",
    ),
]

WRITING = (
    [
        row(
            f"{what} of {name}",
            error,
            lambda name=name, wrong=wrong: getattr(model(), name)(
                tokens(2, 11), **{"start": 0, "end": 1, "max_tokens": 5} | wrong
            ),
            message,
        )
        for name in ("greedy", "sample", "beam")
        for what, error, wrong, message in [
            (
                "a negative room",
                ValueError,
                {"max_tokens": -1},
                "^max_tokens must be at least 0, but is -1",
            ),
            (
                "half a room",
                TypeError,
                {"max_tokens": 2.5},
                r"^max_tokens must be an int, but is 2\.5 \(float\)",
            ),
            (
                "a negative start",
                ValueError,
                {"start": -1},
                "^start must be at least 0, but is -1",
            ),
            (
                "a start that is no token",
                TypeError,
                {"start": "<s>"},
                r"^start must be an int, but is '<s>' \(str\)",
            ),
            (
                "a start for each of three, not of two",
                ValueError,
                {"start": tokens(3)},
                r"^start must be an int, or have the shape \(batch,\) = \(2,\), "
                r"but has \(3,\)",
            ),
            (
                "a column of starts",
                ValueError,
                {"start": tokens(2, 1)},
                r"^start must be an int, or have .* = \(2,\), but has \(2, 1\)",
            ),
            (
                "a start that is half a token",
                TypeError,
                {"start": [0.5, 1]},
                "^start must be an int, or a whole number for each row, but its "
                "dtype is torch.float32",
            ),
            (
                "a start that is true",
                TypeError,
                {"start": shown(2)},
                "^start must be an int, .* but its dtype is torch.bool",
            ),
            (
                "one negative start of two",
                ValueError,
                {"start": torch.tensor([2, -1])},
                r"^start must be at least 0, but is \[2, -1\]",
            ),
            (
                "a start without a vector",
                ValueError,
                {"start": 19},
                "^start must be a token from 0 to 18, but is 19",
            ),
            (
                "one start of two without a vector",
                ValueError,
                {"start": torch.tensor([2, 19])},
                r"^start must hold tokens from 0 to 18, but is \[2, 19\]",
            ),
            (
                "an end that is never written",
                ValueError,
                {"end": 19},
                "^end must be a token from 0 to 18, but is 19",
            ),
            (
                "a negative end",
                ValueError,
                {"end": -1},
                "^end must be at least 0, but is -1",
            ),
        ]
    ]
    + [
        row(
            f"a beam of {width!r}",
            error,
            lambda width=width: model().beam(
                tokens(2, 11), start=0, end=1, max_tokens=5, beam_width=width
            ),
            f"^beam_width must be {expected}",
        )
        for width, error, expected in [
            (0, ValueError, "at least 1, but is 0"),
            (-2, ValueError, "at least 1, but is -2"),
            (2.0, TypeError, r"an int, but is 2\.0"),
        ]
    ]
    + [
        row(
            f"{option} = {given!r}",
            error,
            lambda name=name, option=option, given=given: getattr(
                model(), name
            )(tokens(2, 11), start=0, end=1, max_tokens=5, **{option: given}),
            f"^{option} must be {expected}",
        )
        for name, option, error, given, expected in [
            (
                "beam",
                "length_penalty",
                ValueError,
                -1.0,
                "finite and at least 0",
            ),
            ("beam", "length_penalty", ValueError, INF, "finite .* but is inf"),
            ("beam", "length_penalty", ValueError, NAN, "finite .* but is nan"),
            ("sample", "temperature", ValueError, 0.0, "finite and above 0"),
            (
                "sample",
                "temperature",
                ValueError,
                -0.5,
                "finite .* but is -0.5",
            ),
            ("sample", "temperature", ValueError, INF, "finite .* but is inf"),
            ("sample", "temperature", ValueError, NAN, "finite .* but is nan"),
            ("sample", "top_k", ValueError, 0, "at least 1, but is 0"),
            (
                "sample",
                "top_k",
                TypeError,
                2.0,
                r"an int, but is 2\.0 \(float\)",
            ),
            (
                "sample",
                "top_k",
                TypeError,
                True,
                r"an int, but is True \(bool\)",
            ),
        ]
    ]
)


def torchs(activation="relu"):
    """Return torch's Transformer, 21 wide."""
    return nn.Transformer(21, 3, 1, 1, 13, activation=activation)


def whole(theirs, **parts):
    """Return a copy, with what it lacks: 17 source and 19 target tokens."""
    fitting = {
        "source_embedding": nn.Embedding(17, 21),
        "target_embedding": nn.Embedding(19, 21),
        "output_map": nn.Linear(21, 19),
    }
    return Transformer.from_torch(theirs, **fitting | parts)


TORCHS = [
    row(
        f"a Linear as {kind.__name__}",
        TypeError,
        lambda kind=kind: kind.from_torch(nn.Linear(7, 7)),
        f"^theirs must be an nn.{expected}, but is Linear",
    )
    for kind, expected in [
        (MultiHeadAttention, "MultiheadAttention"),
        (EncoderLayer, "TransformerEncoderLayer"),
        (DecoderLayer, "TransformerDecoderLayer"),
    ]
] + [
    row(
        "torch's encoder layer as a decoder layer",
        TypeError,
        lambda: DecoderLayer.from_torch(nn.TransformerEncoderLayer(21, 3)),
        "^theirs must be an nn.TransformerDecoderLayer, but is Transformer",
    ),
    row(
        "an encoder layer with gelu",
        ValueError,
        lambda: EncoderLayer.from_torch(
            nn.TransformerEncoderLayer(21, 3, activation="gelu")
        ),
        "^theirs must use the paper's ReLU, .* but uses .*gelu",
    ),
    row(
        "a decoder layer with a module of gelu",
        ValueError,
        lambda: DecoderLayer.from_torch(
            nn.TransformerDecoderLayer(21, 3, activation=nn.GELU())
        ),
        "^theirs must use the paper's ReLU, .* but uses GELU",
    ),
    row(
        "an activation that cannot be told",
        ValueError,
        lambda: EncoderLayer.from_torch(
            nn.TransformerEncoderLayer(21, 3, activation=lambda x: x.relu())
        ),
        r"torch.relu or nn.ReLU\(\); what another function does cannot be told",
    ),
    *(
        row(
            f"{name} with gelu",
            ValueError,
            call,
            "^theirs must use the paper's ReLU, .* but uses .*gelu",
        )
        for name, call in [
            ("an encoder", lambda: Encoder.from_torch(torchs("gelu").encoder)),
            ("a decoder", lambda: Decoder.from_torch(torchs("gelu").decoder)),
            ("a Transformer", lambda: whole(torchs("gelu"))),
        ]
    ),
    row(
        "a decoder as an encoder",
        TypeError,
        lambda: Encoder.from_torch(torchs().decoder),
        "^theirs must be an nn.TransformerEncoder, but is TransformerDecoder",
    ),
    row(
        "an encoder as a decoder",
        TypeError,
        lambda: Decoder.from_torch(torchs().encoder),
        "^theirs must be an nn.TransformerDecoder, but is TransformerEncoder",
    ),
    row(
        "an encoder as a whole",
        TypeError,
        lambda: whole(torchs().encoder),
        "^theirs must be an nn.Transformer, but is TransformerEncoder",
    ),
    row(
        "a stack of nothing",
        ValueError,
        lambda: Decoder.from_torch(
            nn.TransformerDecoder(nn.TransformerDecoderLayer(21, 3), 0)
        ),
        "^theirs.num_layers must be at least 1, but is 0",
    ),
    row(
        "a custom encoder",
        TypeError,
        lambda: whole(nn.Transformer(21, 3, custom_encoder=nn.Identity())),
        "^theirs must be an nn.TransformerEncoder, but is Identity",
    ),
    *(
        row(name, error, lambda parts=parts: whole(torchs(), **parts), message)
        for name, error, parts, message in [
            (
                "an embedding that is a map",
                TypeError,
                {"source_embedding": nn.Linear(17, 21)},
                "^source_embedding must be an nn.Embedding, but is Linear",
            ),
            (
                "a source's embedding of another width",
                ValueError,
                {"source_embedding": nn.Embedding(17, 19)},
                "^source_embedding must have embedding_dim = 21, but has 19",
            ),
            (
                "a target's embedding of another width",
                ValueError,
                {"target_embedding": nn.Embedding(19, 17)},
                "^target_embedding must have embedding_dim = 21, but has 17",
            ),
            (
                "no embedding of the target",
                TypeError,
                {"target_embedding": None},
                "^target_embedding must be an nn.Embedding, but is NoneType",
            ),
            (
                "no output map",
                TypeError,
                {"output_map": None},
                "^output_map must be an nn.Linear, but is NoneType",
            ),
            (
                "an output map of another width",
                ValueError,
                {"output_map": nn.Linear(19, 19)},
                "^output_map must have in_features = 21, but has 19",
            ),
            (
                "an output map to the source's tokens",
                ValueError,
                {"output_map": nn.Linear(21, 17)},
                "^output_map must have out_features = 19, but has 17",
            ),
        ]
    ),
    row(
        "a learned extra key",
        ValueError,
        lambda: MultiHeadAttention.from_torch(
            nn.MultiheadAttention(21, 3, add_bias_kv=True)
        ),
        "^theirs must not use add_bias_kv or add_zero_attn",
    ),
    row(
        "an extra key of zeros",
        ValueError,
        lambda: MultiHeadAttention.from_torch(
            nn.MultiheadAttention(21, 3, add_zero_attn=True)
        ),
        "^theirs must not use add_bias_kv or add_zero_attn",
    ),
]


def empty_cache():
    return DecoderCache(KeyValueCache(), KeyValueCache())


def filled_cache():
    cache = KeyValueCache()
    cache.extend(*ones(2, 2, 3, 5, 7))
    return cache


@pytest.mark.parametrize(
    ("error", "bad_call", "fragments"),
    SIZES
    + POSITIONS
    + TENSORS
    + MASKS
    + HEADS
    + CACHES
    + TOKENS
    + WRITING
    + TORCHS,
)
def test_a_bad_argument_is_named_with_what_was_expected_and_what_came(
    error, bad_call, fragments
):
    check_row(error, bad_call, fragments)


# What torch would broadcast


@pytest.mark.parametrize("need_weights", [True, False])
def test_no_size_of_1_is_stretched_to_fit(need_weights):
    ours = MultiHeadAttention(21, 3)
    shapes = {"query": [2, 5, 21], "key": [2, 11, 21], "value": [2, 11, 21]}
    for name, shape in shapes.items():
        for axis in range(3):
            if (name, axis) == ("query", 1):
                continue  # one query is as good as five
            small = shapes | {
                name: [1 if i == axis else n for i, n in enumerate(shape)]
            }
            tensors = {side: ones(*sizes) for side, sizes in small.items()}
            with pytest.raises(ValueError, match=r"^(query|key|value) must"):
                ours(**tensors, need_weights=need_weights)


def test_every_mask_that_torch_would_stretch_fits_by_its_axes_or_is_refused():
    # All sizes are 3, so torch would take any of them in any place.
    ours, inputs = MultiHeadAttention(21, 3), ones(3, 3, 21)
    for refused in [(3,), (1,), (), (1, 3, 3, 3, 3)]:
        with pytest.raises(ValueError, match=r"^mask must have the shape"):
            ours(inputs, mask=shown(*refused))
    for fits in [(3, 3), (1, 3), (3, 1, 3), (1, 3, 3), (3, 3, 3, 3)]:
        output, _ = ours(inputs, mask=shown(*fits))
        assert output.shape == (3, 3, 21)


# What has a right answer


def test_sizes_of_1_are_enough():
    one, token = ones(1, 1, 1), tokens(1, 1)
    assert LearnedPositions(1, 1)(1).shape == (1, 1)
    assert FeedForward(1, 1)(one).shape == (1, 1, 1)
    attend = MultiHeadAttention(1, 1, key_dim=1, value_dim=1)
    assert attend(one)[0].shape == (1, 1, 1)
    assert EncoderLayer(1, 1, 1)(one).shape == (1, 1, 1)
    assert DecoderLayer(1, 1, 1)(one, one).shape == (1, 1, 1)
    ours = Transformer(1, 1, 2, 1, 1, 1, 1)
    assert ours(token, token).shape == (1, 1, 1)
    how = {"start": 0, "end": 0, "max_tokens": 1, "beam_width": 1}
    assert ours.beam(token, **how)[0].tolist() == [[[0]]]


@pytest.mark.parametrize("need_weights", [True, False])
def test_empty_batches_and_sequences_have_a_right_answer(need_weights):
    ours = filled(MultiHeadAttention(21, 3))
    for query, key in [((0, 5), (0, 11)), ((2, 0), (2, 11))]:
        output, weights = ours(
            ones(*query, 21), ones(*key, 21), need_weights=need_weights
        )
        assert output.shape == (*query, 21)
        assert not need_weights or weights.shape == (query[0], 3, query[1], 11)
    for mask in (None, shown(5, 0), shown(2, 1, 0)):
        output, _ = ours(
            ones(2, 5, 21), ones(2, 0, 21), None, mask, need_weights
        )
        torch.testing.assert_close(
            output, ours.output_map.bias.expand(2, 5, 21)
        )
    assert EncoderLayer(21, 3, 13)(ones(0, 5, 21)).shape == (0, 5, 21)
    assert EncoderLayer(21, 3, 13)(ones(2, 0, 21)).shape == (2, 0, 21)
    assert decode((2, 5, 21), (2, 0, 21))().isfinite().all()
    assert split_heads(ones(0, 5, 21), 3).shape == (0, 3, 5, 7)
    assert merge_heads(ones(2, 3, 0, 7)).shape == (2, 0, 21)
    assert FeedForward(7, 13)(ones(0, 7)).shape == (0, 7)


def test_empty_sources_and_targets_have_a_right_answer():
    ours = model()
    how = {"start": 0, "end": 1, "max_tokens": 5}
    assert ours(tokens(0, 11), tokens(0, 5)).shape == (0, 5, 19)
    assert ours(tokens(2, 11), tokens(2, 0)).shape == (2, 0, 19)
    assert ours(tokens(2, 0), tokens(2, 5)).isfinite().all()
    assert ours.greedy(tokens(0, 11), **how).shape == (0, 0)
    assert len(ours.greedy(tokens(2, 0), **how)) == 2
    written, log_probability = ours.beam(tokens(0, 11), **how, beam_width=3)
    assert written.shape == (0, 3, 0)
    assert log_probability.shape == (0, 3)


@pytest.mark.parametrize("odd", [NAN, INF, -INF], ids=str)
@pytest.mark.parametrize("norm_first", [False, True])
def test_nan_and_infinity_never_become_numbers(odd, norm_first):
    inputs, memory = ones(2, 5, 21), ones(2, 11, 21)
    inputs[1, 2, 3] = memory[1, 4, 5] = odd
    attend = filled(MultiHeadAttention(21, 3))
    encode = filled(EncoderLayer(21, 3, 13, norm_first=norm_first))
    decode = filled(DecoderLayer(21, 3, 13, norm_first=norm_first))
    for outputs, _ in (
        attend(inputs),
        encode(inputs, need_weights=True),
        decode(ones(2, 5, 21), memory, need_weights=True),
    ):
        assert not outputs[1].isfinite().any()
        assert outputs[0].isfinite().all()


def test_a_nan_in_the_weights_of_a_model_is_nan_in_every_probability():
    ours = model()
    ours.source_embedding.weight.data[3] = NAN
    source = torch.tensor([[3, 0, 0], [0, 0, 0]])
    logits, _ = ours(source, tokens(2, 5), need_weights=True)
    assert logits[0].isnan().all()
    assert logits[1].isfinite().all()
    assert ours(source, tokens(2, 5))[0].isnan().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision_has_a_right_answer(dtype):
    ours = model().to(dtype)
    logits = ours(tokens(2, 11), tokens(2, 5), padding_mask([11, 3], 11))
    assert logits.dtype == dtype
    assert logits.isfinite().all()
