"""Tracing: torch exports, compiles, vmaps and differentiates what is public.

None of these can tell Python the value of a tensor. No compiler is needed: the
backend "eager" runs what was traced.
"""

import warnings
from functools import partial

import pytest
import torch
from examples import EXAMPLES, every_tensor, no_module, seen
from modules import assert_near, filled
from tensors import normal
from torch import nn
from torch.func import functional_call, grad, hessian, vmap

from attn_utils import (
    MultiHeadAttention,
    RecurrentEncoder,
    Transformer,
    attention,
    masked_softmax,
    padding_mask,
    shift_right,
)

# torch's own: what it vmaps in a loop, deprecates but still uses, or puts on a GRU.
pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore:There is a performance drop"),
    pytest.mark.filterwarnings("ignore:The tensor attribute.*_flat_weights"),
    pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning"),
]


# torch has no rule by which it could vmap a whole GRU; it does a cell.
ON_A_GRU = [
    name
    for name in EXAMPLES
    if name.startswith(("Recurrent", "LuongDecoder", "Seq2Seq"))
]
ALL_ELSE = [name for name in EXAMPLES if name not in ON_A_GRU]
# What is drawn here changes no result, but vmap must be told that it may be.
vmapped = partial(vmap, randomness="different")


class Traced(nn.Module):
    """An example as a module, which is what torch exports."""

    def __init__(self, example):
        super().__init__()
        self.module = example.module()
        self.example = example

    def forward(self, *inputs):
        return every_tensor(self.example.call(self.module, *inputs))


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_exported_computes_the_same(name):
    model = Traced(EXAMPLES[name])
    inputs = EXAMPLES[name].inputs(1)
    exported = torch.export.export(model, inputs, strict=False).module()
    for seed in (1, 2):
        inputs = EXAMPLES[name].inputs(seed)
        assert_near(exported(*inputs), model(*inputs))


@pytest.mark.plain
@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_compiled_in_one_graph_computes_the_same(name):
    torch._dynamo.reset()
    model = Traced(EXAMPLES[name])
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    with torch._dynamo.config.patch(allow_rnn=name in ON_A_GRU):
        for seed in (1, 2):
            inputs = EXAMPLES[name].inputs(seed)
            assert_near(compiled(*inputs), model(*inputs))


def of_two_samples(name):
    """Return an example's inputs for two samples, each alone and stacked."""
    each = [EXAMPLES[name].inputs(seed) for seed in (1, 2)]
    return each, [torch.stack(parts) for parts in zip(*each, strict=True)]


@pytest.mark.parametrize("name", ALL_ELSE)
def test_what_is_vmapped_computes_the_same(name):
    model = Traced(EXAMPLES[name])
    each, stacked = of_two_samples(name)
    results = zip(*(model(*inputs) for inputs in each), strict=True)
    expected = [torch.stack(parts) for parts in results]
    assert_near(list(vmapped(model)(*stacked)), expected)


@pytest.mark.parametrize("name", ON_A_GRU)
def test_a_gru_is_not_vmapped_by_torch(name):
    with pytest.raises(
        RuntimeError, match="rule not implemented for aten::gru"
    ):
        vmapped(Traced(EXAMPLES[name]))(*of_two_samples(name)[1])


def test_the_lengths_of_what_a_gru_reads_are_vmapped():
    encoder = filled(RecurrentEncoder(11, 7, 4))
    source, lengths = spoken(2, 5, 3)[0], torch.tensor([[1, 5], [4, 2]])
    expected = [encoder(source, one) for one in lengths]
    together = vmap(lambda one: encoder(source, one))(lengths)
    for got, each in zip(together, zip(*expected, strict=True), strict=True):
        assert_near(got, torch.stack(each))


def gradient_of(model, *inputs):
    """Return the gradient of all that the model returns."""

    def loss(parameters):
        result = functional_call(model, parameters, inputs)
        return sum(x.square().sum() for x in result)

    return grad(loss)(dict(model.named_parameters()))


# Chosen tokens have no gradient.
LEARNING = [
    name
    for name in ALL_ELSE
    if EXAMPLES[name].make is not no_module
    and not name.endswith(("greedy", "beam", "sample"))
]


@pytest.mark.parametrize("name", LEARNING)
def test_every_sample_has_its_gradient(name):
    model = Traced(EXAMPLES[name])
    each, stacked = of_two_samples(name)
    expected = [gradient_of(model, *inputs) for inputs in each]
    together = vmapped(partial(gradient_of, model))(*stacked)
    for key, found in together.items():
        assert_near(found, torch.stack([one[key] for one in expected]))


@pytest.mark.parametrize("mapped", [(0, None), (None, 0), (0, 0), (1, 2)])
def test_scores_and_masks_are_vmapped_over_any_axis(mapped):
    whole = normal(3, 2, 7, 5, seed=0), seen(0, 3, 2, 7, 5)
    moved = [
        x[0] if axis is None else x.movedim(0, axis)
        for x, axis in zip(whole, mapped, strict=True)
    ]
    expected = [
        masked_softmax(
            *(
                x[0 if axis is None else place]
                for x, axis in zip(whole, mapped, strict=True)
            )
        )
        for place in range(3)
    ]
    together = vmap(masked_softmax, mapped)(*moved)
    assert_near(together, torch.stack(expected))


@pytest.mark.plain
def test_sizes_may_stay_open_in_an_export():
    model = Transformer(11, 13, 6, 3, 7).eval()
    batch, source, target = map(torch.export.Dim, ("batch", "source", "target"))
    exported = torch.export.export(
        model,
        (*spoken(2, 5, 3), padding_mask([3, 5], 5)),
        dynamic_shapes=(
            {0: batch, 1: source},
            {0: batch, 1: target},
            {0: batch, 2: source},
        ),
        strict=False,
    ).module()
    longer = *spoken(3, 7, 4), padding_mask([1, 7, 4], 7)
    assert_near(exported(*longer), model(*longer))


def spoken(batch, source, target):
    return (
        torch.arange(batch * source).view(batch, source) % 11,
        torch.arange(batch * target).view(batch, target) % 13,
    )


@pytest.mark.plain
def test_what_torchscript_traces_knows_of_rows_that_see_nothing():
    query, key, value = (normal(2, 5, 6, seed=seed) for seed in range(3))
    every, some = torch.ones(2, 5, 5, dtype=torch.bool), seen(0, 2, 5, 5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        traced = torch.jit.trace(attention, (query, key, value, every))
    assert_near(
        traced(query, key, value, some), attention(query, key, value, some)
    )


@pytest.mark.plain
def test_values_are_checked_where_they_are_known():
    tokens = torch.tensor([[3, -1]])
    with pytest.raises(ValueError, match="tokens must hold"):
        shift_right(tokens, 1)
    compiled = torch.compile(shift_right, fullgraph=True, backend="eager")
    assert compiled(tokens, 1).tolist() == [[1, 3]]
    vmapped_too = vmap(lambda row: shift_right(row, 1))(tokens.unsqueeze(0))
    assert vmapped_too.tolist() == [[[1, 3]]]


def test_only_attention_with_weights_has_a_second_derivative():
    module, x = MultiHeadAttention(6, 3), normal(1, 2, 6, seed=0)

    def curved(need_weights):
        return hessian(lambda x: module(x, need_weights=need_weights)[0].sum())

    assert curved(True)(x).abs().sum() > 0
    with pytest.raises(RuntimeError, match="derivative"):
        curved(False)(x)
