"""Copies of torch's modules: what they say, and all that is kept."""

import copy

import pytest
import torch
from modules import TOLERANCE, assert_near, filled
from tensors import normal
from torch import nn
from torch.nn import functional as F

from attn_utils import (
    AdditiveScore,
    BahdanauDecoder,
    BilinearScore,
    Decoder,
    DecoderLayer,
    DotScore,
    Encoder,
    EncoderLayer,
    LSTMCell,
    LuongDecoder,
    MultiHeadAttention,
    RecurrentDecoder,
    RecurrentEncoder,
    RNNCell,
    Seq2Seq,
    Transformer,
    attention,
    causal_mask,
    padding_mask,
)

pytestmark = pytest.mark.filterwarnings("ignore:enable_nested_tensor")
ORDERS = pytest.mark.parametrize("norm_first", [False, True])
DTYPES = pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
WIDTH, HEADS, FF, SOURCE, TARGET = 14, 7, 13, 17, 19
LAYER = WIDTH, HEADS, FF, 0.25
LENGTHS = torch.tensor([3, 11])


def encoder_stack(norm_first=False, norm=None, num_layers=2, **choices):
    layer = nn.TransformerEncoderLayer(
        *LAYER, batch_first=True, norm_first=norm_first, **choices
    )
    return nn.TransformerEncoder(
        layer, num_layers, norm, enable_nested_tensor=False
    )


def decoder_stack(norm_first=False, norm=None, num_layers=2, **choices):
    layer = nn.TransformerDecoderLayer(
        *LAYER, batch_first=True, norm_first=norm_first, **choices
    )
    return nn.TransformerDecoder(layer, num_layers, norm)


def transformer(norm_first=False, **choices):
    return nn.Transformer(
        WIDTH, HEADS, 2, 3, FF, 0.25, batch_first=True, norm_first=norm_first,
        **choices,
    )  # fmt: skip


def ends():
    """Return the three parts that torch's Transformer has not."""
    return {
        "source_embedding": nn.Embedding(SOURCE, WIDTH),
        "target_embedding": nn.Embedding(TARGET, WIDTH),
        "output_map": nn.Linear(WIDTH, TARGET),
    }


# Of each kind: our class, what makes torch's, and what makes the parts given.
KINDS = {
    "attention": (MultiHeadAttention, lambda: nn.MultiheadAttention(14, 7, 0.25), dict),
    "attention of other widths": (
        MultiHeadAttention,
        lambda: nn.MultiheadAttention(14, 7, kdim=5, vdim=3),
        dict,
    ),
    "encoder layer": (
        EncoderLayer, lambda: nn.TransformerEncoderLayer(*LAYER), dict,
    ),
    "decoder layer": (
        DecoderLayer, lambda: nn.TransformerDecoderLayer(*LAYER), dict,
    ),
    "encoder": (Encoder, lambda: encoder_stack(norm=nn.LayerNorm(WIDTH)), dict),
    "decoder": (Decoder, lambda: decoder_stack(norm=nn.LayerNorm(WIDTH)), dict),
    "transformer": (Transformer, transformer, ends),
    "RNN cell": (RNNCell, lambda: nn.RNNCell(5, 7), dict),
    "RNN": (RNNCell, lambda: nn.RNN(5, 7), dict),
    "LSTM cell": (LSTMCell, lambda: nn.LSTMCell(5, 7), dict),
    "LSTM": (LSTMCell, lambda: nn.LSTM(5, 7), dict),
    "recurrent encoder": (
        RecurrentEncoder,
        lambda: nn.GRU(5, 7),
        lambda: {"embedding": nn.Embedding(SOURCE, 5)},
    ),
    "two-way encoder": (
        RecurrentEncoder,
        lambda: nn.GRU(5, 7, bidirectional=True),
        lambda: {
            "embedding": nn.Embedding(SOURCE, 5),
            "bridge": nn.Linear(14, 7),
        },
    ),
    "recurrent decoder": (
        RecurrentDecoder,
        lambda: nn.GRU(5, 7),
        lambda: {
            "embedding": nn.Embedding(TARGET, 5),
            "output_map": nn.Linear(7, TARGET),
        },
    ),
    "Luong's decoder": (
        LuongDecoder,
        lambda: nn.GRU(5, 7),
        lambda: {
            "embedding": nn.Embedding(TARGET, 5),
            "output_map": nn.Linear(7, TARGET),
            "join": nn.Linear(11 + 7, 7),
            "score": BilinearScore(7, 11),
        },
    ),
    "Bahdanau's decoder": (
        BahdanauDecoder,
        lambda: nn.GRUCell(5 + 11, 7),
        lambda: {
            "embedding": nn.Embedding(TARGET, 5),
            "output_map": nn.Linear(7 + 11 + 5, TARGET),
            "score": AdditiveScore(7, 11, 3),
        },
    ),
    "Bahdanau's decoder of a GRU": (
        BahdanauDecoder,
        lambda: nn.GRU(5 + 11, 7),
        lambda: {
            "embedding": nn.Embedding(TARGET, 5),
            "output_map": nn.Linear(7 + 11 + 5, TARGET),
            "score": AdditiveScore(7, 11, 3),
        },
    ),
}  # fmt: skip
EVERY_KIND = pytest.mark.parametrize(
    ("kind", "make", "give"), KINDS.values(), ids=KINDS
)


