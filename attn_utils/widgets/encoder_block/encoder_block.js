// An encoder layer, followed: who reads whom, and what each part adds to one token's vector.
import { PARTS, largestOf, lengthOf, meanMap, stacked, stations } from "./block_math.js";
import { hundredths, tickStep } from "../parts/axes.js";
import { chips, face, fill, make, number, place, stayDrawn, tie, traits } from "../parts/face.js";
import { hatching } from "../parts/hatch.js";
import { put, write } from "../parts/pen.js";
import { shade } from "../parts/ramp.js";
import { inside, stopAt } from "../parts/stops.js";
import { unpack } from "../parts/weights.js";

const KEPT = ["token", "head", "norm_first", ...PARTS]; // what Reset brings back
const ROOMY = 500; // less wide, the stations stand below the map
const ROW = 26; // how high a row of the map is
const TOP = 42; // room for the title and the keys above it
const SIDE = 24; // and for the queries at its left
const WIDEST = 28; // a column of the map
const GAP = 30; // between map and stations
const GUTTER = 28; // left of the bars, for the paths
const SCALE = 24; // right of them, for the numbers of the scale
const ROOMS = 6; // the stations, and what would have left
const WORDS = 18; // above the bars of a station
const HIGH = { roomy: 78, narrow: 74 }; // of a station with its words
const CALLED = { attention: "attention", feed_forward: "feed-forward" };
const BLANK = "␣"; // a space, as it is drawn

