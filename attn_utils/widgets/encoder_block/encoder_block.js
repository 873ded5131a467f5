// An encoder layer, followed: who reads whom, and what each part adds to one token's vector.
import { PARTS, largestOf, lengthOf, meanMap, readAlone, stacked, stations } from "./block_math.js";
import { hundredths, signed, tickStep } from "../parts/axes.js";
import { chips, face, fill, make, number, place, stayDrawn, tie, traits } from "../parts/face.js";
import { hatching } from "../parts/hatch.js";
import { put, write } from "../parts/pen.js";
import { shade } from "../parts/ramp.js";
import { inside, stopAt } from "../parts/stops.js";
import { unpack } from "../parts/weights.js";

const KEPT = ["token", "head", "norm_first", ...PARTS]; // what Reset brings back
const ROOMY = 500; // less wide, the stations stand below the map
const ROW = { least: 26, most: 40 }; // how high a row of the map is
const TOP = 42; // room for the title and the keys above it
const SIDE = 24; // and for the queries at its left
const WIDEST = 34; // a column of the map
const SAID = 200; // the room of what is said below the map
const GAP = 30; // between map and stations
const GUTTER = 28; // left of the bars, for the paths
const SCALE = 24; // right of them, for the numbers of the scale
const ROOMS = 6; // the stations, and what would have left
const WORDS = 18; // above the bars of a station
const HIGH = { roomy: 96, narrow: 84 }; // of a station with its words
const CALLED = { attention: "attention", feed_forward: "feed-forward" };
const SHORT = 300; // less wide than this, stations have fewer words
const BLANK = "␣"; // a space, as it is drawn

