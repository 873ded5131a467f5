"""Multi-head attention: by hand, against torch, and by the laws it obeys."""

import copy
import io
import math
import pickle

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from modules import TOLERANCE, assert_near, assert_same_gradients, filled
from tensors import coin, normal
from torch import nn
from torch.testing import assert_close

from attn_utils import (
    AdditiveScore,
    DistancePenaltyScore,
    DotScore,
    KeyValueCache,
    MultiHeadAttention,
    RelativeScore,
    ScaledDotScore,
    attention,
    causal_mask,
    merge_heads,
    padding_mask,
    rotate,
    scaled_dot_product_attention,
    split_heads,
)

SEEDS = st.integers(0, 9999)
BOTH_PATHS = pytest.mark.parametrize(
    "need_weights", [True, False], ids=["explicit", "fused"]
)


def heads(seed: int = 0, model_dim: int = 21, num_heads: int = 3, **choices):
    """Return an attention with 3 heads, each 7 wide, and random biases."""
    return filled(MultiHeadAttention(model_dim, num_heads, **choices), seed)


def sequences(dims=(21, 21, 21), seed: int = 40, dtype=torch.float32):
    """Return query, key, value: a batch of 2, 5 queries, 11 keys."""
    lengths = (5, 11, 11)
    return [
        normal(2, length, dim, seed=seed + place, dtype=dtype)
        for place, (length, dim) in enumerate(zip(lengths, dims, strict=True))
    ]


# By hand


def test_split_heads_by_hand():
    x = torch.tensor([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]])
    expected = torch.tensor(
        [[[1.0, 2.0], [5.0, 6.0]], [[3.0, 4.0], [7.0, 8.0]]]
    )
    assert torch.equal(split_heads(x, 2), expected)
    assert torch.equal(merge_heads(expected), x)


@given(
    seed=SEEDS,
    batch=st.lists(st.integers(1, 3), max_size=2),
    num_heads=st.integers(1, 5),
    head_dim=st.integers(1, 7),
    num_tokens=st.integers(1, 11),
)
def test_merging_undoes_splitting(seed, batch, num_heads, head_dim, num_tokens):
    x = normal(*batch, num_tokens, num_heads * head_dim, seed=seed)
    split = split_heads(x, num_heads)
    assert split.shape == (*batch, num_heads, num_tokens, head_dim)
    assert torch.equal(merge_heads(split), x)
    for h in range(num_heads):
        run = x[..., h * head_dim : (h + 1) * head_dim]
        assert torch.equal(split[..., h, :, :], run)


@BOTH_PATHS
def test_two_heads_by_hand(need_weights):
    # Head 1 sees scores 0 and log 3, head 2 scores 0 and log 9: weights of
    # 1/4, 3/4 and 1/10, 9/10, contexts 7 and 19; then exchanged, doubled, +1.
    ours = MultiHeadAttention(2, 2)
    for linear in (ours.query_map, ours.key_map, ours.value_map):
        linear.weight.data, linear.bias.data = torch.eye(2), torch.zeros(2)
    ours.output_map.weight.data = torch.tensor([[0.0, 2.0], [2.0, 0.0]])
    ours.output_map.bias.data = torch.tensor([1.0, 1.0])
    query = torch.tensor([[[math.log(3), math.log(9)]]])
    key = torch.tensor([[[0.0, 0.0], [1.0, 1.0]]])
    value = torch.tensor([[[4.0, 10.0], [8.0, 20.0]]])
    output, weights = ours(query, key, value, need_weights=need_weights)
    assert_close(output, torch.tensor([[[39.0, 15.0]]]))
    if need_weights:
        assert_close(weights, torch.tensor([[[[0.25, 0.75]], [[0.1, 0.9]]]]))
    else:
        assert weights is None


def test_expand_split_attend_merge_written_out():
    ours = heads()
    query, key, value = sequences()
    contexts = []
    for h in range(3):
        own = slice(7 * h, 7 * h + 7)
        context, _ = scaled_dot_product_attention(
            ours.query_map(query)[..., own],
            ours.key_map(key)[..., own],
            ours.value_map(value)[..., own],
        )
        contexts.append(context)
    expected = ours.output_map(torch.cat(contexts, dim=-1))
    assert_near(ours(query, key, value)[0], expected)


