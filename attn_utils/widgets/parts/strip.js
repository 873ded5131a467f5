// A line of characters; one can be pointed at, tapped, or reached by arrow keys.
import { button, make } from "./face.js";
import { shade } from "./ramp.js";

/** Make a strip; `choose` gets the place of the character that the reader points at. A character
    in `before` stands first, is shaded like the others, and cannot be chosen. */
export function strip(label, choose, before = []) {
  const row = make("div", "attn-strip");
  row.setAttribute("role", "toolbar");
  row.setAttribute("aria-label", label);
  let tiles = [];
  const first = before.length;
  const at = (event) => tiles.indexOf(event.target.closest?.(".attn-tile"));
  const pick = (event) => {
    const place = at(event) - first;
    if (place >= 0) choose(place);
  };
  row.addEventListener("pointerover", (event) => event.pointerType === "mouse" && pick(event));
  row.addEventListener("keydown", (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1, Home: -tiles.length, End: tiles.length }[event.key];
    if (!move) return;
    event.preventDefault();
    const next = Math.min(Math.max(at(event) + move, first), tiles.length - 1);
    tiles[next].focus();
    choose(next - first);
  });
  const tile = (character, name, disabled) => {
    const letter = make("span", "attn-letter", character === " " ? "\u00a0" : character);
    const node = button("attn-tile", pick, letter, make("span", "attn-tile-bar"));
    Object.assign(node, { tabIndex: -1, disabled });
    node.setAttribute("aria-label", name);
    return node;
  };
  return {
    row,
    /** Write the characters anew. */
    write(characters) {
      tiles = characters.length === 0 ? [] : [
        ...before.map(({ character, name }) => tile(character, name, true)),
        ...characters.map((character) => tile(character, character === " " ? "space" : character, false)),
      ];
      row.replaceChildren(...tiles);
    },
    /** Shade all characters by `weights` (null: none), mark one, fade those after `last`. */
    paint(weights, marked, last = Infinity) {
      tiles.forEach((node, i) => {
        const place = i - first;
        const weight = weights?.[i] ?? 0;
        node.style.setProperty("--weight-here", weight.toFixed(4));
        node.style.setProperty("--shade", shade(weight).toFixed(4));
        node.dataset.weight = weight;
        node.classList.toggle("attn-tile-marked", place === marked);
        node.classList.toggle("attn-tile-faded", place > last);
        node.tabIndex = place === (marked ?? 0) ? 0 : -1;
      });
    },
  };
}
