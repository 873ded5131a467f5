// Two matrices and their product: a cell of it is taken apart, and what it is made of can be changed.
import { matrixProduct, pairsOf, productOfRows, rowsOf, turned } from "./product_math.js";
import { hundredths, signed } from "../parts/axes.js";
import { button, ends, face, fill, make, number, place, silentNumber, slider, stayDrawn, steady, tie, traits } from "../parts/face.js";
import { put, write } from "../parts/pen.js";
import { ledTo, stopAt } from "../parts/stops.js";

const KEPT = ["left", "right", "row", "column", "transposed"]; // what Reset brings back
const GRIDS = ["left", "right", "product"];
const HIGH = { phone: 32, wide: 36 }; // of a cell
const WIDE = { least: 24, left: 52, fair: 40, right: 60 }; // of a cell; a product takes more room than a factor
const ABOVE = { title: 18, index: 16 }; // a grid
const LABEL = 19; // room for the index of a row, left of it
const BETWEEN = 22; // the left matrix and the right one, with the indices of its rows
const ROOMY = 420; // as wide as large cells
const LETTERS = { least: 11, most: 15 }; // the size of numbers
const FOUR = 3.1; // how wide four of them are, for each pixel of that
const FORMULA = {
  false: 'left @ right\n= einsum("qd,dk->qk", left, right)',
  true: 'left @ right.T\n= einsum("qd,kd->qk", left, right)',
};

