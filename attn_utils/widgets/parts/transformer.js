// The Transformer: embed, encode, decode.
// A test holds each function equal to its Python twin, to 1e-6.
import { add, layerNorm, linear } from "./rows.js";
import { sinusoidalPositions } from "./positions.js";
import { decoderLayer, encoderLayer } from "./layers.js";

/** Each token's vector, and where it stands added to it; `read` tokens stand before. Twin: Transformer.embed. */
export function embed(tokens, { weight }, read = 0) {
  const modelDim = weight[0].length;
  const vectors = tokens.map((token) => Array.from(weight[token], (feature) => feature * Math.sqrt(modelDim)));
  return add(vectors, sinusoidalPositions(tokens.length, modelDim, read));
}

/** Run a stack of layers, and the norm that pre-norm leaves to the end. Twin: Stack.run. */
function run(stack, x, layer, normFirst) {
  const maps = [];
  for (const [index, module] of stack.layers.entries()) {
    const { outputs, weights } = layer(module, x, index);
    maps.push(weights);
    x = outputs;
  }
  return { outputs: normFirst ? layerNorm(x, stack.norm) : x, maps };
}

/** Read the source. Twin: Transformer.encode. */
export function encode(model, source, sizes, active) {
  const layer = (module, x, index) => encoderLayer(module, x, sizes, active?.encoder[index]);
  const { outputs, maps } = run(model.encoder, embed(source, model.source_embedding), layer, sizes.normFirst);
  return { memory: outputs, maps };
}

/** What each layer of a decoder keeps from step to step: nothing yet. Twin: DecoderCache. */
export function emptyCaches(model) {
  return model.decoder.layers.map(() => ({ target: {}, memory: {} }));
}

/** Say, after each target token, what may come next. With caches, after the one that is new. Twin: Transformer.decode. */
export function decode(model, target, memory, sizes, active, caches) {
  const layer = (module, x, index) => decoderLayer(module, x, memory, sizes, active?.decoder[index], caches?.[index]);
  const read = caches?.[0].target.keys?.[0].length ?? 0;
  const { outputs, maps } = run(model.decoder, embed(target, model.target_embedding, read), layer, sizes.normFirst);
  return { logits: linear(outputs, model.output_map), maps };
}
