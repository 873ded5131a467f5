"""Build the book: `python tools/build.py book` (or draft, serve).

book   executes every chapter afresh and builds with warnings as errors.
draft  is the writer's fast loop: chapters come from the cache, which falls
       when the package changes. It lies apart, so that it never passes for the book.
serve  shows the book at http://localhost:8000.
"""

import functools
import hashlib
import http.server
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import execute

BUILD = Path("_build")
CACHE = BUILD / ".jupyter_cache"
BOOK = BUILD / "html"
DRAFT = BUILD / "draft" / "_build" / "html"
PORT = 8000
NAME = "attention-alive"


def package_hash() -> str:
    """Return a word that changes whenever the package does.

    The cache knows a chapter's cells, not the modules that they import.
    """
    parts = sorted(
        p
        for p in Path("attn_utils").rglob("*")
        if p.suffix in {".py", ".js", ".css"}
    )
    text = b"".join(str(p).encode() + p.read_bytes() for p in parts)
    return hashlib.sha256(text).hexdigest()


def drop_stale_cache() -> None:
    """Remove the cache unless it was made with the package as it is."""
    mark = CACHE / "package"
    now = package_hash()
    if not mark.exists() or mark.read_text() != now:
        shutil.rmtree(CACHE, ignore_errors=True)
        CACHE.mkdir(parents=True)
        mark.write_text(now)


def keep_as_zip(output: Path) -> None:
    """Put the whole site into one file beside it, for readers offline."""
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(output, Path(scratch, NAME))
        made = shutil.make_archive(
            str(Path(scratch, "site")), "zip", scratch, NAME
        )
        shutil.move(made, output / f"{NAME}.zip")


def sphinx(output: Path, *options: str) -> int:
    """Run Jupyter Book; returns its exit status."""
    main = "from jupyter_book.cli.main import main; main()"
    (output / f"{NAME}.zip").unlink(missing_ok=True)
    command = [sys.executable, "-c", main, "build", ".", "--all", "--quiet"]
    command += ["--path-output", str(output.parents[1]), *options]
    # Jupyter Book closes with a box of its own; the warnings go to stderr.
    done = subprocess.run(command, stdout=subprocess.DEVNULL)
    if done.returncode == 0:
        keep_as_zip(output)
        page = (output / "index.html").resolve()
        print(f"It lies at {output}/index.html\n  {page.as_uri()}")
    return done.returncode


def book() -> int:
    """Build what is published, from nothing."""
    shutil.rmtree(BUILD, ignore_errors=True)
    drop_stale_cache()
    return execute.main(str(CACHE)) or sphinx(BOOK, "-n", "-W", "--keep-going")


def draft() -> int:
    """Build quickly, from the cache."""
    drop_stale_cache()
    return execute.main(str(CACHE)) or sphinx(DRAFT, "-n", "--keep-going")


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
    with http.server.ThreadingHTTPServer(
        ("localhost", PORT), handler
    ) as server:
        print(f"The book is at http://localhost:{PORT} (Ctrl-C ends)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit({"book": book, "draft": draft, "serve": serve}[sys.argv[1]]())
