"""Weighted fusion along a line: chapter 01's widget."""

import math
import operator
from collections.abc import Iterable

import traitlets

from ..base import TOGETHER, FiniteFloat, FloatList
from ..line import LineWidget

MOST_MOVABLE = 3
CHECKED = [
    *("key", "value", "truth", "low", "high", "query"),
    *("movable", "least", "most"),
]


class Places(traitlets.List):
    """Up to three different places in a list, from 0."""

    def validate(self, obj, value):
        """Return plain ints, or raise a TraitError that says why."""
        if hasattr(value, "tolist"):
            value = value.tolist()
        try:
            if not isinstance(value, Iterable) or isinstance(value, str):
                raise TypeError
            places = [
                operator.index("" if isinstance(entry, bool) else entry)
                for entry in value
            ]
        except TypeError:
            raise traitlets.TraitError(
                f"{self.name} must be a list of whole numbers, but is {value!r}"
            ) from None
        if len(places) > MOST_MOVABLE or len(set(places)) < len(places):
            raise traitlets.TraitError(
                f"{self.name} must be up to {MOST_MOVABLE} different places, but is "
                f"{places}"
            )
        return super().validate(obj, places)


class WeightedFusion(LineWidget):
    """Drag a query along x; every weight, the line of answers and the answer follow.

    Args:
        key: where each input stands on the line (tensor or list).
        value: what each input says, one for each key.
        truth: heights of the true curve, evenly spaced from `low` to `high`;
            empty shows none.
        low, high: the ends of the line.
        query: where we ask, between `low` and `high`.
        bandwidth: over what distance a key counts as near, above 0.
        window: keys farther than this from the query are hidden.
        movable: places, from 0, of up to three inputs whose values can be dragged.
        least, most: the ends of the values' axis; None takes them from the data.
        show_errors: whether the mean squared errors stand beside the picture;
            along the street only where there is a truth.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
    """

    files = "weighted_fusion"

    truth = FloatList().tag(sync=True)
    window = FiniteFloat(5.0).tag(sync=True)
    movable = Places().tag(sync=True)
    least = FiniteFloat(None, allow_none=True).tag(sync=True)
    most = FiniteFloat(None, allow_none=True).tag(sync=True)
    show_errors = traitlets.Bool(False).tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["query", "key", "value", "weight", "context"]
    ).tag(sync=True)

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        sliders = 4 + len(self.movable)  # Reset takes as much as one
        hint = self._hint_height(30, 85, 40)
        errors = [87, 50, 95] if self.show_errors else [0, 0, 0]
        beside = 128 + errors[0] + 44 * sliders + hint[0]
        below = 624 + errors[1] + 44 * math.ceil(sliders / 2) + hint[1]
        phone = 538 + errors[2] + 44 * sliders + hint[2]
        return [max(562, beside), below, phone]

    def _ends(self):
        span = self.high - self.low
        return {
            "query": [self.low, self.high],
            # Down to where each hears no one but itself.
            "bandwidth": [span / 2000, 4 * span],
            "window": [0, span],
        }

    @traitlets.observe("movable", "show_errors", "hint")
    def _make_room(self, change):
        self.room = self._room()

    def _fault(self, key, truth, movable, least, most, **line):
        if fault := super()._fault(key=key, **line):
            return fault
        if len(truth) == 1:
            return "truth must have two heights or more, or none, but has 1"
        beyond = [i for i in movable if not 0 <= i < len(key)]
        if beyond:
            return (
                f"movable must be places of {len(key)} keys, 0 to {len(key) - 1}, "
                f"but has {beyond[0]}{TOGETHER}"
            )
        if None not in (least, most) and most <= least:
            return (
                f"most must be above least = {least}, but is {most}{TOGETHER}"
            )
        return None

    @traitlets.validate(*CHECKED)
    def _fit_together(self, proposal):
        return self._checked(proposal, CHECKED)

    @traitlets.validate("window")
    def _not_negative(self, proposal):
        if proposal["value"] < 0:
            raise traitlets.TraitError(
                f"window must be 0 or more, but is {proposal['value']}"
            )
        return proposal["value"]
