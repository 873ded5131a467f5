"""The three steps of attention by hand: chapter 01's second widget."""

import traitlets

from ..line import LineWidget

MOST_KEYS = 5
CHECKED = ["key", "value", "low", "high", "query"]


class ByHand(LineWidget):
    """Build attention up row by row, with its numbers under each person.

    The rows are distance, score, exponential and weight; the last one stacks
    weight × value into the answer.

    Args:
        key: where each input stands on the line, up to five (tensor or list).
        value: what each input says, one for each key.
        low, high: the ends of the line.
        query: where we ask, between `low` and `high`.
        bandwidth: over what distance a key counts as near, above 0.
        step: how many rows are shown, 0 to 5.
        hint: what to try, one sentence.
        still: the picture shown where nothing can move.

    Raises:
        traitlets.TraitError: names the trait, what it must be, what it is.
    """

    files = "by_hand"

    step = traitlets.Int(1, min=0, max=5).tag(sync=True)
    parts = traitlets.List(
        traitlets.Unicode(),
        [
            *("query", "key", "value", "distance"),
            *("score", "exponential", "weight", "context"),
        ],
    ).tag(sync=True)

    @traitlets.default("room")
    def _room(self):
        """Add up the parts: a test measures the whole in three layouts."""
        below, phone = self._hint_height(85, 36)
        return [538, 731 + below, 828 + phone]

    def _ends(self):
        span = self.high - self.low
        return {
            "query": [self.low, self.high],
            "bandwidth": [span / 20, span],
            "step": [0, 5, 1],
        }

    def _fault(self, key, **line):
        if len(key) > MOST_KEYS:
            return (
                f"key must be {MOST_KEYS} numbers or fewer, but has {len(key)}"
            )
        return super()._fault(key=key, **line)

    @traitlets.validate(*CHECKED)
    def _fit_together(self, proposal):
        return self._checked(proposal, CHECKED)
