"""Faults in the widget of the hands of positions: its JavaScript and style sheet."""

from mutants import Mutant

WHOLE = True
CLOCKS = "widgets/clock_hands/clock_hands.js"
MATHS = "widgets/clock_hands/clock_hands_math.js"
POSITIONS = "widgets/parts/positions.js"
CLOCKS_CSS = "widgets/clock_hands/clock_hands.css"
CLOCKS_PY = "widgets/clock_hands/clock_hands.py"
IN_CLOCKS = "browser/test_clock_hands.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    CLOCKS: f"{IN_CLOCKS} {IN_EVERY}",
    MATHS: IN_CLOCKS,
    POSITIONS: "browser/test_nn.py",
    CLOCKS_CSS: f"{IN_EVERY} {IN_CLOCKS}",
    CLOCKS_PY: "test_widgets_clock_hands.py",
}
OF_POSITIONS = [
    (
        "(offset + n) / times",
        "n / times",
        "every sequence begins at position 0",
    ),
    (
        "base ** ((2 * i) / dim)",
        "base ** (i / dim)",
        "the hands slow down half as fast",
    ),
    (
        "angles(numTokens, modelDim, offset, base)",
        "angles(numTokens, modelDim, offset, 10000)",
        "every base is ten thousand",
    ),
    (
        "[Math.sin(angle), Math.cos(angle)]",
        "[Math.cos(angle), Math.sin(angle)]",
        "sine and cosine are exchanged",
    ),
    (
        ".slice(0, modelDim)",
        "",
        "an odd width has a feature too many",
    ),
]
OF_MATHS = [
    (
        "(2 * Math.PI) / angle",
        "Math.PI / angle",
        "half a turn is called a whole one",
    ),
    (
        "sinusoidalPositions(2 * most + 1, dim, 0, base)",
        "sinusoidalPositions(2 * most + 1, dim, 0)",
        "the products do not know the base",
    ),
    (
        "dot(vectors[most], vector)",
        "dot(vectors[0], vector)",
        "the products begin at the least offset",
    ),
    (
        "return turn - 2 * Math.PI * Math.round(turn / (2 * Math.PI));",
        "return turn;",
        "the longer way round is taken",
    ),
    (
        '.replace(/^-(?=[0.]+$)/, "")',
        "",
        "nothing has a sign",
    ),
    (
        "if (!tight || period < 999.5)",
        "if (period < 999.5)",
        "periods are always short",
    ),
    (
        "degrees < 9.95 ?",
        "degrees < 0.95 ?",
        "a few degrees have no decimal",
    ),
]
OF_CLOCKS = [
    (
        "onReset: () => tied.set(start),",
        'onReset: () => tied.set({ ...start, base: model.get("base") }),',
        "Reset leaves the base",
    ),
    (
        "other: position + offset };",
        "other: position - offset };",
        "the other position lies on the wrong side",
    ),
    (
        '(name === "other" ? further : turned)[i]',
        "turned[i]",
        "both hands stand together",
    ),
    (
        "hundredths(y - long * Math.sin(angle))];",
        "hundredths(y + long * Math.sin(angle))];",
        "hands turn with the clock",
    ),
    (
        "vector.slice(2 * i, 2 * i + 2)",
        "vector.slice(i, i + 2)",
        "cells do not stand below their clock",
    ),
    (
        "const [vector] = sinusoidalPositions(1, dim, at[name], base);",
        "const [vector] = sinusoidalPositions(1, dim, position, base);",
        "both rows of cells are the same",
    ),
    (
        "values[j] > 0 ? middle - long : middle",
        "middle - long",
        "what is below 0 rises",
    ),
    (
        "if (dim !== layout.dim || base !== layout.base) {",
        "if (dim !== layout.dim) {",
        "another base keeps the curve",
    ),
    (
        "${by > 0 ? 0 : 1}",
        "0",
        "a wedge bends inwards",
    ),
    (
        "turned[i], between[i])",
        "further[i], between[i])",
        "a wedge begins at the other hand",
    ),
    (
        "fill(cosine, inCell(Math.cos(between[i])",
        "fill(cosine, inCell(between[i] / Math.PI",
        "an angle is written where its cosine belongs",
    ),
    (
        "const FLOOR = -0.75;",
        "const FLOOR = -0.55;",
        "a curve leaves its axes",
    ),
    (
        "products[offset + reach];",
        "products[reach];",
        "the product is that of no offset",
    ),
    (
        "const rows = roomy ? 1 : 2;",
        "const rows = 1;",
        "on a phone all clocks stand in one row",
    ),
    (
        "const TWO_DECIMALS = 29;",
        "const TWO_DECIMALS = 20;",
        "numbers of cells touch",
    ),
    (
        "Math.min(Math.max(x, 52), wide - 52)",
        "x",
        "the product's words leave the picture",
    ),
    (
        "slides.offset.show(offset, shift(offset));",
        "slides.offset.show(start.offset, shift(start.offset));",
        "a slider stays where it was",
    ),
    (
        "between.map(Math.abs), product)",
        "between, product)",
        "an angle is less than nothing",
    ),
]
OF_CSS = [
    (
        "stroke-width: 1.75; stroke-dasharray: 4 3; }",
        "stroke-width: 1.75; }",
        "both hands are told apart by colour alone",
    ),
    (
        ".clock-bar.clock-other { fill: var(--paper)",
        ".clock-bar.clock-other { fill: var(--soft)",
        "the bars of both look alike",
    ),
    (
        ".clock-hand { fill: none; stroke: var(--ink)",
        ".clock-hand { fill: none; stroke: var(--query)",
        "a hand has the colour of queries",
    ),
    (
        "(max-width: 17.3rem) { .attn-face.attn-clocks .attn-readout { min-height: 13.5em; } }",
        "(max-width: 17.3rem) { .attn-face.attn-clocks .attn-readout { min-height: 9em; } }",
        "the sentence outgrows its room",
    ),
]
OF_PY = [
    (
        '"position": [MOST_OFFSET, LAST, 1],',
        '"position": [0, LAST, 1],',
        "a link may ask for positions below 0",
    ),
    (
        "return self._one_of(DIMS, proposal)",
        'return proposal["value"]',
        "any number of features is taken",
    ),
    (
        "return self._one_of(BASES, proposal)",
        'return proposal["value"]',
        "any base is taken",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(POSITIONS, OF_POSITIONS),
    *_table(MATHS, OF_MATHS),
    *_table(CLOCKS, OF_CLOCKS),
    *_table(CLOCKS_CSS, OF_CSS),
    *_table(CLOCKS_PY, OF_PY),
]
