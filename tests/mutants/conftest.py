"""What a run of some of the mutants depends on."""

from turns import TURN


def pytest_report_header() -> str:
    """Say how to try the same again."""
    return f"mutants: ATTN_TURN={TURN}"
