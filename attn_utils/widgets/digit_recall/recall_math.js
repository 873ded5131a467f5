// A memory of digits: what each half recalls, and what a brush leaves on a pad.
// A test holds the numbers equal to the package, to 1e-6.
import { gaussianScores } from "../parts/scores.js";
import { maskedSoftmax, readRows } from "../parts/attention.js";
import { LEVELS, SIDE } from "../parts/ink.js";

const BRUSH = 1.25; // how far from its middle the brush leaves no ink, in cells

/** The part of a digit that lies in one half, or all of it. */
export function partOf(digit, part) {
  const middle = digit.length / 2;
  return { upper: digit.slice(0, middle), lower: digit.slice(middle), whole: digit }[part];
}

/** Which part is compared, and which is recalled. */
export function wiring(mode, half) {
  if (mode === "ordinary") return { key: "whole", value: "whole" };
  return { key: half, value: half === "upper" ? "lower" : "upper" };
}

/** Read the remembered values by how near their keys are. Twin: attention with GaussianScore. */
export function recall(query, key, value, bandwidth) {
  const weights = maskedSoftmax(gaussianScores(query, key, bandwidth), key.map(() => true));
  return { weights, context: readRows(weights, value) };
}

/** The weight of each label from 0 to 9, added up. */
export function votes(weights, labels) {
  const sums = Array(10).fill(0);
  weights.forEach((weight, i) => { sums[labels[i]] += weight; });
  return sums;
}

/** The places of the heaviest ones, the heaviest first. */
export function strongest(weights, count) {
  return weights.map((_, i) => i).sort((a, b) => weights[b] - weights[a]).slice(0, count);
}

/** The ink after a stroke of the brush from one place to another, in the rows from `first` up to
    `end`: a cell gets the more, the nearer its middle is to the stroke. Places are [column, row]. */
export function stroked(ink, [x1, y1], [x2, y2], erase, [first, end]) {
  const [right, down] = [x2 - x1, y2 - y1];
  const long = right * right + down * down;
  return ink.map((was, n) => {
    const [column, row] = [n % SIDE, Math.floor(n / SIDE)];
    if (row < first || row >= end) return was;
    const [x, y] = [column + 0.5 - x1, row + 0.5 - y1];
    const along = long ? Math.min(Math.max((x * right + y * down) / long, 0), 1) : 0;
    const far = Math.hypot(x - along * right, y - along * down);
    const level = Math.round(LEVELS * Math.min(Math.max(BRUSH - far, 0), 1)) / LEVELS;
    return erase ? Math.min(was, 1 - level) : Math.max(was, level);
  });
}

/** The ink with these cells turned over: paper where ink was. */
export function spoilt(ink, cells) {
  return ink.map((was, n) => (cells.includes(n) ? 1 - was : was));
}
