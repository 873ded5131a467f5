"""What a chapter says and shows from code: a sentence, a mechanism's source."""

import ast
import inspect
import textwrap

from IPython.display import Markdown


def say(text: str) -> Markdown:
    """Return a sentence for the page, with the numbers that a run gave."""
    return Markdown(text)


def source(thing) -> Markdown:
    """Return the package's own code of `thing`, without its docstrings.

    What the page shows is what runs and what is tested; `help(thing)` has the
    docstring.
    """
    text = textwrap.dedent(inspect.getsource(thing))
    lines = text.splitlines()
    documented = ast.FunctionDef | ast.ClassDef
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            docstring = node.body[0]
            for number in range(docstring.lineno - 1, docstring.end_lineno):
                lines[number] = None
    code = "\n".join(line for line in lines if line is not None)
    return Markdown(f"```python\n{code}\n```")
