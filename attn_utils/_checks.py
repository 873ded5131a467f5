"""Errors that name the argument, what was expected and what came.

Every check here stands before something that torch would refuse with a
message about strides, or worse: broadcast silently into a wrong answer.
"""

import operator
from collections.abc import Iterable, Sequence
from itertools import chain
from numbers import Real

import torch
from torch import nn

from ._shapes import Int, Tensor

INT64 = torch.iinfo(torch.int64).max


def shape_of(tensor: Tensor) -> str:
    """Return the shape as it is written in the docstrings: (2, 3, 5)."""
    return str(tuple(tensor.shape))


def known(fact: Tensor) -> bool | None:
    """Return whether `fact`, a single bool, is true; None where no one can tell.

    There is no value to ask for while torch compiles, exports, traces, vmaps
    or captures a CUDA graph, on its meta device and in fake tensors.
    """
    if torch.compiler.is_compiling() or torch.jit.is_tracing():
        return None
    try:
        capturing = fact.is_cuda and torch.cuda.is_current_stream_capturing()
        return None if capturing else bool(fact)
    except RuntimeError:  # what vmap, meta and fake tensors all raise
        return None


def device_of(module: nn.Module) -> torch.device | None:
    """Return where `module` lives; None, the default, if it keeps no tensor."""
    tensors = chain(module.parameters(), module.buffers())
    return next((tensor.device for tensor in tensors), None)


def check_whole(name: str, size: object) -> int:
    """Return `size` as an int; raise unless it is whole.

    Whole numbers of NumPy and torch will do; only an int cannot overflow.
    """
    kind = getattr(size, "dtype", type(size))
    try:
        if kind in (bool, torch.bool) or getattr(size, "ndim", 0):
            raise TypeError
        # where torch traces with a size left open, it is a SymInt
        if not isinstance(size, torch.SymInt):
            size = operator.index(size)
    except TypeError:
        raise TypeError(
            f"{name} must be an int, but is {size!r} ({type(size).__name__})"
        ) from None
    return size


def check_size(name: str, size: int, least: int) -> int:
    """Return `size` as an int; raise unless it is whole, at least `least`."""
    size = check_whole(name, size)
    if size < least:
        raise ValueError(f"{name} must be at least {least}, but is {size}")
    return size


def check_sizes(**sizes: int) -> list[int]:
    """Return all as ints; raise unless they are whole, at least 1."""
    return [check_size(name, size, least=1) for name, size in sizes.items()]


def check_at_most(name: str, size: int, most: int, reason: str) -> None:
    """Raise unless `size` is at most `most`; `reason` says what that is."""
    if size > most:
        raise ValueError(
            f"{name} must be at most {most} ({reason}), but is {size}"
        )


def check_one_of(name: str, value: object, known: Iterable[str]) -> None:
    """Raise unless `value` is one of some names."""
    if value not in (names := [*known]):
        raise ValueError(
            f"{name} must be one of {', '.join(names)}, but is {value!r}"
        )


def check_number(name: str, number: float) -> None:
    """Raise unless `number` is one number; those of NumPy and torch will do."""
    single = isinstance(number, Real | torch.SymFloat)
    if isinstance(number, bool) or not (
        single or getattr(number, "ndim", None) == 0
    ):
        raise TypeError(
            f"{name} must be a number, but is {number!r} "
            f"({type(number).__name__})"
        )


def check_above(name: str, number: float, least: int) -> None:
    """Raise unless `number` is finite and above `least`."""
    check_number(name, number)
    if not least < number < float("inf"):
        raise ValueError(
            f"{name} must be finite and above {least}, but is {number}"
        )


def check_positive(name: str, number: float) -> None:
    """Raise unless `number` is finite and above 0."""
    check_above(name, number, 0)


def check_share(name: str, number: float) -> None:
    """Raise unless `number` lies between 0 and 1."""
    check_number(name, number)
    if not 0 <= number <= 1:
        raise ValueError(f"{name} must lie between 0 and 1, but is {number}")


def check_not_negative(name: str, number: float) -> None:
    """Raise unless `number` is finite, and 0 or more."""
    check_number(name, number)
    if not 0 <= number < float("inf"):
        raise ValueError(
            f"{name} must be finite and at least 0, but is {number}"
        )


