"""Masks: which query may look at which key."""

import re

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tensors import normal
from torch import nn

from attn_utils import (
    EncoderLayer,
    MultiHeadAttention,
    causal_mask,
    masks,
    padding_mask,
    scaled_dot_product_attention,
    window_mask,
)


def test_causal_mask_by_hand():
    expected = [[True, False, False], [True, True, False], [True, True, True]]
    assert causal_mask(3).tolist() == expected


def test_padding_mask_by_hand():
    expected = [
        [[True, True, False]],
        [[False, False, False]],
        [[True, True, True]],
        [[True, False, False]],
    ]
    assert padding_mask([2, 0, 3, 1], 3).tolist() == expected


def test_a_causal_mask_lives_where_it_is_asked_to():
    assert causal_mask(3).device == torch.device("cpu")
    assert causal_mask(3, device="meta").device == torch.device("meta")
    with torch.device("meta"):
        assert causal_mask(3).device == torch.device("meta")
        assert causal_mask(3, device="cpu").device == torch.device("cpu")


def test_window_mask_by_hand():
    expected = [
        [True, True, False, False],
        [True, True, True, False],
        [False, True, True, True],
        [False, False, True, True],
    ]
    assert window_mask(4, 1).tolist() == expected


@pytest.mark.parametrize(
    "mask", [causal_mask(5), padding_mask([3], 5), window_mask(5, 2)]
)
def test_a_mask_is_bool(mask):
    assert mask.dtype == torch.bool


def test_masks_of_no_tokens_are_empty():
    assert causal_mask(0).shape == (0, 0)
    assert window_mask(0, 0).shape == (0, 0)
    assert padding_mask([0, 0, 0], 0).shape == (3, 1, 0)


def test_the_padding_mask_of_no_sequences_is_empty():
    assert padding_mask([], 5).shape == (0, 1, 5)
    assert padding_mask(torch.tensor([], dtype=torch.int64), 5).shape == (
        0,
        1,
        5,
    )


@given(num_tokens=st.integers(1, 13))
def test_each_position_sees_itself_and_what_came_before_it(num_tokens):
    assert causal_mask(num_tokens).sum(dim=-1).tolist() == list(
        range(1, num_tokens + 1)
    )
    assert causal_mask(num_tokens).diagonal().all()
    for first in range(num_tokens + 1):
        new = causal_mask(num_tokens, first=first)
        assert torch.equal(new, causal_mask(num_tokens)[first:])


@given(lengths=st.lists(st.integers(0, 7), min_size=1, max_size=5))
def test_padding_mask_shows_as_many_tokens_as_are_real(lengths):
    mask = padding_mask(lengths, 7)
    assert mask.shape == (len(lengths), 1, 7)
    assert mask.sum(dim=-1).flatten().tolist() == lengths
    for row, length in zip(mask.squeeze(1), lengths, strict=True):
        assert row[:length].all()


@pytest.mark.parametrize(
    "dtype", [torch.int64, torch.int32, torch.int8], ids=str
)
def test_lengths_may_be_a_tensor_of_any_integers(dtype):
    lengths = torch.tensor([2, 5, 3], dtype=dtype)
    assert torch.equal(padding_mask(lengths, 5), padding_mask([2, 5, 3], 5))


def test_lengths_in_a_narrow_integer_type_may_stand_in_a_long_sequence():
    lengths = torch.tensor([100, 3], dtype=torch.int8)
    assert padding_mask(lengths, 200).sum(dim=-1).flatten().tolist() == [100, 3]


def test_padding_mask_leaves_its_lengths_alone():
    lengths = torch.tensor([2, 5, 3])
    padding_mask(lengths, 7)
    assert lengths.tolist() == [2, 5, 3]


@given(num_tokens=st.integers(1, 11), radius=st.integers(0, 13))
def test_window_mask_shows_what_is_near_on_either_side(num_tokens, radius):
    mask = window_mask(num_tokens, radius)
    for i in range(num_tokens):
        for j in range(num_tokens):
            assert mask[i, j] == (abs(i - j) <= radius)


@given(num_tokens=st.integers(1, 11))
def test_a_window_of_radius_0_sees_only_itself_and_a_wide_one_sees_all(
    num_tokens,
):
    assert torch.equal(
        window_mask(num_tokens, 0), torch.eye(num_tokens, dtype=torch.bool)
    )
    assert window_mask(num_tokens, num_tokens - 1).all()


