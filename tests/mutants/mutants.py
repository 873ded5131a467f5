"""Wrong versions of the package: each one edit that the tests must notice."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """Replace `old`, which stands once in `file`, by `new`."""

    file: str
    old: str
    new: str
    reason: str


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
        "self.query_map = nn.Linear(query_dim, hidden_dim, bias=False)",
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
        "return -(difference",
        "return (difference",
        "the farthest key matches best",
    ),
    Mutant(
        "scores.py",
        "return self.log_bandwidth.exp()",
        "return self.log_bandwidth.detach().exp()",
        "the bandwidth cannot be learned",
    ),
    Mutant(
        "scores.py",
        "0 < bandwidth <",
        "0 <= bandwidth <",
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
        "return visible_scores.softmax(dim=-1)",
        "return visible_scores.softmax(dim=-2)",
        "softmax over the queries under a mask",
    ),
    Mutant(
        "attention.py",
        "hidden = ~mask",
        "hidden = mask",
        "the mask's meaning is inverted",
    ),
    Mutant(
        "attention.py",
        ".softmax(dim=-1).masked_fill(hidden, 0.0)",
        ".softmax(dim=-1)",
        "a row with nothing visible looks everywhere alike",
    ),
    Mutant(
        "attention.py",
        'masked_fill(hidden, float("-inf"))',
        "masked_fill(hidden, -1e4)",
        "a very low visible score loses to a hidden one",
    ),
    Mutant(
        "attention.py",
        'masked_fill(hidden, float("-inf"))',
        "masked_fill(hidden, -3.4028234e38)",
        "the lowest number instead of -inf, which a visible score can equal",
    ),
    Mutant(
        "attention.py",
        "visible_scores = visible_scores.masked_fill(nothing_visible, 0.0)",
        "pass",
        "NaN in the gradient where nothing is visible",
    ),
    Mutant(
        "attention.py",
        "hidden.all(dim=-1, keepdim=True)",
        "hidden.all(dim=-2, keepdim=True)",
        "asks which key is never seen, not which query sees nothing",
    ),
    Mutant(
        "attention.py",
        "hidden.all(dim=-1, keepdim=True)",
        "hidden.any(dim=-1, keepdim=True)",
        "one hidden key counts as nothing visible",
    ),
    Mutant(
        "attention.py",
        "scores.masked_fill(hidden",
        "scores.masked_fill_(hidden",
        "the caller's scores are changed in place",
    ),
    Mutant(
        "attention.py",
        "weights @ value, weights",
        "weights @ key, weights",
        "the context is read from the keys",
    ),
    Mutant(
        "attention.py",
        "(score or ScaledDotScore())(query, key)",
        "(score or ScaledDotScore())(query, value)",
        "the query is compared with the values",
    ),
    Mutant(
        "attention.py",
        "(score or ScaledDotScore())",
        "(score or (lambda q, k: q @ k.mT))",
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
        "weights @ value, weights",
        "weights.nan_to_num() @ value, weights",
        "NaN turns into a number",
    ),
    Mutant(
        "attention.py",
        "    check_lengths(key, value)\n",
        "",
        "one value for all keys is not refused",
    ),
    Mutant(
        "attention.py",
        "    check_scores(scores, query, key)\n",
        "",
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
        ".tril()",
        ".tril(-1)",
        "a position does not see itself",
    ),
    Mutant(
        "masks.py",
        ".tril()",
        ".triu()",
        "each position sees the future instead of the past",
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
        "if isinstance(size, bool) or not isinstance(size, int):",
        "if not isinstance(size, int):",
        "True counts as 1",
    ),
    Mutant(
        "_checks.py",
        "if size < least:",
        "if size <= least:",
        "the smallest allowed size is refused",
    ),
    # The data sets.
    Mutant(
        "data/lookup.py",
        "q * r.diagonal().sign()",
        "q",
        "the signs of QR favour some rotations",
    ),
    Mutant(
        "data/lookup.py",
        "order.argsort(dim=-1)[:, :num_drawn]",
        "(order[:, :num_drawn] * num_symbols).long()",
        "a symbol may be drawn twice",
    ),
    Mutant(
        "data/lookup.py",
        "query_symbol = key_symbols[",
        "query_symbol = value_symbols[",
        "the store is asked by a value",
    ),
    Mutant(
        "data/strings.py",
        "targets[:, 0] = IGNORED",
        "pass",
        "the first place wraps around to the last",
    ),
    Mutant(
        "data/strings.py",
        "lengths.unsqueeze(-1) - 1 - torch.arange",
        "max_length - 1 - torch.arange",
        "the padding comes first when a string is reversed",
    ),
    Mutant(
        "data/strings.py",
        "padded[torch.arange(len(strings)), lengths + 1] = END",
        "padded[:, -1] = END",
        "the end stands after the padding",
    ),
    Mutant(
        "data/strings.py",
        "torch.randint(num_tokens - 1, (",
        "torch.randint(num_tokens, (",
        "the needle may replace the question",
    ),
    Mutant(
        "data/strings.py",
        "(same | ~same_predecessor).all(-1)",
        "same.any(-1)",
        "ambiguous symbols are called predictable",
    ),
    Mutant(
        "data/strings.py",
        "(places > period) &",
        "(places > 0) &",
        "luck in the first round is called predictable",
    ),
    Mutant(
        "data/vocabulary.py",
        "sorted(set(characters))",
        "list(dict.fromkeys(characters))",
        "the order of arrival decides the ids",
    ),
    Mutant(
        "data/digits.py",
        "else ~is_held_out",
        "else slice(None)",
        "training sees the held-out digits",
    ),
    Mutant(
        "data/digits.py",
        "torch.where(is_digit, in_order, shuffled)",
        "torch.where(is_digit, shuffled, in_order)",
        "all but one glimpse are digits",
    ),
    Mutant(
        "data/digits.py",
        "torch.rand(pixels.shape, generator",
        "torch.rand(pixels.shape[2:], generator",
        "all glimpses are shuffled in one way",
    ),
    Mutant(
        "data/digits.py",
        "columns = corner[:, 1:]",
        "columns = corner[:, :1]",
        "everything lies on the diagonal",
    ),
    Mutant(
        "data/dates.py",
        "return ordinal * 2654435761 % 2**32 < 2**32 // 5",
        "return ordinal % 5 == 0",
        "the split is another one, in step with the calendar",
    ),
    Mutant(
        "data/dates.py",
        "== held_out]",
        "!= held_out]",
        "training and held-out days are exchanged",
    ),
    Mutant(
        "data/dates.py",
        "day.isoweekday()",
        "day.weekday()",
        "the weekday is the one before",
    ),
    Mutant(
        "data/dates.py",
        "marks.rindex(field) + 1",
        "marks.rindex(field)",
        "a span ends one character early",
    ),
    Mutant(
        "data/dates.py",
        "                marks = marks[:start] + new + marks[end:]\n",
        "",
        "the spans do not follow the typing",
    ),
    Mutant(
        "data/dates.py",
        'r"(?<=[.,]) |(?<=\\d) (?=[^\\W\\d])|(?<=[^\\W\\d]) (?=\\d)"',
        'r" "',
        "two numbers may be joined",
    ),
    Mutant(
        "data/dates.py",
        "[*names, *capitals, *(literals - FIELD_CODES)]",
        "[*names, *(literals - FIELD_CODES)]",
        "the vocabulary lacks the capitals that are typed",
    ),
    Mutant(
        "data/_common.py",
        "if size > most:",
        "if size >= most:",
        "the largest allowed size is refused",
    ),
]
