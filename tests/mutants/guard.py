"""Becomes the conftest.py of a mutated copy: holds that the copy is tested."""

from pathlib import Path

import attn_utils

copy = Path(__file__).resolve().parent
tested = Path(attn_utils.__file__).resolve()
assert tested.is_relative_to(copy), f"{tested} is tested instead of the copy"
