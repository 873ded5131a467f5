"""Let each page's foot say how to cite it, and where to report an error.

What is cited comes from CITATION.cff, the page's title and its address; a link
into the repository stands there only where `publisher` knows one.
"""

import html
import re
from pathlib import Path

import publisher
import yaml
from languages import rewrite_pages

FOOT = re.compile(r'<footer class="bd-footer-content">')
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
ADDRESS = re.compile(r'<link rel="canonical" href="([^"]*)"')
SOURCE = re.compile(r'<meta name="attn-source" content="([^"]*)" />')
TEX = {c: f"\\{c}" for c in "&%$#_"}


def work(app) -> dict[str, str]:
    """Return what CITATION.cff says of the book; without one, what is known."""
    path = Path(app.srcdir, "CITATION.cff")
    said = yaml.safe_load(path.read_text("utf-8")) if path.is_file() else {}
    authors = [each["name"] for each in said.get("authors", [])]
    return {
        "title": said.get("title", app.config.html_title),
        "author": " and ".join(authors) or app.config.author,
        "version": str(said.get("version", "")),
        "year": re.search(r"\d{4}|$", str(app.config.copyright))[0],
    }


def key(book: str, title: str) -> str:
    """Return a name for an entry of a bibliography."""
    words = re.findall(r"[a-z0-9]+", f"{book} {title}".lower())
    return "-".join(words[:6])


def bibtex(book: dict[str, str], title: str, address: str) -> str:
    """Return a page as an entry of BibTeX."""
    name = book["title"].partition(":")[0]
    of = book["title"] + (
        f", version {book['version']}" if book["version"] else ""
    )
    fields = {
        "author": f"{{{book['author']}}}",
        "title": f"{{{title}}}",
        "note": f"In: {of}",
        "year": book["year"],
    }
    lines = [
        f"  {field} = {{{''.join(TEX.get(c, c) for c in words)}}},"
        for field, words in fields.items()
    ]
    if address:
        lines.append(f"  url = {{{address}}},")
    return "\n".join([f"@misc{{{key(name, title)},", *lines, "}"])


def plain(book: dict[str, str], title: str, address: str) -> str:
    """Return a page as a line of a list of references."""
    end = "" if title.endswith(("?", "!", ".")) else "."
    where = f"In {book['title']}"
    if book["version"]:
        where += f", version {book['version']}"
    if book["year"]:
        where += f" ({book['year']})"
    return f"{book['author']}. “{title}{end}” {where}. {address}".rstrip()


def foot(config, book, title: str, address: str, source: str) -> str:
    """Return the line at a page's foot."""
    line = html.escape(plain(book, title, address))
    entry = html.escape(bibtex(book, title, address))
    links = ""
    if publisher.on_github(config):
        form = publisher.report(config, title, address)
        links = f'<a href="{html.escape(form)}">Report an error</a>'
        if source:
            file = html.escape(publisher.source(config, source))
            links += f'<a href="{file}">Source of this page</a>'
    return (
        '<div class="attn-foot d-print-none"><details><summary>Cite this page'
        f'</summary><p>{line}</p><div class="highlight"><pre>{entry}</pre></div>'
        f"</details>"
        f"{links}</div>\n"
    )


def note_source(app, pagename, templatename, context, doctree):
    """Leave a page's source where its foot is made; the mark goes again."""
    if doctree:
        path = Path(app.env.doc2path(pagename)).relative_to(app.srcdir)
        mark = f'<meta name="attn-source" content="{path.as_posix()}" />'
        context["metatags"] += mark


def add_feet(app, exception):
    """Write the foot of every page of the book."""
    book = work(app)
    name = re.escape(html.escape(app.config.html_title))

    def with_foot(page: str) -> str:
        source = SOURCE.search(page)
        if not source:
            return page
        page = SOURCE.sub("", page)
        title = re.sub(rf" &#8212; {name}$", "", TITLE.search(page)[1])
        address = ADDRESS.search(page)
        line = foot(
            app.config,
            book,
            html.unescape(title),
            address[1] if address else "",
            source[1],
        )
        return FOOT.sub(lambda opened: opened[0] + line, page, count=1)

    rewrite_pages(app, exception, with_foot)


def setup(app):
    """Connect to Sphinx, before the languages are marked."""
    app.connect("html-page-context", note_source, priority=710)
    app.connect("build-finished", add_feet, priority=540)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
