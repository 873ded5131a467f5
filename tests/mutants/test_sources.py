"""A digest must change with what a mutant is noticed by, and with nothing else."""

import importlib
import shutil

import pytest
import sources
from mutants import Mutant

ROOT = sources.ROOT
MUTANT = Mutant("recipes/cued.py", "old", "new", "a reason")
BY = "test_recipes_cued.py::test_one"
FILES = {
    "its own file": "attn_utils/recipes/cued.py",
    "a module that this names": "attn_utils/cbam.py",
    "a module that the test names": "attn_utils/data/digits.py",
    "the test's file": "tests/test_recipes_cued.py",
    "a helper of the test": "tests/refused.py",
    "another recipe": "attn_utils/recipes/order.py",
    "another test": "tests/test_scores.py",
    "a chapter": "chapters/01_weighted_fusion.ipynb",
}


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Those sources, as if they were the checkout."""
    for file in (*FILES.values(), "attn_utils/_checks.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    monkeypatch.setattr(sources, "ROOT", tmp_path)
    monkeypatch.setattr(sources, "TESTS", tmp_path / "tests")
    monkeypatch.setattr(sources, "PLACES", (tmp_path / "tests", tmp_path))
    with (tmp_path / FILES["the test's file"]).open("a") as file:
        file.write("\nimport refused\nfrom attn_utils.data.digits import x\n")
    return tmp_path


def of(copy, mutant=MUTANT, by=BY):
    """The digest of now."""
    sources.used_by.cache_clear()
    sources.digest_of.cache_clear()
    return sources.digest(mutant, copy / "attn_utils" / mutant.file, by)


@pytest.mark.parametrize("name", FILES)
def test_the_digest_changes_with_what_notices_and_with_nothing_else(copy, name):
    before = of(copy)
    assert before == of(copy)
    with (copy / FILES[name]).open("a") as file:
        file.write("\n")
    changed = name not in {"another recipe", "another test", "a chapter"}
    assert (of(copy) != before) == changed


def test_another_mutant_and_another_test_have_another_digest(copy):
    known = {
        of(copy),
        of(copy, MUTANT._replace(new="newer")),
        of(copy, by="test_recipes_cued.py::test_two"),
    }
    assert len(known) == 3


def test_a_widget_counts_with_its_parts_its_style_and_its_python():
    folder = sources.WIDGETS / "gates_by_hand"
    found = set(sources.used_by(folder / "gates_by_hand.js"))
    named = {"gates_by_hand.css", "gates_by_hand.py", "gates_math.js"}
    assert {folder / name for name in named} <= found
    assert sources.WIDGETS / "parts" / "cbam.js" in found
    assert sources.WIDGETS / "parts" / "rows.js" in found
    assert sources.WIDGETS / "glimpses" / "glimpses.js" not in found


def test_what_a_mutant_table_names_is_found():
    tables = importlib.import_module("test_mutants")
    for mutant in tables.MUTANTS:
        path = tables.path_of(mutant.file, ROOT)
        assert path in sources.used_by(path)


@pytest.mark.parametrize(
    ("unsettled", "many", "part"),
    [(0, 20, 1), (4, 20, 1), (20, 20, 1), (30, 20, 2), (30, 10, 3)],
)
def test_what_is_not_settled_is_tried_and_the_rest_by_turns(
    monkeypatch, unsettled, many, part
):
    tables = importlib.import_module("test_mutants")
    monkeypatch.setattr(tables, "MANY", many)
    monkeypatch.setattr(tables, "is_settled", lambda each: each >= unsettled)
    each_day = [tables.some_of([*range(42)], day) for day in range(42)]
    for mutant in range(42):
        days = sum(mutant in tried for tried in each_day)
        assert days == 42 // (part if mutant < unsettled else tables.TURNS)
