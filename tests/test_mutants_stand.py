"""What a mutant replaces must stand in its file: told before any of them runs."""

import importlib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent


@pytest.fixture
def mutants(monkeypatch):
    """All of them, from the folder whose tests run by themselves."""
    monkeypatch.syspath_prepend(HERE / "mutants")
    tables = sorted((HERE / "mutants").glob("mutants*.py"))
    return [
        mutant
        for table in tables
        for mutant in importlib.import_module(table.stem).MUTANTS
    ]


def misplaced(mutants, root=ROOT):
    """Say of which mutants the text to be replaced does not stand there once."""
    told = []
    for mutant in mutants:
        inside = mutant.file.startswith(("book/", "tools/"))
        path = (
            root / mutant.file if inside else root / "attn_utils" / mutant.file
        )
        times = path.read_text("utf-8").count(mutant.old)
        if times != 1:
            told.append(f"{mutant.file}: {mutant.old!r} stands {times} times")
    return told


def test_what_a_mutant_replaces_stands_once_in_its_file(mutants):
    assert len(mutants) > 1000
    assert misplaced(mutants) == []


def test_a_mutant_that_has_lost_its_place_is_told(mutants):
    lost = mutants[0]._replace(old="nowhere")
    twice = mutants[0]._replace(old="query")
    found = misplaced([lost, mutants[1], twice])
    assert found[0] == f"{lost.file}: 'nowhere' stands 0 times"
    assert len(found) == 2
