// What a head adds for one query: each value times its weight, and their sum.

/** The length of a vector. Twin: torch.linalg.vector_norm. */
export function lengthOf(vector) {
  return Math.sqrt(vector.reduce((sum, each) => sum + each * each, 0));
}

/** Values of which one, at `key`, is stretched. */
export function stretched(values, key, times) {
  return values.map((value, j) => Array.from(value, (each) => each * (j === key ? times : 1)));
}

/** The length of what each key adds: its weight times the length of its value. */
export function added(weights, values) {
  return values.map((value, j) => weights[j] * lengthOf(value));
}

/** The sum of all values times their weights. Twin: weights @ values. */
export function contextOf(weights, values) {
  return values[0].map((_, f) => values.reduce((sum, value, j) => sum + weights[j] * value[f], 0));
}

/** The angle between two vectors in degrees; 0 where one has no length. Twin: torch.cosine_similarity. */
export function angle(one, other) {
  const lengths = lengthOf(one) * lengthOf(other);
  if (lengths === 0) return 0;
  const cosine = one.reduce((sum, each, f) => sum + each * other[f], 0) / lengths;
  return (Math.acos(Math.min(1, Math.max(-1, cosine))) * 180) / Math.PI;
}
