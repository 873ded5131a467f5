"""Wrong versions of chapter 02's experiments."""

from mutants import Mutant

OWN_TESTS = {
    "data/prompts.py": "test_data_prompts.py test_errors_data.py",
    "recipes/scoring.py": "test_recipes_scoring.py",
    "recipes/in_context.py": "test_recipes_in_context.py",
    "recipes/scaling.py": "test_recipes_scaling.py",
}
MUTANTS = [
    Mutant(
        "scores.py",
        "self.query_map(query) @ self.key_map(key).transpose(-2, -1)",
        "query @ self.key_map(key).transpose(-2, -1)",
        "the low-rank score maps the keys alone",
    ),
    Mutant(
        "scores.py",
        "self.key_map = nn.Linear(key_dim, rank, bias=False)",
        "self.key_map = nn.Linear(key_dim, rank)",
        "the low-rank score adds a bias to its keys",
    ),
    Mutant(
        "data/prompts.py",
        "torch.sin(3 * x @ w)",
        "torch.sin(2 * x @ w)",
        "the wave is longer than is said",
    ),
    Mutant(
        "data/prompts.py",
        "w = torch.randn(num_prompts, width, 1, generator=generator)",
        "w = torch.randn(width, 1, generator=generator)",
        "all prompts are told one wave",
    ),
    Mutant(
        "data/prompts.py",
        "phase = torch.rand(num_prompts, 1, 1, generator=generator) * 2 * math.pi",
        "phase = torch.rand(num_prompts, 1, 1, generator=generator) * math.pi",
        "the phase is on half of the circle",
    ),
    Mutant(
        "data/prompts.py",
        "slope = torch.randn(num_prompts, 1, 1, generator=generator)",
        "slope = torch.randn(num_prompts, 1 + num_pairs, 1, generator=generator)",
        "every point of a ridge has a slope of its own",
    ),
    Mutant(
        "data/prompts.py",
        "return normalize(torch.randn(shape, generator=generator), dim=-1)",
        "return torch.randn(shape, generator=generator)",
        "the points have any length",
    ),
    Mutant(
        "data/prompts.py",
        "x[:, :1], x[:, 1:], y[:, 1:], y[:, 0, 0]",
        "x[:, :1], x[:, 1:], y[:, 1:], y[:, 1, 0]",
        "the label is what the first pair says",
    ),
    Mutant(
        "data/prompts.py",
        "if not abs(length - 1) < 1e-3:",
        "if abs(length - 1) > 1e-3:",
        "a direction may be NaN",
    ),
    Mutant(
        "recipes/scoring.py",
        "rotation=turn if rotated else None",
        "rotation=turn",
        "the same space is a different one",
    ),
    Mutant(
        "recipes/scoring.py",
        "generator=generator,\n        )\n\n    tests",
        "generator=seeded(seed),\n        )\n\n    tests",
        "the score is tested on what it was taught",
    ),
    Mutant(
        "recipes/scoring.py",
        "hits(score, draw(NUM_TESTS, others, apart))",
        "hits(score, draw(NUM_TESTS, generator=apart))",
        "the other keys are those of the lessons",
    ),
    Mutant(
        "recipes/scoring.py",
        "found = weights.squeeze(1).argmax(-1) == place",
        "found = weights.squeeze(1).argmax(-1) == label",
        "a slot is found where its number is the class",
    ),
    Mutant(
        "recipes/scoring.py",
        "(share + 1e-9).log()",
        "share.log()",
        "a share of 0 makes the loss infinite",
    ),
    Mutant(
        "recipes/scoring.py",
        "if any(True for _ in score.parameters()):",
        "if True:",
        "a score with nothing to train is trained",
    ),
    Mutant(
        "recipes/scoring.py",
        "LowRankScore(WIDTH, WIDTH, rank)",
        "LowRankScore(WIDTH, WIDTH, WIDTH)",
        "every rank is the full one",
    ),
    Mutant(
        "recipes/in_context.py",
        "matrix.diagonal().mean().item() ** -0.5",
        "matrix.diagonal().mean().item() ** -1",
        "the bandwidth is taken for its square",
    ),
    Mutant(
        "recipes/in_context.py",
        "return self.map.weight.T @ self.map.weight",
        "return self.map.weight @ self.map.weight.T",
        "the matrix of a map is the one on its other side",
    ),
    Mutant(
        "recipes/in_context.py",
        "best = min(errors, key=errors.get)",
        "best = max(errors, key=errors.get)",
        "the worst bandwidth is the best",
    ),
    Mutant(
        "recipes/in_context.py",
        "manual_seed(1000 + seed)",
        "manual_seed(seed)",
        "the tests begin as the lessons do",
    ),
    Mutant(
        "recipes/in_context.py",
        "(others[0] @ direction)",
        "(others[:, 0] @ direction)",
        "the side of the keys is read along the other axis",
    ),
    Mutant(
        "recipes/in_context.py",
        "sizes[0] ** 2 / sizes.square().sum()",
        "sizes[0] / sizes.sum()",
        "the share is of the values, not of their squares",
    ),
    Mutant(
        "recipes/scaling.py",
        "torch.diag_embed(weights) - crossed",
        "torch.diag_embed(weights)",
        "the Jacobian forgets that weights share",
    ),
    Mutant(
        "recipes/scaling.py",
        "torch.special.entr(weights)",
        "-(weights * weights.log())",
        "a weight of 0 has no entropy",
    ),
    Mutant(
        "recipes/scaling.py",
        "norms.quantile(0.5)",
        "norms.mean()",
        "the median is the mean",
    ),
    Mutant(
        "recipes/scaling.py",
        "(ScaledDotScore if scaled else DotScore)()",
        "(DotScore if scaled else ScaledDotScore)()",
        "with and without the root are exchanged",
    ),
    Mutant(
        "recipes/scaling.py",
        "return inputs + context",
        "return context",
        "a layer forgets its inputs",
    ),
    Mutant(
        "recipes/scaling.py",
        "for linear in (layer.query_map, layer.key_map)",
        "for linear in (layer.query_map, layer.value_map)",
        "the gradient is that of what is read",
    ),
    Mutant(
        "recipes/scaling.py",
        "/ 2**0.5",
        "/ 1.0",
        "queries and keys start with twice the variance",
    ),
]
