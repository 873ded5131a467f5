// Where each token stands.
// A test holds each function equal to its Python twin, to 1e-6.

/** One fixed vector for each position. Twin: sinusoidal_positions. */
export function sinusoidalPositions(numTokens, modelDim) {
  return Array.from({ length: numTokens }, (_, position) =>
    Array.from({ length: modelDim }, (_, i) => {
      const angle = position / 10000 ** ((i - (i % 2)) / modelDim);
      return i % 2 ? Math.cos(angle) : Math.sin(angle);
    }));
}
