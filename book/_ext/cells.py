"""Lay out a chapter's code cells.

- A cell tagged hide-input (a figure, a sentence, a widget) shows what it made
  first; its code folds beneath, under a small tag at the right, and logs of
  training go in there too. MyST-NB would put a line above the picture. Who only
  hears the tags is told which of them this is, and of which section.
- `source(…)` becomes one titled block, folded, linked to The package; a cell of
  nothing else has no input, nor has one that only names what it shows, such as
  `guess.answer`.

Solutions (hide-cell) stay as MyST-NB makes them.
"""

import ast
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxTranslator

SOURCE = re.compile(r'<details class="attn-source" data-name="([\w.]+)"')
LOG = 'class="attn-log"'
PROMPT = "Show the "


class Fold(nodes.General, nodes.Element):
    """What is folded under its word: `<details>`."""


def open_fold(translator: SphinxTranslator, node: Fold) -> None:
    """Write the fold's beginning and its word."""
    classes = " ".join(node["classes"])
    word = translator.encode(node["word"]).replace("/", "/<wbr>")
    said = "".join(
        f' {name}="{translator.encode(node[key])}"'
        for name, key in (("title", "hint"), ("aria-label", "heard"))
        if node.get(key)
    )
    translator.body.append(
        f'<details class="{classes}"><summary{said}>{word}</summary>\n'
    )


def close_fold(translator: SphinxTranslator, node: Fold) -> None:
    """Write the fold's end."""
    translator.body.append("</details>\n")


def fold(kind: str, word: str, inside: list, hint: str = "") -> Fold:
    """Return a fold that shows `word` and holds `inside`."""
    return Fold("", *inside, classes=[kind], word=word, hint=hint)


def part(cell: nodes.container, kind: str) -> nodes.container | None:
    """Return a cell's input or its output, if it has one."""
    found = [n for n in cell.children if n.get("nb_element") == kind]
    return found[0] if found else None


def only_shows_source(code: str) -> bool:
    """Tell whether a cell does nothing but call `source(…)`."""
    try:
        statements = ast.parse(code).body
    except SyntaxError:  # %magic
        return False
    return bool(statements) and all(
        isinstance(line, ast.Expr)
        and isinstance(line.value, ast.Call)
        and ast.unparse(line.value.func) == "source"
        for line in statements
    )


def only_names(code: str) -> bool:
    """Tell whether a cell is no more than a name, or an attribute of one."""
    try:
        statements = ast.parse(code).body
    except SyntaxError:  # %magic
        return False
    return len(statements) == 1 and (
        isinstance(statements[0], ast.Expr)
        and isinstance(statements[0].value, ast.Name | ast.Attribute)
    )


def of_type(bundle: nodes.Node, kind: str) -> nodes.container | None:
    """Return what a captured output offers as that MIME type."""
    if not isinstance(bundle, nodes.container):
        return None
    found = [n for n in bundle.children if n.get("mime_type") == kind]
    return found[0] if found else None


def is_log(output: nodes.Node) -> bool:
    """Tell a log of training, or what was printed, from a result."""
    if "stream" in output.get("classes", []):
        return True
    text = of_type(output, "text/html")
    return text is not None and LOG in text.astext()


def show_output_first(cell: nodes.container) -> None:
    """Put a cell's code, and its logs, into a fold under what it made."""
    code, output = (
        part(cell, "cell_code_source"),
        part(cell, "cell_code_output"),
    )
    inside = [code]
    if output is not None:
        logs = [n for n in output.children if is_log(n)]
        for log in logs:
            output.remove(log)
        if logs:
            box = nodes.container("", *logs, classes=["cell_output"])
            inside.append(box)
    shown = [output] if output is not None and output.children else []
    prompt = cell["prompt_show"]
    word = prompt.removeprefix(PROMPT)
    cell.children = []
    cell += [*shown, fold("attn-code", word, inside, prompt)]
    del cell["hide_mode"]


def block(name: str, bundle: nodes.container, docname: str) -> nodes.container:
    """Return the block of a mechanism's source: its title, link and code."""
    title, code = of_type(bundle, "text/markdown").children
    link = addnodes.pending_xref(
        "",
        nodes.inline(text="The package"),
        refdomain="py",
        reftype="obj",
        reftarget=name,
        refdoc=docname,
        refexplicit=True,
        refwarn=True,
    )
    link.source, link.line = bundle.source, bundle.line
    where = nodes.paragraph("", "", link, classes=["attn-source-link"])
    return nodes.container(
        "",
        fold("attn-source", title.astext(), [code]),
        where,
        classes=["attn-source-block"],
    )


def name_folds(doctree: nodes.document) -> None:
    """Name each tag by its section, and number those of one section.

    The name begins with what is written, which control by voice goes by.
    """
    beneath = {}
    for node in doctree.findall(Fold):
        if "attn-code" in node["classes"]:
            section = node.parent
            while section and not isinstance(section, nodes.section):
                section = section.parent
            title = section[0].astext() if section else "this page"
            beneath.setdefault((title, node["word"]), []).append(node)
    for (title, word), same in beneath.items():
        for number, node in enumerate(same, 1):
            which = f" {number}" if len(same) > 1 else ""
            node["heard"] = f"{word}{which} of “{title}”"


def lay_out(app, doctree):
    """Lay out every code cell of a page."""
    for cell in list(doctree.findall(nodes.container)):
        if cell.get("nb_element") != "cell_code":
            continue
        code = part(cell, "cell_code_source")
        for bundle in list(cell.findall(nodes.container)):
            text = of_type(bundle, "text/html")
            if text is not None and (match := SOURCE.search(text.astext())):
                bundle.replace_self(block(match[1], bundle, app.env.docname))
        hidden = cell.get("hide_mode") == "input"
        if code is not None and (
            only_shows_source(code.astext())
            or (hidden and only_names(code.astext()))
        ):
            cell.remove(code)
            cell.attributes.pop("hide_mode", None)
        elif code is not None and hidden:
            show_output_first(cell)
    name_folds(doctree)


def link_to_whole(app, env, node, content):
    """Link a method that The package does not tell of to its class there."""
    name, dot, _ = node.get("reftarget", "").rpartition(".")
    if not dot or node.get("refdomain") != "py":
        return None
    return env.get_domain("py").resolve_xref(
        env, node["refdoc"], app.builder, "obj", name, node, content
    )


def setup(app):
    """Connect to Sphinx, before the widgets of the outputs get their places."""
    app.add_node(Fold, html=(open_fold, close_fold))
    app.connect("doctree-read", lay_out, priority=400)
    app.connect("missing-reference", link_to_whole)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
