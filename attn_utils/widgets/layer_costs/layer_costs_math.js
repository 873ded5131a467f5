// What one layer costs that turns a sequence into one of the same length.

// Maps of (width, width) that a token passes through.
const MAPS = { attention: 4, RNN: 2, GRU: 6, LSTM: 8 };
const WORDS = ["", " thousand", " million", " billion"];
const LETTERS = ["", " k", " M", " bn"]; // where words have no room

/** Multiplications of a layer, what must wait for each other, the longest path. Twin: recipes.layer_cost. */
export function layerCost(mixer, numTokens, width, kernelSize) {
  const mapCost = numTokens * width ** 2;
  if (mixer === "attention") {
    const mixing = 2 * numTokens ** 2 * width; // scores, then averages
    return { mixing, maps: MAPS[mixer] * mapCost, steps: 1, path: 1 };
  }
  if (mixer === "fully connected") return { mixing: numTokens ** 2 * width, maps: 0, steps: 1, path: 1 };
  if (mixer in MAPS) {
    const half = (MAPS[mixer] / 2) * mapCost; // of the state, and of the inputs
    return { mixing: half, maps: half, steps: numTokens, path: numTokens };
  }
  const side = (kernelSize - 1) / 2;
  const layers = Math.max(1, Math.ceil((numTokens - 1) / side));
  const path = mixer === "dilated" ? layers.toString(2).length : layers;
  return { mixing: kernelSize * mapCost, maps: 0, steps: 1, path };
}

/** How often a layer multiplies: to mix alone, or in its maps too. */
export function multiplications(mixer, numTokens, width, kernelSize, withMaps) {
  const { mixing, maps } = layerCost(mixer, numTokens, width, kernelSize);
  return withMaps ? mixing + maps : mixing;
}

/** a and b of a layer that multiplies a·n²d + b·nd² times. */
export function terms(mixer, kernelSize, withMaps) {
  // Of width 1, one token takes a + b and two take 4a + 2b.
  const [one, two] = [1, 2].map((n) => multiplications(mixer, n, 1, kernelSize, withMaps));
  return [two / 2 - one, 2 * one - two / 2];
}

/** At how many tokens two layers multiply equally often; null where they never meet. Twin: recipes.crossing. */
export function crossing(mixer, rival, width, kernelSize, withMaps) {
  const [squares, lines] = terms(mixer, kernelSize, withMaps);
  const [otherSquares, otherLines] = terms(rival, kernelSize, withMaps);
  const numTokens = (width * (otherLines - lines)) / (squares - otherSquares);
  return numTokens > 0 && Number.isFinite(numTokens) ? numTokens : null;
}

/** The formula by which a layer's multiplications are counted. */
export function formula(mixer, kernelSize, withMaps) {
  const powers = ["n²d", "nd²"];
  return terms(mixer, kernelSize, withMaps)
    .flatMap((times, i) => (times ? `${times === 1 ? "" : times}${powers[i]}` : []))
    .join(" + ");
}

/** A number with a comma after each thousand. */
export function grouped(n) {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** A number to two digits or to the whole: 1.1, 42, 1,024. */
export function rounded(n) {
  return grouped(n < 9.95 ? Number(n.toFixed(1)) : Math.round(n));
}

/** A number as one says it: 1,024 as it is, larger ones as 42 million, or `brief` in letters. */
export function amount(n, brief = false) {
  if (n < 9999.5) return grouped(Math.round(n));
  let power = 0;
  let left = n;
  for (; left >= 999.5 && power < WORDS.length - 1; power += 1) left /= 1000;
  return rounded(left) + (brief ? LETTERS : WORDS)[power];
}
