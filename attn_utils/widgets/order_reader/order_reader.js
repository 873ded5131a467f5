// A line of letters for several models: each says at each place what stood one place before.
import { HEADS, LETTERS, LONGEST, TAUGHT, longerLine, orderModel, tokensOf, verdicts, weightBefore } from "./order_math.js";
import { hundredths } from "../parts/axes.js";
import { button, classed, ends, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";
import { told } from "../parts/language.js";
import { put, respell, write } from "../parts/pen.js";
import { followTheme, paintMap } from "../parts/ramp.js";
import { inside } from "../parts/stops.js";
import { TYPED, lineOf, objection, rewrite } from "../parts/typed.js";
import { unpack } from "../parts/weights.js";

const KEPT = ["text", "model", "layer", "head", "place"]; // what Reset brings back
const KNOWN = { alphabet: LETTERS, longest: LONGEST, several: true };
const ROOMY = 470; // from here on a row of tiles takes 30, and a row of a model one line
const [WIDE, NARROW] = [30, 20]; // tiles of a line
const FEWEST = 12; // and at least, so that none grows too large
const TOP = 34; // room for what is written above the map
const [SIDE, SPARE] = [38, 36]; // and at its left, where there is room beside it, and where it stands alone
const MAP = 240; // how large the map is where there is room beside it
const LARGEST = 300; // and where it stands alone
const LETTERED = 13; // how large a cell is, at least, that has its letter beside it
const OUTLINED = 8; // and one that is outlined
const APART = 0.4; // of a cell, how far two lines run from those between them
const STEP = 12; // from number to number where cells are smaller
const PERCENT = "\u00a0%";

function render({ model, el }) {
  const start = traits(model, KEPT);
  const tied = tie(model);
  const { names, kinds } = traits(model, ["names", "kinds"]);
  const taught = unpack(model.get("weights"), model.get("shapes"));
  const numLayers = ends(model, "layer").max;
  let line = { text: start.text, letters: start.text }; // what stands in the line, and for which letters
  let good = start.text; // the last that could be read
  let read = null; // what the models make of it
  let layout = null;
  let painted = ""; // which map is drawn

  const box = Object.assign(make("input", "order-text"), {
    type: "text", spellcheck: false, autocomplete: "off", autocapitalize: "characters", maxLength: TYPED,
  });
  box.addEventListener("input", () => {
    const letters = lineOf(box.value, LETTERS, LONGEST);
    adopt(letters || box.value, letters || state().text);
  });
  const longer = button("order-longer", () => adopt(...Array(2).fill(longerLine(state().text))), "longer");
  const title = make("p", "order-title", "each model says what stood one place before");
  const notice = make("p", "order-notice");
  place(notice, { "aria-live": "polite" });
  const given = strip();
  place(given.node, { role: "img" });
  const top = make("div", "order-row", make("span", "order-name", "the line"), given.node, key(make("span", "order-limit-key"), "taught up to here"));
  top.dataset.show = "line";
  top.addEventListener("click", pick);
  const rows = names.map((name) => {
    const tiles = strip();
    place(tiles.node, { "aria-hidden": "true" });
    const score = make("span", "order-score");
    const node = button("order-row", (event) => {
      tied.set({ model: name });
      pick(event);
    }, make("span", "order-name", name), tiles.node, score);
    return { name, node, score, tiles };
  });
  const answers = make("div", "order-answers", ...rows.map(({ node }) => node));
  place(answers, { role: "group", "aria-label": "models", "data-show": "answers" });
  const where = slider("place", { ...ends(model, "place"), role: "query" }, (at) => tied.set({ place: at }));
  const ui = face(el, {
    name: "order",
    controls: [where.row],
    hint: model.get("hint"),
    onReset: () => {
      tied.set(start);
      adopt(start.text, start.text);
    },
  });
  const canvas = make("canvas", "order-map");
  place(canvas, { "aria-hidden": "true" });
  canvas.addEventListener("click", (event) => {
    const map = canvas.getBoundingClientRect();
    const count = state().text.length;
    tied.set({ place: inside(Math.floor(((event.clientY - map.top) / map.height) * count), count) + 1 });
  });
  const board = make("div", "order-board", canvas, ui.picture);
  board.dataset.show = "map";
  const heads = Array.from({ length: numLayers }, (_, l) => Array.from({ length: HEADS }, (__, h) => {
    const [bar, share] = [make("span", "order-bar"), make("span", "order-share")];
    const node = button("order-head", () => tied.set({ layer: l + 1, head: h + 1 }), make("span", "", `head ${h + 1} `), share, bar);
    return { node, bar, share };
  }));
  const whose = make("p", "order-whose");
  const choice = make("div", "order-heads", whose, make("p", "order-what", "weight on the token before, on average"), ...heads.map((each, l) => {
    const group = make("div", "order-layer", make("span", "order-label", `layer ${l + 1}`), ...each.map(({ node }) => node));
    place(group, { role: "group", "aria-label": `layer ${l + 1}` });
    return group;
  }));
  choice.dataset.show = "heads";
  const scale = make("div", "order-scale", key("weight 0", make("span", "attn-ramp"), "1"), key(make("span", "order-step-key"), "the token before"));
  ui.stage.append(
    make("div", "order-above", make("label", "order-line", make("span", "", "a line"), box), longer),
    make("div", "order-words", title, notice),
    top, answers, make("div", "order-lower", board, make("div", "order-notes", choice, scale)),
  );

  /** What is shown: the line that is read, whose map is drawn, and the place that is asked about. */
  function state() {
    const now = traits(model, KEPT);
    if (now.text !== line.letters) line = { text: lineOf(now.text, LETTERS, LONGEST) || now.text, letters: now.text };
    good = lineOf(now.text, LETTERS, LONGEST) || good;
    return { ...now, text: good, place: Math.min(now.place, good.length) };
  }

  /** Let this text stand in the line, for these letters. */
  function adopt(text, letters) {
    line = { text, letters };
    tied.set({ text: letters });
    ask(); // the same letters may be spelt in another way
  }

  /** Let the place of the tile under the pointer be asked about. */
  function pick(event) {
    const tile = event.target.closest(".order-tile");
    if (tile) tied.set({ place: [...tile.parentNode.children].indexOf(tile) + 1 });
  }

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 190);
    const roomy = width >= ROOMY;
    const left = roomy ? SIDE : SPARE;
    const side = Math.min(roomy ? MAP : LARGEST, width - left);
    ui.picture.replaceChildren();
    place(write(ui.picture, "query", 0, 0, "end", "order-query"), { transform: `translate(12 ${TOP}) rotate(-90)` });
    write(ui.picture, "key", left, 12, "start", "order-offer");
    const spelt = (className, anchor) => Array.from({ length: LONGEST }, () => write(ui.picture, "", 0, 0, anchor, className));
    place(ui.picture, { viewBox: `0 0 ${left + side} ${TOP + side}`, height: TOP + side });
    board.style.cssText = `width: ${left + side}px; height: ${TOP + side}px`;
    layout = {
      left, side, perLine: roomy ? WIDE : NARROW,
      queries: spelt("order-query", "end"),
      keys: spelt("order-offer", "middle"),
      frame: put(ui.picture, "rect", "order-frame", { x: left, y: TOP }),
      limit: put(ui.picture, "path", "order-limit"),
      steps: put(ui.picture, "path", "order-step"),
      band: put(ui.picture, "rect", "order-band"),
    };
    painted = "";
    show();
  }

  function show() {
    const now = state();
    const { text, layer, head } = now;
    const count = text.length;
    if (read?.text !== text) read = { text, found: answersTo(text) };
    const own = read.found[names.indexOf(now.model)];

    if (box.value !== line.text) rewrite(box, line.text);
    const reason = objection(line.text, text, KNOWN);
    if (notice.textContent !== reason) notice.replaceChildren(...told(reason));
    title.hidden = reason !== "";
    longer.disabled = count >= LONGEST;
    const lines = { count, perLine: layout.perLine, here: now.place - 1 };
    given.show(lines, [...text]);
    place(given.node, { "aria-label": `${count} ${count === 1 ? "letter" : "letters"}: ${[...text].join(" ")}` });
    rows.forEach(({ name, node, score, tiles }, n) => {
      const { says, right, numRight } = read.found[n];
      tiles.show(lines, says.map((token, at) => (at ? LETTERS[token] : "")), right);
      fill(score, count > 1 ? `${numRight} of ${count - 1} right` : "nothing asked");
      place(node, { "aria-pressed": name === now.model });
    });
    heads.forEach((each, l) => each.forEach(({ node, bar, share }, h) => {
      const weight = count > 1 ? weightBefore(own.weights[l][h], 2, count) : 0;
      place(bar, { style: `--share: ${weight.toFixed(4)}` });
      fill(share, count > 1 ? `${(100 * weight).toFixed(0)}${PERCENT}` : "–");
      place(node, { "aria-pressed": l + 1 === layer && h + 1 === head });
    }));
    fill(whose, now.model);
    drawMap(now, own.weights[layer - 1][head - 1]);
    where.bound({ min: 1, max: count, step: 1 });
    where.show(now.place, String(now.place));
    ui.say(sentence(now, own));
  }

  /** What all models make of a line. */
  function answersTo(text) {
    const tokens = tokensOf(text);
    return kinds.map((kind, n) => {
      const found = orderModel(taught[n], kind, tokens);
      const right = verdicts(tokens, found.says);
      return { ...found, right, numRight: right.filter(Boolean).length };
    });
  }

  /** Draw the map of a head, the place that is asked about in it, and where the token before it stands. */
  function drawMap({ text, model: name, layer, head, place: here }, weights) {
    const count = text.length;
    const { left } = layout;
    // Every cell has as many of the screen's pixels as the next.
    const dense = window.devicePixelRatio || 1;
    const cell = Math.floor((layout.side / count) * dense) / dense;
    const size = hundredths(cell * count);
    const what = `${name} ${layer} ${head} ${text}`;
    if (painted !== what) {
      paintMap(canvas, weights);
      canvas.style.cssText = `left: ${left}px; top: ${TOP}px; width: ${size}px; height: ${size}px`;
      painted = what;
    }
    const lettered = cell >= LETTERED;
    const words = Array.from({ length: count }, (_, at) => (lettered ? text[at] : at && (at + 1) % STEP ? "" : String(at + 1)));
    layout.queries.forEach((node, q) => beside(node, words[q], left - 6, TOP + (q + 0.5) * cell + 4, q === here - 1));
    layout.keys.forEach((node, k) => beside(node, words[k], left + (k + 0.5) * cell, TOP - 6, k === here - 2));
    place(layout.frame, { width: size, height: size });
    const edge = hundredths(TAUGHT * cell);
    place(layout.limit, { d: count > TAUGHT ? `M${left + edge} ${TOP}v${size}M${left} ${TOP + edge}h${size}` : "" });
    place(layout.steps, { d: count < 2 ? "" : cell < OUTLINED ? rails(left, count, cell) : stairs(left, count, cell) });
    place(layout.band, { x: left - 1, y: hundredths(TOP + (here - 1) * cell - 1), width: hundredths(size + 2), height: hundredths(cell + 2) });
  }

  const unfollow = followTheme(() => {
    painted = "";
    if (layout) show();
  });
  const ask = tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay, { unfollow });
}

