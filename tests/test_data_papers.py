"""Other people's numbers: kept in one file, each with its place."""

import pytest

from attn_utils.data import papers


def test_the_sizes_of_the_paper_s_base_model_fit_each_other():
    base = papers.figures("vaswani2017", "base model")
    assert "table 3" in base.where
    numbers = base.numbers
    assert numbers["num_heads"] * numbers["head_dim"] == numbers["model_dim"]
    assert numbers["ff_dim"] == 4 * numbers["model_dim"]


def test_a_paper_or_a_table_that_is_not_kept_is_refused():
    with pytest.raises(
        ValueError, match=r"paper must be one of vaswani2017.*'gpt'"
    ):
        papers.figures("gpt", "base model")
    with pytest.raises(
        ValueError, match=r"what must be one of base model.*'big'"
    ):
        papers.figures("vaswani2017", "big")
