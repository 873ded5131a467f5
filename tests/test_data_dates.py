"""Dates: as Babel writes them, and every span where it should be."""

import datetime
import re
import unicodedata
from functools import cache

import pytest
import torch
from babel import Locale
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from attn_utils.data import (
    LOCALES,
    SOURCE_CHARACTERS,
    STYLES,
    TARGET_CHARACTERS,
    UNKNOWN,
    CharacterVocabulary,
    date_pairs,
    is_held_out,
    random_days,
    write_date,
)

A_TUESDAY = datetime.date(2024, 3, 5)
EVERY_KIND = [(locale, style) for locale in LOCALES for style in STYLES]


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def cut(text, span):
    return None if span is None else text[slice(*span)]


def number_of_month(name, locale):
    """Read a month, a number or a name in any case, with or without its stop."""
    if name.isdecimal():
        return int(name)
    months = Locale.parse(locale).months["format"]
    found = {
        number
        for width in ("abbreviated", "wide")
        for number, month in months[width].items()
        if month.lower().rstrip(".") == name.lower().rstrip(".")
    }
    assert len(found) == 1, (name, locale, found)
    return found.pop()


def number_of_weekday(name, locale):
    weekdays = Locale.parse(locale).days["format"]["wide"]
    lower = {day.lower(): number for number, day in weekdays.items()}
    return lower[name.lower()]


def check_spans(text, date, day, locale):
    """Hold that what the spans cut out of the text is this day."""
    assert cut(text, date.year) == str(day.year)
    assert number_of_month(cut(text, date.month), locale) == day.month
    assert int(cut(text, date.day)) == day.day
    if date.weekday is not None:
        name = cut(text, date.weekday)
        assert number_of_weekday(name, locale) == day.weekday()


@pytest.mark.parametrize(
    ("locale", "style", "text", "fields"),
    [
        ("en_US", "medium", "Mar 5, 2024", ["2024", "Mar", "5", None]),
        ("en_GB", "long", "5 March 2024", ["2024", "March", "5", None]),
        ("de", "medium", "05.03.2024", ["2024", "03", "05", None]),
        (
            "de",
            "full",
            "Dienstag, 5. März 2024",
            ["2024", "März", "5", "Dienstag"],
        ),
        ("ja", "medium", "2024/03/05", ["2024", "03", "05", None]),
        (
            "zh_Hans_CN",
            "full",
            "2024年3月5日星期二",
            ["2024", "3", "5", "星期二"],
        ),
        ("ko", "long", "2024년 3월 5일", ["2024", "3월", "5", None]),
        (
            "ru",
            "long",
            "5 марта 2024\N{NARROW NO-BREAK SPACE}г.",
            ["2024", "марта", "5", None],
        ),
        (
            "pt_BR",
            "medium",
            "5 de mar. de 2024",
            ["2024", "mar.", "5", None],
        ),
    ],
)
def test_a_date_by_hand(locale, style, text, fields):
    date = write_date(A_TUESDAY, locale, style)
    assert date.text == text
    assert [cut(text, span) for span in date[1:]] == fields


def test_the_locales_are_twelve_in_eleven_languages():
    assert list(LOCALES)[:3] == ["en_US", "en_GB", "zh_Hans_CN"]
    assert LOCALES["zh_Hans_CN"] == "Chinese"
    assert len({name.split(" (")[0] for name in LOCALES.values()}) == 11
    for locale, language in LOCALES.items():
        english = Locale.parse(locale).get_language_name("en")
        assert language.split(" (")[0] == english


@pytest.mark.long
@pytest.mark.parametrize(("locale", "style"), EVERY_KIND)
def test_every_date_is_written_as_babel_writes_it(locale, style):
    parsed = Locale.parse(locale)
    for day in random_days(2000, False, 1000, 9999, generator(1)):
        date = write_date(day, locale, style)
        assert date.text == format_date(day, style, parsed)
        check_spans(date.text, date, day, locale)
        assert (date.weekday is None) == (style != "full")


def test_the_style_is_long_by_default():
    for locale in LOCALES:
        assert write_date(A_TUESDAY, locale) == write_date(
            A_TUESDAY, locale, "long"
        )


