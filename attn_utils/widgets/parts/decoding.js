// Writing with a trained model.
// A test holds each function equal to its Python twin, to 1e-6.
import { decode, emptyCaches, encode } from "./transformer.js";

/** The maps of one layer, head by head, from those of each step, which end where it stood. */
function together(steps) {
  const filled = (row) => Array.from(steps, (_, n) => row[n] ?? 0);
  return {
    target: steps[0].target.map((_, h) => steps.map(({ target }) => filled(target[h][0]))),
    memory: steps[0].memory.map((_, h) => steps.map(({ memory }) => memory[h][0])),
  };
}

/** Write the likeliest token at each step: every token, its odds and all maps. Twin: Writer.greedy. */
export function greedy(model, source, sizes, { start, end, maxTokens }, active) {
  const encoded = encode(model, source, sizes, active);
  const caches = emptyCaches(model);
  const [tokens, logits, maps] = [[], [], []];
  do {
    const decoded = decode(model, [tokens.at(-1) ?? start], encoded.memory, sizes, active, caches);
    const [last] = decoded.logits;
    tokens.push(last.indexOf(Math.max(...last)));
    logits.push(last);
    maps.push(decoded.maps);
  } while (tokens.length < maxTokens && tokens.at(-1) !== end);
  const layers = caches.map((_, layer) => together(maps.map((each) => each[layer])));
  return { tokens, logits, maps: { encoder: encoded.maps, decoder: layers } };
}
