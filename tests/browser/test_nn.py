"""The page's arithmetic for trained models: each function equals its Python twin."""

import base64

import pytest
import torch
from conftest import ROOT, call, same
from torch import nn

from attn_utils import (
    AdditiveScore,
    BilinearScore,
    ChannelAttention,
    DecoderLayer,
    DotScore,
    EncoderLayer,
    FeedForward,
    GaussianScore,
    MultiHeadAttention,
    ScaledDotScore,
    SpatialAttention,
    Transformer,
    attention,
    causal_mask,
    merge_heads,
    scaled_dot_product_attention,
    sinusoidal_positions,
    split_heads,
)
from attn_utils.cbam import average, maximum
from attn_utils.positions import (
    DistancePenaltyScore,
    RelativeScore,
    angles,
    offsets,
    rotate,
)
from attn_utils.seq2seq import (
    LuongDecoder,
    RecurrentDecoder,
    RecurrentEncoder,
    Seq2Seq,
)
from attn_utils.train import in_eight_bits
from attn_utils.widgets.weights import pack

PARTS = ROOT / "attn_utils" / "widgets" / "parts"
SEEDS = range(5)
UNPACK = """
async ([bytes, shapes]) => {
  const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
  const { unpack } = await import("./parts/weights.js");
  const plain = (node) => {
    if (node instanceof Float32Array) return [...node];
    if (Array.isArray(node)) return node.map(plain);
    return Object.fromEntries(Object.entries(node).map(([k, v]) => [k, plain(v)]));
  };
  return plain(unpack(new DataView(raw.buffer), shapes));
}
"""


def normal(*shape, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=generator, dtype=torch.float64)


def made(kind, *sizes, seed, **choices):
    """A module in double precision whose every parameter is drawn anew."""
    torch.manual_seed(seed)
    module = kind(*sizes, **choices).double().eval()
    for parameter in module.parameters():
        nn.init.normal_(parameter, std=0.4)
    return module


def tree(module):
    """The module's parameters as weights.js holds them."""
    root = {}
    for name, tensor in module.state_dict().items():
        *path, last = name.split(".")
        node = root
        for step in path:
            node = node.setdefault(step, {})
        node[last] = tensor.tolist()

    def lists(node):
        if not isinstance(node, dict):
            return node
        if node and all(step.isdigit() for step in node):
            # What has no parameters, as a ReLU, has a place all the same.
            count = 1 + max(map(int, node))
            return [lists(node.get(str(i), {})) for i in range(count)]
        return {step: lists(child) for step, child in node.items()}

    return lists(root)


def js(modules, name, *arguments):
    """Call a function of widgets/parts, wherever it lies there."""
    (home,) = (
        path.name
        for path in PARTS.glob("*.js")
        if f"export function {name}(" in path.read_text("utf-8")
    )
    return call(modules, f"parts/{home}", name, *arguments)


@pytest.mark.parametrize("seed", SEEDS)
@torch.no_grad()
def test_maps_and_norms(modules, seed):
    x = normal(3, 5, seed=seed)
    linear = made(nn.Linear, 5, 7, seed=seed)
    assert same(js(modules, "linear", x.tolist(), tree(linear)), linear(x))
    norm = made(nn.LayerNorm, 5, seed=seed)
    assert same(js(modules, "layerNorm", x.tolist(), tree(norm)), norm(x))
    network = made(FeedForward, 5, 11, seed=seed)
    got = js(modules, "feedForward", tree(network), x.tolist())
    assert same(got, network(x))
    y = normal(3, 5, seed=seed + 50)
    assert same(js(modules, "add", x.tolist(), y.tolist()), x + y)


@pytest.mark.parametrize(("tokens", "dim"), [(1, 2), (7, 6), (40, 64)])
def test_positions_and_masks(modules, tokens, dim):
    got = js(modules, "sinusoidalPositions", tokens, dim)
    assert same(got, sinusoidal_positions(tokens, dim))
    assert js(modules, "causalMask", tokens) == causal_mask(tokens).tolist()


@pytest.mark.parametrize("dim", [2, 5, 24])
@pytest.mark.parametrize(("offset", "base"), [(0, 1e4), (30, 10.0), (90, 77.5)])
def test_angles_and_positions_of_any_base(modules, dim, offset, base):
    got = js(modules, "angles", 7, dim, offset, base)
    assert same(got, angles(7, dim, offset, base))
    got = js(modules, "sinusoidalPositions", 7, dim, offset, base)
    assert same(got, sinusoidal_positions(7, dim, offset, base))


