"""Fill the page "Formulas": those of the chapters, with the lines that compute them.

The formulas stand in the chapters alone, the names and the lines of code in
formulas.toml; a test holds that no formula is missing and that every line stands
where it is said to.
"""

import json
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from mdit_py_plugins.anchors.index import slugify
from toc import titles_of

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "book" / "formulas.toml"
# A heading, a formula in a line of its own, or one in the text.
PARTS = re.compile(
    r"^#+ (?P<heading>[^\n]*)$|\$\$(?P<shown>.*?)\$\$|\$(?P<inline>[^$]+)\$",
    re.MULTILINE | re.DOTALL,
)


class Formula(NamedTuple):
    """A formula of a chapter, and the heading that it stands under."""

    tex: str
    section: str
    shown: bool


def formulas_of(path: Path) -> list[Formula]:
    """Return the formulas of a chapter up to its exercises."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    text = "\n\n".join(
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "markdown"
    )
    found, section = [], ""
    for part in PARTS.finditer(text):
        if part["heading"] is not None:
            section = part["heading"]
            if section == "Exercises":
                break
        else:
            shown = part["shown"] is not None
            tex = (
                part["shown"].strip()
                if shown
                else " ".join(part["inline"].split())
            )
            found.append(Formula(tex, section, shown))
    return found


def pairs_of(number: str, entries: list[dict]) -> list[tuple[dict, Formula]]:
    """Return what is said of a chapter's formulas, each with its formula.

    Raises:
        ValueError: a formula of which nothing is said, or an entry without one.
    """
    (path,) = (ROOT / "chapters").glob(f"{number}_*.ipynb")
    formulas = formulas_of(path)
    shown = [formula for formula in formulas if formula.shown]
    inline = {f.tex: f for f in reversed(formulas) if not f.shown}
    own = [entry for entry in entries if "inline" not in entry]
    if len(own) != len(shown):
        raise ValueError(
            f"formulas.toml: chapter {number} has {len(shown)} formulas in lines of "
            f"their own, but {len(own)} are named"
        )
    waiting = iter(shown)
    return [
        (entry, inline[entry["inline"]] if "inline" in entry else next(waiting))
        for entry in entries
    ]


def page_of(titles: dict[str, str]) -> str:
    """Return the page's Markdown, a section for each chapter.

    Args:
        titles: of the chapters, by their files.
    """
    blocks = []
    for number, entries in tomllib.loads(TABLE.read_text("utf-8")).items():
        (path,) = (ROOT / "chapters").glob(f"{number}_*.ipynb")
        blocks.append(f"## {titles[f'chapters/{path.stem}']}")
        for entry, formula in pairs_of(number, entries):
            link = f"../chapters/{path.name}#{slugify(formula.section)}"
            where = (
                f", computed in `{entry['module']}`"
                if "module" in entry
                else ""
            )
            blocks.append(
                f"**{entry['name']}**, from [{formula.section}]({link}){where}"
            )
            blocks.append(f"$$\n{formula.tex}\n$$")
            if "code" in entry:
                blocks.append(f"```python\n{entry['code']}\n```")
    return "\n\n".join(blocks)


def fill_formulas(app, docname, content):
    """Put the formulas into their page."""
    if docname != "book/formulas":
        return
    content[0] = content[0].replace("%FORMULAS%", page_of(titles_of()))


def setup(app):
    """Connect to Sphinx."""
    app.connect("source-read", fill_formulas)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
