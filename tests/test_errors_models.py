"""Errors of hard attention, CBAM, recurrent models, decoding and training.

These tests run WITHOUT the shape hook, like those of test_errors.py.
"""

import itertools

import pytest
import torch
from errors_table import check_row, row
from torch import nn

from attn_utils import (
    CBAM,
    AdditiveScore,
    BahdanauDecoder,
    BilinearScore,
    ChannelAttention,
    DotScore,
    EfficientChannelAttention,
    LowRankScore,
    LSTMCell,
    LuongDecoder,
    RecurrentDecoder,
    RecurrentEncoder,
    RNNCell,
    Seq2Seq,
    SpatialAttention,
    hard_attention,
    padding_mask,
    shift_right,
)
from attn_utils.cbam import average
from attn_utils.train import bucketed_batches, seeded, train

pytestmark = pytest.mark.usefixtures("without_the_shape_hook")

NAN, INF = float("nan"), float("inf")


def whole(*shape, filled=1):
    return torch.full(shape, filled, dtype=torch.int64)


def choose(query=(5, 7), key=(11, 7), value=(11, 13), mask=None, **options):
    """Return a call of hard attention on ones of these shapes."""
    tensors = [torch.ones(shape) for shape in (query, key, value)]
    return lambda: hard_attention(*tensors, mask, **options)


HARD_ATTENTION = [
    row(
        "an unknown way to choose",
        ValueError,
        choose(sample="Gumbel"),
        "^sample must be one of argmax, categorical, gumbel, but is 'Gumbel'",
    ),
    *(
        row(
            f"temperature = {given} for {sample}",
            ValueError,
            choose(sample=sample, temperature=given),
            f"^temperature must be finite and above 0, but is {given}",
        )
        for given in (0, -1.5, NAN, INF)
        for sample in ("argmax", "gumbel")
    ),
    row(
        "no key to be read",
        ValueError,
        choose(key=(0, 7), value=(0, 13)),
        r"^key must have a row at least.*has the shape \(0, 7\)",
    ),
    row(
        "one value for all keys",
        ValueError,
        choose(value=(1, 13)),
        "^value must have one row for each key, 11, but has 1",
    ),
    row(
        "one batch entry of keys for three of queries",
        ValueError,
        choose(query=(3, 5, 7), key=(1, 11, 7), value=(3, 11, 13)),
        r"^key must have the batch axes of query, \(3,\), but has \(1, 11, 7\)",
    ),
    row(
        "a key of another width",
        ValueError,
        choose(key=(11, 1), score=DotScore()),
        "^key must be 7 wide .the width of query., but is 1 wide",
    ),
    row(
        "a score that returns the transposed shape",
        ValueError,
        choose(score=lambda query, key: key @ query.mT),
        r"^score must return .* = \(5, 11\), but returned \(11, 5\)",
    ),
    row(
        "a float mask",
        TypeError,
        choose(mask=torch.ones(5, 11)),
        "^mask must be a bool tensor, True where a query may look.*float32",
    ),
    row(
        "a mask of (batch, keys)",
        ValueError,
        choose((3, 5, 7), (3, 11, 7), (3, 11, 13), torch.ones(3, 11) > 0),
        r"^mask must have the shape .* \(5, 11\).*has \(3, 11\)",
    ),
    row(
        "whole numbers",
        TypeError,
        lambda: hard_attention(whole(5, 7), whole(11, 7), whole(11, 13)),
        "^query must hold floating-point numbers.*torch.int64",
    ),
]


def gate(features, module=None):
    return lambda: (module or CBAM(7, reduction=2))(features)