def test_one_day_in_five_is_held_out_whatever_the_month_or_weekday():
    start = datetime.date(1000, 1, 1).toordinal()
    days = [datetime.date.fromordinal(start + n) for n in range(0, 730_000, 73)]
    days += [datetime.date.fromordinal(start + n) for n in range(3_650)]
    for part in (lambda d: d.month, lambda d: d.weekday(), lambda d: d.day):
        groups = {}
        for day in days:
            groups.setdefault(part(day), []).append(is_held_out(day))
        for held_out in groups.values():
            assert sum(held_out) / len(held_out) == pytest.approx(0.2, abs=0.04)


def test_the_split_is_for_ever_the_same():
    january = [datetime.date(2024, 1, day) for day in range(1, 32)]
    assert [d.day for d in january if is_held_out(d)] == [
        5,
        13,
        18,
        21,
        26,
    ]


@pytest.mark.parametrize("held_out", [True, False])
def test_days_are_drawn_from_their_side_of_the_split_and_their_years(held_out):
    days = random_days(4999, held_out, 1990, 1992, generator(1))
    assert len(days) == 4999
    assert {is_held_out(day) for day in days} == {held_out}
    assert {day.year for day in days} == {1990, 1991, 1992}
    first, last = datetime.date(1990, 1, 1), datetime.date(1992, 12, 31)
    every = (
        datetime.date.fromordinal(n)
        for n in range(first.toordinal(), last.toordinal() + 1)
    )
    assert set(days) == {day for day in every if is_held_out(day) == held_out}


def test_training_and_held_out_pairs_never_share_a_day():
    # Few years, so that a leak would show.
    years = {"first_year": 2020, "last_year": 2024}
    train = date_pairs(4999, generator=generator(1), **years)
    test = date_pairs(4999, held_out=True, generator=generator(2), **years)
    assert not {p.target for p in train} & {p.target for p in test}


@pytest.mark.parametrize("as_typed", [False, True])
def test_the_seed_alone_decides_the_pairs(as_typed):
    first = date_pairs(97, as_typed=as_typed, generator=generator(3))
    torch.manual_seed(0)
    again = date_pairs(97, as_typed=as_typed, generator=generator(3))
    assert again == first
    other = date_pairs(97, as_typed=as_typed, generator=generator(5))
    assert other != first


def test_a_pair_is_the_written_date_and_the_same_day_in_iso():
    for pair in date_pairs(997, generator=generator(1)):
        day = datetime.date.fromisoformat(pair.target)
        assert 1000 <= day.year <= 2999
        date = write_date(day, pair.locale, pair.style)
        assert (pair.source, *pair[2:6]) == date


def test_every_locale_and_style_is_drawn_alike():
    pairs = date_pairs(9999, generator=generator(1))
    kinds = [(pair.locale, pair.style) for pair in pairs]
    counts = [kinds.count(kind) for kind in EVERY_KIND]
    assert sum(counts) == 9999
    assert min(counts) > 200


def test_locales_and_styles_can_be_chosen():
    pairs = date_pairs(
        97, locales=["fr", "ja"], styles=["full"], generator=generator(1)
    )
    assert {pair.locale for pair in pairs} == {"fr", "ja"}
    assert {pair.style for pair in pairs} == {"full"}


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_typed_still_holds_the_day_where_the_spans_say(locale):
    for pair in date_pairs(
        997, as_typed=True, locales=[locale], generator=generator(1)
    ):
        day = datetime.date.fromisoformat(pair.target)
        check_spans(pair.source, pair, day, locale)
        if pair.style != "full":
            assert pair.weekday is None


@cache
def with_and_without_typing(locale, style="full"):
    """Return pairs of texts of one day, the CLDR's and as it is typed."""
    options = {"locales": [locale], "styles": [style]}
    return [
        (exact.source, typed.source)
        for exact, typed in zip(
            date_pairs(499, generator=generator(1), **options),
            date_pairs(499, as_typed=True, generator=generator(1), **options),
            strict=True,
        )
    ]


