"""Faults in the widget that shows who reaches whom: its files."""

from mutants import Mutant

WHOLE = True
PATHS = "widgets/reach_paths/reach_paths.js"
MATHS = "widgets/reach_paths/reach_paths_math.js"
PATHS_CSS = "widgets/reach_paths/reach_paths.css"
PATHS_PY = "widgets/reach_paths/reach_paths.py"
IN_PATHS = "browser/test_reach_paths.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    PATHS: f"{IN_PATHS} {IN_EVERY}",
    MATHS: IN_PATHS,
    PATHS_CSS: f"{IN_EVERY} {IN_PATHS}",
    PATHS_PY: f"test_widgets_reach_paths.py {IN_PATHS}",
}
OF_MATHS = [
    (
        "2 ** layer : 1",
        "2 * layer + 1 : 1",
        "the distances grow by two instead of doubling",
    ),
    (
        "[[layer + 1, place - 1], end]",
        "[[layer, place - 1], end]",
        "an RNN reads the input before instead of the state",
    ),
    (
        "at >= 0 && at < numTokens",
        "at > 0 && at < numTokens",
        "nobody reads the first token",
    ),
    (
        "2 ** numLayers - 1 : numLayers",
        "2 ** numLayers : numLayers",
        "dilated layers are said to reach one place too far",
    ),
    (
        "(behind[end] ??= []).push(start);",
        "(behind[start] ??= []).push(end);",
        "ways are walked backwards",
    ),
    (
        "stray(name) < stray(best) ? name : best",
        "stray(name) < stray(best) ? best : name",
        "the most crooked way is taken",
    ),
]
OF_PATHS = [
    (
        "boxes[at].focus({ preventScroll: true });\n",
        "",
        "the keys do not go on from the dot that was pressed",
    ),
    (
        'box.addEventListener("click", () => choose(at));',
        "",
        "a screen reader's click chooses nothing",
    ),
    (
        "Home: 0, End: count - 1",
        "Home: count - 1, End: 0",
        "Home leads to the last dot",
    ),
    (
        "if (next === undefined) return;",
        "if (!next) return;",
        "no key leads to the first dot",
    ),
    (
        "choose(inside(next, count));",
        "choose(next);",
        "an arrow leads beyond the last token",
    ),
    (
        "(event.clientX - left - EDGE) / layout.pitch",
        "(event.clientX - left) / layout.pitch",
        "a press is taken for one further right",
    ),
    (
        "choose(inside(Math.round(",
        "choose(inside(Math.floor(",
        "a press is for the dot before it, not for the nearest",
    ),
    (
        '["origin", "input"], ["target", "output"]].map',
        '["target", "input"], ["origin", "output"]].map',
        "inputs and outputs are exchanged",
    ),
    (
        "[ask.origin, ask.target].map((at) => inside(at, count))",
        "[ask.origin, ask.target]",
        "an end without a token stays where no dot is",
    ),
    (
        "if (l.key !== key) wind(given, key);",
        "if (!l.key) wind(given, key);",
        "the wires stay as they were at first",
    ),
    (
        "const key = `${mixer} ${count} ${layers} ${kernel}`;",
        "const key = `${mixer} ${count} ${layers}`;",
        "the wires do not follow the kernel",
    ),
    (
        "filter((node) => !on.has(String(node)))",
        "filter(() => true)",
        "a dot on the way is marked too",
    ),
    (
        "(level * (l.high - 2 * NAMES)) / layers",
        "(level * (l.high - 2 * NAMES)) / 7",
        "the outputs move down where there are fewer layers",
    ),
    (
        "Math.min(Math.max(l.x[at], NAME), l.width - NAME)",
        "l.x[at]",
        "the name of an end runs out of the picture",
    ),
    (
        "sliders[trait].bound({ min: 0, max: count - 1, step: 1 })",
        "sliders[trait].bound({ min: 0, max: 15, step: 1 })",
        "sliders lead beyond the last token",
    ),
    (
        "for (const box of boxes.slice(count)) box.hidden = true;",
        "",
        "the boxes of tokens that are gone stay",
    ),
    (
        "      stand(chosen);\n",
        "",
        "who stands at a dot does not go with it",
    ),
    (
        "      stand(at); //",
        "      //",
        "who pressed a key is left behind in the same frame",
    ),
    (
        "stop = stopAt(boxes[at], stop);",
        "stopAt(boxes[at], stop);",
        "the Tab key stops at every dot that was chosen",
    ),
    (
        "sliders.kernel_size.input.disabled = !taps;",
        "",
        "a kernel can be set where there is none",
    ),
    (
        "`, does not hear input ${origin + 1}`",
        "`, hears input ${origin + 1}`",
        "every output is said to hear",
    ),
    (
        "onReset: () => tied.set(start)",
        "onReset: () => tied.set({ ...state(), mixer: start.mixer })",
        "Reset brings back the mixer alone",
    ),
    (
        "counts[level - 1] += 1",
        "counts[0] += 1",
        "the wires of all layers are said to be those of one",
    ),
    (
        "counts.at(-1), 0)",
        "counts[0], 0)",
        "the last layer is said to have the wires of the first",
    ),
    (
        "const far = target - origin;",
        "const far = target;",
        "the tokens on the way are counted from the first",
    ),
]
OF_CSS = [
    (
        "touch-action: pan-y; cursor: pointer;",
        "touch-action: none; cursor: pointer;",
        "a finger on the dots cannot scroll the page",
    ),
    (
        ".reach-box[hidden] { display: none; }",
        ".reach-box[hidden] { display: block; }",
        "the boxes of tokens that are gone are there",
    ),
    (
        ".attn-reach .attn-control.reach-off { color: var(--soft); }\n",
        "",
        "a slider that means nothing looks like any other",
    ),
    (
        ".reach-way { fill: none; stroke: var(--ink)",
        ".reach-way { fill: none; stroke: var(--soft)",
        "the way has the colour of the wires",
    ),
]
OF_PY = [
    (
        "KERNELS[-1], 2]",
        "KERNELS[-1], 1]",
        "the slider stops at kernels without a middle",
    ),
    (
        "return self._one_of(KERNELS, proposal)",
        'return proposal["value"]',
        "any kernel is taken",
    ),
    (
        "return self._one_of(MIXERS, proposal)",
        'return proposal["value"]',
        "any mixer is taken",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(PATHS, OF_PATHS),
    *_table(PATHS_CSS, OF_CSS),
    *_table(PATHS_PY, OF_PY),
]
