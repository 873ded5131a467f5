// What the model writes above what it reads, and between them arcs as wide as their weights.
import { hundredths } from "../parts/axes.js";
import { make, place } from "../parts/face.js";
import { put } from "../parts/pen.js";
import { LINE, TALL, linesOf, strip } from "../parts/strip.js";

export const WIDEST_ARC = 12; // pixels of the weight 1
const NAMED = 20; // pixels of a strip's name
const BETWEEN = 84; // of the gap in which the arcs run, at least
const FAINT = 0.004; // of less weight there is no arc
const LOOP = 7; // half as wide as a loop

/** Put two strips over a picture. `longest` is how many characters there may be to read. */
export function twoStrips(picture, longest, onWritten, onRead) {
  const written = strip("what it writes", onWritten, [{ character: "▸", name: "start" }]);
  const read = strip("what it reads", onRead);
  const named = (text) => make("span", "reader-side", text);
  const node = make(
    "div", "reader-strips", picture, named("what it writes"), show("written", written.row),
    make("span", "reader-gap"), show("read", read.row), named("what it reads"),
  );
  let spots = null;
  let size = null;
  let width = 0;
  return {
    node,
    written,
    read,
    /** Ask how much room there is. */
    measure() {
      width = Math.max(node.clientWidth, 160);
    },
    /** Lay both out; `full` says that what is read has wide letters. Returns how high they are. */
    lay(full) {
      const lines = linesOf(longest, width);
      const high = 2 * NAMED + 2 * TALL + (lines - 1) * LINE + BETWEEN;
      place(picture, { viewBox: `0 0 ${width} ${high}`, height: high });
      node.style.height = `${high}px`;
      spots = { target: written.fit(width), source: read.fit(width, full) };
      const under = high - NAMED - (spots.source.at(-1)?.y ?? 0) - TALL / 2;
      size = { target: { top: NAMED, way: 1 }, source: { top: under, way: -1 }, high };
      return high;
    },
    /** Draw arcs from one tile to others, or none. */
    draw(arcs) {
      picture.replaceChildren();
      if (!arcs) return;
      const group = put(picture, "g", "", { "data-show": "arcs" });
      const { from } = arcs;
      for (const to of arcs.to) {
        if (to.weight < FAINT || !spots[to.side][to.at]) continue;
        put(group, "path", "reader-arc", { d: curve(from, to), "stroke-width": hundredths(WIDEST_ARC * to.weight) });
      }
    },
  };

  /** Where an arc meets a tile: the middle of the edge that the gap is at. */
  function meets({ side, at }) {
    const { top, way } = size[side];
    const { x, y } = spots[side][at];
    return [x, hundredths(top + y + (way * TALL) / 2)];
  }

  function curve(from, to) {
    let [[x, y], [toX, toY]] = [meets(from), meets(to)];
    if (from.side !== to.side) {
      const middle = hundredths((y + toY) / 2);
      return `M${x} ${y}C${x} ${middle} ${toX} ${middle} ${toX} ${toY}`;
    }
    const { way } = size[from.side];
    const far = Math.abs(toX - x);
    const edge = way > 0 ? Math.max(y, toY) : Math.min(y, toY);
    // Of its height a curve reaches three quarters.
    const bow = hundredths(edge + way * Math.min(BETWEEN, 24 + far / 2));
    if (from.at === to.at) [x, toX] = [x - LOOP, x + LOOP];
    return `M${x} ${y}C${x} ${bow} ${toX} ${bow} ${toX} ${toY}`;
  }
}

/** Give a part the name by which the prose lights it. */
function show(name, node) {
  node.dataset.show = name;
  return node;
}