def check_callable(name: str, given: object, example: str) -> None:
    """Raise unless `given` is None, or can be called as it is: no class, no name."""
    if given is not None and (isinstance(given, type) or not callable(given)):
        raise TypeError(
            f"{name} must be a function or a module, as {example}, or None, but is "
            f"{given!r}"
        )


def check_kind(name: str, given: object, kind: type) -> None:
    """Raise unless `given` is None or of this kind."""
    if given is not None and not isinstance(given, kind):
        raise TypeError(
            f"{name} must be a {kind.__name__} or None, but is {given!r}"
        )


def check_heads(model_dim: int, num_heads: int) -> list[int]:
    """Return both as ints; raise unless equal heads fill the features."""
    model_dim, num_heads = sizes = check_sizes(
        model_dim=model_dim, num_heads=num_heads
    )
    if model_dim % num_heads:
        raise ValueError(
            f"num_heads must divide model_dim = {model_dim}, but is {num_heads}"
        )
    return sizes


def check_even(name: str, size: int) -> int:
    """Return `size` as an int; raise unless features come in pairs."""
    size = check_size(name, size, least=2)
    if size % 2:
        raise ValueError(
            f"{name} must be even, as features come in pairs, but is {size}"
        )
    return size


def check_floating(name: str, tensor: Tensor) -> None:
    """Raise unless `tensor` is a tensor of floating-point numbers."""
    if not isinstance(tensor, Tensor):
        raise TypeError(
            f"{name} must be a tensor, but is {type(tensor).__name__}"
        )
    if not tensor.is_floating_point():
        raise TypeError(
            f"{name} must hold floating-point numbers, but its dtype is "
            f"{tensor.dtype}; write 1.0 instead of 1, or call .float()"
        )


def same_dtype(tensor: Tensor, other: Tensor) -> bool:
    """Say if the two have one dtype, or if autocast will give them one.

    It does so on the devices that it knows, and leaves float64 alone.
    """
    if tensor.dtype == other.dtype:
        return True
    kind = tensor.device.type
    return (
        torch.float64 not in (tensor.dtype, other.dtype)
        and torch.amp.is_autocast_available(kind)
        and torch.is_autocast_enabled(kind)
    )


def check_sequences(**tensors: Tensor) -> None:
    """Raise unless all are floating (*batch, length, dim) of one batch.

    torch would broadcast a batch of 1 against a batch of 4, and would compare
    heads instead of positions in a (batch, tokens, heads, dim) layout.
    """
    (first_name, first), *_ = tensors.items()
    for name, tensor in tensors.items():
        check_floating(name, tensor)
        if not same_dtype(tensor, first):
            raise TypeError(
                f"{name} must have the dtype of {first_name} ({first.dtype}), "
                f"but has {tensor.dtype}"
            )
        if tensor.ndim < 2:
            raise ValueError(
                f"{name} must have the shape (*batch, length, dim), but has "
                f"{shape_of(tensor)}"
            )
        if tensor.shape[:-2] != first.shape[:-2]:
            raise ValueError(
                f"{name} must have the batch axes of {first_name}, "
                f"{tuple(first.shape[:-2])}, but has {shape_of(tensor)}; in a "
                "(batch, tokens, heads, dim) layout, call .transpose(1, 2) first"
            )


def check_width(name: str, tensor: Tensor, dim: int, reason: str) -> None:
    """Raise unless the last axis of `tensor` is `dim` wide."""
    if not tensor.ndim:
        raise ValueError(
            f"{name} must be {dim} wide ({reason}), but is a single number"
        )
    if tensor.shape[-1] != dim:
        raise ValueError(
            f"{name} must be {dim} wide ({reason}), but is "
            f"{tensor.shape[-1]} wide: its shape is {shape_of(tensor)}"
        )


def check_parameters(
    name: str, tensor: Tensor, child: nn.Module, dim: int, reason: str
) -> None:
    """Raise unless `tensor` is `dim` wide and has the dtype of `child`."""
    check_floating(name, tensor)
    check_width(name, tensor, dim, reason)
    check_dtype(name, tensor, child)


# What an input of these meets. A child of another type, which a user has put in
# their place (a LoRA wrapper, an int8 map), takes the dtypes that it likes.
PARAMETER = {
    nn.Linear: "weight",
    nn.Embedding: "weight",
    nn.LayerNorm: "weight",
    nn.Conv1d: "weight",
    nn.Conv2d: "weight",
    nn.GRU: "weight_hh_l0",
    nn.GRUCell: "weight_hh",
}


