"""Build the book: `python tools/build.py book` (or draft, serve).

book   executes every chapter afresh and builds with warnings as errors.
draft  is the writer's fast loop: chapters come from the cache, which falls
       when the package changes. It lies apart, so that it never passes for the book.
serve  shows the book at http://localhost:8000.
"""

import errno
import functools
import http.server
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


def pages(output: Path, *options: str) -> int:
    """Run Jupyter Book; returns its exit status."""
    (output / f"{NAME}.zip").unlink(missing_ok=True)
    command = [sys.executable, str(Path(__file__).with_name("pages.py"))]
    command += ["build", ".", "--all", "--quiet"]
    command += ["--path-output", str(output.parents[1]), *options]
    # Jupyter Book closes with a box of its own; the warnings go to stderr. In a
    # session of its own no Ctrl-C reaches it: it ends with this process's `run`.
    done = subprocess.run(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    if environment.FULL_WORDS.search(done.stderr):
        raise OSError(errno.ENOSPC, "Sphinx could not write")
    sys.stderr.write(done.stderr)
    if done.returncode == 0:
        keep_as_zip(output)
        page = (output / "index.html").resolve()
        print(f"It lies at {output}/index.html\n  {page.as_uri()}")
    return done.returncode


def build(output: Path, *options: str) -> int:
    """Execute what the cache lacks and write the pages; returns the status."""
    # Here, since they take a second in which a signal must find its handler.
    import caching
    import execute
    import kernels

    with kernels.apart() as folder:
        caching.drop_if_stale(CACHE)
        return execute.main(str(CACHE), folder) or pages(output, *options)


def book() -> int:
    """Build what is published, from nothing."""
    shutil.rmtree(BUILD, ignore_errors=True)
    return build(BOOK, "-n", "-W", "--keep-going")


def draft() -> int:
    """Build quickly, from the cache."""
    return build(DRAFT, "-n", "--keep-going")


def serve() -> int:
    """Show the book until interrupted."""
    if not (BOOK / "index.html").exists():
        print(
            "make: there is no book yet; run `make book` first", file=sys.stderr
        )
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
            return {"book": book, "draft": draft}[command]()
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
