"""The book as an EPUB: Sphinx's builder, told what a reader without scripts needs.

`make epub` builds it from what `make book` has read. Each page becomes XHTML: widgets
are their still pictures, formulas MathML, ties plain text; what is folded as code of
the book's own, and what only a screen can use, is left out. Colours stand as numbers,
since many readers know no variables.
"""

import html
import posixpath
import re
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import html5lib
import toc
from cards import cover
from docutils import nodes
from editions import STILL, SUBTITLE, TITLE
from figure_index import PLACE, entries_of
from languages import mark
from latex2mathml.converter import convert
from live_widgets import BORROWED, borrow
from role_colours import coloured
from sphinx.builders.epub3 import Epub3Builder
from whole import STOPS

ROOT = Path(__file__).parents[2]
ASSETS = ROOT / "book" / "_assets"
SHEET = "epub.css"
COVER = "cover.png"
VERSION = "1"  # an EPUB must have one
XHTML = "http://www.w3.org/1999/xhtml"
XMLNS = "http://www.w3.org/2000/xmlns/"
XLINK = "http://www.w3.org/1999/xlink"
# Extensions, the theme's and ours, that make a page of the site, and not of a book.
WEB = (
    *("sphinx_book_theme", "pydata_sphinx_theme"),
    *("live_widgets", "slim", "share", "cite"),
)
LEFT_OUT_TAGS = {"script", "style", "button", "noscript", "input", "template"}
LEFT_OUT = {
    "dark-light",
    "headerlink",
    "attn-code",
    "attn-controls",
    "attn-filter",
    "attn-screen",
    "expanded",  # what a fold is called while it is open
}
SOURCE = "attn-source"
VARIABLE = re.compile(r"var\(--attn-([\w-]+)(?:,\s*([^()]*))?\)")
LIGHT = re.compile(r"--attn-([\w-]+): (#[0-9a-f]{6});")
# Letters in a row that are a function's name stand apart from what follows.
NAMED = re.compile(
    r"(?<!<msub>)(?<!<msup>)(<mi>(?:exp|ln|log|sin|cos|tanh|max)</mi>)"
    r'(?=<(?!mo stretchy="false">&#x00028;|/))'
)
ITEM = re.compile(r'href="([^"]+\.xhtml)" media-type="[^"]+"(?= />)')
# A formula in a line, and what may not begin the next one.
STOPPED = re.compile(
    rf'(<math\b[^>]*display="inline"[^>]*>(?:(?!</math>).)*</math>{STOPS})',
    re.DOTALL,
)
PLAIN_PLACE = re.compile(PLACE.replace("></div>", r"\s*(?:/>|></div>)"))
FAMILIES = {"sans": "sans-serif", "serif": "serif", "mono": "monospace"}


def mathml(tex: str, display: str) -> str:
    """Return a formula as MathML, its roles' colours as classes."""
    # The converter knows rows and their marks by this name alone.
    rows = tex.strip().replace("{aligned}", "{split}")
    text = convert(coloured(rows), display=display)
    return NAMED.sub(r'\1<mspace width="0.167em" />', text)


