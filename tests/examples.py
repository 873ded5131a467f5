"""One small call of everything public, for tests that hold for all of it.

Every axis has a size of its own, so that no two can be taken for each other.
"""

import inspect
from collections.abc import Callable
from typing import NamedTuple

import torch
from modules import filled
from tensors import coin, normal
from torch import nn

import attn_utils
from attn_utils import (
    CBAM,
    AdditiveScore,
    BahdanauDecoder,
    BilinearScore,
    ChannelAttention,
    Decoder,
    DecoderLayer,
    DistancePenaltyScore,
    DotScore,
    EfficientChannelAttention,
    Encoder,
    EncoderLayer,
    FeedForward,
    GaussianScore,
    KeyValueCache,
    LearnedPositions,
    LowRankScore,
    LSTMCell,
    LuongDecoder,
    MultiHeadAttention,
    RecurrentDecoder,
    RecurrentEncoder,
    RelativeScore,
    Residual,
    RNNCell,
    ScaledDotScore,
    Seq2Seq,
    SpatialAttention,
    Transformer,
    attention,
    causal_mask,
    hard_attention,
    masked_softmax,
    merge_heads,
    padding_mask,
    rotate,
    scaled_dot_product_attention,
    shift_right,
    sinusoidal_positions,
    split_heads,
    window_mask,
)

BATCH, QUERIES, KEYS, WIDTH, HEADS, CHANNELS = 2, 3, 5, 6, 3, 4
SOURCE, TARGET = 11, 13  # how many tokens there are to read and to write
START, END = 1, 0


def no_module() -> None:
    """Make nothing, for a function that is no module's."""


class Example(NamedTuple):
    """A module, or None; what is put in; and how the two meet.

    `inputs(seed)` is a tuple of tensors, each with the batch first where there
    is one, made without the package: pytest collects by them, and so a fault in
    the package fails a test instead. `call(module, *inputs)` is the call.
    """

    call: Callable
    inputs: Callable[[int], tuple]
    make: Callable[[], nn.Module | None] = no_module

    def module(self, seed: int = 0) -> nn.Module | None:
        """Return the module, full of random numbers, in eval mode."""
        made = self.make()
        return made and filled(made, seed).eval()


def run(module, *inputs):
    """Call the module as one does."""
    return module(*inputs)


def kept(state):
    """Return the tensors that a state remembers."""
    if isinstance(state, KeyValueCache):
        return state.key, state.value
    return [x for x in vars(state).values() if isinstance(x, torch.Tensor)]


def vectors(*lengths, width=WIDTH):
    """Return a maker of one (batch, length, width) for each length."""

    def make(seed):
        return tuple(
            normal(BATCH, length, width, seed=10 * seed + place)
            for place, length in enumerate(lengths)
        )

    return make


def rows(*widths):
    """Return a maker of one (batch, width) for each width."""

    def make(seed):
        return tuple(
            normal(BATCH, width, seed=10 * seed + place)
            for place, width in enumerate(widths)
        )

    return make


def images(seed):
    return (normal(BATCH, CHANNELS, QUERIES, KEYS, seed=seed),)


def seen(seed, *shape):
    """Return a mask under which one query in some sees nothing."""
    mask = coin(*shape, seed=seed)
    mask[..., 0, :] = False
    return mask


def compared(seed):
    return *vectors(QUERIES, KEYS, KEYS)(seed), seen(seed, BATCH, QUERIES, KEYS)


def tokens(size, length, seed):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(3, size, (BATCH, length), generator=generator)


def lengths(seed):
    return torch.tensor([KEYS - 1 - seed % 3, KEYS])


def source_mask(seed):
    return (torch.arange(KEYS) < lengths(seed).unsqueeze(1)).unsqueeze(1)


def sources(seed):
    return tokens(SOURCE, KEYS, seed), source_mask(seed)


def lessons(seed):
    """Return source, target and source mask."""
    source, mask = sources(seed)
    return source, tokens(TARGET, QUERIES, seed), mask


def spoken(seed):
    """Return source, lengths and target."""
    source, target, _ = lessons(seed)
    return source, lengths(seed), target


