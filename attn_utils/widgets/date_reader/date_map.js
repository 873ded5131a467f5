// One map, large: its letters on both axes, and who asks now outlined.
import { hundredths } from "../parts/axes.js";
import { draw, fill, make, place } from "../parts/face.js";
import { hatching } from "../parts/hatch.js";
import { put, write } from "../parts/pen.js";
import { paintMap } from "../parts/ramp.js";
import { inside } from "../parts/stops.js";

const SIDE = 52; // room for the letters at the left
const ABOVE = 46; // and above
const UNDER = 30; // and beneath, for the scale
const HIGHEST = 264; // of the map
const LARGEST = 24; // pixels of a cell
const CLOSE = 10; // of letters that would be nearer, each second or third stands further out
const OUT = { rows: 9, columns: 11 }; // so much further
const CLOSEST = 4; // where cells are smaller, each second letter is left out

/** In which rank each of so many letters stands beside cells of so many pixels, of `most` ranks;
    null for a letter that is left out. */
export function ranksOf(count, cell, most) {
  const every = cell < CLOSEST ? 2 : 1;
  const ranks = Math.min(most, Math.ceil(CLOSE / (cell * every)));
  return Array.from({ length: count }, (_, i) => (i % every ? null : (i / every) % ranks));
}

/** Make the map; `choose` gets the row that is tapped. */
export function largeMap(choose) {
  const title = make("p", "reader-title");
  const canvas = make("canvas", "reader-large");
  const axes = draw("svg", { class: "reader-axes", "aria-hidden": "true" });
  const scale = make("div", "reader-scale", "weight 0", make("span", "attn-ramp"), "1");
  const board = make("div", "reader-plot", canvas, axes, scale);
  place(canvas, { "aria-hidden": "true" });
  board.dataset.show = "map";
  const node = make("div", "reader-look", title, board);
  let size = null;
  let shown = null; // the map
  canvas.addEventListener("click", (event) => {
    const { top, height } = canvas.getBoundingClientRect();
    const rows = shown.length;
    choose(inside(Math.floor(((event.clientY - top) / height) * rows), rows));
  });
  return {
    node,
    lay() {
      const wide = Math.max(node.clientWidth, 160) - SIDE - 2;
      size = { wide, high: Math.min(HIGHEST, wide) };
      const high = ABOVE + size.high + UNDER;
      board.style.height = `${high}px`;
      place(axes, { viewBox: `0 0 ${SIDE + wide + 2} ${high}`, width: SIDE + wide + 2, height: high });
    },
    /** Paint a map, which `show` will need; or again the one that is shown. */
    paint(map = shown) {
      if (map) paintMap(canvas, map);
      shown = map;
    },
    /** Show a map. `rows` and `columns` are the letters that ask and are asked, `at` the row outlined (where
        `turned`, the column), `sides` what the axes are, `tongues` their languages, `off` whether nothing uses it. */
    show(name, { map, rows, columns, at, turned, sides, tongues, off }) {
      if (shown !== map) this.paint(map);
      fill(title, name);
      const cell = Math.min(LARGEST, size.wide / columns.length, size.high / rows.length);
      const [wide, high] = [columns, rows].map(({ length }) => hundredths(length * cell));
      Object.assign(canvas.style, { left: `${SIDE}px`, top: `${ABOVE}px`, width: `${wide}px`, height: `${high}px` });
      Object.assign(scale.style, { left: `${SIDE}px`, top: `${ABOVE + high + 8}px` });
      board.classList.toggle("reader-silent", off);
      axes.replaceChildren();
      write(axes, `key: ${sides.key}`, SIDE, 11, "start", "reader-key");
      const query = write(axes, `query: ${sides.query}`, 0, 0, "end", "reader-query");
      place(query, { transform: `translate(11 ${ABOVE}) rotate(-90)` });
      const [asking, asked] = [tongues.query, tongues.key].map((lang) => put(axes, "g", "", lang ? { lang } : {}));
      const letter = (side, text, x, y, anchor, className, chosen) =>
        write(side, text, x, y, anchor, `${className} ${text.length > 1 ? "" : "reader-letter"} ${chosen ? "reader-chosen" : ""}`);
      const [left, above] = [ranksOf(rows.length, cell, 3), ranksOf(columns.length, cell, 2)];
      const middle = (i) => (i + 0.5) * cell;
      const close = left.some((rank) => rank > 0);
      rows.forEach((text, i) => {
        // A word is wider than a rank: among ranks it stands beneath them all.
        const under = text.length > 1 && close;
        const [x, y] = under ? [0, high + 4] : [OUT.rows * left[i], middle(i)];
        letter(asking, under || left[i] !== null ? text : "", SIDE - 7 - x, ABOVE + y + 4, "end", "reader-query", !turned && i === at);
      });
      columns.forEach((text, i) => {
        letter(asked, above[i] === null ? "" : text, SIDE + middle(i), ABOVE - 8 - OUT.columns * above[i], "middle", "reader-key", turned && i === at);
      });
      put(axes, "rect", "reader-frame", { x: SIDE, y: ABOVE, width: wide, height: high });
      put(axes, "path", "reader-hatch", { d: off ? hatching(SIDE, ABOVE, wide, high) : "" });
      const [x, y] = turned ? [SIDE + at * cell, ABOVE] : [SIDE, ABOVE + at * cell];
      put(axes, "rect", turned ? "reader-band reader-turned" : "reader-band", {
        x: hundredths(x - 1), y: hundredths(y - 1),
        width: hundredths((turned ? cell : wide) + 2), height: hundredths((turned ? high : cell) + 2),
      });
    },
  };
}