CBAM_ROWS = [
    row(
        "a reduction that leaves no hidden unit",
        ValueError,
        lambda: CBAM(15),
        "^reduction must be at most num_channels = 15.*but is 16",
    ),
    row(
        "a kernel without a middle",
        ValueError,
        lambda: CBAM(32, kernel_size=4),
        "^kernel_size must be odd.*but is 4",
    ),
    *(
        row(
            f"{name} = {given!r}",
            error,
            lambda name=name, given=given: CBAM(
                **{"num_channels": 32, name: given}
            ),
            f"^{name} must be {expected}.*but is {given}",
        )
        for name in ("num_channels", "reduction", "kernel_size")
        for error, given, expected in [
            (ValueError, 0, "at least 1"),
            (TypeError, 7.0, "an int"),
        ]
    ),
    row(
        "a kernel without a middle, over channels",
        ValueError,
        lambda: EfficientChannelAttention(2),
        "^kernel_size must be odd.*but is 2",
    ),
    row(
        "channels and places in one axis, for the kernel over channels",
        ValueError,
        gate(torch.ones(2, 7, 5), EfficientChannelAttention()),
        r"^features must have the shape .* have \(2, 7, 5\)",
    ),
    *(
        row(
            f"{what} for pools of {kind}",
            error,
            lambda make=make, given=given: make(7, pools=given),
            f"^pools must {expected}",
        )
        for kind, make in {
            "channels": lambda size, pools: ChannelAttention(
                size, 2, pools=pools
            ),
            "places": SpatialAttention,
        }.items()
        for what, error, given, expected in [
            (
                "none",
                ValueError,
                (),
                "name at least one summary, but is an empty",
            ),
            (
                "the mean of all",
                ValueError,
                (torch.mean,),
                r"summarise the last axis.* but mean makes \(\) of \(2, 3\)",
            ),
            (
                "both maxima and their places",
                ValueError,
                (lambda x: x.max(dim=-1),),
                "summarise the last axis.* but <lambda> makes torch.return_types",
            ),
            (
                "one function",
                TypeError,
                average,
                "be a sequence of functions.*<function average",
            ),
            ("a name", TypeError, "max", "be a sequence of functions.*'max'"),
        ]
    ),
    row(
        "an image without a batch",
        ValueError,
        gate(torch.ones(7, 5, 11)),
        r"^features must have the shape \(batch, channels, height, width\)",
        r"have \(7, 5, 11\)",
    ),
    row(
        "films instead of images",
        ValueError,
        gate(torch.ones(2, 7, 3, 5, 11)),
        r"^features must have the shape .* have \(2, 7, 3, 5, 11\)",
    ),
    row(
        "sequences instead of images, for the spatial gate",
        ValueError,
        gate(torch.ones(2, 7, 5), SpatialAttention()),
        r"^features must have the shape .* have \(2, 7, 5\)",
    ),
    row(
        "channels last",
        ValueError,
        gate(torch.ones(2, 5, 11, 7)),
        r"^features must have 7 channels, but have 5.*\(2, 5, 11, 7\)",
    ),
    row(
        "more channels than the gate has",
        ValueError,
        gate(torch.ones(2, 11, 5, 11)),
        "^features must have 7 channels, but have 11",
    ),
    row(
        "one channel, which would be broadcast",
        ValueError,
        gate(torch.ones(2, 1, 5, 11)),
        "^features must have 7 channels, but have 1",
    ),
    row(
        "no place",
        ValueError,
        gate(torch.ones(2, 7, 0, 11)),
        r"^features must have a channel and a place at least.*\(2, 7, 0, 11\)",
    ),
    row(
        "no channel, for the spatial gate",
        ValueError,
        gate(torch.ones(2, 0, 5, 11), SpatialAttention()),
        r"^features must have a channel and a place at least.*\(2, 0, 5, 11\)",
    ),
    row(
        "whole numbers for pixels",
        TypeError,
        gate(whole(2, 7, 5, 11)),
        r"^features must hold floating-point numbers.*torch.int64.*\.float\(\)",
    ),
    row(
        "a list for the features",
        TypeError,
        gate([[[[1.0]]]]),
        "^features must be a tensor, but is list",
    ),
    *(
        row(
            f"float64 features for {type(module).__name__}",
            TypeError,
            gate(torch.ones(2, 7, 5, 11).double(), module),
            r"^features must have the dtype of the parameters \(torch.float32\)",
            r"has torch.float64.*module.to\(torch.float64\)",
        )
        for module in (
            ChannelAttention(7, 2),
            EfficientChannelAttention(),
            SpatialAttention(),
        )
    ),
]


def step(cell, inputs=(2, 3), hidden=(2, 5), memory=(2, 5)):
    """Return a call of one step of a cell, on ones of these shapes."""
    given = [inputs, hidden] + ([memory] if cell is LSTMCell else [])
    rows = [torch.ones(x) if isinstance(x, tuple) else x for x in given]
    return lambda: cell(3, 5)(*rows)


