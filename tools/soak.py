"""Move every control of every widget a thousand times; memory must stay flat.

The built pages, one after the other, in Chromium: after each hundred moves of each
control, what the page still holds once its garbage is collected. The curves of a page
are kept in `_build/soak`, with those of earlier runs that hold for the pages as they
are now: all together are drawn in `soak.png`, and a table of them goes to bench.md.
There a page that was soaked in an earlier build keeps its row, which says so.
`tools/soak.py 08 intro` takes the pages of these names alone.
"""

import argparse
import hashlib
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "browser"))
import chromium
from bench import KEPT, keep, sections
from bench_table import row, table
from conftest import BOOK, PAGES, Watched, come_alive
from playwright.sync_api import sync_playwright

MOVES = 1000
EVERY = 100
MOVER = (Path(__file__).parent / "soak_moves.js").read_text("utf-8")
WIDGETS = ".attn-face:not(.attn-guessing)"
GUESSES = ".attn-guessing"
OUT = Path("_build/soak")
# The look from which on nothing may come to it: after 200 of a thousand moves.
EARLY = 2
LEAST = 5  # looks, of which the later half makes the slope
# What may lie between it and the last one.
SPARE = {"nodes": 10, "listeners": 2, "documents": 0}
# Bytes that the heap may grow by with each move, in the later half of a thousand. What
# the browser learns of a program cost up to 25, and less and less; of fewer moves each
# costs more.
SLOPE = 40
# A control that stands at an end, or is hidden, is moved less often than it is asked to
# be: by this share at least.
OFTEN = 0.75
COUNTED = {
    "heap": "JSHeapUsedSize",
    "nodes": "Nodes",
    "listeners": "JSEventListeners",
    "documents": "Documents",
}


@dataclass
class Curve:
    """What a page holds after so many moves of each control of one widget."""

    page: str
    widget: str
    moves: list[int] = field(default_factory=list)
    heap: list[int] = field(default_factory=list)
    nodes: list[int] = field(default_factory=list)
    listeners: list[int] = field(default_factory=list)
    documents: list[int] = field(default_factory=list)
    all: int = 0
    done: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def slope(self) -> float:
        """Return the bytes of heap that one move leaves behind, in the later half."""
        half = len(self.moves) // 2
        each = self.all / self.moves[-1]
        return fitted(self.moves[half:], self.heap[half:]) / each

    def grown(self, name: str) -> int:
        """Return by how much a number has changed since the third look."""
        numbers = getattr(self, name)
        return numbers[-1] - numbers[EARLY]

    def wrong(self, most: float | None = None) -> list[str]:
        """Return what is not flat, a sentence each; `most` bounds the heap's slope."""
        most = most or SLOPE * MOVES / self.moves[-1]
        found = [
            f"{name} change by {self.grown(name):+d}"
            for name, spare in SPARE.items()
            if abs(self.grown(name)) > spare
        ]
        if self.slope() > most:
            found.append(f"the heap grows by {self.slope():.1f} bytes a move")
        for name, count in self.done.items():
            if not count:
                found.append(f"{name} cannot be moved")
            elif count < OFTEN * self.moves[-1]:
                found.append(f"{name} is moved {count} times only")
        return found + self.faults


def fitted(x: list, y: list) -> float:
    """Return the slope of the straight line nearest to these points."""
    middle = sum(x) / len(x)
    high = sum(y) / len(y)
    up = sum((a - middle) * (b - high) for a, b in zip(x, y, strict=True))
    return up / sum((a - middle) ** 2 for a in x)


def measure(session) -> dict[str, int]:
    """Return what a page holds once its garbage is collected."""
    session.send("HeapProfiler.collectGarbage")
    found = session.send("Performance.getMetrics")["metrics"]
    numbers = {each["name"]: int(each["value"]) for each in found}
    return {name: numbers[called] for name, called in COUNTED.items()}


