"""The Python side of the widget of an LSTM's gates."""

import numpy
import pytest
import torch
from refused import hold_refused, refused
from torch import nn

from attn_utils import LSTMCell, RNNCell
from attn_utils.widgets import GateWatch

torch.manual_seed(0)
CELL = LSTMCell(3, 7)
VECTORS = torch.randn(5, 3)
ALPHABET = "(ab)m"


def made(state=None, embedding=VECTORS, alphabet=ALPHABET, **traits):
    state = CELL.state_dict() if state is None else state
    return GateWatch(state, embedding, alphabet, **traits)


def changed(name, tensor):
    return CELL.state_dict() | {name: tensor}


def test_the_page_gets_cell_and_vectors_in_half_precision_by_torchs_names():
    widget = made()
    numbers = torch.tensor(numpy.frombuffer(widget.weights, "<f2").copy())
    theirs = {
        "embedding.weight": VECTORS,
        "layer.weight_ih_l0": CELL.input_map.weight,
        "layer.bias_ih_l0": CELL.input_map.bias,
        "layer.weight_hh_l0": CELL.hidden_map.weight,
        "layer.bias_hh_l0": CELL.hidden_map.bias,
    }
    assert {name: tuple(shape) for name, shape in widget.shapes} == {
        name: tuple(tensor.shape) for name, tensor in theirs.items()
    }
    expected = [theirs[name].flatten().half() for name, _ in widget.shapes]
    assert torch.equal(numbers, torch.cat(expected))


def test_a_list_of_vectors_is_taken_as_a_tensor_is():
    assert made(embedding=VECTORS.tolist()).weights == made().weights


def test_unless_it_is_said_unit_1_reads_the_whole_alphabet():
    widget = made()
    assert (widget.text, widget.unit, widget.step) == (ALPHABET, 1, 24)
    assert widget.forget == "its own"
    other = made(text="ma", unit=7, step=2, forget="at 0")
    assert (other.text, other.unit, other.step) == ("ma", 7, 2)
    many = "".join(map(chr, range(97, 137)))
    widget = made(embedding=torch.ones(40, 3), alphabet=many)
    assert widget.text == many[:24]


def test_a_link_may_set_all_of_its_state():
    assert made().settable == {
        "text": "text",
        "unit": [1, 7, 1],
        "step": [1, 24, 1],
        "forget": ["its own", "at 1", "at 0"],
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": ""}, ["text must be 1 to 24 letters", "'(ab)m'", "is ''"]),
        ({"text": "a" * 25}, ["text must be 1 to 24", "a" * 25]),
        ({"text": "abc"}, ["text must be", "'abc'"]),
        ({"text": 3}, ["text", "3"]),
        ({"unit": 0}, ["unit", "0"]),
        ({"unit": 8}, ["unit must be 1 to 7", "is 8"]),
        ({"unit": 1.5}, ["unit", "1.5"]),
        ({"step": 0}, ["step", "0"]),
        ({"step": 25}, ["step", "25"]),
        ({"forget": "at 2"}, ["forget", "'its own', 'at 1'", "'at 2'"]),
        ({"alphabet": "abm", "text": "a"}, ["must have 5 letters", "has 3"]),
        ({"alphabet": "aabm(", "text": "a"}, ["each letter once", "'aabm('"]),
        ({"alphabet": "a bm(", "text": "a"}, ["no space", "'a bm('"]),
        ({"alphabet": "(ab)n", "text": "m"}, ["text must", "'m'", "together"]),
        ({"alphabet": 3}, ["alphabet", "3"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": CELL}, ["state_dict", "LSTMCell"]),
        ({"state": {}}, ["state_dict must have the tensors", "has none"]),
        (
            {"state": nn.LSTMCell(3, 7).state_dict()},
            ["state_dict must have the tensors input_map", "weight_ih"],
        ),
        (
            {"state": RNNCell(3, 7).state_dict()},
            ["input_map.weight of state_dict", "(28, 3)", "(7, 3)"],
        ),
        (
            {"state": LSTMCell(3, 17).state_dict()},
            ["state_dict must have 1 to 16 units", "has 17"],
        ),
        (
            {"state": changed("hidden_map.bias", torch.ones(27))},
            ["hidden_map.bias of state_dict", "(28,)", "(27,)"],
        ),
        (
            {"state": changed("input_map.bias", torch.full((28,), 1e9))},
            ["layer.bias_ih_l0 must be finite"],
        ),
        (
            {"embedding": torch.ones(5, 2)},
            ["input_map.weight of state_dict", "(28, 2)", "(28, 3)"],
        ),
        (
            {"embedding": torch.ones(5)},
            ["embedding must have the shape (letters, input_dim)", "(5,)"],
        ),
        ({"embedding": torch.ones(1, 3)}, ["2 to 40 letters", "(1, 3)"]),
        ({"embedding": torch.ones(41, 3)}, ["2 to 40 letters", "(41, 3)"]),
    ],
)
def test_a_cell_that_cannot_be_shown_is_refused(change, words):
    with refused(ValueError, words):
        made(**change)


def test_sixteen_units_and_forty_letters_travel():
    widget = made(
        LSTMCell(24, 16).state_dict(),
        torch.ones(40, 24),
        "".join(map(chr, range(97, 137))),
        unit=16,
    )
    assert len(widget.weights) < 10_000


def test_a_longer_hint_makes_more_room():
    widget = made()
    before = list(widget.room)
    widget.hint = "hold the forget gate at 0, then at 1. " * 9
    assert all(b > a for a, b in zip(before, widget.room, strict=True))
