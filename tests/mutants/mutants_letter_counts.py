"""Faults in the widget that counts letters: its JavaScript and style sheet."""

from mutants import Mutant

WHOLE = True
COUNTS = "widgets/letter_counts/letter_counts.js"
MATHS = "widgets/letter_counts/letter_counts_math.js"
COUNTS_CSS = "widgets/letter_counts/letter_counts.css"
IN_COUNTS = "browser/test_letter_counts.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    COUNTS: f"{IN_COUNTS} {IN_EVERY}",
    MATHS: IN_COUNTS,
    COUNTS_CSS: f"{IN_EVERY} {IN_COUNTS}",
}
OF_MATHS = [
    (
        "start ? [START, ...letters] : letters",
        "[START, ...letters]",
        "no model does without a start token",
    ),
    (
        "outputs.slice(Number(start))",
        "outputs.slice(0, letters.length)",
        "the start token is asked, and the last letter is not",
    ),
    (
        "weights: map.slice(Number(start))",
        "weights: map",
        "the start token's own row is shown as the first letter's",
    ),
    (
        "linear(layerNorm(asked, module.norm), module.read_out)",
        "linear(asked, module.read_out)",
        "the last norm is left out",
    ),
    (
        "normFirst: true",
        "normFirst: false",
        "the layer is post-norm",
    ),
    (
        ".slice(0, LONGEST).join",
        ".join",
        "a word may be of any length",
    ),
    (
        "word.split(letter).length - 1",
        "new Set(word).size",
        "the truth is how many letters differ",
    ),
]
OF_COUNTS = [
    (
        "taught[n], word, starts[n]",
        "taught[0], word, starts[0]",
        "all models count as the first",
    ),
    (
        'right ? "✓" : String(truth[i])',
        'right ? "✓" : String(says[i])',
        "the wrong count is said to be the truth",
    ),
    (
        'node.classList.toggle("count-wrong", !right);',
        "",
        "what is wrong looks like what is right",
    ),
    (
        "node.hidden = i >= word.length;",
        "node.hidden = i > word.length;",
        "there is one tile too many",
    ),
    (
        "      tied.set({ word });\n      ask();\n",
        "      tied.set({ word });\n",
        "what is left out of the same word is not said",
    ),
    (
        'inside(model.get("place"), word.length)',
        'model.get("place")',
        "a letter behind the word is asked about",
    ),
    (
        "text.length > LONGEST ? `",
        "text.length > TYPED ? `",
        "letters are left out without a word",
    ),
    (
        "      line.adopt(start.word);\n",
        "",
        "Reset leaves the line as it was typed",
    ),
    (
        "      pointed = 0;\n",
        "",
        "Reset leaves another key read out",
    ),
    (
        "pointed = key;\n",
        "",
        "the key under the pointer is not read out",
    ),
    (
        "if (here) boxes[inside(state().asked, rows)][inside(pointed, columns)].focus();",
        "",
        "another word throws who stands in the map out of it",
    ),
    (
        "row[asked + first]",
        "row[asked]",
        "the weight of the letter before is said to be the letter's own",
    ),
    (
        "each !== own",
        "each === own",
        "the weight on the same letters is said to be on the others",
    ),
    (
        "says.filter((count, i) => count === truth[i])",
        "says.filter((count, i) => count !== truth[i])",
        "what is wrong is counted as right",
    ),
    (
        "truth[asked] > MOST",
        "says[asked] >= MOST",
        "its limit is named by its answer, not by the word",
    ),
    (
        "layout.keys.forEach((node, k) => letter(node, keys[k],",
        "layout.keys.forEach((node, k) => letter(node, word[k],",
        "the start token is not named among the keys",
    ),
    (
        "TOP + asked * down - 1",
        "TOP + pointed * down - 1",
        "another row is framed",
    ),
    (
        "    labelled = null;\n    if (layout)",
        "    if (layout)",
        "the map keeps the colour of the other theme",
    ),
]
OF_COUNTS_CSS = [
    (
        ".count-band { fill: none; stroke: var(--query)",
        ".count-band { fill: none; stroke: var(--key)",
        "the asked row has the colour of keys",
    ),
    (
        "min-height: 134px",
        "min-height: 66px",
        "the map jumps with the ninth letter",
    ),
    (
        ".attn-count .count-tile[hidden] { display: none; }\n",
        "",
        "tiles without a letter are shown",
    ),
    (
        "grid-template-columns: repeat(8, minmax(0, 1fr)); ",
        "",
        "sixteen tiles in a row are too narrow for a finger",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(COUNTS, OF_COUNTS),
    *_table(COUNTS_CSS, OF_COUNTS_CSS),
]
