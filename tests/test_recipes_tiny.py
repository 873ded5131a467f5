"""The tiny self-attention: what a pen gets from its whole numbers."""

import math

import torch
from torch.testing import assert_close

from attn_utils import causal_mask, scaled_dot_product_attention
from attn_utils.recipes import tiny_attention


def mapped():
    """Return the queries, keys and values of the three tokens."""
    inputs, *maps = tiny_attention()
    return [inputs @ each.T for each in maps]


def test_queries_keys_and_values_are_whole_numbers():
    query, key, value = mapped()
    assert query.tolist() == [[2, 0], [0, 1], [2, 1]]
    assert key.tolist() == [[0, 1], [1, 0], [1, 1]]
    assert value.tolist() == [[1, -1], [1, 1], [2, 0]]
    assert (query @ key.T).tolist() == [[0, 2, 2], [1, 0, 1], [1, 2, 3]]


def test_its_weights_and_contexts_are_those_of_a_pen():
    context, weights = scaled_dot_product_attention(*mapped())
    # exp(1 / √2) = 2.028, exp(2 / √2) = 4.113 and exp(3 / √2) = 8.342.
    one, two, three = (math.exp(n / math.sqrt(2)) for n in (1, 2, 3))
    by_hand = [[1, two, two], [one, 1, one], [one, two, three]]
    shares = [[grown / sum(row) for grown in row] for row in by_hand]
    assert_close(weights, torch.tensor(shares))
    first = shares[0]
    assert_close(
        context[0],
        torch.tensor([first[0] + first[1] + 2 * first[2], first[1] - first[0]]),
    )


def test_no_slip_of_the_pen_gets_the_right_scores():
    inputs, query_map, key_map, value_map = tiny_attention()
    query, key, value = mapped()
    right = query @ key.T
    for slip in (
        right.T,
        inputs @ inputs.T,
        query @ inputs.T,
        inputs @ key.T,
        query @ value.T,
    ):
        assert not torch.equal(slip, right)
    assert not torch.equal(inputs @ value_map, value)
    assert not torch.equal(query_map, key_map)


def test_a_causal_mask_changes_every_row_but_the_last():
    _, whole = scaled_dot_product_attention(*mapped())
    context, masked = scaled_dot_product_attention(*mapped(), causal_mask(3))
    assert_close(masked[2], whole[2])
    assert masked[0].tolist() == [1, 0, 0]
    assert context[0].tolist() == [1, -1]
    assert_close(masked[1, :2], whole[1, :2] / whole[1, :2].sum())
    assert not torch.allclose(masked[:2], whole[:2])


def test_whoever_changes_it_has_a_copy_of_their_own():
    for place in range(4):
        tiny_attention()[place].zero_()
    assert all(part.any() for part in tiny_attention())
