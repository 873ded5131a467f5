"""Let cosmic-ray mutate a copy of the package, and list what survives.

Run from anywhere: `python tests/mutants/survey.py [module ...]`, for example
`survey.py layers.py data/dates.py`; without a name, every module that the tables
of mutants name, which takes hours. The repository is left alone. `survivors.md`
says why each survivor may live.

cosmic-ray would start a new Python for every mutant, which spends most of its
time on loading torch. Here each test run is forked from this process, which has
loaded torch and pytest but no part of the package.
"""

import gc
import os
import shlex
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

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
from test_mutants import OWN_TESTS, UNIT_TESTS, copy_of_the_package

CONFIG = """\
[cosmic-ray]
module-path = ["attn_utils/{module}"]
timeout = 120.0
excluded-modules = []
test-command = "-x -q -p no:cacheprovider {tests}"

[cosmic-ray.distributor]
name = "local"

[cosmic-ray.filters.operators-filter]
exclude-operators = [
    # `Tensor | None` in annotations, and one that mutants.py has.
    "core/ReplaceBinaryOperator_BitOr_.*",
    # +x is x: the same program as Delete_USub.
    "core/ReplaceUnaryOperator_USub_UAdd",
]
"""


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


def tests_of(module: str) -> str:
    """Return the tests that can notice a change: its own, then the errors'."""
    errors = [name for name in UNIT_TESTS if name.startswith("test_errors")]
    names = dict.fromkeys([*OWN_TESTS[module], *errors])
    if module == "_checks.py":
        names = dict.fromkeys([*names, *UNIT_TESTS])
    return " ".join(f"tests/{name}" for name in names)


def survey(module: str) -> None:
    """Mutate one module, in the folder of the copy; print what survives."""
    name = module.replace("/", "_")
    config, session = f"{name}.toml", f"{name}.sqlite"
    command = CONFIG.format(module=module, tests=tests_of(module))
    Path(config).write_text(command, "utf-8")
    run_module("cosmic_ray.cli", "init", config, session)
    run_module("cosmic_ray.tools.filters.operators_filter", session, config)
    cosmic_ray.cli.main(["exec", config, session])
    print(f"=== {module}", flush=True)
    run_module(
        "cosmic_ray.tools.report", session, "--surviving-only", "--show-diff"
    )


def main(*modules: str) -> None:
    """Copy the package, see that it passes, and survey the modules named."""
    folder = Path(tempfile.mkdtemp()).resolve()
    copy_of_the_package(folder)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    torch.set_num_threads(1)
    torch.testing.assert_close(torch.ones(1), torch.ones(1))  # loads the rest
    gc.freeze()  # no fork need search what is here already
    cosmic_ray.mutating.run_tests = run_tests

    tests = " ".join(f"tests/{name}" for name in UNIT_TESTS)
    outcome, _ = run_tests(f"-x -q -p no:cacheprovider {tests}", 300)
    assert outcome == TestOutcome.SURVIVED, (
        "the unchanged package fails its tests"
    )
    # From here on: two mutants may come within the second that bytecode tells apart.
    sys.dont_write_bytecode = True
    for module in modules or OWN_TESTS:
        survey(module)
    print(f"The sessions are in {folder}")


if __name__ == "__main__":
    main(*sys.argv[1:])
