// A reader of glimpses: what each is worth, what is read, which digit that shows.
// A test holds the numbers equal to the package, to 1e-4.
import { additiveScores } from "../parts/scores.js";
import { maskedSoftmax } from "../parts/attention.js";
import { linearRow } from "../parts/rows.js";

/** Softmax over all of them. */
function softmax(scores) {
  return maskedSoftmax(scores, scores.map(() => true));
}

/** What every glimpse is worth to a reader, whose query is always 1. Twin: GlimpseReader.scores. */
export function glimpseScores({ score }, glimpses) {
  const maps = { query_map: score.query_map.weight, key_map: score.key_map.weight, read_out: score.read_out.weight[0] };
  return additiveScores([1], glimpses, maps);
}

/** Weights of scores that are divided by a temperature first. */
export function weigh(scores, temperature) {
  return softmax(scores.map((score) => score / temperature));
}

/** How probable a reader finds each digit after what it read. Twin: the softmax of GlimpseReader.classify. */
export function classify({ classify: [widen, , narrow] }, read) {
  const wide = linearRow(read, widen).map((unit) => Math.max(0, unit));
  return softmax(linearRow(wide, narrow));
}

/** The place of the largest number, the first of several. */
export function largest(numbers) {
  return numbers.indexOf(Math.max(...numbers));
}

/** Which glimpse hard attention reads, if `chance` is drawn from 0 up to 1. */
export function drawOne(weights, chance) {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    sum += weights[i];
    last = i;
    if (chance < sum) break;
  }
  return last;
}

/** In which share of single looks something is the case that holds of these glimpses. */
export function shareOf(weights, holds) {
  return weights.reduce((sum, weight, i) => sum + (holds[i] ? weight : 0), 0);
}
