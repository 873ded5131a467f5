"""Wrong versions of the package: each one edit that the tests must notice."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """Replace `old`, which stands once in `file`, by `new`."""

    file: str
    old: str
    new: str
    reason: str


OWN_TESTS = {
    "scores.py": "test_scores.py",
    "masks.py": "test_masks.py",
    "attention.py": "test_attention.py",
    "_checks.py": "test_errors.py",
}
MUTANTS = [
    Mutant(
        "scores.py",
        "(query / query.shape[-1] ** 0.5) @",
        "query @",
        "the scaled score is not scaled",
    ),
    Mutant(
        "scores.py",
        "query.shape[-1] ** 0.5)",
        "query.shape[-1])",
        "scaled by the width, as if the root were taken twice",
    ),
    Mutant(
        "scores.py",
        "(query / query.shape[-1] ** 0.5) @ key.transpose(-2, -1)",
        "query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5",
        "scaled after the product, which overflows in half precision",
    ),
    Mutant(
        "scores.py",
        "(query / query.shape[-1] ** 0.5)",
        "(query / query.shape[-2] ** 0.5)",
        "scaled by the number of queries",
    ),
    Mutant(
        "scores.py",
        "return query @ key.transpose(-2, -1)",
        "return torch.nn.functional.normalize(query, dim=-1) @ key.transpose(-2, -1)",
        "the query's length is lost: half a cosine",
    ),
    Mutant(
        "scores.py",
        "return query @ self.weight @ key.transpose(-2, -1)",
        "return query @ key.transpose(-2, -1)",
        "the bilinear score forgets its matrix",
    ),
    Mutant(
        "scores.py",
        "query @ self.weight @ key",
        "query @ self.weight.reshape(self.weight.shape[::-1]).mT @ key",
        "the bilinear matrix is read along its columns",
    ),
    Mutant(
        "scores.py",
        "nn.init.xavier_uniform_(self.weight)",
        "nn.init.normal_(self.weight)",
        "the bilinear score starts too large",
    ),
    Mutant(
        "scores.py",
        "torch.tanh(each_query + each_key)",
        "(each_query + each_key)",
        "the additive score without its tanh",
    ),
    Mutant(
        "scores.py",
        "torch.tanh(each_query + each_key)",
        "torch.tanh(each_query * each_key)",
        "the additive score multiplies",
    ),
    Mutant(
        "scores.py",
        "each_query = self.query_map(query).unsqueeze(-2)\n"
        "        each_key = self.key_map(key).unsqueeze(-3)",
        "each_query = self.query_map(query).unsqueeze(-3)\n"
        "        each_key = self.key_map(key).unsqueeze(-2)",
        "the additive score with query and key swapped: (keys, queries)",
    ),
    Mutant(
        "scores.py",
        "self.query_map = nn.Linear(query_dim, hidden_dim, bias)",
        "self.query_map = nn.Linear(query_dim, hidden_dim)",
        "the additive score with a bias that the paper lacks",
    ),
    Mutant(
        "scores.py",
        "-(difference / self.bandwidth).square().sum(-1)",
        "-(difference / self.bandwidth).abs().sum(-1)",
        "the Gaussian without its square",
    ),
    Mutant(
        "scores.py",
        ".square().sum(-1) / 2",
        ".square().sum(-1)",
        "the Gaussian without its 2",
    ),
    Mutant(
        "scores.py",
        "(difference / self.bandwidth).square()",
        "difference.square() / self.bandwidth",
        "the bandwidth is not squared",
    ),
    Mutant(
        "scores.py",
        "scores = -(difference",
        "scores = (difference",
        "the farthest key matches best",
    ),
    Mutant(
        "scores.py",
        ".clamp(min=torch.finfo(scores.dtype).min)",
        "",
        "where all keys are far there is no weight",
    ),
    Mutant(
        "scores.py",
        "return self.log_bandwidth.exp()",
        "return self.log_bandwidth.detach().exp()",
        "the bandwidth cannot be learned",
    ),
    Mutant(
        "scores.py",
        '        check_positive("bandwidth", bandwidth)\n',
        "",
        "a bandwidth of 0 divides by 0",
    ),
    Mutant(
        "attention.py",
        "return scores.softmax(dim=-1)",
        "return scores.softmax(dim=-2)",
        "softmax over the queries where there is no mask",
    ),
    Mutant(
        "attention.py",
        "        return visible_scores.softmax(dim=-1)",
        "        return visible_scores.softmax(dim=-2)",
        "softmax over the queries under a mask",
    ),
    Mutant(
        "attention.py",
        "visible_scores = scores.masked_fill(~mask",
        "visible_scores = scores.masked_fill(mask",
        "the mask's meaning is inverted",
    ),
    Mutant(
        "attention.py",
        ".softmax(dim=-1).masked_fill(blind, 0.0)",
        ".softmax(dim=-1)",
        "a row with nothing visible looks everywhere alike",
    ),
    Mutant(
        "attention.py",
        'visible_scores = scores.masked_fill(~mask, float("-inf"))',
        "visible_scores = scores.masked_fill(~mask, -1e4)",
        "a very low visible score loses to a hidden one",
    ),
    Mutant(
        "attention.py",
        'visible_scores = scores.masked_fill(~mask, float("-inf"))',
        "visible_scores = scores.masked_fill(~mask, -3.4028234e38)",
        "the lowest number instead of -inf, which a visible score can equal",
    ),
    Mutant(
        "attention.py",
        "visible_scores = visible_scores.masked_fill(blind, 0.0)",
        "pass",
        "NaN in the gradient where nothing is visible",
    ),
    Mutant(
        "attention.py",
        "blind = ~mask.any(dim=-1, keepdim=True)",
        "blind = ~mask.any(dim=-2, keepdim=True)",
        "asks which key is never seen, not which query sees nothing",
    ),
    Mutant(
        "attention.py",
        "blind = ~mask.any(",
        "blind = ~mask.all(",
        "one hidden key counts as nothing visible",
    ),
    Mutant(
        "attention.py",
        "visible_scores = scores.masked_fill(",
        "visible_scores = scores.masked_fill_(",
        "the caller's scores are changed in place",
    ),
    Mutant(
        "attention.py",
        "return weights @ value, weights",
        "return weights @ key, weights",
        "the context is read from the keys",
    ),
    Mutant(
        "attention.py",
        "(query, key)\n    check_scores(scores, query, key)\n    weights",
        "(query, value)\n    check_scores(scores, query, key)\n    weights",
        "the query is compared with the values",
    ),
    Mutant(
        "attention.py",
        "score: Callable[[Tensor, Tensor], Tensor] | None = None,\n) -> tuple",
        "score: Callable = lambda q, k: q @ k.mT,\n) -> tuple",
        "the default score is not scaled",
    ),
    Mutant(
        "attention.py",
        "weights = masked_softmax(scores, mask)",
        "weights = masked_softmax(scores)",
        "the mask is forgotten",
    ),
    Mutant(
        "attention.py",
        "return weights @ value, weights",
        "return weights.nan_to_num() @ value, weights",
        "NaN turns into a number",
    ),
    Mutant(
        "attention.py",
        "    check_lengths(key, value)\n    check_callable",
        "    check_callable",
        "one value for all keys is not refused",
    ),
    Mutant(
        "attention.py",
        "    check_scores(scores, query, key)\n    weights",
        "    weights",
        "scores of another shape are not refused",
    ),
    Mutant(
        "attention.py",
        "    check_mask(mask, scores.shape)\n",
        "",
        "no mask is refused",
    ),
    Mutant(
        "masks.py",
        ".tril(first)",
        ".tril(first - 1)",
        "a position does not see itself",
    ),
    Mutant(
        "masks.py",
        ".tril(first)",
        ".triu(first)",
        "each position sees the future instead of the past",
    ),
    Mutant(
        "masks.py",
        ".tril(first)",
        ".tril()",
        "what is new sees only what is old",
    ),
    Mutant(
        "masks.py",
        "positions < lengths",
        "positions <= lengths",
        "one token of padding is seen",
    ),
    Mutant(
        "masks.py",
        "positions < lengths",
        "positions >= lengths",
        "the padding is seen instead of the tokens",
    ),
    Mutant(
        "masks.py",
        "positions < lengths.unsqueeze(-1)).unsqueeze(-2)",
        "positions < lengths.unsqueeze(-1))",
        "(batch, tokens), which would be read as (queries, keys)",
    ),
    Mutant(
        "masks.py",
        ".abs() <= radius",
        ".abs() < radius",
        "the window is one step too narrow",
    ),
    Mutant(
        "masks.py",
        ".abs() <= radius",
        " <= radius",
        "the window is open to one side",
    ),
    Mutant(
        "masks.py",
        "(lengths < 0) | (lengths > num_tokens)",
        "(lengths < 0) & (lengths > num_tokens)",
        "no length is out of range",
    ),
    Mutant(
        "_checks.py",
        "size in (1, full)",
        "full % size == 0",
        "a mask may be repeated to fit",
    ),
    Mutant(
        "_checks.py",
        "size in (1, full)",
        "size == 1 or full in (1, size)",
        "a mask may enlarge the scores",
    ),
    Mutant(
        "_checks.py",
        "if not (fits and complete):",
        "if not fits:",
        "(batch, queries, keys) over heads fits by accident",
    ),
    Mutant(
        "_checks.py",
        "fits = min(2, rank) <= mask.ndim <= rank",
        "fits = mask.ndim <= rank",
        "(queries,) is read as (keys,)",
    ),
    Mutant(
        "_checks.py",
        "if not isinstance(mask, Tensor) or mask.dtype != torch.bool:",
        "if not isinstance(mask, Tensor):",
        "an additive float mask is taken for a bool one",
    ),
    Mutant(
        "_checks.py",
        "if tensor.shape[:-2] != first.shape[:-2]:",
        "if tensor.ndim != first.ndim:",
        "a batch of 1 is broadcast against a batch of 3",
    ),
    Mutant(
        "_checks.py",
        "if value.shape[-2] != key.shape[-2]:",
        "if value.shape[-2] not in (1, key.shape[-2]):",
        "one value for all keys is broadcast",
    ),
    Mutant(
        "_checks.py",
        "if tuple(scores.shape) != expected:",
        "if sorted(scores.shape) != sorted(expected):",
        "transposed scores are not refused",
    ),
    Mutant(
        "_checks.py",
        "if tensor.shape[-1] != dim:",
        "if tensor.shape[-1] not in (1, dim):",
        "a key of width 1 is broadcast",
    ),
    Mutant(
        "_checks.py",
        "kind in (bool, torch.bool) or",
        "kind is torch.bool or",
        "True counts as 1",
    ),
    Mutant(
        "_checks.py",
        "if size < least:",
        "if size <= least:",
        "the smallest allowed size is refused",
    ),
    # The data sets.
]
