"""The Python side of the widget that moves a digit under both gates."""

import numpy
import pytest
import torch
from refused import hold_refused, refused

from attn_utils.recipes.gated import GatedNetwork, fold_norms
from attn_utils.widgets import ClutterGates

LEVELS = torch.randint(
    0, 17, (3, 8, 8), generator=torch.Generator().manual_seed(0)
)
CUT = torch.randint(
    0, 17, (2, 4, 4), generator=torch.Generator().manual_seed(1)
)
LABELS = [3, 9, 0]
torch.manual_seed(0)
NETWORK = fold_norms(GatedNetwork())
STATE = NETWORK.state_dict()
HIDDEN = "stages.2.channel.network.0.weight"


def made(
    parameters=NETWORK,
    digits=LEVELS / 16,
    labels=LABELS,
    pieces=CUT / 16,
    **kept,
):
    return ClutterGates(parameters, digits, labels, pieces, **kept)


def unpacked(packed, count):
    """The levels that stand in the bytes, five bits each."""
    bits = "".join(f"{byte:08b}" for byte in packed)
    levels = [int(bits[5 * i : 5 * i + 5], 2) for i in range(64 * count)]
    return torch.tensor(levels).view(count, 8, 8)


def test_the_page_gets_every_level_and_label():
    widget = made()
    assert len(widget.digits) == 3 * 40
    assert torch.equal(unpacked(widget.digits, 3), LEVELS)
    assert widget.labels == LABELS
    assert widget.pieces == CUT.flatten(1).tolist()


@pytest.mark.parametrize(
    "kind", [lambda x: x, lambda x: 16 * x, torch.Tensor.numpy]
)
def test_ink_is_taken_in_shares_in_levels_and_from_arrays(kind):
    one, other = made(), made(digits=kind(LEVELS / 16), pieces=kind(CUT / 16))
    assert one.digits == other.digits
    assert one.pieces == other.pieces


def test_the_network_is_packed_in_half_precision_its_kernels_as_rows():
    widget = made()
    numbers = torch.tensor(numpy.frombuffer(widget.weights, "<f2").copy())
    seen = {}
    for name, shape in widget.shapes:
        tensor = STATE[name.removeprefix("0.")]
        if tensor.ndim == 4:  # the channels of each place of a kernel together
            tensor = tensor.movedim(1, -1).flatten(1)
        assert shape == list(tensor.shape)
        part, numbers = numbers.tensor_split([tensor.numel()])
        seen[name] = torch.equal(part.view(tensor.shape), tensor.half())
    assert not len(numbers)
    assert seen == {f"0.{name}": True for name in STATE}


def test_a_network_weighs_less_than_23_kilobytes():
    assert len(made().weights) < 23_000


def test_a_module_and_its_state_are_the_same():
    assert made(STATE).weights == made(NETWORK).weights


def test_a_gate_with_more_hidden_units_is_taken_too():
    change = {
        HIDDEN: torch.ones(16, 32),
        HIDDEN.replace("weight", "bias"): torch.ones(16),
        HIDDEN.replace("0.weight", "2.weight"): torch.ones(32, 16),
    }
    assert [f"0.{HIDDEN}", [16, 32]] in made(STATE | change).shapes


def test_unless_it_is_said_all_is_on_and_nothing_is_hidden():
    widget = made()
    assert (widget.digit, widget.chosen, widget.stage) == (0, 0, 3)
    assert widget.channel_gate is widget.spatial_gate is True
    assert widget.pools == "both"
    for count in (1, 8):
        many = made(pieces=torch.ones(count, 4, 4))
        assert len(many.spots) == 2 * count
        top, left = many.place
        for row, column in zip(many.spots[::2], many.spots[1::2], strict=True):
            beside = row + 4 <= top or row >= top + 8
            assert beside or column + 4 <= left or column >= left + 8
        laid = torch.zeros(24, 24)
        for row, column in zip(many.spots[::2], many.spots[1::2], strict=True):
            laid[row : row + 4, column : column + 4] += 1
        assert laid.max() == 1