def soak(page, faces: list, curve: Curve, moves: int, every: int) -> Curve:
    """Move all controls of some faces, and fill the curve.

    Args:
        page: one that has run `MOVER` before anything else.
        faces: those of one widget, or of several that are small.
        curve: what gets the numbers.
        moves: of each control.
        every: how many moves lie between two looks.
    """
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    start = time.monotonic()
    for moved in range(0, moves + 1, every):
        for n, face in enumerate(faces if moved else []):
            found = face.evaluate(
                "(face, [from, many]) => soak(face, from, many)",
                [moved - every, every],
            )
            curve.all += found["moved"]
            for name, count in found["done"].items():
                called = f"{n + 1}: {name}"
                curve.done[called] = curve.done.get(called, 0) + count
        curve.moves.append(moved)
        for name, number in measure(session).items():
            getattr(curve, name).append(number)
    curve.seconds = round(time.monotonic() - start, 1)
    session.detach()
    return curve


NAMED = """
(face) => [...face.classList].find((name) => name.startsWith("attn-")
  && name !== "attn-face").slice(5)
"""


def soak_page(browser, site: str, name: str, moves: int, every: int):
    """Yield the curve of each widget of a page, and that of its guesses."""
    watched = Watched(
        browser,
        reduced_motion="reduce",
        viewport={"width": 1280, "height": 1000},
    )
    watched.context.add_init_script(MOVER)
    page = watched.open(f"{site}/{name}")
    come_alive(page)
    parts = [
        ([face], f"{n + 1} {face.evaluate(NAMED)}")
        for n, face in enumerate(page.locator(WIDGETS).all())
    ]
    # A page has a dozen guesses, small and all alike: they are moved together.
    if guesses := page.locator(GUESSES).all():
        parts.append((guesses, f"{len(guesses)} guesses"))
    for faces, called in parts:
        curve = soak(page, faces, Curve(name, called), moves, every)
        curve.faults = watched.faults[:5]
        watched.faults.clear()
        if page.locator(".attn-fault").count():
            curve.faults.append("a widget could not start")
        yield curve
    watched.context.close()


def line(curve: Curve) -> str:
    """Return a widget's line of the table."""
    kilo = [round(curve.heap[at] / 1000) for at in (0, EARLY, -1)]
    least = min(curve.done.values(), default=0)
    return (
        f"{curve.page.removesuffix('.html'):28} {curve.widget:12} "
        f"{len(curve.done):3} {least:5} {kilo[0]:6} {kilo[1]:6} {kilo[2]:6} "
        f"{curve.slope():7.1f} {curve.nodes[EARLY]:6} {curve.nodes[-1]:6} "
        f"{curve.listeners[EARLY]:5} {curve.listeners[-1]:5} {curve.seconds:6.1f}  "
        f"{'; '.join(curve.wrong()) or 'flat'}"
    )


HEAD = (
    f"{'page':28} {'widget':12} {'of':>3} {'moved':>5} {'kB: 0':>6} {'early':>6} "
    f"{'end':>6} {'B/move':>7} {'nodes':>6} {'end':>6} {'heard':>5} {'end':>5} {'s':>6}"
)


