"""The package page: every public name of `attn_utils`, from its docstrings.

Griffe reads the package without importing it. The `package` directive takes
the modules in reading order and gives each public name a section of its own;
`package.toml` says which chapter derives it.
"""

import html
import re
import tomllib
from pathlib import Path

import griffe
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective
from sphinx.util.logging import getLogger

PACKAGE = "attn_utils"
ROOT = Path(__file__).parents[2]
TABLE = ROOT / "book" / "package.toml"
BIBLIOGRAPHY = ROOT / "book" / "references.bib"
TENSOR = re.compile(r"(Float|Bool|Int)\[Tensor, '?([^\]']*)'?\]")
CITED = re.compile(r"\b([A-Z]\w+)(?:\s+et\s+al\.|\s+and\s+\w+)?\s+(\d{4})\b")
NAMED_RETURNS = re.compile(r"^(?:Returns|Yields):\n\s+\w+:", re.MULTILINE)
SOURCE = re.compile(r"^Source: (.*?)(?:\n\n|\Z)", re.DOTALL | re.MULTILINE)
SHOWN_PARTS = {"text", "parameters", "returns", "yields", "raises"}
KINDS = {"Float": "", "Bool": "bool ", "Int": "int "}
STARS = {"variadic positional": "*", "variadic keyword": "**"}


def load() -> griffe.Module:
    """Read the package's source."""
    return griffe.load(PACKAGE, search_paths=[ROOT], allow_inspection=False)


def public(package: griffe.Module, module: str) -> dict[str, griffe.Object]:
    """Return a module's functions and classes, as a reader writes their names.

    They are those that the package exports; for a module of which it exports
    nothing, what its `__all__` lists, or else those of its own.
    """
    known = package[module].members
    listed = package[module].exports
    own = {k: v for k, v in known.items() if not v.is_alias and is_call(v)}
    exported = {k: v for k, v in own.items() if k in package.exports}
    if exported:
        return exported
    if listed is None:
        found = {k: v for k, v in own.items() if v.is_public}
    else:
        found = {k: known[k] for k in known if k in listed}
    return {
        f"{module}.{name}": member.final_target if member.is_alias else member
        for name, member in found.items()
        if is_call(member)
    }


def is_call(member) -> bool:
    """Tell whether a member is a function or a class, wherever it stands."""
    try:
        return member.is_function or member.is_class
    except griffe.AliasResolutionError:  # one name of several, `A, B = …`
        return False


def constants(package: griffe.Module, module: str) -> list[str]:
    """Return what else a module's `__all__` lists."""
    calls = public(package, module)
    listed = package[module].exports or []
    return [name for name in listed if f"{module}.{name}" not in calls]


def chapter_of(name: str) -> tuple[str, str] | None:
    """Return number and title of the chapter that derives a public name."""
    chapters = tomllib.loads(TABLE.read_text("utf-8"))
    for key in (name, name.rpartition(".")[0]):
        for number, chapter in chapters.items():
            if key in chapter["names"]:
                return number, chapter["title"]
    return None


def readable(annotation) -> str:
    """Return a type with tensors as their shapes: `bool (tokens, tokens)`."""

    def shape(match) -> str:
        axes = match[2].replace("...", "…").split()
        comma = "," if len(axes) == 1 and axes != ["…"] else ""
        return f"{KINDS[match[1]]}({', '.join(axes)}{comma})"

    return TENSOR.sub(shape, str(annotation))


def sections(thing: griffe.Object) -> dict[str, list]:
    """Return a docstring's parts: text, parameters, returns, raises."""
    found = {}
    if thing.docstring:
        named = bool(NAMED_RETURNS.search(thing.docstring.value))
        for part in thing.docstring.parse(
            "google",
            warnings=False,
            returns_multiple_items=named,
            returns_named_value=named,
        ):
            value = part.value if isinstance(part.value, list) else [part.value]
            found.setdefault(part.kind.value, []).extend(value)
    return found


def parameters(thing: griffe.Object) -> list[griffe.Parameter]:
    """Return what a call takes; a named tuple takes its fields."""
    if thing.is_class and "NamedTuple" in map(str, thing.bases):
        return [
            griffe.Parameter(name, annotation=field.annotation)
            for name, field in thing.members.items()
            if field.is_attribute
        ]
    given = getattr(thing, "parameters", [])
    return [p for p in given if p.name not in ("self", "cls")]


def is_field(item, thing: griffe.Function) -> bool:
    """Tell whether a returned item is part of a whole that has its own type."""
    return bool(item.name) and str(item.annotation) == str(thing.returns)


def signature(thing: griffe.Object) -> tuple[str, str]:
    """Return the arguments with their defaults, and the name of the result."""
    words, bare = [], False
    for parameter in parameters(thing):
        kind = parameter.kind.value if parameter.kind else ""
        bare |= kind == "variadic positional"
        if kind == "keyword-only" and not bare:
            words.append("*")
            bare = True
        default = None if kind in STARS else parameter.default
        words.append(STARS.get(kind, "") + parameter.name.lstrip("*"))
        words[-1] += "" if default is None else f"={default}"
    arguments = "" if thing.is_attribute else f"({', '.join(words)})"
    result = thing.annotation if thing.is_attribute else None
    if thing.is_function:
        given = sections(thing).get("returns", [])
        named = [
            item.name
            for item in given
            if item.name and not is_field(item, thing)
        ]
        result = ", ".join(named) or thing.returns
    shown = re.sub(r"^tuple\[(.*)\]$", r"\1", readable(result))
    return arguments, "" if shown == "None" else shown


