"""Chapters and widgets under Colab's widget stack (notebook 6, ipywidgets 7)."""

import os
import subprocess
import sys

import pytest

from tests.jupyter_servers import (
    ROOT,
    Fusion,
    Guessing,
    Reader,
    ask_kernel,
    heard_by_kernel,
    serving_notebooks,
    shown_by_page,
)

CHAPTERS = sorted((ROOT / "chapters").glob("*.ipynb"))


def test_it_is_colabs_widget_stack(colab_python):
    code = "import ipywidgets, IPython, anywidget, sys; print(ipywidgets.__version__, IPython.__version__, anywidget.__version__, 'jaxtyping' in sys.modules)"
    done = subprocess.run(
        [colab_python, "-c", code], capture_output=True, text=True
    )
    assert done.stdout.split() == ["7.7.1", "7.34.0", "0.9.21", "False"], (
        done.stderr
    )


CAME_WITH = """
from pathlib import Path
from tools import constraints

files = map(Path, ("requirements-colab.txt", "constraints-colab.txt"))
came, held = constraints.came_with(next(files)), constraints.pins(next(files))
print(sorted(came.items() ^ held.items()))
"""


@pytest.mark.skipif(
    sys.platform != "linux" or sys.version_info[:2] != (3, 11),
    reason="elsewhere some come more and some less",
)
def test_what_comes_with_it_is_what_was_tested(colab_python):
    done = subprocess.run(
        [colab_python, "-c", CAME_WITH],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda p: p.stem)
def test_a_chapter_runs_and_its_controls_reach_their_ends(colab_python, path):
    done = subprocess.run(
        [colab_python, str(ROOT / "tests" / "colab" / "sweep.py"), str(path)],
        capture_output=True,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    word, count = done.stdout.split()
    assert word == "swept"
    assert int(count) >= 2


@pytest.mark.parametrize("widget", [Fusion, Reader, Guessing])
def test_the_widget_moves_in_the_classic_notebook(
    browser, colab_python, tmp_path, widget
):
    classic = (colab_python, "-m", "notebook", "--NotebookApp.token=")
    with serving_notebooks(tmp_path, *classic) as (address, runtime):
        context = browser.new_context(viewport={"width": 1300, "height": 1000})
        page = context.new_page()
        page.goto(f"{address}/notebooks/{widget.notebook}")
        page.locator("#kernel_indicator_icon.kernel_idle_icon").wait_for(
            timeout=90_000
        )
        page.get_by_role("button", name="Cell", exact=True).or_(
            page.get_by_role("link", name="Cell", exact=True)
        ).first.click()
        page.get_by_text("Run All", exact=True).click()
        face = widget.move(page)
        heard = heard_by_kernel(page, runtime, widget.asked, widget.heard)
        assert heard == widget.heard
        ask_kernel(runtime, widget.told)
        words, *boxes = shown_by_page(face, widget.shown)
        assert widget.shown in words
        assert boxes == widget.boxes
        if widget is Fusion:
            page.locator(".widget-interact .widget-slider").first.wait_for()
        context.close()