/** Words of a key, with what they explain. */
function key(...content) {
  return make("span", "order-key", ...content);
}

/** A tile for each letter of the longest line. */
function strip() {
  const tiles = Array.from({ length: LONGEST }, () => make("span", "order-tile"));
  const node = make("span", "order-tiles", ...tiles);
  return {
    node,
    /** Show so many tiles, `here` marked; `right` says of each whether it is, or null. */
    show({ count, perLine, here }, letters, right = []) {
      const across = Math.max(FEWEST, Math.ceil(count / Math.ceil(count / perLine)));
      place(node, { style: `--across: ${across}` });
      tiles.forEach((tile, at) => {
        if (tile.hidden !== (at >= count)) tile.hidden = at >= count;
        fill(tile, letters[at] ?? "");
        classed(tile, "order-tile", {
          "order-blank": right[at] === null, "order-wrong": right[at] === false,
          "order-here": at === here, "order-taught": at === TAUGHT - 1,
        });
      });
    },
  };
}

/** Put words beside the map, or none. */
function beside(node, words = "", x, y, chosen) {
  respell(node, words, x, y);
  node.classList.toggle("order-chosen", chosen);
}

/** The outline of the cells of all tokens before: a step of a cell right and down, above them and below. */
function stairs(left, count, cell) {
  const [wide, step] = [hundredths(cell), `h${hundredths(cell)}v${hundredths(cell)}`];
  const begin = `M${left} ${hundredths(TOP + cell)}`;
  return `${begin}${step.repeat(count - 1)}${begin}v${wide}${step.repeat(count - 2)}h${wide}`;
}

