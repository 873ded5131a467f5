"""The Transformer: its stacks, its maps, its masks and its memory of steps."""

import copy
import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from modules import TOLERANCE, assert_near, filled
from tensors import coin, normal
from torch import nn
from torch.testing import assert_close

from attn_utils import (
    Decoder,
    DecoderLayer,
    Encoder,
    EncoderLayer,
    Transformer,
    causal_mask,
    padding_mask,
    sinusoidal_positions,
)

ORDERS = pytest.mark.parametrize(
    "norm_first", [False, True], ids=["post-norm", "pre-norm"]
)
SEEDS = st.integers(0, 9999)
# 3 heads, each 14 wide, 13 hidden units.
SIZES = 42, 3, 13
LENGTHS = [11, 4]


def model(norm_first=True, seed=0, **choices):
    """Return a Transformer of 17 source and 19 target tokens."""
    layers = {"encoder_layers": 3, "decoder_layers": 2}
    ours = Transformer(
        17, 19, *SIZES, **layers | choices, norm_first=norm_first
    )
    return filled(ours, seed)


def tokens(length, size, seed, batch=2):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(size, (batch, length), generator=generator)


SOURCE, TARGET = tokens(11, 17, seed=1), tokens(5, 19, seed=2)
SHOWN = padding_mask(LENGTHS, 11)


def inputs(dtype=torch.float32):
    """Return vectors of 5 target and 11 source positions."""
    return (
        normal(2, 5, 42, seed=3, dtype=dtype),
        normal(2, 11, 42, seed=4, dtype=dtype),
    )


# Stacks


@ORDERS
def test_a_stack_runs_its_layers_in_turn_and_norms_last_if_they_normed_first(
    norm_first,
):
    target, memory = inputs()
    mask, shown = causal_mask(5), padding_mask(LENGTHS, 11)
    encoder = filled(Encoder(3, *SIZES, norm_first=norm_first))
    x, encoder_maps = memory, []
    for layer in encoder.layers:
        x, weights = layer(x, shown, need_weights=True)
        encoder_maps.append(weights)
    x = encoder.norm(x) if norm_first else x
    assert_near(encoder(memory, shown), x)
    assert_near(encoder(memory, shown, need_weights=True), (x, encoder_maps))

    decoder = filled(Decoder(2, *SIZES, norm_first=norm_first))
    x, decoder_maps = target, []
    for layer in decoder.layers:
        x, maps = layer(x, memory, mask, shown, need_weights=True)
        decoder_maps.append(maps)
    x = decoder.norm(x) if norm_first else x
    assert_near(decoder(target, memory, mask, shown), x)
    got, got_maps = decoder(target, memory, mask, shown, need_weights=True)
    assert_near(got, x)
    for layer_maps, expected in zip(got_maps, decoder_maps, strict=True):
        assert_near(layer_maps.target, expected.target)
        assert_near(layer_maps.memory, expected.memory)
    for stack in (encoder, decoder):
        assert isinstance(stack.norm, nn.LayerNorm) == norm_first


def test_the_layers_of_a_stack_share_nothing():
    for stack in (Encoder(3, *SIZES, norm_first=True), Decoder(2, *SIZES)):
        places = [p.data_ptr() for p in stack.parameters()]
        assert len(places) == len(set(places))


