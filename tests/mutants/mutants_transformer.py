"""Wrong versions of heads, positions, layers, the Transformer and decoding."""

from mutants import Mutant

OWN_TESTS = {
    "multihead.py": "test_multihead.py",
    "positions.py": "test_positions.py",
    "layers.py": "test_layers.py",
    "transformer.py": "test_transformer.py",
    "decoding.py": "test_decoding.py",
    "_checks.py": "test_errors_transformer.py",
}

SELF_ATTENTION = """\
        seen = self.around_attention.enter(inputs)
        read, target_weights = self.attention(
            seen, mask=mask, need_weights=need_weights, cache=cache.target
        )
        inputs = self.around_attention.leave(inputs, read)
"""
MEMORY_ATTENTION = """\
        asked = self.around_memory.enter(inputs)
        new = memory
        if cache.memory is not None:  # what is expanded already is kept there
            new = memory[:, check_kept(memory, cache.memory.num_tokens) :]
        read, memory_weights = self.memory_attention(
            asked, new, new, memory_mask, need_weights, cache.memory
        )
        inputs = self.around_memory.leave(inputs, read)
"""

MULTIHEAD = [
    (
        "x.unflatten(-1, (num_heads, -1)).transpose(-3, -2)",
        "x.unflatten(-1, (-1, num_heads)).movedim(-1, -3)",
        "a head takes every third feature instead of a run",
    ),
    (
        "x.unflatten(-1, (num_heads, -1)).transpose(-3, -2)",
        "x.reshape(*x.shape[:-2], num_heads, x.shape[-2], -1)",
        "the heads are cut from the tokens",
    ),
    (
        "x.transpose(-3, -2).flatten(-2)",
        "x.movedim(-3, -1).flatten(-2)",
        "the features of the heads are interleaved",
    ),
    (
        "x.transpose(-3, -2).flatten(-2)",
        "x.flip(-3).transpose(-3, -2).flatten(-2)",
        "the heads are merged in the wrong order",
    ),
    (
        "(split_heads(x, self.num_heads) for x in expanded)",
        "(split_heads(x, self.num_heads)[:, :1].repeat(1, self.num_heads, 1, 1) for x in expanded)",
        "every head has the state of the first",
    ),
    (
        "self.key_map(key), self.value_map(value)",
        "self.key_map(key), self.key_map(value)",
        "keys and values share a map",
    ),
    (
        "self.query_map(query), self.key_map(key)",
        "self.key_map(query), self.query_map(key)",
        "the maps of query and key are exchanged",
    ),
    (
        "value = key if value is None else value",
        "value = query if value is None else value",
        "cross attention reads from the queries",
    ),
    (
        "self.score = ScaledDotScore()",
        "self.score = lambda query, key: query @ key.mT",
        "the explicit path does not scale",
    ),
    (
        "dropout_p=dropout\n",
        "dropout_p=dropout, scale=1.0\n",
        "the fused path does not scale",
    ),
    (
        "masked_softmax(scores, mask)",
        "masked_softmax(scores, None if mask is None else ~mask)",
        "the mask is inverted on the explicit path",
    ),
    (
        "attn_mask=mask",
        "attn_mask=None if mask is None else ~mask",
        "the mask is inverted on the fused path",
    ),
    (
        "attn_mask=mask",
        "attn_mask=None",
        "the fused path forgets the mask",
    ),
    (
        "mask = mask.unsqueeze(-3)",
        "mask = mask.unsqueeze(0)",
        "(batch, queries, keys) is read as (heads, queries, keys)",
    ),
    (
        "context = self.dropout(weights) @ value",
        "weights = self.dropout(weights)\n            context = weights @ value",
        "the weights are returned after dropout",
    ),
    (
        "self.dropout(weights) @ value",
        "weights @ value",
        "no weight is ever dropped on the explicit path",
    ),
    (
        "context = self.dropout(weights) @ value",
        "context = self.dropout(weights @ value)",
        "what was read is dropped instead of weights",
    ),
    (
        "self.dropout.p if self.dropout.training else 0.0",
        "self.dropout.p",
        "the fused path drops weights outside training",
    ),
    (
        "active.to(device_of(self), copy=True)",
        "active.to(device_of(self))",
        "heads stay tied to the tensor that switched them",
    ),
    (
        "self.dropout.training else 0.0",
        "self.training else 0.0",
        "the fused path asks the whole module whether to drop weights",
    ),
    (
        "self.active_heads.unsqueeze(-1)",
        "~self.active_heads.unsqueeze(-1)",
        "the heads that are switched off speak",
    ),
    (
        "        if self.active_heads is not None:",
        "        if self.active_heads is not None and need_weights:",
        "the fused path does not switch heads off",
    ),
    (
        "self.output_map(merge_heads(context))",
        "merge_heads(context)",
        "the output projection is missing",
    ),
    (
        "self.rotate(query, offset), self.rotate(key, offset)",
        "self.rotate(query, offset), key",
        "the keys are not rotated",
    ),
    (
        "offset = 0 if cache is None else cache.num_tokens",
        "offset = 0",
        "the rotation ignores what is cached",
    ),
    (
        "key, value = cache.extend(key, value)",
        "cache.extend(key, value)",
        "what is cached is not read",
    ),
    (
        "torch.cat([self.key, key], dim=-2)",
        "torch.cat([key, self.key], dim=-2)",
        "new keys stand before the old ones, new values after",
    ),
    (
        "        self.key, self.value = key, value\n",
        "        if self.key is None:\n            self.key, self.value = key, value\n",
        "the cache keeps the first step only",
    ),
    (
        "self.key[rows], self.value[rows]",
        "self.key[rows], self.value",
        "the values of other rows are kept",
    ),
    (
        "0 if self.key is None else self.key.shape[-2]",
        "0 if self.key is None else self.key.shape[-3]",
        "the cache counts heads",
    ),
    (
        "keys += 0 if cache is None else cache.num_tokens",
        "keys += 0",
        "a mask is asked to leave out what is cached",
    ),
    (
        "        check_lengths(key, value)\n        if query.ndim",
        "        if query.ndim",
        "the fused kernel reads past the end of the keys",
    ),
    (
        "            check_cache(self.key, key)\n",
        "",
        "a float64 key turns a float32 cache into float64",
    ),
]

