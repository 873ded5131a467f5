"""What is of another kind than asked for: no number, no function, no cache."""

import numpy
import pytest
import torch
from errors_table import check_row, row

from attn_utils import (
    BahdanauDecoder,
    Decoder,
    DecoderLayer,
    DotScore,
    EncoderLayer,
    FeedForward,
    GaussianScore,
    KeyValueCache,
    LuongDecoder,
    MultiHeadAttention,
    Residual,
    Transformer,
    attention,
    hard_attention,
    padding_mask,
    rotate,
    shift_right,
    sinusoidal_positions,
)
from attn_utils.train import train

pytestmark = pytest.mark.usefixtures("without_the_shape_hook")


def ones(*shape):
    return torch.ones(shape)


def machine():
    return Transformer(5, 7, 8, 2, 8, 1, 1).eval()


def written(**how):
    """Write for two sources; both have two tokens."""
    given = {"start": 1, "end": 2, "max_tokens": 3} | how
    return machine().write(torch.ones(2, 2, dtype=torch.long), **given)


def kept(key, value):
    """Add to a cache that keeps a token of two heads."""
    cache = KeyValueCache()
    cache.extend(ones(1, 2, 1, 3), ones(1, 2, 1, 5))
    return cache.extend(key, value)


NUMBERS = [
    row(
        f"{name} = {given!r}",
        TypeError,
        lambda call=call, given=given: call(given),
        f"^{name} must be a number, but is ",
        type(given).__name__,
    )
    for given in ("0.1", None, True, torch.ones(2), [0.5])
    for name, call in {
        "bandwidth": GaussianScore,
        "base": lambda given: sinusoidal_positions(3, 4, base=given),
        "dropout": lambda given: FeedForward(8, 8, given),
        "temperature": lambda given: hard_attention(
            ones(1, 2), ones(3, 2), ones(3, 2), temperature=given
        ),
        "learning_rate": lambda given: train(
            torch.nn.Linear(1, 1), [], sum, 1, given
        ),
        "length_penalty": lambda given: machine().beam(
            torch.ones(1, 2, dtype=torch.long),
            start=1,
            end=2,
            max_tokens=3,
            length_penalty=given,
        ),
    }.items()
]
SHARES = [
    row(
        f"dropout = {given} in {name}",
        ValueError,
        lambda call=call, given=given: call(given),
        f"^dropout must lie between 0 and 1, but is {given}",
    )
    for given in (-0.1, 1.5, float("nan"))
    for name, call in {
        "FeedForward": lambda given: FeedForward(8, 8, given),
        "Residual": lambda given: Residual(8, given, True),
        "MultiHeadAttention": lambda given: MultiHeadAttention(8, 2, given),
        "EncoderLayer": lambda given: EncoderLayer(8, 2, 8, given),
        "Transformer": lambda given: Transformer(5, 7, dropout=given),
    }.items()
]
CALLABLES = [
    row(
        f"score = {given!r} in {name}",
        TypeError,
        lambda call=call, given=given: call(given),
        r"^score must be a function or a module, as DotScore\(\), or None, but is",
    )
    for given in ("dot", DotScore, 3)
    for name, call in {
        "attention": lambda given: attention(
            ones(1, 2), ones(3, 2), ones(3, 2), score=given
        ),
        "hard_attention": lambda given: hard_attention(
            ones(1, 2), ones(3, 2), ones(3, 2), score=given
        ),
        "MultiHeadAttention": lambda given: MultiHeadAttention(
            8, 2, score=given
        ),
        "LuongDecoder": lambda given: LuongDecoder(5, 3, 8, 8, given),
        "BahdanauDecoder": lambda given: BahdanauDecoder(5, 3, 8, 8, given),
    }.items()
] + [
    row(
        "a rotation that is only a word of yes",
        TypeError,
        lambda: MultiHeadAttention(8, 2, rotate=True),
        "^rotate must be a function .* positions.rotate, or None, but is True",
    ),
]
CACHES = [
    row(
        "a dict for a cache",
        TypeError,
        lambda: MultiHeadAttention(8, 2)(ones(1, 1, 8), cache={}),
        r"^cache must be a KeyValueCache or None, but is \{\}",
    ),
    row(
        "a cache of one attention for a layer with two",
        TypeError,
        lambda: DecoderLayer(8, 2, 8)(
            ones(1, 1, 8), ones(1, 3, 8), cache=KeyValueCache()
        ),
        "^cache must be a DecoderCache or None, but is",
    ),
    row(
        "a number for the cache of a layer",
        TypeError,
        lambda: Decoder(1, 8, 2, 8)(ones(1, 1, 8), ones(1, 3, 8), caches=[1]),
        "^caches must be a DecoderCache for each layer.* but entry 0 is of type int",
    ),
    row(
        "one cache, and not a list of them",
        TypeError,
        lambda: Decoder(1, 8, 2, 8)(
            ones(1, 1, 8), ones(1, 3, 8), caches=KeyValueCache()
        ),
        "^caches must be a DecoderCache for each layer.* but are of type KeyValueCache",
    ),
    row(
        "caches of one attention for a model that decodes",
        TypeError,
        lambda: Transformer(9, 9, 8, 2, 16).decode(
            torch.tensor([[1]]), ones(1, 3, 8), caches=[KeyValueCache()]
        ),
        "^caches must be a DecoderCache for each layer.* entry 0 is of type KeyValueCache",
    ),
    row(
        "keys of NumPy in a cache",
        TypeError,
        lambda: KeyValueCache().extend(
            numpy.ones((1, 2, 1, 3)), ones(1, 2, 1, 3)
        ),
        "^key must be a tensor, but is ndarray",
    ),
    row(
        "keys and values of two batches in a cache",
        ValueError,
        lambda: KeyValueCache().extend(ones(1, 2, 1, 3), ones(4, 2, 1, 3)),
        "^value must have the batch axes of key",
    ),
    row(
        "values of another width than those that are kept",
        ValueError,
        lambda: kept(ones(1, 2, 1, 3), ones(1, 2, 1, 7)),
        "^cache must be .* it keeps values",
        r"\(1, 2, 1, 5\).*\(1, 2, 1, 7\)",
    ),
]
TOKENS = [
    row(
        "a start that int32 cannot hold",
        ValueError,
        lambda: shift_right(torch.ones(2, 3, dtype=torch.int32), 2**33),
        "^start must be at most 2147483647",
        "but is .*8589934592",
    ),
    row(
        "a start that no tensor can hold",
        ValueError,
        lambda: shift_right(torch.ones(2, 3, dtype=torch.long), 2**63),
        "^start must be at most 9223372036854775807 .* but is 9223372036854775808",
    ),
    *(
        row(
            f"a rule that chooses {name}",
            TypeError,
            lambda chosen=chosen: written(choose=lambda _: chosen),
            r"^choose must return a whole number for each row",
            r"\(batch,\) = \(2,\), but returned",
        )
        for name, chosen in {
            "one token for two rows": torch.tensor([3]),
            "a column": torch.tensor([[3], [3]]),
            "an int": 3,
            "fractions": ones(2),
        }.items()
    ),
]
REST = [
    *(
        row(
            f"an offset of {offset} in {call.__name__}",
            ValueError,
            lambda call=call, offset=offset: (
                call(ones(2, 4), offset)
                if call is rotate
                else call(2, 4, offset)
            ),
            f"^offset must be at most {2**53} .* but is {offset}",
        )
        for offset in (2**53 + 1, 10**18)
        for call in (rotate, sinusoidal_positions)
    ),
    row(
        "a change that would be broadcast",
        ValueError,
        lambda: Residual(4, 0.0, True).leave(ones(2, 3, 4), ones(1, 1, 4)),
        r"^change must have the shape .* \(2, 3, 4\), but has \(1, 1, 4\)",
    ),
    row(
        "a stream of another width",
        ValueError,
        lambda: Residual(4, 0.0, False).enter(ones(2, 3, 5)),
        r"^x must be 4 wide \(model_dim\), but is 5 wide",
    ),
    row(
        "a single number to think about",
        ValueError,
        lambda: FeedForward(1, 8)(torch.tensor(1.0)),
        r"^inputs must be 1 wide \(model_dim\), but is a single number",
    ),
    *(
        row(
            f"{lengths!r} for lengths",
            TypeError,
            lambda lengths=lengths: padding_mask(lengths, 3),
            "^lengths must be a tensor or a list of whole numbers, but are",
        )
        for lengths in (None, "ab", [[1], [2, 3]], [2**70])
    ),
    row(
        "a memory that is a list",
        TypeError,
        lambda: machine().decode(
            torch.ones(1, 2, dtype=torch.long),
            [[1.0]],
            torch.ones(1, 1, 1, dtype=torch.bool),
        ),
        "^memory must be a tensor, but is list",
    ),
    *(
        row(
            f"a number for the generator of {name}",
            TypeError,
            call,
            "^generator must be a Generator or None, but is 3",
        )
        for name, call in {
            "hard_attention": lambda: hard_attention(
                ones(1, 2), ones(3, 2), ones(3, 2), generator=3
            ),
            "sample": lambda: machine().sample(
                torch.ones(1, 2, dtype=torch.long),
                start=1,
                end=2,
                max_tokens=3,
                generator=3,
            ),
        }.items()
    ),
]


@pytest.mark.parametrize(
    ("error", "bad_call", "fragments"),
    [*NUMBERS, *SHARES, *CALLABLES, *CACHES, *TOKENS, *REST],
)
def test_another_kind_is_named_with_what_was_expected_and_what_came(
    error, bad_call, fragments
):
    check_row(error, bad_call, fragments)


def test_numbers_of_numpy_and_torch_will_do():
    for one in (numpy.float32(1.0), numpy.int64(1), torch.tensor(1.0), 1):
        assert GaussianScore(one).bandwidth.item() == 1
        assert sinusoidal_positions(3, 4, base=10 * one).shape == (3, 4)


def test_a_far_place_has_as_many_vectors_as_a_near_one():
    assert sinusoidal_positions(3, 4, offset=2**53).shape == (3, 4)
    assert rotate(ones(1, 3, 4), 2**53).shape == (1, 3, 4)