@ORDERS
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
def test_stacks_agree_with_torch_s(dtype, norm_first):
    choices = {"batch_first": True, "norm_first": norm_first, "dtype": dtype}

    def last_norm():
        return nn.LayerNorm(42, dtype=dtype) if norm_first else None

    layer = nn.TransformerEncoderLayer(*SIZES, 0.0, **choices)
    encoder = filled(
        nn.TransformerEncoder(
            layer, 3, norm=last_norm(), enable_nested_tensor=False
        )
    )
    layer = nn.TransformerDecoderLayer(*SIZES, 0.0, **choices)
    decoder = filled(nn.TransformerDecoder(layer, 2, norm=last_norm()))
    our_encoder = Encoder(3, *SIZES, norm_first=norm_first)
    our_decoder = Decoder(2, *SIZES, norm_first=norm_first)
    for ours, theirs, kind in [
        (our_encoder, encoder, EncoderLayer),
        (our_decoder, decoder, DecoderLayer),
    ]:
        for place, layer in enumerate(theirs.layers):
            ours.layers[place] = kind.from_torch(layer)
        ours.norm = theirs.norm or nn.Identity()
    mask, shown = causal_mask(5), padding_mask(LENGTHS, 11)

    def outcome(encode, decode):
        target, source = (x.requires_grad_() for x in inputs(dtype))
        outputs = decode(target, encode(source))
        wave = normal(2, 5, 42, seed=5, dtype=dtype)
        return outputs, *torch.autograd.grad(
            (outputs * wave).sum(), (target, source)
        )

    got = outcome(
        lambda x: our_encoder(x, shown),
        lambda x, memory: our_decoder(x, memory, mask, shown),
    )
    hidden = ~shown.squeeze(1)
    expected = outcome(
        lambda x: encoder(x, src_key_padding_mask=hidden),
        lambda x, memory: decoder(
            x, memory, tgt_mask=~mask, memory_key_padding_mask=hidden
        ),
    )
    assert_near(got, expected, dtype)


# The model as a whole


def test_tokens_become_scaled_vectors_with_their_position_added_by_hand():
    ours = Transformer(3, 3, 4, 2, 5)
    ours.source_embedding.weight.data = torch.tensor(
        [[9.0] * 4, [1.0, 2.0, 3.0, 4.0], [0.5, 0.0, 0.0, 0.0]]
    )
    got = ours.embed(torch.tensor([[1, 2]]), ours.source_embedding)
    # Twice the vector, as 2 is the root of 4; position 0 adds 0, 1, 0, 1.
    expected = torch.tensor([[2.0, 5.0, 6.0, 9.0], [1.0, 0.0, 0.0, 0.0]])
    expected[1] += sinusoidal_positions(2, 4)[1]
    assert_close(got, expected[None])
    later = ours.embed(torch.tensor([[2]]), ours.source_embedding, offset=1)
    assert_close(later[0], expected[1:])


def test_vectors_are_scaled_by_the_root_of_their_width():
    ours = Transformer(3, 3, 16, 2, 5)
    got = ours.embed(torch.tensor([[2]]), ours.source_embedding)
    scaled = 4 * ours.source_embedding.weight[2]
    assert_close(got[0], scaled + sinusoidal_positions(1, 16))


@ORDERS
def test_the_model_embeds_reads_writes_and_maps(norm_first):
    ours = model(norm_first)
    memory = ours.encoder(ours.embed(SOURCE, ours.source_embedding), SHOWN)
    outputs = ours.decoder(
        ours.embed(TARGET, ours.target_embedding),
        memory,
        causal_mask(5),
        SHOWN,
    )
    logits = ours(SOURCE, TARGET, SHOWN)
    assert logits.shape == (2, 5, 19)
    assert_close(logits, ours.output_map(outputs))
    assert_close(ours.encode(SOURCE, SHOWN), memory)
    assert_close(ours.decode(TARGET, memory, SHOWN), logits)


@pytest.mark.filterwarnings("ignore:enable_nested_tensor")
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
def test_the_model_agrees_with_torch_s_transformer(dtype):
    theirs = filled(
        nn.Transformer(
            *(42, 3, 3, 2, 13),
            dropout=0.0,
            batch_first=True,
            norm_first=True,
            dtype=dtype,
        )
    )
    ours = model().to(dtype)
    for kind, part, torchs in [
        (EncoderLayer, ours.encoder, theirs.encoder),
        (DecoderLayer, ours.decoder, theirs.decoder),
    ]:
        for place, layer in enumerate(torchs.layers):
            part.layers[place] = kind.from_torch(layer)
        part.norm = copy.deepcopy(torchs.norm)
    hidden = ~SHOWN.squeeze(1)

    def through_torch():
        outputs = theirs(
            ours.embed(SOURCE, ours.source_embedding),
            ours.embed(TARGET, ours.target_embedding),
            tgt_mask=~causal_mask(5),
            src_key_padding_mask=hidden,
            memory_key_padding_mask=hidden,
        )
        return ours.output_map(outputs)

    embeddings = ours.source_embedding.weight, ours.target_embedding.weight
    outcomes = []
    for logits in (ours(SOURCE, TARGET, SHOWN), through_torch()):
        loss = logits.log_softmax(-1)[..., 3].mean()
        outcomes.append([logits, *torch.autograd.grad(loss, embeddings)])
    assert_near(*outcomes, dtype)


