// A plane of two features: which key wins where, and how surely.
import { attend, borders, field, roomiest, weightsAt } from "./plane_math.js";
import { brief, hundredths, signed, ticks } from "../parts/axes.js";
import { put, write } from "../parts/pen.js";
import { followTheme, paintMap } from "../parts/ramp.js";
import { chips, drag, ends, face, fill, make, place, slider, stayDrawn, tie, traits } from "../parts/face.js";

const CONTROLS = ["score", "chosen", "query_x", "query_y", "bandwidth"];
const KEPT = [...CONTROLS, "key"]; // what Reset brings back
const DATA = ["value", "low", "high", "scores", "matrix", "additive", "axes", "settable"];
const SIZE = 49; // places a side at which the plane is asked
const MARGIN = { left: 30, right: 8, top: 26, bottom: 40 };
const MOST = 480; // the longest side of the plane
const TABLE = 256; // what the numbers beside it need
const ROW = 30;
const THICK = 8; // the line to a key of weight 1
const REACH = 22;
const LETTERS = "ABCDE";
const NAMES = { distance: "distance", product: "product", scaled: "scaled product", bilinear: "bilinear", additive: "additive" };
const FORMULAS = { distance: "−|q − k|² / 2h²", product: "q · k", scaled: "q · k / √2", bilinear: "qᵀ W k", additive: "wᵀ tanh(U q + V k)" };
const MATRICES = {
  bilinear: ({ matrix }) => [["W", matrix]],
  additive: ({ additive }) => [["U", additive.query_map], ["V", additive.key_map], ["w", additive.read_out.map((n) => [n])]],
};

/** A matrix of numbers in its brackets, under a name. */
function matrixOf([name, rows]) {
  const cells = rows.flat().map((n) => make("span", "", short(n)));
  const grid = make("span", "plane-matrix", ...cells);
  grid.style.setProperty("--columns", rows[0].length);
  return make("span", "plane-named", `${name} = `, grid);
}

