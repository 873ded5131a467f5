"""Chapter 09's questions to its model: what is missed, and what weights tell."""

from collections.abc import Callable, Iterable

import torch
import torch.nn.functional as F

from .._checks import check_at_most, check_one_of, check_size
from .._shapes import Bool, Float, Tensor
from .induction import (
    InductionModel,
    Inside,
    look_inside,
    share_known,
)
from .repeated_lines import Lines, unseen_lines

# How heads are taken away: what they add is 0, or its mean over other lines.
REMOVALS = ("zero", "mean")
# What the weights of a layer are replaced by.
REPLACEMENTS = ("uniform", "permuted", "of another line")

Head = tuple[int, int]


def mean_said(
    model: InductionModel, lines: Lines
) -> Float[Tensor, "layers heads width"]:
    """Return what each head adds to the stream, the mean over places and lines."""
    inside = look_inside(model, lines.tokens)
    return (inside.weights @ inside.values).mean(dim=(1, 3))


def right_without(
    model: InductionModel,
    lines: Lines,
    heads: Iterable[Head],
    instead: Float[Tensor, "layers heads width"] | None = None,
) -> float:
    """Take heads away: the share of known next letters that is still said.

    Args:
        model: two layers.
        lines: those that it is asked.
        heads: pairs of layer and head, from 0.
        instead: what each head adds in place of what it would have said; None
            is 0.

    Raises:
        ValueError: a layer or a head that the model does not have.
    """
    heads = [*heads]
    for layer, head in heads:
        _check_place("layer", layer, len(model.layers))
        _check_place("head", head, model.layers[layer].num_heads)

    def speak(layer: int, said: Tensor) -> Tensor:
        said = said.clone()
        for which, head in heads:
            if which == layer:
                said[:, head] = 0 if instead is None else instead[layer, head]
        return said

    return share_known(
        look_inside(model, lines.tokens, speak=speak).logits, lines
    )


def right_without_pairs(
    model: InductionModel, removal: str, seed: int = 0, num_lines: int = 100
) -> Float[Tensor, "heads heads"]:
    """Take away each head and each pair of heads, as one table.

    Args:
        model: taught.
        removal: "zero", or "mean" over lines that are not asked.
        seed: decides the lines.
        num_lines: how many are asked.

    Returns:
        A row and a column for each head, the first layer's first; on the
        diagonal, what is right without one.

    Raises:
        ValueError: another removal.
    """
    check_one_of("removal", removal, REMOVALS)
    lines = unseen_lines(num_lines, seed, model.start)
    others = unseen_lines(num_lines, seed + 1, model.start)
    instead = mean_said(model, others) if removal == "mean" else None
    all_heads = [
        (layer, head)
        for layer, each in enumerate(model.layers)
        for head in range(each.num_heads)
    ]
    table = torch.zeros(len(all_heads), len(all_heads))
    for row, first in enumerate(all_heads):
        for column, second in enumerate(all_heads[: row + 1]):
            right = right_without(model, lines, {first, second}, instead)
            table[row, column] = table[column, row] = right
    return table


def replaced(
    kind: str, weights: Float[Tensor, "batch heads tokens tokens"]
) -> Float[Tensor, "batch heads tokens tokens"]:
    """Return other weights over the same visible keys.

    Args:
        kind: "uniform"; "permuted", the same weights on other keys; or "of
            another line", the weights that the line before it in the batch has
            (the first takes the last's).
        weights: under a causal mask.

    Raises:
        ValueError: another kind.
    """
    check_one_of("kind", kind, REPLACEMENTS)
    visible = torch.ones_like(weights).tril()
    if kind == "uniform":
        return visible / visible.sum(-1, keepdim=True)
    if kind == "of another line":
        return weights.roll(1, dims=0)
    noise = torch.rand(
        weights.shape, generator=torch.Generator().manual_seed(0)
    )
    # Visible keys in a random order, then what is hidden.
    order = (noise + (1 - visible)).argsort(-1)
    return torch.zeros_like(weights).scatter(-1, order, weights)


def right_replaced(
    model: InductionModel, kind: str, layer: int, seed: int = 0
) -> float:
    """Replace the weights of one layer: the share of known letters still said.

    Raises:
        ValueError: a kind as in `replaced`, or a layer, that there is not.
    """
    _check_place("layer", layer, len(model.layers))
    lines = unseen_lines(100, seed, model.start)
    inside = look_inside(
        model,
        lines.tokens,
        lambda number, weights: (
            replaced(kind, weights) if number == layer else weights
        ),
    )
    return share_known(inside.logits, lines)


