"""Start a Jupyter server over a copy of a chapter, and ask its kernel."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import ClassVar

import nbformat
from jupyter_client import BlockingKernelClient
from playwright.sync_api import TimeoutError

ROOT = Path(__file__).parent.parent
CHAPTER = "01_weighted_fusion.ipynb"
READER = "reader.ipynb"
# Chapter 08's widget on a model that has learned nothing: no minute of training.
SMALL = """
import sys
sys.path.insert(0, {root!r})
import torch
from attn_utils import Transformer, recipes
from attn_utils.data import date_words, month_words
from attn_utils.widgets import DateReader
torch.manual_seed(0)
model = Transformer(len(recipes.READ), len(recipes.WRITE), 8, 2, 8)
live = DateReader(
    model.state_dict(),
    num_heads=2,
    source_characters="".join(recipes.READ.characters),
    target_characters="".join(recipes.WRITE.characters),
    month_names=month_words(),
    words=date_words(),
    text="3 May 2019",
)
live
"""

GUESS = "guess.ipynb"
# A question, a widget with sliders, and the answer, a cell each.
ASKED = [
    """
import sys
sys.path.insert(0, {root!r})
from attn_utils.widgets import Guess, WeightedFusion
live = Guess("Below or above?", ["below", "above"], right=0, why="It is.")
live
""",
    "street = WeightedFusion(key=[1, 2, 4], value=[10, 20, 40], query=2)\nstreet",
    "live.answer",
]


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def serving_notebooks(folder, *command):
    """Run a server in `folder`; yields its address and its runtime folder."""
    shutil.copy(ROOT / "chapters" / CHAPTER, folder)
    for name, cells in ((READER, [SMALL]), (GUESS, ASKED)):
        notebook = nbformat.v4.new_notebook(
            cells=[
                nbformat.v4.new_code_cell(cell.format(root=str(ROOT)).strip())
                for cell in cells
            ],
            metadata={
                "kernelspec": {"name": "python3", "display_name": "Python 3"}
            },
        )
        nbformat.write(notebook, folder / name)
    port, runtime = free_port(), folder / "runtime"
    own = {
        "JUPYTER_RUNTIME_DIR": str(runtime),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "OMP_NUM_THREADS": "1",
    }
    server = subprocess.Popen(
        [*command, "--no-browser", "--allow-root", f"--port={port}"],
        cwd=folder,
        env=os.environ | own,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(120):
        try:
            urllib.request.urlopen(f"{address}/api")
            break
        except OSError:
            time.sleep(0.5)
    try:
        yield address, runtime
    finally:
        server.terminate()
        server.wait()


def ask_kernel(runtime, expression):
    """Evaluate an expression in the one running kernel."""
    (connection,) = runtime.glob("kernel-*.json")
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    said = []
    client.execute_interactive(
        f"print({expression})",
        output_hook=lambda m: said.append(m["content"].get("text", "")),
        timeout=60,
    )
    client.stop_channels()
    return "".join(said).strip()


def heard_by_kernel(page, runtime, expression, expected):
    """Ask until the kernel gives the expected answer, or 20 s; returns the last.

    A busy kernel hears of a move when the cells before are done.
    """
    for _ in range(40):
        heard = ask_kernel(runtime, expression)
        if heard == expected:
            break
        page.wait_for_timeout(500)
    return heard


def shown_by_page(face, expected):
    """Wait for these words in the readout, or 30 s; returns all that it says.

    What stands in a text box is added to it.
    """
    readout = face.locator(".attn-readout, .guess-yours")
    with contextlib.suppress(TimeoutError):
        readout.filter(has_text=expected).wait_for()
    boxes = face.locator("input[type=text]").all()
    return [readout.inner_text(), *(box.input_value() for box in boxes)]


class Fusion:
    """Chapter 01's first widget, moved from both sides."""

    notebook = CHAPTER
    asked, heard = "round(live.bandwidth, 6)", "20.0"
    told, shown = "live.set_trait('query', 4.0)", "At x = 4.00"
    boxes: ClassVar = []

    @staticmethod
    def move(page):
        """Move it as a reader does; returns its face."""
        face = page.locator(".attn-fusion").first
        face.wait_for(timeout=120_000)
        face.get_by_label("bandwidth").press("End")
        return face


class Reader:
    """The date reader: type, switch a head off; then Python types."""

    notebook = READER
    asked = "(live.text, live.off, bool(live.answer))"
    heard = "('4 mei 2020', [0], True)"
    told, shown = "live.set_trait('text', 'tomorrow')", "It needs a year"
    boxes: ClassVar = ["tomorrow"]

    @staticmethod
    def move(page):
        """Use it as a reader does; returns its face."""
        face = page.locator(".attn-reader").first
        face.wait_for(timeout=120_000)
        box = face.get_by_label("A date, in any of eleven languages")
        box.fill("4 mei 2020")
        face.locator(".reader-head input").first.uncheck()
        return face


class Guessing:
    """A guess in two cells: picked in one, seen in the other; then Python picks."""

    notebook = GUESS
    asked, heard = "live.pick", "1"
    told, shown = "live.set_trait('pick', 0)", "✓ below"
    boxes: ClassVar = []

    @staticmethod
    def move(page):
        """Pick as a reader does; returns the face of the answer."""
        asks = page.locator(".guess-asks")
        answers = page.locator(".guess-answers")
        answers.wait_for(timeout=120_000)
        asks.get_by_text("above", exact=True).click()
        answers.get_by_text("✗ above").wait_for()
        return answers
