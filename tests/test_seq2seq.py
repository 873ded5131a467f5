"""Seq2seq: cells as torch's, decoders by their formulas, and what they obey."""

import itertools
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from tensors import normal
from torch import nn
from torch.testing import assert_close

from attn_utils import (
    AdditiveScore,
    BahdanauDecoder,
    DotScore,
    LSTMCell,
    LuongDecoder,
    RecurrentDecoder,
    RecurrentEncoder,
    RNNCell,
    Seq2Seq,
    padding_mask,
    shift_right,
)
from attn_utils.train import train

SEEDS = st.integers(0, 9999)
TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-10}
PRECISIONS = pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
WAYS = pytest.mark.parametrize(
    "two_way", [False, True], ids=["one-way", "two-way"]
)

BATCH, SOURCE, TARGET = 2, 11, 7
SOURCE_SIZE, TARGET_SIZE = 23, 19
EMBED, HIDDEN, MEMORY = 3, 5, 17
DECODERS = {
    "plain": lambda memory: RecurrentDecoder(TARGET_SIZE, EMBED, HIDDEN),
    "general": lambda memory: LuongDecoder(TARGET_SIZE, EMBED, HIDDEN, memory),
    "dot": lambda memory: LuongDecoder(
        TARGET_SIZE, EMBED, HIDDEN, memory, DotScore()
    ),
    "concat": lambda memory: LuongDecoder(
        TARGET_SIZE, EMBED, HIDDEN, memory, AdditiveScore(HIDDEN, memory, 13)
    ),
    "bahdanau": lambda memory: BahdanauDecoder(
        TARGET_SIZE, EMBED, HIDDEN, memory
    ),
}
EVERY_DECODER = pytest.mark.parametrize("kind", DECODERS)
WITH_ATTENTION = pytest.mark.parametrize("kind", [*DECODERS][1:])


