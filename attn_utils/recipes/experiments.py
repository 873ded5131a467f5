"""The experiments whose runs are stored: `make runs` makes them, chapters draw them.

Chapter, tool and test call the same function, so that what is drawn over many
seeds is what the chapter runs on one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from .capitals import CAPITAL_CELLS, capital_results
from .copying import (
    copy_date_results,
    copy_width_results,
    copying_results,
)
from .cued import TASKS, cue_results
from .date_heads import date_head_results
from .estimators import ESTIMATORS, estimator_results
from .gated import POOLS, clutter_results
from .glimpses import METHODS, glimpse_results
from .head_rank import WIDTHS, head_rank_results
from .in_context import direction_results, in_context_results
from .induction_runs import induction_results, inside_results
from .letter_counts import count_results
from .order import SCHEMES, order_results
from .pooling import street_errors
from .reach import (
    LENGTHS,
    MIXERS,
    growing_results,
    needle_results,
    reach_results,
)
from .recall import DAMAGES, mending_results, recall_results
from .scaling import reversal_results, saturation_results
from .scoring import rank_results, score_results
from .taken_away import PARTS, date_results
from .two_masters import store_results
from .two_names import two_names_results


class Experiment(NamedTuple):
    """One function, and the settings with which it is run.

    Args:
        run: called with each settings by name; returns results by name, numbers
            or lists of numbers.
        settings: one dict for each row, a seed in each.
        says: what one row is, in a sentence.
        within: how far a number may be off when a row is made again, relative
            to its size: another machine adds up in another order.
        near: how far it may be off besides, however small it is, as a logarithm
            about 0 may be.
    """

    run: Callable[..., Mapping[str, Any]]
    settings: Sequence[Mapping[str, Any]]
    says: str
    within: float
    near: float = 0.0


EXPERIMENTS = {
    "pooling": Experiment(
        run=street_errors,
        settings=[{"seed": seed} for seed in range(40)],
        says="One street of fifty people: the mean squared error of each way of "
        "pooling along it, and the bandwidths learned or chosen.",
        within=0.02,
    ),
    "scores": Experiment(
        run=score_results,
        settings=[
            {"score": score, "rotated": rotated, "seed": seed}
            for seed in range(5)
            for rotated in (True, False)
            for score in (
                "additive",
                "bilinear",
                "scaled dot",
                "dot",
                "gaussian",
            )
        ],
        says="One score taught to find a slot by a noisy query, in the same or "
        "in a different space: how many new look-ups it gets right.",
        within=0.02,
    ),
    "ranks": Experiment(
        run=rank_results,
        settings=[
            {"rank": rank, "seed": seed}
            for rank in (1, 2, 4, 8, 16)
            for seed in range(5)
        ],
        says="A bilinear score of low rank, taught the same look-ups in the "
        "different space.",
        within=0.02,
    ),
    "in_context": Experiment(
        run=in_context_results,
        settings=[
            {"width": width, "seed": seed, "num_steps": num_steps}
            for width, num_steps in ((4, 600), (3, 600), (2, 600), (2, 6000))
            for seed in range(3 if num_steps > 600 else 5)
        ],
        says="A bilinear score taught regression in prompts: its matrix, the "
        "bandwidth that this implies, and the best one of a grid.",
        within=0.05,
    ),
    "one_direction": Experiment(
        run=direction_results,
        settings=[
            {"comparison": comparison, "seed": seed}
            for comparison in ("product", "distance")
            for seed in range(5)
        ],
        says="A comparison taught where one direction of the keys counts: the "
        "singular values of its matrix, and how far it looks that way.",
        within=0.05,
    ),
    "saturation": Experiment(
        run=saturation_results,
        settings=[{"seed": seed} for seed in range(5)],
        says="Random queries and keys of every width, raw and scaled: what "
        "softmax makes of their products, and what it lets through.",
        within=0.02,
    ),
    "reversal": Experiment(
        run=reversal_results,
        settings=[
            {
                "scaled": scaled,
                "seed": seed,
                "width": width,
                "num_steps": num_steps,
            }
            for width, num_steps in ((256, 40), (128, 40), (64, 40), (256, 300))
            for scaled in (True, False)
            for seed in range(3)
        ],
        says="Two layers of attention taught to write a string backwards, with "
        "and without the root: symbols right, first gradient, losses.",
        within=0.15,
    ),
    "recall": Experiment(
        run=recall_results,
        settings=[
            {"num_remembered": num_remembered, "seed": seed}
            for num_remembered in (100, 500, 1000)
            for seed in range(5)
        ],
        says="Lower halves of digits recalled by the upper ones, at every "
        "bandwidth: error, share of the right digit, keys that take part.",
        within=0.02,
    ),
    "mending": Experiment(
        run=mending_results,
        settings=[
            {"damage": damage, "seed": seed}
            for seed in range(5)
            for damage in DAMAGES
        ],
        says="Spoilt digits mended by a memory in which key and value are the "
        "same, at every bandwidth; and whose original was found.",
        within=0.02,
    ),
    "glimpses": Experiment(
        run=glimpse_results,
        settings=[
            {"method": method, "seed": seed, "num_steps": num_steps}
            for methods, num_steps in ((METHODS, 600), (["reinforce"], 1800))
            for seed in range(5)
            for method in methods
        ],
        says="A reader taught where to look among 25 glimpses, softly or by one "
        "choice: digits named, digits pointed at, and that while it learns.",
        within=0.05,
    ),
    "estimators": Experiment(
        run=estimator_results,
        settings=[
            {"estimator": estimator, "seed": seed, "num_steps": num_steps}
            for num_steps in (0, 300)
            for seed in range(3)
            for estimator in ESTIMATORS
        ],
        says="Estimates of the gradient that teaches where to look, beside the "
        "exact one: variance, bias and what chance makes of it, cosine.",
        within=0.05,
    ),
    "two_masters": Experiment(
        run=store_results,
        settings=[
            {
                "width": width,
                "shared": shared,
                "seed": seed,
                "num_steps": num_steps,
            }
            for width, num_steps in (
                *((width, 500) for width in (4, 2, 3, 5, 6, 8, 16)),
                *((width, 3000) for width in (4, 5)),
            )
            for seed in range(3 if num_steps > 500 else 5)
            for shared in (False, True)
        ],
        says="Pairs of symbols looked up where one vector is key and value, or "
        "where each is a vector of its own, by the width of both.",
        within=0.05,
    ),
    "two_names": Experiment(
        run=two_names_results,
        settings=[
            {
                "num_heads": num_heads,
                "num_layers": num_layers,
                "hidden_dim": hidden_dim,
                "num_steps": num_steps,
                "seed": seed,
            }
            for num_layers, hidden_dim, num_steps, heads, num_seeds in (
                (1, None, 800, (1, 2, 4, 8), 5),
                (1, 64, 800, (1,), 5),
                (2, None, 800, (1,), 5),
                (1, 64, 800, (2, 4), 3),
                (2, None, 800, (2, 4), 3),
                (2, 64, 800, (1, 2, 4), 3),
                (1, None, 3000, (1,), 3),
                *((1, hidden, 3000, (1,), 3) for hidden in (64, 256)),
            )
            for num_heads in heads
            for seed in range(num_seeds)
        ],
        says="A model taught to return what two named items hold, by its heads, "
        "layers and read-out: answers right, where each head looks, what it is for.",
        within=0.05,
    ),
    "head_rank": Experiment(
        run=head_rank_results,
        settings=[
            {"target": target, "width": width, "seed": seed}
            for target in ("any", "two", "one")
            for width in WIDTHS
            for seed in range(5)
        ],
        says="A head with free queries and keys, fitted to a table of weights: "
        "how far it stays away, by its width, with and without softmax.",
        within=0.05,
    ),
    "letter_counts": Experiment(
        run=count_results,
        settings=[
            {
                "start": start,
                "num_steps": num_steps,
                "shortest": shortest,
                "longest": longest,
                "seed": seed,
            }
            for num_steps, shortest, longest in (
                (800, 1, 12),
                (2000, 1, 16),
                (2000, 8, 8),
            )
            for seed in range(5)
            for start in (True, False)
        ],
        says="A model taught to count the letters of words, with a start token or "
        "without: which share it counts right, by the length of the word; where "
        "its weights are.",
        within=0.15,
    ),
    "reach": Experiment(
        run=reach_results,
        settings=[
            {"mixer": mixer, "num_tokens": num_tokens, "seed": seed}
            for seed in range(5)
            for num_tokens in reversed(LENGTHS)
            for mixer in reversed(MIXERS)
        ],
        says="A network taught to say at the last place of a string what stood at "
        "the first: how often it is right, at the length of its lessons.",
        within=0.15,
    ),
    "growing": Experiment(
        run=growing_results,
        settings=[
            {"mixer": mixer, "seed": seed}
            for seed in range(5)
            for mixer in reversed(MIXERS)
            if mixer != "fully connected"
        ],
        says="A network taught to recall the first symbol of strings that grow, a "
        "hundred batches each of up to 4, 8, 16 and 32 symbols: how often it is "
        "right at every length, and what gradient reaches the first symbol then.",
        within=0.15,
        near=0.2,
    ),
    "needles": Experiment(
        run=needle_results,
        settings=[
            {"mixer": mixer, "seed": seed}
            for seed in range(5)
            for mixer in reversed(MIXERS)
        ],
        says="A network taught to recall a key that stands anywhere in 128 symbols: "
        "how often it is right, by the distance; and for the first of 512.",
        within=0.15,
    ),
    "order": Experiment(
        run=order_results,
        settings=[
            {
                "scheme": scheme,
                "causal": causal,
                "task": task,
                "num_steps": num_steps,
                "seed": seed,
            }
            for causal, task, num_steps, num_seeds in (
                (False, "previous", 400, 5),
                (True, "previous", 400, 5),
                (False, "reverse", 400, 5),
                (False, "reverse", 1600, 3),
            )
            for seed in range(num_seeds)
            for scheme in SCHEMES
        ],
        says="A model of two layers, told in one of six ways where tokens stand, "
        "taught lines of twelve symbols: the share of places at which it says what "
        "was asked for, in lines of 12 to 60.",
        within=0.15,
    ),
    "dates": Experiment(
        run=date_results,
        settings=[
            {
                "without": without,
                "num_heads": num_heads,
                "num_steps": num_steps,
                "seed": seed,
            }
            for seed in range(3)
            for without, num_heads, num_steps in (
                (None, 4, 300),
                (None, 4, 1200),
                (None, 1, 1200),
                *((part, 4, 1200) for part in PARTS),
            )
        ],
        says="The Transformer that reads dates, whole, with one head, or without one "
        "of its parts: the share of unseen days that it writes right.",
        within=0.3,
    ),
    "date_heads": Experiment(
        run=date_head_results,
        settings=[
            {"num_steps": 300, "seed": 0},
            *({"num_steps": 1200, "seed": seed} for seed in range(3)),
        ],
        says="The Transformer that reads dates: where each head of its attention to "
        "the source looks most, and what stays right without each of its heads.",
        within=0.3,
    ),
    "induction": Experiment(
        run=induction_results,
        settings=[
            {
                "num_layers": num_layers,
                "smeared": smeared,
                "start": start,
                "num_steps": num_steps,
                "seed": seed,
            }
            for num_layers, smeared, start, num_steps, num_seeds in (
                (2, False, True, 200, 1),
                (2, False, True, 500, 3),
                (2, False, False, 500, 3),
                (1, False, True, 500, 3),
                (1, True, True, 500, 3),
            )
            for seed in range(num_seeds)
        ],
        says="A model of nothing but attention, taught to carry on lines that repeat: "
        "which next letters it says right, its loss as it learns, and what its heads "
        "look at.",
        within=0.3,
        near=0.001,
    ),
    "inside": Experiment(
        run=inside_results,
        settings=[
            {"start": True, "num_steps": 200, "seed": 0},
            *(
                {"start": start, "num_steps": 500, "seed": seed}
                for start in (True, False)
                for seed in range(3)
            ),
        ],
        says="Two layers of attention, taught to carry on lines that repeat: what is "
        "still right without each pair of heads or with other weights, and how far "
        "weights can move with the answer unchanged.",
        within=0.3,
        near=0.02,
    ),
    "cues": Experiment(
        run=cue_results,
        settings=[
            {"task": task, "pools": pools, "seed": seed, "inside": inside}
            for inside, tasks, some_pools in (
                (False, TASKS, (*POOLS, None)),
                (True, ["spot"], POOLS),
            )
            for seed in range(3)
            for task in tasks
            for pools in some_pools
        ],
        says="A channel gate before all convolutions, taught to weigh planes by a "
        "cue, or gates behind the second and the third: digits named, and how often "
        "the plane that counts has more weight.",
        within=0.15,
    ),
    "clutter": Experiment(
        run=clutter_results,
        settings=[
            {
                "gates": gates,
                "pools": pools,
                "more": more,
                "num_steps": num_steps,
                "seed": seed,
            }
            for seed in range(3)
            for gates, pools, more, num_steps in (
                ("none", "both", False, 800),
                ("spatial", "both", False, 800),
                ("both", "both", False, 800),
                ("channel", "average", False, 800),
                ("channel", "both", False, 800),
                ("efficient", "both", False, 800),
                ("none", "both", True, 800),
                ("spatial", "both", True, 800),
                ("none", "both", False, 1600),
                ("spatial", "both", False, 1600),
                ("both", "both", False, 1600),
            )
        ],
        says="A network of three convolutions, or of four, with gates or without, "
        "taught to name a digit among pieces of others: digits named, and how often "
        "each spatial map points at the digit.",
        within=0.15,
    ),
    "capitals": Experiment(
        run=capital_results,
        settings=[
            {"kind": kind, "seed": seed}
            for seed in range(5)
            for kind in CAPITAL_CELLS
        ],
        says="A small recurrent network taught to say which capital came last: how "
        "often it is right, by how long ago that was, with its forget gate held, and "
        "how far that gate is open.",
        within=0.3,
    ),
    "copying": Experiment(
        run=copying_results,
        settings=[
            {
                "decoder": decoder,
                "task": task,
                "two_way": two_way,
                "num_steps": num_steps,
                "seed": seed,
            }
            for decoder, task, two_way, num_steps, num_seeds in (
                ("none", "copy", False, 300, 1),
                ("none", "copy", False, 800, 3),
                ("luong", "copy", False, 800, 3),
                ("none", "reverse", False, 800, 3),
                ("luong", "reverse", False, 800, 3),
                ("luong", "reverse", True, 800, 3),
                ("bahdanau", "copy", False, 800, 3),
                ("bahdanau", "reverse", False, 800, 3),
            )
            for seed in range(num_seeds)
        ],
        says="A recurrent network taught to say strings of 2 to 30 letters again, or "
        "backwards, without attention or with one: how many are broken, by "
        "length, and where it looks.",
        within=0.3,
    ),
    "copy_widths": Experiment(
        run=copy_width_results,
        settings=[
            {"width": width, "num_steps": num_steps, "seed": seed}
            for num_steps, width, seeds in (
                (300, 24, [0]),
                *(
                    (num_steps, width, [0, 1, 2])
                    for num_steps in (800, 2400)
                    for width in (24, 48, 96, 192)
                ),
            )
            for seed in seeds
        ],
        says="A recurrent network without attention taught to copy strings of 2 to 16 "
        "letters, by the width of the vector between its halves: how many short "
        "ones it breaks.",
        within=0.3,
    ),
    "copy_dates": Experiment(
        run=copy_date_results,
        settings=[
            {"decoder": decoder, "num_steps": num_steps, "seed": seed}
            for decoder, num_steps, num_seeds in (
                ("none", 300, 1),
                ("none", 800, 3),
                ("luong", 800, 3),
                ("bahdanau", 800, 3),
                ("none", 2400, 3),
            )
            for seed in range(num_seeds)
        ],
        says="A recurrent network taught to write dates as ISO 8601, without "
        "attention or with one: the share of unseen days that it writes wrong.",
        within=0.05,
    ),
}


def differences(
    again: Mapping[str, Any],
    kept: Mapping[str, Any],
    within: float,
    near: float = 0.0,
) -> list[str]:
    """Say which results of a row, made again, are not those that were kept.

    Args:
        again: results by name.
        kept: the same, as stored.
        within: how far each number may be off, relative to what is kept.
        near: how far it may be off besides.

    Returns:
        A sentence for each name that is missing or whose numbers differ.
    """
    told = []
    for name in {**kept, **again}:
        if name not in again or name not in kept:
            where = "stored" if name in kept else "made again"
            told.append(f"{name} is only {where}")
            continue
        pairs = [
            value if isinstance(value, list) else [value]
            for value in (again[name], kept[name])
        ]
        if len(pairs[0]) != len(pairs[1]) or not all(
            abs(mine - theirs) <= within * abs(theirs) + near
            for mine, theirs in zip(*pairs, strict=True)
        ):
            told.append(f"{name} is {again[name]}, but {kept[name]} is stored")
    return told
