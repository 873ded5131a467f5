// A line of characters; one can be tapped, or reached by arrow keys.
import { hundredths } from "./axes.js";
import { button, make, place } from "./face.js";
import { shade } from "./ramp.js";
import { inside, ledTo } from "./stops.js";

export const TALL = 44; // pixels of a line of tiles
export const LINE = 50; // and from line to line
const WIDEST = 28; // from tile to tile
const LEAST = 11; // where they would be nearer, there is one more line
const LETTERS = 17; // pixels of a letter that has room
const WIDE = 1.5; // tiles that a word takes

/** In how many lines so many characters stand. */
export function linesOf(count, width) {
  return Math.max(1, Math.ceil((count * LEAST) / width));
}

/** Make a strip; `choose` gets the place of the character that the reader points at. A character
    in `before` stands first, is shaded like the others, and cannot be chosen. */
export function strip(label, choose, before = []) {
  const row = make("div", "attn-strip");
  place(row, { role: "toolbar", "aria-label": label });
  let tiles = [];
  let spots = []; // the middle of each tile, and its width
  let shaded = []; // the weight by which each is shaded
  const first = before.length;
  /** The place of the tile that is meant: the row is one target, and the nearest tile is. */
  const meant = (event) => {
    // Only a screen reader clicks on a tile itself.
    const own = tiles.indexOf(event.target.closest(".attn-tile"));
    if (own >= 0) return own;
    const { left, top } = row.getBoundingClientRect();
    const far = ({ x, y }) => Math.hypot(event.clientX - left - x, LINE * (event.clientY - top - y));
    return spots.reduce((best, spot, i) => (far(spot) < far(spots[best]) ? i : best), 0);
  };
  row.addEventListener("click", (event) => {
    if (tiles.length) go(meant(event) - first);
  });
  const go = (next) => {
    const at = inside(next, tiles.length - first);
    choose(at);
    tiles[at + first].focus({ preventScroll: true });
  };
  const tile = (character, name, disabled) => {
    const letter = make("span", "attn-letter", character === " " ? "\u00a0" : character);
    const node = button("attn-tile", () => {}, letter, make("span", "attn-tile-bar"));
    Object.assign(node, { tabIndex: -1, disabled });
    node.classList.toggle("attn-tile-word", character.length > 1);
    place(node, { "aria-label": name });
    node.addEventListener("keydown", (event) => {
      const led = ledTo(event, [0, tiles.indexOf(node) - first], [1, tiles.length - first]);
      if (led) go(led[1]);
    });
    return node;
  };
  return {
    row,
    /** Write the characters anew; who stands in the strip stays in it. */
    write(characters) {
      const here = tiles.indexOf(document.activeElement);
      tiles = characters.length === 0 ? [] : [
        ...before.map(({ character, name }) => tile(character, name, true)),
        ...characters.map((character) => tile(character, character === " " ? "space" : character, false)),
      ];
      row.replaceChildren(...tiles);
      shaded = [];
      if (here >= 0) tiles[inside(here, tiles.length)]?.focus({ preventScroll: true });
    },
    /** Lay the tiles out in so many pixels; returns where the middle of each stands. `full` says that
        each of its letters is as wide as it is high. */
    fit(width, full = false) {
      const units = tiles.map((node) => (node.matches(".attn-tile-word") ? WIDE : 1));
      const total = units.reduce((sum, unit) => sum + unit, 0);
      const lines = linesOf(total, width);
      const across = Math.ceil(total / lines);
      const pitch = hundredths(Math.min(WIDEST, width / (lines > 1 ? across : total)));
      let [x, line] = [0, 0];
      spots = tiles.map((node, i) => {
        if (lines > 1 && x + units[i] > across + 0.01) [x, line] = [0, line + 1];
        const spot = { x: hundredths((x + units[i] / 2) * pitch), y: line * LINE + TALL / 2 };
        Object.assign(node.style, { left: `${hundredths(x * pitch + 1)}px`, top: `${line * LINE}px`, width: `${hundredths(units[i] * pitch - 2)}px` });
        x += units[i];
        return spot;
      });
      row.style.height = `${tiles.length ? lines * LINE - (LINE - TALL) : TALL}px`;
      row.style.setProperty("--letters", `${hundredths(Math.min(LETTERS, pitch * (full ? 1 : 1.5)))}px`);
      return spots;
    },
    /** Shade each tile by its weight (null: none), mark one character, fade those after `last`. */
    paint(weights, marked, last = Infinity) {
      tiles.forEach((node, i) => {
        const at = i - first;
        const weight = weights?.[i] ?? 0;
        if (weight !== shaded[i]) {
          node.style.setProperty("--weight-here", weight.toFixed(4));
          node.style.setProperty("--shade", shade(weight).toFixed(4));
          node.dataset.weight = weight;
          shaded[i] = weight;
        }
        node.classList.toggle("attn-tile-marked", at === marked);
        node.classList.toggle("attn-tile-faded", at > last);
        place(node, { tabindex: at === (marked ?? 0) ? 0 : -1 });
      });
    },
  };
}
