"""The chapters' kernels: apart from personal settings, on the checkout's package."""

import asyncio
import os
import queue
import subprocess
import sys
import tempfile
from pathlib import Path

import execute
import kernels
import nbformat
import pytest
from tiny_checkout import ODD, WINDOWS

pytestmark = pytest.mark.long

ROOT = Path(__file__).parent.parent
# What a kernel is, in the order of OURS.
REPORT = """\
1; 2
import os, sys, matplotlib, attn_utils
from ipykernel.kernelapp import IPKernelApp
print(
    "mine" in globals(),
    sys.executable == {python!r},
    sys.flags.optimize,
    "inline" in matplotlib.get_backend(),
    matplotlib.rcParams["text.usetex"],
    matplotlib.rcParams["axes.grid"],
    get_ipython().ast_node_interactivity,
    IPKernelApp.instance().transport,
    os.environ["OMP_NUM_THREADS"],
    attn_utils.__file__ == {package!r},
)
""".format(
    python=sys.executable, package=str(ROOT / "attn_utils" / "__init__.py")
)
# Windows has no sockets but TCP's.
LINE = "tcp" if WINDOWS else "ipc"
OURS = f"False True 0 True False False last_expr {LINE} 1 True"


def chapter(folder, *cells):
    """Write a notebook of these cells; returns its path."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3"}
        },
    )
    path = folder / "01_made_up.ipynb"
    nbformat.write(notebook, path)
    return path


def run(path):
    """Run a chapter as the build does; returns what it says, and its errors."""
    with kernels.apart() as folder:
        notebook, _, errors = asyncio.run(execute.execute(path, folder))
    said = [
        output.get("text") or "".join(output.get("data", {}))
        for cell in notebook.cells
        for output in cell.outputs
    ]
    return "".join(said), errors


def test_a_chapter_that_ran_another_package_fails(tmp_path):
    other = tmp_path / "attn_utils" / "__init__.py"
    other.parent.mkdir()
    other.touch()
    path = chapter(
        tmp_path,
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import attn_utils",
    )
    _, errors = run(path)
    assert errors == [f"it ran {other} instead of {ROOT / 'attn_utils'}"]


def test_what_has_run_is_not_run_again_until_a_cell_changes(
    tmp_path, monkeypatch, capsys
):
    count = "open('runs', 'a').write('.')"
    path = chapter(tmp_path, count)
    monkeypatch.setattr(execute, "CHAPTERS", [path])
    cache = str(tmp_path / ODD / "cache")
    for change, runs in ((count, "."), (count, "."), (f"{count}; 1", "..")):
        chapter(tmp_path, change)
        with kernels.apart() as folder:
            assert execute.main(cache, folder) == 0
        assert (tmp_path / "runs").read_text("utf-8") == runs
    assert capsys.readouterr().out.count("ran in") == 2
    assert {p.name for p in tmp_path.iterdir()} == {
        path.name,
        "runs",
        ODD,
    }


@pytest.fixture
def personal(tmp_path, monkeypatch):
    """A home full of settings, each of which would change a chapter."""
    for name, text in {
        ".config/matplotlib/matplotlibrc": "text.usetex: True\naxes.grid: True",
        ".ipython/profile_default/startup/mine.py": "mine = 1",
        ".ipython/profile_default/ipython_kernel_config.py": (
            'c.InteractiveShell.ast_node_interactivity = "all"'
        ),
        ".jupyter/jupyter_config.py": "c.IPKernelApp.exec_lines = ['mine = 1']",
        ".local/share/jupyter/kernels/python3/kernel.json": (
            '{"argv": ["no-such-python"], "display_name": "Mine"}'
        ),
        "startup.py": "mine = 1",
        "older/attn_utils/__init__.py": "__version__ = '0.0.1'",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    for name, value in {
        "HOME": tmp_path,
        "XDG_CONFIG_HOME": tmp_path / ".config",
        "JUPYTER_PATH": tmp_path / ".local" / "share" / "jupyter",
        "MATPLOTLIBRC": tmp_path / ".config" / "matplotlib" / "matplotlibrc",
        "MPLBACKEND": "svg",
        "PYTHONOPTIMIZE": "1",
        "PYTHONPATH": tmp_path / "older",
        "PYTHONSTARTUP": tmp_path / "startup.py",
        "OMP_NUM_THREADS": "7",
    }.items():
        monkeypatch.setenv(name, str(value))
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_personal_settings_do_not_reach_a_chapter(personal):
    said, errors = run(chapter(personal, REPORT))
    assert errors == []
    assert said.strip() == OURS


def test_a_future_warning_stops_a_chapter(tmp_path):
    path = chapter(
        tmp_path, "import warnings; warnings.warn('soon', FutureWarning)"
    )
    _, errors = run(path)
    assert errors[0].rstrip().endswith(": soon")


def test_a_kernel_that_dies_fails_its_chapter(tmp_path):
    _, errors = run(chapter(tmp_path, "import os; os._exit(1)"))
    assert errors == ["Kernel died"]


class Channel:
    """A channel that misses the first so many messages for as long as it waits."""

    def __init__(self, missed):
        self.missed = missed

    async def get_msg(self, timeout):
        if self.missed:
            self.missed -= 1
            await asyncio.sleep(timeout)
            raise queue.Empty
        return "a message"


def test_a_message_that_was_missed_is_found_at_the_next_look(monkeypatch):
    monkeypatch.setattr(execute, "LOOK_AGAIN_S", 0.01)
    for limit in (30, None):
        channel = Channel(missed=3)
        execute.look_again(channel)
        said = asyncio.wait_for(channel.get_msg(timeout=limit), 5)
        assert asyncio.run(said) == "a message"


def test_a_message_that_never_comes_is_waited_for_no_longer_than_asked(
    monkeypatch,
):
    monkeypatch.setattr(execute, "LOOK_AGAIN_S", 0.01)
    channel = Channel(missed=1000)
    execute.look_again(channel)
    with pytest.raises(queue.Empty):
        asyncio.run(channel.get_msg(timeout=0.035))
    assert 1000 - channel.missed == pytest.approx(4, abs=1)


def test_apart_leaves_nothing_behind(monkeypatch):
    monkeypatch.setenv("PYTHONSTARTUP", "mine.py")
    before = dict(os.environ)
    with kernels.apart() as folder:
        assert "PYTHONSTARTUP" not in os.environ
        assert folder.is_dir()
    assert dict(os.environ) == before
    assert not folder.exists()


@pytest.mark.skipif(WINDOWS, reason="its sockets are TCP's")
def test_each_kernel_has_a_line_of_its_own_and_tcp_is_the_last_resort():
    with tempfile.TemporaryDirectory() as folder:  # tmp_path is long on a Mac
        short = Path(folder)
        one, two = kernels.line_to(short), kernels.line_to(short)
    assert one["transport"] == two["transport"] == "ipc"
    assert one["connection_file"] != two["connection_file"]
    assert "transport" not in kernels.line_to(short / ("long" * 30))


def test_personal_settings_do_not_reach_a_chapter_under_nbval(personal):
    cell = f'{REPORT.replace("print(", "said = (")}\nassert " ".join(map(str, said)) == "{OURS}", said'
    command = [sys.executable, "-m", "pytest", "-p", "tools.kernels", "-q"]
    command += ["--nbval-lax", "-p", "no:cacheprovider"]
    # Python itself must not be told to look into the older package first.
    theirs = ("PYTHON", "PYTEST")
    own = {k: v for k, v in os.environ.items() if not k.startswith(theirs)}
    for change, passes in ((cell, True), (cell + "\nassert False", False)):
        path = chapter(personal, change)
        done = subprocess.run(
            [*command, f"--rootdir={personal}", "-c", os.devnull, str(path)],
            cwd=ROOT,
            env=own | {"PYTHONPATH": str(personal / "older")},
            capture_output=True,
            text=True,
        )
        assert (done.returncode == 0) is passes, done.stdout + done.stderr