def test_torch_s_own_multihead_attention_calls_true_what_is_blocked():
    torch.manual_seed(0)
    layer = nn.MultiheadAttention(6, 2, batch_first=True)
    inputs = normal(3, 5, 6, seed=1)
    mask = causal_mask(5)
    _, weights = layer(inputs, inputs, inputs, attn_mask=~mask)
    assert (weights[:, ~mask] == 0).all()
    assert (weights[:, mask] > 0).all()


# The masks of others, turned into ours by what the page says of each


def one_liner(begins):
    """Return what masks.py says for the one kind of mask that begins so."""
    told = re.findall(r"^- (.*?): `([^`]*)`", masks.__doc__, re.MULTILINE)
    found = [code for kind, code in told if kind.startswith(begins)]
    assert len(found) == 1, told
    return found[0]


def turned(begins, mask):
    return eval(one_liner(begins), {"mask": mask})


def attended(mask, **torchs):
    """Return what our attention reads under a mask, and torch's under its own.

    There are as many queries as sequences, so that a mask which lacks an axis
    would fit.
    """
    torch.manual_seed(0)
    theirs = nn.MultiheadAttention(6, 2, batch_first=True).eval()
    inputs = normal(5, 5, 6, seed=1)
    expected, _ = theirs(inputs, inputs, inputs, **torchs)
    return MultiHeadAttention.from_torch(theirs)(inputs, mask=mask)[0], expected


def padded():
    return torch.arange(5) >= torch.tensor([[1], [5], [3], [2], [4]])


def test_a_mask_of_torch_s_layers_is_inverted():
    blocked = ~causal_mask(5)
    got = attended(turned("`nn.Multi", blocked), attn_mask=blocked)
    torch.testing.assert_close(*got)


def test_a_mask_that_is_added_is_compared_with_0():
    added = nn.Transformer.generate_square_subsequent_mask(5)
    ours = turned("what is added", added)
    assert torch.equal(ours, causal_mask(5))
    torch.testing.assert_close(*attended(ours, attn_mask=added))
    assert not torch.equal(added.bool(), ours)  # it would be the inverse
    assert torch.equal(added.bool(), ~ours)


def test_a_padding_mask_of_torch_is_inverted_and_gets_an_axis():
    ours = turned("`key_padding_mask`", padded())
    torch.testing.assert_close(*attended(ours, key_padding_mask=padded()))
    assert torch.equal(ours, padding_mask([1, 5, 3, 2, 4], 5))
    # Without the axis it is read as (queries, keys): nobody can tell.
    wrong, expected = attended(~padded(), key_padding_mask=padded())
    assert not torch.allclose(wrong, expected, atol=1e-3)


def test_ones_and_zeros_become_true_and_false_and_get_an_axis():
    ours = turned("`attention_mask`", (~padded()).long())
    torch.testing.assert_close(*attended(ours, key_padding_mask=padded()))


def test_a_mask_of_torch_s_function_is_ours():
    query, key = normal(2, 3, 7, seed=1), normal(2, 5, 7, seed=2)
    mask = torch.ones(3, 5, dtype=torch.bool).tril()
    expected = nn.functional.scaled_dot_product_attention(
        query, key, key, attn_mask=mask
    )
    ours = turned("`F.scaled", mask)
    got, _ = scaled_dot_product_attention(query, key, key, ours)
    torch.testing.assert_close(got, expected)


def test_lengths_become_a_padding_mask():
    made = eval(
        one_liner("lengths"),
        {"padding_mask": padding_mask, "lengths": [1, 3], "num_tokens": 3},
    )
    assert made.tolist() == [[[True, False, False]], [[True, True, True]]]


def test_torch_s_two_masks_of_an_encoder_layer_become_one():
    theirs = nn.TransformerEncoderLayer(6, 2, 7, batch_first=True).eval()
    inputs, blocked = normal(5, 5, 6, seed=1), ~causal_mask(5)
    code = re.search(r"`(~src_mask[^`]*)`", EncoderLayer.forward.__doc__)[1]
    mask = eval(code, {"src_mask": blocked, "src_key_padding_mask": padded()})
    expected = theirs(inputs, src_mask=blocked, src_key_padding_mask=padded())
    got = EncoderLayer.from_torch(theirs)(inputs, mask)
    torch.testing.assert_close(got, expected)
