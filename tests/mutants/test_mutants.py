"""Every wrong version must make the unit tests fail; the right one must not.

The tests run in a copy of the package, in a process of their own and without
the shape hook: they have to notice by themselves.
"""

import importlib
import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
TESTS = HERE.parent
PACKAGE = TESTS.parent / "attn_utils"
TABLES = [
    importlib.import_module(path.stem)
    for path in sorted(HERE.glob("mutants*.py"))
]
MUTANTS = [mutant for table in TABLES for mutant in table.MUTANTS]
# The tests of a file, which run first when it is mutated.
OWN_TESTS = {}
for table in TABLES:
    for file, test in table.OWN_TESTS.items():
        OWN_TESTS.setdefault(file, []).append(test)
UNIT_TESTS = [*dict.fromkeys(itertools.chain(*OWN_TESTS.values()))]
HELPERS = sorted(
    path.name
    for path in TESTS.glob("*.py")
    if not path.name.startswith("test_")
)
# pytest's exit codes; what goes wrong outside the tests has others.
PASSED, FAILED = 0, 1


def copy_of_the_package(folder: Path) -> None:
    """Copy the package and its unit tests; guard.py holds that the copy is used."""
    shutil.copytree(PACKAGE, folder / "attn_utils")
    shutil.copy(HERE / "guard.py", folder / "conftest.py")
    (folder / "tests").mkdir()
    for name in (*HELPERS, *UNIT_TESTS):
        shutil.copy(TESTS / name, folder / "tests")


def run_tests(folder: Path, *first: str) -> subprocess.CompletedProcess:
    """Run the unit tests in `folder`, those of the files `first` before the rest."""
    names = dict.fromkeys([*first, *UNIT_TESTS])
    files = [f"tests/{name}" for name in names]
    options = ["-x", "-q", "-p", "no:cacheprovider", f"--rootdir={folder}"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *files],
        cwd=folder,
        env=os.environ
        | {
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(folder),
            "PYTEST_ADDOPTS": "",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
    )


def test_the_unchanged_package_passes(tmp_path):
    copy_of_the_package(tmp_path)
    done = run_tests(tmp_path)
    assert done.returncode == PASSED, done.stdout + done.stderr


def test_the_guard_stops_a_run_that_would_test_another_package(tmp_path):
    copy_of_the_package(tmp_path)
    shutil.move(tmp_path / "conftest.py", tmp_path / "tests" / "conftest.py")
    done = run_tests(tmp_path)
    assert done.returncode not in (PASSED, FAILED)
    assert "is tested instead of the copy" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "mutant", MUTANTS, ids=lambda m: f"{m.file}: {m.reason}"
)
def test_the_tests_notice(mutant, tmp_path):
    copy_of_the_package(tmp_path)
    path = tmp_path / "attn_utils" / mutant.file
    text = path.read_text("utf-8")
    assert text.count(mutant.old) == 1, (
        f"{mutant.old!r} must stand once in {mutant.file}"
    )
    path.write_text(text.replace(mutant.old, mutant.new), "utf-8")
    done = run_tests(tmp_path, *OWN_TESTS[mutant.file])
    assert done.returncode == FAILED, done.stdout + done.stderr


def test_no_two_mutants_are_the_same():
    edits = [(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS]
    assert len(edits) == len(set(edits))