POSITIONS = [
    (
        "torch.stack([turned.sin(), turned.cos()], dim=-1)",
        "torch.stack([turned.cos(), turned.sin()], dim=-1)",
        "sine and cosine are exchanged",
    ),
    (
        "torch.stack([turned.sin(), turned.cos()], dim=-1).flatten(-2)",
        "torch.cat([turned.sin(), turned.cos()], dim=-1)",
        "sines in the first half, cosines in the second",
    ),
    (
        "torch.arange(0, dim, 2, **double) / dim",
        "torch.arange(dim // 2, **double) / dim",
        "the exponent of the frequency is i / dim",
    ),
    (
        "base ** -(",
        "base ** (",
        "the waves grow faster instead of slower",
    ),
    (
        "torch.arange(num_tokens, **double) + offset",
        "torch.arange(num_tokens, **double)",
        "the offset is ignored",
    ),
    (
        "turned = angles(num_tokens, model_dim, offset, base, device)",
        "turned = angles(num_tokens, model_dim, offset, base, device).float()",
        "angles in float32 are wrong far away",
    ),
    (
        "one * cosine - other * sine, one * sine + other * cosine",
        "one * cosine + other * sine, other * cosine - one * sine",
        "the rotation turns backwards",
    ),
    (
        "one * cosine - other * sine,",
        "one * cosine + other * sine,",
        "a sign is lost, and lengths with it",
    ),
    (
        "x.chunk(2, dim=-1) if halves",
        "x.chunk(2, dim=-1) if not halves",
        "the two halves make the pairs",
    ),
    (
        "        return torch.cat(pairs, dim=-1)\n",
        "        pass\n",
        "halves that have turned are interleaved",
    ),
    (
        "offset, base, x.device)",
        "offset, base, x.device).to(x)",
        "the angles themselves are in half precision",
    ),
    (
        "device=device_of(self)) + offset",
        "device=device_of(self))",
        "the learned positions ignore the offset",
    ),
    (
        "if offset + num_tokens > self.max_tokens",
        "if num_tokens > self.max_tokens",
        "positions beyond the table are left out in silence",
    ),
    (
        "waves[:, :model_dim]",
        "waves",
        "an odd width gets a feature too many",
    ),
]

