"""The set-up cell: in a clone, on a bare machine, offline."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

from tools import stamp

ROOT = Path(__file__).parent.parent
NOWHERE = "https://localhost:1/nobody/nothing"

# -S hides site-packages, and with them the attn_utils of this environment.
BARE = [sys.executable, "-S", "-c"]


def run(code, cwd, **env):
    return subprocess.run(
        [*BARE, code],
        cwd=cwd,
        capture_output=True,
        text=True,
        env=os.environ | env,
    )


def cell(book=NOWHERE):
    return stamp.BOOK.sub(f'BOOK = "{book}"', stamp.setup_cell())


def test_it_does_nothing_where_the_package_is_installed():
    code = f"import sys\nbefore = list(sys.path)\n{cell()}\nprint(sys.path == before)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.stdout == "True\n", done.stderr


def test_it_finds_the_clone_that_the_chapter_lies_in():
    done = run(f"{cell()}\nprint(sys.path[0])", cwd=ROOT / "chapters")
    assert Path(done.stdout.strip()) == ROOT, done.stderr


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
        env=os.environ | {"PIP_RETRIES": "0", "IPYTHONDIR": str(tmp_path)},
    )
    assert done.stdout.strip().splitlines()[-1].startswith("Set-up stopped: ")
    assert "Traceback" not in done.stdout + done.stderr


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
