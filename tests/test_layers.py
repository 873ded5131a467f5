"""Layers: by hand, against torch in both norm orders, and by their laws."""

import copy
import pickle

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from modules import TOLERANCE, assert_near, assert_same_gradients, filled
from tensors import coin, normal
from torch import nn
from torch.testing import assert_close

from attn_utils import (
    DecoderCache,
    DecoderLayer,
    DistancePenaltyScore,
    EncoderLayer,
    FeedForward,
    KeyValueCache,
    RelativeScore,
    Residual,
    causal_mask,
    padding_mask,
    rotate,
)

ORDERS = pytest.mark.parametrize(
    "norm_first", [False, True], ids=["post-norm", "pre-norm"]
)
EITHER_WAY = pytest.mark.parametrize(
    "need_weights", [False, True], ids=["outputs", "maps"]
)
SEEDS = st.integers(0, 9999)
# 3 heads, each 7 wide, 13 hidden units; 5 target and 11 source positions.
SIZES = 21, 3, 13


def target(dtype=torch.float32, seed=31):
    return normal(2, 5, 21, seed=seed, dtype=dtype)


def source(dtype=torch.float32, seed=32):
    return normal(2, 11, 21, seed=seed, dtype=dtype)


def encoder_layer(norm_first=False, seed=0, **choices):
    return filled(EncoderLayer(*SIZES, norm_first=norm_first, **choices), seed)


def decoder_layer(norm_first=False, seed=0, **choices):
    return filled(DecoderLayer(*SIZES, norm_first=norm_first, **choices), seed)


# By hand


def test_the_feed_forward_network_by_hand():
    ours = FeedForward(2, 3)
    ours.widen.weight.data = torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    ours.widen.bias.data = torch.tensor([0.0, -5.0, 1.0])
    ours.narrow.weight.data = torch.tensor([[1.0, 1.0, 0.0], [0.0, 0.0, 2.0]])
    ours.narrow.bias.data = torch.tensor([10.0, 20.0])
    # Hidden: (2, 4 - 5, 7), of which the ReLU leaves (2, 0, 7).
    got = ours(torch.tensor([2.0, 4.0]))
    assert torch.equal(got, torch.tensor([12.0, 34.0]))


def test_the_residual_by_hand():
    x, change = torch.tensor([1.0, 3.0]), torch.tensor([4.0, 0.0])
    # A norm of two features tells only which is larger: -1 and 1.
    post, pre = Residual(2, 0.0, False), Residual(2, 0.0, True)
    assert torch.equal(post.enter(x), x)
    assert_close(post.leave(x, change), torch.tensor([1.0, -1.0]))
    assert_close(pre.enter(x), torch.tensor([-1.0, 1.0]))
    assert torch.equal(pre.leave(x, change), torch.tensor([5.0, 3.0]))


@ORDERS
def test_an_encoder_layer_is_two_sub_layers_each_with_a_way_around(norm_first):
    ours, x = encoder_layer(norm_first), target()
    attention_norm = ours.around_attention.norm
    thought_norm = ours.around_feed_forward.norm
    if norm_first:
        x = x + ours.attention(attention_norm(x))[0]
        x = x + ours.feed_forward(thought_norm(x))
    else:
        x = attention_norm(x + ours.attention(x)[0])
        x = thought_norm(x + ours.feed_forward(x))
    assert_near(ours(target()), x)


@ORDERS
def test_a_decoder_layer_looks_at_the_target_first_and_then_at_the_memory(
    norm_first,
):
    ours, x, memory = decoder_layer(norm_first), target(), source()
    parts = [
        (ours.around_attention.norm, lambda y: ours.attention(y)[0]),
        (
            ours.around_memory.norm,
            lambda y: ours.memory_attention(y, memory)[0],
        ),
        (ours.around_feed_forward.norm, ours.feed_forward),
    ]
    for norm, part in parts:
        x = x + part(norm(x)) if norm_first else norm(x + part(x))
    assert_near(ours(target(), memory), x)


