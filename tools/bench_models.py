"""Measure the models: beside torch's own, with and without a cache, in memory."""

import subprocess
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from bench_mechanisms import LIMIT_S, RUNS, in_turns
from bench_table import note, row, table
from torch import nn

from attn_utils import (
    MultiHeadAttention,
    Transformer,
    causal_mask,
    padding_mask,
    recipes,
    sinusoidal_positions,
)
from attn_utils.data import date_pairs
from attn_utils.train import seeded

SHAPES = [(32, 64, 64, 4), (8, 512, 256, 8), (64, 32, 128, 8)]
DATES = {"source_size": 120, "target_size": 15, "encoder_layers": 2}
# Peak memory of one forward and backward call, in KB, above what was there.
MEMORY = """
import re, sys, torch
from attn_utils import MultiHeadAttention
torch.set_num_threads(1)
module = MultiHeadAttention(64, 4)
def call(tokens):
    inputs = torch.randn(1, tokens, 64, requires_grad=True)
    module(inputs, need_weights=False)[0].sum().backward()
def kilobytes(name):
    status = open("/proc/self/status").read()
    return int(re.search(name + r":\\s+(\\d+)", status).group(1))
call(64)
open("/proc/self/clear_refs", "w").write("5")  # forget the peak so far
before = kilobytes("VmRSS")
call(int(sys.argv[1]))
print(kilobytes("VmHWM") - before)
"""


def heads_rows() -> list[str]:
    """Time our multi-head attention against torch's, forward and backward."""
    rows = []
    for batch, tokens, width, heads in SHAPES:
        theirs = nn.MultiheadAttention(width, heads, batch_first=True)
        ours = MultiHeadAttention.from_torch(theirs)
        inputs = torch.randn(batch, tokens, width, requires_grad=True)
        causal = causal_mask(tokens)
        for name, mask, weights in (
            ("no mask, with weights", None, True),
            ("no mask, without", None, False),
            ("causal, with weights", causal, True),
        ):

            def run_ours(ours=ours, x=inputs, mask=mask, weights=weights):
                ours(x, mask=mask, need_weights=weights)[0].sum().backward()

            def run_theirs(theirs=theirs, x=inputs, mask=mask, weights=weights):
                blocked = None if mask is None else ~mask
                outputs, _ = theirs(
                    x,
                    x,
                    x,
                    attn_mask=blocked,
                    need_weights=weights,
                    average_attn_weights=False,
                )
                outputs.sum().backward()

            mine, torchs = in_turns(RUNS, run_ours, run_theirs)
            shape = f"{batch} × {tokens} × {width}, {heads} heads"
            rows.append(row(shape, name, f"{mine / torchs:.2f}"))
    return rows


class TorchTransformer(nn.Module):
    """The date Transformer out of torch's own layers."""

    def __init__(self):
        super().__init__()
        sizes = 64, 4, 128, 0.0
        kind = {"batch_first": True, "norm_first": True}
        self.encoder = nn.TransformerEncoder(
            nn.TransformerEncoderLayer(*sizes, **kind),
            2,
            nn.LayerNorm(64),
            enable_nested_tensor=False,
        )
        self.decoder = nn.TransformerDecoder(
            nn.TransformerDecoderLayer(*sizes, **kind), 1, nn.LayerNorm(64)
        )
        self.source_embedding = nn.Embedding(DATES["source_size"], 64)
        self.target_embedding = nn.Embedding(DATES["target_size"], 64)
        self.output_map = nn.Linear(64, DATES["target_size"])

    def forward(self, source, target, source_mask):
        """Return the logits, as our Transformer does."""
        padded = ~source_mask.squeeze(1)
        inputs = [
            embedding(tokens) * 8 + sinusoidal_positions(tokens.shape[1], 64)
            for embedding, tokens in (
                (self.source_embedding, source),
                (self.target_embedding, target),
            )
        ]
        memory = self.encoder(inputs[0], src_key_padding_mask=padded)
        outputs = self.decoder(
            inputs[1],
            memory,
            tgt_mask=~causal_mask(target.shape[1]),
            memory_key_padding_mask=padded,
        )
        return self.output_map(outputs)


