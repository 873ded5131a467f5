"""Print the built book as one PDF: `python tools/paper.py _build/html book.pdf`.

Every page is opened in Chromium and its formulas set; its widgets stay the still
pictures that they are without a program. What then stands in it becomes a part of one
long document, which is printed once: so fonts are there once, tags and links are
Chromium's own, and pages are numbered through. What is folded beneath a question is
printed at the end of its page; a link to what is not printed leads to the published
book.
"""

import contextlib
import functools
import html
import io
import json
import sys
from pathlib import Path
from typing import NamedTuple

import chromium
import pikepdf
import yaml
from playwright.sync_api import Error, sync_playwright

sys.path.append(str(Path(__file__).parents[1] / "book" / "_ext"))
import toc
from editions import STILL, SUBTITLE, TITLE

ROOT = Path(__file__).parents[1]
NO_CHROMIUM = 3
# Reference for the screen; on paper its 80 pages would be a second book.
UNPRINTED = {"book/package", "book/figures"}
# How much smaller than on a screen all is printed; so many pixels of it are a line.
SCALE = 0.92
WIDE = 720
PATIENCE_MS = 60_000
SCRIPT = Path(__file__).with_name("paper.js")
SHEET = Path(__file__).with_name("paper.css")
# Of the front, printed once more when the pages are known, over what lies there.
NUMBERS_ALONE = (
    "* { visibility: hidden } .paper-contents b { visibility: visible }"
)


class Heading(NamedTuple):
    """A heading of a page: how deep it is, its anchor, its words."""

    level: int
    anchor: str
    words: str


class Page(NamedTuple):
    """A page as it will be printed: its title, text, style and headings."""

    title: str
    body: str
    rules: list[str]
    headings: list[Heading]

    @property
    def anchor(self) -> str:
        """Where the page begins."""
        return self.headings[0].anchor

    @property
    def sections(self) -> list[Heading]:
        """The headings below the title."""
        return [each for each in self.headings if each.level == 2]


# The parts by their captions, with their pages.
Book = dict[str, list[Page]]


class NoChromiumError(RuntimeError):
    """There is no browser to print with."""


@contextlib.contextmanager
def browsing():
    """Start a Chromium; gives a page as wide as paper, where no widget moves."""
    with sync_playwright() as playwright:
        try:
            browser = chromium.opened(playwright)
        except Error as error:
            raise NoChromiumError from error
        page = browser.new_page(
            viewport={"width": WIDE, "height": 1000},
            color_scheme="light",
            reduced_motion="reduce",
        )
        page.set_default_timeout(PATIENCE_MS)
        page.route("**/live.js*", lambda route: route.abort())
        yield page
        browser.close()


def on_paper(folder: Path) -> dict[str, list[toc.Entry]]:
    """Return what each part of the book has, less what is not printed."""
    parts = {"": [toc.Entry(toc.root_of(folder), "")]}
    for caption, entries in toc.parts_of(folder):
        parts[caption] = [e for e in entries if e.file not in UNPRINTED]
    return parts


def taken(page, address: str, prefixes: dict[str, str], home: str) -> dict:
    """Open a page of the book, let it settle, and return what stands in it."""
    page.goto(address)
    page.emulate_media(media="print")
    page.evaluate(SCRIPT.read_text("utf-8"))
    page.evaluate("settle()")
    return page.evaluate("(given) => take(...given)", [prefixes, home])


def read(page, site: str, home: str) -> Book:
    """Return the book's pages as they will be printed.

    Args:
        page: of the browser.
        site: where the book is served.
        home: where it is published; links to what is not printed lead there.
    """
    parts = on_paper(ROOT)
    files = [entry.file for entries in parts.values() for entry in entries]
    prefixes = {f"/{file}.html": f"p{n}" for n, file in enumerate(files)}
    book = {}
    for caption, entries in parts.items():
        book[caption] = []
        for entry in entries:
            address = f"{site}/{entry.file}.html"
            found = taken(page, address, prefixes, home)
            headings = [Heading(*each) for each in found["headings"]]
            title = entry.title or headings[0].words
            book[caption].append(
                Page(title, found["body"], found["rules"], headings)
            )
    return book


def running_heads(titles: list[str]) -> str:
    """Return the style by which each page of paper says what it belongs to."""
    quoted = functools.partial(json.dumps, ensure_ascii=False)
    return "\n".join(
        f"@page p{number} {{ @top-center {{ content: {quoted(title)}; }} }}"
        for number, title in enumerate(titles)
    )


def line(anchor: str, words: str, numbers: dict[str, int]) -> str:
    """Return a line of the contents, with its page's number where that is known."""
    number = numbers.get(anchor, "")
    return f'<a href="#{anchor}"><span>{html.escape(words)}</span><b>{number}</b></a>'


def contents(book: Book, numbers: dict[str, int]) -> str:
    """Return the table of contents.

    Args:
        book: what is printed.
        numbers: of the pages, by their anchors.
    """
    lists = []
    for caption, pages in book.items():
        rows = []
        for page in pages:
            below = "".join(
                f"<li>{line(each.anchor, each.words, numbers)}</li>"
                for each in page.sections
            )
            head = line(page.anchor, page.title, numbers)
            rows.append(f"<li>{head}<ol>{below}</ol></li>")
        title = f"<h2>{html.escape(caption)}</h2>" if caption else ""
        lists.append(f"{title}<ol>{''.join(rows)}</ol>")
    return (
        f'<div class="paper-contents"><h1>Contents</h1>{"".join(lists)}</div>'
    )


