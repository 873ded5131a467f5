"""What the build does around the chapters and the pages, and how it ends."""

import errno
import os
import signal
import subprocess
import sys
import time
import types
import zipfile
from pathlib import Path

import build
import environment
import pytest
from tiny_checkout import CLEAN

FULL = f"make: {environment.FULL}\n"
posix = pytest.mark.skipif(
    os.name == "nt", reason="Windows has no such signals"
)


@posix
def test_what_writes_the_pages_ends_with_the_build(tmp_path, monkeypatch):
    program = tmp_path / "pages.py"
    program.write_text(
        "import os, time\nopen('pid', 'w').write(f'{os.getpid()}.')\ntime.sleep(60)",
        "utf-8",
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(build, "__file__", str(tmp_path / "build.py"))

    def stop(*_):
        raise build.Stopped(signal.SIGALRM)

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 3)
    try:
        with pytest.raises(build.Stopped):
            build.pages(build.BOOK)
    finally:
        signal.signal(signal.SIGALRM, before)
    with pytest.raises(ProcessLookupError):
        os.kill(int(Path("pid").read_text("utf-8").rstrip(".")), 0)


@posix
def test_a_lock_goes_with_its_process(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = "import environment\nwith environment.alone(): input()"
    holder = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        env=CLEAN | {"PYTHONPATH": str(Path(build.__file__).parent)},
    )
    while not Path("pyproject.toml").exists():
        time.sleep(0.02)
    time.sleep(0.2)
    with pytest.raises(SystemExit, match="another build"), environment.alone():
        pass
    holder.kill()
    holder.wait()
    with environment.alone():
        pass


@pytest.fixture(autouse=True)
def signals():
    """The build takes signals for itself; the tests take them back."""
    names = {"SIGINT", "SIGTERM", "SIGHUP"} & set(dir(signal))
    before = {name: signal.getsignal(getattr(signal, name)) for name in names}
    yield
    for name, handler in before.items():
        signal.signal(getattr(signal, name), handler)


@pytest.fixture
def asked(tmp_path, monkeypatch):
    """What the build asks Jupyter Book for, which then writes two pages or an EPUB.

    And what it asks the printer for, which has a Chromium.
    """
    commands = []

    def run(command, **_):
        commands.append(command)
        if "--custom-builder" in command:
            made = [build.BUILD / "epub" / f"{build.NAME}.epub"]
        elif "--path-output" in command:
            folder = Path(command[command.index("--path-output") + 1])
            folder = folder / "_build" / "html"
            made = [folder / "index.html", folder / "book" / "intro.html"]
        else:
            made = [Path(command[-1])]
        for page in made:
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text('<span id="attn-kept"></span>', "utf-8")
        return types.SimpleNamespace(returncode=0, stderr="")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(build.subprocess, "run", run)
    monkeypatch.setattr("execute.CHAPTERS", [])
    return commands


def test_the_book_takes_warnings_for_errors_and_begins_from_nothing(asked):
    old = build.BUILD / "jupyter_execute" / "old"
    old.parent.mkdir(parents=True)
    old.touch()
    assert build.book() == 0
    assert {"-W", "-n", "--keep-going", "--all"} <= set(asked[0])
    assert (build.BOOK / "index.html").exists()
    assert not old.exists()


def test_the_draft_lies_apart_and_keeps_the_cache_and_the_book(asked):
    assert build.book() == build.draft() == 0
    kept = build.CACHE / "kept"
    kept.touch()
    assert build.draft() == 0
    assert kept.exists()
    assert "-W" not in asked[3]
    assert str(Path("_build", "draft")) in asked[3]
    assert len(asked) == 5
    assert (build.BOOK / "index.html").exists()
    assert (build.DRAFT / "index.html").exists()


def test_a_chapter_that_fails_stops_the_build_before_the_pages(
    asked, monkeypatch
):
    monkeypatch.setattr("execute.main", lambda *_: 1)
    assert build.book() == build.draft() == 1
    assert asked == []


def test_the_zip_holds_every_file_in_one_folder(asked):
    assert build.draft() == 0
    (build.DRAFT / "_static").mkdir()
    (build.DRAFT / "_static" / "styles.css").write_text("p {}", "utf-8")
    assert build.draft() == 0
    with zipfile.ZipFile(build.DRAFT / "attention-alive.zip") as kept:
        assert kept.namelist() == [
            "attention-alive/_static/styles.css",
            "attention-alive/book/intro.html",
            "attention-alive/index.html",
        ]
        assert kept.read("attention-alive/_static/styles.css") == b"p {}"


LANDING = build.BOOK / "book" / "intro.html"


def test_the_book_is_made_whole_and_offered_beside_its_zip(asked):
    assert build.book() == 0
    assert [path.exists() for path in build.WHOLE.values()] == [True, True]
    assert LANDING.read_text("utf-8") == (
        '<span id="attn-kept"> For an e-reader or for paper: '
        '<a href="../attention-alive.pdf">PDF</a> (0.0 MB), '
        '<a href="../attention-alive.epub">EPUB</a> (0.0 MB).</span>'
    )
    with zipfile.ZipFile(build.BOOK / "attention-alive.zip") as kept:
        landing = kept.read("attention-alive/book/intro.html")
        assert landing == b'<span id="attn-kept"></span>'
        assert not [name for name in kept.namelist() if ".epub" in name]


