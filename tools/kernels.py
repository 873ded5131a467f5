"""Where the book's kernels run: apart from what their user has set up.

A build shows what stands in the checkout. A matplotlibrc, an IPython start-up
file, another package on PYTHONPATH or a kernel of one's own must not change it.
Kernels see the checkout first and speak over sockets in the file system.

`pytest -p tools.kernels --nbval-lax …` runs nbval's kernels so too.
"""

import contextlib
import itertools
import os
import tempfile
from pathlib import Path

import zmq

ROOT = Path(__file__).resolve().parent.parent
# PYTHONOPTIMIZE alone would switch off every assertion of the chapters.
PERSONAL = ("PYTHON", "IPYTHON", "JUPYTER", "MPLBACKEND", "MATPLOTLIBRC")

_numbers = itertools.count(1)


def environment(folder: Path) -> dict[str, str]:
    """Return the variables for a kernel whose settings lie in `folder`, empty."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(PERSONAL)}
    rc = folder / "matplotlibrc"
    rc.touch()
    return kept | {
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "PYTHONWARNINGS": "error::FutureWarning",
        # One thread each: small models on two busy cores crawl with more.
        "OMP_NUM_THREADS": "1",
        "IPYTHONDIR": str(folder / "ipython"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_PREFER_ENV_PATH": "1",
        "MATPLOTLIBRC": str(rc),
    }


@contextlib.contextmanager
def apart():
    """Keep personal settings out of this process and of those it starts.

    Yields:
        folder: an empty one for a while, for settings and sockets.
    """
    before = dict(os.environ)
    # Windows lets go of what a kernel had open a moment after its end.
    with tempfile.TemporaryDirectory(
        prefix="book-", ignore_cleanup_errors=True
    ) as name:
        folder = Path(name)
        os.environ.update(now := environment(folder))
        for variable in before.keys() - now.keys():
            del os.environ[variable]
        try:
            yield folder
        finally:
            os.environ.clear()
            os.environ.update(before)


def line_to(folder: Path) -> dict[str, str]:
    """Return how to speak with the next kernel: the traits of its manager.

    TCP lets others of the same machine listen, and ipykernel says so; it is
    the way only where there are no such sockets, or their names are too long.
    """
    name = f"kernel{next(_numbers)}"
    traits = {"connection_file": str(folder / f"{name}.json")}
    longest = folder / f"{name}-ipc-5"
    if zmq.has("ipc") and len(os.fsencode(longest)) <= zmq.IPC_PATH_MAX_LEN:
        traits["transport"] = "ipc"
    return traits


def pytest_configure(config) -> None:
    """Keep nbval's kernels apart, for as long as pytest runs."""
    from nbval import kernel

    stack = contextlib.ExitStack()
    folder = stack.enter_context(apart())
    start = kernel.KernelManager
    kernel.KernelManager = lambda **traits: start(**traits, **line_to(folder))
    stack.callback(setattr, kernel, "KernelManager", start)
    config.add_cleanup(stack.close)
