"""Let cosmic-ray mutate a copy of the core modules, and list what survives.

Run from anywhere: `python tests/mutants/survey.py [new folder]`. The repository
is left alone; the copy and the session stay in the folder, a temporary one by
default. `survivors.md` says why each survivor may live.

cosmic-ray would start a new Python for every mutant, which spends most of its
time on loading torch. Here each test run is forked from this process, which has
loaded torch and pytest but no part of the package.
"""

import gc
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import cosmic_ray.cli
import cosmic_ray.mutating
import hypothesis.strategies  # noqa: F401, loaded once for all
import numpy  # noqa: F401
import pytest
import torch.func
from cosmic_ray.work_item import TestOutcome

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TESTS = [
    "conftest",
    "errors_table",
    "tensors",
    "test_scores",
    "test_masks",
    "test_attention",
    "test_errors",
]


def run_tests(command: str, timeout: float) -> tuple[TestOutcome, str]:
    """Run pytest in a fork; stands in for cosmic-ray's function of this name."""
    child = os.fork()
    if child == 0:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        signal.alarm(int(timeout))  # kills the fork, which counts as noticed
        os._exit(pytest.main(shlex.split(command)))
    _, status = os.waitpid(child, 0)
    return (TestOutcome.SURVIVED if status == 0 else TestOutcome.KILLED), ""


def run_module(*arguments: str) -> None:
    """Run one of cosmic-ray's own programs."""
    subprocess.run([sys.executable, "-m", *arguments], check=True)


def main() -> None:
    """Copy, initialise, run and report."""
    folder = Path(
        sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()
    ).resolve()
    shutil.copytree(ROOT / "attn_utils", folder / "attn_utils")
    (folder / "tests").mkdir()
    for name in TESTS:
        shutil.copy(ROOT / "tests" / f"{name}.py", folder / "tests")
    shutil.copy(HERE / "guard.py", folder / "conftest.py")
    shutil.copy(HERE / "cosmic-ray.toml", folder)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    torch.set_num_threads(1)
    torch.testing.assert_close(torch.ones(1), torch.ones(1))  # loads the rest
    gc.freeze()  # no fork need search what is here already
    cosmic_ray.mutating.run_tests = run_tests

    outcome, _ = run_tests("-x -q -p no:cacheprovider tests", 60)
    assert outcome == TestOutcome.SURVIVED, (
        "the unchanged package fails its tests"
    )
    # From here on: two mutants may come within the second that bytecode tells apart.
    sys.dont_write_bytecode = True
    config, session = "cosmic-ray.toml", "session.sqlite"
    run_module("cosmic_ray.cli", "init", config, session)
    run_module("cosmic_ray.tools.filters.operators_filter", session, config)
    cosmic_ray.cli.main(["exec", config, session])
    run_module(
        "cosmic_ray.tools.report", session, "--surviving-only", "--show-diff"
    )
    print(f"The session is {folder / 'session.sqlite'}")


if __name__ == "__main__":
    main()
