// Attention by hand: distance, score, exponential, weight, and what they add up to.
import { put, write } from "../parts/pen.js";
import { gaussianScore } from "../parts/scores.js";
import { maskedSoftmax } from "../parts/attention.js";
import { brief, hundredths, signed, spread, ticks } from "../parts/axes.js";
import { queryGrip } from "../parts/grip.js";
import { button, drag, ends, face, make, number, place, slider, stayDrawn, steady, tie, traits } from "../parts/face.js";

const KEPT = ["step", "query", "bandwidth"]; // what Reset brings back
const MARGIN = { left: 10, right: 72 };
const AXIS = 46; // where the line of people is drawn
const TOP = 100; // where the rows begin
const ROW = 64;
const BAR = 20;
const GAP = 44; // between two columns of numbers
// A score below this is drawn as long as this one: e to it is next to nothing.
const LOWEST = -4;
const ROWS = [
  { name: "distance", title: "distance |q − k|" },
  { name: "score", title: "score: −distance² / 2h²" },
  { name: "exponential", title: "exponential: e to the score" },
  { name: "weight", title: "weight: divided by their sum" },
  { name: "context", title: "weight × value, added up" },
];
const STEPS = ROWS.length + 1;

/** Every number on the way from the query to the answer. Twin: attention with GaussianScore. */
export function byHand(query, { key, value, bandwidth }) {
  const distance = key.map((k) => Math.abs(query - k));
  const score = gaussianScore(query, key, bandwidth);
  const exponential = score.map(Math.exp);
  const total = exponential.reduce((sum, part) => sum + part, 0);
  // Not divided by that total: far from everyone it may be 0 in a computer.
  const weight = maskedSoftmax(score, key.map(() => true));
  const piece = weight.map((w, i) => w * value[i]);
  return { distance, score, exponential, total, weight, piece, context: piece.reduce((sum, p) => sum + p, 0) };
}

/** Where each piece begins and ends when stacked: those above 0 to the right, the others to the left. */
export function stacked(pieces) {
  let [up, down] = [0, 0];
  return pieces.map((piece) => {
    if (piece < 0) {
      down += piece;
      return [down, down - piece];
    }
    up += piece;
    return [up - piece, up];
  });
}