TURN = """
async ([rows, ...how]) => {
  const { turner } = await import("./parts/positions.js");
  return turner(...how)(rows);
}
"""


@pytest.mark.parametrize(
    ("tokens", "dim", "more"),
    [(1, 2, []), (7, 6, []), (40, 10, [3]), (5, 6, [11, 50.0])],
)
def test_pairs_of_features_turn_with_their_place(modules, tokens, dim, more):
    x = normal(tokens, dim, seed=tokens)
    got = modules.evaluate(TURN, [x.tolist(), tokens, dim, *more])
    assert same(got, rotate(x, *more))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("num_queries", [1, 5, 11])
@torch.no_grad()
def test_scores_that_know_how_far_apart_tokens_stand(
    modules, num_queries, seed
):
    query, key = (
        normal(num_queries, 6, seed=seed),
        normal(11, 6, seed=seed + 50),
    )
    sizes = num_queries, 11
    assert js(modules, "offsets", *sizes) == offsets(*sizes).tolist()
    rows = query.tolist(), key.tolist()
    for far in (0, 3, 20):
        relative = made(RelativeScore, far, 6, seed=seed)
        got = js(
            modules, "relativeScores", *rows, relative.table.weight.tolist()
        )
        assert same(got, relative(query, key))
    for num_heads in (1, 3, 4):
        penalty = DistancePenaltyScore(num_heads)
        slopes = js(modules, "penaltySlopes", num_heads)
        assert same(slopes, penalty.slopes)
        heads = [x.expand(num_heads, -1, -1) for x in (query, key)]
        for h, expected in enumerate(penalty(*heads)):
            got = js(modules, "penaltyScores", *rows, slopes[h])
            assert same(got, expected)


@pytest.mark.parametrize("masked", [False, True])
def test_values_are_read_by_scores_of_any_kind(modules, masked):
    scores, value = normal(5, 7, seed=1), normal(7, 4, seed=2)
    mask = normal(5, 7, seed=3) > 0 if masked else None
    context, weights = attention(
        scores, value, value, mask, score=lambda query, key: query
    )
    shown = mask.tolist() if masked else None
    got = js(modules, "readByScores", scores.tolist(), value.tolist(), shown)
    assert same(got["context"], context)
    assert same(got["weights"], weights)


TOLD = """
async ([layer, x, sizes, told]) => {
  const { encoderLayer } = await import("./parts/layers.js");
  const { penaltyScores, penaltySlopes, turner } = await import("./parts/positions.js");
  const turn = told.includes("turn") ? turner(5, 4) : undefined;
  const slopes = penaltySlopes(sizes.numHeads);
  const score = told.includes("score") ? (query, key, h) => penaltyScores(query, key, slopes[h]) : undefined;
  return encoderLayer(layer, x, { ...sizes, turn, score });
}
"""


@pytest.mark.parametrize("told", [[], ["turn"], ["score"], ["turn", "score"]])
@pytest.mark.parametrize("masked", [False, True])
@torch.no_grad()
def test_a_layer_may_turn_and_score_in_ways_of_its_own(modules, told, masked):
    x = normal(5, 12, seed=1)
    ways = {}
    if "turn" in told:
        ways["rotate"] = rotate
    if "score" in told:
        ways["score"] = DistancePenaltyScore(3)
    layer = made(EncoderLayer, 12, 3, 10, seed=3, **ways)
    mask = causal_mask(5) if masked else None
    outputs, weights = layer(x.unsqueeze(0), mask, need_weights=True)
    sizes = {"numHeads": 3, "normFirst": False}
    if masked:
        sizes["mask"] = mask.tolist()
    got = modules.evaluate(TOLD, [tree(layer), x.tolist(), sizes, told])
    assert same(got["outputs"], outputs[0])
    assert same(got["weights"], weights[0])


def test_heads_are_split_and_merged(modules):
    x = normal(5, 6, seed=1)
    heads = split_heads(x, 3)
    assert same(js(modules, "splitHeads", x.tolist(), 3), heads)
    assert same(js(modules, "mergeHeads", heads.tolist()), merge_heads(heads))