def test_the_key_defaults_to_the_query_and_the_value_to_the_key():
    ours = heads()
    inputs, memory, _ = sequences()
    assert_close(ours(inputs), ours(inputs, inputs, inputs))
    assert_close(ours(inputs, memory), ours(inputs, memory, memory))
    assert_close(ours(inputs, value=inputs), ours(inputs))


# Against torch

MASKS = {
    "no mask": lambda: None,
    "one table": lambda: coin(5, 11, seed=6),
    "one table each": lambda: coin(2, 5, 11, seed=7),
    "keys only": lambda: padding_mask([11, 3], 11),
    "one table a head": lambda: coin(2, 3, 5, 11, seed=8),
    "heads and keys": lambda: coin(1, 3, 1, 11, seed=9),
    "queries only": lambda: coin(2, 5, 1, seed=10),
    "one for the batch": lambda: coin(1, 5, 11, seed=11),
}
# Embedding widths as torch names them: what differs stands in its own map.
WIDTHS = {
    "packed": (21, 21, 21),
    "own key width": (21, 13, 21),
    "own widths": (21, 13, 17),
}


def seeing_something(mask):
    """Return the mask with the first key shown to all: torch's NaN is not ours."""
    if mask is not None:
        mask = mask.clone()
        mask[..., 0] = True
    return mask


def blocked(mask, scores_shape):
    """Return the mask that `nn.MultiheadAttention` wants: True = blocked."""
    if mask is None:
        return None
    mask = mask.unsqueeze(1) if mask.ndim == 3 else mask
    return ~mask.expand(scores_shape).flatten(0, 1)


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("mask_kind", MASKS)
@pytest.mark.parametrize("widths", WIDTHS)
@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
@BOTH_PATHS
def test_outputs_and_gradients_agree_with_torch(
    need_weights, bias, widths, mask_kind, dtype
):
    _, kdim, vdim = WIDTHS[widths]
    theirs = nn.MultiheadAttention(
        21, 3, bias=bias, kdim=kdim, vdim=vdim, batch_first=True, dtype=dtype
    )
    ours = MultiHeadAttention.from_torch(filled(theirs))
    mask = seeing_something(MASKS[mask_kind]())
    wave = normal(2, 5, 21, seed=51, dtype=dtype)
    weights_wave = normal(2, 3, 5, 11, seed=52, dtype=dtype)

    def outcome(module, **how):
        three = sequences(WIDTHS[widths], dtype=dtype)
        inputs = [tensor.requires_grad_() for tensor in three]
        output, weights = module(*inputs, **how)
        loss = (output * wave).sum()
        if need_weights:
            loss = loss + (weights * weights_wave).sum()
        loss.backward()
        seen = [weights] if need_weights else []
        return [output, *seen, *(tensor.grad for tensor in inputs)]

    got = outcome(ours, mask=mask, need_weights=need_weights)
    expected = outcome(
        theirs,
        attn_mask=blocked(mask, (2, 3, 5, 11)),
        average_attn_weights=False,
    )
    assert_near(got, expected, dtype)
    assert_same_gradients(ours, theirs, dtype)


@BOTH_PATHS
def test_self_attention_agrees_with_torch_under_a_causal_and_a_padding_mask(
    need_weights,
):
    theirs = filled(nn.MultiheadAttention(21, 3, batch_first=True))
    ours = MultiHeadAttention.from_torch(theirs)
    inputs, shown = normal(2, 5, 21, seed=1), padding_mask([5, 3], 5)
    got, _ = ours(
        inputs, mask=causal_mask(5) & shown, need_weights=need_weights
    )
    expected, _ = theirs(
        *[inputs] * 3,
        attn_mask=~causal_mask(5),
        key_padding_mask=~shown.squeeze(1),
    )
    assert_near(got, expected)


def test_from_torch_copies_and_shares_nothing():
    theirs = nn.MultiheadAttention(21, 3, dropout=0.25).eval()
    ours = MultiHeadAttention.from_torch(theirs)
    assert ours.dropout.p == 0.25
    assert not ours.training
    assert MultiHeadAttention.from_torch(theirs.train()).training
    query, key, _ = sequences()
    before, _ = ours(query, key)
    filled(theirs)
    after, _ = ours(query, key)
    assert torch.equal(after, before)


