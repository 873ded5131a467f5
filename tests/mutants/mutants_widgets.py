"""Faults in what the page runs: the widgets' JavaScript and their style sheets."""

from mutants import Mutant

WHOLE = True
FUSION = "widgets/weighted_fusion/weighted_fusion.js"
FUSION_MATH = "widgets/weighted_fusion/fusion_math.js"
FUSION_CSS = "widgets/weighted_fusion/weighted_fusion.css"
HAND = "widgets/by_hand/by_hand.js"
HAND_CSS = "widgets/by_hand/by_hand.css"
GUESS = "widgets/guess/guess.js"
CHECK = "widgets/date_reader/date_check.js"
READER = "widgets/date_reader/date_reader.js"
READER_MODEL = "widgets/date_reader/date_model.js"
READER_BOARD = "widgets/date_reader/date_board.js"
READER_STRIPS = "widgets/date_reader/date_strips.js"
READER_MAP = "widgets/date_reader/date_map.js"
READER_CSS = "widgets/date_reader/date_reader.css"
STRIP = "widgets/parts/strip.js"
RAMP = "widgets/parts/ramp.js"
FACE = "widgets/parts/face.js"
AXES = "widgets/parts/axes.js"
LOADER = "book/_assets/live.js"
PLANE = "widgets/score_plane/score_plane.js"
PLANE_MATH = "widgets/score_plane/plane_math.js"
PLANE_CSS = "widgets/score_plane/score_plane.css"
SCORES = "widgets/parts/scores.js"
IN_PLANE = "browser/test_score_plane.py"
IN_FUSION = "browser/test_weighted_fusion.py"
IN_EVERY = "browser/test_every_widget.py"
IN_READER = "browser/test_reader_face.py"
OWN_TESTS = {
    FUSION: f"{IN_FUSION} {IN_EVERY}",
    FUSION_MATH: IN_FUSION,
    FUSION_CSS: IN_EVERY,
    HAND: f"browser/test_by_hand.py {IN_EVERY}",
    HAND_CSS: IN_EVERY,
    GUESS: f"browser/test_guess.py {IN_EVERY}",
    CHECK: "browser/test_date_check.py",
    READER: IN_READER,
    READER_MODEL: IN_READER,
    READER_BOARD: IN_READER,
    READER_STRIPS: IN_READER,
    READER_MAP: IN_READER,
    READER_CSS: IN_READER,
    STRIP: IN_READER,
    RAMP: IN_READER,
    PLANE: f"{IN_PLANE} {IN_EVERY}",
    PLANE_MATH: IN_PLANE,
    PLANE_CSS: IN_EVERY,
    SCORES: IN_PLANE,
    FACE: f"{IN_EVERY} {IN_FUSION}",
    AXES: f"{IN_FUSION} browser/test_by_hand.py",
    LOADER: "browser/test_guess.py",
}
OF_FUSION = [
    (
        "hundredths(bottom - ((y - least)",
        "hundredths(MARGIN.top + ((y - least)",
        "the axis of the values is upside down",
    ),
    (
        'setAttribute("d", `M${l.spots[i]} ${l.heights[i]}L${x} ${y}`)',
        'setAttribute("d", `M${l.spots[0]} ${l.heights[i]}L${x} ${y}`)',
        "every ray comes from the first key",
    ),
    (
        "hundredths(l.spots[i] - l.wide / 2)} ${l.base}",
        "hundredths(l.spots[weights.length - 1 - i] - l.wide / 2)} ${l.base}",
        "a bar stands at the wrong key",
    ),
    (
        'setAttribute("r", hundredths(3 + 13 * strength))',
        'setAttribute("r", hundredths(3 + 13 * (strengths[0] ?? strength)))',
        "every dot is as large as the first",
    ),
    (
        "const right = l.toX(Math.min(high, query + window));",
        "const right = l.toX(Math.min(high, query + 2 * window));",
        "the band is too wide",
    ),
    (
        "place(l.answer, { transform: `translate(${x} ${y})` });",
        "place(l.answer, { transform: `translate(${x} ${l.bottom})` });",
        "the answer lies on the axis",
    ),
    (
        "place(l.line, { d: `M${x} ${l.bottom}V${y}` });",
        "place(l.line, { d: `M${l.spots[0]} ${l.bottom}V${y}` });",
        "the query's line stands at a key",
    ),
    (
        "hundredths(BARS * (few ? weight : Math.sqrt(weight)))",
        "hundredths(BARS * (few ? weight : weight))",
        "the bars of many are not by the root",
    ),
    (
        'classList.toggle("fusion-hidden", !mask[i])',
        'classList.toggle("fusion-hidden", mask[i])',
        "who is heard is drawn as hidden",
    ),
    (
        "value[person] = said;",
        "value[movable[0]] = said;",
        "a hand moves another person's value",
    ),
    (
        "const seen = mask.filter(Boolean).length;",
        "const seen = mask.length;",
        "all are said to stand inside the window",
    ),
    (
        "const exact = truth[i] + (at - i) * (truth[i + 1] - truth[i]);",
        "const exact = truth[i];",
        "the truth is said in steps",
    ),
    (
        "(weight * value).toFixed(2)}`;",
        "(weight + value).toFixed(2)}`;",
        "a part of the answer is said as a sum",
    ),
    (
        'const KEPT = [...CONTROLS, "value"];',
        "const KEPT = [...CONTROLS];",
        "Reset leaves a value where it was dragged",
    ),
    (
        "rows[name].said.replaceChildren(number(now[name], 3));",
        "rows[name].said.replaceChildren(number(now.themselves, 3));",
        "one error is shown as all",
    ),
]
OF_FUSION_MATH = [
    (
        "Math.abs(query - k) <= radius",
        "Math.abs(query - k) < radius",
        "the window's edge is outside it",
    ),
    (
        "squares === 0 ? 0 : 1 / squares",
        "squares === 0 ? 0 : squares",
        "as many as are heard is upside down",
    ),
    (
        "answerAt(key[i], state, i)",
        "answerAt(key[i], state)",
        "each hears itself in the error on the others",
    ),
]
OF_FUSION_CSS = [
    (
        ".fusion-key { fill: none; stroke: var(--key)",
        ".fusion-key { fill: none; stroke: var(--value)",
        "keys have the colour of values",
    ),
    (
        ".fusion-bar { fill: var(--weight)",
        ".fusion-bar { fill: var(--key)",
        "bars have the colour of keys",
    ),
    (
        ".fusion-query { fill: none; stroke: var(--query)",
        ".fusion-query { fill: none; stroke: var(--soft)",
        "the query is grey",
    ),
]
OF_HAND = [
    (
        "score.map(Math.exp)",
        "score.map(Math.abs)",
        "the exponential is another function",
    ),
    (
        "weight.map((w, i) => w * value[i])",
        "weight.map((w, i) => w * value[0])",
        "every weight is times the first value",
    ),
    (
        "const here = i < step;",
        "const here = i <= step;",
        "a row shows a step too early",
    ),
    (
        "`sum ${signed(found.total, 2)}`",
        "`sum ${signed(found.context, 2)}`",
        "the sum of the exponentials is another",
    ),
    (
        "[left, end] = [l.toValue(from), l.toValue(to)]",
        "[left, end] = [l.toValue(0), l.toValue(to)]",
        "the pieces lie on one another",
    ),
    (
        "if (step >= 0 && step < STEPS)",
        "if (step >= 0 && step < STEPS - 1)",
        "the last row is out of reach",
    ),
    (
        "if (piece < 0) {",
        "if (false) {",
        "what is below 0 is stacked to the right",
    ),
    (
        "fill(weight, found.weight);",
        "fill(weight, found.exponential);",
        "the weights' row has the exponentials",
    ),
]
OF_HAND_CSS = [
    (
        ".hand-weight { fill: var(--weight)",
        ".hand-weight { fill: var(--value)",
        "weights have the colour of values",
    ),
    (
        ".hand-piece { fill: var(--value)",
        ".hand-piece { fill: var(--key)",
        "pieces have the colour of keys",
    ),
]
OF_GUESS = [
    (
        'i === model.get("right") ? "✓" : "✗"',
        'i !== model.get("right") ? "✓" : "✗"',
        "what is right is marked as wrong",
    ),
    (
        "tied.set({ pick: i })",
        "tied.set({ pick: 0 })",
        "every pick is the first",
    ),
    (
        "input.checked = i === pick",
        "input.checked = i === 0",
        "the first stays picked",
    ),
    (
        'asked?.off("change:pick", follow);',
        "",
        "an answer that has gone still follows",
    ),
    (
        'type: "radio", name: group',
        'type: "radio", name: "one"',
        "two guesses share their picks",
    ),
]
OF_CHECK = [
    ("day > last", "day >= last", "the 31st is refused"),
    (
        "month < 1 || month > 12",
        "month < 1 || month >= 12",
        "December is no month",
    ),
    ("year < years[0]", "year <= years[0]", "the year 1000 is refused"),
    ("year > years[1]", "year >= years[1]", "the year 2999 is refused"),
    ("year % 400 === 0;", "year % 500 === 0;", "the year 2000 has no leap day"),
    (
        "[...new Set(text)].filter",
        "[...text].filter",
        "an unknown character is named twice",
    ),
    (
        "[...text].length > longest",
        "[...text].length >= longest",
        "the longest text is refused",
    ),
    ("answer === iso", "answer !== iso", "a right answer is called wrong"),
    ("others.reverse()", "others", "day and month are exchanged"),
]
OF_READER = [
    (
        "tied.set({ off: speak ? others : [...others, ...ids]",
        "tied.set({ off: speak ? others : [...ids]",
        "a switch lets the other heads speak again",
    ),
    (
        "const name = `${layer}, ${head || ",
        "const name = `${layer}, ${",
        "the sentence says average of each head",
    ),
    (
        "Object.assign(all, { [at]: weight })",
        "Object.assign(all, { [at + 1]: weight })",
        "the shades are shifted by one",
    ),
    (
        "[...maps, averageMap(maps, speaking[layer])]",
        "[...maps, averageMap(maps, speaking[0])]",
        "the average leaves out what is off in the first attention",
    ),
    (
        'silent ? " that speak" : ""',
        '""',
        "the average says of all heads what is of some",
    ),
    (
        "off: silent === ids.length",
        "off: silent > 0",
        "an average is off as soon as one head is",
    ),
    (
        '["▸", ...now.names.slice(0, -1)]',
        "now.names",
        "the letters above the decoder's own map are shifted by one",
    ),
    (
        "const arcs = seen.off ? null : arcsOf(seen);",
        "const arcs = arcsOf(seen);",
        "a head that is off has arcs",
    ),
    (
        'button("reader-chip", () => set({ text })',
        'button("reader-chip", () => set({ text, step: 0 })',
        "an example begins anew",
    ),
    (
        "sort((a, b) => weights[b] - weights[a])",
        "sort((a, b) => weights[a] - weights[b])",
        "most names the least",
    ),
    (
        "shown(letters[i])",
        "shown(letters[i + 1])",
        "the sentence names the next character",
    ),
    (
        'turned ? "is looked at most for"',
        'false ? "is looked at most for"',
        "who asks and who answers are exchanged in words",
    ),
    (
        "number(weights[i], 2",
        "number(weights[0], 2",
        "the sentence gives the first weight",
    ),
    (
        "now.odds[step()], 4)",
        "now.odds[0], 4)",
        "the candidates are always the first step's",
    ),
    (
        'const KEEP = ["text", "step",',
        'const KEEP = ["step",',
        "Reset keeps the text",
    ),
    (
        "onReset: () => set(start)",
        'onReset: () => set({ ...start, off: model.get("off") })',
        "Reset leaves heads switched off",
    ),
    (
        "JSON.stringify({ ...state, step: step() })",
        "JSON.stringify({ ...state, step: undefined })",
        "a link drops the step",
    ),
    (
        "tied.set(fitting(state, numLayers, numHeads));",
        "tied.set(fitting(state, numHeads, numHeads));",
        "a link drops the last attentions",
    ),
    (
        "head: below(numHeads + 1)",
        "head: below(numHeads)",
        "a link drops the average",
    ),
    (
        "v.every(below(numLayers * numHeads))",
        "v.every(below(numLayers * numHeads - 1))",
        "a link drops what the last head does",
    ),
    (
        "Number.isInteger(v) && v >= 0 && v < count",
        "Number.isInteger(v) && v >= 0 && v <= count",
        "a link sets a head that is not there",
    ),
    (
        "(now?.tokens.length ?? 0) - 1",
        "(now?.tokens.length ?? 0) - 2",
        "the end is out of reach",
    ),
    (
        "board.paint((layer, head) => now.maps?.[layer][head]);",
        "if (now.maps) board.paint((layer, head) => now.maps[layer][head]);",
        "a text that is declined keeps the maps of the last",
    ),
]
OF_READER_BOARD = [
    (
        "onSwitch(ids, speaks.checked)",
        "onSwitch([ids[0]], speaks.checked)",
        "the switch of an attention silences its first head alone",
    ),
    (
        "{ length: numHeads }, (_, head) => first + head)",
        "{ length: numHeads }, (_, head) => first + (head + 1) % numHeads)",
        "a switch silences another head",
    ),
    (
        "mapOf(layer, head) ?? [[0]]",
        "mapOf(layer, 0) ?? [[0]]",
        "every map is the first head's",
    ),
    (
        "silent > 0 && !all",
        "silent > 0",
        "a switch of no head that speaks says of some",
    ),
    (
        'toggle("reader-off", all)',
        'toggle("reader-off", !all)',
        "what speaks is hatched",
    ),
    (
        "each.layer === layer && each.head === head",
        "each.head === head",
        "a head of each attention is marked as shown",
    ),
    (
        "stops[led[0]][led[1]].focus()",
        "stops[led[0]][c].focus()",
        "an arrow leads up and down only",
    ),
]
OF_READER_STRIPS = [
    (
        "hundredths(WIDEST_ARC * to.weight)",
        "hundredths(WIDEST_ARC * Math.sqrt(to.weight))",
        "an arc is as wide as the root of its weight",
    ),
    (
        "size = { target: { top: NAMED, way: 1 }",
        "size = { target: { top: NAMED, way: -1 }",
        "arcs begin above what is written",
    ),
    (
        "if (to.weight < FAINT ||",
        "if (to.weight < 0.2 ||",
        "half of the arcs are missing",
    ),
]
OF_READER_MAP = [
    (
        "write(axes, `key: ${sides.key}`",
        "write(axes, `key: ${sides.query}`",
        "the axis of the keys has the other's name",
    ),
    (
        "[tongues.query, tongues.key].map",
        "[tongues.key, tongues.query].map",
        "the axes have each other's language",
    ),
    (
        "turned ? [SIDE + at * cell, ABOVE]",
        "turned ? [SIDE, ABOVE + at * cell]",
        "a column is outlined where a row stands",
    ),
    (
        "((event.clientY - top) / height) * rows)",
        "((event.clientY - top) / height) * rows + 1)",
        "a tap chooses the row below",
    ),
    (
        "size.wide / columns.length, size.high / rows.length)",
        "size.wide / columns.length)",
        "a map with many rows leaves its room",
    ),
    (
        "[columns, rows].map(({ length }) => hundredths(length * cell))",
        "[size.wide, size.high]",
        "a map is stretched, and its cells with it",
    ),
    (
        "Math.min(LARGEST, size.wide",
        "Math.min(size.wide",
        "the cells of a short text are huge",
    ),
    (
        "Math.min(most, Math.ceil(CLOSE / (cell * every)))",
        "Math.min(1, Math.ceil(CLOSE / (cell * every)))",
        "letters of a long text stand on each other",
    ),
    (
        "(i % every ? null : (i / every) % ranks)",
        "(i / every) % ranks",
        "no letter is left out",
    ),
    (
        "text.length > 1 && close",
        "false",
        "the end stands on the letters before it",
    ),
    (
        "!turned && i === at)",
        "i === at)",
        "who is asked is bold among those that ask",
    ),
    (
        '"reader-hatch", { d: off ?',
        '"reader-hatch", { d: !off ?',
        "the large map is hatched while its head speaks",
    ),
]
OF_READER_CSS = [
    (
        "bottom: calc(var(--strips) + 0.5rem)",
        "bottom: 13rem",
        "a refusal stands beneath the place of the strips",
    ),
    (
        ".reader-title { min-height: 1.5em; ",
        ".reader-title { ",
        "a text that is declined from the start makes less room",
    ),
    (
        ".reader-off svg { display: block; }",
        ".reader-off svg { display: none; }",
        "a head that is off is not hatched",
    ),
]
OF_READER_MODEL = [
    (
        "!off.includes(layer * numHeads + h)",
        "!off.includes(layer * numHeads + numHeads - 1 - h)",
        "the wrong head is silent",
    ),
    (
        "const first = layers.encoder + 2 * i;",
        "const first = layers.encoder + i;",
        "the second decoder's heads obey the first's switches",
    ),
    (
        "({ target, memory }) => [target, memory]",
        "({ target, memory }) => [memory, target]",
        "the decoder's two maps are exchanged",
    ),
    (
        "weights: map[at], letters",
        "weights: map.map((row) => row[at]), letters",
        "the encoder's map is read by its columns",
    ),
    (
        "map.map((row) => row[pointed])",
        "map[pointed] ?? map[0]",
        "who reads this is answered by a row",
    ),
    (
        '["start", ...target]',
        "target",
        "the letters of what is written are shifted by one",
    ),
    (
        "at: step, weights: map[step]",
        "at: step, weights: map[Math.max(0, step - 1)]",
        "the step before is shown",
    ),
    (
        "b.probability - a.probability",
        "a.probability - b.probability",
        "the candidates are the least likely",
    ),
    (
        "(layer - layers.encoder) % 2 === 0 ? `decoder",
        "(layer - layers.encoder) % 2 === 1 ? `decoder",
        "the decoder's two attentions are named as each other",
    ),
    (
        "Math.floor((layer - layers.encoder) / 2) + 1",
        "layer - layers.encoder + 1",
        "the decoder's layers are misnumbered",
    ),
]
OF_STRIP = [
    (
        "go(meant(event) - first)",
        "go(meant(event))",
        "a character that is chosen is the next",
    ),
    (
        "const weight = weights?.[i] ?? 0;",
        "const weight = weights?.[i - first] ?? 0;",
        "the shade begins after the start",
    ),
    (
        '"attn-tile-marked", at === marked',
        '"attn-tile-marked", i === marked',
        "the mark is shifted by one",
    ),
]
OF_RAMP = [
    (
        "return Math.sqrt(weight);",
        "return weight;",
        "a weight is inked without the root",
    ),
    (
        "map.flat().forEach((weight, i) => { data[4 * i + 3]",
        "map.flat().forEach((weight, i) => "
        "{ data[4 * ((i % columns) * columns + Math.floor(i / columns)) + 3]",
        "a map is transposed",
    ),
]
OF_FACE = [
    (
        'place(input, { "aria-valuetext": text });',
        "",
        "a slider's words are never said",
    ),
    (
        'picture.setAttribute("aria-label", state);',
        "",
        "a picture is not told in words",
    ),
    (
        "spoken.replaceChildren(...told(state))",
        "spoken.replaceChildren()",
        "nothing is said aloud",
    ),
    (
        "pause = left > 0 ? setTimeout(sayIt, left) : 0;",
        "pause = 0;",
        "a widget speaks while the hand moves",
    ),
    ("sizes?.disconnect();", "", "an observer stays behind"),
    (
        "undo.push(() => model.off(`change:${name}`, ask));",
        "",
        "a listener stays behind",
    ),
    ("undo.push(ask.cancel);", "", "a frame is drawn after the end"),
    ("root.remove();", "", "the widget stays in the page after its end"),
    (
        "ui.onResize(tied.on(given, lay));",
        "tied.on(given, lay);",
        "a picture keeps the width that it had at first",
    ),
    (
        "    tied.end();\n",
        "",
        "what a widget is tied to holds it after its end",
    ),
    ("    unfollow();\n", "", "who follows the theme does so after the end"),
    (
        'button("attn-reset", onReset, "Reset")',
        'button("attn-reset", () => {}, "Reset")',
        "Reset does nothing",
    ),
    (
        "toThumb = (value) => (log ?",
        "toThumb = (value) => (false ?",
        "a logarithmic thumb stands elsewhere",
    ),
    ('.replace(/^-(?=[0.]+$)/, "")', "", "a number that is nothing has a sign"),
    (
        "if (!event.ctrlKey && !event.metaKey) event.stopPropagation();",
        "",
        "keys leave the widget",
    ),
]
OF_AXES = [
    ("[1, 2, 5, 10].map", "[1, 3, 7, 10].map", "ticks are not round"),
    (
        "const first = Math.ceil(low / step - 1e-9);",
        "const first = Math.floor(low / step);",
        "a tick stands below the axis",
    ),
    (
        "bandwidth.toPrecision(2)",
        "bandwidth.toFixed(1)",
        "a small bandwidth is shown as nothing",
    ),
    (
        "= Math.max(apart[i], edge)) + gap",
        "= Math.max(apart[i], edge)) + gap / 2",
        "columns touch",
    ),
]
OF_LOADER = [
    (
        "this.#tell(`change:${key}`, this, changes[key]);",
        "",
        "no change is told",
    ),
]