def remembered(seed):
    """Return target, hidden, memory and mask, for a recurrent decoder."""
    memory = normal(BATCH, KEYS, 8, seed=seed)
    hidden = normal(BATCH, 4, seed=seed + 1)
    return tokens(TARGET, QUERIES, seed), hidden, memory, source_mask(seed)


def decoded(seed):
    """Return inputs, memory, mask and memory mask, for a decoder."""
    inputs, memory = vectors(QUERIES, KEYS)(seed)
    return inputs, memory, seen(seed, QUERIES, QUERIES), source_mask(seed)


def encoded(seed):
    return *vectors(QUERIES)(seed), seen(seed, BATCH, QUERIES, QUERIES)


def transformer():
    return Transformer(SOURCE, TARGET, WIDTH, HEADS, 7, encoder_layers=1)


def recurrent(decoder=LuongDecoder, two_way=True):
    """Return an encoder and a decoder; the memory is 8 wide."""
    width = 4 if two_way else 8
    memory = () if decoder is RecurrentDecoder else (8,)
    return Seq2Seq(
        RecurrentEncoder(SOURCE, 5, width, two_way),
        decoder(TARGET, 7, width, *memory),
    )


def write(how, **choices):
    def call(model, *source):
        return getattr(model, how)(
            *source, start=START, end=END, max_tokens=2, **choices
        )

    return call


def extended(_, key, value, more_key, more_value):
    cache = KeyValueCache()
    cache.extend(key, value)
    return cache.extend(more_key, more_value)


def selected(_, key, value, places):
    cache = KeyValueCache()
    cache.extend(key, value)
    cache.select(places)
    return kept(cache)


def step_by_step(model, first, second, *source):
    """Return what two steps say, the rows swapped between them."""
    state = model.begin(*source)
    said = model.step(first, state)
    state.select(torch.ones_like(first).cumsum(0).flip(0) - 1)
    return said, model.step(second, state)


def steps(inputs):
    def make(seed):
        first, second = tokens(TARGET, 2, seed).T
        return first, second, *inputs(seed)

    return make


def heads_switched(module, x):
    module.switch_heads(x.new_tensor([1, 0, 1], dtype=torch.bool))
    return module(x)


def turned(x, offset):
    return rotate(x, offset)


def heard(seed):
    return tokens(SOURCE, KEYS, seed), lengths(seed)


def scored(score, width=WIDTH):
    def inputs(seed):
        query, _ = vectors(QUERIES, KEYS)(seed)
        return query, normal(BATCH, KEYS, width, seed=seed + 5)

    return Example(run, inputs, score)


def hard(sample):
    def call(_, *inputs):
        return tuple(hard_attention(*inputs, sample=sample))

    def inputs(seed):
        *vectors, mask = compared(seed)
        if sample != "argmax":  # one key is seen, so that nothing is random
            mask = mask & (mask.cumsum(-1) == 1)
        return *vectors, mask

    return Example(call, inputs)


def of(function, *arguments, **choices):
    """Return a call of a function that is no module's."""
    return lambda _, *inputs: function(*inputs, *arguments, **choices)


def nothing(seed):
    return ()


