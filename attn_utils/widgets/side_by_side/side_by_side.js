// One string, written again by two models: from one vector, and with a look at the string.
import { LONGEST, MOST_TOKENS, countExtra, countRight, lostAt, spell, wantedOf, written } from "./side_by_side_math.js";
import { hundredths } from "../parts/axes.js";
import { button, classed, ends, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";
import { letterLine } from "../parts/letter_line.js";
import { leftOut, lettersOf } from "../parts/letters.js";
import { put, respell, write } from "../parts/pen.js";
import { followTheme, paintMap, shade } from "../parts/ramp.js";
import { inside } from "../parts/stops.js";
import { unpack } from "../parts/weights.js";

const KEPT = ["text", "step"]; // what Reset brings back
const TYPED = 80; // characters that the line takes
const PACE = 350; // milliseconds from character to character
const ROOMY = 520; // from here on the two stand beside each other
const [TOP, SIDE] = [20, 22]; // room above the map and at its left
const MAP = [300, 252]; // how large the map is, at most: on a phone, and where there is room
const LARGEST = 22; // and a cell of it
const LETTERED = 11; // how large a cell is, at least, that has its letter beside it
const TENS = 10; // from number to number where cells are smaller
const VECTOR = { columns: [24, 12], cell: 22 }; // of a phone, and where there is room
const LEAST = 0.5; // pixels of the smallest square
const MARK = "■";
const PERCENT = "\u00a0%";
const NAMES = ["without attention", "with attention"];

function render({ model, el }) {
  const start = traits(model, KEPT);
  const tied = tie(model);
  const { alphabet, task } = traits(model, ["alphabet", "task"]);
  const models = ["plain", "attending"].map((which) => unpack(model.get(`${which}_weights`), model.get(`${which}_shapes`)));
  let read = null; // what the models make of it
  let layout = null;
  let painted = ""; // the string whose map is drawn
  let timer = 0; // of whoever plays

  const line = letterLine("side", {
    label: "a string", title: `both read this, and write it ${task === "reverse" ? "backwards" : "again"}`, most: TYPED,
    held: () => model.get("text"),
    clean: (text) => lettersOf(text, alphabet, LONGEST),
    put: (text) => {
      pause();
      tied.set({ text });
      ask();
    },
  });
  const source = Array.from({ length: LONGEST }, () => make("span", "side-letter"));
  const strip = show("read", make("div", "side-source", ...source));
  place(strip, { role: "img" });
  const panels = NAMES.map((name, n) => panel(name, ["without", "with"][n], (step) => go(step)));
  const where = slider("character", ends(model, "step"), (step) => go(step));
  const [back, next] = [["‹", -1, "one character back"], ["›", 1, "one character on"]].map(([sign, by, name]) => {
    const node = button("side-step", () => go(state().step + by), sign);
    place(node, { "aria-label": name });
    return node;
  });
  const play = button("side-step side-play", () => (timer ? pause() : begin()), "Play");
  const ui = face(el, {
    name: "side",
    controls: [where.row, make("div", "side-steps", back, next, play)],
    hint: model.get("hint"),
    onReset: () => {
      tied.set(start);
      line.adopt(start.text);
    },
  });
  const canvas = make("canvas", "side-map");
  place(canvas, { "aria-hidden": "true" });
  canvas.addEventListener("click", (event) => {
    const { top, height } = canvas.getBoundingClientRect();
    const { length } = read.found[1].tokens;
    go(inside(Math.floor(((event.clientY - top) / height) * length), length) + 1);
  });
  const board = show("map", make("div", "side-board", canvas, ui.picture));
  const vector = put(make("div", ""), "svg", "side-vector", { "aria-hidden": "true" });
  const numbers = models[0].encoder.recurrent.weight_hh_l0[0].length;
  panels[0].node.append(make("p", "side-what", `all it has: one vector of ${numbers} numbers`), show("vector", make("div", "", vector)));
  panels[1].node.append(make("p", "side-what", "where it looks, row by row"), board);
  ui.stage.append(
    line.node, make("div", "side-words", ...line.above), strip,
    make("div", "side-panels", ...panels.map(({ node }) => node)),
    make("p", "side-scale", make("span", "", "bar: its probability"), make("span", "", make("s", "", "a"), " wrong"), make("span", "", `${MARK} the end`), make("span", "side-ramp", "weight 0", make("span", "attn-ramp"), "1")),
  );

  /** What is shown: the string that is read, and up to which character. */
  function state() {
    const text = line.read();
    return { text, step: Math.min(model.get("step"), answersTo(text).most) };
  }

  /** What both models make of a string. */
  function answersTo(text) {
    if (read?.text !== text) {
      const found = models.map((each) => written(each, text, alphabet));
      read = { text, found, wanted: wantedOf(text, task, alphabet), most: Math.max(...found.map(({ tokens }) => tokens.length)) };
    }
    return read;
  }

  /** Show the answers up to this character, and stop playing. */
  function go(step) {
    pause();
    tied.set({ step: inside(step - 1, read.most) + 1 });
  }

  function begin() {
    const first = state().step >= read.most ? 1 : state().step + 1;
    tied.set({ step: first });
    timer = setInterval(() => {
      const { step } = state();
      if (step < read.most) tied.set({ step: step + 1 });
      if (step + 1 >= read.most) pause();
    }, PACE);
    fill(play, "Pause");
  }

  function pause() {
    clearInterval(timer);
    timer = 0;
    fill(play, "Play");
  }

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 190);
    const roomy = width >= ROOMY;
    ui.root.classList.toggle("side-roomy", roomy);
    const wide = Math.max(panels[1].node.clientWidth, 160);
    const side = Math.min(MAP[Number(roomy)], wide - SIDE);
    ui.picture.replaceChildren();
    const spelt = (className, anchor, count) => Array.from({ length: count }, () => write(ui.picture, "", 0, 0, anchor, className));
    place(ui.picture, { viewBox: `0 0 ${SIDE + side} ${TOP + side}`, height: TOP + side });
    board.style.cssText = `width: ${SIDE + side}px; height: ${TOP + side}px`;
    const columns = VECTOR.columns[Number(roomy)];
    const rows = Math.ceil(numbers / columns);
    const cell = hundredths(Math.min(VECTOR.cell, wide / columns));
    vector.replaceChildren();
    place(vector, { viewBox: `0 0 ${hundredths(columns * cell)} ${hundredths(rows * cell)}`, width: hundredths(columns * cell), height: hundredths(rows * cell) });
    layout = {
      side, columns, cell,
      held: null, // the vector that is drawn
      squares: Array.from({ length: numbers }, () => put(vector, "rect", "side-number")),
      queries: spelt("side-query", "end", MOST_TOKENS),
      keys: spelt("side-key", "middle", LONGEST),
      frame: put(ui.picture, "rect", "side-frame", { x: SIDE, y: TOP }),
      band: put(ui.picture, "rect", "side-band"),
    };
    painted = "";
    paint();
  }

  function paint() {
    const { text, step } = state();
    const { found, wanted, most } = read;
    const attending = found[1];
    const looked = attending.weights[Math.min(step, attending.tokens.length) - 1];

    drawMap(text, step, attending);
    line.show((typed) => leftOut(typed, alphabet, LONGEST, text));
    source.forEach((tile, n) => {
      fill(tile, text[n] ?? "");
      const weight = looked[n] ?? 0;
      classed(tile, "side-letter", { "side-idle": n >= text.length });
      place(tile, { style: `--shade: ${shade(weight).toFixed(4)}; --weight-here: ${weight.toFixed(4)}` });
    });
    place(strip, { "aria-label": `${text.length} ${text.length === 1 ? "letter" : "letters"}: ${[...text].join(" ")}` });
    panels.forEach((each, n) => each.update({ ...found[n], wanted, step, most }, alphabet));
    drawVector(found[0].vector);
    where.bound({ min: 1, max: most, step: 1 });
    where.show(step, String(step));
    back.disabled = step <= 1;
    next.disabled = step >= most;
    ui.say(sentence({ text, step, found, wanted, task, alphabet }));
  }

  /** The numbers of the vector: a square each, by its area; hollow below 0. */
  function drawVector(held) {
    const { columns, cell, squares } = layout;
    if (layout.held === held) return;
    layout.held = held;
    held.forEach((each, n) => {
      const size = Math.max(LEAST, (cell - 3) * Math.sqrt(Math.min(1, Math.abs(each))));
      const at = (index) => hundredths((index + 0.5) * cell - size / 2);
      place(squares[n], { x: at(n % columns), y: at(Math.floor(n / columns)), width: hundredths(size), height: hundredths(size) });
      squares[n].classList.toggle("side-below", each < 0);
    });
  }

  /** The map of the one that looks, as far as it has written, and in it the row of the last character. */
  function drawMap(text, step, { tokens, weights }) {
    const shown = Math.min(step, tokens.length);
    const count = text.length;
    // Every cell has as many of the screen's pixels as the next.
    const dense = window.devicePixelRatio || 1;
    const cell = Math.floor(Math.min(LARGEST, layout.side / Math.max(count, tokens.length)) * dense) / dense;
    const [wide, high] = [count, tokens.length].map((cells) => hundredths(cell * cells));
    if (painted !== text) {
      paintMap(canvas, weights);
      painted = text;
    }
    // Painted once as a whole; what is not yet written is cut off.
    const after = hundredths(high - cell * shown);
    place(canvas, { style: `left: ${SIDE}px; top: ${TOP}px; width: ${wide}px; height: ${high}px; clip-path: inset(0 0 ${after}px)` });
    const word = (letter, n) => (cell >= LETTERED ? letter : (n + 1) % TENS ? "" : String(n + 1));
    layout.queries.forEach((node, q) => {
      beside(node, q < shown ? word(spell(tokens[q], alphabet) ?? MARK, q) : "", SIDE - 6, TOP + (q + 0.5) * cell + 4, q === shown - 1);
    });
    const best = weights[shown - 1].indexOf(Math.max(...weights[shown - 1]));
    layout.keys.forEach((node, k) => beside(node, k < count ? word(text[k], k) : "", SIDE + (k + 0.5) * cell, TOP - 6, k === best));
    place(layout.frame, { width: wide, height: high });
    place(layout.band, { x: SIDE - 1, y: hundredths(TOP + (shown - 1) * cell - 1), width: wide + 2, height: hundredths(cell + 2) });
  }

  const unfollow = followTheme(() => {
    painted = "";
    if (layout) paint();
  });
  const ask = tied.on(KEPT, paint);
  const end = stayDrawn(ui, tied, lay, { unfollow });
  return () => {
    clearInterval(timer);
    end();
  };
}

