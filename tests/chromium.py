"""The Chromium that tests look through: one of their own, or one that runs already."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
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


def opened(playwright):
    """Connect to the Chromium that runs already, else start the system's or Playwright's."""
    if address := os.environ.get(RUNNING):
        return playwright.chromium.connect(address)
    found = next(filter(None, map(shutil.which, SYSTEM)), None)
    return playwright.chromium.launch(executable_path=found, args=OPTIONS)


@contextlib.contextmanager
def listening(folder: Path):
    """Let a Chromium run that others connect to; gives its address."""
    found = next(filter(None, map(shutil.which, SYSTEM)), None)
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
