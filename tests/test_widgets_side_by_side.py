"""The Python side of the widget in which two models write a string again."""

import numpy
import pytest
import torch
from refused import hold_refused, refused
from torch import nn

from attn_utils.scores import AdditiveScore
from attn_utils.seq2seq import (
    BahdanauDecoder,
    LuongDecoder,
    RecurrentDecoder,
    RecurrentEncoder,
    Seq2Seq,
)
from attn_utils.widgets import SideBySide

ALPHABET = "abcdefghijklmnopqrst"


def state_of(decoder, symbols=24, embed=5, hidden=7, encoder=None):
    """The state of a writer; `decoder` is a class that takes its sizes."""
    encoder = encoder or RecurrentEncoder(symbols, embed, hidden)
    memory = () if decoder is RecurrentDecoder else (encoder.memory_dim,)
    return Seq2Seq(
        encoder, decoder(symbols, embed, hidden, *memory)
    ).state_dict()


torch.manual_seed(0)
PLAIN, ATTENDING = state_of(RecurrentDecoder), state_of(LuongDecoder)


def made(plain=PLAIN, attending=ATTENDING, **traits):
    return SideBySide(plain, attending, **traits)


def changed(state, name, tensor):
    """A state with another tensor of that name; None takes it out."""
    other = dict(state)
    if tensor is None:
        del other[name]
    else:
        other[name] = tensor
    return other


def additive():
    encoder = RecurrentEncoder(24, 5, 7)
    score = AdditiveScore(7, 7, 7)
    return Seq2Seq(encoder, LuongDecoder(24, 5, 7, 7, score)).state_dict()


@pytest.mark.parametrize(
    ("which", "state"), [("plain", PLAIN), ("attending", ATTENDING)]
)
def test_the_page_gets_each_model_in_half_precision(which, state):
    widget = made()
    weights, shapes = (
        getattr(widget, f"{which}_{part}") for part in ("weights", "shapes")
    )
    assert {name for name, _ in shapes} == {*state}
    assert all(list(state[name].shape) == shape for name, shape in shapes)
    numbers = torch.tensor(numpy.frombuffer(weights, "<f2").copy())
    expected = [state[name].flatten().half() for name, _ in shapes]
    assert torch.equal(numbers, torch.cat(expected))


def test_two_models_as_the_chapter_teaches_them_are_light_enough():
    sizes = {"embed": 32, "hidden": 96}
    widget = made(
        state_of(RecurrentDecoder, **sizes), state_of(LuongDecoder, **sizes)
    )
    own = [len(widget.plain_weights), len(widget.attending_weights)]
    assert max(own) <= 300_000 < sum(own) <= 400_000


def test_the_two_may_be_of_different_widths():
    widget = made(attending=state_of(LuongDecoder, embed=3, hidden=11))
    assert dict(widget.attending_shapes)["decoder.score.weight"] == [11, 11]
    assert dict(widget.plain_shapes)["decoder.output_map.weight"] == [24, 7]


def test_unless_it_is_said_all_of_a_copied_string_is_shown():
    widget = made()
    assert (widget.text, widget.step) == ("forgetmenot", 45)
    assert (widget.alphabet, widget.task) == (ALPHABET, "copy")
    other = made(text="dog", step=2, task="reverse", hint="type.")
    assert (other.text, other.step, other.task) == ("dog", 2, "reverse")


def test_a_link_may_set_the_text_and_the_step():
    assert made().settable == {"text": "text", "step": [1, 45, 1]}


@pytest.mark.parametrize("text", ["a", "t", "at" * 20, ALPHABET])
def test_a_text_has_up_to_forty_letters(text):
    assert made(text=text).text == text


def test_the_letters_are_those_that_the_models_know():
    small = [
        state_of(kind, symbols=6) for kind in (RecurrentDecoder, LuongDecoder)
    ]
    widget = made(*small, alphabet="hm", text="hmm")
    assert (widget.alphabet, widget.text) == ("hm", "hmm")
    with refused(Exception, ["alphabet must have 2 letters", "has 20"]):
        made(*small)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": ""}, ["text must be 1 to 40 letters", "is ''"]),
        ({"text": "a" * 41}, ["text must be 1 to 40", "a" * 41]),
        ({"text": "abu"}, ["text must be", ALPHABET, "'abu'"]),
        ({"text": "Goat"}, ["text must be", "'Goat'"]),
        ({"text": "a b"}, ["text must be", "'a b'"]),
        ({"text": "goat\n"}, ["text must be", r"'goat\n'"]),
        ({"text": 3}, ["text", "3"]),
        ({"step": 0}, ["step", "0"]),
        ({"step": 46}, ["step", "46"]),
        ({"step": 2.5}, ["step", "2.5"]),
        ({"task": "sort"}, ["task", "one of ['copy', 'reverse']", "'sort'"]),
        ({"alphabet": "abc", "text": "a"}, ["must have 20 letters", "has 3"]),
        ({"alphabet": "a", "text": "a"}, ["2 small letters or more", "'a'"]),
        ({"alphabet": ALPHABET[::-1]}, ["sorted", ALPHABET[::-1]]),
        ({"alphabet": "a" + ALPHABET[:-1]}, ["each once", "'aabc"]),
        ({"alphabet": "A" + ALPHABET[1:]}, ["small letters", "'Abcd"]),
        ({"alphabet": 3}, ["alphabet", "3"]),
        (
            {"alphabet": "bcdefghijklmnopqrstu", "text": "a"},
            ["text must be", "'bcdefghijklmnopqrstu'", "'a'", "together"],
        ),
    ],
)
@pytest.mark.parametrize("later", [False, True])
def test_a_trait_that_cannot_be_shown_is_refused(change, words, later):
    hold_refused(made, change, words, later)


