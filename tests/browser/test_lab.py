"""The same class in JupyterLab: the chapter runs, its widget moves, Python knows."""

import sys

import pytest
from conftest import OUTSIDE

from tests.jupyter_servers import (
    Fusion,
    Reader,
    ask_kernel,
    heard_by_kernel,
    serving_notebooks,
    shown_by_page,
)


@pytest.mark.parametrize("widget", [Fusion, Reader])
def test_a_notebook_runs_and_its_widget_moves_in_jupyterlab(
    browser, tmp_path, widget
):
    lab = (sys.executable, "-m", "jupyterlab", "--IdentityProvider.token=")
    with serving_notebooks(tmp_path, *lab) as (address, runtime):
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        context.route(OUTSIDE, lambda route: route.abort())
        page = context.new_page()
        page.goto(f"{address}/lab/tree/{widget.notebook}?reset")
        idle = page.get_by_text("Python 3 (ipykernel) | Idle")
        idle.wait_for(timeout=90_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        face = widget.move(page)
        heard = heard_by_kernel(page, runtime, widget.asked, widget.heard)
        assert heard == widget.heard
        ask_kernel(runtime, widget.told)
        words, *boxes = shown_by_page(face, widget.shown)
        assert widget.shown in words
        assert boxes == widget.boxes
        context.close()
