"""Mark every run of a foreign script on a page with its language.

A screen reader then changes its voice and the browser takes that language's
letters: the same Chinese character is drawn otherwise in Japanese. The source
stays plain, since a chapter is read in Colab too; here each run is found by its
letters, in the finished pages, and so in tables, captions, code and figures.
"""

import re
from pathlib import Path

HAN = r"\u3005\u3007\u3400-\u9fff\uf900-\ufaff"
KANA = r"\u3041-\u30ff\u31f0-\u31ff"
EAST = HAN + KANA
HANGUL = r"\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"
CYRILLIC = r"\u0400-\u052f"
GREEK = r"\u0370-\u03ff\u1f00-\u1fff"
# Of Chinese characters alone the language cannot be told. Those with kana are
# Japanese, and so is a day of the week (曜); all others the book's own terms.
SCRIPTS = {
    "ko": rf"\d*[{HANGUL}](?:[{HANGUL}\d ]*[{HANGUL}])?",
    "ja": rf"\d*(?=[{HAN}\d]*[{KANA}曜])[{EAST}](?:[{EAST}\d、。]*[{EAST}])?",
    "zh-Hans": rf"\d*[{HAN}](?:[{HAN}\d、。，；：（）]*[{HAN}])?",
    "ru": rf"[{CYRILLIC}](?:[{CYRILLIC}\d ,.-]*[{CYRILLIC}])?",
    # A Greek letter or two are a symbol, not a word.
    "el": rf"[{GREEK}]{{3,}}(?:[ ,.]+[{GREEK}]+)*",
}
RUN = re.compile("|".join(f"({pattern})" for pattern in SCRIPTS.values()))
SILENT = "script|style|title|desc|textarea|option"
TOKEN = re.compile(
    rf"(<!--.*?-->|<({SILENT})\b.*?</\2\s*>"
    r"""|<[a-zA-Z/!](?:[^"'>]|"[^"]*"|'[^']*')*>)""",
    re.DOTALL,
)
# A formula's source, which MathJax reads, and what has its language already.
LEFT = re.compile(r'<(?!html)[^>]*(?:\slang="|\sclass="[^"]*\bmath\b)')


def language(run: re.Match) -> str:
    """Return the language of a run that `RUN` found."""
    return list(SCRIPTS)[run.lastindex - 1]


def marked(text: str, tag: str = "span") -> str:
    """Return a text with each foreign run in an element of its language."""
    return RUN.sub(
        lambda run: f'<{tag} lang="{language(run)}">{run[0]}</{tag}>', text
    )


def rewritten(page: str, rewrite) -> str:
    """Return a page with `rewrite(text, tag)` for each of its texts.

    `tag` is the element that may stand around a part of it. What is not shown,
    formulas and what has a language of its own stay as they are.
    """
    parts, at, before, drawing = [], 0, "", False
    for token in [*TOKEN.finditer(page), None]:
        text = page[at : token.start() if token else len(page)]
        if not LEFT.match(before):
            text = rewrite(text, "tspan" if drawing else "span")
        parts.append(text)
        if token:
            before, at = token[0], token.end()
            parts.append(before)
            if before.startswith(("<svg", "</svg")):
                drawing = before[1] != "/"
    return "".join(parts)


def mark(page: str) -> str:
    """Return a page with each foreign run in its texts marked."""
    return rewritten(page, marked)


def rewrite_pages(app, exception, change):
    """Put every page that was written through `change`."""
    if exception or app.builder.name != "html":
        return
    for path in Path(app.outdir).rglob("*.html"):
        if "_static" not in path.parts:
            path.write_text(change(path.read_text("utf-8")), "utf-8")


def mark_pages(app, exception):
    """Mark the foreign runs of every page."""
    rewrite_pages(app, exception, mark)


def setup(app):
    """Connect to Sphinx, after the pages were mended."""
    app.connect("build-finished", mark_pages, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
