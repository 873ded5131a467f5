// How alike are a query and each key?
// A test holds each function equal to its Python twin, to 1e-6.
import { offsets } from "./positions.js";
import { dot } from "./rows.js";

/** Score scalar keys by distance, -(q - k)² / (2 h²). Twin: GaussianScore. */
export function gaussianScore(query, key, bandwidth) {
  const width = 2 * bandwidth ** 2;
  return key.map((k) => -((query - k) ** 2) / width);
}

/** Score keys by distance, -|q - k|² / (2 h²). Twin: GaussianScore. */
export function gaussianScores(query, key, bandwidth) {
  const width = 2 * bandwidth ** 2;
  return key.map((k) => {
    let square = 0;
    for (let i = 0; i < k.length; i++) square += (query[i] - k[i]) ** 2;
    return -square / width;
  });
}

/** Score keys by the dot product, q · k. Twin: DotScore. */
export function dotScores(query, key) {
  return key.map((k) => dot(query, k));
}

/** Score keys by the dot product over the root of the width. Twin: ScaledDotScore. */
export function scaledDotScores(query, key) {
  const scale = Math.sqrt(query.length);
  return key.map((k) => dot(query, k) / scale);
}

/** Score keys through a matrix, qᵀ W k. Twin: BilinearScore. */
export function bilinearScores(query, key, weight) {
  const asked = weight[0].map((_, j) => weight.reduce((sum, row, i) => sum + query[i] * row[j], 0));
  return dotScores(asked, key);
}

/** Score keys by a small network, wᵀ tanh(U q + V k); the maps hold a row for each hidden
    feature. Twin: AdditiveScore. */
export function additiveScores(query, key, { query_map: queryMap, key_map: keyMap, read_out: readOut }) {
  const asked = queryMap.map((row) => dot(row, query));
  return key.map((k) => {
    let score = 0;
    for (let h = 0; h < readOut.length; h++) {
      // The hyperbolic tangent, several times as fast as Math.tanh.
      const tanh = 1 - 2 / (1 + Math.exp(2 * (asked[h] + dot(keyMap[h], k))));
      score += readOut[h] * tanh;
    }
    return score;
  });
}

/** Score keys by content and offset, q · (k + a) / √d; `table` holds a row for each offset, what is further
    away shares the last one. Twin: RelativeScore. */
export function relativeScores(query, key, table) {
  const far = (table.length - 1) / 2;
  const apart = offsets(query.length, key.length);
  return query.map((q, n) => {
    const byOffset = scaledDotScores(q, table);
    return scaledDotScores(q, key).map((score, k) => score + byOffset[Math.min(Math.max(apart[n][k], -far), far) + far]);
  });
}

/** What a step of distance costs in each head. Twin: DistancePenaltyScore.slopes. */
export function penaltySlopes(numHeads) {
  return Array.from({ length: numHeads }, (_, h) => 2 ** ((-8 * (h + 1)) / numHeads));
}

/** Score keys by content less a penalty on distance, in a head of this slope. Twin: DistancePenaltyScore. */
export function penaltyScores(query, key, slope) {
  const apart = offsets(query.length, key.length);
  return query.map((q, n) => scaledDotScores(q, key).map((score, k) => score - slope * Math.abs(apart[n][k])));
}
