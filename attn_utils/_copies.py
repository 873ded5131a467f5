"""What `from_torch` does: copies of torch's modules that keep all that they had.

Each mechanism says which of torch's it equals; how one becomes the other stands
here, so that a mechanism can be read without it.
"""

from copy import deepcopy

import torch
import torch.nn.functional as F
from torch import nn

from ._checks import check_size
from ._shapes import Tensor

RELUS = F.relu, torch.relu, Tensor.relu, torch.relu_


# What a stack of torch's is made of.
LAYERS = {
    nn.TransformerEncoder: nn.TransformerEncoderLayer,
    nn.TransformerDecoder: nn.TransformerDecoderLayer,
}


def check_torch(theirs: nn.Module, *expected: type[nn.Module]) -> None:
    """Raise unless `theirs` is a module of torch that ours can equal."""
    if not isinstance(theirs, expected):
        names = " or ".join(f"nn.{kind.__name__}" for kind in expected)
        raise TypeError(
            f"theirs must be an {names}, but is {type(theirs).__name__}"
        )
    if getattr(theirs, "bias_k", None) is not None or getattr(
        theirs, "add_zero_attn", False
    ):
        raise ValueError(
            "theirs must not use add_bias_kv or add_zero_attn, which add a "
            "key that no input has"
        )
    activation = getattr(theirs, "activation", F.relu)
    if activation not in RELUS and not isinstance(activation, nn.ReLU):
        raise ValueError(
            "theirs must use the paper's ReLU, the only activation that ours "
            "has (F.relu, torch.relu or nn.ReLU(); what another function does "
            f"cannot be told), but uses {activation}"
        )
    if getattr(theirs, "nonlinearity", "tanh") != "tanh":
        raise ValueError(
            f"theirs must use tanh, but uses {theirs.nonlinearity}"
        )
    if isinstance(theirs, nn.RNNBase) and (
        theirs.num_layers != 1 or theirs.proj_size
    ):
        raise ValueError(
            "theirs must have one layer and no projection, but has num_layers "
            f"= {theirs.num_layers} and proj_size = {theirs.proj_size}"
        )


def check_one_way(theirs: nn.Module) -> None:
    """Raise if a recurrent network of torch reads from both sides."""
    if getattr(theirs, "bidirectional", False):
        raise ValueError(
            "theirs must read from the left, but is bidirectional: only "
            "RecurrentEncoder reads from both sides"
        )


def check_no_bridge(bridge: nn.Module | None) -> None:
    """Raise if an encoder that reads from one side is given a bridge."""
    if bridge is not None:
        raise ValueError(
            "bridge must be None, as theirs is not bidirectional and leaves "
            f"one state, but is {type(bridge).__name__}"
        )


def check_part(
    name: str, part: nn.Module, expected: type[nn.Module], **sizes: int
) -> None:
    """Raise unless a part that `from_torch` is given is one that fits."""
    if not isinstance(part, expected):
        raise TypeError(
            f"{name} must be an nn.{expected.__name__}, but is "
            f"{type(part).__name__}"
        )
    for size, fitting in sizes.items():
        if getattr(part, size) != fitting:
            raise ValueError(
                f"{name} must have {size} = {fitting}, but has "
                f"{getattr(part, size)}"
            )


def adopt(ours: nn.Module, parts: dict[str, nn.Module | Tensor | None]):
    """Return `ours` with copies of torch's parts, each named by its path.

    A copy keeps dtype, device, mode and who is frozen. All are made at once, so
    that what was shared among them is still shared.
    """
    for path, copy in deepcopy(parts).items():
        owner, _, name = path.rpartition(".")
        owner = ours.get_submodule(owner)
        if isinstance(copy, nn.RNNBase):  # whose inputs are laid out as ours
            copy.batch_first = getattr(owner, name).batch_first
        setattr(owner, name, copy)
    return ours


def third(packed: nn.Parameter, place: int) -> nn.Parameter:
    """Return one of the three maps that torch packs into a parameter."""
    part = packed.detach().chunk(3)[place]
    return nn.Parameter(part, packed.requires_grad)


def weights_of(theirs: nn.RNNCellBase | nn.RNNBase) -> dict:
    """Return what a cell, or a network of one layer, maps with; None for no bias."""
    layer = "_l0" if isinstance(theirs, nn.RNNBase) else ""
    names = "weight_ih", "weight_hh", "bias_ih", "bias_hh"
    return {name: getattr(theirs, name + layer, None) for name in names}


def sizes_of(theirs: nn.Module) -> tuple[int, int, int, float, bool]:
    """Return what makes our layer as large as torch's; dropout is copied."""
    attention, ff_dim = theirs.self_attn, theirs.linear1.out_features
    sizes = attention.embed_dim, attention.num_heads, ff_dim
    return *sizes, 0.0, theirs.norm_first


