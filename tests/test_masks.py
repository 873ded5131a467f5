"""Masks: which query may look at which key."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tensors import normal
from torch import nn

from attn_utils import causal_mask, padding_mask, window_mask


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
