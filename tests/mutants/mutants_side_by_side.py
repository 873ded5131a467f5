"""Faults in the two models that write a string again: their JavaScript, their Python, their style sheet."""

from mutants import Mutant

WHOLE = True
SIDE = "widgets/side_by_side/side_by_side.js"
MATHS = "widgets/side_by_side/side_by_side_math.js"
SIDE_PY = "widgets/side_by_side/side_by_side.py"
SIDE_CSS = "widgets/side_by_side/side_by_side.css"
LINE = "widgets/parts/letter_line.js"
NAMED = "widgets/parts/named.js"
LETTERS = "widgets/parts/letters.js"
SEQ2SEQ = "widgets/parts/seq2seq.js"
IN_SIDE = "browser/test_side_by_side.py"
IN_NN = "browser/test_nn.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    SEQ2SEQ: IN_NN,
    LINE: IN_SIDE,
    NAMED: "browser/test_typed.py",
    LETTERS: IN_SIDE,
    MATHS: IN_SIDE,
    SIDE: f"{IN_SIDE} {IN_EVERY}",
    SIDE_PY: "test_widgets_side_by_side.py",
    SIDE_CSS: f"{IN_EVERY} {IN_SIDE}",
}
OF_SEQ2SEQ = [
    (
        "return { memory, hidden: memory.at(-1) };",
        "return { memory, hidden: memory[0] };",
        "the vector is the state after the first token",
    ),
    (
        "[...readRows(weights, memory), ...hidden]",
        "[...hidden, ...readRows(weights, memory)]",
        "state and context are joined the other way round",
    ),
    (
        "bilinearScores(hidden, memory, module.score.weight)",
        "bilinearScores(before, memory, module.score.weight)",
        "the state before the token looks",
    ),
    (
        "module.join).map(Math.tanh);",
        "module.join)[0];",
        "the joined state has no tanh",
    ),
    (
        "    hidden = found.hidden;\n",
        "",
        "every token is written from the source's vector",
    ),
    (
        "tokens.at(-1) ?? start",
        "start",
        "what is written is not read again",
    ),
    (
        " && tokens.at(-1) !== end",
        "",
        "it writes beyond the end",
    ),
]
OF_LINE = [
    (
        "clean(box.value) || read()",
        "clean(box.value)",
        "an empty line empties the text",
    ),
    (
        "good = clean(now) || good;",
        "good = now;",
        "a text from a link is not cleaned",
    ),
    (
        "    if (now !== line.letters) line = { text: now, letters: now };\n",
        "",
        "a text from a link does not stand in the line",
    ),
    (
        '    heading.hidden = reason !== "";\n',
        "",
        "the title stays beside what is left out",
    ),
]
OF_NAMED = [
    (
        "text.length > NAMED ?",
        "text.length >= NAMED ?",
        "a text is shortened that need not be",
    ),
    (
        "unknown.length > MANY ?",
        "unknown.length >= MANY ?",
        "more is promised where nothing is left out",
    ),
]
OF_LETTERS = [
    (
        "[character, character.toLowerCase()]",
        "[character]",
        "capitals are no letters",
    ),
    (
        '.join("").slice(0, most)',
        '.join("")',
        "a string may be of any length",
    ),
    (
        "filter((each) => !known(each, alphabet))",
        "filter((each) => !alphabet.includes(each))",
        "a capital is said to be left out",
    ),
    (
        "alphabet.length > 6 ?",
        "alphabet.length > 2 ?",
        "three letters are named by their ends",
    ),
    (
        "last[1].codePointAt(0) + 1",
        "last[1].codePointAt(0) + 3",
        "neighbours in the alphabet are not named together",
    ),
]
OF_MATHS = [
    (
        "filter((each) => each !== END).length",
        "length",
        "an end that comes too late is a letter too many",
    ),
    (
        'task === "reverse" ? tokens.reverse() : tokens',
        "tokens",
        "a string is never to be reversed",
    ),
    (
        "Math.min(step, wanted.length - 1)",
        "step",
        "the end is counted among the letters",
    ),
    (
        "wanted.slice(0, step).findIndex",
        "wanted.findIndex",
        "a thread is lost before it is shown",
    ),
]
OF_SIDE = [
    (
        "      tied.set({ text });\n      ask();\n",
        "      tied.set({ text });\n",
        "what is left out of the same letters is not said",
    ),
    (
        "const looked = attending.weights[Math.min(step, attending.tokens.length) - 1];",
        "const looked = attending.weights[0];",
        "the string is always lit by the first look",
    ),
    (
        "; clip-path: inset(0 0 ${after}px)",
        "",
        "the map shows what is not yet written",
    ),
    (
        "odds[n][tokens[n]].toFixed(4)",
        "odds[n][wanted[n] ?? 0].toFixed(4)",
        "a bar is the probability of the right character",
    ),
    (
        '"side-wrong": there && tokens[n] !== wanted[n]',
        '"side-wrong": false',
        "wrong characters look right",
    ),
    (
        'squares[n].classList.toggle("side-below", each < 0);',
        "",
        "numbers below 0 look like those above",
    ),
    (
        "Math.sqrt(Math.min(1, Math.abs(each)))",
        "Math.min(1, Math.abs(each))",
        "the squares' sides are the numbers",
    ),
    (
        "drawVector(found[0].vector);",
        "drawVector(found[1].vector);",
        "the vector is the other model's",
    ),
    (
        "number(lost + 1, 0)",
        "number(lost, 0)",
        "the thread is lost one character early",
    ),
    (
        "number(100 * odds[step - 1][own], 0)",
        "number(100 * Math.max(...odds[0]), 0)",
        "the probability told is that of the first character",
    ),
    (
        "if (step + 1 >= read.most) pause();",
        "",
        "who plays never stops",
    ),
    (
        "  function go(step) {\n    pause();\n",
        "  function go(step) {\n",
        "who plays goes on after a touch of the slider",
    ),
    (
        "state().step >= read.most ? 1 : state().step + 1",
        "Math.min(state().step + 1, read.most)",
        "nobody plays from the beginning again",
    ),
    (
        "where.bound({ min: 1, max: most, step: 1 });",
        "",
        "the slider runs beyond the answers",
    ),
    (
        "      line.adopt(start.text);\n",
        "",
        "Reset leaves the line as it was typed",
    ),
    (
        "k === best)",
        "k === shown - 1)",
        "the letter of the same place is bold, not the one looked at",
    ),
]
OF_SIDE_PY = [
    (
        "        if len(alphabet) + NUM_SPECIAL != num_symbols:",
        "        if len(alphabet) + NUM_SPECIAL > num_symbols:",
        "an alphabet may have fewer letters than the models",
    ),
    (
        '        traits = {"alphabet": ALPHABET, "text": TEXT} | traits\n',
        "",
        "an alphabet that is not said is not held to the models",
    ),
    (
        "if total > BYTES_OF_BOTH:",
        "if False:",
        "two models may weigh anything together",
    ),
    (
        "if len(weights) > MOST_BYTES:",
        "if False:",
        "one model may weigh more than a page takes",
    ),
    (
        "attending_state, True, num_symbols)",
        "attending_state, True)",
        "the two may know different letters",
    ),
]
OF_SIDE_CSS = [
    (
        ".attn-side .side-wrong .side-bar { background: transparent; border: 1.5px solid var(--soft); }\n",
        "",
        "the bar of a wrong character is full",
    ),
    (
        ".attn-side .side-play { display: none; }",
        ".attn-side .side-play { display: block; }",
        "who wants no motion is offered some",
    ),
    (
        "color: var(--weight); image-rendering",
        "color: var(--ink); image-rendering",
        "the map has the colour of ink",
    ),
    (
        ".attn-side .side-below { fill: none; }\n",
        "",
        "hollow squares are full",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(SEQ2SEQ, OF_SEQ2SEQ),
    *_table(LINE, OF_LINE),
    *_table(NAMED, OF_NAMED),
    *_table(LETTERS, OF_LETTERS),
    *_table(MATHS, OF_MATHS),
    *_table(SIDE, OF_SIDE),
    *_table(SIDE_PY, OF_SIDE_PY),
    *_table(SIDE_CSS, OF_SIDE_CSS),
]
