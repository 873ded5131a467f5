// Three tokens ask each other: every number in its cell, and those that can be changed.
import { FEATURES, pairs, selfAttention } from "./tiny_math.js";
import { hundredths, signed } from "../parts/axes.js";
import { button, chips, ends, face, make, number, place, silentNumber, slider, stayDrawn, steady, tie, traits } from "../parts/face.js";
import { hatching } from "../parts/hatch.js";
import { put, write } from "../parts/pen.js";
import { paleShade } from "../parts/ramp.js";

const KEPT = ["inputs", "query_map", "key_map", "value_map", "step", "mask", "token"]; // what Reset brings back
const SHOWN = ["inputs", "Q, K, V", "scores", "weights", "contexts"]; // up to which step
const TOKENS = 3;
const ROOMY = 530; // as wide as all grids beside each other
const LABEL = 14; // room for the number of a token, left of its row
const HIGH = 28; // of a cell
const TITLE = 20; // room above a grid
const BAND = TITLE + TOKENS * HIGH + 14; // from queries to keys, from keys to values
const TIGHT = 36; // a cell less wide than this has smaller numbers
const TINT = 0.12; // of a role's colour, under numbers
// What is changed by hand, and how a cell of it is called.
const GIVEN = {
  inputs: { title: "inputs X", look: "tiny-input", rows: TOKENS, show: "inputs", cell: (row, column) => `token ${row}, feature ${column}` },
  query_map: { title: "query map", look: "tiny-query", rows: FEATURES, show: "map query", cell: (row, column) => `query map, row ${row}, column ${column}` },
  key_map: { title: "key map", look: "tiny-key", rows: FEATURES, show: "map key", cell: (row, column) => `key map, row ${row}, column ${column}` },
  value_map: { title: "value map", look: "tiny-value", rows: FEATURES, show: "map value", cell: (row, column) => `value map, row ${row}, column ${column}` },
};
// What is computed, from which step on it is shown, and what it is called where it has a line of its own.
const FOUND = {
  query: { title: "queries Q", look: "tiny-query", columns: FEATURES, step: 1, digits: 0 },
  key: { title: "keys K", look: "tiny-key", columns: FEATURES, step: 1, digits: 0 },
  value: { title: "values V", look: "tiny-value", columns: FEATURES, step: 1, digits: 0 },
  score: { title: "scores QKᵀ", look: "tiny-score", columns: TOKENS, step: 2, digits: 0 },
  weight: { title: "weights", look: "tiny-weight", columns: TOKENS, step: 3, digits: 2 },
  context: { title: "contexts", alone: "contexts: weights × V", look: "tiny-context", columns: FEATURES, step: 4, digits: 2 },
};
const CELLS = Object.entries(GIVEN).flatMap(([name, { rows, cell }]) =>
  Array.from({ length: rows * FEATURES }, (_, at) => ({ name, at, text: cell(1 + Math.floor(at / FEATURES), 1 + (at % FEATURES)) })));

/** Where the grids lie in so many pixels: the corner of each, how wide its cells are, and the height of all. */
export function placesIn(width) {
  const between = (low, high, share) => low + (high - low) * Math.min(Math.max(share, 0), 1);
  const roomy = width >= ROOMY;
  const share = (width - ROOMY) / 160;
  const gap = roomy ? 0 : between(8, 60, (width - 206) / 330);
  const cell = roomy ? between(29, 35, share) : between(29, 46, ((width - LABEL - 2 * gap) / 6 - 29) / 17);
  const wide = roomy ? between(33, 40, share) : Math.min(40, (width - LABEL - gap) / 6);
  const last = roomy ? between(46, 54, share) : 54;
  // All that is left goes between the six columns.
  const space = roomy ? Math.min((width - LABEL - 6 * cell - 6 * wide - 2 * last) / 5, 40) : gap;
  const top = roomy ? 36 : TITLE;
  const pair = 2 * cell + space;
  const middle = (n) => top + n * BAND;
  const at = {
    inputs: { x: LABEL, y: middle(1), cell },
    query: { x: LABEL + 2 * pair, y: middle(0), cell },
    key: { x: LABEL + 2 * pair, y: middle(1), cell },
    value: { x: LABEL + 2 * pair, y: middle(2), cell },
  };
  ["query", "key", "value"].forEach((role, n) => {
    at[`${role}_map`] = { x: LABEL + pair, y: middle(n) + HIGH / 2, cell };
  });
  const below = middle(3) + 16;
  at.score = roomy ? { x: LABEL + 3 * pair, y: top, cell: wide } : { x: LABEL, y: below, cell: wide };
  at.weight = { x: at.score.x + 3 * wide + space, y: at.score.y, cell: wide };
  at.context = roomy ? { x: at.weight.x + 3 * wide + space, y: top, cell: last } : { x: LABEL, y: below + BAND + 8, cell: last };
  return { roomy, at, space, height: roomy ? middle(3) - 8 : at.context.y + TOKENS * HIGH + 6 };
}