def test_from_torch_is_batch_first_whatever_torch_was():
    theirs = filled(nn.MultiheadAttention(21, 3))
    query, key, value = sequences()
    got, _ = MultiHeadAttention.from_torch(theirs)(query, key, value)
    expected, _ = theirs(*(x.transpose(0, 1) for x in (query, key, value)))
    assert_near(got, expected.transpose(0, 1))


# The fused path


@pytest.mark.filterwarnings("ignore:Anomaly Detection")
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("training", [True, False])
def test_the_fused_path_equals_the_explicit_one_where_nothing_is_visible(
    training, dtype
):
    ours = heads().to(dtype).train(training)
    mask = coin(2, 3, 5, 11, seed=1)
    mask[0, :, 2] = mask[1, 2, 3] = False

    def outcome(need_weights):
        ours.zero_grad()
        inputs = [x.requires_grad_() for x in sequences(dtype=dtype)]
        with torch.autograd.detect_anomaly(check_nan=True):
            output, _ = ours(*inputs, mask=mask, need_weights=need_weights)
            output.square().mean().backward()
        parameters = [p.grad for p in ours.parameters()]
        return [output, *(x.grad for x in inputs), *parameters]

    explicit, fused = outcome(True), outcome(False)
    assert_near(fused, explicit, dtype)
    assert all(tensor.isfinite().all() for tensor in explicit + fused)
    for output in (explicit[0], fused[0]):
        assert_close(output[0, 2], ours.output_map.bias)


@BOTH_PATHS
def test_if_nothing_is_visible_only_the_last_bias_is_left(need_weights):
    ours = heads()
    query, key, value = sequences()
    nothing = torch.zeros(1, 1, dtype=torch.bool)
    output, weights = ours(query, key, value, nothing, need_weights)
    assert_close(output, ours.output_map.bias.expand(2, 5, 21))
    assert weights is None or (weights == 0).all()


# Masks


@BOTH_PATHS
@pytest.mark.parametrize(
    "sizes",
    [
        *[(5, 11), (1, 11), (5, 1), (1, 1)],
        *[(2, 5, 11), (2, 1, 11), (2, 5, 1), (1, 5, 11), (1, 1, 1)],
        *[(2, 3, 5, 11), (2, 1, 5, 11), (1, 3, 1, 11), (2, 3, 1, 1)],
    ],
    ids=str,
)
def test_a_mask_of_every_shape_means_the_whole_table_it_stands_for(
    sizes, need_weights
):
    ours, mask = heads(), coin(*sizes, seed=3)
    # (batch, queries, keys) holds for all heads.
    whole = mask.unsqueeze(1) if mask.ndim == 3 else mask
    whole = whole.expand(2, 3, 5, 11)
    got = ours(*sequences(), mask, need_weights)
    assert_close(got, ours(*sequences(), whole, need_weights))
    _, weights = ours(*sequences(), mask)
    assert (weights[~whole] == 0).all()


@BOTH_PATHS
def test_if_all_sizes_are_alike_the_axes_of_a_mask_still_say_what_they_are(
    need_weights,
):
    ours = heads()
    inputs = normal(3, 3, 21, seed=1)
    two, three = coin(3, 3, seed=2), coin(3, 3, 3, seed=3)
    for mask, whole in [(two, two.expand(3, 3, 3, 3)), (three, three[:, None])]:
        got = ours(inputs, mask=mask, need_weights=need_weights)
        expected = ours(
            inputs, mask=whole.expand(3, 3, 3, 3), need_weights=need_weights
        )
        assert_close(got, expected)


# Laws


def test_rows_of_every_head_sum_to_1():
    _, weights = heads()(*sequences())
    assert weights.shape == (2, 3, 5, 11)
    assert_close(weights.sum(dim=-1), torch.ones(2, 3, 5))


