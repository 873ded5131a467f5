"""Why scores are divided by √d: chapter 02's second widget."""

import itertools
import operator
from collections.abc import Iterable

import torch
import traitlets

from ..base import LiveWidget
from ..weights import pack


class ScoreWidth(LiveWidget):
    """Set the width of queries and keys; scores and weights follow, twice.

    At the left the scores as they are, at the right divided by `divisor`; below
    both what becomes of them over all widths.

    Args:
        scores: q·k, of the shape (widths, queries, keys), 2 keys or more; the page
            gets them rounded to half precision.
        widths: of how many features queries and keys had each time, ascending.
        width: which of them is shown; the first, unless it is said.
        divisor: what the scores at the right are divided by, "√d" or "d".
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
        ValueError: scores and widths that do not fit, or scores that half
            precision cannot hold.
    """

    files = "score_width"

    scores = traitlets.Bytes().tag(sync=True)
    shapes = traitlets.List().tag(sync=True)
    width = traitlets.Int().tag(sync=True)
    divisor = traitlets.Enum(["√d", "d"], "√d").tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(),
        [
            *("raw", "scaled", "score", "weight"),
            *("variance", "entropy", "jacobian"),
        ],
    ).tag(sync=True)

    def __init__(self, scores, widths, **traits):
        """Take the scores and their widths, and the traits by their names."""
        scores = _three_axes(scores)
        widths = _ascending(widths, len(scores))
        # The names tell the page of which width each matrix is.
        packed, shapes = pack(
            {
                f"scores.{width}": matrix
                for width, matrix in zip(widths, scores, strict=True)
            }
        )
        traits = {"width": widths[0]} | traits
        super().__init__(scores=packed, shapes=shapes, **traits)

    @property
    def widths(self) -> list[int]:
        """Every width that can be shown."""
        return [int(name.partition(".")[2]) for name, *_ in self.shapes]

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        below, phone = self._hint_height(85, 38)
        return [582, 696 + below, 906 + phone]

    @traitlets.default("settable")
    def _ends(self):
        widths = self.widths
        return {
            "width": [widths[0], widths[-1], widths],
            "divisor": ["√d", "d"],
        }

    @traitlets.validate("width")
    def _one_of_them(self, proposal):
        return self._one_of(self.widths, proposal)


def _three_axes(scores) -> torch.Tensor:
    """Return the scores as a tensor, or raise a ValueError that says why not."""
    scores = torch.as_tensor(scores)
    if scores.ndim != 3 or 0 in scores.shape or scores.shape[2] < 2:
        raise ValueError(
            "scores must have the shape (widths, queries, keys), 2 keys or more, "
            f"but has the shape {tuple(scores.shape)}"
        )
    return scores


def _ascending(widths, count: int) -> list[int]:
    """Return the widths as plain ints, or raise a ValueError that says why not."""
    if hasattr(widths, "tolist"):
        widths = widths.tolist()
    try:
        if not isinstance(widths, Iterable) or isinstance(widths, str):
            raise TypeError
        numbers = [
            operator.index("" if isinstance(width, bool) else width)
            for width in widths
        ]
    except TypeError:
        raise ValueError(
            f"widths must be a list of whole numbers, but is {widths!r}"
        ) from None
    if len(numbers) != count or count < 2:
        raise ValueError(
            "widths must be 2 or more, one for each matrix of scores, of which "
            f"there are {count}, but there are {len(numbers)}"
        )
    if numbers[0] < 1 or any(b <= a for a, b in itertools.pairwise(numbers)):
        raise ValueError(
            f"widths must ascend from 1 or more, but are {numbers}"
        )
    return numbers
