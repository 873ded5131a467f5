"""Decoding: write a sequence token by token.

Greedily, by chance or with a beam: all work with any model that says, step by
step, what may come next.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import nn

from ._checks import (
    check_chosen,
    check_fits,
    check_kind,
    check_not_negative,
    check_positive,
    check_size,
    check_start,
    check_token,
    check_tokens,
    device_of,
    known,
)
from ._shapes import Float, Int, Tensor


def shift_right(
    tokens: Int[Tensor, "batch tokens"],
    start: int | Int[Tensor, "batch"] | Sequence[int],
) -> Int[Tensor, "batch tokens"]:
    """Return what a decoder reads while it writes `tokens`: `start` comes first.

    So each token is predicted from those before it, in training and when the
    attention maps of a written target are asked for.

    Args:
        tokens: the targets, ends included; the loss compares with these.
        start: the token that each target begins with, or one for each row.

    Raises:
        ValueError: tokens of other than two axes; a start below 0, too large for
            the tokens' dtype, or not one for each row.
        TypeError: tokens or a start that are not whole numbers.
    """
    check_tokens("tokens", tokens)
    first = check_start(start, len(tokens), tokens.device)
    check_fits("start", first, tokens.dtype)
    first = first.to(tokens).unsqueeze(1)
    return torch.cat([first, tokens], dim=1)[:, : tokens.shape[1]]


class Targets(NamedTuple):
    """Some targets of each source, and what beam search ranks them by."""

    tokens: Int[Tensor, "batch places tokens"]
    log_probability: Float[Tensor, "batch places"]
    score: Float[Tensor, "batch places"]

    def best(self, others: "Targets") -> "Targets":
        """Return as many targets, the best of these and the others."""
        pairs = zip(self, others, strict=True)
        every = Targets(*(torch.cat(pair, dim=1) for pair in pairs))
        order = every.score.sort(descending=True, stable=True).indices
        order = order[:, : self.score.shape[1]]
        rows = torch.arange(len(order), device=order.device).unsqueeze(-1)
        return Targets(*(each[rows, order] for each in every))


class Writer(nn.Module):
    """A model that reads a source and writes a target, token by token.

    A subclass says how it reads, `begin(*source) -> state`, and how it goes
    on, `step(token (batch,), state) -> logits (batch, vocabulary)`. The state
    is what it remembers; `state.select(rows)` keeps these rows of the batch,
    in this order, and `len(state)` is how many there are. Where it is known
    how many target tokens there are, `target_size` says so.

    Writing keeps no gradient, but dropout stays on until `eval()` is called.
    """

    target_size: int | None = None

    @torch.no_grad()
    def write(
        self,
        *source,
        choose: Callable[[Tensor], Tensor],
        start: int | Int[Tensor, "batch"] | Sequence[int],
        end: int,
        max_tokens: int,
        **named,
    ) -> Int[Tensor, "batch tokens"]:
        """Write the token that a rule chooses, again and again.

        Args:
            source: what `begin` takes.
            choose: the rule, `logits (batch, vocabulary) -> token (batch,)`.
            start: the token that each target begins with, or one for each
                row; not returned.
            end: the token that ends a target.
            max_tokens: where to stop at the latest, 0 or more.
            named: what `begin` takes, by name.

        Returns:
            The tokens; what stands after an end is an end.

        Raises:
            ValueError: a `max_tokens` below 0; a start that is no token, or not one
                for each row; an end that the logits do not score.
            TypeError: one of them that is no whole number; a rule that does not
                return one token for each row.
        """
        max_tokens = check_size("max_tokens", max_tokens, least=0)
        state = self.begin(*source, **named)
        token = check_start(
            start, len(state), device_of(self), self.target_size
        )
        ended = torch.zeros_like(token, dtype=torch.bool)
        tokens = token.new_empty(len(state), 0)
        while tokens.shape[1] < max_tokens and not known(ended.all()):
            logits = self.step(token, state)
            end = check_token("end", end, logits)
            chosen = choose(logits)
            check_chosen(chosen, logits)
            token = chosen.masked_fill(ended, end)
            tokens = torch.cat([tokens, token.unsqueeze(1)], dim=1)
            ended = token == end
        return tokens

    def greedy(
        self,
        *source,
        start: int | Int[Tensor, "batch"] | Sequence[int],
        end: int,
        max_tokens: int,
        **named,
    ) -> Int[Tensor, "batch tokens"]:
        """Write the likeliest next token; arguments are those of `write`."""
        return self.write(
            *source,
            choose=lambda logits: logits.argmax(dim=-1),
            start=start,
            end=end,
            max_tokens=max_tokens,
            **named,
        )

    def sample(
        self,
        *source,
        start: int | Int[Tensor, "batch"] | Sequence[int],
        end: int,
        max_tokens: int,
        temperature: float = 1.0,
        top_k: int | None = None,
        generator: torch.Generator | None = None,
        **named,
    ) -> Int[Tensor, "batch tokens"]:
        """Draw the next token by its probability, again and again.

        Args:
            source: as in `write`.
            start: as in `write`.
            end: as in `write`.
            max_tokens: as in `write`.
            temperature: what logits are divided by, above 0: near 0 the draw
                is greedy, at 1 it follows the model.
            top_k: how many tokens, the likeliest, may be drawn; None, or more
                than there are, lets all.
            generator: where the randomness comes from; None takes torch's own.
            named: as in `write`.

        Returns:
            The tokens; what stands after an end is an end.

        Raises:
            ValueError: a temperature that is not above 0 and finite; a `top_k` below
                1; otherwise as `write`.
            TypeError: as `write`; a `top_k` that is no whole number; a temperature
                that is no number, a generator that is none.
        """
        check_positive("temperature", temperature)
        check_kind("generator", generator, torch.Generator)
        if top_k is not None:
            top_k = check_size("top_k", top_k, least=1)

        def draw(logits):
            size = logits.shape[-1]
            best, token = logits.topk(min(top_k or size, size))
            # Measured from the best: so no temperature makes them overflow.
            least = max(temperature, torch.finfo(torch.float32).tiny)
            chance = ((best - best[:, :1]).float() / least).softmax(-1)
            chance = chance.to(generator.device if generator else token.device)
            drawn = torch.multinomial(chance, 1, generator=generator)
            return token.gather(-1, drawn.to(token.device)).squeeze(-1)

        return self.write(
            *source,
            choose=draw,
            start=start,
            end=end,
            max_tokens=max_tokens,
            **named,
        )

    @torch.no_grad()
    def beam(
        self,
        *source,
        start: int | Int[Tensor, "batch"] | Sequence[int],
        end: int,
        max_tokens: int,
        beam_width: int = 4,
        length_penalty: float = 0.0,
        **named,
    ) -> tuple[Int[Tensor, "batch beam tokens"], Float[Tensor, "batch beam"]]:
        """Continue the `beam_width` likeliest beginnings at every step.

        A target that ends among them leaves the beam and is kept, and another
        beginning takes its place. The search stops where nothing that is still
        written can become better than what is kept.

        Args:
            source: what `begin` takes.
            start: the token that each target begins with, or one for each
                row; not returned.
            end: the token that ends a target.
            max_tokens: where to stop at the latest, 0 or more; what is written
                by then is ranked as it stands.
            beam_width: how many targets of each source are continued, and
                how many are returned, 1 or more.
            length_penalty: 0 or more; targets are ranked by log-probability /
                length^length_penalty, the end counted: at 0 by probability, at
                1 by the mean log-probability of a token, which long targets
                can win.
            named: what `begin` takes, by name.

        Returns:
            tokens: the targets, the best first; after an end come ends.
            log_probability: of each target as a whole, not divided by
                anything; -inf where there were fewer targets than places.

        Raises:
            ValueError: a `beam_width` below 1; a penalty that is not 0 or more and
                finite; otherwise as `write`.
            TypeError: as `write`; a `beam_width` that is no whole number.

        Source: Sutskever et al. 2014, section 3.2.
        """
        max_tokens = check_size("max_tokens", max_tokens, least=0)
        width = check_size("beam_width", beam_width, least=1)
        check_not_negative("length_penalty", length_penalty)

        def ranked(tokens, total):  # the first token is the start
            length = max(1, tokens.shape[-1] - 1)
            return Targets(tokens, total, total / length**length_penalty)

        state = self.begin(*source, **named)
        batch, device = len(state), device_of(self)
        rows = torch.arange(batch, device=device).unsqueeze(-1)
        state.select(rows.expand(batch, width).flatten())
        tokens = check_start(start, batch, device, self.target_size)
        tokens = tokens.view(batch, 1, 1)
        tokens = tokens.expand(batch, width, 1)
        nothing = torch.full((batch, width), float("-inf"), device=device)
        # All places begin alike: only the first may be continued.
        beam = ranked(tokens, nothing.index_fill(1, rows.new_zeros(1), 0.0))
        kept = ranked(tokens, nothing)
        for _ in range(max_tokens):
            hope = beam.log_probability[:, 0] / max_tokens**length_penalty
            if known((hope <= kept.score[:, -1]).all()):
                break
            logits = self.step(beam.tokens[:, :, -1].flatten(), state)
            end = check_token("end", end, logits)
            gain = logits.log_softmax(-1).unflatten(0, (batch, width))
            reached = (beam.log_probability.unsqueeze(-1) + gain).flatten(1)
            # Each beginning has one end: of twice as many, enough go on.
            total, place = reached.topk(min(2 * width, reached.shape[1]))
            parent, last = place // gain.shape[-1], place % gain.shape[-1]
            tokens = torch.cat(
                [beam.tokens[rows, parent], last.unsqueeze(-1)], dim=-1
            )
            ended = total.masked_fill(last != end, float("-inf"))[:, :width]
            longer = nn.functional.pad(kept.tokens, (0, 1), value=end)
            kept = kept._replace(tokens=longer).best(
                ranked(tokens[:, :width], ended)
            )
            going = total.masked_fill(last == end, float("-inf"))
            total, order = going.topk(width)
            beam = ranked(tokens[rows, order], total)
            state.select((rows * width + parent[rows, order]).flatten())
        found = kept.best(beam)
        return found.tokens[:, :, 1:], found.log_probability