@BOTH_PATHS
@given(seed=SEEDS)
def test_without_positions_the_order_of_the_inputs_changes_nothing(
    need_weights, seed
):
    ours = heads(seed)
    inputs = normal(2, 5, 21, seed=seed)
    order = torch.randperm(5, generator=torch.Generator().manual_seed(seed))
    output, weights = ours(inputs, need_weights=need_weights)
    moved, moved_weights = ours(inputs[:, order], need_weights=need_weights)
    assert_near(moved, output[:, order])
    if need_weights:
        assert_near(moved_weights, weights[:, :, order][..., order])


@BOTH_PATHS
@pytest.mark.parametrize("size", [1.0, -1e4, 1e10])
@pytest.mark.parametrize("now", [0, 2, 5])
def test_under_a_causal_mask_the_future_cannot_change_the_past(
    now, size, need_weights
):
    ours, inputs = heads(), normal(2, 7, 21, seed=1)
    changed = inputs.clone()
    changed[:, now + 1 :] = size * normal(2, 6 - now, 21, seed=2)
    before, after = (
        ours(x, mask=causal_mask(7), need_weights=need_weights)[0]
        for x in (inputs, changed)
    )
    assert torch.equal(after[:, : now + 1], before[:, : now + 1])
    assert not torch.equal(after[:, now + 1 :], before[:, now + 1 :])


@BOTH_PATHS
def test_a_padded_batch_equals_its_rows_one_by_one(need_weights):
    ours = heads()
    query, key, value = sequences()
    key[1, 3:], value[1, 3:] = 1e10, -1e10
    padded, _ = ours(query, key, value, padding_mask([11, 3], 11), need_weights)
    for row, length in enumerate([11, 3]):
        alone, _ = ours(
            query[row, None], key[row, None, :length], value[row, None, :length]
        )
        assert_near(padded[row], alone[0])


def test_each_head_looks_by_features_of_its_own():
    ours = heads()
    _, before = ours(*sequences())
    ours.query_map.weight.data[7:14] += 1  # those of the second head
    _, after = ours(*sequences())
    changed = (after != before).flatten(2).any(dim=-1)
    assert changed.tolist() == [[False, True, False]] * 2


def test_one_head_is_plain_attention_between_linear_maps():
    ours = heads(num_heads=1)
    query, key, value = sequences()
    context, weights = scaled_dot_product_attention(
        ours.query_map(query), ours.key_map(key), ours.value_map(value)
    )
    output, ours_weights = ours(query, key, value)
    assert_close(output, ours.output_map(context))
    assert_close(ours_weights[:, 0], weights)


def test_a_call_changes_neither_its_arguments_nor_the_module():
    ours, mask = heads(), coin(2, 3, 5, 11, seed=4)
    inputs, state = sequences(), copy.deepcopy(ours.state_dict())
    attributes = set(vars(ours))
    for need_weights in (True, False):
        ours(*inputs, mask, need_weights)
    assert_close(inputs, sequences(), atol=0, rtol=0)
    assert torch.equal(mask, coin(2, 3, 5, 11, seed=4))
    assert_close(dict(ours.state_dict()), dict(state), atol=0, rtol=0)
    assert set(vars(ours)) == attributes


# Dropout


@BOTH_PATHS
def test_weights_are_dropped_in_training_only(need_weights):
    ours, still = heads(dropout=0.5), heads()
    torch.manual_seed(0)
    first, second = (
        ours(*sequences(), need_weights=need_weights)[0] for _ in range(2)
    )
    assert not torch.equal(first, second)
    ours.eval()
    assert_near(
        ours(*sequences(), need_weights=need_weights),
        still(*sequences(), need_weights=need_weights),
    )


def test_the_weights_are_returned_as_they_were_before_dropout():
    _, weights = heads(dropout=0.5)(*sequences())
    _, expected = heads()(*sequences())
    assert_close(weights, expected)


@BOTH_PATHS
def test_dropout_keeps_the_mean(need_weights):
    torch.manual_seed(0)
    ours, still = heads(dropout=0.5), heads()
    query, key, value = (x[:1].expand(2003, -1, -1) for x in sequences())
    output, _ = ours(query, key, value, need_weights=need_weights)
    expected, _ = still(*(x[:1] for x in sequences()))
    spread = output.std(dim=0) / 2003**0.5
    assert ((output.mean(dim=0) - expected[0]).abs() < 5 * spread).all()