@pytest.mark.parametrize("seed", SEEDS)
@torch.no_grad()
def test_every_score_of_vectors(modules, seed):
    query, key = normal(5, seed=seed), normal(7, 5, seed=seed + 50)
    longer = normal(7, 3, seed=seed + 99)
    bilinear = made(BilinearScore, 5, 3, seed=seed)
    additive = made(AdditiveScore, 5, 3, 11, seed=seed)
    maps = {
        "query_map": additive.query_map.weight.tolist(),
        "key_map": additive.key_map.weight.tolist(),
        "read_out": additive.read_out.weight[0].tolist(),
    }
    for name, score, keys, *given in (
        ("dotScores", DotScore(), key),
        ("scaledDotScores", ScaledDotScore(), key),
        ("gaussianScores", GaussianScore(0.7).double(), key, 0.7),
        ("bilinearScores", bilinear, longer, bilinear.weight.tolist()),
        ("additiveScores", additive, longer, maps),
    ):
        got = js(modules, name, query.tolist(), keys.tolist(), *given)
        # float32 keeps the bandwidth's logarithm to seven digits.
        assert same(got, score(query.unsqueeze(0), keys)[0]), name


def test_an_additive_score_of_large_numbers_is_a_number(modules):
    maps = {"query_map": [[1.0]], "key_map": [[1.0]], "read_out": [2.0]}
    got = js(modules, "additiveScores", [900.0], [[-1800.0], [0.0]], maps)
    assert got == [-2, 2]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("masked", [False, True])
@torch.no_grad()
def test_attention_in_one_head_and_in_several(modules, seed, masked):
    query, key = normal(5, 6, seed=seed), normal(7, 6, seed=seed + 50)
    value = normal(7, 4, seed=seed + 99)
    generator = torch.Generator().manual_seed(seed)
    mask = torch.rand(5, 7, generator=generator) < 0.5 if masked else None
    shown = None if mask is None else mask.tolist()
    expected = scaled_dot_product_attention(query, key, value, mask)
    got = js(
        modules,
        "scaledDotProductAttention",
        query.tolist(),
        key.tolist(),
        value.tolist(),
        shown,
    )
    assert same(got["context"], expected[0])
    assert same(got["weights"], expected[1])

    module = made(MultiHeadAttention, 6, 3, seed=seed)
    for active in (None, [True, False, True]):
        module.switch_heads(None if active is None else torch.tensor(active))
        outputs, weights = module(
            query.unsqueeze(0), key.unsqueeze(0), mask=mask
        )
        got = js(
            modules,
            "multiHeadAttention",
            tree(module),
            query.tolist(),
            key.tolist(),
            shown,
            3,
            active,
        )
        assert same(got["output"], outputs[0])
        assert same(got["weights"], weights[0])


@pytest.mark.parametrize("norm_first", [False, True])
@torch.no_grad()
def test_layers_in_both_orders_of_the_norm(modules, norm_first):
    x, memory = normal(5, 6, seed=1), normal(7, 6, seed=2)
    sizes = {"numHeads": 3, "normFirst": norm_first}
    layer = made(EncoderLayer, 6, 3, 10, seed=3, norm_first=norm_first)
    outputs, weights = layer(x.unsqueeze(0), need_weights=True)
    got = js(modules, "encoderLayer", tree(layer), x.tolist(), sizes)
    assert same(got["outputs"], outputs[0])
    assert same(got["weights"], weights[0])

    layer = made(DecoderLayer, 6, 3, 10, seed=4, norm_first=norm_first)
    outputs, maps = layer(
        x.unsqueeze(0), memory.unsqueeze(0), causal_mask(5), need_weights=True
    )
    got = js(
        modules, "decoderLayer", tree(layer), x.tolist(), memory.tolist(), sizes
    )
    assert same(got["outputs"], outputs[0])
    assert same(got["weights"]["target"], maps.target[0])
    assert same(got["weights"]["memory"], maps.memory[0])


