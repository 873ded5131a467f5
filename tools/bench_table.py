"""What the parts of `make bench` share: tables, and what they say meanwhile."""

import sys


def row(*cells) -> str:
    """Return one row of a Markdown table."""
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def table(title: str, head: list[str], rows: list[str]) -> str:
    """Return a Markdown table under its title."""
    line = row(*("---" for _ in head))
    return "\n".join([f"### {title}\n", row(*head), line, *rows]) + "\n"


def note(text: str) -> None:
    """Say what is being measured, so that nobody waits in the dark."""
    print(f"bench: {text}", file=sys.stderr, flush=True)
