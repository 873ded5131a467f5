"""Give each page's header a form for phones: menu, section, search, and the rest.

What the theme puts into one row is too much for a narrow screen. There the title of
what is being read stands in the middle, and one button holds all but menu and search:
a popover, which opens, closes and gives back the focus without a script. On a wide
screen the style sheet lays it out in the row as before.
"""

import html
import re

from languages import rewrite_pages

ROW = re.compile(
    r'(<div class="article-header-buttons">)(.*?)(</div></div>\s*</div>\s*</div>)',
    re.DOTALL,
)
SEARCH = re.compile(
    r'<button class="[^"]*\bsearch-button\b[^"]*".*?</button>', re.DOTALL
)
END = '<div class="header-article-items__end">'
TITLE = re.compile(r"<h1>(.*?)(?:<a class=\"headerlink|</h1>)", re.DOTALL)
NUMBER = re.compile(r'<span class="section-number">.*?</span>')
MORE = (
    '<button class="btn btn-sm attn-more-button" type="button" '
    'popovertarget="attn-more" aria-controls="attn-more" aria-expanded="false" '
    'aria-label="More"><svg class="attn-icon" aria-hidden="true" '
    'viewBox="0 0 512 512"><circle cx="80" cy="256" r="52"/>'
    '<circle cx="256" cy="256" r="52"/><circle cx="432" cy="256" r="52"/>'
    "</svg></button>"
)
MENU = '<noscript><a class="btn btn-sm" href="#pst-primary-sidebar">Menu</a></noscript>'
# A word that a list needs and a row of icons does not.
WORD = r'<span class="attn-word">{}</span>'
# What the theme calls a thing, and what a reader would.
NAMES = {
    'title="Toggle primary sidebar"': "Menu",
    'title="Toggle secondary sidebar"': "Contents",
    'title="Fullscreen mode"': "Full screen",
    'aria-label="Color mode" data-bs-title="Color mode"': "Theme",
}
FORMATS = {".ipynb": "Download ", ".md": "Download ", ".pdf": "Print to "}


def named(top: str) -> str:
    """Return a header whose buttons have names that say what they do."""
    for old, name in NAMES.items():
        word = WORD.format(name) if name != "Menu" else ""
        top = re.sub(
            rf"{re.escape(old)}(.*?)(?=</button>)",
            rf'title="{name}" aria-label="{name}"\1{word}',
            top,
            flags=re.DOTALL,
        )
    for ending, verb in FORMATS.items():
        box = '<span class="btn__text-container">'
        top = top.replace(f"{box}{ending}", box + WORD.format(verb) + ending)
    return top


def with_header(page: str) -> str:
    """Return a page whose header has both of its forms."""
    found = ROW.search(page)
    if not found:
        return page
    row = found[2]
    search = SEARCH.search(row)
    rest = SEARCH.sub("", row)
    buttons = (
        f"{found[1]}{search[0] if search else ''}{MORE}"
        f'<div class="attn-more" id="attn-more" popover>{rest}</div>{found[3]}'
    )
    title = NUMBER.sub("", TITLE.search(page, found.end())[1])
    title = html.unescape(re.sub(r"<[^>]*>", "", title)).strip()
    at = f'<a class="attn-at" href="#main-content">{html.escape(title)}</a>'
    head, middle, start = page[: found.start()].rpartition(END)
    head = head.replace(
        '<button class="sidebar-toggle primary-toggle',
        f'{MENU}<button class="sidebar-toggle primary-toggle',
    )
    top = f"{head}{at}\n    {middle}{start}{buttons}"
    return named(top) + page[found.end() :]


def mend_headers(app, exception):
    """Write both forms into every page."""
    rewrite_pages(app, exception, with_header)


def setup(app):
    """Connect to Sphinx, after the pages got their icons."""
    app.add_js_file("header.js")
    app.connect("build-finished", mend_headers, priority=550)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