LAYERS = [
    (
        "outputs = x + self.dropout(change)",
        "outputs = self.dropout(change)",
        "the residual is missing",
    ),
    (
        "outputs = x + self.dropout(change)",
        "outputs = x + change",
        "no change is ever dropped",
    ),
    (
        "self.norm(x) if self.norm_first else x",
        "self.norm(x)",
        "post-norm norms first as well",
    ),
    (
        "outputs if self.norm_first else self.norm(outputs)",
        "outputs if self.norm_first else x + self.norm(change)",
        "the norm stands before the sum",
    ),
    (
        "outputs if self.norm_first else self.norm(outputs)",
        "self.norm(outputs)",
        "pre-norm norms after the sum as well",
    ),
    (
        "self.widen(inputs).relu()",
        "self.widen(inputs)",
        "two linear maps in a row are one",
    ),
    (
        "self.dropout(self.widen(inputs).relu())",
        "self.widen(inputs).relu()",
        "no hidden unit is ever dropped",
    ),
    (
        "around_attention.leave(inputs, read)\n        thought",
        "around_attention.leave(seen, read)\n        thought",
        "the residual runs past the norm's output",
    ),
    (
        "self.around_feed_forward.leave(inputs, thought)\n        return (outputs, weights)",
        "self.around_attention.leave(inputs, thought)\n        return (outputs, weights)",
        "both sub-layers share a norm",
    ),
    (
        "seen, mask=mask, need_weights=need_weights\n",
        "seen, need_weights=need_weights\n",
        "the encoder layer forgets its mask",
    ),
    (
        "seen, mask=mask, need_weights=need_weights, cache",
        "seen, need_weights=need_weights, cache",
        "the decoder layer sees the future",
    ),
    (
        "asked, new, new, memory_mask, need_weights, cache.memory",
        "asked, asked, asked, mask, need_weights",
        "cross attention reads from the target",
    ),
    (
        "asked, new, new, memory_mask,",
        "asked, new, new, None,",
        "the memory's mask is ignored",
    ),
    (
        "new = memory[:, check_kept(memory, cache.memory.num_tokens) :]",
        "new = memory",
        "the memory is kept again at every step",
    ),
    (
        SELF_ATTENTION + MEMORY_ATTENTION,
        MEMORY_ATTENTION + SELF_ATTENTION,
        "the memory is asked before the target",
    ),
    (
        "asked = self.around_memory.enter(inputs)",
        "asked = self.around_attention.enter(inputs)",
        "the memory is asked through another norm",
    ),
    (
        "DecoderMaps(target_weights, memory_weights)",
        "DecoderMaps(memory_weights, target_weights)",
        "the two maps are exchanged",
    ),
    (
        "        check_inputs(norm, self.model_dim, inputs=inputs)\n",
        "",
        "the encoder layer does not name its inputs",
    ),
]

