"""Faults in checkers of exercises: what they take for right, and what they say."""

from mutants import Mutant

# The tests read which checkers the chapters call.
WHOLE = True
TRANSFORMER = "exercises/transformer.py"
OWN_TESTS = {TRANSFORMER: "test_exercises.py"}
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
        "tolerance=(0.005, 0.0005, 5e-6, 0.5)",
        "tolerance=(0.005, 0.0005, 5e-4, 0.5)",
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
MUTANTS = [Mutant(TRANSFORMER, *edit) for edit in OF_THE_TRANSFORMER]