@pytest.mark.parametrize("norm_first", [False, True])
@torch.no_grad()
def test_a_whole_model_reads_and_writes_the_same(modules, norm_first):
    model = made(
        Transformer,
        11,
        7,
        6,
        3,
        10,
        2,
        2,
        seed=5,
        norm_first=norm_first,
    )
    sizes = {"numHeads": 3, "normFirst": norm_first}
    for seed in SEEDS:
        generator = torch.Generator().manual_seed(seed)
        source = torch.randint(11, (1, 4 + seed), generator=generator)
        told = {"start": 1, "end": 2, "maxTokens": 8}
        written = model.greedy(source, start=1, end=2, max_tokens=8)
        read = torch.cat([torch.tensor([[1]]), written[:, :-1]], dim=1)
        logits, maps = model(source, read, need_weights=True)
        got = js(
            modules, "greedy", tree(model), source[0].tolist(), sizes, told
        )
        assert got["tokens"] == written[0].tolist()
        assert same(got["logits"], logits[0])
        for layer in range(2):
            assert same(got["maps"]["encoder"][layer], maps.encoder[layer][0])
            for side, expected in maps.decoder[layer]._asdict().items():
                assert same(got["maps"]["decoder"][layer][side], expected[0])


def test_half_precision_numbers_are_read_bit_by_bit(modules):
    bits = torch.arange(65536)
    exact = bits.to(torch.int32).to(torch.int16).view(torch.float16)
    finite = exact.isfinite()
    got = modules.evaluate(
        "async (all) => { const { fromFloat16 } = await import('./parts/weights.js');"
        " return all.map((bits) => fromFloat16(bits)); }",
        bits[finite].tolist(),
    )
    assert torch.equal(
        torch.tensor(got, dtype=torch.float64), exact[finite].double()
    )


def test_what_python_packs_the_page_unpacks(modules):
    model = made(Transformer, 11, 7, 6, 3, 10, 2, 1, seed=6).float()
    weights, shapes = pack(model.state_dict())
    assert len(weights) == 2 * sum(p.numel() for p in model.parameters())
    rounded = model.half().float()
    got = modules.evaluate(UNPACK, [base64.b64encode(weights).decode(), shapes])
    assert got == tree(rounded)


def test_the_page_unpacks_what_python_packs_in_eight_bits(modules):
    model = made(Transformer, 11, 7, 6, 3, 10, 2, 1, seed=6).float()
    weights, shapes = pack(model.state_dict(), eight_bits=True)
    sizes = [p.numel() + 2 * len(p) for p in model.parameters() if p.ndim == 2]
    sizes += [2 * p.numel() for p in model.parameters() if p.ndim == 1]
    assert len(weights) == sum(sizes)
    got = modules.evaluate(UNPACK, [base64.b64encode(weights).decode(), shapes])
    assert got == tree(in_eight_bits(model))


RECURRENT = {"RNN": nn.RNN, "GRU": nn.GRU, "LSTM": nn.LSTM}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", RECURRENT)
@torch.no_grad()
def test_recurrent_layers_read_from_left_to_right(modules, kind, seed):
    layer = made(RECURRENT[kind], 5, 3, seed=seed)
    x = normal(7, 5, seed=seed + 50)
    states = js(modules, "readThrough", kind, tree(layer), x.tolist())
    outputs, last = layer(x)
    assert same([state["hidden"] for state in states], outputs)
    if kind == "LSTM":
        assert same(states[-1]["cell"], last[1][0])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", RECURRENT)
@torch.no_grad()
def test_one_step_of_a_recurrent_layer_from_any_state(modules, kind, seed):
    layer = made(RECURRENT[kind], 5, 3, seed=seed)
    x = normal(5, seed=seed + 50)
    hidden, cell = normal(2, 3, seed=seed + 99)
    before = {"hidden": hidden.tolist(), "cell": cell.tolist()}
    name = f"{kind.lower()}Step"
    after = js(modules, name, tree(layer), x.tolist(), before)
    given = hidden.unsqueeze(0)
    if kind == "LSTM":
        _, (expected, held) = layer(x.unsqueeze(0), (given, cell.unsqueeze(0)))
        assert same(after["cell"], held[0])
    else:
        _, expected = layer(x.unsqueeze(0), given)
    assert same(after["hidden"], expected[0])