def test_dropout_takes_whole_weights_and_doubles_the_rest():
    # One key and one head, read by the identity: a context of 0 or of 2 values.
    ours = MultiHeadAttention(3, 1, dropout=0.5, bias=False)
    for linear in (ours.value_map, ours.output_map):
        linear.weight.data = torch.eye(3)
    torch.manual_seed(0)
    query, key = normal(101, 1, 3, seed=1), torch.ones(101, 1, 3)
    output, _ = ours(query, key)
    assert output.unique().tolist() == [0.0, 2.0]
    assert (output == output[..., :1]).all()


# Heads switched off


@BOTH_PATHS
@pytest.mark.parametrize(
    "active",
    [[True, False, True], [False, True, False], [False, False, False]],
    ids=str,
)
def test_switching_heads_off_equals_zeroing_their_columns_of_the_last_map(
    active, need_weights
):
    ours, without = heads(), heads()
    active = torch.tensor(active)
    with torch.no_grad():
        without.output_map.weight *= active.repeat_interleave(7)
    everything = ours(*sequences(), need_weights=need_weights)
    ours.switch_heads(active)
    got = ours(*sequences(), need_weights=need_weights)
    assert_near(got[0], without(*sequences())[0])
    # Where they look is still told.
    assert need_weights is False or torch.equal(got[1], everything[1])
    ours.switch_heads(None)
    again = ours(*sequences(), need_weights=need_weights)
    assert torch.equal(again[0], everything[0])


# Positions by rotation


def test_rotated_heads_see_how_far_apart_tokens_are_and_not_where():
    def later(x, offset):
        return rotate(x, offset + 29)

    inputs = normal(2, 7, 42, seed=1)
    here = heads(model_dim=42, rotate=rotate)
    there = heads(model_dim=42, rotate=later)
    assert_near(there(inputs), here(inputs), torch.float32)
    assert not torch.allclose(
        here(inputs)[1], heads(model_dim=42)(inputs)[1], atol=1e-3
    )
    order = [6, 5, 4, 3, 2, 1, 0]
    assert not torch.allclose(
        here(inputs[:, order])[0], here(inputs)[0][:, order], atol=1e-3
    )


def test_queries_and_keys_are_rotated_inside_each_head_and_values_are_not():
    ours = heads(model_dim=42, rotate=rotate)
    inputs = normal(2, 7, 42, seed=1)
    query, key, value = (
        split_heads(linear(inputs), 3)
        for linear in (ours.query_map, ours.key_map, ours.value_map)
    )
    context, weights = scaled_dot_product_attention(
        rotate(query), rotate(key), value
    )
    expected = ours.output_map(merge_heads(context))
    assert_near(ours(inputs), (expected, weights))
    assert_near(ours(inputs, need_weights=False)[0], expected)


def test_positions_begin_at_0_and_go_on_after_what_is_cached():
    offsets, cache = [], KeyValueCache()

    def noted(x, offset):
        offsets.append(offset)
        return x

    ours, inputs = heads(rotate=noted), normal(2, 5, 21, seed=1)
    for kept in (None, cache, cache):
        ours(inputs, cache=kept)
    assert offsets == [0, 0, 0, 0, 5, 5]


# Another score

SCORES = {
    "relative": lambda: RelativeScore(2, 7),
    "penalty": lambda: DistancePenaltyScore(3),
    "additive": lambda: AdditiveScore(7, 7, 5),
    "a function": lambda: lambda query, key: 2 * query @ key.mT,
}
each_score = pytest.mark.parametrize("make", SCORES.values(), ids=SCORES)


@BOTH_PATHS
@each_score
def test_heads_compare_as_they_are_told(make, need_weights):
    ours = heads(score=make())
    query, key, value = sequences()
    mask = coin(2, 5, 11, seed=1)
    mask[1, 2] = False
    expanded = (
        split_heads(linear(x), 3)
        for linear, x in (
            (ours.query_map, query),
            (ours.key_map, key),
            (ours.value_map, value),
        )
    )
    context, expected = attention(
        *expanded, mask.unsqueeze(1).expand(2, 3, 5, 11), ours.score
    )
    output, weights = ours(query, key, value, mask, need_weights)
    assert_near(output, ours.output_map(merge_heads(context)))
    if need_weights:
        assert_near(weights, expected)
    else:
        assert weights is None
    plain, _ = heads()(query, key, value, mask)
    assert not torch.allclose(output, plain, atol=1e-3)


