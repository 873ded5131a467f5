"""Names of a chapter: whoever scrolls back can run an earlier cell again.

A cell must find what its names meant when the page was run from top to bottom: no
later cell, nor a solution, may give another meaning to a name that an earlier cell
reads and does not make itself.
"""

import dis
import json
import types
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))
# A lambda is handed on, as a rule, to what calls it at once.
AT_ONCE = {"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>", "<lambda>"}


def made_and_read(text: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell makes, and those that must stay as they were.

    What a function reads must stay, made in its own cell or not: others may call it.
    """
    cell = compile(text, "a cell", "exec")
    made, read, called = set(), set(), set()

    def look_inside(code: types.CodeType, names: set[str]) -> None:
        for step in dis.get_instructions(code):
            if step.opname in {"LOAD_GLOBAL", "LOAD_NAME"}:
                names.add(step.argval)
        for const in code.co_consts:
            if isinstance(const, types.CodeType):
                look_inside(const, names)

    at_once = set()
    for const in cell.co_consts:
        if isinstance(const, types.CodeType):
            look_inside(const, at_once if const.co_name in AT_ONCE else called)
    for step in dis.get_instructions(cell):
        if step.opname == "STORE_NAME":
            made.add(step.argval)
        elif step.opname in {"LOAD_GLOBAL", "LOAD_NAME"}:
            read |= {step.argval} - made
    return made, read | (at_once - made) | called


def made_anew(cells: list[tuple[str, str]]) -> list[str]:
    """Return what a later cell makes although an earlier one reads it.

    A cell is its name and its text.
    """
    found = [(name, *made_and_read(text)) for name, text in cells]
    return [
        f"{name}: {later} makes it anew, and {earlier} reads it"
        for place, (earlier, _, read) in enumerate(found)
        for later, made, _ in found[place + 1 :]
        for name in sorted(read & made)
    ]


def told(texts: list[str]) -> list[tuple[str, str]]:
    """Return cells of these texts."""
    return [(f"cell-{n}", text) for n, text in enumerate(texts)]


def test_there_are_chapters():
    assert len(CHAPTERS) > 12


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_later_cell_changes_what_an_earlier_one_reads(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = [
        (c["id"], "".join(c["source"]))
        for c in cells
        if c["cell_type"] == "code"
    ]
    # The first cell is the set-up, whose names are its own.
    found = made_anew(code[1:])
    assert not found, f"choose another name: {found}"


@pytest.mark.parametrize(
    ("later", "found"),
    [
        ("weights = 2", True),
        ("for weights in range(3): pass", True),
        ("def weights(): return 1", True),
        ("import math as weights", True),
        ("one, *weights = 1, 2", True),
        ("def other():\n    weights = 2\n    return weights", False),
        ("others = [weights for weights in range(3)]", False),
        ("print(weights)", False),
        ("weights.data = 2", False),
        ("call(weights=2)", False),
    ],
)
@pytest.mark.parametrize(
    "early",
    [
        "print(weights)",
        "def f(x):\n    return x + weights",
        "scores = [weights + n for n in range(3)]",
        "f = lambda x: x * weights",
        "weights += 1",
        "weights = weights + 1",
    ],
)
def test_a_name_that_is_made_anew_is_found(early, later, found):
    assert bool(made_anew(told(["weights = 1", early, later]))) == found


def test_what_a_cell_makes_itself_it_does_not_read():
    own = "weights = 3\nprint([weights for _ in range(weights)])"
    assert made_anew(told(["weights = 1", own, "weights = 2"])) == []


def test_what_a_function_reads_must_stay():
    own = "weights = 3\ndef f():\n    return weights"
    assert made_anew(told([own, "weights = 2"])) != []