@pytest.mark.parametrize("seed", SEEDS)
@torch.no_grad()
def test_gates_of_an_lstm_say_what_its_cell_becomes(modules, seed):
    layer = made(nn.LSTM, 5, 3, seed=seed)
    x, (hidden, cell) = normal(5, seed=seed), normal(2, 3, seed=seed + 50)
    before = {"hidden": hidden.tolist()}
    gates = js(modules, "lstmGates", tree(layer), x.tolist(), before)
    mapped = nn.functional.linear(x, layer.weight_ih_l0, layer.bias_ih_l0)
    mapped += nn.functional.linear(hidden, layer.weight_hh_l0, layer.bias_hh_l0)
    write, keep, fresh, read = mapped.chunk(4)
    assert same(gates["write"], write.sigmoid())
    assert same(gates["keep"], keep.sigmoid())
    assert same(gates["fresh"], fresh.tanh())
    assert same(gates["read"], read.sigmoid())
    after = js(modules, "throughGates", gates, cell.tolist())
    given = hidden.unsqueeze(0), cell.unsqueeze(0)
    _, (expected, held) = layer(x.unsqueeze(0), given)
    assert same(after["cell"], held[0])
    assert same(after["hidden"], expected[0])


@pytest.mark.parametrize("seed", SEEDS)
@torch.no_grad()
def test_an_encoder_reads_a_source_from_the_left(modules, seed):
    encoder = made(RecurrentEncoder, 11, 3, 5, seed=seed)
    tokens = torch.arange(7 + seed).mul(3) % 11
    got = js(modules, "recurrentEncoder", tree(encoder), tokens.tolist())
    memory, hidden = encoder(tokens.unsqueeze(0), [len(tokens)])
    assert same(got["memory"], memory[0])
    assert same(got["hidden"], hidden[0])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("attends", [False, True])
@torch.no_grad()
def test_a_decoder_reads_one_more_token_of_the_target(modules, attends, seed):
    kind, more = (LuongDecoder, [7]) if attends else (RecurrentDecoder, [])
    decoder = made(kind, 11, 3, 5, *more, seed=seed)
    hidden, memory = normal(5, seed=seed + 50), normal(4, 7, seed=seed + 99)
    name = "luongDecoder" if attends else "recurrentDecoder"
    given = [4 + seed, hidden.tolist(), memory.tolist()]
    got = js(modules, name, tree(decoder), *given)
    mask = torch.ones(1, 1, 4, dtype=torch.bool)
    logits, weights, after = decoder(
        torch.tensor([[4 + seed]]), hidden[None], memory[None], mask
    )
    assert same(got["logits"], logits[0, 0])
    assert same(got["hidden"], after[0])
    if attends:
        assert same(got["weights"], weights[0, 0])
    else:
        assert got["weights"] is None


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("attends", [False, True])
@torch.no_grad()
def test_a_recurrent_model_writes_up_to_the_end_or_the_most(
    modules, attends, seed
):
    kind, more = (LuongDecoder, [5]) if attends else (RecurrentDecoder, [])
    model = Seq2Seq(
        made(RecurrentEncoder, 11, 3, 5, seed=seed),
        made(kind, 7, 2, 5, *more, seed=seed + 50),
    )
    source = torch.arange(3, 9).unsqueeze(0)
    ended = set()
    for end in range(7):
        rules = {"start": 1, "end": end}
        got = js(
            modules, "writeGreedily", tree(model), source[0].tolist(),
            rules | {"maxTokens": 9},
        )  # fmt: skip
        (tokens,) = model.greedy(source, [6], **rules, max_tokens=9)
        assert got["tokens"] == tokens.tolist()
        target = torch.cat([torch.tensor([1]), tokens[:-1]])
        logits, weights = model(source, [6], target.unsqueeze(0))
        assert same(got["odds"], logits[0].softmax(-1))
        assert same(got["vector"], model.encoder(source, [6])[1][0])
        if attends:
            assert same(got["weights"], weights[0])
        else:
            assert got["weights"] is None
        ended.add(tokens[-1].item() == end)
    assert ended == {True, False}


