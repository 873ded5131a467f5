// Weights beside the lengths of what they weigh: a large weight on a short value adds little.
import { added, angle, contextOf, lengthOf, stretched } from "./weighed_math.js";
import { hundredths } from "../parts/axes.js";
import { put, write } from "../parts/pen.js";
import { unpack } from "../parts/weights.js";
import { chips, ends, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";

const KEPT = ["head", "query", "key", "times"]; // what Reset brings back
const TALL = 56; // a bar of the largest number
const TITLE = 20; // above each row of bars
const SUM = 52; // room for the sum, right of what is added
const LETTER = 7.5; // how wide a letter is

function render({ model, el }) {
  const start = traits(model, KEPT);
  const tied = tie(model);
  const tokens = model.get("tokens");
  const { heads } = unpack(model.get("numbers"), model.get("shapes"));
  const count = tokens.length;
  const longest = Math.max(...heads.flatMap((head) => head.values.map(lengthOf)), 1e-9);

  const who = chips("head", heads.map((_, h) => ({ name: String(h + 1) })), (name) => tied.set({ head: Number(name) }));
  const slide = (label, name, role) => slider(label, { ...ends(model, name), role }, (value) => tied.set({ [name]: value }));
  const sliders = { query: slide("query", "query", "query"), key: slide("key", "key", "key"), times: slide("its value ×", "times", "value") };
  const ui = face(el, {
    name: "weighed",
    controls: [who.row, ...Object.values(sliders).map(({ row }) => row)],
    hint: model.get("hint"),
    onReset: () => tied.set(start),
  });
  let layout = null;

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 220);
    ui.picture.replaceChildren();
    const column = (width - SUM) / count;
    const middle = (j) => (j + 0.5) * column;
    let y = 0;
    const row = (words, part, className) => {
      const group = put(ui.picture, "g", "", { "data-show": part });
      write(group, words, 0, y + 12, "start", "weighed-title");
      const base = y + TITLE + TALL;
      put(ui.picture, "path", "weighed-ground", { d: `M0 ${base}H${hundredths(width - SUM)}` });
      y = base + 14;
      const bars = tokens.map((_, j) => put(group, "rect", className, { x: hundredths(middle(j) - 0.35 * column), width: hundredths(0.7 * column) }));
      return { bars, base };
    };
    const tall = longest.toFixed(1);
    const rows = {
      weights: row("weight, from 0 to 1", "weight", "weighed-weight"),
      lengths: row(`length of the value, from 0 to ${tall}`, "value", "weighed-length"),
      added: row("added: weight × length", "added", "weighed-added"),
    };
    const part = put(ui.picture, "g", "", { "data-show": "context" });
    const { base } = rows.added;
    write(part, "in all", width, base - TALL - 8, "end", "weighed-title");
    const sum = put(part, "rect", "weighed-sum", { x: width - 30, width: 22 });
    const before = put(part, "path", "weighed-before");
    // The tokens; a long word stands upright.
    const long = Math.max(...tokens.map((token) => token.length)) * LETTER;
    const upright = tokens.some((token) => token.length * LETTER > column);
    const line = base + 18;
    const names = tokens.map((token, j) => {
      const turned = upright && token.length > 1;
      const x = middle(j) + (turned ? 4 : 0);
      const node = write(ui.picture, token, x, line, turned ? "end" : "middle", "weighed-name");
      if (turned) place(node, { transform: `rotate(-90 ${hundredths(x)} ${line - 8})`, y: line - 8 });
      return node;
    });
    const foot = line + (upright ? Math.max(10, long - 4) : 10);
    const mark = put(ui.picture, "path", "weighed-mark");
    const asks = put(ui.picture, "rect", "weighed-asks", { y: base + 4, width: hundredths(column - 2), height: hundredths(foot - base - 2), rx: 3 });
    const bottom = Math.ceil(foot + 14);
    place(ui.picture, { viewBox: `0 0 ${width} ${bottom}`, height: bottom });
    layout = { rows, sum, before, names, mark, asks, middle, column, foot, width };
    show();
  }

  function show() {
    const now = traits(model, KEPT);
    const { rows, sum, before, names, mark, asks, middle, column, foot, width } = layout;
    const { weights: maps, values: held } = heads[now.head - 1];
    const row = Array.from(maps[now.query - 1]);
    const pulled = stretched(held, now.key - 1, now.times);
    const lengths = pulled.map(lengthOf);
    const adds = added(row, pulled);
    const [was, is] = [held, pulled].map((each) => contextOf(row, each.map((value) => Array.from(value))));
    // A stretched value may be longer than all: its bar ends where the row does.
    const up = (share) => hundredths(TALL * Math.min(1, share));
    stand(rows.weights, row, up);
    stand(rows.lengths, lengths.map((each) => each / longest), up, lengths);
    stand(rows.added, adds.map((each) => each / longest), up, adds);
    const { base } = rows.added;
    const high = up(lengthOf(is) / longest);
    place(sum, { y: hundredths(base - high), height: high, "data-length": lengthOf(is) });
    place(before, { d: now.times === 1 ? "" : `M${width - 36} ${hundredths(base - up(lengthOf(was) / longest))}h34` });
    names.forEach((node, j) => {
      const classes = [["weighed-name", true], ["weighed-hidden", j > now.query - 1]].filter(([, on]) => on);
      place(node, { class: classes.map(([name]) => name).join(" ") });
    });
    place(asks, { x: hundredths((now.query - 1) * column + 1) });
    place(mark, { d: `M${hundredths(middle(now.key - 1))} ${foot + 4}l5 8h-10Z` });
    who.show(String(now.head));
    for (const name of ["query", "key"]) sliders[name].show(now[name], tokens[now[name] - 1]);
    sliders.times.show(now.times, String(now.times));
    ui.say(sentence(now, row, held, adds, was, is));
  }

  function sentence(now, row, held, adds, was, is) {
    const best = row.indexOf(Math.max(...row));
    const told = [
      `Head ${now.head}, asked from `, make("span", "query", tokens[now.query - 1]), ` (${now.query}), lays `, number(row[best], 2, "weight"),
      " on ", make("span", "key", tokens[best]), ` (${best + 1}), whose value is `, number(lengthOf(held[best]), 1), " long, and adds a vector of length ",
      number(lengthOf(was), 1), ".",
    ];
    if (now.times === 1) return told;
    return [
      ...told, " With the value of ", make("span", "key", tokens[now.key - 1]), ` (${now.key}) times ${now.times} no weight moves; it adds `,
      number(lengthOf(is), 1), ", turned by ", number(angle(was, is), 0), "°.",
    ];
  }

  tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay);
}

/** Let bars stand on their ground, each as tall as its share. */
function stand({ bars, base }, shares, up, said = shares) {
  bars.forEach((bar, j) => {
    const high = up(shares[j]);
    place(bar, { y: hundredths(base - high), height: high, "data-number": said[j] });
  });
}

export default { render };
