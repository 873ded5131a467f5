"""Give each term of the glossary an anchor, so that a link can lead to it."""

from docutils import nodes

GLOSSARY = "book/glossary"


def name_terms(app, doctree):
    """Name each row of the glossary's table by its English term."""
    if app.env.docname != GLOSSARY:
        return
    for body in doctree.findall(nodes.tbody):
        for row in body.children:
            row["ids"].append(nodes.make_id(f"term-{row[0].astext()}"))


def setup(app):
    """Connect to Sphinx."""
    app.connect("doctree-read", name_terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
