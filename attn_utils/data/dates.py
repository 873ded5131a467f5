"""Dates as twelve locales write them, as people type them, and as ISO 8601.

The patterns and names of dates.json come from the CLDR, version 47, through
Babel 2.18.0 (tools/make_dates.py), under LICENSE.unicode. Years run from 1000 to
9999: below, the CLDR writes fewer than four digits, so that 12 may be a year or a
day and the zeros of the ISO year 0012 stand nowhere in the text; above, Python's
dates end.
"""

import datetime
import json
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NamedTuple

import torch

from .._checks import check_at_most, check_size
from .._shapes import Tensor

TABLE = json.loads(Path(__file__).with_name("dates.json").read_text("utf-8"))
LOCALES = {locale: entry["language"] for locale, entry in TABLE.items()}
STYLES = ("medium", "long", "full")
FIRST_YEAR, LAST_YEAR = 1000, 9999
# The CLDR's codes for a field, as the patterns of the table use them.
FIELD_CODES = {"y", "M", "MM", "MMM", "MMMM", "d", "dd", "EEEE"}

Span = tuple[int, int]


class WrittenDate(NamedTuple):
    """A text, and where in it each field stands: `text[start:end]`."""

    text: str
    year: Span
    month: Span
    day: Span
    weekday: Span | None


class DatePair(NamedTuple):
    """A written date, its spans, and the same day as ISO 8601 writes it."""

    source: str
    target: str
    year: Span
    month: Span
    day: Span
    weekday: Span | None
    locale: str
    style: str


class Variation(NamedTuple):
    """One way in which typed text departs from the CLDR's.

    `pattern` is looked for in the text or in its marks (see `_marked`); one
    match is drawn and replaced.
    """

    probability: float
    looks_at: str
    pattern: re.Pattern
    replacement: str


# Tried one after the other; a text that has no match stays as it is.
VARIATIONS = {
    "weekday left out": Variation(
        0.3, "marks", re.compile(r"^E+,? | ?E+$"), ""
    ),
    "comma or full stop dropped": Variation(
        0.2, "text", re.compile(r"[.,](?= |$)"), ""
    ),
    "comma added": Variation(
        0.05, "marks", re.compile(r"(?<=E)(?= )|(?<=M)(?= Y)"), ","
    ),
    "full stop added": Variation(0.05, "text", re.compile(r"(?<![.])$"), "."),
    # Never between two numbers, which would become one.
    "space left out": Variation(
        0.1,
        "text",
        re.compile(r"(?<=[.,]) |(?<=\d) (?=[^\W\d])|(?<=[^\W\d]) (?=\d)"),
        "",
    ),
    "space doubled": Variation(0.05, "text", re.compile(r" "), "  "),
}
# Lower case where the CLDR has capitals, else capitals for the names.
CASE_CHANGED = 0.25


def write_date(
    day: datetime.date, locale: str, style: str = "long"
) -> WrittenDate:
    """Write a day exactly as the CLDR does, and say where its fields stand.

    Args:
        day: a day of the years 1000 to 9999.
        locale: a name of `LOCALES`, such as "de".
        style: "medium", "long", or "full", which names the weekday.

    Returns:
        The text, and the spans of year, month, day and weekday in it.

    Raises:
        ValueError: an unknown locale or style, or a year below 1000.
        TypeError: `day` is no date.

    Source: Unicode Technical Standard 35, part 4.
    """
    _check_day(day)
    _check_names("locale", [locale], LOCALES)
    _check_names("style", [style], STYLES)
    return _with_spans(*_marked(day, locale, style))


def is_held_out(day: datetime.date) -> bool:
    """Say whether a day is kept for testing: one in five, for ever the same.

    Args:
        day: any day.

    Returns:
        True for a day that no training pair shows, in any locale or style.

    Source: Knuth, "The Art of Computer Programming", vol. 3, section 6.4
    (multiplicative hashing).
    """
    return _is_ordinal_held_out(day.toordinal())


