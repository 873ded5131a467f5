"""Draw the map of the chapters on the landing page, and say how long a path takes.

What a chapter needs and how long it takes stands in its own words ("You need chapters
1, 2 and 4, and about forty minutes"), and is read from there.
"""

import html
import json
import re
from pathlib import Path
from typing import NamedTuple

from toc import titles_of

ROOT = Path(__file__).parents[2]
MAP = '<div id="attn-map"></div>'
PATH = re.compile(r"\{path ([\d, ]+)\}")
NEEDS = re.compile(r"\*\*You need\*\*([^.]*)\.")
MINUTES = re.compile(r"about (\w+)(?:-(\w+))? minutes")
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORDS = {word: 20 + 10 * n for n, word in enumerate(TENS.split())} | {"five": 5}
# Where a chapter stands on the map: its column, and its row, in halves of a row.
PLACES = {
    **{1: (0, 0), 2: (1, 0), 3: (2, 0), 4: (3, 0)},
    **{5: (0, 3), 6: (1, 2), 7: (1, 4), 10: (2, 2), 8: (2, 4)},
    **{11: (3, 2), 9: (3, 4)},
}
COLUMNS, ROWS = 4, 6
# Which of its figures stands for a chapter, where it is not the first.
PICTURES = {6: 6, 7: 3}
GUTTER = 0.013  # half of what lies between two columns, as a share of the width


class Chapter(NamedTuple):
    """A chapter: page, title, question, what it needs, how many minutes it takes."""

    page: str
    title: str
    question: str
    needs: tuple[int, ...]
    minutes: int


def needs_of(text: str) -> tuple[int, ...]:
    """Return the numbers of the chapters that a chapter's Markdown asks for."""
    said = NEEDS.search(" ".join(text.split()))
    if said is None:
        raise ValueError("a chapter must say what **You need**")
    found = re.search(r"chapters? ([\d, and to]*\d)", said[1])
    if found is None:
        return ()
    if span := re.fullmatch(r"(\d+) to (\d+)", found[1]):
        return tuple(range(int(span[1]), int(span[2]) + 1))
    return tuple(map(int, re.findall(r"\d+", found[1])))


def minutes_of(text: str) -> int:
    """Return for how many minutes a chapter's Markdown says that it is read."""
    said = MINUTES.search(" ".join(text.split()))
    if said is None or said[1] not in WORDS:
        raise ValueError(
            "a chapter must say for about how many minutes it is read, as in "
            f"'about forty-five minutes'; the words known are {', '.join(WORDS)}"
        )
    return WORDS[said[1]] + WORDS.get(said[2], 0)


def chapters() -> dict[int, Chapter]:
    """Return the chapters by their numbers."""
    titles = titles_of()
    found = {}
    for path in sorted((ROOT / "chapters").glob("[0-9]*.ipynb")):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        text = "\n\n".join(
            "".join(cell["source"])
            for cell in cells
            if cell["cell_type"] == "markdown"
        )
        name = f"chapters/{path.stem}"
        question = text.partition("\n")[0].lstrip("# ")
        found[int(path.stem[:2])] = Chapter(
            name, titles[name], question, needs_of(text), minutes_of(text)
        )
    return found


def arrows(all_of: dict[int, Chapter]) -> list[tuple[int, int]]:
    """Return who leads to whom: what a chapter needs, less what is needed for that."""

    def before(number: int) -> set[int]:
        needs = all_of[number].needs
        return set(needs).union(*(before(each) for each in needs))

    return [
        (need, number)
        for number, chapter in all_of.items()
        for need in chapter.needs
        if not any(need in before(other) for other in chapter.needs)
    ]


def line(one: int, other: int) -> str:
    """Return the path of an arrow, in shares of the map from 0 to 100."""

    def middle(number: int) -> tuple[float, float]:
        column, row = PLACES[number]
        return (column + 0.5) / COLUMNS, (row + 1) / ROWS

    (x1, y1), (x2, y2) = middle(one), middle(other)
    if x2 > x1:  # from the right edge of the one to the left edge of the other
        half = 0.5 / COLUMNS
        turn = x2 - half
        points = [
            (x1 + half - GUTTER, y1),
            (turn, y1),
            (turn, y2),
            (turn + GUTTER, y2),
        ]
    else:  # down, back to the first column, and down again
        between = y1 + 1 / ROWS
        points = [(x1, y1), (x1, between), (x2, between), (x2, y2)]
    return "M" + "L".join(f"{100 * x:.2f} {100 * y:.2f}" for x, y in points)


def card(number: int, chapter: Chapter) -> str:
    """Return a chapter's card."""
    column, row = PLACES[number]
    shown = PICTURES.get(number, 1)
    needs = ", ".join(map(str, chapter.needs))
    needed = f"after {needs} · " if needs else ""
    below = ' class="attn-below"' if number > 1 and column == 0 else ""
    picture = f"../_static/figures/{chapter.page.partition('/')[2]}-{shown}.svg"
    return (
        f'<li{below} style="--column: {column + 1}; --row: {row + 1}">'
        f'<a href="../{chapter.page}.html"><img src="{picture}" alt="" '
        'class="dark-light" loading="lazy" width="160" height="90">'
        f"<b>{html.escape(chapter.title)}</b>"
        f"<span>{html.escape(chapter.question)}</span>"
        f"<small>{needed}{chapter.minutes}\u00a0min</small></a></li>"
    )


def drawn(all_of: dict[int, Chapter]) -> str:
    """Return the map: arrows behind cards, which on a phone are a list."""
    lines = "".join(f'<path d="{line(*pair)}"/>' for pair in arrows(all_of))
    cards = "".join(card(*each) for each in all_of.items())
    return (
        '<div class="attn-map"><svg viewBox="0 0 100 100" preserveAspectRatio="none" '
        f'aria-hidden="true">{lines}</svg><ol>{cards}</ol></div>'
    )


def time_of(minutes: int) -> str:
    """Return how long it takes, in hours and minutes."""
    hours, rest = divmod(minutes, 60)
    parts = [
        f"{hours}\u00a0h" if hours else "",
        f"{rest}\u00a0min" if rest else "",
    ]
    return " ".join(part for part in parts if part)


def path_of(numbers: list[int], all_of: dict[int, Chapter]) -> str:
    """Return the Markdown of a path through the book, and its time."""
    links = ", ".join(f"[{n}](../{all_of[n].page}.ipynb)" for n in numbers)
    return (
        f"chapters {links}: {time_of(sum(all_of[n].minutes for n in numbers))}"
    )


def fill_map(app, docname, content):
    """Put map and paths into a page that asks for them."""
    if MAP not in content[0] and not PATH.search(content[0]):
        return
    all_of = chapters()
    text = content[0].replace(MAP, drawn(all_of))
    content[0] = PATH.sub(
        lambda match: path_of([int(n) for n in match[1].split(",")], all_of),
        text,
    )


def setup(app):
    """Connect to Sphinx."""
    app.connect("source-read", fill_map)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
