"""The Python side of the widget that reads glimpses softly or hard."""

import numpy
import pytest
import torch
from refused import hold_refused, refused

from attn_utils.recipes.glimpses import GlimpseReader, draw_scenes
from attn_utils.widgets import Glimpses

LEVELS = torch.randint(
    0, 17, (3, 25, 8, 8), generator=torch.Generator().manual_seed(0)
)
LABELS, PLACES = [3, 9, 0], [24, 0, 7]
torch.manual_seed(0)
READER = GlimpseReader()
STATE = READER.state_dict()


def made(
    readers=None, glimpses=LEVELS / 16, labels=LABELS, places=PLACES, **traits
):
    readers = {"one": READER} if readers is None else readers
    return Glimpses(readers, (glimpses, labels, places), **traits)


def unpacked(packed):
    """The levels that stand in the bytes, five bits each."""
    bits = "".join(f"{byte:08b}" for byte in packed)
    levels = [int(bits[i : i + 5], 2) for i in range(0, len(bits), 5)]
    return torch.tensor(levels).view(-1, 25, 8, 8)


def test_the_page_gets_every_level_label_and_place():
    widget = made()
    assert len(widget.glimpses) == 3 * 25 * 40
    assert torch.equal(unpacked(widget.glimpses), LEVELS)
    assert (widget.labels, widget.places) == (LABELS, PLACES)


@pytest.mark.parametrize(
    "kind", [lambda x: x, lambda x: 16 * x, torch.Tensor.numpy]
)
def test_ink_is_taken_in_shares_in_levels_and_from_arrays(kind):
    assert made(glimpses=kind(LEVELS / 16)).glimpses == made().glimpses


def test_scenes_are_taken_as_they_are_drawn():
    scenes = draw_scenes(2, torch.Generator().manual_seed(3))
    widget = Glimpses({"one": READER}, scenes)
    assert torch.equal(unpacked(widget.glimpses), (16 * scenes[0]).long())
    assert widget.labels == scenes[1].tolist()
    assert widget.places == scenes[2].tolist()
    assert all(type(n) is int for n in widget.labels + widget.places)


def test_every_reader_is_packed_in_half_precision_under_its_number():
    torch.manual_seed(1)
    other = GlimpseReader()
    widget = made({"one": READER, "two": other.state_dict()})
    assert widget.names == ["one", "two"]
    numbers = torch.tensor(numpy.frombuffer(widget.weights, "<f2").copy())
    at = 0
    for name, shape in widget.shapes:
        n, _, tensor = name.partition(".")
        expected = (STATE, other.state_dict())[int(n)][tensor]
        assert list(expected.shape) == shape
        got = numbers[at : at + expected.numel()].view(shape)
        assert torch.equal(got, expected.half())
        at += expected.numel()
    assert at == len(numbers)


def test_a_reader_weighs_less_than_19_kilobytes():
    assert len(made().weights) < 19_000


def test_a_narrower_reader_is_taken_too():
    narrow = GlimpseReader()
    narrow.score.query_map = torch.nn.Linear(1, 3, bias=False)
    narrow.score.key_map = torch.nn.Linear(64, 3, bias=False)
    narrow.score.read_out = torch.nn.Linear(3, 1, bias=False)
    assert ["0.score.read_out.weight", [1, 3]] in made({"a": narrow}).shapes


def test_unless_it_is_said_the_first_reader_reads_softly_as_it_was_taught():
    widget = made({"b": READER, "a": READER})
    assert (widget.reader, widget.scene, widget.mode) == ("b", 0, "soft")
    assert (widget.temperature, widget.chosen) == (1.0, -1)
    assert widget.reveal is False
    widget = made({"b": READER, "a": READER}, reader="a", mode="hard", scene=2)
    assert (widget.reader, widget.mode, widget.scene) == ("a", "hard", 2)


