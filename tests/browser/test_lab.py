"""The same class in JupyterLab: the chapter runs, its widget moves, Python knows."""

import sys

import pytest
from conftest import OUTSIDE

from tests.jupyter_servers import (
    CHAPTER,
    READER,
    check_that_reader_and_kernel_agree,
    check_that_widget_and_kernel_agree,
    serving_notebooks,
)


@pytest.mark.parametrize(
    ("notebook", "check"),
    [
        (CHAPTER, check_that_widget_and_kernel_agree),
        (READER, check_that_reader_and_kernel_agree),
    ],
    ids=["chapter 01", "date reader"],
)
def test_a_notebook_runs_and_its_widget_moves_in_jupyterlab(
    browser, tmp_path, notebook, check
):
    lab = (sys.executable, "-m", "jupyterlab", "--IdentityProvider.token=")
    with serving_notebooks(tmp_path, *lab) as (address, runtime):
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        context.route(OUTSIDE, lambda route: route.abort())
        page = context.new_page()
        page.goto(f"{address}/lab/tree/{notebook}?reset")
        idle = page.get_by_text("Python 3 (ipykernel) | Idle")
        idle.wait_for(timeout=90_000)
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        check(page, runtime)
        context.close()