function render({ model, el }) {
  const start = traits(model, KEPT);
  const tied = tie(model);
  const { tokens, num_heads: numHeads } = traits(model, ["tokens", "num_heads"]);
  const { layer, inputs: packed } = unpack(model.get("weights"), model.get("shapes"));
  const inputs = packed.map((row) => Array.from(row)); // what is computed from them is not rounded again
  const letters = [...tokens];
  const readings = [false, true].map((normed) => readAlone(layer, inputs, { numHeads, normed }));
  const scales = []; // of each token that has been followed: the largest feature

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

  /** The way of one token with these parts. */
  function wayOf(at, { norm_first: normFirst, ...on }) {
    return stations(layer, [inputs[at]], [readings[Number(normFirst && on.norm)].output[at]], normFirst, on);
  }

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 200);
    const roomy = width >= ROOMY;
    const count = letters.length;
    const each = roomy ? HIGH.roomy : HIGH.narrow;
    const column = Math.min(WIDEST, ((roomy ? 0.42 : 1) * width - SIDE - 2) / count);
    const row = roomy ? Math.min(ROW.most, (ROOMS * each - TOP) / count) : ROW.least;
    const wide = column * count;
    const bottom = TOP + count * row;
    const left = roomy ? Math.max(SIDE + wide, SAID) + GAP : 0;
    const top = roomy ? 24 : bottom + 66;
    const begin = left + GUTTER;
    const pitch = (width - begin - SCALE) / inputs[0].length;
    const half = (each - WORDS - 8) / 2;
    const height = top + ROOMS * each;
    ui.picture.replaceChildren();
    const part = (name) => put(ui.picture, "g", "", { "data-show": name });

    write(ui.picture, "who reads (row) whom (column)", 0, 12, "start", "block-title");
    const read = part("read");
    const cells = letters.map((_, q) => letters.map((__, k) => put(read, "rect", "block-weight", {
      x: hundredths(SIDE + k * column), y: hundredths(TOP + q * row), width: hundredths(column), height: hundredths(row),
    })));
    put(read, "rect", "block-edge", { x: SIDE, y: TOP, width: hundredths(wide), height: hundredths(count * row) });
    const hatch = put(read, "path", "block-hatch", { d: hatching(SIDE, TOP, wide, count * row) });
    const mark = put(read, "rect", "block-most", { width: hundredths(column - 4), height: hundredths(row - 4), rx: 2 });
    const frame = put(read, "rect", "block-frame", { x: 1, width: hundredths(SIDE + wide), height: hundredths(row), rx: 3 });
    const shown = letters.map((letter) => (letter === " " ? BLANK : letter));
    const queries = shown.map((letter, q) => write(read, letter, SIDE / 2, TOP + (q + 0.5) * row + 4.5, "middle", "block-query"));
    shown.forEach((letter, k) => write(read, letter, SIDE + (k + 0.5) * column, TOP - 6, "middle", "block-column"));
    rows.style.cssText = `top: ${TOP}px; width: ${hundredths(SIDE + wide + 2)}px; height: ${hundredths(count * row)}px`;
    const reads = write(ui.picture, "", SIDE, bottom + 18, "start", "block-reads");

    const title = write(ui.picture, "", left, roomy ? 12 : bottom + 52, "start", "block-title");
    const places = Array.from({ length: ROOMS }, (_, i) => {
      const middle = hundredths(top + i * each + WORDS + half);
      put(ui.picture, "path", "block-zero", { d: `M${hundredths(begin)} ${middle}H${width - SCALE}` });
      const rule = put(ui.picture, "path", "block-rule");
      const bars = Object.fromEntries([["stream", "kept"], ["added", "added"], ["added", "taken"], ["norm", "normed"], ["left", "left"]]
        .map(([name, look]) => [look, put(part(name), "path", `block-${look}`)]));
      return {
        middle, rule, bars,
        name: write(ui.picture, "", begin, top + i * each + 12, "start", "block-name"),
        says: write(ui.picture, "", width, top + i * each + 12, "end", "block-says"),
      };
    });
    const numbers = [1, -1].map((sign) => ({ sign, node: write(ui.picture, "", width, 0, "end", "block-number") }));
    const [path, off, dots] = ["block-path", "block-path block-off", "block-dot"].map((look) => put(ui.picture, "path", look));
    place(ui.picture, { viewBox: `0 0 ${width} ${height}`, height });
    layout = { width, begin, pitch, half, left, column, row, cells, hatch, mark, frame, queries, reads, title, places, numbers, path, off, dots };
    show();
  }

  function show() {
    if (!layout) return;
    const now = traits(model, KEPT);
    const at = now.token;
    const list = wayOf(at, now);
    const whole = wayOf(at, { norm_first: now.norm_first, ...Object.fromEntries(PARTS.map((part) => [part, true])) });
    const { weights } = readings[Number(now.norm_first && now.norm)];
    const largest = (scales[at] ??= largestOf(layer, inputs[at], readings.map(({ output }) => output[at])) || 1);
    const intact = PARTS.every((part) => now[part]);
    const map = now.head === 0 ? meanMap(weights) : weights[now.head - 1];
    const most = map.map((row) => row.indexOf(Math.max(...row)));
    const l = layout;

    l.cells.forEach((row, q) => row.forEach((cell, k) => place(cell, { "fill-opacity": shade(map[q][k]).toFixed(4) })));
    place(l.hatch, { visibility: now.attention ? "hidden" : "visible" });
    place(l.frame, { y: hundredths(TOP + at * l.row) });
    place(l.mark, { x: hundredths(SIDE + most[at] * l.column + 2), y: hundredths(TOP + at * l.row + 2) });
    l.queries.forEach((node, q) => node.classList.toggle("block-asking", q === at));
    boxes.forEach((box, q) => place(box, {
      "aria-checked": q === at,
      "aria-label": `${called(letters, q)} ${readsMost(letters, map, q)}`,
    }));
    fill(l.reads, readsMost(letters, map, at));
    stop = stopAt(boxes[at], stop);

    fill(l.title, `${called(letters, at)} on its way`);
    const short = l.width - l.begin < SHORT;
    drawScale(largest);
    list.forEach((station, i) => {
      const { name, says } = l.places[i];
      fill(name, nameOf(station, now, short));
      fill(says, `${short && i ? "" : "length "}${lengthOf(station.x[0]).toFixed(1)}`);
      name.classList.toggle("block-gone", station.off);
      drawBars(l.places[i], barsOf(station), largest);
    });
    const [would] = whole.at(-1).x;
    const last = l.places.at(-1);
    fill(last.name, intact ? "switch a part off to compare" : "would leave, all parts on");
    fill(last.says, intact ? "" : `${short ? "" : "length "}${lengthOf(would).toFixed(1)}`);
    drawBars(last, intact ? {} : { left: would.map((feature) => [0, feature]) }, largest);
    drawPaths(list, now);

    who.show(now.head);
    where.show(now.norm_first);
    for (const { part, input } of switches) input.checked = now[part];
    ui.say(sentence({ letters, now, numHeads, map, best: most[at], list, would: intact ? null : would }));
  }

  /** Draw a rule at a round number, above and below every zero, and write it at the first. */
  function drawScale(most) {
    const { width, begin, half, places, numbers } = layout;
    const step = tickStep(most, 2);
    const far = (step / most) * half;
    for (const { middle, rule } of places) {
      place(rule, { d: [-far, far].map((by) => `M${hundredths(begin)} ${hundredths(middle + by)}H${width - SCALE}`).join("") });
    }
    for (const { sign, node } of numbers) {
      fill(node, signed(sign * step, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))));
      place(node, { y: hundredths(places[0].middle - sign * far + 4) });
    }
  }

  /** Draw the bars of one station, each look as one path; `most` fills its room. */
  function drawBars({ middle, bars }, given, most) {
    const { begin, pitch, half } = layout;
    for (const [look, path] of Object.entries(bars)) {
      // What is added is narrower than what it is added to.
      const share = look === "added" ? 0.42 : 0.76;
      place(path, { d: (given[look] ?? []).map(([from, to], k) => {
        const [low, high] = [Math.min(from, to), Math.max(from, to)].map((value) => (value / most) * half);
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
    ways.on.push(`M${main} ${y(list.length - 1)}v24m-4 -4l4 4l4 -4`); // what leaves
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
function barsOf({ name, x: [after], before, change }) {
  if (change) {
    const bars = after.map((_, k) => stacked(before[0][k], change[0][k]));
    return { kept: bars.map(({ kept }) => kept), added: bars.map(({ added }) => added), taken: bars.map(({ taken }) => taken) };
  }
  return { [name === "norm" ? "normed" : "kept"]: after.map((feature) => [0, feature]) };
}

/** Whom a token reads most, in words. */
function readsMost(letters, map, at) {
  const best = map[at].indexOf(Math.max(...map[at]));
  return `reads ${best === at ? "itself" : called(letters, best)} most, ${Math.round(100 * map[at][best])} %`;
}

/** What stands over a station. */
function nameOf({ name, of, change, off }, { norm_first: normFirst, residual }, short) {
  if (name === "in") return "comes in";
  if (name === "norm") {
    const whole = normFirst ? `norm, for ${CALLED[of]}` : "norm of the sum";
    return off ? "norm is off" : whole;
  }
  if (off) return `${CALLED[name]} is off`;
  if (!residual) return `${CALLED[name]}, no sum`;
  return `+ ${CALLED[name]}, ${short ? "" : "length "}${lengthOf(change[0]).toFixed(1)}`;
}

/** Say whom the token reads most, what the parts add to it, and what leaves. */
function sentence({ letters, now, numHeads, map, best, list, would }) {
  const at = now.token;
  const name = called(letters, at);
  const [out] = list.at(-1).x;
  const changes = list.filter(({ change }) => change).flatMap(({ name: part, change, off }, i) => [
    `${i ? ", " : ""}${CALLED[part]} ${now.residual ? "adds" : "gives"} `, off ? "nothing" : number(lengthOf(change[0]), 1),
  ]);
  return [
    now.head === 0 ? `On average over ${numHeads} head${numHeads === 1 ? "" : "s"} ` : `In head ${now.head} `, make("span", "query", name),
    ` reads ${best === at ? "itself" : called(letters, best)} most, `, number(100 * map[at][best], 0, "weight"), " %. It comes in with length ",
    number(lengthOf(list[0].x[0]), 1), now.residual ? "; " : ", which is added to nothing; ",
    ...changes, "; it leaves with ", number(lengthOf(out), 1), ".",
    ...(would ? [
      " With all parts on it would leave with ", number(lengthOf(would), 1), ", ",
      number(lengthOf(would.map((feature, k) => feature - out[k])), 1), " away from there.",
    ] : []),
  ];
}

export default { render };
