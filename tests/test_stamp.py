"""The book's address and the set-up cell, written into the chapters."""

import contextlib
import shutil
from pathlib import Path

import nbformat
import pytest

from tools import stamp

ROOT = Path(__file__).parent.parent


KNOWN, SITE = "https://github.com/first/home", "https://first.github.io/home/"


@pytest.fixture
def fork(tmp_path):
    """A copy of what stamping reads and writes."""
    for name in ("_config.yml", "chapters", "tools"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    (tmp_path / "attn_utils").mkdir()
    shutil.copy(ROOT / stamp.PACKAGE, tmp_path / stamp.PACKAGE)
    # Whatever the checkout's own is, and be it none.
    config = tmp_path / "_config.yml"
    text = stamp.URL.sub(rf"\g<1> {KNOWN}", config.read_text("utf-8"))
    config.write_text(stamp.SITE.sub(rf"\g<1> {SITE}", text), "utf-8")
    assert run_stamp(tmp_path) is None
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
        assert KNOWN not in text
    config = (fork / "_config.yml").read_text("utf-8")
    assert "baseurl: https://somebody.github.io/fork/\n" in config


@pytest.mark.long
@pytest.mark.parametrize(
    ("address", "held", "site"),
    [
        ("https://github.com/Me/Book", SITE, "https://me.github.io/Book/"),
        ("https://github.com/me/book", "", "https://me.github.io/book/"),
        ("https://github.com/me/Me.github.io", SITE, "https://me.github.io/"),
        ("https://github.com/me/book", "https://a.org/b/", "https://a.org/b/"),
        ("https://gitlab.com/me/book", "https://a.org/b/", "https://a.org/b/"),
        ("https://gitlab.com/me/book", SITE, ""),
        ("https://github.com/me", SITE, ""),
    ],
)
def test_where_the_pages_lie_is_said_where_it_is_known(
    fork, capsys, address, held, site
):
    config = fork / "_config.yml"
    text = stamp.SITE.sub(rf"\g<1> {held}", config.read_text("utf-8"))
    config.write_text(text, "utf-8")
    assert run_stamp(fork, address) is None
    assert stamp.SITE.search(config.read_text("utf-8"))[2] == site
    assert f"will lie at {site or stamp.UNKNOWN}\n" in capsys.readouterr().out


def test_a_slash_at_the_end_of_the_stored_address_is_not_doubled(fork):
    config = fork / "_config.yml"
    text = config.read_text("utf-8")
    config.write_text(text.replace(KNOWN, KNOWN + "/"), "utf-8")
    assert run_stamp(fork) is None
    for path in fork.glob("chapters/*.ipynb"):
        assert f'BOOK = \\"{KNOWN}\\"' in path.read_text("utf-8")


def test_a_new_version_is_stamped_into_every_chapter(fork):
    package = fork / stamp.PACKAGE
    text = package.read_text("utf-8")
    package.write_text(text.replace(stamp.version(), "7.8.9"), "utf-8")
    assert run_stamp(fork) is None
    for path in fork.glob("chapters/*.ipynb"):
        assert 'VERSION = \\"7.8.9\\"' in path.read_text("utf-8")


def test_a_new_chapter_gets_the_set_up_cell_behind_its_title(fork):
    known = nbformat.read(fork / "chapters/05_self_attention.ipynb", 4)
    new = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# What is new?"),
            nbformat.v4.new_code_cell("1 + 1"),
        ]
    )
    nbformat.write(new, fork / "chapters/12_after.ipynb")
    assert run_stamp(fork) is None
    title, setup, rest = nbformat.read(
        fork / "chapters/12_after.ipynb", 4
    ).cells
    assert (title.source, rest.source) == ("# What is new?", "1 + 1")
    assert setup.source == known.cells[1].source
    assert setup.metadata == known.cells[1].metadata


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