def integers(size: int, *shape: int, seed: int) -> torch.Tensor:
    """Return random tokens; `seed` alone decides them."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(size, shape, generator=generator)


def randomise(module: nn.Module, seed: int = 0, scale: float = 0.5):
    """Return the module with clearly different random parameters."""
    for number, parameter in enumerate(module.parameters()):
        parameter.data = scale * normal(
            *parameter.shape, seed=1000 * seed + number, dtype=parameter.dtype
        )
    return module


def sources(seed: int = 1):
    """Return source tokens and their lengths, not in order."""
    lengths = torch.tensor([4, SOURCE])
    return integers(SOURCE_SIZE, BATCH, SOURCE, seed=seed), lengths


def targets(seed: int = 2) -> torch.Tensor:
    return integers(TARGET_SIZE, BATCH, TARGET, seed=seed)


def memory_width(kind: str) -> int:
    # The dot product compares state and memory in one space.
    return HIDDEN if kind == "dot" else MEMORY


def decoder_and_inputs(kind: str, dtype=torch.float32, seed: int = 0):
    """Return a decoder, and the tokens, state, memory and mask that it takes."""
    width = memory_width(kind)
    decoder = randomise(DECODERS[kind](width).to(dtype), seed)
    hidden = normal(BATCH, HIDDEN, seed=seed + 3, dtype=dtype)
    memory = normal(BATCH, SOURCE, width, seed=seed + 4, dtype=dtype)
    mask = padding_mask([4, SOURCE], SOURCE)
    return decoder, (targets(seed), hidden, memory, mask)


def model(kind: str, two_way: bool = False, seed: int = 0) -> Seq2Seq:
    """Return an encoder and a decoder with random parameters."""
    encoder = RecurrentEncoder(SOURCE_SIZE, EMBED, HIDDEN, two_way)
    return randomise(
        Seq2Seq(encoder, DECODERS[kind](encoder.memory_dim)), seed
    ).eval()


# The dot product needs a memory as wide as the state.
MODELS = pytest.mark.parametrize(
    ("kind", "two_way"),
    [(kind, False) for kind in DECODERS]
    + [(kind, True) for kind in DECODERS if kind != "dot"],
)


def assert_all_close(ours, theirs, dtype):
    tolerance = TOLERANCE[dtype]
    for got, expected in zip(ours, theirs, strict=True):
        assert_close(got, expected, atol=tolerance, rtol=tolerance)


# The cells


def test_an_rnn_step_by_hand():
    cell = RNNCell(1, 2)
    cell.input_map.weight.data = torch.tensor([[1.0], [-1.0]])
    cell.input_map.bias.data = torch.tensor([0.5, 0.0])
    cell.hidden_map.weight.data = torch.tensor([[0.0, 2.0], [1.0, 0.0]])
    cell.hidden_map.bias.data = torch.tensor([0.0, 0.25])
    state = cell(torch.tensor([[3.0]]), torch.tensor([[1.0, -1.0]]))
    expected = [math.tanh(3 + 0.5 - 2), math.tanh(-3 + 1 + 0.25)]
    assert_close(state, torch.tensor([expected]))


def test_an_lstm_step_by_hand():
    cell = LSTMCell(1, 1)
    for parameter in cell.parameters():
        parameter.data.zero_()
    # Write 3/4, keep 1/4, new tanh 1, read 1/2: from the biases alone.
    log3 = math.log(3)
    cell.input_map.bias.data = torch.tensor([log3, -log3, 1.0, 0.0])
    one = torch.ones(1, 1)
    hidden, memory = cell(one, one, 8 * one)
    assert memory.item() == pytest.approx(2 + 0.75 * math.tanh(1))
    assert hidden.item() == pytest.approx(0.5 * math.tanh(memory.item()))


@PRECISIONS
@pytest.mark.parametrize(
    ("ours", "theirs"), [(RNNCell, nn.RNNCell), (LSTMCell, nn.LSTMCell)]
)
def test_a_cell_equals_torch_s_with_every_gradient(ours, theirs, dtype):
    theirs = randomise(theirs(EMBED, HIDDEN, dtype=dtype))
    cell = ours.from_torch(theirs)
    states = [
        normal(BATCH, HIDDEN, seed=seed, dtype=dtype).requires_grad_()
        for seed in range(1 if ours is RNNCell else 2)
    ]
    inputs = normal(BATCH, EMBED, seed=3, dtype=dtype).requires_grad_()

    def outcome(outputs, parameters):
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        waves = [
            normal(BATCH, HIDDEN, seed=seed, dtype=dtype)
            for seed in range(5, 5 + len(outputs))
        ]
        gradients = torch.autograd.grad(
            outputs, [inputs, *states, *parameters], waves
        )
        return *outputs, *gradients

    maps = cell.input_map, cell.hidden_map
    assert_all_close(
        outcome(
            cell(inputs, *states),
            [m.weight for m in maps] + [m.bias for m in maps],
        ),
        outcome(
            theirs(inputs, states[0] if len(states) == 1 else tuple(states)),
            [
                theirs.weight_ih,
                theirs.weight_hh,
                theirs.bias_ih,
                theirs.bias_hh,
            ],
        ),
        dtype,
    )


@PRECISIONS
@pytest.mark.parametrize(
    ("ours", "theirs"), [(RNNCell, nn.RNN), (LSTMCell, nn.LSTM)]
)
def test_a_cell_run_over_a_sequence_equals_torch_s_network(ours, theirs, dtype):
    network = randomise(theirs(EMBED, HIDDEN, batch_first=True, dtype=dtype))
    cell = ours(EMBED, HIDDEN).to(dtype)
    cell.input_map.weight, cell.input_map.bias = (
        network.weight_ih_l0,
        network.bias_ih_l0,
    )
    cell.hidden_map.weight, cell.hidden_map.bias = (
        network.weight_hh_l0,
        network.bias_hh_l0,
    )
    inputs = normal(BATCH, TARGET, EMBED, seed=1, dtype=dtype).requires_grad_()
    state = [torch.zeros(BATCH, HIDDEN, dtype=dtype)]
    state *= 1 if ours is RNNCell else 2
    outputs = []
    for step in inputs.unbind(dim=1):
        state = cell(step, *state)
        state = state if isinstance(state, tuple) else (state,)
        outputs.append(state[0])

    wave = normal(BATCH, TARGET, HIDDEN, seed=2, dtype=dtype)

    def outcome(outputs):
        wanted = [inputs, *network.parameters()]
        return outputs, *torch.autograd.grad((outputs * wave).sum(), wanted)

    assert_all_close(
        outcome(torch.stack(outputs, dim=1)),
        outcome(network(inputs)[0]),
        dtype,
    )


@pytest.mark.parametrize(
    ("ours", "theirs"), [(RNNCell, nn.RNNCell), (LSTMCell, nn.LSTMCell)]
)
def test_the_copy_of_torch_s_cell_is_a_copy(ours, theirs):
    theirs = theirs(EMBED, HIDDEN)
    before = theirs.weight_ih.clone()
    cell = ours.from_torch(theirs)
    assert type(cell) is ours
    cell.input_map.weight.data += 1
    assert torch.equal(theirs.weight_ih, before)
    assert all(parameter.requires_grad for parameter in cell.parameters())


def test_tanh_may_be_named_by_any_equal_string():
    theirs = nn.RNNCell(EMBED, HIDDEN, nonlinearity="".join([*"tanh"]))
    weight = RNNCell.from_torch(theirs).input_map.weight
    assert torch.equal(weight, theirs.weight_ih)


@pytest.mark.parametrize("make", [RNNCell, LSTMCell])
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16], ids=str)
def test_a_cell_in_half_precision_is_close_to_float32(make, dtype):
    cell = randomise(make(EMBED, HIDDEN), scale=0.3)
    rows = [normal(BATCH, EMBED, seed=1)]
    rows += [normal(BATCH, HIDDEN, seed=2)] * (1 if make is RNNCell else 2)
    expected = cell(*rows)
    got = cell.to(dtype)(*(tensor.to(dtype) for tensor in rows))
    if make is RNNCell:
        expected, got = (expected,), (got,)
    for ours, reference in zip(got, expected, strict=True):
        assert ours.dtype == dtype
        assert_close(ours.float(), reference, atol=0.03, rtol=0.03)


def test_a_cell_leaves_its_arguments_alone_and_takes_an_empty_batch():
    rows = [normal(BATCH, n, seed=n) for n in (EMBED, HIDDEN)]
    RNNCell(EMBED, HIDDEN)(*rows)
    LSTMCell(EMBED, HIDDEN)(*rows, rows[1])
    for tensor, n in zip(rows, (EMBED, HIDDEN), strict=True):
        assert torch.equal(tensor, normal(BATCH, n, seed=n))
    nothing = torch.ones(0, EMBED), torch.ones(0, HIDDEN)
    assert RNNCell(EMBED, HIDDEN)(*nothing).shape == (0, HIDDEN)
    hidden, memory = LSTMCell(EMBED, HIDDEN)(*nothing, nothing[1])
    assert hidden.shape == memory.shape == (0, HIDDEN)


# The encoder


def gru_step(x, h, input_weight, hidden_weight, input_bias, hidden_bias):
    """Cho et al. 2014: reset what is forgotten, then update."""
    reset_x, update_x, new_x = (input_weight @ x + input_bias).chunk(3)
    reset_h, update_h, new_h = (hidden_weight @ h + hidden_bias).chunk(3)
    reset = torch.sigmoid(reset_x + reset_h)
    update = torch.sigmoid(update_x + update_h)
    new = torch.tanh(new_x + reset * new_h)
    return update * h + (1 - update) * new


def read(vectors, parameters):
    """Return the state after each vector, from nothing."""
    states = [torch.zeros(HIDDEN, dtype=vectors.dtype)]
    for vector in vectors:
        states.append(gru_step(vector, states[-1], *parameters))
    return torch.stack(states[1:])


def encoder_formula(encoder, tokens):
    """Read one source without padding."""
    vectors = encoder.embedding.weight[tokens]
    names = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"]
    forward = [getattr(encoder.recurrent, name) for name in names]
    states = read(vectors, forward)
    if encoder.bridge is None:
        return states, states[-1]
    back = [getattr(encoder.recurrent, f"{name}_reverse") for name in names]
    reverse = read(vectors.flip(0), back).flip(0)
    ends = torch.cat([states[-1], reverse[0]])
    hidden = torch.tanh(encoder.bridge.weight @ ends + encoder.bridge.bias)
    return torch.cat([states, reverse], dim=-1), hidden


@PRECISIONS
@WAYS
def test_the_encoder_equals_its_formula_with_every_gradient(two_way, dtype):
    encoder = RecurrentEncoder(SOURCE_SIZE, EMBED, HIDDEN, two_way).to(dtype)
    randomise(encoder)
    source, lengths = sources()
    memory, hidden = encoder(source, lengths)
    assert memory.shape == (BATCH, SOURCE, encoder.memory_dim)
    assert encoder.memory_dim == HIDDEN * (2 if two_way else 1)
    waves = (
        normal(*memory.shape, seed=1, dtype=dtype),
        normal(*hidden.shape, seed=2, dtype=dtype),
    )

    def outcome(memory, hidden):
        return (
            memory,
            hidden,
            *torch.autograd.grad(
                (memory, hidden), [*encoder.parameters()], waves
            ),
        )

    pairs = [
        encoder_formula(encoder, tokens[:length])
        for tokens, length in zip(source, lengths, strict=True)
    ]
    states = [
        torch.cat([s, s.new_zeros(SOURCE - len(s), s.shape[1])])
        for s, _ in pairs
    ]
    expected = torch.stack(states), torch.stack([h for _, h in pairs])
    assert_all_close(outcome(memory, hidden), outcome(*expected), dtype)


@WAYS
@given(seed=SEEDS)
def test_a_padded_batch_equals_its_rows_alone(two_way, seed):
    encoder = randomise(RecurrentEncoder(SOURCE_SIZE, EMBED, HIDDEN, two_way))
    source = integers(SOURCE_SIZE, 3, SOURCE, seed=seed)
    lengths = 1 + integers(SOURCE, 3, seed=seed + 1)
    memory, hidden = encoder(source, lengths)
    for b, length in enumerate(lengths):
        alone, last = encoder(source[b : b + 1, :length], lengths[b : b + 1])
        assert_close(memory[b, :length], alone[0])
        assert_close(hidden[b], last[0])
        assert (memory[b, length:] == 0).all()


def test_more_than_256_sources_fit_as_well():
    source = integers(SOURCE_SIZE, 257, 1, seed=1)
    lengths = torch.ones(257, dtype=torch.int64)
    memory, _ = RecurrentEncoder(SOURCE_SIZE, EMBED, HIDDEN)(source, lengths)
    assert memory.shape == (257, 1, HIDDEN)


@WAYS
def test_what_stands_in_the_padding_has_no_influence_and_no_gradient(two_way):
    encoder = randomise(RecurrentEncoder(SOURCE_SIZE, EMBED, HIDDEN, two_way))
    source, lengths = sources()
    source = source.clamp(max=SOURCE_SIZE - 2)
    changed = source.clone()
    changed[0, 4:] = SOURCE_SIZE - 1
    before, after = encoder(source, lengths), encoder(changed, lengths)
    assert torch.equal(after[0], before[0])
    assert torch.equal(after[1], before[1])
    (after[0].sum() + after[1].sum()).backward()
    gradient = encoder.embedding.weight.grad
    assert (gradient[SOURCE_SIZE - 1] == 0).all()
    assert (gradient[source[0, 3]] != 0).any()


@WAYS
def test_reading_the_padding_too_gives_the_same(two_way):
    encoder = randomise(RecurrentEncoder(SOURCE_SIZE, EMBED, HIDDEN, two_way))
    vectors, real = normal(4, 7, EMBED, seed=0), torch.tensor([3, 7, 1, 6])
    packed = encoder.read_packed(vectors, real)
    assert_close(encoder.read_padded(vectors, real), packed)


def test_only_a_two_way_encoder_knows_at_a_token_what_follows():
    source = integers(SOURCE_SIZE - 1, 1, SOURCE, seed=1)
    changed = source.clone()
    changed[0, 5] = SOURCE_SIZE - 1
    lengths = torch.tensor([SOURCE])
    for two_way in (False, True):
        encoder = RecurrentEncoder(SOURCE_SIZE, EMBED, HIDDEN, two_way)
        randomise(encoder)
        before, after = (encoder(s, lengths)[0][0] for s in (source, changed))
        assert torch.equal(after[:5, :HIDDEN], before[:5, :HIDDEN])
        assert (after[5:, :HIDDEN] != before[5:, :HIDDEN]).any(-1).all()
        if two_way:
            assert torch.equal(after[6:, HIDDEN:], before[6:, HIDDEN:])
            assert (after[:6, HIDDEN:] != before[:6, HIDDEN:]).any(-1).all()


# The decoders


def score_formula(decoder, state, row):
    """Say how well the state matches one row of the memory."""
    score = decoder.score
    if isinstance(score, DotScore):
        return state @ row
    if isinstance(score, AdditiveScore):
        met = score.query_map.weight @ state + score.key_map.weight @ row
        return score.read_out.weight[0] @ torch.tanh(met)
    return state @ score.weight @ row


def look(decoder, state, memory, length):
    """Return the context and the weights of one state, row by row."""
    scores = [score_formula(decoder, state, row) for row in memory[:length]]
    powers = torch.stack(scores).exp()
    weights = powers / powers.sum()
    context = sum(w * row for w, row in zip(weights, memory, strict=False))
    return context, torch.cat([weights, weights.new_zeros(SOURCE - length)])


def linear(layer, *parts):
    return layer.weight @ torch.cat(parts) + layer.bias


def decoder_formula(kind, decoder, target, hidden, memory, length):
    """Write one target, token by token; without attention the map is None."""
    logits, alignment = [], []
    recurrent = decoder.cell if kind == "bahdanau" else decoder.recurrent
    parameters = list(recurrent.parameters())
    for token in target:
        vector = decoder.embedding.weight[token]
        if kind == "bahdanau":
            context, weights = look(decoder, hidden, memory, length)
            both = torch.cat([vector, context])
            hidden = gru_step(both, hidden, *parameters)
            parts = hidden, context, vector
        else:
            hidden = gru_step(vector, hidden, *parameters)
            parts = (hidden,)
            if kind != "plain":
                context, weights = look(decoder, hidden, memory, length)
                parts = (torch.tanh(linear(decoder.join, context, hidden)),)
        logits.append(linear(decoder.output_map, *parts))
        if kind != "plain":
            alignment.append(weights)
    alignment = torch.stack(alignment) if alignment else None
    return torch.stack(logits), alignment, hidden


@PRECISIONS
@EVERY_DECODER
def test_a_decoder_equals_its_formula_with_every_gradient(kind, dtype):
    decoder, (target, hidden, memory, mask) = decoder_and_inputs(kind, dtype)
    hidden.requires_grad_()
    memory.requires_grad_()
    ours = decoder(target, hidden, memory, mask)
    rows = [
        decoder_formula(kind, decoder, target[b], hidden[b], memory[b], length)
        for b, length in enumerate([4, SOURCE])
    ]
    if kind == "plain":
        assert ours[1] is None
        ours = ours[::2]
        rows = [row[::2] for row in rows]
        wanted = [hidden, *decoder.parameters()]
    else:
        assert ours[1].shape == (BATCH, TARGET, SOURCE)
        wanted = [hidden, memory, *decoder.parameters()]
    assert ours[0].shape == (BATCH, TARGET, TARGET_SIZE)
    theirs = [torch.stack(parts) for parts in zip(*rows, strict=True)]

    def outcome(outputs):
        # Short, so that the gradients are of the size of the outputs.
        waves = [
            0.1 * normal(*tensor.shape, seed=seed, dtype=dtype)
            for seed, tensor in enumerate(outputs)
        ]
        return *outputs, *torch.autograd.grad(outputs, wanted, waves)

    assert_all_close(outcome(ours), outcome(theirs), dtype)


def test_general_is_luong_s_score_and_additive_bahdanau_s_unless_told_otherwise():
    assert LuongDecoder(19, 3, 5, 17).score.weight.shape == (5, 17)
    additive = BahdanauDecoder(19, 3, 5, 17).score
    assert isinstance(additive, AdditiveScore)
    assert additive.read_out.in_features == 5
    for decoder in (LuongDecoder, BahdanauDecoder):
        assert isinstance(decoder(19, 3, 5, 5, DotScore()).score, DotScore)


@WITH_ATTENTION
@given(seed=SEEDS)
def test_a_row_of_the_alignment_sums_to_1_and_is_0_over_padding(kind, seed):
    decoder, inputs = decoder_and_inputs(kind, seed=seed)
    _, weights, _ = decoder(*inputs)
    assert_close(weights.sum(dim=-1), torch.ones(BATCH, TARGET))
    assert (weights[0, :, :4] > 0).all()
    assert (weights[0, :, 4:] == 0).all()


@WITH_ATTENTION
def test_what_stands_in_the_padded_memory_has_no_influence(kind):
    decoder, (target, hidden, memory, mask) = decoder_and_inputs(kind)
    changed = memory.clone()
    changed[0, 4:] = 1e10
    before = decoder(target, hidden, memory, mask)
    after = decoder(target, hidden, changed, mask)
    for got, expected in zip(after, before, strict=True):
        assert torch.equal(got, expected)


def test_the_plain_decoder_ignores_the_memory():
    decoder, (target, hidden, memory, mask) = decoder_and_inputs("plain")
    before = decoder(target, hidden, memory, mask)
    after = decoder(target, hidden, 1e10 * memory, ~mask)
    assert torch.equal(after[0], before[0])
    assert torch.equal(after[2], before[2])


@WITH_ATTENTION
def test_a_decoder_with_attention_uses_the_memory(kind):
    decoder, (target, hidden, memory, mask) = decoder_and_inputs(kind)
    before, _, _ = decoder(target, hidden, memory, mask)
    after, _, _ = decoder(target, hidden, memory.flip(-1), mask)
    assert ((after - before).abs().amax(dim=-1) > 1e-3).all()


@EVERY_DECODER
@given(seed=SEEDS, now=st.integers(0, TARGET - 1))
def test_a_target_s_future_cannot_change_what_was_said_before(kind, seed, now):
    decoder, (target, *rest) = decoder_and_inputs(kind, seed=seed)
    changed = target.clone()
    changed[:, now:] = (target[:, now:] + 1) % TARGET_SIZE
    before, _, _ = decoder(target, *rest)
    after, _, _ = decoder(changed, *rest)
    assert torch.equal(after[:, :now], before[:, :now])
    assert (after[:, now] != before[:, now]).any()


@pytest.mark.filterwarnings("ignore:Anomaly Detection")
@MODELS
def test_every_parameter_gets_a_finite_gradient(kind, two_way):
    seq2seq = model(kind, two_way)
    with torch.autograd.detect_anomaly(check_nan=True):
        logits, _ = seq2seq(*sources(), targets())
        logits.square().sum().backward()
    for name, parameter in seq2seq.named_parameters():
        assert parameter.grad.isfinite().all(), name
        assert (parameter.grad != 0).any(), name


# Encoder and decoder together


@MODELS
def test_the_decoder_starts_where_the_encoder_stopped(kind, two_way):
    seq2seq = model(kind, two_way)
    source, lengths = sources()
    memory, hidden = seq2seq.encoder(source, lengths)
    expected = seq2seq.decoder(
        targets(), hidden, memory, padding_mask(lengths, SOURCE)
    )
    logits, weights = seq2seq(source, lengths, targets())
    assert torch.equal(logits, expected[0])
    assert weights is expected[1] is None or torch.equal(weights, expected[1])


@MODELS
def test_teacher_forcing_equals_one_step_after_the_other(kind, two_way):
    seq2seq = model(kind, two_way)
    logits, _ = seq2seq(*sources(), targets())
    state = seq2seq.begin(*sources())
    steps = [seq2seq.step(token, state) for token in targets().unbind(dim=1)]
    assert_close(torch.stack(steps, dim=1), logits, atol=1e-5, rtol=1e-5)


@MODELS
def test_a_padded_batch_is_translated_as_its_rows_alone(kind, two_way):
    seq2seq = model(kind, two_way)
    source, lengths = sources()
    logits, weights = seq2seq(source, lengths, targets())
    for b, length in enumerate(lengths):
        one = slice(b, b + 1)
        alone, where = seq2seq(
            source[one, :length], lengths[one], targets()[one]
        )
        assert_close(alone[0], logits[b], atol=1e-5, rtol=1e-5)
        if weights is not None:
            assert_close(where[0], weights[b, :, :length])
            assert (weights[b, :, length:] == 0).all()


# Writing

START, END = 0, 1


def ends_at(tokens: torch.Tensor) -> list[int]:
    """Return how many tokens stand up to the first end, itself included."""
    ended = tokens == END
    return [
        row.int().argmax().item() + 1 if row.any() else len(row)
        for row in ended
    ]


def small_model(kind: str, seed: int, size: int = 5) -> Seq2Seq:
    """Return a model of few tokens, which ends early now and then."""
    encoder = RecurrentEncoder(SOURCE_SIZE, EMBED, HIDDEN)
    make = {
        "plain": RecurrentDecoder,
        "general": LuongDecoder,
        "bahdanau": BahdanauDecoder,
    }[kind]
    widths = (size, EMBED, HIDDEN, HIDDEN)[: 3 if kind == "plain" else 4]
    return randomise(Seq2Seq(encoder, make(*widths)), seed, scale=1.5).eval()


SMALL = pytest.mark.parametrize("kind", ["plain", "general", "bahdanau"])


def many_sources(seed: int, batch: int = 13):
    return (
        integers(SOURCE_SIZE, batch, SOURCE, seed=seed),
        1 + integers(SOURCE, batch, seed=seed + 1),
    )


def log_probability(seq2seq, source, lengths, tokens):
    """Return that of each target as a whole, by teacher forcing."""
    logits, _ = seq2seq(source, lengths, shift_right(tokens, START))
    each = logits.log_softmax(-1).gather(-1, tokens.unsqueeze(-1)).squeeze(-1)
    return torch.stack(
        [row[:n].sum() for row, n in zip(each, ends_at(tokens), strict=True)]
    )


@SMALL
def test_greedy_writes_the_argmax_of_every_step_until_the_end(kind):
    lengths_seen = set()
    for seed in range(3):
        seq2seq, inputs = small_model(kind, seed), many_sources(seed)
        tokens = seq2seq.greedy(*inputs, start=START, end=END, max_tokens=7)
        logits, _ = seq2seq(*inputs, shift_right(tokens, START))
        for row, best, n in zip(
            tokens, logits.argmax(dim=-1), ends_at(tokens), strict=True
        ):
            assert torch.equal(row[:n], best[:n])
            assert (row[n:] == END).all()
            lengths_seen.add(n)
    # Some ended at once, some later, some never.
    assert {1, 7} < lengths_seen


def test_greedy_stops_when_all_have_ended_and_at_the_latest_when_told():
    seq2seq, inputs = small_model("general", 0), many_sources(0)
    arguments = {"start": START, "end": END}
    with torch.no_grad():
        seq2seq.decoder.output_map.bias[END] = 1e4
    tokens = seq2seq.greedy(*inputs, **arguments, max_tokens=7)
    assert tokens.tolist() == [[END]] * 13
    with torch.no_grad():
        seq2seq.decoder.output_map.bias[END] = -1e4
    for max_tokens in (0, 1, 7):
        tokens = seq2seq.greedy(*inputs, **arguments, max_tokens=max_tokens)
        assert tokens.shape == (13, max_tokens)
        assert (tokens != END).all()


@SMALL
def test_a_beam_of_one_is_greedy(kind):
    for seed in range(3):
        seq2seq, inputs = small_model(kind, seed), many_sources(seed)
        arguments = {"start": START, "end": END, "max_tokens": 7}
        greedy = seq2seq.greedy(*inputs, **arguments)
        tokens, total = seq2seq.beam(*inputs, **arguments, beam_width=1)
        assert torch.equal(tokens[:, 0], greedy)
        assert_close(
            total[:, 0], log_probability(seq2seq, *inputs, greedy).detach()
        )


@SMALL
@pytest.mark.parametrize("beam_width", [2, 3, 5])
def test_a_beam_tells_the_log_probabilities_the_likeliest_first(
    kind, beam_width
):
    lengths_seen = set()
    for seed in range(3):
        seq2seq, inputs = small_model(kind, seed), many_sources(seed)
        tokens, total = seq2seq.beam(
            *inputs, start=START, end=END, max_tokens=7, beam_width=beam_width
        )
        assert tokens.shape[:2] == total.shape == (13, beam_width)
        assert (total[:, 1:] <= total[:, :-1]).all()
        for place in range(beam_width):
            row = tokens[:, place]
            expected = log_probability(seq2seq, *inputs, row).detach()
            assert_close(total[:, place], expected, atol=1e-5, rtol=1e-5)
            for target, n in zip(row, ends_at(row), strict=True):
                assert (target[n:] == END).all()
                lengths_seen.add(n)
        for beams in tokens:
            assert len({tuple(target.tolist()) for target in beams}) == (
                beam_width
            )
    assert {1, 7} < lengths_seen


@SMALL
def test_a_beam_wide_enough_finds_every_target_and_all_that_is_likely(kind):
    size, max_tokens = 3, 3
    seq2seq, inputs = small_model(kind, 4, size), many_sources(4, batch=2)
    # Targets end at the first end, or after three tokens: 15 of them.
    whole = {
        tuple(t[: t.index(END) + 1] if END in t else t)
        for t in itertools.product(range(size), repeat=max_tokens)
    }
    assert len(whole) == 15
    padded = sorted([*t] + [END] * (max_tokens - len(t)) for t in whole)
    tokens, total = seq2seq.beam(
        *inputs, start=START, end=END, max_tokens=max_tokens, beam_width=17
    )
    for b in range(2):
        one = [
            tensor[b : b + 1].expand(15, *tensor.shape[1:]) for tensor in inputs
        ]
        by_hand = log_probability(seq2seq, *one, torch.tensor(padded)).detach()
        assert_close(total[b, :15], by_hand.sort(descending=True).values)
        assert sorted(tokens[b, :15].tolist()) == padded
        # Two places stay empty, and the probabilities make a whole.
        assert (total[b, 15:] == float("-inf")).all()
        assert total[b].exp().sum().item() == pytest.approx(1, abs=1e-5)


@SMALL
def test_a_wider_beam_finds_what_greedy_misses(kind):
    better = 0
    for seed in range(5):
        seq2seq, inputs = small_model(kind, seed), many_sources(seed)
        arguments = {"start": START, "end": END, "max_tokens": 4}
        one = seq2seq.beam(*inputs, **arguments, beam_width=1)[1][:, 0]
        # As wide as there are targets of three tokens: nothing is missed.
        every = seq2seq.beam(*inputs, **arguments, beam_width=125)[1][:, 0]
        assert (every >= one - 1e-5).all()
        better += (every > one + 1e-3).sum().item()
    assert better >= 3


@SMALL
def test_every_source_has_a_beam_of_its_own(kind):
    seq2seq, (source, lengths) = small_model(kind, 1), many_sources(1)
    arguments = {"start": START, "end": END, "max_tokens": 5, "beam_width": 3}
    tokens, total = seq2seq.beam(source, lengths, **arguments)
    for b in range(13):
        alone, likely = seq2seq.beam(
            source[b : b + 1], lengths[b : b + 1], **arguments
        )
        assert torch.equal(alone[0], tokens[b, :, : alone.shape[-1]])
        assert_close(likely[0], total[b], atol=1e-5, rtol=1e-5)


def test_writing_builds_no_graph():
    seq2seq, inputs = small_model("general", 0), many_sources(0)
    arguments = {"start": START, "end": END, "max_tokens": 3}
    assert not seq2seq.beam(*inputs, **arguments)[1].requires_grad
    assert not seq2seq.greedy(*inputs, **arguments).requires_grad
    assert all(parameter.grad is None for parameter in seq2seq.parameters())


def test_what_a_decoder_reads_begins_with_the_start():
    tokens = torch.tensor([[5, 7, 11], [13, 2, 3]])
    shifted = shift_right(tokens, start=17)
    assert shifted.tolist() == [[17, 5, 7], [17, 13, 2]]
    assert tokens.tolist() == [[5, 7, 11], [13, 2, 3]]


# Learning

SYMBOLS = range(2, 7)


def strings(count: int, seed: int) -> torch.Tensor:
    return SYMBOLS[0] + integers(len(SYMBOLS), count, 3, seed=seed)


def test_with_attention_strings_are_soon_copied_by_looking_along_the_diagonal():
    torch.manual_seed(0)
    seq2seq = Seq2Seq(
        RecurrentEncoder(SYMBOLS[-1] + 1, 16, 32),
        LuongDecoder(SYMBOLS[-1] + 1, 16, 32, 32),
    )

    def loss_of(seq2seq, tokens):
        lengths = torch.full((len(tokens),), 3)
        logits, _ = seq2seq(tokens, lengths, shift_right(tokens, START))
        return nn.functional.cross_entropy(
            logits.flatten(0, 1), tokens.flatten()
        )

    tested = strings(211, seed=100_000)
    lengths = torch.full((211,), 3)

    def alignment():
        return seq2seq(tested, lengths, shift_right(tested, START))[1]

    assert alignment().diagonal(dim1=1, dim2=2).mean() < 0.4
    batches = (strings(64, seed) for seed in itertools.count())
    losses = train(seq2seq, batches, loss_of, 80, learning_rate=1e-2)
    assert losses[0] == pytest.approx(math.log(7), abs=0.2)
    written = seq2seq.greedy(
        tested, lengths, start=START, end=END, max_tokens=3
    )
    assert (written == tested).all(dim=-1).float().mean() >= 0.98
    looks_at = alignment().argmax(dim=-1)
    assert (looks_at == torch.arange(3)).float().mean() >= 0.93
    assert alignment().diagonal(dim1=1, dim2=2).mean() > 0.85


@EVERY_DECODER
def test_without_a_mask_all_of_the_memory_is_seen(kind):
    decoder = randomise(DECODERS[kind](memory_width(kind))).eval()
    target = integers(TARGET_SIZE, BATCH, TARGET, seed=2)
    hidden = normal(BATCH, HIDDEN, seed=3)
    memory = normal(BATCH, SOURCE, memory_width(kind), seed=4)
    every = torch.ones(BATCH, 1, SOURCE, dtype=torch.bool)
    for got, expected in zip(
        decoder(target, hidden, memory),
        decoder(target, hidden, memory, every),
        strict=True,
    ):
        assert got is expected is None or torch.equal(got, expected)
