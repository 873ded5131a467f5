"""Sequence to sequence with recurrent networks, without attention and with it.

An encoder reads the source one token at a time; a decoder writes the target.
Without attention, all that the decoder knows of the source is one vector.
"""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from ._checks import (
    check_as_many,
    check_callable,
    check_memory,
    check_rows,
    check_sizes,
    check_some,
    check_source_mask,
    check_sources,
    check_tokens,
    known,
)
from ._copies import (
    copied_bahdanau_decoder,
    copied_cell,
    copied_luong_decoder,
    copied_recurrent_decoder,
    copied_recurrent_encoder,
)
from ._shapes import Bool, Float, Int, Tensor
from .attention import attention
from .decoding import Writer
from .masks import padding_mask
from .scores import AdditiveScore, BilinearScore


class Cell(nn.Module):
    """What the recurrent cells share: one map of the input, one of the state.

    Args:
        input_dim: width of an input.
        hidden_dim: width of the state.

    Raises:
        ValueError: a size below 1.
        TypeError: a size that is no whole number.
    """

    # The cell of torch that this one equals, and its network of one layer.
    theirs = nn.RNNCell, nn.RNN
    parts = 1  # how many times hidden_dim its maps give

    def __init__(self, input_dim: int, hidden_dim: int):
        super().__init__()
        input_dim, hidden_dim = check_sizes(
            input_dim=input_dim, hidden_dim=hidden_dim
        )
        self.input_dim, self.hidden_dim = input_dim, hidden_dim
        self.input_map = nn.Linear(input_dim, self.parts * hidden_dim)
        self.hidden_map = nn.Linear(hidden_dim, self.parts * hidden_dim)

    def expand(self, inputs: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Map the input and the state, once it is sure that they fit.

        Raises:
            ValueError: one that is not (batch, its width).
            TypeError: not floating-point numbers of the parameters' dtype.
        """
        check_rows("inputs", inputs, self.input_map, self.input_dim, inputs)
        check_rows("hidden", hidden, self.hidden_map, self.hidden_dim, inputs)
        return self.input_map(inputs), self.hidden_map(hidden)

    @classmethod
    def from_torch(cls, theirs: nn.RNNCellBase | nn.RNNBase) -> "Cell":
        """Return a copy of torch's cell: weights, mode, what is frozen.

        Args:
            theirs: the cell that this one equals, or a network of one layer.

        Raises:
            TypeError: another cell.
            ValueError: a ReLU; several layers, both directions, a projection.
        """
        return copied_cell(cls, theirs)


class RNNCell(Cell):
    """One step of a recurrent network: mix what comes with what is known.

    Source: Elman 1990; equal to `nn.RNNCell`.
    """

    def forward(
        self,
        inputs: Float[Tensor, "batch input_dim"],
        hidden: Float[Tensor, "batch hidden_dim"],
    ) -> Float[Tensor, "batch hidden_dim"]:
        """Return the next state.

        Raises:
            ValueError: an input or a state that is not (batch, its width).
            TypeError: not floating-point numbers of the parameters' dtype.
        """
        from_input, from_hidden = self.expand(inputs, hidden)
        return torch.tanh(from_input + from_hidden)


class LSTMCell(Cell):
    """One step of an LSTM: a memory that gates write, keep and read.

    Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et
    al. 2000; equal to `nn.LSTMCell`.
    """

    theirs = nn.LSTMCell, nn.LSTM
    parts = 4

    def forward(
        self,
        inputs: Float[Tensor, "batch input_dim"],
        hidden: Float[Tensor, "batch hidden_dim"],
        memory: Float[Tensor, "batch hidden_dim"],
    ) -> tuple[
        Float[Tensor, "batch hidden_dim"], Float[Tensor, "batch hidden_dim"]
    ]:
        """Return the next state, and the next memory (torch's h and c).

        Raises:
            ValueError: an input, a state or a memory that is not (batch, its width).
            TypeError: not floating-point numbers of the parameters' dtype.
        """
        from_input, from_hidden = self.expand(inputs, hidden)
        check_rows("memory", memory, self.hidden_map, self.hidden_dim, inputs)
        write, keep, new, show = (from_input + from_hidden).chunk(4, dim=-1)
        memory = keep.sigmoid() * memory + write.sigmoid() * new.tanh()
        return show.sigmoid() * memory.tanh(), memory


class RecurrentEncoder(nn.Module):
    """Read the source with a GRU, from the left or from both sides.

    Args:
        source_size: how many different source tokens there are.
        embed_dim: width of a token's vector.
        hidden_dim: width of the state that the decoder starts from.
        two_way: whether a second GRU reads from the right; the memory is
            then twice as wide.

    Raises:
        ValueError: a size below 1.
        TypeError: a size that is no whole number.

    Source: Cho et al. 2014; two-way: Bahdanau et al. 2015, section 3.2.
    """

    def __init__(
        self,
        source_size: int,
        embed_dim: int,
        hidden_dim: int,
        two_way: bool = False,
    ):
        super().__init__()
        source_size, embed_dim, hidden_dim = check_sizes(
            source_size=source_size, embed_dim=embed_dim, hidden_dim=hidden_dim
        )
        self.source_size, self.hidden_dim = source_size, hidden_dim
        ways = 2 if two_way else 1
        self.memory_dim = ways * hidden_dim
        self.embedding = nn.Embedding(source_size, embed_dim)
        self.recurrent = nn.GRU(
            embed_dim, hidden_dim, batch_first=True, bidirectional=two_way
        )
        self.bridge = (
            nn.Linear(self.memory_dim, hidden_dim) if two_way else None
        )

    def forward(
        self,
        source: Int[Tensor, "batch source"],
        lengths: Int[Tensor, "batch"] | Sequence[int],
    ) -> tuple[
        Float[Tensor, "batch source memory_dim"],
        Float[Tensor, "batch hidden_dim"],
    ]:
        """Read each source up to its length.

        Args:
            source: tokens, padded at the right to one length.
            lengths: how many of each are real, 1 or more.

        Returns:
            memory: the state after each token; zeros in the padding.
            hidden: the state after the last one, both ways together.

        Raises:
            ValueError: no source; a length of 0 or beyond it; unknown tokens.
            TypeError: tokens or lengths that are not whole numbers.

        torch exports its GRU, but has no rule to vmap it.
        """
        check_tokens("source", source, self.source_size)
        mask = padding_mask(lengths, source.shape[1], source.device)
        real = mask.sum(dim=(1, 2))
        check_sources(source, real)
        # Any answer will do: what is asked is whether there is one.
        traced = known(mask.any()) is None
        read = self.read_padded if traced else self.read_packed
        memory, last = read(self.embedding(source), real)
        if self.bridge is None:
            return memory, last
        return memory, torch.tanh(self.bridge(last))

    def read_packed(self, vectors: Tensor, real: Tensor):
        """Return the states, and the last ones side by side; skip the padding.

        torch packs by the values of the lengths, so this cannot be traced.
        """
        packed = pack_padded_sequence(
            vectors, real.cpu(), batch_first=True, enforce_sorted=False
        )
        states, last = self.recurrent(packed)
        memory, _ = pad_packed_sequence(
            states, batch_first=True, total_length=vectors.shape[1]
        )
        return memory, torch.cat([*last], dim=-1)

    def read_padded(self, vectors: Tensor, real: Tensor):
        """Return the same without a look at the lengths: read the padding too.

        Who reads from the left meets the padding last, if it stands at the
        right; who reads from the right, if it is rolled to the left.
        """
        places = torch.arange(vectors.shape[1], device=vectors.device)
        ends = real.unsqueeze(-1)

        def rolled(x, places):
            return x.take_along_dim(places.unsqueeze(-1) % x.shape[1], dim=1)

        memory, _ = self.recurrent(vectors)
        last = rolled(memory, ends - 1).squeeze(1)
        if self.bridge is not None:
            states, _ = self.recurrent(rolled(vectors, places + ends))
            from_right = rolled(states, places - ends)
            hidden = self.hidden_dim
            memory = torch.cat(
                [memory[..., :hidden], from_right[..., hidden:]], dim=-1
            )
            last = torch.cat(
                [last[:, :hidden], from_right[:, 0, hidden:]], dim=-1
            )
        return memory.masked_fill((places >= ends).unsqueeze(-1), 0.0), last

    @classmethod
    def from_torch(
        cls,
        theirs: nn.GRU,
        embedding: nn.Embedding,
        bridge: nn.Linear | None = None,
    ) -> "RecurrentEncoder":
        """Return a copy of torch's GRU, with copies of what it has not.

        Args:
            theirs: of one layer; bidirectional reads from both sides.
            embedding: of as many features as `theirs` takes.
            bridge: for both sides only: from the last states, left to right
                first, to the decoder's; a tanh follows.

        Raises:
            TypeError: a module of another kind.
            ValueError: several layers; sizes that do not fit.
        """
        return copied_recurrent_encoder(cls, theirs, embedding, bridge)


class RecurrentDecoder(nn.Module):
    """Write the target from one vector, without attention.

    Args:
        target_size: how many different target tokens there are.
        embed_dim: width of a token's vector.
        hidden_dim: width of the state, as the encoder leaves it.

    Raises:
        ValueError: a size below 1.
        TypeError: a size that is no whole number.

    Source: Sutskever et al. 2014.
    """

    def __init__(self, target_size: int, embed_dim: int, hidden_dim: int):
        super().__init__()
        target_size, embed_dim, hidden_dim = check_sizes(
            target_size=target_size, embed_dim=embed_dim, hidden_dim=hidden_dim
        )
        self.target_size, self.hidden_dim = target_size, hidden_dim
        self.embedding = nn.Embedding(target_size, embed_dim)
        self.recurrent = nn.GRU(embed_dim, hidden_dim, batch_first=True)
        self.output_map = nn.Linear(hidden_dim, target_size)

    def forward(
        self,
        target: Int[Tensor, "batch target"],
        hidden: Float[Tensor, "batch hidden_dim"],
        memory: Float[Tensor, "batch source memory_dim"],
        mask: Bool[Tensor, "batch 1 source"] | None = None,
    ) -> tuple[
        Float[Tensor, "batch target target_size"],
        Float[Tensor, "batch target source"] | None,
        Float[Tensor, "batch hidden_dim"],
    ]:
        """Say, after each target token, what may come next.

        Args:
            target: the tokens written so far.
            hidden: the state before the first of them.
            memory: what the encoder read; looked at by attention only.
            mask: True where the memory is real; None takes all for real.

        Returns:
            logits: scores of the next token at each step.
            weights: the alignment; None without attention.
            hidden: the state after the last token.

        Raises:
            ValueError: no target; unknown tokens; a state of another batch or
                width; with attention also such a memory, or a mask that is
                not of its shape.
            TypeError: not floating-point numbers of the parameters' dtype.
        """
        states, hidden = self.read(target, hidden)
        return self.output_map(states), None, hidden

    def read(self, target: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Return the state after each token, and after the last one.

        Raises:
            ValueError: no target; unknown tokens; a state of another batch or width.
            TypeError: tokens that are no whole numbers; a state of another dtype.
        """
        check_tokens("target", target, self.target_size)
        check_some("target", target)
        check_rows("hidden", hidden, self.recurrent, self.hidden_dim, target)
        states, last = self.recurrent(
            self.embedding(target), hidden.unsqueeze(0)
        )
        return states, last[0]

    @classmethod
    def from_torch(
        cls, theirs: nn.GRU, embedding: nn.Embedding, output_map: nn.Linear
    ) -> "RecurrentDecoder":
        """Return a copy of torch's GRU, with copies of what it has not.

        Args:
            theirs: of one layer, from the left.
            embedding: of as many features as `theirs` takes.
            output_map: from its states to the tokens of the embedding.

        Raises:
            TypeError: a module of another kind.
            ValueError: several layers, both directions; sizes that do not fit.
        """
        return copied_recurrent_decoder(cls, theirs, embedding, output_map)


class LuongDecoder(RecurrentDecoder):
    """Write the target; after each step, look at the memory.

    Args:
        target_size: how many different target tokens there are.
        embed_dim: width of a token's vector.
        hidden_dim: width of the state, as the encoder leaves it.
        memory_dim: width of the memory.
        score: how state and memory are compared; None takes "general", the
            BilinearScore. "dot" is DotScore(), if both are as wide; "concat"
            is AdditiveScore(hidden_dim, memory_dim, hidden_dim), with
            `bias=True` where code has the bias that the paper has not.

    Raises:
        ValueError: a size below 1.
        TypeError: a size that is no whole number.

    Source: Luong et al. 2015, section 3.1, without input feeding.
    """

    def __init__(
        self,
        target_size: int,
        embed_dim: int,
        hidden_dim: int,
        memory_dim: int,
        score: nn.Module | None = None,
    ):
        super().__init__(target_size, embed_dim, hidden_dim)
        hidden_dim, memory_dim = check_sizes(
            hidden_dim=hidden_dim, memory_dim=memory_dim
        )
        check_callable("score", score, "DotScore()")
        self.memory_dim = memory_dim
        self.score = score or BilinearScore(hidden_dim, memory_dim)
        self.join = nn.Linear(memory_dim + hidden_dim, hidden_dim)

    def forward(
        self,
        target: Int[Tensor, "batch target"],
        hidden: Float[Tensor, "batch hidden_dim"],
        memory: Float[Tensor, "batch source memory_dim"],
        mask: Bool[Tensor, "batch 1 source"] | None = None,
    ) -> tuple[
        Float[Tensor, "batch target target_size"],
        Float[Tensor, "batch target source"],
        Float[Tensor, "batch hidden_dim"],
    ]:
        """Say what may come next, and where each step looked.

        Arguments, results and errors are those of RecurrentDecoder.
        """
        states, hidden = self.read(target, hidden)
        check_memory(memory, hidden, self.memory_dim)
        check_source_mask(mask, memory, "mask")
        context, weights = attention(states, memory, memory, mask, self.score)
        joined = torch.cat([context, states], dim=-1)
        logits = self.output_map(torch.tanh(self.join(joined)))
        return logits, weights, hidden

    @classmethod
    def from_torch(
        cls,
        theirs: nn.GRU,
        embedding: nn.Embedding,
        output_map: nn.Linear,
        join: nn.Linear,
        score: nn.Module,
    ) -> "LuongDecoder":
        """Return a copy of torch's GRU, with copies of what it has not.

        Args:
            theirs: as in RecurrentDecoder, like the next two.
            embedding: of as many features as `theirs` takes.
            output_map: from its states to the tokens of the embedding.
            join: from the context and, after it, the state to a state; much
                code puts them the other way round.
            score: `(state, memory) -> scores`, a module of scores.py.

        Raises:
            TypeError: a module of another kind.
            ValueError: as RecurrentDecoder.
        """
        return copied_luong_decoder(
            cls, theirs, embedding, output_map, join, score
        )


class BahdanauDecoder(nn.Module):
    """Write the target; before each step, look at the memory.

    Args:
        target_size: how many different target tokens there are.
        embed_dim: width of a token's vector.
        hidden_dim: width of the state, as the encoder leaves it.
        memory_dim: width of the memory.
        score: how state and memory are compared; None takes the paper's, an
            AdditiveScore of `hidden_dim` units.

    Raises:
        ValueError: a size below 1.
        TypeError: a size that is no whole number.

    Source: Bahdanau et al. 2015, section 3.1; a linear map stands where the
    paper has a maxout layer.
    """

    def __init__(
        self,
        target_size: int,
        embed_dim: int,
        hidden_dim: int,
        memory_dim: int,
        score: nn.Module | None = None,
    ):
        super().__init__()
        target_size, embed_dim, hidden_dim, memory_dim = check_sizes(
            target_size=target_size,
            embed_dim=embed_dim,
            hidden_dim=hidden_dim,
            memory_dim=memory_dim,
        )
        check_callable("score", score, "DotScore()")
        self.target_size, self.hidden_dim = target_size, hidden_dim
        self.memory_dim = memory_dim
        self.embedding = nn.Embedding(target_size, embed_dim)
        self.score = score or AdditiveScore(hidden_dim, memory_dim, hidden_dim)
        self.cell = nn.GRUCell(embed_dim + memory_dim, hidden_dim)
        self.output_map = nn.Linear(
            hidden_dim + memory_dim + embed_dim, target_size
        )

    def forward(
        self,
        target: Int[Tensor, "batch target"],
        hidden: Float[Tensor, "batch hidden_dim"],
        memory: Float[Tensor, "batch source memory_dim"],
        mask: Bool[Tensor, "batch 1 source"] | None = None,
    ) -> tuple[
        Float[Tensor, "batch target target_size"],
        Float[Tensor, "batch target source"],
        Float[Tensor, "batch hidden_dim"],
    ]:
        """Say what may come next, and where each step looked.

        Arguments, results and errors are those of RecurrentDecoder.
        """
        check_tokens("target", target, self.target_size)
        check_some("target", target)
        check_rows("hidden", hidden, self.cell, self.hidden_dim, target)
        check_memory(memory, hidden, self.memory_dim)
        check_source_mask(mask, memory, "mask")
        steps, alignment = [], []
        for vector in self.embedding(target).unbind(dim=1):
            query = hidden.unsqueeze(1)
            context, weights = attention(
                query, memory, memory, mask, self.score
            )
            context = context.squeeze(1)
            hidden = self.cell(torch.cat([vector, context], dim=-1), hidden)
            steps.append(torch.cat([hidden, context, vector], dim=-1))
            alignment.append(weights)
        logits = self.output_map(torch.stack(steps, dim=1))
        return logits, torch.cat(alignment, dim=1), hidden

    @classmethod
    def from_torch(
        cls,
        theirs: nn.GRUCell | nn.GRU,
        embedding: nn.Embedding,
        output_map: nn.Linear,
        score: nn.Module,
    ) -> "BahdanauDecoder":
        """Return a copy of torch's GRU, with copies of what it has not.

        Args:
            theirs: a cell, or a network of one layer from the left, of token
                and, after it, context.
            embedding: of the tokens.
            output_map: from state, context and token, in this order, to the
                tokens of the embedding.
            score: `(state, memory) -> scores`, a module of scores.py.

        Raises:
            TypeError: a module of another kind.
            ValueError: several layers, both directions; sizes that do not fit.
        """
        return copied_bahdanau_decoder(
            cls, theirs, embedding, output_map, score
        )


class Seq2SeqState:
    """What a decoder remembers while it writes; see decoding.py."""

    def __init__(self, hidden: Tensor, memory: Tensor, mask: Tensor):
        self.hidden, self.memory, self.mask = hidden, memory, mask

    def __len__(self) -> int:
        """Return how many rows the batch has."""
        return len(self.hidden)

    def select(self, rows: Int[Tensor, "rows"]) -> None:
        """Keep these rows of the batch, in this order."""
        self.hidden = self.hidden[rows]
        self.memory = self.memory[rows]
        self.mask = self.mask[rows]


class Seq2Seq(Writer):
    """An encoder that reads the source and a decoder that writes the target.

    Args:
        encoder: a RecurrentEncoder.
        decoder: a RecurrentDecoder, LuongDecoder or BahdanauDecoder.

    Source: Sutskever et al. 2014.
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.target_size = getattr(decoder, "target_size", None)

    def forward(
        self,
        source: Int[Tensor, "batch source"],
        lengths: Int[Tensor, "batch"] | Sequence[int],
        target: Int[Tensor, "batch target"],
    ) -> tuple[
        Float[Tensor, "batch target target_size"],
        Float[Tensor, "batch target source"] | None,
    ]:
        """Read the source, and predict what follows each target token.

        Args:
            source: tokens, padded at the right to one length.
            lengths: how many of each are real, 1 or more.
            target: the tokens written so far, the start token first.

        Returns:
            logits: scores of the next token at each step.
            weights: the alignment, where each step looked; None if the
                decoder does not attend.

        Raises:
            ValueError: targets that are not as many as the sources; otherwise as
                the encoder and the decoder.
            TypeError: as the encoder and the decoder.
        """
        state = self.begin(source, lengths)
        check_as_many("target", target, "source", source)
        logits, weights, _ = self.decoder(
            target, state.hidden, state.memory, state.mask
        )
        return logits, weights

    def begin(
        self,
        source: Int[Tensor, "batch source"],
        lengths: Int[Tensor, "batch"] | Sequence[int],
    ) -> Seq2SeqState:
        """Read the source; return the state from which `step` writes."""
        memory, hidden = self.encoder(source, lengths)
        mask = padding_mask(lengths, source.shape[1], source.device)
        return Seq2SeqState(hidden, memory, mask)

    def step(
        self, token: Int[Tensor, "batch"], state: Seq2SeqState
    ) -> Float[Tensor, "batch target_size"]:
        """Read one more target token; return what may come next."""
        logits, _, state.hidden = self.decoder(
            token.unsqueeze(1), state.hidden, state.memory, state.mask
        )
        return logits.squeeze(1)
