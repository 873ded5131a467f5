"""Faults in the widget of both gates: its JavaScript, its style sheet, its Python."""

from mutants import Mutant

WHOLE = True
CLUTTER = "widgets/clutter_gates/clutter_gates.js"
MATHS = "widgets/clutter_gates/clutter_math.js"
CLUTTER_CSS = "widgets/clutter_gates/clutter_gates.css"
CLUTTER_PY = "widgets/clutter_gates/clutter_gates.py"
CBAM = "widgets/parts/cbam.js"
CONVOLUTION = "widgets/parts/convolution.js"
ROWS = "widgets/parts/rows.js"
IN_CLUTTER = "browser/test_clutter_gates.py"
IN_NN = "browser/test_nn.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    CLUTTER: f"{IN_CLUTTER} {IN_EVERY}",
    MATHS: IN_CLUTTER,
    CLUTTER_CSS: f"{IN_EVERY} {IN_CLUTTER}",
    CLUTTER_PY: "test_widgets_clutter_gates.py",
    CBAM: IN_NN,
    CONVOLUTION: IN_NN,
    ROWS: IN_NN,
}
OF_ROWS = [
    (
        "ofD += d[j] * feature;",
        "ofD += c[j] * feature;",
        "every fourth output is the third",
    ),
    (
        "let i = whole; i < weight.length; i++",
        "let i = whole; i < whole; i++",
        "outputs that are not four together are left out",
    ),
]
OF_CONVOLUTION = [
    (
        "[...beyond, ...image.map",
        "[...image.map",
        "an image is not padded above",
    ),
    (
        "const place = line[j];",
        "const place = padded[top + j - left][left + i - top];",
        "the kernel of an image lies on its side",
    ),
    (
        "linearRow(read, map)",
        "linearRow(read, { weight: map.weight })",
        "an image's bias is left out",
    ),
]
OF_CBAM = [
    (
        "summary.map((sum) => sum / (others.length + 1))",
        "summary",
        "the average is a sum",
    ),
    (
        "Math.max(one, other)",
        "Math.max(0, one, other)",
        "a maximum is never below nothing",
    ),
    (
        "linearRow(summary, first).map((unit) => Math.max(0, unit))",
        "linearRow(summary, first)",
        "the network of the channels is linear",
    ),
    (
        "sigmoid(scores.reduce((sum, each) => sum + each[c], 0))",
        "sigmoid(scores.reduce((sum, each) => sum + each[c], 0) / scores.length)",
        "both paths' scores are averaged instead of added",
    ),
    (
        "summary = joined(pool, summary, place[c]);",
        "summary = place[0];",
        "a place is not summarised over its channels",
    ),
]
OF_MATHS = [
    (
        "  lay(digit, SIDE, ...place);\n",
        "",
        "there is no digit",
    ),
    (
        "canvas[top + Math.floor(n / side)][left + (n % side)]",
        "canvas[top + (n % side)][left + Math.floor(n / side)]",
        "ink lies on its side",
    ),
    (
        "const weights = byChannel ?",
        "const weights = byChannel && n > 1 ?",
        "the second stage has no gate of its channels",
    ),
    (
        "spatialAttention(spatial, image, BOTH)",
        "spatialAttention(spatial, image, looks.length < 2 ? [looks[0], looks[0]] : BOTH)",
        "the paths of the channels are those of the places too",
    ),
    (
        "    image = weighPlaces(image, map);\n",
        "",
        "places are weighed, but nothing comes of it",
    ),
    (
        "byChannel ? channelAttention(channel, image, looks)",
        "byPlace ? channelAttention(channel, image, looks)",
        "one switch is both gates'",
    ),
    (
        "at * pitch < first + SIDE",
        "at * pitch <= first + SIDE",
        "a place just behind the box lies in it",
    ),
]
OF_CLUTTER = [
    (
        "const roomOf = (n) => CANVAS - sideOf(n) + 1;",
        "const roomOf = (n) => CANVAS - SIDE + 1;",
        "a piece does not come to the edge",
    ),
    (
        "held = at(event).map((each, axis) => each - spot[axis]);",
        "held = [0, 0];",
        "a thing jumps to the pointer",
    ),
    (
        "if (event.button !== 0) return;",
        "",
        "a right click drags",
    ),
    (
        'pools: on ? "both" : PATHS[1 - n]',
        'pools: on ? "both" : PATHS[n]',
        "the path that is switched off is the one that stays",
    ),
    (
        "box.disabled = now.pools === PATHS[n];",
        "box.disabled = false;",
        "the last path can be switched off",
    ),
    (
        "      touched = false;\n      tied.set(start);",
        '      tied.set({ ...start, pools: model.get("pools") });',
        "Reset leaves the paths",
    ),
    (
        '[[0, CANVAS, "ink"]]',
        '[[0, SIDE, "ink"]]',
        "ink further down has no colour",
    ),
    (
        "(now.spatial_gate ? (weight - least)",
        "(now.stage === 2 ? (weight - least)",
        "a map without its gate, and a gate without its map",
    ),
    (
        "(weight - least) / (most.weight - least || 1)",
        "weight",
        "a map of weights that are all alike is one dark sheet",
    ),
    (
        "fill(ends[0], `weight ${least.toFixed(2)}`)",
        "fill(ends[0], `weight ${(0).toFixed(2)}`)",
        "the key of the map begins at 0 whatever is shown",
    ),
    (
        'scale.style.visibility = now.spatial_gate ? "visible" : "hidden"',
        'scale.style.visibility = "visible"',
        "the key stays where no map is shown",
    ),
    (
        "const { weights } = found.gates[stage - 2];",
        "const { weights } = found.gates[now.stage - 2];",
        "the bars of both stages are those of one",
    ),
    (
        "one.bound({ min: 0, max: roomOf(now.chosen) - 1, step: 1 });",
        "",
        "the sliders of a piece end where the digit's do",
    ),
    (
        'node.addEventListener("focus", () => tied.set({ chosen: n }));',
        "",
        "who comes by the Tab key has not chosen",
    ),
    (
        'both: [], average: ["the maxima"], maximum: ["the averages"]',
        'both: [], average: ["the averages"], maximum: ["the maxima"]',
        "the path that is there is said to be missing",
    ),
    (
        'hit ? ") in the digit’s box."',
        '!hit ? ") in the digit’s box."',
        "the map is said to point where it does not",
    ),
    (
        "    inks = null;\n",
        "",
        "the ink stays dark in the dark",
    ),
]
OF_CSS = [
    ("opacity: 0.55;", "opacity: 0.8;", "a strong map drowns the ink"),
    (
        ".clutter-bar { fill: var(--weight)",
        ".clutter-bar { fill: var(--key)",
        "weights have the colour of keys",
    ),
    (
        "cursor: grab; touch-action: none; }",
        "cursor: grab; }",
        "a finger that drags scrolls the page",
    ),
]
OF_PY = [
    (
        '"spots": [[0, CANVAS - PIECE, 1]]',
        '"spots": [[0, CANVAS - SIDE, 1]]',
        "no link brings a piece to the edge",
    ),
    (
        "state[name].permute(0, 2, 3, 1).flatten(1)",
        "state[name].permute(0, 3, 2, 1).flatten(1)",
        "kernels travel on their side",
    ),
    (
        "if len(value) != len(ends):",
        "if len(value) < len(ends):",
        "there may be more places than pieces",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(ROWS, OF_ROWS),
    *_table(CONVOLUTION, OF_CONVOLUTION),
    *_table(CBAM, OF_CBAM),
    *_table(MATHS, OF_MATHS),
    *_table(CLUTTER, OF_CLUTTER),
    *_table(CLUTTER_CSS, OF_CSS),
    *_table(CLUTTER_PY, OF_PY),
]
