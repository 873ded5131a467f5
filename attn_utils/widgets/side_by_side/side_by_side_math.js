// What of a text is read, what is to be written, and how much of it is right.
import { writeGreedily } from "../parts/seq2seq.js";

export const LONGEST = 40; // letters of a string
export const MOST_TOKENS = 45; // characters of an answer, its end among them
const [START, END, SPECIAL] = [1, 2, 4]; // as CharacterVocabulary numbers them

/** The tokens of a string. Twin: CharacterVocabulary.encode. */
export function encode(text, alphabet) {
  return [...text].map((each) => alphabet.indexOf(each) + SPECIAL);
}

/** The character of a token; null for the end, and a question mark for what stands for none. */
export function spell(token, alphabet) {
  return token === END ? null : alphabet[token - SPECIAL] ?? "?";
}

/** The tokens that are to be written, their end among them. */
export function wantedOf(text, task, alphabet) {
  const tokens = encode(text, alphabet);
  return [...(task === "reverse" ? tokens.reverse() : tokens), END];
}

/** How many of the letters up to so many characters are right. */
export function countRight(tokens, wanted, step) {
  return wanted.slice(0, Math.min(step, wanted.length - 1)).filter((each, n) => tokens[n] === each).length;
}

/** How many letters up to so many characters are written after the last one wanted. */
export function countExtra(tokens, wanted, step) {
  return tokens.slice(wanted.length - 1, step).filter((each) => each !== END).length;
}

/** The first place up to so many characters that is wrong, the end among them; -1 if none is. */
export function lostAt(tokens, wanted, step) {
  return wanted.slice(0, step).findIndex((each, n) => tokens[n] !== each);
}

/** Let a model write a string again. Twin: Seq2Seq.greedy. */
export function written(model, text, alphabet) {
  return writeGreedily(model, encode(text, alphabet), { start: START, end: END, maxTokens: MOST_TOKENS });
}
