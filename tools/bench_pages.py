"""Measure the built pages in Chromium: their weight, their start, their moves.

Every wait has an end: what does not come in time stops the run with a sentence.
"""

import calendar
import contextlib
import datetime
import gzip
import os
import platform
import statistics
import sys
from pathlib import Path
from urllib.parse import urlparse

from bench_table import note, row, table
from jupyter_cache import get_cache
from playwright.sync_api import TimeoutError, sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "browser"))
import chromium
from conftest import (
    BOOK,
    FIGURE,
    PAGES,
    come_alive,
    rest,
)

CACHE = "_build/.jupyter_cache"
RUNS = 5
LIMIT_MS = 30_000
KINDS = [
    "page",
    "html",
    "of it figures",
    "css",
    "js",
    "fonts",
    "MathJax",
    "requests",
]
READY = ["page", "local", "slow"]
CONTROLS = "input[type=range], input[type=text], select"
WIDGETS = ".attn-face:not(.attn-guessing)"
MOVE = [
    "page and widget",
    "local, median",
    "local, 95 %",
    "CPU / 4, median",
    "CPU / 4, 95 %",
    "fixed work, CPU / 4, 95 %",
]
SLOW = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 1.6e6 / 8,
}
# Notes when the first widget is alive, and what the page's own code spends in
# frames.
WATCH = """
window.attnSpent = 0;
const frame = window.requestAnimationFrame.bind(window);
// A page that is not shown gets no frames: go on all the same.
window.attnFrame = () => new Promise((done) => {
  frame(() => setTimeout(done));
  setTimeout(done, 1000);
});
window.requestAnimationFrame = (work) => frame((time) => {
  const start = performance.now();
  work(time);
  window.attnSpent += performance.now() - start;
});
new MutationObserver((_, self) => {
  if (!document.querySelector(".attn-live[data-state]")) return;
  window.attnReady = performance.now();
  self.disconnect();
}).observe(document, { subtree: true, attributeFilter: ["data-state"] });
"""
# Sends the values to one control, each as a reader's hand would.
DRIVE = """
async (input, values) => {
  const each = [];
  for (const value of values) {
    input.value = value;
    window.attnSpent = 0;
    const start = performance.now();
    input.dispatchEvent(new Event(input.matches("select") ? "change" : "input"));
    const handled = performance.now() - start;
    await window.attnFrame();
    each.push(handled + window.attnSpent);
  }
  return each;
}
"""
# The same work whatever the page is: machines differ, and one machine from hour to
# hour. Sixty times some hundred thousand products and two hundred attributes.
FIXED = """
() => Array.from({ length: 60 }, () => {
  const start = performance.now();
  const node = document.createElement("i");
  let sum = 0;
  for (let n = 0; n < 2e5; n++) sum += Math.sin(n) * n;
  for (let n = 0; n < 200; n++) node.setAttribute("title", String(sum + n));
  return performance.now() - start;
})
"""


class Packed(chromium.Quiet):
    """Serves text gzipped, as a real host does."""

    def do_GET(self):
        """Send a file, text gzipped."""
        path = Path(self.translate_path(self.path))
        if path.suffix not in {".html", ".css", ".js"} or not path.is_file():
            super().do_GET()
            return
        data = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextlib.contextmanager
def opened(browser, address, slow=False, cpu=1):
    """Open a page, on the slow profile or with a slowed processor.

    Yields it as soon as it begins to arrive, with the list of its requests.
    """
    page = browser.new_page()
    page.set_default_timeout(LIMIT_MS)
    page.add_init_script(WATCH)
    session = page.context.new_cdp_session(page)
    if slow:
        session.send("Network.emulateNetworkConditions", SLOW)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4 if slow else cpu})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    try:
        page.goto(address, wait_until="commit")
        yield page, asked
    except TimeoutError as error:
        sys.exit(f"bench: {address}, within {LIMIT_MS // 1000} s: {error}")
    finally:
        page.close()


def packed(path: Path) -> int:
    """Return how many bytes a file has on the wire."""
    data = path.read_bytes()
    return len(data) if path.suffix == ".woff2" else len(gzip.compress(data, 6))


def weigh(browser, site: str, name: str) -> list[str]:
    """Return the gzipped kilobytes of a page by kind, all of it seen."""
    with opened(browser, f"{site}/{name}") as (page, asked):
        page.wait_for_load_state("load")
        come_alive(page)
        rest(page)
    paths = [
        BOOK / urlparse(u).path.lstrip("/")
        for u in asked
        if u.startswith("http")
    ]
    math = [p for p in paths if "mathjax" in p.parts]
    others = [p for p in paths if p not in math]
    sums = [
        sum(packed(p) for p in others if p.suffix == kind)
        for kind in (".html", ".css", ".js", ".woff2")
    ]
    html = (BOOK / name).read_text("utf-8")
    bare = len(gzip.compress(FIGURE.sub("", html).encode(), 6))
    sums = [sums[0], sums[0] - bare, *sums[1:], sum(packed(p) for p in math)]
    return [row(name, *(round(n / 1000) for n in sums), len(paths))]


