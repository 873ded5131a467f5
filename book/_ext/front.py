"""The pages around the chapters that the build itself fills: colophon and 404."""

import platform
from importlib.metadata import version
from pathlib import Path

from jupyter_cache import get_cache

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
NOT_FOUND = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Not here · {title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  :root {{ color-scheme: light dark; }}
  body {{ display: grid; place-content: center; min-height: 90vh; margin: 1rem;
         background: light-dark(#fdfcf9, #15161a); color: light-dark(#22211e, #e6e3dc);
         font: 1.2rem/1.6 "Source Serif 4", Georgia, serif; }}
  a {{ color: inherit; }}
  :focus-visible {{ outline: 3px solid; outline-offset: 2px; }}
  @media print {{ :root {{ color-scheme: light; }} body {{ background: #fff; }} }}
</style></head>
<body><main><h1>Nobody stands here</h1>
<p>Every weight is zero, and so is the answer: this page does not exist.</p>
<p>The chapters are <a href="{home}">in the book</a>.</p></main></body></html>
"""


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


def write_not_found(app, exception):
    """Write the page that a host shows for an address that does not exist."""
    if exception or app.builder.name != "html":
        return
    page = NOT_FOUND.format(
        title=app.config.html_title, home=app.config.html_baseurl
    )
    Path(app.outdir, "404.html").write_text(page, "utf-8")


def setup(app):
    """Connect to Sphinx."""
    app.connect("source-read", fill_colophon)
    app.connect("build-finished", write_not_found)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