function render({ model, el }) {
  const start = traits(model, KEPT);
  const tied = tie(model);
  const { tokens, num_heads: numHeads } = traits(model, ["tokens", "num_heads"]);
  const { layer, inputs: packed } = unpack(model.get("weights"), model.get("shapes"));
  const inputs = packed.map((row) => Array.from(row)); // what is computed from them is not rounded again
  const letters = [...tokens];
  const largest = largestOf(layer, inputs, numHeads);
  const known = new Map(); // what has been computed, by what was on

  const who = chips("head", [
    { name: 0, text: "average" }, ...Array.from({ length: numHeads }, (_, h) => ({ name: h + 1, text: String(h + 1) })),
  ], (head) => tied.set({ head }));
  const where = chips("norm", [
    { name: true, text: "before the part (pre-norm)" }, { name: false, text: "after the sum (post-norm)" },
  ], (first) => tied.set({ norm_first: first }));
  const switches = PARTS.map((part) => {
    const input = Object.assign(make("input"), { type: "checkbox" });
    input.addEventListener("change", () => tied.set({ [part]: input.checked }));
    return { part, input, label: make("label", "attn-chip", input, make("span", "", CALLED[part] ?? part)) };
  });
  const away = make("fieldset", "attn-chips", make("legend", "", "parts"), ...switches.map(({ label }) => label));
  const ui = face(el, {
    name: "block",
    controls: [who.row, where.row, away],
    legend: make(
      "ul", "attn-legend",
      make("li", "", "weight 0", make("span", "attn-ramp"), "1"),
      ...[["kept", "was there, and stays"], ["added", "added"], ["taken", "taken away"]].map(([look, words]) =>
        make("li", "", make("span", `block-key block-key-${look}`), words)),
    ),
    hint: model.get("hint"),
    onReset: () => tied.set(start),
  });
  const boxes = letters.map((_, at) => {
    const box = make("div", "block-row");
    place(box, { role: "radio", tabindex: -1 });
    box.addEventListener("click", () => choose(at));
    box.addEventListener("keydown", (event) => press(event, at));
    return box;
  });
  const rows = make("div", "block-rows", ...boxes);
  place(rows, { role: "radiogroup", "aria-label": "which token is followed" });
  ui.stage.append(rows);
  let stop = null; // the row at which the Tab key stops
  let layout = null;

  function choose(at) {
    tied.set({ token: at });
    boxes[at].focus({ preventScroll: true });
    stop = stopAt(boxes[at], stop); // before it is set to another, which may be in this frame
  }

  /** An arrow leads to the next row, Home and End to the first and the last. */
  function press(event, at) {
    const next = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: letters.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    choose(inside(next, letters.length));
  }

  /** What the layer makes of its inputs with these parts. */
  function computed({ norm_first: normFirst, ...on }) {
    const key = [normFirst, ...PARTS.map((part) => on[part])].join();
    if (!known.has(key)) known.set(key, stations(layer, inputs, { numHeads, normFirst }, on));
    return known.get(key);
  }

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 200);
    const roomy = width >= ROOMY;
    const count = letters.length;
    const column = Math.min(WIDEST, ((roomy ? 0.42 : 1) * width - SIDE - 2) / count);
    const wide = column * count;
    const bottom = TOP + count * ROW;
    const left = roomy ? SIDE + wide + GAP : 0;
    const top = roomy ? 24 : bottom + 40;
    const each = roomy ? HIGH.roomy : HIGH.narrow;
    const begin = left + GUTTER;
    const pitch = (width - begin - SCALE) / inputs[0].length;
    const half = (each - WORDS - 8) / 2;
    const height = Math.max(bottom + 4, top + ROOMS * each);
    ui.picture.replaceChildren();
    const part = (name) => put(ui.picture, "g", "", { "data-show": name });

    write(ui.picture, "who reads (row) whom (column)", 0, 12, "start", "block-title");
    const read = part("read");
    const cells = letters.map((_, q) => letters.map((__, k) => put(read, "rect", "block-weight", {
      x: hundredths(SIDE + k * column), y: TOP + q * ROW, width: hundredths(column), height: ROW,
    })));
    put(read, "rect", "block-edge", { x: SIDE, y: TOP, width: hundredths(wide), height: count * ROW });
    const hatch = put(read, "path", "block-hatch", { d: hatching(SIDE, TOP, wide, count * ROW) });
    const mark = put(read, "rect", "block-most", { width: hundredths(column - 4), height: ROW - 4, rx: 2 });
    const frame = put(read, "rect", "block-frame", { x: 1, width: hundredths(SIDE + wide), height: ROW, rx: 3 });
    const shown = letters.map((letter) => (letter === " " ? BLANK : letter));
    const queries = shown.map((letter, q) => write(read, letter, SIDE / 2, TOP + (q + 0.5) * ROW + 4.5, "middle", "block-query"));
    shown.forEach((letter, k) => write(read, letter, SIDE + (k + 0.5) * column, TOP - 6, "middle", "block-column"));
    rows.style.cssText = `top: ${TOP}px; width: ${hundredths(SIDE + wide + 2)}px`;

    const title = write(ui.picture, "", left, roomy ? 12 : bottom + 28, "start", "block-title");
    const step = tickStep(largest, 2);
    const far = (step / largest) * half;
    const places = Array.from({ length: ROOMS }, (_, i) => {
      const middle = hundredths(top + i * each + WORDS + half);
      for (const by of [-far, 0, far]) {
        put(ui.picture, "path", by ? "block-rule" : "block-zero", { d: `M${hundredths(begin)} ${hundredths(middle - by)}H${width - SCALE}` });
      }
      if (i === 0) [-1, 1].forEach((sign) => write(ui.picture, `${sign < 0 ? "−" : ""}${Number(step.toPrecision(2))}`, width, middle - sign * far + 4, "end", "block-number"));
      const bars = Object.fromEntries([["stream", "kept"], ["added", "added"], ["added", "taken"], ["norm", "normed"], ["left", "left"]]
        .map(([name, look]) => [look, put(part(name), "path", `block-${look}`)]));
      return {
        middle, bars,
        name: write(ui.picture, "", begin, top + i * each + 12, "start", "block-name"),
        says: write(ui.picture, "", width - SCALE, top + i * each + 12, "end", "block-says"),
      };
    });
    const [path, off, dots] = ["block-path", "block-path block-off", "block-dot"].map((look) => put(ui.picture, "path", look));
    place(ui.picture, { viewBox: `0 0 ${width} ${height}`, height });
    layout = { begin, pitch, half, left, column, cells, hatch, mark, frame, queries, title, places, path, off, dots };
    show();
  }

  function show() {
    if (!layout) return;
    const now = traits(model, KEPT);
    const at = now.token;
    const { list, weights } = computed(now);
    const whole = computed({ norm_first: now.norm_first, ...Object.fromEntries(PARTS.map((part) => [part, true])) });
    const intact = PARTS.every((part) => now[part]);
    const map = now.head === 0 ? meanMap(weights) : weights[now.head - 1];
    const most = map.map((row) => row.indexOf(Math.max(...row)));
    const l = layout;

    l.cells.forEach((row, q) => row.forEach((cell, k) => place(cell, { "fill-opacity": shade(map[q][k]).toFixed(4), "data-weight": map[q][k] })));
    place(l.hatch, { visibility: now.attention ? "hidden" : "visible" });
    place(l.frame, { y: TOP + at * ROW });
    place(l.mark, { x: hundredths(SIDE + most[at] * l.column + 2), y: TOP + at * ROW + 2 });
    l.queries.forEach((node, q) => node.classList.toggle("block-asking", q === at));
    boxes.forEach((box, q) => place(box, {
      "aria-checked": q === at,
      "aria-label": `${called(letters, q)} reads ${most[q] === q ? "itself" : called(letters, most[q])} most, ${Math.round(100 * map[q][most[q]])} %`,
    }));
    stop = stopAt(boxes[at], stop);

    fill(l.title, `${called(letters, at)} on its way`);
    list.forEach((station, i) => {
      const { name, says } = wordsOf(station, at, now, i === list.length - 1);
      fill(l.places[i].name, name);
      fill(l.places[i].says, says);
      l.places[i].name.classList.toggle("block-gone", station.off);
      drawBars(l.places[i], barsOf(station, at));
    });
    const would = whole.list.at(-1).x[at];
    const last = l.places.at(-1);
    fill(last.name, intact ? "switch a part off, and here stays" : "would leave, all parts on");
    fill(last.says, intact ? "what would leave" : `length ${lengthOf(would).toFixed(1)}`);
    drawBars(last, intact ? {} : { left: would.map((feature) => [0, feature]) });
    drawPaths(list, now);

    who.show(now.head);
    where.show(now.norm_first);
    for (const { part, input } of switches) input.checked = now[part];
    ui.say(sentence({ letters, now, numHeads, map, best: most[at], list, would: intact ? null : would }));
  }

  /** Draw the bars of one station, each look as one path. */
  function drawBars({ middle, bars }, given) {
    const { begin, pitch, half } = layout;
    for (const [look, path] of Object.entries(bars)) {
      // What is added is narrower than what it is added to.
      const share = look === "added" ? 0.42 : 0.76;
      place(path, { d: (given[look] ?? []).map(([from, to], k) => {
        const [low, high] = [Math.min(from, to), Math.max(from, to)].map((value) => (value / largest) * half);
        const [x, y] = [begin + (k + (1 - share) / 2) * pitch, middle - high];
        return `M${hundredths(x)} ${hundredths(y)}h${hundredths(share * pitch)}v${hundredths(high - low)}h${hundredths(-share * pitch)}z`;
      }).join("") });
    }
  }

  /** Draw the ways between the stations: the residual path, and the branches that lead through a part. */
  function drawPaths(list, { norm_first: normFirst, residual }) {
    const { left, places } = layout;
    const [main, branch] = [left + 6, left + 17];
    const y = (i) => places[i].middle;
    const ways = { on: [], off: [] };
    list.forEach(({ change, off }, i) => {
      if (!change) return;
      const from = i - (normFirst ? 2 : 1);
      ways[residual ? "on" : "off"].push(`M${main} ${y(from)}V${y(i)}`);
      ways[off ? "off" : "on"].push(`M${main} ${y(from)}H${branch}V${y(i)}H${main + 5}m4 -4l-4 4l4 4`);
      if (!normFirst) ways.on.push(`M${main} ${y(i)}V${y(i + 1)}`);
    });
    place(layout.path, { d: ways.on.join("") });
    place(layout.off, { d: ways.off.join("") });
    place(layout.dots, { d: list.map(({ name }, i) => disc(name === "norm" && normFirst ? branch : main, y(i))).join("") });
  }

  tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay);
}

