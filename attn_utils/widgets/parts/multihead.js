// Several heads at once.
// A test holds each function equal to its Python twin, to 1e-6.
import { linear } from "./rows.js";
import { readByScores, scaledDotProductAttention } from "./attention.js";

/** Cut the features into heads: an array of sequences. Twin: split_heads. */
export function splitHeads(x, numHeads) {
  const size = (x[0]?.length ?? 0) / numHeads;
  return Array.from({ length: numHeads }, (_, h) => x.map((row) => row.slice(h * size, (h + 1) * size)));
}

/** Put the features of all heads side by side again. Twin: merge_heads. */
export function mergeHeads(heads) {
  return heads[0].map((_, n) => heads.flatMap((head) => head[n]));
}

/** Put new keys and values behind those that earlier calls have left, by heads. Twin: KeyValueCache.extend. */
export function extend(cache, keys, values) {
  cache.keys = keys.map((head, h) => [...(cache.keys?.[h] ?? []), ...head]);
  cache.values = values.map((head, h) => [...(cache.values?.[h] ?? []), ...head]);
  return [cache.keys, cache.values];
}

/** Expand, split, attend, merge; heads that are off read zeros. `turn` turns the queries and keys of a head by their
    places, `score` gives the scores of head h from its queries and keys, `cache` holds the keys and values of earlier
    calls, which are seen before the new ones. Twin: MultiHeadAttention. */
export function multiHeadAttention(module, query, key, mask, numHeads, activeHeads, { turn = (x) => x, score, cache } = {}) {
  const expanded = [linear(query, module.query_map), linear(key, module.key_map), linear(key, module.value_map)];
  const [queries, ...fresh] = expanded.map((x) => splitHeads(x, numHeads));
  const [keys, values] = cache ? extend(cache, ...fresh) : fresh;
  const heads = queries.map((each, h) => {
    const [asked, offered] = [turn(each), turn(keys[h])];
    if (score) return readByScores(score(asked, offered, h), values[h], mask);
    return scaledDotProductAttention(asked, offered, values[h], mask);
  });
  const contexts = heads.map(({ context }, h) =>
    (!activeHeads || activeHeads[h] ? context : context.map((row) => row.map(() => 0))));
  return {
    output: linear(mergeHeads(contexts), module.output_map),
    weights: heads.map(({ weights }) => weights),
  };
}
