"""Chapter 04's two readings of several heads: M queries, or maps for every head.

The notes let M queries read the same keys and values, and put what they read side
by side. Heads map queries, keys and values first. The first is the second with
maps that change nothing; and every head's map of the keys can be moved into its
query, the map of the values behind what is read.
"""

import torch

from .._checks import check_sizes
from .._shapes import Float, Tensor
from ..attention import attention
from ..multihead import MultiHeadAttention, merge_heads, split_heads
from ..scores import DotScore


def read_many(
    queries: Float[Tensor, "batch queries key_dim"],
    key: Float[Tensor, "batch keys key_dim"],
    value: Float[Tensor, "batch keys value_dim"],
) -> Float[Tensor, "batch joined"]:
    """Read the same values by M queries; put what they read side by side."""
    contexts, _ = attention(queries, key, value)
    return contexts.flatten(-2)


@torch.no_grad()
def plain_heads(num_queries: int, width: int) -> MultiHeadAttention:
    """Return heads that read as M queries do: no map changes anything.

    Head m takes the m-th run of the query's features as it is, and every head
    sees all features of the keys and of the values.

    Args:
        num_queries: how many queries, one for each head.
        width: of each query, key and value.

    Raises:
        ValueError: a number below 1.
        TypeError: one that is not whole.
    """
    num_queries, width = check_sizes(num_queries=num_queries, width=width)
    heads = MultiHeadAttention(
        num_queries * width,
        num_queries,
        bias=False,
        key_dim=width,
        value_dim=width,
    )
    heads.query_map.weight.copy_(torch.eye(num_queries * width))
    heads.key_map.weight.copy_(torch.eye(width).repeat(num_queries, 1))
    heads.value_map.weight.copy_(torch.eye(width).repeat(num_queries, 1))
    heads.output_map.weight.copy_(torch.eye(num_queries * width))
    return heads


def queries_of(
    heads: MultiHeadAttention, query: Float[Tensor, "batch queries model_dim"]
) -> Float[Tensor, "batch heads queries key_dim"]:
    """Return, for every head, the query that scores bare keys as the head does.

    A head's score is (W_Q x) · (W_K k) / √d_k, which is (W_Kᵀ W_Q x / √d_k) · k.
    The bias of the keys adds the same to all scores of a query, and softmax
    drops it. All such queries of a head lie in d_k dimensions of the keys'.
    """
    mapped = split_heads(heads.query_map(query), heads.num_heads)
    head_dim = mapped.shape[-1]
    key_maps = heads.key_map.weight.unflatten(0, (-1, head_dim))
    return mapped / head_dim**0.5 @ key_maps


def read_by_queries(
    heads: MultiHeadAttention,
    query: Float[Tensor, "batch queries model_dim"],
    key: Float[Tensor, "batch keys key_dim"],
    value: Float[Tensor, "batch keys value_dim"],
) -> Float[Tensor, "batch queries model_dim"]:
    """Give the output of multi-head attention by M queries over bare keys.

    Every query reads bare values; the head's map of the values follows, which
    is the same since the weights sum to 1. Without a mask.
    """
    queries = queries_of(heads, query)
    key, value = (
        x.unsqueeze(1).expand(-1, heads.num_heads, -1, -1) for x in (key, value)
    )
    contexts, _ = attention(queries, key, value, score=DotScore())
    head_dim = heads.model_dim // heads.num_heads
    value_maps = heads.value_map.weight.unflatten(0, (-1, head_dim))
    read = merge_heads(contexts @ value_maps.mT)
    if heads.value_map.bias is not None:
        read = read + heads.value_map.bias
    return heads.output_map(read)
