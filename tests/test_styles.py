"""The joined style sheet: what goes, and what must not go."""

import sys
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


@pytest.fixture
def static(tmp_path):
    """A folder of style sheets, one importing the other."""
    (tmp_path / "theme").mkdir()
    (tmp_path / "dot.png").touch()
    (tmp_path / "base.css").write_text(".a { background: url(dot.png) }")
    (tmp_path / "theme" / "main.css").write_text(
        '@charset "utf-8"; @import "../base.css";'
        "@font-face { font-family: X; src: url('../x.woff2') }"
        "@font-face { font-family: Y; src: url(../dot.png) }"
        ".b { background: url(../dot.png); cursor: url(data:x) }"
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
