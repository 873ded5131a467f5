// A model of nothing but attention that carries on what repeats: what it says, and what its heads read.
// A test holds the numbers equal to the package, to 1e-4.
import { maskedSoftmax } from "../parts/attention.js";
import { causalMask } from "../parts/masks.js";
import { multiHeadAttention } from "../parts/multihead.js";
import { turner } from "../parts/positions.js";
import { add, linear } from "../parts/rows.js";

export const LONGEST = 40; // letters of any line
export const STATES = ["off", "on", "mean"]; // what a head can be
export const [OFF, ON, MEAN] = [0, 1, 2];
const BASE = 1000; // of the rotary positions

/** The letters of a line by their places in the alphabet, after the start token where the model has one. */
export function tokensOf(line, alphabet, hasStart) {
  const letters = [...line].map((each) => alphabet.indexOf(each));
  return hasStart ? [alphabet.length, ...letters] : letters;
}

/** What the heads of a layer say that say their means: one vector, added at every place. */
export function insteadOf(means, states) {
  const sum = Array.from(means[0], () => 0);
  states.forEach((state, h) => {
    if (state === MEAN) means[h].forEach((feature, i) => { sum[i] += feature; });
  });
  return sum;
}

/** Read a line: the logits of the letters at each place, how probable each is, and the weights of each layer and head.
    `heads` says of each head whether it is on, off or says its mean. Twin: recipes.induction.look_inside. */
export function inductionModel(module, tokens, heads, numHeads) {
  const mask = causalMask(tokens.length);
  const turn = turner(tokens.length, module.layers[0].query_map.weight.length / numHeads, 0, BASE);
  let stream = tokens.map((token) => Array.from(module.embedding.weight[token]));
  const weights = module.layers.map((layer, l) => {
    const [from, to] = [l * numHeads, (l + 1) * numHeads];
    const states = heads.slice(from, to);
    const read = multiHeadAttention(layer, stream, stream, mask, numHeads, states.map((state) => state === ON), { turn });
    const spoken = insteadOf(module.means.slice(from, to), states);
    stream = add(add(stream, read.output), stream.map(() => spoken));
    return read.weights;
  });
  const logits = linear(stream, module.read_out);
  return { logits, odds: logits.map((row) => maskedSoftmax(row, row.map(() => true))), weights };
}

/** The likeliest so many of these, by their places, the first first. */
export function likeliest(odds, count) {
  return Array.from(odds.keys()).sort((a, b) => odds[b] - odds[a]).slice(0, count);
}

/** What came last time after the token at this place; null where it has not been there before. */
export function lastTime(tokens, at) {
  const before = tokens.slice(0, at).lastIndexOf(tokens[at]);
  return before < 0 ? null : tokens[before + 1];
}

/** Of each place, whether what comes next has come after the same token before. Twin: both kinds of recipes.returning_letters. */
export function toldBefore(tokens) {
  return tokens.map((token, n) => tokens.slice(0, n).some((other, k) => other === token && tokens[k + 1] === tokens[n + 1]));
}

/** Of the places where what comes next was told before: how many there are, and at how many it is what is said. */
export function scoreOf(tokens, odds) {
  const asked = toldBefore(tokens);
  const right = asked.filter((told, n) => told && likeliest(odds[n], 1)[0] === tokens[n + 1]);
  return { numTold: asked.filter(Boolean).length, numRight: right.length };
}