def article(inside: str, more: str) -> str:
    """Return what the book's style sheet takes for a page."""
    return (
        f'<div class="bd-content" {more}><div class="bd-article-container">'
        f'<article class="bd-article">{inside}</article></div></div>'
    )


def document(style: str, body: str) -> str:
    """Return one HTML document in the book's style."""
    return (
        '<!doctype html><html lang="en" data-theme="light"><head>'
        f'<meta charset="utf-8"><title>{TITLE}</title>'
        f'<link rel="stylesheet" href="/_static/styles.css"><style>{style}</style>'
        f'</head><body><main class="bd-main">{body}</main></body></html>'
    )


def front(book: Book, numbers: dict[str, int], config: dict) -> str:
    """Return title page and contents."""
    home = config["html"]["baseurl"]
    title = (
        f'<div class="paper-title"><p class="paper-name">{TITLE}</p>'
        f"<p>{SUBTITLE}</p><p>{config['author']}, {config['copyright']}</p>"
        f'<p class="paper-still">{STILL}: <a href="{home}">{home}</a></p></div>'
    )
    return article(title + contents(book, numbers), 'style="page: front"')


def whole(book: Book, config: dict) -> str:
    """Return the document that is printed."""
    pages = [page for part in book.values() for page in part]
    rules = dict.fromkeys(rule for page in pages for rule in page.rules)
    heads = running_heads([page.title for page in pages])
    bodies = [
        article(page.body, f'style="page: p{number}"')
        for number, page in enumerate(pages)
    ]
    style = "\n".join([*rules, SHEET.read_text("utf-8"), heads])
    return document(style, front(book, {}, config) + "".join(bodies))


def numbered(book: Book, numbers: dict[str, int], config: dict) -> str:
    """Return the front alone: nothing is seen of it but the numbers of the pages."""
    style = SHEET.read_text("utf-8") + NUMBERS_ALONE
    return document(style, front(book, numbers, config))


def printed(page, site: str, text: str) -> pikepdf.Pdf:
    """Print a document."""
    page.route(
        "**/paper.html",
        lambda route: route.fulfill(
            body=text, content_type="text/html; charset=utf-8"
        ),
    )
    page.goto(f"{site}/paper.html")
    page.evaluate("document.fonts.ready.then(() => {})")
    data = page.pdf(format="A4", tagged=True, scale=SCALE)
    page.unroute("**/paper.html")
    return pikepdf.open(io.BytesIO(data))


def places(pdf: pikepdf.Pdf) -> dict[str, tuple[int, pikepdf.Array]]:
    """Return where each anchor lies: the number of its page, and the place there."""
    index = {page.objgen: n for n, page in enumerate(pdf.pages, 1)}
    return {
        str(name).removeprefix("/"): (index[place[0].objgen], place)
        for name, place in pdf.Root.Dests.items()
    }


def mark_out(pdf: pikepdf.Pdf, book: Book, found: dict) -> None:
    """Give the PDF its bookmarks: parts, their pages, and the sections of these."""

    def item(anchor: str, words: str) -> pikepdf.OutlineItem:
        return pikepdf.OutlineItem(words, destination=found[anchor][1])

    with pdf.open_outline() as outline:
        for caption, pages in book.items():
            items = []
            for page in pages:
                items.append(item(page.anchor, page.title))
                items[-1].children += [
                    item(s.anchor, s.words) for s in page.sections
                ]
            if caption:
                part = item(pages[0].anchor, caption)
                part.children += items
                part.is_closed = False
                items = [part]
            outline.root += items


def sign(pdf: pikepdf.Pdf, author: str) -> None:
    """Say in the PDF what it is and who made it."""
    pdf.docinfo["/Title"], pdf.docinfo["/Author"] = TITLE, author
    pdf.Root.PageMode = pikepdf.Name.UseOutlines
    with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        metadata["dc:title"], metadata["dc:creator"] = TITLE, [author]
        metadata["dc:language"] = ["en"]


def make(folder: Path, path: Path) -> None:
    """Print the book that lies in a folder, into a file."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    with chromium.serving(folder) as site, browsing() as page:
        book = read(page, site, config["html"]["baseurl"])
        pdf = printed(page, site, whole(book, config))
        found = places(pdf)
        numbers = {anchor: number for anchor, (number, _) in found.items()}
        over = printed(page, site, numbered(book, numbers, config))
        for below, above in zip(pdf.pages, over.pages, strict=False):
            below.add_overlay(above)
    mark_out(pdf, book, found)
    sign(pdf, config["author"])
    pdf.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate)


def main(folder: str, path: str) -> int:
    """Make the PDF; returns the status."""
    try:
        make(Path(folder), Path(path))
    except NoChromiumError:
        print("make: no PDF: there is no Chromium to print it", file=sys.stderr)
        return NO_CHROMIUM
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
