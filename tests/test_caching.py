"""When the cache of executed chapters falls."""

import types

import build
import caching
import pytest


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
        path.write_text("1", "utf-8")
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
    (caching.PACKAGE / name).write_text("2", "utf-8")
    assert falls(cache)


def test_the_cache_falls_when_a_file_of_the_package_moves(cache):
    (caching.PACKAGE / "README").rename(caching.PACKAGE / "README.md")
    assert falls(cache)


def test_the_cache_falls_when_a_file_of_the_package_comes_or_goes(cache):
    (caching.PACKAGE / "data" / "runs.json").write_text("{}", "utf-8")
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