@pytest.mark.parametrize(
    ("kernel", "step", "tokens"),
    [(3, 1, 7), (3, 2, 7), (5, 3, 11), (1, 1, 2), (3, 5, 4)],
)
@torch.no_grad()
def test_convolutions_with_zeros_beyond_both_ends(
    modules, kernel, step, tokens
):
    padding = step * (kernel - 1) // 2
    sizes = {"padding": padding, "dilation": step}
    layer = made(nn.Conv1d, 5, 3, kernel, seed=kernel + step, **sizes)
    x = normal(tokens, 5, seed=tokens)
    expected = layer(x.mT.unsqueeze(0))[0].mT
    flat = {
        "weight": layer.weight.flatten(1).tolist(),
        "bias": layer.bias.tolist(),
    }
    got = js(modules, "convolution", x.tolist(), flat, step)
    assert same(got, expected)
    # Only where it is asked for; the other rows do not matter.
    places = [0, tokens - 1]
    read = js(modules, "placesRead", places, tokens, kernel, step)
    assert read == sorted(
        {
            place + step * k
            for place in places
            for k in range(-(kernel // 2), kernel // 2 + 1)
            if 0 <= place + step * k < tokens
        }
    )
    rows = [
        row if place in read else None for place, row in enumerate(x.tolist())
    ]
    some = js(modules, "convolution", rows, flat, step, places)
    assert len(some) == tokens
    assert same([some[place] for place in places], expected[places])
    for place in range(1, tokens - 1):
        assert some[place] is None


def last(image):
    """An image, or kernels, as the page holds them: with the channels last."""
    return image.movedim(-3, -1)


def rows_of(layer):
    """A convolution of images as the page holds it: rows, the channels last."""
    flat = {"weight": last(layer.weight).flatten(1).tolist()}
    if layer.bias is not None:
        flat["bias"] = layer.bias.tolist()
    return flat


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(
    ("kernel", "stride", "size"),
    [(3, 1, (5, 7)), (3, 2, (7, 6)), (7, 1, (3, 5)), (1, 2, (4, 5))],
)
@torch.no_grad()
def test_convolutions_of_images_with_zeros_around(
    modules, kernel, stride, size, bias
):
    sizes = {"stride": stride, "padding": kernel // 2, "bias": bias}
    layer = made(nn.Conv2d, 3, 2, kernel, seed=kernel + stride, **sizes)
    image = normal(3, *size, seed=kernel)
    seen = last(image).tolist()
    got = js(modules, "imageConvolution", seen, rows_of(layer), stride)
    assert same(got, last(layer(image.unsqueeze(0))[0]))


POOLS = {"average": average, "maximum": maximum}


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(
    "pools", [["average"], ["maximum"], ["average", "maximum"]]
)
@pytest.mark.parametrize("seed", SEEDS)
@torch.no_grad()
def test_gates_of_channels_and_of_places(modules, seed, pools, bias):
    image = normal(11, 3, 5, seed=seed)
    given = {"pools": [POOLS[pool] for pool in pools]}
    channel = made(ChannelAttention, 11, 4, bias, seed=seed, **given)
    weights = channel(image.unsqueeze(0))[0, :, 0, 0]
    seen = last(image).tolist()
    got = js(modules, "channelAttention", tree(channel), seen, pools)
    assert same(got, weights)
    weighed = js(modules, "weighChannels", seen, weights.tolist())
    assert same(weighed, weights * last(image))

    spatial = made(SpatialAttention, 3, seed=seed, **given)
    flat = {"convolution": rows_of(spatial.convolution)}
    places = spatial(image.unsqueeze(0))[0, 0]
    got = js(modules, "spatialAttention", flat, seen, pools)
    assert same(got, places)
    weighed = js(modules, "weighPlaces", seen, places.tolist())
    assert same(weighed, last(places * image))


@pytest.mark.parametrize("pool", POOLS)
@torch.no_grad()
def test_the_ways_to_the_gates(modules, pool):
    # So far below nothing that no summary is above it.
    image = normal(7, 3, 5, seed=1) - 4
    per_channel = POOLS[pool](image.flatten(1))
    got = js(modules, "channelSummary", last(image).tolist(), pool)
    assert same(got, per_channel)
    got = js(modules, "placeSummary", last(image).tolist(), pool)
    assert same(got, POOLS[pool](last(image)))
    channel = made(ChannelAttention, 7, 2, seed=2)
    got = js(modules, "channelScores", tree(channel), per_channel.tolist())
    assert same(got["hidden"], channel.network[:2](per_channel))
    assert same(got["scores"], channel.network(per_channel))


def test_a_gate_is_half_open_at_nothing(modules):
    numbers = [0.0, 3.0, -2.0, 40.0, -800.0]
    expected = torch.tensor(numbers).double().sigmoid()
    assert same([js(modules, "sigmoid", n) for n in numbers], expected)
