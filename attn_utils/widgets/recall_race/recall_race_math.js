// Which capital stood in a string? What each network says at its end.
// A test holds the numbers equal to the package, to 1e-4.
import { maskedSoftmax, readRows } from "../parts/attention.js";
import { convolution, placesRead } from "../parts/convolution.js";
import { multiHeadAttention } from "../parts/multihead.js";
import { sinusoidalPositions } from "../parts/positions.js";
import { readThrough } from "../parts/recurrent.js";
import { add, layerNorm, linear } from "../parts/rows.js";

export const KEYS = "ABCDEFGH";
export const NOISE = "abcdefghij";
export const QUESTION = "?";
export const LONGEST = 128; // letters of a text
const SYMBOLS = KEYS + NOISE + QUESTION;
const KERNEL = 3;
const FEW = 6; // letters of noise, for a text that has none

/** The letters of a text that stand for symbols, as many as it takes. */
export function lettersOf(text) {
  return [...text].filter((each) => (KEYS + NOISE).includes(each)).slice(0, LONGEST).join("");
}

/** What of a text stands for no symbol, each once. */
export function strangers(text) {
  return [...new Set(text)].filter((each) => !(KEYS + NOISE).includes(each));
}

/** The string that is read: the text, then its noise over and over until one letter less than `length` stands
    there, then a question mark. A text without noise is filled up with a to j; of a longer text the end is left out. */
export function stringOf(text, length) {
  const noise = [...text].filter((each) => NOISE.includes(each)).join("") || NOISE;
  const filled = text + noise.repeat(Math.ceil(length / noise.length));
  return filled.slice(0, length - 1) + QUESTION;
}

/** The places of the capitals of a string. */
export function capitalsOf(string) {
  return [...string].flatMap((each, n) => (KEYS.includes(each) ? [n] : []));
}

/** The text with this capital in the place of its first, without any other; where it has none, at its beginning. */
export function withCapital(text, key) {
  const [first] = capitalsOf(text);
  if (first === undefined) return (key + text).slice(0, LONGEST);
  return [...text].map((each, n) => (n === first ? key : each))
    .filter((each, n) => n === first || !KEYS.includes(each)).join("");
}

/** The text with other noise: each of its small letters gives way to another one; the same text always gets the same.
    A text that has none gets a few. */
export function otherNoise(text) {
  const noisy = capitalsOf(text).length < text.length ? text : (text + NOISE.slice(0, FEW)).slice(0, LONGEST);
  // Remainders of a prime, which begin anew for each text.
  let drawn = [...noisy].reduce((sum, each) => (31 * sum + SYMBOLS.indexOf(each)) % 65537, 1);
  return [...noisy].map((each) => {
    if (KEYS.includes(each)) return each;
    drawn = (75 * drawn + 74) % 65537;
    return NOISE[(NOISE.indexOf(each) + 1 + (drawn % (NOISE.length - 1))) % NOISE.length];
  }).join("");
}

/** The place of the largest number, the first of several. */
export function largest(numbers) {
  return numbers.indexOf(Math.max(...numbers));
}

/** What the layers of convolutions make of the last token: each layer only where a later one reads it. */
function lastConvolved(layers, steps, x) {
  const needed = [[x.length - 1]];
  for (const step of steps.slice(1).reverse()) needed.unshift(placesRead(needed[0], x.length, KERNEL, step));
  let rows = x;
  layers.forEach((layer, n) => {
    const change = convolution(rows, layer, steps[n], needed[n]);
    const before = rows;
    // Only the places that were asked for: map skips the empty ones.
    rows = change.map((row, place) => row.map((feature, i) => before[place][i] + Math.max(0, feature)));
  });
  return rows.at(-1);
}

/** What a mixer makes of the last token; it reads all of them. Twins: the mixers of recipes.reach. */
export function lastMixed(module, { kind, heads, steps }, x) {
  const last = x.length - 1;
  if (kind === "attention") {
    const placed = add(x, sinusoidalPositions(x.length, x[0].length));
    return multiHeadAttention(module.attention, [placed[last]], placed, null, heads).output[0];
  }
  if (kind === "convolution") return lastConvolved(module.layers, steps, x);
  if (kind === "fully connected") {
    return readRows(module.across.weight[last], x).map((feature) => feature + module.across.bias[last]);
  }
  return readThrough(kind, module.layer, x)[last].hidden;
}

/** Read a string: the logits of the keys, how probable each is, and which is said. Twin: RecallNetwork. */
export function recall(network, mixer, string) {
  const symbols = network.embedding.weight.map((row) => Array.from(row));
  const normed = layerNorm(symbols, network.norm_in); // each symbol once, however often it stands there
  const tokens = [...string].map((each) => SYMBOLS.indexOf(each));
  const mixed = lastMixed(network.mixer, mixer, tokens.map((token) => normed[token]));
  const outputs = add([symbols[tokens.at(-1)]], [mixed]);
  const [logits] = linear(layerNorm(outputs, network.norm_out), network.read_out);
  return { logits, odds: maskedSoftmax(logits, logits.map(() => true)), says: largest(logits) };
}
