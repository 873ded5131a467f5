"""Join the style sheets into one, without the rules that no page can use.

The theme brings 550 KB in ten files, most of it for icons and components that
the book does not have. A rule goes only if each of its selectors asks for a
class or an id that is written nowhere: in no page and in no script. What is dark
is kept for the screen, so that paper is light.
"""

import hashlib
import itertools
import posixpath
import re
from pathlib import Path

import tinycss2

SHEET = re.compile(
    r'\s*<link\b(?=[^>]*\brel="stylesheet")(?![^>]*\bmedia=)'
    r'[^>]*\bhref="((?:\.\./)*_static/)([^"?]+)[^"]*"[^>]*>'
)
WORD = re.compile(r"[\w-]+")
ADDRESS = re.compile(r"""url\((["']?)(?!data:|#)([^"')]+)\1\)""")
GROUPS = {"media", "supports", "container", "layer"}
DARK = re.compile(r"""\[data-theme=["']?dark["']?\]""")
LIGHT = re.compile(r"""\[data-theme=["']?light["']?\]""")
# What bootstrap.js puts together from parts.
COMPOSED = {"bs-tooltip-auto", "bs-popover-auto"}
JOINED = "styles.css"


def written(out: Path) -> set[str]:
    """Return every word of the pages and of the scripts, but for MathJax's."""
    texts = [
        path.read_text("utf-8")
        for path in (*out.rglob("*.html"), *out.rglob("*.js"))
        if "mathjax" not in path.parts
    ]
    return COMPOSED.union(*map(WORD.findall, texts))


def names(selector: list) -> list[str]:
    """Return the classes and ids that an element must have.

    What stands in brackets, as in `:not(.x)`, is a block of its own and is left
    out: such a condition never makes a rule go.
    """
    ids = [token.value for token in selector if token.type == "hash"]
    classes = [
        token.value
        for dot, token in itertools.pairwise(selector)
        if dot == "." and token.type == "ident"
    ]
    return ids + classes


def usable(selector: list, words: set[str]) -> bool:
    """Can an element match: is all it must have written somewhere?"""
    return all(
        part in words for name in names(selector) for part in WORD.findall(name)
    )


def selectors(prelude: list) -> list[list]:
    """Split the tokens before a rule's braces at their commas."""
    parts = [[]]
    for token in prelude:
        parts.append([]) if token == "," else parts[-1].append(token)
    return parts


def for_paper(heads: list[str], body: str) -> str:
    """Return a rule, its dark theme for the screen alone, its light one for paper.

    Whatever theme the reader has, on paper it is the light one.
    """
    dark = [head for head in heads if DARK.search(head)]
    light = [head for head in heads if LIGHT.search(head)]
    paper = [LIGHT.sub("[data-theme]", head) for head in light]
    rules = [
        ("", "", [head for head in heads if head not in dark]),
        ("@media screen{", "}", dark),
        ("@media print{", "}", paper),
    ]
    return "".join(
        f"{start}{','.join(some)}{{{body}}}{end}"
        for start, end, some in rules
        if some
    )


def with_paper(condition: str) -> str:
    """Return a media query by which paper is light, whatever the system is."""
    if re.match(r"\s*\(prefers-color-scheme:\s*dark\)", condition):
        return f" screen and {condition.lstrip()}"
    if re.fullmatch(r"\s*\(prefers-color-scheme:\s*light\)", condition):
        return f" print,{condition}"
    return condition


def purged(rules: list, words: set[str]) -> str:
    """Return the text of the rules that some page can use."""
    kept = []
    for rule in rules:
        if rule.type == "qualified-rule":
            asked = [s for s in selectors(rule.prelude) if usable(s, words)]
            if asked:
                heads = [tinycss2.serialize(s).strip() for s in asked]
                body = tinycss2.serialize(rule.content).strip()
                kept.append(for_paper(heads, body))
        elif rule.type == "at-rule" and rule.at_keyword in GROUPS:
            if rule.content is None:  # `@layer a, b;`
                kept.append(rule.serialize())
                continue
            inner = purged(parsed(rule.content), words)
            head = with_paper(tinycss2.serialize(rule.prelude).rstrip())
            if inner:
                kept.append(f"@{rule.at_keyword}{head}{{{inner}}}")
        elif rule.type == "comment":
            kept.append(f"\n{rule.serialize()}\n")
        elif rule.type == "at-rule":
            kept.append(rule.serialize())
    return "".join(kept)


def parsed(css) -> list:
    """Return the rules of a style sheet, and of its comments the licences."""
    rules = tinycss2.parse_rule_list(css, skip_whitespace=True)
    return [
        rule
        for rule in rules
        if rule.type != "comment" or rule.value.startswith("!")
    ]


def is_there(rule, static: Path) -> bool:
    """Does a rule point to files that are there? Icon fonts are not."""
    addresses = ADDRESS.findall(rule.serialize())
    return all((static / address).is_file() for _, address in addresses)


def rules_of(static: Path, name: str) -> list:
    """Return the rules of a style sheet and of those that it imports."""
    folder = posixpath.dirname(name)

    def join(address: str) -> str:
        return posixpath.normpath(posixpath.join(folder, address))

    text = (static / name).read_text("utf-8")
    text = ADDRESS.sub(lambda m: f'url("{join(m[2])}")', text)
    rules = []
    for rule in parsed(text):
        keyword = getattr(rule, "at_keyword", "")
        if keyword == "import":
            (address,) = (t.value for t in rule.prelude if t.type == "string")
            rules += rules_of(static, join(address))
        elif keyword == "font-face" and not is_there(rule, static):
            continue
        elif keyword != "charset":
            rules.append(rule)
    return rules


def join_sheets(app, exception):
    """Write the one style sheet, and let every page ask for it alone."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    pages = {
        path: path.read_text("utf-8")
        for path in sorted(out.rglob("*.html"))
        if "_static" not in path.parts
    }
    sheets = dict.fromkeys(
        m[2] for text in pages.values() for m in SHEET.finditer(text)
    )
    sheets.pop(JOINED, None)  # a page that this build has not written anew
    if not sheets:
        return
    rules = [rule for name in sheets for rule in rules_of(static, name)]
    css = purged(rules, written(out))
    (static / JOINED).write_text(css, "utf-8")
    version = hashlib.sha256(css.encode()).hexdigest()[:8]
    for path, text in pages.items():
        if first := SHEET.search(text):
            link = f'<link rel="stylesheet" href="{first[1]}{JOINED}?v={version}" />'
            rest = SHEET.sub("", text[first.end() :])
            path.write_text(f"{text[: first.start()]}\n  {link}{rest}", "utf-8")
    for name in sheets:
        (static / name).unlink()


def setup(app):
    """Connect to Sphinx, after the pages were mended."""
    app.connect("build-finished", join_sheets, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
