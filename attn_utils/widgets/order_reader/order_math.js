// Which symbol stood one place before? What each model says, and where its heads look.
// A test holds the numbers equal to the package, to 1e-4.
import { maskedSoftmax } from "../parts/attention.js";
import { encoderLayer } from "../parts/layers.js";
import { causalMask } from "../parts/masks.js";
import { penaltyScores, penaltySlopes, relativeScores, sinusoidalPositions, turner } from "../parts/positions.js";
import { add, linear } from "../parts/rows.js";

export const LETTERS = "ABCDEFGHIJKL";
export const LENGTHS = [12, 16, 24, 48, 60];
export const TAUGHT = 12; // letters of a lesson's line
export const LONGEST = 60; // letters of any line
export const HEADS = 4;
const DRAWN = 65537; // a prime: what a line is lengthened by are remainders of it

/** The places of the letters of a line among the symbols. */
export function tokensOf(line) {
  return [...line].map((each) => LETTERS.indexOf(each));
}

/** The line, lengthened to the next of the lengths; the same line always gets the same letters. */
export function longerLine(line) {
  const length = LENGTHS.find((each) => each > line.length) ?? LONGEST;
  // Begun anew for each line, by its letters.
  let drawn = tokensOf(line).reduce((sum, token) => (31 * sum + token) % DRAWN, 1);
  const added = Array.from({ length: length - line.length }, () => {
    drawn = (75 * drawn + 74) % DRAWN;
    return LETTERS[drawn % LETTERS.length];
  });
  return line + added.join("");
}

/** What the first layer gets: symbols, and places where they are added. Twin: OrderModel.enter. */
export function entered(module, scheme, tokens) {
  const symbols = tokens.map((token) => Array.from(module.embedding.weight[token]));
  if (scheme === "sinusoidal") return add(symbols, sinusoidalPositions(tokens.length, symbols[0].length));
  return scheme === "learned" ? add(symbols, module.positions.table.weight) : symbols;
}

/** How a layer is told of places inside its attention, if it is. */
function toldInside(layer, scheme, numTokens) {
  if (scheme === "rotary") return { turn: turner(numTokens, layer.attention.query_map.weight.length / HEADS) };
  if (scheme === "relative") return { score: (query, key) => relativeScores(query, key, layer.attention.score.table.weight) };
  if (scheme !== "penalty") return {};
  const slopes = penaltySlopes(HEADS);
  return { score: (query, key, h) => penaltyScores(query, key, slopes[h]) };
}

/** Read a line: the logits of the symbols at each place, how probable each is, which is said, and the weights of
    each layer and head. Twin: OrderModel. */
export function orderModel(module, { scheme, causal }, tokens) {
  const mask = causal ? causalMask(tokens.length) : null;
  let x = entered(module, scheme, tokens);
  const weights = module.layers.map((layer) => {
    const read = encoderLayer(layer, x, { numHeads: HEADS, normFirst: false, mask, ...toldInside(layer, scheme, tokens.length) });
    x = read.outputs;
    return read.weights;
  });
  const logits = linear(x, module.read_out);
  const odds = logits.map((row) => maskedSoftmax(row, row.map(() => true)));
  return { logits, odds, says: odds.map((row) => row.indexOf(Math.max(...row))), weights };
}

/** Whether what is said at each place is the token before it; null at the first, which is not asked. */
export function verdicts(tokens, says) {
  return says.map((said, n) => (n ? said === tokens[n - 1] : null));
}

/** The weight that the queries from place `first` to place `last` put on the token before each, on average; the first
    place of a line, 1, has none. */
export function weightBefore(weights, first, last) {
  const from = Math.max(first, 2);
  let sum = 0;
  for (let n = from; n <= last; n++) sum += weights[n - 1][n - 2];
  return sum / (last - from + 1);
}
