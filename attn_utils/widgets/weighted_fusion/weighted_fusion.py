"""Weighted fusion along a line: chapter 01's widget."""

import math
import operator
from collections.abc import Iterable

import traitlets

from ..base import FiniteFloat, FloatList, LiveWidget

MOST_MOVABLE = 3


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


class WeightedFusion(LiveWidget):
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

    key = FloatList().tag(sync=True)
    value = FloatList().tag(sync=True)
    truth = FloatList().tag(sync=True)
    low = FiniteFloat(0.0).tag(sync=True)
    high = FiniteFloat(5.0).tag(sync=True)
    query = FiniteFloat(0.0).tag(sync=True)
    bandwidth = FiniteFloat(1.0).tag(sync=True)
    window = FiniteFloat(5.0).tag(sync=True)
    movable = Places().tag(sync=True)
    least = FiniteFloat(None, allow_none=True).tag(sync=True)
    most = FiniteFloat(None, allow_none=True).tag(sync=True)
    show_errors = traitlets.Bool(False).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(), ["query", "key", "value", "weight", "context"]
    ).tag(sync=True)

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        sliders = 4 + len(self.movable)  # Reset takes as much as one
        hint = [
            math.ceil((5 + len(self.hint)) / letters)
            for letters in (30, 85, 36)
        ]
        errors = [87, 50, 95] if self.show_errors else [0, 0, 0]
        beside = 128 + errors[0] + 44 * sliders + 22 * hint[0]
        below = 624 + errors[1] + 44 * math.ceil(sliders / 2) + 22 * hint[1]
        phone = 538 + errors[2] + 44 * sliders + 22 * hint[2]
        return [max(562, beside), below, phone]

    @traitlets.default("settable")
    def _ends(self):
        span = self.high - self.low
        return {
            "query": [self.low, self.high],
            # Down to where each hears no one but itself.
            "bandwidth": [span / 2000, 4 * span],
            "window": [0, span],
        }

    @traitlets.observe("low", "high")
    def _move_ends(self, change):
        self.settable = self._ends()

    @traitlets.observe("movable", "show_errors", "hint")
    def _make_room(self, change):
        self.room = self._room()

    @traitlets.validate(
        "key",
        "value",
        "truth",
        "low",
        "high",
        "query",
        "movable",
        "least",
        "most",
    )
    def _fit_together(self, proposal):
        """Hold what belongs together to one length and one line."""
        names = (
            "key",
            "value",
            "low",
            "high",
            "query",
            "movable",
            "least",
            "most",
        )
        now = {name: getattr(self, name) for name in names}
        name, given = proposal["trait"].name, proposal["value"]
        now[name] = given
        key, value, low, high = (
            now[n] for n in ("key", "value", "low", "high")
        )
        together = (
            "; change what belongs together inside hold_trait_notifications()"
        )
        wrong = None
        if not key or not value:
            wrong = f"{'value' if key else 'key'} must not be empty"
        elif len(key) != len(value):
            wrong = (
                f"value must have as many numbers as key, {len(key)}, but has "
                f"{len(value)}{together}"
            )
        elif name == "truth" and len(given) == 1:
            wrong = "truth must have two heights or more, or none, but has 1"
        elif high <= low:
            wrong = f"high must be above low = {low}, but is {high}{together}"
        elif not low <= now["query"] <= high:
            wrong = (
                f"query must lie between low = {low} and high = {high}, but is "
                f"{now['query']}{together}"
            )
        elif outside := [k for k in key if not low <= k <= high]:
            wrong = (
                f"key must lie between low = {low} and high = {high}, but has "
                f"{outside[0]}{together}"
            )
        elif beyond := [i for i in now["movable"] if not 0 <= i < len(key)]:
            wrong = (
                f"movable must be places of {len(key)} keys, 0 to {len(key) - 1}, "
                f"but has {beyond[0]}{together}"
            )
        elif None not in (now["least"], now["most"]) and (
            now["most"] <= now["least"]
        ):
            wrong = (
                f"most must be above least = {now['least']}, but is "
                f"{now['most']}{together}"
            )
        if wrong:
            raise traitlets.TraitError(wrong)
        return given

    @traitlets.validate("bandwidth")
    def _positive(self, proposal):
        if proposal["value"] <= 0:
            raise traitlets.TraitError(
                f"bandwidth must be above 0, but is {proposal['value']}"
            )
        return proposal["value"]

    @traitlets.validate("window")
    def _not_negative(self, proposal):
        if proposal["value"] < 0:
            raise traitlets.TraitError(
                f"window must be 0 or more, but is {proposal['value']}"
            )
        return proposal["value"]