@ORDERS
def test_every_attention_map_can_be_had_and_changes_nothing(norm_first):
    ours = model(norm_first)
    logits, maps = ours(SOURCE, TARGET, SHOWN, need_weights=True)
    assert_near(logits, ours(SOURCE, TARGET, SHOWN))
    assert len(maps.encoder) == 3
    assert len(maps.decoder) == 2
    for weights in maps.encoder:
        assert weights.shape == (2, 3, 11, 11)
        assert_near(weights.sum(-1), torch.ones(2, 3, 11))
        assert (weights[1, ..., 4:] == 0).all()
    for layer in maps.decoder:
        assert layer.target.shape == (2, 3, 5, 5)
        assert layer.memory.shape == (2, 3, 5, 11)
        for weights in layer:
            assert_near(weights.sum(-1), torch.ones(2, 3, 5))
        assert (layer.target.triu(1) == 0).all()
        assert (layer.memory[1, ..., 4:] == 0).all()
    memory, encoder_maps = ours.encode(SOURCE, SHOWN, need_weights=True)
    assert_close(encoder_maps, maps.encoder)
    _, decoder_maps = ours.decode(TARGET, memory, SHOWN, need_weights=True)
    for ours_maps, expected in zip(decoder_maps, maps.decoder, strict=True):
        assert_close(tuple(ours_maps), tuple(expected))


def test_by_default_a_model_is_small_and_pre_norm():
    ours = Transformer(17, 19)
    expected = Transformer(17, 19, 64, 4, 128, 2, 1, 0.0, True)
    assert str(ours) == str(expected)  # which does not tell the heads
    assert ours.encoder.layers[0].attention.num_heads == 4


# Laws


@ORDERS
@settings(max_examples=7)
@given(seed=SEEDS, now=st.integers(0, 3))
def test_the_future_of_the_target_does_not_leak(norm_first, seed, now):
    ours, changed = model(norm_first), TARGET.clone()
    changed[:, now + 1 :] = tokens(4 - now, 19, seed=seed)
    before, after = (ours(SOURCE, x, SHOWN) for x in (TARGET, changed))
    assert torch.equal(after[:, : now + 1], before[:, : now + 1])


@ORDERS
def test_a_token_changes_what_follows_it_and_the_source_changes_all(norm_first):
    ours, changed = model(norm_first), TARGET.clone()
    changed[:, 2] = (changed[:, 2] + 1) % 19
    before, after = (ours(SOURCE, x) for x in (TARGET, changed))
    differs = (before != after).any(dim=-1)
    assert differs.tolist() == [[False, False, True, True, True]] * 2
    other = SOURCE.clone()
    other[:, 7] = (other[:, 7] + 1) % 17
    assert (ours(other, TARGET) != before).any(dim=-1).all()


@ORDERS
def test_the_padding_of_the_source_changes_nothing(norm_first):
    ours = model(norm_first)
    padded = SOURCE.clone()
    padded[1, 4:] = 0
    logits = ours(SOURCE, TARGET, SHOWN)
    assert torch.equal(ours(padded, TARGET, SHOWN), logits)
    for row, length in enumerate(LENGTHS):
        alone = ours(SOURCE[row, None, :length], TARGET[row, None])
        assert_near(logits[row], alone[0])


