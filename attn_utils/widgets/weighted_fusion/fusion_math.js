// What the widget computes: who is heard, the answer anywhere on the line, its errors.
// A test holds each function equal to the package, to 1e-6.
import { gaussianScore } from "../parts/scores.js";
import { maskedSoftmax, weightedSum } from "../parts/attention.js";

const COARSE = 64;
// What weighs less than this part of the heaviest voice cannot be seen.
const SILENT = -40;

/** Which keys lie inside the window around the query? */
export function windowMask(query, key, radius) {
  return key.map((k) => Math.abs(query - k) <= radius);
}

/** Compare, normalise, read: who is visible, their weights, the answer. */
export function fuse(query, { key, value, bandwidth, window }) {
  const mask = windowMask(query, key, window);
  const weights = maskedSoftmax(gaussianScore(query, key, bandwidth), mask);
  return { mask, weights, context: weightedSum(weights, value) };
}

/** The answer alone, without a list on the way, since a line needs hundreds; null where
    nobody is inside the window. Key number `hidden`, if any, is not heard. */
export function answerAt(query, { key, value, bandwidth, window }, hidden = -1) {
  let nearest = Infinity;
  for (let i = 0; i < key.length; i++) {
    const distance = Math.abs(query - key[i]);
    if (distance <= window && distance < nearest && i !== hidden) nearest = distance;
  }
  if (nearest === Infinity) return null;
  const width = 2 * bandwidth ** 2;
  let [total, sum] = [0, 0];
  for (let i = 0; i < key.length; i++) {
    const distance = Math.abs(query - key[i]);
    if (distance > window || i === hidden) continue;
    const score = (nearest - distance) * (nearest + distance) / width;
    if (score < SILENT) continue;
    const part = Math.exp(score);
    total += part;
    sum += part * value[i];
  }
  return sum / total;
}

/** Mean squared errors: of the answers at the keys' own places, with everyone heard and
    with each hidden from itself; and along the true line, whose heights are evenly spaced. */
export function errors(state) {
  const { key, value, truth, low, high } = state;
  const mean = (length, miss) => {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += miss(i) ** 2;
    return sum / length;
  };
  return {
    themselves: mean(key.length, (i) => answerAt(key[i], state) - value[i]),
    others: mean(key.length, (i) => (answerAt(key[i], state, i) ?? 0) - value[i]),
    street: mean(truth.length, (i) =>
      (answerAt(low + ((high - low) * i) / (truth.length - 1), state) ?? 0) - truth[i]),
  };
}

/** The answers along the line as [x, answer or null], close enough together that a
    straight stroke between two is off by less than `tall`, or is narrower than `close`. */
export function answers(state, close, tall) {
  const { key, low, high, window } = state;
  const sorted = [...key].sort((a, b) => a - b);
  const stops = [...sorted];
  for (let i = 0; i <= COARSE; i++) stops.push(low + ((high - low) * i) / COARSE);
  // Halfway between two neighbours the one hands over to the other.
  for (let i = 1; i < sorted.length; i++) stops.push((sorted[i - 1] + sorted[i]) / 2);
  // At the window's edge a voice comes in or falls silent at once.
  if (window < high - low) {
    const hair = (high - low) * 1e-9;
    for (const k of key) for (const edge of [k - window, k + window]) stops.push(edge - hair, edge + hair);
  }
  const line = [];
  const between = (a, from, b, to) => {
    if (b - a <= close) return;
    const middle = (a + b) / 2;
    const here = answerAt(middle, state);
    const flat = from === null || to === null || here === null
      ? from === to && to === here
      : Math.abs(here - (from + to) / 2) <= tall;
    if (flat) return;
    between(a, from, middle, here);
    line.push([middle, here]);
    between(middle, here, b, to);
  };
  const inside = stops.filter((x) => x >= low && x <= high).sort((a, b) => a - b);
  let [before, last] = [null, null];
  for (const x of inside) {
    if (x === before) continue;
    const here = answerAt(x, state);
    if (before !== null) between(before, last, x, here);
    line.push([x, here]);
    [before, last] = [x, here];
  }
  return line;
}

/** How many keys would share the weight if all had the same? 1 / Σ α². */
export function effectiveKeys(weights) {
  const squares = weights.reduce((sum, w) => sum + w * w, 0);
  return squares === 0 ? 0 : 1 / squares;
}
