"""What is pinned is used: imported somewhere, or run by a command that names it."""

import ast
import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest

from tools import constraints, environment, oldest

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "requirements.txt"
FOLDERS = ("attn_utils", "book/_ext", "chapters", "tests", "tools")
OWNERS = packages_distributions()
# What is imported nowhere: where it is named, by which word, and what for.
BY_COMMAND = {
    "jupyterlab": ("tests/jupyter_servers.py", "lab", "opens the chapters as a student does"),
    "ipykernel": ("chapters/01_weighted_fusion.ipynb", "kernelspec", "runs the cells"),
    "pydata-sphinx-theme": ("requirements.txt", "sphinx-book-theme", "the theme's own base"),
    "setuptools": ("pyproject.toml", "setuptools", "builds the wheel"),
    "pytest-xdist": ("Makefile", "-n 2", "runs the unit tests two at a time"),
    "beartype": ("Makefile", "beartype", "checks the shapes that jaxtyping names"),
    "codespell": ("Makefile", "codespell", "finds misspelt words"),
    "ruff": ("Makefile", "ruff", "lints"),
    "zizmor": ("tests/test_workflows.py", "zizmor", "reads the workflows"),
}  # fmt: skip


def pinned() -> list[str]:
    """Return the names in requirements.txt."""
    return [*constraints.pins(REQUIREMENTS)]


def imported_by(code: str) -> set[str]:
    """Return the top-level modules that a piece of Python imports or asks for."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module)
    names |= set(re.findall(r"importorskip\(\"(\w+)", code))
    return {name.split(".")[0] for name in names}


def cells(path: Path) -> str:
    """Return the code of a notebook, without what IPython alone understands."""
    notebook = json.loads(path.read_text("utf-8"))
    code = [
        "".join(c["source"])
        for c in notebook["cells"]
        if c["cell_type"] == "code"
    ]
    return "\n".join(
        line for line in "\n".join(code).splitlines() if line[:1] not in "%!"
    )


def imported() -> set[str]:
    """Return the top-level modules that anything of the repository imports."""
    names = set()
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            names |= imported_by(path.read_text("utf-8"))
        for path in (ROOT / folder).glob("*.ipynb"):
            names |= imported_by(cells(path))
    return names


def modules_of(name: str) -> set[str]:
    """Return the top-level modules that an installed package brings."""
    return {
        module
        for module, owners in OWNERS.items()
        if constraints.plain(name) in map(constraints.plain, owners)
    }


@pytest.fixture(scope="module")
def used():
    return imported()


@pytest.mark.parametrize("name", pinned())
def test_a_pinned_package_is_imported_or_run(name, used):
    # Its metadata; a program such as zizmor brings no module.
    assert version(name), f"{name} is pinned but not installed"
    is_imported = bool(modules_of(name) & used)
    assert is_imported or name in BY_COMMAND, f"nothing uses {name}"
    assert not (is_imported and name in BY_COMMAND), (
        f"{name} is imported: strike it"
    )


@pytest.mark.parametrize("name", BY_COMMAND)
def test_what_is_run_by_a_command_is_pinned_and_named_there(name):
    file, word, _ = BY_COMMAND[name]
    assert name in pinned()
    assert word in (ROOT / file).read_text("utf-8")


def test_an_import_inside_a_function_or_a_cell_is_found():
    code = (
        "def f():\n    import numpy.linalg\n    from seaborn import heatmap\n"
    )
    assert imported_by(code) == {"numpy", "seaborn"}
    assert imported_by("from . import torch") == set()
    (first, *_) = sorted((ROOT / "chapters").glob("*.ipynb"))
    assert "torch" in imported_by(cells(first))


def test_a_package_that_nothing_imports_would_be_found(used):
    assert modules_of("axe-playwright-python") & used
    assert not modules_of("pip") & used


FIRST, *OTHERS = PYTHONS = [
    f"3.{minor}"
    for minor in range(environment.OLDEST[1], environment.NEWEST[1] + 1)
]
LAST = PYTHONS[-1]
IN_WORDS = f"{', '.join([FIRST, *OTHERS[:-1]])} or {LAST}"
# Where it is said which Pythons there are, and what stands there; test_workflows.py
# holds what Binder and the dev container have.
SAID = {
    "pyproject.toml": [
        f'requires-python = ">={FIRST}"',
        f'target-version = "py{FIRST.replace(".", "")}"',
    ],
    "Makefile": [f"install Python {IN_WORDS}"],
    "README.md": [f"With Python {IN_WORDS}"],
    "CONTRIBUTING.md": [
        f"with Python {FIRST}",
        f"make canary PYTHON=python{LAST}",
    ],
    "tools/environment.py": [f"make PYTHON=python{FIRST} book"],
    ".github/workflows/test.yml": [
        "matrix: {python: ["
        + ", ".join(f'"{each}"' for each in PYTHONS)
        + "]}",
        f'{{python-version: "{FIRST}"}}',
    ],
    ".github/workflows/publish.yml": [f'{{python-version: "{FIRST}"}}'],
    ".github/workflows/canary.yml": [
        f'{{python-version: "{FIRST}"}}',
        f'{{python-version: "{LAST}"}}',
    ],
}


@pytest.mark.parametrize("file", SAID)
def test_the_pythons_are_the_same_everywhere(file):
    text = " ".join((ROOT / file).read_text("utf-8").split())
    for words in SAID[file]:
        assert words in text, f"{file} must say: {words}"
    named = re.findall(r'python-version: "([\d.]+)"', text)
    assert {*named} <= {FIRST, LAST}


@pytest.mark.skipif(
    sys.platform != "linux" or sys.version_info[:2] != environment.OLDEST,
    reason="elsewhere some come more and some less",
)
def test_what_comes_with_the_requirements_is_held_too():
    held = constraints.pins(ROOT / constraints.CONSTRAINTS)
    assert constraints.came_with() == held, "make constraints"
    assert not held.keys() & constraints.pins(REQUIREMENTS).keys()


def test_the_oldest_release_of_each_requirement_is_known_and_not_beyond_the_pin():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found = dict(line.split("==") for line in oldest.oldest(project["project"]))
    assert found.keys() >= {"torch", "numpy", "matplotlib", "ipywidgets"}
    held = constraints.pins(REQUIREMENTS)
    for name, bound in found.items():
        ours = [int(part) for part in held[name].split("+")[0].split(".")]
        assert [int(part) for part in bound.split(".")] <= ours, name


def test_a_requirement_without_an_oldest_release_is_refused():
    project = {
        "dependencies": ["torch>=2.6"],
        "optional-dependencies": {"x": ["numpy<3"]},
    }
    with pytest.raises(ValueError, match="numpy<3 must say its oldest release"):
        oldest.oldest(project)