def copied_attention(
    cls: type[nn.Module], theirs: nn.MultiheadAttention
) -> nn.Module:
    """Return torch's attention as a MultiHeadAttention."""
    check_torch(theirs, nn.MultiheadAttention)
    packed, bias = theirs.in_proj_weight, theirs.in_proj_bias
    ours = cls(
        theirs.embed_dim,
        theirs.num_heads,
        theirs.dropout,
        bias is not None,
        key_dim=theirs.kdim,
        value_dim=theirs.vdim,
    ).train(theirs.training)
    parts = {
        "output_map.weight": theirs.out_proj.weight,
        "output_map.bias": theirs.out_proj.bias,
    }
    for place, name in enumerate(["query", "key", "value"]):
        parts[f"{name}_map.weight"] = (
            getattr(theirs, f"{name[0]}_proj_weight")
            if packed is None
            else third(packed, place)
        )
        if bias is not None:
            parts[f"{name}_map.bias"] = third(bias, place)
    return adopt(ours, parts)


def copied_encoder_layer(
    cls: type[nn.Module], theirs: nn.TransformerEncoderLayer
) -> nn.Module:
    """Return torch's layer as an EncoderLayer."""
    check_torch(theirs, nn.TransformerEncoderLayer)
    ours = cls(*sizes_of(theirs)).train(theirs.training)
    ours.attention = ours.attention.from_torch(theirs.self_attn)
    return adopt(
        ours,
        {
            "around_attention.norm": theirs.norm1,
            "around_attention.dropout": theirs.dropout1,
            "feed_forward.widen": theirs.linear1,
            "feed_forward.dropout": theirs.dropout,
            "feed_forward.narrow": theirs.linear2,
            "around_feed_forward.norm": theirs.norm2,
            "around_feed_forward.dropout": theirs.dropout2,
        },
    )


def copied_decoder_layer(
    cls: type[nn.Module], theirs: nn.TransformerDecoderLayer
) -> nn.Module:
    """Return torch's layer as a DecoderLayer."""
    check_torch(theirs, nn.TransformerDecoderLayer)
    ours = cls(*sizes_of(theirs)).train(theirs.training)
    attend = ours.attention.from_torch
    ours.attention = attend(theirs.self_attn)
    ours.memory_attention = attend(theirs.multihead_attn)
    return adopt(
        ours,
        {
            "around_attention.norm": theirs.norm1,
            "around_attention.dropout": theirs.dropout1,
            "around_memory.norm": theirs.norm2,
            "around_memory.dropout": theirs.dropout2,
            "feed_forward.widen": theirs.linear1,
            "feed_forward.dropout": theirs.dropout,
            "feed_forward.narrow": theirs.linear2,
            "around_feed_forward.norm": theirs.norm3,
            "around_feed_forward.dropout": theirs.dropout3,
        },
    )


def copied_stack(cls: type[nn.Module], theirs: nn.Module) -> nn.Module:
    """Return torch's stack as an Encoder or a Decoder."""
    check_torch(theirs, cls.theirs)
    check_size("theirs.num_layers", len(theirs.layers), least=1)
    for layer in theirs.layers:
        check_torch(layer, LAYERS[cls.theirs])
    sizes = sizes_of(theirs.layers[0])
    ours = cls(len(theirs.layers), *sizes).train(theirs.training)
    for place, layer in enumerate(theirs.layers):
        ours.layers[place] = cls.kind.from_torch(layer)
    if theirs.norm is None:
        ours.norm = nn.Identity().train(theirs.training)
        return ours
    return adopt(ours, {"norm": theirs.norm})


def copied_transformer(
    cls: type[nn.Module],
    theirs: nn.Transformer,
    source_embedding: nn.Embedding,
    target_embedding: nn.Embedding,
    output_map: nn.Linear,
    dropout: float,
) -> nn.Module:
    """Return torch's Transformer, and what it has not, as a Transformer."""
    check_torch(theirs, nn.Transformer)
    width = theirs.d_model
    parts = {
        "source_embedding": source_embedding,
        "target_embedding": target_embedding,
    }
    for name, part in parts.items():
        check_part(name, part, nn.Embedding, embedding_dim=width)
    size = target_embedding.num_embeddings
    fits = {"in_features": width, "out_features": size}
    check_part("output_map", output_map, nn.Linear, **fits)
    sizes = source_embedding.num_embeddings, size, width, theirs.nhead
    ours = cls(*sizes, dropout=dropout).train(theirs.training)
    ours.encoder = ours.encoder.from_torch(theirs.encoder)
    ours.decoder = ours.decoder.from_torch(theirs.decoder)
    return adopt(ours, parts | {"output_map": output_map})


