// The layers of a Transformer.
// A test holds each function equal to its Python twin, to 1e-6.
import { add, layerNorm, linear } from "./rows.js";
import { causalMask } from "./masks.js";
import { multiHeadAttention } from "./multihead.js";

/** Two linear maps with a ReLU between them. Twin: FeedForward. */
export function feedForward(module, x) {
  const wide = linear(x, module.widen).map((row) => row.map((unit) => Math.max(0, unit)));
  return linear(wide, module.narrow);
}

/** What a sub-layer gets to see. Twin: Residual.enter. */
export function enter({ norm }, x, normFirst) {
  return normFirst ? layerNorm(x, norm) : x;
}

/** What came in plus what the sub-layer made of it. Twin: Residual.leave. */
export function leave({ norm }, x, change, normFirst) {
  return normFirst ? add(x, change) : layerNorm(add(x, change), norm);
}

/** Self-attention, then feed-forward; `turn` and `score` are those of multiHeadAttention. Twin: EncoderLayer. */
export function encoderLayer(module, x, { numHeads, normFirst, mask = null, turn, score }, active) {
  const seen = enter(module.around_attention, x, normFirst);
  const { output, weights } = multiHeadAttention(module.attention, seen, seen, mask, numHeads, active, { turn, score });
  x = leave(module.around_attention, x, output, normFirst);
  const thought = feedForward(module.feed_forward, enter(module.around_feed_forward, x, normFirst));
  return { outputs: leave(module.around_feed_forward, x, thought, normFirst), weights };
}

/** Self-attention, attention to the memory, feed-forward. With a cache, of the `target` and of the `memory`, x is one
    token: it sees those before it, and the memory is expanded but once. Twin: DecoderLayer. */
export function decoderLayer(module, x, memory, { numHeads, normFirst }, active, cache) {
  const seen = enter(module.around_attention, x, normFirst);
  const mask = cache ? null : causalMask(x.length);
  const own = multiHeadAttention(module.attention, seen, seen, mask, numHeads, active?.target, { cache: cache?.target });
  x = leave(module.around_attention, x, own.output, normFirst);
  const asked = enter(module.around_memory, x, normFirst);
  const fresh = cache?.memory.keys ? [] : memory;
  const read = multiHeadAttention(module.memory_attention, asked, fresh, null, numHeads, active?.memory, { cache: cache?.memory });
  x = leave(module.around_memory, x, read.output, normFirst);
  const thought = feedForward(module.feed_forward, enter(module.around_feed_forward, x, normFirst));
  const outputs = leave(module.around_feed_forward, x, thought, normFirst);
  return { outputs, weights: { target: own.weights, memory: read.weights } };
}
