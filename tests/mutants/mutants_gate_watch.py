"""Faults in the watch on an LSTM's gates: its JavaScript, its Python, its style sheet."""

from mutants import Mutant

WHOLE = True
GATE = "widgets/gate_watch/gate_watch.js"
MATHS = "widgets/gate_watch/gate_watch_math.js"
GATE_PY = "widgets/gate_watch/gate_watch.py"
GATE_CSS = "widgets/gate_watch/gate_watch.css"
IN_GATE = "browser/test_gate_watch.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    MATHS: IN_GATE,
    GATE: f"{IN_GATE} {IN_EVERY}",
    GATE_PY: "test_widgets_gate_watch.py",
    GATE_CSS: f"{IN_EVERY} {IN_GATE}",
}
OF_MATHS = [
    (
        "if (keep !== null) gates.keep",
        "if (keep) gates.keep",
        "a gate that is held shut stays as it is",
    ),
    (
        "const before = state.cell;",
        "const before = state.hidden;",
        "the state is kept in place of the cell",
    ),
    (
        "    state = throughGates(gates, before);",
        "    state = { cell: zeros, ...throughGates(gates, before), cell: zeros };",
        "nothing is ever held",
    ),
    (
        "Math.ceil(2 * Math.max(...numbers.map(Math.abs)) - 1e-9) / 2",
        "Math.ceil(2 * Math.max(...numbers) - 1e-9) / 2",
        "an axis is too short for what lies below 0",
    ),
]
OF_GATE = [
    (
        "unitOf(reading, unit - 1)",
        "unitOf(reading, 0)",
        "the first unit is shown under every number",
    ),
    (
        '["input", "write", "input gate: what is let in"], ["forget", "keep",',
        '["input", "keep", "input gate: what is let in"], ["forget", "write",',
        "input gate and forget gate are exchanged",
    ),
    (
        'bar.classList.toggle("gate-held", still);',
        "",
        "a gate that is held looks like one that is not",
    ),
    (
        'still && forget === "at 1" ?',
        "false ?",
        "a gate that is held open is not hatched",
    ),
    (
        "Object.values(ways).flat().map(({ cell }) => cell)",
        "shown.map(({ cell }) => cell)",
        "the axis moves with the switch",
    ),
    (
        'forget === "its own" ? "" : along(free)',
        '""',
        "the cell with its own forget gate is not drawn beside",
    ),
    (
        'const free = ways["its own"].slice(0, step);',
        "const free = shown;",
        "the cell beside is the same cell",
    ),
    (
        "ways[forget].slice(0, step)",
        "ways[forget]",
        "the whole string is always drawn",
    ),
    (
        'const name = part === "state" ? "hidden" : part;',
        'const name = "cell";',
        "the state's curve is the cell's",
    ),
    (
        "place(l.band, { x: hundredths(LEFT + (step - 1) * l.pitch)",
        "place(l.band, { x: hundredths(LEFT + step * l.pitch)",
        "the band stands at the next character",
    ),
    (
        "(event.clientX - left - LEFT) / layout.pitch",
        "(event.clientX - left) / layout.pitch",
        "a press in the picture misses",
    ),
    (
        "      line.adopt(start.text);\n",
        "",
        "Reset leaves the line as it was typed",
    ),
    (
        "inside(step - 1, state().text.length) + 1",
        "step",
        "a press beside the string goes beyond it",
    ),
    (
        'say(now.write), " × ", say(now.fresh)',
        'say(now.write), " × ", say(now.before)',
        "the sentence says that the old is given again",
    ),
    (
        "turns[0].disabled = step <= 1;",
        "",
        "a button leads before the string",
    ),
]
OF_GATE_PY = [
    (
        "if unit > num_units:",
        "if False:",
        "a unit that is not there is watched",
    ),
    (
        "if len(alphabet) != num_letters:",
        "if len(alphabet) > num_letters:",
        "a vector may be without a letter",
    ),
    (
        '"input_map.bias": "bias_ih_l0",\n    "hidden_map.weight": "weight_hh_l0",\n    "hidden_map.bias": "bias_hh_l0",',
        '"input_map.bias": "bias_hh_l0",\n    "hidden_map.weight": "weight_hh_l0",\n    "hidden_map.bias": "bias_ih_l0",',
        "the two biases are exchanged",
    ),
]
OF_GATE_CSS = [
    (
        ".attn-gate .gate-held { fill: none; stroke: var(--soft); }\n",
        "",
        "held bars are full",
    ),
    (
        "font-weight: 400; }",
        "}",
        "what is not yet read is told by its colour alone",
    ),
    (
        ".attn-gate .gate-bar { fill: var(--ink); }",
        ".attn-gate .gate-bar { fill: var(--weight); }",
        "gates have the colour of weights",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(GATE, OF_GATE),
    *_table(GATE_PY, OF_GATE_PY),
    *_table(GATE_CSS, OF_GATE_CSS),
]
