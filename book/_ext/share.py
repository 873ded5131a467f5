"""Say in each page's head what a search or a shared link shows of it.

The title names the page's subject, its question and the book; the description is
the page's own first sentences. sphinxext-opengraph would begin with the line
above the title, cut words at a count, and knows no picture of ours;
sphinx-sitemap wants a checkout under git. Without `html: baseurl` in
_config.yml nobody knows where the book lies: then no address is given at all.
"""

import html
import re
import tomllib
from pathlib import Path
from urllib.parse import urljoin, urlparse

import cards
from docutils import nodes
from toc import titles_of

LONGEST = 160
CITED = re.compile(r"\s*\[[^\]]*\d{4}[a-z]?\]")
SENTENCE = re.compile(r"(?<=[.?!])\s+|(?<=[.?!][”’)])\s+")
HEAD = """\
<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Refresh" content="0; url={page}">
<title>{title}</title>
{tags}
</head><body><a href="{page}">{title}</a></body></html>
"""


def subjects(app) -> dict[str, str]:
    """Return what the contents call each page, without its number."""
    return {
        file: re.sub(r"^\d+ · ", "", title)
        for file, title in titles_of(Path(app.srcdir)).items()
        if title
    }


def named(subject: str | None, heading: str) -> str:
    """Return a page's title: its subject, then the question that heads it."""
    if not subject or subject == heading:
        return heading
    return f"{subject}: {heading}"


def plain(paragraph) -> str:
    """Return a paragraph's words; where a formula stood, a mark stands."""
    found = []
    for node in paragraph.findall(nodes.Text):
        if isinstance(node.parent, nodes.raw):  # a tag, which is no word
            continue
        inside = isinstance(node.parent, nodes.math)
        found.append("\0" if inside else node.astext())
    text = CITED.sub("", "".join(found))
    return re.sub(r"\s+", " ", text).strip()


def is_subtitle(paragraph) -> bool:
    """Tell whether a paragraph is a line under the title, and no sentence."""
    words = plain(paragraph)
    return "\0" not in words and words[-1:] not in tuple(".?!:…”’)")


def prose(doctree):
    """Yield the paragraphs of the text itself, in their order."""
    for paragraph in doctree.findall(nodes.paragraph):
        within = isinstance(paragraph.parent, nodes.section | nodes.document)
        if within and "attn-kicker" not in paragraph["classes"]:
            yield paragraph


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return a sentence that fits, cut after a word if it must be."""
    if len(text) <= longest:
        return text
    return text[: longest - 1].rpartition(" ")[0].rstrip(",;:—") + "…"


def described(paragraphs) -> str:
    """Return the first sentences of a text that need no formula and fit."""
    said = ""
    for text in paragraphs:
        for sentence in SENTENCE.split(re.sub(":$", ".", text)):
            longer = f"{said} {sentence}".strip()
            if "\0" in sentence or not sentence:
                continue
            if said and len(longer) > LONGEST:
                return said
            said = shortened(longer)
        if len(said) > LONGEST / 2:
            break
    return said


def description(app, pagename: str, doctree) -> str:
    """Return a page's description: as share.toml has it, else its own words."""
    table = Path(app.srcdir, "book", "share.toml")
    if table.is_file():
        written = tomllib.loads(table.read_text("utf-8"))["descriptions"]
        if pagename in written:
            return written[pagename]
    return described(plain(p) for p in prose(doctree) if not is_subtitle(p))


def tag(kind: str, name: str, content: str) -> str:
    """Return one line of a head."""
    return f'<meta {kind}="{name}" content="{html.escape(content)}" />'


def tags(title: str, words: str, book: str, address: str, picture) -> str:
    """Return the lines of a head that a search or a shared link reads.

    `address` is the page's, or empty; `picture` the address and the words of
    its picture, or None.
    """
    found = [
        tag("name", "description", words),
        tag("property", "og:title", title),
        tag("property", "og:description", words),
        tag("property", "og:type", "article"),
        tag("property", "og:site_name", book),
    ]
    if address:
        found.append(tag("property", "og:url", address))
    if address and picture:
        found += [
            tag("property", "og:image", picture[0]),
            tag("property", "og:image:width", str(cards.WIDTH)),
            tag("property", "og:image:height", str(cards.HEIGHT)),
            tag("property", "og:image:alt", picture[1]),
            tag("name", "twitter:card", "summary_large_image"),
        ]
    else:
        found.append(tag("name", "twitter:card", "summary"))
    return "\n".join(found)


