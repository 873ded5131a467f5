"""Sizes: a whole number is one, whether Python's, NumPy's or torch's.

What comes out is what an int gives, and a module keeps an int.
"""

import inspect

import numpy as np
import pytest
import torch
from torch import nn

import attn_utils
from attn_utils import data, positions, train

pytestmark = pytest.mark.usefixtures("without_the_shape_hook")

KINDS = {
    "NumPy's int64": np.int64,
    "NumPy's int8": np.int8,
    "NumPy's array": np.array,
    "torch's int64": torch.tensor,
    "torch's uint8": lambda size: torch.tensor(size, dtype=torch.uint8),
}
NO_SIZES = {
    "True": True,
    "NumPy's True": np.True_,
    "torch's True": torch.tensor(True),
    "a float": 7.0,
    "NumPy's float": np.float64(7),
    "torch's float": torch.tensor(7.0),
    "an array of one axis": np.array([7]),
    "a tensor of one axis": torch.tensor([7]),
    "a string": "7",
}
IMAGES = torch.arange(5 * 64.0).view(5, 8, 8) / 400
LABELS = torch.arange(5)


class Counter(attn_utils.Writer):
    """Writes 1, 2, 3, … after whatever it reads."""

    def begin(self, source):
        return type("State", (list,), {"select": lambda self, rows: None})(
            source
        )

    def step(self, token, state):
        return nn.functional.one_hot((token + 1) % 120, 120) * 9.0


def module(kind, *sizes, **choices):
    """Return a call that makes a module, the sizes it takes, and their names."""
    names = [*inspect.signature(kind.__init__).parameters][1:]
    if kind in (attn_utils.Encoder, attn_utils.Decoder):
        names = ["num_layers", "model_dim", "num_heads", "ff_dim"]
    named = dict(zip(names, sizes, strict=False))
    call = (
        (lambda **sizes: kind(*sizes.values()))
        if kind in (attn_utils.Encoder, attn_utils.Decoder)
        else lambda **sizes: kind(**sizes, **choices)
    )
    return pytest.param(call, named, id=kind.__name__)


def function(call, of=None, **sizes):
    """A call by its whole numbers; `of` is the public function in it."""
    return pytest.param(call, sizes, id=of or call.__name__)


def shift(**start):
    return attn_utils.shift_right(torch.arange(6).view(2, 3), **start)


def split(**heads):
    return attn_utils.split_heads(torch.arange(42.0).view(1, 3, 14), **heads)


def turn(**offset):
    return attn_utils.rotate(torch.arange(42.0).view(3, 14), **offset)


def learned(**sizes):
    return attn_utils.LearnedPositions(127, 5)(**sizes)


def lengths(**sizes):
    return attn_utils.padding_mask([3, 100], **sizes)


def greedy(**sizes):
    return Counter().greedy([1, 2], **sizes)


def beam(**sizes):
    return Counter().beam([1, 2], **sizes)


def batches(**sizes):
    return list(train.bucketed_batches(torch.arange(101) % 7, **sizes))


def addressing(**sizes):
    return data.addressing(codebook=torch.eye(101), **sizes)


def ridge(**sizes):
    return data.ridge_prompts(direction=torch.tensor([0.6, 0.8]), **sizes)


def days(**sizes):
    return data.random_days(held_out=True, **sizes)


def scenes(**sizes):
    return data.glimpse_scenes(IMAGES, LABELS, **sizes)


def cluttered(**sizes):
    return data.cluttered_digits(IMAGES, LABELS, **sizes)


def cued(**sizes):
    return data.cued_digits(IMAGES, LABELS, **sizes)


