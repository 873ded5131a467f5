"""The same class in JupyterLab: the chapter runs, its widget moves, Python knows."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from conftest import OUTSIDE, ROOT
from jupyter_client import BlockingKernelClient

CHAPTER = "01_weighted_fusion.ipynb"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab over a copy of the chapter; yields its address and runtime folder."""
    folder = tmp_path_factory.mktemp("lab")
    shutil.copy(ROOT / "chapters" / CHAPTER, folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    runtime = folder / "runtime"
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
    ]
    command += [
        f"--port={port}",
        "--IdentityProvider.token=",
        f"--notebook-dir={folder}",
    ]
    server = subprocess.Popen(
        command,
        env=os.environ
        | {
            "JUPYTER_RUNTIME_DIR": str(runtime),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        },
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
    yield address, runtime
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


def test_the_chapter_runs_and_its_widget_moves_in_jupyterlab(browser, lab):
    address, runtime = lab
    context = browser.new_context(viewport={"width": 1400, "height": 1000})
    context.route(OUTSIDE, lambda route: route.abort())
    page = context.new_page()
    page.goto(f"{address}/lab/tree/{CHAPTER}?reset")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=90_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    face = page.locator(".attn-fusion").first
    face.wait_for(timeout=90_000)
    assert face.locator(".attn-picture").get_attribute("aria-label")

    slider = face.get_by_label("bandwidth")
    slider.press("End")
    page.wait_for_timeout(500)
    assert float(ask_kernel(runtime, "live.bandwidth")) == pytest.approx(
        20, rel=1e-3
    )

    before = face.locator(".attn-readout").inner_text()
    ask_kernel(runtime, "live.set_trait('query', 4.0)")
    page.wait_for_function(
        "([node, text]) => node.textContent !== text",
        arg=[face.locator(".attn-readout").element_handle(), before],
    )
    assert "At x = 4.00" in face.locator(".attn-readout").inner_text()
    context.close()