TRANSFORMER = [
    (
        "embedding(tokens) * self.model_dim**0.5",
        "embedding(tokens)",
        "the embeddings are not scaled",
    ),
    (
        "self.dropout(vectors + places.to(vectors))",
        "self.dropout(vectors)",
        "nothing tells the order",
    ),
    (
        "self.dropout(vectors + places.to(vectors))",
        "vectors + places.to(vectors)",
        "the embeddings are never dropped",
    ),
    (
        "self.embed(target, self.target_embedding, read)",
        "self.embed(target, self.target_embedding)",
        "with a cache every token stands at position 0",
    ),
    (
        "causal_mask(read + target.shape[1], target.device, first=read)",
        "causal_mask(read + target.shape[1], target.device)[: target.shape[1]]",
        "with a cache only the first tokens are seen",
    ),
    (
        "causal_mask(read + target.shape[1], target.device, first=read)",
        "causal_mask(read + target.shape[1], target.device, first=read) | True",
        "the future is seen",
    ),
    (
        "causal_mask(read + target.shape[1], target.device, first=read)",
        "causal_mask(read + target.shape[1] + 1, target.device, first=read + 1)[:, :-1]",
        "the causal mask is off by one: the next token is seen",
    ),
    (
        "embedding(tokens) * self.model_dim**0.5",
        "embedding(tokens) * self.model_dim * 0.5",
        "vectors are scaled by half the width, not by its root",
    ),
    (
        "self.encoder(inputs, source_mask, need_weights)",
        "self.encoder(inputs, None, need_weights)",
        "the encoder reads the padding",
    ),
    (
        "inputs, memory, mask, source_mask, need_weights, caches",
        "inputs, memory, mask, None, need_weights, caches",
        "the decoder reads the padding",
    ),
    (
        "outputs = self.norm(inputs)",
        "outputs = inputs",
        "the last norm is missing",
    ),
    (
        "deepcopy(around.norm) if around.norm_first else nn.Identity()",
        "deepcopy(around.norm)",
        "post-norm layers are normed once more",
    ),
    (
        "self.kind(*layer_sizes, **layer_choices) for _ in range(num_layers)",
        "[self.kind(*layer_sizes, **layer_choices)] * num_layers",
        "all layers of a stack are one",
    ),
    (
        "inputs, *weights = outputs if need_weights else (outputs,)",
        "_, *weights = outputs if need_weights else (outputs,)",
        "every layer reads the first inputs",
    ),
    (
        "[\n            DecoderCache(KeyValueCache(), KeyValueCache())\n"
        "            for _ in range(layers)\n        ]",
        "[DecoderCache(KeyValueCache(), KeyValueCache())] * layers",
        "the layers share a cache",
    ),
    (
        "            cache.memory.select(rows)\n",
        "",
        "the memory of other rows is read",
    ),
    (
        "            cache.target.select(rows)\n",
        "",
        "the target of other rows is read",
    ),
    (
        "self.source_mask = self.source_mask[rows]",
        "pass",
        "the mask of other rows is kept",
    ),
    (
        "            nn.init.normal_(embedding.weight, std=model_dim**-0.5)",
        "            pass",
        "embeddings start with unit variance, and are scaled on top",
    ),
    (
        "        check_source_mask(source_mask, memory)\n",
        "",
        "a mask of another source is named by its scores only",
    ),
    (
        "        check_source_mask(source_mask, source)\n",
        "",
        "(batch, source) is read as (queries, keys)",
    ),
]

