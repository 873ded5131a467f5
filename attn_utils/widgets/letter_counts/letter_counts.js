// Type a word: a model of one head says of every letter how often it occurs.
import { LONGEST, MOST, countLetters, lettersOf, strangers, truths } from "./letter_counts_math.js";
import { hundredths } from "../parts/axes.js";
import { button, chips, face, fill, make, number, place, stayDrawn, tie, traits } from "../parts/face.js";
import { letterLine } from "../parts/letter_line.js";
import { someOf } from "../parts/named.js";
import { put, write } from "../parts/pen.js";
import { followTheme, paintMap } from "../parts/ramp.js";
import { inside, ledTo, stopAt } from "../parts/stops.js";
import { unpack } from "../parts/weights.js";

const KEPT = ["model", "word", "place"]; // what Reset brings back
const TOKEN = "▸"; // the start token, as it is drawn
const TOP = 36; // room for the keys above the map
const SIDE = 38; // and for the queries at its left
const WIDE = 306; // how wide the map is, at most
const HIGH = 272;
const TYPED = 60; // characters that the line takes

function render({ model, el }) {
  const start = traits(model, KEPT);
  const tied = tie(model);
  const { names, starts, examples } = traits(model, ["names", "starts", "examples"]);
  const taught = unpack(model.get("weights"), model.get("shapes"));
  let pointed = 0; // the key whose weight is read out
  let found = null; // what the model makes of the word

  const line = letterLine("count", {
    label: "a word", title: "the model says of each letter", most: TYPED,
    held: () => model.get("word"),
    clean: lettersOf,
    put: (word) => {
      tied.set({ word });
      ask();
    },
  });
  const words = make("div", "count-examples", ...examples.map((word) => button("count-example", () => line.adopt(word), word)));
  place(words, { role: "group", "aria-label": "Examples" });
  const tiles = Array.from({ length: LONGEST }, (_, i) => {
    const [letter, says, is, truth] = ["count-letter", "count-says", "count-is", ""].map((className) => make("span", className));
    const node = button("count-tile", () => tied.set({ place: i }), letter, says, make("span", "count-truth", is, truth));
    node.addEventListener("keydown", (event) => walk(event, i));
    return { node, letter, says, is, truth };
  });
  const row = make("div", "count-tiles", ...tiles.map(({ node }) => node));
  place(row, { role: "toolbar", "aria-label": "letters of the word", "data-show": "answer" });
  const who = chips("model", names.map((name) => ({ name })), (name) => tied.set({ model: name }));
  const ui = face(el, {
    name: "count",
    controls: [who.row],
    hint: model.get("hint"),
    onReset: () => {
      tied.set(start);
      pointed = 0;
      line.adopt(start.word);
    },
  });
  const canvas = make("canvas", "count-map");
  place(canvas, { "aria-hidden": "true", "data-show": "weight" });
  canvas.addEventListener("pointermove", (event) => { if (event.pointerType === "mouse") point(event); });
  canvas.addEventListener("click", point);
  const grid = make("div", "count-grid");
  place(grid, { role: "grid", "aria-label": "weights, a row for each letter" });
  const cell = make("p", "count-cell");
  const board = make("div", "count-board", canvas, ui.picture, grid);
  const notes = make("div", "count-notes", cell, make("div", "count-scale", "weight 0", make("span", "attn-ramp"), "1"));
  ui.stage.append(
    line.node, words,
    make("div", "count-above", ...line.above), row, make("div", "count-lower", board, notes),
  );
  let layout = null;
  let boxes = []; // of the grid, by row and column
  let labelled = null; // what the cells' labels tell, and the map shows
  let stop = null; // the cell at which the Tab key stops

  /** What is shown: the letters of the word, and the one that is asked about. */
  function state() {
    const word = line.read();
    return { model: model.get("model"), word, asked: inside(model.get("place"), word.length) };
  }

  /** Let the cell under the pointer be the one that is read out. */
  function point(event) {
    const map = canvas.getBoundingClientRect();
    const [rows, columns] = [found.weights.length, found.weights[0].length];
    choose(
      inside(Math.floor(((event.clientY - map.top) / map.height) * rows), rows),
      inside(Math.floor(((event.clientX - map.left) / map.width) * columns), columns),
    );
  }

  function choose(asked, key) {
    if (asked === state().asked && key === pointed) return;
    pointed = key;
    tied.set({ place: asked });
    ask();
  }

  /** An arrow moves to the next cell; Home and End to the ends of its row. */
  function press(event, asked, key) {
    const next = ledTo(event, [asked, key], [boxes.length, boxes[0].length]);
    if (!next) return;
    choose(...next);
    stand(state().asked, pointed); // before the next key is pressed, which may be in this frame
  }

  /** An arrow moves to the next letter. */
  function walk(event, at) {
    const count = state().word.length;
    const way = { ArrowRight: 1, ArrowLeft: -1, Home: -count, End: count }[event.key];
    if (!way) return;
    event.preventDefault();
    const next = inside(at + way, count);
    tied.set({ place: next });
    tiles[next].node.focus();
  }

  /** Let the Tab key stop at this cell. */
  function stand(asked, key) {
    stop = stopAt(boxes[asked][key], stop);
  }

  /** Give the grid a cell for each weight. */
  function fit(rows, columns) {
    if (boxes.length === rows && boxes[0].length === columns) return;
    const here = grid.contains(document.activeElement);
    boxes = Array.from({ length: rows }, (_, q) => Array.from({ length: columns }, (__, k) => {
      const one = make("div", "count-box");
      place(one, { role: "gridcell", tabindex: -1 });
      one.addEventListener("keydown", (event) => press(event, q, k));
      return one;
    }));
    grid.replaceChildren(...boxes.map((each) => {
      const part = make("div", "count-row", ...each);
      place(part, { role: "row" });
      return part;
    }));
    stop = null;
    if (here) boxes[inside(state().asked, rows)][inside(pointed, columns)].focus();
  }

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 200);
    const wide = Math.min(WIDE, width - SIDE);
    ui.picture.replaceChildren();
    const asks = put(ui.picture, "g", "", { "data-show": "query" });
    const offers = put(ui.picture, "g", "", { "data-show": "key" });
    const side = write(asks, "query", 0, 0, "end", "count-query");
    place(side, { transform: `translate(12 ${TOP}) rotate(-90)` });
    write(offers, "key", SIDE, 12, "start", "count-key");
    const spelt = (parent, count, className) => Array.from({ length: count }, () => write(parent, "", 0, 0, "middle", className));
    const high = TOP + HIGH;
    place(ui.picture, { viewBox: `0 0 ${SIDE + wide} ${high}`, height: high });
    board.style.cssText = `width: ${hundredths(SIDE + wide)}px; height: ${high}px`;
    layout = {
      wide,
      queries: spelt(asks, LONGEST, "count-query"),
      keys: spelt(offers, LONGEST + 1, "count-key"),
      frame: put(ui.picture, "rect", "count-frame", { x: SIDE, y: TOP }),
      divide: put(ui.picture, "path", "count-divide"),
      band: put(ui.picture, "rect", "count-band"),
      mark: put(ui.picture, "rect", "count-mark"),
    };
    show();
  }

  function show() {
    const { model: name, word, asked } = state();
    const n = names.indexOf(name);
    const what = `${n} ${word}`;
    if (found?.what !== what) found = { what, truth: truths(word), ...countLetters(taught[n], word, starts[n]) };
    const { says, truth, weights } = found;
    const keys = [...(starts[n] ? [TOKEN] : []), ...word];
    pointed = inside(pointed, keys.length);

    line.show((typed) => objection(typed, word));
    tiles.forEach(({ node, ...part }, i) => {
      node.hidden = i >= word.length;
      if (node.hidden) return;
      const right = says[i] === truth[i];
      fill(part.letter, word[i]);
      fill(part.says, String(says[i]));
      fill(part.is, right ? "" : "is ");
      fill(part.truth, right ? "✓" : String(truth[i]));
      node.classList.toggle("count-wrong", !right);
      node.classList.toggle("count-asked", i === asked);
      node.tabIndex = i === asked ? 0 : -1;
      const verdict = right ? "right" : `wrong, it is ${truth[i]}`;
      place(node, { "aria-pressed": i === asked, "aria-label": `letter ${i + 1}, ${word[i]}: the model says ${says[i]}, ${verdict}` });
    });

    // Every cell has as many of the screen's pixels as the next.
    const dense = window.devicePixelRatio || 1;
    const across = Math.floor((layout.wide / keys.length) * dense) / dense;
    const down = Math.floor((HIGH / word.length) * dense) / dense;
    const size = `left: ${SIDE}px; top: ${TOP}px; width: ${hundredths(across * keys.length)}px; height: ${hundredths(down * word.length)}px`;
    if (canvas.style.cssText !== size) canvas.style.cssText = grid.style.cssText = size;
    layout.queries.forEach((node, q) => letter(node, word[q], SIDE - 13, TOP + (q + 0.5) * down + 4, q === asked));
    layout.keys.forEach((node, k) => letter(node, keys[k], SIDE + (k + 0.5) * across, TOP - 7, k === pointed));
    place(layout.frame, { width: hundredths(across * keys.length), height: hundredths(down * word.length) });
    place(layout.divide, { d: starts[n] ? `M${hundredths(SIDE + across)} ${TOP}v${hundredths(down * word.length)}` : "" });
    place(layout.band, { x: SIDE - 1, y: hundredths(TOP + asked * down - 1), width: hundredths(across * keys.length + 2), height: hundredths(down + 2) });
    place(layout.mark, { x: hundredths(SIDE + pointed * across + 2), y: hundredths(TOP + asked * down + 2), width: hundredths(across - 4), height: hundredths(down - 4) });
    if (labelled !== what) {
      paintMap(canvas, weights);
      fit(word.length, keys.length);
      boxes.forEach((each, q) => each.forEach((one, k) => place(one, {
        "aria-label": `letter ${q + 1}, ${word[q]}, looks at ${called(keys, k, starts[n])} with ${weights[q][k].toFixed(2)}`,
      })));
      labelled = what;
    }
    stand(asked, pointed);
    cell.replaceChildren(
      `letter ${asked + 1}, `, make("b", "count-query", word[asked]), ", looks at ",
      ...(starts[n] && pointed === 0 ? ["the start token"] : [`letter ${pointed - starts[n] + 1}, `, make("b", "count-key", keys[pointed]), ","]),
      " with ", number(weights[asked][pointed], 2, "weight"),
    );
    who.show(name);
    ui.say(sentence({ word, asked, says, truth, row: weights[asked], first: starts[n] }));
  }

  /** Say what a text has that the model cannot read, if it has. */
  function objection(text, word) {
    const unknown = strangers(text);
    if (!lettersOf(text)) return `No letter: it still counts “${word}”.`;
    if (unknown.length) return `It reads a to z. Left out: ${someOf(unknown)}`;
    return text.length > LONGEST ? `It takes ${LONGEST} letters; the rest is left out.` : "";
  }

  const unfollow = followTheme(() => {
    labelled = null;
    if (layout) show();
  });
  const ask = tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay, { unfollow });
}

