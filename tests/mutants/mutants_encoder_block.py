"""Faults in the widget that follows a token through an encoder layer: its files."""

from mutants import Mutant

WHOLE = True
BLOCK = "widgets/encoder_block/encoder_block.js"
MATHS = "widgets/encoder_block/block_math.js"
BLOCK_CSS = "widgets/encoder_block/encoder_block.css"
BLOCK_PY = "widgets/encoder_block/encoder_block.py"
IN_BLOCK = "browser/test_encoder_block.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    BLOCK: f"{IN_BLOCK} {IN_EVERY}",
    MATHS: IN_BLOCK,
    BLOCK_CSS: f"{IN_EVERY} {IN_BLOCK}",
    BLOCK_PY: f"test_widgets_encoder_block.py {IN_BLOCK}",
}
OF_MATHS = [
    (
        "enter(around, x, normFirst && on.norm)",
        "enter(around, x, normFirst)",
        "a norm that is off still normalises",
    ),
    (
        "const before = on.residual ? x : none;",
        "const before = x;",
        "a sum without its residual is made all the same",
    ),
    (
        "on[name] ? compute(seen) : none",
        "compute(seen)",
        "a part that is off adds what it makes",
    ),
    (
        "normFirst || !on.norm ? sum",
        "normFirst ? sum",
        "post-norm normalises without its norm",
    ),
    (
        "/ maps.length",
        "/ map.length",
        "the mean of the maps is divided by the tokens",
    ),
    (
        "before * after > 0 ?",
        "before * after < 0 ?",
        "what crosses zero is kept, all else is not",
    ),
    (
        "taken: [kept, before]",
        "taken: [kept, after]",
        "what is taken away ends where the sum does",
    ),
    (
        "which >= 2 ** PARTS.length;",
        "which < 0;",
        "the scale knows post-norm only",
    ),
]
OF_BLOCK = [
    (
        "on.norm)].output[at]]",
        "on.norm)].output[0]]",
        "every token adds what the first has read",
    ),
    (
        "[low, high] = [Math.min(from, to), Math.max(from, to)]",
        "[low, high] = [-Math.max(from, to), -Math.min(from, to)]",
        "bars grow the wrong way",
    ),
    (
        "weights[now.head - 1]",
        "weights[0]",
        "every head draws the first one's map",
    ),
    (
        "const whole = wayOf(at, { norm_first: now.norm_first,",
        "const whole = wayOf(at, { norm_first: true,",
        "what would leave is always pre-norm's",
    ),
    (
        "layer, inputs[at], readings",
        "layer, inputs[0], readings",
        "the scale of every token is the first one's",
    ),
    (
        "const from = i - (normFirst ? 2 : 1);",
        "const from = i - 2;",
        "post-norm's path leaves one station too early",
    ),
    (
        'ways[residual ? "on" : "off"]',
        'ways[residual || normFirst ? "on" : "off"]',
        "pre-norm keeps its path without its sums",
    ),
    (
        'now.attention ? "hidden" : "visible"',
        'now.norm ? "hidden" : "visible"',
        "the map is hatched where the norm is off",
    ),
    (
        'best === at ? "itself" : called(letters, best)} most, `, number',
        "called(letters, best)} most, `, number",
        "the readout says its own name instead of itself",
    ),
    (
        "ArrowUp: at - 1,",
        "ArrowUp: at + 1,",
        "the key up leads down",
    ),
    (
        'look === "added" ? 0.42 : 0.76',
        "0.76",
        "what is added is as wide as what was there",
    ),
    (
        "tied.set({ [part]: input.checked })",
        "tied.set({ [part]: true })",
        "a part cannot be taken away",
    ),
    (
        "onReset: () => tied.set(start)",
        "onReset: () => tied.set({ token: start.token })",
        "Reset brings back the token only",
    ),
    (
        ".length > 1 ? `${name} (${at + 1})`",
        ".length > 1 ? `${name} (${at})`",
        "places are counted from nought",
    ),
]
OF_CSS = [
    (
        ".block-added { fill: var(--ink)",
        ".block-added { fill: var(--value)",
        "what is added has the colour of what was there",
    ),
    (
        ".block-taken { fill: none",
        ".block-taken { fill: var(--value)",
        "what is taken away looks as if it were there",
    ),
]
OF_PY = [
    (
        'proposal["value"] >= self._num_tokens',
        'proposal["value"] > self._num_tokens',
        "a token beyond the last may be followed",
    ),
    (
        'proposal["value"] > self.num_heads',
        'proposal["value"] >= self.num_heads',
        "the last head may not be chosen",
    ),
    (
        "if size > MOST_BYTES:",
        "if size > 2 * MOST_BYTES:",
        "a layer may be twice as heavy",
    ),
    (
        "len(rows) <= MOST_TOKENS",
        "len(rows) < MOST_TOKENS",
        "twenty tokens are too many",
    ),
    (
        '{"norm_first": layer.around_attention.norm_first} | traits',
        'traits | {"norm_first": layer.around_attention.norm_first}',
        "the order of the norm cannot be said",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(BLOCK, OF_BLOCK),
    *_table(BLOCK_CSS, OF_CSS),
    *_table(BLOCK_PY, OF_PY),
]
