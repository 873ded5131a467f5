// What a reader types, for models that know some letters only.
import { beginning, someOf } from "./named.js";

/** A character as the models know it, small where they lack a capital; "" if they do not know it. */
function known(character, alphabet) {
  return [character, character.toLowerCase()].find((each) => alphabet.includes(each)) ?? "";
}

/** What of a text is known, as many letters as are read. */
export function lettersOf(text, alphabet, most) {
  return [...text].map((each) => known(each, alphabet)).join("").slice(0, most);
}

/** What of a text is not known, each once. */
export function strangers(text, alphabet) {
  return [...new Set(text)].filter((each) => !known(each, alphabet));
}

/** The known letters in a few words: neighbours together, if these are few. */
function knownOnes(alphabet) {
  const runs = [];
  for (const each of alphabet) {
    const last = runs.at(-1);
    if (last && each.codePointAt(0) === last[1].codePointAt(0) + 1) last[1] = each;
    else runs.push([each, each]);
  }
  if (runs.length <= 2) return runs.map(([first, end]) => (first === end ? first : `${first} to ${end}`)).join(", ");
  return alphabet.length > 6 ? `${alphabet[0]} to ${alphabet.at(-1)}` : [...alphabet].join(" ");
}

/** Say what of a typed text is left out, if anything is; `still` is what is read where nothing is known. */
export function leftOut(typed, alphabet, most, still) {
  const unknown = strangers(typed, alphabet);
  const what = knownOnes(alphabet);
  if (!lettersOf(typed, alphabet, most)) return `Known: ${what}. Still read: ${beginning(still)}.`;
  if (unknown.length) return `Known: ${what}. Left out: ${someOf(unknown)}`;
  return [...typed].length > most ? `It takes ${most} letters; the rest is left out.` : "";
}
