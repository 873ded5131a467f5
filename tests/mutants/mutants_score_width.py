"""Faults in the widget of scores and their width: its JavaScript and style sheet."""

from mutants import Mutant

WHOLE = True
WIDTH = "widgets/score_width/score_width.js"
WIDTH_CSS = "widgets/score_width/score_width.css"
LOADER = "book/_assets/live.js"
TIES = "book/_ext/ties.py"
IN_WIDTH = "browser/test_score_width.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    WIDTH: f"{IN_WIDTH} {IN_EVERY}",
    WIDTH_CSS: f"{IN_EVERY} {IN_WIDTH}",
    LOADER: IN_WIDTH,
    TIES: "test_ties.py",
}
OF_WIDTH = [
    (
        "/ (numbers.length - 1);",
        "/ numbers.length;",
        "the variance is that of a whole population",
    ),
    (
        "(weight > 0 ? weight * Math.log(weight) : 0)",
        "weight * Math.log(weight)",
        "a weight that is nothing has no entropy",
    ),
    (
        "weights[i] * ((i === j) - weights[j])",
        "weights[i] * (i === j) * (1 - weights[j])",
        "the norm forgets what other scores do to a weight",
    ),
    (
        "return order[Math.floor((numbers.length - 1) / 2)];",
        "return order[Math.floor(numbers.length / 2)];",
        "typical is the upper one of two in the middle",
    ),
    (
        "numbers[a] - numbers[b]);",
        "a - b);",
        "typical is the query in the middle of the list",
    ),
    ("if (n < -reach)", "if (n <= -reach)", "the axis' own end lies below it"),
    (
        "else if (n > reach) counts.above += 1;",
        "else if (n > reach) counts.below += 1;",
        "what lies above the axis is counted below it",
    ),
    (
        "const weights = divided.map(",
        "const weights = scores.map(",
        "the weights are made of the scores as they are",
    ),
    (
        "[...weights[typical]].sort((a, b) => b - a)",
        "[...weights[typical]]",
        "the weights stand in no order",
    ),
    (
        "jacobian: norms[typical],",
        "jacobian: norms.reduce((sum, n) => sum + n, 0) / norms.length,",
        "the norm is the mean of all queries",
    ),
    (
        '"√d": Math.sqrt',
        '"√d": Math.cbrt',
        "another root divides",
    ),
    (
        "const raw = studied(() => 1);",
        "const raw = studied(Math.sqrt);",
        "the left panel is divided too",
    ),
    (
        "stand(weight, found.weights, tall);",
        "stand(weight, raw[at].weights, tall);",
        "both panels show the same weights",
    ),
    (
        "found.shares.map((share) => share / mostShare)",
        "found.shares.map((share) => share / Math.max(...found.shares))",
        "the histogram's axis moves",
    ),
    (
        "x + slot + BEYOND + ((score + REACH)",
        "x + slot + ((score + REACH)",
        "the bins stand beside their ticks",
    ),
    (
        "const alike = hundredths(base - tall / numKeys);",
        "const alike = hundredths(base - tall / numQueries);",
        "all alike is drawn elsewhere",
    ),
    (
        "place(dots[i], { cx: x, cy: ys[i][at] });",
        "place(dots[i], { cx: x, cy: ys[0][at] });",
        "both marks lie on one curve",
    ),
    (
        "((Math.log(at) - Math.log(widths[0])) / Math.log(widths.at(-1) / widths[0]))",
        "((at - widths[0]) / (widths.at(-1) - widths[0]))",
        "widths stand by their differences",
    ),
    (
        "const x = toX(width);",
        "const x = toX(widths[0]);",
        "the present width is marked at the first",
    ),
    (
        "rewrite(other.name, `÷ ${divisor}`);",
        'rewrite(other.name, "÷ √d");',
        "a curve keeps its name when another number divides",
    ),
    (
        "n < 0.0005 ?",
        "n < 0.05 ?",
        "a small number is written as nothing",
    ),
    (
        'const CONTROLS = ["width", "divisor"];',
        'const CONTROLS = ["width"];',
        "Reset leaves what divides",
    ),
    (
        "tied.set({ width: widths[at] })",
        "tied.set({ width: at })",
        "the slider sets a place instead of a width",
    ),
    (
        "choice.show(divisor)",
        "choice.show()",
        "no chip is ever chosen",
    ),
    (
        "say(other.variance)",
        "say(one.variance)",
        "the readout says one variance twice",
    ),
]
OF_WIDTH_CSS = [
    (
        ".width-weight { fill: var(--weight)",
        ".width-weight { fill: var(--key)",
        "weights have the colour of keys",
    ),
    (
        ".width-dot.width-raw { fill: var(--paper)",
        ".width-dot.width-raw { fill: var(--soft)",
        "the two marks look alike",
    ),
]
OF_LOADER = [
    (
        "if (Array.isArray(size)) return",
        "if (false) return",
        "a number of a list passes through others",
    ),
]
OF_TIES = [
    (
        "if value not in step[0]:",
        "if value < step[0][0]:",
        "a number that the list lacks is let through",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(WIDTH, OF_WIDTH),
    *_table(WIDTH_CSS, OF_WIDTH_CSS),
    *_table(LOADER, OF_LOADER),
    *_table(TIES, OF_TIES),
]
