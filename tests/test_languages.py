"""The marks of foreign runs: each has its language, and nothing else is touched."""

import pytest

from tests.extensions import load

languages = load("languages")


@pytest.mark.parametrize(
    ("text", "language", "run"),
    [
        ("Transformer 模型", "zh-Hans", "模型"),
        ("on 2019年5月3日星期五.", "zh-Hans", "2019年5月3日星期五"),
        ("a sentence: 注意力，就是加权。", "zh-Hans", "注意力，就是加权"),
        ("in Tokyo 2019年5月3日金曜日,", "ja", "2019年5月3日金曜日"),
        ("also ひらがなと漢字", "ja", "ひらがなと漢字"),
        ("2019년 5월 3일 금요일 then", "ko", "2019년 5월 3일 금요일"),
        ("«пятница, 3 мая 2019 г.», one", "ru", "пятница, 3 мая 2019 г"),
        ("the one «м»", "ru", "м"),
        ("from λόγος, a word", "el", "λόγος"),
    ],
)
def test_a_foreign_run_has_its_language(text, language, run):
    marked = languages.mark(f"<p>{text}</p>")
    mark = f'<span lang="{language}">{run}</span>'
    assert marked == f"<p>{text.replace(run, mark)}</p>"
    assert mark in marked


def test_two_languages_beside_each_other_are_told_apart():
    marked = languages.mark("<td>键, 金曜日 и 월</td>")
    assert [part.split('"')[0] for part in marked.split(' lang="')[1:]] == [
        "zh-Hans",
        "ja",
        "ru",
        "ko",
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<p>α, αβ and Δ are symbols; naïve, Łukasz, ½ and → are not foreign</p>",
        "<title>键</title>",
        "<svg><title>键</title><desc>键</desc></svg>",
        '<script type="application/json">{"text": "键 </b>"}</script>',
        "<style>.x::before { content: '键' }</style>",
        "<!-- 键 -->",
        '<p title="键 > 值">key</p>',
        '<span class="math notranslate">\\(\\text{键}\\)</span>',
        '<p lang="zh">键</p>',
    ],
)
def test_what_is_no_foreign_text_is_left_alone(page):
    assert languages.mark(page) == page


def test_the_pages_own_language_marks_nothing_inside_it():
    assert 'lang="zh-Hans"' in languages.mark('<html lang="en">键</html>')


def test_in_a_drawing_the_mark_is_a_part_of_a_drawing():
    page = "<svg><text>мая</text></svg><p>мая</p>"
    assert languages.mark(page) == (
        '<svg><text><tspan lang="ru">мая</tspan></text></svg>'
        '<p><span lang="ru">мая</span></p>'
    )


def test_a_page_is_not_marked_twice():
    once = languages.mark("<p>键 and мая <b>键</b></p>")
    assert languages.mark(once) == once
