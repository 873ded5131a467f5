// Weighted fusion along a line: drag the query and watch whom it listens to.
import { gaussianScore } from "../parts/scores.js";
import { maskedSoftmax, weightedSum } from "../parts/attention.js";
import { drag, draw, ends, face, make, number, place, slider, tie, traits } from "../parts/face.js";

const GRID = 96;
const CONTROLS = ["query", "bandwidth", "window"];
const DATA = ["key", "value", "truth"];
// How strong a ray can be: a few strengths, each drawn as one path.
const STRENGTHS = 12;
const MARGIN = { left: 34, right: 14, top: 14 };

/** Which keys lie inside the window around the query? */
export function windowMask(query, key, radius) {
  return key.map((k) => Math.abs(query - k) <= radius);
}

/** Compare, normalise, read: who is visible, their weights, the answer. */
export function fuse(query, { key, value, bandwidth, window }) {
  const mask = windowMask(query, key, window);
  const weights = maskedSoftmax(gaussianScore(query, key, bandwidth), mask);
  return { mask, weights, context: weightedSum(weights, value) };
}

/** How many keys would share the weight if all had the same? 1 / Σ α². */
export function effectiveKeys(weights) {
  const squares = weights.reduce((sum, w) => sum + w * w, 0);
  return squares === 0 ? 0 : 1 / squares;
}

/** The least of 1, 2, 5, 10, 20, … tenths that makes at most `count` steps. */
export function tickStep(span, count) {
  const power = 10 ** Math.floor(Math.log10(span / count));
  return [1, 2, 5, 10].map((m) => m * power).find((step) => span / step <= count);
}

/** Round to hundredths: of a pixel, that is as good as exact. */
function hundredths(length) {
  return Math.round(100 * length) / 100;
}

function ticks(low, high, count) {
  const step = tickStep(high - low, count);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const places = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return places.map((at) => ({ at, text: String(Number(at.toFixed(6))) }));
}

function legend(hasTruth) {
  const item = (text, paint) => {
    const mark = draw("svg", { viewBox: "0 0 22 14", "aria-hidden": "true" });
    paint(mark);
    return make("li", "", mark, text);
  };
  const line = (className) => (mark) => draw("path", { class: className, d: "M1 7H21" }, mark);
  const items = [
    item("a key with its value: the larger, the more weight", (mark) =>
      draw("circle", { class: "fusion-dot", cx: 11, cy: 7, r: 4 }, mark)),
    item("its key alone", (mark) => draw("path", { class: "fusion-key", d: "M6 12v-9M11 12v-9M17 12v-9" }, mark)),
    item("the answer at every x", line("fusion-fit")),
    item("weights", (mark) =>
      draw("path", { class: "fusion-bar", d: "M5 14V5h3v9zM10 14V1h3v13zM15 14V8h3v6z" }, mark)),
  ];
  if (hasTruth) items.splice(3, 0, item("the hidden truth", line("fusion-truth")));
  return make("ul", "attn-legend", ...items);
}

