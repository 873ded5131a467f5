"""Faults in the widget of the loss and its slope: its JavaScript, its style sheet, its Python."""

from mutants import Mutant

WHOLE = True
SLOPE = "widgets/loss_slope/loss_slope.js"
MATHS = "widgets/loss_slope/slope_math.js"
SLOPE_CSS = "widgets/loss_slope/loss_slope.css"
SLOPE_PY = "widgets/loss_slope/loss_slope.py"
IN_SLOPE = "browser/test_loss_slope.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    SLOPE: f"{IN_SLOPE} {IN_EVERY}",
    MATHS: IN_SLOPE,
    SLOPE_CSS: f"{IN_SLOPE} {IN_EVERY}",
    SLOPE_PY: "test_widgets_loss_slope.py",
}
OF_MATHS = [
    (
        "return largest - logits[target] +",
        "return largest - Math.max(...logits) +",
        "the loss is that of the most probable class",
    ),
    (
        "Math.exp(logit - largest)",
        "Math.exp(logit)",
        "the largest score counts twice in the loss",
    ),
    (
        "(n === target ? p - 1 : p)",
        "(n === target ? 1 - p : p)",
        "the target's score falls with the others",
    ),
    (
        "logit - gradient[n], least), most)",
        "logit + gradient[n], least), most)",
        "a step leads up the slope",
    ),
    (
        "Math.min(Math.max(logit - gradient[n], least), most)",
        "logit - gradient[n]",
        "a step leaves the ends",
    ),
    (
        "logits.map(() => true)",
        "logits.map((_, n) => n < 3)",
        "a fourth class has no probability",
    ),
]
OF_SLOPE = [
    (
        "(i === n ? value : old)",
        "(i >= n ? value : old)",
        "a slider moves the scores below it too",
    ),
    (
        "names.indexOf(now.target), [least, most]) }, true);",
        "0, [least, most]) }, true);",
        "a step goes towards the first class",
    ),
    (
        "[least, most]) }, true);",
        "[least, most]) });",
        "a step is not shown as motion",
    ),
    (
        'ui.root.classList.toggle("slope-moving", moving);',
        'if (moving) ui.root.classList.add("slope-moving");',
        "bars lag behind a slider after a step",
    ),
    (
        "onReset: () => change(start),",
        "onReset: () => change({ logits: start.logits }),",
        "Reset leaves the target",
    ),
    (
        "(target) => change({ target })",
        "() => {}",
        "a chip sets nothing",
    ),
    (
        "const high = CHANCE.height * p;",
        "const high = CHANCE.height * Math.sqrt(p);",
        "probabilities are drawn by their root",
    ),
    (
        "place(each.p, { y: hundredths(base - high)",
        "place(each.p, { y: hundredths(base)",
        "probabilities hang down",
    ),
    (
        "zero - Math.max(far, 0)",
        "zero + Math.min(far, 0)",
        "the gradient has no sign",
    ),
    (
        "n === right ? 14 : -5",
        "n === right ? -5 : 14",
        "numbers of the gradient stand in their bars",
    ),
    (
        'rule(slope, SLOPE.top, "1");',
        'rule(slope, SLOPE.top + SLOPE.half / 2, "1");',
        "the scale of the gradient is another one than its bars have",
    ),
    (
        "gradient: gradientOf(logits, right),",
        "gradient: gradientOf(logits, 0),",
        "the gradient is that of the first class",
    ),
    (
        'n === right ? "slope-name slope-right" : "slope-name"',
        '"slope-name"',
        "the target's name does not stand out",
    ),
    (
        'fill(each.mark, n === right ? "target" : "");',
        'fill(each.mark, n === 0 ? "target" : "");',
        "the first class is marked as the target",
    ),
    (
        "scores[n].show(logits[n], signed(logits[n], 2));",
        "scores[n].show(logits[n], signed(logits[n], 1));",
        "scores are said too roughly",
    ),
    (
        "by: Math.abs(next[n] - logits[n])",
        "by: next[n] - logits[n]",
        "something negative is said to be taken",
    ),
    (
        'others.length - 1 ? " and " : ", "',
        'others.length - 1 ? ", " : " and "',
        "a list of two is joined by a comma",
    ),
    (
        "p < 0.00995 ? 4 :",
        "p < 0 ? 4 :",
        "a small probability is said to be nothing",
    ),
    (
        "targets.show(target);",
        "",
        "the chips do not follow",
    ),
    (
        'group.dataset.show = "score";',
        "",
        "the scores cannot be lit",
    ),
]
OF_CSS = [
    (
        ".slope-mark { fill: var(--ink); font-size: 11px; }",
        ".slope-mark { fill: var(--ink); font-size: 10px; }",
        "the mark of the target is too small",
    ),
    (
        "(max-width: 18rem) { .attn-face.attn-slope .attn-readout { min-height: 9em; } }",
        "(max-width: 18rem) { .attn-face.attn-slope .attn-readout { min-height: 3em; } }",
        "the sentence has too little room on a phone",
    ),
    (
        ".slope-step { justify-self: start; min-height: 44px; padding: 0 1rem;",
        ".slope-step { justify-self: start; height: 20px; padding: 0 1rem;",
        "the button of the step is too low for a finger",
    ),
    (
        "fill: var(--attn-paper, #fdfcf9); stroke: var(--ink); stroke-width: 1.5;",
        "fill: var(--attn-paper, #fdfcf9); stroke: none; stroke-width: 1.5;",
        "the gradient vanishes in forced colours",
    ),
]
OF_PY = [
    (
        "longest = LONGEST[len(names)]",
        "longest = LONGEST[3]",
        "names of four classes may be so long that they touch",
    ),
    (
        "not name.strip()",
        "not name",
        "a class may be called nothing",
    ),
    (
        "if len(set(names)) < len(names):",
        "if len(set(names)) < 2:",
        "two classes may have one name",
    ),
    (
        "if len(logits) != len(self.names):",
        "if len(logits) < len(self.names):",
        "there may be a score too many",
    ),
    (
        "if not LEAST <= logit <= MOST:",
        "if not logit <= MOST:",
        "a score may lie below its end",
    ),
    (
        '"target": list(self.names),',
        '"target": list(self.names)[:2],',
        "no link sets the third class",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(SLOPE, OF_SLOPE),
    *_table(SLOPE_CSS, OF_CSS),
    *_table(SLOPE_PY, OF_PY),
]