def check_dtype(name: str, tensor: Tensor, child: nn.Module | Tensor) -> None:
    """Raise unless `tensor` has the dtype of `child` or of its parameters."""
    parameter = getattr(child, PARAMETER.get(type(child), ""), None)
    if isinstance(child, Tensor):
        parameter = child
    if parameter is not None and not same_dtype(tensor, parameter):
        raise TypeError(
            f"{name} must have the dtype of the parameters ({parameter.dtype}), "
            f"but has {tensor.dtype}; convert one of them, as in "
            f"module.to({tensor.dtype})"
        )


def check_inputs(child: nn.Module, model_dim: int, **tensors: Tensor) -> None:
    """Raise unless all are (batch, tokens, model_dim), of one batch.

    Their dtype is that of `child`, which meets them first.
    """
    check_sequences(**tensors)
    for name, tensor in tensors.items():
        if tensor.ndim != 3:
            raise ValueError(
                f"{name} must have the shape (batch, tokens, model_dim), but "
                f"has {shape_of(tensor)}"
            )
        check_parameters(name, tensor, child, model_dim, "model_dim")


def check_tokens(
    name: str, tokens: Tensor, size: int | float = float("inf")
) -> None:
    """Raise unless `tokens` are (batch, tokens) whole numbers below `size`.

    Narrow ones are refused: a start token might not fit, and an embedding takes none.
    """
    whole = isinstance(tokens, Tensor) and not (
        tokens.is_floating_point() or tokens.dtype == torch.bool
    )
    if not whole:
        kind = getattr(tokens, "dtype", type(tokens).__name__)
        raise TypeError(
            f"{name} must be a tensor of whole numbers, but is {kind}"
        )
    if tokens.dtype not in (torch.int32, torch.int64):
        raise TypeError(
            f"{name} must hold int64 or int32, but its dtype is {tokens.dtype}; "
            "call .long()"
        )
    if tokens.ndim != 2:
        raise ValueError(
            f"{name} must have the shape (batch, tokens), but has "
            f"{shape_of(tokens)}"
        )
    if tokens.numel() and known((tokens.min() < 0) | (tokens.max() >= size)):
        raise ValueError(
            f"{name} must hold tokens from 0 to {size - 1}, but holds "
            f"{tokens.min()} to {tokens.max()}"
        )


def check_as_many(name: str, rows: Tensor, of: str, others: Tensor) -> None:
    """Raise unless `rows` are as many as the rows of another argument, `of`.

    What is no tensor of as many axes is left to other checks.
    """
    alike = isinstance(rows, Tensor) and rows.ndim == others.ndim
    if alike and rows.shape[0] != others.shape[0]:
        raise ValueError(
            f"{name} must have as many rows as {of}, {others.shape[0]}, but has "
            f"{shape_of(rows)}"
        )


def check_token(name: str, token: int, logits: Tensor) -> int:
    """Return `token` as an int; raise unless the logits score it."""
    token = check_size(name, token, least=0)
    if token >= logits.shape[-1]:
        raise ValueError(
            f"{name} must be a token from 0 to {logits.shape[-1] - 1}, but is "
            f"{token}"
        )
    return token


def check_start(
    start: int | Tensor | Sequence[int],
    batch: int,
    device: torch.device | None,
    size: int | None = None,
) -> Int[Tensor, "batch"]:
    """Return a start token for each of the batch, from one or from as many.

    Where it is known how many tokens there are, `size`, it must be one of them.
    """
    many = isinstance(start, Sequence) and not isinstance(start, str)
    if not many and not getattr(start, "ndim", 0):
        start = check_size("start", start, least=0)
        check_at_most("start", start, INT64, "the largest int64")
        if size is not None and start >= size:
            raise ValueError(
                f"start must be a token from 0 to {size - 1}, but is {start}"
            )
        return torch.full((batch,), start, device=device)
    rows = torch.as_tensor(start)
    whole = not (rows.is_floating_point() or rows.dtype == torch.bool)
    if rows.numel() and not whole:
        raise TypeError(
            "start must be an int, or a whole number for each row, but its "
            f"dtype is {rows.dtype}"
        )
    if rows.shape != (batch,):
        raise ValueError(
            f"start must be an int, or have the shape (batch,) = ({batch},), "
            f"but has {shape_of(rows)}"
        )
    if known((rows < 0).any()):
        raise ValueError(f"start must be at least 0, but is {rows.tolist()}")
    if size is not None and known((rows >= size).any()):
        raise ValueError(
            f"start must hold tokens from 0 to {size - 1}, but is "
            f"{rows.tolist()}"
        )
    return rows.to(device, torch.int64)


