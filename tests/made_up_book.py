"""A made-up book that holds all that the book's extensions must see to.

`made_up_book(folder)` builds it there with the real extensions, assets and
settings; its chapter has run already, so that no kernel is needed.
"""

import contextlib
import json
import shutil
import sys
from pathlib import Path

import caching
import nbformat
from jupyter_book.sphinx import build_sphinx
from jupyter_cache.cache.main import CacheBundleIn
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from attn_utils.widgets import WeightedFusion

ROOT = Path(__file__).parent.parent
FIXTURE = Path(__file__).parent / "fixtures" / "book"
EXTENSIONS = ROOT / "book" / "_ext"
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
SECONDS = 41.6
PROSE = """\
# Made up

A fact [@body1901], two more [@body1901; @nobody1902], and 缩放点积.

## A formula

$$ a = b $$
"""
# What would end the script, and what HTML reads otherwise.
HOSTILE = "</script><script>alert(1)</script> & <b>"


def live(name: str, room: list[int]) -> dict:
    """Return the state of a widget of ours."""
    widget = WeightedFusion(key=[1], value=[2], name=name, hint=HOSTILE)
    widget.room = room
    # As JSON has it: its tuples are lists.
    state = json.loads(json.dumps(widget.get_state()))
    return model("AnyModel", "anywidget", state)


def model(name: str, module: str, state: dict) -> dict:
    """Return the state of any widget, as a notebook holds it."""
    versioned = {"model_module_version": "1", "state": state}
    return {"model_name": name, "model_module": module, **versioned}


CONTROLS = "@jupyter-widgets/controls"
MODELS = {
    "m1": live("first", [101, 103, 107]),
    "m2": live("other", [109, 113, 127]),
    "box": model(
        "VBoxModel",
        CONTROLS,
        {"children": [f"IPY_MODEL_{of}" for of in ("slider", "choice", "out")]},
    ),
    "slider": model(
        "FloatSliderModel", CONTROLS, {"description": "rate", "value": 0.25}
    ),
    "choice": model(
        "DropdownModel",
        CONTROLS,
        {
            "description": "score",
            "_options_labels": ["dot", "scaled <dot>"],
            "index": 1,
        },
    ),
    "out": model(
        "OutputModel",
        "@jupyter-widgets/output",
        {
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": "3 < 5"},
                {
                    "output_type": "display_data",
                    "data": {"text/html": "<p>drawn</p>", "text/plain": "x"},
                    "metadata": {},
                },
                {
                    "output_type": "display_data",
                    "data": {"image/png": "iVBORw0=", "text/plain": "x"},
                    "metadata": {"alt": 'a "map"'},
                },
                {
                    "output_type": "execute_result",
                    "data": {"text/plain": "<Thing>"},
                    "metadata": {},
                },
            ],
        },
    ),
}


def shown(model_id: str, still: str | None = None):
    """Return a cell that shows a widget, with its still picture."""
    data = {
        VIEW: {"model_id": model_id, "version_major": 2, "version_minor": 0}
    }
    if still:
        data["text/html"] = still
    output = new_output("display_data", data)
    return new_code_cell(f"show({model_id!r})", outputs=[output])


def chapter():
    """Return the chapter as it came out of its run."""
    return new_notebook(
        cells=[
            new_markdown_cell(PROSE),
            shown("m1", "<p>still one</p>"),
            shown("m2", "<p>still two</p>"),
            shown("box"),
        ],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3"},
            "language_info": {"name": "python", "pygments_lexer": "ipython3"},
            "widgets": {STATE: {"state": MODELS, "version_major": 2}},
        },
    )


def write(folder: Path) -> None:
    """Write the book's sources, and the cache that its chapter comes from."""
    shutil.copytree(FIXTURE, folder)
    shutil.copy(ROOT / "_config.yml", folder)
    (folder / "book" / "_assets").symlink_to(ROOT / "book" / "_assets")
    shutil.copytree(
        EXTENSIONS,
        folder / "book" / "_ext",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    path = "chapters/01_made_up.ipynb"
    bundle = CacheBundleIn(
        nb=chapter(), uri=path, data={"execution_seconds": SECONDS}
    )
    cache = caching.open_cache(str(folder / "_build" / ".jupyter_cache"))
    cache.cache_notebook_bundle(bundle, check_validity=False)
    source = chapter()
    del source.metadata["widgets"]
    for cell in source.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    (folder / path).parent.mkdir(exist_ok=True)
    nbformat.write(source, folder / path)


def build(folder: Path) -> Path:
    """Build a book with warnings as errors; returns where its pages lie."""
    names = [path.stem for path in EXTENSIONS.glob("*.py")]
    # The extensions are to know this book, whoever has imported them before.
    before = {name: sys.modules.pop(name, None) for name in names}
    path, pages = list(sys.path), folder / "_build" / "html"
    sys.path[:] = [name for name in path if name != str(EXTENSIONS)]
    try:
        with contextlib.chdir(folder):
            result = build_sphinx(
                folder,
                pages,
                path_config=folder / "_config.yml",
                confoverrides={
                    "latex_individualpages": False,
                    "nitpicky": True,
                },
                noconfig=True,
                keep_going=True,
                warningiserror=True,
                quiet=True,
            )
    finally:
        sys.path[:] = path
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update({k: v for k, v in before.items() if v})
    if isinstance(result, Exception):
        raise result
    assert result == 0, "the made-up book has warnings, printed above"
    return pages


def made_up_book(folder: Path) -> Path:
    """Write and build the book; returns where its pages lie."""
    write(folder)
    return build(folder)
