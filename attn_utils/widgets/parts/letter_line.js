// A line that a reader types for models that know some letters only: what they do not know is left out.
import { make, place } from "./face.js";
import { told } from "./language.js";

/** A line, its title, and in the title's place what is left out of the line, if anything is.

    Args:
        name: before the names of its classes.
        label, title: what stands before the line, and what above the letters that are read.
        most: characters that the line takes.
        held: the text that the model holds.
        clean: what of a text is read; "" if nothing is.
        put: hands the model another text, and has all drawn anew. */
export function letterLine(name, { label, title, most, held, clean, put }) {
  const box = Object.assign(make("input", `${name}-text`), {
    type: "text", spellcheck: false, autocomplete: "off", autocapitalize: "off", maxLength: most,
  });
  const heading = make("p", `${name}-title`, title);
  const notice = make("p", `${name}-notice`);
  place(notice, { "aria-live": "polite" });
  let line = { text: held(), letters: held() }; // what stands in the line, and for which letters
  let good = held(); // the last letters that could be read
  box.addEventListener("input", () => adopt(box.value, clean(box.value) || read()));

  /** The letters that are read. */
  function read() {
    const now = held();
    if (now !== line.letters) line = { text: now, letters: now };
    good = clean(now) || good;
    return good;
  }

  /** Let this text stand in the line, for these letters; the same letters may be spelt in another way. */
  function adopt(text, letters = text) {
    line = { text, letters };
    put(letters);
  }

  /** Show the line, and what `reasonOf` says of it. */
  function show(reasonOf) {
    if (box.value !== line.text) box.value = line.text;
    const reason = reasonOf(line.text);
    if (notice.textContent !== reason) notice.replaceChildren(...told(reason));
    heading.hidden = reason !== "";
  }

  return { node: make("label", `${name}-line`, make("span", "", label), box), above: [heading, notice], read, adopt, show };
}
