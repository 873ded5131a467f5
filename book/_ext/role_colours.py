r"""Give the symbols of a formula the colour of their role.

The Markdown stays plain TeX, as Colab shows it. Here bold q, k and v (and the
matrices of their rows, Q, K and V) and an α with its key's index are wrapped in
MathJax's `\class`; the style sheet colours the class, so that it follows the
theme. What stands in a subscript is never wrapped, and a bare α neither: it may
be anything, a learning rate for one.

The wrapped TeX stands beside the plain one, in `data-tex`, whence `math.js` takes
it: until the formula is set, and without JavaScript, the plain one is read.
"""

import html
import re

# Sphinx's: a number may stand before a formula of its own line.
FORMULA = re.compile(
    r'(<(?:span|div) class="math notranslate nohighlight"(?: id="[^"]*")?)>'
    r'(\s*<span class="eqno">.*?</a></span>)?([^<]*)',
    re.DOTALL,
)
ROLES = {"q": "query", "k": "key", "v": "value"}
BOLD = re.compile(
    r"\\(?:mathbf|boldsymbol)(?:\s*\{\s*([qkvQKV])\s*\}|\s+([qkvQKV]))"
)
ALPHA = re.compile(r"\\alpha")  # no script follows \alphabet at once
COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)", re.DOTALL)
SCRIPT = re.compile(r"\s*([_^'])\s*")
# An index counts: letters, digits, and what joins them; no word such as \text.
INDEX = re.compile(r"[\w\s,:+\-']+")


def wrapped(role: str, tex: str) -> str:
    """Return TeX in the colour of a role."""
    return rf"\class{{attn-{role}}}{{{tex}}}"


def argument(tex: str, start: int) -> int:
    """Return where the script that begins at `start` ends."""
    end = start
    if command := COMMAND.match(tex, start):
        end = command.end()
        if not tex.startswith("{", end):  # a symbol; else \text{model}, say
            return end
    if not tex.startswith("{", end):
        return end + 1
    depth = 0
    while end < len(tex):
        depth += {"{": 1, "}": -1}.get(tex[end], 0)
        end += 2 if tex[end] == "\\" else 1  # \{ is no brace of ours
        if depth == 0:
            break
    return min(end, len(tex))


def scripts(tex: str, start: int) -> tuple[list[tuple[str, str]], int]:
    """Return the scripts of the symbol before `start`, and where they end."""
    found = []
    while match := SCRIPT.match(tex, start):
        start = match.end() if match[1] == "'" else argument(tex, match.end())
        found.append((match[1], tex[match.end() : start]))
    return found, start


def weight(found: list[tuple[str, str]]) -> str | None:
    """Return an α with these scripts in its colour; None if it is no weight."""
    index = [text for mark, text in found if mark == "_"]
    if not index or not INDEX.fullmatch(index[0].strip("{}")):
        return None
    if len(found) == 1:
        return wrapped("weight", rf"\alpha_{index[0]}")
    # A power stays in ink, and stays above the index.
    inside = index[0].removeprefix("{").removesuffix("}")
    return wrapped("weight", r"\alpha") + "".join(
        f"_{{{wrapped('weight', inside)}}}" if mark == "_" else mark + text
        for mark, text in found
    )


def coloured(tex: str) -> str:
    """Return TeX with each query, key, value and weight in its role's colour."""
    parts, at = [], 0
    while at < len(tex):
        if bold := BOLD.match(tex, at):
            role = ROLES[(bold[1] or bold[2]).lower()]
            parts.append(wrapped(role, bold[0]))
            at = bold.end()
        elif alpha := ALPHA.match(tex, at):
            found, end = scripts(tex, alpha.end())
            text = weight(found)
            at = alpha.end() if text is None else end
            parts.append(alpha[0] if text is None else text)
        elif tex[at] == "_":
            start = SCRIPT.match(tex, at).end()
            end = argument(tex, start)
            parts.append(tex[at:end])
            at = end
        else:
            command = COMMAND.match(tex, at)
            end = command.end() if command else at + 1
            parts.append(tex[at:end])
            at = end
    return "".join(parts)


def beside(match: re.Match) -> str:
    """Return a formula's HTML with its coloured TeX beside the plain one."""
    head, label, text = match.groups()
    tex = html.unescape(text.strip())
    if tex[:2] in (r"\(", r"\["):
        tex = tex[2:-2]
    wrapped_tex = coloured(tex)
    if wrapped_tex == tex:
        return match[0]
    data = html.escape(wrapped_tex).replace("\n", "&#10;")
    return f'{head} data-tex="{data}">{label or ""}{text}'


def colour(app, pagename, templatename, context, doctree):
    """Colour every formula of a page, wherever it stands."""
    if "body" in context:
        context["body"] = FORMULA.sub(beside, context["body"])


def setup(app):
    """Connect to Sphinx."""
    app.connect("html-page-context", colour)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
