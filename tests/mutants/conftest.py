"""Whose turn it is: the day's number, or what CI counts; the same one tries the same."""

import os
import time

os.environ.setdefault("ATTN_TURN", str(int(time.time()) // 86_400))


def pytest_report_header() -> str:
    """Say how to try the same again."""
    return f"mutants: ATTN_TURN={os.environ['ATTN_TURN']}"
