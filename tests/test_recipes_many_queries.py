"""Chapter 04's two readings of several heads, and that they are one."""

import pytest
import torch
from modules import assert_near, filled
from tensors import normal
from torch.testing import assert_close

from attn_utils import (
    MultiHeadAttention,
    scaled_dot_product_attention,
    split_heads,
)
from attn_utils.recipes.many_queries import (
    plain_heads,
    queries_of,
    read_by_queries,
    read_many,
)


def heads(bias=True, seed=0):
    """Return 3 heads, each 7 wide; keys of 13 features, values of 17."""
    return filled(
        MultiHeadAttention(21, 3, bias=bias, key_dim=13, value_dim=17), seed
    )


def sequences():
    """Return query, key, value: a batch of 2, 5 queries, 11 keys."""
    return (
        normal(2, 5, 21, seed=1),
        normal(2, 11, 13, seed=2),
        normal(2, 11, 17, seed=3),
    )


def test_m_queries_read_one_by_one_and_stand_side_by_side():
    queries, key = normal(2, 3, 7, seed=1), normal(2, 11, 7, seed=2)
    value = normal(2, 11, 5, seed=3)
    alone = [
        scaled_dot_product_attention(queries[:, m, None], key, value)[0][:, 0]
        for m in range(3)
    ]
    assert_close(read_many(queries, key, value), torch.cat(alone, -1))


def test_m_queries_are_heads_whose_maps_change_nothing():
    queries, key = normal(2, 3, 7, seed=1), normal(2, 11, 7, seed=2)
    value = normal(2, 11, 7, seed=3)
    output, weights = plain_heads(3, 7)(queries.flatten(1)[:, None], key, value)
    assert_near(output[:, 0], read_many(queries, key, value))
    _, expected = scaled_dot_product_attention(queries, key, value)
    assert_near(weights[:, :, 0], expected)


def test_heads_with_maps_of_their_own_are_not_the_same_m_queries():
    queries, key = normal(2, 3, 7, seed=1), normal(2, 11, 7, seed=2)
    for name in ("query_map", "key_map", "value_map", "output_map"):
        changed = plain_heads(3, 7)
        filled(getattr(changed, name), 1)
        output, _ = changed(queries.flatten(1)[:, None], key, key)
        assert not torch.allclose(output[:, 0], read_many(queries, key, key))


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
def test_a_head_s_map_of_the_keys_can_be_moved_into_its_query(bias):
    ours, (query, key, value) = heads(bias), sequences()
    _, weights = ours(query, key, value)
    queries = queries_of(ours, query)
    assert queries.shape == (2, 3, 5, 13)
    assert_near((queries @ key.unsqueeze(1).mT).softmax(-1), weights)


def test_the_bias_of_the_keys_is_what_softmax_drops():
    ours, (query, key, _) = heads(), sequences()
    scores = ours.score(
        split_heads(ours.query_map(query), 3), split_heads(ours.key_map(key), 3)
    )
    dropped = scores - queries_of(ours, query) @ key.unsqueeze(1).mT
    assert dropped.abs().max() > 0.1
    assert_near(dropped, dropped[..., :1].expand_as(dropped))


@pytest.mark.parametrize("bias", [True, False], ids=["bias", "no bias"])
def test_multi_head_attention_is_m_queries_and_a_map_of_what_they_read(bias):
    ours = heads(bias)
    output, _ = ours(*sequences())
    assert_near(read_by_queries(ours, *sequences()), output)


def test_the_queries_of_a_head_lie_in_as_many_dimensions_as_it_is_wide():
    queries = queries_of(heads(), normal(1, 19, 21, seed=1))[0]
    assert queries.shape == (3, 19, 13)
    for of_head in queries:
        assert torch.linalg.matrix_rank(of_head, rtol=1e-4) == 7


def test_a_size_below_1_is_refused():
    with pytest.raises(ValueError, match="num_queries must be at least 1"):
        plain_heads(0, 7)
    with pytest.raises(ValueError, match="width must be at least 1"):
        plain_heads(3, 0)