DECODING = [
    (
        "tokens], dim=1)[:, : tokens.shape[1]]",
        "tokens], dim=1)[:, 1:]",
        "the decoder reads what it has to write",
    ),
    (
        "chosen.masked_fill(ended, end)",
        "chosen",
        "greedy writes on after an end",
    ),
    (
        "not known(ended.all())",
        "not known(ended.any())",
        "greedy stops when the first has ended",
    ),
    (
        "known((hope <= kept.score[:, -1]).all())",
        "known((hope <= kept.score[:, -1]).any())",
        "the beam stops when the first source is done",
    ),
    (
        "hope <= kept.score[:, -1]",
        "hope <= kept.score[:, 0]",
        "the beam stops when one target is better than what may come",
    ),
    (
        "hope <= kept.score[:, -1]",
        "hope < kept.score[:, -1]",
        "rows without a target keep the search running",
    ),
    (
        "beam.log_probability[:, 0] / max_tokens**length_penalty",
        "beam.score[:, 0]",
        "no long target is hoped for",
    ),
    (
        "nothing.index_fill(1, rows.new_zeros(1), 0.0)",
        "torch.zeros_like(nothing)",
        "the same target fills the whole beam",
    ),
    (
        "logits.log_softmax(-1)",
        "logits",
        "scores are summed instead of log-probabilities",
    ),
    (
        "ended = total.masked_fill(last != end,",
        "ended = total.masked_fill(last == end,",
        "what has not ended is kept",
    ),
    (
        'last != end, float("-inf"))[:, :width]\n',
        'last != end, float("-inf"))[:, -width:]\n',
        "what ends far behind is kept",
    ),
    (
        "going = total.masked_fill(last == end,",
        "going = total.masked_fill(last < 0,",
        "what has ended goes on and pushes others out",
    ),
    (
        "reached.topk(min(2 * width, reached.shape[1]))",
        "reached.topk(width)",
        "no beginning takes the place of what has ended",
    ),
    (
        "kept = kept._replace(tokens=longer).best(",
        "kept = kept._replace(tokens=longer) and (",
        "only what has ended last is kept",
    ),
    (
        "value=end)",
        "value=0)",
        "after an end come other tokens",
    ),
    (
        "length = max(1, tokens.shape[-1] - 1)",
        "length = max(1, tokens.shape[-1])",
        "the start counts as written",
    ),
    (
        "total / length**length_penalty",
        "total * length**length_penalty",
        "the penalty favours short targets",
    ),
    (
        "return found.tokens[:, :, 1:], found.log_probability",
        "return found.tokens[:, :, 1:], found.score",
        "scores are returned as log-probabilities",
    ),
    (
        "found = kept.best(beam)",
        "found = kept",
        "what max_tokens cuts short is lost",
    ),
    (
        "descending=True",
        "descending=False",
        "the worst targets are the best",
    ),
    (
        "parent, last = place // gain.shape[-1]",
        "parent, last = place % width",
        "the wrong parent is continued",
    ),
    (
        "state.select((rows * width + parent[rows, order]).flatten())",
        "pass",
        "the state is not that of the parents",
    ),
    (
        "rows * width + parent[rows, order]",
        "rows + parent[rows, order]",
        "the beams of different sources are mixed",
    ),
    (
        "rows * width + parent[rows, order]",
        "rows * width + parent[:, :width]",
        "the state goes on with those that have ended",
    ),
    (
        "[beam.tokens[rows, parent], last",
        "[beam.tokens[rows, parent * 0], last",
        "the tokens are not those of the parents",
    ),
    (
        "state.select(rows.expand(batch, width).flatten())",
        "state.select(rows.repeat(width, 1).flatten())",
        "the rows are repeated in the wrong order",
    ),
    (
        ".float() / least)",
        ".float() * least)",
        "a low temperature draws anything",
    ),
    (
        "((best - best[:, :1]).float()",
        "(best.float()",
        "a low temperature overflows",
    ),
    (
        "min(top_k or size, size)",
        "size",
        "any token may be drawn",
    ),
    (
        "torch.multinomial(chance, 1, generator=generator)",
        "torch.multinomial(chance, 1)",
        "the generator does not decide",
    ),
    (
        "token.gather(-1, drawn.to(token.device))",
        "drawn",
        "the rank of a token is written, not the token",
    ),
]

CHECKS = [
    (
        "kept.shape != like_kept or not same_dtype(kept, new)",
        "kept.shape != like_kept",
        "a cache changes its dtype in silence",
    ),
    (
        "if mask.shape != expected:",
        "if mask.shape[-1] != source.shape[1]:",
        "a source mask of (batch, source) is taken",
    ),
    (
        "if model_dim % num_heads:",
        "if num_heads > model_dim:",
        "heads need not divide the width",
    ),
    (
        "(tokens.min() < 0) | (tokens.max() >= size)",
        "tokens.max() >= size",
        "negative tokens are taken",
    ),
    (
        "(tokens.min() < 0) | (tokens.max() >= size)",
        "(tokens.min() < 0) | (tokens.max() > size)",
        "one token too many is taken",
    ),
    (
        "    if size % 2:\n",
        "    if size % 2 and size < 3:\n",
        "odd widths are taken",
    ),
    (
        "isinstance(mask, Tensor) and mask.ndim == 3:",
        "isinstance(mask, Tensor) and mask.ndim == 2:",
        "(heads, queries, keys) is taken for (batch, queries, keys)",
    ),
    (
        "if len(caches) != num_layers:",
        "if len(caches) > num_layers:",
        "too few caches are not named",
    ),
    (
        "if tensor.ndim != 3:",
        "if tensor.ndim < 2:",
        "a layer takes inputs without a batch",
    ),
]

MUTANTS = [
    Mutant(file, *edit)
    for file, edits in [
        ("multihead.py", MULTIHEAD),
        ("positions.py", POSITIONS),
        ("layers.py", LAYERS),
        ("transformer.py", TRANSFORMER),
        ("decoding.py", DECODING),
        ("_checks.py", CHECKS),
    ]
    for edit in edits
]
