"""Wrong versions of chapter 06's wires: who reaches whom, and how it is drawn."""

from mutants import Mutant

WIRING = "recipes/wiring.py"
DRAWN = "plots/wiring.py"
OWN_TESTS = {
    WIRING: "test_recipes_wiring.py",
    DRAWN: "test_wires.py test_drawings.py test_errors_plots.py",
}
OF_WIRING = [
    (
        "step = 2**layer if",
        "step = 2 * layer + 1 if",
        "the distances grow by two instead of doubling",
    ),
    (
        'step = 2**layer if mixer == "dilated" else 1',
        "step = 2**layer",
        "every convolution is dilated",
    ),
    (
        "Node(layer + 1, place - 1), end",
        "Node(layer, place - 1), end",
        "an RNN reads the input before instead of the state",
    ),
    (
        "                if place:\n",
        "                if place > 1:\n",
        "the second token of an RNN has no state to read",
    ),
    (
        "range(-side, side + 1)",
        "range(-side, side)",
        "a kernel lacks its last tap",
    ),
    (
        "if 0 <= origin < num_tokens",
        "if 0 < origin < num_tokens",
        "nobody reads the first token",
    ),
    (
        "if kernel_size % 2 == 0:",
        "if kernel_size % 2 == 2:",
        "a kernel without a middle is taken",
    ),
    (
        "path.append(min(nearer, key=stray))",
        "path.append(nearer[0])",
        "any of the shortest ways is taken",
    ),
    (
        "if left.get(node) == left[path[-1]] - 1",
        "if node in left",
        "the straightest way is taken, though it is longer",
    ),
    (
        "_distances(behind, end)",
        "_distances(ahead, end)",
        "ways are walked backwards",
    ),
    (
        '_joined("start", start, ahead), _joined("end", end, ahead)',
        "Node(*start), Node(*end)",
        "a node that is not there is looked for",
    ),
    (
        '{*_distances(ahead, _joined("start", start, ahead))}',
        '{*_distances(ahead, _joined("start", start, ahead))} - {start}',
        "a node does not reach itself",
    ),
]
OF_DRAWN = [
    (
        "top + RISE * (self.num_levels - 1 - level) + RADIUS",
        "top + RISE * level + RADIUS",
        "inputs stand at the top",
    ),
    (
        "radius = min(RADIUS, 0.4 * step)",
        "radius = RADIUS",
        "dots of many tokens touch on a phone",
    ),
    (
        "width = max(own, 1.08 * span(self.title, LETTERS, bold=True))",
        "width = own",
        "a long title is cut off",
    ),
    (
        "sorted(self.marked.difference(self.lit))",
        "sorted(self.marked)",
        "a dot on the way is marked too",
    ),
    (
        "map(line, self.lit, self.lit[1:])",
        "map(line, self.lit, self.lit[2:])",
        "the way skips a dot",
    ),
    (
        'radius, "soft", ink=HALF)',
        'radius, "soft")',
        "what hears has as much ink as any dot",
    ),
    (
        'for name in ("lit", "marked"):',
        'for name in ("lit",):',
        "a mark that is nowhere is lost",
    ),
    (
        "zip(drawing.lit, drawing.lit[1:], strict=False)",
        "zip(drawing.lit, drawing.lit[2:], strict=False)",
        "a way may follow what is not joined",
    ),
    (
        "if min(level, place) < 0:",
        "if level < 0:",
        "a place before the first is drawn",
    ),
    (
        "1 + max(place for _, place in nodes)",
        "1 + max(level for level, _ in nodes)",
        "there are as many tokens as levels",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [*_table(WIRING, OF_WIRING), *_table(DRAWN, OF_DRAWN)]