function render({ model, el }) {
  const state = () => traits(model, [...DATA, ...CONTROLS, "low", "high"]);
  const { low, high } = state();
  const span = high - low;
  const start = traits(model, CONTROLS);
  const tied = tie(model);
  const step = span / 200;
  const sliders = {
    query: slider("query x", { ...ends(model, "query"), step }, (query) => tied.set({ query })),
    bandwidth: slider("bandwidth", { ...ends(model, "bandwidth"), step: 0.005, log: true }, (bandwidth) => tied.set({ bandwidth })),
    window: slider("window ±", { ...ends(model, "window"), step }, (window) => tied.set({ window })),
  };
  const ui = face(el, {
    name: "fusion",
    controls: Object.values(sliders).map((s) => s.row),
    legend: legend(model.get("truth").length > 0),
    hint: model.get("hint"),
    onReset: () => tied.set(start),
  });

  let layout;
  function lay() {
    const { key, value, truth } = state();
    const width = Math.max(ui.stage.clientWidth, 240);
    const height = Math.round(Math.min(Math.max(width * 0.44, 210), 320));
    const bars = 64;
    const bottom = MARGIN.top + height;
    const extent = [0, ...value, ...truth];
    const least = Math.min(...extent);
    const most = Math.max(...extent);
    const toX = (x) => hundredths(MARGIN.left + ((x - low) / span) * (width - MARGIN.left - MARGIN.right));
    const toY = (y) => hundredths(bottom - ((y - least) / (most - least || 1)) * height);
    place(ui.picture, { viewBox: `0 0 ${width} ${bottom + 58 + bars}`, height: bottom + 58 + bars });
    ui.picture.replaceChildren();
    const add = (tag, className, attributes = {}) =>
      draw(tag, { class: className, ...attributes }, ui.picture);

    const band = add("rect", "fusion-window", { y: MARGIN.top, height });
    for (const { at, text } of ticks(low, high, 6)) {
      add("path", "fusion-grid", { d: `M${toX(at)} ${MARGIN.top}V${bottom}` });
      add("text", "", { x: toX(at), y: bottom + 34, "text-anchor": "middle" }).textContent = text;
    }
    for (const { at, text } of ticks(least, most, 5)) {
      add("text", "", { x: MARGIN.left - 8, y: toY(at) + 4, "text-anchor": "end" }).textContent = text;
    }
    // A line over the whole street; null leaves a gap.
    const path = (heights) => heights
      .map((y, i) => {
        if (y === null) return "";
        const pen = i === 0 || heights[i - 1] === null ? "M" : "L";
        return `${pen}${toX(low + (span * i) / (heights.length - 1))} ${toY(y)}`;
      })
      .join("");
    if (truth.length) add("path", "fusion-truth", { d: path(truth) });
    for (const k of key) add("path", "fusion-key", { d: `M${toX(k)} ${bottom}v-7` });
    add("path", "fusion-axis", { d: `M${MARGIN.left} ${bottom}H${width - MARGIN.right}` });
    const fit = add("path", "fusion-fit");
    const base = bottom + 50 + bars;
    // Where each key stands, and how the paths of its ray and of its bar begin.
    const spots = key.map((k, i) => {
      const [x, y] = [toX(k), toY(value[i])];
      return { x, y, ray: `M${x} ${y}L`, bar: `M${hundredths(x - 2)} ${base}v` };
    });
    const rays = Array.from({ length: STRENGTHS }, (_, i) =>
      add("path", "fusion-ray", { opacity: hundredths((i + 1) / STRENGTHS) }));
    const dots = spots.map(({ x, y }) => add("circle", "fusion-dot", { cx: x, cy: y }));
    add("path", "fusion-axis", { d: `M${MARGIN.left} ${base}H${width - MARGIN.right}` });
    const columns = add("path", "fusion-bar");
    const scale = add("text", "", { x: MARGIN.left - 8, y: base - bars + 4, "text-anchor": "end" });
    add("text", "", { x: MARGIN.left - 8, y: base + 4, "text-anchor": "end" }).textContent = "0";
    const line = add("path", "fusion-query");
    const answer = add("path", "fusion-answer", { d: "M0 -8L8 0L0 8L-8 0Z" });
    const grip = add("g", "fusion-grip");
    draw("circle", { r: 11 }, grip);
    draw("text", { y: 4, "text-anchor": "middle" }, grip).textContent = "q";
    layout = { toX, toY, path, bottom, base, bars, band, fit, spots, rays, dots, columns, scale, line, answer, grip };
    show();
  }

  function show() {
    const now = state();
    const { query, bandwidth, window } = now;
    const { mask, weights, context } = fuse(query, now);
    const l = layout;
    const x = l.toX(query);
    const y = l.toY(context);
    // The answers at every x do not depend on where the query is.
    if (l.bandwidth !== bandwidth || l.window !== window) {
      Object.assign(l, { bandwidth, window });
      const curve = Array.from({ length: GRID + 1 }, (_, i) => {
        const there = fuse(low + (span * i) / GRID, now);
        return there.mask.includes(true) ? there.context : null;
      });
      place(l.fit, { d: l.path(curve) });
    }
    const left = l.toX(Math.max(low, query - window));
    const right = l.toX(Math.min(high, query + window));
    place(l.band, { x: left, width: window < span ? right - left : 0 });
    // The bars' own scale: the first of 1, ½, ¼, … just above the largest.
    const largest = Math.max(...weights);
    const top = largest === 0 ? 1 : 2 ** Math.min(0, Math.ceil(Math.log2(largest)));
    l.scale.textContent = String(Number(top.toPrecision(2)));
    let columns = "";
    const rays = l.rays.map(() => "");
    const here = `${x} ${y}`;
    weights.forEach((weight, i) => {
      const { ray, bar } = l.spots[i];
      l.dots[i].setAttribute("r", hundredths(3 + 13 * Math.sqrt(weight)));
      if (mask[i] !== l.mask?.[i]) l.dots[i].classList.toggle("fusion-hidden", !mask[i]);
      const strength = Math.round(STRENGTHS * Math.min(1, 4 * weight));
      if (strength > 0) rays[strength - 1] += ray + here;
      const tall = hundredths((weight / top) * l.bars);
      columns += `${bar}${-tall}h4v${tall}z`;
    });
    l.mask = mask;
    rays.forEach((d, i) => place(l.rays[i], { d }));
    place(l.columns, { d: columns });
    ui.picture.weights = weights; // as they are, for whoever wants to know
    place(l.line, { d: `M${x} ${l.bottom}V${y}` });
    place(l.answer, { transform: `translate(${x} ${y})` });
    place(l.grip, { transform: `translate(${x} ${l.bottom + 12})` });

    sliders.query.show(query, query.toFixed(2));
    sliders.bandwidth.show(bandwidth, bandwidth.toFixed(2));
    sliders.window.show(window, window >= span ? "all" : window.toFixed(2));
    ui.say(sentence(now, mask, weights, context));
  }

  drag(ui.stage, (event) => {
    const box = ui.picture.getBoundingClientRect();
    const share = (event.clientX - box.left - MARGIN.left) / (box.width - MARGIN.left - MARGIN.right);
    const snapped = Math.round((Math.min(Math.max(share, 0), 1) * span) / step) * step;
    tied.set({ query: low + snapped });
    sliders.query.input.focus({ preventScroll: true });
  });
  tied.on(CONTROLS, show);
  ui.onResize(tied.on(DATA, lay));
  lay();
  return () => {
    tied.end();
    ui.destroy();
  };
}

/** Say the state in words: who is heard, and what comes of it. */
function sentence({ query, key, low, high, truth }, mask, weights, context) {
  const seen = mask.filter(Boolean).length;
  const ask = ["At x = ", number(query, 2, "query")];
  if (seen === 0) {
    return [...ask, " nobody stands inside the window: every weight is 0, and so is the answer, ", number(0, 2, "value"), "."];
  }
  const parts = [...ask, " the answer is ", number(context, 2, "value")];
  if (truth.length) {
    const at = ((query - low) / (high - low)) * (truth.length - 1);
    const i = Math.min(Math.floor(at), truth.length - 2);
    const exact = truth[i] + (at - i) * (truth[i + 1] - truth[i]);
    parts.push(` (the truth is ${exact.toFixed(2)})`);
  }
  if (key.length <= 6) {
    parts.push(", with weights ");
    weights.forEach((w, i) => parts.push(i ? " · " : "", number(w, 2, "weight")));
    return [...parts, "."];
  }
  return [...parts, ", listening to about ", number(effectiveKeys(weights), 1, "weight"),
    ` of ${key.length}; ${seen} inside the window.`];
}

export default { render };
