"""Wrong versions of the checks that name what is of another kind."""

from mutants import Mutant

FILES = (
    "_checks.py",
    "layers.py",
    "multihead.py",
    "attention.py",
    "seq2seq.py",
    "transformer.py",
    "decoding.py",
    "positions.py",
)
OWN_TESTS = dict.fromkeys(FILES, "test_errors_kinds.py")
EDITS = {
    "_checks.py": [
        (
            "if isinstance(number, bool) or not (",
            "if not (",
            "True is a number",
        ),
        (
            'single or getattr(number, "ndim", None) == 0',
            'single or hasattr(number, "ndim")',
            "several numbers are one",
        ),
        (
            "isinstance(given, type) or not callable(given)",
            "not callable(given)",
            "a class is taken for its instance",
        ),
        (
            "if not 0 <= number <= 1:",
            "if not number <= 1:",
            "a share below 0",
        ),
        (
            "if tensor.shape != other.shape:",
            "if tensor.ndim != other.ndim:",
            "a change is broadcast",
        ),
        (
            "if not whole or token.shape != logits.shape[:1]:",
            "if not whole:",
            "one token is chosen for all rows",
        ),
        (
            "if known((tokens > most).any()):",
            "if False:",
            "a start is cut to the tokens' dtype",
        ),
    ],
    "layers.py": [
        (
            '        check_same_shape("change", change, x)\n',
            "",
            "a residual broadcasts what is added",
        ),
        (
            '        check_parameters("x", x, self.norm, self.model_dim, "model_dim")\n',
            "",
            "a residual takes any width",
        ),
        (
            '        check_kind("cache", cache, DecoderCache)\n',
            "",
            "a layer takes the cache of one attention",
        ),
    ],
    "multihead.py": [
        (
            '            check_cache(self.value, value, "values")\n',
            "",
            "values of another width are kept",
        ),
        (
            "        check_sequences(key=key, value=value)\n        check_lengths",
            "        check_lengths",
            "keys and values of two batches are kept",
        ),
    ],
    "positions.py": [
        (
            "if isinstance(offset, int):",
            "if False:",
            "far places are one place",
        ),
    ],
    "decoding.py": [
        (
            "            check_chosen(chosen, logits)\n",
            "",
            "a rule may choose anything",
        ),
    ],
}
MUTANTS = [
    Mutant(file, *edit) for file, edits in EDITS.items() for edit in edits
]
