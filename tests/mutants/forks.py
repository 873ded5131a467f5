"""A process that has loaded torch and pytest, but no part of the package.

It runs each batch of tests in a fork of itself, so that a thousand runs need not
load torch, and what else is not ours, a thousand times. It reads lines of JSON, [folder, pytest's arguments], and
answers each with the exit code; what the run printed is in `folder`/said.
"""

import gc
import json
import os
import signal
import sys

import anywidget  # noqa: F401, loaded once for all
import axe_playwright_python.sync_playwright  # noqa: F401
import griffe  # noqa: F401
import hypothesis.strategies  # noqa: F401
import ipywidgets  # noqa: F401
import jaxtyping  # noqa: F401
import jupyter_book.sphinx  # noqa: F401
import jupyter_cache.cache.main  # noqa: F401
import matplotlib.pyplot  # noqa: F401
import myst_nb.core.render  # noqa: F401
import myst_parser.parsers.docutils_  # noqa: F401
import nbclient  # noqa: F401
import numpy  # noqa: F401
import playwright.sync_api  # noqa: F401
import pytest
import sklearn.datasets  # noqa: F401
import sphinx_book_theme  # noqa: F401
import torch._dynamo  # what an optimiser's first step loads
import torch.func

LIMIT_S = 300  # a run that hangs is ended


def run(folder: str, arguments: list[str]) -> int:
    """Run pytest in a fork that stands in `folder`; return its exit code."""
    child = os.fork()
    if child == 0:
        os.chdir(folder)
        sys.path.insert(0, folder)
        said = os.open("said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(said, 1)
        os.dup2(said, 2)
        signal.alarm(LIMIT_S)
        os._exit(pytest.main(arguments))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def main() -> None:
    """Answer until the input ends."""
    torch.set_num_threads(1)
    torch.testing.assert_close(torch.ones(1), torch.ones(1))  # loads the rest
    gc.freeze()  # no fork need search what is here already
    for line in sys.stdin:
        print(run(*json.loads(line)), flush=True)


if __name__ == "__main__":
    main()