def inline_math(translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    translator.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def block_math(translator, node: nodes.math_block) -> None:
    """Write a formula in a line of its own."""
    ids = "".join(f' id="{each}"' for each in node["ids"][:1])
    formula = mathml(node.astext(), "block")
    translator.body.append(f'<div class="formula"{ids}>{formula}</div>')
    raise nodes.SkipNode


def with_colours(text: str) -> str:
    """Return HTML with the light theme's colours in the place of variables."""
    sheet = (ASSETS / "book.css").read_text("utf-8").partition("}")[0]
    known = dict(LIGHT.findall(sheet)) | FAMILIES
    return VARIABLE.sub(
        lambda match: known.get(match[1]) or match[2] or match[0], text
    )


def is_left_out(node) -> bool:
    """Tell whether an element is of no use in a book."""
    classes = set(node.get("class", "").split())
    name = node.tag.rpartition("}")[2]
    # The lines of the map, which is a list here.
    behind = name == "svg" and node.get("aria-hidden") == "true"
    return behind or name in LEFT_OUT_TAGS or bool(LEFT_OUT & classes)


def prune(node) -> None:
    """Remove what a book has no use for, and keep the text behind it."""
    before = None
    for child in list(node):
        if not isinstance(child.tag, str) or is_left_out(child):
            node.remove(child)
            if before is None:
                node.text = (node.text or "") + (child.tail or "")
            else:
                before.tail = (before.tail or "") + (child.tail or "")
            continue
        if SOURCE in child.get("class", "").split():
            # Of the package's source its title stays, which says where it is.
            child.tag, child[1:], child[0].tag = f"{{{XHTML}}}p", [], "span"
            child[0].text = f"Source: {child[0].text or ''}"
        if node.tag == f"{{{XHTML}}}summary" and child.tag == f"{{{XHTML}}}p":
            child.tag = f"{{{XHTML}}}span"
        prune(child)
        before = child


def lead(node, home: str) -> None:
    """Lead the links to other pages of the book, or to the published one."""
    address = node.get("href")
    if address is None or re.match(r"[a-z]+:|#", address):
        return
    path, hash_, anchor = address.partition("#")
    if path.endswith(".html"):
        path = f"{path.removesuffix('.html')}.xhtml"
    if not path.endswith(".xhtml"):
        path = home + path.replace("../", "")
    node.set("href", f"{path}{hash_}{anchor}")


def plain(node, inside: str = XHTML) -> None:
    """Name every element without a prefix: its namespace is its surroundings'."""
    space, _, name = node.tag.removeprefix("{").rpartition("}")
    space = space or inside
    node.tag = name
    if space != inside:
        node.set("xmlns", space)
    for child in node:
        plain(child, space)


def as_xhtml(text: str, home: str) -> str:
    """Return a page's HTML as XHTML for a reader without scripts."""
    tree = html5lib.parseFragment(text, treebuilder="etree")
    prune(tree)
    for node in tree.iter():
        for name in set(node.attrib):
            if name.startswith(("data-", f"{{{XMLNS}}}")):
                del node.attrib[name]
        if node.get("role", "").startswith("doc-biblio"):
            del node.attrib["role"]  # deprecated
        if node.tag == f"{{{XHTML}}}a":
            lead(node, home)
            if node.get("href") is None and node.get("id") is None:
                node.tag = f"{{{XHTML}}}span"
    for node in list(tree):
        plain(node)
    ElementTree.register_namespace("xlink", XLINK)
    inner = "".join(ElementTree.tostring(n, "unicode") for n in tree)
    inner = STOPPED.sub(r'<span class="attn-whole">\1</span>', inner)
    return html.escape(tree.text or "") + inner


class BookBuilder(Epub3Builder):
    """Sphinx's builder of EPUBs, without what the site brings along."""

    math_renderer_name = "mathml"
    html_tag = Epub3Builder.html_tag.replace(">", ' lang="en" xml:lang="en">')

    def init(self) -> None:
        """Take our own table and sheet, and none of the site's handlers."""
        super().init()
        self.config.version = VERSION
        self.config.epub_title = TITLE
        self.config.epub_cover = (f"_static/{COVER}", "")
        self.home = self.config.html_baseurl
        listeners = self.app.events.listeners
        for event in ("html-page-context", "build-finished", "builder-inited"):
            listeners[event] = [
                each
                for each in listeners[event]
                if each.handler.__module__.partition(".")[0] not in WEB
            ]

    def copy_static_files(self) -> None:
        """Write the one style sheet, with the colours of the book's."""
        folder = Path(self.outdir, "_static")
        folder.mkdir(exist_ok=True)
        sheet = (ASSETS / SHEET).read_text("utf-8")
        (folder / SHEET).write_text(with_colours(sheet), "utf-8")
        picture = cover(TITLE, SUBTITLE, self.config.author)
        (folder / COVER).write_bytes(picture)

    def build_content(self) -> None:
        """Write the list of files; say which pages have formulas and drawings."""
        for path in Path(self.outdir, "_static").iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in (SHEET, COVER):
                path.unlink()
        Path(self.outdir, "index.html").unlink(missing_ok=True)
        self.list_figures()
        super().build_content()
        path = Path(self.outdir, "content.opf")

        def described(match: re.Match) -> str:
            page = Path(self.outdir, html.unescape(match[1])).read_text("utf-8")
            kinds = {"mathml": "<math", "svg": "<svg"}
            found = " ".join(k for k, tag in kinds.items() if tag in page)
            return match[0] + (f' properties="{found}"' if found else "")

        text = ITEM.sub(described, path.read_text("utf-8"))
        item = f'href="_static/{COVER}" media-type="image/png"'
        text = text.replace(item, f'{item} properties="cover-image"')
        path.write_text(text, "utf-8")

    def get_toc(self) -> None:
        """Read the table of contents: parts, their pages as they lie, and sections."""
        super().get_toc()
        part_of = {
            entry.file: part
            for part in toc.parts_of(Path(self.srcdir))
            for entry in part.entries
        }
        pages, self.refnodes = self.refnodes, []
        for node in pages:
            path = posixpath.normpath(node["refuri"])
            name = path.removesuffix(self.out_suffix)
            part, level, top = part_of.get(name), 1, path
            if part:
                level = 2
                if name == part.entries[0].file:
                    # Two lines may not have one address: its page begins at a title.
                    title = next(
                        self.env.get_doctree(name).findall(nodes.section)
                    )
                    top = f"{path}#{title['ids'][0]}"
                    self.list_node(1, path, part.caption)
            self.refnodes.append(node | {"level": level, "refuri": top})
            for anchor, words in sections_of(self.env.tocs[name]):
                self.list_node(level + 1, path + anchor, words)

    def list_node(self, level: int, address: str, words: str) -> None:
        """Add a line to the table of contents."""
        self.refnodes.append(
            {"level": level, "refuri": address, "text": html.escape(words)}
        )

    def list_figures(self) -> None:
        """Put the figures of the chapters, in words, into their page."""
        index = Path(self.outdir, "book", "figures.xhtml")
        if not index.is_file():
            return
        lists = []
        for docname in map(str, self.env.titles):
            path = Path(self.outdir, f"{docname}.xhtml")
            if docname.startswith("chapters/") and path.is_file():
                lists.append(figures_of(docname, path.read_text("utf-8")))
        text = index.read_text("utf-8")
        index.write_text(PLAIN_PLACE.sub("".join(lists), text), "utf-8")


def sections_of(listed: nodes.bullet_list) -> list[tuple[str, str]]:
    """Return the sections of a page, below its title: their anchors and words."""
    links = [
        item[0][0]
        for below in listed[0].children
        if isinstance(below, nodes.bullet_list)
        for item in below.children
        if isinstance(item, nodes.list_item)
    ]
    return [(link["anchorname"], link.astext()) for link in links]


def figures_of(docname: str, page: str) -> str:
    """Return the list of a page's figures."""
    title = re.search(r"<h1>(.*?)</h1>", page, re.DOTALL)[1]
    items = "".join(
        f'<li><a href="../{docname}.xhtml#{entry.anchor}">'
        f"{html.escape(entry.words)}</a></li>"
        for entry in entries_of(page, "")
    )
    return f"<h2>{title}</h2><ul>{items}</ul>"


def finish_page(app, pagename, templatename, context, doctree):
    """Write a page's text as a book has it."""
    if app.builder.name != "epub":
        return
    context["css_files"] = [
        sheet for sheet in context["css_files"] if SHEET in str(sheet.filename)
    ]
    context["script_files"] = []
    context["metatags"] = ""
    if "body" not in context:
        return
    body = BORROWED.sub(
        lambda match: borrow(app.env, match)["place"], context["body"]
    )
    text = as_xhtml(mark(with_colours(body)), app.builder.home)
    if pagename == toc.root_of(Path(app.srcdir)):
        home = html.escape(app.builder.home)
        note = f'<p class="still">{STILL}: <a href="{home}">{home}</a></p>'
        text = text.replace("</h1>", f"</h1>{note}", 1)
    context["body"] = text


def setup(app):
    """Connect to Sphinx, after all that adds to a page."""
    app.add_builder(BookBuilder, override=True)
    app.add_html_math_renderer(
        "mathml", (inline_math, None), (block_math, None)
    )
    app.connect("html-page-context", finish_page, priority=990)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