def with_citations(text: str) -> str:
    """Return Markdown that cites each "Author et al. 2017" of the references."""
    keys = re.findall(r"@\w+\{(\w+),", BIBLIOGRAPHY.read_text("utf-8"))

    def cite(match) -> str:
        key = match[1].lower() + match[2]
        return f"{{cite:t}}`{key}`" if key in keys else match[0]

    return CITED.sub(cite, text)


def source_of(thing: griffe.Object) -> str:
    """Return where a mechanism comes from, as its docstring says."""
    found = SOURCE.search(thing.docstring.value)
    return f"Source: {with_citations(found[1])}" if found else ""


def with_links(text: str, names) -> str:
    """Return Markdown that links each name which could be nothing else.

    "The Transformer" may be the idea, and `rotate` an argument; EncoderLayer
    and `split_heads` are the package's.
    """
    clear = [
        n for n in names if re.fullmatch(r"[A-Z]+[a-z]\w*[A-Z]\w*|\w+_\w+", n)
    ]
    if not clear:
        return text
    known = re.compile(rf"(?<![\w.`])(`?)({'|'.join(clear)})\1(?![\w`(]|\.\w)")
    return known.sub(rf"{{py:obj}}`\2 <{PACKAGE}.\2>`", text)


def members(thing: griffe.Class, shown: dict[str, str]):
    """Return a class's documented members, and those told at another class."""
    own, told = {"forward": None}, {}
    for name, member in thing.all_members.items():
        if name.startswith("_") or not member.has_docstring:
            continue
        home = member.canonical_path.rpartition(".")[0]
        if home != thing.path and home in shown:
            told.setdefault(shown[home], []).append(name)
        else:
            own[name] = member
    return {k: v for k, v in own.items() if v is not None}, told


def kinds_of(lines) -> dict[str, list[str]]:
    """Return the modules of each kind, from lines such as `Data: data`."""
    kinds = {}
    for line in lines:
        kind, _, modules = line.rpartition(":")
        kinds.setdefault(kind.strip(), []).extend(modules.split())
    return kinds


def first_line(thing: griffe.Object) -> str:
    """Return what a name is for, as HTML."""
    text = "".join(sections(thing).get("text", [])[:1]).partition("\n\n")[0]
    return re.sub(
        r"`+([^`]+)`+", r"<code>\1</code>", html.escape(" ".join(text.split()))
    )


def index_of(package: griffe.Module, kinds: dict[str, list[str]]) -> str:
    """Return a table of the names of each kind, folded where its names are helpers."""
    folds = []
    for kind, modules in kinds.items():
        names = [n for m in modules for n in public(package, m).items()]
        rows = "".join(
            f'<tr><th scope="row"><a href="#{PACKAGE}.{short}"><code>{short}</code>'
            f"</a></th><td>{first_line(thing)}</td></tr>"
            for short, thing in names
        )
        helpers = any("." in short for short, _ in names)
        folds.append(
            f'<details class="attn-kind"{"" if helpers else " open"}>'
            f"<summary>{html.escape(kind or 'Names')} · {len(names)}</summary>"
            f"<table><tbody>{rows}</tbody></table></details>"
        )
    return f'<nav class="attn-names" aria-label="Names">{"".join(folds)}</nav>'


