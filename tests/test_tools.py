"""The tools that the maintainer leans on."""

import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import build
import caching
import environment
import execute
import nbformat
import pytest

from tools import make_dates, stamp, vendor

ROOT = Path(__file__).parent.parent


def test_vendored_files_are_what_the_record_says():
    assert vendor.checksums() == vendor.CHECKSUMS.read_text()
    licence = (vendor.TARGET / "mathjax" / "LICENSE").read_text()
    assert "Apache License" in licence


def test_every_vendored_font_that_mathjax_may_ask_for_is_there():
    fonts = vendor.TARGET / "mathjax" / "output" / "chtml" / "fonts" / "woff-v2"
    assert len(list(fonts.glob("*.woff"))) == 23


def test_the_stored_dates_are_those_of_the_pinned_babel():
    assert "babel==2.18.0" in (ROOT / "requirements.txt").read_text()
    stored = make_dates.TARGET.read_text("utf-8")
    assert stored == make_dates.written(make_dates.table())


def test_requirements_are_exact():
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(line.count("==") == 1 for line in pins)
    assert {"torch==2.13.0", "jupyter-book==1.0.4.post1"} <= set(pins)


def test_torch_is_pinned_where_the_environment_looks_for_it():
    assert (
        environment.pinned_torch(ROOT / "requirements.txt") == "torch==2.13.0"
    )


def test_an_unreachable_index_is_not_waited_for():
    assert not environment.is_reachable("http://localhost:1/")


def test_an_old_python_gets_one_clear_line(monkeypatch):
    monkeypatch.setattr(environment.sys, "version_info", (3, 10, 1))
    with pytest.raises(SystemExit) as stop:
        environment.main(".venv", "requirements.txt")
    assert "Python 3.11 or newer is needed" in stop.value.code
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
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    python = Path(environment.python_of("env"))
    python.parent.mkdir(parents=True)
    python.touch()
    Path("env/installed").write_text(
        environment.fingerprint("requirements.txt")
    )
    runs = []
    monkeypatch.setattr(
        environment.subprocess, "run", lambda *a, **k: runs.append(a)
    )
    environment.main("env", "requirements.txt")
    assert runs == []


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


@pytest.fixture
def fork(tmp_path):
    """A copy of what stamping reads and writes."""
    for name in ("_config.yml", "chapters", "tools"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (tmp_path / "attn_utils").mkdir()
    shutil.copy(ROOT / stamp.PACKAGE, tmp_path / stamp.PACKAGE)
    return tmp_path


def run_stamp(folder, *address):
    command = [sys.executable, "tools/stamp.py", *address]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_fork_stamps_its_own_address_everywhere(fork, slash):
    address = "https://github.com/somebody/fork"
    done = run_stamp(fork, address + slash)
    assert done.returncode == 0, done.stderr
    for path in [fork / "_config.yml", *(fork / "chapters").glob("*.ipynb")]:
        text = path.read_text("utf-8")
        assert f"{address}/" not in text
        assert address in text
        assert stamp.address() not in text
    config = (fork / "_config.yml").read_text()
    assert "baseurl: https://somebody.github.io/fork/\n" in config


def test_a_slash_at_the_end_of_the_stored_address_is_not_doubled(fork):
    config = fork / "_config.yml"
    text = config.read_text("utf-8")
    config.write_text(
        text.replace(stamp.address(), stamp.address() + "/"), "utf-8"
    )
    assert run_stamp(fork).returncode == 0
    for path in fork.glob("chapters/*.ipynb"):
        assert f'BOOK = \\"{stamp.address()}\\"' in path.read_text("utf-8")


def test_a_new_version_is_stamped_into_every_chapter(fork):
    package = fork / stamp.PACKAGE
    text = package.read_text("utf-8")
    package.write_text(text.replace(stamp.version(), "7.8.9"), "utf-8")
    assert run_stamp(fork).returncode == 0
    for path in fork.glob("chapters/*.ipynb"):
        assert 'VERSION = \\"7.8.9\\"' in path.read_text("utf-8")


def test_stamping_again_changes_nothing(fork):
    before = {p: p.read_bytes() for p in fork.glob("chapters/*.ipynb")}
    assert run_stamp(fork).returncode == 0
    assert before == {p: p.read_bytes() for p in fork.glob("chapters/*.ipynb")}


def test_stamp_refuses_what_is_no_address(fork):
    done = run_stamp(fork, "somebody/fork")
    assert done.returncode == 1
    assert "is not an https address" in done.stderr


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache that was made with a package of several files."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "scores.py",
        "data/dates.json",
        "widgets/parts/face.css",
        "widgets/parts/face.js",
        "README",
    ):
        path = caching.PACKAGE / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1")
    caching.drop_if_stale(build.CACHE)
    (build.CACHE / "kept").touch()
    return build.CACHE


def falls(cache) -> bool:
    caching.drop_if_stale(cache)
    return not (cache / "kept").exists()


def test_the_cache_stays_while_nothing_changes(cache):
    bytecode = caching.PACKAGE / "__pycache__" / "scores.pyc"
    bytecode.parent.mkdir()
    bytecode.touch()
    assert not falls(cache)


@pytest.mark.parametrize(
    "name",
    [
        "scores.py",
        "data/dates.json",
        "widgets/parts/face.css",
        "widgets/parts/face.js",
        "README",
    ],
)
def test_the_cache_falls_when_a_file_of_the_package_changes(cache, name):
    (caching.PACKAGE / name).write_text("2")
    assert falls(cache)


def test_the_cache_falls_when_a_file_of_the_package_moves(cache):
    (caching.PACKAGE / "README").rename(caching.PACKAGE / "README.md")
    assert falls(cache)


def test_the_cache_falls_when_a_file_of_the_package_comes_or_goes(cache):
    (caching.PACKAGE / "data" / "runs.json").write_text("{}")
    assert falls(cache)
    (cache / "kept").touch()
    (caching.PACKAGE / "data" / "runs.json").unlink()
    assert falls(cache)


def test_the_cache_falls_when_another_release_is_installed(cache, monkeypatch):
    names = [d.name for d in caching.distributions()]
    assert {"torch", "matplotlib", "numpy"} <= {n.lower() for n in names}
    other = [types.SimpleNamespace(name="torch", version="2.0")]
    monkeypatch.setattr(caching, "distributions", lambda: other)
    assert falls(cache)


def test_the_cache_falls_under_another_python(cache, monkeypatch):
    monkeypatch.setattr(caching.sys, "version", "3.11.0")
    assert falls(cache)


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
    kept = Path("bench.md").read_text()
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
