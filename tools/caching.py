"""The cache of executed chapters, and when it must fall.

It knows a chapter's cells. Beside it lies a mark that knows what the cells
import: every file of the package, and what is installed.
"""

import hashlib
import shutil
import sys
from importlib.metadata import distributions
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.cache import db
from sqlalchemy import URL, create_engine

PACKAGE = Path("attn_utils")


def imported() -> str:
    """Return a word that changes whenever what the chapters import does."""
    word = hashlib.sha256(sys.version.encode())
    for installed in sorted(f"{d.name} {d.version}" for d in distributions()):
        word.update(installed.encode())
    for path in sorted(p for p in PACKAGE.rglob("*") if p.is_file()):
        if "__pycache__" not in path.parts:
            word.update(hashlib.sha256(str(path).encode()).digest())
            word.update(hashlib.sha256(path.read_bytes()).digest())
    return word.hexdigest()


def drop_if_stale(cache: Path) -> None:
    """Remove the cache unless it was made with the package as it is."""
    mark = cache / "imported"
    now = imported()
    if not mark.exists() or mark.read_text("utf-8") != now:
        shutil.rmtree(cache, ignore_errors=True)
        cache.mkdir(parents=True)
        mark.write_text(now, "utf-8")


def engine(address: str):
    """Return SQLite's engine for a path that may hold any sign.

    jupyter-cache writes the path into an address, where "?" begins a query and
    "%25" is one sign: such a path would lead elsewhere.
    """
    path = address.removeprefix("sqlite:///")
    return create_engine(URL.create("sqlite", database=path))


def open_cache(folder: str):
    """Return the cache in a folder, from now on by `engine`."""
    db.create_engine = engine
    return get_cache(folder)
