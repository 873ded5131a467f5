"""Wrong versions of chapter 11's recipes and of what checks its exercises."""

from mutants import Mutant

COPYING, CAPITALS = "recipes/copying.py", "recipes/capitals.py"
CHECKS = "exercises/seq2seq.py"
# The tests read what is stored of these networks, and which checkers are called.
WHOLE = True
OWN_TESTS = {
    COPYING: "test_recipes_copying.py",
    CAPITALS: "test_recipes_capitals.py",
    CHECKS: "test_exercises.py",
}
MUTANTS = [
    Mutant(
        COPYING,
        'backwards=task == "reverse"',
        'backwards=task != "copies"',
        "who is to copy reverses",
    ),
    Mutant(
        COPYING,
        "pairs = date_pairs(num_examples, held_out, generator=generator)",
        "pairs = date_pairs(num_examples, generator=generator)",
        "the days of the exam are those of the lessons",
    ),
    Mutant(
        COPYING,
        "places = torch.arange(width) + batch.lengths.unsqueeze(-1)",
        "places = torch.arange(width) - batch.lengths.unsqueeze(-1)",
        "a date is cut in two and its padding stands between",
    ),
    Mutant(
        COPYING,
        "source[:, : int(lengths.max())], lengths, target[:, :written]",
        "source[:, : int(lengths.min())], lengths, target[:, :written]",
        "lessons lose the ends of their longest strings",
    ),
    Mutant(
        COPYING,
        "ignore_index=PADDING",
        "ignore_index=-100",
        "padding is to be written, too",
    ),
    Mutant(
        COPYING,
        "copy_lessons(task, num_steps, batch_size, generator, longest)",
        "copy_lessons(task, num_steps, batch_size, generator)",
        "the longest string of the lessons cannot be chosen",
    ),
    Mutant(
        COPYING,
        "return TaughtModel(model.half().float(), losses)",
        "return TaughtModel(model, losses)",
        "the page computes with other numbers than Python",
    ),
    Mutant(
        COPYING,
        "return tokens == answer, logits.argmax(-1) == answer",
        "return tokens == answer, tokens == answer",
        "told or alone is the same",
    ),
    Mutant(
        COPYING,
        "tokens = F.pad(tokens, (0, missing), value=END)",
        "tokens = F.pad(tokens, (0, missing), value=PADDING)",
        "after an early end the place of the end is not right",
    ),
    Mutant(
        COPYING,
        "right = places.flip(0) if backwards else places",
        "right = places",
        "where to look is counted from the front, whatever the task",
    ),
    Mutant(
        COPYING,
        "for off in (-1, 0, 1)",
        "for off in (1, 0, -1)",
        "before and after are exchanged",
    ),
    Mutant(
        COPYING,
        "looked = weights[:, :-1].argmax(-1)",
        "looked = weights[:, 1:].argmax(-1)",
        "a look is counted for the letter before",
    ),
    Mutant(
        COPYING,
        "return weights[0, :-1]",
        "return weights[0, 1:]",
        "an alignment begins one letter late",
    ),
    Mutant(
        COPYING,
        'model, _exam(task, 20, seed), task == "reverse"',
        'model, _exam(task, 20, seed), task == "copy"',
        "looks of copies are counted backwards",
    ),
    Mutant(
        COPYING,
        "alone[lengths >= 21]",
        "alone[lengths >= 12]",
        "long lines are not only the long ones",
    ),
    Mutant(
        COPYING,
        "torch.Generator().manual_seed(1000 + seed)\n    return draw_copies",
        "torch.Generator().manual_seed(seed)\n    return draw_copies",
        "strings of the exam are drawn as the lessons are",
    ),
    Mutant(
        CAPITALS,
        "rare[:, 0] = True",
        "rare[:, 0] = rare[:, 1]",
        "a string begins without a capital",
    ),
    Mutant(
        CAPITALS,
        "capital.gather(1, last)",
        "capital",
        "the capital of the place is told, which nobody saw",
    ),
    Mutant(
        CAPITALS,
        "torch.full_like(keep, forget)",
        "torch.full_like(keep, 1 - forget)",
        "where the gate is to be open it is shut",
    ),
    Mutant(
        CAPITALS,
        "keep.sigmoid() if forget is None",
        "keep.sigmoid() if not forget",
        "a gate cannot be held at 0",
    ),
    Mutant(
        CAPITALS,
        "tokens = torch.where(place > 7, small, tokens)",
        "tokens = torch.where(place > 99, small, tokens)",
        "another capital may come after the last",
    ),
    Mutant(
        CAPITALS,
        "tokens = torch.where(place == 7, capital, tokens)",
        "tokens = torch.where(place == 0, capital, tokens)",
        "the capital that is asked for is the first",
    ),
    Mutant(
        CAPITALS,
        '"held at 0": rates(0.0) if lstm else []',
        '"held at 0": rates(1.0) if lstm else []',
        "both are held at 1",
    ),
    Mutant(
        CAPITALS,
        "tokens[:, 0 if first else 7]",
        "tokens[:, 7]",
        "the first capital is counted as the last",
    ),
    Mutant(
        CAPITALS,
        "steps.append((write, keep,",
        "steps.append((keep, write,",
        "what is written is shown as what is kept",
    ),
    Mutant(
        CHECKS,
        "right = told(lambda c, f, i, g: f * c + i * g)",
        "right = told(lambda c, f, i, g: f * c + i * g + 0.01)",
        "another memory is right",
    ),
    Mutant(
        CHECKS,
        "inside = scores.masked_fill(far.abs() > half, -torch.inf).softmax(-1)",
        "inside = scores.masked_fill(far.abs() >= half, -torch.inf).softmax(-1)",
        "a letter on the window's edge is hidden",
    ),
    Mutant(
        CHECKS,
        "place = (place + 1).clamp(max=LETTERS - 1)",
        "place = (place - 1).clamp(min=0)",
        "off by one on the other side",
    ),
    Mutant(
        CHECKS,
        "high = ~opened & (state > OUTSIDE)",
        "high = ~opened & (state > INSIDE)",
        "much may be shown outside of brackets",
    ),
    Mutant(
        CHECKS,
        "decoder(target, hidden, memory[:, order], mask)",
        "decoder(target, hidden, memory, mask)",
        "nothing is shuffled",
    ),
]