MODULES = [
    module(attn_utils.BilinearScore, 100, 60),
    module(attn_utils.LowRankScore, 100, 60, 90),
    module(attn_utils.AdditiveScore, 100, 60, 100),
    function(
        attn_utils.MultiHeadAttention,
        model_dim=100,
        num_heads=50,
        key_dim=60,
        value_dim=90,
    ),
    pytest.param(
        lambda **sizes: attn_utils.MultiHeadAttention(100, 50, **sizes),
        {"key_dim": 70, "value_dim": 60},
        id="MultiHeadAttention of other widths",
    ),
    module(attn_utils.LearnedPositions, 100, 60),
    module(attn_utils.RelativeScore, 100, 60),
    module(attn_utils.DistancePenaltyScore, 100),
    module(attn_utils.FeedForward, 100, 60),
    module(attn_utils.Residual, 100, dropout=0.0, norm_first=True),
    module(attn_utils.EncoderLayer, 100, 50, 60),
    module(attn_utils.DecoderLayer, 100, 50, 60),
    module(attn_utils.Encoder, 3, 100, 50, 60),
    module(attn_utils.Decoder, 3, 100, 50, 60),
    module(attn_utils.Transformer, 100, 120, 100, 50, 60, 2, 3),
    module(attn_utils.RNNCell, 100, 60),
    module(attn_utils.LSTMCell, 100, 60),
    module(attn_utils.RecurrentEncoder, 100, 60, 100, two_way=True),
    module(attn_utils.RecurrentDecoder, 100, 60, 100),
    module(attn_utils.LuongDecoder, 100, 60, 100, 90),
    module(attn_utils.BahdanauDecoder, 100, 60, 100, 90),
    module(attn_utils.ChannelAttention, 100, 3),
    module(attn_utils.EfficientChannelAttention, 7),
    module(attn_utils.SpatialAttention, 7),
    module(attn_utils.CBAM, 100, 3, 7),
]
FUNCTIONS = [
    function(attn_utils.causal_mask, num_tokens=100, first=40),
    function(lengths, "padding_mask", num_tokens=100),
    function(attn_utils.window_mask, num_tokens=100, radius=90),
    function(
        attn_utils.sinusoidal_positions,
        num_tokens=100,
        model_dim=60,
        offset=100,
    ),
    function(learned, num_tokens=100, offset=27),
    function(turn, "rotate", offset=100),
    function(positions.offsets, num_queries=60, num_keys=100),
    function(positions.penalty_slopes, num_heads=100),
    function(split, "split_heads", num_heads=7),
    function(shift, start=100),
    function(greedy, start=100, end=1, max_tokens=100),
    function(beam, start=100, end=1, max_tokens=100, beam_width=3),
    function(train.seeded, seed=100),
    function(batches, batch_size=3, pool=100),
    function(data.noisy_curve, num_points=100),
    function(data.random_rotation, dim=60),
    function(data.wave_prompts, num_prompts=3, width=60, num_pairs=100),
    function(ridge, num_prompts=3, num_pairs=100),
    function(addressing, num_examples=3, num_slots=100, num_classes=90),
    function(
        data.two_name_recall,
        num_examples=3,
        num_items=100,
        id_dim=60,
        num_classes=90,
    ),
    function(data.symbol_store, num_examples=3, num_slots=60, num_symbols=100),
    function(data.reversal, num_examples=3, num_tokens=100, num_symbols=60),
    function(
        data.previous_tokens, num_examples=3, num_tokens=100, num_symbols=60
    ),
    function(
        data.string_pairs,
        num_examples=3,
        min_length=60,
        max_length=100,
        num_symbols=90,
    ),
    function(
        data.first_symbol_recall,
        num_examples=3,
        num_tokens=100,
        num_keys=90,
        num_noise=100,
    ),
    function(
        data.needle_recall,
        num_examples=3,
        num_tokens=100,
        num_keys=90,
        num_noise=100,
    ),
    function(
        data.induction_sequences,
        num_examples=3,
        num_tokens=100,
        num_symbols=90,
        min_period=60,
        max_period=100,
    ),
    function(days, num_days=100),
    function(data.date_pairs, num_pairs=100),
    function(scenes, num_examples=3, num_glimpses=100),
    function(
        cluttered, num_examples=3, canvas_size=100, num_crops=5, crop_size=6
    ),
    function(cued, num_examples=3, canvas_size=100, cue_size=60),
]


def made(call, sizes):
    """Return what a call gives, always from the same randomness."""
    torch.manual_seed(0)
    return call(**sizes)


def kept(value):
    """Return whatever a module keeps beside its tensors, in all its parts."""
    return {
        (path, name): thing
        for path, part in value.named_modules()
        for name, thing in vars(part).items()
        if not name.startswith("_") and not callable(thing)
    }


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize(("call", "sizes"), MODULES)
def test_a_module_of_other_whole_numbers_is_the_same(call, sizes, kind):
    expected = made(call, sizes)
    got = made(call, {name: kind(size) for name, size in sizes.items()})
    torch.testing.assert_close(
        dict(got.state_dict()), dict(expected.state_dict()), atol=0, rtol=0
    )
    assert kept(got) == kept(expected)
    types = {key: type(value) for key, value in kept(got).items()}
    assert types == {key: type(v) for key, v in kept(expected).items()}


def plain(value):
    """Return a result as something that can be compared."""
    if isinstance(value, torch.Generator):
        return value.initial_seed()
    if isinstance(value, torch.Tensor):
        return value.tolist()
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize(("call", "sizes"), FUNCTIONS)
def test_a_function_of_other_whole_numbers_says_the_same(call, sizes, kind):
    expected = plain(made(call, sizes))
    given = {name: kind(size) for name, size in sizes.items()}
    assert plain(made(call, given)) == expected


@pytest.mark.parametrize("wrong", NO_SIZES.values(), ids=NO_SIZES)
@pytest.mark.parametrize(("call", "sizes"), MODULES + FUNCTIONS)
def test_truth_fractions_and_rows_are_no_sizes(call, sizes, wrong):
    for name in sizes:
        if name == "start" and getattr(wrong, "ndim", 0):
            continue  # a start may be one for each row; see test_decoding.py
        with pytest.raises(
            TypeError, match="must be an int, but is "
        ) as caught:
            made(call, sizes | {name: wrong})
        assert str(caught.value).startswith(name)
        assert str(caught.value).endswith(f"({type(wrong).__name__})")


def test_all_whole_numbers_that_the_package_takes_are_held_here():
    tried = {
        (entry.id, name)
        for entry in MODULES + FUNCTIONS
        for name in entry.values[1]
    }
    taken = {
        (public, name)
        for public in attn_utils.__all__
        for name, given in inspect.signature(
            getattr(attn_utils, public)
        ).parameters.items()
        if given.annotation in (int, "int", int | None)
    }
    missing = taken - tried
    assert not missing, f"give MODULES or FUNCTIONS a call with: {missing}"
    assert len(taken) > 60
