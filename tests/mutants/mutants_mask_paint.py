"""Faults in the widget on which a mask is painted: its four files."""

from mutants import Mutant

WHOLE = True
PAINT = "widgets/mask_paint/mask_paint.js"
MATHS = "widgets/mask_paint/mask_paint_math.js"
PAINT_CSS = "widgets/mask_paint/mask_paint.css"
HATCH = "widgets/parts/hatch.js"
IN_PAINT = "browser/test_mask_paint.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    PAINT: f"{IN_PAINT} {IN_EVERY}",
    MATHS: IN_PAINT,
    PAINT_CSS: f"{IN_EVERY} {IN_PAINT}",
    HATCH: IN_PAINT,
}
OF_MATHS = [
    (
        "letters[q * numTokens + k]",
        "letters[k * numTokens + q]",
        "the mask is read along its columns",
    ),
    (
        "scaledDotProductAttention(query, key, context, mask));",
        "scaledDotProductAttention(query, key, value, mask));",
        "the second layer reads what the first one read",
    ),
    (
        "change(key, key[token].map((feature) => -feature))",
        "key",
        "the changed token keeps its key",
    ),
    (
        "readLayers(changed, change(value, other))",
        "readLayers(changed, value)",
        "the changed token keeps its value",
    ),
    (
        "row.some((share, i)",
        "row.every((share, i)",
        "an output must change in all of its features",
    ),
    (
        "weight * weights[k][token]",
        "weight * weights[token][k]",
        "a way is walked backwards",
    ),
    (
        "return most > 0 ? passed.indexOf(most) : null;",
        "return passed.indexOf(most);",
        "what reaches nobody is heard through somebody",
    ),
]
OF_PAINT = [
    (
        "paleShade(share).toFixed(4)",
        "(2 * paleShade(share)).toFixed(4)",
        "a weight hides its number",
    ),
    (
        "for (const [row, column] of cells) mask[row][column] = may;",
        "for (const [row, column] of cells) mask[row][column] = !mask[row][column];",
        "a drag turns what it crosses instead of painting it",
    ),
    (
        "tied.set({ mask: presets.find(([, known]) => known === letters)?.[0] ?? letters });",
        "tied.set({ mask: letters });",
        "a mask that has a name is not called by it",
    ),
    (
        "presets.find(([name]) => name === mask)?.[1] ?? mask",
        "mask",
        "a chip's name is taken for letters",
    ),
    (
        "if (event.detail === 0) turn(row, column);",
        "turn(row, column);",
        "a click paints twice",
    ),
    (
        'box.addEventListener("click", (event) => { if (event.detail === 0) turn(row, column); });',
        "",
        "a screen reader's click paints nothing",
    ),
    (
        "if (!at || event.button !== 0) return;",
        "if (!at) return;",
        "the other button paints too",
    ),
    (
        "between(last.row, at.row, i + 1)",
        "between(last.row, at.row, steps)",
        "a fast hand skips cells",
    ),
    (
        "grid.setPointerCapture(event.pointerId);\n",
        "",
        "a drag never ends",
    ),
    (
        'grid.addEventListener("lostpointercapture", () => { brush = null; });',
        "",
        "the brush stays down when the hand is lifted",
    ),
    (
        '    last = at;\n  });\n  grid.addEventListener("lost',
        '    if (at) last = at;\n  });\n  grid.addEventListener("lost',
        "who comes back into the mask paints all between",
    ),
    (
        'if (event.key === " " || event.key === "Enter") {',
        'if (event.key === "Enter") {',
        "Space paints nothing",
    ),
    (
        "[row, column], [count, count])",
        "[row, column], [count, count - 1])",
        "no arrow leads to the last key",
    ),
    (
        "    boxes[cursor.row][cursor.column].tabIndex = -1;\n",
        "",
        "the Tab key stops at every cell that was visited",
    ),
    (
        "if (here) boxes[cursor.row]",
        "boxes[cursor.row]",
        "Reset calls into the mask",
    ),
    (
        "      stand({ row: start.token, column: start.token });\n",
        "",
        "Reset tells of another row",
    ),
    (
        "row.filter((_, k) => !mask[q][k])",
        "row.filter((_, k) => mask[q][k])",
        "what may be looked at is hatched",
    ),
    (
        "readLayers({ query, key, mask, layers }, value)",
        "readLayers({ query, key, mask, layers: 1 }, value)",
        "the shares of two layers are those of one",
    ),
    (
        'q < token ? "leaks" : "changes"',
        'q <= token ? "leaks" : "changes"',
        "a token leaks to itself",
    ),
    (
        'may ? "may" : "may not"',
        'may ? "may not" : "may"',
        "labels say the contrary",
    ),
    (
        "!zeros[q] && (may || share > 0)",
        "!zeros[q] && may",
        "what two layers pass on has no number",
    ),
    (
        'zeros[q] ? "all zeros" : ""',
        'zeros[q] ? "" : ""',
        "a row that sees nothing says nothing",
    ),
    (
        "const hears = passing(cursor.row) ? cursor.row",
        "const hears = passing(token) ? token",
        "the way of another row is told than the one read out",
    ),
    (
        "letters[at] === l.letters[at] && zeros",
        "l.letters && zeros",
        "what is closed where nothing weighed stays open",
    ),
    (
        " && share === l.shares[q][k]) return",
        ") return",
        "weights change only where the mask does",
    ),
    (
        "if (letters !== l.letters) place(hatch",
        "if (!l.letters) place(hatch",
        "the hatching stays as it was at first",
    ),
    (
        "[[hears, through], [through, token]]",
        "[[hears, through], [token, through]]",
        "the second ring stands at the mirrored cell",
    ),
    (
        "token ? `M${l.right",
        "token > 1 ? `M${l.right",
        "nothing tells before from after",
    ),
    (
        "q !== row && !each.some(Boolean)",
        "!each.some(Boolean)",
        "a row that sees nothing is counted among the others",
    ),
]
OF_CSS = [
    (
        "touch-action: none; ",
        "",
        "a finger that paints scrolls the page",
    ),
    (
        ".paint-weight { fill: var(--weight)",
        ".paint-weight { fill: var(--ink)",
        "weights are painted in ink",
    ),
    (
        ".attn-paint .attn-control.key { --accent: var(--key); }\n",
        "",
        "the changed token's slider is neutral",
    ),
]
OF_HATCH = [
    (
        "Math.min(along, wide)",
        "along",
        "hatching runs out of its cell at the right",
    ),
    (
        "Math.max(0, along - high)",
        "0",
        "hatching runs out of its cell below",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(PAINT, OF_PAINT),
    *_table(PAINT_CSS, OF_CSS),
    *_table(HATCH, OF_HATCH),
]
