// The scale of weights, as in the figures: by the root, so that a tenth can be told from nothing.

/** How strongly a weight is inked, from 0 to 1. */
export function shade(weight) {
  return Math.sqrt(weight);
}

/** The same where a number stands on the ink, light or dark: half as strong, so that it can be read. */
export function paleShade(weight) {
  return 0.5 * shade(weight);
}

// The colour that each canvas has, until the page's theme changes: to ask for it makes the page work out all styles
// that have changed.
let colours = new WeakMap();

function colourOf(canvas) {
  const colour = colours.get(canvas) ?? getComputedStyle(canvas).color;
  if (colour) colours.set(canvas, colour); // one that hangs nowhere yet has none
  return colour;
}

/** Paint a map of weights, a pixel each, in the colour that the canvas has. */
export function paintMap(canvas, map) {
  paintMaps([{ canvas, map }]);
}

/** Paint several: all colours are asked for before the first canvas changes. */
export function paintMaps(all) {
  const inks = all.map(({ canvas }) => colourOf(canvas));
  all.forEach(({ canvas, map }, n) => stain(inks[n], canvas, map));
}

function stain(colour, canvas, map) {
  const [rows, columns] = [map.length, map[0].length];
  if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows });
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(columns, rows);
  const { data } = picture; // to ask for it at every pixel takes most of the time
  map.flat().forEach((weight, i) => { data[4 * i + 3] = Math.round(255 * shade(weight)); });
  pen.putImageData(picture, 0, 0);
  pen.globalCompositeOperation = "source-in";
  pen.fillStyle = colour;
  pen.fillRect(0, 0, columns, rows);
}

/** Paint again whenever the page turns dark or light, to paper, which is always
    light, or to the system's own colours; returns what ends that. */
export function followTheme(paint) {
  const again = () => {
    colours = new WeakMap();
    paint();
  };
  const watch = new MutationObserver(again);
  watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const media = ["print", "(forced-colors: active)"].map((each) => matchMedia(each));
  for (const each of media) each.addEventListener("change", again);
  return () => {
    watch.disconnect();
    for (const each of media) each.removeEventListener("change", again);
  };
}
