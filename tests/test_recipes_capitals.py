"""Chapter 11's small LSTM that keeps a capital: its strings, its gates, its judge."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.testing import assert_close

from attn_utils import LSTMCell, RNNCell
from attn_utils.data import runs
from attn_utils.recipes import capitals
from attn_utils.recipes.capitals import (
    CAPITAL_CELLS,
    CAPITALS,
    CHARACTERS,
    DISTANCES,
    NUM_TESTS,
    CapitalReader,
    capital_loss,
    capital_rate,
    capital_results,
    capital_strings,
    forget_means,
    read_holding,
    teach_capitals,
    watch_gates,
)
from attn_utils.recipes.experiments import EXPERIMENTS


def drawn(seed=0):
    return torch.Generator().manual_seed(seed)


def made(kind="LSTM", seed=0):
    torch.manual_seed(seed)
    return CapitalReader(kind).eval()


class Says(nn.Module):
    """Say at each place what a function of the string says."""

    def __init__(self, answer):
        super().__init__()
        self.answer = answer

    def forward(self, tokens):
        return 9.0 * F.one_hot(self.answer(tokens), len(CAPITALS))


def last_capital(tokens):
    told = []
    for row in tokens.tolist():
        last, said = 0, []
        for token in row:
            last = token if token < len(CAPITALS) else last
            said.append(last)
        told.append(said)
    return torch.tensor(told)


def test_strings_begin_with_a_capital_and_the_last_one_is_told():
    tokens, last = capital_strings(300, 17, drawn())
    assert tokens.shape == last.shape == (300, 17)
    assert (tokens[:, 0] < 4).all()
    assert torch.equal(last, last_capital(tokens))
    assert {*tokens.flatten().tolist()} == {*range(len(CHARACTERS))}
    # After the first place about one character in eight is a capital.
    assert 0.1 < (tokens[:, 1:] < 4).float().mean() < 0.14


@pytest.mark.parametrize(
    ("kind", "cell"), [("LSTM", LSTMCell), ("RNN", RNNCell)]
)
def test_the_cell_is_the_layer_s(kind, cell):
    model = made(kind)
    copy = model.cell()
    assert type(copy) is cell
    tokens, _ = capital_strings(5, 7, drawn())
    states, _ = model.layer(model.embedding(tokens))
    state = memory = torch.zeros(5, 8)
    for n, vector in enumerate(model.embedding(tokens).unbind(1)):
        if kind == "LSTM":
            state, memory = copy(vector, state, memory)
        else:
            state = copy(vector, state)
        assert_close(state, states[:, n], atol=1e-5, rtol=0)


def test_reading_with_free_gates_is_reading():
    model = made()
    tokens, _ = capital_strings(5, 7, drawn())
    assert_close(
        read_holding(model, tokens), model(tokens).detach(), atol=1e-5, rtol=0
    )


def test_a_forget_gate_held_at_0_forgets_the_memory_and_at_1_keeps_it():
    model = made()
    tokens, _ = capital_strings(5, 7, drawn())
    with torch.no_grad():
        # A gate far open or shut, whatever comes, is one that is held.
        for forget, bias in ((1.0, 99.0), (0.0, -99.0)):
            held = made()
            held.load_state_dict(model.state_dict())
            for name in ("weight_ih_l0", "weight_hh_l0"):
                getattr(held.layer, name)[8:16] = 0
            held.layer.bias_ih_l0[8:16] = bias
            held.layer.bias_hh_l0[8:16] = 0
            expected = held(tokens)
            got = read_holding(model, tokens, forget)
            assert_close(got, expected, atol=1e-5, rtol=0)
            assert not torch.allclose(got, model(tokens), atol=1e-3)


@pytest.mark.parametrize("forget", [None, 0.0, 0.3])
def test_what_gates_do_makes_the_memory_and_the_state(forget):
    model = made()
    tokens, _ = capital_strings(3, 6, drawn())
    seen = watch_gates(model, tokens, forget)
    parts = model.layer(model.embedding(tokens))[0].detach()
    before = F.pad(seen.memory, (0, 0, 1, 0))[:, :-1]
    assert_close(seen.memory, seen.forget * before + seen.input * seen.new)
    assert_close(seen.state, seen.output * seen.memory.tanh())
    if forget is None:
        assert_close(seen.state, parts, atol=1e-5, rtol=0)
    else:
        assert (seen.forget == forget).all()


def test_a_loss_is_of_all_places():
    model = made()
    tokens, last = capital_strings(5, 7, drawn())
    each = -model(tokens).log_softmax(-1).gather(-1, last.unsqueeze(-1))
    assert_close(capital_loss(model, (tokens, last)), each.mean())


def test_who_knows_the_last_capital_is_right_and_the_first_one_is_a_guess():
    for distance in (0, 3, 32):
        assert capital_rate(Says(last_capital), distance, seed=0) == 1.0

    def first(tokens):
        return tokens[:, :1].expand(-1, tokens.shape[1])

    assert 0.15 < capital_rate(Says(first), 3, seed=0) < 0.35
    assert capital_rate(Says(first), 3, seed=0, first=True) == 1.0
    assert capital_rate(Says(last_capital), 3, seed=0, first=True) < 0.35


@pytest.mark.parametrize("distance", [0, 4])
def test_strings_of_the_test_have_their_last_capital_so_far_back(distance):
    seen = []

    def answer(tokens):
        seen.append(tokens)
        return last_capital(tokens)

    capital_rate(Says(answer), distance, seed=1)
    (tokens,) = seen
    assert tokens.shape == (NUM_TESTS, distance + 8)
    assert (tokens[:, 7] < 4).all()
    assert (tokens[:, 8:] >= 4).all()
    assert (tokens[:, 0] < 4).all()
    lesson, _ = capital_strings(NUM_TESTS, distance + 8, drawn(1))
    assert not torch.equal(tokens[:, :7], lesson[:, :7])


def test_a_held_gate_is_asked_for(monkeypatch):
    asked = []

    def held(model, tokens, forget):
        asked.append(forget)
        return Says(last_capital)(tokens)

    monkeypatch.setattr(capitals, "read_holding", held)
    assert capital_rate(made(), 2, seed=0, forget=0.5) == 1.0
    assert asked == [0.5]


def test_no_other_network_is_taught_and_none_without_a_step():
    with pytest.raises(ValueError, match=r"^kind must be one of"):
        CapitalReader("GRU")
    with pytest.raises(ValueError, match=r"^kind must be one of"):
        teach_capitals("GRU")
    with pytest.raises(ValueError, match=r"^num_steps must be at least 1"):
        teach_capitals(num_steps=0)


def test_a_seed_decides_all_and_the_model_is_rounded_to_half():
    one, other = (teach_capitals(seed=2, num_steps=3) for _ in range(2))
    assert one.losses == other.losses
    assert one.losses != teach_capitals(seed=3, num_steps=3).losses
    assert not one.model.training
    for each in one.model.parameters():
        assert torch.equal(each, each.half().float())


def test_results_are_those_of_the_model(monkeypatch):
    model = made()
    monkeypatch.setattr(capitals, "teach_capitals", lambda *_: (model, []))
    results = capital_results("LSTM", 1)
    for name, forget in (
        ("right", None),
        ("held at 1", 1.0),
        ("held at 0", 0.0),
    ):
        assert results[name] == [
            capital_rate(model, each, 1, forget) for each in DISTANCES
        ]
    assert results["first at 1"] == [
        capital_rate(model, each, 1, 1.0, first=True) for each in DISTANCES
    ]
    assert results["forget gate"] == forget_means(model, 1)
    assert capital_results("RNN", 1)["forget gate"] == []
    assert capital_results("RNN", 1)["first at 1"] == []
    assert capital_results("RNN", 1)["held at 1"] == []
    assert capital_results("RNN", 1)["held at 0"] == []


def test_the_forget_gate_is_averaged_over_small_letters_and_over_capitals():
    model = made()
    with torch.no_grad():  # a gate that knows the character, and nothing else
        model.embedding.weight.zero_()
        model.embedding.weight[:4, 0] = 1
        model.layer.weight_hh_l0.zero_()
        model.layer.weight_ih_l0.zero_()
        for bias in (model.layer.bias_ih_l0, model.layer.bias_hh_l0):
            bias.zero_()
        model.layer.weight_ih_l0[8:16, 0] = -20
    small, capital = forget_means(model, 0)
    assert abs(small - 0.5) < 1e-6
    assert capital < 1e-6


def test_every_row_of_the_table_is_stored():
    rows = [dict(row.settings) for row in runs.load("capitals").rows]
    assert rows == [dict(each) for each in EXPERIMENTS["capitals"].settings]
    assert {row["kind"] for row in rows} == {*CAPITAL_CELLS}
