"""Faults in the race of networks that recall a capital: its JavaScript, its style sheet."""

from mutants import Mutant

WHOLE = True
RACE = "widgets/recall_race/recall_race.js"
MATHS = "widgets/recall_race/recall_race_math.js"
RACE_CSS = "widgets/recall_race/recall_race.css"
RECURRENT = "widgets/parts/recurrent.js"
CONVOLUTION = "widgets/parts/convolution.js"
IN_RACE = "browser/test_recall_race.py"
IN_NN = "browser/test_nn.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    RECURRENT: IN_NN,
    CONVOLUTION: IN_NN,
    MATHS: IN_RACE,
    RACE: f"{IN_RACE} {IN_EVERY}",
    RACE_CSS: f"{IN_EVERY} {IN_RACE}",
}
OF_RECURRENT = [
    (
        "(1 - keep) * proposal + keep * before",
        "keep * proposal + (1 - keep) * before",
        "a GRU's gate keeps what is new",
    ),
    (
        "ofInput[2 * width + i] + reset * ofState[2 * width + i]",
        "reset * (ofInput[2 * width + i] + ofState[2 * width + i])",
        "a GRU's reset holds back the input, too",
    ),
    (
        "keep[i] * before + write[i] * fresh[i]",
        "write[i] * before + keep[i] * fresh[i]",
        "an LSTM forgets by the gate that lets in",
    ),
    (
        "read[i] * Math.tanh(each)",
        "read[i] * each",
        "an LSTM lets its cell out as it is",
    ),
    (
        "    state = STEPS[kind]",
        "    return STEPS[kind]",
        "every token is read from a state of zeros",
    ),
    (
        "mapped.get(input)",
        "mapped.get(inputs[0])",
        "every token is read as the first",
    ),
]
OF_CONVOLUTION = [
    (
        "place - ((kernel - 1) / 2) * step",
        "place - (kernel - 1) * step",
        "the window looks back only",
    ),
    (
        "x[from + k * step]",
        "x[from + k]",
        "the neighbours are never apart",
    ),
    (
        "row[i * kernel + k]",
        "row[k * width + i]",
        "features and neighbours of a kernel are exchanged",
    ),
    (
        "place >= 0 && place < numTokens",
        "place >= 0",
        "places behind the end are read",
    ),
]
OF_MATHS = [
    (
        "[placed[last]], placed, null",
        "[x[last]], placed, null",
        "the question does not know where it stands",
    ),
    (
        "steps.slice(1).reverse()",
        "steps.slice(1)",
        "the layers' steps are counted from the wrong end",
    ),
    (
        "before[place][i] + Math.max(0, feature)",
        "Math.max(0, feature)",
        "the convolutions lose their residual",
    ),
    (
        "readRows(module.across.weight[last], x)",
        "readRows(module.across.weight[0], x)",
        "the fully connected layer is asked at the first place",
    ),
    (
        "layerNorm(outputs, network.norm_out)",
        "outputs",
        "the last norm is left out",
    ),
    (
        "add([symbols[tokens.at(-1)]], [mixed])",
        "[mixed]",
        "the residual around the mixer is left out",
    ),
    (
        '.join("") || NOISE;',
        '.join("") || "a";',
        "a text without noise is filled up with one letter",
    ),
    (
        ".filter((each) => NOISE.includes(each)).join",
        ".join",
        "the capital is repeated as well",
    ),
    (
        "filled.slice(0, length - 1)",
        "filled.slice(0, length)",
        "the question mark stands behind the length",
    ),
    (
        ".filter((each, n) => n === first || !KEYS.includes(each))",
        "",
        "further capitals stay",
    ),
    (
        "(NOISE.indexOf(each) + 1 + (drawn",
        "(NOISE.indexOf(each) + (drawn",
        "other noise may be the same noise",
    ),
]
OF_RACE = [
    (
        "recall(taught[n], mixers[n], string)",
        "recall(taught[n], mixers[n], text)",
        "the text is read in place of the string",
    ),
    (
        "of[lengths.indexOf(length)]",
        "of[0]",
        "all lengths are read by the shortest one's networks",
    ),
    (
        "capitals.length === 1 ?",
        "capitals.length ?",
        "the first of several capitals is right",
    ),
    (
        'given.says === truth ? "✓ right" : "✗ wrong"',
        '"✓ right"',
        "every answer is right",
    ),
    (
        'node.classList.toggle("race-absent", !given);',
        "",
        "who has no weights is not hatched",
    ),
    (
        "answers[n]?.says === truth);",
        "answers[n]?.says !== truth);",
        "who is wrong is named as right",
    ),
    (
        "const far = string.length - 1 - capitals[0];",
        "const far = string.length - capitals[0];",
        "the distance is counted to behind the question mark",
    ),
    (
        'names.some((name) => name.includes(",")) ? "; " : ", ";',
        '", ";',
        "a name with a comma looks like two",
    ),
    (
        "own ? own.odds[n].toFixed(2)",
        "answers[0] ? answers[0].odds[n].toFixed(2)",
        "the first network's numbers stand under every name",
    ),
    (
        "      tied.set({ text });\n      ask();\n",
        "      tied.set({ text });\n",
        "what is left out of the same letters is not said",
    ),
    (
        "text.length >= length ? `",
        "text.length > length ? `",
        "one letter is cut without a word",
    ),
    (
        "      line.adopt(start.text);\n",
        "",
        "Reset leaves the line as it was typed",
    ),
    (
        "n >= text.length && n < length - 1",
        "n > text.length && n < length - 1",
        "the first repeated letter looks typed",
    ),
]
OF_RACE_CSS = [
    (
        ".attn-race .race-cell { fill: var(--ink)",
        ".attn-race .race-cell { fill: var(--weight)",
        "probabilities have the colour of weights",
    ),
    (
        ".attn-race .race-absent .race-hatch { display: inline; }\n",
        "",
        "the hatching is never seen",
    ),
    (
        "repeat(8, minmax(24px, 33px))",
        "repeat(8, 22px)",
        "the capitals are too narrow for a finger",
    ),
    (
        "  .attn-race .race-row { min-height: 58px;",
        "  .attn-race .race-row {",
        "a row is lower where its network has no weights",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(RECURRENT, OF_RECURRENT),
    *_table(CONVOLUTION, OF_CONVOLUTION),
    *_table(MATHS, OF_MATHS),
    *_table(RACE, OF_RACE),
    *_table(RACE_CSS, OF_RACE_CSS),
]
