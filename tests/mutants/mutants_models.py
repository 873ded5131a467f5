"""Wrong versions of what users of other libraries look for."""

from mutants import Mutant

OWN_TESTS = {
    "_checks.py": "test_sizes.py",
    "_copies.py": "test_from_torch.py",
}
MUTANTS = [
    Mutant(
        "_checks.py",
        "size = operator.index(size)",
        "operator.index(size)",
        "a size keeps the type that overflows",
    ),
    Mutant(
        "_checks.py",
        "kind in (bool, torch.bool) or",
        "kind is bool or",
        "torch's truth is a size",
    ),
    Mutant(
        "_checks.py",
        ' or getattr(size, "ndim", 0):',
        ":",
        "a row of one number is a size",
    ),
    Mutant(
        "_copies.py",
        "*sizes, 0.0, theirs.norm_first",
        "*sizes, 0.0, False",
        "torch's pre-norm layer becomes post-norm",
    ),
    Mutant(
        "_copies.py",
        "in deepcopy(parts).items()",
        "in parts.items()",
        "a copy shares its parts with torch's module",
    ),
    Mutant(
        "_copies.py",
        "in deepcopy(parts).items():",
        "in parts.items():\n        copy = deepcopy(copy)",
        "what was shared is copied twice",
    ),
    Mutant(
        "_copies.py",
        "nn.Parameter(part, packed.requires_grad)",
        "nn.Parameter(part)",
        "what is frozen in torch's packed maps is trained",
    ),
    Mutant(
        "_copies.py",
        "F.relu, torch.relu, Tensor.relu",
        "F.relu, F.relu, Tensor.relu",
        "torch.relu is refused",
    ),
    Mutant(
        "_copies.py",
        "theirs.num_layers != 1 or theirs.proj_size",
        "theirs.num_layers != 1",
        "a projection is left out in silence",
    ),
    Mutant(
        "_copies.py",
        '    if getattr(theirs, "bidirectional", False):',
        "    if False:",
        "the way back is left out in silence",
    ),
    Mutant(
        "_copies.py",
        "if getattr(part, size) != fitting:",
        "if getattr(part, size) < fitting:",
        "a part that is too wide is taken",
    ),
    Mutant(
        "_copies.py",
        "ours.norm = nn.Identity().train(theirs.training)",
        "pass",
        "pre-norm layers get a last norm that torch's have not",
    ),
    Mutant(
        "_copies.py",
        'return adopt(ours, {"norm": theirs.norm})',
        "return ours",
        "torch's last norm is left behind",
    ),
    Mutant(
        "_copies.py",
        "ours.layers[place] = cls.kind.from_torch(layer)",
        "ours.layers[place] = cls.kind.from_torch(theirs.layers[0])",
        "every layer is a copy of the first",
    ),
    Mutant(
        "_copies.py",
        "theirs.nhead\n    ours = cls(*sizes, dropout=dropout)",
        "theirs.nhead\n    ours = cls(*sizes)",
        "the dropout of vectors is forgotten",
    ),
    Mutant(
        "_copies.py",
        "copy.batch_first = getattr(owner, name).batch_first",
        "pass",
        "a copy reads the tokens as a batch",
    ),
    Mutant(
        "_copies.py",
        '"input_map.bias": weights["bias_ih"]',
        '"input_map.bias": weights["bias_hh"]',
        "a bias of torch's is taken for another",
    ),
    Mutant(
        "_copies.py",
        'parts | {"join": join, "score": score}',
        'parts | {"join": join}',
        "the score that is given is not copied",
    ),
    Mutant(
        "_copies.py",
        '"hidden_map.bias": weights["bias_hh"]',
        '"hidden_map.bias": weights["bias_ih"]',
        "a copy with the input's bias twice",
    ),
    Mutant(
        "_copies.py",
        'enumerate(["query", "key", "value"])',
        'enumerate(["key", "query", "value"])',
        "torch's packed maps are taken in the wrong order",
    ),
    Mutant(
        "_copies.py",
        '        "output_map.bias": theirs.out_proj.bias,\n',
        "",
        "torch's last bias is left behind",
    ),
    Mutant(
        "_copies.py",
        "value_dim=theirs.vdim,\n    ).train(theirs.training)",
        "value_dim=theirs.vdim,\n    )",
        "a copy of a module in evaluation drops weights",
    ),
    Mutant(
        "_copies.py",
        '"around_memory.norm": theirs.norm2,',
        '"around_memory.norm": theirs.norm3,',
        "a norm of torch's is taken for another",
    ),
    Mutant(
        "_copies.py",
        '"around_memory.dropout": theirs.dropout2,',
        '"around_memory.dropout": theirs.dropout1,',
        "a dropout of torch's is taken for another",
    ),
]
