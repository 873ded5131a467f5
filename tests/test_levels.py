"""Eight bits a number: what is left of a matrix, and of a model."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from refused import refused
from tensors import normal
from torch import nn

from attn_utils.train import in_eight_bits

SIZES = st.integers(1, 7)


def rounded(matrix):
    """Return what is left of a matrix in a model."""
    model = nn.Linear(*reversed(matrix.shape), bias=False)
    with torch.no_grad():
        model.weight.copy_(matrix)
    return in_eight_bits(model).weight.detach()


@given(SIZES, SIZES, st.integers(0, 99), st.integers(-6, 6))
def test_a_number_moves_by_half_a_step_at_most(rows, columns, seed, size):
    matrix = normal(rows, columns, seed=seed) * 10.0**size
    step = matrix.abs().amax(1, keepdim=True) / 127
    # The step itself is rounded to half precision, 127 times it by as much.
    room = step / 2 + 127 * step * 2**-11 + 127 * 2.0**-25
    assert ((rounded(matrix) - matrix).abs() <= room * 1.001).all()


@given(SIZES, SIZES, st.integers(0, 99))
def test_what_is_rounded_once_stays(rows, columns, seed):
    once = rounded(normal(rows, columns, seed=seed))
    assert torch.equal(rounded(once), once)


def test_a_row_has_a_step_of_its_own_and_whole_levels():
    got = rounded(torch.tensor([[254.0, 1.0, -5.1], [0.127, -0.127, 0.05]]))
    assert got[0].tolist() == [254.0, 0.0, -6.0]
    step = torch.tensor(0.001).half().float()
    assert torch.equal(got[1], torch.tensor([127, -127, 50]) * step)


def test_a_row_of_zeros_stays():
    assert torch.equal(rounded(torch.zeros(2, 3)), torch.zeros(2, 3))


def test_what_is_no_matrix_is_in_half_precision_and_the_model_is_returned():
    model = nn.LayerNorm(5)
    with torch.no_grad():
        model.bias.copy_(normal(5, seed=1))
    expected = model.bias.detach().half().float()
    assert in_eight_bits(model) is model
    assert torch.equal(model.bias, expected)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e8])
def test_what_no_step_reaches_is_refused(number):
    matrix = torch.full((2, 3), number)
    with refused(ValueError, ["weight must be finite", "8319008"]):
        rounded(matrix)
