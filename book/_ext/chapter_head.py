"""A line above each chapter's title: its number, if any, and how long it runs."""

import re

from docutils import nodes


def add_kicker(app, doctree):
    """Say what the chapter is and how long its code ran when the book was made."""
    name = app.env.docname
    if not name.startswith("chapters/"):
        return
    data = app.env.nb_metadata.get(name, {}).get("exec_data", {})
    number = re.match(r"chapters/0*(\d+)_", name)
    words = [f"Chapter {number[1]}" if number else "Beside the chapters"]
    if data.get("runtime"):
        words.append(f"its code runs in {data['runtime']:.0f} s")
    line = nodes.paragraph(text=" · ".join(words), classes=["attn-kicker"])
    doctree.insert(0, line)


def setup(app):
    """Connect to Sphinx."""
    app.connect("doctree-read", add_kicker)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