def test_layers_are_post_norm_by_default_as_in_the_paper():
    for kind in (EncoderLayer, DecoderLayer):
        assert not kind(*SIZES).around_attention.norm_first


def test_the_feed_forward_network_treats_each_position_by_itself():
    ours = filled(FeedForward(7, 13))
    inputs = normal(2, 3, 5, 7, seed=1)
    outputs = ours(inputs)
    for place in [(0, 0, 0), (1, 2, 4)]:
        assert_close(outputs[place], ours(inputs[place]))


# Against torch

MASKS = {
    "no mask": lambda queries, keys: None,
    "one table": lambda queries, keys: coin(queries, keys, seed=6),
    "padding": lambda queries, keys: padding_mask([keys, 3], keys),
    "one table each": lambda queries, keys: coin(2, queries, keys, seed=7),
    "one table a head": lambda queries, keys: coin(2, 3, queries, keys, seed=8),
}


def made(kind, queries, keys):
    """Return our mask and torch's; each row sees a key, or torch gives NaN."""
    mask = MASKS[kind](queries, keys)
    if mask is None:
        return None, None
    mask[..., 0] = True
    whole = mask.unsqueeze(1) if mask.ndim == 3 else mask
    whole = whole.expand(2, 3, queries, keys)
    return mask, ~whole.flatten(0, 1)


def outcome(layer, inputs, waves, **how):
    """Return outputs and the gradients of the inputs; leave the others behind."""
    inputs = [x.clone().requires_grad_() for x in inputs]
    outputs = layer(*inputs, **how)
    maps = []
    if isinstance(outputs, tuple):
        outputs, maps = outputs
        maps = list(maps) if isinstance(maps, tuple) else [maps]
    (outputs * waves).sum().backward()
    return outputs, [x.grad for x in inputs], maps


@ORDERS
@EITHER_WAY
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("mask_kind", MASKS)
def test_an_encoder_layer_agrees_with_torch(
    mask_kind, dtype, need_weights, norm_first
):
    theirs = filled(
        nn.TransformerEncoderLayer(
            *SIZES, 0.0, batch_first=True, norm_first=norm_first, dtype=dtype
        )
    )
    ours = EncoderLayer.from_torch(theirs)
    mask, torchs = made(mask_kind, 5, 5)
    wave = target(dtype, seed=33)
    *got, maps = outcome(
        ours, [target(dtype)], wave, mask=mask, need_weights=need_weights
    )
    *expected, _ = outcome(theirs, [target(dtype)], wave, src_mask=torchs)
    assert_near(got, expected, dtype)
    assert_same_gradients(ours, theirs, dtype)
    if need_weights:
        seen = target(dtype)
        seen = theirs.norm1(seen) if norm_first else seen
        _, weights = theirs.self_attn(
            *[seen] * 3, attn_mask=torchs, average_attn_weights=False
        )
        assert_near(maps, [weights], dtype)
        assert_near(maps[0].sum(-1), torch.ones(2, 3, 5, dtype=dtype), dtype)


@pytest.mark.long
@ORDERS
@EITHER_WAY
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("mask_kind", MASKS)
@pytest.mark.parametrize("memory_mask_kind", MASKS)
def test_a_decoder_layer_agrees_with_torch(
    memory_mask_kind, mask_kind, dtype, need_weights, norm_first
):
    theirs = filled(
        nn.TransformerDecoderLayer(
            *SIZES, 0.0, batch_first=True, norm_first=norm_first, dtype=dtype
        )
    )
    ours = DecoderLayer.from_torch(theirs)
    mask, torchs = made(mask_kind, 5, 5)
    memory_mask, torchs_memory = made(memory_mask_kind, 5, 11)
    inputs, wave = [target(dtype), source(dtype)], target(dtype, seed=33)
    *got, maps = outcome(
        ours,
        inputs,
        wave,
        mask=mask,
        memory_mask=memory_mask,
        need_weights=need_weights,
    )
    *expected, _ = outcome(
        theirs, inputs, wave, tgt_mask=torchs, memory_mask=torchs_memory
    )
    assert_near(got, expected, dtype)
    assert_same_gradients(ours, theirs, dtype)
    if need_weights:
        for weights in maps:
            ones = torch.ones(2, 3, 5, dtype=dtype)
            assert_near(weights.sum(-1), ones, dtype)


