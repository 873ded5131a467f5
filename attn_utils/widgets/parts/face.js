// The one face of all widgets: a stage, a readout in words and numbers, the
// controls with reset, one sentence that begins with "Try", and the legend.
import { told } from "./language.js";

const SVG = "http://www.w3.org/2000/svg";
const REST = 600; // milliseconds without a move, after which a state is spoken

/** Make an SVG element with its attributes, inside `parent`. */
export function draw(tag, attributes, parent) {
  const node = document.createElementNS(SVG, tag);
  place(node, attributes);
  parent?.append(node);
  return node;
}

/** Set several attributes at once; one that stays the same costs nothing. */
export function place(node, attributes) {
  for (const name in attributes) {
    const text = String(attributes[name]);
    if (node.getAttribute(name) !== text) node.setAttribute(name, text);
  }
}

/** Write a text where it is another one; to change its words costs less than to put another text there. */
export function fill(node, text) {
  const held = node.firstChild;
  // An empty text would be a node more than before.
  if (text && held?.nodeType === Node.TEXT_NODE && held === node.lastChild) {
    if (held.data !== text) held.data = text;
  } else if (node.textContent !== text) node.textContent = text;
}

/** Give a node its own class and, of some others, those that hold; one attribute is sooner set than a class each. */
export function classed(node, own, others) {
  let names = own;
  for (const name in others) if (others[name]) names += ` ${name}`;
  place(node, { class: names });
}

/** Make an HTML element of one class holding text or other nodes. */
export function make(tag, className, ...content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...content);
  return node;
}

/** A button that does one thing. */
export function button(className, onClick, ...content) {
  const node = Object.assign(make("button", className, ...content), { type: "button" });
  node.addEventListener("click", onClick);
  return node;
}

/** Words in a room that is as large as the largest of `all` that may stand there,
    so that nothing around them jumps. */
export function steady(className) {
  const words = make("span", "attn-steady-words");
  const node = make("span", `attn-steady ${className}`, words);
  return {
    node,
    words,
    /** Show one text; `all` are those that may come. */
    say(text, all = [text]) {
      fill(words, text);
      const room = [...node.children].slice(1);
      if (all.length === room.length && all.every((each, i) => room[i].dataset.words === each)) return;
      node.replaceChildren(words, ...all.map((each) => {
        const size = make("span", "attn-steady-room");
        size.dataset.words = each;
        return size;
      }));
    },
  };
}

/** A name for a group of radio buttons that no other group of the document has. */
export function groupName() {
  return `attn-${Math.random().toString(36).slice(2)}`;
}

/** Chips in a row, of which one is chosen. */
export function chips(legend, options, pick) {
  const group = groupName();
  const row = make("fieldset", "attn-chips", make("legend", "", legend));
  const labels = [];
  const inputs = options.map(({ name, text = name, role = "" }) => {
    const input = Object.assign(make("input"), { type: "radio", name: group });
    input.addEventListener("change", () => pick(name));
    labels.push(make("label", `attn-chip ${role}`, input, make("span", "", text)));
    return { name, input };
  });
  row.append(...labels);
  return {
    row,
    /** Check one; of all, only so many are there. */
    show(chosen, count = inputs.length) {
      if (row.childElementCount !== 1 + count) row.replaceChildren(row.firstChild, ...labels.slice(0, count));
      for (const { name, input } of inputs) input.checked = name === chosen;
    },
  };
}

/** Keep what is typed in a widget to itself: in Jupyter an arrow key would leave
    the cell and "d d" delete it. Lab asks for the attribute, older ones listen above. */
export function keepKeys(root) {
  root.dataset.lmSuppressShortcuts = "true";
  root.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  });
}

/** Where the number of a slider stands. The slider says it itself, and so it is not
    announced, as an output would be. */
export function silentNumber(role = "") {
  const number = make("output", `attn-number ${role}`);
  place(number, { "aria-live": "off" });
  return number;
}

/** A labelled slider. `onInput` gets the number; `show` sets thumb and text; `bound`
    moves its ends. With `log`, equal steps of the thumb (from 0 to 1) are equal factors.
    One that sets a `role` has that role's colour, all others are neutral. */
export function slider(label, { min, max, step, log = false, role = "" }, onInput) {
  let ends = { min, max };
  const toThumb = (value) => (log ? Math.log(value / ends.min) / Math.log(ends.max / ends.min) : value);
  const fromThumb = (thumb) => (log ? ends.min * (ends.max / ends.min) ** thumb : thumb);
  const input = Object.assign(make("input"), { type: "range" });
  const number = silentNumber();
  const row = make("label", `attn-control ${role}`, make("span", "", label), input, number);
  input.addEventListener("input", () => onInput(fromThumb(Number(input.value))));
  const bound = (range) => {
    ends = { min: range.min, max: range.max };
    place(input, { ...(log ? { min: 0, max: 1 } : ends), step: range.step });
  };
  bound({ min, max, step });
  return {
    row,
    input,
    bound,
    show(value, text) {
      const thumb = String(toThumb(value));
      if (input.value !== thumb) input.value = thumb;
      place(input, { "aria-valuetext": text });
      fill(number, text);
    },
  };
}

/** Lay the face into `el`; returns its parts. Nothing has an id. The stage holds
    an SVG picture, unless a widget brings a stage of its own; `beside` stands with
    the readout, and is part of what is said. */
