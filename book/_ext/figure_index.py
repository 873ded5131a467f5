"""Fill the page "Figures": every figure and widget of the chapters, small, with a link.

Each figure gets an anchor of its own in its page. Its picture is kept once more, as a
file that the index asks for when it comes into view.
"""

import html
import re
from pathlib import Path
from typing import NamedTuple

from toc import titles_of

ROOT = Path(__file__).parents[2]
FIGURE = re.compile(
    r'<figure class="attn-figure"(?P<more>[^>]*)>(?P<inside>.*?)</figure>',
    re.DOTALL,
)
DRAWN = re.compile(r"<svg\b[^>]*>.*?</svg>", re.DOTALL)
CAPTION = re.compile(r"<figcaption>(.*?)</figcaption>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")
# Right before a figure that is the still picture of a widget.
LIVE = re.compile(r'<div class="attn-live(?! attn-guess)[^>]*>\s*$')
FOLDER = "_static/figures"
PLACE = '<div id="attn-figures"></div>'
LONGEST = 170  # letters of a caption that are shown
SHEET = ROOT / "book" / "_assets" / "book.css"


class Entry(NamedTuple):
    """A figure of a page: its anchor, what it shows, whether it moves, its picture."""

    anchor: str
    words: str
    live: bool
    picture: str


def with_anchors(body: str) -> str:
    """Return a page's text with an anchor for each figure, in their order."""
    count = 0

    def anchored(match: re.Match) -> str:
        nonlocal count
        count += 1
        opening = (
            f'<figure class="attn-figure" id="figure-{count}"{match["more"]}>'
        )
        return f"{opening}{match['inside']}</figure>"

    return FIGURE.sub(anchored, body)


def first_words(caption: str) -> str:
    """Return a caption's first sentence, or as many of its words as are shown."""
    text = html.unescape(TAG.sub("", caption)).strip()
    sentence = re.split(r"(?<=[.?])\s", text, maxsplit=1)[0].rstrip(".")
    if len(sentence) <= LONGEST:
        return sentence
    return sentence[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:") + " …"


def themes(sheet: str) -> str:
    """Return the colours of the book's style sheet, of both themes, for a picture."""
    light, _, rest = sheet.partition('html[data-theme="dark"] {')
    dark = rest.partition("}")[0]

    def listed(text: str) -> str:
        return "".join(re.findall(r"--attn-\w+: #[0-9a-f]{6};", text))

    return (
        f"<style>:root{{color-scheme:light dark;{listed(light)}}}"
        f"@media (prefers-color-scheme: dark){{:root{{{listed(dark)}}}}}"
        "text{font-family:Inter,system-ui,sans-serif}</style>"
    )


def entries_of(page: str, colours: str) -> list[Entry]:
    """Return the figures of a page that has anchors."""
    found = []
    for match in FIGURE.finditer(page):
        anchor = re.search(r'id="([^"]+)"', match["more"])
        drawn, caption = (
            DRAWN.search(match["inside"]),
            CAPTION.search(match["inside"]),
        )
        if not (anchor and drawn and caption):
            continue
        before = page[: match.start()]
        opening, end, rest = drawn[0].partition(">")
        found.append(
            Entry(
                anchor=anchor[1],
                words=first_words(caption[1]),
                live=bool(LIVE.search(before[-400:])),
                picture=opening + end + colours + rest,
            )
        )
    return found


def item(page: str, entry: Entry, picture: str) -> str:
    """Return the index's entry of a figure."""
    mark = '<span class="attn-moves">moves</span> ' if entry.live else ""
    words = html.escape(entry.words)
    return (
        f'<li><a href="../{page}#{entry.anchor}"><img src="../{picture}" alt="" '
        f'class="dark-light" loading="lazy" width="160" height="110">'
        f"<span>{mark}{words}</span></a></li>"
    )


def add_anchors(app, pagename, templatename, context, doctree):
    """Give the figures of a chapter their anchors."""
    if pagename.startswith("chapters/"):
        context["body"] = with_anchors(context["body"])


def fill_index(app, exception):
    """Write the pictures, and put the list into its page."""
    index = Path(app.outdir) / "book" / "figures.html"
    if exception or app.builder.name != "html" or not index.is_file():
        return
    folder = Path(app.outdir) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    colours = themes(SHEET.read_text("utf-8"))
    blocks = []
    for name, title in titles_of().items():
        if not name.startswith("chapters/"):
            continue
        page = Path(app.outdir) / f"{name}.html"
        items = []
        for entry in entries_of(page.read_text("utf-8"), colours):
            file = f"{FOLDER}/{page.stem}-{entry.anchor.removeprefix('figure-')}.svg"
            (Path(app.outdir) / file).write_text(entry.picture, "utf-8")
            items.append(item(f"{name}.html", entry, file))
        blocks.append(
            f"<h2>{html.escape(title)}</h2>"
            f'<ul class="attn-index">{"".join(items)}</ul>'
        )
    text = index.read_text("utf-8")
    if PLACE not in text:
        raise ValueError(f"book/figures.md must hold the line {PLACE}")
    index.write_text(text.replace(PLACE, "\n".join(blocks)), "utf-8")


def setup(app):
    """Connect to Sphinx, before the pages are mended."""
    app.connect("html-page-context", add_anchors, priority=950)
    app.connect("build-finished", fill_index, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
