"""Faults in the widget that reads glimpses: its JavaScript and style sheet."""

from mutants import Mutant

WHOLE = True
GLIMPSES = "widgets/glimpses/glimpses.js"
MATHS = "widgets/glimpses/glimpses_math.js"
INK = "widgets/parts/ink.js"
GLIMPSES_CSS = "widgets/glimpses/glimpses.css"
IN_GLIMPSES = "browser/test_glimpses.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    GLIMPSES: f"{IN_GLIMPSES} {IN_EVERY}",
    MATHS: IN_GLIMPSES,
    INK: IN_GLIMPSES,
    GLIMPSES_CSS: f"{IN_EVERY} {IN_GLIMPSES}",
}
OF_MATHS = [
    (
        "score / temperature",
        "score * temperature",
        "what is hot turns cold",
    ),
    (
        "Math.max(0, unit)",
        "unit",
        "the classifier is linear",
    ),
    (
        "additiveScores([1], glimpses, maps)",
        "additiveScores([0], glimpses, maps)",
        "the query is 0, and its map is lost",
    ),
    (
        "if (chance < sum) break;",
        "if (chance <= sum) break;",
        "what is drawn is off at the very edges",
    ),
    (
        "    if (weights[i] === 0) continue;\n",
        "",
        "a glimpse of weight 0 may be drawn",
    ),
    (
        "    last = i;\n",
        "    last = 0;\n",
        "always the first glimpse is drawn",
    ),
    (
        "sum + (holds[i] ? weight : 0)",
        "sum + (holds[i] ? 1 / weights.length : 0)",
        "every glimpse is expected alike",
    ),
]
OF_INK = [
    (
        "pen.imageSmoothingEnabled = !sharp;",
        "",
        "the cells of a glimpse are blurred",
    ),
    (
        "if (known?.digits !== digits || known.inks !== inks) {",
        "if (known?.inks !== inks) {",
        "another scene shows the glimpses of the first",
    ),
    (
        "pen.drawImage(known.light, ...box, ...box);",
        "pen.drawImage(known.light, ...box, 0, 0, pitch, pitch);",
        "a loud glimpse is drawn in the corner",
    ),
]
OF_GLIMPSES = [
    (
        "every.slice(n * COUNT, (n + 1) * COUNT)",
        "every.slice(0, COUNT)",
        "every scene shows the first one's glimpses",
    ),
    (
        "const key = `${scene} ${reader}`;",
        "const key = `${scene}`;",
        "what one reader found is taken for the other's",
    ),
    (
        "largest(classify(taught, glimpse)) === labels[scene]",
        "largest(classify(taught, glimpse)) === labels[0]",
        "answers are held against another scene's digit",
    ),
    (
        "const by = `${scene} ${temperature} ${reader}`;",
        "const by = `${scene} ${reader}`;",
        "looks are counted on at another temperature",
    ),
    (
        "const by = `${scene} ${temperature} ${reader}`;",
        "const by = `${scene} ${temperature}`;",
        "looks are counted on with another reader",
    ),
    (
        "    tied.set({ chosen });\n    ask();",
        "    tied.set({ chosen });",
        "the same glimpse once more is no look",
    ),
    (
        "count.right += Number(right[chosen]);",
        "count.right += Number(hit[chosen]);",
        "only looks at the digit are counted as right",
    ),
    (
        "tied.set({ reader: name, chosen: -1 })",
        "tied.set({ reader: name })",
        "what one reader read is shown as the other's",
    ),
    (
        "(state().scene + 1) % scenes.length, chosen: -1 }",
        "(state().scene + 1) % scenes.length }",
        "the next scene has been read already",
    ),
    (
        "(state().scene + 1) % scenes.length",
        "state().scene + 1",
        "after the last scene there is none",
    ),
    (
        "      tally = null;\n",
        "",
        "Reset keeps the count",
    ),
    (
        "      tied.set(start);\n      ask();",
        "      tied.set(start);",
        "Reset shows a count that is gone",
    ),
    (
        "const read = soft ? readRows(weights, glimpses) : glimpses[now.chosen];",
        "const read = soft ? readRows(weights, glimpses) : glimpses[largest(weights)];",
        "hard attention always reads the best",
    ),
    (
        "[shareOf(weights, hit), shareOf(weights, right)]",
        "[shareOf(weights, hit), shareOf(weights, hit)]",
        "only the digit is expected to be answered right",
    ),
    (
        "[now.reveal ? places[now.scene] : -1, soft ? -1 : now.chosen]",
        "[places[now.scene], soft ? -1 : now.chosen]",
        "the digit is given away",
    ),
    (
        "soft ? -1 : now.chosen]",
        "now.chosen]",
        "soft attention marks one glimpse",
    ),
    (
        "each.disabled = soft;",
        "each.disabled = false;",
        "soft attention can look once",
    ),
    (
        "place(l.ring, { cx: l.toRing(truth) });",
        "place(l.ring, { cx: l.toRing(answer ?? truth) });",
        "the answer is ringed as the truth",
    ),
    (
        "    inks = null;\n    if (layout) show();",
        "    if (layout) show();",
        "the glimpses stay light in the dark",
    ),
    (
        'digit === 8 ? "an" : "a"',
        'digit === 8 ? "a" : "a"',
        "it is a 8",
    ),
    (
        'onDigit ? "the digit" : "another one"',
        'answer === truth ? "the digit" : "another one"',
        "a right answer is said to come from the digit",
    ),
    (
        "wide < NARROW ? 3 : 2",
        "2",
        "buttons lie on the words below where it is narrow",
    ),
]
OF_GLIMPSES_CSS = [
    (
        ".glimpse-chosen { fill: none; stroke: var(--value)",
        ".glimpse-chosen { fill: none; stroke: var(--weight)",
        "what is read has the colour of weights",
    ),
    (
        "@container (max-width: 19rem) { .attn-face.attn-glimpse .attn-readout { min-height: 10.5em; } }\n",
        "",
        "what lies below the readout jumps",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(INK, OF_INK),
    *_table(GLIMPSES, OF_GLIMPSES),
    *_table(GLIMPSES_CSS, OF_GLIMPSES_CSS),
]
