"""Faults in the widget that reads what repeats: JavaScript, style sheet, Python."""

from mutants import Mutant

WHOLE = True
MATHS = "widgets/induction_reader/induction_math.js"
READER = "widgets/induction_reader/induction_reader.js"
LINE = "widgets/induction_reader/induction_line.js"
BOARD = "widgets/induction_reader/induction_board.js"
READER_CSS = "widgets/induction_reader/induction_reader.css"
READER_PY = "widgets/induction_reader/induction_reader.py"
IN_READER = "browser/test_induction_reader.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    MATHS: IN_READER,
    READER: f"{IN_READER} {IN_EVERY}",
    LINE: IN_READER,
    BOARD: f"{IN_READER} {IN_EVERY}",
    READER_CSS: f"{IN_EVERY} {IN_READER}",
    READER_PY: "test_widgets_induction_reader.py",
}
OF_MATHS = [
    (
        "/ numHeads, 0, BASE)",
        "/ numHeads)",
        "the places turn by another base",
    ),
    (
        "[l * numHeads, (l + 1) * numHeads]",
        "[0, numHeads]",
        "the second layer has the heads of the first",
    ),
    (
        "(state) => state === ON)",
        "(state) => state !== OFF)",
        "a head that says its mean says what it read as well",
    ),
    (
        "add(add(stream, read.output), stream.map(() => spoken))",
        "add(stream, read.output)",
        "no head ever says its mean",
    ),
    (
        "means[h].forEach",
        "means[0].forEach",
        "all heads have the mean of the first",
    ),
    (
        ".lastIndexOf(tokens[at])",
        ".indexOf(tokens[at])",
        "the first time is taken for the last",
    ),
    (
        "other === token && tokens[k + 1] === tokens[n + 1]",
        "other === token",
        "every letter that comes again is known",
    ),
    (
        "told && likeliest(odds[n], 1)[0]",
        "likeliest(odds[n], 1)[0]",
        "what could not be known counts as well",
    ),
    (
        "hasStart ? [alphabet.length, ...letters] : letters",
        "[alphabet.length, ...letters]",
        "a model without a start gets one",
    ),
]
OF_READER = [
    (
        "taught[moments.indexOf(moment)]",
        "taught.at(-1)",
        "the end of the training is shown at every moment",
    ),
    (
        "[OFF]: MEAN, [MEAN]: ON }",
        "[OFF]: ON, [MEAN]: ON }",
        "a switch never comes to the mean",
    ),
    (
        "adopt(letters || box.value, letters || state().text);",
        "adopt(letters || box.value, letters || box.value);",
        "what is no line is kept as one",
    ),
    (
        "place: Math.min(now.place, good.length) };",
        "place: now.place };",
        "a place beyond the line is asked about",
    ),
    (
        "comes: token === next",
        "comes: token === best[0]",
        "what is expected is marked as what comes",
    ),
    (
        "best[0] === next ?",
        "last === next ?",
        "right is what came last time",
    ),
    (
        "seen.is === ON ? seen.weights : null",
        "seen.weights",
        "a head that is out still has arcs",
    ),
    (
        "`${text} ${heads}`",
        "text",
        "a head that is taken out goes on speaking",
    ),
    (
        "where.bound({ min: 1, max: now.text.length, step: 1 });",
        "",
        "the slider leads beyond the line",
    ),
    (
        "tied.set(start);\n      adopt(start.text, start.text);",
        "tied.set(start);",
        "Reset leaves what was refused in the line",
    ),
    (
        "(1 / count).toFixed(4)",
        "(1 / TOP).toFixed(4)",
        "chance is one of five",
    ),
    (
        "weights[token] >= MENTIONED",
        "weights[token] >= 0.3",
        "a key of less than a third is not named",
    ),
    (
        "followTheme(() => board.paint(read.weights))",
        "followTheme(() => {})",
        "the maps keep the colours of another theme",
    ),
]
OF_LINE = [
    (
        "const from = at + (hasStart ? 1 : 0);",
        "const from = at;",
        "arcs begin one tile too early",
    ),
    (
        "hundredths(WIDEST_ARC * weight)",
        "hundredths(WIDEST_ARC * Math.sqrt(weight))",
        "an arc is as wide as the root of its weight",
    ),
    (
        "top = high - TALL / 2 - spots.at(-1).y;",
        "top = ABOVE;",
        "a gap opens between the tiles and what is said",
    ),
]
OF_BOARD = [
    (
        "heads[i] === OFF)",
        'word !== "on")',
        "a head at its mean is hatched as if it were off",
    ),
    (
        "each.layer === layer && each.head === head",
        "each.head === head",
        "heads of both layers are marked as shown",
    ),
    (
        "onSwitch(layer * numHeads + head)",
        "onSwitch(head)",
        "the switches of layer 2 turn the heads of layer 1",
    ),
    (
        "{ stop = stopAt(each, stop); }",
        "{}",
        "the board's stop stays at its first cell",
    ),
    (
        "weights[layer][head]",
        "weights[0][head]",
        "the maps of layer 2 are those of layer 1",
    ),
]
OF_CSS = [
    (
        ".induce-off svg { display: block; }",
        ".induce-off svg { display: none; }",
        "what is off is not hatched",
    ),
    (
        ".induce-comes { border-color: var(--ink); }",
        ".induce-comes { font-weight: 500; }",
        "what comes is not marked",
    ),
    (
        "height: 100%; color: var(--weight);",
        "height: 100%; color: var(--key);",
        "the maps have the colour of keys",
    ),
]
OF_PY = [
    (
        "return text.lower()",
        "return text",
        "capitals reach the page",
    ),
    (
        "if width % (2 * num_heads):",
        "if width % num_heads:",
        "a head may have half a pair of features",
    ),
    (
        "rows == len(alphabet) + 1",
        "rows > len(alphabet)",
        "several rows too many count as a start",
    ),
    (
        "means.flatten(0, 1)}",
        "means.transpose(0, 1).flatten(0, 1)}",
        "the means are those of other heads",
    ),
    (
        "return sorted(checkpoints)",
        "return [*checkpoints]",
        "the moments follow in any order",
    ),
    (
        'if len(proposal["value"]) != count:',
        "if False:",
        "there may be a state too few",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(READER, OF_READER),
    *_table(LINE, OF_LINE),
    *_table(BOARD, OF_BOARD),
    *_table(READER_CSS, OF_CSS),
    *_table(READER_PY, OF_PY),
]
