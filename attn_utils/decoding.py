"""Decoding: write a sequence token by token, greedily or with a beam.

Both work with any model that says, step by step, what may come next.
"""

import torch
from torch import nn

from ._checks import (
    check_size,
    check_token,
    check_tokens,
    device_of,
    known,
)
from ._shapes import Float, Int, Tensor


def shift_right(
    tokens: Int[Tensor, "batch tokens"], start: int
) -> Int[Tensor, "batch tokens"]:
    """Return what a decoder reads while it writes `tokens`: `start` comes first.

    So each token is predicted from those before it, in training and when the
    attention maps of a written target are asked for.
    """
    check_tokens("tokens", tokens)
    start = check_size("start", start, least=0)
    return torch.cat([torch.full_like(tokens[:, :1], start), tokens[:, :-1]], 1)


class Writer(nn.Module):
    """A model that reads a source and writes a target, token by token.

    A subclass says how it reads, `begin(*source) -> state`, and how it goes
    on, `step(token (batch,), state) -> logits (batch, vocabulary)`. The state
    is what it remembers; `state.select(rows)` keeps these rows of the batch,
    in this order, and `len(state)` is how many there are.
    """

    @torch.no_grad()
    def greedy(
        self, *source, start: int, end: int, max_tokens: int
    ) -> Int[Tensor, "batch tokens"]:
        """Write the likeliest next token, again and again.

        Args:
            source: what `begin` takes.
            start: the token that each target begins with; not returned.
            end: the token that ends a target.
            max_tokens: where to stop at the latest, 0 or more.

        Returns:
            The tokens; what stands after an end is an end.
        """
        start = check_size("start", start, least=0)
        max_tokens = check_size("max_tokens", max_tokens, least=0)
        state = self.begin(*source)
        token = torch.full((len(state),), start, device=device_of(self))
        ended = torch.zeros_like(token, dtype=torch.bool)
        tokens = token.new_empty(len(state), 0)
        while tokens.shape[1] < max_tokens and not known(ended.all()):
            logits = self.step(token, state)
            end = check_token("end", end, logits)
            token = logits.argmax(dim=-1).masked_fill(ended, end)
            tokens = torch.cat([tokens, token.unsqueeze(1)], dim=1)
            ended = token == end
        return tokens

    @torch.no_grad()
    def beam(
        self,
        *source,
        start: int,
        end: int,
        max_tokens: int,
        beam_width: int = 4,
    ) -> tuple[Int[Tensor, "batch beam tokens"], Float[Tensor, "batch beam"]]:
        """Keep the `beam_width` likeliest targets at every step.

        Args:
            source: what `begin` takes.
            start: the token that each target begins with; not returned.
            end: the token that ends a target.
            max_tokens: where to stop at the latest, 0 or more.
            beam_width: how many targets of each source are kept, 1 or more.

        Returns:
            tokens: the targets, the likeliest first; after an end come ends.
            log_probability: of each target as a whole; -inf where there were
                fewer targets than places.

        Source: Sutskever et al. 2014, section 3.2.
        """
        start = check_size("start", start, least=0)
        max_tokens = check_size("max_tokens", max_tokens, least=0)
        beam_width = check_size("beam_width", beam_width, least=1)
        state = self.begin(*source)
        shape = len(state), beam_width
        device = device_of(self)
        rows = torch.arange(len(state), device=device).unsqueeze(-1)
        state.select(rows.expand(shape).flatten())
        # All places begin alike: only the first may be continued.
        total = torch.full(shape, float("-inf"), device=device)
        total[:, 0] = 0.0
        last = torch.full(shape, start, device=device)
        ended = torch.zeros_like(last, dtype=torch.bool)
        tokens = last.new_empty(*shape, 0)
        while tokens.shape[-1] < max_tokens and not known(ended.all()):
            logits = self.step(last.flatten(), state)
            end = check_token("end", end, logits)
            vocabulary = logits.shape[-1]
            gain = logits.log_softmax(-1).view(*shape, vocabulary)
            # What has ended goes on with ends, which cost nothing.
            only_end = gain.new_full((vocabulary,), float("-inf"))
            only_end[end] = 0.0
            gain = torch.where(ended.unsqueeze(-1), only_end, gain)
            reached = (total.unsqueeze(-1) + gain).flatten(1)
            total, place = reached.topk(beam_width, dim=-1)
            parent, last = place // vocabulary, place % vocabulary
            state.select((rows * beam_width + parent).flatten())
            tokens = tokens[rows, parent]
            tokens = torch.cat([tokens, last.unsqueeze(-1)], dim=-1)
            ended = last == end
        return tokens, total