SHAPE = r"must have the shape \(batch, dim\)"
CELLS = (
    [
        row(
            f"{case} for {cell.__name__}",
            error,
            step(cell, **{name: given}),
            f"^{name} {message}",
        )
        for cell in (RNNCell, LSTMCell)
        for name, case, error, given, message in [
            (
                "inputs",
                "a wide input",
                ValueError,
                (2, 7),
                rf"{SHAPE} = \(2, 3\), but has \(2, 7\)",
            ),
            (
                "inputs",
                "an input of one axis",
                ValueError,
                (3,),
                rf"{SHAPE}.*has \(3,\)",
            ),
            (
                "inputs",
                "a whole sequence",
                ValueError,
                (2, 7, 3),
                rf"{SHAPE}.*has \(2, 7, 3\)",
            ),
            (
                "inputs",
                "whole numbers",
                TypeError,
                whole(2, 3),
                "must hold floating-point numbers.*int64",
            ),
            (
                "inputs",
                "a float64 input",
                TypeError,
                torch.ones(2, 3).double(),
                "must have the dtype.*float32.*has torch.float64",
            ),
            (
                "hidden",
                "a state for all rows",
                ValueError,
                (1, 5),
                rf"{SHAPE} = \(2, 5\), but has \(1, 5\)",
            ),
            (
                "hidden",
                "a state of one axis",
                ValueError,
                (5,),
                rf"{SHAPE} = \(2, 5\), but has \(5,\)",
            ),
            (
                "hidden",
                "the state of torch's networks",
                ValueError,
                (1, 2, 5),
                rf"{SHAPE} = \(2, 5\), but has \(1, 2, 5\)",
            ),
            (
                "hidden",
                "a narrow state",
                ValueError,
                (2, 1),
                rf"{SHAPE} = \(2, 5\), but has \(2, 1\)",
            ),
            (
                "hidden",
                "a list for the state",
                TypeError,
                [1.0],
                "must be a tensor, but is list",
            ),
            (
                "hidden",
                "a float64 state",
                TypeError,
                torch.ones(2, 5).double(),
                "must have the dtype.*float32.*has torch.float64",
            ),
        ]
    ]
    + [
        row(
            f"{case} for LSTMCell",
            error,
            step(LSTMCell, memory=given),
            f"^memory {message}",
        )
        for case, error, given, message in [
            (
                "a memory for all rows",
                ValueError,
                (1, 5),
                rf"{SHAPE} = \(2, 5\), but has \(1, 5\)",
            ),
            (
                "one number for a row's memory",
                ValueError,
                (2, 1),
                rf"{SHAPE} = \(2, 5\), but has \(2, 1\)",
            ),
            (
                "a float64 memory",
                TypeError,
                torch.ones(2, 5).double(),
                "must have the dtype.*float32.*has torch.float64",
            ),
            (
                "a memory that is None",
                TypeError,
                None,
                "must be a tensor, but is NoneType",
            ),
        ]
    ]
    + [
        row(
            f"{name} = {given!r} for {cell.__name__}",
            error,
            lambda cell=cell, sizes=sizes: cell(**sizes),
            f"^{name} must be {expected}.*but is {given}",
        )
        for cell in (RNNCell, LSTMCell)
        for name in ("input_dim", "hidden_dim")
        for error, given, expected in [
            (ValueError, 0, "at least 1"),
            (TypeError, 5.0, "an int"),
        ]
        for sizes in [{"input_dim": 3, "hidden_dim": 5, name: given}]
    ]
    + [
        row(
            "an LSTM's cell as an RNN's",
            TypeError,
            lambda: RNNCell.from_torch(nn.LSTMCell(3, 5)),
            "^theirs must be an nn.RNNCell or nn.RNN, but is LSTMCell",
        ),
        row(
            "a GRU as an LSTM's cell",
            TypeError,
            lambda: LSTMCell.from_torch(nn.GRU(3, 5)),
            "^theirs must be an nn.LSTMCell or nn.LSTM, but is GRU",
        ),
        row(
            "two layers as a cell",
            ValueError,
            lambda: LSTMCell.from_torch(nn.LSTM(3, 5, 2)),
            "^theirs must have one layer and no projection, but has "
            "num_layers = 2 and proj_size = 0",
        ),
        row(
            "a projection in a cell",
            ValueError,
            lambda: LSTMCell.from_torch(nn.LSTM(3, 5, proj_size=2)),
            "^theirs must have one layer .* num_layers = 1 and proj_size = 2",
        ),
        row(
            "a cell that reads from both sides",
            ValueError,
            lambda: RNNCell.from_torch(nn.RNN(3, 5, bidirectional=True)),
            "^theirs must read from the left, but is bidirectional",
        ),
        row(
            "a network with a ReLU",
            ValueError,
            lambda: RNNCell.from_torch(nn.RNN(3, 5, nonlinearity="relu")),
            "^theirs must use tanh, but uses relu",
        ),
        row(
            "a cell with a ReLU",
            ValueError,
            lambda: RNNCell.from_torch(nn.RNNCell(3, 5, nonlinearity="relu")),
            "^theirs must use tanh, but uses relu",
        ),
    ]
)


