"""A guess from Python: what it takes, what it refuses, what its answer follows."""

import json
import subprocess
import sys

import pytest
import torch
import traitlets
from refused import refused

from attn_utils.widgets import Guess

ASKED = {
    "question": "Below or above?",
    "options": ["below", "above"],
    "right": 0,
    "why": "It is <below> & not above.",
}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"question": "  "}, ["question", "says something"]),
        ({"question": 3}, ["question", "text", "3"]),
        ({"options": ["below"]}, ["options", "two or more", "below"]),
        ({"options": ["below", "below "]}, ["options", "no two alike"]),
        ({"options": "below"}, ["options", "below"]),
        ({"options": 2}, ["options", "list of texts", "2"]),
        ({"options": ["below", 20]}, ["options", "texts", "20"]),
        ({"options": ["below", ""]}, ["options", "say", "''"]),
        ({"right": 2}, ["right", "2 options", "0 to 1", "is 2"]),
        ({"right": -1}, ["right", "is -1"]),
        ({"right": True}, ["right", "whole number", "True"]),
        ({"right": 0.0}, ["right", "whole number", "0.0"]),
        ({"right": torch.tensor([0, 1])}, ["right", "whole number"]),
        ({"pick": 2}, ["pick", "2 options", "is 2"]),
        ({"why": ""}, ["why", "says something"]),
    ],
)
def test_bad_input_names_the_trait_and_what_came(change, words):
    with refused(traitlets.TraitError, words):
        Guess(**(ASKED | change))


@pytest.mark.parametrize(
    "change",
    [{"options": ["below"]}, {"right": 7}, {"pick": 7}, {"why": " "}],
)
def test_a_refused_change_leaves_guess_and_answer_as_they_were(change):
    guess = Guess(**ASKED, pick=1)
    before = guess.answer.get_state()
    for name, value in change.items():
        with pytest.raises(traitlets.TraitError):
            guess.set_trait(name, value)
    assert guess.answer.get_state() == before
    assert guess.pick == 1


def test_options_may_not_shrink_below_what_is_right_or_picked():
    for name in ("right", "pick"):
        guess = Guess("Which?", ["a", "b", "c"], **{name: 2})
        with pytest.raises(traitlets.TraitError, match=f"{name} must .* is 2;"):
            guess.options = ["a", "b"]


def test_the_place_of_the_right_one_may_come_from_a_tensor():
    guess = Guess(**(ASKED | {"right": torch.tensor([0.1, 0.9]).argmax()}))
    assert guess.right == guess.answer.right == 1
    assert type(guess.right) is int


def test_what_is_right_may_be_set_after_the_demonstration():
    guess = Guess("Below or above?", ["below", "above"])
    with pytest.raises(ValueError, match=r"right .* guess\.right"):
        guess.answer  # noqa: B018
    guess.right = 1
    with pytest.raises(ValueError, match=r"why .* guess\.why"):
        guess.answer  # noqa: B018
    guess.why = "Since it is."
    assert guess.answer.right == 1


def test_the_answer_follows_its_guess_and_tells_it_the_pick():
    guess = Guess(**ASKED)
    answer = guess.answer
    assert answer is guess.answer
    assert answer.of == guess.model_id
    guess.pick = 1
    assert answer.pick == 1
    answer.pick = None
    assert guess.pick is None
    with guess.hold_trait_notifications():
        guess.options, guess.right = ["a", "b", "c"], 2
    guess.question, guess.why = "Now?", "So."
    assert answer.options == ["a", "b", "c"]
    assert (answer.right, answer.question, answer.why) == (2, "Now?", "So.")


def test_the_questions_own_state_does_not_tell_what_is_right():
    state = Guess(**ASKED).get_state()
    assert "right" not in state
    assert ASKED["why"] not in json.dumps(state)


def test_the_stills_say_question_and_answer_in_words():
    guess = Guess(**ASKED)
    question, answer = guess._repr_html_(), guess.answer._repr_html_()
    assert "<li" in question
    assert "Below or above?" in question
    assert "It is &lt;below&gt; &amp; not above." in answer
    assert "<dd>below</dd>" in answer
    assert "above" in question


@pytest.mark.long
def test_without_anywidget_question_and_answer_remain_as_text():
    script = (
        "import sys; sys.modules['anywidget'] = None\n"
        "from attn_utils.widgets import Guess\n"
        f"guess = Guess(**{ASKED!r})\n"
        "for shown in (guess, guess.answer):\n"
        "    data, _ = shown._repr_mimebundle_()\n"
        "    print(sorted(data), 'below' in data['text/html'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True
    )
    line = "['text/html', 'text/plain'] True\n"
    assert done.stdout == line * 2, done.stderr
