"""The built book in Chromium, with every outside host blocked."""

import functools
import io
import json
import os
import re
from pathlib import Path
from urllib.parse import urlparse

import pytest
import torch
import traitlets
from chromium import OPTIONS, RUNNING, named, serving
from chromium import opened as chromium_of
from extensions import load
from PIL import Image
from playwright.sync_api import Error, sync_playwright

from attn_utils.widgets.base import LiveWidget

ROOT = Path(__file__).parent.parent.parent
BOOK = ROOT / "_build" / "html"
DRAFT = ROOT / "_build" / "draft" / "_build" / "html"
CHAPTERS = [
    f"chapters/{path.stem}.html"
    for path in sorted(ROOT.glob("chapters/*.ipynb"))
]
# Pages beside the chapters run as those do, but need not have one of everything.
BESIDE = [name for name in CHAPTERS if not re.match(r"chapters/\d", name)]
PAGES = [
    *CHAPTERS,
    *(f"book/{path.stem}.html" for path in sorted(ROOT.glob("book/*.md"))),
]
FIGURE = re.compile(r'<figure class="attn-figure"[^>]*>.*?</figure>', re.DOTALL)
# A mutant may never do what is waited for: there the wait is shorter.
PATIENCE_MS = 10_000 if RUNNING in os.environ else 30_000
# A frame comes as soon as it is ready, and not at a screen's pace.
OPTIONS += ["--disable-frame-rate-limit", "--disable-gpu-vsync"]
OUTSIDE = re.compile(r"^(https?|wss?)://(?!127\.0\.0\.1)")


def pytest_report_header() -> str:
    """Say what a failure may come from that is not the book's."""
    return f"Chromium: {named()}"


@pytest.fixture(scope="session")
def browser():
    """The system's Chromium, else Playwright's; missing, a failure in CI."""
    with sync_playwright() as playwright:
        try:
            chromium = chromium_of(playwright)
        except Error:
            if RUNNING in os.environ:
                pytest.exit("the Chromium to look through is gone", 2)
            how = (
                "no Chromium: install it (Debian: apt-get install chromium) or run "
                ".venv/bin/python -m playwright install chromium"
            )
            if os.environ.get("CI"):
                pytest.fail(how)
            pytest.skip(how)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def build():
    """The folder of the book; test_builds.py holds that both builds are one."""
    if not (DRAFT / "index.html").exists():
        pytest.fail("no draft yet: run `make draft` first")
    return DRAFT


@pytest.fixture(scope="session")
def site(build):
    """The address at which that folder is served."""
    with serving(build) as address:
        yield address


class Watched:
    """A browser context that records every request out and every error."""

    def __init__(self, browser, **options):
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE_MS)
        self.faults = []
        self.context.route(OUTSIDE, self._refuse)
        self.context.on("console", self._console)
        self.context.on(
            "weberror", lambda e: self.faults.append(f"error: {e.error}")
        )
        # Without JavaScript the browser drops the scripts that it had preloaded.
        if options.get("java_script_enabled", True):
            self.context.on(
                "requestfailed",
                # Who leaves a page drops what it was still asking for.
                lambda r: (
                    "ERR_ABORTED" in (r.failure or "")
                    or self.faults.append(f"failed: {r.url}")
                ),
            )
        self.context.on(
            "response",
            lambda r: (
                r.status >= 400 and self.faults.append(f"{r.status}: {r.url}")
            ),
        )

    def _refuse(self, route):
        self.faults.append(f"out: {route.request.url}")
        route.abort()

    def _console(self, message):
        if message.type in {"error", "warning"}:
            self.faults.append(f"{message.type}: {message.text}")

    def open(self, address):
        page = self.context.new_page()
        page.goto(address)
        return page


@pytest.fixture
def watch(browser):
    """Make watched contexts; in the end none may have seen a fault."""
    made = []

    def start(**options):
        made.append(Watched(browser, **options))
        return made[-1]

    yield start
    faults = [fault for watched in made for fault in watched.faults]
    for watched in made:
        watched.context.close()
    assert faults == []


def typeset(page):
    """Wait until the formulas stand, in their own fonts."""
    page.wait_for_function(
        "() => !document.querySelector('.math') || window.MathJax?.startup?.promise"
    )
    page.evaluate("() => window.MathJax?.startup?.promise.then(() => {})")
    page.evaluate("() => document.fonts.ready.then(() => {})")
    page.evaluate("() => document.fonts.ready.then(() => {})")


@functools.cache
def look(name, width, alive):
    """Return one and the same parameter for the same page: pytest goes by identity."""
    return name, width, alive


