"""What a chapter says and shows from code: a sentence, a mechanism's source.

In a notebook it also explains the chapter's assertions, where one fails.
"""

import ast
import inspect
import itertools
import math
import re
import sys
import textwrap
import time
from decimal import Decimal
from pathlib import Path
from typing import SupportsFloat

from IPython import get_ipython
from IPython.display import HTML, Markdown, display

# Mixed from the notebook's own ink, so that they serve a light and a dark one.
CODE_STYLE = (
    ".attn-source > summary { cursor: pointer; padding: .25em 0 }"
    ".attn-source > pre { padding: .5em 1em; overflow-x: auto }"
    ".attn-source :is(.k, .kc, .kn, .ow, .nd)"
    " { color: color-mix(in srgb, currentcolor 50%, #b04a9a) }"
    ".attn-source :is(.s1, .s2, .sa, .mi, .mf)"
    " { color: color-mix(in srgb, currentcolor 50%, #6f9420) }"
    ".attn-source .c1 { font-style: italic; opacity: .75 }"
)


def say(text: str) -> Markdown:
    """Return a sentence for the page, with the numbers that a run gave.

    What Python writes as 2e-07 stands there as a power of ten, but not in code.
    """

    def power(found):
        if found[1] is None:
            return found[0]
        return rf"${found[1]} \times 10^{{{int(found[2])}}}$"

    return Markdown(re.sub(r"`[^`]*`|\b(\d[\d.]*)e([+-]\d\d+)\b", power, text))


def at_least(number: SupportsFloat, form: str) -> str:
    """Write a bound from below: rounded down, so that "or more" stays true.

    Args:
        number: the least of what was found.
        form: as `format` takes it, such as ".1%", ".2f" or ".0e".

    Raises:
        ValueError: the number is not finite, or the form is none of these.
    """
    return _bound(float(number), form, -1)


def at_most(number: SupportsFloat, form: str) -> str:
    """Write a bound from above: rounded up, so that "or less" stays true.

    Args:
        number: the most of what was found.
        form: as `format` takes it, such as ".1%", ".2f" or ".0e".

    Raises:
        ValueError: the number is not finite, or the form is none of these.
    """
    return _bound(float(number), form, 1)


def _bound(number: float, form: str, side: int) -> str:
    """Round to the side of -1 or 1, unless it is off by single precision only."""
    if not math.isfinite(number):
        raise ValueError(f"number must be finite, but is {number}")
    if not re.fullmatch(r"\.\d+[ef%]", form):
        raise ValueError(
            f"form must be as '.1%', '.2f' or '.0e', but is {form!r}"
        )
    text = format(number, form)
    told = Decimal(text.rstrip("%"))
    exact = Decimal(number) * (100 if text.endswith("%") else 1)
    if side * (exact - told) > abs(exact) * Decimal("1e-6"):
        told += side * Decimal(1).scaleb(told.as_tuple().exponent)
    if text.endswith("%"):
        return f"{told}%"
    return format(float(told), form)


class Source:
    """The package's own code of a function or class, as one folded block.

    Jupyter and Colab show it from here; the book makes its own block of it, with
    a link to The package. `name` is how one reaches it, `title` where it lies,
    `code` what it is.
    """

    def __init__(self, name: str, title: str, code: str):
        self.name, self.title, self.code = name, title, code

    def _repr_html_(self) -> str:
        from pygments import highlight
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer

        marked = highlight(self.code, PythonLexer(), HtmlFormatter(nowrap=True))
        return (
            f"<style>{CODE_STYLE}</style>"
            f'<details class="attn-source" data-name="{self.name}">'
            f"<summary>{self.title}</summary><pre>{marked}</pre></details>"
        )

    def _repr_markdown_(self) -> str:
        return f"**{self.title}**\n\n```python\n{self.code}\n```"

    def __repr__(self) -> str:
        return f"# {self.title}\n{self.code}"


def source(thing) -> Source:
    """Return the package's own code of `thing`, without its docstrings.

    What the page shows is what runs and what is tested; `help(thing)` has the
    docstring.

    Args:
        thing: a function, class or method of the package.

    Raises:
        TypeError: `thing` is none of these.
        ValueError: it is not the package's.
    """
    thing = getattr(thing, "__func__", thing)  # of a method that is bound
    if not (inspect.isfunction(thing) or inspect.isclass(thing)):
        raise TypeError(
            "thing must be a function, class or method of attn_utils, but is "
            f"{type(thing).__name__}"
        )
    package = __name__.partition(".")[0]
    parts = thing.__module__.split(".")
    if parts[0] != package:
        raise ValueError(
            f"thing must be {package}'s own, but {thing.__qualname__} is of "
            f"{thing.__module__}"
        )
    top = thing.__qualname__.partition(".")[0]
    owner = vars(sys.modules[thing.__module__])[top]
    homes = itertools.accumulate(parts, "{}.{}".format)
    home = next(h for h in homes if vars(sys.modules[h]).get(top) is owner)
    path = Path(inspect.getsourcefile(inspect.unwrap(thing)))
    path = path.relative_to(Path(__file__).parents[1]).as_posix()
    return Source(
        f"{home}.{thing.__qualname__}",
        f"{path} · {thing.__qualname__}",
        _without_docstrings(inspect.getsource(thing)),
    )


def _without_docstrings(text: str) -> str:
    """Return code at the margin and without its docstrings."""
    text = textwrap.dedent(text)
    lines = text.splitlines()
    documented = ast.FunctionDef | ast.ClassDef
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            docstring = node.body[0]
            for number in range(docstring.lineno - 1, docstring.end_lineno):
                lines[number] = None
    return "\n".join(line for line in lines if line is not None)


class Progress:
    """Show how far a training run is: `train(…, report=Progress("dates"))`.

    Args:
        what: what is being learned, for the line beneath the bar.
        pause: seconds between two looks at it.
    """

    def __init__(self, what: str, pause: float = 0.2):
        self.what, self.pause = what, pause
        self._handle = display(HTML(""), display_id=True)
        self._start = self._last = time.monotonic()

    def __call__(self, step: int, num_steps: int, loss: float) -> None:
        """Show step `step` of `num_steps`; the last one leaves a sentence."""
        now = time.monotonic()
        if step == num_steps:
            text = (
                f"Trained on {self.what}: {num_steps} steps in "
                f"{now - self._start:.0f} seconds."
            )
        elif now - self._last < self.pause:
            return
        else:
            text = (
                f'<progress value="{step}" max="{num_steps}" aria-label='
                f'"training"></progress> step {step} of {num_steps}, loss '
                f"{loss:.3f}"
            )
        self._last = now
        if self._handle is not None:  # outside Jupyter there is none
            self._handle.update(HTML(f'<p class="attn-log">{text}</p>'))


GUARD = (
    "An assertion failed. Those of this book guard what a page says of its numbers: "
    "if you have changed something, a sentence or a figure near it may not hold any "
    "more, and nothing is broken. Take the change back, or delete the line and run "
    "the cell again."
)


def _explain(result) -> None:
    """Say after a cell what a failed assertion means that does not say it itself."""
    error = result.error_in_exec
    if isinstance(error, AssertionError) and not error.args:
        print(GUARD)


if shell := get_ipython():  # none outside Jupyter
    shell.events.register("post_run_cell", _explain)
