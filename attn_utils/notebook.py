"""What a chapter says and shows from code: a sentence, a mechanism's source."""

import ast
import inspect
import textwrap
import time

from IPython.display import HTML, Markdown, display


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
            self._handle.update(HTML(f"<p>{text}</p>"))
