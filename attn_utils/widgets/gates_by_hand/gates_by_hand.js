// Two channels and both gates: every number in its cell, and what follows from the one that was changed.
import { CHANNELS, POOLS, SIDE, pathsOf, placeOf, throughBoth } from "./gates_math.js";
import { hundredths, signed } from "../parts/axes.js";
import { hatching } from "../parts/hatch.js";
import { put, write } from "../parts/pen.js";
import { paleShade } from "../parts/ramp.js";
import { inside, ledTo, stopAt } from "../parts/stops.js";
import { button, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";

const KEPT = ["features", "cell", "pools"]; // what Reset brings back
const GIVEN = ["first", "second", "kernel"];
const ROOMY = 560; // as wide as four grids beside each other
const HIGH = 27; // of a cell
const WIDE = { least: 24, most: 32 };
const TITLE = 22; // room above a grid
const TIGHT = 31; // a cell less wide than this has smaller numbers
const KERNEL = 3;
const LABEL = { wide: 66, tight: 56 }; // room for the name of a path, left of its row
const LINE = 18;

function render({ model, el }) {
  const state = () => traits(model, KEPT);
  const start = state();
  const given = traits(model, GIVEN);
  const tied = tie(model);
  const [least, most] = model.get("settable").features[0];
  let layout = null;
  let stop = null; // the cell at which the Tab key stops

  /** Let a feature be another number, as far as that goes. */
  function change(cell, value) {
    const next = Math.min(Math.max(value, least), most);
    tied.set({ cell, features: model.get("features").map((old, n) => (n === cell ? next : old)) });
  }

  const step = (by) => change(model.get("cell"), model.get("features")[model.get("cell")] + by);
  const [less, more] = [-1, 1].map((by) => button("gates-button", () => step(by), by < 0 ? "−" : "+"));
  const amount = slider("value", { min: least, max: most, step: 1 }, (value) => change(model.get("cell"), value));
  const paths = POOLS.map((name, n) => {
    const box = Object.assign(make("input"), { type: "checkbox" });
    // A path that is the last one stays: without any there would be no score.
    box.addEventListener("change", () => tied.set({ pools: box.checked ? "both" : POOLS[1 - n] }));
    return { box, label: make("label", "attn-chip", box, make("span", "", name)) };
  });
  const row = make("fieldset", "attn-chips gates-paths", make("legend", "", "paths"), ...paths.map(({ label }) => label));
  place(row, { "aria-label": "paths to both gates" });
  const ui = face(el, {
    name: "gates",
    controls: [make("div", "gates-stepper", less, amount.row, more), row],
    hint: model.get("hint"),
    onReset: () => tied.set(start),
  });
  // Both channels are one grid, side by side.
  const ground = make("div", "gates-cells");
  place(ground, { role: "grid", "aria-label": "the features of both channels" });
  const cells = [];
  for (let i = 0; i < SIDE; i++) {
    const line = make("div", "");
    place(line, { role: "row" });
    ground.append(line);
    for (let across = 0; across < CHANNELS * SIDE; across++) {
      const at = (Math.floor(across / SIDE) * SIDE + i) * SIDE + (across % SIDE);
      const node = make("div", "gates-cell");
      place(node, { role: "gridcell", tabindex: -1 });
      node.addEventListener("click", () => go(at));
      node.addEventListener("focus", () => tied.set({ cell: at }));
      node.addEventListener("keydown", (event) => press(event, at, [i, across]));
      line.append(node);
      cells[at] = node;
    }
  }
  ui.stage.prepend(ground);

  function go(cell) {
    tied.set({ cell });
    cells[cell].focus({ preventScroll: true });
  }

  /** Arrows lead through both channels; a figure is a value, plus and minus are a step. */
  function press(event, cell, from) {
    const led = ledTo(event, from, [SIDE, CHANNELS * SIDE]);
    const now = model.get("features")[cell];
    const value = /^[0-9]$/.test(event.key) ? Number(event.key) : { "+": now + 1, "-": now - 1 }[event.key];
    if (led) go((Math.floor(led[1] / SIDE) * SIDE + led[0]) * SIDE + (led[1] % SIDE));
    else if (value !== undefined && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      change(cell, value);
    }
  }

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 2 * SIDE * WIDE.least + 6);
    const roomy = width >= ROOMY;
    const across = roomy ? 4 : 2;
    const cell = Math.min(WIDE.most, Math.floor((width - (across - 1) * (roomy ? 20 : 6)) / (across * SIDE)));
    const grid = SIDE * cell;
    const gap = Math.min((width - across * grid) / (across - 1), roomy ? 36 : 30);
    const column = (n) => n * (grid + gap);
    const tall = TITLE + SIDE * HIGH;
    ui.picture.replaceChildren();
    const tight = cell < TIGHT;
    ui.picture.classList.toggle("gates-tight", tight);
    const part = (name) => put(ui.picture, "g", "", { "data-show": name });

    /** A grid of numbers whose cells are as wide as `wide`; it says how to fill it. */
    function table(group, title, left, top, [rows, columns], look = "", wide = cell) {
      if (title) write(group, title, left, top + 14, "start", "gates-title");
      const all = Array.from({ length: rows * columns }, (_, n) => {
        const size = { x: hundredths(left + (n % columns) * wide), y: top + TITLE + Math.floor(n / columns) * HIGH, width: hundredths(wide), height: HIGH };
        const box = put(group, "rect", `gates-box ${look}`, size);
        return { box, text: write(group, "", size.x + wide / 2, size.y + HIGH / 2 + 4.5, "middle", "gates-number") };
      });
      const hatch = put(group, "path", "gates-hatch", { d: hatching(left, top + TITLE, columns * wide, rows * HIGH) });
      const frame = put(group, "rect", "gates-frame", { height: HIGH, width: hundredths(wide) });
      return {
        /** Write these numbers, with all their decimals if none are said, or hatch where there are none; frame some. */
        write(numbers, digits, framed = null) {
          all.forEach(({ box, text }, n) => {
            fill(text, numbers ? (digits ? signed(numbers[n], digits) : short(numbers[n])) : "");
            place(box, { "data-number": numbers ? numbers[n] : "" });
            if (look) place(box, { "fill-opacity": numbers ? paleShade(numbers[n]).toFixed(4) : 0 });
          });
          place(hatch, { visibility: numbers ? "hidden" : "visible" });
          place(frame, { visibility: numbers && framed ? "visible" : "hidden" });
          if (!framed) return;
          const [i, j, high, long] = framed;
          place(frame, { x: hundredths(left + j * wide), y: top + TITLE + i * HIGH, width: hundredths(long * wide), height: high * HIGH });
        },
      };
    }

    // The features, whose cells are no part of the picture: they are changed.
    const names = part("features");
    for (let c = 0; c < CHANNELS; c++) write(names, `channel ${c + 1}`, column(c), 14, "start", "gates-title");
    cells.forEach((node, n) => {
      const [c, i, j] = placeOf(n);
      node.style.cssText = `left: ${hundredths(column(c) + j * cell)}px; top: ${TITLE + i * HIGH}px; width: ${hundredths(cell)}px; height: ${HIGH}px`;
    });

    // The gate of the channels: a row for each path, then the sums and their weights.
    const [left, top] = roomy ? [column(2), 0] : [0, tall + 22];
    const label = tight ? LABEL.tight : LABEL.wide;
    const slot = Math.min(46, Math.floor((width - left - label) / 5));
    const gate = part("channel");
    ["ch 1", "ch 2", "hidden", ...(tight ? ["s 1", "s 2"] : ["score 1", "score 2"])].forEach((words, n) => write(gate, words, left + label + (n + 0.5) * slot, top + 14, "middle", "gates-column"));
    const rows = POOLS.map((path, n) => {
      const y = top + TITLE + n * HIGH;
      const name = write(gate, path, left, y + HIGH / 2 + 4.5, "start", "gates-name");
      const line = (from, count) => table(gate, "", left + label + from * slot, y - TITLE, [1, count], "", slot);
      return { path, name, summary: line(0, 2), hidden: line(2, 1), scores: line(3, 2) };
    });
    const below = (title, n, look) => {
      const y = top + TITLE + n * HIGH;
      write(gate, title, left + label + 3 * slot - 8, y + HIGH / 2 + 4.5, "end", "gates-name");
      return table(gate, "", left + label + 3 * slot, y - TITLE, [1, 2], look, slot);
    };
    const sums = below("sums", 2, "");
    const weights = below("channel weights", 3, "gates-weight");
    const formulas = [`hidden = ReLU(${terms(given.first)})`, `scores = ${given.second.map((each) => `${short(each)} hidden`).join(", ")}`];
    formulas.forEach((words, n) => write(gate, words, left, top + tall + LINE * (n + 1) - 2));

    // The gate of the places: two planes, a kernel for each, and the map.
    const second = roomy ? tall + 2 * LINE + 16 : top + tall + 2 * LINE + 22;
    const third = roomy ? second + tall + 20 : second + tall + 20 + TITLE + KERNEL * HIGH + 20;
    const spatial = part("place");
    const planes = POOLS.map((path, n) => table(spatial, n ? "maxima" : "averages", column(n), second, [SIDE, SIDE]));
    const filters = part("kernel");
    const kernels = POOLS.map((path, n) => {
      const [x, y] = roomy ? [column(2 + n), second] : [column(n), second + tall + 20];
      return table(filters, `kernel: ${n ? "maxima" : "averages"}`, x, y, [KERNEL, KERNEL]);
    });
    const map = table(part("weight place"), "map of weights", column(0), third, [SIDE, SIDE], "gates-weight");
    const last = part("refined");
    const refined = Array.from({ length: CHANNELS }, (_, c) => table(last, `refined ${c + 1}`, column(roomy ? c + 1 : c), roomy ? third : third + tall + 20, [SIDE, SIDE]));
    const bottom = (roomy ? third : third + tall + 20) + tall + 4;
    place(ui.picture, { viewBox: `0 0 ${width} ${bottom}`, height: bottom });
    layout = { rows, sums, weights, planes, kernels, map, refined };
    show();
  }

  function show() {
    const now = state();
    const l = layout;
    const found = throughBoth({ ...now, ...given });
    const [c, i, j] = placeOf(now.cell);
    cells.forEach((node, n) => {
      const [channel, down, right] = placeOf(n);
      fill(node, String(now.features[n]));
      place(node, { "aria-label": `channel ${channel + 1}, row ${down + 1}, column ${right + 1}: ${now.features[n]}`, "aria-selected": String(n === now.cell) });
    });
    stop = stopAt(cells[now.cell], stop);
    for (const { path, name, summary, hidden, scores } of l.rows) {
      const here = found.channel[path];
      summary.write(here?.summary, 2, [0, c, 1, 1]);
      hidden.write(here?.hidden, 2);
      scores.write(here?.scores, 2);
      place(name, { class: here ? "gates-name" : "gates-name gates-off" });
    }
    l.sums.write(found.sums, 2);
    l.weights.write(found.weights, 2, [0, c, 1, 1]);
    POOLS.forEach((path, n) => {
      l.planes[n].write(found.planes[path]?.flat(), 2, [i, j, 1, 1]);
      l.kernels[n].write(found.planes[path] && found.kernels[path], 0);
    });
    // A place of the planes is seen by all places of the map that lie around it.
    const [up, before] = [inside(i - 1, SIDE), inside(j - 1, SIDE)];
    l.map.write(found.map.flat(), 2, [up, before, inside(i + 1, SIDE) - up + 1, inside(j + 1, SIDE) - before + 1]);
    l.refined.forEach((each, n) => each.write(found.refined.flat().map((at) => at[n]), 2, [i, j, 1, 1]));

    const value = now.features[now.cell];
    amount.show(value, String(value));
    place(less, { "aria-label": "lower the value", "aria-disabled": value === least });
    place(more, { "aria-label": "raise the value", "aria-disabled": value === most });
    paths.forEach(({ box }, n) => {
      box.checked = pathsOf(now.pools).includes(POOLS[n]);
      box.disabled = now.pools === POOLS[n];
    });
    ui.say(sentence(value, [c, i, j], found));
  }

  tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay);
}

/** A number with no more decimals than it needs. */
function short(value) {
  return signed(value, 2).replace(/\.?0+$/, "");
}

/** What the hidden unit adds up, in words; a factor of one is not said. */
function terms(weights) {
  return weights.map((each, c) => `${short(each)} ch ${c + 1}`.replace(/^(−?)1 /, "$1")).join(" + ").replace("+ −", "− ");
}

/** Say what becomes of the chosen feature. */
function sentence(value, [c, i, j], { weights, map, refined }) {
  return [
    `Channel ${c + 1}, row ${i + 1}, column ${j + 1} holds ${value}. The channels weigh `, number(weights[0], 2, "weight"), " and ", number(weights[1], 2, "weight"),
    ", this place ", number(map[i][j], 2, "weight"), `: ${value} × `, number(weights[c], 2, "weight"), " × ", number(map[i][j], 2, "weight"), " = ", number(refined[i][j][c], 2), ".",
  ];
}

export default { render };
