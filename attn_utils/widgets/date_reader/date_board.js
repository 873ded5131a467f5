// The board of all heads, a line for each attention: a small map and a switch each, then their average.
import { headName, layerName } from "./date_model.js";
import { button, draw, make, place } from "../parts/face.js";
import { hatching } from "../parts/hatch.js";
import { paintMaps } from "../parts/ramp.js";
import { ledTo, stopAt } from "../parts/stops.js";

const SMALL = 64; // what the hatching of a small map covers, in its own pixels

/** Make the board; `onShow` gets an attention and one of its heads, `onSwitch` the numbers of heads and whether they
    speak from now on. */
export function headBoard(layers, numHeads, onShow, onSwitch) {
  const numLayers = layers.encoder + 2 * layers.decoder;
  const maps = [];
  const stops = []; // rows of what can be pressed: maps, then switches
  let stop = null;
  const part = (role, className, ...content) => {
    const node = make("div", className, ...content);
    place(node, { role });
    return node;
  };
  const node = part("grid", "reader-board");
  place(node, { "aria-label": "the heads, a map and a switch each" });
  node.dataset.show = "heads";
  node.style.setProperty("--columns", numHeads + 1);
  for (let layer = 0; layer < numLayers; layer++) {
    const name = layerName(layer, layers);
    const first = layer * numHeads;
    const heads = Array.from({ length: numHeads }, (_, head) => first + head);
    const columns = [...heads.map((id) => [id]), heads].map((ids, head) => {
      const called = `${name}, ${headName(head, numHeads)}`;
      const canvas = make("canvas", "");
      const hatch = draw("svg", { viewBox: `0 0 ${SMALL} ${SMALL}`, "aria-hidden": "true" });
      draw("path", { class: "reader-hatch", d: hatching(0, 0, SMALL, SMALL) }, hatch);
      const show = button("reader-map", () => onShow(layer, head), canvas, hatch);
      place(show, { "aria-label": `show ${called}` });
      const speaks = Object.assign(make("input", ""), { type: "checkbox" });
      place(speaks, { "aria-label": head < numHeads ? `${called} speaks` : `${name}, all heads speak` });
      speaks.addEventListener("change", () => onSwitch(ids, speaks.checked));
      maps.push({ layer, head, ids, canvas, show, speaks });
      const label = make("label", head < numHeads ? "reader-head" : "reader-all", speaks, head < numHeads ? String(head + 1) : "all");
      return { show, speaks, label };
    });
    for (const row of [columns.map(({ show }) => show), columns.map(({ speaks }) => speaks)]) {
      const r = stops.push(row) - 1;
      row.forEach((each, c) => {
        each.tabIndex = -1;
        each.addEventListener("keydown", (event) => lead(event, r, c));
        each.addEventListener("focus", () => { stop = stopAt(each, stop); });
      });
    }
    const header = part("rowheader", "reader-layer-name", name);
    const average = make("span", "reader-average", "average");
    place(average, { "aria-hidden": "true" });
    node.append(part(
      "rowgroup", "reader-layer",
      part("row", "reader-line", header, ...columns.map(({ show }) => part("gridcell", "", show))),
      average,
      part("row", "reader-line", ...columns.map(({ label }) => part("gridcell", "", label))),
    ));
  }
  stop = stopAt(stops[0][0], null);

  function lead(event, r, c) {
    const led = ledTo(event, [r, c], [stops.length, numHeads + 1]);
    if (led) stops[led[0]][led[1]].focus();
  }

  return {
    node,
    /** Paint every map; `mapOf` gives that of a head, or null. */
    paint(mapOf) {
      paintMaps(maps.map(({ layer, head, canvas }) => ({ canvas, map: mapOf(layer, head) ?? [[0]] })));
    },
    /** Mark the map that is shown, tick the heads that speak, hatch those that do not. */
    mark(layer, head, off) {
      for (const each of maps) {
        const silent = each.ids.filter((id) => off.includes(id)).length;
        const all = silent === each.ids.length;
        each.speaks.checked = silent === 0;
        each.speaks.indeterminate = silent > 0 && !all;
        each.show.classList.toggle("reader-off", all);
        place(each.show, { "aria-pressed": each.layer === layer && each.head === head });
      }
    },
  };
}