def training_row() -> str:
    """Time one training step of the date Transformer against torch's layers."""
    source = torch.randint(0, DATES["source_size"], (64, 24))
    target = torch.randint(0, DATES["target_size"], (64, 11))
    mask = padding_mask(torch.randint(12, 25, (64,)), 24)

    def step_of(model):
        optimizer = torch.optim.AdamW(model.parameters(), 1e-3)

        def step():
            logits = model(source, target, mask)
            loss = F.cross_entropy(logits.flatten(0, 1), target.flatten())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

        return step

    mine, torchs = in_turns(
        2 * RUNS, step_of(Transformer(**DATES)), step_of(TorchTransformer())
    )
    return row(
        "training step, ours / torch's own layers", f"{mine / torchs:.2f}"
    )


def decoding_row() -> str:
    """Time decoding without the cache against decoding with it."""
    model = Transformer(**DATES).eval()
    source = torch.randint(0, DATES["source_size"], (32, 24))
    start, end, num_tokens = 1, 2, 128
    # A model that never ends: every sentence gets all its tokens.
    model.output_map.bias.data[end] = -1e4

    def with_cache():
        model.greedy(source, start=start, end=end, max_tokens=num_tokens)

    @torch.no_grad()
    def without():
        memory = model.encode(source)
        target = torch.full((32, 1), start)
        for _ in range(num_tokens):
            token = model.decode(target, memory)[:, -1:].argmax(dim=-1)
            target = torch.cat([target, token], dim=1)

    cached, plain = in_turns(3, with_cache, without)
    return row(
        "decoding 32 × 128 tokens, without cache / with it",
        f"{plain / cached:.1f}",
    )


def memory_row() -> str:
    """Compare the peak memory of attention without weights at two lengths."""
    what = "peak memory without weights, 4096 tokens / 2048"
    if not Path("/proc/self/clear_refs").exists():
        return row(what, "not measured: it takes Linux")
    peaks = []
    for tokens in (2048, 4096):
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, str(tokens)],
            capture_output=True,
            text=True,
            check=True,
            timeout=LIMIT_S,
        )
        peaks.append(int(done.stdout))
    return row(what, f"{peaks[1] / peaks[0]:.2f}")


def dates_rows() -> list[str]:
    """Teach the date Transformer with three seeds, and examine each."""
    rows, exact = [], []
    for seed in range(3):
        note(f"dates, seed {seed}")
        model, _ = recipes.teach_dates(seed=seed)
        pairs = date_pairs(2000, True, generator=seeded(7))
        typed = date_pairs(2000, True, True, generator=seeded(7))
        shares = []
        for exam in (pairs, typed):
            written = recipes.write_dates(model, [p.source for p in exam])
            right = [w == p.target for w, p in zip(written, exam, strict=True)]
            shares.append(sum(right) / len(right))
        hits = recipes.alignment_hits(model, pairs).float().mean().item()
        exact.append(shares[0])
        rows.append(row(seed, *(f"{n:.4f}" for n in (*shares, hits))))
    return [*rows, row("mean", f"{sum(exact) / 3:.4f}", "", "")]


def measure() -> str:
    """Return the tables of this part."""
    torch.set_num_threads(1)
    note("heads")
    heads = heads_rows()
    note("models")
    models = [training_row(), decoding_row(), memory_row()]
    return "\n".join(
        [
            f"One thread; ratios of medians of {RUNS} timed in turns.\n",
            table(
                "Multi-head attention / torch's, forward and backward",
                ["batch × tokens × width", "what", "time ratio"],
                heads,
            ),
            table("The date Transformer", ["what", "ratio"], models),
            table(
                "Taught with three seeds, asked for 2,000 held-out days",
                ["seed", "exact", "exact, as typed", "looks at its field"],
                dates_rows(),
            ),
        ]
    )