def test_the_score_is_a_part_of_the_heads_and_none_is_the_scaled_dot_product():
    score = RelativeScore(2, 7)
    ours = MultiHeadAttention(21, 3, score=score)
    assert ours.score is score
    assert any(p is score.table.weight for p in ours.parameters())
    assert type(MultiHeadAttention(21, 3).score) is ScaledDotScore
    given = heads(score=ScaledDotScore())
    assert_near(given(*sequences()), heads()(*sequences()))


class Sharper(ScaledDotScore):
    """Compares as its parent does, three times as sharply."""

    def forward(self, query, key):
        return 3 * super().forward(query, key)


def test_the_fused_kernel_runs_for_the_scaled_dot_product_alone(monkeypatch):
    calls = []

    def fused(*arguments, **named):
        calls.append(arguments)
        return kernel(*arguments, **named)

    kernel = F.scaled_dot_product_attention
    monkeypatch.setattr(F, "scaled_dot_product_attention", fused)
    for score, times in (
        (None, 1),
        (ScaledDotScore(), 1),
        (Sharper(), 0),
        (DotScore(), 0),
    ):
        calls.clear()
        ours = heads(score=score)
        output, _ = ours(*sequences(), need_weights=False)
        assert len(calls) == times
        assert_near(output, ours(*sequences())[0])


@BOTH_PATHS
@each_score
def test_a_weight_is_dropped_from_another_score_too(make, need_weights):
    ours = heads(dropout=0.5, score=make())
    once, again = (
        ours(*sequences(), need_weights=need_weights)[0] for _ in "ab"
    )
    assert not torch.allclose(once, again, atol=1e-3)
    ours.eval()
    once, again = (
        ours(*sequences(), need_weights=need_weights)[0] for _ in "ab"
    )
    assert torch.equal(once, again)


@BOTH_PATHS
@pytest.mark.parametrize("steps", [[1] * 7, [2, 5], [3, 1, 3]], ids=str)
@each_score
def test_with_another_score_a_cache_gives_the_same_as_all_at_once(
    make, steps, need_weights
):
    ours = heads(score=make())
    inputs = normal(2, 7, 21, seed=1)
    output, weights = ours(inputs, mask=causal_mask(7))
    cache, seen = KeyValueCache(), 0
    for step in steps:
        now = slice(seen, seen + step)
        seen += step
        got, got_weights = ours(
            inputs[:, now],
            mask=causal_mask(seen)[now],
            need_weights=need_weights,
            cache=cache,
        )
        assert_near(got, output[:, now])
        if need_weights:
            assert_near(got_weights, weights[:, :, now, :seen])


@BOTH_PATHS
def test_heads_that_are_switched_off_read_nothing_by_another_score(
    need_weights,
):
    ours = heads(score=DistancePenaltyScore(3))
    ours.switch_heads(torch.tensor([False, False, False]))
    output, _ = ours(*sequences(), need_weights=need_weights)
    assert_near(output, ours.output_map.bias.expand_as(output))


@pytest.mark.parametrize("name", ["relative", "penalty"])
def test_heads_with_a_score_survive_a_copy_a_pickle_and_a_state_dict(name):
    ours = heads(score=SCORES[name]()).eval()
    expected, _ = ours(*sequences())
    loaded = heads(seed=99, score=SCORES[name]()).eval()
    loaded.load_state_dict(ours.state_dict())
    for again in (
        copy.deepcopy(ours),
        pickle.loads(pickle.dumps(ours)),
        loaded,
    ):
        assert torch.equal(again(*sequences())[0], expected)


@BOTH_PATHS
def test_an_untaught_table_learns_through_the_heads(need_weights):
    ours = heads(score=RelativeScore(2, 7))
    output, _ = ours(normal(2, 5, 21, seed=1), need_weights=need_weights)
    output.square().sum().backward()
    assert ours.score.table.weight.grad.any(dim=-1).all()


# The cache


