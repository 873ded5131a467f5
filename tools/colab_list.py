"""Compare Colab's public list of packages with the stack that is tested for it.

`make colab-list` needs the network. It fails where Colab has moved to another
series of what the chapters' widgets stand on: then requirements-colab.txt is
to follow, and `make test-colab` to be run.
"""

import re
import sys
import urllib.request
from pathlib import Path

LIST = (
    "https://raw.githubusercontent.com/googlecolab/backend-info/"
    "main/pip-freeze.txt"
)
WATCHED = (
    *("torch", "numpy", "matplotlib", "ipywidgets", "widgetsnbextension"),
    *("ipykernel", "ipython"),
)
# "name==1.2.3", or a file of a release: "name @ https://…/name-1.2.3+…".
PIN = re.compile(r"^([\w.-]+)(?:==| @ \S*/[\w.]+-)(\d[\w.]*)", re.MULTILINE)


def series(version: str) -> str:
    """Return the part of a version in which nothing should break."""
    return ".".join(version.split(".")[:2])


def moved(ours: str, theirs: str) -> list[str]:
    """Return a line for each watched package whose series differ, or that has none."""
    known, found = dict(PIN.findall(ours)), dict(PIN.findall(theirs))
    return [
        f"{name}: Colab has {found.get(name, 'none that can be read')}, "
        f"requirements-colab.txt {known[name]}"
        for name in WATCHED
        if series(known[name]) != series(found.get(name, ""))
    ]


def main() -> int:
    """Say what has moved; the status tells whether anything has."""
    with urllib.request.urlopen(LIST, timeout=30) as answer:
        theirs = answer.read().decode("utf-8")
    lines = moved(Path("requirements-colab.txt").read_text("utf-8"), theirs)
    print("\n".join(lines) or "Colab has what is tested for it")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
