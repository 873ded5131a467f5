"""The exam of the page for teachers: its answers are computed, and are the page's."""

import json
import re
from pathlib import Path

import pytest
import torch

from attn_utils import (
    ChannelAttention,
    GaussianScore,
    MultiHeadAttention,
    SpatialAttention,
    attention,
    causal_mask,
    sinusoidal_positions,
)

ROOT = Path(__file__).parent.parent
PAGE = " ".join((ROOT / "book" / "teachers.md").read_text("utf-8").split())
ANSWERS = re.findall(r"<summary>Answer</summary> (.*?) </details>", PAGE)


def parameters_of(module):
    return sum(each.numel() for each in module.parameters())


def holds(question, *words):
    """Hold that a question's answer says each of these."""
    for each in words:
        assert str(each) in ANSWERS[question - 1], each


def test_twelve_questions_have_twelve_answers():
    assert re.findall(r"\*\*Question (\d+):\*\*", PAGE) == [
        str(n) for n in range(1, 13)
    ]
    assert len(ANSWERS) == 12


def test_three_people():
    column = torch.tensor([[1.0], [2.0], [4.0]])
    value = torch.tensor([[10.0], [20.0], [40.0]])
    context, weights = attention(
        torch.tensor([[3.0]]), column, value, score=GaussianScore(1.0)
    )
    holds(1, *(f"{each:.2f}" for each in weights[0]), f"{context.item():.1f}")


@pytest.mark.parametrize("num_heads", [3, 6])
def test_what_a_layer_holds(num_heads):
    holds(3, parameters_of(MultiHeadAttention(12, num_heads, bias=False)))


def test_twice_as_many_of_each_change_nothing():
    torch.manual_seed(0)
    layer = MultiHeadAttention(8, 2)
    a, b = torch.randn(2, 8)
    short, _ = layer(torch.stack([a, b])[None])
    long, _ = layer(torch.stack([a, a, b, b])[None])
    assert torch.allclose(short.repeat_interleave(2, 1), long, atol=1e-6)


def test_how_far_two_leaking_layers_reach():
    leaking = causal_mask(4).roll(-1, 0)
    leaking[-1] = True
    reaches = (leaking.long() @ leaking.long()) > 0
    places = [n + 1 for n in range(4) if reaches[n, -1]]
    assert places == [2, 3, 4]
    holds(5, "places 2, 3 and 4")


def test_what_reaches_the_first_token():
    holds(6, f"{0.9**49:.4f}", 1 / 50)


def test_the_product_of_two_places_stays():
    vectors = sinusoidal_positions(60, 16).double()
    products = (vectors[:-3] * vectors[3:]).sum(dim=-1)
    assert products.max() - products.min() < 1e-4


def test_the_letter_after_a_repetition():
    word = "mapletreemap"
    holds(8, f"An {word[word.index(word[-1]) + 1]}:", f"was a {word[-1]},")
    assert word.count(word[-1]) == 2


def test_what_gates_hold():
    holds(
        9,
        parameters_of(ChannelAttention(64, 16)),
        parameters_of(SpatialAttention(7)),
    )


def test_keys_with_and_without_a_cache():
    holds(10, sum(range(1, 6)), 5)


def test_weights_at_a_temperature():
    scores = torch.tensor([2.0, 1.0, 0.0])
    holds(11, *(f"{each:.2f}" for each in (scores / 0.5).softmax(0)))
    assert torch.allclose((scores / 0.01).softmax(0), torch.eye(3)[0])
    assert torch.allclose((scores / 1e6).softmax(0), torch.full((3,), 1 / 3))


def test_every_chapter_has_its_session_and_its_exercises_exist():
    sessions = re.findall(
        r"\(\.\./chapters/(\w+)\.ipynb\) \| [^|]+ \| [^|]+ \| (\d), (\d) \|",
        PAGE,
    )
    stems = sorted(p.stem for p in (ROOT / "chapters").glob("[0-9]*.ipynb"))
    assert [stem for stem, *_ in sessions] == stems
    for stem, *numbers in sessions:
        cells = json.loads((ROOT / f"chapters/{stem}.ipynb").read_text("utf-8"))
        text = "\n".join("".join(cell["source"]) for cell in cells["cells"])
        for number in numbers:
            assert f"### Exercise {number}:" in text
