"""The sources with which a mutant was noticed, as one short digest.

While the digest stays the same, the same test would notice the same mutant; so
`make test` tries it again only by turns. A file counts with all modules that it
names, and those that they name. Packages named as a whole do not count: with them
every change would change every digest. What that leaves out, the turns find.
"""

import ast
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parent.parent
ROOT = TESTS.parent
WIDGETS = ROOT / "attn_utils" / "widgets"
# Where a module of this repository may be found by its name alone.
PLACES = (TESTS, TESTS / "browser", ROOT / "tools", ROOT / "book/_ext", ROOT)
IMPORTED = re.compile(r'^(?:import|\}).* from "(\.[^"]+)";', re.MULTILINE)


def names_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield every module that a Python file may import: (dots before it, its name)."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from ((0, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield node.level, module
            for each in node.names:
                yield node.level, f"{module}.{each.name}".lstrip(".")


def named_by(path: Path) -> set[Path]:
    """Return the files of this repository that a file names."""
    text = path.read_text("utf-8")
    found = set()
    if path.suffix == ".js":
        found |= {path.parent / name for name in IMPORTED.findall(text)}
    elif path.suffix == ".py":
        for level, name in names_in(text):
            file = f"{name.replace('.', '/')}.py"
            places = [path.parents[level - 1]] if level else PLACES
            found |= {place / file for place in places}
    if path.parent.parent == WIDGETS and path.parent.name != "parts":
        found |= {each for each in path.parent.iterdir() if each.is_file()}
    return {each.resolve() for each in found if each.is_file()}


@cache
def used_by(path: Path) -> tuple[Path, ...]:
    """Return a file, and all that it names, and all that they name, in order."""
    found, ahead = set(), [path.resolve()]
    while ahead:
        each = ahead.pop()
        if each not in found:
            found.add(each)
            ahead.extend(named_by(each))
    return tuple(sorted(found))


@cache
def digest_of(path: Path) -> bytes:
    """Return a digest of what a file and all that it uses say."""
    held = hashlib.sha256()
    for each in used_by(path):
        held.update(each.relative_to(ROOT.resolve()).as_posix().encode())
        held.update(hashlib.sha256(each.read_bytes()).digest())
    return held.digest()


def digest(mutant, path: Path, test: str) -> str:
    """Return the digest of a mutant of `path` and of the test that noticed it."""
    held = hashlib.sha256("\0".join((*mutant, test)).encode())
    held.update(digest_of(path))
    held.update(digest_of(TESTS / test.partition("::")[0]))
    return held.hexdigest()[:12]
