"""The tools that the maintainer leans on."""

import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import babel
import environment
import execute
import nbformat
import pytest

from tools import make_dates, vendor

ROOT = Path(__file__).parent.parent


def test_vendored_files_are_what_the_record_says():
    assert vendor.checksums() == vendor.CHECKSUMS.read_text("utf-8")
    licence = (vendor.TARGET / "mathjax" / "LICENSE").read_text("utf-8")
    assert "Apache License" in licence


def test_every_vendored_font_that_mathjax_may_ask_for_is_there():
    fonts = vendor.TARGET / "mathjax" / "output" / "chtml" / "fonts" / "woff-v2"
    assert len(list(fonts.glob("*.woff"))) == 23


def test_the_stored_dates_are_those_of_the_pinned_babel():
    pinned = (ROOT / "requirements.txt").read_text("utf-8")
    assert f"babel=={make_dates.BABEL}\n" in pinned
    stored = make_dates.TARGET.read_text("utf-8")
    assert stored == make_dates.written(make_dates.table())
    # Their licence asks to go with every copy of them.
    theirs = Path(babel.__file__).with_name("locale-data") / "LICENSE.unicode"
    ours = make_dates.TARGET.with_name("LICENSE.unicode")
    assert ours.read_text("utf-8") == theirs.read_text("utf-8")


def test_requirements_are_exact():
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if line and line[0] not in "#-"]
    assert all(line.count("==") == 1 for line in pins)
    named = {line.partition("==")[0] for line in pins}
    assert {"torch", "jupyter-book"} <= named


def test_torch_is_pinned_where_the_environment_looks_for_it():
    pinned = environment.pinned_torch(ROOT / "requirements.txt")
    assert pinned.startswith("torch==")


def test_an_unreachable_index_is_not_waited_for():
    assert not environment.is_reachable("http://localhost:1/")


@pytest.mark.parametrize("version", [(3, 10, 1), (3, 14, 0)])
def test_an_untried_python_gets_one_clear_line(monkeypatch, version):
    monkeypatch.setattr(environment.sys, "version_info", version)
    with pytest.raises(SystemExit) as stop:
        environment.main(".venv", "requirements.txt")
    assert "Python 3.11 to 3.13 is needed" in stop.value.code
    assert "\n" not in stop.value.code


def test_a_checkout_that_cannot_be_written_to_gets_one_clear_line(monkeypatch):
    def refuse(**_):
        raise PermissionError

    monkeypatch.setattr(environment.tempfile, "TemporaryFile", refuse)
    with pytest.raises(SystemExit) as stop:
        environment.main(".venv", "requirements.txt")
    assert "cannot be written to" in stop.value.code
    assert "\n" not in stop.value.code


def test_a_failed_install_gets_one_clear_line(tmp_path):
    with pytest.raises(SystemExit) as stop:
        environment.install(
            sys.executable, ["--no-index", "no-such-package-at-all"]
        )
    assert "could not install the requirements" in stop.value.code
    assert "\n" not in stop.value.code


def fails(said):
    """Stand in for `subprocess.run`: a program that ends with these words."""
    return lambda *_, **__: types.SimpleNamespace(
        returncode=1, stdout=said, stderr=said
    )


def test_what_a_link_points_to_is_not_emptied(tmp_path):
    kept = tmp_path / "kept" / "file"
    kept.parent.mkdir()
    kept.touch()
    (tmp_path / "link").symlink_to(kept.parent)
    with pytest.raises(SystemExit, match="link is a link; remove it"):
        environment.make(str(tmp_path / "link"))
    assert kept.exists()


@pytest.mark.parametrize(
    "step", [lambda: environment.install("python", []), lambda: environment.make("x")]
)  # fmt: skip
def test_a_disk_that_fills_while_installing_gets_one_line(monkeypatch, step):
    said = "ERROR: Could not install: [Errno 28] No space left on device\n"
    monkeypatch.setattr(environment.subprocess, "run", fails(said))
    with pytest.raises(SystemExit) as stop:
        step()
    assert stop.value.code == f"make: {environment.FULL}"


def test_an_environment_that_cannot_be_made_says_why(monkeypatch):
    said = "Error: refusing to create it in a:b\n"
    monkeypatch.setattr(environment.subprocess, "run", fails(said))
    with pytest.raises(SystemExit) as stop:
        environment.make("a:b")
    assert "refusing to create it in a:b" in stop.value.code
    assert "\n" not in stop.value.code


def test_a_finished_environment_is_left_alone(tmp_path, monkeypatch):
    for name in ("requirements.txt", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    monkeypatch.chdir(tmp_path)
    python = Path(environment.python_of("env"))
    python.parent.mkdir(parents=True)
    python.touch()
    Path("env/installed").write_text(
        environment.fingerprint("requirements.txt"), "utf-8"
    )
    runs = []
    monkeypatch.setattr(
        environment.subprocess, "run", lambda *a, **k: runs.append(a)
    )
    environment.main("env", "requirements.txt")
    assert runs == []


@pytest.mark.long
@pytest.mark.parametrize("text", ["if True print", "raise OSError('disk')"])
def test_a_chapter_that_fails_is_reported(tmp_path, monkeypatch, capsys, text):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text)])
    path = tmp_path / "99_broken.ipynb"
    nbformat.write(notebook, path)
    monkeypatch.setattr(execute, "CHAPTERS", [path])
    assert execute.main(str(tmp_path / "cache"), tmp_path) == 1
    assert "99_broken.ipynb failed" in capsys.readouterr().err


def test_an_error_inside_a_widgets_output_is_found():
    def errors(kind):
        output = {"output_type": kind, "ename": "ValueError", "evalue": "no"}
        state = {"abc": {"state": {"outputs": [output]}}, "def": {"state": {}}}
        notebook = nbformat.v4.new_notebook()
        notebook.metadata["widgets"] = {execute.WIDGET_STATE: {"state": state}}
        return execute.hidden_errors(notebook)

    assert errors("error") == ["ValueError: no"]
    assert errors("stream") == []


def test_make_says_so_when_there_is_no_python(tmp_path):
    done = subprocess.run(
        ["make", "PYTHON=no-such-python", "book"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env=os.environ,
    )
    assert done.returncode != 0
    assert "make: no no-such-python here; install Python 3.11" in done.stderr


@pytest.fixture
def bench(tmp_path, monkeypatch):
    """`make bench` with parts that measure nothing, in an empty folder."""
    from tools import bench

    for name in bench.PARTS:
        part = types.SimpleNamespace(measure=lambda name=name: f"{name} 1\n")
        monkeypatch.setitem(sys.modules, bench.PARTS[name], part)
    monkeypatch.chdir(tmp_path)
    return bench


def test_measuring_one_part_keeps_the_tables_of_the_other(bench, monkeypatch):
    bench.main()
    part = types.SimpleNamespace(measure=lambda: "pages 2\n")
    monkeypatch.setitem(sys.modules, bench.PARTS["pages"], part)
    bench.main("pages")
    kept = Path("bench.md").read_text("utf-8")
    assert kept.split("\n## ")[1:] == [
        "Pages\n\npages 2\n",
        "Speed\n\nspeed 1\n",
        "Models\n\nmodels 1\n",
    ]


def test_measuring_stops_at_a_part_that_does_not_exist(bench):
    with pytest.raises(SystemExit) as stop:
        bench.main("sped")
    assert (
        stop.value.code
        == "bench: sped is no part; the parts are pages, speed, models"
    )
    assert not Path("bench.md").exists()
