// The query as something to take hold of; it says so until that has been done.
import { draw, place } from "./face.js";

/** Draw the grip into `parent`. `move` puts it at a place of a picture `width` wide. */
export function queryGrip(parent) {
  const node = draw("g", { class: "attn-grip" }, parent);
  draw("circle", { r: 11 }, node);
  draw("text", { class: "attn-grip-name", y: 4, "text-anchor": "middle" }, node).textContent = "q";
  const arrows = draw("path", { class: "attn-grip-arrows", d: "M-17 -4l-5 4l5 4M17 -4l5 4l-5 4" }, node);
  const hint = draw("text", { class: "attn-grip-hint", y: 4 }, node);
  hint.textContent = "drag";
  return {
    move(x, y, width, touched) {
      place(node, { transform: `translate(${x} ${y})` });
      place(hint, x > width - 80 ? { x: -28, "text-anchor": "end" } : { x: 28, "text-anchor": "start" });
      for (const part of [arrows, hint]) place(part, { visibility: touched ? "hidden" : "visible" });
    },
  };
}
