"""The table of examples: it has everything public, and calls it."""

import pytest
import torch
from examples import COPIES, EXAMPLES, SAME_AS, every_tensor, public_names


def test_the_table_has_everything_public_and_nothing_else():
    in_the_table = {name.split(",")[0] for name in EXAMPLES}
    listed = SAME_AS.keys() | COPIES.keys() | in_the_table
    missing = public_names() ^ listed
    assert not missing, f"tests/examples.py must call, or no longer: {missing}"
    assert {*SAME_AS.values()} <= in_the_table


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_gives_tensors_that_depend_on_the_seed(name):
    example = EXAMPLES[name]
    one, other = (
        every_tensor(example.call(example.module(seed), *example.inputs(seed)))
        for seed in (3, 5)
    )
    assert one
    assert not all(map(torch.equal, one, other))
