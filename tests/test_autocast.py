"""Autocast: torch brings unlike dtypes together, and nothing stands in its way."""

from contextlib import nullcontext

import pytest
import torch
from examples import EXAMPLES, every_tensor
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.testing import assert_close

from attn_utils import (
    BahdanauDecoder,
    KeyValueCache,
    LuongDecoder,
    RecurrentEncoder,
    Seq2Seq,
    attention,
    causal_mask,
)

HALF = torch.bfloat16
FLOATING = {
    name: [
        place
        for place, x in enumerate(EXAMPLES[name].inputs(1))
        if x.is_floating_point()
    ]
    for name in EXAMPLES
}
UNLIKE = [(name, place) for name in EXAMPLES for place in FLOATING[name]]


def call(name, place=None):
    """Return the floating results; the input at `place` is in half precision."""
    inputs = list(EXAMPLES[name].inputs(1))
    if place is not None:
        inputs[place] = inputs[place].to(HALF)
    result = EXAMPLES[name].call(EXAMPLES[name].module(), *inputs)
    return [x for x in every_tensor(result) if x.is_floating_point()]


def assert_roughly(got, expected):
    assert_close(
        [x.float() for x in got],
        [x.float() for x in expected],
        atol=0.05,
        rtol=0.05,
    )


@pytest.mark.parametrize(("name", "place"), UNLIKE)
def test_any_input_may_be_in_half_precision(name, place):
    expected = call(name)
    with torch.autocast("cpu", HALF):
        assert_roughly(call(name, place), expected)


@pytest.mark.parametrize("name", [n for n in EXAMPLES if not FLOATING[n]])
def test_what_reads_tokens_runs_in_half_precision(name):
    expected = call(name)
    with torch.autocast("cpu", HALF):
        assert_roughly(call(name), expected)


# What these add up, put side by side or do not read may be unlike.
NOT_COMPARED = {
    ("Residual.leave", 0),
    ("Residual.leave", 1),
    ("KeyValueCache.extend", 1),
    ("KeyValueCache.extend", 3),
    ("KeyValueCache.select", 0),
    ("KeyValueCache.select", 1),
    ("RecurrentDecoder.forward", 2),
}


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (name, place)
        for name, place in UNLIKE
        if len(FLOATING[name]) > 1 and (name, place) not in NOT_COMPARED
    ],
)
def test_without_it_unlike_dtypes_are_refused(name, place):
    with pytest.raises((TypeError, ValueError), match=r"bfloat16"):
        call(name, place)


def test_it_leaves_double_precision_alone_and_so_do_we():
    x = torch.ones(2, 3, 5)
    with (
        torch.autocast("cpu", HALF),
        pytest.raises(TypeError, match=r"key must have the dtype of query"),
    ):
        attention(x, x.double(), x)


@pytest.mark.long
@pytest.mark.parametrize("device", ["cuda", "meta"])
def test_the_autocast_of_another_device_changes_nothing(device):
    with FakeTensorMode() if device == "cuda" else nullcontext():
        x, half = (
            torch.empty(2, 3, 5, dtype=dtype, device=device)
            for dtype in (torch.float32, HALF)
        )
        with (
            torch.autocast("cpu", HALF),
            pytest.raises(TypeError, match=r"key must have the dtype of query"),
        ):
            attention(x, half, x)


def test_a_cache_may_go_on_under_autocast():
    module = EXAMPLES["MultiHeadAttention.forward"].module()
    x = torch.linspace(-1, 1, 60).view(2, 5, 6)
    expected = module(x, mask=causal_mask(5))[0][:, 3:]
    cache = KeyValueCache()
    module(x[:, :3], mask=causal_mask(3), cache=cache)
    with torch.autocast("cpu", HALF):
        got, _ = module(x[:, 3:], mask=causal_mask(5)[3:], cache=cache)
    assert_roughly([got], [expected])


@pytest.mark.parametrize("decoder", [LuongDecoder, BahdanauDecoder])
def test_a_decoder_with_attention_learns_under_autocast(decoder):
    model = Seq2Seq(
        RecurrentEncoder(11, 5, 4, two_way=True), decoder(13, 7, 4, 8)
    )
    source, target = torch.tensor([[3, 4, 5]]), torch.tensor([[1, 2]])
    with torch.autocast("cpu", HALF):
        logits, _ = model(source, torch.tensor([3]), target)
        loss = logits.logsumexp(-1).sum()
    loss.backward()
    assert all(p.grad.isfinite().all() for p in model.parameters())
    assert {p.grad.dtype for p in model.parameters()} == {torch.float32}
