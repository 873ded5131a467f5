// Tokens level upon level: the way from an input to an output, and all that hears of the input.
import { netOf, reachedNodes, shortestPath, sideOf, wiresOf } from "./reach_paths_math.js";
import { hundredths } from "../parts/axes.js";
import { chips, drag, ends, face, fill, make, number, place, slider, stayDrawn, tie, traits } from "../parts/face.js";
import { put, write } from "../parts/pen.js";
import { inside, stopAt } from "../parts/stops.js";

const KEPT = ["mixer", "num_tokens", "num_layers", "kernel_size", "origin", "target"]; // what Reset brings back
const PITCH = 80; // from token to token, at most
const EDGE = 8; // left of the first token, and right of the last
const DOT = 4.5; // radius of a dot: the most of them just have room
const HEIGHTS = { phone: 300, below: 380, beside: 500 }; // of the picture, by where the controls are
const ROOMY = 450; // less wide is a phone
const CROWD = 8; // from so many wires a dot on, each is drawn fainter
const NAMES = 36; // room for these, above and below
const STRIP = 52; // how high a row is in which a dot can be pressed
const NAME = 28; // half as wide as the name of an output
const COUNTS = ["no", "one", "two", "three", "four", "five", "six", "seven"];

function render({ model, el }) {
  const state = () => traits(model, KEPT);
  const start = state();
  const tied = tie(model);
  const { mixer: mixers } = model.get("settable");

  const kind = chips("layers of", mixers.map((name) => ({ name })), (mixer) => tied.set({ mixer }));
  const sliders = Object.fromEntries([
    ["origin", "from input"], ["target", "to output"], ["num_tokens", "tokens"], ["num_layers", "layers"], ["kernel_size", "kernel"],
  ].map(([trait, label]) => [trait, slider(label, ends(model, trait), (value) => tied.set({ [trait]: value }))]));
  const ui = face(el, {
    name: "reach",
    controls: [kind.row, ...Object.values(sliders).map(({ row }) => row)],
    hint: model.get("hint"),
    onReset: () => tied.set(start),
  });
  const most = ends(model, "origin").max + 1;
  // A row of dots is one target, as wide as the picture: the nearest dot is meant.
  const rows = [["origin", "input"], ["target", "output"]].map(([trait, what]) => {
    const row = make("div", "reach-row");
    place(row, { role: "radiogroup", "aria-label": `which ${what}` });
    const boxes = Array.from({ length: most }, (_, at) => {
      const box = make("div", "reach-box");
      place(box, { role: "radio", tabindex: -1 });
      box.addEventListener("keydown", (event) => press(event, at));
      // Only a screen reader clicks on the box itself.
      box.addEventListener("click", () => choose(at));
      return box;
    });
    row.append(...boxes);
    let stop = null; // the dot at which the Tab key stops
    const stand = (at) => { stop = stopAt(boxes[at], stop); };
    const choose = (at) => {
      tied.set({ [trait]: at });
      boxes[at].focus({ preventScroll: true });
      stand(at); // before it is set to another, which may be in this frame
    };
    /** An arrow leads to the next dot, Home and End to the first and the last. */
    const press = (event, at) => {
      const count = state().num_tokens;
      const next = { ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1, Home: 0, End: count - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      choose(inside(next, count));
    };
    drag(row, (event) => {
      const { left } = row.getBoundingClientRect();
      choose(inside(Math.round((event.clientX - left - EDGE) / layout.pitch), state().num_tokens));
    });
    return { what, row, boxes, stand };
  });
  ui.stage.append(...rows.map(({ row }) => row).reverse());
  let layout = null;

  function lay() {
    const width = Math.max(ui.stage.clientWidth, 190);
    const alone = width > 0.8 * ui.root.clientWidth; // nothing stands beside it
    const high = HEIGHTS[width < ROOMY ? "phone" : alone ? "below" : "beside"];
    ui.picture.replaceChildren();
    const part = (name) => put(ui.picture, "g", "", { "data-show": name });
    const [wire, open, reach, way] = ["wire", "", "reach", "way"].map(part);
    const marks = rows.map(({ what }) => {
      const group = part(what);
      return { ring: put(group, "circle", "reach-ring"), name: write(group, "", 0, what === "input" ? high - 6 : 14, "middle", "reach-name") };
    });
    rows.forEach(({ what, row }) => {
      row.style.top = what === "input" ? `${high - STRIP}px` : "0";
    });
    layout = {
      width,
      high,
      marks,
      wires: put(wire, "path", "reach-wire"),
      open: put(open, "path", "reach-open"),
      heard: put(reach, "path", "reach-heard"),
      way: put(way, "path", "reach-way"),
      on: put(way, "path", "reach-on"),
    };
    place(ui.picture, { viewBox: `0 0 ${width} ${high}`, height: high });
    show();
  }

  function show() {
    const { mixer, num_tokens: count, num_layers: layers, kernel_size: kernel, ...ask } = state();
    const taps = mixer === "convolution" || mixer === "dilated";
    const [origin, target] = [ask.origin, ask.target].map((at) => inside(at, count));
    const l = layout;
    const given = { mixer, numTokens: count, numLayers: layers, kernelSize: kernel };
    const key = `${mixer} ${count} ${layers} ${kernel}`;
    if (l.key !== key) wind(given, key);
    const path = shortestPath(l.net, [0, origin], [layers, target]);
    const reached = reachedNodes(l.net, [0, origin]);

    const on = new Set(path.map(String));
    const heard = new Set(reached.filter(([level]) => level === layers).map(([, at]) => at));
    place(l.way, { d: path.slice(1).map((node, i) => line(path[i], node)).join("") });
    place(l.on, { d: path.map(dot).join("") });
    place(l.heard, { d: reached.filter((node) => !on.has(String(node))).map(dot).join("") });
    [[0, origin], [layers, target]].forEach(([level, at], n) => {
      const { ring, name } = l.marks[n];
      place(ring, { cx: l.x[at], cy: l.y[level], r: DOT + 4 });
      fill(name, `${rows[n].what} ${at + 1}`);
      place(name, { x: hundredths(Math.min(Math.max(l.x[at], NAME), l.width - NAME)) });
    });
    rows.forEach(({ what, boxes, stand }, n) => {
      const chosen = [origin, target][n];
      const told = (at) => (n === 0 ? "" : heard.has(at) ? `, hears input ${origin + 1}` : `, does not hear input ${origin + 1}`);
      boxes.slice(0, count).forEach((box, at) => {
        place(box, { "aria-label": `${what} ${at + 1}${told(at)}`, "aria-checked": at === chosen });
      });
      stand(chosen);
      for (const box of boxes.slice(count)) box.hidden = true; // nobody stands there any more
    });

    kind.show(mixer);
    sliders.origin.show(origin, String(origin + 1));
    sliders.target.show(target, String(target + 1));
    sliders.num_tokens.show(count, String(count));
    sliders.num_layers.show(layers, String(layers));
    sliders.kernel_size.show(kernel, taps ? String(kernel) : "none");
    sliders.kernel_size.input.disabled = !taps;
    sliders.kernel_size.row.classList.toggle("reach-off", !taps);
    ui.say(sentence({ ...given, origin, target, path, counts: l.counts, heard: heard.size }));
  }

  /** Lay the wires of other layers, and the dots between them. */
  function wind(given, key) {
    const { numTokens: count, numLayers: layers } = given;
    const l = layout;
    const pitch = Math.min(PITCH, (l.width - 2 * EDGE) / (count - 1));
    const found = wiresOf(given);
    const counts = Array.from({ length: layers }, () => 0);
    for (const [, [level]] of found) counts[level - 1] += 1;
    Object.assign(l, {
      key, counts, pitch, net: netOf(found),
      x: Array.from({ length: count }, (_, at) => hundredths(EDGE + at * pitch)),
      y: Array.from({ length: layers + 1 }, (_, level) => hundredths(l.high - NAMES - (level * (l.high - 2 * NAMES)) / layers)),
    });
    place(l.wires, {
      d: found.map(([from, to]) => line(from, to)).join(""),
      "stroke-opacity": found.length < CROWD * count * layers ? 0.4 : 0.22,
    });
    place(l.open, { d: l.y.flatMap((_, level) => l.x.map((__, at) => dot([level, at]))).join("") });
    for (const trait of ["origin", "target"]) sliders[trait].bound({ min: 0, max: count - 1, step: 1 });
    for (const { boxes } of rows) {
      boxes.slice(0, count).forEach((box, at) => {
        box.hidden = false;
        box.style.cssText = `left: ${hundredths(l.x[at] - pitch / 2)}px; width: ${hundredths(pitch)}px`;
      });
    }
  }

  function line(from, to) {
    const { x, y } = layout;
    return `M${x[from[1]]} ${y[from[0]]}L${x[to[1]]} ${y[to[0]]}`;
  }

  function dot([level, at]) {
    const half = `a${DOT} ${DOT} 0 1 0`;
    return `M${hundredths(layout.x[at] - DOT)} ${layout.y[level]}${half} ${2 * DOT} 0${half} ${-2 * DOT} 0`;
  }

  tied.on(KEPT, show);
  return stayDrawn(ui, tied, lay);
}

/** A count with its noun, in bold digits. */
function many(count, noun) {
  return [number(count, 0), ` ${noun}${count === 1 ? "" : "s"}`];
}

/** Say how long the way is, or why there is none; how many wires there are; how many hear of it. */
function sentence({ mixer, numTokens, numLayers, kernelSize, origin, target, path, counts, heard }) {
  const between = `input ${origin + 1} to output ${target + 1}`;
  const far = target - origin;
  const side = sideOf({ mixer, numLayers, kernelSize });
  let way = [`From ${between}: `, ...many(path.length - 1, "wire"), " in ", ...many(numLayers, "layer")];
  if (!path.length && mixer === "RNN") way = [`No way from ${between}: an RNN hands its state to the right only`];
  else if (!path.length) {
    const stack = `${COUNTS[numLayers]} ${mixer === "dilated" ? "dilated " : ""}layer${numLayers === 1 ? "" : "s"}`;
    way = [`No way from ${between}: ${stack} of ${kernelSize} neighbours reach${numLayers === 1 ? "es" : ""} `, ...many(side, "place"), " each way"];
  } else if (mixer === "RNN" && far) {
    way.push(`, ${numLayers} up and one for ${far === 1 ? "the next token" : `each of ${far} more tokens`}`);
  }
  // Where neighbours lie apart, more of them lie outside: the layers differ.
  const differ = mixer === "dilated" && numLayers > 1;
  return [
    ...way, differ ? ". The first layer has " : ". One layer has ", ...many(counts[0], "wire"),
    ...(differ ? [", the last ", number(counts.at(-1), 0)] : []), ". ",
    number(heard, 0), ` of ${numTokens} outputs hear${heard === 1 ? "s" : ""} input ${origin + 1}.`,
  ];
}

export default { render };
