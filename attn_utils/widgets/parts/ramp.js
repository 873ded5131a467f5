// The scale of weights, as in the figures: by the root, so that a tenth can be told from nothing.

/** How strongly a weight is inked, from 0 to 1. */
export function shade(weight) {
  return Math.sqrt(weight);
}

/** Paint a map of weights, a pixel each, in the colour that the canvas has. Best done before anything else is
    written: to know the colour, the page has to work out all styles that have changed. */
export function paintMap(canvas, map) {
  paintMaps([{ canvas, map }]);
}

/** Paint several: all colours are asked for before the first canvas changes. */
export function paintMaps(all) {
  const colours = all.map(({ canvas }) => getComputedStyle(canvas).color);
  all.forEach(({ canvas, map }, n) => stain(colours[n], canvas, map));
}

function stain(colour, canvas, map) {
  const [rows, columns] = [map.length, map[0].length];
  if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows });
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(columns, rows);
  map.flat().forEach((weight, i) => { picture.data[4 * i + 3] = Math.round(255 * shade(weight)); });
  pen.putImageData(picture, 0, 0);
  pen.globalCompositeOperation = "source-in";
  pen.fillStyle = colour;
  pen.fillRect(0, 0, columns, rows);
}

/** Paint again whenever the page turns dark or light, or to paper, which is
    always light; returns what ends that. */
export function followTheme(paint) {
  const watch = new MutationObserver(paint);
  watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  const paper = matchMedia("print");
  paper.addEventListener("change", paint);
  return () => {
    watch.disconnect();
    paper.removeEventListener("change", paint);
  };
}