export function face(el, { name, stage: own, beside = "", controls, legend = "", hint, onReset }) {
  const reset = button("attn-reset", onReset, "Reset");
  const picture = draw("svg", { class: "attn-picture", role: "img" });
  const stage = make("div", "attn-stage", own ?? picture);
  const readout = make("p", "attn-readout");
  // Spoken once the hand rests: a live region that changed with every pixel
  // of a drag would never stop talking.
  const spoken = make("p", "attn-spoken");
  spoken.setAttribute("aria-live", "polite");
  let pause = 0; // one clock for a whole drag, which looks again if the hand has moved since
  let rests; // when the hand will have rested
  let state; // the text of the state
  let known; // the last one that was spoken, or that stood here at first
  const sayIt = () => {
    const left = rests - performance.now();
    pause = left > 0 ? setTimeout(sayIt, left) : 0;
    if (pause || state === known) return;
    known = state;
    spoken.replaceChildren(...told(state));
  };
  let sizes;
  const body = make(
    "div", "attn-body", stage, make("div", "attn-readout-room", readout, beside),
    make("div", "attn-controls", ...controls, reset),
    make("p", "attn-try", make("b", "", "Try: "), ...told(hint)), legend,
  );
  const root = make("div", `attn-face attn-${name}`, body, spoken);
  keepKeys(root);
  // A slider that a drag has focused, for the arrow keys, shows no ring until one is pressed.
  root.addEventListener("pointerdown", () => { root.dataset.pointed = ""; }, true);
  root.addEventListener("keydown", () => { delete root.dataset.pointed; }, true);
  el.replaceChildren(root);
  return {
    root, stage, picture,
    /** Say the state: as the readout, as the picture's text, and aloud. */
    say(parts) {
      readout.replaceChildren(...parts.flatMap((part) => (typeof part === "string" ? told(part) : part)));
      state = [readout, beside].map((node) => node.textContent ?? "").join(" ").trim();
      picture.setAttribute("aria-label", state);
      known ??= state;
      rests = performance.now() + REST;
      pause ||= setTimeout(sayIt, REST);
    },
    /** Call `work` whenever the stage has another size. */
    onResize(work) {
      sizes = new ResizeObserver(work);
      sizes.observe(stage);
    },
    destroy() {
      clearTimeout(pause);
      sizes?.disconnect();
      root.remove();
    },
  };
}

/** A number in the readout, its full precision kept beside its rounded text. */
export function number(value, digits, role = "") {
  // What rounds to nothing has no sign: 0.00, not -0.00.
  const node = make("data", `attn-number ${role}`, value.toFixed(digits).replace(/^-(?=[0.]+$)/, ""));
  node.value = String(value);
  return node;
}

/** Call `follow` with each event of a pointer that is pressed on the stage, and
    `tap`, if there is one, where a finger goes down and lifts again. */
export function drag(stage, follow, tap = follow) {
  // A finger that goes down may be about to scroll the page: wait until it moves
  // sideways, or lifts where it went down.
  let waiting = null;
  stage.addEventListener("pointerdown", (event) => {
    stage.setPointerCapture(event.pointerId);
    if (event.pointerType === "touch") waiting = event.clientX;
    else follow(event);
    event.preventDefault();
  });
  stage.addEventListener("pointermove", (event) => {
    if (!stage.hasPointerCapture(event.pointerId)) return;
    if (waiting !== null && Math.abs(event.clientX - waiting) < 8) return;
    waiting = null;
    follow(event);
  });
  stage.addEventListener("pointerup", (event) => {
    if (waiting !== null) tap(event);
    waiting = null;
  });
  stage.addEventListener("pointercancel", () => { waiting = null; });
}

/** Run `work` at most once a frame, with the last state. */
function everyFrame(work) {
  let asked = 0;
  const ask = () => {
    asked ||= requestAnimationFrame(() => { asked = 0; work(); });
  };
  ask.cancel = () => cancelAnimationFrame(asked);
  return ask;
}

/** Tie a widget to its model: `set` changes traits; `on` runs `work` in the frame
    after one of these has changed, and returns what asks for it; `end` unties. */
export function tie(model) {
  const undo = [];
  const inFrame = (work) => {
    const ask = everyFrame(work);
    undo.push(ask.cancel);
    return ask;
  };
  const send = inFrame(() => model.save_changes());
  return {
    set(changes) {
      for (const [name, value] of Object.entries(changes)) model.set(name, value);
      send();
    },
    on(names, work) {
      const ask = inFrame(work);
      for (const name of names) {
        model.on(`change:${name}`, ask);
        undo.push(() => model.off(`change:${name}`, ask));
      }
      return ask;
    },
    end() {
      for (const step of undo) step();
    },
  };
}

/** The ends of a number's slider, and its step where it has one, as Python says. */
export function ends(model, name) {
  const [min, max, step] = model.get("settable")[name];
  return step === undefined ? { min, max } : { min, max, step };
}

/** Let `lay` draw a widget whenever its stage has another size, or one of `given` has changed, and `first` draw it now.
    Returns what lets go of everything; `unfollow` is what lets go of the page's theme. */
export function stayDrawn(ui, tied, lay, { given = [], first = lay, unfollow = () => {} } = {}) {
  ui.onResize(tied.on(given, lay));
  first();
  return () => {
    unfollow();
    tied.end();
    ui.destroy();
  };
}

/** These traits of the model, by their names. */
export function traits(model, names) {
  return Object.fromEntries(names.map((name) => [name, model.get(name)]));
}
