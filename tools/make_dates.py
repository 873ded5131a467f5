"""Write attn_utils/data/dates.json: how twelve locales write a date.

`python tools/make_dates.py` needs Babel 2.18.0, which carries the CLDR's data;
another version has other spellings. A pattern becomes a list of the CLDR's
field codes (y, MMMM, dd, EEEE) and of literal text; names are stored for the
codes that need them, January and Monday first.
"""

import json
from pathlib import Path

import babel
from babel.dates import get_date_format, tokenize_pattern

BABEL = "2.18.0"  # whose dates are stored
TARGET = Path(__file__).parent.parent / "attn_utils" / "data" / "dates.json"
LANGUAGES = {
    "en_US": "English (US)",
    "en_GB": "English (UK)",
    "zh_Hans_CN": "Chinese",
    "ja": "Japanese",
    "de": "German",
    "fr": "French",
    "es": "Spanish",
    "it": "Italian",
    "pt_BR": "Portuguese (Brazil)",
    "ru": "Russian",
    "ko": "Korean",
    "nl": "Dutch",
}
STYLES = ("medium", "long", "full")
CODES = {"y", "M", "MM", "MMM", "MMMM", "d", "dd", "EEEE"}


def tokens(locale: babel.Locale, style: str) -> list[str]:
    """Return a pattern's field codes and literals, neighbours joined."""
    found = []
    was_literal = False
    for kind, token in tokenize_pattern(get_date_format(style, locale).pattern):
        is_literal = kind == "chars"
        text = token if is_literal else token[0] * token[1]
        # A literal must not be taken for a code, nor for the mark of a field.
        is_plain = text not in CODES and not set(text) & set("YMDE")
        if not (is_plain if is_literal else text in CODES):
            raise ValueError(f"{locale} {style}: cannot store {text!r}")
        if is_literal and was_literal:
            found[-1] += text
        else:
            found.append(text)
        was_literal = is_literal
    return found


def names(locale: babel.Locale) -> dict[str, list[str]]:
    """Return the names of months and weekdays, by field code."""
    months = locale.months["format"]
    weekdays = locale.days["format"]["wide"]
    return {
        "MMM": [months["abbreviated"][month] for month in range(1, 13)],
        "MMMM": [months["wide"][month] for month in range(1, 13)],
        "EEEE": [weekdays[weekday] for weekday in range(7)],
    }


def table() -> dict[str, dict]:
    """Return for each locale its language, its patterns and their names."""
    entries = {}
    for name, language in LANGUAGES.items():
        locale = babel.Locale.parse(name)
        patterns = {style: tokens(locale, style) for style in STYLES}
        used = {code for pattern in patterns.values() for code in pattern}
        kept = {c: n for c, n in names(locale).items() if c in used}
        entries[name] = {"language": language, **patterns, "names": kept}
    return entries


def written(entries: dict[str, dict]) -> str:
    """Return the table as JSON, a line for each pattern or list of names."""

    def line(value):
        text = json.dumps(value, ensure_ascii=False)
        return text.replace("\u202f", r"\u202f")  # a space one cannot see

    def block(values, indent):
        rows = [
            f"{indent}{line(key)}: {value}" for key, value in values.items()
        ]
        return "{\n" + ",\n".join(rows) + "\n" + indent[2:] + "}"

    blocks = {}
    for locale, entry in entries.items():
        lines = {key: line(entry[key]) for key in ("language", *STYLES)}
        kept = {code: line(known) for code, known in entry["names"].items()}
        blocks[locale] = block(lines | {"names": block(kept, " " * 6)}, " " * 4)
    return block(blocks, " " * 2) + "\n"


if __name__ == "__main__":
    if babel.__version__ != BABEL:
        raise SystemExit(
            f"Babel {BABEL} is needed, but here is {babel.__version__}"
        )
    TARGET.write_text(written(table()), "utf-8")
