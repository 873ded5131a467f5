// One map, large: its letters on both axes, and who asks now outlined.
import { hundredths } from "../parts/axes.js";
import { draw, fill, make, place } from "../parts/face.js";
import { hatching } from "../parts/hatch.js";
import { put, write } from "../parts/pen.js";
import { paintMap } from "../parts/ramp.js";
import { inside } from "../parts/stops.js";

const SIDE = 52; // room for the letters at the left
const ABOVE = 46; // and above
const HIGHEST = 306; // of the map
const LARGEST = 24; // pixels of a cell
const CLOSE = 11; // of less, each second letter stands further out
const OUT = 11; // so much further
const CLOSEST = 4; // of less, each second letter is left out

/** Make the map; `choose` gets the row that is tapped. */
export function largeMap(choose) {
  const title = make("p", "reader-title");
  const canvas = make("canvas", "reader-large");
  const axes = draw("svg", { class: "reader-axes", "aria-hidden": "true" });
  const board = make("div", "reader-plot", canvas, axes);
  place(canvas, { "aria-hidden": "true" });
  board.dataset.show = "map";
  const node = make("div", "reader-look", title, board, make("div", "reader-scale", "weight 0", make("span", "attn-ramp"), "1"));
  let size = null;
  let shown = null; // the map, with its letters
  canvas.addEventListener("click", (event) => {
    const { top, height } = canvas.getBoundingClientRect();
    const rows = shown.map.length;
    choose(inside(Math.floor(((event.clientY - top) / height) * rows), rows));
  });
  return {
    node,
    lay() {
      const wide = Math.max(node.clientWidth, 160) - SIDE - 2;
      size = { wide, high: Math.min(HIGHEST, wide) };
      const high = ABOVE + size.high + 2;
      board.style.height = `${high}px`;
      place(axes, { viewBox: `0 0 ${SIDE + wide + 2} ${high}`, width: SIDE + wide + 2, height: high });
    },
    paint() {
      if (shown) paintMap(canvas, shown.map);
    },
    /** Show a map. `rows` and `columns` are the letters that ask and are asked, `at` the row outlined (where
        `turned`, the column), `sides` what the axes are, `off` whether nothing uses it. */
    show(name, { map, rows, columns, at, turned, sides, off }) {
      if (shown?.map !== map) paintMap(canvas, map);
      shown = { map };
      fill(title, name);
      const [across, down] = [size.wide / columns.length, size.high / rows.length].map((cell) => Math.min(cell, LARGEST));
      const [wide, high] = [hundredths(columns.length * across), hundredths(rows.length * down)];
      Object.assign(canvas.style, { left: `${SIDE}px`, top: `${ABOVE}px`, width: `${wide}px`, height: `${high}px` });
      board.classList.toggle("reader-silent", off);
      axes.replaceChildren();
      write(axes, `key: ${sides.key}`, SIDE, 11, "start", "reader-key");
      const query = write(axes, `query: ${sides.query}`, 0, 0, "end", "reader-query");
      place(query, { transform: `translate(11 ${ABOVE}) rotate(-90)` });
      const every = (cell) => (cell < CLOSEST ? 2 : 1);
      const out = (cell, i) => (cell < CLOSE && (i / every(cell)) % 2 ? OUT : 0);
      const said = (text, cell, i) => (i % every(cell) ? "" : text);
      const letter = (text, x, y, anchor, className, chosen) =>
        write(axes, text, x, y, anchor, `${className} ${text.length > 1 ? "" : "reader-letter"} ${chosen ? "reader-chosen" : ""}`);
      rows.forEach((text, i) => letter(said(text, down, i), SIDE - 7 - out(down, i), ABOVE + (i + 0.5) * down + 4, "end", "reader-query", !turned && i === at));
      columns.forEach((text, i) => letter(said(text, across, i), SIDE + (i + 0.5) * across, ABOVE - 8 - out(across, i), "middle", "reader-key", turned && i === at));
      put(axes, "rect", "reader-frame", { x: SIDE, y: ABOVE, width: wide, height: high });
      put(axes, "path", "reader-hatch", { d: off ? hatching(SIDE, ABOVE, wide, high) : "" });
      const [x, y] = turned ? [SIDE + at * across, ABOVE] : [SIDE, ABOVE + at * down];
      put(axes, "rect", turned ? "reader-band reader-turned" : "reader-band", {
        x: hundredths(x - 1), y: hundredths(y - 1),
        width: hundredths((turned ? across : wide) + 2), height: hundredths((turned ? high : down) + 2),
      });
    },
  };
}