def ready(browser, address: str, slow: bool) -> float:
    """Return how long after navigation the first widget is alive."""
    with opened(browser, address, slow) as (page, _):
        page.wait_for_function("window.attnReady", polling=100)
        if page.locator(".attn-fault").count():
            sys.exit(f"bench: a widget of {address} could not start")
        return page.evaluate("window.attnReady")


def first_ready(browser, site: str, name: str) -> list[str]:
    """Return the medians of that, on the loopback and on the slow profile."""
    cells = [
        statistics.median(
            ready(browser, f"{site}/{name}", slow) for _ in range(RUNS)
        )
        for slow in (False, True)
    ]
    return [row(name, *map(round, cells))]


def texts_of(control) -> list[str]:
    """Return 60 texts that a widget can read: dates, or its own one, turned around."""
    if "reader-text" in control.get_attribute("class"):
        return [
            f"{1 + i % 28} {calendar.month_name[1 + i % 12]} {2000 + i}"
            for i in range(60)
        ]
    own = control.input_value()
    starts = [i % len(own) for i in range(1, 61)]
    return [own[start:] + own[:start] for start in starts]


def values_of(control) -> list[str]:
    """Return 60 values for a control, all over what it can be."""
    if control.get_attribute("type") == "text":
        return texts_of(control)
    options = control.locator("option").evaluate_all(
        "(all) => all.map(({ value }) => value)"
    )
    if options:
        return [options[i * 37 % len(options)] for i in range(60)]
    low, high = (float(control.get_attribute(end)) for end in ("min", "max"))
    return [str(low + (high - low) * (i * 37 % 60) / 59) for i in range(60)]


def most_of(spent) -> float:
    """Return what 95 of 100 stay under."""
    return sorted(spent)[int(0.95 * len(spent))]


def moves(browser, site: str, name: str) -> list[str]:
    """Return, for every widget of a page, what a move costs, and a text typed."""
    costs = {}
    for cpu in (1, 4):
        with opened(browser, f"{site}/{name}", cpu=cpu) as (page, _):
            page.wait_for_load_state("load")
            come_alive(page)
            rest(page)
            for place, face in enumerate(page.locator(WIDGETS).all()):
                each = {}  # of a widget that is set by its picture alone: nothing
                for control in face.locator(CONTROLS).all():
                    typed = control.get_attribute("type") == "text"
                    each.setdefault(typed, []).extend(
                        control.evaluate(DRIVE, values_of(control))
                    )
                for typed, spent in sorted(each.items()):
                    called = f"{name}, {place + 1}{', typed' * typed}"
                    costs.setdefault(called, []).extend(
                        [statistics.median(spent), most_of(spent)]
                    )
                    if cpu == 4:
                        costs[called].append(most_of(page.evaluate(FIXED)))
    return [
        row(called, *(f"{cost:.1f}" for cost in cells))
        for called, cells in costs.items()
    ]


def chapter_rows() -> list[str]:
    """Return how long each chapter ran when the book was built."""
    records = get_cache(CACHE).list_cache_records()
    return [
        row(record.uri, f"{record.data['execution_seconds']:.1f}")
        for record in sorted(records, key=lambda r: r.uri)
    ]


def rows(work, browser, site: str, names: list[str]) -> list[str]:
    """Do one kind of work on every page, and say so."""
    found = []
    for name in names:
        note(f"{work.__name__.replace('_', ' ')}, {name}")
        found += work(browser, site, name)
    return found


def measure() -> str:
    """Return the tables of this part."""
    if not (BOOK / "index.html").exists():
        sys.exit("bench: there is no book yet; run `make book` first")
    live = [
        n for n in PAGES if 'class="attn-live ' in (BOOK / n).read_text("utf-8")
    ]
    with (
        sync_playwright() as playwright,
        chromium.serving(BOOK, Packed) as site,
    ):
        browser = chromium.opened(playwright)
        weights = rows(weigh, browser, site, PAGES)
        starts = rows(first_ready, browser, site, live)
        costs = rows(moves, browser, site, live)
        version = browser.version
        browser.close()
    return "\n".join(
        [
            f"{datetime.date.today()}, {platform.machine()}, {os.cpu_count()} cores; "
            f"Chromium {version}; starts are medians of {RUNS} in a fresh "
            "profile; slow is 1.6 Mbit/s, 150 ms a round trip and a quarter "
            "of the processor.\n",
            table(
                "Chapters, wall seconds at the last build",
                ["chapter", "s"],
                chapter_rows(),
            ),
            table(
                "Pages, gzipped kilobytes by kind, and requests", KINDS, weights
            ),
            table(
                "First widget ready, milliseconds after navigation",
                READY,
                starts,
            ),
            table(
                "One move of a slider, or one text typed: milliseconds of "
                "handler and drawing",
                MOVE,
                costs,
            ),
        ]
    )
