"""Wrong versions of chapter 04's experiments."""

from mutants import Mutant

OWN_TESTS = {
    "recipes/two_names.py": "test_recipes_two_names.py",
    "recipes/head_rank.py": "test_recipes_head_rank.py",
    "recipes/many_queries.py": "test_recipes_many_queries.py",
}
MUTANTS = [
    Mutant(
        "recipes/two_names.py",
        "asked = query + read if linked else query",
        "asked = query",
        "no layer hears what another has read",
    ),
    Mutant(
        "recipes/two_names.py",
        "asked = query + read if linked else query",
        "asked = query + read",
        "layers are linked even where they shall not be",
    ),
    Mutant(
        "recipes/two_names.py",
        "read = read + context",
        "read = context",
        "the read-out sees the last layer alone",
    ),
    Mutant(
        "recipes/two_names.py",
        "self.read_out(read.squeeze(1))",
        "self.read_out((query + read).squeeze(1))",
        "the read-out sees the query too",
    ),
    Mutant(
        "recipes/two_names.py",
        "layer.output_map = nn.Identity()",
        "pass",
        "every layer keeps its output map",
    ),
    Mutant(
        "recipes/two_names.py",
        "nn.ReLU()",
        "nn.Identity()",
        "the read-out with hidden units is linear",
    ),
    Mutant(
        "recipes/two_names.py",
        "logits.flatten(0, 1), label.flatten()",
        "logits[:, 0], label[:, 0]",
        "the loss hears of the first answer alone",
    ),
    Mutant(
        "recipes/two_names.py",
        "logits.topk(num_guesses)",
        "logits.topk(1)",
        "there is one guess, whatever was asked",
    ),
    Mutant(
        "recipes/two_names.py",
        "return right.all(-1).float()",
        "return right.any(-1).float()",
        "one right answer counts as both",
    ),
    Mutant(
        "recipes/two_names.py",
        "torch.arange(num_heads) != off",
        "torch.arange(num_heads) == off",
        "all heads but one are switched off",
    ),
    Mutant(
        "recipes/two_names.py",
        "left.append(accuracy(model, questions))\n    model.switch_heads(None)",
        "left.append(accuracy(model, questions))",
        "the last head stays off",
    ),
    Mutant(
        "recipes/two_names.py",
        "parts = active.split(num_heads)",
        "parts = active.split(num_heads)[::-1]",
        "heads are switched in the wrong layer",
    ),
    Mutant(
        "recipes/two_names.py",
        "right = right & hits(model, case).all(-1)",
        "right = right | hits(model, case).all(-1)",
        "one case right counts as four",
    ),
    Mutant(
        "recipes/two_names.py",
        "itertools.product(classes, repeat=2)",
        "itertools.combinations(classes, 2)",
        "a and b hold the two classes in one order alone",
    ),
    Mutant(
        "recipes/two_names.py",
        "query[..., :ID_DIM].repeat(1, 1, 2)",
        "query",
        "the second name stays as it was",
    ),
    Mutant(
        "recipes/two_names.py",
        "manual_seed(1000 + seed)",
        "manual_seed(seed)",
        "the tests begin with the first lesson",
    ),
    Mutant(
        "recipes/head_rank.py",
        "(squares[width:].sum() / squares.sum())",
        "(squares[width:].sum() / squares.sum()).sqrt()",
        "what is left over is a share of the length, not of the squares",
    ),
    Mutant(
        "recipes/head_rank.py",
        "return (2 * scores).softmax(-1)",
        "return scores.softmax(-1)",
        "scores spread half as far as is said",
    ),
    Mutant(
        "recipes/head_rank.py",
        "chances.argsort(-1)[:, :2]",
        "chances[:1].argsort(-1)[:, :2].expand(NUM_TOKENS, -1)",
        "all queries share their two keys",
    ),
    Mutant(
        "recipes/head_rank.py",
        "(-(weights * log_weights).sum(-1) - entropy).mean()",
        "(-(weights * log_weights).sum(-1)).mean()",
        "a cross-entropy passes for the divergence",
    ),
    Mutant(
        "recipes/head_rank.py",
        "log_weights = head().log_softmax(-1)",
        "log_weights = head().log_softmax(-2)",
        "the weights of a key sum to 1, not those of a query",
    ),
    Mutant(
        "recipes/head_rank.py",
        "table.topk(num_keys).indices.sort(-1).values",
        "table.topk(num_keys).indices",
        "two keys must stand in order, too",
    ),
    Mutant(
        "recipes/head_rank.py",
        "make(torch.Generator().manual_seed(1000 + seed))",
        "make(torch.Generator().manual_seed(1000))",
        "every seed fits the same table",
    ),
    Mutant(
        "recipes/many_queries.py",
        "mapped / head_dim**0.5 @ key_maps",
        "mapped @ key_maps",
        "the queries of the heads forget the root",
    ),
    Mutant(
        "recipes/many_queries.py",
        "key_maps = heads.key_map.weight.unflatten(0, (-1, head_dim))",
        "key_maps = heads.key_map.weight.unflatten(0, (head_dim, -1)).transpose(0, 1)",
        "a head takes every third row of the keys' map",
    ),
    Mutant(
        "recipes/many_queries.py",
        "read = read + heads.value_map.bias",
        "pass",
        "the bias of the values is lost",
    ),
    Mutant(
        "recipes/many_queries.py",
        "heads.key_map.weight.copy_(torch.eye(width).repeat(num_queries, 1))",
        "heads.key_map.weight.copy_(torch.eye(width).repeat_interleave(num_queries, 0))",
        "no head sees all features of the keys",
    ),
    Mutant(
        "recipes/many_queries.py",
        "return contexts.flatten(-2)",
        "return contexts.mean(-2)",
        "what was read is averaged, not put side by side",
    ),
]
