// The package's mechanisms over plain arrays, under the same names.
// A test holds each function equal to its Python twin, to 1e-6.

/** Score scalar keys by distance, -(q - k)² / (2 h²). Twin: GaussianScore. */
export function gaussianScore(query, key, bandwidth) {
  const width = 2 * bandwidth ** 2;
  return key.map((k) => -((query - k) ** 2) / width);
}

/** Softmax over the visible scores; hidden ones get exactly 0, and so does
    every one of a row with nothing visible. Twin: masked_softmax. */
export function maskedSoftmax(scores, mask) {
  let largest = -Infinity;
  for (let i = 0; i < scores.length; i++) if (mask[i] && scores[i] > largest) largest = scores[i];
  let total = 0;
  const grown = scores.map((score, i) => {
    const part = mask[i] && largest > -Infinity ? Math.exp(score - largest) : 0;
    total += part;
    return part;
  });
  return grown.map((part) => part / (total || 1));
}

/** Read the values by their weights. Twin: the product in attention(). */
export function weightedSum(weights, value) {
  return dot(weights, value);
}

// From here on a sequence is an array of rows, one for each token, and a map
// {weight, bias} keeps its weight as rows too, one for each output, as torch does.

/** The sum of products of two rows. */
function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Add two sequences, feature by feature. */
export function add(x, y) {
  return x.map((row, n) => row.map((feature, i) => feature + y[n][i]));
}

/** Map every row by weight · row + bias. Twin: nn.Linear. */
export function linear(x, { weight, bias }) {
  return x.map((row) => weight.map((each, i) => dot(each, row) + bias[i]));
}

/** Give every row mean 0 and variance 1, then scale and shift it. Twin: nn.LayerNorm. */
export function layerNorm(x, { weight, bias }) {
  return x.map((row) => {
    const mean = row.reduce((sum, feature) => sum + feature, 0) / row.length;
    const variance = row.reduce((sum, feature) => sum + (feature - mean) ** 2, 0) / row.length;
    const root = Math.sqrt(variance + 1e-5);
    return row.map((feature, i) => ((feature - mean) / root) * weight[i] + bias[i]);
  });
}

/** Let each position see itself and what came before it. Twin: causal_mask. */
export function causalMask(numTokens) {
  return Array.from({ length: numTokens }, (_, i) => Array.from({ length: numTokens }, (_, j) => j <= i));
}

/** One fixed vector for each position. Twin: sinusoidal_positions. */
export function sinusoidalPositions(numTokens, modelDim) {
  return Array.from({ length: numTokens }, (_, position) =>
    Array.from({ length: modelDim }, (_, i) => {
      const angle = position / 10000 ** ((i - (i % 2)) / modelDim);
      return i % 2 ? Math.cos(angle) : Math.sin(angle);
    }));
}

/** Cut the features into heads: an array of sequences. Twin: split_heads. */
export function splitHeads(x, numHeads) {
  const size = x[0].length / numHeads;
  return Array.from({ length: numHeads }, (_, h) => x.map((row) => row.slice(h * size, (h + 1) * size)));
}

/** Put the features of all heads side by side again. Twin: merge_heads. */
export function mergeHeads(heads) {
  return heads[0].map((_, n) => heads.flatMap((head) => head[n]));
}

/** Read the values at every query. Twin: scaled_dot_product_attention. */
export function scaledDotProductAttention(query, key, value, mask) {
  const scale = Math.sqrt(query[0].length);
  const everyKey = key.map(() => true);
  const weights = query.map((q, n) =>
    maskedSoftmax(key.map((k) => dot(q, k) / scale), mask ? mask[n] : everyKey));
  const context = weights.map((row) =>
    value[0].map((_, i) => row.reduce((sum, weight, k) => sum + weight * value[k][i], 0)));
  return { context, weights };
}

