"""Measure the book; `make bench` prints the tables and keeps them in bench.md.

Times are medians; a ratio compares two things timed in turns in one run, on one
thread, so that a busy machine slows both. Nothing here is asserted: a test that
asserts a time fails on somebody else's machine.
"""

import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from bench_pages import KINDS, MOVE, READY, measure_pages, row
from jupyter_cache import get_cache

from attn_utils import causal_mask, scaled_dot_product_attention

RUNS = 15
SHAPES = [(32, 64, 64), (8, 512, 64), (64, 32, 16)]
BOOK = Path("_build/html")


def table(title: str, head: list[str], rows: list[str]) -> str:
    """Return a Markdown table under its title."""
    line = row(*("---" for _ in head))
    return "\n".join([f"\n## {title}\n", row(*head), line, *rows])


def in_turns(*functions) -> list[float]:
    """Return the median seconds of each function, timed in turns."""
    times = [[] for _ in functions]
    for _ in range(RUNS):
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

            mine, theirs = in_turns(ours, torchs)
            shape = f"{batch} × {tokens} × {dim}"
            rows.append(row(shape, name, f"{mine / theirs:.2f}"))
    return rows


def import_row() -> str:
    """Time `import attn_utils` against `import torch`, in fresh processes."""

    def fresh(module):
        return lambda: subprocess.run(
            [sys.executable, "-c", f"import {module}"], check=True
        )

    package, alone = in_turns(fresh("attn_utils"), fresh("torch"))
    return row("import attn_utils / import torch", f"{package / alone:.2f}")


def chapter_rows() -> list[str]:
    """Return how long each chapter ran when the book was built."""
    cache = get_cache("_build/.jupyter_cache")
    return [
        row(record.uri, f"{record.data['execution_seconds']:.1f}")
        for record in sorted(cache.list_cache_records(), key=lambda r: r.uri)
    ]


def main() -> None:
    """Measure everything and keep the tables."""
    if not (BOOK / "index.html").exists():
        sys.exit("make: there is no book yet; run `make book` first")
    torch.set_num_threads(1)
    weights, ready, moves = measure_pages()
    parts = [
        "# Measured\n",
        f"By `make bench`: torch {torch.__version__}, Python "
        f"{platform.python_version()}, {platform.machine()}, one thread, medians "
        f"of {RUNS}.",
        table(
            "Chapters, wall seconds at the last build",
            ["chapter", "s"],
            chapter_rows(),
        ),
        table("Pages, gzipped kilobytes by kind, and requests", KINDS, weights),
        table(
            "First widget ready, milliseconds after navigation", READY, ready
        ),
        table(
            "One move of a slider, milliseconds of handler and drawing",
            MOVE,
            moves,
        ),
        table(
            "Attention with weights / torch's fused, forward and backward",
            ["batch × tokens × width", "mask", "time ratio"],
            attention_rows(),
        ),
        table("Import", ["what", "time ratio"], [import_row()]),
    ]
    text = "\n".join(parts) + "\n"
    Path("bench.md").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main()
