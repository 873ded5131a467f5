"""Decoding: by hand, against brute force, and by the laws of greedy and beam."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from modules import assert_near, filled
from tensors import normal
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


class Timed(Writer):
    """Writes by the step and the token before; so no two targets tie."""

    def __init__(self, *tables):
        super().__init__()
        self.tables = torch.tensor(tables, dtype=torch.float64)

    def begin(self, source):
        self.steps = 0
        return Which(source)

    def step(self, token, state):
        logits = self.tables[state.source, self.steps, token].log() - 3
        self.steps += 1
        return logits


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
    # After two tokens: B END 0.36 and A END 0.3 are kept; A A 0.18, A B 0.12
    # and B A 0.02 go on, half of the first and nine tenths of the second to END.
    assert tokens[0].tolist() == [[B, END, END], [A, END, END], [A, B, END]]
    assert_close(log_probability, logs(0.36, 0.3, 0.108)[None])


# From 9: 1, the end (0) or 2; from 1: 3 or 4; from these: ten tokens alike.
SPREAD = [[NEVER if token == 9 else 0.1 for token in range(11)]] * 11
SPREAD[9] = [0.25, 0.6, 0.15, *[NEVER] * 8]
SPREAD[1] = [NEVER] * 3 + [0.51, 0.49] + [NEVER] * 6


@pytest.mark.parametrize("max_tokens", [3, 4, 20])
def test_what_has_ended_is_not_pushed_out_by_what_is_likelier_for_now(
    max_tokens,
):
    # After two tokens 0.306 and 0.294 are likelier than what has ended.
    chain = Chain(SPREAD)
    tokens, log_probability = chain.beam(
        torch.tensor([0]), start=9, end=0, max_tokens=max_tokens, beam_width=2
    )
    assert (tokens[0, 0] == 0).all()
    assert_close(log_probability[0, :1], logs(0.25))
    assert log_probability[0, 1] < log_probability[0, 0]


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


# Against a search that is written out, and against all targets


def random_table(seed, vocabulary, steps):
    """Return probabilities of what follows each token, at each step."""
    shape = steps, vocabulary, vocabulary
    scores = 2 * normal(*shape, seed=seed, dtype=torch.float64)
    return scores.softmax(-1).tolist()


def ranking(target, penalty):
    """Return what a pair of tokens and log-probability is ranked by."""
    tokens, total = target
    return total / len(tokens) ** penalty


def continued(chances, start, targets):
    """Return all targets that are one token longer."""
    return [
        ((*tokens, token), total + math.log(chance))
        for tokens, total in targets
        for token, chance in enumerate(chances[(start, *tokens)[-1]])
    ]


def searched(table, start, width, max_tokens, penalty):
    """Return what beam search finds: sorted lists, and no stop before the end."""
    beam, kept = [((), 0.0)], []
    for step in range(max_tokens):
        longer = continued(table[step], start, beam)
        longer.sort(key=lambda target: -target[1])
        kept += [t for t in longer[:width] if t[0][-1] == END]
        beam = [t for t in longer if t[0][-1] != END][:width]
    found = sorted(kept + beam, key=lambda t: -ranking(t, penalty))
    return found[:width]


def all_targets(table, start, max_tokens):
    """Return every target and its log-probability."""
    begun, ended = [((), 0.0)], []
    for step in range(max_tokens):
        longer = continued(table[step], start, begun)
        ended += [t for t in longer if t[0][-1] == END]
        begun = [t for t in longer if t[0][-1] != END]
    return ended + begun


def without_ends(tokens, log_probability):
    """Return the targets of one source as pairs, each cut after its end."""
    return [
        (tuple(target[: target.index(END) + 1] if END in target else target), p)
        for target, p in zip(
            tokens.tolist(), log_probability.tolist(), strict=True
        )
        if p > -math.inf
    ]


def assert_same_targets(got, expected):
    """Hold that the tokens are the same, and the log-probabilities near."""
    assert [tokens for tokens, _ in got] == [tokens for tokens, _ in expected]
    assert [p for _, p in got] == pytest.approx([p for _, p in expected])


@settings(max_examples=200)
@given(
    seed=SEEDS,
    vocabulary=st.integers(2, 6),
    width=st.integers(1, 5),
    max_tokens=st.integers(1, 7),
    penalty=st.sampled_from([0.0, 0.0, 0.5, 1.0, 3.0]),
)
def test_a_beam_is_what_the_search_finds_that_is_written_out(
    seed, vocabulary, width, max_tokens, penalty
):
    tables = [
        random_table(seed + place, vocabulary, max_tokens) for place in range(3)
    ]
    starts = [0, 1, vocabulary - 1]
    tokens, log_probability = Timed(*tables).beam(
        torch.arange(3),
        start=torch.tensor(starts),
        end=END,
        max_tokens=max_tokens,
        beam_width=width,
        length_penalty=penalty,
    )
    for row, (table, start) in enumerate(zip(tables, starts, strict=True)):
        expected = searched(table, start, width, max_tokens, penalty)
        got = without_ends(tokens[row], log_probability[row])
        assert_same_targets(got, expected)


@settings(max_examples=50)
@given(
    seed=SEEDS,
    vocabulary=st.integers(2, 4),
    max_tokens=st.integers(1, 4),
    penalty=st.sampled_from([0.0, 0.5, 1.0, 3.0]),
)
def test_a_beam_of_all_beginnings_ranks_all_targets(
    seed, vocabulary, max_tokens, penalty
):
    table = random_table(seed, vocabulary, max_tokens)
    every = all_targets(table, 0, max_tokens)
    every.sort(key=lambda target: -ranking(target, penalty))
    tokens, log_probability = Timed(table).beam(
        torch.tensor([0]),
        start=0,
        end=END,
        max_tokens=max_tokens,
        beam_width=len(every) + 3,
        length_penalty=penalty,
    )
    assert_same_targets(without_ends(tokens[0], log_probability[0]), every)
    assert (log_probability[0, len(every) :] == -math.inf).all()
    assert (tokens[0, len(every) :] == END).all()


@pytest.mark.long
def test_a_wider_beam_misses_the_best_of_all_targets_less_often():
    missed = []
    for seed in range(200):
        table = random_table(seed, 5, 5)
        best = max(probability for _, probability in all_targets(table, 0, 5))
        for width in (1, 2, 3):
            _, found = Timed(table).beam(
                torch.tensor([0]),
                start=0,
                end=END,
                max_tokens=5,
                beam_width=width,
            )
            assert found[0, 0] <= best + 1e-9
            missed += [width] if found[0, 0] < best - 1e-9 else []
    one, two, three = (missed.count(width) for width in (1, 2, 3))
    assert one > 2 * two > 4 * three > 0, (one, two, three)


def test_the_search_stops_when_nothing_better_can_come():
    # 0.97 ends at once, then 0.9 of the rest: two are kept after two steps.
    table = [[0.25] * 4, [0.25] * 4, [0.01, 0.97, 0.01, 0.01]]
    table.append([0.05, 0.9, 0.03, 0.02])
    chain = Chain(table)
    how = {"start": A, "end": END, "max_tokens": 1000, "beam_width": 2}
    tokens, _ = chain.beam(torch.tensor([0]), **how)
    assert chain.steps == tokens.shape[-1] == 2
    assert tokens[0].tolist()[0] == [END, END]


def test_places_without_a_target_do_not_keep_the_search_running():
    # Only one target is possible at all: A, then B, then the end.
    nowhere = [[0.0, 1.0, 0.0, 0.0]] * 2
    chain = Chain(
        [[0.0, 0.0, 1.0, 0.0], nowhere[0], [0, 0, 0, 1.0], *nowhere[:1]]
    )
    tokens, log_probability = chain.beam(
        torch.tensor([0]), **HOW | {"max_tokens": 1000}, beam_width=3
    )
    assert chain.steps == 3
    assert tokens[0].tolist() == [[A, B, END], [END] * 3, [END] * 3]
    assert log_probability.tolist() == [[0.0, -math.inf, -math.inf]]


@pytest.mark.long
def test_a_length_penalty_lets_a_long_target_win_by_hand():
    # A END has 0.6 · 0.5 = 0.3; B A END has 0.4 · 0.9 · 0.5 = 0.18, but 0.56 a
    # token on geometric average, where the other has 0.55.
    table = [
        [NEVER, NEVER, 0.6, 0.4],
        [0.25, 0.25, 0.25, 0.25],
        [NEVER, 0.5, 0.3, 0.2],
        [NEVER, 0.05, 0.9, 0.05],
    ]
    how = HOW | {"max_tokens": 3, "beam_width": 4}
    plain, _ = Chain(table).beam(torch.tensor([0]), **how)
    long, log_probability = Chain(table).beam(
        torch.tensor([0]), **how, length_penalty=1.0
    )
    assert plain[0, 0].tolist() == [A, END, END]
    assert long[0, 0].tolist() == [B, A, END]
    # What is returned is the log-probability itself.
    assert_close(log_probability[0, :1], logs(0.4 * 0.9 * 0.5))


# By chance


def drawn(chain, times, **how):
    """Return what `sample` writes for the first source, many times at once."""
    generator = torch.Generator().manual_seed(3)
    source = torch.zeros(times, dtype=torch.int64)
    return chain.sample(source, **HOW | how, generator=generator)


def shares(tokens, size=4):
    """Return how often each token stands first."""
    return tokens[:, 0].bincount(minlength=size) / len(tokens)


def test_sampling_follows_the_probabilities():
    chance = torch.tensor([0.1, 0.2, 0.3, 0.4])
    tokens = drawn(Chain([chance.tolist()] * 4), 20_000, max_tokens=1)
    assert_close(shares(tokens), chance, atol=0.015, rtol=0)


@pytest.mark.parametrize("temperature", [0.25, 0.5, 2.0, 10.0])
def test_the_temperature_raises_probabilities_to_its_inverse(temperature):
    chance = torch.tensor([0.1, 0.2, 0.3, 0.4])
    tokens = drawn(
        Chain([chance.tolist()] * 4),
        20_000,
        max_tokens=1,
        temperature=temperature,
    )
    expected = chance ** (1 / temperature)
    expected = expected / expected.sum()
    assert_close(shares(tokens), expected, atol=0.015, rtol=0)


def test_only_the_likeliest_are_drawn_where_top_k_says_so():
    chance = torch.tensor([0.1, 0.4, 0.2, 0.3])
    chain = Chain([chance.tolist()] * 4)
    tokens = drawn(chain, 20_000, max_tokens=1, top_k=2)
    expected = torch.tensor([0.0, 4 / 7, 0.0, 3 / 7])
    assert_close(shares(tokens), expected, atol=0.015, rtol=0)
    # Of equals, no more are drawn than asked for.
    equal = drawn(Chain([[0.25] * 4] * 4), 1000, max_tokens=1, top_k=3)
    assert (shares(equal) > 0).sum() == 3


def test_more_than_all_may_be_drawn():
    chain = Chain(LONGER)
    every = drawn(chain, 100, top_k=4)
    assert torch.equal(drawn(chain, 100, top_k=400), every)
    assert torch.equal(drawn(chain, 100), every)


@pytest.mark.parametrize(
    "how",
    [{"top_k": 1}, {"temperature": 1e-3}, {"temperature": 1e-42}],
    ids=str,
)
def test_sampling_with_no_choice_is_greedy(how):
    chain, source = Chain(TEMPTING, LONGER), torch.tensor([0, 1, 0])
    expected = chain.greedy(source, **HOW)
    assert torch.equal(chain.sample(source, **HOW, **how), expected)


def test_the_generator_alone_decides_what_is_drawn():
    chain = Chain(LONGER)
    assert torch.equal(drawn(chain, 50), drawn(chain, 50))
    source = torch.zeros(50, dtype=torch.int64)
    torch.manual_seed(3)
    first = chain.sample(source, **HOW)
    assert not torch.equal(chain.sample(source, **HOW)[:, :1], first[:, :1])
    torch.manual_seed(3)
    assert torch.equal(chain.sample(source, **HOW), first)


def test_what_was_drawn_stays_ended():
    tokens = drawn(Chain(LONGER), 200, max_tokens=30)
    ended = (tokens == END).cumsum(-1) > 0
    assert (tokens[ended] == END).all()
    assert ended[:, -1].all()
    assert not ended[:, -2].all()  # no step too many


def test_every_step_draws_anew():
    tokens = drawn(Chain([[0.25, NEVER, 0.25, 0.5]] * 4), 500, max_tokens=4)
    first, second = tokens[:, 0], tokens[:, 1]
    assert 0.3 < (first == second).float().mean() < 0.45  # 0.375 by chance


def test_any_rule_may_choose():
    chain, source = Chain(TEMPTING, LONGER), torch.tensor([0, 1])
    got = chain.write(source, choose=lambda x: x.argmin(-1), **HOW)
    likeliest = chain.write(source, choose=lambda x: x.argmax(-1), **HOW)
    assert got[:, 0].tolist() == [START, START]
    assert torch.equal(likeliest, chain.greedy(source, **HOW))


@pytest.mark.parametrize("way", ["greedy", "sample", "beam", "write"])
def test_what_the_model_begins_with_may_be_named(way):
    torch.manual_seed(0)
    model, source = (
        Transformer(9, 9, 8, 2, 16).eval(),
        torch.tensor([[3, 4, 5]]),
    )
    mask = padding_mask([2], 3)
    how = {"start": 1, "end": 2, "max_tokens": 4}
    if way == "write":
        how["choose"] = lambda logits: logits.argmax(-1)
    if way == "sample":
        how["top_k"] = 1
    placed = tokens_of(getattr(model, way)(source, mask, **how))
    named = tokens_of(
        getattr(model, way)(source=source, source_mask=mask, **how)
    )
    assert torch.equal(placed, named)
    with pytest.raises(TypeError, match="max_token"):
        getattr(model, way)(source, max_token=3, **how)


# Starts


WAYS = {
    "greedy": {},
    "sample": {"top_k": 1},
    "beam": {"beam_width": 3, "length_penalty": 0.5},
}


def tokens_of(result):
    return result if isinstance(result, torch.Tensor) else result[0]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "kind", [torch.tensor, list, lambda rows: torch.tensor(rows).int()]
)
def test_each_row_may_start_with_a_token_of_its_own(way, kind):
    chain, source = Chain(TEMPTING, LONGER), torch.tensor([0, 1, 1, 0])
    how = HOW | WAYS[way]
    starts = [A, START, B, B]
    together = tokens_of(
        getattr(chain, way)(source, **how | {"start": kind(starts)})
    )
    assert together.dtype == torch.int64
    for row, start in enumerate(starts):
        alone = getattr(chain, way)(source[row, None], **how | {"start": start})
        alone = tokens_of(alone)[0]
        length = alone.shape[-1]
        assert torch.equal(together[row, ..., :length], alone)
        assert (together[row, ..., length:] == END).all()


def test_each_row_may_be_shifted_by_a_start_of_its_own():
    tokens = torch.tensor([[5, 7, 1], [9, 1, 0]])
    got = shift_right(tokens, torch.tensor([2, 3]))
    assert torch.equal(got, torch.tensor([[2, 5, 7], [3, 9, 1]]))
    assert torch.equal(shift_right(tokens, [2, 3]), got)
    short = shift_right(tokens.int()[:, :0], torch.tensor([2, 3]))
    assert short.shape == (2, 0)
    assert short.dtype == torch.int32


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


def test_at_the_lowest_temperature_a_draw_is_the_best():
    chain = Chain([[NEVER, 0.2, 0.5, 0.3]] * 4)
    drawn = chain.sample(
        [0], start=START, end=END, max_tokens=3, temperature=1e-46
    )
    assert drawn.tolist() == [[A, A, A]]
