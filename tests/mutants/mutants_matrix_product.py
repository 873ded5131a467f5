"""Faults in the widget of the matrix product: its JavaScript, its style sheet, its Python."""

from mutants import Mutant

WHOLE = True
PRODUCT = "widgets/matrix_product/matrix_product.js"
MATHS = "widgets/matrix_product/product_math.js"
PRODUCT_CSS = "widgets/matrix_product/matrix_product.css"
PRODUCT_PY = "widgets/matrix_product/matrix_product.py"
IN_PRODUCT = "browser/test_matrix_product.py"
IN_EVERY = "browser/test_every_widget.py"
OWN_TESTS = {
    PRODUCT: f"{IN_PRODUCT} {IN_EVERY}",
    MATHS: IN_PRODUCT,
    PRODUCT_CSS: f"{IN_PRODUCT} {IN_EVERY}",
    PRODUCT_PY: "test_widgets_matrix_product.py",
}
OF_MATHS = [
    (
        "productOfRows(left, turned(right))",
        "productOfRows(left, right)",
        "rows meet rows where columns are meant",
    ),
    (
        "[number, right[n][column]]",
        "[number, right[column][n]]",
        "a sum is said of the row instead of the column",
    ),
    (
        "flat.slice(i * columns, (i + 1) * columns)",
        "flat.slice(i, i + columns)",
        "rows of a flat list overlap",
    ),
]
OF_PRODUCT = [
    (
        'model.get("transposed") ? j * keys + i : i * keys + j',
        "i * keys + j",
        "another entry than the one pressed changes, where rows are written",
    ),
    (
        "const next = Math.min(Math.max(value, least), most);",
        "const next = value;",
        "an entry grows beyond its end",
    ),
    (
        "model.get(name).map((old, n) => (n === here ? next : old))",
        "model.get(name).map((old, n) => (n >= here ? next : old))",
        "all that follows an entry changes with it",
    ),
    (
        '[spot.left, spot.right, chosen] = [[0, 0], [0, 0], "left"];',
        "",
        "Reset leaves the entry that is changed",
    ),
    (
        'if (name === "product") tied.set({ row: at[0] + 1, column: at[1] + 1 });',
        'if (name === "product") tied.set({ row: at[1] + 1, column: at[0] + 1 });',
        "rows and columns of the product are exchanged",
    ),
    (
        'cell.addEventListener("click", () => cell.focus({ preventScroll: true }));',
        "",
        "a click that gives no focus by itself chooses nothing",
    ),
    (
        'if (name === "product" || event.ctrlKey || event.metaKey) return;',
        'if (name === "product") return;',
        "a shortcut of the browser changes an entry",
    ),
    (
        '"+": now + 1, "-": now - 1',
        '"+": now + 1',
        "minus does nothing",
    ),
    (
        "spot.right = [b, a];",
        "",
        "another entry is changed once the right is turned",
    ),
    (
        "const written = now.transposed ? turned(right) : right;",
        "const written = right;",
        "what is written as rows is not turned",
    ),
    (
        "right: (row, column) => (now.transposed ? row : column) === j,",
        "right: (row, column) => column === j,",
        "a column is lit where a row is meant",
    ),
    (
        'if (now.transposed) around("right", j, 0, 1, dim);',
        'if (now.transposed) around("right", i, 0, 1, dim);',
        "another row of the right is framed",
    ),
    (
        'around("product", i, j, 1, 1);',
        'around("product", j, i, 1, 1);',
        "another cell of the product is framed",
    ),
    (
        '[["q", i], ["k", j]]',
        '[["q", j], ["k", i]]',
        "the marks on the axes are exchanged",
    ),
    (
        'index("right", transposed ? "k" : "d", true);',
        'index("right", "d", true);',
        "the axes of the right keep their names",
    ),
    (
        '(name === "product" || name === chosen)',
        "true",
        "an entry is marked in both matrices",
    ),
    (
        "stops[name] = stopAt(grids[name].cells[pressed[0]][pressed[1]], stops[name]);",
        "stops[name] ??= stopAt(grids[name].cells[pressed[0]][pressed[1]], stops[name]);",
        "the Tab key stops where it first did",
    ),
    (
        "value < 0 ? `(${signed(value, 0)})` : signed(value, 0)",
        "signed(value, 0)",
        "a negative factor has no brackets",
    ),
    (
        "qd,kd->qk",
        "qd,dk->qk",
        "the same letters name both ways to write the right",
    ),
    (
        '${transposed ? "row" : "column"} ${column} of right',
        "column ${column} of right",
        "a row is called a column",
    ),
    (
        '"aria-disabled": value === most',
        '"aria-disabled": false',
        "a button that is off does not say so",
    ),
    (
        "lower - 10 - ABOVE.index - shapes.right[0] * high",
        "lower - 10 - ABOVE.index - side * high",
        "the right ends far above the product",
    ),
    (
        "box.checked = now.transposed;",
        "",
        "the switch does not follow",
    ),
]
OF_CSS = [
    (
        ".product-left.product-lit { background: color-mix(in srgb, var(--query)",
        ".product-left.product-lit { background: color-mix(in srgb, var(--key)",
        "queries are tinted as keys",
    ),
    (
        ".product-frame.product-right { stroke: var(--key)",
        ".product-frame.product-right { stroke: var(--query)",
        "keys are framed as queries",
    ),
    (
        ".product-index { font-size: 11px; }",
        ".product-index { font-size: 10px; }",
        "the names of the axes are too small",
    ),
    (
        "{ margin: 0 -0.875rem; }",
        "{ margin: 0; }",
        "on the narrowest screen numbers leave their cells",
    ),
    (
        "{ .attn-face.product-of-4 .attn-readout { min-height: 6em; } }",
        "{ .attn-face.product-of-4 .attn-readout { min-height: 3em; } }",
        "the longest sentence has too little room",
    ),
]
OF_PY = [
    (
        "if right.shape[int(bool(transposed))] != left.shape[1]:",
        "if right.shape[0] != left.shape[1]:",
        "rows as long as the left's are refused",
    ),
    (
        "            right = right.T\n",
        "            pass\n",
        "what is given as rows is kept as rows",
    ),
    (
        "and number == int(number)",
        "and True",
        "entries may be broken numbers",
    ),
    (
        "if len(numbers) != count:",
        "if len(numbers) > count:",
        "a matrix may lose entries",
    ),
    (
        'count = dim * (queries if name == "left" else keys)',
        "count = dim * queries",
        "the right must have as many entries as the left",
    ),
    (
        'self.sizes[0 if name == "row" else 2]',
        "max(self.sizes)",
        "a cell may lie outside the product",
    ),
    (
        "FEWEST <= n <= LARGEST",
        "n <= LARGEST",
        "a matrix may have one row",
    ),
]


def _table(file, rows):
    return [Mutant(file, old, new, why) for old, new, why in rows]


MUTANTS = [
    *_table(MATHS, OF_MATHS),
    *_table(PRODUCT, OF_PRODUCT),
    *_table(PRODUCT_CSS, OF_CSS),
    *_table(PRODUCT_PY, OF_PY),
]