def marked(theirs, given):
    """Give every parameter a number of its own; return the parameters."""
    parameters = [*nn.ModuleList([theirs, *given.values()]).parameters()]
    with torch.no_grad():
        for number, parameter in enumerate(parameters):
            parameter.fill_(number)
    return parameters


def number_of(parameter):
    """Return the one number that a parameter holds."""
    return int(parameter.unique().item())


# What is kept


@EVERY_KIND
@pytest.mark.parametrize("which", ["all", "none", "even", "odd", "thirds"])
def test_what_is_frozen_stays_frozen_and_nothing_else(kind, make, give, which):
    theirs, given = make(), give()
    parameters = marked(theirs, given)
    frozen = {
        "all": lambda number: True,
        "none": lambda number: False,
        "even": lambda number: number % 2 == 0,
        "odd": lambda number: number % 2 == 1,
        "thirds": lambda number: number % 3 == 0,
    }[which]
    for number, parameter in enumerate(parameters):
        parameter.requires_grad_(not frozen(number))
    with torch.no_grad():  # where a view requires no gradient, whatever it sees
        ours = kind.from_torch(theirs, **given)
    copied = set()
    for name, parameter in ours.named_parameters():
        number = number_of(parameter)
        copied.add(number)
        assert parameter.requires_grad != frozen(number), name
        assert parameter.is_leaf
    assert copied == set(range(len(parameters)))


@EVERY_KIND
def test_a_copy_shares_nothing_with_torch_s_module(kind, make, give):
    theirs, given = make(), give()
    parameters = marked(theirs, given)
    ours = kind.from_torch(theirs, **given)
    places = {parameter.data_ptr() for parameter in parameters}
    for parameter in ours.parameters():
        assert parameter.untyped_storage().data_ptr() not in places
        number = number_of(parameter)
        with torch.no_grad():
            parameters[number].fill_(-1)
        assert number_of(parameter) == number
        with torch.no_grad():
            parameters[number].fill_(number)


@EVERY_KIND
@pytest.mark.parametrize("dtype", [torch.float64, torch.bfloat16], ids=str)
def test_a_copy_has_the_dtype_and_lives_on_the_device(kind, make, give, dtype):
    theirs = make().to(dtype)
    given = {name: part.to(dtype) for name, part in give().items()}
    ours = kind.from_torch(theirs, **given)
    assert {p.dtype for p in ours.parameters()} == {dtype}
    theirs = theirs.to("meta")
    given = {name: part.to("meta") for name, part in given.items()}
    ours = kind.from_torch(theirs, **given)
    assert {p.device.type for p in ours.parameters()} == {"meta"}


@EVERY_KIND
@pytest.mark.parametrize("training", [False, True])
def test_a_copy_is_in_the_mode_of_torch_s_module(kind, make, give, training):
    theirs = make().train(training)
    given = {name: part.train(training) for name, part in give().items()}
    ours = kind.from_torch(theirs, **given)
    assert {part.training for part in ours.modules()} == {training}


def test_parts_of_another_mode_keep_theirs():
    theirs = transformer()
    theirs.encoder.eval()
    theirs.decoder.layers[1].self_attn.eval()
    theirs.decoder.layers[2].dropout1.eval()
    ours = Transformer.from_torch(theirs, **ends())
    resting = {name for name, part in ours.named_modules() if not part.training}
    expected = {
        name
        for name, _ in ours.named_modules()
        if name.startswith(("encoder", "decoder.layers.1.attention"))
    }
    assert resting == expected | {"decoder.layers.2.around_attention.dropout"}


@EVERY_KIND
def test_a_copy_without_biases_has_none(kind, make, give):
    made = make()
    ours = kind.from_torch(without_biases(made), **give())
    names = [name for name, _ in ours.named_parameters()]
    given = give()
    biases = [name for name in names if "bias" in name]
    assert all(name.split(".")[0] in given for name in biases)
    full = kind.from_torch(make(), **give())
    assert len(names) < len([*full.parameters()])


