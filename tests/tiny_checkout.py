"""A checkout with one tiny chapter, on which the real tools run in seconds."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parent.parent
WINDOWS = os.name == "nt"
# A folder's name that an address would read otherwise; Windows allows no "?".
ODD = "a 100%25 b%20cd#e" if WINDOWS else "a 100%25 b%20c?d#e"
CONTENTS = """\
format: jb-book
root: book/intro
chapters:
  - file: chapters/01_tiny
  - file: book/colophon
"""
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("PYTHON", "IPYTHON", "JUPYTER", "MPL"))
} | {"PYTHONUTF8": "1"}


def tiny_checkout(folder: Path, *cells: str, intro: str = "# Tiny\n") -> Path:
    """Make a checkout in `folder` whose one chapter runs these cells."""
    for name in ("_assets", "_ext", "colophon.md", "references.bib"):
        (folder / "book").mkdir(parents=True, exist_ok=True)
        (folder / "book" / name).symlink_to(ROOT / "book" / name)
    held = ("pyproject.toml", "requirements.txt", "constraints.txt")
    for name in ("_config.yml", *held):
        shutil.copy(ROOT / name, folder)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "tools", folder / "tools", ignore=ignored)
    (folder / "attn_utils").mkdir()
    (folder / "attn_utils" / "__init__.py").write_text("", "utf-8")
    (folder / "attn_utils" / "scores.py").write_text("", "utf-8")
    (folder / "_toc.yml").write_text(CONTENTS, "utf-8")
    (folder / "book" / "intro.md").write_text(intro, "utf-8")
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell("# A tiny chapter"),
            *map(nbformat.v4.new_code_cell, cells),
        ],
        metadata={"kernelspec": KERNEL},
    )
    (folder / "chapters").mkdir()
    nbformat.write(notebook, folder / "chapters" / "01_tiny.ipynb")
    return folder


def start(folder: Path, command: str, **more) -> subprocess.Popen:
    """Start `tools/build.py COMMAND` there, as a person's shell would."""
    return subprocess.Popen(
        [sys.executable, "tools/build.py", command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=CLEAN | more,
    )
