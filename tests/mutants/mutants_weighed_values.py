"""Faults in the widget of weighed values: its JavaScript, style sheet and Python."""

from mutants import Mutant

WHOLE = True
WEIGHED = "widgets/weighed_values/weighed_values.js"
MATHS = "widgets/weighed_values/weighed_math.js"
WEIGHED_CSS = "widgets/weighed_values/weighed_values.css"
WEIGHED_PY = "widgets/weighed_values/weighed_values.py"
IN_WEIGHED = "browser/test_weighed_values.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    WEIGHED: f"{IN_WEIGHED} {IN_EVERY}",
    MATHS: IN_WEIGHED,
    WEIGHED_CSS: f"{IN_EVERY} {IN_WEIGHED}",
    WEIGHED_PY: "test_widgets_weighed_values.py",
}
FAULTS = {
    MATHS: [
        ("sum + each * each, 0", "sum + Math.abs(each), 0", "lengths are sums"),
        (
            "j === key ? times : 1",
            "j === key ? 1 : times",
            "all others stretch",
        ),
        ("weights[j] * lengthOf(value)", "lengthOf(value)", "no weight counts"),
        ("weights[j] * value[f]", "value[f]", "values are added unweighed"),
        ("if (lengths === 0) return 0;", "", "no vector has an angle"),
        ("* 180) / Math.PI", "* 90) / Math.PI", "angles are half as wide"),
    ],
    WEIGHED: [
        (
            "const { weights: maps, values: held } = heads[now.head - 1];",
            "const { weights: maps, values: held } = heads[0];",
            "it is always the first head",
        ),
        (
            "const row = Array.from(maps[now.query - 1]);",
            "const row = maps.map((each) => each[now.query - 1]);",
            "the map is transposed",
        ),
        (
            "stretched(held, now.key - 1, now.times)",
            "stretched(held, now.query - 1, now.times)",
            "the query's value is stretched",
        ),
        (
            "const lengths = pulled.map(lengthOf);",
            "const lengths = held.map(lengthOf);",
            "a stretched value stays as long",
        ),
        (
            "const adds = added(row, pulled);",
            "const adds = added(row, held);",
            "a stretched value adds no more",
        ),
        (
            "const high = up(lengthOf(is) / longest);",
            "const high = up(adds.reduce((a, b) => a + b) / longest);",
            "the sum is that of the lengths",
        ),
        (
            "j > now.query - 1]",
            "j >= now.query - 1]",
            "the query does not see itself",
        ),
        (
            'd: now.times === 1 ? "" :',
            'd: now.times !== 1 ? "" :',
            "the sum before is drawn where nothing was changed",
        ),
        (
            "up(lengthOf(was) / longest)",
            "up(lengthOf(is) / longest)",
            "the sum before is that after",
        ),
        (
            "x: hundredths((now.query - 1) * column + 1)",
            "x: hundredths(now.query * column + 1)",
            "the frame stands at the next token",
        ),
        (
            "middle(now.key - 1)",
            "middle(now.key)",
            "the mark stands at the next token",
        ),
        (
            "if (now.times === 1) return told;",
            "return told;",
            "nothing is said of what was stretched",
        ),
        (
            "row.indexOf(Math.max(...row))",
            "row.indexOf(Math.min(...row))",
            "most is least",
        ),
        (
            "number(lengthOf(held[best]), 1)",
            "number(adds[best], 1)",
            "a length is told weighed",
        ),
        (
            "tied.set({ head: Number(name) })",
            "tied.set({ head: 1 })",
            "no other head can be chosen",
        ),
        (
            'const KEPT = ["head", "query", "key", "times"];',
            'const KEPT = ["head", "query", "key"];',
            "Reset leaves a value stretched",
        ),
    ],
    WEIGHED_CSS: [
        (
            ".weighed-added { fill: var(--value);",
            ".weighed-added { fill: var(--weight);",
            "what is added has the weights' colour",
        ),
        (
            ".weighed-asks { fill: none; stroke: var(--query);",
            ".weighed-asks { fill: none; stroke: var(--key);",
            "the query has the keys' colour",
        ),
    ],
    WEIGHED_PY: [
        ('{"query": len(names)}', '{"query": 1}', "the first token asks"),
        ("if value > most:", "if value > most + 1:", "a token too many"),
        ("if times % TIMES_STEP:", "if False:", "times may be anything"),
        (
            "and weights.min() >= 0",
            "",
            "a weight may be below 0",
        ),
        ("if len(names) != count:", "if False:", "a token has no name"),
    ],
}
MUTANTS = [
    Mutant(file, old, new, reason)
    for file, faults in FAULTS.items()
    for old, new, reason in faults
]
