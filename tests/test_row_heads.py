"""The first cell of a row names it, for who hears the table."""

import re
from types import SimpleNamespace

from docutils import nodes
from docutils.core import publish_doctree, publish_from_doctree
from extensions import load

heads = load("row_heads")
TABLES = """
====  ====
name  says
====  ====
one   1
two   2
====  ====

====  ====
3     4
====  ====
"""


def written(body):
    """Return the HTML of a page after the scopes are said."""
    context = {"body": body}
    heads.say_scope(None, "page", "page.html", context, None)
    return context["body"]


def test_a_table_with_a_head_has_one_in_each_row_and_no_other_has():
    document = publish_doctree(TABLES)
    heads.RowHeads.run(SimpleNamespace(document=document))
    html = publish_from_doctree(document, writer_name="html5").decode()
    first, second = re.findall(r"<table.*?</table>", written(html), re.DOTALL)
    rows = re.findall(r'<th scope="row" class="stub"><p>(\w+)</p></th>', first)
    assert rows == ["one", "two"]
    columns = re.findall(r'<th scope="col" class="head\b[^>]*><p>(\w+)', first)
    assert columns == ["name", "says"]
    assert "<th" not in second
    assert len(list(document.findall(nodes.table))) == 2


SWATCHES = """
.. role:: html(raw)
   :format: html

=============  ====
colour         of
=============  ====
:html:`<i>`    keys
:html:`<b>`    all
=============  ====
"""


def test_a_column_without_words_names_no_row():
    options = {"raw_enabled": True}
    document = publish_doctree(SWATCHES, settings_overrides=options)
    heads.RowHeads.run(SimpleNamespace(document=document))
    (column, _) = document.findall(nodes.colspec)
    assert "stub" not in column


def test_a_page_without_a_text_stays_as_it_is():
    assert written("") == ""
    assert written("<p>no table</p>") == "<p>no table</p>"
