// One recurrent network reads a sequence, another writes one: as they lie in seq2seq.py.
// A test holds each function equal to its Python twin, to 1e-6.
import { maskedSoftmax, readRows } from "./attention.js";
import { gruStep, readThrough } from "./recurrent.js";
import { linearRow } from "./rows.js";
import { bilinearScores } from "./scores.js";

/** Read a source from the left: the state after each token, and after the last one. Twin: RecurrentEncoder. */
export function recurrentEncoder({ embedding, recurrent }, tokens) {
  const states = readThrough("GRU", recurrent, tokens.map((token) => embedding.weight[token]));
  const memory = states.map(({ hidden }) => hidden);
  return { memory, hidden: memory.at(-1) };
}

/** Read one more token of the target. Twin: RecurrentDecoder.read. */
function nextState({ embedding, recurrent }, token, hidden) {
  return gruStep(recurrent, embedding.weight[token], { hidden }).hidden;
}

/** One token of the target without attention: the scores of the next one. Twin: RecurrentDecoder. */
export function recurrentDecoder(module, token, before) {
  const hidden = nextState(module, token, before);
  return { logits: linearRow(hidden, module.output_map), weights: null, hidden };
}

/** One token of the target, then a look at the memory. Twin: LuongDecoder with its BilinearScore. */
export function luongDecoder(module, token, before, memory) {
  const hidden = nextState(module, token, before);
  const weights = maskedSoftmax(bilinearScores(hidden, memory, module.score.weight), memory.map(() => true));
  const joined = linearRow([...readRows(weights, memory), ...hidden], module.join).map(Math.tanh);
  return { logits: linearRow(joined, module.output_map), weights, hidden };
}

/** Write the likeliest token at each step: all tokens, the odds at each step, where it looked (null without
    attention), and the one vector of the source that the decoder began with. Twin: Seq2Seq.greedy. */
export function writeGreedily({ encoder, decoder }, source, { start, end, maxTokens }) {
  const { memory, hidden: vector } = recurrentEncoder(encoder, source);
  const step = decoder.score ? luongDecoder : recurrentDecoder;
  const [tokens, odds, weights] = [[], [], []];
  let hidden = vector;
  do {
    const found = step(decoder, tokens.at(-1) ?? start, hidden, memory);
    hidden = found.hidden;
    tokens.push(found.logits.indexOf(Math.max(...found.logits)));
    odds.push(maskedSoftmax(found.logits, found.logits.map(() => true)));
    weights.push(found.weights);
  } while (tokens.length < maxTokens && tokens.at(-1) !== end);
  return { vector, tokens, odds, weights: decoder.score ? weights : null };
}