def without_biases(theirs):
    """Return torch's module as it is made with bias=False."""
    kind = type(theirs)
    if isinstance(theirs, nn.RNNBase | nn.RNNCellBase):
        ways = getattr(theirs, "bidirectional", None)
        choices = {} if ways is None else {"bidirectional": ways}
        return kind(
            theirs.input_size, theirs.hidden_size, bias=False, **choices
        )
    if kind is nn.MultiheadAttention:
        widths = {"kdim": theirs.kdim, "vdim": theirs.vdim}
        return kind(WIDTH, HEADS, bias=False, **widths)
    if kind is nn.Transformer:
        return transformer(bias=False)
    if kind is nn.TransformerEncoder:
        return encoder_stack(norm=nn.LayerNorm(WIDTH, bias=False), bias=False)
    if kind is nn.TransformerDecoder:
        return decoder_stack(norm=nn.LayerNorm(WIDTH, bias=False), bias=False)
    return kind(*LAYER, bias=False)


def test_every_dropout_and_every_eps_is_kept_by_itself():
    theirs = nn.TransformerDecoderLayer(*LAYER, batch_first=True)
    for place in (1, 2, 3):
        getattr(theirs, f"norm{place}").eps = place / 10
        getattr(theirs, f"dropout{place}").p = place / 20
    theirs.dropout.p = 0.5
    theirs.self_attn.dropout, theirs.multihead_attn.dropout = 0.6, 0.7
    ours = DecoderLayer.from_torch(theirs)
    around = ours.around_attention, ours.around_memory, ours.around_feed_forward
    assert [part.norm.eps for part in around] == [0.1, 0.2, 0.3]
    assert [part.dropout.p for part in around] == [0.05, 0.1, 0.15]
    assert ours.feed_forward.dropout.p == 0.5
    assert ours.attention.dropout.p == 0.6
    assert ours.memory_attention.dropout.p == 0.7
    theirs = nn.TransformerEncoderLayer(*LAYER, batch_first=True)
    theirs.dropout1, theirs.dropout2.p = nn.Identity(), 0.125
    ours = EncoderLayer.from_torch(theirs)
    assert isinstance(ours.around_attention.dropout, nn.Identity)
    assert ours.around_feed_forward.dropout.p == 0.125


@pytest.mark.parametrize(
    "activation", ["relu", F.relu, torch.relu, torch.Tensor.relu, nn.ReLU()]
)
@pytest.mark.parametrize(
    ("kind", "theirs"),
    [
        (EncoderLayer, nn.TransformerEncoderLayer),
        (DecoderLayer, nn.TransformerDecoderLayer),
    ],
)
def test_every_relu_is_the_paper_s(kind, theirs, activation):
    made = filled(
        theirs(*LAYER, activation=activation, batch_first=True)
    ).eval()
    inputs = [normal(2, 5, WIDTH, seed=1), normal(2, 11, WIDTH, seed=2)]
    inputs = inputs[: 2 if kind is DecoderLayer else 1]
    assert_near(kind.from_torch(made)(*inputs), made(*inputs))


# Stacks and the whole, equal to torch's


def masks():
    """Return who may look in target and source: 5 and 11 tokens, two of each."""
    return padding_mask([5, 3], 5), padding_mask(LENGTHS, 11)


@ORDERS
@DTYPES
@pytest.mark.parametrize("with_norm", [False, True])
def test_stacks_agree_with_torch_whatever_norm_stands_last(
    with_norm, dtype, norm_first
):
    shown, memory_shown = masks()
    norm = nn.LayerNorm(WIDTH, eps=0.1) if with_norm else None
    source = normal(2, 11, WIDTH, seed=1, dtype=dtype)
    target = normal(2, 5, WIDTH, seed=2, dtype=dtype)
    theirs = filled(encoder_stack(norm_first, copy.deepcopy(norm)))
    theirs = theirs.to(dtype).eval()
    ours = Encoder.from_torch(theirs)
    expected = theirs(source, src_key_padding_mask=~memory_shown.squeeze(1))
    real = memory_shown.transpose(1, 2)
    assert_near(ours(source, memory_shown) * real, expected * real, dtype)
    theirs = filled(decoder_stack(norm_first, copy.deepcopy(norm), 3))
    theirs = theirs.to(dtype).eval()
    ours = Decoder.from_torch(theirs)
    expected = theirs(
        target,
        source,
        tgt_mask=~causal_mask(5),
        tgt_key_padding_mask=~shown.squeeze(1),
        memory_key_padding_mask=~memory_shown.squeeze(1),
    )
    got = ours(target, source, causal_mask(5) & shown, memory_shown)
    assert_near(got, expected, dtype)