def test_the_order_of_the_source_and_of_the_target_is_told():
    ours = model()
    logits = ours(SOURCE, TARGET)
    assert not torch.allclose(ours(SOURCE.flip(1), TARGET), logits, atol=1e-3)
    first, last = ours(SOURCE, torch.full((2, 5), 7))[:, [0, 4]].unbind(1)
    assert not torch.allclose(first, last, atol=1e-3)


@ORDERS
def test_each_row_of_a_batch_is_read_and_written_by_itself(norm_first):
    ours, rows = model(norm_first), torch.tensor([1, 0, 1])
    logits = ours(SOURCE, TARGET, SHOWN)
    got = ours(SOURCE[rows], TARGET[rows], SHOWN[rows])
    assert_near(got, logits[rows])


# Step by step


@ORDERS
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("shown", [None, SHOWN], ids=["whole", "padded"])
def test_teacher_forcing_equals_step_by_step(shown, dtype, norm_first):
    ours = model(norm_first).to(dtype)
    logits = ours(SOURCE, TARGET, shown)
    state = ours.begin(SOURCE, shown)
    assert len(state) == 2
    for place in range(5):
        got = ours.step(TARGET[:, place], state)
        assert_near(got, logits[:, place], dtype)


@pytest.mark.parametrize("steps", [[2, 3], [4, 1], [5]], ids=str)
def test_several_tokens_at_once_may_be_read_with_caches(steps):
    ours = model()
    logits, maps = ours(SOURCE, TARGET, SHOWN, need_weights=True)
    state, seen = ours.begin(SOURCE, SHOWN), 0
    for step in steps:
        now = slice(seen, seen + step)
        got, got_maps = ours.decode(
            TARGET[:, now],
            state.memory,
            SHOWN,
            need_weights=True,
            caches=state.caches,
        )
        seen += step
        assert_near(got, logits[:, now])
        for layer, whole in zip(got_maps, maps.decoder, strict=True):
            assert_near(layer.target, whole.target[:, :, now, :seen])
            assert_near(layer.memory, whole.memory[:, :, now])


@pytest.mark.parametrize("shown", [None, SHOWN], ids=["whole", "padded"])
@pytest.mark.parametrize("rows", [[1, 0], [1, 1, 0, 1, 0]], ids=str)
def test_a_state_goes_on_with_the_rows_that_were_selected(rows, shown):
    ours, rows = model(), torch.tensor(rows)
    state = ours.begin(SOURCE, shown)
    for place in range(2):
        ours.step(TARGET[:, place], state)
    state.select(rows)
    assert len(state) == len(rows)
    following = tokens(3, 19, seed=7, batch=len(rows))
    written = torch.cat([TARGET[rows, :2], following], dim=1)
    expected = ours(
        SOURCE[rows], written, None if shown is None else shown[rows]
    )
    for place in range(3):
        got = ours.step(following[:, place], state)
        assert_near(got, expected[:, 2 + place])


def test_rows_may_be_selected_before_the_first_step():
    ours, rows = model(), torch.tensor([0, 0, 1])
    state = ours.begin(SOURCE, SHOWN)
    state.select(rows)
    expected = ours(SOURCE[rows], TARGET[rows, :1], SHOWN[rows])
    assert_near(ours.step(TARGET[rows, 0], state), expected[:, 0])


def test_two_states_of_one_model_share_nothing():
    ours = model()
    one, other = ours.begin(SOURCE), ours.begin(SOURCE)
    ours.step(TARGET[:, 0], one)
    ours.step(TARGET[:, 1], one)
    expected = ours(SOURCE, TARGET[:, :1])[:, 0]
    assert_near(ours.step(TARGET[:, 0], other), expected)


# Training


@ORDERS
def test_every_parameter_learns_and_no_gradient_is_nan(norm_first):
    ours = model(norm_first)
    shown = padding_mask([11, 0], 11)  # nothing of the second source is real
    ours(SOURCE, TARGET, shown).log_softmax(-1)[..., 3].sum().backward()
    for name, parameter in ours.named_parameters():
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.any(), name


