"""Training: one plain loop, and batches of sequences of like length."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import torch
from torch import nn

from ._checks import check_loss, check_positive, check_size, shape_of
from ._levels import from_levels, to_levels
from ._shapes import Int, Tensor


def seeded(seed: int) -> torch.Generator:
    """Seed torch's own randomness, and return a generator of the same seed.

    The first decides how modules are initialised, the second is handed to
    whatever draws data.

    Raises:
        ValueError: a seed below 0.
        TypeError: one that is no whole number.
    """
    seed = check_size("seed", seed, least=0)
    torch.manual_seed(seed)
    return torch.Generator().manual_seed(seed)


def bucketed_batches(
    lengths: Int[Tensor, "examples"] | Sequence[int],
    batch_size: int,
    pool: int = 8,
    generator: torch.Generator | None = None,
) -> Iterator[Int[Tensor, "batch"]]:
    """Draw batches of examples of like length, so that little is padded.

    Each example is drawn once: shuffled, cut into pools of `pool` batches,
    sorted by length inside a pool, cut into batches, which are shuffled again.

    Args:
        lengths: how long each example is.
        batch_size: examples in a batch; the last may be smaller.
        pool: batches that are sorted together; 1 sorts nothing.
        generator: where the randomness comes from; None takes torch's own.

    Yields:
        The places of the examples of one batch.

    Raises:
        ValueError: a size below 1, or lengths of more than one axis.
    """
    batch_size = check_size("batch_size", batch_size, least=1)
    pool = check_size("pool", pool, least=1)
    if not isinstance(lengths, Tensor):
        lengths = torch.as_tensor(lengths)
    if lengths.ndim != 1:
        raise ValueError(
            "lengths must have the shape (examples,), but has "
            f"{shape_of(lengths)}"
        )
    if not len(lengths):
        return  # split would make one batch of nothing
    device = generator.device if generator else lengths.device
    shuffled = torch.randperm(len(lengths), generator=generator, device=device)
    lengths = lengths.to(device)
    for places in shuffled.split(pool * batch_size):
        in_order = places[lengths[places].argsort()]
        batches = in_order.split(batch_size)
        turns = torch.randperm(len(batches), generator=generator, device=device)
        for turn in turns:
            yield batches[turn]


def warm_up(step: int, num_steps: int, num_warm: int) -> float:
    """Return the share of the learning rate: up in a line, then down to 0."""
    if step < num_warm:
        return (step + 1) / num_warm
    return (num_steps - step) / max(1, num_steps - num_warm)


def train(
    model: nn.Module,
    batches: Iterable,
    loss_of: Callable[..., Tensor],
    num_steps: int,
    learning_rate: float = 1e-3,
    num_warm: int = 0,
    decay: bool = False,
    betas: tuple[float, float] = (0.9, 0.999),
    weight_decay: float = 0.0,
    clip: float | None = 1.0,
    report: Callable[[int, int, float], None] | None = None,
) -> list[float]:
    """Lower a loss, batch by batch, with AdamW.

    Args:
        model: what is trained; left in eval mode.
        batches: at least `num_steps` batches; the rest is not touched.
        loss_of: `(model, batch) -> loss`, a single number.
        num_steps: how many batches, one step each.
        learning_rate: its highest value.
        num_warm: steps over which the learning rate rises in a line.
        decay: whether it falls in a line to 0 afterwards.
        betas: how long AdamW remembers gradients and their squares.
        weight_decay: how strongly AdamW pulls the parameters towards 0.
        clip: longest gradient that is let through; None lets all.
        report: called as `(step, num_steps, loss)` after every step, e.g. a
            progress bar.

    Returns:
        The loss of every step.

    Raises:
        ValueError: batches that end early; a loss that is not one finite
            number, or that carries no gradient; a learning rate or a clip that
            is not above 0.
    """
    num_steps = check_size("num_steps", num_steps, least=1)
    num_warm = check_size("num_warm", num_warm, least=0)
    check_positive("learning_rate", learning_rate)
    if clip is not None:
        check_positive("clip", clip)
    optimizer = torch.optim.AdamW(
        model.parameters(), learning_rate, betas, weight_decay=weight_decay
    )
    model.train()
    losses = []
    for step, batch in zip(range(num_steps), batches, strict=False):
        share = (
            warm_up(step, num_steps, num_warm)
            if decay
            else min(1.0, (step + 1) / max(1, num_warm))
        )
        for group in optimizer.param_groups:
            group["lr"] = learning_rate * share
        loss = loss_of(model, batch)
        check_loss(loss, step)
        optimizer.zero_grad()
        loss.backward()
        if clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        losses.append(loss.item())
        if report is not None:
            report(step + 1, num_steps, losses[-1])
    if len(losses) < num_steps:
        raise ValueError(
            f"batches must be at least num_steps = {num_steps}, but ended after "
            f"{len(losses)}"
        )
    model.eval()
    return losses


@torch.no_grad()
def in_eight_bits(model: nn.Module) -> nn.Module:
    """Round the parameters of a model to what fits a page; returns the model.

    Each row of a matrix becomes whole levels, from -127 to 127, of a step of its
    own: the row's largest number over 127. Every other parameter is in half
    precision, a buffer is as it was. The model computes in float32 from now on.

    Raises:
        ValueError: names a matrix that is not finite, or too large. What is no
            matrix is inf where half precision cannot hold it.
    """
    model.float()
    for name, parameter in model.named_parameters():
        if parameter.ndim == 2:
            parameter.copy_(from_levels(*to_levels(name, parameter)))
        else:
            parameter.copy_(parameter.half())
    return model