/** Let a link of the prose light a part. */
function show(part, node) {
  node.dataset.show = part;
  return node;
}

/** Put words beside the map, or none. */
function beside(node, words, x, y, chosen) {
  respell(node, words, x, y);
  node.classList.toggle("side-chosen", chosen);
}

/** What one model writes: a tile for each character that it may write. `pick` gets the one that is pressed. */
function panel(name, part, pick) {
  const score = make("span", "side-score");
  const tiles = Array.from({ length: MOST_TOKENS }, () => {
    const [sign, bar] = [make("span", "side-sign"), make("span", "side-bar")];
    return { tile: make("span", "side-tile", sign, bar), sign, bar };
  });
  const grid = show(part, make("div", "side-tiles", ...tiles.map(({ tile }) => tile)));
  place(grid, { role: "img" });
  grid.addEventListener("click", (event) => {
    const at = tiles.findIndex(({ tile }) => tile.contains(event.target));
    if (at >= 0) pick(at + 1);
  });
  return {
    node: make("section", "side-panel", make("p", "side-head", make("span", "side-name", name), score), grid),
    update({ tokens, odds, wanted, step, most }, alphabet) {
      const shown = Math.min(step, tokens.length);
      tiles.forEach(({ tile, sign, bar }, n) => {
        const there = n < shown;
        fill(sign, there ? spell(tokens[n], alphabet) ?? MARK : "");
        place(bar, { style: `--odds: ${there ? odds[n][tokens[n]].toFixed(4) : 0}` });
        classed(tile, "side-tile", { "side-wrong": there && tokens[n] !== wanted[n], "side-here": n === step - 1, "side-idle": n >= most });
      });
      const letters = Math.min(step, wanted.length - 1);
      const extra = countExtra(tokens, wanted, step);
      fill(score, `${countRight(tokens, wanted, step)} of ${letters}${extra ? `, ${extra} over` : " right"}`);
      const signs = tokens.slice(0, shown).map((token, n) => `${spell(token, alphabet) ?? "end"}${token === wanted[n] ? "" : " wrong"}`);
      place(grid, { "aria-label": `${name}: ${signs.join(", ")}` });
    },
  };
}