/** Put a letter beside the map; without one there is nothing. */
function letter(node, text, x, y, chosen) {
  fill(node, text ?? "");
  if (!text) return;
  place(node, { x: hundredths(x), y: hundredths(y) });
  node.classList.toggle("count-spelt", text !== TOKEN);
  node.classList.toggle("count-chosen", chosen);
}

/** What a key is called. */
function called(keys, k, start) {
  return start && k === 0 ? "the start token" : `letter ${k - start + 1}, ${keys[k]},`;
}

/** Say how many are right, what the asked letter's count is, and where it looks. */
function sentence({ word, asked, says, truth, row, first }) {
  const own = word[asked];
  const sum = (keep) => [...word].reduce((total, each, k) => total + (keep(each) ? row[k + first] : 0), 0);
  const right = says.filter((count, i) => count === truth[i]).length;
  const looks = [
    ...(first ? [["at the start token with ", number(row[0], 2, "weight")]] : []),
    [truth[asked] > 1 ? `at each ${own} with ` : "at itself with ", number(row[asked + first], 2, "weight")],
    ...(truth[asked] < word.length ? [["at the others with ", number(sum((each) => each !== own), 2, "weight"), " in all"]] : []),
  ];
  return [
    "Counted right: ", number(right, 0), ` of ${word.length} letters. The word has ${truth[asked]} of `, make("span", "query", own), "; the model says ",
    number(says[asked], 0), says[asked] === truth[asked] ? ": right. " : ": wrong. ",
    ...(truth[asked] > MOST ? [`It can say ${MOST} at most. `] : []),
    make("span", "query", own), " looks ", ...looks.flatMap((each, i) => [i === 0 ? "" : i === looks.length - 1 ? " and " : ", ", ...each]), ".",
  ];
}

export default { render };
