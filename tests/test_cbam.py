"""CBAM: both gates by hand, by a formula, and by the paper's numbers."""

import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from tensors import normal
from torch import nn
from torch.testing import assert_close

from attn_utils import (
    CBAM,
    ChannelAttention,
    EfficientChannelAttention,
    SpatialAttention,
)
from attn_utils.cbam import average, maximum

NAN = float("nan")
SEEDS = st.integers(0, 9999)
TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-10}
PRECISIONS = pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
AS_IN_CODE = pytest.mark.parametrize("as_in_code", [False, True])
POOLS = pytest.mark.parametrize(
    "pools",
    [(average, maximum), (average,), (maximum,)],
    ids=["both", "average", "maximum"],
)


def images(seed: int = 0, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """Return 2 images of 7 channels, 5 rows and 11 columns."""
    return normal(2, 7, 5, 11, seed=seed, dtype=dtype)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def size(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def gradients(module: nn.Module, features: torch.Tensor, output: torch.Tensor):
    """Return the gradients of input and parameters, for a random direction."""
    wave = normal(*output.shape, seed=99, dtype=output.dtype)
    return torch.autograd.grad(
        (output * wave).sum(), [features, *module.parameters()]
    )


def assert_equal_with_gradients(module, features, output, expected):
    tolerance = TOLERANCE[features.dtype]
    for got, right in zip(
        (output, *gradients(module, features, output)),
        (expected, *gradients(module, features, expected)),
        strict=True,
    ):
        assert_close(got, right, atol=tolerance, rtol=tolerance)


# By hand


def test_the_channel_gate_by_hand():
    gate = ChannelAttention(2, reduction=2)
    gate.network[0].weight.data = torch.tensor([[1.0, -1.0]])
    gate.network[2].weight.data = torch.tensor([[1.0], [-2.0]])
    # The averages 1 and 3 become -2, which the ReLU stops; the maxima 7 and 4
    # become 3, which goes to 3 and to -6.
    features = torch.tensor([[[[0.0, -3.0, 7.0, 0.0]], [[3.0, 4.0, 2.0, 3.0]]]])
    weights = gate(features)
    assert weights.shape == (1, 2, 1, 1)
    assert_close(weights.flatten(), torch.tensor([sigmoid(3.0), sigmoid(-6.0)]))


def test_the_answers_to_both_summaries_are_added_by_hand():
    gate = ChannelAttention(1, reduction=1)
    gate.network[0].weight.data = torch.tensor([[1.0]])
    gate.network[2].weight.data = torch.tensor([[0.5]])
    features = torch.tensor([[[[1.0, 2.0], [0.0, 5.0]]]])
    # The average 2 answers 1, the maximum 5 answers 2.5.
    assert gate(features).item() == pytest.approx(sigmoid(3.5))


def test_the_spatial_gate_by_hand():
    gate = SpatialAttention(kernel_size=3)
    gate.convolution.weight.data.zero_()
    gate.convolution.weight.data[0, 0, 1, 1] = 1.0  # the average, here
    gate.convolution.weight.data[0, 1, 1, 2] = 10.0  # the maximum, to the right
    features = torch.tensor([[[[1.0, 2.0, 3.0]], [[3.0, -2.0, 0.0]]]])
    # Averages 2, 0, 1.5 and maxima 3, 2, 3, with 0 beyond the edge.
    expected = [sigmoid(x) for x in (2.0 + 20.0, 0.0 + 30.0, 1.5 + 0.0)]
    weights = gate(features)
    assert weights.shape == (1, 1, 1, 3)
    assert_close(weights.flatten(), torch.tensor(expected))


def test_both_gates_after_one_another_by_hand():
    block = CBAM(1, reduction=1, kernel_size=1)
    block.channel.network[0].weight.data = torch.tensor([[1.0]])
    block.channel.network[2].weight.data = torch.tensor([[1.0]])
    block.spatial.convolution.weight.data = torch.tensor([[[[1.0]], [[1.0]]]])
    features = torch.tensor([[[[1.0, 3.0]]]])
    channel = sigmoid(2.0 + 3.0)
    expected = [x * channel * sigmoid(2 * x * channel) for x in (1.0, 3.0)]
    assert_close(block(features).flatten(), torch.tensor(expected))


# By a formula


def channel_formula(gate, features):
    """Woo et al. 2018, equation 2, one summary after the other."""
    first, _, last = gate.network

    def answer(summary):
        hidden = F.linear(summary, first.weight, first.bias).clamp(min=0)
        return F.linear(hidden, last.weight, last.bias)

    mean = F.avg_pool2d(features, features.shape[2:])[..., 0, 0]
    top = F.max_pool2d(features, features.shape[2:])[..., 0, 0]
    return torch.sigmoid(answer(mean) + answer(top))[..., None, None]


def spatial_formula(gate, features):
    """Woo et al. 2018, equation 3; the kernel is 7 wide.

    The equation has the average first, the authors' code the maximum.
    """
    mean = features.mean(1, keepdim=True)
    top = features.max(1, keepdim=True).values
    order = [top, mean] if gate.pools[0] is maximum else [mean, top]
    planes = F.pad(torch.cat(order, dim=1), (3, 3, 3, 3))
    scores = F.conv2d(planes, gate.convolution.weight)
    if isinstance(gate.norm, nn.BatchNorm2d):
        mean, variance = scores.mean(), scores.var(unbiased=False)
        scores = (scores - mean) / (variance + 1e-5).sqrt()
        scores = scores * gate.norm.weight + gate.norm.bias
    return torch.sigmoid(scores)


@PRECISIONS
@AS_IN_CODE
def test_the_channel_gate_equals_its_formula(as_in_code, dtype):
    torch.manual_seed(1)
    gate = ChannelAttention(7, reduction=2, bias=as_in_code).to(dtype)
    features = images(dtype=dtype).requires_grad_()
    assert_equal_with_gradients(
        gate, features, gate(features), channel_formula(gate, features)
    )


@PRECISIONS
@AS_IN_CODE
def test_the_spatial_gate_equals_its_formula(as_in_code, dtype):
    torch.manual_seed(1)
    gate = SpatialAttention(batch_norm=as_in_code).to(dtype)
    for number, parameter in enumerate(gate.parameters()):
        parameter.data = normal(*parameter.shape, seed=number, dtype=dtype)
    features = images(dtype=dtype).requires_grad_()
    assert_equal_with_gradients(
        gate, features, gate(features), spatial_formula(gate, features)
    )


@PRECISIONS
@AS_IN_CODE
def test_the_block_is_channel_first_and_then_spatial(as_in_code, dtype):
    torch.manual_seed(1)
    block = CBAM(7, reduction=2, as_in_code=as_in_code).to(dtype)
    features = images(dtype=dtype).requires_grad_()
    by_channel = features * channel_formula(block.channel, features)
    expected = by_channel * spatial_formula(block.spatial, by_channel)
    assert_equal_with_gradients(block, features, block(features), expected)
    by_place = features * spatial_formula(block.spatial, features)
    other_way = by_place * channel_formula(block.channel, by_place)
    assert not torch.allclose(other_way, expected, atol=1e-3)


class AsWritten(nn.Module):
    """The block as its authors lay it out, their modules' order and names aside.

    Its parameters come in the order in which theirs are saved.
    """

    def __init__(self, channels, reduction):
        super().__init__()
        self.mlp = nn.Sequential(
            nn.Flatten(),
            nn.Linear(channels, channels // reduction),
            nn.ReLU(),
            nn.Linear(channels // reduction, channels),
        )
        self.conv = nn.Conv2d(2, 1, 7, padding=3, bias=False)
        self.bn = nn.BatchNorm2d(1, momentum=0.01)

    def forward(self, x):
        sums = 0.0
        for pool in (F.avg_pool2d, F.max_pool2d):
            sums = sums + self.mlp(pool(x, x.shape[2:]))
        x = x * sums.sigmoid()[:, :, None, None]
        largest, mean = x.max(1, keepdim=True)[0], x.mean(1, keepdim=True)
        planes = torch.cat((largest, mean), dim=1)
        return x * self.bn(self.conv(planes)).sigmoid()


def copied(theirs, as_in_code=True):
    block = CBAM(7, reduction=2, as_in_code=as_in_code)
    ours, states = block.state_dict(), theirs.state_dict()
    assert [t.shape for t in ours.values()] == [
        t.shape for t in states.values()
    ]
    block.load_state_dict(dict(zip(ours, states.values(), strict=True)))
    return block


def test_as_in_code_a_state_copied_in_order_computes_what_the_authors_do():
    torch.manual_seed(1)
    theirs = AsWritten(7, 2)
    for _ in range(3):
        theirs(images())  # so that the batch norm has means and variances
    theirs.eval()
    block = copied(theirs).eval()
    assert_close(block(images(1)), theirs(images(1)), atol=1e-6, rtol=1e-6)
    block.spatial.pools = (average, maximum)  # the order of the equation
    assert not torch.allclose(block(images(1)), theirs(images(1)), atol=1e-3)


def test_by_the_equations_the_average_is_read_first():
    assert CBAM(32).spatial.pools == (average, maximum)
    assert CBAM(32, as_in_code=True).spatial.pools == (maximum, average)
    for as_in_code in (False, True):
        pools = CBAM(32, as_in_code=as_in_code).channel.pools
        assert pools == (average, maximum)


def test_a_kernel_over_channels_by_hand():
    gate = EfficientChannelAttention(kernel_size=3)
    gate.convolution.weight.data = torch.tensor([[[1.0, 10.0, 100.0]]])
    # The averages are .01, .02 and .03; beyond the ends stand zeros.
    features = torch.tensor([[[[0.0, 0.02]], [[0.02, 0.02]], [[0.05, 0.01]]]])
    expected = [sigmoid(x) for x in (0.1 + 2.0, 0.01 + 0.2 + 3.0, 0.02 + 0.3)]
    weights = gate(features)
    assert weights.shape == (1, 3, 1, 1)
    assert_close(weights.flatten(), torch.tensor(expected))


@pytest.mark.parametrize("kernel_size", [1, 3, 5])
def test_a_channel_hears_its_neighbours_as_far_as_the_kernel_goes(kernel_size):
    gate = EfficientChannelAttention(kernel_size)
    assert size(gate) == kernel_size
    features = torch.zeros(1, 11, 2, 3)
    changed = features.clone()
    changed[:, 5] = 1.0
    differs = (gate(changed) != gate(features)).flatten()
    reach = kernel_size // 2
    assert differs.nonzero().flatten().tolist() == list(
        range(5 - reach, 6 + reach)
    )


def test_the_kernel_over_channels_asks_three_unless_told_otherwise():
    assert EfficientChannelAttention().convolution.kernel_size == (3,)


@POOLS
def test_each_choice_of_summaries_answers_by_itself(pools):
    torch.manual_seed(1)
    features = images()
    channel = ChannelAttention(7, reduction=3, pools=pools)
    answers = [channel.network(pool(features.flatten(2))) for pool in pools]
    assert_close(
        channel(features)[..., 0, 0], torch.stack(answers).sum(0).sigmoid()
    )
    spatial = SpatialAttention(3, pools=pools)
    assert spatial.convolution.in_channels == len(pools)
    planes = torch.cat([pool(features.movedim(1, -1)) for pool in pools])
    planes = planes.unflatten(0, (len(pools), 2)).transpose(0, 1)
    expected = F.conv2d(planes, spatial.convolution.weight, padding=1)
    assert_close(spatial(features), expected.sigmoid())


def test_the_summaries_are_the_mean_and_the_largest():
    rows = torch.tensor([[1.0, 2.0, 6.0], [-5.0, -1.0, 0.0]])
    assert average(rows).tolist() == [3.0, -2.0]
    assert maximum(rows).tolist() == [6.0, 0.0]


def test_the_average_alone_is_squeeze_and_excitation():
    torch.manual_seed(1)
    gate = ChannelAttention(7, reduction=2, pools=(average,))
    features = images()
    squeezed = F.adaptive_avg_pool2d(features, 1).flatten(1)
    excited = torch.sigmoid(gate.network(squeezed))
    assert_close(gate(features).flatten(1), excited)


# The paper's numbers

BLOCKS = [(256, 3), (512, 4), (1024, 6), (2048, 3)]
RESNET_50 = 25_557_032


def resnet_50_with_cbam(as_in_code: bool) -> int:
    """Return the number of parameters: a CBAM in each of the 16 blocks."""
    with torch.device("meta"):
        return RESNET_50 + sum(
            count * size(CBAM(channels, as_in_code=as_in_code))
            for channels, count in BLOCKS
        )


def test_resnet_50_has_28_07_million_parameters_by_the_equations():
    assert resnet_50_with_cbam(as_in_code=False) == 28_073_544
    assert round(resnet_50_with_cbam(as_in_code=False) / 1e6, 2) == 28.07


def test_resnet_50_has_28_09_million_parameters_by_the_authors_code():
    assert resnet_50_with_cbam(as_in_code=True) == 28_089_624
    assert round(resnet_50_with_cbam(as_in_code=True) / 1e6, 2) == 28.09


def test_as_in_code_adds_biases_and_batch_norm_and_nothing_else():
    plain = {n: tuple(p.shape) for n, p in CBAM(32).named_parameters()}
    assert plain == {
        "channel.network.0.weight": (2, 32),
        "channel.network.2.weight": (32, 2),
        "spatial.convolution.weight": (1, 2, 7, 7),
    }
    block = CBAM(32, as_in_code=True)
    named = {n: tuple(p.shape) for n, p in block.named_parameters()}
    assert dict(named.items() - plain.items()) == {
        "channel.network.0.bias": (2,),
        "channel.network.2.bias": (32,),
        "spatial.norm.weight": (1,),
        "spatial.norm.bias": (1,),
    }
    assert plain.items() <= named.items()
    assert block.spatial.norm.momentum == 0.01
    assert block.spatial.norm.eps == 1e-5


@pytest.mark.parametrize(
    ("channels", "reduction", "hidden"),
    [(32, 16, 2), (31, 16, 1), (16, 16, 1), (7, 1, 7), (7, 2, 3)],
)
def test_the_reduction_leaves_whole_hidden_units(channels, reduction, hidden):
    network = ChannelAttention(channels, reduction).network
    assert network[0].out_features == network[2].in_features == hidden
    assert CBAM(channels, reduction).channel.network[0].out_features == hidden


def test_the_reduction_is_16_unless_told_otherwise():
    for gate in (ChannelAttention(256), CBAM(256).channel):
        assert gate.network[0].out_features == 256 // 16


# Laws


@given(seed=SEEDS)
@AS_IN_CODE
def test_every_weight_lies_between_0_and_1(as_in_code, seed):
    torch.manual_seed(seed)
    block = CBAM(7, reduction=2, as_in_code=as_in_code)
    features = images(seed)
    channel, spatial = block.channel(features), block.spatial(features)
    assert channel.shape == (2, 7, 1, 1)
    assert spatial.shape == (2, 1, 5, 11)
    for weights in (channel, spatial):
        assert (weights > 0).all()
        assert (weights < 1).all()
    refined = block(features)
    assert refined.shape == features.shape
    assert (refined.abs() < features.abs()).all()


@given(seed=SEEDS)
def test_permuting_the_places_does_not_change_the_channel_gate(seed):
    gate = ChannelAttention(7, reduction=2)
    features = images(seed)
    order = torch.randperm(55, generator=torch.Generator().manual_seed(seed))
    moved = features.flatten(2)[..., order].view(2, 7, 5, 11)
    assert_close(gate(moved), gate(features))


@given(seed=SEEDS)
def test_permuting_the_channels_does_not_change_the_spatial_gate(seed):
    gate = SpatialAttention()
    features = images(seed)
    order = torch.randperm(7, generator=torch.Generator().manual_seed(seed))
    assert_close(gate(features[:, order]), gate(features))


def test_moving_the_picture_moves_the_spatial_weights():
    gate = SpatialAttention(kernel_size=3)
    features = images()
    moved = F.pad(features, (1, 0))[..., :-1]
    # Away from the edges, where the zeros beyond them are seen.
    assert_close(gate(moved)[..., 2:-1], gate(features)[..., 1:-2])


@pytest.mark.parametrize("kernel_size", [1, 3, 5, 7])
def test_the_kernel_looks_as_far_as_its_half_width(kernel_size):
    gate = SpatialAttention(kernel_size)
    features = torch.zeros(1, 3, 17, 19)
    changed = features.clone()
    changed[..., 8, 9] = 1.0
    differs = (gate(changed) != gate(features))[0, 0]
    reach = kernel_size // 2
    expected = torch.zeros(17, 19, dtype=torch.bool)
    expected[8 - reach : 9 + reach, 9 - reach : 10 + reach] = True
    assert torch.equal(differs, expected)


@AS_IN_CODE
def test_in_eval_mode_every_image_is_gated_by_itself(as_in_code):
    torch.manual_seed(1)
    block = CBAM(7, reduction=2, as_in_code=as_in_code).eval()
    features = images()
    alone = torch.cat([block(image[None]) for image in features])
    assert_close(block(features), alone)


@pytest.mark.filterwarnings("ignore:Anomaly Detection")
@AS_IN_CODE
@pytest.mark.parametrize("constant", [0.0, -3.0, 1e4])
def test_gradients_are_finite_even_where_all_places_are_alike(
    constant, as_in_code
):
    torch.manual_seed(1)
    block = CBAM(7, reduction=2, as_in_code=as_in_code)
    features = torch.full((2, 7, 5, 11), constant, requires_grad=True)
    with torch.autograd.detect_anomaly(check_nan=True):
        block(features).sum().backward()
    for tensor in (features, *block.parameters()):
        assert tensor.grad.isfinite().all()


def test_among_equal_places_one_gets_the_gradient_of_the_maximum():
    places = torch.ones(1, 5, requires_grad=True)
    maximum(places).sum().backward()
    assert sorted(places.grad.flatten().tolist()) == [0, 0, 0, 0, 1]


def test_a_nan_in_one_image_stays_in_it():
    torch.manual_seed(1)
    block = CBAM(7, reduction=2)
    features = images()
    features[1, 3, 2, 5] = NAN
    refined = block(features)
    assert_close(refined[0], block(images())[0])
    # Through the channel gate it reaches every place.
    assert refined[1].isnan().all()


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_half_precision_is_close_to_float32(dtype):
    torch.manual_seed(1)
    block = CBAM(7, reduction=2)
    expected = block(images()).detach()
    got = block.to(dtype)(images().to(dtype)).detach()
    assert got.dtype == dtype
    assert_close(got.float(), expected, atol=0.05, rtol=0.05)


def test_the_features_are_left_alone_and_an_empty_batch_is_empty():
    block, features = CBAM(7, reduction=2), images()
    block(features)
    assert torch.equal(features, images())
    assert block(torch.ones(0, 7, 5, 11)).shape == (0, 7, 5, 11)


def test_more_than_256_channels_fit_as_well():
    features = torch.ones(1, 257, 1, 1)
    assert CBAM(257)(features).shape == features.shape


def test_the_smallest_sizes_are_welcome():
    block = CBAM(1, reduction=1, kernel_size=1)
    assert block(torch.ones(1, 1, 1, 1)).shape == (1, 1, 1, 1)