def where(app, name: str) -> str:
    """Return the address at which a file of the book will lie, if it is known."""
    base = app.config.html_baseurl
    return urljoin(base.rstrip("/") + "/", name) if base else ""


def picture(app, pagename, heading, subject, words, body):
    """Return the address and the words of a page's picture, which is drawn here.

    What lies beside the chapters has the landing page's.
    """
    path = cards.path_of(pagename)
    said = f"{app.config.html_title}, in the letters of the book."
    if pagename.startswith("chapters/") or pagename == app.config.root_doc:
        above = cards.kicker(app.config.html_title, pagename, subject)
        file = Path(app.outdir, path)
        beside = cards.draw(file, above, heading, words, body)
        said = shortened(f"{heading} Beside it: {beside}", 400)
    return where(app, path), said


def add_head(app, pagename, templatename, context, doctree):
    """Fill the head of a page."""
    if not doctree:  # such as the search
        context["metatags"] = tag("name", "robots", "noindex")
        return
    heading = app.env.titles[pagename].astext()
    subject = subjects(app).get(pagename, "")
    title = named(subject, heading)
    words = description(app, pagename, doctree)
    if pagename == app.config.root_doc and (more := subtitle(doctree)):
        title = f"{heading}: {more}"
        heading = more[:1].upper() + more[1:]
        # The book's name is said; but the link home at the side has it, too.
        context["docstitle"] = ""
        context["theme_logo"] = {
            **context.get("theme_logo", {}),
            "text": app.config.html_title,
        }
    context["title"] = html.escape(title)
    subject = "" if subject == heading else subject
    shown = picture(app, pagename, heading, subject, words, context["body"])
    address = where(app, f"{pagename}.html")
    book = app.config.html_title
    context["metatags"] += tags(title, words, book, address, shown)


def subtitle(doctree) -> str:
    """Return the line under the book's title, as it goes on from that."""
    first = next(prose(doctree), None)
    if first is None or not is_subtitle(first):
        return ""
    words = plain(first)
    return words[:1].lower() + words[1:]


def write_start(app, exception):
    """Write the page of the book's bare address, which is what people pass on.

    It leads to the first one, whose head it has: who makes a preview of a link
    does not follow.
    """
    if exception or app.builder.name != "html":
        return
    first = f"{app.config.root_doc}.html"
    page = Path(app.outdir, first).read_text("utf-8")
    lines = re.findall(
        r'<meta (?:name|property)="(?:description|og:|twitter:).*?/>'
        r'|<link rel="canonical".*?/>',
        page,
    )
    title = re.search(r"<title>(.*?)</title>", page)[1]
    text = HEAD.format(page=first, title=title, tags="\n".join(lines))
    Path(app.outdir, "index.html").write_text(text, "utf-8")


def write_sitemap(app, exception):
    """List the pages for those who search the web, where their place is known."""
    if exception or app.builder.name != "html" or not app.config.html_baseurl:
        return
    pages = [
        f"<url><loc>{html.escape(where(app, f'{name}.html'))}</loc></url>"
        for name in sorted(app.env.found_docs)
    ]
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    )
    text += "\n".join(pages) + "\n</urlset>\n"
    Path(app.outdir, "sitemap.xml").write_text(text, "utf-8")
    # Of a host, only the root's robots.txt is read.
    if urlparse(app.config.html_baseurl).path in {"", "/"}:
        line = (
            f"User-agent: *\nAllow: /\nSitemap: {where(app, 'sitemap.xml')}\n"
        )
        Path(app.outdir, "robots.txt").write_text(line, "utf-8")


def setup(app):
    """Connect to Sphinx; the first page comes last, over Jupyter Book's own."""
    app.connect("html-page-context", add_head, priority=700)
    app.connect("build-finished", write_start, priority=950)
    app.connect("build-finished", write_sitemap)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