def as_lengths(
    lengths: Tensor | Sequence[int], device: torch.device | str | None = None
) -> Tensor:
    """Return lengths as a tensor; raise unless they can be one."""
    if isinstance(lengths, Tensor) and device is None:
        return lengths
    try:
        return torch.as_tensor(lengths, device=device)
    except (TypeError, ValueError, RuntimeError, OverflowError):
        raise TypeError(
            "lengths must be a tensor or a list of whole numbers, but are "
            f"{lengths!r}"
        ) from None


def check_fits(name: str, tokens: Tensor, dtype: torch.dtype) -> None:
    """Raise unless whole numbers keep their value in another dtype."""
    most = torch.iinfo(dtype).max
    if known((tokens > most).any()):
        raise ValueError(
            f"{name} must be at most {most} (the largest {dtype}), but is "
            f"{tokens.tolist()}"
        )


def check_lengths(key: Tensor, value: Tensor) -> None:
    """Raise unless there is one value for each key."""
    if value.shape[-2] != key.shape[-2]:
        raise ValueError(
            f"value must have one row for each key, {key.shape[-2]}, but has "
            f"{value.shape[-2]}: its shape is {shape_of(value)}"
        )


def check_scores(scores: Tensor, query: Tensor, key: Tensor) -> None:
    """Raise unless a score function returned one score for every pair."""
    check_floating("the result of score", scores)
    expected = (*query.shape[:-1], key.shape[-2])
    if tuple(scores.shape) != expected:
        raise ValueError(
            "score must return the shape (*batch, queries, keys) = "
            f"{expected}, but returned {shape_of(scores)}"
        )
    if not same_dtype(scores, query):
        raise TypeError(
            f"score must return the dtype of query ({query.dtype}), but returned "
            f"{scores.dtype}; let it end in `.to(query.dtype)`"
        )


def check_score_heads(query: Tensor, num_heads: int) -> None:
    """Raise unless the axis before the last two has one entry for each head."""
    if query.ndim < 3 or query.shape[-3] != num_heads:
        raise ValueError(
            "query must have the shape (*batch, heads, queries, dim) with "
            f"{num_heads} heads, but has {shape_of(query)}"
        )


def check_bool(name: str, mask: Tensor) -> None:
    """Raise unless `mask` is a tensor of True and False."""
    if not isinstance(mask, Tensor) or mask.dtype != torch.bool:
        kind = mask.dtype if isinstance(mask, Tensor) else type(mask).__name__
        raise TypeError(
            f"{name} must be a bool tensor, True where a query may look, but is "
            f"{kind}; if it is added to scores (0 or -inf), write `mask == 0`, and "
            "if 1 means look, `mask.bool()`"
        )


def check_mask(
    mask: Tensor, scores_shape: tuple[int, ...], name: str = "mask"
) -> None:
    """Raise unless `mask` is bool and lies over the scores in one way only.

    A mask has the last two axes of the scores, (queries, keys), with nothing
    before them or with every batch axis; 1 stands for "the same for all".
    Anything between, such as (batch, keys) or (batch, queries, keys) over
    (batch, heads, queries, keys), would fit only by accident of the sizes.
    """
    check_bool(name, mask)
    rank = len(scores_shape)
    pairs = zip(reversed(mask.shape), reversed(scores_shape), strict=False)
    fits = min(2, rank) <= mask.ndim <= rank and all(
        size in (1, full) for size, full in pairs
    )
    complete = mask.ndim == rank or all(size == 1 for size in mask.shape[:-2])
    hint = ""
    if mask.ndim == 2 < rank:
        hint = f"; of (batch, keys), write `{name}.unsqueeze(1)`"
    if not (fits and complete):
        raise ValueError(
            f"{name} must have the shape (queries, keys) = "
            f"{tuple(scores_shape[-2:])} or all axes of the scores, "
            f"{tuple(scores_shape)}, with 1 allowed on any axis, but has "
            f"{shape_of(mask)}{hint}"
        )


def check_heads_mask(
    mask: Tensor, scores_shape: tuple[int, ...], name: str = "mask"
) -> None:
    """Raise unless `mask` lies over the scores of several heads.

    Three axes are (batch, queries, keys), the same for all heads.
    """
    if isinstance(mask, Tensor) and mask.ndim == 3:
        batch, _, queries, keys = scores_shape
        scores_shape = batch, queries, keys
    check_mask(mask, scores_shape, name)


