"""Faults in the widget that answers for two names: its JavaScript and style sheet."""

from mutants import Mutant

WHOLE = True
ANSWERS = "widgets/two_answers/two_answers.js"
MATHS = "widgets/two_answers/two_answers_math.js"
ANSWERS_CSS = "widgets/two_answers/two_answers.css"
IN_ANSWERS = "browser/test_two_answers.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    ANSWERS: f"{IN_ANSWERS} {IN_EVERY}",
    MATHS: IN_ANSWERS,
    ANSWERS_CSS: f"{IN_EVERY} {IN_ANSWERS}",
}
OF_MATHS = [
    (
        "[...ids[first], ...ids[second]]",
        "[...ids[second], ...ids[first]]",
        "the names are asked in the other order",
    ),
    (
        "active[h] ? context : context.map((row) => row.map(() => 0))",
        "context",
        "a head that is off goes on speaking",
    ),
    (
        "Math.max(0, unit)",
        "unit",
        "the hidden layer is linear",
    ),
    (
        "logits.slice(from, from + CLASSES)",
        "logits.slice(0, CLASSES)",
        "the first answer is given twice",
    ),
    (
        "numbers.indexOf(Math.max(...numbers))",
        "numbers.lastIndexOf(Math.min(...numbers))",
        "the least probable class is the answer",
    ),
]
OF_ANSWERS = [
    (
        "!silent.includes(h + 1)",
        "!silent.includes(h)",
        "the head before the one that is named is off",
    ),
    (
        "second + Number(second >= first)",
        "second",
        "one person may be drawn twice",
    ),
    (
        "tied.set({ model: name, off: NONE })",
        "tied.set({ model: name })",
        "another model keeps the heads of the last one off",
    ),
    (
        "tied.set({ first: state().second, second: state().first })",
        "tied.set({ first: state().second })",
        "swapping names one person twice",
    ),
    (
        "onReset: () => tied.set(start),",
        "onReset: () => tied.set({ ...start, off: NONE }),",
        "Reset switches on what was off",
    ),
    (
        "shade(weights[h][i]).toFixed(4)",
        "weights[h][i].toFixed(4)",
        "the heat is not by the root, as its scale is",
    ),
    (
        "const high = l.room / numHeads;",
        "const high = PITCH;",
        "one head does not fill the room of all",
    ),
    (
        "      label.hidden = !there;\n",
        "",
        "a head that is not there has a switch",
    ),
    (
        "place(each.ring, { cx: each.toRing(truths[n]) });",
        "place(each.ring, { cx: each.toRing(answers[n]) });",
        "the answer is ringed as the truth",
    ),
    (
        "`wrong: ${LETTERS[truths[n]]}`",
        "`wrong: ${LETTERS[answers[n]]}`",
        "the wrong answer is said to be the truth",
    ),
    (
        "n === 0 && close ? 1 : 2",
        "2",
        "the marks of neighbours lie on each other",
    ),
    (
        "if (!active[h]) return [`${head} is off`];",
        "",
        "a head that is off is said to look",
    ),
    (
        "named[0] === named[1] ? [",
        "named[0] !== named[1] ? [",
        "two names are said to be one",
    ),
    (
        "taught[names.indexOf(now.model)]",
        "taught[0]",
        "all models answer as the first",
    ),
]
OF_ANSWERS_CSS = [
    (
        ".two-held { fill: var(--value)",
        ".two-held { fill: var(--key)",
        "what people hold has the colour of keys",
    ),
    (
        "@container (max-width: 17rem) { .attn-face.attn-two .attn-readout { min-height: 13.5em; } }\n",
        "",
        "what lies below the readout jumps",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(ANSWERS, OF_ANSWERS),
    *_table(ANSWERS_CSS, OF_ANSWERS_CSS),
]
