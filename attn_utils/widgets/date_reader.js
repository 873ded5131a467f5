// Type a date: the trained Transformer writes it as ISO, and every head can be seen.
import { greedy, maskedSoftmax, unpack } from "./nn.js";
import { everyFrame, face, make, number } from "./face.js";
import { objection, verdict } from "./date_check.js";

const [START, END, UNKNOWN, SPECIAL] = [1, 2, 3, 4];
const KEEP = ["text", "step", "layer", "head", "off"];
const MAX_TOKENS = 12;
const ADDRESS = "#date=";
// The figures' scale of weights: by the root, from nothing to this violet.
const VIOLET = [122, 79, 208];

/** One number for each character; what has none is UNKNOWN. Twin: CharacterVocabulary.encode. */
export function encodeText(text, characters) {
  return [...text].map((character) => {
    const place = characters.indexOf(character);
    return place < 0 ? UNKNOWN : place + SPECIAL;
  });
}

/** Which heads speak: true, unless `off` holds the number of the head. */
export function activeHeads(off, layers, numHeads) {
  const heads = (layer) => Array.from({ length: numHeads }, (_, h) => !off.includes(layer * numHeads + h));
  const encoder = Array.from({ length: layers.encoder }, (_, i) => heads(i));
  const decoder = Array.from({ length: layers.decoder }, (_, i) => {
    const first = layers.encoder + 2 * i;
    return { target: heads(first), memory: heads(first + 1) };
  });
  return { encoder, decoder };
}

/** What the model gets to read: plain spaces, and all small if it lacks a capital. */
export function plain(text, known) {
  const spaced = text.replace(/\s/gu, " ");
  const lacking = [...spaced].some((c) => !known.includes(c) && known.includes(c.toLowerCase()));
  return lacking ? spaced.toLowerCase() : spaced;
}

/** Unpack a model from the widget's traits. */
export function openModel(traits) {
  const network = unpack(traits.weights, traits.shapes);
  return {
    network,
    layers: { encoder: network.encoder.layers.length, decoder: network.decoder.layers.length },
    sizes: { numHeads: traits.num_heads, normFirst: traits.norm_first },
    sourceCharacters: [...traits.source_characters],
    targetCharacters: [...traits.target_characters],
  };
}

/** Let the model read a text: what it writes, the odds of each step, all maps. */
export function read(text, { network, layers, sizes, sourceCharacters, targetCharacters }, off = []) {
  const active = activeHeads(off, layers, sizes.numHeads);
  const source = encodeText(text, sourceCharacters);
  const written = greedy(network, source, sizes, { start: START, end: END, maxTokens: MAX_TOKENS }, active);
  const spell = (token) => targetCharacters[token - SPECIAL] ?? "";
  const maps = [
    ...written.maps.encoder,
    ...written.maps.decoder.flatMap(({ target, memory }) => [target, memory]),
  ];
  return {
    source: [...text],
    target: written.tokens.filter((token) => token !== END).map(spell),
    tokens: written.tokens,
    odds: written.logits.map((row) => maskedSoftmax(row, row.map(() => true))),
    maps,
  };
}

