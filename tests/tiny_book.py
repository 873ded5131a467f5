"""A book of one page, built from cells made by hand: no kernel, a few seconds."""

import os
import subprocess
import sys
import uuid
from pathlib import Path

import nbformat
import yaml
from nbformat import v4

ROOT = Path(__file__).parent.parent
PAGE = "chapters/01_tiny"
VIEW = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"


def bundle(thing, states: dict) -> dict:
    """Return what a notebook keeps of a shown object, a widget's state apart."""
    kinds = {
        "text/html": "_repr_html_",
        "text/markdown": "_repr_markdown_",
    }
    data = {
        kind: getattr(thing, name)()
        for kind, name in kinds.items()
        if hasattr(thing, name) and getattr(thing, name)() is not None
    }
    if hasattr(thing, "get_state"):
        model = uuid.uuid4().hex
        states[model] = {
            "model_name": "AnyModel",
            "model_module": "anywidget",
            "model_module_version": "0",
            "state": thing.get_state(),
        }
        data[VIEW] = {
            "model_id": model,
            "version_major": 2,
            "version_minor": 1,
        }
    return {"text/plain": "thing", **data}


def cell(code, *outputs, tags=(), **metadata) -> dict:
    """Return a code cell that has run; an output that is a string was printed."""
    return {
        "code": code,
        "outputs": outputs,
        "metadata": {"tags": list(tags), **metadata},
    }


def notebook(*cells):
    """Return a notebook of Markdown (strings) and of code cells."""
    states, made = {}, []
    for given in cells:
        if isinstance(given, str):
            made.append(v4.new_markdown_cell(given))
            continue
        outputs = [
            v4.new_output("stream", name="stdout", text=thing)
            if isinstance(thing, str)
            else v4.new_output("display_data", bundle(thing, states))
            for thing in given["outputs"]
        ]
        made.append(
            v4.new_code_cell(
                given["code"], metadata=given["metadata"], outputs=outputs
            )
        )
    # MyST-NB asks the kernel's language of the notebook.
    metadata = {
        "kernelspec": {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        },
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
        "widgets": {STATE: {"state": states, "version_major": 2}},
    }
    return v4.new_notebook(cells=made, metadata=metadata)


def build(folder: Path, *cells, pages=()) -> tuple[Path, str]:
    """Build the book in `folder`; returns where it lies, and its warnings.

    Args:
        folder: an empty one.
        cells: of its page, as `notebook` takes them.
        pages: further pages of the real book, such as "book/package".
    """
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    config["execute"] = {"execute_notebooks": "off"}
    toc = {"format": "jb-book", "root": PAGE}
    if pages:
        toc["chapters"] = [{"file": page} for page in pages]
    (folder / "_config.yml").write_text(yaml.safe_dump(config), "utf-8")
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc), "utf-8")
    (folder / "book").symlink_to(ROOT / "book")
    path = folder / f"{PAGE}.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook(*cells), path)
    main = "from jupyter_book.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", main, "build", ".", "--quiet", "--all", "-n"],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return folder / "_build" / "html", done.stderr.replace(os.sep, "/")