function render({ model, el }) {
  const state = () => traits(model, KEPT);
  const start = state();
  const tied = tie(model);
  const [least, most] = model.get("settable").inputs[0];
  let chosen = CELLS[0]; // what the two buttons change

  const named = steady("tiny-named");
  const amount = silentNumber("tiny-amount");
  const [less, more] = [-1, 1].map((by) => button("tiny-button", () => change(chosen, model.get(chosen.name)[chosen.at] + by), by < 0 ? "−" : "+"));
  const stepper = make("div", "tiny-stepper", less, amount, more, named.node);
  const shown = slider("step", ends(model, "step"), (step) => tied.set({ step }));
  const asking = slider("token", { ...ends(model, "token"), role: "query" }, (token) => tied.set({ token }));
  const hiding = chips("mask", [{ name: "none" }, { name: "causal" }], (mask) => tied.set({ mask }));
  const ui = face(el, {
    name: "tiny",
    controls: [stepper, shown.row, asking.row, hiding.row],
    hint: model.get("hint"),
    onReset: () => tied.set(start),
  });
  const bars = Object.fromEntries(Object.entries(GIVEN).map(([name, { title, show }]) => {
    const bar = make("div", "tiny-cells");
    bar.dataset.show = show;
    place(bar, { role: "toolbar", "aria-label": title });
    return [name, bar];
  }));
  const boxes = CELLS.map((cell) => {
    const box = make("div", `tiny-cell ${GIVEN[cell.name].look}`);
    place(box, { role: "spinbutton", "aria-label": cell.text, "aria-valuemin": least, "aria-valuemax": most, tabindex: cell.at ? -1 : 0 });
    box.addEventListener("keydown", (event) => press(event, cell));
    box.addEventListener("focus", () => choose(cell));
    bars[cell.name].append(box);
    return box;
  });
  ui.stage.prepend(...Object.values(bars));
  let layout = null;

  /** Let a number be another one, as far as that goes. */
  function change({ name, at }, value) {
    const numbers = model.get(name);
    const next = Math.min(Math.max(value, least), most);
    if (next !== numbers[at]) tied.set({ [name]: numbers.map((old, i) => (i === at ? next : old)) });
  }

  /** Let the buttons change this cell; of its grid it is the one at which the Tab key stops. */
  function choose(cell) {
    chosen = cell;
    CELLS.forEach(({ name }, i) => { if (name === cell.name) boxes[i].tabIndex = CELLS[i] === cell ? 0 : -1; });
    show();
  }

  /** Up and down change a cell, Home and End take it to its ends; left and right lead to its neighbours. */
  function press(event, cell) {
    const now = model.get(cell.name)[cell.at];
    const value = { ArrowUp: now + 1, ArrowDown: now - 1, Home: least, End: most }[event.key];
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (value === undefined && !way) return;
    event.preventDefault();
    if (way) {
      const next = CELLS.indexOf(cell) + way;
      if (CELLS[next]?.name === cell.name) boxes[next].focus();
    } else change(cell, value);
  }

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 200);
    const { roomy, at, space, height } = placesIn(width);
    ui.picture.replaceChildren();
    const part = (name) => put(ui.picture, "g", "", { "data-show": name });
    const frame = (parent, { x, y, cell }, columns) => put(parent, "rect", "tiny-frame", { x: hundredths(x), y: hundredths(y), width: hundredths(columns * cell), height: HIGH, rx: 3 });

    ui.picture.classList.toggle("tiny-tight", at.weight.cell < TIGHT);
    const arrows = put(ui.picture, "g", "");
    /** An arrow from the right edge of one grid to the left edge of another, or up to its lower one. */
    const lead = (from, columns, to, rows, up = 0) => {
      const [x, y] = [at[from].x + columns * at[from].cell + 2, at[from].y + (rows * HIGH) / 2];
      const [left, middle] = [at[to].x - 2, at[to].y + ((to.endsWith("map") ? FEATURES : TOKENS) * HIGH) / 2];
      const d = up
        ? `M${hundredths(x)} ${hundredths(y)}H${hundredths(at[to].x + (up * at[to].cell) / 2)}V${hundredths(at[to].y + TOKENS * HIGH + 3)}m-3 4l3 -4l3 4`
        : `M${hundredths(x)} ${hundredths(y)}L${hundredths(left)} ${hundredths(middle)}m-4 -3l4 3l-4 3`;
      return put(arrows, "path", "tiny-arrow", { d });
    };
    const flows = ["query", "key", "value"].flatMap((role) => [
      [lead("inputs", FEATURES, `${role}_map`, TOKENS), 1], [lead(`${role}_map`, FEATURES, role, FEATURES), 1],
    ]);
    flows.push([lead("score", TOKENS, "weight", TOKENS), 3]);
    if (roomy) {
      flows.push([lead("query", FEATURES, "score", TOKENS), 2], [lead("key", FEATURES, "score", TOKENS, TOKENS), 2]);
      flows.push([lead("weight", TOKENS, "context", TOKENS), 4], [lead("value", FEATURES, "context", TOKENS, FEATURES), 4]);
    }

    const frames = []; // the row of the token that is asked about, in every grid that has one
    for (const [name, { title, look, rows, show: parts }] of Object.entries(GIVEN)) {
      const { x, y, cell } = at[name];
      bars[name].style.cssText = `left: ${hundredths(x)}px; top: ${hundredths(y)}px; width: ${hundredths(FEATURES * cell)}px; height: ${rows * HIGH}px`;
      const group = part(parts);
      write(group, title, x + cell, y - 8, "middle", `tiny-title ${look}`);
      if (name === "inputs") frames.push(frame(group, at[name], FEATURES));
    }
    const grids = Object.fromEntries(Object.entries(FOUND).map(([name, { title, alone, look, columns }]) => {
      const { x, y, cell } = at[name];
      const group = part(name);
      const labelled = columns === TOKENS; // a column for each key
      const words = write(group, roomy ? title : alone ?? title, 0, y - (labelled ? 22 : 8), alone && !roomy ? "start" : "middle");
      place(words, { x: hundredths(alone && !roomy ? x : x + (columns * cell) / 2) });
      put(group, "rect", "tiny-edge", { x: hundredths(x), y: hundredths(y), width: hundredths(columns * cell), height: TOKENS * HIGH });
      const inside = put(group, "g", "");
      const cells = Array.from({ length: TOKENS }, (_, i) => Array.from({ length: columns }, (__, j) => {
        const [left, top] = [x + j * cell, y + i * HIGH];
        const size = { x: hundredths(left), y: hundredths(top), width: hundredths(cell), height: HIGH };
        put(inside, "rect", "tiny-ground", size);
        const box = put(inside, "rect", `tiny-box ${look}`, { ...size, "fill-opacity": TINT });
        const hatch = put(inside, "path", "tiny-hatch", { d: labelled ? hatching(left, top, cell, HIGH) : "" });
        return { box, hatch, text: write(inside, "", left + cell / 2, top + HIGH / 2 + 4.5, "middle", "tiny-number") };
      }));
      if (labelled) for (let j = 0; j < TOKENS; j++) write(group, String(j + 1), x + (j + 0.5) * cell, y - 6, "middle", "tiny-column");
      frames.push(frame(inside, at[name], columns));
      return [name, { look, words, inside, cells }];
    }));
    const labels = (roomy ? ["inputs"] : ["inputs", "score", "context"]).flatMap((name) =>
      Array.from({ length: TOKENS }, (_, i) => ({ row: i, node: write(ui.picture, String(i + 1), at[name].x - 9, at[name].y + (i + 0.5) * HIGH + 4.5, "middle") })));
    const middle = at.weight.x + 1.5 * at.weight.cell;
    write(part("weight"), "softmax(scores ÷ √2)", roomy ? middle : 2 * middle - at.weight.x, at.weight.y + TOKENS * HIGH + 16, roomy ? "middle" : "end");
    place(ui.picture, { viewBox: `0 0 ${width} ${height}`, height });
    layout = { grids, frames, labels, flows };
    show();
  }

  function show() {
    if (!layout) return;
    const now = state();
    const { step, token, mask } = now;
    const found = selfAttention(now);
    CELLS.forEach(({ name, at }, i) => {
      const value = now[name][at];
      const text = signed(value, 0);
      if (boxes[i].textContent !== text) boxes[i].textContent = text;
      place(boxes[i], { "aria-valuenow": value });
      boxes[i].classList.toggle("tiny-chosen", CELLS[i] === chosen);
    });
    for (const [name, { step: from, digits }] of Object.entries(FOUND)) {
      const { look, words, inside, cells } = layout.grids[name];
      const here = step >= from;
      place(inside, { visibility: here ? "visible" : "hidden" });
      place(words, { class: here ? `tiny-title ${look}` : "tiny-title tiny-later" });
      cells.forEach((row, i) => row.forEach(({ box, hatch, text }, j) => {
        const value = found[name][i][j];
        const masked = (name === "score" || name === "weight") && !found.seen[i][j];
        // What is hidden has no score that counts, and a weight of nothing at all.
        const written = masked ? (name === "score" ? "" : "0") : signed(value, digits);
        if (text.textContent !== written) text.textContent = written;
        place(text, { class: masked ? "tiny-number tiny-hidden" : "tiny-number" });
        place(hatch, { visibility: masked && here ? "visible" : "hidden" });
        place(box, { "data-number": value });
        if (name === "weight") place(box, { "fill-opacity": paleShade(value).toFixed(4) });
      }));
    }
    for (const [path, from] of layout.flows) place(path, { class: step >= from ? "tiny-arrow" : "tiny-arrow tiny-later" });
    for (const rect of layout.frames) place(rect, { transform: `translate(0 ${token * HIGH})` });
    for (const { row, node } of layout.labels) place(node, { class: row === token ? "tiny-row tiny-asking" : "tiny-row" });

    const value = now[chosen.name][chosen.at];
    named.say(chosen.text, CELLS.map(({ text }) => text));
    amount.textContent = signed(value, 0);
    place(less, { "aria-label": `lower ${chosen.text}`, "aria-disabled": value === least });
    place(more, { "aria-label": `raise ${chosen.text}`, "aria-disabled": value === most });
    shown.show(step, SHOWN[step]);
    asking.show(token, String(token + 1));
    hiding.show(mask);
    ui.picture.found = found; // as it is, for whoever wants to know
    ui.say(sentence(now, found));
  }

  tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay);
}

