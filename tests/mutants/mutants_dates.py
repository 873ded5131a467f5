"""Wrong versions of what chapter 08 takes away, asks of heads, and points at."""

from mutants import Mutant

AWAY, HEADS, DATES, PLANS = (
    "recipes/taken_away.py",
    "recipes/date_heads.py",
    "recipes/dates.py",
    "plots/plans.py",
)
OWN_TESTS = {
    AWAY: "test_recipes_taken_away.py",
    HEADS: "test_recipes_date_heads.py",
    DATES: "test_recipes_date_heads.py",
    PLANS: "test_drawings.py",
}
OF_AWAY = [
    (
        "return self.attention(*inputs, **options)",
        "return self.attention(*inputs, mask=mask, **options)",
        "the mask that was left out is there",
    ),
    (
        "        return change\n",
        "        return x + change\n",
        "what was taken away is still added",
    ),
    (
        "return torch.zeros_like(x)",
        "return x",
        "a part that adds nothing adds its input",
    ),
    (
        "for attention in attentions(model):",
        "for attention in attentions(model)[:-1]:",
        "the attention to the source keeps its scale",
    ),
    (
        "return model.dropout(embedding(tokens) * model.model_dim**0.5)",
        "return model.dropout(embedding(tokens))",
        "with the positions the embedding's scale went",
    ),
    (
        "        stack.norm = nn.Identity()\n",
        "",
        "the last norm stays",
    ),
    (
        "generator = torch.Generator().manual_seed(7)",
        "generator = None",
        "every exam asks for other days",
    ),
    (
        "num_dates, held_out=True,",
        "num_dates, held_out=False,",
        "the exam asks for days of the lessons",
    ),
    (
        "return right / len(pairs)",
        "return right / NUM_DATES",
        "a share of all that there could be",
    ),
]
OF_HEADS = [
    (
        "alignment_hits(model, pairs, head)",
        "alignment_hits(model, pairs)",
        "all heads are asked for each",
    ),
    (
        "[each == field for each in digits]",
        "[each != field for each in digits]",
        "the digits of the other fields are counted",
    ),
    (
        "torch.arange(attention.num_heads) != head",
        "torch.arange(attention.num_heads) == head",
        "one head alone stays on",
    ),
    (
        "        attention.switch_heads(None)\n",
        "",
        "a head stays off",
    ),
]
OF_DATES = [
    (
        "found = [layer.attention for layer in model.encoder.layers]",
        "found = [layer.attention for layer in model.encoder.layers[::-1]]",
        "the encoder's layers the wrong way round",
    ),
]
OF_PLANS = [
    (
        'fill, line = (role or "ink") if lit else "paper", role or "soft"',
        'fill, line = "paper", role or "soft"',
        "nothing is lit in the small plan",
    ),
    (
        "down * i + 1,",
        "down * (len(layers) - i) + 1,",
        "the small plan stands on its head",
    ),
    (
        "if not lit or not {*lit} <= {*names}:",
        "if not {*lit} <= {*names}:",
        "a small plan without a place",
    ),
    (
        'return name.replace("-\\n", "-")',
        'return name.replace("-\\n", "- ")',
        "a parted word is said in two",
    ),
]
MUTANTS = [
    Mutant(file, old, new, reason)
    for file, table in (
        (AWAY, OF_AWAY),
        (HEADS, OF_HEADS),
        (DATES, OF_DATES),
        (PLANS, OF_PLANS),
    )
    for old, new, reason in table
]
