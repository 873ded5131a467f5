"""Measure the package: its attention beside torch's, and its import.

A ratio compares two things timed in turns in one run, on one thread, so that a
busy machine slows both.
"""

import platform
import statistics
import subprocess
import sys
import time

import torch
import torch.nn.functional as F
from bench_table import note, row, table

from attn_utils import causal_mask, scaled_dot_product_attention

RUNS = 15
IMPORTS = 7
LIMIT_S = 60
SHAPES = [(32, 64, 64), (8, 512, 64), (64, 32, 16)]


def in_turns(runs: int, *functions) -> list[float]:
    """Return the median seconds of each function, timed in turns."""
    times = [[] for _ in functions]
    for _ in range(runs):
        for function, kept in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            kept.append(time.perf_counter() - start)
    return [statistics.median(kept) for kept in times]


def attention_rows() -> list[str]:
    """Time our attention against torch's, forward and backward."""
    rows = []
    for batch, tokens, dim in SHAPES:
        inputs = torch.randn(3, batch, tokens, dim, requires_grad=True)
        for name, mask in (("none", None), ("causal", causal_mask(tokens))):

            def ours(inputs=inputs, mask=mask):
                scaled_dot_product_attention(*inputs, mask)[0].sum().backward()

            def torchs(inputs=inputs, mask=mask):
                fused = F.scaled_dot_product_attention(*inputs, attn_mask=mask)
                fused.sum().backward()

            mine, theirs = in_turns(RUNS, ours, torchs)
            shape = f"{batch} × {tokens} × {dim}"
            rows.append(row(shape, name, f"{mine / theirs:.2f}"))
    return rows


def import_row() -> str:
    """Time `import attn_utils` against `import torch`, in fresh processes."""

    def fresh(module):
        command = [sys.executable, "-c", f"import {module}"]
        return lambda: subprocess.run(command, check=True, timeout=LIMIT_S)

    package, alone = in_turns(IMPORTS, fresh("attn_utils"), fresh("torch"))
    return row("import attn_utils / import torch", f"{package / alone:.2f}")


def measure() -> str:
    """Return the tables of this part."""
    torch.set_num_threads(1)
    note("attention")
    attention = attention_rows()
    note("import")
    return "\n".join(
        [
            f"torch {torch.__version__}, Python {platform.python_version()}, "
            f"{platform.machine()}, one thread; ratios of medians of {RUNS}, "
            f"of {IMPORTS} for the import.\n",
            table(
                "Attention with weights / torch's fused, forward and backward",
                ["batch × tokens × width", "mask", "time ratio"],
                attention,
            ),
            table("Import", ["what", "time ratio"], [import_row()]),
        ]
    )
