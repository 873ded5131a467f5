// An encoder layer taken apart: where one token's vector stands on its way through it.
// A test holds each function equal to the package, to 1e-6.
import { enter, feedForward, leave } from "../parts/layers.js";
import { multiHeadAttention } from "../parts/multihead.js";

export const PARTS = ["attention", "feed_forward", "residual", "norm"];

/** Every station of a layer, in the order of its arithmetic, and the attention maps of its heads. `on` says which of
    PARTS are there: a part that is not adds zeros, a sum without its residual is the change alone, and without its
    norm a vector passes as it is. A sum has `before` and `change`, all have `x`. Twin: EncoderLayer. */
export function stations(module, x, { numHeads, normFirst }, on) {
  const list = [{ name: "in", x, off: false }];
  const none = x.map((row) => row.map(() => 0));
  let weights = null;
  const attend = (seen) => {
    const read = multiHeadAttention(module.attention, seen, seen, null, numHeads);
    weights = read.weights;
    return read.output;
  };
  for (const [name, around, compute] of [
    ["attention", module.around_attention, attend],
    ["feed_forward", module.around_feed_forward, (seen) => feedForward(module.feed_forward, seen)],
  ]) {
    const seen = enter(around, x, normFirst && on.norm);
    if (normFirst) list.push({ name: "norm", of: name, x: seen, off: !on.norm });
    const made = compute(seen); // a map is there to be seen, even if nothing comes of it
    const change = on[name] ? made : none;
    const before = on.residual ? x : none;
    const sum = leave(around, before, change, true);
    list.push({ name, before, change, x: sum, off: !on[name] });
    x = normFirst || !on.norm ? sum : leave(around, before, change, false);
    if (!normFirst) list.push({ name: "norm", of: name, x, off: !on.norm });
  }
  return { list, weights };
}

/** The mean of several heads' maps. Twin: weights.mean(dim=0). */
export function meanMap(maps) {
  return maps[0].map((row, q) => row.map((_, k) => maps.reduce((sum, map) => sum + map[q][k], 0) / maps.length));
}

/** The length of a vector. Twin: torch.linalg.vector_norm. */
export function lengthOf(vector) {
  return Math.sqrt(vector.reduce((sum, feature) => sum + feature * feature, 0));
}

/** How a change stacks on what it changes: from where to where a bar is kept, added, and taken away. */
export function stacked(before, change) {
  const after = before + change;
  const kept = before * after > 0 ? Math.sign(before) * Math.min(Math.abs(before), Math.abs(after)) : 0;
  return { kept: [0, kept], added: [kept, after], taken: [kept, before] };
}

/** The largest feature, by its size, that any station has with any of the parts taken away, in both orders of the norm:
    a scale that never moves. */
export function largestOf(module, x, numHeads) {
  let largest = 0;
  for (let which = 0; which < 2 ** (PARTS.length + 1); which++) {
    const on = Object.fromEntries(PARTS.map((part, bit) => [part, Boolean(which & (1 << bit))]));
    const { list } = stations(module, x, { numHeads, normFirst: which >= 2 ** PARTS.length }, on);
    for (const station of list) {
      for (const row of station.x) for (const feature of row) largest = Math.max(largest, Math.abs(feature));
    }
  }
  return largest;
}