def encode(source, lengths):
    return lambda: RecurrentEncoder(7, 3, 5)(source, torch.tensor(lengths))


ENCODER = [
    row(
        "a source without tokens",
        ValueError,
        encode(whole(2, 11), [0, 3]),
        r"^lengths must be 1 or more for each of the batch, 2, but are \[0, 3\]",
    ),
    row(
        "a length beyond the source",
        ValueError,
        encode(whole(2, 11), [12, 3]),
        r"^lengths must lie between 0 and num_tokens = 11, but are \[12, 3\]",
    ),
    row(
        "a length too many",
        ValueError,
        encode(whole(2, 11), [5, 3, 2]),
        r"^lengths must be .* for each of the batch, 2, but are \[5, 3, 2\]",
    ),
    row(
        "one length for all",
        ValueError,
        encode(whole(2, 11), [5]),
        r"^lengths must be .* for each of the batch, 2, but are \[5\]",
    ),
    row(
        "lengths that are no whole numbers",
        TypeError,
        encode(whole(2, 11), [5.0, 3.0]),
        "^lengths must be whole numbers, but their dtype is torch.float32",
    ),
    row(
        "no source",
        ValueError,
        lambda: RecurrentEncoder(7, 3, 5)(whole(0, 11), whole(0)),
        r"^source must hold a token at least, but has the shape \(0, 11\)",
    ),
    row(
        "an unknown token",
        ValueError,
        encode(whole(2, 11, filled=7), [5, 3]),
        "^source must hold tokens from 0 to 6, but holds 7 to 7",
    ),
    row(
        "a token far beyond the last of an even number",
        ValueError,
        lambda: RecurrentEncoder(8, 3, 5)(whole(1, 1, filled=23), whole(1)),
        "^source must hold tokens from 0 to 7, but holds 23 to 23",
    ),
    row(
        "a negative token",
        ValueError,
        encode(whole(2, 11, filled=-1), [5, 3]),
        "^source must hold tokens from 0 to 6, but holds -1 to -1",
    ),
    row(
        "a source without a batch",
        ValueError,
        encode(whole(11), [11]),
        r"^source must have the shape \(batch, tokens\), but has \(11,\)",
    ),
    row(
        "a source of floats",
        TypeError,
        encode(torch.ones(2, 11), [5, 3]),
        "^source must be a tensor of whole numbers, but is torch.float32",
    ),
    row(
        "a list for the source",
        TypeError,
        encode([[1, 2]], [2]),
        "^source must be a tensor of whole numbers, but is list",
    ),
    *(
        row(
            f"{name} = {given!r} for RecurrentEncoder",
            error,
            lambda sizes=sizes: RecurrentEncoder(*sizes),
            f"^{name} must be {expected}.*but is {given}",
        )
        for place, name in enumerate(["source_size", "embed_dim", "hidden_dim"])
        for error, given, expected in [
            (ValueError, 0, "at least 1"),
            (TypeError, 5.0, "an int"),
        ]
        for sizes in [[given if i == place else 5 for i in range(3)]]
    ),
]


SHOWN = torch.ones(2, 1, 11) > 0
DECODERS = {
    "plain": RecurrentDecoder(19, 3, 5),
    "Luong": LuongDecoder(19, 3, 5, 17),
    "Bahdanau": BahdanauDecoder(19, 3, 5, 17),
}


def write(decoder, target=None, hidden=None, memory=None, mask=SHOWN):
    """Return a call of a decoder; what is None is right."""
    given = [
        whole(2, 7) if target is None else target,
        torch.ones(2, 5) if hidden is None else hidden,
        torch.ones(2, 11, 17) if memory is None else memory,
    ]
    return lambda: DECODERS[decoder](*given, mask)