def test_layers_of_a_stack_may_differ():
    theirs = filled(encoder_stack()).eval()
    theirs.layers[1] = filled(
        nn.TransformerEncoderLayer(
            WIDTH, 2, 5, norm_first=True, batch_first=True
        )
    ).eval()
    inputs = normal(2, 5, WIDTH, seed=1)
    assert_near(Encoder.from_torch(theirs)(inputs), theirs(inputs))


@ORDERS
@DTYPES
def test_a_transformer_agrees_with_torch_s_between_embeddings_and_logits(
    dtype, norm_first
):
    theirs = filled(transformer(norm_first)).to(dtype).eval()
    parts = {name: filled(p, 50).to(dtype) for name, p in ends().items()}
    ours = Transformer.from_torch(theirs, **parts)
    generator = torch.Generator().manual_seed(0)
    source = torch.randint(SOURCE, (2, 11), generator=generator)
    target = torch.randint(TARGET, (2, 5), generator=generator)
    shown = padding_mask(LENGTHS, 11)
    padded = ~shown.squeeze(1)

    def vectors(tokens, embedding):
        waves = positions(tokens.shape[1]).to(dtype)
        return embedding(tokens) * WIDTH**0.5 + waves

    expected = theirs(
        vectors(source, parts["source_embedding"]),
        vectors(target, parts["target_embedding"]),
        tgt_mask=~causal_mask(5),
        src_key_padding_mask=padded,
        memory_key_padding_mask=padded,
    )
    expected = parts["output_map"](expected)
    assert_near(ours(source, target, shown), expected, dtype)
    # And it writes, which torch's does not.
    tokens = ours.greedy(source, shown, start=1, end=2, max_tokens=4)
    assert tokens.shape[0] == 2


