"""The Python side of the widget whose model carries on what repeats."""

import numpy
import pytest
import torch
import traitlets
from refused import hold_refused, refused

from attn_utils.recipes.induction import InductionModel
from attn_utils.widgets import InductionReader

ALPHABET = "abcdefghijklmnopqrstuvwx"
LONG = ALPHABET + ALPHABET[:16]
STEPS = (0, 100, 150, 500)
torch.manual_seed(0)
STATES = {step: InductionModel().state_dict() for step in STEPS}
MEANS = {step: torch.randn(2, 4, 64) for step in STEPS}


def made(checkpoints=None, means=None, **traits):
    return InductionReader(
        STATES if checkpoints is None else checkpoints,
        MEANS if means is None else means,
        **traits,
    )


def changed(**tensors):
    """The checkpoints, in one of which tensors are others, or none."""
    state = STATES[100] | {
        name.replace("__", "."): tensor for name, tensor in tensors.items()
    }
    state = {name: each for name, each in state.items() if each is not None}
    return STATES | {100: state}


def small(num_heads=2, width=8, start=True, alphabet="abc"):
    """Checkpoints and means of a smaller model."""
    letters = len(alphabet)
    state = {"embedding.weight": torch.randn(letters + start, width)}
    for n in range(2):
        for name in ("query_map", "key_map", "value_map", "output_map"):
            state[f"layers.{n}.{name}.weight"] = torch.randn(width, width)
            state[f"layers.{n}.{name}.bias"] = torch.randn(width)
    state["read_out.weight"] = torch.randn(letters, width)
    state["read_out.bias"] = torch.randn(letters)
    means = torch.randn(2, num_heads, width)
    return {1: state, 2: state}, {1: means, 2: means}


def test_the_page_gets_the_checkpoints_and_their_means_in_half_precision():
    widget = made(dict(reversed(STATES.items())))
    numbers = torch.tensor(numpy.frombuffer(widget.weights, "<f2").copy())
    at, found = 0, set()
    for name, shape in widget.shapes:
        n, _, tensor = name.partition(".")
        step = STEPS[int(n)]
        expected = (
            MEANS[step].flatten(0, 1)
            if tensor == "means"
            else STATES[step][tensor]
        )
        assert list(expected.shape) == shape
        got = numbers[at : at + expected.numel()].view(shape)
        assert torch.equal(got, expected.half())
        at += expected.numel()
        found.add(name)
    assert at == len(numbers)
    assert len(found) == 4 * (len(STATES[0]) + 1)


def test_four_checkpoints_weigh_less_than_a_model_may():
    assert 290_000 < len(made().weights) <= 300_000


def test_unless_it_is_said_the_whole_model_reads_a_line_that_repeats():
    widget = made()
    assert widget.text[:8] == widget.text[8:]
    assert (widget.place, widget.layer, widget.head) == (12, 2, 1)
    assert widget.moments == [*STEPS]
    assert widget.moment == 500
    assert widget.heads == [1] * 8
    assert (widget.num_heads, widget.alphabet) == (4, ALPHABET)
    assert widget.hint == ""
    other = made(text="Dog", place=40, layer=1, head=4, moment=0)
    assert (other.text, other.place, other.moment) == ("dog", 40, 0)
    assert (other.layer, other.head) == (1, 4)


@pytest.mark.parametrize("start", [False, True])
def test_a_smaller_model_with_or_without_a_start_is_taken(start):
    widget = made(*small(start=start), num_heads=2, alphabet="abc", text="abab")
    shapes = dict(widget.shapes)
    assert shapes["1.embedding.weight"] == [3 + start, 8]
    assert shapes["1.means"] == [4, 8]
    assert widget.heads == [1] * 4
    assert widget.settable["head"] == [1, 2, 1]


def test_a_link_may_set_all_of_its_state():
    assert made().settable == {
        "text": "text",
        "place": [1, 40, 1],
        "layer": [1, 2, 1],
        "head": [1, 4, 1],
        "moment": [0, 500, [*STEPS]],
        "heads": [[0, 2, 1]] * 8,
    }


def test_small_and_capital_letters_are_one():
    widget = made(text="AbCx")
    assert widget.text == "abcx"
    widget.text = LONG.upper()
    assert widget.text == LONG


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": ""}, ["text must be 1 to 40 letters", ALPHABET, "is ''"]),
        ({"text": LONG + "a"}, ["text must be 1 to 40", "abcd"]),
        ({"text": "abyc"}, ["text", "is 'abyc'"]),
        ({"text": "ab c"}, ["text", "is 'ab c'"]),
        ({"text": "\u212a"}, ["text"]),  # small, it is a k
        ({"text": 3}, ["text", "3"]),
        ({"place": 0}, ["place", "0"]),
        ({"place": 41}, ["place", "41"]),
        ({"layer": 0}, ["layer", "0"]),
        ({"layer": 3}, ["layer", "3"]),
        ({"head": 0}, ["head", "0"]),
        ({"head": 5}, ["head must be 4 at most, but is 5"]),
        ({"moment": 99}, ["moment must be one of [0, 100, 150, 500]", "99"]),
        ({"heads": [1] * 7}, ["heads must be 8 numbers", "are 7"]),
        ({"heads": []}, ["heads must be 8 numbers", "are 0"]),
        ({"heads": [1] * 7 + [3]}, ["heads", "3"]),
        ({"heads": [-1] + [1] * 7}, ["heads", "-1"]),
        ({"heads": "off"}, ["heads", "off"]),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


