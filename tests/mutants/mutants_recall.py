"""Wrong versions of chapter 03's experiments."""

from mutants import Mutant

OWN_TESTS = {
    "recipes/recall.py": "test_recipes_recall.py",
    "recipes/glimpses.py": "test_recipes_glimpses.py",
    "recipes/estimators.py": "test_recipes_estimators.py",
    "recipes/two_masters.py": "test_recipes_two_masters.py",
}
MUTANTS = [
    Mutant(
        "recipes/recall.py",
        "order[:num_remembered], order[-NUM_ASKED:]",
        "order[:num_remembered], order[:NUM_ASKED]",
        "the memory is asked about what it remembers",
    ),
    Mutant(
        "recipes/recall.py",
        "key, value = memory[:, :4].flatten(1), memory[:, 4:].flatten(1)",
        "key, value = memory[:, 4:].flatten(1), memory[:, 4:].flatten(1)",
        "lower halves are keys and values",
    ),
    Mutant(
        "recipes/recall.py",
        "return 1 / weights.square().sum(-1)",
        "return 1 / weights.amax(-1)",
        "keys are counted by the heaviest alone",
    ),
    Mutant(
        "recipes/recall.py",
        "(weights @ one_hot(labels, 10).float()).argmax(-1)",
        "labels[weights.argmax(-1)]",
        "the label of the heaviest digit, not the heaviest label",
    ),
    Mutant(
        "recipes/recall.py",
        "known[:, 4:] = False",
        "known[:, :4] = False",
        "the upper half is erased",
    ),
    Mutant(
        "recipes/recall.py",
        "places = torch.rand(images.flatten(1).shape, generator=generator)",
        "places = torch.rand(64, generator=generator).expand(len(images), 64)",
        "the same pixels are erased from all",
    ),
    Mutant(
        "recipes/recall.py",
        "(query @ normalize(key, dim=-1).T)",
        "(query @ key.T)",
        "the angle is a product, and ink wins",
    ),
    Mutant(
        "recipes/recall.py",
        "memory[_nearest(upper, memory[:, :4]), 4:]",
        "memory[_nearest(truth, memory[:, 4:]), 4:]",
        "the nearest is found by the lower half that is asked for",
    ),
    Mutant(
        "recipes/glimpses.py",
        "* (chance - chance.detach())",
        "* chance",
        "the loss is not that of what was read",
    ),
    Mutant(
        "recipes/glimpses.py",
        "blame = (losses.detach() - baseline)",
        "blame = (baseline - losses.detach())",
        "what does well is blamed",
    ),
    Mutant(
        "recipes/glimpses.py",
        "baseline += 0.1 * (loss.item() - baseline)",
        "baseline = loss.item()",
        "the baseline is the last loss",
    ),
    Mutant(
        "recipes/glimpses.py",
        'sample = None if method == "soft" else "argmax"',
        "sample = METHODS[method]",
        "hard attention is tested by a draw",
    ),
    Mutant(
        "recipes/glimpses.py",
        "if p >= share)",
        "if p > share)",
        "the step that reaches the share is not counted",
    ),
    Mutant(
        "recipes/glimpses.py",
        "num_glimpses * HIDDEN * (NUM_PIXELS + 1)",
        "HIDDEN * (NUM_PIXELS + 1)",
        "one glimpse is scored and the rest for nothing",
    ),
    Mutant(
        "recipes/estimators.py",
        "return chances * (losses - expected) / len(losses)",
        "return chances * losses / len(losses)",
        "the exact gradient without what the other chances lose",
    ),
    Mutant(
        "recipes/estimators.py",
        "weights = chances * log_gradient.square().sum(-1)",
        "weights = chances",
        "the best baseline is the expected loss",
    ),
    Mutant(
        "recipes/estimators.py",
        "each = (chances * square).sum(-1) - mean.square().sum(-1)",
        "each = (chances * square).sum(-1)",
        "the variance is the mean square",
    ),
    Mutant(
        "recipes/estimators.py",
        "means.repeat_interleave(len(scenes[0]))",
        "means.repeat(len(scenes[0]))",
        "each sample takes the mean loss of another",
    ),
    Mutant(
        "recipes/estimators.py",
        '"error of bias": (variance / num_samples) ** 0.5 / length',
        '"error of bias": variance**0.5 / num_samples / length',
        "chance blurs the mean of many less than is true",
    ),
    Mutant(
        "recipes/estimators.py",
        "[CHUNK] * full + [rest] * bool(rest)",
        "[CHUNK] * max(1, full)",
        "the samples beyond whole chunks are lost",
    ),
    Mutant(
        "recipes/two_masters.py",
        "key = value = key + value",
        "key = key + value",
        "shared vectors are keys alone",
    ),
    Mutant(
        "recipes/two_masters.py",
        "if self.shared:",
        "if not self.shared:",
        "shared and separate are exchanged",
    ),
    Mutant(
        "recipes/two_masters.py",
        "apart = torch.Generator().manual_seed(1000 + seed)",
        "apart = torch.Generator().manual_seed(seed)",
        "the tests begin with the first lesson",
    ),
]
