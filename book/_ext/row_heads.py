"""Let the first cell of a row name it: who hears a table hears it with each cell."""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform


def names(row: nodes.row) -> bool:
    """Tell whether a row's first cell has words; a patch of colour has none."""
    return any(
        text.strip() and not isinstance(text.parent, nodes.raw)
        for text in row[0].findall(nodes.Text)
    )


class RowHeads(SphinxPostTransform):
    """Make the first column of a table with a head one of heads, too."""

    default_priority = 900  # what cells have shown is there by then

    def run(self, **kwargs):
        """Mark the column; the writer makes `th` of what stands in it."""
        for group in self.document.findall(nodes.tgroup):
            rows = group.next_node(nodes.tbody).findall(nodes.row)
            if group.next_node(nodes.thead) and all(map(names, rows)):
                group.next_node(nodes.colspec)["stub"] = 1


def say_scope(app, pagename, templatename, context, doctree):
    """Say which heads are those of rows; the others are those of columns."""
    if body := context.get("body"):
        heads = body.replace('<th class="stub"', '<th scope="row" class="stub"')
        context["body"] = heads.replace(
            '<th class="head', '<th scope="col" class="head'
        )


def setup(app):
    """Register with Sphinx."""
    app.add_post_transform(RowHeads)
    app.connect("html-page-context", say_scope)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
