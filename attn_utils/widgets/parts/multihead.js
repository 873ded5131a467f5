// Several heads at once.
// A test holds each function equal to its Python twin, to 1e-6.
import { linear } from "./rows.js";
import { scaledDotProductAttention } from "./attention.js";

/** Cut the features into heads: an array of sequences. Twin: split_heads. */
export function splitHeads(x, numHeads) {
  const size = x[0].length / numHeads;
  return Array.from({ length: numHeads }, (_, h) => x.map((row) => row.slice(h * size, (h + 1) * size)));
}

/** Put the features of all heads side by side again. Twin: merge_heads. */
export function mergeHeads(heads) {
  return heads[0].map((_, n) => heads.flatMap((head) => head[n]));
}

/** Expand, split, attend, merge; heads that are off read zeros. Twin: MultiHeadAttention. */
export function multiHeadAttention(module, query, key, mask, numHeads, activeHeads) {
  const expanded = [linear(query, module.query_map), linear(key, module.key_map), linear(key, module.value_map)];
  const [queries, keys, values] = expanded.map((x) => splitHeads(x, numHeads));
  const heads = queries.map((_, h) => scaledDotProductAttention(queries[h], keys[h], values[h], mask));
  const contexts = heads.map(({ context }, h) =>
    (!activeHeads || activeHeads[h] ? context : context.map((row) => row.map(() => 0))));
  return {
    output: linear(mergeHeads(contexts), module.output_map),
    weights: heads.map(({ weights }) => weights),
  };
}
