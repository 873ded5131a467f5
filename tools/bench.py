"""Measure the book; `make bench` prints the tables and keeps them in bench.md.

`python tools/bench.py pages` (or `speed`, or `models`) measures one part and leaves
the rest of bench.md as it stands. A part is a module with a `measure()` that returns
its tables. Nothing here is asserted: a test that asserts a time fails on somebody
else's machine.
"""

import importlib
import os
import re
import sys
import threading
from pathlib import Path

KEPT = Path("bench.md")
PARTS = {
    "pages": "bench_pages",
    "speed": "bench_mechanisms",
    "models": "bench_models",
}
# Its sections; what is soaked takes too long for every run (soak.py).
TITLES = [*(name.capitalize() for name in PARTS), "Soak"]
LIMIT_S = 3600
HEAD = "# Measured\n\nBy `make bench`.\n"
SECTION = re.compile(r"^## (\w+)\n", re.MULTILINE)


def sections(text: str) -> dict[str, str]:
    """Return the text under each `## title` of a Markdown page."""
    _, *parts = SECTION.split(text)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def keep(title: str, measured: str) -> None:
    """Write a part's tables into the page, and leave the other parts."""
    found = sections(KEPT.read_text("utf-8")) if KEPT.exists() else {}
    found[title] = f"\n{measured}\n"
    text = HEAD + "".join(
        f"\n## {title}\n{found[title].rstrip()}\n"
        for title in TITLES
        if title in found
    )
    KEPT.write_text(text, "utf-8")


def give_up() -> None:
    """End the run, wherever it hangs."""
    print(f"bench: stopped, not done after {LIMIT_S} s", file=sys.stderr)
    os._exit(1)


def main(*names: str) -> None:
    """Measure the parts named, or all, and keep the page of tables."""
    if unknown := set(names) - set(PARTS):
        sys.exit(
            f"bench: {', '.join(sorted(unknown))} is no part; "
            f"the parts are {', '.join(PARTS)}"
        )
    watchdog = threading.Timer(LIMIT_S, give_up)
    watchdog.daemon = True
    watchdog.start()
    for name in names or PARTS:
        measured = importlib.import_module(PARTS[name]).measure()
        keep(name.capitalize(), measured)
    print(KEPT.read_text("utf-8"))


if __name__ == "__main__":
    main(*sys.argv[1:])