/** Two lines along these cells, on both sides, where they are too small for an outline. */
function rails(left, count, cell) {
  const [above, below] = [APART * cell, (2 + APART) * cell];
  const along = (past) => `l${hundredths(count * cell - past)} ${hundredths(count * cell - past)}`;
  return `M${hundredths(left + above)} ${TOP}${along(above)}M${left} ${hundredths(TOP + below)}${along(below)}`;
}

/** Say how much the chosen model has right, where the chosen head looks, and what is said at the place asked about. */
function sentence({ text, model: name, layer, head, place: here }, { says, odds, right, numRight, weights }) {
  const count = text.length;
  if (count === 1) return [`${name}: of a line of one letter nothing is asked.`];
  const map = weights[layer - 1][head - 1];
  const percent = (share, role) => [number(100 * share, 0, role), PERCENT];
  const on = (first, last) => percent(weightBefore(map, first, last), "weight");
  return [
    `${name}: `, number(numRight, 0), ` of ${count - 1} right. Head ${head} of layer ${layer} puts `, ...on(2, count),
    " of its weight on the token before, on average over places",
    ...(count > TAUGHT ? ["; ", ...on(2, TAUGHT), ` up to place ${TAUGHT}, `, ...on(TAUGHT + 1, count), " beyond it"] : []),
    `. At place ${here} `,
    ...(here === 1 ? ["nothing is asked."] : [
      `the model says ${LETTERS[says[here - 1]]} (`, ...percent(odds[here - 1][says[here - 1]]), `); ${text[here - 2]} stood one place before: `,
      right[here - 1] ? "right." : "wrong.",
    ]),
  ];
}

export default { render };
