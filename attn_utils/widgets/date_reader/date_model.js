// The date reader's model: from a text to what the Transformer writes, with every map.
import { greedy } from "../parts/decoding.js";
import { maskedSoftmax } from "../parts/attention.js";
import { unpack } from "../parts/weights.js";

export const END = 2;
export const MAX_TOKENS = 12;
const [START, UNKNOWN, SPECIAL] = [1, 3, 4];

/** One number for each character; what has none is UNKNOWN. Twin: CharacterVocabulary.encode. */
export function encodeText(text, characters) {
  return [...text].map((character) => {
    const place = characters.indexOf(character);
    return place < 0 ? UNKNOWN : place + SPECIAL;
  });
}

/** Which heads speak: true, unless `off` holds the number of the head. */
export function activeHeads(off, layers, numHeads) {
  const heads = (layer) => Array.from({ length: numHeads }, (_, h) => !off.includes(layer * numHeads + h));
  const encoder = Array.from({ length: layers.encoder }, (_, i) => heads(i));
  const decoder = Array.from({ length: layers.decoder }, (_, i) => {
    const first = layers.encoder + 2 * i;
    return { target: heads(first), memory: heads(first + 1) };
  });
  return { encoder, decoder };
}

// What stands around the number of a day, as in "the 3rd of", 1er and 1º.
const ORDINAL = /(\d)(?:st|nd|rd|th|er|º|°)(?!\p{L})/giu;
const ARTICLE = /\b(?:the|of)\s+/giu;

/** What the model gets to read: plain spaces, "3" for "the 3rd of", and all small if it
    lacks a capital. The page shows this, not what was typed. */
export function plain(text, known) {
  const spaced = text.replace(/\s/gu, " ").replace(ORDINAL, "$1").replace(ARTICLE, "");
  const lacking = [...spaced].some((c) => !known.includes(c) && known.includes(c.toLowerCase()));
  return lacking ? spaced.toLowerCase() : spaced;
}

/** Unpack a model from the widget's traits. */
export function openModel(traits) {
  const network = unpack(traits.weights, traits.shapes);
  return {
    network,
    layers: { encoder: network.encoder.layers.length, decoder: network.decoder.layers.length },
    sizes: { numHeads: traits.num_heads, normFirst: traits.norm_first },
    sourceCharacters: [...traits.source_characters],
    targetCharacters: [...traits.target_characters],
  };
}

/** What stands for a target token: its character, or a word for what has none. */
export function spell(token, { targetCharacters }) {
  return token === END ? "end" : targetCharacters[token - SPECIAL] ?? "?";
}

/** Let the model read a text: what it writes, the odds of each step, all maps. */
export function read(text, reader, off = []) {
  const { network, layers, sizes, sourceCharacters, targetCharacters } = reader;
  const active = activeHeads(off, layers, sizes.numHeads);
  const source = encodeText(text, sourceCharacters);
  const written = greedy(network, source, sizes, { start: START, end: END, maxTokens: MAX_TOKENS }, active);
  const maps = [
    ...written.maps.encoder,
    ...written.maps.decoder.flatMap(({ target, memory }) => [target, memory]),
  ];
  return {
    source: [...text],
    target: written.tokens.filter((token) => token !== END).map((token) => targetCharacters[token - SPECIAL] ?? ""),
    tokens: written.tokens,
    odds: written.logits.map((row) => maskedSoftmax(row, row.map(() => true))),
    maps,
  };
}

/** The `count` likeliest tokens of one step, with their probabilities. */
export function candidates(odds, count) {
  return odds
    .map((probability, token) => ({ token, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, count);
}

/** What one attention joins: the two sides' names. The decoder's own input begins with START. */
export function sides(layer, layers) {
  if (layer < layers.encoder) return { query: "source", key: "source" };
  return (layer - layers.encoder) % 2 === 0
    ? { query: "target", key: "target" }
    : { query: "target", key: "source" };
}

/** What one attention is called on the page. */
export function layerName(layer, layers) {
  if (layer < layers.encoder) return `encoder ${layer + 1}`;
  const which = layers.decoder > 1 ? ` ${Math.floor((layer - layers.encoder) / 2) + 1}` : "";
  return (layer - layers.encoder) % 2 === 0 ? `decoder${which}, itself` : `decoder${which} → source`;
}

/** What one head of an attention is called on the page; the number after the last is their average. */
export function headName(head, numHeads) {
  return head < numHeads ? `head ${head + 1}` : "average";
}

/** The average map of those heads that speak; where none does, of all. */
export function averageMap(maps, speaks) {
  const heard = speaks.some(Boolean) ? maps.filter((_, head) => speaks[head]) : maps;
  return maps[0].map((row, r) => row.map((_, c) => heard.reduce((sum, map) => sum + map[r][c], 0) / heard.length));
}

/** Follow one map where the reader points: at a character of the source (`pointed`), else at the
    step that is being written. Returns the weights, the characters that they belong to, and who asks. */
export function look({ source, target }, map, { query, key }, step, pointed) {
  if (query === "source") {
    const at = Math.min(pointed ?? 0, source.length - 1);
    return { query, key, at, weights: map[at], letters: source, asking: source[at] };
  }
  if (pointed !== null && key === "source") {
    // Pointing at the key's side asks the other way round: who reads this?
    return { query, key, at: pointed, turned: true, weights: map.map((row) => row[pointed]), letters: target, asking: source[pointed] };
  }
  const letters = key === "source" ? source : ["start", ...target];
  return { query, key, at: step, weights: map[step], letters, asking: target[step] };
}

/** From which tile arcs lead, and to which, by the strips' sides. On the written side START comes
    first, so that a character is written by the row before it. */
export function arcsOf({ query, key, turned, at, weights }) {
  const ends = (side, first) => weights.map((weight, i) => ({ side, at: i + first, weight }));
  if (turned) return { from: { side: "source", at }, to: ends("target", 1) };
  return { from: { side: query, at: query === "target" ? at + 1 : at }, to: ends(key, 0) };
}
