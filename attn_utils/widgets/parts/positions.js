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
