// One string for several networks: each says which capital stood in it.
import { KEYS, LONGEST, capitalsOf, lettersOf, otherNoise, recall, strangers, stringOf, withCapital } from "./recall_race_math.js";
import { button, chips, draw, face, fill, make, number, place, tie, traits } from "../parts/face.js";
import { hatching } from "../parts/hatch.js";
import { letterLine } from "../parts/letter_line.js";
import { beginning, someOf } from "../parts/named.js";
import { put } from "../parts/pen.js";
import { unpack } from "../parts/weights.js";

const KEPT = ["text", "length", "racer"]; // what Reset brings back
const TYPED = 256; // characters that the line takes
const WIDEST = 700; // pixels that the hatching of a row covers
const TALLEST = 40;

function render({ model, el }) {
  const start = traits(model, KEPT);
  const tied = tie(model);
  const { names, lengths, mixers, served } = traits(model, ["names", "lengths", "mixers", "served"]);
  const taught = unpack(model.get("weights"), model.get("shapes"));
  let found = null; // what the networks make of the string

  const line = letterLine("race", {
    label: "a string", title: "what the networks read", most: TYPED,
    held: () => model.get("text"),
    clean: lettersOf,
    put: (text) => {
      tied.set({ text });
      ask();
    },
  });
  const keys = [...KEYS].map((key) => button("race-key", () => line.adopt(withCapital(line.read(), key)), key));
  const pad = make("div", "race-keys", ...keys);
  place(pad, { role: "group", "aria-label": "the capital" });
  const other = button("race-tool", () => line.adopt(otherNoise(line.read())), "other noise");
  const tiles = Array.from({ length: Math.max(...lengths) }, () => make("span", "race-tile"));
  const strip = make("div", "race-strip", ...tiles);
  place(strip, { role: "img" });
  const distance = make("p", "race-distance");
  const letters = [...KEYS].map((key) => make("span", "race-letter", key));
  const head = make("div", "race-head", make("div", "race-letters", ...letters));
  place(head, { "aria-hidden": "true" });
  const rows = names.map((name) => row(name, () => tied.set({ racer: name })));
  const whose = make("span", "race-whose");
  const numbers = [...KEYS].map((key) => {
    const odds = make("span", "");
    return { odds, node: make("span", "race-number", make("span", "", `${key} `), odds) };
  });
  const who = chips("tokens", lengths.map((length) => ({ name: length, text: String(length) })), (length) => tied.set({ length }));
  const ui = face(el, {
    name: "race",
    stage: make(
      "div", "race-board",
      line.node, make("div", "race-tools", pad, other),
      make("div", "race-above", ...line.above), show("string", make("div", "race-read", strip, distance)),
      show("answers", make("div", "race-rows", head, ...rows.map(({ node }) => node))),
      make("p", "race-full", whose, make("span", "race-numbers", ...numbers.map(({ node }) => node))),
      make("p", "race-scale", make("span", "race-ends", "probability 0", make("span", "race-ramp"), "1"), make("span", "", "by chance, 1 of 8: 0.125")),
    ),
    controls: [who.row],
    hint: model.get("hint"),
    onReset: () => {
      tied.set(start);
      line.adopt(start.text);
    },
  });

  /** What is shown: the letters that are read, for how many tokens, and whose answer in full. */
  function state() {
    return { ...traits(model, KEPT), text: line.read() };
  }

  function paint() {
    const { text, length, racer } = state();
    const what = `${length} ${text}`;
    if (found?.what !== what) {
      const string = stringOf(text, length);
      const answers = served.map((of) => {
        const n = of[lengths.indexOf(length)];
        return n < 0 ? null : recall(taught[n], mixers[n], string);
      });
      found = { what, string, answers, capitals: capitalsOf(string) };
    }
    const { string, answers, capitals } = found;
    const truth = capitals.length === 1 ? KEYS.indexOf(string[capitals[0]]) : -1;

    line.show((typed) => objection(typed, text, length));
    keys.forEach((node, key) => place(node, { "aria-pressed": key === truth }));
    tiles.forEach((tile, n) => {
      fill(tile, string[n] ?? "");
      tile.classList.toggle("race-idle", n >= length);
      tile.classList.toggle("race-capital", capitals.includes(n));
      tile.classList.toggle("race-again", n >= text.length && n < length - 1);
      tile.classList.toggle("race-mark", n === length - 1);
    });
    place(strip, { "aria-label": `${length} tokens: ${string}` });
    fill(distance, gap(string, capitals));
    letters.forEach((node, key) => node.classList.toggle("race-true", key === truth));
    rows.forEach(({ update }, n) => update({ answer: answers[n], truth, length, chosen: names[n] === racer }));
    const own = answers[names.indexOf(racer)];
    fill(whose, racer);
    numbers.forEach(({ odds }, n) => fill(odds, own ? own.odds[n].toFixed(2) : "–"));
    who.show(length);
    ui.say(sentence({ names, answers, string, capitals, truth, racer }));
  }

  const ask = tied.on(KEPT, paint);
  paint();
  return () => {
    tied.end();
    ui.destroy();
  };
}

