"""Build the book: `python tools/build.py book` (or draft, epub, pdf, serve).

book   executes every chapter afresh and builds with warnings as errors; then makes
       the EPUB, and the PDF where there is a Chromium to print it.
epub, pdf   make the one or the other of the built book again.
draft  is the writer's fast loop: chapters come from the cache, which falls
       when the package changes. It lies apart, so that it never passes for the book.
serve  shows the book at http://localhost:8000.
"""

import errno
import functools
import http.server
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import environment

BUILD = Path("_build")
CACHE = BUILD / ".jupyter_cache"
BOOK = BUILD / "html"
DRAFT = BUILD / "draft" / "_build" / "html"
PORT = 8000
NAME = "attention-alive"
STRICT = ("-n", "-W", "--keep-going")
# What is made of the whole book, and where the landing page offers it.
WHOLE = {"PDF": BOOK / f"{NAME}.pdf", "EPUB": BOOK / f"{NAME}.epub"}
OFFER = re.compile(r'(<span id="attn-kept">).*?(</span>)')
NO_CHROMIUM = 3


class Stopped(KeyboardInterrupt):
    """A signal came; `args` is its number."""


def keep_as_zip(output: Path) -> None:
    """Put the whole site into one file beside it, for readers offline."""
    files = sorted(path for path in output.rglob("*") if path.is_file())
    with zipfile.ZipFile(
        output / f"{NAME}.zip", "w", zipfile.ZIP_DEFLATED
    ) as kept:
        for path in files:
            kept.write(path, Path(NAME, path.relative_to(output)))


def jupyter_book(folder: Path, *options: str) -> int:
    """Run Jupyter Book, which writes into a folder; returns its exit status."""
    command = [sys.executable, str(Path(__file__).with_name("pages.py"))]
    command += ["build", ".", "--quiet", "--path-output", str(folder)]
    # Jupyter Book closes with a box of its own; the warnings go to stderr. In a
    # session of its own no Ctrl-C reaches it: it ends with this process's `run`.
    done = subprocess.run(
        [*command, *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    if environment.FULL_WORDS.search(done.stderr):
        raise OSError(errno.ENOSPC, "Sphinx could not write")
    sys.stderr.write(done.stderr)
    warnings = done.stderr.count("WARNING: ")
    if warnings and done.returncode == 0:
        print(
            f"make: `make book` stops at what warns: {warnings}",
            file=sys.stderr,
        )
    return done.returncode


def pages(output: Path, *options: str) -> int:
    """Write the site; returns the status."""
    for ending in ("zip", "pdf", "epub"):
        (output / f"{NAME}.{ending}").unlink(missing_ok=True)
    status = jupyter_book(output.parents[1], "--all", *options)
    if status == 0:
        keep_as_zip(output)
        page = (output / "index.html").resolve()
        print(f"It lies at {output.as_posix()}/index.html\n  {page.as_uri()}")
    return status


def offer() -> None:
    """Say on the landing page what there is of the whole book, and how large."""
    landing = BOOK / "book" / "intro.html"
    there = [
        f'<a href="../{path.name}">{kind}</a> ({path.stat().st_size / 1e6:.1f} MB)'
        for kind, path in WHOLE.items()
        if path.exists()
    ]
    words = (
        f" For an e-reader or for paper: {', '.join(there)}." if there else ""
    )
    text = landing.read_text("utf-8")
    landing.write_text(OFFER.sub(rf"\g<1>{words}\2", text), "utf-8")


def told(kind: str) -> None:
    """Say where a file of the whole book lies."""
    path = WHOLE[kind]
    size = path.stat().st_size / 1e6
    print(f"The {kind} lies at {path} ({size:.1f} MB)")


def write_epub() -> int:
    """Make the EPUB, from what has been read for the pages; returns the status."""
    folder = BUILD / "epub"
    shutil.rmtree(folder, ignore_errors=True)
    options = ("--builder", "custom", "--custom-builder", "epub", *STRICT)
    status = jupyter_book(Path(), *options)
    if status == 0:
        shutil.move(folder / f"{NAME}.epub", WHOLE["EPUB"])
        told("EPUB")
    return status


def write_pdf() -> int:
    """Print the built book; returns the status, `NO_CHROMIUM` without a browser."""
    program = Path(__file__).with_name("paper.py")
    command = [sys.executable, str(program), str(BOOK), str(WHOLE["PDF"])]
    status = subprocess.run(command).returncode
    if status == 0:
        told("PDF")
    return status


def executed(write) -> int:
    """Execute what the cache lacks, and write by it; returns the status."""
    # Here, since they take a second in which a signal must find its handler.
    import caching
    import execute
    import kernels

    with kernels.apart() as folder:
        caching.drop_if_stale(CACHE)
        return execute.main(str(CACHE), folder) or write()


def build(output: Path, *options: str) -> int:
    """Execute what the cache lacks and write the pages; returns the status."""
    return executed(lambda: pages(output, *options))


def book() -> int:
    """Build what is published, from nothing."""
    shutil.rmtree(BUILD, ignore_errors=True)
    status = build(BOOK, *STRICT) or executed(write_epub) or write_pdf()
    if status in (0, NO_CHROMIUM):
        offer()
        return 0
    return status


def without_a_book() -> bool:
    """Tell, and say, whether there is no book yet."""
    there = (BOOK / "index.html").exists()
    if not there:
        print(
            "make: there is no book yet; run `make book` first", file=sys.stderr
        )
    return not there


def epub() -> int:
    """Make the EPUB of the built book again."""
    status = 1 if without_a_book() else executed(write_epub)
    if status == 0:
        offer()
    return status


def pdf() -> int:
    """Make the PDF of the built book again."""
    status = 1 if without_a_book() else write_pdf()
    if status == 0:
        offer()
    return status


def draft() -> int:
    """Build quickly, from the cache."""
    return build(DRAFT, "-n", "--keep-going")


def serve() -> int:
    """Show the book until interrupted."""
    if without_a_book():
        return 1
    handler = functools.partial(
        http.server.SimpleHTTPRequestHandler, directory=BOOK
    )
    try:
        server = http.server.ThreadingHTTPServer(("localhost", PORT), handler)
    except OSError as error:
        print(
            f"make: cannot serve at port {PORT}: {error.strerror}",
            file=sys.stderr,
        )
        return 1
    with server:
        print(f"The book is at http://localhost:{PORT} (Ctrl-C ends)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0


def stop(number: int, frame) -> None:
    """End what runs, kernels and all, when a signal comes."""
    raise Stopped(number)


def main(command: str) -> int:
    """Run one of the commands; whatever stops it is one line and a status."""
    for name in {"SIGINT", "SIGTERM", "SIGHUP"} & set(dir(signal)):
        signal.signal(getattr(signal, name), stop)
    try:
        if command == "serve":
            return serve()
        with environment.alone():
            known = {"book": book, "draft": draft, "epub": epub, "pdf": pdf}
            return known[command]()
    except Stopped as signalled:
        print("make: stopped", file=sys.stderr)
        return 128 + signalled.args[0]
    except Exception as error:
        if not environment.is_full(error):
            raise
        print(f"make: {environment.FULL}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