@BOTH_PATHS
@pytest.mark.parametrize("turn", [None, rotate], ids=["plain", "rotary"])
@pytest.mark.parametrize("steps", [[1] * 7, [2, 5], [3, 1, 3], [7]], ids=str)
def test_step_by_step_with_a_cache_equals_all_at_once(
    steps, turn, need_weights
):
    ours = heads(model_dim=42, rotate=turn)
    inputs = normal(2, 7, 42, seed=1)
    output, weights = ours(inputs, mask=causal_mask(7))
    cache, seen = KeyValueCache(), 0
    for step in steps:
        now = slice(seen, seen + step)
        mask = causal_mask(seen + step)[seen:]
        got, got_weights = ours(
            inputs[:, now], mask=mask, need_weights=need_weights, cache=cache
        )
        seen += step
        assert cache.num_tokens == seen
        assert_near(got, output[:, now])
        if need_weights:
            assert_near(got_weights, weights[:, :, now, :seen])


def test_without_a_mask_a_cached_query_sees_all_that_came_and_itself():
    ours, inputs = heads(), normal(2, 7, 21, seed=1)
    cache = KeyValueCache()
    ours(inputs[:, :6], cache=cache)
    got = ours(inputs[:, 6:], cache=cache)
    assert_near(got, ours(inputs[:, 6:], inputs))


def test_a_fresh_cache_is_empty_and_caches_share_nothing():
    one, other = KeyValueCache(), KeyValueCache()
    assert one.num_tokens == 0
    one.select(torch.tensor([0, 0]))  # of nothing
    heads()(normal(2, 5, 21, seed=1), cache=one)
    assert (one.num_tokens, other.num_tokens) == (5, 0)


def test_the_cache_keeps_keys_and_values_in_the_order_they_came():
    cache = KeyValueCache()
    parts = [normal(2, 3, n, 7, seed=n) for n in (1, 2, 5)]
    for place, part in enumerate(parts, start=1):
        key, value = cache.extend(part, -part)
        assert torch.equal(key, torch.cat(parts[:place], dim=2))
        assert torch.equal(value, -key)


@BOTH_PATHS
def test_selected_rows_of_a_cache_go_on_as_if_they_had_come_so(need_weights):
    ours, rows = heads(), torch.tensor([2, 0, 0, 1, 2])
    inputs = normal(3, 7, 21, seed=1)
    cache, expected = KeyValueCache(), KeyValueCache()
    ours(inputs[:, :5], cache=cache)
    ours(inputs[rows, :5], cache=expected)
    cache.select(rows)
    got, reference = (
        ours(inputs[rows, 5:], need_weights=need_weights, cache=kept)
        for kept in (cache, expected)
    )
    assert_near(got, reference)


def test_a_refused_call_leaves_the_cache_as_it_was():
    ours, cache = heads(), KeyValueCache()
    inputs = normal(2, 5, 21, seed=1)
    ours(inputs, cache=cache)
    kept = cache.key
    for bad in (
        {"mask": torch.ones(5, 5, dtype=torch.bool)},
        {"mask": torch.ones(5, 10)},
        {"value": inputs[:, :3]},
    ):
        with pytest.raises((ValueError, TypeError)):
            ours(inputs, cache=cache, **bad)
    with pytest.raises(ValueError, match=r"^cache must be of this batch"):
        ours(inputs[:1], cache=cache)
    assert cache.key is kept


def test_gradients_flow_through_the_cache():
    ours = heads().double()
    inputs = normal(2, 5, 21, seed=1, dtype=torch.float64).requires_grad_()
    wave = normal(2, 5, 21, seed=2, dtype=torch.float64)
    whole, _ = ours(inputs, mask=causal_mask(5))
    expected = torch.autograd.grad((whole * wave).sum(), inputs)
    cache = KeyValueCache()
    steps = [ours(inputs[:, n, None], cache=cache)[0] for n in range(5)]
    loss = (torch.cat(steps, dim=1) * wave).sum()
    assert_near(torch.autograd.grad(loss, inputs), expected, torch.float64)


# The ends of the number range


