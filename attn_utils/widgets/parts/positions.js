// Where each token stands.
// A test holds each function equal to its Python twin, to 1e-6.
import { scaledDotScores } from "./scores.js";

/** The angle of each pair of features at each position. Twin: positions.angles. */
export function angles(numTokens, dim, offset, base) {
  const slower = Array.from({ length: Math.ceil(dim / 2) }, (_, i) => base ** ((2 * i) / dim));
  return Array.from({ length: numTokens }, (_, n) => slower.map((times) => (offset + n) / times));
}

/** One fixed vector for each position. Twin: sinusoidal_positions. */
export function sinusoidalPositions(numTokens, modelDim, offset = 0, base = 10000) {
  return angles(numTokens, modelDim, offset, base)
    .map((row) => row.flatMap((angle) => [Math.sin(angle), Math.cos(angle)]).slice(0, modelDim));
}

/** What turns each pair of features of so many rows by an angle that grows with its position: one for all heads.
    Twin: rotate. */
export function turner(numTokens, dim, offset = 0, base = 10000) {
  const turns = angles(numTokens, dim, offset, base).map((row) => row.map((angle) => ({ cosine: Math.cos(angle), sine: Math.sin(angle) })));
  return (rows) => rows.map((row, n) => {
    const turned = Array.from(row);
    turns[n].forEach(({ cosine, sine }, pair) => {
      const i = 2 * pair;
      turned[i] = row[i] * cosine - row[i + 1] * sine;
      turned[i + 1] = row[i] * sine + row[i + 1] * cosine;
    });
    return turned;
  });
}

/** How far each key stands from each query; the last of both stand together. Twin: offsets. */
export function offsets(numQueries, numKeys) {
  const first = numKeys - numQueries;
  return Array.from({ length: numQueries }, (_, q) => Array.from({ length: numKeys }, (__, k) => k - (first + q)));
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
