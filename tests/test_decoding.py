"""Decoding: by hand, against brute force, and by the laws of greedy and beam."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from modules import assert_near, filled
from torch.testing import assert_close

from attn_utils import Transformer, Writer, padding_mask, shift_right

START, END, A, B = range(4)
NEVER = 1e-30
SEEDS = st.integers(0, 9999)
A_FEW = settings(max_examples=7)


class Chain(Writer):
    """Writes each token by the one before it; one table for each source."""

    def __init__(self, *tables):
        super().__init__()
        self.tables = torch.tensor(tables)
        self.steps = 0

    def begin(self, source):
        return Which(source)

    def step(self, token, state):
        self.steps += 1
        # Seven too many: logits are known up to a constant.
        return self.tables[state.source, token].log() + 7


class Which:
    """Remembers the source of each row."""

    def __init__(self, source):
        self.source = source

    def __len__(self):
        return len(self.source)

    def select(self, rows):
        self.source = self.source[rows]


# What follows the start, an end, A, B: a token of start, end, A, B.
TEMPTING = [
    [NEVER, NEVER, 0.6, 0.4],
    [NEVER, NEVER, 0.5, 0.5],  # never asked: what has ended has ended
    [NEVER, 0.5, 0.3, 0.2],
    [NEVER, 0.9, 0.05, 0.05],
]
LONGER = [
    [NEVER, NEVER, 0.8, 0.2],
    [NEVER, NEVER, 0.5, 0.5],
    [NEVER, 0.2, 0.1, 0.7],
    [NEVER, 0.7, 0.2, 0.1],
]
HOW = {"start": START, "end": END, "max_tokens": 5}


def logs(*probabilities):
    return torch.tensor([math.log(p) for p in probabilities])


# By hand


def test_shift_right_by_hand():
    tokens = torch.tensor([[5, 7, 1], [9, 1, 0]])
    expected = torch.tensor([[2, 5, 7], [2, 9, 1]])
    assert torch.equal(shift_right(tokens, 2), expected)
    assert torch.equal(tokens, torch.tensor([[5, 7, 1], [9, 1, 0]]))
    assert shift_right(tokens[:, :0], 2).shape == (2, 0)
    assert shift_right(tokens[:0], 2).shape == (0, 3)
    assert shift_right(tokens.int(), 2).dtype == torch.int32


def test_greedy_by_hand():
    got = Chain(TEMPTING, LONGER).greedy(torch.tensor([0, 1]), **HOW)
    # The first has ended while the second still writes.
    assert got.tolist() == [[A, END, END], [A, B, END]]


def test_a_beam_of_two_finds_what_greed_misses_by_hand():
    tokens, log_probability = Chain(TEMPTING).beam(
        torch.tensor([0]), **HOW, beam_width=2
    )
    # 0.4 · 0.9 beats 0.6 · 0.5.
    assert tokens[0].tolist() == [[B, END], [A, END]]
    assert_close(log_probability, logs(0.36, 0.3)[None])


def test_a_beam_of_three_goes_on_while_one_of_its_targets_has_not_ended():
    tokens, log_probability = Chain(TEMPTING).beam(
        torch.tensor([0]), **HOW | {"max_tokens": 3}, beam_width=3
    )
    # After two tokens: B END 0.36, A END 0.3 and A A 0.18, half of it to END.
    assert tokens[0].tolist() == [[B, END, END], [A, END, END], [A, A, END]]
    assert_close(log_probability, logs(0.36, 0.3, 0.09)[None])


# What is written


def test_writing_stops_when_all_have_ended_or_the_room_is_full():
    chain, source = Chain(TEMPTING, LONGER), torch.tensor([0, 1])
    chain.greedy(source, **HOW)
    assert chain.steps == 3
    assert chain.greedy(source[:1], **HOW).shape == (1, 2)
    short = HOW | {"max_tokens": 1}
    assert chain.greedy(source, **short).tolist() == [[A], [A]]
    tokens, _ = chain.beam(source, **short, beam_width=2)
    assert tokens.tolist() == [[[A], [B]], [[A], [B]]]


def test_a_long_target_stops_where_the_room_does():
    # Each token is followed by the next: 0, 1, 2, … 400.
    chain = Chain(torch.eye(401).roll(1, dims=1).tolist())
    source, how = torch.tensor([0]), {"start": 0, "end": 400}
    counted = list(range(1, 301))
    got = chain.greedy(source, **how, max_tokens=300)
    assert got.tolist() == [counted]
    tokens, _ = chain.beam(source, **how, max_tokens=300, beam_width=1)
    assert tokens.tolist() == [[counted]]


def test_a_beam_is_four_wide_by_default():
    tokens, log_probability = Chain(TEMPTING).beam(torch.tensor([0]), **HOW)
    assert tokens.shape[:2] == log_probability.shape == (1, 4)


def test_no_room_writes_nothing():
    chain, source = Chain(TEMPTING), torch.tensor([0, 0, 0])
    none = HOW | {"max_tokens": 0}
    assert chain.greedy(source, **none).shape == (3, 0)
    tokens, log_probability = chain.beam(source, **none, beam_width=2)
    assert tokens.shape == (3, 2, 0)
    assert log_probability.tolist() == [[0.0, -math.inf]] * 3
    assert chain.steps == 0


def test_no_sources_write_nothing():
    chain, none = Chain(TEMPTING), torch.zeros(0, dtype=torch.int64)
    assert chain.greedy(none, **HOW).shape == (0, 0)
    tokens, log_probability = chain.beam(none, **HOW, beam_width=3)
    assert tokens.shape == (0, 3, 0)
    assert log_probability.shape == (0, 3)


def test_what_has_ended_stays_ended_at_no_cost():
    # An end would be followed by A: nobody may ask.
    chain = Chain(TEMPTING, LONGER)
    tokens, log_probability = chain.beam(
        torch.tensor([0, 1]), **HOW, beam_width=3
    )
    ended = (tokens == END).cumsum(-1) > 0
    assert (tokens[ended] == END).all()
    assert_close(log_probability[0, :2], logs(0.36, 0.3))
    assert_close(log_probability[1, 0], logs(0.8 * 0.7 * 0.7)[0])


def test_places_without_a_target_have_no_probability():
    chain = Chain(TEMPTING)
    _, log_probability = chain.beam(
        torch.tensor([0]), **HOW | {"max_tokens": 1}, beam_width=7
    )
    assert log_probability[0, :2].tolist() == pytest.approx(
        [math.log(0.6), math.log(0.4)]
    )
    assert (log_probability[0, 4:] == -math.inf).all()
    assert not log_probability.isnan().any()


def test_every_row_has_a_beam_of_its_own():
    chain = Chain(TEMPTING, LONGER)
    source = torch.tensor([1, 0, 1])
    tokens, log_probability = chain.beam(source, **HOW, beam_width=2)
    for row, which in enumerate(source):
        alone, alone_log = chain.beam(which[None], **HOW, beam_width=2)
        length = alone.shape[-1]
        assert torch.equal(tokens[row, :, :length], alone[0])
        assert (tokens[row, :, length:] == END).all()
        assert_close(log_probability[row], alone_log[0])


# With a Transformer


def writer(seed=0, target_size=5, **choices):
    """Return a Transformer of 17 source and a few target tokens."""
    ours = Transformer(17, target_size, 14, 7, 13, 2, 2, **choices)
    return filled(ours, seed, scale=0.5)


def sources(seed, batch=3):
    """Return random sources of 11 tokens, and who is real in them."""
    generator = torch.Generator().manual_seed(seed)
    tokens = torch.randint(17, (batch, 11), generator=generator)
    lengths = torch.randint(1, 12, (batch,), generator=generator)
    return tokens, padding_mask(lengths, 11)


def scored(ours, tokens, *source):
    """Return the log-probability of targets (batch, tokens), by teacher forcing."""
    memory, mask = source
    logits = ours(memory, shift_right(tokens, START), mask)
    gained = logits.log_softmax(-1).gather(-1, tokens.unsqueeze(-1)).squeeze(-1)
    before = (tokens == END).cumsum(-1) - (tokens == END).int()
    return (gained * (before == 0)).sum(-1)


def repeated(source, times):
    return [x.repeat_interleave(times, dim=0) for x in source]


@A_FEW
@given(seed=SEEDS)
def test_greedy_is_the_argmax_of_the_whole_model_again_and_again(seed):
    ours, source = writer(seed), sources(seed)
    expected = torch.zeros(3, 0, dtype=torch.int64)
    for _ in range(5):
        read = torch.cat([torch.full((3, 1), START), expected], dim=1)
        following = ours(source[0], read, source[1])[:, -1].argmax(-1)
        ended = (expected == END).any(dim=1)
        following[ended] = END
        expected = torch.cat([expected, following[:, None]], dim=1)
    got = ours.greedy(*source, **HOW)
    assert torch.equal(got, expected[:, : got.shape[1]])
    assert (expected[:, got.shape[1] :] == END).all()


@A_FEW
@given(seed=SEEDS)
def test_a_beam_of_one_is_greedy(seed):
    ours, source = writer(seed), sources(seed)
    tokens, log_probability = ours.beam(*source, **HOW, beam_width=1)
    assert torch.equal(tokens.squeeze(1), ours.greedy(*source, **HOW))
    expected = scored(ours, tokens.squeeze(1), *source)
    assert_near(log_probability.squeeze(1), expected)


@A_FEW
@given(seed=SEEDS)
def test_the_log_probabilities_are_those_of_teacher_forcing_best_first(seed):
    ours, source = writer(seed), sources(seed)
    tokens, log_probability = ours.beam(*source, **HOW, beam_width=3)
    expected = scored(ours, tokens.flatten(0, 1), *repeated(source, 3))
    assert_near(log_probability.flatten(), expected)
    assert (log_probability.diff(dim=-1) <= 0).all()
    for row in tokens:
        assert len(row.unique(dim=0)) == 3


@A_FEW
@given(seed=SEEDS)
def test_a_beam_wide_enough_is_the_enumeration_of_all_targets(seed):
    ours, source = writer(seed), sources(seed, batch=2)
    short = HOW | {"max_tokens": 3}
    tokens, log_probability = ours.beam(*source, **short, beam_width=89)
    every = torch.cartesian_prod(*[torch.arange(5)] * 3)
    before = (every == END).cumsum(-1) - (every == END).int()
    after_an_end = before > 0
    every = every[(~after_an_end | (every == END)).all(dim=-1)]
    assert len(every) == 85  # 1 + 4 end early, 4 · 4 · 5 do not
    for row in range(2):
        alone = [x[row, None].expand(85, *x.shape[1:]) for x in source]
        best, order = scored(ours, every, *alone).sort(descending=True)
        assert_near(log_probability[row, :85], best)
        assert_near(log_probability[row, :85].exp().sum(), torch.tensor(1.0))
        assert torch.equal(tokens[row, 0], every[order[0]])
        assert len(tokens[row, :85].unique(dim=0)) == 85
    assert (log_probability[:, 85:] == -math.inf).all()


@A_FEW
@given(seed=SEEDS)
def test_a_wider_beam_starts_with_a_target_no_worse_than_greedy_s(seed):
    # Wide enough for all targets of two tokens: here it is a law.
    ours, source = writer(seed), sources(seed)
    short = HOW | {"max_tokens": 2}
    _, narrow = ours.beam(*source, **short, beam_width=1)
    _, wide = ours.beam(*source, **short, beam_width=23)
    assert (wide[:, 0] >= narrow[:, 0] - 1e-5).all()


def test_greedy_and_beam_differ_somewhere_or_these_tests_show_nothing():
    lengths, differences = set(), 0
    for seed in range(11):
        ours, source = writer(seed), sources(seed)
        greedy = ours.greedy(*source, **HOW)
        tokens, _ = ours.beam(*source, **HOW, beam_width=3)
        lengths |= set((greedy != END).sum(dim=1).tolist())
        best = tokens[:, 0, : greedy.shape[1]]
        differences += int(best.shape != greedy.shape or (best != greedy).any())
    assert len(lengths) > 2
    assert differences > 2


@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=str)
def test_models_of_other_dtypes_write_as_well(dtype):
    ours, source = writer(seed=3).to(dtype), sources(seed=3)
    tokens, log_probability = ours.beam(*source, **HOW, beam_width=1)
    assert torch.equal(tokens.squeeze(1), ours.greedy(*source, **HOW))
    assert log_probability.isfinite().all()


def test_writing_keeps_no_gradient_and_leaves_the_model_alone():
    ours, source = writer(), sources(seed=1)
    before = {name: p.clone() for name, p in ours.state_dict().items()}
    _, log_probability = ours.beam(*source, **HOW)
    assert not log_probability.requires_grad
    assert ours.training
    assert_close(dict(ours.state_dict()), before, atol=0, rtol=0)


@pytest.mark.parametrize("how", ["greedy", "beam"])
def test_no_step_of_writing_keeps_what_a_gradient_would_need(how):
    ours, kept = writer(), []
    ours.output_map.register_forward_hook(
        lambda module, inputs, logits: kept.append(logits.requires_grad)
    )
    getattr(ours, how)(*sources(seed=1), **HOW)
    assert kept
    assert not any(kept)


def test_a_source_without_padding_needs_no_mask():
    ours, (source, _) = writer(), sources(seed=1)
    shown = torch.ones(3, 1, 11, dtype=torch.bool)
    expected = ours.beam(source, shown, **HOW)
    assert_close(ours.beam(source, **HOW), expected)
    greedy = ours.greedy(source, shown, **HOW)
    assert torch.equal(ours.greedy(source, **HOW), greedy)
