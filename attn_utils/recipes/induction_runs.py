"""Chapter 09's stored runs: which models learn induction, and what is in them."""

import torch

from .induction import (
    NUM_STEPS,
    induction_rate,
    look_inside,
    share_known,
    share_said,
    teach_induction,
    what_is_reached,
    what_is_read,
)
from .inside import (
    REMOVALS,
    REPLACEMENTS,
    how_far_weights_move,
    length_of_the_first,
    moved_share,
    on_the_first,
    right_replaced,
    right_without_pairs,
    same_favourite,
)
from .repeated_lines import new_letters, returning_letters, unseen_lines

# The loss is kept as the mean of so many steps.
EVERY = 10
# How many keys a query sees where weights are moved: one more than a head has
# features, some more, and all but a few.
NUM_KEYS = (17, 28, 39)


def induction_results(
    num_layers: int,
    smeared: bool,
    start: bool,
    seed: int,
    num_steps: int = NUM_STEPS,
) -> dict[str, float | list[float]]:
    """Teach a model to carry on what repeats, and see what its heads look at.

    Returns:
        "right": the share of known next letters; "settled" and "wavering": that
        where a letter has had one follower, or several, and one of them comes
        again. "losses": the mean of each ten steps; "moments": "right" whenever
        the model was looked at. Then lists with a number for each head, the first
        layer's first: its weight on the letter "before", on what came "after" the
        same letter, and on the first token where the letter is new ("first: new")
        and where the next is known ("first: known"). "reached": what lies at the
        end of two maps, for each head of the second layer and each of the first;
        none for one layer.
    """
    taught = teach_induction(num_layers, smeared, start, seed, num_steps)
    lines = unseen_lines(100, seed, start)
    inside = look_inside(taught.model, lines.tokens)
    again = returning_letters(lines)
    read = what_is_read(inside.weights, lines).flatten(0, 1)
    reached = torch.zeros(0)
    if num_layers == 2:
        reached = what_is_reached(inside.weights, lines)
    places = {"new": new_letters(lines), "known": lines.known}
    return {
        "right": induction_rate(taught.model, seed),
        "settled": share_said(inside.logits, lines.tokens, again.settled),
        "wavering": share_said(inside.logits, lines.tokens, again.wavering),
        "losses": [
            part.mean().item()
            for part in torch.tensor(taught.losses).split(EVERY)
        ],
        "moments": [
            induction_rate(model, seed) for model in taught.moments.values()
        ],
        "before": read[:, 0].tolist(),
        "after": read[:, 1].tolist(),
        **{
            f"first: {name}": on_the_first(inside.weights, where)
            .flatten()
            .tolist()
            for name, where in places.items()
        },
        "reached": reached.flatten().tolist(),
    }


def inside_results(
    start: bool, seed: int, num_steps: int = NUM_STEPS
) -> dict[str, float | list[float]]:
    """Teach a model of two layers; take heads away, and replace weights.

    Returns:
        "right": the share of known next letters in a hundred lines. "zero" and
        "mean": that without each pair of heads, as in `right_without_pairs`, row
        after row. "uniform", "permuted" and "of another line": that with the
        weights of the first layer replaced, of the second. Then lists with a
        number for each head, the first layer's first: "moved: 17 keys", 28 and 39,
        how far weights can move with the answer unchanged; "same favourite" and
        "moved share", as the functions of these names say; and "lengths", that of
        the first token's value over the mean of all others'.
    """
    model = teach_induction(2, False, start, seed, num_steps).model
    lines = unseen_lines(100, seed, start)
    inside = look_inside(model, lines.tokens)
    tables = {
        removal: right_without_pairs(model, removal, seed)
        for removal in REMOVALS
    }
    # Rounded, as the search for other weights is exact to some 1e-7 only.
    tables |= {
        f"moved: {keys} keys": how_far_weights_move(inside, 20, keys - 1).round(
            decimals=3
        )
        for keys in NUM_KEYS
    }
    tables |= {
        "same favourite": same_favourite(inside, lines.known),
        "moved share": moved_share(inside, lines.known),
        "lengths": length_of_the_first(inside),
    }
    return {
        "right": share_known(inside.logits, lines),
        **{
            kind: [right_replaced(model, kind, layer, seed) for layer in (0, 1)]
            for kind in REPLACEMENTS
        },
        **{name: table.flatten().tolist() for name, table in tables.items()},
    }
