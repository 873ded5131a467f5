"""Execute the chapters into a cache, two at a time.

`main` runs every chapter whose cells the cache does not know; Jupyter Book then
builds from the cache and executes nothing. Its status is 1, and the traceback
is shown, if a chapter fails: also where an error hides inside a widget's output,
and where the chapter ran another `attn_utils` than the checkout's.
"""

import ast
import asyncio
import contextlib
import math
import queue
import sys
import time
from pathlib import Path

import kernels
import nbformat
from caching import open_cache
from jupyter_cache.cache.main import CacheBundleIn
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from traitlets.config import Config

CHAPTERS = sorted(Path("chapters").glob("*.ipynb"))
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
LIMIT_S = 300
AT_ONCE = 2
LOOK_AGAIN_S = 1
WHERE = "getattr(__import__('sys').modules.get('attn_utils'), '__file__', None)"


def look_again(channel) -> None:
    """Let a channel that waits for a message look for itself now and then.

    With two kernels in one loop zmq can miss that a message has come (once in some
    thirty chapters on a busy machine). The wait then lasted for the whole limit of a
    cell, and an output that was missed so was lost.
    """
    get = channel.get_msg

    async def get_msg(timeout: float | None = None):
        end = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            left = end - time.monotonic()
            try:
                return await get(timeout=min(left, LOOK_AGAIN_S))
            except queue.Empty:
                if left <= LOOK_AGAIN_S:
                    raise

    channel.get_msg = get_msg


class Chapter(NotebookClient):
    """One chapter's run; its kernel ends with it, also when it is stopped."""

    package = None  # the file of the `attn_utils` that the chapter imported

    @contextlib.asynccontextmanager
    async def async_setup_kernel(self, **kwargs):
        """Hold a kernel. Signals are the caller's: nbclient would take them."""
        self.km = self.create_kernel_manager()
        try:
            await self.async_start_new_kernel(**kwargs)
            await self.async_start_new_kernel_client()
            for channel in (self.kc.shell_channel, self.kc.iopub_channel):
                look_again(channel)
            yield
            self.package = await self.ask(WHERE)
        finally:
            await self._async_cleanup_kernel()

    async def ask(self, expression: str) -> str | None:
        """Return what an expression is in the kernel; None if it is None."""
        asked = self.kc.execute(
            "", silent=True, user_expressions={"": expression}
        )
        reply = await self.async_wait_for_reply(asked)
        text = reply["content"]["user_expressions"][""]["data"]["text/plain"]
        return ast.literal_eval(text)


def hidden_errors(notebook) -> list[str]:
    """Return the errors that widgets caught and no cell reported."""
    widgets = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {})
    return [
        f"{output['ename']}: {output['evalue']}"
        for model in widgets.get("state", {}).values()
        for output in model["state"].get("outputs", [])
        if output.get("output_type") == "error"
    ]


def foreign(package: str | None) -> list[str]:
    """Return a complaint if `attn_utils` came from outside the checkout."""
    ours = kernels.ROOT / "attn_utils"
    if package is None or Path(package).resolve().is_relative_to(ours):
        return []
    return [f"it ran {package} instead of {ours}"]


async def execute(path: Path, folder: Path):
    """Run one chapter in its folder; returns it, its seconds and its errors."""
    notebook = nbformat.read(path, as_version=4)
    run = Chapter(
        notebook,
        timeout=LIMIT_S,
        # The cache would take a cell with its time for another cell.
        record_timing=False,
        # A kernel that has done its work need not say good-bye.
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(path.parent)}},
        config=Config(KernelManager=kernels.line_to(folder)),
    )
    start = time.perf_counter()
    try:
        await run.async_execute()
        errors = hidden_errors(notebook) + foreign(run.package)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        if asyncio.current_task().cancelling():  # its kernel had to die
            raise asyncio.CancelledError from None
        errors = [str(error)]
    return notebook, time.perf_counter() - start, errors


async def execute_all(paths: list[Path], cache, folder: Path) -> int:
    """Run chapters and keep what came out; returns 1 if one of them failed."""
    free = asyncio.Semaphore(AT_ONCE)

    async def keep(path: Path) -> bool:
        async with free:
            notebook, seconds, errors = await execute(path, folder)
        if errors:
            print(
                f"{path.as_posix()} failed:", *errors, sep="\n", file=sys.stderr
            )
            return False
        print(f"{path.as_posix()} ran in {seconds:.0f} s", flush=True)
        bundle = CacheBundleIn(
            nb=notebook, uri=str(path), data={"execution_seconds": seconds}
        )
        cache.cache_notebook_bundle(
            bundle, check_validity=False, overwrite=True
        )
        return True

    return 0 if all(await asyncio.gather(*map(keep, paths))) else 1


def main(cache_folder: str, folder: Path) -> int:
    """Execute what the cache lacks; returns the exit status.

    Args:
        cache_folder: where the cache lies.
        folder: the empty one of `kernels.apart`.
    """
    cache = open_cache(cache_folder)
    todo = []
    for path in CHAPTERS:
        try:
            cache.match_cache_notebook(nbformat.read(path, as_version=4))
        except KeyError:
            todo.append(path)
    # Windows' own loop cannot wait for a kernel's sockets.
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        return runner.run(execute_all(todo, cache, folder))
