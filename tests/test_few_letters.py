"""The fonts of the book: no letter that is written, or may be typed, is lost."""

import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from extensions import load
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

pytestmark = pytest.mark.long

few_letters = load("few_letters")
ROOT = Path(__file__).parent.parent
FACES = re.compile("@font-face")
VENDOR = ROOT / "book" / "_assets" / "vendor"
FONTS = sorted(VENDOR.glob("[!m]*/*.woff2"))


def test_letters_are_those_of_pages_and_of_programs(tmp_path):
    (tmp_path / "_static" / "deep").mkdir(parents=True)
    (tmp_path / "page.html").write_text(
        "Ԁ \\u0501 \\ud83d\\ude00 &eacute;&#8212;", "utf-8"
    )
    (tmp_path / "_static" / "live.js").write_text('"→"', "utf-8")
    (tmp_path / "_static" / "deep" / "theirs.js").write_text("Ԃ", "utf-8")
    found = few_letters.letters_of(tmp_path)
    assert found >= {"Ԁ", "ԁ", "→", "é", "—"}
    assert not found & {"Ԃ", "ă", "ж"}
    assert not any(0xD800 <= ord(each) < 0xE000 for each in found)


def test_what_may_be_typed_stands_in_every_font_that_a_widget_writes_in(
    tmp_path,
):
    for font in FONTS:
        (tmp_path / "_static/vendor" / font.parent.name).mkdir(
            parents=True, exist_ok=True
        )
        shutil.copy(font, tmp_path / "_static/vendor" / font.parent.name)
    data = '<script type="application/json" class="x">\nњ</script>'
    (tmp_path / "page.html").write_text(f"яλ{data}", "utf-8")
    app = SimpleNamespace(builder=SimpleNamespace(name="html"), outdir=tmp_path)
    few_letters.finish(app, None)
    kept = {}
    for path in tmp_path.glob("_static/vendor/*/*.woff2"):
        cmap = TTFont(path).getBestCmap()
        kept.setdefault(path.parent.name, set()).update(map(chr, cmap))
    assert {*few_letters.READ} < kept.keys()
    for name, letters in kept.items():
        assert letters >= {*"azAZ09~", "я", "λ"}
        other = {*"жёπόéÿњ"}
        assert letters & other == (set() if name in few_letters.READ else other)


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


@pytest.mark.parametrize("font", FONTS, ids=lambda path: path.stem)
def test_a_shortened_font_keeps_the_weights_that_the_style_sheet_says(
    tmp_path, font
):
    path = tmp_path / font.name
    shutil.copy(font, path)
    few_letters.shorten(path, {*few_letters.TYPED})
    axes = TTFont(path)["fvar"].axes if "wght" in font.stem else []
    ends = [(axis.minValue, axis.maxValue) for axis in axes]
    assert ends == [few_letters.WEIGHTS] * len(axes)
    said = FACES.split((VENDOR.parent / "fonts.css").read_text("utf-8"))
    face = next(each for each in said if font.name in each)
    weights = re.search("font-weight: ([0-9 ]+);", face)[1].split()
    assert weights == [*map(str, few_letters.WEIGHTS)][: 2 if axes else 1]


def test_no_style_sheet_asks_for_a_weight_that_is_not_there():
    low, high = few_letters.WEIGHTS
    asked = set()
    for path in (ROOT / "book", ROOT / "attn_utils"):
        for sheet in path.rglob("*.css"):
            text = sheet.read_text("utf-8")
            asked |= {
                *map(
                    int, re.findall(r"font(?:-weight)?:[^;}]*?\b(\d00)\b", text)
                )
            }
    assert asked
    assert all(low <= weight <= high for weight in asked), asked


@pytest.mark.parametrize(
    ("name", "feature"), [("inter", "tnum"), ("source-serif-4", "liga")]
)
def test_digits_of_one_width_and_f_with_i_are_kept(tmp_path, name, feature):
    path = tmp_path / f"{name}.woff2"
    shutil.copy(VENDOR / name / f"{name}-latin-wght-normal.woff2", path)
    few_letters.shorten(path, {*few_letters.TYPED})
    records = TTFont(path)["GSUB"].table.FeatureList.FeatureRecord
    assert feature in {record.FeatureTag for record in records}


def drawn(font: TTFont, code: int) -> tuple:
    """The width of a letter, and the box in which it is drawn."""
    name, glyphs = font.getBestCmap()[code], font.getGlyphSet()
    pen = BoundsPen(glyphs)
    glyphs[name].draw(pen)
    return glyphs[name].width, pen.bounds
