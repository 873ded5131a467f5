// The line in tiles, and above it arcs from the chosen place to what a head reads there.
import { hundredths } from "../parts/axes.js";
import { make, place } from "../parts/face.js";
import { put } from "../parts/pen.js";
import { LINE, TALL, linesOf, strip } from "../parts/strip.js";

const ABOVE = 76; // room for the arcs
const WIDEST_ARC = 12; // pixels of the weight 1
const FAINT = 0.004; // of less weight there is no arc
const LOOP = 6; // half as wide as a loop
const LOW = 30; // how far the ends of the shortest curve pull it: it reaches three quarters of that
const PULL = 1.2; // and those of the longest, of the room above the tiles

/** Put the strip of the line under a picture; `choose` gets the place, from 0, of the letter that is pointed at. */
export function lineStrip(picture, longest, hasStart, choose) {
  const tiles = strip("the line", choose, hasStart ? [{ character: "▸", name: "start" }] : []);
  tiles.row.dataset.show = "line";
  const node = make("div", "induce-line", picture, tiles.row);
  const most = longest + (hasStart ? 1 : 0);
  let spots = [];
  let top = ABOVE; // of the tiles: what they do not need of their room lies above the arcs
  return {
    node,
    write: tiles.write,
    /** Lay the tiles out; there is room for the longest line. */
    lay() {
      const width = Math.max(node.clientWidth, 160);
      const high = ABOVE + TALL + (linesOf(most, width) - 1) * LINE;
      spots = tiles.fit(width);
      top = high - TALL / 2 - spots.at(-1).y;
      place(picture, { viewBox: `0 0 ${width} ${high}`, height: high });
      node.style.cssText = `height: ${high}px; padding-top: ${top}px`;
    },
    /** Mark a letter, counted from 0, and show the weights of all tiles from there; null where nothing is read. */
    show(at, weights) {
      tiles.paint(weights, at);
      picture.replaceChildren();
      const group = put(picture, "g", "", { "data-show": "arcs" });
      const from = at + (hasStart ? 1 : 0);
      weights?.forEach((weight, to) => {
        if (weight < FAINT) return;
        put(group, "path", "induce-arc", { d: arc(spots[from], spots[to], to === from, top), "stroke-width": hundredths(WIDEST_ARC * weight) });
      });
    },
  };
}

/** A way up from the top of a tile, over all lines, and down to another; to itself a loop. */
function arc(from, to, itself, top) {
  const [tail, tip] = itself ? [from.x - LOOP, from.x + LOOP] : [from.x, to.x];
  const bow = hundredths(top - Math.min(PULL * top, LOW + Math.abs(tip - tail) / 2));
  const [begin, end] = [from, to].map(({ y }) => hundredths(top + y - TALL / 2));
  return `M${hundredths(tail)} ${begin}V${top}C${hundredths(tail)} ${bow} ${hundredths(tip)} ${bow} ${hundredths(tip)} ${top}V${end}`;
}
