"""One thread, and the same hypothesis examples in every run."""

import pytest
import torch
from hypothesis import settings
from turns import TURN

torch.set_num_threads(1)
settings.register_profile(
    "book", deadline=None, derandomize=True, database=None, max_examples=25
)
settings.load_profile("book")


def pytest_report_header() -> str:
    """Say how to try the same again, where not all is tried."""
    return f"turn: ATTN_TURN={TURN}"


@pytest.fixture
def without_the_shape_hook(request):
    """Skip where jaxtyping would raise before the package's own errors do."""
    if request.config.getoption("jaxtyping_packages", None):
        pytest.skip("the shape hook would raise first: run without it")


def pytest_collection_modifyitems(items):
    """Mark what is run without the shape hook: all that asks for its absence."""
    for item in items:
        asks = "without_the_shape_hook" in item.fixturenames
        if asks or item.path.name.startswith("test_errors"):
            item.add_marker("plain")
