// A line that a reader types for a model that knows some letters only: it is read, or refused with a reason.

import { beginning, someOf } from "./named.js";

export const TYPED = 120; // characters that its box takes

/** What of a text is no letter of the alphabet, large or small, each once. */
export function strangers(text, alphabet) {
  const known = alphabet.toLowerCase() + alphabet.toUpperCase();
  return [...new Set(text)].filter((each) => !known.includes(each));
}

/** A text as the line that is read, in the alphabet's own case; "" if it is none. */
export function lineOf(text, alphabet, longest) {
  if (text.length > longest || strangers(text, alphabet).length) return "";
  return alphabet === alphabet.toLowerCase() ? text.toLowerCase() : text.toUpperCase();
}

/** Say why what is typed is not read, if it is not; `text` is what still is, by one model or by `several`. */
export function objection(typed, text, { alphabet, longest, several = false }) {
  const still = `${several ? "they still read" : "it still reads"} ${beginning(text)}.`;
  const unknown = strangers(typed, alphabet);
  if (!typed) return `No letter: ${still}`;
  if (unknown.length) {
    const known = `${several ? "They know" : "It knows"} ${alphabet[0]} to ${alphabet.at(-1)}`;
    return `${known}, not ${someOf(unknown)}: ${still}`;
  }
  return typed.length > longest ? `${longest} letters at most, not ${typed.length}: ${still}` : "";
}

/** Write a box anew around the hand that writes in it. */
export function rewrite(box, text) {
  const at = box.selectionStart;
  box.value = text;
  if (document.activeElement === box) box.setSelectionRange(at, at);
}