@ORDERS
def test_layers_take_torch_s_own_padding_masks_inverted(norm_first):
    choices = {"batch_first": True, "norm_first": norm_first}
    shown = padding_mask([5, 3], 5)
    theirs = filled(nn.TransformerEncoderLayer(*SIZES, 0.0, **choices))
    got = EncoderLayer.from_torch(theirs)(target(), shown)
    padded = ~shown.squeeze(1)
    expected = theirs(target(), src_key_padding_mask=padded)
    assert_near(got, expected)
    theirs = filled(nn.TransformerDecoderLayer(*SIZES, 0.0, **choices))
    memory_shown = padding_mask([2, 11], 11)
    got = DecoderLayer.from_torch(theirs)(
        target(), source(), causal_mask(5) & shown, memory_shown
    )
    expected = theirs(
        target(),
        source(),
        tgt_mask=~causal_mask(5),
        tgt_key_padding_mask=padded,
        memory_key_padding_mask=~memory_shown.squeeze(1),
    )
    assert_near(got, expected)


@ORDERS
def test_dropout_stands_where_torch_has_it(norm_first):
    # The same seed drops the same entries only in the same places and order;
    # one sequence, since torch lets the tokens stand before the batch.
    choices = {"batch_first": True, "norm_first": norm_first}
    for kind, theirs, inputs in [
        (
            EncoderLayer,
            nn.TransformerEncoderLayer(*SIZES, 0.25, **choices),
            [target()[:1]],
        ),
        (
            DecoderLayer,
            nn.TransformerDecoderLayer(*SIZES, 0.25, **choices),
            [target()[:1], source()[:1]],
        ),
    ]:
        ours = kind.from_torch(filled(theirs))
        for seed in range(3):
            torch.manual_seed(seed)
            got = ours(*inputs)
            torch.manual_seed(seed)
            expected = theirs(*inputs)
            assert_near(got, expected)
            assert not torch.allclose(got, ours.eval()(*inputs))
            ours.train()


def test_from_torch_takes_norms_biases_and_modes_as_they_are():
    theirs = nn.TransformerEncoderLayer(
        *SIZES,
        0.25,
        activation=nn.ReLU(),
        layer_norm_eps=0.5,
        bias=False,
        batch_first=True,
    ).eval()
    ours = EncoderLayer.from_torch(filled(theirs))
    assert not ours.training
    assert not any(module.training for module in ours.modules())
    assert_near(ours(target()), theirs(target()))
    before = ours(target())
    filled(theirs, seed=99)
    assert torch.equal(ours(target()), before)


# Laws


@ORDERS
def test_the_maps_are_those_of_the_attention_inside(norm_first):
    ours = encoder_layer(norm_first)
    outputs, weights = ours(target(), causal_mask(5), need_weights=True)
    assert_near(outputs, ours(target(), causal_mask(5)))
    seen = ours.around_attention.enter(target())
    assert_close(weights, ours.attention(seen, mask=causal_mask(5))[1])

    ours = decoder_layer(norm_first)
    shown = padding_mask([11, 3], 11)
    masks = causal_mask(5), shown
    outputs, maps = ours(target(), source(), *masks, need_weights=True)
    assert_near(outputs, ours(target(), source(), *masks))
    assert maps.target.shape == (2, 3, 5, 5)
    assert maps.memory.shape == (2, 3, 5, 11)
    seen = ours.around_attention.enter(target())
    read, weights = ours.attention(seen, mask=masks[0])
    assert_close(maps.target, weights)
    asked = ours.around_memory.enter(
        ours.around_attention.leave(target(), read)
    )
    _, weights = ours.memory_attention(asked, source(), mask=shown)
    assert_close(maps.memory, weights)