MEMORY = r"must have the shape \(batch, source, memory_dim\) = \(2, any, 17\), but has"
DECODER_ROWS = (
    [
        row(
            f"{case} for the {decoder} decoder",
            error,
            write(decoder, **{name: given}),
            f"^{name} {message}",
        )
        for decoder, (name, case, error, given, message) in [
            *itertools.product(
                DECODERS,
                [
                    (
                        "target",
                        "no target",
                        ValueError,
                        whole(2, 0),
                        r"must hold a token at least, but has the shape \(2, 0\)",
                    ),
                    (
                        "target",
                        "an unknown token",
                        ValueError,
                        whole(2, 7, filled=19),
                        "must hold tokens from 0 to 18, but holds 19 to 19",
                    ),
                    (
                        "target",
                        "a target without a batch",
                        ValueError,
                        whole(7),
                        r"must have the shape \(batch, tokens\), but has \(7,\)",
                    ),
                    (
                        "target",
                        "a target of floats",
                        TypeError,
                        torch.ones(2, 7),
                        "must be a tensor of whole numbers, but is torch.float32",
                    ),
                    (
                        "hidden",
                        "one state for all",
                        ValueError,
                        torch.ones(1, 5),
                        rf"{SHAPE} = \(2, 5\), but has \(1, 5\)",
                    ),
                    (
                        "hidden",
                        "a wide state",
                        ValueError,
                        torch.ones(2, 7),
                        rf"{SHAPE} = \(2, 5\), but has \(2, 7\)",
                    ),
                    (
                        "hidden",
                        "the state of torch's networks",
                        ValueError,
                        torch.ones(1, 2, 5),
                        rf"{SHAPE} = \(2, 5\), but has \(1, 2, 5\)",
                    ),
                    (
                        "hidden",
                        "a float64 state",
                        TypeError,
                        torch.ones(2, 5).double(),
                        "must have the dtype.*float32.*has torch.float64",
                    ),
                    (
                        "hidden",
                        "a list for the state",
                        TypeError,
                        [1.0],
                        "must be a tensor, but is list",
                    ),
                ],
            ),
            *itertools.product(
                [*DECODERS][1:],
                [
                    (
                        "memory",
                        "one memory for all",
                        ValueError,
                        torch.ones(1, 11, 17),
                        rf"{MEMORY} \(1, 11, 17\)",
                    ),
                    (
                        "memory",
                        "a narrow memory",
                        ValueError,
                        torch.ones(2, 11, 5),
                        rf"{MEMORY} \(2, 11, 5\)",
                    ),
                    (
                        "memory",
                        "a memory of four axes",
                        ValueError,
                        torch.ones(2, 11, 17, 1),
                        rf"{MEMORY} \(2, 11, 17, 1\)",
                    ),
                    (
                        "memory",
                        "a memory without a batch",
                        ValueError,
                        torch.ones(11, 17),
                        rf"{MEMORY} \(11, 17\)",
                    ),
                    (
                        "memory",
                        "a float64 memory",
                        TypeError,
                        torch.ones(2, 11, 17).double(),
                        "must have the dtype.*float32.*has torch.float64",
                    ),
                    (
                        "mask",
                        "a mask shorter than the memory",
                        ValueError,
                        SHOWN[..., 1:],
                        r"must have the shape .*11\).*has \(2, 1, 10\)",
                    ),
                    (
                        "mask",
                        "a mask of (batch, source)",
                        ValueError,
                        SHOWN[:, 0],
                        r"must have the shape .*11\).*has \(2, 11\)",
                    ),
                    (
                        "mask",
                        "a float mask",
                        TypeError,
                        SHOWN.float(),
                        "must be a bool tensor, True where a query may look.*float32",
                    ),
                ],
            ),
        ]
    ]
    + [
        row(
            f"{name} = {given!r} for {make.__name__}",
            error,
            lambda make=make, sizes=sizes: make(*sizes),
            f"^{name} must be {expected}.*but is {given}",
        )
        for make, count in [
            (RecurrentDecoder, 3),
            (LuongDecoder, 4),
            (BahdanauDecoder, 4),
        ]
        for place, name in enumerate(
            ["target_size", "embed_dim", "hidden_dim", "memory_dim"][:count]
        )
        for error, given, expected in [
            (ValueError, 0, "at least 1"),
            (TypeError, 5.0, "an int"),
        ]
        for sizes in [[given if i == place else 5 for i in range(count)]]
    ]
    + [
        row(
            "a two-way encoder before a decoder for one way",
            ValueError,
            lambda: Seq2Seq(
                RecurrentEncoder(7, 3, 5, two_way=True),
                LuongDecoder(19, 3, 5, 5),
            )(whole(2, 11), torch.tensor([5, 3]), whole(2, 7)),
            r"^memory must have the shape .* = \(2, any, 5\), but has \(2, 11, 10\)",
        ),
        row(
            "one target for two sources",
            ValueError,
            lambda: Seq2Seq(
                RecurrentEncoder(7, 3, 5), RecurrentDecoder(19, 3, 5)
            )(whole(2, 11), torch.tensor([5, 3]), whole(1, 7)),
            r"^target must have as many rows as source, 2, but has \(1, 7\)",
        ),
    ]
)


