"""The Python side of the widgets that run a trained model."""

import itertools

import numpy
import pytest
import torch
import traitlets
from refused import refused
from tensors import normal
from torch import nn

from attn_utils import Transformer
from attn_utils.train import in_eight_bits
from attn_utils.widgets import DateReader
from attn_utils.widgets.weights import pack, shape_of

MONTHS = [[f"month{n}"] for n in range(12)]


def test_packed_parameters_are_what_they_were_in_half_precision():
    parameters = {"a": normal(3, 5, seed=1), "b": normal(7, seed=2)}
    weights, shapes = pack(parameters)
    assert shapes == [["a", [3, 5]], ["b", [7]]]
    numbers = numpy.frombuffer(weights, dtype="<f2")
    first, second = numbers[:15].reshape(3, 5), numbers[15:]
    assert torch.equal(torch.tensor(first), parameters["a"].half())
    assert torch.equal(torch.tensor(second), parameters["b"].half())


def test_the_low_byte_comes_first():
    assert pack({"one": torch.ones(1)})[0] == b"\x00\x3c"


def test_in_eight_bits_each_row_stands_behind_its_step():
    parameters = {"a": torch.tensor([[127.0, -1.0, 0.4], [0.0, 0.0, 0.0]])}
    parameters["b"] = torch.ones(1)
    weights, shapes = pack(parameters, eight_bits=True)
    assert shapes == [["a", [2, 3], True], ["b", [1]]]
    one = b"\x00\x3c"
    assert weights == one + b"\x7f\xff\x00" + one + b"\0\0\0" + one


def test_a_matrix_in_levels_travels_as_it_is_and_no_other_does():
    model = in_eight_bits(nn.Linear(5, 3))
    weights, shapes = pack(model.state_dict())
    assert shapes == [["weight", [3, 5], True], ["bias", [3]]]
    assert len(weights) == 3 * (2 + 5) + 2 * 3
    assert shape_of("weight", shapes) == [3, 5]
    _, shapes = pack(nn.Linear(5, 3).half().float().state_dict())
    assert shapes == [["weight", [3, 5]], ["bias", [3]]]


@pytest.mark.parametrize("rows", [[[0.0, 0.0]], [[1.0, 0.0]], [[3e-7, 1e-7]]])
def test_numbers_that_levels_would_change_travel_in_half_precision(rows):
    _, shapes = pack({"x": torch.tensor(rows)})
    assert shapes == [["x", [1, 2]]]


@pytest.mark.parametrize(
    ("tensor", "words"),
    [
        (torch.ones(2, 3, 5), ["x must have one axis or two", "(2, 3, 5)"]),
        (torch.tensor(1.0), ["x must have one axis or two", "()"]),
        (torch.tensor([1.0, 65520.0]), ["x must be finite", "65504"]),
        (torch.tensor([float("nan")]), ["x must be finite"]),
    ],
)
def test_what_cannot_be_packed_is_refused(tensor, words):
    with refused(ValueError, words, match=r"^x must"):
        pack({"x": tensor})


def test_the_largest_number_of_half_precision_is_packed():
    weights, _ = pack({"x": torch.tensor([65504.0, -65504.0])})
    assert numpy.frombuffer(weights, "<f2").tolist() == [65504.0, -65504.0]


@pytest.fixture(scope="module")
def model():
    return Transformer(5, 7, 4, 2, 8).state_dict()


def test_a_model_widget_carries_every_parameter(model):
    reader = DateReader(model, month_names=MONTHS)
    assert [name for name, *_ in reader.shapes] == list(model)
    count = sum(
        tensor.numel() + 2 * len(tensor)
        if tensor.ndim == 2
        else 2 * tensor.numel()
        for tensor in model.values()
    )
    assert len(reader.weights) == count


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"month_names": MONTHS[:11]}, ["month_names", "12", "11"]),
        ({"month_names": [*MONTHS, []]}, ["month_names", "12", "13"]),
        ({"longest": 0}, ["longest", "0"]),
        ({"step": -1}, ["step", "-1"]),
        ({"layer": 4}, ["layer must be 3 at most", "is 4"]),
        ({"head": 3}, ["head must be 2 at most", "is 3"]),
        ({"off": [-1]}, ["off", "-1"]),
        ({"off": [3, 8]}, ["off", "below 8", "holds 8"]),
    ],
)
def test_bad_input_to_a_date_reader_names_the_trait(model, change, words):
    with refused(traitlets.TraitError, words):
        DateReader(model, **{"num_heads": 2} | change)


def test_a_date_reader_shows_its_last_attention_and_the_average(model):
    reader = DateReader(model, num_heads=2, layer=3, head=2, off=[7])
    assert (reader.layer, reader.head, reader.off) == (3, 2, [7])
    assert reader.settable == {
        "text": "text",
        "step": [0, 11, 1],
        "layer": [0, 3, 1],
        "head": [0, 2, 1],
    }


def test_a_date_reader_makes_room_for_its_examples_and_its_hint(model):
    given = {"num_heads": 2}
    heights = [DateReader(model, **given).room]
    for change in (
        {"hint": "switch heads off, one after the other. " * 19},
        {"examples": [{"language": "English", "text": "x"}] * 12},
        {"longest": 99},
    ):
        given |= change
        heights.append(DateReader(model, **given).room)
    for before, after in itertools.pairwise(heights):
        assert all(a < b for a, b in zip(before, after, strict=True))


def test_what_the_page_has_written_can_be_read(model):
    reader = DateReader(model, num_heads=2)
    reader.set_state({"text": "1 May 2001", "answer": "2001-05-01"})
    assert (reader.text, reader.answer) == ("1 May 2001", "2001-05-01")


def test_a_date_reader_takes_twelve_months(model):
    assert DateReader(model, month_names=MONTHS).month_names == MONTHS
