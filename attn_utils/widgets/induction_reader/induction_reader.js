// Type a line that repeats: a small model says what comes next, and its heads can be taken out.
import { headSwitches } from "./induction_board.js";
import { lineStrip } from "./induction_line.js";
import { LONGEST, MEAN, OFF, ON, inductionModel, lastTime, likeliest, scoreOf, tokensOf } from "./induction_math.js";
import { ends, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";
import { told } from "../parts/language.js";
import { followTheme } from "../parts/ramp.js";
import { TYPED, lineOf, objection, rewrite } from "../parts/typed.js";
import { unpack } from "../parts/weights.js";

const KEPT = ["text", "place", "layer", "head", "moment", "heads"]; // what Reset brings back
const MENTIONED = 0.005; // weight that is named
const TOP = 5; // letters that may come next
const PERCENT = "\u00a0%";

function render({ model, el }) {
  const start = traits(model, KEPT);
  const tied = tie(model);
  const { alphabet, num_heads: numHeads, moments } = traits(model, ["alphabet", "num_heads", "moments"]);
  const taught = unpack(model.get("weights"), model.get("shapes"));
  const hasStart = taught[0].embedding.weight.length > alphabet.length;
  const first = hasStart ? 1 : 0; // where the first letter stands among the tokens
  let line = { text: start.text, letters: start.text }; // what stands in the box, and for which letters
  let good = start.text; // the last that could be read
  let known = {}; // what the model makes of it with these heads, at each moment that has been asked for
  let read = null; // and at this one
  let written = null; // what stands in the tiles

  const box = Object.assign(make("input", "induce-text"), {
    type: "text", spellcheck: false, autocomplete: "off", autocapitalize: "none", maxLength: TYPED,
  });
  box.addEventListener("input", () => {
    const letters = lineOf(box.value, alphabet, LONGEST);
    adopt(letters || box.value, letters || state().text);
  });
  const title = make("p", "induce-title", "something that repeats");
  const notice = make("p", "induce-notice");
  place(notice, { "aria-live": "polite" });
  const bars = oddsBars(alphabet.length);
  const where = slider("place", { ...ends(model, "place"), role: "query" }, (at) => tied.set({ place: at }));
  const when = slider("training", { min: 0, max: moments.length - 1, step: 1 }, (at) => tied.set({ moment: moments[at] }));
  const board = headSwitches(taught[0].layers.length, numHeads, (layer, head) => tied.set({ layer: layer + 1, head: head + 1 }), (which) => {
    // A press takes a head out, another gives it its mean, a third brings it back.
    const turned = { [ON]: OFF, [OFF]: MEAN, [MEAN]: ON };
    tied.set({ heads: model.get("heads").map((each, i) => (i === which ? turned[each] : each)) });
  });
  const ui = face(el, {
    name: "induction",
    controls: [bars.node, where.row, when.row, board.node],
    legend: make("div", "attn-legend", hasStart ? "▸ is the start of every line. " : "",
      "An arc is as wide as its weight. In a small map rows ask and columns are read; the switch under it takes its head out. "
      + "A letter could be known if it has followed the same one before."),
    hint: model.get("hint"),
    onReset: () => {
      tied.set(start);
      adopt(start.text, start.text);
    },
  });
  const tiles = lineStrip(ui.picture, LONGEST, hasStart, (at) => tied.set({ place: at + 1 }));
  ui.stage.append(
    make("label", "induce-above", make("span", "", "a line"), box),
    make("div", "induce-words", title, notice),
    tiles.node,
  );

  /** What is shown: the line that is read, and the place that is asked about. */
  function state() {
    const now = traits(model, KEPT);
    if (now.text !== line.letters) line = { text: lineOf(now.text, alphabet, LONGEST) || now.text, letters: now.text };
    good = lineOf(now.text, alphabet, LONGEST) || good;
    return { ...now, text: good, place: Math.min(now.place, good.length) };
  }

  /** Let this text stand in the box, for these letters. */
  function adopt(text, letters) {
    line = { text, letters };
    tied.set({ text: letters });
    ask(); // the same letters may be spelt in another way
  }

  /** Let the model read the line, where it has not. */
  function compute({ text, moment, heads }) {
    const what = `${text} ${heads}`;
    if (known.what !== what) known = { what };
    known[moment] ??= readAt(moment, text, heads);
    if (read === known[moment]) return;
    read = known[moment];
    board.paint(read.weights);
  }

  function readAt(moment, text, heads) {
    const tokens = tokensOf(text, alphabet, hasStart);
    const found = inductionModel(taught[moments.indexOf(moment)], tokens, heads, numHeads);
    return { tokens, ...found, ...scoreOf(tokens, found.odds) };
  }

  /** Write the letters into the box and the tiles, and why they are not what was typed. */
  function write(text) {
    if (box.value !== line.text) rewrite(box, line.text);
    const reason = objection(line.text, text, { alphabet, longest: LONGEST });
    if (notice.textContent !== reason) notice.replaceChildren(...told(reason));
    title.hidden = reason !== "";
    if (written === text) return;
    written = text;
    tiles.write([...text]);
    tiles.lay();
  }

  function lay() {
    written = null;
    show();
  }

  function show() {
    const now = state();
    write(now.text);
    compute(now);
    const { layer, head, heads } = now;
    const at = now.place - 1 + first;
    const odds = read.odds[at];
    const best = likeliest(odds, TOP);
    const next = read.tokens[at + 1] ?? null;
    const seen = {
      ...now, ...read, at, odds, best, next, names: [...(hasStart ? ["the start"] : []), ...now.text], first, alphabet,
      weights: read.weights[layer - 1][head - 1][at], is: heads[(layer - 1) * numHeads + head - 1], numHeads,
    };
    tiles.show(now.place - 1, seen.is === ON ? seen.weights : null);
    bars.show(now.text[now.place - 1], best.map((token) => ({ letter: alphabet[token], share: odds[token], comes: token === next })));
    board.mark(layer - 1, head - 1, heads);
    where.bound({ min: 1, max: now.text.length, step: 1 });
    where.show(now.place, String(now.place));
    when.show(moments.indexOf(now.moment), steps(now.moment));
    ui.say(sentence(seen));
  }

  const unfollow = followTheme(() => board.paint(read.weights));
  const ask = tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay, { unfollow, first: lay });
}