@ORDERS
@given(seed=SEEDS)
def test_without_positions_the_order_of_the_inputs_changes_nothing(
    norm_first, seed
):
    order = torch.randperm(5, generator=torch.Generator().manual_seed(seed))
    ours = encoder_layer(norm_first, seed)
    assert_near(ours(target()[:, order]), ours(target())[:, order])
    ours = decoder_layer(norm_first, seed)
    moved = ours(target()[:, order], source())
    assert_near(moved, ours(target(), source())[:, order])
    other = torch.randperm(11, generator=torch.Generator().manual_seed(seed))
    moved = ours(target(), source()[:, other])
    assert_near(moved, ours(target(), source()))


@ORDERS
@pytest.mark.parametrize("now", [0, 1, 3])
@pytest.mark.parametrize("size", [1.0, 1e10])
def test_under_a_causal_mask_the_future_cannot_change_the_past(
    size, now, norm_first
):
    changed = target()
    changed[:, now + 1 :] = size * normal(2, 4 - now, 21, seed=3)
    encode, decode = encoder_layer(norm_first), decoder_layer(norm_first)
    for layer in (encode, lambda x, mask: decode(x, source(), mask)):
        before, after = (layer(x, causal_mask(5)) for x in (target(), changed))
        assert torch.equal(after[:, : now + 1], before[:, : now + 1])
        assert not torch.equal(after, before)


@ORDERS
@EITHER_WAY
def test_a_padded_batch_equals_its_rows_one_by_one(need_weights, norm_first):
    inputs, memory = target(), source()
    inputs[1, 3:], memory[1, 2:] = 1e5, -1e5
    shown, memory_shown = padding_mask([5, 3], 5), padding_mask([11, 2], 11)
    encode, decode = encoder_layer(norm_first), decoder_layer(norm_first)
    encoded = encode(inputs, shown, need_weights)
    decoded = decode(
        inputs, memory, shown, memory_shown, need_weights=need_weights
    )
    if need_weights:
        (encoded, _), (decoded, _) = encoded, decoded
    for row, length, source_length in [(0, 5, 11), (1, 3, 2)]:
        alone = inputs[row, None, :length]
        expected = encode(alone)[0]
        assert_near(encoded[row, :length], expected)
        expected = decode(alone, memory[row, None, :source_length])[0]
        assert_near(decoded[row, :length], expected)


@ORDERS
@EITHER_WAY
@pytest.mark.parametrize("turn", [None, rotate], ids=["plain", "rotary"])
@pytest.mark.parametrize("steps", [[1] * 5, [2, 3]], ids=str)
def test_a_decoder_layer_step_by_step_equals_all_at_once(
    steps, turn, need_weights, norm_first
):
    ours = filled(DecoderLayer(42, 3, 13, 0.0, norm_first, rotate=turn))
    inputs, memory = normal(2, 5, 42, seed=1), normal(2, 11, 42, seed=2)
    shown = padding_mask([11, 3], 11)
    whole, maps = ours(inputs, memory, causal_mask(5), shown, need_weights=True)
    cache, seen = DecoderCache(KeyValueCache(), KeyValueCache()), 0
    for step in steps:
        now = slice(seen, seen + step)
        mask = causal_mask(seen + step)[seen:]
        got = ours(inputs[:, now], memory, mask, shown, cache, need_weights)
        seen += step
        if need_weights:
            got, got_maps = got
            assert_near(got_maps.target, maps.target[:, :, now, :seen])
            assert_near(got_maps.memory, maps.memory[:, :, now])
        assert_near(got, whole[:, now])
        assert cache.target.num_tokens == seen
        assert cache.memory.num_tokens == 11


@ORDERS
def test_rotation_tells_a_layer_the_order_in_self_attention_only(norm_first):
    encode = filled(EncoderLayer(42, 3, 13, 0.0, norm_first, rotate=rotate))
    decode = filled(DecoderLayer(42, 3, 13, 0.0, norm_first, rotate=rotate))
    inputs, memory = normal(2, 5, 42, seed=1), normal(2, 11, 42, seed=2)
    back, memory_back = inputs.flip(1), memory.flip(1)
    assert not torch.allclose(encode(back), encode(inputs).flip(1), atol=1e-3)
    expected = decode(inputs, memory)
    assert not torch.allclose(decode(back, memory), expected.flip(1), atol=1e-3)
    assert_near(decode(inputs, memory_back), expected)