def test_without_a_chromium_the_book_has_no_pdf_and_none_is_offered(
    asked, monkeypatch
):
    run = build.subprocess.run

    def printless(command, **options):
        if command[-1].endswith(".pdf"):
            return types.SimpleNamespace(returncode=build.NO_CHROMIUM)
        return run(command, **options)

    monkeypatch.setattr(build.subprocess, "run", printless)
    assert build.book() == 0
    assert "PDF" not in LANDING.read_text("utf-8")
    assert "EPUB" in LANDING.read_text("utf-8")
    assert build.pdf() == build.NO_CHROMIUM


def test_a_printer_that_fails_fails_the_build(asked, monkeypatch):
    monkeypatch.setattr(build, "write_pdf", lambda: 1)
    assert build.book() == 1


def test_a_draft_has_neither(asked):
    assert build.draft() == 0
    assert not [
        p for p in build.DRAFT.iterdir() if p.suffix in (".pdf", ".epub")
    ]
    assert "EPUB" not in (build.DRAFT / "book" / "intro.html").read_text(
        "utf-8"
    )


def test_the_whole_of_a_book_that_is_not_there_gets_one_line(asked, capsys):
    assert build.epub() == build.pdf() == 1
    line = "make: there is no book yet; run `make book` first\n"
    assert capsys.readouterr().err == line * 2
    assert asked == []


def test_making_one_again_offers_what_there_is_anew(asked):
    assert build.book() == 0
    build.WHOLE["PDF"].unlink()
    assert build.epub() == 0
    assert "PDF" not in LANDING.read_text("utf-8")
    assert build.pdf() == 0
    assert LANDING.read_text("utf-8").count("PDF") == 1


def test_pages_that_could_not_be_made_are_not_packed(
    asked, monkeypatch, capsys
):
    failed = types.SimpleNamespace(returncode=2, stderr="WARNING: no\n")
    monkeypatch.setattr(build.subprocess, "run", lambda *_, **__: failed)
    build.BOOK.mkdir(parents=True)
    old = build.BOOK / f"{build.NAME}.zip"
    old.touch()
    assert build.pages(build.BOOK) == 2
    assert not old.exists()
    assert capsys.readouterr().err == "WARNING: no\n"


def test_a_draft_says_how_much_would_stop_the_book(
    tmp_path, monkeypatch, capsys
):
    warned = "a.md:1: WARNING: no\na.md:2: WARNING: no\n"
    done = types.SimpleNamespace(returncode=0, stderr=warned)
    monkeypatch.setattr(build.subprocess, "run", lambda *_, **__: done)
    assert build.jupyter_book(tmp_path) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[-1] == "make: `make book` stops at what warns: 2"
    done.stderr = ""
    assert build.jupyter_book(tmp_path) == 0
    assert capsys.readouterr().err == ""


def raises(error):
    def do(*_, **__):
        raise error

    return do


def caused(by):
    error = RuntimeError("something went wrong")
    error.__cause__ = by
    return error


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        caused(OSError(errno.ENOSPC, "full")),
        RuntimeError("(sqlite3.OperationalError) database or disk is full"),
        FileNotFoundError(2, "No usable temporary directory found in ['/tmp']"),
    ],
)
def test_a_full_disk_gets_one_line(asked, monkeypatch, capsys, error):
    monkeypatch.setattr("execute.main", raises(error))
    assert build.main("book") == 1
    assert capsys.readouterr().err == FULL


def test_a_disk_that_fills_while_pages_are_written_gets_one_line(
    asked, monkeypatch, capsys
):
    warned = "WARNING: cannot copy [Errno 28] No space left on device\n" * 3
    done = types.SimpleNamespace(returncode=0, stderr=warned)
    monkeypatch.setattr(build.subprocess, "run", lambda *_, **__: done)
    assert build.main("draft") == 1
    assert capsys.readouterr().err == FULL


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_disk_that_fills_under_the_zip_gets_one_line(
    asked, monkeypatch, capsys
):
    monkeypatch.setattr(build, "NAME", "full")
    build.DRAFT.mkdir(parents=True)
    unlink = Path.unlink
    monkeypatch.setattr(
        Path,
        "unlink",
        lambda path, **k: (
            path.symlink_to("/dev/full")
            if path.name == "full.zip"
            else unlink(path, **k)
        ),
    )
    assert build.main("draft") == 1
    assert capsys.readouterr().err == FULL


def test_another_error_is_not_taken_for_a_full_disk(asked, monkeypatch):
    monkeypatch.setattr("execute.main", raises(ValueError("no")))
    with pytest.raises(ValueError, match="no"):
        build.main("book")


def test_a_port_that_is_taken_gets_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert build.main("serve") == 1
    assert "there is no book yet" in capsys.readouterr().err
    build.BOOK.mkdir(parents=True)
    (build.BOOK / "index.html").touch()
    monkeypatch.setattr(
        build.http.server,
        "ThreadingHTTPServer",
        raises(OSError(errno.EADDRINUSE, "Address already in use")),
    )
    assert build.main("serve") == 1
    assert capsys.readouterr().err == (
        "make: cannot serve at port 8000: Address already in use\n"
    )
