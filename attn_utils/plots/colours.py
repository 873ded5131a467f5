"""The colours, and how an SVG names them so that it follows the page's theme."""

# The light variant of the stylesheet's colours; a test holds the two equal.
COLOURS = {
    "paper": "#fdfcf9",
    "panel": "#f6f3ec",
    "line": "#d9d4c7",
    "ink": "#22211e",
    "soft": "#64615a",
    "query": "#0f5ff0",
    "key": "#a03a08",
    "value": "#0d6c54",
    "weight": "#4a2881",
}
# A length, a place or a number in a cell.
Number = int | float
ROLES = ("query", "key", "value", "weight")


def variable(name: str) -> str:
    """Return the page's variable of a colour, with the light one in reserve."""
    return f"var(--attn-{name}, {COLOURS[name]})"