def copied_cell(
    cls: type[nn.Module], theirs: nn.RNNCellBase | nn.RNNBase
) -> nn.Module:
    """Return torch's cell, or its network of one layer, as one of our cells."""
    check_torch(theirs, *cls.theirs)
    check_one_way(theirs)
    weights = weights_of(theirs)
    ours = cls(theirs.input_size, theirs.hidden_size)
    return adopt(
        ours.train(theirs.training),
        {
            "input_map.weight": weights["weight_ih"],
            "input_map.bias": weights["bias_ih"],
            "hidden_map.weight": weights["weight_hh"],
            "hidden_map.bias": weights["bias_hh"],
        },
    )


def copied_recurrent_encoder(
    cls: type[nn.Module],
    theirs: nn.GRU,
    embedding: nn.Embedding,
    bridge: nn.Linear | None,
) -> nn.Module:
    """Return torch's GRU, and what it has not, as a RecurrentEncoder."""
    check_torch(theirs, nn.GRU)
    width, hidden = theirs.input_size, theirs.hidden_size
    check_part("embedding", embedding, nn.Embedding, embedding_dim=width)
    if theirs.bidirectional:
        fits = {"in_features": 2 * hidden, "out_features": hidden}
        check_part("bridge", bridge, nn.Linear, **fits)
    else:
        check_no_bridge(bridge)
    sizes = *embedding.weight.shape, hidden
    ours = cls(*sizes, two_way=theirs.bidirectional).train(theirs.training)
    parts = {"embedding": embedding, "recurrent": theirs, "bridge": bridge}
    return adopt(ours, parts)


def parts_of_decoder(
    theirs: nn.GRU, embedding: nn.Embedding, output_map: nn.Linear
) -> dict[str, nn.Module]:
    """Return what a decoder is made of, once it is sure that it fits."""
    check_torch(theirs, nn.GRU)
    check_one_way(theirs)
    width, hidden = theirs.input_size, theirs.hidden_size
    check_part("embedding", embedding, nn.Embedding, embedding_dim=width)
    fits = {"in_features": hidden, "out_features": embedding.num_embeddings}
    check_part("output_map", output_map, nn.Linear, **fits)
    return {
        "embedding": embedding,
        "recurrent": theirs,
        "output_map": output_map,
    }


def copied_recurrent_decoder(
    cls: type[nn.Module],
    theirs: nn.GRU,
    embedding: nn.Embedding,
    output_map: nn.Linear,
) -> nn.Module:
    """Return torch's GRU, and what it has not, as a RecurrentDecoder."""
    parts = parts_of_decoder(theirs, embedding, output_map)
    ours = cls(*embedding.weight.shape, theirs.hidden_size)
    return adopt(ours.train(theirs.training), parts)


def copied_luong_decoder(
    cls: type[nn.Module],
    theirs: nn.GRU,
    embedding: nn.Embedding,
    output_map: nn.Linear,
    join: nn.Linear,
    score: nn.Module,
) -> nn.Module:
    """Return torch's GRU, and what it has not, as a LuongDecoder."""
    parts = parts_of_decoder(theirs, embedding, output_map)
    hidden = theirs.hidden_size
    check_part("join", join, nn.Linear, out_features=hidden)
    check_part("score", score, nn.Module)
    sizes = *embedding.weight.shape, hidden, join.in_features - hidden
    ours = cls(*sizes, score).train(theirs.training)
    return adopt(ours, parts | {"join": join, "score": score})


def copied_bahdanau_decoder(
    cls: type[nn.Module],
    theirs: nn.GRUCell | nn.GRU,
    embedding: nn.Embedding,
    output_map: nn.Linear,
    score: nn.Module,
) -> nn.Module:
    """Return torch's GRU, and what it has not, as a BahdanauDecoder."""
    check_torch(theirs, nn.GRUCell, nn.GRU)
    check_one_way(theirs)
    check_part("score", score, nn.Module)
    check_part("embedding", embedding, nn.Embedding)
    hidden, (size, width) = theirs.hidden_size, embedding.weight.shape
    inputs = hidden + theirs.input_size
    fits = {"in_features": inputs, "out_features": size}
    check_part("output_map", output_map, nn.Linear, **fits)
    sizes = size, width, hidden, theirs.input_size - width
    ours = cls(*sizes, score).train(theirs.training)
    parts = {"embedding": embedding, "output_map": output_map, "score": score}
    cell = {f"cell.{name}": w for name, w in weights_of(theirs).items()}
    return adopt(ours, parts | cell)
