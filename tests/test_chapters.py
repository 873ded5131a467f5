"""Guards around the chapters: a green run must have checked something."""

import ast
import importlib
import json
import re
from pathlib import Path

import nbconvert
import nbformat
import pytest
import yaml
from exercise_table import judges
from extensions import load
from nbformat.v4 import new_code_cell, new_notebook

from attn_utils.data import papers
from tools import stamp

layout = load("cells")
ROOT = Path(__file__).parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))

# Numbers that a chapter may type, in its prose or in what its cells say: inputs
# that the reader is given, and nothing that a run computes or a paper reports.
GIVEN = {
    # shapes, the chapters that follow, a table of eight classes, the points of a line
    "before_you_begin": {"0", "1", "2", "3", "7"},
    # where the three people stand and what they say, bandwidths, hours of a clock
    "01_weighted_fusion": {
        *(
            "0",
            "0.01",
            "0.1",
            "0.3",
            "1",
            "1.5",
            "2",
            "3",
            "4",
            "9",
            "10",
            "12",
            "20",
            "23",
            "24",
            "30",
            "40",
        ),
    },
    # the query of exercise 1 and its keys, two coordinates and the louder query
    "02_scoring_functions": {"1"},
    # a bandwidth, and the chapters it builds on
    "03_soft_and_hard": {"0.3", "1", "2"},
    # the chapters it builds on, and the names of two heads
    "04_multi_head": {"1", "2", "3"},
    # the chapters it builds on, and the names of three tokens
    "05_self_attention": {"1", "2", "3", "4", "6"},
    # the chapters it builds on, lengths of strings, steps of a dilated convolution
    "06_reach": {"0", "1", "2", "3", "4", "5", "8", "16", "32", "100", "128"},
    # the chapters it builds on, a place beside another, the bounds of a map
    "07_position": {"0", "1", "2", "3", "4", "5", "30"},
    # dates to be read, our own sizes, the years that are taught
    "08_transformer": {
        *("0", "3", "5", "6", "7", "03", "05", "31", "2019", "1000", "2999"),
        *("16", "1", "2", "4"),
    },
    # chapters and steps, the lessons' sizes, a head's features, the exercises' lines
    "09_inside": {
        *("4", "5", "7", "8", "24", "40", "6", "20", "16", "17", "100"),
        *("0", "0.2", "0.3", "0.5", "0.6", "1", "2", "3", "9", "50"),
    },
    # the chapters it builds on; sizes, brightness and weights of the exercises; the
    # depths by which the paper's networks are called
    "10_cbam": {
        *("0", "0.1", "0.25", "0.9", "1", "2", "3", "4", "6", "8", "16", "64"),
        *("50", "101"),
    },
    # the chapters it builds on, gates and memories by hand, what a vector could spell
    "11_seq2seq": {
        *("0", "0.5", "1", "2", "3", "4", "6", "8", "16", "96"),
        *("1000", "2014", "2019", "2999"),
    },
    # the chapters that explain, the bounds of a cosine and a weight, a sum of one
    "when_it_fails": {"0", "1", "2", "3", "4", "5", "9"},
    # the year of the Transformer, and the chapters that explain
    "since_then": {"2017", "1", "4", "5", "6", "7", "8", "9"},
}
# Longest prose, in words; 08 tells of a whole machine.
WORDS = {"08_transformer": 3800}
# Tags by which the page folds or drops a cell's code.
FOLDED = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
SAYING = {"say", "Markdown", "Picture"}

each_chapter = pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
# Pages beside the chapters run as these do; they have no number and no exercises.
each_numbered = pytest.mark.parametrize(
    "path", [p for p in CHAPTERS if p.stem[0].isdigit()], ids=lambda p: p.stem
)


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
    """Return the numbers of the prose itself.

    Those of code, formulas, targets, citations and exercises' headings are none; those
    of a tie to a widget the build holds to what it sets.
    """
    for pattern in (
        r"\[[^]]*\]\(<?#live:[^)]*\)",
        r"`[^`]*`",
        r"\$\$.*?\$\$",
        r"\$[^$]*\$",
        r"\]\([^)]*\)",
        r"\[@[^]]*\]",
        r"^#+ Exercise \d+:",
    ):
        text = re.sub(pattern, " ", text, flags=re.DOTALL | re.MULTILINE)
    return set(re.findall(r"\d+(?:[.,]\d+)*", text))


