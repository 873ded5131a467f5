"""Weighted fusion along a line: chapter 01's widget."""

import traitlets

from ..base import FiniteFloat, FloatList, LiveWidget


class WeightedFusion(LiveWidget):
    """Drag a query along x; every weight, the fit and the answer follow.

    Args:
        key: where each input stands on the line (tensor or list).
        value: what each input says, one for each key.
        truth: heights of the true curve, evenly spaced from `low` to `high`;
            empty shows none.
        low, high: the ends of the line.
        query: where we ask, between `low` and `high`.
        bandwidth: over what distance a key counts as near, above 0.
        window: keys farther than this from the query are hidden.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
    """

    files = "weighted_fusion"

    room = FloatList([490, 700, 790]).tag(sync=True)
    key = FloatList().tag(sync=True)
    value = FloatList().tag(sync=True)
    truth = FloatList().tag(sync=True)
    low = FiniteFloat(0.0).tag(sync=True)
    high = FiniteFloat(5.0).tag(sync=True)
    query = FiniteFloat(0.0).tag(sync=True)
    bandwidth = FiniteFloat(1.0).tag(sync=True)
    window = FiniteFloat(5.0).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)

    @traitlets.default("settable")
    def _ends(self):
        span = self.high - self.low
        return {
            "query": [self.low, self.high],
            "bandwidth": [span / 100, 4 * span],
            "window": [0, span],
        }

    @traitlets.validate("key", "value")
    def _as_many_as(self, proposal):
        """Hold `key` and `value` to one length; both may change together."""
        name, numbers = proposal["trait"].name, proposal["value"]
        partner = "value" if name == "key" else "key"
        expected = len(getattr(self, partner))
        if len(numbers) != expected:
            raise traitlets.TraitError(
                f"{name} must have as many numbers as {partner}, {expected}, "
                f"but has {len(numbers)}; change both inside hold_trait_notifications()"
            )
        if not numbers:
            raise traitlets.TraitError(f"{name} must not be empty")
        return numbers

    @traitlets.validate("high")
    def _above_low(self, proposal):
        if proposal["value"] <= self.low:
            raise traitlets.TraitError(
                f"high must be above low = {self.low}, but is {proposal['value']}"
            )
        return proposal["value"]

    @traitlets.validate("query")
    def _on_the_line(self, proposal):
        if not self.low <= proposal["value"] <= self.high:
            raise traitlets.TraitError(
                f"query must lie between low = {self.low} and high = {self.high}, "
                f"but is {proposal['value']}"
            )
        return proposal["value"]

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
