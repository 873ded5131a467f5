// What a mask lets through: shares of the tokens, and whom a change reaches.
// A test holds each function equal to its Python twin, to 1e-6.
import { scaledDotProductAttention } from "../parts/attention.js";

/** A mask from its letters, a row for each query; true = may look. */
export function cellsOf(letters, numTokens) {
  return Array.from({ length: numTokens }, (_, q) =>
    Array.from({ length: numTokens }, (_, k) => letters[q * numTokens + k] === "1"));
}

/** The letters of a mask. */
export function lettersOf(mask) {
  return mask.flat().map(Number).join("");
}

/** A value for each token, its one-hot row; further features are those of no token. */
export function oneHot(numTokens, numFeatures = numTokens) {
  return Array.from({ length: numTokens }, (_, n) => Array.from({ length: numFeatures }, (_, i) => Number(i === n)));
}

/** What each output is made of, where every layer reads what the one before it gave.
    Twin: attention, once for each layer. */
export function readLayers({ query, key, mask, layers }, value) {
  let context = value;
  for (let layer = 0; layer < layers; layer++) ({ context } = scaledDotProductAttention(query, key, context, mask));
  return context;
}

/** Which outputs change, in whichever digit, when one token has another key and another value.
    Nobody asks the mask. Twin: two runs of attention, compared. */
export function changedBy(token, { query, key, mask, layers }) {
  const value = oneHot(key.length, key.length + 1);
  const other = value[token].map((_, i) => Number(i === key.length));
  const change = (rows, row) => rows.map((each, n) => (n === token ? row : each));
  const before = readLayers({ query, key, mask, layers }, value);
  const changed = { query, key: change(key, key[token].map((feature) => -feature)), mask, layers };
  const after = readLayers(changed, change(value, other));
  return before.map((row, q) => row.some((share, i) => share !== after[q][i]));
}

/** Through which token an output hears most of another that it may not look at; null: through none. */
export function heardThrough(weights, row, token) {
  const passed = weights[row].map((weight, k) => weight * weights[k][token]);
  const most = Math.max(...passed);
  return most > 0 ? passed.indexOf(most) : null;
}