EXAMPLES = {
    "AdditiveScore.forward": scored(lambda: AdditiveScore(WIDTH, 7, 4), 7),
    "BilinearScore.forward": scored(lambda: BilinearScore(WIDTH, 7), 7),
    "DotScore.forward": scored(DotScore),
    "GaussianScore.forward": scored(GaussianScore),
    "LowRankScore.forward": scored(lambda: LowRankScore(WIDTH, 7, 4), 7),
    "ScaledDotScore.forward": scored(ScaledDotScore),
    "masked_softmax": Example(
        of(masked_softmax),
        lambda seed: (
            normal(BATCH, QUERIES, KEYS, seed=seed),
            seen(seed, BATCH, QUERIES, KEYS),
        ),
    ),
    "attention": Example(of(attention), compared),
    "scaled_dot_product_attention": Example(
        of(scaled_dot_product_attention), compared
    ),
    "hard_attention": hard("argmax"),
    "hard_attention, drawn": hard("categorical"),
    "hard_attention, straight through": hard("gumbel"),
    "causal_mask": Example(
        lambda _, x: x.masked_fill(~causal_mask(KEYS, x.device), 0.0),
        vectors(KEYS, width=KEYS),
    ),
    "window_mask": Example(
        lambda _, x: x.masked_fill(~window_mask(KEYS, 1, x.device), 0.0),
        vectors(KEYS, width=KEYS),
    ),
    "padding_mask": Example(
        of(padding_mask, KEYS), lambda seed: (lengths(seed),)
    ),
    "split_heads": Example(of(split_heads, HEADS), vectors(KEYS)),
    "merge_heads": Example(
        of(merge_heads),
        lambda seed: (normal(BATCH, HEADS, KEYS, 2, seed=seed),),
    ),
    "rotate": Example(of(rotate, 3), vectors(KEYS)),
    "sinusoidal_positions": Example(
        lambda _, x: x + sinusoidal_positions(KEYS, WIDTH, 3, device=x.device),
        vectors(KEYS),
    ),
    "LearnedPositions.forward": Example(
        lambda module, x: x + module(KEYS, 2),
        vectors(KEYS),
        lambda: LearnedPositions(KEYS + 2, WIDTH),
    ),
    "RelativeScore.forward": scored(lambda: RelativeScore(2, WIDTH)),
    "DistancePenaltyScore.forward": Example(
        run,
        lambda seed: (
            normal(BATCH, HEADS, QUERIES, WIDTH, seed=seed),
            normal(BATCH, HEADS, KEYS, WIDTH, seed=seed + 5),
        ),
        lambda: DistancePenaltyScore(HEADS),
    ),
    "MultiHeadAttention.forward": Example(
        run,
        lambda seed: (
            *vectors(QUERIES, KEYS, KEYS)(seed),
            seen(seed, BATCH, QUERIES, KEYS),
        ),
        lambda: MultiHeadAttention(WIDTH, HEADS),
    ),
    "MultiHeadAttention.forward, fused": Example(
        lambda module, *inputs: module(*inputs, need_weights=False)[0],
        lambda seed: (
            *vectors(QUERIES, KEYS, KEYS)(seed),
            seen(seed, QUERIES, KEYS),
        ),
        lambda: MultiHeadAttention(WIDTH, HEADS, bias=False),
    ),
    "MultiHeadAttention.forward, turned": Example(
        run,
        vectors(QUERIES),
        lambda: MultiHeadAttention(WIDTH, HEADS, rotate=turned),
    ),
    "MultiHeadAttention.forward, by offset": Example(
        run,
        vectors(QUERIES, KEYS),
        lambda: MultiHeadAttention(WIDTH, HEADS, score=RelativeScore(2, 2)),
    ),
    "MultiHeadAttention.forward, by distance and unseen": Example(
        lambda module, x: module(x, need_weights=False)[0],
        vectors(QUERIES),
        lambda: MultiHeadAttention(
            WIDTH, HEADS, score=DistancePenaltyScore(HEADS)
        ),
    ),
    "MultiHeadAttention.switch_heads": Example(
        heads_switched,
        vectors(QUERIES),
        lambda: MultiHeadAttention(WIDTH, HEADS),
    ),
    "KeyValueCache.extend": Example(
        extended,
        lambda seed: tuple(
            normal(BATCH, HEADS, length, 2, seed=seed + place)
            for place, length in enumerate([KEYS, KEYS, QUERIES, QUERIES])
        ),
    ),
    "KeyValueCache.select": Example(
        selected,
        lambda seed: (
            *(normal(BATCH, HEADS, KEYS, 2, seed=seed + x) for x in (0, 1)),
            torch.tensor([1, 0, 1]),
        ),
    ),
    "FeedForward.forward": Example(
        run, vectors(QUERIES), lambda: FeedForward(WIDTH, 7)
    ),
    "Residual.enter": Example(
        lambda module, x: module.enter(x),
        vectors(QUERIES),
        lambda: Residual(WIDTH, 0.1, norm_first=True),
    ),
    "Residual.leave": Example(
        lambda module, x, y: module.leave(x, y),
        vectors(QUERIES, QUERIES),
        lambda: Residual(WIDTH, 0.1, norm_first=False),
    ),
    "EncoderLayer.forward": Example(
        run, encoded, lambda: EncoderLayer(WIDTH, HEADS, 7)
    ),
    "EncoderLayer.forward, by offset": Example(
        run,
        encoded,
        lambda: EncoderLayer(WIDTH, HEADS, 7, score=RelativeScore(1, 2)),
    ),
    "DecoderLayer.forward": Example(
        run, decoded, lambda: DecoderLayer(WIDTH, HEADS, 7, norm_first=True)
    ),
    "Encoder.forward": Example(
        lambda module, *inputs: module(*inputs, need_weights=True),
        encoded,
        lambda: Encoder(2, WIDTH, HEADS, 7, norm_first=True),
    ),
    "Decoder.forward": Example(
        run, decoded, lambda: Decoder(2, WIDTH, HEADS, 7)
    ),
    "Transformer.embed": Example(
        lambda model, source: model.embed(source, model.source_embedding, 2),
        lambda seed: sources(seed)[:1],
        transformer,
    ),
    "Transformer.encode": Example(
        lambda model, *source: model.encode(*source), sources, transformer
    ),
    "Transformer.decode": Example(
        lambda model, *inputs: model.decode(*inputs),
        lambda seed: (
            tokens(TARGET, QUERIES, seed),
            normal(BATCH, KEYS, WIDTH, seed=seed),
            source_mask(seed),
        ),
        transformer,
    ),
    "Transformer.forward": Example(run, lessons, transformer),
    "Transformer.forward, with weights": Example(
        lambda model, *inputs: model(*inputs, need_weights=True),
        lessons,
        transformer,
    ),
    "Transformer.begin": Example(
        lambda model, *source: kept(model.begin(*source)), sources, transformer
    ),
    "Transformer.step": Example(step_by_step, steps(sources), transformer),
    "Transformer.greedy": Example(
        write("greedy"),
        sources,
        transformer,
    ),
    "Transformer.write": Example(
        write("write", choose=lambda logits: logits.argmax(-1)),
        sources,
        transformer,
    ),
    "Transformer.sample": Example(
        write("sample", top_k=1), sources, transformer
    ),
    "Transformer.beam": Example(
        write("beam", beam_width=3), sources, transformer
    ),
    "ChannelAttention.forward": Example(
        run, images, lambda: ChannelAttention(CHANNELS, 2, bias=True)
    ),
    "EfficientChannelAttention.forward": Example(
        run, images, EfficientChannelAttention
    ),
    "SpatialAttention.forward": Example(
        run, images, lambda: SpatialAttention(3, batch_norm=True)
    ),
    "CBAM.forward": Example(run, images, lambda: CBAM(CHANNELS, 2, 3)),
    "RNNCell.forward": Example(run, rows(7, 5), lambda: RNNCell(7, 5)),
    "LSTMCell.forward": Example(run, rows(7, 5, 5), lambda: LSTMCell(7, 5)),
    "RecurrentEncoder.forward": Example(
        run, heard, lambda: RecurrentEncoder(SOURCE, 7, 4)
    ),
    "RecurrentEncoder.forward, two-way": Example(
        run, heard, lambda: RecurrentEncoder(SOURCE, 7, 4, two_way=True)
    ),
    "RecurrentDecoder.forward": Example(
        lambda module, *inputs: module(*inputs)[::2],
        remembered,
        lambda: RecurrentDecoder(TARGET, 7, 4),
    ),
    "LuongDecoder.forward": Example(
        run, remembered, lambda: LuongDecoder(TARGET, 7, 4, 8)
    ),
    "BahdanauDecoder.forward": Example(
        run, remembered, lambda: BahdanauDecoder(TARGET, 7, 4, 8)
    ),
    "Seq2Seq.forward": Example(run, spoken, recurrent),
    "Seq2Seq.forward, Bahdanau": Example(
        run, spoken, lambda: recurrent(BahdanauDecoder)
    ),
    "Seq2Seq.forward, without attention": Example(
        lambda model, *inputs: model(*inputs)[0],
        spoken,
        lambda: recurrent(RecurrentDecoder, two_way=False),
    ),
    "Seq2Seq.begin": Example(
        lambda model, *source: kept(model.begin(*source)), heard, recurrent
    ),
    "Seq2Seq.step": Example(step_by_step, steps(heard), recurrent),
    "Seq2Seq.greedy": Example(
        write("greedy"),
        heard,
        recurrent,
    ),
    "Seq2Seq.beam": Example(
        write("beam", beam_width=3),
        heard,
        lambda: recurrent(BahdanauDecoder, two_way=False),
    ),
    "shift_right": Example(
        of(shift_right, START), lambda seed: (tokens(TARGET, QUERIES, seed),)
    ),
}
# They read and write as the Transformer and the Seq2Seq do.
SAME_AS = {
    "Writer.greedy": "Transformer.greedy",
    "Writer.beam": "Transformer.beam",
    "Writer.write": "Transformer.write",
    "Writer.sample": "Transformer.sample",
    "Seq2Seq.write": "Transformer.write",
    "Seq2Seq.sample": "Transformer.sample",
    "RecurrentEncoder.read_packed": "RecurrentEncoder.forward",
    "RecurrentEncoder.read_padded": "RecurrentEncoder.forward",
    "RecurrentDecoder.read": "RecurrentDecoder.forward",
    "LuongDecoder.read": "LuongDecoder.forward",
    "RNNCell.expand": "RNNCell.forward",
    "LSTMCell.expand": "LSTMCell.forward",
    "Encoder.run": "Encoder.forward",
    "Decoder.run": "Decoder.forward",
}
# Copies of torch's modules: each with the parts that torch's has not.
COPIES = {
    "MultiHeadAttention.from_torch": lambda: [nn.MultiheadAttention(6, 3)],
    "EncoderLayer.from_torch": lambda: [nn.TransformerEncoderLayer(6, 3, 7)],
    "DecoderLayer.from_torch": lambda: [nn.TransformerDecoderLayer(6, 3, 7)],
    "Encoder.from_torch": lambda: [nn.Transformer(6, 3, 2, 1, 7).encoder],
    "Decoder.from_torch": lambda: [nn.Transformer(6, 3, 1, 2, 7).decoder],
    "Transformer.from_torch": lambda: [
        nn.Transformer(6, 3, 1, 1, 7),
        nn.Embedding(SOURCE, 6),
        nn.Embedding(TARGET, 6),
        nn.Linear(6, TARGET),
    ],
    "RNNCell.from_torch": lambda: [nn.RNNCell(7, 5)],
    "LSTMCell.from_torch": lambda: [nn.LSTMCell(7, 5)],
    "RecurrentEncoder.from_torch": lambda: [
        nn.GRU(7, 5, bidirectional=True),
        nn.Embedding(SOURCE, 7),
        nn.Linear(10, 5),
    ],
    "RecurrentDecoder.from_torch": lambda: [
        nn.GRU(7, 5),
        nn.Embedding(TARGET, 7),
        nn.Linear(5, TARGET),
    ],
    "LuongDecoder.from_torch": lambda: [
        nn.GRU(7, 5),
        nn.Embedding(TARGET, 7),
        nn.Linear(5, TARGET),
        nn.Linear(9, 5),
        BilinearScore(5, 4),
    ],
    "BahdanauDecoder.from_torch": lambda: [
        nn.GRUCell(11, 5),
        nn.Embedding(TARGET, 7),
        nn.Linear(16, TARGET),
        AdditiveScore(5, 4, 3),
    ],
}


def public_names() -> set[str]:
    """Return the functions, and the methods of the classes, of the package."""
    names = set()
    for name in attn_utils.__all__:
        thing = getattr(attn_utils, name)
        if not inspect.isclass(thing):
            names.add(name)
            continue
        for method in dir(thing):
            found = getattr(thing, method)
            ours = (getattr(found, "__module__", "") or "").split(".")[0]
            hidden = method.startswith("_") or inspect.isclass(found)
            if callable(found) and not hidden and ours == "attn_utils":
                names.add(f"{name}.{method}")
    return names


def every_tensor(result) -> list[torch.Tensor]:
    """Return the tensors of a result, however they are nested."""
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, list | tuple):
        return [tensor for part in result for tensor in every_tensor(part)]
    return []
