"""Measure the built pages in Chromium: their weight, their start, their moves."""

import gzip
import re
import statistics
import sys
from pathlib import Path
from urllib.parse import urlparse

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "browser"))
from conftest import BOOK, OPTIONS, PAGES, SYSTEM, Quiet, serving, shutil

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
MOVE = [
    "page",
    "local, median",
    "local, 95 %",
    "CPU / 4, median",
    "CPU / 4, 95 %",
]
FIGURE = re.compile(r'<figure class="attn-figure">.*?</figure>', re.DOTALL)
SLOW = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 1.6e6 / 8,
}
# Counts what the page's own code spends in frames.
WATCH = """
window.spent = 0;
const frame = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (work) => frame((time) => {
  const start = performance.now();
  work(time);
  window.spent += performance.now() - start;
});
const look = setInterval(() => {
  if (!document.querySelector(".attn-live[data-state=live]")) return;
  window.ready = performance.now();
  clearInterval(look);
}, 5);
"""
DRIVE = """
async (input) => {
  const each = [];
  const next = () => new Promise((done) => setTimeout(done, 40));
  for (let i = 0; i < 120; i++) {
    const max = Number(input.max), min = Number(input.min);
    input.value = String(min + (max - min) * ((i * 37) % 120) / 119);
    window.spent = 0;
    const start = performance.now();
    input.dispatchEvent(new Event("input"));
    const handled = performance.now() - start;
    await next();
    each.push(handled + window.spent);
  }
  return each;
}
"""


class Packed(Quiet):
    """Serves text gzipped, as a real host does."""

    def do_GET(self):  # noqa: D102
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


def row(*cells) -> str:
    """Return one row of a Markdown table."""
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def open_page(browser, address, slow=False, cpu=1):
    """Open a page, on the slow profile or with a slowed processor."""
    page = browser.new_page()
    page.add_init_script(WATCH)
    session = page.context.new_cdp_session(page)
    if slow:
        session.send("Network.emulateNetworkConditions", SLOW)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4 if slow else cpu})
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    return page, asked


def packed(path: Path) -> int:
    """Return how many bytes a file has on the wire."""
    data = path.read_bytes()
    return len(data) if path.suffix == ".woff2" else len(gzip.compress(data, 6))


def weigh(browser, site: str, name: str) -> str:
    """Return the gzipped kilobytes of a page by kind."""
    page, asked = open_page(browser, f"{site}/{name}")
    page.wait_for_timeout(2000)
    page.close()
    paths = [
        BOOK / urlparse(u).path.lstrip("/")
        for u in asked
        if u.startswith("http")
    ]
    math = [p for p in paths if "mathjax" in p.parts]
    rest = [p for p in paths if p not in math]
    sums = [
        sum(packed(p) for p in rest if p.suffix == kind)
        for kind in (".html", ".css", ".js", ".woff2")
    ]
    html = (BOOK / name).read_text("utf-8")
    bare = len(gzip.compress(FIGURE.sub("", html).encode(), 6))
    sums = [sums[0], sums[0] - bare, *sums[1:], sum(packed(p) for p in math)]
    return row(name, *(round(n / 1000) for n in sums), len(paths))


def first_ready(browser, site: str, name: str) -> str:
    """Return when the first widget of a page is alive: medians of 5."""
    cells = []
    for slow in (False, True):
        times = []
        for _ in range(5):
            page, _ = open_page(browser, f"{site}/{name}", slow)
            while not (ready := page.evaluate("window.ready")):
                page.wait_for_timeout(100)
            times.append(ready)
            page.close()
        cells.append(round(statistics.median(times)))
    return row(name, *cells)


def one_move(browser, site: str, name: str) -> str:
    """Return what a move of the first widget's sliders costs."""
    cells = []
    for cpu in (1, 4):
        page, _ = open_page(browser, f"{site}/{name}", cpu=cpu)
        page.locator(".attn-face").first.wait_for()
        page.wait_for_timeout(1500)
        each = []
        for slider in page.locator(".attn-face").first.locator("input").all():
            each += slider.evaluate(DRIVE)
        page.close()
        each.sort()
        cells += [statistics.median(each), each[int(0.95 * len(each))]]
    return row(name, *(f"{cell:.1f}" for cell in cells))


def measure_pages() -> tuple[list[str], list[str], list[str]]:
    """Return the rows of the three tables."""
    found = next(filter(None, map(shutil.which, SYSTEM)), None)
    with sync_playwright() as playwright, serving(BOOK, Packed) as site:
        browser = playwright.chromium.launch(
            executable_path=found, args=OPTIONS
        )
        live = [
            n
            for n in PAGES
            if 'class="attn-live"' in (BOOK / n).read_text("utf-8")
        ]
        tables = (
            [weigh(browser, site, name) for name in PAGES],
            [first_ready(browser, site, name) for name in live],
            [one_move(browser, site, name) for name in live],
        )
        browser.close()
    return tables
