"""Faults in checkers of exercises: what they take for right, and what they say."""

from mutants import Mutant

# The tests read which checkers the chapters call.
WHOLE = True
TRANSFORMER = "exercises/transformer.py"
INSIDE = "exercises/inside.py"
REACH = "exercises/reach.py"
BASE = "exercises/base.py"
COMPARE = "exercises/compare.py"
OWN_TESTS = {
    TRANSFORMER: "test_exercises.py",
    INSIDE: "test_exercises.py",
    REACH: "test_exercises.py",
    BASE: "test_exercises_base.py",
    COMPARE: "test_exercises_base.py",
}
OF_THE_BASE = [
    (
        "(mistakes or {}).items() if compared else ()",
        "(mistakes or {}).items()",
        "what raised is hinted at by what is right elsewhere",
    ),
    (
        "if len(missing) == len(cases):",
        "if missing:",
        "one way without a return is told as if nothing were returned",
    ),
    (
        "if whole and _is_between(numbers[place]):",
        "if False:",
        "a number that should be whole is too large or too small",
    ),
    (
        "if not whole and off <= 10",
        "if off <= 10",
        "of a wrong whole number more digits are asked for",
    ),
    (
        "isinstance(one, str) and NUMBER.fullmatch(one.strip())",
        "isinstance(one, str)",
        "the quotes of a word are to be left out",
    ),
    (
        "for one in ([part] if inside is None else inside)",
        "for one in [part]",
        "numbers in inner brackets are none",
    ),
    (
        "isinstance(part, Tensor | list | tuple) for part in given",
        "isinstance(part, list | tuple) for part in given",
        "a list of rows that are tensors is refused",
    ),
]
OF_COMPARING = [
    (
        "if sum(alike) == 1 or (any(alike) and isinstance(got, tuple)):",
        "if False:",
        "whoever returns weights as well is told to stack them",
    ),
]
OF_REACH = [
    (
        "if made[0].table:",
        "if False:",
        "a table of scores is not called one",
    ),
    (
        "if long > TWICE * short:",
        "if False:",
        "who goes back to every token passes for two sums",
    ),
    (
        "if not (made._is_view() or func.__name__ in JOINS):",
        "if not made._is_view():",
        "who puts the outputs together one by one is refused",
    ),
]
OF_THE_TRANSFORMER = [
    (
        "return attention, network, both + 2 * norm, attention + both + 3 * norm",
        "return attention, network, both + 2 * norm, attention + both + 2 * norm",
        "what a mistake leads to in a decoder layer is counted with two norms",
    ),
    (
        "in_decoder(right[3] - 2 * one)",
        "in_decoder(right[3] - one)",
        "whoever leaves out two maps of the memory gets no hint",
    ),
    (
        "x = x + ask(norm(x), memory)\n        return",
        "x = x + ask(norm(x), norm(memory))\n        return",
        "the memory is normed once more",
    ),
    (
        "[case(1, 5), case(2, 3), case(3, 1)]",
        "[case(2, 3)]",
        "whoever exchanges queries and memory gets no hint",
    ),
    (
        "exchanged[1 + place, place] = (tokens + 1) % SYMBOLS",
        "exchanged[1:, place] = (tokens + 1) % SYMBOLS",
        "all characters are exchanged at once",
    ),
    (
        "real = torch.ones_like(real)",
        "real = real.clone()",
        "the padding is hidden in all machines",
    ),
    (
        "masks.get(name, causal)",
        "causal",
        "all machines have the causal mask",
    ),
    (
        '"one place too far": everyone.triu(-1)',
        '"one place too far": everyone.triu(-2)',
        "a mask that shows two places more has the name of another",
    ),
    (
        "wish = pairs.sort(dim=-1, descending=True).values",
        "wish = pairs.sort(dim=-1).values",
        "the smaller feature is to come first",
    ),
    (
        "ordered = pairs[:, 0] >= pairs[:, 1]",
        "ordered = pairs[:, 0] > pairs[:, 1]",
        "two equal features are not in order",
    ),
    (
        "steps = torch.tensor([1.0, 3.0, 0.0, -1.0, -3.0, 0.5, 20.0])",
        "steps = torch.tensor([1.0, 3.0])",
        "nothing negative, and nothing large, is tried",
    ),
    (
        "right = told(1.0 + sums)",
        "right = told(0.0 + sums)",
        "the input is no part of the stream",
    ),
    (
        "post = 0.5**sums",
        "post = 0.25**sums",
        "a norm divides the variance by four",
    ),
    (
        "tolerance=(0.005, 0.0005, 5e-6, 0.01)",
        "tolerance=(0.005, 0.0005, 5e-4, 0.01)",
        "any small number is the share that is left",
    ),
    (
        "logits = model(batch.source, batch.target, batch.mask)",
        "logits = model(batch.source, batch.target.flip(1), batch.mask)",
        "the decoder reads the answer from its end",
    ),
    (
        '"c": (True, "one character")',
        '"c": (False, "one character")',
        "no answer is the right one",
    ),
]
OF_THE_INSIDE = [
    (
        "F.pad(letters, (0, 0, places, 0))",
        "F.pad(letters, (0, 0, places + 1, 0))",
        "the letter before is the one before that",
    ),
    (
        "[0][-1].argmax()) + 1",
        "[0][-1].argmax())",
        "places are counted from 0",
    ),
    (
        "return letters @ before.T + before @ earlier.T",
        "return letters @ before.T",
        "one letter is compared where two should be",
    ),
    (
        "read_by(both, moved=first_letter)",
        "read_by(both, moved=_moved)",
        "whoever puts a letter before the line gets no hint",
    ),
    (
        "letters @ _moved(letters).T,",
        "_moved(letters) @ letters.T,",
        "the map of the induction head looks up the letter before",
    ),
    (
        "if k and LINE[k - 1] == own",
        "if LINE[k - 1] == own",
        "before the first place of a map stands the last one",
    ),
    (
        "return max(num_keys - equations, 0)",
        "return num_keys - equations",
        "fewer dimensions than none are free",
    ),
    (
        "torch.linalg.cross(torch.ones(3), values)",
        "torch.tensor([1.0, -2.0, 1.0])",
        "other weights keep their sum and not the output",
    ),
    (
        "steps[[0, 2]].min()",
        "steps[[0, 2]].max()",
        "the third key may get less than nothing",
    ),
    (
        '"induction": (letters, before),',
        '"induction": (before, letters),',
        "the induction head asks with the letter before",
    ),
    (
        "if (share >= ENOUGH).all():",
        "if (share >= ENOUGH).any():",
        "one place that looks where it should is enough",
    ),
    (
        "share.masked_fill(~wished.any(-1), 1.0)",
        "share.masked_fill(~wished.any(-1), 0.0)",
        "a head must find what is not there",
    ),
    (
        "if not weights.isfinite().all():",
        "if weights.isinf().any():",
        "what has become NaN is told as a share",
    ),
    (
        "UNKNOWN = 24, 7, 0.6",
        "UNKNOWN = 24, 7, 0.0",
        "the second head votes for nothing",
    ),
    (
        "became(looks + fixed.mean((0, 1)))",
        "became(looks - fixed.mean((0, 1)))",
        "the mean is taken off instead of put in",
    ),
    (
        "became(looks.mean((0, 1)) + fixed)",
        "became(looks + fixed)",
        "the first head stays where it is taken away",
    ),
]
MUTANTS = [
    Mutant(file, *edit)
    for file, edits in (
        (TRANSFORMER, OF_THE_TRANSFORMER),
        (INSIDE, OF_THE_INSIDE),
        (BASE, OF_THE_BASE),
        (COMPARE, OF_COMPARING),
        (REACH, OF_REACH),
    )
    for edit in edits
]
