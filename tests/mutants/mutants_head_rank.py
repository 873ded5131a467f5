"""Faults in the widget that shows what a head's width leaves: its three files."""

from mutants import Mutant

WHOLE = True
RANK = "widgets/head_rank/head_rank.js"
MATHS = "widgets/head_rank/rank_math.js"
STOPS = "widgets/parts/stops.js"
RANK_CSS = "widgets/head_rank/head_rank.css"
IN_RANK = "browser/test_head_rank.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    RANK: f"{IN_RANK} {IN_EVERY}",
    MATHS: IN_RANK,
    STOPS: IN_RANK,
    RANK_CSS: f"{IN_EVERY} {IN_RANK}",
}
OF_MATHS = [
    (
        "query.map((q) => scaledDotScores(q, key))",
        "key.map((k) => scaledDotScores(k, query))",
        "keys ask and queries answer",
    ),
    (
        "Math.exp(score - largest), 0));",
        "Math.exp(score), 0)) - largest;",
        "large scores overflow",
    ),
    (
        "weight * (Math.log(weight) - score + total)",
        "weight * (total - score)",
        "the entropy is not taken away",
    ),
    (
        "return sum / scores.length;",
        "return sum / scores[0].length;",
        "the mean is taken over keys",
    ),
    (
        "Math.min(...meant) > Math.max(...others)",
        "Math.max(...meant) > Math.max(...others)",
        "one of two keys is enough",
    ),
    (
        "Math.min(...meant) > Math.max(...others)",
        "Math.min(...meant) >= Math.max(...others)",
        "a tie points right",
    ),
    (
        "shares.slice(width)",
        "shares.slice(width - 1)",
        "the last rank is not counted",
    ),
]
OF_RANK = [
    (
        "const key = `${width} ${target}`;",
        "const key = `${width}`;",
        "every table is taken for the first one seen",
    ),
    (
        "const head = given.fits[n][width];",
        "const head = given.fits[0][width];",
        "all tables have the heads of the first",
    ),
    (
        "leftOver(shares[n], width)",
        "leftOver(shares[0], width)",
        "what is left is of the first table",
    ),
    (
        "Math.min(width, numQueries, numKeys)",
        "width",
        "a rank above the number of queries",
    ),
    (
        'node.addEventListener("click", point);',
        "",
        "a finger reads nothing out",
    ),
    (
        '(event) => { if (event.pointerType === "mouse") point(event); }',
        "() => {}",
        "a mouse reads out only what it clicks",
    ),
    (
        "((event.clientY - box.top) / box.height) * numQueries), numQueries)",
        "((event.clientY - box.top) / box.height) * numKeys), numQueries)",
        "rows are measured as columns",
    ),
    (
        "[row, column], [numQueries, numKeys])",
        "[row, column], [numKeys, numKeys])",
        "the cursor leaves the map below",
    ),
    (
        "    stand(...next); //",
        "    //",
        "of two keys within a frame one is lost",
    ),
    (
        "[found.key, found.made]]",
        "[found.key, found.wanted]]",
        "every head makes what is wanted",
    ),
    (
        "    painted = [];\n    if (layout) show();",
        "    if (layout) show();",
        "the maps stay light in the dark",
    ),
    (
        "    if (labelled !== found.key) {",
        "    if (!labelled) {",
        "cells keep the labels of the first head",
    ),
    (
        '(right ? "" : `M',
        '(!right ? "" : `M',
        "what points right is crossed out",
    ),
    (
        "pointing: right.filter(Boolean).length",
        "pointing: right.length",
        "every query is counted as right",
    ),
    (
        'it points ${right[row] ? "right" : "wrong"}',
        'it points ${right[column] ? "right" : "wrong"}',
        "another query is judged",
    ),
    (
        "number(made[row][column], 2",
        "number(wanted[row][column], 2",
        "a head is said to give what it should",
    ),
    (
        "onReset: () => tied.set(start),",
        "onReset: () => tied.set({ target: start.target }),",
        "Reset brings the table back alone",
    ),
    (
        "if (n === 1) at(grid, left, top, wide, high);",
        "if (n === 0) at(grid, left, top, wide, high);",
        "the cells lie over the wanted map",
    ),
    (
        "width >= 600 ? 4 : 2",
        "roomy ? 4 : 2",
        "numbers run into each other",
    ),
]
OF_STOPS = [
    (
        "  if (stop) stop.tabIndex = -1;\n",
        "",
        "the Tab key stops at every cell that was visited",
    ),
    (
        "  if (here) next.focus();\n",
        "  next.focus();\n",
        "whoever moves a slider is called into the map",
    ),
    (
        "  if (here) next.focus();\n",
        "",
        "who walks the map is left behind",
    ),
    (
        "Home: [0, -Infinity]",
        "Home: [-Infinity, 0]",
        "Home goes up instead of to the row's first cell",
    ),
    (
        "Math.max(at, 0), count - 1)",
        "Math.max(at, 0), count)",
        "an arrow leads out of the map",
    ),
    (
        "  if (!way) return null;\n",
        "  if (!way) return [row, 0];\n",
        "any key leads to the row's first cell",
    ),
]
OF_CSS = [
    (
        "canvas { position: absolute; display: block; color: var(--weight)",
        "canvas { position: absolute; display: block; color: var(--ink)",
        "weights are painted in ink",
    ),
    (
        ".attn-rank .attn-control.key { --accent: var(--key); }\n",
        "",
        "the key's slider is neutral",
    ),
    (
        "@container (max-width: 17rem) { .attn-face.attn-rank .attn-readout { min-height: 13.5em; } }\n",
        "@container (max-width: 17rem) { .attn-face.attn-rank .attn-readout { min-height: 4.5em; } }\n",
        "what lies below the readout jumps",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(RANK, OF_RANK),
    *_table(STOPS, OF_STOPS),
    *_table(RANK_CSS, OF_CSS),
]