@BOTH_PATHS
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision_is_close_to_float32(dtype, need_weights):
    ours, mask = heads(), coin(2, 5, 11, seed=1)
    mask[1, 2] = False
    expected, _ = ours(*sequences(), mask)
    inputs = [x.to(dtype) for x in sequences()]
    got, weights = ours.to(dtype)(*inputs, mask, need_weights)
    assert got.dtype == dtype
    assert_close(got.float(), expected, atol=0.1, rtol=0.05)
    assert weights is None or weights.dtype == dtype


@BOTH_PATHS
def test_autocast_brings_inputs_and_parameters_together(need_weights):
    ours = heads()
    expected, _ = ours(*sequences())
    with torch.autocast("cpu", dtype=torch.bfloat16):
        got, _ = ours(*sequences(), need_weights=need_weights)
    assert got.dtype == torch.bfloat16
    assert_close(got.float(), expected, atol=0.1, rtol=0.05)


@pytest.mark.parametrize("odd", [float("nan"), float("inf")], ids=str)
def test_a_nan_or_an_infinity_in_a_query_stays_in_its_row_and_stays_nan(odd):
    ours = heads()
    query, key, value = sequences()
    expected, _ = ours(query, key, value)
    query[1, 2] = odd
    output, weights = ours(query, key, value)
    assert output[1, 2].isnan().all()
    assert weights[1, :, 2].isnan().all()
    others = torch.ones(2, 5, dtype=torch.bool)
    others[1, 2] = False
    assert torch.equal(output[others], expected[others])


def test_a_nan_in_a_visible_key_or_value_reaches_every_row_that_sees_it():
    ours = heads()
    for place in (1, 2):
        inputs = sequences()
        inputs[place][1, 4] = float("nan")
        output, _ = ours(*inputs)
        assert output[1].isnan().all()
        assert output[0].isfinite().all()


def test_torch_s_fused_kernel_reads_zeros_where_a_query_is_nan():
    # What the docstring of MultiHeadAttention warns of.
    nan = torch.full((1, 3, 5, 7), float("nan"))
    assert (
        F.scaled_dot_product_attention(nan, *torch.ones(2, 1, 3, 5, 7)) == 0
    ).all()


# Keeping and copying


def test_modules_survive_a_copy_a_pickle_and_a_state_dict():
    ours = heads(dropout=0.5, rotate=rotate, model_dim=42).eval()
    inputs = normal(2, 7, 42, seed=1)
    expected, _ = ours(inputs)
    saved = io.BytesIO()
    torch.save(ours.state_dict(), saved)
    saved.seek(0)
    loaded = heads(seed=99, rotate=rotate, model_dim=42)
    loaded.load_state_dict(torch.load(saved))
    for again in (
        copy.deepcopy(ours),
        pickle.loads(pickle.dumps(ours)),
        loaded,
    ):
        assert torch.equal(again(inputs)[0], expected)


def test_the_parameters_are_four_maps_and_no_head_shares_another_s():
    shapes = {
        name: tuple(p.shape)
        for name, p in heads(key_dim=13, value_dim=17).named_parameters()
    }
    assert shapes == {
        "query_map.weight": (21, 21),
        "query_map.bias": (21,),
        "key_map.weight": (21, 13),
        "key_map.bias": (21,),
        "value_map.weight": (21, 17),
        "value_map.bias": (21,),
        "output_map.weight": (21, 21),
        "output_map.bias": (21,),
    }
    assert {n for n, _ in heads(bias=False).named_parameters()} == {
        name for name in shapes if name.endswith("weight")
    }


@BOTH_PATHS
def test_dropout_is_on_where_its_module_is(need_weights):
    module = MultiHeadAttention(6, 2, dropout=0.5)
    x = normal(2, 5, 6, seed=0)

    def varies():
        read = [module(x, x, x, need_weights=need_weights)[0] for _ in range(2)]
        return not torch.equal(*read)

    module.eval()
    assert not varies()
    module.dropout.train()  # Monte Carlo dropout
    assert varies()
    module.train().dropout.eval()
    assert not varies()


def test_heads_stay_switched_whatever_becomes_of_the_tensor_that_said_so():
    module, active = MultiHeadAttention(6, 2), torch.tensor([True, False])
    module.switch_heads(active)
    active.logical_not_()
    assert module.active_heads.tolist() == [True, False]