def test_alphabet_and_text_may_change_together():
    widget = made()
    with widget.hold_trait_notifications():
        widget.alphabet, widget.text = "bcdefghijklmnopqrstu", "cub"
    assert widget.text == "cub"


@pytest.mark.parametrize(
    ("which", "state", "words"),
    [
        ("plain", [1], ["plain_state must be a state_dict", "list"]),
        ("attending", nn.Linear(2, 3), ["attending_state", "Linear"]),
        ("plain", {}, ["plain_state must have the tensors", "has none"]),
        (
            "plain",
            ATTENDING,
            ["plain_state must have the tensors", "but has", "join.weight"],
        ),
        (
            "attending",
            PLAIN,
            ["attending_state must have", "decoder.score.weight", "but has"],
        ),
        (
            "attending",
            state_of(BahdanauDecoder),
            ["attending_state must have the tensors", "cell.weight_ih"],
        ),
        (
            "attending",
            additive(),
            ["attending_state", "decoder.score.query_map"],
        ),
        (
            "plain",
            state_of(
                RecurrentDecoder, encoder=RecurrentEncoder(24, 5, 7, True)
            ),
            ["plain_state must have the tensors", "bridge.weight"],
        ),
        (
            "plain",
            changed(PLAIN, "decoder.output_map.bias", None),
            ["plain_state must have the tensors", "output_map.bias"],
        ),
        (
            "plain",
            changed(PLAIN, "decoder.output_map.bias", torch.ones(23)),
            ["decoder.output_map.bias of plain_state", "(24,)", "(23,)"],
        ),
        (
            "plain",
            changed(PLAIN, "encoder.recurrent.weight_hh_l0", torch.ones(7, 7)),
            ["weight_hh_l0 of plain_state", "(21, 7)", "(7, 7)"],
        ),
        (
            "plain",
            changed(PLAIN, "decoder.embedding.weight", torch.ones(24, 3)),
            ["decoder.embedding.weight of plain_state", "(24, 5)", "(24, 3)"],
        ),
        (
            "attending",
            changed(ATTENDING, "decoder.join.weight", torch.ones(7, 7)),
            ["decoder.join.weight of attending_state", "(7, 14)", "(7, 7)"],
        ),
        (
            "attending",
            state_of(LuongDecoder, symbols=23),
            ["encoder.embedding.weight of attending_state", "(24, 5)", "(23"],
        ),
        (
            "plain",
            changed(PLAIN, "decoder.output_map.bias", torch.ones(24) * 1e9),
            ["decoder.output_map.bias must be finite"],
        ),
        (
            "attending",
            state_of(LuongDecoder, hidden=130),
            ["attending_state must weigh 300000 bytes at most", "but weighs"],
        ),
        (
            "plain",
            state_of(RecurrentDecoder, hidden=160),
            ["plain_state must weigh 300000 bytes at most", "but weighs"],
        ),
    ],
)
def test_states_that_cannot_be_shown_are_refused(which, state, words):
    with refused(ValueError, words):
        made(**{which: state})


def test_both_together_must_be_light():
    words = ["plain_state and attending_state must weigh 400000 bytes", "weigh"]
    with refused(ValueError, words):
        made(
            state_of(RecurrentDecoder, hidden=120),
            state_of(LuongDecoder, hidden=120),
        )


def test_a_longer_hint_and_more_numbers_make_more_room():
    widget = made()
    small = list(widget.room)
    wide = made(state_of(RecurrentDecoder, hidden=150)).room
    assert wide[2] == small[2] + 6 * 12
    assert wide[:2] == [small[0] + 14, small[1] + 14]
    widget.hint = "a string of five letters, then one of twenty. " * 5
    assert all(b > a for a, b in zip(small, widget.room, strict=True))