# What begins a list, a heading or a quotation, whatever formula the line belongs to.
BLOCK = re.compile(r"\n[ ]{0,3}(?:[-+*>]|#{1,6}|\d{1,9}[.)])[ \n]")


def cut_formulas(text):
    """Return the formulas of the prose that a line break would cut in two."""
    text = re.sub(r"```.*?```|`[^`]*`", " ", text, flags=re.DOTALL)
    found = re.findall(r"\$\$.*?\$\$|\$[^$]+\$", text, flags=re.DOTALL)
    return [formula for formula in found if BLOCK.search(formula)]


@each_chapter
def test_no_formula_is_cut_by_what_would_begin_a_list(path):
    for text, _ in cells(path, "markdown"):
        assert cut_formulas(text) == []


def test_a_formula_that_a_list_would_cut_is_found():
    assert cut_formulas("so $a\n- b$ is cut") == ["$a\n- b$"]
    assert cut_formulas("$$a\n+ b$$") == ["$$a\n+ b$$"]
    assert cut_formulas("$a\n1. b$") == ["$a\n1. b$"]
    assert cut_formulas("$a -\nb$ costs\n- `$x\n- y$`\n- $c\n-d$") == []


def typed_text(code):
    """Return the text that a cell types into a sentence, a caption or an alt text.

    What stands between braces was computed, and is left out.
    """

    def texts(node):
        if isinstance(node, ast.FormattedValue):
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        for child in ast.iter_child_nodes(node):
            yield from texts(child)

    found = []
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in SAYING:
                found += texts(node)
    return "\n".join(found)


def typed_numbers(path):
    """Return the numbers that a chapter types, in its prose or in its cells."""
    said = "\n".join(typed_text(text) for text, _ in cells(path, "code"))
    return bare_numbers(prose(path)) | bare_numbers(said)


# A number that is said to be a bound, and yet is rounded to the nearer side.
SAID = r"\{(?!\d)[^{}]*:\.\d[f%e]\}"
BOUND = re.compile(
    rf"at (?:least|most) {SAID}|{SAID} (?:or (?:more|less)|at (?:most|least))\b"
    rf"|(?:by|go|goes) up to {SAID}"
)


def loose_bounds(path):
    """Return what a chapter's cells say to be a bound without rounding it as one."""
    said = ("\n".join(text.splitlines()) for text, _ in cells(path, "code"))
    joined = (re.sub(r'"\s*\n\s*f?"', "", text) for text in said)
    return [hit for text in joined for hit in BOUND.findall(text)]


def reported_numbers(table):
    """Return the numbers of papers that could be nobody else's, as text.

    A 6 or a 64 may be anyone's; a fraction, or three digits, is a paper's own.
    """
    if isinstance(table, dict):
        return {n for part in table.values() for n in reported_numbers(part)}
    if isinstance(table, list):
        return {n for part in table for n in reported_numbers(part)}
    own = isinstance(table, float) or (isinstance(table, int) and table >= 100)
    return {str(table)} if own else set()


@each_chapter
def test_a_bound_is_rounded_as_one(path):
    # attn_utils.notebook has at_least and at_most
    assert loose_bounds(path) == []


def test_a_loose_bound_is_found(tmp_path):
    kept = tmp_path / "bounds.ipynb"
    cell = (
        'say(f"in at least {low:.0%}, and at "\n    f"most {high:.1f} of {all:.0f}, "\n'
        "    f\"{least:.2f} or more; {at_least(x, '.0%')} or more.\")"
    )
    nbformat.write(new_notebook(cells=[new_code_cell(cell)]), kept)
    assert len(loose_bounds(kept)) == 3


def test_there_are_chapters_and_all_are_in_the_table_of_contents():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    listed = [c["file"] for part in toc["parts"] for c in part["chapters"]]
    assert CHAPTERS
    executed = [name for name in listed if name.startswith("chapters/")]
    assert sorted(executed) == [f"chapters/{p.stem}" for p in CHAPTERS]
    numbered = [name for name in executed if name[len("chapters/")].isdigit()]
    assert numbered == sorted(numbered)