@pytest.mark.parametrize(
    ("checkpoints", "words"),
    [
        ([0, 100], ["checkpoints must be a dict from numbers", "is list"]),
        ({0: STATES[0]}, ["checkpoints must be 2 to 4, but there are 1"]),
        (
            dict.fromkeys(range(5), STATES[0]),
            ["checkpoints must be 2 to 4, but there are 5"],
        ),
        ({0: STATES[0], "1": STATES[0]}, ["0 or more, but one is '1'"]),
        ({0: STATES[0], True: STATES[0]}, ["0 or more, but one is True"]),
        ({0: STATES[0], -1: STATES[0]}, ["0 or more, but one is -1"]),
        ({0: STATES[0], 1.5: STATES[0]}, ["0 or more, but one is 1.5"]),
        (
            STATES | {100: InductionModel()},
            ["checkpoints[100] must be a state_dict", "InductionModel"],
        ),
        (
            changed(read_out__bias=None),
            ["checkpoints[100] must have the tensors", "read_out.bias"],
        ),
        (
            changed(layers__2__query_map__bias=torch.ones(64)),
            ["checkpoints[100] must have the tensors", "layers.2.query_map"],
        ),
        (
            STATES | {100: InductionModel(smeared=True).state_dict()},
            ["checkpoints[100] must have the tensors", "score.own"],
        ),
        (
            changed(embedding__weight=torch.ones(24)),
            ["embedding.weight of checkpoints[100]", "two axes", "(24,)"],
        ),
        (
            changed(embedding__weight=torch.ones(26, 64)),
            ["embedding.weight of checkpoints[100]", "(24, 64)", "(26, 64)"],
        ),
        (
            changed(embedding__weight=torch.ones(23, 64)),
            ["embedding.weight of checkpoints[100]", "(24, 64)", "(23, 64)"],
        ),
        (
            changed(layers__1__key_map__weight=torch.ones(64, 32)),
            ["layers.1.key_map.weight", "(64, 64)", "(64, 32)"],
        ),
        (
            changed(layers__0__value_map__bias=torch.ones(32)),
            ["layers.0.value_map.bias", "(64,)", "(32,)"],
        ),
        (
            changed(read_out__weight=torch.ones(25, 64)),
            ["read_out.weight of checkpoints[100]", "(24, 64)", "(25, 64)"],
        ),
        (
            changed(read_out__bias=torch.full((24,), 1e9)),
            ["1.read_out.bias must be finite"],
        ),
    ],
)
def test_checkpoints_that_cannot_be_shown_are_refused(checkpoints, words):
    with refused(ValueError, words):
        made(checkpoints, dict.fromkeys(checkpoints, MEANS[0]))


@pytest.mark.parametrize(
    ("means", "words"),
    [
        (MEANS[0], ["means must be a dict", "[0, 100, 150, 500]", "Tensor"]),
        ({0: MEANS[0]}, ["means must be a dict", "150", "one that has [0]"]),
        (
            MEANS | {150: torch.ones(2, 3, 64)},
            ["means[150] must have the shape (2, 4, 64)", "(2, 3, 64)"],
        ),
        (
            MEANS | {0: torch.ones(8, 64)},
            ["means[0] must have the shape (2, 4, 64)", "(8, 64)"],
        ),
        (
            MEANS | {0: torch.full((2, 4, 64), float("nan"))},
            ["0.means must be finite"],
        ),
    ],
)
def test_means_that_do_not_fit_are_refused(means, words):
    with refused(ValueError, words):
        made(STATES, means)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"alphabet": ""}, ["alphabet must be 2 to 26 letters", "''"]),
        ({"alphabet": "a"}, ["alphabet must be 2 to 26 letters", "'a'"]),
        ({"alphabet": "aba"}, ["alphabet", "each once", "'aba'"]),
        ({"alphabet": "aBc"}, ["alphabet", "'aBc'"]),
        ({"alphabet": ["a", "b"]}, ["alphabet", "['a', 'b']"]),
        ({"num_heads": 0}, ["num_heads must be 1 to 4, but is 0"]),
        ({"num_heads": 5}, ["num_heads must be 1 to 4, but is 5"]),
        ({"num_heads": 2.0}, ["num_heads must be 1 to 4, but is 2.0"]),
        ({"num_heads": True}, ["num_heads must be 1 to 4, but is True"]),
        ({"num_heads": 3}, ["checkpoints[0]", "3 heads", "64 wide"]),
    ],
)
def test_letters_and_heads_that_do_not_fit_are_refused(given, words):
    with refused(ValueError, words):
        made(**given)


def test_features_come_in_pairs_in_each_head():
    with refused(ValueError, ["a pair of features", "2 heads", "6 wide"]):
        made(*small(width=6), num_heads=2, alphabet="abc")


def test_models_that_weigh_too_much_are_refused(monkeypatch):
    monkeypatch.setattr("attn_utils.widgets.weights.MOST_BYTES", 100_000)
    with refused(ValueError, ["models must weigh 100000 bytes", "but weigh"]):
        made()


def test_a_longer_hint_makes_more_room():
    widget = made()
    before = list(widget.room)
    widget.hint = "take out one head after another. " * 15
    assert all(b > a for a, b in zip(before, widget.room, strict=True))


def test_a_change_that_is_refused_says_which_trait_it_was():
    widget = made()
    with pytest.raises(traitlets.TraitError, match="moment"):
        widget.moment = 1
    assert widget.moment == 500
