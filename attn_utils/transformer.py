"""The Transformer: encoder layers that read, decoder layers that write.

The decoder looks at what it has written and at what the encoder has read.
"""

from copy import deepcopy
from typing import NamedTuple

from torch import nn

from ._checks import (
    check_as_many,
    check_caches,
    check_floating,
    check_share,
    check_size,
    check_sizes,
    check_source_mask,
    check_tokens,
)
from ._copies import copied_stack, copied_transformer
from ._shapes import Bool, Float, Int, Tensor
from .decoding import Writer
from .layers import DecoderCache, DecoderLayer, DecoderMaps, EncoderLayer
from .masks import causal_mask
from .multihead import KeyValueCache
from .positions import sinusoidal_positions


class Stack(nn.Module):
    """Layers of one kind; pre-norm ones are followed by one last norm."""

    kind = EncoderLayer
    theirs = nn.TransformerEncoder  # the stack of torch that this one equals

    def __init__(self, num_layers: int, *layer_sizes, **layer_choices):
        super().__init__()
        num_layers = check_size("num_layers", num_layers, least=1)
        self.layers = nn.ModuleList(
            self.kind(*layer_sizes, **layer_choices) for _ in range(num_layers)
        )
        around = self.layers[0].around_attention
        self.norm = (
            deepcopy(around.norm) if around.norm_first else nn.Identity()
        )

    @classmethod
    def from_torch(cls, theirs: nn.Module) -> "Stack":
        """Return a copy of torch's stack: weights, modes, what is frozen.

        A last norm stands where torch's has one, whatever its layers do.

        Raises:
            TypeError: not the stack of torch that this one equals, or other
                layers in it.
            ValueError: no layer; an activation other than ReLU.
        """
        return copied_stack(cls, theirs)

    def run(self, inputs, contexts, need_weights):
        """Run the layers one after the other, each with its context."""
        maps = []
        for layer, context in zip(self.layers, contexts, strict=True):
            outputs = layer(inputs, *context, need_weights=need_weights)
            inputs, *weights = outputs if need_weights else (outputs,)
            maps += weights
        outputs = self.norm(inputs)
        return (outputs, maps) if need_weights else outputs


class Encoder(Stack):
    """A stack of encoder layers.

    Args:
        num_layers: how many layers.
        layer_sizes: what EncoderLayer takes, from `model_dim` on; a `score` that
            learns is one module in all layers.

    Raises:
        ValueError: no layer; sizes that EncoderLayer refuses.
        TypeError: a size that is no whole number.

    Source: Vaswani et al. 2017, section 3.1.
    """

    def forward(
        self,
        inputs: Float[Tensor, "batch tokens model_dim"],
        mask: Bool[Tensor, "..."] | None = None,
        need_weights: bool = False,
    ):
        """Run the layers; arguments are those of EncoderLayer.

        Returns:
            outputs (batch, tokens, model_dim); with `need_weights`, a pair of
            outputs and a list of the layers' weights.

        Raises:
            TypeError, ValueError: as EncoderLayer.
        """
        return self.run(inputs, [(mask,)] * len(self.layers), need_weights)


class Decoder(Stack):
    """A stack of decoder layers.

    Args:
        num_layers: how many layers.
        layer_sizes: what DecoderLayer takes, from `model_dim` on.

    Raises:
        ValueError: no layer; sizes that DecoderLayer refuses.
        TypeError: a size that is no whole number.

    Source: Vaswani et al. 2017, section 3.1.
    """

    kind = DecoderLayer
    theirs = nn.TransformerDecoder

    def forward(
        self,
        inputs: Float[Tensor, "batch tokens model_dim"],
        memory: Float[Tensor, "batch source model_dim"],
        mask: Bool[Tensor, "..."] | None = None,
        memory_mask: Bool[Tensor, "..."] | None = None,
        need_weights: bool = False,
        caches: list[DecoderCache] | None = None,
    ):
        """Run the layers, all on one memory; arguments as in DecoderLayer.

        The future is hidden by `mask` alone, as in each layer.

        Returns:
            outputs (batch, tokens, model_dim); with `need_weights`, a pair of
            outputs and a list of the layers' DecoderMaps.

        Raises:
            ValueError: not one cache for each layer; otherwise as DecoderLayer.
            TypeError: caches that are no list of DecoderCaches; otherwise as
                DecoderLayer.
        """
        check_caches(caches, len(self.layers), DecoderCache)
        caches = caches or [None] * len(self.layers)
        contexts = [(memory, mask, memory_mask, cache) for cache in caches]
        return self.run(inputs, contexts, need_weights)


