"""Write the list of the built book's anchors: `make anchors`.

A person may have linked to any heading, figure or name. What is listed may not
go: a renamed one gets its line in book/moved.toml. New ones are added here.
"""

import re
import sys
from pathlib import Path

BOOKS = (Path("_build/draft/_build/html"), Path("_build/html"))
LIST = Path("tests/anchors.txt")
PLACE = re.compile(
    r'<(?:section|figure|dt|tr|span|article|div|h[1-6])\b[^>]*?\sid="([^"]+)"'
)
ARTICLE = re.compile(r"<article.*</article>", re.DOTALL)
# What Sphinx counts, and what a script or the theme needs for itself.
PASSING = re.compile(
    r"id\d+$|cell-id-|codecell|attn-(?!map)|pst-|equation-|mjx"
)


def of_book(book: Path) -> list[str]:
    """Return page#anchor for each place of a built book that can be linked to."""
    found = set()
    for path in [*book.glob("chapters/*.html"), *book.glob("book/*.html")]:
        article = ARTICLE.search(path.read_text("utf-8"))
        name = path.relative_to(book).as_posix()
        for anchor in PLACE.findall(article[0] if article else ""):
            if not PASSING.match(anchor):
                found.add(f"{name}#{anchor}")
    return sorted(found)


def main() -> None:
    """Add what is new; what is gone stays listed until it is given back."""
    book = next((book for book in BOOKS if book.is_dir()), None)
    if book is None:
        sys.exit(
            "anchors: there is no book yet; run `make book` or `make draft`"
        )
    known = LIST.read_text("utf-8").splitlines() if LIST.is_file() else []
    every = sorted({*known, *of_book(book)})
    LIST.write_text("\n".join(every) + "\n", "utf-8")
    print(f"{len(every)} anchors, {len(every) - len(known)} new, in {LIST}")


if __name__ == "__main__":
    main()
