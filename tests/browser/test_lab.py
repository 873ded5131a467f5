"""The same class in JupyterLab: the chapter runs, its widget moves, Python knows."""

import contextlib
import shutil
import sys

import pytest
from conftest import OUTSIDE, ROOT, eventually

from tests.jupyter_servers import (
    Fusion,
    Guessing,
    Reader,
    ask_kernel,
    heard_by_kernel,
    serving_notebooks,
    shown_by_page,
)


@contextlib.contextmanager
def opened(browser, folder, notebook):
    """A notebook in JupyterLab, its kernel idle: the page, and where Jupyter runs."""
    lab = (sys.executable, "-m", "jupyterlab", "--IdentityProvider.token=")
    with serving_notebooks(folder, *lab) as (address, runtime):
        context = browser.new_context(viewport={"width": 1400, "height": 1000})
        context.route(OUTSIDE, lambda route: route.abort())
        page = context.new_page()
        page.goto(f"{address}/lab/tree/{notebook}?reset")
        idle = page.get_by_text("Python 3 (ipykernel) | Idle")
        idle.wait_for(timeout=90_000)
        yield page, runtime
        context.close()


def run_all(page):
    """Ask for all cells to be run."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()


NOTE_WHAT_IS_BROUGHT_INTO_VIEW = """() => {
    window.broughtIntoView = [];
    const bring = Element.prototype.scrollIntoView;
    Element.prototype.scrollIntoView = function (...how) {
        window.broughtIntoView.push(this);
        bring.apply(this, how);
    };
}"""
# Lab brings a heading that stands in its page already, else the heading's whole cell.
HEADINGS_BROUGHT = """() => window.broughtIntoView
    .flatMap((brought) => [brought, ...brought.querySelectorAll("h2")])
    .filter((element) => element.tagName === "H2")
    .map((heading) => heading.textContent.replace("¶", ""))"""


@pytest.mark.parametrize("widget", [Fusion, Reader, Guessing])
def test_a_notebook_runs_and_its_widget_moves_in_jupyterlab(
    browser, tmp_path, widget
):
    with opened(browser, tmp_path, widget.notebook) as (page, runtime):
        run_all(page)
        face = widget.move(page)
        heard = heard_by_kernel(page, runtime, widget.asked, widget.heard)
        assert heard == widget.heard
        ask_kernel(runtime, widget.told)
        words, *boxes = shown_by_page(face, widget.shown)
        assert widget.shown in words
        assert boxes == widget.boxes


def test_a_link_to_a_heading_of_its_chapter_leads_there_in_jupyterlab(
    browser, tmp_path
):
    name = "08_transformer.ipynb"
    shutil.copy(ROOT / "chapters" / name, tmp_path)
    with opened(browser, tmp_path, name) as (page, _):
        link = page.locator(".jp-MarkdownOutput a", has_text="Teach it").first
        page.evaluate(NOTE_WHAT_IS_BROUGHT_INTO_VIEW)
        # Where the page then stands is Lab's own matter: it guesses how high the
        # cells between are, and mends its guess as they are laid out. While it still
        # lays them out it may give a jump up; then a reader clicks again.
        for _ in range(3):
            link.click()
            if eventually(
                page, lambda: "Teach it" in page.evaluate(HEADINGS_BROUGHT)
            ):
                return
        pytest.fail("the heading was not brought into view")


def test_what_is_typed_in_a_widget_stays_there_in_jupyterlab(browser, tmp_path):
    """An arrow key would leave the cell, "d d" delete it, "a" put one above."""
    with opened(browser, tmp_path, Guessing.notebook) as (page, _):
        run_all(page)
        page.locator(".guess-answers").wait_for(timeout=120_000)
        cells = page.locator(".jp-Notebook .jp-Cell")
        count = cells.count()
        slider = page.locator(".attn-fusion").get_by_label("query x")
        radio = page.locator(".guess-asks").get_by_role("radio").first
        for control, key in ((slider, "ArrowRight"), (radio, "ArrowDown")):
            control.focus()
            for press in (key, "ArrowUp", "ArrowDown", "d", "d", "a", "b"):
                page.keyboard.press(press)
            assert page.evaluate(
                "() => document.activeElement.closest('.attn-face') !== null"
            )
        assert cells.count() == count
        assert float(slider.input_value()) > 2
