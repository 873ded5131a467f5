// The package's mechanisms over plain arrays, under the same names.
// A test holds each function equal to its Python twin, to 1e-6.

/** Score scalar keys by distance, -(q - k)² / (2 h²). Twin: GaussianScore. */
export function gaussianScore(query, key, bandwidth) {
  const width = 2 * bandwidth ** 2;
  return key.map((k) => -((query - k) ** 2) / width);
}

/** Softmax over the visible scores; hidden ones get exactly 0, and so does
    every one of a row with nothing visible. Twin: masked_softmax. */
export function maskedSoftmax(scores, mask) {
  const largest = scores.reduce((top, s, i) => (mask[i] ? Math.max(top, s) : top), -Infinity);
  if (largest === -Infinity) return scores.map(() => 0);
  const grown = scores.map((s, i) => (mask[i] ? Math.exp(s - largest) : 0));
  const total = grown.reduce((sum, g) => sum + g, 0);
  return grown.map((g) => g / total);
}

/** Read the values by their weights. Twin: the product in attention(). */
export function weightedSum(weights, value) {
  return weights.reduce((sum, w, i) => sum + w * value[i], 0);
}
