// The board of all heads, a line for each layer: a small map and a switch each.
import { OFF, STATES } from "./induction_math.js";
import { button, draw, fill, make, place } from "../parts/face.js";
import { hatching } from "../parts/hatch.js";
import { paintMaps } from "../parts/ramp.js";
import { ledTo, stopAt } from "../parts/stops.js";

const SMALL = 64; // what the hatching of a small map covers, in its own pixels

/** Make the board; `onShow` gets a layer and a head, from 0, `onSwitch` the number of a head among all. */
export function headSwitches(numLayers, numHeads, onShow, onSwitch) {
  const maps = [];
  const rows = []; // of what can be pressed: maps, then switches
  let stop = null;
  const part = (role, className, ...content) => {
    const node = make("div", className, ...content);
    place(node, { role });
    return node;
  };
  const node = part("grid", "induce-board");
  place(node, { "aria-label": "the heads, a map and a switch each" });
  node.dataset.show = "heads";
  node.style.setProperty("--columns", numHeads);
  for (let layer = 0; layer < numLayers; layer++) {
    const heads = Array.from({ length: numHeads }, (_, head) => {
      const canvas = make("canvas", "");
      const hatch = draw("svg", { viewBox: `0 0 ${SMALL} ${SMALL}`, "aria-hidden": "true" });
      draw("path", { class: "induce-hatch", d: hatching(0, 0, SMALL, SMALL) }, hatch);
      const show = button("induce-map", () => onShow(layer, head), canvas, hatch);
      place(show, { "aria-label": `show layer ${layer + 1}, head ${head + 1}` });
      const state = make("span", "induce-state");
      const turn = button("induce-switch", () => onSwitch(layer * numHeads + head), make("span", "induce-which", `${head + 1}: `), state);
      maps.push({ layer, head, canvas, show, turn, state });
      return { show, turn };
    });
    for (const row of [heads.map(({ show }) => show), heads.map(({ turn }) => turn)]) {
      const r = rows.push(row) - 1;
      row.forEach((each, c) => {
        each.tabIndex = -1;
        each.addEventListener("keydown", (event) => lead(event, r, c));
        each.addEventListener("focus", () => { stop = stopAt(each, stop); });
      });
    }
    const cells = (all) => all.map((each) => part("gridcell", "", each));
    node.append(part(
      "rowgroup", "induce-layer",
      part("row", "induce-row", part("rowheader", "induce-whose", `layer ${layer + 1}`), ...cells(rows.at(-2))),
      part("row", "induce-row", ...cells(rows.at(-1))),
    ));
  }
  stop = stopAt(rows[0][0], null);

  function lead(event, r, c) {
    const led = ledTo(event, [r, c], [rows.length, numHeads]);
    if (led) rows[led[0]][led[1]].focus();
  }

  return {
    node,
    /** Paint every map: a list of them for each layer. */
    paint(weights) {
      paintMaps(maps.map(({ layer, head, canvas }) => ({ canvas, map: weights[layer][head] })));
    },
    /** Mark the head that is shown, both from 0, and what each of them is. */
    mark(layer, head, heads) {
      maps.forEach((each, i) => {
        const word = STATES[heads[i]];
        fill(each.state, word);
        each.show.classList.toggle("induce-off", heads[i] === OFF);
        each.show.classList.toggle("induce-mean", word === "mean");
        each.turn.classList.toggle("induce-out", word !== "on");
        place(each.show, { "aria-pressed": each.layer === layer && each.head === head });
        place(each.turn, { "aria-label": `layer ${each.layer + 1}, head ${each.head + 1}: ${word}` });
      });
    },
  };
}
