"""Scoring functions: how well does each key match each query?

Every score is a module, `(query, key) -> scores (*batch, queries, keys)`; the
higher, the better the match. Softmax turns scores into weights (attention.py).
"""

import math

import torch
from torch import nn

from ._checks import (
    check_dtype,
    check_positive,
    check_sequences,
    check_size,
    check_width,
)
from ._shapes import Float, Tensor


class DotScore(nn.Module):
    """Compare by the dot product, q · k.

    Source: Luong et al. 2015, section 3.1 ("dot").
    """

    def forward(
        self,
        query: Float[Tensor, "*batch queries dim"],
        key: Float[Tensor, "*batch keys dim"],
    ) -> Float[Tensor, "*batch queries keys"]:
        """Score every key for every query; both have the same width.

        Raises:
            ValueError: the widths or the batch axes differ.
            TypeError: not floating-point tensors of one dtype.
        """
        check_sequences(query=query, key=key)
        check_width("key", key, query.shape[-1], "the width of query")
        return query @ key.transpose(-2, -1)


class ScaledDotScore(nn.Module):
    """Compare by the dot product over the root of the width, q · k / √d.

    Over independent features of mean 0 and variance 1, q · k has the standard
    deviation √d; divided by it, softmax does not start saturated at any width.

    Source: Vaswani et al. 2017, eq. 1.
    """

    def forward(
        self,
        query: Float[Tensor, "*batch queries dim"],
        key: Float[Tensor, "*batch keys dim"],
    ) -> Float[Tensor, "*batch queries keys"]:
        """Score every key for every query; both have the same width.

        Raises:
            ValueError: the widths or the batch axes differ, or the width is 0.
            TypeError: not floating-point tensors of one dtype.
        """
        check_sequences(query=query, key=key)
        check_size("the width of query", query.shape[-1], least=1)
        check_width("key", key, query.shape[-1], "the width of query")
        # Scaled before the product: half precision overflows at 65,504.
        return (query / query.shape[-1] ** 0.5) @ key.transpose(-2, -1)


class BilinearScore(nn.Module):
    """Compare through a learned matrix, qᵀ W k: spaces may differ.

    Args:
        query_dim: width of a query.
        key_dim: width of a key.

    Raises:
        ValueError: a width below 1.
        TypeError: a width that is no whole number.

    Source: Luong et al. 2015, section 3.1 ("general").
    """

    def __init__(self, query_dim: int, key_dim: int):
        super().__init__()
        query_dim = check_size("query_dim", query_dim, least=1)
        key_dim = check_size("key_dim", key_dim, least=1)
        self.weight = nn.Parameter(torch.empty(query_dim, key_dim))
        nn.init.xavier_uniform_(self.weight)

    def forward(
        self,
        query: Float[Tensor, "*batch queries query_dim"],
        key: Float[Tensor, "*batch keys key_dim"],
    ) -> Float[Tensor, "*batch queries keys"]:
        """Score every key for every query; the widths are the module's.

        Raises:
            ValueError: a width is not the module's, or the batch axes differ.
            TypeError: not floating-point tensors of one dtype.
        """
        check_sequences(query=query, key=key)
        check_width("query", query, self.weight.shape[0], "query_dim")
        check_width("key", key, self.weight.shape[1], "key_dim")
        check_dtype("query", query, self.weight)
        return query @ self.weight @ key.transpose(-2, -1)


class LowRankScore(nn.Module):
    """Compare in a common space of few features, (U q) · (V k).

    The bilinear score whose matrix Uᵀ V has at most this rank; U maps queries
    and V maps keys, as in every head of a Transformer.

    Args:
        query_dim: width of a query.
        key_dim: width of a key.
        rank: width of the space in which the two meet.

    Raises:
        ValueError: a width or a rank below 1.
        TypeError: one that is no whole number.

    Source: Vaswani et al. 2017, section 3.2.2, there scaled.
    """

    def __init__(self, query_dim: int, key_dim: int, rank: int):
        super().__init__()
        query_dim = check_size("query_dim", query_dim, least=1)
        key_dim = check_size("key_dim", key_dim, least=1)
        rank = check_size("rank", rank, least=1)
        self.query_dim, self.key_dim = query_dim, key_dim
        self.query_map = nn.Linear(query_dim, rank, bias=False)
        self.key_map = nn.Linear(key_dim, rank, bias=False)

    def forward(
        self,
        query: Float[Tensor, "*batch queries query_dim"],
        key: Float[Tensor, "*batch keys key_dim"],
    ) -> Float[Tensor, "*batch queries keys"]:
        """Score every key for every query; the widths are the module's.

        Raises:
            ValueError: a width is not the module's, or the batch axes differ.
            TypeError: not floating-point tensors of one dtype.
        """
        check_sequences(query=query, key=key)
        check_width("query", query, self.query_dim, "query_dim")
        check_width("key", key, self.key_dim, "key_dim")
        check_dtype("query", query, self.query_map)
        return self.query_map(query) @ self.key_map(key).transpose(-2, -1)


