"""Wrong versions of chapter 09's model, of its lines and of what it is asked."""

from mutants import Mutant

LINES, MODEL = "recipes/repeated_lines.py", "recipes/induction.py"
INSIDE, RUNS = "recipes/inside.py", "recipes/induction_runs.py"
OWN_TESTS = {
    LINES: "test_recipes_induction.py",
    MODEL: "test_recipes_induction.py",
    INSIDE: "test_recipes_inside.py",
    RUNS: "test_recipes_inside.py",
}
MUTANTS = [
    Mutant(
        LINES,
        "known = F.pad(predictable[:, 1:], (0, 1))",
        "known = predictable",
        "known is the place that is foretold, and not the one before",
    ),
    Mutant(
        LINES,
        "known = F.pad(known, (1, 0))",
        "known = F.pad(known, (0, 1))",
        "a start leaves what is known where it was",
    ),
    Mutant(
        LINES,
        "torch.Generator().manual_seed(1000 + seed)",
        "torch.Generator().manual_seed(seed)",
        "lines of the tests are those of the lessons",
    ),
    Mutant(
        LINES,
        "new[:, 0] = False",
        "pass",
        "the first letter counts as new",
    ),
    Mutant(
        LINES,
        "again[:, -1] = False",
        "pass",
        "the line goes round, and its end has a follower",
    ),
    Mutant(
        LINES,
        "again & (num_followers > 1)",
        "again & (num_followers > 0)",
        "one follower is several",
    ),
    Mutant(
        LINES,
        "had = same_letter(lines.tokens).tril(-1)",
        "had = same_letter(lines.tokens).tril()",
        "what comes next has been there before",
    ),
    Mutant(
        MODEL,
        "before = F.pad(key, (0, 0, 1, 0))[..., :-1, :]",
        "before = F.pad(key, (0, 0, 0, 1))[..., 1:, :]",
        "keys are smeared with the one after",
    ),
    Mutant(
        MODEL,
        "before.lerp(key, self.own.sigmoid())",
        "key.lerp(before, self.own.sigmoid())",
        "the share is that of the neighbour",
    ),
    Mutant(
        MODEL,
        "rotate=partial(rotate, base=BASE)",
        "rotate=rotate",
        "positions turn as slowly as in longer lines",
    ),
    Mutant(
        MODEL,
        "change, weights = layer(stream, mask=mask)\n            stream",
        "change, weights = layer(stream)\n            stream",
        "nothing is hidden",
    ),
    Mutant(
        MODEL,
        "            stream = stream + change\n",
        "            stream = change\n",
        "a layer replaces the stream",
    ),
    Mutant(
        MODEL,
        "induction_lines(64, generator, start)",
        "induction_lines(64, torch.Generator(), start)",
        "the seed does not decide the lines",
    ),
    Mutant(
        MODEL,
        "if step in MOMENTS:",
        "if step + 1 in MOMENTS:",
        "moments are kept a step early",
    ),
    Mutant(
        MODEL,
        "return deepcopy(model).half().float().eval()",
        "return model.half().float().eval()",
        "all moments are the last",
    ),
    Mutant(
        MODEL,
        "return Induced(model.half().float(), losses, moments)",
        "return Induced(model, losses, moments)",
        "the page gets another model than the chapter",
    ),
    Mutant(
        MODEL,
        "said.sum(dim=1) + layer.output_map.bias",
        "said.sum(dim=1)",
        "the bias is forgotten",
    ),
    Mutant(
        MODEL,
        "shares = layer.output_map.weight.T.unflatten(",
        "shares = layer.output_map.weight.unflatten(",
        "the output map is read along its columns",
    ),
    Mutant(
        MODEL,
        "right[where[:, :-1]]",
        "right[where[:, 1:]]",
        "right is counted one place late",
    ),
    Mutant(
        MODEL,
        "after = F.pad(same_letter(tokens)[:, :, :-1], (1, 0))",
        "after = same_letter(tokens)",
        "the letter itself is looked for, not what came after it",
    ),
    Mutant(
        MODEL,
        "torch.diag_embed(torch.ones(tokens.shape[-1] - 1), -1)",
        "torch.diag_embed(torch.ones(tokens.shape[-1] - 1), 1)",
        "the letter before is the one after",
    ),
    Mutant(
        MODEL,
        "weights[1].unsqueeze(2) @ weights[0].unsqueeze(1)",
        "weights[0].unsqueeze(2) @ weights[1].unsqueeze(1)",
        "the two maps are multiplied the wrong way round",
    ),
    Mutant(
        INSIDE,
        ".mean(dim=(1, 3))",
        ".mean(dim=1)[:, :, -1]",
        "the mean is that of the last place",
    ),
    Mutant(
        INSIDE,
        "if which == layer:",
        "if True:",
        "a head is taken away in both layers",
    ),
    Mutant(
        INSIDE,
        "said[:, head] = 0 if instead is None else instead[layer, head]",
        "said[:, head] = 0",
        "a mean is a zero",
    ),
    Mutant(
        INSIDE,
        "others = unseen_lines(num_lines, seed + 1, model.start)",
        "others = lines",
        "the mean is that of the lines that are asked",
    ),
    Mutant(
        INSIDE,
        "{first, second}, instead)",
        "{first}, instead)",
        "pairs are single heads",
    ),
    Mutant(
        INSIDE,
        "visible = torch.ones_like(weights).tril()",
        "visible = torch.ones_like(weights)",
        "hidden keys get weight",
    ),
    Mutant(
        INSIDE,
        "replaced(kind, weights) if number == layer else weights",
        "replaced(kind, weights)",
        "the weights of both layers are replaced",
    ),
    Mutant(
        INSIDE,
        "inside.weights * inside.values.norm(dim=-1).unsqueeze(-2)",
        "inside.weights * inside.values.norm(dim=-1).unsqueeze(-1)",
        "the length is that of the query's own value",
    ),
    Mutant(
        INSIDE,
        "lengths[..., 0] / lengths[..., 1:].mean(-1)",
        "lengths[..., 0] / lengths.mean(-1)",
        "the first is one of all others",
    ),
    Mutant(
        INSIDE,
        "rules = torch.cat([values.T.double(), torch.ones(1, len(own))])",
        "rules = values.T.double()",
        "weights need not be 1 in sum",
    ),
    Mutant(
        INSIDE,
        "most = int(weights.argmax())",
        "most = int(weights.argmin())",
        "the least favoured loses its weight",
    ),
    Mutant(
        INSIDE,
        "rules = rows[sizes > 1e-6 * sizes[0]]",
        "rules = rows[sizes > 0.5 * sizes[0]]",
        "most of the context may change",
    ),
    Mutant(
        INSIDE,
        'check_at_most(name, place, how_many - 1, "the last")',
        'check_at_most(name, place, how_many, "the last")',
        "a layer that there is not is taken away in silence",
    ),
    Mutant(
        RUNS,
        "inside.logits, lines.tokens, again.wavering",
        "inside.logits, lines.tokens, again.settled",
        "where a letter wavers is where it is settled",
    ),
    Mutant(
        RUNS,
        'places = {"new": new_letters(lines), "known": lines.known}',
        'places = {"new": lines.known, "known": new_letters(lines)}',
        "known letters are new",
    ),
]
