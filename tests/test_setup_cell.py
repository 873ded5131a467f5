"""The set-up cell: in a clone, on a bare machine, offline."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools import stamp

ROOT = Path(__file__).parent.parent
NOWHERE = "https://localhost:1/nobody/nothing"

# -S hides site-packages, and with them the attn_utils of this environment.
BARE = [sys.executable, "-S", "-c"]


# A set-up cell looks upward: here nobody's PYTHONPATH helps it.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}


def run(code, cwd, **env):
    return subprocess.run(
        [*BARE, code],
        cwd=cwd,
        capture_output=True,
        text=True,
        env=ENVIRONMENT | env,
    )


def package(folder, version):
    """Write an `attn_utils` of some version, which says where it comes from."""
    package = folder / "attn_utils"
    package.mkdir(parents=True)
    (package / "scores.py").touch()
    (package / "__init__.py").write_text(
        f'"""Short."""\n\n__version__ = "{version}"\n', "utf-8"
    )
    return package


SAY_WHICH = "\nimport attn_utils\nprint(attn_utils.__file__)"


def cell(book=NOWHERE):
    return stamp.BOOK.sub(f'BOOK = "{book}"', stamp.setup_cell())


def test_it_does_nothing_where_the_clones_own_package_is_seen_already():
    code = f"import sys\nbefore = list(sys.path)\n{cell()}\nprint(sys.path == before)"
    done = run(code, cwd=ROOT / "chapters", PYTHONPATH=str(ROOT))
    assert done.stdout == "True\n", done.stderr


def test_it_does_nothing_outside_a_clone_where_the_package_is_installed(
    tmp_path,
):
    code = f"import sys\nbefore = list(sys.path)\n{cell()}\nprint(sys.path == before)"
    done = run(code, cwd=tmp_path, PYTHONPATH=str(ROOT))
    assert done.stdout == "True\n", done.stderr


def test_it_finds_the_clone_that_the_chapter_lies_in():
    done = run(f"{cell()}\nprint(sys.path[0])", cwd=ROOT / "chapters")
    assert Path(done.stdout.strip()) == ROOT, done.stderr


def test_the_clone_goes_before_an_older_package_and_the_cell_says_so(tmp_path):
    ours = package(tmp_path / "clone", stamp.version())
    older = package(tmp_path / "site", "0.0.1")
    (tmp_path / "clone" / "chapters").mkdir()
    done = run(
        cell() + SAY_WHICH,
        cwd=tmp_path / "clone" / "chapters",
        PYTHONPATH=str(older.parent),
    )
    now = stamp.version()
    assert done.stdout.splitlines() == [
        f"Set-up: written for attn_utils {now}; using {now} in {ours}, "
        f"not 0.0.1 in {older}",
        str(ours / "__init__.py"),
    ], done.stderr


def test_the_clone_goes_before_another_package_of_its_version_silently(
    tmp_path,
):
    ours = package(tmp_path / "clone", stamp.version())
    same = package(tmp_path / "site", stamp.version())
    done = run(cell() + SAY_WHICH, ours.parent, PYTHONPATH=str(same.parent))
    assert done.stdout == f"{ours / '__init__.py'}\n", done.stderr


@pytest.mark.parametrize("where", ["clone", "site"])
def test_a_chapter_of_another_version_says_so(tmp_path, where):
    used = package(tmp_path / where, "0.0.1")
    cwd = used.parent if where == "clone" else tmp_path
    done = run(cell() + SAY_WHICH, cwd, PYTHONPATH=str(used.parent))
    assert done.stdout.splitlines() == [
        f"Set-up: written for attn_utils {stamp.version()}; using 0.0.1 in {used}",
        str(used / "__init__.py"),
    ], done.stderr


def test_a_package_loaded_from_elsewhere_stops_the_chapter(tmp_path):
    ours = package(tmp_path / "clone", stamp.version())
    older = package(tmp_path / "site", "0.0.1")
    done = run(
        f"import attn_utils\ntry:\n    exec({cell()!r})\n"
        "except Exception as error:\n    print(*error._render_traceback_())",
        ours.parent,
        PYTHONPATH=str(older.parent),
        PYTHONSAFEPATH="1",  # -c would put the folder it runs in first
    )
    assert done.stdout == (
        f"Set-up stopped: restart the kernel; it has loaded {older}\n"
    ), done.stderr


def test_the_cell_runs_again_without_a_word(tmp_path):
    ours = package(tmp_path / "clone", stamp.version())
    done = run(f"{cell()}{SAY_WHICH}\n{cell()}", ours.parent)
    assert done.stdout == f"{ours / '__init__.py'}\n", done.stderr


def test_offline_it_stops_with_one_clear_line(tmp_path):
    done = run(
        f"try:\n    exec({cell()!r})\n"
        "except Exception as error:\n    print(*error._render_traceback_(), sep='\\n')",
        cwd=tmp_path,
        PIP_RETRIES="0",
    )
    assert done.stdout == (
        f"Set-up stopped: could not install attn_utils from {NOWHERE}. Online?\n"
    ), done.stderr


@pytest.mark.long
def test_ipython_shows_that_line_alone(tmp_path):
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "import importlib.util\n"
        "importlib.util.find_spec = lambda name: None\n"
        f"InteractiveShell.instance(colors='NoColor').run_cell({cell()!r})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=ENVIRONMENT | {"PIP_RETRIES": "0", "IPYTHONDIR": str(tmp_path)},
    )
    assert done.stdout.strip().splitlines()[-1].startswith("Set-up stopped: ")
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.long
def test_elsewhere_it_installs_the_package_and_nothing_else(tmp_path):
    # What a repository's archive holds: everything, one folder down.
    archive = tmp_path / "archive" / "refs" / "heads" / "colab.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w") as held:
        for path in [
            *(ROOT / "attn_utils").rglob("*"),
            ROOT / "pyproject.toml",
            ROOT / "README.md",
        ]:
            if path.is_file() and "__pycache__" not in path.parts:
                held.write(
                    path, Path("repository-colab") / path.relative_to(ROOT)
                )
    target = tmp_path / "target"
    # Off: building in isolation would fetch setuptools.
    done = run(
        cell(tmp_path.as_uri()),
        cwd=tmp_path,
        PIP_TARGET=str(target),
        PIP_NO_BUILD_ISOLATION="0",
    )
    assert done.returncode == 0, done.stderr
    assert (
        target / "attn_utils/widgets/weighted_fusion/weighted_fusion.js"
    ).is_file()
    assert {
        p.name for p in target.iterdir() if "attn_utils" not in p.name
    } == set()
