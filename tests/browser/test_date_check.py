"""What the date reader says beside the model's answer, held to Python's calendar."""

import calendar
import datetime

import pytest
import torch
from conftest import call

from attn_utils import recipes
from attn_utils.data import date_pairs, date_words, month_words

MODULE = "date_reader/date_check.js"
RULES = {
    "known": "".join(recipes.READ.characters),
    "longest": 48,
    "years": [1000, 2999],
    "monthNames": month_words(),
    "words": date_words(),
}


def objection(modules, text):
    return call(modules, MODULE, "objection", text, RULES)


def verdict(modules, text, answer):
    years = RULES["years"]
    found = call(modules, MODULE, "verdict", text, answer, month_words(), years)
    return found["agrees"], found["words"]


@pytest.mark.parametrize("year", [1000, 1900, 2000, 2023, 2024, 2999])
def test_the_first_and_last_day_of_each_month_are_days(modules, year):
    for month in range(1, 13):
        last = calendar.monthrange(year, month)[1]
        for day in (1, last):
            iso = datetime.date(year, month, day).isoformat()
            text = f"{year}年{month}月{day}日"
            assert objection(modules, text) is None
            agrees, words = verdict(modules, text, iso)
            assert agrees
            assert "agrees with the text" in words
            agrees, words = verdict(modules, text, "2001-01-02")
            assert not agrees
            assert f"the text says {iso}" in words
        for day in (0, last + 1):
            agrees, words = verdict(modules, f"{year}年{month}月{day}日", "")
            assert not agrees
            assert f"has only {last} days" in words


@pytest.mark.parametrize("month", [0, 13])
def test_there_is_no_month_outside_the_twelve(modules, month):
    agrees, words = verdict(modules, f"2019年{month}月3日", "2019-01-03")
    assert not agrees
    assert f"there is no month {month}" in words


@pytest.mark.parametrize(
    ("year", "known"),
    [
        *((year, True) for year in (1000, 2999)),
        *((year, False) for year in (12, 999, 3000, 5019, 9999)),
    ],
)
@pytest.mark.parametrize("right", [True, False])
def test_any_year_of_four_digits_is_read_and_the_years_taught_are_said(
    modules, year, known, right
):
    text = f"3 May {year:04}"
    assert objection(modules, text) is None
    answer = f"{year:04}-05-03" if right else "2019-05-04"
    agrees, words = verdict(modules, text, answer)
    assert agrees == right
    assert (f"the text says {year:04}-05-03" in words) == (not right)
    lessons = "; it was taught the years 1000 to 2999"
    assert words.endswith(lessons) == (not known)
    assert (lessons in words) == (not known)


@pytest.mark.parametrize("year", ["999", "12019", "019"])
def test_a_year_of_other_than_four_digits_is_declined(modules, year):
    found = objection(modules, f"3 May {year}")
    assert found == (
        f"It was taught the years 1000 to 2999, and {year} is not among them."
    )


def test_a_text_may_be_as_long_as_the_longest(modules):
    text = "3 May 2019".ljust(48)
    assert objection(modules, text) is None
    assert "49 characters" in objection(modules, f"{text} ")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("May 3 2019", [2019, 5, 3]),
        ("3. 4. 2019", [2019, 4, 3]),
        ("2019年4月3日", [2019, 4, 3]),
    ],
)
def test_what_stands_where_is_read_by_rule(modules, text, date):
    assert call(modules, MODULE, "readByRule", text, month_words()) == date


def test_each_unknown_character_is_named_once(modules):
    assert call(modules, MODULE, "unknownCharacters", "a!b!c?", "abc") == [
        "!",
        "?",
    ]
    assert "never seen ♠ ♥" in objection(modules, "♠ 3 May 2019 ♥♠")


@pytest.mark.parametrize("as_typed", [False, True])
def test_the_rules_let_every_taught_text_pass_and_read_it_right(
    modules, as_typed
):
    generator = torch.Generator().manual_seed(3)
    pairs = date_pairs(500, as_typed=as_typed, generator=generator)
    texts = [pair.source.replace("\u202f", " ") for pair in pairs]
    got = modules.evaluate(
        "async ([texts, rules, names]) => {"
        " const { objection, readByRule } = await import('./date_reader/date_check.js');"
        " return texts.map((text) => [objection(text, rules), readByRule(text, names)]); }",
        [
            texts,
            RULES,
            month_words(),
        ],
    )
    for pair, (reason, numbers) in zip(pairs, got, strict=True):
        assert reason is None, pair.source
        year, month, day = numbers
        assert f"{year:04}-{month:02}-{day:02}" == pair.target, pair.source


def test_days_of_months_follow_the_gregorian_calendar(modules):
    for year in (1900, 2000, 2019, 2024, 2100):
        for month in range(1, 13):
            got = call(modules, MODULE, "daysInMonth", year, month)
            assert got == calendar.monthrange(year, month)[1]
