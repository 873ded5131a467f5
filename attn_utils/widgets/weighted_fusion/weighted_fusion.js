// Weighted fusion along a line: drag the query and watch whom it listens to.
import { answers, effectiveKeys, errors, fuse } from "./fusion_math.js";
import { brief, hundredths, tickStep, ticks } from "../parts/axes.js";
import { queryGrip } from "../parts/grip.js";
import { drag, draw, ends, face, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";

const CONTROLS = ["query", "bandwidth", "window"];
const KEPT = [...CONTROLS, "value"]; // what Reset brings back
const DATA = ["key", "truth", "low", "high", "movable", "least", "most", "settable"];
const MARGIN = { left: 38, right: 58, top: 26 };
const BARS = 64;
// Below this many keys the bars are as high as their weights; above, as their roots.
const FEW = 6;
const REACH = { mouse: 14, touch: 22 };
const ERRORS = { themselves: "on oneself", others: "on the others", street: "along the street" };

/** The mean squared errors, each as a number and as a bar beside that of everyone's mean. */
function errorBoard(names) {
  const rows = Object.fromEntries(names.map((name) => {
    const said = make("span", "");
    return [name, { said, row: make("span", "fusion-error", `${ERRORS[name]} `, said) }];
  }));
  const board = make("p", "fusion-errors", make("span", "fusion-errors-title", "mean squared error "));
  names.forEach((name, i) => board.append(rows[name].row, i < names.length - 1 ? " " : ""));
  return {
    board,
    show(now, pooled) {
      for (const name of names) {
        rows[name].said.replaceChildren(number(now[name], 3));
        rows[name].row.style.setProperty("--share", Math.min(1, now[name] / (pooled || 1)).toFixed(4));
      }
    },
  };
}

function render({ model, el }) {
  const state = () => traits(model, [...DATA, ...KEPT]);
  let start = traits(model, KEPT);
  const movable = model.get("movable");
  const tied = tie(model);
  const sliders = {
    query: slider("query x", { ...ends(model, "query"), role: "query" }, (query) => ask({ query })),
    bandwidth: slider("bandwidth", { ...ends(model, "bandwidth"), step: 0.005, log: true }, (bandwidth) => tied.set({ bandwidth })),
    window: slider("window ±", ends(model, "window"), (window) => tied.set({ window })),
  };
  // A slider for each person whose value can be moved, and what a hand takes hold of.
  const hands = movable.map((person) => ({
    person, hold: make("div", "fusion-hold"),
    slide: slider("", { min: 0, max: 1, role: "value" }, (said) => say(person, said)),
  }));
  const shown = model.get("show_errors") ? Object.keys(ERRORS).slice(0, model.get("truth").length ? 3 : 2) : [];
  const board = shown.length ? errorBoard(shown) : null;
  const ui = face(el, {
    name: "fusion",
    beside: board?.board,
    controls: [...Object.values(sliders), ...hands.map(({ slide }) => slide)].map((s) => s.row),
    hint: model.get("hint"),
    onReset: () => {
      light(null);
      tied.set(start);
    },
  });

  let touched = false; // the query has been moved by hand
  let lit = null; // the person that is pointed at
  let layout = null;

  function ask(changes) {
    touched = true;
    tied.set(changes);
  }

  function say(person, said) {
    const value = [...model.get("value")];
    value[person] = said;
    tied.set({ value });
  }

  function light(person) {
    if (person === lit) return;
    lit = person;
    ui.root.classList.toggle("fusion-pointing", lit !== null);
    show();
  }

  // One stop for the Tab key, which the arrow keys lead from person to person.
  const pointer = make("div", "fusion-person");
  Object.assign(pointer, { tabIndex: 0 });
  place(pointer, { role: "slider", "aria-label": "person", "aria-valuemin": 1 });
  pointer.addEventListener("keydown", (event) => {
    const move = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, Home: -Infinity, End: Infinity }[event.key];
    if (!move) return;
    event.preventDefault();
    const { order, rank } = layout;
    const next = Math.min(Math.max((lit === null ? 0 : rank[lit]) + move, 0), order.length - 1);
    light(order[next]);
  });
  pointer.addEventListener("focus", () => light(lit ?? layout.order[0]));
  pointer.addEventListener("blur", () => light(null));
  ui.stage.append(pointer, ...hands.map(({ hold }) => hold));
  hands.forEach(takeHold);

  function lay() {
    const { key, value, truth, low, high, least: floor, most: ceiling } = state();
    if (key.length !== value.length) return; // the other half is on its way
    if (value.length !== start.value.length) start = { ...start, value };
    const span = high - low;
    const width = Math.max(ui.stage.clientWidth, 240);
    const height = Math.round(Math.min(Math.max(width * 0.55, 210), 340));
    const bottom = MARGIN.top + height;
    const base = bottom + 84 + BARS;
    const right = width - MARGIN.right;
    const extent = [0, ...value, ...start.value, ...truth];
    const least = Math.min(floor ?? Infinity, ...extent);
    const most = Math.max(ceiling ?? -Infinity, ...extent);
    const toX = (x) => hundredths(MARGIN.left + ((x - low) / span) * (right - MARGIN.left));
    const toY = (y) => hundredths(bottom - ((y - least) / (most - least || 1)) * height);
    place(ui.picture, { viewBox: `0 0 ${width} ${base + 6}`, height: base + 6 });
    ui.picture.replaceChildren();
    const inside = (parent) => (tag, className, attributes = {}) => draw(tag, { class: className, ...attributes }, parent);
    const part = (name) => inside(draw("g", { "data-show": name }, ui.picture));
    const add = inside(ui.picture);
    const text = (words, x, y, anchor = "start", className = "", put = add) => {
      const node = put("text", className, { x, y, "text-anchor": anchor });
      node.textContent = words;
      return node;
    };

    const band = add("rect", "fusion-window", { y: MARGIN.top, height });
    const bandName = text("window", 0, MARGIN.top + 14, "middle");
    for (const { at, text: words } of ticks(low, high, 6)) {
      add("path", "fusion-grid", { d: `M${toX(at)} ${MARGIN.top}V${bottom}` });
      text(words, toX(at), bottom + 36, "middle", "fusion-tick-x");
    }
    for (const { at, text: words } of ticks(least, most, 5)) text(words, MARGIN.left - 8, toY(at) + 4, "end", "fusion-tick-y");
    text("value: what each says", 0, 11, "start", "fusion-title");
    text("key: where each stands", right, bottom + 54, "end", "fusion-title");
    if (truth.length) {
      const d = truth.map((y, i) => `${i ? "L" : "M"}${toX(low + (span * i) / (truth.length - 1))} ${toY(y)}`).join("");
      add("path", "fusion-truth", { d });
    }
    add("path", "fusion-axis", { d: `M${MARGIN.left} ${bottom}H${right}` });
    const keys = part("key");
    for (const k of key) keys("path", "fusion-key", { d: `M${toX(k)} ${bottom}v-7` });

    // The weights' scale is always from 0 to 1, and stands still.
    const few = key.length <= FEW;
    const tall = (weight) => hundredths(BARS * (few ? weight : Math.sqrt(weight)));
    for (const at of few ? [0, 0.5, 1] : [0, 0.1, 0.5, 1]) {
      add("path", at ? "fusion-grid" : "fusion-axis", { d: `M${MARGIN.left} ${base - tall(at)}H${right}` });
      text(String(at), MARGIN.left - 8, base - tall(at) + 4, "end", "fusion-tick-weight");
    }
    text(`weight${few ? "" : ", by the root"}`, 0, base - BARS - 12, "start", "fusion-title");

    const weight = part("weight");
    const wide = few ? 10 : 4;
    const spots = key.map((k) => toX(k));
    const rays = key.map(() => weight("path", "fusion-ray"));
    const columns = weight("path", "fusion-bar");
    const context = part("context");
    const fit = context("path", "fusion-fit");
    const ownName = text("answers", right + 6, 0, "start", "fusion-name", context);
    const trueName = truth.length ? text("truth", right + 6, 0, "start", "fusion-name") : null;
    const values = part("value");
    const dots = spots.map((cx) => values("circle", "fusion-dot", { cx }));
    const grips = new Map(movable.map((person) => [person, values("path", "fusion-grip-value")]));
    const glowing = draw("g", { class: "fusion-lit" }, ui.picture);
    const flash = inside(glowing);
    const glow = {
      group: glowing, key: flash("path", "fusion-key"), ray: flash("path", "fusion-ray"), bar: flash("path", "fusion-bar"),
      ring: flash("circle", "fusion-ring"), words: flash("text", "fusion-words"),
    };
    const query = part("query");
    const line = query("path", "fusion-query");
    const grip = queryGrip(line.parentNode);
    const answer = part("context")("path", "fusion-answer", { d: "M0 -8L8 0L0 8L-8 0Z" });
    const order = key.map((_, i) => i).sort((a, b) => key[a] - key[b]);
    const rank = [];
    order.forEach((person, i) => { rank[person] = i; });
    place(pointer, { "aria-valuemax": key.length, "aria-valuenow": 1 });
    const step = span / 200;
    sliders.query.bound({ ...ends(model, "query"), step });
    sliders.bandwidth.bound({ ...ends(model, "bandwidth"), step: 0.005 });
    sliders.window.bound({ ...ends(model, "window"), step });
    const small = tickStep(most - least || 1, 100);
    for (const { person, slide } of hands) {
      slide.bound({ min: least, max: most, step: small });
      slide.row.firstChild.textContent = `at ${Number(key[person].toFixed(2))} says`;
    }
    layout = {
      key, toX, toY, tall, wide, width, height, bottom, base, right, least, most, step, small, band, bandName, fit, ownName, trueName,
      spots, rays, columns, dots, grips, glow, line, grip, answer, order, rank,
    };
    show();
  }

  function takeHold({ person, hold, slide }) {
    const follow = (event) => {
      const box = ui.picture.getBoundingClientRect();
      const { bottom, height, least, most, small } = layout;
      const share = (bottom - (event.clientY - box.top)) / height;
      const said = least + Math.min(Math.max(share, 0), 1) * (most - least);
      say(person, Math.min(Math.max(least + Math.round((said - least) / small) * small, least), most));
    };
    hold.addEventListener("pointerdown", (event) => {
      event.stopPropagation();
      event.preventDefault();
      hold.setPointerCapture(event.pointerId);
      light(person);
      slide.input.focus({ preventScroll: true });
    });
    hold.addEventListener("pointermove", (event) => hold.hasPointerCapture(event.pointerId) && follow(event));
  }

  function show() {
    const now = state();
    const { key, value, query, bandwidth, window, low, high, truth } = now;
    const l = layout;
    if (!l || l.key !== key || value.length !== key.length || Math.min(...value) < l.least || Math.max(...value) > l.most) {
      lay();
      return;
    }
    const span = high - low;
    const { mask, weights, context } = fuse(query, now);
    const x = l.toX(query);
    const y = l.toY(context);
    // The answers at every x do not depend on where the query is.
    if (l.bandwidth !== bandwidth || l.window !== window || l.value !== value) {
      const line = answers(now, 0.5 * span / (l.right - MARGIN.left), 0.25 * (l.most - l.least || 1) / l.height);
      let d = "";
      let pen = "M";
      let end = null;
      for (const [at, height] of line) {
        if (height === null) pen = "M";
        else {
          end = l.toY(height);
          d += `${pen}${l.toX(at)} ${end}`;
          pen = "L";
        }
      }
      place(l.fit, { d });
      nameLines(end, truth.length ? l.toY(truth.at(-1)) : null);
      if (board) {
        const mean = value.reduce((sum, v) => sum + v, 0) / value.length;
        board.show(errors(now), value.reduce((sum, v) => sum + (v - mean) ** 2, 0) / value.length);
      }
      if (l.value !== value) {
        l.heights = value.map(l.toY);
        l.heights.forEach((cy, i) => place(l.dots[i], { cy }));
        for (const { person, slide, hold } of hands) {
          slide.show(value[person], value[person].toFixed(1));
          place(hold, { style: `left: ${l.spots[person]}px; top: ${l.heights[person]}px` });
        }
      }
      Object.assign(l, { bandwidth, window, value });
    }
    const left = l.toX(Math.max(low, query - window));
    const right = l.toX(Math.min(high, query + window));
    place(l.band, { x: left, width: window < span ? right - left : 0 });
    place(l.bandName, { x: hundredths((left + right) / 2), visibility: window < span && right - left > 50 ? "visible" : "hidden" });

    const strengths = [];
    let columns = "";
    for (let i = 0; i < weights.length; i++) {
      // The stronger the more is heard: never in steps, never back.
      const strength = hundredths(10 * Math.sqrt(weights[i])) / 10;
      if (strength > 0.004) l.rays[i].setAttribute("d", `M${l.spots[i]} ${l.heights[i]}L${x} ${y}`);
      if (strength !== l.strengths?.[i]) {
        l.rays[i].setAttribute("opacity", strength > 0.004 ? strength : 0);
        l.dots[i].setAttribute("r", hundredths(3 + 13 * strength));
      }
      strengths.push(strength);
      if (mask[i] !== l.mask?.[i]) l.dots[i].classList.toggle("fusion-hidden", !mask[i]);
      const tall = l.tall(weights[i]);
      columns += `M${hundredths(l.spots[i] - l.wide / 2)} ${l.base}v${-tall}h${l.wide}v${tall}z`;
    }
    for (const [person, node] of l.grips) {
      const [cx, cy, off] = [l.spots[person], l.heights[person], 8 + 13 * Math.sqrt(weights[person])];
      place(node, { d: hand(cx, cy, hundredths(off)) });
    }
    Object.assign(l, { mask, strengths });
    place(l.columns, { d: columns });
    ui.picture.weights = weights; // as they are, for whoever wants to know
    place(l.line, { d: `M${x} ${l.bottom}V${y}` });
    place(l.answer, { transform: `translate(${x} ${y})` });
    l.grip.move(x, l.bottom + 12, l.width, touched);
    showLit(now, weights, x, y);

    sliders.query.show(query, query.toFixed(2));
    sliders.bandwidth.show(bandwidth, brief(bandwidth));
    sliders.window.show(window, window >= span ? "all" : window.toFixed(2));
    ui.say(lit === null ? sentence(now, mask, weights, context) : ofPerson(lit, now, weights, context));
  }

  /** Put the lines' names at their right ends, apart from each other. */
  function nameLines(own, truth) {
    const l = layout;
    place(l.ownName, { visibility: own === null ? "hidden" : "visible" });
    let [a, b] = [own ?? l.bottom, truth ?? Infinity];
    if (Math.abs(a - b) < 15) {
      const middle = (a + b) / 2;
      [a, b] = a < b ? [middle - 7.5, middle + 7.5] : [middle + 7.5, middle - 7.5];
    }
    place(l.ownName, { y: hundredths(a + 4) });
    if (l.trueName) place(l.trueName, { y: hundredths(b + 4) });
  }

  /** Light the person that is pointed at: key, ray, bar, and weight × value beside it. */
  function showLit({ value, key }, weights, x, y) {
    const { glow, spots, heights, base, bottom, tall, wide, width, rank } = layout;
    place(glow.group, { visibility: lit === null ? "hidden" : "visible" });
    if (lit === null) return;
    const [at, height, weight] = [spots[lit], heights[lit], weights[lit]];
    place(glow.key, { d: `M${at} ${bottom + 3}v-16` });
    place(glow.ray, { d: `M${at} ${height}L${x} ${y}` });
    const high = Math.max(tall(weight), 1);
    place(glow.bar, { d: `M${hundredths(at - wide / 2 - 1)} ${base}v${-high}h${wide + 2}v${high}z` });
    place(glow.ring, { cx: at, cy: height, r: hundredths(6 + 13 * Math.sqrt(weight)) });
    // On the side away from its ray, where there is room.
    const before = at < x ? at > 160 : at > width - 200;
    place(glow.words, { x: before ? at - 24 : at + 24, y: Math.max(height - 8, 24), "text-anchor": before ? "end" : "start" });
    glow.words.textContent = product(weight, value[lit]);
    place(pointer, {
      style: `left: ${at}px; top: ${height}px`, "aria-valuenow": rank[lit] + 1,
      "aria-valuetext": `at ${key[lit].toFixed(2)}, says ${value[lit].toFixed(2)}, weight ${weight.toFixed(2)}`,
    });
  }

  /** The person whose dot lies nearest to where the pointer is, if within reach. */
  function under(event, reach) {
    const box = ui.picture.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    let [best, closest] = [null, reach];
    layout.spots.forEach((at, i) => {
      const distance = Math.hypot(at - px, layout.heights[i] - py);
      if (distance <= closest) [best, closest] = [i, distance];
    });
    return best;
  }

  const follow = (event) => {
    const { low, high } = state();
    const box = ui.picture.getBoundingClientRect();
    const share = (event.clientX - box.left - MARGIN.left) / (layout.right - MARGIN.left);
    const snapped = Math.round((Math.min(Math.max(share, 0), 1) * (high - low)) / layout.step) * layout.step;
    light(null);
    ask({ query: low + snapped });
    sliders.query.input.focus({ preventScroll: true });
  };
  drag(ui.stage, follow, (event) => {
    const person = under(event, REACH.touch);
    if (person === null || person === lit) follow(event);
    else light(person);
  });
  ui.stage.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && event.buttons === 0) light(under(event, REACH.mouse));
  });
  ui.stage.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && light(null));
  tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay, { given: DATA });
}

