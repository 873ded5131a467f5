"""Every wrong version must make a test fail that passes on the right one.

The tests run in a copy of the package, each time in a fresh fork (forks.py) and
without the shape hook: they have to notice by themselves.

killers.json says which test noticed a mutant last, and with which sources
(sources.py): that test is tried first, and all others only where it does not notice.
`python tests/mutants/killers.py` mends what it says.

`make mutants` runs all. `make test` runs those whose sources have changed since, and
by turns one of fourteen parts of the others, so that it ends in time: another each day.
"""

import hashlib
import importlib
import json
import os
import py_compile
import re
import shutil
import socket
import subprocess
import sys
import time
from itertools import chain, groupby
from pathlib import Path

import pytest
from chromium import RUNNING, listening
from sources import digest
from turns import TURN

HERE = Path(__file__).parent
TESTS = HERE.parent
ROOT = TESTS.parent
PACKAGE = ROOT / "attn_utils"
TABLES = [
    importlib.import_module(path.stem)
    for path in sorted(HERE.glob("mutants*.py"))
]
MUTANTS = [mutant for table in TABLES for mutant in table.MUTANTS]
# The tests of a file, which run first when it is mutated.
OWN_TESTS = {}
# Those that run alone, in a copy of the whole checkout.
WHOLE_TESTS = {}
for table in TABLES:
    known = WHOLE_TESTS if getattr(table, "WHOLE", False) else OWN_TESTS
    for file, tests in table.OWN_TESTS.items():
        known.setdefault(file, []).extend(tests.split())
UNIT_TESTS = [*dict.fromkeys(chain(*OWN_TESTS.values()))]
HELPERS = sorted(
    path.name
    for path in TESTS.glob("*.py")
    if not path.name.startswith("test_")
)


def name_of(mutant) -> str:
    """Return what a mutant is called."""
    return f"{mutant.file}: {mutant.reason}"


# The folder in which killers.py wants to hear which test noticed which mutant.
HEARD_IN = "ATTN_KILLERS"
# Which test noticed each mutant last, and the digest of the sources then.
NOTICED = json.loads((HERE / "killers.json").read_text("utf-8"))
KILLERS = {name: test for name, (test, _) in NOTICED.items()}


def path_of(file: str, folder: Path) -> Path:
    """Return where the file of a mutant lies in a copy."""
    inside = file.startswith(("book/", "tools/"))
    return folder / file if inside else folder / "attn_utils" / file


def sources_of(mutant, test: str) -> str:
    """Return the digest of what a mutant is noticed with, as it now stands."""
    return digest(mutant, path_of(mutant.file, ROOT), test)


def is_settled(mutant) -> bool:
    """Whether a mutant was noticed with the sources as they now stand."""
    test, sources = NOTICED.get(name_of(mutant), ("", ""))
    there = (TESTS / test.partition("::")[0]).is_file()
    return there and sources == sources_of(mutant, test)


# How many that are not settled a turn may have; in how many turns all others are tried.
MANY, TURNS = 120, 14