def check_source_mask(
    mask: Tensor | None, source: Tensor, name: str = "source_mask"
) -> None:
    """Raise unless `mask` is None or says of each source token if it is real.

    (batch, source) would be read as (queries, keys) where the sizes allow it.
    """
    if mask is None:
        return
    check_bool(name, mask)
    expected = (source.shape[0], 1, source.shape[1])
    if mask.shape != expected:
        raise ValueError(
            f"{name} must have the shape (batch, 1, source) = {expected}, "
            f"as padding_mask makes it, but has {shape_of(mask)}"
        )


def check_cache(kept: Tensor, new: Tensor, what: str = "keys") -> None:
    """Raise unless `new` keys, or values, continue those that a cache has kept."""
    like_kept = (*new.shape[:-2], kept.shape[-2], new.shape[-1])
    if kept.shape != like_kept or not same_dtype(kept, new):
        raise ValueError(
            f"cache must be of this batch and this module: it keeps {what} of the "
            f"shape (batch, heads, tokens, head_dim) = {shape_of(kept)} and "
            f"{kept.dtype}, but gets {shape_of(new)} and {new.dtype}"
        )


def check_kept(memory: Tensor, kept: int) -> int:
    """Return how many tokens of the memory a cache has kept, if it can have."""
    if memory.shape[1] < kept:
        raise ValueError(
            "memory must be the same at every step: cache keeps "
            f"{kept} tokens of it, but it has {memory.shape[1]}"
        )
    return kept


def check_caches(caches: list | None, num_layers: int, kind: type) -> None:
    """Raise unless there is none, or a list with one of this kind for each layer."""
    if caches is None:
        return
    wanted = f"caches must be a {kind.__name__} for each layer, or None for all"
    if not isinstance(caches, list):
        raise TypeError(f"{wanted}, but are of type {type(caches).__name__}")
    for place, cache in enumerate(caches):
        if not isinstance(cache, kind):
            it = "None" if cache is None else f"of type {type(cache).__name__}"
            raise TypeError(f"{wanted}, but entry {place} is {it}")
    if len(caches) != num_layers:
        raise ValueError(
            f"caches must have one entry for each layer, {num_layers}, but have "
            f"{len(caches)}"
        )


def check_active_heads(active: Tensor, num_heads: int) -> None:
    """Raise unless `active` says of each head whether it is on."""
    if not isinstance(active, Tensor) or active.dtype != torch.bool:
        raise TypeError(
            "active must be a bool tensor, True for each head that stays on, "
            f"but is {active!r}"
        )
    if active.shape != (num_heads,):
        raise ValueError(
            f"active must have the shape (heads,) = ({num_heads},), but has "
            f"{shape_of(active)}"
        )


def check_same_shape(name: str, tensor: Tensor, other: Tensor) -> None:
    """Raise unless `tensor` has the shape of what it is added to."""
    if tensor.shape != other.shape:
        raise ValueError(
            f"{name} must have the shape of what it is added to, "
            f"{shape_of(other)}, but has {shape_of(tensor)}"
        )


def check_chosen(token: Tensor, logits: Tensor) -> None:
    """Raise unless a rule chose one token for each row of the logits."""
    whole = isinstance(token, Tensor) and not (
        token.is_floating_point() or token.dtype == torch.bool
    )
    if not whole or token.shape != logits.shape[:1]:
        came = shape_of(token) if whole else repr(token)
        raise TypeError(
            "choose must return a whole number for each row, of the shape "
            f"(batch,) = {tuple(logits.shape[:1])}, but returned {came}"
        )


def check_choice(sample: str, temperature: float, key: Tensor) -> None:
    """Raise unless hard attention can choose one of the keys."""
    check_one_of("sample", sample, ("argmax", "categorical", "gumbel"))
    check_positive("temperature", temperature)
    if key.shape[-2] == 0:
        raise ValueError(
            "key must have a row at least, which is read, but has the shape "
            f"{shape_of(key)}"
        )


def check_rows(
    name: str, tensor: Tensor, child: nn.Module, dim: int, batch: Tensor
) -> None:
    """Raise unless `tensor` is (batch, dim), one row for each of `batch`.

    Its dtype is that of `child`, which maps it.
    """
    check_floating(name, tensor)
    expected = (*batch.shape[:1], dim)
    if tensor.shape != expected:
        raise ValueError(
            f"{name} must have the shape (batch, dim) = {expected}, but has "
            f"{shape_of(tensor)}"
        )
    check_dtype(name, tensor, child)