@each_chapter
def test_a_chapter_is_committed_without_outputs(path):
    for _, cell in cells(path, "code"):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None
    assert "widgets" not in json.loads(path.read_text("utf-8"))["metadata"]


@each_chapter
def test_a_chapter_becomes_a_script_that_python_takes(path):
    exporter = nbconvert.ScriptExporter()
    code, resources = exporter.from_filename(path)
    assert resources["output_extension"] == ".py"
    assert len(ast.parse(code).body) >= 10


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
        lines, where = text.splitlines(), f"{cell['id']}: {text}"
        assert len(lines) <= 40, where
        longest = 88 if tags(cell) & {"hide-input", "hide-cell"} else 79
        assert max(map(len, lines)) <= longest, where


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
    typed = typed_numbers(path) - GIVEN[path.stem]
    assert not typed, f"let a cell say it, or list it in GIVEN: {typed}"


@each_chapter
def test_every_number_that_may_be_typed_is_typed(path):
    gone = GIVEN[path.stem] - typed_numbers(path)
    assert not gone, f"strike from GIVEN: {gone}"


@each_chapter
def test_no_number_of_a_paper_is_typed_or_may_be(path):
    reported = reported_numbers(papers.TABLE)
    assert not typed_numbers(path) & reported
    assert not GIVEN[path.stem] & reported


@each_chapter
def test_a_paper_whose_numbers_are_said_is_cited(path):
    code = "\n".join(text for text, _ in cells(path, "code"))
    for paper in re.findall(r"papers\.figures\(\s*\"(\w+)\"", code):
        assert f"@{paper}" in prose(path)


def test_every_number_of_a_paper_has_its_place_in_a_paper_of_the_bibliography():
    known = (ROOT / "book/references.bib").read_text("utf-8")
    for paper, kept in papers.TABLE.items():
        assert f"{{{paper}," in known
        for what in kept:
            held = papers.figures(paper, what)
            assert re.search(r"section|table|figure|page", held.where)
            assert held.numbers


def test_the_guard_on_numbers_can_fail():
    assert bare_numbers("an error of 0.064, or 11 times") == {"0.064", "11"}
    assert bare_numbers("the formula $2h^2$ and `x[3]` [@watson1964]") == set()
    assert bare_numbers("Text\n\n### Exercise 5: Ask at 9") == {"9"}
    code = """x = "7"\nsay(f"It is {error:.3f}, {row['a 9']}, not 8." + "Nor 5.")"""
    assert bare_numbers(typed_text(code)) == {"8", "5"}
    assert bare_numbers(
        "[h = 0.3](#live:bandwidth=0.3) and [4](#show:key)"
    ) == {"4"}
    picture = 'plots.Picture(fig, "11 of them", f"{n} dots, " "no 12")'
    assert bare_numbers(typed_text(picture)) == {"11", "12"}


def test_the_guard_on_the_numbers_of_papers_can_fail():
    table = {"a": {"numbers": {"layers": 6, "width": 512, "bleu": [28.4, 7]}}}
    assert reported_numbers(table) == {"512", "28.4"}
    assert "512" in reported_numbers(papers.TABLE)


@each_chapter
def test_the_set_up_cell_is_the_books_own_and_comes_first(path):
    text, cell = cells(path, "code")[0]
    assert "setup" in tags(cell)
    assert text == stamp.setup_cell()


