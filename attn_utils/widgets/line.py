"""People on a line: what the widgets of chapter 01 share."""

import traitlets

from .base import (
    TOGETHER,
    FiniteFloat,
    FloatList,
    LiveWidget,
    PositiveFloat,
)


class LineWidget(LiveWidget):
    """A widget with inputs on a line and a query between its ends.

    Its arguments are those of its subclasses; it holds to each other what
    belongs together, whoever changes it and whenever.
    """

    key = FloatList().tag(sync=True)
    value = FloatList().tag(sync=True)
    low = FiniteFloat(0.0).tag(sync=True)
    high = FiniteFloat(5.0).tag(sync=True)
    query = FiniteFloat(0.0).tag(sync=True)
    bandwidth = PositiveFloat(1.0).tag(sync=True)
    hint = traitlets.Unicode("").tag(sync=True)

    def __init__(self, key, value, **traits):
        """Take where the inputs stand and what they say, and traits by their names."""
        super().__init__(key=key, value=value, **traits)

    def _ends(self) -> dict:
        """Return what a link may set, and between which ends."""
        raise NotImplementedError

    @traitlets.default("settable")
    def _first_ends(self):
        return self._ends()

    @traitlets.observe("low", "high")
    def _move_ends(self, change):
        self.settable = self._ends()

    def _fault(self, key, value, low, high, query, **others) -> str | None:
        """Return what is wrong with these traits together, if anything is."""
        if not key or not value:
            return f"{'value' if key else 'key'} must not be empty"
        if len(key) != len(value):
            return (
                f"value must have as many numbers as key, {len(key)}, but has "
                f"{len(value)}{TOGETHER}"
            )
        if high <= low:
            return f"high must be above low = {low}, but is {high}{TOGETHER}"
        if not low <= query <= high:
            return (
                f"query must lie between low = {low} and high = {high}, but is "
                f"{query}{TOGETHER}"
            )
        outside = [k for k in key if not low <= k <= high]
        if outside:
            return (
                f"key must lie between low = {low} and high = {high}, but has "
                f"{outside[0]}{TOGETHER}"
            )
        return None