@pytest.mark.parametrize(
    ("locale", "style", "change"),
    [
        ("en_US", "medium", ("Mar ", "mar ")),
        ("en_US", "medium", (", ", " ")),
        ("en_US", "medium", (", ", ",")),
        ("en_US", "medium", (" ", "  ")),
        ("de", "long", (". ", " ")),
        ("de", "long", (". ", ".")),
        ("fr", "long", ("mars", "Mars")),
        ("fr", "long", ("mars ", "mars, ")),
        ("fr", "medium", ("juil.", "juil")),
        ("ko", "long", ("년 ", "년")),
        ("zh_Hans_CN", "long", ("日", "日.")),
    ],
)
def test_people_type_in_their_own_ways(locale, style, change):
    old, new = change
    assert any(
        old in exact and exact.replace(old, new, 1) == typed
        for exact, typed in with_and_without_typing(locale, style)
    )


@pytest.mark.parametrize(
    ("locale", "weekday_left_out"),
    [
        ("en_US", r"^[A-Z]\w+ \d+, \d{4}$"),
        ("fr", r"^\d+ \w+ \d{4}$"),
        ("zh_Hans_CN", r"^\d{4}年\d+月\d+日$"),
        ("ko", r"^\d{4}년 \d+월 \d+일$"),
    ],
)
def test_the_weekday_may_be_left_out_with_what_set_it_off(
    locale, weekday_left_out
):
    typed = [text for _, text in with_and_without_typing(locale)]
    found = sum(bool(re.search(weekday_left_out, text)) for text in typed)
    assert 0.1 < found / len(typed) < 0.4


@pytest.mark.parametrize("locale", LOCALES)
def test_a_good_share_of_what_is_typed_is_the_cldr_s(locale):
    pairs = with_and_without_typing(locale, "long")
    same = sum(
        exact.replace("\N{NARROW NO-BREAK SPACE}", " ") == typed
        for exact, typed in pairs
    )
    # Chinese and Japanese leave little to vary.
    assert 0.4 < same / len(pairs) < 1


def test_typing_never_joins_two_numbers_nor_loses_an_accent():
    for locale in LOCALES:
        for style in STYLES:
            for exact, typed in with_and_without_typing(locale, style):
                numbers = re.findall(r"\d+", typed)
                assert numbers == re.findall(r"\d+", exact)
                accents = [
                    sum(
                        map(
                            unicodedata.combining,
                            unicodedata.normalize("NFD", text),
                        )
                    )
                    for text in (exact, typed)
                ]
                assert accents[1] == accents[0] or style == "full"


def test_typed_texts_hold_only_what_a_keyboard_has():
    for pair in date_pairs(997, as_typed=True, generator=generator(1)):
        assert not re.search(r"[^\S ]", pair.source), pair.source
        assert pair.source == pair.source.strip()


@pytest.mark.parametrize("as_typed", [False, True])
def test_the_vocabulary_knows_every_character_that_may_come(as_typed):
    vocabulary = CharacterVocabulary(SOURCE_CHARACTERS)
    targets = CharacterVocabulary(TARGET_CHARACTERS)
    for pair in date_pairs(9999, as_typed=as_typed, generator=generator(1)):
        ids = vocabulary.encode(pair.source)
        assert UNKNOWN not in ids, pair.source
        assert vocabulary.decode(ids) == pair.source
        assert UNKNOWN not in targets.encode(pair.target)
        assert len(pair.target) == 10


def test_the_vocabulary_is_sorted_and_has_both_cases():
    assert list(SOURCE_CHARACTERS) == sorted(set(SOURCE_CHARACTERS))
    assert set("0123456789., ") <= set(SOURCE_CHARACTERS)
    assert set("JjМм年") <= set(SOURCE_CHARACTERS)
    assert set(TARGET_CHARACTERS) == set("0123456789-")


@given(st.dates(datetime.date(1000, 1, 1)), st.sampled_from(EVERY_KIND))
def test_spans_lie_apart_and_inside_the_text(day, kind):
    date = write_date(day, *kind)
    spans = sorted(span for span in date[1:] if span is not None)
    ends = [0, *(place for span in spans for place in span), len(date.text)]
    assert ends == sorted(ends)
    assert all(start < end for start, end in spans)