function render({ model, el }) {
  const state = () => traits(model, [...DATA, ...KEPT]);
  let start = traits(model, KEPT);
  const tied = tie(model);
  const { scores } = state();
  const step = () => (model.get("high") - model.get("low")) / 200;
  const sliders = {
    x: slider("", { min: 0, max: 1 }, (x) => move(model.get("chosen"), x, null)),
    y: slider("", { min: 0, max: 1 }, (y) => move(model.get("chosen"), null, y)),
    bandwidth: slider("bandwidth h", { ...ends(model, "bandwidth"), step: 0.005, log: true }, (bandwidth) => tied.set({ bandwidth })),
  };
  const scoreChips = chips("score", scores.map((name) => ({ name, text: NAMES[name] })), (score) => tied.set({ score }));
  const settings = Object.fromEntries(scores.map((name) => [name, make("div", "plane-setting")]));
  const slots = make("div", "plane-settings", ...Object.values(settings));
  const things = ["query", ...LETTERS]; // as many letters as there are keys are shown
  const thingChips = chips("move", things.map((name) => ({ name, text: name, role: roleOf(name) })), (chosen) => tied.set({ chosen }));
  const ui = face(el, {
    name: "plane",
    controls: [scoreChips.row, slots, thingChips.row, sliders.x.row, sliders.y.row],
    hint: model.get("hint"),
    onReset: () => tied.set(start),
  });
  const canvas = make("canvas", "plane-canvas");
  const pane = make("div", "plane-field", canvas);
  pane.dataset.show = "weight";
  const scaleName = make("span", "");
  const scale = make("div", "plane-scale", scaleName, "0", make("span", "attn-ramp"), "1");
  ui.stage.prepend(pane);
  ui.stage.append(scale);
  // What a hand or an arrow key takes hold of; the chosen one stops the Tab key.
  const holds = things.map((name) => {
    const node = make("div", "plane-hold");
    place(node, { role: "slider", "aria-label": `${label(name)} in the plane` });
    node.addEventListener("keydown", (event) => {
      const way = { ArrowRight: [5, 0], ArrowLeft: [-5, 0], ArrowUp: [0, 5], ArrowDown: [0, -5] }[event.key];
      if (!way) return;
      event.preventDefault();
      const [x, y] = placeOf(name);
      move(name, x + way[0] * step(), y + way[1] * step());
    });
    return { name, node };
  });
  ui.stage.append(...holds.map(({ node }) => node));
  let touched = false; // something has been moved by hand
  let layout = null;
  let now = null; // the field, and what it was made of; its scores are those of the bandwidth that was asked first

  function placeOf(name) {
    return name === "query" ? [model.get("query_x"), model.get("query_y")] : model.get("key")[LETTERS.indexOf(name)];
  }

  /** Move the query or a key; null leaves that feature as it is. */
  function move(name, ...to) {
    touched = true;
    const { low, high, key } = state();
    const [x, y] = placeOf(name).map((was, i) => (to[i] === null ? was : Math.min(Math.max(to[i], low), high)));
    if (name === "query") tied.set({ chosen: name, query_x: x, query_y: y });
    else tied.set({ chosen: name, key: key.map((k, i) => (LETTERS[i] === name ? [x, y] : k)) });
  }

  function lay() {
    const { key, value, low, high, axes } = state();
    if (key.length !== value.length) return; // the other half is on its way
    if (key.length !== start.key.length) start = { ...start, key, chosen: "query" };
    const width = Math.max(ui.stage.clientWidth, 240);
    // The numbers stand beside the plane where the controls do not.
    const alone = ui.stage.clientWidth === ui.stage.parentNode.clientWidth;
    const beside = alone && width >= MARGIN.left + MARGIN.right + 240 + 28 + TABLE;
    const side = Math.floor(Math.min(width - MARGIN.left - MARGIN.right - (beside ? 28 + TABLE : 0), MOST));
    const [left, right, top, bottom] = [MARGIN.left, MARGIN.left + side, MARGIN.top, MARGIN.top + side];
    const tableLeft = beside ? right + MARGIN.right + 28 : 0;
    const tableTop = beside ? top : bottom + MARGIN.bottom + 16;
    const tableWide = beside ? TABLE : right + MARGIN.right;
    const height = Math.max(bottom + MARGIN.bottom, tableTop + 22 + ROW * key.length + 36);
    const toX = (x) => hundredths(left + ((x - low) / (high - low)) * side);
    const toY = (y) => hundredths(bottom - ((y - low) / (high - low)) * side);
    place(ui.picture, { viewBox: `0 0 ${width} ${height}`, height });
    ui.picture.replaceChildren();
    // A pixel for each place that is asked: the outermost reach half a pixel over the edge.
    const pixel = side / (SIZE - 1);
    pane.style.cssText = `left: ${left}px; top: ${top}px; width: ${side}px; height: ${side}px`;
    scale.style.cssText = `left: ${left}px; top: ${bottom + 24}px`;
    scaleName.textContent = side < 300 ? "weight" : "the winner's weight";
    canvas.style.cssText = `inset: ${-pixel / 2}px; width: ${side + pixel}px; height: ${side + pixel}px`;
    const part = (name) => put(ui.picture, "g", "", { "data-show": name });

    const frame = put(ui.picture, "g", "");
    for (const { at, text } of ticks(low, high, 5)) {
      put(frame, "path", "plane-tick", { d: `M${toX(at)} ${bottom}v5M${left} ${toY(at)}h-5` });
      write(frame, text.replace("-", "−"), toX(at), bottom + 19, "middle", "plane-tick-x");
      write(frame, text.replace("-", "−"), left - 8, toY(at) + 4, "end", "plane-tick-y");
    }
    write(frame, axes[0], right, bottom + 36, "end", "plane-title");
    write(frame, axes[1], 0, 11, "start", "plane-title");
    if (low < 0 && high > 0) put(frame, "path", "plane-origin", { d: `M${toX(0)} ${top}V${bottom}M${left} ${toY(0)}H${right}` });
    put(frame, "rect", "plane-frame", { x: left, y: top, width: side, height: side });
    const edges = part("borders");
    const halo = put(edges, "path", "plane-halo");
    const border = put(edges, "path", "plane-border");
    const weight = part("weight");
    const rays = key.map(() => put(weight, "path", "plane-ray"));
    const names = part("borders");
    const tags = key.map((_, i) => {
      const tag = put(names, "g", "plane-tag");
      const plate = put(tag, "rect", "plane-plate", { y: -10, height: 20, rx: 10 });
      return { tag, plate, name: write(tag, LETTERS[i], 0, 4, "middle", "plane-region") };
    });
    const values = part("value");
    const keys = part("key");
    const dots = key.map((_, i) => {
      const dot = put(keys, "g", "plane-key");
      put(dot, "circle", "plane-ring", { r: 15 });
      put(dot, "circle", "plane-dot", { r: 11 });
      write(dot, LETTERS[i], 0, 4.5, "middle", "plane-letter");
      const say = put(values, "g", "");
      const long = 26 + 8 * short(value[i]).length;
      const plate = put(say, "rect", "plane-plate", { y: -10, width: long, height: 20, rx: 10 });
      return { dot, say, long, plate, says: write(say, short(value[i]), 0, 4.5, "middle", "plane-says") };
    });
    const query = put(part("query"), "g", "plane-query");
    put(query, "path", "plane-ring", { d: "M0 -20L20 0L0 20L-20 0Z" });
    put(query, "path", "plane-diamond", { d: "M0 -15L15 0L0 15L-15 0Z" });
    write(query, "q", 0, 4, "middle", "plane-letter");
    const dragHint = write(frame, "drag any of them", right, 11, "end", "attn-grip-hint");

    // The numbers: score, weight, times value, its part; beneath, all together.
    const columns = [0, 0.32, 0.56, 0.79, 1].map((share) => hundredths(tableLeft + share * tableWide));
    ["key", "score", "weight", "× value", "= part"].forEach((words, i) =>
      write(frame, words, columns[i], tableTop + 10, i ? "end" : "start", "plane-title"));
    const bar = hundredths(0.2 * tableWide); // a weight of 1
    const lines = key.map((_, i) => {
      const y = tableTop + 22 + ROW * i;
      put(frame, "path", "plane-rule", { d: `M${tableLeft} ${y}H${tableLeft + tableWide}` });
      put(keys, "circle", "plane-dot", { cx: columns[0] + 9, cy: y + 15, r: 9 });
      write(keys, LETTERS[i], columns[0] + 9, y + 19, "middle", "plane-letter");
      const row = put(weight, "g", "plane-row");
      put(frame, "path", "plane-track", { d: `M${hundredths(columns[2] - bar)} ${y + 24}h${bar}` });
      const share = put(row, "path", "plane-bar");
      const cell = (parent, column, className) => write(parent, "", columns[column], y + 18, "end", `plane-number ${className}`);
      return {
        y, row, share, score: cell(put(frame, "g", ""), 1, "plane-score"), weight: cell(row, 2, "plane-weight"),
        value: write(values, short(value[i]), columns[3], y + 18, "end", "plane-number plane-value"),
        piece: cell(put(ui.picture, "g", "", { "data-show": "context" }), 4, "plane-piece"),
      };
    });
    const last = tableTop + 22 + ROW * key.length;
    put(frame, "path", "plane-rule", { d: `M${tableLeft} ${last}H${tableLeft + tableWide}` });
    write(frame, "context", columns[0], last + 21, "start", "plane-title");
    write(frame, signed(1, 2), columns[2], last + 21, "end", "plane-number plane-sum");
    const answer = write(part("context"), "", columns[4], last + 21, "end", "plane-number plane-context");

    for (const name of scores) showSetting(name);
    const range = { min: low, max: high, step: step() };
    for (const which of ["x", "y"]) sliders[which].bound(range);
    sliders.bandwidth.bound({ ...ends(model, "bandwidth"), step: 0.005 });
    layout = {
      value, low, high, side, left, top, right, bottom, toX, toY, halo, border, tags, rays, dots, query, dragHint,
      columns, bar, lines, answer,
    };
    now = null;
    show();
  }

  /** Write how a score is computed, and what it has to be set or known. */
  function showSetting(name) {
    const more = name === "distance" ? [sliders.bandwidth.row] : (MATRICES[name]?.(state()) ?? []).map(matrixOf);
    settings[name].replaceChildren(make("span", "plane-formula", "score = ", FORMULAS[name]), ...more);
  }

  function paint() {
    const { size, weight } = now.field;
    // The lowest row stands first in the field, and last in the picture.
    paintMap(canvas, Array.from({ length: size }, (_, row) => [...weight.subarray((size - 1 - row) * size, (size - row) * size)]));
  }

  function show() {
    const all = state();
    const { key, value, score, bandwidth, chosen } = all;
    const l = layout;
    if (key.length !== value.length) return; // the other half is on its way
    if (!l || l.value !== value || l.dots.length !== key.length) {
      lay();
      return;
    }
    // Where the query stands changes nothing about who would win elsewhere.
    if (now?.key !== key || now.score !== score) {
      now = { key, score, bandwidth, asked: bandwidth, field: field(all, SIZE) };
      paint();
      showField(key);
    } else if (score === "distance" && now.bandwidth !== bandwidth) {
      const weight = weightsAt(now.field, (now.asked / bandwidth) ** 2);
      now = { ...now, bandwidth, field: { ...now.field, weight } };
      paint();
    }
    const query = placeOf("query");
    const [x, y] = [l.toX(query[0]), l.toY(query[1])];
    const found = attend(query, all);
    place(l.query, { transform: `translate(${x} ${y})`, class: chosen === "query" ? "plane-query plane-chosen" : "plane-query" });
    place(l.dragHint, { visibility: touched ? "hidden" : "visible" });
    found.weights.forEach((weight, i) => {
      place(l.rays[i], { d: `M${x} ${y}L${l.toX(key[i][0])} ${l.toY(key[i][1])}`, "stroke-width": hundredths(THICK * weight) });
      place(l.dots[i].dot, { class: chosen === LETTERS[i] ? "plane-key plane-chosen" : "plane-key" });
      const line = l.lines[i];
      place(line.row, { class: i === found.winner ? "plane-row plane-wins" : "plane-row" });
      place(line.share, { d: `M${hundredths(l.columns[2] - l.bar)} ${line.y + 24}h${hundredths(l.bar * weight)}` });
      fill(line.score, figure(found.scores[i]));
      fill(line.weight, figure(weight));
      fill(line.piece, figure(found.pieces[i]));
    });
    fill(l.answer, figure(found.context));
    ui.picture.found = found; // as it is, for whoever wants to know

    scoreChips.show(score);
    thingChips.show(chosen, 1 + key.length);
    for (const name of scores) settings[name].classList.toggle("plane-absent", name !== score);
    const [cx, cy] = placeOf(chosen);
    for (const [which, at] of [["x", cx], ["y", cy]]) {
      const { row } = sliders[which];
      fill(row.firstChild, `${label(chosen)} ${which}`);
      place(row, { class: `attn-control ${roleOf(chosen)}` });
      sliders[which].show(at, signed(at, 2));
    }
    sliders.bandwidth.show(bandwidth, brief(bandwidth));
    for (const { name, node } of holds) {
      const [px, py] = placeOf(name) ?? [];
      node.hidden = px === undefined;
      if (node.hidden) continue;
      node.tabIndex = name === chosen ? 0 : -1;
      place(node, {
        style: `left: ${l.toX(px)}px; top: ${l.toY(py)}px`, "aria-valuemin": l.low, "aria-valuemax": l.high,
        "aria-valuenow": px, "aria-valuetext": `x ${signed(px, 2)}, y ${signed(py, 2)}`,
      });
    }
    ui.say(sentence(query, found));
  }

  /** Draw what hangs on keys and score alone: borders, names, the keys themselves. */
  function showField(key) {
    const l = layout;
    let d = "";
    for (const [x1, y1, x2, y2] of borders(now.field)) d += `M${l.toX(x1)} ${l.toY(y1)}L${l.toX(x2)} ${l.toY(y2)}`;
    place(l.halo, { d });
    place(l.border, { d });
    const scale = l.side / (l.high - l.low);
    const taken = key.map(([kx, ky], i) => {
      const [x, y] = [l.toX(kx), l.toY(ky)];
      const { dot, say, long, plate, says } = l.dots[i];
      const before = x + long > l.right;
      place(dot, { transform: `translate(${x} ${y})` });
      place(say, { transform: `translate(${x} ${y})` });
      place(plate, { x: before ? -long : 0 });
      place(says, { x: (before ? -1 : 1) * (long + 10) / 2 });
      return [kx - (before ? long : 11) / scale, kx + (before ? 11 : long) / scale, ky];
    });
    roomiest(now.field, taken).forEach((spot, i) => {
      const { tag, plate, name } = l.tags[i];
      place(tag, { visibility: spot ? "visible" : "hidden" });
      if (!spot) return;
      const long = spot[2] * scale > 14;
      const wide = long ? 54 : 20;
      fill(name, long ? `${LETTERS[i]} wins` : LETTERS[i]);
      place(plate, { x: -wide / 2, width: wide });
      const inside = (at, from, to, half) => Math.min(Math.max(at, from + half), to - half);
      const [x, y] = [inside(l.toX(spot[0]), l.left, l.right, wide / 2 + 2), inside(l.toY(spot[1]), l.top, l.bottom, 12)];
      place(tag, { transform: `translate(${x} ${y})` });
    });
  }

  /** Where a pointer is, in the numbers of the plane. */
  function under(event) {
    const box = ui.picture.getBoundingClientRect();
    const { left, bottom, side, low, high } = layout;
    const span = high - low;
    return [(event.clientX - box.left - left) / side, (bottom - (event.clientY - box.top)) / side].map((share) => low + share * span);
  }

  const snapped = (at) => {
    const { low } = layout;
    return low + Math.round((at - low) / step()) * step();
  };

  /** What lies nearest to the pointer, if it is within reach. */
  function nearest(event) {
    const [x, y] = under(event);
    const scale = layout.side / (layout.high - layout.low);
    let [best, closest] = [null, REACH];
    for (const { name, node } of holds) {
      if (node.hidden) continue;
      const [px, py] = placeOf(name);
      const far = scale * Math.hypot(px - x, py - y);
      if (far < closest) [best, closest] = [{ name, node, off: [px - x, py - y] }, far];
    }
    return best;
  }

  let held = null;
  for (const { node } of holds) {
    node.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      event.preventDefault();
      held = nearest(event);
      if (!held) return;
      node.setPointerCapture(event.pointerId);
      tied.set({ chosen: held.name });
      held.node.focus({ preventScroll: true });
    });
    node.addEventListener("pointermove", (event) => {
      if (!held || !node.hasPointerCapture(event.pointerId)) return;
      const at = under(event);
      move(held.name, ...at.map((n, i) => snapped(n + held.off[i])));
    });
  }
  drag(ui.stage, (event) => {
    move("query", ...under(event).map(snapped));
    holds[0].node.focus({ preventScroll: true });
  });
  const unfollow = followTheme(() => now && paint());
  tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay, { given: DATA, unfollow });
}

