"""Faults in the widget that reads order: its JavaScript, style sheet and Python."""

from mutants import Mutant

WHOLE = True
ORDER = "widgets/order_reader/order_reader.js"
MATHS = "widgets/order_reader/order_math.js"
ORDER_CSS = "widgets/order_reader/order_reader.css"
ORDER_PY = "widgets/order_reader/order_reader.py"
POSITIONS = "widgets/parts/positions.js"
MULTIHEAD = "widgets/parts/multihead.js"
IN_ORDER = "browser/test_order_reader.py"
IN_EVERY = "browser/test_every_widget.py"
IN_NN = "browser/test_nn.py"
WEIGHTS = "widgets/weights.py"
TYPED = "widgets/parts/typed.js"
OWN_TESTS = {
    ORDER: f"{IN_ORDER} {IN_EVERY}",
    MATHS: IN_ORDER,
    ORDER_CSS: f"{IN_EVERY} {IN_ORDER}",
    ORDER_PY: "test_widgets_order_reader.py",
    WEIGHTS: "test_widgets_order_reader.py",
    POSITIONS: IN_NN,
    MULTIHEAD: IN_NN,
    TYPED: f"browser/test_typed.py {IN_ORDER}",
}
OF_MATHS = [
    (
        "const mask = causal ? causalMask(tokens.length) : null;",
        "const mask = causalMask(tokens.length);",
        "every model is causal",
    ),
    (
        'if (scheme === "rotary") return',
        'if (scheme === "sinusoidal") return',
        "the wrong model turns its queries and keys",
    ),
    (
        "layer.attention.score.table.weight",
        "module.layers[0].attention.score.table.weight",
        "both layers know the offsets of the first",
    ),
    (
        "penaltyScores(query, key, slopes[h])",
        "penaltyScores(query, key, slopes[0])",
        "all heads have one slope",
    ),
    (
        "said === tokens[n - 1]",
        "said === tokens[n]",
        "right is who repeats the letter",
    ),
    (
        "sum += weights[n - 1][n - 2];",
        "sum += weights[n - 2][n - 1];",
        "the weight on the token after is counted",
    ),
    (
        "const from = Math.max(first, 2);",
        "const from = first;",
        "the first place has a token before it",
    ),
    (
        "reduce((sum, token) => (31 * sum + token) % DRAWN, 1)",
        "reduce(() => 1, 1)",
        "a line is lengthened by the same letters each time",
    ),
]
OF_TYPED = [
    (
        "text.length > longest || strangers",
        "strangers",
        "a line may be of any length",
    ),
    (
        "text.toLowerCase() : text.toUpperCase()",
        "text.toLowerCase() : text",
        "small letters stay small where capitals are read",
    ),
    (
        "? text.toLowerCase() :",
        "? text :",
        "capitals stay where small letters are read",
    ),
    (
        "alphabet.toLowerCase() + alphabet.toUpperCase();",
        "alphabet;",
        "letters of the other case are strange",
    ),
    (
        "filter((each) => !known.includes(each))",
        "filter((each) => !known.includes(each.toLowerCase()))",
        "what looks like a k is one",
    ),
    (
        "[...new Set(text)]",
        "[...text]",
        "a strange character is named again and again",
    ),
    (
        "typed.length > longest ?",
        "typed.length >= longest ?",
        "the longest line is refused",
    ),
    (
        "if (document.activeElement === box) box.setSelectionRange(at, at);",
        "",
        "who writes inside the line is sent to its end",
    ),
]
OF_ORDER = [
    (
        "orderModel(taught[n], kind, tokens)",
        "orderModel(taught[0], kinds[0], tokens)",
        "all models answer as the first",
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
        "[...tile.parentNode.children].indexOf(tile) + 1 });",
        "[...tile.parentNode.children].indexOf(tile) });",
        "a click asks about the place before",
    ),
    (
        "longer.disabled = count >= LONGEST;",
        "",
        "the longest line can be lengthened",
    ),
    (
        "adopt(...Array(2).fill(longerLine(state().text)))",
        "adopt(...Array(2).fill(longerLine(start.text)))",
        "the first line is lengthened, whatever stands there",
    ),
    (
        "own.weights[layer - 1][head - 1]);",
        "own.weights[0][head - 1]);",
        "the map is always of the first layer",
    ),
    (
        "if (painted !== what) {",
        "if (!painted) {",
        "the map is that of the first line",
    ),
    (
        "q === here - 1));",
        "q === here));",
        "the letter after is bold",
    ),
    (
        "k === here - 2));",
        "k === here - 1));",
        "the key of the query itself is bold",
    ),
    (
        "const edge = hundredths(TAUGHT * cell);",
        "const edge = hundredths((TAUGHT + 1) * cell);",
        "the lessons' end stands a place too far",
    ),
    (
        '"order-taught": at === TAUGHT - 1',
        '"order-taught": at === count - 1',
        "the mark stands at the line's end",
    ),
    (
        '"order-wrong": right[at] === false',
        '"order-wrong": !right[at]',
        "the first place, which is not asked, is wrong",
    ),
    (
        "const [above, below] = [APART * cell, (2 + APART) * cell];",
        "const [above, below] = [-APART * cell, (1 + APART) * cell];",
        "the two lines run along the token itself",
    ),
    (
        "v${wide}${step.repeat(count - 2)}",
        "v${wide}${step.repeat(count - 3)}",
        "the outline does not close",
    ),
    (
        "where.bound({ min: 1, max: count, step: 1 });",
        "",
        "the slider leads beyond the line",
    ),
    (
        "...on(TAUGHT + 1, count),",
        "...on(2, count),",
        "beyond the lessons all places are counted",
    ),
    (
        "tied.set(start);\n      adopt(start.text, start.text);",
        "tied.set(start);",
        "Reset leaves what was refused in the line",
    ),
    (
        '  const unfollow = followTheme(() => {\n    painted = "";',
        "  const unfollow = followTheme(() => {",
        "the map keeps the colours of another theme",
    ),
]
OF_CSS = [
    (
        "text-decoration: line-through 1px; }",
        "}",
        "wrong is told by colour alone",
    ),
    (
        '.order-row[aria-pressed="false"]:hover',
        ".order-answers .order-row:hover",
        "the hand takes away the frame of the model that it chose",
    ),
    (
        ".order-map { position: absolute; display: block; color: var(--weight)",
        ".order-map { position: absolute; display: block; color: var(--key)",
        "the map has the colour of keys",
    ),
    (
        ".order-tiles { height: 56px; }",
        ".order-tiles { height: auto; }",
        "a longer line makes the widget higher",
    ),
]
OF_PY = [
    (
        "return text.upper()",
        "return text",
        "small letters reach the page",
    ),
    (
        '"[A-La-l]{{1,{MOST_TOKENS}}}"',
        '"[A-La-l]{{1,}}"',
        "a line may be of any length in Python",
    ),
    (
        "if told != [scheme]:",
        "if scheme not in told:",
        "a model may be told of places in two ways",
    ),
    (
        'return "rotary" if known else "another rotation"',
        'return "rotary"',
        "a rotation that the page does not know is taken",
    ),
    (
        "if layer.around_attention.norm_first:",
        "if False:",
        "a pre-norm model is taken",
    ),
    (
        "if num_heads != NUM_HEADS:",
        "if False:",
        "a model of three heads is taken",
    ),
]
OF_WEIGHTS = [
    (
        "if len(weights) > MOST_BYTES:",
        "if False:",
        "models may weigh anything",
    ),
]
OF_SCORES = [
    (
        "Math.min(Math.max(apart[n][k], -far), far) + far",
        "Math.min(Math.max(-apart[n][k], -far), far) + far",
        "before and after are exchanged",
    ),
    (
        "Math.min(Math.max(apart[n][k], -far), far) + far",
        "apart[n][k] + far",
        "offsets beyond the table have no vector",
    ),
    (
        "slope * Math.abs(apart[n][k])",
        "slope * apart[n][k]",
        "what comes before is favoured instead of punished",
    ),
    (
        "2 ** ((-8 * (h + 1)) / numHeads)",
        "2 ** ((-8 * h) / numHeads)",
        "the slopes begin at one",
    ),
]
OF_POSITIONS = [
    (
        "turns = angles(numTokens, dim, offset, base)",
        "turns = angles(numTokens, dim, 0, base)",
        "the first place is always 0",
    ),
    (
        "row[i] * sine + row[i + 1] * cosine",
        "row[i] * sine - row[i + 1] * cosine",
        "a pair is mirrored instead of turned",
    ),
    (
        "const first = numKeys - numQueries;",
        "const first = 0;",
        "the first of both stand together",
    ),
]
OF_MULTIHEAD = [
    (
        "const [asked, offered] = [turn(each), turn(keys[h])];",
        "const [asked, offered] = [turn(each), keys[h]];",
        "the keys are not turned",
    ),
    (
        "score(asked, offered, h), values[h], mask",
        "score(each, keys[h], h), values[h], mask",
        "a score of its own compares what was not turned",
    ),
    (
        "score(asked, offered, h), values[h], mask",
        "score(asked, offered, h), values[h], null",
        "a score of its own sees behind the mask",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(TYPED, OF_TYPED),
    *_table(ORDER, OF_ORDER),
    *_table(ORDER_CSS, OF_CSS),
    *_table(ORDER_PY, OF_PY),
    *_table(WEIGHTS, OF_WEIGHTS),
    *_table(POSITIONS, OF_SCORES),
    *_table(POSITIONS, OF_POSITIONS),
    *_table(MULTIHEAD, OF_MULTIHEAD),
]
