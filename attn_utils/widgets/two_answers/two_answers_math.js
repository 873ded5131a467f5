// Two names in one query: what every head looks at, and both answers.
// A test holds the numbers equal to the package, to 1e-4.
import { maskedSoftmax, scaledDotProductAttention } from "../parts/attention.js";
import { mergeHeads, splitHeads } from "../parts/multihead.js";
import { linear, linearRow } from "../parts/rows.js";

export const CLASSES = 8;

/** A row of zeros with a 1 at one place. */
export function oneHot(place, count) {
  return Array.from({ length: count }, (_, i) => Number(i === place));
}

/** The place of the largest number, the first of several. */
export function largest(numbers) {
  return numbers.indexOf(Math.max(...numbers));
}

/** The logits of both answers, one after the other: a linear read-out, or one with a ReLU between two maps. */
export function readOut(module, read) {
  if (!Array.isArray(module)) return linearRow(read, module);
  const [widen, , narrow] = module;
  const wide = linearRow(read, widen).map((unit) => Math.max(0, unit));
  return linearRow(wide, narrow);
}

/** Name two items: the weights of every head, and how probable each class is for each of the two.
    Heads that are not `active` read zeros; their weights are returned all the same. Twin: TwoNames. */
export function answerBoth({ layers: [layer], read_out: last }, ids, classes, [first, second], numHeads, active) {
  const query = [[...ids[first], ...ids[second]]];
  const value = classes.map((each) => oneHot(each, CLASSES));
  const expanded = [linear(query, layer.query_map), linear(ids, layer.key_map), linear(value, layer.value_map)];
  const [queries, keys, values] = expanded.map((x) => splitHeads(x, numHeads));
  const heads = queries.map((asked, h) => scaledDotProductAttention(asked, keys[h], values[h], null));
  const contexts = heads.map(({ context }, h) => (active[h] ? context : context.map((row) => row.map(() => 0))));
  const logits = readOut(last, mergeHeads(contexts)[0]);
  const odds = [0, CLASSES].map((from) => {
    const own = logits.slice(from, from + CLASSES);
    return maskedSoftmax(own, own.map(() => true));
  });
  return { weights: heads.map(({ weights }) => weights[0]), odds };
}