/** Say of the last character shown what it should be, what each model writes there, and how much is right so far. */
function sentence({ text, step, found, wanted, task, alphabet }) {
  const [plain, attending] = found;
  const token = wanted[step - 1];
  const should = token === undefined ? "should not be there any more" : `should be ${spell(token, alphabet) ?? "the end"}`;
  const lost = lostAt(plain.tokens, wanted, step);
  const looked = attending.weights[step - 1];
  const at = looked ? looked.indexOf(Math.max(...looked)) : -1;
  const letters = Math.min(step, wanted.length - 1);
  const right = (tokens) => [number(countRight(tokens, wanted, step), 0), ` of ${letters} so far`];
  return [
    "Character ", number(step, 0), ` ${should}. Without attention `, ...verdict(plain), "; ", ...right(plain.tokens),
    ...(lost < 0 ? [""] : [": it loses the thread at character ", number(lost + 1, 0)]),
    ". With attention ", ...verdict(attending), "; ", ...right(attending.tokens),
    ...(looked ? [". It looks most at letter ", number(at + 1, 0), `, ${text[at]} (`, number(100 * looked[at], 0, "weight"), `${PERCENT}).`] : ["."]),
  ];

  function verdict({ tokens, odds }) {
    const own = tokens[step - 1];
    if (own === undefined) return ["it has ended before"];
    return [`it is ${spell(own, alphabet) ?? "the end"} (`, number(100 * odds[step - 1][own], 0), `${PERCENT}), ${own === token ? "right" : "wrong"}`];
  }
}

export default { render };
