"""One thread, and the same hypothesis examples in every run."""

import torch
from hypothesis import settings

torch.set_num_threads(1)
settings.register_profile(
    "book", deadline=None, derandomize=True, database=None, max_examples=25
)
settings.load_profile("book")
