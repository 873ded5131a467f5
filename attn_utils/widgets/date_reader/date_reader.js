// Type a date: the trained Transformer writes it as ISO, and every head can be seen.
import { candidates, layerName, look, MAX_TOKENS, openModel, plain, read, spell } from "./date_model.js";
import { objection, verdict } from "./date_check.js";
import { button, face, make, number, tie, traits } from "../parts/face.js";
import { languageOf, speak, told } from "../parts/language.js";
import { followTheme, paintMap } from "../parts/ramp.js";
import { strip } from "../parts/strip.js";

const MODEL = ["weights", "shapes", "num_heads", "norm_first", "source_characters", "target_characters"];
const KEEP = ["text", "step", "layer", "head", "off"];
const LONGEST = 400;
const ADDRESS = "#date=";

/** What of a state, taken from an address, the widget can hold. */
export function fitting(state, numLayers, numHeads) {
  const below = (count) => (v) => Number.isInteger(v) && v >= 0 && v < count;
  const fits = {
    text: (v) => typeof v === "string" && v.length <= LONGEST,
    step: below(MAX_TOKENS),
    layer: below(numLayers),
    head: below(numHeads),
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
      words.textContent = count ? `step ${step + 1} of ${count}` : "";
      back.disabled = step === 0;
      on.disabled = step >= count - 1;
    },
  };
}

/** The board of all heads, a line for each attention: a small map and a switch each. */
function heads(layers, numHeads, onShow, onSwitch) {
  const cells = [];
  const board = make("div", "reader-board");
  for (let layer = 0; layer < layers.encoder + 2 * layers.decoder; layer++) {
    const name = layerName(layer, layers);
    const line = make("div", "reader-layer", make("p", "", name));
    for (let head = 0; head < numHeads; head++) {
      const canvas = make("canvas", "");
      const show = button("reader-map", () => onShow(layer, head), canvas);
      show.setAttribute("aria-label", `show ${name}, head ${head + 1}`);
      const speaks = Object.assign(make("input", ""), { type: "checkbox" });
      speaks.setAttribute("aria-label", `${name}, head ${head + 1} speaks`);
      speaks.addEventListener("change", () => onSwitch(layer * numHeads + head, speaks.checked));
      line.append(make("div", "reader-head", show, make("label", "", speaks, String(head + 1))));
      cells.push({ layer, head, canvas, show, speaks });
    }
    board.append(line);
  }
  return {
    board,
    /** Paint every head's map; without maps, nothing. */
    paint(maps) {
      for (const { layer, head, canvas } of cells) paintMap(canvas, maps?.[layer][head] ?? [[0]]);
    },
    /** Mark the head that is shown, and tick those that speak. */
    mark(layer, head, off) {
      for (const cell of cells) {
        cell.speaks.checked = !off.includes(cell.layer * numHeads + cell.head);
        cell.show.setAttribute("aria-pressed", String(cell.layer === layer && cell.head === head));
      }
    },
  };
}