def positions(num_tokens):
    """Return sinusoids, in a loop, as float32 rounds them."""
    waves = torch.zeros(num_tokens, WIDTH, dtype=torch.float64)
    for place in range(num_tokens):
        for pair in range(WIDTH // 2):
            angle = torch.tensor(
                place / 10000 ** (2 * pair / WIDTH), dtype=torch.float64
            )
            waves[place, 2 * pair] = angle.sin()
            waves[place, 2 * pair + 1] = angle.cos()
    return waves.float()


def test_what_embeddings_and_output_map_share_stays_shared():
    parts = ends()
    parts["source_embedding"] = parts["target_embedding"]
    parts["output_map"].weight = parts["target_embedding"].weight
    ours = Transformer.from_torch(transformer(), **parts)
    assert ours.source_embedding is ours.target_embedding
    assert ours.output_map.weight is ours.target_embedding.weight
    assert ours.output_map.weight is not parts["output_map"].weight


def test_the_dropout_of_vectors_is_named():
    ours = Transformer.from_torch(transformer(), **ends(), dropout=0.125)
    assert ours.dropout.p == 0.125
    assert Transformer.from_torch(transformer(), **ends()).dropout.p == 0.0


# Recurrent parts, equal to torch's


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("bias", [False, True])
def test_cells_run_as_networks_of_one_layer_do(bias, dtype):
    inputs = normal(3, 11, 5, seed=1, dtype=dtype)
    theirs = filled(nn.RNN(5, 7, bias=bias, batch_first=True)).to(dtype)
    cell, hidden = RNNCell.from_torch(theirs), inputs.new_zeros(3, 7)
    for token in inputs.unbind(1):
        hidden = cell(token, hidden)
    assert_near(hidden, theirs(inputs)[1][0], dtype)
    theirs = filled(nn.LSTM(5, 7, bias=bias, batch_first=True)).to(dtype)
    cell = LSTMCell.from_torch(theirs)
    hidden = memory = inputs.new_zeros(3, 7)
    for token in inputs.unbind(1):
        hidden, memory = cell(token, hidden, memory)
    expected = theirs(inputs)[1]
    assert_near([hidden, memory], [x[0] for x in expected], dtype)


def tokens(size, length, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(size, (2, length), generator=generator)


@pytest.mark.long
@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("two_way", [False, True])
def test_an_encoder_reads_as_torch_s_gru_does(two_way, batch_first):
    theirs = filled(
        nn.GRU(5, 7, bidirectional=two_way, batch_first=batch_first)
    )
    embedding = filled(nn.Embedding(SOURCE, 5), 50)
    bridge = filled(nn.Linear(14, 7), 60) if two_way else None
    ours = RecurrentEncoder.from_torch(theirs, embedding, bridge)
    source = tokens(SOURCE, 11)
    memory, hidden = ours(source, LENGTHS)
    for row, length in enumerate(LENGTHS):
        batch_axis = 0 if batch_first else 1
        read = embedding(source[row, :length]).unsqueeze(batch_axis)
        states, last = theirs(read)
        states = states.squeeze(batch_axis)
        assert_near(memory[row, :length], states)
        last = torch.cat([*last[:, 0]])
        assert_near(hidden[row], bridge(last).tanh() if two_way else last)
    given = source, LENGTHS
    exported = torch.export.export(ours, given, strict=False).module()
    assert_near(exported(*given), (memory, hidden))


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("score", [None, BilinearScore(7, 11), DotScore()])
def test_decoders_write_as_torch_s_gru_does(score, batch_first):
    memory_dim = 7 if isinstance(score, DotScore) else 11
    theirs = filled(nn.GRU(5, 7, batch_first=batch_first))
    embedding = filled(nn.Embedding(TARGET, 5), 50)
    output_map = filled(nn.Linear(7, TARGET), 60)
    hidden = normal(2, 7, seed=1)
    memory, mask = normal(2, 11, memory_dim, seed=2), padding_mask(LENGTHS, 11)
    target = tokens(TARGET, 5)
    read = embedding(target if batch_first else target.T)
    states, last = theirs(read, hidden[None])
    states = states if batch_first else states.transpose(0, 1)
    if score is None:
        ours = RecurrentDecoder.from_torch(theirs, embedding, output_map)
        expected = output_map(states)
    else:
        join = filled(nn.Linear(memory_dim + 7, 7), 70)
        ours = LuongDecoder.from_torch(
            theirs, embedding, output_map, join, score
        )
        context, weights = attention(states, memory, memory, mask, score)
        joined = join(torch.cat([context, states], dim=-1)).tanh()
        expected = output_map(joined)
    got, alignment, after = ours(target, hidden, memory, mask)
    assert_near([got, after], [expected, last[0]])
    assert alignment is None if score is None else alignment.equal(weights)
    assert theirs.batch_first == batch_first  # torch's own is left alone


@pytest.mark.parametrize("kind", [nn.GRUCell, nn.GRU])
def test_bahdanau_s_decoder_steps_as_torch_s_cell_does(kind):
    theirs = filled(kind(5 + 11, 7))
    embedding = filled(nn.Embedding(TARGET, 5), 50)
    output_map = filled(nn.Linear(7 + 11 + 5, TARGET), 60)
    score = filled(AdditiveScore(7, 11, 3), 70)
    ours = BahdanauDecoder.from_torch(theirs, embedding, output_map, score)
    state = normal(2, 7, seed=1)
    memory, mask = normal(2, 11, 11, seed=2), padding_mask(LENGTHS, 11)
    target = tokens(TARGET, 5)
    got, _, after = ours(target, state, memory, mask)
    for step, vector in enumerate(embedding(target).unbind(1)):
        context, _ = attention(state[:, None], memory, memory, mask, score)
        context = context[:, 0]
        read = torch.cat([vector, context], dim=-1)
        if kind is nn.GRUCell:
            state = theirs(read, state)
        else:
            state = theirs(read[None], state[None])[1][0]
        written = output_map(torch.cat([state, context, vector], dim=-1))
        assert_near(got[:, step], written)
    assert_near(after, state)


def test_copied_parts_make_a_seq2seq_that_writes():
    encoder = RecurrentEncoder.from_torch(nn.GRU(5, 7), nn.Embedding(SOURCE, 5))
    decoder = LuongDecoder.from_torch(
        nn.GRU(3, 7),
        nn.Embedding(TARGET, 3),
        nn.Linear(7, TARGET),
        nn.Linear(14, 7),
        DotScore(),
    )
    written = Seq2Seq(encoder, decoder).greedy(
        tokens(SOURCE, 11), LENGTHS, start=1, end=2, max_tokens=4
    )
    assert written.shape[0] == 2


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Encoder, nn.TransformerEncoder(nn.Linear(3, 3), 1)),
        (Decoder, nn.TransformerDecoder(nn.Linear(3, 3), 1)),
    ],
)
def test_a_stack_of_other_layers_is_refused(ours, theirs):
    kind = f"nn.Transformer{ours.__name__}Layer"
    with pytest.raises(TypeError, match=f"must be an {kind}, but is Linear"):
        ours.from_torch(theirs)
