"""What a mutant replaces must stand in its file: told before any of them runs."""

import importlib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent


@pytest.fixture
def mutants(monkeypatch):
    """All of them by table, from the folder whose tests run by themselves."""
    monkeypatch.syspath_prepend(HERE / "mutants")
    tables = sorted((HERE / "mutants").glob("mutants*.py"))
    return {
        table.name: importlib.import_module(table.stem).MUTANTS
        for table in tables
    }


def misplaced(tables, root=ROOT):
    """Say of which mutants the text to be replaced does not stand there once."""
    told = []
    for table, mutants in tables.items():
        for mutant in mutants:
            inside = mutant.file.startswith(("book/", "tools/"))
            folder = root if inside else root / "attn_utils"
            text = (folder / mutant.file).read_text("utf-8")
            if (times := text.count(mutant.old)) != 1:
                told.append(
                    f"{table}: {mutant.old!r} stands {times} times in {mutant.file}"
                )
    return told


def test_what_a_mutant_replaces_stands_once_in_its_file(mutants):
    assert sum(map(len, mutants.values())) > 1000
    lost = misplaced(mutants)
    assert not lost, (
        "change `old` in the table, or lengthen it, until it stands once: "
        + "; ".join(lost)
    )


def test_a_mutant_that_has_lost_its_place_is_told(mutants):
    one, other, *_ = mutants["mutants.py"]
    lost = one._replace(old="nowhere")
    twice = one._replace(old="query")
    found = misplaced({"mutants.py": [lost, other, twice]})
    assert found[0] == f"mutants.py: 'nowhere' stands 0 times in {lost.file}"
    assert len(found) == 2
