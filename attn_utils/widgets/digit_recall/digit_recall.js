// A pad on which half a digit is drawn; what attention to remembered digits makes of it.
import { partOf, recall, spoilt, stroked, strongest, votes, wiring } from "./recall_math.js";
import { heard } from "../parts/attention.js";
import { brief, decimalsOf, hundredths } from "../parts/axes.js";
import { LEVELS, SIDE, paintInk, roleColours, unpackDigits, wallOf } from "../parts/ink.js";
import { put, write } from "../parts/pen.js";
import { followTheme } from "../parts/ramp.js";
import { inside, ledTo, stopAt } from "../parts/stops.js";
import { button, chips, ends, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";

const KEPT = ["bandwidth", "mode", "half", "digit", "ink", "began"]; // what Reset brings back
const TOP = 22; // room for what is written above the pad
const CELL = { least: 24, most: 32 };
const FIVE = 5;
const TOOLS = 80; // two rows of them
const TILE = 16; // about how wide a remembered digit is, where there is room
const FEWEST = 25; // of them in a row
const BLANK = Array(SIDE * SIDE).fill(0);
const SPOILT = 0.2; // of all cells that may be drawn on

function render({ model, el }) {
  const state = () => traits(model, KEPT);
  const start = state();
  const tied = tie(model);
  const { labels, held_out_labels: truths } = traits(model, ["labels", "held_out_labels"]);
  const digits = unpackDigits(model.get("remembered"));
  const others = unpackDigits(model.get("held_out"));
  const parts = Object.fromEntries(["upper", "lower", "whole"].map((part) => [part, digits.map((digit) => partOf(digit, part))]));
  // On the wall they stand by their labels.
  const order = digits.map((_, i) => i).sort((a, b) => labels[a] - labels[b]);
  const spot = [];
  order.forEach((i, n) => { spot[i] = n; });
  let erase = false;

  const bandwidth = slider("bandwidth h", { ...ends(model, "bandwidth"), step: 0.005, log: true }, (h) => tied.set({ bandwidth: h }));
  const half = chips("key half", [{ name: "upper" }, { name: "lower" }], (name) => tied.set({ half: name }));
  const mode = chips("mode", [{ name: "key-value" }, { name: "ordinary" }], (name) => tied.set({ mode: name }));
  const brush = chips("brush", [{ name: false, text: "paint" }, { name: true, text: "erase" }], choose);
  const tool = (text, work) => button("recall-tool", work, text);
  const tools = make(
    "div", "recall-tools", brush.row,
    make("div", "recall-row",
      tool("clear", () => tied.set({ digit: -1, began: -1, ink: [] })),
      tool("spoil", spoil),
      tool("next digit ›", () => tied.set({ digit: (origin(state()) + 1) % others.length }))),
  );
  const ui = face(el, {
    name: "recall",
    controls: [bandwidth.row, half.row, mode.row],
    hint: model.get("hint"),
    onReset: () => {
      choose(false);
      tied.set(start);
    },
  });
  const canvas = (className, show) => {
    const node = make("canvas", className);
    node.dataset.show = show;
    place(node, { "aria-hidden": "true" });
    return node;
  };
  const wall = canvas("recall-wall", "key weight");
  const drawn = canvas("recall-ink recall-drawn", "query");
  const recalled = canvas("recall-ink recall-recalled", "value");
  const made = canvas("recall-small recall-made", "value");
  const truth = canvas("recall-small recall-truth", "truth");
  const named = Array.from({ length: Math.min(FIVE, digits.length) }, () => canvas("recall-small recall-named", "key weight"));
  ui.stage.prepend(wall, drawn, recalled, made, truth, ...named);
  const scale = make("div", "recall-scale", "weight 0", make("span", "attn-ramp"), "1");
  const grid = make("div", "recall-pad");
  place(grid, { role: "grid", "aria-label": "the pad" });
  const cells = Array.from({ length: SIDE }, (_, row) => {
    const line = make("div", "recall-line");
    place(line, { role: "row" });
    grid.append(line);
    return Array.from({ length: SIDE }, (_, column) => {
      const cell = make("div", "recall-cell");
      place(cell, { role: "gridcell", tabindex: -1 });
      cell.addEventListener("keydown", (event) => press(event, row, column));
      line.append(cell);
      return cell;
    });
  }).flat();
  ui.stage.append(grid, tools, scale);
  let cursor = [0, 0]; // row and column of the cell at which the Tab key stops
  let stop = null; // that cell
  let layout = null;
  const painted = new Map(); // what each small picture shows
  let inks = null; // the colours of the roles, until the theme changes

  function choose(name) {
    erase = name;
    brush.show(erase);
  }

  /** Which held-out digit the ink began with. */
  function origin({ digit, began }) {
    return digit >= 0 ? digit : began;
  }

  /** The ink on the pad. */
  function onPad({ digit, ink }) {
    if (digit >= 0) return others[digit];
    return ink.length ? ink.map((level) => level / LEVELS) : BLANK;
  }

  /** The rows that may be drawn on, from the first to before the end. */
  function rowsOf(part) {
    return { upper: [0, SIDE / 2], lower: [SIDE / 2, SIDE], whole: [0, SIDE] }[part];
  }

  const open = (now) => rowsOf(wiring(now.mode, now.half).key);

  function set(ink) {
    const now = state();
    tied.set({ began: origin(now), ink: ink.map((level) => Math.round(LEVELS * level)), digit: -1 });
  }

  function spoil() {
    const now = state();
    const [first, end] = open(now);
    const all = Array.from({ length: SIDE * (end - first) }, (_, n) => first * SIDE + n);
    const chosen = Array.from({ length: Math.round(SPOILT * all.length) }, () => all.splice(Math.floor(Math.random() * all.length), 1)[0]);
    set(spoilt(onPad(now), chosen));
  }

  /** An arrow moves the cursor; Space and Enter leave or take ink. */
  function press(event, row, column) {
    const now = state();
    const [first, end] = open(now);
    const next = ledTo(event, [row, column], [end, SIDE]);
    if (next) {
      stand(...next, first, end);
      stop.focus();
    } else if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      set(onPad(now).map((level, n) => (n === row * SIDE + column ? Number(!erase) : level)));
    }
  }

  /** Let the Tab key stop at this cell, or at the nearest that may be drawn on. */
  function stand(row, column, first, end) {
    cursor = [first + inside(row - first, end - first), inside(column, SIDE)];
    stop = stopAt(cells[cursor[0] * SIDE + cursor[1]], stop);
  }

  let last = null; // where the stroke is now
  function follow(event) {
    const now = state();
    const box = grid.getBoundingClientRect();
    const at = [(event.clientX - box.left) / layout.cell, (event.clientY - box.top) / layout.cell];
    const [first, end] = open(now);
    set(stroked(onPad(now), last ?? at, at, erase, [first, end]));
    last = at;
    stand(Math.floor(at[1]), Math.floor(at[0]), first, end);
    stop.focus({ preventScroll: true });
  }
  grid.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    grid.setPointerCapture(event.pointerId);
    follow(event);
  });
  grid.addEventListener("pointermove", (event) => { if (last) follow(event); });
  grid.addEventListener("lostpointercapture", () => { last = null; });

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 232);
    const roomy = width >= 520;
    const cell = roomy ? CELL.most : Math.min(Math.max(Math.floor((width - 96) / SIDE), CELL.least), CELL.most);
    const side = SIDE * cell;
    const gap = roomy ? 28 : 12;
    const right = side + gap;
    const small = roomy ? 96 : Math.min(84, width - right);
    ui.picture.replaceChildren();
    const part = (name) => put(ui.picture, "g", "", { "data-show": name });
    const at = (node, left, top, wide, high = wide) => {
      node.style.cssText = `left: ${hundredths(left)}px; top: ${hundredths(top)}px; width: ${hundredths(wide)}px; height: ${hundredths(high)}px`;
    };
    const frame = put(ui.picture, "g", "");
    at(grid, 0, TOP, side);
    put(frame, "rect", "recall-frame", { x: 0, y: TOP, width: side, height: side });
    const above = write(part("query"), "", 0, 14);
    const below = write(part("value"), "", 0, TOP + side + 17);

    // What came of it, and what it should have been.
    const second = roomy ? [right + small + 24, TOP] : [right, TOP + small + 22];
    const captioned = (node, group, words, [x, y]) => {
      at(node, x, y, small);
      put(frame, "rect", "recall-frame", { x, y, width: small, height: small });
      return roomy ? write(group, words, x, y - 8) : write(group, words, right + small, y - 8, "end");
    };
    const madeName = captioned(made, part("value"), "", [right, TOP]);
    const truthName = captioned(truth, part("truth"), "", second);

    // The five that are heard most.
    const [left, top] = roomy ? [right, TOP + small + 14] : [0, TOP + side + 30 + TOOLS + 8];
    const column = (width - left) / FIVE;
    const size = roomy ? 40 : 36;
    const heads = part("weight");
    write(heads, roomy ? "heard most: label and weight" : "heard most: label, weight", left, top + 12);
    const strong = named.map((node, n) => {
      const x = left + n * column;
      const y = top + 20;
      at(node, x, y, size);
      put(frame, "rect", "recall-frame", { x: hundredths(x), y, width: size, height: size });
      put(frame, "path", "recall-track", { d: `M${hundredths(x)} ${y + size + 6}h${size}` });
      return {
        size, bar: put(heads, "path", "recall-bar"), x: hundredths(x), y: y + size + 6,
        label: write(heads, "", x, y + size + 23, "start", "recall-label"),
        weight: write(heads, "", x + (roomy ? 14 : 11), y + size + 23, "start", "recall-weight"),
      };
    });
    const foot = top + 20 + size + 28;
    at(tools, roomy ? right : 0, roomy ? foot + 10 : TOP + side + 30, roomy ? width - right : width, TOOLS);

    // The wall: every pixel of its own is one of the screen, so that edges are sharp.
    const dense = window.devicePixelRatio || 1;
    const columns = Math.max(FEWEST, Math.ceil(width / TILE));
    const pitch = Math.floor((width * dense) / columns);
    const rows = Math.ceil(digits.length / columns);
    const wallTop = Math.max(foot, roomy ? foot + 10 + TOOLS : foot, TOP + side + 22) + 34;
    write(part("key"), roomy ? `${digits.length} remembered digits by their labels, each lit by its weight` : `${digits.length} remembered, lit by weight`, 0, wallTop - 10);
    at(wall, 0, wallTop, (columns * pitch) / dense, (rows * pitch) / dense);
    Object.assign(wall, { width: columns * pitch, height: rows * pitch });
    const marks = named.map(() => put(heads, "rect", "recall-mark", { width: hundredths(pitch / dense), height: hundredths(pitch / dense) }));
    const bottom = wallTop + Math.ceil((rows * pitch) / dense) + 28;
    scale.style.top = `${bottom - 20}px`;
    place(ui.picture, { viewBox: `0 0 ${width} ${bottom}`, height: bottom });
    layout = {
      roomy, cell, side, above, below, madeName, truthName, strong, marks, dense, columns, pitch, wallTop,
      at, line: put(ui.picture, "path", "recall-divide"),
      tiles: wallOf(wall, { corner: (i) => [(spot[i] % columns) * pitch, Math.floor(spot[i] / columns) * pitch], pitch, size: pitch - 2 }),
    };
    show();
  }

  /** Paint a small picture, unless it shows just that already. */
  function paint(node, ink, bands) {
    const key = [ink, inks, ...bands.flat()];
    if (key.every((one, n) => one === painted.get(node)?.[n])) return;
    paintInk(node, ink, bands, inks);
    painted.set(node, key);
  }

  function show() {
    inks ??= roleColours(ui.root, ["ink", "paper", "soft", "query", "key", "value", "weight"]);
    const now = state();
    const l = layout;
    const wired = wiring(now.mode, now.half);
    const whole = wired.key === "whole";
    const ink = onPad(now);
    const query = partOf(ink, wired.key);
    const { weights, context } = recall(query, parts[wired.key], parts[wired.value], now.bandwidth);
    const [first, end] = rowsOf(wired.key);
    const [from, to] = rowsOf(wired.value);

    l.at(drawn, 0, TOP + first * l.cell, l.side, (end - first) * l.cell);
    paint(drawn, query, [[0, end - first, "query"]]);
    l.at(recalled, 0, TOP + from * l.cell, l.side, (to - from) * l.cell);
    recalled.style.visibility = whole ? "hidden" : "visible";
    paint(recalled, context, [[0, to - from, "value"]]);
    place(l.line, { d: whole ? "" : `M-3 ${TOP + l.side / 2}h${l.side + 6}` });
    const complete = whole ? context : now.half === "upper" ? [...query, ...context] : [...context, ...query];
    paint(made, complete, [[first, end, whole ? "value" : "query"], [from, to, "value"]]);
    const began = origin(now);
    paint(truth, began < 0 ? BLANK : others[began], [[0, SIDE, "soft"]]);
    const [own, answer] = [whole ? "query: draw or erase" : "query: draw here", whole ? "" : "recalled from the values"];
    const upwards = now.half === "lower" && !whole;
    for (const [node, words, role] of [[l.above, upwards ? answer : own, upwards], [l.below, upwards ? own : answer, !upwards]]) {
      fill(node, words);
      place(node, { class: role ? "recall-value" : "recall-query" });
      place(node.parentNode, { "data-show": role ? "value" : "query" });
    }
    fill(l.madeName, whole ? "mended" : "together");
    fill(l.truthName, began < 0 ? "truth: –" : `truth: ${truths[began]}`);

    const order = strongest(weights, FIVE);
    order.forEach((i, n) => {
      const { size, bar, x, y, label, weight } = l.strong[n];
      paint(named[n], digits[i], [[first, end, "key"], ...(whole ? [] : [[from, to, "value"]])]);
      place(bar, { d: `M${x} ${y}h${hundredths(size * weights[i])}` });
      fill(label, String(labels[i]));
      fill(weight, weights[i].toFixed(decimalsOf(weights[i])));
      const tile = l.pitch / l.dense;
      place(l.marks[n], { x: hundredths((spot[i] % l.columns) * tile - 0.5), y: hundredths(l.wallTop + Math.floor(spot[i] / l.columns) * tile - 0.5) });
    });
    l.tiles.light(digits, weights, inks);
    // As they are, for whoever wants to know.
    ui.picture.found = { query, weights, context, votes: votes(weights, labels), heard: heard(weights), strongest: order };

    cells.forEach((cell, n) => {
      const row = Math.floor(n / SIDE);
      const mine = row >= first && row < end;
      const level = Math.round(LEVELS * (mine ? ink[n] : context[n - from * SIDE]));
      place(cell, {
        "aria-readonly": String(!mine),
        "aria-label": `row ${row + 1}, column ${(n % SIDE) + 1}: ${mine ? "" : "recalled, "}${level} of ${LEVELS}`,
      });
    });
    stand(...cursor, first, end);
    bandwidth.show(now.bandwidth, brief(now.bandwidth));
    half.show(now.half);
    half.row.disabled = whole;
    mode.show(now.mode);
    ui.say(sentence(ui.picture.found, labels));
  }

  choose(false);
  const unfollow = followTheme(() => {
    inks = null;
    if (layout) show();
  });
  tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay, { unfollow });
}

/** Say which label is heard most, how many digits are heard, and the strongest of them. */
function sentence({ query, weights, votes: sums, heard: many, strongest: order }, labels) {
  const label = sums.indexOf(Math.max(...sums));
  return [
    query.some((level) => level > 0) ? "It" : "An empty pad", ` looks most like ${label === 8 ? "an" : "a"} `, make("b", "", String(label)),
    ", which gets ", number(sums[label], 2, "weight"),
    " of the weight. About ", number(many, 1), ` of ${weights.length} digits are heard; the strongest: `,
    ...order.flatMap((i, n) => [n ? " · " : "", `${labels[i]}\u00a0`, number(weights[i], decimalsOf(weights[i]), "weight")]), ".",
  ];
}

export default { render };
