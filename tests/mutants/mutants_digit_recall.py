"""Faults in the widget that recalls half a digit: its JavaScript and style sheet."""

from mutants import Mutant

WHOLE = True
RECALL = "widgets/digit_recall/digit_recall.js"
MATHS = "widgets/digit_recall/recall_math.js"
INK = "widgets/parts/ink.js"
ATTENTION = "widgets/parts/attention.js"
RECALL_CSS = "widgets/digit_recall/digit_recall.css"
IN_RECALL = "browser/test_digit_recall.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    RECALL: f"{IN_RECALL} {IN_EVERY}",
    MATHS: IN_RECALL,
    INK: IN_RECALL,
    ATTENTION: IN_RECALL,
    RECALL_CSS: f"{IN_EVERY} {IN_RECALL}",
}
OF_MATHS = [
    (
        'value: half === "upper" ? "lower" : "upper"',
        "value: half",
        "the values are the keys themselves",
    ),
    (
        'return { key: "whole", value: "whole" };',
        'return { key: half, value: "whole" };',
        "the ordinary mode compares one half",
    ),
    (
        "sums[labels[i]] += weight;",
        "sums[labels[i]] += 1;",
        "every digit has one vote",
    ),
    (
        "weights[b] - weights[a]).slice",
        "weights[a] - weights[b]).slice",
        "the weakest are named",
    ),
    (
        "const along = long ?",
        "const along = false ?",
        "the brush leaves ink where a stroke begins alone",
    ),
    (
        "row < first || row >= end",
        "row < first",
        "the brush reaches the recalled half",
    ),
    (
        "Math.min(was, 1 - level)",
        "Math.min(was, level)",
        "erasing takes what the brush does not touch",
    ),
]
OF_INK = [
    (
        "held &= (1 << bits) - 1;",
        "held &= 1 << bits;",
        "bits of a level are lost between two bytes",
    ),
    (
        "Math.round(255 * level)",
        "Math.round(255 * Math.sqrt(level))",
        "ink is painted by the root, as weights are",
    ),
    (
        "pen.globalAlpha = shade(weights[i]);",
        "pen.globalAlpha = weights[i];",
        "the wall is lit by the weight instead of its root",
    ),
    (
        "if (shade(weights[i]) <= LIT) continue;",
        "continue;",
        "ink is dark on a dark tile",
    ),
]
OF_ATTENTION = [
    (
        "context[i] += weight * value[k][i];",
        "context[i] += value[k][i] / weights.length;",
        "what is recalled is the mean of all",
    ),
    (
        "sum + weight * weight, 0)",
        "sum + weight, 0)",
        "one digit is always heard",
    ),
]
OF_RECALL = [
    (
        "order.forEach((i, n) => { spot[i] = n; });",
        "order.forEach((i, n) => { spot[n] = i; });",
        "the wall lights other digits than those that are heard",
    ),
    (
        'now.half === "upper" ? [...query, ...context] : [...context, ...query]',
        "[...query, ...context]",
        "a lower half is put on top",
    ),
    (
        "set({ digit: -1, began: -1, ink: [] })",
        "set({ digit: -1, ink: [] })",
        "a cleared pad keeps an older truth",
    ),
    (
        "digit: (origin(state()) + 1) % others.length",
        'digit: model.get("digit") + 1',
        "after the last digit there is none",
    ),
    (
        "began: origin(now), ink",
        "began: -1, ink",
        "a drawing forgets which digit it began with",
    ),
    (
        "n === row * SIDE + column ? Number(!erase) : level",
        "n === row * SIDE + column ? 1 : level",
        "the keyboard cannot erase",
    ),
    (
        "stroked(onPad(now), last ?? at, at, erase",
        "stroked(onPad(now), at, at, erase",
        "a stroke has gaps",
    ),
    (
        "    last = at;\n",
        "    last ??= at;\n",
        "every stroke goes on from where it began",
    ),
    (
        "    if (event.button !== 0) return;\n",
        "",
        "another button draws",
    ),
    (
        "first + inside(row - first, end - first)",
        "inside(row, SIDE)",
        "the cursor leaves the half that may be drawn on",
    ),
    (
        "stop = stopAt(cells",
        "stopAt(cells",
        "the Tab key stops at every cell that was visited",
    ),
    (
        "      choose(false);\n      tied.set(start);",
        "      tied.set(start);",
        "Reset leaves the brush erasing",
    ),
    (
        "    inks = null;\n    if (layout) show();",
        "    if (layout) show();",
        "the pictures stay light in the dark",
    ),
    (
        "const complete = whole ? context :",
        "const complete = whole ? query :",
        "what is mended is what was drawn",
    ),
    (
        "half.row.disabled = whole;",
        "half.row.disabled = false;",
        "a half may be chosen where there is none",
    ),
    (
        "number(many, 1)",
        "number(weights.length, 1)",
        "all digits are said to be heard",
    ),
    (
        'label === 8 ? "an" : "a"',
        'label === 8 ? "a" : "a"',
        "it looks like a 8",
    ),
]
OF_RECALL_CSS = [
    (
        ".recall-bar { fill: none; stroke: var(--weight)",
        ".recall-bar { fill: none; stroke: var(--key)",
        "weights have the colour of keys",
    ),
    (
        "touch-action: none;",
        "touch-action: pan-y;",
        "a finger scrolls the page instead of drawing",
    ),
    (
        "@container (max-width: 27rem) { .attn-face.attn-recall .attn-readout { min-height: 9em; } }\n",
        "",
        "what lies below the readout jumps",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(INK, OF_INK),
    *_table(ATTENTION, OF_ATTENTION),
    *_table(RECALL, OF_RECALL),
    *_table(RECALL_CSS, OF_RECALL_CSS),
]
