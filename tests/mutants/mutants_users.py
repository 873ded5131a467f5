"""Wrong versions that one meets only elsewhere than a chapter does.

On another device, under autocast, while torch traces, with other children.
"""

from mutants import Mutant

# They come last, as they take longest.
OWN_TESTS = {
    "_checks.py": "test_autocast.py test_devices.py test_tracing.py",
    "scores.py": "test_replaced_children.py",
    "masks.py": "test_devices.py",
    "attention.py": "test_devices.py",
    "multihead.py": "test_replaced_children.py test_devices.py",
    "positions.py": "test_replaced_children.py test_devices.py",
    "layers.py": "test_replaced_children.py",
    "transformer.py": "test_replaced_children.py test_devices.py",
    "cbam.py": "test_replaced_children.py",
    "decoding.py": "test_devices.py",
    "seq2seq.py": "test_replaced_children.py test_devices.py test_tracing.py",
    "train.py": "test_devices.py",
    "recipes/dates.py": "test_devices.py",
}
EDITS = {
    "_checks.py": [
        (
            "if isinstance(lengths, Tensor) and device is None:",
            "if False:",
            "lengths are moved to the default device",
        ),
        (
            "    if torch.compiler.is_compiling() or torch.jit.is_tracing():\n"
            "        return None\n",
            "",
            "a value is asked for while torch compiles",
        ),
        (
            "None if capturing else bool(fact)",
            "bool(fact)",
            "a value is asked for while a CUDA graph is captured",
        ),
        (
            "except RuntimeError:",
            "except NotImplementedError:",
            "what has no value raises",
        ),
        (
            "chain(module.parameters(), module.buffers())",
            "chain(module.buffers())",
            "a model without buffers lives nowhere",
        ),
        (
            "        torch.float64 not in (tensor.dtype, other.dtype)\n        and ",
            "        ",
            "autocast is thought to take double precision",
        ),
        (
            "torch.amp.is_autocast_available(kind)\n        and ",
            "",
            "a device that autocast does not know is an error",
        ),
        (
            "torch.is_autocast_enabled(kind)",
            "torch.is_autocast_enabled('cpu')",
            "another device's autocast counts",
        ),
        (
            "if not same_dtype(tensor, first):",
            "if tensor.dtype != first.dtype:",
            "sequences of unlike dtypes are refused under autocast",
        ),
        (
            "not same_dtype(kept, new)",
            "kept.dtype != new.dtype",
            "a cache of another dtype is refused under autocast",
        ),
        (
            "if not same_dtype(memory, hidden):",
            "if memory.dtype != hidden.dtype:",
            "a memory of another dtype is refused under autocast",
        ),
        (
            "parameter is not None and not same_dtype(tensor, parameter)",
            "parameter is not None and tensor.dtype != parameter.dtype",
            "inputs of another dtype are refused under autocast",
        ),
        (
            'PARAMETER.get(type(child), "")',
            '"weight"',
            "a child that a user put there must have a weight of this dtype",
        ),
        (
            "known((tokens.min() < 0) | (tokens.max() >= size))",
            "((tokens.min() < 0) | (tokens.max() >= size))",
            "tokens must have values",
        ),
        (
            "known((real < 1).any())",
            "(real < 1).any()",
            "lengths must have values",
        ),
    ],
    "scores.py": [
        (
            'query, self.query_dim, "query_dim")\n'
            '        check_width("key", key, self.key_dim, "key_dim")\n'
            '        check_dtype("query", query, self.query_map)\n'
            "        each_query",
            'query, self.query_map.in_features, "query_dim")\n'
            '        check_width("key", key, self.key_dim, "key_dim")\n'
            '        check_dtype("query", query, self.query_map)\n'
            "        each_query",
            "the query's map must say how wide it is",
        ),
        (
            'key, self.key_dim, "key_dim")\n'
            '        check_dtype("query", query, self.query_map)\n'
            "        each_query",
            'key, self.key_map.in_features, "key_dim")\n'
            '        check_dtype("query", query, self.query_map)\n'
            "        each_query",
            "the key's map must say how wide it is",
        ),
        (
            'key, self.key_dim, "key_dim")\n'
            '        check_dtype("query", query, self.query_map)\n'
            "        return",
            'key, self.key_map.in_features, "key_dim")\n'
            '        check_dtype("query", query, self.query_map)\n'
            "        return",
            "the key's map of a low rank must say how wide it is",
        ),
    ],
    "masks.py": [
        (
            "known(((lengths < 0) | (lengths > num_tokens)).any())",
            "((lengths < 0) | (lengths > num_tokens)).any()",
            "lengths must have values",
        ),
        (
            "as_lengths(lengths, device)",
            "as_lengths(lengths)",
            "a mask from lengths ignores the device",
        ),
        (
            "torch.arange(num_tokens, device=device)",
            "torch.arange(num_tokens)",
            "a window ignores the device",
        ),
    ],
    "attention.py": [
        (
            "if blind.is_cpu and known(~blind.any()):",
            "if not blind.any():",
            "a mask must have values",
        ),
        (
            "device=generator.device if generator else scores.device",
            "device=scores.device",
            "the noise is drawn where its generator is not",
        ),
        (
            "noise.log().to(scores.device)",
            "noise.log()",
            "the noise stays where it was drawn",
        ),
    ],
    "multihead.py": [
        (
            'self.register_buffer("active_heads", None, persistent=False)',
            "self.active_heads = None",
            "heads that are off stay behind when the module moves",
        ),
        (
            "persistent=False",
            "persistent=True",
            "heads that are off are stored with the weights",
        ),
        (
            "active = active.to(device_of(self), copy=True)",
            "active = active.clone()",
            "heads are switched where the module is not",
        ),
        (
            'self.query_map, self.model_dim, "model_dim"',
            'self.query_map, self.query_map.in_features, "model_dim"',
            "the query's map must say how wide it is",
        ),
    ],
    "positions.py": [
        (
            'if torch.device(device).type == "mps":',
            "if False:",
            "float64 is asked of a chip that has none",
        ),
        (
            "return self.table(places)",
            "return self.table.weight[places]",
            "the table must be torch's own",
        ),
        (
            "device=device_of(self)",
            "device='cpu'",
            "places are made where the table is not",
        ),
    ],
    "layers.py": [
        (
            '"inputs", inputs, self.widen, self.model_dim, "model_dim"',
            '"inputs", inputs, self.widen, self.widen.in_features, "model_dim"',
            "a map must say how wide it is",
        ),
    ],
    "transformer.py": [
        (
            "embedding(tokens) * self.model_dim**0.5",
            "embedding(tokens) * embedding.embedding_dim**0.5",
            "an embedding must say how wide it is",
        ),
        (
            'check_tokens("source", source, self.source_size)',
            'check_tokens("source", source, self.source_embedding.num_embeddings)',
            "an embedding must say how many tokens it knows",
        ),
        (
            "target.device, first=read)",
            "first=read)",
            "the causal mask is made where the target is not",
        ),
    ],
    "cbam.py": [
        (
            "check_features(features, self.num_channels)",
            "check_features(features, self.network[0].in_features)",
            "a map must say how many channels it takes",
        ),
    ],
    "decoding.py": [
        (
            "start, len(state), device_of(self), self.target_size",
            "start, len(state), None, self.target_size",
            "the first token is made where the model is not",
        ),
        (
            "check_start(start, batch, device, self.target_size)",
            "check_start(start, batch, device)",
            "a beam that begins with an unknown token speaks of a target",
        ),
        (
            "not known(ended.all())",
            "not ended.all()",
            "who writes must be able to see what is written",
        ),
        (
            "batch, device = len(state), device_of(self)",
            "batch, device = len(state), None",
            "the beam is made where the model is not",
        ),
        (
            "if known((hope <= kept.score[:, -1]).all()):",
            "if (hope <= kept.score[:, -1]).all():",
            "a beam must be able to see what it has kept",
        ),
    ],
    "seq2seq.py": [
        (
            '        check_as_many("target", target, "source", source)\n',
            "",
            "one target for two sources is told of a state that nobody gave",
        ),
        (
            "inputs, self.input_map, self.input_dim, inputs)",
            "inputs, self.input_map, self.input_map.in_features, inputs)",
            "a map must say how wide it is",
        ),
        (
            "known(mask.any()) is None",
            "False",
            "the lengths must have values",
        ),
        (
            "rolled(vectors, places + ends)",
            "rolled(vectors, places)",
            "who reads from the right begins in the padding",
        ),
        (
            "rolled(states, places - ends)",
            "states",
            "what was rolled is not rolled back",
        ),
        (
            "from_right[:, 0, hidden:]",
            "from_right[:, -1, hidden:]",
            "the last state from the right is that of the first token read",
        ),
        (
            "last = rolled(memory, ends - 1)",
            "last = rolled(memory, ends - ends - 1)",
            "the last state from the left is that of the padding",
        ),
        (
            "memory.masked_fill((places >= ends).unsqueeze(-1), 0.0), last",
            "memory, last",
            "the padding is remembered where the lengths are not known",
        ),
        (
            "        mask = padding_mask(lengths, source.shape[1], source.device)\n"
            "        return",
            "        mask = padding_mask(lengths, source.shape[1])\n        return",
            "the mask lives where the lengths do, not where the source does",
        ),
    ],
    "train.py": [
        (
            "device = generator.device if generator else lengths.device",
            "device = None",
            "batches are drawn where their generator is not",
        ),
    ],
    "recipes/dates.py": [
        (
            "    batch = to_model(batch, model)\n",
            "",
            "a batch is not brought to the model",
        ),
        (
            "to_model(date_batch(sources, targets), model)",
            "date_batch(sources, targets)",
            "maps are asked for where the model is not",
        ),
        (
            "source.to(device),",
            "source,",
            "dates are read where the model is not",
        ),
        (
            "looked.new_tensor(",
            "torch.tensor(",
            "fields are compared where the model is not",
        ),
        (
            "    model.to(device)\n",
            "",
            "the device is ignored",
        ),
    ],
}
MUTANTS = [
    Mutant(file, *edit) for file, edits in EDITS.items() for edit in edits
]
