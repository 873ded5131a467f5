"""Faults in the widget of both gates by hand: its JavaScript, its style sheet, its Python."""

from mutants import Mutant

WHOLE = True
GATES = "widgets/gates_by_hand/gates_by_hand.js"
MATHS = "widgets/gates_by_hand/gates_math.js"
GATES_CSS = "widgets/gates_by_hand/gates_by_hand.css"
GATES_PY = "widgets/gates_by_hand/gates_by_hand.py"
IN_GATES = "browser/test_gates_by_hand.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    GATES: f"{IN_GATES} {IN_EVERY}",
    MATHS: IN_GATES,
    GATES_CSS: f"{IN_EVERY} {IN_GATES}",
    GATES_PY: "test_widgets_gates_by_hand.py",
}
OF_MATHS = [
    (
        "const weighed = weighChannels(image, weights);",
        "const weighed = image;",
        "places are weighed before channels are",
    ),
    (
        "spatialAttention({ convolution }, weighed, paths)",
        "spatialAttention({ convolution }, image, paths)",
        "the map is that of the given features",
    ),
    (
        "paths.map((path) => kernels[path][n])",
        "paths.map((_, p) => kernels[POOLS[p]][n])",
        "the maxima alone meet the kernel of the averages",
    ),
    (
        "placeSummary(weighed, path)",
        "placeSummary(image, path)",
        "the planes are those of the given features",
    ),
    (
        "Math.floor(cell / SIDE) % SIDE, cell % SIDE]",
        "cell % SIDE, Math.floor(cell / SIDE) % SIDE]",
        "rows and columns are exchanged",
    ),
]
OF_GATES = [
    (
        "const next = Math.min(Math.max(value, least), most);",
        "const next = value;",
        "a feature grows beyond its end",
    ),
    (
        "(n === cell ? next : old)",
        "(n >= cell ? next : old)",
        "all that follows a cell changes with it",
    ),
    (
        'box.checked ? "both" : POOLS[1 - n]',
        'box.checked ? "both" : POOLS[n]',
        "the path that is switched off is the one that stays",
    ),
    (
        "box.disabled = now.pools === POOLS[n];",
        "box.disabled = false;",
        "the last path can be switched off",
    ),
    (
        "onReset: () => tied.set(start),",
        'onReset: () => tied.set({ ...start, pools: model.get("pools") }),',
        "Reset leaves the paths",
    ),
    (
        'node.addEventListener("click", () => go(at));',
        "",
        "a click chooses nothing",
    ),
    (
        "[SIDE, CHANNELS * SIDE]);",
        "[SIDE, SIDE]);",
        "no arrow leads to the second channel",
    ),
    (
        "!event.ctrlKey && !event.metaKey",
        "true",
        "a shortcut of the browser changes a feature",
    ),
    (
        '"+": now + 1, "-": now - 1',
        '"+": now + 1',
        "minus does nothing",
    ),
    (
        "hidden.write(here?.hidden, 2);",
        "hidden.write(found.channel[POOLS[0]]?.hidden, 2);",
        "both paths have the hidden unit of one",
    ),
    (
        "l.sums.write(found.sums, 2);",
        "l.sums.write(found.weights, 2);",
        "the sums are weights already",
    ),
    (
        "inside(i + 1, SIDE) - up + 1",
        "3",
        "the frame around a place leaves the map",
    ),
    (
        "l.planes[n].write(found.planes[path]?.flat(), 2, [i, j, 1, 1]);",
        "l.planes[n].write(found.planes[path]?.flat(), 2, [j, i, 1, 1]);",
        "another place of the planes is framed",
    ),
    (
        "stop = stopAt(cells[now.cell], stop);",
        "stop ??= stopAt(cells[now.cell], stop);",
        "the Tab key stops where it first did",
    ),
    (
        'place(hatch, { visibility: numbers ? "hidden" : "visible" });',
        'place(hatch, { visibility: "hidden" });',
        "what is off looks empty",
    ),
    (
        "paleShade(numbers[n]).toFixed(4)",
        "(2 * paleShade(numbers[n])).toFixed(4)",
        "a weight hides its number",
    ),
    (
        'number(weights[c], 2, "weight"), " × "',
        'number(weights[0], 2, "weight"), " × "',
        "the second channel is said to weigh what the first does",
    ),
    (
        '.replace("+ −", "− ")',
        "",
        "something negative is added in words",
    ),
]
OF_CSS = [
    (
        ".gates-box.gates-weight { fill: var(--weight)",
        ".gates-box.gates-weight { fill: var(--key)",
        "weights have the colour of keys",
    ),
    (
        ":is(.gates-number, .gates-name) { font-size: 11px; }",
        ":is(.gates-number, .gates-name) { font-size: 10px; }",
        "numbers are too small on a phone",
    ),
]
OF_PY = [
    (
        '"features": [[LEAST, MOST, 1]] * CELLS',
        '"features": [[LEAST, MOST - 1, 1]] * CELLS',
        "no link sets a nine",
    ),
    (
        "and number == int(number)",
        "and True",
        "features may be broken numbers",
    ),
    (
        "if not -WIDEST <= number <= WIDEST:",
        "if number < -WIDEST or number > WIDEST:",
        "a weight may be no number",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(GATES, OF_GATES),
    *_table(GATES_CSS, OF_CSS),
    *_table(GATES_PY, OF_PY),
]