function roleOf(name) {
  return name === "query" ? "query" : "key";
}

function label(name) {
  return name === "query" ? "query" : `key ${name}`;
}

/** A number with two decimals at most. */
function short(n) {
  return signed(n, 2).replace(/\.?0+$/, "");
}

/** A number with two decimals, one where it is large. */
function figure(n) {
  return signed(n, Math.abs(n) < 100 ? 2 : 1);
}

/** A number to be read, with its role; its full precision is kept beside its text. */
function said(n, role) {
  const node = make("data", `attn-number ${role}`, figure(n));
  node.value = String(n);
  return node;
}

/** Say who wins, how surely, and what comes of it. */
function sentence(query, { weights, context, winner }) {
  const order = weights.map((_, i) => i).sort((a, b) => weights[b] - weights[a]);
  const [first, second] = [weights[winner], weights[order.find((i) => i !== winner)]];
  const tied = figure(first) === figure(second);
  return [
    "At (", said(query[0], "query"), ", ", said(query[1], "query"), ") ",
    ...(tied ? ["nobody wins alone: "] : [`key ${LETTERS[winner]} wins with weight `, said(first, "weight"), "; "]),
    ...order.filter((i) => tied || i !== winner).flatMap((i, n) => [n ? " · " : "", `${LETTERS[i]} `, said(weights[i], "weight")]),
    ". The context is ", said(context, "context"), ".",
  ];
}

export default { render };