/** The `count` likeliest tokens of one step, with their probabilities. */
export function candidates(odds, count) {
  return odds
    .map((probability, token) => ({ token, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, count);
}

/** What one attention joins: the two sides' names. The decoder's own input begins with START. */
function sides(layer, layers) {
  if (layer < layers.encoder) return { query: "source", key: "source" };
  return (layer - layers.encoder) % 2 === 0
    ? { query: "target", key: "target" }
    : { query: "target", key: "source" };
}

function layerName(layer, layers) {
  if (layer < layers.encoder) return `encoder ${layer + 1}`;
  const which = layers.decoder > 1 ? ` ${Math.floor((layer - layers.encoder) / 2) + 1}` : "";
  return (layer - layers.encoder) % 2 === 0 ? `decoder${which}, itself` : `decoder${which} → source`;
}

function render({ model, el }) {
  const traits = ["weights", "shapes", "num_heads", "norm_first", "source_characters", "target_characters"];
  const reader = openModel(Object.fromEntries(traits.map((name) => [name, model.get(name)])));
  const { layers, sizes, sourceCharacters, targetCharacters } = reader;
  const numLayers = layers.encoder + 2 * layers.decoder;
  const rules = {
    known: sourceCharacters, longest: model.get("longest"),
    years: model.get("years"), monthNames: model.get("month_names"), words: model.get("words"),
  };
  const start = Object.fromEntries(KEEP.map((name) => [name, model.get(name)]));
  const onPage = Boolean(el.closest(".attn-live"));
  let now = null; // what the model has read, or null where it declines
  let sourcePick = null;

  const send = everyFrame(() => model.save_changes());
  const set = (changes) => {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    send();
  };

  // The parts of the stage.
  const box = Object.assign(make("input", "reader-text"), {
    type: "text", spellcheck: false, autocomplete: "off", maxLength: 400,
  });
  box.addEventListener("input", () => { sourcePick = null; set({ text: box.value, step: 99 }); });
  const examples = make("div", "reader-examples", ...model.get("examples").map(({ language, text }) => {
    const chip = Object.assign(make("button", "reader-chip", language), { type: "button" });
    chip.title = text;
    chip.addEventListener("click", () => { sourcePick = null; set({ text, step: 99 }); });
    return chip;
  }));
  examples.setAttribute("role", "group");
  examples.setAttribute("aria-label", "Examples");
  const notice = make("p", "reader-notice");
  const target = strip("what it writes", (i) => { sourcePick = null; set({ step: i }); });
  const source = strip("what you typed", (i) => { sourcePick = i; show(); });
  const odds = make("p", "reader-odds");
  const checked = make("p", "reader-checked");
  const board = make("div", "reader-board");
  const cells = Array.from({ length: numLayers }, (_, layer) => boardRow(layer)).flat();
  const stepper = steps();
  const stage = make(
    "div", "reader",
    make("label", "reader-label", make("span", "", "A date, in any of eleven languages"), box),
    examples, notice,
    make("div", "reader-row", make("span", "reader-side", "written"), target.row),
    checked,
    make("div", "reader-row", make("span", "reader-side", "read"), source.row),
    make("div", "reader-next", stepper.row, odds),
    board,
  );
  const link = Object.assign(make("button", "attn-reset", "Link to this"), { type: "button" });
  link.addEventListener("click", share);
  const ui = face(el, {
    name: "reader", stage, controls: onPage ? [link] : [], legend: legend(), hint: model.get("hint"),
    onReset: () => { sourcePick = null; set(start); },
  });

  /** A line of characters; one of them can be pointed at, tapped, or reached by arrow keys. */
  function strip(label, choose) {
    const row = make("div", "reader-strip");
    row.setAttribute("role", "toolbar");
    row.setAttribute("aria-label", label);
    let tiles = [];
    const at = (event) => tiles.indexOf(event.target.closest?.(".reader-tile"));
    const pick = (event) => {
      const i = at(event) - Number(tiles[0]?.classList.contains("reader-start"));
      if (i >= 0) choose(i);
    };
    row.addEventListener("pointerover", (event) => event.pointerType === "mouse" && pick(event));
    row.addEventListener("click", pick);
    row.addEventListener("keydown", (event) => {
      const move = { ArrowRight: 1, ArrowLeft: -1, Home: -tiles.length, End: tiles.length }[event.key];
      if (!move) return;
      event.preventDefault();
      const first = Number(tiles[0].classList.contains("reader-start"));
      const next = Math.min(Math.max(at(event) + move, first), tiles.length - 1);
      tiles[next].focus();
      choose(next - first);
    });
    return {
      row,
      /** Write the characters anew; `begin` puts the start sign before them. */
      write(characters, begin) {
        tiles = [...(begin ? ["▸"] : []), ...characters].map((character, i) => {
          const tile = make("button", "reader-tile", make("span", "reader-letter", character === " " ? "\u00a0" : character));
          tile.append(make("span", "reader-bar"));
          tile.type = "button";
          tile.tabIndex = -1;
          tile.setAttribute("aria-label", character === " " ? "space" : character);
          if (begin && i === 0) { tile.classList.add("reader-start"); tile.disabled = true; tile.setAttribute("aria-label", "start"); }
          return tile;
        });
        row.replaceChildren(...tiles);
      },
      /** Shade the tiles by `weights` (null: none), mark one, fade those from `fade` on. */
      paint(weights, marked, fade) {
        const first = Number(tiles[0]?.classList.contains("reader-start") ?? 0);
        tiles.forEach((tile, i) => {
          const weight = weights?.[i] ?? 0;
          tile.style.setProperty("--weight-here", weight.toFixed(4));
          tile.style.setProperty("--shade", Math.sqrt(weight).toFixed(4));
          tile.classList.toggle("reader-marked", marked !== null && i - first === marked);
          tile.classList.toggle("reader-faded", i - first > fade);
          if (!tile.disabled) tile.tabIndex = i - first === (marked ?? 0) ? 0 : -1;
          tile.dataset.weight = weight;
        });
      },
    };
  }

  function steps() {
    const go = (by) => () => { sourcePick = null; set({ step: Math.min(step() + by, now.target.length - 1) }); };
    const back = Object.assign(make("button", "reader-step", "‹"), { type: "button" });
    const forward = Object.assign(make("button", "reader-step", "›"), { type: "button" });
    back.setAttribute("aria-label", "one step back");
    forward.setAttribute("aria-label", "one step on");
    back.addEventListener("click", go(-1));
    forward.addEventListener("click", go(1));
    const words = make("span", "");
    return { row: make("div", "reader-steps", back, words, forward), back, forward, words };
  }

  function boardRow(layer) {
    const name = layerName(layer, layers);
    const row = Array.from({ length: sizes.numHeads }, (_, head) => {
      const canvas = make("canvas", "");
      const show = Object.assign(make("button", "reader-map", canvas), { type: "button" });
      show.setAttribute("aria-label", `show ${name}, head ${head + 1}`);
      show.addEventListener("click", () => set({ layer, head }));
      const on = Object.assign(make("input", ""), { type: "checkbox" });
      on.setAttribute("aria-label", `${name}, head ${head + 1} speaks`);
      on.addEventListener("change", () => {
        const id = layer * sizes.numHeads + head;
        const off = model.get("off").filter((other) => other !== id);
        set({ off: on.checked ? off : [...off, id].sort((a, b) => a - b) });
      });
      return { layer, head, canvas, show, on, node: make("div", "reader-head", show, make("label", "", on, String(head + 1))) };
    });
    board.append(make("div", "reader-layer", make("p", "", name), ...row.map(({ node }) => node)));
    return row;
  }

  function legend() {
    return make("div", "attn-legend",
      make("span", "reader-scale", "weight 0", make("span", "reader-ramp"), "1"),
      make("span", "", "Each small map is one head: its rows ask, its columns answer. Untick a head to switch it off."));
  }

  const step = () => Math.max(0, Math.min(model.get("step"), (now?.target.length ?? 1) - 1));

  function share() {
    const state = Object.fromEntries(KEEP.map((name) => [name, model.get(name)]));
    history.replaceState(null, "", ADDRESS + encodeURIComponent(JSON.stringify(state)));
    navigator.clipboard?.writeText(location.href).catch(() => {});
    link.textContent = "The address holds it";
    setTimeout(() => { link.textContent = "Link to this"; }, 2000);
  }

  /** Let the model read the text, and lay out what it has read and written. */
  function compute() {
    const text = plain(model.get("text"), sourceCharacters);
    if (box.value !== model.get("text")) box.value = model.get("text");
    const reason = objection(text, rules);
    notice.textContent = reason ?? "";
    stage.classList.toggle("reader-declined", reason !== null);
    now = reason === null
      ? { text, ...read(text, reader, model.get("off")) }
      : null;
    const answer = now ? now.target.join("") : "";
    if (model.get("answer") !== answer) set({ answer });
    target.write(now?.target ?? [], true);
    source.write(now?.source ?? [], false);
    for (const cell of cells) paintMap(cell, now?.maps[cell.layer][cell.head]);
    show();
  }

  function paintMap({ canvas }, map) {
    const [rows, columns] = map ? [map.length, map[0].length] : [1, 1];
    Object.assign(canvas, { width: columns, height: rows });
    if (!map) return;
    const pen = canvas.getContext("2d");
    const picture = pen.createImageData(columns, rows);
    map.flat().forEach((weight, i) => picture.data.set([...VIOLET, 255 * Math.sqrt(weight)], 4 * i));
    pen.putImageData(picture, 0, 0);
  }

  /** Draw what depends on the step, the head and the character that is pointed at. */
  function show() {
    const [layer, head] = [model.get("layer"), model.get("head")];
    for (const cell of cells) {
      cell.on.checked = !model.get("off").includes(cell.layer * sizes.numHeads + cell.head);
      cell.show.setAttribute("aria-pressed", String(cell.layer === layer && cell.head === head));
    }
    stepper.words.textContent = now ? `step ${step() + 1} of ${now.target.length}` : "";
    stepper.back.disabled = !now || step() === 0;
    stepper.forward.disabled = !now || step() >= now.target.length - 1;
    if (!now) {
      odds.replaceChildren();
      checked.textContent = "";
      ui.say([notice.textContent]);
      return;
    }
    const map = now.maps[layer][head];
    const { query, key } = sides(layer, layers);
    const asked = query === "source" ? sourcePick ?? 0 : step();
    // Pointing at the key's side asks the other way round: who reads this?
    const turned = sourcePick !== null && query === "target" && key === "source";
    const weights = turned ? map.map((row) => row[sourcePick]) : map[asked];
    const own = key === "target";
    // A target character was written by the row before it: START shifts by one.
    target.paint(own ? weights : turned ? [0, ...weights] : null, sourcePick === null && query === "target" ? step() : null, turned ? 99 : step());
    source.paint(key === "source" && !turned ? weights : null, sourcePick ?? (query === "source" ? asked : null), 999);
    showOdds();
    checked.textContent = verdict(now.text, now.target.join(""), rules.monthNames).words;
    ui.say(sentence(map, weights, turned, query, key, asked));
  }

  function showOdds() {
    const spell = (token) => (token === END ? "end" : targetCharacters[token - SPECIAL] ?? "?");
    odds.replaceChildren("candidates: ", ...candidates(now.odds[step()], 4).flatMap(({ token, probability }, i) => [
      i ? " · " : "", make("b", "", spell(token)), " ", number(probability, 3, "weight"),
    ]));
  }

  /** Say the answer, whether it is right, and where the chosen head looks. */
  function sentence(map, weights, turned, query, key, asked) {
    const answer = now.target.join("");
    const { words } = verdict(now.text, answer, rules.monthNames);
    const letters = turned ? now.target : key === "source" ? now.source : ["start", ...now.target];
    const best = [...weights.keys()].sort((a, b) => weights[b] - weights[a]).slice(0, 2);
    const shown = (letter) => (letter === " " ? "space" : letter ?? "end");
    const from = turned ? now.source[sourcePick] : query === "source" ? now.source[asked] : now.target[asked];
    const name = `${layerName(model.get("layer"), layers)}, head ${model.get("head") + 1}`;
    const verb = turned ? "is looked at most for" : query === "target" ? "was written while looking most at" : "looks most at";
    return [
      "The model writes ", make("b", "", answer), ` (${words}). In ${name}, “${shown(from)}” ${verb} `,
      ...best.flatMap((i, n) => [n ? " and " : "", `“${shown(letters[i])}” (`, number(weights[i], 2, "weight"), ")"]),
      ".",
    ];
  }

  /** Take the state out of the page's address, if it holds one. */
  function arrive() {
    if (!onPage || !location.hash.startsWith(ADDRESS)) return;
    try {
      const state = JSON.parse(decodeURIComponent(location.hash.slice(ADDRESS.length)));
      const fits = {
        text: (v) => typeof v === "string" && v.length <= 400,
        step: Number.isInteger, layer: (v) => v >= 0 && v < numLayers && Number.isInteger(v),
        head: (v) => v >= 0 && v < sizes.numHeads && Number.isInteger(v),
        off: (v) => Array.isArray(v) && v.every(Number.isInteger),
      };
      for (const name of KEEP) if (fits[name](state[name])) model.set(name, state[name]);
    } catch {
      // An address that somebody has cut short changes nothing.
    }
  }

  const recompute = everyFrame(compute);
  const redraw = everyFrame(() => show());
  for (const name of ["text", "off"]) model.on(`change:${name}`, recompute);
  for (const name of ["step", "layer", "head"]) model.on(`change:${name}`, redraw);
  arrive();
  compute();
  return () => {
    for (const name of ["text", "off"]) model.off(`change:${name}`, recompute);
    for (const name of ["step", "layer", "head"]) model.off(`change:${name}`, redraw);
    for (const ask of [recompute, redraw, send]) ask.cancel();
    ui.destroy();
  };
}

export default { render };