def decode(way, **options):
    """Return a call of greedy or beam decoding."""
    model = Seq2Seq(RecurrentEncoder(7, 3, 5), DECODERS["plain"])
    source = whole(2, 11), torch.tensor([5, 3])
    arguments = {"start": 0, "end": 1, "max_tokens": 3} | options
    return lambda: getattr(model, way)(*source, **arguments)


GRU, BOTH = nn.GRU(3, 5), nn.GRU(3, 5, bidirectional=True)
EMBEDDING, READ_OUT = nn.Embedding(19, 3), nn.Linear(5, 19)

COPIES = [
    row(name, error, call, message)
    for name, error, call, message in [
        (
            "an LSTM as an encoder",
            TypeError,
            lambda: RecurrentEncoder.from_torch(nn.LSTM(3, 5), EMBEDDING),
            "^theirs must be an nn.GRU, but is LSTM",
        ),
        (
            "two layers as an encoder",
            ValueError,
            lambda: RecurrentEncoder.from_torch(nn.GRU(3, 5, 2), EMBEDDING),
            "^theirs must have one layer .* has num_layers = 2",
        ),
        (
            "an embedding that is a map",
            TypeError,
            lambda: RecurrentEncoder.from_torch(GRU, READ_OUT),
            "^embedding must be an nn.Embedding, but is Linear",
        ),
        (
            "an embedding of another width",
            ValueError,
            lambda: RecurrentEncoder.from_torch(GRU, nn.Embedding(19, 5)),
            "^embedding must have embedding_dim = 3, but has 5",
        ),
        (
            "a bridge from one side",
            ValueError,
            lambda: RecurrentEncoder.from_torch(GRU, EMBEDDING, READ_OUT),
            "^bridge must be None, as theirs is not bidirectional.*Linear",
        ),
        (
            "no bridge from two sides",
            TypeError,
            lambda: RecurrentEncoder.from_torch(BOTH, EMBEDDING),
            "^bridge must be an nn.Linear, but is NoneType",
        ),
        (
            "a bridge from one of two sides",
            ValueError,
            lambda: RecurrentEncoder.from_torch(
                BOTH, EMBEDDING, nn.Linear(5, 5)
            ),
            "^bridge must have in_features = 10, but has 5",
        ),
        (
            "a bridge to both sides",
            ValueError,
            lambda: RecurrentEncoder.from_torch(
                BOTH, EMBEDDING, nn.Linear(10, 10)
            ),
            "^bridge must have out_features = 5, but has 10",
        ),
        (
            "a decoder that reads from both sides",
            ValueError,
            lambda: RecurrentDecoder.from_torch(BOTH, EMBEDDING, READ_OUT),
            "^theirs must read from the left, but is bidirectional",
        ),
        (
            "a cell as a decoder",
            TypeError,
            lambda: RecurrentDecoder.from_torch(
                nn.GRUCell(3, 5), EMBEDDING, READ_OUT
            ),
            "^theirs must be an nn.GRU, but is GRUCell",
        ),
        (
            "a decoder's embedding of another width",
            ValueError,
            lambda: RecurrentDecoder.from_torch(
                GRU, nn.Embedding(19, 5), READ_OUT
            ),
            "^embedding must have embedding_dim = 3, but has 5",
        ),
        (
            "an output map of another width",
            ValueError,
            lambda: RecurrentDecoder.from_torch(
                GRU, EMBEDDING, nn.Linear(3, 19)
            ),
            "^output_map must have in_features = 5, but has 3",
        ),
        (
            "an output map to other tokens",
            ValueError,
            lambda: RecurrentDecoder.from_torch(
                GRU, EMBEDDING, nn.Linear(5, 18)
            ),
            "^output_map must have out_features = 19, but has 18",
        ),
        (
            "a join to another width",
            ValueError,
            lambda: LuongDecoder.from_torch(
                GRU, EMBEDDING, READ_OUT, nn.Linear(12, 7), DotScore()
            ),
            "^join must have out_features = 5, but has 7",
        ),
        (
            "a join of the state alone",
            ValueError,
            lambda: LuongDecoder.from_torch(
                GRU, EMBEDDING, READ_OUT, nn.Linear(5, 5), DotScore()
            ),
            "^memory_dim must be at least 1, but is 0",
        ),
        (
            "an output map of the state alone",
            ValueError,
            lambda: BahdanauDecoder.from_torch(
                nn.GRUCell(3 + 7, 5), EMBEDDING, READ_OUT, DotScore()
            ),
            "^output_map must have in_features = 15, but has 5",
        ),
        (
            "Luong's decoder without a score",
            TypeError,
            lambda: LuongDecoder.from_torch(
                GRU, EMBEDDING, READ_OUT, nn.Linear(12, 5), None
            ),
            "^score must be an nn.Module, but is NoneType",
        ),
        (
            "Bahdanau's decoder without a score",
            TypeError,
            lambda: BahdanauDecoder.from_torch(
                nn.GRUCell(10, 5), EMBEDDING, nn.Linear(15, 19), None
            ),
            "^score must be an nn.Module, but is NoneType",
        ),
        (
            "a cell that takes no context",
            ValueError,
            lambda: BahdanauDecoder.from_torch(
                nn.GRUCell(3, 5), EMBEDDING, nn.Linear(8, 19), DotScore()
            ),
            "^memory_dim must be at least 1, but is 0",
        ),
        (
            "a cell that reads from both sides",
            ValueError,
            lambda: BahdanauDecoder.from_torch(
                nn.GRU(10, 5, bidirectional=True),
                EMBEDDING,
                nn.Linear(15, 19),
                DotScore(),
            ),
            "^theirs must read from the left, but is bidirectional",
        ),
    ]
]

