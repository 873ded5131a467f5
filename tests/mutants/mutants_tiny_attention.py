"""Faults in the widget that shows a whole self-attention by hand: its files."""

from mutants import Mutant

WHOLE = True
TINY = "widgets/tiny_attention/tiny_attention.js"
MATHS = "widgets/tiny_attention/tiny_math.js"
TINY_CSS = "widgets/tiny_attention/tiny_attention.css"
TINY_PY = "widgets/tiny_attention/tiny_attention.py"
IN_TINY = "browser/test_tiny_attention.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    TINY: f"{IN_TINY} {IN_EVERY}",
    MATHS: IN_TINY,
    TINY_CSS: f"{IN_EVERY} {IN_TINY}",
    TINY_PY: "test_widgets_tiny_attention.py",
    "book/_ext/ties.py": "test_ties.py",
}
OF_MATHS = [
    (
        "flat.slice(FEATURES * n, FEATURES * (n + 1))",
        "[flat[n], flat[n + flat.length / FEATURES]]",
        "numbers are read down the columns",
    ),
    (
        'mask !== "causal" || before',
        'mask !== "causal" || !before',
        "a causal mask hides the past",
    ),
    (
        "score: query.map((q) => dotScores(q, key))",
        "score: key.map((k) => dotScores(k, query))",
        "rows of the scores are keys",
    ),
    (
        "scaledDotProductAttention(query, key, value, seen)",
        "scaledDotProductAttention(query, key, value)",
        "the mask is drawn and does nothing",
    ),
    (
        "[query_map, key_map, value_map].map",
        "[query_map, key_map, key_map].map",
        "values are made by the key map",
    ),
]
OF_TINY = [
    (
        "Math.min(Math.max(value, least), most)",
        "Math.max(value, least)",
        "a number grows past its end",
    ),
    (
        "Math.min(Math.max(value, least), most)",
        "Math.min(value, most)",
        "a number sinks past its end",
    ),
    (
        "numbers.map((old, i) => (i === at ? next : old))",
        "numbers.map((old, i) => (i % FEATURES === at % FEATURES ? next : old))",
        "a whole column is changed",
    ),
    (
        'box.addEventListener("focus", () => choose(cell));',
        "",
        "the buttons change the first number for ever",
    ),
    (
        "ArrowUp: now + 1, ArrowDown: now - 1",
        "ArrowUp: now - 1, ArrowDown: now + 1",
        "up is down",
    ),
    (
        "Home: least, End: most",
        "Home: most, End: least",
        "Home is the end",
    ),
    (
        "if (CELLS[next]?.name === cell.name) boxes[next].focus();",
        "boxes[next]?.focus();",
        "an arrow leaves its table",
    ),
    (
        "if (name === cell.name) boxes[i].tabIndex",
        "boxes[i].tabIndex",
        "the Tab key reaches one table alone",
    ),
    (
        "model.get(chosen.name)[chosen.at] + by)",
        "model.get(chosen.name)[chosen.at] - by)",
        "the buttons are exchanged",
    ),
    (
        '"aria-disabled": value === most',
        '"aria-disabled": value === least',
        "a number at its end is said to have room",
    ),
    (
        'place(boxes[i], { "aria-valuenow": value });',
        'place(boxes[i], { "aria-valuenow": start[name][at] });',
        "a screen reader hears the first number",
    ),
    (
        "const here = step >= from;",
        "const here = step > from;",
        "every step comes one too late",
    ),
    (
        'place(hatch, { visibility: masked && here ? "visible" : "hidden" });',
        'place(hatch, { visibility: masked ? "visible" : "hidden" });',
        "a grid that is yet to come is hatched",
    ),
    (
        "!found.seen[i][j]",
        "!found.seen[j][i]",
        "the wrong half is hatched",
    ),
    (
        'written = masked ? (name === "score" ? "" : "0") : signed(value, digits)',
        "written = signed(value, digits)",
        "a hidden score is shown",
    ),
    (
        "paleShade(value).toFixed(4)",
        "(2 * paleShade(value)).toFixed(4)",
        "a large weight hides its number",
    ),
    (
        "translate(0 ${token * HIGH})",
        "translate(0 ${(TOKENS - 1) * HIGH})",
        "the last token is framed, whoever is asked",
    ),
    (
        'row === token ? "tiny-row tiny-asking"',
        'row === 0 ? "tiny-row tiny-asking"',
        "the first token's number is lit, whoever is asked",
    ),
    (
        'class: step >= from ? "tiny-arrow"',
        'class: step > from ? "tiny-arrow"',
        "arrows lag behind",
    ),
    (
        "if (best.length === places.length)",
        "if (best.length === TOKENS)",
        "of two that are seen none is said to be like the other",
    ),
    (
        "const largest = Math.max(...weights);",
        "const largest = weights[token];",
        "each is said to look at itself",
    ),
    (
        "places.map((k) => said(score[token][k]))",
        "places.map((k) => said(score[k][token]))",
        "a column of the scores is said",
    ),
    (
        "vector(context[token], ",
        "vector(value[token], ",
        "a token is said to read its own value",
    ),
    (
        "onReset: () => tied.set(start),",
        "onReset: () => tied.set({ inputs: start.inputs }),",
        "Reset brings the inputs back alone",
    ),
    (
        "tied.on(KEPT, show);",
        'tied.on(["inputs", "step", "mask", "token"], show);',
        "a map that is changed changes nothing",
    ),
    (
        "const roomy = width >= ROOMY;",
        "const roomy = width >= 300;",
        "grids lie over each other where there is little room",
    ),
]
OF_CSS = [
    (
        ".attn-tiny .tiny-box.tiny-value { fill: var(--value); }",
        ".attn-tiny .tiny-box.tiny-value { fill: var(--key); }",
        "values have the keys' colour",
    ),
    (
        ".attn-tiny .tiny-frame { fill: none; stroke: var(--query);",
        ".attn-tiny .tiny-frame { fill: none; stroke: var(--line);",
        "the asked row is hardly framed",
    ),
    (
        "(max-width: 16.8rem) { .attn-face.attn-tiny .attn-readout { min-height: 9em; }",
        "(max-width: 16.8rem) { .attn-face.attn-tiny .attn-readout { min-height: 4.5em; }",
        "what lies below the readout jumps",
    ),
    (
        ".attn-tiny .attn-picture { position: relative; pointer-events: none; }",
        ".attn-tiny .attn-picture { position: relative; }",
        "the picture lies over what can be changed",
    ),
    (
        ".tiny-tight :is(.tiny-number, .tiny-title) { font-size: 10.5px; }",
        ".tiny-tight :is(.tiny-number, .tiny-title) { font-size: 13px; }",
        "numbers run into each other on a small phone",
    ),
]
OF_PYTHON = [
    (
        "LEAST <= number <= MOST and number == int(number)",
        "LEAST <= number <= MOST",
        "halves are cut off without a word",
    ),
    (
        "or numbers.dtype == torch.bool\n            or",
        "or",
        "truths are taken for numbers",
    ),
    (
        "if numbers.shape not in (shape, (size,)):",
        "if numbers.numel() != size:",
        "two tokens of three features pass",
    ),
]
OF_TIES = [
    (
        "    if len(texts) != len(ends):\n",
        "    if len(texts) < len(ends):\n",
        "a link may ask for more numbers than there are",
    ),
    (
        "number(name, *each) for each",
        "float(each[0]) for each",
        "a link may set a number past its end",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(TINY, OF_TINY),
    *_table(TINY_CSS, OF_CSS),
    *_table(TINY_PY, OF_PYTHON),
    *_table("book/_ext/ties.py", OF_TIES),
]