def looked_at(names, width=1280, alive=False):
    """Let a test look at pages of which none is changed, its widgets alive or not.

    pytest brings together the tests of a file that look at the same page, which is
    opened once for them.
    """
    looks = [look(name, width, alive) for name in names]
    return pytest.mark.parametrize("seen", looks, ids=names, indirect=True)


@pytest.fixture(scope="module")
def seen(request, browser, site):
    """A page that `looked_at` names, its formulas set, and in the end without a fault."""
    name, width, alive = request.param
    watched = Watched(browser, viewport={"width": width, "height": 740})
    page = watched.open(f"{site}/{name}")
    (come_alive if alive else typeset)(page)
    yield page
    watched.context.close()
    assert watched.faults == []


def name_of(page):
    """Return what `PAGES` calls a page that is open."""
    return urlparse(page.url).path.lstrip("/")


# All is loaded, and nothing more was for half a second.
REST = """
async (patience) => {
  const late = Date.now() + patience;
  for (let count = -1, since = 0; ; ) {
    const now = performance.getEntriesByType("resource").length;
    if (now !== count) [count, since] = [now, Date.now()];
    const loaded = document.readyState === "complete" && document.fonts.status === "loaded";
    if (loaded && Date.now() - since > 500) return;
    if (Date.now() > late) throw new Error(`no rest: ${document.readyState}, ${count} files`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
"""


def rest(page):
    """Wait until a page has all that it asks for.

    Chromium's own word for it, "networkidle", stays away once in some thousand pages.
    """
    page.evaluate(REST, PATIENCE_MS)


# In one go: a page has a dozen widgets, and each word with it takes its time.
WAKE = """
async () => {
  const late = Date.now() + 30_000;
  for (const place of document.querySelectorAll(".attn-live")) {
    place.scrollIntoView({ block: "center", behavior: "instant" });
    while (!place.querySelector(".attn-face")?.checkVisibility()) {
      if (Date.now() > late) throw new Error(`this stays a picture: ${place.outerHTML.slice(0, 90)}`);
      await new Promise((done) => requestAnimationFrame(done));
    }
  }
}
"""


def come_alive(page):
    """Wait for the formulas, scroll every widget into view until it moves."""
    typeset(page)
    page.evaluate(WAKE)
    return page.locator(".attn-live")


def standing(part):
    """Scroll a part of the page into view; return its box once it stands still."""
    part.click(trial=True)
    return part.bounding_box()


def written_in(parts):
    """Return what stands in each part that shows words, and where: its box.

    A box is [words, left, right, top, bottom], without what letters seldom reach.
    """
    return parts.evaluate_all(
        "(all) => all.filter((t) => t.textContent && t.checkVisibility()).map((t) => {"
        " const b = t.getBoundingClientRect();"
        " return [t.textContent, b.left, b.right, b.top + 3, b.bottom - 3]; })"
    )


def tools_in(parts):
    """Return where each part stands, as `written_in`, whether it shows words or not."""
    return parts.evaluate_all(
        "(all) => all.map((n) => n.getBoundingClientRect())"
        ".map((b) => ['tool', b.left, b.right, b.top, b.bottom])"
    )


def at_widths(page, *widths, height=800):
    """Give a page that was opened at the first width each in turn; yields it."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": height})
        frames(page)
        # A side bar glides to its place.
        page.evaluate(
            "document.getAnimations().forEach((each) => each.finish())"
        )
        frames(page)
        yield width


def hold_apart(face, boxes, left=0, right=0):
    """Hold that no box touches another, or comes nearer to the face's edges."""
    assert len(boxes) > 1, "nothing is written here that could touch"
    frame = face.bounding_box()
    ends = frame["x"] + left, frame["x"] + frame["width"] - right
    for i, (one, start, end, top, bottom) in enumerate(boxes):
        assert start >= ends[0], one
        assert end <= ends[1], one
        for two, start_2, end_2, top_2, bottom_2 in boxes[:i]:
            apart = start >= end_2 - 0.5 or start_2 >= end - 0.5
            assert apart or top >= bottom_2 or top_2 >= bottom, (one, two)


SPARE = """
(node) => {
  const words = document.createRange();
  words.selectNodeContents(node);
  return parseFloat(getComputedStyle(node).minHeight) - words.getBoundingClientRect().height;
}
"""


def hold_spare(face):
    """Hold that the sentence does not outgrow the room that is kept for it."""
    spare = face.locator(".attn-readout").evaluate(SPARE)
    assert spare >= 0, "the sentence outgrows its room"


