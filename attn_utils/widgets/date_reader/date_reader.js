// Type a date: the trained Transformer writes it as ISO, and every head can be seen.
import { headBoard } from "./date_board.js";
import { largeMap } from "./date_map.js";
import { MAX_TOKENS, activeHeads, arcsOf, averageMap, candidates, headName, layerName, look, openModel, plain, read, sides, spell } from "./date_model.js";
import { objection, verdict } from "./date_check.js";
import { twoStrips } from "./date_strips.js";
import { button, face, fill, make, number, place, stayDrawn, tie, traits } from "../parts/face.js";
import { languageOf, speak, told } from "../parts/language.js";
import { followTheme } from "../parts/ramp.js";

const MODEL = ["weights", "shapes", "num_heads", "norm_first", "source_characters", "target_characters"];
const KEEP = ["text", "step", "layer", "head", "off"];
const LONGEST = 400;
const ADDRESS = "#date=";
const SAID = { source: "read", target: "written" };
const FULL = ["ko", "ja", "zh"]; // languages whose letters are as wide as high

/** What of a state, taken from an address, the widget can hold. */
export function fitting(state, numLayers, numHeads) {
  const below = (count) => (v) => Number.isInteger(v) && v >= 0 && v < count;
  const fits = {
    text: (v) => typeof v === "string" && v.length <= LONGEST,
    step: below(MAX_TOKENS),
    layer: below(numLayers),
    head: below(numHeads + 1), // after the last head comes their average
    off: (v) => Array.isArray(v) && v.every(below(numLayers * numHeads)),
  };
  return Object.fromEntries(KEEP.filter((name) => fits[name](state?.[name])).map((name) => [name, state[name]]));
}

/** Steps through the answer: back, the words between, on. */
function steps(go) {
  const back = button("reader-step", () => go(-1), "‹");
  const words = make("span", "");
  const on = button("reader-step", () => go(1), "›");
  back.setAttribute("aria-label", "one step back");
  on.setAttribute("aria-label", "one step on");
  return {
    row: make("div", "reader-steps", back, words, on),
    show(step, count) {
      fill(words, count ? `step ${step + 1} of ${count}` : "");
      back.disabled = step === 0;
      on.disabled = step >= count - 1;
    },
  };
}