def test_a_link_may_set_all_of_its_state():
    assert made({"b": READER, "a": READER}).settable == {
        "temperature": [0.5, 20.0],
        "mode": ["soft", "hard"],
        "reader": ["b", "a"],
        "scene": [0, 2, 1],
        "chosen": [-1, 24, 1],
        "reveal": "switch",
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"temperature": 0.49}, ["temperature", "0.5 and 20.0", "0.49"]),
        ({"temperature": 20.5}, ["temperature", "20.5"]),
        ({"temperature": float("nan")}, ["temperature", "finite"]),
        ({"mode": "warm"}, ["mode", "soft", "'warm'"]),
        ({"reader": "two"}, ["reader", "['one']", "'two'"]),
        ({"scene": 3}, ["scene", "0 to 2", "is 3"]),
        ({"scene": -1}, ["scene", "is -1"]),
        ({"chosen": 25}, ["chosen", "25"]),
        ({"chosen": -2}, ["chosen", "-2"]),
        ({"reveal": 2}, ["reveal", "2"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


@pytest.mark.parametrize(
    ("readers", "words"),
    [
        ([READER], ["readers must be a dict", "list"]),
        (READER, ["readers must be a dict", "GlimpseReader"]),
        ({}, ["readers must be 1 to 3", "are 0"]),
        (dict.fromkeys("abcd", READER), ["readers must be 1 to 3", "are 4"]),
        ({"": READER}, ["names", "''"]),
        ({3: READER}, ["names", "is 3"]),
        ({"a": 3}, ["readers['a'] must be a module", "int"]),
        ({"a": {}}, ["readers['a']", "score.key_map.weight", "has none"]),
        ({"a": torch.nn.Linear(2, 3)}, ["classify.2.bias", "weight, bias"]),
        (
            {"a": STATE | {"score.query_map.bias": torch.ones(64)}},
            ["readers['a'] must have the tensors", "score.query_map.bias"],
        ),
        (
            {"a": STATE | {"score.key_map.weight": torch.ones(64, 63)}},
            ["score.key_map.weight of readers['a']", "(64, 64)", "(64, 63)"],
        ),
        (
            {"a": STATE | {"score.read_out.weight": torch.ones(64)}},
            ["score.read_out.weight", "(1, 64)", "(64,)"],
        ),
        (
            {"a": STATE | {"classify.0.bias": torch.ones(63)}},
            ["classify.0.bias", "(64,)", "(63,)"],
        ),
        (
            {"a": STATE | {"classify.2.weight": torch.ones(11, 64)}},
            ["classify.2.weight", "(10, 64)", "(11, 64)"],
        ),
        (
            {"a": STATE | {"classify.2.bias": torch.full((10,), 1e9)}},
            ["0.classify.2.bias must be finite"],
        ),
        (
            {"a": STATE | {"score.key_map.weight": torch.tensor(1.0)}},
            ["score.query_map.weight", "(64, 1)"],
        ),
    ],
)
def test_readers_that_cannot_be_shown_are_refused(readers, words):
    with refused(ValueError, words, match=r"readers|0\.classify"):
        made(readers)


@pytest.mark.parametrize(
    ("glimpses", "words"),
    [
        (LEVELS[0], ["(scenes, 25, 8, 8)", "(25, 8, 8)"]),
        (LEVELS[:, :24], ["(3, 24, 8, 8)"]),
        (LEVELS.flatten(2), ["(3, 25, 64)"]),
        (LEVELS[:0], ["1 to 12 scenes", "are 0"]),
        (LEVELS[:1].repeat(13, 1, 1, 1), ["1 to 12 scenes", "are 13"]),
        (LEVELS * 16, ["from 0 to 16", "256"]),
        (LEVELS / 0, ["ink", "from 0 to 16"]),
        (LEVELS > 3, ["numbers", "torch.bool"]),
    ],
)
def test_glimpses_that_cannot_be_drawn_are_refused(glimpses, words):
    with refused(ValueError, words, match=r"^glimpses must"):
        made(glimpses=glimpses)


@pytest.mark.parametrize(("name", "last"), [("labels", 9), ("places", 24)])
def test_labels_and_places_that_do_not_fit_are_refused(name, last):
    for numbers, words in (
        ([1, 2], ["(3,)", "the scenes", "(2,)"]),
        ([1, 2, last + 1], [f"0 to {last}", f"has {last + 1}"]),
        ([1, 2, -1], [f"0 to {last}", "has -1"]),
        ([1, 2, 0.5], ["whole numbers", "float"]),
    ):
        with refused(ValueError, words, match=f"^{name} must"):
            made(**{name: numbers})


@pytest.mark.parametrize(
    ("scenes", "words"),
    [((LEVELS, LABELS), ["tuple of 2"]), (3, ["is int"])],
)
def test_scenes_that_are_not_three_are_refused(scenes, words):
    with refused(ValueError, words, match=r"^scenes must be three"):
        Glimpses({"one": READER}, scenes)


def test_a_longer_hint_and_more_readers_make_more_room():
    widget = made()
    before = list(widget.room)
    more = made(dict.fromkeys(["taught soft", "taught hard"], READER)).room
    assert more[2] > before[2]
    assert more[0] >= before[0]
    widget.hint = "raise the temperature in both modes. " * 5
    assert all(b > a for a, b in zip(before, widget.room, strict=True))
