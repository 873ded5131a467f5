"""Modules full of random numbers, and torch's gradients under our names."""

import torch
from tensors import normal
from torch import nn
from torch.testing import assert_close

TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-10}

OUR_NAME = {
    "self_attn": "attention",
    "multihead_attn": "memory_attention",
    "out_proj": "output_map",
    "linear1": "feed_forward.widen",
    "linear2": "feed_forward.narrow",
}
OUR_NORMS = {
    nn.TransformerEncoderLayer: ["attention", "feed_forward"],
    nn.TransformerDecoderLayer: ["attention", "memory", "feed_forward"],
}


def filled(module: nn.Module, seed: int = 0, scale: float = 0.3) -> nn.Module:
    """Return `module` with every parameter random: biases and norms as well."""
    with torch.no_grad():
        for place, parameter in enumerate(module.parameters()):
            parameter.copy_(scale * normal(*parameter.shape, seed=seed + place))
    return module


def gradients_of_torch(theirs: nn.Module) -> dict[str, torch.Tensor]:
    """Return the gradients of torch's attention or layer under our names."""
    names = dict(OUR_NAME)
    for place, part in enumerate(OUR_NORMS.get(type(theirs), []), start=1):
        names[f"norm{place}"] = f"around_{part}.norm"
    gradients = {}
    for path, parameter in theirs.named_parameters():
        *folders, leaf = [names.get(part, part) for part in path.split(".")]
        if leaf.startswith("in_proj"):
            leaf = leaf.removeprefix("in_proj_")
            parts = zip("qkv", parameter.grad.chunk(3), strict=True)
        elif leaf.endswith("_proj_weight"):
            parts, leaf = [(leaf[0], parameter.grad)], "weight"
        else:
            gradients[".".join([*folders, leaf])] = parameter.grad
            continue
        for which, part in parts:
            whole = {"q": "query_map", "k": "key_map", "v": "value_map"}[which]
            gradients[".".join([*folders, whole, leaf])] = part
    return gradients


def assert_same_gradients(ours: nn.Module, theirs: nn.Module, dtype) -> None:
    """Hold that each of our parameters has the gradient of torch's."""
    expected = gradients_of_torch(theirs)
    got = {name: p.grad for name, p in ours.named_parameters()}
    assert got.keys() == expected.keys()
    assert all(gradient.any() for gradient in got.values())
    assert_near(got, expected, dtype)


def assert_near(got, expected, dtype=torch.float32) -> None:
    """Hold that tensors agree: to 1e-5 in float32, to 1e-10 in float64."""
    tolerance = TOLERANCE[dtype]
    assert_close(got, expected, atol=tolerance, rtol=tolerance)
