"""What an experiment's code is, as one short digest.

Counted are the function that runs it, and what that uses of `recipes`, `data` and
`train`: every top-level statement, without its docstrings and comments. The mechanisms
are left out: their own tests hold them to what they are.
"""

import ast
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "attn_utils"
COUNTED = (PACKAGE / "recipes", PACKAGE / "data", PACKAGE / "train.py")


def digest_of(run: Callable) -> str:
    """Return a digest of a function and of all code of recipes that it uses."""
    module = run.__module__.removeprefix("attn_utils.").replace(".", "/")
    found = {}
    ahead = [(PACKAGE / f"{module}.py", run.__name__)]
    while ahead:
        path, name = ahead.pop()
        where = f"{path.relative_to(PACKAGE).as_posix()} {name}"
        if where in found:
            continue
        said, imported = read(path)
        if name in said:
            found[where] = code_of(path, said[name])
            used = {
                n.id for n in ast.walk(said[name]) if isinstance(n, ast.Name)
            }
            ahead.extend((path, each) for each in sorted(used - {name}))
        elif name in imported:
            ahead.append(imported[name])
    told = "\0".join(f"{where}\n{found[where]}" for where in sorted(found))
    return hashlib.sha256(told.encode()).hexdigest()[:12]


@cache
def read(path: Path) -> tuple[dict[str, ast.stmt], dict[str, tuple[Path, str]]]:
    """Return what a module says at its top, by name, and what it imports of these."""
    said, imported = {}, {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            said[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for target in getattr(node, "targets", None) or [node.target]:
                said |= {
                    n.id: node
                    for n in ast.walk(target)
                    if isinstance(n, ast.Name)
                }
        elif isinstance(node, ast.ImportFrom) and node.level:
            home = path.parents[node.level - 1] / (node.module or "").replace(
                ".", "/"
            )
            for file in (home.with_suffix(".py"), home / "__init__.py"):
                if file.is_file() and any(
                    file.is_relative_to(c) for c in COUNTED
                ):
                    for each in node.names:
                        imported[each.asname or each.name] = (file, each.name)
    return said, imported


def code_of(path: Path, statement: ast.stmt) -> str:
    """Return a statement's lines, without docstrings, comments and empty ones."""
    lines = path.read_text("utf-8").splitlines()
    decorators = getattr(statement, "decorator_list", [])
    first = min(node.lineno for node in (statement, *decorators))
    kept = dict(enumerate(lines[first - 1 : statement.end_lineno], start=first))
    for node in ast.walk(statement):
        if isinstance(
            node, ast.FunctionDef | ast.ClassDef
        ) and ast.get_docstring(node):
            words = node.body[0]
            for line in range(words.lineno, words.end_lineno + 1):
                del kept[line]
    code = (line for line in kept.values() if not line.lstrip().startswith("#"))
    return "\n".join(line for line in code if line.strip())
