// Counting the letters of a word: what the model says of each, and where each looks.
// A test holds the numbers equal to the package, to 1e-4.
import { encoderLayer } from "../parts/layers.js";
import { layerNorm, linear } from "../parts/rows.js";

export const LONGEST = 16; // letters of a word
export const MOST = 12; // that the model can say
const SIZES = { numHeads: 1, normFirst: true };
const BEFORE_A = "a".charCodeAt(0) - 1;
const START = 27; // after the padding and the letters

/** The letters of a text that the model knows, small ones, as many as it takes. */
export function lettersOf(text) {
  return [...text].filter((each) => /[A-Za-z]/.test(each)).slice(0, LONGEST).join("").toLowerCase();
}

/** What of a text is no letter from a to z, each once. */
export function strangers(text) {
  return [...new Set(text)].filter((each) => !/[A-Za-z]/.test(each));
}

/** How often each letter occurs in its word. */
export function truths(word) {
  return [...word].map((letter) => word.split(letter).length - 1);
}

/** The place of the largest number, the first of several. */
export function largest(numbers) {
  return numbers.indexOf(Math.max(...numbers));
}

/** Count the letters of a word, behind a start token or without: the logits of the counts from 0 on, the count
    that the model says, and the weights, a row for each letter, whose first is the start token's. Twin: LetterCounter. */
export function countLetters(module, word, start) {
  const letters = [...word].map((letter) => letter.charCodeAt(0) - BEFORE_A);
  const tokens = start ? [START, ...letters] : letters;
  const vectors = tokens.map((token) => Array.from(module.embedding.weight[token]));
  const { outputs, weights: [map] } = encoderLayer(module.layer, vectors, SIZES);
  const asked = outputs.slice(Number(start)); // of the start token nothing is asked
  const logits = linear(layerNorm(asked, module.norm), module.read_out);
  return { logits, says: logits.map(largest), weights: map.slice(Number(start)) };
}
