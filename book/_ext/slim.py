"""Leave out of each page what the book does not use, and mend what it does.

The theme brings 1.5 MB of icon script, two icon fonts, and Thebe's scripts even
when live code is off, twice, which is an error in every page's console. Here
the icons become inline SVG, and the rest goes. No script holds up the page, and
MathJax comes to pages with formulas only.
"""

import json
import re
import shutil
from pathlib import Path

ICONS = (
    Path(__file__).parents[1] / "_assets" / "vendor" / "fontawesome" / "svgs"
)
ICON = re.compile(
    r'<(i|span)\s+class="([^"]*\bfa[bsr]?\b[^"]*|[^"]*\bfa-(?:solid|brands)\b[^"]*)"'
    r"([^>]*)>\s*</\1>"
)
UNUSED = (
    "_static/scripts/fontawesome.js*",
    "_static/**/*.map",
    "_static/webpack-macros.html",
    "_static/sbt-webpack-macros.html",
    "_static/vendor/fontawesome/webfonts",
    "_static/vendor/fontawesome/svgs",
    "_static/sphinx-thebe.*",
)


# Which text asks for which font; the other alphabets' others come when needed.
FONTS = (
    ("", "source-serif-4/source-serif-4-latin-wght-normal"),
    ("[\u0400-\u045f]", "source-serif-4/source-serif-4-cyrillic-wght-normal"),
    ("", "inter/inter-latin-wght-normal"),
    ("<em", "source-serif-4-italic/source-serif-4-latin-400-italic"),
    ("<code", "jetbrains-mono/jetbrains-mono-latin-wght-normal"),
)
FETCH = """
if (location.protocol !== "file:") for (const href of %s) {
  const how = { rel: "preload", as: "font", type: "font/woff2", crossOrigin: "" };
  document.head.append(Object.assign(document.createElement("link"), { ...how, href }));
}
"""
SCRIPT = re.compile(r"<script(?=[^>]*\ssrc=)(?![^>]*\s(?:async|defer))")
OPTIONS = re.compile(
    r'<script src="[^"]*_static/(documentation_options\.js)[^"]*"></script>'
)
# For a search in the margin, which is off; the search page has its own.
SEARCH = re.compile(
    r'\s*<script src="[^"]*(?:searchtools|language_data|searchindex)\.js[^"]*">'
    r"</script>"
)
FOOT = re.compile(
    r'\s*<footer class="bd-footer-content">.*?</footer>', re.DOTALL
)
WAY_ON = re.compile(r'<footer class="prev-next-footer.*?</footer>', re.DOTALL)


def identity(asset) -> tuple:
    """Return what makes two assets the same: the address and the text."""
    filename = getattr(asset, "filename", str(asset))
    return str(filename), str(getattr(asset, "attributes", {}).get("body", ""))


def drop_unused(app, pagename, templatename, context, doctree):
    """Filter the page's scripts and style sheets."""
    # Buttons and tabs that no page of the book has.
    unwanted = ["thebe", "togglebutton", "design-tabs"]
    if 'class="math' not in context.get("body", ""):
        unwanted += ["mathjax", "math.js"]
    if 'class="attn-names"' not in context.get("body", ""):
        unwanted += ["package.js"]
    for kind in ("script_files", "css_files"):
        seen, kept = set(), []
        for asset in context.get(kind, []):
            name = identity(asset)
            words = "".join(name).lower()
            if name in seen or any(word in words for word in unwanted):
                continue
            seen.add(name)
            kept.append(asset)
        context[kind] = kept


def fetch_fonts(app, pagename, templatename, context, doctree):
    """Ask for the fonts that the text will need, so that it stays put.

    A script does so, as soon as the style is there: a plain preload would hold
    up a slow connection, and from the disk it is an error.
    """
    text = context.get("body", "")
    wanted = [
        context["pathto"](f"_static/vendor/{name}.woff2", True)
        for mark, name in FONTS
        if text and re.search(mark, text)
    ]
    if wanted:
        app.add_js_file(None, body=FETCH % json.dumps(wanted))


def icon(match) -> str:
    """Return the inline SVG of a Font Awesome element."""
    _, classes, attributes = match.groups()
    words = re.findall(r"\bfa-([\w-]+)", classes)
    found = [
        path
        for name in words
        for path in (
            ICONS / "solid" / f"{name}.svg",
            ICONS / "brands" / f"{name}.svg",
        )
        if path.is_file()
    ]
    if not found:
        raise LookupError(
            f"no icon vendored for {classes!r}; see tools/vendor.toml"
        )
    svg = re.sub(r"<!--.*?-->", "", found[0].read_text("utf-8"))
    kept = " ".join(["attn-icon", *classes.split()])
    attributes = re.sub(r'\s*title="[^"]*"', "", attributes)
    return svg.replace(
        "<svg ", f'<svg class="{kept}" aria-hidden="true"{attributes} ', 1
    )


def mend(page: str) -> str:
    """Return a page with inline icons and without what they replace."""
    page = ICON.sub(icon, page)
    page = re.sub(
        r"\s*<(script|link)[^>]*fontawesome[^>]*>(</script>)?", "", page
    )
    page = re.sub(
        r'\s*<script type="text/x-thebe-config">.*?</script>',
        "",
        page,
        flags=re.DOTALL,
    )
    page = re.sub(r"\s*<script>kernelName = '[^']*'</script>", "", page)
    # Roles that are deprecated, or that want children which they do not get.
    page = re.sub(r' role="(?:doc-biblioentry|list)"', "", page)
    # The book's name at the top of the sidebar belongs to a landmark.
    page = re.sub(
        r'<div class="sidebar-primary-item">(?=\s*<a class="navbar-brand)',
        '<div class="sidebar-primary-item" role="navigation" aria-label="Home">',
        page,
    )
    # Its contents at the side come after the article, which must not move then.
    if 'class="bd-sidebar-secondary' in page:
        page = page.replace(
            '<div class="bd-content">', '<div class="bd-content attn-beside">'
        )
    # The book's foot stands in the column of the text, as the way on does.
    if foot := FOOT.search(page):
        page = page[: foot.start()] + page[foot.end() :]
        page = WAY_ON.sub(lambda way: way[0] + foot[0], page)
    # A picture of what the word beside it says.
    page = re.sub(r"<img[^>]*logo_colab[^>]*>", "", page)
    # A name that differs from what is written breaks control by voice.
    page = re.sub(r'(<summary)\s+aria-label="[^"]*"', r"\1", page)
    return page


def unblock(page: str, options: str) -> str:
    """Return a page whose scripts wait until its text is there.

    Scripts within the page lean on the few lines of `options`: those move into it.
    """
    page = OPTIONS.sub(lambda _: f"<script>{options}</script>", page)
    page = re.sub(r'\s*<link rel="preload" as="script"[^>]*/>', "", page)
    head, end, body = page.partition("</head>")
    return SCRIPT.sub("<script defer", head) + end + body


def finish(app, exception):
    """Mend every page that was written, and remove what none asks for."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    options = (out / "_static" / "documentation_options.js").read_text("utf-8")
    for path in out.rglob("*.html"):
        if "_static" not in path.parts:
            text = mend(path.read_text("utf-8"))
            if path.name != "search.html":
                text = SEARCH.sub("", text)
            path.write_text(unblock(text, options), "utf-8")
    for pattern in UNUSED:
        for path in out.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def setup(app):
    """Connect to Sphinx, after every extension has added its scripts."""
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("html-page-context", fetch_fonts)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