def exercise_faults(notebook):
    """Say what is wrong about the exercises in a list of cells."""
    texts = ["".join(cell["source"]) for cell in notebook]
    heads = [
        i
        for i, cell in enumerate(notebook)
        if cell["cell_type"] == "markdown"
        and re.search(r"^#+ ", texts[i], re.M)
    ]
    faults, numbers = [], []
    for head, end in zip(heads, [*heads, len(notebook)][1:], strict=True):
        *above, title = re.findall(r"^#+ .*", texts[head], re.M)
        named = re.match(r"### Exercise (\d+): \S", title)
        if any(re.match(r"#+ Exercise\b", line) for line in above) or (
            not named and re.match(r"#+ Exercise\b", title)
        ):
            faults.append(f"{texts[head][:30]!r} is no exercise's heading")
        if not named:
            continue
        numbers.append(int(named[1]))
        code = [
            i
            for i in range(head + 1, end)
            if notebook[i]["cell_type"] == "code"
        ]
        solutions = [i for i in code if "solution" in tags(notebook[i])]
        call = re.compile(r"^check\.(\w+)\((\w+)\)$", re.M)
        stubs = [
            i for i in code if i not in solutions and call.search(texts[i])
        ]
        if len(stubs) != 1 or len(solutions) != 1 or stubs > solutions:
            faults.append(f"{named[1]}: not one stub, then one solution")
            continue
        stub, solution = stubs[0], solutions[0]
        checked = call.search(texts[stub])
        if "..." not in texts[stub]:
            faults.append(f"{named[1]}: the stub leaves nothing to do")
        if checked[0] not in texts[solution] or "hide-cell" not in tags(
            notebook[solution]
        ):
            faults.append(
                f"{named[1]}: the solution is not checked, or not folded"
            )
        if not re.search(r"^assert verdict, verdict$", texts[solution], re.M):
            faults.append(f"{named[1]}: nothing asserts the verdict")
    if (
        numbers != list(range(1, len(numbers) + 1))
        or not 4 <= len(numbers) <= 6
    ):
        faults.append(f"4 to 6 exercises in order, not {numbers}")
    return faults


def kinds(path):
    """Return the judges that a chapter's exercises call, one for each kind."""
    code = "\n".join(text for text, _ in cells(path, "code"))
    imported = re.search(r"attn_utils\.exercises import (\w+) as check", code)
    module = importlib.import_module(f"attn_utils.exercises.{imported[1]}")
    names = set(re.findall(r"^verdict = check\.(\w+)\(", code, re.M))
    return set().union(*(judges(getattr(module, name)) for name in names))


@each_numbered
def test_every_exercise_has_a_stub_a_check_and_a_folded_solution(path):
    assert not exercise_faults(json.loads(path.read_text("utf-8"))["cells"])


@each_numbered
def test_the_exercises_are_of_several_kinds(path):
    assert len(kinds(path)) >= 3


def markdown(text):
    return {"cell_type": "markdown", "metadata": {}, "source": [text]}


def code(text, *marks):
    return {
        "cell_type": "code",
        "metadata": {"tags": list(marks)},
        "source": [text],
    }


def exercise(number, *between):
    """An exercise as it should be, with other cells after its heading."""
    return [
        markdown(f"### Exercise {number}: Do\n\nDo this."),
        *between,
        code("answer = ...\n\ncheck.it(answer)"),
        code(
            "answer = 2\n\nverdict = check.it(answer)\ncheck.it(answer)\n"
            "assert verdict, verdict\nverdict",
            *("hide-cell", "solution"),
        ),
    ]


def exercises(count=4, *between):
    return [cell for n in range(count) for cell in exercise(n + 1, *between)]


def test_cells_may_stand_between_an_exercise_and_its_stub():
    picture = code("plots.Picture(fig)", "hide-input")
    for count in (4, 6):
        assert exercise_faults(exercises(count)) == []
        assert (
            exercise_faults(exercises(count, picture, markdown("Look."))) == []
        )
    assert exercise_faults([*exercises(), markdown("## Further reading")]) == []
    (first, *rest) = exercises()
    together = markdown("## Exercises\n\n" + first["source"][0])
    assert exercise_faults([together, *rest]) == []


