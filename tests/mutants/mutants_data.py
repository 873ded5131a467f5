"""Wrong versions of the data sets."""

from mutants import Mutant

OWN_TESTS = {
    "data/lookup.py": "test_data_lookup.py",
    "data/strings.py": "test_data_strings.py",
    "data/vocabulary.py": "test_data_vocabulary.py",
    "data/digits.py": "test_data_digits.py",
    "data/dates.py": "test_data_dates.py",
    "data/_common.py": "test_errors_data.py",
}
MUTANTS = [
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
        "counts = same.sum(-1).clamp(max=MOST_COUNTED)",
        "counts = same.sum(-1)",
        "letters are counted on beyond 12",
    ),
    Mutant(
        "data/strings.py",
        "return letters, counts.where(real, IGNORED)",
        "return letters, counts",
        "padding is counted",
    ),
    Mutant(
        "data/strings.py",
        "alphabets = torch.rand(num_examples, NUM_LETTERS, generator=generator)",
        "alphabets = torch.rand(1, NUM_LETTERS, generator=generator).expand(num_examples, -1)",
        "all strings share an alphabet",
    ),
    Mutant(
        "data/strings.py",
        "torch.randint(few, many + 1, (num_examples, 1)",
        "torch.randint(few, many + 1, (1, 1)",
        "all alphabets are of one size",
    ),
    Mutant(
        "data/strings.py",
        "torch.randint(few, many + 1,",
        "torch.randint(few, max(few + 1, many),",
        "no alphabet is of the largest size",
    ),
    Mutant(
        "data/strings.py",
        "shortest, num_tokens + 1, (num_examples, 1)",
        "shortest, max(shortest + 1, num_tokens), (num_examples, 1)",
        "no string has the full length",
    ),
    Mutant(
        "data/strings.py",
        "lengths.unsqueeze(-1) - 1 - places",
        "max_length - 1 - places",
        "the padding comes first when a string is reversed",
    ),
    Mutant(
        "data/strings.py",
        "target[torch.arange(num_examples), lengths + 1] = END",
        "target[:, -1] = END",
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
        "_checks.py",
        "if size > most:",
        "if size >= most:",
        "the largest allowed size is refused",
    ),
]
