// Normalise the scores, read the values.
// A test holds each function equal to its Python twin, to 1e-6.
import { dot } from "./rows.js";
import { scaledDotScores } from "./scores.js";

/** Softmax over the visible scores; hidden ones get exactly 0, and so does
    every one of a row with nothing visible. Twin: masked_softmax. */
export function maskedSoftmax(scores, mask) {
  let largest = -Infinity;
  for (let i = 0; i < scores.length; i++) if (mask[i] && scores[i] > largest) largest = scores[i];
  let total = 0;
  const grown = scores.map((score, i) => {
    const part = mask[i] && largest > -Infinity ? Math.exp(score - largest) : 0;
    total += part;
    return part;
  });
  return grown.map((part) => part / (total || 1));
}

/** Read the values by their weights. Twin: the product in attention(). */
export function weightedSum(weights, value) {
  return dot(weights, value);
}

/** Read values that are rows by their weights. Twin: the product in attention(). */
export function readRows(weights, value) {
  const context = value[0].map(() => 0);
  weights.forEach((weight, k) => {
    for (let i = 0; i < context.length; i++) context[i] += weight * value[k][i];
  });
  return context;
}

/** How many are heard: all of them if all weigh alike, one if one weighs everything. */
export function heard(weights) {
  return 1 / weights.reduce((sum, weight) => sum + weight * weight, 0);
}

/** Read the values at every query, which has a row of scores. Twin: attention, with a score of its own. */
export function readByScores(scores, value, mask) {
  const everyKey = value.map(() => true);
  const weights = scores.map((row, n) => maskedSoftmax(row, mask ? mask[n] : everyKey));
  return { context: weights.map((row) => readRows(row, value)), weights };
}

/** Read the values at every query. Twin: scaled_dot_product_attention. */
export function scaledDotProductAttention(query, key, value, mask) {
  return readByScores(query.map((q) => scaledDotScores(q, key)), value, mask);
}