function render({ model, el }) {
  const state = () => traits(model, ["key", "value", "low", "high", ...KEPT]);
  const start = traits(model, KEPT);
  const tied = tie(model);
  const go = (by) => () => {
    const step = model.get("step") + by;
    if (step >= 0 && step < STEPS) tied.set({ step });
  };
  const [back, next] = [button("hand-step", go(-1), "‹ Back"), button("hand-step", go(1), "Next ›")];
  const where = steady("hand-where");
  const sliders = {
    query: slider("query q", { ...ends(model, "query"), role: "query" }, (query) => ask(query)),
    bandwidth: slider("bandwidth h", { ...ends(model, "bandwidth"), step: 0.005, log: true }, (bandwidth) => tied.set({ bandwidth })),
  };
  const ui = face(el, {
    name: "hand",
    controls: [make("div", "hand-steps", back, where.node, next), sliders.query.row, sliders.bandwidth.row],
    hint: model.get("hint"),
    onReset: () => tied.set(start),
  });
  let layout = null;
  let touched = false; // the query has been moved by hand

  function ask(query) {
    touched = true;
    tied.set({ query });
  }

  function lay() {
    const { key, value, low, high } = state();
    if (key.length !== value.length) return; // the other half is on its way
    const width = Math.max(ui.stage.clientWidth, 240);
    const right = width - MARGIN.right;
    const span = high - low;
    const toX = (x) => hundredths(MARGIN.left + ((x - low) / span) * (right - MARGIN.left));
    const height = TOP + 5 * ROW + 76;
    place(ui.picture, { viewBox: `0 0 ${width} ${height}`, height });
    ui.picture.replaceChildren();
    const part = (name) => put(ui.picture, "g", "", { "data-show": name });
    // The people on their line, and under each its column.
    const at = key.map(toX);
    const columns = spread(at, GAP, MARGIN.left + 14, right - 10);
    const frame = put(ui.picture, "g", "");
    columns.forEach((x, i) => put(frame, "path", "hand-column", { d: `M${at[i]} ${AXIS}V${TOP - 14}L${hundredths(x)} ${TOP}V${TOP + 5 * ROW - 24}` }));
    put(frame, "path", "hand-axis", { d: `M${MARGIN.left} ${AXIS}H${right}` });
    for (const tick of ticks(low, high, 6)) write(frame, tick.text, toX(tick.at), AXIS + 38, "middle", "hand-tick-x");
    write(frame, "value: what each says · key: where each stands", 0, 11, "start", "hand-title");
    const keys = part("key");
    for (const x of at) put(keys, "path", "hand-key", { d: `M${x} ${AXIS - 6}v12` });
    const values = part("value");
    const few = key.length <= 3;
    const says = spread(at, few ? 54 : 40, MARGIN.left + 20, width - 24);
    value.forEach((v, i) => write(values, `${few ? "says " : ""}${short(v)}`, hundredths(says[i]), AXIS - 14, "middle", "hand-says"));
    const query = part("query");
    const line = put(query, "path", "hand-query");
    const grip = queryGrip(query);

    const rows = ROWS.map(({ name, title }, i) => {
      const top = TOP + i * ROW;
      put(frame, "path", "hand-rule", { d: `M0 ${top}H${width}` });
      const head = write(frame, title, 0, top + 14, "start", "hand-title");
      const group = part(name);
      const shape = put(group, "path", `hand-shape hand-${name}`);
      const numbers = columns.map((x) => write(group, "", hundredths(x), top + ROW - 7, "middle", "hand-number"));
      const sum = write(group, "", width, top + ROW - 7, "end", "hand-number hand-sum");
      return { name, top, head, group, shape, numbers, sum };
    });

    // The answer: its own axis, from the least that can be said to the most.
    const [least, most] = [Math.min(0, ...value), Math.max(0, ...value)];
    const toValue = (v) => hundredths(MARGIN.left + ((v - least) / (most - least || 1)) * (right - MARGIN.left));
    const ground = TOP + 5 * ROW + 40;
    const last = rows.at(-1);
    const flows = key.map(() => put(last.group, "path", "hand-flow"));
    const pieces = key.map((_, i) => put(last.group, "rect", `hand-piece${i % 2 ? " hand-odd" : ""}`, { y: ground - 18, height: 18 }));
    put(last.group, "path", "hand-axis", { d: `M${MARGIN.left} ${ground}H${right}` });
    for (const tick of ticks(least, most, 5)) write(last.group, tick.text, toValue(tick.at), ground + 20, "middle", "hand-tick-value");
    write(last.group, "value", width, ground + 20, "end");
    const answer = put(last.group, "path", "hand-answer", { d: "M0 -10L8 0L0 10L-8 0Z" });

    const step = span / 100;
    sliders.query.bound({ ...ends(model, "query"), step });
    sliders.bandwidth.bound({ ...ends(model, "bandwidth"), step: 0.005 });
    layout = { key, value, at, columns, toX, toValue, line, grip, rows, flows, pieces, ground, answer, right, step, span, width };
    show();
  }

  function show() {
    const now = state();
    const { key, value, query, bandwidth, step } = now;
    const l = layout;
    if (!l || l.key !== key || l.value !== value) {
      lay();
      return;
    }
    const found = byHand(query, now);
    const x = l.toX(query);
    place(l.line, { d: `M${x} ${AXIS - 8}v16` });
    l.grip.move(x, AXIS + 14, l.right, touched);
    l.rows.forEach((row, i) => {
      const here = i < step;
      place(row.group, { visibility: here ? "visible" : "hidden" });
      place(row.head, { class: here ? "hand-title hand-now" : "hand-title" });
    });
    const [distance, score, exponential, weight, answer] = l.rows;
    const fill = ({ numbers }, list) => list.forEach((n, i) => { numbers[i].textContent = signed(n, Math.abs(n) < 10 || n > 0 ? 2 : 1); });
    fill(distance, found.distance);
    fill(score, found.score);
    fill(exponential, found.exponential);
    fill(weight, found.weight);
    fill(answer, found.piece);
    exponential.sum.textContent = `sum ${signed(found.total, 2)}`;
    weight.sum.textContent = "sum 1.00";
    answer.sum.textContent = `= ${signed(found.context, 2)}`;

    // How far it is to each, one line below the other; then bars on fixed scales.
    const apart = BAR / key.length;
    place(distance.shape, { d: l.at.map((to, i) => {
      const y = hundredths(distance.top + 20 + apart * (i + 0.5));
      return `M${x} ${y}H${to}m0 -3v6`;
    }).join("") });
    const bars = (row, list, down) => {
      const base = row.top + 20 + (down ? 0 : BAR);
      place(row.shape, { d: list.map((share, i) => {
        const tall = hundredths(BAR * share) * (down ? 1 : -1);
        return `M${hundredths(l.columns[i] - 8)} ${base}v${tall}h16v${-tall}z`;
      }).join("") });
    };
    bars(score, found.score.map((s) => Math.max(s, LOWEST) / LOWEST), true);
    bars(exponential, found.exponential, false);
    bars(weight, found.weight, false);
    const ground = l.ground - 18;
    stacked(found.piece).forEach(([from, to], i) => {
      const [left, end] = [l.toValue(from), l.toValue(to)];
      place(l.pieces[i], { x: left, width: hundredths(end - left) });
      place(l.flows[i], { d: `M${hundredths(l.columns[i])} ${answer.top + ROW - 2}L${hundredths((left + end) / 2)} ${ground}` });
    });
    place(l.answer, { transform: `translate(${l.toValue(found.context)} ${l.ground - 9})` });
    ui.picture.steps = found; // as they are, for whoever wants to know

    place(back, { "aria-disabled": step === 0 });
    place(next, { "aria-disabled": step === STEPS - 1 });
    where.say(places[step], places);
    sliders.query.show(query, query.toFixed(2));
    sliders.bandwidth.show(bandwidth, brief(bandwidth));
    ui.say(sentence(now, found));
  }

  const places = Array.from({ length: STEPS }, (_, i) => `${i} of ${STEPS - 1}`);
  drag(ui.stage, (event) => {
    const { low, high } = state();
    const box = ui.picture.getBoundingClientRect();
    const share = (event.clientX - box.left - MARGIN.left) / (layout.right - MARGIN.left);
    const snapped = Math.round((Math.min(Math.max(share, 0), 1) * (high - low)) / layout.step) * layout.step;
    ask(low + snapped);
    sliders.query.input.focus({ preventScroll: true });
  });
  tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay, { given: ["key", "value", "low", "high", "settable"] });
}

