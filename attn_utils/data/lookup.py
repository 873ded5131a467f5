"""Look-up tasks: find one slot among several by its key, read its value."""

import torch
from torch.nn.functional import normalize, one_hot

from .._checks import check_at_most, check_size, shape_of
from .._shapes import Float, Int, Tensor
from ._common import check_axes, check_noise


def random_rotation(
    dim: int, generator: torch.Generator | None = None
) -> Float[Tensor, "dim dim"]:
    """Draw an orthogonal matrix, to carry vectors into a different space.

    Args:
        dim: width of the vectors, 1 or more.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        A matrix whose rows are orthogonal and of length 1. It is a rotation, with
        a reflection in half of the cases, and none is more likely than another.

    Raises:
        ValueError, TypeError: `dim` is no whole number, 1 or more.

    Source: Mezzadri 2007, "How to generate random matrices from the classical
    compact groups".
    """
    dim = check_size("dim", dim, least=1)
    q, r = torch.linalg.qr(torch.randn(dim, dim, generator=generator))
    # The signs that QR happens to choose would favour some matrices.
    return q * r.diagonal().sign()


def addressing(
    num_examples: int,
    codebook: Float[Tensor, "symbols dim"],
    num_slots: int = 8,
    num_classes: int = 8,
    noise: float = 0.5,
    rotation: Float[Tensor, "dim dim"] | None = None,
    generator: torch.Generator | None = None,
) -> tuple[
    Float[Tensor, "batch 1 dim"],
    Float[Tensor, "batch keys dim"],
    Float[Tensor, "batch keys classes"],
    Int[Tensor, "batch"],
    Int[Tensor, "batch"],
]:
    """Ask for one slot by a noisy copy of its key: which score finds it?

    Args:
        num_examples: how many look-ups.
        codebook: the keys there are, such as `torch.randn(32, 16)`; the same
            for training and test.
        num_slots: slots to choose from, at most as many as the codebook's keys.
        num_classes: what a slot may hold.
        noise: standard deviation of what is added to the query.
        rotation: turns the query, so that query and keys live in different
            spaces; None leaves both in the same.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        query: the key of the slot that is asked for, plus noise, turned.
        key: keys of the codebook, all different.
        value: the class of each slot, one-hot; classes may repeat.
        label: the class of the slot that is asked for.
        place: the number of that slot.

    Raises:
        ValueError: a size below 1, more slots than keys, noise that is
            negative or infinite, a codebook or rotation of another shape.
        TypeError: a size that is no whole number, a codebook that is no
            tensor of floating-point numbers.
    """
    num_examples = check_size("num_examples", num_examples, least=1)
    num_slots = check_size("num_slots", num_slots, least=1)
    num_classes = check_size("num_classes", num_classes, least=1)
    check_noise(noise)
    check_axes("codebook", codebook, "symbols dim")
    num_symbols, dim = codebook.shape
    check_at_most("num_slots", num_slots, num_symbols, "keys in codebook")
    if rotation is not None and rotation.shape != (dim, dim):
        raise ValueError(
            f"rotation must have the shape (dim, dim) = {(dim, dim)}, "
            f"but has {shape_of(rotation)}"
        )
    symbols = _draw_distinct(num_examples, num_slots, num_symbols, generator)
    key = codebook[symbols]
    classes = torch.randint(num_classes, key.shape[:2], generator=generator)
    place = torch.randint(num_slots, (num_examples,), generator=generator)
    example = torch.arange(num_examples)
    query = key[example, place].unsqueeze(-2)
    query = query + noise * torch.randn(query.shape, generator=generator)
    if rotation is not None:
        query = query @ rotation
    value = one_hot(classes, num_classes).float()
    return query, key, value, classes[example, place], place


def two_name_recall(
    num_examples: int,
    num_items: int = 12,
    id_dim: int = 16,
    num_classes: int = 8,
    generator: torch.Generator | None = None,
) -> tuple[
    Float[Tensor, "batch 1 query_dim"],
    Float[Tensor, "batch keys id_dim"],
    Float[Tensor, "batch keys classes"],
    Int[Tensor, "batch 2"],
    Int[Tensor, "batch 2"],
]:
    """Name two items at once and ask for both values: too much for one head.

    Args:
        num_examples: how many look-ups.
        num_items: items to choose from, 2 or more.
        id_dim: width of an item's id.
        num_classes: what an item may hold.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        query: the ids of two different items, one after the other.
        key: the ids, vectors of length 1.
        value: the class of each item, one-hot; classes may repeat.
        label: the classes of the two named items, in the order of naming.
        place: the numbers of the two.

    Raises:
        ValueError: fewer than 2 items, or another size below 1.
        TypeError: a size that is no whole number.
    """
    num_examples = check_size("num_examples", num_examples, least=1)
    num_items = check_size("num_items", num_items, least=2)
    id_dim = check_size("id_dim", id_dim, least=1)
    num_classes = check_size("num_classes", num_classes, least=1)
    key = normalize(
        torch.randn(num_examples, num_items, id_dim, generator=generator),
        dim=-1,
    )
    classes = torch.randint(num_classes, key.shape[:2], generator=generator)
    place = _draw_distinct(num_examples, 2, num_items, generator)
    query = key[torch.arange(num_examples).unsqueeze(-1), place].flatten(1)
    value = one_hot(classes, num_classes).float()
    return query.unsqueeze(-2), key, value, classes.gather(-1, place), place


def symbol_store(
    num_examples: int,
    num_slots: int = 12,
    num_symbols: int = 32,
    generator: torch.Generator | None = None,
) -> tuple[
    Int[Tensor, "batch keys"],
    Int[Tensor, "batch keys"],
    Int[Tensor, "batch"],
    Int[Tensor, "batch"],
]:
    """Store one symbol under another: how much room do key and value need?

    Args:
        num_examples: how many stores, each with one question.
        num_slots: pairs in a store, at most `num_symbols`.
        num_symbols: symbols that serve as keys, and again as values.
        generator: where the randomness comes from; None takes torch's own.

    Returns:
        key_symbols: the symbol under which each slot is stored; all differ.
        value_symbols: the symbol that each slot holds; they may repeat.
        query_symbol: the key symbol that is asked for.
        label: the value symbol of its slot.

    Raises:
        ValueError: a size below 1, or more slots than symbols.
        TypeError: a size that is no whole number.
    """
    num_examples = check_size("num_examples", num_examples, least=1)
    num_slots = check_size("num_slots", num_slots, least=1)
    num_symbols = check_size("num_symbols", num_symbols, least=1)
    check_at_most("num_slots", num_slots, num_symbols, "num_symbols")
    key_symbols = _draw_distinct(
        num_examples, num_slots, num_symbols, generator
    )
    value_symbols = torch.randint(
        num_symbols, key_symbols.shape, generator=generator
    )
    place = torch.randint(num_slots, (num_examples,), generator=generator)
    example = torch.arange(num_examples)
    query_symbol = key_symbols[example, place]
    return (
        key_symbols,
        value_symbols,
        query_symbol,
        value_symbols[example, place],
    )


def _draw_distinct(
    num_examples: int,
    num_drawn: int,
    num_symbols: int,
    generator: torch.Generator | None,
) -> Int[Tensor, "batch drawn"]:
    """Draw, for each example, different numbers below `num_symbols`."""
    order = torch.rand(num_examples, num_symbols, generator=generator)
    return order.argsort(dim=-1)[:, :num_drawn]
