"""The book's table of contents, read in one place for all who need it: `_toc.yml`."""

from pathlib import Path
from typing import NamedTuple

from sphinx_external_toc.parsing import parse_toc_yaml

ROOT = Path(__file__).parents[2]
# What holds the pages of a book without parts.
CAPTION = "Chapters"


class Entry(NamedTuple):
    """A page: its file without the ending; what the contents call it, or ""."""

    file: str
    title: str


class Part(NamedTuple):
    """A part of the book: its caption, and its pages in their order."""

    caption: str
    entries: list[Entry]


def root_of(folder: Path = ROOT) -> str:
    """Return the page that comes before all parts."""
    return parse_toc_yaml(folder / "_toc.yml").root.docname


def parts_of(folder: Path = ROOT) -> list[Part]:
    """Return the parts of the book whose sources lie in a folder."""
    site = parse_toc_yaml(folder / "_toc.yml")
    return [
        Part(
            tree.caption or CAPTION,
            [Entry(str(file), site[file].title or "") for file in tree.files()],
        )
        for tree in site.root.subtrees
    ]


def titles_of(folder: Path = ROOT) -> dict[str, str]:
    """Return what the contents call each page, by its file."""
    return {
        entry.file: entry.title
        for part in parts_of(folder)
        for entry in part.entries
    }
