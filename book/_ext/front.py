"""The pages around the chapters that the build itself fills: colophon and 404."""

import html
import platform
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlparse

from jupyter_cache import get_cache
from toc import parts_of

TOOLS = (
    "jupyter-book",
    "sphinx",
    "sphinx-book-theme",
    "myst-nb",
    "torch",
    "numpy",
    "matplotlib",
    "ipywidgets",
    "anywidget",
)
NOT_FOUND = Path(__file__).with_name("404.html")


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def runs(cache_folder: str) -> str:
    """Return when each chapter last ran and how long it took."""
    records = sorted(
        get_cache(cache_folder).list_cache_records(), key=lambda r: r.uri
    )
    return table(
        ["chapter", "last run (UTC)", "seconds"],
        [
            [
                Path(record.uri).stem.replace("_", " "),
                f"{record.created:%Y-%m-%d %H:%M}",
                f"{record.data['execution_seconds']:.0f}",
            ]
            for record in records
        ],
    )


def fill_colophon(app, docname, content):
    """Put the versions and the runs of this build into the colophon."""
    if docname != "book/colophon":
        return
    versions = [["Python", platform.python_version()]]
    versions += [[name, version(name)] for name in TOOLS]
    text = content[0].replace(
        "%VERSIONS%", table(["with", "version"], versions)
    )
    content[0] = text.replace(
        "%RUNS%", runs(app.config.nb_execution_cache_path)
    )


def contents(app) -> str:
    """Return the book's table of contents, as lists of links under headings."""
    lists = []
    for part in parts_of(Path(app.srcdir)):
        rows = []
        for entry in part.entries:
            heading = app.env.titles[entry.file].astext()
            title = entry.title or heading
            link = f'<a href="%HOME%{entry.file}.html">{html.escape(title)}</a>'
            # What the contents call by its subject asks a question.
            more = f" <span>{html.escape(heading)}</span>"
            rows.append(f"<li>{link}{'' if title == heading else more}</li>")
        caption = html.escape(part.caption)
        lists.append(f"<h2>{caption}</h2>\n<ul>{''.join(rows)}</ul>")
    return "\n".join(lists)


def write_not_found(app, exception):
    """Write the page that a host shows for an address that does not exist."""
    if exception or app.builder.name != "html":
        return
    words = {
        "%TITLE%": app.config.html_title,
        "%LISTS%": contents(app),
        "%HOME%": urlparse(app.config.html_baseurl).path or "/",
    }
    page = NOT_FOUND.read_text("utf-8")
    for mark, word in words.items():
        page = page.replace(mark, word)
    Path(app.outdir, "404.html").write_text(page, "utf-8")


def setup(app):
    """Connect to Sphinx."""
    app.connect("source-read", fill_colophon)
    app.connect("build-finished", write_not_found)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