class AdditiveScore(nn.Module):
    """Compare by a small network, wᵀ tanh(U q + V k).

    One matrix over query and key, put side by side, is the same: the "concat"
    of Luong et al. 2015.

    Args:
        query_dim: width of a query.
        key_dim: width of a key.
        hidden_dim: width in which the two meet.
        bias: whether a bias is added before the tanh; the papers have none,
            much code has one.

    Raises:
        ValueError: a width below 1.
        TypeError: a width that is no whole number.

    Source: Bahdanau et al. 2015, appendix A.1.2.
    """

    def __init__(
        self, query_dim: int, key_dim: int, hidden_dim: int, bias: bool = False
    ):
        super().__init__()
        query_dim = check_size("query_dim", query_dim, least=1)
        key_dim = check_size("key_dim", key_dim, least=1)
        hidden_dim = check_size("hidden_dim", hidden_dim, least=1)
        self.query_dim, self.key_dim = query_dim, key_dim
        self.query_map = nn.Linear(query_dim, hidden_dim, bias)
        self.key_map = nn.Linear(key_dim, hidden_dim, bias=False)
        self.read_out = nn.Linear(hidden_dim, 1, bias=False)

    def forward(
        self,
        query: Float[Tensor, "*batch queries query_dim"],
        key: Float[Tensor, "*batch keys key_dim"],
    ) -> Float[Tensor, "*batch queries keys"]:
        """Score every key for every query; the widths are the module's.

        Raises:
            ValueError: a width is not the module's, or the batch axes differ.
            TypeError: not floating-point tensors of one dtype.
        """
        check_sequences(query=query, key=key)
        check_width("query", query, self.query_dim, "query_dim")
        check_width("key", key, self.key_dim, "key_dim")
        check_dtype("query", query, self.query_map)
        each_query = self.query_map(query).unsqueeze(-2)
        each_key = self.key_map(key).unsqueeze(-3)
        return self.read_out(torch.tanh(each_query + each_key)).squeeze(-1)


class GaussianScore(nn.Module):
    """Compare by distance, -|q - k|² / (2 h²): near keys match best.

    Softmax over these scores is the Nadaraya-Watson kernel average. The
    bandwidth h is learned through its logarithm, so it stays positive.

    Args:
        bandwidth: the distance h over which a key counts as near, above 0.

    Raises:
        ValueError: a bandwidth that is not above 0 and finite.
        TypeError: one that is no number.

    Source: Nadaraya 1964; Watson 1964.
    """

    def __init__(self, bandwidth: float = 1.0):
        super().__init__()
        check_positive("bandwidth", bandwidth)
        # The logarithm first: float32 would round 1e-46 to 0.
        self.log_bandwidth = nn.Parameter(torch.tensor(math.log(bandwidth)))

    @property
    def bandwidth(self) -> Float[Tensor, ""]:
        """The bandwidth h, as a tensor that carries its gradient."""
        return self.log_bandwidth.exp()

    def forward(
        self,
        query: Float[Tensor, "*batch queries dim"],
        key: Float[Tensor, "*batch keys dim"],
    ) -> Float[Tensor, "*batch queries keys"]:
        """Score every key for every query; both have the same width.

        Raises:
            ValueError: the widths or the batch axes differ.
            TypeError: not floating-point tensors of one dtype.
        """
        check_sequences(query=query, key=key)
        check_width("key", key, query.shape[-1], "the width of query")
        difference = query.unsqueeze(-2) - key.unsqueeze(-3)
        # Divided before it is squared: the square of 1e-25 is 0 in float32.
        scores = -(difference / self.bandwidth).square().sum(-1) / 2
        # Half precision ends at 65,504, which is 362 bandwidths away.
        return scores.clamp(min=torch.finfo(scores.dtype).min)
