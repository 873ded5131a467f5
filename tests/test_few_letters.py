"""The fonts of the book: no letter that is written, or may be typed, is lost."""

import shutil
from pathlib import Path

import pytest
from extensions import load
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

few_letters = load("few_letters")
VENDOR = Path(__file__).parent.parent / "book" / "_assets" / "vendor"
FONTS = sorted(VENDOR.glob("[!m]*/*.woff2"))


def test_letters_are_those_of_pages_and_programs_and_those_that_may_be_typed(
    tmp_path,
):
    (tmp_path / "_static" / "deep").mkdir(parents=True)
    (tmp_path / "page.html").write_text("Ԁ \\u0501 \\ud83d\\ude00 ", "utf-8")
    (tmp_path / "_static" / "live.js").write_text('"→"', "utf-8")
    (tmp_path / "_static" / "deep" / "theirs.js").write_text("Ԃ", "utf-8")
    found = few_letters.letters_of(tmp_path)
    assert found >= {"Ԁ", "ԁ", "→", "a", "~", "é", "ÿ", "ж", "ё", "λ", "ό"}
    assert not found & {"Ԃ", "ă"}
    assert not any(0xD800 <= ord(each) < 0xE000 for each in found)


@pytest.mark.parametrize("font", FONTS, ids=lambda path: path.stem)
def test_a_shortened_font_draws_what_it_keeps_as_before(tmp_path, font):
    path = tmp_path / font.name
    shutil.copy(font, path)
    before = TTFont(font)
    kept = set(sorted(before.getBestCmap())[::9])
    few_letters.shorten(path, {*map(chr, kept), "漢"})
    after = TTFont(path)
    assert after.flavor == "woff2"
    assert set(after.getBestCmap()) == kept
    assert path.stat().st_size < 0.6 * font.stat().st_size
    for code in kept:
        assert drawn(before, code) == drawn(after, code)


def drawn(font: TTFont, code: int) -> tuple:
    """The width of a letter, and the box in which it is drawn."""
    name, glyphs = font.getBestCmap()[code], font.getGlyphSet()
    pen = BoundsPen(glyphs)
    glyphs[name].draw(pen)
    return glyphs[name].width, pen.bounds
