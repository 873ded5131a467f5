// Where each token stands.
// A test holds each function equal to its Python twin, to 1e-6.

/** The angle of each pair of features at each position. Twin: positions.angles. */
export function angles(numTokens, dim, offset, base) {
  return Array.from({ length: numTokens }, (_, n) =>
    Array.from({ length: Math.ceil(dim / 2) }, (__, i) => (offset + n) / base ** ((2 * i) / dim)));
}

/** One fixed vector for each position. Twin: sinusoidal_positions. */
export function sinusoidalPositions(numTokens, modelDim, offset = 0, base = 10000) {
  return angles(numTokens, modelDim, offset, base)
    .map((row) => row.flatMap((angle) => [Math.sin(angle), Math.cos(angle)]).slice(0, modelDim));
}

/** Turn each pair of features by an angle that grows with its position. Twin: rotate. */
export function rotate(rows, offset = 0, base = 10000) {
  return rows.map((row, n) => {
    const turned = Array.from(row);
    for (let i = 0; i < row.length; i += 2) {
      const angle = (offset + n) / base ** (i / row.length);
      const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
      turned[i] = row[i] * cosine - row[i + 1] * sine;
      turned[i + 1] = row[i] * sine + row[i + 1] * cosine;
    }
    return turned;
  });
}

/** How far each key stands from each query; the last of both stand together. Twin: offsets. */
export function offsets(numQueries, numKeys) {
  const first = numKeys - numQueries;
  return Array.from({ length: numQueries }, (_, q) => Array.from({ length: numKeys }, (__, k) => k - (first + q)));
}