/** A number to be read, with its role and a real minus sign. */
function said(n, role, digits = 0) {
  const node = number(n, digits, role);
  node.textContent = signed(n, digits);
  return node;
}

/** Two features in brackets. */
function vector([first, second], role, digits) {
  return ["(", said(first, role, digits), ", ", said(second, role, digits), ")"];
}

/** Several numbers as a list of a sentence. */
function listed(items) {
  return items.flatMap((item, i) => (i === 0 ? [item] : [i === items.length - 1 ? " and " : ", ", item]));
}

/** Whom a token looks at most, in words; `places` are those that it sees. */
function looks(weights, places, token) {
  if (places.length === 1) return "it sees only itself";
  const largest = Math.max(...weights);
  const best = places.filter((k) => weights[k] > largest - 1e-9);
  if (best.length === places.length) return `it looks at ${best.length === 2 ? "both" : "all three"} alike`;
  return `it looks most at ${best.map((k) => (k === token ? "itself" : `token ${k + 1}`)).join(" and ")}`;
}

/** Say what the asked token has come to. */
function sentence({ inputs, step, token }, { query, key, value, score, seen, weight, context }) {
  const name = `Token ${token + 1}`;
  if (step === 0) return [name, " is ", ...vector(pairs(inputs)[token]), ". Of this the maps make what it asks, what it offers and what it holds."];
  const asks = [name, " asks ", ...vector(query[token], "query")];
  if (step === 1) return [...asks, ", offers ", ...vector(key[token], "key"), " to whoever asks, and holds ", ...vector(value[token], "value"), "."];
  const places = seen[token].flatMap((here, k) => (here ? [k] : []));
  const hidden = seen[token].flatMap((here, k) => (here ? [] : [String(k + 1)]));
  const many = places.length > 1;
  const scores = [
    ...asks, many ? ". Its scores are " : ". Its score is ", ...listed(places.map((k) => said(score[token][k]))),
    hidden.length ? ` (token${hidden.length > 1 ? "s" : ""} ${hidden.join(" and ")} hidden)` : "",
  ];
  if (step === 2) return [...scores, "."];
  const weights = [
    ...scores, many ? ", its weights " : ", its weight ", ...listed(places.map((k) => said(weight[token][k], "weight", 2))),
    `: ${looks(weight[token], places, token)}`,
  ];
  if (step === 3) return [...weights, "."];
  return [...weights, ", and reads ", ...vector(context[token], "context", 2), "."];
}

export default { render };