function disc(x, y) {
  return `M${hundredths(x - 4)} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0`;
}

/** What a token is called: its character, and its place where there are several. */
function called(letters, at) {
  const name = letters[at] === " " ? "the space" : `“${letters[at]}”`;
  return letters.filter((each) => each === letters[at]).length > 1 ? `${name} (${at + 1})` : name;
}

/** From where to where the bars of a station go, by their look. */
function barsOf({ name, x, before, change }, at) {
  if (change) {
    const bars = x[at].map((_, k) => stacked(before[at][k], change[at][k]));
    return { kept: bars.map(({ kept }) => kept), added: bars.map(({ added }) => added), taken: bars.map(({ taken }) => taken) };
  }
  return { [name === "norm" ? "normed" : "kept"]: x[at].map((feature) => [0, feature]) };
}

/** What stands over a station: its name at the left, what it comes to at the right. */
function wordsOf({ name, of, x, change, off }, at, { norm_first: normFirst, residual }, last) {
  const long = `${last ? "leaves, " : ""}length ${lengthOf(x[at]).toFixed(1)}`;
  if (name === "in") return { name: "comes in", says: long };
  if (name === "norm") {
    const whole = normFirst ? `norm, for ${CALLED[of]}` : "norm of the sum";
    return { name: off ? "norm is off" : whole, says: long };
  }
  if (off) return { name: `${CALLED[name]} is off`, says: long };
  if (!residual) return { name: `${CALLED[name]}, no sum`, says: long };
  return { name: `+ ${CALLED[name]}`, says: `adds ${lengthOf(change[at]).toFixed(1)}, ${last ? "leaves" : "length"} ${lengthOf(x[at]).toFixed(1)}` };
}

/** Say whom the token reads most, what the parts add to it, and what leaves. */
function sentence({ letters, now, numHeads, map, best, list, would }) {
  const at = now.token;
  const name = called(letters, at);
  const [attention, feedForward] = list.filter(({ change }) => change).map(({ change, off }) => (off ? null : lengthOf(change[at])));
  const gives = (part, long, verb) => [`${part}${verb ? ` ${verb}` : ""} `, long === null ? "nothing" : number(long, 1)];
  const out = list.at(-1).x[at];
  const verb = now.residual ? "adds" : "gives";
  return [
    now.head === 0 ? `On average over ${numHeads} head${numHeads === 1 ? "" : "s"} ` : `In head ${now.head} `, make("span", "query", name),
    ` reads ${best === at ? "itself" : called(letters, best)} most, `, number(100 * map[at][best], 0, "weight"), " %. It comes in with length ",
    number(lengthOf(list[0].x[at]), 1), now.residual ? "; " : ", which is added to nothing; ",
    ...gives("attention", attention, verb), ", ", ...gives("feed-forward", feedForward, verb), "; it leaves with ", number(lengthOf(out), 1), ".",
    ...(would ? [
      " With all parts on it would leave with ", number(lengthOf(would), 1), ", ",
      number(lengthOf(would.map((feature, k) => feature - out[k])), 1), " away from there.",
    ] : []),
  ];
}

export default { render };