def random_days(
    num_days: int,
    held_out: bool,
    first_year: int = 1000,
    last_year: int = 2999,
    generator: torch.Generator | None = None,
) -> list[datetime.date]:
    """Draw days for training, or from those held out; each is as likely.

    Args:
        num_days: how many; a day may come twice.
        held_out: which side of `is_held_out` to draw from.
        first_year: the earliest year, 1000 or later.
        last_year: the latest year, at most 9999.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        The days, in the order in which they were drawn.

    Raises:
        ValueError: no day, or years out of order or out of range.
        TypeError: a number that is not whole.
    """
    num_days = check_size("num_days", num_days, least=1)
    first_year = check_size("first_year", first_year, least=FIRST_YEAR)
    last_year = check_size("last_year", last_year, least=FIRST_YEAR)
    check_at_most("last_year", last_year, LAST_YEAR, "where Python's dates end")
    check_at_most("first_year", first_year, last_year, "last_year")
    first = datetime.date(first_year, 1, 1).toordinal()
    last = datetime.date(last_year, 12, 31).toordinal()
    ordinals = torch.arange(first, last + 1)
    ordinals = ordinals[_is_ordinal_held_out(ordinals) == held_out]
    drawn = torch.randint(len(ordinals), (num_days,), generator=generator)
    return [datetime.date.fromordinal(n) for n in ordinals[drawn].tolist()]


def date_pairs(
    num_pairs: int,
    held_out: bool = False,
    as_typed: bool = False,
    locales: Sequence[str] = tuple(LOCALES),
    styles: Sequence[str] = STYLES,
    first_year: int = 1000,
    last_year: int = 2999,
    generator: torch.Generator | None = None,
) -> list[DatePair]:
    """Draw dates to be translated into ISO 8601, with their true alignment.

    Args:
        num_pairs: how many.
        held_out: days for testing, of which none is ever in a training pair.
        as_typed: vary each text as people do: see `VARIATIONS` and
            `CASE_CHANGED`; about half stay the CLDR's, and accents are
            always kept. The narrow no-break space of Russian, which no
            keyboard has, becomes a plain one.
        locales: names of `LOCALES`, drawn alike.
        styles: of "medium", "long" and "full", drawn alike.
        first_year: the earliest year, 1000 or later.
        last_year: the latest year, at most 9999.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        Pairs of a source text and a target YYYY-MM-DD; the spans of the fields
        are those of the text as it stands, varied or not.

    Raises:
        ValueError: an unknown locale or style, none at all, no pair, or years
            out of order or out of range.
        TypeError: a number that is not whole.
    """
    num_pairs = check_size("num_pairs", num_pairs, least=1)
    _check_names("locales", locales, LOCALES)
    _check_names("styles", styles, STYLES)
    days = random_days(num_pairs, held_out, first_year, last_year, generator)
    size = (num_pairs,)
    which_locale = torch.randint(len(locales), size, generator=generator)
    which_style = torch.randint(len(styles), size, generator=generator)
    # For each variation whether, and for which of its matches; then the case.
    chances = torch.rand(
        num_pairs, 2 * len(VARIATIONS) + 1, generator=generator
    )
    pairs = []
    for day, i, j, chance in zip(
        days,
        which_locale.tolist(),
        which_style.tolist(),
        chances.tolist(),
        strict=True,
    ):
        text, marks = _marked(day, locales[i], styles[j])
        if as_typed:
            text, marks = _typed(text, marks, chance)
        written = _with_spans(text, marks)
        pairs.append(
            DatePair(
                written.text,
                day.isoformat(),
                *written[1:],
                locales[i],
                styles[j],
            )
        )
    return pairs


def month_words() -> list[list[str]]:
    """Return for each month the words, in lower case, that may name it.

    The words are those of all locales; one that writes its months as numbers
    has none.
    """
    words = [set() for _ in range(12)]
    for entry in TABLE.values():
        for names in entry["names"].values():
            if len(names) == 12 and not re.search(r"\d", names[0]):
                for month, name in enumerate(names):
                    words[month] |= set(re.findall(r"[^\W\d]+", name.lower()))
    return [sorted(each) for each in words]


