// The one face of all widgets: a stage, a readout in words and numbers, the
// controls with reset, one sentence that begins with "Try", and the legend.

const SVG = "http://www.w3.org/2000/svg";

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

/** Make an HTML element of one class holding text or other nodes. */
export function make(tag, className, ...content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...content);
  return node;
}

/** A labelled slider. `onInput` gets the number; `show` sets thumb and text.
    With `log`, equal steps of the thumb (from 0 to 1) are equal factors. */
export function slider(label, { min, max, step, log = false }, onInput) {
  const ratio = Math.log(max / min);
  const toThumb = (value) => (log ? Math.log(value / min) / ratio : value);
  const fromThumb = (thumb) => (log ? min * Math.exp(thumb * ratio) : thumb);
  const range = log ? { min: 0, max: 1, step } : { min, max, step };
  const input = Object.assign(make("input"), { type: "range", ...range });
  const number = make("output", "attn-number");
  const row = make("label", "attn-control", make("span", "", label), input, number);
  input.addEventListener("input", () => onInput(fromThumb(Number(input.value))));
  return {
    row,
    input,
    show(value, text) {
      const thumb = String(toThumb(value));
      if (input.value !== thumb) input.value = thumb;
      place(input, { "aria-valuetext": text });
      if (number.textContent !== text) number.textContent = text;
    },
  };
}

/** Lay the face into `el`; returns its parts. Nothing has an id. The stage holds
    an SVG picture, unless a widget brings a stage of its own. */
export function face(el, { name, stage: own, controls, legend, hint, onReset }) {
  const reset = Object.assign(make("button", "attn-reset", "Reset"), { type: "button" });
  reset.addEventListener("click", onReset);
  const picture = draw("svg", { class: "attn-picture", role: "img" });
  const stage = make("div", "attn-stage", own ?? picture);
  const readout = make("p", "attn-readout");
  // Spoken once the hand rests: a live region that changed with every pixel
  // of a drag would never stop talking.
  const spoken = make("p", "attn-spoken");
  spoken.setAttribute("aria-live", "polite");
  let pause;
  const body = make(
    "div", "attn-body", stage, make("div", "attn-readout-room", readout),
    make("div", "attn-controls", ...controls, reset),
    make("p", "attn-try", make("b", "", "Try: "), hint), legend,
  );
  const root = make("div", `attn-face attn-${name}`, body, spoken);
  el.replaceChildren(root);
  return {
    root, stage, picture,
    /** Say the state: as the readout, as the picture's text, and aloud. */
    say(parts) {
      readout.replaceChildren(...parts);
      const text = readout.textContent;
      picture.setAttribute("aria-label", text);
      clearTimeout(pause);
      pause = setTimeout(() => { spoken.textContent = text; }, 600);
    },
    destroy() {
      clearTimeout(pause);
      root.remove();
    },
  };
}

/** A number in the readout, its full precision kept beside its rounded text. */
export function number(value, digits, role = "") {
  const node = make("data", `attn-number ${role}`, value.toFixed(digits));
  node.value = String(value);
  return node;
}

/** Run `work` at most once a frame, with the last state. */
export function everyFrame(work) {
  let asked = 0;
  const ask = () => {
    asked ||= requestAnimationFrame(() => { asked = 0; work(); });
  };
  ask.cancel = () => cancelAnimationFrame(asked);
  return ask;
}