@ORDERS
@EITHER_WAY
@pytest.mark.parametrize(
    ("make", "tells"),
    [
        (lambda: filled(RelativeScore(2, 7), 9), True),
        (lambda: DistancePenaltyScore(3), False),
    ],
    ids=["relative", "penalty"],
)
def test_a_score_tells_an_encoder_layer_where_tokens_stand(
    make, tells, need_weights, norm_first
):
    encode = encoder_layer(norm_first, score=make())

    def encoded(inputs):
        result = encode(inputs, need_weights=need_weights)
        return result[0] if need_weights else result

    inputs, order = target(), [1, 0, 2, 3, 4]
    # Two neighbours exchanged stand elsewhere for the rest.
    moved, kept = encoded(inputs[:, order]), encoded(inputs)[:, order]
    assert not torch.allclose(moved, kept, atol=1e-4)
    # What a penalty does not tell is on which side.
    back, kept = encoded(inputs.flip(1)), encoded(inputs).flip(1)
    assert torch.allclose(back, kept, atol=1e-5) != tells


@pytest.mark.filterwarnings("ignore:Anomaly Detection")
@ORDERS
@EITHER_WAY
def test_gradients_are_finite_where_nothing_is_visible(
    need_weights, norm_first
):
    nothing = torch.zeros(1, 1, dtype=torch.bool)
    inputs, memory = target().requires_grad_(), source().requires_grad_()
    ours = decoder_layer(norm_first)
    with torch.autograd.detect_anomaly(check_nan=True):
        outputs = ours(
            inputs, memory, nothing, nothing, need_weights=need_weights
        )
        outputs = outputs[0] if need_weights else outputs
        outputs.square().sum().backward()
    assert outputs.isfinite().all()
    assert inputs.grad.isfinite().all()
    assert (memory.grad == 0).all()
    assert all(p.grad.isfinite().all() for p in ours.parameters())


@ORDERS
def test_layers_leave_their_arguments_alone(norm_first):
    inputs, memory = target(), source()
    encoder_layer(norm_first)(inputs)
    decoder_layer(norm_first)(inputs, memory)
    assert torch.equal(inputs, target())
    assert torch.equal(memory, source())


@ORDERS
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_layers_in_half_precision_are_close_to_float32(dtype, norm_first):
    ours = decoder_layer(norm_first)
    expected = ours(target(), source(), causal_mask(5))
    got = ours.to(dtype)(target(dtype), source(dtype), causal_mask(5))
    assert got.dtype == dtype
    assert_close(got.float(), expected, atol=0.1, rtol=0.05)


@ORDERS
def test_a_nan_stays_nan_and_stays_in_its_sequence(norm_first):
    inputs = target()
    inputs[1, 2, 3] = float("nan")
    outputs, weights = encoder_layer(norm_first)(inputs, need_weights=True)
    assert outputs[1].isnan().all()
    assert weights[1].isnan().all()
    assert torch.equal(
        outputs[0], encoder_layer(norm_first)(target(), need_weights=True)[0][0]
    )


@ORDERS
def test_layers_survive_a_copy_a_pickle_and_a_state_dict(norm_first):
    for make, inputs in [
        (encoder_layer, [target()]),
        (decoder_layer, [target(), source()]),
    ]:
        ours, loaded = make(norm_first), make(norm_first, seed=99)
        expected = ours(*inputs)
        assert not torch.equal(loaded(*inputs), expected)
        loaded.load_state_dict(ours.state_dict())
        for again in (
            copy.deepcopy(ours),
            pickle.loads(pickle.dumps(ours)),
            loaded,
        ):
            assert torch.equal(again(*inputs), expected)
