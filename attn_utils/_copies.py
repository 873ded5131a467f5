"""What `from_torch` has in common: copies that keep all that torch's had."""

from copy import deepcopy

from torch import nn

from ._shapes import Tensor


def adopt(ours: nn.Module, parts: dict[str, nn.Module | Tensor | None]):
    """Return `ours` with copies of torch's parts, each named by its path.

    A copy keeps dtype, device, mode and who is frozen. All are made at once, so
    that what was shared among them is still shared.
    """
    for path, copy in deepcopy(parts).items():
        owner, _, name = path.rpartition(".")
        setattr(ours.get_submodule(owner), name, copy)
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
