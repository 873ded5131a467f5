"""Every wrong version must make the unit tests fail; the right one must not.

The tests run in a copy of the package, in a process of their own and without
the shape hook: they have to notice by themselves.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mutants import MUTANTS

HERE = Path(__file__).parent
TESTS = HERE.parent
PACKAGE = TESTS.parent / "attn_utils"
OWN_TESTS = {
    "scores.py": "test_scores.py",
    "masks.py": "test_masks.py",
    "attention.py": "test_attention.py",
    "_checks.py": "test_errors.py",
    "data/lookup.py": "test_data_lookup.py",
    "data/strings.py": "test_data_strings.py",
    "data/vocabulary.py": "test_data_vocabulary.py",
    "data/digits.py": "test_data_digits.py",
    "data/dates.py": "test_data_dates.py",
    "data/_common.py": "test_errors_data.py",
}
HELPERS = ["conftest.py", "errors_table.py", "tensors.py"]
# pytest's exit codes; what goes wrong outside the tests has others.
PASSED, FAILED = 0, 1


def copy_of_the_package(folder: Path) -> None:
    """Copy the package and its unit tests; guard.py holds that the copy is used."""
    shutil.copytree(PACKAGE, folder / "attn_utils")
    shutil.copy(HERE / "guard.py", folder / "conftest.py")
    (folder / "tests").mkdir()
    for name in (*HELPERS, *OWN_TESTS.values()):
        shutil.copy(TESTS / name, folder / "tests")


def run_tests(folder: Path, *first: str) -> subprocess.CompletedProcess:
    """Run the unit tests in `folder`, those of the files `first` before the rest."""
    names = dict.fromkeys([*first, *OWN_TESTS.values()])
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
    done = run_tests(tmp_path, OWN_TESTS[mutant.file])
    assert done.returncode == FAILED, done.stdout + done.stderr


def test_no_two_mutants_are_the_same():
    edits = [(mutant.file, mutant.old, mutant.new) for mutant in MUTANTS]
    assert len(edits) == len(set(edits))