DECODING = [
    row(
        f"{name} = {given!r} in {way}",
        error,
        decode(way, **{name: given}),
        f"^{message}",
    )
    for way in ("greedy", "beam")
    for name, error, given, message in [
        (
            "max_tokens",
            ValueError,
            -1,
            "max_tokens must be at least 0, but is -1",
        ),
        ("max_tokens", TypeError, 2.0, "max_tokens must be an int, but is 2.0"),
        ("start", ValueError, -1, "start must be at least 0, but is -1"),
        ("start", TypeError, 1.0, "start must be an int, but is 1.0"),
        ("start", TypeError, True, "start must be an int, but is True"),
        (
            "start",
            ValueError,
            19,
            "start must be a token from 0 to 18, but is 19",
        ),
        ("end", ValueError, -1, "end must be at least 0, but is -1"),
        ("end", ValueError, 19, "end must be a token from 0 to 18, but is 19"),
        ("end", TypeError, 1.0, "end must be an int, but is 1.0"),
    ]
] + [
    *(
        row(
            f"beam_width = {given!r}",
            error,
            decode("beam", beam_width=given),
            f"^beam_width must be {expected}.*but is {given}",
        )
        for error, given, expected in [
            (ValueError, 0, "at least 1"),
            (TypeError, 2.0, "an int"),
        ]
    ),
    row(
        "an end far beyond the last of an even number",
        ValueError,
        lambda: Seq2Seq(
            RecurrentEncoder(7, 3, 5), RecurrentDecoder(20, 3, 5)
        ).greedy(whole(1, 1), whole(1), start=0, end=23, max_tokens=3),
        "^end must be a token from 0 to 19, but is 23",
    ),
]


def lower(
    loss_of=lambda model, batch: model(batch).mean(), num_steps=2, **options
):
    """Return a call of train on a linear map."""
    return lambda: train(
        nn.Linear(3, 1), [torch.ones(5, 3)] * 7, loss_of, num_steps, **options
    )


