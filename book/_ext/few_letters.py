"""Leave in the fonts only what the book writes, or a reader may type.

That is a few letters of an extended Latin script that weighs 85 KB, in the weights and
with the features that the style sheets ask for. A letter that is in none of the fonts
comes from the reader's own, as before.
"""

import html
import logging
import re
from pathlib import Path

import brotli  # noqa: F401, by which fontTools packs a woff2
from fontTools import subset
from fontTools.varLib import instancer

# As JSON writes what is not ASCII, such as the words of a widget.
ESCAPED = re.compile(r"\\u(?!d[89a-f])([0-9a-f]{4})")  # no half of a pair
# What a reader may type into a widget: ASCII and Latin-1, Greek, and Russian.
ALPHABETS = (range(0x20, 0x100), range(0x386, 0x3CF), range(0x410, 0x450))
TYPED = {chr(code) for alphabet in ALPHABETS for code in alphabet} | {"Ё", "ё"}
# No widget writes in these, so that neither its texts count nor what is typed into it.
# The search is typed in them, which is mostly ASCII.
DATA = re.compile(r'<script type="application/json".*?</script>', re.DOTALL)
READ = ("source-serif-4", "source-serif-4-italic")
ASCII = {chr(code) for code in range(0x20, 0x7F)}

# What fonts.css says that there is, from regular to bold.
WEIGHTS = (400, 700)
# Accents and spacing, f with i as one, digits of one width. Arrows made of two signs
# are not wanted: what stands in code is what is typed.
FEATURES = ["ccmp", "locl", "mark", "mkmk", "kern", "liga", "tnum"]


def letters_of(out: Path, data: bool = True) -> set[str]:
    """Return every character of the pages and of the programs beside them.

    Without the widgets' data, if `data` is False.
    """
    found = set()
    for pattern in ("**/*.html", "_static/*.js", "_static/*.css"):
        for path in out.glob(pattern):
            text = html.unescape(path.read_text("utf-8"))
            if not data:
                text = DATA.sub("", text)
            found.update(text)
            found.update(chr(int(code, 16)) for code in ESCAPED.findall(text))
    return found


def shorten(path: Path, letters: set[str]) -> None:
    """Rewrite a font with these letters alone, in the book's weights."""
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = FEATURES
    options.notdef_outline = True
    options.bidi_closure = False
    font = subset.load_font(path, options)
    asked = subset.Subsetter(options)
    asked.populate(text="".join(sorted(letters)))
    asked.subset(font)
    if "fvar" in font:
        font = instancer.instantiateVariableFont(font, {"wght": WEIGHTS})
    subset.save_font(font, path, options)


def finish(app, exception):
    """Shorten every font of the text; MathJax's are asked for letter by letter."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    written = letters_of(out) | TYPED
    read = letters_of(out, data=False) | ASCII
    for path in out.glob("_static/vendor/*/*.woff2"):
        shorten(path, read if path.parent.name in READ else written)


def setup(app):
    """Connect to Sphinx, after the pages are mended."""
    # Each step of a font is told to whoever listens; a build tells its warnings.
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