/** How long a model was taught. */
function steps(count) {
  return `${count} ${count === 1 ? "step" : "steps"}`;
}

/** Bars of the letters that may come next, over the share that chance has among so many. */
function oddsBars(count) {
  const title = make("p", "induce-asked");
  const rows = Array.from({ length: TOP }, () => {
    const [letter, bar, share] = [make("span", "induce-letter"), make("span", "induce-bar"), make("span", "induce-share")];
    return { node: make("div", "induce-odd", letter, make("span", "induce-track", bar), share), letter, bar, share };
  });
  const keys = make("p", "induce-keys",
    make("span", "induce-key", make("span", "induce-chance"), `chance ${(100 / count).toFixed(0)}${PERCENT}`),
    make("span", "induce-key", make("span", "induce-letter induce-comes"), "the line goes on so"));
  const node = make("div", "induce-next", title, ...rows.map((row) => row.node), keys);
  place(node, { "aria-hidden": "true" }); // the readout says it
  node.dataset.show = "next";
  node.style.setProperty("--chance", (1 / count).toFixed(4));
  return {
    node,
    /** Show the likeliest after a letter, and which of them comes in the line. */
    show(asked, odds) {
      fill(title, `after “${asked}”`);
      rows.forEach(({ node: row, letter, bar, share }, i) => {
        const it = odds[i];
        row.hidden = !it;
        if (!it) return;
        fill(letter, it.letter);
        letter.classList.toggle("induce-comes", it.comes);
        place(bar, { style: `--share: ${it.share.toFixed(4)}` });
        fill(share, `${(100 * it.share).toFixed(0)}${PERCENT}`);
      });
    },
  };
}

/** A share as a number of percent in the readout. */
function percent(share, role) {
  return [number(100 * share, 0, role), PERCENT];
}

/** Say what comes next, for the model and in the line, what the chosen head reads there, and which heads are out. */
function sentence(seen) {
  return [...ofNext(seen), ...ofScore(seen), ...ofHead(seen), ...ofOthers(seen)];
}

/** Say what the model expects, what came last time, and what comes. */
function ofNext({ moment, place: here, text, alphabet, tokens, at, odds, best, next }) {
  const quoted = (token) => `“${alphabet[token]}”`;
  const [own, last] = [`“${text[here - 1]}”`, lastTime(tokens, at)];
  return [
    `After ${steps(moment)} the model expects ${quoted(best[0])} (`, ...percent(odds[best[0]]), `) after the ${own} at place ${here}. `,
    last === null ? `No ${own} stood before it; ` : `Last time ${quoted(last)} came; `,
    next === null ? "here the line ends." : `now ${quoted(next)} comes: ${best[0] === next ? "right." : "wrong."}`,
  ];
}

/** Say how many letters are right of those that came where they had come before. */
function ofScore({ numTold, numRight }) {
  if (!numTold) return [" No letter of the line could be known."];
  return [` Of ${numTold} ${numTold === 1 ? "letter" : "letters"} that could be known it says `, number(numRight, 0), "."];
}

/** Say what the chosen head reads at this place, or that nothing uses it. */
function ofHead({ layer, head, is, weights, at, names, first }) {
  const whose = ` Head ${head} of layer ${layer}`;
  if (is === OFF) return [`${whose} is off: what it reads is not used.`];
  if (is === MEAN) return [`${whose} says its mean, whatever it reads.`];
  const most = likeliest(weights.slice(0, at + 1), 2).filter((token) => weights[token] >= MENTIONED);
  const named = (token) => (token < first ? names[token] : `“${names[token]}” at ${token + 1 - first}`);
  return [`${whose} reads `, ...most.flatMap((token, n) => [`${n ? " and " : ""}${named(token)} (`, ...percent(weights[token], "weight"), ")"]), "."];
}

/** Say which heads are out. */
function ofOthers({ heads, numHeads }) {
  const of = (kind) => heads.flatMap((each, i) => (each === kind ? [`${Math.floor(i / numHeads) + 1}.${(i % numHeads) + 1}`] : []));
  return [[OFF, "Off"], [MEAN, "At their means"]].flatMap(([kind, word]) => (of(kind).length ? [` ${word}: ${of(kind).join(", ")}.`] : []));
}

export default { render };
