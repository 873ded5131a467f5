"""Children that a user replaces: the owner asks nothing of them but a call."""

import pytest
import torch
from examples import EXAMPLES, every_tensor, no_module
from modules import assert_near
from torch import nn
from torch.ao.quantization import quantize_dynamic
from torch.testing import assert_close

from attn_utils import (
    ChannelAttention,
    EncoderLayer,
    FeedForward,
    MultiHeadAttention,
    Transformer,
)

OWNERS = [n for n in EXAMPLES if EXAMPLES[n].make is not no_module]


class Closed(nn.Module):
    """Holds a module of torch, and lets no one see what it is."""

    def __init__(self, inside):
        super().__init__()
        self.inside = inside

    def forward(self, *inputs):
        return self.inside(*inputs)


class LoRA(nn.Module):
    """A frozen linear map, and what is learned beside it: B A, of rank 2."""

    def __init__(self, frozen):
        super().__init__()
        self.frozen = frozen.requires_grad_(False)
        self.narrow = nn.Linear(frozen.in_features, 2, bias=False)
        self.widen = nn.Linear(2, frozen.out_features, bias=False)
        nn.init.zeros_(self.widen.weight)

    def forward(self, x):
        return self.frozen(x) + self.widen(self.narrow(x))


def replaced(module, kind, by):
    """Replace every part of a kind, wherever in the module it stands."""
    for name, child in module.named_children():
        if isinstance(child, kind):
            setattr(module, name, by(child))
        else:
            replaced(child, kind, by)
    return module


def call(name, module):
    example = EXAMPLES[name]
    return every_tensor(example.call(module, *example.inputs(1)))


TORCHS = (
    nn.Linear,
    nn.Conv2d,
    nn.Embedding,
    nn.LayerNorm,
    nn.BatchNorm2d,
    nn.GRU,
    nn.GRUCell,
    nn.Dropout,
)


@pytest.mark.parametrize("name", OWNERS)
def test_every_child_may_be_hidden_in_another(name):
    expected = call(name, EXAMPLES[name].module())
    module = replaced(EXAMPLES[name].module(), TORCHS, Closed)
    assert_near(call(name, module), expected)


@pytest.mark.parametrize("name", OWNERS)
def test_every_linear_map_may_have_another_beside_it(name):
    expected = call(name, EXAMPLES[name].module())
    module = replaced(EXAMPLES[name].module(), nn.Linear, LoRA)
    assert_near(call(name, module), expected)


@pytest.mark.parametrize("name", OWNERS)
@pytest.mark.parametrize(
    "kinds", [{nn.Linear}, {nn.Linear, nn.GRU, nn.GRUCell}], ids=len
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_map_may_be_in_eight_bits(name, kinds):
    module = EXAMPLES[name].module()
    expected = call(name, module)
    small = quantize_dynamic(module, kinds)
    assert_close(call(name, small), expected, atol=0.03, rtol=0.03)


def test_what_stands_beside_a_frozen_map_learns_alone():
    model = replaced(Transformer(11, 13, 6, 3, 7), nn.Linear, LoRA)
    tokens = torch.tensor([[3, 4, 5]])
    model(tokens, tokens).logsumexp(-1).sum().backward()
    gradients = {name: p.grad for name, p in model.named_parameters()}
    frozen = [g for name, g in gradients.items() if "frozen" in name]
    widened = [g for name, g in gradients.items() if "widen.widen" in name]
    assert frozen
    assert all(g is None for g in frozen)
    assert widened
    assert all(g.any() for g in widened)


WRONG = [
    ("query", lambda: MultiHeadAttention(6, 3), (2, 3, 7)),
    ("inputs", lambda: EncoderLayer(6, 3, 7), (2, 3, 7)),
    ("inputs", lambda: FeedForward(6, 7), (2, 3, 7)),
    ("features", lambda: ChannelAttention(4, 2), (2, 3, 5, 5)),
]


@pytest.mark.parametrize(("name", "make", "shape"), WRONG)
def test_widths_are_still_held(name, make, shape):
    module = replaced(make(), TORCHS, Closed)
    with pytest.raises(ValueError, match=rf"^{name} must"):
        module(torch.ones(shape))


class Single(Closed):
    """Takes any dtype, and computes in its own."""

    def forward(self, x):
        return self.inside(x.float())


@pytest.mark.parametrize(
    "name", ["MultiHeadAttention.forward", "CBAM.forward", "RNNCell.forward"]
)
def test_a_child_of_another_type_takes_the_dtype_that_it_likes(name):
    example, kinds = EXAMPLES[name], (nn.Linear, nn.Conv2d)
    inputs = [
        x.double() if x.is_floating_point() else x for x in example.inputs(1)
    ]
    with pytest.raises(TypeError, match="dtype of the parameters"):
        example.call(example.module(), *inputs)
    module = replaced(example.module(), kinds, Single)
    result = example.call(module, *inputs)
    expected = call(name, example.module())
    for got, of_float in zip(every_tensor(result), expected, strict=True):
        assert_near(got.float(), of_float)