class TransformerMaps(NamedTuple):
    """Where every attention layer looked: one (batch, heads, …) a layer."""

    encoder: list[Float[Tensor, "batch heads source source"]]
    decoder: list[DecoderMaps]


class TransformerState:
    """What the Transformer remembers while it writes; see decoding.py."""

    def __init__(self, memory: Tensor, source_mask: Tensor | None, layers: int):
        self.memory, self.source_mask = memory, source_mask
        self.caches = [
            DecoderCache(KeyValueCache(), KeyValueCache())
            for _ in range(layers)
        ]

    def __len__(self) -> int:
        """Return how many rows the batch has."""
        return len(self.memory)

    def select(self, rows: Int[Tensor, "rows"]) -> None:
        """Keep these rows of the batch, in this order."""
        self.memory = self.memory[rows]
        if self.source_mask is not None:
            self.source_mask = self.source_mask[rows]
        for cache in self.caches:
            cache.target.select(rows)
            cache.memory.select(rows)


class Transformer(Writer):
    """Read a source sequence, write a target sequence.

    Args:
        source_size: how many different source tokens there are.
        target_size: how many different target tokens there are.
        model_dim: width of every layer.
        num_heads: heads of every attention.
        ff_dim: hidden units of every feed-forward network.
        encoder_layers: how many layers read.
        decoder_layers: how many layers write.
        dropout: chance of dropping a weight, a hidden unit, a change or a feature
            of an embedded token.
        norm_first: pre-norm, which trains with less care; False is the paper's,
            and torch's default.

    Raises:
        ValueError: a size below 1, or heads that do not divide `model_dim`; a
            dropout outside of 0 to 1.
        TypeError: a size that is no whole number, a dropout that is no number.

    Source: Vaswani et al. 2017, section 3.
    """

    def __init__(
        self,
        source_size: int,
        target_size: int,
        model_dim: int = 64,
        num_heads: int = 4,
        ff_dim: int = 128,
        encoder_layers: int = 2,
        decoder_layers: int = 1,
        dropout: float = 0.0,
        norm_first: bool = True,
    ):
        super().__init__()
        model_dim = check_size("model_dim", model_dim, least=1)
        source_size, target_size, encoder_layers, decoder_layers = check_sizes(
            source_size=source_size,
            target_size=target_size,
            encoder_layers=encoder_layers,
            decoder_layers=decoder_layers,
        )
        check_share("dropout", dropout)
        self.source_size, self.target_size = source_size, target_size
        self.model_dim = model_dim
        sizes = model_dim, num_heads, ff_dim, dropout, norm_first
        self.encoder = Encoder(encoder_layers, *sizes)
        self.decoder = Decoder(decoder_layers, *sizes)
        self.source_embedding = nn.Embedding(source_size, model_dim)
        self.target_embedding = nn.Embedding(target_size, model_dim)
        self.output_map = nn.Linear(model_dim, target_size)
        for embedding in (self.source_embedding, self.target_embedding):
            nn.init.normal_(embedding.weight, std=model_dim**-0.5)
        self.dropout = nn.Dropout(dropout)

    def embed(
        self,
        tokens: Int[Tensor, "batch tokens"],
        embedding: nn.Module,
        offset: int = 0,
    ) -> Float[Tensor, "batch tokens model_dim"]:
        """Return each token's vector, and where it stands added to it."""
        vectors = embedding(tokens) * self.model_dim**0.5
        places = sinusoidal_positions(
            *vectors.shape[1:], offset, device=vectors.device
        )
        return self.dropout(vectors + places.to(vectors))

    def encode(
        self,
        source: Int[Tensor, "batch source"],
        source_mask: Bool[Tensor, "batch 1 source"] | None = None,
        need_weights: bool = False,
    ):
        """Read the source.

        Args:
            source: tokens, padded to one length.
            source_mask: True where a token is real, as `padding_mask` makes
                it; an `attention_mask` of ones and zeros, (batch, source), is
                `mask.bool().unsqueeze(1)`. None takes all for real.
            need_weights: whether to return the attention maps as well.

        Returns:
            memory (batch, source, model_dim); with `need_weights`, a pair of
            memory and a list of the layers' weights.

        Raises:
            ValueError: not two axes, tokens that have no vector, or a mask of
                another shape.
            TypeError: tokens that are not whole numbers; a mask that is not
                bool.
        """
        check_tokens("source", source, self.source_size)
        check_source_mask(source_mask, source)
        inputs = self.embed(source, self.source_embedding)
        return self.encoder(inputs, source_mask, need_weights)

    def decode(
        self,
        target: Int[Tensor, "batch target"],
        memory: Float[Tensor, "batch source model_dim"],
        source_mask: Bool[Tensor, "batch 1 source"] | None = None,
        need_weights: bool = False,
        caches: list[DecoderCache] | None = None,
    ):
        """Say, after each target token, what may come next.

        Args:
            target: the tokens written so far, each seeing itself and those
                before it; with caches, only those that are new.
            memory: what `encode` returned.
            source_mask: as in `encode`.
            need_weights: whether to return the attention maps as well.
            caches: what earlier steps have kept, which this call extends.

        Returns:
            logits (batch, target, target_size); with `need_weights`, a pair
            of logits and a list of the layers' DecoderMaps.

        Raises:
            ValueError: tokens as in `encode`; a mask or a memory of another shape;
                not one cache for each layer.
            TypeError: as in `encode`; a memory of another dtype; caches that are
                no list of DecoderCaches.
        """
        check_tokens("target", target, self.target_size)
        check_floating("memory", memory)
        check_source_mask(source_mask, memory)
        check_caches(caches, len(self.decoder.layers), DecoderCache)
        read = 0 if caches is None else caches[0].target.num_tokens
        inputs = self.embed(target, self.target_embedding, read)
        mask = causal_mask(read + target.shape[1], target.device, first=read)
        outputs = self.decoder(
            inputs, memory, mask, source_mask, need_weights, caches
        )
        if not need_weights:
            return self.output_map(outputs)
        outputs, maps = outputs
        return self.output_map(outputs), maps

    def forward(
        self,
        source: Int[Tensor, "batch source"],
        target: Int[Tensor, "batch target"],
        source_mask: Bool[Tensor, "batch 1 source"] | None = None,
        need_weights: bool = False,
    ):
        """Read the source, and predict what follows each target token.

        With `need_weights` it has second derivatives as well, as in EncoderLayer.

        Args:
            source: tokens, padded to one length.
            target: what the decoder reads, the start token first, as
                `shift_right` makes it; the loss compares the logits with the
                targets themselves. The future is hidden here.
            source_mask: as in `encode`.
            need_weights: whether to return the attention maps as well.

        Returns:
            logits (batch, target, target_size); with `need_weights`, a pair
            of logits and TransformerMaps.

        Raises:
            ValueError: targets that are not as many as the sources; otherwise as
                `encode`.
            TypeError: as `encode`.
        """
        memory = self.encode(source, source_mask, need_weights)
        check_as_many("target", target, "source", source)
        if not need_weights:
            return self.decode(target, memory, source_mask)
        memory, encoder_maps = memory
        logits, decoder_maps = self.decode(target, memory, source_mask, True)
        return logits, TransformerMaps(encoder_maps, decoder_maps)

    def begin(
        self,
        source: Int[Tensor, "batch source"],
        source_mask: Bool[Tensor, "batch 1 source"] | None = None,
    ) -> TransformerState:
        """Read the source; return the state from which `step` writes."""
        memory = self.encode(source, source_mask)
        return TransformerState(memory, source_mask, len(self.decoder.layers))

    def step(
        self, token: Int[Tensor, "batch"], state: TransformerState
    ) -> Float[Tensor, "batch target_size"]:
        """Read one more target token; return what may come next."""
        target = token.unsqueeze(1)
        logits = self.decode(
            target, state.memory, state.source_mask, caches=state.caches
        )
        return logits.squeeze(1)

    @classmethod
    def from_torch(
        cls,
        theirs: nn.Transformer,
        source_embedding: nn.Embedding,
        target_embedding: nn.Embedding,
        output_map: nn.Linear,
        dropout: float = 0.0,
    ) -> "Transformer":
        """Return a copy of torch's, with copies of the three parts it has not.

        torch's takes vectors and returns vectors; ours takes tokens and returns
        logits, output_map(theirs(source vectors, target vectors)). A vector is
        the paper's: the embedding times the root of the width, plus sinusoids.
        Ours hides the future by itself and is batch first.

        Args:
            theirs: the encoder, the decoder and their last norms.
            source_embedding: of as many features as `theirs` is wide.
            target_embedding: likewise; may be the same module.
            output_map: from that width to the target tokens; its weight may be
                an embedding's. What the three share, the copies share.
            dropout: chance of dropping a feature of a vector while training.

        Raises:
            TypeError: a module of another kind; a custom encoder or decoder.
            ValueError: sizes that do not fit; an activation other than ReLU.
        """
        return copied_transformer(
            cls, theirs, source_embedding, target_embedding, output_map, dropout
        )