function render({ model, el }) {
  const state = () => traits(model, KEPT);
  const start = state();
  const tied = tie(model);
  const [queries, dim, keys] = model.get("sizes");
  const [least, most] = model.get("settable").left[0];
  const axes = () => ({ left: [queries, dim], right: model.get("transposed") ? [keys, dim] : [dim, keys], product: [queries, keys] });
  let chosen = "left"; // the matrix whose entry the two buttons change
  const spot = { left: [0, 0], right: [0, 0] }; // that entry, of each
  const stops = { left: null, right: null, product: null }; // the cells at which the Tab key stops
  let layout = null;

  /** Where an entry stands in the flat list; the right matrix may be written as rows. */
  const placeOf = (name, [i, j]) => (name === "left" ? i * dim + j : model.get("transposed") ? j * keys + i : i * keys + j);
  const valueAt = (name, at) => model.get(name)[placeOf(name, at)];
  const nameOf = (name, [i, j]) => `${name}, row ${i + 1}, column ${j + 1}`;

  /** Let an entry be another number, as far as that goes. */
  function change(name, at, value) {
    const next = Math.min(Math.max(value, least), most);
    const here = placeOf(name, at);
    tied.set({ [name]: model.get(name).map((old, n) => (n === here ? next : old)) });
  }

  const amount = silentNumber("product-amount");
  const named = steady("product-named");
  const [less, more] = [-1, 1].map((by) => button("product-button", () => change(chosen, spot[chosen], valueAt(chosen, spot[chosen]) + by), by < 0 ? "−1" : "+1"));
  const stepper = make("div", "product-stepper", less, amount, more, named.node);
  const rows = slider("row", { ...ends(model, "row"), role: "query" }, (row) => tied.set({ row }));
  const columns = slider("column", { ...ends(model, "column"), role: "key" }, (column) => tied.set({ column }));
  const box = Object.assign(make("input"), { type: "checkbox" });
  box.addEventListener("change", () => tied.set({ transposed: box.checked }));
  const turn = make("label", "attn-chip product-turn", box, make("span", "", "right is written as rows (k,\u00a0d)"));
  const formula = steady("product-formula");
  const ui = face(el, {
    name: "product",
    beside: formula.node,
    controls: [rows.row, columns.row, stepper, turn],
    hint: model.get("hint"),
    onReset: () => {
      [spot.left, spot.right, chosen] = [[0, 0], [0, 0], "left"];
      tied.set(start);
      show();
    },
  });

  ui.root.classList.add(`product-of-${dim}`); // so long is the sentence
  // Grids of cells lie on the stage, and are no part of the picture: they are pressed.
  const grids = Object.fromEntries(GRIDS.map((name) => {
    const node = make("div", "product-grid");
    node.dataset.show = name;
    place(node, { role: "grid", "aria-label": name });
    return [name, { node, cells: [] }];
  }));
  ui.stage.prepend(...GRIDS.map((name) => grids[name].node));

  /** Give a grid so many cells, row by row. */
  function build(name, [high, long]) {
    const grid = grids[name];
    if (grid.cells.length === high && grid.cells[0].length === long) return;
    grid.cells = Array.from({ length: high }, (_, i) => Array.from({ length: long }, (_, j) => {
      const cell = make("div", `product-cell product-${name}`);
      place(cell, { role: "gridcell", tabindex: -1 });
      cell.addEventListener("click", () => cell.focus({ preventScroll: true }));
      cell.addEventListener("focus", () => choose(name, [i, j]));
      cell.addEventListener("keydown", (event) => press(event, name, [i, j]));
      return cell;
    }));
    grid.node.replaceChildren(...grid.cells.map((cells) => {
      const row = make("div", "", ...cells);
      place(row, { role: "row" });
      return row;
    }));
    stops[name] = null;
  }

  /** A cell of the product is taken apart; an entry is what the two buttons change. */
  function choose(name, at) {
    if (name === "product") tied.set({ row: at[0] + 1, column: at[1] + 1 });
    else {
      [chosen, spot[name]] = [name, at];
      show();
    }
  }

  /** Arrows lead through a grid; a figure is a value of an entry, plus and minus are a step. */
  function press(event, name, at) {
    const led = ledTo(event, at, axes()[name]);
    if (led) {
      grids[name].cells[led[0]][led[1]].focus();
      return;
    }
    if (name === "product" || event.ctrlKey || event.metaKey) return;
    const now = valueAt(name, at);
    const value = /^[0-9]$/.test(event.key) ? Number(event.key) : { "+": now + 1, "-": now - 1 }[event.key];
    if (value === undefined) return;
    event.preventDefault();
    change(name, at, value);
  }

  function lay() {
    const shapes = axes();
    const { transposed } = state();
    const width = Math.max(ui.stage.clientWidth, 210);
    const side = Math.max(dim, keys); // of the room for the right matrix, however it is written
    const room = width - LABEL - BETWEEN;
    const high = width < ROOMY ? HIGH.phone : HIGH.wide;
    const cell = Math.min(WIDE.left, Math.max(WIDE.least, Math.floor((room - side * (width < ROOMY ? WIDE.fair : WIDE.right)) / dim)));
    const wide = Math.min(WIDE.right, hundredths((room - dim * cell) / side));
    const letters = Math.min(LETTERS.most, Math.max(LETTERS.least, Math.floor(wide / FOUR)));
    const from = Math.floor((room - dim * cell - side * wide) / 2) + LABEL;
    const beyond = from + dim * cell + BETWEEN;
    const lower = ABOVE.title + ABOVE.index + side * high + 10 + ABOVE.index;
    const at = {
      left: { x: from, y: lower, wide: cell },
      // It ends above the product, whose columns are then its own.
      right: { x: beyond, y: lower - 10 - ABOVE.index - shapes.right[0] * high, wide },
      product: { x: beyond, y: lower, wide },
    };
    const height = lower + queries * high + ABOVE.title + 6;
    ui.picture.replaceChildren();
    ui.root.classList.toggle("product-tight", letters === LETTERS.least);
    const part = (name) => put(ui.picture, "g", "", { "data-show": name });
    const groups = Object.fromEntries(GRIDS.map((name) => [name, part(name)]));
    const marks = { q: [], k: [] }; // the indices of what may be lit

    /** Write the indices of an axis above a grid, or left of it. */
    function index(name, axis, down) {
      const { x, y, wide: each } = at[name];
      const count = shapes[name][down ? 0 : 1];
      for (let n = 0; n < count; n++) {
        const words = `${axis}${n + 1}`;
        const mark = down
          ? write(groups[name], words, x - 4, y + (n + 0.5) * high + 4, "end", "product-index")
          : write(groups[name], words, x + (n + 0.5) * each, y - 5, "middle", "product-index");
        marks[axis]?.push({ mark, n });
      }
    }
    for (const name of GRIDS) {
      const { x, y, wide: each } = at[name];
      const [down, long] = shapes[name];
      build(name, [down, long]);
      grids[name].node.style.cssText = `left: ${x}px; top: ${y}px; width: ${hundredths(long * each)}px; height: ${down * high}px; font-size: ${letters}px`;
      const title = `${name} (${down}, ${long})`;
      const above = y - ABOVE.index - 5;
      write(groups[name], title, x, name === "product" ? y + down * high + ABOVE.title - 3 : above, "start", `product-title product-${name}`);
    }
    index("left", "q", true);
    index("left", "d", false);
    index("right", transposed ? "k" : "d", true);
    index("right", transposed ? "d" : "k", false);
    index("product", "k", false);
    const frames = Object.fromEntries(GRIDS.map((name) => [name, put(groups[name], "rect", `product-frame product-${name}`, { rx: 2 })]));
    place(ui.picture, { viewBox: `0 0 ${width} ${height}`, height });
    layout = { at, high, frames, marks, transposed };
    show();
  }

  function show() {
    if (!layout) return;
    const now = state();
    // How the right matrix is written is part of the layout.
    if (layout.transposed !== now.transposed) {
      // The entry that is changed stays the same one.
      const [a, b] = spot.right;
      spot.right = [b, a];
      lay();
      return;
    }
    const left = rowsOf(now.left, dim);
    const right = rowsOf(now.right, keys);
    const written = now.transposed ? turned(right) : right;
    const product = now.transposed ? productOfRows(left, written) : matrixProduct(left, right);
    const [i, j] = [now.row - 1, now.column - 1];
    const lit = {
      left: (row) => row === i,
      right: (row, column) => (now.transposed ? row : column) === j,
      product: (row, column) => row === i && column === j,
    };
    for (const [name, numbers] of Object.entries({ left, right: written, product })) {
      const pressed = name === "product" ? [i, j] : spot[name];
      grids[name].cells.forEach((cells, row) => cells.forEach((cell, column) => {
        const text = signed(numbers[row][column], 0);
        fill(cell, text);
        const marked = row === pressed[0] && column === pressed[1] && (name === "product" || name === chosen);
        place(cell, { "aria-label": `${nameOf(name, [row, column])}: ${text}`, "aria-selected": String(marked) });
        cell.classList.toggle("product-lit", lit[name](row, column));
      }));
      stops[name] = stopAt(grids[name].cells[pressed[0]][pressed[1]], stops[name]);
    }
    const { at, high, frames, marks } = layout;
    const around = (name, row, column, down, long) => {
      const { x, y, wide } = at[name];
      place(frames[name], { x: hundredths(x + column * wide), y: y + row * high, width: hundredths(long * wide), height: down * high });
    };
    around("left", i, 0, 1, dim);
    if (now.transposed) around("right", j, 0, 1, dim);
    else around("right", 0, j, dim, 1);
    around("product", i, j, 1, 1);
    for (const [axis, chosenOne] of [["q", i], ["k", j]]) {
      for (const { mark, n } of marks[axis]) place(mark, { class: n === chosenOne ? `product-index product-on-${axis}` : "product-index" });
    }

    const value = valueAt(chosen, spot[chosen]);
    const entry = nameOf(chosen, spot[chosen]);
    named.say(entry, [entry, nameOf("right", [3, 3])]);
    fill(amount, signed(value, 0));
    place(less, { "aria-label": `−1: lower ${entry}`, "aria-disabled": value === least });
    place(more, { "aria-label": `+1: raise ${entry}`, "aria-disabled": value === most });
    rows.show(now.row, String(now.row));
    columns.show(now.column, String(now.column));
    box.checked = now.transposed;
    formula.say(FORMULA[now.transposed], Object.values(FORMULA));
    ui.say(sentence(now, pairsOf(left, right, i, j), product[i][j]));
  }

  tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay);
}

/** A factor of a sum, in brackets where it is negative. */
function factor(value, role) {
  const node = number(value, 0, role);
  fill(node, value < 0 ? `(${signed(value, 0)})` : signed(value, 0));
  return node;
}

/** Say what the chosen cell adds up. */
function sentence({ row, column, transposed }, pairs, sum) {
  const total = number(sum, 0);
  fill(total, signed(sum, 0));
  const terms = pairs.flatMap(([a, b], n) => [n ? " + " : "", factor(a, "query"), "·", factor(b, "key")]);
  return [`Row ${row} of left meets ${transposed ? "row" : "column"} ${column} of right: `, ...terms, " = ", total, "."];
}

export default { render };