def test_dropout_acts_in_training_only_and_on_the_embeddings_as_well():
    ours, still = model(dropout=0.5), model()
    torch.manual_seed(0)
    first, second = (ours(SOURCE, TARGET) for _ in range(2))
    assert not torch.equal(first, second)
    embedded = ours.embed(SOURCE, ours.source_embedding)
    dropped = (embedded == 0).float().mean().item()
    assert dropped == pytest.approx(0.5, abs=0.1)
    assert_near(ours.eval()(SOURCE, TARGET), still(SOURCE, TARGET))
    parts = [m for m in ours.modules() if isinstance(m, nn.Dropout)]
    # Attention, hidden units and two ways around; one of each more to decode.
    assert len(parts) == 1 + 3 * 4 + 2 * 6
    assert {part.p for part in parts} == {0.5}


def test_embeddings_start_so_that_scaled_vectors_have_unit_variance():
    torch.manual_seed(0)
    ours = Transformer(101, 103, 62, 2, 13)
    for embedding in (ours.source_embedding, ours.target_embedding):
        scaled = embedding.weight * 62**0.5
        assert scaled.std().item() == pytest.approx(1, abs=0.05)


def test_half_precision_is_close_to_float32():
    ours = model()
    expected = ours(SOURCE, TARGET, SHOWN)
    got = ours.to(torch.bfloat16)(SOURCE, TARGET, SHOWN)
    assert got.dtype == torch.bfloat16
    assert_close(got.float(), expected, atol=0.2, rtol=0.05)


# Keeping and copying


def test_a_model_survives_a_copy_a_pickle_and_a_state_dict():
    ours, loaded = model(dropout=0.5).eval(), model(seed=99)
    expected = ours(SOURCE, TARGET, SHOWN)
    loaded.load_state_dict(ours.state_dict())
    for again in (
        copy.deepcopy(ours),
        pickle.loads(pickle.dumps(ours)),
        loaded,
    ):
        assert torch.equal(again(SOURCE, TARGET, SHOWN), expected)


def test_a_call_changes_neither_its_arguments_nor_the_model():
    ours = model()
    before = copy.deepcopy(ours.state_dict())
    source, target, shown = SOURCE.clone(), TARGET.clone(), SHOWN.clone()
    ours(source, target, shown, need_weights=True)
    state = ours.begin(source, shown)
    ours.step(target[:, 0], state)
    state.select(torch.tensor([1]))
    assert torch.equal(source, SOURCE)
    assert torch.equal(target, TARGET)
    assert torch.equal(shown, SHOWN)
    assert_close(dict(ours.state_dict()), dict(before), atol=0, rtol=0)


def test_a_source_or_a_batch_of_nothing_has_a_right_answer():
    ours = model()
    nothing = torch.zeros(2, 0, dtype=torch.int64)
    hidden = ours(SOURCE, TARGET, padding_mask([0, 0], 11))
    assert_near(ours(nothing, TARGET), hidden)
    assert ours(SOURCE, nothing).shape == (2, 0, 19)
    assert ours(SOURCE[:0], TARGET[:0], SHOWN[:0]).shape == (0, 5, 19)


@ORDERS
def test_masks_of_every_kind_go_through_the_stacks(norm_first):
    target, memory = inputs()
    ours = filled(Decoder(2, *SIZES, norm_first=norm_first))
    each_head, each_row = coin(2, 3, 5, 5, seed=6), coin(2, 5, 11, seed=7)
    _, maps = ours(target, memory, each_head, each_row, need_weights=True)
    for layer in maps:
        assert (layer.target[~each_head] == 0).all()
        assert (layer.memory.transpose(0, 1)[:, ~each_row] == 0).all()


def test_a_transformer_may_be_of_odd_width():
    ours = filled(Transformer(17, 19, 21, 3, 13))
    source, target = torch.arange(5)[None], torch.arange(7)[None]
    vectors = ours.embed(source, ours.source_embedding)
    expected = ours.source_embedding.weight[:5] * 21**0.5
    assert_close(vectors[0], expected + sinusoidal_positions(5, 21))
    assert ours(source, target).shape == (1, 7, 19)
