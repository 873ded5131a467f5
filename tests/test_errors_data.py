"""Errors of the data sets: each names the argument, what was expected, what came.

These tests run WITHOUT the shape hook, like those of test_errors.py.
"""

import pytest
from errors_table import check_row, row

from attn_utils.data import noisy_curve

pytestmark = pytest.mark.usefixtures("without_the_shape_hook")

NAN, INF = float("nan"), float("inf")

CURVES = [
    row(
        f"noise = {given}",
        ValueError,
        lambda given=given: noisy_curve(noise=given),
        f"^noise must be finite and 0 or more, but is {given}",
    )
    for given in (-0.1, NAN, INF)
] + [
    row(
        "no points",
        ValueError,
        lambda: noisy_curve(0),
        "^num_points must be at least 1, but is 0",
    ),
    row(
        "half a point",
        TypeError,
        lambda: noisy_curve(0.5),
        r"^num_points must be an int, but is 0\.5 \(float\)",
    ),
]


@pytest.mark.parametrize(("error", "bad_call", "fragments"), CURVES)
def test_a_bad_argument_is_named_with_what_was_expected_and_what_came(
    error, bad_call, fragments
):
    check_row(error, bad_call, fragments)