function render({ model, el }) {
  const reader = openModel(traits(model, MODEL));
  const { layers, sizes: { numHeads }, sourceCharacters } = reader;
  const numLayers = layers.encoder + 2 * layers.decoder;
  const monthNames = model.get("month_names");
  const rules = {
    known: sourceCharacters, longest: model.get("longest"), years: model.get("years"), monthNames, words: model.get("words"),
  };
  const start = traits(model, KEEP);
  const onPage = Boolean(el.closest(".attn-live"));
  const tied = tie(model);
  let now = null; // what the model has read, or null where it declines
  let pointed = null; // the source character that is pointed at

  const step = () => Math.max(0, Math.min(model.get("step"), (now?.tokens.length ?? 0) - 1));
  const set = (changes) => {
    pointed = null;
    tied.set(changes);
    ask();
  };
  const point = (at) => {
    pointed = at;
    ask();
  };

  const box = Object.assign(make("input", "reader-text"), {
    type: "text", spellcheck: false, autocomplete: "off", maxLength: LONGEST,
  });
  box.addEventListener("input", () => set({ text: box.value }));
  const known = model.get("examples");
  const examples = make("div", "reader-examples", ...known.map(({ language, text }) =>
    Object.assign(button("reader-chip", () => set({ text }), language), { title: text })));
  // An example knows its language; of another text only the letters may tell.
  const tongue = (text) => known.find((example) => example.text === text)?.lang ?? languageOf(text);
  const tongueOf = (side) => (side === "source" ? box.lang : "");
  place(examples, { role: "group", "aria-label": "Examples" });
  const stepper = steps((by) => set({ step: step() + by }));
  const odds = make("p", "reader-odds");
  const board = headBoard(layers, numHeads, (layer, head) => tied.set({ layer, head }), (ids, speak) => {
    const others = model.get("off").filter((other) => !ids.includes(other));
    tied.set({ off: speak ? others : [...others, ...ids].sort((a, b) => a - b) });
  });
  const large = largeMap((row) => (sides(model.get("layer"), layers).query === "source" ? point(row) : set({ step: row })));
  const link = button("attn-reset reader-link", share, "Link to this");
  const ui = face(el, {
    name: "reader",
    controls: [make("div", "reader-next", stepper.row, odds), large.node, board.node, ...(onPage ? [link] : [])],
    legend: make("div", "attn-legend", "An arc is as wide as its weight. Each small map is one head: its rows ask, its columns answer. Untick a head to switch it off."),
    hint: model.get("hint"),
    onReset: () => set(start),
  });
  const strips = twoStrips(ui.picture, rules.longest, (at) => set({ step: at }), point);
  ui.stage.append(make("label", "reader-label", make("span", "", "A date, in any of eleven languages"), box), examples, strips.node);

  function share() {
    const state = traits(model, KEEP);
    const address = JSON.stringify({ ...state, step: step() });
    history.replaceState(null, "", ADDRESS + encodeURIComponent(address));
    navigator.clipboard?.writeText(location.href).catch(() => {});
    link.textContent = "The address holds it";
    setTimeout(() => { link.textContent = "Link to this"; }, 2000);
  }

  /** Take the state out of the page's address, if it holds one. */
  function arrive() {
    if (!onPage || !location.hash.startsWith(ADDRESS)) return;
    try {
      const state = JSON.parse(decodeURIComponent(location.hash.slice(ADDRESS.length)));
      tied.set(fitting(state, numLayers, numHeads));
    } catch {
      // An address that somebody has cut short changes nothing.
    }
  }

  /** Let the model read the text, and lay out what it has read and written. */
  function compute() {
    const typed = model.get("text");
    const off = model.get("off");
    const text = plain(typed, sourceCharacters);
    if (box.value !== typed) box.value = typed;
    for (const part of [box, strips.read.row]) speak(part, tongue(typed));
    const reason = objection(text, rules);
    ui.root.classList.toggle("reader-declined", reason !== null);
    now = reason === null ? { text, reason, ...read(text, reader, off) } : { reason, tokens: [], target: [], source: [] };
    now.names = now.tokens.map((token) => spell(token, reader));
    if (now.maps) {
      const { encoder, decoder } = activeHeads(off, layers, numHeads);
      const speaking = [...encoder, ...decoder.flatMap(({ target, memory }) => [target, memory])];
      now.maps = now.maps.map((maps, layer) => [...maps, averageMap(maps, speaking[layer])]);
    }
    tied.set({ answer: now.target.join("") });
    paint();
    strips.written.write(now.names);
    strips.read.write(now.source);
    fit();
  }

  /** Paint all maps. */
  function paint() {
    board.paint((layer, head) => now.maps?.[layer][head]);
    large.paint(now.maps?.[model.get("layer")][model.get("head")]);
  }

  function measure() {
    strips.measure();
    large.lay();
  }

  function lay() {
    measure();
    fit();
  }

  /** Lay the letters out in the room that was measured. */
  function fit() {
    const high = strips.lay(FULL.some((language) => tongue(model.get("text")).startsWith(language)));
    ui.root.style.setProperty("--strips", `${high}px`);
    show();
  }

  /** Draw what depends on the step, the head and the character that is pointed at. */
  function show() {
    const { layer, head, off } = traits(model, ["layer", "head", "off"]);
    board.mark(layer, head, off);
    stepper.show(step(), now.tokens.length);
    if (now.reason !== null) {
      odds.replaceChildren();
      strips.draw(null);
      ui.say([now.reason]);
      return;
    }
    const ids = Array.from({ length: numHeads }, (_, i) => layer * numHeads + i).filter((id, i) => head === numHeads || head === i);
    const silent = ids.filter((id) => off.includes(id)).length;
    const joins = sides(layer, layers);
    const map = now.maps[layer][head];
    const seen = { ...look(now, map, joins, step(), pointed), silent, off: silent === ids.length };
    const arcs = seen.off ? null : arcsOf(seen);
    const shades = (side) => arcs?.to.reduce((all, { side: on, at, weight }) => (on === side ? Object.assign(all, { [at]: weight }) : all), {});
    const writes = pointed === null && seen.query === "target";
    strips.written.paint(shades("target"), writes ? step() : null, seen.turned ? Infinity : step());
    strips.read.paint(shades("source"), pointed ?? (seen.query === "source" ? seen.at : null));
    strips.draw(arcs);
    const called = `${layerName(layer, layers)}, ${headName(head, numHeads)}`;
    const letters = { source: now.source, target: joins.query === "target" && joins.key === "target" ? ["▸", ...now.names.slice(0, -1)] : now.names };
    large.show(called, {
      map, rows: joins.query === "source" ? now.source : now.names, columns: letters[joins.key], at: seen.at, turned: Boolean(seen.turned),
      sides: { query: SAID[joins.query], key: SAID[joins.key] },
      tongues: { query: tongueOf(joins.query), key: tongueOf(joins.key) }, off: seen.off,
    });
    odds.replaceChildren("candidates: ", ...candidates(now.odds[step()], 4).flatMap(({ token, probability }, i) => [
      i ? " · " : "", make("span", "reader-candidate", make("b", "", spell(token, reader)), " ", number(probability, 3, "weight")),
    ]));
    const { words } = verdict(now.text, now.target.join(""), monthNames, rules.years);
    ui.say(sentence(now, words, seen, layerName(layer, layers), head < numHeads ? headName(head, numHeads) : "", box.lang));
  }

  const ask = tied.on(["step", "layer", "head"], show);
  tied.on(["text", "off"], compute);
  const unfollow = followTheme(paint);
  const first = () => {
    arrive();
    measure();
    compute();
  };
  return stayDrawn(ui, tied, lay, { first, unfollow });
}

/** Say the answer, whether it is right, and where the chosen head looks, or all (where `head` is ""). */
function sentence({ target }, words, { weights, letters, asking, turned, query, silent, off }, layer, head, language) {
  const written = ["The model writes ", make("b", "", target.join("")), ` (${words}). `];
  if (off && head) return [...written, `Now ${layer}, ${head} is switched off: nothing uses what it looks at.`];
  if (off) return [...written, `Now all heads of ${layer} are switched off: nothing uses what they look at.`];
  const name = `${layer}, ${head || `average of the heads${silent ? " that speak" : ""}`}`;
  const best = [...weights.keys()].sort((a, b) => weights[b] - weights[a]).slice(0, 2);
  const shown = (letter) => told(letter === " " ? "space" : letter ?? "end", language);
  const verb = turned ? "is looked at most for" : query === "target" ? "was written while looking most at" : "looks most at";
  return [
    ...written, `In ${name}, “`, ...shown(asking), `” ${verb} `,
    ...best.flatMap((i, n) => [n ? " and “" : "“", ...shown(letters[i]), "” (", number(weights[i], 2, "weight"), ")"]),
    ".",
  ];
}

export default { render };
