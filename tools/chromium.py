"""The Chromium that prints the book and that tests look through, and what it is served.

Tests look through one of their own, or through one that runs already.
"""

import contextlib
import functools
import http.server
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

# Where one listens, for tests that should not each start their own.
RUNNING = "ATTN_CHROMIUM"
# The first has no windows: a page opens in a quarter of the time.
SYSTEM = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
)
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def of_the_system() -> str | None:
    """Return where the system's Chromium lies, or None."""
    return next(filter(None, map(shutil.which, SYSTEM)), None)


def named() -> str:
    """Say which one is opened, and its version."""
    found = of_the_system()
    if not found:
        return "Playwright's"
    done = subprocess.run([found, "--version"], capture_output=True, text=True)
    return f"{found}, {done.stdout.strip()}"


def opened(playwright):
    """Connect to the one that runs already, else start the system's or Playwright's."""
    if address := os.environ.get(RUNNING):
        return playwright.chromium.connect(address)
    found = of_the_system()
    return playwright.chromium.launch(executable_path=found, args=OPTIONS)


@contextlib.contextmanager
def listening(folder: Path):
    """Let a Chromium run that others connect to; gives its address."""
    found = of_the_system()
    options = {"args": OPTIONS} | ({"executablePath": found} if found else {})
    config = folder / "chromium.json"
    config.write_text(json.dumps(options), "utf-8")
    command = [sys.executable, "-m", "playwright", "launch-server"]
    server = subprocess.Popen(
        [*command, "--browser", "chromium", "--config", str(config)],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield server.stdout.readline().strip()
        assert server.poll() is None, (
            "the Chromium that all looked through is gone"
        )
    finally:
        # Python has started Node, and that Chromium: all of them end.
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *args):
        """Say nothing."""


class Server(http.server.ThreadingHTTPServer):
    """Has room for all the requests that a page sends at once."""

    request_queue_size = 128

    def handle_error(self, request, client_address):
        """Say what went wrong, but for a browser that has gone on meanwhile."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextlib.contextmanager
def serving(folder: Path, kind: type = Quiet):
    """Serve a folder, by a handler of that kind; gives its address."""
    handler = functools.partial(kind, directory=folder)
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