/** Let a link of the prose light a part. */
function show(part, node) {
  node.dataset.show = part;
  return node;
}

/** The row of one network: its name, a cell for each key, and what it says. */
function row(name, choose) {
  const cells = draw("svg", { class: "race-cells", "aria-hidden": "true" });
  const boxes = [...KEYS].map((_, key) => put(cells, "rect", "race-cell", { x: `${12.5 * key}%`, width: "12.5%", height: "100%" }));
  put(cells, "path", "race-hatch", { d: hatching(0, 0, WIDEST, TALLEST) });
  const frame = put(cells, "rect", "race-frame", { width: "12.5%", height: "100%" });
  const [says, odds, verdict, none] = ["race-says", "race-odds", "race-verdict", "race-none"].map((className) => make("span", className));
  // Words between them for who hears the row.
  const answer = make("span", "race-answer", unseen(" says "), says, unseen(" with "), make("span", "race-lines", odds, verdict), none);
  const node = button("race-row", choose, make("span", "race-name", name), cells, answer);
  return {
    node,
    update({ answer: given, truth, length, chosen }) {
      node.classList.toggle("race-absent", !given);
      place(node, { "aria-pressed": chosen });
      boxes.forEach((each, key) => place(each, { "fill-opacity": (given ? given.odds[key] : 0).toFixed(4) }));
      place(frame, { x: `${12.5 * truth}%`, visibility: given && truth >= 0 ? "visible" : "hidden" });
      fill(says, given ? KEYS[given.says] : "");
      fill(odds, given ? given.odds[given.says].toFixed(2) : "");
      fill(verdict, !given || truth < 0 ? "" : given.says === truth ? "✓ right" : "✗ wrong");
      fill(none, given ? "" : `has no weights for ${length} tokens`);
    },
  };
}

function unseen(words) {
  return make("span", "race-unseen", words);
}

/** Say what a text has that no network reads, if it has. */
function objection(typed, text, length) {
  const unknown = strangers(typed);
  if (!lettersOf(typed)) return `No letter: they still read ${beginning(text)}.`;
  if (unknown.length) return `They read A–H and a–j. Left out: ${someOf(unknown)}`;
  if (typed.length > LONGEST) return `It takes ${LONGEST} letters; the rest is left out.`;
  return text.length >= length ? `Of ${length} tokens, ${length - 1} are letters: the rest is cut.` : "";
}

/** How far the capital is from the question mark. */
function gap(string, capitals) {
  if (capitals.length !== 1) return `${counted(capitals)}, which no lesson had`;
  const far = string.length - 1 - capitals[0];
  return `from ${string[capitals[0]]} to ?: ${far} ${far === 1 ? "place" : "places"}`;
}

function counted(capitals) {
  return capitals.length ? `${capitals.length} capitals` : "no capital";
}

/** Names in a row, as a sentence has them; one of them may have a comma. */
function listed(names) {
  if (names.length < 2) return names[0] ?? "none";
  const between = names.some((name) => name.includes(",")) ? "; " : ", ";
  return `${names.slice(0, -1).join(between)}${between === ", " ? " and " : "; "}${names.at(-1)}`;
}

/** Say how far the capital is, who knows it, and what the chosen one says. */
function sentence({ names, answers, string, capitals, truth, racer }) {
  const length = string.length;
  const far = length - 1 - capitals[0];
  const right = names.filter((_, n) => answers[n]?.says === truth);
  const known = truth >= 0
    ? [
      "At ", number(length, 0), ` tokens the capital ${KEYS[truth]} stands `, number(far, 0),
      ` ${far === 1 ? "place" : "places"} before the question mark. Right: ${listed(right)}. `,
    ]
    : ["At ", number(length, 0), ` tokens the string has ${counted(capitals)}, which no lesson had: no answer is right. `];
  const own = answers[names.indexOf(racer)];
  const subject = `${racer[0].toUpperCase()}${racer.slice(1)}${racer.includes(",") ? "," : ""}`;
  if (!own) return [...known, `${subject} has no weights for ${length} tokens.`];
  const verdict = truth < 0 ? "." : own.says === truth ? ": right." : ": wrong.";
  return [...known, `${subject} says ${KEYS[own.says]} with `, number(own.odds[own.says], 2), verdict];
}

export default { render };
