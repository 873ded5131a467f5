"""Faults in the widget of what layers cost: its JavaScript and style sheet."""

from mutants import Mutant

WHOLE = True
COSTS = "widgets/layer_costs/layer_costs.js"
MATHS = "widgets/layer_costs/layer_costs_math.js"
COSTS_CSS = "widgets/layer_costs/layer_costs.css"
COSTS_PY = "widgets/layer_costs/layer_costs.py"
IN_COSTS = "browser/test_layer_costs.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    COSTS: f"{IN_COSTS} {IN_EVERY}",
    MATHS: IN_COSTS,
    COSTS_CSS: f"{IN_EVERY} {IN_COSTS}",
    COSTS_PY: "test_widgets_layer_costs.py",
}
OF_MATHS = [
    (
        "2 * numTokens ** 2 * width; // scores, then averages",
        "numTokens ** 2 * width; // scores",
        "averages are not counted",
    ),
    (
        "Math.ceil((numTokens - 1) / side)",
        "Math.floor((numTokens - 1) / side)",
        "the last layer of a pile is left out",
    ),
    (
        "layers.toString(2).length",
        "Math.ceil(Math.log2(layers))",
        "a path whose steps double is too short",
    ),
    (
        "withMaps ? mixing + maps : mixing",
        "mixing + maps",
        "maps are always counted",
    ),
    (
        "(otherLines - lines)) / (squares",
        "(lines - otherLines)) / (squares",
        "layers meet on the wrong side",
    ),
    (
        "numTokens > 0 && Number.isFinite(numTokens)",
        "Number.isFinite(numTokens)",
        "layers meet at less than nothing",
    ),
    (
        "numTokens > 0 && Number.isFinite(numTokens)",
        "numTokens > 0",
        "parallel costs meet beyond all tokens",
    ),
    (
        '`${times === 1 ? "" : times}${powers[i]}`',
        "`${times}${powers[i]}`",
        "a formula says once one",
    ),
    (
        "left >= 999.5",
        "left > 1000",
        "a thousand thousands are no million",
    ),
    (
        "n < 9.95 ? Number(n.toFixed(1))",
        "n < 9.95 ? n.toFixed(1)",
        "a number has a decimal that says nothing",
    ),
]
OF_COSTS = [
    (
        "onReset: () => tied.set(start),",
        'onReset: () => tied.set({ ...start, rival: model.get("rival") }),',
        "Reset leaves the rival",
    ),
    (
        "[trait]: stops[at] })",
        "[trait]: at })",
        "a slider sets a place instead of a number",
    ),
    (
        "const [low, high] = [Math.min(...logs), Math.max(...logs)];",
        "const [low, high] = [Math.min(...logs), Math.max(...logs) - 1];",
        "the widest layers lie above the axis",
    ),
    (
        "Math.log(n / fewest) / Math.log(most / fewest)",
        "(n - fewest) / (most - fewest)",
        "tokens stand by their differences",
    ),
    (
        "mixer === OWN || mixer === rival;",
        "mixer === OWN;",
        "the rival is drawn as all others",
    ),
    (
        "const meeting = crossing(OWN, rival, width, kernel, withMaps);",
        "const meeting = crossing(OWN, rival, width, kernel, true);",
        "the crossing is that with maps",
    ),
    (
        "toY(times(OWN, meeting))];",
        "toY(times(OWN, n))];",
        "the crossing stands at the height of n tokens",
    ),
    (
        "if (meeting !== null && inside) {",
        "if (meeting !== null) {",
        "a crossing beside the axis is drawn there",
    ),
    (
        "const both = [rival, OWN].map(",
        "const both = [OWN, rival].map(",
        "both layers' numbers are exchanged",
    ),
    (
        "ceiling + 12, base - 5);",
        "ceiling + 12, base + 50);",
        "a value runs over the axis' numbers",
    ),
    (
        "const apart = spread(lines.map((line) => line.at(-1) + 4), LINE, ceiling + 4, base + 4);",
        "const apart = lines.map((line) => line.at(-1) + 4);",
        "names lie on each other",
    ),
    (
        "right - at < room ? -1 : 0;",
        "0;",
        "a value runs over the names",
    ),
    (
        "move(state[trait]);",
        "move(start[trait]);",
        "a slider stays where it was",
    ),
    (
        "against.show(rival);",
        "against.show(start.rival);",
        "the chip of the first rival stays chosen",
    ),
    (
        "const ratio = Math.max(own / other, other / own);",
        "const ratio = own / other;",
        "the dearer rival is said to multiply less than once as often",
    ),
    (
        "${own > other ? OWN : the} `",
        "${own > other ? the : OWN} `",
        "the cheaper layer is called the dearer one",
    ),
    (
        'inside ? "." : ", beside the picture."',
        '"."',
        "a crossing that is not seen is told as if it were",
    ),
    (
        'rival === "convolution" ? ", a layer each." : "."',
        '"."',
        "nothing says that a convolution's path needs a pile",
    ),
]
OF_CSS = [
    (
        ".cost-rival { stroke-dasharray: 7 5; }",
        ".cost-rival { stroke-width: 2.5; }",
        "attention and its rival look alike",
    ),
    (
        ".cost-dot.cost-hollow { fill: var(--paper)",
        ".cost-dot.cost-hollow { fill: var(--ink)",
        "the two marks look alike",
    ),
    (
        ".cost-curve { fill: none; stroke: var(--soft)",
        ".cost-curve { fill: none; stroke: var(--key)",
        "a layer has the colour of keys",
    ),
]
OF_PY = [
    (
        "for half in (2, 3)] + [4096]",
        "for half in (2, 3)]",
        "the last stop of the tokens is missing",
    ),
    (
        'return ends | {"count": COUNTS, "rival": RIVALS}',
        'return ends | {"rival": RIVALS}',
        "no link may say what is counted",
    ),
    (
        'return self._one_of(STOPS[proposal["trait"].name], proposal)',
        'return proposal["value"]',
        "a number between the stops is taken",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(COSTS, OF_COSTS),
    *_table(COSTS_CSS, OF_CSS),
    *_table(COSTS_PY, OF_PY),
]