def hold_height(widget, page, heights):
    """Hold that a widget had one height, and that the page keeps it free.

    It keeps what `room` says, in three layouts; nothing lies beside the window.
    """
    assert len({round(height, 2) for height in heights}) == 1
    width = page.viewport_size["width"]
    if width in (360, 800, 1440):
        room = widget.room[{360: 2, 800: 1, 1440: 0}[width]]
        assert heights.pop() == pytest.approx(room, abs=25)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


# Sets a widget's traits of each state, and measures once all is drawn.
ROOM = """
async (face, [of, states]) => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const text = face.querySelector(".attn-readout");
  const found = [];
  for (const state of states) {
    window.models[of].set(state);
    await frame();
    await frame();
    found.push([face.getBoundingClientRect().height, (SPARE)(text)]);
  }
  return found;
}
""".replace("SPARE", SPARE.strip())


def hold_room(widget, page, face, changes):
    """Hold that a widget keeps its height and its sentence's room in every state.

    Args:
        widget: the widget, mounted.
        page: where it is.
        face: its face there.
        changes: the traits of each state, which are set together.
    """
    page.wait_for_function("(of) => window.models?.[of]", arg=widget.model_id)
    found = face.evaluate(ROOM, [widget.model_id, list(changes)])
    heights, spare = zip(*found, strict=True)
    assert min(spare) >= 0, "the sentence outgrows its room"
    hold_height(widget, page, {*heights})


LETTERS = "(all) => all.map((t) => parseFloat(getComputedStyle(t).fontSize))"


def hold_letters(words):
    """Hold that no letters are so small that a reader would have to zoom."""
    assert min(words.evaluate_all(LETTERS)) >= 11


WORDS = """
(face, unseen) => {
  const found = [];
  const walk = document.createTreeWalker(face, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    const parent = node.parentElement;
    if (!node.textContent.trim() || !parent.checkVisibility({ visibilityProperty: true })) continue;
    if (parent.closest(unseen)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const size = parseFloat(getComputedStyle(parent).fontSize);
    for (const box of range.getClientRects()) {
      found.push([node.textContent, box.left, box.right, box.top + 3, box.bottom - 3, size]);
    }
  }
  return found;
}
"""


def hold_readable(face, more_than, unseen=""):
    """Hold that all words of a widget stand apart, none too small.

    Args:
        face: the widget's face.
        more_than: how many lines of words there are at least, and one more.
        unseen: the class of what nobody sees, beside what is only spoken.
    """
    hidden = ", ".join(filter(None, (unseen, ".attn-spoken", "style")))
    *boxes, sizes = zip(*face.evaluate(WORDS, hidden), strict=True)
    assert len(sizes) > more_than
    assert min(sizes) >= 11
    hold_apart(face, [*zip(*boxes, strict=True)])


def size_of(widget):
    """Return how many characters a widget's state is, without its files."""
    state = widget.get_state()
    own = {n: v for n, v in state.items() if n not in ("_esm", "_css")}
    return len(json.dumps(own, allow_nan=False))


def tied_to(widget):
    """Return a widget as the book's links know it: what they may set in it."""
    return load("ties").Picture(
        "", widget.settable, widget.get_state(), set(widget.parts)
    )


def photograph(page, **options):
    """Return what a page shows as a picture."""
    data = page.screenshot(**options)
    return Image.open(io.BytesIO(data)).convert("RGB")


def eventually(page, question):
    """Ask until the answer is yes, or 10 s; returns the last answer."""
    for _ in range(100):
        if answer := question():
            break
        page.wait_for_timeout(100)
    return answer


STATE = re.compile(
    r'(?<=<script type="application/json" class="attn-state">).*?(?=</script>)',
    re.DOTALL,
)


def altered(watch, site, change):
    """Open the first chapter with its state changed; returns the page."""
    watched = watch()

    def answer(route):
        html = route.fetch().text()
        parts = [json.loads(text) for text in STATE.findall(html)]
        state = {model: one for part in parts for model, one in part.items()}
        change(state)
        # Each stays where it was; what is new would have no place.
        new = iter(
            [
                {model: state[model] for model in part if model in state}
                for part in parts
            ]
        )
        text = STATE.sub(
            lambda _: json.dumps(next(new)).replace("<", "\\u003c"), html
        )
        route.fulfill(body=text, content_type="text/html")

    watched.context.route(f"**/{PAGES[0]}", answer)
    return watched.open(f"{site}/{PAGES[0]}")


def states_of(page):
    """Return the states of all widgets that a page holds."""
    texts = page.locator("script.attn-state").all_text_contents()
    return {k: v for text in texts for k, v in json.loads(text).items()}


