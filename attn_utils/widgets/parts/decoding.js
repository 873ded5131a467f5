// Writing with a trained model.
// A test holds each function equal to its Python twin, to 1e-6.
import { decode, encode } from "./transformer.js";

/** Write the likeliest token at each step: every token, its odds and all maps. Twin: Writer.greedy. */
export function greedy(model, source, sizes, { start, end, maxTokens }, active) {
  const encoded = encode(model, source, sizes, active);
  const tokens = [];
  let decoded;
  do {
    decoded = decode(model, [start, ...tokens], encoded.memory, sizes, active);
    const last = decoded.logits.at(-1);
    tokens.push(last.indexOf(Math.max(...last)));
  } while (tokens.length < maxTokens && tokens.at(-1) !== end);
  return { tokens, logits: decoded.logits, maps: { encoder: encoded.maps, decoder: decoded.maps } };
}
