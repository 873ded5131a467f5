"""The book's address and the set-up cell, written into the chapters."""

import contextlib
import shutil
from pathlib import Path

import pytest

from tools import stamp

ROOT = Path(__file__).parent.parent


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
    """Stamp as the command does; returns what it stops with, if it stops."""
    with contextlib.chdir(folder):
        try:
            stamp.main(*address)
        except SystemExit as stop:
            return stop.code


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_fork_stamps_its_own_address_everywhere(fork, slash):
    address = "https://github.com/somebody/fork"
    assert run_stamp(fork, address + slash) is None
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
    assert run_stamp(fork) is None
    for path in fork.glob("chapters/*.ipynb"):
        assert f'BOOK = \\"{stamp.address()}\\"' in path.read_text("utf-8")


def test_a_new_version_is_stamped_into_every_chapter(fork):
    package = fork / stamp.PACKAGE
    text = package.read_text("utf-8")
    package.write_text(text.replace(stamp.version(), "7.8.9"), "utf-8")
    assert run_stamp(fork) is None
    for path in fork.glob("chapters/*.ipynb"):
        assert 'VERSION = \\"7.8.9\\"' in path.read_text("utf-8")


def test_stamping_again_changes_nothing(fork):
    before = {p: p.read_bytes() for p in fork.glob("chapters/*.ipynb")}
    assert run_stamp(fork) is None
    assert before == {p: p.read_bytes() for p in fork.glob("chapters/*.ipynb")}


@pytest.mark.parametrize("empty", ["", ' ""'])
def test_without_an_address_a_chapter_says_so_and_takes_a_new_one(fork, empty):
    config = fork / "_config.yml"
    known = stamp.URL.sub(rf"\g<1>{empty}", config.read_text("utf-8"))
    config.write_text(known, "utf-8")
    assert run_stamp(fork) is None
    for path in fork.glob("chapters/*.ipynb"):
        assert f'BOOK = \\"{stamp.NOWHERE}\\"' in path.read_text("utf-8")
    assert run_stamp(fork, "https://github.com/a/b") is None
    assert "  url: https://github.com/a/b\n" in config.read_text("utf-8")


def test_stamp_refuses_what_is_no_address(fork):
    assert "is not an https address" in run_stamp(fork, "somebody/fork")
