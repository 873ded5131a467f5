// What the date reader says beside the model's answer: which texts it was never
// taught to read, and whether the answer agrees with the text.

const NUMBER_OF_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** How many days has a month, counted from 1, in the Gregorian calendar? */
export function daysInMonth(year, month) {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && leap ? 29 : NUMBER_OF_DAYS[month - 1];
}

/** Characters of the text that the model has never seen, each once. */
export function unknownCharacters(text, known) {
  return [...new Set(text)].filter((character) => !known.includes(character));
}

/** Months, counted from 1, that the words of the text can name. */
export function namedMonths(text, monthNames) {
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  return monthNames.flatMap((names, i) => (words.some((word) => names.includes(word)) ? [i + 1] : []));
}

/** Why this text is no date that the model was taught, or null. `years` are its first and last,
    `words` all that it was shown, in small letters. */
export function objection(text, { known, longest, years, monthNames, words }) {
  if (!text.trim()) return "The box is empty. Type a date, or pick an example.";
  const unknown = unknownCharacters(text, known);
  if (unknown.length) {
    return `It has never seen ${unknown.slice(0, 6).join(" ")}${unknown.length > 6 ? " …" : ""} and cannot read it.`;
  }
  if ([...text].length > longest) {
    return `That is ${[...text].length} characters long; the longest that it was taught has ${longest}.`;
  }
  const numbers = text.match(/\d+/g) ?? [];
  const ofYears = numbers.filter((digits) => digits.length > 2);
  const months = namedMonths(text, monthNames);
  const others = numbers.length - ofYears.length;
  const needed = months.length ? 1 : 2;
  if (ofYears.length === 0) return "It needs a year of four digits, and a day and a month beside it.";
  if (ofYears.length > 1 || months.length > 1 || others > needed) {
    return "There is more here than one date. It was taught one at a time.";
  }
  const unheard = (text.match(/[\p{Script=Latin}\p{Script=Cyrillic}]+/gu) ?? [])
    .find((word) => !words.includes(word.toLowerCase()));
  if (unheard) return `It was never taught the word “${unheard}”.`;
  if (/^\s*\d+-\d+-\d+\s*$/.test(text)) return "It was taught to write this format, never to read it.";
  // Other years of four digits it reads: the verdict says that they are none of its lessons'.
  if (ofYears[0].length !== 4) {
    return `It was taught the years ${years[0]} to ${years[1]}, and ${ofYears[0]} is not among them.`;
  }
  if (others < needed) {
    return months.length
      ? "A day is missing."
      : "It finds no month that it knows, by a name in its eleven languages or by a number.";
  }
  if (!months.length && numbers.at(-1) === ofYears[0] && !/^\D*\d+\s*\.\s*\d+\s*\.\s*\d+\D*$/.test(text)) {
    return "Day first or month first? Readers differ, and it was never taught this order. Name the month.";
  }
  return null;
}

/** Read a text that met no objection by rule: [year, month, day]. */
export function readByRule(text, monthNames) {
  const numbers = text.match(/\d+/g);
  const place = numbers.findIndex((digits) => digits.length === 4);
  const others = numbers.filter((_, i) => i !== place).map(Number);
  const [named] = namedMonths(text, monthNames);
  if (named) return [Number(numbers[place]), named, others[0]];
  const [month, day] = place === 0 ? others : others.reverse();
  return [Number(numbers[place]), month, day];
}

/** What is to be said about an answer: does it agree with the text, is there such a day, was it
    taught such a year? */
export function verdict(text, answer, monthNames, years) {
  const [year, month, day] = readByRule(text, monthNames);
  const strange = year < years[0] || year > years[1];
  const lessons = strange ? `; it was taught the years ${years[0]} to ${years[1]}` : "";
  const iso = [String(year).padStart(4, "0"), String(month).padStart(2, "0"), String(day).padStart(2, "0")].join("-");
  if (month < 1 || month > 12) return { agrees: false, words: `there is no month ${month}: do not trust the answer` };
  const last = daysInMonth(year, month);
  if (day < 1 || day > last) {
    return { agrees: false, words: `that month has only ${last} days: the model knows no calendar, do not trust it` };
  }
  return answer === iso
    ? { agrees: true, words: `checked by rule: it agrees with the text${lessons}` }
    : { agrees: false, words: `checked by rule: it is wrong, the text says ${iso}${lessons}` };
}