/** Expand, split, attend, merge; heads that are off read zeros. Twin: MultiHeadAttention. */
export function multiHeadAttention(module, query, key, mask, numHeads, activeHeads) {
  const expanded = [linear(query, module.query_map), linear(key, module.key_map), linear(key, module.value_map)];
  const [queries, keys, values] = expanded.map((x) => splitHeads(x, numHeads));
  const heads = queries.map((_, h) => scaledDotProductAttention(queries[h], keys[h], values[h], mask));
  const contexts = heads.map(({ context }, h) =>
    (!activeHeads || activeHeads[h] ? context : context.map((row) => row.map(() => 0))));
  return {
    output: linear(mergeHeads(contexts), module.output_map),
    weights: heads.map(({ weights }) => weights),
  };
}

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

/** Self-attention, then feed-forward. Twin: EncoderLayer. */
export function encoderLayer(module, x, { numHeads, normFirst }, active) {
  const seen = enter(module.around_attention, x, normFirst);
  const { output, weights } = multiHeadAttention(module.attention, seen, seen, null, numHeads, active);
  x = leave(module.around_attention, x, output, normFirst);
  const thought = feedForward(module.feed_forward, enter(module.around_feed_forward, x, normFirst));
  return { outputs: leave(module.around_feed_forward, x, thought, normFirst), weights };
}

/** Self-attention, attention to the memory, feed-forward. Twin: DecoderLayer. */
export function decoderLayer(module, x, memory, { numHeads, normFirst }, active) {
  const seen = enter(module.around_attention, x, normFirst);
  const own = multiHeadAttention(module.attention, seen, seen, causalMask(x.length), numHeads, active?.target);
  x = leave(module.around_attention, x, own.output, normFirst);
  const asked = enter(module.around_memory, x, normFirst);
  const read = multiHeadAttention(module.memory_attention, asked, memory, null, numHeads, active?.memory);
  x = leave(module.around_memory, x, read.output, normFirst);
  const thought = feedForward(module.feed_forward, enter(module.around_feed_forward, x, normFirst));
  const outputs = leave(module.around_feed_forward, x, thought, normFirst);
  return { outputs, weights: { target: own.weights, memory: read.weights } };
}

/** Each token's vector, and where it stands added to it. Twin: Transformer.embed. */
export function embed(tokens, { weight }) {
  const modelDim = weight[0].length;
  const vectors = tokens.map((token) => Array.from(weight[token], (feature) => feature * Math.sqrt(modelDim)));
  return add(vectors, sinusoidalPositions(tokens.length, modelDim));
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

/** Say, after each target token, what may come next. Twin: Transformer.decode. */
export function decode(model, target, memory, sizes, active) {
  const layer = (module, x, index) => decoderLayer(module, x, memory, sizes, active?.decoder[index]);
  const { outputs, maps } = run(model.decoder, embed(target, model.target_embedding), layer, sizes.normFirst);
  return { logits: linear(outputs, model.output_map), maps };
}

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

/** Read one half-precision number from its 16 bits. */
export function fromFloat16(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}

/** Put half-precision parameters back into a tree, by dotted names such as
    "layers.0.norm.weight"; a matrix becomes its rows. Twin: widgets.pack. */
export function unpack(view, shapes) {
  const tree = {};
  let offset = 0;
  const row = (length) => {
    const numbers = new Float32Array(length);
    for (let i = 0; i < length; i++, offset += 2) numbers[i] = fromFloat16(view.getUint16(offset, true));
    return numbers;
  };
  for (const [name, shape] of shapes) {
    const path = name.split(".");
    const last = path.pop();
    let node = tree;
    path.forEach((step, i) => {
      const next = /^\d+$/.test(path[i + 1] ?? "") ? [] : {};
      node = node[step] ??= next;
    });
    node[last] = shape.length === 1 ? row(shape[0]) : Array.from({ length: shape[0] }, () => row(shape[1]));
  }
  return tree;
}
