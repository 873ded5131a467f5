// Paint who may look at whom; the weights follow, and whom a changed token reaches is told.
import { cellsOf, changedBy, heardThrough, lettersOf, oneHot, readLayers } from "./mask_paint_math.js";
import { hundredths } from "../parts/axes.js";
import { hatching } from "../parts/hatch.js";
import { put, write } from "../parts/pen.js";
import { paleShade } from "../parts/ramp.js";
import { ledTo } from "../parts/stops.js";
import { chips, ends, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";

const KEPT = ["mask", "layers", "token"]; // what Reset brings back
const CELL = 38; // how large a cell is, at most
const NUMBERED = 26; // and at least, if its number is written into it
const LETTER = 8.6; // how wide a letter is, at most
const TITLE = 20; // room for what is written above a map
const GAP = 22; // between the two maps
const [SIGN, SAID] = [26, 76]; // room for an output's sign, and with its word
const ROOMY = 450; // from here on the maps stand side by side
const SIGNS = {
  changes: "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0",
  stays: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0",
  leaks: "M-4.5 -4.5l9 9m0 -9l-9 9",
};
const CLASS = { changes: "paint-changes", stays: "paint-stays", leaks: "paint-leaks" };

function render({ model, el }) {
  const state = () => traits(model, KEPT);
  const start = state();
  const tied = tie(model);
  const { query, key, tokens, presets } = traits(model, ["query", "key", "tokens", "presets"]);
  const count = tokens.length;
  const value = oneHot(count);
  // A word that comes twice is told from its like by its place.
  const called = tokens.map((word, n) => (tokens.indexOf(word) === tokens.lastIndexOf(word) ? word : `${word} (${n + 1})`));
  const painted = () => {
    const { mask } = state();
    return cellsOf(presets.find(([name]) => name === mask)?.[1] ?? mask, count);
  };

  const choice = chips("mask", presets.map(([name]) => ({ name })), (mask) => tied.set({ mask }));
  const depth = chips("layers", [1, 2].map((layers) => ({ name: layers, text: ["one", "two"][layers - 1] })), (layers) => tied.set({ layers }));
  const slide = slider("changed", { ...ends(model, "token"), role: "key" }, (token) => tied.set({ token }));
  // The thumb's track keeps its length, whichever word stands beside it.
  slide.row.lastChild.style.minWidth = `${Math.max(...called.map((word) => word.length))}ch`;
  const ui = face(el, {
    name: "paint",
    controls: [choice.row, slide.row, depth.row],
    hint: model.get("hint"),
    onReset() {
      tied.set(start);
      stand({ row: start.token, column: start.token });
    },
  });
  const grid = make("div", "paint-grid");
  place(grid, { role: "grid", "aria-label": "mask, a row for each query", "aria-multiselectable": "true" });
  const boxes = tokens.map((_, row) => {
    const line = make("div", "paint-line");
    place(line, { role: "row" });
    grid.append(line);
    return tokens.map((_, column) => {
      const box = make("div", "paint-box");
      place(box, { role: "gridcell", tabindex: -1 });
      box.addEventListener("keydown", (event) => press(event, row, column));
      // A hand's click was painted as it went down; this one comes from a screen reader.
      box.addEventListener("click", (event) => { if (event.detail === 0) turn(row, column); });
      line.append(box);
      return box;
    });
  });
  const scale = make("div", "paint-scale", "weight 0", make("span", "attn-ramp"), "1");
  ui.stage.append(grid, scale);
  let layout = null;
  let cursor = { row: start.token, column: start.token }; // the cell that is told, where the Tab key stops
  let brush = null; // what is painted while a pointer is down: may look, or may not
  let last = null; // the cell that it was on

  /** Paint cells, one [row, column] after the other. */
  function paint(cells, may) {
    const mask = painted();
    for (const [row, column] of cells) mask[row][column] = may;
    const letters = lettersOf(mask);
    tied.set({ mask: presets.find(([, known]) => known === letters)?.[0] ?? letters });
  }

  function turn(row, column) {
    stand({ row, column });
    paint([[row, column]], !painted()[row][column]);
  }

  /** The cell under a pointer, or null beside the mask. */
  function under(event) {
    const box = grid.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * count);
    const column = Math.floor(((event.clientX - box.left) / box.width) * count);
    return boxes[row]?.[column] ? { row, column } : null;
  }

  grid.addEventListener("pointerdown", (event) => {
    const at = under(event);
    if (!at || event.button !== 0) return;
    grid.setPointerCapture(event.pointerId);
    brush = !painted()[at.row][at.column];
    last = at;
    paint([[at.row, at.column]], brush);
    stand(at);
    boxes[at.row][at.column].focus({ preventScroll: true });
    event.preventDefault();
  });
  // The focus stays where the pointer went down, whatever is pressed next.
  grid.addEventListener("mousedown", (event) => event.preventDefault());
  grid.addEventListener("pointermove", (event) => {
    if (brush === null) return;
    const at = under(event);
    // A fast hand skips cells: paint all between.
    if (at && last) {
      const steps = Math.max(Math.abs(at.row - last.row), Math.abs(at.column - last.column));
      const between = (from, to, i) => Math.round(from + ((to - from) * i) / steps);
      if (steps) paint(Array.from({ length: steps }, (_, i) => [between(last.row, at.row, i + 1), between(last.column, at.column, i + 1)]), brush);
    } else if (at) {
      paint([[at.row, at.column]], brush);
    }
    if (at) stand(at);
    last = at;
  });
  grid.addEventListener("lostpointercapture", () => { brush = null; });

  /** An arrow moves to the next cell, Home and End to the ends of its row; Space paints it. */
  function press(event, row, column) {
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      turn(row, column);
      return;
    }
    const next = ledTo(event, [row, column], [count, count]);
    if (next) stand({ row: next[0], column: next[1] });
  }

  /** Let a cell be the one that is told, and the Tab key stop at it. */
  function stand(next) {
    // Who stands in the grid goes with it.
    const here = grid.contains(document.activeElement);
    boxes[cursor.row][cursor.column].tabIndex = -1;
    cursor = next;
    boxes[cursor.row][cursor.column].tabIndex = 0;
    if (here) boxes[cursor.row][cursor.column].focus({ preventScroll: true });
    ask();
  }

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 190);
    const roomy = width >= ROOMY;
    ui.picture.replaceChildren();
    const part = (name) => put(ui.picture, "g", "", { "data-show": name });

    const longest = LETTER * Math.max(...tokens.map((word) => word.length));
    const side = longest + 8; // of the queries' names
    const space = roomy ? (width - side - GAP - SAID) / 2 : width - side - SIGN;
    const cell = Math.floor(Math.min(CELL, space / count));
    const upright = cell < longest + 2;
    const names = upright ? longest + 6 : 18; // room for the keys' names
    const size = count * cell;
    const [asks, found, ways, weigh, leak] = ["query", "key", "mask", "weight", "leak"].map(part);
    const maps = [ways, weigh].map((group, n) => {
      const left = roomy ? side + n * (size + GAP) : side;
      const top = TITLE + names + (roomy ? 0 : n * (TITLE + names + size + 24));
      const title = write(group, n ? "" : "mask", roomy ? left : 0, top - names - 8, "start", "paint-title");
      const cells = tokens.map((_, row) => tokens.map((_, column) => put(group, "rect", n ? "paint-weight" : "paint-open", {
        x: left + column * cell + 0.5, y: top + row * cell + 0.5, width: cell - 1, height: cell - 1, rx: 2,
      })));
      const lines = tokens.map((_, row) => tokens.map((_, column) => hatching(left + column * cell + 0.5, top + row * cell + 0.5, cell - 1, cell - 1)));
      const hatch = put(group, "path", "paint-hatch");
      tokens.forEach((word, i) => {
        const [x, y] = [left + (i + 0.5) * cell, top - 6];
        const node = write(found, word, x, y, upright ? "start" : "middle", "paint-key");
        if (upright) place(node, { transform: `rotate(-90 ${hundredths(x + 4)} ${y})`, x: hundredths(x + 4) });
        if (n && roomy) return;
        write(asks, word, left - 6, top + (i + 0.5) * cell + 4, "end", "paint-query");
      });
      write(found, "key", left + size, top + size + 15, "end", "paint-key");
      if (!n || !roomy) write(asks, "query", 0, top + size + 15, "start", "paint-query");
      const band = put(ui.picture, "rect", "paint-band", { x: left, width: size, height: cell });
      const frame = put(ui.picture, "rect", "paint-frame", { y: top - names, width: cell, height: hundredths(size + names + 1), rx: 3 });
      return { left, top, title, cells, lines, hatch, band, frame };
    });
    write(ways, "hatched: may not look", (roomy ? side : 0) + 42, TITLE - 8);
    const [mask, weights] = maps;
    const passes = [0, 1].map(() => put(ways, "rect", "paint-pass", { width: cell - 5, height: cell - 5, rx: 2 }));
    const texts = tokens.map((_, row) => tokens.map((_, column) => (
      cell < NUMBERED ? null : write(weigh, "", weights.left + (column + 0.5) * cell, weights.top + (row + 0.5) * cell + 4, "middle", "paint-number"))));
    const blind = tokens.map((_, row) => write(weigh, "", weights.left + size / 2, weights.top + (row + 0.5) * cell + 4, "middle", "paint-blind"));

    const right = weights.left + size;
    write(leak, roomy ? "output" : "out", right + 5, weights.top - 6);
    const outputs = tokens.map((_, row) => {
      const [x, y] = [right + 14, weights.top + (row + 0.5) * cell];
      return { sign: put(leak, "path", "paint-stays", { transform: `translate(${x} ${y})` }), word: roomy ? write(leak, "", x + 12, y + 4, "start", "paint-said") : null };
    });
    const divide = put(leak, "path", "paint-divide");
    scale.style.cssText = `left: ${hundredths(roomy ? weights.left : 0)}px; top: ${weights.top + size + 22}px`;
    let bottom = weights.top + size + 44;
    if (!roomy) {
      let x = 5;
      for (const kind in SIGNS) {
        put(leak, "path", CLASS[kind], { d: SIGNS[kind], transform: `translate(${x} ${bottom + 10})` });
        write(leak, kind, x + 10, bottom + 14);
        x += 30 + 6.5 * kind.length;
      }
      bottom += 22;
    }
    grid.style.cssText = `left: ${mask.left}px; top: ${mask.top}px; width: ${size}px; height: ${size}px`;
    place(ui.picture, { viewBox: `0 0 ${width} ${bottom}`, height: bottom });
    layout = { cell, maps, passes, texts, blind, outputs, divide, right, letters: "", zeros: [], shares: [] };
    show();
  }

  function show() {
    const { token, layers, mask: name } = state();
    const mask = painted();
    const l = layout;
    const weights = readLayers({ query, key, mask, layers: 1 }, value);
    const shares = readLayers({ query, key, mask, layers }, value);
    const changed = changedBy(token, { query, key, mask, layers });
    const kinds = changed.map((changes, q) => (changes ? (q < token ? "leaks" : "changes") : "stays"));

    // What stays as it was is not touched: a drag has few milliseconds for each cell.
    const letters = lettersOf(mask);
    l.maps.forEach(({ top, left, lines, hatch, band, frame }) => {
      if (letters !== l.letters) place(hatch, { d: lines.flatMap((row, q) => row.filter((_, k) => !mask[q][k])).join("") });
      place(band, { y: top + cursor.row * l.cell });
      place(frame, { x: left + token * l.cell });
    });
    const [ways, weigh] = l.maps;
    const zeros = shares.map((row) => row.every((share) => share === 0));
    mask.forEach((row, q) => {
      fill(l.blind[q], zeros[q] ? "all zeros" : "");
      row.forEach((may, k) => {
        const share = shares[q][k];
        const at = q * count + k;
        if (letters[at] === l.letters[at] && zeros[q] === l.zeros[q] && share === l.shares[q][k]) return;
        place(ways.cells[q][k], { class: may ? "paint-open" : "paint-shut" });
        place(boxes[q][k], { "aria-label": `${called[q]} ${may ? "may" : "may not"} look at ${called[k]}`, "aria-selected": may });
        place(weigh.cells[q][k], { "fill-opacity": paleShade(share).toFixed(4), "data-weight": share });
        const text = l.texts[q][k];
        if (!text) return;
        fill(text, !zeros[q] && (may || share > 0) ? share.toFixed(2) : "");
      });
    });
    Object.assign(l, { letters, zeros, shares });
    fill(weigh.title, layers === 1 ? "weights" : "shares after two layers");
    l.outputs.forEach(({ sign, word }, q) => {
      place(sign, { class: CLASS[kinds[q]], d: SIGNS[kinds[q]] });
      if (word) fill(word, kinds[q]);
    });
    place(l.divide, { d: token ? `M${l.right + 4} ${weigh.top + token * l.cell}h20` : "" });

    // A leak that comes by another token: the first one, or the one that is read out.
    const passing = (q) => kinds[q] === "leaks" && !mask[q][token];
    const hears = passing(cursor.row) ? cursor.row : kinds.findIndex((_, q) => passing(q));
    const through = hears < 0 ? null : heardThrough(weights, hears, token);
    const pass = through === null ? [] : [[hears, through], [through, token]];
    l.passes.forEach((node, n) => place(node, pass[n]
      ? { x: ways.left + pass[n][1] * l.cell + 2.5, y: ways.top + pass[n][0] * l.cell + 2.5, visibility: "visible" }
      : { visibility: "hidden" }));

    choice.show(name);
    depth.show(layers);
    slide.show(token, called[token]);
    ui.say(sentence({ mask, kinds, token, layers, pass }));
  }

  /** Say whom the query that is pointed at may look at, and whom the change reaches. */
  function sentence({ mask, kinds, token, layers, pass }) {
    const asks = (q) => make("span", "query", called[q]);
    const told = (k) => make("span", "key", called[k]);
    const row = cursor.row;
    const seen = mask[row].filter(Boolean).length;
    const others = mask.filter((each, q) => q !== row && !each.some(Boolean)).length;
    const reached = kinds.filter((kind) => kind !== "stays").length;
    const early = kinds.filter((kind) => kind === "leaks").length;
    const one = reached === 1;
    let before = ["and none stands before it."];
    if (token && !early) before = [one ? "not before it: no leak." : "none of them before it: no leak."];
    if (early) before = one ? ["which stands before it: a leak."] : [number(early, 0), " of them before it: a leak."];
    return [
      asks(row),
      ...(seen ? [" may look at ", number(seen, 0), ` of ${count} tokens.`] : [" may look at nothing: its weights are all zeros."]),
      ...(others ? [" ", number(others, 0), ` other ${others === 1 ? "row is" : "rows are"} all zeros.`] : []),
      ` In ${layers === 1 ? "one layer" : "two layers"} a change of `, told(token),
      ...(reached ? [" changes ", number(reached, 0), one ? " output, " : " outputs, ", ...before] : [" changes no output."]),
      ...(pass.length ? [" ", asks(pass[0][0]), " looks at ", told(pass[0][1]), ", which looks at ", told(token), "."] : []),
    ];
  }

  const ask = tied.on(KEPT, show);
  stand(cursor);
  return stayDrawn(ui, tied, lay);
}

export default { render };