def check_sources(source: Tensor, real: Tensor) -> None:
    """Raise unless each source has a real token."""
    check_some("source", source)
    if real.shape != source.shape[:1] or known((real < 1).any()):
        raise ValueError(
            "lengths must be 1 or more for each of the batch, "
            f"{len(source)}, but are {real.tolist()}"
        )


def check_some(name: str, tokens: Tensor) -> None:
    """Raise unless there is a token, without which nothing can be read."""
    if not tokens.numel():
        raise ValueError(
            f"{name} must hold a token at least, but has the shape "
            f"{shape_of(tokens)}"
        )


def check_memory(memory: Tensor, hidden: Tensor, memory_dim: int) -> None:
    """Raise unless there is one memory for each state of the batch."""
    check_floating("memory", memory)
    batch = hidden.shape[0]
    if memory.ndim != 3 or memory.shape[::2] != (batch, memory_dim):
        raise ValueError(
            "memory must have the shape (batch, source, memory_dim) = "
            f"({batch}, any, {memory_dim}), but has {shape_of(memory)}"
        )
    if not same_dtype(memory, hidden):
        raise TypeError(
            f"memory must have the dtype of hidden ({hidden.dtype}), but has "
            f"{memory.dtype}"
        )


def check_loss(loss: Tensor, step: int) -> None:
    """Raise unless `loss` is one finite number that can be lowered."""
    check_floating("loss", loss)
    if loss.numel() != 1:
        raise ValueError(
            f"loss must be a single number, but has the shape {shape_of(loss)}"
        )
    if not loss.isfinite():
        raise ValueError(
            f"loss must be finite, but is {loss.item()} at step {step}"
        )
    if not loss.requires_grad:
        raise ValueError(
            "loss must depend on the model, but carries no gradient"
        )


def check_channels(num_channels: int, reduction: int) -> list[int]:
    """Return both as ints; raise unless the reduction leaves a hidden unit."""
    num_channels, reduction = sizes = check_sizes(
        num_channels=num_channels, reduction=reduction
    )
    if reduction > num_channels:
        raise ValueError(
            f"reduction must be at most num_channels = {num_channels}, so "
            f"that a hidden unit is left, but is {reduction}"
        )
    return sizes


def check_kernel(kernel_size: int) -> int:
    """Return the size as an int; raise unless the neighbourhood has a middle."""
    kernel_size = check_size("kernel_size", kernel_size, least=1)
    if kernel_size % 2 == 0:
        raise ValueError(
            "kernel_size must be odd, so that the neighbourhood has a "
            f"middle, but is {kernel_size}"
        )
    return kernel_size


def check_pools(pools: Sequence) -> None:
    """Raise unless `pools` are functions, one at least, that summarise an axis."""
    if not isinstance(pools, Sequence) or not all(map(callable, pools)):
        raise TypeError(
            "pools must be a sequence of functions, as in (average, maximum), "
            f"but is {pools!r}"
        )
    if not pools:
        raise ValueError(
            "pools must name at least one summary, but is an empty sequence"
        )
    rows = torch.zeros(2, 3)
    for pool in pools:
        found = pool(rows)
        if not isinstance(found, Tensor) or found.shape != rows.shape[:-1]:
            made = (
                shape_of(found) if isinstance(found, Tensor) else f"{found!r}"
            )
            raise ValueError(
                "pools must summarise the last axis, (rows, last) -> (rows,), but "
                f"{getattr(pool, '__name__', pool)} makes {made} of (2, 3)"
            )


def check_features(features: Tensor, num_channels: int | None = None) -> None:
    """Raise unless `features` are images with something in them."""
    check_floating("features", features)
    if features.ndim != 4:
        raise ValueError(
            "features must have the shape (batch, channels, height, width), "
            f"but have {shape_of(features)}"
        )
    if num_channels is not None and features.shape[1] != num_channels:
        raise ValueError(
            f"features must have {num_channels} channels, but have "
            f"{features.shape[1]}: their shape is {shape_of(features)}"
        )
    if 0 in features.shape[1:]:
        raise ValueError(
            "features must have a channel and a place at least, but have the "
            f"shape {shape_of(features)}"
        )