def on_the_first(
    weights: Float[Tensor, "layers batch heads tokens tokens"],
    places: Bool[Tensor, "batch tokens"],
) -> Float[Tensor, "layers heads"]:
    """Return the mean weight on the first token of the line, from some places."""
    return weights[..., 0].transpose(2, 3)[:, places].mean(1)


def length_of_the_first(inside: Inside) -> Float[Tensor, "layers heads"]:
    """Return the length of the first token's value over the others' mean."""
    lengths = inside.values.norm(dim=-1).mean(1)
    return lengths[..., 0] / lengths[..., 1:].mean(-1)


def pulls(
    inside: Inside,
) -> Float[Tensor, "layers batch heads tokens tokens"]:
    """Return what each key adds: the length of its value times its weight.

    Returns:
        These lengths, after the output map, as shares of their sum.

    Source: Kobayashi et al. 2020, "Attention is Not Only a Weight".
    """
    length = inside.weights * inside.values.norm(dim=-1).unsqueeze(-2)
    return length / length.sum(-1, keepdim=True)


def same_favourite(
    inside: Inside, places: Bool[Tensor, "batch tokens"]
) -> Float[Tensor, "layers heads"]:
    """Say how often the key with the most weight is also the one that adds most."""
    same = inside.weights.argmax(-1) == pulls(inside).argmax(-1)
    return same.transpose(2, 3)[:, places].float().mean(1)


def moved_share(
    inside: Inside, places: Bool[Tensor, "batch tokens"]
) -> Float[Tensor, "layers heads"]:
    """Return half the sum of what lies between weights and `pulls`, 0 to 1."""
    apart = (inside.weights - pulls(inside)).abs().sum(-1) / 2
    return apart.transpose(2, 3)[:, places].mean(1)


def same_answer(
    weights: Float[Tensor, "keys"], values: Float[Tensor, "keys features"]
) -> Float[Tensor, "keys"]:
    """Find weights that give the same context, with least on the favourite key.

    Args:
        weights: of one query, none negative, 1 in sum.
        values: what the keys hold, of which a context is the weighted sum.

    Returns:
        Weights, none negative and 1 in sum, with the same context, that put as
        little as they can on the key that has most; `weights` themselves where
        there are no others.

    Raises:
        RuntimeError: the search finds none, not even these.
        ModuleNotFoundError: SciPy, which searches, is not installed.
    """
    linprog = _linear_program()
    most = int(weights.argmax())
    cost = F.one_hot(torch.tensor(most), len(weights)).double()
    own = weights.double()
    rules = torch.cat([values.T.double(), torch.ones(1, len(own))])
    # The same demands as rows at right angles: the solver wants no idle ones.
    _, sizes, rows = torch.linalg.svd(rules, full_matrices=False)
    rules = rows[sizes > 1e-6 * sizes[0]]
    demands = {"A_eq": rules.numpy(), "b_eq": (rules @ own).numpy()}
    found = linprog(cost.numpy(), **demands, method="highs")
    if found.x is None:
        raise RuntimeError(f"no weights found: {found.message}")
    return torch.tensor(found.x, dtype=weights.dtype)


def _linear_program() -> Callable:
    """Return SciPy's search, which nothing else here has to load."""
    try:
        from scipy.optimize import linprog
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "same_answer needs SciPy, which is not installed: pip install scipy"
        ) from None
    return linprog


def how_far_weights_move(
    inside: Inside, num_lines: int = 20, place: int = -1
) -> Float[Tensor, "layers heads"]:
    """Say for each head how much weight can move with its answer unchanged.

    Args:
        inside: of a model that has read at least `num_lines` lines.
        num_lines: of these lines the mean is taken.
        place: the query that is asked, the last token for -1.

    Returns:
        Half the sum of what `same_answer` moves, from 0 to 1.

    Raises:
        ValueError: more lines than were read.
    """
    check_at_most("num_lines", num_lines, inside.weights.shape[1], "lines read")
    place = range(inside.weights.shape[-1])[place]
    own = inside.weights[:, :num_lines, :, place, : place + 1].flatten(0, 2)
    values = inside.values[:, :num_lines, :, : place + 1].flatten(0, 2)
    moved = torch.stack(
        [
            (each - same_answer(each, held)).abs().sum() / 2
            for each, held in zip(own, values, strict=True)
        ]
    )
    layers, _, heads = inside.weights.shape[:3]
    return moved.view(layers, num_lines, heads).mean(dim=1)


def _check_place(name: str, place: int, how_many: int) -> None:
    """Raise unless there is such a layer, or such a head; they count from 0."""
    check_size(name, place, least=0)
    check_at_most(name, place, how_many - 1, "the last")