HANDLE = """
export default { async render({ model, el }) {
  const of = model.get("of");
  (window.models ??= {})[of] = await model.widget_manager.get_model(of);
} };
"""


class Handle(LiveWidget):
    """Puts the model of another widget of the page where a test can reach it."""

    _esm = HANDLE
    of = traitlets.Unicode().tag(sync=True)


def python_sets(page, widget, **traits):
    """Change traits as a kernel would, then let two frames pass."""
    page.wait_for_function("(of) => window.models?.[of]", arg=widget.model_id)
    page.evaluate(
        "([of, traits]) => window.models[of].set(traits)",
        [widget.model_id, traits],
    )
    frames(page)


# Runs each frame that is asked for when `drawn` is called: nothing need be painted.
AT_ONCE = """
const usual = window.requestAnimationFrame;
await new Promise((done) => usual(() => usual(done)));
const asked = [];
window.requestAnimationFrame = (work) => asked.push(work);
const drawn = () => {
  while (asked.length) asked.shift()(performance.now());
};
"""


def frames(page):
    """Let two frames pass, so that what was asked for is drawn."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def alive(bare, watched, *content, **options):
    """Open widgets on a bare page; returns page and the first one's face."""
    page = bare(watched, *content, **options)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    face = page.locator(".attn-face:not(.attn-guessing)").first
    face.wait_for()
    frames(page)
    return page, face


def linked(widget, **goals):
    """A tie as the build writes it."""
    goals = json.dumps(goals).replace('"', "&quot;")
    return (
        f'<p><span class="attn-tie" data-set="{goals}" data-does="Sets it" '
        f'data-model="{widget.model_id}">go</span></p>'
    )


BARE = """<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>bare</title><link rel="stylesheet" href="/book/_assets/book.css"></head>
<body><main class="bd-main"><article class="bd-article" style="font-size: 1.1875rem;
max-width: 46rem; padding: 0 1rem; box-sizing: border-box">{body}</article></main>
<script type="application/json" class="attn-state">{state}</script>
<script src="/book/_assets/live.js"></script></body></html>"""


@pytest.fixture(scope="session")
def bare():
    """Open widgets, with text between them, on a page of their own, without a build."""
    place = load("live_widgets").place

    def opened(watched, *content, theme="light"):
        widgets = {w.model_id: w for w in content if not isinstance(w, str)}
        state = {name: w._get_embed_state() for name, w in widgets.items()}
        body = "".join(
            each
            if isinstance(each, str)
            else place(each.model_id, each._repr_html_(), each.get_state())
            for each in content
        )
        html = BARE.format(
            theme=theme,
            body=body,
            state=json.dumps(state).replace("<", "\\u003c"),
        )
        watched.context.route(
            "**/bare.html",
            lambda route: route.fulfill(body=html, content_type="text/html"),
        )
        return watched.open(f"{address}/bare.html")

    with serving(ROOT) as address:
        yield opened


@pytest.fixture
def opened_with_a_link(watch, bare):
    """Open one widget beside a link "go" that sets `goals`; gives page and face."""

    def start(widget, goals):
        assert goals.keys() == widget.settable.keys()
        handle = Handle(of=widget.model_id)
        link = linked(widget, **goals)
        page, face = alive(bare, watch(), widget, link, handle)
        page.wait_for_function("(of) => window.models?.[of]", arg=handle.of)
        return page, face

    return start


@pytest.fixture
def opened(request, watch, bare):
    """Open one widget, by the file's `made`, with its handle.

    Returns widget, page and face. A file may have an `opened` of its own.
    """

    def start(theme="light", watched=None, widget=None, **traits):
        widget = widget or request.module.made(**traits)
        handle = Handle(of=widget.model_id)
        page, face = alive(
            bare, watched or watch(), widget, handle, theme=theme
        )
        page.wait_for_function("(of) => window.models?.[of]", arg=handle.of)
        return widget, page, face

    return start


@pytest.fixture(scope="module")
def modules(browser):
    """A page that can import the widget's modules as they lie in the package."""
    with serving(ROOT / "attn_utils" / "widgets") as address:
        page = browser.new_page()
        page.goto(address)  # the list of files: imports begin at the top
        yield page
        page.close()


def call(modules, module, name, *arguments):
    return modules.evaluate(
        "async ([module, name, args]) => (await import(`/${module}`))[name](...args)",
        [module, name, list(arguments)],
    )


def same(got, expected):
    """Whether two tensors agree, and in their shape: neither is spread out."""
    got, expected = torch.tensor(got).double(), expected.double()
    return got.shape == expected.shape and torch.allclose(
        got, expected, atol=1e-6
    )
