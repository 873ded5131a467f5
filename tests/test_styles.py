"""The joined style sheet: what goes, and what must not go."""

import sys
import types
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "book" / "_ext"))
import styles

WORDS = {"here", "also", "toggle", "shown"}


def purged(css):
    return styles.purged(styles.parsed(css), WORDS)


@pytest.mark.parametrize(
    ("css", "left"),
    [
        (".here{color:red}", ".here{color:red}"),
        (".gone{color:red}", ""),
        (".here.gone{color:red}", ""),
        (".here .gone>p{color:red}", ""),
        ("#gone{color:red}", ""),
        (".here, .gone,p{color:red}", ".here,p{color:red}"),
        # What holds without the class, or may hold without it, stays.
        (".here:not(.gone){color:red}", ".here:not(.gone){color:red}"),
        (":is(.gone, p){color:red}", ":is(.gone, p){color:red}"),
        ("[data-x=gone] p{top:.5em}", "[data-x=gone] p{top:.5em}"),
        (".toggle\\:shown{color:red}", ".toggle\\:shown{color:red}"),
        ("@media print{.gone{top:0}.here{top:1px}}", "@media print{.here{top:1px}}"),
        ("@media print{.gone{top:0}}", ""),
        ("@supports (top:0){.here{top:0}}", "@supports (top:0){.here{top:0}}"),
        ("@layer a,b;", "@layer a,b;"),
        ("@keyframes gone{to{top:0}}", "@keyframes gone{to{top:0}}"),
        ("/*! the licence */.gone{top:0}", "\n/*! the licence */\n"),
        ("/* a remark */.here{top:0}", ".here{top:0}"),
    ],
)  # fmt: skip
def test_a_rule_goes_only_if_nothing_can_match_it(css, left):
    assert purged(css) == left


@pytest.mark.parametrize(
    ("css", "left"),
    [
        # The dark is for the screen, the light for the screen and for paper.
        ("html[data-theme=dark]{top:0}", "@media screen{html[data-theme=dark]{top:0}}"),
        (
            'html[data-theme="light"] p{top:0}',
            'html[data-theme="light"] p{top:0}'
            "@media print{html[data-theme] p{top:0}}",
        ),
        (
            "html,html[data-theme=dark]{top:0}",
            "html{top:0}@media screen{html[data-theme=dark]{top:0}}",
        ),
        ("html[data-theme]{top:0}", "html[data-theme]{top:0}"),
        (
            "@media (prefers-color-scheme: dark){p{top:0}}",
            "@media screen and (prefers-color-scheme: dark){p{top:0}}",
        ),
        (
            "@media (prefers-color-scheme:light){p{top:0}}",
            "@media print, (prefers-color-scheme:light){p{top:0}}",
        ),
    ],
)  # fmt: skip
def test_what_is_dark_is_kept_for_the_screen(css, left):
    assert purged(css) == left


@pytest.fixture
def static(tmp_path):
    """A folder of style sheets, one importing the other."""
    (tmp_path / "theme").mkdir()
    (tmp_path / "dot.png").touch()
    (tmp_path / "base.css").write_text(
        ".a { background: url(dot.png) }", "utf-8"
    )
    (tmp_path / "theme" / "main.css").write_text(
        '@charset "utf-8"; @import "../base.css";'
        "@font-face { font-family: X; src: url('../x.woff2') }"
        "@font-face { font-family: Y; src: url(../dot.png) }"
        ".b { background: url(../dot.png); cursor: url(data:x) }",
        "utf-8",
    )
    return tmp_path


def test_an_imported_sheet_comes_first_and_addresses_stay_right(static):
    rules = styles.rules_of(static, "theme/main.css")
    text = "".join(rule.serialize() for rule in rules)
    assert text == (
        '.a { background: url("dot.png") }'
        '@font-face { font-family: Y; src: url("dot.png") }'
        '.b { background: url("dot.png"); cursor: url(data:x) }'
    )


def test_a_second_build_that_writes_one_page_anew_keeps_the_sheet(tmp_path):
    static = tmp_path / "_static"
    static.mkdir()
    app = types.SimpleNamespace(
        builder=types.SimpleNamespace(name="html"), outdir=tmp_path
    )
    for _ in range(3):
        # What Sphinx does: copy the sheets, write the pages that changed.
        (static / "theme.css").write_text(".here{top:0}", "utf-8")
        link = '<link rel="stylesheet" href="_static/theme.css" />'
        (tmp_path / "changed.html").write_text(
            f'{link}<p class="here">', "utf-8"
        )
        if not (tmp_path / "kept.html").exists():
            (tmp_path / "kept.html").write_text(
                f'{link}<p class="here">', "utf-8"
            )
        styles.join_sheets(app, None)
        assert (static / styles.JOINED).read_text("utf-8") == ".here{top:0}"
        for name in ("changed.html", "kept.html"):
            assert styles.JOINED in (tmp_path / name).read_text("utf-8")
    styles.join_sheets(app, None)  # nothing written anew
    assert (static / styles.JOINED).exists()