def drawn(curves: list[Curve], path: Path):
    """Draw the curves: what each widget adds to what its page holds early on."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, panels = pyplot.subplots(3, 1, figsize=(8, 9), sharex=True)
    for panel, (name, unit) in zip(
        panels,
        [("heap", 1000), ("nodes", 1), ("listeners", 1)],
        strict=True,
    ):
        for curve in curves:
            numbers = getattr(curve, name)
            above = [(number - numbers[1]) / unit for number in numbers[1:]]
            panel.plot(curve.moves[1:], above, color="0.3", alpha=0.4, lw=1)
        panel.set_ylabel(f"{name}, {'kB ' if unit > 1 else ''}since the start")
    panels[-1].set_xlabel("moves of each control")
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def digest(page: str) -> str:
    """Return what tells this build of a page from another one."""
    return hashlib.sha256((BOOK / page).read_bytes()).hexdigest()


def path_of(page: str) -> Path:
    """Return where the curves of a page are kept."""
    return OUT / f"{Path(page).stem}.json"


def kept(page: str, curves: list[Curve]):
    """Keep the curves of a page, and for which build of it they hold."""
    OUT.mkdir(parents=True, exist_ok=True)
    held = {"built": digest(page), "curves": [asdict(each) for each in curves]}
    path_of(page).write_text(json.dumps(held, indent=1), "utf-8")


def known() -> dict[str, list[Curve]]:
    """Return all curves that hold for the pages as they are built now, by page."""
    found = {}
    for page in pages_of([]):
        if not path_of(page).exists():
            continue
        held = json.loads(path_of(page).read_text("utf-8"))
        if held["built"] == digest(page):
            found[page] = [Curve(**each) for each in held["curves"]]
    return found


HEADS = [
    "page",
    "widgets",
    "controls",
    "moves of each, at least",
    "moves",
    "heap, bytes a move, at most",
    "nodes",
    "listeners",
    "verdict",
]


def told(page: str, curves: list[Curve]) -> str:
    """Return a page's row of the table: of its widgets the worst."""
    most = max(curves, key=Curve.slope)
    grown = {
        name: max((each.grown(name) for each in curves), key=abs)
        for name in SPARE
    }
    wrong = [
        f"{each.widget}: {what}" for each in curves for what in each.wrong()
    ]
    return row(
        page,
        len(curves),
        sum(len(each.done) for each in curves),
        min(count for each in curves for count in each.done.values()),
        sum(each.all for each in curves),
        f"{most.slope():.1f}",
        f"{grown['nodes']:+d}",
        f"{grown['listeners']:+d}",
        "; ".join(wrong) or "flat",
    )


EARLIER = ", in an earlier build |"


def rows_of(text: str) -> dict[str, str]:
    """Return the rows of a table that was kept, by page, as of an earlier build."""
    found = {}
    for line in text.splitlines():
        if ".html |" in line:
            page = line.split(" | ")[0].removeprefix("| ")
            found[page] = (
                line.removesuffix(EARLIER).removesuffix(" |") + EARLIER
            )
    return found


def summary(found: dict[str, list[Curve]], before: str = "") -> str:
    """Return the table of all pages whose curves are known, or were `before`."""
    rows = rows_of(before)
    rows |= {page: told(page, curves) for page, curves in found.items()}
    return table(
        "Every control of every widget, by `make soak`", HEADS, rows.values()
    )


def pages_of(names: list[str]) -> list[str]:
    """Return the built pages with widgets, of these names if there are any."""
    if not (BOOK / "index.html").exists():
        sys.exit("soak: there is no book yet; run `make book` first")
    return [
        page
        for page in PAGES
        if (not names or any(name in page for name in names))
        and 'class="attn-live ' in (BOOK / page).read_text("utf-8")
    ]


def main() -> int:
    """Soak the pages; returns 1 where anything is not flat."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*")
    parser.add_argument("--moves", type=int, default=MOVES)
    parser.add_argument("--every", type=int, default=EVERY)
    asked = parser.parse_args()
    if asked.moves < LEAST * asked.every:
        sys.exit(
            f"soak: --moves must be {LEAST} times --every at least, for a slope, but "
            f"are {asked.moves} and {asked.every}"
        )
    wrong = False
    print(HEAD, flush=True)
    with sync_playwright() as playwright, chromium.serving(BOOK) as site:
        # A thousand addresses for "Link to this" would else be slowed down.
        chromium.OPTIONS.append("--disable-ipc-flooding-protection")
        browser = chromium.opened(playwright)
        for page in pages_of(asked.pages):
            curves = []
            for curve in soak_page(
                browser, site, page, asked.moves, asked.every
            ):
                curves.append(curve)
                wrong = wrong or bool(curve.wrong())
                print(line(curve), flush=True)
            kept(page, curves)
        browser.close()
    found = known()
    drawn(
        [curve for curves in found.values() for curve in curves],
        OUT / "soak.png",
    )
    before = KEPT.read_text("utf-8") if KEPT.exists() else ""
    keep("Soak", summary(found, sections(before).get("Soak", "")))
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