class Package(SphinxDirective):
    """`{package}`, and below it the modules in reading order, a line for a kind."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the list of modules, that of names, and a section for each."""
        package = load()
        read = [TABLE, BIBLIOGRAPHY, *package.filepath.parent.rglob("*.py")]
        for path in read:
            self.env.note_dependency(str(path))
        kinds = kinds_of(self.content)
        modules = [module for some in kinds.values() for module in some]
        self.shown = {
            thing.path: short
            for module in modules
            for short, thing in public(package, module).items()
        }
        jump = nodes.bullet_list(classes=["attn-jump"])
        for module in modules:
            link = nodes.reference("", "", refuri=f"#module-{PACKAGE}.{module}")
            link += nodes.literal(text=module)
            jump += nodes.list_item("", nodes.paragraph("", "", link))
        index = nodes.raw("", index_of(package, kinds), format="html")
        return [
            jump,
            index,
            *(self.module(package, module) for module in modules),
        ]

    def prose(self, text: str) -> list[nodes.Node]:
        """Return the nodes of a docstring's Markdown."""
        box = nodes.container()
        text = with_links(text, self.shown.values())
        lines = StringList(text.splitlines(), source=self.get_source_info()[0])
        self.state.nested_parse(lines, self.content_offset, box)
        return box.children

    def module(self, package: griffe.Module, name: str) -> nodes.section:
        """Return a module's section with one for each of its names."""
        section = nodes.section(
            "",
            nodes.title(text=name),
            ids=[f"module-{PACKAGE}.{name}"],
            classes=["attn-module"],
        )
        section += self.prose(package[name].docstring.value)
        others = ", ".join(f"`{word}`" for word in constants(package, name))
        section += self.foot(f"Constants: {others}." if others else "")
        for short, thing in public(package, name).items():
            section += self.entry(f"{PACKAGE}.{short}", short, thing)
        return section

    def entry(self, target: str, short: str, thing) -> nodes.section:
        """Return the section of a function or class."""
        section = nodes.section(
            "",
            nodes.title(text=thing.name),
            ids=[target],
            classes=["attn-entry"],
        )
        self.note(target, thing)
        first, line, rest = self.described(short, thing)
        section += [*first, line, *rest]
        if thing.is_class:
            own, told = members(thing, self.shown)
            for name, member in own.items():
                path = f"{target}.{name}"
                free = member.labels & {"classmethod", "staticmethod"}
                call = short if free else ""
                first, line, rest = self.described(f"{call}.{name}", member)
                rest += self.foot(source_of(member))
                section += nodes.container(
                    "", line, *first, *rest, ids=[path], classes=["attn-method"]
                )
                self.note(path, member)
            for home, names in told.items():
                listed = " and ".join(f"`.{name}`" for name in names)
                link = f"{{py:obj}}`{home} <{PACKAGE}.{home}>`"
                section += self.prose(f"{listed} as in {link}.")
        section += self.foot(source_of(thing), self.origin(short))
        return section

    def note(self, path: str, thing) -> None:
        """Tell Sphinx where a name stands, for its search and its links."""
        kind = "class" if thing.is_class else "function"
        domain = self.env.get_domain("py")
        domain.note_object(path, kind, path, location=self.get_location())

    def described(self, call: str, thing) -> tuple[list, nodes.Node, list]:
        """Return the first line, the signature, and text and arguments."""
        parts = sections(thing)
        text = "\n\n".join(parts.get("text", []))
        first, _, rest = text.partition("\n\n")
        rest = SOURCE.sub("", rest)
        for unknown in parts.keys() - SHOWN_PARTS:
            self.warn(f"{thing.path} has {unknown}, which the page leaves out")
        arguments, result = signature(thing)
        line = nodes.paragraph(classes=["attn-signature"])
        line += nodes.strong("", "", nodes.literal(text=call))
        line += nodes.literal(text=arguments)
        if result:
            line += [nodes.Text(" → "), nodes.literal(text=result)]
        table = self.arguments_of(thing, parts)
        return self.prose(first), line, [*self.prose(rest), *table]

    def arguments_of(self, thing, parts) -> list[nodes.Node]:
        """Return a list of what goes in, what comes out and what is raised."""
        told = {p.name: p.description for p in parts.get("parameters", [])}
        if thing.is_class and not told:  # as its base class says
            for base in thing.mro():
                given = sections(base).get("parameters", [])
                told = told or {p.name: p.description for p in given}
        rows = []
        for parameter in parameters(thing):
            kind = parameter.annotation
            shape = readable(kind) if kind else ""
            text = told.get(parameter.name.lstrip("*"), "")
            if shape or text:
                rows.append(("", parameter.name, shape, text))
        for word in ("returns", "yields"):
            for item in parts.get(word, []):
                kind = "" if is_field(item, thing) else item.annotation
                shape = readable(kind or "")
                rows.append((word, item.name, shape, item.description))
        for item in parts.get("raises", []):
            rows.append(("raises", "", str(item.annotation), item.description))
        table = nodes.definition_list()
        for word, name, shape, text in rows:
            term = nodes.term("", f"{word} " if word else "")
            if name:
                term += nodes.strong("", "", nodes.literal(text=name))
                term += nodes.Text(" ")
            if shape:
                term += nodes.literal(text=shape)
            table += nodes.definition_list_item(
                "", term, nodes.definition("", *self.prose(text))
            )
        return [table] if rows else []

    def origin(self, short: str) -> str:
        """Say which chapter derives a name."""
        chapter = chapter_of(short)
        if chapter is None:
            self.warn(f"{short} has no chapter in {TABLE.name}")
            return ""
        verb = "First used" if "." in short else "Derived"
        words = f"chapter {chapter[0]} · {chapter[1]}"
        for doc in self.env.found_docs:
            if doc.startswith(f"chapters/{chapter[0]}_"):
                return f"{verb} in [{words}](../{doc}.ipynb)."
        return f"{verb} in {words}, to come."

    def foot(self, *sentences: str) -> list[nodes.Node]:
        """Return the small line that ends an entry, if it says anything."""
        text = " ".join(filter(None, sentences))
        line = nodes.container("", *self.prose(text), classes=["attn-origin"])
        return [line] if text else []

    def warn(self, text: str) -> None:
        """Warn, so that the book is not built; the draft is."""
        getLogger(__name__).warning(text, location=self.get_location())


def setup(app):
    """Add the directive."""
    app.add_directive("package", Package)
    app.add_js_file("package.js")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
