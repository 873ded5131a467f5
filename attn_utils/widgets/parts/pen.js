// What a stage is drawn with: a shape of one class, and words at a place.
import { hundredths } from "./axes.js";
import { draw, fill, place } from "./face.js";

/** Make an SVG element of one class, with its attributes, inside `parent`. */
export function put(parent, tag, className, attributes = {}) {
  return draw(tag, { class: className, ...attributes }, parent);
}

/** Write words in SVG whose anchor stands at (x, y). */
export function write(parent, words, x, y, anchor = "start", className = "") {
  const node = put(parent, "text", className, { x: hundredths(x), y: hundredths(y), "text-anchor": anchor });
  node.textContent = words;
  return node;
}

/** Let a text say other words somewhere else; where it says none, its place does not matter. */
export function respell(node, words, x, y) {
  fill(node, words);
  if (words) place(node, { x: hundredths(x), y: hundredths(y) });
}