/** An arrow above and one below: this can be moved up and down. */
function hand(x, y, off) {
  return `M${x - 4} ${y - off}l4 -5l4 5M${x - 4} ${y + off}l4 5l4 -5`;
}

/** Write weight × value, with so many digits of the weight that the product is right. */
export function product(weight, value) {
  const digits = 2 + Math.max(0, Math.ceil(Math.log10(Math.abs(value) || 1)));
  return `${weight.toFixed(digits)} × ${value.toFixed(2)} = ${(weight * value).toFixed(2)}`;
}

/** Say one person's part in the answer. */
function ofPerson(person, { key, value, query }, weights, context) {
  return [
    "The person at ", number(key[person], 2, "key"), " says ", number(value[person], 2, "value"), ". Asked at ",
    number(query, 2, "query"), ", it gives ", make("span", "attn-number weight", product(weights[person], value[person])),
    " of the answer, ", number(context, 2, "context"), ".",
  ];
}

/** Say the state in words: who is heard, and what comes of it. */
function sentence({ query, key, low, high, truth }, mask, weights, context) {
  const seen = mask.filter(Boolean).length;
  const ask = ["At x = ", number(query, 2, "query")];
  if (seen === 0) {
    return [...ask, " nobody stands inside the window: every weight is 0, and so is the answer, ", number(0, 2, "context"), "."];
  }
  const parts = [...ask, " the answer is ", number(context, 2, "context")];
  if (truth.length) {
    const at = ((query - low) / (high - low)) * (truth.length - 1);
    const i = Math.min(Math.floor(at), truth.length - 2);
    const exact = truth[i] + (at - i) * (truth[i + 1] - truth[i]);
    parts.push(` (the truth is ${exact.toFixed(2)})`);
  }
  if (key.length <= FEW) {
    parts.push(", with weights ");
    weights.forEach((w, i) => parts.push(i ? " · " : "", number(w, 2, "weight")));
    return [...parts, "."];
  }
  return [...parts, ", listening to about ", number(effectiveKeys(weights), 1, "weight"),
    ` of ${key.length}; ${seen} inside the window.`];
}

export default { render };
