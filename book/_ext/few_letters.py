"""Leave in the fonts only the letters that the book writes, or a reader may type.

A font of the extended Latin script weighs 85 KB, of which a chapter needs a few
letters. A letter that is in none of the fonts comes from the reader's own, as before.
"""

import logging
import re
from pathlib import Path

import brotli  # noqa: F401, by which fontTools packs a woff2
from fontTools import subset

# As JSON writes what is not ASCII, such as the words of a widget.
ESCAPED = re.compile(r"\\u(?!d[89a-f])([0-9a-f]{4})")  # no half of a pair
# What a reader may type into a widget: ASCII and Latin-1, Greek, and Cyrillic.
ALPHABETS = (range(0x20, 0x100), range(0x386, 0x3CF), range(0x400, 0x460))
TYPED = {chr(code) for alphabet in ALPHABETS for code in alphabet}


def letters_of(out: Path) -> set[str]:
    """Return every character of the pages and of the programs beside them."""
    found = set(TYPED)
    for pattern in ("**/*.html", "_static/*.js", "_static/*.css"):
        for path in out.glob(pattern):
            text = path.read_text("utf-8")
            found.update(text)
            found.update(chr(int(code, 16)) for code in ESCAPED.findall(text))
    return found


def shorten(path: Path, letters: set[str]) -> None:
    """Rewrite a font with these letters alone."""
    options = subset.Options()
    options.flavor = "woff2"
    options.layout_features = ["*"]  # figures of one width, fractions
    options.notdef_outline = True
    options.bidi_closure = False
    font = subset.load_font(path, options)
    asked = subset.Subsetter(options)
    asked.populate(text="".join(sorted(letters)))
    asked.subset(font)
    subset.save_font(font, path, options)


def finish(app, exception):
    """Shorten every font of the text; MathJax's are asked for letter by letter."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    letters = letters_of(out)
    for path in out.glob("_static/vendor/*/*.woff2"):
        shorten(path, letters)


def setup(app):
    """Connect to Sphinx, after the pages are mended."""
    # Each step of a font is told to whoever listens; a build tells its warnings.
    logging.getLogger("fontTools").setLevel(logging.WARNING)
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
