// An LSTM reads a string: the gates of one unit, what its cell holds, and what it lets out.
import { LONGEST, reachOf, readGates, unitOf } from "./gate_watch_math.js";
import { hundredths, signed } from "../parts/axes.js";
import { button, chips, drag, ends, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";
import { hatching } from "../parts/hatch.js";
import { letterLine } from "../parts/letter_line.js";
import { leftOut, lettersOf } from "../parts/letters.js";
import { put, write } from "../parts/pen.js";
import { inside } from "../parts/stops.js";
import { unpack } from "../parts/weights.js";

const KEPT = ["text", "unit", "step", "forget"]; // what Reset brings back
const HELD = { "its own": null, "at 1": 1, "at 0": 0 };
const TYPED = 48; // characters that the line takes
const LEFT = 30; // room for the numbers of the axes
const WIDEST = 44; // from character to character
const FIRST = 16; // where the characters stand
const GATES = [["input", "write", "input gate: what is let in"], ["forget", "keep", "forget gate: what is kept"], ["output", "read", "output gate: what is let out"]];
const TITLE = 20; // room for the name of what is drawn
const GAP = 12; // from one drawing to the next
const HIGH = { gate: 36, cell: 88, state: 56 };
const ROOMY = 270; // from here on it is said what a drawing shows
const DOT = 3;
const BAR = 18; // how wide a bar is, at most
const CLOSE = 9; // of letters that stand nearer, each is smaller

function render({ model, el }) {
  const start = traits(model, KEPT);
  const tied = tie(model);
  const { alphabet } = traits(model, ["alphabet"]);
  const { embedding, layer } = unpack(model.get("weights"), model.get("shapes"));
  let read = null; // what the cell makes of it
  let layout = null;

  const line = letterLine("gate", {
    label: "a string", title: `an LSTM of ${layer.weight_hh_l0[0].length} units reads it`, most: TYPED,
    held: () => model.get("text"),
    clean: (text) => lettersOf(text, alphabet, LONGEST),
    put: (text) => {
      tied.set({ text });
      ask();
    },
  });
  const sliders = {
    step: slider("character", ends(model, "step"), (step) => go(step)),
    unit: slider("unit", ends(model, "unit"), (unit) => tied.set({ unit })),
  };
  const turns = [["‹", -1, "one character back"], ["›", 1, "one character on"]].map(([sign, by, name]) => {
    const node = button("gate-turn", () => go(state().step + by), sign);
    place(node, { "aria-label": name });
    return node;
  });
  const held = chips("forget gate", Object.keys(HELD).map((name) => ({ name })), (forget) => tied.set({ forget }));
  const ui = face(el, {
    name: "gate",
    controls: [sliders.step.row, sliders.unit.row, held.row, make("div", "gate-turns", ...turns)],
    hint: model.get("hint"),
    onReset: () => {
      tied.set(start);
      line.adopt(start.text);
    },
  });
  ui.stage.prepend(line.node, make("div", "gate-words", ...line.above));
  drag(ui.picture, (event) => {
    const { left } = ui.picture.getBoundingClientRect();
    go(Math.floor((event.clientX - left - LEFT) / layout.pitch) + 1);
  });

  /** What is shown: the string that is read, up to which character, of which unit. */
  function state() {
    const now = traits(model, KEPT);
    const text = line.read();
    return { ...now, text, step: Math.min(now.step, text.length) };
  }

  function go(step) {
    tied.set({ step: inside(step - 1, state().text.length) + 1 });
  }

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 190);
    ui.picture.replaceChildren();
    const band = put(ui.picture, "rect", "gate-band");
    const letters = Array.from({ length: LONGEST }, () => write(ui.picture, "", 0, FIRST, "middle", "gate-letter"));
    let top = FIRST + 14;
    const begin = (words, high) => {
      write(ui.picture, width < ROOMY ? words.split(":")[0] : words, LEFT, top + 10, "start", "gate-name");
      const from = top + TITLE;
      top = from + high + GAP;
      return from;
    };
    const rule = (y, text) => {
      write(ui.picture, text, LEFT - 8, y + 4, "end");
      return put(ui.picture, "path", "gate-rule", { d: `M${LEFT} ${hundredths(y)}H${width}` });
    };
    const gates = GATES.map(([part, name, words]) => {
      const from = begin(words, HIGH.gate);
      for (const [y, text] of [[from, "1"], [from + HIGH.gate, "0"]]) rule(y, text);
      const group = put(ui.picture, "g", "", { "data-show": part });
      return {
        name,
        base: from + HIGH.gate,
        bars: Array.from({ length: LONGEST }, () => put(group, "rect", "gate-bar")),
        hatch: put(group, "path", "gate-hatch"),
      };
    });
    const curves = [["cell", "memory: what the unit holds"], ["state", "state: what the unit says"]].map(([part, words]) => {
      const high = HIGH[part];
      const from = begin(words, high);
      const marks = [from, from + high / 2, from + high].map((y) => {
        rule(y, "");
        return ui.picture.lastChild.previousSibling;
      });
      const group = put(ui.picture, "g", "", { "data-show": part });
      return {
        part, high, marks, middle: from + high / 2,
        other: part === "cell" ? put(group, "path", "gate-other") : null,
        path: put(group, "path", "gate-curve"),
        dots: put(group, "path", "gate-dots"),
        now: put(group, "circle", "gate-now", { r: DOT + 2 }),
      };
    });
    place(ui.picture, { viewBox: `0 0 ${width} ${top}`, height: top });
    layout = { width, high: top, band, letters, gates, curves };
    paint();
  }

  function paint() {
    const { text, unit, step, forget } = state();
    if (read?.text !== text) {
      const vectors = [...text].map((each) => embedding.weight[alphabet.indexOf(each)]);
      read = { text, ways: Object.fromEntries(Object.entries(HELD).map(([name, keep]) => [name, readGates(layer, vectors, keep)])) };
    }
    const ways = Object.fromEntries(Object.entries(read.ways).map(([name, reading]) => [name, unitOf(reading, unit - 1)]));
    const shown = ways[forget].slice(0, step);
    const free = ways["its own"].slice(0, step);
    const l = layout;
    l.pitch = Math.min(WIDEST, (l.width - LEFT) / text.length);
    const x = (n) => hundredths(LEFT + (n + 0.5) * l.pitch);

    line.show((typed) => leftOut(typed, alphabet, LONGEST, text));
    l.letters.forEach((node, n) => {
      fill(node, text[n] ?? "");
      place(node, { x: x(n) });
      node.classList.toggle("gate-later", n >= step);
      node.classList.toggle("gate-close", l.pitch < CLOSE);
    });
    place(l.band, { x: hundredths(LEFT + (step - 1) * l.pitch), y: 0, width: hundredths(l.pitch), height: l.high });
    const wide = hundredths(Math.min(BAR, l.pitch - 4));
    for (const { name, base, bars, hatch } of l.gates) {
      const still = name === "keep" && forget !== "its own";
      bars.forEach((bar, n) => {
        const up = hundredths(HIGH.gate * (shown[n]?.[name] ?? 0));
        place(bar, { x: hundredths(x(n) - wide / 2), y: hundredths(base - up), width: n < step ? wide : 0, height: up });
        bar.classList.toggle("gate-held", still);
      });
      place(hatch, { d: still && forget === "at 1" ? shown.map((_, n) => hatching(hundredths(x(n) - wide / 2), base - HIGH.gate, wide, HIGH.gate)).join("") : "" });
    }
    // An axis that no step and no switch moves.
    const reach = { cell: reachOf(Object.values(ways).flat().map(({ cell }) => cell)), state: 1 };
    for (const { part, high, middle, marks, other, path, dots, now } of l.curves) {
      const name = part === "state" ? "hidden" : part;
      const most = reach[part];
      const y = (value) => hundredths(middle - (value / most) * (high / 2));
      const along = (all) => all.map((each, n) => `${n ? "L" : "M"}${x(n)} ${y(each[name])}`).join("");
      [most, 0, -most].forEach((value, n) => fill(marks[n], signed(value, value % 1 ? 1 : 0)));
      if (other) place(other, { d: forget === "its own" ? "" : along(free) });
      place(path, { d: along(shown) });
      place(dots, { d: shown.map((each, n) => spot(x(n), y(each[name]))).join("") });
      place(now, { cx: x(step - 1), cy: y(shown.at(-1)[name]) });
    }
    sliders.step.bound({ min: 1, max: text.length, step: 1 });
    sliders.step.show(step, String(step));
    sliders.unit.show(unit, String(unit));
    turns[0].disabled = step <= 1;
    turns[1].disabled = step >= text.length;
    held.show(forget);
    ui.say(sentence({ text, unit, step, forget, now: shown.at(-1), free: free.at(-1) }));
  }

  const ask = tied.on(KEPT, paint);
  return stayDrawn(ui, tied, lay);
}

/** A small disc in a path. */
function spot(x, y) {
  const half = `a${DOT} ${DOT} 0 1 0`;
  return `M${hundredths(x - DOT)} ${y}${half} ${2 * DOT} 0${half} ${-2 * DOT} 0`;
}

/** Say how far the gates are open at the last character drawn, and what they make of the cell. */
function sentence({ text, unit, step, forget, now, free }) {
  const say = (value) => {
    const node = number(value, 2);
    fill(node, signed(value, 2));
    return node;
  };
  const own = forget === "its own";
  return [
    "Character ", number(step, 0), `, “${text[step - 1]}”, unit `, number(unit, 0), ": input gate ", say(now.write), ", forget gate ", say(now.keep),
    ...(own ? [] : [" (held)"]), ", output gate ", say(now.read), ". The memory keeps ", say(now.keep), " × ", say(now.before), " and is given ",
    say(now.write), " × ", say(now.fresh), ": it holds ", say(now.cell), ...(own ? [] : ["; its own gate would leave ", say(free.cell)]),
    ". The unit says ", say(now.read), " × tanh ", say(now.cell), " = ", say(now.hidden), ".",
  ];
}

export default { render };
