// Self-attention of three tokens with two features: every number on its way.
// A test holds the numbers equal to the package, to 1e-6.
import { scaledDotProductAttention } from "../parts/attention.js";
import { causalMask } from "../parts/masks.js";
import { linear } from "../parts/rows.js";
import { dotScores } from "../parts/scores.js";

export const FEATURES = 2;

/** A flat list of numbers as rows of two. */
export function pairs(flat) {
  return Array.from({ length: flat.length / FEATURES }, (_, n) => flat.slice(FEATURES * n, FEATURES * (n + 1)));
}

/** Which scores may be seen: all of them, or by a "causal" mask none of a later token. */
export function seenBy(mask, numTokens) {
  return causalMask(numTokens).map((row) => row.map((before) => mask !== "causal" || before));
}

/** From inputs and maps, each a flat list, to the contexts. The scores are not divided yet, nor
    masked. Twin: attention, of linear maps without a bias. */
export function selfAttention({ inputs, query_map, key_map, value_map, mask }) {
  const x = pairs(inputs);
  const [query, key, value] = [query_map, key_map, value_map].map((flat) => linear(x, { weight: pairs(flat), bias: [0, 0] }));
  const seen = seenBy(mask, x.length);
  const { context, weights } = scaledDotProductAttention(query, key, value, seen);
  return { query, key, value, score: query.map((q) => dotScores(q, key)), seen, weight: weights, context };
}