def date_words() -> list[str]:
    """Return all words, in lower case, that a written date may hold."""
    texts = [
        part
        for entry in TABLE.values()
        for parts in [*entry["names"].values(), *(entry[s] for s in STYLES)]
        for part in parts
        if part not in FIELD_CODES
    ]
    found = re.findall(r"[^\W\d_]+", " ".join(texts).lower())
    return sorted(set(found))


def _is_ordinal_held_out(ordinal: int | Tensor) -> bool | Tensor:
    """Hash a day's number to 32 bits; the lowest fifth is held out."""
    return ordinal * 2654435761 % 2**32 < 2**32 // 5


def _marked(day: datetime.date, locale: str, style: str) -> tuple[str, str]:
    """Write a day, and below each character its field.

    "5. März 2024" has the marks "D. MMMM YYYY": Y, M, D and E (weekday) for
    the fields; everything else stands for itself.
    """
    numbers = {
        "y": day.year,
        "M": day.month,
        "d": day.day,
        "E": day.isoweekday(),
    }
    names = TABLE[locale]["names"]
    text = marks = ""
    for token in TABLE[locale][style]:
        if token not in FIELD_CODES:
            text += token
            marks += token
            continue
        number = numbers[token[0]]
        if token in names:
            part = names[token][number - 1]
        else:
            part = str(number).zfill(len(token))
        text += part
        marks += token[0].upper() * len(part)
    return text, marks


def _with_spans(text: str, marks: str) -> WrittenDate:
    """Read the spans off the marks; each field is in one piece."""
    spans = [
        (marks.index(field), marks.rindex(field) + 1)
        if field in marks
        else None
        for field in "YMDE"
    ]
    return WrittenDate(text, *spans)


def _typed(text: str, marks: str, chance: list[float]) -> tuple[str, str]:
    """Vary a text and its marks together, as the chances have it."""
    text, marks = text.replace("\u202f", " "), marks.replace("\u202f", " ")
    for number, variation in enumerate(VARIATIONS.values()):
        if chance[2 * number] < variation.probability:
            looked_at = text if variation.looks_at == "text" else marks
            matches = list(variation.pattern.finditer(looked_at))
            if matches:
                match = matches[int(chance[2 * number + 1] * len(matches))]
                start, end = match.span()
                new = variation.replacement
                text = text[:start] + new + text[end:]
                marks = marks[:start] + new + marks[end:]
    if chance[-1] < CASE_CHANGED:
        text = text.lower() if text != text.lower() else _titled(text, marks)
    return text, marks


def _titled(text: str, marks: str) -> str:
    """Give the names of month and weekday a capital."""
    return "".join(
        character.upper()
        if mark in "ME" and (place == 0 or marks[place - 1] != mark)
        else character
        for place, (character, mark) in enumerate(zip(text, marks, strict=True))
    )


def _check_day(day: datetime.date) -> None:
    """Raise unless `day` is a date whose year has four digits."""
    if not isinstance(day, datetime.date):
        raise TypeError(
            f"day must be a datetime.date, but is {type(day).__name__}"
        )
    if day.year < FIRST_YEAR:
        raise ValueError(
            f"day must lie in the years {FIRST_YEAR} to {LAST_YEAR}, but is "
            f"in {day.year}, which the CLDR writes with fewer than four digits"
        )


def _check_names(
    name: str, given: Sequence[str], known: Collection[str]
) -> None:
    """Raise unless there is a name, and every name is known."""
    if not given:
        raise ValueError(f"{name} must hold one name or more, but is empty")
    for one in given:
        if one not in known:
            raise ValueError(
                f"{name} must be among {', '.join(known)}, but is {one!r}"
            )


def _source_characters() -> str:
    """List what a source may be made of, typed or not."""
    found = set("0123456789., ")
    for entry in TABLE.values():
        names = [name for kind in entry["names"].values() for name in kind]
        capitals = [name[0].upper() for name in names]
        literals = set().union(*(entry[style] for style in STYLES))
        for text in [*names, *capitals, *(literals - FIELD_CODES)]:
            found |= set(text)
    return "".join(sorted(found))


# For a CharacterVocabulary: all that a source, and that a target, may hold.
SOURCE_CHARACTERS = _source_characters()
TARGET_CHARACTERS = "-0123456789"
