// The language of what a widget shows, where its letters tell: a screen reader
// changes its voice by it, and a browser the shapes of Chinese characters.

const SCRIPTS = {
  ko: /\p{Script=Hangul}/u,
  ja: /[曜\p{Script=Hiragana}\p{Script=Katakana}]/u,
  "zh-Hans": /\p{Script=Han}/u,
  ru: /\p{Script=Cyrillic}/u,
};
const RUNS = /([\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}\p{Script=Cyrillic}]+)/u;

/** The language of a text by its letters; "" where they leave it open. */
export function languageOf(text) {
  return Object.keys(SCRIPTS).find((language) => SCRIPTS[language].test(text)) ?? "";
}

/** Give an element the language of its text, or none. */
export function speak(node, language) {
  if (language) node.lang = language;
  else node.removeAttribute("lang");
  return node;
}

/** A text as nodes, each word of a foreign script in an element of its language. */
export function told(text, language = "") {
  return text.split(RUNS).filter(Boolean).map((part) => {
    if (!RUNS.test(part)) return document.createTextNode(part);
    const word = document.createElement("span");
    word.textContent = part;
    return speak(word, language || languageOf(part));
  });
}
