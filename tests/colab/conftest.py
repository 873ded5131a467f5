"""The Colab-like environment, driven from the main one."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests" / "browser"))

from tests.browser.conftest import browser  # noqa: E402, F401


@pytest.fixture(scope="session")
def colab_python():
    """The interpreter of the Colab-like environment."""
    python = ROOT / ".venv-colab" / "bin" / "python"
    if not python.exists():
        pytest.fail("no .venv-colab yet: run `make test-colab`")
    return str(python)