def some_of(mutants: list, turn: int) -> list:
    """Return what is not settled, and by turns a part of what is.

    After a change to what many rest on, so many are not settled that all of them
    would take longer than all other tests: then by turns, too, some `MANY` a turn.
    """
    settled = [is_settled(mutant) for mutant in mutants]
    part = max(1, -(-settled.count(False) // MANY))
    return [
        mutant
        for place, mutant in enumerate(mutants)
        if (turn - place) % (TURNS if settled[place] else part) == 0
    ]


TRIED = MUTANTS
if os.environ.get("ATTN_MUTANTS") == "some":
    TRIED = some_of(MUTANTS, TURN)
# The tests that notice these, by file.
NOTICING = {
    file: [*tests]
    for file, tests in groupby(
        sorted(
            {KILLERS[name] for name in map(name_of, TRIED) if name in KILLERS}
        ),
        lambda test: test.split("::")[0],
    )
}
# pytest's exit codes; what goes wrong outside the tests has others.
PASSED, FAILED = 0, 1


def bytecode_of(path: Path) -> list[Path]:
    """Return what Python, and pytest, have kept of a file that they compiled."""
    return [*path.parent.glob(f"__pycache__/{path.stem}.*.pyc")]


def copy_of_the_package(folder: Path) -> None:
    """Copy the package and its unit tests; guard.py holds that the copy is used.

    Files keep their times, so that bytecode that lies beside them serves again.
    """
    shutil.copytree(PACKAGE, folder / "attn_utils")
    shutil.copy(HERE / "guard.py", folder / "conftest.py")
    (folder / "tests").mkdir()
    for name in (*HELPERS, *UNIT_TESTS):
        shutil.copy2(TESTS / name, folder / "tests")
    if (known := TESTS / "__pycache__").exists():
        shutil.copytree(known, folder / "tests" / "__pycache__")


def copy_of_the_checkout(folder: Path) -> None:
    """Copy the package, the book's extensions, the tools and their tests."""
    copy_of_the_package(folder)
    for name in ("chapters", "tools", "tests/fixtures"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "book").mkdir()
    for path in (ROOT / "book").iterdir():
        if path.name == "_ext":
            shutil.copytree(path, folder / "book" / "_ext")
        elif path.name == "_assets":
            copy = folder / "book" / "_assets"
            heavy = shutil.ignore_patterns("vendor")
            shutil.copytree(path, copy, ignore=heavy)
            (copy / "vendor").symlink_to(path / "vendor")
        else:
            (folder / "book" / path.name).symlink_to(path)
    kept = {path.name for path in folder.iterdir()}
    for path in ROOT.iterdir():  # what is read, and never changed
        if path.name not in kept and not path.name.startswith((".", "_build")):
            (folder / path.name).symlink_to(path)
    # All of them: the tests in a browser share helpers, and borrow from each other.
    shutil.copytree(TESTS / "browser", folder / "tests" / "browser")
    for name in chain(*WHOLE_TESTS.values()):
        shutil.copy2(TESTS / name, folder / "tests" / name)


def copy_for(alone: bool):
    """Return what makes the copy in which a test runs."""
    return copy_of_the_checkout if alone else copy_of_the_package


def rewrite(path: Path, text: str) -> None:
    """Write a file anew; bytecode of what it was may not run in its place."""
    path.write_text(text, "utf-8")
    for code in bytecode_of(path):
        code.unlink()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    """One Chromium for all: to start another for each takes half of the time.

    A test that finds it gone ends with neither of pytest's two codes.
    """
    with listening(tmp_path_factory.mktemp("chromium")) as address:
        yield address


@pytest.fixture(scope="session")
def run_tests(chromium, tmp_path_factory):
    """Run unit tests in a folder; returns the exit code and what was printed."""
    server = subprocess.Popen(
        [sys.executable, str(HERE / "forks.py")],
        env=os.environ
        | {
            RUNNING: chromium,
            # Playwright's driver, which every run starts, is compiled once.
            "NODE_COMPILE_CACHE": str(tmp_path_factory.mktemp("node")),
            "OMP_NUM_THREADS": "1",
            "PYTEST_ADDOPTS": "",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    def run(folder, names):
        options = ["-x", "-q", "-p", "no:cacheprovider", f"--rootdir={folder}"]
        files = [f"tests/{name}" for name in names]
        asked = [str(folder), [*options, *files]]
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        return code, (folder / "said").read_text("utf-8")

    yield run
    server.stdin.close()
    server.wait()


@pytest.mark.parametrize("file", NOTICING)
def test_what_notices_a_mutant_passes_unchanged(file, run_tests, tmp_path):
    copy_for(file in chain(*WHOLE_TESTS.values()))(tmp_path)
    # All of the file, if one of these is not there any more.
    for names in (NOTICING[file], [file]):
        code, said = run_tests(tmp_path, names)
        if code in (PASSED, FAILED):
            break
    assert code == PASSED, said


def test_the_guard_stops_a_run_that_would_test_another_package(
    run_tests, tmp_path
):
    copy_of_the_package(tmp_path)
    shutil.move(tmp_path / "conftest.py", tmp_path / "tests" / "conftest.py")
    (tmp_path / "attn_utils").rename(tmp_path / "elsewhere")
    code, said = run_tests(tmp_path, UNIT_TESTS[:1])
    assert code not in (PASSED, FAILED)
    assert "is tested instead of the copy" in said


def test_a_mutant_as_long_and_as_old_as_what_it_replaces_is_what_runs(
    run_tests, tmp_path
):
    copy_of_the_package(tmp_path)
    path = tmp_path / "attn_utils" / "masks.py"
    py_compile.compile(path, doraise=True)
    before, text = path.stat(), path.read_text("utf-8")
    assert text.count("<= radius") == 1
    rewrite(path, text.replace("<= radius", "== radius"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    code, said = run_tests(tmp_path, ["test_masks.py"])
    assert code == FAILED, said


def test_a_chromium_that_is_gone_is_neither_a_pass_nor_a_kill():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/browser/test_guess.py"],
        cwd=ROOT,
        env=os.environ | {RUNNING: "ws://127.0.0.1:9/gone"},
        capture_output=True,
        text=True,
    )
    assert done.returncode not in (PASSED, FAILED), done.stdout
    assert "Chromium to look through is gone" in done.stdout + done.stderr


def test_the_shared_chromium_ends_with_all_that_it_started(tmp_path):
    with listening(tmp_path) as address:
        port = int(address.rpartition(":")[2].partition("/")[0])
        socket.create_connection(("127.0.0.1", port)).close()
    for _ in range(100):
        with socket.socket() as asked:
            gone = asked.connect_ex(("127.0.0.1", port)) != 0
        if gone:
            break
        time.sleep(0.1)
    assert gone


def first_failed(said: str) -> str:
    """Return the test that failed, as pytest names it, without its folder."""
    found = re.findall(
        r"^(?:FAILED|ERROR) tests/(.*?)(?: - .*)?$", said, re.MULTILINE
    )
    return found[-1] if found else ""


def tell(mutant, test: str) -> None:
    """Tell killers.py, if it wants to hear, what noticed a mutant."""
    if folder := os.environ.get(HEARD_IN):
        found = {name_of(mutant): [test, sources_of(mutant, test)]}
        file = hashlib.sha256(name_of(mutant).encode()).hexdigest()
        Path(folder, file).write_text(json.dumps(found), "utf-8")


@pytest.mark.parametrize("mutant", TRIED, ids=name_of)
def test_the_tests_notice(mutant, run_tests, tmp_path):
    alone = mutant.file in WHOLE_TESTS
    changed, unchanged = tmp_path / "changed", tmp_path / "unchanged"
    copy_for(alone)(changed)
    path = path_of(mutant.file, changed)
    text = path.read_text("utf-8")
    assert text.count(mutant.old) == 1, (
        f"{mutant.old!r} must stand once in {mutant.file}"
    )
    rewrite(path, text.replace(mutant.old, mutant.new))
    killer = KILLERS.get(name_of(mutant))
    if killer:
        code, said = run_tests(changed, [killer])
        if code == FAILED:
            tell(mutant, killer)
            return
    own = (WHOLE_TESTS if alone else OWN_TESTS)[mutant.file]
    others = [] if alone else [name for name in UNIT_TESTS if name not in own]
    for names in filter(None, (own, others)):
        code, said = run_tests(changed, names)
        if code != PASSED:
            break
    assert code == FAILED, said
    noticed = first_failed(said)
    copy_for(alone)(unchanged)
    code, said = run_tests(unchanged, [noticed])
    assert code == PASSED, said
    tell(mutant, noticed)
