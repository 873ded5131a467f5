"""Guards around the chapters: a green run must have checked something."""

import ast
import json
import re
from pathlib import Path

import pytest
import yaml

from tools import stamp

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))

# Numbers that a chapter's prose may say: inputs that the reader is given, and
# nothing that a run computes.
GIVEN = {
    "01_weighted_fusion": {"1", "2", "3", "4", "10", "20", "40"},
    # dates to be read, the paper's sizes and ours, the years that are taught
    "08_transformer": {
        *("3", "5", "03", "05", "12", "21", "31", "2019", "1000", "2999"),
        *("8", "16", "64", "512", "1", "2", "4"),
    },
}

each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)


def cells(path, kind):
    notebook = json.loads(path.read_text("utf-8"))
    return [
        ("".join(cell["source"]), cell)
        for cell in notebook["cells"]
        if cell["cell_type"] == kind
    ]


def prose(path):
    return "\n\n".join(text for text, _ in cells(path, "markdown"))


def tags(cell):
    return set(cell["metadata"].get("tags", []))


def bare_numbers(text):
    """Return the numbers of the prose itself: not of code, formulas, targets."""
    for pattern in (
        r"`[^`]*`",
        r"\$\$.*?\$\$",
        r"\$[^$]*\$",
        r"\]\([^)]*\)",
        r"\[@[^]]*\]",
    ):
        text = re.sub(pattern, " ", text, flags=re.DOTALL)
    return set(re.findall(r"\d+(?:[.,]\d+)*", text))


def test_there_are_chapters_and_all_are_in_the_table_of_contents():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    listed = [c["file"] for part in toc["parts"] for c in part["chapters"]]
    assert CHAPTERS
    assert [f"chapters/{p.stem}" for p in CHAPTERS] == [
        name for name in listed if name.startswith("chapters/")
    ]


@each_chapter
def test_a_chapter_is_committed_without_outputs(path):
    for _, cell in cells(path, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
    assert "widgets" not in json.loads(path.read_text("utf-8"))["metadata"]


@each_chapter
def test_a_chapter_has_cells_and_assertions(path):
    code = [text for text, _ in cells(path, "code")]
    asserted = [
        n
        for t in code
        for n in ast.walk(ast.parse(t))
        if isinstance(n, ast.Assert)
    ]
    assert len(code) >= 10
    assert len(asserted) >= 10
    assert not any(
        isinstance(n.test, ast.Constant | ast.Tuple) for n in asserted
    )


@each_chapter
def test_no_cell_may_fail_be_skipped_or_be_ignored(path):
    for _, cell in cells(path, "code"):
        assert not tags(cell) & {
            "raises-exception",
            "nbval-skip",
            "skip-execution",
        }


@each_chapter
def test_cells_are_short_and_no_line_is_cut_off(path):
    for text, cell in cells(path, "code"):
        assert len(text.splitlines()) <= 40
        longest = 88 if tags(cell) & {"hide-input", "hide-cell"} else 79
        assert max(map(len, text.splitlines())) <= longest, text


@each_chapter
def test_the_markdown_holds_no_directive_no_role_and_no_html(path):
    text = prose(path)
    assert not re.search(r"^\s*(:{3,}|`{3,}\{)", text, re.MULTILINE), (
        "a directive"
    )
    assert not re.search(r"\{[\w:-]+\}`", text), "a role"
    assert not re.search(r"</?[a-z]+[ >]", text), "HTML"


@each_chapter
def test_no_number_that_a_run_gives_is_typed_into_the_prose(path):
    assert bare_numbers(prose(path)) <= GIVEN[path.stem]


def test_the_guard_on_numbers_can_fail():
    assert bare_numbers("an error of 0.064, or 11 times") == {"0.064", "11"}
    assert bare_numbers("the formula $2h^2$ and `x[3]` [@watson1964]") == set()


@each_chapter
def test_the_set_up_cell_is_the_books_own_and_comes_first(path):
    text, cell = cells(path, "code")[0]
    assert "setup" in tags(cell)
    assert text == stamp.setup_cell()


@each_chapter
def test_every_exercise_has_a_stub_a_check_and_a_folded_solution(path):
    notebook = json.loads(path.read_text("utf-8"))["cells"]
    heads = [
        i
        for i, cell in enumerate(notebook)
        if cell["cell_type"] == "markdown"
        and "".join(cell["source"]).startswith("### Exercise")
    ]
    assert 3 <= len(heads) <= 6
    for i in heads:
        stub, solution = ("".join(c["source"]) for c in notebook[i + 1 : i + 3])
        checker = re.search(r"^check\.(\w+)\((\w+)\)$", stub, re.MULTILINE)
        assert checker, stub
        assert checker[0] in solution
        assert "assert verdict" in solution
        assert {"hide-cell", "solution"} <= tags(notebook[i + 2])


@each_chapter
def test_a_chapter_has_the_length_of_a_chapter(path):
    words = len(
        re.findall(r"\w+", re.sub(r"\$\$.*?\$\$", "", prose(path), flags=re.S))
    )
    assert 1200 <= words <= 2500, words
    assert 10 <= len(cells(path, "code")) <= 50
    assert len(set(re.findall(r"@(\w+)", prose(path)))) >= 3


@each_chapter
def test_citations_are_in_the_bibliography(path):
    known = set(
        re.findall(r"@\w+\{(\w+),", (ROOT / "book/references.bib").read_text())
    )
    cited = set(
        re.findall(r"@(\w+)", " ".join(re.findall(r"\[@[^]]*\]", prose(path))))
    )
    assert cited <= known


def test_the_notes_page_lists_every_statement_once():
    page = (ROOT / "book" / "from_the_notes.md").read_text("utf-8")
    assert re.findall(r"^\| N(\d+) \|", page, re.MULTILINE) == [
        str(n) for n in range(1, 45)
    ]