OF_PLANE = [
    (
        "(size - 1 - row) * size, (size - row) * size",
        "row * size, (row + 1) * size",
        "the field is upside down",
    ),
    (
        "inset: ${-pixel / 2}px;",
        "inset: 0;",
        "the field is shifted by half a pixel",
    ),
    (
        '"stroke-width": hundredths(THICK * weight)',
        '"stroke-width": hundredths(THICK * found.weights[0])',
        "every line is as thick as the first",
    ),
    (
        "const { dot, say, long, plate, says } = l.dots[i];",
        "const { dot, say, long, plate, says } = l.dots.at(-1 - i);",
        "keys lie at each other's places",
    ),
    (
        "fill(line.piece, figure(found.pieces[i]));",
        "fill(line.piece, figure(weight));",
        "parts are not times their values",
    ),
    (
        "i === found.winner ? ",
        "i === 0 ? ",
        "the first key is shown to win",
    ),
    (
        "key.map((k, i) => (LETTERS[i] === name ? [x, y] : k))",
        "key.map((k, i) => (i === 0 ? [x, y] : k))",
        "a hand moves another key",
    ),
    (
        'const KEPT = [...CONTROLS, "key"];',
        "const KEPT = [...CONTROLS];",
        "Reset leaves the keys where they were dragged",
    ),
    (
        "now?.key !== key || now.score !== score",
        "now?.score !== score",
        "the field does not follow a key",
    ),
    (
        "(now.asked / bandwidth) ** 2",
        "(now.bandwidth / bandwidth) ** 2",
        "the second move of the bandwidth counts from the first",
    ),
    (
        "snapped(n + held.off[i])",
        "snapped(n - held.off[i])",
        "what is taken hold of jumps",
    ),
    (
        "ArrowUp: [0, 5], ArrowDown: [0, -5]",
        "ArrowUp: [0, -5], ArrowDown: [0, 5]",
        "an arrow key leads down instead of up",
    ),
    (
        'settings[name].classList.toggle("plane-absent", name !== score)',
        'settings[name].classList.toggle("plane-absent", name === score)',
        "another score's formula is shown",
    ),
    (
        "followTheme(() => now && paint())",
        "followTheme(() => {})",
        "the field stays light in the dark",
    ),
    (
        "const tied = figure(first) === figure(second);",
        "const tied = false;",
        "a tie is said to be won",
    ),
    (
        "Math.min(Math.max(to[i], low), high)",
        "to[i]",
        "a point can leave the plane",
    ),
]
OF_PLANE_MATH = [
    (
        "return 1 / total;",
        "return 1 / scores.length;",
        "every place is as dark as the next",
    ),
    (
        "scores[i] > scores[best]",
        "scores[i] < scores[best]",
        "the worst key wins",
    ),
    (
        "keys.filter((k) => k !== i && k !== j)",
        "keys.filter((k) => k > j)",
        "a border runs on where another key wins",
    ),
    (
        "const share = step * (before / (before + after || 1));",
        "const share = step * 0.5;",
        "a bent border runs in steps",
    ),
    (
        "room[n] > room[best[i]]",
        "room[n] < room[best[i]]",
        "a name stands on its border",
    ),
]
OF_PLANE_CSS = [
    (
        ".plane-canvas { position: absolute; color: var(--weight)",
        ".plane-canvas { position: absolute; color: var(--key)",
        "the field has the colour of keys",
    ),
    (
        ".plane-diamond { fill: var(--query)",
        ".plane-diamond { fill: var(--key)",
        "the query has the colour of keys",
    ),
]
OF_SCORES = [
    (
        "return -square / width;",
        "return -square;",
        "the bandwidth of vectors is not heard",
    ),
    (
        "query[i] * row[j]",
        "query[j] * row[i]",
        "the matrix is read backwards",
    ),
    (
        "Math.exp(2 * (asked[h]",
        "Math.exp((asked[h]",
        "the tangent is half as steep",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(FUSION, OF_FUSION),
    *_table(FUSION_MATH, OF_FUSION_MATH),
    *_table(FUSION_CSS, OF_FUSION_CSS),
    *_table(HAND, OF_HAND),
    *_table(HAND_CSS, OF_HAND_CSS),
    *_table(GUESS, OF_GUESS),
    *_table(CHECK, OF_CHECK),
    *_table(READER, OF_READER),
    *_table(READER_MODEL, OF_READER_MODEL),
    *_table(READER_BOARD, OF_READER_BOARD),
    *_table(READER_STRIPS, OF_READER_STRIPS),
    *_table(READER_MAP, OF_READER_MAP),
    *_table(READER_CSS, OF_READER_CSS),
    *_table(STRIP, OF_STRIP),
    *_table(RAMP, OF_RAMP),
    *_table(FACE, OF_FACE),
    *_table(AXES, OF_AXES),
    *_table(LOADER, OF_LOADER),
    *_table(PLANE, OF_PLANE),
    *_table(PLANE_MATH, OF_PLANE_MATH),
    *_table(PLANE_CSS, OF_PLANE_CSS),
    *_table(SCORES, OF_SCORES),
]