@pytest.mark.parametrize(
    ("notebook", "words"),
    [
        (exercises(3), "4 to 6 exercises"),
        (exercises(7), "4 to 6 exercises"),
        ([], "4 to 6 exercises"),
        (exercises()[4:], "in order"),
        ([*exercises(), *exercise(5)[:2]], "5: not one stub"),
        ([*exercises(), *exercise(5)[::2]], "5: not one stub"),
        ([*exercises(), *exercise(5, exercise(5)[1])], "5: not one stub"),
        (
            [*exercises(), *(exercise(5)[i] for i in (0, 2, 1))],
            "then one solution",
        ),
        ([*exercises(), *exercise(5, markdown("## Next"))], "5: not one stub"),
        (
            [*exercises(), exercise(5)[0], code("check.it(a)"), exercise(5)[2]],
            "nothing to do",
        ),
        (
            [*exercises(), *exercise(5)[:2], code("verdict = 1", "solution")],
            "not checked, or not folded",
        ),
        (
            [
                *exercises(),
                *exercise(5)[:2],
                code("check.it(answer)", "hide-cell", "solution"),
            ],
            "nothing asserts",
        ),
        (
            [*exercises(), markdown("## Exercise 5: Do")],
            "no exercise's heading",
        ),
        (
            [*exercises(3), markdown("### Exercise 4: A\n\n### Exercise 5: B")],
            "no exercise's heading",
        ),
    ],
)
def test_the_guard_on_exercises_can_fail(notebook, words):
    assert any(words in fault for fault in exercise_faults(notebook))


def length_faults(notebook, most_words):
    """Say what is wrong about how long a chapter is."""
    text = "\n\n".join(
        "".join(cell["source"])
        for cell in notebook
        if cell["cell_type"] == "markdown"
    )
    words = len(
        re.findall(r"\w+", re.sub(r"\$\$.*?\$\$", "", text, flags=re.S))
    )
    code = [cell for cell in notebook if cell["cell_type"] == "code"]
    seen = [
        cell
        for cell in code
        if not tags(cell) & FOLDED
        and not layout.only_shows_source("".join(cell["source"]))
    ]
    faults = []
    if not 1200 <= words <= most_words:
        faults.append(f"{words} words")
    if not 10 <= len(seen) <= 35:
        faults.append(f"{len(seen)} cells that are seen")
    if len(code) > 80:
        faults.append(f"{len(code)} cells")
    if len(set(re.findall(r"\[@(\w+)", text))) < 3:
        faults.append("fewer than three citations")
    return faults


@each_numbered
def test_a_chapter_has_the_length_of_a_chapter(path):
    notebook = json.loads(path.read_text("utf-8"))["cells"]
    assert not length_faults(notebook, WORDS.get(path.stem, 3200))


def test_the_guard_on_length_can_fail():
    cited = "[@a1; @b2] [@b2] [@c3] [@d4] "

    def faults(words=1500, seen=20, folded=20, cited=cited, most=3200):
        prose = markdown(cited + "$$ x $$ " + "word " * words)
        folds = [code("1", fold) for fold in sorted(FOLDED)]
        return length_faults(
            [prose, *[code("1")] * seen, *(folds * folded)[:folded]], most
        )

    assert faults() == faults(seen=10) == faults(seen=35, folded=45) == []
    assert faults(words=3700, most=3800) == []
    assert "words" in faults(words=1000)[0]
    assert "words" in faults(words=3300)[0]
    assert faults(seen=36) == ["36 cells that are seen"]
    assert faults(seen=9, folded=70) == ["9 cells that are seen"]
    assert faults(seen=35, folded=46) == ["81 cells"]
    assert length_faults([*[code("1")] * 10, *[code("source(x)")] * 40], 0) == [
        "0 words",
        "fewer than three citations",
    ]
    assert faults(cited="[@a1] [@b2] [@b2] ") == ["fewer than three citations"]


@each_chapter
def test_citations_are_in_the_bibliography(path):
    known = set(
        re.findall(
            r"@\w+\{(\w+),", (ROOT / "book/references.bib").read_text("utf-8")
        )
    )
    cited = set(
        re.findall(r"@(\w+)", " ".join(re.findall(r"\[@[^]]*\]", prose(path))))
    )
    missing = cited - known
    assert not missing, f"book/references.bib must have {missing}"


@each_numbered
def test_it_ends_with_what_to_read_further(path):
    last = json.loads(path.read_text("utf-8"))["cells"][-1]
    heading, *items = re.split(r"\n+- ", "".join(last["source"]))
    assert heading == "## Further reading"
    assert len(items) == 3
    assert all(re.search(r"\[@\w+\]", item) for item in items)


def test_the_notes_page_lists_every_statement_once():
    page = (ROOT / "book" / "from_the_notes.md").read_text("utf-8")
    assert re.findall(r"^\| N(\d+) \|", page, re.MULTILINE) == [
        str(n) for n in range(1, 45)
    ]
