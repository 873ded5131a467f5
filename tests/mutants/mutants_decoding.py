"""Wrong versions of the page's decoder, which keeps what it has expanded."""

from mutants import Mutant

WHOLE = True
DECODING = "widgets/parts/decoding.js"
TRANSFORMER = "widgets/parts/transformer.js"
LAYERS = "widgets/parts/layers.js"
CACHING = "widgets/parts/multihead.js"
IN_NN = "browser/test_nn.py"
OWN_TESTS = dict.fromkeys((DECODING, TRANSFORMER, LAYERS, CACHING), IN_NN)

MUTANTS = [
    Mutant(
        TRANSFORMER,
        "embed(target, model.target_embedding, read)",
        "embed(target, model.target_embedding)",
        "every new token stands at the first place",
    ),
    Mutant(
        TRANSFORMER,
        "map(() => ({ target: {}, memory: {} }))",
        "fill({ target: {}, memory: {} })",
        "all layers keep their keys in one cache",
    ),
    Mutant(
        LAYERS,
        "cache?.memory.keys ? [] : memory",
        "memory",
        "the memory is kept once more at each step",
    ),
    Mutant(
        CACHING,
        "[...(cache.values?.[h] ?? []), ...head]",
        "[...head, ...(cache.values?.[h] ?? [])]",
        "new values stand before those of earlier steps",
    ),
    Mutant(
        CACHING,
        "const [keys, values] = cache ? extend(cache, ...fresh) : fresh;",
        "const [keys, values] = fresh;",
        "nothing of earlier steps is seen",
    ),
    Mutant(
        DECODING,
        "row[n] ?? 0",
        "row[n] ?? 1",
        "what has not been written yet weighs something",
    ),
    Mutant(
        DECODING,
        "tokens.at(-1) ?? start",
        "start",
        "the decoder reads its start again and again",
    ),
]
