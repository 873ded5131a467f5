"""Turn `[@key]` in the Markdown of a chapter into a citation of the book.

A chapter is read in Colab and JupyterLab too, where a role would show raw; in
the book the same words become a link to the references.
"""

import json
import re

# A line may break between two keys.
CITATION = re.compile(r"\[(@[\w:-]+(?:;\s+@[\w:-]+)*)\]")
KEY = re.compile(r"@([\w:-]+)")


def with_roles(text: str) -> str:
    """Return Markdown with a citation for each `[@key]` or `[@one; @two]`."""
    return CITATION.sub(
        lambda match: f"{{cite:p}}`{','.join(KEY.findall(match[1]))}`", text
    )


def cite(app, docname, content):
    """Rewrite the Markdown cells of a chapter as Sphinx reads it."""
    if not app.env.doc2path(docname).endswith(".ipynb"):
        return
    notebook = json.loads(content[0])
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            cell["source"] = with_roles("".join(cell["source"]))
    content[0] = json.dumps(notebook)


def setup(app):
    """Connect to Sphinx."""
    app.connect("source-read", cite)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
