// Which weights a head shall have, and which a head of this width can make.
import { divergence, leftOver, pointsRight, softRows, tableOf } from "./rank_math.js";
import { decimalsOf, hundredths } from "../parts/axes.js";
import { chips, ends, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";
import { put, write } from "../parts/pen.js";
import { followTheme, paintMap } from "../parts/ramp.js";
import { inside, ledTo, stopAt } from "../parts/stops.js";
import { unpack } from "../parts/weights.js";

const KEPT = ["target", "width", "row", "column"]; // what Reset brings back
const TOP = 22; // room for what is written above a map
const SIDE = 22; // room for what is written at its left
const CROSS = 14; // and at the right of the one that is made
const CELL = 18; // how large a cell is, at most
// What is counted, and how it is called where there is little room.
const FIGURES = {
  rank: ["rank of the scores", "rank of the scores"],
  pointing: ["queries that point right", "queries right"],
  divergence: ["divergence, in nats", "divergence, nats"],
  left: ["missed without softmax", "missed, no softmax"],
};

function render({ model, el }) {
  const state = () => traits(model, KEPT);
  const start = state();
  const tied = tie(model);
  const { names, shares } = traits(model, ["names", "shares"]);
  const given = unpack(model.get("weights"), model.get("shapes"));
  const widths = ends(model, "width").step;
  const [numQueries, numKeys] = model.get("shapes")[0][1];
  const known = new Map(); // all that is shown of a table and a width

  function study({ target, width }) {
    const key = `${width} ${target}`;
    if (!known.has(key)) {
      const n = names.indexOf(target);
      const wanted = Array.from(given.wanted[n], (row) => Array.from(row));
      const head = given.fits[n][width];
      const scores = tableOf(head.query, head.key);
      const right = pointsRight(scores, wanted);
      known.set(key, {
        key, wanted, scores, right, made: softRows(scores),
        rank: Math.min(width, numQueries, numKeys),
        pointing: right.filter(Boolean).length,
        divergence: divergence(scores, wanted),
        left: leftOver(shares[n], width),
      });
    }
    return known.get(key);
  }

  const slide = slider("width d", { min: 0, max: widths.length - 1, step: 1 }, (at) => tied.set({ width: widths[at] }));
  const query = slider("query", { ...ends(model, "row"), role: "query" }, (row) => tied.set({ row }));
  const key = slider("key", { ...ends(model, "column"), role: "key" }, (column) => tied.set({ column }));
  const choice = chips("wanted", names.map((name) => ({ name })), (target) => tied.set({ target }));
  const ui = face(el, {
    name: "rank",
    controls: [slide.row, choice.row, query.row, key.row],
    hint: model.get("hint"),
    onReset: () => tied.set(start),
  });
  const canvases = ["wanted", "made"].map((show) => {
    const node = make("canvas", "rank-map");
    node.dataset.show = show;
    place(node, { "aria-hidden": "true" });
    node.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") point(event); });
    node.addEventListener("click", point);
    return node;
  });
  const grid = make("div", "rank-grid");
  place(grid, { role: "grid", "aria-label": "weights, a row for each query" });
  const boxes = Array.from({ length: numQueries }, (_, row) => {
    const line = make("div", "rank-line");
    place(line, { role: "row" });
    grid.append(line);
    return Array.from({ length: numKeys }, (_, column) => {
      const box = make("div", "rank-box");
      place(box, { role: "gridcell", tabindex: -1 });
      box.addEventListener("keydown", (event) => press(event, row, column));
      line.append(box);
      return box;
    });
  });
  const scale = make("div", "rank-scale", "weight 0", make("span", "attn-ramp"), "1   × points wrong");
  ui.stage.prepend(...canvases);
  ui.stage.append(grid, scale);
  let layout = null;
  let painted = []; // what each of the two maps shows
  let labelled = null; // and which the cells' labels tell
  let stop = null; // the cell at which the Tab key stops

  /** Let the cell under the pointer be the one that is read out. */
  function point(event) {
    const box = event.target.getBoundingClientRect();
    const row = inside(Math.floor(((event.clientY - box.top) / box.height) * numQueries), numQueries);
    const column = inside(Math.floor(((event.clientX - box.left) / box.width) * numKeys), numKeys);
    const now = state();
    if (row !== now.row || column !== now.column) tied.set({ row, column });
  }

  /** An arrow moves to the next cell; Home and End to the ends of its row. */
  function press(event, row, column) {
    const next = ledTo(event, [row, column], [numQueries, numKeys]);
    if (!next) return;
    tied.set({ row: next[0], column: next[1] });
    stand(...next); // before the next key is pressed, which may be in this frame
  }

  /** Let the Tab key stop at this cell. */
  function stand(row, column) {
    stop = stopAt(boxes[row][column], stop);
  }

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 240);
    const roomy = width >= 480;
    const gap = roomy ? 24 : 0;
    ui.picture.replaceChildren();
    const at = (node, left, top, wide, high) => {
      node.style.cssText = `left: ${hundredths(left)}px; top: ${hundredths(top)}px; width: ${hundredths(wide)}px; height: ${hundredths(high)}px`;
    };

    // Every cell has as many of the screen's pixels as the next.
    const dense = window.devicePixelRatio || 1;
    const space = roomy ? (width - gap - CROSS) / 2 - SIDE : width - CROSS - SIDE;
    const cell = Math.floor(Math.min(CELL, space / numKeys) * dense) / dense;
    const [wide, high] = [numKeys * cell, numQueries * cell];
    const maps = canvases.map((node, n) => {
      const [left, top] = roomy ? [SIDE + n * (SIDE + wide + gap), TOP] : [SIDE, TOP + n * (high + TOP + 26)];
      at(node, left, top, wide, high);
      if (n === 1) at(grid, left, top, wide, high);
      const part = put(ui.picture, "g", "", { "data-show": node.dataset.show });
      const title = write(part, n ? "" : "wanted", left, top - 8, "start", "rank-title");
      write(part, "key", left + wide, top + high + 15, "end", "rank-key");
      const side = write(part, "query", 0, 0, "end", "rank-query");
      place(side, { transform: `translate(${hundredths(left - 8)} ${top}) rotate(-90)` });
      put(part, "rect", "rank-frame", { x: hundredths(left), y: top, width: hundredths(wide), height: hundredths(high) });
      const band = put(part, "rect", "rank-band", { x: hundredths(left), width: hundredths(wide), height: hundredths(cell) });
      const mark = put(part, "rect", "rank-cell", { width: hundredths(cell + 2), height: hundredths(cell + 2) });
      return { left, top, title, band, mark, bottom: top + high };
    });
    const wrong = put(ui.picture, "path", "rank-wrong", { "data-show": "pointing" });
    scale.style.cssText = `left: ${roomy ? SIDE : 0}px; top: ${hundredths(maps[1].bottom + 22)}px`;

    const first = maps[1].bottom + 62;
    const columns = width >= 600 ? 4 : 2;
    const figures = Object.keys(FIGURES).map((name, n) => {
      const part = put(ui.picture, "g", "", { "data-show": name });
      const [x, y] = [(n % columns) * (width / columns), first + Math.floor(n / columns) * 50];
      write(part, FIGURES[name][Number(!roomy)], x, y);
      return write(part, "", x, y + 20, "start", "rank-number");
    });
    const bottom = Math.ceil(first + (4 / columns - 1) * 50 + 28);
    place(ui.picture, { viewBox: `0 0 ${width} ${bottom}`, height: bottom });
    layout = { cell, maps, figures, wrong, end: maps[1].left + wide };
    show();
  }

  function show() {
    const now = state();
    const found = study(now);
    const { row, column, width } = now;
    const l = layout;
    [[now.target, found.wanted], [found.key, found.made]].forEach(([what, table], n) => {
      if (painted[n] === what) return;
      paintMap(canvases[n], table);
      painted[n] = what;
    });
    if (labelled !== found.key) {
      boxes.forEach((line, q) => line.forEach((box, k) => {
        place(box, { "aria-label": `query ${q + 1}, key ${k + 1}: wanted ${found.wanted[q][k].toFixed(2)}, made ${found.made[q][k].toFixed(2)}` });
      }));
      labelled = found.key;
    }
    for (const { left, top, band, mark } of l.maps) {
      place(band, { y: hundredths(top + row * l.cell) });
      place(mark, { x: hundredths(left + column * l.cell - 1), y: hundredths(top + row * l.cell - 1) });
    }
    const crosses = found.right.map((right, q) => (right ? "" : `M${hundredths(l.end + 5)} ${hundredths(l.maps[1].top + (q + 0.5) * l.cell - 3.5)}l7 7m0 -7l-7 7`));
    place(l.wrong, { d: crosses.join("") });
    fill(l.maps[1].title, `made by a head of width ${width}`);
    const texts = [`at most ${found.rank}`, `${found.pointing} of ${numQueries}`, written(found.divergence), found.left.toFixed(2)];
    texts.forEach((text, n) => fill(l.figures[n], text));
    ui.picture.found = found; // as it is, for whoever wants to know

    stand(now.row, now.column);
    slide.show(widths.indexOf(width), String(width));
    choice.show(now.target);
    query.show(row, String(row + 1));
    key.show(column, String(column + 1));
    ui.say(sentence(now, found));
  }

  /** Say what such a head can do, how near it comes, and what it makes of one cell. */
  function sentence({ width, row, column }, { wanted, made, rank, pointing, divergence: far, left, right }) {
    return [
      "A head of width ", number(width, 0), ` has scores of rank ${rank} at most. With softmax `, number(pointing, 0),
      ` of ${numQueries} queries point right, `, number(far, decimalsOf(far)), " nats from what is wanted; without it at least ", number(left, 2),
      ` of the squared weights would be missed. Query ${row + 1} should give key ${column + 1} a weight of `, number(wanted[row][column], 2, "weight"),
      " and gives ", number(made[row][column], 2, "weight"), `; it points ${right[row] ? "right" : "wrong"}.`,
    ];
  }

  const unfollow = followTheme(() => {
    painted = [];
    if (layout) show();
  });
  tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay, { unfollow });
}

/** A divergence in a few letters. */
function written(far) {
  return far < 0.0005 ? "< 0.001" : far.toFixed(decimalsOf(far));
}

export default { render };
