"""Numbers that other people's papers report, each with its place in the paper.

They stand in papers.json alone, under the paper's key in the book's bibliography;
a chapter says them from here and types none.
"""

import json
from pathlib import Path
from typing import NamedTuple

from .._checks import check_one_of

TABLE = json.loads(Path(__file__).with_name("papers.json").read_text("utf-8"))


class Figures(NamedTuple):
    """What a paper reports in one place, by name."""

    where: str
    numbers: dict[str, int | float | list]


def figures(paper: str, what: str) -> Figures:
    """Return what a paper reports, and where.

    Args:
        paper: its key in the bibliography, e.g. "vaswani2017".
        what: which of its tables or settings, e.g. "base model".

    Raises:
        ValueError: nothing of that paper, or of that name, is kept.
    """
    check_one_of("paper", paper, TABLE)
    if what not in TABLE[paper]:
        raise ValueError(
            f"what must be one of {', '.join(TABLE[paper])} for {paper}, but is "
            f"{what!r}"
        )
    return Figures(**TABLE[paper][what])
