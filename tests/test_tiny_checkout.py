"""The build by its commands, on a book of one tiny chapter."""

import os
import re
import signal
import time
import zipfile

import pytest
from tiny_checkout import ODD, WINDOWS, start, tiny_checkout

pytestmark = pytest.mark.long


def ended(process):
    """Wait for a command's end; returns its status, what it said and warned."""
    said, warned = process.communicate(timeout=120)
    # So the kernel says where it has no other way.
    own = [
        line
        for line in warned.splitlines(keepends=True)
        if "Kernel is running over TCP" not in line
    ]
    return process.returncode, said, "".join(own)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A tiny book, in a folder whose name an address would read otherwise."""
    folder = tmp_path_factory.mktemp("alone") / ODD
    return tiny_checkout(folder, "print('It has run.')", "import attn_utils")


@pytest.fixture(scope="module")
def built(checkout):
    """What `book` said of it."""
    return ended(start(checkout, "book"))


def test_a_book_is_built_without_a_warning_and_says_where_it_lies(
    checkout, built
):
    page = checkout / "_build" / "html" / "index.html"
    code, said, warned = built
    # Where nothing can print it, a line says so.
    assert warned in ("", "make: no PDF: there is no Chromium to print it\n")
    assert code == 0
    # How long it took is the machine's.
    first, *rest = said.splitlines()
    assert re.fullmatch(r"chapters/01_tiny\.ipynb ran in \d+ s", first)
    assert rest[:2] == [
        "It lies at _build/html/index.html",
        f"  {page.as_uri()}",
    ]
    kinds = ["The EPUB"] if warned else ["The EPUB", "The PDF"]
    assert [line.split(" lies at ")[0] for line in rest[2:]] == kinds
    assert page.is_file()
    chapter = page.parent / "chapters" / "01_tiny.html"
    assert "It has run." in chapter.read_text("utf-8")
    # A path read as an address would have led a folder out of the checkout.
    assert list(checkout.parent.iterdir()) == [checkout]


def test_the_zip_holds_the_whole_site_in_one_folder(checkout, built):
    site = checkout / "_build" / "html"
    with zipfile.ZipFile(site / "attention-alive.zip") as kept:
        held = {name: kept.read(name) for name in kept.namelist()}
    files = {
        f"attention-alive/{path.relative_to(site).as_posix()}": path.read_bytes()
        for path in site.rglob("*")
        if path.is_file() and path.suffix not in {".zip", ".epub", ".pdf"}
    }
    assert held == files


def test_a_warning_stops_the_book_but_not_the_draft(checkout, built):
    intro = checkout / "book" / "intro.md"
    intro.write_text("# Tiny\n\n[gone](nowhere.md)\n", "utf-8")
    status, said, warned = ended(start(checkout, "book"))
    assert status != 0
    assert "It lies at" not in said
    assert "'nowhere.md'" in warned
    assert not (checkout / "_build" / "html" / "attention-alive.zip").exists()
    status, said, warned = ended(start(checkout, "draft"))
    assert status == 0
    assert "'nowhere.md'" in warned
    # The chapter came from the cache, also in this folder.
    assert said.startswith("It lies at _build/draft/_build/html/index.html\n")


@pytest.mark.skipif(WINDOWS, reason="it has neither these signals nor the lock")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_stopped_build_says_one_line_and_leaves_no_process(tmp_path, name):
    code = "import os, time; open('pid', 'w').write(f'{os.getpid()}.'); time.sleep(60)"
    folder = tiny_checkout(tmp_path, code)
    process = start(folder, "book")
    pid = folder / "chapters" / "pid"
    while process.poll() is None and not (
        pid.exists() and pid.read_text("utf-8").endswith(".")
    ):
        time.sleep(0.05)
    second = ended(start(folder, "draft"))
    process.send_signal(getattr(signal, name))
    assert ended(process) == (
        128 + getattr(signal, name),
        "",
        "make: stopped\n",
    )
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text("utf-8").rstrip(".")), 0)
    # Meanwhile a second build was refused in one line too.
    line = "make: another build is at work in this checkout; let it end first\n"
    assert second == (1, "", line)