function legend() {
  return make("div", "attn-legend",
    make("span", "reader-scale", "weight 0", make("span", "attn-ramp"), "1"),
    make("span", "", "Each small map is one head: its rows ask, its columns answer. Untick a head to switch it off."));
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

  // With heads off, even an empty answer may come: then step 0 shows its odds.
  const step = () => Math.max(0, Math.min(model.get("step"), (now?.target.length ?? 0) - 1));
  const set = (changes) => {
    pointed = null;
    tied.set(changes);
  };
  // A new text is shown as it is written to its end.
  const type = (text) => set({ text, step: MAX_TOKENS });

  const box = Object.assign(make("input", "reader-text"), {
    type: "text", spellcheck: false, autocomplete: "off", maxLength: LONGEST,
  });
  box.addEventListener("input", () => type(box.value));
  const known = model.get("examples");
  const examples = make("div", "reader-examples", ...known.map(({ language, text }) =>
    Object.assign(button("reader-chip", () => type(text), language), { title: text })));
  // An example knows its language; of another text only the letters may tell.
  const tongue = (text) => known.find((example) => example.text === text)?.lang ?? languageOf(text);
  examples.setAttribute("role", "group");
  examples.setAttribute("aria-label", "Examples");
  const notice = make("p", "reader-notice");
  const target = strip("what it writes", (i) => set({ step: i }), [{ character: "▸", name: "start" }]);
  const source = strip("what it reads", (i) => { pointed = i; show(); });
  const checked = make("p", "reader-checked");
  const stepper = steps((by) => set({ step: step() + by }));
  const odds = make("p", "reader-odds");
  const board = heads(layers, numHeads, (layer, head) => tied.set({ layer, head }), (id, speaks) => {
    const others = model.get("off").filter((other) => other !== id);
    tied.set({ off: speaks ? others : [...others, id].sort((a, b) => a - b) });
  });
  const stage = make(
    "div", "reader",
    make("label", "reader-label", make("span", "", "A date, in any of eleven languages"), box),
    examples, notice,
    make("div", "reader-row", make("span", "reader-side", "written"), target.row),
    checked,
    make("div", "reader-row", make("span", "reader-side", "read"), source.row),
    make("div", "reader-next", stepper.row, odds),
    board.board,
  );
  const link = button("attn-reset", share, "Link to this");
  const ui = face(el, {
    name: "reader", stage, controls: onPage ? [link] : [], legend: legend(), hint: model.get("hint"),
    onReset: () => set(start),
  });

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
    const text = plain(typed, sourceCharacters);
    if (box.value !== typed) box.value = typed;
    for (const part of [box, source.row]) speak(part, tongue(typed));
    const reason = objection(text, rules);
    notice.replaceChildren(...told(reason ?? "", tongue(typed)));
    stage.classList.toggle("reader-declined", reason !== null);
    now = reason === null ? { text, ...read(text, reader, model.get("off")) } : null;
    tied.set({ answer: now ? now.target.join("") : "" });
    target.write(now?.target ?? []);
    source.write(now?.source ?? []);
    board.paint(now?.maps);
    show();
  }

  /** Draw what depends on the step, the head and the character that is pointed at. */
  function show() {
    const [layer, head] = [model.get("layer"), model.get("head")];
    board.mark(layer, head, model.get("off"));
    stepper.show(step(), now?.target.length ?? 0);
    if (!now) {
      odds.replaceChildren();
      checked.textContent = "";
      ui.say([notice.textContent]);
      return;
    }
    const off = model.get("off").includes(layer * numHeads + head);
    const seen = { ...look(now, layers, layer, head, step(), pointed), off };
    // A target character was written by the row before it: START shifts by one.
    const ofTarget = off ? null : seen.turned ? [0, ...seen.weights] : seen.key === "target" ? seen.weights : null;
    const writes = pointed === null && seen.query === "target";
    target.paint(ofTarget, writes ? step() : null, seen.turned ? Infinity : step());
    source.paint(!off && seen.key === "source" && !seen.turned ? seen.weights : null, pointed ?? seen.at ?? null);
    odds.replaceChildren("candidates: ", ...candidates(now.odds[step()], 4).flatMap(({ token, probability }, i) => [
      i ? " · " : "", make("b", "", spell(token, reader)), " ", number(probability, 3, "weight"),
    ]));
    const { words } = verdict(now.text, now.target.join(""), monthNames);
    checked.textContent = words;
    ui.say(sentence(now, words, seen, `${layerName(layer, layers)}, head ${head + 1}`, box.lang));
  }

  arrive();
  compute();
  tied.on(["text", "off"], compute);
  tied.on(["step", "layer", "head"], show);
  const unfollow = followTheme(() => board.paint(now?.maps));
  return () => {
    unfollow();
    tied.end();
    ui.destroy();
  };
}

/** Say the answer, whether it is right, and where the chosen head looks. */
function sentence({ target }, words, { weights, letters, asking, turned, query, off }, name, language) {
  const written = ["The model writes ", make("b", "", target.join("")), ` (${words}). `];
  if (off) return [...written, `Now ${name} is switched off: nothing uses what it looks at.`];
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
