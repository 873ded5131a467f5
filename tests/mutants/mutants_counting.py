"""Wrong versions of chapter 05's counting."""

from mutants import Mutant

COUNTS = "recipes/letter_counts.py"
TINY = "recipes/tiny.py"
OWN_TESTS = {
    COUNTS: "test_recipes_letter_counts.py",
    TINY: "test_recipes_tiny.py",
}
MUTANTS = [
    Mutant(
        COUNTS,
        "padding_mask(lengths, letters.shape[-1])",
        "None",
        "padding is looked at",
    ),
    Mutant(
        COUNTS,
        "letters = F.pad(letters, (1, 0), value=START_TOKEN)",
        "letters = F.pad(letters, (0, 1), value=START_TOKEN)",
        "the start token stands behind the word",
    ),
    Mutant(
        COUNTS,
        "value=START_TOKEN)",
        "value=PADDING)",
        "the start token is hidden as padding is",
    ),
    Mutant(
        COUNTS,
        "START_TOKEN = NUM_LETTERS + 1",
        "START_TOKEN = NUM_LETTERS",
        "the start token is a z",
    ),
    Mutant(
        COUNTS,
        "return logits[:, int(self.start) :], weights.squeeze(1)",
        "return logits[:, : letters.shape[-1] - int(self.start)], weights.squeeze(1)",
        "each letter's logits are those of the one before",
    ),
    Mutant(
        COUNTS,
        "EncoderLayer(WIDTH, 1, 2 * WIDTH, norm_first=True)",
        "EncoderLayer(WIDTH, 2, 2 * WIDTH, norm_first=True)",
        "there are two heads",
    ),
    Mutant(
        COUNTS,
        "counts.flatten(), ignore_index=IGNORED",
        "counts.flatten().clamp(min=0)",
        "padding has to be counted as well",
    ),
    Mutant(
        COUNTS,
        "letter_strings(batch_size, longest, shortest, generator=generator)",
        "letter_strings(batch_size, longest, 1, generator=generator)",
        "the shortest lesson has one letter, whatever was asked",
    ),
    Mutant(
        COUNTS,
        "letter_strings(batch_size, longest, shortest, generator=generator)",
        "letter_strings(batch_size, longest, None, generator=generator)",
        "all lessons are of the longest words",
    ),
    Mutant(
        COUNTS,
        "letter_strings(batch_size, longest, shortest, generator=generator)",
        "letter_strings(batch_size, longest, shortest)",
        "the words depend on how the model began",
    ),
    Mutant(
        COUNTS,
        "generator = seeded(seed)\n    model = LetterCounter(start)",
        "generator = seeded(seed)\n    model = LetterCounter(True)",
        "every model gets a start token",
    ),
    Mutant(
        COUNTS,
        "on_start = weights[:, 1:, 0]",
        "on_start = weights[:, 0, 1:]",
        "what the start token gives is taken for what it gets",
    ),
    Mutant(
        COUNTS,
        "for count in range(1, 9)",
        "for count in range(8)",
        "the weights begin with letters that do not occur",
    ),
    Mutant(
        COUNTS,
        "first = int(model.start)",
        "first = 0",
        "the start token is taken for a letter",
    ),
    Mutant(
        COUNTS,
        "(on_letters * equal).sum(-1) / on_letters.sum(-1)",
        "(on_letters * equal).sum(-1)",
        "equal letters share what the start token holds, too",
    ),
    Mutant(
        COUNTS,
        "return share[letters != PADDING].mean().item()",
        "return share.mean().item()",
        "padding is its own equal",
    ),
    Mutant(
        COUNTS,
        "manual_seed(1000 + seed)",
        "manual_seed(seed)",
        "the tests are drawn as the lessons are",
    ),
    Mutant(
        COUNTS,
        "logits.argmax(-1) == counts",
        "logits.argmax(-1) <= counts",
        "whoever says too little is right",
    ),
    Mutant(
        TINY,
        "key_map=torch.tensor([[0.0, 1.0], [1.0, 0.0]])",
        "key_map=torch.tensor([[1.0, 0.0], [0.0, 1.0]])",
        "keys are the inputs",
    ),
    Mutant(
        TINY,
        "value_map=torch.tensor([[1.0, 1.0], [-1.0, 1.0]])",
        "value_map=torch.tensor([[1.0, -1.0], [1.0, 1.0]])",
        "the map of the values is transposed",
    ),
]