TRAINING = [
    row(
        "a loss for each example",
        ValueError,
        lower(lambda model, batch: model(batch)),
        r"^loss must be a single number, but has the shape \(5, 1\)",
    ),
    row(
        "a loss of nothing",
        ValueError,
        lower(lambda model, batch: model(batch[:0])),
        r"^loss must be a single number, but has the shape \(0, 1\)",
    ),
    row(
        "a loss that is no tensor",
        TypeError,
        lower(lambda model, batch: model(batch).mean().item()),
        "^loss must be a tensor, but is float",
    ),
    row(
        "a loss that is forgotten",
        TypeError,
        lower(lambda model, batch: None),
        "^loss must be a tensor, but is NoneType",
    ),
    row(
        "a loss of whole numbers",
        TypeError,
        lower(lambda model, batch: whole()),
        "^loss must hold floating-point numbers.*int64",
    ),
    row(
        "a loss that knows nothing of the model",
        ValueError,
        lower(lambda model, batch: batch.mean()),
        "^loss must depend on the model, but carries no gradient",
    ),
    *(
        row(
            f"{name} = {given!r}",
            error,
            lower(**{name: given}),
            f"^{name} must be {expected}.*but is {given}",
        )
        for name, error, given, expected in [
            ("clip", ValueError, 0.0, "finite and above 0"),
            ("clip", ValueError, -1.0, "finite and above 0"),
            ("clip", ValueError, NAN, "finite and above 0"),
            ("learning_rate", ValueError, -0.1, "finite and above 0"),
            ("learning_rate", ValueError, INF, "finite and above 0"),
            ("learning_rate", ValueError, NAN, "finite and above 0"),
            ("num_warm", ValueError, -1, "at least 0"),
            ("num_warm", TypeError, 0.5, "an int"),
            ("num_steps", ValueError, 0, "at least 1"),
            ("num_steps", TypeError, 2.0, "an int"),
        ]
    ),
    *(
        row(
            f"{name} = {given!r} for batches",
            error,
            lambda sizes=sizes: next(bucketed_batches(whole(7), **sizes)),
            f"^{name} must be {expected}.*but is {given}",
        )
        for name in ("batch_size", "pool")
        for error, given, expected in [
            (ValueError, 0, "at least 1"),
            (TypeError, 2.0, "an int"),
        ]
        for sizes in [{"batch_size": 3, name: given}]
    ),
    row(
        "lengths on two axes",
        ValueError,
        lambda: next(bucketed_batches(whole(7, 2), 3)),
        r"^lengths must have the shape \(examples,\), but has \(7, 2\)",
    ),
    row(
        "one length for all examples",
        ValueError,
        lambda: next(bucketed_batches(whole(), 3)),
        r"^lengths must have the shape \(examples,\), but has \(\)",
    ),
    row(
        "a negative seed",
        ValueError,
        lambda: seeded(-1),
        "^seed must be at least 0, but is -1",
    ),
    row(
        "half a seed",
        TypeError,
        lambda: seeded(0.5),
        "^seed must be an int, but is 0.5",
    ),
]


@pytest.mark.parametrize(
    ("error", "bad_call", "fragments"),
    HARD_ATTENTION
    + CBAM_ROWS
    + CELLS
    + ENCODER
    + DECODER_ROWS
    + COPIES
    + DECODING
    + TRAINING,
)
def test_a_bad_argument_is_named_with_what_was_expected_and_what_came(
    error, bad_call, fragments
):
    check_row(error, bad_call, fragments)


# The calls that the rows above spoil, as they should be.
RIGHT = [
    choose(),
    gate(torch.ones(2, 7, 5, 11)),
    step(RNNCell),
    step(LSTMCell),
    encode(whole(2, 11), [5, 3]),
    *map(write, DECODERS),
    write("Luong", mask=None),
    decode("greedy"),
    decode("beam"),
    decode("greedy", end=18, max_tokens=0),
    decode("beam", end=18, max_tokens=0),
    lower(),
    lower(clip=None, num_warm=0),
]


@pytest.mark.parametrize("good_call", RIGHT)
def test_what_is_right_is_let_through(good_call):
    assert good_call() is not None


@pytest.mark.parametrize("name", ["Luong", "Bahdanau"])
def test_a_mask_is_not_read_as_queries_and_keys(name):
    """Where batch, target and source are as many, (batch, source) would fit."""
    decoder = DECODERS[name]
    target, hidden = whole(3, 3), torch.ones(3, 5)
    memory = torch.ones(3, 3, 17)
    mask = padding_mask([3, 1, 2], 3)
    decoder(target, hidden, memory, mask)
    for wrong in (mask.squeeze(1), mask.transpose(1, 2), mask.unsqueeze(1)):
        with pytest.raises(
            ValueError, match=r"^mask must have the shape .batch, 1, source"
        ):
            decoder(target, hidden, memory, wrong)


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int8, torch.int16])
def test_narrow_tokens_are_refused(dtype):
    with pytest.raises(
        TypeError, match=f"int64 or int32, but its dtype is {dtype}"
    ):
        shift_right(whole(2, 3).to(dtype), start=300)
    shifted = shift_right(whole(2, 3).int(), start=300)
    assert shifted.tolist() == [[300, 1, 1]] * 2


@pytest.mark.parametrize(
    "score",
    [BilinearScore(5, 5), LowRankScore(5, 5, 3), AdditiveScore(5, 5, 3)],
)
def test_a_score_names_what_has_another_dtype(score):
    query = torch.ones(2, 5, dtype=torch.float64)
    with pytest.raises(TypeError, match=r"^query must have the dtype of the"):
        score(query, query)