def test_a_link_may_set_all_of_its_state():
    assert made().settable == {
        "digit": [0, 2, 1],
        "place": [[0, 16, 1], [0, 16, 1]],
        "spots": [[0, 20, 1]] * 4,
        "chosen": [0, 2, 1],
        "stage": [2, 3, 1],
        "channel_gate": "switch",
        "spatial_gate": "switch",
        "pools": ["both", "average", "maximum"],
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"digit": 3}, ["digit", "0 to 2", "is 3"]),
        ({"digit": -1}, ["digit", "is -1"]),
        ({"chosen": 3}, ["chosen", "0 to 2", "is 3"]),
        ({"chosen": -1}, ["chosen", "is -1"]),
        ({"stage": 1}, ["stage", "2 to 3", "is 1"]),
        ({"stage": 4}, ["stage", "is 4"]),
        ({"place": [0, 17]}, ["place", "0 to 16", "has 17"]),
        ({"place": [-1, 3]}, ["place", "0 to 16", "has -1"]),
        ({"place": [3]}, ["place", "2 numbers", "has 1"]),
        ({"place": [3, 4, 5]}, ["place", "2 numbers", "has 3"]),
        ({"place": [0.5, 1]}, ["place", "0.5"]),
        ({"spots": [0, 20, 21, 0]}, ["spots", "0 to 20", "has 21"]),
        ({"spots": [0, 20]}, ["spots", "4 numbers", "has 2"]),
        ({"channel_gate": 2}, ["channel_gate", "2"]),
        ({"spatial_gate": "off"}, ["spatial_gate", "off"]),
        ({"pools": "none"}, ["pools", "average", "'none'"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        (3, ["parameters must be a module", "int"]),
        ({}, ["parameters must have the tensors", "read_out.bias", "none"]),
        (
            torch.nn.Linear(2, 3),
            ["stages.0.convolution.weight", "has weight, bias"],
        ),
        (GatedNetwork(), ["without batch norms", "fold_norms"]),
        (fold_norms(GatedNetwork("spatial")), ["channel.network.0.weight"]),
        (
            STATE | {"stages.1.convolution.weight": torch.ones(24, 12, 5, 5)},
            ["stages.1.convolution.weight", "(24, 12, 3, 3)", "(24, 12, 5, 5)"],
        ),
        (
            STATE | {"stages.0.convolution.weight": torch.ones(12, 3, 3, 3)},
            ["stages.0.convolution.weight", "(12, 1, 3, 3)", "(12, 3, 3, 3)"],
        ),
        (
            STATE | {HIDDEN: torch.ones(8, 31)},
            [HIDDEN, "(8, 32)", "(8, 31)"],
        ),
        (STATE | {HIDDEN: torch.tensor(1.0)}, [HIDDEN, "(1, 32)", "()"]),
        (
            STATE
            | {"stages.1.spatial.convolution.weight": torch.ones(1, 2, 3, 3)},
            ["stages.1.spatial.convolution.weight", "(1, 2, 7, 7)"],
        ),
        (
            STATE | {"read_out.bias": torch.full((10,), 1e9)},
            ["0.read_out.bias must be finite"],
        ),
    ],
)
def test_networks_that_cannot_be_run_are_refused(parameters, words):
    with refused(ValueError, words):
        made(parameters)


def test_a_network_that_weighs_too_much_is_refused():
    change = {
        HIDDEN: torch.ones(5000, 32),
        HIDDEN.replace("weight", "bias"): torch.ones(5000),
        HIDDEN.replace("0.weight", "2.weight"): torch.ones(32, 5000),
    }
    with refused(ValueError, ["300000 bytes"]):
        made(STATE | change)


@pytest.mark.parametrize(
    ("name", "levels", "most"), [("digits", LEVELS, 20), ("pieces", CUT, 8)]
)
def test_ink_that_cannot_be_drawn_is_refused(name, levels, most):
    side = levels.shape[-1]
    for wrong, words in (
        (levels[0], [f"({name}, {side}, {side})", f"({side}, {side})"]),
        (levels[:, 1:], [f"({len(levels)}, {side - 1}, {side})"]),
        (levels[:0], [f"1 to {most}", "are 0"]),
        (levels[:1].repeat(most + 1, 1, 1), [f"are {most + 1}"]),
        (levels * 16, ["from 0 to 16"]),
        (levels > 3, ["numbers", "torch.bool"]),
    ):
        with refused(ValueError, words, match=f"^{name} must"):
            made(**{name: wrong})


def test_labels_that_do_not_fit_are_refused():
    for labels, words in (
        ([1, 2], ["(3,)", "digits", "(2,)"]),
        ([1, 2, 10], ["0 to 9", "has 10"]),
        ([1, 2, 0.5], ["whole numbers", "float"]),
    ):
        with refused(ValueError, words, match=r"^labels must"):
            made(labels=labels)


def test_a_longer_hint_makes_more_room():
    widget = made()
    before = list(widget.room)
    widget.hint = "switch the spatial gate off and on again. " * 6
    assert all(b > a for a, b in zip(before, widget.room, strict=True))
