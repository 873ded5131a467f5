// How a message names what a reader typed.

const MANY = 4; // strange characters that are named
const NAMED = 12; // letters by which a text is named

/** Name strange characters, or a few of them. */
export function someOf(unknown) {
  const some = unknown.slice(0, MANY).map((each) => (each === " " ? "the space" : each));
  return `${some.join(" ")}${unknown.length > MANY ? " …" : ""}`;
}

/** Name a text, if it is long by its beginning. */
export function beginning(text) {
  return `“${text.length > NAMED ? `${text.slice(0, NAMED)}…` : text}”`;
}
