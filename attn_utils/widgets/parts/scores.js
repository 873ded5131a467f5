// How alike are a query and each key?
// A test holds each function equal to its Python twin, to 1e-6.

/** Score scalar keys by distance, -(q - k)² / (2 h²). Twin: GaussianScore. */
export function gaussianScore(query, key, bandwidth) {
  const width = 2 * bandwidth ** 2;
  return key.map((k) => -((query - k) ** 2) / width);
}
