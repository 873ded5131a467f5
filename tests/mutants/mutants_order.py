"""Wrong versions of chapter 07's scores and of its readers of order."""

from mutants import Mutant

POSITIONS, HEADS, LAYERS = "positions.py", "multihead.py", "layers.py"
ORDER = "recipes/order.py"
OWN_TESTS = {
    POSITIONS: "test_errors_transformer.py",
    HEADS: "test_errors_transformer.py",
    ORDER: "test_recipes_order.py",
}
MUTANTS = [
    Mutant(
        POSITIONS,
        "return places - places[num_keys - num_queries :].unsqueeze(-1)",
        "return places[num_keys - num_queries :].unsqueeze(-1) - places",
        "offsets count how far before the query a key stands",
    ),
    Mutant(
        POSITIONS,
        "places - places[num_keys - num_queries :]",
        "places - places[:num_queries]",
        "the first query stands where the first key does",
    ),
    Mutant(
        POSITIONS,
        'check_at_most("num_queries", num_queries, num_keys, "num_keys")',
        "pass",
        "more queries than keys get offsets",
    ),
    Mutant(
        POSITIONS,
        "self.table = nn.Embedding(2 * max_distance + 1, head_dim)",
        "self.table = nn.Embedding(2 * max_distance + 2, head_dim)",
        "a vector too many",
    ),
    Mutant(
        POSITIONS,
        'check_parameters("query", query, self.table, self.head_dim, "head_dim")',
        "pass",
        "a query of another width is refused by torch alone",
    ),
    Mutant(
        POSITIONS,
        "apart.clamp(-far, far) + far",
        "apart.clamp(-far, far).abs()",
        "before and after share their vectors",
    ),
    Mutant(
        POSITIONS,
        "apart.clamp(-far, far) + far",
        "far - apart.clamp(-far, far)",
        "the table is read from its other end",
    ),
    Mutant(
        POSITIONS,
        "apart.clamp(-far, far) + far",
        "apart.remainder(2 * far + 1)",
        "what is far away comes round again",
    ),
    Mutant(
        POSITIONS,
        "(query / self.head_dim**0.5) @ vectors.mT",
        "query @ vectors.mT",
        "the part of the offset is not scaled",
    ),
    Mutant(
        POSITIONS,
        "return scores + by_offset.gather(-1, places)",
        "return by_offset.gather(-1, places)",
        "only the offset is compared",
    ),
    Mutant(
        POSITIONS,
        "-8 * numbers / num_heads",
        "-numbers",
        "slopes halve whatever the number of heads",
    ),
    Mutant(
        POSITIONS,
        "-8 * numbers / num_heads",
        "-8 * (numbers - 1) / num_heads",
        "the first slope is one",
    ),
    Mutant(
        POSITIONS,
        "check_score_heads(query, self.num_heads)",
        "pass",
        "one head's slope serves all heads unasked",
    ),
    Mutant(
        POSITIONS,
        "query.shape[-2], key.shape[-2], query.device).abs()",
        "query.shape[-2], key.shape[-2], query.device)",
        "what stands after is given a prize",
    ),
    Mutant(
        POSITIONS,
        "exact = torch.promote_types(scores.dtype, torch.float32)",
        "exact = scores.dtype",
        "distances are counted in half precision",
    ),
    Mutant(
        POSITIONS,
        "return scores - (slopes[:, None, None] * apart).to(scores)",
        "return scores + (slopes[:, None, None] * apart).to(scores)",
        "what is far is preferred",
    ),
    Mutant(
        POSITIONS,
        "(slopes[:, None, None] * apart).to(scores)",
        "slopes[:, None, None] * apart",
        "scores in half precision come out in single",
    ),
    Mutant(
        HEADS,
        "if need_weights or not plain or type(self.score) is not ScaledDotScore:",
        "if need_weights:",
        "without weights another score is passed over",
    ),
    Mutant(
        HEADS,
        "type(self.score) is not ScaledDotScore",
        "not isinstance(self.score, ScaledDotScore)",
        "a child of the scaled dot product is passed over",
    ),
    Mutant(
        HEADS,
        "type(self.score) is not ScaledDotScore",
        "True",
        "the fused kernel never runs",
    ),
    Mutant(
        HEADS,
        "check_scores(scores, query, key)",
        "pass",
        "scores of another shape are spread",
    ),
    Mutant(
        HEADS,
        "return context, weights if need_weights else None",
        "return context, weights",
        "weights that nobody asked for are returned",
    ),
    Mutant(
        HEADS,
        "self.score = ScaledDotScore() if score is None else score",
        "self.score = ScaledDotScore()",
        "heads do not take a score",
    ),
    Mutant(
        LAYERS,
        "model_dim, num_heads, dropout, rotate=rotate, score=score",
        "model_dim, num_heads, dropout, rotate=rotate",
        "an encoder layer keeps its score to itself",
    ),
    Mutant(
        ORDER,
        "inputs = inputs + self.positions(tokens.shape[-1]).to(inputs)",
        "pass",
        "nothing is added",
    ),
    Mutant(
        ORDER,
        "score=scores[scheme]() if scheme in scores else None",
        "score=None",
        "no score knows of places",
    ),
    Mutant(
        ORDER,
        'rotate=rotate if scheme == "rotary" else None',
        "rotate=rotate",
        "all are turned",
    ),
    Mutant(
        ORDER,
        "        if self.causal:",
        "        if not self.causal:",
        "the mask hides where it should not",
    ),
    Mutant(
        ORDER,
        "batch_size, TAUGHT, NUM_SYMBOLS, generator)",
        "batch_size, TAUGHT, NUM_SYMBOLS)",
        "lines depend on how the model began",
    ),
    Mutant(
        ORDER,
        "torch.Generator().manual_seed(1000 + seed)",
        "torch.Generator().manual_seed(seed)",
        "lines of the tests are those of the lessons",
    ),
    Mutant(
        ORDER,
        "asked = targets != IGNORED",
        "asked = targets == targets",
        "the first place is asked for what it cannot say",
    ),
    Mutant(
        ORDER,
        "NUM_TESTS, num_tokens, NUM_SYMBOLS, generator",
        "NUM_TESTS, TAUGHT, NUM_SYMBOLS, generator",
        "all lines of the tests are of one length",
    ),
    Mutant(
        ORDER,
        "teach_order(scheme, causal, seed, task, num_steps)",
        "teach_order(scheme, False, seed, task, num_steps)",
        "results are those of readers of both ways",
    ),
    Mutant(
        ORDER,
        "order_rate(model, length, seed, task)",
        "order_rate(model, length, seed)",
        "whatever was taught, the symbol before is asked for",
    ),
]
