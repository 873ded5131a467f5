"""Loads one of the book's Sphinx extensions as a module."""

import importlib
import sys
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "book" / "_ext"


def load(name: str):
    """Return the extension `name`; it finds its neighbours as in the build."""
    if str(FOLDER) not in sys.path:
        sys.path.append(str(FOLDER))
    return importlib.import_module(name)
