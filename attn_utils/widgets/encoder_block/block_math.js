// An encoder layer taken apart: where one token's vector stands on its way through it.
// A test holds each function equal to the package, to 1e-6.
import { enter, feedForward, leave } from "../parts/layers.js";
import { multiHeadAttention } from "../parts/multihead.js";

export const PARTS = ["attention", "feed_forward", "residual", "norm"];

/** What the attention of a layer reads at every token, and the maps of its heads; `normed`, where a norm stands before
    it. Twin: EncoderLayer.attention. */
export function readAlone(module, x, { numHeads, normed }) {
  const seen = enter(module.around_attention, x, normed);
  return multiHeadAttention(module.attention, seen, seen, null, numHeads);
}

/** Every station of a layer, in the order of its arithmetic, for rows of inputs and what their tokens have read. `on`
    says which of PARTS are there: a part that is not adds zeros, a sum without its residual is the change alone, and
    without its norm a vector passes as it is. A sum has `before` and `change`, all have `x`. Twin: EncoderLayer. */
export function stations(module, x, read, normFirst, on) {
  const list = [{ name: "in", x, off: false }];
  const none = x.map((row) => row.map(() => 0));
  for (const [name, around, compute] of [
    ["attention", module.around_attention, () => read],
    ["feed_forward", module.around_feed_forward, (seen) => feedForward(module.feed_forward, seen)],
  ]) {
    const seen = enter(around, x, normFirst && on.norm);
    if (normFirst) list.push({ name: "norm", of: name, x: seen, off: !on.norm });
    const change = on[name] ? compute(seen) : none;
    const before = on.residual ? x : none;
    const sum = leave(around, before, change, true);
    list.push({ name, before, change, x: sum, off: !on[name] });
    x = normFirst || !on.norm ? sum : leave(around, before, change, false);
    if (!normFirst) list.push({ name: "norm", of: name, x, off: !on.norm });
  }
  return list;
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

/** The largest feature, by its size, that a token has at any station with any of the parts taken away, in both orders
    of the norm: a scale that stands still while they are. `reads` are what it reads without a norm, and with one. */
export function largestOf(module, row, reads) {
  let largest = 0;
  for (let which = 0; which < 2 ** (PARTS.length + 1); which++) {
    const on = Object.fromEntries(PARTS.map((part, bit) => [part, Boolean(which & (1 << bit))]));
    const normFirst = which >= 2 ** PARTS.length;
    const list = stations(module, [row], [reads[Number(normFirst && on.norm)]], normFirst, on);
    for (const { x } of list) largest = Math.max(largest, ...x[0].map(Math.abs));
  }
  return largest;
}