/** A number with two decimals at most. */
function short(n) {
  return signed(n, 2).replace(/\.?0+$/, "");
}

/** Numbers in a row of words, each followed by a dot in the middle but the last. */
function listed(numbers, role) {
  return numbers.flatMap((n, i) => [i ? " · " : "", value(n, role)]);
}

/** A number to be read, with its role and a real minus sign. */
function value(n, role, digits = 2) {
  const node = number(n, digits, role);
  node.textContent = signed(n, digits);
  return node;
}

/** Say what the last row does, with its numbers. */
function sentence(now, found) {
  const { step, query, bandwidth } = now;
  const count = now.key.length;
  return [
    () => [`${count} people, and you ask at `, value(query, "query"), ". How much should each be heard?"],
    () => ["Compare: from the query at ", value(query, "query"), " it is this far to each: ", ...listed(found.distance), "."],
    () => ["Score: minus the square of the distance, over 2h² = ", value(2 * bandwidth ** 2), ": ", ...listed(found.score),
      ". The nearest scores highest."],
    () => ["Exponential: e to each score is above 0: ", ...listed(found.exponential), ". Together ", value(found.total), "."],
    () => ["Normalise: divided by ", value(found.total), ", the weights make one together: ", ...listed(found.weight, "weight"), "."],
    () => ["Read: ", ...found.piece.flatMap((_, i) => [
      i ? " + " : "", value(found.weight[i], "weight"), " × ", make("span", "attn-number value", short(now.value[i])),
    ]), " = ", value(found.context, "context"), ", the answer."],
  ][step]();
}

export default { render };
